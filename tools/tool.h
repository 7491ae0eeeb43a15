/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TOOL_H
#define TOOL_H

#include <getopt.h>
#include <nftoffload.h>

/* Exit statuses. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

/* options.c: what the command line says. */
struct options {
	const char *name;
	enum nfto_mode mode;
	bool json;
	bool count;
	bool help;
	bool has_state;
	enum nfto_flow_state state;
	const char *from;
	const char *record;
	char **devices;
	int device_count;
	char **arguments;
	int argument_count;
};

enum {
	OPTION_NAME = 1,
	OPTION_MODE,
	OPTION_STATE,
	OPTION_JSON,
	OPTION_COUNT,
	OPTION_HELP,
	OPTION_DEVICE,
	OPTION_FROM,
	OPTION_RECORD,
};

#define TAKES_NAME                                                                                 \
	{                                                                                          \
		"name", required_argument, NULL, OPTION_NAME                                       \
	}
#define TAKES_MODE                                                                                 \
	{                                                                                          \
		"mode", required_argument, NULL, OPTION_MODE                                       \
	}
#define TAKES_STATE                                                                                \
	{                                                                                          \
		"state", required_argument, NULL, OPTION_STATE                                     \
	}
#define TAKES_JSON                                                                                 \
	{                                                                                          \
		"json", no_argument, NULL, OPTION_JSON                                             \
	}
#define TAKES_COUNT                                                                                \
	{                                                                                          \
		"count", no_argument, NULL, OPTION_COUNT                                           \
	}
#define TAKES_DEVICE                                                                               \
	{                                                                                          \
		"device", required_argument, NULL, OPTION_DEVICE                                   \
	}
#define TAKES_FROM                                                                                 \
	{                                                                                          \
		"from", required_argument, NULL, OPTION_FROM                                       \
	}
#define TAKES_RECORD                                                                               \
	{                                                                                          \
		"record", required_argument, NULL, OPTION_RECORD                                   \
	}
#define TAKES_HELP                                                                                 \
	{                                                                                          \
		"help", no_argument, NULL, OPTION_HELP                                             \
	}
#define TAKES_NO_MORE                                                                              \
	{                                                                                          \
		NULL, 0, NULL, 0                                                                   \
	}

/* A command of the tool. Its run() gets a context and returns an exit status. */
struct command {
	const char *name;
	const char *synopsis; /* what stands behind the name in the usage */
	const char *help;
	const struct option *options;
	int min_arguments;
	int max_arguments;     /* -1: any number */
	bool needs_no_context; /* its run() gets NULL */
	int (*run)(struct nfto_ctx *ctx, const struct options *options);
};

extern const struct command probe_command;
extern const struct command apply_command;
extern const struct command plan_command;
extern const struct command remove_command;
extern const struct command status_command;
extern const struct command flows_command;

/* Reads the command line, of which argv[0] is the name of the command: 0, or EXIT_USAGE having said
 * what is wrong. */
int options_parse(int argc, char **argv, const struct command *command, struct options *options);

/* Frees what options_parse() has allocated, also when it failed. */
void options_free(struct options *options);

/* output.c */

/* Tells an error of the library, with what to do about it, and returns EXIT_FAILED. */
int output_error(const struct nfto_ctx *ctx);

/* The same for an errno of a function without a context. */
int output_errno(const char *what, int error);

/* A device's name, with \xNN for bytes that are no printable ASCII, filled up with spaces. */
void output_name(const char *name, int width);

/* How long that is without the spaces. */
int output_name_length(const char *name);

/* The rest of a line, which begins in this column and goes on there on the next ones. */
void output_wrapped(const char *text, int column);

/* "tcp", "udp", "gre", or the number. */
void output_protocol(uint8_t protocol, char *buffer, size_t size);

/* An address, and one with its port: 192.0.2.1:80, [2001:db8::1]:80. */
const char *output_address(int family, const void *address, char *buffer, size_t size);
void output_endpoint(int family, const void *address, uint16_t port, char *buffer, size_t size);

#define ADDRESS_SIZE 64

#endif
