/* compliance/stored_rows.c: store bytes and records, by the codecs of the descriptor. */
#include "compliance/stored_rows.h"

#include "base/assert.h"
#include "stage/row_versions.h"

static const struct book_codec *codec_of(const struct stage_env *env, enum compliance_table table)
{
    ASSERT((unsigned)table < env->stage->table_count);
    return &env->stage->tables[table].codec;
}

uint8_t stored_rows_number(const struct stage_env *env, enum compliance_table table)
{
    ASSERT((unsigned)table < env->stage->table_count);
    return env->stage->tables[table].number;
}

enum err stored_rows_decode(struct stage_env *env, enum compliance_table table, struct slice value, void *record)
{
    const struct book_codec *codec = codec_of(env, table);
    memset(record, 0, codec->bytes);
    struct slice row;
    if (!value.size) return OK;
    TRY(row_versions_read(env->stage, codec, env->arena, value, &row));
    return codec->decode(env->arena, slice_copy(env->arena, row), record);
}

enum err stored_rows_get(struct stage_env *env, enum compliance_table table, struct slice key, void *record)
{
    struct slice value;
    TRY(store_get(env->store, stored_rows_number(env, table), key, &value));
    return stored_rows_decode(env, table, value, record);
}

enum err stored_rows_put(struct stage_env *env, enum compliance_table table, struct slice key, const void *record)
{
    struct slice encoded = codec_of(env, table)->encode(env->arena, record);
    if (!encoded.size) return store_remove(env->store, stored_rows_number(env, table), key);
    struct text value = text_in(env->arena, encoded.size + 1);
    text_put_byte(&value, (char)env->stage->row_version);
    text_put(&value, encoded);
    return store_put(env->store, stored_rows_number(env, table), key, text_slice(&value));
}

struct reading { struct arena *arena; size_t begun_at; struct slice after; unsigned max; struct stored_rows *rows; };
enum { STOP = ERR_USAGE, BYTES_AT_ONCE = 4 << 20 }; /* STOP: an answer of the visitor that the walk hands back to us */

static enum err take_row(void *context, struct slice key, struct slice value)
{
    struct reading *r = context;
    if (r->after.size && slice_compare(key, r->after) <= 0) return OK;
    r->rows->more = r->rows->count == r->max || arena_mark(r->arena) - r->begun_at > BYTES_AT_ONCE;
    if (r->rows->more) return (enum err)STOP;
    r->rows->items[r->rows->count++] = (struct stored_row){ slice_copy(r->arena, key), slice_copy(r->arena, value) };
    return OK;
}

enum err stored_rows_read(struct stage_env *env, enum compliance_table table, struct slice after, unsigned max,
                          struct stored_rows *rows)
{
    *rows = (struct stored_rows){ .items = ARENA_ARRAY(env->arena, max, struct stored_row) };
    struct reading r = {
        .arena = env->arena, .begun_at = arena_mark(env->arena), .after = after, .max = max, .rows = rows
    };
    enum err e = store_scan(env->store, stored_rows_number(env, table), (struct slice){ 0 }, after, take_row, &r);
    return e == (enum err)STOP ? OK : e;
}

struct slice stored_rows_take_part(struct slice *key)
{
    ASSERT(key->size >= 2);
    size_t size = (size_t)(uint8_t)key->bytes[0] << 8 | (uint8_t)key->bytes[1];
    struct slice part = slice_head(slice_skip(*key, 2), size);
    ASSERT(part.size == size);
    *key = slice_skip(*key, 2 + size);
    return part;
}
