# SPDX-License-Identifier: GPL-2.0-or-later
# The handler library: for the kernel compiled by $(CLANG) to BPF bitcode, which is embedded in
# libcompiler.a; for the tracer by $(CC), in libruntime.a. Both from the same sources.

handler_headers = \
	runtime/handler/abi.h \
	runtime/handler/character.h \
	runtime/handler/functions.h \
	runtime/handler/handler.h \
	runtime/handler/home.h \
	runtime/handler/iterate.h

# Included by handler_bpf.c and handler_host.c.
handler_parts = \
	runtime/handler/arch_x86_64.h \
	runtime/handler/context_bpf.c \
	runtime/handler/context_host.c \
	runtime/handler/counters_bpf.c \
	runtime/handler/counters_host.c \
	runtime/handler/errno.c \
	runtime/handler/float.c \
	runtime/handler/float_text.c \
	runtime/handler/format.c \
	runtime/handler/frame.c \
	runtime/handler/home_bpf.c \
	runtime/handler/home_host.c \
	runtime/handler/inet.c \
	runtime/handler/host.c \
	runtime/handler/iterate_bpf.c \
	runtime/handler/iterate_host.c \
	runtime/handler/load_base.c \
	runtime/handler/logging.c \
	runtime/handler/map_op.c \
	runtime/handler/maps_bpf.c \
	runtime/handler/maps_host.c \
	runtime/handler/memory_bpf.c \
	runtime/handler/memory_host.c \
	runtime/handler/output.c \
	runtime/handler/regex.c \
	runtime/handler/spread.c \
	runtime/handler/stats.c \
	runtime/handler/strings.c \
	runtime/handler/strings_bpf.c \
	runtime/handler/strings_host.c \
	runtime/handler/symbols_bpf.c \
	runtime/handler/symbols_host.c \
	runtime/handler/syscall_bpf.c \
	runtime/handler/syscall_host.c \
	runtime/handler/syscall_lists.h \
	runtime/handler/syscall_members.h \
	runtime/handler/syscall_print.h \
	runtime/handler/system_bpf.c \
	runtime/handler/system_host.c \
	runtime/handler/syscall_structures.h \
	runtime/handler/task_bpf.h \
	runtime/handler/task_host.c \
	runtime/handler/text.c \
	runtime/handler/time_bpf.c \
	runtime/handler/time_host.c \
	runtime/handler/wide.c \
	runtime/handler/write_bpf.c \
	runtime/handler/write_host.c

libcompiler_a_SOURCES += \
	runtime/handler/bitcode.c \
	runtime/handler/bitcode.h
libruntime_a_SOURCES += \
	$(handler_headers) \
	runtime/handler/handler_host.c \
	runtime/handler/host.h \
	runtime/handler/host_symbols.c
EXTRA_DIST += $(handler_parts) runtime/handler/handler_bpf.c runtime/handler/slim.awk
CLEANFILES += runtime/handler/handler.bc runtime/handler/host_symbols.inc

# The multiarch directory holds <asm/types.h>, which <linux/bpf.h> needs.
HANDLER_CFLAGS = -target bpf -mcpu=v3 -O2 -g -Xclang -fexperimental-assignment-tracking=disabled \
	$(WARN_CFLAGS) -I$(top_srcdir) -I$(top_builddir) \
	-idirafter /usr/include/`$(CC) -print-multiarch`

runtime/handler/handler.bc: runtime/handler/local.mk runtime/handler/slim.awk \
		runtime/handler/handler_bpf.c \
		$(handler_headers) $(handler_parts) compiler/probes/syscalls.inc
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CLANG) $(HANDLER_CFLAGS) -emit-llvm -S -o $@.ll \
			$(top_srcdir)/runtime/handler/handler_bpf.c && \
		awk -f $(top_srcdir)/runtime/handler/slim.awk $@.ll $@.ll | \
		$(LLVM_BINDIR)/llvm-as -o $@ && rm -f $@.ll

runtime/handler/host_symbols.inc: runtime/handler/handler.bc
	$(AM_V_GEN)$(LLVM_BINDIR)/llvm-nm --defined-only $< | \
		sed -n '/ [TW] \(global\|spile\)_/d; s/.* [TW] \(.*\)/SYMBOL(\1)/p' >$@.tmp && mv $@.tmp $@

runtime/handler/bitcode.$(OBJEXT): runtime/handler/handler.bc runtime/handler/host_symbols.inc
runtime/handler/host_symbols.$(OBJEXT): runtime/handler/host_symbols.inc
