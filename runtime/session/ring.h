/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of a BPF ring buffer: its memory, mapped; samples are handed on where they lie.
 */
#ifndef SPILE_SESSION_RING_H
#define SPILE_SESSION_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	int fd; /* -1: there is none; readable when there is something (for epoll) */
	size_t size;
	unsigned long *consumer;
	const unsigned long *producer;
	const char *data; /* size bytes, mapped twice in a row */
};

typedef void ring_sample(void *context, const void *data, size_t size);

/* 0, or -errno. fd < 0: an empty ring. */
int ring_open(struct ring *ring, int fd, size_t size);
/*
 * Hands the samples that are complete now to `sample`, in order; how many bytes they took. What
 * comes meanwhile stays: to handle a sample may make the next. `some`: stops after `most` bytes.
 */
size_t ring_drain_some(struct ring *ring, size_t most, ring_sample *sample, void *context);
size_t ring_drain(struct ring *ring, ring_sample *sample, void *context);
void ring_close(struct ring *ring);

#endif
