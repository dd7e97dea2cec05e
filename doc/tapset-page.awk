# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes a manual page of a tapset file's comments:
#
#   awk -f tapset-page.awk FILE.stp                                the page
#   awk -v want=index -f tapset-page.awk FILE.stp...                  the page of all pages
#   awk -v want=check -f tapset-page.awk FILE.stp...                  what the comments lack
#   awk -v want=names -f tapset-page.awk FILE.stp...                  "function NAME N-PARAMETERS"
#                                                                     or "probe NAME", a line each
#
# A comment stands in front of what it is about, and looks like this, or the same in one line:
#
#   /**
#    * NAME - what it is          "probe" or "sfunction" may stand before the name
#    * @parameter: what it is     of an alias: a variable; @word in a text is set in bold
#    *
#    * More text.
#    */
#
# What begins with "_" or is private is nobody else's. The head of the file, "//"
# lines or one comment, says what the file is about.

function complain_of(where, message) {
	printf "%s: %s\n", where, message
	complaints++
}

function complain(message) {
	complain_of(FILENAME ":" FNR, message)
}

# As roff: what would be a request or an escape is not one, @words are bold.
function roff(text) {
	gsub(/\\/, "\\e", text)
	while (match(text, /(^|[^A-Za-z0-9_@\\])@[a-z_][A-Za-z0-9_]*/))
		text = substr(text, 1, RSTART - 1) bold(substr(text, RSTART, RLENGTH)) \
			substr(text, RSTART + RLENGTH)
	if (text ~ /^[.']/)
		text = "\\&" text
	return text
}

function bold(reference,    at) {
	at = index(reference, "@")
	return substr(reference, 1, at - 1) "\\fB" substr(reference, at + 1) "\\fR"
}

function trim(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

# The comment's lines are doc[1..docs]: into title, the rest as roff.
function read_doc(    i, line, blank, in_title) {
	title = body = documented = params_named = ""
	in_title = 1
	blank = 0
	for (i = 1; i <= docs; i++) {
		line = doc[i]
		if (line == "") {
			if (title != "") {
				in_title = 0
				blank = 1
			}
		} else if (match(line, /^@[A-Za-z_][A-Za-z0-9_]*:/)) {
			params_named = params_named " " substr(line, 2, RLENGTH - 2)
			body = body ".TP\n.I " substr(line, 2, RLENGTH - 2) "\n" \
				roff(trim(substr(line, RLENGTH + 1))) "\n"
			in_title = blank = 0
		} else if (in_title) {
			title = title (title == "" ? "" : " ") line
		} else {
			body = body (blank ? ".PP\n" : "") roff(line) "\n"
			blank = 0
		}
	}
	sub(/^(sfunction|function|probe) +/, "", title)
	if (match(title, / +-+ +/)) {
		documented = substr(title, 1, RSTART - 1)
		title = substr(title, RSTART + RLENGTH)
	} else if (title != "")
		documented = "?"
}

function check(kind, name, params,    words, n, i) {
	if (documented == "")
		complain(kind " " name " has no comment")
	else if (documented != name)
		complain(kind " " name ": its comment is about \"" documented "\"")
	else if (title == "")
		complain(kind " " name ": its comment says nothing")
	if (kind == "probe")
		return
	n = split(params_named, words, " ")
	for (i = 1; i <= n; i++)
		if (!(", " params ~ "[ ,(]" words[i] "[:,)]"))
			complain(kind " " name " has no parameter " words[i])
}

function count(params) {
	params = trim(params)
	return params == "" ? 0 : gsub(/,/, ",", params) + 1
}

# signature: "NAME:type(a:long, b:string)"
function take_function(signature,    name, params) {
	name = params = signature
	sub(/[:(].*/, "", name)
	name = trim(name)
	if (name ~ /^_/)
		return
	sub(/^[^(]*\(/, "", params)
	sub(/\)$/, "", params)
	read_doc()
	if (want == "check")
		check("function", name, params ")")
	if (want == "names")
		print "function", name, count(params)
	gsub(/[ \t]+/, " ", signature)
	functions = functions ".SS " name "\n.B " signature "\n.PP\n" roff(title) "\n" body
	add_name(name)
}

function take_alias(name) {
	if (name ~ /^_/)
		return
	read_doc()
	if (want == "check")
		check("probe", name, "")
	if (want == "names")
		print "probe", name
	aliases = aliases ".SS " name "\n" roff(title) "\n" body
	add_name(name)
}

function take_global(name) {
	read_doc()
	if (want == "check")
		check("probe", name, "")
	globals = globals ".SS " name "\n" roff(title) "\n" body
	add_name(name)
}

function add_name(name) {
	if (index(names, " " name ","))
		return
	names = names " " name ","
}

# Lines of a comment, without what makes it one.
function add_doc(line) {
	sub(/\*+\/[ \t]*$/, "", line)
	sub(/^[ \t]*\/?\*+/, "", line)
	doc[++docs] = trim(line)
}

function page_name(file) {
	sub(/^.*tapsets\//, "", file)
	sub(/\.stp$/, "", file)
	gsub(/\//, "-", file)
	return "spile-tapset-" file
}

# The head's first sentence, as NAME wants it.
function summary(    text) {
	text = head
	if (match(text, /[.:;] /))
		text = substr(text, 1, RSTART - 1)
	sub(/\.$/, "", text)
	return text
}

function end_file() {
	if (file == "")
		return
	if (want == "check" && head == "")
		complain_of(file, "its head does not say what it is about")
	if (want == "index" && names != "") {
		sub(/,$/, "", names)
		gsub(/\n/, " ", head)
		sub(/^ /, "", names)
		printf ".TP\n.BR %s (3)\n%s\n.br\n%s\n", page_name(file), roff(summary()), roff(names)
	}
}

function begin_file() {
	end_file()
	file = FILENAME
	head = names = globals = functions = aliases = signature = ""
	in_head = 1
	in_doc = docs = 0
}

BEGIN {
	if (want == "index") {
		print ".\\\" Generated from the comments of the tapsets"
		print ".TH spile-tapsets 3 \"\" \"Spile\" \"Spile Tapsets\""
		print ".SH NAME\nspile-tapsets \\- functions and probe aliases that come with Spile"
		print ".SH DESCRIPTION"
		print "A script uses all of these by name; nothing has to be included."
	}
}

FNR == 1 { begin_file() }

in_head && /^\/\*$|^\/\/|^ \*/ {
	line = $0
	sub(/^(\/\/|\/?[ \t]*\*\/?) ?/, "", line)
	if (line !~ /^SPDX/ && line != "")
		head = head (head == "" ? "" : " ") line
	next
}
{ in_head = in_head && /^$/ && head == "" }

in_doc {
	add_doc($0)
	in_doc = !/\*\//
	next
}
/^\/\*\*/ {
	docs = 0
	add_doc($0)
	in_doc = !/\*\//
	next
}

# A signature may take several lines, up to its ")".
/^function / { signature = "" }
/^function / || signature != "" {
	line = $0
	sub(/^function +/, "", line)
	signature = signature (signature == "" ? "" : " ") trim(line)
	if (match(signature, /^[^()]*\([^)]*\)/)) {
		take_function(substr(signature, 1, RLENGTH))
		signature = ""
		docs = 0
	}
	next
}
/^private function |^private probe / { docs = 0 }
/^probe [^={]*\+?=/ {
	name = $0
	sub(/^probe +/, "", name)
	sub(/[ \t]*\+?=.*/, "", name)
	take_alias(name)
	docs = 0
}
/^global [A-Za-z]/ && docs {
	name = $2
	sub(/[^A-Za-z0-9_].*/, "", name)
	take_global(name)
	docs = 0
}

END {
	end_file()
	if (want == "check")
		exit complaints > 0
	if (want == "") {
		print ".\\\" Generated from the comments of " page_name(file)
		printf ".TH %s 3 \"\" \"Spile\" \"Spile Tapsets\"\n", page_name(file)
		printf ".SH NAME\n%s \\- %s\n", page_name(file), roff(summary())
		if (head != "")
			printf ".SH DESCRIPTION\n%s\n", roff(head)
		if (globals != "")
			printf ".SH GLOBALS\n%s", globals
		if (functions != "")
			printf ".SH FUNCTIONS\n%s", functions
		if (aliases != "")
			printf ".SH PROBE ALIASES\n%s", aliases
		print ".SH SEE ALSO\n.BR spile (1),\n.BR spile-tapsets (3)"
	}
}
