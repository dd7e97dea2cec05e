/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server of two threads, and its clients: each connection is answered by one thread while the
 * other one waits, and what the first thread does is the same each time.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address;

static void *talk(void *unused)
{
	char buffer[64];

	for (int i = 0; i < 5; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
			perror("connect");
		send(fd, "a question", 10, 0);
		recv(fd, buffer, sizeof(buffer), 0);
		close(fd);
	}
	return unused;
}

static void answer(int server)
{
	struct pollfd ready = {.fd = server, .events = POLLIN};
	struct sockaddr_in client;
	socklen_t size = sizeof(client);
	char buffer[64];
	int fd;

	poll(&ready, 1, -1);
	fd = accept(server, (struct sockaddr *)&client, &size);
	recv(fd, buffer, sizeof(buffer), 0);
	send(fd, "an answer", 9, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	close(fd);
}

int main(void)
{
	int server = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);
	pthread_t thread;

	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) || listen(server, 5))
		perror("bind");
	getsockname(server, (struct sockaddr *)&address, &size);
	pthread_create(&thread, NULL, talk, NULL);
	for (int i = 0; i < 5; i++)
		answer(server);
	close(server);
	return 0;
}
