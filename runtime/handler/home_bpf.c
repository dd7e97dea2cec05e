/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel home's primitives: BPF helpers and the maps that the library owns.
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "runtime/handler/home.h"

/* Sizes are set by the loader: max_entries of the scratch is SCRATCH_LEVELS * possible CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} spile_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCRATCH_LEVELS);
	__type(key, u32);
	__type(value, struct frame);
} spile_scratch SEC(".maps");

/* Defined by the generated module, in section .data.spile. */
extern char spile_globals[];

static inline INLINE struct shared *home_shared(void)
{
	return (struct shared *)spile_globals;
}

static inline INLINE u64 home_address(struct frame *frame, const void *pointer)
{
	volatile u64 *cell = &frame->spare[0];

	*cell = (u64)pointer;
	return *cell;
}

/* Before Linux 6.7 the helper returns 0, not 1, for an empty string of a process. */
static inline INLINE long read_user_string(void *to, u32 size, u64 address)
{
	long got = bpf_probe_read_user_str(to, size, (const void *)address);

	return got ? got : 1;
}

static inline INLINE u32 home_copy_string(char *to, u32 size, u64 from)
{
	long n = bpf_probe_read_kernel_str(to, size, (const void *)from);

	return n < 1 ? 1 : (u32)n;
}

static inline INLINE void home_copy(void *to, u32 size, u64 from)
{
	bpf_probe_read_kernel(to, size, (const void *)from);
}

/* A failed read fills its destination with zeros: one call, whatever the size. */
static inline INLINE void home_zero(void *to, u32 size)
{
	bpf_probe_read_kernel(to, size, (const void *)0);
}

static inline INLINE u32 home_loop_(u32 n, void *turn, void *context)
{
	return (u32)bpf_loop(n, turn, context, 0);
}

/* Whether to give up: it may be that nothing else runs on this processor until then. */
static inline INLINE long home_wait(u32 i, u64 patience, u64 *until)
{
	u64 now;

	if (i % 128 != 127)
		return 0;
	now = bpf_ktime_get_ns();
	if (!*until)
		*until = now + patience;
	return now > *until;
}

static inline INLINE int home_is_tracer(void)
{
	return bpf_get_current_pid_tgid() >> 32 == home_shared()->tracer_pid;
}

static inline INLINE void home_hold(void)
{
}

static inline INLINE void home_release(void)
{
}

static inline INLINE u32 home_random(void)
{
	return bpf_get_prandom_u32();
}

static inline INLINE long home_send(struct frame *frame, const void *data, u32 size)
{
	(void)frame;
	return bpf_ringbuf_output(&spile_events, (void *)data, size, 0);
}

/* The index of a slot that was free, or -1. */
GLOBAL int global_frame_claim(void)
{
	u32 slot = bpf_get_smp_processor_id() * SCRATCH_LEVELS;

	for (u32 i = 0; i < 2 * SCRATCH_LEVELS; i++) {
		struct frame *frame = bpf_map_lookup_elem(&spile_scratch, &slot);

		if (!frame)
			slot = 0;
		else if (!__sync_lock_test_and_set(&frame->busy, 1))
			return (int)slot;
		else
			slot++;
	}
	__sync_fetch_and_add(&home_shared()->skipped_scratch, 1);
	return -1;
}

INLINE int frame_claim(struct run *run)
{
	int slot = global_frame_claim();
	struct frame *frame;

	if (slot < 0)
		return -1;
	frame = bpf_map_lookup_elem(&spile_scratch, &slot);
	if (!frame)
		return -1;
	frame->slot = (u32)slot;
	frame->depth = 0;
	frame->out_length = 0;
	frame->records = 0;
	frame->lost = 0;
	frame->dropped = 0;
	frame->matches.groups = 0;
	run->frame = frame;
	return 0;
}

static inline INLINE void home_frame_free(struct frame *frame)
{
	__asm__ volatile("" ::: "memory");
	*(volatile u64 *)&frame->busy = 0;
}
