/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at everything in a file that may be broken: for test_debuginfo_broken.c, which breaks
 * programs, and fuzz_elf.c.
 */
#ifndef SPILE_TESTS_FUZZ_LOOK_H
#define SPILE_TESTS_FUZZ_LOOK_H

#include "tests/unit/live.h"

/* Looks at everything that is in the file; the number of expressions that could be resolved. */
static inline unsigned look(const char *path)
{
	static const char *const points[] = { "function(\"*\")", "function(\"*\").return",
					      "statement(\"*@values.c:*\")", "mark(\"*\")",
					      "function(\"caller\").inline",
					      "function(\"jumps\").label(\"*\")", "plt(\"*\")" };
	static const char *const exprs[] = { "$n", "$o->array[1]->deep", "$return", "$$vars",
					     "@var(\"static_outer\")->link->low", "$arg1",
					     "@cast($n, \"struct outer\")->next->next" };
	unsigned n = 0;

	for (unsigned p = 0; p < sizeof(points) / sizeof(*points); p++) {
		struct script script;
		char point[1024];

		script_open(&script);
		snprintf(point, sizeof(point), "process(\"%s\").%s", path, points[p]);
		script_expand(&script, point, exprs[0]);
		for (unsigned i = 0; i < script.out.n && i < 40; i++) {
			struct variable_vec variables = { .n = 0 };
			struct probe *probe = script.out.v[i];

			probe->family->variables(&script.probes, probe, &variables);
			for (unsigned e = 0; e < sizeof(exprs) / sizeof(*exprs); e++) {
				const struct probe_point *unused;
				char text[256];

				script.diags.errors = script.diags.n = 0;
				snprintf(text, sizeof(text), "probe never { %s }", exprs[e]);
				script.expr = script_parse(&script, text, &unused);
				if (script.expr && script_resolve(&script, i))
					n++;
			}
		}
		script_close(&script);
	}
	return n;
}

#endif
