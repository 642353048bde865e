/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java's arrays and strings as the kernel wants them. Whoever takes gives back, on every way out.
 *
 * What every function of this library answers: 0 or more on success, -errno on failure. A missing
 * or too short argument is -EINVAL and never reaches the kernel.
 */
#ifndef EXPRESSGATEWAY_BYTES_H
#define EXPRESSGATEWAY_BYTES_H

#include <errno.h>
#include <jni.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_io_expressgateway_xdp_kernel_LibBpf_##name

/* The elements of a Java array; data is NULL for a null array or when memory is short. */
struct bytes {
	jbyteArray array;
	jbyte *data;
	size_t length;
};

static inline struct bytes bytes_take(JNIEnv *env, jbyteArray array)
{
	struct bytes bytes = { array, NULL, 0 };

	if (array) {
		bytes.length = (size_t)(*env)->GetArrayLength(env, array);
		bytes.data = (*env)->GetByteArrayElements(env, array, NULL);
	}
	return bytes;
}

/* Gives back what was only read. */
static inline void bytes_drop(JNIEnv *env, struct bytes bytes)
{
	if (bytes.data)
		(*env)->ReleaseByteArrayElements(env, bytes.array, bytes.data, JNI_ABORT);
}

/* Gives back what may have been written. */
static inline void bytes_return(JNIEnv *env, struct bytes bytes)
{
	if (bytes.data)
		(*env)->ReleaseByteArrayElements(env, bytes.array, bytes.data, 0);
}

/* Whether there are at least count records of this size. */
static inline bool bytes_hold(struct bytes bytes, size_t count, size_t size)
{
	return bytes.data && size > 0 && bytes.length / size >= count;
}

struct text {
	jstring string;
	const char *data;
};

static inline struct text text_take(JNIEnv *env, jstring string)
{
	struct text text = { string, NULL };

	if (string)
		text.data = (*env)->GetStringUTFChars(env, string, NULL);
	return text;
}

static inline void text_drop(JNIEnv *env, struct text text)
{
	if (text.data)
		(*env)->ReleaseStringUTFChars(env, text.string, text.data);
}

#endif
