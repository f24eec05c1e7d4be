/* intake/service_statuses.c: the follower's side: questions and documents that wait for what the stages after say. */
#include "intake/service_parts.h"

static void complete(struct intake_service *s, struct delivery *d, const struct service_reader *reader)
{
    struct delivery_question *q = &d->question;
    struct reply_standing *standing = ARENA_NEW(&d->arena, struct reply_standing);
    reader->fill(reader->context, &d->arena, q->id, standing);
    if (q->asked.kind == QUESTION_STATUS) {
        question_answer_status(d, standing);
        delivery_finish(d);
        return;
    }
    if (arena_open(&q->lines_arena, LINES_ARENA_BYTES, LINES_ARENA_RESERVE) == OK) {
        q->has_lines = true;
        atomic_fetch_add(&s->lines_open, 1);
        q->knows_lines = reader->lines(reader->context, &q->lines_arena, q->id, &q->lines);
    }
    q->decided = standing->decided;
    survey_queue_put(&s->to_survey, d);
}

static bool add_refusals(struct delivery *d, const uint8_t id[SHA256_BYTES], const struct service_reader *reader)
{
    struct arena a;
    struct standing_lines lines;
    if (arena_open(&a, LINES_ARENA_BYTES, LINES_ARENA_RESERVE) != OK) return false;
    bool is_known = reader->lines(reader->context, &a, id, &lines)
                    && standing_refusals_add(&d->reports.refusals, &lines) == OK;
    arena_close(&a);
    return is_known;
}

/* A document goes on once it is known what became of those that it is about. False: that cannot be read now. */
static bool know_refusals(struct intake_service *s, struct delivery *d, const struct service_reader *reader)
{
    struct delivery_reports *r = &d->reports;
    bool is_known = true;
    for (unsigned k = 0; k < r->document_count && is_known; k++) is_known = add_refusals(d, r->documents[k], reader);
    if (!is_known) {
        standing_refusals_free(&r->refusals);
        return false;
    }
    r->knows_refusals = true;
    queue_put(&s->to_engine, d);
    return true;
}

/* What is known of a million lines is large: no more of it lies in memory at once than threads write answers from
 * it. */
void service_answer_statuses(struct intake_service *s, const struct service_reader *reader)
{
    struct delivery *d = queue_take_all(&s->to_follower), *later = NULL, **last = &later;
    while (d) {
        struct delivery *next = d->next;
        d->next = NULL;
        bool is_status = d->question.asked.kind == QUESTION_STATUS,
             may_be_answered = is_status || atomic_load(&s->lines_open) < LINES_AT_ONCE_MAX,
             is_done = d->is_question ? may_be_answered : know_refusals(s, d, reader);
        if (is_done && d->is_question) complete(s, d, reader);
        if (!is_done) {
            *last = d;
            last = &d->next;
        }
        d = next;
    }
    queue_return(&s->to_follower, later);
}
