// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sockets that fail: each scenario again and again, each time with another call failing, until each
 * has failed. Once with answers that are there at once, and once with answers that are waited for. */
#include <errno.h>
#include <string.h>

#include "scenario.h"
#include "unit.h"

struct errnum {
	int errnum;
	enum nfto_error_code code;
};

static const struct errnum errnums[] = {
	{ ENOBUFS, NFTO_ERROR_LOST },	     { EMSGSIZE, NFTO_ERROR_PROTOCOL },
	{ ENOMEM, NFTO_ERROR_NO_MEMORY },    { EPERM, NFTO_ERROR_PERMISSION },
	{ EMFILE, NFTO_ERROR_SYSTEM },	     { EIO, NFTO_ERROR_SYSTEM },
	{ ECONNREFUSED, NFTO_ERROR_SYSTEM },
};

enum call { OPEN, SEND, RECEIVE, WAIT, CALLS };

static struct fake_fault *fault_of(struct fake *fake, enum call call)
{
	struct fake_fault *const faults[CALLS] = { &fake->open, &fake->send, &fake->receive,
						   &fake->wait };

	return faults[call];
}

/* What a scenario calls when nothing fails. */
struct usual {
	unsigned int count[CALLS];
	bool looked[FAKE_MOST_RECEIVES + 1];
	bool refused[FAKE_MOST_RECEIVES + 1];
};

static void find_usual(const struct scenario *scenario, struct fake *fake, struct usual *usual)
{
	struct scene scene;

	scene_open(&scene, fake);
	assert_int_equal(scenario->run(&scene), 0);
	for (enum call i = 0; i < CALLS; i++)
		usual->count[i] = fault_of(fake, i)->calls;
	memcpy(usual->looked, fake->looked, sizeof(usual->looked));
	memcpy(usual->refused, fake->refused, sizeof(usual->refused));
	scene_close(&scene);
}

/* If nothing was called, nothing would fail either. */
static void assert_calls(const struct fake *fake, const struct usual *usual)
{
	assert_true(usual->count[SEND] > 0);
	assert_true(usual->count[RECEIVE] >= usual->count[SEND]);
	if (fake->is_slow)
		assert_true(usual->count[WAIT] >= usual->count[SEND]);
}

static void assert_told(const struct scenario *scenario, const struct scene *scene,
			const struct errnum *errnum, int result)
{
	const struct nfto_error *error = nfto_ctx_error(scene->ctx);

	assert_int_equal(result, -errnum->errnum);
	if (scenario->has_no_context)
		return;
	assert_int_equal(nfto_error_code(error), errnum->code);
	assert_int_equal(nfto_error_errno(error), errnum->errnum);
	assert_string_equal(nfto_error_kernel_text(error), "");
}

/* What comes of leftovers of an earlier request is nobody's business. All else is told. */
static bool does_no_harm(const struct usual *usual, enum call call, unsigned int nth)
{
	return call == RECEIVE && usual->looked[nth];
}

/* A batch that the kernel has refused is refused, however many more answers are lost. */
static bool may_do_no_harm(const struct usual *usual, enum call call, unsigned int nth, int errnum)
{
	return call == RECEIVE && errnum == ENOBUFS && usual->refused[nth];
}

static void run_with_failure(const struct scenario *scenario, struct fake *fake,
			     const struct usual *usual, enum call call, unsigned int nth,
			     const struct errnum *errnum)
{
	struct scene scene;
	int result;

	scene_open(&scene, fake);
	fault_of(fake, call)->nth = nth;
	fault_of(fake, call)->errnum = errnum->errnum;
	result = scenario->run(&scene);
	assert_true(fault_of(fake, call)->calls >= nth);
	if (does_no_harm(usual, call, nth))
		assert_int_equal(result, 0);
	else if (result != 0 || !may_do_no_harm(usual, call, nth, errnum->errnum))
		assert_told(scenario, &scene, errnum, result);
	scene_close(&scene);
}

static void run_with_failures(const struct scenario *scenario, struct fake *fake)
{
	struct usual usual;

	find_usual(scenario, fake, &usual);
	if (!scenario->has_no_context)
		assert_calls(fake, &usual);
	for (enum call i = 0; i < CALLS; i++) {
		for (unsigned int nth = 1; nth <= usual.count[i]; nth++) {
			for (size_t j = 0; j < COUNT(errnums); j++)
				run_with_failure(scenario, fake, &usual, i, nth, &errnums[j]);
		}
	}
}

static void test_scenario(void **state)
{
	const struct scenario *scenario = *state;
	struct fake *fake = fake_new();

	scenario->script(fake);
	run_with_failures(scenario, fake);
	fake->is_slow = true;
	run_with_failures(scenario, fake);
	fake_free(fake);
}

int main(void)
{
	return run_table(scenarios, test_scenario) != 0;
}
