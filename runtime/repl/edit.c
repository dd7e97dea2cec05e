/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A probe, a declaration or all of the session in $EDITOR. A probe that is changed keeps its number;
 * one that is not is left alone, armed and with its counts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/repl/commands.h"

struct edit {
	struct live_probe **old; /* what was in the editor; NULL: its place is taken */
	unsigned n;
	bool whole;
};

/* The text that is to be edited: a probe's, a declaration's, or the whole session's. */
static bool write_chosen(struct live *live, FILE *out, const char *args, struct edit *edit)
{
	char *end;
	unsigned number = (unsigned)strtoul(args, &end, 10);
	struct live_probe *probe = *args && !*end ? probes_find(live, number) : NULL;

	for (unsigned i = 0; i < live->probes.n; i++)
		if (edit->whole ? live->probes.v[i]->enabled : live->probes.v[i] == probe)
			edit->old[edit->n++] = live->probes.v[i];
	if (edit->whole) {
		save_write(live, out);
		return true;
	}
	if (probe) {
		save_write_text(out, probe->text);
		return true;
	}
	for (unsigned i = 0; i < live->items.n; i++)
		if (!strcmp(live->items.v[i]->name, args)) {
			save_write_text(out, live->items.v[i]->text);
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

	if (asprintf(&command, "%s %s", editor && *editor ? editor : "vi", path) < 0)
		return false;
	status = run_shell(live, command);
	free(command);
	if (status)
		say_error(live, "the editor failed: nothing is changed");
	return status == 0;
}

/* ---- what comes back --------------------------------------------------------------------------- */

bool edit_keeps(struct live *live, const char *text)
{
	struct edit *edit = live->edit;
	char *wanted = edit ? text_trimmed(text) : NULL;
	bool same = false;

	for (unsigned i = 0; edit && !same && i < edit->n; i++) {
		char *old = edit->old[i] ? text_trimmed(edit->old[i]->text) : NULL;

		same = old && !strcmp(old, wanted);
		if (same)
			edit->old[i] = NULL;
		free(old);
	}
	free(wanted);
	return same;
}

unsigned edit_number(struct live *live, const char *title)
{
	struct edit *edit = live->edit;

	for (unsigned i = 0; edit && i < edit->n; i++) {
		struct live_probe *old = edit->old[i];

		if (!old || (edit->whole && strcmp(old->title, title)))
			continue;
		edit->old[i] = NULL;
		old->replaced = true;
		return old->number;
	}
	return ++live->next_number;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct live_probe *x = *(struct live_probe *const *)a;
	const struct live_probe *y = *(struct live_probe *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* What is in the text no more, or in another form, goes; or, when the text was wrong, stays. */
static void settle(struct live *live, const struct edit *edit, bool ok)
{
	for (unsigned i = 0; ok && i < edit->n; i++)
		if (edit->old[i])
			edit->old[i]->replaced = true;
	for (unsigned i = live->probes.n; i-- > 0;) {
		struct live_probe *probe = live->probes.v[i];

		if (probe->replaced)
			probe_drop(live, probe);
	}
	if (live->probes.n)
		qsort(live->probes.v, live->probes.n, sizeof(*live->probes.v), compare_numbers);
}

static bool take_edited(struct live *live, const char *path, struct edit *edit)
{
	struct arena *arena = arena_new();
	const char *error;
	struct source *source = source_read(arena, path, &error);
	bool ok = source;

	if (!source)
		say_error(live, "cannot read %s: %s", path, error);
	live->edit = edit;
	ok = ok && evaluate_all(live, source->text, "<edit>");
	live->edit = NULL;
	settle(live, edit, ok);
	arena_free(arena);
	return ok;
}

bool edit(struct live *live, char *args)
{
	char path[] = "/tmp/spile-edit-XXXXXX.stp";
	int fd = mkstemps(path, 4);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	struct edit edit = {.old = calloc(live->probes.n + 1, sizeof(*edit.old)),
			    .whole = !*args};
	bool ok, edited = false;

	if (!edit.old)
		abort();
	if (out) {
		ok = write_chosen(live, out, args, &edit);
		ok = !fclose(out) && ok;
		edited = ok && call_editor(live, path);
		ok = edited && take_edited(live, path, &edit);
	} else {
		say_error(live, "cannot make a file in /tmp: %s", strerror(errno));
		ok = false;
	}
	if (edited && !ok)
		say(live, "what you wrote is in %s\n", path);
	else if (fd >= 0)
		unlink(path);
	free(edit.old);
	return ok;
}
