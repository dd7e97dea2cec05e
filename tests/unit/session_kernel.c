// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers of the kernel home, by hand: what generated code would be for test_session.c. */

/* What is not called is dropped, as generated code drops it. */
#pragma clang attribute push(__attribute__((internal_linkage)), apply_to = function)
#include "runtime/handler/handler_bpf.c"
#pragma clang attribute pop

char spile_globals[SHARED_SIZE + 64] SEC(".data.spile");

/* printf("hit %d %s\n", ++n, "text") */
SEC("spile/hit")
int hit(void *ctx)
{
	struct run run = {.ctx = ctx, .probe = 0};
	u64 *counter = (u64 *)(spile_globals + SHARED_SIZE);

	if (!handler_may_run(0) || frame_claim(&run))
		return 0;
	out_begin(&run, RECORD_PRINT, 0, 64);
	out_long(&run, (i64)__sync_fetch_and_add(counter, 1) + 1);
	out_string(&run, "text", 16);
	out_end(&run);
	frame_release(&run, 0);
	return 0;
}

/* What the verifier refuses: a read far outside of the context. */
SEC("spile/refused")
int refused(void *ctx)
{
	return *(volatile int *)((char *)ctx + 0x7000);
}

char licence[] SEC("license") = "GPL";
