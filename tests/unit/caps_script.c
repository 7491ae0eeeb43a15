// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>

#include "caps_script.h"
#include "instance_script.h"
#include "unit.h"

#define HOOKS ((uint16_t)(12 << 8))

struct caps_script caps_usual(void)
{
	return (struct caps_script){
		.table = ENOENT,
		.asked[ASK_DEVICE_CHANGES] = { ENOENT, 2 },
		.asked[ASK_MISSING_DEVICES] = { ENOENT, 1 },
		.asked[ASK_WILDCARDS] = { EINVAL, 1 },
		.wrong_filter = EINVAL,
	};
}

/* The last message asks for an acknowledgement, which comes also if one before it fails. */
void caps_answer_check(struct fake *fake, int message, int errnum)
{
	fake_answer(fake, BATCH);
	if (errnum)
		reply_error(fake, 2 + message, errnum);
	reply_ack(fake);
}

static void answer_table(struct fake *fake, int errnum)
{
	if (errnum == ENOENT) {
		instance_answer_missing(fake);
		return;
	}
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	if (errnum)
		reply_error(fake, 0, errnum);
	else
		reply_table(fake, "nftoffload-probe", NULL);
}

/* Marked as a part of a dump, which it is not. */
static void answer_statistics(struct fake *fake, int errnum)
{
	struct nlmsghdr *message;

	fake_answer(fake, CT(IPCTNL_MSG_CT_GET_STATS));
	if (errnum) {
		reply_error(fake, 0, errnum);
		return;
	}
	message = reply_open(fake, CT(IPCTNL_MSG_CT_GET_STATS), NLM_F_MULTI, NFPROTO_UNSPEC);
	mnl_attr_put_u32(message, CTA_STATS_GLOBAL_ENTRIES, 0);
	fake_close(fake, message);
	reply_ack(fake);
}

/* One that was changed under the read ends all the same. */
static void reply_interrupted(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0);

	mnl_nlmsg_put_extra_header(message, sizeof(int));
	fake_close(fake, message);
}

static void answer_dump(struct fake *fake, uint16_t type, int errnum)
{
	fake_answer(fake, type);
	if (errnum == EINTR)
		reply_interrupted(fake);
	else if (errnum)
		reply_error(fake, 0, errnum);
	else
		reply_done(fake);
}

void caps_answer_features(struct fake *fake, const struct caps_script *script)
{
	int count = script->asked[ASK_FLOWTABLES].errnum ? 1 : ASK_COUNT;

	answer_table(fake, script->table);
	for (int i = 0; i < count && script->table == ENOENT; i++)
		caps_answer_check(fake, script->asked[i].message, script->asked[i].errnum);
	answer_statistics(fake, script->conntrack);
	if (script->conntrack == 0)
		answer_dump(fake, CT(IPCTNL_MSG_CT_GET), script->wrong_filter);
	answer_dump(fake, HOOKS, script->hooks);
}

void caps_answer_link_table(struct fake *fake, const struct reply_link *links, size_t count)
{
	fake_answer(fake, RTM_GETLINK);
	for (size_t i = 0; i < count; i++)
		reply_link(fake, &links[i]);
	reply_done(fake);
}

static struct nlmsghdr *open_generic(struct fake *fake, uint16_t type, uint8_t command)
{
	struct nlmsghdr *message = fake_open(fake, type, 0, 0);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(message, sizeof(*generic));

	generic->cmd = command;
	generic->version = 1;
	return message;
}

void caps_answer_family(struct fake *fake, int errnum)
{
	struct nlmsghdr *message;

	fake_answer(fake, GENL_ID_CTRL);
	if (errnum) {
		reply_error(fake, 0, errnum);
		return;
	}
	message = open_generic(fake, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
	mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, "ethtool");
	mnl_attr_put_u16(message, CTRL_ATTR_FAMILY_ID, ETHTOOL_FAMILY);
	mnl_attr_put_u32(message, CTRL_ATTR_VERSION, 1);
	fake_close(fake, message);
}

/* One bit of a bitset: with a mask each bit is listed, else only those that are set. */
static void put_bit(struct nlmsghdr *message, uint32_t index, const char *name, bool has_mask,
		    bool is_set)
{
	struct nlattr *bit;

	if (!has_mask && !is_set)
		return;
	bit = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS_BIT);
	mnl_attr_put_u32(message, ETHTOOL_A_BITSET_BIT_INDEX, index);
	mnl_attr_put_strz(message, ETHTOOL_A_BITSET_BIT_NAME, name);
	if (has_mask && is_set)
		mnl_attr_put(message, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
	mnl_attr_nest_end(message, bit);
}

static void put_bitset(struct nlmsghdr *message, uint16_t type, bool has_mask, bool is_set)
{
	struct nlattr *bitset = mnl_attr_nest_start(message, type), *bits;

	if (!has_mask)
		mnl_attr_put(message, ETHTOOL_A_BITSET_NOMASK, 0, NULL);
	mnl_attr_put_u32(message, ETHTOOL_A_BITSET_SIZE, 64);
	bits = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS);
	put_bit(message, 0, "tx-scatter-gather", has_mask, true);
	put_bit(message, 39, "hw-tc-offload", has_mask, is_set);
	put_bit(message, 40, "esp-hw-offload", has_mask, !is_set);
	mnl_attr_nest_end(message, bits);
	mnl_attr_nest_end(message, bitset);
}

void caps_answer_hw_tc_offload(struct fake *fake, bool is_on, bool is_fixed)
{
	struct nlmsghdr *message;

	fake_answer(fake, ETHTOOL_FAMILY);
	message = open_generic(fake, ETHTOOL_FAMILY, ETHTOOL_MSG_FEATURES_GET_REPLY);
	put_bitset(message, ETHTOOL_A_FEATURES_HW, true, !is_fixed);
	put_bitset(message, ETHTOOL_A_FEATURES_WANTED, false, is_on);
	put_bitset(message, ETHTOOL_A_FEATURES_ACTIVE, false, is_on);
	put_bitset(message, ETHTOOL_A_FEATURES_NOCHANGE, false, false);
	fake_close(fake, message);
}
