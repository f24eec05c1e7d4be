/* tests/support/earlier_rows.c: the layouts that were, written down again: wire/table_earlier.c reads them. */
#include "support/earlier_rows.h"

#include "support/test.h"
#include "wire/bytes.h"
#include "wire/table_classification.h"
#include "wire/table_compliance.h"
#include "wire/table_payout.h"

/* classification 3: revision, program. */
static struct slice earlier_target(struct arena *a, struct slice now)
{
    struct target_record t = { 0 };
    struct bytes_writer w = bytes_writer_in(a);
    CHECK(table_classification_decode_targets(a, now, &t) == OK);
    bytes_put_int(&w, t.revision);
    bytes_put_text(&w, t.program_id);
    return bytes_written(&w);
}

/* compliance 11: units, early cancel, lines. */
static struct slice earlier_transaction(struct arena *a, struct slice now)
{
    struct bytes_reader r = bytes_reader_of(now);
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_int(&w, bytes_take_int(&r));
    bytes_put_uint(&w, bytes_take_uint(&r));
    (void)bytes_take_id(a, &r);
    CHECK(!r.broken);
    bytes_put_fixed(&w, r.at, (size_t)(r.end - r.at));
    return bytes_written(&w);
}

/* compliance 13: lines that wait, units by month, lines left out. */
static struct slice earlier_matches(struct arena *a, struct slice now)
{
    struct bytes_reader r = bytes_reader_of(now);
    struct bytes_writer w = bytes_writer_in(a);
    for (unsigned left = bytes_take_count(&r, MATCH_LINES_MAX); left > 0; left--) {
        (void)bytes_take_id(a, &r);
        (void)bytes_take_uint(&r);
        (void)bytes_take_int(&r);
    }
    bytes_put_fixed(&w, now.bytes, (size_t)(r.at - now.bytes));
    bytes_put_uint(&w, 1);
    bytes_put_uint(&w, 202604);
    bytes_put_int(&w, 11000);
    CHECK(!r.broken);
    bytes_put_fixed(&w, r.at, (size_t)(r.end - r.at));
    return bytes_written(&w);
}

/* payout: members that came later stand with their version in rows.h; what has no such number was always there. */
#define PUT_MEMBER(type, name, detail) PUT_##type(name, detail)
#define PUT_UINT(name, since) if (version >= (since)) bytes_put_uint(w, row->name);
#define PUT_INT(name, since)  if (version >= (since)) bytes_put_int(w, row->name);
#define PUT_FLAG(name, since) if (version >= (since)) bytes_put_bool(w, row->name);
#define PUT_TEXT(name, since) if (version >= (since)) bytes_put_text(w, row->name);
#define PUT_WIDE(name, detail) bytes_put_int128(w, row->name);
#define PUT_DATE(name, detail) bytes_put_int(w, row->name);
#define PUT_ENUM(name, detail) bytes_put_uint(w, (uint64_t)row->name);
#define PUT_DAYS(name, detail) put_days(w, &row->name);
#define PUT_GONE(name, until) if (version < (until)) bytes_put_int(w, 0);
#define PUT_LIST(name, detail) \
    bytes_put_uint(w, row->name##_count); \
    for (unsigned i = 0; i < row->name##_count; i++) put_##detail(w, version, &row->name[i]);

static void put_days(struct bytes_writer *w, const struct day_set *set)
{
    unsigned used = 0;
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        if (set->words[i]) used |= 1u << i;
    bytes_put_uint(w, used);
    if (used) bytes_put_int(w, set->first_day);
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        if (used >> i & 1) bytes_put_uint(w, set->words[i]);
}

#define ROW_CODEC(name, FIELDS, list_max) \
    static void put_##name(struct bytes_writer *w, int version, const struct name *row) \
    { (void)version; FIELDS(PUT_MEMBER) }
ROW_STRUCTS(ROW_CODEC)
#undef ROW_CODEC

static struct slice earlier_payout(struct arena *a, const struct book_codec *codec, int version, struct slice now)
{
    struct bytes_writer w = bytes_writer_in(a);
#define PAYOUT_ROW(id, number, table_name, record_name, key_parts) \
    if (codec->decode == table_payout_decode_##id) { \
        struct record_name *row = ARENA_NEW(a, struct record_name); \
        CHECK(table_payout_decode_##id(a, now, row) == OK); \
        put_##record_name(&w, version, row); \
    }
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
    return w.size ? bytes_written(&w) : now;
}

struct slice earlier_row(struct arena *a, const struct book_codec *codec, unsigned version, struct slice now)
{
    if (codec->decode == table_classification_decode_targets) return earlier_target(a, now);
    if (codec->decode == table_compliance_decode_transaction_uses) return earlier_transaction(a, now);
    if (codec->decode == table_compliance_decode_match_sales) return earlier_matches(a, now);
    return earlier_payout(a, codec, (int)version, now);
}
