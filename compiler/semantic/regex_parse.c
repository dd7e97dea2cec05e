/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of a regular expression to a Thompson automaton, by recursive descent: a tree
 * first, since counted repetitions need their operand several times.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/semantic/regex.h"

enum { MAX_INSNS = 8000, MAX_DEPTH = 200, MAX_REPEAT = 1000 };

enum node_kind { NODE_EMPTY, NODE_SET, NODE_CONCAT, NODE_ALTERNATE, NODE_REPEAT, NODE_GROUP,
		 NODE_BEGIN, NODE_END };

struct node {
	enum node_kind kind;
	struct node *left, *right;
	unsigned set;   /* NODE_SET */
	unsigned group; /* NODE_GROUP: its number; 0: not captured */
	unsigned least; /* NODE_REPEAT */
	int most;       /* -1: any number */
};

struct parser {
	struct regex_program *program;
	const char *start, *at;
	unsigned depth;
};

static void fail(struct parser *parser, const char *error)
{
	if (parser->program->error)
		return;
	parser->program->error = error;
	parser->program->error_at = (unsigned)(parser->at - parser->start);
}

static struct node *node_new(struct parser *parser, enum node_kind kind)
{
	struct node *node = ARENA_NEW(parser->program->arena, struct node);

	node->kind = kind;
	return node;
}

/* ---- sets of bytes --------------------------------------------------------------------------- */

static void set_add(struct regex_set *set, unsigned byte)
{
	set->bit[byte / 8] |= (u8)(1u << byte % 8);
}

static void set_add_class(struct regex_set *set, int (*is)(int), bool negated)
{
	for (int byte = 1; byte < 256; byte++)
		if ((byte < 128 && is(byte) != 0) != negated)
			set_add(set, (unsigned)byte);
}

/* The NUL ends the text and is in no set. */
static void set_negate(struct regex_set *set)
{
	for (unsigned i = 0; i < sizeof(set->bit); i++)
		set->bit[i] = (u8)~set->bit[i];
	set->bit[0] &= 0xfe;
}

static struct node *set_node(struct parser *parser, const struct regex_set *set)
{
	struct node *node = node_new(parser, NODE_SET);

	node->set = parser->program->sets.n;
	VEC_PUSH(parser->program->arena, &parser->program->sets, *set);
	return node;
}

static int is_word(int c)
{
	return isalnum(c) || c == '_';
}

/* \w and its kin; false: the letter stands for itself. */
static bool escape_class(char letter, struct regex_set *set)
{
	switch (letter) {
	case 'w':
	case 'W':
		set_add_class(set, is_word, letter == 'W');
		return true;
	case 's':
	case 'S':
		set_add_class(set, isspace, letter == 'S');
		return true;
	case 'd':
	case 'D':
		set_add_class(set, isdigit, letter == 'D');
		return true;
	default:
		return false;
	}
}

/* ---- [ ] ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*is)(int);
} classes[] = { { "alpha", isalpha }, { "digit", isdigit }, { "alnum", isalnum },
		{ "upper", isupper }, { "lower", islower }, { "space", isspace },
		{ "blank", isblank }, { "punct", ispunct }, { "print", isprint },
		{ "graph", isgraph }, { "cntrl", iscntrl }, { "xdigit", isxdigit } };

/* [:name:] inside of brackets. */
static bool bracket_class(struct parser *parser, struct regex_set *set)
{
	const char *end = strstr(parser->at + 2, ":]");
	size_t length = end ? (size_t)(end - parser->at - 2) : 0;

	for (unsigned i = 0; end && i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strlen(classes[i].name) != length ||
		    memcmp(classes[i].name, parser->at + 2, length))
			continue;
		set_add_class(set, classes[i].is, false);
		parser->at = end + 2;
		return true;
	}
	fail(parser, "unknown character class in brackets");
	return false;
}

/* One end of a range: a byte, or [.x.] or [=x=]. */
static unsigned bracket_byte(struct parser *parser)
{
	const char *at = parser->at;

	if (at[0] == '[' && (at[1] == '.' || at[1] == '=') && at[2] && at[3] == at[1] &&
	    at[4] == ']') {
		parser->at += 5;
		return (unsigned char)at[2];
	}
	parser->at++;
	return (unsigned char)*at;
}

static void bracket_item(struct parser *parser, struct regex_set *set)
{
	unsigned low, high;

	if (parser->at[0] == '[' && parser->at[1] == ':') {
		bracket_class(parser, set);
		return;
	}
	low = high = bracket_byte(parser);
	if (parser->at[0] == '-' && parser->at[1] && parser->at[1] != ']') {
		parser->at++;
		high = bracket_byte(parser);
		if (high < low)
			fail(parser, "this range ends before it starts");
	}
	for (unsigned byte = low; byte <= high; byte++)
		set_add(set, byte);
}

static struct node *parse_bracket(struct parser *parser)
{
	struct regex_set set = { { 0 } };
	bool negated = parser->at[1] == '^', first = true;

	parser->at += negated ? 2 : 1;
	while (!parser->program->error && (first || *parser->at != ']')) {
		if (!*parser->at) {
			fail(parser, "'[' without its ']'");
			break;
		}
		bracket_item(parser, &set);
		first = false;
	}
	if (!parser->program->error)
		parser->at++;
	if (negated)
		set_negate(&set);
	return set_node(parser, &set);
}

/* ---- the grammar ------------------------------------------------------------------------------------ */

static struct node *parse_alternatives(struct parser *parser);

static struct node *parse_group(struct parser *parser)
{
	struct node *node = node_new(parser, NODE_GROUP);

	parser->at++;
	if (parser->at[0] == '?' && parser->at[1] == ':')
		parser->at += 2;
	else
		node->group = parser->program->groups++;
	if (++parser->depth > MAX_DEPTH) {
		fail(parser, "groups are nested too deeply");
		return node;
	}
	node->left = parse_alternatives(parser);
	parser->depth--;
	if (*parser->at == ')')
		parser->at++;
	else
		fail(parser, "'(' without its ')'");
	return node;
}

static struct node *parse_escape(struct parser *parser)
{
	struct regex_set set = { { 0 } };

	parser->at++;
	if (!*parser->at) {
		fail(parser, "'\\' at the end");
		return node_new(parser, NODE_EMPTY);
	}
	if (!escape_class(*parser->at, &set))
		set_add(&set, (unsigned char)*parser->at);
	parser->at++;
	return set_node(parser, &set);
}

static struct node *parse_atom(struct parser *parser)
{
	struct regex_set set = { { 0 } };

	switch (*parser->at) {
	case '(':
		return parse_group(parser);
	case '[':
		return parse_bracket(parser);
	case '\\':
		return parse_escape(parser);
	case '^':
		parser->at++;
		return node_new(parser, NODE_BEGIN);
	case '$':
		parser->at++;
		return node_new(parser, NODE_END);
	case '*':
	case '+':
	case '?':
		fail(parser, "there is nothing to repeat here");
		break;
	case '.':
		set_negate(&set);
		break;
	default:
		set_add(&set, (unsigned char)*parser->at);
		break;
	}
	parser->at++;
	return set_node(parser, &set);
}

/* {m}, {m,} or {m,n}; false: an ordinary brace. */
static bool parse_interval(struct parser *parser, unsigned *least, int *most)
{
	char *end;
	unsigned long low, high;

	if (!isdigit((unsigned char)parser->at[1]))
		return false;
	low = high = strtoul(parser->at + 1, &end, 10);
	*most = 0;
	if (*end == ',' && end[1] == '}') {
		*most = -1;
		end++;
	} else if (*end == ',') {
		high = strtoul(end + 1, &end, 10);
	}
	if (*end != '}')
		return false;
	if (low > MAX_REPEAT || high > MAX_REPEAT || high < low)
		fail(parser, "a bad number of repetitions (at most 1000)");
	*least = (unsigned)low;
	if (!*most)
		*most = (int)high;
	parser->at = end + 1;
	return true;
}

static bool parse_quantifier(struct parser *parser, unsigned *least, int *most)
{
	*least = *parser->at == '+';
	*most = *parser->at == '?' ? 1 : -1;
	switch (*parser->at) {
	case '*':
	case '+':
	case '?':
		parser->at++;
		return true;
	case '{':
		return parse_interval(parser, least, most);
	default:
		return false;
	}
}

static struct node *parse_repeated(struct parser *parser)
{
	struct node *node = parse_atom(parser);
	unsigned least, count = 0;
	int most;

	while (!parser->program->error && parse_quantifier(parser, &least, &most)) {
		struct node *repeat = node_new(parser, NODE_REPEAT);

		repeat->left = node;
		repeat->least = least;
		repeat->most = most;
		node = repeat;
		if (++count > 16)
			fail(parser, "too many repetitions of repetitions");
	}
	return node;
}

static struct node *parse_sequence(struct parser *parser)
{
	struct node *node = node_new(parser, NODE_EMPTY);

	while (!parser->program->error && *parser->at && *parser->at != '|' &&
	       !(*parser->at == ')' && parser->depth)) {
		struct node *concat = node_new(parser, NODE_CONCAT);

		concat->left = node;
		concat->right = parse_repeated(parser);
		node = concat;
	}
	return node;
}

static struct node *parse_alternatives(struct parser *parser)
{
	struct node *node = parse_sequence(parser);

	while (!parser->program->error && *parser->at == '|') {
		struct node *alternate = node_new(parser, NODE_ALTERNATE);

		parser->at++;
		alternate->left = node;
		alternate->right = parse_sequence(parser);
		node = alternate;
	}
	return node;
}

/* ---- the automaton --------------------------------------------------------------------------------------- */

static unsigned emit(struct parser *parser, enum regex_op op, unsigned x, unsigned y)
{
	struct regex_program *program = parser->program;
	struct regex_insn insn = { op, x, y };

	if (program->insns.n >= MAX_INSNS) {
		fail(parser, "the expression is too large");
		return 0;
	}
	VEC_PUSH(program->arena, &program->insns, insn);
	return program->insns.n - 1;
}

static void generate(struct parser *parser, const struct node *node);

/* x*: the loop's head is tried first, so that it is greedy. */
static void generate_star(struct parser *parser, const struct node *node)
{
	struct regex_program *program = parser->program;
	unsigned split = emit(parser, REGEX_SPLIT, program->insns.n + 1, 0);

	generate(parser, node);
	emit(parser, REGEX_JUMP, split, 0);
	program->insns.v[split].y = program->insns.n;
}

static void generate_repeat(struct parser *parser, const struct node *node)
{
	struct regex_program *program = parser->program;
	unsigned optional = node->most > 0 ? (unsigned)node->most - node->least : 0;
	unsigned *splits = ARENA_ARRAY(program->arena, unsigned, optional + 1);

	/* x+ is a loop whose end goes back; other counts are written out */
	for (unsigned i = 0; i < node->least && !program->error; i++) {
		unsigned start = program->insns.n;

		generate(parser, node->left);
		if (i + 1 == node->least && node->most < 0) {
			emit(parser, REGEX_SPLIT, start, program->insns.n + 1);
			return;
		}
	}
	if (node->most < 0) {
		generate_star(parser, node->left);
		return;
	}
	for (unsigned i = 0; i < optional && !program->error; i++) {
		splits[i] = emit(parser, REGEX_SPLIT, program->insns.n + 1, 0);
		generate(parser, node->left);
	}
	for (unsigned i = 0; i < optional && !program->error; i++)
		program->insns.v[splits[i]].y = program->insns.n;
}

static void generate_alternate(struct parser *parser, const struct node *node)
{
	struct regex_program *program = parser->program;
	unsigned split = emit(parser, REGEX_SPLIT, program->insns.n + 1, 0), jump;

	generate(parser, node->left);
	jump = emit(parser, REGEX_JUMP, 0, 0);
	if (program->error)
		return;
	program->insns.v[split].y = program->insns.n;
	generate(parser, node->right);
	program->insns.v[jump].x = program->insns.n;
}

static void generate_group(struct parser *parser, const struct node *node)
{
	bool captured = node->group && node->group < REGEX_GROUPS;

	if (captured)
		emit(parser, REGEX_BORDER, 2 * node->group, 0);
	generate(parser, node->left);
	if (captured)
		emit(parser, REGEX_BORDER, 2 * node->group + 1, 0);
}

/* A sequence is a chain to the left, as long as the pattern: gathered, not recursed into. */
static void generate_sequence(struct parser *parser, const struct node *node)
{
	struct {
		VEC(const struct node *);
	} items = { .n = 0 };

	for (; node->kind == NODE_CONCAT; node = node->left)
		VEC_PUSH(parser->program->arena, &items, node->right);
	generate(parser, node);
	while (items.n)
		generate(parser, items.v[--items.n]);
}

static void generate(struct parser *parser, const struct node *node)
{
	if (parser->program->error)
		return;
	switch (node->kind) {
	case NODE_EMPTY:
		break;
	case NODE_SET:
		emit(parser, REGEX_SET, node->set, 0);
		break;
	case NODE_CONCAT:
		generate_sequence(parser, node);
		break;
	case NODE_ALTERNATE:
		generate_alternate(parser, node);
		break;
	case NODE_REPEAT:
		generate_repeat(parser, node);
		break;
	case NODE_GROUP:
		generate_group(parser, node);
		break;
	case NODE_BEGIN:
		emit(parser, REGEX_BEGIN, 0, 0);
		break;
	case NODE_END:
		emit(parser, REGEX_END, 0, 0);
		break;
	}
}

void regex_parse(struct regex_program *program, const char *pattern)
{
	struct parser parser = { .program = program, .start = pattern, .at = pattern };
	const struct node *node;

	program->groups = 1;
	if (strlen(pattern) > MAX_INSNS) {
		fail(&parser, "the expression is too long");
		return;
	}
	node = parse_alternatives(&parser);
	emit(&parser, REGEX_BORDER, 0, 0);
	generate(&parser, node);
	emit(&parser, REGEX_BORDER, 1, 0);
	emit(&parser, REGEX_MATCH, 0, 0);
}
