/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What grammar.y's actions are written with. A builder checks what the grammar cannot, reports
 * what is wrong, and returns a node nevertheless, so that parsing goes on. Internal to
 * compiler/syntax.
 */
#ifndef SPILE_SYNTAX_PARSE_H
#define SPILE_SYNTAX_PARSE_H

#include "compiler/syntax/token.h"

enum { MAX_ALTERNATIVES = 10000 /* probe points that {a,b} expands to */ };

struct parser {
	struct syntax *syntax;
	struct context context;
	struct script_file *file;
	struct stmt *body; /* of an interactive input */
	struct token current, previous;
	bool string_unclosed; /* and no error reported since */
	unsigned serial, kept; /* number of the current token; of the last that recovery kept */
	bool skip_statement, skip_declaration, skip_group; /* before the next token */
	bool wants_value; /* where the last error was, an expression was expected */
	bool half_skipped; /* of a statement that was wrong, what follows its parentheses is read */
	bool at_end_only; /* every error so far is that the input ends too soon */
	bool stop;
};

/* grammar.y, when a token does not fit: `expected` as it is to be shown, or "". */
void parse_report(struct parser *parser, const char *expected);
/* Returns true when the token that was wrong is to be dropped. */
bool parse_recover_statement(struct parser *parser);
bool parse_recover_declaration(struct parser *parser);

/* ---- build.c ---------------------------------------------------------------------------- */

struct global_vec {
	VEC(struct global_decl *);
};

struct parameter_vec {
	VEC(struct parameter);
};

/* foreach's "name+": direction 0 when not sorted */
struct sorted {
	struct expr *name;
	int direction;
};

struct sorted_vec {
	VEC(struct sorted);
};

struct expr_vec *build_list(struct parser *parser, struct expr_vec *list, struct expr *expr);

struct expr *build_literal(struct parser *parser, const struct token *token, bool minus,
			   struct range range);
struct expr *build_name(struct parser *parser, const struct token *token);
struct expr *build_index(struct parser *parser, const struct token *name,
			 const struct expr_vec *keys, bool slices, struct range range);
struct expr *build_call(struct parser *parser, const struct token *name,
			const struct expr_vec *args, struct range range);
struct expr *build_unary(struct parser *parser, enum unary_op op, struct expr *operand,
			 struct range range);
struct expr *build_address(struct parser *parser, struct expr *operand, struct range range);
struct expr *build_binary(struct parser *parser, enum binary_op op, struct expr *left,
			  struct expr *right, struct range range, struct range op_range);
struct expr *build_ternary(struct parser *parser, struct expr *condition, struct expr *then,
			   struct expr *otherwise, struct range range);
struct expr *build_assign(struct parser *parser, enum assign_op op, enum binary_op binary,
			  struct expr *left, struct expr *right, struct range range);
struct expr *build_crement(struct parser *parser, enum crement_kind op, struct expr *operand,
			   struct range range);
struct expr *build_in(struct parser *parser, const struct expr_vec *keys,
		      const struct token *array, struct range range);
struct expr *build_regex(struct parser *parser, bool negated, struct expr *left,
			 const struct token *pattern, struct range range);
struct expr *build_stat(struct parser *parser, const struct token *op, struct expr *operand,
			const struct expr_vec *parameters, struct range range);
struct expr *build_hist_at(struct parser *parser, struct expr *histogram, struct expr *bucket,
			   struct range range);
struct expr *build_operand(struct parser *parser, enum expr_kind kind, struct expr *operand,
			   struct range range);
struct expr *build_text(struct parser *parser, enum expr_kind kind, const struct token *text,
			struct range range);
struct expr *build_enum(struct parser *parser, const struct token *name, struct expr *value,
			const struct token *module, struct range range);
struct expr *build_sizeof(struct parser *parser, const struct token *op,
			  const struct token *first, const struct token *second,
			  struct range range);

/* ---- build_target.c --------------------------------------------------------------------- */

struct expr *build_dollar(struct parser *parser, const struct token *name);
struct expr *build_var(struct parser *parser, const struct token *name,
		       const struct token *module, struct range range);
struct expr *build_cast(struct parser *parser, struct expr *pointer, const struct token *type,
			const struct token *module, struct range range);
struct expr *build_machine(struct parser *parser, const struct token *op, struct expr *size,
			   struct expr *operand, struct range range);
struct expr *build_member(struct parser *parser, struct expr *target, const struct token *name,
			  struct range range);
struct expr *build_element(struct parser *parser, struct expr *target, struct expr *index,
			   struct range range);
struct expr *build_pretty(struct parser *parser, struct expr *target, const struct token *token,
			  struct range range);

/* ---- build_stmt.c ----------------------------------------------------------------------- */

/* Keeps *height above `child`'s, and reports what gets too deep. */
void build_raise(struct parser *parser, unsigned *height, unsigned child, struct range range);

struct stmt_vec *build_stmts(struct parser *parser, struct stmt_vec *list, struct stmt *stmt);
struct stmt *build_block(struct parser *parser, const struct stmt_vec *list, struct range range);
struct stmt *build_simple(struct parser *parser, enum stmt_kind kind, struct expr *expr,
			  struct range range);
struct stmt *build_if(struct parser *parser, struct expr *condition, struct stmt *then,
		      struct stmt *otherwise, struct range range);
struct stmt *build_loop(struct parser *parser, struct expr *init, struct expr *condition,
			struct expr *step, struct stmt *body, struct range range);
struct stmt *build_try(struct parser *parser, struct stmt *body, const struct token *message,
		       struct stmt *handler, struct range range);
struct sorted_vec *build_sorted(struct parser *parser, struct sorted_vec *list,
				struct sorted sorted);
struct foreach_stmt *build_foreach_keys(struct parser *parser, struct sorted value,
					const struct sorted_vec *keys);
struct foreach_stmt *build_foreach_array(struct parser *parser, const struct token *name,
					 const struct expr_vec *slice,
					 const struct token *stat, int direction);
struct foreach_stmt *build_foreach_histogram(struct parser *parser, struct expr *histogram,
					     int direction);
struct stmt *build_foreach(struct parser *parser, struct foreach_stmt *keys,
			   const struct foreach_stmt *array, struct expr *limit,
			   struct stmt *body, struct range range);

/* ---- build_decl.c ----------------------------------------------------------------------- */

/* A set of probe points, possibly of one: what alternatives expand to. */
struct point_vec *build_component(struct parser *parser, const struct token *name,
				  struct expr *argument, struct range range);
struct point_vec *build_product(struct parser *parser, const struct point_vec *left,
				const struct point_vec *right, struct range range);
struct point_vec *build_union(struct parser *parser, struct point_vec *left,
			      const struct point_vec *right);
void build_mark(struct point_vec *points, char mark);
void build_condition(struct parser *parser, struct point_vec *points, struct expr *condition,
		     struct range range);

void build_probe(struct parser *parser, const struct token *first, const struct point_vec *points,
		 struct stmt *body, struct range range);
void build_alias(struct parser *parser, const struct token *first, const struct point_vec *names,
		 const struct point_vec *points, struct stmt *prologue, struct stmt *epilogue,
		 struct range range);
enum value_type build_type(struct parser *parser, const struct token *name);
struct parameter_vec *build_parameter(struct parser *parser, struct parameter_vec *list,
				      const struct token *name, enum value_type type);
void build_function(struct parser *parser, const struct token *first, bool private,
		    struct function_decl *function, struct range range);
struct global_decl *build_global(struct parser *parser, const struct token *name, bool wrap,
				 struct expr *size, struct expr *init, struct range range);
void build_globals(struct parser *parser, const struct token *first, bool private,
		   const struct global_vec *globals);
void build_embedded(struct parser *parser, const struct token *text);

#endif
