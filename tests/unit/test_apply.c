// SPDX-License-Identifier: LGPL-2.1-or-later
/* From what is to what is wanted: which batch is sent, and whether one is sent at all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "caps_script.h"
#include "describe.h"
#include "instance_script.h"
#include "link_script.h"
#include "unit.h"

#define HARDWARE 1
#define COUNTER 2

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	const struct nfto_error *error;
	struct nfto_spec *spec;
	struct nfto_result *result;
};

static enum nfto_mode mode_of(const char *name)
{
	for (enum nfto_mode mode = NFTO_MODE_AUTO; mode < NFTO_MODE_NONE; mode++) {
		if (strcmp(nfto_mode_name(mode), name) == 0)
			return mode;
	}
	fail_msg("no such mode: %s", name);
	return NFTO_MODE_NONE;
}

/* The devices end with NULL. */
static void set_up(struct setup *setup, const char *mode, const char *const *devices)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
	setup->result = UNTOUCHED(struct nfto_result);
	assert_int_equal(nfto_spec_new(&setup->spec), 0);
	assert_int_equal(nfto_spec_set_mode(setup->spec, mode_of(mode)), 0);
	for (; *devices; devices++)
		assert_int_equal(nfto_spec_add_device(setup->spec, *devices), 0);
}

static void tear_down(struct setup *setup)
{
	if (setup->result != UNTOUCHED(struct nfto_result))
		nfto_result_free(setup->result);
	nfto_spec_free(setup->spec);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

static const char *const lan_and_wan[] = { "lan0", "wan0", NULL };
static const char *const all_links[] = { "lo", "lan0", "wan0", "dmz0", NULL };

static void answer_present(struct setup *setup, const struct instance_script *instance)
{
	instance_answer(setup->fake, instance);
	instance_answer_links(setup->fake, all_links);
}

static void answer_none(struct setup *setup)
{
	instance_answer_generation(setup->fake);
	instance_answer_missing(setup->fake);
	instance_answer_links(setup->fake, all_links);
}

static void answer_ack(struct setup *setup)
{
	fake_answer(setup->fake, BATCH);
	reply_ack(setup->fake);
}

/* The kernel refuses one message of the batch. */
static void answer_refusal(struct setup *setup, int message, int errnum)
{
	fake_answer(setup->fake, BATCH);
	reply_error(setup->fake, message, errnum);
	reply_ack(setup->fake);
}

/* The kernel is asked whether it takes something that is not there: its errno, 0 if it does. */
static void answer_question(struct setup *setup, int errnum)
{
	instance_answer_missing(setup->fake);
	caps_answer_check(setup->fake, 1, errnum);
}

static void assert_applied(struct setup *setup, bool changed, enum nfto_mode mode)
{
	assert_int_equal(nfto_apply(setup->ctx, setup->spec, &setup->result), 0);
	assert_int_equal(nfto_error_code(setup->error), NFTO_ERROR_NONE);
	assert_int_equal(nfto_result_changed(setup->result), changed);
	assert_int_equal(nfto_result_mode(setup->result), mode);
}

static void assert_refused(struct setup *setup, int result, enum nfto_error_code code)
{
	assert_int_equal(nfto_apply(setup->ctx, setup->spec, &setup->result), result);
	assert_int_equal(nfto_error_code(setup->error), code);
	assert_ptr_equal(setup->result, UNTOUCHED(struct nfto_result));
}

/* The batch is the last request. */
static void assert_batch(const struct setup *setup, const char *const *expected)
{
	assert_sent_begins(setup->fake, setup->fake->request_count - 1, expected);
}

/* The last rule of the batch says for later which mode was asked for. */
static void assert_batch_asks_for(const struct setup *setup, const char *mode)
{
	size_t batch = setup->fake->request_count - 1;
	size_t rule = fake_sent_messages(setup->fake, batch) - 2;
	char text[2048], expected[200] = "offload: flows that were offloaded, requested mode ";

	strcat(strcat(expected, mode), "\"");
	describe(fake_sent(setup->fake, batch, rule), text, sizeof(text));
	assert_non_null(strstr(text, expected));
}

#define IN_TABLE "table=nftoffload "
#define ADD_DEVICE "newflowtable inet " IN_TABLE "name=ft "
#define ADD_DEVICE_ACK "newflowtable inet ack " IN_TABLE "name=ft "
#define DELETE_DEVICE "delflowtable inet " IN_TABLE "name=ft "
#define DELETE_DEVICE_ACK "delflowtable inet ack " IN_TABLE "name=ft "
#define LAN "hook{devices{name=lan0}}"
#define WAN "hook{devices{name=wan0}}"
#define DMZ "hook{devices{name=dmz0}}"

/* clang-format off */
#define CREATE(flags) \
	"newtable inet create name=nftoffload userdata=0:\"managed by nftoffload\"", \
	"newflowtable inet create " IN_TABLE "name=ft hook{num=0 priority=0} flags=" flags, \
	ADD_DEVICE LAN, \
	ADD_DEVICE WAN, \
	REMEMBER, \
	ADD_CHAIN, \
	RULES
#define REMEMBER \
	"newset inet create " IN_TABLE "name=wanted flags=0 key_type=41 key_len=16 ", \
	"delsetelem inet " IN_TABLE "set=wanted", \
	"newsetelem inet create " IN_TABLE "set=wanted elements{"
#define REMEMBER_ACK \
	"newset inet create " IN_TABLE "name=wanted ", \
	"delsetelem inet " IN_TABLE "set=wanted", \
	"newsetelem inet create ack " IN_TABLE "set=wanted elements{"
#define ADD_CHAIN \
	"newchain inet create " IN_TABLE "name=forward hook{num=2 priority=10} policy=1 type=filter"
#define RULES \
	"newchain inet create " IN_TABLE "name=leaks", \
	"delrule inet " IN_TABLE "chain=leaks", \
	"newset inet create " IN_TABLE "name=leaks4_original ", \
	"newrule inet create append " IN_TABLE "chain=leaks ", \
	"newset inet create " IN_TABLE "name=leaks4_reply ", \
	"newrule inet create append " IN_TABLE "chain=leaks ", \
	"newset inet create " IN_TABLE "name=leaks6_original ", \
	"newrule inet create append " IN_TABLE "chain=leaks ", \
	"newset inet create " IN_TABLE "name=leaks6_reply ", \
	"newrule inet create append " IN_TABLE "chain=leaks ", \
	"newrule inet create append " IN_TABLE "chain=forward expressions{ct{", \
	"newset inet create " IN_TABLE "name=__set%d ", \
	"newsetelem inet create " IN_TABLE "set=__set%d ", \
	"newrule inet create append ack " IN_TABLE "chain=forward expressions{meta{"
#define DELETE "deltable inet name=nftoffload"
/* clang-format on */
#define BEGIN "begin any subsystem=10 generation=7"
#define END "end any subsystem=10"

static const char *const create_software[] = { BEGIN, CREATE("2"), END, NULL };
static const char *const create_hardware[] = { BEGIN, CREATE("3"), END, NULL };

/* The message of wan0 in a batch that creates an instance. */
#define WAN_MESSAGE 4

/* ---- There is none yet */

struct fresh {
	const char *name; /* of the mode */
	enum nfto_mode mode;
	const char *const *batch;
};

static const struct fresh fresh_instances[] = {
	{ "software", NFTO_MODE_SOFTWARE, create_software },
	{ "hardware", NFTO_MODE_HARDWARE, create_hardware },
	{ "auto", NFTO_MODE_HARDWARE, create_hardware },
};

static void test_fresh(void **state)
{
	const struct fresh *fresh = *state;
	struct setup setup;

	set_up(&setup, fresh->name, lan_and_wan);
	answer_none(&setup);
	answer_ack(&setup);
	assert_applied(&setup, true, fresh->mode);
	assert_null(nfto_result_fallback(setup.result));
	assert_batch(&setup, fresh->batch);
	assert_batch_asks_for(&setup, fresh->name);
	tear_down(&setup);
}

static void test_instance_of_another_name(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "software", lan_and_wan);
	assert_int_equal(nfto_spec_set_name(setup.spec, "other"), 0);
	answer_none(&setup);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_sent_begins(setup.fake, 0, (const char *const[]){ "getgen any", NULL });
	assert_sent_begins(setup.fake, 1,
			   (const char *const[]){ "gettable inet name=other", NULL });
	for (size_t i = 1; i + 1 < fake_sent_messages(setup.fake, 3); i++) {
		char text[2048];

		describe(fake_sent(setup.fake, 3, i), text, sizeof(text));
		assert_null(strstr(text, "=nftoffload "));
		assert_non_null(strstr(text, "=other"));
	}
	tear_down(&setup);
}

static void test_result_can_be_left_out(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "software", lan_and_wan);
	answer_none(&setup);
	answer_ack(&setup);
	assert_int_equal(nfto_apply(setup.ctx, setup.spec, NULL), 0);
	tear_down(&setup);
}

/* ---- There is one: what is sent to bring it to what is wanted? */

struct change {
	const char *name;
	const char *present; /* mode that was asked for */
	uint32_t flags;
	const char *present_devices[4];
	const char *wanted; /* mode */
	const char *wanted_devices[4];
	enum nfto_mode mode;   /* that comes out */
	const char *batch[40]; /* none: nothing is sent */
};

/* clang-format off */
#define LAN_WAN { "lan0", "wan0" }
#define REPLACE_RULES "delrule inet " IN_TABLE "chain=forward", RULES
#define AUTO "auto"
#define SW "software"
#define HW "hardware"
#define SOFT NFTO_MODE_SOFTWARE
#define HARD NFTO_MODE_HARDWARE

static const struct change changes[] = {
	{ "same, software", SW, 2, LAN_WAN, SW, LAN_WAN, SOFT, { NULL } },
	{ "same, hardware", HW, 3, LAN_WAN, HW, LAN_WAN, HARD, { NULL } },
	{ "same, auto in hardware", AUTO, 3, LAN_WAN, AUTO, LAN_WAN, HARD, { NULL } },
	{ "same, auto in software", AUTO, 2, LAN_WAN, AUTO, LAN_WAN, SOFT, { NULL } },
	{ "same, other order", SW, 2, LAN_WAN, SW, { "wan0", "lan0" }, SOFT, { NULL } },

	{ "device added", SW, 2, LAN_WAN, SW, { "lan0", "dmz0", "wan0" }, SOFT,
	  { BEGIN, ADD_DEVICE DMZ, REMEMBER_ACK, END } },
	{ "device removed", SW, 2, LAN_WAN, SW, { "wan0" }, SOFT,
	  { BEGIN, DELETE_DEVICE LAN, REMEMBER_ACK, END } },
	{ "device exchanged", SW, 2, LAN_WAN, SW, { "dmz0", "wan0" }, SOFT,
	  { BEGIN, DELETE_DEVICE LAN, ADD_DEVICE DMZ, REMEMBER_ACK, END } },
	{ "all exchanged", SW, 2, { "dmz0" }, SW, LAN_WAN, SOFT,
	  { BEGIN, DELETE_DEVICE DMZ, ADD_DEVICE LAN, ADD_DEVICE WAN, REMEMBER_ACK, END } },
	{ "all devices gone", SW, 2, { NULL }, SW, LAN_WAN, SOFT,
	  { BEGIN, ADD_DEVICE LAN, ADD_DEVICE_ACK WAN, END } },
	{ "device added in hardware", HW, 3, { "lan0" }, HW, LAN_WAN, HARD,
	  { BEGIN, ADD_DEVICE WAN, REMEMBER_ACK, END } },
	{ "device added to auto in hardware", AUTO, 3, { "lan0" }, AUTO, LAN_WAN, HARD,
	  { BEGIN, ADD_DEVICE WAN, REMEMBER_ACK, END } },
	/* Hardware is tried again when something changes. */
	{ "device added to auto in software", AUTO, 2, { "lan0" }, AUTO, LAN_WAN, HARD,
	  { BEGIN, DELETE, CREATE("3"), END } },

	{ "auto in software, to software", AUTO, 2, LAN_WAN, SW, LAN_WAN, SOFT,
	  { BEGIN, REPLACE_RULES, END } },
	{ "auto in hardware, to hardware", AUTO, 3, LAN_WAN, HW, LAN_WAN, HARD,
	  { BEGIN, REPLACE_RULES, END } },
	{ "hardware, to auto", HW, 3, LAN_WAN, AUTO, LAN_WAN, HARD,
	  { BEGIN, REPLACE_RULES, END } },
	{ "auto in software, to software and a device", AUTO, 2, { "lan0" }, SW, LAN_WAN, SOFT,
	  { BEGIN, ADD_DEVICE WAN, REMEMBER, REPLACE_RULES, END } },
	{ "software, to hardware", SW, 2, LAN_WAN, HW, LAN_WAN, HARD,
	  { BEGIN, DELETE, CREATE("3"), END } },

	/* Somebody has made the flowtable anew, with other flags than those that were asked for. */
	{ "hardware that is software", HW, 2, LAN_WAN, HW, LAN_WAN, HARD,
	  { BEGIN, DELETE, CREATE("3"), END } },
	{ "software that does not count", SW, 0, LAN_WAN, SW, LAN_WAN, SOFT,
	  { BEGIN, ADD_DEVICE_ACK "hook{} flags=2", END } },
	{ "auto in hardware that does not count", AUTO, 1, LAN_WAN, AUTO, LAN_WAN, HARD,
	  { BEGIN, ADD_DEVICE_ACK "hook{} flags=3", END } },
};
/* clang-format on */

static void test_change(void **state)
{
	const struct change *change = *state;
	struct instance_script instance = instance_whole(change->present, change->flags);
	bool has_batch = change->batch[0];
	struct setup setup;

	memcpy(instance.devices, change->present_devices, sizeof(change->present_devices));
	if (change->present_devices[0])
		memcpy(instance.wanted_devices, change->present_devices,
		       sizeof(change->present_devices));
	set_up(&setup, change->wanted, change->wanted_devices);
	answer_present(&setup, &instance);
	if (has_batch)
		answer_ack(&setup);
	assert_applied(&setup, has_batch, change->mode);
	assert_null(nfto_result_fallback(setup.result));
	assert_int_equal(fake_count_sent(setup.fake, BATCH), has_batch);
	if (has_batch)
		assert_batch(&setup, change->batch);
	tear_down(&setup);
}

static void test_thousand_times_the_same(void **state)
{
	struct instance_script instance = instance_whole("auto", COUNTER);
	struct setup setup;

	(void)state;
	set_up(&setup, "auto", lan_and_wan);
	answer_present(&setup, &instance);
	for (int i = 0; i < 1000; i++) {
		assert_applied(&setup, false, NFTO_MODE_SOFTWARE);
		assert_int_equal(fake_count_sent(setup.fake, BATCH), 0);
		nfto_result_free(setup.result);
		fake_rewind(setup.fake);
	}
	assert_applied(&setup, false, NFTO_MODE_SOFTWARE);
	tear_down(&setup);
}

static void test_300_devices(void **state)
{
	static char names[300][16];
	const char *devices[COUNT(names) + 1] = { NULL };
	struct setup setup;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		memcpy(names[i], "device-000", 11);
		names[i][7] += (char)(i / 100);
		names[i][8] += (char)(i / 10 % 10);
		names[i][9] += (char)(i % 10);
		devices[i] = names[i];
	}
	set_up(&setup, "software", devices);
	instance_answer_generation(setup.fake);
	instance_answer_missing(setup.fake);
	instance_answer_links(setup.fake, devices);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	/* 5 messages with names. */
	assert_int_equal(fake_sent_messages(setup.fake, setup.fake->request_count - 1), 319 + 7);
	tear_down(&setup);
}

/* ---- There is one, of which a part was taken away. What can be kept is kept: a flowtable in
 *      hardware would be in the way of its own successor. */

static void without_flowtable(struct instance_script *instance)
{
	instance->flowtable = NULL;
}

static void without_rules(struct instance_script *instance)
{
	instance->offload_comment = NULL;
	instance->leak_comment = NULL;
	instance->namers = 0;
}

static void without_leak_rule(struct instance_script *instance)
{
	instance->leak_comment = NULL;
}

static void without_a_namer(struct instance_script *instance)
{
	instance->namers--;
}

static void without_rules_and_wan(struct instance_script *instance)
{
	without_rules(instance);
	instance->devices[1] = NULL;
}

struct broken {
	const char *name;
	void (*change)(struct instance_script *instance);
	const char *batch[40];
};

/* clang-format off */
static const struct broken broken_instances[] = {
	{ "without flowtable", without_flowtable, { BEGIN, DELETE, CREATE("3"), END } },
	{ "without rules", without_rules, { BEGIN, REPLACE_RULES, END } },
	{ "without leak rule", without_leak_rule, { BEGIN, REPLACE_RULES, END } },
	{ "without a namer", without_a_namer, { BEGIN, REPLACE_RULES, END } },
	{ "without rules, and a device", without_rules_and_wan,
	  { BEGIN, ADD_DEVICE WAN, REPLACE_RULES, END } },
};
/* clang-format on */

static void test_broken(void **state)
{
	const struct broken *broken = *state;
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	struct setup setup;

	broken->change(&instance);
	set_up(&setup, "hardware", lan_and_wan);
	answer_present(&setup, &instance);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_HARDWARE);
	assert_batch(&setup, broken->batch);
	assert_batch_asks_for(&setup, "hardware");
	tear_down(&setup);
}

/* ---- Hardware that can't be had */

struct hardware {
	const char *name;
	int errnum;
	enum nfto_error_code code;
};

static const struct hardware hardware_refusals[] = {
	{ "the driver refuses", EOPNOTSUPP, NFTO_ERROR_DEVICE_REFUSED },
	{ "another flowtable has it", EBUSY, NFTO_ERROR_DEVICE_BUSY },
};

static void test_auto_falls_back(void **state)
{
	const struct hardware *hardware = *state;
	const struct nfto_error *fallback;
	struct setup setup;

	set_up(&setup, "auto", lan_and_wan);
	answer_none(&setup);
	answer_refusal(&setup, WAN_MESSAGE, hardware->errnum);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 2);
	assert_sent_begins(setup.fake, 3, create_hardware);
	assert_batch(&setup, create_software);
	/* The next apply knows by it that this is as it was asked for. */
	assert_batch_asks_for(&setup, "auto");

	fallback = nfto_result_fallback(setup.result);
	assert_int_equal(nfto_error_code(fallback), hardware->code);
	assert_int_equal(nfto_error_errno(fallback), hardware->errnum);
	assert_string_equal(nfto_error_device(fallback), "wan0");
	assert_string_equal(nfto_error_object(fallback), "flowtable inet nftoffload ft");
	tear_down(&setup);
}

static void test_hardware_fails(void **state)
{
	const struct hardware *hardware = *state;
	struct setup setup;

	set_up(&setup, "hardware", lan_and_wan);
	answer_none(&setup);
	answer_refusal(&setup, WAN_MESSAGE, hardware->errnum);
	assert_refused(&setup, -hardware->errnum, hardware->code);
	assert_string_equal(nfto_error_device(setup.error), "wan0");
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
	tear_down(&setup);
}

static void test_auto_that_was_in_software_falls_back_in_place(void **state)
{
	static const char *const in_place[] = { BEGIN, ADD_DEVICE DMZ, REMEMBER_ACK, END, NULL };
	static const char *const devices[] = { "lan0", "wan0", "dmz0", NULL };
	const struct hardware *hardware = *state;
	struct instance_script instance = instance_whole("auto", COUNTER);
	struct setup setup;

	set_up(&setup, "auto", devices);
	answer_present(&setup, &instance);
	answer_refusal(&setup, 6, hardware->errnum);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_batch(&setup, in_place);
	tear_down(&setup);
}

/* ---- What changes while it is done: it is begun again */

static void test_begun_again(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "software", lan_and_wan);
	answer_none(&setup);
	fake_answer(setup.fake, BATCH);
	reply_error(setup.fake, 0, ERESTART);
	answer_none(&setup);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 2);
	assert_batch(&setup, create_software);
	tear_down(&setup);
}

static void test_device_that_vanishes(void **state)
{
	static const char *const links[] = { "lan0", NULL };
	struct setup setup;

	(void)state;
	set_up(&setup, "software", lan_and_wan);
	answer_none(&setup);
	answer_refusal(&setup, WAN_MESSAGE, ENOENT);
	instance_answer_generation(setup.fake);
	instance_answer_missing(setup.fake);
	instance_answer_links(setup.fake, links);
	answer_question(&setup, ENOENT);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 3);
	tear_down(&setup);
}

/* Nor for ever: others are faster each time. */
static void test_begun_again_too_often(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "auto", lan_and_wan);
	for (int i = 0; i < 20; i++) {
		fake_answer(setup.fake, BATCH);
		reply_error(setup.fake, 0, ERESTART);
	}
	fake_answer_lasting(setup.fake, NFT(NFT_MSG_GETGEN));
	reply_generation(setup.fake);
	fake_answer_lasting(setup.fake, NFT(NFT_MSG_GETTABLE));
	reply_extended(setup.fake, 0, ENOENT, NULL, 20);
	fake_answer_lasting(setup.fake, RTM_GETLINK);
	reply_done(setup.fake);
	assert_refused(&setup, -EINTR, NFTO_ERROR_INTERRUPTED);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 20);
	tear_down(&setup);
}

/* ---- What is wanted beside devices */

static const struct nfto_plan_device *find_device(const struct nfto_result *result,
						  const char *name)
{
	const struct nfto_plan *plan = nfto_result_plan(result);

	for (size_t i = 0; i < nfto_plan_count(plan); i++) {
		if (strcmp(nfto_plan_device_name(nfto_plan_get(plan, i)), name) == 0)
			return nfto_plan_get(plan, i);
	}
	fail_msg("not in the plan: %s", name);
	return NULL;
}

static void test_missing_device(void **state)
{
	static const char *const batch[] = { BEGIN, ADD_DEVICE DMZ, REMEMBER_ACK, END, NULL };
	static const char *const devices[] = { "lan0", "wan0", "dmz0", "late0", NULL };
	struct instance_script instance = instance_whole("software", COUNTER);
	struct setup setup;

	(void)state;
	set_up(&setup, "software", devices);
	answer_present(&setup, &instance);
	answer_question(&setup, ENOENT);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_batch(&setup, batch);
	assert_int_equal(nfto_plan_device_decision(find_device(setup.result, "late0")),
			 NFTO_PLAN_MISSING);
	assert_int_equal(nfto_plan_device_decision(find_device(setup.result, "dmz0")),
			 NFTO_PLAN_TAKEN);
	assert_int_equal(nfto_result_step_count(setup.result), 2);
	assert_string_equal(nfto_result_step(setup.result, 0),
			    "add device \"dmz0\" to flowtable inet nftoffload ft");
	assert_string_equal(nfto_result_step(setup.result, 1), "write set inet nftoffload wanted");
	tear_down(&setup);
}

/* ---- Names without devices, and wildcards: from Linux 6.16 on the kernel binds what comes */

struct late {
	const char *name;
	const char *mode;
	bool is_fresh;		   /* there is no instance; else: */
	const char *present[4];	   /* what its flowtable lists */
	const char *remembered[4]; /* the interfaces that were asked for */
	const char *wanted[4];	   /* that are asked for */
	const char *links[5];
	const char *answers;   /* of the kernel: yes, no device, or invalid, to each question */
	const char *batch[40]; /* none: nothing is sent */
	const char *plan;
};

#define LATE "hook{devices{name=late0}}"
#define LANS "hook{devices{prefix=lan}}"
#define CREATE_WITH(flags, ...)                                                                    \
	"newtable inet create name=nftoffload userdata=0:\"managed by nftoffload\"",               \
		"newflowtable inet create " IN_TABLE                                               \
		"name=ft hook{num=0 priority=0} flags=" flags,                                     \
		__VA_ARGS__, REMEMBER, ADD_CHAIN, RULES

/* clang-format off */
static const struct late late_devices[] = {
	{ "missing, in software", SW, true, { NULL }, { NULL }, { "lan0", "late0" }, { "lan0" }, "y",
	  { BEGIN, CREATE_WITH("2", ADD_DEVICE LAN, ADD_DEVICE LATE), END },
	  "lan0 taken, late0 waiting" },
	{ "missing, in software, before Linux 6.16", SW, true, { NULL }, { NULL },
	  { "lan0", "late0" }, { "lan0" }, "n",
	  { BEGIN, CREATE_WITH("2", ADD_DEVICE LAN), END }, "lan0 taken, late0 missing" },
	{ "missing, in hardware", HW, true, { NULL }, { NULL }, { "lan0", "late0" }, { "lan0" }, "",
	  { BEGIN, CREATE_WITH("3", ADD_DEVICE LAN), END }, "lan0 taken, late0 missing" },
	{ "missing, the same again", SW, false, { "lan0", "late0" }, { "lan0", "late0" },
	  { "lan0", "late0" }, { "lan0" }, "", { NULL }, "lan0 taken, late0 waiting" },
	/* It has gone since, as what it was then did not belong into the flowtable. */
	{ "missing, and not waited for", SW, false, { "lan0" }, { "lan0", "late0" },
	  { "lan0", "late0" }, { "lan0" }, "", { NULL }, "lan0 taken, late0 missing" },
	{ "missing, and there is something to send", SW, false, { "wan0" }, { "lan0", "late0" },
	  { "lan0", "late0" }, { "lan0", "wan0" }, "y",
	  { BEGIN, DELETE_DEVICE WAN, ADD_DEVICE LAN, ADD_DEVICE_ACK LATE, END },
	  "lan0 taken, late0 waiting" },
	{ "come, the same again", SW, false, { "lan0", "late0" }, { "lan0", "late0" },
	  { "lan0", "late0" }, { "lan0", "late0" }, "", { NULL }, "lan0 taken, late0 taken" },
	{ "missing, and not asked for any more", SW, false, { "lan0", "late0" },
	  { "lan0", "late0" }, { "lan0" }, { "lan0" }, "",
	  { BEGIN, DELETE_DEVICE LATE, REMEMBER_ACK, END }, "lan0 taken" },

	{ "wildcard, in software", SW, true, { NULL }, { NULL }, { "lan*", "wan0" },
	  { "lan0", "lan1", "wan0" }, "y",
	  { BEGIN, CREATE_WITH("2", ADD_DEVICE WAN, ADD_DEVICE LANS), END },
	  "lan0 taken, lan1 taken, wan0 taken" },
	{ "wildcard, in software, before Linux 6.17", SW, true, { NULL }, { NULL },
	  { "lan*", "wan0" }, { "lan0", "wan0" }, "i",
	  { BEGIN, CREATE_WITH("2", ADD_DEVICE LAN, ADD_DEVICE WAN), END },
	  "lan0 taken, wan0 taken" },
	{ "wildcard, in hardware", HW, true, { NULL }, { NULL }, { "lan*", "wan0" },
	  { "lan0", "wan0" }, "", { BEGIN, CREATE_WITH("3", ADD_DEVICE LAN, ADD_DEVICE WAN), END },
	  "lan0 taken, wan0 taken" },
	{ "wildcard for nothing yet", SW, true, { NULL }, { NULL }, { "lan*", "wan0" }, { "wan0" },
	  "y", { BEGIN, CREATE_WITH("2", ADD_DEVICE WAN, ADD_DEVICE LANS), END },
	  "lan* waiting, wan0 taken" },
	{ "wildcard, and a device has come", SW, false, { "lan*", "wan0" }, { "lan*", "wan0" },
	  { "lan*", "wan0" }, { "lan0", "lan9", "wan0" }, "", { NULL },
	  "lan0 taken, lan9 taken, wan0 taken" },
	{ "wildcard, and a name of it", SW, true, { NULL }, { NULL }, { "lan*", "lan9", "lan1*" },
	  { "lan0", "lan1" }, "y", { BEGIN, CREATE_WITH("2", ADD_DEVICE LANS), END },
	  "lan0 taken, lan1 taken, lan9 waiting" },
	{ "wildcard in place of a name", SW, false, { "lan0", "wan0" }, { "lan0", "wan0" },
	  { "lan*", "wan0" }, { "lan0", "wan0" }, "y",
	  { BEGIN, DELETE_DEVICE LAN, ADD_DEVICE LANS, REMEMBER_ACK, END },
	  "lan0 taken, wan0 taken" },
	{ "a name in place of a wildcard", SW, false, { "lan*", "wan0" }, { "lan*", "wan0" },
	  { "lan0", "wan0" }, { "lan0", "lan1", "wan0" }, "",
	  { BEGIN, DELETE_DEVICE LANS, ADD_DEVICE LAN, REMEMBER_ACK, END },
	  "lan0 taken, wan0 taken" },
	{ "wildcard, from software to hardware", HW, false, { "lan*", "wan0" }, { "lan*", "wan0" },
	  { "lan*", "wan0" }, { "lan0", "wan0" }, "",
	  { BEGIN, DELETE, CREATE_WITH("3", ADD_DEVICE LAN, ADD_DEVICE WAN), END },
	  "lan0 taken, wan0 taken" },
};
/* clang-format on */

static void answer_late(struct setup *setup, const struct late *late)
{
	struct instance_script instance = instance_whole("software", COUNTER);

	memcpy(instance.devices, late->present, sizeof(late->present));
	memcpy(instance.interfaces, late->remembered, sizeof(late->remembered));
	instance.wanted_devices[0] = NULL;
	if (late->is_fresh) {
		instance_answer_generation(setup->fake);
		instance_answer_missing(setup->fake);
	} else {
		instance_answer(setup->fake, &instance);
	}
	instance_answer_links(setup->fake, late->links);
	for (const char *answer = late->answers; *answer; answer++)
		answer_question(setup, *answer == 'y' ? 0 : *answer == 'n' ? ENOENT : EINVAL);
	if (late->batch[0])
		answer_ack(setup);
}

static void assert_plan(const struct nfto_plan *plan, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < nfto_plan_count(plan); i++) {
		const struct nfto_plan_device *device = nfto_plan_get(plan, i);

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %s", i ? ", " : "",
			 nfto_plan_device_name(device),
			 nfto_plan_decision_name(nfto_plan_device_decision(device)));
	}
	assert_string_equal(text, expected);
}

static void test_late(void **state)
{
	static const char *const none[] = { NULL };
	const struct late *late = *state;
	bool has_batch = late->batch[0];
	struct setup setup;

	set_up(&setup, late->mode, none);
	for (const char *const *name = late->wanted; *name; name++)
		assert_int_equal(nfto_spec_add_interface(setup.spec, *name), 0);
	answer_late(&setup, late);
	assert_applied(&setup, has_batch, mode_of(late->mode));
	assert_int_equal(fake_count_sent(setup.fake, BATCH), strlen(late->answers) + has_batch);
	if (has_batch)
		assert_batch(&setup, late->batch);
	assert_plan(nfto_result_plan(setup.result), late->plan);
	tear_down(&setup);
}

/* What was there stays on the list: the kernel binds it when it comes back. */
struct vanished {
	const char *name;
	const char *wanted[4];
	const char *links[5];
	const char *batch[8];
	const char *plan;
};

/* clang-format off */
static const struct vanished vanished_devices[] = {
	{ "the same is asked for", { "lan0", "wan0" }, { "wan0" }, { NULL },
	  "lan0 waiting, wan0 taken" },
	{ "all have gone", { "lan0", "wan0" }, { "dmz0" }, { NULL }, "lan0 waiting, wan0 waiting" },
	{ "another one is asked for, too", { "lan0", "wan0", "dmz0" }, { "wan0", "dmz0" },
	  { BEGIN, ADD_DEVICE DMZ, REMEMBER_ACK, END },
	  "lan0 waiting, wan0 taken, dmz0 taken" },
	{ "by a wildcard", { "lan*", "wan0" }, { "wan0", "lan1" },
	  { BEGIN, ADD_DEVICE "hook{devices{name=lan1}}", REMEMBER_ACK, END },
	  "lan1 taken, wan0 taken" },
	{ "it is not asked for any more", { "wan0" }, { "wan0" },
	  { BEGIN, DELETE_DEVICE LAN, REMEMBER_ACK, END }, "wan0 taken" },
};
/* clang-format on */

static void test_vanished(void **state)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	const struct vanished *vanished = *state;
	struct setup setup;

	set_up(&setup, "hardware", vanished->wanted);
	instance_answer(setup.fake, &instance);
	instance_answer_links(setup.fake, vanished->links);
	if (vanished->batch[0])
		answer_ack(&setup);
	assert_applied(&setup, vanished->batch[0], NFTO_MODE_HARDWARE);
	if (vanished->batch[0])
		assert_batch(&setup, vanished->batch);
	assert_plan(nfto_result_plan(setup.result), vanished->plan);
	tear_down(&setup);
}

/* A VRF, in whose place its ports are taken. */
static void answer_vrf(struct setup *setup)
{
	static const struct reply_link links[] = {
		{ .index = 2, .name = "vrf0", .type = 1, .kind = "vrf" },
		{ .index = 3, .name = "wan0", .type = 1, .master = 2 },
	};

	caps_answer_link_table(setup->fake, links, COUNT(links));
}

/* The kernel would bind the VRF, and not its ports: so it is not told. */
static void test_wildcard_for_what_is_not_taken(void **state)
{
	static const char *const batch[] = { BEGIN, CREATE_WITH("2", ADD_DEVICE WAN), END, NULL };
	static const char *const none[] = { NULL };
	struct setup setup;

	(void)state;
	set_up(&setup, "software", none);
	assert_int_equal(nfto_spec_add_interface(setup.spec, "v*"), 0);
	instance_answer_generation(setup.fake);
	instance_answer_missing(setup.fake);
	answer_vrf(&setup);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_batch(&setup, batch);
	assert_plan(nfto_result_plan(setup.result), "vrf0 left-out, wan0 taken");
	tear_down(&setup);
}

/* The port lan0 has gone, and is not in the plan at all. It stays as long as the same is asked
 * for. */
static void test_vanished_port(void **state)
{
	static const char *const batch[] = { BEGIN, DELETE_DEVICE LAN, REMEMBER_ACK, END, NULL };
	static const char *const none[] = { NULL };
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	struct setup setup;

	(void)state;
	instance.interfaces[0] = "vrf0";
	instance.wanted_devices[0] = NULL;
	for (int is_other = 0; is_other < 2; is_other++) {
		set_up(&setup, "hardware", none);
		assert_int_equal(nfto_spec_add_interface(setup.spec, "vrf0"), 0);
		if (is_other)
			assert_int_equal(nfto_spec_add_interface(setup.spec, "late0"), 0);
		instance_answer(setup.fake, &instance);
		answer_vrf(&setup);
		if (is_other)
			answer_ack(&setup);
		assert_applied(&setup, is_other, NFTO_MODE_HARDWARE);
		if (is_other)
			assert_batch(&setup, batch);
		tear_down(&setup);
	}
}

/* The names are remembered as they were given, by their kind. */
static void test_what_is_remembered(void **state)
{
	static const char *const none[] = { NULL };
	char text[4096];
	struct setup setup;

	(void)state;
	set_up(&setup, "software", none);
	assert_int_equal(nfto_spec_add_interface(setup.spec, "br-lan"), 0);
	assert_int_equal(nfto_spec_add_interface(setup.spec, "wg*"), 0);
	assert_int_equal(nfto_spec_add_device(setup.spec, "lan*"), 0);
	assert_int_equal(nfto_spec_add_device(setup.spec, "wan0"), 0);
	answer_none(&setup);
	answer_question(&setup, ENOENT);
	answer_question(&setup, EINVAL);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	/* begin, table, flowtable, lan0, wan0, set, its flush, its elements */
	describe(fake_sent(setup.fake, setup.fake->request_count - 1, 7), text, sizeof(text));
	assert_non_null(strstr(text, "userdata=0:\"interface\""));
	assert_non_null(strstr(text, "key{value=62722d6c616e00000000000000000000} "
				     "userdata=0:\"interface\""));
	assert_non_null(strstr(text, "key{value=77670000000000000000000000000000} "
				     "userdata=0:\"interfaces that begin so\""));
	assert_non_null(strstr(text, "key{value=6c616e00000000000000000000000000} "
				     "userdata=0:\"devices that begin so\""));
	assert_non_null(strstr(text, "key{value=77616e30000000000000000000000000} "
				     "userdata=0:\"device\""));
	tear_down(&setup);
}

struct setting {
	const char *name;
	void (*set)(struct nfto_spec *spec);
	const char *batch[40];
};

static void set_min_packets(struct nfto_spec *spec)
{
	nfto_spec_set_min_packets(spec, 30);
}

static void set_no_counter(struct nfto_spec *spec)
{
	nfto_spec_set_counter(spec, false);
}

static void set_ingress_priority(struct nfto_spec *spec)
{
	nfto_spec_set_ingress_priority(spec, -5);
}

static void set_forward_priority(struct nfto_spec *spec)
{
	nfto_spec_set_forward_priority(spec, 20);
}

/* clang-format off */
static const struct setting settings[] = {
	{ "threshold", set_min_packets, { BEGIN, REPLACE_RULES, END } },
	{ "no counter", set_no_counter, { BEGIN, ADD_DEVICE_ACK "hook{} flags=0", END } },
	{ "ingress priority", set_ingress_priority, { BEGIN, DELETE,
	  "newtable inet create name=nftoffload ",
	  "newflowtable inet create " IN_TABLE "name=ft hook{num=0 priority=-5} flags=2",
	  ADD_DEVICE LAN, ADD_DEVICE WAN, REMEMBER, ADD_CHAIN, RULES, END } },
	{ "forward priority", set_forward_priority, { BEGIN,
	  "delrule inet " IN_TABLE "chain=forward", "delchain inet " IN_TABLE "name=forward",
	  "newchain inet create " IN_TABLE "name=forward hook{num=2 priority=20} policy=1 type=filter",
	  RULES, END } },
};
/* clang-format on */

static void test_setting(void **state)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	const struct setting *setting = *state;
	struct setup setup;

	set_up(&setup, "software", lan_and_wan);
	setting->set(setup.spec);
	answer_present(&setup, &instance);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	assert_batch(&setup, setting->batch);
	tear_down(&setup);
}

static void test_threshold_in_the_rule(void **state)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct setup setup;
	char text[4096];
	size_t batch;

	(void)state;
	set_up(&setup, "software", lan_and_wan);
	set_min_packets(setup.spec);
	answer_present(&setup, &instance);
	answer_ack(&setup);
	assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
	batch = setup.fake->request_count - 1;
	describe(fake_sent(setup.fake, batch, fake_sent_messages(setup.fake, batch) - 2), text,
		 sizeof(text));
	assert_non_null(
		strstr(text, "cmp{sreg=8 op=5 data{value=000000000000001e}} flow_offload{"));
	assert_non_null(strstr(text, "requested mode software, after 30 packets\""));
	tear_down(&setup);

	/* And that it is so already is seen. */
	instance.offload_comment =
		"offload: flows that were offloaded, requested mode software, after 30 packets";
	set_up(&setup, "software", lan_and_wan);
	set_min_packets(setup.spec);
	answer_present(&setup, &instance);
	assert_applied(&setup, false, NFTO_MODE_SOFTWARE);
	tear_down(&setup);
}

static void test_ingress_priority_in_hardware(void **state)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	struct setup setup;

	(void)state;
	set_up(&setup, "hardware", lan_and_wan);
	set_ingress_priority(setup.spec);
	answer_present(&setup, &instance);
	assert_refused(&setup, -EOPNOTSUPP, NFTO_ERROR_IMMUTABLE);
	assert_string_equal(nfto_error_object(setup.error), "flowtable inet nftoffload ft");
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 0);
	tear_down(&setup);
}

/* What the plan knows, the kernel need not be asked. */
static void test_obstacle(void **state)
{
	static const char *const none[] = { NULL };
	static const struct reply_link bond = {
		.index = 2, .name = "bond0", .type = 1, .kind = "bond"
	};
	struct setup setup;

	(void)state;
	for (int i = 0; i < 2; i++) {
		set_up(&setup, i ? "auto" : "hardware", none);
		assert_int_equal(nfto_spec_add_interface(setup.spec, "bond0"), 0);
		instance_answer_generation(setup.fake);
		instance_answer_missing(setup.fake);
		fake_answer(setup.fake, RTM_GETLINK);
		reply_link(setup.fake, &bond);
		reply_done(setup.fake);
		if (i == 0) {
			assert_refused(&setup, -EOPNOTSUPP, NFTO_ERROR_DEVICE_REFUSED);
			assert_string_equal(nfto_error_device(setup.error), "bond0");
			assert_int_equal(fake_count_sent(setup.fake, BATCH), 0);
		} else {
			answer_ack(&setup);
			assert_applied(&setup, true, NFTO_MODE_SOFTWARE);
			assert_string_equal(nfto_error_device(nfto_result_fallback(setup.result)),
					    "bond0");
			assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
		}
		tear_down(&setup);
	}
}

/* ---- Failures of another kind: no mode falls back for them */

struct failure {
	const char *name;
	int message; /* of a batch that creates an instance */
	int errnum;
	enum nfto_error_code code;
	const char *device;
};

static const struct failure batch_failures[] = {
	{ "no flowtables", 2, ENOENT, NFTO_ERROR_NOT_SUPPORTED, "" },
	{ "no privileges", 0, EPERM, NFTO_ERROR_PERMISSION, "" },
	{ "owned by another process", 1, EPERM, NFTO_ERROR_OWNED_TABLE, "" },
	{ "kernel out of memory", 0, ENOMEM, NFTO_ERROR_NO_MEMORY, "" },
};

static void test_batch_failure(void **state)
{
	static const char *const modes[] = { "auto", "hardware", "software" };
	const struct failure *failure = *state;
	struct setup setup;

	for (size_t i = 0; i < COUNT(modes); i++) {
		set_up(&setup, modes[i], lan_and_wan);
		answer_none(&setup);
		answer_refusal(&setup, failure->message, failure->errnum);
		assert_refused(&setup, -failure->errnum, failure->code);
		assert_string_equal(nfto_error_device(setup.error), failure->device);
		assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
		tear_down(&setup);
	}
}

static void test_fallback_that_fails(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "auto", lan_and_wan);
	answer_none(&setup);
	answer_refusal(&setup, WAN_MESSAGE, EOPNOTSUPP);
	answer_refusal(&setup, WAN_MESSAGE, ENOMEM);
	assert_refused(&setup, -ENOMEM, NFTO_ERROR_NO_MEMORY);
	tear_down(&setup);
}

static void test_lost_answer(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "auto", lan_and_wan);
	answer_none(&setup);
	fake_answer(setup.fake, BATCH);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_refused(&setup, -ENOBUFS, NFTO_ERROR_LOST);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 1);
	tear_down(&setup);
}

/* ---- What is found in place of it */

static void test_foreign_table(void **state)
{
	static const char *const comments[] = { NULL, "", "managed by somebody",
						"managed by nftoffload2" };
	struct setup setup;

	(void)state;
	for (size_t i = 0; i < COUNT(comments); i++) {
		set_up(&setup, "auto", lan_and_wan);
		instance_answer_generation(setup.fake);
		instance_answer_table(setup.fake, comments[i]);
		assert_refused(&setup, -EEXIST, NFTO_ERROR_FOREIGN_TABLE);
		assert_string_equal(nfto_error_object(setup.error), "table inet nftoffload");
		assert_int_equal(fake_count_sent(setup.fake, BATCH), 0);
		tear_down(&setup);
	}
}

static void test_table_that_can_not_be_read(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup, "auto", lan_and_wan);
	instance_answer_generation(setup.fake);
	fake_answer(setup.fake, NFT(NFT_MSG_GETTABLE));
	reply_error(setup.fake, 0, EPERM);
	assert_refused(&setup, -EPERM, NFTO_ERROR_PERMISSION);
	assert_int_equal(fake_count_sent(setup.fake, BATCH), 0);
	tear_down(&setup);
}

/* ---- Specs that can't be: nothing is sent */

struct invalid {
	const char *name;
	const char *instance;
	const char *devices[4];
	enum nfto_error_code code;
	const char *message;
};

/* clang-format off */
static const struct invalid invalid_specs[] = {
	{ "no device", "a", { NULL }, NFTO_ERROR_INVALID, "no interface and no device is given" },
	{ "device twice", "a", { "lan0", "wan0", "lan0" }, NFTO_ERROR_DEVICE_DUPLICATE,
	  "device \"lan0\": the name is given twice" },
	{ "empty device", "a", { "" }, NFTO_ERROR_INVALID, "the device name is empty" },
	{ "dots", "a", { ".." }, NFTO_ERROR_INVALID,
	  "device \"..\": a device can't be named \".\" or \"..\"" },
	{ "device with a slash", "a", { "lan0", "a/b" }, NFTO_ERROR_INVALID,
	  "device \"a/b\": a device name can't hold '/', ':' or white space" },
	{ "over-long device", "a", { "1234567890123456" }, NFTO_ERROR_INVALID,
	  "device \"1234567890123456\": a device name is at most 15 bytes long" },
	{ "empty name", "", { "lan0" }, NFTO_ERROR_INVALID, "table inet : the name is empty" },
	{ "name with a slash", "a/b", { "lan0" }, NFTO_ERROR_INVALID,
	  "table inet a/b: the name of an instance is made of letters, digits, '_', '-' and '.'" },
};
/* clang-format on */

static void test_invalid_spec(void **state)
{
	const struct invalid *invalid = *state;
	struct setup setup;

	set_up(&setup, "auto", invalid->devices);
	assert_int_equal(nfto_spec_set_name(setup.spec, invalid->instance), 0);
	assert_refused(&setup, -EINVAL, invalid->code);
	assert_string_equal(nfto_error_message(setup.error), invalid->message);
	assert_int_equal(setup.fake->request_count, 0);
	tear_down(&setup);
}

static void test_spec_refuses_modes_that_can_not_be_asked_for(void **state)
{
	struct nfto_spec *spec;

	(void)state;
	assert_int_equal(nfto_spec_new(&spec), 0);
	assert_int_equal(nfto_spec_set_mode(spec, NFTO_MODE_NONE), -EINVAL);
	assert_int_equal(nfto_spec_set_mode(spec, (enum nfto_mode) - 1), -EINVAL);
	assert_int_equal(nfto_spec_set_mode(spec, (enum nfto_mode)4), -EINVAL);
	nfto_spec_free(spec);
	nfto_spec_free(NULL);
	nfto_result_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_instance_of_another_name),
		cmocka_unit_test(test_result_can_be_left_out),
		cmocka_unit_test(test_thousand_times_the_same),
		cmocka_unit_test(test_300_devices),
		cmocka_unit_test(test_fallback_that_fails),
		cmocka_unit_test(test_begun_again),
		cmocka_unit_test(test_device_that_vanishes),
		cmocka_unit_test(test_begun_again_too_often),
		cmocka_unit_test(test_missing_device),
		cmocka_unit_test(test_what_is_remembered),
		cmocka_unit_test(test_wildcard_for_what_is_not_taken),
		cmocka_unit_test(test_vanished_port),
		cmocka_unit_test(test_threshold_in_the_rule),
		cmocka_unit_test(test_ingress_priority_in_hardware),
		cmocka_unit_test(test_obstacle),
		cmocka_unit_test(test_lost_answer),
		cmocka_unit_test(test_foreign_table),
		cmocka_unit_test(test_table_that_can_not_be_read),
		cmocka_unit_test(test_spec_refuses_modes_that_can_not_be_asked_for),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(fresh_instances, test_fresh);
	failures += run_table(changes, test_change);
	failures += run_table(settings, test_setting);
	failures += run_table(late_devices, test_late);
	failures += run_table(vanished_devices, test_vanished);
	failures += run_table(broken_instances, test_broken);
	failures += run_table(hardware_refusals, test_auto_falls_back);
	failures += run_table(hardware_refusals, test_hardware_fails);
	failures +=
		run_table(hardware_refusals, test_auto_that_was_in_software_falls_back_in_place);
	failures += run_table(batch_failures, test_batch_failure);
	failures += run_table(invalid_specs, test_invalid_spec);
	return failures != 0;
}
