// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "findings.h"

#define COLUMNS 80

/* How much of the text goes into the room: up to the last space that fits, else all of a word. */
static size_t piece_of(const char *text, size_t room)
{
	size_t length = strlen(text), piece = room;

	if (length <= room)
		return length;
	while (piece > 0 && text[piece] != ' ')
		piece--;
	return piece ? piece : strcspn(text, " ");
}

void print_wrapped(const char *heading, const char *text)
{
	int indent = (int)strlen(heading);
	size_t piece;

	for (; *text; heading = "") {
		piece = piece_of(text, (size_t)(COLUMNS - indent));
		printf("%-*s%.*s\n", indent, heading, (int)piece, text);
		text += piece;
		text += strspn(text, " ");
	}
}

void finding_print(const struct nfto_finding *finding)
{
	printf("%s%s\n", nfto_finding_code_name(nfto_finding_code(finding)),
	       nfto_finding_is_certain(finding) ? "" : " (perhaps)");
	print_wrapped("  ", nfto_finding_sentence(finding));
	print_wrapped("  seen:  ", nfto_finding_evidence(finding));
	print_wrapped("  to do: ", nfto_finding_advice(finding));
}

json_t *finding_json(const struct nfto_finding *finding)
{
	json_t *json = json_object();

	if (!json)
		return NULL;
	json_set_text(json, "code", nfto_finding_code_name(nfto_finding_code(finding)));
	json_set_text(json, "severity", nfto_severity_name(nfto_finding_severity(finding)));
	json_object_set_new(json, "certain", json_boolean(nfto_finding_is_certain(finding)));
	json_set_text(json, "sentence", nfto_finding_sentence(finding));
	json_set_text(json, "evidence", nfto_finding_evidence(finding));
	json_set_text(json, "advice", nfto_finding_advice(finding));
	return json;
}
