// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * bench/flows ROUNDS: reads all offloaded flows in four ways, in turn, explains one of them, and
 * prints as JSON how long each took in each round:
 *
 *   bare       what the kernel sends is received, and not looked at
 *   count      nfto_flow_counts_read(): how many are in each state
 *   read       nfto_flows_next(), with addresses, ports and counters of both directions
 *   conntrack  the command "conntrack -L"
 *   explain    nfto_explain(), for one flow
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <nftoffload.h>

#include "bare.h"
#include "heap.h"

extern char **environ;

static struct nfto_ctx *ctx;
static struct nfto_tuple *one;
static uint64_t counted, was_read, checksum;

static void fail(void)
{
	errx(1, "%s", nfto_error_message(nfto_ctx_error(ctx)));
}

static void count(void)
{
	struct nfto_flow_counts *counts;

	if (nfto_flow_counts_read(ctx, &counts) < 0)
		fail();
	counted = nfto_flow_counts_get(counts, NFTO_FLOW_SOFTWARE) +
		  nfto_flow_counts_get(counts, NFTO_FLOW_HARDWARE);
	nfto_flow_counts_free(counts);
}

static void look_at_direction(const struct nfto_flow *flow, enum nfto_direction direction)
{
	uint64_t packets = 0, bytes = 0;
	uint32_t source, destination;

	memcpy(&source, nfto_flow_source(flow, direction), sizeof(source));
	memcpy(&destination, nfto_flow_destination(flow, direction), sizeof(destination));
	nfto_flow_packets(flow, direction, &packets);
	nfto_flow_bytes(flow, direction, &bytes);
	checksum += source ^ destination ^ packets ^ bytes;
	checksum += nfto_flow_source_port(flow, direction) ^
		    nfto_flow_destination_port(flow, direction);
}

static void keep(const struct nfto_flow *flow)
{
	if (nfto_tuple_new_of_flow(flow, &one) < 0)
		errx(1, "out of memory");
}

static void read_all(void)
{
	const struct nfto_flow *flow;
	struct nfto_flows *flows;
	int ret;

	was_read = 0;
	if (nfto_flows_open(ctx, NULL, &flows) < 0)
		fail();
	while ((ret = nfto_flows_next(flows, &flow)) > 0) {
		look_at_direction(flow, NFTO_DIRECTION_ORIGINAL);
		look_at_direction(flow, NFTO_DIRECTION_REPLY);
		if (!one)
			keep(flow);
		was_read++;
	}
	if (ret < 0)
		fail();
	nfto_flows_free(flows);
}

static void run_conntrack(void)
{
	char *command[] = { "conntrack", "-L", NULL };
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, command[0], &actions, NULL, command, environ) != 0 ||
	    waitpid(pid, &status, 0) < 0 || status != 0)
		errx(1, "conntrack -L fails");
	posix_spawn_file_actions_destroy(&actions);
}

static void explain(void)
{
	struct nfto_explanation *explanation;

	if (nfto_explain(ctx, NFTO_DEFAULT_NAME, one, &explanation) < 0)
		fail();
	if (nfto_explanation_verdict(explanation) != NFTO_VERDICT_SOFTWARE)
		errx(1, "it is not in software");
	nfto_explanation_free(explanation);
}

/* What of the table stands in the processor's caches depends on who has read it before: so that is
 * the same one each time. Who explains does not read the table. */
static struct way {
	const char *name;
	void (*before)(void);
	void (*go)(void);
	double *seconds;
	size_t heap;
} ways[] = {
	{ .name = "bare", .before = bare_read, .go = bare_read },
	{ .name = "count", .before = bare_read, .go = count },
	{ .name = "read", .before = bare_read, .go = read_all },
	{ .name = "conntrack", .before = bare_read, .go = run_conntrack },
	{ .name = "explain", .before = explain, .go = explain },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void measure(struct way *way, size_t round)
{
	double start;

	way->before();
	heap_watch();
	start = now();
	way->go();
	way->seconds[round] = now() - start;
	if (heap_peak() > way->heap)
		way->heap = heap_peak();
}

static void print(size_t rounds)
{
	printf("{ \"flows\": %" PRIu64 ", \"ways\": {", was_read);
	for (size_t i = 0; i < WAYS; i++) {
		printf("%s\n  \"%s\": { \"heap\": %zu, \"seconds\": [", i ? "," : "", ways[i].name,
		       ways[i].heap);
		for (size_t round = 0; round < rounds; round++)
			printf("%s%.6f", round ? ", " : "", ways[i].seconds[round]);
		printf("] }");
	}
	printf(" } }\n");
}

int main(int argc, char **argv)
{
	size_t rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (rounds == 0)
		errx(1, "usage: flows ROUNDS");
	if (nfto_ctx_new(&ctx) < 0)
		errx(1, "can't make a context");
	for (size_t i = 0; i < WAYS; i++) {
		ways[i].seconds = calloc(rounds, sizeof(double));
		if (!ways[i].seconds)
			errx(1, "out of memory");
	}
	for (size_t round = 0; round < rounds; round++) {
		for (size_t i = 0; i < WAYS; i++)
			measure(&ways[i], round);
	}
	if (counted != was_read)
		errx(1, "%" PRIu64 " flows counted, %" PRIu64 " read", counted, was_read);
	print(rounds);
	nfto_tuple_free(one);
	nfto_ctx_free(ctx);
	return 0;
}
