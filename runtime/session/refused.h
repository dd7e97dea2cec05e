/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that stap has and that can not be had here. */
#ifndef SPILE_SESSION_REFUSED_H
#define SPILE_SESSION_REFUSED_H

/* The short options, as getopt(3) wants them. */
#define REFUSED_LETTERS "bjB:R:a:m:r:J:"

/*
 * Why there is no such option, and what to do instead; NULL: stap has none of that name either.
 * `option` is as on the command line: "-r", "--remote", "--remote=host".
 */
const char *refused_reason(const char *option);

#endif
