// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "messages.h"

static int reserve(struct messages *messages, size_t room)
{
	size_t capacity = messages->capacity;
	char *data;

	if (capacity - messages->length >= room)
		return 0;
	while (capacity - messages->length < room)
		capacity = capacity ? capacity * 2 : room;
	data = realloc(messages->data, capacity);
	if (!data)
		return -1;
	messages->data = data;
	messages->capacity = capacity;
	return 0;
}

struct nlmsghdr *messages_open_plain(struct messages *messages, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message;

	if (reserve(messages, MESSAGE_ROOM) < 0)
		return NULL;

	/* libmnl and libnftnl leave the padding of attributes as it is, which must not be left to
	 * chance. */
	memset(messages->data + messages->length, 0, MESSAGE_ROOM);
	message = mnl_nlmsg_put_header(messages->data + messages->length);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	return message;
}

struct nlmsghdr *messages_open(struct messages *messages, uint16_t type, uint16_t flags,
			       uint8_t family, uint16_t res_id)
{
	struct nlmsghdr *message = messages_open_plain(messages, type, flags);
	struct nfgenmsg *generic;

	if (!message)
		return NULL;
	generic = mnl_nlmsg_put_extra_header(message, sizeof(*generic));
	generic->nfgen_family = family;
	generic->version = NFNETLINK_V0;
	generic->res_id = htons(res_id);
	return message;
}

void messages_close(struct messages *messages, const struct nlmsghdr *message)
{
	messages->length += NLMSG_ALIGN(message->nlmsg_len);
	messages->count++;
}

int messages_append(struct messages *messages, const struct nlmsghdr *message)
{
	size_t length = NLMSG_ALIGN(message->nlmsg_len);

	if (reserve(messages, length) < 0)
		return -ENOMEM;
	memset(messages->data + messages->length, 0, length);
	memcpy(messages->data + messages->length, message, message->nlmsg_len);
	messages->length += length;
	messages->count++;
	return 0;
}

struct nlmsghdr *messages_get(const struct messages *messages, size_t index)
{
	char *position = messages->data;

	while (index-- > 0)
		position += NLMSG_ALIGN(((struct nlmsghdr *)position)->nlmsg_len);
	return (struct nlmsghdr *)position;
}

void messages_truncate(struct messages *messages, size_t length)
{
	messages->length = length;
	messages->count--;
}

void messages_free(struct messages *messages)
{
	free(messages->data);
	memset(messages, 0, sizeof(*messages));
}
