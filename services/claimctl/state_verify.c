/* claimctl/state_verify.c: a fold of a changelog, and its comparison with tables. */
#include "claimctl/state_verify.h"

#include "base/assert.h"
#include "base/hash.h"
#include "runtime/changelog.h"
#include "runtime/rows.h"

#include <stdlib.h>

struct state_fold {
    int64_t     changelog_offset;
    struct rows rows;                               /* key → hash of the value */
    struct rows later;                              /* keys that were written after the offset */
};

struct state_fold *state_fold_open(int64_t changelog_offset)
{
    struct state_fold *f = calloc(1, sizeof *f);
    if (f) f->changelog_offset = changelog_offset;
    return f;
}

void state_fold_close(struct state_fold *f)
{
    if (!f) return;
    rows_clear(&f->rows);
    rows_clear(&f->later);
    free(f);
}

static void write(struct rows *rows, uint8_t table, struct slice key, struct slice value)
{
    rows_write(rows, rows_hash(key), table, key, value, false);
    rows_merge(rows);
}

static enum err fold_row(void *context, uint8_t table, struct slice key, struct slice value)
{
    struct hash128 hash = hash_bytes(value);
    struct slice kept = value.size ? slice_of((const char *)hash.bytes, sizeof hash.bytes) : (struct slice){ 0 };
    write(context, table, key, kept);
    return OK;
}

static enum err note_later(void *context, uint8_t table, struct slice key, struct slice value)
{
    (void)value;
    write(context, table, key, SLICE("+"));
    return OK;
}

enum err state_fold_add(struct state_fold *f, struct slice key, struct slice value, int64_t offset)
{
    bool is_later = offset >= f->changelog_offset;
    return changelog_each(key, value, is_later ? note_later : fold_row, is_later ? &f->later : &f->rows);
}

/* One table of both sides, walked. */
struct comparison { const struct state_fold *fold; uint8_t table; struct state_differences *d; uint64_t met; };

static struct row *find(const struct rows *rows, uint8_t table, struct slice key)
{
    return rows_find((struct rows *)(uintptr_t)rows, rows_hash(key), table, key);
}

static enum err compare_row(void *context, struct slice key, struct slice value)
{
    struct comparison *c = context;
    struct hash128 hash = hash_bytes(value);
    const struct row *row = find(&c->fold->rows, c->table, key);
    bool is_later = find(&c->fold->later, c->table, key) != NULL;
    bool equal = row && slice_equal(row_value(row), slice_of((const char *)hash.bytes, sizeof hash.bytes));
    c->met += row != NULL;
    if (equal) c->d->equal++;
    else if (is_later) c->d->skipped++;
    else if (row) c->d->other++;
    else c->d->unknown++;
    return OK;
}

struct seeking { struct comparison *c; struct store *tables; };

static enum err seek_row(void *context, struct slice key, struct slice hash)
{
    struct seeking *s = context;
    struct slice value;
    (void)hash;
    TRY(store_get(s->tables, s->c->table, key, &value));
    if (value.size) return OK;
    if (find(&s->c->fold->later, s->c->table, key)) s->c->d->skipped++;
    else s->c->d->missing++;
    return OK;
}

enum err state_fold_compare(const struct state_fold *f, struct store *tables, struct state_differences *d)
{
    *d = (struct state_differences){ 0 };
    for (unsigned table = 0; table < STORE_TABLES_MAX; table++) {
        struct comparison c = { .fold = f, .table = (uint8_t)table, .d = d };
        TRY(store_scan(tables, (uint8_t)table, (struct slice){ 0 }, (struct slice){ 0 }, compare_row, &c));
        if (c.met < f->rows.tables[table].row_count)
            TRY(rows_each(&f->rows, c.table, seek_row, &(struct seeking){ &c, tables }));
    }
    return OK;
}

enum topic state_verify_topic(const char *changelog)
{
    struct slice name = slice_from(changelog);
    for (enum topic t = TOPIC_NONE + 1; t < TOPIC_COUNT; t++)
        if (slice_ends_with(name, topic_row(t)->name) && topic_row(t)->compacted && topic_row(t)->partitions == 0)
            return t;
    return TOPIC_NONE;
}
