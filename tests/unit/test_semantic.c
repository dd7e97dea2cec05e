/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Semantic analysis: what becomes of a script (as -p2 shows it), and what is said about a bad
 * one. The tapset directory of these tests is made by them.
 */
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/semantic/program.h"
#include "tests/unit/test.h"

static const char tapset[] =
	"function exit() %{ /* intrinsic */ %}\n"
	"function error(msg:string) %{ /* intrinsic */ /* fallible */ %}\n"
	"function tid:long () %{ /* intrinsic */ /* pure */ %}\n"
	"function execname:string () %{ /* intrinsic */ /* pure */ /* bound=15 */ %}\n"
	"function strlen:long (s:string) %{ /* intrinsic=str_length */ /* pure */ %}\n"
	"function substr:string (str:string, start:long, length:long)\n"
	"%{ /* intrinsic */ /* pure */ /* bound=str */ %}\n"
	"global tapset_counter\n"
	"private global hidden\n"
	"function count_up() { hidden++; tapset_counter++; return tapset_counter + hidden }\n"
	"probe tick = timer.s(1) { seconds = 1 }\n"
	"probe tock.one = timer.s(1) { which = \"one\" }\n"
	"probe tock.three = timer.s(3) { which = \"three\" }\n"
	"probe wrapped += tick { count_up() }\n"
	"probe choice = nothing.here ?, timer.s(2) !, timer.s(3) { }\n";
/* Not valid: parsing it would be an error. */
static const char broken_tapset[] = "function broken_one( { \"\n";

static char directory[] = "/tmp/spile-test-XXXXXX";

struct result {
	struct arena *arena;
	struct program *program;
	char *messages, *text; /* diagnostics, and -p2 */
	unsigned errors;
};

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (!file)
		abort();
	fputs(text, file);
	fclose(file);
}

static void make_tapsets(void)
{
	static bool made;

	if (made)
		return;
	made = true;
	if (!mkdtemp(directory))
		abort();
	write_file("test.stp", tapset);
	write_file("broken.stp", broken_tapset);
}

static struct result resolve_with(const char *script, void (*change)(struct semantic_options *))
{
	const char *dirs[] = { directory, NULL };
	struct syntax_options syntax_options = { .arch = "x86_64", .kernel_version = "6.1.0",
						 .kernel_release = "6.1.0-1-amd64",
						 .runtime = "bpf", .language_version = "5.0" };
	struct semantic_options options = { .tapset_dirs = dirs };
	struct result result = { .arena = arena_new() };
	struct diags diags = { .arena = result.arena };
	struct syntax syntax = { .arena = result.arena, .diags = &diags,
				 .options = &syntax_options };
	struct script_file *file;
	size_t size;
	FILE *out;

	make_tapsets();
	limits_default(&options.limits);
	options.syntax = &syntax;
	if (change)
		change(&options);
	file = syntax_parse(&syntax, source_from_text(result.arena, "t.stp", script));
	result.program = semantic_resolve(result.arena, &diags, &options, &file, 1);
	out = open_memstream(&result.messages, &size);
	diags_print(&diags, out, false);
	fclose(out);
	out = open_memstream(&result.text, &size);
	program_print(out, result.program);
	fclose(out);
	result.errors = diags.errors;
	return result;
}

static struct result resolve(const char *script)
{
	return resolve_with(script, NULL);
}

static void done(struct result *result)
{
	program_release(result->program);
	free(result->messages);
	free(result->text);
	arena_free(result->arena);
}

static bool contains(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	printf("# '%s' is not in:\n%s\n", part, text);
	return false;
}

/* -p2 of a good script has all these parts, up to NULL. */
static bool shows(const char *script, ...)
{
	struct result result = resolve(script);
	bool good = result.errors == 0;
	const char *part;
	va_list parts;

	if (!good)
		printf("# %s\n", result.messages);
	va_start(parts, script);
	while ((part = va_arg(parts, const char *)))
		good &= contains(result.text, part);
	va_end(parts);
	done(&result);
	return good;
}

static bool hides(const char *script, const char *part)
{
	struct result result = resolve(script);
	bool found = strstr(result.text, part) != NULL;

	if (found)
		printf("# '%s' is in:\n%s\n", part, result.text);
	done(&result);
	return !found;
}

/* A bad script has this many errors, and the messages have all these parts, up to NULL. */
static bool complains(const char *script, unsigned errors, ...)
{
	struct result result = resolve(script);
	bool good = result.errors == errors;
	const char *part;
	va_list parts;

	if (!good)
		printf("# %u errors: %s\n", result.errors, result.messages);
	va_start(parts, errors);
	while ((part = va_arg(parts, const char *)))
		good &= contains(result.messages, part);
	va_end(parts);
	done(&result);
	return good;
}

/* ---- names and tapsets -------------------------------------------------------------------------- */

TEST(a_tapset_function_is_found)
{
	CHECK(shows("global a; probe begin { a[\"x\"]++; printf(\"%d\\n\", a[\"x\"]); exit() }",
		    "a[string(1)]: long max 2048", "exit() intrinsic fn_exit", "site begin", NULL));
	CHECK(shows("probe begin { println(strlen(\"abc\")) }",
		    "strlen(s: string(3)): long intrinsic fn_str_length pure", NULL));
}

TEST(a_tapset_file_brings_its_globals)
{
	CHECK(shows("probe begin { println(count_up() + tapset_counter) }",
		    "tapset_counter: long", "hidden: long", NULL));
	CHECK(hides("probe begin { exit() }", "tapset_counter"));
	/* a private global of a tapset is not the script's variable of that name */
	CHECK(shows("probe begin { hidden = 2; println(hidden) }", "local hidden: long", NULL));
}

TEST(overloads_are_tried_by_priority)
{
	CHECK(shows("function f(a) : 2 { return 1 } function f(a) : 1 { if (a) next; return 2 }"
		    "function f() { return 3 } probe begin { println(f(1) + f()) }",
		    "f(a: long): long\n\t{\n\t\tif (a)\n\t\t\tnext\n", NULL));
}

TEST(unknown_names_get_suggestions)
{
	CHECK(complains("probe begin { stlren(\"a\") }", 1, "t.stp:1:15",
			"unknown function 'stlren'", "did you mean 'strlen'?", NULL));
	CHECK(complains("global counts; probe begin { count[1]++ }", 1, "t.stp:1:30",
			"unknown array 'count'", "did you mean 'counts'?", NULL));
	CHECK(complains("probe tik {}", 1, "t.stp:1:7", "did you mean 'tick'?", NULL));
	CHECK(complains("global total; probe begin { print(totl) }", 1,
			"'totl' is read here, but never set", "did you mean 'total'?", NULL));
}

TEST(calls_are_checked)
{
	CHECK(complains("probe begin { exit(1); strlen() }", 2, "t.stp:1:15",
			"function 'exit' takes 0 arguments, not 1",
			"function 'strlen' takes 1 argument, not 0", NULL));
	CHECK(complains("global a, a; probe begin { print(a) }", 1, "global 'a' is declared twice",
			"the first declaration is here", NULL));
}

TEST(embedded_c_needs_guru_mode)
{
	CHECK(complains("function f() %{ %} probe begin { f() }", 1, "embedded C needs guru mode",
			"run with -g", NULL));
}

/* ---- aliases ---------------------------------------------------------------------------------------- */

TEST(aliases_bring_prologues_and_epilogues)
{
	CHECK(shows("probe tick { println(seconds) }", "timer.s(1) /* tick */",
		    "seconds = 1", "local seconds: long", NULL));
	CHECK(shows("probe wrapped { println(seconds) }", "/* wrapped */", "println(seconds)",
		    "count_up()", NULL));
	CHECK(shows("probe tock.* { println(which) }", "timer.s(1) /* tock.one */",
		    "timer.s(3) /* tock.three */", "local which: string(5)", NULL));
}

TEST(sufficient_points_end_a_list)
{
	CHECK(shows("probe choice { exit() }", "timer.s(2)", NULL));
	CHECK(hides("probe choice { exit() }", "timer.s(3)"));
	CHECK(shows("probe no.such.point ?, begin { exit() }", "site begin", NULL));
}

TEST(aliases_of_themselves_are_reported)
{
	CHECK(complains("probe a = b {} probe b = a {} probe a {}", 1, "t.stp:1:7",
			"alias 'a' stands for itself", NULL));
}

/* ---- targets and constants ----------------------------------------------------------------------------- */

TEST(dead_branches_are_not_looked_at)
{
	CHECK(shows("probe begin { if (@defined($x)) print($x->y); else print(\"none\") }",
		    "\t{\n\t\tprint(\"none\")\n\t}", NULL));
	CHECK(shows("probe begin { print(@defined($x) ? $x : 5) }", "print(5)", NULL));
	CHECK(shows("probe begin { if (0) nothing(); print(2 + 3 * 4) }", "print(14)", NULL));
	CHECK(complains("probe begin { print($x) }", 1, "t.stp:1:21",
			"target variables can not be used", NULL));
}

TEST(constant_arithmetic_wraps_and_divides)
{
	CHECK(shows("probe begin { print(0x7fffffffffffffff + 1 < 0) }", "print(1)", NULL));
	CHECK(shows("probe begin { print(-7 / 2 == -3 && -7 % 3 == -1) }", "print(1)", NULL));
	CHECK(shows("probe begin { print(1 << 65) }", "print(2)", NULL));
	CHECK(shows("probe begin { print((-1 >>> 63) + (-8 >> 1 == -4)) }", "print(2)", NULL));
	CHECK(complains("probe begin { x = 1; println(x / 0); x %= 0 }", 2, "t.stp:1:34",
			"t.stp:1:43", "division by zero", NULL));
}

/* ---- types ------------------------------------------------------------------------------------------------ */

TEST(types_are_inferred_across_functions)
{
	CHECK(shows("global g; function f(x) { return x . \"!\" } probe begin { g = f(\"abc\");"
		    " println(g) }",
		    "g: string(4)", "f(x: string(3)): string(4)", NULL));
	CHECK(shows("global s, a; probe begin { s <<< 1; a[\"k\", 2] <<< 3; print(@count(s));"
		    " foreach ([k, n] in a) println(k) }",
		    "s: stats @count", "a[string(1), long]: stats", "local k: string(1)", NULL));
}

TEST(a_function_without_value_is_zero_where_a_number_is_needed)
{
	CHECK(shows("global c; function f(x) { println(x) } probe begin { c++ && exit(); c || f(3) }",
		    "exit(): long\n\texit()", "f(x: long): long", NULL));
	CHECK(complains("probe begin { println(exit() . \"a\") }", 1, "this is no value", NULL));
}

TEST(type_errors_are_at_the_operand)
{
	CHECK(complains("global c; probe begin { c = c + 1; printf(\"%s\", c) }", 1, "t.stp:1:49",
			"this is a number, but a string is needed here", "'c' is a number because",
			NULL));
	CHECK(complains("probe begin { x = \"a\"; print(x + 1) }", 1, "t.stp:1:30",
			"this is a string, but a number is needed here", NULL));
	CHECK(complains("global a; probe begin { a[1] = 2; a[1, 2] = 3; a = 4 }", 2,
			"array 'a' has 1 key, not 2", "array 'a' is used without an index", NULL));
	CHECK(complains("global x; probe begin { x <<< 1; print(x) }", 1, "t.stp:1:40",
			"a statistics aggregate", "@count", NULL));
}

TEST(deep_expressions_do_not_take_forever)
{
	char script[4096] = "probe begin { x = 1; print(";

	for (unsigned i = 0; i < 100; i++)
		strcat(script, "(x == ");
	strcat(script, "1");
	for (unsigned i = 0; i < 100; i++)
		strcat(script, ")");
	strcat(script, ") }");
	CHECK(shows(script, "print(", NULL));
}

/* ---- prints ------------------------------------------------------------------------------------------------- */

TEST(formats_are_checked)
{
	CHECK(complains("probe begin { printf(\"%d %s\\n\", 1) }", 1, "t.stp:1:26",
			"this conversion has no argument", NULL));
	CHECK(complains("probe begin { printf(\"%d\", 1, 2) }", 1, "t.stp:1:31", "too many arguments",
			NULL));
	CHECK(complains("probe begin { printf(\"a %q\") }", 1, "t.stp:1:25",
			"unknown conversion '%q'", NULL));
	CHECK(complains("probe begin { printf(\"%\") }", 1, "middle of a conversion", NULL));
}

TEST(formats_become_directives)
{
	struct result result =
		resolve("probe begin { printf(\"<%-5d|%*x|%.3s>%%\", 1, 2, 3, \"abcd\") }");
	const struct print_expr *print = result.program->probes.v[0]->body->block.v[0]->expr->print;

	REQUIRE(print->directives.n == 7);
	CHECK_INT(print->directives.v[1].kind, DIRECTIVE_SIGNED);
	CHECK_INT(print->directives.v[1].width, 5);
	CHECK_INT(print->directives.v[1].flags, DIRECTIVE_LEFT);
	CHECK_INT(print->directives.v[3].kind, DIRECTIVE_HEX);
	CHECK_INT(print->directives.v[3].width, WIDTH_ARGUMENT);
	CHECK_INT(print->directives.v[5].precision, 3);
	CHECK_STR(print->directives.v[6].text, ">%");
	done(&result);
}

/* ---- bounds ---------------------------------------------------------------------------------------------------- */

TEST(bounds_follow_the_strings)
{
	CHECK(shows("probe tick { s = \"<\" . execname() . \">\"; println(s) }", "local s: string(17)",
		    NULL));
	CHECK(shows("probe tick { s = substr(execname(), 0, 3); println(s) }", "local s: string(15)",
		    NULL));
	CHECK(shows("probe tick { s = sprintf(\"%s=%5d\", \"key\", 1); println(s) }",
		    "local s: string(28)", NULL));
	CHECK(shows("probe tick { s = \"\"; for (i = 0; i < 9; i++) s = s . \"x\"; println(s) }",
		    "local s: string(512)", NULL));
	CHECK(shows("function r(s, n) { if (n == 0) return s; return r(s . \"x\", n - 1) }"
		    "probe tick { println(r(\"a\", 3)) }",
		    "r(s: string(512), n: long): string(512) recursive", NULL));
	CHECK(shows("global a; probe tick { a[execname()] = 1 } probe end { foreach (k in a)"
		    " println(k) }",
		    "a[string(15)]: long", "local k: string(15)", NULL));
}

/* ---- dead code --------------------------------------------------------------------------------------------------- */

TEST(dead_code_is_named_and_dropped)
{
	CHECK(complains("probe begin { next; exit() }", 0, "t.stp:1:21", "can not be reached", NULL));
	CHECK(complains("probe begin { 1 + tid() }", 0, "t.stp:1:15", "has no effect", NULL));
	CHECK(complains("function f() { return 1 } global g; probe begin { x = 1 }", 0,
			"function 'f' is never called", "global 'g' is never used",
			"local variable 'x' is set, but never read", NULL));
	CHECK(hides("probe begin { x = 1; y = x; exit() }", "local"));
	{
		struct result result = resolve("probe a = begin { v = 1 } probe a { exit() }");

		CHECK_STR(result.messages, "");
		done(&result);
	}
	CHECK(hides("probe tick { exit() }", "seconds"));
}

static void keep_unused(struct semantic_options *options)
{
	options->keep_unused = true;
}

TEST(unused_code_is_kept_when_asked_for)
{
	struct result result =
		resolve_with("function f(x) { return x } probe begin { y = 1 }", keep_unused);

	CHECK(contains(result.text, "f(x: long): long"));
	CHECK(contains(result.text, "y = 1"));
	done(&result);
}

/* ---- locks --------------------------------------------------------------------------------------------------------- */

TEST(commuting_updates_take_no_lock)
{
	CHECK(hides("global c, s, a; probe timer.s(1) { c++; c += 5; s <<< 1; a[tid()]++ }"
		    "probe end { print(c); print(@sum(s)); foreach (k in a) print(a[k]) }",
		    "locks"));
	CHECK(hides("global c; probe timer.s(1) { println(c++) }", "locks"));
}

TEST(reads_and_writes_take_the_lock)
{
	CHECK(shows("global c; probe timer.s(1) { if (c > 3) c = 0 } probe timer.s(2) { c++ }",
		    "c: long locked", "timer.s(2) /* timer.s(2) */ tracer\n    site timer every "
		    "2000000000 ns\n    locks c", NULL));
	CHECK(shows("global a; probe timer.s(1) { if (1 in a) delete a[1]; else a[1] = 2 }",
		    "locks a", NULL));
	CHECK(shows("global s; probe timer.s(1) { s = execname() } probe timer.s(2) { println(s) }",
		    "s: string(15) locked", NULL));
}

TEST(elements_by_thread_need_no_lock)
{
	CHECK(hides("global a; probe timer.s(1) { if (tid() in a) { println(a[tid()]);"
		    " delete a[tid()] } else a[tid()] = 1 }", "locks"));
	CHECK(hides("global a; probe timer.s(1) { t = tid(); if (t in a) { println(a[t]);"
		    " delete a[t] } else a[t] = 1 }", "locks"));
	CHECK(shows("global a; probe timer.s(1) { t = tid(); t++; if (t in a) { println(a[t]);"
		    " delete a[t] } else a[t] = 1 }", "locks a", NULL));
}

TEST(begin_and_end_run_alone)
{
	CHECK(hides("global c; probe begin { c = c + 1; println(c) } probe end { println(c) }",
		    "locks"));
}

/* ---- statistics, limits ----------------------------------------------------------------------------------------------- */

TEST(histograms_must_agree)
{
	CHECK(shows("global s; probe begin { s <<< 1; print(@hist_linear(s, 0, 10, 2)) }",
		    "@hist_linear(0, 10, 2)", NULL));
	CHECK(complains("global s; probe begin { s <<< 1; print(@hist_linear(s, 0, 10, 2));"
			" print(@hist_linear(s, 0, 20, 2)) }", 1, "other parameters", NULL));
	CHECK(complains("global s; probe begin { s <<< 1; print(@hist_linear(s, 0, 1000000, 1)) }", 1,
			"at most 10000 buckets", NULL));
}

TEST(the_value_of_a_foreach_over_statistics_is_the_element)
{
	CHECK(shows("global s; probe tick { s[tid()] <<< 1 } probe end {"
		    " foreach (v = [t] in s- limit 3) println(@max(v) + @count(v)) }",
		    "foreach (t in s- limit 3)\n\t\t\tprintln(@max(s[t]) + @count(s[t]))", NULL));
}

TEST(limits_are_defined_by_name)
{
	struct limits limits;

	limits_default(&limits);
	CHECK(limits_define(&limits, "MAXACTION=77"));
	CHECK_INT(limits.max_action, 77);
	CHECK(limits_define(&limits, "MAXSTRINGLEN=64"));
	CHECK(!limits_define(&limits, "MAXACTION"));
	CHECK(!limits_define(&limits, "MAXACTION=x"));
	CHECK(!limits_define(&limits, "MAXNOTHING=1"));
	CHECK(!limits_define(&limits, "MAXSTRINGLEN=1000000"));
}

TEST(regular_expressions_are_compiled)
{
	CHECK(complains("probe begin { if (\"a\" =~ \"(\") exit() }", 1, "t.stp:1:28",
			"bad regular expression", NULL));
	CHECK(shows("probe begin { if (\"a\" =~ \"a*\" && \"b\" !~ \"a*\") exit() }", "=~", NULL));
}

TEST_MAIN()
