// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel runs out of memory in the middle of what the library asks of it: the n-th allocation for
 * this thread fails, for n = 1, 2, 3... until none fails any more (/proc/thread-self/fail-nth, which
 * failslab must be told to use for all allocations). Whatever fails must say why, and leave nothing.
 *
 *   fail_nth SHOW apply MODE INTERFACE...
 *   fail_nth SHOW remove MODE INTERFACE...
 *
 * SHOW is a shell command that prints what is there. Exit status: 0 if all is well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nftoffload.h>

/* More than any of this needs: a loop that never ends is a failure, too. */
#define MOST_ALLOCATIONS 5000

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	exit(1);
}

/* ---- The n-th allocation */

static int fail_nth_fd;

static void fail_nth(unsigned int number)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", number);

	if (pwrite(fail_nth_fd, text, (size_t)length, 0) != length)
		fail("can't write fail-nth: %s", strerror(errno));
}

/* Has it failed? Then none is waited for any more. */
static bool has_failed(void)
{
	char text[16] = "";

	if (pread(fail_nth_fd, text, sizeof(text) - 1, 0) <= 0)
		fail("can't read fail-nth: %s", strerror(errno));
	fail_nth(0);
	return atoi(text) == 0;
}

/* ---- What is there */

struct view {
	char text[16384];
};

static struct view look(const char *show)
{
	struct view view = { "" };
	FILE *output = popen(show, "r");
	size_t length = output ? fread(view.text, 1, sizeof(view.text) - 1, output) : 0;

	view.text[length] = '\0';
	if (!output || pclose(output) != 0)
		fail("failed: %s", show);
	return view;
}

static void assert_view(const char *show, const struct view *expected, unsigned int number,
			const char *outcome)
{
	const struct view view = look(show);

	if (strcmp(view.text, expected->text) != 0)
		fail("allocation %u: %s, and there is:\n%sinstead of:\n%s", number, outcome,
		     view.text, expected->text);
}

/* ---- What is tried */

struct trial {
	const char *show;
	struct nfto_spec *spec;
	struct view nothing;
	struct view whole;
	/* How the last operation ended. */
	char outcome[512];
	enum nfto_error_code code;
	int errnum;
	unsigned int failures;
};

typedef int operation(struct nfto_ctx *ctx, const struct nfto_spec *spec);

static int apply(struct nfto_ctx *ctx, const struct nfto_spec *spec)
{
	return nfto_apply(ctx, spec, NULL);
}

static int take_away(struct nfto_ctx *ctx, const struct nfto_spec *spec)
{
	(void)spec;
	return nfto_remove(ctx, NFTO_DEFAULT_NAME, 0, 0, NULL);
}

static void note_outcome(struct trial *trial, const struct nfto_error *error)
{
	trial->code = nfto_error_code(error);
	trial->errnum = nfto_error_errno(error);
	snprintf(trial->outcome, sizeof(trial->outcome), "%s (%s)", nfto_error_message(error),
		 nfto_error_code_name(trial->code));
}

/* Each time with a new context, the sockets of which may fail, too. */
static int run(struct trial *trial, operation *operate)
{
	struct nfto_ctx *ctx;
	int ret = nfto_ctx_new(&ctx);

	trial->code = NFTO_ERROR_NONE;
	trial->errnum = -ret;
	snprintf(trial->outcome, sizeof(trial->outcome), "%s",
		 ret < 0 ? strerror(-ret) : "success");
	if (ret < 0)
		return ret;
	ret = operate(ctx, trial->spec);
	if (ret < 0)
		note_outcome(trial, nfto_ctx_error(ctx));
	nfto_ctx_free(ctx);
	return ret;
}

static void run_without_failure(struct trial *trial, operation *operate)
{
	if (run(trial, operate) < 0)
		fail("without any failure: %s", trial->outcome);
}

/* Where a socket can't be made the kernel speaks of files, see sock_alloc() in net/socket.c. */
static bool is_for_want_of_memory(const struct trial *trial)
{
	return trial->errnum == ENOMEM || trial->errnum == ENFILE || trial->code == NFTO_ERROR_LOST;
}

static void assert_reason(const struct trial *trial, unsigned int number, bool has_failed)
{
	if (!has_failed)
		fail("allocation %u was not reached: %s", number, trial->outcome);
	if (!is_for_want_of_memory(trial))
		fail("allocation %u: %s", number, trial->outcome);
}

/* Runs it with the n-th allocation failing: false if that was not reached. */
static bool run_with_failure(struct trial *trial, operation *operate, unsigned int number, int *ret)
{
	bool failed;

	fail_nth(number);
	*ret = run(trial, operate);
	failed = has_failed();
	if (*ret < 0) {
		assert_reason(trial, number, failed);
		trial->failures++;
	}
	return failed;
}

/* Where the kernel's answer was lost, it has done all of it, or nothing. */
static bool try_apply(struct trial *trial, unsigned int number)
{
	int ret;
	bool failed = run_with_failure(trial, apply, number, &ret);
	bool is_there = ret == 0 || (trial->code == NFTO_ERROR_LOST &&
				     strcmp(look(trial->show).text, trial->nothing.text) != 0);

	assert_view(trial->show, is_there ? &trial->whole : &trial->nothing, number,
		    trial->outcome);
	if (is_there)
		run_without_failure(trial, take_away);
	return failed;
}

/* What a removal that failed has left can be removed. */
static bool try_remove(struct trial *trial, unsigned int number)
{
	bool failed;
	int ret;

	run_without_failure(trial, apply);
	failed = run_with_failure(trial, take_away, number, &ret);
	if (ret < 0)
		run_without_failure(trial, take_away);
	assert_view(trial->show, &trial->nothing, number, trial->outcome);
	return failed;
}

static void set_up(struct trial *trial, char **arguments)
{
	trial->show = arguments[0];
	fail_nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth_fd < 0 || nfto_spec_new(&trial->spec) < 0)
		fail("can't begin: %s", strerror(errno));
	nfto_spec_set_mode(trial->spec, strcmp(arguments[2], "hardware") == 0 ? NFTO_MODE_HARDWARE :
										NFTO_MODE_AUTO);
	for (char **name = arguments + 3; *name; name++)
		nfto_spec_add_interface(trial->spec, *name);
	trial->nothing = look(trial->show);
	run_without_failure(trial, apply);
	trial->whole = look(trial->show);
	run_without_failure(trial, take_away);
}

int main(int argc, char **argv)
{
	static struct trial trial;
	unsigned int number = 1;
	bool is_removed;

	if (argc < 5)
		fail("usage: fail_nth SHOW apply|remove auto|hardware INTERFACE...");
	is_removed = strcmp(argv[2], "remove") == 0;
	set_up(&trial, argv + 1);
	while (is_removed ? try_remove(&trial, number) : try_apply(&trial, number)) {
		if (++number > MOST_ALLOCATIONS)
			fail("there is no end of it");
	}
	nfto_spec_free(trial.spec);
	printf("%u allocations failed, and %u times the operation did\n", number - 1,
	       trial.failures);
	return 0;
}
