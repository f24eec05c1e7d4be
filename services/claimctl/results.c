/* claimctl/results.c: a line's final standing as a JSON object. */
#include "claimctl/results.h"

#include "claimctl/program_reasons.h"
#include "wire/json_text.h"

static void put_reasons(struct json *j, const struct reason *reasons, unsigned count)
{
    json_open_array(j);
    for (unsigned i = 0; i < count; i++) json_put_text(j, reason_name(reasons[i].code));
    json_close_array(j);
}

static void put_names_of(struct json *j, struct slice blank_joined)
{
    json_open_array(j);
    while (blank_joined.size) {
        struct slice name = slice_cut(&blank_joined, ' ');
        if (name.size) json_put_text(j, name);
    }
    json_close_array(j);
}

static void put_programs(struct json *j, const struct standing *s)
{
    struct slice ids[PROGRAMS_OF_A_LINE_MAX];
    static struct program_reasons p;                    /* large, and results are written one by one */
    unsigned count = program_reasons_list(s->dossier, ids), written = 0;
    bool held = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    for (unsigned i = 0; i < count; i++) {
        program_reasons_gather(&p, s, ids[i]);
        if (p.count == 0) continue;
        if (held && s->stage == STAGE_PAYOUT) { /* an automatic line that waits shows what it waits for, alone */
            unsigned kept = 0;
            for (unsigned k = 0; k < p.count; k++)
                if (p.reasons[k].outcome == OUTCOME_HOLD || p.reasons[k].outcome == OUTCOME_PARK)
                    p.reasons[kept++] = p.reasons[k];
            if ((p.count = kept) == 0) continue;
        }
        if (written++ == 0) {
            json_name(j, SLICE("programs"));
            json_open_object(j);
        }
        json_name(j, ids[i]);
        put_reasons(j, p.reasons, p.count);
    }
    if (written) json_close_object(j);
}

static void put_money(struct json *j, const struct standing *s)
{
    bool waits = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    json_text(j, "currency", s->currency);
    json_money(j, "claimed", s->claimed_minor, s->currency);
    json_money(j, "paid", waits ? 0 : s->paid_minor, s->currency);
    json_money(j, waits ? "outstanding" : "refused", s->refused_minor, s->currency);
}

static void put_accepted(struct json *j, const struct dossier *d)
{
    if (!d->clearance || !d->classification || !kind_has_goods(standing_kind(d->line))) return;
    int64_t qty = d->clearance->has_accepted_qty ? d->clearance->accepted_qty_milli : d->classification->base_qty_milli;
    json_decimal(j, "accepted_qty", qty, 3);
}

static void put_payout(struct json *j, const struct payout *p, uint32_t seq)
{
    json_open_object(j);
    json_text(j, "payout_id", p->payout_id);
    json_int(j, "seq", seq);
    json_text(j, "program_id", p->program_id);
    json_int(j, "program_version", p->program_version);
    json_int(j, "adjustment_no", p->adjustment_no);
    json_text(j, "incentive", p->incentive);
    json_text(j, "ledger", p->ledger);
    json_text(j, "role", p->role);
    json_text(j, "payee", p->payee);
    if (p->qty_milli) json_decimal(j, "qty", p->qty_milli, 3);
    json_money(j, "amount", p->amount_minor, p->currency);
    json_text(j, "currency", p->currency);
    json_money(j, "program_amount", p->program_amount_minor, p->program_currency);
    json_text(j, "program_currency", p->program_currency);
    json_text(j, "earned_period", p->earned_period);
    json_text(j, "posted_period", p->posted_period);
    json_date(j, "payable_on", p->payable_on);
    json_text(j, "reverses_payout_id", p->reverses_payout_id);
    json_text(j, "cause", p->cause);
    json_flag(j, "tax_reportable", p->tax_reportable);
    if (p->reasons.size) {
        json_name(j, SLICE("reasons"));
        put_names_of(j, p->reasons);
    }
    json_close_object(j);
}

static void put_payouts(struct json *j, const struct payout_section *s, uint32_t first_seq)
{
    if (!s || s->entry_count == 0) return;
    json_name(j, SLICE("payouts"));
    json_open_array(j);
    for (unsigned i = 0; i < s->entry_count; i++) put_payout(j, &s->entries[i], first_seq + i);
    json_close_array(j);
}

static void put_identity(struct json *j, const struct dossier *d, struct slice name)
{
    json_text(j, "document", d->receipt->file_name);
    json_int(j, "position", d->receipt->position);
    if (d->receipt->row) json_int(j, "row", d->receipt->row);
    json_text(j, "ref", name);
    json_text(j, "kind", kind_name(d->line->kind));
    json_text(j, "partner_id", d->line->partner_id);
    json_text(j, "partner_root_id",
              d->classification ? d->classification->partner_root_id : d->receipt->partner_root_id);
    json_text(j, "line_id", d->receipt->line_id);
    json_text(j, "claim_id", d->line->claim_id);
    json_text(j, "invoice_no", d->line->invoice_no);
    if (d->classification) json_word(j, "role", VOCABULARY_ROLE, d->classification->role);
}

void results_put_line(struct text *t, const struct standing *s, struct slice name, uint32_t first_seq)
{
    struct json j = json_over(t);
    const struct dossier *d = s->dossier;
    json_open_object(&j);
    put_identity(&j, d, name);
    json_word(&j, "stage", VOCABULARY_STAGE, s->stage);
    json_word(&j, "outcome", VOCABULARY_OUTCOME, s->outcome);
    if (s->reason_count) {
        json_name(&j, SLICE("reasons"));
        put_reasons(&j, s->reasons, s->reason_count);
    }
    put_programs(&j, s);
    put_accepted(&j, d);
    if (s->has_claim) put_money(&j, s);
    json_text(&j, "standing", s->live);
    put_payouts(&j, d->payout, first_seq);
    json_close_object(&j);
}

void results_put_case(struct text *t, const struct clearance *c)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_text(&j, "case_id", c->case_id);
    json_word(&j, "case", VOCABULARY_CASE_KIND, c->case_kind);
    json_text(&j, "subject", c->case_subject);
    json_name(&j, SLICE("line_ids"));
    json_open_array(&j);
    for (unsigned i = 0; i < c->case_line_ids.count; i++) json_put_text(&j, c->case_line_ids.items[i]);
    json_close_array(&j);
    json_close_object(&j);
}
