/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer's target for programs and their debug information (make fuzz-elf): whatever a file
 * holds, looking at its functions and variables gives answers or errors.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/look.h"

static char path[64];

static void remove_file(void)
{
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd;

	if (!*path) {
		snprintf(path, sizeof(path), "/dev/shm/spile-fuzz-%d", getpid());
		atexit(remove_file);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	look(path);
	return 0;
}
