// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the status makes of what it finds: states of devices, findings, settings. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "caps_script.h"
#include "proc_folder.h"
#include "status_script.h"
#include "unit.h"

#define NAME "nftoffload"
#define HARDWARE 1
#define COUNTER 2

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
};

static void set_up(struct setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	proc_folder_use(setup->ctx);
}

static void tear_down(struct setup *setup)
{
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
	proc_folder_clear();
}

static struct nfto_status *read_with(const struct instance_script *instance,
				     const struct status_script *script)
{
	struct nfto_status *status;
	struct setup setup;

	set_up(&setup);
	status_answer(setup.fake, instance, script);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	tear_down(&setup);
	return status;
}

static void assert_codes(const struct nfto_status *status, const char *expected)
{
	char codes[256] = "";

	for (size_t i = 0; i < nfto_status_finding_count(status); i++) {
		const struct nfto_finding *finding = nfto_status_finding(status, i);

		snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s", i ? " " : "",
			 nfto_finding_code_name(nfto_finding_code(finding)));
	}
	assert_string_equal(codes, expected);
	assert_null(nfto_status_finding(status, nfto_status_finding_count(status)));
}

static void assert_states(const struct nfto_status *status, const char *expected)
{
	char states[256] = "";

	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		snprintf(states + strlen(states), sizeof(states) - strlen(states), "%s%s %s",
			 i ? ", " : "", nfto_status_device_name(status, i),
			 nfto_device_state_name(nfto_status_device_state(status, i)));
	assert_string_equal(states, expected);
}

/* ---- Reasons */

static void nothing(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	(void)script;
}

static void dormant(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->is_dormant = true;
}

static void feature_off(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->feature_is_off = true;
}

static void refused(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->refusal = EOPNOTSUPP;
}

static void no_hook(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->hook = NULL;
}

static void hook_of_another(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->hook_table = "fw4";
}

static void hook_of_another_family(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->hook_table = NAME;
	script->hook_family = NFPROTO_IPV4;
}

static void hook_with_its_name(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->hook_table = NAME;
}

static void missing(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->wanted_devices[2] = "ppp0";
}

static void not_bound(struct instance_script *instance, struct status_script *script)
{
	static const char *const links[] = { "lan0", "wan0", "dmz0", NULL };

	script->links = links;
	instance->wanted_devices[2] = "dmz0";
}

static void without_flowtable(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->flowtable = NULL;
}

static void without_chain(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->has_chain = false;
}

static void without_wanted(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->has_wanted = false;
}

static void without_rule(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->offload_comment = NULL;
}

static void drained(struct instance_script *instance, struct status_script *script)
{
	(void)script;
	instance->offload_comment = "drained: offloads nothing, requested mode auto";
}

/* ---- Flows. One of TCP may be closing. */

#define FLOW(number, bits)                                                                         \
	{                                                                                          \
		.family = AF_INET, .protocol = (number), .status = (bits),                         \
		.original = { "192.0.2.1", "192.0.2.2", 1, 2 },                                    \
		.reply = { "192.0.2.2", "192.0.2.1", 2, 1 },                                       \
	}

static const struct reply_flow udp_in_software = FLOW(17, 0x4000);
static const struct reply_flow tcp_in_software = FLOW(6, 0x4000);
static const struct reply_flow some_in_hardware[] = { FLOW(17, 0x4000), FLOW(6, 0xc000) };
static const struct reply_flow some_leaving[] = { FLOW(17, 0x4000), FLOW(6, 0x8000) };

static void in_software(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->flows = &udp_in_software;
	script->flow_count = 1;
}

static void maybe_closing(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->flows = &tcp_in_software;
	script->flow_count = 1;
}

static void one_in_hardware(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->flows = some_in_hardware;
	script->flow_count = 2;
}

static void one_leaving(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	script->flows = some_leaving;
	script->flow_count = 2;
}

/* Their flows can't be told from ours. */
static void beside_software(struct instance_script *instance, struct status_script *script)
{
	static const char *const devices[] = { "dmz0", NULL };
	static const struct reply_flowtable others[] = {
		{ .family = 2, .table = "fw", .name = "f", .devices = devices },
		{ .name = NULL },
	};

	in_software(instance, script);
	script->others = others;
}

static void settings(struct instance_script *instance, struct status_script *script)
{
	(void)instance;
	(void)script;
	proc_folder_write("sys/net/netfilter/nf_conntrack_acct", "0\n");
	proc_folder_write("sys/net/netfilter/nf_conntrack_count", "950\n");
	proc_folder_write("sys/net/netfilter/nf_conntrack_max", "1000\n");
	proc_folder_write("sys/net/ipv4/ip_forward", "0\n");
	proc_folder_write("sys/net/ipv6/conf/all/forwarding", "1\n");
}

static void no_forwarding(struct instance_script *instance, struct status_script *script)
{
	settings(instance, script);
	proc_folder_write("sys/net/netfilter/nf_conntrack_count", "1\n");
	proc_folder_write("sys/net/ipv6/conf/all/forwarding", "0\n");
}

#define BOTH(state) "lan0 " state ", wan0 " state

static const struct reason {
	const char *name;
	const char *mode;
	uint32_t flags;
	void (*change)(struct instance_script *instance, struct status_script *script);
	enum nfto_mode effective;
	const char *codes;
	const char *states;
} reasons[] = {
	{ "hardware", "auto", HARDWARE | COUNTER, nothing, NFTO_MODE_HARDWARE, "",
	  BOTH("hardware") },
	{ "software", "software", COUNTER, nothing, NFTO_MODE_SOFTWARE, "", BOTH("software") },
	{ "dormant", "auto", HARDWARE | COUNTER, dormant, NFTO_MODE_NONE, "dormant",
	  BOTH("hardware") },
	{ "feature off", "auto", HARDWARE | COUNTER, feature_off, NFTO_MODE_SOFTWARE,
	  "hw-tc-offload-off hw-tc-offload-off", BOTH("feature-off") },
	{ "feature off, in software", "software", COUNTER, feature_off, NFTO_MODE_SOFTWARE, "",
	  BOTH("software") },
	{ "refused", "auto", COUNTER, refused, NFTO_MODE_SOFTWARE, "device-refused device-refused",
	  BOTH("refused") },
	{ "refused, and hardware asked for", "hardware", COUNTER, refused, NFTO_MODE_SOFTWARE,
	  "device-refused device-refused", BOTH("refused") },
	{ "hardware unused", "auto", COUNTER, nothing, NFTO_MODE_SOFTWARE, "hardware-unused",
	  BOTH("software") },
	{ "no hook", "auto", HARDWARE | COUNTER, no_hook, NFTO_MODE_NONE,
	  "device-not-bound device-not-bound", BOTH("missing") },
	{ "hook of another flowtable", "auto", HARDWARE | COUNTER, hook_of_another, NFTO_MODE_NONE,
	  "device-not-bound device-not-bound", BOTH("missing") },
	{ "hook of another family", "auto", HARDWARE | COUNTER, hook_of_another_family,
	  NFTO_MODE_NONE, "device-not-bound device-not-bound", BOTH("missing") },
	{ "hook with its name", "auto", HARDWARE | COUNTER, hook_with_its_name, NFTO_MODE_HARDWARE,
	  "", BOTH("hardware") },
	{ "not bound", "auto", HARDWARE | COUNTER, not_bound, NFTO_MODE_HARDWARE,
	  "device-not-bound", BOTH("hardware") ", dmz0 missing" },
	{ "missing", "auto", HARDWARE | COUNTER, missing, NFTO_MODE_HARDWARE, "device-missing",
	  BOTH("hardware") ", ppp0 missing" },
	{ "no flowtable", "auto", COUNTER, without_flowtable, NFTO_MODE_NONE,
	  "device-not-bound device-not-bound no-rule incomplete", BOTH("missing") },
	{ "no chain", "auto", HARDWARE | COUNTER, without_chain, NFTO_MODE_NONE,
	  "not-on-forward incomplete", BOTH("hardware") },
	{ "no set", "auto", HARDWARE | COUNTER, without_wanted, NFTO_MODE_NONE, "incomplete",
	  BOTH("hardware") },
	{ "no rule", "auto", HARDWARE | COUNTER, without_rule, NFTO_MODE_NONE, "no-rule incomplete",
	  BOTH("hardware") },
	{ "drained", "auto", HARDWARE | COUNTER, drained, NFTO_MODE_NONE, "no-rule drained",
	  BOTH("hardware") },
	{ "all in software", "auto", HARDWARE | COUNTER, in_software, NFTO_MODE_HARDWARE,
	  "all-in-software", BOTH("hardware") },
	{ "maybe closing", "auto", HARDWARE | COUNTER, maybe_closing, NFTO_MODE_HARDWARE, "",
	  BOTH("hardware") },
	{ "one in hardware", "auto", HARDWARE | COUNTER, one_in_hardware, NFTO_MODE_HARDWARE, "",
	  BOTH("hardware") },
	{ "one leaving", "auto", HARDWARE | COUNTER, one_leaving, NFTO_MODE_HARDWARE, "",
	  BOTH("hardware") },
	{ "beside software", "auto", HARDWARE | COUNTER, beside_software, NFTO_MODE_HARDWARE, "",
	  BOTH("hardware") },
	{ "software as asked", "software", COUNTER, in_software, NFTO_MODE_SOFTWARE, "",
	  BOTH("software") },
	{ "no counter", "auto", HARDWARE, nothing, NFTO_MODE_HARDWARE, "accounting-off",
	  BOTH("hardware") },
	{ "settings", "auto", HARDWARE | COUNTER, settings, NFTO_MODE_HARDWARE,
	  "forwarding-off conntrack-full accounting-off", BOTH("hardware") },
	{ "no forwarding", "auto", HARDWARE | COUNTER, no_forwarding, NFTO_MODE_NONE,
	  "forwarding-off", BOTH("hardware") },
};

static void test_reason(void **state)
{
	const struct reason *reason = *state;
	struct instance_script instance = instance_whole(reason->mode, reason->flags);
	struct status_script script = status_usual();
	struct nfto_status *status;

	reason->change(&instance, &script);
	status = read_with(&instance, &script);
	assert_codes(status, reason->codes);
	assert_states(status, reason->states);
	assert_int_equal(nfto_status_effective(status), reason->effective);
	nfto_status_free(status);
}

/* ---- What devices say */

static void test_device_evidence(void **state)
{
	struct instance_script instance = instance_whole("auto", HARDWARE | COUNTER);
	struct status_script script = status_usual();
	struct nfto_status *status = read_with(&instance, &script);

	(void)state;
	assert_string_equal(nfto_status_device_evidence(status, 0),
			    "in the flowtable, which is for hardware, hooked at its ingress, "
			    "hw-tc-offload is on");
	assert_string_equal(nfto_status_device_evidence(status, 2), "");
	assert_int_equal(nfto_status_device_state(status, 2), NFTO_DEVICE_UNKNOWN);
	assert_int_equal(nfto_status_has_rule(status), NFTO_YES);
	assert_int_equal(nfto_status_reachable(status), NFTO_YES);
	assert_non_null(strstr(nfto_status_reachable_evidence(status), "priority 10"));
	nfto_status_free(status);
}

/* Answers where the kernel does not list hooks: it is asked once, and it is no evidence of
 * anything. */
static void test_silent_hooks(void **state)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct status_script script = status_usual();
	struct nfto_status *status;
	struct setup setup;

	(void)state;
	script.hooks = EINVAL;
	set_up(&setup);
	instance_answer(setup.fake, &instance);
	status_answer_flowtables(setup.fake, &instance, &script);
	status_answer_links(setup.fake, &script);
	status_answer_device(setup.fake, &script, false);
	status_answer_flows(setup.fake, &script);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_states(status, BOTH("software"));
	assert_string_equal(nfto_status_device_evidence(status, 1),
			    "in the flowtable, which is for software");
	nfto_status_free(status);
	tear_down(&setup);
}

/* ---- Names without devices, and wildcards: from Linux 6.16 on the kernel binds what comes */

struct listed {
	const char *name;
	uint32_t flags;
	const char *devices[4];
	const char *wanted[4];
	const char *links[4];
	int present; /* how many of them are bound, each of which has a hook */
	int trial;   /* what the kernel says to a name without a device; -1: it is not asked */
	const char *states;
	const char *codes;
	enum nfto_mode effective;
};

/* clang-format off */
static const struct listed listed_names[] = {
	{ "gone, in software", COUNTER, { "lan0", "wan0" }, { "lan0", "wan0" }, { "wan0" }, 1, 0,
	  "lan0 waiting, wan0 software", "device-waiting", NFTO_MODE_SOFTWARE },
	{ "gone, in hardware", HARDWARE | COUNTER, { "lan0", "wan0" }, { "lan0", "wan0" },
	  { "wan0" }, 1, 0, "lan0 waiting, wan0 hardware", "device-waiting name-blocked",
	  NFTO_MODE_HARDWARE },
	/* It went between two looks, and so did its place in the flowtable. */
	{ "gone, before Linux 6.16", COUNTER, { "lan0", "wan0" }, { "lan0", "wan0" }, { "wan0" }, 1,
	  ENOENT, "lan0 missing, wan0 software", "device-missing", NFTO_MODE_SOFTWARE },
	{ "all gone", HARDWARE | COUNTER, { "lan0", "wan0" }, { "lan0", "wan0" }, { "dmz0" }, 0, 0,
	  "lan0 waiting, wan0 waiting", "device-waiting device-waiting name-blocked",
	  NFTO_MODE_NONE },
	{ "wildcard", COUNTER, { "lan*", "wan0" }, { "lan*", "wan0" }, { "lan0", "lan9", "wan0" },
	  3, -1, "lan* waiting, lan0 software, lan9 software, wan0 software", "",
	  NFTO_MODE_SOFTWARE },
	{ "wildcard for nothing", COUNTER, { "lan*", "wan0" }, { "lan*", "wan0" }, { "wan0" }, 1,
	  -1, "lan* waiting, wan0 software", "device-waiting", NFTO_MODE_SOFTWARE },
	{ "a name beside its wildcard", COUNTER, { "lan*" }, { "lan*", "lan9" }, { "lan0" }, 1, -1,
	  "lan* waiting, lan0 software, lan9 waiting", "device-waiting", NFTO_MODE_SOFTWARE },
	{ "wildcard in hardware", HARDWARE | COUNTER, { "la*", "wan0" }, { "lan0", "wan0" },
	  { "lan0", "wan0" }, 2, -1, "la* waiting, lan0 hardware, wan0 hardware", "name-blocked",
	  NFTO_MODE_HARDWARE },
	{ "wildcard that is not given to the kernel", COUNTER, { "lan0", "wan0" },
	  { "lan*", "wan0" }, { "lan0", "lan9", "wan0" }, 2, -1,
	  "lan0 software, wan0 software, lan9 missing", "device-not-bound", NFTO_MODE_SOFTWARE },
};
/* clang-format on */

static void answer_listed(struct setup *setup, const struct listed *listed)
{
	struct instance_script instance =
		instance_whole(listed->flags & HARDWARE ? "hardware" : "software", listed->flags);
	struct status_script script = status_usual();

	memcpy(instance.devices, listed->devices, sizeof(listed->devices));
	memcpy(instance.wanted_devices, listed->wanted, sizeof(listed->wanted));
	script.links = listed->links;
	script.hook_table = NAME;
	instance_answer(setup->fake, &instance);
	status_answer_flowtables(setup->fake, &instance, &script);
	status_answer_links(setup->fake, &script);
	for (int i = 0; i < listed->present; i++)
		status_answer_device(setup->fake, &script, listed->flags & HARDWARE);
	if (listed->trial >= 0) {
		instance_answer_missing(setup->fake);
		caps_answer_check(setup->fake, 1, listed->trial);
	}
	status_answer_flows(setup->fake, &script);
}

static void test_listed(void **state)
{
	const struct listed *listed = *state;
	struct nfto_status *status;
	struct setup setup;

	set_up(&setup);
	answer_listed(&setup, listed);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_states(status, listed->states);
	assert_codes(status, listed->codes);
	assert_int_equal(nfto_status_effective(status), listed->effective);
	nfto_status_free(status);
	tear_down(&setup);
}

static void test_listed_evidence(void **state)
{
	const struct listed *listed = &listed_names[7];
	struct nfto_status *status;
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_listed(&setup, listed);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_string_equal(nfto_status_device_evidence(status, 0),
			    "in the flowtable as la*, which is for hardware, "
			    "the kernel binds each device of such a name when it appears");
	assert_string_equal(nfto_status_device_evidence(status, 1),
			    "in the flowtable as la*, which is for hardware, "
			    "hooked at its ingress as inet nftoffload ft, hw-tc-offload is on");
	assert_string_equal(nfto_finding_evidence(nfto_status_finding(status, 0)),
			    "flowtable inet nftoffload ft lists la*");
	assert_int_equal(nfto_finding_severity(nfto_status_finding(status, 0)), NFTO_SEVERITY_NOTE);
	nfto_status_free(status);
	tear_down(&setup);
}

/* Of a port of DSA the feature of the conduit counts. */
static void test_conduit(void **state)
{
	struct instance_script instance = instance_whole("hardware", HARDWARE | COUNTER);
	struct status_script script = status_usual();
	struct nfto_status *status;
	struct setup setup;

	(void)state;
	instance.devices[1] = instance.wanted_devices[1] = NULL;
	set_up(&setup);
	instance_answer(setup.fake, &instance);
	status_answer_flowtables(setup.fake, &instance, &script);
	caps_answer_links(setup.fake, { .index = 2, .name = "eth\x01", .type = 1 },
			  { .index = 3, .name = "lan0", .type = 1, .kind = "dsa", .lower = 2 });
	caps_answer_family(setup.fake, 0);
	script.feature_is_off = true;
	status_answer_device(setup.fake, &script, true);
	status_answer_flows(setup.fake, &script);
	assert_int_equal(nfto_status_read(setup.ctx, NAME, &status), 0);
	assert_states(status, "lan0 feature-off");
	assert_non_null(strstr(nfto_status_device_evidence(status, 0),
			       "hw-tc-offload of its conduit eth\\x01 is off"));
	assert_string_equal(nfto_finding_advice(nfto_status_finding(status, 0)),
			    "ethtool -K eth\\x01 hw-tc-offload on");
	nfto_status_free(status);
	tear_down(&setup);
}

/* ---- Somebody else's flowtable */

static const char *const fw_devices[] = { "lan0", NULL };

static const struct reply_flowtable fw[] = {
	{ .family = 2, .table = "fw", .name = "f", .flags = 1, .use = 0, .devices = fw_devices },
	{ .family = 2, .table = "fw", .name = "g", .flags = 2, .use = 3, .devices = fw_devices },
	{ .name = NULL },
};

static void answer_foreign(struct setup *setup, const struct status_script *script, uint32_t flags,
			   bool is_in_hardware)
{
	instance_answer_generation(setup->fake);
	status_answer_flowtables(setup->fake, NULL, script);
	fake_answer(setup->fake, NFT(NFT_MSG_GETTABLE));
	reply_table_with_flags(setup->fake, 2, "fw", NULL, flags);
	status_answer_links(setup->fake, script);
	status_answer_device(setup->fake, script, is_in_hardware);
	status_answer_flows(setup->fake, script);
}

static struct nfto_status *read_foreign(const char *name, uint32_t flags, bool is_in_hardware)
{
	struct status_script script = status_usual();
	struct nfto_status *status;
	struct setup setup;

	script.others = fw;
	set_up(&setup);
	answer_foreign(&setup, &script, flags, is_in_hardware);
	assert_int_equal(
		nfto_status_read_flowtable(setup.ctx, NFTO_FAMILY_IPV4, "fw", name, &status), 0);
	tear_down(&setup);
	return status;
}

static void test_foreign(void **state)
{
	struct nfto_status *status = read_foreign("g", 0, false);

	(void)state;
	assert_false(nfto_status_is_instance(status));
	assert_string_equal(nfto_status_name(status), "fw");
	assert_string_equal(nfto_status_flowtable(status), "g");
	assert_int_equal(nfto_status_family(status), NFTO_FAMILY_IPV4);
	assert_int_equal(nfto_status_requested(status), NFTO_MODE_SOFTWARE);
	assert_int_equal(nfto_status_effective(status), NFTO_MODE_SOFTWARE);
	assert_int_equal(nfto_status_has_rule(status), NFTO_YES);
	assert_int_equal(nfto_status_reachable(status), NFTO_UNKNOWN);
	assert_int_equal(nfto_status_inserted(status), 0);
	assert_states(status, "lan0 software");
	assert_codes(status, "");
	nfto_status_free(status);
}

static void test_foreign_without_a_rule(void **state)
{
	struct nfto_status *status = read_foreign("f", 0, true);

	(void)state;
	assert_int_equal(nfto_status_requested(status), NFTO_MODE_HARDWARE);
	assert_int_equal(nfto_status_effective(status), NFTO_MODE_NONE);
	assert_int_equal(nfto_status_has_rule(status), NFTO_NO);
	assert_codes(status, "no-rule");
	nfto_status_free(status);
}

static void test_foreign_dormant(void **state)
{
	struct nfto_status *status = read_foreign("g", 1, false);

	(void)state;
	assert_int_equal(nfto_status_reachable(status), NFTO_NO);
	assert_codes(status, "dormant");
	nfto_status_free(status);
}

static void assert_no_flowtable(enum nfto_family family, const char *table, const char *name,
				const char *object)
{
	struct nfto_status *status = UNTOUCHED(struct nfto_status);
	struct status_script script = status_usual();
	struct setup setup;

	script.others = fw;
	set_up(&setup);
	instance_answer_generation(setup.fake);
	status_answer_flowtables(setup.fake, NULL, &script);
	assert_int_equal(nfto_status_read_flowtable(setup.ctx, family, table, name, &status),
			 -ENOENT);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup.ctx)), NFTO_ERROR_NO_FLOWTABLE);
	assert_string_equal(nfto_error_object(nfto_ctx_error(setup.ctx)), object);
	assert_ptr_equal(status, UNTOUCHED(struct nfto_status));
	tear_down(&setup);
}

static void test_no_such_flowtable(void **state)
{
	(void)state;
	assert_no_flowtable(NFTO_FAMILY_INET, "fw", "f", "flowtable inet fw f");
	assert_no_flowtable(NFTO_FAMILY_IPV4, "fw", "", "flowtable ip fw ");
	assert_no_flowtable(NFTO_FAMILY_IPV4, "a\nb", "f", "flowtable ip a\nb f");
	assert_no_flowtable((enum nfto_family)99, "fw", "f", "flowtable unknown fw f");
}

/* ---- Settings, modules, backlog */

static struct nfto_status *read_software(void)
{
	struct instance_script instance = instance_whole("software", COUNTER);
	struct status_script script = status_usual();

	return read_with(&instance, &script);
}

static void test_nothing_is_known(void **state)
{
	struct nfto_status *status = read_software();
	uint64_t value = 42;

	(void)state;
	for (int i = -1; i <= NFTO_SETTING_IPV6_FORWARDING + 1; i++)
		assert_int_equal(nfto_status_setting(status, (enum nfto_setting)i, &value),
				 -ENODATA);
	for (int i = -1; i <= NFTO_BACKLOG_STATISTICS + 1; i++)
		assert_int_equal(nfto_status_backlog(status, (enum nfto_backlog)i, &value),
				 -ENODATA);
	assert_int_equal(nfto_status_early_drops(status, &value), -ENODATA);
	for (size_t i = 0; i <= nfto_status_module_count(status); i++)
		assert_int_equal(nfto_status_module_state(status, i), NFTO_MODULE_UNKNOWN);
	assert_null(nfto_status_module_name(status, nfto_status_module_count(status)));
	assert_int_equal(value, 42);
	nfto_status_free(status);
}

static void test_settings(void **state)
{
	struct nfto_status *status;
	uint64_t value = 0;

	(void)state;
	proc_folder_write("sys/net/netfilter/nf_flowtable_tcp_timeout", "30\n");
	proc_folder_write("sys/net/netfilter/nf_flowtable_udp_timeout", "thirty\n");
	proc_folder_write("sys/net/netfilter/nf_conntrack_count", "-1\n");
	proc_folder_write("sys/net/netfilter/nf_conntrack_max", "1 2\n");
	proc_folder_write("sys/net/netfilter/nf_conntrack_acct", "");
	proc_folder_write("sys/net/ipv4/ip_forward", "1");
	status = read_software();
	assert_int_equal(nfto_status_setting(status, NFTO_SETTING_TCP_TIMEOUT, &value), 0);
	assert_int_equal(value, 30);
	assert_int_equal(nfto_status_setting(status, NFTO_SETTING_UDP_TIMEOUT, &value), -ENODATA);
	assert_int_equal(nfto_status_setting(status, NFTO_SETTING_CONNTRACK_COUNT, &value),
			 -ENODATA);
	assert_int_equal(nfto_status_setting(status, NFTO_SETTING_CONNTRACK_MAX, &value), -ENODATA);
	assert_int_equal(nfto_status_setting(status, NFTO_SETTING_CONNTRACK_ACCT, &value),
			 -ENODATA);
	assert_int_equal(nfto_status_setting(status, NFTO_SETTING_IPV4_FORWARDING, &value), 0);
	assert_int_equal(value, 1);
	nfto_status_free(status);
}

static enum nfto_module_state state_of(const struct nfto_status *status, const char *name)
{
	for (size_t i = 0; i < nfto_status_module_count(status); i++) {
		if (strcmp(nfto_status_module_name(status, i), name) == 0)
			return nfto_status_module_state(status, i);
	}
	fail();
	return NFTO_MODULE_UNKNOWN;
}

static void test_modules(void **state)
{
	struct nfto_status *status;

	(void)state;
	proc_folder_write("nf_tables/initstate", "live\n");
	proc_folder_write("nf_conntrack/parameters/hashsize", "1\n");
	status = read_software();
	assert_int_equal(state_of(status, "nf_tables"), NFTO_MODULE_LOADED);
	assert_int_equal(state_of(status, "nf_conntrack"), NFTO_MODULE_BUILT_IN);
	assert_int_equal(state_of(status, "nft_flow_offload"), NFTO_MODULE_UNKNOWN);
	nfto_status_free(status);
}

#define BACKLOG "thread-self/net/stat/nf_flowtable"

/* Rows are negative where work was counted up on another CPU. */
static void test_backlog(void **state)
{
	struct nfto_status *status;
	uint64_t add, delete, statistics;

	(void)state;
	proc_folder_write(BACKLOG, "wq_add   wq_del   wq_stats\n"
				   "       7        2       -5\n"
				   "      -3        0        4\n");
	status = read_software();
	assert_int_equal(nfto_status_backlog(status, NFTO_BACKLOG_ADD, &add), 0);
	assert_int_equal(nfto_status_backlog(status, NFTO_BACKLOG_DELETE, &delete), 0);
	assert_int_equal(nfto_status_backlog(status, NFTO_BACKLOG_STATISTICS, &statistics), 0);
	assert_int_equal(add, 4);
	assert_int_equal(delete, 2);
	assert_int_equal(statistics, 0);
	assert_int_equal(nfto_status_backlog(status, (enum nfto_backlog)3, &add), -ENODATA);
	nfto_status_free(status);

	proc_folder_write(BACKLOG, "wq_add   wq_del   wq_stats\n7 2\n");
	status = read_software();
	assert_int_equal(nfto_status_backlog(status, NFTO_BACKLOG_ADD, &add), -ENODATA);
	nfto_status_free(status);
}

#define CONNTRACK "thread-self/net/stat/nf_conntrack"
#define CONNTRACK_HEADING "entries  clashres found drop early_drop icmp_error\n"

static void assert_early_drops(const char *text, int ret, uint64_t expected)
{
	struct nfto_status *status;
	uint64_t connections = 42;

	proc_folder_write(CONNTRACK, text);
	status = read_software();
	assert_int_equal(nfto_status_early_drops(status, &connections), ret);
	assert_int_equal(connections, expected);
	nfto_status_free(status);
}

/* Numbers are hexadecimal. */
static void test_early_drops(void **state)
{
	(void)state;
	assert_early_drops(CONNTRACK_HEADING
			   "00000007  00000001 00000002 00000003 0000001f 00000004\n"
			   "00000007  00000001 00000002 00000003 00000002 00000004\n",
			   0, 33);
	assert_early_drops("entries early_drop\n00000007 ffffffff\n00000007 ffffffff\n", 0,
			   2 * (uint64_t)UINT32_MAX);
	assert_early_drops(CONNTRACK_HEADING, 0, 0);
	assert_early_drops(CONNTRACK_HEADING "1 2 3 4\n", -ENODATA, 42);
	assert_early_drops(CONNTRACK_HEADING "1 2 3 4 many\n", -ENODATA, 42);
	assert_early_drops("entries early_drops drop\n1 2 3\n", -ENODATA, 42);
	assert_early_drops("", -ENODATA, 42);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(nfto_device_state_name(NFTO_DEVICE_HARDWARE), "hardware");
	assert_string_equal(nfto_device_state_name(NFTO_DEVICE_UNKNOWN), "unknown");
	assert_string_equal(nfto_device_state_name(NFTO_DEVICE_WAITING), "waiting");
	assert_string_equal(nfto_device_state_name((enum nfto_device_state)7), "unknown");
	assert_string_equal(nfto_setting_name(NFTO_SETTING_IPV4_FORWARDING), "net.ipv4.ip_forward");
	assert_string_equal(nfto_setting_name((enum nfto_setting)7), "unknown");
	assert_string_equal(nfto_setting_name((enum nfto_setting) - 1), "unknown");
	assert_string_equal(nfto_module_state_name(NFTO_MODULE_UNKNOWN), "unknown");
	assert_string_equal(nfto_module_state_name(NFTO_MODULE_LOADED), "loaded");
	assert_string_equal(nfto_module_state_name(NFTO_MODULE_BUILT_IN), "built-in");
	assert_string_equal(nfto_module_state_name((enum nfto_module_state)3), "unknown");
	assert_string_equal(nfto_backlog_name(NFTO_BACKLOG_ADD), "add");
	assert_string_equal(nfto_backlog_name(NFTO_BACKLOG_DELETE), "delete");
	assert_string_equal(nfto_backlog_name(NFTO_BACKLOG_STATISTICS), "statistics");
	assert_string_equal(nfto_backlog_name((enum nfto_backlog)3), "unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_evidence),
		cmocka_unit_test(test_silent_hooks),
		cmocka_unit_test(test_listed_evidence),
		cmocka_unit_test(test_conduit),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_foreign_without_a_rule),
		cmocka_unit_test(test_foreign_dormant),
		cmocka_unit_test(test_no_such_flowtable),
		cmocka_unit_test(test_nothing_is_known),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_early_drops),
		cmocka_unit_test(test_names),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(reasons, test_reason);
	failures += run_table(listed_names, test_listed);
	return failures != 0;
}
