/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_FLOWTABLE_H
#define NFTO_CODEC_FLOWTABLE_H

#include <stdbool.h>

#include "device_spec.h"
#include "nft.h"

struct flowtable_info {
	uint8_t family;
	char table[NFT_NAME_SIZE];
	char name[NFT_NAME_SIZE];
	uint64_t handle;
	int32_t priority;
	uint32_t flags;
	uint32_t use;
	struct device_spec *devices;
	size_t device_count;
};

/* A name for a flowtable. */
struct flowtable_ref {
	uint8_t family;
	const char *table;
	const char *name;
};

/* Each: 0 or -ENOMEM. */
int flowtable_build_new(struct messages *messages, const struct flowtable_ref *ref,
			int32_t priority, uint32_t flags);
int flowtable_build_set_flags(struct messages *messages, const struct flowtable_ref *ref,
			      uint32_t flags);
int flowtable_build_delete(struct messages *messages, const struct flowtable_ref *ref);
int flowtable_build_add_device(struct messages *messages, const struct flowtable_ref *ref,
			       const struct device_spec *device);
int flowtable_build_delete_device(struct messages *messages, const struct flowtable_ref *ref,
				  const struct device_spec *device);

/* All flowtables, or those of one table. */
int flowtable_build_dump(struct messages *messages, uint8_t family, const char *table);

/* 0, -EBADMSG, or -ENOMEM; free what was parsed with flowtable_info_free(). */
int flowtable_parse(const struct nlmsghdr *message, struct flowtable_info *info);
void flowtable_info_free(struct flowtable_info *info);

/* By what on its list a device of this name is bound, its name or a wildcard; NULL: it is not. */
const struct device_spec *flowtable_info_find(const struct flowtable_info *info,
					      const char *device);
bool flowtable_info_has(const struct flowtable_info *info, const char *device);

/* Does it list just this? */
bool flowtable_info_lists(const struct flowtable_info *info, const struct device_spec *device);

#endif
