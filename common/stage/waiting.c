/* stage/waiting.c: the rows of waiting lines and their two orders. */
#include "stage/waiting.h"

#include "base/assert.h"
#include "wire/bytes.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

/* The value of a row whose key says all; whether the place in the document stands in it. */
enum { PRESENT = 1, PRESENT_WITH_POSITION = 2 };
enum { POSITION_BYTES = 4 };

/* --- the row ---------------------------------------------------------------------------------------------------- */

static struct slice encode(struct arena *a, const struct waiting_row *row)
{
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_uint(&w, WAITING_VERSION);
    bytes_put_uint(&w, row->outcome);
    bytes_put_text(&w, row->on);
    bytes_put_int(&w, row->received_at_unix_ms);
    bytes_put_int(&w, row->kept_at_unix_ms);
    bytes_put_int(&w, row->acts_at_unix_ms);
    bytes_put_bool(&w, row->asks_again);
    bytes_put_uint(&w, row->reviewed_bytes);
    bytes_put_text(&w, row->dossier);
    if (row->has_position) bytes_put_uint(&w, row->position);
    return bytes_written(&w);
}

/* After the version byte. */
static enum err decode(struct slice value, struct waiting_row *row)
{
    struct bytes_reader r = bytes_reader_of(value);
    row->outcome = (enum outcome)bytes_take_uint_to(&r, OUTCOME_COUNT - 1);
    row->on = bytes_take_text(&r);
    row->received_at_unix_ms = bytes_take_int(&r);
    row->kept_at_unix_ms = bytes_take_int(&r);
    row->acts_at_unix_ms = bytes_take_int(&r);
    row->asks_again = bytes_take_bool(&r);
    row->reviewed_bytes = bytes_take_uint_to(&r, DOSSIER_BYTES_MAX);
    row->dossier = bytes_take_text(&r);
    row->has_position = !r.broken && r.at < r.end;
    if (row->has_position) row->position = (uint32_t)bytes_take_uint_to(&r, UINT32_MAX);
    return bytes_finish(&r);
}

enum err waiting_check_version(struct slice value)
{
    if (!value.size) return ERR_STATE_MALFORMED;
    return value.bytes[0] >= WAITING_VERSION_READ && value.bytes[0] <= WAITING_VERSION ? OK : ERR_STATE_OUTDATED;
}

enum err waiting_get(struct store *s, struct slice line_id, struct waiting_row *row, bool *found)
{
    struct slice value;
    *row = (struct waiting_row){ .line_id = line_id };
    TRY(store_get(s, WAITING_TABLE, line_id, &value));
    *found = value.size > 0;
    if (!*found) return OK;
    TRY(waiting_check_version(value));
    return decode(slice_skip(value, 1), row);
}

static enum err decode_line(struct arena *a, struct slice value, void *record)
{
    struct waiting_line *line = record;
    struct waiting_row row = { 0 };
    struct dossier *dossier = ARENA_NEW(a, struct dossier);
    TRY(decode(value, &row));
    TRY(dossier_decode(a, row.dossier, dossier));
    *line = (struct waiting_line){ .outcome = row.outcome, .on = row.on, .dossier = dossier };
    return OK;
}

static struct slice encode_line(struct arena *a, const void *record)
{
    (void)a;
    (void)record;
    NEVER();                                        /* decide reads waiting lines; only the loop writes them */
}

const struct book_codec waiting_codec = { "waiting", sizeof(struct waiting_line), decode_line, encode_line };

/* --- the orders ------------------------------------------------------------------------------------------------- */

static void put_big_endian(struct text *t, int64_t value)
{
    uint64_t ordered = (uint64_t)value ^ 1ull << 63;            /* negative ones first, bytewise */
    for (int shift = 56; shift >= 0; shift -= 8) text_put_byte(t, (char)(ordered >> shift & 255));
}

static int64_t take_big_endian(struct slice s)
{
    uint64_t ordered = 0;
    ASSERT(s.size >= 8);
    for (int i = 0; i < 8; i++) ordered = ordered << 8 | (uint8_t)s.bytes[i];
    return (int64_t)(ordered ^ 1ull << 63);
}

/* Datum, received, place in the document, line. */
static struct slice on_key(char *buffer, const struct waiting_row *row)
{
    struct text t = text_over(buffer, STORE_KEY_MAX);
    text_put(&t, row->on);
    put_big_endian(&t, row->received_at_unix_ms);
    for (int shift = 24; row->has_position && shift >= 0; shift -= 8)
        text_put_byte(&t, (char)(row->position >> shift & 255));
    text_put(&t, row->line_id);
    ASSERT(!t.full);
    return text_slice(&t);
}

static struct slice time_key(char *buffer, const struct waiting_row *row)
{
    struct text t = text_over(buffer, STORE_KEY_MAX);
    put_big_endian(&t, row->acts_at_unix_ms);
    text_put(&t, row->line_id);
    ASSERT(!t.full);
    return text_slice(&t);
}

static enum err remove_orders(struct store *s, const struct waiting_row *row)
{
    char key[STORE_KEY_MAX];
    if (row->on.size) TRY(store_remove(s, WAITING_ON_TABLE, on_key(key, row)));
    if (row->acts_at_unix_ms) TRY(store_remove(s, WAITING_TIME_TABLE, time_key(key, row)));
    return OK;
}

/* The value says where the datum ends, since data and ids may hold any byte. */
static enum err put_orders(struct store *s, struct arena *a, const struct waiting_row *row)
{
    char key[STORE_KEY_MAX];
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_uint(&w, row->has_position ? PRESENT_WITH_POSITION : PRESENT);
    bytes_put_uint(&w, row->on.size);
    if (row->on.size) TRY(store_put(s, WAITING_ON_TABLE, on_key(key, row), bytes_written(&w)));
    if (row->acts_at_unix_ms) TRY(store_put(s, WAITING_TIME_TABLE, time_key(key, row), SLICE("\1")));
    return OK;
}

enum err waiting_keep(struct store *s, struct arena *a, const struct waiting_row *row)
{
    ASSERT(row->outcome == OUTCOME_HOLD || row->outcome == OUTCOME_PARK);
    ASSERT(row->line_id.size > 0 && row->line_id.size <= WAITING_ID_MAX && row->on.size <= WAITING_ON_MAX);
    struct waiting_row before;
    bool found;
    struct slice value = encode(a, row);            /* first: the row may borrow from what is replaced */
    TRY(waiting_get(s, row->line_id, &before, &found));
    if (found) TRY(remove_orders(s, &before));
    TRY(put_orders(s, a, row));
    return store_put(s, WAITING_TABLE, row->line_id, value);
}

enum err waiting_end(struct store *s, struct slice line_id)
{
    struct waiting_row row;
    bool found;
    TRY(waiting_get(s, line_id, &row, &found));
    if (!found) return OK;
    TRY(remove_orders(s, &row));
    return store_remove(s, WAITING_TABLE, line_id);
}

/* --- walking ---------------------------------------------------------------------------------------------------- */

void waiting_cursor_init(struct waiting_cursor *c, struct slice datum)
{
    ASSERT(datum.size <= WAITING_ON_MAX);
    if (datum.size) memcpy(c->datum, datum.bytes, datum.size);
    c->datum_size = datum.size;
    c->behind_size = c->order_at = 0;
    if (datum.size == 0 || datum.bytes[datum.size - 1] == ':') return;
    memcpy(c->behind, c->datum, datum.size);        /* past longer data in ASCII: times begin with this byte */
    c->behind[datum.size] = (char)0x80;
    c->behind_size = datum.size + 1;
}

struct walk {
    struct waiting_cursor *cursor;
    struct arena          *arena;
    bool                   exact;
    struct slice           line_id;
};

enum { STOP = ERR_USAGE };                          /* an answer of the visitor that the walk hands back to us */

static enum err take_next(void *context, struct slice key, struct slice value)
{
    struct walk *walk = context;
    struct waiting_cursor *c = walk->cursor;
    struct bytes_reader r = bytes_reader_of(value);
    if (c->behind_size && slice_compare(key, slice_of(c->behind, c->behind_size)) <= 0) return OK;
    uint64_t form = bytes_take_uint(&r);
    if (form != PRESENT && form != PRESENT_WITH_POSITION) return ERR_STATE_MALFORMED;
    uint64_t datum_size = bytes_take_uint_to(&r, WAITING_ON_MAX);
    uint64_t before_id = datum_size + 8 + (form == PRESENT ? 0 : POSITION_BYTES);
    if (bytes_finish(&r) != OK || key.size <= before_id) return ERR_STATE_MALFORMED;
    if (walk->exact && datum_size != c->datum_size) return OK;
    walk->line_id = slice_copy(walk->arena, slice_skip(key, before_id));
    memcpy(c->behind, key.bytes, key.size);
    c->behind_size = key.size;
    c->order_at = datum_size;
    return (enum err)STOP;
}

enum err waiting_next(struct store *s, struct arena *a, struct waiting_cursor *c, struct slice *line_id)
{
    struct slice datum = slice_of(c->datum, c->datum_size);
    struct walk walk = { .cursor = c, .arena = a, .exact = datum.size > 0 && datum.bytes[datum.size - 1] != ':' };
    enum err e = store_scan(s, WAITING_ON_TABLE, datum, slice_of(c->behind, c->behind_size), take_next, &walk);
    *line_id = walk.line_id;
    return e == (enum err)STOP ? OK : e;
}

static enum err take_first(void *context, struct slice key, struct slice value)
{
    (void)value;
    *(struct slice *)context = key;
    return (enum err)STOP;
}

enum err waiting_first_due(struct store *s, struct arena *a, instant_ms *at, struct slice *line_id)
{
    struct slice key = { 0 };
    enum err e = store_scan(s, WAITING_TIME_TABLE, (struct slice){ 0 }, (struct slice){ 0 }, take_first, &key);
    *at = INT64_MAX;
    *line_id = (struct slice){ 0 };
    if (e != (enum err)STOP) return e;
    *at = take_big_endian(key);
    *line_id = slice_copy(a, slice_skip(key, 8));
    return OK;
}
