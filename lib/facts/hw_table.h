/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_HW_TABLE_H
#define NFTO_HW_TABLE_H

#include "codec/conntrack.h"
#include "internal.h"

/*
 * What the hardware itself says: the flow tables that drivers show in debugfs. There is no other
 * view of them, and most drivers have not even that.
 */

/* One direction of a connection that the hardware forwards. */
struct hw_entry {
	const struct hw_driver *driver;
	uint8_t family;
	uint8_t protocol;
	struct flow_side before; /* the packets as they come in, and how many */
	struct flow_side after;	 /* as they go out; no counter */
};

/* How a driver shows its table, and what is peculiar about it. */
struct hw_driver {
	const char *name;
	/* Flows are only put into the table once so many packets come in a second. 0: at once. */
	unsigned int rate_to_bind;
	/* One for the whole machine: flows of other network namespaces are in it as well. */
	bool is_of_machine;
	/* Who reads the counters in debugfs takes them away from conntrack. */
	bool takes_counters;
	/* The path of the index-th file, under that of debugfs: false if there can't be one. */
	bool (*find)(const struct nfto_ctx *ctx, unsigned int index, char *path, size_t size);
	/* A line, which it may write to: 1 with what is forwarded; 0 if it is something else;
	 * -EBADMSG if it can't be understood. It fills all but the driver. */
	int (*parse)(char *line, struct hw_entry *entry);
};

extern const struct hw_driver hw_driver_mtk;
extern const struct hw_driver hw_driver_airoha;
extern const struct hw_driver hw_driver_nftosim;

#define HW_DRIVER_COUNT 3
extern const struct hw_driver *const hw_drivers[HW_DRIVER_COUNT];

/* All tables that can be read, one entry at a time, in constant memory. */
struct hw_table {
	const struct nfto_ctx *ctx;
	size_t driver; /* where the reading is: in hw_drivers ... */
	unsigned int file;
	int fd; /* -1 before a file */
	size_t begin;
	size_t end;
	uint64_t length;
	char buffer[4096];
	char line[1024];
	bool has_driver[HW_DRIVER_COUNT]; /* of which a file was there */
	/* A line could not be understood, or was too long: entries may be missing. */
	bool is_incomplete;
};

void hw_table_open(const struct nfto_ctx *ctx, struct hw_table *table);

/* The next entry: 1, 0 at the end, or a negative errno. A table that is not there, or is not shown
 * to this process, is passed over. */
int hw_table_next(struct hw_table *table, struct hw_entry *entry);

void hw_table_close(struct hw_table *table);

#endif
