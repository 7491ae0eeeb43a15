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

static bool is_printable(char c)
{
	return c > ' ' && c < 0x7f && c != '\\';
}

int output_name_length(const char *name)
{
	int length = 0;

	for (; *name; name++)
		length += is_printable(*name) ? 1 : 4;
	return length;
}

void output_name(const char *name, int width)
{
	width -= output_name_length(name);
	for (; *name; name++) {
		if (is_printable(*name))
			putchar(*name);
		else
			printf("\\x%02x", (unsigned char)*name);
	}
	for (; width > 0; width--)
		putchar(' ');
}

/* What fits on a terminal. */
#define LINE_WIDTH 80

void output_wrapped(const char *text, int column)
{
	int position = column;

	while (*text) {
		int word = (int)strcspn(text, " ");

		if (position > column && position + 1 + word > LINE_WIDTH) {
			printf("\n%*s", column, "");
			position = column;
		} else if (position > column) {
			putchar(' ');
			position++;
		}
		printf("%.*s", word, text);
		position += word;
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
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
