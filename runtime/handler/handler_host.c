/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler library for the tracer: one translation unit, part of Spile itself.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "runtime/handler/home_host.c"
#include "runtime/handler/task_host.c"
#include "runtime/handler/output.c"
#include "runtime/handler/frame.c"
#include "runtime/handler/strings.c"
#include "runtime/handler/format.c"
#include "runtime/handler/text.c"
#include "runtime/handler/regex.c"
#include "runtime/handler/stats.c"
#include "runtime/handler/spread.c"
#include "runtime/handler/map_op.c"
#include "runtime/handler/maps_host.c"
#include "runtime/handler/iterate_host.c"
#include "runtime/handler/memory_host.c"
#include "runtime/handler/strings_host.c"
#include "runtime/handler/wide.c"
#include "runtime/handler/load_base.c"
#include "runtime/handler/time_host.c"
#include "runtime/handler/context_host.c"
#include "runtime/handler/symbols_host.c"
#include "runtime/handler/errno.c"
#include "runtime/handler/float.c"
#include "runtime/handler/float_text.c"
#include "runtime/handler/inet.c"
#include "runtime/handler/logging.c"
#include "runtime/handler/syscall_host.c"
#include "runtime/handler/counters_host.c"
#include "runtime/handler/system_host.c"
#include "runtime/handler/write_host.c"
#include "runtime/handler/host.c"
