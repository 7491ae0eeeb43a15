// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sockets that fail: each scenario again and again, each time with the next call failing, until
 * none fails any more. */
#include <errno.h>

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

/* A receive that looks for leftovers may fail without harm, so success is right there; that what
 * was read is right then, the scenario sees to. */
struct call {
	const char *name;
	size_t fault; /* where it is in struct fake */
	bool may_succeed;
};

static const struct call calls[] = {
	{ "open", offsetof(struct fake, open), false },
	{ "send", offsetof(struct fake, send), false },
	{ "receive", offsetof(struct fake, receive), true },
};

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

/* Returns whether a call did fail. */
static bool run_with_failure(const struct scenario *scenario, struct fake *fake,
			     const struct call *call, unsigned int nth, const struct errnum *errnum)
{
	struct fake_fault *fault = (struct fake_fault *)(void *)((char *)fake + call->fault);
	struct scene scene;
	bool has_failed;
	int result;

	scene_open(&scene, fake);
	fault->nth = nth;
	fault->errnum = errnum->errnum;
	result = scenario->run(&scene);
	has_failed = fault->calls >= nth;
	if (has_failed && !(call->may_succeed && result == 0))
		assert_told(scenario, &scene, errnum, result);
	else
		assert_int_equal(result, 0);
	scene_close(&scene);
	return has_failed;
}

static void test_scenario(void **state)
{
	const struct scenario *scenario = *state;
	struct fake *fake = fake_new();

	scenario->script(fake);
	for (size_t i = 0; i < COUNT(calls); i++) {
		for (size_t j = 0; j < COUNT(errnums); j++) {
			unsigned int nth = 1;

			while (run_with_failure(scenario, fake, &calls[i], nth, &errnums[j]))
				nth++;
		}
	}
	fake_free(fake);
}

int main(void)
{
	return run_table(scenarios, test_scenario) != 0;
}
