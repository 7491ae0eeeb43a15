// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <time.h>

#include "tool.h"

void wait_ms(uint64_t duration_ms)
{
	struct timespec left = {
		.tv_sec = (time_t)(duration_ms / 1000),
		.tv_nsec = (long)(duration_ms % 1000) * 1000000,
	};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}
