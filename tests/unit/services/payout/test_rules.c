/* tests/unit/services/payout/test_rules.c: which rule spoke by which reason (screening.md 1.3, 9). */
#include "payout/rules.h"

#include "payout/stage.h"
#include "support/table.h"

static struct slice after_colon(struct slice *word)
{
    struct slice rest = *word, name = slice_cut(&rest, ':');
    *word = name;
    return rest;
}

/* "AUTH_CLOSED CAP_REACHED:SHORT": reasons with the outcome that was given, else their own. */
static unsigned reasons_of(struct slice text, struct reason *reasons)
{
    unsigned count = 0;
    while (text.size) {
        struct slice word = slice_cut(&text, ' '), outcome = after_colon(&word);
        enum reason_code code = reason_find(word);
        reasons[count++] = (struct reason){
            .code = code,
            .outcome = outcome.size ? (enum outcome)word_find(VOCABULARY_OUTCOME, outcome) : reason_outcome(code) };
    }
    return count;
}

static struct slice notes_of(const struct judgement *j)
{
    struct text t = text_in(test_arena(), 400);
    for (unsigned i = 0; i < j->rule_result_count; i++) {
        const struct rule_result *r = &j->rule_results[i];
        if (i) text_put_byte(&t, ' ');
        text_put_int(&t, r->number);
        text_put_byte(&t, ':');
        if (r->value != TRUTH_TRUE) text_put(&t, word_text(VOCABULARY_TRUTH, r->value));
        if (r->value != TRUTH_TRUE) text_put_byte(&t, ':');
        text_put(&t, reason_name(r->reason));
    }
    return text_slice(&t);
}

TEST(each_rule_is_noted_once_with_the_first_reason_of_its_list_wherever_that_was_given)
{
    struct table t = TABLE(
        "kind         line                      first               second       | notes",
        "DEAL_CLAIM   INVOICE_OVERCLAIMED       -                   -            | 104:INVOICE_OVERCLAIMED",
        "DEAL_CLAIM   AUTH_ON_HOLD              -                   -            | 501:AUTH_ON_HOLD",
        "DEAL_CLAIM   AUTH_ON_HOLD AUTH_CLOSED  -                   -            | 501:AUTH_CLOSED",
        "DEAL_CLAIM   QTY_EXCEEDED:REJECT       -                   -            | 505:QTY_EXCEEDED",
        "POS_SALE     -                         AUTH_CLOSED         -            | 501:AUTH_CLOSED",
        "POS_SALE     -                         -                   AUTH_CLOSED  | 501:AUTH_CLOSED",
        "POS_SALE     -                         AUTH_ON_HOLD        AUTH_CLOSED  | 501:AUTH_CLOSED",
        "POS_SALE     AUTH_ON_HOLD              LATE_CLAIM          AUTH_ON_HOLD | 501:AUTH_ON_HOLD 503:LATE_CLAIM",
        "POS_SALE     DATA_CONFLICT             -                   -            | 1801:FAULT:DATA_CONFLICT",
        "POS_SALE     NUMBER_OVERFLOW           -                   -            | 1801:FAULT:NUMBER_OVERFLOW",
        "POS_RETURN   WAITING_FOR_TARGET        -                   -            | 1801:WAIT:WAITING_FOR_TARGET",
        "TRANSFER_IN  REFERENCE_BEHIND          -                   -            | 1801:WAIT:REFERENCE_BEHIND",
        "MDF_CLAIM    AUTH_CLOSED               -                   -            | -",  /* not asked of it */
        "POS_SALE     NO_PROGRAM                STACKED_NET         -            | -",  /* no rule's */
        "DEAL_CLAIM   NOT_BELOW_COST            COST_BASIS_MISSING  -            | 403:NOT_BELOW_COST");
    while (table_next(&t)) {
        struct reason line[4], first[4], second[4];
        struct program_result programs[] = {
            { .reasons = first, .reason_count = reasons_of(cell(&t, "first"), first) },
            { .reasons = second, .reason_count = reasons_of(cell(&t, "second"), second) } };
        struct line l = { .kind = (enum kind)kind_find(cell(&t, "kind")) };
        struct dossier d = { .line = &l };
        struct verdict v;
        verdict_init(&v, test_arena(), NULL, payout_stage.section_bytes);
        struct payout_section *section = v.section;
        section->programs = programs;
        section->program_count = 2;
        v.judgement->reasons = line;
        v.judgement->reason_count = reasons_of(cell(&t, "line"), line);
        rules_note(&d, &v);
        CHECK_CELL(&t, "notes", notes_of(v.judgement));
    }
}
