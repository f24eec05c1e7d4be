/* intake/framing.c: magic byte, id, path. */
#include "intake/framing.h"

#include "wire/varint.h"

enum { MAGIC_ID = 0, MAGIC_GUID = 1, ID_BYTES = 4 };

static bool take_varint(struct slice *rest, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 7 * VARINT_BYTES_MAX && rest->size > 0; shift += 7) {
        uint8_t byte = (uint8_t)rest->bytes[0];
        *rest = slice_skip(*rest, 1);
        if (shift == 63 && byte > 1) return false;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return true;
    }
    return false;
}

/* A number of the path. Old clients wrote it unsigned, others fold the sign in. */
static bool take_index(struct slice *rest, bool is_unsigned, uint64_t max, uint64_t *value)
{
    uint64_t sent;
    if (!take_varint(rest, &sent)) return false;
    if (!is_unsigned && (sent & 1)) return false;               /* negative */
    *value = is_unsigned ? sent : sent >> 1;
    return *value <= max;
}

/* count, then as many indexes; [0] is one zero byte. A submission is the first message of its schema, or stands where
 * our line.proto has it: any other path names another message, which is never read as one. */
static bool take_path_as(struct slice *rest, bool is_unsigned)
{
    uint64_t count, index = 0;
    struct slice at = *rest;
    if (!take_index(&at, is_unsigned, FRAMING_PATH_MAX, &count) || count > 1) return false;
    if (count == 1 && !take_index(&at, is_unsigned, INT32_MAX, &index)) return false;
    if (index != 0 && index != FRAMING_SUBMISSION_INDEX) return false;
    *rest = at;
    return true;
}

/* Where old clients write beside new ones both are read: no path of a submission means one in either way. */
static bool take_path(struct slice *rest, bool has_old_clients)
{
    return take_path_as(rest, false) || (has_old_clients && take_path_as(rest, true));
}

static uint32_t id_of(struct slice bytes)
{
    const uint8_t *b = (const uint8_t *)bytes.bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static const struct framing_schema *find(const struct framing_schemas *schemas, struct slice schema)
{
    for (unsigned k = 0; k < schemas->count; k++) {
        const struct framing_schema *s = &schemas->items[k];
        bool by_guid = schema.size == FRAMING_GUID_BYTES, has_id = s->id > 0 || !s->has_guid;
        if (by_guid && s->has_guid && memcmp(s->guid, schema.bytes, FRAMING_GUID_BYTES) == 0) return s;
        if (!by_guid && has_id && s->id == id_of(schema)) return s;
    }
    return NULL;
}

/* Magic byte and schema off the front of *rest. */
static enum framing_fault take_schema(struct slice *rest, struct slice *schema)
{
    if (rest->size == 0 || (rest->bytes[0] != MAGIC_ID && rest->bytes[0] != MAGIC_GUID)) return FRAMING_NONE;
    size_t size = rest->bytes[0] == MAGIC_ID ? ID_BYTES : FRAMING_GUID_BYTES;
    if (rest->size < 1 + size) return FRAMING_BROKEN;
    *schema = slice_head(slice_skip(*rest, 1), size);
    *rest = slice_skip(*rest, 1 + size);
    return FRAMING_FINE;
}

struct framing framing_read(struct slice value, const struct framing_schemas *schemas)
{
    struct framing f = { .payload = value };
    struct slice rest = value;
    f.fault = take_schema(&rest, &f.schema);
    if (f.fault != FRAMING_FINE) return f;
    const struct framing_schema *s = find(schemas, f.schema);
    f.fault = s ? FRAMING_FINE : FRAMING_UNKNOWN;
    if (!s) return f;
    f.type = s->type;
    if (s->type == FRAMING_PROTOBUF && !take_path(&rest, schemas->deprecated_index_format)) f.fault = FRAMING_BROKEN;
    f.payload = rest;
    return f;
}

struct framing framing_read_header(struct slice header, struct slice value, const struct framing_schemas *schemas)
{
    struct framing f = { .payload = value };
    struct slice rest = header;
    f.fault = take_schema(&rest, &f.schema);
    if (f.fault == FRAMING_NONE) f.fault = FRAMING_BROKEN;
    if (f.fault != FRAMING_FINE) return f;
    const struct framing_schema *s = find(schemas, f.schema);
    f.fault = s ? FRAMING_FINE : FRAMING_UNKNOWN;
    if (!s) return f;
    f.type = s->type;
    if (rest.size > 0 && (!take_path(&rest, schemas->deprecated_index_format) || rest.size > 0))
        f.fault = FRAMING_BROKEN;
    return f;
}

void framing_put_schema(struct text *t, struct slice schema)
{
    if (schema.size == ID_BYTES) { text_put_int(t, id_of(schema)); return; }
    static const unsigned dashes = 1u << 4 | 1u << 6 | 1u << 8 | 1u << 10;
    for (unsigned k = 0; k < schema.size; k++) {
        if (k < 12 && (dashes >> k & 1)) text_put_byte(t, '-');
        text_put_hex(t, (const uint8_t *)schema.bytes + k, 1);
    }
}
