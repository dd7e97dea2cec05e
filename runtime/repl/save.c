/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session as a script, and scripts into the session. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/repl/commands.h"

/* ---- save ----------------------------------------------------------------------------------------- */

static void write_one(FILE *out, const char *text)
{
	char *trimmed = text_trimmed(text);

	fprintf(out, "%s\n\n", trimmed);
	free(trimmed);
}

static void write_items(struct live *live, FILE *out, enum item_kind kind)
{
	for (unsigned i = 0; i < live->items.n; i++)
		if (live->items.v[i]->kind == kind)
			write_one(out, live->items.v[i]->text);
}

static void write_probes(struct live *live, FILE *out)
{
	for (unsigned i = 0; i < live->probes.n; i++)
		if (live->probes.v[i]->enabled)
			write_one(out, live->probes.v[i]->text);
}

static void write_session(struct live *live, FILE *out)
{
	static const enum item_kind kinds[] = {ITEM_MACRO, ITEM_EMBEDDED, ITEM_GLOBAL,
					       ITEM_FUNCTION, ITEM_ALIAS};

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		write_items(live, out, kinds[i]);
	write_probes(live, out);
}

bool save_file(struct live *live, char *path)
{
	FILE *out;

	if (!*path) {
		say_error(live, "save wants the name of a file");
		return false;
	}
	out = fopen(path, "w");
	if (out) {
		write_session(live, out);
		if (!fclose(out)) {
			say(live, "saved to %s\n", path);
			return true;
		}
	}
	say_error(live, "cannot write %s: %s", path, strerror(errno));
	return false;
}

/* ---- load ------------------------------------------------------------------------------------------- */

bool load_file(struct live *live, char *path)
{
	struct arena *arena = arena_new();
	const char *error = NULL;
	struct source *source = *path ? source_read(arena, path, &error) : NULL;
	bool ok = source;

	if (!*path)
		say_error(live, "load wants the name of a file");
	else if (!source)
		say_error(live, "cannot read %s: %s", path, error);
	else
		ok = evaluate_all(live, source->text, path);
	arena_free(arena);
	return ok;
}

/* ---- other programs ------------------------------------------------------------------------------------ */

/* In the foreground, with the signals that it expects. The status of waitpid, or -1. */
static int run_shell(struct live *live, const char *command)
{
	sigset_t none;
	pid_t pid;
	int status = -1;

	screen_flush(live);
	pid = fork();
	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		signal(SIGTTOU, SIG_DFL);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	return status;
}

bool shell(struct live *live, char *args)
{
	const char *command = *args ? args : getenv("SHELL");
	int status = run_shell(live, command ? command : "/bin/sh");

	live->interrupted = false;
	if (status == -1)
		say_error(live, "cannot run a shell: %s", strerror(errno));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		say(live, "status %d\n", WEXITSTATUS(status));
	return status != -1;
}

/* ---- edit ----------------------------------------------------------------------------------------------- */

/* The text that is to be edited: a probe's, a declaration's, or the whole session's. */
static bool write_chosen(struct live *live, FILE *out, const char *args,
			 struct live_probe **probe)
{
	char *end;
	unsigned number = (unsigned)strtoul(args, &end, 10);

	if (!*args) {
		write_session(live, out);
		return true;
	}
	*probe = *end ? NULL : probes_find(live, number);
	if (*probe) {
		write_one(out, (*probe)->text);
		return true;
	}
	for (unsigned i = 0; i < live->items.n; i++)
		if (!strcmp(live->items.v[i]->name, args)) {
			write_one(out, live->items.v[i]->text);
			return true;
		}
	say_error(live, "there is no probe and no declaration '%s'", args);
	return false;
}

static bool call_editor(struct live *live, const char *path)
{
	const char *editor = getenv("VISUAL") ? getenv("VISUAL") : getenv("EDITOR");
	char *command;
	int status;

	if (asprintf(&command, "%s %s", editor ? editor : "vi", path) < 0)
		return false;
	status = run_shell(live, command);
	free(command);
	if (status)
		say_error(live, "the editor failed: nothing is changed");
	return status == 0;
}

/* A probe is replaced by what was written in its place; the whole session's probes are, too. */
static bool take_edited(struct live *live, const char *path, struct live_probe *probe, bool whole)
{
	struct arena *arena = arena_new();
	const char *error;
	struct source *source = source_read(arena, path, &error);
	unsigned last = live->next_number;
	bool ok;

	if (!source) {
		say_error(live, "cannot read %s: %s", path, error);
		arena_free(arena);
		return false;
	}
	ok = evaluate(live, source->text, "<edit>");
	for (unsigned i = live->probes.n; ok && i-- > 0;)
		if (live->probes.v[i] == probe || (whole && live->probes.v[i]->number <= last))
			probe_drop(live, live->probes.v[i]);
	arena_free(arena);
	return ok;
}

bool edit(struct live *live, char *args)
{
	char path[] = "/tmp/spile-edit-XXXXXX.stp";
	int fd = mkstemps(path, 4);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	struct live_probe *probe = NULL;
	bool ok;

	if (!out) {
		say_error(live, "cannot make a file in /tmp: %s", strerror(errno));
		return false;
	}
	ok = write_chosen(live, out, args, &probe);
	ok = !fclose(out) && ok && call_editor(live, path) &&
	     take_edited(live, path, probe, !*args);
	unlink(path);
	return ok;
}
