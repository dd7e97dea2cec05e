/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between homes, as the common parts of the handler library see it.
 *
 * A home is one translation unit (handler_bpf.c, handler_host.c) that includes its home's
 * primitives (home_bpf.c, home_host.c) and then every common part. The parts keep to what the
 * verifier can follow:
 *
 * - INLINE functions are expanded where they are called and may have any number of arguments.
 * - GLOBAL functions are verified once a program, whatever calls them. They take the frame and
 *   scalars (addresses as u64), at most five in all, and return a scalar. Their names begin with
 *   `global_`: the code generator keeps those external when it makes the rest internal.
 * - Loops are home_loop() over a static function that keeps its state in frame->work, never in
 *   locals: what is read back from there is unknown to the verifier, so one turn proves all.
 * - An index into a buffer is masked where it is used, with BOUND(), which the optimiser does
 *   not see through.
 */
#ifndef SPILE_HANDLER_HOME_H
#define SPILE_HANDLER_HOME_H

#include "runtime/handler/functions.h"

#ifdef __bpf__
#define INLINE __attribute__((always_inline))
#else
#define INLINE
#endif
#define GLOBAL __attribute__((noinline))
#define CALLED static __attribute__((noinline, unused))

/* value & mask, which the compiler may not widen, move or drop. */
#define BOUND(value, mask)                                                                         \
	({                                                                                         \
		u64 bound_ = (u64)(value);                                                         \
		__asm__ volatile("" : "+r"(bound_));                                               \
		bound_ &(u64)(mask);                                                               \
	})
enum { WORK_MASK = WORK_SIZE - 1, OUT_MASK = FRAME_OUT - 1 };

/* The lesser one, which the verifier knows to be within a work buffer. */
static inline INLINE u32 at_most(u64 n, u32 most)
{
	return (u32)BOUND(n < most ? n : most, WORK_MASK);
}

/* The start of spile_globals. */
static inline INLINE struct shared *home_shared(void);

/* A pointer as a number, which may then be passed to a GLOBAL function. */
static inline INLINE u64 home_address(struct frame *frame, const void *pointer);

/* Copies a string with its NUL, cut to size - 1 bytes; the bytes copied with the NUL, >= 1. */
#ifdef __bpf__
static inline INLINE u32 home_copy_string(char *to, u32 size, u64 from);
#else
static u32 home_copy_string(char *to, u32 size, u64 from);
#endif
/* Copies bytes that are known to be readable. */
static inline INLINE void home_copy(void *to, u32 size, u64 from);
static inline INLINE void home_zero(void *to, u32 size);

/* Reads memory of the traced side into the work buffer a: 0, or -1. */
static int home_read_memory(struct frame *frame, u32 length, u64 address, u32 user);

/* Reads two or four bytes of the traced side: 0, or not. */
static inline INLINE long home_read_unit(u64 address, u32 four, u64 user, u32 *unit);

/* Waits for the page of an address, in sleepable programs. */
static inline INLINE void home_wait_for_memory(struct frame *frame, u64 address);

/* Reads eight bytes of user memory, and waits for their page where `waits`, a constant: 0, or not. */
static inline INLINE long home_read_word(u64 address, u32 waits, u64 *word);
/* Entry i of the process's auxiliary vector; type 0 (AT_NULL) behind the last one. */
static inline INLINE void home_auxiliary(u32 i, u64 *type, u64 *value);

/* Raises "read fault at 0x...". */
static inline INLINE void home_raise_fault(struct run *run, u64 address);

/* turn(i, context) for i = 0 ... n - 1 until it returns 1; turns done. context: on the stack. */
#define home_loop(n, turn, context) home_loop_(n, (void *)(turn), context)

/*
 * Turn i of waiting for somebody else: the tracer lets others run now and then. In the kernel
 * nobody may be able to: 1 when it took `patience` ns. *until: 0 at first.
 */
static inline INLINE long home_wait(u32 i, u64 patience, u64 *until);

/* In the kernel: whether the tracer is who runs. */
static inline INLINE int home_is_tracer(void);

/* A lock was taken; it was given back. */
static inline INLINE void home_hold(void);
static inline INLINE void home_release(void);

/* 32 random bits. */
static inline INLINE u32 home_random(void);

/* Sends bytes to the tracer: 0, or negative when there is no room. */
static inline INLINE long home_send(struct frame *frame, const void *data, u32 size);

#endif
