/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_DEVICE_TRIAL_H
#define NFTO_FACTS_DEVICE_TRIAL_H

#include "caps.h"

/*
 * Has the kernel bind a device to a flowtable with the hardware flag, and take that back. 0 with
 * the verdict of the device's driver, 0 or an errno; or a negative errno with ctx->error set.
 *
 * Only for devices whose driver can be asked. The kernel looks for hardware behind the others
 * (those without ndo_setup_tc: bridges, tunnels, most NICs) at all drivers that care for foreign
 * devices, and if none wants it, it forgets to take the device off the list of what it shows to
 * drivers which are loaded later: there it stays with the address of a flowtable that is gone
 * (net/core/flow_offload.c, flow_indr_dev_setup_offload()).
 */
int device_trial(struct nfto_ctx *ctx, const char *device, struct verdict *verdict);

/*
 * Does this kernel call a refusal a success, as OpenWrt's does? Then nothing that it accepts proves
 * anything. It shows by the one device of each namespace which no driver can take: the loopback
 * device. Where the kernel is so, the trial leaves nothing behind, since a bind that counts as done
 * is undone. Where it is not, the loopback device comes onto the list that device_trial() tells of.
 * Of all devices without hardware it is the one that does no harm there: it lives as long as its
 * namespace, and is none of those that a driver looks at (tunnels, VLANs, bridges, macvlans). So
 * this is for when there is no other way to know: when no driver has refused.
 */
int device_trial_is_meaningless(struct nfto_ctx *ctx, bool *is_meaningless);

#endif
