# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	tests/repl/hammer.py \
	tests/repl/keys.py \
	tests/repl/leaks.py \
	tests/repl/life.py \
	tests/repl/live.py \
	tests/repl/play.py \
	tests/repl/protocol.py \
	tests/repl/run \
	tests/repl/sessions/changes.txt \
	tests/repl/sessions/language.txt \
	tests/repl/sessions/probes.txt \
	tests/repl/sessions/python.txt \
	tests/repl/terminal.py \
	tests/repl/work.py
