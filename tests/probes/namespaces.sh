# SPDX-License-Identifier: GPL-2.0-or-later
# where: host vm
# Numbers of processes and users as namespaces see them.
. "$SRCDIR/tests/lib.sh"

unshare -U --map-user=1234 -pf --mount-proc sh -c 'while :; do sleep 0.1; done' >/dev/null 2>&1 &
outside=$!
for _ in $(seq 50); do
	inside=$(pgrep -P $outside -x sh) && break
	sleep 0.05
done

start numbers-in-a-namespace
if [ -z "$inside" ]; then
	skip "no user and process namespaces can be made here"
else
	spile --target-namespaces="$inside" -T 30 -e 'probe process("sleep").begin {
		if (!ns_pid()) next
		println(ns_pid() > 1, " ", ns_ppid(), " ", ns_uid(), " ", ns_pid() != pid(), " ", uid(),
			" ", ns_gid(), " ", task_ns_tid(task_current()) == ns_tid())
		exit()
	}'
	want_out '1 1 1234 1 0 65534 1'
	kill -9 "$inside" # the first process of a namespace ignores others
fi
finish
kill $outside 2>/dev/null
wait $outside 2>/dev/null

start numbers-outside-of-the-namespace
sleep 30 &
sleeper=$!
spile --target-namespaces=$sleeper -e 'probe begin {
	println(ns_pid() == pid(), ns_ppid() == ppid(), ns_pgrp() == pgrp(), ns_sid() == sid(), " ",
		ns_uid(), ns_euid(), ns_gid(), ns_egid()) exit() }'
want_out '1111 0000'
kill $sleeper
spile --target-namespaces=99999999 -e 'probe begin { exit() }'
want_status 1
want_match "asks for a process that runs" "$err"
finish
