// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which flows: one way to say it, for reading and for evicting. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_tuple_common.h>

#include "flow_filter.h"
#include "flow_state.h"

NFTO_API int nfto_flow_filter_new(struct nfto_flow_filter **out)
{
	struct nfto_flow_filter *filter = calloc(1, sizeof(*filter));

	if (!filter)
		return -ENOMEM;
	*out = filter;
	return 0;
}

NFTO_API void nfto_flow_filter_free(struct nfto_flow_filter *filter)
{
	free(filter);
}

NFTO_API int nfto_flow_filter_set_state(struct nfto_flow_filter *filter, enum nfto_flow_state state)
{
	if (!flow_state_is_known(state))
		return -EINVAL;
	filter->has_state = true;
	filter->state = state;
	return 0;
}

NFTO_API int nfto_flow_filter_set_family(struct nfto_flow_filter *filter, int family)
{
	if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)
		return -EINVAL;
	filter->family = family;
	return 0;
}

NFTO_API void nfto_flow_filter_set_protocol(struct nfto_flow_filter *filter, uint8_t protocol)
{
	filter->has_protocol = true;
	filter->protocol = protocol;
}

static size_t address_length(int family)
{
	return family == AF_INET ? 4 : 16;
}

static int set_prefix(struct filter_prefix *prefix, int family, const void *address,
		      unsigned int length)
{
	if ((family != AF_INET && family != AF_INET6) || length > 8 * address_length(family))
		return -EINVAL;
	prefix->is_set = true;
	prefix->family = family;
	prefix->length = length;
	memcpy(prefix->address, address, address_length(family));
	return 0;
}

NFTO_API int nfto_flow_filter_set_source(struct nfto_flow_filter *filter, int family,
					 const void *address, unsigned int prefix_length)
{
	return set_prefix(&filter->source, family, address, prefix_length);
}

NFTO_API int nfto_flow_filter_set_destination(struct nfto_flow_filter *filter, int family,
					      const void *address, unsigned int prefix_length)
{
	return set_prefix(&filter->destination, family, address, prefix_length);
}

NFTO_API int nfto_flow_filter_set_address(struct nfto_flow_filter *filter, int family,
					  const void *address, unsigned int prefix_length)
{
	return set_prefix(&filter->address, family, address, prefix_length);
}

NFTO_API void nfto_flow_filter_set_source_port(struct nfto_flow_filter *filter, uint16_t port)
{
	filter->source_port = (struct filter_port){ true, port };
}

NFTO_API void nfto_flow_filter_set_destination_port(struct nfto_flow_filter *filter, uint16_t port)
{
	filter->destination_port = (struct filter_port){ true, port };
}

NFTO_API void nfto_flow_filter_set_port(struct nfto_flow_filter *filter, uint16_t port)
{
	filter->port = (struct filter_port){ true, port };
}

NFTO_API int nfto_flow_filter_set_mark(struct nfto_flow_filter *filter, uint32_t value,
				       uint32_t mask)
{
	/* A bit outside of the mask would let nothing pass. */
	if (value & ~mask)
		return -EINVAL;
	filter->mark = value;
	filter->mark_mask = mask;
	return 0;
}

NFTO_API void nfto_flow_filter_set_zone(struct nfto_flow_filter *filter, uint16_t zone)
{
	filter->has_zone = true;
	filter->zone = zone;
}

NFTO_API int nfto_flow_filter_set_interface(struct nfto_flow_filter *filter, const char *name)
{
	if (name_fault_device(name))
		return -EINVAL;
	snprintf(filter->interface, sizeof(filter->interface), "%s", name);
	return 0;
}

/* One mask can't say "either bit", so a filter for all offloaded flows is applied here alone. */
struct conntrack_filter flow_filter_for_kernel(const struct nfto_flow_filter *filter)
{
	return (struct conntrack_filter){
		.family = (uint8_t)filter->family,
		.status = flow_state_status(filter->state),
		.status_mask = filter->has_state ? FLOW_STATE_MASK : 0,
		.mark = filter->mark,
		.mark_mask = filter->mark_mask,
		.has_zone = filter->has_zone,
		.zone = filter->zone,
	};
}

static bool has_prefix(const struct filter_prefix *prefix, const uint8_t *address)
{
	size_t whole = prefix->length / 8;
	unsigned int rest = prefix->length % 8;

	if (memcmp(prefix->address, address, whole) != 0)
		return false;
	return rest == 0 || (prefix->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool matches_one_side(const struct nfto_flow_filter *filter, const struct flow_side *side)
{
	return (!filter->address.is_set || has_prefix(&filter->address, side->source) ||
		has_prefix(&filter->address, side->destination)) &&
	       (!filter->port.is_set || side->source_port == filter->port.port ||
		side->destination_port == filter->port.port);
}

static bool matches_sides(const struct nfto_flow_filter *filter, const struct flow_info *info)
{
	const struct flow_side *original = &info->sides[IP_CT_DIR_ORIGINAL];

	if ((filter->source.is_set && !has_prefix(&filter->source, original->source)) ||
	    (filter->destination.is_set &&
	     !has_prefix(&filter->destination, original->destination)) ||
	    (filter->source_port.is_set && original->source_port != filter->source_port.port) ||
	    (filter->destination_port.is_set &&
	     original->destination_port != filter->destination_port.port))
		return false;
	return matches_one_side(filter, original) ||
	       matches_one_side(filter, &info->sides[IP_CT_DIR_REPLY]);
}

static bool is_of_family(const struct filter_prefix *prefix, const struct flow_info *info)
{
	return !prefix->is_set || prefix->family == info->family;
}

static bool has_families(const struct nfto_flow_filter *filter, const struct flow_info *info)
{
	return (filter->family == AF_UNSPEC || filter->family == info->family) &&
	       is_of_family(&filter->source, info) && is_of_family(&filter->destination, info) &&
	       is_of_family(&filter->address, info);
}

bool flow_filter_wants_status(const struct nfto_flow_filter *filter, uint32_t status)
{
	enum nfto_flow_state state = flow_state_of(status);

	return filter->has_state ? state == filter->state : state != NFTO_FLOW_NONE;
}

static bool has_mark(const struct nfto_flow_filter *filter, const struct flow_info *info)
{
	return filter->mark_mask == 0 ||
	       (info->has_mark && (info->mark & filter->mark_mask) == filter->mark);
}

bool flow_filter_matches(const struct nfto_flow_filter *filter, const struct flow_info *info)
{
	return flow_filter_wants_status(filter, info->status) && has_families(filter, info) &&
	       (!filter->has_protocol || info->protocol == filter->protocol) &&
	       (!filter->has_zone || info->zone == filter->zone) && has_mark(filter, info) &&
	       matches_sides(filter, info);
}
