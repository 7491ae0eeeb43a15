/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file nftoffload.h
 * @brief libnftoffload: put a Linux router's flow offload in the state you ask for, and learn the
 *        truth about it.
 *
 * Three kinds of objects, all opaque:
 *   session   does I/O: nfto_ctx, nfto_txn, nfto_flows
 *   builder   says what you want: nfto_spec, nfto_flow_filter; setters replace, only `add` adds
 *   snapshot  what was so at one moment: the rest; immutable, owns its memory, outlives its context
 *
 * Results: functions return 0 (or a count, where they say so) or a negative errno, and give objects
 * through an out-parameter, which is untouched on failure. The reason of a failure, with the object
 * and the device that it is about, is in nfto_ctx_error(). A value that the kernel did not send is
 * -ENODATA, never 0. Every nfto_*_free() takes NULL. Except there, no pointer may be NULL unless
 * the function says so.
 *
 * Threads: an object may be used by one thread at a time, nothing is shared between contexts, and
 * the library keeps no globals; so different contexts run in parallel without locks.
 *
 * Privileges: every request to nf_tables and conntrack, reads too, needs CAP_NET_ADMIN in the user
 * namespace of the network namespace.
 *
 * Errors that every function with a context may return, beside its own:
 *   -ENOMEM     out of memory
 *   -EPERM      NFTO_ERROR_PERMISSION: CAP_NET_ADMIN is missing
 *   -ENOBUFS    NFTO_ERROR_LOST: the kernel dropped a reply, so the outcome is not known; look
 *               again
 *   -EBADMSG    NFTO_ERROR_PROTOCOL: the kernel sent something that is no valid message
 *   -ETIMEDOUT  NFTO_ERROR_PROTOCOL: the kernel did not answer
 *   -EINTR      NFTO_ERROR_INTERRUPTED: what was read kept changing under the read
 */
#ifndef NFTOFFLOAD_H
#define NFTOFFLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------
 * Version
 */

/** The version that the program was compiled against. */
#define NFTO_VERSION_MAJOR 0
#define NFTO_VERSION_MINOR 1
#define NFTO_VERSION_PATCH 0

/** The version of the library that is running, as "0.1.0". Since 0.1. */
const char *nfto_version(void);

/** Is the library that is running this version, or a newer one? Since 0.1. */
bool nfto_version_at_least(unsigned int major, unsigned int minor, unsigned int patch);

/* ---------------------------------------------------------------------------------------------
 * Errors
 */

/** Why an operation failed. Values are stable; new ones may come at the end. */
enum nfto_error_code {
	NFTO_ERROR_NONE = 0,
	/** The caller gave something that can't be: a bad name, an empty list, a wrong state. */
	NFTO_ERROR_INVALID = 1,
	/** Out of memory. */
	NFTO_ERROR_NO_MEMORY = 2,
	/** CAP_NET_ADMIN is missing. */
	NFTO_ERROR_PERMISSION = 3,
	/** The kernel lacks a feature: flowtables, nf_tables, conntrack over netlink. */
	NFTO_ERROR_NOT_SUPPORTED = 4,
	/** There is no such network device in this network namespace. */
	NFTO_ERROR_NO_DEVICE = 5,
	/** There is no such table. */
	NFTO_ERROR_NO_TABLE = 6,
	/** There is no such flowtable. */
	NFTO_ERROR_NO_FLOWTABLE = 7,
	/** There is no such chain. */
	NFTO_ERROR_NO_CHAIN = 8,
	/** The device's driver does not take hardware offload. */
	NFTO_ERROR_DEVICE_REFUSED = 9,
	/** The device's hardware belongs to another flowtable already. */
	NFTO_ERROR_DEVICE_BUSY = 10,
	/** The device is given twice, or is in another flowtable of the same table. */
	NFTO_ERROR_DEVICE_DUPLICATE = 11,
	/** The device is not in this flowtable. */
	NFTO_ERROR_DEVICE_NOT_BOUND = 12,
	/** An object of that name exists. */
	NFTO_ERROR_EXISTS = 13,
	/** The object is in use: a flowtable by a rule, a chain by a jump. */
	NFTO_ERROR_IN_USE = 14,
	/** The property is fixed for the life of the object: the hardware flag, the priority. */
	NFTO_ERROR_IMMUTABLE = 15,
	/** The table exists, but was not made by this library: it is left alone. */
	NFTO_ERROR_FOREIGN_TABLE = 16,
	/** The table belongs to another process (flag owner). */
	NFTO_ERROR_OWNED_TABLE = 17,
	/** What was read kept changing under the read. */
	NFTO_ERROR_INTERRUPTED = 18,
	/** The kernel dropped a reply: the outcome is not known. */
	NFTO_ERROR_LOST = 19,
	/** The kernel sent something that is no valid answer. */
	NFTO_ERROR_PROTOCOL = 20,
	/** Anything else: see nfto_error_errno(). */
	NFTO_ERROR_SYSTEM = 21,
	/** At the time limit there was no evidence that all flows have left the hardware. */
	NFTO_ERROR_STILL_OFFLOADED = 22,
};

/** Why the last operation failed. */
struct nfto_error;

/** The reason; NFTO_ERROR_NONE if the last call on the context succeeded. Since 0.1. */
enum nfto_error_code nfto_error_code(const struct nfto_error *error);

/** The positive errno; 0 if there is none. Since 0.1. */
int nfto_error_errno(const struct nfto_error *error);

/** The object, such as "flowtable inet nftoffload ft"; "" if none. Since 0.1. */
const char *nfto_error_object(const struct nfto_error *error);

/** The device's name as it was given; "" if the error is not about one. Since 0.1. */
const char *nfto_error_device(const struct nfto_error *error);

/** The kernel's own words (its extended acknowledgement); "" if it gave none. Since 0.1. */
const char *nfto_error_kernel_text(const struct nfto_error *error);

/** What to do about it, one sentence; "" if nothing is known to help. Since 0.1. */
const char *nfto_error_hint(const struct nfto_error *error);

/**
 * One line for people: what it is about, and what is wrong. Bytes of names that can't be printed
 * are shown as \\xNN, so it is safe on a terminal. Since 0.1.
 */
const char *nfto_error_message(const struct nfto_error *error);

/** The stable name of a code for logs and bindings, such as "device-refused"; "unknown" for a value
 *  that this version does not know. Since 0.1. */
const char *nfto_error_code_name(enum nfto_error_code code);

/* ---------------------------------------------------------------------------------------------
 * Context
 */

/** A session with the kernel, bound to one network namespace. */
struct nfto_ctx;

/**
 * Open a session in the network namespace of the calling thread.
 * @param ctx Out: free with nfto_ctx_free().
 * @return 0; -ENOMEM; -EPROTONOSUPPORT if the kernel has no nfnetlink; -EACCES if somebody (seccomp)
 *         forbids the socket; -EMFILE and other errors of socket(2), and of open(2) for the namespace.
 * Since 0.1.
 */
int nfto_ctx_new(struct nfto_ctx **ctx);

/**
 * Open a session in the network namespace that an fd refers to (/run/netns/NAME, /proc/PID/ns/net).
 * The calling thread stays in its own namespace: a short-lived thread does the visit.
 * @param ctx Out: free with nfto_ctx_free().
 * @param netns_fd Borrowed; may be closed after the call.
 * @return 0; -EBADF; -EINVAL if the fd is not a network namespace; -EPERM without CAP_SYS_ADMIN;
 *         and the errors of nfto_ctx_new().
 * Since 0.1.
 */
int nfto_ctx_new_in_netns(struct nfto_ctx **ctx, int netns_fd);

/** Close the session. Snapshots made by it stay valid; transactions and flow streams of it must be
 *  freed before. Since 0.1. */
void nfto_ctx_free(struct nfto_ctx *ctx);

/** Why the last call that took this context, or a transaction or stream of it, failed. Borrowed:
 *  valid until the next such call. Never NULL. Since 0.1. */
const struct nfto_error *nfto_ctx_error(const struct nfto_ctx *ctx);

/* ---------------------------------------------------------------------------------------------
 * Facts: what this kernel and these devices can do
 */

/** An answer that may be missing. */
enum nfto_answer {
	/** It could not be found out. */
	NFTO_UNKNOWN = 0,
	NFTO_NO = 1,
	NFTO_YES = 2,
};

/** "unknown", "no", "yes"; "unknown" for another value. Since 0.1. */
const char *nfto_answer_name(enum nfto_answer answer);

/** What a kernel may be able to do. Values are stable; new ones may come at the end. */
enum nfto_feature {
	/** Flowtables of the family inet. */
	NFTO_FEATURE_FLOWTABLES = 0,
	/** Flowtables may offer their flows to hardware. */
	NFTO_FEATURE_HARDWARE_FLAG = 1,
	/** Flowtables may count packets and bytes. */
	NFTO_FEATURE_COUNTER_FLAG = 2,
	/** Devices can be added to and removed from a flowtable that is in use. */
	NFTO_FEATURE_DEVICE_CHANGES = 3,
	/** Conntrack over netlink: flows can be listed. */
	NFTO_FEATURE_CONNTRACK = 4,
	/** The kernel filters that list by status, so that only offloaded flows are copied. */
	NFTO_FEATURE_CONNTRACK_STATUS_FILTER = 5,
	/** A flowtable takes devices that do not exist yet. */
	NFTO_FEATURE_MISSING_DEVICES = 6,
	/** A flowtable takes the begin of a name, for all devices that are called so. */
	NFTO_FEATURE_WILDCARDS = 7,
	/** What is hooked on a device can be listed: nfnetlink_hook. */
	NFTO_FEATURE_HOOK_LISTING = 8,
	/** The kernel finds the device below a bridge, VLAN or PPPoE session by itself. */
	NFTO_FEATURE_PATH_DISCOVERY = 9,
	/** A flow is only made if the kernel can follow the path of both directions, and each ends at
	 *  a device of the flowtable (7.2). Without it, the kernel makes one for the route's device
	 *  instead, and marks connections as offloaded whose packets never find their flow. Told by
	 *  the release, as only packets of a connection could show it. */
	NFTO_FEATURE_NEEDS_WHOLE_PATH = 10,
};

/** The stable name of a feature, such as "hardware-flag"; "unknown" for a value that this version
 *  does not know. Since 0.1. */
const char *nfto_feature_name(enum nfto_feature feature);

/** The ethtool feature hw-tc-offload of a device. While it is off, drivers decline each flow. */
enum nfto_hw_tc_offload {
	/** The kernel has no ethtool over netlink. */
	NFTO_HW_TC_OFFLOAD_UNKNOWN = 0,
	NFTO_HW_TC_OFFLOAD_OFF = 1,
	NFTO_HW_TC_OFFLOAD_ON = 2,
	/** Off, and it can't be switched on: the driver does not have it. */
	NFTO_HW_TC_OFFLOAD_FIXED_OFF = 3,
	/** On, and it can't be switched off. */
	NFTO_HW_TC_OFFLOAD_FIXED_ON = 4,
};

/** "unknown", "off", "on", "fixed-off", "fixed-on"; "unknown" for another value. Since 0.1. */
const char *nfto_hw_tc_offload_name(enum nfto_hw_tc_offload state);

/** What a kernel and its devices can do, at one moment. */
struct nfto_caps;

/** What one device can do. */
struct nfto_device_caps;

/**
 * Find out what the kernel and its devices can do, by asking them. The kernel is given transactions
 * that it checks and takes back (as nfto_txn_check()), in a table "nftoffload-probe", so nothing
 * changes, neither the rules nor their generation; but it loads the modules that it needs for an
 * answer. For the moment of a check the device is hooked to an empty flowtable, which lets all
 * packets go on.
 *
 * A part of the kernel that is missing is an answer, "no" or "unknown", and no error.
 *
 * @param devices Names of devices; each is in the snapshot, in this order, also if there is no such
 *        device. May be NULL if count is 0.
 * @param count 0: all devices of the network namespace that may have hardware of their own, which
 *        are those that no program has made (a bridge, a VLAN, a tunnel...).
 * @param caps Out: free with nfto_caps_free().
 * @return 0, or:
 *   -EINVAL  NFTO_ERROR_INVALID: a name can't be that of a device
 *   -EEXIST  NFTO_ERROR_EXISTS: there is a table "inet nftoffload-probe"
 *   -EMFILE and other errors of socket(2)
 * Since 0.1.
 */
int nfto_caps_read(struct nfto_ctx *ctx, const char *const *devices, size_t count,
		   struct nfto_caps **caps);

/** Since 0.1. */
void nfto_caps_free(struct nfto_caps *caps);

/** Does the kernel have a feature? NFTO_UNKNOWN for a value that is no feature. Since 0.1. */
enum nfto_answer nfto_caps_feature(const struct nfto_caps *caps, enum nfto_feature feature);

/** How that was found out, and what the kernel said: a sentence for people, borrowed; "" for a
 *  value that is no feature. Since 0.1. */
const char *nfto_caps_feature_evidence(const struct nfto_caps *caps, enum nfto_feature feature);

/** Since 0.1. */
size_t nfto_caps_device_count(const struct nfto_caps *caps);

/** Borrowed from the snapshot; NULL if the index is out of range. Since 0.1. */
const struct nfto_device_caps *nfto_caps_device(const struct nfto_caps *caps, size_t index);

/** Its name, as it was given. Since 0.1. */
const char *nfto_device_caps_name(const struct nfto_device_caps *device);

/** "bridge", "vlan", "ppp"...; "" for a network card, and for a device that does not exist. Since
 *  0.1. */
const char *nfto_device_caps_kind(const struct nfto_device_caps *device);

/** The device below: of a VLAN its parent, of a port of DSA the conduit; "" if none, or if it is in
 *  another network namespace. Since 0.1. */
const char *nfto_device_caps_lower(const struct nfto_device_caps *device);

/** The bridge or bond that it is a port of; "" if none. Since 0.1. */
const char *nfto_device_caps_upper(const struct nfto_device_caps *device);

/** The switch chip that it is a port of, in hexadecimal digits; "" if none. Since 0.1. */
const char *nfto_device_caps_switch_id(const struct nfto_device_caps *device);

/** Since 0.1. */
enum nfto_hw_tc_offload nfto_device_caps_hw_tc_offload(const struct nfto_device_caps *device);

/**
 * Does its driver take a flowtable? Found out by a trial: the driver is asked to bind, and to
 * unbind.
 *
 *   yes      it did; or it can't, since another flowtable has its hardware
 *   no       it refused; or there is nothing to be asked: the device is made by software alone, or
 *            its driver does not have hw-tc-offload (the trial is not made then, as the kernel does
 *            not clean up well behind such devices)
 *   unknown  the device does not exist; or the kernel hides a driver's refusal (OpenWrt's does), so
 *            that its success proves nothing
 *
 * Yes is no promise: a driver may decline each flow, and some (netdevsim of Linux 7.2) take a
 * flowtable and do nothing with it, which can't be told from outside. Which flows were taken is
 * seen by nfto_flows_open(). Since 0.1.
 */
enum nfto_answer nfto_device_caps_hardware(const struct nfto_device_caps *device);

/** How that was found out: a sentence for people, borrowed. Since 0.1. */
const char *nfto_device_caps_evidence(const struct nfto_device_caps *device);

/**
 * What was wrong; NULL if nothing. Borrowed. With the errno and the kernel's words:
 *   NFTO_ERROR_NO_DEVICE       there is no such device
 *   NFTO_ERROR_DEVICE_REFUSED  the driver does not take flowtables (EOPNOTSUPP)
 *   NFTO_ERROR_DEVICE_BUSY     another flowtable has its hardware
 *   NFTO_ERROR_SYSTEM          the driver refused, with this errno
 * Since 0.1.
 */
const struct nfto_error *nfto_device_caps_error(const struct nfto_device_caps *device);

/** The network devices of a network namespace, how they stand on each other, and what a plan must
 *  know of the kernel, at one moment. */
struct nfto_topology;

/**
 * Read the topology of the context's network namespace. No privilege is needed.
 * @param topology Out: free with nfto_topology_free().
 * @return 0; -EMFILE and other errors of socket(2), as NFTO_ERROR_SYSTEM. Since 0.1.
 */
int nfto_topology_read(struct nfto_ctx *ctx, struct nfto_topology **topology);

/**
 * Read a topology from its record, as nfto_topology_text() gives it, of this machine or any other,
 * or made by hand. Lines and words that this version does not know are skipped.
 * @param text Not changed, and not needed after the call; need not end with a NUL.
 * @param length Of the text, in bytes.
 * @param topology Out: free with nfto_topology_free().
 * @param line Out, may be NULL: set for -EINVAL, to the number of the line that is wrong, the first
 *         being 1.
 * @return 0; -ENOMEM; -EINVAL if the heading is missing, if a value can't be, if a device is named
 *         that has no line, if two devices have the same index or name, or if there are more than
 *         65536. Since 0.1.
 */
int nfto_topology_parse(const char *text, size_t length, struct nfto_topology **topology,
			size_t *line);

/** Since 0.1. */
void nfto_topology_free(struct nfto_topology *topology);

/** The record of a topology: lines of text, for people and for nfto_topology_parse(). Borrowed from
 *  the topology. It holds names of devices, and no addresses. Since 0.1. */
const char *nfto_topology_text(const struct nfto_topology *topology);

/* ---------------------------------------------------------------------------------------------
 * What you want: spec and apply
 *
 * An instance is one table of our own, `table inet NAME`, with a flowtable, a chain that offers to
 * it each flow that the firewall has accepted, and a detector for flows that only pretend to be
 * offloaded. The table carries the comment "managed by nftoffload": a table without it is never
 * touched.
 */

/** Where flows are to be forwarded. */
enum nfto_mode {
	/** In hardware if every device takes it, else in software. */
	NFTO_MODE_AUTO = 0,
	/** In hardware, or not at all. */
	NFTO_MODE_HARDWARE = 1,
	/** In the kernel's software fast path. */
	NFTO_MODE_SOFTWARE = 2,
	/** Only reported, never asked for: nothing is offloaded. */
	NFTO_MODE_NONE = 3,
};

/** "auto", "hardware", "software", "none"; "unknown" for another value. Since 0.1. */
const char *nfto_mode_name(enum nfto_mode mode);

/** The name of the instance unless one is given: "nftoffload". */
#define NFTO_DEFAULT_NAME "nftoffload"

/** What you want of one instance. */
struct nfto_spec;

/** A spec named NFTO_DEFAULT_NAME: mode auto, no interfaces or devices, with counters, priorities 0
 *  and 10, no threshold. Free with nfto_spec_free(). @return 0; -ENOMEM. Since 0.1. */
int nfto_spec_new(struct nfto_spec **spec);

/** Since 0.1. */
void nfto_spec_free(struct nfto_spec *spec);

/**
 * Name the instance, which is the name of its table. The name is copied, and judged by
 * nfto_apply(): a letter, then letters, digits, '_', '-' or '.', at most 255 bytes, so that nft(8)
 * can name it too.
 * @return 0; -ENOMEM. Since 0.1.
 */
int nfto_spec_set_name(struct nfto_spec *spec, const char *name);

/** Set the mode. @return 0; -EINVAL for a value that can't be asked for. Since 0.1. */
int nfto_spec_set_mode(struct nfto_spec *spec, enum nfto_mode mode);

/**
 * Add an interface as people name it: a bridge, a VLAN, a PPPoE link, a network card. The plan
 * finds the devices that belong into the flowtable for it. A name that ends with '*' stands for all
 * interfaces that begin so, unless there is one of that very name. The name is copied, and judged
 * by nfto_apply(), which can say what is wrong with it.
 * @return 0; -ENOMEM. Since 0.1.
 */
int nfto_spec_add_interface(struct nfto_spec *spec, const char *interface);

/**
 * Add a device that goes into the flowtable as it is, whatever it is. A name that ends with '*'
 * stands for all devices that begin so, unless there is one of that very name. Copied and judged as
 * above.
 * @return 0; -ENOMEM. Since 0.1.
 */
int nfto_spec_add_device(struct nfto_spec *spec, const char *device);

/** Count packets and bytes of offloaded flows into conntrack (default: true). It costs a little,
 *  and accounting is wrong without it. Since 0.1. */
void nfto_spec_set_counter(struct nfto_spec *spec, bool counter);

/** The priority of the flowtable's ingress hook (default: 0). Since 0.1. */
void nfto_spec_set_ingress_priority(struct nfto_spec *spec, int32_t priority);

/** The priority of our forward chain (default: 10). Keep it behind the firewall's, so that only
 *  what the firewall accepts is offloaded. Since 0.1. */
void nfto_spec_set_forward_priority(struct nfto_spec *spec, int32_t priority);

/** Only offload connections that had so many packets, in both directions together (default 0: all),
 *  as some tools must see the begin of each connection. See nfto_txn_add_offload_rule(). Since
 *  0.1. */
void nfto_spec_set_min_packets(struct nfto_spec *spec, uint64_t min_packets);

/**
 * How flows leave the hardware where nfto_apply() must replace its flowtable, as for a change from
 * hardware to software. See nfto_drain() for both.
 * @param flags Of enum nfto_drain_flags (default: 0).
 * @param timeout_s 0, the default: as long as nfto_drain() takes for 0.
 * @return 0; -EINVAL for an unknown flag. Since 0.1.
 */
int nfto_spec_set_drain(struct nfto_spec *spec, uint32_t flags, unsigned int timeout_s);

/**
 * Read what an instance was asked for by the last nfto_apply(): apply it once more to heal it, or
 * nfto_apply_check() it to see what has become of it. What the instance can't tell any more, as
 * somebody has deleted that part of it, is as in nfto_spec_new(); how to drain always is.
 * @param spec Out: free with nfto_spec_free().
 * @return 0, or:
 *   -EINVAL      NFTO_ERROR_INVALID: the name can't be
 *   -ENOENT      NFTO_ERROR_NO_TABLE: there is no such instance
 *   -EEXIST      NFTO_ERROR_FOREIGN_TABLE: the table is not ours
 *   -ENODATA     NFTO_ERROR_INVALID: which interfaces were asked for was deleted from it
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no nf_tables
 * Since 0.1.
 */
int nfto_spec_read(struct nfto_ctx *ctx, const char *name, struct nfto_spec **spec);

/** From the interfaces and devices of a spec to those that belong into its flowtable, with the
 *  reasons. */
struct nfto_plan;

/** One device on the way of the flows. */
struct nfto_plan_device;

/** What becomes of a device. Values are stable; new ones may come at the end. */
enum nfto_plan_decision {
	/** It belongs into the flowtable. */
	NFTO_PLAN_TAKEN = 1,
	/** It does not. */
	NFTO_PLAN_LEFT_OUT = 2,
	/** It is not there. */
	NFTO_PLAN_MISSING = 3,
	/** It is not there, and the flowtable lists its name: the kernel binds it when it appears.
	 *  Only in the plan of nfto_result_plan(), since it takes a question to the kernel. */
	NFTO_PLAN_WAITING = 4,
};

/** "taken", "left-out", "missing", "waiting"; "unknown" for another value. Since 0.1. */
const char *nfto_plan_decision_name(enum nfto_plan_decision decision);

/** Why. Values are stable; new ones may come at the end. */
enum nfto_plan_reason {
	/** "explicit": given by nfto_spec_add_device(). */
	NFTO_PLAN_EXPLICIT = 1,
	/** "entry": packets come in here, and here the kernel looks for their flows. */
	NFTO_PLAN_ENTRY = 2,
	/** "route": routes go over it; the kernel keeps flows here when it does not find the way
	 *  below (before Linux 7.2). */
	NFTO_PLAN_ROUTE = 3,
	/** "between": on the way, but no flow is kept here. */
	NFTO_PLAN_BETWEEN = 4,
	/** "no-hardware": it has none, and needs none: the devices below it are asked. */
	NFTO_PLAN_NO_HARDWARE = 5,
	/** "no-driver": no driver takes flows of its kind into hardware, and nothing below stands
	 *  for it. */
	NFTO_PLAN_NO_DRIVER = 6,
	/** "handed-over": another device takes its packets over, and flows are kept there. */
	NFTO_PLAN_HANDED_OVER = 7,
	/** "conduit": it carries a switch's tagged frames, and flows are kept for the switch's
	 *  ports. */
	NFTO_PLAN_CONDUIT = 8,
	/** "too-deep": more tags, sessions or devices above it than the kernel follows. */
	NFTO_PLAN_TOO_DEEP = 9,
	/** "inner-tag": an 802.1ad tag inside of another, which the kernel does not read. */
	NFTO_PLAN_INNER_TAG = 10,
	/** "tunnel": what is inside can be offloaded in software; the packets around it are this
	 *  host's. */
	NFTO_PLAN_TUNNEL = 11,
	/** "ipsec": each packet is held against a policy, so none is offloaded. */
	NFTO_PLAN_IPSEC = 12,
	/** "loopback": its packets are not forwarded. */
	NFTO_PLAN_LOOPBACK = 13,
	/** "empty": a bridge without ports. */
	NFTO_PLAN_EMPTY = 14,
	/** "elsewhere": the device below is in another network namespace. */
	NFTO_PLAN_ELSEWHERE = 15,
	/** "loop": it stands on itself. */
	NFTO_PLAN_LOOP = 16,
	/** "unknown-session": nobody can tell the device below its PPPoE session. */
	NFTO_PLAN_UNKNOWN_SESSION = 17,
	/** "no-path-discovery": the kernel does not look below the route's device (before Linux
	 *  5.13). */
	NFTO_PLAN_NO_PATH_DISCOVERY = 18,
	/** "no-pppoe-match": the kernel does not find flows of PPPoE here (before 5.15.157, 6.1.88,
	 *  6.6.29 and 6.9). */
	NFTO_PLAN_NO_PPPOE_MATCH = 19,
	/** "no-device": there is no such device now. */
	NFTO_PLAN_NO_DEVICE = 20,
	/** "no-match": a wildcard, and nothing of such a name is there now. */
	NFTO_PLAN_NO_MATCH = 21,
	/** "vlan-filtering": the port of a bridge with VLAN filtering. In software, before Linux
	 *  7.2, flows that are kept here leave without the tag that the port may have to put on, so
	 *  they are kept above the bridge. */
	NFTO_PLAN_VLAN_FILTERING = 22,
	/** "no-path": the kernel can't follow the path of packets through it, and makes no flow
	 *  without (NFTO_FEATURE_NEEDS_WHOLE_PATH). */
	NFTO_PLAN_NO_PATH = 23,
	/** "lost-in-tunnel": a tunnel for IPv4 over IPv6 (DS-Lite) leaves by it, and this kernel
	 *  sends what it offloads of such a tunnel to nowhere (seen on Linux 7.2). */
	NFTO_PLAN_LOST_IN_TUNNEL = 24,
};

/** The name of a reason, as above; "unknown" for another value. Since 0.1. */
const char *nfto_plan_reason_name(enum nfto_plan_reason reason);

/**
 * Make a plan. Nothing is asked or changed: the topology is all that is known.
 * @param plan Out: free with nfto_plan_free(). It needs neither topology nor spec any more.
 * @return 0; -ENOMEM. Since 0.1.
 */
int nfto_plan_new(const struct nfto_topology *topology, const struct nfto_spec *spec,
		  struct nfto_plan **plan);

/** Since 0.1. */
void nfto_plan_free(struct nfto_plan *plan);

/** What the plan is for: hardware or software. For a spec of mode auto: hardware, unless flows need
 *  a device that no driver has in hardware. A driver that may have it can still refuse. Since
 *  0.1. */
enum nfto_mode nfto_plan_mode(const struct nfto_plan *plan);

/** The device that stands in the way of hardware: flows need it, and it can't have any. So a plan
 *  of mode hardware would leave flows out, and one of mode auto is for software. NULL if there is
 *  none, and for mode software. Borrowed from the plan. Since 0.1. */
const struct nfto_plan_device *nfto_plan_obstacle(const struct nfto_plan *plan);

/** The number of devices, of all decisions. Since 0.1. */
size_t nfto_plan_count(const struct nfto_plan *plan);

/** In the order of the spec, each followed by those below it, each device once. Borrowed from the
 *  plan; NULL if the index is out of range. Since 0.1. */
const struct nfto_plan_device *nfto_plan_get(const struct nfto_plan *plan, size_t index);

/** Its name; for one that is missing, as it was given. Since 0.1. */
const char *nfto_plan_device_name(const struct nfto_plan_device *device);

/** What becomes of it. Since 0.1. */
enum nfto_plan_decision nfto_plan_device_decision(const struct nfto_plan_device *device);

/** Why. Since 0.1. */
enum nfto_plan_reason nfto_plan_device_reason(const struct nfto_plan_device *device);

/** Why, for people, without a full stop; may name other devices, and is safe on a terminal. Since
 *  0.1. */
const char *nfto_plan_device_sentence(const struct nfto_plan_device *device);

/** The interface or device of the spec, as it was given, by which it was first reached. Since
 *  0.1. */
const char *nfto_plan_device_via(const struct nfto_plan_device *device);

/** What nfto_apply() did. */
struct nfto_result;

/**
 * Bring an instance into the state of a spec, in one atomic batch: either all of it happens, or
 * nothing. What is as wanted already stays untouched; if all is, nothing is sent. Devices are added
 * and removed in place: flows through the others stay offloaded.
 *
 * What does not exist is left out and remembered: it fails nothing, see nfto_result_plan(). If
 * somebody else changes the rule set meanwhile, or a device goes, it is begun again, up to 20
 * times.
 *
 * From Linux 6.16 on, the kernel binds devices by their names when they appear. So in software it
 * is given the names of those that do not exist, too, and from Linux 6.17 on wildcards, but for
 * those of which the plan takes nothing as it is (of bridges it may take the ports alone), or which
 * stand for a device that would do harm. In hardware it is not, since a name in a flowtable for
 * hardware is blocked for devices whose drivers refuse, see NFTO_FINDING_NAME_BLOCKED. In both, what
 * is listed and vanishes stays listed as long as it is asked for, to be bound when it is back. (An
 * nft(8) with a libnftnl before 1.3.0 does not show a flowtable with a wildcard, and a rule set that
 * it has saved then does not load: name the devices there.)
 *
 * A change between hardware and software, or of the ingress priority, replaces the flowtable, since
 * the kernel can't change it: its flows start again. A flowtable in hardware is drained before,
 * once the kernel has judged that the rest will do, see nfto_spec_set_drain(); that may take as
 * long as the timeout of flows.
 *
 * @param result Out, may be NULL: free with nfto_result_free().
 * @return 0, or:
 *   -EINVAL      NFTO_ERROR_INVALID: no interface or device, or the name of the instance or of one
 *                of them can't be
 *   -EINVAL      NFTO_ERROR_DEVICE_DUPLICATE: a name is given twice
 *   -EOPNOTSUPP  NFTO_ERROR_DEVICE_REFUSED: mode hardware, and a driver does not take it
 *   -EBUSY       NFTO_ERROR_DEVICE_BUSY: mode hardware, and another flowtable has the device's
 *                hardware
 *   -EOPNOTSUPP  NFTO_ERROR_IMMUTABLE: another ingress priority, and the flowtable is in hardware:
 *                remove the instance first
 *   -ENOENT      NFTO_ERROR_NOT_SUPPORTED: the kernel has no flowtables
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: the kernel has no nf_tables
 *   -EEXIST      NFTO_ERROR_FOREIGN_TABLE: a table of that name exists that is not ours
 *   -EPERM       NFTO_ERROR_OWNED_TABLE: another process holds the table (flag owner)
 *   -ETIMEDOUT   NFTO_ERROR_STILL_OFFLOADED, and the other errors of nfto_drain(): flows did not
 *                leave the hardware. The instance is there as before, without its offload rule
 *   -EINTR       NFTO_ERROR_INTERRUPTED: others kept changing the rule set
 *   -ENOENT      NFTO_ERROR_NO_DEVICE: a device kept coming and going
 * Since 0.1.
 */
int nfto_apply(struct nfto_ctx *ctx, const struct nfto_spec *spec, struct nfto_result **result);

/**
 * What nfto_apply() would do, judged by the kernel but not done (see nfto_txn_check()): the result
 * is the same, and so are the errors.
 * Since 0.1.
 */
int nfto_apply_check(struct nfto_ctx *ctx, const struct nfto_spec *spec,
		     struct nfto_result **result);

/** Since 0.1. */
void nfto_result_free(struct nfto_result *result);

/** Was anything changed? Since 0.1. */
bool nfto_result_changed(const struct nfto_result *result);

/** The mode that the flowtable has now: hardware or software. Since 0.1. */
enum nfto_mode nfto_result_mode(const struct nfto_result *result);

/** In mode auto: why hardware was not taken. NULL if it was, if it was not asked for, or if nothing
 *  was changed. Borrowed from the result. Since 0.1. */
const struct nfto_error *nfto_result_fallback(const struct nfto_result *result);

/** The plan that was brought about: each device with its decision and reason, those too that are
 *  missing, waited for, or left out. Borrowed from the result. Since 0.1. */
const struct nfto_plan *nfto_result_plan(const struct nfto_result *result);

/** How many steps it took: the operations of the batch. 0 if nothing was changed. Since 0.1. */
size_t nfto_result_step_count(const struct nfto_result *result);

/** A step, for people: "add device "lan0" to flowtable inet nftoffload ft". Borrowed from the
 *  result; NULL if the index is out of range. Since 0.1. */
const char *nfto_result_step(const struct nfto_result *result, size_t index);

/** How to drain an instance. */
enum nfto_drain_flags {
	/** Delete the connections, in place of letting them live on in the slow path: see
	 *  NFTO_EVICT_DELETE_CONNECTIONS. */
	NFTO_DRAIN_DELETE_CONNECTIONS = 1u << 0,
};

/** What draining an instance did. */
struct nfto_drained;

/**
 * Put an instance out of service: nothing is offloaded any more, and what was leaves the fast path
 * and the hardware. The kernel does not take the flows of a flowtable out of the hardware when it
 * is deleted: they would be forwarded there, past the firewall, until they end. So before a
 * flowtable in hardware is deleted, it must be drained; nfto_remove() does so. The table stays,
 * without its offload rule; nfto_apply() puts the instance back into service.
 *
 * First the offload rule goes. Then the offloaded connections leave the fast path and live on in the
 * slow one, as by nfto_evict(); no setting of the network namespace is touched. Last, it is waited
 * until nothing shows any more that the kernel has hold of a flow: two to three seconds in all. The
 * calling thread sleeps meanwhile.
 *
 * Conntrack does not tell flowtables apart. If other flowtables offload in the network namespace,
 * too, their connections leave the fast path as well, and come back with their next packets.
 *
 * An instance in software is drained at once, and its connections always live on: its flowtable is
 * deleted, and the kernel takes down the flows by itself.
 *
 * @param flags Of enum nfto_drain_flags.
 * @param timeout_s How long it may take; 0: 10 s.
 * @param drained Out, may be NULL: free with nfto_drained_free().
 * @return 1 if it was drained, 0 if there is no such instance, or:
 *   -EINVAL      NFTO_ERROR_INVALID: the name can't be, or a flag is unknown
 *   -EEXIST      NFTO_ERROR_FOREIGN_TABLE: the table is not ours
 *   -EPERM       NFTO_ERROR_OWNED_TABLE: another process holds the table (flag owner)
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: in hardware, and there is no conntrack over netlink.
 *               Nothing was changed.
 *   -EAGAIN      NFTO_ERROR_INTERRUPTED: somebody has applied it anew meanwhile. It stays as that
 *               has left it.
 *   -EINTR       NFTO_ERROR_INTERRUPTED: others kept changing the rule set
 *   -ETIMEDOUT   NFTO_ERROR_STILL_OFFLOADED: flows may still be in the hardware; the message says
 *               how many. The offload rule is gone, and the flowtable is there.
 * Since 0.1.
 */
int nfto_drain(struct nfto_ctx *ctx, const char *name, uint32_t flags, unsigned int timeout_s,
	       struct nfto_drained **drained);

/**
 * Remove an instance and all of its objects: it is drained, then its table is deleted. An instance
 * that does not exist is removed already. Parameters and errors are those of nfto_drain(); after
 * -ETIMEDOUT the table is still there.
 * @return 1 if it was removed, 0 if there was none, or a negative errno, those of nfto_drain(). Since
 *         0.1.
 */
int nfto_remove(struct nfto_ctx *ctx, const char *name, uint32_t flags, unsigned int timeout_s,
		struct nfto_drained **drained);

/** Since 0.1. */
void nfto_drained_free(struct nfto_drained *drained);

/** How many offloaded connections have left the fast path: they live on, or were deleted, as was
 *  asked for. Those of an instance in software are not counted. Since 0.1. */
uint64_t nfto_drained_connections(const struct nfto_drained *drained);

/** Was it seen that no flow is left? False: packets under way, or other flowtables, hid it, and
 *  it was waited for as long as the kernel takes, by its source, to let the flows go. Since 0.1. */
bool nfto_drained_seen(const struct nfto_drained *drained);

/** How long it took. Since 0.1. */
uint64_t nfto_drained_elapsed_ms(const struct nfto_drained *drained);

/* ---------------------------------------------------------------------------------------------
 * Findings: what is wrong, how it is known, and what to do about it
 */

/** How bad it is. */
enum nfto_severity {
	/** Worth knowing; all is as it should be. */
	NFTO_SEVERITY_NOTE = 0,
	/** Something is slower, or less sure, than it could be. */
	NFTO_SEVERITY_WARNING = 1,
	/** What was asked for is not so. */
	NFTO_SEVERITY_ERROR = 2,
};

/** "note", "warning", "error"; "unknown" for another value. Since 0.1. */
const char *nfto_severity_name(enum nfto_severity severity);

/** What was found. Values are stable; new ones may come at the end of each part. */
enum nfto_finding_code {
	/** Nothing; never given. */
	NFTO_FINDING_NONE = 0,
	/* Why a connection is not offloaded, see nfto_explain(); some of these are about the whole
	 * instance, and findings of its status, too. */
	/** "not-tracked": conntrack has no entry of it. */
	NFTO_FINDING_NOT_TRACKED = 1,
	/** "no-instance": there is no such instance. */
	NFTO_FINDING_NO_INSTANCE = 2,
	/** "drained": the instance was put out of service by a drain, or is on the way there. */
	NFTO_FINDING_DRAINED = 3,
	/** "dormant": the table is dormant: its chains see no packet. */
	NFTO_FINDING_DORMANT = 4,
	/** "incomplete": a part of the instance is missing, or was changed. */
	NFTO_FINDING_INCOMPLETE = 5,
	/** "no-devices": no device is in the flowtable. */
	NFTO_FINDING_NO_DEVICES = 6,
	/** "protocol": only TCP and UDP are offloaded. */
	NFTO_FINDING_PROTOCOL = 7,
	/** "tcp-not-established": the TCP handshake is not complete. */
	NFTO_FINDING_TCP_NOT_ESTABLISHED = 8,
	/** "tcp-closing": the TCP connection is being closed. */
	NFTO_FINDING_TCP_CLOSING = 9,
	/** "helper": a helper of conntrack has to see each packet. */
	NFTO_FINDING_HELPER = 10,
	/** "sequence-adjusted": its sequence numbers are rewritten by NAT or a SYN proxy. */
	NFTO_FINDING_SEQUENCE_ADJUSTED = 11,
	/** "nat-clash": its NAT clashed with another connection's. */
	NFTO_FINDING_NAT_CLASH = 12,
	/** "dying": conntrack has given it up. */
	NFTO_FINDING_DYING = 13,
	/** "first-packet": only one packet was seen: the second one is the first to be
	 *  offloaded. */
	NFTO_FINDING_FIRST_PACKET = 14,
	/** "below-threshold": it had fewer packets than the instance asks for. */
	NFTO_FINDING_BELOW_THRESHOLD = 15,
	/** "not-counted": conntrack does not count it, so it never reaches the threshold. */
	NFTO_FINDING_NOT_COUNTED = 16,
	/** "local": the router itself is one end, so nothing is forwarded. */
	NFTO_FINDING_LOCAL = 17,
	/** "forwarding-off": the kernel does not forward. */
	NFTO_FINDING_FORWARDING_OFF = 18,
	/** "no-route": there is no route. */
	NFTO_FINDING_NO_ROUTE = 19,
	/** "no-reverse-route": there is no route for the answers by the interface that the
	 *  packets come in by. */
	NFTO_FINDING_NO_REVERSE_ROUTE = 20,
	/** "ipsec": packets come out of IPsec or go into it. */
	NFTO_FINDING_IPSEC = 21,
	/** "unlisted-device": a device that its packets come in by is not in the flowtable. Not certain
	 * below a PPPoE session, which is taken to be the only one there is. */
	NFTO_FINDING_UNLISTED_DEVICE = 22,
	/** "no-neighbour": the Ethernet address of the next hop is not known. */
	NFTO_FINDING_NO_NEIGHBOUR = 23,
	/** "no-bridge-entry": a bridge does not know at which port the next hop is. */
	NFTO_FINDING_NO_BRIDGE_ENTRY = 24,
	/** "too-deep": more VLAN tags or devices are on the way than the kernel follows. */
	NFTO_FINDING_TOO_DEEP = 25,
	/** "mtu": its packets are larger than the MTU of the device that they leave by. */
	NFTO_FINDING_MTU = 26,
	/** "fragments": its packets come in as fragments. */
	NFTO_FINDING_FRAGMENTS = 27,
	/** "ip-options": its packets may have IP options or extension headers, or a TTL that ends
	 *  here. */
	NFTO_FINDING_IP_OPTIONS = 28,
	/** "asymmetric-route": its packets come in by another device than the route back leads
	 *  to. */
	NFTO_FINDING_ASYMMETRIC_ROUTE = 29,
	/** "idle": no packet came lately: the next one is offloaded. */
	NFTO_FINDING_IDLE = 30,
	/** "hw-tc-offload-off": the devices decline all flows: their feature hw-tc-offload is
	 *  off. */
	NFTO_FINDING_HW_TC_OFFLOAD_OFF = 31,
	/** "driver-declined": the driver has not taken it into hardware. */
	NFTO_FINDING_DRIVER_DECLINED = 32,
	/** "software-mode": the flowtable is one for software. */
	NFTO_FINDING_SOFTWARE_MODE = 33,
	/** "leaving-hardware": it is on its way out of the hardware. */
	NFTO_FINDING_LEAVING_HARDWARE = 34,
	/** "unexplained": nothing that can be seen from outside of the kernel stands against
	 *  it. */
	NFTO_FINDING_UNEXPLAINED = 35,
	/** "maybe-closing": the driver has not taken it into hardware, or it is a finished TCP
	 *  connection: since Linux 6.15 that has left the hardware, and stays in software until its
	 *  timeout. Never certain; see nfto_explain_again(). */
	NFTO_FINDING_MAYBE_CLOSING = 36,
	/** "no-path": the kernel can't follow the path of its packets through a device, and offloads
	 *  nothing without (NFTO_FEATURE_NEEDS_WHOLE_PATH). */
	NFTO_FINDING_NO_PATH = 37,
	/* From 200 on: the hardware and conntrack disagree, see nfto_audit_look(). */
	/** Conntrack says hardware, and the hardware's table has it in neither direction. */
	NFTO_FINDING_HW_FORGOTTEN = 200,
	/** Conntrack says hardware, and the hardware's table has one direction only. */
	NFTO_FINDING_HW_ONE_DIRECTION = 201,
	/** The hardware forwards it, and conntrack does not count that. Certain from the third look
	 *  on: once, the kernel may only be late. */
	NFTO_FINDING_HW_NOT_COUNTED = 202,
	/** Of a connection of TCP in hardware, one direction is counted and the other is not. */
	NFTO_FINDING_HW_DIRECTION_STILL = 203,
	/** The hardware has an entry for what is not offloaded. */
	NFTO_FINDING_HW_LEFTOVER = 204,
	/** The hardware forwards a connection whose conntrack entry has gone. */
	NFTO_FINDING_HW_ENTRY_LOST = 205,
	/** It leaves the hardware under traffic, and comes back. */
	NFTO_FINDING_HW_FLAPPING = 206,
	/** Under traffic its conntrack entry was replaced by another one. */
	NFTO_FINDING_HW_REPLACED = 207,
	/* From 300 on: what is asked for against what is there, see nfto_status_read(). */
	/** "no-rule": no rule puts flows into the flowtable. */
	NFTO_FINDING_NO_RULE = 300,
	/** "not-on-forward": the chain of the rule is not on the forward hook. */
	NFTO_FINDING_NOT_ON_FORWARD = 301,
	/** "device-missing": a device that was asked for is not there. */
	NFTO_FINDING_DEVICE_MISSING = 302,
	/** "device-not-bound": a device that was asked for is there, but not in the flowtable. */
	NFTO_FINDING_DEVICE_NOT_BOUND = 303,
	/** "device-refused": a driver does not take the flowtable in hardware. */
	NFTO_FINDING_DEVICE_REFUSED = 304,
	/** "device-busy": the hardware of a device belongs to another flowtable. */
	NFTO_FINDING_DEVICE_BUSY = 305,
	/** "no-hardware": flows need a device that has no hardware of its own. */
	NFTO_FINDING_NO_HARDWARE = 306,
	/** "hardware-unused": it is in software, and drivers would take it in hardware. */
	NFTO_FINDING_HARDWARE_UNUSED = 307,
	/** "all-in-software": it is in hardware, and each flow is in software; not if all of them
	 *  are of TCP, and may be closing. */
	NFTO_FINDING_ALL_IN_SOFTWARE = 308,
	/** "accounting-off": packets of connections are not counted. */
	NFTO_FINDING_ACCOUNTING_OFF = 309,
	/** "conntrack-full": there is hardly room for more connections. */
	NFTO_FINDING_CONNTRACK_FULL = 310,
	/** "device-waiting": a device that the flowtable lists is not there; the kernel binds it when
	 *  it appears (from Linux 6.16 on). */
	NFTO_FINDING_DEVICE_WAITING = 311,
	/**
	 * "name-blocked": a flowtable in hardware lists the name of a device that is not there, or a
	 * wildcard (from Linux 6.16 on). The kernel binds each device that gets such a name. If its
	 * driver refuses, as that of a veth, a bridge or a tunnel does, the device is not created, or
	 * not renamed: what people read then is
	 *
	 *     RTNETLINK answers: Operation not permitted
	 *
	 * and programs get EPERM. Give that device another name; or take the name out of the
	 * flowtable, which ends no flow:
	 *
	 *     nft 'delete flowtable inet nftoffload ft { hook ingress priority 0; devices = { lan9 }; }'
	 *
	 * or apply the instance without it. A device that is moved here from another network
	 * namespace is not stopped, and not bound: NFTO_FINDING_DEVICE_NOT_BOUND. (Source:
	 * nf_tables_flowtable_event() in net/netfilter/nf_tables_api.c of Linux 7.2.)
	 */
	NFTO_FINDING_NAME_BLOCKED = 312,
	/** "nothing-offloaded": connections are forwarded, and the instance has never offloaded one:
	 *  the path of their packets does not end in the flowtable. Only where flows need their whole
	 *  path (NFTO_FEATURE_NEEDS_WHOLE_PATH). Not certain if several interfaces were asked for:
	 *  those which are meant may have had no traffic. */
	NFTO_FINDING_NOTHING_OFFLOADED = 313,
};

/** The stable name of a finding, such as "helper"; "unknown" for a value that this version does not
 *  know. Since 0.1. */
const char *nfto_finding_code_name(enum nfto_finding_code code);

/** One finding. It belongs to the snapshot that it is from. */
struct nfto_finding;

/** Since 0.1. */
enum nfto_finding_code nfto_finding_code(const struct nfto_finding *finding);

/** Since 0.1. */
enum nfto_severity nfto_finding_severity(const struct nfto_finding *finding);

/** Is it so? False: it may be so, and cannot be told from outside of the kernel. Since 0.1. */
bool nfto_finding_is_certain(const struct nfto_finding *finding);

/** What it is, one sentence without a full stop. Since 0.1. */
const char *nfto_finding_sentence(const struct nfto_finding *finding);

/** How it is known: what was seen, and where. Safe on a terminal. "" if the sentence says it all.
 *  Since 0.1. */
const char *nfto_finding_evidence(const struct nfto_finding *finding);

/** What to do about it, a sentence or a command; "" if nothing. Safe on a terminal. Since 0.1. */
const char *nfto_finding_advice(const struct nfto_finding *finding);

/* ---------------------------------------------------------------------------------------------
 * What is true: status, leaks
 */

/** The family of a table. Flowtables exist in these only. Values are those of NFPROTO_*. */
enum nfto_family {
	NFTO_FAMILY_INET = 1,
	NFTO_FAMILY_IPV4 = 2,
	NFTO_FAMILY_IPV6 = 10,
};

/** As nft(8) writes it: "inet", "ip", "ip6"; "unknown" for another value. Since 0.1. */
const char *nfto_family_name(enum nfto_family family);

/** One flowtable at one moment: that of an instance, or somebody else's. */
struct nfto_status;

/**
 * Read the status of an instance, with all evidence. One that does not exist has the modes
 * NFTO_MODE_NONE, no device and zero counts: nothing is offloaded.
 *
 * Nothing is changed. Where hardware was asked for, and the flowtable is in software although the
 * plan knows no reason, the drivers of its devices are asked why, by a trial (nfto_caps_read()); and
 * if a device that it lists does not exist, the kernel is asked whether it waits for such.
 * All connections are counted, in one pass, as by nfto_flow_counts_read().
 *
 * @param status Out: free with nfto_status_free().
 * @return 0, or:
 *   -EINVAL      NFTO_ERROR_INVALID: the name can't be
 *   -EEXIST      NFTO_ERROR_FOREIGN_TABLE: the table is not ours
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no nf_tables, or no conntrack over netlink
 *   -EMFILE and other errors of socket(2)
 * Since 0.1.
 */
int nfto_status_read(struct nfto_ctx *ctx, const char *name, struct nfto_status **status);

/**
 * Read the status of any flowtable, such as that of a firewall (nfto_flowtables_read() lists them).
 * What was asked for is what its flags say. No driver is asked, and no rule is looked at.
 * @param status Out: free with nfto_status_free().
 * @return 0, or:
 *   -ENOENT      NFTO_ERROR_NO_FLOWTABLE: there is no such flowtable
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no nf_tables, or no conntrack over netlink
 *   -EMFILE and other errors of socket(2)
 * Since 0.1.
 */
int nfto_status_read_flowtable(struct nfto_ctx *ctx, enum nfto_family family, const char *table,
			       const char *flowtable, struct nfto_status **status);

/** Since 0.1. */
void nfto_status_free(struct nfto_status *status);

/** Was it read as an instance, by nfto_status_read()? Since 0.1. */
bool nfto_status_is_instance(const struct nfto_status *status);

/** The name of the instance, which is that of its table; of any flowtable, the name of the table
 *  that it is in. Since 0.1. */
const char *nfto_status_name(const struct nfto_status *status);

/** The family of the table. Since 0.1. */
enum nfto_family nfto_status_family(const struct nfto_status *status);

/** The name of the flowtable. Since 0.1. */
const char *nfto_status_flowtable(const struct nfto_status *status);

/** The mode that the last nfto_apply() asked for; of any flowtable, what its flags ask for. Since
 *  0.1. */
enum nfto_mode nfto_status_requested(const struct nfto_status *status);

/**
 * What the kernel does with new flows: hardware, software, or none. None if the table, its rules or
 * all devices are gone, or if no packet can reach the rule (nfto_status_reachable()). Software also
 * if the flowtable is in hardware, but hw-tc-offload is off for each of its devices, so that their
 * drivers decline each flow.
 *
 * Hardware means that the kernel has bound the devices' drivers to the flowtable, or says so: a
 * kernel that is patched to hide a driver's refusal (OpenWrt's) says so always. It stays hardware
 * where each flow is in software, as which flows a driver takes may change with the next one: that
 * is told by nfto_status_confidence(), which is none then. Since 0.1.
 */
enum nfto_mode nfto_status_effective(const struct nfto_status *status);

/** Why what is so is not what was asked for, and what else is wrong: how many findings. Since
 *  0.1. */
size_t nfto_status_finding_count(const struct nfto_status *status);

/** The worst ones first. Borrowed from the snapshot; NULL if the index is out of range. Since
 *  0.1. */
const struct nfto_finding *nfto_status_finding(const struct nfto_status *status, size_t index);

/** How it stands with a device of a flowtable. Values are stable; new ones may come at the end. */
enum nfto_device_state {
	/** It could not be found out. */
	NFTO_DEVICE_UNKNOWN = 0,
	/** Its driver is bound: flows are offered to its hardware. */
	NFTO_DEVICE_HARDWARE = 1,
	/** It is bound, for the software fast path. */
	NFTO_DEVICE_SOFTWARE = 2,
	/** It was asked for, and is not bound: it does not exist, has come since, or its driver has
	 *  refused. */
	NFTO_DEVICE_MISSING = 3,
	/** It is bound in software only: its driver does not take the flowtable in hardware. */
	NFTO_DEVICE_REFUSED = 4,
	/** Its driver is bound, but declines each flow, since hw-tc-offload is off. */
	NFTO_DEVICE_FEATURE_OFF = 5,
	/** It does not exist, and the flowtable lists its name: the kernel binds it when it
	 *  appears. A wildcard is always waiting for more devices; those that it has bound are
	 *  devices of their own. */
	NFTO_DEVICE_WAITING = 6,
};

/** "unknown", "hardware", "software", "missing", "refused", "feature-off", "waiting"; "unknown" for
 *  another value. Since 0.1. */
const char *nfto_device_state_name(enum nfto_device_state state);

/** Number of devices: those of the flowtable, with its wildcards, and those that belong into it and
 *  are not. Since 0.1. */
size_t nfto_status_device_count(const struct nfto_status *status);

/** The name of a device, borrowed; NULL if the index is out of range. Since 0.1. */
const char *nfto_status_device_name(const struct nfto_status *status, size_t index);

/** How it stands with a device. NFTO_DEVICE_UNKNOWN if out of range. Since 0.1. */
enum nfto_device_state nfto_status_device_state(const struct nfto_status *status, size_t index);

/** How that is known: a sentence for people, borrowed, safe on a terminal; "" if out of range.
 *  Since 0.1. */
const char *nfto_status_device_evidence(const struct nfto_status *status, size_t index);

/** Is there a rule that puts flows into the flowtable? Since 0.1. */
enum nfto_answer nfto_status_has_rule(const struct nfto_status *status);

/** How that is known: a sentence for people, borrowed. Since 0.1. */
const char *nfto_status_rule_evidence(const struct nfto_status *status);

/** Do packets come to the rule: is the table not dormant, the chain on the forward hook, and does
 *  the machine forward? Of somebody else's flowtable only "no" can be known. Since 0.1. */
enum nfto_answer nfto_status_reachable(const struct nfto_status *status);

/** How that is known: a sentence for people, borrowed, safe on a terminal. Since 0.1. */
const char *nfto_status_reachable_evidence(const struct nfto_status *status);

/** The connections of the whole network namespace: conntrack does not tell flowtables apart.
 *  Borrowed from the snapshot. Since 0.1. */
const struct nfto_flow_counts *nfto_status_flows(const struct nfto_status *status);

/** How many flows were offloaded since the rule of the instance was made; 0 for somebody else's
 *  flowtable, where nobody counts. Since 0.1. */
uint64_t nfto_status_inserted(const struct nfto_status *status);

/** How many packets were in the slow path while their connection was marked as offloaded. Each is
 *  counted by itself, so that this does not tell whether a flow leaks; nfto_leaks_read() does. Some
 *  packets are under way whenever a flow is offloaded. Where the kernel refuses to offload a
 *  connection (from 7.2 on for any reason; before, if there is no route back), it has the mark for a
 *  moment with each packet, and packets on another processor meet it: thousands, of a busy one. 0 for
 *  somebody else's flowtable. Since 0.1. */
uint64_t nfto_status_leaked(const struct nfto_status *status);

/** Settings of the network namespace that matter to offload. Values are stable; new ones may come
 *  at the end. */
enum nfto_setting {
	/** net.netfilter.nf_flowtable_tcp_timeout: seconds until an idle flow leaves. */
	NFTO_SETTING_TCP_TIMEOUT = 0,
	/** net.netfilter.nf_flowtable_udp_timeout */
	NFTO_SETTING_UDP_TIMEOUT = 1,
	/** net.netfilter.nf_conntrack_acct: 0: the packets of connections are not counted. */
	NFTO_SETTING_CONNTRACK_ACCT = 2,
	/** net.netfilter.nf_conntrack_count: the connections that there are... */
	NFTO_SETTING_CONNTRACK_COUNT = 3,
	/** net.netfilter.nf_conntrack_max: ...and that there may be. */
	NFTO_SETTING_CONNTRACK_MAX = 4,
	/** net.ipv4.ip_forward */
	NFTO_SETTING_IPV4_FORWARDING = 5,
	/** net.ipv6.conf.all.forwarding */
	NFTO_SETTING_IPV6_FORWARDING = 6,
};

/** The name of its sysctl, as above; "unknown" for another value. Since 0.1. */
const char *nfto_setting_name(enum nfto_setting setting);

/** @return 0; -ENODATA if it could not be read: the kernel does not have it, or /proc is not
 *  mounted; or for a value that is no setting. Since 0.1. */
int nfto_status_setting(const struct nfto_status *status, enum nfto_setting setting,
			uint64_t *value);

/** Is a module of the kernel there? */
enum nfto_module_state {
	/** Not loaded; or built in, without leaving a trace; or /sys is not mounted. */
	NFTO_MODULE_UNKNOWN = 0,
	NFTO_MODULE_LOADED = 1,
	NFTO_MODULE_BUILT_IN = 2,
};

/** "unknown", "loaded", "built-in"; "unknown" for another value. Since 0.1. */
const char *nfto_module_state_name(enum nfto_module_state state);

/** The modules that offload is made of: how many. Since 0.1. */
size_t nfto_status_module_count(const struct nfto_status *status);

/** The name of one, "nft_flow_offload"; NULL if the index is out of range. Since 0.1. */
const char *nfto_status_module_name(const struct nfto_status *status, size_t index);

/** NFTO_MODULE_UNKNOWN if the index is out of range. Since 0.1. */
enum nfto_module_state nfto_status_module_state(const struct nfto_status *status, size_t index);

/** What the kernel has yet to tell the hardware. */
enum nfto_backlog {
	/** Flows to add. */
	NFTO_BACKLOG_ADD = 0,
	/** Flows to delete. */
	NFTO_BACKLOG_DELETE = 1,
	/** Flows whose counters are to be asked for. */
	NFTO_BACKLOG_STATISTICS = 2,
};

/** "add", "delete", "statistics"; "unknown" for another value. Since 0.1. */
const char *nfto_backlog_name(enum nfto_backlog backlog);

/** How many are waiting, in the whole network namespace.
 *  @return 0; -ENODATA if the kernel does not tell (it is a question of how it was built), or for a
 *  value that is none of these. Since 0.1. */
int nfto_status_backlog(const struct nfto_status *status, enum nfto_backlog backlog,
			uint64_t *waiting);

/** How many connections the kernel has evicted to make room for others, as conntrack was full: its
 *  early_drop, of the whole network namespace. Only those that are not assured are; 6.12 does not
 *  spare offloaded ones of them (6.1 does). What nfto_evict() deletes is not counted.
 *  @return 0; -ENODATA if the kernel does not tell (CONFIG_NF_CONNTRACK_PROCFS). Since 0.1. */
int nfto_status_early_drops(const struct nfto_status *status, uint64_t *connections);

/**
 * How many flows were offloaded, per second, between two looks at the same instance.
 * @param now The later one.
 * @param before The earlier one, read with the same context.
 * @return 0; -ENODATA if nobody can say: the two are not about the same rule, no time lies between
 * them, or nobody counts. Since 0.1.
 */
int nfto_status_inserted_per_s(const struct nfto_status *now, const struct nfto_status *before,
			       double *rate);

/** The same for nfto_status_leaked(). Since 0.1. */
int nfto_status_leaked_per_s(const struct nfto_status *now, const struct nfto_status *before,
			     double *rate);

/** How sure it is that flows are forwarded by hardware. */
enum nfto_confidence {
	/** Nothing says so; or each flow says that it is not so, as it is in software. */
	NFTO_CONFIDENCE_NONE = 0,
	/** The kernel says so: it has bound drivers, which may have accepted flows. */
	NFTO_CONFIDENCE_CLAIMED = 1,
	/** It was seen: flows have moved more packets than the machine has received. */
	NFTO_CONFIDENCE_CONFIRMED = 2,
};

/** "none", "claimed", "confirmed"; "unknown" for another value. Since 0.1. */
const char *nfto_confidence_name(enum nfto_confidence confidence);

/**
 * How sure is it that this flowtable's hardware forwards?
 *
 * "None" if it is not for hardware, or if no flow is in hardware and nfto_status_declined() counts
 * some: a driver may bind, and take no flow (netdevsim of Linux 7.2 does so). After one look that
 * may be so for the moment in which the first flows begin.
 *
 * One look gives "claimed" at most. Two looks give "confirmed" if conntrack has counted, for flows
 * that were in hardware at both, more than twice as many packets as the kernel has received on all
 * devices in the meantime: those that it has not received, hardware has forwarded. Hardware
 * counters come every tenth of the flow timeout (3 s unless somebody has changed it), so looks that
 * are closer together confirm little. Nothing is confirmed if they are more than 30 s apart, if the
 * flowtable or net.netfilter.nf_conntrack_acct does not count, or if another flowtable of the
 * network namespace is in hardware, too. Not confirmed does not mean that it is not so: on a machine
 * that receives as much as its hardware forwards (by other containers, say) it can't be seen.
 *
 * @param before An earlier look with the same context; NULL: there is none.
 * Since 0.1.
 */
enum nfto_confidence nfto_status_confidence(const struct nfto_status *now,
					    const struct nfto_status *before);

/**
 * How many flows has the hardware not taken? They are in software, although the flowtable is one for
 * hardware.
 *
 * Not each flow that is in software was declined: it may have just begun; or it is of TCP, and
 * closing: since Linux 6.15 its first FIN or RST takes it out of the hardware, and it stays in
 * software until the timeout of flows. Conntrack does not tell these apart, but a connection that is
 * closed moves no more packets. So one look counts no flow of TCP. Two looks count those that were
 * in software at both; of TCP those that have moved more than 10 packets in between, and of more
 * than 4096 a sample. A connection of which only one end has closed its side may be among them.
 * What is in software and not counted is in software, or closing.
 *
 * None is counted if conntrack or the flowtable does not count packets, as far as TCP goes; and if
 * the network namespace has a flowtable in software, too, which these flows may be of.
 *
 * @param before An earlier look with the same context; NULL: there is none.
 * Since 0.1.
 */
uint64_t nfto_status_declined(const struct nfto_status *now, const struct nfto_status *before);

/**
 * What nfto_status_confidence() compares.
 * @param counted Out: packets of flows in hardware, of the 64 busiest ones at both looks.
 * @param received Out: packets that the kernel has received, on all devices of the machine.
 * @return 0; -ENODATA if there is no such evidence, see there. Since 0.1.
 */
int nfto_status_packets_between(const struct nfto_status *now, const struct nfto_status *before,
				uint64_t *counted, uint64_t *received);

/** One direction of a connection. */
enum nfto_direction {
	/** As the first packet went: from who opened the connection. */
	NFTO_DIRECTION_ORIGINAL = 0,
	/** The answers. */
	NFTO_DIRECTION_REPLY = 1,
};

/** "original", "reply"; "unknown" for another value. Since 0.1. */
const char *nfto_direction_name(enum nfto_direction direction);

/** The flows that leak, each direction by itself: they are marked as offloaded, and take the slow
 *  path. */
struct nfto_leaks;

/**
 * Read which flows leak. The detector counts each packet with the mark, see nfto_status_leaked(); a
 * flow leaks if there were more than a few, and either
 *   - the last one came within 30 s, and conntrack shows its connection as offloaded; or
 *   - they are most of the packets that conntrack has counted in that direction
 *     (net.netfilter.nf_conntrack_acct), within the last five minutes.
 * Conntrack is asked for each of them by itself, and nothing is listed.
 *
 * A connection that the kernel tries in vain to offload has the mark for moments, and one look can
 * meet it then: look again some times, see nfto_leaks_look().
 *
 * @param leaks Out: free with nfto_leaks_free().
 * @return 0, or as nfto_status_read(). An instance that does not exist has no leaks.
 * Since 0.1.
 */
int nfto_leaks_read(struct nfto_ctx *ctx, const char *name, struct nfto_leaks **leaks);

/**
 * Look at their connections once more: those that do not leak, as it shows, leave the list. What is
 * left after four looks that are 100 ms apart leaks. (A virtual processor can be stopped for some
 * milliseconds, in the middle of an attempt to offload.)
 * @return 0, or as nfto_status_read(); then the list is as it was.
 * Since 0.1.
 */
int nfto_leaks_look(struct nfto_ctx *ctx, struct nfto_leaks *leaks);

/** Since 0.1. */
void nfto_leaks_free(struct nfto_leaks *leaks);

/** Since 0.1. */
size_t nfto_leaks_count(const struct nfto_leaks *leaks);

/** One flow that leaks in one direction. */
struct nfto_leak;

/** Borrowed from the list; NULL if the index is out of range. Since 0.1. */
const struct nfto_leak *nfto_leaks_get(const struct nfto_leaks *leaks, size_t index);

/** False if conntrack does not find its connection by the addresses that the forward chain sees: both
 *  ends are translated, or it is in another zone. Then the detector alone speaks for it, as long as
 *  packets come every few seconds. Since 0.1. */
bool nfto_leak_is_certain(const struct nfto_leak *leak);

/** The direction of the packets that leak. Since 0.1. */
enum nfto_direction nfto_leak_direction(const struct nfto_leak *leak);

/** AF_INET or AF_INET6. Since 0.1. */
int nfto_leak_family(const struct nfto_leak *leak);

/** IPPROTO_TCP, IPPROTO_UDP. Since 0.1. */
uint8_t nfto_leak_protocol(const struct nfto_leak *leak);

/** Source of the packets as the forward chain sees them: after DNAT, before SNAT. 4 or 16 bytes in
 *  network order, for inet_ntop(3); borrowed. Since 0.1. */
const void *nfto_leak_source(const struct nfto_leak *leak);

/** Their destination. Since 0.1. */
const void *nfto_leak_destination(const struct nfto_leak *leak);

/** Host byte order. Since 0.1. */
uint16_t nfto_leak_source_port(const struct nfto_leak *leak);

/** Host byte order. Since 0.1. */
uint16_t nfto_leak_destination_port(const struct nfto_leak *leak);

/** Packets that took the slow path. Since 0.1. */
uint64_t nfto_leak_packets(const struct nfto_leak *leak);

/** Their bytes, as the IP layer counts them. Since 0.1. */
uint64_t nfto_leak_bytes(const struct nfto_leak *leak);

/** How long ago the last of them came. (When the first came, the kernel does not keep.)
 *  @return 0; -ENODATA if the kernel does not say. Since 0.1. */
int nfto_leak_idle_ms(const struct nfto_leak *leak, uint64_t *idle_ms);

/* ---------------------------------------------------------------------------------------------
 * Flows
 */

/** What conntrack says about a flow. (Source: include/uapi/linux/netfilter/nf_conntrack_common.h,
 *  IPS_OFFLOAD and IPS_HW_OFFLOAD; the combinations are those of
 *  net/netfilter/nf_flow_table_core.c.) */
enum nfto_flow_state {
	/** Not offloaded: neither bit. */
	NFTO_FLOW_NONE = 0,
	/** OFFLOAD alone: in the software fast path. Since Linux 6.15 also a TCP connection that
	 *  hardware had until its first FIN or RST, until the timeout of flows. */
	NFTO_FLOW_SOFTWARE = 1,
	/** OFFLOAD and HW_OFFLOAD: a driver has accepted at least one direction of it. */
	NFTO_FLOW_HARDWARE = 2,
	/** HW_OFFLOAD alone: leaving the hardware. */
	NFTO_FLOW_CLOSING = 3,
};

/** "none", "software", "hardware", "closing"; "unknown" for another value. Since 0.1. */
const char *nfto_flow_state_name(enum nfto_flow_state state);

/** Which flows to read, or to evict: those that fulfil all that is set. Each property is set
 *  once: setting it again replaces it. The kernel leaves out by itself what it can (state, mark,
 *  family; from 6.8 on the zone), so only other flows are copied; the rest is looked at by the
 *  library. */
struct nfto_flow_filter;

/** A filter for every offloaded flow, in any of the three states. Free with
 *  nfto_flow_filter_free().
 *  @return 0; -ENOMEM. Since 0.1. */
int nfto_flow_filter_new(struct nfto_flow_filter **filter);

/** Since 0.1. */
void nfto_flow_filter_free(struct nfto_flow_filter *filter);

/** Only this state. @return 0; -EINVAL for a value that is no state. Since 0.1. */
int nfto_flow_filter_set_state(struct nfto_flow_filter *filter, enum nfto_flow_state state);

/** Only AF_INET or only AF_INET6; AF_UNSPEC for both. @return 0; -EINVAL. Since 0.1. */
int nfto_flow_filter_set_family(struct nfto_flow_filter *filter, int family);

/** Only this protocol: IPPROTO_TCP, IPPROTO_UDP... Since 0.1. */
void nfto_flow_filter_set_protocol(struct nfto_flow_filter *filter, uint8_t protocol);

/**
 * Only connections that were opened by an address of this prefix (the source of the original
 * direction, so before SNAT).
 * @param family AF_INET or AF_INET6; connections of the other family do not match.
 * @param address 4 or 16 bytes in network order, as inet_pton(3) gives them; copied.
 * @param prefix_length In bits, of which the rest of the address does not matter: 32 or 128 for one
 *        host.
 * @return 0; -EINVAL for another family, or a prefix longer than the address.
 * Since 0.1.
 */
int nfto_flow_filter_set_source(struct nfto_flow_filter *filter, int family, const void *address,
				unsigned int prefix_length);

/** Only connections that were opened to an address of this prefix (the destination of the
 *  original direction, so before DNAT); else as nfto_flow_filter_set_source(). Since 0.1. */
int nfto_flow_filter_set_destination(struct nfto_flow_filter *filter, int family,
				     const void *address, unsigned int prefix_length);

/** Only connections that have an address of this prefix at either end, before or after NAT; else
 *  as nfto_flow_filter_set_source(). Together with nfto_flow_filter_set_port(), both must stand
 *  in the same direction. Since 0.1. */
int nfto_flow_filter_set_address(struct nfto_flow_filter *filter, int family, const void *address,
				 unsigned int prefix_length);

/** Only this source port of the original direction, host byte order. Protocols without ports have
 *  0. Since 0.1. */
void nfto_flow_filter_set_source_port(struct nfto_flow_filter *filter, uint16_t port);

/** Only this destination port of the original direction, host byte order. Since 0.1. */
void nfto_flow_filter_set_destination_port(struct nfto_flow_filter *filter, uint16_t port);

/** Only connections with this port at either end, before or after NAT, host byte order. Since
 *  0.1. */
void nfto_flow_filter_set_port(struct nfto_flow_filter *filter, uint16_t port);

/** Only connections whose conntrack mark, under the mask, is the value. A mask of 0 takes any mark.
 *  @return 0; -EINVAL if the value has a bit that the mask has not. Since 0.1. */
int nfto_flow_filter_set_mark(struct nfto_flow_filter *filter, uint32_t value, uint32_t mask);

/** Only this conntrack zone; 0 is the default zone. Since 0.1. */
void nfto_flow_filter_set_zone(struct nfto_flow_filter *filter, uint16_t zone);

/**
 * Only connections through this interface. Conntrack knows no interfaces, so the kernel is asked
 * for the route of each connection that is left by the rest of the filter: to who has opened it,
 * and to who answers it (after DNAT). It is the route that the kernel has now for a packet of its
 * own without a mark, and the interface that the route names: a bridge rather than its port.
 * @param name Copied. That it exists is seen by nfto_flows_open() and nfto_evict().
 * @return 0; -EINVAL if no device can have this name. Since 0.1.
 */
int nfto_flow_filter_set_interface(struct nfto_flow_filter *filter, const char *name);

/** A stream of flows, read from conntrack as you go, in constant memory. */
struct nfto_flows;

/**
 * Begin to read flows. The stream has a socket of its own, so the context stays free for other
 * calls. The table lives on while it is read: a flow that comes or goes meanwhile may be there or
 * not.
 * @param filter May be NULL: all offloaded flows.
 * @param flows Out: free with nfto_flows_free(), before the context.
 * @return 0, or:
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no conntrack over netlink (nf_conntrack_netlink)
 *   -ENODEV      NFTO_ERROR_NO_DEVICE: the filter names an interface that does not exist
 *   -EMFILE and other errors of socket(2)
 * Since 0.1.
 */
int nfto_flows_open(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter,
		    struct nfto_flows **flows);

/** Since 0.1. */
void nfto_flows_free(struct nfto_flows *flows);

/** One connection. */
struct nfto_flow;

/**
 * The next flow.
 * @param flow Out: borrowed, valid until the next call on the stream.
 * @return 1 with a flow; 0 at the end; or a negative errno, after which the stream is at its end.
 *   -EINTR  NFTO_ERROR_INTERRUPTED: the table changed so that flows may be missing; read again
 * Since 0.1.
 */
int nfto_flows_next(struct nfto_flows *flows, const struct nfto_flow **flow);

/** Since 0.1. */
enum nfto_flow_state nfto_flow_state(const struct nfto_flow *flow);

/** AF_INET or AF_INET6. Since 0.1. */
int nfto_flow_family(const struct nfto_flow *flow);

/** IPPROTO_TCP, IPPROTO_UDP... Since 0.1. */
uint8_t nfto_flow_protocol(const struct nfto_flow *flow);

/** Source address of the packets of a direction as they come in: of the reply direction, before NAT
 *  is undone. 4 or 16 bytes in network order, for inet_ntop(3); borrowed. Since 0.1. */
const void *nfto_flow_source(const struct nfto_flow *flow, enum nfto_direction direction);

/** Their destination address. Since 0.1. */
const void *nfto_flow_destination(const struct nfto_flow *flow, enum nfto_direction direction);

/** Their source port, host byte order; 0 for protocols without ports. Since 0.1. */
uint16_t nfto_flow_source_port(const struct nfto_flow *flow, enum nfto_direction direction);

/** Their destination port, host byte order; 0 for protocols without ports. Since 0.1. */
uint16_t nfto_flow_destination_port(const struct nfto_flow *flow, enum nfto_direction direction);

/** The conntrack status bits, IPS_*. Since 0.1. */
uint32_t nfto_flow_status(const struct nfto_flow *flow);

/** The conntrack zone; 0 is the default zone. Since 0.1. */
uint16_t nfto_flow_zone(const struct nfto_flow *flow);

/** The conntrack mark.
 *  @return 0; -ENODATA if the kernel has none (CONFIG_NF_CONNTRACK_MARK). Since 0.1. */
int nfto_flow_mark(const struct nfto_flow *flow, uint32_t *mark);

/** Packets of a direction, offloaded or not. Hardware counters lag by a tenth of the flow timeout.
 *  @return 0; -ENODATA if the kernel does not count (net.netfilter.nf_conntrack_acct is 0, or was
 *  when the connection began). Since 0.1. */
int nfto_flow_packets(const struct nfto_flow *flow, enum nfto_direction direction,
		      uint64_t *packets);

/** Bytes of a direction; as nfto_flow_packets(). Since 0.1. */
int nfto_flow_bytes(const struct nfto_flow *flow, enum nfto_direction direction, uint64_t *bytes);

/** Has the hardware not taken it? True if it is in software now, and was so at an earlier look; of
 *  TCP, only if it has moved packets since: see nfto_status_declined(). Since 0.1. */
bool nfto_flow_is_declined(const struct nfto_flow *flow, const struct nfto_status *before);

/** How to evict connections. */
enum nfto_evict_flags {
	/** Delete the connections from conntrack. The next packets of each begin one anew, which the
	 *  current policy of the firewall judges. If it was masqueraded, and the next packet comes
	 *  from the far end, that packet is for the router itself then, which answers it with a
	 *  reset unless the firewall drops it. */
	NFTO_EVICT_DELETE_CONNECTIONS = 1u << 0,
};

/**
 * Take connections out of the fast path, whoever has offloaded them. They live on in the slow path,
 * where the next packet of each is offloaded anew if a rule says so. Each entry of conntrack is
 * deleted and made anew in one moment, while the packets still take the fast path; within two or
 * three seconds the kernel notices, and takes the flow out of the hardware.
 *
 * What stays: tuples, zone, NAT, mark, labels, whether it was replied to and is assured, and the
 * connection to which it is related. What begins anew: its number, counters and timestamp (who
 * listens to events of conntrack sees a DESTROY with the totals, then a NEW), and its timeout. What
 * is lost, as conntrack takes it from nobody: the security context; and masquerading does not end
 * the connection any more when the interface goes down by which it leaves. TCP windows are not
 * judged, as they are not once a connection was offloaded; one that was not in hardware, and so may
 * be finished, stays for at most 7440 s without a packet.
 *
 * An entry that has ended, or is another connection's by now, is left alone. Where the conntrack
 * table is nearly full it is waited for room, as the place of an entry is free when its flow is
 * gone; the calling thread sleeps meanwhile.
 * @param filter May be NULL: all offloaded connections of the network namespace. One for flows that
 *        are not offloaded (NFTO_FLOW_NONE) is an error.
 * @param flags Of enum nfto_evict_flags.
 * @param evicted Out, may be NULL: how many have left the fast path.
 * @return 0, or as nfto_flows_open() and nfto_flows_next(), or:
 *   -EINVAL  NFTO_ERROR_INVALID: the filter is for flows that are not offloaded, or a flag is unknown
 *   -ENOSPC  NFTO_ERROR_STILL_OFFLOADED: the conntrack table is full, so some stay as they are; the
 *           message says how many
 *   -EBUSY   NFTO_ERROR_SYSTEM: a kernel that does not delete offloaded connections
 *   another errno, NFTO_ERROR_SYSTEM: the kernel has refused to make a connection anew that was
 *           deleted, and it is lost; that ends it
 * Since 0.1.
 */
int nfto_evict(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter, uint32_t flags,
	       uint64_t *evicted);

/** Number of connections by state, family and protocol. */
struct nfto_flow_counts;

/**
 * Count the connections of the whole network namespace, in one pass over conntrack. It copies every
 * connection out of the kernel, and looks at little of it: it takes hardly longer than the copying.
 * @param counts Out: free with nfto_flow_counts_free().
 * @return 0, or:
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no conntrack over netlink (nf_conntrack_netlink)
 *   -EMFILE and other errors of socket(2)
 * Since 0.1.
 */
int nfto_flow_counts_read(struct nfto_ctx *ctx, struct nfto_flow_counts **counts);

/** Since 0.1. */
void nfto_flow_counts_free(struct nfto_flow_counts *counts);

/** How many connections are in a state; 0 for a value that is no state. Since 0.1. */
uint64_t nfto_flow_counts_get(const struct nfto_flow_counts *counts, enum nfto_flow_state state);

/**
 * How many connections of a family and a protocol are in a state; 0 for a value that is no state, or
 * no family.
 * @param family AF_INET or AF_INET6; AF_UNSPEC: both.
 * @param protocol IPPROTO_TCP, IPPROTO_UDP...; 0: all.
 * Since 0.1.
 */
uint64_t nfto_flow_counts_of(const struct nfto_flow_counts *counts, enum nfto_flow_state state,
			     int family, uint8_t protocol);

/* ---------------------------------------------------------------------------------------------
 * Audit: conntrack against the hardware
 */

/**
 * An audit: looks at all flows that are some seconds apart, and what they prove. Conntrack says
 * "hardware" once a driver has accepted one direction of a flow at some time, and nobody takes that
 * back when the driver refuses the other one, forgets it, or reports nothing about it; and an entry
 * in the hardware may outlive its connection, and forward past the firewall. Compared are the bits
 * and counters of conntrack with themselves, and with the hardware's own table where a driver shows
 * it in debugfs (MediaTek, Airoha, the emulated nftosim). Of a flow that is idle, counters prove
 * nothing, and so nothing is found.
 *
 * This is the one call whose memory grows with the number of flows: 100 to 200 bytes for each that
 * is marked as hardware, twice that during a look. Beyond 262144 flows, further ones are not
 * watched.
 */
struct nfto_audit;

/**
 * Begin an audit, with its first look. Findings come with the second one: wait for
 * nfto_audit_interval_ms(), then call nfto_audit_look(). The library does not wait here.
 *
 * Reading the tables has a cost: the counters of MediaTek's hardware are cleared when they are
 * read, so what they had is missing in conntrack then.
 * @param audit Out: free with nfto_audit_free(), before the context.
 * @return 0, or:
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no nf_tables, or no conntrack over netlink
 *   -EFBIG       NFTO_ERROR_SYSTEM: what should be the hardware's table has no end
 *   -EIO and other errors of reading such a table; one that is not shown to this process is none
 * Since 0.1.
 */
int nfto_audit_open(struct nfto_ctx *ctx, struct nfto_audit **audit);

/** Since 0.1. */
void nfto_audit_free(struct nfto_audit *audit);

/** The least time between two looks, by the present timeouts of flows. The kernel asks the hardware
 *  for its counters once in a tenth of the timeout, and takes up to three seconds to remove a flow
 *  that is over: 5 s with the default timeouts of 30 s. Since 0.1. */
uint64_t nfto_audit_interval_ms(const struct nfto_audit *audit);

/**
 * Take another look, and judge what has changed since the last one; as often as you like. What
 * comes and goes (NFTO_FINDING_HW_FLAPPING, NFTO_FINDING_HW_REPLACED) needs more than two. The
 * findings of the look before are gone, also if it fails; a look that fails is as if it had not been
 * taken.
 * @return 0, or as nfto_audit_open(), or:
 *   -EAGAIN  NFTO_ERROR_INVALID: the last look was less than nfto_audit_interval_ms() before, which
 *            proves nothing. Its findings stay.
 * Since 0.1.
 */
int nfto_audit_look(struct nfto_audit *audit);

/** How many flows were marked as hardware at the last look. Since 0.1. */
uint64_t nfto_audit_flow_count(const struct nfto_audit *audit);

/** Does conntrack count what is offloaded, by the flags of all flowtables in hardware? Without it,
 *  less can be found. Since 0.1. */
bool nfto_audit_has_counters(const struct nfto_audit *audit);

/** The name of a driver whose table could be read at the last look: "mtk", "airoha", "nftosim".
 *  NULL if the index is out of range; for index 0: none could. Since 0.1. */
const char *nfto_audit_table(const struct nfto_audit *audit, size_t index);

/** How many findings there are by the last look; at most 4096 are kept. Since 0.1. */
size_t nfto_audit_count(const struct nfto_audit *audit);

/** A finding about one connection. */
struct nfto_audit_item;

/** Borrowed, valid until the next look; NULL if the index is out of range. Since 0.1. */
const struct nfto_audit_item *nfto_audit_get(const struct nfto_audit *audit, size_t index);

/** What was found; borrowed as the item is. Since 0.1. */
const struct nfto_finding *nfto_audit_item_finding(const struct nfto_audit_item *item);

/** Would nfto_audit_fix() mend it? Since 0.1. */
bool nfto_audit_item_is_fixable(const struct nfto_audit_item *item);

/** AF_INET or AF_INET6. Since 0.1. */
int nfto_audit_item_family(const struct nfto_audit_item *item);

/** IPPROTO_TCP, IPPROTO_UDP... Since 0.1. */
uint8_t nfto_audit_item_protocol(const struct nfto_audit_item *item);

/** Who has opened the connection; of one that only the hardware knows, the source of the packets
 *  as they come in. 4 or 16 bytes in network order, borrowed. Since 0.1. */
const void *nfto_audit_item_source(const struct nfto_audit_item *item);

/** The destination of the same packets. Since 0.1. */
const void *nfto_audit_item_destination(const struct nfto_audit_item *item);

/** Host byte order. Since 0.1. */
uint16_t nfto_audit_item_source_port(const struct nfto_audit_item *item);

/** Host byte order. Since 0.1. */
uint16_t nfto_audit_item_destination_port(const struct nfto_audit_item *item);

/** The conntrack zone. @return 0; -ENODATA for what only the hardware knows. Since 0.1. */
int nfto_audit_item_zone(const struct nfto_audit_item *item, uint16_t *zone);

/**
 * Evict the connections whose findings nfto_audit_item_is_fixable() is true for, and no other: as
 * by nfto_evict(), each by its number, so not one that has taken its place. What the driver has
 * refused it will refuse again, and what is left over in the hardware the kernel can't reach: only
 * what was forgotten is mended, as the flow is offered anew. That takes three looks at least: one
 * that has seen it in the hardware's table, and two that have not.
 * @param evicted Out, may be NULL: how many have left the fast path.
 * @return 0, or as nfto_evict(). Since 0.1.
 */
int nfto_audit_fix(struct nfto_audit *audit, uint64_t *evicted);

/* ---------------------------------------------------------------------------------------------
 * Why is this connection not offloaded?
 */

/** Names a connection, by the addresses and ports of one direction of it. */
struct nfto_tuple;

/** A tuple without addresses, of protocol 0 and zone 0. Free with nfto_tuple_free(). @return 0;
 *  -ENOMEM. Since 0.1. */
int nfto_tuple_new(struct nfto_tuple **tuple);

/** Since 0.1. */
void nfto_tuple_free(struct nfto_tuple *tuple);

/** IPPROTO_TCP, IPPROTO_UDP... Since 0.1. */
void nfto_tuple_set_protocol(struct nfto_tuple *tuple, uint8_t protocol);

/**
 * Who has opened the connection, as its packets come in: before SNAT. Of a connection that exists,
 * the reply direction names it as well.
 * @param family AF_INET or AF_INET6.
 * @param address 4 or 16 bytes in network order, as inet_pton(3) gives them; copied.
 * @param port Host byte order; 0 for protocols without ports.
 * @return 0; -EINVAL for another family. Since 0.1.
 */
int nfto_tuple_set_source(struct nfto_tuple *tuple, int family, const void *address, uint16_t port);

/** To whom it was opened: before DNAT; else as nfto_tuple_set_source(). Since 0.1. */
int nfto_tuple_set_destination(struct nfto_tuple *tuple, int family, const void *address,
			       uint16_t port);

/** The conntrack zone; 0, the default, is the default zone. Since 0.1. */
void nfto_tuple_set_zone(struct nfto_tuple *tuple, uint16_t zone);

/**
 * The interface that the opener's packets come in by; by default the one that the route to the
 * opener leads to. Copied. That it exists is seen by nfto_explain().
 * @return 0; -EINVAL if no device can have this name. Since 0.1.
 */
int nfto_tuple_set_interface(struct nfto_tuple *tuple, const char *name);

/** The packets' mark, by which routes may be chosen; by default the conntrack mark of the connection,
 *  or 0. Since 0.1. */
void nfto_tuple_set_mark(struct nfto_tuple *tuple, uint32_t mark);

/** The tuple of a flow. @param tuple Out: free with nfto_tuple_free(). @return 0; -ENOMEM. Since
 *  0.1. */
int nfto_tuple_new_of_flow(const struct nfto_flow *flow, struct nfto_tuple **tuple);

/** What becomes of a connection. Values are stable; new ones may come at the end. */
enum nfto_verdict {
	/** "hardware": conntrack says that a driver has accepted at least one direction. */
	NFTO_VERDICT_HARDWARE = 1,
	/** "software": it goes the software fast path. */
	NFTO_VERDICT_SOFTWARE = 2,
	/** "pretends": it is marked as offloaded, but packets of it go the slow way. */
	NFTO_VERDICT_PRETENDS = 3,
	/** "not-offloaded": it exists, and goes the slow way. */
	NFTO_VERDICT_NOT_OFFLOADED = 4,
	/** "would-be-offloaded": there is none, and nothing stands against offloading it. */
	NFTO_VERDICT_WOULD_BE_OFFLOADED = 5,
	/** "would-not-be-offloaded": there is none, and it would go the slow way. */
	NFTO_VERDICT_WOULD_NOT_BE_OFFLOADED = 6,
};

/** The name of a verdict, as above; "unknown" for another value. Since 0.1. */
const char *nfto_verdict_name(enum nfto_verdict verdict);

/** Why a connection is, or is not, offloaded. */
struct nfto_explanation;

/**
 * Explain a connection: one that conntrack knows, or one that does not exist yet. Each thing that
 * may stand against offloading it is looked at, in the order in which the kernel does it, until one
 * does: conntrack's entry, found by one request however many there are; the routes of both
 * directions, neighbours, bridges and devices on the way; the policies of IPsec, if there are any; the
 * leak detector. Nothing is changed, and no table of connections, routes or neighbours is listed.
 *
 * What can't be told from outside of the kernel is named only if nothing else was found, as a
 * finding that is not certain.
 *
 * A connection that the kernel tries in vain to offload can be met with the mark of an attempt, see
 * nfto_leaks_look(): who wants to be sure of "offloaded" or "pretends" asks some times.
 *
 * @param name Of the instance.
 * @param explanation Out: free with nfto_explanation_free().
 * @return 0, or:
 *   -EINVAL      NFTO_ERROR_INVALID: the name of the instance can't be; an address is missing; or the
 *                two are of different families
 *   -EEXIST      NFTO_ERROR_FOREIGN_TABLE: the table is not ours
 *   -ENODEV      NFTO_ERROR_NO_DEVICE: there is no such interface
 *   -EOPNOTSUPP  NFTO_ERROR_NOT_SUPPORTED: no nf_tables, or no conntrack over netlink
 *   -EMFILE and other errors of socket(2)
 * Since 0.1.
 */
int nfto_explain(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
		 struct nfto_explanation **explanation);

/**
 * Explain a connection as nfto_explain() does, some seconds after an explanation of it. Of one of TCP
 * that is in software where hardware was asked for, a single look can't tell whether the driver has
 * declined it or it is closing: NFTO_FINDING_MAYBE_CLOSING. If it has moved more than 10 packets
 * since, it is NFTO_FINDING_DRIVER_DECLINED.
 * @param before An explanation of the same connection; may be NULL.
 * @return As nfto_explain(). Since 0.1.
 */
int nfto_explain_again(struct nfto_ctx *ctx, const char *name, const struct nfto_tuple *tuple,
		       const struct nfto_explanation *before,
		       struct nfto_explanation **explanation);

/**
 * Explain a flow that leaks, as nfto_explain(). A leak has the addresses that the forward chain sees;
 * where that is not enough to find the entry of conntrack (nfto_leak_is_certain()),
 * nfto_explanation_exists() is false, and the rest is told of what the leak itself says, as not
 * certain. The connection is looked at again: if it does not leak, the verdict is another one than
 * NFTO_VERDICT_PRETENDS.
 * Since 0.1.
 */
int nfto_explain_leak(struct nfto_ctx *ctx, const char *name, const struct nfto_leak *leak,
		      struct nfto_explanation **explanation);

/** Since 0.1. */
void nfto_explanation_free(struct nfto_explanation *explanation);

/** Does conntrack have an entry of it? Since 0.1. */
bool nfto_explanation_exists(const struct nfto_explanation *explanation);

/** What conntrack says; NFTO_FLOW_NONE for a connection that does not exist. Since 0.1. */
enum nfto_flow_state nfto_explanation_flow_state(const struct nfto_explanation *explanation);

/** Since 0.1. */
enum nfto_verdict nfto_explanation_verdict(const struct nfto_explanation *explanation);

/** How many findings there are; 0 if all is as it should be. Since 0.1. */
size_t nfto_explanation_count(const struct nfto_explanation *explanation);

/** Borrowed from the explanation; NULL if the index is out of range. The first is the likeliest
 *  cause. Since 0.1. */
const struct nfto_finding *nfto_explanation_get(const struct nfto_explanation *explanation,
						size_t index);

/* ---------------------------------------------------------------------------------------------
 * Kernel objects: for a firewall manager that wants the flowtable in a table of its own
 */

/** Flags of a flowtable. (Source: include/uapi/linux/netfilter/nf_tables.h,
 *  nft_flowtable_flags.) */
enum nfto_flowtable_flags {
	/** Offer the flows to the devices' hardware. Fixed for the life of the flowtable. */
	NFTO_FLOWTABLE_HARDWARE = 1u << 0,
	/** Count packets and bytes into conntrack while a flow is offloaded. */
	NFTO_FLOWTABLE_COUNTER = 1u << 1,
};

/**
 * A transaction: operations are added, then happen all at once or not at all.
 *
 * Each nfto_txn_*() that adds an operation copies its arguments and sends nothing. They return 0,
 * -ENOMEM, or -EINVAL (NFTO_ERROR_INVALID) if a flag can't be, or a name: of a table, chain or
 * flowtable, 1 to 255 bytes without control characters; of a device, 1 to 15 bytes, not "." or
 * "..", without '/', ':' and white space (source: net/core/dev.c, dev_valid_name).
 */
struct nfto_txn;

/** @param txn Out: free with nfto_txn_free(), before the context. @return 0; -ENOMEM. Since 0.1. */
int nfto_txn_new(struct nfto_ctx *ctx, struct nfto_txn **txn);

/** Since 0.1. */
void nfto_txn_free(struct nfto_txn *txn);

/** Create a table; one that exists is left as it is.
 *  @param comment May be NULL; at most 127 bytes, shown by nft(8). Since 0.1. */
int nfto_txn_add_table(struct nfto_txn *txn, enum nfto_family family, const char *table,
		       const char *comment);

/** Delete a table and all that is in it. Since 0.1. */
int nfto_txn_delete_table(struct nfto_txn *txn, enum nfto_family family, const char *table);

/** Create a flowtable without devices; one that exists gets these flags.
 *  @param priority Of the ingress hook; the kernel's name "filter" is 0.
 *  @param flags Of enum nfto_flowtable_flags. Since 0.1. */
int nfto_txn_add_flowtable(struct nfto_txn *txn, enum nfto_family family, const char *table,
			   const char *flowtable, int32_t priority, uint32_t flags);

/** Delete a flowtable, which no rule may use any more. Since 0.1. */
int nfto_txn_delete_flowtable(struct nfto_txn *txn, enum nfto_family family, const char *table,
			      const char *flowtable);

/** Set the flags of a flowtable that exists; the hardware flag must be as it is. Since 0.1. */
int nfto_txn_set_flowtable_flags(struct nfto_txn *txn, enum nfto_family family, const char *table,
				 const char *flowtable, uint32_t flags);

/** Add a device to a flowtable; one that it has already is left as it is. Each device is a message
 *  of its own, so that a refusal names it, and so that there may be more than the 255 which the
 *  kernel takes in one message. From Linux 6.16 on it need not exist: the kernel binds it when it
 *  appears, or blocks its name, see NFTO_FINDING_NAME_BLOCKED. Since 0.1. */
int nfto_txn_add_device(struct nfto_txn *txn, enum nfto_family family, const char *table,
			const char *flowtable, const char *device);

/** Remove a device from a flowtable. Flows through it stay until they time out. Since 0.1. */
int nfto_txn_delete_device(struct nfto_txn *txn, enum nfto_family family, const char *table,
			   const char *flowtable, const char *device);

/** Create a base chain on the forward hook, policy accept; one that exists is left as it is.
 *  @param priority After the firewall's own forward chain (0, "filter"), so that only what it
 *         accepts is offloaded. Since 0.1. */
int nfto_txn_add_forward_chain(struct nfto_txn *txn, enum nfto_family family, const char *table,
			       const char *chain, int32_t priority);

/** Delete a chain, with its rules. Since 0.1. */
int nfto_txn_delete_chain(struct nfto_txn *txn, enum nfto_family family, const char *table,
			  const char *chain);

/** Remove the rules of a chain. Since 0.1. */
int nfto_txn_flush_chain(struct nfto_txn *txn, enum nfto_family family, const char *table,
			 const char *chain);

/** Append the rule that offloads TCP and UDP, and counts how many flows it could insert:
 *  `meta l4proto { tcp, udp } [ct packets >= MIN_PACKETS] flow add @FLOWTABLE counter`.
 *  @param min_packets Only connections that had as many packets, in both directions together; 0:
 *         all. With it the kernel switches net.netfilter.nf_conntrack_acct on (source:
 *         nft_ct_get_init() in net/netfilter/nft_ct.c), and connections that began before are not
 *         offloaded.
 *  @param comment May be NULL; at most 127 bytes, shown by nft(8). Since 0.1. */
int nfto_txn_add_offload_rule(struct nfto_txn *txn, enum nfto_family family, const char *table,
			      const char *chain, const char *flowtable, uint64_t min_packets,
			      const char *comment);

/** Append the leak detector: a rule that counts packets of flows that are marked as offloaded, and
 *  four sets and a chain "leaks" that name flow and direction. Only for tables of family inet, once
 *  per table. Since 0.1. */
int nfto_txn_add_leak_detector(struct nfto_txn *txn, const char *table, const char *chain);

/**
 * Do it. After success the transaction is empty and may be used again; after failure nothing has
 * happened, and its operations are still in it.
 * @return 0, or the error of the first operation that failed, which nfto_ctx_error() names:
 *   -ENOENT      NFTO_ERROR_NO_TABLE, NO_FLOWTABLE, NO_CHAIN, DEVICE_NOT_BOUND; NO_DEVICE, before
 *                Linux 6.16
 *   -ENOENT      NFTO_ERROR_NOT_SUPPORTED: the kernel has no flowtables
 *   -EOPNOTSUPP  NFTO_ERROR_DEVICE_REFUSED, IMMUTABLE, NOT_SUPPORTED
 *   -EBUSY       NFTO_ERROR_DEVICE_BUSY, IN_USE
 *   -EEXIST      NFTO_ERROR_DEVICE_DUPLICATE, EXISTS
 *   -EPERM       NFTO_ERROR_OWNED_TABLE
 *   and others of the kernel, as NFTO_ERROR_SYSTEM
 * Since 0.1.
 */
int nfto_txn_commit(struct nfto_txn *txn);

/** Have the kernel judge the transaction without doing it (a batch without its end). The operations
 *  stay. Drivers of devices that are added are asked for real, for the moment of the check.
 *  @return As nfto_txn_commit(). Since 0.1. */
int nfto_txn_check(struct nfto_txn *txn);

/** One flowtable at one moment. */
struct nfto_flowtable;

/**
 * Read one flowtable.
 * @param flowtable Out: free with nfto_flowtable_free().
 * @return 0, or -ENOENT (NFTO_ERROR_NO_FLOWTABLE). Since 0.1.
 */
int nfto_flowtable_get(struct nfto_ctx *ctx, enum nfto_family family, const char *table,
		       const char *name, struct nfto_flowtable **flowtable);

/** Only for one from nfto_flowtable_get(): those of a list belong to the list. Since 0.1. */
void nfto_flowtable_free(struct nfto_flowtable *flowtable);

/** The flowtables of the network namespace, whoever made them. */
struct nfto_flowtables;

/** @param flowtables Out: free with nfto_flowtables_free(). @return 0. Since 0.1. */
int nfto_flowtables_read(struct nfto_ctx *ctx, struct nfto_flowtables **flowtables);

/** Since 0.1. */
void nfto_flowtables_free(struct nfto_flowtables *flowtables);

/** Since 0.1. */
size_t nfto_flowtables_count(const struct nfto_flowtables *flowtables);

/** Borrowed from the list; NULL if the index is out of range. Since 0.1. */
const struct nfto_flowtable *nfto_flowtables_get(const struct nfto_flowtables *flowtables,
						 size_t index);

/** Since 0.1. */
enum nfto_family nfto_flowtable_family(const struct nfto_flowtable *flowtable);

/** The table that it is in. Since 0.1. */
const char *nfto_flowtable_table(const struct nfto_flowtable *flowtable);

/** Since 0.1. */
const char *nfto_flowtable_name(const struct nfto_flowtable *flowtable);

/** The kernel's number for it, unique in its table. Since 0.1. */
uint64_t nfto_flowtable_handle(const struct nfto_flowtable *flowtable);

/** Of the ingress hook. Since 0.1. */
int32_t nfto_flowtable_priority(const struct nfto_flowtable *flowtable);

/** enum nfto_flowtable_flags, and flags that this library does not know yet. Since 0.1. */
uint32_t nfto_flowtable_flags(const struct nfto_flowtable *flowtable);

/** How many rules use it. Since 0.1. */
uint32_t nfto_flowtable_use(const struct nfto_flowtable *flowtable);

/** Since 0.1. */
size_t nfto_flowtable_device_count(const struct nfto_flowtable *flowtable);

/** The name of a device, which from Linux 6.16 on need not exist; or a wildcard, which ends with
 *  '*'. Borrowed; NULL if the index is out of range. Since 0.1. */
const char *nfto_flowtable_device(const struct nfto_flowtable *flowtable, size_t index);

#ifdef __cplusplus
}
#endif

#endif
