// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "attributes.h"
#include "unit.h"

struct text {
	char *data;
	size_t size;
};

static void put(struct text *text, const char *format, unsigned int value)
{
	size_t length = strlen(text->data);
	int more = snprintf(text->data + length, text->size - length, format, value);

	assert_in_range(more, 0, text->size - length - 1);
}

static void put_attribute(struct text *text, const struct nlattr *attr);

static void put_nest(struct text *text, const struct nlattr *nest)
{
	const struct nlattr *attr;
	const char *begin = mnl_attr_get_payload(nest);

	put(text, "{", 0);
	mnl_attr_for_each_nested(attr, nest) {
		if ((const char *)attr != begin)
			put(text, " ", 0);
		put_attribute(text, attr);
	}
	put(text, "}", 0);
}

static void put_attribute(struct text *text, const struct nlattr *attr)
{
	const uint8_t *payload = mnl_attr_get_payload(attr);

	put(text, "%u", mnl_attr_get_type(attr));
	if (attr->nla_type & NLA_F_NESTED) {
		put_nest(text, attr);
		return;
	}
	put(text, "=", 0);
	for (size_t i = 0; i < mnl_attr_get_payload_len(attr); i++)
		put(text, "%02x", payload[i]);
}

void attributes_describe(const struct nlmsghdr *message, char *out, size_t size)
{
	struct text text = { .data = out, .size = size };
	const struct nlattr *attr;

	out[0] = '\0';
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		if (out[0])
			put(&text, " ", 0);
		put_attribute(&text, attr);
	}
}
