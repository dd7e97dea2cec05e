/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses and stacks in the tracer home. Names need not wait here: what the runtime has set up
 * (host_set_expand) tells them at once. There is no traced process that runs, so there are
 * neither stacks nor registers.
 */
#include <stdio.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

static void expand_into(char *dst, u32 size, const char *text)
{
	if (host.expand)
		host.expand(host.expand_data, text, dst, size);
	else
		home_copy_string(dst, size, (u64)text);
}

void fn_symbol(struct run *run, char *dst, u32 size, i64 kind, i64 address)
{
	char text[DEFER_TOKEN + 1];

	(void)run;
	snprintf(text, sizeof(text), "%c%c:%llx%c", DEFER, (char)kind, (unsigned long long)address,
		 DEFER_END);
	expand_into(dst, size, text);
}

void fn_symbol_user(struct run *run, char *dst, u32 size, i64 kind, i64 address)
{
	fn_symbol(run, dst, size, kind, address);
}

void fn_symbol_defer(struct run *run, char *dst, u32 size, const char *text)
{
	(void)run;
	expand_into(dst, size, text);
}

void fn_symbol_keep(struct run *run, char *dst, u32 size, const char *text)
{
	(void)run;
	home_copy_string(dst, size, (u64)text);
}

void fn_stack_user(struct run *run, char *dst, u32 size, i64 kind, i64 n, i64 slot)
{
	(void)run;
	(void)size;
	(void)kind;
	(void)n;
	(void)slot;
	*dst = 0;
}

void fn_stack_kernel(struct run *run, char *dst, u32 size, i64 kind, i64 n, i64 context)
{
	(void)context;
	fn_stack_user(run, dst, size, kind, n, 0);
}

void fn_stack_print_user(struct run *run, i64 kind, i64 slot)
{
	(void)run;
	(void)kind;
	(void)slot;
}

void fn_stack_print_kernel(struct run *run, i64 kind)
{
	fn_stack_print_user(run, kind, 0);
}

i64 fn_stack_user_at(struct run *run, i64 n, i64 slot)
{
	(void)run;
	(void)n;
	(void)slot;
	return 0;
}

i64 fn_stack_kernel_at(struct run *run, i64 n, i64 context)
{
	(void)context;
	return fn_stack_user_at(run, n, 0);
}

i64 fn_register(struct run *run, const char *name, i64 context)
{
	(void)name;
	(void)context;
	handler_raise(run, "there are no registers at this probe");
	return 0;
}

i64 fn_register_at(struct run *run, i64 index, i64 context)
{
	(void)run;
	(void)index;
	(void)context;
	return 0;
}

i64 fn_addr(struct run *run, i64 context, i64 of_function)
{
	(void)run;
	(void)context;
	(void)of_function;
	return 0;
}

void host_set_expand(host_expand *expand, void *data)
{
	host.expand = expand;
	host.expand_data = data;
}
