// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include "json.h"
#include "tool.h"

json_t *json_text(const char *text)
{
	char escaped[4 * 256 + 1];
	json_t *json = json_string(text);
	size_t used = 0;

	for (; !json && *text && used + 5 <= sizeof(escaped); text++) {
		unsigned char c = (unsigned char)*text;

		used += (size_t)snprintf(escaped + used, sizeof(escaped) - used,
					 c >= ' ' && c < 0x7f ? "%c" : "\\x%02x", c);
	}
	return json ? json : json_stringn(escaped, used);
}

void json_set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_text(text));
}

void json_set_number(json_t *object, const char *key, uint64_t number)
{
	json_object_set_new(object, key, json_integer((json_int_t)number));
}

int json_print(const char *command, json_t *json, size_t flags)
{
	if (!json)
		return output_errno(command, ENOMEM);
	if (json_dumpf(json, stdout, flags) < 0) {
		json_decref(json);
		return output_errno(command, EIO);
	}
	putchar('\n');
	json_decref(json);
	return EXIT_DONE;
}
