/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_ATTR_H
#define NFTO_ATTR_H

#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>

/*
 * Reads attributes that come from the kernel, and trusts none of them: unknown types are skipped,
 * since a newer kernel has more of them; a wrong length is -EBADMSG to the caller.
 *
 * A dump of conntrack has some forty million of them, so all of this is small enough to be put in
 * place by the compiler.
 */

/*
 * Steps through attributes, whatever their order and however often a type stands there.
 * attr_walk_next() returns 1 with *attr, 0 at the end, -EBADMSG.
 */
struct attr_walk {
	const char *position;
	size_t left;
};

static inline uint16_t attr_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

static inline const void *attr_payload(const struct nlattr *attr)
{
	return (const char *)attr + MNL_ATTR_HDRLEN;
}

/* Of an attribute that a walk has given. */
static inline size_t attr_length(const struct nlattr *attr)
{
	return (size_t)attr->nla_len - MNL_ATTR_HDRLEN;
}

static inline void attr_walk_nest(struct attr_walk *walk, const struct nlattr *nest)
{
	walk->position = attr_payload(nest);
	walk->left = attr_length(nest);
}

/* Behind a message's header of `header` bytes: 0 or -EBADMSG. */
static inline int attr_walk_message(struct attr_walk *walk, const struct nlmsghdr *message,
				    size_t header)
{
	size_t skip = MNL_NLMSG_HDRLEN + MNL_ALIGN(header);

	if (message->nlmsg_len < skip)
		return -EBADMSG;
	walk->position = (const char *)message + skip;
	walk->left = message->nlmsg_len - skip;
	return 0;
}

static inline int attr_walk_next(struct attr_walk *walk, const struct nlattr **attr)
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

/* The next attribute of a type, up to which the walk goes: 1, 0 if there is none, -EBADMSG. */
static inline int attr_walk_to(struct attr_walk *walk, uint16_t type, const struct nlattr **attr)
{
	int ret;

	do {
		ret = attr_walk_next(walk, attr);
	} while (ret > 0 && attr_type(*attr) != type);
	return ret;
}

/* Puts what is left of a walk into table[0..max]. */
static inline int attr_walk_rest(struct attr_walk *walk, const struct nlattr **table, uint16_t max)
{
	const struct nlattr *attr;
	int ret;

	memset(table, 0, ((size_t)max + 1) * sizeof(*table));
	while ((ret = attr_walk_next(walk, &attr)) > 0) {
		if (attr_type(attr) <= max)
			table[attr_type(attr)] = attr;
	}
	return ret;
}

/* Puts the attributes behind a message's header of `header` bytes into table[0..max]. */
static inline int attr_parse(const struct nlmsghdr *message, size_t header,
			     const struct nlattr **table, uint16_t max)
{
	struct attr_walk walk;

	if (attr_walk_message(&walk, message, header) < 0)
		return -EBADMSG;
	return attr_walk_rest(&walk, table, max);
}

/* Puts the attributes of a nest into table[0..max]. */
static inline int attr_parse_nest(const struct nlattr *nest, const struct nlattr **table,
				  uint16_t max)
{
	struct attr_walk walk;

	attr_walk_nest(&walk, nest);
	return attr_walk_rest(&walk, table, max);
}

/* Each: 0; -ENODATA if the attribute is NULL; -EBADMSG if it has another length. */
static inline int attr_bytes(const struct nlattr *attr, void *value, size_t length)
{
	if (!attr)
		return -ENODATA;
	if (attr_length(attr) != length)
		return -EBADMSG;
	memcpy(value, attr_payload(attr), length);
	return 0;
}

static inline int attr_u8(const struct nlattr *attr, uint8_t *value)
{
	return attr_bytes(attr, value, sizeof(*value));
}

static inline int attr_u16(const struct nlattr *attr, uint16_t *value)
{
	return attr_bytes(attr, value, sizeof(*value));
}

static inline int attr_u32(const struct nlattr *attr, uint32_t *value)
{
	return attr_bytes(attr, value, sizeof(*value));
}

static inline int attr_be16(const struct nlattr *attr, uint16_t *value)
{
	uint16_t raw;
	int ret = attr_bytes(attr, &raw, sizeof(raw));

	if (ret == 0)
		*value = be16toh(raw);
	return ret;
}

static inline int attr_be32(const struct nlattr *attr, uint32_t *value)
{
	uint32_t raw;
	int ret = attr_bytes(attr, &raw, sizeof(raw));

	if (ret == 0)
		*value = be32toh(raw);
	return ret;
}

static inline int attr_be64(const struct nlattr *attr, uint64_t *value)
{
	uint64_t raw;
	int ret = attr_bytes(attr, &raw, sizeof(raw));

	if (ret == 0)
		*value = be64toh(raw);
	return ret;
}

/* A string with or without its final NUL, which must fit into `size` bytes with one. */
static inline int attr_string(const struct nlattr *attr, char *value, size_t size)
{
	const char *text;
	size_t length;

	if (!attr)
		return -ENODATA;
	text = attr_payload(attr);
	length = strnlen(text, attr_length(attr));
	if (length >= size)
		return -EBADMSG;
	memcpy(value, text, length);
	value[length] = '\0';
	return 0;
}

#endif
