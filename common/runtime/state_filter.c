/* runtime/state_filter.c: filling, following, and a larger filter when it is full. */
#include "runtime/state_filter.h"

#include "base/assert.h"

enum { NAMES_AHEAD = 16 };

/* Twice what there is now, so that a state that grows is read through again only now and then. */
static size_t room_for(size_t keys)
{
    size_t room = 2 * keys;
    if (room < STATE_FILTER_KEYS_MIN) return STATE_FILTER_KEYS_MIN;
    return room < STATE_FILTER_KEYS_MAX ? room : STATE_FILTER_KEYS_MAX;
}

static size_t keys_on_disk(struct state_filter *f)
{
    size_t rows;
    uint64_t bytes;
    lmdb_disk_size(&f->layers->disk, &rows, &bytes);
    return rows;
}

static void add_key(void *context, uint8_t table, struct slice key)
{
    key_filter_add(context, rows_name(rows_hash(key), table));
}

/* On the state writer's thread. */
static void fill_slice(struct state_job *job)
{
    struct state_filter *f = (struct state_filter *)job;        /* its first member */
    f->rc = lmdb_disk_keys(&f->layers->disk, &f->at, STATE_FILTER_SLICE_KEYS, add_key, f->next, &f->has_ended);
    ASSERT(sem_post(&f->done) == 0);
}

static void ask(struct state_filter *f, struct state_writer *writer)
{
    f->is_asked = true;
    if (writer) state_writer_ask(writer, &f->job);
    else fill_slice(&f->job);
}

static void put_in_force(struct state_filter *f)
{
    key_filter_close(f->layers->filter);
    f->layers->filter = f->next;
    f->next = NULL;
}

/* Without a filter every look-up asks the disk: slower, and right. */
static void give_up(struct state_filter *f)
{
    key_filter_close(f->next);
    f->next = NULL;
    f->gave_up = true;
}

static bool is_due(const struct state_filter *f)
{
    const struct key_filter *in_force = f->layers->filter;
    return !f->gave_up && (!in_force || (key_filter_is_full(in_force) && in_force->keys_max < STATE_FILTER_KEYS_MAX));
}

static void begin(struct state_filter *f)
{
    f->at = (struct lmdb_place){ 0 };
    f->has_ended = false;
    if (key_filter_open(room_for(keys_on_disk(f)), &f->next) != OK) give_up(f);
}

void state_filter_rest(struct state_filter *f, struct state_writer *writer)
{
    if (f->is_asked && sem_trywait(&f->done) != 0) return;
    bool came = f->is_asked;
    f->is_asked = false;
    if (came && f->rc) give_up(f);
    else if (came && f->has_ended) put_in_force(f);
    if (!f->next && is_due(f)) begin(f);
    if (f->next) ask(f, writer);
}

/* Names on their way into the filters: rows and blocks lie anywhere, so that each is asked for before it is needed. */
struct adding { struct key_filter *both[2]; uint64_t names[NAMES_AHEAD]; unsigned count; };

static void add_names(struct adding *a)
{
    for (unsigned n = 0; n < 2; n++)
        for (unsigned i = 0; a->both[n] && i < a->count; i++) key_filter_add(a->both[n], a->names[i]);
    a->count = 0;
}

static void add_row(struct adding *a, const struct row *row)
{
    uint64_t name = rows_name(rows_hash(row_key(row)), row->table);
    for (unsigned n = 0; n < 2; n++)
        if (a->both[n]) __builtin_prefetch(key_filter_block_of(a->both[n], name), 1);
    a->names[a->count++] = name;
    if (a->count == NAMES_AHEAD) add_names(a);
}

void state_filter_add(struct state_filter *f, const struct rows *rows)
{
    struct adding a = { .both = { f->layers->filter, f->next } };
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++) {
        const struct rows_table *table = &rows->tables[t];
        for (size_t i = 0; i < table->slot_count; i++) {
            const struct row *row = rows_at(table, i);
            if (i + NAMES_AHEAD < table->slot_count) __builtin_prefetch(rows_at(table, i + NAMES_AHEAD));
            if (row && row->value) add_row(&a, row);
        }
    }
    add_names(&a);
}

void state_filter_open(struct state_filter *f, struct state_layers *layers)
{
    *f = (struct state_filter){ .job = { .run = fill_slice }, .layers = layers };
    ASSERT(sem_init(&f->done, 0, 0) == 0);
    if (keys_on_disk(f) > 0) return;
    begin(f);
    put_in_force(f);
}

void state_filter_close(struct state_filter *f)
{
    if (!f->layers) return;
    key_filter_close(f->next);
    key_filter_close(f->layers->filter);
    f->layers->filter = NULL;
    sem_destroy(&f->done);
    *f = (struct state_filter){ 0 };
}
