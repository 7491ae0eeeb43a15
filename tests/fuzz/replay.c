// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Without arguments: what real kernels have answered, and so many spoilt copies of it, the same
 * ones each time. With arguments: files that the fuzzer has found, "-" for the standard input.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorded/recording.h"

#define COPIES 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* xorshift, so that all machines do the same. */
static uint32_t next_random(void)
{
	static uint32_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static size_t random_below(size_t limit)
{
	return next_random() % limit;
}

static void run(const void *data, size_t size)
{
	LLVMFuzzerTestOneInput(data, size);
}

static void set_u16(uint8_t *data, size_t size, uint16_t value)
{
	/* Lengths and types stand at even places. */
	size_t place = random_below(size / 2) * 2;

	memcpy(data + place, &value, sizeof(value));
}

/* Spoils the data in one place, and returns its size. */
static size_t spoil(uint8_t *data, size_t size)
{
	static const uint16_t odd_lengths[] = { 0, 1, 3, 4, 5, 8, 0x7fff, 0x8000, 0xfffc, 0xffff };

	switch (random_below(6)) {
	case 0:
		data[random_below(size)] = (uint8_t)next_random();
		return size;
	case 1:
		data[random_below(size)] ^= (uint8_t)(1u << random_below(8));
		return size;
	case 2:
		set_u16(data, size,
			odd_lengths[random_below(sizeof(odd_lengths) / sizeof(odd_lengths[0]))]);
		return size;
	case 3:
		set_u16(data, size, (uint16_t)random_below(64));
		return size;
	case 4:
		memmove(data + random_below(size / 2), data + size / 2, random_below(size / 2));
		return size;
	default:
		return 2 + random_below(size - 1);
	}
}

static void run_spoilt(const char *original, size_t original_size)
{
	uint8_t *copy = malloc(original_size);
	size_t size = original_size;

	if (!copy)
		abort();
	memcpy(copy, original, original_size);
	for (size_t i = random_below(4) + 1; i > 0 && size > 2; i--)
		size = spoil(copy, size);
	run(copy, size);
	free(copy);
}

static unsigned long run_all(const char *original, size_t size)
{
	run(original, size);
	for (int i = 0; i < COPIES; i++)
		run_spoilt(original, size);
	return 1 + COPIES;
}

static unsigned long replay_recording(const char *kernel)
{
	struct recording *recording = malloc(sizeof(*recording));
	unsigned long count = 0;

	if (!recording || !recording_open(recording, kernel)) {
		printf("not ok - there is no recording of %s\n", kernel);
		exit(1);
	}
	while (recording_next(recording))
		count += run_all(recording->data, recording->length);
	recording_close(recording);
	free(recording);
	return count;
}

/* A text file below tests. */
static unsigned long replay_text(const char *name)
{
	const char *source = getenv("srcdir");
	char path[4096], text[8192];
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/%s", source ? source : ".", name);
	file = fopen(path, "r");
	if (file) {
		length = fread(text, 1, sizeof(text), file);
		fclose(file);
	}
	if (length == 0) {
		printf("not ok - there is no tests/%s\n", name);
		exit(1);
	}
	return run_all(text, length);
}

static int replay_file(const char *path)
{
	static char data[1 << 20];
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");

	if (!file) {
		perror(path);
		return 1;
	}
	run(data, fread(data, 1, sizeof(data), file));
	fclose(file);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const kernels[] = { "linux-6.1", "linux-6.12", "links-6.1",
					       "links-6.12" };
	static const char *const texts[] = { "golden/mixed.topology", "golden/kinds.topology",
					     "golden/loops.topology", "debugfs/ppe0/bind",
					     "debugfs/ppe1/bind",     "debugfs/ppe/bind",
					     "debugfs/rules" };
	int failures = 0, number = 0;

	for (int i = 1; i < argc; i++)
		failures += replay_file(argv[i]);
	if (argc > 1)
		return failures != 0;

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		unsigned long count = replay_recording(kernels[i]);

		printf("ok %d - %lu datagrams made of what %s has said\n", ++number, count,
		       kernels[i]);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		unsigned long count = replay_text(texts[i]);

		printf("ok %d - %lu texts made of %s\n", ++number, count, texts[i]);
	}
	printf("1..%d\n", number);
	return 0;
}
