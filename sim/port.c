// SPDX-License-Identifier: GPL-2.0-only
/* The two network devices of a pair, and the wire between them. */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <net/pkt_sched.h>
/* 6.15 put there what linux/netdevice.h had. */
#if __has_include(<net/netdev_lock.h>)
#include <net/netdev_lock.h>
#endif

#include "nftosim.h"

static const struct net_device_ops nftosim_router_ops;

static bool nftosim_port_is_router(const struct net_device *dev)
{
	return dev->netdev_ops == &nftosim_router_ops;
}

static bool nftosim_port_accepts(const struct net_device *dev, const struct sk_buff *skb)
{
	return dev->flags & IFF_UP && skb->len <= dev->mtu + NFTOSIM_L2_MAX;
}

/* The frame goes over the wire into the stack behind the port. Consumes it. */
void nftosim_port_deliver(struct nftosim_port *to, struct sk_buff *skb)
{
	struct net_device *dev = to->dev;
	unsigned int len = skb->len;

	/* __dev_forward_skb() would do, but that takes no frame with two tags. */
	if (!nftosim_port_accepts(dev, skb) || skb_orphan_frags(skb, GFP_ATOMIC)) {
		dev_core_stats_rx_dropped_inc(dev);
		kfree_skb(skb);
		return;
	}

	skb_scrub_packet(skb, !net_eq(dev_net(dev), dev_net(skb->dev)));
	skb->priority = 0;
	skb->protocol = eth_type_trans(skb, dev);
	skb_postpull_rcsum(skb, eth_hdr(skb), ETH_HLEN);
	if (netif_rx(skb) != NET_RX_SUCCESS)
		return;
	dev_sw_netstats_rx_add(dev, len);
	if (to->engine)
		atomic64_inc(&to->engine->counters.packets_to_cpu);
}

/* One owner, one buffer with the whole header: what a NIC's queue would hold. */
static struct sk_buff *nftosim_port_serialize(struct sk_buff *skb)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (skb && skb_vlan_tag_present(skb))
		skb = __vlan_hwaccel_push_inside(skb);
	if (skb && !pskb_may_pull(skb, ETH_HLEN)) {
		kfree_skb(skb);
		skb = NULL;
	}
	return skb;
}

static netdev_tx_t nftosim_port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev), *peer;

	rcu_read_lock();
	peer = rcu_dereference(port->peer);
	skb = nftosim_port_serialize(skb);
	if (!skb || !peer) {
		dev_core_stats_tx_dropped_inc(dev);
		kfree_skb(skb);
		goto out;
	}

	skb_tx_timestamp(skb);
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	if (!peer->engine || !nftosim_forward(peer, skb))
		nftosim_port_deliver(peer, skb);
out:
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int nftosim_port_open(struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev);
	struct nftosim_port *peer = rtnl_dereference(port->peer);

	if (!peer)
		return -ENOTCONN;
	if (peer->dev->flags & IFF_UP) {
		netif_carrier_on(dev);
		netif_carrier_on(peer->dev);
	}
	return 0;
}

static int nftosim_port_stop(struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev);
	struct nftosim_port *peer = rtnl_dereference(port->peer);

	netif_carrier_off(dev);
	if (peer)
		netif_carrier_off(peer->dev);
	return 0;
}

static int nftosim_port_init(struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev);
	int err;

	/* Newer kernels can allocate these by themselves; the older ones can't. */
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	if (nftosim_port_is_router(dev)) {
		err = nftosim_engine_join(port);
		if (err) {
			free_percpu(dev->tstats);
			return err;
		}
	}
	netdev_lockdep_set_classes(dev);
	return 0;
}

static void nftosim_port_uninit(struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev);

	if (nftosim_port_is_router(dev))
		nftosim_engine_leave(port);
	free_percpu(dev->tstats);
}

#define NFTOSIM_PORT_COMMON_OPS				\
	.ndo_init		= nftosim_port_init,	\
	.ndo_uninit		= nftosim_port_uninit,	\
	.ndo_open		= nftosim_port_open,	\
	.ndo_stop		= nftosim_port_stop,	\
	.ndo_start_xmit		= nftosim_port_xmit,	\
	.ndo_get_stats64	= dev_get_tstats64,	\
	.ndo_set_mac_address	= eth_mac_addr,		\
	.ndo_validate_addr	= eth_validate_addr

static const struct net_device_ops nftosim_host_ops = {
	NFTOSIM_PORT_COMMON_OPS,
};

static const struct net_device_ops nftosim_router_ops = {
	NFTOSIM_PORT_COMMON_OPS,
	.ndo_setup_tc		= nftosim_engine_setup_tc,
};

static void nftosim_port_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, NFTOSIM_KIND, sizeof(info->driver));
}

/* Bonds and bridges want to know a speed. */
static int nftosim_port_get_link_ksettings(struct net_device *dev,
					   struct ethtool_link_ksettings *settings)
{
	settings->base.speed = SPEED_10000;
	settings->base.duplex = DUPLEX_FULL;
	settings->base.port = PORT_TP;
	settings->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

static const struct ethtool_ops nftosim_ethtool_ops = {
	.get_drvinfo		= nftosim_port_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= nftosim_port_get_link_ksettings,
	.get_ts_info		= ethtool_op_get_ts_info,
};

/* No segmentation in hardware: a frame on the wire is a frame, so that packets can be counted. */
#define NFTOSIM_PORT_FEATURES (NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM | NETIF_F_RXCSUM)

void nftosim_port_setup(struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev);

	ether_setup(dev);
	/* A frame that is sent is handed on: it must belong to us alone. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE;
	dev->needs_free_netdev = true;
	dev->ethtool_ops = &nftosim_ethtool_ops;
	dev->features |= NFTOSIM_PORT_FEATURES;
	dev->hw_features |= NFTOSIM_PORT_FEATURES;
	dev->vlan_features |= NFTOSIM_PORT_FEATURES;
	dev->needed_headroom = NFTOSIM_L2_MAX - ETH_HLEN;
	dev->max_mtu = ETH_MAX_MTU;

	port->dev = dev;
	INIT_LIST_HEAD(&port->flowtable_cbs);
	INIT_LIST_HEAD(&port->block_cbs);
}

void nftosim_port_be_router(struct net_device *dev)
{
	dev->netdev_ops = &nftosim_router_ops;
	dev->features |= NETIF_F_HW_TC;
	dev->hw_features |= NETIF_F_HW_TC;
}

void nftosim_port_be_host(struct net_device *dev)
{
	dev->netdev_ops = &nftosim_host_ops;
}

/* The kernel switches GRO on for every device that is registered; there is none here. */
void nftosim_port_settle(struct net_device *dev)
{
	dev->wanted_features &= ~NETIF_F_GRO;
	netdev_update_features(dev);
}

void nftosim_port_connect(struct net_device *router, struct net_device *host)
{
	struct nftosim_port *router_port = netdev_priv(router);
	struct nftosim_port *host_port = netdev_priv(host);

	rcu_assign_pointer(router_port->peer, host_port);
	rcu_assign_pointer(host_port->peer, router_port);
}

/* Returns the other end, if it is still connected. */
struct net_device *nftosim_port_disconnect(struct net_device *dev)
{
	struct nftosim_port *port = netdev_priv(dev);
	struct nftosim_port *peer = rtnl_dereference(port->peer);

	if (!peer)
		return NULL;
	RCU_INIT_POINTER(port->peer, NULL);
	RCU_INIT_POINTER(peer->peer, NULL);
	return peer->dev;
}
