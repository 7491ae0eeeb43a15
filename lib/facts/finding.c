// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "caps.h"

void finding_set(struct finding *finding, enum nfto_answer answer, const char *evidence)
{
	finding->answer = answer;
	snprintf(finding->evidence, sizeof(finding->evidence), "%s", evidence);
}

void finding_set_errno(struct finding *finding, enum nfto_answer answer, const char *evidence,
		       int errnum)
{
	char words[128];

	if (strerror_r(errnum, words, sizeof(words)) != 0)
		snprintf(words, sizeof(words), "errno %d", errnum);
	finding->answer = answer;
	snprintf(finding->evidence, sizeof(finding->evidence), "%s: %s", evidence, words);
}
