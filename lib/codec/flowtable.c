// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ten attributes, put together by libmnl: libnftnl builds the hook nest of an object wherever one
 * of its parts is set, so that deleting a flowtable by the object that created it removes its
 * devices instead.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "flowtable.h"
#include "netlink/attr.h"

static struct nlmsghdr *open_for(struct messages *messages, uint16_t type, uint16_t flags,
				 const struct flowtable_ref *ref)
{
	struct nlmsghdr *message = nft_open(messages, type, flags, ref->family);

	if (!message)
		return NULL;
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, ref->table);
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, ref->name);
	return message;
}

int flowtable_build_new(struct messages *messages, const struct flowtable_ref *ref,
			int32_t priority, uint32_t flags)
{
	struct nlmsghdr *message = open_for(messages, NFT_MSG_NEWFLOWTABLE, NLM_F_CREATE, ref);
	struct nlattr *hook;

	if (!message)
		return -ENOMEM;
	hook = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK);
	mnl_attr_put_u32(message, NFTA_FLOWTABLE_HOOK_NUM, htonl(NF_NETDEV_INGRESS));
	mnl_attr_put_u32(message, NFTA_FLOWTABLE_HOOK_PRIORITY, htonl((uint32_t)priority));
	mnl_attr_nest_end(message, hook);
	mnl_attr_put_u32(message, NFTA_FLOWTABLE_FLAGS, htonl(flags));
	messages_close(messages, message);
	return 0;
}

/* The kernel wants the hook nest in an update too, though it may be empty. */
int flowtable_build_set_flags(struct messages *messages, const struct flowtable_ref *ref,
			      uint32_t flags)
{
	struct nlmsghdr *message = open_for(messages, NFT_MSG_NEWFLOWTABLE, 0, ref);

	if (!message)
		return -ENOMEM;
	mnl_attr_nest_end(message, mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK));
	mnl_attr_put_u32(message, NFTA_FLOWTABLE_FLAGS, htonl(flags));
	messages_close(messages, message);
	return 0;
}

int flowtable_build_delete(struct messages *messages, const struct flowtable_ref *ref)
{
	struct nlmsghdr *message = open_for(messages, NFT_MSG_DELFLOWTABLE, 0, ref);

	if (!message)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}

/* Without the flags attribute an update leaves the flags as they are. */
static int build_device(struct messages *messages, uint16_t type, const struct flowtable_ref *ref,
			const struct device_spec *device)
{
	struct nlmsghdr *message = open_for(messages, type, 0, ref);
	struct nlattr *hook, *devices;

	if (!message)
		return -ENOMEM;
	hook = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK);
	devices = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	device_spec_put(message, device);
	mnl_attr_nest_end(message, devices);
	mnl_attr_nest_end(message, hook);
	messages_close(messages, message);
	return 0;
}

int flowtable_build_add_device(struct messages *messages, const struct flowtable_ref *ref,
			       const struct device_spec *device)
{
	return build_device(messages, NFT_MSG_NEWFLOWTABLE, ref, device);
}

int flowtable_build_delete_device(struct messages *messages, const struct flowtable_ref *ref,
				  const struct device_spec *device)
{
	return build_device(messages, NFT_MSG_DELFLOWTABLE, ref, device);
}

int flowtable_build_dump(struct messages *messages, uint8_t family, const char *table)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_GETFLOWTABLE, NLM_F_DUMP, family);

	if (!message)
		return -ENOMEM;
	if (table)
		mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, table);
	messages_close(messages, message);
	return 0;
}

static int count_attributes(const struct nlattr *nest)
{
	struct attr_walk walk;
	const struct nlattr *attr;
	int count = 0, ret;

	attr_walk_nest(&walk, nest);
	while ((ret = attr_walk_next(&walk, &attr)) > 0)
		count++;
	return ret < 0 ? ret : count;
}

/* Attributes of a newer kernel are skipped. */
static int parse_devices(const struct nlattr *nest, struct flowtable_info *info)
{
	int count = count_attributes(nest), ret;
	const struct nlattr *attr;
	struct attr_walk walk;

	if (count <= 0)
		return count;
	info->devices = calloc((size_t)count, sizeof(*info->devices));
	if (!info->devices)
		return -ENOMEM;

	attr_walk_nest(&walk, nest);
	while (attr_walk_next(&walk, &attr) > 0) {
		ret = device_spec_parse(attr, &info->devices[info->device_count]);
		if (ret < 0)
			return ret;
		info->device_count += (size_t)ret;
	}
	return 0;
}

static int parse_hook(const struct nlattr *nest, struct flowtable_info *info)
{
	const struct nlattr *attrs[NFTA_FLOWTABLE_HOOK_MAX + 1];
	uint32_t priority = 0;

	if (attr_parse_nest(nest, attrs, NFTA_FLOWTABLE_HOOK_MAX) < 0 ||
	    attr_be32(attrs[NFTA_FLOWTABLE_HOOK_PRIORITY], &priority) == -EBADMSG)
		return -EBADMSG;
	info->priority = (int32_t)priority;
	if (!attrs[NFTA_FLOWTABLE_HOOK_DEVS])
		return 0;
	return parse_devices(attrs[NFTA_FLOWTABLE_HOOK_DEVS], info);
}

int flowtable_parse(const struct nlmsghdr *message, struct flowtable_info *info)
{
	const struct nlattr *attrs[NFTA_FLOWTABLE_MAX + 1];
	const struct nfgenmsg *generic = mnl_nlmsg_get_payload(message);
	int ret = 0;

	memset(info, 0, sizeof(*info));
	if (attr_parse(message, sizeof(*generic), attrs, NFTA_FLOWTABLE_MAX) < 0 ||
	    attr_string(attrs[NFTA_FLOWTABLE_TABLE], info->table, sizeof(info->table)) < 0 ||
	    attr_string(attrs[NFTA_FLOWTABLE_NAME], info->name, sizeof(info->name)) < 0 ||
	    attr_be64(attrs[NFTA_FLOWTABLE_HANDLE], &info->handle) == -EBADMSG ||
	    attr_be32(attrs[NFTA_FLOWTABLE_FLAGS], &info->flags) == -EBADMSG ||
	    attr_be32(attrs[NFTA_FLOWTABLE_USE], &info->use) == -EBADMSG)
		return -EBADMSG;
	info->family = generic->nfgen_family;
	if (attrs[NFTA_FLOWTABLE_HOOK])
		ret = parse_hook(attrs[NFTA_FLOWTABLE_HOOK], info);
	if (ret < 0)
		flowtable_info_free(info);
	return ret;
}

const struct device_spec *flowtable_info_find(const struct flowtable_info *info, const char *device)
{
	for (size_t i = 0; i < info->device_count; i++) {
		if (device_spec_covers(&info->devices[i], device))
			return &info->devices[i];
	}
	return NULL;
}

bool flowtable_info_has(const struct flowtable_info *info, const char *device)
{
	return flowtable_info_find(info, device) != NULL;
}

bool flowtable_info_lists(const struct flowtable_info *info, const struct device_spec *device)
{
	for (size_t i = 0; i < info->device_count; i++) {
		if (device_spec_equals(&info->devices[i], device))
			return true;
	}
	return false;
}

void flowtable_info_free(struct flowtable_info *info)
{
	free(info->devices);
	info->devices = NULL;
	info->device_count = 0;
}
