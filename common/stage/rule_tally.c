/* stage/rule_tally.c: results one by one, and what was evaluated and FALSE by its bits. */
#include "stage/rule_tally.h"

#include "domain/claim_value.h"

_Static_assert(RULES_FALSE_BYTES % sizeof(uint64_t) == 0 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the bitmap is read in words");

static void add_stopped(struct rule_tally *t, enum rule_id rule, const char *currency, __int128 minor)
{
    unsigned i = 0;
    while (i < t->stopped_count
           && !(t->stopped[i].rule == rule && memcmp(t->stopped[i].currency, currency, 3) == 0))
        i++;
    if (i == RULE_TALLY_STOPPED_MAX) return;
    if (i == t->stopped_count) {
        t->stopped[t->stopped_count++] = (struct rule_stopped){ .rule = rule };
        memcpy(t->stopped[i].currency, currency, 3);
    }
    t->stopped[i].minor += minor;
}

static bool stops(const struct judgement *j)
{
    return j->outcome == OUTCOME_HOLD || j->outcome == OUTCOME_REJECT;
}

static void count_result(struct rule_tally *t, enum rule_id rule, const struct judgement *j,
                         const struct rule_result *r, const struct line *line)
{
    int64_t minor;
    bool is_enforced = r->mode == RULE_MODE_ENFORCE;
    (is_enforced ? t->enforced : t->shadowed)[rule][r->value]++;
    bool was_released = r->value == TRUTH_FALSE && r->evidence_count && r->evidence[0].kind == EVIDENCE_REVIEW;
    t->overturned[rule] += is_enforced && was_released;
    if (!is_enforced || r->value != TRUTH_TRUE || !stops(j) || !line || line->currency.size != 3) return;
    if (claim_value_stated(line, &minor)) add_stopped(t, rule, line->currency.bytes, minor);
}

/* The bit of a rule, as in a bitmap of bytes on a little-endian machine. */
static void clear_bit(uint64_t *words, unsigned bit)
{
    words[bit / 64] &= ~(1ull << bit % 64);
}

void rule_tally_count(struct rule_tally *t, const struct judgement *j, const struct line *line)
{
    uint64_t untold[RULES_FALSE_BYTES / sizeof(uint64_t)];  /* FALSE, and no result of its own says so */
    memcpy(untold, j->rules_false, sizeof untold);
    for (unsigned i = 0; i < j->rule_result_count; i++) {
        const struct rule_row *row = rule_by_number(j->rule_results[i].number);
        if (!row) continue;
        count_result(t, row->id, j, &j->rule_results[i], line);
        clear_bit(untold, row->id);
    }
    for (unsigned word = 0; word < sizeof untold / sizeof *untold; word++)
        for (uint64_t bits = untold[word]; bits; bits &= bits - 1) {
            unsigned rule = 64 * word + (unsigned)__builtin_ctzll(bits);
            if (rule < RULE_COUNT) t->enforced[rule][TRUTH_FALSE]++;
        }
}

void rule_tally_add(struct rule_tally *t, const struct rule_tally *more)
{
    for (unsigned r = 0; r < RULE_COUNT; r++) {
        for (unsigned v = 0; v < TRUTH_COUNT; v++) {
            t->enforced[r][v] += more->enforced[r][v];
            t->shadowed[r][v] += more->shadowed[r][v];
        }
        t->overturned[r] += more->overturned[r];
    }
    for (unsigned i = 0; i < more->stopped_count; i++)
        add_stopped(t, more->stopped[i].rule, more->stopped[i].currency, more->stopped[i].minor);
}
