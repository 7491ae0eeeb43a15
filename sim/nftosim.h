/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nftosim: an emulated NIC with a flow engine.
 *
 *   host0 ---wire--- lan0 \            / wan0 ---wire--- host1
 *  (link.c, port.c)        \          /
 *                         flow engine (engine.c: one per network namespace)
 *                          |   rules.c: the table, filled by the kernel through translate.c
 *                          |   frame.c and forward.c: the way of a frame past the stack
 *                          |   knobs.c: debugfs
 *                     the router's CPU
 */
#ifndef NFTOSIM_H
#define NFTOSIM_H

#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/ppp_defs.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <net/flow_offload.h>

#define NFTOSIM_KIND		"nftosim"
#define NFTOSIM_VLANS_MAX	2
#define NFTOSIM_PPPOE_LEN	8	/* PPPoE header and PPP protocol */
#define NFTOSIM_L2_MAX		(ETH_HLEN + NFTOSIM_VLANS_MAX * VLAN_HLEN + NFTOSIM_PPPOE_LEN)

struct dentry;
struct flow_cls_offload;
struct net;
struct netlink_ext_ack;

/* One end of a pair. Only the router's ends have an engine. */
struct nftosim_port {
	struct net_device		*dev;
	struct nftosim_port __rcu	*peer;
	struct nftosim_engine		*engine;
	struct list_head		siblings;	/* in engine->ports */
	struct list_head		flowtable_cbs;
	struct list_head		block_cbs;
	bool				in_flowtable;
};

/* An IPv4 address is the first word of src and dst, the rest is zero. */
struct nftosim_tuple {
	struct in6_addr	src;
	struct in6_addr	dst;
	__be16		sport;
	__be16		dport;
};

/* Compared and hashed as bytes: no holes before the end, what is not used is zero. */
struct nftosim_key {
	struct nftosim_port	*in;
	struct nftosim_tuple	tuple;
	u16			vlan[NFTOSIM_VLANS_MAX];	/* the outer one first */
	u16			family;
	u16			protocol;
};

/*
 * The kernel offers a flow to every port of a flowtable under one cookie, and the engine is one: the
 * first port takes it. A rule of an ingress chain comes under one cookie too, but means each port.
 */
struct nftosim_rule_id {
	unsigned long		cookie;
	struct nftosim_port	*port;		/* NULL for a flow */
};

enum nftosim_verdict {
	NFTOSIM_ROUTE,		/* a flow: rewrite, then out by another port */
	NFTOSIM_REDIRECT,	/* as it is, out by another port */
	NFTOSIM_DROP,
	NFTOSIM_ACCEPT,		/* to the CPU */
};

struct nftosim_rule {
	struct rhash_head	id_node;
	struct rhlist_head	key_node;
	struct nftosim_rule_id	id;
	struct nftosim_key	key;
	unsigned long		number;		/* in engine->rules */

	enum nftosim_verdict	verdict;
	struct nftosim_port	*out;
	struct nftosim_tuple	rewritten;
	u8			l2[NFTOSIM_L2_MAX];	/* the whole new header */
	u8			l2_len;
	bool			pppoe;
	u16			pppoe_session;
	u16			push[NFTOSIM_VLANS_MAX];

	atomic64_t		packets;
	atomic64_t		bytes;
	unsigned long		last_used;
	u64			packets_reported;
	u64			bytes_reported;
	struct rcu_head		rcu;
};

struct nftosim_counters {
	atomic64_t	binds;
	atomic64_t	rules_added;
	atomic64_t	rules_refused;
	atomic64_t	rules_deleted;
	atomic64_t	rules_full;
	atomic64_t	packets_forwarded;
	atomic64_t	bytes_forwarded;
	atomic64_t	packets_to_cpu;
};

struct nftosim_knobs {
	u32			capacity;
	u32			refuse_bind;
	u32			refuse_tcp;
	u32			refuse_udp;
	u32			refuse_ipv6;
	u32			no_stats;
	struct nftosim_port	*refuse_ingress;	/* under engine->lock */
};

struct nftosim_engine {
	/*
	 * Callbacks come from several workqueues at once, and binds from several namespaces once a
	 * port has moved. Frames are looked up under RCU.
	 */
	struct mutex		lock;
	struct list_head	ports;
	struct rhashtable	rules_by_id;
	struct rhltable		rules_by_key;
	struct xarray		rules;			/* by age */
	unsigned long		next_number;
	unsigned int		rule_count;
	struct nftosim_knobs	knobs;
	struct nftosim_counters	counters;
	struct dentry		*dir;
	struct net		*net;			/* where it was made; NULL once that is gone */
};

/* What the engine knows of a frame; offsets count from the Ethernet header. */
struct nftosim_frame {
	struct nftosim_key	key;
	unsigned int		l3;
	unsigned int		l4;
	unsigned int		l4_len;		/* of the header */
	unsigned int		l3_total;	/* IP header and all behind it */
	u8			ttl;
	bool			opens_or_closes;	/* TCP SYN, FIN or RST */
};

/* port.c */
void nftosim_port_setup(struct net_device *dev);
void nftosim_port_be_router(struct net_device *dev);
void nftosim_port_be_host(struct net_device *dev);
void nftosim_port_settle(struct net_device *dev);
void nftosim_port_connect(struct net_device *router, struct net_device *host);
struct net_device *nftosim_port_disconnect(struct net_device *dev);
void nftosim_port_deliver(struct nftosim_port *to, struct sk_buff *skb);

/* engine.c */
int nftosim_engine_register(void);
void nftosim_engine_unregister(void);
int nftosim_engine_join(struct nftosim_port *port);
void nftosim_engine_leave(struct nftosim_port *port);
int nftosim_engine_setup_tc(struct net_device *dev, enum tc_setup_type type, void *type_data);

/* rules.c */
int nftosim_rules_init(struct nftosim_engine *engine);
void nftosim_rules_destroy(struct nftosim_engine *engine);
void nftosim_rules_forget(struct nftosim_engine *engine, const struct nftosim_port *port);
struct nftosim_rule *nftosim_rules_lookup(struct nftosim_engine *engine,
					  const struct nftosim_key *key);
int nftosim_rules_command(struct nftosim_port *port, struct flow_cls_offload *cls,
			  bool of_flowtable);

/* translate.c */
int nftosim_translate(struct nftosim_rule *rule, struct nftosim_port *port,
		      struct flow_cls_offload *cls, bool of_flowtable);

/* frame.c */
bool nftosim_frame_read(const struct sk_buff *skb, struct nftosim_port *in,
			struct nftosim_frame *frame);

/* forward.c */
bool nftosim_forward(struct nftosim_port *in, struct sk_buff *skb);

/* knobs.c */
void nftosim_knobs_register(void);
void nftosim_knobs_unregister(void);
void nftosim_knobs_add(struct nftosim_engine *engine);
void nftosim_knobs_remove(struct nftosim_engine *engine);

#endif
