/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls: syscall.NAME, syscall.NAME.return, syscall_any, with wildcards.
 *
 * All of them are one pair of raw tracepoints, sys_enter and sys_exit. A probe is a program
 * there that begins with a look at the number. A pattern that matches many calls is still one
 * program. The variables that a probe documents (name, argstr, the arguments under their own
 * names, retval, retstr) are a prologue in the language, made from the table; what the script
 * does not use is dropped. The registers that hold the arguments survive the call, so that they
 * can be looked at in its return too.
 *
 * Offsets in struct pt_regs are x86-64's, and fixed.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/probes/kernel.h"
#include "compiler/probes/syscall_text.h"
#include "compiler/probes/tracefs.h"

enum { NR_EXECVE = 59, NR_EXECVEAT = 322 };
enum { PT_REGS_CALL = 120 };     /* orig_ax: the call's number */
static const unsigned char argument_offset[6] = {112, 104, 96, 56, 72, 64};

static const char *const patterns[] = {
	"syscall.*",	   "syscall.*.return",	  "nd_syscall.*", "nd_syscall.*.return",
	"tp_syscall.*",	   "tp_syscall.*.return", "syscall_any",  "syscall_any.return",
	NULL,
};

/* family_data: the calls that the probe is for. */
struct syscall_data {
	VEC(const struct syscall_entry *);
};

/* ---- which calls -------------------------------------------------------------------------------- */

static bool entry_matches(const struct syscall_entry *entry, const char *pattern)
{
	return !fnmatch(pattern, entry->name, 0) ||
	       (*entry->other && !fnmatch(pattern, entry->other, 0));
}

/* Calls that other machines have, or had, and what this one has instead. */
static const char *call_elsewhere(const char *name)
{
	static const struct {
		const char *name, *here;
	} others[] = {
		{"send", "sendto"},	  {"recv", "recvfrom"},	    {"waitpid", "wait4"},
		{"stime", "settimeofday"}, {"nice", "setpriority"}, {"sigaction", "rt_sigaction"},
		{"signal", "rt_sigaction"}, {"sigreturn", "rt_sigreturn"},
		{"sigprocmask", "rt_sigprocmask"}, {"mmap2", "mmap"}, {"umount2", "umount"},
		{"socketcall", "socket, connect, ..."}, {"ipc", "semop, shmat, ..."},
		{"_llseek", "lseek"}, {"fcntl64", "fcntl"}, {"readdir", "getdents"},
	};

	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(others[i].name, name))
			return others[i].here;
	return NULL;
}

/* A point of several goes on without it; alone it matches nothing. */
static bool warn_elsewhere(struct probes *probes, const struct probe_point *point)
{
	const struct point_component *component = &point->components.v[1];
	const char *here = call_elsewhere(component->name);

	if (!here)
		return false;
	diag_warning(probes->diags, component->range, "this machine has no system call '%s'",
		     component->name);
	diag_help(probes->diags, "it has %s", here);
	return true;
}

static void report_unknown(struct probes *probes, const struct probe_point *point)
{
	const struct point_component *component = &point->components.v[1];
	struct suggest suggest;

	diag_error(probes->diags, component->range,
		   strpbrk(component->name, "*?[") ? "no system call matches '%s'"
						   : "unknown system call '%s'", component->name);
	suggest_start(&suggest, component->name);
	for (unsigned i = 0; i < syscall_table_size; i++) {
		suggest_offer(&suggest, syscall_table[i].name);
		suggest_offer(&suggest, syscall_table[i].other);
	}
	suggest_help(&suggest, probes->diags);
}

/* ---- the prologue -------------------------------------------------------------------------------- */

struct text {
	struct arena *arena;
	const char *text;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->text = arena_printf(text->arena, "%s%s\n", text->text,
				  arena_vprintf(text->arena, format, args));
	va_end(args);
}

/*
 * Some calls have put -1 in their number's place when they end, and no other has: rt_sigreturn,
 * and those that the kernel itself makes behind probes of user space.
 */
static bool hides_number(const struct syscall_entry *entry)
{
	return !strcmp(entry->name, "rt_sigreturn") || !strcmp(entry->name, "uretprobe") ||
	       !strcmp(entry->name, "uprobe");
}

/* The call's number: what the registers say, or a local that the guard has set. */
static const char *number_of(const struct syscall_data *data, bool is_return)
{
	for (unsigned i = 0; i < data->n && is_return; i++)
		if (hides_number(data->v[i]))
			return "__nr";
	return "$__nr";
}

/* Numbers that follow each other are one comparison. */
static const char *guard_condition(struct arena *arena, const struct syscall_data *data,
				   const char *number)
{
	const char *text = "";

	for (unsigned i = 0; i < data->n;) {
		unsigned first = data->v[i]->number, last = first;

		for (i++; i < data->n && data->v[i]->number == last + 1; i++)
			last++;
		text = arena_printf(arena, "%s%s", text, *text ? " || " : "");
		if (first == last)
			text = arena_printf(arena, "%s%s == %u", text, number, first);
		else
			text = arena_printf(arena, "%s(%s >= %u && %s <= %u)", text, number, first,
					    number, last);
	}
	return text;
}

/* Numbers of the probe's calls with that kind of result, as a condition; "" for none. */
static const char *result_condition(struct arena *arena, const struct syscall_data *data, char kind)
{
	const char *number = number_of(data, true), *text = "";

	for (unsigned i = 0; i < data->n; i++)
		if (data->v[i]->result == kind)
			text = arena_printf(arena, "%s%s%s == %u", text, *text ? " || " : "",
					    number, data->v[i]->number);
	return text;
}

/* return_str() prints in decimal (1), hexadecimal (2) or octal (3); syscall_result() tells more. */
static void add_result(struct text *text, const struct syscall_data *data)
{
	const char *hex = result_condition(text->arena, data, 'x');
	const char *octal = result_condition(text->arena, data, 'o');

	const char *more = result_condition(text->arena, data, 'r');

	add(text, "retval = $return");
	add(text, "retstr = %s ? syscall_result(%s, $return) : "
	    "return_str(%s ? 2 : %s ? 3 : 1, $return)",
	    *more ? arena_printf(text->arena, "$return >= 0 && (%s)", more) : "0",
	    number_of(data, true), *hex ? hex : "0", *octal ? octal : "0");
}

/* Spile's own calls are left out: to print one would make the next. */
static const char *make_guard(struct arena *arena, const struct syscall_data *data, bool all,
			      bool is_return)
{
	const char *number = number_of(data, is_return);
	struct text text = {.arena = arena, .text = ""};

	if (*number != '$')
		add(&text, "%s = syscall_ended($__nr)", number);
	if (all)
		add(&text, "if (pid() == stp_pid() || syscall_compat()) next");
	else
		add(&text, "if (!(%s) || pid() == stp_pid() || syscall_compat()) next",
		    guard_condition(arena, data, number));
	return text.text;
}

/* execve and its kin, whose arguments are gone when they have succeeded. */
static struct syscall_data *calls_losing_registers(struct arena *arena,
						   const struct syscall_data *data)
{
	struct syscall_data *losing = ARENA_NEW(arena, struct syscall_data);

	for (unsigned i = 0; i < data->n; i++)
		if (syscall_loses_registers(data->v[i]))
			VEC_PUSH(arena, losing, data->v[i]);
	return losing;
}

static const char *make_prologue(struct arena *arena, const struct syscall_data *data,
				 bool is_return)
{
	const char *number = number_of(data, is_return);
	struct text text = {.arena = arena, .text = ""};

	if (data->n > 1) {
		add(&text, "name = syscall_name(%s)", number);
		if (is_return && calls_losing_registers(arena, data)->n)
			add(&text, "argstr = $return == 0 && (%s == %d || %s == %d) ? __exec_kept() "
			    ": syscall_argstr(%s, 1)", number, NR_EXECVE, number, NR_EXECVEAT, number);
		else
			add(&text, "argstr = syscall_argstr(%s, %d)", number, is_return);
		add(&text, "%s", syscall_text_common(arena, data->v, data->n, is_return));
	} else {
		add(&text, "name = \"%s\"", data->v[0]->name);
		add(&text, "%s", syscall_text_variables(arena, data->v[0], is_return));
	}
	add(&text, "syscall_nr = %s", number);
	if (is_return)
		add_result(&text, data);
	return text.text;
}

/* ---- expansion ------------------------------------------------------------------------------------ */

static struct probe *add_probe(struct probes *probes, const struct probe_point *point, bool all,
			       bool is_return, struct syscall_data *data, struct probe_vec *out)
{
	struct probe *probe = probe_new(probes, &family_syscall, point);
	struct site site = {.kind = ATTACH_RAW_TRACEPOINT};

	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_ARGS;
	probe->is_return = is_return;
	probe->family_data = data;
	probe->guard = make_guard(probes->arena, data, all, is_return);
	probe->prologue = make_prologue(probes->arena, data, is_return);
	site.symbol = is_return ? "sys_exit" : "sys_enter";
	site.pp = probe->name;
	if (data->n == 1)
		site.function = arena_printf(probes->arena, "__x64_sys_%s", data->v[0]->name);
	VEC_PUSH(probes->arena, &probe->sites, site);
	VEC_PUSH(probes->arena, out, probe);
	return probe;
}

/* Keeps the text of arguments that are gone at the return of one of many calls. */
static void add_keeper(struct probes *probes, const struct probe_point *point,
		       const struct syscall_data *data, struct probe_vec *out)
{
	struct syscall_data *losing = calls_losing_registers(probes->arena, data);
	struct probe *keeper;

	if (data->n == 1 || !losing->n)
		return;
	keeper = add_probe(probes, point, false, false, losing, out);
	keeper->prologue = "__exec_keep(syscall_argstr($__nr, 0))";
	keeper->prologue_only = true;
}

/* A probe each, under its own name. */
static void add_listed(struct probes *probes, const struct probe_point *point, bool is_return,
		       const struct syscall_data *data, struct probe_vec *out)
{
	for (unsigned i = 0; i < data->n; i++) {
		struct syscall_data *one = ARENA_NEW(probes->arena, struct syscall_data);
		struct probe *probe;

		VEC_PUSH(probes->arena, one, data->v[i]);
		add_probe(probes, point, false, is_return, one, out);
		probe = out->v[out->n - 1];
		probe->name = arena_printf(probes->arena, "%s.%s%s", point->components.v[0].name,
					   data->v[i]->name, is_return ? ".return" : "");
		probe->sites.v[0].pp = probe->name;
	}
}

static bool syscall_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			   bool uses_targets, bool optional, struct probe_vec *out)
{
	bool is_return = pattern % 2, any = pattern >= 6;
	const char *wanted = any ? "*" : point->components.v[1].name;
	struct syscall_data *data = ARENA_NEW(probes->arena, struct syscall_data);

	(void)uses_targets;
	for (unsigned i = 0; i < syscall_table_size; i++)
		if (entry_matches(&syscall_table[i], wanted))
			VEC_PUSH(probes->arena, data, &syscall_table[i]);
	if (!data->n) {
		if (!optional && warn_elsewhere(probes, point))
			return true;
		if (!optional)
			report_unknown(probes, point);
		return optional;
	}
	if (probes->listing && !any)
		add_listed(probes, point, is_return, data, out);
	else
		add_probe(probes, point, !strcmp(wanted, "*"), is_return, data, out);
	if (is_return && !probes->listing)
		add_keeper(probes, point, data, out);
	return true;
}

/* ---- $variables ----------------------------------------------------------------------------------- */

/* A word of the registers that the caller had. */
static void push_register(struct arena *arena, struct access *access, unsigned offset)
{
	access_push(arena, access, ACCESS_CONTEXT, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, offset, 0, false);
	access_push(arena, access, ACCESS_READ_KERNEL, 0, 8, false);
}

static const struct syscall_argument *find_argument(const struct syscall_entry *entry,
						    const char *name, unsigned *index)
{
	for (unsigned i = 0; i < entry->n; i++) {
		*index = i;
		if (!strcmp(entry->args[i].name, name))
			return &entry->args[i];
	}
	return NULL;
}

/* The kernel has names of its own for some arguments ($cmd of ioctl), which tracefs knows. */
static const struct syscall_argument *find_kernels_own(struct arena *arena,
						       const struct syscall_entry *entry,
						       const char *name, unsigned *index)
{
	const char *error, *event_name = arena_printf(arena, "sys_enter_%s", entry->name);
	const struct trace_event *event = tracefs_event(arena, "syscalls", event_name, &error);
	const struct trace_field *field = event ? trace_event_field(event, name) : NULL;

	if (!field || field->offset < 16) /* the number of the call stands first */
		return NULL;
	*index = field->offset / 8 - 2;
	return *index < entry->n ? &entry->args[*index] : NULL;
}

static const char *list_arguments(struct arena *arena, const struct syscall_entry *entry)
{
	const char *list = "it has none";

	for (unsigned i = 0; i < entry->n; i++)
		list = arena_printf(arena, "%s $%s", i ? list : "its arguments are:",
				    entry->args[i].name);
	return list;
}

static void report_variable(struct probes *probes, const struct syscall_data *data,
			    const struct expr *expr)
{
	struct suggest suggest;

	if (data->n > 1)
		diag_error(probes->diags, expr->range,
			   "'$%s' is not the same argument in all %u system calls of this probe",
			   expr->target->name, data->n);
	else
		diag_error(probes->diags, expr->range, "system call '%s' has no argument '$%s'",
			   data->v[0]->name, expr->target->name);
	suggest_start(&suggest, expr->target->name);
	for (unsigned i = 0; data->n == 1 && i < data->v[0]->n; i++)
		suggest_offer(&suggest, data->v[0]->args[i].name);
	if (suggest_best(&suggest))
		diag_help(probes->diags, "did you mean '$%s'?", suggest_best(&suggest));
	else if (data->n == 1)
		diag_help(probes->diags, "%s", list_arguments(probes->arena, data->v[0]));
}

/* The argument, if all calls of the probe have it in the same place. */
static bool push_argument(struct arena *arena, const struct syscall_data *data, const char *name,
			  struct access *access)
{
	const struct syscall_argument *argument;
	unsigned index, size, other;
	bool is_signed;

	argument = find_argument(data->v[0], name, &index);
	for (unsigned i = 1; argument && i < data->n; i++)
		if (!find_argument(data->v[i], name, &other) || other != index)
			return false;
	if (!argument && data->n == 1)
		argument = find_kernels_own(arena, data->v[0], name, &index);
	if (!argument)
		return false;
	syscall_argument_layout(argument, &size, &is_signed);
	push_register(arena, access, argument_offset[index]);
	if (size < 8)
		access_push(arena, access, is_signed ? ACCESS_SIGN_EXTEND : ACCESS_ZERO_EXTEND, 0,
			    size, is_signed);
	access->type_name = syscall_argument_type(argument);
	return true;
}

static struct expr *syscall_resolve(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct syscall_data *data = probe->family_data;
	struct target *target = expr->target;
	struct arena *arena = probes->arena;
	struct access *access = ARENA_NEW(arena, struct access);
	const char *name = target->name;

	if (target->kind != TARGET_DOLLAR)
		return kernel_resolve_common(probes, probe, expr);
	if (!strcmp(name, "$vars") || !strcmp(name, "$parms"))
		return expr_name(arena, "argstr", expr->range);
	if (!strcmp(name, "$locals"))
		return expr_string(arena, "", expr->range);
	if (target->path.n || target->address_of) {
		diag_error(probes->diags, expr->range, "'$%s' is a number: it has no parts", name);
		return NULL;
	}
	access->type_name = "long";
	if (!strcmp(name, "__nr") && !probe->is_return)
		access_push(arena, access, ACCESS_CONTEXT, 8, 8, true);
	else if (!strcmp(name, "__nr"))
		push_register(arena, access, PT_REGS_CALL);
	else if (!strncmp(name, "__arg", 5) && name[5] >= '0' && name[5] <= '5' && !name[6])
		push_register(arena, access, argument_offset[name[5] - '0']);
	else if ((!strcmp(name, "return") || !strcmp(name, "ret")) && probe->is_return)
		access_push(arena, access, ACCESS_CONTEXT, 8, 8, true);
	else if (!push_argument(arena, data, name, access)) {
		report_variable(probes, data, expr);
		return NULL;
	}
	target->access = access;
	expr->type = TYPE_LONG;
	return expr;
}

static void syscall_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	static const struct variable always[] = {{"name", "string"}, {"argstr", "string"}};
	static const struct variable at_end[] = {{"retval", "long"}, {"retstr", "string"}};
	const struct syscall_data *data = probe->family_data;
	const struct syscall_entry *entry = data->v[0];

	for (unsigned i = 0; i < 2; i++)
		VEC_PUSH(probes->arena, out, always[i]);
	for (unsigned i = 0; i < 2 && probe->is_return; i++)
		VEC_PUSH(probes->arena, out, at_end[i]);
	for (unsigned i = 0; data->n == 1 && i < entry->n; i++) {
		struct variable variable = {
			arena_printf(probes->arena, "$%s", entry->args[i].name),
			syscall_argument_type(&entry->args[i]),
		};

		VEC_PUSH(probes->arena, out, variable);
	}
}

static void syscall_points(struct probes *probes, const struct probe *probe, struct name_vec *out)
{
	const struct syscall_data *data = probe->family_data;
	const char *family = probe->point->components.v[0].name;

	for (unsigned i = 0; data->n > 1 && i < data->n; i++)
		VEC_PUSH(probes->arena, out,
			 arena_printf(probes->arena, "%s.%s%s",
				      strcmp(family, "syscall_any") ? family : "syscall",
				      data->v[i]->name, probe->is_return ? ".return" : ""));
}

const struct probe_family family_syscall = {
	.name = "syscall",
	.slot = SLOT_SYSCALL,
	.patterns = patterns,
	.expand = syscall_expand,
	.resolve = syscall_resolve,
	.variables = syscall_variables,
	.points = syscall_points,
};
