/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wide text is on a terminal. */
#ifndef SPILE_PRESENT_WIDTH_H
#define SPILE_PRESENT_WIDTH_H

#include <stddef.h>

/* Columns that the UTF-8 text takes; a byte that is no UTF-8 takes one. */
size_t text_width(const char *text, size_t length);

#endif
