/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_CAPS_H
#define NFTO_FACTS_CAPS_H

#include "internal.h"

#define FEATURE_COUNT (NFTO_FEATURE_NEEDS_WHOLE_PATH + 1)

/* An answer, and a sentence that says how it was found out. */
struct proof {
	enum nfto_answer answer;
	char evidence[OBJECT_SIZE + 160];
};

/* proof.c */
void proof_set(struct proof *proof, enum nfto_answer answer, const char *evidence);

/* The evidence ends with the words for an errno. */
void proof_set_errno(struct proof *proof, enum nfto_answer answer, const char *evidence,
		     int errnum);

struct nfto_caps {
	struct proof features[FEATURE_COUNT];
	struct nfto_device_caps *devices;
	size_t device_count;
	bool has_refusal; /* a driver has refused, and the kernel has said so */
};

/* features.c: what the kernel can do. 0, or a negative errno with ctx->error set. */
int features_read(struct nfto_ctx *ctx, struct proof *features);

/* Only one, which nf_tables answers: the first ones up to "device-changes", "missing-devices" and
 * "wildcards". The same. */
int features_read_one(struct nfto_ctx *ctx, enum nfto_feature feature, struct proof *proof);

/* The same without the evidence. A context asks until it knows, as the kernel stays what it is. */
int features_ask_once(struct nfto_ctx *ctx, enum nfto_feature feature, enum nfto_answer *answer);

/* device_caps.c: what devices can do; count 0: all that may have hardware. The features must have
 * been read. The same. */
int device_caps_read(struct nfto_ctx *ctx, const char *const *names, size_t count,
		     struct nfto_caps *caps);

/* Takes back what a kernel said that calls each refusal a success. Not to be done again and again,
 * see device_trial_is_meaningless(). The same. */
int device_caps_doubt(struct nfto_ctx *ctx, struct nfto_caps *caps);

void device_caps_free(struct nfto_device_caps *devices, size_t count);

/*
 * trial.c: has the kernel check what it is asked to do, and never do it.
 *
 * A trial is a table of ours, what `build` puts into it, and no end of the batch: the kernel does
 * all of it, then takes it back. Nothing remains, neither objects nor a new generation.
 */
#define TRIAL_TABLE "nftoffload-probe"
extern const struct flowtable_ref trial_flowtable;

/* What the kernel said: 0 or an errno, and to which message of what was built, counted from 0, or
 * to the table. */
#define VERDICT_TABLE SIZE_MAX
struct verdict {
	int errnum;
	size_t message;
	char kernel_text[256];
};

struct messages;
struct trial {
	int (*build)(struct messages *batch, const void *data);
	const void *data;
};

/* 0 with a verdict; or a negative errno with ctx->error set if there was none. */
int trial_run(struct nfto_ctx *ctx, const struct trial *trial, struct verdict *verdict);

#endif
