/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attaching: sites become links. What a kind of site needs is in one file and one line of the
 * table in attach.c. Every link is a descriptor of this process: when it dies, however it dies,
 * nothing stays behind in the kernel.
 */
#ifndef SPILE_ATTACH_ATTACH_H
#define SPILE_ATTACH_ATTACH_H

#include <sys/types.h>

#include "runtime/load/object.h"

/* A timer of the tracer; what it runs when it is due is the handler. */
struct attach_timer {
	int fd;                /* timerfd */
	unsigned handler;      /* index in the unit */
	const struct site *site;
};

/* A descriptor whose closing detaches. */
struct attach_link {
	int fd;
	unsigned handler;
};

struct attach_state {
	bool armed;            /* its sites are attached, its timers run */
	bool known;            /* was armed before: what the kernel refuses of it has been told */
	bool timed;            /* its timers are made */
	bool failed;           /* could not be armed: is left alone */
};

/* A watchpoint on a place in a file that is loaded anywhere. */
struct attach_watch {
	unsigned handler, site;
	bool set;              /* in some process */
};

struct attachments {
	struct loaded *loaded;
	struct diags *diags;
	struct attach_state *states; /* by handler */
	bool conditional;      /* some probe has an `if`: attach_follow wants to be called */
	unsigned handler;      /* being attached */
	struct {
		VEC(struct attach_link);
	} links;
	struct {
		VEC(struct attach_timer);
	} timers;
	struct {
		VEC(struct attach_watch);
	} watches;
	uint64_t missed;       /* by links that are closed */
	unsigned sites;        /* attached, of all kinds */
	unsigned refused;      /* sites that were not attached */
	unsigned told;         /* refused sites of this handler that were warned about */
	uint64_t seed;         /* of randomised timers */
};

/*
 * Attaches every site of the unit. A site that the kernel refuses is a warning, an error when
 * it was the handler's last, or when its kind is not there at all. False after an error:
 * attach_undo is then still to be called.
 */
bool attach_all(struct attachments *attachments, struct loaded *loaded, struct diags *diags);
/* descriptors.c: lets this process open as many as it may; its children have the limit of before. */
void attach_allow_descriptors(void);
void attach_undo(struct attachments *attachments); /* detaches everything */
/* Those of many units in the time of one. */
void attach_undo_many(struct attachments *const *attachments, unsigned n);

/*
 * Probes with a condition (`probe p if (x)`): attaches the sites of those whose condition has
 * come to hold, detaches those whose has ceased to. To be called whenever the condition may have
 * changed, and now and then. False: something could not be attached; diags tell.
 */
bool attach_follow(struct attachments *attachments);

/*
 * Watchpoints on places in files that are loaded anywhere are set in each process that has the
 * file (watch.c): in those that run when the probe is attached, and in one that starts when this
 * is called. `known` has an entry for each of the watches: those that are set there already.
 * Returns how many are not, because the process has not loaded their files.
 */
unsigned attach_watch_process(struct attachments *attachments, pid_t pid, bool *known);
/* Reports the watchpoints that are set in no process, as errors or as warnings. False: there are
 * such. */
bool attach_watches_set(struct attachments *attachments, enum diag_level level);

/* Arms a timer for its first or next turn, when its handler is armed. */
void attach_timer_arm(struct attachments *attachments, const struct attach_timer *timer);

/*
 * missed.c: how many events the kernel has kept from the unit's handlers so far, as far as it tells:
 * those of a breakpoint or a return probe it counts from Linux 6.7.
 */
uint64_t attach_missed(const struct attachments *attachments);

/* Prints how many sites of each handler were to be attached, and how: -v. */
void attach_describe(const struct attachments *attachments, FILE *out);

/* "uprobe", "tracepoint", ...: for listings. */
const char *attach_kind_name(enum attach_kind kind);

/* ---- for the files of kinds ---------------------------------------------------------------- */

/* Attaches sites [first, first + n) of a handler, all of one kind. */
typedef bool attach_function(struct attachments *attachments, unsigned handler, unsigned first,
			     unsigned n);

attach_function attach_uprobes, attach_kprobes, attach_kprobes_multi, attach_tracepoints, attach_raw_tracepoints,
	attach_tracing, attach_perf_events, attach_breakpoints, attach_counters, attach_timers;

/* Why the kernel has no such event: without a PMU it only says that there is none. */
const char *attach_why_no_event(const struct site *site, int error);

/* Whether the kernel counts what the links of a handler, kprobes, miss. */
bool attach_tells_missed(const struct attachments *attachments, unsigned handler);
/* Notes what a link has missed, before it is closed. */
void attach_missed_forget(struct attachments *attachments, const struct attach_link *link);
/* Finds the watches of all handlers. */
void attach_watches_find(struct attachments *attachments);
/* Keeps a descriptor until the handler that is being attached is detached. */
void attach_keep(struct attachments *attachments, int fd);
void attach_timer_stop(const struct attach_timer *timer);
/* Opens a perf event, links the handler's program to it with the site's index as its cookie. 0
 * or -errno. */
struct perf_event_attr;
int attach_perf_link(struct attachments *attachments, unsigned handler, unsigned site,
		     struct perf_event_attr *attr, int pid, int cpu);
/* The same on every CPU that is there, or for one thread (`pid`, if not 0) wherever it runs. */
int attach_everywhere(struct attachments *attachments, unsigned handler, unsigned site,
		      struct perf_event_attr *attr, int pid);
/* A number from a file of one line ("/sys/.../type"), -1: none. */
long attach_read_number(const char *path);
/* Warns that a site could not be attached (of many, the first few), and counts it. */
void attach_refused(struct attachments *attachments, unsigned handler, unsigned site,
		    const char *why);

static inline const struct unit_handler *attach_handler(const struct attachments *attachments,
							unsigned handler)
{
	return &attachments->loaded->unit->handlers.v[handler];
}

#endif
