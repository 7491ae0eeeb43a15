// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which strings can be names: NULL, or a sentence that says why this one can't. */
#include <stdio.h>
#include <string.h>

#include "codec/nft.h"
#include "internal.h"

static bool has_control_character(const char *name)
{
	for (; *name; name++) {
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return true;
	}
	return false;
}

/* The kernel takes any bytes, but nobody could name the object in a terminal. */
const char *name_fault_object(const char *name)
{
	size_t length = strlen(name);

	if (length == 0)
		return "the name is empty";
	if (length >= NFT_NAME_SIZE)
		return "the name is longer than 255 bytes";
	if (has_control_character(name))
		return "a name can't hold control characters";
	return NULL;
}

/* The rule of dev_valid_name() in net/core/dev.c. */
const char *name_fault_device(const char *name)
{
	size_t length = strlen(name);

	if (length == 0)
		return "the device name is empty";
	if (length >= IFNAMSIZ)
		return "a device name is at most 15 bytes long";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "a device can't be named \".\" or \"..\"";
	/* The last is the no-break space of Latin-1, which is a space to isspace() of the
	 * kernel. */
	if (strpbrk(name, "/: \t\n\v\f\r\xa0"))
		return "a device name can't hold '/', ':' or white space";
	return NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_character(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* What nft(8) reads as a name without quotes. */
const char *name_fault_instance(const char *name)
{
	const char *fault = name_fault_object(name);

	if (fault)
		return fault;
	if (!is_letter(name[0]))
		return "the name of an instance begins with a letter";
	for (; *name; name++) {
		if (!is_name_character(*name))
			return "the name of an instance is made of letters, digits, '_', '-' and "
			       "'.'";
	}
	return NULL;
}

void name_escape(const char *name, char *escaped, size_t size)
{
	size_t used = 0;

	for (; *name && used + 5 <= size; name++) {
		unsigned char c = (unsigned char)*name;

		if (c <= ' ' || c >= 0x7f || c == '\\')
			used += (size_t)snprintf(escaped + used, size - used, "\\x%02x", c);
		else
			escaped[used++] = *name;
	}
	escaped[used] = '\0';
}
