# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += doc/architecture.md
dist_doc_DATA += \
	doc/conformance.md \
	doc/differences.md \
	doc/json.md \
	doc/language.md \
	doc/performance.md \
	doc/repl.md
dist_man_MANS += doc/spile.1

# A manual page for each tapset file that has something for others, and one of all of them, made
# from the comments. The page of tapsets/linux/vfs.stp is spile-tapset-linux-vfs.3.
tapset_page = $(AWK) -f $(srcdir)/doc/tapset-page.awk
tapset_files = $(filter-out tapsets/impossible.stp tapsets/process.stp tapsets/this.stp, \
	$(filter %.stp,$(nobase_dist_pkgdata_DATA)))
tapset_pages = doc/spile-tapsets.3 \
	$(foreach file,$(tapset_files),doc/spile-tapset-$(subst /,-,$(patsubst tapsets/%.stp,%,$(file))).3)
man3_MANS = $(tapset_pages)
EXTRA_DIST += doc/tapset-page.awk
CLEANFILES += $(tapset_pages)

doc/spile-tapset-linux-%.3: tapsets/linux/%.stp doc/tapset-page.awk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(tapset_page) $< >$@.tmp && mv $@.tmp $@
doc/spile-tapset-%.3: tapsets/%.stp doc/tapset-page.awk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(tapset_page) $< >$@.tmp && mv $@.tmp $@
doc/spile-tapsets.3: $(tapset_files) doc/tapset-page.awk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(tapset_page) -v want=index $(filter %.stp,$^) >$@.tmp && \
		mv $@.tmp $@
