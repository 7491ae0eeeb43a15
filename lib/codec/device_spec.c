// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nf_tables.h>

#include "device_spec.h"
#include "netlink/attr.h"

void device_spec_set(struct device_spec *spec, const char *text, bool is_wildcard)
{
	snprintf(spec->text, sizeof(spec->text), "%s", text);
	spec->is_wildcard = is_wildcard;
}

void device_spec_read(struct device_spec *spec, const char *text)
{
	size_t length = strlen(text);

	device_spec_set(spec, text, length > 0 && text[length - 1] == '*');
}

static size_t prefix_length(const struct device_spec *wildcard)
{
	return strlen(wildcard->text) - 1;
}

bool device_spec_covers(const struct device_spec *spec, const char *device)
{
	if (spec->is_wildcard)
		return strncmp(spec->text, device, prefix_length(spec)) == 0;
	return strcmp(spec->text, device) == 0;
}

bool device_spec_includes(const struct device_spec *spec, const struct device_spec *other)
{
	if (other->is_wildcard &&
	    (!spec->is_wildcard || prefix_length(spec) > prefix_length(other)))
		return false;
	return device_spec_covers(spec, other->text);
}

bool device_spec_equals(const struct device_spec *spec, const struct device_spec *other)
{
	return spec->is_wildcard == other->is_wildcard && strcmp(spec->text, other->text) == 0;
}

void device_spec_put(struct nlmsghdr *message, const struct device_spec *spec)
{
	char prefix[DEVICE_SPEC_SIZE];

	if (!spec->is_wildcard) {
		mnl_attr_put_strz(message, NFTA_DEVICE_NAME, spec->text);
		return;
	}
	snprintf(prefix, sizeof(prefix), "%.*s", (int)prefix_length(spec), spec->text);
	mnl_attr_put_strz(message, NFTA_DEVICE_PREFIX, prefix);
}

/* Linux 6.16 had no attribute for wildcards: a name without its final NUL was one. Before it, and
 * since, the kernel writes the NUL. */
static bool is_wildcard(const struct nlattr *attr)
{
	return attr_type(attr) == NFTA_DEVICE_PREFIX ||
	       !memchr(attr_payload(attr), '\0', attr_length(attr));
}

int device_spec_parse(const struct nlattr *attr, struct device_spec *spec)
{
	char name[IFNAMSIZ];

	if (attr_type(attr) != NFTA_DEVICE_NAME && attr_type(attr) != NFTA_DEVICE_PREFIX)
		return 0;
	if (attr_string(attr, name, sizeof(name)) < 0)
		return -EBADMSG;
	spec->is_wildcard = is_wildcard(attr);
	snprintf(spec->text, sizeof(spec->text), "%s%s", name, spec->is_wildcard ? "*" : "");
	return 1;
}
