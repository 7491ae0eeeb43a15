// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Apply, watched at the socket: how many batches does it send, and what happens if something
 * changes just before one arrives? Runs in the lab, as root; each test has a network namespace of
 * its own.
 */
#define _GNU_SOURCE /* unshare() */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "internal.h"

static void run(const char *command)
{
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* ---- A transport that counts the batches, and runs a command before the n-th. One that is only
 *      checked, as a question to the kernel, has no end, and does not count. */

struct watch {
	struct transport_opener opener;
	unsigned int batches;
	unsigned int disturbed_batches; /* how many more */
	const char *disturbance;	/* a shell command */
};

struct watched {
	struct transport base;
	struct transport *real;
	struct watch *watch;
};

static bool has_end(const void *data, size_t length)
{
	const struct nlmsghdr *message = data;
	int left = (int)length;

	for (; NLMSG_OK(message, (unsigned int)left); message = NLMSG_NEXT(message, left)) {
		if (message->nlmsg_type == NFNL_MSG_BATCH_END)
			return true;
	}
	return false;
}

static int watched_send(struct transport *base, const void *data, size_t length)
{
	struct watched *watched = (struct watched *)base;
	const struct nlmsghdr *message = data;

	if (message->nlmsg_type == NFNL_MSG_BATCH_BEGIN && has_end(data, length)) {
		watched->watch->batches++;
		if (watched->watch->disturbed_batches > 0) {
			watched->watch->disturbed_batches--;
			run(watched->watch->disturbance);
		}
	}
	return watched->real->send(watched->real, data, length);
}

static ssize_t watched_receive(struct transport *base, void *buffer, size_t size)
{
	struct watched *watched = (struct watched *)base;

	return watched->real->receive(watched->real, buffer, size);
}

static int watched_wait(struct transport *base, int timeout_ms)
{
	struct watched *watched = (struct watched *)base;

	return watched->real->wait(watched->real, timeout_ms);
}

static void watched_close(struct transport *base)
{
	struct watched *watched = (struct watched *)base;

	watched->real->close(watched->real);
	free(watched);
}

static int watched_open(const struct transport_opener *opener, int bus, int netns_fd,
			struct transport **transport)
{
	struct watched *watched = calloc(1, sizeof(*watched));
	int ret;

	assert_non_null(watched);
	ret = netlink_opener.open(&netlink_opener, bus, netns_fd, &watched->real);
	if (ret < 0) {
		free(watched);
		return ret;
	}
	watched->watch = (struct watch *)opener;
	watched->base = (struct transport){
		.send = watched_send,
		.receive = watched_receive,
		.wait = watched_wait,
		.close = watched_close,
	};
	*transport = &watched->base;
	return 0;
}

/* ---- */

struct setup {
	struct watch watch;
	struct nfto_ctx *ctx;
	struct nfto_spec *spec;
};

static int set_up(void **state)
{
	struct setup *setup = calloc(1, sizeof(*setup));

	assert_non_null(setup);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	run("for name in d0 d1 d2; do ip link add $name type dummy; done");
	setup->watch.opener.open = watched_open;
	assert_int_equal(ctx_new(-1, &setup->watch.opener, &setup->ctx), 0);
	assert_int_equal(nfto_spec_new(&setup->spec), 0);
	assert_int_equal(nfto_spec_set_mode(setup->spec, NFTO_MODE_SOFTWARE), 0);
	for (int i = 0; i < 3; i++) {
		char name[] = { 'd', (char)('0' + i), '\0' };

		assert_int_equal(nfto_spec_add_device(setup->spec, name), 0);
	}
	*state = setup;
	return 0;
}

static int tear_down(void **state)
{
	struct setup *setup = *state;

	nfto_spec_free(setup->spec);
	nfto_ctx_free(setup->ctx);
	free(setup);
	return 0;
}

static void apply(struct setup *setup, bool changed)
{
	struct nfto_result *result;

	if (nfto_apply(setup->ctx, setup->spec, &result) < 0)
		fail_msg("%s", nfto_error_message(nfto_ctx_error(setup->ctx)));
	assert_int_equal(nfto_result_changed(result), changed);
	nfto_result_free(result);
}

/* Those that are bound. */
static void assert_devices(struct setup *setup, size_t count)
{
	struct nfto_status *status;
	size_t bound = 0;

	assert_int_equal(nfto_status_read(setup->ctx, NFTO_DEFAULT_NAME, &status), 0);
	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		bound += nfto_status_device_state(status, i) == NFTO_DEVICE_SOFTWARE;
	assert_int_equal(bound, count);
	nfto_status_free(status);
}

/* Then what is missing is no error. Asked by a context of its own, which nobody watches. */
static bool kernel_takes_missing_devices(void)
{
	struct nfto_ctx *ctx;
	struct nfto_caps *caps;
	bool takes;

	assert_int_equal(nfto_ctx_new(&ctx), 0);
	assert_int_equal(nfto_caps_read(ctx, (const char *const[]){ "lo" }, 1, &caps), 0);
	takes = nfto_caps_feature(caps, NFTO_FEATURE_MISSING_DEVICES) == NFTO_YES;
	nfto_caps_free(caps);
	nfto_ctx_free(ctx);
	return takes;
}

static void thousand_times_the_same_send_no_batch(void **state)
{
	struct setup *setup = *state;

	apply(setup, true);
	assert_int_equal(setup->watch.batches, 1);
	for (int i = 0; i < 1000; i++)
		apply(setup, false);
	assert_int_equal(setup->watch.batches, 1);
}

static void what_was_asked_for_is_read_and_changes_nothing(void **state)
{
	struct setup *setup = *state;

	nfto_spec_set_counter(setup->spec, false);
	nfto_spec_set_ingress_priority(setup->spec, -7);
	nfto_spec_set_forward_priority(setup->spec, 25);
	nfto_spec_set_min_packets(setup->spec, 20);
	assert_int_equal(nfto_spec_add_interface(setup->spec, "later*"), 0);
	apply(setup, true);
	nfto_spec_free(setup->spec);
	assert_int_equal(nfto_spec_read(setup->ctx, NFTO_DEFAULT_NAME, &setup->spec), 0);
	apply(setup, false);
	assert_int_equal(setup->watch.batches, 1);
}

static void a_device_vanishes_before_the_batch(void **state)
{
	struct setup *setup = *state;

	setup->watch.disturbance = "ip link delete d1";
	setup->watch.disturbed_batches = 1;
	apply(setup, true);
	assert_int_equal(setup->watch.batches, kernel_takes_missing_devices() ? 1 : 2);
	assert_devices(setup, 2);
	apply(setup, false);
}

static void somebody_else_commits_before_the_batch(void **state)
{
	struct setup *setup = *state;

	setup->watch.disturbance = "nft 'add table ip other; delete table ip other'";
	setup->watch.disturbed_batches = 3;
	apply(setup, true);
	assert_int_equal(setup->watch.batches, 4);
	assert_devices(setup, 3);
}

/* What was read is not true any more: the batch that was made from it must not be done. */
static void somebody_deletes_the_instance_before_the_batch(void **state)
{
	struct setup *setup = *state;

	apply(setup, true);
	run("ip link delete d2");
	setup->watch.disturbance = "nft delete table inet nftoffload";
	setup->watch.disturbed_batches = 1;
	nfto_spec_set_min_packets(setup->spec, 30);
	apply(setup, true);
	assert_int_equal(setup->watch.batches, 3);
	assert_devices(setup, 2);
	run("nft list chain inet nftoffload forward | grep -q 'ct packets >= 30 flow add @ft'");
}

static void somebody_never_stops(void **state)
{
	struct setup *setup = *state;

	setup->watch.disturbance = "nft 'add table ip other; delete table ip other'";
	setup->watch.disturbed_batches = 1000;
	assert_int_equal(nfto_apply(setup->ctx, setup->spec, NULL), -EINTR);
	assert_int_equal(nfto_error_code(nfto_ctx_error(setup->ctx)), NFTO_ERROR_INTERRUPTED);
	assert_in_range(setup->watch.batches, 2, 100);
	run("! nft list table inet nftoffload 2>/dev/null");
}

static void a_check_changes_nothing(void **state)
{
	struct nfto_result *result;
	struct setup *setup = *state;

	assert_int_equal(nfto_apply_check(setup->ctx, setup->spec, &result), 0);
	assert_true(nfto_result_changed(result));
	assert_string_equal(nfto_result_step(result, 0), "create table inet nftoffload");
	assert_string_equal(nfto_result_step(result, 2),
			    "add device \"d0\" to flowtable inet nftoffload ft");
	assert_null(nfto_result_step(result, nfto_result_step_count(result)));
	nfto_result_free(result);
	run("test -z \"$(nft list ruleset)\"");
}

/* All that a name can be made of, and all that it can't: each is refused, or remembered as it
 * is. */
static void names_of_every_byte(void **state)
{
	struct setup *setup = *state;
	struct nfto_spec *spec;
	unsigned int refused = 0;

	for (int byte = 1; byte < 256; byte++) {
		char name[] = { 'x', (char)byte, 'y', '\0' };
		int ret;

		assert_int_equal(nfto_spec_new(&spec), 0);
		assert_int_equal(nfto_spec_add_interface(spec, name), 0);
		ret = nfto_apply_check(setup->ctx, spec, NULL);
		if (ret == 0)
			assert_int_equal(nfto_spec_add_interface(setup->spec, name), 0);
		else
			assert_int_equal(nfto_error_code(nfto_ctx_error(setup->ctx)),
					 NFTO_ERROR_INVALID);
		refused += ret < 0;
		nfto_spec_free(spec);
	}
	/* '/', ':', and seven kinds of white space: 0xa0 is one to the kernel. */
	assert_int_equal(refused, 9);
	apply(setup, true);
	apply(setup, false);
	assert_devices(setup, 3);
}

static void devices_of_odd_names(void **state)
{
	static const char *const names[] = { "a\xffz", "\x9b", "a\\b", "a\"b", "*", "a*", "\x01" };
	struct setup *setup = *state;
	char command[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(command, sizeof(command), "ip link add name '%s' type dummy", names[i]);
		run(command);
		if (strcmp(names[i], "*") != 0)
			assert_int_equal(nfto_spec_add_interface(setup->spec, names[i]), 0);
	}
	apply(setup, true);
	assert_devices(setup, 3 + 6);
	apply(setup, false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(thousand_times_the_same_send_no_batch, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_was_asked_for_is_read_and_changes_nothing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_device_vanishes_before_the_batch, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(somebody_else_commits_before_the_batch, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(somebody_deletes_the_instance_before_the_batch,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(somebody_never_stops, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_check_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_of_every_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(devices_of_odd_names, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
