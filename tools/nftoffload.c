// SPDX-License-Identifier: LGPL-2.1-or-later
/* nftoffload: the command-line tool. It uses nothing but the public API. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct command *const commands[] = {
	&probe_command,	 &plan_command,	   &apply_command,   &remove_command,
	&status_command, &doctor_command,  &metrics_command, &flows_command,
	&leaks_command,	 &explain_command, &audit_command,   &evict_command,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *stream)
{
	fprintf(stream, "nftoffload: nftables flow offload, in the state you ask for\n\nusage:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(stream, "  nftoffload %s %s\n", commands[i]->name, commands[i]->synopsis);
	fprintf(stream, "  nftoffload COMMAND --help\n  nftoffload --help | --version\n\n"
			"exit status: 0 done, 1 failed, 2 wrong usage\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static int run_command(const struct command *command, const struct options *options)
{
	struct nfto_ctx *ctx;
	int ret;

	if (command->needs_no_context)
		return command->run(NULL, options);
	ret = nfto_ctx_new(&ctx);
	if (ret < 0)
		return output_errno("netlink socket", ret);
	ret = command->run(ctx, options);
	nfto_ctx_free(ctx);
	return ret;
}

static int run_with_options(const struct command *command, const struct options *options)
{
	if (!options->help)
		return run_command(command, options);
	printf("usage:\n  nftoffload %s %s\n\n%s", command->name, command->synopsis, command->help);
	return EXIT_DONE;
}

/* What was printed may still fail to be written: to a full disk, say. */
static int finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return status == EXIT_DONE ? output_errno("output", errno) : status;
	return status;
}

int main(int argc, char **argv)
{
	const struct command *command;
	struct options options;
	int ret;

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0) {
		print_usage(stdout);
		return finish(EXIT_DONE);
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("nftoffload %s\n", nfto_version());
		return finish(EXIT_DONE);
	}
	command = find_command(argv[1]);
	if (!command) {
		fprintf(stderr, "nftoffload: no such command: %s\n", argv[1]);
		print_usage(stderr);
		return EXIT_USAGE;
	}
	ret = options_parse(argc - 1, argv + 1, command, &options);
	if (ret == 0)
		ret = finish(run_with_options(command, &options));
	options_free(&options);
	return ret;
}
