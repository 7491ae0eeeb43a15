// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>

#include "caps_script.h"
#include "debugfs_files.h"
#include "facts/flow_state.h"
#include "instance_script.h"
#include "link_script.h"
#include "scenario.h"
#include "status_script.h"
#include "sysctl_files.h"
#include "unit.h"
#include "way_script.h"

#define NAME "nftoffload"
#define INET NFTO_FAMILY_INET
#define HARDWARE 1
#define COUNTER 2

/* The channel has a failure of long ago in it, of which nobody may tell. */
static void leave_old_failure(struct reply_error *error)
{
	error->errnum = EBUSY;
	error->has_offset = true;
	error->offset = 20;
	snprintf(error->text, sizeof(error->text), "old words");
}

void scene_open(struct scene *scene, struct fake *fake)
{
	fake_rewind(fake);
	scene->fake = fake;
	scene->ctx = fake_ctx(fake);
	leave_old_failure(&scene->ctx->nft.error);
	assert_int_equal(nfto_spec_new(&scene->spec), 0);
	assert_int_equal(nfto_spec_add_device(scene->spec, "lan0"), 0);
	assert_int_equal(nfto_spec_add_device(scene->spec, "dmz0"), 0);
	fake->open.calls = fake->send.calls = fake->receive.calls = fake->wait.calls = 0;
}

void scene_close(struct scene *scene)
{
	nfto_spec_free(scene->spec);
	nfto_ctx_free(scene->ctx);
}

static void no_script(struct fake *fake)
{
	(void)fake;
}

static void answer_ack(struct fake *fake)
{
	fake_answer(fake, BATCH);
	reply_ack(fake);
}

/* ---- What is made without asking the kernel */

static int run_context(struct scene *scene)
{
	struct nfto_ctx *ctx = UNTOUCHED(struct nfto_ctx);
	int ret = ctx_new(-1, &scene->fake->opener.base, &ctx);

	if (ret == 0)
		nfto_ctx_free(ctx);
	else
		assert_ptr_equal(ctx, UNTOUCHED(struct nfto_ctx));
	return ret;
}

static int run_spec(struct scene *scene)
{
	struct nfto_spec *spec = UNTOUCHED(struct nfto_spec);
	int ret = nfto_spec_new(&spec);

	(void)scene;
	if (ret < 0) {
		assert_ptr_equal(spec, UNTOUCHED(struct nfto_spec));
		return ret;
	}
	ret = nfto_spec_set_name(spec, "other");
	if (ret == 0)
		ret = nfto_spec_add_device(spec, "lan0");
	if (ret == 0)
		ret = nfto_spec_add_device(spec, "wan0");
	if (ret == 0)
		ret = nfto_spec_add_interface(spec, "br-lan");
	nfto_spec_free(spec);
	return ret;
}

static int run_filter(struct scene *scene)
{
	struct nfto_flow_filter *filter = UNTOUCHED(struct nfto_flow_filter);
	int ret = nfto_flow_filter_new(&filter);

	(void)scene;
	if (ret == 0)
		nfto_flow_filter_free(filter);
	else
		assert_ptr_equal(filter, UNTOUCHED(struct nfto_flow_filter));
	return ret;
}

/* ---- Apply and remove */

static int apply(struct scene *scene, enum nfto_mode wanted, bool changed, enum nfto_mode mode)
{
	struct nfto_result *result = UNTOUCHED(struct nfto_result);
	int ret;

	assert_int_equal(nfto_spec_set_mode(scene->spec, wanted), 0);
	ret = nfto_apply(scene->ctx, scene->spec, &result);
	if (ret < 0) {
		assert_ptr_equal(result, UNTOUCHED(struct nfto_result));
		return ret;
	}
	assert_int_equal(nfto_result_changed(result), changed);
	assert_int_equal(nfto_result_mode(result), mode);
	assert_int_equal(fake_count_sent(scene->fake, BATCH) > 0, changed);
	nfto_result_free(result);
	return 0;
}

static const char *const present_links[] = { "lo", "lan0", "dmz0", "wan0", NULL };

static void answer_fresh(struct fake *fake)
{
	instance_answer_generation(fake);
	instance_answer_missing(fake);
	instance_answer_links(fake, present_links);
	answer_ack(fake);
}

static int run_fresh(struct scene *scene)
{
	return apply(scene, NFTO_MODE_HARDWARE, true, NFTO_MODE_HARDWARE);
}

static void answer_fallback(struct fake *fake)
{
	instance_answer_generation(fake);
	instance_answer_missing(fake);
	instance_answer_links(fake, present_links);
	fake_answer(fake, BATCH);
	reply_error(fake, 3, EOPNOTSUPP);
	reply_ack(fake);
	answer_ack(fake);
}

static int run_fallback(struct scene *scene)
{
	return apply(scene, NFTO_MODE_AUTO, true, NFTO_MODE_SOFTWARE);
}

static void answer_present(struct fake *fake)
{
	struct instance_script instance = instance_whole("auto", COUNTER);

	instance_answer(fake, &instance);
}

/* lan0 stays, wan0 goes, dmz0 comes, and another mode is asked for. */
static void answer_change(struct fake *fake)
{
	answer_present(fake);
	instance_answer_links(fake, present_links);
	answer_ack(fake);
}

static int run_change(struct scene *scene)
{
	return apply(scene, NFTO_MODE_SOFTWARE, true, NFTO_MODE_SOFTWARE);
}

static void answer_same(struct fake *fake)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);

	instance.devices[1] = instance.wanted_devices[1] = "dmz0";
	instance_answer(fake, &instance);
	instance_answer_links(fake, present_links);
}

static int run_same(struct scene *scene)
{
	return apply(scene, NFTO_MODE_HARDWARE, false, NFTO_MODE_HARDWARE);
}

/* The kernel takes a wildcard, and the name dmz0, which is not there. */
static void answer_late(struct fake *fake)
{
	static const char *const links[] = { "lan0", "lan1", NULL };

	instance_answer_generation(fake);
	instance_answer_missing(fake);
	instance_answer_links(fake, links);
	for (int i = 0; i < 2; i++) {
		instance_answer_missing(fake);
		caps_answer_check(fake, 1, 0);
	}
	answer_ack(fake);
}

static int run_late(struct scene *scene)
{
	struct scene late = { .fake = scene->fake, .ctx = scene->ctx };
	int ret = nfto_spec_new(&late.spec);

	if (ret == 0)
		ret = nfto_spec_add_device(late.spec, "dmz0");
	if (ret == 0)
		ret = nfto_spec_add_interface(late.spec, "lan*");
	if (ret == 0)
		ret = apply(&late, NFTO_MODE_SOFTWARE, true, NFTO_MODE_SOFTWARE);
	else
		error_set_object(&scene->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	nfto_spec_free(late.spec);
	return ret;
}

static void answer_remove(struct fake *fake)
{
	answer_present(fake);
	answer_ack(fake);
}

static int removed(struct scene *scene, uint32_t flags, uint64_t connections)
{
	struct nfto_drained *drained = UNTOUCHED(struct nfto_drained);
	int ret = nfto_remove(scene->ctx, NAME, flags, 0, &drained);

	if (ret < 0) {
		assert_ptr_equal(drained, UNTOUCHED(struct nfto_drained));
		return ret;
	}
	assert_int_equal(ret, 1);
	assert_int_equal(nfto_drained_connections(drained), connections);
	nfto_drained_free(drained);
	return 0;
}

static int run_remove(struct scene *scene)
{
	int ret = removed(scene, 0, 0);

	if (ret == 0)
		assert_int_equal(fake_count_sent(scene->fake, BATCH), 1);
	return ret;
}

static void answer_table_of_conntrack(struct fake *fake, uint32_t status)
{
	const struct reply_flow flow = {
		.family = AF_INET,
		.protocol = 6,
		.status = status,
		.original = { "192.0.2.1", "192.0.2.2", 1, 2 },
		.reply = { "192.0.2.2", "192.0.2.1", 2, 1 },
	};

	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, &flow);
	reply_done(fake);
}

static void answer_look(struct fake *fake, uint32_t status)
{
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET_STATS));
	reply_total(fake, 1);
	answer_table_of_conntrack(fake, status);
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET_STATS));
	reply_total(fake, 1);
}

/* While an instance is drained, each look begins with one at the generation. */
static void answer_look_at_drained(struct fake *fake, uint32_t status)
{
	instance_answer_generation(fake);
	answer_look(fake, status);
}

static void answer_hardware(struct fake *fake, const struct instance_script *instance)
{
	instance_answer(fake, instance);
	answer_look(fake, 0xc000);
	instance_answer_flowtable(fake, instance);
	answer_ack(fake);
	answer_look_at_drained(fake, 0xc000);
}

static void answer_deletion(struct fake *fake)
{
	answer_table_of_conntrack(fake, 0xc000);
	fake_answer(fake, CT(IPCTNL_MSG_CT_DELETE));
	reply_error(fake, FAKE_ACKED, 0);
}

/* Somebody is faster in between, and once there is no place for it. */
static void answer_rehoming(struct fake *fake)
{
	answer_table_of_conntrack(fake, 0xc000);
	fake_answer_lasting(fake, CT(IPCTNL_MSG_CT_GET_STATS));
	reply_total(fake, 1);
	fake_answer(fake, CT(IPCTNL_MSG_CT_DELETE));
	reply_error(fake, FAKE_ACKED, EEXIST);
	fake_answer(fake, CT(IPCTNL_MSG_CT_DELETE));
	reply_error(fake, FAKE_ACKED, ENOMEM);
	fake_answer(fake, CT(IPCTNL_MSG_CT_DELETE));
	reply_error(fake, FAKE_ACKED, 0);
}

static void answer_drain(struct fake *fake, void (*answer_eviction)(struct fake *fake))
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);

	answer_hardware(fake, &instance);
	answer_eviction(fake);
	answer_look_at_drained(fake, 0);
	answer_look_at_drained(fake, 0);
	instance.offload_comment = NULL;
	instance_answer(fake, &instance);
	answer_ack(fake);
}

static void answer_drain_deleting(struct fake *fake)
{
	answer_drain(fake, answer_deletion);
}

static int run_drain_deleting(struct scene *scene)
{
	return removed(scene, NFTO_DRAIN_DELETE_CONNECTIONS, 1);
}

static void answer_drain_keeping(struct fake *fake)
{
	answer_drain(fake, answer_rehoming);
}

static int run_drain_keeping(struct scene *scene)
{
	return removed(scene, 0, 1);
}

static int run_evict_deleting(struct scene *scene)
{
	uint64_t evicted = 42;
	int ret = nfto_evict(scene->ctx, NULL, NFTO_EVICT_DELETE_CONNECTIONS, &evicted);

	assert_int_equal(evicted, ret < 0 ? 42 : 1);
	return ret;
}

static int run_evict(struct scene *scene)
{
	uint64_t evicted = 42;
	int ret = nfto_evict(scene->ctx, NULL, 0, &evicted);

	assert_int_equal(evicted, ret < 0 ? 42 : 1);
	return ret;
}

/* ---- Status and leaks */

static const struct reply_flow hardware_flow = {
	.family = AF_INET,
	.protocol = 17,
	.status = 0xc000,
	.original = { "192.0.2.1", "192.0.2.2", 1, 2 },
	.reply = { "192.0.2.2", "192.0.2.1", 2, 1 },
	.has_counters = true,
	.packets = { 30, 12 },
};

/* dmz0 is missing, and the drivers of the others refuse hardware. */
static void answer_status(struct fake *fake)
{
	struct instance_script instance = instance_whole("auto", COUNTER);
	struct status_script script = status_usual();

	instance.wanted_devices[2] = "dmz0";
	script.refusal = EOPNOTSUPP;
	script.flows = &hardware_flow;
	script.flow_count = 1;
	instance_answer(fake, &instance);
	status_answer_flowtables(fake, &instance, &script);
	status_answer_links(fake, &script);
	status_answer_device(fake, &script, false);
	status_answer_device(fake, &script, false);
	instance_answer_missing(fake);
	caps_answer_check(fake, 0, 0);
	status_answer_links(fake, &script);
	for (int i = 0; i < 2; i++) {
		caps_answer_hw_tc_offload(fake, true, false);
		caps_answer_check(fake, 1, EOPNOTSUPP);
	}
	status_answer_flows(fake, &script);
}

static int run_status(struct scene *scene)
{
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	int ret = nfto_status_read(scene->ctx, NAME, &status);

	if (ret < 0) {
		assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
		return ret;
	}
	assert_int_equal(nfto_status_effective(status), NFTO_MODE_SOFTWARE);
	assert_int_equal(nfto_status_device_count(status), 3);
	assert_int_equal(nfto_status_device_state(status, 0), NFTO_DEVICE_REFUSED);
	assert_int_equal(nfto_status_device_state(status, 2), NFTO_DEVICE_MISSING);
	assert_int_equal(nfto_status_finding_count(status), 3);
	assert_int_equal(nfto_flow_counts_get(nfto_status_flows(status), NFTO_FLOW_HARDWARE), 1);
	assert_int_equal(nfto_status_inserted(status), 17);
	nfto_status_free(status);
	return 0;
}

/* Nothing is there but wan0, by a wildcard. */
static void answer_waiting(struct fake *fake)
{
	static const char *const links[] = { "wan0", NULL };
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	struct status_script script = status_usual();

	instance.devices[1] = "wan*";
	script.links = links;
	instance_answer(fake, &instance);
	status_answer_flowtables(fake, &instance, &script);
	status_answer_links(fake, &script);
	instance_answer_missing(fake);
	caps_answer_check(fake, 1, 0);
	status_answer_device(fake, &script, true);
	status_answer_flows(fake, &script);
}

static int run_waiting(struct scene *scene)
{
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	int ret = nfto_status_read(scene->ctx, NAME, &status);

	if (ret < 0) {
		assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
		return ret;
	}
	assert_int_equal(nfto_status_device_count(status), 3);
	assert_int_equal(nfto_status_device_state(status, 0), NFTO_DEVICE_WAITING);
	assert_int_equal(nfto_status_device_state(status, 2), NFTO_DEVICE_HARDWARE);
	assert_int_equal(nfto_status_finding_count(status), 2);
	nfto_status_free(status);
	return 0;
}

static int run_spec_read(struct scene *scene)
{
	struct nfto_spec *spec = UNTOUCHED(struct nfto_spec);
	int ret = nfto_spec_read(scene->ctx, NAME, &spec);

	if (ret < 0)
		assert_ptr_equal(spec, UNTOUCHED(struct nfto_spec));
	else
		nfto_spec_free(spec);
	return ret;
}

static void answer_foreign(struct fake *fake)
{
	static const char *const devices[] = { "lan0", NULL };
	static const struct reply_flowtable others[] = {
		{ .family = 2,
		  .table = "fw",
		  .name = "f",
		  .flags = 3,
		  .use = 1,
		  .devices = devices },
		{ .name = NULL },
	};
	struct status_script script = status_usual();

	script.others = others;
	script.flows = &hardware_flow;
	script.flow_count = 1;
	instance_answer_generation(fake);
	status_answer_flowtables(fake, NULL, &script);
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_table_with_flags(fake, 2, "fw", NULL, 0);
	status_answer_links(fake, &script);
	status_answer_device(fake, &script, true);
	status_answer_flows(fake, &script);
}

static int run_foreign(struct scene *scene)
{
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	int ret = nfto_status_read_flowtable(scene->ctx, NFTO_FAMILY_IPV4, "fw", "f", &status);

	if (ret < 0) {
		assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
		return ret;
	}
	assert_int_equal(nfto_status_effective(status), NFTO_MODE_HARDWARE);
	assert_int_equal(nfto_status_device_count(status), 1);
	nfto_status_free(status);
	return 0;
}

static void answer_leaks(struct fake *fake)
{
	static const uint8_t key[20] = { 192, 0, 2, 1, 0, 80, [16] = IPPROTO_UDP };
	const struct reply_flow flow = {
		.family = AF_INET,
		.protocol = IPPROTO_UDP,
		.status = FLOW_STATE_MASK,
		.original = { "192.0.2.1", "203.0.113.5", 80, 2 },
		.reply = { "203.0.113.5", "192.0.2.1", 2, 80 },
	};

	instance_answer_table(fake, "managed by nftoffload");
	instance_answer_generation(fake);
	for (int set = 0; set < 4; set++) {
		fake_answer(fake, NFT(NFT_MSG_GETSETELEM));
		if (set < 2) {
			struct reply_elements elements = reply_open_elements(fake, "set");

			reply_element(&elements, key, sizeof(key), 11, 11);
			reply_close_elements(fake, &elements);
		}
		reply_done(fake);
	}
	for (int i = 0; i < 2; i++) {
		fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
		reply_flow(fake, &flow);
	}
}

static int run_leaks(struct scene *scene)
{
	struct nfto_leaks *leaks = UNTOUCHED(struct nfto_leaks);
	int ret = nfto_leaks_read(scene->ctx, NAME, &leaks);

	if (ret < 0) {
		assert_ptr_equal(leaks, UNTOUCHED(struct nfto_leaks));
		return ret;
	}
	assert_int_equal(nfto_leaks_count(leaks), 2);
	assert_int_equal(nfto_leak_source_port(nfto_leaks_get(leaks, 1)), 80);
	nfto_leaks_free(leaks);
	return 0;
}

/* ---- Flows */

static void answer_flows(struct fake *fake)
{
	static const struct reply_flow flow = {
		.family = AF_INET,
		.protocol = 6,
		.status = 0x4000,
		.original = { "192.0.2.1", "192.0.2.2", 1, 2 },
		.reply = { "192.0.2.2", "192.0.2.1", 2, 1 },
	};

	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, &flow);
	fake_datagram(fake);
	reply_flow(fake, &flow);
	reply_done(fake);
}

static int read_flows(struct nfto_flows *flows)
{
	const struct nfto_flow *flow;
	int ret, count = 0;

	while ((ret = nfto_flows_next(flows, &flow)) > 0) {
		assert_int_equal(nfto_flow_state(flow), NFTO_FLOW_SOFTWARE);
		count++;
	}
	if (ret == 0)
		assert_int_equal(count, 2);
	return ret;
}

static int run_flows(struct scene *scene)
{
	struct nfto_flows *flows = UNTOUCHED(struct nfto_flows);
	int ret = nfto_flows_open(scene->ctx, NULL, &flows);

	if (ret < 0) {
		assert_ptr_equal(flows, UNTOUCHED(struct nfto_flows));
		return ret;
	}
	ret = read_flows(flows);
	nfto_flows_free(flows);
	return ret;
}

static void answer_interface(struct fake *fake)
{
	struct nlmsghdr *message;
	struct ifinfomsg *link;

	fake_answer(fake, RTM_GETLINK);
	message = fake_open(fake, RTM_NEWLINK, 0, 0);
	link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
	link->ifi_index = 3;
	fake_close(fake, message);
	answer_flows(fake);
	for (int i = 0; i < 2; i++) {
		fake_answer(fake, RTM_GETROUTE);
		message = fake_open(fake, RTM_NEWROUTE, 0, 0);
		mnl_nlmsg_put_extra_header(message, sizeof(struct rtmsg));
		mnl_attr_put_u32(message, RTA_OIF, 3);
		fake_close(fake, message);
	}
}

/* The filter is not what can fail here. */
static int run_interface(struct scene *scene)
{
	struct nfto_flow_filter *filter;
	struct nfto_flows *flows = UNTOUCHED(struct nfto_flows);
	int ret = nfto_flow_filter_new(&filter);

	if (ret < 0)
		return error_set_object(&scene->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "lan0"), 0);
	ret = nfto_flows_open(scene->ctx, filter, &flows);
	nfto_flow_filter_free(filter);
	if (ret < 0) {
		assert_ptr_equal(flows, UNTOUCHED(struct nfto_flows));
		return ret;
	}
	ret = read_flows(flows);
	nfto_flows_free(flows);
	return ret;
}

static int run_counts(struct scene *scene)
{
	struct nfto_flow_counts *counts = UNTOUCHED(struct nfto_flow_counts);
	int ret = nfto_flow_counts_read(scene->ctx, &counts);

	if (ret < 0) {
		assert_ptr_equal(counts, UNTOUCHED(struct nfto_flow_counts));
		return ret;
	}
	assert_int_equal(nfto_flow_counts_get(counts, NFTO_FLOW_SOFTWARE), 2);
	nfto_flow_counts_free(counts);
	return 0;
}

/* ---- Audit */

/* Three looks at a flow, and the deletion of its entry. */
static void answer_audit(struct fake *fake)
{
	static const char *const devices[] = { "lan0", "wan0", NULL };
	struct reply_flowtable flowtable = {
		.family = INET,
		.table = "t",
		.name = "f",
		.flags = HARDWARE | COUNTER,
		.devices = devices,
	};
	struct reply_flow flow = {
		.family = AF_INET,
		.protocol = IPPROTO_UDP,
		.status = 0xc000,
		.original = { "192.168.1.2", "203.0.113.2", 40000, 443 },
		.reply = { "203.0.113.2", "192.168.1.2", 443, 40000 },
		.has_counters = true,
	};

	instance_answer_generation(fake);
	for (int i = 0; i < 3; i++) {
		fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
		reply_flowtable(fake, &flowtable);
		reply_done(fake);
		fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
		flow.packets[0] += 10;
		reply_flow(fake, &flow);
		reply_done(fake);
	}
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET_STATS));
	reply_total(fake, 1);
	fake_answer(fake, CT(IPCTNL_MSG_CT_DELETE));
	reply_error(fake, FAKE_ACKED, 0);
}

/* The table has the flow at first only, and another one that is left over. */
static void put_rules(struct nfto_ctx *ctx, bool has_flow)
{
	static const char leftover[] = "lan0 udp 192.168.1.9:1 > 203.0.113.2:2 => "
				       "wan0 192.168.1.9:1 > 203.0.113.2:2 packets 1 bytes 1\n";
	static const char both[] = "lan0 udp 192.168.1.9:1 > 203.0.113.2:2 => "
				   "wan0 192.168.1.9:1 > 203.0.113.2:2 packets 1 bytes 1\n"
				   "lan0 udp 192.168.1.2:40000 > 203.0.113.2:443 => wan0 "
				   "192.168.1.2:40000 > 203.0.113.2:443 packets 1 bytes 1\n";

	debugfs_files_use(ctx);
	debugfs_files_set_rules(ctx, has_flow ? both : leftover);
}

static int look_and_fix(struct scene *scene, struct nfto_audit *audit)
{
	uint64_t evicted = 42;
	int ret = 0;

	put_rules(scene->ctx, false);
	for (int i = 0; i < 2 && ret == 0; i++) {
		scene->fake->clock.now_ms += nfto_audit_interval_ms(audit);
		ret = nfto_audit_look(audit);
		assert_true(ret == 0 || nfto_audit_count(audit) == 0);
	}
	if (ret < 0)
		return ret;
	assert_int_equal(nfto_audit_count(audit), 2);
	ret = nfto_audit_fix(audit, &evicted);
	assert_int_equal(evicted, ret < 0 ? 42 : 1);
	return ret;
}

static int run_audit(struct scene *scene)
{
	struct nfto_audit *audit = UNTOUCHED(struct nfto_audit);
	int ret;

	put_rules(scene->ctx, true);
	ret = nfto_audit_open(scene->ctx, &audit);
	if (ret < 0) {
		assert_ptr_equal(audit, UNTOUCHED(struct nfto_audit));
		return ret;
	}
	ret = look_and_fix(scene, audit);
	nfto_audit_free(audit);
	return ret;
}

/* ---- Topology */

static void answer_links(struct fake *fake)
{
	static const struct reply_link links[] = {
		{ .index = 2, .name = "eth0", .type = 1 },
		{ .index = 3,
		  .name = "eth0.7",
		  .type = 1,
		  .kind = "vlan",
		  .lower = 2,
		  .vlan_id = 7,
		  .vlan_protocol = 0x8100 },
	};

	fake_answer(fake, RTM_GETLINK);
	reply_link(fake, &links[0]);
	fake_datagram(fake);
	reply_link(fake, &links[1]);
	reply_done(fake);
}

static int run_topology(struct scene *scene)
{
	static const char last[] = "vlan type=1 lower=eth0 vlan=7\n";
	struct nfto_topology *topology = UNTOUCHED(struct nfto_topology);
	int ret = nfto_topology_read(scene->ctx, &topology);

	if (ret < 0) {
		assert_ptr_equal(topology, UNTOUCHED(struct nfto_topology));
		return ret;
	}
	assert_non_null(strstr(nfto_topology_text(topology), last));
	nfto_topology_free(topology);
	return 0;
}

static int run_record(struct scene *scene)
{
	static const char text[] = "nftoffload topology 1\nlink 2 name=eth0\n"
				   "link 3 name=eth1\npppoe lower=eth1\n";
	struct nfto_topology *topology = UNTOUCHED(struct nfto_topology);
	int ret = nfto_topology_parse(text, strlen(text), &topology, NULL);

	(void)scene;
	if (ret < 0) {
		assert_ptr_equal(topology, UNTOUCHED(struct nfto_topology));
		return ret;
	}
	nfto_topology_free(topology);
	return 0;
}

/* A bond has no hardware: mode auto makes a second plan. */
static int run_plan(struct scene *scene)
{
	static const char text[] = "nftoffload topology 1\nlink 2 name=bond0 kind=bond\n";
	struct nfto_plan *plan = UNTOUCHED(struct nfto_plan);
	struct nfto_topology *topology = NULL;
	struct nfto_spec *spec = NULL;
	int ret = nfto_topology_parse(text, strlen(text), &topology, NULL);

	(void)scene;
	if (ret == 0)
		ret = nfto_spec_new(&spec);
	if (ret == 0)
		ret = nfto_spec_add_interface(spec, "bond0");
	if (ret == 0)
		ret = nfto_spec_add_device(spec, "lan0");
	if (ret == 0)
		ret = nfto_plan_new(topology, spec, &plan);
	nfto_spec_free(spec);
	nfto_topology_free(topology);
	if (ret < 0) {
		assert_ptr_equal(plan, UNTOUCHED(struct nfto_plan));
		return ret;
	}
	assert_int_equal(nfto_plan_mode(plan), NFTO_MODE_SOFTWARE);
	assert_int_equal(nfto_plan_count(plan), 2);
	nfto_plan_free(plan);
	return 0;
}

/* ---- The probe */

/* lan0's driver takes a flowtable, that of wan0 has one, dmz0's takes none. */
static void answer_caps(struct fake *fake)
{
	static const char *const devices[] = { "wan0", NULL };
	static const struct reply_flowtable holder = {
		.family = INET,
		.table = "t",
		.name = "f",
		.flags = HARDWARE,
		.devices = devices,
	};
	struct caps_script script = caps_usual();

	caps_answer_features(fake, &script);
	caps_answer_links(fake, { .index = 1, .name = "lo", .type = 772 },
			  { .index = 2, .name = "lan0", .type = 1 },
			  { .index = 3, .name = "wan0", .type = 1 },
			  { .index = 4, .name = "dmz0", .type = 1 });
	caps_answer_family(fake, 0);
	caps_answer_hw_tc_offload(fake, true, false);
	caps_answer_check(fake, 1, 0);
	caps_answer_hw_tc_offload(fake, true, false);
	caps_answer_check(fake, 1, EBUSY);
	instance_answer_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(fake, &holder);
	reply_done(fake);
	caps_answer_hw_tc_offload(fake, true, false);
	caps_answer_check(fake, 1, ENOSPC);
	caps_answer_check(fake, 1, EOPNOTSUPP);
}

static int run_caps(struct scene *scene)
{
	struct nfto_caps *caps = UNTOUCHED(struct nfto_caps);
	int ret = nfto_caps_read(scene->ctx, NULL, 0, &caps);

	if (ret < 0) {
		assert_ptr_equal(caps, UNTOUCHED(struct nfto_caps));
		return ret;
	}
	assert_int_equal(nfto_caps_feature(caps, NFTO_FEATURE_CONNTRACK_STATUS_FILTER), NFTO_YES);
	assert_int_equal(nfto_caps_device_count(caps), 3);
	assert_int_equal(nfto_device_caps_hardware(nfto_caps_device(caps, 0)), NFTO_YES);
	assert_int_equal(nfto_device_caps_hardware(nfto_caps_device(caps, 1)), NFTO_YES);
	assert_int_equal(nfto_device_caps_hardware(nfto_caps_device(caps, 2)), NFTO_NO);
	nfto_caps_free(caps);
	return 0;
}

/* ---- Flowtables and transactions */

static void answer_flowtables(struct fake *fake)
{
	static const char *const devices[] = { "lan0", "wan0", NULL };
	struct reply_flowtable flowtable = {
		.family = INET,
		.table = "t",
		.name = "f",
		.devices = devices,
	};

	instance_answer_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(fake, &flowtable);
	flowtable.name = "g";
	reply_flowtable(fake, &flowtable);
	reply_done(fake);
}

static int run_list(struct scene *scene)
{
	struct nfto_flowtables *list = UNTOUCHED(struct nfto_flowtables);
	int ret = nfto_flowtables_read(scene->ctx, &list);

	if (ret < 0) {
		assert_ptr_equal(list, UNTOUCHED(struct nfto_flowtables));
		return ret;
	}
	assert_int_equal(nfto_flowtables_count(list), 2);
	assert_int_equal(nfto_flowtable_device_count(nfto_flowtables_get(list, 1)), 2);
	nfto_flowtables_free(list);
	return 0;
}

static int run_get(struct scene *scene)
{
	struct nfto_flowtable *flowtable = UNTOUCHED(struct nfto_flowtable);
	int ret = nfto_flowtable_get(scene->ctx, INET, "t", "g", &flowtable);

	if (ret < 0) {
		assert_ptr_equal(flowtable, UNTOUCHED(struct nfto_flowtable));
		return ret;
	}
	assert_string_equal(nfto_flowtable_device(flowtable, 1), "wan0");
	nfto_flowtable_free(flowtable);
	return 0;
}

static void answer_transaction(struct fake *fake)
{
	answer_ack(fake);
	answer_ack(fake);
}

/* One operation of each kind, and so many that the list of them grows. */
static int add_operations(struct nfto_txn *txn)
{
	int ret = nfto_txn_add_table(txn, INET, "t", "comment");

	if (ret == 0)
		ret = nfto_txn_delete_table(txn, INET, "t");
	if (ret == 0)
		ret = nfto_txn_add_flowtable(txn, INET, "t", "f", 0, 0);
	if (ret == 0)
		ret = nfto_txn_set_flowtable_flags(txn, INET, "t", "f", 0);
	if (ret == 0)
		ret = nfto_txn_delete_flowtable(txn, INET, "t", "f");
	for (int i = 0; i < 12 && ret == 0; i++)
		ret = nfto_txn_add_device(txn, INET, "t", "f", "lan0");
	if (ret == 0)
		ret = nfto_txn_delete_device(txn, INET, "t", "f", "lan0");
	if (ret == 0)
		ret = nfto_txn_add_forward_chain(txn, INET, "t", "c", 0);
	if (ret == 0)
		ret = nfto_txn_flush_chain(txn, INET, "t", "c");
	if (ret == 0)
		ret = nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", 0, "comment");
	return ret == 0 ? nfto_txn_add_leak_detector(txn, "t", "c") : ret;
}

static int run_transaction(struct scene *scene)
{
	struct nfto_txn *txn = UNTOUCHED(struct nfto_txn);
	int ret = nfto_txn_new(scene->ctx, &txn);

	if (ret < 0) {
		assert_ptr_equal(txn, UNTOUCHED(struct nfto_txn));
		return ret;
	}
	ret = add_operations(txn);
	if (ret == 0)
		ret = nfto_txn_check(txn);
	if (ret == 0)
		ret = nfto_txn_commit(txn);
	if (ret == 0)
		assert_int_equal(fake_sent_messages(scene->fake, 1), 1 + 20 + 3 + 11 + 1);
	nfto_txn_free(txn);
	return ret;
}

/* ---- Explain */

/* It leaks, so that each question is asked. */
static void answer_explain(struct fake *fake)
{
	static const uint8_t key[20];
	const struct reply_link other = { .index = 7, .name = "wan1", .type = 1 };
	const struct reply_flow flow = {
		.family = AF_INET,
		.protocol = IPPROTO_UDP,
		.status = FLOW_STATE_MASK,
		.original = { "192.0.2.1", "203.0.113.5", 1, 2 },
		.reply = { "203.0.113.5", "192.0.2.1", 2, 1 },
	};
	struct reply_elements elements;

	answer_present(fake);
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, &flow);
	way_answer_all(fake, AF_INET);
	for (int i = 0; i < 2; i++) {
		fake_answer(fake, NFT(NFT_MSG_GETSETELEM));
		elements = reply_open_elements(fake, "leaks4_original");
		reply_element(&elements, key, sizeof(key), i ? 100 : 0, 6400);
		reply_close_elements(fake, &elements);
	}
	way_answer_route(fake, AF_INET, RTN_UNICAST, 7);
	way_answer_link(fake, &other);
}

static int explain(struct scene *scene, const struct nfto_tuple *tuple)
{
	struct nfto_explanation *explanation = UNTOUCHED(struct nfto_explanation);
	int ret = nfto_explain(scene->ctx, NAME, tuple, &explanation);

	if (ret < 0) {
		assert_ptr_equal(explanation, UNTOUCHED(struct nfto_explanation));
		return ret;
	}
	assert_int_equal(nfto_explanation_verdict(explanation), NFTO_VERDICT_PRETENDS);
	assert_int_equal(nfto_explanation_count(explanation), 1);
	assert_int_equal(nfto_finding_code(nfto_explanation_get(explanation, 0)),
			 NFTO_FINDING_ASYMMETRIC_ROUTE);
	nfto_explanation_free(explanation);
	return 0;
}

static int run_explain(struct scene *scene)
{
	static const uint8_t source[] = { 192, 0, 2, 1 }, destination[] = { 203, 0, 113, 5 };
	struct nfto_tuple *tuple = UNTOUCHED(struct nfto_tuple);
	int ret = nfto_tuple_new(&tuple);

	if (ret < 0)
		return error_set_object(&scene->ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	nfto_tuple_set_protocol(tuple, IPPROTO_UDP);
	nfto_tuple_set_source(tuple, AF_INET, source, 1);
	nfto_tuple_set_destination(tuple, AF_INET, destination, 2);
	ret = explain(scene, tuple);
	nfto_tuple_free(tuple);
	return ret;
}

const struct scenario scenarios[SCENARIO_COUNT] = {
	{ "context", no_script, run_context, true },
	{ "spec", no_script, run_spec, true },
	{ "flow filter", no_script, run_filter, true },
	{ "apply, fresh", answer_fresh, run_fresh, false },
	{ "apply, falling back", answer_fallback, run_fallback, false },
	{ "apply, change", answer_change, run_change, false },
	{ "apply, same", answer_same, run_same, false },
	{ "apply, what may come", answer_late, run_late, false },
	{ "remove", answer_remove, run_remove, false },
	{ "remove from hardware", answer_drain_keeping, run_drain_keeping, false },
	{ "remove, deleting connections", answer_drain_deleting, run_drain_deleting, false },
	{ "evict", answer_rehoming, run_evict, false },
	{ "evict, deleting connections", answer_deletion, run_evict_deleting, false },
	{ "status", answer_status, run_status, false },
	{ "status, what may come", answer_waiting, run_waiting, false },
	{ "status of a flowtable", answer_foreign, run_foreign, false },
	{ "spec of an instance", answer_present, run_spec_read, false },
	{ "leaks", answer_leaks, run_leaks, false },
	{ "explain", answer_explain, run_explain, false },
	{ "flows", answer_flows, run_flows, false },
	{ "flows through an interface", answer_interface, run_interface, false },
	{ "flow counts", answer_flows, run_counts, false },
	{ "audit", answer_audit, run_audit, false },
	{ "topology", answer_links, run_topology, false },
	{ "record of a topology", no_script, run_record, true },
	{ "plan", no_script, run_plan, true },
	{ "probe", answer_caps, run_caps, false },
	{ "list of flowtables", answer_flowtables, run_list, false },
	{ "flowtable", answer_flowtables, run_get, false },
	{ "transaction", answer_transaction, run_transaction, false },
};
