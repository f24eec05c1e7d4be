/* claimctl/money_moved.c: sums of two runs. */
#include "claimctl/money_moved.h"

#include "base/assert.h"
#include "base/hash.h"
#include "domain/currency.h"

struct moved_sum {
    struct slice      partner_id, program_id, ledger, currency;
    __int128          minor[2];
    struct moved_sum *next;
};

/* In order of partner, program, ledger, currency. */
static int compare(const struct moved_sum *s, const struct payout *p)
{
    int order = slice_compare(s->partner_id, p->partner_id);
    if (!order) order = slice_compare(s->program_id, p->program_id);
    if (!order) order = slice_compare(s->ledger, p->ledger);
    return order ? order : slice_compare(s->currency, p->currency);
}

static struct moved_sum *sum_of(struct money_moved *m, const struct payout *p)
{
    struct moved_sum **at = &m->first;
    while (*at && compare(*at, p) < 0) at = &(*at)->next;
    if (*at && compare(*at, p) == 0) return *at;
    struct moved_sum *s = ARENA_NEW(m->arena, struct moved_sum);
    *s = (struct moved_sum){
        .partner_id = slice_copy(m->arena, p->partner_id), .program_id = slice_copy(m->arena, p->program_id),
        .ledger = slice_copy(m->arena, p->ledger), .currency = slice_copy(m->arena, p->currency), .next = *at,
    };
    return *at = s;
}

void money_moved_add(struct money_moved *m, unsigned side, const struct payout *p)
{
    ASSERT(side < 2);
    sum_of(m, p)->minor[side] += p->amount_minor;
}

static void print_minor(struct output *out, __int128 minor, struct slice currency, bool with_sign)
{
    char buffer[64];
    struct text t = text_over(buffer, sizeof buffer);
    if (with_sign && minor > 0) text_put_byte(&t, '+');
    money_put(&t, (int64_t)minor, currency);
    output_print(out, "\t%.*s", SLICE_ARGS(text_slice(&t)));
}

unsigned money_moved_print(const struct money_moved *m, struct output *out)
{
    output_print(out, "PARTNER\tPROGRAM\tLEDGER\tNOW\tTHEN\tDIFFERENCE\tCURRENCY\n");
    return money_moved_print_rows(m, out);
}

unsigned money_moved_print_rows(const struct money_moved *m, struct output *out)
{
    unsigned sums = 0;
    for (const struct moved_sum *s = m->first; s; s = s->next) {
        if (s->minor[0] == s->minor[1]) continue;
        output_print(out, "%.*s\t%.*s\t%.*s", SLICE_ARGS(s->partner_id), SLICE_ARGS(s->program_id),
                     SLICE_ARGS(s->ledger));
        print_minor(out, s->minor[0], s->currency, false);
        print_minor(out, s->minor[1], s->currency, false);
        print_minor(out, s->minor[1] - s->minor[0], s->currency, true);
        output_print(out, "\t%.*s\n", SLICE_ARGS(s->currency));
        sums++;
    }
    return sums;
}

void line_end_add(struct line_end *end, const struct payout *p)
{
    char buffer[512];
    struct text t = text_over(buffer, sizeof buffer);
    uint64_t number;
    const struct slice parts[] = { p->partner_id, p->program_id, p->ledger, p->currency };
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text_put(&t, parts[i]);
        text_put_byte(&t, '\0');
    }
    text_put_int(&t, p->amount_minor);
    ASSERT(!t.full);
    struct hash128 hash = hash_bytes(text_slice(&t));
    memcpy(&number, hash.bytes, sizeof number);
    end->entries += number;
}

void ends_compare(struct ends_compared *c, const struct line_end *now, const struct line_end *then)
{
    c->lines++;
    c->otherwise += now->outcome != then->outcome;
    c->money += now->entries != then->entries;
}

void ends_say(const struct ends_compared *c, const char *which, unsigned sums)
{
    fprintf(stderr, "%u line%s %s, %u of them end%s otherwise, %u move%s money, %u sum%s of money differ%s\n", c->lines,
            plural(c->lines), which, c->otherwise, c->otherwise == 1 ? "s" : "", c->money, c->money == 1 ? "s" : "",
            sums, plural(sums), sums == 1 ? "s" : "");
}
