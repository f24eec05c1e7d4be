/* intake/issue.c: the list of issues as a table, and issues as sentences and objects. */
#include "intake/issue.h"

#include "base/assert.h"
#include "base/sentence.h"
#include "intake/json_out.h"

struct issue_row {
    struct slice     name, sentence, fix;
    uint32_t         number;
    enum severity    severity;
    enum issue_level level;
    struct x12_codes x12;
    enum reason_code reason;
};

#define NO_AK         { .ta1 = NULL }
#define TA1(code)     { .ta1 = #code }
#define AK9(code)     { .ak9 = #code }
#define AK5(code)     { .ak5 = #code }
#define AK3(code)     { .ak3 = #code }
#define AK4(ak3_, code) { .ak3 = #ak3_, .ak4 = #code }

static const struct issue_row rows[ISSUE_COUNT] = {
#define ISSUE(name_, number_, severity_, level_, ak, reason_, sentence_, fix_) \
    [ISSUE_##name_] = { SLICE_INIT(#name_), SLICE_INIT(sentence_), SLICE_INIT(fix_), number_, SEVERITY_##severity_, \
                        LEVEL_##level_, ak, REASON_##reason_ },
#define FAULT(name_, reason_, severity_, level_, ak, sentence_, fix_) \
    [ISSUE_##name_] = { SLICE_INIT(#reason_), SLICE_INIT(sentence_), SLICE_INIT(fix_), REASON_##reason_, \
                        SEVERITY_##severity_, LEVEL_##level_, ak, REASON_##reason_ },
#include "intake/issues.def"
#undef ISSUE
#undef FAULT
};

static const struct issue_row *row_of(enum issue_code code)
{
    ASSERT(code > ISSUE_NONE && code < ISSUE_COUNT);
    return &rows[code];
}

struct slice issue_name(enum issue_code code)           { return row_of(code)->name; }
uint32_t issue_number(enum issue_code code)             { return row_of(code)->number; }
enum reason_code issue_reason(enum issue_code code)     { return row_of(code)->reason; }
enum severity issue_severity(enum issue_code code)      { return row_of(code)->severity; }
struct x12_codes issue_x12(enum issue_code code)        { return row_of(code)->x12; }

static bool may_miss_lines(enum issue_code code)
{
    switch (code) {
    case ISSUE_CONTROL_DIFFERS:
    case ISSUE_LEADING_DATA:
    case ISSUE_TRAILING_DATA:
    case ISSUE_LINE_COUNT:
    case ISSUE_HASH_TOTAL:
    case ISSUE_SET_COUNTS_TOLERATED:
    case ISSUE_COMPLETE_SETS_POSTED:
    case ISSUE_TOTAL_DIFFERS:
    case ISSUE_ROW_NOTE:
    case ISSUE_SHEET_LEFT_OUT: return true;
    default: return false;
    }
}

bool issue_stands_alone(const struct issue *i)
{
    bool is_error = i->severity == SEVERITY_ERROR;
    return is_error ? row_of(i->code)->level <= LEVEL_FILE : may_miss_lines(i->code);
}

bool issues_leave_out(const struct issues *list)
{
    for (unsigned k = 0; k < list->count; k++)
        if (list->items[k].severity == SEVERITY_ERROR && issue_stands_alone(&list->items[k])) return true;
    return false;
}

static struct slice issue_level_name(enum issue_level level)
{
    static const struct slice names[] = {
        [LEVEL_INTERCHANGE] = SLICE_INIT("interchange"),
        [LEVEL_GROUP] = SLICE_INIT("group"),
        [LEVEL_SET] = SLICE_INIT("set"),
        [LEVEL_SEGMENT] = SLICE_INIT("segment"),
        [LEVEL_ELEMENT] = SLICE_INIT("element"),
        [LEVEL_FILE] = SLICE_INIT("file"),
        [LEVEL_ROW] = SLICE_INIT("row"),
        [LEVEL_CELL] = SLICE_INIT("cell"),
        [LEVEL_RECORD] = SLICE_INIT("record"),
        [LEVEL_FIELD] = SLICE_INIT("field"),
    };
    ASSERT(level <= LEVEL_FIELD);
    return names[level];
}

void issues_init(struct issues *list, struct arena *a, unsigned limit)
{
    ASSERT(limit > 0);
    *list = (struct issues){ .arena = a, .limit = limit };
}

static struct issue *slot_for(struct issues *list)
{
    if (list->count < list->capacity) return &list->items[list->count];
    unsigned capacity = list->capacity ? 2 * list->capacity : 8;
    if (capacity > list->limit + 1) capacity = list->limit + 1;     /* one more: the place of what is not kept */
    struct issue *items = ARENA_ARRAY(list->arena, capacity, struct issue);
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
    return &items[list->count];
}

static void count_severity(struct issues *list, enum severity severity)
{
    if (severity == SEVERITY_ERROR) list->errors++;
    if (severity == SEVERITY_WARNING) list->warnings++;
}

/* A full list shows one of each code: the last of those that are not alone of theirs makes room for the first of a code
 * that was not met before. -1: nothing makes room. */
static int place_of_new(const struct issues *list, enum issue_code code)
{
    if (list->dropped[code] > 0) return -1;
    unsigned shown[ISSUE_COUNT] = { 0 };
    for (unsigned k = 0; k < list->count; k++) shown[list->items[k].code]++;
    if (shown[code] > 0) return -1;
    for (unsigned k = list->count; k > 0; k--)
        if (shown[list->items[k - 1].code] > 1) return (int)k - 1;
    return -1;
}

bool issues_keep(const struct issues *list, enum issue_code code)
{
    return list->count < list->limit || place_of_new(list, code) >= 0;
}

/* Where the next of that code goes, and whether it is kept. */
static struct issue *take_place(struct issues *list, enum issue_code code, bool *is_kept)
{
    struct issue *next = slot_for(list);
    *is_kept = list->count < list->limit;
    if (*is_kept) { list->count++; return next; }
    int at = place_of_new(list, code);
    *is_kept = at >= 0;
    list->dropped[at >= 0 ? list->items[at].code : code]++;
    list->truncated = true;
    if (at < 0) return next;
    memmove(&list->items[at], &list->items[at + 1], (list->count - 1 - (unsigned)at) * sizeof *list->items);
    return &list->items[list->count - 1];
}

static struct issue *add(struct issues *list, enum issue_code code, bool *is_kept)
{
    struct issue *i = take_place(list, code, is_kept);
    *i = (struct issue){ .code = code, .severity = row_of(code)->severity };
    count_severity(list, i->severity);
    return i;
}

struct issue *issues_add(struct issues *list, enum issue_code code)
{
    bool is_kept;
    return add(list, code, &is_kept);
}

void issues_raise(struct issues *list, struct issue *i)
{
    ASSERT(i->severity == SEVERITY_WARNING && list->warnings > 0);
    i->severity = SEVERITY_ERROR;
    list->errors++;
    list->warnings--;
}

static struct slice own(struct issues *list, struct slice s)
{
    if (!s.bytes) return s;
    return slice_is_empty(s) ? SLICE("") : slice_copy(list->arena, s);
}

void issues_copy(struct issues *list, const struct issue *i)
{
    bool is_kept;
    struct issue *to = add(list, i->code, &is_kept);
    if (to->severity != i->severity) {
        list->errors += (i->severity == SEVERITY_ERROR) - (to->severity == SEVERITY_ERROR);
        list->warnings += (i->severity == SEVERITY_WARNING) - (to->severity == SEVERITY_WARNING);
    }
    if (!is_kept) return;
    *to = *i;
    to->field = own(list, i->field);
    to->value = own(list, i->value);
    for (unsigned k = 0; k < i->argument_count; k++)
        to->arguments[k] = (struct pair){ own(list, i->arguments[k].name), own(list, i->arguments[k].value) };
    struct slice *texts[] = { &to->where.column_name, &to->where.sheet, &to->where.pointer, &to->where.icn,
                              &to->where.gcn,         &to->where.tscn,  &to->where.segment, &to->where.loop };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = own(list, *texts[k]);
}

unsigned issues_reasons(const struct issues *list, enum reason_code reasons[ISSUES_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < list->count; i++) {
        enum reason_code code = issue_reason(list->items[i].code);
        bool known = code == REASON_NONE || list->items[i].severity != SEVERITY_ERROR;
        for (unsigned k = 0; k < count; k++) known |= reasons[k] == code;
        if (known) continue;
        unsigned at = count++;
        for (; at > 0 && reasons[at - 1] > code; at--) reasons[at] = reasons[at - 1];
        reasons[at] = code;
    }
    return count;
}

bool issues_has(const struct issues *list, enum issue_code code)
{
    for (unsigned k = 0; k < list->count; k++)
        if (list->items[k].code == code) return true;
    return list->dropped[code] > 0;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

struct slice issue_value(struct arena *a, struct slice raw)
{
    struct slice head = slice_head(raw, ISSUE_VALUE_MAX);
    while (head.size < raw.size && head.size > 0 && is_continuation(raw.bytes[head.size])) head.size--;
    char *copy = arena_alloc(a, head.size + 1);
    for (size_t at = 0; at < head.size; at++) {
        unsigned char c = (unsigned char)head.bytes[at];
        copy[at] = c < 0x20 || c == 0x7f ? '.' : (char)c;
    }
    return slice_of(copy, head.size);
}

void issue_argument(struct issue *i, struct slice name, struct slice value)
{
    ASSERT(i->argument_count < ISSUE_ARGUMENTS_MAX);
    i->arguments[i->argument_count++] = (struct pair){ name, value };
}

static struct slice argument_of(const void *issue, struct slice name)
{
    const struct issue *i = issue;
    if (slice_equal(name, SLICE("field"))) return i->field;
    if (slice_equal(name, SLICE("value"))) return i->value;
    for (unsigned k = 0; k < i->argument_count; k++)
        if (slice_equal(i->arguments[k].name, name)) return i->arguments[k].value;
    return (struct slice){ 0 };
}

void issue_put_sentence(struct text *t, const struct issue *i)
{
    sentence_fill(t, row_of(i->code)->sentence, argument_of, i);
}

void issue_put_fix(struct text *t, const struct issue *i)
{
    sentence_fill(t, row_of(i->code)->fix, argument_of, i);
}

/* A finding on a field stands at a cell in text and sheets, at an element in X12. */
static enum issue_level level_at(const struct issue *i)
{
    enum issue_level level = row_of(i->code)->level;
    if (level == LEVEL_RECORD && i->where.row > 0 && !i->where.pointer.bytes)
        return LEVEL_ROW; /* JSON has a pointer, if empty */
    if (level != LEVEL_FIELD) return level;
    if (i->where.segment.size > 0) return i->where.element > 0 ? LEVEL_ELEMENT : LEVEL_SEGMENT;
    if (i->where.column > 0) return LEVEL_CELL;
    return LEVEL_FIELD;
}

static struct slice severity_name(enum severity severity)
{
    if (severity == SEVERITY_ERROR) return SLICE("error");
    return severity == SEVERITY_WARNING ? SLICE("warning") : SLICE("note");
}

static void put_x12(struct json_out *out, struct x12_codes x)
{
    json_out_name(out, SLICE("x12"));
    json_out_begin(out, '{');
    json_out_member(out, SLICE("ta1"), slice_from(x.ta1));
    json_out_member(out, SLICE("ak9"), slice_from(x.ak9));
    json_out_member(out, SLICE("ak5"), slice_from(x.ak5));
    json_out_member(out, SLICE("ak3"), slice_from(x.ak3));
    json_out_member(out, SLICE("ak4"), slice_from(x.ak4));
    json_out_end(out);
}

static void member_number(struct json_out *out, struct slice name, uint32_t value)
{
    if (value > 0) json_out_member_int(out, name, value);
}

static void put_where(struct json_out *out, const struct where *w)
{
    json_out_name(out, SLICE("where"));
    json_out_begin(out, '{');
    json_out_member_int(out, SLICE("offset"), (int64_t)w->offset);
    json_out_member(out, SLICE("sheet"), w->sheet);
    member_number(out, SLICE("row"), w->row);
    member_number(out, SLICE("column"), w->column);
    json_out_member(out, SLICE("column_name"), w->column_name);
    json_out_member(out, SLICE("pointer"), w->pointer);
    json_out_member(out, SLICE("icn"), w->icn);
    json_out_member(out, SLICE("gcn"), w->gcn);
    json_out_member(out, SLICE("tscn"), w->tscn);
    json_out_member(out, SLICE("segment"), w->segment);
    json_out_member(out, SLICE("loop"), w->loop);
    member_number(out, SLICE("position"), w->position);
    member_number(out, SLICE("element"), w->element);
    member_number(out, SLICE("component"), w->component);
    member_number(out, SLICE("repetition"), w->repetition);
    json_out_end(out);
}

void issue_put_json(struct json_out *out, const struct issue *i)
{
    const struct issue_row *row = row_of(i->code);
    bool is_x12 = i->where.icn.size > 0 || i->where.segment.size > 0 || row->level <= LEVEL_ELEMENT;
    char sentence[512], remedy[512];
    struct text t = text_over(sentence, sizeof sentence), fix = text_over(remedy, sizeof remedy);
    issue_put_sentence(&t, i);
    issue_put_fix(&fix, i);
    json_out_begin(out, '{');
    json_out_member(out, SLICE("code"), row->name);
    json_out_member_int(out, SLICE("number"), row->number);
    json_out_member(out, SLICE("severity"), severity_name(i->severity));
    json_out_member(out, SLICE("level"), issue_level_name(level_at(i)));
    if (is_x12 && (row->x12.ta1 || row->x12.ak9 || row->x12.ak5 || row->x12.ak3)) put_x12(out, row->x12);
    bool leads_to_reason = row->reason != REASON_NONE && (i->severity == SEVERITY_ERROR || row->number < 1000);
    if (leads_to_reason) json_out_member(out, SLICE("reason"), reason_name(row->reason));
    json_out_member(out, SLICE("field"), i->field);
    put_where(out, &i->where);
    json_out_member(out, SLICE("value"), i->value);
    json_out_member(out, SLICE("message"), text_slice(&t));
    json_out_member(out, SLICE("fix"), text_slice(&fix));
    json_out_end(out);
}

void issues_put_json(struct json_out *out, struct slice name, const struct issues *list, enum severity severity)
{
    json_out_name(out, name);
    json_out_begin(out, '[');
    for (unsigned k = 0; k < list->count; k++)
        if (list->items[k].severity == severity) issue_put_json(out, &list->items[k]);
    json_out_end(out);
}

static bool is_first_of_its_sort(const struct issues *list, unsigned k)
{
    const struct issue *i = &list->items[k], *other = list->items;
    while (other < i
           && (other->code != i->code || other->severity != i->severity || !slice_equal(other->field, i->field)))
        other++;
    return other == i;
}

void issues_put_once(struct json_out *out, const struct issues *list, enum severity severity, unsigned most)
{
    unsigned told = 0;
    json_out_begin(out, '[');
    for (unsigned k = 0; k < list->count && told < most; k++) {
        if (list->items[k].severity != severity || !is_first_of_its_sort(list, k)) continue;
        issue_put_json(out, &list->items[k]);
        told++;
    }
    json_out_end(out);
}

static void put_number(struct text *t, struct slice word, uint64_t value)
{
    text_put(t, word);
    text_put_int(t, (int64_t)value);
}

/* march.csv:418:27  column "Qty Shipped" · REF02 of segment 6 in set 0002 · byte 1234 */
static void put_place(struct text *t, struct slice file, const struct where *w)
{
    PUT(t, "  at ");
    text_put(t, file.size > 0 ? file : SLICE("the document"));
    if (w->row > 0) put_number(t, SLICE(":"), w->row);
    if (w->row > 0 && w->column > 0) put_number(t, SLICE(":"), w->column);
    if (w->sheet.size > 0) { PUT(t, "  sheet "); text_put(t, w->sheet); }
    if (w->column_name.size > 0) { PUT(t, "  column \""); text_put(t, w->column_name); PUT(t, "\""); }
    if (w->pointer.size > 0) { PUT(t, "  member "); text_put(t, w->pointer); }
    if (w->segment.size > 0) {
        PUT(t, "  segment ");
        text_put(t, w->segment);
        if (w->position > 0) put_number(t, SLICE(" at "), w->position);
        if (w->element > 0) put_number(t, SLICE(", element "), w->element);
    }
    if (w->tscn.size > 0) { PUT(t, "  set "); text_put(t, w->tscn); }
    if (w->sheet.size == 0) put_number(t, SLICE("  byte "), w->offset);   /* a cell of a sheet has none of its own */
    PUT(t, "\n");
}

void issue_put_human(struct text *t, struct slice file, const struct issue *i)
{
    text_put(t, severity_name(i->severity));
    PUT(t, "[");
    text_put(t, row_of(i->code)->name);
    put_number(t, SLICE(" "), row_of(i->code)->number);
    PUT(t, "]: ");
    issue_put_sentence(t, i);
    PUT(t, "\n");
    put_place(t, file, &i->where);
    if (row_of(i->code)->fix.size == 0) return;
    PUT(t, "  ");
    issue_put_fix(t, i);
    PUT(t, "\n");
}
