/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Demangling by libiberty, kept apart: its headers do not mix well with others.
 */
#ifndef SPILE_DEBUGINFO_DEMANGLE_H
#define SPILE_DEBUGINFO_DEMANGLE_H

/* C++ and Rust: the qualified name without parameters, malloc'd; NULL when not mangled. */
char *demangle_name(const char *mangled);
/* The same with parameters, as people read it in a stack. */
char *demangle_full(const char *mangled);

#endif
