// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <libnftnl/set.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>

#include "userdata.h"
#include "wanted_set.h"

/* nft(8)'s numbers for the type ifname, and for the byte order of a key. */
#define TYPE_IFNAME 41
#define HOST_ENDIAN 1

/* As many as fit into a message, which has room for MESSAGE_ROOM bytes. */
#define ELEMENTS_PER_MESSAGE 64

static const struct {
	const char *comment;
	bool is_device;
	bool is_prefix;
} kinds[] = {
	{ "interface", false, false },
	{ "interfaces that begin so", false, true },
	{ "device", true, false },
	{ "devices that begin so", true, true },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static const char *comment_of(const struct wanted_name *name)
{
	size_t i = 0;

	while (kinds[i].is_device != name->is_device || kinds[i].is_prefix != name->is_prefix)
		i++;
	return kinds[i].comment;
}

static struct nftnl_set *new_set(const char *table)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (!set)
		return NULL;
	if (nftnl_set_set_str(set, NFTNL_SET_TABLE, table) < 0 ||
	    nftnl_set_set_str(set, NFTNL_SET_NAME, WANTED_SET) < 0) {
		nftnl_set_free(set);
		return NULL;
	}
	return set;
}

/* Without it nft(8) does not show the names. */
static int set_byte_order(struct nftnl_set *set)
{
	struct nftnl_udata_buf *buffer = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);
	int ret = -1;

	if (buffer && nftnl_udata_put_u32(buffer, NFTNL_UDATA_SET_KEYBYTEORDER, HOST_ENDIAN))
		ret = nftnl_set_set_data(set, NFTNL_SET_USERDATA, nftnl_udata_buf_data(buffer),
					 nftnl_udata_buf_len(buffer));
	if (buffer)
		nftnl_udata_buf_free(buffer);
	return ret;
}

static int build_set(struct messages *messages, const char *table)
{
	struct nftnl_set *set = new_set(table);
	struct nlmsghdr *message = NULL;

	if (!set)
		return -ENOMEM;
	nftnl_set_set_u32(set, NFTNL_SET_ID, (uint32_t)messages->count);
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, 0);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, TYPE_IFNAME);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, IFNAMSIZ);
	if (set_byte_order(set) == 0)
		message = nft_open(messages, NFT_MSG_NEWSET, NLM_F_CREATE, NFPROTO_INET);
	if (message) {
		nftnl_set_nlmsg_build_payload(message, set);
		messages_close(messages, message);
	}
	nftnl_set_free(set);
	return message ? 0 : -ENOMEM;
}

/* Without a list of elements, all are removed. */
static int build_flush(struct messages *messages, const char *table)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_DELSETELEM, 0, NFPROTO_INET);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, table);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, WANTED_SET);
	messages_close(messages, message);
	return 0;
}

static int set_kind(struct nftnl_set_elem *element, const char *comment)
{
	struct nftnl_udata_buf *buffer = userdata_new(comment);
	int ret;

	if (!buffer)
		return -ENOMEM;
	ret = nftnl_set_elem_set(element, NFTNL_SET_ELEM_USERDATA, nftnl_udata_buf_data(buffer),
				 nftnl_udata_buf_len(buffer));
	nftnl_udata_buf_free(buffer);
	return ret < 0 ? -ENOMEM : 0;
}

static int add_name(struct nftnl_set *set, const struct wanted_name *name)
{
	struct nftnl_set_elem *element = nftnl_set_elem_alloc();

	if (!element)
		return -ENOMEM;
	if (nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, name->name, IFNAMSIZ) < 0 ||
	    set_kind(element, comment_of(name)) < 0) {
		nftnl_set_elem_free(element);
		return -ENOMEM;
	}
	nftnl_set_elem_add(set, element);
	return 0;
}

static int build_elements(struct messages *messages, const char *table,
			  const struct wanted_name *names, size_t count)
{
	struct nftnl_set *set = new_set(table);
	struct nlmsghdr *message = NULL;
	int ret = set ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && ret == 0; i++)
		ret = add_name(set, &names[i]);
	if (ret == 0)
		message = nft_open(messages, NFT_MSG_NEWSETELEM, NLM_F_CREATE, NFPROTO_INET);
	if (message) {
		nftnl_set_elems_nlmsg_build_payload(message, set);
		messages_close(messages, message);
	}
	if (set)
		nftnl_set_free(set);
	return message ? 0 : -ENOMEM;
}

int wanted_set_build(struct messages *messages, const char *table, const struct wanted_name *names,
		     size_t count)
{
	int ret = build_set(messages, table);

	if (ret == 0)
		ret = build_flush(messages, table);
	for (size_t i = 0; i < count && ret == 0; i += ELEMENTS_PER_MESSAGE) {
		size_t left = count - i;

		ret = build_elements(messages, table, names + i,
				     left < ELEMENTS_PER_MESSAGE ? left : ELEMENTS_PER_MESSAGE);
	}
	return ret;
}

static int parse_key(const struct nlattr *attr, struct wanted_name *name)
{
	const struct nlattr *attrs[NFTA_DATA_MAX + 1];

	if (!attr || attr_parse_nest(attr, attrs, NFTA_DATA_MAX) < 0 ||
	    attr_bytes(attrs[NFTA_DATA_VALUE], name->name, IFNAMSIZ) < 0 ||
	    name->name[IFNAMSIZ - 1] != '\0')
		return -EBADMSG;
	return 0;
}

/* Without a comment that we know, somebody else has put it there: an interface. */
static void parse_kind(const struct nlattr *userdata, struct wanted_name *name)
{
	char comment[COMMENT_LENGTH + 1];

	userdata_comment(userdata, comment, sizeof(comment));
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (strcmp(comment, kinds[i].comment) == 0) {
			name->is_device = kinds[i].is_device;
			name->is_prefix = kinds[i].is_prefix;
		}
	}
}

int wanted_set_next(struct attr_walk *walk, struct wanted_name *name)
{
	const struct nlattr *attrs[NFTA_SET_ELEM_MAX + 1], *element;
	int ret = attr_walk_next(walk, &element);

	if (ret <= 0)
		return ret;
	memset(name, 0, sizeof(*name));
	if (attr_parse_nest(element, attrs, NFTA_SET_ELEM_MAX) < 0 ||
	    parse_key(attrs[NFTA_SET_ELEM_KEY], name) < 0)
		return -EBADMSG;
	parse_kind(attrs[NFTA_SET_ELEM_USERDATA], name);
	return 1;
}
