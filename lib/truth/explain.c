// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a connection is not offloaded. */
#include <errno.h>
#include <stdlib.h>

#include "replay.h"

struct nfto_explanation {
	bool exists;
	enum nfto_flow_state state;
	struct software_flow flow; /* of this state only */
	enum nfto_verdict verdict;
	struct findings findings;
};

NFTO_API const char *nfto_verdict_name(enum nfto_verdict verdict)
{
	switch (verdict) {
	case NFTO_VERDICT_HARDWARE:
		return "hardware";
	case NFTO_VERDICT_SOFTWARE:
		return "software";
	case NFTO_VERDICT_PRETENDS:
		return "pretends";
	case NFTO_VERDICT_NOT_OFFLOADED:
		return "not-offloaded";
	case NFTO_VERDICT_WOULD_BE_OFFLOADED:
		return "would-be-offloaded";
	case NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED:
		return "would-not-be-offloaded";
	}
	return "unknown";
}

/* The findings go over into the explanation. */
static int conclude(struct inquiry *inquiry, struct nfto_explanation **out)
{
	struct nfto_explanation *explanation = calloc(1, sizeof(*explanation));
	int ret;

	if (!explanation)
		return error_set_object(&inquiry->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	ret = replay(inquiry, &explanation->verdict);
	if (ret < 0) {
		free(explanation);
		return ret;
	}
	explanation->exists = inquiry->exists;
	explanation->state = inquiry->state;
	explanation->flow = software_flow_of(&inquiry->connection.info);
	explanation->findings = inquiry->findings;
	inquiry->findings = (struct findings){ 0 };
	*out = explanation;
	return 0;
}

static int check_tuple(struct nfto_ctx *ctx, const struct nfto_tuple *tuple)
{
	struct error_details details = { .object = "the connection" };

	if (tuple->source.family == 0 || tuple->destination.family == 0)
		details.sentence = "an address is missing";
	else if (tuple->source.family != tuple->destination.family)
		details.sentence = "one address is of IPv4, the other of IPv6";
	else
		return 0;
	return error_set(&ctx->error, NFTO_ERROR_INVALID, EINVAL, &details);
}

NFTO_API int nfto_explain_again(struct nfto_ctx *ctx, const char *name,
				const struct nfto_tuple *tuple,
				const struct nfto_explanation *before,
				struct nfto_explanation **explanation)
{
	struct inquiry inquiry;
	int ret;

	error_clear(&ctx->error);
	ret = check_tuple(ctx, tuple);
	if (ret < 0)
		return ret;
	ret = inquiry_open(ctx, name, tuple, &inquiry);
	if (before && before->state == NFTO_FLOW_SOFTWARE)
		inquiry.before = &before->flow;
	if (ret == 0)
		ret = conclude(&inquiry, explanation);
	inquiry_close(&inquiry);
	return ret;
}

NFTO_API int nfto_explain(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
			  struct nfto_explanation **explanation)
{
	return nfto_explain_again(ctx, name, tuple, NULL, explanation);
}

NFTO_API int nfto_explain_leak(struct nfto_ctx *ctx, const char *name, const struct nfto_leak *leak,
			       struct nfto_explanation **explanation)
{
	struct inquiry inquiry;
	int ret;

	error_clear(&ctx->error);
	ret = inquiry_open_leak(ctx, name, &leak->info, &inquiry);
	if (ret == 0)
		ret = conclude(&inquiry, explanation);
	inquiry_close(&inquiry);
	return ret;
}

NFTO_API void nfto_explanation_free(struct nfto_explanation *explanation)
{
	if (!explanation)
		return;
	findings_clear(&explanation->findings);
	free(explanation);
}

NFTO_API bool nfto_explanation_exists(const struct nfto_explanation *explanation)
{
	return explanation->exists;
}

NFTO_API enum nfto_flow_state nfto_explanation_flow_state(
	const struct nfto_explanation *explanation)
{
	return explanation->state;
}

NFTO_API enum nfto_verdict nfto_explanation_verdict(const struct nfto_explanation *explanation)
{
	return explanation->verdict;
}

NFTO_API size_t nfto_explanation_count(const struct nfto_explanation *explanation)
{
	return explanation->findings.count;
}

NFTO_API const struct nfto_finding *nfto_explanation_get(const struct nfto_explanation *explanation,
							 size_t index)
{
	return index < explanation->findings.count ? &explanation->findings.items[index] : NULL;
}
