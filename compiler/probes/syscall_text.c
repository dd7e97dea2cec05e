/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a system call's variables. The functions it calls are in tapsets/linux/syscalls.stp.
 */
#include <string.h>

#include "compiler/probes/syscall_text.h"

enum { CUT = 32 }; /* bytes of a string that are shown */

/* These calls print their arguments in ways of their own: one of them says what the others are. */
static bool is_special(const struct syscall_entry *entry)
{
	struct syscall_case one;

	if (!strcmp(entry->name, "clone") || !strcmp(entry->name, "wait4"))
		return true;
	for (unsigned i = 0; syscall_table_case(entry, i, &one); i++)
		if (!one.is_cut)
			return true;
	return false;
}

static const char *read_string(struct arena *arena, const struct syscall_argument *argument)
{
	if (argument->kind == KIND_str && !argument->out)
		return arena_printf(arena, "syscall_string($%s, %d)", argument->name, CUT);
	return arena_printf(arena, "syscall_string($%s, 0)", argument->name);
}

/* What the address leads to. */
static const char *memory_text(struct arena *arena, const struct syscall_entry *entry,
			       const struct syscall_argument *argument)
{
	const char *name = argument->name;
	const char *other = entry->args[argument->param < 6 ? argument->param : 0].name;

	switch (argument->kind) {
	case KIND_path:
	case KIND_str:
		return read_string(arena, argument);
	case KIND_buf:
		return arena_printf(arena, "syscall_buffer($%s, $%s)", name,
				    argument->out ? "return" : other);
	case KIND_sa:
		return arena_printf(arena, argument->out ? "syscall_sockaddr_at($%s, $%s)"
							 : "syscall_sockaddr($%s, $%s)", name, other);
	case KIND_iov:
		return arena_printf(arena, "syscall_iov($%s, $%s, %s)", name, other,
				    argument->out ? "$return" : "0x7fffffffffffffff");
	case KIND_pollfd:
		return arena_printf(arena, "syscall_poll($%s, $%s)", name, other);
	case KIND_argv:
	case KIND_envp:
		return arena_printf(arena, "syscall_strings($%s, %d)", name, argument->kind);
	case KIND_ts:
	case KIND_tv:
	case KIND_ts2:
	case KIND_tv2:
	case KIND_itval:
	case KIND_itspec:
	case KIND_rlim:
	case KIND_stat:
	case KIND_statx:
	case KIND_wait:
	case KIND_pair:
	case KIND_int:
	case KIND_uint:
	case KIND_len:
	case KIND_long:
	case KIND_sched:
	case KIND_epev:
	case KIND_sigset:
	case KIND_sigaction:
	case KIND_statfs:
	case KIND_utsname:
	case KIND_sysinfo:
	case KIND_rusage:
	case KIND_tms:
	case KIND_tz:
	case KIND_stack:
	case KIND_sigset2:
	case KIND_openhow:
	case KIND_siginfo:
	case KIND_mpol:
		return arena_printf(arena, "syscall_structure($%s, %d)", name, argument->kind);
	default:
		return arena_printf(arena, "syscall_pointer($%s)", name);
	}
}

/* Kinds whose text depends on other arguments, or is made of lists. */
static bool needs_call(const struct syscall_argument *argument)
{
	switch (argument->kind) {
	case KIND_opt:
	case KIND_mkmode:
	case KIND_optname:
	case KIND_request:
	case KIND_prio:
	case KIND_ethp:
	case KIND_key:
	case KIND_qcmd:
	case KIND_fan:
	case KIND_nodes:
	case KIND_msg:
	case KIND_fdset:
	case KIND_cpuset:
	case KIND_ints:
	case KIND_epevs:
	case KIND_dents:
	case KIND_hexbuf:
	case KIND_clone3:
	case KIND_fm:
	case KIND_s:
	case KIND_sigevent:
	case KIND_sembuf:
	case KIND_msgbuf:
	case KIND_mmsg:
		return true;
	case KIND_buf:
		return argument->out && argument->param;
	default:
		return false;
	}
}

/* An argument as strace shows it: an expression that is a string. */
static const char *printed(struct arena *arena, const struct syscall_entry *entry,
			   const struct syscall_argument *argument, bool is_return)
{
	const char *name = argument->name;

	if (argument->out && !is_return)
		return arena_printf(arena, "syscall_pointer($%s)", name);
	if (needs_call(argument) || is_special(entry))
		return arena_printf(arena, "syscall_argument(%u, %d, %d)", entry->number,
				    (int)(argument - entry->args), is_return);
	if (argument->out)
		return arena_printf(arena, "($return >= 0 ? %s : syscall_pointer($%s))",
				    memory_text(arena, entry, argument), name);
	switch (argument->kind) {
	case KIND_d:
	case KIND_fd:
	case KIND_ld:
		return arena_printf(arena, "sprintf(\"%%d\", $%s)", name);
	case KIND_u:
	case KIND_lu:
		return arena_printf(arena, "sprintf(\"%%u\", $%s)", name);
	case KIND_x:
	case KIND_lx:
		return arena_printf(arena, "syscall_hex($%s)", name);
	case KIND_uid:
		return arena_printf(arena, "sprintf(\"%%d\", $%s == 0xffffffff ? -1 : $%s)", name,
				    name);
	case KIND_at:
		return arena_printf(arena, "syscall_at($%s)", name);
	case KIND_mode:
		return arena_printf(arena, "syscall_mode($%s)", name);
	case KIND_dev:
		return arena_printf(arena, "syscall_device($%s)", name);
	case KIND_sig:
		return arena_printf(arena, "syscall_signal($%s, %d)", name, TABLE_signal);
	case KIND_f:
	case KIND_lf:
		return arena_printf(arena, "syscall_flags(%d, $%s, 0)", argument->param, name);
	case KIND_e:
	case KIND_le:
		return arena_printf(arena, "syscall_flags(%d, $%s, %d)", argument->param, name,
				    argument->kind == KIND_e ? 1 : 2);
	default:
		return memory_text(arena, entry, argument);
	}
}

/* ---- argstr ------------------------------------------------------------------------------------------- */

/* "sprintf("%s, %s", ...)" of the arguments before `n`; numbers stand in it themselves. */
static const char *join(struct arena *arena, const struct syscall_entry *entry, unsigned n,
			bool is_return)
{
	const char *format = "", *values = "";

	for (unsigned i = 0; i < n; i++) {
		const struct syscall_argument *argument = &entry->args[i];
		const char *directive = "%s", *value = NULL;

		if (argument->kind == KIND_skip)
			continue;
		if (argument->kind == KIND_d || argument->kind == KIND_fd ||
		    argument->kind == KIND_ld)
			directive = "%d";
		else if (argument->kind == KIND_u || argument->kind == KIND_lu)
			directive = "%u";
		else
			value = printed(arena, entry, argument, is_return);
		if (!value)
			value = arena_printf(arena, "$%s", argument->name);
		format = arena_printf(arena, "%s%s%s", format, *format ? ", " : "", directive);
		values = arena_printf(arena, "%s, %s", values, value);
	}
	return *format ? arena_printf(arena, "sprintf(\"%s\"%s)", format, values) : "\"\"";
}

static const char *all_printed(struct arena *arena, const struct syscall_entry *entry,
			       bool is_return)
{
	const char *text = "";
	struct syscall_case one;

	if (is_special(entry))
		return arena_printf(arena, "syscall_argstr(%u, %d)", entry->number, is_return);
	for (unsigned i = 0; syscall_table_case(entry, i, &one); i++)
		text = arena_printf(arena, "%s($%s & %u) == %u ? %s : ", text,
				    entry->args[one.at].name, one.mask, one.value,
				    join(arena, entry, one.n, is_return));
	return arena_printf(arena, "%s%s", text, join(arena, entry, entry->n, is_return));
}

/* ---- variables ---------------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && !strcmp(text + n - m, end);
}

/* The name without _uaddr. */
static const char *short_name(struct arena *arena, const char *name)
{
	size_t length = strlen(name);

	if (ends_with(name, "_uaddr"))
		length -= strlen("_uaddr");
	return arena_printf(arena, "%.*s", (int)length, name);
}

/* For "path": path, path_str, both unquoted, path_uaddr. */
static const char *string_variables(struct arena *arena, const struct syscall_argument *argument)
{
	const char *name = argument->name, *brief = short_name(arena, name);

	return arena_printf(arena,
			    "%s = user_string_quoted($%s)\n"
			    "%s_unquoted = user_string($%s, \"\")\n"
			    "%s_uaddr = $%s\n"
			    "%s_str = user_string_quoted($%s)\n"
			    "%s_str_unquoted = user_string($%s, \"\")\n",
			    name, name, name, name, name, name, brief, name, brief, name);
}

/* For "flags": flags, flags_str; for "req_uaddr": req_uaddr, req_str, req_uaddr_str. */
static const char *argument_variables(struct arena *arena, const struct syscall_entry *entry,
				      const struct syscall_argument *argument, bool is_return)
{
	const char *name = argument->name, *brief = short_name(arena, name), *text, *shown;

	if (argument->kind == KIND_skip)
		return "";
	if ((argument->kind == KIND_path || argument->kind == KIND_str) && !argument->out)
		return string_variables(arena, argument);
	if (argument->kind == KIND_argv || argument->kind == KIND_envp)
		return arena_printf(arena, "%s = %s\n", name,
				    memory_text(arena, entry, argument));
	text = arena_printf(arena, "%s = $%s\n", name, name);
	if (argument->kind == KIND_sig)
		text = arena_printf(arena, "%s%s_name = syscall_signal($%s, %d)\n", text, name, name,
				    TABLE_signal);
	shown = printed(arena, entry, argument, is_return);
	text = arena_printf(arena, "%s%s_str = %s\n", text, brief, shown);
	if (strcmp(brief, name))
		text = arena_printf(arena, "%s%s_str = %s\n", text, name, shown);
	return text;
}

/* Names that are documented and are not made of an argument's. */
static const struct {
	const char *call, *text;
} others[] = {
	{"dup2", "flags = 0\nflags_str = \"0\"\n"},
	{"epoll_create", "flags = 0\n"},
	{"eventfd", "flags = 0\nflags_str = \"0\"\n"},
	{"inotify_init", "flags = 0\n"},
	{"signalfd", "flags = 0\n"},
	{"pipe", "flags = 0\nflag_str = \"0\"\npipe0 = user_int($fildes_uaddr)\n"
		 "pipe1 = user_int($fildes_uaddr + 4)\n"},
	{"semctl", "cmdstr = cmd_str\n"},
	{"sendto", "buf = buf_str\n"},
	{"io_getevents", "timestr = timeout_str\n"},
	{"rt_sigqueueinfo", "siginfo_str = uinfo_str\n"},
	{"mq_open", "name_uaddr = $filename\n"},
	{"setxattr", "name_uaddr = $name_str\n"},
	{"lsetxattr", "name_uaddr = $name_str\n"},
	{"fsetxattr", "name_uaddr = $name_str\n"},
	{"lremovexattr", "name_uaddr = $name_str\n"},
	{"fremovexattr", "name_uaddr = $name_str\n"},
	{"sethostname", "name_str = hostname_str\n"
			"name_str_unquoted = user_string_n($hostname_uaddr, $len)\n"},
	{"setdomainname", "domainname_str_unquoted = user_string_n($domainname_uaddr, $len)\n"},
	{"utime", "actime = user_long($buf_uaddr)\nmodtime = user_long($buf_uaddr + 8)\n"},
};

/* What bind() and connect() tell of an address. */
static const char *address_variables(struct arena *arena, const struct syscall_entry *entry)
{
	const char *name = entry->args[1].name;

	return arena_printf(arena,
			    "uaddr_af = syscall_flags(%d, user_uint16($%s), 1)\n"
			    "uaddr_ip = syscall_ip($%s)\n"
			    "uaddr_ip_port = syscall_port($%s)\n"
			    "uaddr_ipv6_flowinfo = syscall_ipv6_word($%s, 4)\n"
			    "uaddr_ipv6_scope_id = syscall_ipv6_word($%s, 24)\n",
			    TABLE_family, name, name, name, name, name);
}

static const char *other_variables(struct arena *arena, const struct syscall_entry *entry)
{
	if (!strcmp(entry->name, "bind") || !strcmp(entry->name, "connect"))
		return address_variables(arena, entry);
	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i].call, entry->name))
			return others[i].text;
	return "";
}

/* All calls have the argument, in the same place. */
static bool is_common(const struct syscall_entry *const *entries, unsigned n, unsigned at)
{
	for (unsigned i = 1; i < n; i++)
		if (entries[i]->n <= at || entries[i]->args[at].kind != entries[0]->args[at].kind ||
		    entries[i]->args[at].out != entries[0]->args[at].out ||
		    entries[i]->args[at].param != entries[0]->args[at].param ||
		    strcmp(entries[i]->args[at].name, entries[0]->args[at].name))
			return false;
	return true;
}

/* Of a number that only one of the calls has: 0 in the others. */
static const char *own_variable(struct arena *arena, const struct syscall_entry *entry, unsigned at)
{
	const struct syscall_argument *argument = &entry->args[at];
	const char *name = argument->name, *text;

	if (argument->kind != KIND_d && argument->kind != KIND_u && argument->kind != KIND_f)
		return "";
	text = arena_printf(arena, "%s = $__nr == %u ? $__arg%u & 0xffffffff : 0\n", name,
			    entry->number, at);
	if (argument->kind != KIND_f)
		return text;
	return arena_printf(arena, "%s%s_str = syscall_flags(%d, %s, 0)\n", text, name,
			    argument->param, name);
}

/* syscall.pipe is pipe() and pipe2(): what only one of them has has a name, too. */
static const char *pair_variables(struct arena *arena, const struct syscall_entry *const *entries)
{
	const char *text = "";

	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = 0; at < entries[i]->n; at++)
			if (at >= entries[0]->n || !is_common(entries, 2, at))
				text = arena_printf(arena, "%s%s", text,
						    own_variable(arena, entries[i], at));
	if (!strcmp(entries[0]->name, "pipe"))
		text = arena_printf(arena, "%sflag_str = flags_str\npipe0 = user_int($fildes_uaddr)\n"
				    "pipe1 = user_int($fildes_uaddr + 4)\n", text);
	return text;
}

const char *syscall_text_common(struct arena *arena, const struct syscall_entry *const *entries,
				unsigned n, bool is_return)
{
	const char *text = "";

	for (unsigned at = 0; at < entries[0]->n; at++)
		if (is_common(entries, n, at))
			text = arena_printf(arena, "%s%s", text,
					    argument_variables(arena, entries[0],
							       &entries[0]->args[at], is_return));
	if (n == 2 && !strcmp(entries[0]->name, entries[1]->other))
		text = arena_printf(arena, "%s%s", text, pair_variables(arena, entries));
	return text;
}

bool syscall_loses_registers(const struct syscall_entry *entry)
{
	return !strcmp(entry->name, "execve") || !strcmp(entry->name, "execveat");
}

const char *syscall_text_variables(struct arena *arena, const struct syscall_entry *entry,
				   bool is_return)
{
	const char *text;

	if (is_return && syscall_loses_registers(entry))
		return arena_printf(arena, "argstr = @entry(%s)", all_printed(arena, entry, false));
	text = arena_printf(arena, "argstr = %s\n", all_printed(arena, entry, is_return));
	for (unsigned i = 0; i < entry->n; i++)
		text = arena_printf(arena, "%s%s", text,
				    argument_variables(arena, entry, &entry->args[i], is_return));
	return arena_printf(arena, "%s%s", text, other_variables(arena, entry));
}
