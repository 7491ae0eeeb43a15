// SPDX-License-Identifier: LGPL-2.1-or-later
/* Topologies: from the kernel, and from records. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "codec/pppoe_session.h"
#include "facts/topology.h"
#include "link_script.h"
#include "proc_folder.h"
#include "unit.h"
#include "way_script.h"

#define HEADING "nftoffload topology 1\n"

/* ---- What the kernel says */

static struct nfto_topology *read_links(const struct reply_link *links, size_t count)
{
	struct nfto_topology *topology;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	fake_answer(fake, RTM_GETLINK);
	for (size_t i = 0; i < count; i++)
		reply_link(fake, &links[i]);
	reply_done(fake);
	assert_int_equal(nfto_topology_read(ctx, &topology), 0);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NONE);
	nfto_ctx_free(ctx);
	fake_free(fake);
	return topology;
}

/* What stands behind the line of the kernel, which is this machine's. */
static const char *links_of(const struct nfto_topology *topology)
{
	const char *text = nfto_topology_text(topology);

	assert_int_equal(strncmp(text, HEADING "kernel ", strlen(HEADING "kernel ")), 0);
	return strchr(text + strlen(HEADING), '\n') + 1;
}

static void test_links_of_all_kinds(void **state)
{
	static const struct reply_link links[] = {
		{ .index = 9, .name = "pppoe-wan", .type = 512, .flags = 1, .kind = "ppp" },
		{ .index = 1, .name = "lo", .type = 772, .flags = 9 },
		{ .index = 2, .name = "eth0", .type = 1, .flags = 1 },
		{ .index = 3,
		  .name = "eth0.7",
		  .type = 1,
		  .flags = 1,
		  .kind = "vlan",
		  .lower = 2,
		  .vlan_id = 7,
		  .vlan_protocol = 0x8100 },
		{ .index = 4,
		  .name = "svlan",
		  .type = 1,
		  .kind = "vlan",
		  .lower = 2,
		  .vlan_id = 4094,
		  .vlan_protocol = 0x88a8 },
		{ .index = 5,
		  .name = "br lan",
		  .type = 1,
		  .kind = "bridge",
		  .vlan_filtering = true },
		{ .index = 6,
		  .name = "lan1",
		  .type = 1,
		  .kind = "dsa",
		  .lower = 2,
		  .master = 5,
		  .port_kind = "bridge",
		  .switch_id = "\1\2\xff",
		  .port_name = "p1" },
		{ .index = 7,
		  .name = "veth",
		  .type = 1,
		  .kind = "veth",
		  .lower = 99,
		  .is_elsewhere = true },
		{ .index = 8, .name = "late", .type = 1, .master = 98, .lower = 97 },
	};
	struct nfto_topology *topology;

	(void)state;
	topology = read_links(links, COUNT(links));
	assert_string_equal(links_of(topology),
			    "link 1 name=lo type=772 up\n"
			    "link 2 name=eth0 type=1 up\n"
			    "link 3 name=eth0.7 kind=vlan type=1 up lower=eth0 vlan=7\n"
			    "link 4 name=svlan kind=vlan type=1 lower=eth0 vlan=4094 "
			    "vlan_protocol=802.1ad\n"
			    "link 5 name=br\\x20lan kind=bridge type=1 vlan_filtering\n"
			    "link 6 name=lan1 kind=dsa type=1 master=br\\x20lan port_kind=bridge "
			    "lower=eth0 switch_id=0102ff port_name=p1\n"
			    "link 7 name=veth kind=veth type=1 lower_elsewhere\n"
			    "link 8 name=late type=1\n"
			    "link 9 name=pppoe-wan kind=ppp type=512 up\n");
	assert_string_equal(topology_find_name(topology, "lan1")->port_name, "p1");
	assert_string_equal(topology_find_index(topology, 9)->name, "pppoe-wan");
	assert_null(topology_find_name(topology, "lan"));
	assert_null(topology_find_name(topology, "a-name-of-16-byt"));
	assert_null(topology_find_index(topology, 10));
	nfto_topology_free(topology);
	nfto_topology_free(NULL);
}

static void test_request(void **state)
{
	static const uint8_t expected[] = {
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* ifinfomsg */
		8,
		0, /* attribute, little endian */
		IFLA_EXT_MASK,
		0,
		RTEXT_FILTER_SKIP_STATS,
		0,
		0,
		0,
	};
	const struct nlmsghdr *message;
	struct nfto_topology *topology;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	fake_answer(fake, RTM_GETLINK);
	reply_done(fake);
	assert_int_equal(nfto_topology_read(ctx, &topology), 0);
	assert_string_equal(links_of(topology), "");
	assert_int_equal(fake->request_count, 1);
	assert_int_equal(fake->requests[0].bus, NETLINK_ROUTE);
	message = fake_sent(fake, 0, 0);
	assert_int_equal(message->nlmsg_type, RTM_GETLINK);
	assert_int_equal(message->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	assert_int_equal(message->nlmsg_len, sizeof(*message) + sizeof(expected));
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		assert_memory_equal(message + 1, expected, sizeof(expected));
	nfto_topology_free(topology);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* The release is what tells, see test_features.c. */
static void test_kernel_that_needs_the_whole_path(void **state)
{
	struct nfto_topology *topology;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	proc_folder_use(ctx);
	proc_folder_write("sys/kernel/osrelease", "7.2.11\n");
	fake_answer(fake, RTM_GETLINK);
	reply_done(fake);
	assert_int_equal(nfto_topology_read(ctx, &topology), 0);
	assert_non_null(strstr(nfto_topology_text(topology), " needs_whole_path=yes\n"));
	nfto_topology_free(topology);
	proc_folder_clear();
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* Each followed tunnel is one question: where its outer packets go. */
static void test_egress_of_tunnels(void **state)
{
	static const uint8_t remote[16] = { 203, 0, 113, 2 }, none[16];
	static const struct reply_link links[] = {
		{ .index = WAY_WAN, .name = "wan0", .type = 1 },
		{ .index = 4, .name = "ip0", .kind = "ipip", .tunnel_remote = remote },
		{ .index = 5, .name = "ip1", .kind = "ipip", .tunnel_remote = remote },
		{ .index = 6, .name = "any", .kind = "ipip", .tunnel_remote = none },
		{ .index = 7,
		  .name = "six",
		  .kind = "ip6tnl",
		  .tunnel_remote = remote,
		  .tunnel_flags = 1,
		  .tunnel_protocol = 41 },
		{ .index = 8, .name = "limit", .kind = "ip6tnl", .tunnel_remote = remote },
		{ .index = 9, .name = "gre0", .kind = "gre" },
	};
	struct nfto_topology *topology;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	proc_folder_use(ctx);
	proc_folder_write("sys/kernel/osrelease", "7.2.11\n");
	fake_answer(fake, RTM_GETLINK);
	for (size_t i = 0; i < COUNT(links); i++)
		reply_link(fake, &links[i]);
	reply_done(fake);
	way_answer_route(fake, AF_INET, RTN_UNICAST, WAY_WAN);
	way_answer_route_error(fake, ENETUNREACH);
	way_answer_route(fake, AF_INET6, RTN_UNICAST, WAY_WAN);
	assert_int_equal(nfto_topology_read(ctx, &topology), 0);
	assert_int_equal(fake->request_count, 4);
	assert_string_equal(links_of(topology),
			    "link 3 name=wan0 type=1\n"
			    "link 4 name=ip0 kind=ipip type=0 egress=wan0\n"
			    "link 5 name=ip1 kind=ipip type=0\n"
			    "link 6 name=any kind=ipip type=0\n"
			    "link 7 name=six kind=ip6tnl type=0 egress=wan0\n"
			    "link 8 name=limit kind=ip6tnl type=0 carries_ipv4\n"
			    "link 9 name=gre0 kind=gre type=0\n");
	nfto_topology_free(topology);
	proc_folder_clear();
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_spoilt_egress(void **state)
{
	static const uint8_t remote[4] = { 203, 0, 113, 2 };
	static const struct reply_link tunnel = {
		.index = 4, .name = "ip0", .kind = "ipip", .tunnel_remote = remote
	};
	struct nfto_topology *topology = UNTOUCHED(struct nfto_topology);
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	proc_folder_use(ctx);
	proc_folder_write("sys/kernel/osrelease", "7.2.11\n");
	fake_answer(fake, RTM_GETLINK);
	reply_link(fake, &tunnel);
	reply_done(fake);
	fake_answer(fake, RTM_GETROUTE);
	fake_close(fake, fake_open(fake, RTM_NEWROUTE, 0, 0));
	assert_int_equal(nfto_topology_read(ctx, &topology), -EBADMSG);
	assert_ptr_equal(topology, UNTOUCHED(struct nfto_topology));
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_PROTOCOL);
	proc_folder_clear();
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static const struct reply_link eth0 = { .index = 2, .name = "eth0", .type = 1 };
static const struct reply_link eth1 = { .index = 3, .name = "eth1", .type = 1 };

/* What was read in vain is forgotten. */
static void test_interrupted_dump(void **state)
{
	struct nfto_topology *topology;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	fake_answer(fake, RTM_GETLINK);
	reply_link(fake, &eth0)->nlmsg_flags |= NLM_F_DUMP_INTR;
	reply_done(fake);
	fake_answer(fake, RTM_GETLINK);
	reply_link(fake, &eth1);
	reply_done(fake);
	assert_int_equal(nfto_topology_read(ctx, &topology), 0);
	assert_string_equal(links_of(topology), "link 3 name=eth1 type=1\n");
	nfto_topology_free(topology);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_dump_that_is_always_interrupted(void **state)
{
	struct nfto_topology *topology = UNTOUCHED(struct nfto_topology);
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	for (int i = 0; i < 4; i++) {
		fake_answer(fake, RTM_GETLINK);
		reply_link(fake, &eth0)->nlmsg_flags |= NLM_F_DUMP_INTR;
		reply_done(fake);
	}
	assert_int_equal(nfto_topology_read(ctx, &topology), -EINTR);
	assert_ptr_equal(topology, UNTOUCHED(struct nfto_topology));
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_INTERRUPTED);
	assert_string_equal(nfto_error_object(nfto_ctx_error(ctx)), "the list of network devices");
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* The socket is opened by the first who needs it, and stays. */
static void test_socket_is_kept(void **state)
{
	struct nfto_topology *topology;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	(void)state;
	assert_int_equal(fake->open_count, 1);
	for (int i = 0; i < 2; i++) {
		fake_answer(fake, RTM_GETLINK);
		reply_done(fake);
		assert_int_equal(nfto_topology_read(ctx, &topology), 0);
		assert_int_equal(fake->open_count, 2);
		nfto_topology_free(topology);
	}
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- Messages that are wrong */

static struct nlmsghdr *open_link(struct fake *fake, int index)
{
	struct nlmsghdr *message = fake_open(fake, RTM_NEWLINK, NLM_F_MULTI, 0);
	struct ifinfomsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->ifi_index = index;
	return message;
}

static void no_header(struct fake *fake)
{
	fake_close(fake, fake_open(fake, RTM_NEWLINK, NLM_F_MULTI, 0));
}

static void no_name(struct fake *fake)
{
	fake_close(fake, open_link(fake, 2));
}

static void no_index(struct fake *fake)
{
	struct nlmsghdr *message = open_link(fake, 0);

	mnl_attr_put_strz(message, IFLA_IFNAME, "eth0");
	fake_close(fake, message);
}

static void negative_index(struct fake *fake)
{
	struct nlmsghdr *message = open_link(fake, -2);

	mnl_attr_put_strz(message, IFLA_IFNAME, "eth0");
	fake_close(fake, message);
}

static void long_name(struct fake *fake)
{
	struct nlmsghdr *message = open_link(fake, 2);

	mnl_attr_put_strz(message, IFLA_IFNAME, "a-name-of-16-byt");
	fake_close(fake, message);
}

static struct nlmsghdr *open_named(struct fake *fake)
{
	struct nlmsghdr *message = open_link(fake, 2);

	mnl_attr_put_strz(message, IFLA_IFNAME, "eth0");
	return message;
}

static void short_master(struct fake *fake)
{
	struct nlmsghdr *message = open_named(fake);

	mnl_attr_put_u16(message, IFLA_MASTER, 3);
	fake_close(fake, message);
}

static void short_lower(struct fake *fake)
{
	struct nlmsghdr *message = open_named(fake);

	mnl_attr_put_u8(message, IFLA_LINK, 3);
	fake_close(fake, message);
}

static void long_switch_id(struct fake *fake)
{
	struct nlmsghdr *message = open_named(fake);
	char id[33] = { 0 };

	mnl_attr_put(message, IFLA_PHYS_SWITCH_ID, sizeof(id), id);
	fake_close(fake, message);
}

static void long_kind(struct fake *fake)
{
	struct nlmsghdr *message = open_named(fake);
	struct nlattr *nest = mnl_attr_nest_start(message, IFLA_LINKINFO);
	char kind[LINK_KIND_SIZE + 1];

	memset(kind, 'k', sizeof(kind));
	mnl_attr_put(message, IFLA_INFO_KIND, sizeof(kind), kind);
	mnl_attr_nest_end(message, nest);
	fake_close(fake, message);
}

static void put_data(struct fake *fake, const char *kind, uint16_t type, uint16_t length)
{
	static const char zeros[8];
	struct nlmsghdr *message = open_named(fake);
	struct nlattr *nest = mnl_attr_nest_start(message, IFLA_LINKINFO), *data;

	mnl_attr_put_strz(message, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	mnl_attr_put(message, type, length, zeros);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, nest);
	fake_close(fake, message);
}

static void vlan_without_id(struct fake *fake)
{
	put_data(fake, "vlan", IFLA_VLAN_PROTOCOL, 2);
}

static void vlan_with_long_id(struct fake *fake)
{
	put_data(fake, "vlan", IFLA_VLAN_ID, 4);
}

static void bridge_with_long_filtering(struct fake *fake)
{
	put_data(fake, "bridge", IFLA_BR_VLAN_FILTERING, 4);
}

static void tunnel_with_short_remote(struct fake *fake)
{
	put_data(fake, "ip6tnl", 3, 4);
}

static void tunnel_with_long_remote(struct fake *fake)
{
	put_data(fake, "ipip", 3, 8);
}

static void tunnel_with_long_protocol(struct fake *fake)
{
	put_data(fake, "ip6tnl", 9, 2);
}

static void tunnel_with_short_flags(struct fake *fake)
{
	put_data(fake, "ip6tnl", 8, 2);
}

struct variant {
	const char *name;
	void (*script)(struct fake *fake);
};

static const struct variant variants[] = {
	{ "no header", no_header },
	{ "no name", no_name },
	{ "no index", no_index },
	{ "negative index", negative_index },
	{ "long name", long_name },
	{ "short master", short_master },
	{ "short lower", short_lower },
	{ "long switch id", long_switch_id },
	{ "long kind", long_kind },
	{ "VLAN without id", vlan_without_id },
	{ "VLAN with long id", vlan_with_long_id },
	{ "bridge with long filtering", bridge_with_long_filtering },
	{ "tunnel with short remote", tunnel_with_short_remote },
	{ "tunnel with long remote", tunnel_with_long_remote },
	{ "tunnel with long protocol", tunnel_with_long_protocol },
	{ "tunnel with short flags", tunnel_with_short_flags },
};

static void test_wrong_message(void **state)
{
	struct nfto_topology *topology = UNTOUCHED(struct nfto_topology);
	const struct variant *variant = *state;
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);

	fake_answer(fake, RTM_GETLINK);
	variant->script(fake);
	reply_done(fake);
	assert_int_equal(nfto_topology_read(ctx, &topology), -EBADMSG);
	assert_ptr_equal(topology, UNTOUCHED(struct nfto_topology));
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_PROTOCOL);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- Records */

#define KERNEL                                                                                     \
	"kernel path_discovery=yes pppoe_below=no pppoe_sessions=unknown needs_whole_path=yes\n"

static void test_record_comes_back(void **state)
{
	static const char text[] = HEADING KERNEL
		"link 1 name=lo type=772 up\n"
		"link 2 name=eth0 type=1 up\n"
		"link 3 name=a\\x5c\\xff\\x7f kind=vlan type=1 lower=eth0 vlan=0 "
		"vlan_protocol=802.1ad\n"
		"link 4 name=br kind=bridge type=1 vlan_filtering\n"
		"link 6 name=lan1 kind=dsa type=1 master=br port_kind=bridge lower=eth0 "
		"switch_id=0102ff port_name=p1\n"
		"link 7 name=veth kind=veth type=1 lower_elsewhere\n"
		"link 8 name=ipip0 kind=ipip type=768 egress=eth0\n"
		"link 9 name=ds kind=ip6tnl type=769 egress=eth0 carries_ipv4\n"
		"pppoe lower=eth0\n"
		"pppoe lower=a\\x5c\\xff\\x7f\n";
	struct nfto_topology *topology;

	(void)state;
	assert_int_equal(nfto_topology_parse(text, strlen(text), &topology, NULL), 0);
	assert_string_equal(nfto_topology_text(topology), text);
	assert_non_null(topology_find_name(topology, "a\\\xff\x7f"));
	nfto_topology_free(topology);
}

static void test_record_by_hand(void **state)
{
	static const char text[] =
		HEADING "\n"
			"# what was seen\n"
			"  # and more\n"
			"weather is fine today\n"
			"link 4 speed=1000 lower=eth0\tname=eth0.7 vlan=7 kind=vlan   up=1\n"
			"link 2 name=eth0\r\n"
			"pppoe lower=eth0 id=1\n"
			"pppoe lower=eth0 id=2\n"
			"kernel release=6.1 pppoe_below=yes";
	struct nfto_topology *topology;

	(void)state;
	assert_int_equal(nfto_topology_parse(text, strlen(text), &topology, NULL), 0);
	assert_string_equal(nfto_topology_text(topology),
			    HEADING "kernel path_discovery=unknown pppoe_below=yes "
				    "pppoe_sessions=unknown needs_whole_path=unknown\n"
				    "link 2 name=eth0 type=1\n"
				    "link 4 name=eth0.7 kind=vlan type=1 up lower=eth0 vlan=7\n"
				    "pppoe lower=eth0\n");
	nfto_topology_free(topology);
}

/* Every byte that a name may have, and those that it may not. */
static void test_every_byte_in_a_name(void **state)
{
	struct nfto_topology *topology;

	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		char text[128], name[] = { 'x', (char)byte, '\0' };
		int length =
			snprintf(text, sizeof(text), HEADING "link 1 name=x\\x%02x type=1\n", byte);
		int ret = nfto_topology_parse(text, (size_t)length, &topology, NULL);

		if (byte == 0 || name_fault_device(name)) {
			assert_int_equal(ret, -EINVAL);
			continue;
		}
		assert_int_equal(ret, 0);
		assert_non_null(topology_find_name(topology, name));
		nfto_topology_free(topology);
	}
}

struct fault {
	const char *name;
	const char *text;
	size_t line;
};

static const struct fault faults[] = {
	{ "empty", "", 1 },
	{ "heading", "nftoffload topology 2\nlink 1 name=a\n", 1 },
	{ "heading cut", "nftoffload topology", 1 },
	{ "no index", HEADING "link name=a\n", 2 },
	{ "nothing behind link", HEADING "\nlink\n", 3 },
	{ "index 0", HEADING "link 0 name=a\n", 2 },
	{ "negative index", HEADING "link -1 name=a\n", 2 },
	{ "large index", HEADING "link 2147483648 name=a\n", 2 },
	{ "huge index", HEADING "link 99999999999999999999 name=a\n", 2 },
	{ "no name", HEADING "# a\nlink 1 type=1\n", 3 },
	{ "empty name", HEADING "link 1 name=\n", 2 },
	{ "name without value", HEADING "link 1 name\n", 2 },
	{ "long name", HEADING "link 1 name=a-name-of-16-byt\n", 2 },
	{ "name with a slash", HEADING "link 1 name=a/b\n", 2 },
	{ "dot", HEADING "link 1 name=.\n", 2 },
	{ "escape cut", HEADING "link 1 name=a\\x2\n", 2 },
	{ "escape of capitals", HEADING "link 1 name=a\\xFF\n", 2 },
	{ "other escape", HEADING "link 1 name=a\\n00\n", 2 },
	{ "long kind",
	  HEADING "link 1 name=a kind="
		  "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n",
	  2 },
	{ "type", HEADING "link 1 name=a type=65536\n", 2 },
	{ "VLAN", HEADING "link 1 name=a vlan=4096\n", 2 },
	{ "VLAN protocol", HEADING "link 1 name=a vlan_protocol=802.1x\n", 2 },
	{ "switch id", HEADING "link 1 name=a switch_id=0\n", 2 },
	{ "switch id of letters", HEADING "link 1 name=a switch_id=zz\n", 2 },
	{ "long switch id",
	  HEADING "link 1 name=a switch_id="
		  "000000000000000000000000000000000000000000000000000000000000000000\n",
	  2 },
	{ "master that is not there", HEADING "link 1 name=a\nlink 2 name=b master=c\n", 3 },
	{ "egress that is not there", HEADING "link 1 name=a egress=b\n", 2 },
	{ "lower that is not there", HEADING "link 1 name=a lower=b\n\n", 2 },
	{ "same index", HEADING "link 1 name=a\nlink 2 name=b\nlink 1 name=c\n", 4 },
	{ "same name", HEADING "link 1 name=a\nlink 3 name=a\nlink 2 name=b\n", 3 },
	{ "session without lower", HEADING "link 1 name=a\npppoe id=1\n", 3 },
	{ "session over nothing", HEADING "pppoe lower=a\n", 2 },
	{ "answer", HEADING "kernel path_discovery=maybe\n", 2 },
	{ "whole path answer", HEADING "kernel needs_whole_path=perhaps\n", 2 },
	{ "session answer", HEADING "kernel pppoe_sessions=\n", 2 },
};

static void test_fault(void **state)
{
	const struct fault *fault = *state;
	struct nfto_topology *topology = UNTOUCHED(struct nfto_topology);
	size_t line = 99;

	assert_int_equal(nfto_topology_parse(fault->text, strlen(fault->text), &topology, &line),
			 -EINVAL);
	assert_int_equal(line, fault->line);
	assert_ptr_equal(topology, UNTOUCHED(struct nfto_topology));
	assert_int_equal(nfto_topology_parse(fault->text, strlen(fault->text), &topology, NULL),
			 -EINVAL);
}

/* ---- PPPoE sessions */

struct session {
	const char *name; /* the line */
	const char *device;
};

static const struct session sessions[] = {
	{ "Id       Address              Device", NULL },
	{ "00000001 02:00:ab:00:00:01     eth1", "eth1" },
	{ "0000ABCD 02:00:ab:00:00:01   eth0.7", "eth0.7" },
	{ "00000001 02:00:ab:00:00:01 a-name-of-15-by", "a-name-of-15-by" },
	{ "00000001 02:00:ab:00:00:01 a-name-of-16-byt", NULL },
	{ "00000001 02:00:ab:00:00:01         ", NULL },
	{ "00000001 02:00:ab:00:00:01", NULL },
	{ "00000001", NULL },
	{ "", NULL },
	{ "00000001 02:00:no:00:00:01     eth1", NULL },
	{ "0000000100:02:00:ab:00:00:01     eth1", NULL },
};

static void test_session(void **state)
{
	const struct session *session = *state;
	static const uint8_t address[] = { 2, 0, 0xab, 0, 0, 1 };
	struct pppoe_session parsed;

	assert_int_equal(pppoe_session_parse(session->name, &parsed), session->device != NULL);
	if (!session->device)
		return;
	assert_string_equal(parsed.device, session->device);
	assert_memory_equal(parsed.address, address, sizeof(address));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links_of_all_kinds),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_kernel_that_needs_the_whole_path),
		cmocka_unit_test(test_egress_of_tunnels),
		cmocka_unit_test(test_spoilt_egress),
		cmocka_unit_test(test_interrupted_dump),
		cmocka_unit_test(test_dump_that_is_always_interrupted),
		cmocka_unit_test(test_socket_is_kept),
		cmocka_unit_test(test_record_comes_back),
		cmocka_unit_test(test_record_by_hand),
		cmocka_unit_test(test_every_byte_in_a_name),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(variants, test_wrong_message);
	failures += run_table(faults, test_fault);
	failures += run_table(sessions, test_session);
	return failures != 0;
}
