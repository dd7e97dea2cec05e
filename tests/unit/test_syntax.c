/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax stage: printing at a fixed point, messages, the preprocessor, odd input, the REPL. */

#include "compiler/syntax/syntax.h"
#include "tests/unit/test.h"

struct bench {
	struct arena *arena;
	struct diags diags;
	struct syntax_options options;
	struct syntax syntax;
};

static const char *const arguments[] = {"begin", "5+5", "text"};

static void setup(struct bench *bench)
{
	memset(bench, 0, sizeof(*bench));
	bench->arena = arena_new();
	bench->diags.arena = bench->arena;
	bench->options = (struct syntax_options){
		.args = arguments,
		.n_args = 3,
		.kernel_version = "6.1.0",
		.kernel_release = "6.1.0-18-amd64",
		.arch = "x86_64",
		.runtime = "bpf",
		.language_version = "5.0",
	};
	bench->syntax.arena = bench->arena;
	bench->syntax.diags = &bench->diags;
	bench->syntax.options = &bench->options;
}

static void teardown(struct bench *bench)
{
	arena_free(bench->arena);
}

static const char *printed(struct bench *bench, const struct script_file *file)
{
	char *text = NULL, *copy;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ast_print_file(out, file);
	fclose(out);
	copy = arena_strndup(bench->arena, text, size);
	free(text);
	return copy;
}

static const char *messages(struct bench *bench)
{
	char *text = NULL, *copy;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	diags_print(&bench->diags, out, false);
	fclose(out);
	copy = arena_strndup(bench->arena, text, size);
	free(text);
	return copy;
}

static struct script_file *parse(struct bench *bench, const char *text)
{
	return syntax_parse(&bench->syntax, source_from_text(bench->arena, "t.stp", text));
}

/* Parses, prints, parses and prints: returns the first print if the second is the same. */
static const char *normalised(struct bench *bench, const char *text)
{
	const char *once = printed(bench, parse(bench, text)), *twice;

	if (bench->diags.errors)
		return messages(bench);
	twice = printed(bench, parse(bench, once));
	if (bench->diags.errors)
		return messages(bench);
	return strcmp(once, twice) ? "not a fixed point" : once;
}

static void check_print(const char *text, const char *wanted)
{
	struct bench bench;

	setup(&bench);
	CHECK_STR(normalised(&bench, text), wanted);
	teardown(&bench);
}

/* The statement alone, printed in a probe. */
static void check_statement(const char *text, const char *wanted)
{
	struct bench bench;
	const char *script, *expected;

	setup(&bench);
	script = arena_printf(bench.arena, "probe begin { %s }", text);
	expected = arena_printf(bench.arena, "probe begin {\n\t%s\n}\n", wanted);
	CHECK_STR(normalised(&bench, script), expected);
	teardown(&bench);
}

static void check_messages(const char *text, const char *wanted)
{
	struct bench bench;

	setup(&bench);
	parse(&bench, text);
	CHECK_STR(messages(&bench), wanted);
	teardown(&bench);
}

/* Some error is reported, with these words in it. */
static void check_error(const char *text, const char *words)
{
	struct bench bench;

	setup(&bench);
	parse(&bench, text);
	if (!CHECK(bench.diags.errors > 0) || !CHECK(strstr(messages(&bench), words)))
		printf("# for: %.60s\n# said: %s\n", text, messages(&bench));
	teardown(&bench);
}

/* ---- printing --------------------------------------------------------------------------- */

TEST(precedence)
{
	check_statement("x = (a + b) * c", "x = (a + b) * c");
	check_statement("x = (a * b) + c", "x = a * b + c");
	check_statement("x = a - (b - c)", "x = a - (b - c)");
	check_statement("x = (a - b) - c", "x = a - b - c");
	check_statement("x = (a ? b : c) ? d : e", "x = (a ? b : c) ? d : e");
	check_statement("x = a ? b : (c ? d : e)", "x = a ? b : c ? d : e");
	check_statement("x = - - a - -b - --c", "x = - -a - -b - --c");
	check_statement("x = !(a == b) && ~c", "x = !(a == b) && ~c");
	check_statement("x = (a in b) == 1", "x = (a in b) == 1");
	check_statement("x = (y = 3) + 1", "x = (y = 3) + 1");
	check_statement("x = y = 3", "x = y = 3");
	check_statement("x = a | b ^ c & d == e < f", "x = a | b ^ c & d == e < f");
	check_statement("x = a . (b . c)", "x = a . (b . c)");
	check_statement("x = (a << 1) >>> 2", "x = a << 1 >>> 2");
}

TEST(statements)
{
	check_statement("if (a) b() else if (c) d()", "if (a)\n\t\tb()\n\telse if (c)\n\t\td()");
	check_statement("if (a) if (b) c() else d()",
			"if (a)\n\t\tif (b)\n\t\t\tc()\n\t\telse\n\t\t\td()");
	check_statement("while (1) ; for (;;) break", "while (1)\n\t\t;\n\tfor (;;)\n\t\tbreak");
	check_statement("a = 1; (b)", "a = 1\n\tb");
	check_statement("a = 1; -b; c = 2", "a = 1;\n\t-b\n\tc = 2");
	check_statement("try { x() } catch (e) { }", "try {\n\t\tx()\n\t} catch (e) {\n\t}");
	check_statement("%{ code %}", "%{ code %}");
}

TEST(foreach_forms)
{
	check_statement("foreach ([a,b] in c) ;", "foreach ([a, b] in c)\n\t\t;");
	check_statement("foreach ([a-,b] in c limit 3+1) ;",
			"foreach ([a-, b] in c limit 3 + 1)\n\t\t;");
	check_statement("foreach (v = [a] in c[*]) ;", "foreach (v = a in c[*])\n\t\t;");
	check_statement("foreach (v+ = a in c) ;", "foreach (v = a in c+)\n\t\t;");
	check_statement("foreach (a in c @sum -) ;", "foreach (a in c @sum-)\n\t\t;");
	check_statement("foreach (a in @max(c)+) ;", "foreach (a in c @max+)\n\t\t;");
	check_statement("foreach (b in @hist_log(s[1])) ;",
			"foreach (b in @hist_log(s[1]))\n\t\t;");
	check_statement("delete a[*, 1]", "delete a[*, 1]");
}

TEST(target_variables)
{
	check_statement("x = $x->y[1].z", "x = $x->y[1]->z");
	check_statement("x = $x.next->if", "x = $x->next->if");
	check_statement("x = $x . y", "x = $x . y");
	check_statement("x = $$vars.y", "x = $$vars . y");
	check_statement("x = $a$ . $a$$ . $a[1]$ . $a->b$$", "x = $a$ . $a$$ . $a[1]$ . $a->b$$");
	check_statement("x = & $a->b & &$c", "x = &$a->b & &$c");
	check_statement("x = @cast(p, \"t\", \"m\")->f", "x = @cast(p, \"t\", \"m\")->f");
	check_statement("x = @var(\"v@f.c\")[2]", "x = @var(\"v@f.c\")[2]");
	check_statement("x = p->a + f(1)->b", "x = p->a + f(1)->b");
	check_statement("x = @choose_defined($a, $b)->c",
			"x = @defined($a) ? $a->c : $b->c");
}

TEST(literals)
{
	check_statement("x = 0x10 + 010 + 10", "x = 16 + 8 + 10");
	check_statement("x = 0xffffffffffffffff", "x = 18446744073709551615");
	check_statement("x = \"a\" \"b\" @3", "x = \"abtext\"");
	check_statement("x = \"\\x41\\102\\n\\t\\\"\\\\\\q\\001\"", "x = \"AB\\n\\t\\\"\\\\q\\001\"");
	check_error("probe begin { x = 0x10000000000000000 }", "does not fit in 64 bits");
	check_error("probe begin { x = 12ab }", "no number");
	check_error("probe begin { x = \"abc\n }", "never closed");
	check_error("probe begin { x = \"a\\0b\" }", "NUL");
}

TEST(declarations)
{
	check_print("global a, b[5], c%[6], d = -1, e = \"x\"",
		    "global a\nglobal b[5]\nglobal c%[6]\nglobal d = -1\nglobal e = \"x\"\n");
	check_print("private x private global y", "private global x\nprivate global y\n");
	check_print("function f:long(a:string, b):-2 { }",
		    "function f:long(a:string, b):-2 {\n}\n");
	check_print("function f() %{ a %b } %}", "function f() %{ a %b } %}\n");
	check_print("/** doc */ global a # b", "/** doc */\nglobal a\n");
	check_print("probe a.b = c.{d,e(1)}.f?, g! { }",
		    "probe a.b = c.d.f?, c.e(1).f?, g! {\n}\n");
	check_print("probe k{.a(\"x\"),.b}.return if (x) { }",
		    "probe k.a(\"x\").return if (x), k.b.return if (x) {\n}\n");
	check_print("probe sys*.re?d.*? , timer.s(1) { }", "probe sys*.re?d.*?, timer.s(1) {\n}\n");
	check_print("probe process.next.if.return { }", "probe process.next.if.return {\n}\n");
}

/* ---- the preprocessor ------------------------------------------------------------------- */

static void check_condition(const char *condition, bool wanted)
{
	struct bench bench;
	const char *script;

	setup(&bench);
	script = arena_printf(bench.arena, "global %%( %s %%? yes %%: no %%)", condition);
	CHECK_STR(normalised(&bench, script), wanted ? "global yes\n" : "global no\n");
	teardown(&bench);
}

TEST(conditions)
{
	check_condition("kernel_v >= \"5.10\"", true);
	check_condition("kernel_v < \"6.1.0\"", false);
	check_condition("kernel_vr == \"6.1*amd64\"", true);
	check_condition("arch == \"x86_64\" && runtime != \"kernel\"", true);
	check_condition("arch == \"i386\" || systemtap_v >= \"4.9\"", true);
	check_condition("1 == 2 || 1 == 1 && 2 == 3", false);
	check_condition("$# == 3 && @1 == \"begin\"", true);
	check_condition("$# > 3 && @4 == \"x\"", false);
	check_condition("defined(@3)", true);
	check_condition("defined($4)", false);
	check_condition("guru_mode == 0", true);
	check_condition("CONFIG_NOTHING == \"y\"", false);
	check_condition("\"abc\" == \"a?c\"", true);
}

TEST(conditionals_nest)
{
	check_print("global %( 1 == 1 %? %( 2 == 3 %? a %: b %) %: \"**\" %( c %)",
		    "error: this '%(' has no '%)'\n  --> t.stp:1:8\n"
		    "    1 | global %( 1 == 1 %? %( 2 == 3 %? a %: b %) %: \"**\" %( c %)\n"
		    "      |        ^~\n");
	check_print("global %( 1 == 1 %? %( 2 == 3 %? a %: b %) %: ** %( c %) %)", "global b\n");
	check_print("%( 1 == 2 %? @nothing( 99x \"open\n %) global a", "global a\n");
	check_error("global a %)", "belongs to no '%('");
	check_error("global a %( 1 %? b %)", "compares with");
}

TEST(arguments)
{
	check_statement("x = $2 * 2; y = @2; n = $#; m = @#",
			"x = 5 + 5 * 2\n\ty = \"5+5\"\n\tn = 3\n\tm = \"3\"");
	check_print("probe $1 { }", "probe begin {\n}\n");
	check_error("probe begin { x = $4 }", "there is no argument 4");
}

TEST(macros)
{
	check_print("@define n %( a %) @define m(x, y) %( @x, @y %) global @n, @m(b, c)",
		    "global a\nglobal b\nglobal c\n");
	check_print("@define p(x) %( ((@x) + 1) %) @define q(x) %( @p(@p(@x)) %)\n"
		    "probe begin { x = @q((2, 3)) }",
		    "error: expected ')', found ','\n  --> t.stp:2:24\n"
		    "    2 | probe begin { x = @q((2, 3)) }\n"
		    "      |                        ^\n");
	check_statement("@define p(x) %( (@x + 1) %) x = @p(@p(2))", "x = 2 + 1 + 1");
	check_error("@define a %( @b %) @define b %( @a %) global @a", "uses itself");
	check_error("@define a(x) %( @x %) global @a(b, c)", "takes 1 argument, not 2");
	check_error("@define count %( 1 %)", "operator of the language");
	check_error("@define a %( 1 %) @define a %( 2 %)", "defined twice");
	check_error("probe begin { x = @cuont(s) }", "did you mean '@count'?");
	check_error("@define a %( @a2 @a2 @a2 @a2 %) @define a2 %( @a3 @a3 @a3 @a3 %)\n"
		    "@define a3 %( @a4 @a4 @a4 @a4 %) @define a4 %( @a5 @a5 @a5 @a5 %)\n"
		    "@define a5 %( @a6 @a6 @a6 @a6 %) @define a6 %( @a7 @a7 @a7 @a7 %)\n"
		    "@define a7 %( @a8 @a8 @a8 @a8 %) @define a8 %( @a9 @a9 @a9 @a9 %)\n"
		    "@define a9 %( @b1 @b1 @b1 @b1 %) @define b1 %( @b2 @b2 @b2 @b2 %)\n"
		    "@define b2 %( ; ; ; ; %) probe begin { @a }",
		    "too much text");
}

TEST(library_macros)
{
	struct bench bench;

	setup(&bench);
	syntax_parse_macros(&bench.syntax,
			    source_from_text(bench.arena, "m.stpm", "@define m(x) %( @x @x %)"));
	CHECK_STR(normalised(&bench, "probe begin { @m(f()) }"),
		  "probe begin {\n\tf()\n\tf()\n}\n");
	syntax_parse_macros(&bench.syntax, source_from_text(bench.arena, "m.stpm", "global a"));
	CHECK(bench.diags.errors > 0);
	teardown(&bench);
}

/* ---- messages --------------------------------------------------------------------------- */

TEST(several_errors)
{
	check_messages("probe begin {\n\tx = 1 +* 2\n\ty = (3\n\tz = 4\n}\nprbe end { }\n",
		       "error: expected an expression, found '*'\n  --> t.stp:2:9\n"
		       "    2 |         x = 1 +* 2\n"
		       "      |                ^\n"
		       "error: expected ')', found 'z'\n  --> t.stp:4:2\n"
		       "    4 |         z = 4\n"
		       "      |         ^\n"
		       "error: expected a declaration (probe, function, global), found 'prbe'\n"
		       "  --> t.stp:6:1\n"
		       "    6 | prbe end { }\n"
		       "      | ^~~~\n"
		       "help: did you mean 'probe'?\n");
}

TEST(missing_brace)
{
	check_messages("probe begin {\n\tif (x) {\n\t\ty = 1\n}\nprobe end { z = }\n",
		       "error: expected '}' before probe\n  --> t.stp:5:1\n"
		       "    5 | probe end { z = }\n"
		       "      | ^~~~~\n"
		       "note: this '{' is not closed\n  --> t.stp:1:13\n"
		       "    1 | probe begin {\n"
		       "      |             ^\n"
		       "error: expected an expression, found '}'\n  --> t.stp:5:17\n"
		       "    5 | probe end { z = }\n"
		       "      |                 ^\n");
	check_error("probe begin { }\n}\n", "closes nothing");
}

TEST(wrong_things)
{
	check_error("probe begin { 1 = 2 }", "cannot be assigned");
	check_error("probe begin { x = a[*] }", "slice");
	check_error("probe begin { x = &y }", "no address");
	check_error("probe begin { printf(x) }", "must be a string literal");
	check_error("probe begin { x = @hist_linear(s, 1) }", "@hist_linear(value, low, high");
	check_error("probe begin { foreach (a+ in b+) ; }", "sorted by one");
	check_error("probe a(1) = b { }", "takes no arguments");
	check_error("function f:int() { }", "no type 'int'");
	check_error("function f(a, a) { }", "two parameters");
	check_error("global a[0]", "size of an array");
	check_error("probe begin { x = `y` }", "unexpected character");
	check_error("probe begin { /* }", "never closed");
	check_error("probe begin %{ x", "never closed");
}

/* ---- odd input -------------------------------------------------------------------------- */

static char *repeated(struct bench *bench, const char *before, const char *piece, unsigned n,
		      const char *after)
{
	size_t length = strlen(piece), start = strlen(before);
	char *text = arena_alloc(bench->arena, start + length * n + strlen(after) + 1);
	unsigned i;

	memcpy(text, before, start);
	for (i = 0; i < n; i++)
		memcpy(text + start + i * length, piece, length);
	strcpy(text + start + n * length, after);
	return text;
}

static void check_deep(const char *before, const char *piece, const char *after)
{
	struct bench bench;

	setup(&bench);
	parse(&bench, repeated(&bench, before, piece, 100000, after));
	if (!CHECK(bench.diags.errors > 0))
		printf("# for: %s%s\n", before, piece);
	messages(&bench);
	teardown(&bench);
}

TEST(deep_nesting)
{
	check_deep("probe begin { x = ", "(", "");
	check_deep("probe begin ", "{", "");
	check_deep("probe begin { x = ", "- ", "1 }");
	check_deep("probe begin { x = 1", "+1", " }");
	check_deep("probe begin { x = ", "x = ", "1 }");
	check_deep("probe begin { x = ", "a ? b : ", "1 }");
	check_deep("probe begin { ", "if (1) ", "x = 1 }");
	check_deep("probe begin { if (1) ; ", "else if (1) ; ", "}");
	check_deep("probe begin { x = ", "$x[", "");
	check_deep("probe ", "{a,b}.", "c { }");
	check_deep("probe ", "a.", "c { }");
	check_deep("", "%( 1 == 1 %? ", "");
	check_deep("%( ", "(", "");
	check_deep("probe begin { x = ", "f(", "");
	check_deep("", "/* ", "");
	check_deep("", "%{ ", "");
	check_deep("", "\" ", "");
}

TEST(long_lines)
{
	struct bench bench;
	const char *text;

	setup(&bench);
	text = repeated(&bench, "probe begin { ", "x = 1 ; ", 1200000, "y = }");
	parse(&bench, text);
	CHECK_INT(bench.diags.errors, 1);
	CHECK(strlen(messages(&bench)) < 500);
	teardown(&bench);

	setup(&bench);
	parse(&bench, repeated(&bench, "", "\1", 10000000, ""));
	CHECK(bench.diags.errors > 0);
	CHECK(strlen(messages(&bench)) < 1000);
	teardown(&bench);
}

TEST(binary_input)
{
	struct bench bench;
	struct source source = {.name = "t.stp", .text = "probe\0begin { }", .length = 15};

	setup(&bench);
	syntax_parse(&bench.syntax, &source);
	CHECK_INT(bench.diags.errors, 1);
	CHECK(strstr(messages(&bench), "NUL"));
	teardown(&bench);
	check_error("\177ELF\2\1\1", "no text");
	check_error("", "the script is empty");
	check_error("# nothing\n", "the script is empty");
}

/* ---- suggestions ------------------------------------------------------------------------ */

static const char *suggestion(const char *wanted, const char *const *names)
{
	struct suggest suggest;

	suggest_start(&suggest, wanted);
	for (; *names; names++)
		suggest_offer(&suggest, *names);
	return suggest_best(&suggest);
}

TEST(suggestions)
{
	static const char *const names[] = {"strlen", "substr", "execname", "pid", NULL};

	CHECK_STR(suggestion("stlren", names), "strlen");
	CHECK_STR(suggestion("exename", names), "execname");
	CHECK_STR(suggestion("pdi", names), "pid");
	CHECK_STR(suggestion("banana", names), NULL);
	CHECK_STR(suggestion("x", names), NULL);
}

/* ---- the REPL --------------------------------------------------------------------------- */

static void check_input(const char *text, enum input_kind wanted)
{
	struct bench bench;
	struct script_file *file;
	struct stmt *body;
	enum input_kind kind;

	setup(&bench);
	kind = syntax_parse_input(&bench.syntax, source_from_text(bench.arena, "i", text), &file,
				  &body);
	if (!CHECK_INT(kind, wanted))
		printf("# for: %s\n", text);
	CHECK((kind == INPUT_DECLARATIONS) == (file != NULL));
	CHECK((kind == INPUT_STATEMENTS) == (body != NULL));
	CHECK((kind == INPUT_ERROR) == (bench.diags.errors > 0));
	teardown(&bench);
}

TEST(interactive)
{
	check_input("", INPUT_EMPTY);
	check_input("  # comment", INPUT_EMPTY);
	check_input("x = 1", INPUT_STATEMENTS);
	check_input("strlen(\"a\")", INPUT_STATEMENTS);
	check_input("calls[\"main\"]", INPUT_STATEMENTS);
	check_input("x = 1 +", INPUT_INCOMPLETE);
	check_input("if (x) {", INPUT_INCOMPLETE);
	check_input("if (x", INPUT_INCOMPLETE);
	check_input("foreach (a in b)", INPUT_INCOMPLETE);
	check_input("probe begin", INPUT_INCOMPLETE);
	check_input("probe begin {\n x = 1", INPUT_INCOMPLETE);
	check_input("probe begin { x = 1 }", INPUT_DECLARATIONS);
	check_input("global a", INPUT_DECLARATIONS);
	check_input("function f(a) { return a }", INPUT_DECLARATIONS);
	check_input("@define m %( 1 %)", INPUT_DECLARATIONS);
	check_input("@define m %( 1", INPUT_INCOMPLETE);
	check_input("/* open", INPUT_INCOMPLETE);
	check_input("%( 1 == 1 %? x", INPUT_INCOMPLETE);
	check_input("x = )", INPUT_ERROR);
	check_input("}", INPUT_ERROR);
	check_input("x = \"abc", INPUT_ERROR);
	check_input("if (x) { y = ) }", INPUT_ERROR);
	check_input("x = 1 probe begin { }", INPUT_ERROR);
}

/* ---- whole scripts ---------------------------------------------------------------------- */

/* What scripts want for their arguments: one of these fits each. */
static const char *const argument_sets[][6] = {
	{"1", "2", "3", "4", "5", NULL},
	{NULL},
	{"begin", "end", "begin", "end", NULL},
	{"begin", "end", "3", "4", NULL},
	{"1", "count", "@count", "begin", NULL},
};

enum { N_SETS = sizeof(argument_sets) / sizeof(*argument_sets) };

static void use_arguments(struct bench *bench, unsigned set)
{
	bench->options.args = argument_sets[set];
	for (bench->options.n_args = 0; argument_sets[set][bench->options.n_args];)
		bench->options.n_args++;
}

static void read_macros(struct bench *bench)
{
	static const char *const libraries[] = {"json", "prometheus"};
	struct source *source;
	const char *error, *path;
	unsigned i;

	for (i = 0; i < 2; i++) {
		path = arena_printf(bench->arena, "%s/tapsets/%s.stpm", SPILE_SRCDIR, libraries[i]);
		source = source_read(bench->arena, path, &error);
		if (CHECK(source != NULL))
			syntax_parse_macros(&bench->syntax, source);
	}
}

/* With one set of arguments: NULL when all is well, else what is wrong, in malloc's memory. */
static char *try_script(const char *path, unsigned set)
{
	struct bench bench;
	struct source *source;
	const char *error, *result;
	char *wrong = NULL;

	setup(&bench);
	use_arguments(&bench, set);
	read_macros(&bench);
	source = source_read(bench.arena, path, &error);
	result = source ? normalised(&bench, source->text) : error;
	if (!source || bench.diags.errors || !strcmp(result, "not a fixed point"))
		wrong = strdup(result);
	teardown(&bench);
	return wrong;
}

/* One example is a template with "..." where its user's code goes. */
static bool is_script(const char *path)
{
	return !strstr(path, "security-bandaid-template");
}

static bool check_script(const char *path)
{
	char *wrong = NULL;
	unsigned set;

	for (set = 0; set < N_SETS; set++) {
		free(wrong);
		wrong = try_script(path, set);
		if (!wrong)
			return true;
	}
	printf("# %s: %s\n", path, wrong);
	free(wrong);
	return false;
}

TEST(installed_examples)
{
	FILE *list = popen("find /usr/share/systemtap/examples /usr/share/doc/systemtap/examples "
			   "-name '*.stp' 2>/dev/null | sort",
			   "r");
	unsigned seen = 0, good = 0;
	char path[4096];

	REQUIRE(list != NULL);
	while (fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = 0;
		seen += is_script(path);
		good += is_script(path) && check_script(path);
	}
	pclose(list);
	if (!seen)
		SKIP("the examples of systemtap-doc are not installed");
	CHECK_INT(good, seen);
}

TEST_MAIN()
