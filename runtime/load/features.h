/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running kernel can do and what this process may do. Each feature is found out by
 * trying it, once, when it is first asked for; nothing is guessed from a version number.
 */
#ifndef SPILE_LOAD_FEATURES_H
#define SPILE_LOAD_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/present/output.h"

enum feature {
	FEATURE_BPF,            /* programs can be loaded at all */
	FEATURE_BTF,            /* /sys/kernel/btf/vmlinux */
	FEATURE_RINGBUF,
	FEATURE_BPF_LOOP,
	FEATURE_MAY_GOTO,
	FEATURE_SLEEPABLE_UPROBE,
	FEATURE_UPROBE,
	FEATURE_UPROBE_MULTI,
	FEATURE_UPROBE_SESSION,
	FEATURE_KPROBE,
	FEATURE_KPROBE_MULTI,
	FEATURE_FENTRY,
	FEATURE_TRACEPOINT,
	FEATURE_RAW_TRACEPOINT,
	FEATURE_RAW_TRACEPOINT_COOKIE,
	FEATURE_TP_BTF,
	FEATURE_PERF_SOFTWARE,
	FEATURE_PERF_HARDWARE,
	FEATURE_BREAKPOINT,
	FEATURE_SYSCALL_PROGRAM,
	FEATURES
};

struct features {
	int8_t known[FEATURES]; /* 0: not asked yet, 1: there, -1: not */
};

bool feature_has(struct features *features, enum feature feature);
const char *feature_name(enum feature feature);  /* "uprobe_multi" */
const char *feature_about(enum feature feature); /* what it is good for, and since when */
/* --config: all of them, a line each, with privileges and lockdown. */
void features_print(struct features *features, struct output *out);

/*
 * Why this process may not trace ("CAP_PERFMON is missing", "kernel lockdown ..."), or NULL. The
 * text is in `buffer`.
 */
const char *privilege_missing(char *buffer, unsigned size);
/* "none", "integrity", "confidentiality", or "unknown". */
const char *lockdown_level(char *buffer, unsigned size);

#endif
