/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Broken ELF and DWARF: real programs with bytes changed or cut off must give errors, never a
 * crash or a hang. A child process does the reading, so that its end tells. SPILE_FUZZ_ROUNDS
 * sets how long it goes on.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/fuzz/look.h"

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

/* 0, or the signal that ended the child, or the status of a sanitizer. */
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
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
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

/* Breaks `victim` again and again, and looks at `path`, which it is or which refers to it. */
static void break_file(const char *path, const char *victim, const char *what, unsigned rounds)
{
	struct image original = { NULL, 0 }, changed;

	if (!CHECK(load(&original, victim)))
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
		if (!CHECK(save(&changed, size, victim)))
			break;
		signal = look_in_child(path);
		if (!CHECK_INT(signal, 0))
			printf("# %s, round %u, state %#llx\n", what, i,
			       (unsigned long long)seed);
	}
	free(changed.bytes);
	free(original.bytes);
}

static void run_rounds(const char *compiler, const char *flags, unsigned rounds)
{
	char path[128], what[256];

	snprintf(path, sizeof(path), "%s/values", directory);
	snprintf(what, sizeof(what), "%s %s", compiler, flags);
	if (CHECK(live_shell("%s %s -g -o %s %s", compiler, flags, path, live_source("values.c"))))
		break_file(path, path, what, rounds);
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

static const char *clang(void)
{
	return getenv("CLANG") ? getenv("CLANG") : "clang-19";
}

TEST(clang)
{
	run_rounds(clang(), "-O2", rounds_of(60));
}

TEST(compressed)
{
	run_rounds("gcc", "-O2 -gz=zlib", rounds_of(30));
	run_rounds("gcc", "-O1 -gdwarf-4 -gz=zlib-gnu", rounds_of(20));
}

TEST(split)
{
	char path[128], victim[128];

	snprintf(path, sizeof(path), "%s/split", directory);
	snprintf(victim, sizeof(victim), "%s/split.dwo", directory);
	for (unsigned i = 0; i < 2; i++) {
		if (!CHECK(live_shell("%s -O2 -g -gdwarf-%d -gsplit-dwarf -c -o %s.o %s && "
				      "gcc -o %s %s.o",
				      i ? clang() : "gcc", i ? 5 : 4, path, live_source("values.c"),
				      path, path)))
			return;
		break_file(path, victim, "split", rounds_of(30));
	}
}

/* Two programs whose common debug information is in a third file. */
TEST(common_to_several)
{
	char path[128], victim[128];

	if (!live_shell("command -v dwz >/dev/null"))
		SKIP("dwz is not installed");
	snprintf(path, sizeof(path), "%s/first", directory);
	snprintf(victim, sizeof(victim), "%s/common", directory);
	if (!CHECK(live_shell("gcc -O2 -g -o %s %s && gcc -O1 -g -o %s/second %s && "
			      "dwz -m %s %s %s/second",
			      path, live_source("values.c"), directory, live_source("values.c"),
			      victim, path, directory)))
		return;
	break_file(path, victim, "common", rounds_of(30));
	break_file(path, path, "refers to common", rounds_of(20));
}

TEST(classes)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/classes", directory);
	if (CHECK(live_shell("g++ -O2 -g -o %s %s", path, live_source("classes.cc"))))
		break_file(path, path, "classes", rounds_of(30));
	live_shell("rm -rf %s", directory);
}

TEST_MAIN()
