/* claimctl/descriptor.h: messages of anybody by their descriptor set (`protoc --include_imports -o FILE`), as JSON:
 * what `tail --desc` prints of topics that are not ours. Bounded: nesting, and as many entries as lie in the bytes. */
#ifndef CLAIMCTL_DESCRIPTOR_H
#define CLAIMCTL_DESCRIPTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct descriptor_word { struct slice name; int32_t number; struct descriptor_word *next; };
struct descriptor_enum { struct slice name; struct descriptor_word *words; struct descriptor_enum *next; };

struct descriptor_message;
struct descriptor_field {
    struct slice                     name, type_name;
    uint32_t                         number, type;  /* of descriptor.proto */
    bool                             is_repeated;
    const struct descriptor_message *message;       /* of a field that is one */
    const struct descriptor_enum    *words;         /* of an enum */
    struct descriptor_field         *next;
};
struct descriptor_message {
    struct slice name;
    struct descriptor_field *fields;
    uint32_t field_count;
    bool is_map_entry;
    struct descriptor_message *next;
};

/* Names are whole: package, messages around it, its own; with dots. */
struct descriptor { struct arena *arena; struct descriptor_message *messages; struct descriptor_enum *enums; };

/* A FileDescriptorSet; texts are borrowed from the bytes, the rest lies in the arena. ERR_WIRE_MALFORMED: it is none,
 * or names a type that it does not have. */
enum err descriptor_read(struct arena *a, struct slice bytes, struct descriptor *out) MUST_CHECK;

/* By its whole name, or by its last part where that is the only one; NULL: there is none. */
const struct descriptor_message *descriptor_find(const struct descriptor *d, struct slice name);

/* Members under their own names in the order of the descriptor, absent ones left out; 64-bit numbers as texts as
 * protobuf's JSON has them, bytes in hex, enums by word, maps as objects, fields that the descriptor does not have by
 * number under "@unknown". Bytes that begin with a 0 are framed as Confluent frames them. False: they are no such
 * message; nothing was put. Memory from the arena. */
bool descriptor_put_json(struct text *t, struct arena *a, const struct descriptor_message *m,
                         struct slice bytes) MUST_CHECK;

#endif
