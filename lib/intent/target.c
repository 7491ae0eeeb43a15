// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is to be, compared with what is: the difference is the batch. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "target.h"

static void take_name(struct wanted_name *wanted, const char *name, bool is_device)
{
	size_t length = strlen(name);

	memset(wanted, 0, sizeof(*wanted));
	wanted->is_device = is_device;
	wanted->is_prefix = name[length - 1] == '*';
	memcpy(wanted->name, name, length - wanted->is_prefix);
}

static void take_names(struct target *target, const struct name_list *list, bool is_device)
{
	for (size_t i = 0; i < list->count; i++)
		take_name(&target->wanted[target->wanted_count++], list->names[i], is_device);
}

/* ---- compared */

static bool is_hardware(const struct flowtable_info *flowtable)
{
	return flowtable->flags & NFTO_FLOWTABLE_HARDWARE;
}

static bool counts(const struct flowtable_info *flowtable)
{
	return flowtable->flags & NFTO_FLOWTABLE_COUNTER;
}

static bool has_same_devices(const struct target *target, const struct flowtable_info *flowtable)
{
	if (flowtable->device_count != target->listing.count)
		return false;
	for (size_t i = 0; i < target->listing.count; i++) {
		if (!flowtable_info_lists(flowtable, &target->listing.devices[i]))
			return false;
	}
	return true;
}

/* No name stands twice in either. */
static bool remembers(const struct instance *instance, const struct target *target)
{
	return instance->has_wanted &&
	       wanted_is(&instance->wanted, target->wanted, target->wanted_count);
}

static bool has_right_chain(const struct instance *instance, const struct target *target)
{
	const struct chain_info *chain = &instance->chain;

	return instance->has_chain && chain->is_base && chain->hook == NF_INET_FORWARD &&
	       chain->priority == target->spec->forward_priority;
}

static void write_comment(const struct target *target, char *comment, size_t size)
{
	instance_write_comment(comment, size, target->spec->mode, target->spec->min_packets);
}

static bool has_right_rules(const struct instance *instance, const struct target *target)
{
	char comment[COMMENT_LENGTH + 1];

	write_comment(target, comment, sizeof(comment));
	return instance->has_rules && strcmp(instance->comment, comment) == 0;
}

bool target_replaces(const struct target *target, const struct instance *instance)
{
	const struct flowtable_info *flowtable = instance->flowtable;

	return instance->exists &&
	       (!flowtable || is_hardware(flowtable) != (target->mode == NFTO_MODE_HARDWARE) ||
		flowtable->priority != target->spec->ingress_priority);
}

bool target_is_met(const struct target *target, const struct instance *instance)
{
	return instance->exists && !target_replaces(target, instance) &&
	       counts(instance->flowtable) == target->spec->counter &&
	       has_same_devices(target, instance->flowtable) && has_right_chain(instance, target) &&
	       has_right_rules(instance, target) && remembers(instance, target);
}

/* ---- made */

static int remember_names(struct target *target)
{
	const struct nfto_spec *spec = target->spec;

	target->wanted =
		calloc(spec->interfaces.count + spec->devices.count + 1, sizeof(*target->wanted));
	if (!target->wanted)
		return -ENOMEM;
	take_names(target, &spec->interfaces, false);
	take_names(target, &spec->devices, true);
	return 0;
}

int target_init(struct target *target, struct nfto_ctx *ctx, const struct target_source *source)
{
	struct listing_source listing = {
		.topology = source->topology,
		.spec = source->spec,
		.plan = source->plan,
		.adds_names = source->adds_names,
	};
	int ret;

	*target = (struct target){ .spec = source->spec, .mode = nfto_plan_mode(source->plan) };
	if (remember_names(target) < 0)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	if (!target_replaces(target, source->instance))
		listing.present = source->instance->flowtable;
	listing.is_for_same_spec = remembers(source->instance, target);
	ret = listing_make(ctx, &listing, &target->listing);
	if (ret < 0)
		target_clear(target);
	return ret;
}

void target_clear(struct target *target)
{
	listing_clear(&target->listing);
	free(target->wanted);
}

/* ---- brought about */

static int add_rules(struct nfto_txn *txn, const struct target *target)
{
	const struct nfto_spec *spec = target->spec;
	char comment[COMMENT_LENGTH + 1];
	int ret = nfto_txn_add_leak_detector(txn, spec->name, INSTANCE_CHAIN);

	if (ret < 0)
		return ret;
	write_comment(target, comment, sizeof(comment));
	return nfto_txn_add_offload_rule(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_CHAIN,
					 INSTANCE_FLOWTABLE, spec->min_packets, comment);
}

static int add_chain(struct nfto_txn *txn, const struct target *target)
{
	return nfto_txn_add_forward_chain(txn, NFTO_FAMILY_INET, target->spec->name, INSTANCE_CHAIN,
					  target->spec->forward_priority);
}

static int remember(struct nfto_txn *txn, const struct target *target)
{
	return txn_write_wanted(txn, target->spec->name, target->wanted, target->wanted_count);
}

static int change_device(struct nfto_txn *txn, const struct target *target, enum op_kind kind,
			 const struct device_spec *device)
{
	const struct flowtable_ref ref = { NFPROTO_INET, target->spec->name, INSTANCE_FLOWTABLE };

	return txn_change_device(txn, kind, &ref, device);
}

static int add_devices(struct nfto_txn *txn, const struct target *target,
		       const struct flowtable_info *present)
{
	const struct listing *listing = &target->listing;
	int ret = 0;

	for (size_t i = 0; i < listing->count && ret == 0; i++) {
		if (!present || !flowtable_info_lists(present, &listing->devices[i]))
			ret = change_device(txn, target, OP_ADD_DEVICE, &listing->devices[i]);
	}
	return ret;
}

static int delete_devices(struct nfto_txn *txn, const struct target *target,
			  const struct flowtable_info *present)
{
	int ret = 0;

	for (size_t i = 0; i < present->device_count && ret == 0; i++) {
		if (!listing_has(&target->listing, &present->devices[i]))
			ret = change_device(txn, target, OP_DELETE_DEVICE, &present->devices[i]);
	}
	return ret;
}

/* What was asked for stands in the comment of a rule, and a rule can't be changed; nor can the hook
 * of a chain. The chain may be gone, too. */
static int replace_rules(struct nfto_txn *txn, const struct target *target,
			 const struct instance *instance)
{
	const char *table = target->spec->name;
	int ret = 0;

	if (instance->has_chain)
		ret = nfto_txn_flush_chain(txn, NFTO_FAMILY_INET, table, INSTANCE_CHAIN);
	if (ret == 0 && instance->has_chain && !has_right_chain(instance, target))
		ret = nfto_txn_delete_chain(txn, NFTO_FAMILY_INET, table, INSTANCE_CHAIN);
	if (ret == 0 && !has_right_chain(instance, target))
		ret = add_chain(txn, target);
	return ret < 0 ? ret : add_rules(txn, target);
}

static uint32_t flags_of(const struct target *target)
{
	uint32_t flags = 0;

	if (target->mode == NFTO_MODE_HARDWARE)
		flags |= NFTO_FLOWTABLE_HARDWARE;
	if (target->spec->counter)
		flags |= NFTO_FLOWTABLE_COUNTER;
	return flags;
}

static int update(struct nfto_txn *txn, const struct target *target,
		  const struct instance *instance)
{
	int ret = delete_devices(txn, target, instance->flowtable);

	if (ret == 0)
		ret = add_devices(txn, target, instance->flowtable);
	if (ret == 0 && counts(instance->flowtable) != target->spec->counter)
		ret = nfto_txn_set_flowtable_flags(txn, NFTO_FAMILY_INET, target->spec->name,
						   INSTANCE_FLOWTABLE, flags_of(target));
	if (ret == 0 && !remembers(instance, target))
		ret = remember(txn, target);
	if (ret == 0 && !(has_right_chain(instance, target) && has_right_rules(instance, target)))
		ret = replace_rules(txn, target, instance);
	return ret;
}

static int create(struct nfto_txn *txn, const struct target *target)
{
	const struct nfto_spec *spec = target->spec;
	int ret = nfto_txn_add_table(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_COMMENT);

	if (ret == 0)
		ret = nfto_txn_add_flowtable(txn, NFTO_FAMILY_INET, spec->name, INSTANCE_FLOWTABLE,
					     spec->ingress_priority, flags_of(target));
	if (ret == 0)
		ret = add_devices(txn, target, NULL);
	if (ret == 0)
		ret = remember(txn, target);
	if (ret == 0)
		ret = add_chain(txn, target);
	return ret < 0 ? ret : add_rules(txn, target);
}

/* Replacing starts all flows again, so it is for what can't be changed in place. */
int target_put_steps(const struct target *target, const struct instance *instance,
		     struct nfto_txn *txn)
{
	int ret = 0;

	if (instance->exists && !target_replaces(target, instance))
		return update(txn, target, instance);
	if (instance->exists)
		ret = nfto_txn_delete_table(txn, NFTO_FAMILY_INET, target->spec->name);
	return ret < 0 ? ret : create(txn, target);
}
