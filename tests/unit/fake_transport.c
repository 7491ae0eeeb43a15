// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "fake_transport.h"
#include "unit.h"

struct fake_transport {
	struct transport base;
	struct fake *fake;
	int bus;
	bool has_waited;
	unsigned int vain_receive; /* the last call, if it was a receive that brought nothing */
	bool is_refused;	   /* an error was received since the last request */

	/* What was answered and not yet received. A request does not take away what is left of the
	 * one before it. */
	struct {
		const struct fake_datagram *datagram;
		uint32_t first_seq; /* of the request */
		uint32_t acked_seq; /* of its message that asks for an acknowledgement */
	} queue[64];
	size_t queued;
	size_t received;
};

static struct fake_transport *to_fake(struct transport *base)
{
	return (struct fake_transport *)base;
}

/* The errno if it is this call's turn to fail. */
static int fault_of_call(struct fake_fault *fault)
{
	return ++fault->calls == fault->nth ? fault->errnum : 0;
}

static void record(struct fake *fake, int bus, const void *data, size_t length)
{
	assert_in_range(fake->request_count + 1, 1, COUNT(fake->requests));
	assert_in_range(fake->sent_length + length, 1, sizeof(fake->sent));
	memcpy(fake->sent + fake->sent_length, data, length);
	fake->requests[fake->request_count].bus = bus;
	fake->requests[fake->request_count].offset = fake->sent_length;
	fake->requests[fake->request_count++].length = length;
	fake->sent_length += NLMSG_ALIGN(length);
}

static struct fake_answer *find_answer(struct fake *fake, uint16_t type)
{
	struct fake_answer *lasting = NULL;

	for (size_t i = 0; i < fake->answer_count; i++) {
		if (fake->answers[i].type != type)
			continue;
		if (!fake->answers[i].is_used)
			return &fake->answers[i];
		if (fake->answers[i].is_lasting)
			lasting = &fake->answers[i];
	}
	return lasting;
}

static uint32_t find_acked(const struct nlmsghdr *message, size_t length)
{
	int left = (int)length;

	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
		if (message->nlmsg_flags & NLM_F_ACK)
			return message->nlmsg_seq;
	}
	return 0;
}

static void queue_answer(struct fake_transport *transport, const struct fake_answer *answer,
			 uint32_t first_seq, uint32_t acked_seq)
{
	if (transport->received == transport->queued)
		transport->received = transport->queued = 0;
	for (size_t i = 0; i < answer->datagram_count; i++) {
		const struct fake_datagram *datagrams = transport->fake->datagrams;

		assert_in_range(transport->queued + 1, 1, COUNT(transport->queue));
		transport->queue[transport->queued].datagram =
			&datagrams[answer->first_datagram + i];
		transport->queue[transport->queued].first_seq = first_seq;
		transport->queue[transport->queued++].acked_seq = acked_seq;
	}
}

static int send_fake(struct transport *base, const void *data, size_t length)
{
	struct fake_transport *transport = to_fake(base);
	struct fake *fake = transport->fake;
	const struct nlmsghdr *first = data;
	struct fake_answer *answer;
	int errnum = fault_of_call(&fake->send);

	if (transport->vain_receive)
		fake->looked[transport->vain_receive] = true;
	transport->vain_receive = 0;
	transport->is_refused = false;
	if (errnum)
		return -errnum;
	/* Only types of nfnetlink have a subsystem in them. */
	if (NFNL_SUBSYS_ID(first->nlmsg_type) != NFNL_SUBSYS_NONE)
		assert_int_equal(transport->bus, NETLINK_NETFILTER);
	record(fake, transport->bus, data, length);
	answer = find_answer(fake, first->nlmsg_type);
	if (answer) {
		answer->is_used = true;
		queue_answer(transport, answer, first->nlmsg_seq, find_acked(data, length));
	}
	return 0;
}

/* Numbers the messages in a copy of the datagram that is next. */
static void number_messages(const struct fake_transport *transport, char *copy)
{
	const struct fake_datagram *datagram = transport->queue[transport->received].datagram;
	const size_t *begin = &transport->fake->messages[datagram->first_message];

	for (size_t i = 0; i < datagram->message_count; i++) {
		struct nlmsghdr header;
		char *place = copy + (begin[i] - datagram->offset);

		if (begin[i] + sizeof(header) > datagram->offset + datagram->length)
			continue;
		memcpy(&header, place, sizeof(header));
		if (header.nlmsg_seq == FAKE_ACKED)
			header.nlmsg_seq = transport->queue[transport->received].acked_seq;
		else
			header.nlmsg_seq += transport->queue[transport->received].first_seq;
		memcpy(place, &header, sizeof(header));
	}
}

static bool is_refusal(const void *datagram)
{
	const struct nlmsghdr *header = datagram;

	return header->nlmsg_type == NLMSG_ERROR &&
	       ((const struct nlmsgerr *)(header + 1))->error != 0;
}

static ssize_t take_datagram(struct fake_transport *transport, void *buffer, size_t size)
{
	const struct fake_datagram *datagram = transport->queue[transport->received].datagram;
	ssize_t length = (ssize_t)datagram->length;

	if (datagram->errnum) {
		length = -datagram->errnum;
	} else if (datagram->length > size) {
		length = -EMSGSIZE;
	} else {
		memcpy(buffer, transport->fake->script + datagram->offset, datagram->length);
		number_messages(transport, buffer);
		transport->is_refused |= is_refusal(buffer);
	}
	transport->received++;
	transport->has_waited = false;
	transport->vain_receive = 0;
	return length;
}

static bool has_datagram(const struct fake_transport *transport)
{
	return transport->received < transport->queued;
}

static bool is_late(const struct fake_transport *transport)
{
	return transport->fake->is_slow || transport->queue[transport->received].datagram->is_late;
}

static ssize_t receive_fake(struct transport *base, void *buffer, size_t size)
{
	struct fake_transport *transport = to_fake(base);
	int errnum = fault_of_call(&transport->fake->receive);

	transport->vain_receive = transport->fake->receive.calls;
	assert_in_range(transport->vain_receive, 1, FAKE_MOST_RECEIVES);
	transport->fake->refused[transport->vain_receive] = transport->is_refused;
	if (errnum)
		return -errnum;
	if (!has_datagram(transport) || (is_late(transport) && !transport->has_waited))
		return -EAGAIN;
	return take_datagram(transport, buffer, size);
}

static int wait_fake(struct transport *base, int timeout_ms)
{
	struct fake_transport *transport = to_fake(base);
	int errnum = fault_of_call(&transport->fake->wait);

	transport->vain_receive = 0;
	if (errnum)
		return -errnum;
	transport->fake->waited_ms = timeout_ms;
	transport->has_waited = true;
	return has_datagram(transport) ? 0 : -ETIMEDOUT;
}

static void close_fake(struct transport *base)
{
	struct fake_transport *transport = to_fake(base);

	transport->fake->open_count--;
	free(transport);
}

static int open_fake(const struct transport_opener *base, int bus, int netns_fd,
		     struct transport **out)
{
	struct fake *fake = ((const struct fake_opener *)base)->fake;
	struct fake_transport *transport;
	int errnum = fault_of_call(&fake->open);

	(void)netns_fd;
	if (errnum)
		return -errnum;
	transport = calloc(1, sizeof(*transport));
	if (!transport)
		return -ENOMEM;
	transport->fake = fake;
	transport->bus = bus;
	transport->base = (struct transport){
		.send = send_fake,
		.receive = receive_fake,
		.wait = wait_fake,
		.close = close_fake,
	};
	fake->open_count++;
	*out = &transport->base;
	return 0;
}

static int find_fake_sysctl(const struct transport_opener *base, int netns_fd, const char *path)
{
	(void)netns_fd;
	assert_non_null(path);
	return ((const struct fake_opener *)base)->fake->has_sysctl;
}

static uint64_t now_ms(const struct clock *base)
{
	return ((const struct fake_clock *)base)->now_ms;
}

static void sleep_ms(const struct clock *base, uint64_t duration_ms)
{
	((struct fake_clock *)(uintptr_t)base)->now_ms += duration_ms;
}

struct fake *fake_new(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	assert_non_null(fake);
	fake->opener = (struct fake_opener){
		.base = { .open = open_fake, .find_sysctl = find_fake_sysctl },
		.fake = fake,
	};
	fake->clock.base = (struct clock){ .now_ms = now_ms, .sleep_ms = sleep_ms };
	return fake;
}

void fake_free(struct fake *fake)
{
	assert_int_equal(fake->open_count, 0);
	for (size_t i = 0; i < fake->answer_count; i++) {
		if (!fake->answers[i].is_used)
			fail_msg("nobody asked for answer %zu of the script, to a message %#x", i,
				 fake->answers[i].type);
	}
	free(fake);
}

struct nfto_ctx *fake_ctx(struct fake *fake)
{
	struct nfto_ctx *ctx;

	assert_int_equal(ctx_new(-1, &fake->opener.base, &ctx), 0);
	ctx->clock = &fake->clock.base;
	ctx->sysctl_path = "/proc/no-sysctls";
	ctx->debugfs_path = "/proc/no-debugfs";
	ctx->proc_path = "/proc/no-proc";
	ctx->modules_path = "/proc/no-modules";
	return ctx;
}

struct transport *fake_transport(struct fake *fake)
{
	struct transport *transport;

	assert_int_equal(open_fake(&fake->opener.base, NETLINK_NETFILTER, -1, &transport), 0);
	return transport;
}

void fake_rewind(struct fake *fake)
{
	for (size_t i = 0; i < fake->answer_count; i++)
		fake->answers[i].is_used = false;
	fake->open = fake->send = fake->receive = fake->wait = (struct fake_fault){ .nth = 0 };
	memset(fake->looked, 0, sizeof(fake->looked));
	memset(fake->refused, 0, sizeof(fake->refused));
	fake->clock.now_ms = 0;
	fake->request_count = 0;
	fake->sent_length = 0;
}

void fake_answer(struct fake *fake, uint16_t type)
{
	assert_in_range(fake->answer_count + 1, 1, COUNT(fake->answers));
	fake->answers[fake->answer_count++] = (struct fake_answer){
		.type = type,
		.first_datagram = fake->datagram_count,
	};
}

void fake_answer_lasting(struct fake *fake, uint16_t type)
{
	fake_answer(fake, type);
	fake->answers[fake->answer_count - 1].is_lasting = true;
}

static struct fake_datagram *add_datagram(struct fake *fake)
{
	struct fake_datagram *datagram = &fake->datagrams[fake->datagram_count];

	assert_in_range(fake->datagram_count + 1, 1, COUNT(fake->datagrams));
	fake->datagram_count++;
	fake->answers[fake->answer_count - 1].datagram_count++;
	fake->script_length = MNL_ALIGN(fake->script_length);
	*datagram = (struct fake_datagram){
		.offset = fake->script_length,
		.first_message = fake->message_count,
	};
	return datagram;
}

void fake_datagram(struct fake *fake)
{
	add_datagram(fake);
}

void fake_late_datagram(struct fake *fake)
{
	add_datagram(fake)->is_late = true;
}

void fake_receive_error(struct fake *fake, int errnum)
{
	add_datagram(fake)->errnum = errnum;
}

void fake_raw(struct fake *fake, const void *data, size_t length)
{
	struct fake_datagram *datagram = add_datagram(fake);

	assert_in_range(datagram->offset + length, 0, sizeof(fake->script));
	memcpy(fake->script + datagram->offset, data, length);
	datagram->length = length;
	fake->script_length += length;
}

void fake_recorded(struct fake *fake, const void *data, size_t length)
{
	struct fake_datagram *datagram;
	struct nlmsghdr *message;
	int left = (int)length;

	fake_raw(fake, data, length);
	datagram = &fake->datagrams[fake->datagram_count - 1];
	message = (struct nlmsghdr *)(void *)(fake->script + datagram->offset);
	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
		fake->messages[fake->message_count++] = (size_t)((char *)message - fake->script);
		datagram->message_count++;
		message->nlmsg_seq--;
	}
	assert_int_equal(left, 0);
}

static struct fake_datagram *current_datagram(struct fake *fake)
{
	if (fake->answers[fake->answer_count - 1].datagram_count == 0)
		return add_datagram(fake);
	return &fake->datagrams[fake->datagram_count - 1];
}

/* Room that a test gives itself for the attributes of one message. */
#define MESSAGE_LIMIT 16384

struct nlmsghdr *fake_open(struct fake *fake, uint16_t type, uint16_t flags, int index)
{
	struct fake_datagram *datagram = current_datagram(fake);
	struct nlmsghdr *message;

	assert_in_range(fake->script_length + MESSAGE_LIMIT, 0, sizeof(fake->script));
	assert_in_range(fake->message_count + 1, 1, COUNT(fake->messages));
	fake->messages[fake->message_count++] = fake->script_length;
	datagram->message_count++;
	message = mnl_nlmsg_put_header(fake->script + fake->script_length);
	message->nlmsg_type = type;
	message->nlmsg_flags = flags;
	message->nlmsg_seq = (uint32_t)index;
	return message;
}

void fake_close(struct fake *fake, struct nlmsghdr *message)
{
	struct fake_datagram *datagram = current_datagram(fake);

	fake->script_length += NLMSG_ALIGN(message->nlmsg_len);
	datagram->length = fake->script_length - datagram->offset;
}

void fake_cut(struct fake *fake, size_t length)
{
	current_datagram(fake)->length -= length;
}

size_t fake_count_sent(const struct fake *fake, uint16_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < fake->request_count; i++) {
		if (fake_sent(fake, i, 0)->nlmsg_type == type)
			count++;
	}
	return count;
}

const struct nlmsghdr *fake_sent(const struct fake *fake, size_t request, size_t message)
{
	const char *position = fake->sent + fake->requests[request].offset;

	assert_in_range(request + 1, 1, fake->request_count);
	while (message-- > 0)
		position += NLMSG_ALIGN(((const struct nlmsghdr *)position)->nlmsg_len);
	return (const struct nlmsghdr *)position;
}

size_t fake_sent_messages(const struct fake *fake, size_t request)
{
	const struct nlmsghdr *message = fake_sent(fake, request, 0);
	int left = (int)fake->requests[request].length;
	size_t count = 0;

	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
		count++;
	assert_int_equal(left, 0);
	return count;
}
