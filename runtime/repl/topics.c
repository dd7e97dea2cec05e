/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word of the language, a function, an alias or a kind of probe is. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/commands.h"
#include "runtime/repl/words.h"

struct topic {
	const char *word, *text;
};

static const struct topic topics[] = {
	{"probe", "probe POINT, POINT { statements }: runs the statements at each hit.\n"
		  "probe NAME = POINT { statements }: an alias; help list shows how to find points.\n"},
	{"global", "global a, b = 5, c[100]: variables that all probes share; they keep their data\n"
		   "while probes come and go.\n"},
	{"function", "function f:long(a:long, b:string) { return a }: types may be left out.\n"},
	{"foreach", "foreach (key in array) s, foreach ([k1, k2] in array) s: each element once.\n"
		    "key+ or key- sorts by it, array+ or array- by the value; limit N stops after N;\n"
		    "foreach (value = [k1, k2] in array) gets the value, too.\n"},
	{"if", "if (condition) statement [else statement]\n"},
	{"while", "while (condition) statement\n"},
	{"for", "for (first; condition; step) statement\n"},
	{"delete", "delete array[key], delete array, delete variable: empties it.\n"},
	{"next", "next: leaves the handler; in a function, tries the next overload.\n"},
	{"return", "return value: leaves the function.\n"},
	{"try", "try { statements } catch (message) { statements }: goes on after an error.\n"},
	{"print", "print(value), println(value): a value of any type, or @hist_log(statistics).\n"},
	{"printf", "printf(\"format\", values): %d %u %x %s %c %p; sprintf gives the text.\n"},
	{"@count", "@count @sum @min @max @avg @variance(s), @hist_log(s), @hist_linear(s, low, high,\n"
		   "width): what statistics, filled by s <<< value, say.\n"},
	{"@entry", "@entry(expression): in a .return probe, its value at the function's entry.\n"},
	{"@defined", "@defined($x): whether the variable is there; decided when compiling.\n"},
	{"@cast", "@cast(pointer, \"type\", \"file\")->member\n"},
	{"@var", "@var(\"name@file\", \"module\"): a global variable of the program or kernel.\n"},
	{"@define", "@define name(a, b) %( text with @a and @b %): a macro, used as @name(x, y).\n"},
	{"private", "private global x, private function f(): known in its own file alone.\n"},
	{"break", "break: leaves the loop.\n"},
	{"continue", "continue: the loop's next turn.\n"},
	{"in", "key in array, [k1, k2] in array: whether the element is there; see foreach.\n"},
	{"limit", "foreach (key in array- limit 10): so many turns at most.\n"},
	{"printd", "printd(\"delimiter\", values): the values with the delimiter between them.\n"},
	{"print_char", "print_char(number): the byte with that number.\n"},
	{"sprint", "sprint(value), sprintln, sprintf, sprintd, sprintdln: what the one without the s\n"
		   "would print, as a string.\n"},
	{NULL, NULL},
};

/* Words that are told about under another. */
static const struct topic others[] = {
	{"else", "if"}, {"catch", "try"}, {"println", "print"}, {"printdln", "printd"},
	{"sprintln", "sprint"}, {"sprintf", "sprint"}, {"sprintd", "sprint"},
	{"sprintdln", "sprint"}, {"@sum", "@count"}, {"@min", "@count"}, {"@max", "@count"},
	{"@avg", "@count"}, {"@variance", "@count"}, {"@hist_log", "@count"},
	{"@hist_linear", "@count"}, {"<<<", "@count"}, {NULL, NULL},
};

static bool help_language(struct live *live, const char *word)
{
	for (const struct topic *other = others; other->word; other++)
		if (!strcmp(other->word, word))
			word = other->text;
	for (const struct topic *topic = topics; topic->word; topic++)
		if (!strcmp(topic->word, word)) {
			say(live, "%s", topic->text);
			return true;
		}
	return false;
}

/* The comment's text, without what makes it one. */
static void say_comment(struct live *live, const char *comment)
{
	while (*comment) {
		size_t length = strcspn(comment, "\n");
		const char *line = comment, *end = comment + length;

		comment = end + (*end == '\n');
		line += strspn(line, " \t");
		line += strspn(line, "/*");
		if (line < end && *line == ' ')
			line++;
		while (end > line && (isspace((unsigned char)end[-1]) || end[-1] == '/' ||
				      end[-1] == '*'))
			end--;
		if (line < end)
			say(live, "  %.*s\n", (int)(end - line), line);
	}
}

static bool help_word(struct live *live, const char *name)
{
	const struct words *words = words_of_tapsets(live);
	bool found = false;

	for (unsigned i = 0; i < words->v.n; i++) {
		const struct word *word = &words->v.v[i];

		if (strcmp(word->name, name))
			continue;
		say(live, "%s\n", word->usage);
		if (word->comment)
			say_comment(live, word->comment);
		found = true;
	}
	return found;
}

/* "tcp": the aliases that begin so. */
static bool help_prefix(struct live *live, const char *prefix)
{
	const struct words *words = words_of_tapsets(live);
	size_t length = strlen(prefix);
	bool found = false;

	for (unsigned i = 0; i < words->v.n; i++) {
		const struct word *word = &words->v.v[i];

		if (word->kind != WORD_ALIAS || strncmp(word->name, prefix, length) ||
		    word->name[length] != '.')
			continue;
		say(live, "probe %s\n", word->name);
		found = true;
	}
	return found;
}

static bool help_item(struct live *live, const char *name)
{
	bool found = false;

	for (unsigned i = 0; i < live->items.n; i++) {
		char *text;

		if (strcmp(live->items.v[i]->name, name))
			continue;
		text = text_trimmed(live->items.v[i]->text);
		say(live, "%s\n", text);
		free(text);
		found = true;
	}
	return found;
}

/* The patterns of the families that begin with the word. */
static bool help_points(struct live *live, const char *word)
{
	size_t length = strlen(word);
	bool found = false;

	for (const struct probe_family *const *family = probe_families; *family; family++)
		for (const char *const *pattern = (*family)->patterns; *pattern; pattern++)
			if (!strncmp(*pattern, word, length) &&
			    strchr(".(", (*pattern)[length])) {
				say(live, "probe %s\n", *pattern);
				found = true;
			}
	return found;
}

/* What looks like it. */
static void offer_topics(struct live *live, struct suggest *suggest)
{
	const struct words *words = words_of_tapsets(live);

	for (const struct command *command = commands; command->name; command++)
		suggest_offer(suggest, command->name);
	for (const struct topic *topic = topics; topic->word; topic++)
		suggest_offer(suggest, topic->word);
	for (unsigned i = 0; i < words->v.n; i++)
		suggest_offer(suggest, words->v.v[i].name);
}

bool help_topic(struct live *live, char *word)
{
	struct suggest suggest;
	bool found;

	word[strcspn(word, "(")] = 0; /* as TAB completes a function */
	found = help_item(live, word);
	found |= help_language(live, word);
	found |= help_word(live, word);
	found |= help_points(live, word);
	if (found || help_prefix(live, word))
		return true;
	suggest_start(&suggest, word);
	offer_topics(live, &suggest);
	if (suggest_best(&suggest))
		say_error(live, "nothing is known about '%s'; did you mean '%s'?", word,
			  suggest_best(&suggest));
	else
		say_error(live, "nothing is known about '%s'", word);
	return false;
}
