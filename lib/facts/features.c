// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel can do, found out by asking it: versions tell little of kernels that carry
 * patches. Only where nothing can be asked, its release is what is left: see whole_path.c. */
#include <errno.h>
#include <stdio.h>

#include <linux/netfilter.h>

#include "caps.h"
#include "codec/conntrack.h"
#include "codec/conntrack_question.h"
#include "codec/flowtable.h"
#include "codec/hook.h"
#include "objects/objects.h"
#include "whole_path.h"

/* Each network namespace has one. No flow is ever offloaded through it, and in a flowtable without
 * the hardware flag its driver is not asked. */
#define LOOPBACK "lo"
static const struct device_spec loopback = { .text = LOOPBACK };

/* No device can have this name, so none is found by it, now or later (net/core/dev.c,
 * dev_valid_name). */
#define NO_DEVICE "nfto/none"
static const struct device_spec no_device = { .text = NO_DEVICE };
static const struct device_spec no_devices = { .text = NO_DEVICE "*", .is_wildcard = true };

/* Came with 5.14; path discovery, which nothing else shows, came with 5.13. */
#define FLOWTABLE_SYSCTL "net/netfilter/nf_flowtable_tcp_timeout"

NFTO_API const char *nfto_feature_name(enum nfto_feature feature)
{
	switch (feature) {
	case NFTO_FEATURE_FLOWTABLES:
		return "flowtables";
	case NFTO_FEATURE_HARDWARE_FLAG:
		return "hardware-flag";
	case NFTO_FEATURE_COUNTER_FLAG:
		return "counter-flag";
	case NFTO_FEATURE_DEVICE_CHANGES:
		return "device-changes";
	case NFTO_FEATURE_CONNTRACK:
		return "conntrack";
	case NFTO_FEATURE_CONNTRACK_STATUS_FILTER:
		return "conntrack-status-filter";
	case NFTO_FEATURE_MISSING_DEVICES:
		return "missing-devices";
	case NFTO_FEATURE_WILDCARDS:
		return "wildcards";
	case NFTO_FEATURE_HOOK_LISTING:
		return "hook-listing";
	case NFTO_FEATURE_PATH_DISCOVERY:
		return "path-discovery";
	case NFTO_FEATURE_NEEDS_WHOLE_PATH:
		return "needs-whole-path";
	}
	return "unknown";
}

/* ---- Questions to nf_tables: transactions that are checked */

static int build_flowtable(struct messages *batch, uint32_t flags)
{
	return flowtable_build_new(batch, &trial_flowtable, 0, flags);
}

static int build_plain(struct messages *batch, const void *data)
{
	(void)data;
	return build_flowtable(batch, 0);
}

static int build_hardware(struct messages *batch, const void *data)
{
	(void)data;
	return build_flowtable(batch, NFT_FLOWTABLE_HW_OFFLOAD);
}

static int build_counter(struct messages *batch, const void *data)
{
	(void)data;
	return build_flowtable(batch, NFT_FLOWTABLE_COUNTER);
}

/* A device that the same batch has added can't be removed yet: the kernel looks for it, and finds
 * none. */
static int build_device_changes(struct messages *batch, const void *data)
{
	int ret = build_plain(batch, data);

	if (ret == 0)
		ret = flowtable_build_add_device(batch, &trial_flowtable, &loopback);
	if (ret == 0)
		ret = flowtable_build_delete_device(batch, &trial_flowtable, &loopback);
	return ret;
}

static int build_missing_device(struct messages *batch, const void *data)
{
	int ret = build_plain(batch, data);

	return ret == 0 ? flowtable_build_add_device(batch, &trial_flowtable, &no_device) : ret;
}

static int build_wildcard(struct messages *batch, const void *data)
{
	int ret = build_plain(batch, data);

	return ret == 0 ? flowtable_build_add_device(batch, &trial_flowtable, &no_devices) : ret;
}

struct question {
	enum nfto_feature feature;
	int (*build)(struct messages *batch, const void *data);
	size_t last;  /* the message that is the question; those before it must pass */
	int also_yes; /* an errno that shows that the kernel understood, or 0 */
	int no;	      /* the errno of a kernel without the feature; another one is no answer */
	const char *yes;
	const char *refused; /* goes on with the words for the errno */
};

static const struct question questions[] = {
	{ NFTO_FEATURE_FLOWTABLES, build_plain, 0, 0, ENOENT,
	  "a new flowtable passes the kernel's check", "a new flowtable is refused" },
	{ NFTO_FEATURE_HARDWARE_FLAG, build_hardware, 0, 0, EOPNOTSUPP,
	  "a new flowtable with the flag passes the kernel's check",
	  "a new flowtable with the flag is refused" },
	{ NFTO_FEATURE_COUNTER_FLAG, build_counter, 0, 0, EOPNOTSUPP,
	  "a new flowtable with the flag passes the kernel's check",
	  "a new flowtable with the flag is refused" },
	{ NFTO_FEATURE_DEVICE_CHANGES, build_device_changes, 2, ENOENT, EOPNOTSUPP,
	  "a flowtable takes a device, and looks for one to remove",
	  "a change of a flowtable's devices is refused" },
	{ NFTO_FEATURE_MISSING_DEVICES, build_missing_device, 1, 0, ENOENT,
	  "a flowtable takes a device that does not exist",
	  "a device that does not exist is refused" },
	{ NFTO_FEATURE_WILDCARDS, build_wildcard, 1, 0, EINVAL,
	  "a flowtable takes the begin of a device's name",
	  "the begin of a device's name is refused" },
};

#define QUESTION_COUNT (sizeof(questions) / sizeof(questions[0]))

/* A table is refused so if the kernel has none of its family. */
static bool is_no(const struct question *question, const struct verdict *verdict)
{
	if (verdict->message == VERDICT_TABLE)
		return verdict->errnum == EOPNOTSUPP;
	return verdict->message == question->last && verdict->errnum == question->no;
}

static bool is_yes(const struct question *question, const struct verdict *verdict)
{
	return verdict->errnum == 0 ||
	       (verdict->message == question->last && verdict->errnum == question->also_yes);
}

static void judge(const struct question *question, const struct verdict *verdict,
		  struct proof *proof)
{
	if (is_yes(question, verdict))
		proof_set(proof, NFTO_YES, question->yes);
	else
		proof_set_errno(proof, is_no(question, verdict) ? NFTO_NO : NFTO_UNKNOWN,
				question->refused, verdict->errnum);
}

static int ask_nf_tables(struct nfto_ctx *ctx, const struct question *question, struct proof *proof)
{
	struct trial trial = { .build = question->build };
	struct verdict verdict;
	int ret = trial_run(ctx, &trial, &verdict);

	if (ret == 0)
		judge(question, &verdict, proof);
	return ret;
}

static void depend(struct proof *proof, const struct proof *on, const char *evidence)
{
	proof_set(proof, on->answer, evidence);
}

static int ask_questions(struct nfto_ctx *ctx, struct proof *features)
{
	const struct proof *flowtables = &features[NFTO_FEATURE_FLOWTABLES];
	int ret = ask_nf_tables(ctx, &questions[0], &features[NFTO_FEATURE_FLOWTABLES]);

	for (size_t i = 1; i < QUESTION_COUNT && ret == 0; i++) {
		struct proof *proof = &features[questions[i].feature];

		if (flowtables->answer == NFTO_YES)
			ret = ask_nf_tables(ctx, &questions[i], proof);
		else
			depend(proof, flowtables, "not asked: it is a part of flowtables");
	}
	return ret;
}

static const struct question *find_question(enum nfto_feature feature)
{
	size_t i = 0;

	while (questions[i].feature != feature)
		i++;
	return &questions[i];
}

int features_read_one(struct nfto_ctx *ctx, enum nfto_feature feature, struct proof *proof)
{
	struct table_info table;
	int ret = table_read(ctx, NFPROTO_INET, TRIAL_TABLE, &table);

	if (ret == 0)
		return ask_nf_tables(ctx, find_question(feature), proof);
	if (ret == 1)
		proof_set(proof, NFTO_UNKNOWN, "there is a table inet " TRIAL_TABLE);
	return ret < 0 ? ret : 0;
}

int features_ask_once(struct nfto_ctx *ctx, enum nfto_feature feature, enum nfto_answer *answer)
{
	struct proof proof = { .answer = ctx->features[feature] };
	int ret = 0;

	if (proof.answer == NFTO_UNKNOWN)
		ret = features_read_one(ctx, feature, &proof);
	*answer = ctx->features[feature] = proof.answer;
	return ret;
}

static void set_no_nf_tables(struct proof *features)
{
	for (size_t i = 0; i < QUESTION_COUNT; i++)
		proof_set(&features[questions[i].feature], NFTO_NO, "the kernel has no nf_tables");
}

/* A table of that name could have a flowtable in it which falsifies the answers. */
static int read_flowtable_features(struct nfto_ctx *ctx, struct proof *features)
{
	struct table_info table;
	int ret = table_read(ctx, NFPROTO_INET, TRIAL_TABLE, &table);

	if (ret == 0)
		return ask_questions(ctx, features);
	if (ret == 1)
		return error_set_object(&ctx->error, NFTO_ERROR_EXISTS, EEXIST,
					"table inet " TRIAL_TABLE);
	if (ret != -EOPNOTSUPP)
		return ret;
	error_clear(&ctx->error);
	set_no_nf_tables(features);
	return 0;
}

/* ---- Questions to other parts of netfilter */

/* Sends a request, and takes the answer as a whole: 0 with what the kernel said, 0 or an errno; or
 * a negative errno with ctx->error set if it said nothing. */
static int ask(struct nfto_ctx *ctx, struct messages *request, int built, const char *object,
	       int *errnum)
{
	const struct nlmsghdr *message;
	int ret = built;

	if (ret == 0)
		ret = channel_send(&ctx->nft, request);
	if (ret == 0) {
		do {
			ret = channel_next(&ctx->nft, &message);
		} while (ret > 0);
	}
	messages_free(request);
	/* What changed under the read was an answer all the same. */
	*errnum = ret == -EINTR ? 0 : -ret;
	if (*errnum == 0 || (built == 0 && ctx->nft.error.errnum == *errnum))
		return 0;
	return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
}

/* EINVAL is what nfnetlink answers for a subsystem that it does not have. */
static int read_conntrack(struct nfto_ctx *ctx, struct proof *proof)
{
	struct messages request = { 0 };
	int errnum, ret;

	ret = ask(ctx, &request, conntrack_build_total_get(&request), "conntrack", &errnum);
	if (ret < 0)
		return ret;
	if (errnum == 0)
		proof_set(proof, NFTO_YES, "the kernel tells how many connections there are");
	else
		proof_set_errno(proof, errnum == EINVAL ? NFTO_NO : NFTO_UNKNOWN,
				errnum == EINVAL ? "there is no nf_conntrack_netlink" :
						   "the number of connections is refused",
				errnum);
	return 0;
}

static int read_status_filter(struct nfto_ctx *ctx, const struct proof *conntrack,
			      struct proof *proof)
{
	struct messages request = { 0 };
	int errnum, ret;

	if (conntrack->answer != NFTO_YES) {
		depend(proof, conntrack, "not asked: it is a part of conntrack over netlink");
		return 0;
	}
	ret = ask(ctx, &request, conntrack_build_wrong_filter(&request), "conntrack", &errnum);
	if (ret < 0)
		return ret;
	if (errnum == EINVAL)
		proof_set(proof, NFTO_YES, "a filter that can't be is noticed and refused");
	else if (errnum == 0)
		proof_set(proof, NFTO_NO, "a filter that can't be is not noticed");
	else
		proof_set_errno(proof, NFTO_UNKNOWN, "a filter that can't be is refused", errnum);
	return 0;
}

static enum nfto_answer answer_of_hook_listing(int errnum)
{
	switch (errnum) {
	case EINVAL:	      /* no nfnetlink_hook */
	case EOPNOTSUPP:      /* no ingress hooks ... */
	case EPROTONOSUPPORT: /* ... or none of devices at all */
		return NFTO_NO;
	default:
		return NFTO_UNKNOWN;
	}
}

static int read_hook_listing(struct nfto_ctx *ctx, struct proof *proof)
{
	struct messages request = { 0 };
	int errnum, ret;

	ret = ask(ctx, &request, hook_build_dump(&request, LOOPBACK), "the list of hooks", &errnum);
	if (ret < 0)
		return ret;
	if (errnum == 0)
		proof_set(proof, NFTO_YES, "the kernel lists the hooks of " LOOPBACK);
	else
		proof_set_errno(proof, answer_of_hook_listing(errnum),
				errnum == EINVAL ? "there is no nfnetlink_hook" :
						   "the list of the hooks of " LOOPBACK
						   " is refused",
				errnum);
	return 0;
}

/* The setting needs nf_conntrack to be loaded, too, so its absence proves nothing. */
static int read_path_discovery(struct nfto_ctx *ctx, const struct proof *flowtables,
			       struct proof *proof)
{
	int found;

	if (flowtables->answer == NFTO_NO) {
		depend(proof, flowtables, "it is a part of flowtables");
		return 0;
	}
	found = ctx->opener->find_sysctl(ctx->opener, ctx->netns_fd, FLOWTABLE_SYSCTL);
	if (found < 0)
		return error_set_request(&ctx->error, &ctx->nft.error, found, FLOWTABLE_SYSCTL);
	if (found)
		proof_set(proof, NFTO_YES,
			  "there is net.netfilter.nf_flowtable_tcp_timeout, which came later");
	else
		proof_set(proof, NFTO_UNKNOWN,
			  "there is no net.netfilter.nf_flowtable_tcp_timeout");
	return 0;
}

static void read_whole_path(const struct nfto_ctx *ctx, const struct proof *flowtables,
			    struct proof *proof)
{
	if (flowtables->answer == NFTO_NO)
		depend(proof, flowtables, "it is a part of flowtables");
	else
		whole_path_read(ctx, proof);
}

int features_read(struct nfto_ctx *ctx, struct proof *features)
{
	int ret = read_flowtable_features(ctx, features);

	if (ret == 0)
		ret = read_conntrack(ctx, &features[NFTO_FEATURE_CONNTRACK]);
	if (ret == 0)
		ret = read_status_filter(ctx, &features[NFTO_FEATURE_CONNTRACK],
					 &features[NFTO_FEATURE_CONNTRACK_STATUS_FILTER]);
	if (ret == 0)
		ret = read_hook_listing(ctx, &features[NFTO_FEATURE_HOOK_LISTING]);
	if (ret == 0)
		ret = read_path_discovery(ctx, &features[NFTO_FEATURE_FLOWTABLES],
					  &features[NFTO_FEATURE_PATH_DISCOVERY]);
	if (ret == 0)
		read_whole_path(ctx, &features[NFTO_FEATURE_FLOWTABLES],
				&features[NFTO_FEATURE_NEEDS_WHOLE_PATH]);
	return ret;
}
