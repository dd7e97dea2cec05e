/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of the SystemTap language. Statements need no separators: wherever a statement
 * could end or go on, it goes on (the rules marked LOWEST). The parser is pushed its tokens by
 * parse.c, and never gives up: after an error parse.c discards tokens up to one that can start a
 * statement or a declaration, and leaves it to the rules with `error`.
 */
%define api.pure full
%define api.push-pull push
%define api.prefix {grammar_}
%define api.location.type {struct range}
%define parse.error custom
%define parse.lac full
%locations
%parse-param {struct parser *parser}

%code requires {
#include "compiler/syntax/parse.h"
}

%union {
	struct token token;
	struct expr *expr;
	struct expr_vec *exprs;
	struct stmt *stmt;
	struct stmt_vec *stmts;
	struct sorted sorted;
	struct sorted_vec *sorteds;
	struct foreach_stmt *foreach;
	struct point_vec *points;
	struct parameter_vec *parameters;
	struct function_decl *function;
	struct global_decl *global;
	struct global_vec *globals;
	enum value_type type;
	int number;
}

%code {
#include "compiler/syntax/expected.h"

#define YYMAXDEPTH 20000
#define YYLLOC_DEFAULT(current, rhs, n)                                                            \
	((current) = (n) ? range_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                          \
			 : (struct range){YYRHSLOC(rhs, 0).source, YYRHSLOC(rhs, 0).end,           \
					  YYRHSLOC(rhs, 0).end})

static void grammar_error(struct range *range, struct parser *parser, const char *message);

#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
}

%token T_START_FILE T_START_INPUT
/* From here to T_LIMIT: words. */
%token <token> T_NAME "a name"
%token <token> T_BREAK "'break'" T_CATCH "'catch'" T_CONTINUE "'continue'" T_DELETE "'delete'"
	T_ELSE "'else'" T_FOR "'for'" T_FOREACH "'foreach'" T_FUNCTION "'function'"
	T_GLOBAL "'global'" T_IF "'if'" T_IN "'in'" T_NEXT "'next'" T_PRIVATE "'private'"
	T_PROBE "'probe'" T_RETURN "'return'" T_TRY "'try'" T_WHILE "'while'" T_LIMIT "'limit'"
%token <token> T_NUMBER "a number" T_STRING "a string" T_EMBEDDED "embedded C" T_DOLLAR "a '$' variable"
%token <token> T_STAT "a statistics operator" T_HIST "a histogram" T_VAR "'@var'" T_CAST "'@cast'"
	T_ENTRY "'@entry'" T_DEFINED "'@defined'" T_QUOTED "'@const'" T_ENUM "'@enum'"
	T_ENUMNAME "'@enumname'" T_SIZEOF "'@cast_sizeof'" T_REGISTER "'@kregister'"
	T_DEREF "'@kderef'"
%token <token> T_PRETTY "'$'" T_OP_ASSIGN "an assignment"
%token T_ARROW "'->'" T_DOT "'. '" T_INCREMENT "'++'" T_DECREMENT "'--'" T_AND "'&&'" T_OR "'||'"
	T_EQ "'=='" T_NE "'!='" T_LE "'<='" T_GE "'>='" T_MATCH "'=~'" T_NO_MATCH "'!~'"
	T_SHL "'<<'" T_SHR "'>>'" T_SHRL "'>>>'" T_STAT_ADD "'<<<'" T_ADD_ASSIGN "'+='"
	T_GROUP_OPEN "'{ '" T_GROUP_CLOSE "'} '"
%token <token> '{'

%precedence LOWEST
%precedence T_ELSE ';'
%right '=' T_ADD_ASSIGN T_OP_ASSIGN T_STAT_ADD
%right '?' ':'
%left T_OR
%left T_AND
%left '|'
%left '^'
%left '&'
%precedence T_IN
%left T_EQ T_NE T_MATCH T_NO_MATCH
%left '<' '>' T_LE T_GE
%left '.' T_DOT
%left T_SHL T_SHR T_SHRL
%left '+' '-'
%left '*' '/' '%'
%precedence UNARY '!' '~'
%precedence T_INCREMENT T_DECREMENT
%precedence '(' '[' T_ARROW
/* What else can start an expression, for "return" and the like. */
%precedence T_NAME T_LIMIT T_NUMBER T_STRING T_EMBEDDED T_DOLLAR T_STAT T_HIST T_VAR T_CAST T_ENTRY
	T_DEFINED T_QUOTED T_ENUM T_ENUMNAME T_SIZEOF T_REGISTER T_DEREF

%type <token> name
%type <expr> expr optional_expr literal number target histogram delete_target limit size init
%type <exprs> list list1 keys literals
%type <stmt> statement simple block body
%type <stmts> statements
%type <sorted> sorted
%type <sorteds> sorteds
%type <foreach> foreach_keys foreach_array
%type <points> points point sequence piece group alternatives alternative
%type <parameters> parameters parameters1
%type <function> function
%type <global> global
%type <globals> globals
%type <type> type
%type <expr> key
%type <number> sort marks wrap

%start input

%%

input
	: T_START_FILE declarations
	| T_START_INPUT statements { parser->body = build_block(parser, $2, @2); }
	;

/* ---- declarations ---- */

declarations
	: %empty
	| declarations declaration
	| declarations ';'
	;

declaration
	: T_PROBE points block { build_probe(parser, &$1, $2, $3, @$); }
	| T_PROBE points '=' points block { build_alias(parser, &$1, $2, $4, $5, NULL, @$); }
	| T_PROBE points '=' points block ',' block
		{ build_alias(parser, &$1, $2, $4, $5, $7, @$); }
	| T_PROBE points T_ADD_ASSIGN points block { build_alias(parser, &$1, $2, $4, NULL, $5, @$); }
	| T_FUNCTION function { build_function(parser, &$1, false, $2, @$); }
	| T_PRIVATE T_FUNCTION function { build_function(parser, &$1, true, $3, @$); }
	| T_GLOBAL globals { build_globals(parser, &$1, false, $2); }
	| T_PRIVATE T_GLOBAL globals { build_globals(parser, &$1, true, $3); }
	| T_PRIVATE globals { build_globals(parser, &$1, true, $2); }
	| T_EMBEDDED { build_embedded(parser, &$1); }
	| error
	{
		if (parse_recover_declaration(parser))
			yyclearin;
		if (parser->stop)
			YYABORT;
		yyerrok;
	}
	;

points
	: point
	| points ',' point { $$ = build_union(parser, $1, $3); }
	;

point
	: sequence marks { build_mark($1, (char)$2); $$ = $1; }
	| sequence marks T_IF '(' expr ')'
	{
		build_mark($1, (char)$2);
		build_condition(parser, $1, $5, @$);
		$$ = $1;
	}
	;

sequence
	: piece
	| sequence '.' piece { $$ = build_product(parser, $1, $3, @$); }
	| sequence group { $$ = build_product(parser, $1, $2, @$); }
	;

piece
	: T_NAME { $$ = build_component(parser, &$1, NULL, @$); }
	| T_NAME '(' literal ')' { $$ = build_component(parser, &$1, $3, @$); }
	| group
	;

group
	: T_GROUP_OPEN alternatives T_GROUP_CLOSE { $$ = $2; }
	;

alternatives
	: alternative
	| alternatives ',' alternative { $$ = build_union(parser, $1, $3); }
	;

alternative
	: sequence marks { build_mark($1, (char)$2); $$ = $1; }
	| '.' sequence marks { build_mark($2, (char)$3); $$ = $2; }
	;

marks
	: %empty { $$ = 0; }
	| '?' { $$ = '?'; }
	| '!' { $$ = '!'; }
	;

function
	: name type '(' parameters ')' body
	{
		$$ = ARENA_NEW(parser->syntax->arena, struct function_decl);
		$$->name = $1.text;
		$$->name_range = $1.range;
		$$->type = $2;
		$$->parameters.v = $4->v;
		$$->parameters.n = $4->n;
		$$->parameters.capacity = $4->capacity;
		$$->body = $6;
	}
	| name type '(' parameters ')' ':' number body
	{
		$$ = ARENA_NEW(parser->syntax->arena, struct function_decl);
		$$->name = $1.text;
		$$->name_range = $1.range;
		$$->type = $2;
		$$->parameters.v = $4->v;
		$$->parameters.n = $4->n;
		$$->parameters.capacity = $4->capacity;
		$$->priority = $7->number;
		$$->has_priority = true;
		$$->body = $8;
	}
	;

type
	: %empty { $$ = TYPE_UNKNOWN; }
	| ':' name { $$ = build_type(parser, &$2); }
	;

parameters
	: %empty { $$ = ARENA_NEW(parser->syntax->arena, struct parameter_vec); }
	| parameters1
	;

parameters1
	: name type { $$ = build_parameter(parser, NULL, &$1, $2); }
	| parameters1 ',' name type { $$ = build_parameter(parser, $1, &$3, $4); }
	;

body
	: block
	| T_EMBEDDED
	{
		$$ = stmt_new(parser->syntax->arena, STMT_EMBEDDED, @$);
		$$->embedded = $1.text;
	}
	;

globals
	: global
	{
		$$ = ARENA_NEW(parser->syntax->arena, struct global_vec);
		VEC_PUSH(parser->syntax->arena, $$, $1);
	}
	| globals ',' global
	{
		VEC_PUSH(parser->syntax->arena, $1, $3);
		$$ = $1;
	}
	;

global
	: name wrap size init { $$ = build_global(parser, &$1, $2, $3, $4, @1); }
	;

wrap
	: %empty { $$ = 0; }
	| '%' { $$ = 1; }
	;

size
	: %empty { $$ = NULL; }
	| '[' expr ']' { $$ = $2; }
	;

init
	: %empty { $$ = NULL; }
	| '=' expr { $$ = $2; }
	;

number
	: T_NUMBER { $$ = build_literal(parser, &$1, false, @$); }
	| '-' T_NUMBER { $$ = build_literal(parser, &$2, true, @$); }
	;

literal
	: number
	| T_STRING { $$ = build_literal(parser, &$1, false, @$); }
	;

literals
	: number { $$ = build_list(parser, NULL, $1); }
	| literals ',' number { $$ = build_list(parser, $1, $3); }
	;

/* ---- statements ---- */

block
	: '{' statements '}' { $$ = build_block(parser, $2, @$); }
	;

statements
	: %empty { $$ = ARENA_NEW(parser->syntax->arena, struct stmt_vec); }
	| statements statement { $$ = build_stmts(parser, $1, $2); }
	;

statement
	: ';' { $$ = build_simple(parser, STMT_EMPTY, NULL, @$); }
	| block
	| simple semicolons %prec LOWEST { $$ = $1; }
	| T_IF '(' expr ')' statement %prec LOWEST { $$ = build_if(parser, $3, $5, NULL, @$); }
	| T_IF '(' expr ')' statement T_ELSE statement { $$ = build_if(parser, $3, $5, $7, @$); }
	| T_WHILE '(' expr ')' statement { $$ = build_loop(parser, NULL, $3, NULL, $5, @$); $$->kind = STMT_WHILE; }
	| T_FOR '(' optional_expr ';' optional_expr ';' optional_expr ')' statement
	{
		$$ = build_loop(parser, $3, $5, $7, $9, @$);
	}
	| T_FOREACH '(' foreach_keys T_IN foreach_array limit ')' statement
	{
		$$ = build_foreach(parser, $3, $5, $6, $8, @$);
	}
	| T_TRY block T_CATCH block { $$ = build_try(parser, $2, NULL, $4, @$); }
	| T_TRY block T_CATCH '(' name ')' block { $$ = build_try(parser, $2, &$5, $7, @$); }
	| error
	{
		if (parse_recover_statement(parser))
			yyclearin;
		if (parser->stop)
			YYABORT;
		yyerrok;
		$$ = build_simple(parser, STMT_EMPTY, NULL, @$);
	}
	;

semicolons
	: %empty %prec LOWEST
	| semicolons ';'
	;

simple
	: expr %prec LOWEST { $$ = build_simple(parser, STMT_EXPR, $1, @$); }
	| T_RETURN %prec LOWEST { $$ = build_simple(parser, STMT_RETURN, NULL, @$); }
	| T_RETURN expr %prec LOWEST { $$ = build_simple(parser, STMT_RETURN, $2, @$); }
	| T_BREAK { $$ = build_simple(parser, STMT_BREAK, NULL, @$); }
	| T_CONTINUE { $$ = build_simple(parser, STMT_CONTINUE, NULL, @$); }
	| T_NEXT { $$ = build_simple(parser, STMT_NEXT, NULL, @$); }
	| T_DELETE delete_target { $$ = build_simple(parser, STMT_DELETE, $2, @$); }
	;

delete_target
	: name %prec LOWEST { $$ = build_name(parser, &$1); }
	| name '[' keys ']' { $$ = build_index(parser, &$1, $3, true, @$); }
	;

optional_expr
	: %empty { $$ = NULL; }
	| expr
	;

foreach_keys
	: sorted { $$ = build_foreach_keys(parser, (struct sorted){0}, build_sorted(parser, NULL, $1)); }
	| '[' sorteds ']' { $$ = build_foreach_keys(parser, (struct sorted){0}, $2); }
	| sorted '=' sorted { $$ = build_foreach_keys(parser, $1, build_sorted(parser, NULL, $3)); }
	| sorted '=' '[' sorteds ']' { $$ = build_foreach_keys(parser, $1, $4); }
	;

sorteds
	: sorted { $$ = build_sorted(parser, NULL, $1); }
	| sorteds ',' sorted { $$ = build_sorted(parser, $1, $3); }
	;

sorted
	: name sort { $$ = (struct sorted){build_name(parser, &$1), $2}; }
	;

sort
	: %empty { $$ = 0; }
	| '+' { $$ = 1; }
	| '-' { $$ = -1; }
	;

foreach_array
	: name sort { $$ = build_foreach_array(parser, &$1, NULL, NULL, $2); }
	| name T_STAT sort { $$ = build_foreach_array(parser, &$1, NULL, &$2, $3); }
	| name '[' keys ']' sort { $$ = build_foreach_array(parser, &$1, $3, NULL, $5); }
	| name '[' keys ']' T_STAT sort { $$ = build_foreach_array(parser, &$1, $3, &$5, $6); }
	| T_STAT '(' name ')' sort { $$ = build_foreach_array(parser, &$3, NULL, &$1, $5); }
	| histogram sort { $$ = build_foreach_histogram(parser, $1, $2); }
	;

limit
	: %empty { $$ = NULL; }
	| T_LIMIT expr { $$ = $2; }
	;

/* ---- expressions ---- */

name
	: T_NAME
	| T_LIMIT
	;

list
	: %empty { $$ = ARENA_NEW(parser->syntax->arena, struct expr_vec); }
	| list1
	;

list1
	: expr { $$ = build_list(parser, NULL, $1); }
	| list1 ',' expr { $$ = build_list(parser, $1, $3); }
	;

keys
	: key { $$ = build_list(parser, NULL, $1); }
	| keys ',' key { $$ = build_list(parser, $1, $3); }
	;

key
	: expr
	| '*' { $$ = NULL; }
	;

histogram
	: T_HIST '(' expr ')' { $$ = build_stat(parser, &$1, $3, NULL, @$); }
	| T_HIST '(' expr ',' literals ')' { $$ = build_stat(parser, &$1, $3, $5, @$); }
	;

target
	: T_DOLLAR { $$ = build_dollar(parser, &$1); }
	| T_VAR '(' T_STRING ')' { $$ = build_var(parser, &$3, NULL, @$); }
	| T_VAR '(' T_STRING ',' T_STRING ')' { $$ = build_var(parser, &$3, &$5, @$); }
	| T_CAST '(' expr ',' T_STRING ')' { $$ = build_cast(parser, $3, &$5, NULL, @$); }
	| T_CAST '(' expr ',' T_STRING ',' T_STRING ')' { $$ = build_cast(parser, $3, &$5, &$7, @$); }
	| T_REGISTER '(' expr ')' { $$ = build_machine(parser, &$1, NULL, $3, @$); }
	| T_DEREF '(' expr ',' expr ')' { $$ = build_machine(parser, &$1, $3, $5, @$); }
	| target T_ARROW T_NAME { $$ = build_member(parser, $1, &$3, @$); }
	| expr T_ARROW T_NAME { $$ = build_member(parser, $1, &$3, @$); }
	| target T_DOT T_NAME { $$ = build_member(parser, $1, &$3, @$); }
	| target '[' expr ']' { $$ = build_element(parser, $1, $3, @$); }
	| target T_PRETTY { $$ = build_pretty(parser, $1, &$2, @$); }
	;

expr
	: T_NUMBER { $$ = build_literal(parser, &$1, false, @$); }
	| T_STRING { $$ = build_literal(parser, &$1, false, @$); }
	| name %prec LOWEST { $$ = build_name(parser, &$1); }
	| name '[' keys ']' { $$ = build_index(parser, &$1, $3, false, @$); }
	| name '(' list ')' { $$ = build_call(parser, &$1, $3, @$); }
	| target %prec LOWEST
	| '(' expr ')' { $$ = $2; }
	| T_STAT '(' expr ')' { $$ = build_stat(parser, &$1, $3, NULL, @$); }
	| T_STAT '(' expr ',' literals ')' { $$ = build_stat(parser, &$1, $3, $5, @$); }
	| histogram %prec LOWEST
	| histogram '[' expr ']' { $$ = build_hist_at(parser, $1, $3, @$); }
	| T_ENTRY '(' expr ')' { $$ = build_operand(parser, EXPR_ENTRY, $3, @$); }
	| T_DEFINED '(' expr ')' { $$ = build_operand(parser, (enum expr_kind)$1.number, $3, @$); }
	| T_QUOTED '(' T_STRING ')' { $$ = build_text(parser, (enum expr_kind)$1.number, &$3, @$); }
	| T_ENUM '(' T_STRING ')' { $$ = build_enum(parser, &$3, NULL, NULL, @$); }
	| T_ENUM '(' T_STRING ',' T_STRING ')' { $$ = build_enum(parser, &$3, NULL, &$5, @$); }
	| T_ENUMNAME '(' T_STRING ',' expr ')' { $$ = build_enum(parser, &$3, $5, NULL, @$); }
	| T_ENUMNAME '(' T_STRING ',' expr ',' T_STRING ')' { $$ = build_enum(parser, &$3, $5, &$7, @$); }
	| T_SIZEOF '(' T_STRING ')' { $$ = build_sizeof(parser, &$1, &$3, NULL, @$); }
	| T_SIZEOF '(' T_STRING ',' T_STRING ')' { $$ = build_sizeof(parser, &$1, &$3, &$5, @$); }
	| T_EMBEDDED { $$ = build_text(parser, EXPR_EMBEDDED, &$1, @$); }
	| '-' expr %prec UNARY { $$ = build_unary(parser, UNARY_MINUS, $2, @$); }
	| '+' expr %prec UNARY { $$ = build_unary(parser, UNARY_PLUS, $2, @$); }
	| '!' expr %prec UNARY { $$ = build_unary(parser, UNARY_NOT, $2, @$); }
	| '~' expr %prec UNARY { $$ = build_unary(parser, UNARY_COMPLEMENT, $2, @$); }
	| '&' expr %prec UNARY { $$ = build_address(parser, $2, @$); }
	| T_INCREMENT expr %prec UNARY { $$ = build_crement(parser, PRE_INCREMENT, $2, @$); }
	| T_DECREMENT expr %prec UNARY { $$ = build_crement(parser, PRE_DECREMENT, $2, @$); }
	| expr T_INCREMENT { $$ = build_crement(parser, POST_INCREMENT, $1, @$); }
	| expr T_DECREMENT { $$ = build_crement(parser, POST_DECREMENT, $1, @$); }
	| expr '*' expr { $$ = build_binary(parser, BINARY_MUL, $1, $3, @$, @2); }
	| expr '/' expr { $$ = build_binary(parser, BINARY_DIV, $1, $3, @$, @2); }
	| expr '%' expr { $$ = build_binary(parser, BINARY_MOD, $1, $3, @$, @2); }
	| expr '+' expr { $$ = build_binary(parser, BINARY_ADD, $1, $3, @$, @2); }
	| expr '-' expr { $$ = build_binary(parser, BINARY_SUB, $1, $3, @$, @2); }
	| expr T_SHL expr { $$ = build_binary(parser, BINARY_SHL, $1, $3, @$, @2); }
	| expr T_SHR expr { $$ = build_binary(parser, BINARY_SHR, $1, $3, @$, @2); }
	| expr T_SHRL expr { $$ = build_binary(parser, BINARY_SHRL, $1, $3, @$, @2); }
	| expr '.' expr { $$ = build_binary(parser, BINARY_CONCAT, $1, $3, @$, @2); }
	| expr T_DOT expr { $$ = build_binary(parser, BINARY_CONCAT, $1, $3, @$, @2); }
	| expr '<' expr { $$ = build_binary(parser, BINARY_LT, $1, $3, @$, @2); }
	| expr '>' expr { $$ = build_binary(parser, BINARY_GT, $1, $3, @$, @2); }
	| expr T_LE expr { $$ = build_binary(parser, BINARY_LE, $1, $3, @$, @2); }
	| expr T_GE expr { $$ = build_binary(parser, BINARY_GE, $1, $3, @$, @2); }
	| expr T_EQ expr { $$ = build_binary(parser, BINARY_EQ, $1, $3, @$, @2); }
	| expr T_NE expr { $$ = build_binary(parser, BINARY_NE, $1, $3, @$, @2); }
	| expr T_MATCH T_STRING { $$ = build_regex(parser, false, $1, &$3, @$); }
	| expr T_NO_MATCH T_STRING { $$ = build_regex(parser, true, $1, &$3, @$); }
	| expr T_IN name { $$ = build_in(parser, build_list(parser, NULL, $1), &$3, @$); }
	| '[' keys ']' T_IN name { $$ = build_in(parser, $2, &$5, @$); }
	| expr '&' expr { $$ = build_binary(parser, BINARY_AND, $1, $3, @$, @2); }
	| expr '^' expr { $$ = build_binary(parser, BINARY_XOR, $1, $3, @$, @2); }
	| expr '|' expr { $$ = build_binary(parser, BINARY_OR, $1, $3, @$, @2); }
	| expr T_AND expr { $$ = build_binary(parser, BINARY_LOGICAL_AND, $1, $3, @$, @2); }
	| expr T_OR expr { $$ = build_binary(parser, BINARY_LOGICAL_OR, $1, $3, @$, @2); }
	| expr '?' expr ':' expr { $$ = build_ternary(parser, $1, $3, $5, @$); }
	| expr '=' expr { $$ = build_assign(parser, ASSIGN_SET, 0, $1, $3, @$); }
	| expr T_STAT_ADD expr { $$ = build_assign(parser, ASSIGN_STAT, 0, $1, $3, @$); }
	| expr T_ADD_ASSIGN expr { $$ = build_assign(parser, ASSIGN_BINARY, BINARY_ADD, $1, $3, @$); }
	| expr T_OP_ASSIGN expr
	{
		$$ = build_assign(parser, ASSIGN_BINARY, (enum binary_op)$2.number, $1, $3, @$);
	}
	;

%%

static void add_expected(struct expected *expected, yysymbol_kind_t kind)
{
	if (kind > YYSYMBOL_YYUNDEF && kind < YYNTOKENS && expected->n < EXPECTED_MAX)
		expected->names[expected->n++] = yysymbol_name(kind);
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *parser)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	struct expected expected = {.arena = parser->syntax->arena};
	int i, n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);

	for (i = 0; i < n; i++)
		add_expected(&expected, kinds[i]);
	parse_report(parser, expected_describe(&expected));
	return 0;
}

/* Only called when the parser's stack is full. */
static void grammar_error(struct range *range, struct parser *parser, const char *message)
{
	(void)message;
	parser->stop = true;
	diag_error(parser->syntax->diags, *range, "nested too deeply");
}
