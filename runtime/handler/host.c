/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the runtime asks of the tracer home: the shared section, and functions by name.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

/* TAI is a whole number of seconds ahead. */
static u64 tai_offset(void)
{
	u64 ahead = clock_ns(CLOCK_TAI) - clock_ns(CLOCK_REALTIME);

	return (ahead + 500000000) / 1000000000 * 1000000000;
}

/* The coarse clock advances once a tick. */
static u64 ticks_a_second(void)
{
	struct timespec tick = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return tick.tv_nsec > 0 ? 1000000000 / (u64)tick.tv_nsec : 100;
}

static void set_time_zone(struct shared *shared)
{
	time_t now = time(NULL);
	struct tm local;

	if (!localtime_r(&now, &local))
		return;
	shared->tz_gmtoff = -local.tm_gmtoff;
	snprintf(shared->tz_name, sizeof(shared->tz_name), "%s", local.tm_zone);
}

static u32 namespace_of(int pid, const char *kind)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, kind);
	return stat(path, &status) ? 0 : (u32)status.st_ino;
}

void host_set_namespaces(struct shared *shared, int pid)
{
	shared->pid_namespace = namespace_of(pid, "pid");
	shared->user_namespace = namespace_of(pid, "user");
}

void host_set_globals(struct shared *shared)
{
	host.shared = shared;
	if (!shared)
		return;
	shared->tai_offset = tai_offset();
	shared->hz = ticks_a_second();
	shared->tracer_pid = (u64)getpid();
	shared->tracer_uid = getuid();
	set_time_zone(shared);
	host_set_namespaces(shared, getpid());
}
