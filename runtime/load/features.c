/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One probing function a feature. */
#include "runtime/load/features.h"
#include "compiler/probes/kernel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runtime/load/kernel_abi.h"

static const struct bpf_insn return_zero[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	{.code = BPF_JMP | BPF_EXIT},
};

static int load_insns(enum bpf_prog_type type, enum bpf_attach_type attach, uint32_t flags,
		      const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach, .prog_flags = flags);

	return bpf_prog_load(type, "spile_probe", "GPL", insns, n, &opts);
}

static int load_empty(enum bpf_prog_type type, enum bpf_attach_type attach, uint32_t flags)
{
	return load_insns(type, attach, flags, return_zero,
			  sizeof(return_zero) / sizeof(*return_zero));
}

static bool close_loaded(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool has_bpf(void)
{
	return close_loaded(load_empty(BPF_PROG_TYPE_KPROBE, 0, 0));
}

static bool has_btf(void)
{
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

static bool has_ringbuf(void)
{
	return close_loaded(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "spile_probe", 0, 0,
					   (uint32_t)getpagesize(), NULL));
}

static bool has_bpf_loop(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_loop, NULL) == 1;
}

/* may_goto is the jump 0xe5 with source register 0. */
static bool has_may_goto(void)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = 0xe5, .off = 1},
		{.code = BPF_JMP | BPF_JA, .off = -2},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return close_loaded(load_insns(BPF_PROG_TYPE_KPROBE, 0, 0, insns,
				       sizeof(insns) / sizeof(*insns)));
}

static bool has_sleepable_uprobe(void)
{
	return close_loaded(load_empty(BPF_PROG_TYPE_KPROBE, 0, BPF_F_SLEEPABLE));
}

static bool has_pmu(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	return access(path, R_OK) == 0;
}

static bool has_uprobe(void)
{
	return has_pmu("uprobe");
}

static bool has_kprobe(void)
{
	return has_pmu("kprobe");
}

/* A link to the directory "/" is refused late (EBADF) only by kernels that know the link. */
static bool has_uprobe_link(enum bpf_attach_type attach)
{
	unsigned long offset = 0;
	struct abi_link_uprobe_multi attr = {
		.attach_type = attach,
		.path = (uintptr_t)"/",
		.offsets = (uintptr_t)&offset,
		.count = 1,
	};
	int prog = load_empty(BPF_PROG_TYPE_KPROBE, attach, 0), link, error;

	if (prog < 0)
		return false;
	attr.prog_fd = (uint32_t)prog;
	link = abi_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
	error = errno;
	if (link >= 0)
		close(link);
	close(prog);
	return link >= 0 || error == EBADF;
}

static bool has_uprobe_multi(void)
{
	return has_uprobe_link((enum bpf_attach_type)ABI_TRACE_UPROBE_MULTI);
}

static bool has_uprobe_session(void)
{
	return has_uprobe_link((enum bpf_attach_type)ABI_TRACE_UPROBE_SESSION);
}

static int load_tracing(enum bpf_attach_type attach, const char *target)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach);
	int id = libbpf_find_vmlinux_btf_id(target, attach);

	if (id <= 0)
		return -ENOENT;
	opts.attach_btf_id = (uint32_t)id;
	return bpf_prog_load(BPF_PROG_TYPE_TRACING, "spile_probe", "GPL", return_zero,
			     sizeof(return_zero) / sizeof(*return_zero), &opts);
}

/* Loading succeeds where attaching does not (no trampolines): so attach too. */
static bool has_tracing(enum bpf_attach_type attach, const char *target)
{
	int prog = load_tracing(attach, target), link;

	if (prog < 0)
		return false;
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link >= 0)
		close(link);
	close(prog);
	return link >= 0;
}

static bool has_fentry(void)
{
	return has_tracing(BPF_TRACE_FENTRY, "ksys_sync_helper") ||
	       has_tracing(BPF_TRACE_FENTRY, "ksys_sync");
}

static bool has_tp_btf(void)
{
	return has_tracing(BPF_TRACE_RAW_TP, "sched_process_exec");
}

static bool has_tracepoint(void)
{
	return access("/sys/kernel/tracing/events/sched/sched_process_exec/id", R_OK) == 0 ||
	       access("/sys/kernel/debug/tracing/events/sched/sched_process_exec/id", R_OK) == 0;
}

static bool has_raw_tracepoint_with(uint64_t cookie, unsigned size)
{
	struct abi_raw_tracepoint attr = {
		.name = (uintptr_t)"sched_process_exec",
		.cookie = cookie,
	};
	int prog = load_empty(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0), link;

	if (prog < 0)
		return false;
	attr.prog_fd = (uint32_t)prog;
	link = abi_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr, size);
	if (link >= 0)
		close(link);
	close(prog);
	return link >= 0;
}

static bool has_raw_tracepoint(void)
{
	return has_raw_tracepoint_with(0, 16);
}

static bool has_raw_tracepoint_cookie(void)
{
	return has_raw_tracepoint_with(1, sizeof(struct abi_raw_tracepoint));
}

static bool has_perf_event(struct perf_event_attr *attr)
{
	attr->size = sizeof(*attr);
	attr->disabled = 1;
	return close_loaded((int)syscall(__NR_perf_event_open, attr, 0, -1, -1,
					 PERF_FLAG_FD_CLOEXEC));
}

static bool has_perf_software(void)
{
	return has_perf_event(&(struct perf_event_attr){.type = PERF_TYPE_SOFTWARE,
							.config = PERF_COUNT_SW_CPU_CLOCK});
}

static bool has_perf_hardware(void)
{
	return has_perf_event(&(struct perf_event_attr){.type = PERF_TYPE_HARDWARE,
							.config = PERF_COUNT_HW_CPU_CYCLES});
}

static bool has_breakpoint(void)
{
	static int watched;

	return has_perf_event(&(struct perf_event_attr){
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = 2, /* write */
		.bp_addr = (uintptr_t)&watched,
		.bp_len = sizeof(watched),
	});
}

static bool has_syscall_program(void)
{
	return close_loaded(load_empty(BPF_PROG_TYPE_SYSCALL, 0, BPF_F_SLEEPABLE));
}

static const struct {
	const char *name, *about;
	bool (*probe)(void);
} table[FEATURES] = {
	[FEATURE_BPF] = {"bpf", "BPF programs load (CONFIG_BPF_SYSCALL)", has_bpf},
	[FEATURE_BTF] = {"btf", "types of the kernel (CONFIG_DEBUG_INFO_BTF)", has_btf},
	[FEATURE_RINGBUF] = {"ringbuf", "ring buffer (Linux 5.8)", has_ringbuf},
	[FEATURE_BPF_LOOP] = {"bpf_loop", "loops (Linux 5.17)", has_bpf_loop},
	[FEATURE_MAY_GOTO] = {"may_goto", "faster loops (Linux 6.9)", has_may_goto},
	[FEATURE_SLEEPABLE_UPROBE] = {"sleepable_uprobe", "reads of absent user pages (Linux 6.0)",
				      has_sleepable_uprobe},
	[FEATURE_UPROBE] = {"uprobe", "user-space probes (CONFIG_UPROBE_EVENTS)", has_uprobe},
	[FEATURE_UPROBE_MULTI] = {"uprobe_multi", "many user-space probes at once (Linux 6.6)",
				  has_uprobe_multi},
	[FEATURE_UPROBE_SESSION] = {"uprobe_session", "entry and return at once (Linux 6.13)",
				    has_uprobe_session},
	[FEATURE_KPROBE] = {"kprobe", "probes of any kernel function (CONFIG_KPROBE_EVENTS)",
			    has_kprobe},
	[FEATURE_KPROBE_MULTI] = {"kprobe_multi", "many kernel functions at once (CONFIG_FPROBE)",
				  kernel_has_kprobe_multi},
	[FEATURE_FENTRY] = {"fentry", "fast probes of kernel functions "
						"(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)",
			    has_fentry},
	[FEATURE_TRACEPOINT] = {"tracepoint", "kernel tracepoints through tracefs (CONFIG_BPF_EVENTS)", has_tracepoint},
	[FEATURE_RAW_TRACEPOINT] = {"raw_tracepoint", "kernel tracepoints, raw arguments (CONFIG_BPF_EVENTS)",
				    has_raw_tracepoint},
	[FEATURE_RAW_TRACEPOINT_COOKIE] = {"raw_tracepoint_cookie",
					   "one program at many of them (Linux 6.10)",
					   has_raw_tracepoint_cookie},
	[FEATURE_TP_BTF] = {"tp_btf", "kernel tracepoints, typed arguments (CONFIG_DEBUG_INFO_BTF)", has_tp_btf},
	[FEATURE_PERF_SOFTWARE] = {"perf_software", "sampling and software events (CONFIG_PERF_EVENTS)",
				   has_perf_software},
	[FEATURE_PERF_HARDWARE] = {"perf_hardware", "hardware counters", has_perf_hardware},
	[FEATURE_BREAKPOINT] = {"breakpoint", "hardware watchpoints (CONFIG_HAVE_HW_BREAKPOINT)", has_breakpoint},
	[FEATURE_SYSCALL_PROGRAM] = {"syscall_program", "begin and end probes in the kernel home",
				     has_syscall_program},
};

bool feature_has(struct features *features, enum feature feature)
{
	if (!features->known[feature])
		features->known[feature] = table[feature].probe() ? 1 : -1;
	return features->known[feature] > 0;
}

const char *feature_name(enum feature feature)
{
	return table[feature].name;
}

const char *feature_about(enum feature feature)
{
	return table[feature].about;
}

/* ---- privileges --------------------------------------------------------------------------- */

enum { CAPABILITY_SYS_ADMIN = 21, CAPABILITY_PERFMON = 38, CAPABILITY_BPF = 39 };

static bool read_capabilities(uint64_t *effective)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	bool found = false;

	if (!status)
		return false;
	while (!found && fgets(line, sizeof(line), status))
		if (!strncmp(line, "CapEff:", 7)) {
			*effective = strtoull(line + 7, NULL, 16);
			found = true;
		}
	fclose(status);
	return found;
}

const char *lockdown_level(char *buffer, unsigned size)
{
	char line[128] = "", *from, *to;
	int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t n = read(fd, line, sizeof(line) - 1);

		line[n > 0 ? n : 0] = 0;
		close(fd);
	}
	from = strchr(line, '[');
	to = from ? strchr(from, ']') : NULL;
	if (!to)
		return "unknown";
	*to = 0;
	snprintf(buffer, size, "%s", from + 1);
	return buffer;
}

const char *privilege_missing(char *buffer, unsigned size)
{
	uint64_t have = 0;
	char level[32];

	if (!strcmp(lockdown_level(level, sizeof(level)), "confidentiality")) {
		snprintf(buffer, size,
			 "kernel lockdown is at level 'confidentiality', which forbids BPF tracing");
		return buffer;
	}
	if (!read_capabilities(&have) || have >> CAPABILITY_SYS_ADMIN & 1)
		return NULL;
	if (have >> CAPABILITY_BPF & have >> CAPABILITY_PERFMON & 1)
		return NULL;
	snprintf(buffer, size,
		 "tracing needs root, or the capabilities CAP_BPF and CAP_PERFMON (missing: %s%s%s)",
		 have >> CAPABILITY_BPF & 1 ? "" : "CAP_BPF",
		 have >> CAPABILITY_BPF & 1 || have >> CAPABILITY_PERFMON & 1 ? "" : ", ",
		 have >> CAPABILITY_PERFMON & 1 ? "" : "CAP_PERFMON");
	return buffer;
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

void features_print(struct features *features, struct output *out)
{
	libbpf_print_fn_t before = libbpf_set_print(print_nothing);
	struct utsname system;
	char text[160];
	const char *missing = privilege_missing(text, sizeof(text));

	uname(&system);
	output_printf(out, "%-24s%s %s\n", "kernel", system.release, system.machine);
	output_printf(out, "%-24s%s\n", "privileges", missing ? missing : "sufficient");
	output_printf(out, "%-24s%s\n", "lockdown", lockdown_level(text, sizeof(text)));
	output_printf(out, "%-24s%s\n", "libbpf", libbpf_version_string());
	for (int i = 0; i < FEATURES; i++)
		output_printf(out, "%-24s%-5s%s\n", table[i].name,
			      feature_has(features, (enum feature)i) ? "yes" : "no",
			      table[i].about);
	libbpf_set_print(before);
}
