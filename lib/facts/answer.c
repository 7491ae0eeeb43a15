// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

NFTO_API const char *nfto_answer_name(enum nfto_answer answer)
{
	switch (answer) {
	case NFTO_UNKNOWN:
		break;
	case NFTO_NO:
		return "no";
	case NFTO_YES:
		return "yes";
	}
	return "unknown";
}
