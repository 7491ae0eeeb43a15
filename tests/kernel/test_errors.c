// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the kernel says to a flowtable that can't be, row by row, and what the library makes of it:
 * the same code, object and device on each kernel, though kernels differ in errno and in what they
 * blame. Rows that the public interface can't send, such as a message without a name, are put
 * together by hand. Runs in the lab, as root.
 */
#define _GNU_SOURCE /* unshare() */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>

#include "codec/flowtable.h"
#include "objects/txn.h"

#define INET NFTO_FAMILY_INET

static void run(const char *command)
{
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* ---- Messages by hand. Where an attribute is left out, it is NULL or ABSENT. */

#define ABSENT UINT32_MAX

struct raw {
	uint16_t flags; /* of the message */
	const char *table;
	const char *name;
	bool has_hook;
	uint32_t hook;
	uint32_t priority;
	uint16_t device_type; /* of the attribute; 0: a name */
	const char *devices[4];
	int numbered_devices; /* dummy0, dummy1... */
	uint32_t flowtable_flags;
};

static void put_u32(struct nlmsghdr *message, uint16_t type, uint32_t value)
{
	if (value != ABSENT)
		mnl_attr_put_u32(message, type, htonl(value));
}

static void put_devices(struct nlmsghdr *message, const struct raw *raw)
{
	uint16_t type = raw->device_type ? raw->device_type : NFTA_DEVICE_NAME;
	char name[16];

	for (size_t i = 0; raw->devices[i]; i++)
		mnl_attr_put_strz(message, type, raw->devices[i]);
	for (int i = 0; i < raw->numbered_devices; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		mnl_attr_put_strz(message, type, name);
	}
}

static void put_hook(struct nlmsghdr *message, const struct raw *raw)
{
	struct nlattr *hook = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK), *devices;

	put_u32(message, NFTA_FLOWTABLE_HOOK_NUM, raw->hook);
	put_u32(message, NFTA_FLOWTABLE_HOOK_PRIORITY, raw->priority);
	devices = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	put_devices(message, raw);
	mnl_attr_nest_end(message, devices);
	mnl_attr_nest_end(message, hook);
}

/* Adds it to a transaction as if it were the operation that sends such messages. */
static void add_raw(struct nfto_txn *txn, const struct raw *raw)
{
	bool has_devices = raw->devices[0] || raw->numbered_devices;
	struct nlmsghdr *message;

	/* An operation with its object and device, whose message is exchanged for ours. */
	if (has_devices)
		nfto_txn_add_device(txn, INET, raw->table ? raw->table : "t",
				    raw->name ? raw->name : "f",
				    raw->devices[0] ? raw->devices[0] : "n0");
	else
		nfto_txn_add_flowtable(txn, INET, raw->table ? raw->table : "t",
				       raw->name ? raw->name : "f", 0, 0);
	messages_truncate(&txn->batch,
			  (size_t)((char *)messages_get(&txn->batch, txn->batch.count - 1) -
				   txn->batch.data));

	message = nft_open(&txn->batch, NFT_MSG_NEWFLOWTABLE, raw->flags, INET);
	assert_non_null(message);
	if (raw->table)
		mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, raw->table);
	if (raw->name)
		mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, raw->name);
	if (raw->has_hook)
		put_hook(message, raw);
	put_u32(message, NFTA_FLOWTABLE_FLAGS, raw->flowtable_flags);
	messages_close(&txn->batch, message);
}

/* ---- The rows: KERNEL facts about NEWFLOWTABLE, and about its update. The table t has a flowtable
 *      f in software with the devices d0 and d1, and g in hardware with none; u is empty. */

struct row {
	const char *what;
	void (*add)(struct nfto_txn *txn);
	enum nfto_error_code code;
	const char *object;
	const char *device;
};

#define HOOK .has_hook = true, .hook = 0, .priority = 0
#define NO_FLAGS .flowtable_flags = ABSENT

#define RAW(function, ...)                                                                         \
	static void function(struct nfto_txn *txn)                                                 \
	{                                                                                          \
		add_raw(txn, &(struct raw){ __VA_ARGS__ });                                        \
	}

RAW(no_table_name, .name = "x", HOOK, NO_FLAGS)
RAW(no_name, .table = "t", HOOK, NO_FLAGS)
RAW(no_hook, .table = "t", .name = "x", NO_FLAGS)
RAW(no_hook_number, .table = "t", .name = "x", .has_hook = true, .hook = ABSENT, .priority = 0,
    .devices = { "d2" }, NO_FLAGS)
RAW(no_priority, .table = "t", .name = "x", .has_hook = true, .hook = 0, .priority = ABSENT,
    .devices = { "d2" }, NO_FLAGS)
RAW(other_hook, .table = "t", .name = "x", .has_hook = true, .hook = 1, .priority = 0, NO_FLAGS)
RAW(unknown_flag, .table = "t", .name = "x", HOOK, .flowtable_flags = 4)
RAW(twice_in_a_message, .table = "t", .name = "f", HOOK, .devices = { "d2", "d2" }, NO_FLAGS)
RAW(a_wildcard, .table = "t", .name = "f", HOOK, .device_type = NFTA_DEVICE_PREFIX,
    .devices = { "d" }, NO_FLAGS)
RAW(too_many_in_a_message, .table = "t", .name = "f", HOOK, .numbered_devices = 256, NO_FLAGS)
RAW(exclusive, .flags = NLM_F_CREATE | NLM_F_EXCL, .table = "t", .name = "f", HOOK, NO_FLAGS)
RAW(without_create, .table = "t", .name = "x", HOOK, .devices = { "d2" }, NO_FLAGS)
RAW(same_devices_again, .flags = NLM_F_CREATE, .table = "t", .name = "f", HOOK,
    .devices = { "d0", "d1" }, NO_FLAGS)
RAW(add_with_other_priority, .table = "t", .name = "f", .has_hook = true, .hook = 0, .priority = 7,
    NO_FLAGS)
RAW(add_with_other_hook, .table = "t", .name = "f", .has_hook = true, .hook = 1, .priority = 0,
    NO_FLAGS)

static void missing_table(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "nosuch", "x", 0, 0);
}

static void missing_device(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "f", "nosuch");
}

static void missing_device_among_others(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "f", "d2");
	nfto_txn_add_device(txn, INET, "t", "f", "nosuch");
	nfto_txn_add_device(txn, INET, "t", "f", "d3");
}

static void twice_in_a_batch(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "f", "d2");
	nfto_txn_add_device(txn, INET, "t", "f", "d2");
}

static void device_of_missing_table(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "nosuch", "f", "d2");
}

static void device_of_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "nosuch", "d2");
}

static void flags_of_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_set_flowtable_flags(txn, INET, "t", "nosuch", 0);
}

static void refused_by_the_driver(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "g", "d2");
}

static void busy_hardware(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "u", "x", 0, NFTO_FLOWTABLE_HARDWARE);
	nfto_txn_add_device(txn, INET, "u", "x", "nic0");
}

static void hardware_without_devices(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "t", "x", 0, NFTO_FLOWTABLE_HARDWARE);
}

static void device_of_the_same_table(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "t", "x", 0, 0);
	nfto_txn_add_device(txn, INET, "t", "x", "d0");
}

static void device_of_another_table(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "u", "x", 0, 0);
	nfto_txn_add_device(txn, INET, "u", "x", "d0");
}

static void hardware_switched_on(struct nfto_txn *txn)
{
	nfto_txn_set_flowtable_flags(txn, INET, "t", "f", NFTO_FLOWTABLE_HARDWARE);
}

static void hardware_switched_off(struct nfto_txn *txn)
{
	nfto_txn_set_flowtable_flags(txn, INET, "t", "g", 0);
}

static void created_again_in_hardware(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "t", "f", 0, NFTO_FLOWTABLE_HARDWARE);
}

static void counter_switched_on(struct nfto_txn *txn)
{
	nfto_txn_set_flowtable_flags(txn, INET, "t", "f", NFTO_FLOWTABLE_COUNTER);
}

static void counter_switched_off(struct nfto_txn *txn)
{
	nfto_txn_set_flowtable_flags(txn, INET, "t", "f", NFTO_FLOWTABLE_COUNTER);
	nfto_txn_set_flowtable_flags(txn, INET, "t", "f", 0);
}

#define F "flowtable inet t f"
#define X "flowtable inet t x"

static const struct row rows[] = {
	{ "no name of a table", no_table_name, NFTO_ERROR_INVALID, X, "" },
	{ "no name", no_name, NFTO_ERROR_INVALID, F, "" },
	{ "no hook", no_hook, NFTO_ERROR_INVALID, X, "" },
	{ "no number of the hook", no_hook_number, NFTO_ERROR_NO_FLOWTABLE, X, "d2" },
	{ "no priority", no_priority, NFTO_ERROR_NO_FLOWTABLE, X, "d2" },
	{ "another hook", other_hook, NFTO_ERROR_NOT_SUPPORTED, X, "" },
	{ "a flag that does not exist", unknown_flag, NFTO_ERROR_NOT_SUPPORTED, X, "" },
	{ "no such table", missing_table, NFTO_ERROR_NO_TABLE, "flowtable inet nosuch x", "" },
	{ "no such device", missing_device, NFTO_ERROR_NO_DEVICE, F, "nosuch" },
	{ "one of several devices missing", missing_device_among_others, NFTO_ERROR_NO_DEVICE, F,
	  "nosuch" },
	{ "a device twice in a message", twice_in_a_message, NFTO_ERROR_DEVICE_DUPLICATE, F, "d2" },
	{ "a device twice in a batch", twice_in_a_batch, NFTO_ERROR_DEVICE_DUPLICATE, F, "d2" },
	{ "a wildcard", a_wildcard, NFTO_ERROR_NOT_SUPPORTED, F, "d" },
	{ "256 devices in a message", too_many_in_a_message, NFTO_ERROR_INVALID, F, "n0" },
	{ "a driver that refuses", refused_by_the_driver, NFTO_ERROR_DEVICE_REFUSED,
	  "flowtable inet t g", "d2" },
	{ "hardware of another flowtable", busy_hardware, NFTO_ERROR_DEVICE_BUSY,
	  "flowtable inet u x", "nic0" },
	{ "hardware without devices", hardware_without_devices, NFTO_ERROR_NONE, "", "" },
	{ "a device of the same table", device_of_the_same_table, NFTO_ERROR_DEVICE_DUPLICATE, X,
	  "d0" },
	{ "a device of another table", device_of_another_table, NFTO_ERROR_NONE, "", "" },
	{ "no flag to create", without_create, NFTO_ERROR_NONE, "", "" },
	{ "only if it is not there", exclusive, NFTO_ERROR_EXISTS, F, "" },
	{ "the same again", same_devices_again, NFTO_ERROR_NONE, "", "" },
	/* Updates */
	{ "a device of no table", device_of_missing_table, NFTO_ERROR_NO_TABLE,
	  "flowtable inet nosuch f", "d2" },
	{ "a device of no flowtable", device_of_missing_flowtable, NFTO_ERROR_NO_FLOWTABLE,
	  "flowtable inet t nosuch", "d2" },
	{ "flags of no flowtable", flags_of_missing_flowtable, NFTO_ERROR_NO_FLOWTABLE,
	  "flowtable inet t nosuch", "" },
	{ "another priority", add_with_other_priority, NFTO_ERROR_IMMUTABLE, F, "" },
	{ "the hook changed", add_with_other_hook, NFTO_ERROR_IMMUTABLE, F, "" },
	{ "hardware switched on", hardware_switched_on, NFTO_ERROR_IMMUTABLE, F, "" },
	{ "hardware switched off", hardware_switched_off, NFTO_ERROR_IMMUTABLE,
	  "flowtable inet t g", "" },
	{ "created again in hardware", created_again_in_hardware, NFTO_ERROR_IMMUTABLE, F, "" },
	{ "counter switched on", counter_switched_on, NFTO_ERROR_NONE, "", "" },
	{ "counter switched off", counter_switched_off, NFTO_ERROR_NONE, "", "" },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static int set_up(void **state)
{
	struct nfto_ctx *ctx;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	for (int i = 0; i < 4; i++) {
		char command[64];

		snprintf(command, sizeof(command), "ip link add d%d type dummy", i);
		run(command);
	}
	run("for i in $(seq 0 255); do echo link add n$i type dummy; done | ip -batch -");
	run("ip link add nic0 type nftosim peer name host0");
	run("nft 'add table inet t; add table inet u;"
	    "add flowtable inet t f { hook ingress priority 0; devices = { d0, d1 }; };"
	    "add flowtable inet t g { hook ingress priority 0; devices = { nic0 }; flags offload; "
	    "}'");
	assert_int_equal(nfto_ctx_new(&ctx), 0);
	*state = ctx;
	return 0;
}

static int tear_down(void **state)
{
	nfto_ctx_free(*state);
	return 0;
}

static void assert_row(struct nfto_ctx *ctx, const struct row *row, int result)
{
	const struct nfto_error *error = nfto_ctx_error(ctx);

	if (nfto_error_code(error) != row->code ||
	    strcmp(nfto_error_object(error), row->object) != 0 ||
	    strcmp(nfto_error_device(error), row->device) != 0 ||
	    result != -nfto_error_errno(error))
		fail_msg("%s: %d, %s: %s", row->what, result,
			 nfto_error_code_name(nfto_error_code(error)), nfto_error_message(error));
	print_message("# %s: %s\n", row->what, nfto_error_message(error));
}

/* What is no error to a kernel that has a feature. */
static const struct {
	void (*add)(struct nfto_txn *txn);
	enum nfto_feature feature;
} allowed[] = {
	{ missing_device, NFTO_FEATURE_MISSING_DEVICES },
	{ missing_device_among_others, NFTO_FEATURE_MISSING_DEVICES },
	{ a_wildcard, NFTO_FEATURE_WILDCARDS },
};

static bool is_allowed(const struct nfto_caps *caps, const struct row *row)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (allowed[i].add == row->add)
			return nfto_caps_feature(caps, allowed[i].feature) == NFTO_YES;
	}
	return false;
}

/* What this kernel says. */
static void adapt_rows(struct nfto_ctx *ctx, struct row *adapted)
{
	struct nfto_caps *caps;

	assert_int_equal(nfto_caps_read(ctx, (const char *const[]){ "lo" }, 1, &caps), 0);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		adapted[i] = rows[i];
		if (is_allowed(caps, &rows[i]))
			adapted[i] =
				(struct row){ rows[i].what, rows[i].add, NFTO_ERROR_NONE, "", "" };
	}
	nfto_caps_free(caps);
}

/* None of it is done, and so one row does not disturb the next. */
static void each_row_is_one_code(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct row adapted[ROW_COUNT];

	adapt_rows(ctx, adapted);
	run("nft -a list ruleset > /tmp/before");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct row *row = &adapted[i];
		struct nfto_txn *txn;

		assert_int_equal(nfto_txn_new(ctx, &txn), 0);
		row->add(txn);
		assert_row(ctx, row, nfto_txn_check(txn));
		if (row->code != NFTO_ERROR_NONE)
			assert_row(ctx, row, nfto_txn_commit(txn));
		nfto_txn_free(txn);
		run("nft -a list ruleset | cmp - /tmp/before");
	}
}

/* What is an errno of its own kind says what to do about it. */
static void errors_have_hints(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct row adapted[ROW_COUNT];

	adapt_rows(ctx, adapted);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		struct nfto_txn *txn;

		if (adapted[i].code == NFTO_ERROR_NONE)
			continue;
		assert_int_equal(nfto_txn_new(ctx, &txn), 0);
		adapted[i].add(txn);
		assert_true(nfto_txn_check(txn) < 0);
		if (!nfto_error_hint(nfto_ctx_error(ctx))[0])
			fail_msg("%s: no hint", adapted[i].what);
		nfto_txn_free(txn);
	}
}

/* The kernel loads what it needs, unless it may not. */
static void without_the_module(void **state)
{
	struct nfto_ctx *ctx;
	struct nfto_txn *txn;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	/* Another test may have been here before. What is needed by nothing any more goes as well. */
	run("modprobe -r nft_flow_offload nf_flow_table_inet");
	run("modprobe nf_tables");
	run("! grep -q ^nf_flow_table /proc/modules");
	assert_int_equal(nfto_ctx_new(&ctx), 0);
	assert_int_equal(nfto_txn_new(ctx, &txn), 0);
	nfto_txn_add_table(txn, INET, "t", NULL);
	nfto_txn_add_flowtable(txn, INET, "t", "f", 0, 0);

	run("cp /proc/sys/kernel/modprobe /tmp/modprobe; echo /bin/false > "
	    "/proc/sys/kernel/modprobe");
	assert_int_equal(nfto_txn_check(txn), -ENOENT);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NOT_SUPPORTED);
	assert_string_equal(nfto_error_object(nfto_ctx_error(ctx)), "flowtable inet t f");

	run("cat /tmp/modprobe > /proc/sys/kernel/modprobe");
	assert_int_equal(nfto_txn_check(txn), 0);
	run("grep -q ^nf_flow_table /proc/modules");
	nfto_txn_free(txn);
	nfto_ctx_free(ctx);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_module),
		cmocka_unit_test_setup_teardown(each_row_is_one_code, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors_have_hints, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
