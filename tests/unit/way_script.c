// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#include "way_script.h"

const struct reply_link way_lan = { .index = WAY_LAN, .name = "lan0", .type = 1 };
const struct reply_link way_wan = { .index = WAY_WAN, .name = "wan0", .type = 1 };

void way_answer_route(struct fake *fake, int family, uint8_t type, uint32_t interface)
{
	struct nlmsghdr *message;
	struct rtmsg *header;

	fake_answer(fake, RTM_GETROUTE);
	message = fake_open(fake, RTM_NEWROUTE, 0, 0);
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->rtm_family = (uint8_t)family;
	header->rtm_type = type;
	mnl_attr_put_u32(message, RTA_TABLE, RT_TABLE_MAIN);
	mnl_attr_put_u32(message, RTA_OIF, interface);
	fake_close(fake, message);
}

void way_answer_route_error(struct fake *fake, int errnum)
{
	fake_answer(fake, RTM_GETROUTE);
	reply_error(fake, 0, errnum);
}

void way_answer_forwarding(struct fake *fake, int family, bool is_on)
{
	struct nlmsghdr *message;
	struct netconfmsg *header;

	fake_answer(fake, RTM_GETNETCONF);
	message = fake_open(fake, RTM_NEWNETCONF, 0, 0);
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ncm_family = (uint8_t)family;
	mnl_attr_put_u32(message, NETCONFA_IFINDEX, WAY_LAN);
	mnl_attr_put_u32(message, NETCONFA_FORWARDING, is_on);
	fake_close(fake, message);
}

void way_answer_link(struct fake *fake, const struct reply_link *link)
{
	fake_answer(fake, RTM_GETLINK);
	reply_link(fake, link);
}

void way_answer_neighbour(struct fake *fake, int family, uint32_t interface, uint16_t state)
{
	static const uint8_t address[] = { 2, 0, 0, 0, 0, 1 };
	struct nlmsghdr *message;
	struct ndmsg *header;

	fake_answer(fake, RTM_GETNEIGH);
	if (!state) {
		reply_error(fake, 0, ENOENT);
		return;
	}
	message = fake_open(fake, RTM_NEWNEIGH, 0, 0);
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ndm_family = (uint8_t)family;
	header->ndm_ifindex = (int)interface;
	header->ndm_state = state;
	mnl_attr_put(message, NDA_LLADDR, sizeof(address), address);
	fake_close(fake, message);
}

void way_answer_policy_count(struct fake *fake, uint32_t count)
{
	const struct xfrmu_spdinfo info = { .incnt = 7, .outcnt = count };
	struct nlmsghdr *message;

	fake->has_sysctl = 1;
	fake_answer(fake, XFRM_MSG_GETSPDINFO);
	message = fake_open(fake, XFRM_MSG_NEWSPDINFO, 0, 0);
	mnl_nlmsg_put_extra_header(message, sizeof(uint32_t));
	mnl_attr_put(message, XFRMA_SPD_INFO, sizeof(info), &info);
	fake_close(fake, message);
}

void way_answer_policy(struct fake *fake, uint32_t source, uint32_t destination, uint8_t length,
		       bool has_template)
{
	const struct xfrm_user_tmpl template = { .family = AF_INET };
	/* A message is aligned to four bytes only. */
	const struct xfrm_userpolicy_info policy = {
		.sel = {
			.family = AF_INET,
			.saddr.a4 = htonl(source),
			.daddr.a4 = htonl(destination),
			.prefixlen_s = length,
			.prefixlen_d = length,
		},
		.dir = XFRM_POLICY_OUT,
	};
	struct nlmsghdr *message;

	fake_answer(fake, XFRM_MSG_GETPOLICY);
	message = fake_open(fake, XFRM_MSG_NEWPOLICY, NLM_F_MULTI, 0);
	memcpy(mnl_nlmsg_put_extra_header(message, sizeof(policy)), &policy, sizeof(policy));
	if (has_template)
		mnl_attr_put(message, XFRMA_TMPL, sizeof(template), &template);
	fake_close(fake, message);
	reply_done(fake);
}

void way_answer_all(struct fake *fake, int family)
{
	way_answer_route(fake, family, RTN_UNICAST, WAY_LAN);
	way_answer_forwarding(fake, family, true);
	way_answer_route(fake, family, RTN_UNICAST, WAY_WAN);
	way_answer_route(fake, family, RTN_UNICAST, WAY_LAN);
	way_answer_link(fake, &way_wan);
	way_answer_neighbour(fake, family, WAY_WAN, NUD_REACHABLE);
	way_answer_link(fake, &way_lan);
	way_answer_neighbour(fake, family, WAY_LAN, NUD_STALE);
}
