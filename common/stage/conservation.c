/* stage/conservation.c: both sides of the law are counted at two different places of the loop. */
#include "stage/conservation.h"

#include "base/assert.h"
#include "domain/claim_value.h"

void conservation_init(struct conservation *c)
{
    c->in = 0;
    memset(c->out, 0, sizeof c->out);
    c->money_count = 0;                             /* rows are cleared when taken: most batches know one currency */
}

static struct conserved_money *money_of(struct conservation *c, const char *currency)
{
    for (unsigned i = 0; i < c->money_count; i++)
        if (memcmp(c->money[i].currency, currency, 3) == 0) return &c->money[i];
    ASSERT(c->money_count < CONSERVATION_CURRENCIES_MAX);       /* more than ISO 4217 has */
    struct conserved_money *money = &c->money[c->money_count++];
    *money = (struct conserved_money){ 0 };
    memcpy(money->currency, currency, 3);
    return money;
}

static struct conserved_money *claimed(struct conservation *c, const struct line *line, int64_t *minor)
{
    if (!line || !claim_value_stated(line, minor)) return NULL;
    ASSERT(line->currency.size == 3);
    return money_of(c, line->currency.bytes);
}

void conservation_take(struct conservation *c, const struct line *line)
{
    int64_t minor;
    struct conserved_money *money = claimed(c, line, &minor);
    c->in++;
    if (money) money->in_minor += minor;
}

void conservation_end(struct conservation *c, const struct line *line, enum outcome outcome)
{
    int64_t minor;
    struct conserved_money *money = claimed(c, line, &minor);
    ASSERT(outcome > OUTCOME_UNSPECIFIED && outcome < OUTCOME_COUNT);
    c->out[outcome]++;
    if (money) money->out_minor[outcome] += minor;
}

bool conservation_holds(const struct conservation *c)
{
    uint64_t out = 0;
    for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) out += c->out[o];
    if (out != c->in) return false;
    for (unsigned i = 0; i < c->money_count; i++) {
        __int128 sum = 0;
        for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) sum += c->money[i].out_minor[o];
        if (sum != c->money[i].in_minor) return false;
    }
    return true;
}

void conservation_add(struct conservation *total, const struct conservation *part)
{
    total->in += part->in;
    for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) total->out[o] += part->out[o];
    for (unsigned i = 0; i < part->money_count; i++) {
        struct conserved_money *money = money_of(total, part->money[i].currency);
        money->in_minor += part->money[i].in_minor;
        for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) money->out_minor[o] += part->money[i].out_minor[o];
    }
}
