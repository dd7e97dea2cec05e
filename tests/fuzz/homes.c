/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs random scripts in every home and compares what they print, their errors and exit status
 * with each other, and with what the generator computed.
 *
 *	homes [--seconds=N] [--limit=N] [--out=DIR] FIRST [LAST]   the scripts of these seeds
 *	homes --print FIRST                                        one script
 *	homes --file SCRIPT...                                     scripts in files
 *
 * A script that fails is minimised and written to DIR (default: the working directory).
 * One run may last 60 s, or --limit=N. Prints lines as tests/run reads them; exit status 1 when a script failed. The environment:
 * SPILE, the program; TEST_TMP.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/homes.h"

enum { HOMES = 2, TIME_LIMIT = 60, MINIMISE_SECONDS = 60 };

static const char *const home_names[HOMES] = {"kernel", "tracer"};

struct run {
	pid_t pid;
	int status;
	bool hangs;
	char *out, *errors;
};

enum kind { FINE, DIFFERENT, WRONG, CRASHED, HANGS, REFUSED };

static const char *const kind_names[] = {
	"fine", "the homes differ", "a value is wrong", "spile crashed", "spile hangs",
	"spile refused it"};

struct verdict {
	enum kind kind;
	char why[200]; /* what makes two refusals the same */
};

struct settings {
	const char *spile, *tmp, *out;
	time_t deadline; /* or 0 */
	int limit;       /* seconds that a run may last */
};

struct failure {
	const struct settings *settings;
	struct verdict verdict;
	time_t deadline;
};

/* ---- running ----------------------------------------------------------------------------- */

static char *file_path(struct arena *arena, const struct settings *settings, const char *name,
		       const char *end)
{
	return arena_printf(arena, "%s/homes-%d-%s%s", settings->tmp, (int)getpid(), name, end);
}

static char *file_read(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "r");
	struct stat stat;
	char *text;

	if (!file || fstat(fileno(file), &stat))
		return file ? fclose(file), arena_strdup(arena, "") : arena_strdup(arena, "");
	text = arena_alloc(arena, (size_t)stat.st_size + 1);
	if (fread(text, 1, (size_t)stat.st_size, file) < (size_t)stat.st_size)
		text[0] = '\0';
	fclose(file);
	for (off_t i = 0; i < stat.st_size; i++)
		if (!text[i])
			text[i] = '\1'; /* so that all of it is compared */
	return text;
}

static bool file_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	fputs(text, file);
	return fclose(file) == 0;
}

static void redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
}

static pid_t spile_start(const struct settings *settings, const char *home, const char *script,
			 const char *out, const char *errors)
{
	char option[32];
	pid_t pid = fork();

	if (pid)
		return pid;
	snprintf(option, sizeof option, "--begin=%s", home);
	redirect("/dev/null", STDIN_FILENO);
	redirect(out, STDOUT_FILENO);
	redirect(errors, STDERR_FILENO);
	execl(settings->spile, settings->spile, "--no-cache", "-w", "-D", "MAXERRORS=100", option,
	      script, (char *)NULL);
	_exit(127);
}

/* False: the process had to be killed. */
static bool wait_until(pid_t pid, int *status, time_t deadline)
{
	bool in_time = true;

	while (waitpid(pid, status, WNOHANG) == 0) {
		usleep(2000);
		if (!in_time || time(NULL) < deadline)
			continue;
		in_time = false;
		kill(pid, SIGKILL);
	}
	return in_time;
}

static void run_script(struct arena *arena, const struct settings *settings, const char *script,
		       struct run runs[HOMES])
{
	const char *path = file_path(arena, settings, "script", ".stp");
	unsigned i;

	if (!file_write(path, script)) {
		perror(path);
		exit(2);
	}
	for (i = 0; i < HOMES; i++)
		runs[i].pid = spile_start(settings, home_names[i], path,
					  file_path(arena, settings, home_names[i], ".out"),
					  file_path(arena, settings, home_names[i], ".err"));
	for (i = 0; i < HOMES; i++) {
		runs[i].hangs = !wait_until(runs[i].pid, &runs[i].status, time(NULL) + settings->limit);
		if (WIFEXITED(runs[i].status) && WEXITSTATUS(runs[i].status) >= 126) {
			fprintf(stderr, "homes: %s cannot be run\n", settings->spile);
			exit(2);
		}
		runs[i].out = file_read(arena, file_path(arena, settings, home_names[i], ".out"));
		runs[i].errors = file_read(arena, file_path(arena, settings, home_names[i], ".err"));
	}
}

/* ---- judging ----------------------------------------------------------------------------- */

/* What the script's lines say it prints first. */
static char *script_expects(struct arena *arena, const char *script)
{
	static const char mark[] = "# expect ";
	char *text = arena_alloc(arena, strlen(script) + 1), *end = text;
	const char *at = script;

	while ((at = strstr(at, mark))) {
		size_t size;

		at += strlen(mark);
		size = strcspn(at, "\n");
		memcpy(end, at, size);
		end += size;
		*end++ = '\n';
	}
	*end = '\0';
	return text;
}

/* Copies the line in which the first difference stands. */
static void first_difference(char *to, size_t size, const char *a, const char *b)
{
	const char *start = a;
	int used;

	for (; *a && *a == *b; a++, b++)
		if (*a == '\n')
			start = a + 1;
	b -= a - start;
	used = snprintf(to, size, "\"%.*s\" and ", (int)strcspn(start, "\n") % 80, start);
	snprintf(to + used, size - (size_t)used, "\"%.*s\"", (int)strcspn(b, "\n") % 80, b);
}

/* The first error, and what the verifier says of it, without its numbers. */
static void error_text(char *to, size_t size, const char *errors)
{
	const char *note = strstr(errors, "the verifier says:");
	char *end;

	snprintf(to, size, "%.*s", (int)strcspn(note ? note : errors, "\n"), note ? note : errors);
	for (end = to; *end; end++)
		if (*end >= '0' && *end <= '9')
			*end = '0';
}

static bool is_refusal(const struct run *run)
{
	return WEXITSTATUS(run->status) == 1 && !*run->out &&
	       (strstr(run->errors, "\n  --> ") || strstr(run->errors, "the verifier says:") ||
		strstr(run->errors, "error: "));
}

/* What is meant: a limit, and an error that the compiler sees in the constants of a random script. */
static bool is_refused_rightly(const struct run *run)
{
	return strstr(run->errors, "keeps too much in strings") ||
	       strstr(run->errors, "error: division by zero\n  --> ");
}

static struct verdict judge(struct arena *arena, const char *script, const struct run runs[HOMES])
{
	struct verdict verdict = {FINE, ""};
	const char *expected = script_expects(arena, script);
	unsigned i;

	for (i = 0; i < HOMES; i++) {
		const struct run *run = &runs[i];

		if (run->hangs)
			return (struct verdict){HANGS, ""};
		if (WIFSIGNALED(run->status) || WEXITSTATUS(run->status) > 1) {
			snprintf(verdict.why, sizeof verdict.why, "%s: status %d", home_names[i],
				 run->status);
			verdict.kind = CRASHED;
			return verdict;
		}
	}
	for (i = 0; i < HOMES; i++)
		if (is_refusal(&runs[i]) && !is_refused_rightly(&runs[i])) {
			error_text(verdict.why, sizeof verdict.why, runs[i].errors);
			verdict.kind = REFUSED;
			return verdict;
		}
	if (strcmp(runs[0].out, runs[1].out) != 0) {
		first_difference(verdict.why, sizeof verdict.why, runs[0].out, runs[1].out);
		verdict.kind = DIFFERENT;
	} else if (strcmp(runs[0].errors, runs[1].errors) != 0) {
		first_difference(verdict.why, sizeof verdict.why, runs[0].errors, runs[1].errors);
		verdict.kind = DIFFERENT;
	} else if (runs[0].status != runs[1].status) {
		snprintf(verdict.why, sizeof verdict.why, "status %d and %d", runs[0].status,
			 runs[1].status);
		verdict.kind = DIFFERENT;
	} else if (!is_refused_rightly(&runs[0]) &&
		   strncmp(runs[0].out, expected, strlen(expected)) != 0) {
		first_difference(verdict.why, sizeof verdict.why, runs[0].out, expected);
		verdict.kind = WRONG;
	}
	return verdict;
}

static struct verdict try_script(const struct settings *settings, const char *script)
{
	struct arena *arena = arena_new();
	struct run runs[HOMES];
	struct verdict verdict;

	run_script(arena, settings, script, runs);
	verdict = judge(arena, script, runs);
	arena_free(arena);
	return verdict;
}

/* ---- failures ---------------------------------------------------------------------------- */

/* What a script expects rests on the values of k0.. and c0..: they have to stay. */
static bool keeps_known(const char *script)
{
	unsigned n = 0;

	for (const char *at = script; (at = strstr(at, "global ")); at++)
		n += at[7] == 'k' || at[7] == 'c';
	return n == KNOWN_LONGS + KNOWN_STRINGS;
}

static bool fails_alike(void *context, const char *script)
{
	const struct failure *failure = context;
	struct verdict verdict;

	if (time(NULL) > failure->deadline ||
	    (failure->verdict.kind == WRONG && !keeps_known(script)))
		return false;
	verdict = try_script(failure->settings, script);
	return verdict.kind == failure->verdict.kind &&
	       ((verdict.kind != REFUSED && verdict.kind != WRONG) || !strcmp(verdict.why, failure->verdict.why));
}

static void report_failure(const struct settings *settings, const char *name, const char *script,
			   struct verdict verdict)
{
	struct arena *arena = arena_new();
	struct failure failure = {settings, verdict, time(NULL) + MINIMISE_SECONDS};
	const char *path = arena_printf(arena, "%s/homes-%s.stp", settings->out, name);
	char *shorter = minimise_script(arena, script, fails_alike, &failure);

	verdict = try_script(settings, shorter);
	printf("# %s: %s\n", kind_names[verdict.kind], verdict.why);
	if (file_write(path, shorter))
		printf("# minimised: %s\n", path);
	else
		printf("# %s\n", shorter);
	printf("not ok homes: %s\n", name);
	arena_free(arena);
}

static bool check_script(const struct settings *settings, const char *name, const char *script)
{
	struct verdict verdict = try_script(settings, script);

	if (verdict.kind == FINE)
		return true;
	report_failure(settings, name, script, verdict);
	fflush(stdout);
	return false;
}

/* ---- the command line -------------------------------------------------------------------- */

static const char *environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

static int check_seeds(const struct settings *settings, uint64_t first, uint64_t last)
{
	unsigned failed = 0, done = 0;
	uint64_t seed;

	for (seed = first; seed <= last; seed++, done++) {
		struct arena *arena = arena_new();
		char name[32];

		snprintf(name, sizeof name, "seed-%llu", (unsigned long long)seed);
		failed += !check_script(settings, name, generate_script(arena, seed));
		arena_free(arena);
		if (settings->deadline && time(NULL) >= settings->deadline)
			break;
	}
	printf("# %u scripts, %u failed\n", done, failed);
	if (!failed)
		printf("ok homes: seeds %llu to %llu\n", (unsigned long long)first,
		       (unsigned long long)(first + done - 1));
	return failed != 0;
}

static int check_files(const struct settings *settings, char **paths)
{
	int failed = 0;

	for (; *paths; paths++) {
		struct arena *arena = arena_new();
		struct verdict verdict = try_script(settings, file_read(arena, *paths));

		printf("%s %s: %s %s\n", verdict.kind ? "not ok" : "ok", *paths,
		       kind_names[verdict.kind], verdict.why);
		failed |= verdict.kind != FINE;
		arena_free(arena);
	}
	return failed;
}

static int print_script(uint64_t seed)
{
	struct arena *arena = arena_new();

	fputs(generate_script(arena, seed), stdout);
	arena_free(arena);
	return 0;
}

int main(int argc, char **argv)
{
	struct settings settings = {environment("SPILE", "./spile"), environment("TEST_TMP", "/tmp"),
				    ".", 0, TIME_LIMIT};
	uint64_t first, last;

	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (argv++; *argv && !strncmp(*argv, "--", 2); argv++) {
		if (!strncmp(*argv, "--seconds=", 10))
			settings.deadline = time(NULL) + atoi(*argv + 10);
		else if (!strncmp(*argv, "--limit=", 8))
			settings.limit = atoi(*argv + 8);
		else if (!strncmp(*argv, "--out=", 6))
			settings.out = *argv + 6;
		else if (!strcmp(*argv, "--print") && argv[1])
			return print_script(strtoull(argv[1], NULL, 10));
		else if (!strcmp(*argv, "--file"))
			return check_files(&settings, argv + 1);
		else
			break;
	}
	if (!*argv || !strncmp(*argv, "--", 2)) {
		fprintf(stderr, "usage: homes [--seconds=N] [--limit=N] [--out=DIR] FIRST [LAST]\n");
		return 2;
	}
	first = strtoull(argv[0], NULL, 10);
	last = argv[1] ? strtoull(argv[1], NULL, 10) : settings.deadline ? UINT64_MAX : first;
	return check_seeds(&settings, first, last);
}
