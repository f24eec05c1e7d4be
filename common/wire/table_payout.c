/* wire/table_payout.c: one writer and one reader for each record of rows.h, made from its list of members. */
#include "wire/table_payout.h"

#include "base/assert.h"
#include "wire/bytes.h"

#include <limits.h>

#define PUT_MEMBER(type, name, detail) PUT_##type(name, detail)
#define PUT_UINT(name, detail) bytes_put_uint(w, row->name);
#define PUT_INT(name, detail)  bytes_put_int(w, row->name);
#define PUT_WIDE(name, detail) bytes_put_int128(w, row->name);
#define PUT_DATE(name, detail) bytes_put_int(w, row->name);
#define PUT_FLAG(name, detail) bytes_put_bool(w, row->name);
#define PUT_ENUM(name, detail) bytes_put_uint(w, (uint64_t)row->name);
#define PUT_TEXT(name, detail) bytes_put_text(w, row->name);
#define PUT_DAYS(name, detail) put_days(w, &row->name);
#define PUT_GONE(name, detail)
#define PUT_LIST(name, detail) \
    ASSERT(row->name##_count <= detail##_LIST_MAX); \
    bytes_put_uint(w, row->name##_count); \
    for (unsigned i = 0; i < row->name##_count; i++) put_##detail(w, &row->name[i]);

/* Of a member that came with a later version, `detail` says with which. */
#define IS_THERE(since) ((since) == 0 || version >= (since))
#define TAKE_MEMBER(type, name, detail) TAKE_##type(name, detail)
#define TAKE_UINT(name, detail) if (IS_THERE(detail)) row->name = (uint32_t)bytes_take_uint_to(r, UINT32_MAX);
#define TAKE_INT(name, detail) if (IS_THERE(detail)) row->name = bytes_take_int(r);
#define TAKE_WIDE(name, detail) row->name = bytes_take_int128(r);
#define TAKE_DATE(name, detail) row->name = (int32_t)bytes_take_int_within(r, INT32_MIN, INT32_MAX);
#define TAKE_FLAG(name, detail) if (IS_THERE(detail)) row->name = bytes_take_bool(r);
#define TAKE_ENUM(name, detail) row->name = (enum detail)bytes_take_uint_to(r, 255);
#define TAKE_TEXT(name, detail) if (IS_THERE(detail)) row->name = bytes_take_text(r);
#define TAKE_DAYS(name, detail) take_days(r, &row->name);
#define TAKE_GONE(name, detail) if (version < (detail)) (void)bytes_take_int(r);
#define TAKE_LIST(name, detail) \
    row->name##_count = bytes_take_count(r, detail##_LIST_MAX); \
    row->name = row->name##_count ? ARENA_ARRAY(a, row->name##_count, struct detail) : NULL; \
    for (unsigned i = 0; i < row->name##_count; i++) take_##detail(a, r, version, &row->name[i]);

static void put_days(struct bytes_writer *w, const struct day_set *set)
{
    unsigned used = 0;
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        if (set->words[i]) used |= 1u << i;
    bytes_put_uint(w, used);
    if (!used) return;
    bytes_put_int(w, set->first_day);
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        if (used >> i & 1) bytes_put_uint(w, set->words[i]);
}

static void take_days(struct bytes_reader *r, struct day_set *set)
{
    unsigned used = (unsigned)bytes_take_uint_to(r, (1u << DAY_SET_WORDS) - 1);
    if (!used) return;
    set->first_day = (int32_t)bytes_take_int_within(r, -400000, 400000);
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        if (used >> i & 1) set->words[i] = bytes_take_uint(r);
}

#define ROW_CODEC(name, FIELDS, list_max) \
    static void put_##name(struct bytes_writer *w, const struct name *row) { FIELDS(PUT_MEMBER) } \
    static void take_##name(struct arena *a, struct bytes_reader *r, int version, struct name *row) \
    { (void)a; (void)version; FIELDS(TAKE_MEMBER) }
ROW_STRUCTS(ROW_CODEC)
#undef ROW_CODEC

/* --- rows kept decoded (books.h) --- */

#define OWN_MEMBER(type, name, detail) OWN_##type(name, detail)
#define OWN_UINT(name, detail)
#define OWN_INT(name, detail)
#define OWN_WIDE(name, detail)
#define OWN_GONE(name, detail)
#define OWN_DATE(name, detail)
#define OWN_FLAG(name, detail)
#define OWN_ENUM(name, detail)
#define OWN_TEXT(name, detail) row->name = books_own_text(a, home, row->name);
#define OWN_DAYS(name, detail) if (day_set_is_empty(&row->name)) row->name.first_day = 0;
#define OWN_LIST(name, detail) \
    row->name = own_list(a, row->name, row->name##_count, sizeof *row->name); \
    for (unsigned i = 0; i < row->name##_count; i++) own_##detail(a, home, &row->name[i]);

#define IS_SET(type, name, detail) IS_SET_##type(name, detail)
#define IS_SET_UINT(name, detail) || row->name
#define IS_SET_INT(name, detail)  || row->name
#define IS_SET_WIDE(name, detail) || row->name
#define IS_SET_GONE(name, detail)
#define IS_SET_DATE(name, detail) || row->name
#define IS_SET_FLAG(name, detail) || row->name
#define IS_SET_ENUM(name, detail) || row->name
#define IS_SET_TEXT(name, detail) || row->name.size
#define IS_SET_DAYS(name, detail) || !day_set_is_empty(&row->name)
#define IS_SET_LIST(name, detail) || row->name##_count

static bool day_set_is_empty(const struct day_set *set)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < DAY_SET_WORDS; i++) all |= set->words[i];
    return !all;
}

static void *own_list(struct arena *a, const void *items, unsigned count, size_t bytes)
{
    if (!count) return NULL;
    return memcpy(arena_take(a, count * bytes), items, count * bytes);
}

#define ROW_OWNER(name, FIELDS, list_max) \
    static void own_##name(struct arena *a, const struct arena *home, struct name *row) \
    { (void)a; (void)home; (void)row; FIELDS(OWN_MEMBER) } \
    __attribute__((unused)) static bool is_empty_##name(const struct name *row) { return !(false FIELDS(IS_SET)); }
ROW_STRUCTS(ROW_OWNER)
#undef ROW_OWNER

static bool is_zero(const char *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Every member of a record that says nothing is a zero byte. */
#define PAYOUT_ROW(id, number, table_name, record_name, key_parts) \
    enum err table_payout_decode_##id(struct arena *a, struct slice value, void *record) \
    { \
        struct bytes_reader r = bytes_reader_of(value); \
        take_##record_name(a, &r, INT_MAX, record); \
        return bytes_finish(&r); \
    } \
    struct slice table_payout_encode_##id(struct arena *a, const void *record) \
    { \
        struct bytes_writer w = bytes_writer_in(a); \
        put_##record_name(&w, record); \
        return is_zero(w.bytes, w.size) ? (struct slice){ 0 } : bytes_written(&w); \
    }
#include "domain/rating/rows.def"
#undef PAYOUT_ROW

enum err table_payout_renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                            struct slice *now)
{
    struct bytes_reader r = bytes_reader_of(old);
#define PAYOUT_ROW(id, number, table_name, record_name, key_parts) \
    if (codec->decode == table_payout_decode_##id) { \
        struct record_name *row = ARENA_NEW(a, struct record_name); \
        take_##record_name(a, &r, (int)version, row); \
        *now = table_payout_encode_##id(a, row); \
    }
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
    return bytes_finish(&r);
}

#define PAYOUT_ROW(id, number, table_name, record_name, key_parts) \
    void table_payout_own_##id(struct arena *a, const struct arena *home, void *record) \
    { own_##record_name(a, home, record); } \
    bool table_payout_is_empty_##id(const void *record) { return is_empty_##record_name(record); }
#include "domain/rating/rows.def"
#undef PAYOUT_ROW

const struct book_codec table_payout_codecs[PAYOUT_TABLE_COUNT] = {
#define PAYOUT_ROW(id, number, table_name, record_name, key_parts) \
    { #table_name, sizeof(struct record_name), table_payout_decode_##id, table_payout_encode_##id },
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
};
