// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What this kernel's verifier says of every program, and the golden packets. Runs on a host as root, or
 * as the first and only process of a kernel that was booted for it (scripts/xdp-kernels.sh).
 *
 *   kernel DIRECTORY      with gateway.bpf.o, decapsulate.bpf.o and, if there are cases, packets.txt
 *
 * One line a fact: `program NAME ok INSTRUCTIONS`, `program NAME refused REASON`, `cases PROGRAM RUN FAILED`, and `end`.
 */
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../bench/plane.h"
#include "cases.h"

#define LOG_BYTES (1 << 20)
/* Statistics of the verifier alone. */
#define LOG_STATISTICS 4
/* Small tables: a guest has little memory, and verification does not depend on it. */
#define FLOWS 4096

static char verifier_log[LOG_BYTES];

/* The line of the log that says why. */
static const char *complaint(void)
{
	char *last = verifier_log, *line = strtok(verifier_log, "\n");

	for (; line; line = strtok(NULL, "\n"))
		if (strncmp(line, "processed", 9) && strncmp(line, "verification time", 17) &&
		    strncmp(line, "stack depth", 11))
			last = line;
	return last;
}

static struct bpf_object *open_with(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	struct bpf_map *map;

	if (!object)
		fail(path);
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	bpf_object__for_each_map(map, object)
		if (!strncmp(bpf_map__name(map), "flows_v", 7))
			bpf_map__set_max_entries(map, FLOWS);
	return object;
}

static bool verify(const char *path, const char *name)
{
	struct bpf_object *object = open_with(path, name);
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	char *processed;
	bool is_loaded;

	memset(verifier_log, 0, sizeof(verifier_log));
	bpf_program__set_log_buf(program, verifier_log, sizeof(verifier_log));
	bpf_program__set_log_level(program, LOG_STATISTICS);
	is_loaded = !bpf_object__load(object);
	processed = strstr(verifier_log, "processed ");
	if (is_loaded)
		printf("program %s ok %d\n", name, processed ? atoi(processed + 10) : -1);
	else
		printf("program %s refused %s: %s\n", name, strerror(errno), complaint());
	bpf_object__close(object);
	return is_loaded;
}

static void verify_all(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	if (!object)
		fail(path);
	bpf_object__for_each_program(program, object)
		verify(path, bpf_program__name(program));
	bpf_object__close(object);
}

static void run_golden(const char *object_path, const char *cases, const char *name)
{
	struct bpf_object *object = open_with(object_path, name);
	struct outcomes outcomes;

	bpf_program__set_autoload(bpf_object__find_program_by_name(object, "explain"), true);
	if (bpf_object__load(object)) {
		printf("cases %s not run\n", name);
	} else {
		outcomes = run_cases(object, name, cases);
		printf("cases %s %d %d\n", name, outcomes.run, outcomes.failed);
	}
	bpf_object__close(object);
}

/* Packets of BPF_PROG_TEST_RUN arrive on the loopback interface. */
static void raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		fail("lo");
	close(fd);
}

static void mount_for(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		fail(where);
}

int main(int count, char **arguments)
{
	const bool is_first = getpid() == 1;
	const char *directory = count > 1 && !is_first ? arguments[1] : "";
	char gateway[512], decapsulate[512], cases[512];
	struct utsname name;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (is_first) {
		mount_for("proc", "/proc");
		mount_for("sysfs", "/sys");
		raise_loopback();
	}
	libbpf_set_print(NULL);
	uname(&name);
	printf("kernel %s\n", name.release);
	snprintf(gateway, sizeof(gateway), "%s/gateway.bpf.o", directory);
	snprintf(decapsulate, sizeof(decapsulate), "%s/decapsulate.bpf.o", directory);
	snprintf(cases, sizeof(cases), "%s/packets.txt", directory);
	verify_all(gateway);
	verify_all(decapsulate);
	if (!access(cases, R_OK)) {
		run_golden(gateway, cases, "gateway");
		run_golden(gateway, cases, "gateway_frags");
	}
	printf("end\n");
	if (is_first)
		reboot(RB_POWER_OFF);
	return 0;
}
