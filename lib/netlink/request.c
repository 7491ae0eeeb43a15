// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sequence numbers, acknowledgements, dumps, errors. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "attr.h"
#include "request.h"

/* The kernel makes replies of at most 32 KiB (netlink_dump() in net/netlink/af_netlink.c), and
 * takes the size of this buffer as permission to do so. */
#define BUFFER_SIZE (32 * 1024)

/* The kernel answers inside of sendmsg(2); the time is for a machine that swaps. */
#define ANSWER_TIMEOUT_MS 10000

/* How often a dump is done that the kernel marks as interrupted. */
#define DUMP_ATTEMPTS 4

/* Largest errno that the kernel returns (MAX_ERRNO in include/linux/err.h). */
#define MAX_ERRNO 4095

int channel_init(struct channel *channel, struct transport *transport)
{
	memset(channel, 0, sizeof(*channel));
	channel->finished = true;
	channel->transport = transport;
	channel->buffer = malloc(BUFFER_SIZE);
	if (!channel->buffer) {
		transport->close(transport);
		return -ENOMEM;
	}
	return 0;
}

void channel_close(struct channel *channel)
{
	if (!channel->buffer)
		return;
	channel->transport->close(channel->transport);
	free(channel->buffer);
	channel->buffer = NULL;
}

/* What a former request left unread belongs to nobody. It can be a lost reply as well: its ENOBUFS
 * must not be taken for ours. */
static void drop_leftovers(struct channel *channel)
{
	ssize_t length;

	do {
		length = channel->transport->receive(channel->transport, channel->buffer,
						     BUFFER_SIZE);
	} while (length >= 0 || length == -ENOBUFS || length == -EMSGSIZE);
}

static void begin(struct channel *channel)
{
	if (!channel->is_clean)
		drop_leftovers(channel);
	channel->is_clean = false;
	memset(&channel->error, 0, sizeof(channel->error));
	channel->left = 0;
	channel->finished = false;
	channel->interrupted = false;
	channel->first_seq = channel->seq + 1;
}

static void number_messages(struct channel *channel, const struct messages *messages)
{
	for (size_t i = 0; i < messages->count; i++)
		messages_get(messages, i)->nlmsg_seq = ++channel->seq;
}

int channel_send(struct channel *channel, const struct messages *request)
{
	begin(channel);
	number_messages(channel, request);
	channel->wants_ack =
		request->count != 1 || messages_get(request, 0)->nlmsg_flags & NLM_F_ACK;
	return channel->transport->send(channel->transport, request->data, request->length);
}

static int receive_datagram(struct channel *channel)
{
	ssize_t length;

	length = channel->transport->receive(channel->transport, channel->buffer, BUFFER_SIZE);
	if (length < 0)
		return (int)length;
	channel->next = (const struct nlmsghdr *)channel->buffer;
	channel->left = (int)length;
	return 0;
}

static int await_datagram(struct channel *channel)
{
	int ret;

	while ((ret = receive_datagram(channel)) == -EAGAIN) {
		ret = channel->transport->wait(channel->transport, ANSWER_TIMEOUT_MS);
		if (ret < 0)
			return ret;
	}
	return ret;
}

/* Not mnl_nlmsg_ok(): up to libmnl 1.0.4 it takes a length of 2 GiB and more for a negative one. */
static bool is_whole(const struct nlmsghdr *message, size_t left)
{
	return left >= sizeof(*message) && message->nlmsg_len >= sizeof(*message) &&
	       message->nlmsg_len <= left;
}

/* The next message, whatever it is. Without `wait`, -EAGAIN if none is there. */
static int next_message(struct channel *channel, bool wait, const struct nlmsghdr **message)
{
	size_t step;
	int ret;

	while (channel->left == 0) {
		ret = wait ? await_datagram(channel) : receive_datagram(channel);
		if (ret < 0)
			return ret;
	}
	if (!is_whole(channel->next, (size_t)channel->left))
		return -EBADMSG;
	*message = channel->next;
	/* The last message may come without its padding. */
	step = MNL_ALIGN(channel->next->nlmsg_len);
	if (step > (size_t)channel->left)
		step = (size_t)channel->left;
	channel->next = (const struct nlmsghdr *)((const char *)channel->next + step);
	channel->left -= (int)step;
	return 0;
}

static bool is_ours(const struct channel *channel, const struct nlmsghdr *message)
{
	return message->nlmsg_seq - channel->first_seq <= channel->seq - channel->first_seq;
}

/* The kernel's words, which stand in attributes behind `header` bytes of the message. */
static void read_extended_ack(const struct nlmsghdr *message, size_t header,
			      struct reply_error *error)
{
	const struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1];

	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    attr_parse(message, header, attrs, NLMSGERR_ATTR_MAX) < 0)
		return;
	if (attr_string(attrs[NLMSGERR_ATTR_MSG], error->text, sizeof(error->text)) < 0)
		error->text[0] = '\0';
	if (attr_bytes(attrs[NLMSGERR_ATTR_OFFS], &error->offset, sizeof(error->offset)) == 0)
		error->has_offset = true;
}

/* Both NLMSG_ERROR and NLMSG_DONE begin with the result; an error goes on with (a part of) the
 * request, a done does not. Returns the result, or -EBADMSG. */
static int read_result(const struct nlmsghdr *message, struct reply_error *error)
{
	size_t payload = mnl_nlmsg_get_payload_len(message), header = sizeof(int);
	const struct nlmsgerr *reply = mnl_nlmsg_get_payload(message);
	int result;

	memset(error, 0, sizeof(*error));
	if (payload < header)
		return -EBADMSG;
	memcpy(&result, reply, sizeof(result));
	if (result > 0 || result < -MAX_ERRNO)
		return -EBADMSG;
	error->errnum = -result;

	if (message->nlmsg_type == NLMSG_ERROR) {
		header = sizeof(*reply);
		if (payload < header)
			return -EBADMSG;
		if (!(message->nlmsg_flags & NLM_F_CAPPED))
			header += reply->msg.nlmsg_len - NLMSG_HDRLEN;
	}
	if (header <= payload)
		read_extended_ack(message, header, error);
	return result;
}

/* Nothing more comes: the next request need not look for what is left of this one. */
static void finish_cleanly(struct channel *channel)
{
	channel->finished = true;
	channel->is_clean = channel->left == 0;
}

static int finish(struct channel *channel, int result)
{
	channel->finished = true;
	return result;
}

int channel_next(struct channel *channel, const struct nlmsghdr **message)
{
	const struct nlmsghdr *next;
	int ret;

	if (channel->finished)
		return 0;
	for (;;) {
		ret = next_message(channel, true, &next);
		if (ret < 0)
			return finish(channel, ret);
		if (!is_ours(channel, next))
			continue;
		if (next->nlmsg_flags & NLM_F_DUMP_INTR)
			channel->interrupted = true;

		switch (next->nlmsg_type) {
		case NLMSG_NOOP:
			break;
		case NLMSG_OVERRUN:
			return finish(channel, -ENOBUFS);
		case NLMSG_ERROR:
		case NLMSG_DONE:
			finish_cleanly(channel);
			ret = read_result(next, &channel->error);
			return ret == 0 && channel->interrupted ? -EINTR : ret;
		default:
			*message = next;
			/* Not a part of a dump: the only message of the answer. */
			if (!(next->nlmsg_flags & NLM_F_MULTI)) {
				finish_cleanly(channel);
				channel->is_clean &= !channel->wants_ack;
			}
			return 1;
		}
	}
}

int channel_get(struct channel *channel, struct messages *request, int built,
		const struct nlmsghdr **message)
{
	int ret = built;

	if (ret == 0)
		ret = channel_send(channel, request);
	if (ret == 0)
		ret = channel_next(channel, message);
	messages_free(request);
	return ret;
}

static int dump_once(struct channel *channel, const struct dump *dump)
{
	const struct nlmsghdr *message;
	int ret;

	dump->restart(dump->data);
	ret = channel_send(channel, &dump->request);
	while (ret == 0) {
		ret = channel_next(channel, &message);
		if (ret <= 0)
			return ret;
		ret = dump->take(message, dump->data);
	}
	return ret;
}

int channel_dump(struct channel *channel, const struct dump *dump)
{
	int ret;

	for (int attempt = 1;; attempt++) {
		ret = dump_once(channel, dump);
		if (ret != -EINTR || attempt == DUMP_ATTEMPTS)
			return ret;
	}
}

/* An acknowledgement of each would take longer than all else. So there is one of the last, and the
 * kernel answers in the order of the messages. */
static int collect_results(struct channel *channel, int *results)
{
	const struct nlmsghdr *message;
	struct reply_error error;
	int ret;

	do {
		ret = next_message(channel, true, &message);
		if (ret < 0)
			return ret;
		if (!is_ours(channel, message) || message->nlmsg_type != NLMSG_ERROR)
			continue;
		ret = read_result(message, &error);
		/* Not an answer of the kernel. */
		if (error.errnum != -ret)
			return ret;
		results[message->nlmsg_seq - channel->first_seq] = ret;
		if (ret < 0)
			channel->error = error;
		/* Of all of them, and the only answer (nfnetlink_rcv()). */
		if (ret == -EPERM && message->nlmsg_seq == channel->first_seq)
			return ret;
	} while (message->nlmsg_seq != channel->seq);
	return 0;
}

int channel_all(struct channel *channel, struct messages *requests, int *results)
{
	struct nlmsghdr *last = messages_get(requests, requests->count - 1);
	int ret;

	last->nlmsg_flags |= NLM_F_ACK;
	memset(results, 0, requests->count * sizeof(*results));
	ret = channel_send(channel, requests);
	last->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	return finish(channel, ret < 0 ? ret : collect_results(channel, results));
}

/* Keeps the error of the first message that failed: those of later ones may follow from it. */
static void note_failure(struct channel *channel, const struct nlmsghdr *message,
			 const struct reply_error *error, size_t *failed)
{
	size_t index = message->nlmsg_seq - channel->first_seq;

	if (channel->error.errnum != 0 && index > *failed)
		return;
	channel->error = *error;
	*failed = index;
}

/*
 * The kernel answers each message that fails, and the last one, which asks for an acknowledgement. An
 * error of the batch as a whole (no permission, another generation) is addressed to its begin, and is
 * the only answer. So is that it ran out of memory, wherever it did so; but that is addressed to the
 * message behind the begin, as is a failure to commit (nfnetlink_rcv_batch() in
 * net/netfilter/nfnetlink.c). What is there beside these is read too, so that no error is missed
 * whatever the order.
 */
static int collect_answers(struct channel *channel, uint32_t last_seq, size_t *failed)
{
	const struct nlmsghdr *message;
	struct reply_error error;
	bool is_complete = false;
	int ret;

	for (;;) {
		ret = next_message(channel, !is_complete, &message);
		if (ret == -EAGAIN)
			return -channel->error.errnum;
		if (ret < 0)
			return ret;
		if (!is_ours(channel, message) || message->nlmsg_type != NLMSG_ERROR)
			continue;
		ret = read_result(message, &error);
		if (ret == -EBADMSG && error.errnum != EBADMSG)
			return ret;
		if (ret < 0)
			note_failure(channel, message, &error, failed);
		if (message->nlmsg_seq == last_seq || ret == -ENOMEM ||
		    (ret < 0 && message->nlmsg_seq == channel->first_seq))
			is_complete = true;
	}
}

static int close_batch(struct messages *batch)
{
	struct nlmsghdr *end =
		messages_open(batch, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);

	if (!end)
		return -ENOMEM;
	messages_close(batch, end);
	return 0;
}

int channel_batch(struct channel *channel, struct messages *batch, bool commit, size_t *failed)
{
	size_t length = batch->length, last = batch->count - 1;
	int ret;

	if (commit) {
		ret = close_batch(batch);
		if (ret < 0)
			return ret;
	}

	/* Only the last is acknowledged: one reply each would overrun the socket on a long
	 * batch. */
	messages_get(batch, last)->nlmsg_flags |= NLM_F_ACK;
	begin(channel);
	number_messages(channel, batch);
	ret = channel->transport->send(channel->transport, batch->data, batch->length);

	messages_get(batch, last)->nlmsg_flags &= ~NLM_F_ACK;
	if (commit)
		messages_truncate(batch, length);
	if (ret == 0)
		ret = collect_answers(channel, channel->first_seq + (uint32_t)last, failed);
	channel->finished = true;
	return ret;
}
