# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# Remote calls of the kernel, both sides, as NFS makes them.
. "$SRCDIR/tests/lib.sh"
. "$SRCDIR/tests/probes/programs/nfs.sh"

# Dozens of probes take their time in an emulator.
SPILE_TIMEOUT=200

if ! nfs_server 2>"$TEST_TMP/err"; then
	start remote-calls
	skip "there is no server: $(head -n 1 "$TEST_TMP/err")"
	exit
fi

cat >"$TEST_TMP/work" <<'J'
cd "$1" && echo hello >file && mv file other && rm other && mkdir dir && rmdir dir
J

start remote-calls
nfs_mount 3
spile -c "bash $TEST_TMP/work $TEST_TMP/mnt" -e 'global made, over
	probe sunrpc.clnt.call_sync { printf("%s %s %s %d %s %d %d %d %d\n", name, procname, progname, prog, servername, vers, prot, port, dead) }
	probe sunrpc.sched.new_task { made++; if (prog == 100003) printf("%s %d %d %d\n", name, vers, prot, xid) }
	probe sunrpc.sched.execute { if (prog == 100003) printf("%s %d %d\n", name, vers, prot) }
	probe sunrpc.sched.release_task { over++ }
	probe sunrpc.svc.process, sunrpc.svc.send { printf("%s %s %s %d %d %d %x\n", name, sv_name, peer_ip, rq_prog, rq_vers, rq_prot, rq_xid) }
	probe sunrpc.svc.recv { printf("%s %s %d %d\n", name, sv_name, sv_prog, sv_nrthreads) }
	probe end { printf("%d %d\n", made > 5, made - over >= -1 && made - over <= 1) }'
want_match '^sunrpc.clnt.call_sync CREATE nfs 100003 127.0.0.1 3 6 2049 0$' "$out"
want_match '^sunrpc.clnt.call_sync RMDIR nfs 100003 127.0.0.1 3 6 2049 0$' "$out"
want_match '^sunrpc.sched.new_task 3 6 0$' "$out"
want_match '^sunrpc.sched.execute 3 6$' "$out"
want_match '^sunrpc.svc.process nfsd 127.0.0.1 100003 3 6 [0-9a-f]+$' "$out"
want_match '^sunrpc.svc.recv nfsd 100003 1$' "$out"
want_match '^1 1$' "$out"
sent=$(sed -n 's/^sunrpc.svc.send.* //p' <<<"$out" | sort) came=$(sed -n 's/^sunrpc.svc.process.* //p' <<<"$out" | sort)
want "all are answered: $came $sent" [ -n "$came" -a "$came" = "$sent" ]
finish

start the-end-of-client-and-server
calls=$(awk '$1 == "rpc" { print $2 }' /proc/net/rpc/nfsd)
spile -c "bash -c 'umount $TEST_TMP/mnt; rpc.nfsd 0'" -e '
	probe sunrpc.clnt.shutdown_client { if (prog == 100003) printf("%s %s %d %d %d\n", name, servername, om_ops > 10,
		om_bytes_sent > 1000, om_ntrans >= om_ops) }
	probe sunrpc.svc.destroy { if (sv_prog == 100003) printf("%s %s %s %d\n", name, sv_name, sv_progname, rpccnt) }'
want_match '^sunrpc.clnt.shutdown_client 127.0.0.1 1 1 1$' "$out"
want_match "^sunrpc.svc.destroy nfsd nfsd $calls$" "$out"
finish
nfs_stop 2>/dev/null
