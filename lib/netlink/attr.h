/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_ATTR_H
#define NFTO_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/*
 * Reads attributes that come from the kernel, and trusts none of them: unknown types are skipped,
 * since a newer kernel has more of them; a wrong length is -EBADMSG to the caller.
 */

/* Puts the attributes behind a message's header of `header` bytes into table[0..max]. */
int attr_parse(const struct nlmsghdr *message, size_t header, const struct nlattr **table,
	       uint16_t max);

/* Puts the attributes of a nest into table[0..max]. */
int attr_parse_nest(const struct nlattr *nest, const struct nlattr **table, uint16_t max);

/*
 * Steps through the attributes of a nest, whatever their order and however often a type stands in
 * it. Returns 1 with *attr, 0 at the end, -EBADMSG.
 */
struct attr_walk {
	const char *position;
	size_t left;
};
void attr_walk_nest(struct attr_walk *walk, const struct nlattr *nest);
int attr_walk_next(struct attr_walk *walk, const struct nlattr **attr);

/* Each: 0; -ENODATA if the attribute is NULL; -EBADMSG if it has another length. */
int attr_u8(const struct nlattr *attr, uint8_t *value);
int attr_u16(const struct nlattr *attr, uint16_t *value);
int attr_u32(const struct nlattr *attr, uint32_t *value);
int attr_be16(const struct nlattr *attr, uint16_t *value);
int attr_be32(const struct nlattr *attr, uint32_t *value);
int attr_be64(const struct nlattr *attr, uint64_t *value);
int attr_bytes(const struct nlattr *attr, void *value, size_t length);

/* A string with or without its final NUL, which must fit into `size` bytes with one. */
int attr_string(const struct nlattr *attr, char *value, size_t size);

#endif
