# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/probes/access.c \
	compiler/probes/access.h \
	compiler/probes/basic.c \
	compiler/probes/families.h \
	compiler/probes/kallsyms.c \
	compiler/probes/kernel_way.c \
	compiler/probes/kernel.c \
	compiler/probes/kernel_code.c \
	compiler/probes/kernel_variables.c \
	compiler/probes/kernel.h \
	compiler/probes/kernel_access.c \
	compiler/probes/kernel_btf.c \
	compiler/probes/perf.c \
	compiler/probes/perf.h \
	compiler/probes/perf_counter.c \
	compiler/probes/probe.h \
	compiler/probes/probes.c \
	compiler/probes/process.c \
	compiler/probes/process_absolute.c \
	compiler/probes/process.h \
	compiler/probes/process_callee.c \
	compiler/probes/process_data.c \
	compiler/probes/process_event.c \
	compiler/probes/process_function.c \
	compiler/probes/process_mark.c \
	compiler/probes/process_module.c \
	compiler/probes/process_move.c \
	compiler/probes/process_place.c \
	compiler/probes/process_place.h \
	compiler/probes/process_plt.c \
	compiler/probes/process_sites.c \
	compiler/probes/process_statement.c \
	compiler/probes/process_variables.c \
	compiler/probes/syscall.c \
	compiler/probes/syscall_table.c \
	compiler/probes/syscall_table.h \
	compiler/probes/syscall_text.c \
	compiler/probes/syscall_text.h \
	compiler/probes/text.c \
	compiler/probes/timer.c \
	compiler/probes/trace.c \
	compiler/probes/tracefs.c \
	compiler/probes/tracefs.h

# The table of system calls: data, and what is made of it.
syscall_tables = \
	$(srcdir)/compiler/probes/flags.table \
	$(srcdir)/compiler/probes/structures.table \
	$(srcdir)/compiler/probes/syscalls.table
EXTRA_DIST += compiler/probes/syscalls.awk compiler/probes/flags.table \
	compiler/probes/structures.table compiler/probes/syscalls.table
nodist_libcompiler_a_SOURCES += compiler/probes/syscalls.inc
BUILT_SOURCES += compiler/probes/syscalls.inc
CLEANFILES += compiler/probes/syscalls.inc

compiler/probes/syscalls.inc: $(srcdir)/compiler/probes/syscalls.awk $(syscall_tables)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AWK) -f $(srcdir)/compiler/probes/syscalls.awk \
		$(syscall_tables) >$@.tmp && mv $@.tmp $@
compiler/probes/syscall.$(OBJEXT) compiler/probes/syscall_table.$(OBJEXT) \
compiler/probes/syscall_text.$(OBJEXT): compiler/probes/syscalls.inc
