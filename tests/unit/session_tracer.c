// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers of the tracer home, by hand: what generated code would be for test_session.c. */
#include "runtime/handler/handler.h"

extern char spile_globals[];

int on_begin(void *ctx);
int on_end(void *ctx);
int on_fault(void *ctx);

/* println("begin") */
int on_begin(void *ctx)
{
	struct run run = {.ctx = ctx, .probe = 1};

	if (frame_claim(&run))
		return 0;
	out_begin(&run, RECORD_PRINT, 1, 0);
	out_end(&run);
	frame_release(&run, 0);
	return 0;
}

/* printf("end %d\n", n) */
int on_end(void *ctx)
{
	struct run run = {.ctx = ctx, .probe = 2};

	if (frame_claim(&run))
		return 0;
	out_begin(&run, RECORD_PRINT, 2, 16);
	out_long(&run, *(i64 *)(spile_globals + SHARED_SIZE));
	out_end(&run);
	frame_release(&run, 0);
	return 0;
}

/* An error of site 1. */
int on_fault(void *ctx)
{
	struct run run = {.ctx = ctx, .probe = 1, .error = 1, .error_arg = 42};

	handler_report(&run, 0);
	return 0;
}
