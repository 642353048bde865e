/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Runs golden packets (src/test/resources/xdp/packets.txt) against loaded programs, without Java: the
 * same cases on every kernel. The file's head says what its lines mean.
 */
#ifndef EXPRESSGATEWAY_CASES_H
#define EXPRESSGATEWAY_CASES_H

#include <bpf/libbpf.h>

struct outcomes {
	int run;
	int failed;
};

/*
 * Runs every case of a file by `explain` and by the named program, which must be loaded, and prints
 * those that fail.
 */
struct outcomes run_cases(struct bpf_object *object, const char *program, const char *path);

#endif
