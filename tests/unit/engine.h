/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ENGINE_H
#define ENGINE_H

#include "reply.h"

/* What the tests of the request engine share: a channel to a fake, and a request to send over
 * it. */
struct engine {
	struct fake *fake;
	struct channel channel;
	struct messages request;
};

#define GET NFT(NFT_MSG_GETTABLE)
#define ITEM NFT(NFT_MSG_NEWTABLE)

/* With a request of one message, GET. */
struct engine *engine_new(void);
void engine_free(struct engine *engine);

void engine_add_message(struct messages *messages, uint16_t type);

/* ---- What the kernel answers: items with a number in them, and messages without anything */

void engine_put_item(struct fake *fake, uint16_t flags, int index, uint32_t value);

/* One of a dump. */
void engine_item(struct fake *fake, uint32_t value);

struct nlmsghdr *engine_bare(struct fake *fake, uint16_t type, uint16_t flags);

/* ---- What it must not answer */

void wrong_cut_message(struct fake *fake);
void wrong_negative_length(struct fake *fake);
void wrong_noise(struct fake *fake);
void wrong_error_without_body(struct fake *fake);
void wrong_positive_result(struct fake *fake);

/* ---- What the engine makes of it: sends the request, and fails the test unless these are the
 *      items that come before the result. */

void engine_assert_answer(struct engine *engine, const uint32_t *items, size_t count, int result);

#define engine_assert_items(engine, result, ...)                                                   \
	engine_assert_answer(engine, (const uint32_t[]){ __VA_ARGS__ },                            \
			     sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t), result)
#define engine_assert_nothing(engine, result) engine_assert_answer(engine, NULL, 0, result)

#endif
