/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_REQUEST_H
#define NFTO_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "messages.h"
#include "transport.h"

struct nlmsghdr;

/* What the kernel said about a request that failed. */
struct reply_error {
	int errnum;	 /* positive errno */
	bool has_offset; /* the kernel pointed at an attribute of the request ... */
	uint32_t offset; /* ... at this distance from the request's header */
	char text[256];	 /* the kernel's words, or "" */
};

/* A socket on which one request is under way at a time. Knows netlink, but no nf_tables. */
struct channel {
	struct transport *transport;
	uint32_t seq;		     /* of the last message that was sent */
	uint32_t first_seq;	     /* of the first message of the request under way */
	char *buffer;		     /* one datagram */
	const struct nlmsghdr *next; /* the next message in it ... */
	int left;		     /* ... and how many bytes are left */
	bool finished;		     /* the request has been answered completely */
	bool wants_ack;		     /* an acknowledgement comes behind its answer */
	bool is_clean;		     /* nothing of the last request is left to come */
	bool interrupted;	     /* the dump is inconsistent */
	struct reply_error error;
};

/* Takes the transport over, also when it fails. */
int channel_init(struct channel *channel, struct transport *transport);
void channel_close(struct channel *channel);

/* Sends one request, a dump or a single one, and drops what is left of the one before. */
int channel_send(struct channel *channel, const struct messages *request);

/*
 * The next message of the answer. Returns 1 with a message that is valid until the next call, 0 at
 * the end of the answer, or a negative errno:
 *   -EINTR      the dump was inconsistent: repeat it
 *   -ENOBUFS    the kernel dropped a part of the answer
 *   -EBADMSG, -EMSGSIZE  the datagram is no valid netlink
 *   -ETIMEDOUT  no answer
 *   or what the kernel answered, with channel->error filled
 */
int channel_next(struct channel *channel, const struct nlmsghdr **message);

/*
 * Sends a request, whose building has returned `built`, and frees it; then gives the first message of
 * the answer. As channel_next(), or `built` if that is an error.
 */
int channel_get(struct channel *channel, struct messages *request, int built,
		const struct nlmsghdr **message);

/* A dump, and where it goes. */
struct dump {
	struct messages request;
	/* Forgets what was taken: the dump begins, perhaps again. */
	void (*restart)(void *data);
	/* One message: 0 or a negative errno, which ends the dump. */
	int (*take)(const struct nlmsghdr *message, void *data);
	void *data;
};

/* Does a dump, and repeats it a few times if it was inconsistent: 0, or a negative errno as that of
 * channel_next(). */
int channel_dump(struct channel *channel, const struct dump *dump);

/*
 * Sends messages that stand for themselves, at least one; those that the kernel refuses must be few
 * enough for its answers to fit into the socket. results[i] gets what message i came to: 0, or a
 * negative errno, the last of which is in channel->error, too. Returns 0, or a negative errno if
 * that is not known.
 */
int channel_all(struct channel *channel, struct messages *requests, int *results);

/*
 * Sends a batch, whose first message is its begin. Without `commit` it is sent without its end: the
 * kernel does all the work and then takes it back. Returns 0, or a negative errno; if the kernel
 * refused, channel->error has the first failure, and *failed the index of its message (0 is the
 * begin of the batch, which stands for the whole).
 */
int channel_batch(struct channel *channel, struct messages *batch, bool commit, size_t *failed);

#endif
