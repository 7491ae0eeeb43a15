// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

int output_error(const struct nfto_ctx *ctx)
{
	const struct nfto_error *error = nfto_ctx_error(ctx);
	const char *hint = nfto_error_hint(error);

	fprintf(stderr, "nftoffload: %s\n", nfto_error_message(error));
	if (hint[0])
		fprintf(stderr, "nftoffload: hint: %s\n", hint);
	return EXIT_FAILED;
}

int output_errno(const char *what, int error)
{
	fprintf(stderr, "nftoffload: %s: %s\n", what, strerror(error < 0 ? -error : error));
	return EXIT_FAILED;
}

void output_name(FILE *stream, const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (c > ' ' && c < 0x7f)
			putc(c, stream);
		else
			fprintf(stream, "\\x%02x", c);
	}
}

void output_protocol(uint8_t protocol, char *buffer, size_t size)
{
	switch (protocol) {
	case IPPROTO_TCP:
		snprintf(buffer, size, "tcp");
		break;
	case IPPROTO_UDP:
		snprintf(buffer, size, "udp");
		break;
	case IPPROTO_GRE:
		snprintf(buffer, size, "gre");
		break;
	default:
		snprintf(buffer, size, "%u", protocol);
	}
}

const char *output_address(int family, const void *address, char *buffer, size_t size)
{
	return inet_ntop(family, address, buffer, (socklen_t)size);
}

void output_endpoint(int family, const void *address, uint16_t port, char *buffer, size_t size)
{
	char text[ADDRESS_SIZE];
	const char *format = family == AF_INET6 ? "[%s]:%u" : "%s:%u";

	snprintf(buffer, size, format, output_address(family, address, text, sizeof(text)), port);
}
