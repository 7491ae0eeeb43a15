// SPDX-License-Identifier: LGPL-2.1-or-later
/* One name for a flow, whoever speaks of it: so that it can be searched for in what another command
 * said, and be handed to explain. */
#include <stdio.h>

#include "flow_name.h"
#include "tool.h"

static void write_name(char name[FLOW_NAME_SIZE], uint8_t protocol, int family, const void *source,
		       uint16_t source_port, const void *destination, uint16_t destination_port)
{
	char protocol_name[8], from[ADDRESS_SIZE], to[ADDRESS_SIZE];

	output_protocol(protocol, protocol_name, sizeof(protocol_name));
	output_endpoint(family, source, source_port, from, sizeof(from));
	output_endpoint(family, destination, destination_port, to, sizeof(to));
	snprintf(name, FLOW_NAME_SIZE, "%s %s > %s", protocol_name, from, to);
}

void flow_name(const struct nfto_flow *flow, char name[FLOW_NAME_SIZE])
{
	const enum nfto_direction original = NFTO_DIRECTION_ORIGINAL;

	write_name(name, nfto_flow_protocol(flow), nfto_flow_family(flow),
		   nfto_flow_source(flow, original), nfto_flow_source_port(flow, original),
		   nfto_flow_destination(flow, original),
		   nfto_flow_destination_port(flow, original));
}

void flow_name_of_leak(const struct nfto_leak *leak, char name[FLOW_NAME_SIZE])
{
	write_name(name, nfto_leak_protocol(leak), nfto_leak_family(leak), nfto_leak_source(leak),
		   nfto_leak_source_port(leak), nfto_leak_destination(leak),
		   nfto_leak_destination_port(leak));
}

void flow_name_of_item(const struct nfto_audit_item *item, char name[FLOW_NAME_SIZE])
{
	write_name(name, nfto_audit_item_protocol(item), nfto_audit_item_family(item),
		   nfto_audit_item_source(item), nfto_audit_item_source_port(item),
		   nfto_audit_item_destination(item), nfto_audit_item_destination_port(item));
}
