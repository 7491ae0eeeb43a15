// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "recording.h"

bool recording_open(struct recording *recording, const char *kernel)
{
	const char *source = getenv("srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/recorded/%s", source ? source : ".", kernel);
	recording->file = fopen(path, "r");
	return recording->file != NULL;
}

static int next_digit(FILE *file)
{
	static const char digits[] = "0123456789abcdef";
	int c = fgetc(file);
	const char *digit = c == EOF ? NULL : strchr(digits, c);

	return digit ? (int)(digit - digits) : -1;
}

static void read_bytes(struct recording *recording)
{
	int high, low;

	recording->length = 0;
	while ((high = next_digit(recording->file)) >= 0) {
		low = next_digit(recording->file);
		if (low < 0 || recording->length == sizeof(recording->data)) {
			fprintf(stderr, "recording: %s is spoilt\n", recording->name);
			exit(1);
		}
		recording->data[recording->length++] = (char)(high << 4 | low);
	}
}

bool recording_next(struct recording *recording)
{
	while (fscanf(recording->file, "%63s%*1[ ]", recording->name) == 1) {
		if (recording->name[0] == '#') {
			if (fscanf(recording->file, "%*[^\n]") == EOF)
				return false;
			continue;
		}
		read_bytes(recording);
		return true;
	}
	return false;
}

void recording_close(struct recording *recording)
{
	fclose(recording->file);
}
