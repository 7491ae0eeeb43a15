// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Told by the kernel's release, as only real packets of a connection could show it. No stable series
 * before 7.2 has the change, but a vendor's kernel may.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "proc_file.h"
#include "whole_path.h"

/* UTS_RELEASE: what uname(2) tells. */
#define RELEASE_SIZE 65

static int take_release(const char *line, void *release)
{
	snprintf(release, RELEASE_SIZE, "%s", line);
	return 0;
}

static bool read_release(const struct nfto_ctx *ctx, char release[RELEASE_SIZE])
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/kernel/osrelease", ctx->proc_path);
	return proc_file_lines(path, take_release, release) == 0 && release[0];
}

void whole_path_read(const struct nfto_ctx *ctx, struct proof *proof)
{
	char release[RELEASE_SIZE] = "", evidence[RELEASE_SIZE + 128];
	unsigned int version, level;
	bool is_new;

	if (!read_release(ctx, release) || sscanf(release, "%3u.%3u", &version, &level) != 2) {
		proof_set(proof, NFTO_UNKNOWN, "the kernel's release can't be read");
		return;
	}
	is_new = version > 7 || (version == 7 && level >= 2);
	snprintf(evidence, sizeof(evidence), "Linux %s: %s; told by the release alone", release,
		 is_new ? "from 7.2 on, no flow is made without its whole path" :
			  "before 7.2, a flow is made for the route's device if need be");
	proof_set(proof, is_new ? NFTO_YES : NFTO_NO, evidence);
}

enum nfto_answer whole_path_ask_once(struct nfto_ctx *ctx)
{
	enum nfto_answer *known = &ctx->features[NFTO_FEATURE_NEEDS_WHOLE_PATH];
	struct proof proof;

	if (*known == NFTO_UNKNOWN) {
		whole_path_read(ctx, &proof);
		*known = proof.answer;
	}
	return *known;
}
