// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A datagram from anywhere, through the request engine and through each parser; and as a text,
 * through the reader of topologies and the planner, and line by line through those of the
 * hardware's tables. With clang this is a
 * fuzzer:
 *	clang -fsanitize=fuzzer,address,undefined ... tests/fuzz/fuzz_codec.c lib/...
 * and with replay.c, which brings a main(), a test.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "codec/chain.h"
#include "codec/conntrack.h"
#include "codec/conntrack_anew.h"
#include "codec/conntrack_id.h"
#include "codec/conntrack_progress.h"
#include "codec/ethtool.h"
#include "codec/forwarding.h"
#include "codec/flowtable.h"
#include "codec/ipsec_policy.h"
#include "codec/hook.h"
#include "codec/leak_set.h"
#include "codec/link.h"
#include "codec/neighbour.h"
#include "codec/route.h"
#include "codec/rule.h"
#include "codec/set_elements.h"
#include "codec/table.h"
#include "codec/wanted_set.h"
#include "facts/hw_table.h"
#include "netlink/request.h"
#include "nftoffload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition)
		abort();
}

static void expect_result(int result)
{
	expect(result == 0 || result == -EBADMSG);
}

static void expect_text(const char *text, size_t size)
{
	expect(strnlen(text, size) < size);
}

/* ---- The parsers */

static void parse_table(const struct nlmsghdr *message)
{
	struct table_info info;
	int ret = table_parse(message, &info);

	expect_result(ret);
	if (ret < 0)
		return;
	expect_text(info.name, sizeof(info.name));
	expect_text(info.comment, sizeof(info.comment));
}

static void parse_rule(const struct nlmsghdr *message)
{
	struct rule_info info;
	int ret = rule_parse(message, &info);

	expect_result(ret);
	if (ret < 0)
		return;
	expect_text(info.chain, sizeof(info.chain));
	expect_text(info.comment, sizeof(info.comment));
}

/* Each binds what it is called, and nothing of another begin. */
static void use_device(const struct device_spec *device)
{
	expect_text(device->text, sizeof(device->text));
	expect(device_spec_covers(device, device->text));
	expect(device_spec_includes(device, device));
	expect(!device->is_wildcard || device->text[strlen(device->text) - 1] == '*');
}

static void parse_flowtable(const struct nlmsghdr *message)
{
	struct flowtable_info info;
	int ret = flowtable_parse(message, &info);

	expect_result(ret);
	if (ret < 0)
		return;
	expect_text(info.table, sizeof(info.table));
	expect_text(info.name, sizeof(info.name));
	for (size_t i = 0; i < info.device_count; i++)
		use_device(&info.devices[i]);
	flowtable_info_free(&info);
}

static void parse_conntrack(const struct nlmsghdr *message)
{
	struct conntrack_details details;
	struct flow_info info;
	struct flow_kind kind;
	uint32_t status;

	expect_result(conntrack_parse(message, &info));
	expect_result(conntrack_parse_kind(message, &kind));
	expect_result(conntrack_parse_status(message, &status));
	if (conntrack_parse_details(message, &details) == 0)
		expect_text(details.helper, sizeof(details.helper));
}

static void parse_conntrack_counts(const struct nlmsghdr *message)
{
	const struct conntrack_life life = { .timeout_s = 600 };
	struct messages messages = { 0 };
	struct conntrack_progress progress;
	struct conntrack_total total;
	struct conntrack_hold hold;
	uint32_t id;

	expect_result(conntrack_parse_id(message, &id));
	expect_result(conntrack_parse_progress(message, &progress));
	expect_result(conntrack_parse_hold(message, &hold));
	expect_result(conntrack_parse_total(message, &total));
	expect_result(conntrack_build_delete(&messages, message));
	expect_result(conntrack_build_delete_like(&messages, message, true));
	expect_result(conntrack_build_anew(&messages, message, &life));
	messages_free(&messages);
}

static void parse_hook(const struct nlmsghdr *message)
{
	struct hook_info info;
	int ret = hook_parse(message, &info);

	expect_result(ret);
	if (ret < 0 || !info.is_named)
		return;
	expect_text(info.table, sizeof(info.table));
	expect_text(info.flowtable, sizeof(info.flowtable));
}

/* Each is for messages of one type. */
static void parse_route(const struct nlmsghdr *message)
{
	_Alignas(8) char copy[512];
	struct nlmsghdr *typed = (struct nlmsghdr *)(void *)copy;
	struct neighbour_info neighbour;
	struct route_info info;
	uint32_t interface;
	bool is_on;

	if (message->nlmsg_len > sizeof(copy))
		return;
	memcpy(copy, message, message->nlmsg_len);
	typed->nlmsg_type = RTM_NEWROUTE;
	expect_result(route_parse(typed, &info));
	typed->nlmsg_type = RTM_NEWNEIGH;
	expect_result(neighbour_parse(typed, &neighbour));
	typed->nlmsg_type = RTM_NEWNETCONF;
	expect_result(forwarding_parse(typed, &is_on));
	typed->nlmsg_type = RTM_NEWLINK;
	expect_result(route_parse_interface(typed, &interface));
}

static void parse_policies(const struct nlmsghdr *message)
{
	static const uint8_t address[16];
	struct ipsec_packet packet = { .source = address, .destination = address };
	struct ipsec_policy policy;
	uint64_t count;

	expect_result(ipsec_policy_parse_count(message, &count));
	if (ipsec_policy_parse(message, &policy) < 0)
		return;
	packet.family = (uint8_t)policy.selector.family;
	ipsec_policy_matches(&policy, &packet);
}

static void parse_leaks(const struct nlmsghdr *message, const struct leak_set *set)
{
	struct leak_info info;
	struct attr_walk walk;
	int ret = set_elements_walk(message, &walk);

	expect_result(ret);
	if (ret < 0)
		return;
	while ((ret = leak_set_next(&walk, set, &info)) > 0)
		expect(info.nfproto == set->nfproto && info.direction == set->direction);
	expect_result(ret);
}

static void parse_wanted(const struct nlmsghdr *message)
{
	struct wanted_name name;
	struct attr_walk walk;
	int ret = set_elements_walk(message, &walk);

	if (ret < 0)
		return;
	while ((ret = wanted_set_next(&walk, &name)) > 0)
		expect(memchr(name.name, '\0', sizeof(name.name)));
	expect_result(ret);
}

static void parse_chain(const struct nlmsghdr *message)
{
	struct chain_info info;

	expect_result(chain_parse(message, &info));
}

static void parse_generation(const struct nlmsghdr *message)
{
	uint32_t generation;

	expect_result(nft_parse_generation(message, &generation));
}

static void parse_link(const struct nlmsghdr *message)
{
	struct link_info info;
	int ret = link_parse(message, &info);

	expect_result(ret);
	if (ret < 0)
		return;
	expect_text(info.name, sizeof(info.name));
	expect_text(info.kind, sizeof(info.kind));
	expect_text(info.port_kind, sizeof(info.port_kind));
	expect_text(info.port_name, sizeof(info.port_name));
	expect(info.index > 0 && info.switch_id_length <= sizeof(info.switch_id));
}

static void parse_ethtool(const struct nlmsghdr *message)
{
	struct ethtool_feature feature;
	uint16_t family;

	expect_result(ethtool_parse_family(message, &family));
	expect_result(ethtool_parse_feature(message, "hw-tc-offload", &feature));
}

static void parse(const struct nlmsghdr *message)
{
	parse_chain(message);
	parse_generation(message);
	parse_wanted(message);
	parse_table(message);
	parse_rule(message);
	parse_flowtable(message);
	parse_conntrack(message);
	parse_link(message);
	parse_ethtool(message);
	parse_conntrack_counts(message);
	parse_hook(message);
	parse_route(message);
	parse_policies(message);
	for (size_t i = 0; i < LEAK_SET_COUNT; i++)
		parse_leaks(message, &leak_sets[i]);
}

/* ---- The engine: the input is what the kernel says to a request */

struct replay {
	struct transport transport;
	const uint8_t *data;
	size_t size;
	bool is_sent;
};

static int send_nothing(struct transport *transport, const void *data, size_t length)
{
	(void)data;
	(void)length;
	((struct replay *)transport)->is_sent = true;
	return 0;
}

/* Once, as soon as it was asked for. */
static ssize_t receive_input(struct transport *transport, void *buffer, size_t size)
{
	struct replay *replay = (struct replay *)transport;

	if (!replay->is_sent)
		return -EAGAIN;
	replay->is_sent = false;
	if (replay->size > size)
		return -EMSGSIZE;
	memcpy(buffer, replay->data, replay->size);
	return (ssize_t)replay->size;
}

static int wait_in_vain(struct transport *transport, int timeout_ms)
{
	(void)transport;
	(void)timeout_ms;
	return -ETIMEDOUT;
}

static void close_nothing(struct transport *transport)
{
	(void)transport;
}

static void add_message(struct messages *messages, uint16_t type)
{
	struct nlmsghdr *message = messages_open(messages, type, 0, 0, 0);

	expect(message != NULL);
	messages_close(messages, message);
}

/* The input is for a request with the number that its first message has. */
static uint32_t number_before(const uint8_t *data, size_t size)
{
	struct nlmsghdr message;

	if (size < sizeof(message))
		return 0;
	memcpy(&message, data, sizeof(message));
	return message.nlmsg_seq - 1;
}

static void read_answer(struct channel *channel, uint32_t seq, const struct messages *request)
{
	const struct nlmsghdr *message;

	channel->seq = seq;
	expect(channel_send(channel, request) == 0);
	while (channel_next(channel, &message) > 0)
		parse(message);
	expect_text(channel->error.text, sizeof(channel->error.text));
	expect(channel_next(channel, &message) == 0);
}

static void read_batch(struct channel *channel, uint32_t seq, struct messages *batch)
{
	size_t failed = batch->count;
	int ret;

	channel->seq = seq;
	ret = channel_batch(channel, batch, true, &failed);
	expect(ret <= 0);
	if (channel->error.errnum == 0)
		return;
	/* Of what was sent, which is one more, the end. */
	expect(ret < 0 && failed <= batch->count);
	expect_text(channel->error.text, sizeof(channel->error.text));
}

static void run_engine(const uint8_t *data, size_t size)
{
	struct replay replay = {
		.transport = {
			.send = send_nothing,
			.receive = receive_input,
			.wait = wait_in_vain,
			.close = close_nothing,
		},
		.data = data,
		.size = size,
	};
	uint32_t seq = number_before(data, size);
	struct messages messages = { 0 };
	struct channel channel;

	expect(channel_init(&channel, &replay.transport) == 0);
	for (int i = 0; i < 3; i++)
		add_message(&messages, NFNL_MSG_BATCH_BEGIN);
	read_answer(&channel, seq, &messages);
	read_batch(&channel, seq, &messages);
	messages_free(&messages);
	channel_close(&channel);
}

/* The parsers get it as one message that is as long as the input, in memory that ends where it
 * ends. */
static void run_parsers(const uint8_t *data, size_t size)
{
	struct nlmsghdr *message;

	if (size < sizeof(*message))
		return;
	message = malloc(size);
	expect(message != NULL);
	memcpy(message, data, size);
	message->nlmsg_len = (uint32_t)size;
	parse(message);
	free(message);
}

/* ---- Records of topologies, which come from other people's routers */

static void plan_all(const struct nfto_topology *topology, enum nfto_mode mode)
{
	struct nfto_spec *spec;
	struct nfto_plan *plan;

	expect(nfto_spec_new(&spec) == 0 && nfto_spec_set_mode(spec, mode) == 0 &&
	       nfto_spec_add_interface(spec, "*") == 0);
	expect(nfto_plan_new(topology, spec, &plan) == 0);
	for (size_t i = 0; i < nfto_plan_count(plan); i++) {
		const struct nfto_plan_device *device = nfto_plan_get(plan, i);

		expect_text(nfto_plan_device_name(device), IFNAMSIZ);
		expect(strcmp(nfto_plan_reason_name(nfto_plan_device_reason(device)), "unknown"));
		expect(nfto_plan_device_sentence(device)[0] != '\0');
	}
	nfto_plan_free(plan);
	nfto_spec_free(spec);
}

/* What was read can be written, and read again as the same. */
static void read_again(const struct nfto_topology *topology)
{
	const char *text = nfto_topology_text(topology);
	struct nfto_topology *again;

	expect(nfto_topology_parse(text, strlen(text), &again, NULL) == 0);
	expect(strcmp(nfto_topology_text(again), text) == 0);
	nfto_topology_free(again);
}

/* In memory that ends where the text ends. */
static void run_record(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct nfto_topology *topology;
	size_t line = 0;
	int ret;

	expect(text != NULL);
	if (size)
		memcpy(text, data, size);
	ret = nfto_topology_parse(text, size, &topology, &line);
	free(text);
	expect(ret == 0 || (ret == -EINVAL && line > 0 && line <= size + 1));
	if (ret < 0)
		return;
	read_again(topology);
	plan_all(topology, NFTO_MODE_AUTO);
	plan_all(topology, NFTO_MODE_HARDWARE);
	nfto_topology_free(topology);
}

/* Each line in memory that ends where the line ends. */
static void run_line(const struct hw_driver *driver, const char *line, size_t length)
{
	char *copy = strndup(line, length);
	struct hw_entry entry = { .driver = driver };
	int ret;

	expect(copy != NULL);
	ret = driver->parse(copy, &entry);
	free(copy);
	expect(ret == 0 || ret == 1 || ret == -EBADMSG);
	if (ret == 1)
		expect(entry.family == AF_INET || entry.family == AF_INET6);
}

static void run_tables(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data, *end = line + size;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		for (size_t i = 0; i < HW_DRIVER_COUNT; i++)
			run_line(hw_drivers[i], line, length);
		line += length + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run_tables(data, size);
	run_parsers(data, size);
	run_engine(data, size);
	run_record(data, size);
	return 0;
}
