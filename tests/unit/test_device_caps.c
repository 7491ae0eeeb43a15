// SPDX-License-Identifier: LGPL-2.1-or-later
/* What devices can do: whose driver is asked, and what is made of its answer. */
#include <errno.h>
#include <string.h>

#include "caps_script.h"
#include "describe.h"
#include "facts/virtual_kind.h"
#include "unit.h"

#define HARDWARE 1
#define FEATURE_REQUESTS 10 /* that come before those about devices */

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	struct nfto_caps *caps;
};

static void set_up(struct setup *setup)
{
	struct caps_script script = caps_usual();

	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->fake->has_sysctl = 1;
	caps_answer_features(setup->fake, &script);
}

static void tear_down(struct setup *setup)
{
	nfto_caps_free(setup->caps);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

static const struct nfto_device_caps *read_devices(struct setup *setup, const char *const *names,
						   size_t count)
{
	int ret = nfto_caps_read(setup->ctx, names, count, &setup->caps);

	if (ret < 0)
		fail_msg("%s", nfto_error_message(nfto_ctx_error(setup->ctx)));
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup->ctx)), NFTO_ERROR_NONE);
	return nfto_caps_device(setup->caps, 0);
}

static const struct nfto_device_caps *read_device(struct setup *setup, const char *name)
{
	const struct nfto_device_caps *device = read_devices(setup, &name, 1);

	assert_int_equal(nfto_caps_device_count(setup->caps), 1);
	assert_string_equal(nfto_device_caps_name(device), name);
	return device;
}

static void assert_evidence(const struct nfto_device_caps *device, enum nfto_answer hardware,
			    const char *part)
{
	assert_int_equal(nfto_device_caps_hardware(device), hardware);
	if (!strstr(nfto_device_caps_evidence(device), part))
		fail_msg("the evidence is: %s", nfto_device_caps_evidence(device));
}

static void assert_error(const struct nfto_device_caps *device, enum nfto_error_code code,
			 int errnum)
{
	const struct nfto_error *error = nfto_device_caps_error(device);

	assert_non_null(error);
	assert_int_equal(nfto_error_code(error), code);
	assert_int_equal(nfto_error_errno(error), errnum);
	assert_string_equal(nfto_error_device(error), nfto_device_caps_name(device));
}

#define LAN0                                                                                       \
	{                                                                                          \
		.index = 2, .name = "lan0", .type = 1                                              \
	}

/* ---- Verdicts of a driver */

static void answer_lan0(struct setup *setup, int errnum)
{
	set_up(setup);
	caps_answer_links(setup->fake, LAN0);
	caps_answer_family(setup->fake, 0);
	caps_answer_hw_tc_offload(setup->fake, true, false);
	caps_answer_check(setup->fake, 1, errnum);
}

/* Only a refusal, also of the loopback device, shows that a success means something. */
static void answer_control(struct setup *setup, int errnum)
{
	caps_answer_check(setup->fake, 1, errnum);
}

static void test_taken(void **state)
{
	static const char *const trial[] = {
		"begin any subsystem=10",
		"newtable inet create name=nftoffload-probe",
		"newflowtable inet create table=nftoffload-probe name=probe "
		"hook{num=0 priority=0} flags=1",
		"newflowtable inet ack table=nftoffload-probe name=probe hook{devices{name=lan0}}",
		NULL,
	};
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	answer_lan0(&setup, 0);
	answer_control(&setup, EOPNOTSUPP);
	device = read_device(&setup, "lan0");
	assert_evidence(device, NFTO_YES, "took a flowtable in a trial");
	assert_null(nfto_device_caps_error(device));
	assert_int_equal(nfto_device_caps_hw_tc_offload(device), NFTO_HW_TC_OFFLOAD_ON);
	assert_sent(setup.fake, FEATURE_REQUESTS + 3, trial);
	tear_down(&setup);
}

static void test_refused(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	answer_lan0(&setup, EOPNOTSUPP);
	device = read_device(&setup, "lan0");
	assert_evidence(device, NFTO_NO, "refused a flowtable in a trial: Operation not supp");
	assert_error(device, NFTO_ERROR_DEVICE_REFUSED, EOPNOTSUPP);
	tear_down(&setup);
}

static void test_refused_for_another_reason(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	answer_lan0(&setup, ENOSPC);
	device = read_device(&setup, "lan0");
	assert_evidence(device, NFTO_NO, "No space left");
	assert_error(device, NFTO_ERROR_SYSTEM, ENOSPC);
	tear_down(&setup);
}

static void test_words_of_the_kernel(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0);
	caps_answer_family(setup.fake, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	fake_answer(setup.fake, BATCH);
	reply_extended(setup.fake, 3, EOPNOTSUPP, "not today", NO_OFFSET);
	device = read_device(&setup, "lan0");
	assert_string_equal(nfto_error_kernel_text(nfto_device_caps_error(device)), "not today");
	tear_down(&setup);
}

/* The device was there when the links were read. */
static void test_vanished(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	answer_lan0(&setup, ENOENT);
	device = read_device(&setup, "lan0");
	assert_evidence(device, NFTO_UNKNOWN, "no such network device");
	assert_error(device, NFTO_ERROR_NO_DEVICE, ENODEV);
	tear_down(&setup);
}

static void test_vanished_before_ethtool(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0);
	caps_answer_family(setup.fake, 0);
	fake_answer(setup.fake, ETHTOOL_FAMILY);
	reply_error(setup.fake, 0, ENODEV);
	device = read_device(&setup, "lan0");
	assert_error(device, NFTO_ERROR_NO_DEVICE, ENODEV);
	tear_down(&setup);
}

/* It did take such a flowtable when the features were asked for. */
static void test_flowtable_refused(void **state)
{
	static const char *const names[] = { "lan0" };
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0);
	caps_answer_family(setup.fake, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	caps_answer_check(setup.fake, 0, EMFILE);
	setup.caps = NULL;
	assert_int_equal(nfto_caps_read(setup.ctx, names, 1, &setup.caps), -EMFILE);
	assert_null(setup.caps);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_SYSTEM);
	tear_down(&setup);
}

/* ---- Hardware that is taken */

static void answer_flowtables(struct fake *fake, uint32_t flags, const char *device)
{
	const char *devices[] = { "other0", device, NULL };
	struct reply_flowtable flowtable = {
		.family = NFPROTO_INET,
		.table = "fw4",
		.name = "ft",
		.flags = flags,
		.devices = devices,
	};

	fake_answer(fake, NFT(NFT_MSG_GETGEN));
	reply_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETFLOWTABLE));
	reply_flowtable(fake, &flowtable);
	reply_done(fake);
}

struct holder {
	const char *name;
	uint32_t flags;
	const char *device;
	const char *evidence;
};

static const struct holder holders[] = {
	{ "seen", HARDWARE, "lan0", "bound already, to the flowtable inet fw4 ft" },
	{ "seen by a wildcard", HARDWARE, "la*",
	  "bound already, to the flowtable inet fw4 ft, which lists la*" },
	{ "software", 0, "lan0", "to no flowtable of this network namespace" },
	{ "of another device", HARDWARE, "lan1", "to no flowtable of this network namespace" },
};

static void test_busy(void **state)
{
	const struct holder *holder = *state;
	const struct nfto_device_caps *device;
	struct setup setup;

	answer_lan0(&setup, EBUSY);
	answer_flowtables(setup.fake, holder->flags, holder->device);
	answer_control(&setup, EOPNOTSUPP);
	device = read_device(&setup, "lan0");
	assert_evidence(device, NFTO_YES, holder->evidence);
	assert_error(device, NFTO_ERROR_DEVICE_BUSY, EBUSY);
	tear_down(&setup);
}

/* ---- A kernel that hides refusals */

static void test_hidden_refusals(void **state)
{
	static const char *const control[] = {
		"begin",
		"newtable inet create name=nftoffload-probe",
		"newflowtable inet create table=nftoffload-probe name=probe ",
		"newflowtable inet ack table=nftoffload-probe name=probe hook{devices{name=lo}}",
		NULL,
	};
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	answer_lan0(&setup, 0);
	answer_control(&setup, 0);
	device = read_device(&setup, "lan0");
	assert_evidence(device, NFTO_UNKNOWN, "hides a driver's refusal");
	assert_null(nfto_device_caps_error(device));
	assert_sent_begins(setup.fake, FEATURE_REQUESTS + 4, control);
	tear_down(&setup);
}

/* Then the loopback device need not be asked; the script has no answer for it. */
static void test_refusal_proves_success(void **state)
{
	static const char *const names[] = { "lan0", "wan0" };
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0, { .index = 3, .name = "wan0", .type = 1 });
	caps_answer_family(setup.fake, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	caps_answer_check(setup.fake, 1, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	caps_answer_check(setup.fake, 1, EOPNOTSUPP);
	device = read_devices(&setup, names, 2);
	assert_evidence(device, NFTO_YES, "took a flowtable");
	assert_evidence(nfto_caps_device(setup.caps, 1), NFTO_NO, "refused");
	assert_null(nfto_caps_device(setup.caps, 2));
	tear_down(&setup);
}

/* A refusal for another reason is not what such a kernel hides. */
static void test_other_refusal_proves_nothing(void **state)
{
	static const char *const names[] = { "lan0", "wan0" };
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0, { .index = 3, .name = "wan0", .type = 1 });
	caps_answer_family(setup.fake, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	caps_answer_check(setup.fake, 1, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	caps_answer_check(setup.fake, 1, ENOSPC);
	answer_control(&setup, 0);
	device = read_devices(&setup, names, 2);
	assert_evidence(device, NFTO_UNKNOWN, "hides");
	assert_evidence(nfto_caps_device(setup.caps, 1), NFTO_NO, "No space");
	tear_down(&setup);
}

/* ---- Who is asked at all */

struct asked {
	const char *name;
	const char *kind;
	bool has_ethtool;
	bool is_on;
	bool is_fixed;
	uint16_t type;
	enum nfto_hw_tc_offload hw_tc_offload;
	bool is_tried;
	enum nfto_answer hardware;
	const char *evidence;
};

static const struct asked asked[] = {
	{ "card", NULL, true, true, false, 1, NFTO_HW_TC_OFFLOAD_ON, true, NFTO_YES, "took" },
	{ "card, off", NULL, true, false, false, 1, NFTO_HW_TC_OFFLOAD_OFF, true, NFTO_YES,
	  "as long as hw-tc-offload is off" },
	{ "card, fixed on", NULL, true, true, true, 1, NFTO_HW_TC_OFFLOAD_FIXED_ON, true, NFTO_YES,
	  "took" },
	{ "card, fixed off", NULL, true, false, true, 1, NFTO_HW_TC_OFFLOAD_FIXED_OFF, false,
	  NFTO_NO, "does not have hw-tc-offload" },
	{ "card, no ethtool", NULL, false, false, false, 1, NFTO_HW_TC_OFFLOAD_UNKNOWN, true,
	  NFTO_YES, "took" },
	{ "DSA, no ethtool", "dsa", false, false, false, 1, NFTO_HW_TC_OFFLOAD_UNKNOWN, true,
	  NFTO_YES, "took" },
	{ "unknown kind", "nftosim", true, true, false, 1, NFTO_HW_TC_OFFLOAD_ON, true, NFTO_YES,
	  "took" },
	{ "unknown kind, no ethtool", "nftosim", false, false, false, 1, NFTO_HW_TC_OFFLOAD_UNKNOWN,
	  false, NFTO_UNKNOWN, "neither its kind nor ethtool" },
	{ "bridge", "bridge", true, false, true, 1, NFTO_HW_TC_OFFLOAD_FIXED_OFF, false, NFTO_NO,
	  "kind bridge" },
	{ "bridge that pretends", "bridge", true, true, false, 1, NFTO_HW_TC_OFFLOAD_ON, false,
	  NFTO_NO, "kind bridge" },
	{ "bridge, no ethtool", "bridge", false, false, false, 1, NFTO_HW_TC_OFFLOAD_UNKNOWN, false,
	  NFTO_NO, "kind bridge" },
	{ "loopback", NULL, false, false, false, 772, NFTO_HW_TC_OFFLOAD_UNKNOWN, false, NFTO_NO,
	  "loopback" },
};

static void test_asked(void **state)
{
	const struct asked *row = *state;
	const struct nfto_device_caps *device;
	struct setup setup;

	set_up(&setup);
	caps_answer_links(setup.fake,
			  { .index = 2, .name = "dev0", .type = row->type, .kind = row->kind });
	caps_answer_family(setup.fake, row->has_ethtool ? 0 : ENOENT);
	if (row->has_ethtool)
		caps_answer_hw_tc_offload(setup.fake, row->is_on, row->is_fixed);
	if (row->is_tried) {
		caps_answer_check(setup.fake, 1, 0);
		answer_control(&setup, EOPNOTSUPP);
	}
	device = read_device(&setup, "dev0");
	assert_int_equal(nfto_device_caps_hw_tc_offload(device), row->hw_tc_offload);
	assert_evidence(device, row->hardware, row->evidence);
	assert_null(nfto_device_caps_error(device));
	tear_down(&setup);
}

static void test_refused_by_ethtool(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, { .index = 2, .name = "lan0", .type = 1, .kind = "rmnet" });
	caps_answer_family(setup.fake, 0);
	fake_answer(setup.fake, ETHTOOL_FAMILY);
	reply_error(setup.fake, 0, EOPNOTSUPP);
	device = read_device(&setup, "lan0");
	assert_int_equal(nfto_device_caps_hw_tc_offload(device), NFTO_HW_TC_OFFLOAD_UNKNOWN);
	assert_evidence(device, NFTO_UNKNOWN, "neither");
	tear_down(&setup);
}

/* Neither features nor a reason why not. */
static void test_silent_ethtool(void **state)
{
	static const char *const names[] = { "lan0" };
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0);
	caps_answer_family(setup.fake, 0);
	fake_answer(setup.fake, ETHTOOL_FAMILY);
	reply_error(setup.fake, 0, 0);
	setup.caps = NULL;
	assert_int_equal(nfto_caps_read(setup.ctx, names, 1, &setup.caps), -EBADMSG);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_PROTOCOL);
	tear_down(&setup);
}

/* The kernel has no hardware offload at all. */
static void test_no_hardware_flag(void **state)
{
	static const char *const names[] = { "lan0" };
	struct caps_script script = caps_usual();
	struct setup setup;

	(void)state;
	setup.fake = fake_new();
	setup.ctx = fake_ctx(setup.fake);
	script.asked[ASK_FLOWTABLES].errnum = ENOENT;
	caps_answer_features(setup.fake, &script);
	caps_answer_links(setup.fake, LAN0);
	caps_answer_family(setup.fake, 0);
	caps_answer_hw_tc_offload(setup.fake, true, false);
	assert_evidence(read_devices(&setup, names, 1), NFTO_NO, "no flowtables in hardware");
	tear_down(&setup);
}

static void test_virtual_kinds(void **state)
{
	static const char *const virtual[] = {
		"amt",	  "bareudp", "batadv", "bond",	  "bridge",    "dummy",	 "erspan",
		"geneve", "gre",     "gretap", "hsr",	  "ifb",       "ip6gre", "ip6tnl",
		"ipip",	  "ipvlan",  "macsec", "macvlan", "macvtap",   "netkit", "nlmon",
		"ppp",	  "sit",     "team",   "tun",	  "vcan",      "veth",	 "vlan",
		"vrf",	  "vti",     "vti6",   "vxlan",	  "wireguard", "xfrm",	 "openvswitch",
	};
	static const char *const others[] = { "", "dsa", "nftosim", "wwan", "rmnet", "vla", "zzz" };

	(void)state;
	for (size_t i = 0; i < COUNT(virtual); i++) {
		if (!is_virtual_kind(virtual[i]))
			fail_msg("%s", virtual[i]);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		if (is_virtual_kind(others[i]))
			fail_msg("%s", others[i]);
	}
}

/* ---- All that may have hardware */

static void test_all_devices(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, { .index = 1, .name = "lo", .type = 772 },
			  { .index = 2, .name = "eth0", .type = 1 },
			  { .index = 3,
			    .name = "lan1",
			    .type = 1,
			    .kind = "dsa",
			    .lower = 2,
			    .master = 4,
			    .switch_id = "\x01\xfe" },
			  { .index = 4, .name = "br0", .type = 1, .kind = "bridge" },
			  { .index = 5, .name = "ppp0", .type = 512, .kind = "ppp" });
	caps_answer_family(setup.fake, 0);
	caps_answer_hw_tc_offload(setup.fake, false, true);
	caps_answer_hw_tc_offload(setup.fake, true, true);
	caps_answer_check(setup.fake, 1, EOPNOTSUPP);
	device = read_devices(&setup, NULL, 0);
	assert_int_equal(nfto_caps_device_count(setup.caps), 2);
	assert_string_equal(nfto_device_caps_name(device), "eth0");
	assert_string_equal(nfto_device_caps_kind(device), "");
	assert_string_equal(nfto_device_caps_lower(device), "");
	assert_string_equal(nfto_device_caps_upper(device), "");
	assert_string_equal(nfto_device_caps_switch_id(device), "");
	device = nfto_caps_device(setup.caps, 1);
	assert_string_equal(nfto_device_caps_name(device), "lan1");
	assert_string_equal(nfto_device_caps_kind(device), "dsa");
	assert_string_equal(nfto_device_caps_lower(device), "eth0");
	assert_string_equal(nfto_device_caps_upper(device), "br0");
	assert_string_equal(nfto_device_caps_switch_id(device), "01fe");
	tear_down(&setup);
}

static void test_lower_elsewhere(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0,
			  { .index = 3,
			    .name = "v0",
			    .type = 1,
			    .kind = "veth",
			    .lower = 2,
			    .is_elsewhere = true });
	caps_answer_family(setup.fake, ENOENT);
	device = read_device(&setup, "v0");
	assert_string_equal(nfto_device_caps_lower(device), "");
	tear_down(&setup);
}

/* ---- Names */

static void test_missing(void **state)
{
	const struct nfto_device_caps *device;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_links(setup.fake, LAN0);
	caps_answer_family(setup.fake, 0);
	device = read_device(&setup, "lan1");
	assert_string_equal(nfto_device_caps_kind(device), "");
	assert_int_equal(nfto_device_caps_hw_tc_offload(device), NFTO_HW_TC_OFFLOAD_UNKNOWN);
	assert_evidence(device, NFTO_UNKNOWN, "no such network device");
	assert_error(device, NFTO_ERROR_NO_DEVICE, ENODEV);
	tear_down(&setup);
}

static void test_impossible_names(void **state)
{
	static const char *const wrong[] = { "", "a/b", "..", "sixteen-bytes-12" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *names[] = { "lan0", wrong[i] };
		struct setup setup = { .fake = fake_new() };

		setup.ctx = fake_ctx(setup.fake);
		assert_int_equal(nfto_caps_read(setup.ctx, names, 2, &setup.caps), -EINVAL);
		assert_null(setup.caps);
		assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_INVALID);
		assert_string_equal(nfto_error_device(nfto_ctx_error(setup.ctx)), wrong[i]);
		assert_int_equal(setup.fake->request_count, 0);
		tear_down(&setup);
	}
}

static void test_state_names(void **state)
{
	static const char *const names[] = { "unknown",	  "off",      "on",
					     "fixed-off", "fixed-on", "unknown" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(nfto_hw_tc_offload_name((enum nfto_hw_tc_offload)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_for_another_reason),
		cmocka_unit_test(test_words_of_the_kernel),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_vanished_before_ethtool),
		cmocka_unit_test(test_flowtable_refused),
		cmocka_unit_test(test_hidden_refusals),
		cmocka_unit_test(test_refusal_proves_success),
		cmocka_unit_test(test_other_refusal_proves_nothing),
		cmocka_unit_test(test_refused_by_ethtool),
		cmocka_unit_test(test_silent_ethtool),
		cmocka_unit_test(test_no_hardware_flag),
		cmocka_unit_test(test_virtual_kinds),
		cmocka_unit_test(test_all_devices),
		cmocka_unit_test(test_lower_elsewhere),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_impossible_names),
		cmocka_unit_test(test_state_names),
	};

	return (run_table(holders, test_busy) + run_table(asked, test_asked) +
		cmocka_run_group_tests(tests, NULL, NULL)) != 0;
}
