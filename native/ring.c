/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a ring buffer's records into a Java array, one after the other, each with its length. */
#include "bytes.h"
#include "io_expressgateway_xdp_kernel_LibBpf.h"
#include <bpf/libbpf.h>
#include <stdint.h>
#include <string.h>

struct reader {
	struct ring_buffer *ring;
	char *into; /* only while records are read */
	size_t room;
	size_t used;
};

/* Stored as length and bytes. Stops the reading when another of this size would not fit. */
static int on_record(void *context, void *data, size_t size)
{
	struct reader *reader = context;
	uint32_t length = (uint32_t)size;
	size_t whole = sizeof(length) + size;

	if (whole > reader->room - reader->used)
		return -ENOSPC;
	memcpy(reader->into + reader->used, &length, sizeof(length));
	memcpy(reader->into + reader->used + sizeof(length), data, size);
	reader->used += whole;
	return whole > reader->room - reader->used ? -ENOSPC : 0;
}

/* A handle, or -errno. */
NATIVE(jlong, openRing)(JNIEnv *env, jclass self, jint map_fd)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	jlong answer;

	(void)env;
	(void)self;
	if (!reader)
		return -ENOMEM;
	reader->ring = ring_buffer__new(map_fd, on_record, reader, NULL);
	if (reader->ring)
		return (jlong)(uintptr_t)reader;
	answer = -errno;
	free(reader);
	return answer;
}

/* Bytes written; waits so long for the first record. */
NATIVE(jint, readRing)(JNIEnv *env, jclass self, jlong handle, jbyteArray into, jint wait_millis)
{
	struct reader *reader = (struct reader *)(uintptr_t)handle;
	struct bytes bytes = bytes_take(env, into);
	jint answer = -EINVAL;

	(void)self;
	if (reader && bytes.data) {
		reader->into = (char *)bytes.data;
		reader->room = bytes.length;
		reader->used = 0;
		answer = ring_buffer__poll(reader->ring, wait_millis);
		if (answer >= 0 || answer == -ENOSPC || answer == -EINTR)
			answer = (jint)reader->used;
	}
	bytes_return(env, bytes);
	return answer;
}

NATIVE(void, closeRing)(JNIEnv *env, jclass self, jlong handle)
{
	struct reader *reader = (struct reader *)(uintptr_t)handle;

	(void)env;
	(void)self;
	if (reader) {
		ring_buffer__free(reader->ring);
		free(reader);
	}
}
