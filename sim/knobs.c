// SPDX-License-Identifier: GPL-2.0-only
/* debugfs: nftosim/<inode number of the network namespace>/, one file a knob or counter. */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "nftosim.h"

static struct dentry *nftosim_root;

static int get_number(void *data, u64 *value)
{
	*value = READ_ONCE(*(u32 *)data);
	return 0;
}

static int set_below(u32 *knob, u64 value, u32 max)
{
	if (value > max)
		return -EINVAL;
	WRITE_ONCE(*knob, value);
	return 0;
}

static int set_number(void *data, u64 value)
{
	return set_below(data, value, U32_MAX);
}

static int set_errno(void *data, u64 value)
{
	return set_below(data, value, MAX_ERRNO);
}

static int set_switch(void *data, u64 value)
{
	return set_below(data, value, 1);
}

static int get_counter(void *data, u64 *value)
{
	*value = atomic64_read((atomic64_t *)data);
	return 0;
}

static int set_forget(void *data, u64 value)
{
	struct nftosim_engine *engine = data;

	if (value != 1)
		return -EINVAL;
	mutex_lock(&engine->lock);
	nftosim_rules_forget(engine, NULL);
	mutex_unlock(&engine->lock);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(nftosim_number_fops, get_number, set_number, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(nftosim_errno_fops, get_number, set_errno, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(nftosim_switch_fops, get_number, set_switch, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(nftosim_counter_fops, get_counter, NULL, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(nftosim_forget_fops, NULL, set_forget, "%llu\n");

static ssize_t nftosim_refuse_ingress_read(struct file *file, char __user *to, size_t len,
					   loff_t *pos)
{
	struct nftosim_engine *engine = file->private_data;
	char text[IFNAMSIZ + 1] = "\n";

	mutex_lock(&engine->lock);
	if (engine->knobs.refuse_ingress)
		snprintf(text, sizeof(text), "%s\n", engine->knobs.refuse_ingress->dev->name);
	mutex_unlock(&engine->lock);
	return simple_read_from_buffer(to, len, pos, text, strlen(text));
}

static int set_refuse_ingress(struct nftosim_engine *engine, const char *name)
{
	struct nftosim_port *port;
	int err = -EINVAL;

	mutex_lock(&engine->lock);
	if (!*name) {
		engine->knobs.refuse_ingress = NULL;
		err = 0;
	}
	list_for_each_entry(port, &engine->ports, siblings) {
		if (err && !strcmp(port->dev->name, name)) {
			engine->knobs.refuse_ingress = port;
			err = 0;
		}
	}
	mutex_unlock(&engine->lock);
	return err;
}

static ssize_t nftosim_refuse_ingress_write(struct file *file, const char __user *from, size_t len,
					    loff_t *pos)
{
	char name[IFNAMSIZ + 1] = "";
	int err;

	if (len >= sizeof(name) || *pos)
		return -EINVAL;
	if (copy_from_user(name, from, len))
		return -EFAULT;
	err = set_refuse_ingress(file->private_data, strim(name));
	return err ?: len;
}

static const struct file_operations nftosim_refuse_ingress_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.read	= nftosim_refuse_ingress_read,
	.write	= nftosim_refuse_ingress_write,
	.llseek	= default_llseek,
};

/* The position is the number of a rule: reading goes on where it was, whatever came and went. */
static void *nftosim_rules_start(struct seq_file *seq, loff_t *pos)
{
	struct nftosim_engine *engine = seq->private;
	unsigned long number = *pos;

	mutex_lock(&engine->lock);
	return xa_find(&engine->rules, &number, ULONG_MAX, XA_PRESENT);
}

static void *nftosim_rules_next(struct seq_file *seq, void *at, loff_t *pos)
{
	struct nftosim_engine *engine = seq->private;
	struct nftosim_rule *rule = at, *next;
	unsigned long number = rule->number;

	next = xa_find_after(&engine->rules, &number, ULONG_MAX, XA_PRESENT);
	*pos = next ? next->number : rule->number + 1;
	return next;
}

static void nftosim_rules_stop(struct seq_file *seq, void *at)
{
	struct nftosim_engine *engine = seq->private;

	mutex_unlock(&engine->lock);
}

static void show_vlans(struct seq_file *seq, const u16 vlan[])
{
	unsigned int i;

	for (i = 0; i < NFTOSIM_VLANS_MAX && vlan[i]; i++)
		seq_printf(seq, " vlan %u", vlan[i]);
}

static void show_endpoint(struct seq_file *seq, u16 family, const struct in6_addr *addr,
			  __be16 port)
{
	if (family == AF_INET)
		seq_printf(seq, "%pI4:%u", &addr->s6_addr32[0], ntohs(port));
	else
		seq_printf(seq, "[%pI6c]:%u", addr, ntohs(port));
}

static void show_tuple(struct seq_file *seq, u16 family, const struct nftosim_tuple *tuple)
{
	seq_putc(seq, ' ');
	show_endpoint(seq, family, &tuple->src, tuple->sport);
	seq_puts(seq, " > ");
	show_endpoint(seq, family, &tuple->dst, tuple->dport);
}

static void show_match(struct seq_file *seq, const struct nftosim_key *key)
{
	seq_puts(seq, key->in->dev->name);
	show_vlans(seq, key->vlan);
	seq_puts(seq, key->protocol == IPPROTO_TCP ? " tcp" : " udp");
	show_tuple(seq, key->family, &key->tuple);
}

static void show_route(struct seq_file *seq, const struct nftosim_rule *rule)
{
	seq_puts(seq, rule->out->dev->name);
	show_vlans(seq, rule->push);
	if (rule->pppoe)
		seq_printf(seq, " pppoe %u", rule->pppoe_session);
	show_tuple(seq, rule->key.family, &rule->rewritten);
}

static void show_verdict(struct seq_file *seq, const struct nftosim_rule *rule)
{
	seq_puts(seq, " => ");
	switch (rule->verdict) {
	case NFTOSIM_ROUTE:
		show_route(seq, rule);
		break;
	case NFTOSIM_REDIRECT:
		seq_puts(seq, rule->out->dev->name);
		break;
	case NFTOSIM_DROP:
		seq_puts(seq, "drop");
		break;
	case NFTOSIM_ACCEPT:
		seq_puts(seq, "accept");
		break;
	}
}

static int nftosim_rules_show(struct seq_file *seq, void *at)
{
	const struct nftosim_rule *rule = at;

	show_match(seq, &rule->key);
	show_verdict(seq, rule);
	seq_printf(seq, " packets %llu bytes %llu\n", (u64)atomic64_read(&rule->packets),
		   (u64)atomic64_read(&rule->bytes));
	return 0;
}

static const struct seq_operations nftosim_rules_sops = {
	.start	= nftosim_rules_start,
	.next	= nftosim_rules_next,
	.stop	= nftosim_rules_stop,
	.show	= nftosim_rules_show,
};

DEFINE_SEQ_ATTRIBUTE(nftosim_rules);

struct nftosim_file {
	const char			*name;
	umode_t				mode;
	size_t				offset;		/* of its value in the engine */
	const struct file_operations	*fops;
};

#define KNOB(name, type) \
	{ #name, 0600, offsetof(struct nftosim_engine, knobs.name), &nftosim_##type##_fops }
#define COUNTER(name) \
	{ #name, 0400, offsetof(struct nftosim_engine, counters.name), &nftosim_counter_fops }
#define WHOLE(name, mode) \
	{ #name, mode, 0, &nftosim_##name##_fops }

static const struct nftosim_file nftosim_files[] = {
	KNOB(capacity, number),
	KNOB(refuse_bind, errno),
	KNOB(refuse_tcp, switch),
	KNOB(refuse_udp, switch),
	KNOB(refuse_ipv6, switch),
	KNOB(no_stats, switch),
	WHOLE(refuse_ingress, 0600),
	WHOLE(forget, 0200),
	WHOLE(rules, 0400),
	COUNTER(binds),
	COUNTER(rules_added),
	COUNTER(rules_refused),
	COUNTER(rules_deleted),
	COUNTER(rules_full),
	COUNTER(packets_forwarded),
	COUNTER(bytes_forwarded),
	COUNTER(packets_to_cpu),
};

void nftosim_knobs_add(struct nftosim_engine *engine)
{
	char name[sizeof("4294967295")];
	unsigned int i;

	snprintf(name, sizeof(name), "%u", engine->net->ns.inum);
	engine->dir = debugfs_create_dir(name, nftosim_root);
	for (i = 0; i < ARRAY_SIZE(nftosim_files); i++) {
		const struct nftosim_file *file = &nftosim_files[i];

		debugfs_create_file(file->name, file->mode, engine->dir,
				    (void *)engine + file->offset, file->fops);
	}
}

/* Waits for those who read or write: not to be called under engine->lock. */
void nftosim_knobs_remove(struct nftosim_engine *engine)
{
	debugfs_remove(engine->dir);
	engine->dir = NULL;
}

void nftosim_knobs_register(void)
{
	nftosim_root = debugfs_create_dir(NFTOSIM_KIND, NULL);
}

void nftosim_knobs_unregister(void)
{
	debugfs_remove(nftosim_root);
}
