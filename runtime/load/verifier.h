/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libbpf and the kernel's verifier say, turned into the script's terms: which probe, which
 * line, why.
 */
#ifndef SPILE_LOAD_VERIFIER_H
#define SPILE_LOAD_VERIFIER_H

#include "compiler/codegen/unit.h"

/*
 * Collects libbpf's messages from now on instead of letting them be printed; libbpf has one
 * print function a process, so there is one collector. verifier_log_take ends that and returns
 * the text (to be freed), which is never NULL.
 */
void verifier_log_start(void);
char *verifier_log_take(void);

/* Reports a failed load (`error`: errno) in the script's terms; with the whole log if `full`. */
void verifier_report(struct diags *diags, const struct unit *unit, const char *log, int error,
		     bool full);

#endif
