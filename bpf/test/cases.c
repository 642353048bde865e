// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "cases.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../bench/plane.h"

#define MAX_TABLES 256
#define MAX_WRITTEN 256
#define MAX_AFTER 64
#define MAX_BYTES 10240
#define MAX_KEY 64
#define MAX_VALUE 256
/* A map of CPUs takes a value for each. */
#define MAX_CPUS 64

struct table {
	char name[64];
	int fd;
};

/* A key that a case wrote, to be taken back before the next. */
struct written {
	int fd;
	__u8 key[MAX_KEY];
};

/* An entry that must be there afterwards. */
struct after {
	int fd;
	__u8 key[MAX_KEY];
	__u8 value[MAX_VALUE];
	bool is_any[MAX_VALUE];
};

struct runner {
	struct bpf_object *object;
	const char *program;
	struct table tables[MAX_TABLES];
	int table_count;
	struct written written[MAX_WRITTEN];
	int written_count;
	struct after after[MAX_AFTER];
	int after_count;
	char name[256];
	__u8 packet[MAX_BYTES];
	__u32 packet_bytes;
	__u8 out[MAX_BYTES];
	__u32 out_bytes;
	__u32 verdict;
	__u32 reason;
	bool is_failed;
};

static void tell(struct runner *runner, const char *what, __u32 expected, __u32 actual)
{
	printf("case %s: %s: expected %u, was %u\n", runner->name, what, expected, actual);
	runner->is_failed = true;
}

/* Reads hex digits; a pair of dots is a byte that may be anything. */
static __u32 read_hex(const char *text, __u8 *bytes, bool *is_any, __u32 most)
{
	__u32 count = 0;

	for (; text[0] && text[1] && count < most; text += 2, count++) {
		char digits[3] = { text[0], text[1], 0 };

		if (is_any)
			is_any[count] = text[0] == '.';
		bytes[count] = strtoul(digits, NULL, 16);
	}
	return count;
}

static struct bpf_map_info info_of(int fd)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		fail("map");
	return info;
}

/* table NAME FROM-TO:INDEX... */
static void add_table(struct runner *runner, char *words)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	/* Elements of an array stand on 8 bytes. */
	const size_t bytes = (MAGLEV_SLOTS * 8 + 4095) & ~4095UL;
	struct table *table = &runner->tables[runner->table_count++];
	struct {
		__u32 index;
		__u32 padding;
	} *slots;
	char *word = strtok(words, " ");

	if (runner->table_count > MAX_TABLES)
		fail("too many tables");
	snprintf(table->name, sizeof(table->name), "%s", word);
	table->fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, MAGLEV_SLOTS, &options);
	if (table->fd < 0)
		fail("table");
	slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, table->fd, 0);
	if (slots == MAP_FAILED)
		fail("mmap of a table");
	for (__u32 slot = 0; slot < MAGLEV_SLOTS; slot++)
		slots[slot].index = NO_ENDPOINT;
	while ((word = strtok(NULL, " "))) {
		__u32 from, to, index;

		if (sscanf(word, "%u-%u:%u", &from, &to, &index) != 3)
			fail(word);
		for (; from <= to && from < MAGLEV_SLOTS; from++)
			slots[from].index = index;
	}
	munmap(slots, bytes);
}

static void remember(struct runner *runner, int fd, const __u8 *key)
{
	struct written *written = &runner->written[runner->written_count++];

	if (runner->written_count > MAX_WRITTEN)
		fail("too many entries");
	written->fd = fd;
	memcpy(written->key, key, MAX_KEY);
}

/* Where replies come from is told by the keys of replies, and not by cases. */
static void set_reply_port(struct runner *runner, const __u8 *reply)
{
	const __be16 port_be = ((const struct reply_key *)reply)->port_be;
	const __u32 port = ntohs(port_be), word = port / 64;
	int fd = map_of(runner->object, "reply_ports");
	struct reply_ports ports = {};
	__u8 key[MAX_KEY] = {};

	bpf_map_lookup_elem(fd, &word, &ports);
	ports.bits |= 1ULL << port % 64;
	put(fd, &word, &ports, "reply_ports");
	memcpy(key, &word, sizeof(word));
	remember(runner, fd, key);
}

/* map NAME KEY VALUE */
static void set_entry(struct runner *runner, char *words)
{
	const char *name = strtok(words, " ");
	int fd = map_of(runner->object, name);
	struct bpf_map_info info = info_of(fd);
	__u8 key[MAX_KEY] = {}, value[MAX_VALUE * MAX_CPUS] = {};
	__u32 stride = (info.value_size + 7) & ~7U;

	read_hex(strtok(NULL, " "), key, NULL, sizeof(key));
	read_hex(strtok(NULL, " "), value, NULL, MAX_VALUE);
	if (info.type == BPF_MAP_TYPE_PERCPU_ARRAY)
		for (int cpu = 1; cpu < libbpf_num_possible_cpus(); cpu++)
			memcpy(value + cpu * stride, value, info.value_size);
	put(fd, key, value, "map");
	remember(runner, fd, key);
	if (!strcmp(name, "replies"))
		set_reply_port(runner, key);
}

/* tables SLOT NAME */
static void set_table(struct runner *runner, char *words)
{
	__u32 slot = atoi(strtok(words, " "));
	char *name = strtok(NULL, " ");
	__u8 key[MAX_KEY] = {};

	memcpy(key, &slot, sizeof(slot));
	for (int i = 0; i < runner->table_count; i++)
		if (!strcmp(runner->tables[i].name, name)) {
			put(map_of(runner->object, "tables"), &slot, &runner->tables[i].fd, "tables");
			remember(runner, map_of(runner->object, "tables"), key);
			return;
		}
	fail(name);
}

/* after NAME KEY VALUE */
static void expect_entry(struct runner *runner, char *words)
{
	struct after *after = &runner->after[runner->after_count++];

	if (runner->after_count > MAX_AFTER)
		fail("too many entries");
	memset(after, 0, sizeof(*after));
	after->fd = map_of(runner->object, strtok(words, " "));
	read_hex(strtok(NULL, " "), after->key, NULL, sizeof(after->key));
	read_hex(strtok(NULL, " "), after->value, after->is_any, sizeof(after->value));
}

static void clear(int fd)
{
	__u8 key[MAX_KEY];

	while (!bpf_map_get_next_key(fd, NULL, key))
		if (bpf_map_delete_elem(fd, key))
			break;
}

static void reset(struct runner *runner)
{
	static const char *const hashes[] = { "flows_v4", "flows_v6", "vips",	  "replies", "deny_v4",
					      "deny_v6",  "allow_v4", "allow_v6", "sources" };
	static const __u8 zeros[MAX_VALUE * MAX_CPUS];
	__u32 zero = 0;

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		clear(map_of(runner->object, hashes[i]));
	for (int i = 0; i < runner->written_count; i++) {
		const struct written *written = &runner->written[i];
		__u32 type = info_of(written->fd).type;

		if (type == BPF_MAP_TYPE_ARRAY_OF_MAPS)
			bpf_map_delete_elem(written->fd, written->key);
		else if (type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY)
			put(written->fd, written->key, zeros, "reset");
	}
	put(map_of(runner->object, "stateless"), &zero, zeros, "reset");
	put(map_of(runner->object, "budget"), &zero, zeros, "reset");
	runner->written_count = 0;
	runner->after_count = 0;
	runner->out_bytes = 0;
	runner->is_failed = false;
}

static void compare_packet(struct runner *runner, const __u8 *out, __u32 bytes)
{
	if (!runner->out_bytes)
		return;
	if (bytes != runner->out_bytes) {
		tell(runner, "bytes", runner->out_bytes, bytes);
		return;
	}
	for (__u32 i = 0; i < bytes; i++)
		if (out[i] != runner->out[i]) {
			printf("byte %u: ", i);
			tell(runner, "packet", runner->out[i], out[i]);
			return;
		}
}

static void run_program(struct runner *runner, const char *program, __u32 expected)
{
	static __u8 out[MAX_BYTES];
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = runner->packet, .data_size_in = runner->packet_bytes,
		    .data_out = out, .data_size_out = sizeof(out), .repeat = 1);

	if (bpf_prog_test_run_opts(program_of(runner->object, program), &options)) {
		tell(runner, "test_run", 0, 1);
		return;
	}
	if (options.retval != expected)
		tell(runner, program, expected, options.retval);
	compare_packet(runner, out, options.data_size_out);
}

static void compare_entry(struct runner *runner, const struct after *after)
{
	__u8 value[MAX_VALUE] = {};
	__u32 bytes = info_of(after->fd).value_size;

	if (bpf_map_lookup_elem(after->fd, after->key, value)) {
		tell(runner, "entry missing", 1, 0);
		return;
	}
	for (__u32 i = 0; i < bytes; i++)
		if (!after->is_any[i] && value[i] != after->value[i]) {
			printf("byte %u: ", i);
			tell(runner, "entry", after->value[i], value[i]);
			return;
		}
}

static int count_entries(int fd)
{
	__u8 key[MAX_KEY], next[MAX_KEY];
	int count = 0, error = bpf_map_get_next_key(fd, NULL, next);

	for (; !error; count++) {
		memcpy(key, next, sizeof(key));
		error = bpf_map_get_next_key(fd, key, next);
	}
	return count;
}

/* The flow tables hold exactly what the case says. */
static void compare_tables(struct runner *runner)
{
	static const char *const names[] = { "flows_v4", "flows_v6" };

	for (int i = 0; i < runner->after_count; i++)
		compare_entry(runner, &runner->after[i]);
	for (int i = 0; i < 2; i++) {
		int fd = map_of(runner->object, names[i]), expected = 0;

		for (int j = 0; j < runner->after_count; j++)
			expected += runner->after[j].fd == fd;
		if (count_entries(fd) != expected)
			tell(runner, names[i], expected, count_entries(fd));
	}
}

static void take_line(struct runner *runner, char *line, struct outcomes *outcomes)
{
	char *rest = strchr(line, ' ');

	if (rest)
		*rest++ = 0;
	if (!strcmp(line, "table")) {
		add_table(runner, rest);
	} else if (!strcmp(line, "case")) {
		reset(runner);
		snprintf(runner->name, sizeof(runner->name), "%s", rest);
	} else if (!strcmp(line, "map")) {
		set_entry(runner, rest);
	} else if (!strcmp(line, "tables")) {
		set_table(runner, rest);
	} else if (!strcmp(line, "packet")) {
		runner->packet_bytes = read_hex(rest, runner->packet, NULL, sizeof(runner->packet));
	} else if (!strcmp(line, "verdict")) {
		runner->verdict = atoi(rest);
	} else if (!strcmp(line, "reason")) {
		runner->reason = atoi(rest);
	} else if (!strcmp(line, "out")) {
		runner->out_bytes = read_hex(rest, runner->out, NULL, sizeof(runner->out));
	} else if (!strcmp(line, "after")) {
		expect_entry(runner, rest);
	} else if (!strcmp(line, "end")) {
		run_program(runner, "explain", runner->reason << 8 | runner->verdict);
		run_program(runner, runner->program, runner->verdict);
		compare_tables(runner);
		outcomes->run++;
		outcomes->failed += runner->is_failed;
	} else if (strcmp(line, "layout")) {
		fail(line);
	}
}

struct outcomes run_cases(struct bpf_object *object, const char *program, const char *path)
{
	static struct runner runner;
	static char line[4 * MAX_BYTES];
	struct outcomes outcomes = {};
	FILE *file = fopen(path, "r");

	if (!file)
		fail(path);
	memset(&runner, 0, sizeof(runner));
	runner.object = object;
	runner.program = program;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] && line[0] != '#')
			take_line(&runner, line, &outcomes);
	}
	fclose(file);
	for (int i = 0; i < runner.table_count; i++)
		close(runner.tables[i].fd);
	return outcomes;
}
