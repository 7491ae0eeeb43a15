// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is wrong, how it is known, and what to do about it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"

/* What stands for a code: its stable name, how bad it is, and sentences for people. */
struct text {
	enum nfto_finding_code code;
	const char *name;
	enum nfto_severity severity;
	const char *sentence;
	const char *advice;
};

static const struct text texts[] = {
	{ NFTO_FINDING_NONE, "none", NFTO_SEVERITY_NOTE, "nothing was found", "" },

	/* Why a connection is not offloaded. */

	/* The hardware and conntrack disagree. */
	{ NFTO_FINDING_HW_FORGOTTEN, "hw-forgotten", NFTO_SEVERITY_WARNING,
	  "conntrack says hardware, and the hardware's table does not have it",
	  "evict it, and it is offered to the hardware anew: nftoffload evict, or audit --fix" },
	{ NFTO_FINDING_HW_ONE_DIRECTION, "hw-one-direction", NFTO_SEVERITY_WARNING,
	  "only one of its directions is in the hardware",
	  "the driver does not take the other: is the device that it comes in by, or goes out by, "
	  "of the same hardware, and its hw-tc-offload on?" },
	{ NFTO_FINDING_HW_NOT_COUNTED, "hw-not-counted", NFTO_SEVERITY_WARNING,
	  "conntrack does not count what the hardware forwards",
	  "a driver that reports nothing lets live flows expire: update it, or use software "
	  "offload for its devices" },
	{ NFTO_FINDING_HW_DIRECTION_STILL, "hw-direction-still", NFTO_SEVERITY_WARNING,
	  "the counters of one direction stand still while those of the other move",
	  "see whether the driver has taken both directions, and whether the answers come back "
	  "by this router" },
	{ NFTO_FINDING_HW_LEFTOVER, "hw-leftover", NFTO_SEVERITY_ERROR,
	  "the hardware has an entry for what is not offloaded: it passes the firewall by",
	  "set the devices down and up, or load their driver anew; and end offload by "
	  "'nftoffload remove', not by deleting tables" },
	{ NFTO_FINDING_HW_ENTRY_LOST, "hw-entry-lost", NFTO_SEVERITY_ERROR,
	  "the hardware still forwards a connection that conntrack has lost",
	  "set the devices down and up; if it comes again, the kernel lets entries of live flows "
	  "expire: update it" },
	{ NFTO_FINDING_HW_FLAPPING, "hw-flapping", NFTO_SEVERITY_WARNING,
	  "it leaves the hardware under traffic, and comes back",
	  "see whether the driver reports counters, whether routes or neighbours change, and "
	  "whether the firewall is loaded again and again" },
	{ NFTO_FINDING_HW_REPLACED, "hw-replaced", NFTO_SEVERITY_WARNING,
	  "under traffic its conntrack entry was replaced by another",
	  "if nobody has deleted it, the kernel lets entries of live flows expire: update it" },

	/* What is asked for against what is there. */
};

static const struct text *find_text(enum nfto_finding_code code)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].code == code)
			return &texts[i];
	}
	return NULL;
}

static void write_printable(char *out, size_t size, const char *format, va_list arguments)
{
	char raw[512];

	vsnprintf(raw, sizeof(raw), format, arguments);
	printable(out, size, raw);
}

struct nfto_finding *findings_add(struct findings *findings, enum nfto_finding_code code,
				  const char *evidence, ...)
{
	struct nfto_finding *items, *finding;
	const struct text *text = find_text(code);
	va_list arguments;

	items = realloc(findings->items, (findings->count + 1) * sizeof(*items));
	if (!items)
		return NULL;
	findings->items = items;
	finding = &items[findings->count++];
	*finding = (struct nfto_finding){
		.code = code,
		.severity = text ? text->severity : NFTO_SEVERITY_NOTE,
		.is_certain = true,
	};
	va_start(arguments, evidence);
	write_printable(finding->evidence, sizeof(finding->evidence), evidence, arguments);
	va_end(arguments);
	if (text)
		printable(finding->advice, sizeof(finding->advice), text->advice);
	return finding;
}

void finding_advise(struct nfto_finding *finding, const char *advice, ...)
{
	va_list arguments;

	va_start(arguments, advice);
	write_printable(finding->advice, sizeof(finding->advice), advice, arguments);
	va_end(arguments);
}

void findings_clear(struct findings *findings)
{
	free(findings->items);
	*findings = (struct findings){ 0 };
}

NFTO_API const char *nfto_severity_name(enum nfto_severity severity)
{
	switch (severity) {
	case NFTO_SEVERITY_NOTE:
		return "note";
	case NFTO_SEVERITY_WARNING:
		return "warning";
	case NFTO_SEVERITY_ERROR:
		return "error";
	}
	return "unknown";
}

NFTO_API const char *nfto_finding_code_name(enum nfto_finding_code code)
{
	const struct text *text = find_text(code);

	return text ? text->name : "unknown";
}

NFTO_API enum nfto_finding_code nfto_finding_code(const struct nfto_finding *finding)
{
	return finding->code;
}

NFTO_API enum nfto_severity nfto_finding_severity(const struct nfto_finding *finding)
{
	return finding->severity;
}

NFTO_API bool nfto_finding_is_certain(const struct nfto_finding *finding)
{
	return finding->is_certain;
}

NFTO_API const char *nfto_finding_sentence(const struct nfto_finding *finding)
{
	const struct text *text = find_text(finding->code);

	return text ? text->sentence : "";
}

NFTO_API const char *nfto_finding_evidence(const struct nfto_finding *finding)
{
	return finding->evidence;
}

NFTO_API const char *nfto_finding_advice(const struct nfto_finding *finding)
{
	return finding->advice;
}
