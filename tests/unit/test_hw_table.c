// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tables of drivers: what they say, and what they must not be able to do. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugfs_files.h"
#include "facts/hw_table.h"
#include "fake_transport.h"
#include "unit.h"

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	struct hw_table table;
};

static void set_up(struct setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	debugfs_files_use(setup->ctx);
	hw_table_open(setup->ctx, &setup->table);
}

static void tear_down(struct setup *setup)
{
	hw_table_close(&setup->table);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
	debugfs_files_clear();
}

static void put_side(char *text, size_t size, int family, const struct flow_side *side)
{
	char source[64], destination[64];

	assert_non_null(inet_ntop(family, side->source, source, sizeof(source)));
	assert_non_null(inet_ntop(family, side->destination, destination, sizeof(destination)));
	snprintf(text, size, "%s %u > %s %u", source, side->source_port, destination,
		 side->destination_port);
}

/* "DRIVER PROTOCOL BEFORE => AFTER PACKETS BYTES", with -1 for no counter. */
static void assert_entry(struct setup *setup, const char *expected)
{
	char before[160], after[160], text[512];
	struct hw_entry entry;

	assert_int_equal(hw_table_next(&setup->table, &entry), 1);
	put_side(before, sizeof(before), entry.family, &entry.before);
	put_side(after, sizeof(after), entry.family, &entry.after);
	snprintf(text, sizeof(text), "%s %u %s => %s %lld %lld", entry.driver->name, entry.protocol,
		 before, after,
		 entry.before.has_counter ? (long long)entry.before.counter.packets : -1,
		 entry.before.has_counter ? (long long)entry.before.counter.bytes : -1);
	assert_string_equal(text, expected);
}

static void assert_end(struct setup *setup, int result, bool is_incomplete)
{
	struct hw_entry entry;

	assert_int_equal(hw_table_next(&setup->table, &entry), result);
	assert_int_equal(setup->table.is_incomplete, is_incomplete);
}

/* As users have posted it: of Linux 5.10 and 6.6 on MediaTek, 6.18 on Airoha. */
static void test_posted(void **state)
{
	const char *source = getenv("srcdir");
	char path[512];
	struct setup setup;

	(void)state;
	set_up(&setup);
	snprintf(path, sizeof(path), "%s/tests/debugfs", source ? source : ".");
	setup.ctx->debugfs_path = path;
	assert_entry(&setup, "mtk 6 192.168.1.22 52294 > 192.0.2.227 80 => "
			     "198.51.100.135 52294 > 192.0.2.227 80 -1 -1");
	assert_entry(&setup, "mtk 6 192.0.2.170 443 > 198.51.100.135 52823 => "
			     "192.0.2.170 443 > 192.168.1.166 52823 -1 -1");
	assert_entry(&setup,
		     "mtk 6 2001:db8:e6c6:0:196d:66d3:18c0:e02d 52185 > "
		     "2001:db8:4010:c0f::bc 443 => 2001:db8:e6c6:0:196d:66d3:18c0:e02d 52185 > "
		     "2001:db8:4010:c0f::bc 443 -1 -1");
	assert_entry(&setup, "mtk 17 192.168.1.192 9993 > 192.0.2.101 60278 => "
			     "198.51.100.135 9993 > 192.0.2.101 60278 17 2468");
	assert_entry(&setup, "airoha 6 172.25.100.104 58788 > 172.25.100.10 5201 => "
			     "172.25.100.104 58788 > 172.25.100.10 5201 0 0");
	assert_entry(&setup, "airoha 6 172.25.100.10 5201 > 172.25.100.104 58788 => "
			     "172.25.100.10 5201 > 172.25.100.104 58788 9 540");
	assert_end(&setup, 0, false);
	assert_true(setup.table.has_driver[0] && setup.table.has_driver[1]);
	assert_false(setup.table.has_driver[2]);
	tear_down(&setup);
}

static void test_nftosim(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	debugfs_files_set_rules(
		setup.ctx,
		"lan0 tcp 192.168.1.2:40000 > 203.0.113.2:443 => wan0 203.0.113.1:1024 > "
		"203.0.113.2:443 packets 3 bytes 180\n"
		"wan0 vlan 7 vlan 8 udp [fd02::2]:53 > [fd01::2]:5353 => lan0 vlan 9 pppoe 12 "
		"[fd02::2]:53 > [fd01::2]:5353 packets 18446744073709551615 bytes 1\n"
		"lan0 udp 192.168.1.2:1 > 203.0.113.2:2 => drop packets 3 bytes 180\n"
		"lan0 udp 192.168.1.2:1 > 203.0.113.2:2 => wan0 packets 3 bytes 180\n");
	assert_entry(&setup, "nftosim 6 192.168.1.2 40000 > 203.0.113.2 443 => "
			     "203.0.113.1 1024 > 203.0.113.2 443 3 180");
	assert_entry(&setup, "nftosim 17 fd02::2 53 > fd01::2 5353 => fd02::2 53 > fd01::2 5353 "
			     "-1 1");
	assert_end(&setup, 0, false);
	assert_true(setup.table.has_driver[2]);
	tear_down(&setup);
}

static void test_nothing_is_shown(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	assert_end(&setup, 0, false);
	for (size_t i = 0; i < HW_DRIVER_COUNT; i++)
		assert_false(setup.table.has_driver[i]);
	tear_down(&setup);
}

#define ORIG "orig=192.168.1.2:40000->203.0.113.2:443 "
#define NEW "new=203.0.113.1:40000->203.0.113.2:443 "

struct line {
	const char *name;
	const char *text;
};

/* None of these is an entry that could be understood: they are passed over, and it is known. */
static const struct line wrong_lines[] = {
	{ "empty", "" },
	{ "words", "this is no table" },
	{ "no index", "xyzzy BND IPv4 5T " ORIG NEW "ib1=2" },
	{ "no new", "00001 BND IPv4 5T " ORIG "ib1=2" },
	{ "no orig", "00001 BND IPv4 5T " NEW "ib1=2" },
	{ "no ib1", "00001 BND IPv4 5T " ORIG NEW },
	{ "ib1 too large", "00001 BND IPv4 5T " ORIG NEW "ib1=200000000" },
	{ "ib1 empty", "00001 BND IPv4 5T " ORIG NEW "ib1=" },
	{ "no arrow", "00001 BND IPv4 5T orig=192.168.1.2:40000 " NEW "ib1=2" },
	{ "no port", "00001 BND IPv4 5T orig=192.168.1.2->203.0.113.2:443 " NEW "ib1=2" },
	{ "port too large",
	  "00001 BND IPv4 5T orig=192.168.1.2:65536->203.0.113.2:443 " NEW "ib1=2" },
	{ "port is negative",
	  "00001 BND IPv4 5T orig=192.168.1.2:-1->203.0.113.2:443 " NEW "ib1=2" },
	{ "IPv6 in IPv4", "00001 BND IPv4 5T orig=fd01::1:5->fd02::2:6 " NEW "ib1=2" },
	{ "IPv4 in IPv6", "00001 BND IPv6 5T " ORIG "ib1=2" },
	{ "counter is no number", "00001 BND IPv4 5T " ORIG NEW "ib1=2 packets=x bytes=1" },
	{ "counter too large",
	  "00001 BND IPv4 5T " ORIG NEW "ib1=2 packets=18446744073709551616 bytes=1" },
	{ "too many words", "00001 BND IPv4 5T a b c d e f g h i j k l m n o p q r s t u v w x y" },
	{ "only a colon", "00001 BND IPv4 5T orig=:->: " NEW "ib1=2" },
};

static void test_wrong_line(void **state)
{
	static const char good[] = "00002 BND IPv4 5T " ORIG NEW "ib1=20000000\n";
	const struct line *line = *state;
	char text[1024];
	struct setup setup;

	set_up(&setup);
	snprintf(text, sizeof(text), "%s\n%s", line->text, good);
	debugfs_files_set("ppe0/bind", text, strlen(text));
	assert_entry(&setup, "mtk 6 192.168.1.2 40000 > 203.0.113.2 443 => "
			     "203.0.113.1 40000 > 203.0.113.2 443 -1 -1");
	assert_end(&setup, 0, true);
	tear_down(&setup);
}

/* What is cut off anywhere is no entry, and no crash. */
static void test_cut_rules(void **state)
{
	static const char whole[] = "wan0 vlan 7 udp [fd02::2]:53 > [fd01::2]:5353 => lan0 vlan 9 "
				    "pppoe 12 [fd02::2]:53 > [fd01::2]:5353 packets 5 bytes 6";
	char text[256];

	(void)state;
	for (size_t length = 0; length < strlen(whole); length++) {
		struct setup setup;

		set_up(&setup);
		snprintf(text, sizeof(text), "%.*s\n", (int)length, whole);
		debugfs_files_set_rules(setup.ctx, text);
		assert_end(&setup, 0, true);
		tear_down(&setup);
	}
}

/* Not in the table of what is forwarded, but harmless there. */
static void test_other_states(void **state)
{
	static const char text[] =
		"00001 UNB IPv4 5T " ORIG "new=0.0.0.0:0->0.0.0.0:0 ib1=10000196\n"
		"00002 INV IPv4 5T " ORIG "ib1=0\n"
		"00003 FIN IPv4 5T " ORIG NEW "ib1=30000000\n"
		"00004 UNK UNKNOWN eth=00:00:00:00:00:00->00:00:00:00:00:00\n"
		"00005 BND IPv4 3T orig=192.168.1.2->203.0.113.2 ib1=22000000\n"
		"00006 BND DS-LITE " ORIG NEW "ib1=26000000\n";
	struct setup setup;

	(void)state;
	set_up(&setup);
	debugfs_files_set("ppe1/bind", text, sizeof(text) - 1);
	assert_end(&setup, 0, false);
	assert_true(setup.table.has_driver[0]);
	tear_down(&setup);
}

/* Longer than a line, longer than the buffer, with a byte of zero, or without an end. */
static void test_long_lines(void **state)
{
	static const char good[] = "00002 BND IPv4 5T " ORIG NEW "ib1=60000000\n";
	static const size_t lengths[] = { 1023, 1024, 4095, 4096, 4097, 10000 };
	static char text[16384];

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t length = lengths[i];
		struct setup setup;

		set_up(&setup);
		memset(text, 'x', length);
		text[length] = '\n';
		memcpy(text + length + 1, good, sizeof(good) - 1);
		debugfs_files_set("ppe0/bind", text, length + sizeof(good));
		assert_entry(&setup, "mtk 17 192.168.1.2 40000 > 203.0.113.2 443 => "
				     "203.0.113.1 40000 > 203.0.113.2 443 -1 -1");
		assert_end(&setup, 0, true);
		tear_down(&setup);
	}
}

static void test_no_end(void **state)
{
	static const char cut[] = "00002 BND IPv4 5T " ORIG NEW "ib1=60000000";
	static const char zero[] = "00002 BND IPv4 5T\0 " ORIG NEW "ib1=60000000\n";
	struct setup setup;

	(void)state;
	set_up(&setup);
	debugfs_files_set("ppe0/bind", cut, sizeof(cut) - 1);
	debugfs_files_set("ppe1/bind", zero, sizeof(zero) - 1);
	assert_end(&setup, 0, true);
	tear_down(&setup);
}

/* It is not read for ever. */
static void test_endless(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	debugfs_files_link("ppe/bind", "/dev/zero");
	assert_end(&setup, -EFBIG, false);
	tear_down(&setup);
}

static void test_not_readable(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	debugfs_files_link("ppe0/bind", "/proc");
	assert_end(&setup, -EISDIR, false);
	tear_down(&setup);
}

/* Entries over the borders of what is read at once. */
static void test_many(void **state)
{
	static char text[300000];
	size_t length = 0;
	struct hw_entry entry;
	struct setup setup;

	(void)state;
	for (int i = 0; i < 1000; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%05x BND IPv4 5T orig=192.168.1.2:%d->203.0.113.2:443 "
					   "new=203.0.113.1:%d->203.0.113.2:443 ib1=20000000 "
					   "packets=%d bytes=1\n",
					   i, i, i, i);
	set_up(&setup);
	debugfs_files_set("ppe0/bind", text, length);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(hw_table_next(&setup.table, &entry), 1);
		assert_int_equal(entry.before.source_port, i);
		assert_int_equal(entry.before.counter.packets, i);
	}
	assert_end(&setup, 0, false);
	tear_down(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_posted),		 cmocka_unit_test(test_nftosim),
		cmocka_unit_test(test_nothing_is_shown), cmocka_unit_test(test_cut_rules),
		cmocka_unit_test(test_other_states),	 cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_no_end),		 cmocka_unit_test(test_endless),
		cmocka_unit_test(test_not_readable),	 cmocka_unit_test(test_many),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(wrong_lines, test_wrong_line);
	return failures != 0;
}
