/* intake/tally.c: money and control figures of a document. */
#include "intake/tally.h"

#include "domain/claim_value.h"
#include "domain/currency.h"
#include "domain/decimal.h"

enum { CONTROL_SCALE = 6, CONTROL_UNIT = 1000000, CONTROL_PER_MILLI = 1000, EXPONENT_USUAL = 2 };

static struct intake_total *total_of(struct tally *t, struct arena *a, struct slice currency)
{
    for (unsigned k = 0; k < t->total_count; k++)
        if (slice_equal(t->totals[k].currency, currency)) return &t->totals[k];
    if (t->total_count == INTAKE_TOTALS_MAX) return NULL;
    t->totals[t->total_count] = (struct intake_total){ .currency = slice_copy(a, currency) };
    return &t->totals[t->total_count++];
}

bool tally_claimed(const struct line *line, bool is_refused, int64_t *claimed_minor)
{
    *claimed_minor = 0;
    if (!line || slice_is_empty(line->currency)) return false;
    if (!is_refused || line->qty_milli != 0 || !line->has_claimed_amount_minor)
        return claim_value_stated(line, claimed_minor);
    struct line by_amount = *line;                  /* without a quantity the claim per unit says nothing against it */
    by_amount.has_claimed_debit_unit_micros = false;
    return claim_value_stated(&by_amount, claimed_minor);
}

static void add_money(struct tally *t, struct arena *a, const struct line *line, bool is_refused)
{
    int64_t claimed;
    if (!tally_claimed(line, is_refused, &claimed)) return;
    struct intake_total *total = total_of(t, a, line->currency);
    if (!total) return;
    total->claimed_minor += claimed;
    *(is_refused ? &total->rejected_minor : &total->passed_minor) += claimed;
}

static void add_control(struct tally *t, const struct line *line)
{
    t->qty_milli += line->qty_milli;
    if (!line->has_claimed_amount_minor) return;
    const struct currency *c = currency_find(line->currency);
    __int128 micros = line->claimed_amount_minor;
    for (unsigned k = c ? c->exponent : EXPONENT_USUAL; k < CONTROL_SCALE; k++) micros *= 10;
    t->amount_micros += micros;
}

void tally_line(struct tally *t, struct arena *a, const struct line *line, bool is_refused)
{
    t->lines++;
    if (!line) return;
    add_control(t, line);
    add_money(t, a, line, is_refused);
}

static void compare(struct reader *r, struct slice field, struct slice said, __int128 counted_micros)
{
    int64_t value;
    if (slice_is_empty(said)) return;
    if (decimal_parse(said, CONTROL_SCALE, DECIMAL_EXCESS_REFUSE, &value, NULL) == OK && value == counted_micros)
        return;
    struct text t = text_in(r->arena, 48);
    if (counted_micros == (int64_t)counted_micros) decimal_put(&t, (int64_t)counted_micros, CONTROL_SCALE);
    else text_put_int(&t, (int64_t)(counted_micros / CONTROL_UNIT));   /* 10^12 and more: in whole units */
    struct issue *issue = reader_add_strict(r, ISSUE_CONTROL_DIFFERS, 0);
    issue->field = field;
    issue->value = said;
    issue_argument(issue, SLICE("counted"), text_slice(&t));
}

void tally_compare(const struct tally *t, struct reader *r)
{
    const struct document_header *h = &r->header;
    compare(r, SLICE("lines"), h->control_lines, (__int128)t->lines * CONTROL_UNIT);
    compare(r, SLICE("qty"), h->control_qty, t->qty_milli * CONTROL_PER_MILLI);
    compare(r, SLICE("claimed_amount"), h->control_amount, t->amount_micros);
}
