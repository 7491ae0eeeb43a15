/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ALLOCATION_H
#define ALLOCATION_H

#include <stdbool.h>

/*
 * Lets allocations fail. A program that is linked with this has malloc(3) and its kin from here,
 * for itself and for each library that it uses.
 */

/* From now on, allocations are counted, and the n-th of them fails. */
void allocation_watch(unsigned long nth);

/* Ends that. */
struct allocation_count {
	bool has_failed; /* the n-th allocation was asked for */
	long leaked;	 /* how many more were made than freed */
};
struct allocation_count allocation_unwatch(void);

#endif
