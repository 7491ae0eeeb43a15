// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an instance was asked for, as it remembers it in the kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "instance.h"
#include "spec.h"

static int take_name(struct nfto_spec *spec, const struct wanted_name *wanted)
{
	char name[IFNAMSIZ + 1];

	snprintf(name, sizeof(name), "%s%s", wanted->name, wanted->is_prefix ? "*" : "");
	return wanted->is_device ? nfto_spec_add_device(spec, name) :
				   nfto_spec_add_interface(spec, name);
}

static int take_instance(struct nfto_spec *spec, const char *name, const struct instance *instance)
{
	int ret = nfto_spec_set_name(spec, name);

	for (size_t i = 0; i < instance->wanted.count && ret == 0; i++)
		ret = take_name(spec, &instance->wanted.names[i]);
	if (instance->requested != NFTO_MODE_NONE)
		spec->mode = instance->requested;
	spec->min_packets = instance->min_packets;
	if (instance->flowtable) {
		spec->counter = instance->flowtable->flags & NFTO_FLOWTABLE_COUNTER;
		spec->ingress_priority = instance->flowtable->priority;
	}
	if (instance->has_chain)
		spec->forward_priority = instance->chain.priority;
	return ret;
}

int instance_spec(const struct instance *instance, const char *name, struct nfto_spec **out)
{
	struct nfto_spec *spec;
	int ret = nfto_spec_new(&spec);

	if (ret < 0)
		return ret;
	ret = take_instance(spec, name, instance);
	if (ret == 0)
		*out = spec;
	else
		nfto_spec_free(spec);
	return ret;
}

static int make_spec(struct nfto_ctx *ctx, const char *name, const struct instance *instance,
		     struct nfto_spec **out)
{
	if (!instance->exists)
		return instance_refuse(ctx, NFTO_ERROR_NO_TABLE, ENOENT, name, NULL);
	if (instance->wanted.count == 0)
		return instance_refuse(ctx, NFTO_ERROR_INVALID, ENODATA, name,
				       "it no longer says which interfaces were asked for");
	if (instance_spec(instance, name, out) < 0)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	return 0;
}

NFTO_API int nfto_spec_read(struct nfto_ctx *ctx, const char *name, struct nfto_spec **spec)
{
	struct instance instance;
	int ret;

	error_clear(&ctx->error);
	ret = instance_read(ctx, name, &instance);
	if (ret < 0)
		return ret;
	ret = make_spec(ctx, name, &instance, spec);
	instance_clear(&instance);
	return ret;
}
