/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Little programs whose way is gone here, too: loops with break and continue, try and catch in each
 * other, errors out of loops and recursions. What they print on the way is what is expected.
 */
#include <inttypes.h>
#include <string.h>

#include "tests/fuzz/homes.h"

enum { VARIABLES = 3, DEEPEST = 4, MOST_STEPS = 400 };

enum kind { SET, SHOW, IF, LOOP, BREAK, CONTINUE, TRY, FAIL, CALL };

struct node {
	enum kind kind;
	unsigned variable, serial;
	int64_t number;
	bool is_for, named; /* a loop's form; a catch with its variable */
	struct node *body, *otherwise, *next;
};

struct writing {
	struct arena *arena;
	struct random *random;
	unsigned serial, loops, depth;
};

enum outcome { GOES_ON, BREAKS, CONTINUES, FAILS };

struct machine {
	struct arena *arena;
	int64_t v[VARIABLES];
	const char *printed, *error;
	unsigned steps;
};

void known_program_declare(FILE *out)
{
	fputs("function kfib(n) { return n < 2 ? n : kfib(n - 1) + kfib(n - 2) }\n"
	      "function kdown(n) { if (n <= 0) error(\"deep\"); return kdown(n - 1) + 1 }\n"
	      "function ktext:string(n, s) { if (n <= 0) return s; return ktext(n - 1, s . sprint(n)) }\n",
	      out);
}

/* ---- making one -------------------------------------------------------------------------- */

static struct node *make_block(struct writing *writing);

static struct node *make_node(struct writing *writing)
{
	struct node *node = ARENA_NEW(writing->arena, struct node);
	unsigned what = random_below(writing->random, 100);
	bool deep = writing->depth >= DEEPEST;

	node->variable = random_below(writing->random, VARIABLES);
	node->number = (int64_t)random_below(writing->random, 5);
	node->serial = writing->serial++;
	node->is_for = random_chance(writing->random, 50);
	node->named = random_chance(writing->random, 70);
	node->kind = what < 25			      ? SET
		     : what < 40 || deep	      ? SHOW
		     : what < 55		      ? IF
		     : what < 70		      ? LOOP
		     : what < 75 && writing->loops    ? BREAK
		     : what < 80 && writing->loops    ? CONTINUE
		     : what < 90		      ? TRY
		     : what < 94		      ? FAIL
						      : CALL;
	writing->depth++;
	writing->loops += node->kind == LOOP;
	if (node->kind == IF || node->kind == LOOP || node->kind == TRY)
		node->body = make_block(writing);
	writing->loops -= node->kind == LOOP;
	if (node->kind == TRY || (node->kind == IF && node->named))
		node->otherwise = make_block(writing);
	writing->depth--;
	return node;
}

static struct node *make_block(struct writing *writing)
{
	struct node *first = NULL, **tail = &first;
	unsigned n = 1 + random_below(writing->random, 4);

	while (n--) {
		*tail = make_node(writing);
		tail = &(*tail)->next;
	}
	return first;
}

/* ---- as text ----------------------------------------------------------------------------- */

static void write_block(FILE *out, const struct node *node);

static void write_loop(FILE *out, const struct node *node)
{
	unsigned n = node->serial;

	if (node->is_for)
		fprintf(out, "for (n%u = 0; n%u < %" PRId64 "; n%u++) {", n, n, node->number, n);
	else
		fprintf(out, "n%u = 0; while (n%u++ < %" PRId64 ") {", n, n, node->number);
	write_block(out, node->body);
	fputs("} ", out);
}

static void write_call(FILE *out, const struct node *node)
{
	int64_t n = node->number;

	if (node->variable == 0)
		fprintf(out, "print(kfib(%" PRId64 "), \" \"); ", n + 5);
	else if (node->variable == 1)
		fprintf(out, "print(ktext(%" PRId64 ", \"<\"), \" \"); ", n);
	else
		fprintf(out, "print(kdown(%" PRId64 "), \" \"); ", n);
}

static void write_node(FILE *out, const struct node *node)
{
	switch (node->kind) {
	case SET:
		fprintf(out, "y%u = y%u * 3 + y%u - %" PRId64 "; ", node->variable, node->variable,
			(node->variable + 1) % VARIABLES, node->number);
		break;
	case SHOW:
		fprintf(out, "print(y%u, \" \"); ", node->variable);
		break;
	case IF:
		fprintf(out, "if (y%u %% 5 >= %" PRId64 ") {", node->variable, node->number - 2);
		write_block(out, node->body);
		fputs(node->otherwise ? "} else {" : "} ", out);
		write_block(out, node->otherwise);
		fputs(node->otherwise ? "} " : "", out);
		break;
	case LOOP:
		write_loop(out, node);
		break;
	case BREAK:
	case CONTINUE:
		fprintf(out, "if (y%u & 1) %s; ", node->variable,
			node->kind == BREAK ? "break" : "continue");
		break;
	case TRY:
		fputs("try {", out);
		write_block(out, node->body);
		fprintf(out, node->named ? "} catch (m%u) { print(m%u, \"! \"); " : "} catch {",
			node->serial, node->serial);
		write_block(out, node->otherwise);
		fputs("} ", out);
		break;
	case FAIL:
		fprintf(out, "if (y%u & 2) error(\"e%u\"); ", node->variable, node->serial);
		break;
	case CALL:
		write_call(out, node);
		break;
	}
}

static void write_block(FILE *out, const struct node *node)
{
	for (; node; node = node->next)
		write_node(out, node);
}

/* ---- gone -------------------------------------------------------------------------------- */

static enum outcome go(struct machine *machine, const struct node *node);

static void show(struct machine *machine, const char *text)
{
	machine->printed = arena_printf(machine->arena, "%s%s ", machine->printed, text);
}

static void show_number(struct machine *machine, int64_t number)
{
	show(machine, arena_printf(machine->arena, "%" PRId64, number));
}

static enum outcome go_loop(struct machine *machine, const struct node *node)
{
	for (int64_t i = 0; i < node->number; i++) {
		enum outcome outcome = go(machine, node->body);

		if (outcome == BREAKS)
			break;
		if (outcome == FAILS)
			return FAILS;
	}
	return GOES_ON;
}

static enum outcome go_try(struct machine *machine, const struct node *node)
{
	enum outcome outcome = go(machine, node->body);

	if (outcome != FAILS)
		return outcome;
	if (node->named)
		show(machine, arena_printf(machine->arena, "%s!", machine->error));
	return go(machine, node->otherwise);
}

static int64_t fibonacci(int64_t n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static enum outcome go_call(struct machine *machine, const struct node *node)
{
	const char *text = "<";

	if (node->variable == 0) {
		show_number(machine, fibonacci(node->number + 5));
	} else if (node->variable == 1) {
		for (int64_t n = node->number; n > 0; n--)
			text = arena_printf(machine->arena, "%s%" PRId64, text, n);
		show(machine, text);
	} else {
		machine->error = "deep";
		return FAILS;
	}
	return GOES_ON;
}

static enum outcome go_one(struct machine *machine, const struct node *node)
{
	int64_t *v = &machine->v[node->variable];
	int64_t other = machine->v[(node->variable + 1) % VARIABLES];

	switch (node->kind) {
	case SET:
		*v = (int64_t)((uint64_t)*v * 3 + (uint64_t)other - (uint64_t)node->number);
		return GOES_ON;
	case SHOW:
		show_number(machine, *v);
		return GOES_ON;
	case IF:
		return go(machine, *v % 5 >= node->number - 2 ? node->body : node->otherwise);
	case LOOP:
		return go_loop(machine, node);
	case BREAK:
		return *v & 1 ? BREAKS : GOES_ON;
	case CONTINUE:
		return *v & 1 ? CONTINUES : GOES_ON;
	case TRY:
		return go_try(machine, node);
	case FAIL:
		machine->error = arena_printf(machine->arena, "e%u", node->serial);
		return *v & 2 ? FAILS : GOES_ON;
	case CALL:
		return go_call(machine, node);
	}
	return GOES_ON;
}

static enum outcome go(struct machine *machine, const struct node *node)
{
	enum outcome outcome = GOES_ON;

	for (; node && outcome == GOES_ON && machine->steps < MOST_STEPS; node = node->next) {
		machine->steps++;
		outcome = go_one(machine, node);
	}
	return outcome;
}

void known_program(struct arena *arena, struct random *random, FILE *out)
{
	struct writing writing = {.arena = arena, .random = random};
	struct machine machine = {.arena = arena, .printed = ""};
	struct node *program = make_block(&writing);

	for (unsigned i = 0; i < VARIABLES; i++)
		machine.v[i] = (int64_t)random_below(random, 100) - 50;
	fputc('\t', out);
	for (unsigned i = 0; i < VARIABLES; i++)
		fprintf(out, "y%u = %" PRId64 "; ", i, machine.v[i]);
	if (go(&machine, program) == FAILS)
		show(&machine, arena_printf(arena, "%s.", machine.error));
	if (machine.steps >= MOST_STEPS) { /* too long a line to look at */
		fputs("println(\"\") # expect \n", out);
		return;
	}
	fputs("try {", out);
	write_block(out, program);
	fputs("} catch (m) { print(m, \". \") } println(\"\")", out);
	fprintf(out, " # expect %s\n", machine.printed);
}
