/* domain/books.c: rows by table and key in the batch arena. */
#include "domain/books.h"

#include "base/assert.h"

void books_init(struct books *b, struct arena *a, const struct book_codec *codecs, unsigned codec_count)
{
    *b = (struct books){ .arena = a, .codecs = codecs, .codec_count = codec_count };
}

static uint64_t mixed(uint64_t hash)
{
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static uint64_t word_at(const char *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return eight;
}

/* Two words after two; the last ones overlap what was seen. */
static uint32_t hash_of(unsigned table, struct slice key)
{
    enum { WORD = sizeof(uint64_t), STEP = 2 * WORD };
    uint64_t hash = table ^ key.size << 8, few = 0;
    if (key.size < STEP) {
        if (key.size >= WORD) hash = mixed(hash ^ word_at(key.bytes));
        if (key.size >= WORD) return (uint32_t)mixed(hash ^ word_at(key.bytes + key.size - WORD));
        for (size_t at = 0; at < key.size; at++) few = few << 8 | (uint8_t)key.bytes[at];
        return (uint32_t)mixed(hash ^ few);
    }
    for (const char *at = key.bytes, *last = key.bytes + key.size - STEP;; at = at + STEP < last ? at + STEP : last) {
        hash = mixed(hash ^ word_at(at)) + word_at(at + WORD) * 0xff51afd7ed558ccdu;
        if (at == last) return (uint32_t)mixed(hash);
    }
}

static void append(struct books *b, struct book_row *row)
{
    ASSERT(!books_are_full(b));
    if (b->row_count == b->row_capacity) {
        unsigned capacity = b->row_capacity ? 2 * b->row_capacity : 32;
        struct book_row **rows = ARENA_ARRAY(b->arena, capacity, struct book_row *);
        if (b->row_count) memcpy(rows, b->rows, b->row_count * sizeof *rows);
        b->rows = rows;
        b->row_capacity = capacity;
    }
    b->rows[b->row_count++] = row;
}

static struct book_row *find_in(struct book_row *bucket, uint32_t hash, unsigned table, struct slice key)
{
    for (struct book_row *row = bucket; row; row = row->next)
        if (row->hash == hash && row->table == table && slice_equal(row->key, key)) return row;
    return NULL;
}

/* Most keys were made in the arena (books_key) and live as long as the rows. */
static struct slice own_key(struct arena *a, struct slice key)
{
    bool is_own = key.bytes >= a->base && key.bytes < a->base + a->used;
    return is_own ? key : slice_copy(a, key);
}

static struct book_row *add(struct books *b, struct book_row **bucket, uint32_t hash, unsigned table, struct slice key)
{
    struct book_row *row = arena_take(b->arena, sizeof *row);
    *row = (struct book_row){ .table = table, .hash = hash, .key = own_key(b->arena, key), .next = *bucket };
    *bucket = row;
    append(b, row);
    return row;
}

/* A row too many is there to be written to, and stays missed. */
static struct book_row *unlisted(struct books *b, unsigned table, struct slice key)
{
    struct book_row *row = arena_take(b->arena, sizeof *row);
    *row = (struct book_row){ .table = table, .key = key };
    b->missed++;
    return row;
}

/* Another row of the table than the one opened before. */
static __attribute__((noinline)) struct book_row *find_or_add_other(struct books *b, unsigned table, struct slice key)
{
    uint32_t hash = hash_of(table, key);
    struct book_row **bucket = &b->buckets[hash % BOOKS_BUCKETS], *row = find_in(*bucket, hash, table, key);
    if (!row && books_are_full(b)) return unlisted(b, table, key);
    if (!row) row = add(b, bucket, hash, table, key);
    b->latest[table % BOOKS_LATEST] = row;
    return row;
}

static inline struct book_row *find_or_add(struct books *b, unsigned table, struct slice key)
{
    ASSERT(table < b->codec_count && key.size <= BOOKS_KEY_MAX);
    struct book_row *row = b->latest[table % BOOKS_LATEST];
    return row && row->table == table && slice_equal(row->key, key) ? row : find_or_add_other(b, table, key);
}

static void bring(struct books *b, struct book_row *row)
{
    enum err e = b->source->bring(b->source->context, row);
    if (e != OK) b->broken = e;
}

static void copy_kept(struct books *b, const struct book_codec *codec, struct book_row *row)
{
    const struct book_keeper *keeper = &b->keepers[row->table];
    row->record = arena_take(b->arena, codec->bytes);
    memcpy(row->record, row->kept, books_said(keeper, row->kept, codec->bytes));
    keeper->own(b->arena, NULL, row->record);
    row->found = true;
}

/* Of a row that is opened for the first time in this pass. */
static __attribute__((noinline)) void make_record(struct books *b, struct book_row *row)
{
    const struct book_codec *codec = &b->codecs[row->table];
    if (!row->gathered && b->source) bring(b, row);
    if (row->kept) {
        copy_kept(b, codec, row);
        return;
    }
    row->record = arena_alloc(b->arena, codec->bytes);
    b->missed += !row->gathered;
    row->found = row->gathered && row->stored.size > 0;
    if (!row->found) return;
    enum err e = codec->decode(b->arena, row->stored, row->record);
    if (e != OK) b->broken = e;
}

static inline struct book_row *open_row(struct books *b, unsigned table, struct slice key)
{
    struct book_row *row = find_or_add(b, table, key);
    if (!row->record) make_record(b, row);
    return row;
}

const void *books_read(struct books *b, unsigned table, struct slice key, bool *found)
{
    struct book_row *row = open_row(b, table, key);
    if (found) *found = row->found || row->dirty;
    return row->record;
}

void *books_change(struct books *b, unsigned table, struct slice key)
{
    struct book_row *row = open_row(b, table, key);
    row->dirty = true;
    return row->record;
}

void *books_overwrite(struct books *b, unsigned table, struct slice key)
{
    struct book_row *row = find_or_add(b, table, key);
    if (!row->record) row->record = arena_alloc(b->arena, b->codecs[table].bytes);
    else memset(row->record, 0, b->codecs[table].bytes);
    row->dirty = true;
    return row->record;
}

void books_restart(struct books *b)
{
    for (unsigned i = 0; i < b->row_count; i++) {
        b->rows[i]->record = NULL;
        b->rows[i]->dirty = false;
    }
    b->missed = 0;
}

void books_forget(struct books *b)
{
    for (unsigned i = 0; i < b->row_count; i++) {
        if (!b->rows[i]->dirty) continue;
        b->rows[i]->record = NULL;
        b->rows[i]->dirty = false;
    }
}

void books_supply(struct book_row *row, struct slice stored)
{
    ASSERT(!row->gathered);
    row->stored = stored;
    row->gathered = true;
}

void books_supply_kept(struct book_row *row, const void *record, void *home)
{
    ASSERT(!row->gathered);
    row->kept = record;
    row->home = home;
    row->gathered = true;
}

struct slice books_own_text(struct arena *a, const struct arena *home, struct slice text)
{
    if (!home || !text.size) return text;
    bool is_home = text.bytes >= home->base && text.bytes < home->base + home->used;
    return is_home ? text : slice_copy(a, text);
}

void books_own_nothing(struct arena *a, const struct arena *home, void *record)
{
    (void)a;
    (void)home;
    (void)record;
}

/* A length in two bytes, the higher one first. */
static char *put_length(char *at, size_t size)
{
    uint16_t length = (uint16_t)size;
    if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) length = __builtin_bswap16(length);
    memcpy(at, &length, sizeof length);
    return at + sizeof length;
}

struct slice books_key(struct arena *a, const struct slice *parts, unsigned count)
{
    size_t size = 2 * count, any_size = 0;
    for (unsigned i = 0; i < count; i++) {
        size += parts[i].size;
        any_size |= parts[i].size;
    }
    ASSERT((size | any_size) <= UINT16_MAX);            /* then each part is, and their sum did not wrap */
    char *key = arena_take(a, size), *at = key;
    for (unsigned i = 0; i < count; i++) at = slice_write(parts[i], put_length(at, parts[i].size));
    return slice_of(key, size);
}

struct slice books_key_of_two(struct arena *a, struct slice first, struct slice second)
{
    size_t size = 2 * sizeof(uint16_t) + first.size + second.size;
    ASSERT((size | first.size | second.size) <= UINT16_MAX);
    char *key = arena_take(a, size), *behind_first = slice_write(first, put_length(key, first.size));
    slice_write(second, put_length(behind_first, second.size));
    return slice_of(key, size);
}

struct slice books_key_take(struct slice *key)
{
    if (key->size < sizeof(uint16_t)) return (struct slice){ 0 };
    size_t size = (size_t)(uint8_t)key->bytes[0] << 8 | (uint8_t)key->bytes[1];
    struct slice part = slice_head(slice_skip(*key, sizeof(uint16_t)), size);
    *key = slice_skip(*key, sizeof(uint16_t) + size);
    return part;
}
