# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# The aliases of SCSI, whose functions are those of a module, with a disk that is none.
. "$SRCDIR/tests/lib.sh"

a_disk() {
	local module file
	for module in scsi_common scsi_mod crct10dif_common crc-t10dif crc64 crc64-rocksoft t10-pi sd_mod scsi_debug; do
		! file=$(vm_module $module) || insmod "$file" 2>/dev/null
	done
	for _ in $(seq 50); do
		[ ! -b /dev/sda ] || return 0
		sleep 0.1
	done
	return 1
}

start scsi
if ! a_disk; then
	skip "the kernel's package has no scsi_debug"
else
	cat >"$TEST_TMP/script" <<-'J'
		dd if=/dev/sda of=/dev/null bs=4096 count=1 iflag=direct status=none
		dd if=/dev/zero of=/dev/sda bs=8192 count=1 oflag=direct status=none
		echo 1 >/sys/block/sda/device/rescan
		echo offline >/sys/block/sda/device/state
		echo running >/sys/block/sda/device/state
	J
	spile -c "sh $TEST_TMP/script" -e '
		function device(what:string, host:long, channel:long, id:long, lun:long, state:string, to:long, how:string) {
			printf("%s %d:%d:%d:%d %s %d %s ", what, host, channel, id, lun, state, to, how) }
		probe scsi.ioentry { printf("entry %d:%d %d %s %x\n", disk_major, disk_minor, device_state, device_state_str,
			req_addr) }
		probe scsi.iodispatching {
			device("dispatch", host_no, channel, dev_id, lun, device_state_str, data_direction, data_direction_str)
			printf("%d %d %x\n", request_bufflen, request_buffer != 0, req_addr) }
		probe scsi.iodone {
			device("done", host_no, channel, dev_id, lun, device_state_str, data_direction, data_direction_str)
			printf("%d %x\n", scsi_timer_pending, req_addr) }
		probe scsi.iocompleted {
			device("completed", host_no, channel, dev_id, lun, device_state_str, data_direction, data_direction_str)
			printf("%d %x\n", goodbytes, req_addr) }
		probe scsi.ioexecute {
			device("execute", host_no, channel, dev_id, lun, device_state_str, data_direction, data_direction_str)
			printf("%d %d %d %d\n", request_bufflen, request_buffer != 0, retries > 0, timeout) }
		probe scsi.set_state { printf("state %d:%d:%d:%d %d %s > %d %s\n", host_no, channel, dev_id, lun, old_state,
			old_state_str, state, state_str) }'
	request=$(sed -n 's/^dispatch .* TO_DEVICE 8192 1 \(.*\)/\1/p' <<<"$out")
	want_match '^dispatch 0:0:0:0 RUNNING 2 FROM_DEVICE 4096 1 ' "$out"
	want_match '^completed 0:0:0:0 RUNNING 2 FROM_DEVICE 4096 ' "$out"
	want_match "^entry 8:0 2 RUNNING $request$" "$out"
	want_match "^dispatch 0:0:0:0 RUNNING 1 TO_DEVICE 8192 1 $request$" "$out"
	want_match "^done 0:0:0:0 RUNNING 1 TO_DEVICE 1 $request$" "$out"
	want_match "^completed 0:0:0:0 RUNNING 1 TO_DEVICE 8192 $request$" "$out"
	want_match '^execute 0:0:0:0 RUNNING 2 FROM_DEVICE [0-9]+ 1 1 30$' "$out"
	want_match '^state 0:0:0:0 2 RUNNING > 6 OFFLINE$' "$out"
	want_match '^state 0:0:0:0 6 OFFLINE > 2 RUNNING$' "$out"
fi
finish

# The bytes of a command are an array whose length the record tells: tracefs prints them, too.
start arrays-of-the-length-that-the-record-tells
tracing=/sys/kernel/tracing
if [ ! -b /dev/sda ]; then
	skip "the kernel's package has no scsi_debug"
else
	echo 1 >$tracing/events/scsi/scsi_dispatch_cmd_start/enable
	spile -c 'dd if=/dev/sda of=/dev/null bs=4096 count=3 skip=7 iflag=direct status=none' -e '
		probe kernel.trace("scsi:scsi_dispatch_cmd_start") {
			for (i = 0; i < $cmd_len; i++) printf("%02x%s", $cmnd[i], i + 1 < $cmd_len ? " " : "\n")
			try { println($cmnd[$cmd_len]) } catch { behind++ } }
		global behind
		probe end { if (behind != 3) println(behind, " were behind the end") }'
	echo 0 >$tracing/events/scsi/scsi_dispatch_cmd_start/enable
	want "as many as tracefs has" [ "$(grep -c . <<<"$out")" = "$(grep -c 'raw=' $tracing/trace)" ]
	want_match '^28 00 00 00 00 38 00 00 08 00$' "$out"
	want_out "$(sed -n 's/.*raw=\([0-9a-f ]*\)).*/\1/p' $tracing/trace)"
fi
finish
