/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_INTERNAL_H
#define NFTO_INTERNAL_H

/* What the objects of the library share: contexts and errors. */

#include <net/if.h>

#include "clock.h"
#include "netlink/request.h"
#include "nftoffload.h"

#define NFTO_API __attribute__((visibility("default")))

/* Room for "flowtable inet TABLE FLOWTABLE" with the longest names. */
#define OBJECT_SIZE 640

/* All of it in place, so that running out of memory can be reported like anything else. */
struct nfto_error {
	enum nfto_error_code code;
	int errnum;
	char object[OBJECT_SIZE];
	char device[64];
	char kernel_text[256];
	char message[OBJECT_SIZE + 1024];
};

struct nfto_ctx {
	struct channel nft;   /* requests to nf_tables and conntrack */
	struct channel route; /* to rtnetlink, once there was one: see ctx_route() */
	bool primed;	      /* see ctx_nft_dump() */
	int netns_fd;	      /* -1 where /proc is not mounted */
	struct nfto_error error;

	/* What is known of them: see features_ask_once() and whole_path_ask_once(). */
	enum nfto_answer features[NFTO_FEATURE_NEEDS_WHOLE_PATH + 1];

	/* Tests have others. */
	const struct transport_opener *opener;
	const struct clock *clock;
	const char *sysctl_path;  /* where net.netfilter is */
	const char *debugfs_path; /* where drivers show their tables */
	const char *proc_path;	  /* where /proc is */
	const char *modules_path; /* where /sys/module is */
};

/* error.c: what an error is about. Unknown parts are NULL. */
struct error_details {
	const char *object;
	const char *device;
	const char *kernel_text;
	const char *sentence; /* in place of the one that stands for the code */
};

/* Each fills the error and returns -errnum, so that callers can return it. */
int error_set(struct nfto_error *error, enum nfto_error_code code, int errnum,
	      const struct error_details *details);
int error_set_object(struct nfto_error *error, enum nfto_error_code code, int errnum,
		     const char *object);
void error_clear(struct nfto_error *error);

/* For failures of a request that no object explains: by the (negative) result alone. */
int error_set_request(struct nfto_error *error, const struct reply_error *reply, int result,
		      const char *object);

/* The same for requests to conntrack. */
int error_set_conntrack(struct nfto_error *error, const struct reply_error *reply, int result);

/* ctx.c */
int ctx_new(int netns_fd, const struct transport_opener *opener, struct nfto_ctx **ctx);

/* Opens a socket to a bus (NETLINK_NETFILTER, NETLINK_ROUTE...) in the namespace of the context. */
int ctx_open_channel(const struct nfto_ctx *ctx, int bus, struct channel *channel);

/* The socket for rtnetlink, opened when it is first asked for. 0 or a negative errno. */
int ctx_route(struct nfto_ctx *ctx, struct channel **channel);

/* The generation of the rule set: it grows with each change that anybody makes. 0 or a negative
 * errno. */
int ctx_nft_generation(struct nfto_ctx *ctx, uint32_t *generation);

/* Does a dump of objects of nf_tables. 0 or a negative errno; the kernel's error is in
 * ctx->nft.error. */
int ctx_nft_dump(struct nfto_ctx *ctx, const struct dump *dump);

/* printable.c: copies what can be shown on a terminal, as much of it as fits; other bytes become
 * \xNN. */
void printable(char *out, size_t size, const char *text);

/* name.c: NULL if it can be a name, else a sentence that says why not. */
const char *name_fault_object(const char *name);
const char *name_fault_device(const char *name);
const char *name_fault_instance(const char *name);

/* Writes a name with \xNN for each byte that is no printable ASCII, and for the backslash. A
 * device's name fits into ESCAPED_NAME_SIZE. */
#define ESCAPED_NAME_SIZE (4 * IFNAMSIZ)
void name_escape(const char *name, char *escaped, size_t size);

#endif
