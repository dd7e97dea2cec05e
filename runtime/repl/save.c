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

void save_write_text(FILE *out, const char *text)
{
	char *trimmed = text_trimmed(text);

	fprintf(out, "%s\n\n", trimmed);
	free(trimmed);
}

static void write_items(struct live *live, FILE *out, enum item_kind kind)
{
	for (unsigned i = 0; i < live->items.n; i++)
		if (live->items.v[i]->kind == kind)
			save_write_text(out, live->items.v[i]->text);
}

static void write_probes(struct live *live, FILE *out)
{
	for (unsigned i = 0; i < live->probes.n; i++)
		if (live->probes.v[i]->enabled)
			save_write_text(out, live->probes.v[i]->text);
}

void save_write(struct live *live, FILE *out)
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
		save_write(live, out);
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
int run_shell(struct live *live, const char *command)
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

	loop_interrupted(live); /* Ctrl-C was meant for the command */
	live->interrupted = false;
	if (status == -1)
		say_error(live, "cannot run a shell: %s", strerror(errno));
	else if (WIFSIGNALED(status))
		say(live, "\nended by signal %d (%s)\n", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		say(live, "status %d\n", WEXITSTATUS(status));
	return status != -1;
}
