/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPLY_H
#define REPLY_H

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "fake_transport.h"

/* What the kernel says, put into the script of a fake: attributes, order and lengths are those of
 * net/netfilter/nf_tables_api.c, nf_conntrack_netlink.c and net/netlink/af_netlink.c of Linux
 * 6.12. */

/* The type of a message of nf_tables or conntrack. */
#define NFT(message) ((uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | (message)))
#define CT(message) ((uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | (message)))
#define BATCH ((uint16_t)NFNL_MSG_BATCH_BEGIN)

/* A message that begins with a struct nfgenmsg. */
struct nlmsghdr *reply_open(struct fake *fake, uint16_t type, uint16_t flags, uint8_t family);

/* The end of a dump. */
void reply_done(struct fake *fake);

/* The kernel did what it was asked for. */
void reply_ack(struct fake *fake);

/* An acknowledgement (errnum 0) or an error for a message of the request. */
void reply_error(struct fake *fake, int index, int errnum);

/* The same with an extended acknowledgement. Text NULL: none. Offset NO_OFFSET: none. */
#define NO_OFFSET UINT32_MAX
void reply_extended(struct fake *fake, int index, int errnum, const char *text, uint32_t offset);

/* The answer to a question for the generation, which begins each series of dumps. */
void reply_generation(struct fake *fake); /* 7 */
void reply_generation_of(struct fake *fake, uint32_t generation);

/* A table; comment NULL: none. */
void reply_table(struct fake *fake, const char *name, const char *comment);

/* The same with its flags, and of any family. */
void reply_table_with_flags(struct fake *fake, uint8_t family, const char *name,
			    const char *comment, uint32_t flags);

struct reply_flowtable {
	uint8_t family;
	const char *table;
	const char *name;
	int32_t priority;
	uint32_t flags;
	uint32_t use;
	uint64_t handle;
	const char *const *devices; /* ends with NULL; a wildcard ends with '*' */
};
void reply_flowtable(struct fake *fake, const struct reply_flowtable *flowtable);

/* A base chain on the forward hook. */
void reply_forward_chain(struct fake *fake, const char *table, const char *name, int32_t priority);

/* A rule with a counter between other expressions. */
struct reply_rule {
	uint64_t handle; /* 0: 9 */
	const char *table;
	const char *chain;
	const char *comment; /* NULL: none */
	bool has_counter;
	uint64_t packets;
	uint64_t bytes;
};
void reply_rule(struct fake *fake, const struct reply_rule *rule);

/* Opens a message with elements of a set, puts an element into it, closes it. */
struct reply_elements {
	struct nlmsghdr *message;
	struct nlattr *list;
};
struct reply_elements reply_open_elements(struct fake *fake, const char *set);
void reply_element(struct reply_elements *elements, const void *key, uint16_t key_length,
		   uint64_t packets, uint64_t bytes);
/* The same, with the time since the last packet; NO_IDLE: the kernel does not tell it. */
#define NO_IDLE UINT64_MAX
void reply_idle_element(struct reply_elements *elements, const void *key, uint16_t key_length,
			uint64_t packets, uint64_t bytes, uint64_t idle_ms);
void reply_named_element(struct reply_elements *elements, const char *name, const char *comment);
void reply_close_elements(struct fake *fake, struct reply_elements *elements);

/* A conntrack entry. */
struct reply_tuple {
	const char *source; /* as text */
	const char *destination;
	uint16_t source_port;
	uint16_t destination_port;
};
struct reply_flow {
	int family;
	uint8_t protocol;
	uint32_t status;
	uint16_t zone; /* 0: not sent */
	bool has_no_mark;
	uint32_t mark;
	uint32_t id;  /* 0: 0x12345678 */
	uint32_t use; /* 0: 1 */
	struct reply_tuple original;
	struct reply_tuple reply;
	bool has_counters;
	uint64_t packets[2]; /* by direction */
	uint64_t bytes[2];
	uint8_t tcp_state;  /* TCP_CONNTRACK_*; 0: not sent */
	const char *helper; /* NULL: none */
	uint32_t timeout_s; /* 0: not sent */
	uint16_t zones[2];  /* of one direction only, in its tuple; 0: not sent */
	uint8_t label;	    /* the first of 128 bits and so on; 0: not sent */
	bool has_master;    /* it is related to another connection */
	struct reply_tuple master;
};
void reply_flow(struct fake *fake, const struct reply_flow *flow);

/* How many conntrack entries there are, and may be. */
void reply_total(struct fake *fake, uint32_t total);
void reply_total_of(struct fake *fake, uint32_t total, uint32_t most);

#endif
