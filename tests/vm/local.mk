# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	tests/vm/archive \
	tests/vm/boot \
	tests/vm/headers \
	tests/vm/init \
	tests/vm/inside \
	tests/vm/kernel \
	tests/vm/run

# Everything that can run in a virtual machine, under each of the kernels.
.PHONY: check-vm
check-vm: check-programs
	+@VM_WHOLE=1 $(MAKE) $(AM_MAKEFLAGS) check-local TESTS_TO_RUN=vm
