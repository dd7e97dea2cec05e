/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer home's primitives: plain memory, and a function that takes the records.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

struct host_frame {
	struct frame frame;
	struct host_frame *next; /* in the list of all */
};

/* The library's interface has no place for a context: generated code knows only the run. */
static struct {
	struct shared *shared;
	void (*emit)(void *data, const void *records, u32 size);
	void *emit_data;
	host_expand *expand;
	void *expand_data;
	int (*interrupted)(void *data);
	void *interrupted_data;
	struct host_frame *frames;
	u32 n_frames;
	u32 held;    /* locks */
	int hurried; /* while they are held */
} host;

static inline INLINE struct shared *home_shared(void)
{
	return host.shared;
}

static inline INLINE u64 home_address(struct frame *frame, const void *pointer)
{
	(void)frame;
	return (u64)pointer;
}

/* Not inline: a literal that is shorter than the room for it is no error. */
static __attribute__((noinline)) u32 home_copy_string(char *to, u32 size, u64 from)
{
	u32 n;

	if (!size)
		return 1;
	n = (u32)strnlen((const char *)from, size - 1);
	memmove(to, (const char *)from, n);
	to[n] = 0;
	return n + 1;
}

static inline INLINE void home_copy(void *to, u32 size, u64 from)
{
	memmove(to, (const void *)from, size);
}

static inline INLINE void home_zero(void *to, u32 size)
{
	memset(to, 0, size);
}

enum { TURNS_BETWEEN = 1024 };

/* As bpf_loop counts: the turn that returns 1 is done, too. */
static inline INLINE u32 home_loop_(u32 n, void *turn, void *context)
{
	long (*call)(u32, void *) = (long (*)(u32, void *))turn;

	for (u32 i = 0; i < n; i++) {
		if (call(i, context))
			return i + 1;
		if (i % TURNS_BETWEEN == TURNS_BETWEEN - 1 && host.interrupted &&
		    host.interrupted(host.interrupted_data))
			return i + 1;
	}
	return n;
}

/* Its holder may wait for this processor: a matter of turns, not of time. */
static inline INLINE long home_wait(u32 i, u64 patience, u64 *until)
{
	(void)patience;
	(void)until;
	if (i % 64 == 63)
		sched_yield();
	return 0;
}

static inline INLINE int home_is_tracer(void)
{
	return 0;
}

/*
 * Who waits for the lock spins in the kernel, where many kernels preempt nobody. On a busy machine
 * the tracer would get its processor back after all of these, again and again.
 */
static inline INLINE void home_hold(void)
{
	const struct sched_param first = {.sched_priority = 1};

	if (host.held++ == 0)
		host.hurried = sched_getscheduler(0) == SCHED_OTHER &&
			       !sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
}

static inline INLINE void home_release(void)
{
	const struct sched_param none = {.sched_priority = 0};

	if (--host.held == 0 && host.hurried)
		sched_setscheduler(0, SCHED_OTHER, &none);
}

static inline INLINE u32 home_random(void)
{
	u32 bits = 0;

	if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) != sizeof(bits))
		return (u32)random();
	return bits;
}

static inline INLINE long home_send(struct frame *frame, const void *data, u32 size)
{
	(void)frame;
	if (!host.emit)
		return -1;
	host.emit(host.emit_data, data, size);
	return 0;
}

static struct host_frame *host_frame_new(void)
{
	struct host_frame *made = calloc(1, sizeof(*made));

	if (!made)
		return NULL;
	made->frame.slot = 0x8000u + host.n_frames++;
	made->next = host.frames;
	host.frames = made;
	return made;
}

int frame_claim(struct run *run)
{
	struct host_frame *it = host.frames;

	while (it && it->frame.busy)
		it = it->next;
	if (!it)
		it = host_frame_new();
	if (!it) {
		host.shared->skipped_scratch++;
		return -1;
	}
	run->frame = &it->frame;
	run->frame->busy = 1;
	run->frame->depth = 0;
	run->frame->out_length = 0;
	run->frame->records = 0;
	run->frame->lost = 0;
	run->frame->dropped = 0;
	run->frame->matches.groups = 0;
	return 0;
}

static inline INLINE void home_frame_free(struct frame *frame)
{
	frame->busy = 0;
}

void host_set_emit(void (*emit)(void *data, const void *records, u32 size), void *data)
{
	host.emit = emit;
	host.emit_data = data;
}

void host_set_interrupted(int (*interrupted)(void *data), void *data)
{
	host.interrupted = interrupted;
	host.interrupted_data = data;
}

void host_release(void)
{
	while (host.frames) {
		struct host_frame *next = host.frames->next;

		free(host.frames);
		host.frames = next;
	}
	host.n_frames = 0;
}
