// SPDX-License-Identifier: LGPL-2.1-or-later
/* Two looks: rates, and how sure it is that hardware forwards. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "proc_folder.h"
#include "status_script.h"
#include "unit.h"

#define NAME "nftoffload"
#define HARDWARE 1
#define COUNTER 2

/* One look, as far as it matters. */
struct look {
	uint64_t at_ms;
	uint32_t flags;
	uint64_t rule;
	uint64_t inserted;
	uint64_t leaked;
	const char *softnet; /* NULL: not there */
	uint8_t protocol;
	uint32_t flow; /* the number of the flow */
	uint32_t status;
	uint64_t packets; /* of each direction */
	bool has_no_counters;
	bool has_other; /* flowtable in hardware */
};

static const struct look usual = {
	.at_ms = 1000,
	.flags = HARDWARE | COUNTER,
	.rule = 9,
	.inserted = 10,
	.leaked = 4,
	.softnet = "00000010 00000000\n00000020 00000000\n",
	.protocol = 17,
	.flow = 77,
	.status = 0xc000,
	.packets = 100,
};

static const char *const no_devices[] = { NULL };

static const struct reply_flowtable other[] = {
	{ .family = 2, .table = "fw", .name = "f", .flags = 1, .devices = no_devices },
	{ .name = NULL },
};

static struct nfto_status *read_look(const struct look *look)
{
	struct instance_script instance = instance_whole("auto", look->flags);
	struct status_script script = status_usual();
	struct reply_flow flow = {
		.family = AF_INET,
		.protocol = look->protocol,
		.id = look->flow,
		.status = look->status,
		.original = { "192.0.2.1", "192.0.2.2", 1, 2 },
		.reply = { "192.0.2.2", "192.0.2.1", 2, 1 },
		.has_counters = !look->has_no_counters,
		.packets = { look->packets, look->packets },
	};
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_status *status;

	instance.rule_handle = look->rule;
	instance.inserted = look->inserted;
	instance.leaked = look->leaked;
	script.others = look->has_other ? other : NULL;
	script.flows = &flow;
	script.flow_count = 1;
	fake->clock.now_ms = look->at_ms;
	proc_folder_use(ctx);
	if (look->softnet)
		proc_folder_write("thread-self/net/softnet_stat", look->softnet);
	status_answer(fake, &instance, &script);
	assert_int_equal(nfto_status_read(ctx, NAME, &status), 0);
	nfto_ctx_free(ctx);
	fake_free(fake);
	proc_folder_clear();
	return status;
}

/* ---- Rates */

static void assert_rates(const struct look *first, const struct look *second, int result,
			 double inserted, double leaked)
{
	struct nfto_status *before = read_look(first), *now = read_look(second);
	double rate = -1;

	assert_int_equal(nfto_status_inserted_per_s(now, before, &rate), result);
	assert_true(rate == (result == 0 ? inserted : -1));
	rate = -1;
	assert_int_equal(nfto_status_leaked_per_s(now, before, &rate), result);
	assert_true(rate == (result == 0 ? leaked : -1));
	nfto_status_free(before);
	nfto_status_free(now);
}

static void test_rates(void **state)
{
	struct look later = usual;

	(void)state;
	later.at_ms += 4000;
	assert_rates(&usual, &later, 0, 0, 0);
	later.inserted += 10;
	later.leaked += 2;
	assert_rates(&usual, &later, 0, 2.5, 0.5);
}

static void test_no_rates(void **state)
{
	struct look later = usual;

	(void)state;
	later.inserted += 10;
	later.leaked += 10;
	assert_rates(&usual, &later, -ENODATA, 0, 0);
	later.at_ms += 1000;
	assert_rates(&later, &usual, -ENODATA, 0, 0);
	later.rule = 12;
	assert_rates(&usual, &later, -ENODATA, 0, 0);
	later.rule = usual.rule;
	later.inserted = later.leaked = 3;
	assert_rates(&usual, &later, -ENODATA, 0, 0);
}

/* ---- Confidence */

static struct look busy(void)
{
	struct look look = usual;

	/* 1000 packets, while 5 were received. */
	look.at_ms += 5000;
	look.packets += 500;
	look.softnet = "00000012 00000000\n00000023 00000000\n";
	return look;
}

static void assert_confidence(const struct look *first, const struct look *second,
			      enum nfto_confidence expected)
{
	struct nfto_status *before = read_look(first), *now = read_look(second);

	assert_int_equal(nfto_status_confidence(now, before), expected);
	nfto_status_free(before);
	nfto_status_free(now);
}

static void test_one_look(void **state)
{
	struct nfto_status *status = read_look(&usual);

	(void)state;
	assert_int_equal(nfto_status_confidence(status, NULL), NFTO_CONFIDENCE_CLAIMED);
	nfto_status_free(status);
}

static void test_confirmed(void **state)
{
	struct look second = busy();
	struct nfto_status *before = read_look(&usual), *now = read_look(&second);
	uint64_t counted, received;

	(void)state;
	assert_int_equal(nfto_status_confidence(now, before), NFTO_CONFIDENCE_CONFIRMED);
	assert_int_equal(nfto_status_packets_between(now, before, &counted, &received), 0);
	assert_int_equal(counted, 1000);
	assert_int_equal(received, 5);
	/* The other way round it is nonsense. */
	assert_int_equal(nfto_status_packets_between(before, now, &counted, &received), -ENODATA);
	assert_int_equal(nfto_status_confidence(before, now), NFTO_CONFIDENCE_CLAIMED);
	nfto_status_free(before);
	nfto_status_free(now);
}

/* The sum of what was received may wrap around. */
static void test_wrapped(void **state)
{
	struct look first = usual, second = busy();

	(void)state;
	first.softnet = "fffffffe 00000000\n";
	second.softnet = "00000003 00000000\n";
	assert_confidence(&first, &second, NFTO_CONFIDENCE_CONFIRMED);
	second.softnet = "00001000 00000000\n";
	assert_confidence(&first, &second, NFTO_CONFIDENCE_CLAIMED);
}

static void as_much_as_was_received(struct look *first, struct look *second)
{
	(void)first;
	/* 0x1f4 more: twice that is 1000, and some are in between. */
	second->softnet = "00000204 00000000\n00000020 00000000\n";
}

static void within_the_margin(struct look *first, struct look *second)
{
	(void)first;
	second->packets = usual.packets + 32;
	second->softnet = usual.softnet;
}

static void nothing_received_is_known(struct look *first, struct look *second)
{
	first->softnet = second->softnet = NULL;
}

static void senseless_received(struct look *first, struct look *second)
{
	(void)first;
	second->softnet = "no number\n";
}

static void another_number_of_cpus(struct look *first, struct look *second)
{
	(void)first;
	second->softnet = "00000035 00000000\n";
}

static void another_flow(struct look *first, struct look *second)
{
	(void)first;
	second->flow = 78;
}

static void counted_backwards(struct look *first, struct look *second)
{
	first->packets = 100000;
	(void)second;
}

static void in_software_before(struct look *first, struct look *second)
{
	(void)second;
	first->status = 0x4000;
}

static void in_software_now(struct look *first, struct look *second)
{
	(void)first;
	second->status = 0x4000;
}

static void closing_now(struct look *first, struct look *second)
{
	(void)first;
	second->status = 0x8000;
}

static void without_counters(struct look *first, struct look *second)
{
	first->has_no_counters = second->has_no_counters = true;
}

static void too_far_apart(struct look *first, struct look *second)
{
	(void)first;
	second->at_ms = usual.at_ms + 30001;
}

static void no_time_between(struct look *first, struct look *second)
{
	second->at_ms = first->at_ms;
}

static void another_flowtable_before(struct look *first, struct look *second)
{
	(void)second;
	first->has_other = true;
}

static void another_flowtable_now(struct look *first, struct look *second)
{
	(void)first;
	second->has_other = true;
}

static void software_before(struct look *first, struct look *second)
{
	(void)second;
	first->flags = COUNTER;
}

static const struct doubt {
	const char *name;
	void (*change)(struct look *first, struct look *second);
} doubts[] = {
	{ "as much as was received", as_much_as_was_received },
	{ "within the margin", within_the_margin },
	{ "nothing received is known", nothing_received_is_known },
	{ "senseless received", senseless_received },
	{ "another number of CPUs", another_number_of_cpus },
	{ "another flow", another_flow },
	{ "counted backwards", counted_backwards },
	{ "in software before", in_software_before },
	{ "in software now", in_software_now },
	{ "closing now", closing_now },
	{ "without counters", without_counters },
	{ "too far apart", too_far_apart },
	{ "no time between", no_time_between },
	{ "another flowtable before", another_flowtable_before },
	{ "another flowtable now", another_flowtable_now },
	{ "software before", software_before },
};

static void test_doubt(void **state)
{
	const struct doubt *doubt = *state;
	struct look first = usual, second = busy();

	doubt->change(&first, &second);
	assert_confidence(&first, &second, NFTO_CONFIDENCE_CLAIMED);
}

static void test_software(void **state)
{
	struct look first = usual, second = busy();

	(void)state;
	first.flags = second.flags = COUNTER;
	assert_confidence(&first, &second, NFTO_CONFIDENCE_NONE);
}

/* ---- Flows that the hardware has not taken */

#define SOFT 0x4000
#define HARD 0xc000
#define LEAVING 0x8000

static const struct declined_case {
	const char *name;
	uint8_t protocol;
	uint32_t first; /* 0: no first look */
	uint32_t second;
	uint64_t moved; /* in each direction */
	bool is_another;
	bool has_no_counters;
	uint64_t declined;
	enum nfto_confidence confidence;
} declined_cases[] = {
	{ "UDP, one look", 17, 0, SOFT, 0, false, false, 1, NFTO_CONFIDENCE_NONE },
	{ "UDP, still", 17, SOFT, SOFT, 0, false, false, 1, NFTO_CONFIDENCE_NONE },
	{ "UDP, not counted", 17, SOFT, SOFT, 0, false, true, 1, NFTO_CONFIDENCE_NONE },
	{ "UDP, just begun", 17, SOFT, SOFT, 0, true, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "UDP, taken", 17, SOFT, HARD, 0, false, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "UDP, was taken", 17, HARD, SOFT, 9, false, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "TCP, one look", 6, 0, SOFT, 0, false, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "TCP, moving", 6, SOFT, SOFT, 6, false, false, 1, NFTO_CONFIDENCE_NONE },
	{ "TCP, its last packets", 6, SOFT, SOFT, 5, false, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "TCP, closing", 6, HARD, SOFT, 99, false, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "TCP, another one", 6, SOFT, SOFT, 99, true, false, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "TCP, not counted", 6, SOFT, SOFT, 99, false, true, 0, NFTO_CONFIDENCE_CLAIMED },
	{ "TCP, leaving", 6, SOFT, LEAVING, 99, false, false, 0, NFTO_CONFIDENCE_CLAIMED },
};

static void test_declined(void **state)
{
	const struct declined_case *test = *state;
	struct look first = usual, second = usual;
	struct nfto_status *before, *now;

	first.protocol = second.protocol = test->protocol;
	first.has_no_counters = second.has_no_counters = test->has_no_counters;
	first.status = test->first;
	second.status = test->second;
	second.at_ms += 5000;
	second.packets += test->moved;
	second.flow += test->is_another;
	before = test->first ? read_look(&first) : NULL;
	now = read_look(&second);
	assert_int_equal(nfto_status_declined(now, before), test->declined);
	assert_int_equal(nfto_status_confidence(now, before), test->confidence);
	nfto_status_free(before);
	nfto_status_free(now);
}

/* Where the flowtable is in software, it is no wonder. */
static void test_none_declined(void **state)
{
	struct look look = usual;
	struct nfto_status *status;

	(void)state;
	look.flags = COUNTER;
	look.status = SOFT;
	status = read_look(&look);
	assert_int_equal(nfto_status_declined(status, NULL), 0);
	assert_int_equal(nfto_status_declined(status, status), 0);
	nfto_status_free(status);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(nfto_confidence_name(NFTO_CONFIDENCE_NONE), "none");
	assert_string_equal(nfto_confidence_name(NFTO_CONFIDENCE_CLAIMED), "claimed");
	assert_string_equal(nfto_confidence_name(NFTO_CONFIDENCE_CONFIRMED), "confirmed");
	assert_string_equal(nfto_confidence_name((enum nfto_confidence)3), "unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),	 cmocka_unit_test(test_no_rates),
		cmocka_unit_test(test_one_look), cmocka_unit_test(test_confirmed),
		cmocka_unit_test(test_wrapped),	 cmocka_unit_test(test_software),
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_none_declined),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(doubts, test_doubt);
	failures += run_table(declined_cases, test_declined);
	return failures != 0;
}
