/* claimctl/workings_text.c: recorded workings in words. */
#include "claimctl/workings_text.h"

#include "claimctl/sums.h"
#include "domain/decimal.h"
#include "domain/rounding.h"

enum { DIGITS_SHOWN = 6 };

/* Quantities stand in milli, stored percentages and rates in millionths; what is exact carries its divisor. */
struct rational figure_value(const struct figure *f)
{
    if (f->text.size) return RATIONAL_BAD;
    if (f->divisor > 1) return rational_make(f->value, f->divisor);
    if (slice_equal(f->unit, SLICE("milli"))) return rational_of_milli(f->value);
    if (slice_equal(f->unit, SLICE("percent_micros")) || slice_equal(f->unit, SLICE("micros")))
        return rational_of_micros(f->value);
    return rational_of(f->value);
}

void rational_put(struct text *t, struct rational x)
{
    struct rational scaled = rational_mul(x, rational_of(1000000));
    if (rational_is_bad(scaled)) {
        PUT(t, "?");
        return;
    }
    __int128 shown = round_quotient(scaled.num, scaled.den, ROUNDING_DOWN);
    decimal_put(t, (int64_t)shown, DIGITS_SHOWN);
    if (scaled.num % scaled.den) PUT(t, "…");
}

void rational_put_price(struct text *t, struct rational x)
{
    struct rational cents = rational_mul(x, rational_of(100));
    if (rational_is_bad(cents) || cents.num % cents.den) rational_put(t, x);
    else decimal_put_fixed(t, (int64_t)(cents.num / cents.den), 2);
}

void figure_put(struct text *t, const struct figure *f)
{
    if (f->text.size) {
        text_put(t, f->text);
        return;
    }
    struct slice currency = f->unit, unit = slice_cut(&currency, ':');
    if (slice_equal(unit, SLICE("minor")) && currency.size && f->divisor <= 1) sum_put_money(t, f->value, currency);
    else if (word_find(VOCABULARY_ROUNDING, f->unit)) text_put(t, f->unit);
    else rational_put(t, figure_value(f));
}

void step_put(struct text *t, const struct step *s)
{
    text_put(t, s->rule);
    for (unsigned i = 0; i < s->input_count; i++) {
        text_put(t, i ? SLICE(", ") : SLICE("  "));
        text_put(t, s->inputs[i].name);
        text_put_byte(t, ' ');
        figure_put(t, &s->inputs[i]);
    }
    if (s->result.name.size == 0) return;
    PUT(t, " gives ");
    text_put(t, s->result.name);
    text_put_byte(t, ' ');
    figure_put(t, &s->result);
}

const struct step *step_find(const struct program_result *p, struct slice rule)
{
    for (unsigned i = 0; i < p->working_count; i++) {
        struct slice name = p->workings[i].rule;
        if (!slice_starts_with(name, rule)) continue;
        if (name.size == rule.size || name.bytes[rule.size] == ' ') return &p->workings[i];
    }
    return NULL;
}

const struct figure *step_input(const struct step *s, struct slice name)
{
    for (unsigned i = 0; s && i < s->input_count; i++)
        if (slice_equal(s->inputs[i].name, name)) return &s->inputs[i];
    return NULL;
}
