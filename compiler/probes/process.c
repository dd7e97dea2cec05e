/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process(...): which files a point of user space names, and what family the points belong to.
 */
#include <string.h>
#include <unistd.h>

#include "compiler/debuginfo/paths.h"
#include "compiler/probes/process.h"

/* Each place in each of the three ways to name a file. */
#define IN_FILE(place) "process(any?)." place, "process(any?).library(string)." place

static const char *const patterns[] = {
	IN_FILE("function(any)"),
	IN_FILE("function(any).call"),
	IN_FILE("function(any).return"),
	IN_FILE("function(any).inline"),
	IN_FILE("function(any).exported"),
	IN_FILE("function(any).exported.return"),
	IN_FILE("function(any).callee(string)"),
	IN_FILE("function(any).callee(string).call"),
	IN_FILE("function(any).callee(string).return"),
	IN_FILE("function(any).callees(number?)"),
	IN_FILE("function(any).label(string)"),
	IN_FILE("statement(any)"),
	IN_FILE("statement(any).nearest"),
	"process(any?).statement(number).absolute",
	IN_FILE("plt(string?)"),
	IN_FILE("plt(string?).return"),
	IN_FILE("mark(string)"),
	IN_FILE("provider(string).mark(string)"),
	IN_FILE("data(any).write"),
	IN_FILE("data(any).rw"),
	IN_FILE("data(any).length(number).write"),
	IN_FILE("data(any).length(number).rw"),
	"process(any?).begin",
	"process(any?).end",
	"process(any?).thread.begin",
	"process(any?).thread.end",
	"process(any?).syscall",
	"process(any?).syscall.return",
	NULL,
};

bool process_is(const struct process_point *process, unsigned component, const char *name)
{
	return component < process->point->components.n &&
	       !strcmp(process->point->components.v[component].name, name);
}

/* ---- files -------------------------------------------------------------------------------- */

static bool add_file(struct process_point *process, const char *path, struct range range)
{
	const char *error;
	struct dso *dso = debuginfo_open(process->debuginfo, path, &error);

	if (!dso) {
		diag_error(process->probes->diags, range, "'%s': %s", path, error);
		return false;
	}
	for (unsigned i = 0; i < process->files.n; i++)
		if (process->files.v[i] == dso)
			return true;
	VEC_PUSH(process->probes->arena, &process->files, dso);
	return true;
}

static bool add_files(struct process_point *process, const struct path_vec *paths,
		      struct range range)
{
	for (unsigned i = 0; i < paths->n; i++)
		if (!add_file(process, paths->v[i], range))
			return false;
	return true;
}

static bool report(struct process_point *process, struct range range, const char *error,
		   struct suggest *suggest)
{
	if (process->optional)
		return false;
	diag_error(process->probes->diags, range, "%s", error);
	if (suggest)
		suggest_help(suggest, process->probes->diags);
	return false;
}

static bool find_named(struct process_point *process, const char *name, struct range range)
{
	struct path_vec paths = { .n = 0 };
	struct suggest suggest;
	const char *error;

	if (!paths_of_process(process->probes->arena, name, &paths, &error, &suggest))
		return report(process, range, error, &suggest);
	process->script = paths.script;
	return add_files(process, &paths, range);
}

static bool find_pid(struct process_point *process, int64_t pid, struct range range)
{
	const char *error, *path;

	if (pid <= 0 || pid > INT32_MAX) {
		diag_error(process->probes->diags, range, "%lld is not a process ID",
			   (long long)pid);
		return false;
	}
	process->pid = (int32_t)pid;
	path = paths_of_pid(process->probes->arena, process->pid, &error);
	if (!path)
		return report(process, range, error, NULL);
	return add_file(process, path, range);
}

static bool find_target(struct process_point *process, struct range range)
{
	const struct probe_target *target = &process->probes->target;
	struct arena *arena = process->probes->arena;
	const char *error, *path, *own;

	/* The path of a process is one of its own mount namespace; a command of -c is still us. */
	own = paths_of_pid(arena, getpid(), &error);
	path = target->pid ? paths_of_pid(arena, target->pid, &error) : NULL;
	if (target->pid && !(target->path && path && own && !strcmp(path, own))) {
		process->running = target->pid;
		return path ? add_file(process, path, range) : report(process, range, error, NULL);
	}
	if (target->path)
		return find_named(process, target->path, range);
	process->any = true;
	return true;
}

static bool find_program(struct process_point *process)
{
	const struct point_component *component = &process->point->components.v[0];
	const char *name = point_string(process->point, 0);
	int64_t pid;

	if (name)
		return find_named(process, name, component->range);
	if (point_number(process->point, 0, &pid))
		return find_pid(process, pid, component->range);
	return find_target(process, component->range);
}

static bool find_library(struct process_point *process)
{
	struct arena *arena = process->probes->arena;
	struct range range = process->point->components.v[1].range;
	struct path_vec paths = { .n = 0 };
	struct suggest suggest;
	const char *error = NULL;
	bool found = false;

	process->library = point_string(process->point, 1);
	if (process->pid)
		found = paths_of_mapped(arena, process->pid, process->library, &paths, &error,
					&suggest);
	for (unsigned i = 0; !found && i < process->files.n; i++)
		found = paths_of_linked(process->debuginfo, process->files.v[i], process->library,
					&paths, &error, &suggest);
	if (!found)
		return report(process, range, error ? error : "no such library",
			      error ? &suggest : NULL);
	for (unsigned i = 0; i < process->files.n; i++)
		VEC_PUSH(arena, &process->programs, process->files.v[i]);
	process->files.n = 0;
	return add_files(process, &paths, range);
}

/* ---- the family --------------------------------------------------------------------------- */

static bool expand_place(struct process_point *process)
{
	if (process_is(process, process->first, "function") ||
	    process_is(process, process->first, "statement"))
		return process_expand_function(process);
	if (process_is(process, process->first, "data"))
		return process_expand_data(process);
	if (process_is(process, process->first, "plt"))
		return process_expand_plt(process);
	return process_expand_mark(process);
}

static bool is_event(const struct process_point *process)
{
	return process_is(process, 1, "begin") || process_is(process, 1, "end") ||
	       process_is(process, 1, "thread") || process_is(process, 1, "syscall");
}

struct debuginfo *probes_debuginfo(struct probes *probes)
{
	if (!probes->debuginfo)
		probes->debuginfo = debuginfo_new(probes->arena);
	return probes->debuginfo;
}

static bool expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
		   bool uses_targets, bool optional, struct probe_vec *out)
{
	struct process_point process = { .probes = probes, .point = point, .optional = optional,
					 .uses_targets = uses_targets, .out = out, .first = 1 };

	(void)pattern;
	process.debuginfo = probes_debuginfo(probes);
	if (!find_program(&process))
		return optional;
	if (is_event(&process))
		return process_expand_event(&process);
	if (process.any) {
		diag_error(probes->diags, point->components.v[0].range,
			   "'process' without a name means the target of -c or -x, and there is none");
		diag_help(probes->diags, "write process(\"PROGRAM\") or process(PID)");
		return false;
	}
	if (process_is(&process, 1, "library")) {
		process.first = 2;
		if (!find_library(&process))
			return optional;
	}
	return expand_place(&process);
}

static void release(struct probes *probes)
{
	if (!probes->debuginfo_lent)
		debuginfo_free(probes->debuginfo);
	probes->debuginfo = NULL;
}

const struct probe_family family_process = {
	.name = "process",
	.slot = SLOT_PROCESS,
	.patterns = patterns,
	.expand = expand,
	.resolve = process_resolve,
	.shares_entry = true,
	.frame = process_frame,
	.goroutine = process_goroutine,
	.variables = process_variables,
	.release = release,
};
