/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Reads what tests/recorded/record has written: datagrams of real kernels. */
struct recording {
	FILE *file;
	char name[64];	      /* what was asked for */
	char data[32 * 1024]; /* one datagram, an answer to that */
	size_t length;
};

/* Opens the recording of a kernel, such as "linux-6.1"; false if it is not there. */
bool recording_open(struct recording *recording, const char *kernel);

/* The next datagram; false at the end. A file that is no recording ends the program. */
bool recording_next(struct recording *recording);

void recording_close(struct recording *recording);

#endif
