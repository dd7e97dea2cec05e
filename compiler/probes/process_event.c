/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.begin, .end, .thread.begin, .thread.end, .syscall: what the kernel knows of processes.
 *
 * They are tracepoints of the kernel with a guard in front of the script's own statements. A
 * process or thread begins for us when it returns from clone() as itself, a program when it has
 * been executed. process.begin is also run in the name of processes that are there already.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

enum event { PROCESS_BEGIN, PROCESS_END, THREAD_BEGIN, THREAD_END, SYSCALL, SYSCALL_RETURN };

/* How an event shows: a tracepoint, and what must hold besides. */
struct way {
	enum event event;
	const char *tracepoint;
	const char *condition; /* or NULL */
};

#define CLONED "$ret == 0 && ($id == 56 || $id == 57 || $id == 58 || $id == 435)"

static const struct way ways[] = {
	{ PROCESS_BEGIN, "sched:sched_process_exec", NULL },
	{ PROCESS_BEGIN, "raw_syscalls:sys_exit", CLONED " && pid() == tid()" },
	{ PROCESS_END, "sched:sched_process_exit", "pid() == tid()" },
	{ THREAD_BEGIN, "raw_syscalls:sys_exit", CLONED " && pid() != tid()" },
	{ THREAD_END, "sched:sched_process_exit", "pid() != tid()" },
	{ SYSCALL, "raw_syscalls:sys_enter", NULL },
	{ SYSCALL_RETURN, "raw_syscalls:sys_exit", NULL },
};

static enum event event_of(const struct process_point *process)
{
	if (process_is(process, 1, "syscall"))
		return process_is(process, 2, "return") ? SYSCALL_RETURN : SYSCALL;
	if (process_is(process, 1, "thread"))
		return process_is(process, 2, "begin") ? THREAD_BEGIN : THREAD_END;
	return process_is(process, 1, "begin") ? PROCESS_BEGIN : PROCESS_END;
}

/* ---- guards ------------------------------------------------------------------------------- */

static bool runs_file(const char *pid, const struct dso *dso)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%.20s/exe", pid);
	return !stat(path, &st) && st.st_dev == dso->device && st.st_ino == dso->inode;
}

/* " || pid() == 12 ...": the processes that run the program already. */
static const char *running(struct arena *arena, const struct dso *dso)
{
	DIR *proc = opendir("/proc");
	const char *text = "";
	struct dirent *entry;
	unsigned n = 0;

	while (proc && (entry = readdir(proc)) && n < 100) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || !runs_file(entry->d_name, dso))
			continue;
		text = arena_printf(arena, "%s || pid() == %s", text, entry->d_name);
		n++;
	}
	if (proc)
		closedir(proc);
	return text;
}

static const char *file_condition(struct arena *arena, const struct dso *dso, bool ending)
{
	struct stat st;

	if (ending)
		return arena_printf(arena, "__ran_program(%llu)%s", (unsigned long long)dso->inode,
				    running(arena, dso));
	if (fstat(dso->fd, &st))
		st.st_size = 0;
	return arena_printf(arena, "__runs_program(%llu, %lld)", (unsigned long long)dso->inode,
			    (long long)st.st_size);
}

/* What the point says about which processes it means; NULL: all. */
static const char *who(const struct process_point *process, bool ending)
{
	struct arena *arena = process->probes->arena;
	const struct probe_target *target = &process->probes->target;
	bool has_target = target->pid || target->path;
	struct dso *const *files = process->library ? process->programs.v : process->files.v;
	unsigned n = process->library ? process->programs.n : process->files.n;
	const char *text = NULL;

	if (process->pid)
		return arena_printf(arena, "pid() == %d", process->pid);
	if (point_string(process->point, 0))
		for (unsigned i = 0; i < n; i++)
			text = arena_printf(arena, "%s%s%s", text ? text : "", text ? " || " : "",
					    file_condition(arena, files[i], ending));
	if (!has_target)
		return text;
	return text ? arena_printf(arena, "__in_target() && (%s)", text) : "__in_target()";
}

static const char *guard(const struct process_point *process, const struct way *way)
{
	struct arena *arena = process->probes->arena;
	bool ending = way->event == PROCESS_END || way->event == THREAD_END;
	const char *which = who(process, ending), *text = way->condition;

	if (which)
		text = text ? arena_printf(arena, "(%s) && (%s)", text, which) : which;
	return text ? arena_printf(arena, "if (!(%s)) next", text) : NULL;
}

const char *process_program_guard(const struct process_point *process)
{
	const char *which = who(process, false);

	return which ? arena_printf(process->probes->arena, "if (!(%s)) next", which) : NULL;
}

/* ---- probes ------------------------------------------------------------------------------- */

static const struct probe_point *tracepoint(struct arena *arena, const char *name,
					    struct range range)
{
	struct probe_point *point = ARENA_NEW(arena, struct probe_point);
	struct point_component kernel = { .name = "kernel", .range = range };
	struct point_component trace = { .name = "trace", .range = range };

	trace.argument = expr_string(arena, name, range);
	VEC_PUSH(arena, &point->components, kernel);
	VEC_PUSH(arena, &point->components, trace);
	point->range = range;
	return point;
}

/* Makes a tracepoint's probe ours. */
static void adopt(struct process_point *process, struct probe *probe, const struct way *way)
{
	struct arena *arena = process->probes->arena;
	struct process_site *site = ARENA_NEW(arena, struct process_site);
	struct probe *named = probe_new(process->probes, &family_process, process->point);

	site->event_family = probe->family;
	site->event_data = probe->family_data;
	site->is_syscall = way->event == SYSCALL || way->event == SYSCALL_RETURN;
	site->is_return = way->event == SYSCALL_RETURN;
	probe->family = &family_process;
	probe->family_data = site;
	probe->point = process->point;
	probe->name = named->name;
	probe->range = process->point->range;
	probe->condition = process->point->condition;
	probe->prologue = guard(process, way);
	for (unsigned i = 0; i < probe->sites.n; i++) {
		probe->sites.v[i].pp = named->name;
		probe->sites.v[i].function = NULL;
	}
	VEC_PUSH(arena, process->out, probe);
}

/* The command of -c has not become one yet: it waits, as a child of Spile that runs Spile. */
static bool none_can_run(const struct process_point *process)
{
	struct stat ours, target;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", process->probes->target.pid);
	return process->probes->target.pid && !stat(path, &target) &&
	       !stat("/proc/self/exe", &ours) && ours.st_dev == target.st_dev &&
	       ours.st_ino == target.st_ino;
}

static void add_running(struct process_point *process)
{
	static const struct way running = { PROCESS_BEGIN, NULL, NULL };
	struct arena *arena = process->probes->arena;
	struct probe *probe = probe_new(process->probes, &family_process, process->point);
	struct process_site *process_site = ARENA_NEW(arena, struct process_site);
	struct site site = { .kind = ATTACH_RUNNING, .pp = probe->name };

	process_site->event_family = &family_basic;
	probe->family_data = process_site;
	probe->home = HOME_TRACER;
	probe->context = CONTEXT_NONE;
	probe->prologue = guard(process, &running);
	VEC_PUSH(arena, &probe->sites, site);
	VEC_PUSH(arena, process->out, probe);
}

bool process_expand_event(struct process_point *process)
{
	enum event event = event_of(process);

	for (unsigned i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct probe_vec made = { .n = 0 };

		if (ways[i].event != event)
			continue;
		if (!probes_expand(process->probes,
				   tracepoint(process->probes->arena, ways[i].tracepoint,
					      process->point->range), USES_TARGETS, false,
				   &made))
			return false;
		for (unsigned k = 0; k < made.n; k++)
			adopt(process, made.v[k], &ways[i]);
	}
	if (event == PROCESS_BEGIN && !none_can_run(process))
		add_running(process);
	return true;
}

/* ---- variables ---------------------------------------------------------------------------- */

/* $syscall, $arg1, $return in terms of the tracepoint's fields. */
static bool rename_target(struct arena *arena, struct target *target,
			  const struct process_site *site, struct range range)
{
	struct component index = { .kind = COMPONENT_INDEX, .range = range };
	unsigned number;
	char rest;

	if (!strcmp(target->name, "syscall") || !strcmp(target->name, "id")) {
		target->name = "id";
		return true;
	}
	if (site->is_return) {
		bool result = !strcmp(target->name, "return") || !strcmp(target->name, "ret");

		target->name = "ret";
		return result;
	}
	if (sscanf(target->name, "arg%u%c", &number, &rest) != 1 || number < 1 || number > 6)
		return false;
	index.index = expr_number(arena, number - 1, range);
	target->name = "args";
	VEC_PUSH(arena, &target->path, index);
	return true;
}

struct expr *process_resolve_event(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct process_site *site = probe->family_data;
	bool guard_field = !strcmp(expr->target->name ? expr->target->name : "", "ret") ||
			   !strcmp(expr->target->name ? expr->target->name : "", "id");
	struct expr *resolved;

	if (expr->target->kind == TARGET_VAR || expr->target->kind == TARGET_CAST)
		return process_resolve_named(probes, probe, expr);
	if (!site->event_family->resolve || (!guard_field &&
	    (!site->is_syscall || expr->target->kind != TARGET_DOLLAR || expr->target->path.n ||
	     !rename_target(probes->arena, expr->target, site, expr->range)))) {
		diag_error(probes->diags, expr->range, "no variable '$%s' in '%s'",
			   expr->target->name, probe->name);
		diag_help(probes->diags, !site->is_syscall ? "this probe has no variables" :
			  site->is_return ? "there are: $syscall, $return" :
			  "there are: $syscall, $arg1 to $arg6");
		return NULL;
	}
	probe->family_data = site->event_data;
	resolved = site->event_family->resolve(probes, probe, expr);
	probe->family_data = site;
	return resolved;
}

void process_event_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	static const struct variable enter[] = { { "$syscall", "long" }, { "$arg1", "long" },
						 { "$arg2", "long" }, { "$arg3", "long" },
						 { "$arg4", "long" }, { "$arg5", "long" },
						 { "$arg6", "long" } };
	static const struct variable leave[] = { { "$syscall", "long" }, { "$return", "long" } };
	const struct process_site *site = probe->family_data;
	unsigned n = !site->is_syscall ? 0 : site->is_return ? 2 : 7;

	for (unsigned i = 0; i < n; i++)
		VEC_PUSH(probes->arena, out, site->is_return ? leave[i] : enter[i]);
}
