// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "instance_script.h"
#include "link_script.h"
#include "unit.h"

struct instance_script instance_whole(const char *mode, uint32_t flags)
{
	static const char *const offload_comments[][2] = {
		{ "auto", "offload: flows that were offloaded, requested mode auto" },
		{ "hardware", "offload: flows that were offloaded, requested mode hardware" },
		{ "software", "offload: flows that were offloaded, requested mode software" },
	};
	struct instance_script instance = {
		.comment = "managed by nftoffload",
		.flowtable = "ft",
		.flags = flags,
		.devices = { "lan0", "wan0" },
		.has_chain = true,
		.chain_priority = 10,
		.has_wanted = true,
		.wanted_devices = { "lan0", "wan0" },
		.leak_comment = "leaks: packets of offloaded flows that came the slow way",
		.offload_has_counter = true,
		.leak_has_counter = true,
		.namers = 4,
		.inserted = 17,
		.leaked = 3,
	};

	for (size_t i = 0; i < COUNT(offload_comments); i++) {
		if (strcmp(offload_comments[i][0], mode) == 0)
			instance.offload_comment = offload_comments[i][1];
	}
	assert_non_null(instance.offload_comment);
	return instance;
}

void instance_answer_table(struct fake *fake, const char *comment)
{
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_table(fake, "nftoffload", comment);
}

void instance_answer_flowtable(struct fake *fake, const struct instance_script *instance)
{
	const struct reply_flowtable flowtable = {
		.family = NFPROTO_INET,
		.table = "nftoffload",
		.name = instance->flowtable,
		.priority = instance->priority,
		.flags = instance->flags,
		.use = 1,
		.handle = 4,
		.devices = instance->devices,
	};

	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	if (instance->flowtable)
		reply_flowtable(fake, &flowtable);
	reply_done(fake);
}

void instance_answer_chain(struct fake *fake, const struct instance_script *instance)
{
	fake_answer(fake, NFT(NFT_MSG_GETCHAIN));
	if (instance->has_chain)
		reply_forward_chain(fake, "nftoffload", "forward", instance->chain_priority);
	else
		reply_error(fake, 0, ENOENT);
}

static void reply_wanted(struct reply_elements *elements, const char *name, const char *one,
			 const char *many)
{
	size_t length = strlen(name);
	char prefix[IFNAMSIZ] = "";

	if (name[length - 1] != '*') {
		reply_named_element(elements, name, one);
		return;
	}
	memcpy(prefix, name, length - 1);
	reply_named_element(elements, prefix, many);
}

void instance_answer_wanted(struct fake *fake, const struct instance_script *instance)
{
	struct reply_elements elements;

	fake_answer(fake, NFT(NFT_MSG_GETSETELEM));
	if (!instance->has_wanted) {
		reply_error(fake, 0, ENOENT);
		return;
	}
	elements = reply_open_elements(fake, "wanted");
	for (const char *const *name = instance->interfaces; *name; name++)
		reply_wanted(&elements, *name, "interface", "interfaces that begin so");
	for (const char *const *name = instance->wanted_devices; *name; name++)
		reply_wanted(&elements, *name, "device", "devices that begin so");
	reply_close_elements(fake, &elements);
	reply_done(fake);
}

static void put_rule(struct fake *fake, const struct instance_script *instance, const char *chain,
		     const char *comment, bool has_counter, uint64_t packets)
{
	const struct reply_rule rule = {
		.handle = instance->rule_handle,
		.table = "nftoffload",
		.chain = chain,
		.comment = comment,
		.has_counter = has_counter,
		.packets = packets,
		.bytes = 1500 * packets,
	};

	reply_rule(fake, &rule);
}

void instance_answer_rules(struct fake *fake, const struct instance_script *instance)
{
	fake_answer(fake, NFT(NFT_MSG_GETRULE));
	for (size_t i = 0; i < instance->namers; i++)
		put_rule(fake, instance, "leaks", NULL, false, 0);
	if (instance->leak_comment)
		put_rule(fake, instance, "forward", instance->leak_comment,
			 instance->leak_has_counter, instance->leaked);
	if (instance->offload_comment)
		put_rule(fake, instance, "forward", instance->offload_comment,
			 instance->offload_has_counter, instance->inserted);
	reply_done(fake);
}

void instance_answer(struct fake *fake, const struct instance_script *instance)
{
	instance_answer_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_table_with_flags(fake, NFPROTO_INET, "nftoffload", instance->comment,
			       instance->is_dormant ? NFT_TABLE_F_DORMANT : 0);
	instance_answer_flowtable(fake, instance);
	instance_answer_chain(fake, instance);
	instance_answer_wanted(fake, instance);
	instance_answer_rules(fake, instance);
}

void instance_answer_missing(struct fake *fake)
{
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_extended(fake, 0, ENOENT, NULL, 20);
}

void instance_answer_generation(struct fake *fake)
{
	fake_answer(fake, NFT(NFT_MSG_GETGEN));
	reply_generation(fake);
}

void instance_answer_links(struct fake *fake, const char *const *names)
{
	fake_answer(fake, RTM_GETLINK);
	for (int i = 0; names[i]; i++)
		reply_link(fake,
			   &(struct reply_link){ .index = i + 2, .name = names[i], .type = 1 });
	reply_done(fake);
}
