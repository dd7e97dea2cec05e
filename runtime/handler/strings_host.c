/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings and bytes in memory, in the tracer home: Spile's own memory, where it can be read.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "runtime/handler/home.h"

static void raise_fault(struct run *run, u64 address)
{
	run->error = ERROR_DYNAMIC;
	run->error_arg = (i64)address;
	snprintf(run->frame->message, sizeof(run->frame->message), "read fault at 0x%llx",
		 (unsigned long long)address);
}

/* Reads n bytes, or up to the NUL, into a; how many, or negative. */
static i64 read_text(struct run *run, u64 address, i64 n, int is_bytes)
{
	char *to = run->frame->work.a;
	i64 got = 0;

	if (n > MAX_STRING)
		n = MAX_STRING;
	for (; got < n; got++) {
		if (memory_read(to + got, address + (u64)got, 1)) {
			raise_fault(run, address);
			return -1;
		}
		if (!is_bytes && !to[got])
			break;
	}
	to[got] = 0;
	return got;
}

void fn_user_string_n(struct run *run, char *dst, u32 size, i64 address, i64 n)
{
	*dst = 0;
	if (read_text(run, (u64)address, n, 0) >= 0)
		home_copy_string(dst, size, (u64)run->frame->work.a);
}

void fn_user_string_n_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 n)
{
	fn_user_string_n(run, dst, size, address, n);
}

void fn_user_string(struct run *run, char *dst, u32 size, i64 address)
{
	fn_user_string_n(run, dst, size, address, size - 1);
}

void fn_user_string_sleepable(struct run *run, char *dst, u32 size, i64 address)
{
	fn_user_string_n(run, dst, size, address, size - 1);
}

void fn_kernel_string_n(struct run *run, char *dst, u32 size, i64 address, i64 n)
{
	(void)size;
	(void)n;
	*dst = 0;
	raise_fault(run, (u64)address);
}

void fn_kernel_string(struct run *run, char *dst, u32 size, i64 address)
{
	fn_kernel_string_n(run, dst, size, address, 0);
}

void fn_user_bytes_quoted(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most)
{
	i64 got = read_text(run, (u64)address, n, 1);

	*dst = 0;
	if (got < 0)
		return;
	global_escape(run->frame, (u32)got, escape_most(size, most, 1), 1);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

void fn_user_bytes_quoted_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 n,
				    i64 most)
{
	fn_user_bytes_quoted(run, dst, size, address, n, most);
}

void fn_kernel_bytes_quoted(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most)
{
	(void)most;
	fn_kernel_string_n(run, dst, size, address, n);
}

i64 fn_user_read(struct run *run, i64 address, i64 size)
{
	u64 value = 0;

	if (memory_read(&value, (u64)address, size == 8 ? 8 : (u32)size & 7))
		raise_fault(run, (u64)address);
	return (i64)value;
}

i64 fn_user_read_sleepable(struct run *run, i64 address, i64 size)
{
	return fn_user_read(run, address, size);
}

i64 fn_kernel_read(struct run *run, i64 address, i64 size)
{
	(void)size;
	raise_fault(run, (u64)address);
	return 0;
}

/* ---- arguments and environment of the process ------------------------------------------------------- */

/* String n of a file of NUL-terminated strings, into `to`; 0: there is none. */
static int strings_file(const char *path, i64 n, const char *prefix, char *to, u32 size)
{
	FILE *file = fopen(path, "r");
	size_t capacity = 0, length = strlen(prefix);
	char *line = NULL;
	int found = 0;

	if (!file)
		return 0;
	for (i64 i = 0; !found && getdelim(&line, &capacity, 0, file) > 0; i++) {
		if (n >= 0 ? i != n : strncmp(line, prefix, length) || line[length] != '=')
			continue;
		home_copy_string(to, size, (u64)(line + (n >= 0 ? 0 : length + 1)));
		found = 1;
	}
	free(line);
	fclose(file);
	return found;
}

i64 fn_has_cmdline_arg(struct run *run, i64 n)
{
	return n >= 0 && strings_file(host_task_file("cmdline"), n, "", run->frame->work.a, WORK_SIZE);
}

void fn_cmdline_arg(struct run *run, char *dst, u32 size, i64 n)
{
	(void)run;
	*dst = 0;
	if (n >= 0)
		strings_file(host_task_file("cmdline"), n, "", dst, size);
}

void fn_env_var(struct run *run, char *dst, u32 size, const char *name)
{
	(void)run;
	*dst = 0;
	strings_file(host_task_file("environ"), -1, name, dst, size);
}

/* ---- for wide.c --------------------------------------------------------------------------------- */

static inline INLINE long home_read_unit(u64 address, u32 four, u64 user, u32 *unit)
{
	*unit = 0;
	return user ? memory_read(unit, address, four ? 4 : 2) : -1;
}

static inline INLINE long home_read_word(u64 address, u32 waits, u64 *word)
{
	(void)waits;
	return memory_read(word, address, 8);
}

static inline INLINE void home_auxiliary(u32 i, u64 *type, u64 *value)
{
	u64 entry[2] = {0};
	int fd = open(host_task_file("auxv"), O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && pread(fd, entry, sizeof(entry), i * sizeof(entry)) == sizeof(entry)) {
		*type = entry[0];
		*value = entry[1];
	}
	if (fd >= 0)
		close(fd);
}

static inline INLINE void home_wait_for_memory(struct frame *frame, u64 address)
{
	(void)frame;
	(void)address;
}

static inline INLINE void home_raise_fault(struct run *run, u64 address)
{
	raise_fault(run, address);
}
