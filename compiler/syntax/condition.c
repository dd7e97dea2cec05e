/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preprocessor conditions: comparisons of what is known about the target, literals and
 * arguments, joined by && and ||. Each side is read whether or not it decides, but only what
 * decides can be in error: `$# > 1 && @2 == "x"` is right without a second argument.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/syntax/condition.h"
#include "compiler/syntax/grammar.tab.h"

struct condition {
	struct tokens *tokens;
	struct syntax *syntax;
	struct token token; /* the next one */
	bool failed;
	unsigned depth; /* of parentheses */
	unsigned outer; /* conditionals around it */
};

enum { MAX_DEPTH = 100 };

/* One side of a comparison. */
struct operand {
	enum { OPERAND_MISSING, OPERAND_NUMBER, OPERAND_STRING, OPERAND_VERSION } kind;
	int64_t number;
	const char *text;
	struct range range;
};

static bool parse_or(struct condition *condition, bool live);

static void fail(struct condition *condition, struct range range, const char *message)
{
	if (!condition->failed && condition->token.kind != TOKEN_END)
		diag_error(condition->syntax->diags, range, "%s", message);
	condition->failed = true;
}

static bool is_missing_argument(struct condition *condition, const struct token *token)
{
	return (token->kind == TOKEN_ARGUMENT || token->kind == TOKEN_ARGUMENT_STRING) &&
	       !tokens_argument(condition->tokens, token->number);
}

static void advance(struct condition *condition)
{
	condition->token = tokens_next_in_condition(condition->tokens, condition->outer);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *config_value(struct condition *condition, const char *name)
{
	const struct syntax_options *options = condition->syntax->options;
	const char *value = options->config ? options->config(options->config_data, name) : NULL;

	return value ? value : "";
}

static struct operand named_operand(struct condition *condition, const struct token *token)
{
	const struct syntax_options *options = condition->syntax->options;
	struct operand operand = {.kind = OPERAND_STRING, .range = token->range};

	if (!strcmp(token->text, "kernel_v")) {
		operand.kind = OPERAND_VERSION;
		operand.text = or_empty(options->kernel_version);
	} else if (!strcmp(token->text, "kernel_vr")) {
		operand.kind = OPERAND_VERSION;
		operand.text = or_empty(options->kernel_release);
	} else if (!strcmp(token->text, "systemtap_v")) {
		operand.kind = OPERAND_VERSION;
		operand.text = or_empty(options->language_version);
	} else if (!strcmp(token->text, "arch")) {
		operand.text = or_empty(options->arch);
	} else if (!strcmp(token->text, "runtime")) {
		operand.text = or_empty(options->runtime);
	} else if (!strcmp(token->text, "systemtap_privilege")) {
		operand.text = "stapdev";
	} else if (!strcmp(token->text, "guru_mode")) {
		operand.kind = OPERAND_NUMBER;
		operand.number = options->guru;
	} else if (!strncmp(token->text, "CONFIG_", 7)) {
		operand.text = config_value(condition, token->text);
	} else if (token->origin.source && token->origin.source != token->range.source) {
		fail(condition, token->range,
		     "a number or a string is needed here, and the argument is neither");
	} else {
		fail(condition, token->range,
		     "a condition compares kernel_v, kernel_vr, arch, systemtap_v, runtime, "
		     "guru_mode, systemtap_privilege, CONFIG_..., arguments or literals");
	}
	return operand;
}

static struct operand parse_operand(struct condition *condition)
{
	struct token token = condition->token;
	struct operand operand = {.range = token.range, .number = token.number, .text = token.text};
	bool minus = token.kind == '-';

	if (minus) {
		advance(condition);
		token = condition->token;
	}
	if (token.error) {
		fail(condition, token.range, token.error);
	} else if (token.kind == T_NUMBER) {
		operand.kind = OPERAND_NUMBER;
		operand.number = minus ? (int64_t)-(uint64_t)token.number : token.number;
	} else if (!minus && token.kind == T_STRING) {
		operand.kind = OPERAND_STRING;
	} else if (!minus && token.kind == T_NAME) {
		operand = named_operand(condition, &token);
	} else {
		fail(condition, token.range, "this cannot be compared in a condition");
	}
	if (!condition->failed)
		advance(condition);
	return operand;
}

/* The tokens of `$2` and `@2` without a second argument are taken before they are expanded. */
static struct operand parse_side(struct condition *condition)
{
	struct operand operand = {.kind = OPERAND_MISSING, .range = condition->token.range};

	if (!is_missing_argument(condition, &condition->token))
		return parse_operand(condition);
	advance(condition);
	return operand;
}

static bool decide(int op, int order)
{
	switch (op) {
	case T_EQ:
		return order == 0;
	case T_NE:
		return order != 0;
	case '<':
		return order < 0;
	case '>':
		return order > 0;
	case T_LE:
		return order <= 0;
	default:
		return order >= 0;
	}
}

static bool is_comparison(int kind)
{
	return kind == T_EQ || kind == T_NE || kind == '<' || kind == '>' || kind == T_LE ||
	       kind == T_GE;
}

static bool compare_text(int op, const struct operand *left, const struct operand *right)
{
	if ((op == T_EQ || op == T_NE) && strpbrk(right->text, "*?["))
		return decide(op, fnmatch(right->text, left->text, 0) != 0);
	return decide(op, left->kind == OPERAND_VERSION ? strverscmp(left->text, right->text)
							: strcmp(left->text, right->text));
}

static bool compare(struct condition *condition, int op, const struct operand *left,
		    const struct operand *right, bool live)
{
	if (!live || condition->failed)
		return false;
	if (left->kind == OPERAND_MISSING || right->kind == OPERAND_MISSING) {
		fail(condition, left->kind == OPERAND_MISSING ? left->range : right->range,
		     "the script was not given this argument");
		return false;
	}
	if (left->kind == OPERAND_NUMBER && right->kind == OPERAND_NUMBER)
		return decide(op, left->number < right->number   ? -1
				  : left->number > right->number ? 1
								 : 0);
	if (left->kind == OPERAND_NUMBER || right->kind == OPERAND_NUMBER) {
		fail(condition, range_join(left->range, right->range),
		     "a number cannot be compared with a string");
		return false;
	}
	return compare_text(op, left, right);
}

/* defined(@1), defined($2) */
static bool parse_defined(struct condition *condition)
{
	struct token open = tokens_raw(condition->tokens), token, close;

	token = tokens_raw(condition->tokens);
	close = tokens_raw(condition->tokens);
	if (open.kind != '(' || close.kind != ')' ||
	    (token.kind != TOKEN_ARGUMENT && token.kind != TOKEN_ARGUMENT_STRING)) {
		fail(condition, token.range, "'defined' asks for an argument: defined(@1)");
		return false;
	}
	advance(condition);
	return !is_missing_argument(condition, &token);
}

static bool parse_parentheses(struct condition *condition, bool live)
{
	bool value;

	if (++condition->depth > MAX_DEPTH) {
		fail(condition, condition->token.range, "this condition is nested too deeply");
		return false;
	}
	advance(condition);
	value = parse_or(condition, live);
	condition->depth--;
	if (condition->token.kind == ')')
		advance(condition);
	else
		fail(condition, condition->token.range, "this condition needs a ')'");
	return value;
}

static bool parse_term(struct condition *condition, bool live)
{
	struct operand left, right;
	int op;

	if (condition->token.kind == '(')
		return parse_parentheses(condition, live);
	if (condition->token.kind == T_NAME && !strcmp(condition->token.text, "defined"))
		return parse_defined(condition);
	left = parse_side(condition);
	op = condition->token.kind;
	if (condition->failed || !is_comparison(op)) {
		fail(condition, condition->token.range,
		     "a condition compares with == != < <= > or >=");
		return false;
	}
	advance(condition);
	right = parse_side(condition);
	return compare(condition, op, &left, &right, live);
}

static bool parse_and(struct condition *condition, bool live)
{
	bool value = parse_term(condition, live);

	while (!condition->failed && condition->token.kind == T_AND) {
		advance(condition);
		value = parse_term(condition, live && value) && value;
	}
	return value;
}

static bool parse_or(struct condition *condition, bool live)
{
	bool value = parse_and(condition, live);

	while (!condition->failed && condition->token.kind == T_OR) {
		advance(condition);
		value = parse_and(condition, live && !value) || value;
	}
	return value;
}

static bool ends_condition(int kind)
{
	return kind == TOKEN_THEN || kind == TOKEN_ELSE || kind == TOKEN_CLOSE ||
	       kind == TOKEN_END;
}

int condition_read(struct tokens *tokens, struct syntax *syntax, bool *taken)
{
	struct condition condition = {
		.tokens = tokens, .syntax = syntax, .outer = tokens_depth(tokens)};

	advance(&condition);
	*taken = parse_or(&condition, true);
	if (condition.token.kind != TOKEN_THEN)
		fail(&condition, condition.token.range, "this condition needs a '%?' after it");
	while (!ends_condition(condition.token.kind))
		condition.token = tokens_raw(tokens);
	if (condition.failed)
		*taken = false;
	return condition.token.kind;
}
