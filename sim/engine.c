// SPDX-License-Identifier: GPL-2.0-only
/* The flow engine's life, its ports, and how the kernel binds flowtables and ingress chains to them. */
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/pkt_cls.h>

#include "nftosim.h"

#define NFTOSIM_DEFAULT_CAPACITY 1024

static unsigned int nftosim_net_id __read_mostly;

struct nftosim_net {
	struct nftosim_engine *engine;	/* under RTNL */
};

static struct nftosim_engine *nftosim_engine_create(struct net *net)
{
	struct nftosim_engine *engine = kzalloc(sizeof(*engine), GFP_KERNEL);
	int err;

	if (!engine)
		return ERR_PTR(-ENOMEM);
	mutex_init(&engine->lock);
	INIT_LIST_HEAD(&engine->ports);
	engine->knobs.capacity = NFTOSIM_DEFAULT_CAPACITY;
	engine->net = net;
	err = nftosim_rules_init(engine);
	if (err) {
		kfree(engine);
		return ERR_PTR(err);
	}
	nftosim_knobs_add(engine);
	return engine;
}

static void nftosim_engine_destroy(struct nftosim_engine *engine)
{
	nftosim_knobs_remove(engine);
	nftosim_rules_destroy(engine);
	kfree(engine);
}

static struct nftosim_engine *nftosim_engine_get(struct net *net)
{
	struct nftosim_net *here = net_generic(net, nftosim_net_id);

	if (!here->engine) {
		struct nftosim_engine *engine = nftosim_engine_create(net);

		if (IS_ERR(engine))
			return engine;
		here->engine = engine;
	}
	return here->engine;
}

static void nftosim_engine_put(struct nftosim_engine *engine)
{
	if (!list_empty(&engine->ports))
		return;
	if (engine->net) {
		struct nftosim_net *here = net_generic(engine->net, nftosim_net_id);

		here->engine = NULL;
	}
	nftosim_engine_destroy(engine);
}

/* The engine is that of the namespace where the port is made, for as long as the port lives. */
int nftosim_engine_join(struct nftosim_port *port)
{
	struct nftosim_engine *engine = nftosim_engine_get(dev_net(port->dev));

	if (IS_ERR(engine))
		return PTR_ERR(engine);
	mutex_lock(&engine->lock);
	port->engine = engine;
	list_add_tail(&port->siblings, &engine->ports);
	mutex_unlock(&engine->lock);
	return 0;
}

/*
 * The stack has unbound the port by now, and frames no longer come from its peer. A frame from
 * another port may still be on its way out by this one: unregistering waits for it.
 */
void nftosim_engine_leave(struct nftosim_port *port)
{
	struct nftosim_engine *engine = port->engine;

	mutex_lock(&engine->lock);
	list_del(&port->siblings);
	nftosim_rules_forget(engine, port);
	if (engine->knobs.refuse_ingress == port)
		engine->knobs.refuse_ingress = NULL;
	port->engine = NULL;
	mutex_unlock(&engine->lock);
	nftosim_engine_put(engine);
}

static int nftosim_flowtable_cb(enum tc_setup_type type, void *type_data, void *priv)
{
	struct nftosim_port *port = priv;

	/* As real drivers have it: switched off, it does not even take deletions. */
	if (!tc_can_offload(port->dev) || type != TC_SETUP_CLSFLOWER)
		return -EOPNOTSUPP;
	return nftosim_rules_command(port, type_data, true);
}

static int nftosim_block_cb(enum tc_setup_type type, void *type_data, void *priv)
{
	struct nftosim_port *port = priv;

	if (!tc_cls_can_offload_and_chain0(port->dev, type_data) || type != TC_SETUP_CLSFLOWER)
		return -EOPNOTSUPP;
	return nftosim_rules_command(port, type_data, false);
}

static int nftosim_engine_admit_block(struct nftosim_engine *engine,
				      struct flow_block_offload *block)
{
	int err = READ_ONCE(engine->knobs.refuse_bind);

	if (!err || block->command != FLOW_BLOCK_BIND)
		return 0;
	NL_SET_ERR_MSG_MOD(block->extack, "told to refuse the bind");
	return -err;
}

/* Two lists and two callbacks: with one, the second bind of a port would find it busy. */
static int nftosim_engine_setup_block(struct nftosim_port *port, struct flow_block_offload *block,
				      bool of_flowtable)
{
	struct nftosim_engine *engine = port->engine;
	bool bind = block->command == FLOW_BLOCK_BIND;
	int err;

	mutex_lock(&engine->lock);
	err = nftosim_engine_admit_block(engine, block);
	if (err)
		goto out;
	if (of_flowtable)
		err = flow_block_cb_setup_simple(block, &port->flowtable_cbs, nftosim_flowtable_cb,
						 port, port, true);
	else
		err = flow_block_cb_setup_simple(block, &port->block_cbs, nftosim_block_cb,
						 port, port, true);
	if (err)
		goto out;
	atomic64_add(bind ? 1 : -1, &engine->counters.binds);
	if (of_flowtable)
		port->in_flowtable = bind;
out:
	mutex_unlock(&engine->lock);
	return err;
}

int nftosim_engine_setup_tc(struct net_device *dev, enum tc_setup_type type, void *type_data)
{
	struct nftosim_port *port = netdev_priv(dev);

	switch (type) {
	case TC_SETUP_FT:
		return nftosim_engine_setup_block(port, type_data, true);
	case TC_SETUP_BLOCK:
		return nftosim_engine_setup_block(port, type_data, false);
	default:
		return -EOPNOTSUPP;
	}
}

/* Ports that moved away keep the engine alive, but nobody else may find it under this namespace. */
static void __net_exit nftosim_net_exit(struct net *net)
{
	struct nftosim_net *here = net_generic(net, nftosim_net_id);

	rtnl_lock();
	if (here->engine) {
		nftosim_knobs_remove(here->engine);
		here->engine->net = NULL;
		here->engine = NULL;
	}
	rtnl_unlock();
}

static struct pernet_operations nftosim_net_ops = {
	.exit	= nftosim_net_exit,
	.id	= &nftosim_net_id,
	.size	= sizeof(struct nftosim_net),
};

int nftosim_engine_register(void)
{
	return register_pernet_subsys(&nftosim_net_ops);
}

void nftosim_engine_unregister(void)
{
	unregister_pernet_subsys(&nftosim_net_ops);
}
