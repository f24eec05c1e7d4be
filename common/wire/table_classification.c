/* wire/table_classification.c: features, drift, targets and originals, member after member. */
#include "wire/table_classification.h"

#include "base/assert.h"
#include "wire/bytes.h"

#include <stddef.h>

#define SALES_COUNTS(X) \
    X(customer_lines) X(reseller_lines) X(buyer_lines) X(consumer_lines) X(ship_lines) X(ship_places) X(sold_milli) \
    X(resale_cents)

#define FEATURE_COUNTS(X) \
    X(sell_in_lines) X(sell_in_milli) X(inventory_lines) X(inventory_milli) X(deal_lines) X(rep_lines) X(campaign_lines)

static void take_sales(struct bytes_reader *r, struct sales_record *s)
{
#define TAKE(member) s->member = bytes_take_uint(r);
    SALES_COUNTS(TAKE)
#undef TAKE
}

enum err table_classification_decode_features(struct arena *a, struct slice value, void *record)
{
    (void)a;
    struct features_record *f = record;
    struct bytes_reader r = bytes_reader_of(value);
    take_sales(&r, &f->sales);
#define TAKE(member) f->member = bytes_take_uint(&r);
    FEATURE_COUNTS(TAKE)
#undef TAKE
    f->inventory_date = (int32_t)bytes_take_uint_to(&r, INT32_MAX);
    f->group_count = bytes_take_count(&r, FEATURES_GROUPS_MAX);
    for (unsigned i = 0; i < f->group_count; i++) {
        f->groups[i].agreement = bytes_take_text(&r);
        take_sales(&r, &f->groups[i].sales);
    }
    return bytes_finish(&r);
}

static void put_sales(struct bytes_writer *w, const struct sales_record *s)
{
#define PUT_COUNT(member) bytes_put_uint(w, s->member);
    SALES_COUNTS(PUT_COUNT)
#undef PUT_COUNT
}

struct slice table_classification_encode_features(struct arena *a, const void *record)
{
    const struct features_record *f = record;
    struct bytes_writer w = bytes_writer_in(a);
    put_sales(&w, &f->sales);
#define PUT_COUNT(member) bytes_put_uint(&w, f->member);
    FEATURE_COUNTS(PUT_COUNT)
#undef PUT_COUNT
    ASSERT(f->inventory_date >= 0);
    bytes_put_uint(&w, (uint64_t)f->inventory_date);
    ASSERT(f->group_count <= FEATURES_GROUPS_MAX);
    bytes_put_uint(&w, f->group_count);
    for (unsigned i = 0; i < f->group_count; i++) {
        bytes_put_text(&w, f->groups[i].agreement);
        put_sales(&w, &f->groups[i].sales);
    }
    return bytes_written(&w);
}

static void take_reason(struct bytes_reader *r, struct role_reason *reason)
{
    reason->feature = (uint32_t)bytes_take_uint_to(r, UINT32_MAX);
    reason->score_tenths = (int32_t)bytes_take_int_within(r, INT32_MIN, INT32_MAX);
    reason->value = (uint32_t)bytes_take_uint_to(r, UINT32_MAX);
    reason->evidence_count = bytes_take_uint(r);
}

enum err table_classification_decode_drift(struct arena *a, struct slice value, void *record)
{
    (void)a;
    struct drift_record *d = record;
    struct bytes_reader r = bytes_reader_of(value);
    d->month = (int32_t)bytes_take_uint_to(&r, INT32_MAX);
    d->state = (enum drift)bytes_take_uint_to(&r, DRIFT_COUNT - 1);
    d->suspect_months = (uint32_t)bytes_take_uint_to(&r, UINT32_MAX);
    d->observed = (enum role)bytes_take_uint_to(&r, ROLE_COUNT - 1);
    d->observed_ppm = (uint32_t)bytes_take_uint_to(&r, UINT32_MAX);
    d->declared_ppm = (uint32_t)bytes_take_uint_to(&r, UINT32_MAX);
    d->reason_count = bytes_take_count(&r, ROLE_REASONS_MAX);
    for (unsigned i = 0; i < d->reason_count; i++) take_reason(&r, &d->reasons[i]);
    d->line_id = bytes_take_text(&r);
    d->stability_milli = (uint32_t)bytes_take_uint_to(&r, UINT32_MAX);
    d->group_count = bytes_take_count(&r, FEATURES_GROUPS_MAX);
    for (unsigned i = 0; i < d->group_count; i++) d->groups[i] = bytes_take_text(&r);
    return bytes_finish(&r);
}

static void put_reason(struct bytes_writer *w, const struct role_reason *reason)
{
    bytes_put_uint(w, reason->feature);
    bytes_put_int(w, reason->score_tenths);
    bytes_put_uint(w, reason->value);
    bytes_put_uint(w, reason->evidence_count);
}

struct slice table_classification_encode_drift(struct arena *a, const void *record)
{
    const struct drift_record *d = record;
    struct bytes_writer w = bytes_writer_in(a);
    ASSERT(d->month >= 0 && d->reason_count <= ROLE_REASONS_MAX && d->group_count <= FEATURES_GROUPS_MAX);
    bytes_put_uint(&w, (uint64_t)d->month);
    bytes_put_uint(&w, d->state);
    bytes_put_uint(&w, d->suspect_months);
    bytes_put_uint(&w, d->observed);
    bytes_put_uint(&w, d->observed_ppm);
    bytes_put_uint(&w, d->declared_ppm);
    bytes_put_uint(&w, d->reason_count);
    for (unsigned i = 0; i < d->reason_count; i++) put_reason(&w, &d->reasons[i]);
    bytes_put_text(&w, d->line_id);
    bytes_put_uint(&w, d->stability_milli);
    bytes_put_uint(&w, d->group_count);
    for (unsigned i = 0; i < d->group_count; i++) bytes_put_text(&w, d->groups[i]);
    return bytes_written(&w);
}

enum err table_classification_decode_targets(struct arena *a, struct slice value, void *record)
{
    (void)a;
    struct target_record *t = record;
    struct bytes_reader r = bytes_reader_of(value);
    t->revision = bytes_take_int(&r);
    t->program_id = bytes_take_text(&r);
    t->author_id = bytes_take_text(&r);
    return bytes_finish(&r);
}

struct slice table_classification_encode_targets(struct arena *a, const void *record)
{
    const struct target_record *t = record;
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_int(&w, t->revision);
    bytes_put_text(&w, t->program_id);
    bytes_put_text(&w, t->author_id);
    return bytes_written(&w);
}

enum err table_classification_decode_originals(struct arena *a, struct slice value, void *record)
{
    (void)a;
    struct originals_record *o = record;
    struct bytes_reader r = bytes_reader_of(value);
    o->count = bytes_take_count(&r, ORIGINALS_MAX);
    for (unsigned i = 0; i < o->count; i++) o->line_ids[i] = bytes_take_text(&r);
    o->left_out = (uint32_t)bytes_take_uint(&r);
    return bytes_finish(&r);
}

/* Without lines the row goes. */
struct slice table_classification_encode_originals(struct arena *a, const void *record)
{
    const struct originals_record *o = record;
    struct bytes_writer w = bytes_writer_in(a);
    ASSERT(o->count <= ORIGINALS_MAX);
    if (o->count == 0 && o->left_out == 0) return (struct slice){ 0 };
    bytes_put_uint(&w, o->count);
    for (unsigned i = 0; i < o->count; i++) bytes_put_text(&w, o->line_ids[i]);
    bytes_put_uint(&w, o->left_out);
    return bytes_written(&w);
}

/* Both write zeroes, too. */
bool table_classification_is_never_empty(const void *record)
{
    (void)record;
    return false;
}

void table_classification_own_drift(struct arena *a, const struct arena *home, void *record)
{
    struct drift_record *d = record;
    d->line_id = books_own_text(a, home, d->line_id);
    for (unsigned i = 0; i < d->group_count; i++) d->groups[i] = books_own_text(a, home, d->groups[i]);
    if (home) memset(d->reasons + d->reason_count, 0, sizeof d->reasons - d->reason_count * sizeof *d->reasons);
}

size_t table_classification_said_drift(const void *record)
{
    const struct drift_record *d = record;
    return offsetof(struct drift_record, groups) + d->group_count * sizeof d->groups[0];
}

void table_classification_own_features(struct arena *a, const struct arena *home, void *record)
{
    struct features_record *f = record;
    for (unsigned i = 0; i < f->group_count; i++)
        f->groups[i].agreement = books_own_text(a, home, f->groups[i].agreement);
}

size_t table_classification_said_features(const void *record)
{
    const struct features_record *f = record;
    return offsetof(struct features_record, groups) + f->group_count * sizeof f->groups[0];
}
