/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stdint.h>

/* JSON is made of characters, a name of bytes: where it is no UTF-8, its other bytes become
 * \xNN. */
json_t *json_text(const char *text);

void json_set_text(json_t *object, const char *key, const char *text);
void json_set_number(json_t *object, const char *key, uint64_t number);

/* Prints it, with JSON_* flags, and frees it. NULL is one that could not be made. Returns an exit
 * status. */
int json_print(const char *command, json_t *json, size_t flags);

#endif
