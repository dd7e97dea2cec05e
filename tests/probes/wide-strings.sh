# SPDX-License-Identifier: GPL-2.0-or-later
# where: host
# Strings of UTF-16 and UTF-32.
. "$SRCDIR/tests/lib.sh"

$CC -g -O1 -o "$TEST_TMP/cells" "$SRCDIR/tests/probes/programs/cells.c" || exit 1
wide="process(\"$TEST_TMP/cells\").function(\"wide\")"

start strings
spile -c "$TEST_TMP/cells >/dev/null" -e 'probe '"$wide"' {
	printf("[%s] [%s]\n", user_string_utf16($two, "bad"), user_string_utf32($four, "bad")) }'
want_out '[plain] [plain]
[grüß € 😀 "	\] [grüß € 😀 "	\]
[] []
[bad] [bad]
[bad] [bad]
[bad] [bad]'
finish

start errors
spile -c "$TEST_TMP/cells >/dev/null" -e 'probe '"$wide"' {
	try { user_string_utf16($two) } catch (e) { printf("%s\n", e) }
	try { user_string_utf32($four) } catch (e) { printf("%s\n", e) } }'
want_out 'this is no valid UTF-16 or UTF-32
this is no valid UTF-16 or UTF-32
this is no valid UTF-16 or UTF-32
this is no valid UTF-16 or UTF-32
read fault at 0x8
read fault at 0x8'
finish

start quoted
spile -c "$TEST_TMP/cells >/dev/null" -e 'probe '"$wide"' { $two
	printf("%s %s\n", user_string_quoted_utf16($two), user_string_quoted_utf32($four))
	printf("%d%d%d\n", user_string_quoted_utf16($two) == kernel_or_user_string_quoted_utf16($two),
		user_string_quoted_utf32($four) == kernel_or_user_string_quoted_utf32($four),
		$two == 8 || user_string_quoted_utf16($two) == sprintf("%#x", $two) ||
		user_string_quoted_utf16($two) == string_quoted(user_string_utf16($two))) }'
want_match '^"plain" "plain"$' "$out"
want_match '^"gr\\303\\274\\303\\237 \\342\\202\\254 \\360\\237\\230\\200 \\"\\t\\\\" "gr' "$out"
want_match '^"" ""$' "$out"
want_match '^0x8 0x8$' "$out"
want "all alike" [ "$(grep -c '^111$' <<<"$out")" = 6 ]
finish

start cut-between-characters
spile -D MAXSTRINGLEN=7 -c "$TEST_TMP/cells >/dev/null" -e 'probe '"$wide"' {
	printf("[%s] [%s]\n", user_string_utf16($two, "bad"), user_string_utf32($four, "bad")) }'
want_match '^\[grüß \] \[grüß \]$' "$out"
finish

start kernel-memory
spile -c true -e 'probe kernel.trace("sched:sched_process_exec") {
	printf("%s %s\n", kernel_string_utf16(0, "none"), kernel_string_utf32(0, "none"))
	name = &@cast(task_current(), "struct task_struct", "kernel")->comm
	text = kernel_string_utf16(name, "bad")
	printf("%d %s\n", kernel_ushort(name), text)
	printf("%s %s %s\n", kernel_string_quoted_utf16(0), kernel_string_quoted_utf32(0), kernel_or_user_string_quoted_utf32(0)) }'
want_match '^none none$' "$out"
want_match '^0 0 0$' "$out"
want "the name as UTF-16" python3 - "$out" <<'P'
import struct, sys
lines = sys.argv[1].split("\n")
sys.exit(0 if any(len(line.split(" ")) == 2 and line.split(" ")[0].isdigit() and
                  line.split(" ")[1][:1] == chr(int(line.split(" ")[0])) for line in lines) else 1)
P
finish
