# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += doc/architecture.md
dist_doc_DATA += \
	doc/conformance.md \
	doc/differences.md \
	doc/json.md \
	doc/language.md \
	doc/repl.md
dist_man_MANS += doc/spile.1
