/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CLOCK_H
#define NFTO_CLOCK_H

#include <stdint.h>

/* Time that only goes forward, and waiting. Tests have a clock that does not keep them waiting. */
struct clock {
	uint64_t (*now_ms)(const struct clock *clock);
	void (*sleep_ms)(const struct clock *clock, uint64_t duration_ms);
};

extern const struct clock system_clock;

#endif
