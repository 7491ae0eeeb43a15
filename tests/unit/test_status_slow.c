// SPDX-License-Identifier: LGPL-2.1-or-later
/* Is nothing offloaded, although connections are forwarded? What a single look may say, and when it
 * has to be silent. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>

#include "proc_folder.h"
#include "status_script.h"
#include "unit.h"
#include "way_script.h"

#define NAME "nftoffload"
#define COUNTER 2
#define SEEN (IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED)

static const struct reply_flow slow = {
	.family = AF_INET,
	.protocol = IPPROTO_TCP,
	.status = SEEN,
	.original = { "192.168.1.2", "203.0.113.2", 40000, 443 },
	.reply = { "203.0.113.2", "203.0.113.1", 443, 40000 },
	.has_counters = true,
	.packets = { 100, 100 },
	.bytes = { 10000, 10000 },
	.tcp_state = TCP_CONNTRACK_ESTABLISHED,
};

struct look {
	const char *name;
	const char *release;
	const char *interfaces[3];
	const char *devices[3];
	uint64_t inserted;
	uint32_t status; /* of the connection */
	bool is_local;
	bool is_explained; /* else nobody asks for its routes */
	bool is_told;
	bool is_certain;
};

static const struct look looks[] = {
	{ .name = "one interface",
	  .release = "7.2.11",
	  .interfaces = { "wan0" },
	  .devices = { "wan0" },
	  .status = SEEN,
	  .is_explained = true,
	  .is_told = true,
	  .is_certain = true },
	{ .name = "two interfaces",
	  .release = "7.2.11",
	  .interfaces = { "wan0", "guest0" },
	  .devices = { "wan0" },
	  .status = SEEN,
	  .is_explained = true,
	  .is_told = true },
	{ .name = "all devices",
	  .release = "7.2.11",
	  .interfaces = { "lan0", "wan0" },
	  .devices = { "lan0", "wan0" },
	  .status = SEEN,
	  .is_explained = true },
	{ .name = "of this host",
	  .release = "7.2.11",
	  .interfaces = { "wan0" },
	  .devices = { "wan0" },
	  .status = SEEN,
	  .is_explained = true,
	  .is_local = true },
	{ .name = "offloaded before",
	  .release = "7.2.11",
	  .interfaces = { "wan0" },
	  .devices = { "wan0" },
	  .status = SEEN,
	  .inserted = 1 },
	{ .name = "offloaded now",
	  .release = "7.2.11",
	  .interfaces = { "wan0" },
	  .devices = { "wan0" },
	  .status = SEEN | IPS_OFFLOAD },
	{ .name = "not assured",
	  .release = "7.2.11",
	  .interfaces = { "wan0" },
	  .devices = { "wan0" },
	  .status = IPS_CONFIRMED },
	{ .name = "before 7.2",
	  .release = "6.12.117",
	  .interfaces = { "wan0" },
	  .devices = { "wan0" },
	  .status = SEEN },
};

static void answer_explanation(struct fake *fake, const struct instance_script *instance,
			       const struct reply_flow *flow, bool is_local)
{
	instance_answer(fake, instance);
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, flow);
	if (is_local)
		way_answer_route(fake, AF_INET, RTN_LOCAL, 1);
	else
		way_answer_all(fake, AF_INET);
	if (!is_local)
		way_answer_policy_count(fake, 0);
}

static struct nfto_status *look(const struct look *row, struct fake *fake, struct nfto_ctx *ctx)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct status_script script = status_usual();
	struct reply_flow flow = slow;
	struct nfto_status *status;

	memset(instance.wanted_devices, 0, sizeof(instance.wanted_devices));
	memcpy(instance.interfaces, row->interfaces, sizeof(row->interfaces));
	memset(instance.devices, 0, sizeof(instance.devices));
	memcpy(instance.devices, row->devices, sizeof(row->devices));
	instance.inserted = row->inserted;
	flow.status = row->status;
	script.flows = &flow;
	script.flow_count = 1;
	status_answer(fake, &instance, &script);
	if (row->is_explained)
		answer_explanation(fake, &instance, &flow, row->is_local);
	if (nfto_status_read(ctx, NAME, &status) < 0)
		fail_msg("%s", nfto_error_message(nfto_ctx_error(ctx)));
	return status;
}

static const struct nfto_finding *find(const struct nfto_status *status)
{
	for (size_t i = 0; i < nfto_status_finding_count(status); i++) {
		const struct nfto_finding *finding = nfto_status_finding(status, i);

		if (nfto_finding_code(finding) == NFTO_FINDING_NOTHING_OFFLOADED)
			return finding;
	}
	return NULL;
}

static bool asks_for_routes(const struct fake *fake)
{
	for (size_t i = 0; i < fake->request_count; i++) {
		if (fake_sent(fake, i, 0)->nlmsg_type == RTM_GETROUTE)
			return true;
	}
	return false;
}

static void test_look(void **state)
{
	const struct look *row = *state;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	const struct nfto_finding *finding;
	struct nfto_status *status;

	proc_folder_use(ctx);
	proc_folder_write("sys/kernel/osrelease", row->release);
	status = look(row, fake, ctx);
	finding = find(status);
	assert_int_equal(finding != NULL, row->is_told);
	assert_int_equal(asks_for_routes(fake), row->is_explained);
	if (finding) {
		assert_int_equal(nfto_finding_severity(finding), NFTO_SEVERITY_WARNING);
		assert_int_equal(nfto_finding_is_certain(finding), row->is_certain);
		assert_non_null(strstr(nfto_finding_evidence(finding), "come in by lan0"));
	}
	nfto_status_free(status);
	proc_folder_clear();
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* Among many, the busiest are looked at: this one is the last and the only one that is forwarded. */
static void test_busiest(void **state)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct status_script script = status_usual();
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct reply_flow flows[40];
	struct nfto_status *status;

	(void)state;
	proc_folder_use(ctx);
	proc_folder_write("sys/kernel/osrelease", "7.2.11");
	instance.inserted = 0;
	instance.devices[1] = NULL;
	for (size_t i = 0; i < COUNT(flows); i++) {
		flows[i] = slow;
		flows[i].packets[0] = i;
		flows[i].original.source_port = (uint16_t)i;
	}
	script.flows = flows;
	script.flow_count = COUNT(flows);
	status_answer(fake, &instance, &script);
	/* The first that is kept was the first of all, and has given its place to number 32. */
	answer_explanation(fake, &instance, &flows[32], false);
	assert_int_equal(nfto_status_read(ctx, NAME, &status), 0);
	assert_non_null(find(status));
	nfto_status_free(status);
	proc_folder_clear();
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* A question that fails is an error of the look. */
static void test_failing_explanation(void **state)
{
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	struct instance_script instance = instance_whole("software", COUNTER);
	struct status_script script = status_usual();
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	proc_folder_use(ctx);
	proc_folder_write("sys/kernel/osrelease", "7.2.11");
	instance.inserted = 0;
	script.flows = &slow;
	script.flow_count = 1;
	status_answer(fake, &instance, &script);
	instance_answer(fake, &instance);
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_error(fake, 0, ENOMEM);
	assert_int_equal(nfto_status_read(ctx, NAME, &status), -ENOMEM);
	assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NO_MEMORY);
	proc_folder_clear();
	nfto_ctx_free(ctx);
	fake_free(fake);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busiest),
		cmocka_unit_test(test_failing_explanation),
	};

	return (run_table(looks, test_look) + cmocka_run_group_tests(tests, NULL, NULL)) != 0;
}
