// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A topology as text, which people can read, edit and compare, and which is the same on every
 * machine:
 *
 *	nftoffload topology 1
 *	# a comment
 *	kernel path_discovery=yes
 *	link 2 name=eth0 type=1 up
 *	link 3 name=eth0.7 kind=vlan type=1 up lower=eth0 vlan=7
 *	link 4 name=pppoe-wan kind=ppp type=512 up
 *	link 5 name=ipip0 kind=ipip type=768 up egress=eth0
 *	pppoe lower=eth0.7
 *
 * What is not known of a link is not written. Lines and words that a reader does not know are
 * skipped. Bytes that would end a word are written as \xNN.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_ether.h>
#include <net/if_arp.h>

#include "topology.h"

#define HEADING "nftoffload topology 1"

/* More links than anybody has; a limit for records that come from anywhere. */
#define MOST_LINKS 65536

/* ---- Writing */

struct text {
	char *data;
	size_t length;
	size_t room;
	int result; /* -ENOMEM once a part is missing */
};

static void grow(struct text *text, size_t more)
{
	size_t room = text->room ? text->room : 1024;
	char *data;

	while (room - text->length < more)
		room *= 2;
	if (room == text->room)
		return;
	data = realloc(text->data, room);
	if (!data) {
		text->result = -ENOMEM;
		return;
	}
	text->data = data;
	text->room = room;
}

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	char part[256];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(part, sizeof(part), format, arguments);
	va_end(arguments);
	if (text->result == 0)
		grow(text, (size_t)length + 1);
	if (text->result < 0)
		return;
	memcpy(text->data + text->length, part, (size_t)length + 1);
	text->length += (size_t)length;
}

static void put_name(struct text *text, const char *key, const char *name)
{
	char escaped[4 * LINK_KIND_SIZE];

	if (!name[0])
		return;
	name_escape(name, escaped, sizeof(escaped));
	put(text, " %s=%s", key, escaped);
}

/* A device that is not there any more, or not here, has no name. */
static void put_reference(struct text *text, const struct nfto_topology *topology, const char *key,
			  uint32_t index)
{
	const struct link_info *link = topology_find_index(topology, index);

	if (link)
		put_name(text, key, link->name);
}

static void put_lower(struct text *text, const struct nfto_topology *topology,
		      const struct link_info *link)
{
	if (link->lower_is_elsewhere)
		put(text, " lower_elsewhere");
	else
		put_reference(text, topology, "lower", link->lower);
}

static void put_vlan(struct text *text, const struct link_info *link)
{
	if (link->vlan_protocol == 0)
		return;
	put(text, " vlan=%u", link->vlan_id);
	if (link->vlan_protocol == ETH_P_8021AD)
		put(text, " vlan_protocol=802.1ad");
}

static void put_switch(struct text *text, const struct link_info *link)
{
	if (link->switch_id_length == 0)
		return;
	put(text, " switch_id=");
	for (size_t i = 0; i < link->switch_id_length; i++)
		put(text, "%02x", link->switch_id[i]);
}

static void put_link(struct text *text, const struct nfto_topology *topology,
		     const struct link_info *link)
{
	put(text, "link %u", link->index);
	put_name(text, "name", link->name);
	put_name(text, "kind", link->kind);
	put(text, " type=%u", link->type);
	if (link->is_up)
		put(text, " up");
	put_reference(text, topology, "master", link->master);
	put_name(text, "port_kind", link->port_kind);
	put_lower(text, topology, link);
	put_reference(text, topology, "egress", link->egress);
	if (link->carries_ipv4)
		put(text, " carries_ipv4");
	put_vlan(text, link);
	if (link->vlan_filtering)
		put(text, " vlan_filtering");
	put_switch(text, link);
	put_name(text, "port_name", link->port_name);
	put(text, "\n");
}

static void put_kernel(struct text *text, const struct kernel_facts *kernel)
{
	put(text, "kernel path_discovery=%s", nfto_answer_name(kernel->path_discovery));
	put(text, " pppoe_below=%s", nfto_answer_name(kernel->pppoe_below));
	put(text, " pppoe_sessions=%s", nfto_answer_name(kernel->pppoe_sessions));
	put(text, " needs_whole_path=%s\n", nfto_answer_name(kernel->needs_whole_path));
}

int topology_write(struct nfto_topology *topology)
{
	struct text text = { 0 };

	put(&text, HEADING "\n");
	put_kernel(&text, &topology->kernel);
	for (size_t i = 0; i < topology->link_count; i++)
		put_link(&text, topology, topology->by_index[i]);
	for (size_t i = 0; i < topology->pppoe_lower_count; i++) {
		put(&text, "pppoe");
		put_reference(&text, topology, "lower", topology->pppoe_lowers[i]);
		put(&text, "\n");
	}
	if (text.result < 0)
		free(text.data);
	else
		topology->text = text.data;
	return text.result;
}

/* ---- Reading: words are parts of the text, which does not end with a NUL */

struct word {
	const char *begin;
	size_t length;
};

/* What is left of a line, or of the text. */
struct rest {
	const char *position;
	size_t left;
};

static bool word_is(const struct word *word, const char *text)
{
	return word->length == strlen(text) && memcmp(word->begin, text, word->length) == 0;
}

static struct rest next_line(struct rest *text)
{
	const char *end = memchr(text->position, '\n', text->left);
	struct rest line = { text->position, text->left };

	if (end)
		line.left = (size_t)(end - line.position);
	text->position += line.left + (end ? 1 : 0);
	text->left -= line.left + (end ? 1 : 0);
	return line;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool next_word(struct rest *line, struct word *word)
{
	while (line->left && is_space(*line->position)) {
		line->position++;
		line->left--;
	}
	word->begin = line->position;
	while (line->left && !is_space(*line->position)) {
		line->position++;
		line->left--;
	}
	word->length = (size_t)(line->position - word->begin);
	return word->length > 0;
}

/* The next key of a line, with its value, which is empty where there is no '='. */
static bool next_pair(struct rest *line, struct word *key, struct word *value)
{
	const char *equals;

	if (!next_word(line, key))
		return false;
	equals = memchr(key->begin, '=', key->length);
	*value = (struct word){ key->begin + key->length, 0 };
	if (!equals)
		return true;
	value->begin = equals + 1;
	value->length = (size_t)(key->begin + key->length - value->begin);
	key->length = (size_t)(equals - key->begin);
	return true;
}

static int read_number(const struct word *word, uint32_t most, uint32_t *number)
{
	uint64_t value = 0;

	if (word->length == 0 || word->length > 10)
		return -EINVAL;
	for (size_t i = 0; i < word->length; i++) {
		if (!isdigit((unsigned char)word->begin[i]))
			return -EINVAL;
		value = 10 * value + (uint64_t)(word->begin[i] - '0');
	}
	if (value > most)
		return -EINVAL;
	*number = (uint32_t)value;
	return 0;
}

static int read_u16(const struct word *word, uint16_t *number)
{
	uint32_t value;
	int ret = read_number(word, UINT16_MAX, &value);

	if (ret == 0)
		*number = (uint16_t)value;
	return ret;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_byte(const char *digits, uint8_t *byte)
{
	int high = digit_value(digits[0]), low = digit_value(digits[1]);

	if (high < 0 || low < 0)
		return -EINVAL;
	*byte = (uint8_t)(high << 4 | low);
	return 0;
}

/* The byte that stands at a position as itself or as \xNN, and how long it is there. */
static size_t read_escape(const struct word *word, size_t position, uint8_t *byte)
{
	const char *text = word->begin + position;

	*byte = (uint8_t)*text;
	if (*text != '\\')
		return 1;
	if (word->length - position < 4 || text[1] != 'x' || read_byte(text + 2, byte) < 0)
		return 0;
	return 4;
}

static int read_name(const struct word *word, char *name, size_t size)
{
	size_t used = 0, step;
	uint8_t byte;

	for (size_t i = 0; i < word->length; i += step) {
		step = read_escape(word, i, &byte);
		if (step == 0 || byte == '\0' || used + 1 == size)
			return -EINVAL;
		name[used++] = (char)byte;
	}
	name[used] = '\0';
	return used ? 0 : -EINVAL;
}

static int read_device(const struct word *word, char name[IFNAMSIZ])
{
	int ret = read_name(word, name, IFNAMSIZ);

	return ret < 0 || name_fault_device(name) ? -EINVAL : 0;
}

static int read_answer(const struct word *word, enum nfto_answer *answer)
{
	for (*answer = NFTO_UNKNOWN; *answer <= NFTO_YES; (*answer)++) {
		if (word_is(word, nfto_answer_name(*answer)))
			return 0;
	}
	return -EINVAL;
}

static int read_switch(const struct word *word, struct link_info *link)
{
	link->switch_id_length = word->length / 2;
	if (word->length % 2 || link->switch_id_length > sizeof(link->switch_id))
		return -EINVAL;
	for (size_t i = 0; i < link->switch_id_length; i++) {
		if (read_byte(word->begin + 2 * i, &link->switch_id[i]) < 0)
			return -EINVAL;
	}
	return 0;
}

static int read_vlan(const struct word *word, struct link_info *link)
{
	if (link->vlan_protocol == 0)
		link->vlan_protocol = ETH_P_8021Q;
	return read_u16(word, &link->vlan_id) < 0 || link->vlan_id > 4095 ? -EINVAL : 0;
}

static int read_vlan_protocol(const struct word *word, struct link_info *link)
{
	if (word_is(word, "802.1Q"))
		link->vlan_protocol = ETH_P_8021Q;
	else if (word_is(word, "802.1ad"))
		link->vlan_protocol = ETH_P_8021AD;
	else
		return -EINVAL;
	return 0;
}

static int read_reference(const struct word *word, const struct nfto_topology *topology,
			  uint32_t *index)
{
	const struct link_info *link;
	char name[IFNAMSIZ];

	if (read_device(word, name) < 0)
		return -EINVAL;
	link = topology_find_name(topology, name);
	if (!link)
		return -EINVAL;
	*index = link->index;
	return 0;
}

/* What a link says of itself alone. */
static int read_property(const struct word *key, const struct word *value, struct link_info *link)
{
	if (word_is(key, "name"))
		return read_device(value, link->name);
	if (word_is(key, "kind"))
		return read_name(value, link->kind, sizeof(link->kind));
	if (word_is(key, "port_kind"))
		return read_name(value, link->port_kind, sizeof(link->port_kind));
	if (word_is(key, "port_name"))
		return read_name(value, link->port_name, sizeof(link->port_name));
	if (word_is(key, "type"))
		return read_u16(value, &link->type);
	if (word_is(key, "vlan"))
		return read_vlan(value, link);
	if (word_is(key, "vlan_protocol"))
		return read_vlan_protocol(value, link);
	if (word_is(key, "switch_id"))
		return read_switch(value, link);
	if (word_is(key, "up"))
		link->is_up = true;
	if (word_is(key, "vlan_filtering"))
		link->vlan_filtering = true;
	if (word_is(key, "carries_ipv4"))
		link->carries_ipv4 = true;
	if (word_is(key, "lower_elsewhere"))
		link->lower_is_elsewhere = true;
	return 0;
}

/* What it says of others, which may stand behind it. */
static int read_relation(const struct word *key, const struct word *value,
			 const struct nfto_topology *topology, struct link_info *link)
{
	if (word_is(key, "master"))
		return read_reference(value, topology, &link->master);
	if (word_is(key, "lower"))
		return read_reference(value, topology, &link->lower);
	if (word_is(key, "egress"))
		return read_reference(value, topology, &link->egress);
	return 0;
}

static int read_index(struct rest *line, uint32_t *index)
{
	struct word word;

	next_word(line, &word);
	return read_number(&word, INT32_MAX, index) < 0 || *index == 0 ? -EINVAL : 0;
}

struct reading {
	struct nfto_topology *topology;
	size_t line;	    /* the number of the line at hand */
	size_t next_link;   /* the number of the link that stands on the next line with one */
	size_t *link_lines; /* on which line each link stands */
};

static int note_line(struct reading *reading)
{
	size_t count = reading->topology->link_count, *lines;

	lines = realloc(reading->link_lines, (count + 1) * sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	reading->link_lines = lines;
	lines[count] = reading->line;
	return 0;
}

static int declare_link(struct reading *reading, struct rest *line)
{
	struct link_info link = { .type = ARPHRD_ETHER };
	struct word key, value;
	int ret;

	if (read_index(line, &link.index) < 0 || reading->topology->link_count == MOST_LINKS)
		return -EINVAL;
	while (next_pair(line, &key, &value)) {
		if (read_property(&key, &value, &link) < 0)
			return -EINVAL;
	}
	if (!link.name[0])
		return -EINVAL;
	ret = note_line(reading);
	return ret < 0 ? ret : topology_add_link(reading->topology, &link);
}

static int read_kernel(struct reading *reading, struct rest *line)
{
	struct kernel_facts *kernel = &reading->topology->kernel;
	struct word key, value;
	int ret = 0;

	while (ret == 0 && next_pair(line, &key, &value)) {
		if (word_is(&key, "path_discovery"))
			ret = read_answer(&value, &kernel->path_discovery);
		else if (word_is(&key, "pppoe_below"))
			ret = read_answer(&value, &kernel->pppoe_below);
		else if (word_is(&key, "pppoe_sessions"))
			ret = read_answer(&value, &kernel->pppoe_sessions);
		else if (word_is(&key, "needs_whole_path"))
			ret = read_answer(&value, &kernel->needs_whole_path);
	}
	return ret;
}

static int relate_link(struct reading *reading, struct rest *line)
{
	struct link_info *link = &reading->topology->links[reading->next_link++];
	struct word key, value;

	next_word(line, &key);
	while (next_pair(line, &key, &value)) {
		if (read_relation(&key, &value, reading->topology, link) < 0)
			return -EINVAL;
	}
	return 0;
}

static int read_pppoe(struct reading *reading, struct rest *line)
{
	struct word key, value;
	uint32_t lower = 0;

	while (next_pair(line, &key, &value)) {
		if (word_is(&key, "lower") && read_reference(&value, reading->topology, &lower) < 0)
			return -EINVAL;
	}
	if (lower == 0)
		return -EINVAL;
	return topology_add_pppoe(reading->topology, topology_find_index(reading->topology, lower));
}

static int declare(struct reading *reading, const struct word *subject, struct rest *line)
{
	if (word_is(subject, "link"))
		return declare_link(reading, line);
	if (word_is(subject, "kernel"))
		return read_kernel(reading, line);
	return 0;
}

static int relate(struct reading *reading, const struct word *subject, struct rest *line)
{
	if (word_is(subject, "link"))
		return relate_link(reading, line);
	if (word_is(subject, "pppoe"))
		return read_pppoe(reading, line);
	return 0;
}

static int read_lines(struct reading *reading, struct rest text,
		      int (*read)(struct reading *reading, const struct word *subject,
				  struct rest *line))
{
	struct word subject;
	int ret = 0;

	for (reading->line = 2; text.left && ret == 0; reading->line++) {
		struct rest line = next_line(&text);

		if (next_word(&line, &subject) && subject.begin[0] != '#')
			ret = read(reading, &subject, &line);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int read_heading(struct reading *reading, struct rest *text)
{
	struct rest line = next_line(text);
	struct word heading = { line.position, line.left };

	reading->line = 1;
	if (heading.length && heading.begin[heading.length - 1] == '\r')
		heading.length--;
	return word_is(&heading, HEADING) ? 0 : -EINVAL;
}

/* Of two links that are equal, the one that stands later in the text is too many. */
static int refuse_twin(struct reading *reading, const struct link_info *a,
		       const struct link_info *b)
{
	const struct link_info *later = a > b ? a : b;

	reading->line = reading->link_lines[later - reading->topology->links];
	return -EINVAL;
}

static int check_twins(struct reading *reading)
{
	const struct nfto_topology *topology = reading->topology;
	const struct link_info *const *by_index = topology->by_index;
	const struct link_info *const *by_name = topology->by_name;

	for (size_t i = 1; i < topology->link_count; i++) {
		if (by_index[i]->index == by_index[i - 1]->index)
			return refuse_twin(reading, by_index[i], by_index[i - 1]);
		if (strcmp(by_name[i]->name, by_name[i - 1]->name) == 0)
			return refuse_twin(reading, by_name[i], by_name[i - 1]);
	}
	return 0;
}

static int read_record(struct reading *reading, struct rest text)
{
	int ret = read_heading(reading, &text);

	if (ret == 0)
		ret = read_lines(reading, text, declare);
	if (ret == 0)
		ret = topology_sort(reading->topology);
	if (ret == 0)
		ret = check_twins(reading);
	if (ret == 0)
		ret = read_lines(reading, text, relate);
	if (ret == 0)
		ret = topology_sort_ports(reading->topology);
	return ret < 0 ? ret : topology_write(reading->topology);
}

NFTO_API int nfto_topology_parse(const char *text, size_t length, struct nfto_topology **out,
				 size_t *line)
{
	struct reading reading = { .topology = calloc(1, sizeof(*reading.topology)) };
	int ret;

	if (!reading.topology)
		return -ENOMEM;
	ret = read_record(&reading, (struct rest){ text, length });
	free(reading.link_lines);
	if (ret == 0) {
		*out = reading.topology;
		return 0;
	}
	nfto_topology_free(reading.topology);
	if (ret == -EINVAL && line)
		*line = reading.line;
	return ret;
}
