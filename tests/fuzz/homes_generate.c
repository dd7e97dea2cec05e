/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A random script: globals, functions, and begin probes whose statements use all of the language
 * that needs no event. Loops are bounded and recursion ends; errors at run time are welcome.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/homes_generator.h"

static void gen_block(struct generator *g, unsigned statements);

/* ---- statements -------------------------------------------------------------------------- */

/* With a semicolon after a statement: the next one might begin with an operator. */
static void line(struct generator *g, const char *text)
{
	size_t size = strlen(text);
	unsigned i;

	for (i = 0; i < g->depth; i++)
		fputc('\t', g->out);
	fprintf(g->out, "%s%s\n", text, g->depth && !strchr("{}", text[size - 1]) ? ";" : "");
}

static void open_block(struct generator *g, const char *head)
{
	line(g, SAY(g, "%s {", head));
	g->depth++;
}

static void close_block(struct generator *g)
{
	g->depth--;
	line(g, "}");
}

static void gen_body(struct generator *g)
{
	gen_block(g, 1 + below(g, 3));
}

static void gen_if(struct generator *g)
{
	open_block(g, SAY(g, "if (%s)", gen_long(g, 3)));
	gen_body(g);
	close_block(g);
	if (chance(g, 40)) {
		open_block(g, "else");
		gen_body(g);
		close_block(g);
	}
}

static void gen_loop(struct generator *g)
{
	const char *counter = SAY(g, "i%u", g->serial++);
	unsigned names = g->n_names;
	const char *test = SAY(g, "%s++ < %u", counter, 1 + below(g, 6));

	if (chance(g, 30))
		test = SAY(g, "%s && %s", test, gen_long(g, 2));
	if (chance(g, 50)) {
		line(g, SAY(g, "%s = 0", counter));
		open_block(g, SAY(g, "while (%s)", test));
	} else {
		open_block(g, SAY(g, "for (%s = 0; %s; %s)", counter, test,
				  chance(g, 50) ? gen_change(g, 1) : ""));
	}
	name_add(g, counter, 'l', false);
	g->loops++;
	gen_body(g);
	g->loops--;
	g->n_names = names;
	close_block(g);
}

/* "[a+, b] in arr limit 3" and so on. Where the array is sliced the key's name is unset. */
static const char *gen_foreach_head(struct generator *g, unsigned index, unsigned serial)
{
	static const char *const extractors[] = {"@count", "@sum", "@min", "@max", "@avg"};
	const struct array *array = &g->arrays[index];
	unsigned sorted = below(g, array->n_keys + 2), i; /* a key, the value, or nothing */
	const char *sign = chance(g, 50) ? "+" : "-", *head = "", *slices = "";
	bool sliced = chance(g, 15), valued = array->value != 'q' && chance(g, 40);
	bool value_sign = valued && chance(g, 50);

	for (i = 0; i < array->n_keys; i++) {
		head = SAY(g, "%s%sv%u_%u%s", head, i ? ", " : "", serial, i,
			   sorted == i ? sign : "");
		slices = SAY(g, "%s%s%s", slices, i ? ", " : "",
			     chance(g, 50) ? "*" : gen_key(g, array->keys[i], 1));
	}
	if (array->n_keys > 1)
		head = SAY(g, "[%s]", head);
	if (valued)
		head = SAY(g, "w%u%s = %s", serial,
			   value_sign && sorted == array->n_keys ? sign : "", head);
	head = SAY(g, "%s in a%u%s", head, index, sliced ? SAY(g, "[%s]", slices) : "");
	if (sorted == array->n_keys && !value_sign)
		head = SAY(g, "%s %s%s", head, array->value == 'q' ? OF(g, extractors) : "", sign);
	if (valued)
		name_add(g, SAY(g, "w%u", serial), array->value, false);
	for (i = 0; i < array->n_keys; i++)
		name_add(g, SAY(g, "v%u_%u", serial, i), array->keys[i], false);
	return chance(g, 30) ? SAY(g, "%s limit %s", head,
				   chance(g, 70) ? SAY(g, "%u", below(g, 5)) : gen_long(g, 1))
			     : head;
}

static void gen_foreach(struct generator *g)
{
	unsigned index = below(g, g->n_arrays), iterating = g->iterating, names = g->n_names;
	unsigned serial = g->serial++, i;
	const struct array *array = &g->arrays[index];

	open_block(g, SAY(g, "foreach (%s)", gen_foreach_head(g, index, serial)));
	g->iterating |= 1u << index;
	line(g, array->n_keys == 1 ? SAY(g, "print(v%u_0, \" \")", serial)
				   : SAY(g, "print(v%u_0, \" \", v%u_1, \" \")", serial, serial));
	if (chance(g, 50)) {
		const char *keys = "";

		for (i = 0; i < array->n_keys; i++)
			keys = SAY(g, "%s%sv%u_%u", keys, i ? ", " : "", serial, i);
		line(g, array->value == 'q' ? SAY(g, "println(@sum(a%u[%s]))", index, keys)
					    : SAY(g, "println(a%u[%s])", index, keys));
	}
	g->loops++;
	gen_body(g);
	g->loops--;
	g->iterating = iterating;
	g->n_names = names;
	close_block(g);
}

static void gen_buckets(struct generator *g)
{
	unsigned serial = g->serial++, names = g->n_names;

	open_block(g, SAY(g, "foreach (b%u in %s)", serial,
			  chance(g, 50) ? "@hist_log(q0)" : "@hist_linear(q1, -10, 50, 10)"));
	name_add(g, SAY(g, "b%u", serial), 'l', false);
	line(g, SAY(g, "print(b%u, \" \")", serial));
	g->loops++;
	gen_block(g, 1);
	g->loops--;
	g->n_names = names;
	close_block(g);
}

static void gen_try(struct generator *g)
{
	const char *message = SAY(g, "m%u", g->serial++);
	unsigned names = g->n_names;

	open_block(g, "try");
	gen_body(g);
	close_block(g);
	if (chance(g, 20)) {
		open_block(g, "catch");
		line(g, "println(\"caught\")");
	} else {
		open_block(g, SAY(g, "catch (%s)", message));
		line(g, SAY(g, "println(\"caught \", %s)", message));
		name_add(g, message, 's', false);
	}
	if (chance(g, 30))
		gen_block(g, 1);
	g->n_names = names;
	close_block(g);
}

static const char *gen_slice(struct generator *g, const struct array *array)
{
	const char *keys = "";

	for (unsigned i = 0; i < array->n_keys; i++)
		keys = SAY(g, "%s%s%s", keys, i ? ", " : "",
			   chance(g, 60) ? "*" : gen_key(g, array->keys[i], 1));
	return keys;
}

static void gen_delete(struct generator *g)
{
	unsigned index = below(g, g->n_arrays);
	const struct array *array = &g->arrays[index];

	if (chance(g, 10)) {
		line(g, SAY(g, "delete %s%u", chance(g, 50) ? "q" : "g", below(g, 2)));
	} else if (!(g->iterating & 1u << index)) {
		g->writes |= 1u << index;
		if (array->n_keys > 1 && chance(g, 20))
			line(g, SAY(g, "delete a%u[%s]", index, gen_slice(g, array)));
		else
			line(g, chance(g, 80)
					? SAY(g, "delete a%u[%s]", index, gen_keys(g, array, 1))
					: SAY(g, "delete a%u", index));
	}
}

static void gen_sample(struct generator *g)
{
	const char *element = chance(g, 60) ? gen_element(g, 'q', true, 1) : NULL;
	const char *sample = chance(g, 60) ? SAY(g, "%d", (int)below(g, 80) - 20) : gen_long(g, 2);

	line(g, SAY(g, "%s <<< %s", element ? element : SAY(g, "q%u", below(g, 2)), sample));
}

static void gen_histogram(struct generator *g)
{
	line(g, SAY(g, "%s(%s)", chance(g, 50) ? "print" : "println",
		    chance(g, 50) ? "@hist_log(q0)" : "@hist_linear(q1, -10, 50, 10)"));
}

/* Control flow that leaves: always under a condition, what comes after can be reached. */
static void gen_leave(struct generator *g)
{
	const char *what = "error(\"left\")";
	unsigned choice = below(g, 4);

	if (choice < 2 && g->loops)
		what = choice ? "break" : "continue";
	else if (choice == 2 && g->result)
		what = SAY(g, "return %s", gen_argument(g, g->result, 2));
	else if (choice == 3 && !g->result)
		what = "next";
	else
		what = SAY(g, "error(%s)", chance(g, 50) ? "\"left\"" : gen_string(g, 2));
	line(g, SAY(g, "if (%s) %s", gen_long(g, 2), what));
}

static void gen_match(struct generator *g)
{
	static const char *const patterns[] = {"a+",	 "([a-z]+)[ =]?([0-9a-z]*)", "^(a|ab)(c|bcd)?",
					       "[^ ]+$", "b?(a*)",		     "(.)(.)"};
	unsigned which = below(g, sizeof patterns / sizeof *patterns);
	bool random = chance(g, 50), groups = !random && (which == 1 || which == 2 || which == 5);

	open_block(g, SAY(g, "if (%s =~ \"%s\")", gen_string(g, 2),
			  random ? known_regex(g->arena, &g->random) : patterns[which]));
	line(g, groups ? "println(\"<\", matched(0), \"|\", matched(1), \"|\", matched(2), \">\")"
		       : "println(\"<\", matched(0), \">\", ngroups())");
	gen_block(g, 1);
	close_block(g);
}

static void gen_assign(struct generator *g)
{
	bool string = chance(g, 45);
	const char *lvalue = gen_lvalue(g, string ? 's' : 'l', 2);

	if (!string)
		line(g, SAY(g, "%s", gen_change(g, 3)));
	else if (lvalue)
		line(g, SAY(g, "%s %s %s", lvalue, chance(g, 70) ? "=" : ".=", gen_string(g, 3)));
}

/* As many arguments as there can be, of strings up to the longest. */
static void gen_long_print(struct generator *g)
{
	unsigned n = 1 + below(g, 32);
	const char *format = "", *list = "";

	while (n--) {
		bool string = chance(g, 70);

		format = SAY(g, "%s%s", format, string ? "%s" : "%d ");
		list = SAY(g, "%s, %s", list, gen_argument(g, string ? 's' : 'l', 0));
	}
	line(g, SAY(g, "printf(\"%s\\n\"%s)", format, list));
}

static void gen_print(struct generator *g)
{
	switch (below(g, 16)) {
	case 0:
		gen_long_print(g);
		break;
	case 1:
		line(g, SAY(g, "print(sprintd%s(\",\", %s), \"|\")", chance(g, 50) ? "ln" : "",
			    gen_print_list(g, 1)));
		break;
	case 2:
	case 3:
	case 4:
		line(g, SAY(g, "println(%s)", gen_print_list(g, 3)));
		break;
	case 5:
	case 6:
	case 7:
		line(g, SAY(g, "printd%s(\"|\", \"\", %s)", chance(g, 50) ? "ln" : "",
			    gen_print_list(g, 2)));
		break;
	default:
		line(g, gen_sprintf(g, "printf", 2, "\\n"));
	}
}

static void gen_statement(struct generator *g)
{
	unsigned what = below(g, 100);
	const char *call;

	if (!g->budget)
		return;
	g->budget--;
	if (g->depth > 4 || what < 22)
		gen_print(g);
	else if (what < 42)
		gen_assign(g);
	else if (what < 50)
		gen_if(g);
	else if (what < 57)
		gen_loop(g);
	else if (what < 66)
		gen_foreach(g);
	else if (what < 74)
		gen_try(g);
	else if (what < 79)
		gen_sample(g);
	else if (what < 84)
		gen_leave(g);
	else if (what < 88)
		gen_match(g);
	else if (what < 92)
		gen_delete(g);
	else if (what < 94)
		gen_histogram(g);
	else if (what < 96)
		gen_buckets(g);
	else if ((call = gen_call(g, chance(g, 50) ? 's' : 'l', 2)))
		line(g, SAY(g, "%s", call));
}

static void gen_block(struct generator *g, unsigned statements)
{
	while (statements--)
		gen_statement(g);
}

/* ---- the script -------------------------------------------------------------------------- */

static void gen_arrays(struct generator *g)
{
	unsigned i, j;

	g->n_arrays = 2 + below(g, MAX_ARRAYS - 1);
	for (i = 0; i < g->n_arrays; i++) {
		struct array *array = &g->arrays[i];
		const char *size = chance(g, 70) ? "" : SAY(g, "%s[%u]", chance(g, 50) ? "%" : "",
							    2 + below(g, 6));

		array->value = "llssq"[below(g, 5)];
		array->n_keys = 1 + (chance(g, 40) ? below(g, MAX_KEYS) : 0);
		for (j = 0; j < array->n_keys; j++)
			array->keys[j] = chance(g, 50) ? 'l' : 's';
		line(g, SAY(g, "global a%u%s", i, size));
	}
}

/* Every global is set and, where nothing else does it, read, so that its type is known. */
static void gen_first_probe(struct generator *g)
{
	unsigned i, j;

	open_block(g, "probe begin(-3)");
	for (i = 0; i < g->n_arrays; i++) {
		const struct array *array = &g->arrays[i];
		const char *keys = "";

		for (j = 0; j < array->n_keys; j++)
			keys = SAY(g, "%s%s%s", keys, j ? ", " : "",
				   array->keys[j] == 'l' ? "1" : "\"a\"");
		line(g, SAY(g, "a%u[%s] %s", i, keys,
			    array->value == 'q'	  ? "<<< 1"
			    : array->value == 'l' ? "= 1"
						  : "= \"one\""));
	}
	known_arrays_set(g->out);
	line(g, "q0 <<< 3");
	line(g, "q1 <<< 3");
	close_block(g);
}

static void gen_known_probe(struct generator *g)
{
	unsigned n = 5 + below(g, 25);

	open_block(g, "probe begin(-2)");
	while (n--)
		known_statement(g->arena, &g->random, &g->known, g->out);
	for (n = below(g, 12); n; n--)
		known_contents(g->arena, &g->random, &g->known, g->out);
	for (n = below(g, 6); n; n--)
		known_program(g->arena, &g->random, g->out);
	close_block(g);
}

static void gen_locals(struct generator *g)
{
	unsigned i;

	for (i = 0; i < GLOBALS; i++) {
		name_add(g, SAY(g, "g%u", i), 'l', true);
		name_add(g, SAY(g, "t%u", i), 's', true);
	}
	for (i = 0; i < 2 + below(g, 2); i++) {
		line(g, SAY(g, "x%u = %s", i, gen_long(g, 1)));
		line(g, SAY(g, "s%u = %s", i, gen_string(g, 1)));
		name_add(g, SAY(g, "x%u", i), 'l', true);
		name_add(g, SAY(g, "s%u", i), 's', true);
	}
}

static void gen_return(struct generator *g, unsigned index)
{
	const struct function *function = &g->functions[index];
	const char *again = "", *value = gen_argument(g, function->result, 2);
	unsigned i;

	if (!function->recurs) {
		line(g, SAY(g, "return %s", value));
		return;
	}
	for (i = 1; i < function->n_parameters; i++)
		again = SAY(g, "%s, %s", again, gen_argument(g, function->parameters[i], 1));
	line(g, SAY(g, "return p0 <= 0 ? (%s) : (%s) %s %c%u(p0 - 1%s)", value, value,
		    function->result == 's' ? "." : "+", function->mutual ? 'h' : 'f', index,
		    again));
}

static const char *type_name(char type)
{
	return type == 's' ? "string" : "long";
}

/* The other half of a recursion: passes its parameters back. */
static void gen_partner(struct generator *g, unsigned index, const char *parameters)
{
	const struct function *function = &g->functions[index];
	const char *back = "p0";

	for (unsigned i = 1; i < function->n_parameters; i++)
		back = SAY(g, "%s, p%u", back, i);
	open_block(g, SAY(g, "function h%u:%s(%s)", index, type_name(function->result), parameters));
	g->budget = 3;
	g->n_names = function->n_parameters; /* which stand first */
	gen_locals(g);
	gen_body(g);
	line(g, SAY(g, "return f%u(%s)", index, back));
	close_block(g);
}

static void gen_function(struct generator *g, unsigned index)
{
	struct function *function = &g->functions[index];
	const char *parameters = "";
	unsigned i;

	*function = (struct function){.result = chance(g, 50) ? 's' : 'l', .recurs = chance(g, 35)};
	function->n_parameters = function->recurs + below(g, 3);
	g->n_names = 0;
	for (i = 0; i < function->n_parameters; i++) {
		function->parameters[i] = (i == 0 && function->recurs) || chance(g, 50) ? 'l' : 's';
		parameters = SAY(g, "%s%sp%u:%s", parameters, i ? ", " : "", i,
				 type_name(function->parameters[i]));
		name_add(g, SAY(g, "p%u", i), function->parameters[i],
			 !(i == 0 && function->recurs));
	}
	if (chance(g, 15)) /* another one before it, which passes most calls on */
		line(g, SAY(g, "function f%u:%s(%s) { if (k%u %% 3) next return %s }", index,
			    type_name(function->result), parameters, below(g, KNOWN_LONGS),
			    function->result == 's' ? "c1" : "k1"));
	open_block(g, SAY(g, "function f%u:%s(%s)", index, type_name(function->result), parameters));
	g->writes = 0;
	g->result = function->result;
	g->budget = 6;
	gen_locals(g);
	gen_body(g);
	function->mutual = function->recurs && chance(g, 30);
	gen_return(g, index);
	close_block(g);
	if (function->mutual)
		gen_partner(g, index, parameters);
	function->writes = g->writes;
	g->result = 0;
	g->n_functions = index + 1;
}

/* An alias with a prologue and an epilogue, whose user is the probe that comes next. */
static const char *gen_alias(struct generator *g, const char *point)
{
	const char *name = SAY(g, "alias.n%u", g->serial++);

	g->n_names = 0;
	g->budget = 5;
	open_block(g, SAY(g, "probe %s = %s", name, point));
	gen_locals(g);
	gen_block(g, 2);
	if (chance(g, 20))
		line(g, SAY(g, "if (%s) next", gen_long(g, 1)));
	g->depth--;
	line(g, "},");
	line(g, "{");
	g->depth++;
	line(g, "print(\"written: \", @probewrite(x0), @probewrite(s1), @probewrite(g2))");
	gen_block(g, 2);
	close_block(g);
	return chance(g, 20) ? "alias.*" : name;
}

static void gen_probe(struct generator *g, unsigned order)
{
	const char *point = SAY(g, "begin(%u)", order);

	if (chance(g, 25))
		point = gen_alias(g, point);
	if (chance(g, 15))
		point = SAY(g, "%s if (g%u > %u)", point, below(g, GLOBALS), below(g, 3));
	g->n_names = 0;
	g->budget = 12 + below(g, 12);
	open_block(g, SAY(g, "probe %s", point));
	gen_locals(g);
	gen_block(g, 4 + below(g, 6));
	close_block(g);
}

/* What is shown at the end, since nothing reads it; and what `end` prints. */
static void gen_last_probes(struct generator *g)
{
	unsigned n = 1 + below(g, 5);

	open_block(g, "probe end");
	g->n_names = 0;
	g->budget = 6;
	gen_locals(g);
	gen_block(g, 3);
	close_block(g);
	open_block(g, "probe begin(9)");
	g->n_names = 0;
	while (n--) {
		line(g, SAY(g, "u0[%s, %s] = %s", gen_key(g, 'l', 0), gen_key(g, 's', 0), gen_long(g, 0)));
		line(g, SAY(g, "u1[%s] <<< %s", gen_key(g, 's', 0), gen_long(g, 0)));
		line(g, SAY(g, "u2 = %s", gen_string(g, 0)));
		line(g, SAY(g, "u3 <<< %u", below(g, 100)));
	}
	line(g, "exit()");
	close_block(g);
}

char *generate_script(struct arena *arena, uint64_t seed)
{
	struct generator g = {.arena = arena, .random = {seed * 0x2545f4914f6cdd1du}};
	unsigned functions, probes, i;
	char *script = NULL, *copy;
	size_t size;

	g.out = open_memstream(&script, &size);
	known_choose(arena, &g.random, &g.known);
	known_declare(arena, &g.known, g.out);
	known_arrays_declare(g.out);
	known_program_declare(g.out);
	for (i = 0; i < GLOBALS; i++)
		fprintf(g.out, "global g%u = %u\nglobal t%u = \"t%u\"\n", i, i, i, i);
	fprintf(g.out, "global q0\nglobal q1\nglobal u0, u1, u2, u3\n");
	gen_arrays(&g);
	functions = below(&g, MAX_FUNCTIONS + 1);
	for (i = 0; i < functions; i++)
		gen_function(&g, i);
	gen_first_probe(&g);
	gen_known_probe(&g);
	probes = 1 + below(&g, 3);
	for (i = 0; i < probes; i++)
		gen_probe(&g, i);
	gen_last_probes(&g);
	fclose(g.out);
	copy = arena_strdup(arena, script);
	free(script);
	return copy;
}
