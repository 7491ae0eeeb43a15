// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The emulated card: /sys/kernel/debug/nftosim/INODE/rules, in a folder for each network namespace.
 *	IN [vlan ID]... PROTOCOL SRC > DST =>
 *	OUT [vlan ID]... [pppoe SESSION] SRC > DST packets N bytes N
 * Rules of ingress chains, which only drop, accept or redirect, have no addresses behind the arrow.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hw_table.h"
#include "hw_table_text.h"

static bool find(const struct nfto_ctx *ctx, unsigned int index, char *path, size_t size)
{
	struct stat status;

	if (index > 0 || ctx->netns_fd < 0 || fstat(ctx->netns_fd, &status) < 0)
		return false;
	snprintf(path, size, "nftosim/%lu/rules", (unsigned long)status.st_ino);
	return true;
}

/* The word, which must be there, unless the line has ended. */
static bool take(char ***words, const char *expected)
{
	if (!**words || strcmp(**words, expected) != 0)
		return false;
	(*words)++;
	return true;
}

/* NAME and a number, as often as they come. */
static bool skip_all(char ***words, const char *name)
{
	uint64_t number;

	while (take(words, name)) {
		if (!**words || !text_number(**words, 10, UINT16_MAX, &number))
			return false;
		(*words)++;
	}
	return true;
}

static uint8_t take_endpoint(char ***words, uint8_t address[16], uint16_t *port)
{
	return **words ? text_endpoint(*(*words)++, address, port) : 0;
}

static uint8_t take_side(char ***words, struct flow_side *side)
{
	uint8_t family = take_endpoint(words, side->source, &side->source_port);

	if (!family || !take(words, ">") ||
	    take_endpoint(words, side->destination, &side->destination_port) != family)
		return 0;
	return family;
}

static bool take_count(char ***words, const char *name, uint64_t *count)
{
	return take(words, name) && **words && text_number(*(*words)++, 10, UINT64_MAX, count);
}

static bool take_protocol(char ***words, uint8_t *protocol)
{
	*protocol = take(words, "tcp") ? IPPROTO_TCP : IPPROTO_UDP;
	return *protocol == IPPROTO_TCP || take(words, "udp");
}

static bool take_counter(char ***words, struct flow_side *side)
{
	side->has_counter = true;
	return take_count(words, "packets", &side->counter.packets) &&
	       take_count(words, "bytes", &side->counter.bytes) && !**words;
}

static int parse(char *line, struct hw_entry *entry)
{
	struct words split;
	char **words = split.word;

	if (!words_split(line, &split) || split.count < 2)
		return -EBADMSG;
	words++;
	if (!skip_all(&words, "vlan") || !take_protocol(&words, &entry->protocol))
		return -EBADMSG;
	entry->family = take_side(&words, &entry->before);
	if (!entry->family || !take(&words, "=>") || !*words++)
		return -EBADMSG;
	if (*words && strcmp(*words, "packets") == 0)
		return 0;
	if (!skip_all(&words, "vlan") || !skip_all(&words, "pppoe") ||
	    take_side(&words, &entry->after) != entry->family)
		return -EBADMSG;
	return take_counter(&words, &entry->before) ? 1 : -EBADMSG;
}

const struct hw_driver hw_driver_nftosim = {
	.name = "nftosim",
	.find = find,
	.parse = parse,
};
