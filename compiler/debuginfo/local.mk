# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/debuginfo/btf.c \
	compiler/debuginfo/btf.h \
	compiler/debuginfo/btf_ctype.c \
	compiler/debuginfo/btf_ctype.h

libcompiler_a_SOURCES += \
	compiler/debuginfo/abi.h \
	compiler/debuginfo/abi_x86_64.c \
	compiler/debuginfo/ctype.c \
	compiler/debuginfo/ctype.h \
	compiler/debuginfo/place.c \
	compiler/debuginfo/place.h \
	compiler/debuginfo/plt.c \
	compiler/debuginfo/pretty.c \
	compiler/debuginfo/pretty.h \
	compiler/debuginfo/debuginfo.h \
	compiler/debuginfo/demangle.c \
	compiler/debuginfo/demangle.h \
	compiler/debuginfo/dwarf.h \
	compiler/debuginfo/calls.h \
	compiler/debuginfo/calls_x86_64.c \
	compiler/debuginfo/dwarf_calls.c \
	compiler/debuginfo/dwarf_frame.c \
	compiler/debuginfo/dwarf_location.c \
	compiler/debuginfo/dwarf_machine.c \
	compiler/debuginfo/dwarf_machine.h \
	compiler/debuginfo/dwarf_passed.c \
	compiler/debuginfo/dwarf_type.c \
	compiler/debuginfo/dwarf_views.c \
	compiler/debuginfo/elf.c \
	compiler/debuginfo/elf.h \
	compiler/debuginfo/find.c \
	compiler/debuginfo/functions.c \
	compiler/debuginfo/golang.c \
	compiler/debuginfo/golang.h \
	compiler/debuginfo/golang_x86_64.c \
	compiler/debuginfo/ifunc.c \
	compiler/debuginfo/ifunc.h \
	compiler/debuginfo/index.c \
	compiler/debuginfo/index.h \
	compiler/debuginfo/innermost.c \
	compiler/debuginfo/insn.h \
	compiler/debuginfo/insn_x86_64.c \
	compiler/debuginfo/kernel_callers.c \
	compiler/debuginfo/kernel_file.c \
	compiler/debuginfo/kernel_file.h \
	compiler/debuginfo/kernel_callers.h \
	compiler/debuginfo/ldcache.c \
	compiler/debuginfo/ldcache.h \
	compiler/debuginfo/load_base.c \
	compiler/debuginfo/load_base.h \
	compiler/debuginfo/paths.c \
	compiler/debuginfo/paths.h \
	compiler/debuginfo/relocate.c \
	compiler/debuginfo/relocate.h \
	compiler/debuginfo/return_slot.c \
	compiler/debuginfo/return_slot.h \
	compiler/debuginfo/returns.c \
	compiler/debuginfo/returns.h \
	compiler/debuginfo/reach.h \
	compiler/debuginfo/reach_x86_64.c \
	compiler/debuginfo/scan.c \
	compiler/debuginfo/scan.h \
	compiler/debuginfo/symbols.c \
	compiler/debuginfo/tls.c \
	compiler/debuginfo/tls.h \
	compiler/debuginfo/unpack.c \
	compiler/debuginfo/unpack.h \
	compiler/debuginfo/tls_library.c \
	compiler/debuginfo/tls_library.h \
	compiler/debuginfo/usdt.c \
	compiler/debuginfo/usdt.h \
	compiler/debuginfo/variables.c \
	compiler/debuginfo/variables.h
