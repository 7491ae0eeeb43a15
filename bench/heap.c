// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stands before the C library's own functions, for the libraries of the process too. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

static struct {
	void *(*malloc)(size_t size);
	void *(*calloc)(size_t count, size_t size);
	void *(*realloc)(void *memory, size_t size);
	void (*free)(void *memory);
} real;

static size_t taken, peak;

static void find(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	memcpy(function, &found, sizeof(found));
}

static void find_real(void)
{
	if (real.free)
		return;
	find(&real.malloc, "malloc");
	find(&real.calloc, "calloc");
	find(&real.realloc, "realloc");
	find(&real.free, "free");
}

/* With what the allocator adds to it: that is what the process has. */
static void *take(void *memory)
{
	taken += malloc_usable_size(memory);
	if (taken > peak)
		peak = taken;
	return memory;
}

void *malloc(size_t size)
{
	find_real();
	return take(real.malloc(size));
}

void *calloc(size_t count, size_t size)
{
	find_real();
	return take(real.calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
	size_t before = malloc_usable_size(memory);
	void *moved;

	find_real();
	moved = real.realloc(memory, size);
	if (!moved)
		return NULL;
	taken -= before;
	return take(moved);
}

void free(void *memory)
{
	find_real();
	taken -= malloc_usable_size(memory);
	real.free(memory);
}

void heap_watch(void)
{
	peak = taken;
}

size_t heap_peak(void)
{
	return peak;
}
