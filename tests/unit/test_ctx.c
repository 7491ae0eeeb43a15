// SPDX-License-Identifier: LGPL-2.1-or-later
/* Contexts: what they hold, and what they let go. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "netlink/netns.h"
#include "reply.h"
#include "unit.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void test_new_context_has_no_error(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	const struct nfto_error *error = nfto_ctx_error(ctx);

	(void)state;
	assert_int_equal(nfto_error_code(error), NFTO_ERROR_NONE);
	assert_int_equal(nfto_error_errno(error), 0);
	assert_string_equal(nfto_error_object(error), "");
	assert_string_equal(nfto_error_message(error), "no error");
	assert_int_equal(fake->request_count, 0);
	assert_int_equal(fake->open_count, 1);
	nfto_ctx_free(ctx);
	fake_free(fake);
	nfto_ctx_free(NULL);
}

static void test_error_is_forgotten_by_the_next_call(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	assert_int_equal(nfto_remove(ctx, "a b", 0, 0, NULL), -EINVAL);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_INVALID);
	fake_answer(fake, NFT(NFT_MSG_GETGEN));
	reply_generation(fake);
	fake_answer(fake, NFT(NFT_MSG_GETTABLE));
	reply_error(fake, 0, ENOENT);
	assert_int_equal(nfto_remove(ctx, "a", 0, 0, NULL), 0);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NONE);
	assert_string_equal(nfto_error_object(nfto_ctx_error(ctx)), "");
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_contexts_have_errors_of_their_own(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *first = fake_ctx(fake), *second = fake_ctx(fake);

	(void)state;
	assert_int_equal(nfto_remove(first, "a b", 0, 0, NULL), -EINVAL);
	assert_int_equal(nfto_error_code(nfto_ctx_error(first)), NFTO_ERROR_INVALID);
	assert_int_equal(nfto_error_code(nfto_ctx_error(second)), NFTO_ERROR_NONE);
	nfto_ctx_free(first);
	nfto_ctx_free(second);
	fake_free(fake);
}

static int open_something(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void test_fd_goes_with_the_context(void **state)
{
	struct fake *fake = fake_new();
	int fd = open_something();
	struct nfto_ctx *ctx;

	(void)state;
	assert_int_equal(ctx_new(fd, &fake->opener.base, &ctx), 0);
	assert_true(is_open(fd));
	nfto_ctx_free(ctx);
	assert_false(is_open(fd));
	fake_free(fake);
}

static void test_fd_goes_with_a_failure(void **state)
{
	struct fake *fake = fake_new();
	int fd = open_something();
	struct nfto_ctx *ctx = UNTOUCHED(struct nfto_ctx);

	(void)state;
	fake->open.nth = 1;
	fake->open.errnum = EPROTONOSUPPORT;
	assert_int_equal(ctx_new(fd, &fake->opener.base, &ctx), -EPROTONOSUPPORT);
	assert_false(is_open(fd));
	assert_ptr_equal(ctx, UNTOUCHED(struct nfto_ctx));
	fake_free(fake);
}

/* ---- Network namespaces, as far as they can be tried without privileges */

static void test_fd_that_is_no_namespace(void **state)
{
	int fds[] = { -1, open_something(), open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC) };
	const int results[] = { -EBADF, -EINVAL, -EINVAL };
	struct nfto_ctx *ctx = UNTOUCHED(struct nfto_ctx);

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		assert_int_equal(nfto_ctx_new_in_netns(&ctx, fds[i]), results[i]);
		assert_ptr_equal(ctx, UNTOUCHED(struct nfto_ctx));
		if (fds[i] >= 0) {
			assert_true(is_open(fds[i]));
			close(fds[i]);
		}
	}
}

/* Without an fd for its namespace it would be bound to whichever one its thread is in later. */
static void test_no_fd_is_left(void **state)
{
	struct nfto_ctx *ctx = UNTOUCHED(struct nfto_ctx);
	struct rlimit none, before;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(nfto_ctx_new(&ctx), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_ptr_equal(ctx, UNTOUCHED(struct nfto_ctx));
}

static void test_copy_of_a_namespace(void **state)
{
	int fd = netns_current(), copy = netns_duplicate(fd);

	(void)state;
	assert_true(fd >= 0 && copy >= 0 && copy != fd);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(copy, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
	fd = netns_duplicate(copy);
	assert_true(fd >= 0);
	close(fd);
	close(copy);
}

static int add_one(void *data)
{
	int *number = data;

	(*number)++;
	return -EXDEV;
}

static void test_call_in_the_present_namespace(void **state)
{
	int fd = netns_current(), number = 0;

	(void)state;
	assert_int_equal(netns_call(-1, add_one, &number), -EXDEV);
	assert_int_equal(netns_call(fd, add_one, &number), -EXDEV);
	assert_int_equal(number, 2);
	close(fd);
}

static void test_call_in_a_namespace_that_can_not_be_entered(void **state)
{
	int fd = open_something(), number = 0;

	(void)state;
	assert_true(netns_call(fd, add_one, &number) < 0);
	assert_int_equal(number, 0);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_context_has_no_error),
		cmocka_unit_test(test_error_is_forgotten_by_the_next_call),
		cmocka_unit_test(test_contexts_have_errors_of_their_own),
		cmocka_unit_test(test_fd_goes_with_the_context),
		cmocka_unit_test(test_fd_goes_with_a_failure),
		cmocka_unit_test(test_fd_that_is_no_namespace),
		cmocka_unit_test(test_no_fd_is_left),
		cmocka_unit_test(test_copy_of_a_namespace),
		cmocka_unit_test(test_call_in_the_present_namespace),
		cmocka_unit_test(test_call_in_a_namespace_that_can_not_be_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
