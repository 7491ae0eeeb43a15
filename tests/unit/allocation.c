// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"

/* Where the address sanitizer is linked in, its functions are the real ones: in a program of clang,
 * what comes next behind the program is libc, of which it would not know. */
void *__interceptor_malloc(size_t size) __attribute__((weak));
void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
void *__interceptor_realloc(void *memory, size_t size) __attribute__((weak));
void __interceptor_free(void *memory) __attribute__((weak));

static struct {
	void *(*malloc)(size_t size);
	void *(*calloc)(size_t count, size_t size);
	void *(*realloc)(void *memory, size_t size);
	void (*free)(void *memory);
} real;

static struct {
	bool is_on;
	unsigned long calls;
	unsigned long nth;
	long balance;
} watch;

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
	if (__interceptor_malloc) {
		real.malloc = __interceptor_malloc;
		real.calloc = __interceptor_calloc;
		real.realloc = __interceptor_realloc;
		real.free = __interceptor_free;
		return;
	}
	find(&real.malloc, "malloc");
	find(&real.calloc, "calloc");
	find(&real.realloc, "realloc");
	find(&real.free, "free");
}

static bool fails(void)
{
	find_real();
	if (!watch.is_on || ++watch.calls != watch.nth)
		return false;
	errno = ENOMEM;
	return true;
}

static void *count(void *memory)
{
	if (watch.is_on && memory)
		watch.balance++;
	return memory;
}

void *malloc(size_t size)
{
	return fails() ? NULL : count(real.malloc(size));
}

void *calloc(size_t number, size_t size)
{
	return fails() ? NULL : count(real.calloc(number, size));
}

void *realloc(void *memory, size_t size)
{
	void *moved;

	if (fails())
		return NULL;
	moved = real.realloc(memory, size);
	return memory ? moved : count(moved);
}

void free(void *memory)
{
	find_real();
	if (watch.is_on && memory)
		watch.balance--;
	real.free(memory);
}

/* The address sanitizer's own does not call malloc(). */
char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

void allocation_watch(unsigned long nth)
{
	watch.calls = 0;
	watch.nth = nth;
	watch.balance = 0;
	watch.is_on = true;
}

struct allocation_count allocation_unwatch(void)
{
	watch.is_on = false;
	return (struct allocation_count){
		.has_failed = watch.nth && watch.calls >= watch.nth,
		.leaked = watch.balance,
	};
}
