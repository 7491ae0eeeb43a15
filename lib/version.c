// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#define TEXT(x) #x
#define VERSION_TEXT(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

NFTO_API const char *nfto_version(void)
{
	return VERSION_TEXT(NFTO_VERSION_MAJOR, NFTO_VERSION_MINOR, NFTO_VERSION_PATCH);
}

NFTO_API bool nfto_version_at_least(unsigned int major, unsigned int minor, unsigned int patch)
{
	const unsigned int wanted[] = { major, minor, patch };
	const unsigned int present[] = { NFTO_VERSION_MAJOR, NFTO_VERSION_MINOR,
					 NFTO_VERSION_PATCH };

	for (size_t i = 0; i < 3; i++) {
		if (present[i] != wanted[i])
			return present[i] > wanted[i];
	}
	return true;
}
