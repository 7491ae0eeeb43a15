// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel can do, found out by asking it. */
#include <errno.h>
#include <string.h>

#include "caps_script.h"
#include "describe.h"
#include "proc_folder.h"
#include "setup.h"
#include "unit.h"

#define FEATURE_COUNT 11

/* Of a namespace without a single device that may have hardware. */
static void answer_no_devices(struct fake *fake)
{
	caps_answer_links(fake, { .index = 1, .name = "lo", .type = 772 });
	caps_answer_family(fake, ENOENT);
}

static struct nfto_caps *read_features_of(const struct caps_script *script, int has_sysctl,
					  const char *release)
{
	struct nfto_caps *caps;
	struct setup setup;

	set_up(&setup);
	setup.fake->has_sysctl = has_sysctl;
	proc_folder_use(setup.ctx);
	proc_folder_write("sys/kernel/osrelease", release);
	caps_answer_features(setup.fake, script);
	answer_no_devices(setup.fake);
	assert_int_equal(nfto_caps_read(setup.ctx, NULL, 0, &caps), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(nfto_caps_device_count(caps), 0);
	proc_folder_clear();
	tear_down(&setup);
	return caps;
}

static struct nfto_caps *read_features(const struct caps_script *script, int has_sysctl)
{
	return read_features_of(script, has_sysctl, "6.12.117+deb12-amd64\n");
}

/* ---- The answers: a letter for each feature, y, n or u */

static void write_answers(const struct nfto_caps *caps, char *answers)
{
	for (int i = 0; i < FEATURE_COUNT; i++) {
		enum nfto_feature feature = (enum nfto_feature)i;

		answers[i] = nfto_answer_name(nfto_caps_feature(caps, feature))[0];
		assert_string_not_equal(nfto_caps_feature_evidence(caps, feature), "");
	}
	answers[FEATURE_COUNT] = '\0';
}

struct kernel {
	const char *name;
	void (*change)(struct caps_script *script);
	int has_sysctl;
	const char *answers;
	enum nfto_feature feature;
	const char *evidence; /* of that feature, a part of it */
};

static void usual(struct caps_script *script)
{
	(void)script;
}

static void without_nf_tables(struct caps_script *script)
{
	script->table = EINVAL;
}

static void without_flowtables(struct caps_script *script)
{
	script->asked[ASK_FLOWTABLES].errnum = ENOENT;
}

static void without_inet(struct caps_script *script)
{
	script->asked[ASK_FLOWTABLES].errnum = EOPNOTSUPP;
	script->asked[ASK_FLOWTABLES].message = -1;
}

static void with_odd_refusal(struct caps_script *script)
{
	script->asked[ASK_FLOWTABLES].errnum = EAFNOSUPPORT;
}

static void without_hardware_flag(struct caps_script *script)
{
	script->asked[ASK_HARDWARE_FLAG].errnum = EOPNOTSUPP;
}

static void without_counter_flag(struct caps_script *script)
{
	script->asked[ASK_COUNTER_FLAG].errnum = EOPNOTSUPP;
}

static void with_immediate_removal(struct caps_script *script)
{
	script->asked[ASK_DEVICE_CHANGES].errnum = 0;
}

static void without_device_additions(struct caps_script *script)
{
	script->asked[ASK_DEVICE_CHANGES].message = 1;
}

static void without_device_changes(struct caps_script *script)
{
	script->asked[ASK_DEVICE_CHANGES].errnum = EOPNOTSUPP;
}

static void without_conntrack(struct caps_script *script)
{
	script->conntrack = EINVAL;
}

static void with_failing_conntrack(struct caps_script *script)
{
	script->conntrack = EIO;
}

static void without_filter(struct caps_script *script)
{
	script->wrong_filter = 0;
}

static void with_failing_filter(struct caps_script *script)
{
	script->wrong_filter = EIO;
}

static void with_missing_devices(struct caps_script *script)
{
	script->asked[ASK_MISSING_DEVICES].errnum = 0;
}

static void with_wildcards(struct caps_script *script)
{
	with_missing_devices(script);
	script->asked[ASK_WILDCARDS].errnum = 0;
}

static void with_other_refusals(struct caps_script *script)
{
	script->asked[ASK_HARDWARE_FLAG].errnum = EIO;
	script->asked[ASK_COUNTER_FLAG].errnum = EIO;
	script->asked[ASK_MISSING_DEVICES].errnum = EIO;
	script->asked[ASK_WILDCARDS].errnum = EIO;
}

/* About the flowtable, which is not what was asked. */
static void with_misplaced_refusals(struct caps_script *script)
{
	script->asked[ASK_MISSING_DEVICES].message = 0;
	script->asked[ASK_WILDCARDS].message = 0;
}

static void without_hooks(struct caps_script *script)
{
	script->hooks = EINVAL;
}

static void without_ingress(struct caps_script *script)
{
	script->hooks = EPROTONOSUPPORT;
}

static void with_failing_hooks(struct caps_script *script)
{
	script->hooks = EIO;
}

static void with_interrupted_hooks(struct caps_script *script)
{
	script->hooks = EINTR;
}

static const struct kernel kernels[] = {
	{ "6.12", usual, 1, "yyyyyynnyyn", NFTO_FEATURE_DEVICE_CHANGES, "looks for one to remove" },
	{ "no nf_tables", without_nf_tables, 1, "nnnnyynnynn", NFTO_FEATURE_WILDCARDS,
	  "no nf_tables" },
	{ "no flowtables", without_flowtables, 1, "nnnnyynnynn", NFTO_FEATURE_FLOWTABLES,
	  "refused: No such file" },
	{ "no family inet", without_inet, 1, "nnnnyynnynn", NFTO_FEATURE_FLOWTABLES,
	  "refused: Operation not supported" },
	{ "another refusal", with_odd_refusal, 1, "uuuuyyuuyyn", NFTO_FEATURE_FLOWTABLES,
	  "Address family not supported" },
	{ "no hardware flag", without_hardware_flag, 1, "ynyyyynnyyn", NFTO_FEATURE_HARDWARE_FLAG,
	  "not supported" },
	{ "no counter flag", without_counter_flag, 1, "yynyyynnyyn", NFTO_FEATURE_COUNTER_FLAG,
	  "not supported" },
	{ "immediate removal", with_immediate_removal, 1, "yyyyyynnyyn",
	  NFTO_FEATURE_DEVICE_CHANGES, "takes a device" },
	{ "no device additions", without_device_additions, 1, "yyyuyynnyyn",
	  NFTO_FEATURE_DEVICE_CHANGES, "No such file" },
	{ "no device changes", without_device_changes, 1, "yyynyynnyyn",
	  NFTO_FEATURE_DEVICE_CHANGES, "not supported" },
	{ "no conntrack", without_conntrack, 1, "yyyynnnnyyn", NFTO_FEATURE_CONNTRACK,
	  "no nf_conntrack_netlink" },
	{ "failing conntrack", with_failing_conntrack, 1, "yyyyuunnyyn",
	  NFTO_FEATURE_CONNTRACK_STATUS_FILTER, "not asked" },
	{ "no filter", without_filter, 1, "yyyyynnnyyn", NFTO_FEATURE_CONNTRACK_STATUS_FILTER,
	  "not noticed" },
	{ "failing filter", with_failing_filter, 1, "yyyyyunnyyn",
	  NFTO_FEATURE_CONNTRACK_STATUS_FILTER, "Input/output error" },
	{ "6.16", with_missing_devices, 1, "yyyyyyynyyn", NFTO_FEATURE_MISSING_DEVICES,
	  "does not exist" },
	{ "6.17", with_wildcards, 1, "yyyyyyyyyyn", NFTO_FEATURE_WILDCARDS, "begin" },
	{ "other refusals", with_other_refusals, 1, "yuuyyyuuyyn", NFTO_FEATURE_HARDWARE_FLAG,
	  "Input/output error" },
	{ "misplaced refusals", with_misplaced_refusals, 1, "yyyyyyuuyyn", NFTO_FEATURE_WILDCARDS,
	  "refused" },
	{ "no nfnetlink_hook", without_hooks, 1, "yyyyyynnnyn", NFTO_FEATURE_HOOK_LISTING,
	  "no nfnetlink_hook" },
	{ "no ingress", without_ingress, 1, "yyyyyynnnyn", NFTO_FEATURE_HOOK_LISTING,
	  "Protocol not supported" },
	{ "failing hooks", with_failing_hooks, 1, "yyyyyynnuyn", NFTO_FEATURE_HOOK_LISTING,
	  "Input/output error" },
	{ "interrupted hooks", with_interrupted_hooks, 1, "yyyyyynnyyn", NFTO_FEATURE_HOOK_LISTING,
	  "lists" },
	{ "no sysctl", usual, 0, "yyyyyynnyun", NFTO_FEATURE_PATH_DISCOVERY, "there is no " },
};

static void test_kernel(void **state)
{
	const struct kernel *kernel = *state;
	struct caps_script script = caps_usual();
	char answers[FEATURE_COUNT + 1];
	struct nfto_caps *caps;

	kernel->change(&script);
	caps = read_features(&script, kernel->has_sysctl);
	write_answers(caps, answers);
	assert_string_equal(answers, kernel->answers);
	if (!strstr(nfto_caps_feature_evidence(caps, kernel->feature), kernel->evidence))
		fail_msg("the evidence is: %s", nfto_caps_feature_evidence(caps, kernel->feature));
	nfto_caps_free(caps);
}

/* ---- What is told by the release alone */

struct release {
	const char *name;
	enum nfto_answer needs_whole_path;
	const char *evidence;
};

static const struct release releases[] = {
	{ "6.18.52", NFTO_NO, "Linux 6.18.52: before 7.2" },
	{ "7.1.9-arch1", NFTO_NO, "Linux 7.1.9-arch1: before 7.2" },
	{ "7.2.0-rc1", NFTO_YES, "Linux 7.2.0-rc1: from 7.2 on" },
	{ "7.2.11+deb13-amd64\n", NFTO_YES, "Linux 7.2.11+deb13-amd64: from 7.2 on" },
	{ "7.10.0", NFTO_YES, "from 7.2 on" },
	{ "10.0", NFTO_YES, "from 7.2 on" },
	{ "7", NFTO_UNKNOWN, "can't be read" },
	{ "next-20260614", NFTO_UNKNOWN, "can't be read" },
	{ "", NFTO_UNKNOWN, "can't be read" },
};

static void test_release(void **state)
{
	const struct release *release = *state;
	struct caps_script script = caps_usual();
	struct nfto_caps *caps = read_features_of(&script, 1, release->name);
	enum nfto_feature feature = NFTO_FEATURE_NEEDS_WHOLE_PATH;

	assert_int_equal(nfto_caps_feature(caps, feature), release->needs_whole_path);
	if (!strstr(nfto_caps_feature_evidence(caps, feature), release->evidence))
		fail_msg("the evidence is: %s", nfto_caps_feature_evidence(caps, feature));
	nfto_caps_free(caps);
}

/* ---- The questions */

#define TABLE "newtable inet create name=nftoffload-probe"
#define NEW "newflowtable inet create table=nftoffload-probe name=probe hook{num=0 priority=0} "
#define NEW_ACK                                                                                    \
	"newflowtable inet create ack table=nftoffload-probe name=probe hook{num=0 priority=0} "
#define ADD "newflowtable inet table=nftoffload-probe name=probe hook{devices{"
#define ADD_ACK "newflowtable inet ack table=nftoffload-probe name=probe hook{devices{"
#define DELETE_ACK "delflowtable inet ack table=nftoffload-probe name=probe hook{devices{"
#define BEGIN "begin any subsystem=10"

/* No batch has an end, so nothing of this is ever done. */
static void test_questions(void **state)
{
	static const char *const requests[][6] = {
		{ "gettable inet name=nftoffload-probe" },
		{ BEGIN, TABLE, NEW_ACK "flags=0" },
		{ BEGIN, TABLE, NEW_ACK "flags=1" },
		{ BEGIN, TABLE, NEW_ACK "flags=2" },
		{ BEGIN, TABLE, NEW "flags=0", ADD "name=lo}}", DELETE_ACK "name=lo}}" },
		{ BEGIN, TABLE, NEW "flags=0", ADD_ACK "name=nfto/none}}" },
		{ BEGIN, TABLE, NEW "flags=0", ADD_ACK "prefix=nfto/none}}" },
		{ "ctgetstats any ack" },
		{ "ctget arp dump status=0 status_mask=0" },
		{ "gethooks netdev dump hooknum=0 device=lo" },
	};
	struct caps_script script = caps_usual();
	struct nfto_caps *caps;
	struct setup setup;

	(void)state;
	set_up(&setup);
	caps_answer_features(setup.fake, &script);
	answer_no_devices(setup.fake);
	assert_int_equal(nfto_caps_read(setup.ctx, NULL, 0, &caps), 0);
	for (size_t i = 0; i < COUNT(requests); i++)
		assert_sent(setup.fake, i, requests[i]);
	assert_int_equal(setup.fake->request_count, COUNT(requests) + 2);
	nfto_caps_free(caps);
	tear_down(&setup);
}

/* ---- What is an error of the call */

struct failure {
	const char *name;
	void (*answer)(struct fake *fake);
	int result;
	enum nfto_error_code code;
	const char *object;
};

static void no_permission(struct fake *fake)
{
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_error(fake, 0, EPERM);
}

static void table_exists(struct fake *fake)
{
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_table(fake, "nftoffload-probe", NULL);
}

/* About the batch as a whole, and no answer to the question in it. */
static void kernel_out_of_memory(struct fake *fake)
{
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_error(fake, 0, ENOENT);
	fake_answer(fake, BATCH);
	reply_error(fake, 0, ENOMEM);
}

static const struct failure failures[] = {
	{ "no permission", no_permission, -EPERM, NFTO_ERROR_PERMISSION,
	  "table inet nftoffload-probe" },
	{ "the table exists", table_exists, -EEXIST, NFTO_ERROR_EXISTS,
	  "table inet nftoffload-probe" },
	{ "kernel out of memory", kernel_out_of_memory, -ENOMEM, NFTO_ERROR_NO_MEMORY,
	  "a transaction that is only checked" },
};

static void test_failure(void **state)
{
	const struct failure *failure = *state;
	struct nfto_caps *caps = UNTOUCHED(struct nfto_caps);
	struct setup setup;

	set_up(&setup);
	failure->answer(setup.fake);
	assert_int_equal(nfto_caps_read(setup.ctx, NULL, 0, &caps), failure->result);
	assert_ptr_equal(caps, UNTOUCHED(struct nfto_caps));
	assert_int_equal(nfto_error_code(setup.error), failure->code);
	assert_string_equal(nfto_error_object(setup.error), failure->object);
	tear_down(&setup);
}

static void test_failing_sysctl(void **state)
{
	struct nfto_caps *caps = UNTOUCHED(struct nfto_caps);
	struct caps_script script = caps_usual();
	struct setup setup;

	(void)state;
	set_up(&setup);
	setup.fake->has_sysctl = -ENOMEM;
	caps_answer_features(setup.fake, &script);
	assert_int_equal(nfto_caps_read(setup.ctx, NULL, 0, &caps), -ENOMEM);
	assert_ptr_equal(caps, UNTOUCHED(struct nfto_caps));
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NO_MEMORY);
	tear_down(&setup);
}

/* ---- Names and values that can't be */

static void test_names(void **state)
{
	static const char *const names[] = {
		"flowtables",	"hardware-flag",	   "counter-flag",     "device-changes",
		"conntrack",	"conntrack-status-filter", "missing-devices",  "wildcards",
		"hook-listing", "path-discovery",	   "needs-whole-path", "unknown",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(nfto_feature_name((enum nfto_feature)i), names[i]);
	assert_string_equal(nfto_feature_name((enum nfto_feature) - 1), "unknown");
}

static void test_no_feature(void **state)
{
	struct caps_script script = caps_usual();
	struct nfto_caps *caps = read_features(&script, 1);

	(void)state;
	assert_int_equal(nfto_caps_feature(caps, (enum nfto_feature)FEATURE_COUNT), NFTO_UNKNOWN);
	assert_string_equal(nfto_caps_feature_evidence(caps, (enum nfto_feature) - 1), "");
	nfto_caps_free(caps);
	nfto_caps_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_failing_sysctl),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_feature),
	};

	return (run_table(kernels, test_kernel) + run_table(failures, test_failure) +
		run_table(releases, test_release) + cmocka_run_group_tests(tests, NULL, NULL)) != 0;
}
