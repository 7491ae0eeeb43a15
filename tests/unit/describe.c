// SPDX-License-Identifier: LGPL-2.1-or-later
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_hook.h>

#include "describe.h"
#include "reply.h"
#include "unit.h"

enum kind {
	HEX,  /* bytes */
	TEXT, /* a string with its NUL */
	BE32,
	SIGNED, /* BE32 that can be negative */
	BE64,
	USERDATA, /* type, length, a string with its NUL */
	NEST,
	EXPRESSION, /* a nest of a name, and a nest that the name tells how to read */
};

struct attribute {
	uint16_t type;
	const char *name;
	enum kind kind;
	const struct attribute *nest;
};

#define ANY_TYPE UINT16_MAX

#define END                                                                                        \
	{                                                                                          \
		0, NULL, HEX, NULL                                                                 \
	}

static const struct attribute verdict[] = {
	{ NFTA_VERDICT_CODE, "code", SIGNED, NULL },
	{ NFTA_VERDICT_CHAIN, "chain", TEXT, NULL },
	END,
};
static const struct attribute data[] = {
	{ NFTA_DATA_VALUE, "value", HEX, NULL },
	{ NFTA_DATA_VERDICT, "verdict", NEST, verdict },
	END,
};

static const struct attribute meta[] = {
	{ NFTA_META_DREG, "dreg", BE32, NULL },
	{ NFTA_META_KEY, "key", BE32, NULL },
	END,
};
static const struct attribute ct[] = {
	{ NFTA_CT_DREG, "dreg", BE32, NULL },
	{ NFTA_CT_KEY, "key", BE32, NULL },
	END,
};
static const struct attribute byteorder[] = {
	{ NFTA_BYTEORDER_SREG, "sreg", BE32, NULL }, { NFTA_BYTEORDER_DREG, "dreg", BE32, NULL },
	{ NFTA_BYTEORDER_OP, "op", BE32, NULL },     { NFTA_BYTEORDER_LEN, "len", BE32, NULL },
	{ NFTA_BYTEORDER_SIZE, "size", BE32, NULL }, END,
};
static const struct attribute payload[] = {
	{ NFTA_PAYLOAD_DREG, "dreg", BE32, NULL },
	{ NFTA_PAYLOAD_BASE, "base", BE32, NULL },
	{ NFTA_PAYLOAD_OFFSET, "offset", BE32, NULL },
	{ NFTA_PAYLOAD_LEN, "len", BE32, NULL },
	END,
};
static const struct attribute bitwise[] = {
	{ NFTA_BITWISE_SREG, "sreg", BE32, NULL },
	{ NFTA_BITWISE_DREG, "dreg", BE32, NULL },
	{ NFTA_BITWISE_OP, "op", BE32, NULL },
	{ NFTA_BITWISE_LEN, "len", BE32, NULL },
	{ NFTA_BITWISE_MASK, "mask", NEST, data },
	{ NFTA_BITWISE_XOR, "xor", NEST, data },
	END,
};
static const struct attribute cmp[] = {
	{ NFTA_CMP_SREG, "sreg", BE32, NULL },
	{ NFTA_CMP_OP, "op", BE32, NULL },
	{ NFTA_CMP_DATA, "data", NEST, data },
	END,
};
static const struct attribute lookup[] = {
	{ NFTA_LOOKUP_SET, "set", TEXT, NULL },
	{ NFTA_LOOKUP_SREG, "sreg", BE32, NULL },
	{ NFTA_LOOKUP_SET_ID, "set_id", BE32, NULL },
	END,
};
static const struct attribute flow_offload[] = {
	{ NFTA_FLOW_TABLE_NAME, "table_name", TEXT, NULL },
	END,
};
static const struct attribute counter[] = { END };
static const struct attribute immediate[] = {
	{ NFTA_IMMEDIATE_DREG, "dreg", BE32, NULL },
	{ NFTA_IMMEDIATE_DATA, "data", NEST, data },
	END,
};
static const struct attribute dynset[] = {
	{ NFTA_DYNSET_SET_NAME, "set_name", TEXT, NULL },
	{ NFTA_DYNSET_OP, "op", BE32, NULL },
	{ NFTA_DYNSET_SREG_KEY, "sreg_key", BE32, NULL },
	END,
};

static const struct {
	const char *name;
	const struct attribute *data;
} expressions[] = {
	{ "meta", meta },	    { "ct", ct },	    { "byteorder", byteorder },
	{ "payload", payload },	    { "bitwise", bitwise }, { "cmp", cmp },
	{ "lookup", lookup },	    { "counter", counter }, { "flow_offload", flow_offload },
	{ "immediate", immediate }, { "dynset", dynset },
};

static const struct attribute table[] = {
	{ NFTA_TABLE_NAME, "name", TEXT, NULL },
	{ NFTA_TABLE_FLAGS, "flags", BE32, NULL },
	{ NFTA_TABLE_USERDATA, "userdata", USERDATA, NULL },
	END,
};

static const struct attribute chain_hook[] = {
	{ NFTA_HOOK_HOOKNUM, "num", BE32, NULL },
	{ NFTA_HOOK_PRIORITY, "priority", SIGNED, NULL },
	END,
};
static const struct attribute chain[] = {
	{ NFTA_CHAIN_TABLE, "table", TEXT, NULL },     { NFTA_CHAIN_NAME, "name", TEXT, NULL },
	{ NFTA_CHAIN_HOOK, "hook", NEST, chain_hook }, { NFTA_CHAIN_POLICY, "policy", BE32, NULL },
	{ NFTA_CHAIN_TYPE, "type", TEXT, NULL },       END,
};

static const struct attribute expression_list[] = {
	{ NFTA_LIST_ELEM, "", EXPRESSION, NULL },
	END,
};
static const struct attribute rule[] = {
	{ NFTA_RULE_TABLE, "table", TEXT, NULL },
	{ NFTA_RULE_CHAIN, "chain", TEXT, NULL },
	{ NFTA_RULE_EXPRESSIONS, "expressions", NEST, expression_list },
	{ NFTA_RULE_USERDATA, "userdata", USERDATA, NULL },
	END,
};

static const struct attribute set_desc[] = {
	{ NFTA_SET_DESC_SIZE, "size", BE32, NULL },
	END,
};
static const struct attribute set[] = {
	{ NFTA_SET_TABLE, "table", TEXT, NULL },
	{ NFTA_SET_NAME, "name", TEXT, NULL },
	{ NFTA_SET_FLAGS, "flags", BE32, NULL },
	{ NFTA_SET_KEY_TYPE, "key_type", BE32, NULL },
	{ NFTA_SET_KEY_LEN, "key_len", BE32, NULL },
	{ NFTA_SET_DESC, "desc", NEST, set_desc },
	{ NFTA_SET_ID, "id", BE32, NULL },
	{ NFTA_SET_TIMEOUT, "timeout", BE64, NULL },
	{ NFTA_SET_USERDATA, "userdata", HEX, NULL },
	{ NFTA_SET_EXPR, "", EXPRESSION, NULL },
	END,
};

static const struct attribute element[] = {
	{ NFTA_SET_ELEM_KEY, "key", NEST, data },
	{ NFTA_SET_ELEM_USERDATA, "userdata", USERDATA, NULL },
	END,
};
static const struct attribute element_list[] = {
	/* libnftnl numbers them, which the kernel does not look at. */
	{ ANY_TYPE, "element", NEST, element },
	END,
};
static const struct attribute set_elements[] = {
	{ NFTA_SET_ELEM_LIST_TABLE, "table", TEXT, NULL },
	{ NFTA_SET_ELEM_LIST_SET, "set", TEXT, NULL },
	{ NFTA_SET_ELEM_LIST_SET_ID, "set_id", BE32, NULL },
	{ NFTA_SET_ELEM_LIST_ELEMENTS, "elements", NEST, element_list },
	END,
};

static const struct attribute devices[] = {
	{ NFTA_DEVICE_NAME, "name", TEXT, NULL },
	{ NFTA_DEVICE_PREFIX, "prefix", TEXT, NULL },
	END,
};
static const struct attribute flowtable_hook[] = {
	{ NFTA_FLOWTABLE_HOOK_NUM, "num", BE32, NULL },
	{ NFTA_FLOWTABLE_HOOK_PRIORITY, "priority", SIGNED, NULL },
	{ NFTA_FLOWTABLE_HOOK_DEVS, "devices", NEST, devices },
	END,
};
static const struct attribute flowtable[] = {
	{ NFTA_FLOWTABLE_TABLE, "table", TEXT, NULL },
	{ NFTA_FLOWTABLE_NAME, "name", TEXT, NULL },
	{ NFTA_FLOWTABLE_HOOK, "hook", NEST, flowtable_hook },
	{ NFTA_FLOWTABLE_FLAGS, "flags", BE32, NULL },
	END,
};

static const struct attribute conntrack[] = {
	{ CTA_STATUS, "status", BE32, NULL },
	{ CTA_STATUS_MASK, "status_mask", BE32, NULL },
	{ CTA_MARK, "mark", BE32, NULL },
	{ CTA_MARK_MASK, "mark_mask", BE32, NULL },
	{ CTA_TUPLE_ORIG, "tuple_orig", HEX, NULL },
	{ CTA_ZONE, "zone", HEX, NULL },
	{ CTA_ID, "id", BE32, NULL },
	END,
};

static const struct attribute batch_begin[] = {
	{ NFNL_BATCH_GENID, "generation", BE32, NULL },
	END,
};

static const struct attribute hooks[] = {
	{ NFNLA_HOOK_HOOKNUM, "hooknum", BE32, NULL },
	{ NFNLA_HOOK_DEV, "device", TEXT, NULL },
	END,
};

static const struct attribute nothing[] = { END };

static const struct {
	uint16_t type;
	const char *name;
	const struct attribute *attributes;
} messages[] = {
	{ NFNL_MSG_BATCH_BEGIN, "begin", batch_begin },
	{ NFNL_MSG_BATCH_END, "end", nothing },
	{ NFT(NFT_MSG_NEWTABLE), "newtable", table },
	{ NFT(NFT_MSG_GETTABLE), "gettable", table },
	{ NFT(NFT_MSG_DELTABLE), "deltable", table },
	{ NFT(NFT_MSG_NEWCHAIN), "newchain", chain },
	{ NFT(NFT_MSG_GETCHAIN), "getchain", chain },
	{ NFT(NFT_MSG_DELCHAIN), "delchain", chain },
	{ NFT(NFT_MSG_NEWRULE), "newrule", rule },
	{ NFT(NFT_MSG_GETRULE), "getrule", rule },
	{ NFT(NFT_MSG_DELRULE), "delrule", rule },
	{ NFT(NFT_MSG_NEWSET), "newset", set },
	{ NFT(NFT_MSG_NEWSETELEM), "newsetelem", set_elements },
	{ NFT(NFT_MSG_GETSETELEM), "getsetelem", set_elements },
	{ NFT(NFT_MSG_DELSETELEM), "delsetelem", set_elements },
	{ NFT(NFT_MSG_GETGEN), "getgen", nothing },
	{ NFT(NFT_MSG_NEWFLOWTABLE), "newflowtable", flowtable },
	{ NFT(NFT_MSG_GETFLOWTABLE), "getflowtable", flowtable },
	{ NFT(NFT_MSG_DELFLOWTABLE), "delflowtable", flowtable },
	{ CT(IPCTNL_MSG_CT_GET), "ctget", conntrack },
	{ CT(IPCTNL_MSG_CT_DELETE), "ctdelete", conntrack },
	{ CT(IPCTNL_MSG_CT_GET_STATS), "ctgetstats", nothing },
	{ 12 << 8 | NFNL_MSG_HOOK_GET, "gethooks", hooks },
};

/* Text that grows at its end. */
struct text {
	char *data;
	size_t size;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->data + text->length, text->size - text->length, format, arguments);
	va_end(arguments);
	assert_in_range(length, 0, text->size - text->length - 1);
	text->length += (size_t)length;
}

static void put_hex(struct text *text, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put(text, "%02x", bytes[i]);
}

static void put_text(struct text *text, const char *string, size_t length)
{
	if (length == 0 || strnlen(string, length) != length - 1)
		put(text, "BAD");
	else
		put(text, "%s", string);
}

static void put_be32(struct text *text, const struct nlattr *attr, bool is_signed)
{
	uint32_t value;

	if (mnl_attr_get_payload_len(attr) != sizeof(value)) {
		put(text, "BAD");
		return;
	}
	value = be32toh(mnl_attr_get_u32(attr));
	if (is_signed)
		put(text, "%" PRId32, (int32_t)value);
	else
		put(text, "%" PRIu32, value);
}

static void put_be64(struct text *text, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) == sizeof(uint64_t))
		put(text, "%" PRIu64, be64toh(mnl_attr_get_u64(attr)));
	else
		put(text, "BAD");
}

static void put_userdata(struct text *text, const uint8_t *bytes, size_t length)
{
	if (length < 2 || length != 2u + bytes[1]) {
		put(text, "BAD");
		return;
	}
	put(text, "%u:\"", bytes[0]);
	put_text(text, (const char *)bytes + 2, bytes[1]);
	put(text, "\"");
}

static void put_nest(struct text *text, const struct nlattr *nest,
		     const struct attribute *attributes);

static const struct attribute *find_expression(const char *name)
{
	for (size_t i = 0; i < COUNT(expressions); i++) {
		if (strcmp(name, expressions[i].name) == 0)
			return expressions[i].data;
	}
	return nothing;
}

static void put_expression(struct text *text, const struct nlattr *expression)
{
	const struct attribute *attributes = nothing;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, expression) {
		if (mnl_attr_get_type(attr) == NFTA_EXPR_NAME) {
			put_text(text, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
			attributes = find_expression(mnl_attr_get_payload(attr));
		} else {
			put_nest(text, attr, attributes);
		}
	}
}

static void put_value(struct text *text, const struct nlattr *attr,
		      const struct attribute *attribute)
{
	const void *bytes = mnl_attr_get_payload(attr);
	size_t length = mnl_attr_get_payload_len(attr);

	switch (attribute->kind) {
	case HEX:
		put_hex(text, bytes, length);
		break;
	case TEXT:
		put_text(text, bytes, length);
		break;
	case BE32:
	case SIGNED:
		put_be32(text, attr, attribute->kind == SIGNED);
		break;
	case BE64:
		put_be64(text, attr);
		break;
	case USERDATA:
		put_userdata(text, bytes, length);
		break;
	case NEST:
		put_nest(text, attr, attribute->nest);
		break;
	case EXPRESSION:
		put_expression(text, attr);
		break;
	}
}

static void put_attribute(struct text *text, const struct nlattr *attr,
			  const struct attribute *attributes)
{
	const char *begin = (const char *)attr;

	for (; attributes->name; attributes++) {
		if (attributes->type != ANY_TYPE && attributes->type != mnl_attr_get_type(attr))
			continue;
		put(text, "%s", attributes->name);
		if (attributes->kind != NEST && attributes->kind != EXPRESSION)
			put(text, "=");
		put_value(text, attr, attributes);
		for (int i = attr->nla_len; i < MNL_ALIGN(attr->nla_len); i++) {
			if (begin[i] != 0)
				put(text, "BAD");
		}
		return;
	}
	put(text, "?%u", mnl_attr_get_type(attr));
}

/* No type that we send is above this. */
#define LAST_TYPE 64

/* Sorted by type, as the order depends on the version of libnftnl, and the kernel does not care. */
static void put_sorted(struct text *text, const void *begin, size_t length,
		       const struct attribute *attributes)
{
	const char *separator = "";

	for (uint16_t type = 0; type <= LAST_TYPE; type++) {
		const struct nlattr *attr;

		mnl_attr_for_each_payload(begin, length)
		{
			if (mnl_attr_get_type(attr) > LAST_TYPE)
				put(text, "BAD");
			if (mnl_attr_get_type(attr) != type)
				continue;
			put(text, "%s", separator);
			put_attribute(text, attr, attributes);
			separator = " ";
		}
	}
}

static void put_nest(struct text *text, const struct nlattr *nest,
		     const struct attribute *attributes)
{
	put(text, "{");
	put_sorted(text, mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest), attributes);
	put(text, "}");
}

static const char *family_name(uint8_t family)
{
	switch (family) {
	case NFPROTO_UNSPEC:
		return "any";
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_ARP:
		return "arp";
	case NFPROTO_NETDEV:
		return "netdev";
	}
	return "BAD";
}

static void put_flags(struct text *text, uint16_t flags, bool is_get)
{
	put(text, "%s", flags & NLM_F_REQUEST ? "" : " BAD");
	flags &= (uint16_t)~NLM_F_REQUEST;
	if (is_get && (flags & NLM_F_DUMP) == NLM_F_DUMP) {
		put(text, " dump");
		flags &= (uint16_t)~NLM_F_DUMP;
	}
	if (flags & NLM_F_CREATE)
		put(text, " create");
	if (flags & NLM_F_APPEND)
		put(text, " append");
	if (flags & NLM_F_ACK)
		put(text, " ack");
	flags &= (uint16_t) ~(NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK);
	if (flags)
		put(text, " BAD");
}

const char *describe(const struct nlmsghdr *message, char *data_out, size_t size)
{
	const struct nfgenmsg *generic = mnl_nlmsg_get_payload(message);
	struct text text = { .data = data_out, .size = size };
	const struct attribute *attributes = nothing;
	const char *name = "BAD";
	size_t length;

	for (size_t i = 0; i < COUNT(messages); i++) {
		if (messages[i].type == message->nlmsg_type) {
			name = messages[i].name;
			attributes = messages[i].attributes;
		}
	}
	put(&text, "%s %s", name, family_name(generic->nfgen_family));
	/* The batch says in its begin and end for whom it is. */
	if (be16toh(generic->res_id) != 0)
		put(&text, " subsystem=%u", be16toh(generic->res_id));
	put(&text, "%s", generic->version == NFNETLINK_V0 ? "" : " BAD");
	put_flags(&text, message->nlmsg_flags, strstr(name, "get") != NULL);
	length = mnl_nlmsg_get_payload_len(message) - sizeof(*generic);
	put(&text, "%s", length ? " " : "");
	put_sorted(&text, mnl_nlmsg_get_payload_offset(message, sizeof(*generic)), length,
		   attributes);
	return text.data;
}

static void assert_messages(const struct fake *fake, size_t request, const char *const *expected,
			    bool whole)
{
	size_t count = fake_sent_messages(fake, request), i;
	char text[4096];

	for (i = 0; i < count && expected[i]; i++) {
		describe(fake_sent(fake, request, i), text, sizeof(text));
		if (!whole && strlen(text) > strlen(expected[i]))
			text[strlen(expected[i])] = '\0';
		assert_string_equal(text, expected[i]);
	}
	if (i < count)
		fail_msg("one message too many: %s",
			 describe(fake_sent(fake, request, i), text, sizeof(text)));
	if (expected[i])
		fail_msg("a message is missing: %s", expected[i]);
}

void assert_sent(const struct fake *fake, size_t request, const char *const *expected)
{
	assert_messages(fake, request, expected, true);
}

void assert_sent_begins(const struct fake *fake, size_t request, const char *const *expected)
{
	assert_messages(fake, request, expected, false);
}
