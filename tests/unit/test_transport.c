// SPDX-License-Identifier: LGPL-2.1-or-later
/* The transport itself, on sockets of rtnetlink, which anybody may open. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

#include <linux/netlink.h>

#include "clock.h"
#include "netlink/transport.h"
#include "unit.h"

static struct transport *open_transport(void)
{
	struct transport *transport;

	assert_int_equal(netlink_opener.open(&netlink_opener, NETLINK_ROUTE, -1, &transport), 0);
	return transport;
}

static void ignore(int signal)
{
	(void)signal;
}

static void set_alarm(int every_us)
{
	const struct itimerval timer = { .it_interval = { .tv_usec = every_us },
					 .it_value = { .tv_usec = every_us } };

	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* Each signal interrupts the wait, which must not begin anew. */
static void test_wait_ends_among_signals(void **state)
{
	const struct sigaction action = { .sa_handler = ignore };
	struct transport *transport = open_transport();
	uint64_t begin_ms = system_clock.now_ms(&system_clock);

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	set_alarm(1000);
	assert_int_equal(transport->wait(transport, 50), -ETIMEDOUT);
	set_alarm(0);
	assert_true(system_clock.now_ms(&system_clock) - begin_ms >= 49);
	transport->close(transport);
}

/* By default, 208 KiB can be sent at once. The kernel passes over what is no request. */
static void test_long_message(void **state)
{
	struct transport *transport = open_transport();
	size_t length = 300000;
	struct nlmsghdr *message = calloc(1, length);

	(void)state;
	assert_non_null(message);
	message->nlmsg_len = (uint32_t)length;
	message->nlmsg_type = NLMSG_NOOP;
	assert_int_equal(transport->send(transport, message, length), 0);
	free(message);
	transport->close(transport);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wait_ends_among_signals),
		cmocka_unit_test(test_long_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
