// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the checks have in common. */
#include <errno.h>

#include "check.h"

/* Some packets are on their way when their flow is made, and each time that it is made anew. */
#define FEW_PACKETS 10

/* A flow that no packet finds times out after so long, and then its mark goes (by default). */
#define LATELY_MS 30000

int found(struct inquiry *inquiry, const struct nfto_finding *finding)
{
	return finding ? 1 :
			 error_set_object(&inquiry->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
}

int suspect(struct inquiry *inquiry, struct nfto_finding *finding)
{
	if (finding)
		finding->is_certain = false;
	return found(inquiry, finding);
}

struct address_text address_text(int family, const void *address)
{
	struct address_text text = { "?" };

	inet_ntop(family, address, text.text, sizeof(text.text));
	return text;
}

bool is_leaking(const struct inquiry *inquiry, int direction)
{
	const struct leak_info *leak = &inquiry->leaks[direction];

	return inquiry->has_leak[direction] && leak->counter.packets > FEW_PACKETS &&
	       (!leak->has_idle || leak->idle_ms < LATELY_MS);
}

struct nfto_finding *add_lost_way(struct inquiry *inquiry, enum nfto_finding_code code,
				  const struct path *path)
{
	return findings_add(&inquiry->findings, code, "%s on %s",
			    address_text(path->next_family, path->next_hop).text,
			    path->bottom.name);
}
