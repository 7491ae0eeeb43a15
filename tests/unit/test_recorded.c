// SPDX-License-Identifier: LGPL-2.1-or-later
/* What real kernels have answered, word for word: the same calls must find in it what was there. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>

#include "recorded/recording.h"
#include "caps_script.h"
#include "reply.h"
#include "unit.h"

#define NAME "nftoffload"
#define INET NFTO_FAMILY_INET

struct kernel {
	const char *name;
};

static const struct kernel kernels[] = { { "linux-6.1" }, { "linux-6.12" } };
static const struct kernel link_kernels[] = { { "links-6.1" }, { "links-6.12" } };

struct setup {
	const char *kernel;
	struct fake *fake;
	struct nfto_ctx *ctx;
	const struct nfto_error *error;
};

static void set_up(struct setup *setup, const struct kernel *kernel)
{
	/* A recording is in the byte order of the machine where it was made. */
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		skip();
	setup->kernel = kernel->name;
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
}

static void tear_down(struct setup *setup)
{
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

/* Answers the next request of a type by what the kernel has answered to the one of that name. */
static void answer(struct setup *setup, uint16_t type, const char *name)
{
	struct recording *recording = malloc(sizeof(*recording));
	size_t count = 0;

	assert_non_null(recording);
	fake_answer(setup->fake, type);
	assert_true(recording_open(recording, setup->kernel));
	while (recording_next(recording)) {
		if (strcmp(recording->name, name) != 0)
			continue;
		fake_recorded(setup->fake, recording->data, recording->length);
		count++;
	}
	recording_close(recording);
	free(recording);
	assert_int_not_equal(count, 0);
}

/* Software offload was asked for, with lan0 alone. */
static void test_status(void **state)
{
	struct nfto_status *status;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, NFT(NFT_MSG_GETTABLE), "table");
	answer(&setup, NFT(NFT_MSG_GETGEN), "generation");
	answer(&setup, NFT(NFT_MSG_GETFLOWTABLE), "flowtables");
	answer(&setup, NFT(NFT_MSG_GETCHAIN), "chain");
	answer(&setup, NFT(NFT_MSG_GETSETELEM), "wanted");
	answer(&setup, NFT(NFT_MSG_GETRULE), "rules");
	answer(&setup, NFT(NFT_MSG_GETFLOWTABLE), "all-flowtables");
	caps_answer_links(setup.fake, { .index = 2, .name = "lan0", .type = 1 });
	caps_answer_family(setup.fake, ENOENT);
	fake_answer(setup.fake, 12 << 8);
	reply_error(setup.fake, 0, EINVAL);
	answer(&setup, CT(IPCTNL_MSG_CT_GET), "conntrack");
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_int_equal(nfto_status_requested(status), NFTO_MODE_SOFTWARE);
	assert_int_equal(nfto_status_effective(status), NFTO_MODE_SOFTWARE);
	assert_int_equal(nfto_status_device_count(status), 1);
	assert_string_equal(nfto_status_device_name(status, 0), "lan0");
	/* Two connections each, for data and control. */
	assert_in_range(nfto_status_inserted(status), 4, 8);
	assert_in_range(nfto_status_leaked(status), 100, 100000);
	nfto_status_free(status);
	tear_down(&setup);
}

static void assert_endpoint(int family, const void *address, uint16_t port,
			    const char *expected_address, uint16_t expected_port)
{
	char text[INET6_ADDRSTRLEN];

	assert_string_equal(inet_ntop(family, address, text, sizeof(text)), expected_address);
	if (expected_port)
		assert_int_equal(port, expected_port);
}

/* What comes in by wan0 leaks, of each connection. */
static void assert_leak(const struct nfto_leak *leak, int family, const char *source, uint16_t port,
			const char *destination)
{
	assert_int_equal(nfto_leak_family(leak), family);
	assert_int_equal(nfto_leak_direction(leak), NFTO_DIRECTION_REPLY);
	assert_int_equal(nfto_leak_protocol(leak), IPPROTO_TCP);
	assert_endpoint(family, nfto_leak_source(leak), nfto_leak_source_port(leak), source, port);
	assert_endpoint(family, nfto_leak_destination(leak), nfto_leak_destination_port(leak),
			destination, 0);
	assert_in_range(nfto_leak_packets(leak), 1, 100000);
	assert_in_range(nfto_leak_bytes(leak), 40 * nfto_leak_packets(leak),
			1500 * nfto_leak_packets(leak));
}

static void test_leaks(void **state)
{
	struct nfto_leaks *leaks;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, NFT(NFT_MSG_GETTABLE), "table");
	answer(&setup, NFT(NFT_MSG_GETGEN), "generation");
	answer(&setup, NFT(NFT_MSG_GETSETELEM), "leaks4_original");
	answer(&setup, NFT(NFT_MSG_GETSETELEM), "leaks4_reply");
	answer(&setup, NFT(NFT_MSG_GETSETELEM), "leaks6_original");
	answer(&setup, NFT(NFT_MSG_GETSETELEM), "leaks6_reply");
	fake_answer_lasting(setup.fake, CT(IPCTNL_MSG_CT_GET));
	reply_error(setup.fake, 0, ENOENT);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_in_range(nfto_leaks_count(leaks), 2, 4);
	assert_leak(nfto_leaks_get(leaks, 0), AF_INET, "203.0.113.2", 5202, "192.168.1.2");
	assert_leak(nfto_leaks_get(leaks, nfto_leaks_count(leaks) - 1), AF_INET6, "fd02::2", 5201,
		    "fd01::2");
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

static void test_missing_set(void **state)
{
	struct nfto_leaks *leaks;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, NFT(NFT_MSG_GETTABLE), "table");
	answer(&setup, NFT(NFT_MSG_GETGEN), "generation");
	for (int i = 0; i < 4; i++)
		answer(&setup, NFT(NFT_MSG_GETSETELEM), "missing-set");
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 0);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

static void test_missing_table(void **state)
{
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, NFT(NFT_MSG_GETGEN), "generation");
	answer(&setup, NFT(NFT_MSG_GETTABLE), "missing-table");
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, NULL), 0);
	tear_down(&setup);
}

static const struct nfto_flowtable *find(const struct nfto_flowtables *list, const char *name)
{
	for (size_t i = 0; i < nfto_flowtables_count(list); i++) {
		if (strcmp(nfto_flowtable_name(nfto_flowtables_get(list, i)), name) == 0)
			return nfto_flowtables_get(list, i);
	}
	fail_msg("there is no %s", name);
	return NULL;
}

static void test_flowtables(void **state)
{
	const struct nfto_flowtable *flowtable;
	struct nfto_flowtables *list;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, NFT(NFT_MSG_GETGEN), "generation");
	answer(&setup, NFT(NFT_MSG_GETFLOWTABLE), "all-flowtables");
	assert_int_equal(nfto_flowtables_read(setup.ctx, &list), 0);
	assert_int_equal(nfto_flowtables_count(list), 2);

	flowtable = find(list, "ft");
	assert_int_equal(nfto_flowtable_family(flowtable), INET);
	assert_string_equal(nfto_flowtable_table(flowtable), NAME);
	assert_int_equal(nfto_flowtable_priority(flowtable), 0);
	assert_int_equal(nfto_flowtable_flags(flowtable), 3);
	assert_int_equal(nfto_flowtable_use(flowtable), 1);
	/* The kernel puts what comes later in front. */
	assert_int_equal(nfto_flowtable_device_count(flowtable), 2);
	assert_string_equal(nfto_flowtable_device(flowtable, 0), "wan0");
	assert_string_equal(nfto_flowtable_device(flowtable, 1), "lan0");

	flowtable = find(list, "other");
	assert_int_equal(nfto_flowtable_family(flowtable), NFTO_FAMILY_IPV4);
	assert_string_equal(nfto_flowtable_table(flowtable), "foreign");
	assert_int_equal(nfto_flowtable_priority(flowtable), 5);
	assert_int_equal(nfto_flowtable_flags(flowtable), 0);
	assert_int_equal(nfto_flowtable_use(flowtable), 0);
	assert_int_equal(nfto_flowtable_device_count(flowtable), 1);
	assert_string_equal(nfto_flowtable_device(flowtable, 0), "lo");
	nfto_flowtables_free(list);
	tear_down(&setup);
}

static void assert_counters(const struct nfto_flow *flow)
{
	uint64_t packets, bytes;

	for (enum nfto_direction direction = 0; direction <= NFTO_DIRECTION_REPLY; direction++) {
		assert_int_equal(nfto_flow_packets(flow, direction, &packets), 0);
		assert_int_equal(nfto_flow_bytes(flow, direction, &bytes), 0);
		assert_in_range(packets, 1, 1000000);
		assert_in_range(bytes, 28 * packets, 1500 * packets);
	}
}

/* Of the IPv4 connections, which are masqueraded. */
static void assert_masqueraded(const struct nfto_flow *flow)
{
	enum nfto_direction original = NFTO_DIRECTION_ORIGINAL, reply = NFTO_DIRECTION_REPLY;

	assert_endpoint(AF_INET, nfto_flow_source(flow, original), 0, "192.168.1.2", 0);
	assert_endpoint(AF_INET, nfto_flow_destination(flow, original),
			nfto_flow_destination_port(flow, original), "203.0.113.2", 5202);
	assert_endpoint(AF_INET, nfto_flow_source(flow, reply), nfto_flow_source_port(flow, reply),
			"203.0.113.2", 5202);
	assert_endpoint(AF_INET, nfto_flow_destination(flow, reply), 0, "203.0.113.1", 0);
}

static void assert_plain(const struct nfto_flow *flow)
{
	enum nfto_direction original = NFTO_DIRECTION_ORIGINAL, reply = NFTO_DIRECTION_REPLY;

	assert_endpoint(AF_INET6, nfto_flow_source(flow, original), 0, "fd01::2", 0);
	assert_endpoint(AF_INET6, nfto_flow_destination(flow, original),
			nfto_flow_destination_port(flow, original), "fd02::2", 5201);
	assert_endpoint(AF_INET6, nfto_flow_source(flow, reply), nfto_flow_source_port(flow, reply),
			"fd02::2", 5201);
	assert_int_equal(nfto_flow_source_port(flow, original),
			 nfto_flow_destination_port(flow, reply));
}

static void test_flows(void **state)
{
	int udp4 = 0, tcp6 = 0, ret;
	const struct nfto_flow *flow;
	struct nfto_flows *flows;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, CT(IPCTNL_MSG_CT_GET), "conntrack");
	assert_int_equal(nfto_flows_open(setup.ctx, NULL, &flows), 0);
	while ((ret = nfto_flows_next(flows, &flow)) == 1) {
		assert_int_equal(nfto_flow_state(flow), NFTO_FLOW_HARDWARE);
		assert_int_equal(nfto_flow_zone(flow), 0);
		assert_counters(flow);
		if (nfto_flow_family(flow) == AF_INET)
			assert_masqueraded(flow);
		else
			assert_plain(flow);
		udp4 += nfto_flow_family(flow) == AF_INET && nfto_flow_protocol(flow) == 17;
		tcp6 += nfto_flow_family(flow) == AF_INET6 && nfto_flow_protocol(flow) == 6;
	}
	assert_int_equal(ret, 0);
	/* iperf3's connections for control may have left the hardware again, as they are idle. */
	assert_int_equal(udp4, 1);
	assert_in_range(tcp6, 1, 2);
	nfto_flows_free(flows);
	tear_down(&setup);
}

/* ---- Refusals: the same operations as were recorded, so that the kernel's offsets fit */

struct refusal {
	const char *name; /* of the answer */
	const char *table;
	const char *flowtable;
	const char *device;
	int errnum_61; /* which is all that the kernels differ in */
	int errnum_612;
	enum nfto_error_code code;
};

static const struct refusal refusals[] = {
	{ "missing-device", NAME, "ft", "missing", ENOENT, ENOENT, NFTO_ERROR_NO_DEVICE },
	{ "missing-flowtable", NAME, "missing", "lan0", EINVAL, ENOENT, NFTO_ERROR_NO_FLOWTABLE },
	{ "missing-table-of-device", "missing", "ft", "lan0", ENOENT, ENOENT, NFTO_ERROR_NO_TABLE },
	{ "refused-device", NAME, "ft", "lo", EOPNOTSUPP, EOPNOTSUPP, NFTO_ERROR_DEVICE_REFUSED },
};

static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	struct nfto_txn *txn;
	struct setup setup;

	for (size_t i = 0; i < COUNT(kernels); i++) {
		int errnum = i == 0 ? refusal->errnum_61 : refusal->errnum_612;

		set_up(&setup, &kernels[i]);
		answer(&setup, BATCH, refusal->name);
		assert_int_equal(nfto_txn_new(setup.ctx, &txn), 0);
		assert_int_equal(nfto_txn_add_device(txn, INET, refusal->table, refusal->flowtable,
						     refusal->device),
				 0);
		assert_int_equal(nfto_txn_commit(txn), -errnum);
		assert_string_equal(nfto_error_code_name(nfto_error_code(setup.error)),
				    nfto_error_code_name(refusal->code));
		assert_string_equal(nfto_error_device(setup.error), refusal->device);
		nfto_txn_free(txn);
		tear_down(&setup);
	}
}

static void test_two_errors(void **state)
{
	struct nfto_txn *txn;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, BATCH, "two-errors");
	assert_int_equal(nfto_txn_new(setup.ctx, &txn), 0);
	assert_int_equal(nfto_txn_delete_table(txn, INET, "missing"), 0);
	assert_int_equal(nfto_txn_add_device(txn, INET, NAME, "ft", "missing"), 0);
	assert_int_equal(nfto_txn_commit(txn), -ENOENT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NO_TABLE);
	assert_string_equal(nfto_error_object(setup.error), "table inet missing");
	nfto_txn_free(txn);
	tear_down(&setup);
}

static void test_done(void **state)
{
	struct nfto_txn *txn;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, BATCH, "done");
	assert_int_equal(nfto_txn_new(setup.ctx, &txn), 0);
	assert_int_equal(nfto_txn_add_device(txn, INET, NAME, "ft", "lan0"), 0);
	assert_int_equal(nfto_txn_commit(txn), 0);
	nfto_txn_free(txn);
	tear_down(&setup);
}

/* The devices that tests/recorded/record-links has made. */
static void test_links(void **state)
{
	struct nfto_topology *topology;
	struct setup setup;

	set_up(&setup, *state);
	answer(&setup, RTM_GETLINK, "links");
	assert_int_equal(nfto_topology_read(setup.ctx, &topology), 0);
	assert_string_equal(strstr(nfto_topology_text(topology), "link 1 "),
			    "link 1 name=lo type=772\n"
			    "link 2 name=lan0 kind=nftosim type=1 up master=br-lan "
			    "port_kind=bridge\n"
			    "link 3 name=br-lan kind=bridge type=1 up vlan_filtering\n"
			    "link 4 name=br-lan.10 kind=vlan type=1 lower=br-lan vlan=10\n"
			    "link 5 name=bond0 kind=bond type=1\n"
			    "link 6 name=odd\"\\x5cname kind=vlan type=1 lower=bond0 vlan=4094 "
			    "vlan_protocol=802.1ad\n"
			    "link 7 name=veth0 kind=veth type=1 lower_elsewhere\n");
	nfto_topology_free(topology);
	tear_down(&setup);
}

int main(void)
{
	int failures = run_table(kernels, test_status);

	failures += run_table(kernels, test_leaks);
	failures += run_table(kernels, test_missing_set);
	failures += run_table(kernels, test_missing_table);
	failures += run_table(kernels, test_flowtables);
	failures += run_table(kernels, test_flows);
	failures += run_table(kernels, test_two_errors);
	failures += run_table(kernels, test_done);
	failures += run_table(link_kernels, test_links);
	failures += run_table(refusals, test_refusal);
	return failures != 0;
}
