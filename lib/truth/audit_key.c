// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "audit_key.h"

int audit_secret_make(struct audit_secret *secret)
{
	ssize_t length;

	do
		length = getrandom(secret->words, sizeof(secret->words), 0);
	while (length < 0 && errno == EINTR);
	return length < 0 ? -errno : 0;
}

static uint64_t rotate(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static void mix(uint64_t v[4], int rounds)
{
	while (rounds-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

/* SipHash-2-4 (Aumasson and Bernstein), of whole words. */
static uint64_t siphash(const struct audit_secret *secret, const uint64_t *words, size_t count)
{
	uint64_t v[4] = {
		secret->words[0] ^ 0x736f6d6570736575,
		secret->words[1] ^ 0x646f72616e646f6d,
		secret->words[0] ^ 0x6c7967656e657261,
		secret->words[1] ^ 0x7465646279746573,
	};
	uint64_t last = (uint64_t)count * sizeof(*words) << 56;

	for (size_t i = 0; i <= count; i++) {
		uint64_t word = i < count ? words[i] : last;

		v[3] ^= word;
		mix(v, 2);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	mix(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t audit_key(const struct audit_secret *secret, uint8_t family, uint8_t protocol,
		   const struct flow_side *before, const struct flow_side *after)
{
	uint64_t words[10];

	memcpy(&words[0], before->source, 16);
	memcpy(&words[2], before->destination, 16);
	memcpy(&words[4], after->source, 16);
	memcpy(&words[6], after->destination, 16);
	words[8] = (uint64_t)before->source_port << 48 | (uint64_t)before->destination_port << 32 |
		   (uint64_t)after->source_port << 16 | after->destination_port;
	words[9] = (uint64_t)family << 8 | protocol;
	return siphash(secret, words, sizeof(words) / sizeof(words[0]));
}

static struct flow_side exchange(const struct flow_side *side)
{
	struct flow_side other = {
		.source_port = side->destination_port,
		.destination_port = side->source_port,
	};

	memcpy(other.source, side->destination, sizeof(other.source));
	memcpy(other.destination, side->source, sizeof(other.destination));
	return other;
}

void audit_keys(const struct audit_secret *secret, const struct flow_info *info, uint64_t keys[2])
{
	for (int i = 0; i < 2; i++) {
		struct flow_side after = exchange(&info->sides[!i]);

		keys[i] = audit_key(secret, info->family, info->protocol, &info->sides[i], &after);
	}
}
