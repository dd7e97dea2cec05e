#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of every kind that the kernel counts, and its counts.

packets.py counts FILE     writes the kernel's counters, summed over the networks "here", a and b
packets.py tcp             connections that end well and badly, from here to here
packets.py ip              packets of network a that are forwarded, cut, lost and refused
packets.py compare BEFORE AFTER    reads "name number" lines; prints what the kernel counts otherwise
"""
import ctypes
import os
import socket
import struct
import sys
import time

GROUPS = {
    "Tcp:": "ActiveOpens AttemptFails CurrEstab EstabResets InSegs OutRsts OutSegs PassiveOpens RetransSegs",
    "TcpExt:": "DelayedACKs ListenDrops ListenOverflows TCPMemoryPressures",
    "Ip:": "FragFails FragOKs InAddrErrors InReceives InUnknownProtos ReasmReqds ReasmTimeout",
    "IpExt:": "InNoRoutes",
}
IP_MTU_DISCOVER, NEVER, PROBE = 10, 0, 3


def enter(network):
    ctypes.CDLL(None).setns(os.open("/run/netns/" + network, os.O_RDONLY), 0x40000000)


def counts():
    total = {}
    for network in None, "a", "b":
        if network:
            enter(network)
        for name in "snmp", "netstat":
            lines = open("/proc/thread-self/net/" + name).read().splitlines()
            for heads, values in zip(lines[::2], lines[1::2]):
                group = heads.split()[0]
                for head, value in zip(heads.split()[1:], values.split()[1:]):
                    if head in GROUPS.get(group, "").split():
                        total[head] = total.get(head, 0) + int(value)
    return total


def compare(before, after):
    before, after = (dict(line.split() for line in open(f)) for f in (before, after))
    seen = dict(line.split() for line in sys.stdin)
    for name in sum((group.split() for group in GROUPS.values()), []):
        changed = int(after[name]) - int(before[name])
        if changed != int(seen[name]):
            print(f"{name} is {changed}, not {seen[name]}")
    print(sum(int(after[name]) > int(before[name]) for name in after), "counters have changed")


def listener(family, host, backlog):
    sock = socket.socket(family)
    sock.bind((host, 0))
    sock.listen(backlog)
    return sock, sock.getsockname()[:2]


def attempt(family, address, wait=True):
    sock = socket.socket(family)
    sock.setblocking(wait)
    try:
        sock.connect(address)
    except OSError:
        pass
    return sock


def connections(family, host):
    server, address = listener(family, host, 1)
    client, (accepted, _) = socket.create_connection(address), server.accept()
    client.sendall(b"x" * 1000)
    accepted.recv(1000)
    time.sleep(0.2)
    client.close()
    accepted.close()
    client, (accepted, _) = socket.create_connection(address), server.accept()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    accepted.close()
    client, (accepted, _) = socket.create_connection(address), server.accept()
    accepted.sendall(b"never read")
    client.close()
    accepted.close()
    attempt(family, (host, 1)).close()
    busy, address = listener(family, host, 0)
    waiting = []
    for _ in range(3):
        waiting.append(attempt(family, address, wait=False))
        time.sleep(0.05)
    time.sleep(1.2)
    for sock in waiting + [busy, server]:
        sock.close()


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def orphan_request():
    """A SYN that nobody has sent: the kernel refuses the answer to it."""
    server, (_, port) = listener(socket.AF_INET, "127.0.0.1", 5)
    host = socket.inet_aton("127.0.0.1")
    segment = struct.pack(">HHIIBBHHH", 7777, port, 1, 0, 0x50, 2, 1000, 0, 0)
    total = checksum(host + host + struct.pack(">BBH", 0, 6, 20) + segment)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    raw.sendto(segment[:16] + struct.pack(">H", total) + segment[18:], ("127.0.0.1", 0))
    time.sleep(0.1)
    server.close()


def tcp():
    connections(socket.AF_INET, "127.0.0.1")
    connections(socket.AF_INET6, "::1")
    orphan_request()


def ip():
    forwarding = open("/proc/sys/net/ipv4/ip_forward", "w")
    enter("a")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("0.0.0.0", 1111))
    udp.sendto(b"h\0llo", ("10.2.0.2", 9))
    udp.sendto(b"x" * 4000, ("10.1.0.1", 9))
    udp.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, NEVER)
    udp.sendto(b"x" * 1400, ("10.2.0.2", 9))
    udp.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PROBE)
    udp.sendto(b"x" * 1400, ("10.2.0.2", 9))
    udp.sendto(b"x", ("10.99.0.1", 9))
    udp6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp6.bind(("::", 1112))
    udp6.sendto(b"hello", ("fd02::2", 9))
    time.sleep(0.2)
    print("0", file=forwarding, flush=True)
    udp.sendto(b"x", ("10.98.0.1", 9))
    attempt(socket.AF_INET, ("10.1.0.1", 1)).close()
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 200)
    raw.sendto(b"hello", ("10.1.0.1", 0))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    first_piece = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, 77, 0x2000, 64, 17, 0,
                              socket.inet_aton("10.1.0.2"), socket.inet_aton("10.1.0.1"))
    raw.sendto(first_piece + b"12345678", ("10.1.0.1", 0))
    time.sleep(1.5)


what, *arguments = sys.argv[1:]
if what == "counts":
    with open(arguments[0], "w") as file:
        file.writelines(f"{name} {value}\n" for name, value in counts().items())
elif what == "compare":
    compare(*arguments)
else:
    {"tcp": tcp, "ip": ip}[what]()
