/* claimctl/holding.c: the acts of people on what waits, as far as they still count. */
#include "claimctl/holding.h"

#include "domain/waiting.h"
#include "wire/dossier_codec.h"

static const struct slice state_words[] = {
    [HOLDING_OPEN] = SLICE_INIT("OPEN"),         [HOLDING_TAKEN] = SLICE_INIT("TAKEN"),
    [HOLDING_ASKED] = SLICE_INIT("ASKED"),       [HOLDING_ANSWERED] = SLICE_INIT("ANSWERED"),
    [HOLDING_PROPOSED] = SLICE_INIT("PROPOSED"), [HOLDING_WAITS] = SLICE_INIT("WAITS"),
    [HOLDING_AT_RISK] = SLICE_INIT("AT_RISK"),
};

enum stage_id holding_stage(const struct dossier *d, enum section *section)
{
    if (d->payout) return *section = SECTION_PAYOUT, STAGE_PAYOUT;
    if (d->clearance) return *section = SECTION_CLEARANCE, STAGE_COMPLIANCE;
    return *section = SECTION_CLASSIFICATION, STAGE_CLASSIFICATION;
}

struct holding holding_of(const struct dossier *d, instant_ms now_unix_ms)
{
    enum section section;
    enum stage_id stage = holding_stage(d, &section);
    const struct judgement *j = dossier_judgement(d, section);
    struct review_object o = {
        .dossier = d, .stage = stage, .judgement = j, .hash = dossier_section_hash(d->bytes, section)
    };
    struct holding h = { .taker = review_taker(d, stage, now_unix_ms), .proposal = review_proposal(&o),
                         .question = review_question(d, stage) };
    if (h.question.asked) h.state = h.question.answered ? HOLDING_ANSWERED : HOLDING_ASKED;
    if (j && j->outcome == OUTCOME_PARK) h.state = waiting_is_at_risk(j, now_unix_ms) ? HOLDING_AT_RISK : HOLDING_WAITS;
    if (h.taker) h.state = HOLDING_TAKEN;
    if (h.proposal) h.state = HOLDING_PROPOSED;
    return h;
}

void holding_put_text(struct text *t, const struct holding *h)
{
    const struct review *const by_state[HOLDING_AT_RISK + 1] = {
        [HOLDING_ASKED] = h->question.asked, [HOLDING_ANSWERED] = h->question.answered,
        [HOLDING_TAKEN] = h->taker,          [HOLDING_PROPOSED] = h->proposal,
    };
    const struct review *by = by_state[h->state];
    text_put(t, state_words[h->state]);
    if (!by) return;
    if (h->state == HOLDING_PROPOSED) {
        text_put_byte(t, ' ');
        text_put(t, word_text(VOCABULARY_VERB, by->verb));
    }
    PUT(t, " by ");
    text_put(t, by->actor_id);
    PUT(t, " since ");
    instant_put(t, by->at_unix_ms);
}

static void put_said(struct text *t, struct slice did, const struct review *r)
{
    if (!r) return;
    PUT(t, "  ");
    text_put(t, did);
    PUT(t, " by ");
    text_put(t, r->actor_id);
    text_put_byte(t, ' ');
    instant_put(t, r->at_unix_ms);
    PUT(t, ": ");
    text_put(t, r->note);
    if (r->pivot.size) PUT(t, " (");
    text_put(t, r->pivot);
    if (r->pivot.size) PUT(t, ")");
    text_put_byte(t, '\n');
}

void holding_put_question(struct text *t, const struct review_question *q)
{
    put_said(t, SLICE("asked"), q->asked);
    put_said(t, SLICE("answered, noted"), q->answered);
}

static void put_talk(struct json *j, const struct review_question *q)
{
    if (q->asked) {
        json_text(j, "question", q->asked->note);
        json_text(j, "asked_by", q->asked->actor_id);
        json_instant(j, "asked_at", q->asked->at_unix_ms);
    }
    if (!q->answered) return;
    json_text(j, "answer", q->answered->note);
    json_text(j, "answer_noted_by", q->answered->actor_id);
    json_instant(j, "answered_at", q->answered->at_unix_ms);
}

static void put_act(struct json *j, const struct review *r)
{
    json_open_object(j);
    json_word(j, "act", VOCABULARY_ACT, r->act);
    json_word(j, "verb", VOCABULARY_VERB, r->verb);
    json_text(j, "actor_id", r->actor_id);
    json_instant(j, "at", r->at_unix_ms);
    json_word(j, "stage", VOCABULARY_STAGE, r->stage);
    json_text(j, "note", r->note);
    json_text(j, "pivot", r->pivot);
    json_close_object(j);
}

void holding_put_members(struct json *j, const struct dossier *d, const struct holding *h)
{
    json_text(j, "state", state_words[h->state]);
    if (h->taker) {
        json_text(j, "taken_by", h->taker->actor_id);
        json_instant(j, "taken_at", h->taker->at_unix_ms);
        json_instant(j, "taken_until", h->taker->until_unix_ms);
    }
    if (h->proposal) json_text(j, "proposed_by", h->proposal->actor_id);
    put_talk(j, &h->question);
    if (!d->review_count) return;
    json_name(j, SLICE("acts"));
    json_open_array(j);
    for (unsigned i = 0; i < d->review_count; i++) put_act(j, &d->reviews[i]);
    json_close_array(j);
}
