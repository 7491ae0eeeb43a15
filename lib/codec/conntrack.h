/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_CONNTRACK_H
#define NFTO_CODEC_CONNTRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "counter.h"
#include "netlink/messages.h"

struct nlattr;

/* The packets of one direction. */
struct flow_side {
	uint8_t source[16];
	uint8_t destination[16];
	uint16_t source_port;
	uint16_t destination_port;
	bool has_counter;
	struct counter_info counter;
};

struct flow_info {
	uint8_t family;
	uint8_t protocol;
	uint16_t zone;
	uint32_t id; /* one that takes its place, with the same tuple, has another */
	uint32_t status;
	bool has_mark; /* the kernel knows marks */
	uint32_t mark;
	struct flow_side sides[2]; /* by direction */
};

/* What else an entry may tell about why it is not offloaded. */
#define CONNTRACK_HELPER_SIZE 16
struct conntrack_details {
	bool has_tcp_state; /* the kernel does not tell it of what is offloaded */
	uint8_t tcp_state;  /* TCP_CONNTRACK_* */
	bool has_helper;
	char helper[CONNTRACK_HELPER_SIZE];
	bool has_timeout;
	uint32_t timeout_s;
};

/* A question for one entry, by the tuple of either direction. */
struct conntrack_tuple {
	uint8_t family;
	uint8_t protocol;
	uint16_t zone;
	const uint8_t *source;
	const uint8_t *destination;
	uint16_t source_port;
	uint16_t destination_port;
};

/* 0 or -ENOMEM. */
int conntrack_build_get(struct messages *messages, const struct conntrack_tuple *tuple);

/* 0 or -EBADMSG. */
int conntrack_parse_details(const struct nlmsghdr *message, struct conntrack_details *details);

/* What the kernel is asked to leave out. It does what it can: the status since 5.15, the zone
 * since 6.8; so the reader has to look as well. */
struct conntrack_filter {
	uint8_t family; /* 0: all */
	uint32_t status;
	uint32_t status_mask; /* 0: any status */
	uint32_t mark;
	uint32_t mark_mask; /* 0: any mark */
	bool has_zone;
	uint16_t zone;
};

/* All entries that pass the filter. 0 or -ENOMEM. */
int conntrack_build_dump(struct messages *messages, const struct conntrack_filter *filter);

/* Deletes the entry that a message of a dump is about, and no other one: not one that has taken
 * the place of it. 0, -ENOMEM or -EBADMSG. */
int conntrack_build_delete(struct messages *messages, const struct nlmsghdr *entry);

/* Deletes what is in its place: the entry that packets of its original direction belong to, or those
 * of the other one. The same errors. */
int conntrack_build_delete_like(struct messages *messages, const struct nlmsghdr *entry,
				bool by_reply);

/* Puts a copy of an attribute into a message, or nothing if that is NULL. 0 or -EBADMSG. */
int conntrack_put_copy(struct nlmsghdr *message, const struct nlattr *attr);

/* Asks how many entries there are. 0 or -ENOMEM. */
int conntrack_build_total_get(struct messages *messages);

/* 0 or -EBADMSG. */
struct conntrack_total {
	uint32_t entries; /* those that are no longer in the table, but still held, too */
	uint32_t most;	  /* how many there may be; 0 if the kernel has no limit, or tells none */
};
int conntrack_parse_total(const struct nlmsghdr *message, struct conntrack_total *total);

/* Only what tells whether a flow has hold of an entry. 0 or -EBADMSG. */
struct conntrack_hold {
	uint32_t status;
	uint32_t use; /* references: 1 by the table, 1 by a flow, and some by packets under way */
};
int conntrack_parse_hold(const struct nlmsghdr *message, struct conntrack_hold *hold);

/* 0 or -EBADMSG. */
int conntrack_parse(const struct nlmsghdr *message, struct flow_info *info);

/* Only the status: for those who want flows of one state. 0 or -EBADMSG. */
int conntrack_parse_status(const struct nlmsghdr *message, uint32_t *status);

/* What flows are counted by, and nothing else: a small part of the work. 0 or -EBADMSG. */
struct flow_kind {
	uint8_t family;
	uint8_t protocol;
	uint32_t status;
};
int conntrack_parse_kind(const struct nlmsghdr *message, struct flow_kind *kind);

#endif
