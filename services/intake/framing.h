/* intake/framing.h: the frame of a schema registry around a value (feeds.md 9.3): id or GUID of the schema, and for
 * protobuf the path to its message. Pure; no registry is asked, ids are pinned. */
#ifndef INTAKE_FRAMING_H
#define INTAKE_FRAMING_H

#include "base/str.h"

enum {
    FRAMING_GUID_BYTES = 16,
    FRAMING_PATH_MAX = 32,
    FRAMING_SUBMISSION_INDEX = 9
}; /* of message Submission in line.proto */

enum framing_type { FRAMING_PROTOBUF, FRAMING_JSON };

/* A schema that is pinned: by id, or by GUID. */
struct framing_schema { uint32_t id; uint8_t guid[FRAMING_GUID_BYTES]; bool has_guid; enum framing_type type; };
struct framing_schemas { const struct framing_schema *items; unsigned count; bool deprecated_index_format; };

enum framing_fault { FRAMING_FINE, FRAMING_NONE, FRAMING_BROKEN, FRAMING_UNKNOWN };

struct framing {
    enum framing_fault fault;
    enum framing_type  type;
    struct slice       payload;                     /* what stands after the frame */
    struct slice       schema;                      /* as sent, after its magic byte: 4 or 16 bytes */
};

/* A value that begins with its frame. FRAMING_NONE: it begins with something else. */
struct framing framing_read(struct slice value, const struct framing_schemas *schemas);

/* A bare value whose frame stands in a header of its own. */
struct framing framing_read_header(struct slice header, struct slice value, const struct framing_schemas *schemas);

/* The schema as people write it: the number, or the GUID with its dashes. */
void framing_put_schema(struct text *t, struct slice schema);

#endif
