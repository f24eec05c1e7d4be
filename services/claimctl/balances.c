/* claimctl/balances.c: state rows of payout and compliance as balances that people and checkers compare. */
#include "claimctl/balances.h"

#include "base/assert.h"
#include "domain/decimal.h"
#include "domain/footprint.h"
#include "domain/rating/original.h"
#include "domain/rating/rows.h"
#include "stage/row_versions.h"
#include "wire/json_text.h"

#include <stddef.h>
#include <stdlib.h>

enum { BALANCE_KEYS_MAX = 6, BALANCE_TEXT_BYTES = 4096, PARTITIONS_MAX = 1024 };
#define BALANCES_ARENA_BYTES \
    ((size_t)8 << 30)        /* of address space: as much as the rows of the largest state need */

/* One object before it is printed: its text, and what it is sorted by. */
struct balance_row {
    const char  *kind;
    struct slice keys[BALANCE_KEYS_MAX];            /* the root first */
    bool         numeric[BALANCE_KEYS_MAX];         /* a whole number: by value */
    unsigned     key_count;
    struct slice json;
    int64_t      sum;                               /* what is added up where keys repeat (lots, purchases) */
    struct slice currency;
};

struct balances {
    const struct balances_source *source;
    struct arena        arena;
    struct balance_row *rows;
    uint32_t            count, capacity;
};

static struct balance_row *add_row(struct balances *b, const char *kind)
{
    if (b->count == b->capacity) {
        b->capacity = b->capacity ? 2 * b->capacity : 256;
        b->rows = realloc(b->rows, b->capacity * sizeof *b->rows);
        ASSERT(b->rows);
    }
    b->rows[b->count] = (struct balance_row){ .kind = kind };
    return &b->rows[b->count++];
}

static void add_key(struct balances *b, struct balance_row *row, struct slice key, bool numeric)
{
    ASSERT(row->key_count < BALANCE_KEYS_MAX);
    row->numeric[row->key_count] = numeric;
    row->keys[row->key_count++] = slice_copy(&b->arena, key);
}

/* --- figures --- */

static struct json open_object(struct text *t, const struct balance_row *row, const char *const *names)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_text(&j, "kind", slice_from(row->kind));
    json_text(&j, "partner_root_id", row->keys[0]);
    for (unsigned i = 1; i < row->key_count; i++) {
        uint64_t number;
        json_name(&j, slice_from(names[i - 1]));
        if (row->numeric[i] && slice_to_uint(row->keys[i], UINT64_MAX, &number)) json_put_int(&j, (int64_t)number);
        else json_put_text(&j, row->keys[i]);
    }
    return j;
}

static void close_object(struct balances *b, struct balance_row *row, struct json *j)
{
    json_close_object(j);
    ASSERT(!j->out->full);
    row->json = slice_copy(&b->arena, text_slice(j->out));
}

/* --- payout --- */

static void put_agreement_line(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "authorisation_no", "line_no" };
    const struct agreement_line_row *a = record;
    struct json j = open_object(t, row, names);
    json_decimal(&j, "authorised", a->authorised_milli, 3);
    json_decimal(&j, "consumed", a->consumed_milli, 3);
    json_decimal(&j, "remaining", a->authorised_milli > a->consumed_milli ? a->authorised_milli - a->consumed_milli : 0,
                 3);
    json_money(&j, "paid", a->paid_minor, a->currency);
    json_text(&j, "currency", a->currency);
    close_object(b, row, &j);
}

static void put_cap(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "program_id", "cap", "scope_id", "period" };
    const struct cap_row *c = record;
    struct json j = open_object(t, row, names);
    json_money(&j, "used", c->used_minor, c->currency);
    json_decimal(&j, "used_qty", c->used_milli, 3);
    json_text(&j, "currency", c->currency);
    close_object(b, row, &j);
}

static void put_volume(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "program_id", "aggregate", "group", "period" };
    const struct volume_row *v = record;
    struct json j = open_object(t, row, names);
    json_money(&j, "amount", v->amount_minor, v->currency);
    json_decimal(&j, "qty", v->qty_milli, 3);
    json_money(&j, "benefit_amount", v->benefit_amount_minor, v->currency);
    json_decimal(&j, "benefit_qty", v->benefit_milli, 3);
    json_money(&j, "paid", v->paid_minor, v->currency);
    json_money(&j, "estimated", v->estimated_minor, v->currency);
    json_money(&j, "excess", v->excess_minor, v->currency);
    json_name(&j, SLICE("closed"));
    json_put_bool(&j, v->closed);
    json_text(&j, "currency", v->currency);
    close_object(b, row, &j);
}

static void put_fund(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "program_id", "period" };
    const struct fund_row *f = record;
    int64_t available = f->accrued_minor + f->adjusted_minor - f->reserved_minor - f->paid_minor - f->expired_minor
                        - f->converted_minor;
    struct json j = open_object(t, row, names);
    json_money(&j, "accrued", f->accrued_minor, f->currency);
    json_money(&j, "adjusted", f->adjusted_minor, f->currency);
    json_money(&j, "reserved", f->reserved_minor, f->currency);
    json_money(&j, "paid", f->paid_minor, f->currency);
    json_money(&j, "expired", f->expired_minor, f->currency);
    json_money(&j, "converted", f->converted_minor, f->currency);
    json_money(&j, "available", available, f->currency);
    json_text(&j, "currency", f->currency);
    close_object(b, row, &j);
}

static void put_preapproval(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "preapproval_no" };
    const struct preapproval_row *p = record;
    struct json j = open_object(t, row, names);
    json_word(&j, "status", VOCABULARY_PREAPPROVAL_STATUS, p->status);
    json_money(&j, "approved", p->approved_minor, p->currency);
    json_money(&j, "reserved", p->reserved_minor, p->currency);
    json_money(&j, "paid", p->paid_minor, p->currency);
    json_text(&j, "currency", p->currency);
    close_object(b, row, &j);
}

static void put_deal(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "deal_reg_no" };
    const struct deal_row *d = record;
    struct json j = open_object(t, row, names);
    json_word(&j, "status", VOCABULARY_DEAL_STATUS, (int)d->status);
    json_decimal(&j, "qty", d->qty_milli, 3);
    json_decimal(&j, "claimed", d->claimed_milli, 3);
    json_decimal(&j, "share_percent", d->share_percent_micros, 6);
    close_object(b, row, &j);
}

static void put_year_to_date(struct balances *b, struct balance_row *row, struct text *t, const void *record)
{
    static const char *const names[] = { "payee_id", "year" };
    const struct year_to_date_row *y = record;
    struct json j = open_object(t, row, names);
    json_money(&j, "amount", y->amount_minor, y->currency);
    json_text(&j, "currency", y->currency);
    close_object(b, row, &j);
}

/* --- what is summed over rows --- */

/* Cost of a lot on the clock's date, less the credits that took effect by then. */
static int64_t lot_cost(const struct lot *l, int32_t date)
{
    int64_t cost = l->cost_micros;
    for (unsigned i = 0; i < l->credits_count; i++)
        if (l->credits[i].effective <= date) cost -= l->credits[i].amount_micros * (l->cost_den ? l->cost_den : 1);
    return cost;
}

/* Cost of a base unit: cost_micros / cost_den, exact while it ends within twelve digits, cut there. */
static void put_cost(struct text *t, int64_t cost_micros, uint32_t den)
{
    __int128 scaled = (__int128)cost_micros * 1000000 / (den ? den : 1);
    if (scaled % 1000000 == 0) decimal_put(t, (int64_t)(scaled / 1000000), MICRO_DIGITS);
    else decimal_put(t, (int64_t)scaled, 12);
}

static void add_lots(struct balances *b, struct slice root, struct slice location, struct slice sku,
                     const struct lots_row *lots)
{
    for (unsigned i = 0; i < lots->lots_count; i++) {
        const struct lot *l = &lots->lots[i];
        char buffer[64];
        struct text date = text_over(buffer, 16), cost = text_over(buffer + 16, 48);
        if (l->remaining_milli == 0) continue;
        struct balance_row *row = add_row(b, "lot");
        date_put(&date, l->receipt_date);
        put_cost(&cost, lot_cost(l, b->source->date), l->cost_den);
        struct slice keys[] = { root, location, sku, text_slice(&date), text_slice(&cost), l->currency };
        for (unsigned k = 0; k < 6; k++) add_key(b, row, keys[k], false);
        row->sum = l->remaining_milli;
    }
}

static void add_purchases(struct balances *b, struct slice root, struct slice month, const struct purchase_row *p)
{
    for (unsigned i = 0; i < p->days_count; i++) {
        struct balance_row *row = add_row(b, "purchases");
        struct slice keys[] = { root, month, p->days[i].currency };
        for (unsigned k = 0; k < 3; k++) add_key(b, row, keys[k], false);
        row->sum = p->days[i].amount_minor;
        row->currency = row->keys[2];
    }
}

static void put_sum(struct balances *b, struct balance_row *row, struct text *t)
{
    static const char *const lot_names[] = { "location_id", "sku", "receipt_date", "cost", "currency" };
    static const char *const purchase_names[] = { "month", "currency" };
    bool is_lot = strcmp(row->kind, "lot") == 0;
    struct json j = open_object(t, row, is_lot ? lot_names : purchase_names);
    if (is_lot) json_decimal(&j, "remaining", row->sum, 3);
    else json_money(&j, "amount", row->sum, row->currency);
    close_object(b, row, &j);
}

/* --- walking the tables --- */

typedef void put_record(struct balances *b, struct balance_row *row, struct text *t, const void *record);
/* figures: where those numbers of the row stand of which one has to be other than 0, or the row is not shown. */
struct shape {
    enum payout_table table;
    const char *kind;
    put_record *put;
    unsigned key_count, numeric, figure_count;
    size_t figures[7];
};
#define AT(record, member) offsetof(struct record##_row, member)

static const struct shape shapes[] = {
    { PAYOUT_AGREEMENT_LINES, "agreement_line", put_agreement_line, 3, 1u << 2, 3,
      { AT(agreement_line, authorised_milli), AT(agreement_line, consumed_milli), AT(agreement_line, paid_minor) } },
    { PAYOUT_CAPS, "cap", put_cap, 5, 1u << 2, 2, { AT(cap, used_minor), AT(cap, used_milli) } },
    { PAYOUT_DEALS, "deal", put_deal, 2, 0, 0, { 0 } },
    { PAYOUT_FUNDS, "fund", put_fund, 3, 0, 6,
      { AT(fund, accrued_minor), AT(fund, adjusted_minor), AT(fund, reserved_minor), AT(fund, paid_minor),
        AT(fund, expired_minor), AT(fund, converted_minor) } },
    { PAYOUT_LOTS, "lot", NULL, 3, 0, 0, { 0 } },
    { PAYOUT_PREAPPROVALS, "preapproval", put_preapproval, 2, 0, 3,
      { AT(preapproval, approved_minor), AT(preapproval, reserved_minor), AT(preapproval, paid_minor) } },
    { PAYOUT_PURCHASES, "purchases", NULL, 2, 0, 0, { 0 } },
    { PAYOUT_VOLUMES, "volume", put_volume, 5, 0, 7,
      { AT(volume, amount_minor), AT(volume, qty_milli), AT(volume, benefit_amount_minor), AT(volume, benefit_milli),
        AT(volume, paid_minor), AT(volume, estimated_minor), AT(volume, excess_minor) } },
    { PAYOUT_YEAR_TO_DATE, "year_to_date", put_year_to_date, 3, 1u << 2, 1, { AT(year_to_date, amount_minor) } },
};

static bool is_nothing(const struct shape *s, const void *record)
{
    for (unsigned i = 0; i < s->figure_count; i++)
        if (*(const int64_t *)((const char *)record + s->figures[i])) return false;
    return s->figure_count > 0;
}

struct walk {
    struct balances *b;
    const struct shape *shape;
    const struct stage *stage;
    const struct stage_table *table;
    int32_t partition;
};

static enum err visit_payout(void *context, struct slice key, struct slice value)
{
    struct walk *w = context;
    struct balances *b = w->b;
    char buffer[BALANCE_TEXT_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    void *record = arena_alloc(&b->arena, w->table->codec.bytes);
    TRY(row_versions_read(w->stage, &w->table->codec, &b->arena, value, &value));
    TRY(w->table->codec.decode(&b->arena, value, record));
    struct slice parts[BALANCE_KEYS_MAX];
    for (unsigned i = 0; i < w->shape->key_count; i++) parts[i] = books_key_take(&key);
    if (w->shape->table == PAYOUT_LOTS) add_lots(b, parts[0], parts[1], parts[2], record);
    if (w->shape->table == PAYOUT_PURCHASES) add_purchases(b, parts[0], parts[1], record);
    if (!w->shape->put || is_nothing(w->shape, record)) return OK;
    struct balance_row *row = add_row(b, w->shape->kind);
    for (unsigned i = 0; i < w->shape->key_count; i++) add_key(b, row, parts[i], w->shape->numeric >> i & 1);
    w->shape->put(b, row, &t, record);
    return OK;
}

/* The row of a line in payout; *found: it came there. */
static enum err read_line(const struct walk *w, struct slice root, struct slice line_id, struct line_row *line,
                          bool *found)
{
    const struct stage *stage = run_engine_stage(RUN_PAYOUT);
    const struct stage_table *lines = &stage->tables[PAYOUT_LINES];
    struct store *payout = w->b->source->payout[w->partition];
    struct slice value;
    *found = false;
    if (!payout) return OK;
    TRY(store_get(payout, lines->number, BOOKS_KEY(&w->b->arena, root, line_id), &value));
    if (value.size == 0) return OK;
    TRY(row_versions_read(stage, &lines->codec, &w->b->arena, value, &value));
    *found = true;
    return lines->codec.decode(&w->b->arena, value, line);
}

/* A claim that payout refused keeps its slot for its next submission (domain.md 5.4 P4), but is not live (1.1): who
 * lives then is what it was to replace. *line_id: empty when nobody does. */
static enum err find_live(const struct walk *w, struct slice root, bool is_asked, struct slice *line_id)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && line_id->size; n++) {
        struct line_row *line = ARENA_NEW(&w->b->arena, struct line_row);
        bool found;
        TRY(read_line(w, root, *line_id, line, &found));
        if (!found) return OK;
        bool is_refused = line->outcome == OUTCOME_REJECT;
        if (!is_refused && (!(is_asked || n) || original_is_live(line))) return OK;
        *line_id = is_refused ? line->replaces : (struct slice){ 0 };
    }
    return OK;
}

static enum err find_holder(const struct walk *w, struct slice root, const struct serial_slot *slot,
                            struct slice *line_id)
{
    *line_id = slot->is_registered ? slot->line_id : (struct slice){ 0 };       /* else another root has it */
    TRY(find_live(w, root, slot->is_asked, line_id));
    if (line_id->size || !slot->is_registered) return OK;
    *line_id = slot->prior_line_id;
    return find_live(w, root, true, line_id);
}

/* Live slots of a serial: one object for each program that holds one. */
static enum err visit_serial(void *context, struct slice key, struct slice value)
{
    static const char *const names[] = { "program_id", "serial" };
    struct walk *w = context;
    struct balances *b = w->b;
    struct serial_history *h = arena_alloc(&b->arena, w->table->codec.bytes);
    TRY(row_versions_read(w->stage, &w->table->codec, &b->arena, value, &value));
    TRY(w->table->codec.decode(&b->arena, value, h));
    struct slice root = books_key_take(&key), serial = books_key_take(&key);
    for (unsigned i = 0; i < SERIAL_SLOTS_MAX; i++) {
        char buffer[BALANCE_TEXT_BYTES];
        struct text t = text_over(buffer, sizeof buffer);
        struct slice line_id;
        TRY(find_holder(w, root, &h->slots[i], &line_id));
        if (!line_id.size) continue;
        struct balance_row *row = add_row(b, "serial");
        struct slice keys[] = { root, h->slots[i].program_id, serial };
        for (unsigned k = 0; k < 3; k++) add_key(b, row, keys[k], false);
        struct json j = open_object(&t, row, names);
        json_int(&j, "generation", h->slots[i].generation);
        json_text(&j, "line_id", line_id);
        close_object(b, row, &j);
    }
    return OK;
}

static enum err walk_table(struct balances *b, struct store *const *stores, struct walk *w, store_visit *visit)
{
    struct slice root = b->source->root, prefix = root.size ? BOOKS_KEY(&b->arena, root) : (struct slice){ 0 };
    for (int32_t p = w->partition = 0; p < b->source->partitions; w->partition = ++p)
        if (stores[p]) TRY(store_scan(stores[p], w->table->number, prefix, (struct slice){ 0 }, visit, w));
    return OK;
}

static enum err collect(struct balances *b)
{
    struct walk w = { .b = b, .stage = run_engine_stage(RUN_PAYOUT) };
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        w.shape = &shapes[i];
        w.table = &w.stage->tables[shapes[i].table];
        TRY(walk_table(b, b->source->payout, &w, visit_payout));
    }
    w.stage = run_engine_stage(RUN_COMPLIANCE);
    for (unsigned i = 0; i < w.stage->table_count; i++) {
        w.table = &w.stage->tables[i];
        if (strcmp(w.table->codec.name, "serials") == 0) TRY(walk_table(b, b->source->compliance, &w, visit_serial));
    }
    return OK;
}

static int compare_keys(const struct balance_row *a, const struct balance_row *b)
{
    for (unsigned i = 0; i < a->key_count && i < b->key_count; i++) {
        uint64_t x, y;
        bool by_value =
            a->numeric[i] && slice_to_uint(a->keys[i], UINT64_MAX, &x) && slice_to_uint(b->keys[i], UINT64_MAX, &y);
        int order = by_value ? (x > y) - (x < y) : slice_compare(a->keys[i], b->keys[i]);
        if (order) return order;
    }
    return 0;
}

static int by_kind_and_keys(const void *a_, const void *b_)
{
    const struct balance_row *a = a_, *b = b_;
    int order = strcmp(a->kind, b->kind);
    return order ? order : compare_keys(a, b);
}

/* Rows of equal keys become one; those that sum to nothing go. */
static void merge_sums(struct balances *b)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        struct balance_row *last = kept ? &b->rows[kept - 1] : NULL;
        if (last && !b->rows[i].json.size && by_kind_and_keys(last, &b->rows[i]) == 0) last->sum += b->rows[i].sum;
        else b->rows[kept++] = b->rows[i];
    }
    b->count = kept;
}

enum err balances_write_of(const struct balances_source *source, struct output *out)
{
    struct balances b = { .source = source };
    TRY(arena_open(&b.arena, BALANCES_ARENA_BYTES / 2, BALANCES_ARENA_BYTES / 2));
    enum err e = collect(&b);
    if (b.count) qsort(b.rows, b.count, sizeof *b.rows, by_kind_and_keys);
    merge_sums(&b);
    for (uint32_t i = 0; e == OK && i < b.count; i++) {
        char buffer[BALANCE_TEXT_BYTES];
        struct text t = text_over(buffer, sizeof buffer);
        if (!b.rows[i].json.size && b.rows[i].sum == 0) continue;
        if (!b.rows[i].json.size) put_sum(&b, &b.rows[i], &t);
        output_line(out, b.rows[i].json);
    }
    free(b.rows);
    arena_close(&b.arena);
    return e;
}

enum err balances_write(struct run_engine *r, struct output *out)
{
    struct store *payout[PARTITIONS_MAX], *compliance[PARTITIONS_MAX];
    int32_t partitions = embedded_partitions(r->engine);
    ASSERT(partitions <= PARTITIONS_MAX);
    for (int32_t p = 0; p < partitions; p++) {
        payout[p] = embedded_store(r->engine, RUN_PAYOUT, p);
        compliance[p] = embedded_store(r->engine, RUN_COMPLIANCE, p);
    }
    return balances_write_of(
        &(struct balances_source){ payout, compliance, partitions, instant_date(embedded_now(r->engine), 0), { 0 } },
        out);
}
