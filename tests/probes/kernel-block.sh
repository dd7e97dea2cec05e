# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# Requests for a real disk (tests/vm/boot gives one), against what the disk itself counts.
. "$SRCDIR/tests/lib.sh"

# Reads, sectors read, writes, sectors written.
counted() {
	awk '{ print $1, $3, $5, $7 }' /sys/block/vda/stat
}

# difference BEFORE AFTER
difference() {
	# shellcheck disable=SC2086 # four numbers each
	set -- $1 $2
	echo "$(($5 - $1)) $(($6 - $2)) $(($7 - $3)) $(($8 - $4))"
}

cat >"$TEST_TMP/requests" <<'J'
dd if=/dev/zero of=/dev/vda bs=64k count=20 oflag=direct status=none
dd if=/dev/vda of=/dev/null bs=4k count=30 skip=7 iflag=direct status=none
J

start requests-as-the-disk-counts-them
before=$(counted)
spile -c "sh $TEST_TMP/requests" -e 'global n, bytes, made, done
	probe ioscheduler.elv_completed_request { if (disk_major == target_major()) {
		n[rq_flags & 1]++; bytes[rq_flags & 1] += size } }
	probe ioblock.request { if (devname == "vda") made += size }
	probe ioblock.end { if (devname == "vda") done += bytes_done }
	function target_major() { return strtol(@1, 10) }
	probe end { printf("%d %d %d %d\n%d %d\n", n[0], bytes[0] / 512, n[1], bytes[1] / 512, made, done) }' \
	"$((0x$(stat -c %t /dev/vda)))"
want "$before, $(counted)" [ "$(head -n 1 <<<"$out")" = "$(difference "$before" "$(counted)")" ]
want "all that was asked for" [ "$(head -n 1 <<<"$out")" = "30 240 20 2560" ]
want_match '^1433600 1433600$' "$out"
finish

# The files of a file system on it: what reaches the disk is the pages of that file.
mkdir -p "$TEST_TMP/mnt"
start requests-of-a-file
if ! command -v mkfs.ext2 >/dev/null || ! vm_load crc32c_generic crc16 mbcache jbd2 ext4 ||
	! mkfs.ext2 -q /dev/vda || ! mount -t ext4 /dev/vda "$TEST_TMP/mnt"; then
	skip "no file system can be made"
else
	spile -c "dd if=/dev/zero of=$TEST_TMP/mnt/file bs=4096 count=8 conv=fsync status=none" -e '
		probe ioblock.request { if (rw && ino && devname == "vda") printf("%d %d\n", ino, size) }'
	number=$(stat -c %i $TEST_TMP/mnt/file)
	want "$number in $out" [ "$(awk -v number="$number" '$1 == number { n += $2 } END { print n }' <<<"$out")" = 32768 ]
	umount "$TEST_TMP/mnt"
fi
finish

# The latencies of the example: as many as the disk has done, and none longer than all took.
start the-example-of-latencies
before=$(counted)
start_ns=$(date +%s%N)
spile "$SRCDIR/examples/block-latency.stp" -c "sh $TEST_TMP/requests"
took=$((($(date +%s%N) - start_ns) / 1000))
sums=$(awk '/, us:/ { what = $1; next } what && /\|/ { n[what] += $NF; if ($NF) last = $1 }
	END { print n["reads,"], n["writes,"], last }' <<<"$out")
read -r reads writes last <<<"$sums"
want "$sums" [ "$reads $writes" = "$(difference "$before" "$(counted)" | cut -d' ' -f1,3)" ]
want "$last of $took us" [ "$last" -gt 0 -a "$last" -lt "$took" ]
finish
