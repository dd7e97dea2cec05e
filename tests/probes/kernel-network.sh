# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# The aliases of the network, against what a program knows of its own traffic.
. "$SRCDIR/tests/lib.sh"

program=$TEST_TMP/traffic
$CC -O1 -o "$program" "$SRCDIR/tests/probes/programs/traffic.c" || exit 1

# What the program said of one kind of traffic: $own, $other, $bytes.
said() {
	read -r _ own other bytes <<<"$(grep "^$1 " <<<"$out")"
}

start tcp
spile -c "$program" -e '
	probe tcp.sendmsg { if (pid() == target()) printf("%s %d %s %d > %s %d: %d\n", name, family,
		saddr, sport, daddr, dport, size) }
	probe tcp.sendmsg.return { if (pid() == target()) printf("%s.return %d\n", name, size) }
	probe tcp.recvmsg { if (pid() == target()) printf("%s %d %s %d > %s %d: %d\n", name, family,
		saddr, sport, daddr, dport, size) }
	probe tcp.recvmsg.return { if (pid() == target()) printf("%s.return %d %s %d > %s %d: %d\n",
		name, family, saddr, sport, daddr, dport, size) }
	probe tcp.setsockopt { if (pid() == target()) printf("%s %d %d %d %s %d\n", name, family, level,
		optname, optstr, optlen) }
	probe tcp.setsockopt.return { if (pid() == target()) printf("%s.return %d\n", name, ret) }
	probe tcp.receive { if (syn && !ack) printf("syn %d %s %d > %s %d: %x %d%d%d%d\n", family, saddr,
		sport, daddr, dport, protocol, urg, psh, rst, fin) }
	probe tcp.sendmsg { if (pid() == target()) printf("rto %d %s %s\n", tcp_get_info_rto(sock),
		tcp_sockstate_str(tcp_ts_get_info_state(sock)), format_ipaddr(__ip_sock_daddr(sock), family)) }
	probe tcp.state { if (sport && newstate == 1) printf("%s %s %d > %s %d\n", tcp_state_name(newstate), saddr, sport,
		daddr, dport) }'
want_match '^rto 2[0-9]{5} TCP_ESTABLISHED 127.0.0.1$' "$out"
want_match '^rto 2[0-9]{5} TCP_ESTABLISHED ::1$' "$out"
for kind in tcp4:2:127.0.0.1:800 tcp6:10:::1:86dd; do
	said "${kind%%:*}"
	family=${kind#*:} family=${family%%:*} protocol=${kind##*:}
	host=${kind#*:*:} host=${host%:*}
	want_match "^tcp.sendmsg $family $host $own > $host $other: $bytes$" "$out"
	want_match "^tcp.sendmsg.return $bytes$" "$out"
	want_match "^tcp.recvmsg $family $host $other > $host $own: 64$" "$out"
	want_match "^tcp.recvmsg.return $family $host $other > $host $own: $bytes$" "$out"
	want_match "^tcp.setsockopt $family 6 1 TCP_NODELAY 4$" "$out"
	want_match "^tcp.setsockopt.return 0$" "$out"
	want_match "^syn $family $host $own > $host $other: $protocol 0000$" "$out"
	want_match "^ESTABLISHED $host $own > $host $other$" "$out"
	want_match "^ESTABLISHED $host $other > $host $own$" "$out"
done
finish

start udp
spile -c "$program" -e '
	probe udp.sendmsg { if (pid() == target()) printf("%s %d %s %d > %s %d: %d\n", name, family,
		saddr, sport, daddr, dport, size) }
	probe udp.sendmsg.return { if (pid() == target()) printf("%s.return %d\n", name, size) }
	probe udp.recvmsg { if (pid() == target()) printf("%s %d %s %d: %d\n", name, family, saddr,
		sport, size) }
	probe udp.recvmsg.return { if (pid() == target()) printf("%s.return %d %s %d < %s %d: %d\n",
		name, family, saddr, sport, daddr, dport, size) }
	probe udp.disconnect { if (pid() == target()) printf("%s %d %s %d > %s %d %d\n", name, family,
		saddr, sport, daddr, dport, flags) }
	probe udp.disconnect.return { if (pid() == target()) printf("%s.return %d %d\n", name, ret, sport) }'
for kind in udp4:2:127.0.0.1 udp6:10:::1; do
	said "${kind%%:*}"
	family=${kind#*:} family=${family%%:*} host=${kind#*:*:}
	want_match "^udp.sendmsg $family $host $own > $host $other: $bytes$" "$out"
	want_match "^udp.sendmsg.return $bytes$" "$out"
	want_match "^udp.recvmsg $family $host $other: 64$" "$out"
	want_match "^udp.recvmsg.return $family $host $other < $host $own: $bytes$" "$out"
	want_match "^udp.disconnect $family $host $own > $host $other 2?$" "$out"
	want_match "^udp.disconnect.return 0 0$" "$out"
done
said mapped
want_match "^udp.sendmsg 10 .* > ::ffff:127.0.0.1 $other: 13$" "$out"
want "a mapped message is told once" [ "$(grep -c '^udp.sendmsg .*: 13$' <<<"$out")" = 1 ]
want "its end, too" [ "$(grep -c '^udp.sendmsg.return 13$' <<<"$out")" = 1 ]
finish

start sockets
spile -c "$program" -e '
	probe socket.create { if (pid() == target()) printf("%s %s %d %d %d\n", name,
		sock_fam_num2str(family), type, protocol, requester) }
	probe socket.create.return { if (pid() == target()) printf("%s.return %d %d %d\n", name, family, success, err) }
	probe socket.sendmsg { if (pid() == target()) printf("%s %s %d %d %s %d\n", name,
		sock_fam_num2str(family), type, protocol, sock_state_num2str(state), size) }
	probe socket.send { if (pid() == target()) printf("send %s %d %d %d\n",
		sock_fam_num2str(family), type, success, size) }
	probe socket.recvmsg { if (pid() == target()) printf("%s %d %d %d\n", name, family, type, size) }
	probe socket.receive { if (pid() == target()) printf("receive %d %d %d %d\n", family, type, success, size) }
	probe socket.write_iter { if (pid() == target()) printf("%s %d %d\n", name, family, size) }
	probe socket.readv.return { if (pid() == target()) printf("%s %d %d %d\n", name, family, success, size) }
	probe socket.close { if (pid() == target()) printf("%s %d %d %d\n", name, family, type, protocol) }'
want_match '^socket.create INET 1 [06] 0$' "$out"
want_match '^socket.create INET6 2 (0|17) 0$' "$out"
want_match '^socket.create.return 10 1 0$' "$out"
want_match '^socket.sendmsg INET 1 6 CONNECTED 5$' "$out"
want_match '^socket.sendmsg INET6 2 17 UNCONNECTED 11$' "$out"
want_match '^send INET6 1 1 7$' "$out"
for i in 1 2 3; do
	want_match "^socket.sendmsg LOCAL 1 0 CONNECTED 3$i$" "$out"
	want_match "^send LOCAL 1 1 3$i$" "$out"
	want_match "^socket.recvmsg 1 1 4$i$" "$out"
	want_match "^receive 1 1 1 3$i$" "$out"
done
want_match '^socket.write_iter 1 32$' "$out"
want_match '^socket.readv 1 1 32$' "$out"
want_match '^socket.close 2 2 17$' "$out"
want_match '^socket.close 1 1 0$' "$out"
finish

start devices
spile -c "$program" -e '
	probe netdev.transmit { if (pid() == target()) printf("%s %s %x %d %d\n", name, dev_name, protocol,
		length, truesize > length) }
	probe netdev.hard_transmit { if (pid() == target()) printf("%s %s %x %d\n", name, dev_name, protocol, length) }
	probe netdev.receive { printf("%s %s %x %d\n", name, dev_name, protocol, length) }
	probe netdev.rx { printf("%s %s %x\n", name, dev_name, protocol) }'
# 9 bytes of UDP in IPv4 with the headers of all layers; the last one is gone when it is received.
want_match '^netdev.transmit lo 800 51 1$' "$out"
want_match '^netdev.hard_transmit lo 800 51$' "$out"
want_match '^netdev.receive lo 800 37$' "$out"
want_match '^netdev.rx lo 86dd$' "$out"
finish

start changes-of-devices
cat >"$TEST_TMP/devices" <<'END'
set -e
insmod "$(find /lib/modules "$1" -name 'dummy.ko*' 2>/dev/null | head -n 1)" numdummies=0
ip link add spile0 type dummy
ip link set spile0 address 02:00:00:00:00:01
ip link set spile0 address 02:00:00:00:00:02
ip link set spile0 up
ip link set spile0 mtu 1400
ip link set spile0 promisc on
ip link set spile0 promisc off
ip link set spile0 down
ip link del spile0
END
modules=${SPILE_VM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/spile-vm}/${SPILE_VM:-none}/lib/modules
if ! command -v ip >/dev/null || ! find "$modules" -name 'dummy.ko*' 2>/dev/null | grep -q .; then
	skip "there is no dummy device to change"
else
	spile -c "sh $TEST_TMP/devices $modules" -e '
		probe netdev.register { printf("%s %s\n", name, dev_name) }
		probe netdev.unregister { printf("%s %s\n", name, dev_name) }
		probe netdev.open { printf("%s %s\n", name, dev_name) }
		probe netdev.close { printf("%s %s\n", name, dev_name) }
		probe netdev.change_mtu { printf("%s %s %d %d\n", name, dev_name, old_mtu, new_mtu) }
		probe netdev.change_mac { printf("%s %s %s %s %d\n", name, dev_name, old_mac, new_mac, mac_len) }
		probe netdev.set_promiscuity { printf("%s %s %d %d %d\n", name, dev_name, inc, enable, disable) }
		probe netdev.change_rx_flag { printf("%s %s %x\n", name, dev_name, flags) }'
	want_match '^netdev.register spile0$' "$out"
	want_match '^netdev.unregister spile0$' "$out"
	want_match '^netdev.open spile0$' "$out"
	want_match '^netdev.close spile0$' "$out"
	want_match '^netdev.change_mtu spile0 1500 1400$' "$out"
	want_match '^netdev.change_mac spile0 02:00:00:00:00:01 02:00:00:00:00:02 6$' "$out"
	want_match '^netdev.set_promiscuity spile0 1 1 0$' "$out"
	want_match '^netdev.set_promiscuity spile0 -1 0 1$' "$out"
	want_match '^netdev.change_rx_flag spile0 100$' "$out"
fi
finish
