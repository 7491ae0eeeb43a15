// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "caps.h"

void proof_set(struct proof *proof, enum nfto_answer answer, const char *evidence)
{
	proof->answer = answer;
	snprintf(proof->evidence, sizeof(proof->evidence), "%s", evidence);
}

void proof_set_errno(struct proof *proof, enum nfto_answer answer, const char *evidence, int errnum)
{
	char words[128];

	if (strerror_r(errnum, words, sizeof(words)) != 0)
		snprintf(words, sizeof(words), "errno %d", errnum);
	proof->answer = answer;
	snprintf(proof->evidence, sizeof(proof->evidence), "%s: %s", evidence, words);
}
