/* stage/row_versions.c: the version byte of one row a table. */
#include "stage/row_versions.h"

#include "base/assert.h"
#include "stage/waiting.h"

enum { STOP = ERR_USAGE };                          /* an answer of the visitor that the walk hands back to us */

static enum err take_value(void *context, struct slice key, struct slice value)
{
    (void)key;
    *(struct slice *)context = value;
    return (enum err)STOP;
}

/* *value of size 0: the table is empty. */
static enum err any_row(struct store *store, uint8_t table, struct slice *value)
{
    *value = (struct slice){ 0 };
    enum err e = store_each(store, table, take_value, value);
    return e == (enum err)STOP ? OK : e;
}

static bool is_read(const struct stage *stage, uint8_t version)
{
    bool is_earlier = stage->row_version_read && version >= stage->row_version_read && version < stage->row_version;
    return version == stage->row_version || is_earlier;
}

enum err row_versions_read(const struct stage *stage, const struct book_codec *codec, struct arena *a,
                           struct slice value, struct slice *row)
{
    uint8_t version = (uint8_t)value.bytes[0];
    *row = slice_skip(value, 1);
    if (version == stage->row_version) return OK;
    if (!is_read(stage, version)) return ERR_STATE_OUTDATED;
    ASSERT(stage->renew_row);
    return stage->renew_row(a, version, codec, *row, row);
}

static enum err check_table(const struct stage *stage, struct store *store, const struct stage_table *table,
                            struct row_versions *seen)
{
    struct slice value;
    TRY(any_row(store, table->number, &value));
    if (!value.size || is_read(stage, (uint8_t)value.bytes[0])) return OK;
    *seen = (struct row_versions){ table->codec.name, (uint8_t)value.bytes[0], stage->row_version };
    return ERR_STATE_OUTDATED;
}

static enum err check_waiting(struct store *store, struct row_versions *seen)
{
    struct slice value;
    TRY(any_row(store, WAITING_TABLE, &value));
    if (!value.size || waiting_check_version(value) == OK) return OK;
    *seen = (struct row_versions){ "waiting", (uint8_t)value.bytes[0], WAITING_VERSION };
    return ERR_STATE_OUTDATED;
}

enum err row_versions_check(const struct stage *stage, struct store *store, struct row_versions *seen)
{
    for (unsigned i = 0; i < stage->table_count; i++) TRY(check_table(stage, store, &stage->tables[i], seen));
    return check_waiting(store, seen);
}
