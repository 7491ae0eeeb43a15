// SPDX-License-Identifier: LGPL-2.1-or-later
/* The status as metrics, in the text format of Prometheus. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "tool.h"

static void print_heading(const char *name, const char *type, const char *help)
{
	printf("# HELP nftoffload_%s %s\n# TYPE nftoffload_%s %s\n", name, help, name, type);
}

static void print_gauge(const char *name, const char *help, uint64_t value)
{
	print_heading(name, "gauge", help);
	printf("nftoffload_%s %" PRIu64 "\n", name, value);
}

static void print_modes(const struct nfto_status *status)
{
	print_heading("requested_mode", "gauge", "What was asked for: 1 for that mode.");
	for (enum nfto_mode mode = NFTO_MODE_AUTO; mode <= NFTO_MODE_NONE; mode++)
		printf("nftoffload_requested_mode{name=\"%s\",mode=\"%s\"} %d\n",
		       nfto_status_name(status), nfto_mode_name(mode),
		       nfto_status_requested(status) == mode);
	print_heading("effective_mode", "gauge", "What the kernel does: 1 for that mode.");
	for (enum nfto_mode mode = NFTO_MODE_HARDWARE; mode <= NFTO_MODE_NONE; mode++)
		printf("nftoffload_effective_mode{name=\"%s\",mode=\"%s\"} %d\n",
		       nfto_status_name(status), nfto_mode_name(mode),
		       nfto_status_effective(status) == mode);
}

/* By one look nothing is confirmed. */
static void print_confidence(const struct nfto_status *status)
{
	enum nfto_confidence confidence = nfto_status_confidence(status, NULL);

	print_heading(
		"hardware_confidence", "gauge",
		"How sure it is that hardware forwards: 1 for that answer (none: it does not, "
		"or takes no flow).");
	for (enum nfto_confidence i = NFTO_CONFIDENCE_NONE; i <= NFTO_CONFIDENCE_CLAIMED; i++)
		printf("nftoffload_hardware_confidence{name=\"%s\",confidence=\"%s\"} %d\n",
		       nfto_status_name(status), nfto_confidence_name(i), confidence == i);
}

static void print_findings(const struct nfto_status *status)
{
	unsigned int counts[NFTO_SEVERITY_ERROR + 1] = { 0 };

	for (size_t i = 0; i < nfto_status_finding_count(status); i++)
		counts[nfto_finding_severity(nfto_status_finding(status, i))]++;
	print_heading("findings", "gauge", "What the command status finds wrong.");
	for (enum nfto_severity i = NFTO_SEVERITY_NOTE; i <= NFTO_SEVERITY_ERROR; i++)
		printf("nftoffload_findings{name=\"%s\",severity=\"%s\"} %u\n",
		       nfto_status_name(status), nfto_severity_name(i), counts[i]);
}

static void print_devices(const struct nfto_status *status)
{
	unsigned int counts[NFTO_DEVICE_WAITING + 1] = { 0 };

	for (size_t i = 0; i < nfto_status_device_count(status); i++)
		counts[nfto_status_device_state(status, i)]++;
	print_heading("devices", "gauge", "Devices of the instance by state.");
	for (enum nfto_device_state i = NFTO_DEVICE_HARDWARE; i <= NFTO_DEVICE_WAITING; i++)
		printf("nftoffload_devices{name=\"%s\",state=\"%s\"} %u\n",
		       nfto_status_name(status), nfto_device_state_name(i), counts[i]);
}

/* The usual ones are always there, so that a graph of them does not break off. */
static void print_flow_kind(const struct nfto_flow_counts *counts, enum nfto_flow_state state,
			    int family, uint8_t protocol)
{
	uint64_t count = nfto_flow_counts_of(counts, state, family, protocol);
	char name[8];

	if (count == 0 && protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return;
	output_protocol(protocol, name, sizeof(name));
	printf("nftoffload_flows{state=\"%s\",family=\"%s\",protocol=\"%s\"} %" PRIu64 "\n",
	       nfto_flow_state_name(state), family == AF_INET ? "ipv4" : "ipv6", name, count);
}

static void print_flows(const struct nfto_flow_counts *counts)
{
	static const int families[] = { AF_INET, AF_INET6 };

	print_heading("flows", "gauge",
		      "Connections of the network namespace by state of offload (none: not "
		      "offloaded; software: of TCP also those that hardware had until they were "
		      "closed).");
	for (enum nfto_flow_state state = NFTO_FLOW_NONE; state <= NFTO_FLOW_CLOSING; state++) {
		for (size_t i = 0; i < 2; i++) {
			for (unsigned int protocol = 1; protocol <= UINT8_MAX; protocol++)
				print_flow_kind(counts, state, families[i], (uint8_t)protocol);
		}
	}
}

static void print_counters(const struct nfto_status *status)
{
	print_heading("inserted_flows_total", "counter",
		      "Flows that were offloaded since the instance was made.");
	printf("nftoffload_inserted_flows_total{name=\"%s\"} %" PRIu64 "\n",
	       nfto_status_name(status), nfto_status_inserted(status));
	print_heading("leaked_packets_total", "counter",
		      "Packets in the slow path while marked as offloaded; some are, whenever the "
		      "kernel tries to offload a flow.");
	printf("nftoffload_leaked_packets_total{name=\"%s\"} %" PRIu64 "\n",
	       nfto_status_name(status), nfto_status_leaked(status));
}

static void print_leaks(const struct nfto_status *status, const struct nfto_leaks *leaks)
{
	print_heading("leaking_flows", "gauge",
		      "Flows that are marked as offloaded, but take the slow path, each direction "
		      "by itself.");
	printf("nftoffload_leaking_flows{name=\"%s\"} %zu\n", nfto_status_name(status),
	       nfto_leaks_count(leaks));
}

static void print_evictions(const struct nfto_status *status)
{
	uint64_t connections;

	if (nfto_status_early_drops(status, &connections) < 0)
		return;
	print_heading("evicted_connections_total", "counter",
		      "Connections that the kernel threw out, as conntrack was full (early_drop).");
	printf("nftoffload_evicted_connections_total %" PRIu64 "\n", connections);
}

static void print_backlog(const struct nfto_status *status)
{
	uint64_t waiting;

	/* All are known, or none. */
	if (nfto_status_backlog(status, NFTO_BACKLOG_ADD, &waiting) < 0)
		return;
	print_heading("backlog_flows", "gauge",
		      "Flows about which the kernel has yet to talk to the hardware.");
	for (enum nfto_backlog i = NFTO_BACKLOG_ADD; i <= NFTO_BACKLOG_STATISTICS; i++) {
		if (nfto_status_backlog(status, i, &waiting) == 0)
			printf("nftoffload_backlog_flows{work=\"%s\"} %" PRIu64 "\n",
			       nfto_backlog_name(i), waiting);
	}
}

/* Each is a metric of its own; what is not known is left out. */
static void print_settings(const struct nfto_status *status)
{
	static const struct {
		enum nfto_setting setting;
		const char *name;
		const char *help;
	} settings[] = {
		{ NFTO_SETTING_TCP_TIMEOUT, "tcp_timeout_seconds",
		  "The sysctl net.netfilter.nf_flowtable_tcp_timeout." },
		{ NFTO_SETTING_UDP_TIMEOUT, "udp_timeout_seconds",
		  "The sysctl net.netfilter.nf_flowtable_udp_timeout." },
		{ NFTO_SETTING_CONNTRACK_ACCT, "conntrack_acct",
		  "The sysctl net.netfilter.nf_conntrack_acct." },
		{ NFTO_SETTING_CONNTRACK_COUNT, "conntrack_entries",
		  "The sysctl net.netfilter.nf_conntrack_count." },
		{ NFTO_SETTING_CONNTRACK_MAX, "conntrack_entries_max",
		  "The sysctl net.netfilter.nf_conntrack_max." },
		{ NFTO_SETTING_IPV4_FORWARDING, "ipv4_forwarding",
		  "The sysctl net.ipv4.ip_forward." },
		{ NFTO_SETTING_IPV6_FORWARDING, "ipv6_forwarding",
		  "The sysctl net.ipv6.conf.all.forwarding." },
	};
	uint64_t value;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (nfto_status_setting(status, settings[i].setting, &value) == 0)
			print_gauge(settings[i].name, settings[i].help, value);
	}
}

static void print_metrics(const struct nfto_status *status, const struct nfto_leaks *leaks)
{
	print_modes(status);
	print_confidence(status);
	print_findings(status);
	print_devices(status);
	print_flows(nfto_status_flows(status));
	print_counters(status);
	print_leaks(status, leaks);
	print_evictions(status);
	print_backlog(status);
	print_settings(status);
}

static int run(struct nfto_ctx *ctx, const struct options *options)
{
	struct nfto_status *status = NULL;
	struct nfto_leaks *leaks = NULL;
	int ret = nfto_status_read(ctx, options->name, &status);

	if (ret == 0)
		ret = read_lasting_leaks(ctx, options->name, &leaks);
	if (ret == 0)
		print_metrics(status, leaks);
	nfto_leaks_free(leaks);
	nfto_status_free(status);
	return ret < 0 ? output_error(ctx) : EXIT_DONE;
}

static const struct option options[] = { TAKES_NAME, TAKES_HELP, TAKES_NO_MORE };

const struct command metrics_command = {
	.name = "metrics",
	.synopsis = "[--name NAME]",
	.help = "Write the status as metrics, in the text format of Prometheus. For the textfile\n"
		"collector of node_exporter, write to another name first, since it may read at\n"
		"any time:\n"
		"\n"
		"  cd /var/lib/prometheus/node-exporter &&\n"
		"  nftoffload metrics > nftoffload.new && mv nftoffload.new nftoffload.prom\n"
		"\n"
		"  --name NAME    the instance (nftoffload)\n",
	.options = options,
	.run = run,
};
