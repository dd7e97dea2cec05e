/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring buffer as the kernel lays it out:
 *
 *   page 0: consumer position | page 1: producer position | data | data again
 *
 * A sample is a u32 of its length with two flags on top, a u32 unused, its bytes, padding to 8.
 */
#include "runtime/session/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

int ring_open(struct ring *ring, int fd, size_t size)
{
	size_t page = (size_t)getpagesize();
	void *at;

	*ring = (struct ring){.fd = -1, .size = size};
	if (fd < 0)
		return 0;
	at = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	ring->consumer = at;
	at = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (at == MAP_FAILED) {
		munmap(ring->consumer, page);
		return -errno;
	}
	ring->producer = at;
	ring->data = (const char *)at + page;
	ring->fd = fd;
	return 0;
}

size_t ring_drain_some(struct ring *ring, size_t most, ring_sample *sample, void *context)
{
	unsigned long at, begin, end;

	if (ring->fd < 0)
		return 0;
	begin = at = *ring->consumer;
	end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	while (at - begin < most && at < end) {
		const uint32_t *head = (const uint32_t *)(ring->data + (at & (ring->size - 1)));
		uint32_t length = __atomic_load_n(head, __ATOMIC_ACQUIRE);
		uint32_t bytes = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (length & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(length & BPF_RINGBUF_DISCARD_BIT))
			sample(context, head + 2, bytes);
		at += (bytes + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
		__atomic_store_n(ring->consumer, at, __ATOMIC_RELEASE);
	}
	return at - begin;
}

size_t ring_drain(struct ring *ring, ring_sample *sample, void *context)
{
	return ring_drain_some(ring, SIZE_MAX, sample, context);
}

void ring_close(struct ring *ring)
{
	size_t page = (size_t)getpagesize();

	if (ring->fd < 0)
		return;
	munmap(ring->consumer, page);
	munmap((void *)ring->producer, page + 2 * ring->size);
	ring->fd = -1;
}
