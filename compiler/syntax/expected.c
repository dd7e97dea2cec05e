/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dozens of tokens can start an expression: they are named as what they are together. */
#include <stdbool.h>
#include <string.h>

#include "compiler/syntax/expected.h"

enum { SHOWN = 4 };

static const char *const statements[] = {
	"'if'",	    "'while'",	"'for'", "'foreach'", "'return'", "'delete'", "'break'",
	"'continue'", "'next'", "'try'", NULL,
};

static const char *const expressions[] = {
	"a number", "a string",	 "embedded C", "a '$' variable", "a statistics operator",
	"a histogram", "'@var'", "'@cast'",   "'@entry'",	"'@defined'",
	"'@const'", "'@enum'",	 "'@enumname'", "'@cast_sizeof'", "'@kregister'",
	"'@kderef'", "a name",	 "'limit'",   "'!'",		"'~'",
	NULL,
};

/* The same tokens go on with an expression and start one. */
static const char *const either[] = {"'-'", "'+'", "'&'", "'('", "'['", "'++'", "'--'", NULL};

static const char *const operators[] = {
	"'*'",	"'/'",	"'%'",	"'.'",	"'. '", "'<'",	"'>'",	"'<='", "'>='", "'=='",
	"'!='", "'=~'", "'!~'", "'in'", "'^'",	"'|'",	"'&&'", "'||'", "'?'",	"'='",
	"'<<<'", "'<<'", "'>>'", "'>>>'", "'+='", "an assignment", "'->'", "'$'", NULL,
};

static bool has(const struct expected *expected, const char *name)
{
	unsigned i;

	for (i = 0; i < expected->n; i++)
		if (!strcmp(expected->names[i], name))
			return true;
	return false;
}

static void drop(struct expected *expected, const char *const *names)
{
	unsigned i, kept;

	for (; *names; names++) {
		for (i = kept = 0; i < expected->n; i++)
			if (strcmp(expected->names[i], *names))
				expected->names[kept++] = expected->names[i];
		expected->n = kept;
	}
}

/* Replaces a whole class by its name when `sign` shows that it is there. */
static void summarise(struct expected *expected, const char *sign, const char *const *class,
		      const char *name)
{
	if (!has(expected, sign))
		return;
	drop(expected, class);
	if (name)
		expected->names[expected->n++] = name;
}

static const char *tidy(const char *name)
{
	if (!strcmp(name, "'{ '"))
		return "'{'";
	if (!strcmp(name, "'} '"))
		return "'}'";
	if (!strcmp(name, "T_START_FILE") || !strcmp(name, "T_START_INPUT"))
		return "a script";
	return !strcmp(name, "\"end of file\"") || !strcmp(name, "end of file")
		       ? "the end of the script"
		       : name;
}

static const char *join(struct expected *expected)
{
	const char *text = "";
	unsigned i;

	for (i = 0; i < expected->n; i++)
		text = arena_printf(expected->arena, "%s%s%s", text,
				    !i			     ? ""
				    : i + 1 == expected->n ? " or "
							     : ", ",
				    tidy(expected->names[i]));
	return text;
}

const char *expected_describe(struct expected *expected)
{
	bool goes_on = has(expected, "'*'") && has(expected, "'<<<'");
	bool statement = has(expected, "'if'") && has(expected, "'foreach'");

	if (goes_on && statement)
		return ""; /* after an expression statement anything may follow */
	if (statement) {
		drop(expected, expressions);
		drop(expected, either);
		summarise(expected, "'if'", statements, "a statement");
		drop(expected, (const char *const[]){"'{'", "';'", "'}'", NULL});
	} else if (goes_on) {
		drop(expected, operators);
		drop(expected, either);
		if (!expected->n)
			return "an operator";
	} else if (has(expected, "a number") && has(expected, "'!'")) {
		drop(expected, either);
		summarise(expected, "a number", expressions, "an expression");
	}
	if (has(expected, "'probe'") && has(expected, "'global'")) {
		expected->names[0] = "a declaration (probe, function, global)";
		expected->n = 1;
	}
	drop(expected, (const char *const[]){"'limit'", NULL});
	return expected->n <= SHOWN ? join(expected) : "";
}
