// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looks at conntrack and at the table of a card, and what they prove. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "debugfs_files.h"
#include "instance_script.h"
#include "reply.h"
#include "sysctl_files.h"
#include "unit.h"

#define GET CT(IPCTNL_MSG_CT_GET)
#define DELETE CT(IPCTNL_MSG_CT_DELETE)
#define TOTAL CT(IPCTNL_MSG_CT_GET_STATS)
#define OFFLOAD 0x4000
#define HARDWARE 0xc000

/* By the default timeouts. */
#define INTERVAL_MS 5000

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	struct nfto_audit *audit;
	uint32_t flags; /* of the flowtable */
};

static void set_up(struct setup *setup)
{
	*setup = (struct setup){
		.fake = fake_new(),
		.flags = NFTO_FLOWTABLE_HARDWARE | NFTO_FLOWTABLE_COUNTER,
	};
	setup->ctx = fake_ctx(setup->fake);
	debugfs_files_use(setup->ctx);
	instance_answer_generation(setup->fake);
}

static void tear_down(struct setup *setup)
{
	nfto_audit_free(setup->audit);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
	debugfs_files_clear();
}

/* ---- One connection, and what there is of it at a look */

static struct reply_flow connection(uint8_t protocol, uint64_t original, uint64_t reply)
{
	return (struct reply_flow){
		.family = AF_INET,
		.protocol = protocol,
		.status = HARDWARE,
		.id = 7,
		.original = { "192.168.1.2", "203.0.113.2", 40000, 443 },
		.reply = { "203.0.113.2", "203.0.113.1", 443, 1024 },
		.has_counters = true,
		.packets = { original, reply },
	};
}

/* Its entries: "tcp", and how many packets; -1 for none. */
static void put_rules(struct setup *setup, const char *protocol, int original, int reply)
{
	char text[1024] = "";
	size_t length = 0;

	if (original >= 0)
		length +=
			(size_t)snprintf(text, sizeof(text),
					 "lan0 %s 192.168.1.2:40000 > 203.0.113.2:443 => wan0 "
					 "203.0.113.1:1024 > 203.0.113.2:443 packets %d bytes 1\n",
					 protocol, original);
	if (reply >= 0)
		snprintf(text + length, sizeof(text) - length,
			 "wan0 %s 203.0.113.2:443 > 203.0.113.1:1024 => lan0 203.0.113.2:443 > "
			 "192.168.1.2:40000 packets %d bytes 1\n",
			 protocol, reply);
	debugfs_files_set_rules(setup->ctx, text);
}

static void put_foe(int original, int reply)
{
	char text[1024] = "";
	size_t length = 0;

	if (original >= 0)
		length += (size_t)snprintf(
			text, sizeof(text),
			"00001 BND IPv4 5T orig=192.168.1.2:40000->203.0.113.2:443 "
			"new=203.0.113.1:1024->203.0.113.2:443 ib1=20000000 packets=%d bytes=1\n",
			original);
	if (reply >= 0)
		length += (size_t)snprintf(
			text + length, sizeof(text) - length,
			"00002 BND IPv4 5T orig=203.0.113.2:443->203.0.113.1:1024 "
			"new=203.0.113.2:443->192.168.1.2:40000 ib1=20000000 packets=%d bytes=1\n",
			reply);
	debugfs_files_set("ppe0/bind", text, length);
}

/* ---- The looks */

static void answer_flowtable(struct setup *setup)
{
	static const char *const devices[] = { "lan0", "wan0", NULL };
	struct reply_flowtable flowtable = {
		.family = NFPROTO_INET,
		.table = "t",
		.name = "f",
		.flags = setup->flags,
		.devices = devices,
	};

	fake_answer(setup->fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(setup->fake, &flowtable);
	reply_done(setup->fake);
}

static void answer_look(struct setup *setup, const struct reply_flow *flows, size_t count)
{
	answer_flowtable(setup);
	fake_answer(setup->fake, GET);
	for (size_t i = 0; i < count; i++)
		reply_flow(setup->fake, &flows[i]);
	reply_done(setup->fake);
}

static int open_or_look(struct setup *setup)
{
	return setup->audit ? nfto_audit_look(setup->audit) :
			      nfto_audit_open(setup->ctx, &setup->audit);
}

static void look_at_all(struct setup *setup, const struct reply_flow *flows, size_t count)
{
	answer_look(setup, flows, count);
	assert_int_equal(open_or_look(setup), 0);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup->ctx)), NFTO_ERROR_NONE);
	setup->fake->clock.now_ms += INTERVAL_MS;
}

static void look(struct setup *setup, struct reply_flow flow)
{
	look_at_all(setup, &flow, 1);
}

static void look_at_none(struct setup *setup)
{
	look_at_all(setup, NULL, 0);
}

static void assert_nothing(const struct setup *setup)
{
	assert_int_equal(nfto_audit_count(setup->audit), 0);
	assert_null(nfto_audit_get(setup->audit, 0));
}

static void assert_finding(const struct setup *setup, size_t index, enum nfto_finding_code code,
			   bool is_certain)
{
	const struct nfto_audit_item *item = nfto_audit_get(setup->audit, index);
	const struct nfto_finding *finding;

	assert_non_null(item);
	finding = nfto_audit_item_finding(item);
	assert_int_equal(nfto_finding_code(finding), code);
	assert_int_equal(nfto_finding_is_certain(finding), is_certain);
	assert_string_not_equal(nfto_finding_sentence(finding), "");
	assert_string_not_equal(nfto_finding_evidence(finding), "");
	assert_string_not_equal(nfto_finding_advice(finding), "");
}

static void assert_only(const struct setup *setup, enum nfto_finding_code code, bool is_certain)
{
	assert_int_equal(nfto_audit_count(setup->audit), 1);
	assert_finding(setup, 0, code, is_certain);
}

/* ---- All is well */

static void test_busy(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	for (int i = 0; i < 5; i++) {
		put_rules(&setup, "tcp", 100 * i, 50 * i);
		look(&setup, connection(IPPROTO_TCP, 3 + 90 * i, 3 + 45 * i));
		assert_nothing(&setup);
	}
	assert_int_equal(nfto_audit_flow_count(setup.audit), 1);
	assert_true(nfto_audit_has_counters(setup.audit));
	assert_string_equal(nfto_audit_table(setup.audit, 0), "nftosim");
	assert_null(nfto_audit_table(setup.audit, 1));
	tear_down(&setup);
}

/* Nothing moves, nobody is to blame; also where there is no table. */
static void test_idle(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	for (int i = 0; i < 5; i++) {
		if (i == 1)
			put_rules(&setup, "tcp", 20, 20);
		look(&setup, connection(IPPROTO_TCP, 20, 20));
		assert_nothing(&setup);
	}
	tear_down(&setup);
}

/* It ends; the card has its entries for a while. */
static void test_ends(void **state)
{
	struct reply_flow over = connection(IPPROTO_TCP, 20, 20);
	struct setup setup;

	(void)state;
	over.status = 0;
	set_up(&setup);
	put_rules(&setup, "tcp", 10, 10);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	look(&setup, over);
	assert_nothing(&setup);
	put_rules(&setup, "tcp", -1, -1);
	look(&setup, over);
	assert_nothing(&setup);
	look_at_none(&setup);
	assert_nothing(&setup);
	tear_down(&setup);
}

/* Another connection with the same addresses. */
static void test_opened_again(void **state)
{
	struct reply_flow other = connection(IPPROTO_TCP, 2, 2);
	struct setup setup;

	(void)state;
	other.id = 8;
	set_up(&setup);
	put_rules(&setup, "tcp", 500, 500);
	look(&setup, connection(IPPROTO_TCP, 400, 400));
	look(&setup, connection(IPPROTO_TCP, 600, 600));
	put_rules(&setup, "tcp", 3, 3);
	look(&setup, other);
	assert_nothing(&setup);
	tear_down(&setup);
}

/* ---- Where there is a table */

static void test_forgotten(void **state)
{
	const struct nfto_audit_item *item;
	uint64_t evicted = 42;
	struct setup setup;
	uint16_t zone = 42;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", 20, 20);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	put_rules(&setup, "tcp", -1, -1);
	look(&setup, connection(IPPROTO_TCP, 40, 40));
	assert_nothing(&setup);
	look(&setup, connection(IPPROTO_TCP, 60, 60));
	assert_only(&setup, NFTO_FINDING_HW_FORGOTTEN, true);
	item = nfto_audit_get(setup.audit, 0);
	assert_true(nfto_audit_item_is_fixable(item));
	assert_int_equal(nfto_audit_item_family(item), AF_INET);
	assert_int_equal(nfto_audit_item_protocol(item), IPPROTO_TCP);
	assert_memory_equal(nfto_audit_item_source(item), "\xc0\xa8\x01\x02", 4);
	assert_memory_equal(nfto_audit_item_destination(item), "\xcb\x00\x71\x02", 4);
	assert_int_equal(nfto_audit_item_source_port(item), 40000);
	assert_int_equal(nfto_audit_item_destination_port(item), 443);
	assert_int_equal(nfto_audit_item_zone(item, &zone), 0);
	assert_int_equal(zone, 0);

	fake_answer(setup.fake, TOTAL);
	reply_total(setup.fake, 1);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, FAKE_ACKED, 0);
	assert_int_equal(nfto_audit_fix(setup.audit, &evicted), 0);
	assert_int_equal(evicted, 1);
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 1);
	/* Once is enough. */
	assert_int_equal(nfto_audit_fix(setup.audit, &evicted), 0);
	assert_int_equal(evicted, 0);
	look_at_none(&setup);
	assert_nothing(&setup);
	tear_down(&setup);
}

/* If it was never seen there, it may be in other hardware, and is not to be evicted. */
static void test_never_there(void **state)
{
	uint64_t evicted = 42;
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", -1, -1);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	look(&setup, connection(IPPROTO_TCP, 40, 40));
	assert_only(&setup, NFTO_FINDING_HW_FORGOTTEN, false);
	assert_false(nfto_audit_item_is_fixable(nfto_audit_get(setup.audit, 0)));
	assert_int_equal(nfto_audit_fix(setup.audit, &evicted), 0);
	assert_int_equal(evicted, 0);
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 0);
	tear_down(&setup);
}

static void test_forgotten_but_idle(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", 20, 20);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	put_rules(&setup, "tcp", -1, -1);
	for (int i = 0; i < 3; i++) {
		look(&setup, connection(IPPROTO_TCP, 20, 20));
		assert_nothing(&setup);
	}
	tear_down(&setup);
}

/* In a table of which a line was lost, anything may stand. */
static void test_incomplete_table(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	for (int i = 0; i < 3; i++) {
		debugfs_files_set_rules(setup.ctx, "lan0 tcp what is this?\n");
		look(&setup, connection(IPPROTO_TCP, 20 * i, 20 * i));
		assert_nothing(&setup);
	}
	tear_down(&setup);
}

/* Of protocols without ports, tables tell nothing. */
static void test_gre(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", -1, -1);
	for (int i = 0; i < 3; i++) {
		look(&setup, connection(IPPROTO_GRE, 20 * i, 20 * i));
		assert_nothing(&setup);
	}
	tear_down(&setup);
}

static void test_one_direction(void **state)
{
	const struct nfto_audit_item *item;
	struct setup setup;

	(void)state;
	for (int missing = 0; missing < 2; missing++) {
		set_up(&setup);
		for (int i = 0; i < 2; i++) {
			put_rules(&setup, "udp", missing == 0 ? -1 : 20 * i,
				  missing == 1 ? -1 : 20 * i);
			look(&setup, connection(IPPROTO_UDP, 20, 20 * i));
		}
		assert_only(&setup, NFTO_FINDING_HW_ONE_DIRECTION, true);
		item = nfto_audit_get(setup.audit, 0);
		assert_int_equal(strncmp(nfto_finding_evidence(nfto_audit_item_finding(item)),
					 missing ? "the reply" : "the original", 9),
				 0);
		assert_false(nfto_audit_item_is_fixable(item));
		tear_down(&setup);
	}
}

/* MediaTek takes a direction when it has 30 packets a second. */
static void test_late_binding(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	for (int i = 0; i < 3; i++) {
		put_foe(200 * i, -1);
		look(&setup, connection(IPPROTO_TCP, 200 * i, 20 * 5 * i));
		assert_nothing(&setup);
	}
	look(&setup, connection(IPPROTO_TCP, 2000, 2000));
	assert_only(&setup, NFTO_FINDING_HW_ONE_DIRECTION, true);
	put_foe(-1, -1);
	look(&setup, connection(IPPROTO_TCP, 4000, 4000));
	assert_nothing(&setup);
	look(&setup, connection(IPPROTO_TCP, 4020, 4020));
	assert_nothing(&setup);
	look(&setup, connection(IPPROTO_TCP, 6000, 6000));
	assert_only(&setup, NFTO_FINDING_HW_FORGOTTEN, true);
	tear_down(&setup);
}

static void look_uncounted(struct setup *setup, bool is_foe)
{
	for (int i = 1; i < 3; i++) {
		if (is_foe)
			put_foe(100 * i, 100 * i);
		else
			put_rules(setup, "tcp", 100 * i, 100 * i);
		look(setup, connection(IPPROTO_TCP, 3, 3));
	}
}

/* The kernel asks for the counters a little late. */
static void test_counted_late(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	look_uncounted(&setup, false);
	put_rules(&setup, "tcp", 300, 300);
	look(&setup, connection(IPPROTO_TCP, 250, 250));
	assert_nothing(&setup);
	put_rules(&setup, "tcp", 400, 400);
	look(&setup, connection(IPPROTO_TCP, 250, 250));
	assert_only(&setup, NFTO_FINDING_HW_NOT_COUNTED, false);
	tear_down(&setup);
}

static void test_not_counted(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	look_uncounted(&setup, false);
	assert_only(&setup, NFTO_FINDING_HW_NOT_COUNTED, false);
	put_rules(&setup, "tcp", 300, 300);
	look(&setup, connection(IPPROTO_TCP, 3, 3));
	assert_only(&setup, NFTO_FINDING_HW_NOT_COUNTED, true);
	tear_down(&setup);
}

/* A flowtable that does not count; a connection that began without counters; and MediaTek, where
 * who looks takes the counters away. */
static void test_not_to_be_counted(void **state)
{
	struct reply_flow without = connection(IPPROTO_TCP, 0, 0);
	struct setup setup;

	(void)state;
	set_up(&setup);
	setup.flags = NFTO_FLOWTABLE_HARDWARE;
	look_uncounted(&setup, false);
	assert_nothing(&setup);
	assert_false(nfto_audit_has_counters(setup.audit));
	tear_down(&setup);

	without.has_counters = false;
	set_up(&setup);
	for (int i = 1; i < 3; i++) {
		put_rules(&setup, "tcp", 100 * i, 100 * i);
		look(&setup, without);
	}
	assert_nothing(&setup);
	tear_down(&setup);

	set_up(&setup);
	look_uncounted(&setup, true);
	assert_nothing(&setup);
	tear_down(&setup);
}

/* What the card has counted since the last look need not be in conntrack yet. */
static void test_counters_lag(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", 10, 10);
	look(&setup, connection(IPPROTO_TCP, 13, 13));
	put_rules(&setup, "tcp", 1000, 1000);
	look(&setup, connection(IPPROTO_TCP, 13, 13));
	assert_nothing(&setup);
	tear_down(&setup);
}

/* ---- Without one */

static void test_direction_still(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	assert_null(nfto_audit_table(setup.audit, 0));
	look(&setup, connection(IPPROTO_TCP, 39, 20));
	assert_nothing(&setup);
	look(&setup, connection(IPPROTO_TCP, 59, 20));
	assert_only(&setup, NFTO_FINDING_HW_DIRECTION_STILL, false);
	look(&setup, connection(IPPROTO_TCP, 59, 40));
	assert_only(&setup, NFTO_FINDING_HW_DIRECTION_STILL, false);
	look(&setup, connection(IPPROTO_TCP, 99, 41));
	assert_nothing(&setup);
	tear_down(&setup);
}

static void test_udp_in_one_direction(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	for (int i = 0; i < 3; i++) {
		look(&setup, connection(IPPROTO_UDP, 1000 * i, 1));
		assert_nothing(&setup);
	}
	tear_down(&setup);
}

/* ---- In the hardware alone */

static void test_leftover(void **state)
{
	const struct nfto_audit_item *item;
	struct setup setup;
	uint16_t zone = 42;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "udp", 20, -1);
	look_at_none(&setup);
	assert_nothing(&setup);
	look_at_none(&setup);
	assert_only(&setup, NFTO_FINDING_HW_LEFTOVER, true);
	item = nfto_audit_get(setup.audit, 0);
	assert_int_equal(nfto_finding_severity(nfto_audit_item_finding(item)),
			 NFTO_SEVERITY_WARNING);
	assert_int_equal(nfto_audit_item_protocol(item), IPPROTO_UDP);
	assert_int_equal(nfto_audit_item_source_port(item), 40000);
	assert_int_equal(nfto_audit_item_zone(item, &zone), -ENODATA);
	assert_int_equal(zone, 42);
	put_rules(&setup, "udp", 21, -1);
	look_at_none(&setup);
	assert_only(&setup, NFTO_FINDING_HW_LEFTOVER, true);
	item = nfto_audit_get(setup.audit, 0);
	assert_int_equal(nfto_finding_severity(nfto_audit_item_finding(item)), NFTO_SEVERITY_ERROR);
	/* Its counters have begun anew: it is another one. */
	put_rules(&setup, "udp", 1, -1);
	look_at_none(&setup);
	assert_nothing(&setup);
	tear_down(&setup);
}

/* After 'nft delete table': conntrack has the connection, without the bits. */
static void test_leftover_of_connection(void **state)
{
	struct reply_flow slow = connection(IPPROTO_TCP, 20, 20);
	struct setup setup;

	(void)state;
	slow.status = 0;
	set_up(&setup);
	put_rules(&setup, "tcp", 20, 20);
	look(&setup, slow);
	put_rules(&setup, "tcp", 40, 40);
	look(&setup, slow);
	assert_int_equal(nfto_audit_count(setup.audit), 2);
	assert_finding(&setup, 0, NFTO_FINDING_HW_LEFTOVER, true);
	assert_finding(&setup, 1, NFTO_FINDING_HW_LEFTOVER, true);
	tear_down(&setup);
}

/* Conntrack has one with the same addresses, but another translation. */
static void test_other_translation(void **state)
{
	struct reply_flow flow = connection(IPPROTO_TCP, 20, 20);
	struct setup setup;

	(void)state;
	flow.status = OFFLOAD;
	flow.reply.destination_port = 1025;
	set_up(&setup);
	for (int i = 0; i < 2; i++) {
		put_rules(&setup, "tcp", 20 * i, -1);
		look(&setup, flow);
	}
	assert_only(&setup, NFTO_FINDING_HW_LEFTOVER, true);
	tear_down(&setup);
}

/* The table of the whole machine has flows of other network namespaces as well. */
static void test_leftover_of_machine(void **state)
{
	const struct nfto_audit_item *item;
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_foe(20, -1);
	look_at_none(&setup);
	put_foe(40, -1);
	look_at_none(&setup);
	assert_only(&setup, NFTO_FINDING_HW_LEFTOVER, false);
	item = nfto_audit_get(setup.audit, 0);
	assert_int_equal(nfto_finding_severity(nfto_audit_item_finding(item)),
			 NFTO_SEVERITY_WARNING);
	tear_down(&setup);
}

static void test_entry_lost(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_foe(20, -1);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	put_foe(40, -1);
	look_at_none(&setup);
	assert_nothing(&setup);
	put_foe(60, -1);
	look_at_none(&setup);
	assert_only(&setup, NFTO_FINDING_HW_ENTRY_LOST, true);
	tear_down(&setup);
}

/* ---- What comes and goes */

static void look_in(struct setup *setup, uint32_t status, uint64_t packets)
{
	struct reply_flow flow = connection(IPPROTO_UDP, packets, 0);

	flow.status = status;
	look(setup, flow);
}

static void test_flapping(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	look_in(&setup, HARDWARE, 10);
	look_in(&setup, HARDWARE, 20);
	look_in(&setup, 0, 30);
	assert_nothing(&setup);
	look_in(&setup, HARDWARE, 40);
	assert_only(&setup, NFTO_FINDING_HW_FLAPPING, false);
	look_in(&setup, OFFLOAD, 50);
	assert_only(&setup, NFTO_FINDING_HW_FLAPPING, false);
	look_in(&setup, HARDWARE, 60);
	assert_only(&setup, NFTO_FINDING_HW_FLAPPING, true);
	tear_down(&setup);
}

/* Idle for as long as the timeout, it may leave, and come back when it is not. */
static void test_expires_when_idle(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	look_in(&setup, HARDWARE, 10);
	look_in(&setup, HARDWARE, 20);
	for (int i = 0; i < 6; i++)
		look_in(&setup, HARDWARE, 20);
	look_in(&setup, 0, 20);
	look_in(&setup, HARDWARE, 30);
	assert_nothing(&setup);
	tear_down(&setup);
}

static void look_replaced(struct setup *setup, uint8_t protocol)
{
	struct reply_flow other = connection(protocol, 5, 5);

	other.id = 8;
	look(setup, connection(protocol, 20, 20));
	look(setup, connection(protocol, 40, 40));
	look(setup, other);
}

static void test_replaced(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	look_replaced(&setup, IPPROTO_UDP);
	assert_only(&setup, NFTO_FINDING_HW_REPLACED, false);
	tear_down(&setup);
	/* A client of TCP may use its port again. */
	set_up(&setup);
	look_replaced(&setup, IPPROTO_TCP);
	assert_nothing(&setup);
	tear_down(&setup);
}

/* The same addresses in two zones: the table does not say which of them is meant. */
static void test_zones(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	for (int i = 1; i < 5; i++) {
		struct reply_flow flows[] = {
			connection(IPPROTO_UDP, 20 * i, 20 * i),
			connection(IPPROTO_UDP, 1000, 1000),
		};

		flows[1].id = 8;
		flows[1].zone = 5;
		put_rules(&setup, "udp", 100 * i, -1);
		look_at_all(&setup, flows, 2);
		assert_nothing(&setup);
	}
	tear_down(&setup);
}

/* ---- Intervals */

static void test_too_early(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", -1, -1);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	look(&setup, connection(IPPROTO_TCP, 40, 40));
	setup.fake->clock.now_ms -= 1;
	assert_int_equal(nfto_audit_look(setup.audit), -EAGAIN);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_INVALID);
	assert_only(&setup, NFTO_FINDING_HW_FORGOTTEN, false);
	tear_down(&setup);
}

struct interval {
	const char *name;
	const char *tcp;
	const char *udp;
	uint64_t interval_ms;
};

static const struct interval intervals[] = {
	{ "no such setting", NULL, NULL, 5000 },
	{ "default", "30\n", "30\n", 5000 },
	{ "long TCP", "600\n", "30\n", 62000 },
	{ "long UDP", "30\n", "100\n", 12000 },
	{ "none", "0\n", "0\n", 5000 },
	{ "nonsense", "many\n", "-5\n", 5000 },
	{ "the longest", "4294967295\n", "30\n", 429496731500 },
};

static void test_interval(void **state)
{
	const struct interval *interval = *state;
	struct setup setup;

	set_up(&setup);
	sysctl_files_use(setup.ctx);
	sysctl_files_set(interval->tcp, interval->udp);
	look_at_none(&setup);
	assert_int_equal(nfto_audit_interval_ms(setup.audit), interval->interval_ms);
	tear_down(&setup);
}

/* ---- What goes wrong */

/* A look that fails is as if it had not been taken. */
static void test_failure(void **state)
{
	struct reply_flow flow = connection(IPPROTO_TCP, 60, 60);
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", 20, 20);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	put_rules(&setup, "tcp", -1, -1);
	look(&setup, connection(IPPROTO_TCP, 40, 40));
	answer_flowtable(&setup);
	fake_answer(setup.fake, GET);
	reply_flow(setup.fake, &flow);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_audit_look(setup.audit), -ENOBUFS);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_LOST);
	assert_nothing(&setup);
	look(&setup, flow);
	assert_only(&setup, NFTO_FINDING_HW_FORGOTTEN, true);
	tear_down(&setup);
}

static void test_table_fails(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	debugfs_files_link("ppe0/bind", "/proc");
	answer_flowtable(&setup);
	assert_int_equal(nfto_audit_open(setup.ctx, &setup.audit), -EISDIR);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_SYSTEM);
	assert_string_equal(nfto_error_object(nfto_ctx_error(setup.ctx)),
			    "the hardware's table of mtk");
	assert_null(setup.audit);
	tear_down(&setup);
}

static void test_wrong_entry(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_flowtable(&setup);
	fake_answer(setup.fake, GET);
	fake_close(setup.fake, reply_open(setup.fake, CT(IPCTNL_MSG_CT_NEW), NLM_F_MULTI, AF_INET));
	assert_int_equal(nfto_audit_open(setup.ctx, &setup.audit), -EBADMSG);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_PROTOCOL);
	assert_null(setup.audit);
	tear_down(&setup);
}

#define MANY 100

static void look_at_many(struct setup *setup, uint64_t packets, bool are_in_table)
{
	static struct reply_flow flows[MANY];
	static char rules[MANY * 128];
	size_t length = 0;

	rules[0] = '\0';
	for (unsigned int i = 0; i < MANY; i++) {
		flows[i] = connection(IPPROTO_TCP, packets, packets);
		flows[i].id = 100 + i;
		flows[i].original.source_port = (uint16_t)(20000 + i);
		flows[i].reply.destination_port = (uint16_t)(20000 + i);
		if (are_in_table)
			length += (size_t)snprintf(
				rules + length, sizeof(rules) - length,
				"lan0 tcp 192.168.1.2:%u > 203.0.113.2:443 => wan0 "
				"203.0.113.1:%u > 203.0.113.2:443 packets 1 bytes 1\n",
				20000 + i, 20000 + i);
	}
	debugfs_files_set_rules(setup->ctx, rules);
	look_at_all(setup, flows, MANY);
}

/* As many at once as what the kernel may have to say fits into the socket, and those that have ended
 * by themselves do not count. */
static void test_fix_many(void **state)
{
	struct setup setup;
	uint64_t evicted;

	(void)state;
	set_up(&setup);
	look_at_many(&setup, 20, true);
	look_at_many(&setup, 40, false);
	look_at_many(&setup, 60, false);
	assert_int_equal(nfto_audit_count(setup.audit), MANY);
	fake_answer_lasting(setup.fake, TOTAL);
	reply_total(setup.fake, MANY);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 10, ENOENT);
	reply_error(setup.fake, 11, EEXIST);
	reply_error(setup.fake, FAKE_ACKED, 0);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, FAKE_ACKED, 0);
	assert_int_equal(nfto_audit_fix(setup.audit, &evicted), 0);
	assert_int_equal(evicted, MANY - 1);
	tear_down(&setup);
}

static void test_fix_is_refused(void **state)
{
	uint64_t evicted = 42;
	struct setup setup;

	(void)state;
	set_up(&setup);
	put_rules(&setup, "tcp", 20, 20);
	look(&setup, connection(IPPROTO_TCP, 20, 20));
	put_rules(&setup, "tcp", -1, -1);
	look(&setup, connection(IPPROTO_TCP, 40, 40));
	look(&setup, connection(IPPROTO_TCP, 60, 60));
	fake_answer(setup.fake, TOTAL);
	reply_total(setup.fake, 1);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 0, EPERM);
	assert_int_equal(nfto_audit_fix(setup.audit, &evicted), -EPERM);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_PERMISSION);
	assert_int_equal(evicted, 42);
	tear_down(&setup);
}

/* Names for logs: they stay. */
static void test_names(void **state)
{
	static const char *const names[] = {
		"hw-forgotten", "hw-one-direction", "hw-not-counted", "hw-direction-still",
		"hw-leftover",	"hw-entry-lost",    "hw-flapping",    "hw-replaced",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(nfto_finding_code_name((enum nfto_finding_code)(200 + i)),
				    names[i]);
}

static void test_null(void **state)
{
	(void)state;
	nfto_audit_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_opened_again),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_never_there),
		cmocka_unit_test(test_forgotten_but_idle),
		cmocka_unit_test(test_incomplete_table),
		cmocka_unit_test(test_gre),
		cmocka_unit_test(test_one_direction),
		cmocka_unit_test(test_late_binding),
		cmocka_unit_test(test_not_counted),
		cmocka_unit_test(test_counted_late),
		cmocka_unit_test(test_not_to_be_counted),
		cmocka_unit_test(test_counters_lag),
		cmocka_unit_test(test_direction_still),
		cmocka_unit_test(test_udp_in_one_direction),
		cmocka_unit_test(test_leftover),
		cmocka_unit_test(test_leftover_of_connection),
		cmocka_unit_test(test_other_translation),
		cmocka_unit_test(test_leftover_of_machine),
		cmocka_unit_test(test_entry_lost),
		cmocka_unit_test(test_flapping),
		cmocka_unit_test(test_expires_when_idle),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_too_early),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_table_fails),
		cmocka_unit_test(test_wrong_entry),
		cmocka_unit_test(test_fix_many),
		cmocka_unit_test(test_fix_is_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_null),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(intervals, test_interval);
	return failures != 0;
}
