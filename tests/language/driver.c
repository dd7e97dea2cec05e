/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the language tests: a test is data, a block of lines in a *.test file, blocks are
 * separated by blank lines. In a block, what a line is shows in its first character:
 *
 *	a name                    the first line, anything
 *		println(6 * 7)    the script, indented by a tab
 *	: -D MAXACTION=9 -- a b   options, and after "--" arguments (optional; split at spaces)
 *	> 42                      stdout, line by line (">" is an empty line)
 *	! division by zero        stderr has this text in a line (optional)
 *	= 1                       stderr has so many errors and warnings (optional)
 *	? 0                       the exit status (default: 0, or 1 where there is a "!")
 *	~ not yet supported       skipped, for this reason
 *	# ...                     a comment, anywhere
 *
 * A script without a probe of its own is statements: they become the body of a begin probe
 * that ends with exit(). Declarations (lines that start with global, function, private or
 * @define, with what is indented more, and a "}", "%)" or "%}" line) may come before them.
 *
 * Every test runs in both homes, `spile --begin=kernel` and `spile --begin=tracer`, and must
 * print the same; a test with -p1 to -p4 among its options runs once, and what it prints counts
 * only where there is a ">". A test without "!" must leave stderr empty. Each run is in a
 * directory of its own, the script is test.stp in it.
 *
 *	driver [--home=kernel|tracer] [--jobs=N] [--only=NAME] FILE...
 *
 * prints lines as tests/run reads them. The environment: SPILE, the program; TEST_TMP;
 * LANGUAGE_TIME_LIMIT, after how many seconds a test hangs (60).
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WORDS = 64 };

struct text {
	char *bytes;
	size_t size;
};

struct test {
	char *name;  /* "file/the name" */
	struct text script, out, errors, options;
	int status;  /* expected; -1: by default */
	int messages; /* expected errors and warnings; -1: any number */
	char *skip;
	bool once;   /* does not depend on the home */
	struct test *next;
};

struct settings {
	const char *spile, *tmp, *home, *only;
	unsigned jobs;
	int time_limit;
};

struct run {
	const struct test *test;
	const char *home;
	char *directory;
	pid_t pid;
	time_t deadline;
	bool timed_out, done;
	int status;
};

/* ---- text -------------------------------------------------------------------------------- */

static void *must(void *p)
{
	if (!p) {
		perror("language tests");
		exit(2);
	}
	return p;
}

static void text_add(struct text *text, const char *bytes, size_t size)
{
	text->bytes = must(realloc(text->bytes, text->size + size + 1));
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

static void text_add_str(struct text *text, const char *str)
{
	text_add(text, str, strlen(str));
}

static char *str_printf(const char *format, const char *a, const char *b)
{
	char *result;

	if (asprintf(&result, format, a, b) < 0)
		must(NULL);
	return result;
}

static bool starts(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

static struct text file_read(const char *path)
{
	struct text text = {0};
	char buffer[4096];
	size_t got;
	FILE *file = fopen(path, "r");

	text_add(&text, "", 0);
	if (!file)
		return text;
	while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
		text_add(&text, buffer, got);
	fclose(file);
	return text;
}

/* ---- a block ----------------------------------------------------------------------------- */

static void add_line(struct text *text, const char *line)
{
	text_add_str(text, line);
	text_add_str(text, "\n");
}

/* One line of a block that has a name already. False: no such kind of line. */
static bool test_add_line(struct test *test, const char *line)
{
	const char *rest = line[1] == ' ' ? line + 2 : line + 1;

	switch (line[0]) {
	case '\t':
		add_line(&test->script, line + 1);
		return true;
	case '>':
		add_line(&test->out, rest);
		return true;
	case '!':
		add_line(&test->errors, rest);
		return true;
	case ':':
		text_add_str(&test->options, " ");
		text_add_str(&test->options, rest);
		return true;
	case '=':
		test->messages = atoi(rest);
		return true;
	case '?':
		test->status = atoi(rest);
		return true;
	case '~':
		test->skip = must(strdup(rest));
		return true;
	default:
		return false;
	}
}

/* True when the line belongs to the declarations before the statements. */
static bool is_declaration(const char *line, bool in_declaration)
{
	static const char *const words[] = {"global ", "function ", "private ", "@define "};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (starts(line, words[i]))
			return true;
	return in_declaration && (strchr("\t }", line[0]) || starts(line, "%)") || starts(line, "%}"));
}

static bool has_probe(const char *script)
{
	return starts(script, "probe ") || strstr(script, "\nprobe ");
}

/* Makes a whole script of statements: declarations, then a begin probe around the rest. */
static void test_wrap_statements(struct test *test)
{
	struct text whole = {0};
	bool in_declaration = false, in_probe = false;
	char *line, *rest = test->script.bytes;

	while ((line = strsep(&rest, "\n")) && rest) {
		if (!in_probe) {
			in_declaration = is_declaration(line, in_declaration);
			in_probe = !in_declaration;
			if (in_probe)
				text_add_str(&whole, "probe begin {\n");
		}
		add_line(&whole, line);
	}
	if (!in_probe)
		text_add_str(&whole, "probe begin {\n");
	text_add_str(&whole, "exit()\n}\n");
	free(test->script.bytes);
	test->script = whole;
}

static void test_finish(struct test *test)
{
	static const char *const stages[] = {" -p1", " -p2", " -p3", " -p4"};

	if (!test->script.bytes)
		text_add_str(&test->script, "");
	else if (!has_probe(test->script.bytes))
		test_wrap_statements(test);
	if (!test->options.bytes)
		text_add_str(&test->options, "");
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		test->once |= strstr(test->options.bytes, stages[i]) != NULL;
	if (test->status < 0)
		test->status = test->errors.size > 0;
}

/* Appends the tests of a file; false when it can't be read as one. */
static bool file_read_tests(const char *path, struct test **tail)
{
	struct text file = file_read(path);
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char *topic = must(strndup(base, strcspn(base, ".")));
	struct test *test = NULL;
	char *line, *rest = file.bytes;
	bool good = file.size > 0;
	int number = 0;

	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (line[0] == '#')
			continue;
		if (line[0] == '\0') {
			test = NULL;
		} else if (!test) {
			test = must(calloc(1, sizeof *test));
			test->name = str_printf("%s/%s", topic, line);
			test->status = -1;
			test->messages = -1;
			*tail = test;
			tail = &test->next;
		} else if (!test_add_line(test, line)) {
			printf("# %s:%d: what is this line?\n", path, number);
			good = false;
		}
	}
	free(topic);
	free(file.bytes);
	return good;
}

/* ---- a run ------------------------------------------------------------------------------- */

static char *run_path(const struct run *run, const char *name)
{
	return str_printf("%s/%s", run->directory, name);
}

static void redirect(const char *path, int flags, int fd)
{
	int opened = open(path, flags | O_CLOEXEC, 0644);

	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(126);
}

/* In the child: spile [--begin=HOME] options test.stp arguments. */
static void run_exec(const struct run *run, const struct settings *settings)
{
	char *words[MAX_WORDS + 8], *word, *rest = run->test->options.bytes;
	unsigned n = 0;
	bool script_given = false;

	words[n++] = (char *)settings->spile;
	if (!run->test->once)
		words[n++] = str_printf("--begin=%s%s", run->home, "");
	while ((word = strsep(&rest, " ")) && n < MAX_WORDS) {
		if (strcmp(word, "--") == 0 && !script_given) {
			words[n++] = "test.stp";
			script_given = true;
		} else if (*word) {
			words[n++] = word;
		}
	}
	if (!script_given)
		words[n++] = "test.stp";
	words[n] = NULL;

	if (chdir(run->directory) < 0)
		_exit(126);
	setpgid(0, 0);
	redirect("/dev/null", O_RDONLY, 0);
	redirect("out", O_WRONLY | O_CREAT | O_TRUNC, 1);
	redirect("err", O_WRONLY | O_CREAT | O_TRUNC, 2);
	execv(settings->spile, words);
	_exit(127);
}

static void run_start(struct run *run, const struct settings *settings)
{
	char *path = run_path(run, "test.stp");
	FILE *file;

	mkdir(run->directory, 0755);
	file = must(fopen(path, "w"));
	fwrite(run->test->script.bytes, 1, run->test->script.size, file);
	fclose(file);
	free(path);
	run->deadline = time(NULL) + settings->time_limit;
	run->pid = fork();
	if (run->pid < 0)
		must(NULL);
	if (run->pid == 0)
		run_exec(run, settings);
}

static void print_commented(const char *title, const char *text)
{
	printf("# %s:\n", title);
	while (*text) {
		int length = (int)strcspn(text, "\n");

		printf("#   %.*s\n", length, text);
		text += length + (text[length] == '\n');
	}
}

/* Each line of `wanted` is somewhere in `text`; NULL, or the first that is not. */
static char *find_lines(const char *text, const char *wanted)
{
	while (*wanted) {
		char *line = must(strndup(wanted, strcspn(wanted, "\n")));

		if (!strstr(text, line))
			return line;
		wanted += strlen(line) + 1;
		free(line);
	}
	return NULL;
}

/* Lines that begin with "error: " or "warning: ". */
static int count_messages(const char *text)
{
	int n = 0;

	while (*text) {
		n += !strncmp(text, "error: ", 7) || !strncmp(text, "warning: ", 9);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

static bool run_is_right(const struct run *run, const char *out, const char *err)
{
	const struct test *test = run->test;
	const char *wanted_out = test->out.bytes ? test->out.bytes : "";
	char *missing = NULL;
	bool right = true;

	if (run->timed_out) {
		printf("# it did not end\n");
		right = false;
	} else if (run->status != test->status) {
		printf("# status %d, not %d\n", run->status, test->status);
		right = false;
	}
	if ((!test->once || test->out.size) && strcmp(out, wanted_out) != 0) {
		print_commented("stdout is", out);
		print_commented("and should be", wanted_out);
		right = false;
	}
	if (!test->errors.size)
		right &= !*err;
	else if ((missing = find_lines(err, test->errors.bytes)))
		printf("# stderr lacks: %s\n", missing);
	right &= !missing;
	free(missing);
	if (test->messages >= 0 && count_messages(err) != test->messages) {
		printf("# %d errors and warnings, not %d\n", count_messages(err), test->messages);
		right = false;
	}
	if (!right && *err)
		print_commented("stderr is", err);
	return right;
}

static bool run_report(const struct run *run)
{
	char *out_path = run_path(run, "out"), *err_path = run_path(run, "err");
	struct text out = file_read(out_path), err = file_read(err_path);
	bool right = run_is_right(run, out.bytes, err.bytes);
	const char *home = run->test->once ? "" : run->home;

	if (!right)
		print_commented("script", run->test->script.bytes);
	printf("%s %s%s%s%s\n", right ? "ok" : "not ok", run->test->name, *home ? " (" : "", home,
	       *home ? ")" : "");
	free(out_path);
	free(err_path);
	free(out.bytes);
	free(err.bytes);
	return right;
}

/* Waits until one of the running runs has ended, or its time has. */
static void runs_wait(struct run *runs, unsigned from, unsigned to)
{
	struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};

	for (;;) {
		for (unsigned i = from; i < to; i++) {
			struct run *run = &runs[i];
			int status;

			if (run->done)
				continue;
			if (waitpid(run->pid, &status, WNOHANG) == run->pid) {
				run->status = WIFEXITED(status) ? WEXITSTATUS(status)
								: 128 + WTERMSIG(status);
				run->done = true;
				return;
			}
			if (time(NULL) > run->deadline && !run->timed_out) {
				run->timed_out = true;
				kill(-run->pid, SIGKILL);
			}
		}
		nanosleep(&pause, NULL);
	}
}

/* Runs all, `jobs` at a time, and reports them in order. */
static bool runs_do(struct run *runs, unsigned n, const struct settings *settings)
{
	unsigned started = 0, reported = 0, running = 0;
	bool good = true;

	while (reported < n) {
		while (started < n && running < settings->jobs) {
			run_start(&runs[started++], settings);
			running++;
		}
		runs_wait(runs, reported, started);
		running--;
		while (reported < started && runs[reported].done)
			good &= run_report(&runs[reported++]);
	}
	return good;
}

/* ---- all of them ------------------------------------------------------------------------- */

static bool is_wanted(const struct test *test, const struct settings *settings)
{
	if (settings->only && !strstr(test->name, settings->only))
		return false;
	if (test->skip)
		printf("skip %s: %s\n", test->name, test->skip);
	return !test->skip;
}

static unsigned runs_add(struct run *runs, unsigned n, struct test *test, const char *home,
			 const struct settings *settings)
{
	char number[16];

	if (settings->home && strcmp(settings->home, home) != 0)
		return n;
	snprintf(number, sizeof number, "%u", n);
	runs[n] = (struct run){.test = test, .home = home};
	runs[n].directory = str_printf("%s/%s", settings->tmp, number);
	return n + 1;
}

static bool tests_do(struct test *tests, const struct settings *settings)
{
	unsigned n = 0, count = 0;
	struct run *runs;
	bool good;

	for (struct test *test = tests; test; test = test->next)
		count++;
	runs = must(calloc(2 * count + 1, sizeof *runs));
	for (struct test *test = tests; test; test = test->next) {
		test_finish(test);
		if (!is_wanted(test, settings))
			continue;
		n = runs_add(runs, n, test, "kernel", settings);
		if (!test->once)
			n = runs_add(runs, n, test, "tracer", settings);
	}
	good = runs_do(runs, n, settings);
	for (unsigned i = 0; i < n; i++)
		free(runs[i].directory);
	free(runs);
	return good;
}

static void tests_free(struct test *test)
{
	while (test) {
		struct test *next = test->next;

		free(test->name);
		free(test->script.bytes);
		free(test->out.bytes);
		free(test->errors.bytes);
		free(test->options.bytes);
		free(test->skip);
		free(test);
		test = next;
	}
}

static bool setting_take(struct settings *settings, const char *arg)
{
	if (starts(arg, "--home="))
		settings->home = arg + strlen("--home=");
	else if (starts(arg, "--jobs="))
		settings->jobs = (unsigned)atoi(arg + strlen("--jobs="));
	else if (starts(arg, "--only="))
		settings->only = arg + strlen("--only=");
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct settings settings = {.spile = getenv("SPILE"), .tmp = getenv("TEST_TMP"), .jobs = 2};
	const char *limit = getenv("LANGUAGE_TIME_LIMIT");
	struct test *tests = NULL, **tail = &tests;
	bool good = true;

	settings.time_limit = limit ? atoi(limit) : 60;
	for (int i = 1; i < argc; i++) {
		if (setting_take(&settings, argv[i]))
			continue;
		if (!file_read_tests(argv[i], tail)) {
			printf("not ok %s: cannot be read as tests\n", argv[i]);
			good = false;
		}
		while (*tail)
			tail = &(*tail)->next;
	}
	if (!settings.spile || !settings.tmp || !settings.jobs) {
		fprintf(stderr, "SPILE and TEST_TMP must be set, --jobs not be 0\n");
		return 2;
	}
	good &= tests_do(tests, &settings);
	tests_free(tests);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
