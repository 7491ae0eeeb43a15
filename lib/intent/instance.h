/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_INSTANCE_H
#define NFTO_INSTANCE_H

#include "objects/objects.h"

/*
 * An instance is a table of our own. All that we know of it is in the kernel: the comment of the
 * table says that it is ours, the comment of the offload rule which mode and which threshold were
 * asked for, and the set "wanted" which interfaces and devices. Comments, as they live through a
 * save and a restore of the rule set by nft(8).
 */
#define INSTANCE_COMMENT "managed by nftoffload"
#define INSTANCE_FLOWTABLE "ft"
#define INSTANCE_CHAIN "forward"
/* After the firewall, whose chain is at 0. */
#define INSTANCE_FORWARD_PRIORITY 10

struct instance {
	bool exists;			  /* the table is there, and ours */
	bool is_whole;			  /* and so are all of its parts */
	uint32_t generation;		  /* of the rule set, when the reading began */
	enum nfto_mode requested;	  /* NFTO_MODE_NONE if nobody can tell */
	uint64_t min_packets;		  /* the threshold that was asked for */
	char comment[COMMENT_LENGTH + 1]; /* of the offload rule */
	uint64_t table_handle;
	bool is_dormant;       /* the table: nothing in it is hooked, but the flowtable */
	bool has_rules;	       /* all of them */
	uint64_t offload_rule; /* its handle, 0 if it is not there */
	uint64_t leak_rule;    /* the same for the one that counts leaks */
	bool has_chain;
	struct chain_info chain; /* the forward chain */
	bool has_wanted;
	struct wanted wanted;
	struct nfto_flowtables flowtables;
	const struct flowtable_info *flowtable; /* ours among them, or NULL */
	struct counter_info inserted;
	struct counter_info leaked;
	bool is_drained; /* or on the way there: its note stands in place of the rules */
};

/* Is the table there, and ours: 1, or 0 if it is not there. One of that name which is not ours is
 * the error NFTO_ERROR_FOREIGN_TABLE. */
int instance_find(struct nfto_ctx *ctx, const char *name);

/* Reads an instance; free with instance_clear(). Errors as those of instance_find(). */
int instance_read(struct nfto_ctx *ctx, const char *name, struct instance *instance);
void instance_clear(struct instance *instance);

/* Where flows go: hardware, software, or none if a part is missing. */
enum nfto_mode instance_effective(const struct instance *instance);

/* What the flowtable is for, which must be there. */
enum nfto_mode instance_mode(const struct instance *instance);

/* Each sets an error that is about the table of an instance, or about its flowtable, and returns
 * -errnum. Sentence NULL: that of the code. */
int instance_refuse(struct nfto_ctx *ctx, enum nfto_error_code code, int errnum, const char *name,
		    const char *sentence);
int instance_refuse_flowtable(struct nfto_ctx *ctx, enum nfto_error_code code, int errnum,
			      const char *name, const char *sentence);

/* spec_read.c: what the instance of a name was asked for, as far as it tells: 0 or -ENOMEM. */
int instance_spec(const struct instance *instance, const char *name, struct nfto_spec **spec);

/* 0, or NFTO_ERROR_INVALID if this can't be the name of one. */
int instance_check_name(struct nfto_ctx *ctx, const char *name);

/* The comment of the offload rule for a mode and a threshold. */
void instance_write_comment(char *comment, size_t size, enum nfto_mode mode, uint64_t min_packets);

/* The comment of the rule that stands in place of all when an instance was drained: it says what it
 * had been asked for. */
void instance_write_note(char *comment, size_t size, const struct instance *instance);

/* Puts operations about an instance into a transaction: 0, or a negative errno that is told in the
 * context. */
typedef int instance_batch(struct nfto_txn *txn, const char *name, const struct instance *instance);

/*
 * Commits a batch that was decided on when the instance was as it was read: also if something else was
 * changed in the rule set since then, but not to an instance that somebody has applied anew, which is
 * NFTO_ERROR_INTERRUPTED, -EAGAIN. 0, or that, or another negative errno that is told in the context.
 */
int instance_commit(struct nfto_ctx *ctx, const char *name, const struct instance *decided,
		    instance_batch *put);

/* Refuses to go on, as somebody has applied it anew meanwhile. */
int instance_refuse_overtaken(struct nfto_ctx *ctx, const char *name);

/* Is anything of it in hardware, or may be? */
bool instance_has_hardware(const struct instance *instance);

#endif
