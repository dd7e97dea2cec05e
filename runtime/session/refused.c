/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/session/refused.h"

#include <stddef.h>
#include <string.h>

#define NO_MODULE "no kernel module is built"
#define NO_SERVER "scripts are compiled here, in milliseconds: there are no compile servers"
#define OTHER_ROOT "the programs and libraries that are probed are those of this machine"

static const struct {
	const char *name, *reason;
} refused[] = {
	{"-b", "all processors write to one buffer, which is printed in the order of time"},
	{"-j", "there are no probes of Java"},
	{"-J", "there are no probes of Java"},
	{"-a", "code is made for the machine that Spile runs on"},
	{"-B", NO_MODULE},
	{"-R", NO_MODULE ", and its run-time sources are not needed"},
	{"-m", NO_MODULE " that could be named; -p4 shows the programs that are loaded"},
	{"-r", "scripts are compiled for the kernel that runs"},
	{"--modinfo", NO_MODULE},
	{"--sign-module", NO_MODULE " that could be signed"},
	{"--privilege", "what a script may do is decided by the capabilities that Spile has"},
	{"--unprivileged", "what a script may do is decided by the capabilities that Spile has"},
	{"--use-server", NO_SERVER},
	{"--use-server-on-error", NO_SERVER},
	{"--list-servers", NO_SERVER},
	{"--trust-servers", NO_SERVER},
	{"--remote", "run Spile on that machine, for instance by ssh"},
	{"--remote-prefix", "run Spile on that machine, for instance by ssh"},
	{"--download-debuginfo", "the debuginfod servers in $DEBUGINFOD_URLS are asked"},
	{"--sysroot", OTHER_ROOT},
	{"--sysenv", OTHER_ROOT},
	{"--dyninst", "handlers run in the kernel as BPF, or in Spile itself"},
	{"--monitor", "spile -i shows what probes and globals do while they run"},
};

const char *refused_reason(const char *option)
{
	size_t length = strncmp(option, "--", 2) ? 2 : strcspn(option, "=");

	for (unsigned i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (strlen(refused[i].name) == length && !memcmp(refused[i].name, option, length))
			return refused[i].reason;
	return NULL;
}
