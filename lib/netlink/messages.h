/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_MESSAGES_H
#define NFTO_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

/* Netlink messages, one after the other, ready to be sent. */
struct messages {
	char *data;
	size_t length;
	size_t capacity;
	size_t count;
};

/*
 * libmnl and libnftnl write attributes without a look at the room, so each message is given more
 * than any of ours can need: names are limited to 255 bytes, and the longest message has three
 * names, user data of 256 bytes and about ten short expressions.
 */
#define MESSAGE_ROOM 8192

/* Begins a message with MESSAGE_ROOM bytes for what follows its header; NULL if out of memory. It
 * counts once messages_close() was called. */
struct nlmsghdr *messages_open_plain(struct messages *messages, uint16_t type, uint16_t flags);

/* The same with a struct nfgenmsg behind its header, for nfnetlink. The type holds the
 * subsystem. */
struct nlmsghdr *messages_open(struct messages *messages, uint16_t type, uint16_t flags,
			       uint8_t family, uint16_t res_id);
void messages_close(struct messages *messages, const struct nlmsghdr *message);

/* Adds a copy of a message that is whole: 0 or -ENOMEM. */
int messages_append(struct messages *messages, const struct nlmsghdr *message);

/* The message with that index, which must be there. */
struct nlmsghdr *messages_get(const struct messages *messages, size_t index);

/* Takes off the last message, which began at `length`. */
void messages_truncate(struct messages *messages, size_t length);

void messages_free(struct messages *messages);

#endif
