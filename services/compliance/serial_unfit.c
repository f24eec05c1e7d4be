/* compliance/serial_unfit.c: units that came back, serials that do not count or are none: SER-05, SER-06. Pure. */
#include "compliance/serials.h"

#include "domain/decimal.h"

/* --- SER-05 --- */

static bool was_returned(const struct judging *j, const struct serial_history *h)
{
    if (!h->returned.date || h->returned.date < j->date || slice_equal(h->returned.line_id, j->line_id)) return false;
    return !(h->sold.line_id.size && h->sold.date >= h->returned.date);
}

static const struct serial_event *find_returned(struct judging *j, struct slice *serial)
{
    for (unsigned i = 0; i < j->line->serials.count; i++) {
        *serial = serial_normalise(j->arena, j->line->serials.items[i]);
        struct slice row = serials_row(j, serials_unit(j, *serial));
        const struct serial_history *h = judging_read(j, COMPLIANCE_SERIALS, row);
        if (was_returned(j, h)) return &h->returned;
    }
    return NULL;
}

enum truth serials_returned(struct judging *j, struct finding *f)
{
    enum truth truth = TRUTH_UNSPECIFIED;
    struct slice serial;
    const struct serial_event *returned = NULL;
    if (!j->line->serials.count || !j->date) return truth;
    for (unsigned i = 0; i < j->program_count; i++) {
        struct judged_program *p = &j->programs[i];
        if (!serials_bind(j, p)) continue;
        if (truth == TRUTH_UNSPECIFIED) returned = find_returned(j, &serial);
        truth = returned ? TRUTH_TRUE : TRUTH_FALSE;
        if (!returned) continue;
        reason_argument(judging_strike(j, p, f, REASON_SERIAL_RETURNED, OUTCOME_REJECT), SLICE("serial"), serial);
        finding_figures(f, SLICE("ship_date"), j->date, returned->date, SLICE("date"));
        finding_show(f, EVIDENCE_SERIAL, serial);
        finding_show(f, EVIDENCE_LINE, returned->line_id);
    }
    return truth;
}

/* --- SER-06 --- */

static bool needs_serials(const struct judged_program *p)
{
    return p->program->incentive == INCENTIVE_SPIFF && p->program->spiff.serials == SERIAL_RULE_REQUIRED;
}

static bool find_invalid(struct judging *j, struct slice *serial)
{
    const struct product *product = catalogue_product(j->facts->catalogue, j->class->sku);
    for (unsigned i = 0; i < j->line->serials.count; i++) {
        struct slice normal = serial_normalise(j->arena, j->line->serials.items[i]);
        *serial = j->line->serials.items[i];
        if (!serial_is_valid(j->policy, product, normal)) return true;
    }
    return false;
}

static void say_count(struct judging *j, struct judged_program *p, struct finding *f)
{
    struct reason *r = judging_strike(j, p, f, REASON_SERIAL_COUNT_MISMATCH, OUTCOME_REJECT);
    reason_argument(r, SLICE("count"), slice_of_int(j->arena, j->line->serials.count));
    reason_argument(r, SLICE("qty"), decimal_text(j->arena, j->qty_milli, MILLI_DIGITS));
    finding_figures(f, SLICE("serials"), 1000 * (int64_t)j->line->serials.count, j->qty_milli, SLICE("milli"));
}

enum truth serials_unfit(struct judging *j, struct finding *f)
{
    enum truth truth = TRUTH_UNSPECIFIED;
    for (unsigned i = 0; i < j->program_count; i++) {
        struct judged_program *p = &j->programs[i];
        struct slice invalid;
        if (!serials_bind(j, p)) continue;
        bool is_count_off = needs_serials(p) && 1000 * (int64_t)j->line->serials.count != j->qty_milli;
        bool is_invalid = find_invalid(j, &invalid);
        if (truth != TRUTH_TRUE) truth = is_count_off || is_invalid ? TRUTH_TRUE : TRUTH_FALSE;
        if (is_count_off) say_count(j, p, f);
        if (!is_invalid) continue;
        reason_argument(judging_strike(j, p, f, REASON_SERIAL_INVALID, OUTCOME_REJECT), SLICE("serial"), invalid);
        finding_show(f, EVIDENCE_SERIAL, invalid);
    }
    return truth;
}
