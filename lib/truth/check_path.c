// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Whether the paths of a connection's packets end where a flow can be found.
 *
 * The packets of one direction come in by the device that those of the other direction leave by. The
 * kernel keeps their flow there. If it can't, because that device is not in the flowtable or the
 * path to it is not found, it depends on the kernel: before Linux 7.2 the flow is kept for the
 * route's device, and never found if that is not in the flowtable either, but the connection is
 * marked as offloaded; from 7.2 on no flow is made (facts/whole_path.h).
 */
#include "check.h"

static bool is_listed(const struct inquiry *inquiry, const struct link_info *link)
{
	return flowtable_info_has(inquiry->instance.flowtable, link->name);
}

/* ---- What stands in the way of one direction */

static bool is_kept_above(const struct inquiry *inquiry, const struct path *path)
{
	return !inquiry->needs_whole_path && is_listed(inquiry, &path->top);
}

/* For as long as devices and flowtable are as they are. */
static bool ends_badly(const struct inquiry *inquiry, const struct path *path)
{
	switch (path->end) {
	case PATH_FOUND:
		return !is_listed(inquiry, &path->bottom);
	case PATH_NO_NEIGHBOUR:
		return path->has_bottom && !is_listed(inquiry, &path->bottom);
	case PATH_TOO_DEEP:
	case PATH_NO_WAY:
		return true;
	default:
		return false;
	}
}

/* Until the next hop answers. */
static bool ends_badly_now(const struct path *path)
{
	return path->end == PATH_NO_NEIGHBOUR || path->end == PATH_NO_BRIDGE_ENTRY;
}

static struct nfto_finding *add_missing_device(struct inquiry *inquiry, int direction,
					       const char *device)
{
	struct nfto_finding *finding = findings_add(
		&inquiry->findings, NFTO_FINDING_UNLISTED_DEVICE,
		"packets of the %s direction come in by %s", direction_name(direction), device);

	if (finding)
		finding_advise(finding, "give %s, or what stands on it, to nftoffload apply",
			       device);
	return finding;
}

static struct nfto_finding *add_no_way(struct inquiry *inquiry, int direction,
				       const struct path *path)
{
	if (!inquiry->needs_whole_path)
		return add_missing_device(inquiry, direction, path->top.name);
	return findings_add(&inquiry->findings, NFTO_FINDING_NO_PATH,
			    "packets of the %s direction come in by %s: %s",
			    direction_name(direction), path->bottom.name, path->why);
}

static struct nfto_finding *add_bad_end(struct inquiry *inquiry, int direction)
{
	const struct path *path = &inquiry->paths[!direction];

	switch (path->end) {
	case PATH_FOUND:
		return add_missing_device(inquiry, direction, path->bottom.name);
	case PATH_NO_NEIGHBOUR:
		return ends_badly(inquiry, path) ?
			       add_missing_device(inquiry, direction, path->bottom.name) :
			       add_lost_way(inquiry, NFTO_FINDING_NO_NEIGHBOUR, path);
	case PATH_NO_BRIDGE_ENTRY:
		return add_lost_way(inquiry, NFTO_FINDING_NO_BRIDGE_ENTRY, path);
	case PATH_TOO_DEEP:
		return findings_add(&inquiry->findings, NFTO_FINDING_TOO_DEEP,
				    "packets of the %s direction come in below %s",
				    direction_name(direction), path->bottom.name);
	case PATH_NO_WAY:
		return add_no_way(inquiry, direction, path);
	case PATH_UNKNOWN:
		break;
	}
	return NULL;
}

/* ---- Both directions */

/* A question about one direction: 0, 1 if it is a cause, or a negative errno. */
typedef int check_direction(struct inquiry *inquiry, int direction);

static int check_both(struct inquiry *inquiry, check_direction *check_one)
{
	int original, reply;

	if (!inquiry->has_paths || !inquiry->instance.flowtable)
		return 0;
	original = check_one(inquiry, IP_CT_DIR_ORIGINAL);
	if (original < 0)
		return original;
	reply = check_one(inquiry, IP_CT_DIR_REPLY);
	return reply < 0 ? reply : original || reply;
}

/* Where a way was guessed, it is that which is unknown. */
static int tell(struct inquiry *inquiry, int direction, bool is_certain)
{
	struct nfto_finding *finding = add_bad_end(inquiry, direction);

	return is_certain && !inquiry->paths[!direction].is_guessed ? found(inquiry, finding) :
								      suspect(inquiry, finding);
}

/* ---- A connection that is marked, or that does not exist yet */

/* A neighbour that has gone since its flow was made does no harm, and one that was not asked for yet
 * will be. Where the detector has not seen a flow leak, the routes may be others than they seem. */
static int check_ghost(struct inquiry *inquiry, int direction)
{
	const struct path *path = &inquiry->paths[!direction];
	bool leaks = is_leaking(inquiry, direction);

	if (is_kept_above(inquiry, path) ||
	    !(ends_badly(inquiry, path) || (leaks && ends_badly_now(path))))
		return 0;
	return tell(inquiry, direction, leaks || !inquiry->is_marked);
}

int check_ghosts(struct inquiry *inquiry)
{
	return check_both(inquiry, check_ghost);
}

/* ---- A connection that goes the slow path, where flows need their whole path */

static int check_end(struct inquiry *inquiry, int direction)
{
	return ends_badly(inquiry, &inquiry->paths[!direction]) ? tell(inquiry, direction, true) :
								  0;
}

static bool one_ends_badly(const struct inquiry *inquiry)
{
	return inquiry->has_paths && inquiry->instance.flowtable &&
	       (ends_badly(inquiry, &inquiry->paths[IP_CT_DIR_ORIGINAL]) ||
		ends_badly(inquiry, &inquiry->paths[IP_CT_DIR_REPLY]));
}

/* A direction under IPsec needs no path. */
int check_paths(struct inquiry *inquiry)
{
	int ret;

	if (!inquiry->needs_whole_path || !one_ends_badly(inquiry))
		return 0;
	ret = is_under_ipsec(inquiry);
	if (ret != 0)
		return ret < 0 ? ret : 0;
	return check_both(inquiry, check_end);
}

static int check_next_hop(struct inquiry *inquiry, int direction)
{
	return ends_badly_now(&inquiry->paths[!direction]) ? tell(inquiry, direction, true) : 0;
}

int check_next_hops(struct inquiry *inquiry)
{
	return inquiry->needs_whole_path ? check_both(inquiry, check_next_hop) : 0;
}
