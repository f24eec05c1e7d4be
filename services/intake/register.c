/* intake/register.c: rows by their keys. */
#include "intake/register.h"

#include "base/assert.h"

static struct slice keyed(struct arena *a, struct slice what, struct slice first, struct slice second)
{
    uint8_t digest[SHA256_BYTES];
    struct id_part parts[] = { ID_TEXT(what), ID_TEXT(first), ID_TEXT(second) };
    hash_parts(parts, 3, digest);
    return slice_copy(a, slice_of((char *)digest, REGISTER_KEY_BYTES));
}

struct slice register_key(struct arena *a, struct slice submitter_id, struct slice text)
{
    return keyed(a, SLICE("submitter"), submitter_id, text);
}

struct slice register_replay_key(struct arena *a, struct slice submitter_id, struct slice parent)
{
    return keyed(a, SLICE("replay"), submitter_id, parent);
}

bool register_is_correction(struct slice parent)
{
    return parent.size == SHA256_HEX;
}

struct slice register_file_key(struct arena *a, struct slice parent, uint32_t ordinal)
{
    char room[16];
    struct text t = text_over(room, sizeof room);
    text_put_int(&t, ordinal);
    return keyed(a, SLICE("file"), parent, text_slice(&t));
}

struct slice register_event_key(struct arena *a, struct slice source, struct slice id)
{
    return keyed(a, SLICE("event"), source, id);
}

static enum err get(struct store *s, enum intake_table table, struct slice key, struct slice *value, bool *found)
{
    TRY(store_get(s, (uint8_t)table, key, value));
    *found = value->size > 0;
    return OK;
}

#define ROW(noun, record, TABLE, key_type, key) \
    enum err register_get_##noun(struct store *s, key_type, struct record *row, bool *found) \
    { \
        struct slice value; \
        memset(row, 0, sizeof *row); \
        TRY(get(s, TABLE, key, &value, found)); \
        return *found ? table_intake_take_##noun(value, row) : OK; \
    } \
    enum err register_put_##noun(struct arena *a, struct store *s, key_type, const struct record *row) \
    { \
        return store_put(s, (uint8_t)TABLE, key, table_intake_put_##noun(a, row)); \
    }
ROW(document, intake_document, INTAKE_DOCUMENTS, const uint8_t id[SHA256_BYTES],
    slice_of((const char *)id, SHA256_BYTES))
ROW(key, intake_key, INTAKE_KEYS, struct slice key, key)
ROW(request, intake_request, INTAKE_REQUESTS, struct slice key, key)
ROW(numbers, intake_numbers, INTAKE_NUMBERS, struct slice key, key)
#undef ROW

struct slice register_time_key(struct arena *a, struct slice submitter_id, instant_ms received_at_unix_ms,
                               const uint8_t id[SHA256_BYTES])
{
    struct text t = text_in(a, REGISTER_TIME_KEY_BYTES);
    uint64_t inverted = ~(uint64_t)received_at_unix_ms;
    text_put(&t, register_key(a, submitter_id, SLICE("time")));
    for (unsigned k = 0; k < 8; k++) text_put_byte(&t, (char)(inverted >> (56 - 8 * k)));
    text_put(&t, slice_of((const char *)id, SHA256_BYTES));
    return text_slice(&t);
}

instant_ms register_time_of(struct slice key)
{
    uint64_t inverted = 0;
    for (unsigned k = 0; k < 8; k++) inverted = inverted << 8 | (uint8_t)key.bytes[REGISTER_KEY_BYTES + k];
    return (instant_ms)~inverted;
}

enum err register_put_time(struct arena *a, struct store *s, struct slice submitter_id, instant_ms received_at_unix_ms,
                           const uint8_t id[SHA256_BYTES])
{
    return store_put(s, INTAKE_TIMES, register_time_key(a, submitter_id, received_at_unix_ms, id), SLICE("\1"));
}

bool register_was_posted(const struct intake_document *d)
{
    return (d->state == INTAKE_POSTED || d->state == INTAKE_ANSWERED) && d->passed > 0;
}

/* Reports */

/* Of documents that name no partner, the key is that of the number. */
static struct slice report_key(const struct register_reports *r, const struct hash128 *partner, struct slice number)
{
    static const struct hash128 nobody;
    uint8_t digest[SHA256_BYTES];
    if (memcmp(partner, &nobody, sizeof nobody) == 0) return register_key(r->arena, r->submitter_id, number);
    struct id_part parts[] = { ID_TEXT(SLICE("report")), ID_TEXT(r->submitter_id),
                               ID_TEXT(slice_of((const char *)partner->bytes, sizeof partner->bytes)),
                               ID_TEXT(number) };
    hash_parts(parts, 4, digest);
    return slice_copy(r->arena, slice_of((char *)digest, REGISTER_KEY_BYTES));
}

static enum err get_report(void *context, const struct hash128 *partner, struct slice number, struct intake_report *row,
                           bool *found)
{
    struct register_reports *r = context;
    struct slice value;
    memset(row, 0, sizeof *row);
    TRY(get(r->store, INTAKE_REPORTS, report_key(r, partner, number), &value, found));
    return *found ? table_intake_take_report(slice_copy(r->arena, value), row) : OK;
}

static enum err put_report(void *context, const struct hash128 *partner, struct slice number,
                           const struct intake_report *row)
{
    struct register_reports *r = context;
    return store_put(r->store, INTAKE_REPORTS, report_key(r, partner, number), table_intake_put_report(r->arena, row));
}

struct report_rows register_report_rows(struct register_reports *reports)
{
    return (struct report_rows){ reports, get_report, put_report };
}

/* Expiry: a slow walk over the tables whose rows end, one after the other. */

static const uint8_t ending_tables[] = { INTAKE_KEYS, INTAKE_REQUESTS, INTAKE_REPORTS, INTAKE_DOCUMENTS, INTAKE_TIMES };
enum { ENDING_TABLES = sizeof ending_tables / sizeof *ending_tables };

struct sweep {
    struct arena *arena;
    instant_ms now_unix_ms;
    struct slice keys[64];
    unsigned count, seen, max;
    struct slice last;
    uint8_t table;
};

static int64_t days_since(uint32_t day, instant_ms now_unix_ms)
{
    int32_t d = (int32_t)day;
    return now_unix_ms / INSTANT_DAY_MS - instant_days_from_civil(d / 10000, d / 100 % 100, d % 100);
}

uint32_t register_key_day(instant_ms now_unix_ms, uint32_t days)
{
    int64_t shift = (int64_t)days - DOCUMENT_DAYS;
    return (uint32_t)instant_date(now_unix_ms + shift * INSTANT_DAY_MS, 0);
}

static bool key_has_ended(const struct intake_key *k, instant_ms now_unix_ms)
{
    return days_since(k->day, now_unix_ms) > DOCUMENT_DAYS;
}

enum err register_get_interchange(struct store *s, struct slice key, instant_ms now_unix_ms, struct intake_key *k,
                                  bool *found)
{
    TRY(register_get_key(s, key, k, found));
    *found = *found && !key_has_ended(k, now_unix_ms);
    return OK;
}

static bool is_older(const struct sweep *w, instant_ms at)
{
    return w->now_unix_ms / INSTANT_DAY_MS - at / INSTANT_DAY_MS > DOCUMENT_DAYS;
}

/* The time of receipt stands inverted in the key. */
static bool has_ended(const struct sweep *w, struct slice key, struct slice value)
{
    struct intake_request request;
    struct intake_key k;
    struct intake_report report;
    struct intake_document d;
    switch (w->table) {
    case INTAKE_KEYS:
        return table_intake_take_key(value, &k) == OK && key_has_ended(&k, w->now_unix_ms);
    case INTAKE_REQUESTS:
        return table_intake_take_request(value, &request) == OK
               && days_since(request.day, w->now_unix_ms) > REQUEST_DAYS;
    case INTAKE_REPORTS:
        return table_intake_take_report(value, &report) == OK && days_since(report.day, w->now_unix_ms) > DOCUMENT_DAYS;
    case INTAKE_DOCUMENTS:
        return table_intake_take_document(value, &d) == OK && d.state != INTAKE_HELD
               && is_older(w, d.changed_at_unix_ms);
    case INTAKE_TIMES:     return key.size == REGISTER_TIME_KEY_BYTES && is_older(w, register_time_of(key));
    }
    NEVER();
}

static enum err look(void *context, struct slice key, struct slice value)
{
    struct sweep *w = context;
    w->last = slice_copy(w->arena, key);
    if (++w->seen > w->max || w->count == sizeof w->keys / sizeof *w->keys)
        return ERR_TRANSACTION_ABORTED; /* enough: ends the walk */
    if (has_ended(w, key, value)) w->keys[w->count++] = w->last;
    return OK;
}

/* After which table: 0 at the end of all. */
static uint8_t table_behind(uint8_t table)
{
    for (unsigned k = 0; k + 1 < ENDING_TABLES; k++)
        if (ending_tables[k] == table) return ending_tables[k + 1];
    return 0;
}

enum err register_expire(struct arena *a, struct store *s, instant_ms now_unix_ms, unsigned max, struct slice *from,
                         char *room)
{
    struct sweep w = { .arena = a,
                       .now_unix_ms = now_unix_ms,
                       .max = max,
                       .table = from->size ? (uint8_t)from->bytes[0] : ending_tables[0] };
    ASSERT(from->size <= REGISTER_PLACE_BYTES);
    enum err e = store_scan(s, w.table, (struct slice){ 0 }, slice_skip(*from, 1), look, &w);
    bool goes_on = e == ERR_TRANSACTION_ABORTED;
    if (e != OK && !goes_on) return e;
    for (unsigned k = 0; k < w.count; k++) TRY(store_remove(s, w.table, w.keys[k]));
    uint8_t next = goes_on ? w.table : table_behind(w.table);
    size_t size = goes_on ? w.last.size : 0;
    ASSERT(1 + size <= REGISTER_PLACE_BYTES);
    room[0] = (char)next;
    if (size) memcpy(room + 1, w.last.bytes, size);
    *from = next ? slice_of(room, 1 + size) : (struct slice){ 0 };
    return OK;
}

/* Ids */

static int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool register_id_of(struct slice hex, uint8_t id[SHA256_BYTES])
{
    if (hex.size != SHA256_HEX) return false;
    for (unsigned k = 0; k < SHA256_BYTES; k++) {
        int high = digit(hex.bytes[2 * k]), low = digit(hex.bytes[2 * k + 1]);
        if (high < 0 || low < 0) return false;
        id[k] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void register_put_id(struct text *t, const uint8_t id[SHA256_BYTES])
{
    text_put_hex(t, id, SHA256_BYTES);
}
