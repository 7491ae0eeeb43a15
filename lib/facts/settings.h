/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_SETTINGS_H
#define NFTO_SETTINGS_H

#include "internal.h"

#define SETTING_COUNT (NFTO_SETTING_IPV6_FORWARDING + 1)

/* Settings of the network namespace of a context, as far as it has them. */
struct settings {
	struct {
		bool is_known;
		uint64_t value;
	} items[SETTING_COUNT];
};

/* What can't be read is not known, and no failure. */
void settings_read(const struct nfto_ctx *ctx, struct settings *settings);

/* 0; -ENODATA if it is not known, or no setting. */
int setting_get(const struct settings *settings, enum nfto_setting setting, uint64_t *value);

/* Is it known, and 0? */
bool setting_is_off(const struct settings *settings, enum nfto_setting setting);

#endif
