/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

/** Have the kernel send its whole connection table, and look at nothing of it. This is as fast as
 *  anybody can read it. Ends the program on an error. */
void bare_read(void);

#endif
