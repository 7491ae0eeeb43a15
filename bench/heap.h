/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stddef.h>

/* The heap of this whole process, libraries and all: what is taken is counted from the start. */

/** Forget former peaks: the peak is what is taken now. */
void heap_watch(void);

/** The most that was taken at one time since heap_watch(), in bytes. */
size_t heap_peak(void);

#endif
