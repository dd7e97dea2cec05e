/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event loop and the order of things. */
#include "runtime/session/session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/handler/host.h"
#include "runtime/present/globals.h"
#include "runtime/session/follow.h"
#include "runtime/session/records.h"
#include "runtime/session/ring.h"
#include "runtime/session/run.h"
#include "runtime/session/running.h"
#include "runtime/session/signals.h"
#include "runtime/symbols/fold.h"
#include "runtime/symbols/own_code.h"

/* What woke the loop; timers of the script follow from WAKE_TIMERS on. */
enum { WAKE_RING, WAKE_SIGNAL, WAKE_TARGET, WAKE_TIMEOUT, WAKE_TICK, WAKE_CHILD, WAKE_TIMERS };

/* A drain that found so many bytes says that more are coming: it is worth a pause. */
enum { BUSY_BYTES = 16384, BUSY_PAUSE_NS = 500000 };

enum { CONDITIONS_MS = 20 }; /* so often conditions of probes are looked at, at least */

struct session {
	struct loaded *loaded;
	struct attachments *attachments;
	struct command_target *target;
	struct output *out;
	const struct session_options *options;
	struct records records;
	struct ring ring;
	struct follow follow;
	int epoll, signals, timeout, tick;
	bool stop;       /* leave the loop */
	bool failed;     /* error handlers run instead of end handlers */
	uint64_t lost_told;
	uint64_t missed_before, missed; /* by the kernel: before and while the session ran */
};

/* ---- output --------------------------------------------------------------------------------- */

static size_t drain(struct session *session)
{
	return ring_drain(&session->ring, records_feed, &session->records);
}

/* Handlers of the tracer come after what the kernel has sent until now. */
static void tracer_emit(void *data, const void *sample, u32 size)
{
	struct session *session = data;

	records_feed(&session->records, sample, size);
}

static void tell_lost(struct session *session)
{
	uint64_t lost = session->loaded->shared->lost_records;

	if (lost == session->lost_told)
		return;
	records_warn(&session->records, "%" PRIu64 " records were lost: the buffer was full (-s)",
		     lost - session->lost_told);
	session->lost_told = lost;
}

/* ---- why a session ends ---------------------------------------------------------------------- */

static bool too_many_errors(const struct session *session)
{
	const struct shared *shared = session->loaded->shared;

	return shared->errors > shared->errors_allowed;
}

static void check_limits(struct session *session)
{
	const struct limits *limits = &session->loaded->unit->limits;
	const struct shared *shared = session->loaded->shared;

	if (too_many_errors(session)) {
		session->failed = true;
		session->stop = true;
	}
	if ((int64_t)(shared->skipped_lock + shared->skipped_scratch) > limits->max_skipped &&
	    !session->failed) {
		records_error(&session->records, "too many probes were skipped (MAXSKIPPED)");
		session->failed = true;
		session->stop = true;
	}
	if (session->records.exit_asked || shared->state != SESSION_RUNNING)
		session->stop = true;
	if (session->out->error)
		session->stop = true;
}

/* Reports what the session's own attaching says, and ends the session when it failed. */
static void tell_attaching(struct session *session)
{
	struct diags *diags = session->attachments->diags;

	for (unsigned i = 0; i < diags->n; i++) {
		if (diags->v[i].level == DIAG_ERROR)
			records_error(&session->records, "%s", diags->v[i].message);
		else
			records_warn(&session->records, "%s", diags->v[i].message);
	}
	session->failed |= diags->errors != 0;
	session->stop |= diags->errors != 0;
	diags->n = diags->errors = 0;
}

/* Sites come and go with the conditions of their probes. */
static void follow_conditions(struct session *session)
{
	if (!attach_follow(session->attachments) || session->attachments->diags->n)
		tell_attaching(session);
}

/* A kernel that does not run a handler is an error of the session. */
static void run_one(struct session *session, unsigned handler)
{
	int error = run_handler(session->loaded, handler);

	if (!error)
		return;
	records_error(&session->records, "probe %s (%s) cannot be run in the kernel: %s",
		      session->loaded->unit->handlers.v[handler].name,
		      session->loaded->unit->handlers.v[handler].position, strerror(-error));
	session->failed = true;
	session->stop = true;
}

static void on_timer(struct session *session, const struct attach_timer *timer)
{
	uint64_t times;

	if (read(timer->fd, &times, sizeof(times)) != sizeof(times))
		return;
	drain(session);
	fold_arrays(session->out->symbols, session->loaded);
	run_one(session, timer->handler);
	if (timer->site->jitter)
		attach_timer_arm(session->attachments, timer);
}

static void on_wake(struct session *session, uint32_t what)
{
	uint64_t times;

	switch (what) {
	case WAKE_RING:
		break;
	case WAKE_SIGNAL:
	case WAKE_TARGET:
	case WAKE_TIMEOUT:
		session->stop = true;
		break;
	case WAKE_TICK:
		if (read(session->tick, &times, sizeof(times)) > 0)
			tell_lost(session);
		symbols_update(session->out->symbols);
		break;
	case WAKE_CHILD:
		if (!follow_turn(&session->follow))
			tell_attaching(session);
		break;
	default:
		on_timer(session, &session->attachments->timers.v[what - WAKE_TIMERS]);
		break;
	}
}

/* ---- the loop ---------------------------------------------------------------------------------- */

static int watch(struct session *session, int fd, uint32_t what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};

	return fd < 0 ? 0 : epoll_ctl(session->epoll, EPOLL_CTL_ADD, fd, &event);
}

static int timer_new(double first, double interval)
{
	struct itimerspec when = {
		.it_value = {(time_t)first, (long)((first - (double)(time_t)first) * 1e9)},
		.it_interval = {(time_t)interval, 0},
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0)
		timerfd_settime(fd, 0, &when, NULL);
	return fd;
}

static bool open_events(struct session *session)
{
	struct attachments *attachments = session->attachments;

	session->signals = signals_start();
	session->epoll = epoll_create1(EPOLL_CLOEXEC);
	session->timeout = session->options->timeout > 0 ? timer_new(session->options->timeout, 0)
							 : -1;
	session->tick = timer_new(1, 1);
	if (session->signals < 0 || session->epoll < 0 ||
	    watch(session, session->ring.fd, WAKE_RING) ||
	    watch(session, session->signals, WAKE_SIGNAL) ||
	    watch(session, session->target->pidfd, WAKE_TARGET) ||
	    watch(session, session->timeout, WAKE_TIMEOUT) ||
	    watch(session, session->tick, WAKE_TICK))
		return false;
	for (unsigned i = 0; i < attachments->timers.n; i++) {
		if (watch(session, attachments->timers.v[i].fd, WAKE_TIMERS + i))
			return false;
		attach_timer_arm(attachments, &attachments->timers.v[i]);
	}
	return true;
}

static void close_events(struct session *session)
{
	const int fds[] = {session->epoll, session->timeout, session->tick};

	for (unsigned i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	signals_stop(session->signals);
}

/*
 * While records stream in, the reader pauses instead of asking for a wake-up: a producer whose
 * consumer is behind does not pay for waking it.
 */
static void pause_or_wait(struct session *session, size_t drained)
{
	struct epoll_event events[64];
	int timeout = session->attachments->conditional ? CONDITIONS_MS : -1, n;

	if (drained >= BUSY_BYTES) {
		nanosleep(&(struct timespec){0, BUSY_PAUSE_NS}, NULL);
		timeout = 0;
	} else {
		output_flush(session->out);
	}
	n = epoll_wait(session->epoll, events, 64, timeout);
	for (int i = 0; i < n; i++)
		on_wake(session, events[i].data.u32);
}

static void loop(struct session *session)
{
	size_t drained = drain(session);

	check_limits(session);
	while (!session->stop) {
		pause_or_wait(session, drained);
		follow_conditions(session);
		drained = drain(session);
		check_limits(session);
	}
}

/* ---- begin and end ------------------------------------------------------------------------------ */

static void set_state(struct session *session, enum session_state state)
{
	__atomic_store_n(&session->loaded->shared->state, state, __ATOMIC_SEQ_CST);
}

/* A handler has called exit(), or there were too many errors, before the session runs. */
static bool is_over_early(const struct session *session)
{
	return session->loaded->shared->state != SESSION_STARTING || too_many_errors(session);
}

/* Runs the handlers of one kind in their order; each one's output before the next one's. */
static void run_all(struct session *session, enum attach_kind kind, enum session_state state)
{
	unsigned n = 0, *order = run_order(session->loaded->unit, kind, &n);

	for (unsigned i = 0; i < n; i++) {
		if (state == SESSION_ENDING)
			set_state(session, state);
		run_one(session, order[i]);
		drain(session);
		if (state == SESSION_STARTING && is_over_early(session))
			break;
	}
	free(order);
}

/* process.begin for what is there already. */
static void meet_running(struct session *session)
{
	const struct command_target *target = session->target;
	unsigned n_handlers = 0, *handlers = run_order(session->loaded->unit, ATTACH_RUNNING,
						       &n_handlers), n = 0;
	pid_t *all = n_handlers ? running_processes(target->gate >= 0 ? target->pid : 0, &n) : NULL;

	for (unsigned i = 0; i < n * n_handlers && !is_over_early(session); i++) {
		host_set_task(all[i / n_handlers]);
		run_one(session, handlers[i % n_handlers]);
		drain(session);
	}
	host_set_task(0);
	free(all);
	free(handlers);
}

/* exit() in a begin handler has said STOPPING already: that stays. */
static void begin(struct session *session)
{
	uint32_t starting = SESSION_STARTING;

	session->loaded->shared->errors_allowed =
		(uint64_t)session->loaded->unit->limits.max_errors;
	set_state(session, SESSION_STARTING);
	run_all(session, ATTACH_BEGIN, SESSION_STARTING);
	if (!is_over_early(session))
		meet_running(session);
	check_limits(session);
	if (session->records.exit_asked || session->failed)
		return;
	session->stop = false;
	follow_conditions(session);
	if (session->stop)
		return;
	if (!follow_start(&session->follow, session->attachments, session->target) ||
	    watch(session, session->follow.fd, WAKE_CHILD)) {
		tell_attaching(session);
		session->stop = true;
		return;
	}
	session->missed_before = attach_missed(session->attachments);
	if (__atomic_compare_exchange_n(&session->loaded->shared->state, &starting, SESSION_RUNNING,
					false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		target_go(session->target);
	else
		session->stop = true;
}

static void end(struct session *session)
{
	set_state(session, SESSION_STOPPING);
	session->missed = attach_missed(session->attachments) - session->missed_before;
	drain(session);
	fold_arrays(session->out->symbols, session->loaded);
	session->failed |= too_many_errors(session);
	set_state(session, SESSION_ENDING);
	run_all(session, session->failed ? ATTACH_ERROR : ATTACH_END, SESSION_ENDING);
	session->failed |= too_many_errors(session);
	if (!session->failed && !session->options->no_globals)
		globals_print(session->out, session->loaded, session->options->json);
}

/* ---- the last words ----------------------------------------------------------------------------- */

static void tell_target(struct session *session)
{
	struct command_target *target = session->target;
	struct pollfd dead = {.fd = target->pidfd, .events = POLLIN};

	if (!target->ours || target->gate >= 0 || poll(&dead, 1, 0) != 1)
		return;
	target_reap(target);
	if (target->exec_failed)
		records_error(&session->records, "cannot run '%s': %s", target->command,
			      strerror(target->exec_error));
	else if (WIFSIGNALED(target->status))
		records_warn(&session->records, "the command was ended by signal %d (%s)",
			     WTERMSIG(target->status), strsignal(WTERMSIG(target->status)));
	else if (WEXITSTATUS(target->status))
		records_warn(&session->records, "the command exited with status %d",
			     WEXITSTATUS(target->status));
}

static void summarise(struct session *session)
{
	const struct shared *shared = session->loaded->shared;
	uint64_t skipped = shared->skipped_lock + shared->skipped_scratch + session->missed;

	tell_target(session);
	if (session->target->ours && !session->failed &&
	    !attach_watches_set(session->attachments, DIAG_WARNING))
		tell_attaching(session);
	tell_lost(session);
	if (session->records.errors || skipped)
		records_warn(&session->records,
			     "number of errors: %" PRIu64 ", skipped probes: %" PRIu64
			     " (lock: %" PRIu64 ", scratch: %" PRIu64 ", by the kernel: %" PRIu64 ")",
			     session->records.errors, skipped, shared->skipped_lock,
			     shared->skipped_scratch, session->missed);
	if (session->records.malformed)
		records_error(&session->records, "%" PRIu64 " records could not be read",
			      session->records.malformed);
	output_flush(session->out);
	if (session->out->error)
		fprintf(stderr, "ERROR: output failed: %s\n", strerror(session->out->error));
}

static void prepare_names(struct session *session)
{
	own_code_find(session->loaded->shared, session->loaded->unit);
	if (!session->loaded->unit->defers_names)
		return;
	session->out->symbols = symbols_new(session->target->pid);
	host_set_expand(symbols_expand_into, session->out->symbols);
}

static bool prepare(struct session *session)
{
	int error = ring_open(&session->ring, session->loaded->ring_fd,
			      session->loaded->ring_bytes);

	if (error) {
		records_error(&session->records, "the ring buffer cannot be mapped: %s",
			      strerror(-error));
		return false;
	}
	session->out->elision = (int)session->loaded->unit->limits.hist_elision;
	if (session->options->json && output_open(&session->records.scratch, -1))
		return false;
	host_set_emit(tracer_emit, session);
	if (session->options->namespaces_of)
		host_set_namespaces(session->loaded->shared, session->options->namespaces_of);
	prepare_names(session);
	if (!open_events(session)) {
		records_error(&session->records, "the event loop cannot be made: %m");
		return false;
	}
	return true;
}

int session_run(struct loaded *loaded, struct attachments *attachments,
		struct command_target *target, struct output *out,
		const struct session_options *options)
{
	struct session session = {
		.loaded = loaded,
		.attachments = attachments,
		.target = target,
		.out = out,
		.options = options,
		.records = {.unit = loaded->unit, .out = out, .json = options->json,
			    .no_warnings = options->no_warnings,
			    .quiet_errors = options->quiet_errors},
		.ring = {.fd = -1},
		.follow = {.fd = -1},
		.epoll = -1, .signals = -1, .timeout = -1, .tick = -1,
	};
	bool failed = true;

	if (prepare(&session)) {
		loaded->shared->target_pid = (uint32_t)target->pid;
		begin(&session);
		if (!session.stop)
			loop(&session);
		end(&session);
		summarise(&session);
		failed = session.failed || out->error || session.target->exec_failed;
	}
	host_set_emit(NULL, NULL);
	host_set_expand(NULL, NULL);
	symbols_free(session.out->symbols);
	session.out->symbols = NULL;
	follow_stop(&session.follow);
	close_events(&session);
	ring_close(&session.ring);
	if (session.records.scratch.buffer)
		output_close(&session.records.scratch);
	records_release(&session.records);
	return failed;
}
