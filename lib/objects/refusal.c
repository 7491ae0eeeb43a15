// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Why the kernel refused an operation. Its ENOENT and EOPNOTSUPP have five meanings each. What
 * tells them apart is the operation (each device is a message of its own), and the attribute of the
 * request that the extended acknowledgement points at.
 */
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "txn.h"

/* No attribute at that place. */
#define NOTHING 0

/* All messages of nf_tables that we send have the name of their table in attribute 1. */
#define TABLE_NAME 1

/* The type of the top-level attribute that the kernel complains about, or in which it stands. */
static uint16_t blamed_attribute(const struct nlmsghdr *message, const struct reply_error *reply)
{
	const struct nlattr *attr;
	const char *blamed = (const char *)message + reply->offset;

	if (!reply->has_offset)
		return NOTHING;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg)) {
		const char *begin = (const char *)attr;

		if (blamed >= begin && blamed < begin + attr->nla_len)
			return mnl_attr_get_type(attr);
	}
	return NOTHING;
}

static enum nfto_error_code missing(const struct op *op, uint16_t blamed)
{
	if (blamed == TABLE_NAME)
		return NFTO_ERROR_NO_TABLE;

	switch (op->kind) {
	case OP_DELETE_TABLE:
		return NFTO_ERROR_NO_TABLE;
	case OP_ADD_FLOWTABLE:
		/* No device is in this message: what is missing is the type, "inet", of
		 * flowtables. */
		return NFTO_ERROR_NOT_SUPPORTED;
	case OP_SET_FLOWTABLE_FLAGS:
	case OP_DELETE_FLOWTABLE:
		return NFTO_ERROR_NO_FLOWTABLE;
	case OP_ADD_DEVICE:
		return blamed == NFTA_FLOWTABLE_NAME ? NFTO_ERROR_NO_FLOWTABLE :
						       NFTO_ERROR_NO_DEVICE;
	case OP_DELETE_DEVICE:
		return blamed == NFTA_FLOWTABLE_NAME ? NFTO_ERROR_NO_FLOWTABLE :
						       NFTO_ERROR_DEVICE_NOT_BOUND;
	case OP_DELETE_CHAIN:
	case OP_FLUSH_CHAIN:
		return NFTO_ERROR_NO_CHAIN;
	case OP_ADD_CHAIN:
		return NFTO_ERROR_NOT_SUPPORTED;
	case OP_ADD_RULE:
		if (blamed == NFTA_RULE_CHAIN)
			return NFTO_ERROR_NO_CHAIN;
		/* Either the kernel has no such kind of expression, or it has not what the
		 * expression refers to: the blame looks the same. The caller looks whether that is
		 * there. */
		return op->flowtable ? NFTO_ERROR_NO_FLOWTABLE : NFTO_ERROR_NOT_SUPPORTED;
	case OP_ADD_TABLE:
	case OP_WRITE_SET:
		break;
	}
	return NFTO_ERROR_SYSTEM;
}

static enum nfto_error_code unsupported(const struct op *op)
{
	switch (op->kind) {
	case OP_ADD_DEVICE:
		return NFTO_ERROR_DEVICE_REFUSED;
	case OP_ADD_FLOWTABLE:
	case OP_SET_FLOWTABLE_FLAGS:
		return NFTO_ERROR_IMMUTABLE;
	default:
		return NFTO_ERROR_NOT_SUPPORTED;
	}
}

static enum nfto_error_code invalid(const struct op *op, uint16_t blamed)
{
	/* What 6.1 says to an update of a flowtable that is not there: a hook without number. The
	 * caller looks whether it is there. */
	bool may_be_missing = op->kind == OP_ADD_DEVICE || op->kind == OP_SET_FLOWTABLE_FLAGS;
	bool has_flags = op->kind == OP_ADD_FLOWTABLE || op->kind == OP_SET_FLOWTABLE_FLAGS;

	/* What a newer kernel says to a flag that it does not know, "reserved bit set"; an older one
	 * says EOPNOTSUPP. */
	if (has_flags && blamed == NFTA_FLOWTABLE_FLAGS)
		return NFTO_ERROR_NOT_SUPPORTED;
	return may_be_missing ? NFTO_ERROR_NO_FLOWTABLE : NFTO_ERROR_INVALID;
}

enum nfto_error_code refusal_code(const struct op *op, const struct nlmsghdr *message,
				  const struct reply_error *reply)
{
	switch (reply->errnum) {
	case ENOENT:
		return missing(op, blamed_attribute(message, reply));
	case EOPNOTSUPP:
		return unsupported(op);
	case EINVAL:
		return invalid(op, blamed_attribute(message, reply));
	case EFBIG:
		return NFTO_ERROR_INVALID;
	case EBUSY:
		return op->kind == OP_ADD_DEVICE ? NFTO_ERROR_DEVICE_BUSY : NFTO_ERROR_IN_USE;
	case EEXIST:
		return op->kind == OP_ADD_DEVICE ? NFTO_ERROR_DEVICE_DUPLICATE : NFTO_ERROR_EXISTS;
	case EPERM:
		return NFTO_ERROR_OWNED_TABLE;
	case ENOMEM:
		return NFTO_ERROR_NO_MEMORY;
	default:
		return NFTO_ERROR_SYSTEM;
	}
}
