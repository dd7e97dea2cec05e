/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How functions of the kernel can be attached to, asked of the kernel: which of its links there
 * are, and which functions it lets be probed at all.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/probes/kernel.h"

enum { TRACE_KPROBE_MULTI = 42 }; /* enum bpf_attach_type, Linux 5.18 */

static int load_nothing(void)
{
	static const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = (enum bpf_attach_type)TRACE_KPROBE_MULTI);

	return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "spile_probe", "GPL", program, 2, &opts);
}

/* A kernel that has the link gets as far as the function, which is none. */
bool kernel_has_kprobe_multi(void)
{
	const char *nothing = "spile, no such function";
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 1,
		    .kprobe_multi.syms = &nothing);
	int prog = load_nothing(), link;

	if (prog < 0)
		return false;
	link = bpf_link_create(prog, 0, (enum bpf_attach_type)TRACE_KPROBE_MULTI, &opts);
	close(prog);
	if (link >= 0)
		close(link);
	return link == -ESRCH || link == -ENOENT;
}

/* ---- what the kernel keeps to itself ------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The word at `column` of each line, sorted; at most one tab or space between words. */
static void read_names(struct arena *arena, const char *path, unsigned column,
		       struct kernel_names *names)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		char *rest = line, *word = NULL;

		for (unsigned i = 0; i <= column; i++)
			word = strsep(&rest, " \t\n");
		if (word && *word)
			VEC_PUSH(arena, names, arena_strdup(arena, word));
	}
	free(line);
	if (file)
		fclose(file);
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), compare_names);
	names->known = true;
}

static bool has_name(const struct kernel_names *names, const char *name)
{
	return names->n && bsearch(&name, names->v, names->n, sizeof(*names->v), compare_names);
}

static const struct kernel_names *traceable_names(struct probes *probes)
{
	struct kernel_names *names = &kernel_state(probes)->traceable;

	if (!names->known)
		read_names(probes->arena, "/sys/kernel/tracing/available_filter_functions", 0,
			   names);
	if (!names->n)
		read_names(probes->arena, "/sys/kernel/debug/tracing/available_filter_functions",
			   0, names);
	return names;
}

bool kernel_can_probe_functions(struct probes *probes)
{
	return !access("/sys/bus/event_source/devices/kprobe/type", F_OK) ||
	       traceable_names(probes)->n;
}

static const struct kernel_names *blacklisted_names(struct probes *probes)
{
	struct kernel_names *names = &kernel_state(probes)->blacklisted;

	if (!names->known)
		read_names(probes->arena, "/sys/kernel/debug/kprobes/blacklist", 1, names);
	return names;
}

const char *kernel_function_trouble(struct probes *probes, const char *name, bool multi)
{
	const struct kernel_names *traceable = traceable_names(probes);

	if (traceable->n && !has_name(traceable, name))
		return "the kernel is built so that it can not be traced there (notrace)";
	if (!multi && has_name(blacklisted_names(probes), name))
		return "it is on the kernel's list of functions that breakpoints must not be put "
		       "in (kprobes/blacklist)";
	return NULL;
}
