/* claimctl/explain_event.c: what became of lines of stock, periods and settlements. */
#include "claimctl/explain_event.h"

#include "domain/calendar.h"
#include "domain/currency.h"

enum { NAMED_SHOWN_MAX = 4 };

static void put_with(struct text *t, struct slice words, struct slice value)
{
    if (slice_is_empty(value)) return;
    text_put(t, words);
    text_put(t, value);
}

static void put_day(struct text *t, struct slice words, int32_t date)
{
    if (!date) return;
    text_put(t, words);
    date_put(t, date);
}

/* " of 840.00 USD to D-PIN (audit of Q1)", " of payout 4eb4…, 1a2b… (audit of Q1)": what two people sign. */
static void put_manual(struct text *t, const struct line *l)
{
    const struct texts *named = l->payout_ids.count ? &l->payout_ids : &l->line_refs;
    if (l->amount_minor) {
        PUT(t, " of ");
        money_put(t, l->amount_minor, l->currency);
        put_with(t, SLICE(" "), l->currency);
        put_with(t, SLICE(" to "), l->payee_id.size ? l->payee_id : l->partner_id);
    }
    for (unsigned i = 0; i < named->count && i < NAMED_SHOWN_MAX; i++)
        put_with(t, i ? SLICE(", ") : named == &l->payout_ids ? SLICE(" of payout ") : SLICE(" of line "),
                 named->items[i]);
    if (named->count > NAMED_SHOWN_MAX) PUT(t, " and more");
    if (!l->reason_text.size) return;
    put_with(t, SLICE(" ("), l->reason_text);
    text_put_byte(t, ')');
}

void explain_event_put_name(struct text *t, const struct line *l)
{
    if (l->kind == KIND_ADJUSTMENT || l->kind == KIND_REVERSE) {
        put_manual(t, l);
        return;
    }
    if (l->kind != KIND_PERIOD_CLOSE && l->kind != KIND_FUND_ADJUSTMENT) return;
    if (l->close) put_with(t, SLICE(" "), word_text(VOCABULARY_CLOSE, l->close));
    put_with(t, SLICE(" of "), l->program_id);
    put_with(t, SLICE(" "), l->period_label);
}

static bool put_stock(struct text *t, const struct line *l)
{
    switch (l->kind) {
    case KIND_TRANSFER_OUT: put_with(t, SLICE(" leaves "), l->location_id); break;
    case KIND_TRANSFER_IN: put_with(t, SLICE(" arrives at "), l->location_id); break;
    case KIND_STOCK_ADJUST:
        PUT(t, " corrects the stock");
        put_with(t, SLICE(" of "), l->location_id);
        break;
    case KIND_INVENTORY:
        PUT(t, " is on hand");
        put_with(t, SLICE(" at "), l->location_id);
        put_day(t, SLICE(" on "), l->snapshot_date);
        PUT(t, "; stock that is counted earns nothing");
        return true;
    default: return false;
    }
    put_with(t, SLICE(" under order "), l->order_no);
    PUT(t, "; stock that moves earns nothing");
    return true;
}

/* " settles 17.50 USD of payout 4eb4… (SD-26), paid on 2026-04-20 as SEPA-4711" */
static bool put_settled(struct text *t, const struct line *l, const struct payout_section *p)
{
    if (!p || p->entry_count == 0) return false;
    for (unsigned i = 0; i < p->entry_count; i++) {
        const struct payout *e = &p->entries[i];
        text_put(t, i ? SLICE(", ") : SLICE(" settles "));
        money_put(t, e->amount_minor, e->currency);
        put_with(t, SLICE(" "), e->currency);
        put_with(t, SLICE(" of payout "), e->reverses_payout_id.size ? e->reverses_payout_id
                                          : l->payout_ids.count     ? l->payout_ids.items[0]
                                                                    : (struct slice){ 0 });
        put_with(t, SLICE(" ("), e->program_id);
        text_put_byte(t, ')');
    }
    put_day(t, SLICE(", paid on "), l->settled_date);
    put_with(t, SLICE(" as "), l->settled_reference);
    return true;
}

bool explain_event_put(struct text *t, const struct dossier *d)
{
    const struct line *l = d->line;
    if (put_stock(t, l)) return true;
    if (l->kind == KIND_SETTLEMENT) return put_settled(t, l, d->payout);
    if (l->kind != KIND_PERIOD_CLOSE || (d->payout && d->payout->entry_count)) return false;
    PUT(t, " moves no money");
    return true;
}
