/* SPDX-License-Identifier: Apache-2.0 */
/* A socket of the kernel's routing tables (rtnetlink); Java writes and reads the messages. */
#include "bytes.h"
#include "io_expressgateway_xdp_kernel_LibBpf.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for a burst of neighbour events, as iproute2 asks for. */
#define RECEIVE_BUFFER (1024 * 1024)

/* groups: RTMGRP_* of the events that are wanted; 0 for answers only. */
NATIVE(jint, openNetlink)(JNIEnv *env, jclass self, jint groups)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = (__u32)groups };
	int room = RECEIVE_BUFFER;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int error;

	(void)env;
	(void)self;
	if (fd < 0)
		return -errno;
	/* Less room only means that a burst is answered by reading everything again. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (!bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

NATIVE(jint, sendNetlink)(JNIEnv *env, jclass self, jint fd, jbyteArray message)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct bytes bytes = bytes_take(env, message);
	jint answer = -EINVAL;

	(void)self;
	if (bytes.data) {
		ssize_t sent = sendto(fd, bytes.data, bytes.length, 0, (struct sockaddr *)&kernel,
				      sizeof(kernel));

		answer = sent < 0 ? -errno : (jint)sent;
	}
	bytes_drop(env, bytes);
	return answer;
}

/*
 * Bytes of the next datagram, 0 when none came in time. What does not come from the kernel counts
 * as none; one that is longer than the array is -EMSGSIZE.
 */
NATIVE(jint, receiveNetlink)(JNIEnv *env, jclass self, jint fd, jbyteArray into, jint wait_millis)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct bytes bytes;
	struct sockaddr_nl from = { 0 };
	socklen_t from_length = sizeof(from);
	ssize_t length;
	int polled = poll(&ready, 1, wait_millis);

	(void)self;
	if (polled <= 0)
		return polled == 0 || errno == EINTR ? 0 : -errno;
	bytes = bytes_take(env, into);
	if (!bytes.data)
		return -EINVAL;
	length = recvfrom(fd, bytes.data, bytes.length, MSG_TRUNC | MSG_DONTWAIT,
			  (struct sockaddr *)&from, &from_length);
	if (length < 0)
		length = errno == EAGAIN ? 0 : -errno;
	else if (from.nl_pid != 0)
		length = 0;
	else if ((size_t)length > bytes.length)
		length = -EMSGSIZE;
	bytes_return(env, bytes);
	return (jint)length;
}
