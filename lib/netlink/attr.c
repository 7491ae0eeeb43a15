// SPDX-License-Identifier: LGPL-2.1-or-later
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "attr.h"

static int parse(struct attr_walk *walk, const struct nlattr **table, uint16_t max)
{
	const struct nlattr *attr;
	int ret;

	memset(table, 0, ((size_t)max + 1) * sizeof(*table));
	while ((ret = attr_walk_next(walk, &attr)) > 0) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type <= max)
			table[type] = attr;
	}
	return ret;
}

int attr_parse(const struct nlmsghdr *message, size_t header, const struct nlattr **table,
	       uint16_t max)
{
	size_t skip = MNL_NLMSG_HDRLEN + MNL_ALIGN(header);
	struct attr_walk walk;

	if (message->nlmsg_len < skip)
		return -EBADMSG;
	walk.position = (const char *)message + skip;
	walk.left = message->nlmsg_len - skip;
	return parse(&walk, table, max);
}

int attr_parse_nest(const struct nlattr *nest, const struct nlattr **table, uint16_t max)
{
	struct attr_walk walk;

	attr_walk_nest(&walk, nest);
	return parse(&walk, table, max);
}

void attr_walk_nest(struct attr_walk *walk, const struct nlattr *nest)
{
	walk->position = mnl_attr_get_payload(nest);
	walk->left = mnl_attr_get_payload_len(nest);
}

int attr_walk_next(struct attr_walk *walk, const struct nlattr **attr)
{
	const struct nlattr *next = (const struct nlattr *)walk->position;
	size_t step;

	if (walk->left == 0)
		return 0;
	if (walk->left < sizeof(*next) || next->nla_len < sizeof(*next) ||
	    next->nla_len > walk->left)
		return -EBADMSG;

	/* The last one may come without its padding. */
	step = MNL_ALIGN(next->nla_len);
	if (step > walk->left)
		step = walk->left;
	walk->position += step;
	walk->left -= step;
	*attr = next;
	return 1;
}

int attr_bytes(const struct nlattr *attr, void *value, size_t length)
{
	if (!attr)
		return -ENODATA;
	if (mnl_attr_get_payload_len(attr) != length)
		return -EBADMSG;
	memcpy(value, mnl_attr_get_payload(attr), length);
	return 0;
}

int attr_u8(const struct nlattr *attr, uint8_t *value)
{
	return attr_bytes(attr, value, sizeof(*value));
}

int attr_u16(const struct nlattr *attr, uint16_t *value)
{
	return attr_bytes(attr, value, sizeof(*value));
}

int attr_u32(const struct nlattr *attr, uint32_t *value)
{
	return attr_bytes(attr, value, sizeof(*value));
}

int attr_be16(const struct nlattr *attr, uint16_t *value)
{
	uint16_t raw;
	int ret = attr_bytes(attr, &raw, sizeof(raw));

	if (ret == 0)
		*value = be16toh(raw);
	return ret;
}

int attr_be32(const struct nlattr *attr, uint32_t *value)
{
	uint32_t raw;
	int ret = attr_bytes(attr, &raw, sizeof(raw));

	if (ret == 0)
		*value = be32toh(raw);
	return ret;
}

int attr_be64(const struct nlattr *attr, uint64_t *value)
{
	uint64_t raw;
	int ret = attr_bytes(attr, &raw, sizeof(raw));

	if (ret == 0)
		*value = be64toh(raw);
	return ret;
}

int attr_string(const struct nlattr *attr, char *value, size_t size)
{
	const char *text;
	size_t length;

	if (!attr)
		return -ENODATA;
	text = mnl_attr_get_payload(attr);
	length = strnlen(text, mnl_attr_get_payload_len(attr));
	if (length >= size)
		return -EBADMSG;
	memcpy(value, text, length);
	value[length] = '\0';
	return 0;
}
