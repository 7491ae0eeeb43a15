// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a plan to what a flowtable is to list, where the kernel binds names and wildcards: by kinds of
 * devices. What is sent for it is in test_apply.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps_script.h"
#include "instance_script.h"
#include "intent/listing.h"
#include "unit.h"

/* Lines of a record, without those that all have. */
#define HEADING "nftoffload topology 1\n"
#define ROUTED "kernel path_discovery=yes pppoe_below=yes pppoe_sessions=yes needs_whole_path=no\n"
#define WHOLE "kernel path_discovery=yes pppoe_below=yes pppoe_sessions=yes needs_whole_path=yes\n"
#define LAN0 "link 2 name=lan0 up\n"
#define WAN0 "link 3 name=wan0 up\n"
#define VLAN "link 4 name=lan0.7 kind=vlan lower=lan0 vlan=7\n"
#define BRIDGE "link 5 name=br0 kind=bridge\nlink 6 name=port0 master=br0\n"
#define EMPTY "link 5 name=br0 kind=bridge\n"
#define FILTERING "link 5 name=br0 kind=bridge vlan_filtering\nlink 6 name=lan1 master=br0\n"

struct list {
	const char *name;
	const char *links;
	const char *interfaces;
	const char *present[4]; /* none: the flowtable is made anew */
	bool adds_names;
	int questions; /* to the kernel, which says yes */
	const char *listed;
};

static const struct list lists[] = {
	{ "wildcard", ROUTED LAN0 WAN0, "lan* wan0", { NULL }, true, 1, "wan0 lan*" },
	{ "wildcard, no names to be added",
	  ROUTED LAN0 WAN0,
	  "lan* wan0",
	  { NULL },
	  false,
	  0,
	  "lan0 wan0" },
	{ "wildcard for a VLAN, too", ROUTED LAN0 VLAN, "lan*", { NULL }, true, 1, "lan*" },
	{ "wildcard for a VLAN that is only passed",
	  WHOLE LAN0 VLAN,
	  "lan*",
	  { NULL },
	  true,
	  1,
	  "lan*" },

	/* Before 7.2, flows may be kept for bridges. From then on, it is their ports alone. */
	{ "wildcard for bridges", ROUTED BRIDGE, "br*", { NULL }, true, 1, "port0 br*" },
	{ "wildcard for bridges, with their whole path",
	  WHOLE BRIDGE,
	  "br*",
	  { NULL },
	  true,
	  0,
	  "port0" },
	{ "wildcard that found a bridge", WHOLE BRIDGE, "br*", { "br*" }, true, 0, "port0 br*" },
	{ "wildcard that found a bridge without ports",
	  WHOLE EMPTY,
	  "br*",
	  { "br*" },
	  false,
	  0,
	  "br*" },

	/* A flow that was kept for the port would lose its tag. */
	{ "wildcard for a port of a VLAN-filtering bridge",
	  ROUTED LAN0 FILTERING,
	  "lan*",
	  { NULL },
	  true,
	  0,
	  "lan0" },
	{ "wildcard that found such a port",
	  ROUTED LAN0 FILTERING,
	  "lan*",
	  { "lan*" },
	  false,
	  0,
	  "lan0" },
	{ "wildcard for such a port, with its whole path",
	  WHOLE LAN0 FILTERING,
	  "lan*",
	  { NULL },
	  true,
	  1,
	  "lan*" },

	{ "name of a bridge that has come", WHOLE BRIDGE, "br0", { "br0" }, false, 0, "port0 br0" },
	{ "name of a bridge that has no ports yet",
	  WHOLE EMPTY,
	  "br0",
	  { "br0" },
	  false,
	  0,
	  "br0" },
	{ "name of a bridge that was there", WHOLE BRIDGE, "br0", { "port0" }, true, 0, "port0" },
	{ "name that was given up", WHOLE BRIDGE LAN0, "lan0", { "br0", "lan0" }, true, 0, "lan0" },
	{ "names of all kinds",
	  WHOLE LAN0 BRIDGE,
	  "br0 lan0 late0 wan*",
	  { "lan0" },
	  true,
	  2,
	  "port0 lan0 late0 wan*" },
};

static struct nfto_topology *parse_links(const char *links)
{
	struct nfto_topology *topology;
	char record[1024];

	snprintf(record, sizeof(record), HEADING "%s", links);
	assert_int_equal(nfto_topology_parse(record, strlen(record), &topology, NULL), 0);
	return topology;
}

static struct nfto_spec *make_spec(const char *interfaces)
{
	char *copy = strdup(interfaces), *rest = copy, *name;
	struct nfto_spec *spec;

	assert_non_null(copy);
	assert_int_equal(nfto_spec_new(&spec), 0);
	while ((name = strsep(&rest, " ")) != NULL)
		assert_int_equal(nfto_spec_add_interface(spec, name), 0);
	free(copy);
	return spec;
}

static void assert_listed(const struct listing *listing, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < listing->count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 listing->devices[i].text);
	assert_string_equal(text, expected);
}

static void run(struct fake *fake, struct listing_source *source, const struct list *list)
{
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct device_spec devices[4];
	struct flowtable_info present = { .devices = devices };
	struct listing listing;

	while (list->present[present.device_count]) {
		device_spec_read(&devices[present.device_count],
				 list->present[present.device_count]);
		present.device_count++;
	}
	if (present.device_count > 0)
		source->present = &present;
	assert_int_equal(listing_make(ctx, source, &listing), 0);
	assert_listed(&listing, list->listed);
	listing_clear(&listing);
	nfto_ctx_free(ctx);
}

static void test_list(void **state)
{
	const struct list *list = *state;
	struct nfto_topology *topology = parse_links(list->links);
	struct nfto_spec *spec = make_spec(list->interfaces);
	struct listing_source source = {
		.topology = topology,
		.spec = spec,
		.is_for_same_spec = true,
		.adds_names = list->adds_names,
	};
	struct fake *fake = fake_new();

	for (int i = 0; i < list->questions; i++) {
		instance_answer_missing(fake);
		caps_answer_check(fake, 1, 0);
	}
	assert_int_equal(plan_make(topology, spec, NFTO_MODE_SOFTWARE, &source.plan), 0);
	run(fake, &source, list);
	nfto_plan_free(source.plan);
	nfto_spec_free(spec);
	nfto_topology_free(topology);
	fake_free(fake);
}

int main(void)
{
	return run_table(lists, test_list) != 0;
}
