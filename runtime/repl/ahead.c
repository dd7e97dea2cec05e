/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the compiler can do while the user still thinks, in a thread: the handler library is read for
 * the unit to come, and a script is compiled for nothing, so that what a process does only once
 * (LLVM's tables, pages of code) is done when the first probe is typed. Nobody waits for it.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/repl/live.h"

struct ahead {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct codegen_ready *ready; /* or NULL */
	bool wanted, end;
	const struct options *options;
};

/* What handlers are usually made of, in both homes. */
static const char rehearsal[] =
	"global a, s, n\n"
	"probe begin { a[tid(), execname()]++; s <<< gettimeofday_ns() - n;\n"
	"	printf(\"%s %d\\n\", user_string(n), a[pid(), \"x\"]) }\n"
	"probe timer.s(1) { n++; println(n) }\n";

static void rehearse(const struct options *given)
{
	struct arena *arena = arena_new();
	struct diags diags = {.arena = arena};
	struct command_target nobody = {.gate = -1, .pidfd = -1};
	struct compile compile;
	struct options options = {
		.script_text = rehearsal,
		.last_pass = 5,
		.limits = given->limits,
		.tapset_dirs.v = given->tapset_dirs.v,
		.tapset_dirs.n = given->tapset_dirs.n,
		.begin_home = BEGIN_KERNEL,
		.no_cache = true,
	};

	compile_start(&compile, arena, &diags, &options, &nobody);
	if (compile_parse(&compile, NULL) && compile_resolve(&compile))
		compile_generate(&compile);
	compile_end(&compile);
	arena_free(arena);
}

static void prepare(struct ahead *ahead)
{
	struct codegen_ready *ready = codegen_ready_new();

	pthread_mutex_lock(&ahead->lock);
	if (!ahead->ready) {
		ahead->ready = ready;
		ready = NULL;
	}
	pthread_mutex_unlock(&ahead->lock);
	codegen_ready_free(ready); /* another one was given back meanwhile */
}

static void *work(void *data)
{
	struct ahead *ahead = data;

	setpriority(PRIO_PROCESS, (id_t)gettid(), 5);
	prepare(ahead);
	rehearse(ahead->options);
	pthread_mutex_lock(&ahead->lock);
	while (!ahead->end) {
		if (!ahead->wanted) {
			pthread_cond_wait(&ahead->news, &ahead->lock);
			continue;
		}
		ahead->wanted = false;
		if (ahead->ready)
			continue;
		pthread_mutex_unlock(&ahead->lock);
		prepare(ahead);
		pthread_mutex_lock(&ahead->lock);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

void ahead_start(struct live *live)
{
	struct ahead *ahead;

	if (!live->terminal && !live->json)
		return; /* the input is there already */
	ahead = calloc(1, sizeof(*ahead));
	if (!ahead)
		abort();
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->news, NULL);
	ahead->options = live->options;
	if (pthread_create(&ahead->thread, NULL, work, ahead))
		free(ahead);
	else
		live->ahead = ahead;
}

struct codegen_ready *ahead_take(struct live *live)
{
	struct ahead *ahead = live->ahead;
	struct codegen_ready *ready;

	if (!ahead)
		return NULL;
	pthread_mutex_lock(&ahead->lock);
	ready = ahead->ready;
	ahead->ready = NULL;
	pthread_mutex_unlock(&ahead->lock);
	return ready;
}

void ahead_give(struct live *live, struct codegen_ready *ready)
{
	struct ahead *ahead = live->ahead;

	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	if (ready && !ahead->ready) {
		ahead->ready = ready;
		ready = NULL;
	}
	ahead->wanted = !ahead->ready;
	pthread_cond_signal(&ahead->news);
	pthread_mutex_unlock(&ahead->lock);
	codegen_ready_free(ready);
}

void ahead_end(struct live *live)
{
	struct ahead *ahead = live->ahead;

	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->end = true;
	pthread_cond_signal(&ahead->news);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	codegen_ready_free(ahead->ready);
	pthread_mutex_destroy(&ahead->lock);
	pthread_cond_destroy(&ahead->news);
	free(ahead);
	live->ahead = NULL;
}
