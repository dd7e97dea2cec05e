/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other files than the probed one: which is meant, and where it is loaded when a handler runs.
 */
#include "compiler/debuginfo/elf.h"
#include "compiler/debuginfo/load_base.h"
#include "compiler/debuginfo/paths.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

struct dso *process_open_module(struct probes *probes, struct dso *own, const char *module)
{
	struct debuginfo *debuginfo;
	struct path_vec paths = { .n = 0 };
	const char *error;

	if (!*module)
		return own;
	debuginfo = probes_debuginfo(probes);
	if (own && paths_of_linked(debuginfo, own, module, &paths, &error, NULL))
		return debuginfo_open(debuginfo, paths.v[0], &error);
	if (!paths_of_process(probes->arena, module, &paths, &error, NULL) || !paths.n)
		return NULL;
	return debuginfo_open(debuginfo, paths.v[0], &error);
}

void process_report_module(struct diags *diags, struct range range, const char *module)
{
	if (*module != '<') {
		diag_error(diags, range, "no program or library '%s'", module);
		return;
	}
	diag_error(diags, range, "the types of header files are not read");
	diag_help(diags, "name a program or library with debug information that has the type, or "
			 "\"kernel\"");
}

struct expr *process_load_base(struct probes *probes, const struct dso *dso, struct range range)
{
	struct expr *call = load_base_call(dso, range);

	if (!call)
		diag_error(probes->diags, range,
			   "%s has no build ID and no header in memory: where it is loaded can not be "
			   "told", dso->path);
	return call;
}
