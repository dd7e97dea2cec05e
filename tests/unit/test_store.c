// SPDX-License-Identifier: GPL-2.0-or-later
/* The compile cache: what is put is got, what is broken is not. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/codegen/store.h"
#include "tests/unit/test.h"

struct place {
	char directory[64];
	struct arena *arena;
	struct store *store;
};

static struct bytes bytes(const char *text)
{
	return (struct bytes){text, strlen(text)};
}

static void place_open(struct place *place)
{
	strcpy(place->directory, "/tmp/spile-test-XXXXXX");
	if (!mkdtemp(place->directory))
		abort();
	place->arena = arena_new();
	place->store = store_open(place->arena,
				  arena_printf(place->arena, "%s/a/b", place->directory));
}

/* The path of a file in the store, the first one that is read. */
static const char *file_in(const struct place *place)
{
	DIR *stream = opendir(place->store->directory);
	struct dirent *entry;
	const char *path = NULL;

	while (stream && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			path = arena_printf(place->arena, "%s/%s", place->store->directory,
					    entry->d_name);
	if (stream)
		closedir(stream);
	return path;
}

static unsigned count_files(const struct place *place)
{
	DIR *stream = opendir(place->store->directory);
	struct dirent *entry;
	unsigned n = 0;

	while (stream && (entry = readdir(stream)))
		n += entry->d_name[0] != '.';
	if (stream)
		closedir(stream);
	return n;
}

static void place_close(struct place *place)
{
	const char *path;

	while ((path = file_in(place)))
		unlink(path);
	rmdir(place->store->directory);
	rmdir(arena_printf(place->arena, "%s/a", place->directory));
	rmdir(place->directory);
	arena_free(place->arena);
}

static bool has(const struct place *place, const char *input, const char *result)
{
	struct bytes got = store_get(place->store, bytes(input));

	return got.data && got.size == strlen(result) && !memcmp(got.data, result, got.size);
}

TEST(what_is_put_is_got)
{
	struct place place;

	place_open(&place);
	CHECK(!store_get(place.store, bytes("input")).data);
	store_put(place.store, bytes("input"), bytes("result"));
	CHECK(has(&place, "input", "result"));
	CHECK(!store_get(place.store, bytes("other input")).data);
	CHECK(!store_get(place.store, bytes("inpu")).data);
	store_put(place.store, bytes("input"), bytes("another"));
	CHECK(has(&place, "input", "another"));
	CHECK_INT(count_files(&place), 1);
	place_close(&place);
}

TEST(the_directory_is_private)
{
	struct place place;
	struct stat st = {0};

	place_open(&place);
	store_put(place.store, bytes("input"), bytes("result"));
	CHECK(!stat(place.store->directory, &st));
	CHECK_INT(st.st_mode & 0777, 0700);
	CHECK(!chmod(place.store->directory, 0770));
	CHECK(!store_get(place.store, bytes("input")).data);
	CHECK(!chmod(place.store->directory, 0755));
	CHECK(has(&place, "input", "result"));
	CHECK(!chmod(file_in(&place), 0622));
	CHECK(!store_get(place.store, bytes("input")).data);
	place_close(&place);
}

/* Each single byte of the file matters, and so does its length. */
TEST(what_is_broken_is_a_miss)
{
	struct place place;
	const char *path;
	struct stat st = {0};
	int fd;

	place_open(&place);
	store_put(place.store, bytes("input"), bytes("result"));
	path = file_in(&place);
	REQUIRE(path && !stat(path, &st));
	fd = open(path, O_RDWR);
	REQUIRE(fd >= 0);
	for (off_t at = 0; at < st.st_size; at++) {
		unsigned char right, wrong;

		CHECK(pread(fd, &right, 1, at) == 1);
		for (unsigned bit = 0; bit < 8; bit++) {
			wrong = right ^ (unsigned char)(1 << bit);
			CHECK(pwrite(fd, &wrong, 1, at) == 1);
			CHECK(!store_get(place.store, bytes("input")).data);
		}
		CHECK(pwrite(fd, &right, 1, at) == 1);
	}
	CHECK(has(&place, "input", "result"));
	for (off_t size = st.st_size; size-- > 0;) {
		CHECK(!ftruncate(fd, size));
		CHECK(!store_get(place.store, bytes("input")).data);
	}
	close(fd);
	store_put(place.store, bytes("input"), bytes("result"));
	CHECK(has(&place, "input", "result"));
	place_close(&place);
}

TEST(a_full_store_drops_what_was_not_used)
{
	struct place place;
	char input[16], result[4096];

	place_open(&place);
	memset(result, 'r', sizeof(result));
	place.store->limit = 40 * sizeof(result);
	store_put(place.store, bytes("kept"), bytes("in use"));
	for (unsigned i = 0; i < 100; i++) {
		snprintf(input, sizeof(input), "%u", i);
		store_put(place.store, bytes(input), (struct bytes){result, sizeof(result)});
		usleep(1000);
		CHECK(has(&place, "kept", "in use"));
	}
	CHECK(count_files(&place) <= 41);
	CHECK(count_files(&place) >= 25);
	CHECK(store_get(place.store, bytes("99")).data);
	CHECK(!store_get(place.store, bytes("0")).data);
	place_close(&place);
}

TEST(a_store_is_poisoned_or_cleaned)
{
	struct place place;

	place_open(&place);
	store_put(place.store, bytes("input"), bytes("result"));
	place.store->poisoned = true;
	CHECK(!store_get(place.store, bytes("input")).data);
	place.store->poisoned = false;
	CHECK(has(&place, "input", "result"));
	CHECK_INT(store_clean(place.store), 1);
	CHECK_INT(count_files(&place), 0);
	place_close(&place);
}

TEST(no_store_keeps_nothing)
{
	struct arena *arena = arena_new();
	struct store *store = store_open(arena, "/proc/no/such/place");

	CHECK(!store_open(arena, NULL));
	CHECK(!store_open(arena, ""));
	store_put(NULL, bytes("input"), bytes("result"));
	CHECK(!store_get(NULL, bytes("input")).data);
	store_put(store, bytes("input"), bytes("result"));
	CHECK(!store_get(store, bytes("input")).data);
	arena_free(arena);
}

TEST_MAIN()
