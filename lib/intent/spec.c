// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
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
	spec->counter = true;
	spec->forward_priority = INSTANCE_FORWARD_PRIORITY;
	*out = spec;
	return 0;
}

static void free_list(struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
}

NFTO_API void nfto_spec_free(struct nfto_spec *spec)
{
	if (!spec)
		return;
	free_list(&spec->interfaces);
	free_list(&spec->devices);
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

static int add_name(struct name_list *list, const char *name)
{
	char **names = realloc(list->names, (list->count + 1) * sizeof(*names)), *copy;

	if (!names)
		return -ENOMEM;
	list->names = names;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	names[list->count++] = copy;
	return 0;
}

NFTO_API int nfto_spec_add_interface(struct nfto_spec *spec, const char *interface)
{
	return add_name(&spec->interfaces, interface);
}

NFTO_API int nfto_spec_add_device(struct nfto_spec *spec, const char *device)
{
	return add_name(&spec->devices, device);
}

NFTO_API void nfto_spec_set_counter(struct nfto_spec *spec, bool counter)
{
	spec->counter = counter;
}

NFTO_API void nfto_spec_set_ingress_priority(struct nfto_spec *spec, int32_t priority)
{
	spec->ingress_priority = priority;
}

NFTO_API void nfto_spec_set_forward_priority(struct nfto_spec *spec, int32_t priority)
{
	spec->forward_priority = priority;
}

NFTO_API void nfto_spec_set_min_packets(struct nfto_spec *spec, uint64_t min_packets)
{
	spec->min_packets = min_packets;
}

NFTO_API int nfto_spec_set_drain(struct nfto_spec *spec, uint32_t flags, unsigned int timeout_s)
{
	if (flags & ~(uint32_t)NFTO_DRAIN_DELETE_CONNECTIONS)
		return -EINVAL;
	spec->drain_flags = flags;
	spec->drain_timeout_s = timeout_s;
	return 0;
}
