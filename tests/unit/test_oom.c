// SPDX-License-Identifier: LGPL-2.1-or-later
/* Out of memory: each scenario again and again, each time with the next allocation failing, be it
 * ours or one of the libraries that we use, until none fails any more. */
#include <errno.h>

#include "allocation.h"
#include "scenario.h"
#include "unit.h"

/* More than any scenario makes: a loop that never ends is a failure too. */
#define MOST_ALLOCATIONS 2000

static void assert_out_of_memory(const struct scenario *scenario, const struct scene *scene,
				 int result)
{
	const struct nfto_error *error = nfto_ctx_error(scene->ctx);

	assert_int_equal(result, -ENOMEM);
	if (scenario->has_no_context)
		return;
	assert_int_equal(nfto_error_code(error), NFTO_ERROR_NO_MEMORY);
	assert_int_equal(nfto_error_errno(error), ENOMEM);
	assert_string_equal(nfto_error_kernel_text(error), "");
}

/* Returns whether an allocation did fail. */
static bool run_with_failure(const struct scenario *scenario, struct fake *fake, unsigned long nth)
{
	struct allocation_count count;
	struct scene scene;
	int result;

	scene_open(&scene, fake);
	allocation_watch(nth);
	result = scenario->run(&scene);
	/* What a context keeps is no leak. */
	if (scene.ctx)
		channel_close(&scene.ctx->route);
	count = allocation_unwatch();
	assert_int_equal(count.leaked, 0);
	if (count.has_failed)
		assert_out_of_memory(scenario, &scene, result);
	else
		assert_int_equal(result, 0);
	scene_close(&scene);
	return count.has_failed;
}

static void test_scenario(void **state)
{
	const struct scenario *scenario = *state;
	struct fake *fake = fake_new();
	unsigned long nth = 1;

	scenario->script(fake);
	while (run_with_failure(scenario, fake, nth))
		nth++;
	/* If none failed at all, the library was not linked as this test needs it. */
	assert_in_range(nth, 2, MOST_ALLOCATIONS);
	fake_free(fake);
}

int main(void)
{
	return run_table(scenarios, test_scenario) != 0;
}
