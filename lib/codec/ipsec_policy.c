// SPDX-License-Identifier: LGPL-2.1-or-later
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "ipsec_policy.h"
#include "netlink/attr.h"

/* The header of the question is a word of flags. */
int ipsec_policy_build_count_get(struct messages *messages)
{
	struct nlmsghdr *message = messages_open_plain(messages, XFRM_MSG_GETSPDINFO, 0);

	if (!message)
		return -ENOMEM;
	mnl_nlmsg_put_extra_header(message, sizeof(uint32_t));
	messages_close(messages, message);
	return 0;
}

int ipsec_policy_parse_count(const struct nlmsghdr *message, uint64_t *count)
{
	const struct nlattr *attrs[XFRMA_SPD_MAX + 1];
	struct xfrmu_spdinfo info;

	if (attr_parse(message, sizeof(uint32_t), attrs, XFRMA_SPD_MAX) < 0 ||
	    attr_bytes(attrs[XFRMA_SPD_INFO], &info, sizeof(info)) < 0)
		return -EBADMSG;
	*count = (uint64_t)info.outcnt + info.fwdcnt;
	return 0;
}

int ipsec_policy_build_dump(struct messages *messages)
{
	struct nlmsghdr *message = messages_open_plain(messages, XFRM_MSG_GETPOLICY, NLM_F_DUMP);

	if (!message)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}

int ipsec_policy_parse(const struct nlmsghdr *message, struct ipsec_policy *policy)
{
	const struct nlattr *attrs[XFRMA_TMPL + 1];
	struct xfrm_userpolicy_info info;

	if (attr_parse(message, sizeof(info), attrs, XFRMA_TMPL) < 0)
		return -EBADMSG;
	memcpy(&info, mnl_nlmsg_get_payload(message), sizeof(info));
	policy->selector = info.sel;
	policy->direction = info.dir;
	policy->priority = info.priority;
	policy->transforms = info.action == XFRM_POLICY_ALLOW && attrs[XFRMA_TMPL];
	return 0;
}

static bool is_in(const void *address, const void *prefix, unsigned int length, size_t size)
{
	const uint8_t *left = address, *right = prefix;
	unsigned int rest = length % 8;

	if (length > 8 * size || memcmp(left, right, length / 8) != 0)
		return false;
	return rest == 0 || (left[length / 8] ^ right[length / 8]) >> (8 - rest) == 0;
}

static bool is_port(uint16_t port, uint16_t wanted, uint16_t mask)
{
	return ((htobe16(port) ^ wanted) & mask) == 0;
}

bool ipsec_policy_matches(const struct ipsec_policy *policy, const struct ipsec_packet *packet)
{
	const struct xfrm_selector *selector = &policy->selector;
	size_t size = packet->family == AF_INET ? 4 : 16;

	return selector->family == packet->family &&
	       is_in(packet->source, &selector->saddr, selector->prefixlen_s, size) &&
	       is_in(packet->destination, &selector->daddr, selector->prefixlen_d, size) &&
	       (selector->proto == 0 || selector->proto == packet->protocol) &&
	       is_port(packet->source_port, selector->sport, selector->sport_mask) &&
	       is_port(packet->destination_port, selector->dport, selector->dport_mask);
}
