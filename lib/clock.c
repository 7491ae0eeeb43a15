// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <time.h>

#include "clock.h"

static uint64_t now_ms(const struct clock *clock)
{
	struct timespec now;

	(void)clock;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A signal that the caller handles does not cut it short. */
static void sleep_ms(const struct clock *clock, uint64_t duration_ms)
{
	struct timespec left = {
		.tv_sec = (time_t)(duration_ms / 1000),
		.tv_nsec = (long)(duration_ms % 1000) * 1000000,
	};

	(void)clock;
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

const struct clock system_clock = { .now_ms = now_ms, .sleep_ms = sleep_ms };
