/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of events, kept for each thread (compiler/probes/perf_counter.c): the kernel's own
 * count on this processor, what that was when the thread came here, and what the thread had
 * counted before.
 */
#include <linux/bpf.h>

#include "runtime/handler/home.h"

enum { MOST_THREADS = 65536, MOST_TRIES = 8, TASK_DEAD = 0x80, NO_ENTRY = -2 };

/* Events by processor * MAX_COUNTERS + counter; as large as the tracer makes it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, MAX_COUNTERS);
	__type(key, u32);
	__type(value, u32);
} spile_counters SEC(".maps");

/* The event's count when the thread that runs here came. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_COUNTERS);
	__type(key, u32);
	__type(value, u64);
} spile_counters_begun SEC(".maps");

struct counted {
	u64 events;
	u64 turns; /* on a processor */
};

/* By counter << 32 | thread. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MOST_THREADS);
	__type(key, u64);
	__type(value, struct counted);
} spile_counted SEC(".maps");

static inline INLINE long read_event(u32 counter, u64 *events)
{
	struct bpf_perf_event_value value = {0};
	u64 at = bpf_get_smp_processor_id() * MAX_COUNTERS + counter;
	long failed = bpf_perf_event_read_value(&spile_counters, at, &value, sizeof(value));

	*events = value.counter;
	return failed;
}

static inline INLINE u64 counted_key(i64 counter)
{
	return (u64)counter << 32 | (bpf_get_current_pid_tgid() & 0xffffffff);
}

static inline INLINE void add_to(u64 key, u64 events)
{
	struct counted *counted = bpf_map_lookup_elem(&spile_counted, &key);
	struct counted first = {events, 1};

	if (counted) {
		__sync_fetch_and_add(&counted->events, events);
		*(volatile u64 *)&counted->turns = counted->turns + 1;
	} else if (bpf_map_update_elem(&spile_counted, &key, &first, BPF_ANY)) {
		home_shared()->counts_lost = 1;
	}
}

/*
 * sched_switch (preempted, previous, next, state of the previous). A switch is counted behind
 * this tracepoint, and belongs to the thread that leaves. The idle tasks are all thread 0.
 */
INLINE void fn_perf_leave(struct run *run, i64 counter, i64 counts_switches)
{
	u64 key = counted_key(counter), now, state = ((const volatile u64 *)run->ctx)[3];
	u32 index = (u32)counter;
	u64 *begun = bpf_map_lookup_elem(&spile_counters_begun, &index);

	if (!begun || read_event(index, &now))
		return;
	now += counts_switches != 0;
	if (state & TASK_DEAD)
		bpf_map_delete_elem(&spile_counted, &key);
	else if (key & 0xffffffff)
		add_to(key, now - *begun);
	*begun = now;
}

/* A thread that has left its processor in between has had one more turn: all is read again. */
static inline INLINE long count_once(i64 counter, u64 *count)
{
	u64 key = counted_key(counter), now, turns = 0, before = 0;
	u32 index = (u32)counter;
	struct counted *counted = bpf_map_lookup_elem(&spile_counted, &key);
	volatile u64 *begun;
	long failed;

	if (counted) {
		turns = *(volatile u64 *)&counted->turns;
		before = *(volatile u64 *)&counted->events;
	}
	failed = read_event(index, &now);
	begun = bpf_map_lookup_elem(&spile_counters_begun, &index);
	if (failed || !begun)
		return failed ? failed : NO_ENTRY;
	*count = before + now - *begun;
	counted = bpf_map_lookup_elem(&spile_counted, &key);
	return (counted ? *(volatile u64 *)&counted->turns : 0) != turns;
}

static inline INLINE long count_of_thread(i64 counter, u64 *count)
{
	long again = 1;

	for (int i = 0; i < MOST_TRIES && again == 1; i++)
		again = count_once(counter, count);
	return again;
}

INLINE i64 fn_perf_count(struct run *run, i64 counter)
{
	u64 count = 0;
	long failed = count_of_thread(counter, &count);

	run->error_arg = failed;
	if (failed == 1)
		handler_raise(run, "the counter was not at rest");
	else if (failed)
		handler_raise(run, "the counter does not count at this time");
	else if (home_shared()->counts_lost)
		handler_raise(run, "too many threads: their counts found no room");
	return (i64)count;
}

/*
 * sched_process_exec (task, its thread number before, program): it takes the number of its
 * process.
 */
INLINE void fn_perf_restart(struct run *run, i64 counter)
{
	u64 key = counted_key(counter), count = 0;
	u64 was = (u64)counter << 32 | (u32)((const volatile u64 *)run->ctx)[1];

	if (was != key)
		bpf_map_delete_elem(&spile_counted, &was);
	if (!count_of_thread(counter, &count))
		add_to(key, -count);
}
