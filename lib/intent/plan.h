/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_PLAN_H
#define NFTO_PLAN_H

#include "facts/topology.h"
#include "spec.h"

struct nfto_plan_device {
	const char *name;
	const char *via;
	enum nfto_plan_decision decision;
	enum nfto_plan_reason reason;
	/* Links of the topology, as long as the plan is made. */
	const struct link_info *link;  /* NULL for what is missing */
	const struct link_info *about; /* another one that the reason is about, or NULL */
	const struct link_info *slow; /* one whose flows can't be found here although it is taken */
	bool is_trap; /* left out, as flows of that other one would never be found here */
	bool is_obstacle;
	char own_name[IFNAMSIZ];
	char sentence[256];
};

struct nfto_plan {
	enum nfto_mode mode;
	char **given; /* copies of the spec's interfaces and devices */
	size_t given_count;
	struct nfto_plan_device *devices;
	size_t device_count;
	size_t room;
	bool has_obstacle;
	struct nfto_plan_device obstacle;
};

/* A plan for hardware or software, and no other: to fall back when a driver refuses. 0 or
 * -ENOMEM. */
int plan_make(const struct nfto_topology *topology, const struct nfto_spec *spec,
	      enum nfto_mode mode, struct nfto_plan **plan);

/* plan_walk.c: puts the devices of a spec into a plan, whose mode is set: 0 or -ENOMEM. */
int plan_walk(struct nfto_plan *plan, const struct nfto_topology *topology,
	      const struct nfto_spec *spec);

/* plan_sentence.c: writes the sentence of a device. */
void plan_write_sentence(struct nfto_plan_device *device);

/* The same: a device that is missing is bound by the kernel when it appears. */
void plan_wait_for(struct nfto_plan_device *device);

#endif
