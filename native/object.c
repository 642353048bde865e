/* SPDX-License-Identifier: Apache-2.0 */
/* An object file on its way into the kernel: open, set up, load, close. */
#include "bytes.h"
#include "log.h"
#include "io_expressgateway_xdp_kernel_LibBpf.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *machine, void *reserved)
{
	(void)machine;
	(void)reserved;
	log_begin();
	return JNI_VERSION_10;
}

static struct bpf_object *object_of(jlong handle)
{
	return (struct bpf_object *)(uintptr_t)handle;
}

/* A handle, or -errno: addresses of user space are positive. */
NATIVE(jlong, openObject)(JNIEnv *env, jclass self, jbyteArray elf, jstring name)
{
	struct bytes file = bytes_take(env, elf);
	struct text text = text_take(env, name);
	jlong answer = -EINVAL;

	(void)self;
	if (file.data && text.data) {
		LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = text.data);
		struct bpf_object *object = bpf_object__open_mem(file.data, file.length, &options);

		answer = object ? (jlong)(uintptr_t)object : -errno;
	}
	text_drop(env, text);
	bytes_drop(env, file);
	return answer;
}

static struct bpf_map *map_of(JNIEnv *env, jlong object, jstring name)
{
	struct text text = text_take(env, name);
	struct bpf_map *map = NULL;

	if (object && text.data)
		map = bpf_object__find_map_by_name(object_of(object), text.data);
	text_drop(env, text);
	return map;
}

static struct bpf_program *program_of(JNIEnv *env, jlong object, jstring name)
{
	struct text text = text_take(env, name);
	struct bpf_program *program = NULL;

	if (object && text.data)
		program = bpf_object__find_program_by_name(object_of(object), text.data);
	text_drop(env, text);
	return program;
}

NATIVE(jint, setMaxEntries)(JNIEnv *env, jclass self, jlong object, jstring map, jint entries)
{
	struct bpf_map *found = map_of(env, object, map);

	(void)self;
	if (!found)
		return -ENOENT;
	return entries > 0 ? bpf_map__set_max_entries(found, (__u32)entries) : -EINVAL;
}

NATIVE(jint, reuseMap)(JNIEnv *env, jclass self, jlong object, jstring map, jint fd)
{
	struct bpf_map *found = map_of(env, object, map);

	(void)self;
	return found ? bpf_map__reuse_fd(found, fd) : -ENOENT;
}

NATIVE(jint, setAutoload)(JNIEnv *env, jclass self, jlong object, jstring program, jboolean load)
{
	struct bpf_program *found = program_of(env, object, program);

	(void)self;
	return found ? bpf_program__set_autoload(found, load) : -ENOENT;
}

NATIVE(jint, load)(JNIEnv *env, jclass self, jlong object)
{
	(void)env;
	(void)self;
	return object ? bpf_object__load(object_of(object)) : -EINVAL;
}

/* Flags that the elements of a map of maps must have. */
NATIVE(jint, innerMapFlags)(JNIEnv *env, jclass self, jlong object, jstring map)
{
	struct bpf_map *found = map_of(env, object, map);
	struct bpf_map *inner = found ? bpf_map__inner_map(found) : NULL;

	(void)self;
	return inner ? (jint)bpf_map__map_flags(inner) : -ENOENT;
}

/* The descriptor stays the object's: it is closed with it. */
NATIVE(jint, mapFd)(JNIEnv *env, jclass self, jlong object, jstring map)
{
	struct bpf_map *found = map_of(env, object, map);

	(void)self;
	return found ? bpf_map__fd(found) : -ENOENT;
}

/* The descriptor stays the object's: it is closed with it. */
NATIVE(jint, programFd)(JNIEnv *env, jclass self, jlong object, jstring program)
{
	struct bpf_program *found = program_of(env, object, program);

	(void)self;
	return found ? bpf_program__fd(found) : -ENOENT;
}

NATIVE(void, closeObject)(JNIEnv *env, jclass self, jlong object)
{
	(void)env;
	(void)self;
	bpf_object__close(object_of(object));
}
