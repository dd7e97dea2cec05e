# SPDX-License-Identifier: GPL-2.0-or-later
# where: vm
# What the network counts, against /proc/net/snmp, and the places of packet filters. Two networks,
# a and b, that this one forwards packets between.
. "$SRCDIR/tests/lib.sh"

# Dozens of probes take their time in an emulator.
SPILE_TIMEOUT=150

packets="/usr/bin/python3 $SRCDIR/tests/probes/programs/packets.py"

# network NAME N: 10.N.0.1 and fd0N::1 are here, .2 and ::2 are there
network() {
	ip netns add "$1" && ip link add "v$1" type veth peer name there netns "$1"
	ip address add "10.$2.0.1/24" dev "v$1" && ip address add "fd0$2::1/64" dev "v$1" nodad
	ip netns exec "$1" sh -c "ip address add 10.$2.0.2/24 dev there &&
		ip address add fd0$2::2/64 dev there nodad && ip link set there up && ip link set lo up &&
		ip route add default via 10.$2.0.1 && ip -6 route add default via fd0$2::1"
	ip link set "v$1" up
}

networks() {
	local module
	module=$(vm_module veth) && insmod "$module" && network a 1 && network b 2 || return 1
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.ipfrag_time=1
	ip link set vb mtu 1300
}

if ! networks 2>"$TEST_TMP/err"; then
	start networks
	skip "no two networks can be made: $(head -n 1 "$TEST_TMP/err")"
	exit
fi

start a-type-of-a-module
spile -e 'probe begin { println(&@cast(0, "struct veth_priv", "veth")->dropped) exit() }'
want_out 8
finish

start counters
echo "$packets tcp && $packets ip" >"$TEST_TMP/script"
$packets counts "$TEST_TMP/before"
spile -c "sh $TEST_TMP/script" -e 'probe tcpmib.*, ipmib.*, linuxmib.* { }
	function show(what:string, n:long) { printf("%s %d\n", what, n) }
	probe end {
		show("ActiveOpens", ActiveOpens[1]) show("AttemptFails", AttemptFails[1])
		show("CurrEstab", CurrEstab[1]) show("EstabResets", EstabResets[1])
		show("InSegs", InSegs[1]) show("OutRsts", OutRsts[1]) show("OutSegs", OutSegs[1])
		show("PassiveOpens", PassiveOpens[1]) show("RetransSegs", RetransSegs[1])
		show("DelayedACKs", DelayedACKs[1]) show("ListenDrops", ListenDrops[1])
		show("ListenOverflows", ListenOverflows[1])
		show("TCPMemoryPressures", TCPMemoryPressures[1])
		show("FragFails", FragFails[1]) show("FragOKs", FragOKs[1])
		show("InAddrErrors", InAddrErrors[1]) show("InNoRoutes", InNoRoutes[1])
		show("InReceives", InReceives[1]) show("InUnknownProtos", InUnknownProtos[1])
		show("ReasmReqds", ReasmReqds[1]) show("ReasmTimeout", ReasmTimeout[1])
		show("forwarded", ForwDatagrams[1]) show("sent", OutRequests[1] > 40) }'
$packets counts "$TEST_TMP/after"
grep -v '^forwarded\|^sent' <<<"$out" | $packets compare "$TEST_TMP/before" "$TEST_TMP/after" >"$TEST_TMP/compared"
want_match '^1[89] counters have changed$' "$(cat "$TEST_TMP/compared")"
want_no_match ' is .*, not ' "$(cat "$TEST_TMP/compared")"
want_match '^forwarded 4$' "$out" # two there, and two that tell that nobody is there
want_match '^sent 1$' "$out"
finish

start counters-by-the-script-s-own-key
ip netns exec a ip route flush cache # of what it was told of sizes
sysctl -qw net.ipv4.ip_forward=1
spile -c "$packets ip" -e 'probe ipmib.InReceives { } probe end { foreach (p+ in InReceives) printf("%d %d\n", p, InReceives[p]) }
	function ipmib_filter_key:long(skb:long, op:long, local:long) {
		if (ipmib_remote_addr(skb, local) != 0x0a010002) return 0
		return ipmib_get_proto(skb) == 6 ? ipmib_tcp_local_port(skb, local) + 1000 : ipmib_get_proto(skb) }'
want_out '17 12
200 1
1001 1'
finish

start packet-filters
sysctl -qw net.ipv4.ip_forward=1
ip neighbour flush dev va
spile -c "$packets ip" -e '
	function packet(what:string, pf:string, family:long, from_dev:string, to_dev:string, from:string, to:string, protocol:long,
			sport:long, dport:long, length:long) {
		printf("%s %s %d %s>%s %s %s %d %d>%d %d\n", what, pf, family, from_dev, to_dev, from, to, protocol, sport, dport,
		       length) }
	probe netfilter.ip.pre_routing {
		packet("pre", pf, family, indev_name, outdev_name, saddr, daddr, protocol, sport, dport, length)
		if (protocol == ipproto_udp && length == 33) printf("%s %s %d\n", substr(data_hex, 0, 8),
			substr(data_str, strlen(data_str) - 4, 4), outdev)
		if (protocol == ipproto_tcp) printf("flags %d%d%d%d%d%d\n", fin, syn, rst, psh, ack, urg) }
	probe netfilter.ip.local_in {
		packet("in", pf, family, indev_name, outdev_name, saddr, daddr, protocol, sport, dport, length) }
	probe netfilter.ip.forward {
		packet("forward", pf, family, indev_name, outdev_name, saddr, daddr, protocol, sport, dport, length) }
	probe netfilter.ip.local_out {
		packet("out", pf, family, indev_name, outdev_name, saddr, daddr, protocol, sport, dport, length) }
	probe netfilter.ipv4.forward, netfilter.ipv6.forward { printf("%s %s %d\n", pn(), pf, length) }
	probe netfilter.ip.post_routing {
		packet("post", pf, family, indev_name, outdev_name, saddr, daddr, protocol, sport, dport, length) }
	probe netfilter.arp.in { printf("arp in %s>%s %x %x %d %d %d %s %s %s %d\n", indev_name, outdev_name, ar_hrd, ar_pro,
		ar_hln, ar_pln, ar_op, ar_sip, ar_tip, ar_tha, ar_data - arphdr) }
	probe netfilter.arp.out { printf("arp out %s>%s %d %s %s %d\n", indev_name, outdev_name, ar_op, ar_sip, ar_tip,
		ar_sha == ar_tha) }'
want_match '^pre ipv4 2 va> 10.1.0.2 10.2.0.2 17 1111>9 33$' "$out"
want_match '^45000021 hllo 0$' "$out"
want_match '^flags 010000$' "$out"
want_match '^flags 001010$' "$out"
want_match '^in ipv4 2 va> 10.1.0.2 10.1.0.1 17 1111>9 4028$' "$out"
want_match '^in ipv4 2 va> 10.1.0.2 10.1.0.1 200 0>0 25$' "$out"
want_match '^forward ipv4 2 va>vb 10.1.0.2 10.2.0.2 17 1111>9 33$' "$out"
want_match '^forward ipv6 10 va>vb fd01::2 fd02::2 17 0>0 53$' "$out"
want_no_match '^forward ipv6 10 >' "$out"
want_match '^netfilter.ipv4.forward ipv4 33$' "$out"
want_match '^netfilter.ipv6.forward ipv6 53$' "$out"
want_match '^out ipv4 2 >there 10.1.0.2 10.2.0.2 17 1111>9 33$' "$out"
want_match '^out ipv6 10 >there fd01::2 fd02::2 17 0>0 53$' "$out"
want_match '^post ipv4 2 >there 10.1.0.2 10.2.0.2 17 1111>9 33$' "$out"
want_match '^post ipv4 2 va>vb 10.1.0.2 10.2.0.2 17 1111>9 33$' "$out"
want_match '^post ipv6 10 va>vb fd01::2 fd02::2 17 0>0 53$' "$out"
want_match '^arp in (va|there)> 1 800 6 4 1 10.1.0.[12] 10.1.0.[12] 00:00:00:00:00:00 8$' "$out"
want_match '^arp out >(va|there) 1 10.1.0.[12] 10.1.0.[12] 0$' "$out"
want_match '^arp out >(va|there) 2 10.1.0.[12] 10.1.0.[12] 0$' "$out"
finish
