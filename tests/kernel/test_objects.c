// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The public API against a real kernel, with nft(8) and ip(8) as witnesses. Runs in the lab, as
 * root; each test has a network namespace of its own.
 */
#define _GNU_SOURCE /* unshare(), setns() */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <nftoffload.h>

#define INET NFTO_FAMILY_INET

static int setup(void **state)
{
	struct nfto_ctx *ctx;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(nfto_ctx_new(&ctx), 0);
	*state = ctx;
	return 0;
}

static int teardown(void **state)
{
	nfto_ctx_free(*state);
	return 0;
}

/* Runs a shell command that must succeed. */
static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* What a command prints; free it. */
static char *output_of(const char *command)
{
	size_t size = 1 << 20, length;
	char *output = malloc(size);
	FILE *pipe = popen(command, "r");

	assert_non_null(output);
	assert_non_null(pipe);
	length = fread(output, 1, size - 1, pipe);
	output[length] = '\0';
	pclose(pipe);
	return output;
}

static void assert_shows(const char *command, const char *text)
{
	char *output = output_of(command);

	if (!strstr(output, text))
		fail_msg("'%s' does not show '%s':\n%s", command, text, output);
	free(output);
}

static void add_dummy(const char *name)
{
	run("ip link add %s type dummy", name);
}

static struct nfto_txn *new_txn(struct nfto_ctx *ctx)
{
	struct nfto_txn *txn;

	assert_int_equal(nfto_txn_new(ctx, &txn), 0);
	return txn;
}

/* Commits, frees, and returns the error's code. */
static enum nfto_error_code commit(struct nfto_ctx *ctx, struct nfto_txn *txn)
{
	int ret = nfto_txn_commit(txn);
	const struct nfto_error *error = nfto_ctx_error(ctx);

	nfto_txn_free(txn);
	if (ret < 0)
		assert_int_equal(-ret, nfto_error_errno(error));
	assert_int_equal(ret == 0, nfto_error_code(error) == NFTO_ERROR_NONE);
	return nfto_error_code(error);
}

static struct nfto_txn *flowtable_txn(struct nfto_ctx *ctx, const char *device)
{
	struct nfto_txn *txn = new_txn(ctx);

	assert_int_equal(nfto_txn_add_table(txn, INET, "t", NULL), 0);
	assert_int_equal(nfto_txn_add_flowtable(txn, INET, "t", "f", 5, 0), 0);
	assert_int_equal(nfto_txn_add_device(txn, INET, "t", "f", device), 0);
	return txn;
}

static void make_flowtable(struct nfto_ctx *ctx)
{
	add_dummy("d0");
	assert_int_equal(commit(ctx, flowtable_txn(ctx, "d0")), NFTO_ERROR_NONE);
}

static void nft_shows_what_we_create(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct nfto_txn *txn = new_txn(ctx);

	add_dummy("d0");
	add_dummy("d1");
	nfto_txn_add_table(txn, INET, "t", "made by a test");
	nfto_txn_add_flowtable(txn, INET, "t", "f", -7, NFTO_FLOWTABLE_COUNTER);
	nfto_txn_add_device(txn, INET, "t", "f", "d0");
	nfto_txn_add_device(txn, INET, "t", "f", "d1");
	nfto_txn_add_forward_chain(txn, INET, "t", "c", 10);
	nfto_txn_add_leak_detector(txn, "t", "c");
	nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", 0, "the rule");
	assert_int_equal(commit(ctx, txn), NFTO_ERROR_NONE);

	assert_shows("nft list ruleset", "comment \"made by a test\"");
	assert_shows("nft list ruleset", "hook ingress priority filter - 7");
	assert_shows("nft list ruleset | grep -o 'd[01]' | sort | paste -sd+", "d0+d1");
	assert_shows("nft list ruleset", "\t\tcounter\n");
	assert_shows("nft -y list ruleset", "type filter hook forward priority 10; policy accept;");
	assert_shows("nft list ruleset", "ct status 0x4000 counter packets 0 bytes 0 jump leaks");
	assert_shows("nft list ruleset", "meta l4proto { tcp, udp } flow add @f "
					 "counter packets 0 bytes 0 comment \"the rule\"");
	assert_shows("nft list ruleset", "ct direction original update @leaks4_original "
					 "{ ip saddr . th sport . ip daddr . th dport . "
					 "meta l4proto }");
	assert_shows("nft list ruleset", "ct direction reply update @leaks6_reply "
					 "{ ip6 saddr . th sport . ip6 daddr . th dport . "
					 "meta l4proto }");
	/* And nft can read all of it back. */
	run("nft list ruleset > /tmp/ruleset && nft flush ruleset && nft -f /tmp/ruleset");
}

static void we_read_what_nft_creates(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct nfto_flowtable *flowtable;

	add_dummy("d0");
	add_dummy("d1");
	run("nft add table ip6 theirs");
	run("nft 'add flowtable ip6 theirs fast { hook ingress priority 42; devices = { d0, d1 }; "
	    "counter; }'");
	run("nft 'add chain ip6 theirs c { type filter hook forward priority 0; }'");
	run("nft add rule ip6 theirs c flow add @fast");

	assert_int_equal(nfto_flowtable_get(ctx, NFTO_FAMILY_IPV6, "theirs", "fast", &flowtable),
			 0);
	assert_int_equal(nfto_flowtable_family(flowtable), NFTO_FAMILY_IPV6);
	assert_string_equal(nfto_flowtable_table(flowtable), "theirs");
	assert_string_equal(nfto_flowtable_name(flowtable), "fast");
	assert_int_equal(nfto_flowtable_priority(flowtable), 42);
	assert_int_equal(nfto_flowtable_flags(flowtable), NFTO_FLOWTABLE_COUNTER);
	assert_int_equal(nfto_flowtable_use(flowtable), 1);
	assert_true(nfto_flowtable_handle(flowtable) > 0);
	assert_int_equal(nfto_flowtable_device_count(flowtable), 2);
	assert_null(nfto_flowtable_device(flowtable, 2));
	nfto_flowtable_free(flowtable);

	assert_int_equal(nfto_flowtable_get(ctx, INET, "theirs", "fast", &flowtable), -ENOENT);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NO_FLOWTABLE);
}

/* More than the kernel sends to a fresh socket; with neighbours, which it would lose as well. */
static void lists_255_long_names(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct nfto_flowtables *list;
	struct nfto_txn *txn = new_txn(ctx);
	char name[16];
	size_t devices = 0;

	nfto_txn_add_table(txn, INET, "t", NULL);
	nfto_txn_add_flowtable(txn, INET, "t", "long", 0, 0);
	for (int i = 0; i < 255; i++) {
		snprintf(name, sizeof(name), "fifteen-byte%03d", i);
		add_dummy(name);
		assert_int_equal(nfto_txn_add_device(txn, INET, "t", "long", name), 0);
	}
	nfto_txn_add_flowtable(txn, INET, "t", "neighbour", 0, 0);
	assert_int_equal(commit(ctx, txn), NFTO_ERROR_NONE);

	/* A fresh context, whose socket has received nothing yet. */
	assert_int_equal(nfto_ctx_new(&ctx), 0);
	assert_int_equal(nfto_flowtables_read(ctx, &list), 0);
	nfto_ctx_free(ctx);

	assert_int_equal(nfto_flowtables_count(list), 2);
	assert_null(nfto_flowtables_get(list, 2));
	for (size_t i = 0; i < 2; i++)
		devices += nfto_flowtable_device_count(nfto_flowtables_get(list, i));
	assert_int_equal(devices, 255);
	assert_shows("nft list flowtables | grep -o 'fifteen-byte[0-9]*' | sort -u | wc -l", "255");
	nfto_flowtables_free(list);
}

static uint32_t flags_of(struct nfto_ctx *ctx)
{
	struct nfto_flowtable *flowtable;
	uint32_t flags;

	assert_int_equal(nfto_flowtable_get(ctx, INET, "t", "f", &flowtable), 0);
	flags = nfto_flowtable_flags(flowtable);
	nfto_flowtable_free(flowtable);
	return flags;
}

static enum nfto_error_code set_flags(struct nfto_ctx *ctx, uint32_t flags)
{
	struct nfto_txn *txn = new_txn(ctx);

	nfto_txn_set_flowtable_flags(txn, INET, "t", "f", flags);
	return commit(ctx, txn);
}

static void counter_flag_changes_in_place(void **state)
{
	struct nfto_ctx *ctx = *state;

	make_flowtable(ctx);
	assert_int_equal(set_flags(ctx, NFTO_FLOWTABLE_COUNTER), NFTO_ERROR_NONE);
	assert_int_equal(flags_of(ctx), NFTO_FLOWTABLE_COUNTER);
	assert_shows("nft list flowtables", "\t\tcounter\n");
	assert_int_equal(set_flags(ctx, 0), NFTO_ERROR_NONE);
	assert_int_equal(flags_of(ctx), 0);
	assert_int_equal(set_flags(ctx, NFTO_FLOWTABLE_HARDWARE), NFTO_ERROR_IMMUTABLE);
	assert_int_equal(flags_of(ctx), 0);
}

static enum nfto_error_code change_devices(struct nfto_ctx *ctx, const char *add, const char *del)
{
	struct nfto_txn *txn = new_txn(ctx);

	if (del)
		nfto_txn_delete_device(txn, INET, "t", "f", del);
	if (add)
		nfto_txn_add_device(txn, INET, "t", "f", add);
	return commit(ctx, txn);
}

static void devices_change_in_place(void **state)
{
	struct nfto_ctx *ctx = *state;

	make_flowtable(ctx);
	add_dummy("d1");
	run("nft -a list flowtables > /tmp/before");
	assert_int_equal(change_devices(ctx, "d1", NULL), NFTO_ERROR_NONE);
	assert_shows("nft list flowtables | grep -o 'd[01]' | sort | paste -sd+", "d0+d1");
	assert_int_equal(change_devices(ctx, "d1", NULL), NFTO_ERROR_NONE);
	assert_shows("nft list flowtables | grep -o 'd[01]' | sort | paste -sd+", "d0+d1\n");
	assert_int_equal(change_devices(ctx, NULL, "d0"), NFTO_ERROR_NONE);
	assert_shows("nft list flowtables", "{ d1 }");
	assert_int_equal(change_devices(ctx, "d0", "d1"), NFTO_ERROR_NONE);
	assert_shows("nft list flowtables", "{ d0 }");
	/* Still the same flowtable. */
	run("nft -a list flowtables | cmp - /tmp/before");
}

/* An operation that the kernel refuses. */
struct refusal {
	const char *what;
	void (*add)(struct nfto_txn *txn);
	enum nfto_error_code code;
	const char *object;
	const char *device;
};

static void add_to_missing_table(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "nosuch", "f", 0, 0);
}

static void add_device_to_missing_table(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "nosuch", "f", "d0");
}

static void add_device_to_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "nosuch", "d0");
}

static void add_missing_device(struct nfto_txn *txn)
{
	nfto_txn_add_device(txn, INET, "t", "f", "nosuch");
}

static void add_device_of_other_flowtable(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "t", "g", 0, 0);
	nfto_txn_add_device(txn, INET, "t", "g", "d0");
}

static void add_device_without_hardware(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "t", "g", 0, NFTO_FLOWTABLE_HARDWARE);
	nfto_txn_add_device(txn, INET, "t", "g", "d1");
}

static void delete_missing_table(struct nfto_txn *txn)
{
	nfto_txn_delete_table(txn, INET, "nosuch");
}

static void delete_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_delete_flowtable(txn, INET, "t", "nosuch");
}

static void delete_device_of_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_delete_device(txn, INET, "t", "nosuch", "d0");
}

static void delete_device_that_is_not_in(struct nfto_txn *txn)
{
	nfto_txn_delete_device(txn, INET, "t", "f", "d1");
}

static void delete_flowtable_in_use(struct nfto_txn *txn)
{
	nfto_txn_add_forward_chain(txn, INET, "t", "c", 0);
	nfto_txn_add_offload_rule(txn, INET, "t", "c", "f", 0, NULL);
	nfto_txn_delete_flowtable(txn, INET, "t", "f");
}

static void set_flags_of_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_set_flowtable_flags(txn, INET, "t", "nosuch", 0);
}

static void change_priority(struct nfto_txn *txn)
{
	nfto_txn_add_flowtable(txn, INET, "t", "f", 6, 0);
}

static void add_rule_to_missing_chain(struct nfto_txn *txn)
{
	nfto_txn_add_offload_rule(txn, INET, "t", "nosuch", "f", 0, NULL);
}

static void add_rule_for_missing_flowtable(struct nfto_txn *txn)
{
	nfto_txn_add_forward_chain(txn, INET, "t", "c", 0);
	nfto_txn_add_offload_rule(txn, INET, "t", "c", "nosuch", 0, NULL);
}

static void flush_missing_chain(struct nfto_txn *txn)
{
	nfto_txn_flush_chain(txn, INET, "t", "nosuch");
}

static const struct refusal refusals[] = {
	{ "a flowtable in no table", add_to_missing_table, NFTO_ERROR_NO_TABLE,
	  "flowtable inet nosuch f", "" },
	{ "a device in no table", add_device_to_missing_table, NFTO_ERROR_NO_TABLE,
	  "flowtable inet nosuch f", "d0" },
	{ "a device in no flowtable", add_device_to_missing_flowtable, NFTO_ERROR_NO_FLOWTABLE,
	  "flowtable inet t nosuch", "d0" },
	{ "no such device", add_missing_device, NFTO_ERROR_NO_DEVICE, "flowtable inet t f",
	  "nosuch" },
	{ "a device of another flowtable", add_device_of_other_flowtable,
	  NFTO_ERROR_DEVICE_DUPLICATE, "flowtable inet t g", "d0" },
	{ "a device without hardware", add_device_without_hardware, NFTO_ERROR_DEVICE_REFUSED,
	  "flowtable inet t g", "d1" },
	{ "no table to delete", delete_missing_table, NFTO_ERROR_NO_TABLE, "table inet nosuch",
	  "" },
	{ "no flowtable to delete", delete_missing_flowtable, NFTO_ERROR_NO_FLOWTABLE,
	  "flowtable inet t nosuch", "" },
	{ "no flowtable to delete a device from", delete_device_of_missing_flowtable,
	  NFTO_ERROR_NO_FLOWTABLE, "flowtable inet t nosuch", "d0" },
	{ "no such device to delete", delete_device_that_is_not_in, NFTO_ERROR_DEVICE_NOT_BOUND,
	  "flowtable inet t f", "d1" },
	{ "a flowtable that a rule uses", delete_flowtable_in_use, NFTO_ERROR_IN_USE,
	  "flowtable inet t f", "" },
	{ "flags of no flowtable", set_flags_of_missing_flowtable, NFTO_ERROR_NO_FLOWTABLE,
	  "flowtable inet t nosuch", "" },
	{ "another priority", change_priority, NFTO_ERROR_IMMUTABLE, "flowtable inet t f", "" },
	{ "a rule in no chain", add_rule_to_missing_chain, NFTO_ERROR_NO_CHAIN,
	  "offload rule in chain inet t nosuch", "" },
	{ "a rule for no flowtable", add_rule_for_missing_flowtable, NFTO_ERROR_NO_FLOWTABLE,
	  "offload rule in chain inet t c", "" },
	{ "no chain to flush", flush_missing_chain, NFTO_ERROR_NO_CHAIN, "chain inet t nosuch",
	  "" },
};

static void assert_refusal(struct nfto_ctx *ctx, const struct refusal *refusal)
{
	const struct nfto_error *error = nfto_ctx_error(ctx);

	if (nfto_error_code(error) != refusal->code ||
	    strcmp(nfto_error_object(error), refusal->object) != 0 ||
	    strcmp(nfto_error_device(error), refusal->device) != 0)
		fail_msg("%s: %s: %s", refusal->what, nfto_error_code_name(nfto_error_code(error)),
			 nfto_error_message(error));
}

/* From Linux 6.16 on, a device may come later. */
static bool kernel_refuses(struct nfto_ctx *ctx, const struct refusal *refusal)
{
	struct nfto_caps *caps;
	bool takes_missing;

	assert_int_equal(nfto_caps_read(ctx, (const char *const[]){ "lo" }, 1, &caps), 0);
	takes_missing = nfto_caps_feature(caps, NFTO_FEATURE_MISSING_DEVICES) == NFTO_YES;
	nfto_caps_free(caps);
	return refusal->add != add_missing_device || !takes_missing;
}

/* Commit and check say the same, and neither changes anything. */
static void refusals_name_their_cause(void **state)
{
	struct nfto_ctx *ctx = *state;

	make_flowtable(ctx);
	add_dummy("d1");
	run("nft -a list ruleset > /tmp/before");
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct nfto_txn *txn;

		if (!kernel_refuses(ctx, &refusals[i]))
			continue;
		txn = new_txn(ctx);
		nfto_txn_add_forward_chain(txn, INET, "t", "before", 0);
		refusals[i].add(txn);
		nfto_txn_add_forward_chain(txn, INET, "t", "after", 0);
		assert_true(nfto_txn_check(txn) < 0);
		assert_refusal(ctx, &refusals[i]);
		assert_int_equal(commit(ctx, txn), refusals[i].code);
		assert_refusal(ctx, &refusals[i]);
		run("nft -a list ruleset | cmp - /tmp/before");
	}
}

static void check_changes_nothing(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct nfto_txn *txn;
	char *ruleset;

	add_dummy("d0");
	txn = flowtable_txn(ctx, "d0");
	assert_int_equal(nfto_txn_check(txn), 0);
	ruleset = output_of("nft list ruleset");
	assert_string_equal(ruleset, "");
	free(ruleset);
	/* What was checked can still be done. */
	assert_int_equal(commit(ctx, txn), NFTO_ERROR_NONE);
	assert_shows("nft list flowtables", "{ d0 }");
}

/* Binds a table to a socket of this process, as a daemon does: others may look only. */
static struct mnl_socket *own_table(const char *name)
{
	char buffer[1024];
	struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
	struct mnl_nlmsg_batch *batch = mnl_nlmsg_batch_start(buffer, sizeof(buffer));
	static const struct {
		uint16_t type, res_id;
	} messages[] = {
		{ NFNL_MSG_BATCH_BEGIN, NFNL_SUBSYS_NFTABLES },
		{ NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, 0 },
		{ NFNL_MSG_BATCH_END, NFNL_SUBSYS_NFTABLES },
	};

	assert_non_null(socket);
	for (size_t i = 0; i < 3; i++) {
		struct nlmsghdr *message = mnl_nlmsg_put_header(mnl_nlmsg_batch_current(batch));
		struct nfgenmsg *generic = mnl_nlmsg_put_extra_header(message, sizeof(*generic));

		message->nlmsg_type = messages[i].type;
		message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE;
		generic->nfgen_family = INET;
		generic->res_id = htons(messages[i].res_id);
		if (i == 1) {
			mnl_attr_put_strz(message, NFTA_TABLE_NAME, name);
			mnl_attr_put_u32(message, NFTA_TABLE_FLAGS, htonl(NFT_TABLE_F_OWNER));
		}
		mnl_nlmsg_batch_next(batch);
	}
	assert_true(mnl_socket_sendto(socket, mnl_nlmsg_batch_head(batch),
				      mnl_nlmsg_batch_size(batch)) > 0);
	mnl_nlmsg_batch_stop(batch);
	return socket;
}

static void owned_table_is_refused(void **state)
{
	struct nfto_ctx *ctx = *state;
	struct mnl_socket *owner = own_table("t");
	struct nfto_txn *txn = new_txn(ctx);

	assert_shows("nft list tables", "inet t");
	nfto_txn_add_flowtable(txn, INET, "t", "f", 0, 0);
	assert_int_equal(commit(ctx, txn), NFTO_ERROR_OWNED_TABLE);
	mnl_socket_close(owner);
}

static ino_t current_netns(void)
{
	struct stat stat;

	assert_int_equal(fstatat(AT_FDCWD, "/proc/thread-self/ns/net", &stat, 0), 0);
	return stat.st_ino;
}

/* A context for a namespace works there; the thread stays here. */
static void context_in_a_namespace(void **state)
{
	struct nfto_ctx *here = *state, *there;
	struct nfto_flow_counts *counts;
	struct nfto_flowtables *list;
	ino_t before = current_netns();
	int fd;

	run("ip netns add there && ip -n there link add d9 type dummy");
	fd = open("/run/netns/there", O_RDONLY | O_CLOEXEC);
	assert_int_equal(nfto_ctx_new_in_netns(&there, fd), 0);
	close(fd);
	assert_int_equal(current_netns(), before);

	assert_int_equal(commit(there, flowtable_txn(there, "d9")), NFTO_ERROR_NONE);
	assert_shows("ip netns exec there nft list flowtables", "{ d9 }");
	assert_int_equal(nfto_flowtables_read(here, &list), 0);
	assert_int_equal(nfto_flowtables_count(list), 0);
	nfto_flowtables_free(list);
	/* A stream opens a socket of its own, later. */
	assert_int_equal(nfto_flow_counts_read(there, &counts), 0);
	nfto_flow_counts_free(counts);
	assert_int_equal(current_netns(), before);
	nfto_ctx_free(there);
	run("ip netns delete there");
}

static void context_needs_a_namespace(void **state)
{
	struct nfto_ctx *ctx = NULL;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), other;

	(void)state;
	assert_true(nfto_ctx_new_in_netns(&ctx, fd) < 0);
	close(fd);
	other = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	assert_int_equal(nfto_ctx_new_in_netns(&ctx, other), -EINVAL);
	close(other);
	assert_int_equal(nfto_ctx_new_in_netns(&ctx, -1), -EBADF);
	assert_null(ctx);
}

#define THREADS 4
#define ROUNDS 25

/* In a namespace of its own: the same names as all other threads. Returns how much went wrong. */
static void *apply_and_remove(void *data)
{
	struct nfto_ctx *ctx;
	struct nfto_spec *spec;
	int *failures = data;

	if (unshare(CLONE_NEWNET) < 0 || nfto_ctx_new(&ctx) < 0 || nfto_spec_new(&spec) < 0) {
		*failures = ROUNDS;
		return NULL;
	}
	nfto_spec_add_device(spec, "lo");
	nfto_spec_set_mode(spec, NFTO_MODE_SOFTWARE);
	for (int i = 0; i < ROUNDS; i++) {
		*failures += nfto_apply(ctx, spec, NULL) != 0;
		*failures += nfto_remove(ctx, NFTO_DEFAULT_NAME, 0, 0, NULL) != 1;
	}
	nfto_spec_free(spec);
	nfto_ctx_free(ctx);
	return NULL;
}

static void contexts_in_threads(void **state)
{
	pthread_t threads[THREADS];
	int failures[THREADS] = { 0 };

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, apply_and_remove, &failures[i]),
				 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(failures[i], 0);
	}
}

static bool is_table(const char *name)
{
	char *tables = output_of("nft list tables");
	bool found = strstr(tables, name) != NULL;

	free(tables);
	return found;
}

/* Somebody took a part of the instance away: it is made whole again. */
static void apply_heals(void **state)
{
	static const char *const damages[] = {
		"nft flush chain inet nftoffload forward",
		"nft flush chain inet nftoffload leaks",
		"nft delete table inet nftoffload",
		"nft flush ruleset",
		"ip link delete d0; ip link add d0 type dummy",
	};
	struct nfto_ctx *ctx = *state;
	struct nfto_spec *spec;
	struct nfto_status *status;

	/* Else nothing would be offloaded, and the status says so. */
	run("echo 1 > /proc/sys/net/ipv4/ip_forward");
	add_dummy("d0");
	add_dummy("d1");
	assert_int_equal(nfto_spec_new(&spec), 0);
	nfto_spec_add_device(spec, "d0");
	nfto_spec_add_device(spec, "d1");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		assert_int_equal(nfto_apply(ctx, spec, NULL), 0);
		run("nft -s list ruleset | sed 's/{ d1, d0 }/{ d0, d1 }/' > /tmp/whole");
		run("%s", damages[i]);
		assert_int_equal(nfto_apply(ctx, spec, NULL), 0);
		run("nft -s list ruleset | sed 's/{ d1, d0 }/{ d0, d1 }/' | cmp - /tmp/whole");
		assert_int_equal(nfto_status_read(ctx, NFTO_DEFAULT_NAME, &status), 0);
		assert_int_equal(nfto_status_effective(status), NFTO_MODE_SOFTWARE);
		assert_int_equal(nfto_status_requested(status), NFTO_MODE_AUTO);
		nfto_status_free(status);
	}
	nfto_spec_free(spec);
	assert_true(is_table("nftoffload"));
	assert_int_equal(nfto_remove(ctx, NFTO_DEFAULT_NAME, 0, 0, NULL), 1);
	assert_false(is_table("nftoffload"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nft_shows_what_we_create, setup, teardown),
		cmocka_unit_test_setup_teardown(we_read_what_nft_creates, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_255_long_names, setup, teardown),
		cmocka_unit_test_setup_teardown(counter_flag_changes_in_place, setup, teardown),
		cmocka_unit_test_setup_teardown(devices_change_in_place, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals_name_their_cause, setup, teardown),
		cmocka_unit_test_setup_teardown(check_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(owned_table_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(context_in_a_namespace, setup, teardown),
		cmocka_unit_test_setup_teardown(context_needs_a_namespace, setup, teardown),
		cmocka_unit_test_setup_teardown(contexts_in_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(apply_heals, setup, teardown),
	};

	return cmocka_run_group_tests_name("objects", tests, NULL, NULL);
}
