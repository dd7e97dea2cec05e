/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Broken ELF and DWARF: real programs with bytes changed or cut off must give errors, never a
 * crash or a hang. A child process does the reading, so that its end tells. SPILE_FUZZ_ROUNDS
 * sets how long it goes on.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/live.h"

static char directory[] = "/tmp/spile-broken-XXXXXX";

enum { SECONDS = 20 };

static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Looks at everything that is in the file; the number of expressions that could be resolved. */
static unsigned look(const char *path)
{
	static const char *const points[] = { "function(\"*\")", "function(\"*\").return",
					      "statement(\"*@values.c:*\")", "mark(\"*\")",
					      "function(\"caller\").inline",
					      "function(\"jumps\").label(\"*\")", "plt(\"*\")" };
	static const char *const exprs[] = { "$n", "$o->array[1]->deep", "$return", "$$vars",
					     "@var(\"static_outer\")->link->low", "$arg1",
					     "@cast($n, \"struct outer\")->next->next" };
	unsigned n = 0;

	for (unsigned p = 0; p < sizeof(points) / sizeof(*points); p++) {
		struct script script;
		char point[1024];

		script_open(&script);
		snprintf(point, sizeof(point), "process(\"%s\").%s", path, points[p]);
		script_expand(&script, point, exprs[0]);
		for (unsigned i = 0; i < script.out.n && i < 40; i++) {
			struct variable_vec variables = { .n = 0 };
			struct probe *probe = script.out.v[i];

			probe->family->variables(&script.probes, probe, &variables);
			for (unsigned e = 0; e < sizeof(exprs) / sizeof(*exprs); e++) {
				const struct probe_point *unused;
				char text[256];

				script.diags.errors = script.diags.n = 0;
				snprintf(text, sizeof(text), "probe never { %s }", exprs[e]);
				script.expr = script_parse(&script, text, &unused);
				if (script.expr && script_resolve(&script, i))
					n++;
			}
		}
		script_close(&script);
	}
	return n;
}

/* 0, or the signal that ended the child. */
static int look_in_child(const char *path)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(SECONDS);
		look(path);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

struct image {
	unsigned char *bytes;
	size_t size;
};

static bool load(struct image *image, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	bool good = fd >= 0 && !fstat(fd, &st);

	if (good) {
		image->size = (size_t)st.st_size;
		image->bytes = malloc(image->size);
		good = read(fd, image->bytes, image->size) == st.st_size;
	}
	close(fd);
	return good;
}

static bool save(const struct image *image, size_t size, const char *path)
{
	FILE *file = fopen(path, "we");
	bool good = file && fwrite(image->bytes, 1, size, file) == size;

	return file && !fclose(file) && good;
}

/* Changes a few bytes, mostly where the structure is: the headers and the second half. */
static void mutate(struct image *image)
{
	unsigned n = 1 + (unsigned)(next_random() % 12);

	for (unsigned i = 0; i < n; i++) {
		size_t at = next_random() % image->size;

		if (next_random() % 8 == 0)
			at = next_random() % 1024;
		else if (next_random() % 2)
			at = image->size / 2 + next_random() % (image->size / 2);
		image->bytes[at] = (unsigned char)(next_random() % 3 ? next_random() : 0xff);
	}
}

static void run_rounds(const char *compiler, const char *flags, unsigned rounds)
{
	char path[128], broken[128];
	struct image original = { NULL, 0 }, changed;

	snprintf(path, sizeof(path), "%s/values", directory);
	snprintf(broken, sizeof(broken), "%s/broken", directory);
	if (!CHECK(live_shell("%s %s -g -o %s %s", compiler, flags, path, live_source("values.c"))) ||
	    !CHECK(load(&original, path)))
		return;
	changed = original;
	changed.bytes = malloc(original.size);
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t seed = state;
		size_t size = original.size;
		int signal;

		memcpy(changed.bytes, original.bytes, original.size);
		if (i % 10 == 9)
			size = next_random() % original.size;
		else
			mutate(&changed);
		if (!CHECK(save(&changed, size, broken)))
			break;
		signal = look_in_child(broken);
		if (!CHECK_INT(signal, 0))
			printf("# %s %s, round %u, state %#llx\n", compiler, flags, i,
			       (unsigned long long)seed);
	}
	free(changed.bytes);
	free(original.bytes);
}

static unsigned rounds_of(unsigned otherwise)
{
	const char *text = getenv("SPILE_FUZZ_ROUNDS");

	return text ? (unsigned)atoi(text) : otherwise;
}

TEST(whole_file_is_read)
{
	char path[128];

	REQUIRE(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/values", directory);
	REQUIRE(live_shell("gcc -O2 -g -o %s %s", path, live_source("values.c")));
	CHECK(look(path) > 50);
	CHECK_INT((int64_t)look(directory), 0);
}

TEST(gcc_dwarf_5)
{
	run_rounds("gcc", "-O2", rounds_of(100));
}

TEST(gcc_dwarf_4)
{
	run_rounds("gcc", "-O0 -gdwarf-4 -no-pie", rounds_of(60));
}

TEST(clang)
{
	run_rounds(getenv("CLANG") ? getenv("CLANG") : "clang-19", "-O2", rounds_of(60));
	live_shell("rm -rf %s", directory);
}

TEST_MAIN()
