/* tests/support/wire.h: records of any message, made up, and held against protobuf-c as the second opinion. */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include "support/test.h"
#include "wire/message.h"

/* Fills a zeroed record with random members that its checks accept: numbers at their edges too, texts with and without
 * letters beyond ASCII, lists of a few. */
void wire_make_record(const struct message *m, void *record, uint64_t *seed);

/* True when protobuf-c reads the bytes as the record says, member by member, and packs the same bytes again. What
 * differs is printed. */
bool wire_agrees_with_protobuf(const struct message *m, const void *record, struct slice bytes);

#endif
