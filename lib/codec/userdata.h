/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_USERDATA_H
#define NFTO_CODEC_USERDATA_H

#include <stddef.h>

struct nftnl_udata_buf;
struct nlattr;

/*
 * The user data of tables and rules: bytes that the kernel keeps and does not read. nft(8) puts a
 * comment there, and so do we: it is seen in `nft list`, and lives through `nft list ruleset` to a
 * file and back, which user data of another kind would not.
 */

/* The longest comment that nft(8) reads back, without the NUL. */
#define COMMENT_LENGTH 127

/* User data with a comment; NULL if out of memory. Free with nftnl_udata_buf_free(). */
struct nftnl_udata_buf *userdata_new(const char *comment);

/* The comment of a user data attribute, which may be NULL; "" if there is none. */
void userdata_comment(const struct nlattr *userdata, char *comment, size_t size);

#endif
