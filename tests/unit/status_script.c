// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_hook.h>

#include "caps_script.h"
#include "status_script.h"
#include "unit.h"

#define HOOKS ((uint16_t)(12 << 8))
#define HARDWARE 1

struct status_script status_usual(void)
{
	return (struct status_script){ .hook = "nf_flow_offload_inet_hook" };
}

static void reply_own_flowtable(struct fake *fake, const struct instance_script *instance)
{
	const struct reply_flowtable flowtable = {
		.family = NFPROTO_INET,
		.table = "nftoffload",
		.name = instance->flowtable,
		.flags = instance->flags,
		.use = 1,
		.handle = 4,
		.devices = instance->devices,
	};

	if (instance->flowtable)
		reply_flowtable(fake, &flowtable);
}

void status_answer_flowtables(struct fake *fake, const struct instance_script *instance,
			      const struct status_script *script)
{
	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	if (instance)
		reply_own_flowtable(fake, instance);
	for (const struct reply_flowtable *other = script->others; other && other->name; other++)
		reply_flowtable(fake, other);
	reply_done(fake);
}

void status_answer_links(struct fake *fake, const struct status_script *script)
{
	static const char *const usual[] = { "lan0", "wan0", NULL };

	instance_answer_links(fake, script->links ? script->links : usual);
	caps_answer_family(fake, 0);
}

/* As nfnl_hook_put_nft_ft_info() of net/netfilter/nfnetlink_hook.c, Linux 7.2. */
static void put_flowtable(struct nlmsghdr *message, const struct status_script *script)
{
	struct nlattr *info = mnl_attr_nest_start(message, NFNLA_HOOK_CHAIN_INFO), *names;

	mnl_attr_put_u32(message, NFNLA_HOOK_INFO_TYPE, htonl(NFNL_HOOK_TYPE_NFT_FLOWTABLE));
	names = mnl_attr_nest_start(message, NFNLA_HOOK_INFO_DESC);
	mnl_attr_put_strz(message, NFNLA_CHAIN_TABLE, script->hook_table);
	mnl_attr_put_strz(message, NFNLA_CHAIN_NAME, "ft");
	mnl_attr_put_u8(message, NFNLA_CHAIN_FAMILY,
			script->hook_family ? script->hook_family : NFPROTO_INET);
	mnl_attr_nest_end(message, names);
	mnl_attr_nest_end(message, info);
}

/* As nfnl_hook_dump_one() of net/netfilter/nfnetlink_hook.c. */
static void reply_hook(struct fake *fake, const struct status_script *script)
{
	struct nlmsghdr *message = reply_open(fake, HOOKS, NLM_F_MULTI, NFPROTO_NETDEV);

	mnl_attr_put_strz(message, NFNLA_HOOK_MODULE_NAME, "nf_flow_table_inet");
	mnl_attr_put_strz(message, NFNLA_HOOK_FUNCTION_NAME, script->hook);
	mnl_attr_put_u32(message, NFNLA_HOOK_HOOKNUM, 0);
	mnl_attr_put_u32(message, NFNLA_HOOK_PRIORITY, 0);
	if (script->hook_table)
		put_flowtable(message, script);
	fake_close(fake, message);
}

void status_answer_device(struct fake *fake, const struct status_script *script,
			  bool is_in_hardware)
{
	fake_answer(fake, HOOKS);
	if (script->hooks) {
		reply_error(fake, 0, script->hooks);
	} else {
		if (script->hook)
			reply_hook(fake, script);
		reply_done(fake);
	}
	if (is_in_hardware)
		caps_answer_hw_tc_offload(fake, !script->feature_is_off, false);
}

void status_answer_flows(struct fake *fake, const struct status_script *script)
{
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	for (size_t i = 0; i < script->flow_count; i++)
		reply_flow(fake, &script->flows[i]);
	reply_done(fake);
}

/* In software, although hardware was asked for. */
static bool is_tried(const struct instance_script *instance)
{
	return !(instance->flags & HARDWARE) && instance->offload_comment &&
	       (strstr(instance->offload_comment, "mode auto") ||
		strstr(instance->offload_comment, "mode hardware"));
}

static void answer_trials(struct fake *fake, const struct instance_script *instance,
			  const struct status_script *script)
{
	instance_answer_missing(fake);
	caps_answer_check(fake, 0, 0);
	status_answer_links(fake, script);
	for (size_t i = 0; instance->wanted_devices[i]; i++) {
		caps_answer_hw_tc_offload(fake, true, false);
		caps_answer_check(fake, 1, script->refusal);
	}
}

static bool has_flowtable(const struct instance_script *instance)
{
	return instance->flowtable && strcmp(instance->flowtable, "ft") == 0;
}

static bool has_own_hook(const struct status_script *script)
{
	if (!script->hook || !script->hook_table)
		return script->hook;
	return !script->hook_family && strcmp(script->hook_table, "nftoffload") == 0;
}

void status_answer(struct fake *fake, const struct instance_script *instance,
		   const struct status_script *script)
{
	instance_answer(fake, instance);
	status_answer_flowtables(fake, instance, script);
	status_answer_links(fake, script);
	for (size_t i = 0; has_flowtable(instance) && instance->devices[i]; i++)
		status_answer_device(fake, script,
				     instance->flags & HARDWARE && has_own_hook(script));
	if (has_flowtable(instance) && instance->has_wanted && is_tried(instance))
		answer_trials(fake, instance, script);
	status_answer_flows(fake, script);
}
