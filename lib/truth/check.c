// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the checks have in common. */
#include <errno.h>

#include "check.h"

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
	return inquiry->has_leak[direction] &&
	       leak_is_one(&inquiry->leaks[direction],
			   inquiry->exists ? &inquiry->connection : NULL);
}

struct nfto_finding *add_lost_way(struct inquiry *inquiry, enum nfto_finding_code code,
				  const struct path *path)
{
	return findings_add(&inquiry->findings, code, "%s on %s",
			    address_text(path->next_family, path->next_hop).text,
			    code == NFTO_FINDING_NO_NEIGHBOUR ? path->top.name : path->bottom.name);
}
