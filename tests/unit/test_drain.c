// SPDX-License-Identifier: LGPL-2.1-or-later
/* Draining: in which order, on which evidence, and what if somebody comes between. */
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "describe.h"
#include "instance_script.h"
#include "unit.h"

#define NAME "nftoffload"
#define HARDWARE 1
#define COUNTER 2
#define GET CT(IPCTNL_MSG_CT_GET)
#define TOTAL CT(IPCTNL_MSG_CT_GET_STATS)
#define DELETE CT(IPCTNL_MSG_CT_DELETE)
#define NEW CT(IPCTNL_MSG_CT_NEW)
#define NOTE "drained: offloads nothing, requested mode auto"

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	const struct nfto_error *error;
	struct instance_script instance;
	struct nfto_drained *drained;
};

static void set_up(struct setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
	setup->instance = instance_whole("auto", HARDWARE | COUNTER);
	setup->drained = UNTOUCHED(struct nfto_drained);
}

static void tear_down(struct setup *setup)
{
	if (setup->drained != UNTOUCHED(struct nfto_drained))
		nfto_drained_free(setup->drained);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

static void answer_ack(struct fake *fake)
{
	fake_answer(fake, BATCH);
	reply_ack(fake);
}

/* ---- What a look at conntrack sees */

struct sight {
	unsigned int offloaded;
	unsigned int referenced; /* that are not offloaded */
	unsigned int quiet;
	unsigned int held;
	bool is_lasting;
};

static void reply_entries(struct fake *fake, unsigned int count, uint32_t status, uint32_t use)
{
	const struct reply_flow flow = {
		.family = AF_INET,
		.protocol = 6,
		.status = status,
		.use = use,
		.original = { "192.0.2.1", "192.0.2.2", 1, 2 },
		.reply = { "192.0.2.2", "192.0.2.1", 2, 1 },
	};

	for (unsigned int i = 0; i < count; i++)
		reply_flow(fake, &flow);
}

static void answer(struct fake *fake, const struct sight *sight, uint16_t type)
{
	if (sight->is_lasting)
		fake_answer_lasting(fake, type);
	else
		fake_answer(fake, type);
}

static void answer_total(struct fake *fake, const struct sight *sight)
{
	answer(fake, sight, TOTAL);
	reply_total(fake, sight->offloaded + sight->referenced + sight->quiet + sight->held);
}

static void answer_table(struct fake *fake, const struct sight *sight)
{
	answer(fake, sight, GET);
	reply_entries(fake, sight->offloaded, 0xc000, 2);
	reply_entries(fake, sight->referenced, 0, 2);
	reply_entries(fake, sight->quiet, 0, 1);
	reply_done(fake);
}

static void answer_look(struct fake *fake, const struct sight *sight)
{
	answer_total(fake, sight);
	answer_table(fake, sight);
	if (!sight->is_lasting)
		answer_total(fake, sight);
}

/* Once the rule is gone, each look begins with one at the generation. */
static void answer_drained_look(struct fake *fake, const struct sight *sight)
{
	answer(fake, sight, NFT(NFT_MSG_GETGEN));
	reply_generation(fake);
	answer_look(fake, sight);
}

/* One that sees flows evicts them, which needs a look of its own, and one for room. */
static void answer_look_and_evict(struct fake *fake, const struct sight *sight)
{
	answer_drained_look(fake, sight);
	answer_table(fake, sight);
	answer_total(fake, sight);
	fake_answer(fake, DELETE);
	reply_error(fake, FAKE_ACKED, 0);
}

/* ---- Flowtables in use, all of them: ours is, until its rule goes */

static void answer_all_flowtables(struct fake *fake, const struct instance_script *instance,
				  const char *other)
{
	const struct reply_flowtable ours = {
		.family = NFPROTO_INET,
		.table = NAME,
		.name = "ft",
		.flags = instance->flags,
		.use = 1,
		.devices = instance->devices,
	};
	const struct reply_flowtable theirs = {
		.family = NFPROTO_INET,
		.table = other,
		.name = "ft",
		.use = 1,
		.devices = instance->devices,
	};

	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(fake, &ours);
	if (other)
		reply_flowtable(fake, &theirs);
	reply_done(fake);
}

static const struct sight nothing = { .quiet = 1, .is_lasting = true };
static const struct sight two_flows = { .offloaded = 2, .quiet = 1 };
static const struct sight two_held = { .quiet = 1, .held = 2 };

/* Up to the point where the rule is gone. */
static void answer_begin(struct setup *setup, const struct sight *sight, const char *other)
{
	instance_answer(setup->fake, &setup->instance);
	answer_look(setup->fake, sight);
	answer_all_flowtables(setup->fake, &setup->instance, other);
	answer_ack(setup->fake);
}

/* The look that finds whether somebody has put the rule back, and the batch that deletes the
 * table. */
static void answer_deletion(struct setup *setup)
{
	setup->instance.offload_comment = setup->instance.leak_comment = NULL;
	instance_answer(setup->fake, &setup->instance);
	answer_ack(setup->fake);
}

static size_t find_sent(const struct fake *fake, uint16_t type, size_t nth)
{
	for (size_t i = 0; i < fake->request_count; i++) {
		if (fake_sent(fake, i, 0)->nlmsg_type == type && nth-- == 0)
			return i;
	}
	fail_msg("not sent: a message %#x", type);
	return 0;
}

#define BEGIN "begin any subsystem=10"
#define END "end any subsystem=10"
#define BEGIN_AT BEGIN " generation=7"
#define FLUSH "delrule inet table=" NAME " chain=forward"
#define PUT_NOTE                                                                                   \
	"newrule inet create append ack table=" NAME " chain=forward expressions{counter{}} "      \
	"userdata=0:\"" NOTE "\""

static const char *const rules_gone[] = { BEGIN_AT, FLUSH, PUT_NOTE, END, NULL };
static const char *const table_gone[] = { BEGIN_AT, "deltable inet ack name=" NAME, END, NULL };

static void assert_batch(const struct fake *fake, size_t nth, const char *const *batch)
{
	assert_sent(fake, find_sent(fake, BATCH, nth), batch);
}

/* ---- Away with it */

static void test_remove(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &two_held);
	answer_drained_look(setup.fake, &two_held);
	answer_drained_look(setup.fake, &nothing);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(nfto_drained_connections(setup.drained), 2);
	assert_true(nfto_drained_seen(setup.drained));
	assert_in_range(nfto_drained_elapsed_ms(setup.drained), 100, 1000);
	assert_batch(setup.fake, 0, rules_gone);
	assert_batch(setup.fake, 1, table_gone);
	/* The rule, then the flows, then the table. */
	assert_true(find_sent(setup.fake, BATCH, 0) < find_sent(setup.fake, DELETE, 0));
	assert_true(find_sent(setup.fake, DELETE, 0) < find_sent(setup.fake, BATCH, 1));
	assert_int_equal(setup.fake->request_count, find_sent(setup.fake, BATCH, 1) + 1);
	assert_int_equal(fake_sent_messages(setup.fake, find_sent(setup.fake, DELETE, 0)), 4);
	tear_down(&setup);
}

/* Other packets have hold of entries: as few as before, and long enough. */
static void test_evidence_beside_traffic(void **state)
{
	static const struct sight before = { .offloaded = 2, .referenced = 3, .held = 1 };
	static const struct sight held = { .referenced = 3, .held = 2 };
	static const struct sight after = { .referenced = 3, .held = 1, .is_lasting = true };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &before, NULL);
	answer_look_and_evict(setup.fake, &before);
	answer_drained_look(setup.fake, &held);
	answer_drained_look(setup.fake, &after);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_true(nfto_drained_seen(setup.drained));
	assert_in_range(nfto_drained_elapsed_ms(setup.drained), 2000, 2500);
	tear_down(&setup);
}

/* A packet that was under way when the rule went has offloaded once more. */
static void test_straggler(void **state)
{
	static const struct sight one = { .offloaded = 1 };
	static const struct sight quiet = { .quiet = 1 };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &quiet, NULL);
	answer_drained_look(setup.fake, &quiet);
	answer_look_and_evict(setup.fake, &one);
	answer_drained_look(setup.fake, &nothing);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_int_equal(nfto_drained_connections(setup.drained), 1);
	tear_down(&setup);
}

static void test_nothing_is_offloaded(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer(setup.fake, &setup.instance);
	answer_all_flowtables(setup.fake, &setup.instance, NULL);
	answer_drained_look(setup.fake, &nothing);
	answer_ack(setup.fake);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_true(nfto_drained_seen(setup.drained));
	assert_int_equal(nfto_drained_connections(setup.drained), 0);
	assert_in_range(nfto_drained_elapsed_ms(setup.drained), 0, 200);
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 0);
	tear_down(&setup);
}

struct busy {
	const char *name;
	uint64_t inserted;
	bool has_rule;
	bool seen;
	uint64_t least_ms;
	uint64_t most_ms;
};

/* Where packets have hold of entries all the time, a flow may be among what they hide: but none
 * of an instance that never had one, as its rule counts. */
static const struct busy busy_routers[] = { { "never offloaded", 0, true, true, 0, 200 },
					    { "has offloaded", 17, true, false, 3000, 3200 },
					    { "rule is gone", 0, false, false, 3000, 3200 } };

static void test_nothing_is_offloaded_beside_traffic(void **state)
{
	static const struct sight traffic = { .referenced = 2, .is_lasting = true };
	const struct busy *busy = *state;
	struct setup setup;

	set_up(&setup);
	setup.instance.inserted = busy->inserted;
	if (!busy->has_rule)
		setup.instance.offload_comment = NULL;
	instance_answer(setup.fake, &setup.instance);
	answer_all_flowtables(setup.fake, &setup.instance, NULL);
	answer_drained_look(setup.fake, &traffic);
	answer_ack(setup.fake);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_int_equal(nfto_drained_seen(setup.drained), busy->seen);
	assert_in_range(nfto_drained_elapsed_ms(setup.drained), busy->least_ms, busy->most_ms);
	tear_down(&setup);
}

/* Of the flows of others, ours can't be told apart; those that come back are theirs. */
/* The flows that it has offloaded since then are in the hardware. */
static void test_applied_before_the_deletion(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &nothing);
	instance_answer(setup.fake, &setup.instance);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), -EAGAIN);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INTERRUPTED);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
	tear_down(&setup);
}

static void test_changed_before_the_deletion(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &nothing);
	setup.instance.offload_comment = setup.instance.leak_comment = NULL;
	instance_answer(setup.fake, &setup.instance);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 0, ERESTART);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_batch(setup.fake, 2, table_gone);
	tear_down(&setup);
}

static void test_beside_others(void **state)
{
	static const struct sight after = { .offloaded = 1, .is_lasting = true };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, "other");
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &after);
	fake_answer_lasting(setup.fake, DELETE);
	reply_error(setup.fake, FAKE_ACKED, 0);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 2);
	assert_int_equal(nfto_drained_connections(setup.drained), 3);
	assert_true(nfto_drained_seen(setup.drained));
	assert_in_range(nfto_drained_elapsed_ms(setup.drained), 2000, 2500);
	tear_down(&setup);
}

static void test_time_limit(void **state)
{
	static const struct sight held = { .quiet = 1, .held = 2, .is_lasting = true };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &held);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 4, &setup.drained), -ETIMEDOUT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_STILL_OFFLOADED);
	assert_string_equal(nfto_error_message(setup.error),
			    "flowtable inet nftoffload ft: 2 flows may still be in the hardware "
			    "after 4 s");
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
	assert_in_range(setup.fake->clock.now_ms, 4000, 4200);
	assert_ptr_equal(setup.drained, UNTOUCHED(struct nfto_drained));
	tear_down(&setup);
}

/* ---- Somebody comes between */

static void remove_fails(struct setup *setup, int result, enum nfto_error_code code)
{
	assert_int_equal(nfto_remove(setup->ctx, NAME, 0, 0, &setup->drained), result);
	assert_int_equal(nfto_error_code(setup->error), code);
	assert_ptr_equal(setup->drained, UNTOUCHED(struct nfto_drained));
	tear_down(setup);
}

/* Up to the batch, which is for another generation. */
static void answer_begin_too_late(struct setup *setup)
{
	set_up(setup);
	instance_answer(setup->fake, &setup->instance);
	answer_look(setup->fake, &two_flows);
	answer_all_flowtables(setup->fake, &setup->instance, NULL);
	fake_answer(setup->fake, BATCH);
	reply_error(setup->fake, 0, ERESTART);
}

/* The rule set was changed, but not the instance. */
static void test_changed_before_the_rule_goes(void **state)
{
	struct setup setup;

	(void)state;
	answer_begin_too_late(&setup);
	instance_answer(setup.fake, &setup.instance);
	answer_ack(setup.fake);
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &nothing);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_batch(setup.fake, 1, rules_gone);
	tear_down(&setup);
}

/* It is another instance by now: that one stays. */
static void test_applied_before_the_rule_goes(void **state)
{
	struct setup setup;

	(void)state;
	answer_begin_too_late(&setup);
	setup.instance.devices[1] = NULL;
	instance_answer(setup.fake, &setup.instance);
	remove_fails(&setup, -EAGAIN, NFTO_ERROR_INTERRUPTED);
}

static void test_applied_while_flows_leave(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_look_and_evict(setup.fake, &two_flows);
	fake_answer(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_generation_of(setup.fake, 8);
	instance_answer(setup.fake, &setup.instance);
	remove_fails(&setup, -EAGAIN, NFTO_ERROR_INTERRUPTED);
}

/* As a firewall does that reloads. */
static void test_changed_while_flows_leave(void **state)
{
	struct instance_script drained;
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_look_and_evict(setup.fake, &two_flows);
	fake_answer(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_generation_of(setup.fake, 8);
	drained = setup.instance;
	drained.offload_comment = NOTE;
	drained.leak_comment = NULL;
	instance_answer(setup.fake, &drained);
	answer_look(setup.fake, &nothing);
	fake_answer_lasting(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_generation(setup.fake);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	tear_down(&setup);
}

static void test_software_applied_meanwhile(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	setup.instance = instance_whole("software", COUNTER);
	instance_answer(setup.fake, &setup.instance);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 0, ERESTART);
	setup.instance.devices[1] = NULL;
	instance_answer(setup.fake, &setup.instance);
	remove_fails(&setup, -EAGAIN, NFTO_ERROR_INTERRUPTED);
}

/* ---- In other ways */

static void test_deleting_connections(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer_drained_look(setup.fake, &two_flows);
	answer_table(setup.fake, &two_flows);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, FAKE_ACKED, 0);
	answer_drained_look(setup.fake, &nothing);
	assert_int_equal(
		nfto_drain(setup.ctx, NAME, NFTO_DRAIN_DELETE_CONNECTIONS, 0, &setup.drained), 1);
	assert_int_equal(nfto_drained_connections(setup.drained), 2);
	assert_int_equal(fake_sent_messages(setup.fake, find_sent(setup.fake, DELETE, 0)), 2);
	assert_batch(setup.fake, 0, rules_gone);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
	tear_down(&setup);
}

static void test_conntrack_is_full(void **state)
{
	static const struct sight full = { .offloaded = 2, .is_lasting = true };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &two_flows, NULL);
	answer(setup.fake, &full, NFT(NFT_MSG_GETGEN));
	reply_generation(setup.fake);
	answer(setup.fake, &full, TOTAL);
	reply_total_of(setup.fake, 2, 2);
	answer_table(setup.fake, &full);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), -ETIMEDOUT);
	assert_string_equal(nfto_error_message(setup.error),
			    "flowtable inet nftoffload ft: 2 flows may still be in the hardware "
			    "after 10 s, as the conntrack table is full");
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 0);
	tear_down(&setup);
}

static const char *const links[] = { "lan0", "wan0", NULL };

/* A flowtable in hardware is drained before another one takes its place, but not before the kernel
 * has judged that one. */
static void test_apply_drains_first(void **state)
{
	static const char *const replaced[] = { "begin any subsystem=10 generation=7",
						"deltable inet name=" NAME,
						"newtable inet create name=" NAME, NULL };
	struct nfto_result *result;
	struct nfto_spec *spec;
	struct setup setup;
	char text[2048];

	(void)state;
	set_up(&setup);
	instance_answer(setup.fake, &setup.instance);
	instance_answer_links(setup.fake, links);
	answer_ack(setup.fake);
	answer_drained_look(setup.fake, &two_flows);
	answer_all_flowtables(setup.fake, &setup.instance, NULL);
	answer_ack(setup.fake);
	answer_look_and_evict(setup.fake, &two_flows);
	answer_drained_look(setup.fake, &nothing);
	setup.instance.offload_comment = setup.instance.leak_comment = NULL;
	instance_answer(setup.fake, &setup.instance);
	instance_answer_links(setup.fake, links);
	answer_ack(setup.fake);

	assert_int_equal(nfto_spec_new(&spec), 0);
	assert_int_equal(nfto_spec_set_mode(spec, NFTO_MODE_SOFTWARE), 0);
	assert_int_equal(nfto_spec_set_drain(spec, 0, 0), 0);
	assert_int_equal(nfto_spec_set_drain(spec, 2, 0), -EINVAL);
	assert_int_equal(nfto_spec_add_device(spec, "lan0"), 0);
	assert_int_equal(nfto_spec_add_device(spec, "wan0"), 0);
	assert_int_equal(nfto_apply(setup.ctx, spec, &result), 0);
	assert_true(nfto_result_changed(result));
	assert_string_equal(nfto_result_step(result, 0),
			    "drain flowtable inet " NAME " ft: its flows leave the hardware");
	for (size_t i = 0; replaced[i]; i++) {
		describe(fake_sent(setup.fake, find_sent(setup.fake, BATCH, 0), i), text,
			 sizeof(text));
		text[strlen(replaced[i])] = '\0';
		assert_string_equal(text, replaced[i]);
		describe(fake_sent(setup.fake, find_sent(setup.fake, BATCH, 2), i), text,
			 sizeof(text));
		text[strlen(replaced[i])] = '\0';
		assert_string_equal(text, replaced[i]);
	}
	assert_batch(setup.fake, 1, rules_gone);
	nfto_result_free(result);
	nfto_spec_free(spec);
	tear_down(&setup);
}

/* ---- Others */

/* The kernel takes its flows down by itself: nobody is asked anything. */
static void test_remove_software(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	setup.instance = instance_whole("software", COUNTER);
	instance_answer(setup.fake, &setup.instance);
	answer_ack(setup.fake);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_batch(setup.fake, 0, table_gone);
	assert_true(nfto_drained_seen(setup.drained));
	assert_int_equal(nfto_drained_elapsed_ms(setup.drained), 0);
	tear_down(&setup);
}

static void test_drain_software(void **state)
{
	static const char *const batch[] = { BEGIN_AT, FLUSH,
					     "delflowtable inet ack table=" NAME " name=ft", END,
					     NULL };
	struct setup setup;

	(void)state;
	set_up(&setup);
	setup.instance = instance_whole("software", COUNTER);
	instance_answer(setup.fake, &setup.instance);
	answer_ack(setup.fake);
	assert_int_equal(nfto_drain(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_batch(setup.fake, 0, batch);
	tear_down(&setup);
}

static void test_instance_that_does_not_exist(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_drained *drained;

	(void)state;
	instance_answer_generation(fake);
	instance_answer_missing(fake);
	assert_int_equal(nfto_drain(ctx, NAME, 0, 0, &drained), 0);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NONE);
	assert_int_equal(nfto_drained_connections(drained), 0);
	nfto_drained_free(drained);
	nfto_drained_free(NULL);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_unknown_flag(void **state)
{
	struct nfto_drained *drained = UNTOUCHED(struct nfto_drained);
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	assert_int_equal(nfto_drain(ctx, NAME, 2, 0, &drained), -EINVAL);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_INVALID);
	assert_ptr_equal(drained, UNTOUCHED(struct nfto_drained));
	assert_int_equal(fake->request_count, 0);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_no_conntrack(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	instance_answer(setup.fake, &setup.instance);
	fake_answer(setup.fake, TOTAL);
	reply_error(setup.fake, 0, EINVAL);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), -EOPNOTSUPP);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NOT_SUPPORTED);
	assert_string_equal(nfto_error_object(setup.error), "the conntrack table");
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 0);
	tear_down(&setup);
}

/* While the table is read, connections come (the total grows), and expired ones go. */
static void test_larger_total_counts(void **state)
{
	static const struct sight held = { .quiet = 1, .held = 1 };
	static const struct sight quiet = { .quiet = 1 };
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_begin(&setup, &quiet, NULL);
	for (int i = 0; i < 2; i++) {
		instance_answer_generation(setup.fake);
		answer_total(setup.fake, i == 0 ? &held : &quiet);
		answer_table(setup.fake, &quiet);
		answer_total(setup.fake, i == 0 ? &quiet : &held);
	}
	answer_drained_look(setup.fake, &quiet);
	answer_drained_look(setup.fake, &quiet);
	answer_deletion(&setup);
	assert_int_equal(nfto_remove(setup.ctx, NAME, 0, 0, &setup.drained), 1);
	assert_int_equal(nfto_drained_elapsed_ms(setup.drained), 300);
	tear_down(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_evidence_beside_traffic),
		cmocka_unit_test(test_straggler),
		cmocka_unit_test(test_applied_before_the_deletion),
		cmocka_unit_test(test_changed_before_the_deletion),
		cmocka_unit_test(test_nothing_is_offloaded),
		cmocka_unit_test(test_beside_others),
		cmocka_unit_test(test_time_limit),
		cmocka_unit_test(test_changed_before_the_rule_goes),
		cmocka_unit_test(test_applied_before_the_rule_goes),
		cmocka_unit_test(test_applied_while_flows_leave),
		cmocka_unit_test(test_changed_while_flows_leave),
		cmocka_unit_test(test_software_applied_meanwhile),
		cmocka_unit_test(test_deleting_connections),
		cmocka_unit_test(test_conntrack_is_full),
		cmocka_unit_test(test_apply_drains_first),
		cmocka_unit_test(test_remove_software),
		cmocka_unit_test(test_drain_software),
		cmocka_unit_test(test_instance_that_does_not_exist),
		cmocka_unit_test(test_unknown_flag),
		cmocka_unit_test(test_no_conntrack),
		cmocka_unit_test(test_larger_total_counts),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(busy_routers, test_nothing_is_offloaded_beside_traffic);
	return failures != 0;
}
