/* claimctl/advice.c: what a reason's sentence leaves open. */
#include "claimctl/advice.h"

#include "claimctl/line_names.h"
#include "domain/waiting.h"

static struct slice part_of(const struct dossier *d)
{
    const struct line *l = d->line;
    if (d->classification && d->classification->sku.size) return d->classification->sku;
    return l->vendor_part.size ? l->vendor_part : l->partner_part.size ? l->partner_part : l->gtin;
}

/* Members by which a sender can name what is missing; the argument lists what the line lacks: "a, b". */
static void put_missing_member(struct text *t, const struct dossier *d, const struct reason *r)
{
    struct slice fields = reason_argument_of(r, SLICE("field"));
    while (fields.size) {
        struct slice field = slice_trim(slice_cut(&fields, ','));
        if (slice_equal(field, SLICE("original_line_ref")))
            PUT(t, " Name the line by original_invoice_no and original_invoice_line, or by original_line_ref.");
        if (slice_equal(field, SLICE("replaces_kind")))
            PUT(t, " Say in replaces_kind of which kind the new content is, as POS_SALE.");
        if (slice_ends_with(field, SLICE("_unit")) && d->line->has_extended_amount_minor)
            PUT(t, " The extended amount is a control value: no unit price is made of it.");
    }
}

/* "invoice P-1 without a line number, part RTR-1"; without a part nothing is said of it. */
static void put_named_line(struct text *t, const struct dossier *d)
{
    const struct line *l = d->line;
    PUT(t, "invoice ");
    text_put(t, l->original_invoice_no);
    text_put(t, l->original_invoice_line.size ? SLICE(" line ") : SLICE(" without a line number"));
    text_put(t, l->original_invoice_line);
    if (part_of(d).size) PUT(t, ", part ");
    text_put(t, part_of(d));
}

static void put_customer(struct text *t, const struct line *l)
{
    const struct party *p = l->end_customer.name.size ? &l->end_customer : &l->sold_to;
    if (!p->name.size && !p->id.size) return;
    PUT(t, " to ");
    text_put(t, p->name.size ? p->name : p->id);
}

static void put_unmatched_return(struct text *t, const struct dossier *d, const struct reason *r)
{
    const struct line *l = d->line;
    struct slice spent = reason_argument_of(r, SLICE("original"));
    if (spent.size) {
        PUT(t, " All of ");
        if (!line_names_put(t, spent)) text_put(t, spent);
        PUT(t, " has come back already.");
    } else if (l->original_line_ref.size) {
        PUT(t, " Its original_line_ref is no sale in force, so that a release takes nothing back.");
    } else if (l->original_invoice_no.size) {
        PUT(t, " No sale in force is on file of ");
        put_named_line(t, d);
        if (!l->original_invoice_line.size) PUT(t, ": name its line in original_invoice_line");
        PUT(t, ". Until it is, a release takes nothing back.");
    } else {
        text_put(t, part_of(d).size ? SLICE(" The sales in force of part ") : SLICE(" The sales in force"));
        text_put(t, part_of(d));
        put_customer(t, l);
        PUT(t, " do not cover it; original_invoice_no and original_invoice_line name one sale."
               " Once one came that covers it, a release matches the two.");
    }
}

/* Without a part a CANCEL may have met lines of several. One with a quantity must take back the whole. */
static void put_unknown_target(struct text *t, const struct dossier *d, const struct reason *r)
{
    const struct line *l = d->line;
    struct slice standing = reason_argument_of(r, SLICE("standing"));
    if (standing.size) {
        PUT(t, " It was replaced already: ");
        if (!line_names_put(t, standing)) text_put(t, standing);
        PUT(t, " has its place, and is the line to name.");
    } else if (l->kind == KIND_CANCEL && l->qty_milli) {
        PUT(t, " No such line is in force, or the quantity is not all of it: a CANCEL needs none.");
    } else if (l->original_line_ref.size) {
        PUT(t, " It is no line_id of a line that can be taken back; claimctl lines list --json tells them.");
    } else if (l->original_invoice_no.size) {
        PUT(t, " No line is on file of ");
        put_named_line(t, d);
        if (!part_of(d).size) PUT(t, ", or lines of several parts are: name the part");
        PUT(t, "; original_line_ref names any line by its line_id.");
    }
}

static void put_invalid_field(struct text *t, const struct dossier *d, const struct reason *r)
{
    struct slice earliest = reason_argument_of(r, SLICE("earliest")), field = reason_argument_of(r, SLICE("field"));
    if (d->line->kind == KIND_RERATE) PUT(t, " It is not built yet: send a REVERSE, and the lines anew.");
    if (d->line->kind == KIND_SETTLEMENT && slice_equal(field, SLICE("currency")))
        PUT(t, " A settlement has the currency of its payout.");
    if (slice_equal(field, SLICE("program_id")))
        PUT(t, " No program on file has that id, or it is none that such a line can be for.");
    if (d->line->kind == KIND_CANCEL)
        PUT(t, " A CANCEL takes back a whole line, and needs no quantity; of a part send a return.");
    if (earliest.size == 0) return;
    PUT(t, " It is too early: send it from ");
    text_put(t, earliest);
    PUT(t, " on.");
}

/* " on 2026-04-08; the last on file is of 2026-03-01, and older than fx_max_age_days lets it be" */
static void put_stale_rate(struct text *t, const struct reason *r)
{
    struct slice date = reason_argument_of(r, SLICE("date")), last = reason_argument_of(r, SLICE("last")),
                 ended = reason_argument_of(r, SLICE("ended"));
    if (date.size) PUT(t, " on ");
    text_put(t, date);
    if (last.size) PUT(t, "; the last on file is of ");
    text_put(t, last);
    if (ended.size) PUT(t, " and ended on ");
    text_put(t, ended);
    if (last.size && !ended.size) PUT(t, ", older than fx_max_age_days lets it be");
}

/* Waiting for `fx:default/GBP/USD`. */
static void put_awaited_rate(struct text *t, const struct dossier *d, const struct reason *r)
{
    const struct judgement *j = dossier_standing(d);
    struct slice on = j ? j->waiting.on : (struct slice){ 0 };
    if (!slice_starts_with(on, SLICE(WAIT_FX))) return;
    on = slice_skip(on, sizeof WAIT_FX - 1);
    size_t table = slice_find(on, '/');
    struct slice pair = slice_skip(on, table + 1);
    size_t from = slice_find(pair, '/');
    PUT(t, " It is the rate from ");
    text_put(t, slice_head(pair, from));
    PUT(t, " to ");
    text_put(t, slice_skip(pair, from + 1));
    PUT(t, " of table ");
    text_put(t, slice_head(on, table));
    put_stale_rate(t, r);
    PUT(t, ".");
}

/* A sender's mistake looks like a partner who is still to come, so the id that was looked for is said. */
static void put_unknown_partner(struct text *t, const struct dossier *d, const struct reason *r)
{
    (void)r;
    PUT(t, " No partner ");
    text_put(t, d->line->partner_id);
    PUT(t, " is on file.");
}

/* A unit that came back, was sold again, and whose return is cancelled; terms that are gone; a claimant's own word. */
static void put_conflict(struct text *t, const struct dossier *d, const struct reason *r)
{
    struct slice serial = reason_argument_of(r, SLICE("serial")), program = reason_argument_of(r, SLICE("program"));
    struct slice what = reason_argument_of(r, SLICE("what"));
    (void)d;
    if (slice_equal(what, SLICE("adjustments")))
        PUT(t, " Some of the units are in stock by the claimant's own STOCK_ADJUST.");
    if (slice_equal(what, SLICE("direct_ship")))
        PUT(t, " So many units are in stock only as the claimant says that the vendor shipped others (direct_ship).");
    if (program.size) {
        PUT(t, " Program ");
        text_put(t, program);
        PUT(t, " has no terms for that date any more; nothing is taken back until it has.");
    }
    if (serial.size == 0) return;
    PUT(t, " Serial ");
    text_put(t, serial);
    PUT(t, " was claimed again since it came back.");
}

/* What was refused comes again under the next number, which the rule was held against; what stands is changed. */
static void put_repetition(struct text *t, const struct dossier *d, const struct reason *r)
{
    const struct judgement *j = d->clearance ? &d->clearance->judgement : NULL;
    (void)r;
    for (unsigned i = 0; j && i < j->rule_result_count; i++) {
        const struct rule_result *result = &j->rule_results[i];
        if (result->reason != REASON_DUPLICATE || result->value != TRUTH_TRUE) continue;
        if (slice_equal(result->observed.text, SLICE("of another amount"))) {
            PUT(t, " It says another amount: a REPLACE that names the line on file changes it.");
        } else if (slice_equal(result->observed.text, SLICE("of a refused line"))) {
            PUT(t, " That was refused: once it is right, send it again with submission_no ");
            text_put_int(t, result->limit.value);
            PUT(t, ".");
        }
        return;
    }
}

/* Also of an agreement, which is no claim. */
static void put_unknown_program(struct text *t, const struct dossier *d, const struct reason *r)
{
    (void)r;
    if (!d->line->program_id.size) return;
    PUT(t, " It names program ");
    text_put(t, d->line->program_id);
    PUT(t, ", which is not in force.");
}

/* Its number says that it was sent before, and nothing was found of that (domain.md 3.3). */
static void put_first_submission(struct text *t, const struct dossier *d, const struct reason *r)
{
    const struct line *l = d->line;
    (void)r;
    if (l->submission_no < 2 || !d->clearance || d->clearance->resubmits_line_id.size) return;
    PUT(t, " It calls itself submission ");
    text_put_int(t, l->submission_no);
    PUT(t, ", but none before it is on file");
    if (l->claim_id.size) PUT(t, " of claim ");
    text_put(t, l->claim_id);
    if (l->claim_line.size) PUT(t, " line ");
    text_put(t, l->claim_line);
    PUT(t, ": name that one in original_line_ref.");
}

void advice_put(struct text *t, const struct dossier *d, const struct reason *r)
{
    static const struct {
        enum reason_code code;
        void (*put)(struct text *, const struct dossier *, const struct reason *);
    } advices[] = {
        { REASON_FIELD_MISSING, put_missing_member },
        { REASON_FIELD_INVALID, put_invalid_field },
        { REASON_TARGET_UNKNOWN, put_unknown_target },
        { REASON_RETURN_UNMATCHED, put_unmatched_return },
        { REASON_FX_RATE_MISSING, put_awaited_rate },
        { REASON_PARTNER_UNKNOWN, put_unknown_partner },
        { REASON_DATA_CONFLICT, put_conflict },
        { REASON_DUPLICATE, put_repetition },
        { REASON_NEAR_DUPLICATE, put_first_submission },
        { REASON_CLAIM_ID_REUSED, put_first_submission },
        { REASON_DUPLICATE_TRANSACTION, put_first_submission },
        { REASON_PROGRAM_NOT_FOUND, put_unknown_program },
    };
    if (!d->line) return;
    for (unsigned i = 0; i < sizeof advices / sizeof advices[0]; i++)
        if (advices[i].code == r->code) advices[i].put(t, d, r);
}
