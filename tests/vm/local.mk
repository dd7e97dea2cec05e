# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	tests/vm/boot \
	tests/vm/init \
	tests/vm/inside \
	tests/vm/kernel \
	tests/vm/run
