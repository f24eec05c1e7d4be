/* wire/message_cursor.h: walks over the fields of any message without unpacking. Inline, since every record that goes
 * by is looked at so, its sections and the ids in them, more often than it is decoded. */
#ifndef WIRE_MESSAGE_CURSOR_H
#define WIRE_MESSAGE_CURSOR_H

#include "base/err.h"
#include "wire/varint.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_SIZED = 2, WIRE_FIXED32 = 5 };

struct message_cursor { const uint8_t *at, *end; uint32_t number, wire_type; struct slice value; uint64_t whole; };

static inline struct message_cursor message_cursor_over(struct slice bytes)
{
    const uint8_t *at = (const uint8_t *)(bytes.size ? bytes.bytes : "");
    return (struct message_cursor){ .at = at, .end = at + bytes.size };
}

/* The value after a tag; NULL when it is cut or of no type. */
static inline const uint8_t *message_take_value(struct message_cursor *c, const uint8_t *at)
{
    size_t left = (size_t)(c->end - at);
    switch (c->wire_type) {
    case WIRE_SIZED: return varint_take_sized(&at, c->end, &c->value) ? at : NULL;
    case WIRE_VARINT: return varint_take(&at, c->end, &c->whole) ? at : NULL;
    case WIRE_FIXED64: return left >= 8 ? at + 8 : NULL;
    case WIRE_FIXED32: return left >= 4 ? at + 4 : NULL;
    default: return NULL;
    }
}

/* False at the end or when *err is set. */
static inline bool message_next(struct message_cursor *c, enum err *err)
{
    const uint8_t *at = c->at;
    uint64_t tag;
    *err = OK;
    if (at == c->end) return false;
    *err = ERR_WIRE_MALFORMED;
    if (!varint_take(&at, c->end, &tag) || tag > UINT32_MAX || tag >> 3 == 0) return false;
    c->number = (uint32_t)tag >> 3;
    c->wire_type = (uint32_t)tag & 7;
    at = message_take_value(c, at);
    if (!at) return false;
    c->at = at;
    *err = OK;
    return true;
}

#endif
