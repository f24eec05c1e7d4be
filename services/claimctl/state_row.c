/* claimctl/state_row.c: members from the lists that also make the records and their codecs. */
#include "claimctl/state_row.h"

#include "claimctl/run_engine.h"
#include "stage/row_versions.h"
#include "stage/waiting.h"
#include "wire/json_text.h"

enum { KEY_PARTS_MAX = 16 };

const struct stage *state_row_stage(struct slice name)
{
    for (enum run_stage s = 0; s < RUN_STAGE_COUNT; s++)
        if (slice_equal(slice_from(run_engine_stage(s)->name), name)) return run_engine_stage(s);
    return NULL;
}

/* --- names of tables --- */

static const struct { struct slice name; uint8_t number; } loops[] = {
    { SLICE_INIT("waiting"), WAITING_TABLE }, { SLICE_INIT("waiting_on"), WAITING_ON_TABLE },
    { SLICE_INIT("waiting_time"), WAITING_TIME_TABLE }, { SLICE_INIT("waiting_case"), WAITING_CASE_TABLE },
};
enum { LOOPS = sizeof loops / sizeof loops[0] };

bool state_row_table(const struct stage *stage, struct slice name, uint8_t *number)
{
    for (unsigned t = 0; t < stage->table_count; t++)
        if (slice_equal(slice_from(stage->tables[t].codec.name), name)) {
            *number = stage->tables[t].number;
            return true;
        }
    for (unsigned i = 0; i < LOOPS; i++)
        if (slice_equal(loops[i].name, name)) {
            *number = loops[i].number;
            return true;
        }
    return false;
}

static struct slice state_row_table_name(const struct stage *stage, uint8_t number)
{
    for (unsigned t = 0; t < stage->table_count; t++)
        if (stage->tables[t].number == number) return slice_from(stage->tables[t].codec.name);
    for (unsigned i = 0; i < LOOPS; i++)
        if (loops[i].number == number) return loops[i].name;
    return (struct slice){ 0 };
}

/* --- members of payout's records: those that say something --- */

static void show_wide(struct json *j, const char *name, __int128 value)
{
    char digits[48];
    unsigned at = sizeof digits;
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    do digits[--at] = (char)('0' + (unsigned)(rest % 10)); while ((rest /= 10) > 0);
    if (value < 0) digits[--at] = '-';
    json_text(j, name, slice_of(digits + at, sizeof digits - at));
}

static void show_days(struct json *j, const char *name, const struct day_set *set)
{
    unsigned days = 0;
    for (unsigned i = 0; i < DAY_SET_WORDS; i++) days += (unsigned)__builtin_popcountll(set->words[i]);
    json_int(j, name, days);
}

#define SHOW_MEMBER(type, name, detail) SHOW_##type(name, detail)
#define SHOW_UINT(name, detail) if (row->name) json_int(j, #name, row->name);
#define SHOW_INT(name, detail)  if (row->name) json_int(j, #name, row->name);
#define SHOW_GONE(name, detail)
#define SHOW_WIDE(name, detail) if (row->name) show_wide(j, #name, row->name);
#define SHOW_DATE(name, detail) json_date(j, #name, row->name);
#define SHOW_FLAG(name, detail) json_flag(j, #name, row->name);
#define SHOW_ENUM(name, detail) if (row->name) json_int(j, #name, (int64_t)row->name);
#define SHOW_TEXT(name, detail) json_text(j, #name, row->name);
#define SHOW_DAYS(name, detail) show_days(j, #name, &row->name);
#define SHOW_LIST(name, detail) \
    if (row->name##_count) { \
        json_name(j, SLICE(#name)); \
        json_open_array(j); \
        for (unsigned i = 0; i < row->name##_count; i++) { \
            json_open_object(j); \
            show_##detail(j, &row->name[i]); \
            json_close_object(j); \
        } \
        json_close_array(j); \
    }
#define SHOW_STRUCT(name, FIELDS, list_max) \
    static void show_##name(struct json *j, const struct name *row) { FIELDS(SHOW_MEMBER) }
ROW_STRUCTS(SHOW_STRUCT)

static void show_payout(struct json *j, enum payout_table table, const void *record)
{
    switch (table) {
#define PAYOUT_ROW(id, number, name, record_name, key_parts) case PAYOUT_##id: show_##record_name(j, record); break;
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
    case PAYOUT_TABLE_COUNT: break;
    }
}

/* --- keys --- */

/* The parts of a key of books_key; 0: it is none. */
static unsigned split_key(struct slice key, struct slice parts[KEY_PARTS_MAX])
{
    unsigned count = 0;
    while (key.size) {
        size_t size = key.size >= 2 ? (size_t)(uint8_t)key.bytes[0] << 8 | (uint8_t)key.bytes[1] : SIZE_MAX;
        if (count == KEY_PARTS_MAX || size > key.size - 2) return 0;
        parts[count++] = slice_head(slice_skip(key, 2), size);
        key = slice_skip(key, 2 + size);
    }
    return count;
}

static void put_key_parts(struct json *j, struct slice key)
{
    struct slice parts[KEY_PARTS_MAX];
    unsigned count = split_key(key, parts);
    json_name(j, SLICE("key"));
    json_open_array(j);
    if (!count) json_put_text(j, key);
    for (unsigned i = 0; i < count; i++) json_put_text(j, parts[i]);
    json_close_array(j);
}

static bool put_named_parts(struct json *j, struct slice key, struct slice names)
{
    struct slice parts[KEY_PARTS_MAX];
    unsigned count = split_key(key, parts);
    if (!count) return false;
    for (unsigned i = 0; i < count; i++) {
        struct slice name = slice_cut(&names, ' ');
        json_name(j, name.size ? name : SLICE("more"));
        json_put_text(j, parts[i]);
    }
    return true;
}

/* --- rows --- */

static enum err put_payout(struct json *j, struct arena *a, const struct state_row *row, enum payout_table table)
{
    const struct stage_table *t = &row->stage->tables[table];
    void *record = arena_alloc(a, t->codec.bytes);
    struct slice packed;
    TRY(row_versions_read(row->stage, &t->codec, a, row->value, &packed));
    TRY(t->codec.decode(a, packed, record));
    if (!put_named_parts(j, row->key, rows_key_names(table))) put_key_parts(j, row->key);
    show_payout(j, table, record);
    return OK;
}

static enum err put_waiting(struct json *j, struct arena *a, const struct state_row *row)
{
    struct waiting_line line = { 0 };
    TRY(waiting_check_version(row->value));
    TRY(waiting_codec.decode(a, slice_skip(row->value, 1), &line));
    json_text(j, "line_id", row->key);
    json_word(j, "outcome", VOCABULARY_OUTCOME, (int)line.outcome);
    json_text(j, "on", line.on);
    json_text(j, "partner_root_id",
              line.dossier->receipt ? line.dossier->receipt->partner_root_id : (struct slice){ 0 });
    if (line.dossier->receipt) json_instant(j, "received_at", line.dossier->receipt->received_at_unix_ms);
    return OK;
}

static enum err put_content(struct json *j, struct arena *a, const struct state_row *row)
{
    if (row->table == WAITING_TABLE) return put_waiting(j, a, row);
    if (row->stage->id == STAGE_PAYOUT)
        for (enum payout_table t = 0; t < PAYOUT_TABLE_COUNT; t++)
            if (rows_table_number(t) == row->table) return put_payout(j, a, row, t);
    put_key_parts(j, row->key);
    json_int(j, "bytes", (int64_t)row->value.size);
    return OK;
}

enum err state_row_put(struct text *t, struct arena *a, const struct state_row *row)
{
    struct json j = json_over(t);
    struct slice name = state_row_table_name(row->stage, row->table);
    json_open_object(&j);
    json_text(&j, "stage", slice_from(row->stage->name));
    json_int(&j, "partition", row->partition);
    if (name.size) json_text(&j, "table", name);
    else json_int(&j, "table", row->table);
    TRY(put_content(&j, a, row));
    json_close_object(&j);
    return t->full ? ERR_WIRE_TOO_LARGE : OK;
}
