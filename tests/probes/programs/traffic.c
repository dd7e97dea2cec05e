/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Talks to itself over every kind of socket, and prints what should have been seen: lines of
 * "what own-port other-port bytes".
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static char buffer[64];

static union address loopback(int family)
{
	union address address = {.any.sa_family = (sa_family_t)family};

	if (family == AF_INET)
		address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		address.in6.sin6_addr = in6addr_loopback;
	return address;
}

static socklen_t size_of(const union address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->in) : sizeof(address->in6);
}

static int own_port(int fd)
{
	union address address;
	socklen_t size = sizeof(address);

	getsockname(fd, &address.any, &size);
	return ntohs(address.in.sin_port); /* in the same place in both */
}

/* A socket that is bound to some port of the loopback device. */
static int bound(int family, int type)
{
	union address address = loopback(family);
	int fd = socket(family, type, 0);

	if (bind(fd, &address.any, size_of(&address)))
		perror("bind");
	return fd;
}

static void tcp(int family, size_t bytes)
{
	union address address = loopback(family);
	int server = bound(family, SOCK_STREAM), client = socket(family, SOCK_STREAM, 0), peer, one = 1;

	listen(server, 1);
	address.in.sin_port = htons((uint16_t)own_port(server));
	if (connect(client, &address.any, size_of(&address)))
		perror("connect");
	peer = accept(server, NULL, NULL);
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	send(client, buffer, bytes, 0);
	recv(peer, buffer, sizeof(buffer), 0);
	printf("tcp%d %d %d %zu\n", family == AF_INET ? 4 : 6, own_port(client), own_port(server), bytes);
	close(client);
	close(peer);
	close(server);
}

static void udp(int family, size_t bytes)
{
	union address address = loopback(family), from, none = {.any.sa_family = AF_UNSPEC};
	int server = bound(family, SOCK_DGRAM), client = bound(family, SOCK_DGRAM);
	socklen_t size = sizeof(from);

	address.in.sin_port = htons((uint16_t)own_port(server));
	sendto(client, buffer, bytes, 0, &address.any, size_of(&address));
	recvfrom(server, buffer, sizeof(buffer), 0, &from.any, &size);
	printf("udp%d %d %d %zu\n", family == AF_INET ? 4 : 6, own_port(client), own_port(server), bytes);
	if (connect(client, &address.any, size_of(&address)) ||
	    connect(client, &none.any, sizeof(none.any)))
		perror("connect");
	close(client);
	close(server);
}

/* A message of IPv4 by a socket of IPv6. */
static void mapped(size_t bytes)
{
	union address address = loopback(AF_INET6);
	int server = bound(AF_INET, SOCK_DGRAM), client = socket(AF_INET6, SOCK_DGRAM, 0);

	inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.in6.sin6_addr);
	address.in6.sin6_port = htons((uint16_t)own_port(server));
	sendto(client, buffer, bytes, 0, &address.any, sizeof(address.in6));
	recv(server, buffer, sizeof(buffer), 0);
	printf("mapped %d %d %zu\n", own_port(client), own_port(server), bytes);
	close(client);
	close(server);
}

/* send(), write(), sendmsg(), and the same for receiving. */
static void local(void)
{
	struct iovec iov = {buffer, 33};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int pair[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	send(pair[0], buffer, 31, 0);
	recv(pair[1], buffer, 41, 0);
	if (write(pair[0], buffer, 32) != 32 || read(pair[1], buffer, 42) != 32)
		perror("write");
	sendmsg(pair[0], &msg, 0);
	iov.iov_len = 43;
	recvmsg(pair[1], &msg, 0);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	tcp(AF_INET, 5);
	tcp(AF_INET6, 7);
	udp(AF_INET, 9);
	udp(AF_INET6, 11);
	mapped(13);
	local();
	return 0;
}
