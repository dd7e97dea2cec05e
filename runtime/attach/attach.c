/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of attach kinds, and what they share. */
#include "runtime/attach/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TELL_MOST = 3 }; /* warnings about refused sites of one handler */

/* What the session runs by itself has no function here. */
static const struct {
	const char *name;
	attach_function *attach;
	int feature; /* enum feature that it needs, or -1 */
} kinds[ATTACH_KINDS] = {
	[ATTACH_BEGIN] = {"begin", NULL, -1},
	[ATTACH_END] = {"end", NULL, -1},
	[ATTACH_ERROR] = {"error", NULL, -1},
	[ATTACH_NEVER] = {"never", NULL, -1},
	[ATTACH_RUNNING] = {"running process", NULL, -1},
	[ATTACH_TIMER] = {"timer", attach_timers, -1},
	[ATTACH_UPROBE] = {"uprobe", attach_uprobes, FEATURE_UPROBE},
	[ATTACH_URETPROBE] = {"uretprobe", attach_uprobes, FEATURE_UPROBE},
	[ATTACH_KPROBE] = {"kprobe", attach_kprobes, FEATURE_KPROBE},
	[ATTACH_KRETPROBE] = {"kretprobe", attach_kprobes, FEATURE_KPROBE},
	[ATTACH_KPROBE_MULTI] = {"kprobe.multi", attach_kprobes_multi, FEATURE_KPROBE_MULTI},
	[ATTACH_KRETPROBE_MULTI] = {"kretprobe.multi", attach_kprobes_multi, FEATURE_KPROBE_MULTI},
	[ATTACH_FENTRY] = {"fentry", attach_tracing, -1},
	[ATTACH_FEXIT] = {"fexit", attach_tracing, -1},
	[ATTACH_TRACEPOINT] = {"tracepoint", attach_tracepoints, FEATURE_TRACEPOINT},
	[ATTACH_RAW_TRACEPOINT] = {"raw tracepoint", attach_raw_tracepoints, -1},
	[ATTACH_TP_BTF] = {"BTF tracepoint", attach_tracing, -1},
	[ATTACH_PERF] = {"perf event", attach_perf_events, -1},
	[ATTACH_COUNTER] = {"counter", attach_counters, -1},
	[ATTACH_BREAKPOINT] = {"breakpoint", attach_breakpoints, -1},
};

const char *attach_kind_name(enum attach_kind kind)
{
	return kinds[kind].name;
}

void attach_keep(struct attachments *attachments, int fd)
{
	struct attach_link link = {fd, attachments->handler};

	VEC_PUSH(attachments->diags->arena, &attachments->links, link);
}

long attach_read_number(const char *path)
{
	char text[32];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	text[n] = 0;
	return strtol(text, NULL, 10);
}

int attach_perf_link(struct attachments *attachments, unsigned handler, unsigned site,
		     struct perf_event_attr *attr, int pid, int cpu)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = site);
	int prog = attachments->loaded->handlers[handler].prog_fd, event, link;

	attr->size = sizeof(*attr);
	event = (int)syscall(__NR_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return -errno;
	link = bpf_link_create(prog, event, BPF_PERF_EVENT, &opts);
	if (link < 0) {
		close(event);
		return link;
	}
	attach_keep(attachments, link);
	attach_keep(attachments, event);
	return ioctl(event, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0;
}

void attach_refused(struct attachments *attachments, unsigned handler, unsigned site,
		    const char *why)
{
	const struct unit_handler *which = attach_handler(attachments, handler);

	attachments->refused++;
	if (attachments->told++ < TELL_MOST)
		diag_warning(attachments->diags, (struct range){0},
			     "probe %s (%s) is not attached: %s",
			     which->sites[site].pp ? which->sites[site].pp : which->name,
			     which->position, why);
}

static bool kind_available(struct attachments *attachments, const struct unit_handler *handler,
			   enum attach_kind kind)
{
	int feature = kinds[kind].feature;

	if (feature < 0 || feature_has(attachments->loaded->features, (enum feature)feature))
		return true;
	diag_error(attachments->diags, (struct range){0},
		   "probe %s (%s): this kernel has no %s: %s", handler->name, handler->position,
		   feature_name((enum feature)feature), feature_about((enum feature)feature));
	return false;
}

/* Timers are made once, and only stop while their handler is not armed. */
static bool attach_kind(struct attachments *attachments, unsigned index, unsigned first, unsigned n)
{
	const struct unit_handler *handler = attach_handler(attachments, index);
	const struct attach_state *state = &attachments->states[index];
	enum attach_kind kind = handler->sites[first].kind;

	if (!kinds[kind].attach)
		return true;
	if (kind == ATTACH_TIMER)
		return state->timed || attach_timers(attachments, index, first, n);
	if (!kind_available(attachments, handler, kind))
		return false;
	return !state->armed || kinds[kind].attach(attachments, index, first, n);
}

/* Sites of one kind stand together; each run of them is attached at once. */
static bool attach_kinds(struct attachments *attachments, unsigned index)
{
	const struct unit_handler *handler = attach_handler(attachments, index);

	attachments->handler = index;
	for (unsigned first = 0, n; first < handler->n_sites; first += n) {
		enum attach_kind kind = handler->sites[first].kind;

		for (n = 1; first + n < handler->n_sites && handler->sites[first + n].kind == kind;)
			n++;
		if (!attach_kind(attachments, index, first, n))
			return false;
	}
	return true;
}

static bool attach_one_handler(struct attachments *attachments, unsigned index)
{
	const struct unit_handler *handler = attach_handler(attachments, index);
	unsigned refused = attachments->refused;

	attachments->told = attachments->states[index].known ? TELL_MOST : 0;
	if (!attach_kinds(attachments, index))
		return false;
	refused = attachments->refused - refused;
	if (refused > TELL_MOST && refused < handler->n_sites &&
	    !attachments->states[index].known && !attachments->diags->no_warnings)
		diag_note(attachments->diags, (struct range){0},
			  "of %u sites of this probe %u are not attached", handler->n_sites,
			  refused);
	if (!refused || refused < handler->n_sites)
		return true;
	diag_error(attachments->diags, (struct range){0},
		   "probe %s (%s): none of its sites can be attached", handler->name,
		   handler->position);
	return false;
}

/* ---- conditions ---------------------------------------------------------------------------- */

static bool is_wanted(const struct attachments *attachments, unsigned handler)
{
	int (*condition)(void *) = attachments->loaded->handlers[handler].condition;

	return !condition || condition(NULL);
}

static bool arm(struct attachments *attachments, unsigned handler)
{
	struct attach_state *state = &attachments->states[handler];

	state->armed = true;
	state->failed = !attach_one_handler(attachments, handler);
	state->known = true;
	for (unsigned i = 0; i < attachments->timers.n; i++)
		if (attachments->timers.v[i].handler == handler)
			attach_timer_arm(attachments, &attachments->timers.v[i]);
	return !state->failed;
}

static void disarm(struct attachments *attachments, unsigned handler)
{
	unsigned kept = 0;

	attachments->states[handler].armed = false;
	for (unsigned i = 0; i < attachments->watches.n; i++)
		if (attachments->watches.v[i].handler == handler)
			attachments->watches.v[i].set = false;
	for (unsigned i = 0; i < attachments->timers.n; i++)
		if (attachments->timers.v[i].handler == handler)
			attach_timer_stop(&attachments->timers.v[i]);
	for (unsigned i = 0; i < attachments->links.n; i++) {
		if (attachments->links.v[i].handler != handler) {
			attachments->links.v[kept++] = attachments->links.v[i];
			continue;
		}
		attach_missed_forget(attachments, &attachments->links.v[i]);
		close(attachments->links.v[i].fd);
	}
	attachments->links.n = kept;
}

bool attach_follow(struct attachments *attachments)
{
	bool ok = true;

	for (unsigned i = 0; attachments->conditional && i < attachments->loaded->unit->handlers.n;
	     i++) {
		struct attach_state *state = &attachments->states[i];

		if (state->failed || is_wanted(attachments, i) == state->armed)
			continue;
		if (state->armed)
			disarm(attachments, i);
		else
			ok = arm(attachments, i) && ok;
	}
	return ok;
}

/* ---- all ----------------------------------------------------------------------------------- */

bool attach_all(struct attachments *attachments, struct loaded *loaded, struct diags *diags)
{
	const struct unit *unit = loaded->unit;
	bool ok = true;

	attach_allow_descriptors();
	*attachments = (struct attachments){.loaded = loaded, .diags = diags};
	attachments->states = ARENA_ARRAY(diags->arena, struct attach_state, unit->handlers.n);
	attach_watches_find(attachments);
	attachments->seed = (uint64_t)time(NULL) * 6364136223846793005u + (uint64_t)getpid();
	for (unsigned i = 0; i < unit->handlers.n; i++) {
		attachments->conditional |= unit->handlers.v[i].condition != NULL;
		attachments->states[i].armed = is_wanted(attachments, i);
		ok = attach_one_handler(attachments, i) && ok;
		attachments->states[i].known = attachments->states[i].armed;
		attachments->states[i].timed = true;
		attachments->sites += unit->handlers.v[i].n_sites;
	}
	attachments->sites -= attachments->refused;
	return ok;
}

void attach_describe(const struct attachments *attachments, FILE *out)
{
	const struct unit *unit = attachments->loaded->unit;

	for (unsigned i = 0; i < unit->handlers.n; i++) {
		const struct unit_handler *handler = &unit->handlers.v[i];
		unsigned counts[ATTACH_KINDS] = {0};

		for (unsigned site = 0; site < handler->n_sites; site++)
			counts[handler->sites[site].kind]++;
		for (unsigned kind = 0; kind < ATTACH_KINDS; kind++)
			if (counts[kind] && kinds[kind].attach)
				fprintf(out, "spile: %s (%s): %u site%s by %s\n", handler->name,
					handler->position, counts[kind],
					counts[kind] == 1 ? "" : "s", kinds[kind].name);
	}
}

/* ---- closing links ------------------------------------------------------------------------- */

/*
 * The kernel waits for a moment in which no processor can be in a handler, a tenth of a second a
 * link. Those who wait at the same time wait for the same moment.
 */
enum { CLOSERS = 256, FEW_LINKS = 4 };

struct closing {
	const struct attach_link *links;
	unsigned n, next;
};

static void *close_links(void *data)
{
	struct closing *closing = data;
	unsigned i;

	while ((i = __atomic_fetch_add(&closing->next, 1, __ATOMIC_RELAXED)) < closing->n)
		close(closing->links[i].fd);
	return NULL;
}

static void close_all(const struct attach_link *links, unsigned n)
{
	struct closing closing = {.links = links, .n = n};
	pthread_t threads[CLOSERS];
	unsigned started = 0;

	while (n > FEW_LINKS && started < CLOSERS && started < n &&
	       !pthread_create(&threads[started], NULL, close_links, &closing))
		started++;
	close_links(&closing);
	while (started)
		pthread_join(threads[--started], NULL);
}

void attach_undo_many(struct attachments *const *attachments, unsigned n)
{
	struct attach_link *links;
	unsigned all = 0, at = 0;

	for (unsigned i = 0; i < n; i++)
		all += attachments[i]->links.n;
	links = calloc(all + 1, sizeof(*links));
	for (unsigned i = 0; links && i < n; i++) {
		for (unsigned k = 0; k < attachments[i]->links.n; k++)
			links[at++] = attachments[i]->links.v[k];
		attachments[i]->links.n = 0;
	}
	close_all(links, at);
	free(links);
	for (unsigned i = 0; i < n; i++)
		attach_undo(attachments[i]);
}

void attach_undo(struct attachments *attachments)
{
	close_all(attachments->links.v, attachments->links.n);
	for (unsigned i = 0; i < attachments->timers.n; i++)
		close(attachments->timers.v[i].fd);
	attachments->links.n = 0;
	attachments->timers.n = 0;
}
