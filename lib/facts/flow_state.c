// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the two bits of conntrack mean together. */
#include "flow_state.h"

static const uint32_t status_of_state[] = {
	[NFTO_FLOW_NONE] = 0,
	[NFTO_FLOW_SOFTWARE] = IPS_OFFLOAD,
	[NFTO_FLOW_HARDWARE] = IPS_OFFLOAD | IPS_HW_OFFLOAD,
	[NFTO_FLOW_CLOSING] = IPS_HW_OFFLOAD,
};

NFTO_API const char *nfto_flow_state_name(enum nfto_flow_state state)
{
	switch (state) {
	case NFTO_FLOW_NONE:
		return "none";
	case NFTO_FLOW_SOFTWARE:
		return "software";
	case NFTO_FLOW_HARDWARE:
		return "hardware";
	case NFTO_FLOW_CLOSING:
		return "closing";
	}
	return "unknown";
}

enum nfto_flow_state flow_state_of(uint32_t status)
{
	enum nfto_flow_state state = NFTO_FLOW_NONE;

	while (status_of_state[state] != (status & FLOW_STATE_MASK))
		state++;
	return state;
}

uint32_t flow_state_status(enum nfto_flow_state state)
{
	return status_of_state[state];
}

bool flow_state_is_known(enum nfto_flow_state state)
{
	return (unsigned int)state <= NFTO_FLOW_CLOSING;
}
