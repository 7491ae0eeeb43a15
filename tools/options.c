// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

int usage_error(const struct command *command, const char *what, const char *argument)
{
	fprintf(stderr, "nftoffload: %s: %s%s%s\n", command->name, what, argument ? " " : "",
		argument ? argument : "");
	fprintf(stderr, "usage:\n  nftoffload %s %s\n", command->name, command->synopsis);
	return EXIT_USAGE;
}

static bool read_mode(const char *text, enum nfto_mode *mode)
{
	for (*mode = NFTO_MODE_AUTO; *mode < NFTO_MODE_NONE; (*mode)++) {
		if (strcmp(text, nfto_mode_name(*mode)) == 0)
			return true;
	}
	return false;
}

#define MOST_SECONDS 1000000

static int read_seconds(const struct command *command, unsigned int *seconds)
{
	unsigned long number;

	if (!read_number(optarg, 1, MOST_SECONDS, &number))
		return usage_error(command, "not a number of seconds:", optarg);
	*seconds = (unsigned int)number;
	return 0;
}

#define MOST_LOOKS 1000000

static int read_looks(const struct command *command, struct options *options)
{
	unsigned long number;

	if (!read_number(optarg, 2, MOST_LOOKS, &number))
		return usage_error(command,
				   "not a number of looks, of which two are needed:", optarg);
	options->looks = (unsigned int)number;
	return 0;
}

static int read_filter(const struct command *command, int option, struct options *options)
{
	const char *fault;
	int ret;

	if (option == OPTION_STATE && strcmp(optarg, "all") == 0)
		return 0;
	if (!options->filter) {
		ret = nfto_flow_filter_new(&options->filter);
		if (ret < 0)
			return output_errno(command->name, ret);
	}
	fault = filter_set(options->filter, option, optarg);
	if (fault)
		return usage_error(command, fault, optarg);
	options->is_filtered = true;
	return 0;
}

static int read_priority(const struct command *command, int32_t *priority)
{
	bool is_negative = optarg[0] == '-';
	unsigned long number;

	if (!read_number(optarg + is_negative, 0, INT32_MAX, &number))
		return usage_error(command, "no such priority:", optarg);
	*priority = is_negative ? -(int32_t)number : (int32_t)number;
	return 0;
}

static int read_min_packets(const struct command *command, struct options *options)
{
	unsigned long number;

	if (!read_number(optarg, 0, UINT32_MAX, &number))
		return usage_error(command, "no such number of packets:", optarg);
	options->min_packets = number;
	return 0;
}

static int read_option(const struct command *command, int option, const char *argument,
		       struct options *options)
{
	switch (option) {
	case OPTION_NAME:
		options->name = optarg;
		return 0;
	case OPTION_MODE:
		if (!read_mode(optarg, &options->mode))
			return usage_error(command, "no such mode:", optarg);
		return 0;
	case OPTION_TIMEOUT:
		return read_seconds(command, &options->timeout_s);
	case OPTION_INTERVAL:
		return read_seconds(command, &options->interval_s);
	case OPTION_LOOKS:
		return read_looks(command, options);
	case OPTION_BUNDLE:
		options->bundle = optarg;
		return 0;
	case OPTION_FIX:
		options->fix = true;
		return 0;
	case OPTION_DRY_RUN:
		options->dry_run = true;
		return 0;
	case OPTION_AGAIN:
		options->again = true;
		return 0;
	case OPTION_NO_COUNTER:
		options->no_counter = true;
		return 0;
	case OPTION_INGRESS_PRIORITY:
		return read_priority(command, &options->ingress_priority);
	case OPTION_FORWARD_PRIORITY:
		options->has_forward_priority = true;
		return read_priority(command, &options->forward_priority);
	case OPTION_MIN_PACKETS:
		return read_min_packets(command, options);
	case OPTION_DELETE_CONNECTIONS:
		options->delete_connections = true;
		return 0;
	case OPTION_ALL:
		options->all = true;
		return 0;
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_COUNT:
		options->count = true;
		return 0;
	case OPTION_DEVICE:
		options->devices[options->device_count++] = optarg;
		return 0;
	case OPTION_FROM:
		options->from = optarg;
		return 0;
	case OPTION_RECORD:
		options->record = optarg;
		return 0;
	case OPTION_TUPLE_ZONE:
		options->zone = optarg;
		return 0;
	case OPTION_TUPLE_MARK:
		options->mark = optarg;
		return 0;
	case OPTION_TUPLE_ENTRY:
		options->entry = optarg;
		return 0;
	case OPTION_HELP:
		options->help = true;
		return 0;
	case ':':
		return usage_error(command, "a value is missing behind", argument);
	case '?':
		return usage_error(command, "no such option:", argument);
	default:
		return read_filter(command, option, options);
	}
}

static int parse(int argc, char **argv, const struct command *command, struct options *options)
{
	int option, ret;

	options->devices = calloc((size_t)argc, sizeof(*options->devices));
	if (!options->devices)
		return output_errno(command->name, ENOMEM);
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", command->options, NULL)) != -1) {
		ret = read_option(command, option, argv[optind - 1], options);
		if (ret != 0)
			return ret;
	}
	options->arguments = argv + optind;
	options->argument_count = argc - optind;
	if (options->help)
		return 0;
	if (options->argument_count < command->min_arguments)
		return usage_error(command, "something is missing", NULL);
	if (command->max_arguments >= 0 && options->argument_count > command->max_arguments)
		return usage_error(command, "one argument too many:",
				   options->arguments[command->max_arguments]);
	return 0;
}

int options_parse(int argc, char **argv, const struct command *command, struct options *options)
{
	int ret;

	*options =
		(struct options){ .name = NFTO_DEFAULT_NAME, .mode = NFTO_MODE_AUTO, .looks = 2 };
	ret = parse(argc, argv, command, options);
	if (ret != 0)
		options_free(options);
	return ret;
}

void options_free(struct options *options)
{
	nfto_flow_filter_free(options->filter);
	free(options->devices);
	options->filter = NULL;
	options->devices = NULL;
}
