// SPDX-License-Identifier: LGPL-2.1-or-later
/* What conntrack shows as offloaded for a moment only is not offloaded: the kernel marks a connection
 * before it knows whether it can be. So it is looked at some times. */
#include "tool.h"

#define LOOKS 4
#define PAUSE_MS 100

int read_lasting_leaks(struct nfto_ctx *ctx, const char *name, struct nfto_leaks **leaks)
{
	int ret = nfto_leaks_read(ctx, name, leaks);

	if (ret < 0)
		return ret;
	for (int i = 1; i < LOOKS && nfto_leaks_count(*leaks) > 0 && ret == 0; i++) {
		wait_ms(PAUSE_MS);
		ret = nfto_leaks_look(ctx, *leaks);
	}
	if (ret < 0) {
		nfto_leaks_free(*leaks);
		*leaks = NULL;
	}
	return ret;
}

/* What hardware has taken was offloaded before. */
static bool may_be_an_attempt(const struct nfto_explanation *explanation)
{
	return nfto_explanation_flow_state(explanation) == NFTO_FLOW_SOFTWARE;
}

int explain_lasting(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
		    struct nfto_explanation **explanation)
{
	int ret = nfto_explain(ctx, name, tuple, explanation);

	for (int i = 1; i < LOOKS && ret == 0 && may_be_an_attempt(*explanation); i++) {
		nfto_explanation_free(*explanation);
		wait_ms(PAUSE_MS);
		ret = nfto_explain(ctx, name, tuple, explanation);
	}
	return ret;
}
