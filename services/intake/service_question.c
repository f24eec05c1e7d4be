/* intake/service_question.c: what is asked of documents, looked up by the engine in their rows. */
#include "intake/service_parts.h"

#include "base/assert.h"

static void adopt_row(struct delivery *d, const uint8_t *id, const struct intake_document *row)
{
    memcpy(d->question.id, id, SHA256_BYTES);
    d->question.row = *row;
    intake_document_keep(&d->arena, &d->question.row);
}

struct find { struct delivery *delivery; bool found; };

static enum err take_row(void *context, struct slice key, struct slice value)
{
    struct find *f = context;
    struct intake_document row;
    const struct question *q = &f->delivery->question.asked;
    if (f->found || key.size != SHA256_BYTES) return OK;
    TRY(table_intake_take_document(value, &row));
    if (!q->operates && !slice_equal(row.submitter_id, q->submitter_id)) return OK;     /* as if it were not there */
    adopt_row(f->delivery, (const uint8_t *)key.bytes, &row);
    f->found = true;
    return OK;
}

static bool find_document(struct intake_service *s, struct delivery *d)
{
    uint8_t prefix[REPLY_ID_HEX / 2];
    struct find f = { .delivery = d };
    int32_t *partition = &d->question.partition;
    if (!reply_read_id(d->question.asked.id, partition, prefix) || *partition >= s->partitions) return false;
    struct store *store = post_store_of(s->post, *partition);
    if (!store) return false;
    enum err e =
        store_scan(store, INTAKE_DOCUMENTS, slice_of((char *)prefix, sizeof prefix), (struct slice){ 0 }, take_row, &f);
    return e == OK && f.found;
}

/* Accepted, and nothing of it is in the register. */
static bool find_on_its_way(struct intake_service *s, struct delivery *d)
{
    uint8_t prefix[REPLY_ID_HEX / 2];
    const struct question *q = &d->question.asked;
    if (q->kind != QUESTION_STATUS || !reply_read_id(q->id, &d->question.partition, prefix)) return false;
    const struct delivery *found = orders_find(s, q->submitter_id, q->operates, prefix, sizeof prefix);
    if (!found) return false;
    struct intake_document row = delivery_row_on_its_way(found);
    adopt_row(d, delivery_first_id(found), &row);
    return true;
}

/* A document is ANSWERED when every line that was posted is decided. */
void question_answer_status(struct delivery *d, const struct reply_standing *standing)
{
    struct json_out j;
    json_out_open(&j);
    struct delivery_question *q = &d->question;
    bool is_answered =
        standing && q->row.state == INTAKE_POSTED && q->row.passed > 0 && standing->decided >= q->row.passed;
    if (is_answered) intake_document_advance(&q->row, INTAKE_ANSWERED);
    reply_put_receipt(&j, &(struct reply_document){ .row = &q->row, .id = q->id, .partition = q->partition,
                                                    .standing = standing, .shows_submitter = q->asked.operates });
    delivery_answer(d, 200, SLICE("application/json"), json_out_bytes(&j));
    json_out_close(&j);
}

/* A file of several documents, asked by its own id: what is known of each, as its receipt was. */

enum { FILE_BYTES_MAX = 4 << 20 };

static bool put_member(struct intake_service *s, struct delivery *d, struct store *store, uint32_t ordinal,
                       struct json_out *j)
{
    struct intake_key key;
    struct intake_document row;
    bool found, is_known;
    const struct question *q = &d->question.asked;
    enum err e = register_get_key(store, register_file_key(&s->scratch, q->id, ordinal), &key, &found);
    if (e != OK || !found) return false;
    e = register_get_document(store, key.document_id, &row, &is_known);
    if (e != OK || !is_known || (!q->operates && !slice_equal(row.submitter_id, q->submitter_id))) return false;
    reply_put_receipt(
        j, &(struct reply_document){ .row = &row, .id = key.document_id, .partition = d->question.partition });
    return true;
}

static bool answer_file(struct intake_service *s, struct delivery *d)
{
    uint8_t prefix[REPLY_ID_HEX / 2];
    const struct question *q = &d->question.asked;
    if (q->kind != QUESTION_STATUS || !reply_read_id(q->id, &d->question.partition, prefix)) return false;
    struct store *store = d->question.partition < s->partitions ? post_store_of(s->post, d->question.partition) : NULL;
    if (!store) return false;
    struct json_out j;
    uint32_t count = 0;
    json_out_open(&j);
    json_out_begin(&j, '{');
    json_out_member(&j, SLICE("parent"), q->id);
    json_out_name(&j, SLICE("documents"));
    json_out_begin(&j, '[');
    do arena_reset(&s->scratch);
    while (j.size < FILE_BYTES_MAX && put_member(s, d, store, count + 1, &j) && ++count);
    json_out_end(&j);
    json_out_member_int(&j, SLICE("document_count"), count);
    if (j.size >= FILE_BYTES_MAX) json_out_member_bool(&j, SLICE("documents_truncated"), true);
    json_out_end(&j);
    if (count > 0) delivery_answer(d, 200, SLICE("application/json"), json_out_bytes(&j));
    json_out_close(&j);
    return count > 0;
}

/* An answer to a HELD document: it is read again as it says. True: the answer comes later. */
static bool answer_question(struct intake_service *s, struct delivery *d)
{
    struct delivery *held = d->question.row.state == INTAKE_HELD ? held_take(s, d->question.id) : NULL;
    const struct reader_answers *a = &d->question.asked.answers;
    if (!held) { delivery_fail(d, REPLY_NOT_HELD, (struct slice){ 0 }); return false; }
    if (a->decimal) held->file.meta.decimal = (uint32_t)a->decimal;
    if (a->dates) held->file.meta.dates = (uint32_t)a->dates;
    if (a->header_row) held->file.meta.header_row = a->header_row;
    if (a->sheet.size) held->file.meta.sheet = slice_copy(&held->arena, a->sheet);
    if (a->encoding.size) held->file.meta.encoding = slice_copy(&held->arena, a->encoding);
    if (d->question.asked.discards) held->post.verdict = POST_DISCARDED;
    held->turn.asker = d;
    orders_resume(s, held);
    return true;
}

/* Under which document its corrections came before. */
static void find_replay(struct intake_service *s, struct delivery *d)
{
    struct delivery_question *q = &d->question;
    struct intake_key key;
    char room[SHA256_HEX];
    struct text parent = text_over(room, sizeof room);
    register_put_id(&parent, q->id);
    enum err e = register_get_key(post_store_of(s->post, q->partition),
                                  register_replay_key(&d->arena, q->row.submitter_id, text_slice(&parent)), &key,
                                  &q->has_replay);
    ASSERT(e == OK);
    memcpy(q->replay_id, key.document_id, SHA256_BYTES);
}

void question_look_up(struct intake_service *s, struct delivery *d)
{
    if (d->question.asked.kind == QUESTION_LIST) { list_answer(d); delivery_finish(d); return; }
    if (!find_document(s, d)) {
        if (find_on_its_way(s, d)) question_answer_status(d, NULL);
        else if (!answer_file(s, d)) delivery_fail(d, REPLY_NOT_FOUND, (struct slice){ 0 });
        delivery_finish(d);
        return;
    }
    d->size = d->question.row.bytes;             /* by which it waits behind smaller ones, whoever looks at it first */
    switch (d->question.asked.kind) {
    case QUESTION_STATUS:
        if (s->options.has_follower) { queue_put(&s->to_follower, d); return; }
        question_answer_status(d, NULL);
        delivery_finish(d);
        return;
    case QUESTION_LINES: case QUESTION_RESPONSE: case QUESTION_REPLAY:
        if (d->question.asked.kind == QUESTION_REPLAY) find_replay(s, d);
        if (!s->options.has_follower) break;
        queue_put(&s->to_follower, d);
        return;
    case QUESTION_ANSWER: if (!answer_question(s, d)) delivery_finish(d); return;
    default: break;
    }
    survey_queue_put(&s->to_survey, d);
}
