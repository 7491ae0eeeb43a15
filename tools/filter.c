// SPDX-License-Identifier: LGPL-2.1-or-later
/* The options that say which flows. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const char *set_state(struct nfto_flow_filter *filter, const char *value)
{
	for (enum nfto_flow_state state = NFTO_FLOW_SOFTWARE; state <= NFTO_FLOW_CLOSING; state++) {
		if (strcmp(value, nfto_flow_state_name(state)) == 0) {
			nfto_flow_filter_set_state(filter, state);
			return NULL;
		}
	}
	return "no such state:";
}

bool read_protocol(const char *text, unsigned long *protocol)
{
	static const struct {
		const char *name;
		uint8_t protocol;
	} names[] = { { "tcp", IPPROTO_TCP },	      { "udp", IPPROTO_UDP },
		      { "gre", IPPROTO_GRE },	      { "icmp", IPPROTO_ICMP },
		      { "icmpv6", IPPROTO_ICMPV6 },   { "sctp", IPPROTO_SCTP },
		      { "udplite", IPPROTO_UDPLITE }, { "dccp", IPPROTO_DCCP } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*protocol = names[i].protocol;
		if (strcmp(text, names[i].name) == 0)
			return true;
	}
	return read_number(text, 0, UINT8_MAX, protocol);
}

static const char *set_protocol(struct nfto_flow_filter *filter, const char *value)
{
	unsigned long protocol;

	if (!read_protocol(value, &protocol))
		return "no such protocol:";
	nfto_flow_filter_set_protocol(filter, (uint8_t)protocol);
	return NULL;
}

/* Cuts the text at the slash: what is behind it, or NULL. */
static char *split(char *text)
{
	char *slash = strchr(text, '/');

	if (!slash)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

typedef int set_prefix(struct nfto_flow_filter *filter, int family, const void *address,
		       unsigned int prefix_length);

static const char *set_network(struct nfto_flow_filter *filter, const char *value, set_prefix *set)
{
	unsigned char address[16];
	char text[ADDRESS_SIZE], *prefix;
	unsigned long length;
	int family;

	if (strlen(value) >= sizeof(text))
		return "no address:";
	snprintf(text, sizeof(text), "%s", value);
	prefix = split(text);
	family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, address) != 1)
		return "no address:";
	length = family == AF_INET ? 32 : 128;
	if (prefix && !read_number(prefix, 0, length, &length))
		return "no length of a prefix is behind the slash:";
	set(filter, family, address, (unsigned int)length);
	return NULL;
}

typedef void set_number(struct nfto_flow_filter *filter, uint16_t number);

static const char *set_port(struct nfto_flow_filter *filter, const char *value, set_number *set)
{
	unsigned long port;

	if (!read_number(value, 0, UINT16_MAX, &port))
		return "no port number:";
	set(filter, (uint16_t)port);
	return NULL;
}

static const char *set_zone(struct nfto_flow_filter *filter, const char *value)
{
	unsigned long zone;

	if (!read_number(value, 0, UINT16_MAX, &zone))
		return "no zone number:";
	nfto_flow_filter_set_zone(filter, (uint16_t)zone);
	return NULL;
}

static const char *set_mark(struct nfto_flow_filter *filter, const char *value)
{
	unsigned long mark, mask = UINT32_MAX;
	char text[32], *behind;

	if (strlen(value) >= sizeof(text))
		return "no mark:";
	snprintf(text, sizeof(text), "%s", value);
	behind = split(text);
	if (!read_number(text, 0, UINT32_MAX, &mark))
		return "no mark:";
	if (behind && !read_number(behind, 1, UINT32_MAX, &mask))
		return "no mask is behind the slash:";
	if (nfto_flow_filter_set_mark(filter, (uint32_t)mark, (uint32_t)mask) < 0)
		return "the mark has a bit that its mask has not:";
	return NULL;
}

static const char *set_interface(struct nfto_flow_filter *filter, const char *value)
{
	return nfto_flow_filter_set_interface(filter, value) < 0 ?
		       "no interface can have this name:" :
		       NULL;
}

const char *filter_set(struct nfto_flow_filter *filter, int option, const char *value)
{
	switch (option) {
	case OPTION_STATE:
		return set_state(filter, value);
	case OPTION_PROTOCOL:
		return set_protocol(filter, value);
	case OPTION_SOURCE:
		return set_network(filter, value, nfto_flow_filter_set_source);
	case OPTION_DESTINATION:
		return set_network(filter, value, nfto_flow_filter_set_destination);
	case OPTION_ADDRESS:
		return set_network(filter, value, nfto_flow_filter_set_address);
	case OPTION_SOURCE_PORT:
		return set_port(filter, value, nfto_flow_filter_set_source_port);
	case OPTION_DESTINATION_PORT:
		return set_port(filter, value, nfto_flow_filter_set_destination_port);
	case OPTION_PORT:
		return set_port(filter, value, nfto_flow_filter_set_port);
	case OPTION_MARK:
		return set_mark(filter, value);
	case OPTION_ZONE:
		return set_zone(filter, value);
	case OPTION_INTERFACE:
		return set_interface(filter, value);
	}
	return "no such filter:";
}
