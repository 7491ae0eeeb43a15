// SPDX-License-Identifier: LGPL-2.1-or-later
/* The sysctls that decide over offload, as they are now. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "netlink/netns.h"
#include "proc_file.h"
#include "settings.h"

static const char *const names[SETTING_COUNT] = {
	[NFTO_SETTING_TCP_TIMEOUT] = "net.netfilter.nf_flowtable_tcp_timeout",
	[NFTO_SETTING_UDP_TIMEOUT] = "net.netfilter.nf_flowtable_udp_timeout",
	[NFTO_SETTING_CONNTRACK_ACCT] = "net.netfilter.nf_conntrack_acct",
	[NFTO_SETTING_CONNTRACK_COUNT] = "net.netfilter.nf_conntrack_count",
	[NFTO_SETTING_CONNTRACK_MAX] = "net.netfilter.nf_conntrack_max",
	[NFTO_SETTING_IPV4_FORWARDING] = "net.ipv4.ip_forward",
	[NFTO_SETTING_IPV6_FORWARDING] = "net.ipv6.conf.all.forwarding",
};

static bool is_known(enum nfto_setting setting)
{
	return (unsigned int)setting < SETTING_COUNT;
}

NFTO_API const char *nfto_setting_name(enum nfto_setting setting)
{
	return is_known(setting) ? names[setting] : "unknown";
}

/* None of these names has a dot in one of its parts. */
static void write_path(char *path, size_t size, const char *proc, const char *name)
{
	int length = snprintf(path, size, "%s/sys/", proc);

	for (; *name && (size_t)length + 1 < size; name++)
		path[length++] = *name == '.' ? '/' : *name;
	path[length] = '\0';
}

/* A file with nothing in it has no value. */
struct number {
	bool is_there;
	uint64_t value;
};

static int take_number(const char *line, void *data)
{
	struct number *number = data;
	char rest;

	number->is_there =
		line[0] != '-' && sscanf(line, "%" SCNu64 "%c", &number->value, &rest) == 1;
	return number->is_there ? 0 : -EBADMSG;
}

struct reading {
	const char *proc;
	struct settings *settings;
};

/* Runs in the network namespace. */
static int read_all(void *data)
{
	struct reading *reading = data;
	char path[PATH_MAX];

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		struct number number = { .is_there = false };

		write_path(path, sizeof(path), reading->proc, names[i]);
		if (proc_file_lines(path, take_number, &number) < 0)
			continue;
		reading->settings->items[i].is_known = number.is_there;
		reading->settings->items[i].value = number.value;
	}
	return 0;
}

void settings_read(const struct nfto_ctx *ctx, struct settings *settings)
{
	struct reading reading = { .proc = ctx->proc_path, .settings = settings };

	*settings = (struct settings){ .items[0].is_known = false };
	netns_call(ctx->netns_fd, read_all, &reading);
}

int setting_get(const struct settings *settings, enum nfto_setting setting, uint64_t *value)
{
	if (!is_known(setting) || !settings->items[setting].is_known)
		return -ENODATA;
	*value = settings->items[setting].value;
	return 0;
}

bool setting_is_off(const struct settings *settings, enum nfto_setting setting)
{
	return settings->items[setting].is_known && settings->items[setting].value == 0;
}
