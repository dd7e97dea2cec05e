/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bpf(2) as newer kernels have it: numbers and attributes that the headers of Debian 12 (Linux
 * 6.1) do not declare yet. They are stable kernel ABI; whether the running kernel knows them is
 * asked by features.h, never guessed.
 */
#ifndef SPILE_LOAD_KERNEL_ABI_H
#define SPILE_LOAD_KERNEL_ABI_H

#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* enum bpf_attach_type */
enum {
	ABI_TRACE_UPROBE_MULTI = 48,   /* Linux 6.6 */
	ABI_TRACE_UPROBE_SESSION = 57, /* Linux 6.13 */
};

enum { ABI_UPROBE_MULTI_RETURN = 1 };

/* BPF_LINK_CREATE for uprobe_multi:
 *
 *   0         4           8             12      16     24        32                40        48
 *   | prog_fd | target_fd | attach_type | flags | path | offsets | ref_ctr_offsets | cookies | ...
 */
struct abi_link_uprobe_multi {
	uint32_t prog_fd;
	uint32_t target_fd;
	uint32_t attach_type;
	uint32_t flags;
	uint64_t path;            /* const char * */
	uint64_t offsets;         /* const unsigned long * */
	uint64_t ref_ctr_offsets; /* const unsigned long *, or 0 */
	uint64_t cookies;         /* const uint64_t * */
	uint32_t count;
	uint32_t multi_flags;
	uint32_t pid;
	uint32_t pad;
};

/* BPF_RAW_TRACEPOINT_OPEN; the cookie is known from Linux 6.10. */
struct abi_raw_tracepoint {
	uint64_t name; /* const char * */
	uint32_t prog_fd;
	uint32_t pad;
	uint64_t cookie;
};

/*
 * BPF_OBJ_GET_INFO_BY_FD of links, as far as it tells what they missed (Linux 6.7; an older kernel
 * leaves it 0):
 *
 *   kprobe and kretprobe (a perf event's link)
 *   0      4    8         16     20  24        32         36       40        48
 *   | type | id | prog_id | kind | 0 | name    | name_len | offset | address | missed |
 *
 *   kprobe.multi
 *   0      4    8         16          24      28      32
 *   | type | id | prog_id | addresses | count | flags | missed |
 */
union abi_link_info {
	struct {
		uint64_t before[6];
		uint64_t missed;
	} kprobe;
	struct {
		uint64_t before[4];
		uint64_t missed;
	} kprobe_multi;
};

static inline int abi_bpf(int command, const void *attr, unsigned size)
{
	return (int)syscall(__NR_bpf, command, attr, size);
}

#endif
