/* compliance/serial_unfit.c: serials that do not count, or are none: SER-06. Pure. */
#include "compliance/serials.h"

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
    reason_argument(r, SLICE("count"), judging_int_text(j, j->line->serials.count));
    reason_argument(r, SLICE("qty"), judging_qty_text(j, j->qty_milli));
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
