# SPDX-License-Identifier: GPL-2.0-or-later
# nfs_server: modules of NFS, and a server of $TEST_TMP/export for this machine. nfs_mount VERSION: its
# files at $TEST_TMP/mnt. nfs_stop: neither any more.

nfs_server() {
	vm_load crc32c_generic oid_registry dns_resolver sunrpc auth_rpcgss grace lockd nfs_acl nfs_localio nfsd \
		nfs nfsv3 nfsv4 || return 1
	mkdir -p "$TEST_TMP/export" "$TEST_TMP/mnt" /var/lib/nfs/v4recovery
	mount -t tmpfs tmpfs "$TEST_TMP/export" && mount -t nfsd nfsd /proc/fs/nfsd && mount -t tmpfs tmpfs /var/lib/nfs &&
		mkdir -p /var/lib/nfs/v4recovery /var/lib/nfs/sm && : >/var/lib/nfs/etab || return 1
	pgrep -x rpcbind >/dev/null || rpcbind || return 1
	exportfs -i -o rw,fsid=0,no_root_squash,no_subtree_check,insecure "127.0.0.1:$TEST_TMP/export" || return 1
	rpc.nfsd --no-udp 1 && rpc.mountd --no-udp || return 1
	echo Y >/proc/fs/nfsd/v4_end_grace
	return 0
}

nfs_mount() {
	local path=$TEST_TMP/export
	[ "$1" = 3 ] || path=/
	umount "$TEST_TMP/mnt" 2>/dev/null
	mount -t nfs -o "vers=$1,nolock,proto=tcp" "127.0.0.1:$path" "$TEST_TMP/mnt"
}

nfs_stop() {
	umount "$TEST_TMP/mnt"
	rpc.nfsd 0
	pkill -x rpc.mountd
	umount /proc/fs/nfsd /var/lib/nfs "$TEST_TMP/export"
}
