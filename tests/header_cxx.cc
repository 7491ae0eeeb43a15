// SPDX-License-Identifier: LGPL-2.1-or-later
// The public header is one for C++ as well: it compiles without a warning, and what it declares can be
// linked.
#include <nftoffload.h>

#include <cstdio>

int main()
{
	nfto_spec *spec = nullptr;
	bool works =
		nfto_version_at_least(NFTO_VERSION_MAJOR, NFTO_VERSION_MINOR, NFTO_VERSION_PATCH) &&
		nfto_spec_new(&spec) == 0 && nfto_spec_set_mode(spec, NFTO_MODE_SOFTWARE) == 0;

	nfto_spec_free(spec);
	std::printf("%s 1 - the public header in C++\n1..1\n", works ? "ok" : "not ok");
	return works ? 0 : 1;
}
