// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static int usage_error(const struct command *command, const char *what, const char *argument)
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

static bool read_state(const char *text, struct options *options)
{
	options->has_state = false;
	if (strcmp(text, "all") == 0)
		return true;
	options->has_state = true;
	for (options->state = NFTO_FLOW_SOFTWARE; options->state <= NFTO_FLOW_CLOSING;
	     options->state++) {
		if (strcmp(text, nfto_flow_state_name(options->state)) == 0)
			return true;
	}
	return false;
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
	case OPTION_STATE:
		if (!read_state(optarg, options))
			return usage_error(command, "no such state:", optarg);
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
	case OPTION_HELP:
		options->help = true;
		return 0;
	case ':':
		return usage_error(command, "a value is missing behind", argument);
	default:
		return usage_error(command, "no such option:", argument);
	}
}

int options_parse(int argc, char **argv, const struct command *command, struct options *options)
{
	int option, ret;

	*options = (struct options){ .name = NFTO_DEFAULT_NAME, .mode = NFTO_MODE_AUTO };
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

void options_free(struct options *options)
{
	free(options->devices);
}
