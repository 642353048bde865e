/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the end of what libbpf and the verifier say, per thread: the reason for a refusal stands in
 * the last lines, and two threads that load must not read each other's.
 */
#include "log.h"
#include "bytes.h"
#include "io_expressgateway_xdp_kernel_LibBpf.h"
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Several verifier states with their registers. */
#define KEPT 16384

static __thread char kept[KEPT];
static __thread size_t kept_length;

static void keep(const char *text, size_t length)
{
	if (length >= KEPT) {
		memcpy(kept, text + length - KEPT, KEPT);
		kept_length = KEPT;
		return;
	}
	if (kept_length + length > KEPT) {
		size_t dropped = kept_length + length - KEPT;

		memmove(kept, kept + dropped, kept_length - dropped);
		kept_length -= dropped;
	}
	memcpy(kept + kept_length, text, length);
	kept_length += length;
}

static int on_message(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char *text = NULL;
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	length = vasprintf(&text, format, arguments);
	if (length < 0)
		return 0;
	keep(text, (size_t)length);
	free(text);
	return length;
}

void log_begin(void)
{
	libbpf_set_print(on_message);
}

NATIVE(jbyteArray, takeLog)(JNIEnv *env, jclass self)
{
	jbyteArray answer = (*env)->NewByteArray(env, (jsize)kept_length);

	(void)self;
	if (answer)
		(*env)->SetByteArrayRegion(env, answer, 0, (jsize)kept_length, (const jbyte *)kept);
	kept_length = 0;
	return answer;
}
