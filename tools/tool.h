/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TOOL_H
#define TOOL_H

#include <getopt.h>
#include <nftoffload.h>
#include <stdio.h>

/* Exit statuses. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_FOUND = 3,	 /* all went well, and what was found is not as it should be */
	EXIT_ERRORS = 4, /* of the doctor: it is no mere warning */
};

/* options.c: what the command line says. */
struct options {
	const char *name;
	enum nfto_mode mode;
	bool json;
	bool count;
	bool help;
	bool dry_run;
	bool again;
	bool no_counter;
	int32_t ingress_priority;
	int32_t forward_priority;
	bool has_forward_priority;
	uint64_t min_packets;
	bool delete_connections;
	const char *from;
	const char *record;
	char **devices;
	int device_count;
	bool all;
	unsigned int timeout_s;	 /* 0: that of the library */
	unsigned int interval_s; /* between looks; 0: it was not given */
	unsigned int looks;
	bool fix;
	const char *bundle;
	const char *zone;
	const char *mark;
	const char *entry; /* the interface that packets come in by */
	struct nfto_flow_filter *filter;
	bool is_filtered; /* the filter leaves something out */
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
	OPTION_DRY_RUN,
	OPTION_AGAIN,
	OPTION_NO_COUNTER,
	OPTION_INGRESS_PRIORITY,
	OPTION_FORWARD_PRIORITY,
	OPTION_MIN_PACKETS,
	OPTION_DELETE_CONNECTIONS,
	OPTION_ALL,
	OPTION_TIMEOUT,
	OPTION_INTERVAL,
	OPTION_LOOKS,
	OPTION_FIX,
	OPTION_PROTOCOL,
	OPTION_SOURCE,
	OPTION_DESTINATION,
	OPTION_ADDRESS,
	OPTION_SOURCE_PORT,
	OPTION_DESTINATION_PORT,
	OPTION_PORT,
	OPTION_MARK,
	OPTION_ZONE,
	OPTION_INTERFACE,
	OPTION_BUNDLE,
	OPTION_TUPLE_ZONE,
	OPTION_TUPLE_MARK,
	OPTION_TUPLE_ENTRY,
};

#define TAKES_NAME                                                                                 \
	{                                                                                          \
		"name", required_argument, NULL, OPTION_NAME                                       \
	}
#define TAKES_MODE                                                                                 \
	{                                                                                          \
		"mode", required_argument, NULL, OPTION_MODE                                       \
	}
/* filter.c: which flows. */
#define TAKES_FILTER                                                                               \
	{ "state", required_argument, NULL, OPTION_STATE },                                        \
		{ "proto", required_argument, NULL, OPTION_PROTOCOL },                             \
		{ "src", required_argument, NULL, OPTION_SOURCE },                                 \
		{ "dst", required_argument, NULL, OPTION_DESTINATION },                            \
		{ "address", required_argument, NULL, OPTION_ADDRESS },                            \
		{ "sport", required_argument, NULL, OPTION_SOURCE_PORT },                          \
		{ "dport", required_argument, NULL, OPTION_DESTINATION_PORT },                     \
		{ "port", required_argument, NULL, OPTION_PORT },                                  \
		{ "mark", required_argument, NULL, OPTION_MARK },                                  \
		{ "zone", required_argument, NULL, OPTION_ZONE },                                  \
	{                                                                                          \
		"interface", required_argument, NULL, OPTION_INTERFACE                             \
	}

/* What they mean, for the help of a command. */
#define FILTER_HELP                                                                                \
	"  --state STATE      in this state: software, hardware, closing, all (all)\n"             \
	"  --proto PROTOCOL   tcp, udp, gre or a number\n"                                         \
	"  --src A[/N]        opened by an address of this network\n"                              \
	"  --dst A[/N]        opened to an address of this network\n"                              \
	"  --address A[/N]    with such an address at either end, before or after NAT\n"           \
	"  --sport PORT, --dport PORT, --port PORT\n"                                              \
	"                     the same for ports\n"                                                \
	"  --mark V[/M]       the conntrack mark is V, under the mask M\n"                         \
	"  --zone N           in this conntrack zone\n"                                            \
	"  --interface NAME   the route to either end leads out of this interface\n"

/* Which connection, beside its addresses. */
#define TAKES_TUPLE                                                                                \
	{ "zone", required_argument, NULL, OPTION_TUPLE_ZONE },                                    \
		{ "mark", required_argument, NULL, OPTION_TUPLE_MARK },                            \
	{                                                                                          \
		"iif", required_argument, NULL, OPTION_TUPLE_ENTRY                                 \
	}

#define TAKES_ALL                                                                                  \
	{                                                                                          \
		"all", no_argument, NULL, OPTION_ALL                                               \
	}
#define TAKES_TIMEOUT                                                                              \
	{                                                                                          \
		"timeout", required_argument, NULL, OPTION_TIMEOUT                                 \
	}
#define TAKES_INTERVAL                                                                             \
	{                                                                                          \
		"interval", required_argument, NULL, OPTION_INTERVAL                               \
	}
#define TAKES_LOOKS                                                                                \
	{                                                                                          \
		"looks", required_argument, NULL, OPTION_LOOKS                                     \
	}
#define TAKES_BUNDLE                                                                               \
	{                                                                                          \
		"bundle", required_argument, NULL, OPTION_BUNDLE                                   \
	}
#define TAKES_FIX                                                                                  \
	{                                                                                          \
		"fix", no_argument, NULL, OPTION_FIX                                               \
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
#define TAKES_DRY_RUN                                                                              \
	{                                                                                          \
		"dry-run", no_argument, NULL, OPTION_DRY_RUN                                       \
	}
#define TAKES_AGAIN                                                                                \
	{                                                                                          \
		"again", no_argument, NULL, OPTION_AGAIN                                           \
	}
#define TAKES_NO_COUNTER                                                                           \
	{                                                                                          \
		"no-counter", no_argument, NULL, OPTION_NO_COUNTER                                 \
	}
#define TAKES_INGRESS_PRIORITY                                                                     \
	{                                                                                          \
		"ingress-priority", required_argument, NULL, OPTION_INGRESS_PRIORITY               \
	}
#define TAKES_FORWARD_PRIORITY                                                                     \
	{                                                                                          \
		"forward-priority", required_argument, NULL, OPTION_FORWARD_PRIORITY               \
	}
#define TAKES_MIN_PACKETS                                                                          \
	{                                                                                          \
		"min-packets", required_argument, NULL, OPTION_MIN_PACKETS                         \
	}
#define TAKES_DELETE_CONNECTIONS                                                                   \
	{                                                                                          \
		"delete-connections", no_argument, NULL, OPTION_DELETE_CONNECTIONS                 \
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
extern const struct command metrics_command;
extern const struct command flows_command;
extern const struct command evict_command;
extern const struct command audit_command;
extern const struct command doctor_command;
extern const struct command explain_command;
extern const struct command leaks_command;

/* Reads the command line, of which argv[0] is the name of the command: 0, or EXIT_USAGE having said
 * what is wrong. */
int options_parse(int argc, char **argv, const struct command *command, struct options *options);
void options_free(struct options *options);

/* Says what is wrong with the command line and how the command is used; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *what, const char *argument);

/* filter.c: sets the property of an option of TAKES_FILTER. NULL, or what is wrong with its
 * value. */
const char *filter_set(struct nfto_flow_filter *filter, int option, const char *value);

/* "tcp", "udp", "gre"..., or a number. */
bool read_protocol(const char *text, unsigned long *protocol);

/* number.c: a whole number from first to last, decimal or with 0x, and nothing behind it. */
bool read_number(const char *text, unsigned long first, unsigned long last, unsigned long *number);

/* wait.c: sleeps, all of the time. */
void wait_ms(uint64_t duration_ms);

/* lasting.c: as nfto_leaks_read() and nfto_explain(), by some looks that are a moment apart. */
int read_lasting_leaks(struct nfto_ctx *ctx, const char *name, struct nfto_leaks **leaks);
int explain_lasting(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
		    struct nfto_explanation **explanation);

/* output.c */

/* Tells an error of the library, with what to do about it, and returns EXIT_FAILED. */
int output_error(const struct nfto_ctx *ctx);

/* The same for an errno of a function without a context. */
int output_errno(const char *what, int error);

/* A device's name, with \xNN for bytes that are no printable ASCII. */
void output_name(FILE *stream, const char *name);

/* "tcp", "udp", "gre", or the number. */
void output_protocol(uint8_t protocol, char *buffer, size_t size);

/* An address, and one with its port: 192.0.2.1:80, [2001:db8::1]:80. */
const char *output_address(int family, const void *address, char *buffer, size_t size);
void output_endpoint(int family, const void *address, uint16_t port, char *buffer, size_t size);

#define ADDRESS_SIZE 64

#endif
