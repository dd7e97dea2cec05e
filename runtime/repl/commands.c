/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the session that are not the language's. */
#include "runtime/repl/commands.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* ---- probes by number ------------------------------------------------------------------------------ */

struct chosen {
	struct live_probe **v;
	unsigned n;
};

static void choose(struct chosen *chosen, struct live_probe *probe)
{
	for (unsigned i = 0; i < chosen->n; i++)
		if (chosen->v[i] == probe)
			return;
	chosen->v[chosen->n++] = probe;
}

/* "3", "2 5 7", "all": every probe that is meant. False after an error about one that is not. */
static bool choose_probes(struct live *live, char *args, bool may_be_all, struct chosen *chosen)
{
	char *save, *word = strtok_r(args, " \t,", &save), *end;
	bool ok = true;

	*chosen = (struct chosen){.v = calloc(live->probes.n + 1, sizeof(*chosen->v))};
	if (!chosen->v)
		abort();
	if (!word && !may_be_all) {
		say_error(live, "which probe? give its number, or all");
		return false;
	}
	for (unsigned i = live->probes.n; (!word || !strcmp(word, "all")) && i-- > 0;)
		choose(chosen, live->probes.v[i]);
	for (; word && strcmp(word, "all"); word = strtok_r(NULL, " \t,", &save)) {
		unsigned number = (unsigned)strtoul(word, &end, 10);
		struct live_probe *probe = *end ? NULL : probes_find(live, number);

		if (probe)
			choose(chosen, probe);
		else
			say_error(live, "there is no probe %s", word);
		ok = ok && probe;
	}
	return ok;
}

static bool each_probe(struct live *live, char *args, bool may_be_all, bool detach,
		       bool (*each)(struct live *live, struct live_probe *probe))
{
	struct chosen chosen;
	bool ok = choose_probes(live, args, may_be_all, &chosen);

	if (detach)
		probes_detach(live, chosen.v, chosen.n);
	for (unsigned i = 0; i < chosen.n; i++)
		ok &= each(live, chosen.v[i]);
	free(chosen.v);
	return ok;
}

static bool drop_one(struct live *live, struct live_probe *probe)
{
	probe_drop(live, probe);
	return true;
}

static bool enable_one(struct live *live, struct live_probe *probe)
{
	return probe_enable(live, probe);
}

static bool disable_one(struct live *live, struct live_probe *probe)
{
	probe_disable(live, probe);
	return true;
}

static bool drop(struct live *live, char *args)
{
	char *name = text_trimmed(args);
	bool is_name = isalpha((unsigned char)*name) && strcmp(name, "all"), ok;

	ok = is_name ? items_drop(live, name) : each_probe(live, args, false, true, drop_one);
	free(name);
	malloc_trim(0); /* a probe's tree and code are half a megabyte in small pieces */
	return ok;
}

static bool enable(struct live *live, char *args)
{
	return each_probe(live, args, true, false, enable_one);
}

static bool disable(struct live *live, char *args)
{
	return each_probe(live, args, true, true, disable_one);
}

/* ---- looking ----------------------------------------------------------------------------------------- */

static uint64_t skipped_of(const struct probe_counters *counters)
{
	return counters->skipped_lock + counters->skipped_scratch;
}

static struct json_object *json_probe(struct live *live, const struct live_probe *probe)
{
	const struct probe_counters *counters = counters_of(live, probe->gate);
	struct json_object *object = json_object_new_object();
	char *text = text_trimmed(probe->text);
	uint64_t hits, ns;

	probe_counts(live, probe, &hits, &ns);
	json_object_object_add(object, "number", json_object_new_int64(probe->number));
	json_object_object_add(object, "point", json_object_new_string(probe->title));
	json_object_object_add(object, "enabled", json_object_new_boolean(probe->enabled));
	json_object_object_add(object, "sites",
			       json_object_new_int64(probe_sites(probe)));
	json_object_object_add(object, "hits", json_object_new_int64((int64_t)hits));
	json_object_object_add(object, "ns", json_object_new_int64((int64_t)ns));
	json_object_object_add(object, "errors", json_object_new_int64((int64_t)counters->errors));
	json_object_object_add(object, "lost", json_object_new_int64((int64_t)counters->lost));
	json_object_object_add(object, "skipped",
			       json_object_new_int64((int64_t)skipped_of(counters)));
	json_object_object_add(object, "text", json_object_new_string(text));
	free(text);
	return object;
}

static void answer_probes(struct live *live)
{
	struct json_object *array = json_object_new_array();

	for (unsigned i = 0; i < live->probes.n; i++)
		json_object_array_add(array, json_probe(live, live->probes.v[i]));
	answer_add(live, "probes", array);
}

static bool probes(struct live *live, char *args)
{
	(void)args;
	answer_probes(live);
	if (!live->probes.n)
		say(live, "no probes\n");
	for (unsigned i = 0; i < live->probes.n; i++) {
		const struct live_probe *probe = live->probes.v[i];
		char *text = text_trimmed(probe->text);

		say(live, "%3u %s %s\n", probe->number, probe->enabled ? "on " : "off", text);
		free(text);
	}
	return true;
}

static bool stats(struct live *live, char *args)
{
	const struct shared *shared = live->maps.shared;
	uint64_t skipped = shared->skipped_lock + shared->skipped_scratch;

	(void)args;
	answer_probes(live);
	answer_add(live, "lost", json_object_new_int64((int64_t)shared->lost_records));
	answer_add(live, "skipped", json_object_new_int64((int64_t)skipped));
	say(live, "%5s %10s %9s %7s %7s %7s  %s\n", "probe", "hits", "avg ns", "errors", "lost",
	    "skipped", "point");
	for (unsigned i = 0; i < live->probes.n; i++) {
		const struct live_probe *probe = live->probes.v[i];
		const struct probe_counters *counters = counters_of(live, probe->gate);
		uint64_t hits, ns;

		probe_counts(live, probe, &hits, &ns);
		say(live, "%5u %10" PRIu64 " %9" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64
			  "  %s%s\n", probe->number, hits, hits ? ns / hits : 0,
		    counters->errors, counters->lost, skipped_of(counters), probe->title,
		    probe->enabled ? "" : " (off)");
	}
	say(live, "in all: %" PRIu64 " records lost, skipped for a lock %" PRIu64
		  ", for scratch memory %" PRIu64 "\n",
	    shared->lost_records, shared->skipped_lock, shared->skipped_scratch);
	return true;
}

static struct json_object *json_global(struct live *live, const char *name,
				       const struct live_global *global)
{
	struct json_object *object = json_object_new_object();
	char *type = global ? value_type_text(&global->description) : NULL;

	(void)live;
	json_object_object_add(object, "name", json_object_new_string(name));
	json_object_object_add(object, "type", type ? json_object_new_string(type) : NULL);
	free(type);
	return object;
}

static void say_global(struct live *live, const char *name, const struct live_global *global)
{
	char *type = global ? value_type_text(&global->description) : NULL;

	if (!type)
		say(live, "%-20s not used yet\n", name);
	else if (global->description.is_array)
		say(live, "%-20s %s, has %u\n", name, type, value_elements(live, global));
	else
		say(live, "%-20s %s\n", name, type);
	free(type);
}

static bool globals(struct live *live, char *args)
{
	struct json_object *array = live->json ? json_object_new_array() : NULL;
	unsigned n = 0;

	(void)args;
	for (unsigned i = 0; i < live->items.n; i++) {
		const char *name = live->items.v[i]->name;
		const struct live_global *global;

		if (live->items.v[i]->kind != ITEM_GLOBAL)
			continue;
		n++;
		global = globals_find(live, name);
		if (array)
			json_object_array_add(array, json_global(live, name, global));
		else
			say_global(live, name, global);
	}
	if (array)
		answer_add(live, "globals", array);
	else if (!n)
		say(live, "no globals\n");
	return true;
}

static struct json_object *json_item(const struct item *item, const char *text)
{
	static const char *const kinds[] = {"global", "function", "alias", "macro", "embedded C"};
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "kind", json_object_new_string(kinds[item->kind]));
	json_object_object_add(object, "name", json_object_new_string(item->name));
	json_object_object_add(object, "text", json_object_new_string(text));
	return object;
}

static bool functions(struct live *live, char *args)
{
	struct json_object *array = json_object_new_array();
	unsigned n = 0;

	(void)args;
	for (unsigned i = 0; i < live->items.n; i++) {
		const struct item *item = live->items.v[i];
		char *text;

		if (item->kind == ITEM_GLOBAL)
			continue;
		text = text_trimmed(item->text);
		say(live, "%s\n", text);
		json_object_array_add(array, json_item(item, text));
		free(text);
		n++;
	}
	answer_add(live, "functions", array);
	if (!n)
		say(live, "no functions, aliases or macros of your own "
			  "(help NAME tells about those of the tapsets)\n");
	return true;
}

static bool clear(struct live *live, char *args)
{
	bool all = !*args || !strcmp(args, "all");

	for (unsigned i = 0; all && i < live->items.n; i++)
		if (live->items.v[i]->kind == ITEM_GLOBAL)
			globals_clear(live, live->items.v[i]->name);
	if (all || globals_clear(live, args))
		return true;
	say_error(live, "there is no global '%s'", args);
	return false;
}

/* ---- the session ----------------------------------------------------------------------------------------- */

static bool pause_output(struct live *live, char *args)
{
	(void)args;
	live->paused = true;
	say(live, "output of handlers is held back; probes go on\n");
	return true;
}

static bool resume_output(struct live *live, char *args)
{
	(void)args;
	live->paused = false;
	say(live, "%" PRIu64 " records were held back\n", live->held);
	live->held = 0;
	return true;
}

static bool wait_some(struct live *live, char *args)
{
	char *end;
	double seconds = *args ? strtod(args, &end) : 0;

	if (*args && (*end || !(seconds > 0))) {
		say_error(live, "wait wants a number of seconds");
		return false;
	}
	screen_flush(live);
	return live_wait_target(live, seconds);
}

static bool leave(struct live *live, char *args)
{
	(void)args;
	live->quit = true;
	return true;
}

static bool set_limit(struct live *live, const char *name, const char *value)
{
	char *definition;
	bool ok;

	if (asprintf(&definition, "%s=%s", name, value) < 0)
		return false;
	ok = limits_define(&live->limits, definition);
	live->out->elision = (int)live->limits.hist_elision;
	free(definition);
	return ok;
}

static bool set_rows(struct live *live, const char *value)
{
	char *end;
	long rows = strtol(value, &end, 10);

	if (*end || rows < 0 || rows > INT_MAX) {
		say_error(live, "rows wants a number; 0 shows all");
		return false;
	}
	live->rows = (unsigned)rows;
	return true;
}

static bool set_color(struct live *live, const char *value)
{
	if (strcmp(value, "on") && strcmp(value, "off")) {
		say_error(live, "color is on or off");
		return false;
	}
	live->color = !strcmp(value, "on");
	return true;
}

static void say_setting(struct live *live, const char *name, int64_t value)
{
	answer_add(live, name, json_object_new_int64(value));
	if (value == INT64_MAX)
		say(live, "%s none\n", name);
	else
		say(live, "%s %" PRId64 "\n", name, value);
}

static void show_settings(struct live *live)
{
	const struct limits *limits = &live->limits;

	say_setting(live, "rows", live->rows);
	if (live->json)
		answer_add(live, "color", json_object_new_boolean(live->color));
	say(live, "color %s\n", live->color ? "on" : "off");
	say_setting(live, "HIST_ELISION", limits->hist_elision);
	say_setting(live, "MAXACTION", limits->max_action);
	say_setting(live, "MAXERRORS", limits->max_errors);
	say_setting(live, "MAXMAPENTRIES", limits->max_map_entries);
	say_setting(live, "MAXNESTING", limits->max_nesting);
	say_setting(live, "MAXSKIPPED", limits->max_skipped);
	say_setting(live, "MAXSTRINGLEN", limits->max_string);
	say_setting(live, "MAXTRYLOCK", limits->max_try_lock);
}

static bool set(struct live *live, char *args)
{
	char *save, *name = strtok_r(args, " \t=", &save), *value = strtok_r(NULL, " \t=", &save);

	if (!name) {
		show_settings(live);
		return true;
	}
	if (!value) {
		say_error(live, "set wants a name and a value: set rows 20");
		return false;
	}
	if (!strcmp(name, "rows"))
		return set_rows(live, value);
	if (!strcmp(name, "color"))
		return set_color(live, value);
	if (!strcmp(value, "none") && (!strcmp(name, "MAXERRORS") || !strcmp(name, "MAXSKIPPED")))
		value = "9223372036854775807";
	if (set_limit(live, name, value))
		return true;
	say_error(live, "there is no setting %s with a value %s (set alone shows them)", name, value);
	return false;
}

/* ---- the table --------------------------------------------------------------------------------------------- */

const struct command commands[] = {
	{"help", "[WORD]", "these commands; or what a word of the language, a function, an alias is",
	 help},
	{"probes", "", "the probes, with their numbers", probes},
	{"enable", "[N...]", "arms probes again; without numbers all", enable},
	{"disable", "[N...]", "detaches probes, keeps them; without numbers all", disable},
	{"drop", "N... | NAME", "forgets probes (or all), or a declaration that nothing uses", drop},
	{"globals", "", "the globals and their types", globals},
	{"functions", "", "the session's own functions, aliases and macros", functions},
	{"clear", "[NAME]", "empties a global; without a name all", clear},
	{"watch", "[SECONDS] EXPR", "shows a value over and over until Ctrl-C", watch},
	{"list", "PROBE-POINT", "the sites that a probe point means", list},
	{"vars", "PROBE-POINT", "the variables that are visible there", vars},
	{"run", "[CMD [&]]", "runs a command as the target; alone: lets that of -c go", live_run},
	{"attach", "PID", "makes a running process the target", live_attach},
	{"target", "", "what the target is", live_target},
	{"wait", "[SECONDS]", "lets the session run; alone: until the target ends", wait_some},
	{"save", "FILE", "writes a script that does what the session does", save_file},
	{"load", "FILE", "reads inputs from a file", load_file},
	{"edit", "[N | NAME]", "a probe, a function or all in $EDITOR", edit},
	{"stats", "", "hits, cost and errors of each probe; what was lost or skipped", stats},
	{"pause", "", "holds the output of handlers back", pause_output},
	{"resume", "", "shows it again", resume_output},
	{"set", "[NAME VALUE]", "settings: rows, color, MAXACTION, ...", set},
	{"shell", "CMD", "a command of the shell; also !CMD", shell},
	{"exit", "", "runs the end probes and leaves; so does Ctrl-D", leave},
	{NULL, NULL, NULL, NULL},
};

static bool is_operator(const char *after)
{
	static const char *const operators[] = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
						".=", "<<", ">>", "++", "--", "==", "!=", "<", ">",
						"?", NULL};

	if (*after == '(' || *after == '[' || *after == ';' || *after == ',' || *after == '.')
		return true;
	after += strspn(after, " \t");
	for (const char *const *operator= operators; *operator; operator++)
		if (!strncmp(after, *operator, strlen(*operator)))
			return true;
	return false;
}

/* What the session declares by that name comes first; so does what can only be the language. */
static const struct command *find(struct live *live, const char *text, const char **args)
{
	size_t length;

	text += strspn(text, " \t\n");
	length = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	for (const struct command *command = commands; command->name; command++) {
		if (strlen(command->name) != length || strncmp(command->name, text, length))
			continue;
		if (isalnum((unsigned char)text[length]) || text[length] == '_' ||
		    is_operator(text + length) || items_find(live, ITEM_GLOBAL, command->name))
			return NULL;
		*args = text + length;
		return command;
	}
	return NULL;
}

bool command_is(struct live *live, const char *text)
{
	const char *args;

	return text[strspn(text, " \t\n")] == '!' ? text[strspn(text, " \t\n") + 1] != '('
						  : find(live, text, &args) != NULL;
}

bool command_run(struct live *live, const char *text, bool *ok)
{
	const struct command *command;
	const char *args = text + strspn(text, " \t\n");
	char *copy;

	if (!command_is(live, text))
		return false;
	command = find(live, text, &args);
	copy = text_trimmed(command ? args : args + 1);
	*ok = command ? command->run(live, copy) : shell(live, copy);
	answer_kind(live, command ? command->name : "shell"); /* whatever it has done to that end */
	free(copy);
	return true;
}
