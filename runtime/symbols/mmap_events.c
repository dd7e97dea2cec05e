/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU's events are in order; those of different CPUs are sorted by time. What is younger than
 * the moment when draining began waits for the next time: a CPU drained before may have older.
 */
#include "runtime/symbols/mmap_events.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { RING_PAGES = 128 };

struct cpu {
	int fd;
	struct perf_event_mmap_page *page; /* then RING_PAGES pages of events */
};

/* A copy of an event. */
struct event {
	uint64_t time;
	unsigned order; /* of arrival */
	struct perf_event_header *record;
};

struct mmap_events {
	size_t page_size;
	unsigned n_cpus;
	struct cpu *cpus;
	unsigned n, capacity, arrived;
	struct event *queue;
};

static int open_on(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.mmap = 1,
		.mmap2 = 1,
		.task = 1,
		.comm = 1,
		.comm_exec = 1,
		.exclude_kernel = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.watermark = 1,
		.wakeup_watermark = 1u << 30, /* never: the session looks by itself */
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool open_cpu(struct mmap_events *events, unsigned cpu)
{
	struct cpu made = {.fd = open_on((int)cpu)};

	if (made.fd < 0)
		return errno == ENODEV; /* offline */
	made.page = mmap(NULL, (RING_PAGES + 1) * events->page_size, PROT_READ | PROT_WRITE,
			 MAP_SHARED, made.fd, 0);
	if (made.page == MAP_FAILED) {
		close(made.fd);
		return false;
	}
	events->cpus[events->n_cpus++] = made;
	return true;
}

struct mmap_events *mmap_events_open(void)
{
	struct mmap_events *events = calloc(1, sizeof(*events));
	long n = sysconf(_SC_NPROCESSORS_CONF);

	if (!events || n < 1)
		goto failed;
	events->page_size = (size_t)sysconf(_SC_PAGESIZE);
	events->cpus = calloc((size_t)n, sizeof(*events->cpus));
	for (long i = 0; i < n; i++)
		if (!events->cpus || !open_cpu(events, (unsigned)i))
			goto failed;
	return events;
failed:
	mmap_events_close(events);
	return NULL;
}

void mmap_events_close(struct mmap_events *events)
{
	if (!events)
		return;
	for (unsigned i = 0; i < events->n_cpus; i++) {
		munmap(events->cpus[i].page, (RING_PAGES + 1) * events->page_size);
		close(events->cpus[i].fd);
	}
	for (unsigned i = 0; i < events->n; i++)
		free(events->queue[i].record);
	free(events->queue);
	free(events->cpus);
	free(events);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void enqueue(struct mmap_events *events, struct perf_event_header *record)
{
	struct event event = {.record = record, .order = events->arrived++};

	if (events->n == events->capacity) {
		unsigned capacity = events->capacity ? 2 * events->capacity : 64;
		struct event *grown = realloc(events->queue, capacity * sizeof(*grown));

		if (!grown) {
			free(record);
			return;
		}
		events->queue = grown;
		events->capacity = capacity;
	}
	/* sample_id_all puts the time at the end. */
	memcpy(&event.time, (char *)record + record->size - 8, 8);
	events->queue[events->n++] = event;
}

static void copy_out(const struct mmap_events *events, const struct cpu *cpu, uint64_t at, void *to,
		     size_t size)
{
	size_t ring = RING_PAGES * events->page_size, place = at % ring;
	const char *base = (const char *)cpu->page + events->page_size;
	size_t first = size < ring - place ? size : ring - place;

	memcpy(to, base + place, first);
	memcpy((char *)to + first, base, size - first);
}

static void read_cpu(struct mmap_events *events, const struct cpu *cpu)
{
	uint64_t head = __atomic_load_n(&cpu->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = cpu->page->data_tail;

	while (tail < head) {
		struct perf_event_header header, *record;

		copy_out(events, cpu, tail, &header, sizeof(header));
		if (header.size < sizeof(header) || header.size > head - tail)
			break;
		record = header.size >= sizeof(header) + 8 ? malloc(header.size) : NULL;
		if (record) {
			copy_out(events, cpu, tail, record, header.size);
			enqueue(events, record);
		}
		tail += header.size;
	}
	__atomic_store_n(&cpu->page->data_tail, head, __ATOMIC_RELEASE);
}

/* ---- telling --------------------------------------------------------------------------------- */

struct mmap2_event {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, length, offset;
	uint32_t major, minor;
	uint64_t inode, generation;
	uint32_t protection, flags;
	char path[];
};

struct task_event {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
};

struct comm_event {
	struct perf_event_header header;
	uint32_t pid, tid;
};

static void tell_mapping(struct spaces *spaces, const struct mmap2_event *event)
{
	struct mapping mapping = {event->address, event->address + event->length, event->offset,
				  event->inode, NULL};
	size_t most = event->header.size - 8 - sizeof(*event);

	mapping.path = spaces_path(spaces, event->path, strnlen(event->path, most));
	spaces_map(spaces, (int)event->pid, &mapping);
}

static void tell(struct spaces *spaces, const struct perf_event_header *record)
{
	const struct task_event *task = (const struct task_event *)record;
	const struct comm_event *comm = (const struct comm_event *)record;

	switch (record->type) {
	case PERF_RECORD_MMAP2:
		if (record->size > sizeof(struct mmap2_event) + 8)
			tell_mapping(spaces, (const struct mmap2_event *)record);
		break;
	case PERF_RECORD_FORK:
		spaces_fork(spaces, (int)task->ppid, (int)task->pid);
		break;
	case PERF_RECORD_EXIT:
		if (task->pid == task->tid)
			spaces_exit(spaces, (int)task->pid);
		break;
	case PERF_RECORD_COMM:
		if (record->misc & PERF_RECORD_MISC_COMM_EXEC)
			spaces_exec(spaces, (int)comm->pid);
		break;
	case PERF_RECORD_LOST:
		spaces_read_all(spaces);
		break;
	}
}

static int compare_events(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void mmap_events_drain(struct mmap_events *events, struct spaces *spaces)
{
	struct timespec now;
	uint64_t until;
	unsigned done = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	until = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	for (unsigned i = 0; i < events->n_cpus; i++)
		read_cpu(events, &events->cpus[i]);
	if (!events->n)
		return;
	qsort(events->queue, events->n, sizeof(*events->queue), compare_events);
	for (; done < events->n && events->queue[done].time <= until; done++) {
		tell(spaces, events->queue[done].record);
		free(events->queue[done].record);
	}
	memmove(events->queue, events->queue + done, (events->n - done) * sizeof(*events->queue));
	events->n -= done;
}
