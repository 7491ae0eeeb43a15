/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FAKE_TRANSPORT_H
#define FAKE_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "internal.h"

/*
 * A transport that plays a script in place of the kernel, and keeps what was sent to it.
 *
 * The script is a list of answers. An answer is for the next request of a type, and is made of
 * datagrams of messages, or of failures to receive. A request without an answer in the script stays
 * unanswered. All memory stands in the fake itself, so that a test which lets allocations fail does
 * not hit it.
 */

/* A failure of the n-th call of a kind since the last fake_rewind(); n = 0: of none. */
struct fake_fault {
	unsigned int nth;
	int errnum;
	unsigned int calls;
};

#define FAKE_MOST_RECEIVES 2048

struct fake_opener {
	struct transport_opener base;
	struct fake *fake;
};

/* A clock on which only waiting takes time. */
struct fake_clock {
	struct clock base;
	uint64_t now_ms;
};

/* What stands for a datagram: its bytes, or an errno. */
struct fake_datagram {
	int errnum;
	bool is_late; /* it only comes after a wait */
	size_t offset;
	size_t length;
	size_t first_message;
	size_t message_count;
};

struct fake_answer {
	uint16_t type;
	bool is_used;
	bool is_lasting; /* for all further requests */
	size_t first_datagram;
	size_t datagram_count;
};

struct fake {
	struct fake_opener opener;
	struct fake_clock clock;
	struct fake_fault open;
	struct fake_fault send;
	struct fake_fault receive;
	struct fake_fault wait;
	bool is_slow; /* all datagrams only come after a wait */
	/* Which receives looked for leftovers: those with a request right behind them. */
	bool looked[FAKE_MOST_RECEIVES + 1];
	/* Which receives came behind an error of the same request. */
	bool refused[FAKE_MOST_RECEIVES + 1];
	unsigned int open_count; /* transports that are open now */
	int waited_ms;		 /* the time limit of the last wait */
	int has_sysctl;		 /* what a look for a setting finds: 1, 0, or a negative errno */

	struct fake_answer answers[128];
	size_t answer_count;
	struct fake_datagram datagrams[512];
	size_t datagram_count;
	size_t messages[1024]; /* where they begin, to be numbered when they are sent */
	size_t message_count;
	_Alignas(8) char script[256 * 1024];
	size_t script_length;

	struct {
		int bus; /* of the transport that it was sent on */
		size_t offset;
		size_t length;
	} requests[2048];
	size_t request_count;
	_Alignas(8) char sent[512 * 1024];
	size_t sent_length;
};

struct fake *fake_new(void);

/* The test fails if a transport is still open, or if an answer was never asked for. */
void fake_free(struct fake *fake);

/* A context whose sockets and clock are the fake, and which has no sysctls. */
struct nfto_ctx *fake_ctx(struct fake *fake);

/* A transport by itself. */
struct transport *fake_transport(struct fake *fake);

/* Plays the script from its begin again, with all faults taken away and nothing sent. */
void fake_rewind(struct fake *fake);

/* ---- The script */

/* Begins the answer to the next request whose first message is of this type. */
void fake_answer(struct fake *fake, uint16_t type);

/* The same for each request that no answer is left for. */
void fake_answer_lasting(struct fake *fake, uint16_t type);

/* The next messages are in a datagram of their own. */
void fake_datagram(struct fake *fake);

/* The same, and it only comes when it is waited for. */
void fake_late_datagram(struct fake *fake);

/* The next receive fails. */
void fake_receive_error(struct fake *fake, int errnum);

/* Bytes as they are, in a datagram of their own. */
void fake_raw(struct fake *fake, const void *data, size_t length);

/* A datagram of a recording, where the request's first message had the number 1. */
void fake_recorded(struct fake *fake, const void *data, size_t length);

/*
 * A message, to which the caller adds what it holds. It answers the message of the request with
 * that index; 1 behind the last, and -1, are numbers that nobody has sent; FAKE_ACKED is the one
 * that asks for an acknowledgement. It can be spoilt after it was closed.
 */
#define FAKE_ACKED INT32_MAX
struct nlmsghdr *fake_open(struct fake *fake, uint16_t type, uint16_t flags, int index);
void fake_close(struct fake *fake, struct nlmsghdr *message);

/* Takes bytes off the end of the datagram. */
void fake_cut(struct fake *fake, size_t length);

/* ---- What was sent */

/* How many requests began with a message of this type. */
size_t fake_count_sent(const struct fake *fake, uint16_t type);

/* The messages of a request: a copy, as a list in the order of sending. */
const struct nlmsghdr *fake_sent(const struct fake *fake, size_t request, size_t message);
size_t fake_sent_messages(const struct fake *fake, size_t request);

#endif
