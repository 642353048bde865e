/* SPDX-License-Identifier: Apache-2.0 */
/* Programs and the links that hold them to an interface. */
#include "bytes.h"
#include "io_expressgateway_xdp_kernel_LibBpf.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <unistd.h>

/* Id, instructions that the verifier walked through, instructions after translation. */
NATIVE(jint, programInfo)(JNIEnv *env, jclass self, jint fd, jintArray into)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	jint answer;

	(void)self;
	if (!into || (*env)->GetArrayLength(env, into) < 3)
		return -EINVAL;
	answer = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (!answer) {
		jint values[] = { (jint)info.id, (jint)info.verified_insns,
				  (jint)(info.xlated_prog_len / 8) };

		(*env)->SetIntArrayRegion(env, into, 0, 3, values);
	}
	return answer;
}

/*
 * Runs a program on a packet, without any interface (BPF_PROG_TEST_RUN). An empty context is none.
 * results: what the program returned, bytes written to out, nanoseconds a run.
 */
NATIVE(jint, testRun)(JNIEnv *env, jclass self, jint fd, jbyteArray in, jbyteArray out,
		      jbyteArray context, jint repeat, jint flags, jlongArray results)
{
	struct bytes i = bytes_take(env, in), o = bytes_take(env, out),
		     c = bytes_take(env, context);
	jint answer = -EINVAL;

	(void)self;
	if (i.data && results && (*env)->GetArrayLength(env, results) >= 3) {
		void *md = c.length ? c.data : NULL;
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = i.data,
			    .data_size_in = (__u32)i.length, .data_out = o.data,
			    .data_size_out = (__u32)o.length, .ctx_in = md,
			    .ctx_size_in = (__u32)c.length, .ctx_out = md,
			    .ctx_size_out = (__u32)c.length, .repeat = repeat,
			    .flags = (__u32)flags);

		answer = bpf_prog_test_run_opts(fd, &options);
		if (!answer) {
			jlong values[] = { options.retval, options.data_size_out,
					   options.duration };

			(*env)->SetLongArrayRegion(env, results, 0, 3, values);
		}
	}
	bytes_return(env, c);
	bytes_return(env, o);
	bytes_drop(env, i);
	return answer;
}

/* A link of its own descriptor. */
NATIVE(jint, attach)(JNIEnv *env, jclass self, jint program_fd, jint interface_index, jint flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = (__u32)flags);

	(void)env;
	(void)self;
	if (interface_index <= 0)
		return -EINVAL;
	return bpf_link_create(program_fd, interface_index, BPF_XDP, &options);
}

NATIVE(jint, replaceProgram)(JNIEnv *env, jclass self, jint link_fd, jint program_fd)
{
	(void)env;
	(void)self;
	return bpf_link_update(link_fd, program_fd, NULL);
}

/* Id of the link, id of its program, index of its interface (0 when that is gone). */
NATIVE(jint, linkInfo)(JNIEnv *env, jclass self, jint fd, jintArray into)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);
	jint answer;

	(void)self;
	if (!into || (*env)->GetArrayLength(env, into) < 3)
		return -EINVAL;
	answer = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (!answer) {
		jint values[] = { (jint)info.id, (jint)info.prog_id, (jint)info.xdp.ifindex };

		(*env)->SetIntArrayRegion(env, into, 0, 3, values);
	}
	return answer;
}

/* XDP_ATTACHED_* of an interface. */
NATIVE(jint, attachedMode)(JNIEnv *env, jclass self, jint interface_index)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, options);
	int answer = bpf_xdp_query(interface_index, 0, &options);

	(void)env;
	(void)self;
	return answer ? answer : (jint)options.attach_mode;
}

NATIVE(jint, pin)(JNIEnv *env, jclass self, jint fd, jstring path)
{
	struct text text = text_take(env, path);
	jint answer = text.data ? bpf_obj_pin(fd, text.data) : -EINVAL;

	(void)self;
	text_drop(env, text);
	return answer;
}

/* A descriptor of its own for what is pinned there. */
NATIVE(jint, openPinned)(JNIEnv *env, jclass self, jstring path)
{
	struct text text = text_take(env, path);
	jint answer = text.data ? bpf_obj_get(text.data) : -EINVAL;

	(void)self;
	text_drop(env, text);
	return answer;
}

NATIVE(jint, closeFd)(JNIEnv *env, jclass self, jint fd)
{
	(void)env;
	(void)self;
	return close(fd) ? -errno : 0;
}
