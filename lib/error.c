// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* For each code: its stable name, a sentence for people, and what to do. */
static const struct {
	const char *name;
	const char *sentence;
	const char *hint;
} texts[] = {
	[NFTO_ERROR_NONE] = { "none", "no error", "" },
	[NFTO_ERROR_INVALID] = { "invalid", "this can't be",
				 "check the names and numbers that were given" },
	[NFTO_ERROR_NO_MEMORY] = { "no-memory", "out of memory", "" },
	[NFTO_ERROR_PERMISSION] = { "permission", "not permitted: CAP_NET_ADMIN is missing",
				    "run as root, or with the capability CAP_NET_ADMIN" },
	[NFTO_ERROR_NOT_SUPPORTED] = { "not-supported", "this kernel does not support it",
				       "it needs the kernel modules nf_tables, nft_flow_offload, "
				       "nf_flow_table_inet and nf_conntrack_netlink" },
	[NFTO_ERROR_NO_DEVICE] = { "no-device", "there is no such network device",
				   "see the devices with 'ip link'" },
	[NFTO_ERROR_NO_TABLE] = { "no-table", "there is no such table",
				  "see the tables with 'nft list tables'" },
	[NFTO_ERROR_NO_FLOWTABLE] = { "no-flowtable", "there is no such flowtable",
				      "see the flowtables with 'nft list flowtables'" },
	[NFTO_ERROR_NO_CHAIN] = { "no-chain", "there is no such chain",
				  "see the chains with 'nft list chains'" },
	[NFTO_ERROR_DEVICE_REFUSED] = { "device-refused",
					"the driver does not take hardware offload",
					"use software offload, or leave this device out" },
	[NFTO_ERROR_DEVICE_BUSY] = { "device-busy", "another flowtable has its hardware",
				     "take the device out of that flowtable: 'nftoffload status' "
				     "lists all of them" },
	[NFTO_ERROR_DEVICE_DUPLICATE] = { "device-duplicate",
					  "the device is given twice, or is in another flowtable "
					  "of this table",
					  "name each device once" },
	[NFTO_ERROR_DEVICE_NOT_BOUND] = { "device-not-bound", "the device is not in this flowtable",
					  "" },
	[NFTO_ERROR_EXISTS] = { "exists", "an object of that name exists",
				"choose another name, or delete it first" },
	[NFTO_ERROR_IN_USE] = { "in-use", "it is in use", "remove the rules that use it first" },
	[NFTO_ERROR_IMMUTABLE] = { "immutable", "this can't be changed while the object exists",
				   "delete the flowtable and create it again" },
	[NFTO_ERROR_FOREIGN_TABLE] = { "foreign-table",
				       "the table was not made by nftoffload, so it is left alone",
				       "choose another name" },
	[NFTO_ERROR_OWNED_TABLE] = { "owned-table", "the table belongs to another process",
				     "choose another name, or end that process" },
	[NFTO_ERROR_INTERRUPTED] = { "interrupted", "it kept changing while it was read",
				     "try again" },
	[NFTO_ERROR_LOST] = { "lost", "the kernel dropped its answer: the outcome is not known",
			      "read the state, and try again" },
	[NFTO_ERROR_PROTOCOL] = { "protocol", "the kernel gave no valid answer", "" },
	[NFTO_ERROR_SYSTEM] = { "system", "the kernel refused", "" },
	[NFTO_ERROR_STILL_OFFLOADED] = { "still-offloaded", "flows may still be in the hardware",
					 "try again, with more time: nothing new is offloaded "
					 "meanwhile" },
};

#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

static void put_reason(char *out, size_t size, const struct nfto_error *error, const char *sentence)
{
	char system[128] = "";

	/* Where the sentence of the code says little, the errno does. */
	if (error->code == NFTO_ERROR_SYSTEM || error->code == NFTO_ERROR_PROTOCOL) {
		if (strerror_r(error->errnum, system, sizeof(system)) != 0)
			snprintf(system, sizeof(system), "errno %d", error->errnum);
	}
	snprintf(out, size, "%s%s%s%s%s%s", sentence, system[0] ? ": " : "", system,
		 error->kernel_text[0] ? " (" : "", error->kernel_text,
		 error->kernel_text[0] ? ")" : "");
}

static void write_message(struct nfto_error *error, const char *sentence)
{
	char reason[640], about[OBJECT_SIZE], device[128];

	put_reason(reason, sizeof(reason), error,
		   sentence ? sentence : texts[error->code].sentence);
	printable(about, sizeof(about), error->object);
	printable(device, sizeof(device), error->device);

	if (error->device[0] && error->object[0])
		snprintf(error->message, sizeof(error->message), "device \"%s\" in %s: %s", device,
			 about, reason);
	else if (error->device[0])
		snprintf(error->message, sizeof(error->message), "device \"%s\": %s", device,
			 reason);
	else if (error->object[0])
		snprintf(error->message, sizeof(error->message), "%s: %s", about, reason);
	else
		snprintf(error->message, sizeof(error->message), "%s", reason);
}

int error_set(struct nfto_error *error, enum nfto_error_code code, int errnum,
	      const struct error_details *details)
{
	error->code = code;
	error->errnum = errnum;
	snprintf(error->object, sizeof(error->object), "%s",
		 details->object ? details->object : "");
	snprintf(error->device, sizeof(error->device), "%s",
		 details->device ? details->device : "");
	snprintf(error->kernel_text, sizeof(error->kernel_text), "%s",
		 details->kernel_text ? details->kernel_text : "");
	write_message(error, details->sentence);
	return -errnum;
}

int error_set_object(struct nfto_error *error, enum nfto_error_code code, int errnum,
		     const char *object)
{
	return error_set(error, code, errnum, &(struct error_details){ .object = object });
}

/* It is done for each flow that is read, and then there is hardly ever anything to clear. */
void error_clear(struct nfto_error *error)
{
	if (error->code == NFTO_ERROR_NONE && error->message[0])
		return;
	error_set(error, NFTO_ERROR_NONE, 0, &(struct error_details){ .object = NULL });
}

static enum nfto_error_code code_of_result(int result)
{
	switch (result) {
	case -ENOMEM:
		return NFTO_ERROR_NO_MEMORY;
	case -EPERM:
		return NFTO_ERROR_PERMISSION;
	case -EOPNOTSUPP:
		return NFTO_ERROR_NOT_SUPPORTED;
	case -EINTR:
		return NFTO_ERROR_INTERRUPTED;
	case -ENOBUFS:
		return NFTO_ERROR_LOST;
	case -EBADMSG:
	case -EMSGSIZE:
	case -ETIMEDOUT:
		return NFTO_ERROR_PROTOCOL;
	default:
		return NFTO_ERROR_SYSTEM;
	}
}

int error_set_request(struct nfto_error *error, const struct reply_error *reply, int result,
		      const char *object)
{
	struct error_details details = { .object = object };

	/* Else it failed on our side, and the words are about something else. */
	if (reply->errnum == -result)
		details.kernel_text = reply->text;
	return error_set(error, code_of_result(result), -result, &details);
}

/* What nfnetlink answers for a subsystem that it does not have is EINVAL. */
int error_set_conntrack(struct nfto_error *error, const struct reply_error *reply, int result)
{
	static const char object[] = "the conntrack table";

	if (result == -EINVAL || result == -EOPNOTSUPP)
		return error_set_object(error, NFTO_ERROR_NOT_SUPPORTED, EOPNOTSUPP, object);
	return error_set_request(error, reply, result, object);
}

NFTO_API enum nfto_error_code nfto_error_code(const struct nfto_error *error)
{
	return error->code;
}

NFTO_API int nfto_error_errno(const struct nfto_error *error)
{
	return error->errnum;
}

NFTO_API const char *nfto_error_object(const struct nfto_error *error)
{
	return error->object;
}

NFTO_API const char *nfto_error_device(const struct nfto_error *error)
{
	return error->device;
}

NFTO_API const char *nfto_error_kernel_text(const struct nfto_error *error)
{
	return error->kernel_text;
}

NFTO_API const char *nfto_error_hint(const struct nfto_error *error)
{
	return texts[error->code].hint;
}

NFTO_API const char *nfto_error_message(const struct nfto_error *error)
{
	return error->message;
}

NFTO_API const char *nfto_error_code_name(enum nfto_error_code code)
{
	return (size_t)code < TEXT_COUNT ? texts[code].name : "unknown";
}
