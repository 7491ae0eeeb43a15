// SPDX-License-Identifier: GPL-2.0-only
/* The rule table: the kernel adds, deletes and reads rules by cookie, frames find them by key. */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/flow_offload.h>

#include "nftosim.h"

static const struct rhashtable_params nftosim_id_params = {
	.head_offset		= offsetof(struct nftosim_rule, id_node),
	.key_offset		= offsetof(struct nftosim_rule, id),
	.key_len		= sizeof(struct nftosim_rule_id),
	.automatic_shrinking	= true,
};

/*
 * A list for each key: when a connection is closed and opened again, the kernel may add the new
 * flow before it deletes the old one.
 */
static const struct rhashtable_params nftosim_key_params = {
	.head_offset		= offsetof(struct nftosim_rule, key_node),
	.key_offset		= offsetof(struct nftosim_rule, key),
	.key_len		= offsetofend(struct nftosim_key, protocol),
	.automatic_shrinking	= true,
};

int nftosim_rules_init(struct nftosim_engine *engine)
{
	int err;

	err = rhashtable_init(&engine->rules_by_id, &nftosim_id_params);
	if (err)
		return err;
	err = rhltable_init(&engine->rules_by_key, &nftosim_key_params);
	if (err) {
		rhashtable_destroy(&engine->rules_by_id);
		return err;
	}
	xa_init(&engine->rules);
	return 0;
}

void nftosim_rules_destroy(struct nftosim_engine *engine)
{
	WARN_ON(!xa_empty(&engine->rules));
	xa_destroy(&engine->rules);
	rhltable_destroy(&engine->rules_by_key);
	rhashtable_destroy(&engine->rules_by_id);
}

/* Under RCU; the newest rule of that key. */
struct nftosim_rule *nftosim_rules_lookup(struct nftosim_engine *engine,
					  const struct nftosim_key *key)
{
	struct rhlist_head *list = rhltable_lookup(&engine->rules_by_key, key, nftosim_key_params);

	return list ? container_of(list, struct nftosim_rule, key_node) : NULL;
}

static struct nftosim_rule *nftosim_rules_find(struct nftosim_engine *engine,
					       const struct nftosim_rule_id *id)
{
	return rhashtable_lookup_fast(&engine->rules_by_id, id, nftosim_id_params);
}

static int nftosim_rules_insert(struct nftosim_engine *engine, struct nftosim_rule *rule)
{
	int err;

	rule->number = engine->next_number++;
	err = xa_insert(&engine->rules, rule->number, rule, GFP_KERNEL);
	if (err)
		return err;
	err = rhashtable_insert_fast(&engine->rules_by_id, &rule->id_node, nftosim_id_params);
	if (err)
		goto no_id;
	err = rhltable_insert(&engine->rules_by_key, &rule->key_node, nftosim_key_params);
	if (err)
		goto no_key;
	engine->rule_count++;
	return 0;

no_key:
	rhashtable_remove_fast(&engine->rules_by_id, &rule->id_node, nftosim_id_params);
no_id:
	xa_erase(&engine->rules, rule->number);
	return err;
}

static void nftosim_rules_remove(struct nftosim_engine *engine, struct nftosim_rule *rule)
{
	rhltable_remove(&engine->rules_by_key, &rule->key_node, nftosim_key_params);
	rhashtable_remove_fast(&engine->rules_by_id, &rule->id_node, nftosim_id_params);
	xa_erase(&engine->rules, rule->number);
	engine->rule_count--;
	kfree_rcu(rule, rcu);
}

/* All rules that have to do with the port, or all rules. */
void nftosim_rules_forget(struct nftosim_engine *engine, const struct nftosim_port *port)
{
	struct nftosim_rule *rule;
	unsigned long number;

	lockdep_assert_held(&engine->lock);
	xa_for_each(&engine->rules, number, rule) {
		if (!port || rule->key.in == port || rule->out == port)
			nftosim_rules_remove(engine, rule);
	}
}

static bool nftosim_rules_refuse(const struct nftosim_engine *engine,
				 const struct nftosim_key *key)
{
	const struct nftosim_knobs *knobs = &engine->knobs;

	return (READ_ONCE(knobs->refuse_tcp) && key->protocol == IPPROTO_TCP) ||
	       (READ_ONCE(knobs->refuse_udp) && key->protocol == IPPROTO_UDP) ||
	       (READ_ONCE(knobs->refuse_ipv6) && key->family == AF_INET6) ||
	       knobs->refuse_ingress == key->in;
}

static int nftosim_rules_admit(struct nftosim_engine *engine, struct nftosim_rule *rule,
			       struct netlink_ext_ack *extack)
{
	if (nftosim_rules_refuse(engine, &rule->key)) {
		NL_SET_ERR_MSG_MOD(extack, "told to refuse such a rule");
		return -EOPNOTSUPP;
	}
	if (engine->rule_count >= READ_ONCE(engine->knobs.capacity)) {
		NL_SET_ERR_MSG_MOD(extack, "the rule table is full");
		return -ENOSPC;
	}
	return nftosim_rules_insert(engine, rule);
}

static int nftosim_rules_add(struct nftosim_port *port, const struct nftosim_rule_id *id,
			     struct flow_cls_offload *cls)
{
	struct nftosim_engine *engine = port->engine;
	struct nftosim_rule *rule;
	int err;

	if (nftosim_rules_find(engine, id))
		return -EEXIST;
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;

	rule->id = *id;
	rule->last_used = jiffies;
	err = nftosim_translate(rule, port, cls, !id->port);
	if (!err)
		err = nftosim_rules_admit(engine, rule, cls->common.extack);
	if (err)
		kfree(rule);

	if (!err)
		atomic64_inc(&engine->counters.rules_added);
	else if (err == -ENOSPC)
		atomic64_inc(&engine->counters.rules_full);
	else
		atomic64_inc(&engine->counters.rules_refused);
	return err;
}

static int nftosim_rules_delete(struct nftosim_engine *engine, const struct nftosim_rule_id *id)
{
	struct nftosim_rule *rule = nftosim_rules_find(engine, id);

	if (!rule)
		return -ENOENT;
	nftosim_rules_remove(engine, rule);
	atomic64_inc(&engine->counters.rules_deleted);
	return 0;
}

/* Each port of a flowtable is asked, and the kernel adds up the answers: report a packet once. */
static int nftosim_rules_report(struct nftosim_engine *engine, const struct nftosim_rule_id *id,
				struct flow_stats *stats)
{
	struct nftosim_rule *rule = nftosim_rules_find(engine, id);
	u64 packets, bytes;

	if (!rule)
		return -ENOENT;
	if (READ_ONCE(engine->knobs.no_stats))
		return 0;

	packets = atomic64_read(&rule->packets);
	bytes = atomic64_read(&rule->bytes);
	flow_stats_update(stats, bytes - rule->bytes_reported, packets - rule->packets_reported, 0,
			  READ_ONCE(rule->last_used), FLOW_ACTION_HW_STATS_DELAYED);
	rule->packets_reported = packets;
	rule->bytes_reported = bytes;
	return 0;
}

int nftosim_rules_command(struct nftosim_port *port, struct flow_cls_offload *cls,
			  bool of_flowtable)
{
	struct nftosim_rule_id id = {
		.cookie = cls->cookie,
		.port = of_flowtable ? NULL : port,
	};
	struct nftosim_engine *engine = port->engine;
	int err = -EOPNOTSUPP;

	mutex_lock(&engine->lock);
	switch (cls->command) {
	case FLOW_CLS_REPLACE:
		err = nftosim_rules_add(port, &id, cls);
		break;
	case FLOW_CLS_DESTROY:
		err = nftosim_rules_delete(engine, &id);
		break;
	case FLOW_CLS_STATS:
		err = nftosim_rules_report(engine, &id, &cls->stats);
		break;
	default:
		break;
	}
	mutex_unlock(&engine->lock);
	return err;
}
