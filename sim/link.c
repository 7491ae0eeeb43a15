// SPDX-License-Identifier: GPL-2.0-only
/* The link type: `ip link add lan0 type nftosim peer name host0` makes a pair. */
#include <linux/module.h>
#include <linux/etherdevice.h>
#include <linux/version.h>
#include <net/rtnetlink.h>

#include "nftosim.h"
#include "nftosim_link.h"

static struct rtnl_link_ops nftosim_link_ops;

static int nftosim_link_validate(struct nlattr *tb[], struct nlattr *data[],
				 struct netlink_ext_ack *extack)
{
	if (!tb[IFLA_ADDRESS])
		return 0;
	if (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN)
		return -EINVAL;
	if (!is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS])))
		return -EADDRNOTAVAIL;
	return 0;
}

static int nftosim_link_register(struct net_device *dev, bool has_address)
{
	int err;

	if (!has_address)
		eth_hw_addr_random(dev);
	err = register_netdevice(dev);
	if (err)
		return err;
	nftosim_port_settle(dev);
	netif_carrier_off(dev);
	return 0;
}

static int nftosim_link_parse_peer(struct nlattr *data[], struct nlattr *peer[],
				   struct netlink_ext_ack *extack)
{
	int err;

	memset(peer, 0, sizeof(*peer) * (IFLA_MAX + 1));
	if (!data || !data[NFTOSIM_INFO_PEER])
		return 0;
	err = rtnl_nla_parse_ifinfomsg(peer, data[NFTOSIM_INFO_PEER], extack);
	if (err)
		return err;
	return nftosim_link_validate(peer, NULL, extack);
}

static struct net_device *nftosim_link_create_host(struct net *src_net, struct nlattr *tb[],
						   struct netlink_ext_ack *extack)
{
	unsigned char assigned = tb[IFLA_IFNAME] ? NET_NAME_USER : NET_NAME_ENUM;
	char name[IFNAMSIZ] = NFTOSIM_KIND "%d";
	struct net_device *host;
	struct net *net;
	int err;

	if (tb[IFLA_IFNAME])
		nla_strscpy(name, tb[IFLA_IFNAME], IFNAMSIZ);
	net = rtnl_link_get_net(src_net, tb);
	if (IS_ERR(net))
		return ERR_CAST(net);
	host = rtnl_create_link(net, name, assigned, &nftosim_link_ops, tb, extack);
	if (IS_ERR(host))
		goto out;

	nftosim_port_be_host(host);
	/*
	 * rtnl_configure_link() would say so and announce the device, but its signature differs
	 * between kernels; said in advance, register_netdevice() announces it.
	 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	host->rtnl_link_initializing = false;
#else
	host->rtnl_link_state = RTNL_LINK_INITIALIZED;
#endif
	err = nftosim_link_register(host, tb[IFLA_ADDRESS]);
	if (err) {
		free_netdev(host);
		host = ERR_PTR(err);
	}
out:
	put_net(net);
	return host;
}

static int nftosim_link_new(struct net *src_net, struct net_device *router, struct nlattr *tb[],
			    struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct nlattr *peer[IFLA_MAX + 1];
	struct net_device *host;
	int err;

	err = nftosim_link_parse_peer(data, peer, extack);
	if (err)
		return err;
	host = nftosim_link_create_host(src_net, peer, extack);
	if (IS_ERR(host))
		return PTR_ERR(host);

	nftosim_port_be_router(router);
	err = nftosim_link_register(router, tb[IFLA_ADDRESS]);
	if (err) {
		unregister_netdevice(host);
		return err;
	}
	nftosim_port_connect(router, host);
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
static int nftosim_link_newlink(struct net_device *router, struct rtnl_newlink_params *params,
				struct netlink_ext_ack *extack)
{
	return nftosim_link_new(params->src_net, router, params->tb, params->data, extack);
}
#else
#define nftosim_link_newlink nftosim_link_new
#endif

static void nftosim_link_delete(struct net_device *dev, struct list_head *head)
{
	struct net_device *other = nftosim_port_disconnect(dev);

	unregister_netdevice_queue(dev, head);
	if (other)
		unregister_netdevice_queue(other, head);
}

static const struct nla_policy nftosim_link_policy[NFTOSIM_INFO_MAX + 1] = {
	[NFTOSIM_INFO_PEER] = { .len = sizeof(struct ifinfomsg) },
};

static struct rtnl_link_ops nftosim_link_ops = {
	.kind		= NFTOSIM_KIND,
	.priv_size	= sizeof(struct nftosim_port),
	.setup		= nftosim_port_setup,
	.validate	= nftosim_link_validate,
	.newlink	= nftosim_link_newlink,
	.dellink	= nftosim_link_delete,
	.policy		= nftosim_link_policy,
	.maxtype	= NFTOSIM_INFO_MAX,
};

static int __init nftosim_init(void)
{
	int err;

	nftosim_knobs_register();
	err = nftosim_engine_register();
	if (err)
		goto no_engine;
	err = rtnl_link_register(&nftosim_link_ops);
	if (err)
		goto no_link;
	return 0;

no_link:
	nftosim_engine_unregister();
no_engine:
	nftosim_knobs_unregister();
	return err;
}

static void __exit nftosim_exit(void)
{
	rtnl_link_unregister(&nftosim_link_ops);
	nftosim_engine_unregister();
	nftosim_knobs_unregister();
}

module_init(nftosim_init);
module_exit(nftosim_exit);

MODULE_DESCRIPTION("Emulated NIC with a flow engine for nftables flowtables");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK(NFTOSIM_KIND);
