// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which connection is meant. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tuple.h"

int end_set(struct end *end, int family, const void *address, uint16_t port)
{
	if (family != AF_INET && family != AF_INET6)
		return -EINVAL;
	memset(end, 0, sizeof(*end));
	end->family = family;
	end->port = port;
	memcpy(end->address, address, family == AF_INET ? 4 : 16);
	return 0;
}

NFTO_API int nfto_tuple_new(struct nfto_tuple **out)
{
	struct nfto_tuple *tuple = calloc(1, sizeof(*tuple));

	if (!tuple)
		return -ENOMEM;
	*out = tuple;
	return 0;
}

NFTO_API void nfto_tuple_free(struct nfto_tuple *tuple)
{
	free(tuple);
}

NFTO_API void nfto_tuple_set_protocol(struct nfto_tuple *tuple, uint8_t protocol)
{
	tuple->protocol = protocol;
}

NFTO_API int nfto_tuple_set_source(struct nfto_tuple *tuple, int family, const void *address,
				   uint16_t port)
{
	return end_set(&tuple->source, family, address, port);
}

NFTO_API int nfto_tuple_set_destination(struct nfto_tuple *tuple, int family, const void *address,
					uint16_t port)
{
	return end_set(&tuple->destination, family, address, port);
}

NFTO_API void nfto_tuple_set_zone(struct nfto_tuple *tuple, uint16_t zone)
{
	tuple->zone = zone;
}

NFTO_API int nfto_tuple_set_interface(struct nfto_tuple *tuple, const char *name)
{
	if (name_fault_device(name))
		return -EINVAL;
	snprintf(tuple->interface, sizeof(tuple->interface), "%s", name);
	return 0;
}

NFTO_API void nfto_tuple_set_mark(struct nfto_tuple *tuple, uint32_t mark)
{
	tuple->has_mark = true;
	tuple->mark = mark;
}

NFTO_API int nfto_tuple_new_of_flow(const struct nfto_flow *flow, struct nfto_tuple **out)
{
	enum nfto_direction original = NFTO_DIRECTION_ORIGINAL;
	struct nfto_tuple *tuple;
	int ret = nfto_tuple_new(&tuple);

	if (ret < 0)
		return ret;
	tuple->protocol = nfto_flow_protocol(flow);
	tuple->zone = nfto_flow_zone(flow);
	end_set(&tuple->source, nfto_flow_family(flow), nfto_flow_source(flow, original),
		nfto_flow_source_port(flow, original));
	end_set(&tuple->destination, nfto_flow_family(flow), nfto_flow_destination(flow, original),
		nfto_flow_destination_port(flow, original));
	*out = tuple;
	return 0;
}
