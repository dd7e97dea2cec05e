# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# The aliases of NFS and its remote calls: this machine is client and server.
. "$SRCDIR/tests/lib.sh"
. "$SRCDIR/tests/probes/programs/nfs.sh"

# Dozens of probes take their time in an emulator.
SPILE_TIMEOUT=200

start a-module-that-is-not-there
spile -e 'probe nfsd.dispatch { }'
want_status 1
want_match "no module 'nfsd' is loaded" "$err"
want_match "'modprobe nfsd' loads it" "$err"
finish

start gone-with-the-kernels
spile -e 'probe nfs.proc.read { }'
want_status 1
want_match 'use nfs.proc.read_setup' "$err"
finish

if ! nfs_server 2>"$TEST_TMP/err"; then
	start nfs
	skip "there is no server: $(head -n 1 "$TEST_TMP/err")"
	exit
fi

cat >"$TEST_TMP/work" <<'J'
cd "$1" && echo hello >file && dd if=file of=/dev/null bs=4096 count=1 iflag=direct status=none
mv file other && rm other && mkdir dir && rmdir dir
J

for version in 3 4.2; do
	major=${version%.*}
	start "the-client-by-version-$major"
	nfs_mount $version || wrong "no mount"
	spile -c "bash $TEST_TMP/work $TEST_TMP/mnt" -e '
		probe nfs.fop.open { printf("%s %s %d\n", name, file_name, i_size) }
		probe nfs.fop.read_iter, nfs.fop.write_iter { printf("%s %s in %s: %d %d\n", name, file_name, parent_name, pos, count) }
		probe nfs.fop.release, nfs.fop.flush { printf("%s %d %d\n", name, ino, mode & 3) }
		probe nfs.aop.write_begin, nfs.aop.write_end { printf("%s %d %d %d %d\n", name, page_index, offset, to, size) }
		probe nfs.proc.create, nfs.proc.remove { printf("%s %s %d %s %d %d\n", name, filename, filelen, server_ip, prot, version) }
		probe nfs.proc.rename { printf("%s %s %d %s %d %d %d\n", name, old_name, old_filelen, new_name, new_filelen,
			version, old_fh == new_fh) }
		probe nfs.proc.rename_done { printf("%s %d %d\n", name, status, version) }
		probe nfs.proc.write_setup, nfs.proc.read_setup { printf("%s %d %d %d %s\n", name, offset, count, version, server_ip) }
		probe nfs.proc.write_done, nfs.proc.read_done { printf("%s %d\n", name, count) }'
	[ $major = 4 ] || want_match '^nfs.fop.open file 0$' "$out"
	want_match '^nfs.fop.write_iter file in (/|export): 0 6$' "$out"
	want_match '^nfs.fop.read_iter file in (/|export): 0 4096$' "$out"
	want_match '^nfs.fop.release [0-9]+ 2$' "$out"
	want_match '^nfs.fop.flush [0-9]+ 2$' "$out"
	want_match '^nfs.aop.write_begin 0 0 6 6$' "$out"
	want_match '^nfs.aop.write_end 0 0 6 6$' "$out"
	[ $major = 4 ] || want_match "^nfs.proc.create file 4 127.0.0.1 6 3$" "$out"
	want_match "^nfs.proc.remove other 5 127.0.0.1 6 $major$" "$out"
	want_match "^nfs.proc.rename file 4 other 5 $major 1$" "$out"
	want_match "^nfs.proc.rename_done 0 $major$" "$out"
	want_match "^nfs.proc.write_setup 0 6 $major 127.0.0.1$" "$out"
	want_match '^nfs.proc.write_done 6$' "$out"
	want_match "^nfs.proc.read_setup 0 4096 $major 127.0.0.1$" "$out"
	want_match '^nfs.proc.read_done 6$' "$out"
	finish

	start "the-server-by-version-$major"
	calls=$(awk '$1 == "rpc" { print $2 }' /proc/net/rpc/nfsd)
	spile -c "bash $TEST_TMP/work $TEST_TMP/mnt" -e 'global calls
		probe nfsd.dispatch { calls++; if (client_ip != "127.0.0.1" || proto != 6 || !xid) println("dispatch") }
		probe nfsd.proc'$major'.remove, nfsd.proc'$major'.create { printf("%s %s %d %s %d %d %d %s\n", name, filename, filelen, client_ip, proto,
			version, uid, substr(fh, 0, 4)) }
		probe nfsd.proc.write, nfsd.proc.read { printf("%s %d %d %d %d\n", name, offset, count, vlen, version) }
		probe nfsd.proc.rename { printf("%s %s %d %s %d %d\n", name, filename, flen, tname, tlen, fh == tfh) }
		probe nfsd.create { printf("%s %s %d %o\n", name, filename, filelen, type) }
		probe nfsd.unlink { printf("%s %s %d\n", name, filename, filelen) }
		probe nfsd.rename { printf("%s %s %s\n", name, filename, tname) }
		probe nfsd.read { printf("%s %d %d %s\n", name, offset, count, client_ip) }
		probe nfsd.write { printf("%s %d %d\n", name, offset, count) }
		probe end { printf("calls %d\n", calls) }'
	want_match "^calls $(($(awk '$1 == "rpc" { print $2 }' /proc/net/rpc/nfsd) - calls))$" "$out"
	want_no_match '^dispatch' "$out"
	want_match "^nfsd.proc.remove other 5 127.0.0.1 6 $major 0 [0-9]+: [0-9a-f]" "$out"
	want_match "^nfsd.proc.create $([ $major = 3 ] && echo file 4 || echo dir 3) 127.0.0.1 6 $major 0 [0-9]+: [0-9a-f]" "$out"
	want_match "^nfsd.proc.write 0 6 1 $major$" "$out"
	want_match "^nfsd.proc.read 0 4096 1 $major$" "$out"
	want_match '^nfsd.proc.rename file 4 other 5 1$' "$out"
	want_match '^nfsd.create dir 3 40000$' "$out"
	want_match '^nfsd.unlink other 5$' "$out"
	want_match '^nfsd.unlink dir 3$' "$out"
	want_match '^nfsd.rename file other$' "$out"
	[ $major = 4 ] || want_match '^nfsd.read 0 4096 127.0.0.1$' "$out"
	[ $major = 4 ] || want_match '^nfsd.write 0 6$' "$out"
	finish
done
nfs_stop
