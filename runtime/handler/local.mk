# SPDX-License-Identifier: GPL-2.0-or-later
# The handler library is compiled by $(CLANG), not by $(CC): once to BPF bitcode, once to the
# host's; both are embedded in libcompiler.a.

EXTRA_DIST += \
	runtime/handler/abi.h \
	runtime/handler/handler.h
