// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "spec.h"

NFTO_API int nfto_spec_new(struct nfto_spec **out)
{
	struct nfto_spec *spec = calloc(1, sizeof(*spec));

	if (!spec)
		return -ENOMEM;
	if (nfto_spec_set_name(spec, NFTO_DEFAULT_NAME) < 0) {
		nfto_spec_free(spec);
		return -ENOMEM;
	}
	*out = spec;
	return 0;
}

NFTO_API void nfto_spec_free(struct nfto_spec *spec)
{
	if (!spec)
		return;
	for (size_t i = 0; i < spec->device_count; i++)
		free(spec->devices[i]);
	free(spec->devices);
	free(spec->name);
	free(spec);
}

NFTO_API int nfto_spec_set_name(struct nfto_spec *spec, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	free(spec->name);
	spec->name = copy;
	return 0;
}

NFTO_API int nfto_spec_set_mode(struct nfto_spec *spec, enum nfto_mode mode)
{
	if (mode != NFTO_MODE_AUTO && mode != NFTO_MODE_HARDWARE && mode != NFTO_MODE_SOFTWARE)
		return -EINVAL;
	spec->mode = mode;
	return 0;
}

NFTO_API int nfto_spec_add_device(struct nfto_spec *spec, const char *device)
{
	char **devices, *copy;

	devices = realloc(spec->devices, (spec->device_count + 1) * sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	spec->devices = devices;
	copy = strdup(device);
	if (!copy)
		return -ENOMEM;
	devices[spec->device_count++] = copy;
	return 0;
}
