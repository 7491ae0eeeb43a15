// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 *	002f8 BND IPv4 5T orig=A:P->A:P new=A:P->A:P eth=... ib1=... ib2=... packets=N bytes=N
 *	01698 BND IPv6 5T orig=A:P->A:P eth=... ib1=... ib2=... packets=N bytes=N
 * The state is INV, UNB, BND or FIN; only BND is forwarded. 5T stands for a 5-tuple; there are
 * other kinds (3T, DS-LITE, 6RD, L2B), which are no connections of TCP or UDP. IPv6 addresses have
 * all their digits, and are not translated. Linux 6.1 has no counters. (Source: mtk_ppe_debugfs.c
 * and airoha_ppe_debugfs.c in drivers/net/ethernet.)
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "hw_table_foe.h"
#include "hw_table_text.h"

/* In the word ib1 (mtk_ppe.h: MTK_FOE_IB1_UDP; airoha_eth.h: AIROHA_FOE_IB1_BIND_UDP). */
#define IS_UDP (1u << 30)

/* The value of a word "name=value", or NULL. */
static char *find(const struct words *words, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < words->count; i++) {
		char *word = words->word[i];

		if (strncmp(word, name, length) == 0 && word[length] == '=')
			return word + length + 1;
	}
	return NULL;
}

/* SOURCE:PORT->DESTINATION:PORT, of that family. */
static bool parse_side(char *text, uint8_t family, struct flow_side *side)
{
	char *arrow = text ? strstr(text, "->") : NULL;

	if (!arrow)
		return false;
	*arrow = '\0';
	return text_endpoint(text, side->source, &side->source_port) == family &&
	       text_endpoint(arrow + 2, side->destination, &side->destination_port) == family;
}

static bool parse_protocol(const char *ib1, uint8_t *protocol)
{
	uint64_t bits;

	if (!ib1 || !text_number(ib1, 16, UINT32_MAX, &bits))
		return false;
	*protocol = bits & IS_UDP ? IPPROTO_UDP : IPPROTO_TCP;
	return true;
}

static bool parse_counter(const struct words *words, struct flow_side *side)
{
	const char *packets = find(words, "packets"), *bytes = find(words, "bytes");

	if (!packets || !bytes)
		return true;
	side->has_counter = true;
	return text_number(packets, 10, UINT64_MAX, &side->counter.packets) &&
	       text_number(bytes, 10, UINT64_MAX, &side->counter.bytes);
}

static int parse_connection(const struct words *words, struct hw_entry *entry)
{
	if (!parse_side(find(words, "orig"), entry->family, &entry->before) ||
	    !parse_protocol(find(words, "ib1"), &entry->protocol))
		return -EBADMSG;
	entry->after = entry->before;
	if (entry->family == AF_INET &&
	    !parse_side(find(words, "new"), entry->family, &entry->after))
		return -EBADMSG;
	return parse_counter(words, &entry->before) ? 1 : -EBADMSG;
}

int hw_foe_parse(char *line, struct hw_entry *entry)
{
	struct words words;
	uint64_t index;

	if (!words_split(line, &words) || words.count < 4 ||
	    !text_number(words.word[0], 16, UINT32_MAX, &index))
		return -EBADMSG;
	if (strcmp(words.word[1], "BND") != 0 || strcmp(words.word[3], "5T") != 0)
		return 0;
	entry->family = strcmp(words.word[2], "IPv4") == 0 ? AF_INET : AF_INET6;
	return parse_connection(&words, entry);
}
