/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of a script: what the parser makes, what semantic analysis annotates, and what code
 * generation reads. One set of nodes serves all three; a field says in its comment who fills
 * it ("parser" unless said).
 *
 * Trees are allocated from the compilation's arena and never freed one by one. A tree may be
 * copied (ast_copy_*), since one script body serves several probe points.
 */
#ifndef SPILE_SYNTAX_AST_H
#define SPILE_SYNTAX_AST_H

#include "compiler/syntax/diag.h"

/* A deeper tree is an error, so that walking one recursively is safe. */
enum { AST_MAX_HEIGHT = 1000 };

struct expr;
struct stmt;
struct symbol;   /* semantic/program.h: a global, a local or a parameter */
struct function; /* semantic/program.h */
struct access;   /* probes/access.h: how a target variable is reached */

enum value_type {
	TYPE_UNKNOWN, /* not inferred (yet), or does not matter */
	TYPE_LONG,    /* 64-bit signed */
	TYPE_STRING,  /* by value */
	TYPE_STATS,   /* statistics aggregate */
	TYPE_VOID,    /* a function without a value */
};

struct expr_vec {
	VEC(struct expr *);
};
struct stmt_vec {
	VEC(struct stmt *);
};

/* ---- expressions ------------------------------------------------------------------------ */

enum expr_kind {
	EXPR_NUMBER,  /* number */
	EXPR_STRING,  /* string */
	EXPR_NAME,    /* name (a variable) */
	EXPR_INDEX,   /* index: array[keys]; a NULL key stands for "*" (slices) */
	EXPR_TARGET,  /* target: $x->y[1], @var("x"), @cast(p, "t")->z, &... */
	EXPR_UNARY,   /* unary: - ! ~ + */
	EXPR_BINARY,  /* binary */
	EXPR_TERNARY, /* ternary */
	EXPR_ASSIGN,  /* assign: = += ... <<< .= */
	EXPR_CREMENT, /* crement: ++x x++ --x x-- */
	EXPR_CALL,    /* call */
	EXPR_IN,      /* in: [a, b] in array */
	EXPR_REGEX,   /* regex: s =~ "re", s !~ "re" */
	EXPR_STAT,    /* stat: @count(s) @hist_log(s) ... */
	EXPR_HIST_AT, /* hist_at: @hist_log(s)[i] */
	EXPR_PRINT,   /* print: printf sprintf print println printd ... */
	EXPR_ENTRY,   /* entry: @entry(e) */
	EXPR_DEFINED, /* operand: @defined(e); folded to a number by semantic analysis */
	EXPR_PROBEWRITE, /* operand: @probewrite(v); likewise */
	EXPR_PERF,    /* string: @perf("name") */
	EXPR_CONST,   /* string: @const("C expression") */
	EXPR_ENUM,    /* enumerator: @enum(...), @enumname(...) */
	EXPR_SIZEOF,  /* size_of: @cast_module_sizeof("module", "type"), sizeof */
	EXPR_EMBEDDED, /* string: %{ C %} as a value */
};

enum unary_op { UNARY_MINUS, UNARY_PLUS, UNARY_NOT, UNARY_COMPLEMENT };

/* In the order of increasing precedence. */
enum binary_op {
	BINARY_LOGICAL_OR,
	BINARY_LOGICAL_AND,
	BINARY_OR,
	BINARY_XOR,
	BINARY_AND,
	BINARY_EQ,
	BINARY_NE,
	BINARY_LT,
	BINARY_GT,
	BINARY_LE,
	BINARY_GE,
	BINARY_CONCAT, /* "." */
	BINARY_SHL,
	BINARY_SHR,    /* >>: arithmetic */
	BINARY_SHRL,   /* >>>: logical */
	BINARY_ADD,
	BINARY_SUB,
	BINARY_MUL,
	BINARY_DIV,
	BINARY_MOD,
};

/* Assignment: plain, into statistics, or with one of the operators above. */
enum assign_op { ASSIGN_SET, ASSIGN_STAT /* <<< */, ASSIGN_BINARY /* op= */ };

/* One step of a target variable's path. */
enum component_kind {
	COMPONENT_MEMBER,      /* ->name; also .name when no blank stands around the dot */
	COMPONENT_INDEX,       /* [expr]; number literals have index->kind == EXPR_NUMBER */
	COMPONENT_PRETTY,      /* a trailing $ */
	COMPONENT_PRETTY_FULL, /* a trailing $$ */
};

struct component {
	enum component_kind kind;
	const char *member;
	struct expr *index;
	struct range range;
};

enum target_kind {
	TARGET_DOLLAR, /* $name; $$name has name "$name" ("$vars", "$locals", "$parms", ...) */
	TARGET_VAR,    /* @var("name@file", "module") */
	TARGET_CAST,   /* @cast(pointer, "type", "module"), @kderef, @uderef: see below */
	TARGET_KREGISTER, /* @kregister(n) */
	TARGET_UREGISTER, /* @uregister(n) */
	TARGET_KDEREF, /* @kderef(size, address) */
	TARGET_UDEREF, /* @uderef(size, address) */
	TARGET_AUTOCAST, /* operand->member: the operand's type is what it was assigned from */
};

struct target {
	enum target_kind kind;
	const char *name;      /* without the leading '$'; for TARGET_VAR "name@file" */
	const char *module;    /* @var, @cast: "" when not given; may be "a:b" alternatives */
	const char *type_name; /* @cast */
	struct expr *operand;  /* @cast, autocast: the pointer; registers: the number; deref: the
				  address */
	struct expr *size;     /* @kderef, @uderef */
	bool address_of;       /* & in front */
	struct {
		VEC(struct component);
	} path;
	const struct access *access; /* semantic: how to compute it, from the probe family */
	struct range name_range;
};

enum crement_kind { PRE_INCREMENT, PRE_DECREMENT, POST_INCREMENT, POST_DECREMENT };

enum stat_op {
	STAT_COUNT,
	STAT_SUM,
	STAT_MIN,
	STAT_MAX,
	STAT_AVG,
	STAT_VARIANCE,
	STAT_HIST_LINEAR, /* parameters: low, high, width */
	STAT_HIST_LOG,
};

struct stat_expr {
	enum stat_op op;
	struct expr *operand; /* EXPR_NAME or EXPR_INDEX */
	int64_t parameter[3]; /* hist_linear's low, high, width; variance's shift in [0] */
	unsigned parameters;
};

/* One conversion, or the literal text between two, of a printf format. */
enum directive_kind {
	DIRECTIVE_LITERAL, /* text */
	DIRECTIVE_SIGNED,  /* %d %i */
	DIRECTIVE_UNSIGNED, /* %u */
	DIRECTIVE_OCTAL,
	DIRECTIVE_HEX,
	DIRECTIVE_HEX_UPPER,
	DIRECTIVE_POINTER, /* %p */
	DIRECTIVE_STRING,  /* %s */
	DIRECTIVE_CHAR,    /* %c */
	DIRECTIVE_BINARY,  /* %b: value as 1, 2, 4 or 8 raw bytes */
	DIRECTIVE_MEMORY,  /* %m: raw bytes at an address; precision gives the number */
	DIRECTIVE_MEMORY_HEX, /* %M: the same in hexadecimal */
};

enum directive_flag {
	DIRECTIVE_ZERO = 1,  /* 0 */
	DIRECTIVE_SPACE = 2,
	DIRECTIVE_PLUS = 4,
	DIRECTIVE_LEFT = 8,  /* - */
	DIRECTIVE_ALTERNATE = 16, /* # */
};

enum { WIDTH_NONE = -1, WIDTH_ARGUMENT = -2 /* given by '*' */ };

struct directive {
	enum directive_kind kind;
	unsigned flags;
	int width;     /* WIDTH_NONE, WIDTH_ARGUMENT or the number */
	int precision; /* likewise */
	const char *text; /* DIRECTIVE_LITERAL, escapes already decoded */
	unsigned length;
};

enum print_kind {
	PRINT_PRINT,   /* print, println: one value of any type, also a histogram */
	PRINT_PRINTF,  /* printf: format + values */
	PRINT_PRINTD,  /* printd, printdln: delimiter + values */
};

struct print_expr {
	enum print_kind kind;
	bool to_string; /* the s... variant: the value of the expression */
	bool newline;   /* the ...ln variant */
	bool is_char;   /* print_char, sprint_char */
	const char *spelling; /* "printf", "sprintln", ... */
	const char *format;   /* PRINT_PRINTF: the literal format string */
	struct range format_range;
	struct expr *delimiter; /* PRINT_PRINTD: a string literal */
	struct expr_vec args;   /* values, '*' widths among them in order */
	struct {
		VEC(struct directive);
	} directives; /* semantic, for every kind: what is to be printed */
};

struct expr {
	enum expr_kind kind;
	struct range range;
	enum value_type type; /* semantic */
	unsigned bound;       /* semantic: a string's greatest length in bytes, without the NUL */
	unsigned height;      /* of the tree below; the parser keeps it under AST_MAX_HEIGHT */
	union {
		int64_t number;
		struct {
			const char *text; /* escapes decoded; no NUL inside */
			unsigned length;
		} string;
		struct {
			const char *text;
			struct symbol *symbol; /* semantic */
		} name;
		struct {
			struct expr *array; /* EXPR_NAME (or EXPR_STAT: a histogram) */
			struct expr_vec keys;
		} index;
		struct target *target;
		struct {
			enum unary_op op;
			struct expr *operand;
		} unary;
		struct {
			enum binary_op op;
			struct expr *left, *right;
			struct range op_range;
		} binary;
		struct {
			struct expr *condition, *then, *otherwise;
		} ternary;
		struct {
			enum assign_op op;
			enum binary_op binary; /* for ASSIGN_BINARY */
			struct expr *left, *right;
		} assign;
		struct {
			enum crement_kind op;
			struct expr *operand;
		} crement;
		struct {
			const char *name;
			struct range name_range;
			struct expr_vec args;
			/* semantic: the overloads, tried in this order until one does not `next` */
			struct function **candidates;
			unsigned n_candidates;
		} call;
		struct {
			struct expr_vec keys; /* NULL for "*" */
			struct expr *array;   /* EXPR_NAME */
		} in;
		struct {
			struct expr *left;
			struct expr *pattern; /* EXPR_STRING */
			bool negated;
			unsigned dfa; /* semantic: index into program->dfas */
		} regex;
		struct stat_expr *stat;
		struct {
			struct expr *histogram; /* EXPR_STAT */
			struct expr *bucket;
		} hist_at;
		struct print_expr *print;
		struct {
			struct expr *operand;
			struct symbol *saved; /* semantic: the array that keeps it */
		} entry;
		struct expr *operand; /* EXPR_DEFINED, EXPR_PROBEWRITE */
		struct {
			const char *name;      /* @enum("NAME"), or the type of @enumname */
			const char *module;
			struct expr *value;    /* @enumname("type", value, "module") */
		} enumerator;
		struct {
			const char *module, *type_name;
		} size_of;
	};
};

/* ---- statements ------------------------------------------------------------------------- */

enum stmt_kind {
	STMT_EMPTY,
	STMT_BLOCK, /* block */
	STMT_EXPR,  /* expr */
	STMT_IF,    /* branch */
	STMT_WHILE, /* loop: condition, body */
	STMT_FOR,   /* loop: init, condition, step, body */
	STMT_FOREACH, /* foreach */
	STMT_RETURN, /* expr or NULL */
	STMT_BREAK,
	STMT_CONTINUE,
	STMT_NEXT,
	STMT_DELETE, /* expr: EXPR_NAME, EXPR_INDEX (a NULL key: slice) */
	STMT_TRY,    /* try */
	STMT_EMBEDDED, /* embedded: %{ C %} as a statement */
};

enum sort_by {
	SORT_NONE,
	SORT_VALUE, /* by the value; for statistics, by sort_stat (count when not given) */
	SORT_KEY,   /* by key number sort_key (0-based) */
};

struct foreach_stmt {
	struct expr *value;   /* EXPR_NAME or NULL: (value = [k1, k2] in ...) */
	struct expr_vec keys; /* EXPR_NAME each */
	struct expr *array;   /* EXPR_NAME; or EXPR_STAT for the buckets of a histogram */
	struct expr_vec slice; /* n == 0, or one per key, NULL for "*" */
	enum sort_by sort;
	int direction; /* +1 ascending, -1 descending */
	unsigned sort_key;
	enum stat_op sort_stat; /* @count(arr)- and so on */
	bool has_sort_stat;
	struct expr *limit; /* or NULL */
	struct stmt *body;
};

struct stmt {
	enum stmt_kind kind;
	struct range range;
	unsigned height; /* as in struct expr */
	union {
		struct stmt_vec block;
		struct expr *expr;
		struct {
			struct expr *condition;
			struct stmt *then, *otherwise; /* otherwise may be NULL */
		} branch;
		struct {
			struct expr *init, *condition, *step; /* any may be NULL with `for` */
			struct stmt *body;
		} loop;
		struct foreach_stmt *foreach;
		struct {
			struct stmt *body;
			struct expr *message; /* EXPR_NAME that receives the error, or NULL */
			struct stmt *handler;
		} try;
		const char *embedded;
	};
};

/* ---- declarations ----------------------------------------------------------------------- */

/* One component of a probe point: name, or name(argument). */
struct point_component {
	const char *name; /* may hold wildcards * and ? ("sys*") */
	struct expr *argument; /* NULL, EXPR_NUMBER or EXPR_STRING */
	struct range range;
};

struct probe_point {
	struct {
		VEC(struct point_component);
	} components;
	bool optional;   /* ? */
	bool sufficient; /* ! */
	struct expr *condition; /* if (...) or NULL */
	struct range range;
};

struct point_vec {
	VEC(struct probe_point *); /* {a,b} alternatives are expanded by the parser */
};

struct probe_decl {
	struct point_vec points;
	struct stmt *body; /* STMT_BLOCK */
	struct range range;
	bool privileged;
};

struct alias_decl {
	struct point_vec names;  /* probe NAME, NAME2 = ...: components without arguments */
	struct point_vec points; /* what it stands for */
	/* What runs before and after the user's body; one of them is NULL but for `= p {}, {}`. */
	struct stmt *prologue, *epilogue;
	struct range range;
	const char *comment; /* the kernel-doc comment in front, or NULL */
};

struct parameter {
	const char *name;
	enum value_type type; /* TYPE_UNKNOWN when not written */
	struct range range;
};

struct function_decl {
	const char *name;
	struct range name_range;
	struct {
		VEC(struct parameter);
	} parameters;
	enum value_type type; /* of the result, TYPE_UNKNOWN when not written */
	int64_t priority;     /* function f:long(a) : 2; smaller is tried first */
	bool has_priority;    /* it is written; else it is 0, in a tapset 1 */
	bool private;
	struct stmt *body;    /* STMT_BLOCK, or STMT_EMBEDDED for %{ %} */
	struct range range;
	const char *comment;
};

struct global_decl {
	const char *name;
	struct range range;
	bool private;
	bool wrap;        /* name%[...]: a full array drops its oldest entry */
	int64_t max_size; /* name[1000]; 0 when not written */
	struct expr *init; /* literal or NULL */
	const char *given; /* the initial value of -G, or NULL; of the type that the global has */
	const char *comment;
};

struct declaration_ref {
	char kind;      /* p a f g e: probe, alias, function, global, embedded */
	unsigned index; /* in the list of its kind */
};

struct script_file {
	const struct source *source;
	struct {
		VEC(struct probe_decl *);
	} probes;
	struct {
		VEC(struct alias_decl *);
	} aliases;
	struct {
		VEC(struct function_decl *);
	} functions;
	struct {
		VEC(struct global_decl *);
	} globals;
	struct {
		VEC(const char *);
	} embedded; /* top-level %{ %} */
	struct range embedded_range; /* of the first one */
	/* For printing in the written order. */
	struct {
		VEC(struct declaration_ref);
	} order;
};

/* ---- walking, copying, making ----------------------------------------------------------- */

struct expr *expr_new(struct arena *arena, enum expr_kind kind, struct range range);
struct stmt *stmt_new(struct arena *arena, enum stmt_kind kind, struct range range);
struct expr *expr_number(struct arena *arena, int64_t number, struct range range);
struct expr *expr_string(struct arena *arena, const char *text, struct range range);
struct expr *expr_name(struct arena *arena, const char *name, struct range range);

/* Deep copies; symbols, functions and accesses already resolved are shared. */
struct expr *expr_copy(struct arena *arena, const struct expr *expr);
struct stmt *stmt_copy(struct arena *arena, const struct stmt *stmt);

/*
 * The places of a node's own children, where they can be replaced: those of an expression, the
 * expressions that belong to a statement itself, and the statements in it. Those of a target that
 * is resolved are its access's. A place that is empty is left out.
 */
typedef void (*expr_fn)(struct expr **place, void *data);
typedef void (*stmt_fn)(struct stmt **place, void *data);
void expr_each_child(struct expr *expr, expr_fn fn, void *data);
void stmt_each_expr(struct stmt *stmt, expr_fn fn, void *data);
void stmt_each_child(struct stmt *stmt, stmt_fn fn, void *data);

/*
 * Calls the visitor for every expression (pre-order) and statement below; `expr` gets the place
 * that holds the expression, so that it can be replaced. Either function may be NULL. A visitor
 * that returns false is not taken below that node.
 */
struct ast_visitor {
	bool (*expr)(struct ast_visitor *visitor, struct expr **place);
	bool (*stmt)(struct ast_visitor *visitor, struct stmt **place);
	void *data;
};
void ast_visit_expr(struct ast_visitor *visitor, struct expr **place);
void ast_visit_stmt(struct ast_visitor *visitor, struct stmt **place);

/* Normalised source text: parsing it again gives the same tree. */
void ast_print_expr(FILE *out, const struct expr *expr);
const char *stat_name(enum stat_op op); /* "count" */
void ast_print_keys(FILE *out, const struct expr_vec *keys); /* "[a, *, b]" */
void ast_print_stmt(FILE *out, const struct stmt *stmt, unsigned indent);
void ast_print_point(FILE *out, const struct probe_point *point);
void ast_print_file(FILE *out, const struct script_file *file);
/* "process(\"x\").function(\"f\").return", in the arena. */
const char *point_to_string(struct arena *arena, const struct probe_point *point);

const char *value_type_name(enum value_type type); /* "long", "string", "stats", "unknown" */
const char *binary_op_spelling(enum binary_op op); /* "+", "<<", ... */

/* Functions that print are known to the parser; print_char() and its kin are not offered. */
bool print_is_known(const char *name);
void print_offer_all(struct suggest *suggest);

#endif
