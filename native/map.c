/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps. The kernel takes keys and values by address and by the map's own sizes, so the caller says
 * these sizes with every call and arrays that are shorter are refused here.
 */
#include "bytes.h"
#include "io_expressgateway_xdp_kernel_LibBpf.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/mman.h>

NATIVE(jint, createMap)(JNIEnv *env, jclass self, jint type, jstring name, jint key_size,
			jint value_size, jint entries, jint flags)
{
	struct text text = text_take(env, name);
	jint answer = -EINVAL;

	(void)self;
	if (text.data) {
		LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = (__u32)flags);

		answer = bpf_map_create((enum bpf_map_type)type, text.data, (__u32)key_size,
					(__u32)value_size, (__u32)entries, &options);
	}
	text_drop(env, text);
	return answer;
}

/* Type, key size, value size, entries, flags, id. */
NATIVE(jint, mapInfo)(JNIEnv *env, jclass self, jint fd, jintArray into)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	jint answer;

	(void)self;
	if (!into || (*env)->GetArrayLength(env, into) < 6)
		return -EINVAL;
	answer = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (!answer) {
		jint values[] = { (jint)info.type,	  (jint)info.key_size,
				  (jint)info.value_size,  (jint)info.max_entries,
				  (jint)info.map_flags, (jint)info.id };

		(*env)->SetIntArrayRegion(env, into, 0, 6, values);
	}
	return answer;
}

NATIVE(jint, possibleCpus)(JNIEnv *env, jclass self)
{
	(void)env;
	(void)self;
	return libbpf_num_possible_cpus();
}

NATIVE(jint, update)(JNIEnv *env, jclass self, jint fd, jbyteArray key, jint key_size,
		     jbyteArray value, jint value_size, jlong flags)
{
	struct bytes k = bytes_take(env, key), v = bytes_take(env, value);
	jint answer = -EINVAL;

	(void)self;
	if (bytes_hold(k, 1, (size_t)key_size) && bytes_hold(v, 1, (size_t)value_size))
		answer = bpf_map_update_elem(fd, k.data, v.data, (__u64)flags);
	bytes_drop(env, v);
	bytes_drop(env, k);
	return answer;
}

NATIVE(jint, lookup)(JNIEnv *env, jclass self, jint fd, jbyteArray key, jint key_size,
		     jbyteArray value, jint value_size)
{
	struct bytes k = bytes_take(env, key), v = bytes_take(env, value);
	jint answer = -EINVAL;

	(void)self;
	if (bytes_hold(k, 1, (size_t)key_size) && bytes_hold(v, 1, (size_t)value_size))
		answer = bpf_map_lookup_elem(fd, k.data, v.data);
	bytes_return(env, v);
	bytes_drop(env, k);
	return answer;
}

NATIVE(jint, delete)(JNIEnv *env, jclass self, jint fd, jbyteArray key, jint key_size)
{
	struct bytes k = bytes_take(env, key);
	jint answer = -EINVAL;

	(void)self;
	if (bytes_hold(k, 1, (size_t)key_size))
		answer = bpf_map_delete_elem(fd, k.data);
	bytes_drop(env, k);
	return answer;
}

/* An empty key asks for the first. */
NATIVE(jint, nextKey)(JNIEnv *env, jclass self, jint fd, jbyteArray key, jint key_size,
		      jbyteArray next)
{
	struct bytes k = bytes_take(env, key), n = bytes_take(env, next);
	jint answer = -EINVAL;

	(void)self;
	if ((!k.length || bytes_hold(k, 1, (size_t)key_size)) && bytes_hold(n, 1, (size_t)key_size))
		answer = bpf_map_get_next_key(fd, k.length ? k.data : NULL, n.data);
	bytes_return(env, n);
	bytes_drop(env, k);
	return answer;
}

NATIVE(jint, updateBatch)(JNIEnv *env, jclass self, jint fd, jbyteArray keys, jint key_size,
			  jbyteArray values, jint value_size, jint count)
{
	struct bytes k = bytes_take(env, keys), v = bytes_take(env, values);
	__u32 done = (__u32)count;
	jint answer = -EINVAL;

	(void)self;
	if (count > 0 && bytes_hold(k, (size_t)count, (size_t)key_size) &&
	    bytes_hold(v, (size_t)count, (size_t)value_size)) {
		LIBBPF_OPTS(bpf_map_batch_opts, options);

		answer = bpf_map_update_batch(fd, k.data, v.data, &done, &options);
	}
	bytes_drop(env, v);
	bytes_drop(env, k);
	return answer ? answer : (jint)done;
}

/*
 * Writes the first count values of an array that was made with BPF_F_MMAPABLE. Its values lie at
 * multiples of eight bytes. Readers may see some of the values before others.
 */
NATIVE(jint, writeArray)(JNIEnv *env, jclass self, jint fd, jbyteArray values, jint value_size,
			 jint count)
{
	struct bytes v = bytes_take(env, values);
	size_t size = (size_t)value_size, stride = (size + 7) & ~(size_t)7;
	jint answer = -EINVAL;

	(void)self;
	if (count > 0 && value_size > 0 && bytes_hold(v, (size_t)count, size)) {
		char *memory = mmap(NULL, stride * (size_t)count, PROT_READ | PROT_WRITE, MAP_SHARED,
				    fd, 0);

		answer = memory == MAP_FAILED ? -errno : 0;
		for (jint i = 0; !answer && i < count; i++)
			memcpy(memory + stride * (size_t)i, v.data + size * (size_t)i, size);
		if (!answer)
			munmap(memory, stride * (size_t)count);
	}
	bytes_drop(env, v);
	return answer;
}

/*
 * Reads up to count entries. The position is the kernel's own (4 bytes for hashes, a key for
 * others; 64 bytes hold both): state[0] says whether there is one, and becomes 2 after the last
 * entry.
 */
NATIVE(jint, lookupBatch)(JNIEnv *env, jclass self, jint fd, jbyteArray state, jbyteArray keys,
			  jint key_size, jbyteArray values, jint value_size, jint count)
{
	struct bytes s = bytes_take(env, state), k = bytes_take(env, keys),
		     v = bytes_take(env, values);
	__u32 found = (__u32)count;
	jint answer = -EINVAL;

	(void)self;
	if (count > 0 && key_size <= 64 && bytes_hold(s, 1, 1 + 64) &&
	    bytes_hold(k, (size_t)count, (size_t)key_size) &&
	    bytes_hold(v, (size_t)count, (size_t)value_size)) {
		LIBBPF_OPTS(bpf_map_batch_opts, options);

		answer = bpf_map_lookup_batch(fd, s.data[0] ? s.data + 1 : NULL, s.data + 1, k.data,
					      v.data, &found, &options);
		if (!answer)
			s.data[0] = 1;
		if (answer == -ENOENT) {
			s.data[0] = 2;
			answer = 0;
		}
	}
	bytes_return(env, v);
	bytes_return(env, k);
	bytes_return(env, s);
	return answer ? answer : (jint)found;
}
