/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Demangling by libiberty.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libiberty/demangle.h>

#include "compiler/debuginfo/demangle.h"

static bool is_hex(const char *text, size_t n)
{
	return strspn(text, "0123456789abcdef") >= n;
}

/* Rust's legacy mangling ends in "17h<16 hex digits>E". */
static bool is_legacy_rust(const char *mangled)
{
	size_t length = strlen(mangled);

	return length > 20 && !strcmp(mangled + length - 1, "E") &&
	       !strncmp(mangled + length - 20, "17h", 3) && is_hex(mangled + length - 17, 16);
}

static char *demangle_as(const char *mangled, int options)
{
	if (!strncmp(mangled, "_R", 2) || is_legacy_rust(mangled))
		return rust_demangle(mangled, options);
	return cplus_demangle_v3(mangled, options);
}

char *demangle_name(const char *mangled)
{
	return demangle_as(mangled, DMGL_NO_OPTS);
}

char *demangle_full(const char *mangled)
{
	return demangle_as(mangled, DMGL_PARAMS | DMGL_ANSI);
}
