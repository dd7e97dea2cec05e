/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler library for the kernel: one translation unit, compiled to BPF bitcode when Spile
 * is built.
 */
#include "runtime/handler/home_bpf.c"
#include "runtime/handler/output.c"
#include "runtime/handler/frame.c"
#include "runtime/handler/strings.c"
#include "runtime/handler/format.c"
#include "runtime/handler/text.c"
#include "runtime/handler/regex.c"
#include "runtime/handler/stats.c"
#include "runtime/handler/maps_bpf.c"
#include "runtime/handler/iterate_bpf.c"
#include "runtime/handler/memory_bpf.c"
#include "runtime/handler/strings_bpf.c"
#include "runtime/handler/wide.c"
#include "runtime/handler/time_bpf.c"
#include "runtime/handler/context_bpf.c"
#include "runtime/handler/symbols_bpf.c"
#include "runtime/handler/errno.c"
#include "runtime/handler/float.c"
#include "runtime/handler/float_text.c"
#include "runtime/handler/inet.c"
#include "runtime/handler/logging.c"
#include "runtime/handler/syscall_bpf.c"
#include "runtime/handler/system_bpf.c"
#include "runtime/handler/write_bpf.c"
