/* wire/message_json.h: any message of ours as JSON, field by field from its descriptor: what `claimctl tail` prints.
 *
 * Names are those of the .proto without their units: quantities, prices, percents and money are decimal strings,
 * instants RFC 3339, dates ISO, enums their words, reasons their names, bytes hexadecimal. Money whose currency stands
 * in another message keeps its name with _minor and its minor units as text. Fields with nothing to say are left
 * out. */
#ifndef WIRE_MESSAGE_JSON_H
#define WIRE_MESSAGE_JSON_H

#include "base/str.h"

enum message_json_kind {
    MESSAGE_JSON_SUBMISSION,
    MESSAGE_JSON_DOSSIER,
    MESSAGE_JSON_PAYOUT,
    MESSAGE_JSON_PARTNER,
    MESSAGE_JSON_REFERENCE,
    MESSAGE_JSON_REVIEW,
    MESSAGE_JSON_COUNT
};

/* is_masked: with what wire/masking.h hides. False: the bytes are no such message, or an outer bound is passed; nothing
 * was put. */
bool message_json_put(struct text *t, enum message_json_kind kind, struct slice bytes, bool is_masked) MUST_CHECK;

/* Called for each member that the JSON of a message can have: its path with dots, `[]` after the name of a list, and
 * what its values are in words. */
typedef void message_json_visit(void *context, struct slice path, struct slice type);
void message_json_members(enum message_json_kind kind, message_json_visit *visit, void *context);

#endif
