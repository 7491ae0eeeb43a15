// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

#include "ethtool.h"
#include "netlink/attr.h"

/* Longer than each feature's name (ETH_GSTRING_LEN). */
#define NAME_SIZE 64

static struct nlmsghdr *open_command(struct messages *messages, uint16_t family, uint8_t command)
{
	struct nlmsghdr *message = messages_open_plain(messages, family, 0);
	struct genlmsghdr *generic;

	if (!message)
		return NULL;
	generic = mnl_nlmsg_put_extra_header(message, sizeof(*generic));
	generic->cmd = command;
	generic->version = 1;
	return message;
}

int ethtool_build_family_get(struct messages *messages)
{
	struct nlmsghdr *message = open_command(messages, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, ETHTOOL_GENL_NAME);
	messages_close(messages, message);
	return 0;
}

/* Without the flag for compact bitsets, features come by their names: the number of a feature is
 * another one in each kernel. */
int ethtool_build_features_get(struct messages *messages, uint16_t family, const char *device)
{
	struct nlmsghdr *message = open_command(messages, family, ETHTOOL_MSG_FEATURES_GET);
	struct nlattr *header;

	if (!message)
		return -ENOMEM;
	header = mnl_attr_nest_start(message, ETHTOOL_A_FEATURES_HEADER);
	mnl_attr_put_strz(message, ETHTOOL_A_HEADER_DEV_NAME, device);
	mnl_attr_nest_end(message, header);
	messages_close(messages, message);
	return 0;
}

int ethtool_parse_family(const struct nlmsghdr *message, uint16_t *family)
{
	const struct nlattr *attrs[CTRL_ATTR_FAMILY_ID + 1];

	if (attr_parse(message, sizeof(struct genlmsghdr), attrs, CTRL_ATTR_FAMILY_ID) < 0 ||
	    attr_u16(attrs[CTRL_ATTR_FAMILY_ID], family) < 0)
		return -EBADMSG;
	return 0;
}

/* A bit that is listed is set; if the bitset has a mask, only if it has its value, too. */
static int parse_bit(const struct nlattr *nest, bool has_mask, const char *name, bool *is_set)
{
	const struct nlattr *attrs[ETHTOOL_A_BITSET_BIT_MAX + 1];
	char text[NAME_SIZE];
	int ret;

	if (attr_parse_nest(nest, attrs, ETHTOOL_A_BITSET_BIT_MAX) < 0)
		return -EBADMSG;
	ret = attr_string(attrs[ETHTOOL_A_BITSET_BIT_NAME], text, sizeof(text));
	if (ret == -EBADMSG)
		return ret;
	if (ret == 0 && strcmp(text, name) == 0)
		*is_set = !has_mask || attrs[ETHTOOL_A_BITSET_BIT_VALUE];
	return 0;
}

static int parse_bitset(const struct nlattr *nest, const char *name, bool *is_set)
{
	const struct nlattr *attrs[ETHTOOL_A_BITSET_MAX + 1], *bit;
	struct attr_walk walk;
	bool has_mask;
	int ret;

	*is_set = false;
	if (!nest || attr_parse_nest(nest, attrs, ETHTOOL_A_BITSET_MAX) < 0 ||
	    !attrs[ETHTOOL_A_BITSET_BITS])
		return -EBADMSG;
	has_mask = !attrs[ETHTOOL_A_BITSET_NOMASK];
	attr_walk_nest(&walk, attrs[ETHTOOL_A_BITSET_BITS]);
	while ((ret = attr_walk_next(&walk, &bit)) > 0) {
		if (mnl_attr_get_type(bit) != ETHTOOL_A_BITSET_BITS_BIT)
			continue;
		ret = parse_bit(bit, has_mask, name, is_set);
		if (ret < 0)
			return ret;
	}
	return ret;
}

int ethtool_parse_feature(const struct nlmsghdr *message, const char *name,
			  struct ethtool_feature *feature)
{
	const struct nlattr *attrs[ETHTOOL_A_FEATURES_MAX + 1];
	bool changeable, never_changes;

	if (attr_parse(message, sizeof(struct genlmsghdr), attrs, ETHTOOL_A_FEATURES_MAX) < 0 ||
	    parse_bitset(attrs[ETHTOOL_A_FEATURES_HW], name, &changeable) < 0 ||
	    parse_bitset(attrs[ETHTOOL_A_FEATURES_ACTIVE], name, &feature->is_on) < 0 ||
	    parse_bitset(attrs[ETHTOOL_A_FEATURES_NOCHANGE], name, &never_changes) < 0)
		return -EBADMSG;
	feature->is_fixed = !changeable || never_changes;
	return 0;
}
