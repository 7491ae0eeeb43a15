// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plans: what they say, and how they bear up against large and hostile topologies. Which devices
 * are taken is in tests/golden. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "intent/plan.h"
#include "unit.h"

static struct nfto_topology *parse(const char *text)
{
	struct nfto_topology *topology;

	assert_int_equal(nfto_topology_parse(text, strlen(text), &topology, NULL), 0);
	return topology;
}

/* Interfaces in one string, with spaces between them. */
static struct nfto_spec *make_spec(enum nfto_mode mode, const char *interfaces)
{
	char *copy = strdup(interfaces), *rest = copy, *name;
	struct nfto_spec *spec;

	assert_non_null(copy);
	assert_int_equal(nfto_spec_new(&spec), 0);
	assert_int_equal(nfto_spec_set_mode(spec, mode), 0);
	while ((name = strsep(&rest, " ")) != NULL)
		assert_int_equal(nfto_spec_add_interface(spec, name), 0);
	free(copy);
	return spec;
}

static struct nfto_plan *make_plan(const char *text, enum nfto_mode mode, const char *interfaces)
{
	struct nfto_topology *topology = parse(text);
	struct nfto_spec *spec = make_spec(mode, interfaces);
	struct nfto_plan *plan;

	assert_int_equal(nfto_plan_new(topology, spec, &plan), 0);
	nfto_spec_free(spec);
	nfto_topology_free(topology);
	return plan;
}

static const struct nfto_plan_device *find(const struct nfto_plan *plan, const char *name)
{
	for (size_t i = 0; i < nfto_plan_count(plan); i++) {
		if (strcmp(nfto_plan_device_name(nfto_plan_get(plan, i)), name) == 0)
			return nfto_plan_get(plan, i);
	}
	fail_msg("%s is not in the plan", name);
	return NULL;
}

/* ---- Sentences */

struct sentence {
	const char *name; /* of the device */
	enum nfto_mode mode;
	const char *interfaces;
	const char *sentence;
};

#define SOFT NFTO_MODE_SOFTWARE
#define HARD NFTO_MODE_HARDWARE

static const char router[] = "nftoffload topology 1\n"
			     "kernel pppoe_sessions=yes pppoe_below=no\n"
			     "link 1 name=lo type=772\n"
			     "link 2 name=eth0\n"
			     "link 3 name=lan1 kind=dsa lower=eth0 master=br-lan\n"
			     "link 4 name=br-lan kind=bridge\n"
			     "link 5 name=bond0 kind=bond\n"
			     "link 6 name=eth1\\x1b[31m master=bond0\n"
			     "link 7 name=ppp0 kind=ppp type=512\n"
			     "link 8 name=eth2\n"
			     "link 9 name=eth3\n"
			     "link 10 name=wg0 kind=wireguard type=65534\n"
			     "link 11 name=xfrm0 kind=xfrm type=65534\n"
			     "link 12 name=br0 kind=bridge\n"
			     "link 13 name=self kind=vlan vlan=1 lower=self\n"
			     "link 14 name=s kind=vlan vlan=1 vlan_protocol=802.1ad lower=eth3\n"
			     "link 15 name=ss kind=vlan vlan=1 vlan_protocol=802.1ad lower=s\n"
			     "link 16 name=q kind=vlan vlan=1 lower=s\n"
			     "link 17 name=qq kind=vlan vlan=1 lower=q\n"
			     "link 18 name=moved kind=vlan vlan=1 lower_elsewhere\n"
			     "pppoe lower=eth2\n"
			     "pppoe lower=eth3\n";

static const struct sentence sentences[] = {
	{ "eth2", SOFT, "eth2", "packets come in here" },
	{ "br-lan", SOFT, "br-lan", "routes go over it: for flows that are not kept below it" },
	{ "br-lan", HARD, "br-lan", "has no hardware of its own; the devices below it are asked" },
	{ "eth0", SOFT, "br-lan",
	  "carries a switch's frames; flows are kept for ports such as lan1" },
	{ "bond0", HARD, "bond0", "no driver takes flows of a bond into hardware" },
	{ "eth1\x1b[31m", SOFT, "bond0", "bond0 takes its packets over; flows are kept there" },
	{ "eth2", HARD, "ppp0", "packets come in here, if the session of ppp0 is over it" },
	{ "eth2", SOFT, "ppp0", "this kernel does not find the PPPoE flows of ppp0 here" },
	{ "eth2", SOFT, "ppp0 eth2",
	  "packets come in here; flows of ppp0 are kept here too, and not found" },
	{ "eth2", SOFT, "eth2 ppp0",
	  "packets come in here; flows of ppp0 are kept here too, and not found" },
	{ "wg0", SOFT, "wg0",
	  "for what is inside the tunnel; the packets around it are this host's" },
	{ "wg0", HARD, "wg0", "no hardware takes what comes out of a tunnel" },
	{ "xfrm0", SOFT, "xfrm0",
	  "IPsec: each packet is held against a policy, so none is offloaded" },
	{ "lo", SOFT, "lo", "its packets are this host's own" },
	{ "br0", HARD, "br0", "a bridge without ports" },
	{ "self", SOFT, "self", "stands on itself" },
	{ "s", SOFT, "q", "only passed: flows are kept for the devices below it" },
	{ "eth3", SOFT, "ss", "the kernel does not find flows of ss here: a tag is too deep" },
	{ "eth3", SOFT, "ss eth3",
	  "packets come in here; flows of ss are kept here too, and not found" },
	{ "ss", HARD, "ss", "the kernel does not read an 802.1ad tag inside of another tag" },
	{ "eth3", SOFT, "qq", "the kernel does not find flows of qq here: it is too deep" },
	{ "qq", HARD, "qq", "the kernel does not follow so many tags, sessions and devices" },
	/* Here the kernel notices, and no flow of qq gets lost on eth3. */
	{ "eth3", SOFT, "qq eth3", "packets come in here" },
	{ "moved", SOFT, "moved", "the device below it is in another network namespace" },
	{ "nope", SOFT, "nope", "there is no such device now" },
	{ "nope*", SOFT, "nope*", "nothing that is there now has such a name" },
};

static void test_sentence(void **state)
{
	const struct sentence *row = *state;
	struct nfto_plan *plan = make_plan(router, row->mode, row->interfaces);

	assert_string_equal(nfto_plan_device_sentence(find(plan, row->name)), row->sentence);
	nfto_plan_free(plan);
}

/* Where no flow is made without its whole path. */
static const char whole_router[] = "nftoffload topology 1\n"
				   "kernel pppoe_sessions=yes needs_whole_path=yes\n"
				   "link 1 name=eth0 master=br0\n"
				   "link 2 name=br0 kind=bridge\n"
				   "link 3 name=ppp0 kind=ppp type=512\n"
				   "link 4 name=ipip0 kind=ipip type=768 egress=br0\n"
				   "link 5 name=eth1\n"
				   "link 6 name=ds kind=ip6tnl up egress=eth1 carries_ipv4\n";

static const struct sentence whole_sentences[] = {
	{ "br0", SOFT, "br0", "only passed: flows are kept for the devices below it" },
	{ "ppp0", SOFT, "ppp0",
	  "this kernel can't follow a path through it, and offloads nothing without" },
	{ "ipip0", SOFT, "ipip0",
	  "this kernel can't follow a path through it, and offloads nothing without" },
	{ "ds", SOFT, "ds", "IPv4 over IPv6: this kernel would lose what it offloads" },
	{ "eth1", SOFT, "eth1",
	  "this kernel would lose the IPv4 connections of the tunnel ds here" },
	{ "eth0", SOFT, "ipip0", "this kernel finds no path from ipip0 to here" },
};

static void test_whole_sentence(void **state)
{
	const struct sentence *row = *state;
	struct nfto_plan *plan = make_plan(whole_router, row->mode, row->interfaces);

	assert_string_equal(nfto_plan_device_sentence(find(plan, row->name)), row->sentence);
	nfto_plan_free(plan);
}

static void test_name_of_another_device_is_safe_on_a_terminal(void **state)
{
	struct nfto_plan *plan =
		make_plan("nftoffload topology 1\n"
			  "link 1 name=a\\x1b kind=bond\nlink 2 name=b master=a\\x1b\n",
			  SOFT, "b");

	(void)state;
	assert_string_equal(nfto_plan_device_sentence(find(plan, "b")),
			    "a\\x1b takes its packets over; flows are kept there");
	nfto_plan_free(plan);
}

/* ---- What the goldens do not show */

static void test_obstacle(void **state)
{
	struct nfto_plan *plan = make_plan(router, NFTO_MODE_AUTO, "eth2 bon*");
	const struct nfto_plan_device *obstacle = nfto_plan_obstacle(plan);

	(void)state;
	assert_int_equal(nfto_plan_mode(plan), SOFT);
	assert_string_equal(nfto_plan_device_name(obstacle), "bond0");
	assert_string_equal(nfto_plan_device_via(obstacle), "bon*");
	assert_int_equal(nfto_plan_device_decision(obstacle), NFTO_PLAN_LEFT_OUT);
	assert_int_equal(nfto_plan_device_reason(obstacle), NFTO_PLAN_NO_DRIVER);
	assert_int_equal(nfto_plan_device_decision(find(plan, "bond0")), NFTO_PLAN_TAKEN);
	nfto_plan_free(plan);
	nfto_plan_free(NULL);
}

/* For the one that falls back when a driver refuses. */
static void test_plan_for_a_mode(void **state)
{
	struct nfto_topology *topology = parse(router);
	struct nfto_spec *spec = make_spec(NFTO_MODE_AUTO, "eth2 br-lan");
	struct nfto_plan *plan;

	(void)state;
	assert_int_equal(plan_make(topology, spec, SOFT, &plan), 0);
	assert_int_equal(nfto_plan_mode(plan), SOFT);
	assert_null(nfto_plan_obstacle(plan));
	assert_int_equal(nfto_plan_count(plan), 4);
	nfto_plan_free(plan);
	nfto_spec_free(spec);
	nfto_topology_free(topology);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(nfto_plan_decision_name(NFTO_PLAN_TAKEN), "taken");
	assert_string_equal(nfto_plan_decision_name(NFTO_PLAN_LEFT_OUT), "left-out");
	assert_string_equal(nfto_plan_decision_name(NFTO_PLAN_MISSING), "missing");
	assert_string_equal(nfto_plan_decision_name((enum nfto_plan_decision)0), "unknown");
	assert_string_equal(nfto_plan_reason_name(NFTO_PLAN_EXPLICIT), "explicit");
	assert_string_equal(nfto_plan_reason_name(NFTO_PLAN_NO_MATCH), "no-match");
	assert_string_equal(nfto_plan_reason_name(NFTO_PLAN_VLAN_FILTERING), "vlan-filtering");
	assert_string_equal(nfto_plan_reason_name((enum nfto_plan_reason)0), "unknown");
	assert_string_equal(nfto_plan_reason_name((enum nfto_plan_reason)25), "unknown");
	assert_string_equal(nfto_plan_reason_name((enum nfto_plan_reason) - 1), "unknown");
	for (int reason = NFTO_PLAN_EXPLICIT; reason <= NFTO_PLAN_LOST_IN_TUNNEL; reason++)
		assert_string_not_equal(nfto_plan_reason_name((enum nfto_plan_reason)reason),
					"unknown");
}

/* Names that no device can have. */
static void test_impossible_names(void **state)
{
	struct nfto_topology *topology = parse(router);
	struct nfto_spec *spec = make_spec(SOFT, "a-name-of-16-byt a/b eth2");
	char *huge = malloc(100000);
	struct nfto_plan *plan;

	(void)state;
	assert_non_null(huge);
	memset(huge, 'x', 99999);
	huge[99999] = '\0';
	assert_int_equal(nfto_spec_add_interface(spec, huge), 0);
	assert_int_equal(nfto_spec_add_device(spec, ""), 0);
	assert_int_equal(nfto_plan_new(topology, spec, &plan), 0);
	nfto_spec_free(spec);
	nfto_topology_free(topology);
	assert_int_equal(nfto_plan_count(plan), 5);
	for (size_t i = 0; i < 5; i++) {
		const struct nfto_plan_device *device = nfto_plan_get(plan, i);

		assert_int_equal(nfto_plan_device_decision(device),
				 i == 2 ? NFTO_PLAN_TAKEN : NFTO_PLAN_MISSING);
	}
	assert_string_equal(nfto_plan_device_name(nfto_plan_get(plan, 3)), huge);
	assert_string_equal(nfto_plan_device_name(nfto_plan_get(plan, 4)), "");
	nfto_plan_free(plan);
	free(huge);
}

/* ---- Large topologies */

struct record {
	char *text;
	size_t length;
	size_t room;
};

__attribute__((format(printf, 2, 3))) static void put(struct record *record, const char *format,
						      ...)
{
	va_list arguments;

	if (record->room - record->length < 256) {
		record->room = 2 * record->room + 4096;
		record->text = realloc(record->text, record->room);
		assert_non_null(record->text);
	}
	va_start(arguments, format);
	record->length += (size_t)vsnprintf(record->text + record->length, 256, format, arguments);
	va_end(arguments);
}

static void test_300_interfaces(void **state)
{
	struct record record = { 0 };
	struct nfto_plan *plan;

	(void)state;
	put(&record, "nftoffload topology 1\nlink 1 name=br0 kind=bridge\nlink 2 name=eth0\n");
	for (unsigned int i = 0; i < 300; i++) {
		put(&record, "link %u name=port%u kind=dsa lower=eth0 master=br0\n", 3 * i + 10, i);
		put(&record, "link %u name=v%u kind=vlan lower=br0 vlan=%u\n", 3 * i + 11, i,
		    i + 1);
	}
	plan = make_plan(record.text, SOFT, "br0 v*");
	assert_int_equal(nfto_plan_count(plan), 1 + 1 + 600);
	assert_string_equal(nfto_plan_device_name(nfto_plan_get(plan, 1)), "port0");
	assert_string_equal(nfto_plan_device_name(nfto_plan_get(plan, 301)), "port299");
	assert_string_equal(nfto_plan_device_name(nfto_plan_get(plan, 601)), "v299");
	for (size_t i = 0; i < nfto_plan_count(plan); i++)
		assert_int_equal(nfto_plan_device_decision(nfto_plan_get(plan, i)),
				 i == 2 ? NFTO_PLAN_LEFT_OUT : NFTO_PLAN_TAKEN);
	nfto_plan_free(plan);
	free(record.text);
}

/* Each bridge has as many ports as there are, each of which is a VLAN over the next bridge: all
 * ways down would be more than anybody could walk. */
static void test_many_ways(void **state)
{
	struct record record = { 0 };
	struct nfto_plan *plan;
	clock_t begin;

	(void)state;
	put(&record, "nftoffload topology 1\n");
	for (unsigned int i = 0; i < 10; i++)
		put(&record, "link %u name=br%u kind=bridge\n", i + 1, i);
	for (unsigned int i = 0; i < 5000; i++)
		put(&record, "link %u name=v%u kind=vlan vlan=1 master=br%u lower=br%u\n", i + 100,
		    i, i % 10, (i + 1) % 10);
	begin = clock();
	plan = make_plan(record.text, NFTO_MODE_AUTO, "*");
	assert_in_range(clock() - begin, 0, 10 * CLOCKS_PER_SEC);
	assert_int_equal(nfto_plan_count(plan), 5010);
	nfto_plan_free(plan);
	free(record.text);
}

/* As deep as a record can say it. */
static void test_endless_stack(void **state)
{
	struct record record = { 0 };
	struct nfto_plan *plan;

	(void)state;
	put(&record, "nftoffload topology 1\nlink 1 name=v0\n");
	for (unsigned int i = 1; i < 60000; i++)
		put(&record, "link %u name=v%u kind=vlan vlan=1 lower=v%u\n", i + 1, i, i - 1);
	plan = make_plan(record.text, SOFT, "v59999");
	assert_int_equal(nfto_plan_count(plan), 10);
	assert_int_equal(nfto_plan_device_decision(nfto_plan_get(plan, 0)), NFTO_PLAN_TAKEN);
	assert_int_equal(nfto_plan_device_reason(nfto_plan_get(plan, 9)), NFTO_PLAN_TOO_DEEP);
	nfto_plan_free(plan);
	free(record.text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_of_another_device_is_safe_on_a_terminal),
		cmocka_unit_test(test_obstacle),
		cmocka_unit_test(test_plan_for_a_mode),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_impossible_names),
		cmocka_unit_test(test_300_interfaces),
		cmocka_unit_test(test_many_ways),
		cmocka_unit_test(test_endless_stack),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(sentences, test_sentence);
	failures += run_table(whole_sentences, test_whole_sentence);
	return failures != 0;
}
