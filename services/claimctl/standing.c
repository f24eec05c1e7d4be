/* claimctl/standing.c: where a line stands. */
#include "claimctl/standing.h"

#include "base/assert.h"
#include "domain/claim_value.h"
#include "domain/verdict.h"

enum kind standing_kind(const struct line *l)
{
    return l->kind == KIND_REPLACE && l->replaces_kind ? l->replaces_kind : l->kind;
}

void standing_add_reason(struct reason reasons[static STANDING_REASONS_MAX], unsigned *count, struct reason given,
                         bool in_order)
{
    unsigned at = *count;
    for (unsigned i = 0; i < *count; i++)
        if (reasons[i].code == given.code) return;
    ASSERT(*count < STANDING_REASONS_MAX);
    for (; !in_order && at > 0 && reason_order(&reasons[at - 1], &given) > 0; at--) reasons[at] = reasons[at - 1];
    reasons[at] = given;
    ++*count;
}

/* No reason is stronger than what its stage decided. What is stronger than the line's outcome is not in force. */
static void add_judgement(struct standing *s, const struct judgement *j)
{
    bool in_order = s->reason_count == 0, is_in_force = j && !outcome_is_stronger(j->outcome, s->outcome);
    for (unsigned i = 0; is_in_force && i < j->reason_count; i++) {
        struct reason given = j->reasons[i];
        if (outcome_is_stronger(given.outcome, j->outcome)) given.outcome = j->outcome;
        standing_add_reason(s->reasons, &s->reason_count, given, in_order);
    }
}

/* Reasons that intake gives (SIGN_FIXED …) travel as numbers among the warnings of the receipt. */
static void add_receipt(struct standing *s, const struct receipt *r)
{
    for (unsigned i = 0; r && i < r->warning_count; i++) {
        if (!reason_is_known(r->warnings[i])) continue;
        struct reason given = { .code = (enum reason_code)r->warnings[i],
                                .outcome = reason_outcome((enum reason_code)r->warnings[i]) };
        standing_add_reason(s->reasons, &s->reason_count, given, false);
    }
}

/* A withdrawn line shows WITHDRAWN alone; an automatic line that payout holds or parks shows what it waits for
 * (domain.md 11), a claim all that its steps found (domain.md 7). */
static void keep_what_explains(struct standing *s)
{
    const struct line *line = s->dossier->line;
    bool is_claim = line && kind_incentive(standing_kind(line)) != INCENTIVE_UNSPECIFIED, withdrawn = false;
    bool waits = s->stage == STAGE_PAYOUT && !is_claim && (s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK);
    unsigned kept = 0;
    for (unsigned i = 0; i < s->reason_count; i++) withdrawn |= s->reasons[i].code == REASON_WITHDRAWN;
    for (unsigned i = 0; i < s->reason_count; i++) {
        bool holds = s->reasons[i].outcome == OUTCOME_HOLD || s->reasons[i].outcome == OUTCOME_PARK;
        if (withdrawn ? s->reasons[i].code == REASON_WITHDRAWN : !waits || holds) s->reasons[kept++] = s->reasons[i];
    }
    s->reason_count = kept;
}

static const struct program *terms_of(const struct catalogue *c, const struct program_result *p)
{
    const struct program_history *h = c ? catalogue_program(c, p->program_id) : NULL;
    const struct program *version = h ? program_version(h, p->program_version) : NULL;
    return version || !h ? version : program_version_highest(h);
}

/* The program that the claim asked for: of a REPLACE the result of its new content, which stands after its cancel.
 * Without a catalogue (a finished run on disk) it is the one that saw the claim. */
static const struct program_result *find_target(const struct dossier *d, const struct catalogue *c)
{
    enum incentive wanted = kind_incentive(standing_kind(d->line));
    const struct program_result *target = NULL;
    for (unsigned i = 0; wanted && d->payout && i < d->payout->program_count; i++) {
        const struct program_result *p = &d->payout->programs[i];
        const struct program *terms = terms_of(c, p);
        if (c ? terms && terms->incentive == wanted : p->claim_minor || p->paid_minor || p->refused_minor) target = p;
    }
    return target;
}

static struct slice program_currency(const struct standing *s, const struct catalogue *c)
{
    const struct program *terms = terms_of(c, s->target);
    const struct payout_section *p = s->dossier->payout;
    if (terms) return terms->currency;
    for (unsigned i = 0; i < p->entry_count; i++)
        if (slice_equal(p->entries[i].program_id, s->target->program_id)) return p->entries[i].program_currency;
    return s->dossier->line->currency;
}

/* Decided or waiting, a claim that states nothing and earned nothing claims 0 (domain.md 9, 1); one that is taken back
 * is a correction, which asks for nothing. */
static bool is_claim(const struct standing *s)
{
    const struct line *l = s->dossier->line;
    return s->outcome != OUTCOME_DEAD && kind_is_claim(standing_kind(l)) && l->qty_milli >= 0;
}

/* Whether its steps came to the claim (R7), which needs a rate: in the program's currency it may be less than a minor
 * unit. */
static bool saw_the_claim(const struct program_result *t)
{
    bool seen = t->claim_minor || t->paid_minor || t->refused_minor;
    for (unsigned i = 0; !seen && i < t->working_count; i++) seen = slice_equal(t->workings[i].rule, SLICE("R7"));
    return seen;
}

/* Claimed as the program saw it, which is what it earns where the line states nothing (R7); before a program was asked,
 * as the line stated it (first-hour.md 8). Of a claim that waits all is outstanding. */
static void read_money(struct standing *s, const struct catalogue *c)
{
    const struct line *l = s->dossier->line;
    bool waits = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    (void)claim_value_stated(l, &s->claimed_minor);
    if (s->target && saw_the_claim(s->target)) {
        s->claimed_minor = s->target->claim_minor;
        s->paid_minor = s->target->paid_minor;
        s->refused_minor = waits ? s->claimed_minor : s->target->refused_minor;
        s->currency = program_currency(s, c);
        return;
    }
    s->refused_minor = s->claimed_minor;
    bool is_of_program = s->target && (!s->claimed_minor || !l->currency.size);
    s->currency = is_of_program ? program_currency(s, c) : l->currency;
}

void standing_read(const struct dossier *d, const struct catalogue *c, struct standing *s)
{
    const struct judgement *j = dossier_standing(d);
    memset(s, 0, offsetof(struct standing, reasons));       /* the list is long, and its count speaks */
    s->dossier = d;
    s->stage = STAGE_INTAKE;
    s->outcome = j ? j->outcome : OUTCOME_UNSPECIFIED;
    if (d->classification) s->stage = STAGE_CLASSIFICATION;
    if (d->clearance) s->stage = STAGE_COMPLIANCE;
    if (d->payout) s->stage = STAGE_PAYOUT;
    for (enum section section = SECTION_COUNT; section-- > SECTION_CLASSIFICATION;)
        add_judgement(s, dossier_judgement(d, section));
    add_receipt(s, d->receipt);
    keep_what_explains(s);
    if (!d->line) return;
    s->target = find_target(d, c);
    s->has_claim = is_claim(s);
    if (s->has_claim) read_money(s, c);
}
