/* compliance/expiry.c: one pass a month through the tables, portion by portion. */
#include "compliance/expiry.h"

#include "base/assert.h"
#include "compliance/stored_rows.h"
#include "compliance/tables.h"
#include "domain/calendar.h"

/* What a rule of expiry sees. `before`: the first date that still counts. */
struct old_row { struct stage_env *env; struct slice key; const void *record; int32_t before; };
typedef enum err is_over(const struct old_row *row, bool *over);

static enum err over_line(const struct old_row *row, bool *over)
{
    const struct footprint *f = row->record;
    int32_t received = instant_date(f->received_at_unix_ms, 0);
    *over = f->state != FOOTPRINT_OPEN && f->date < row->before && received < row->before;
    return OK;
}

static enum err over_key(const struct old_row *row, bool *over)
{
    const struct key_use *k = row->record;
    *over = k->state != FOOTPRINT_OPEN && k->received_date < row->before;
    return OK;
}

static enum err over_claim_ids(const struct old_row *row, bool *over)
{
    const struct claim_uses *c = row->record;
    *over = true;
    for (unsigned i = 0; i < c->use_count; i++) *over &= c->uses[i].received_date < row->before;
    return OK;
}

/* Their lines left before them: lines are the first table. */
static enum err line_is_gone(const struct old_row *row, struct slice line_id, bool *gone)
{
    struct slice value, key = row->key, root_id = stored_rows_take_part(&key);
    TRY(store_get(row->env->store, stored_rows_number(row->env, COMPLIANCE_LINES),
                  tables_line_key(row->env->arena, root_id, line_id), &value));
    *gone = value.size == 0;
    return OK;
}

static enum err over_transaction(const struct old_row *row, bool *over)
{
    const struct transaction_uses *t = row->record;
    *over = t->line_count > 0;
    for (unsigned i = 0; *over && i < t->line_count; i++) TRY(line_is_gone(row, t->lines[i].line_id, over));
    return OK;
}

static enum err over_document(const struct old_row *row, bool *over)
{
    const struct document_uses *d = row->record;
    *over = d->use_count > 0;
    for (unsigned i = 0; *over && i < d->use_count; i++) TRY(line_is_gone(row, d->uses[i].line_id, over));
    return OK;
}

static enum err over_match(const struct old_row *row, bool *over)
{
    const struct match_sales *m = row->record;
    *over = m->waiting_count == 0;
    return OK;
}

/* What came last may be the oldest: without its bucket's row nobody looks at the older entries. */
static enum err near_has_older(const struct old_row *row, bool *has)
{
    const struct near_bucket *b = row->record;
    struct slice value = { 0 };
    if (b->has_older)
        TRY(store_get(row->env->store, stored_rows_number(row->env, COMPLIANCE_NEAR),
                      tables_older_key(row->env->arena, row->key), &value));
    *has = value.size > 0;
    return OK;
}

static enum err over_near(const struct old_row *row, bool *over)
{
    const struct near_bucket *b = row->record;
    bool has_older;
    TRY(near_has_older(row, &has_older));
    *over = !has_older;
    for (unsigned i = 0; i < b->ref_count; i++) {
        struct near_ref r;
        memcpy(&r, b->refs + i * sizeof r, sizeof r);
        *over &= r.day + 7 * r.lag_weeks <= date_days_between(DATE_MIN, row->before);
    }
    return OK;
}

static enum err over_window(const struct old_row *row, bool *over)
{
    const struct window_days *w = row->record;
    *over = w->day_count == 0 || w->days[w->day_count - 1].date < row->before;
    return OK;
}

static enum err over_party(const struct old_row *row, bool *over)
{
    const struct party_names *p = row->record;
    *over = p->last_seen > 0 && p->last_seen < row->before;
    return OK;
}

/* The last part of the key is a date or a month, as digits. */
static bool is_dated_before(struct slice key, int32_t before)
{
    uint64_t date = 0;
    struct slice last = { 0 };
    while (key.size) last = stored_rows_take_part(&key);
    return slice_to_uint(last, INT32_MAX, &date) && date > 0 && (int32_t)date < before;
}

static enum err over_month(const struct old_row *row, bool *over)
{
    *over = is_dated_before(row->key, row->before / 100);
    return OK;
}

static enum err over_day(const struct old_row *row, bool *over)
{
    *over = is_dated_before(row->key, row->before);
    return OK;
}

static const struct { enum compliance_table table; is_over *is_over;
} sweeps[] = {
    { COMPLIANCE_LINES, over_line },          { COMPLIANCE_KEYS, over_key },
    { COMPLIANCE_CLAIM_IDS, over_claim_ids }, { COMPLIANCE_TRANSACTIONS, over_transaction },
    { COMPLIANCE_MATCHES, over_match },       { COMPLIANCE_NEAR, over_near },
    { COMPLIANCE_DOCUMENTS, over_document },  { COMPLIANCE_INVENTORY_DAYS, over_month },
    { COMPLIANCE_WINDOWS, over_window },      { COMPLIANCE_PARTIES, over_party },
    { COMPLIANCE_PAYEE_DAYS, over_day },      { COMPLIANCE_MATCH_DAYS, over_month },
};
enum { SWEEPS = sizeof sweeps / sizeof sweeps[0] };

/* --- the sweep --- */

static struct slice row_key(void)
{
    return SLICE("sweep");
}

static int32_t month_of(const struct stage_env *env)
{
    return instant_date(env->now_unix_ms, 0) / 100;
}

/* The first date that still counts, a month of grace beyond the horizon. */
static int32_t first_that_counts(const struct stage_env *env)
{
    int32_t today = instant_date(env->now_unix_ms, 0);
    const struct policy *policy =
        catalogue_policy(env->catalogue, today, (struct slice){ 0 }, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    return date_add_months(today / 100 * 100 + 1, -(int32_t)policy->duplicate_horizon_months - 1);
}

enum err expiry_is_due(struct stage_env *env, bool *due)
{
    struct expiry_sweep s;
    TRY(stored_rows_get(env, COMPLIANCE_EXPIRY, row_key(), &s));
    *due = s.done_month != month_of(env);
    return OK;
}

static size_t largest_record(const struct stage_env *env)
{
    size_t most = 0;
    for (unsigned t = 0; t < env->stage->table_count; t++)
        if (env->stage->tables[t].codec.bytes > most) most = env->stage->tables[t].codec.bytes;
    return most;
}

static enum err sweep_row(struct stage_env *env, unsigned sweep, const struct stored_row *stored, void *record,
                          int32_t before)
{
    enum compliance_table table = sweeps[sweep].table;
    size_t mark = arena_mark(env->arena);
    bool over = false;
    TRY(stored_rows_decode(env, table, stored->value, record));
    struct old_row row = { env, stored->key, record, before };
    TRY(sweeps[sweep].is_over(&row, &over));
    arena_rewind(env->arena, mark);
    return over ? store_remove(env->store, stored_rows_number(env, table), stored->key) : OK;
}

enum err expiry_go_on(struct stage_env *env)
{
    struct expiry_sweep s;
    struct stored_rows rows;
    void *record = arena_alloc(env->arena, largest_record(env));
    TRY(stored_rows_get(env, COMPLIANCE_EXPIRY, row_key(), &s));
    if (s.month != month_of(env)) s = (struct expiry_sweep){ .done_month = s.done_month, .month = month_of(env) };
    ASSERT(s.table < SWEEPS && env->expire_keys_max > 0);
    TRY(stored_rows_read(env, sweeps[s.table].table, s.after, env->expire_keys_max, &rows));
    for (unsigned i = 0; i < rows.count; i++)
        TRY(sweep_row(env, s.table, &rows.items[i], record, first_that_counts(env)));
    s.after = rows.more ? rows.items[rows.count - 1].key : (struct slice){ 0 };
    if (!rows.more) s.table++;
    if (s.table == SWEEPS) s = (struct expiry_sweep){ .done_month = s.month };
    else env->ticks_soon = true;
    return stored_rows_put(env, COMPLIANCE_EXPIRY, row_key(), &s);
}
