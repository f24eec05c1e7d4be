/* stage/cases.c: cases that people decide: opened, added to, reviewed, closed. */
#include "stage/cases.h"

#include "base/assert.h"
#include "stage/review.h"
#include "wire/dossier_codec.h"

/* The row of a case is a version byte and the bytes of its dossier. */
static enum err keep_case(struct batch *b, struct store *store, struct slice case_id, struct slice bytes)
{
    struct text row = text_in(b->arena, bytes.size + 1);
    text_put_byte(&row, WAITING_CASE_VERSION);
    text_put(&row, bytes);
    return store_put(store, WAITING_CASE_TABLE, case_id, text_slice(&row));
}

/* The open case of that id, copied into the arena; *out is NULL when there is none. */
static enum err read_case(struct batch *b, struct store *store, struct slice case_id, struct dossier **out)
{
    struct slice row;
    *out = NULL;
    TRY(store_get(store, WAITING_CASE_TABLE, case_id, &row));
    if (!row.size) return OK;
    struct dossier *d = ARENA_NEW(b->arena, struct dossier);
    TRY(dossier_decode(b->arena, slice_copy(b->arena, slice_skip(row, 1)), d));
    if (!d->clearance || !d->receipt) return ERR_STATE_MALFORMED;
    *out = d;
    return OK;
}

static enum err publish_case(struct batch *b, const struct receipt *r, struct slice bytes)
{
    return batch_send(b, b->stage->outputs[OUTCOME_HOLD], r->partner_root_id, bytes);
}

/* Keeps what a case has become, or lets it go once it has closed; either way it is published. */
static enum err write_case(struct batch *b, struct store *store, const struct dossier *d, struct slice bytes,
                           bool is_closed)
{
    struct slice case_id = d->clearance->case_id;
    TRY(is_closed ? store_remove(store, WAITING_CASE_TABLE, case_id) : keep_case(b, store, case_id, bytes));
    return publish_case(b, d->receipt, bytes);
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

/* What a case says, without the time and the line of the finding and without the other entries of the lists: two
 * findings of the same bytes are the same finding. */
static enum err finding_of(struct batch *b, const struct clearance *c, struct slice *bytes)
{
    struct clearance bare = *c;
    bare.judgement.input_hash = (struct hash128){ 0 };
    bare.judgement.decided_at_unix_ms = 0;
    bare.list_count = 0;
    return section_encode(b->arena, SECTION_CLEARANCE, &bare, bytes);
}

/* The same finding again leaves a case as it is, signatures included. New evidence asks for new signatures, but whoever
 * took the case keeps it. */
static enum err add_to_case(struct batch *b, const struct dossier *before, const struct clearance *c, bool *is_known,
                            struct slice *out)
{
    struct slice then, now, packed;
    TRY(finding_of(b, before->clearance, &then));
    TRY(finding_of(b, c, &now));
    *is_known = slice_equal(then, now);
    const struct review *taker = review_taker(before, b->stage->id, b->env.now_unix_ms);
    if (*is_known || !taker) return OK;
    TRY(section_encode(b->arena, SECTION_REVIEW, taker, &packed));
    return dossier_append(b->arena, *out, packed, out);
}

static enum err open_case(struct batch *b, int32_t partition, const struct receipt *r, const struct clearance *c)
{
    struct store *store = batch_store(b, partition);
    struct slice receipt, clearance, out;
    struct dossier *before;
    bool is_known = false;
    ASSERT(c->case_id.size > 0 && c->case_id.size <= WAITING_ID_MAX);
    TRY(section_encode(b->arena, SECTION_RECEIPT, r, &receipt));
    TRY(section_encode(b->arena, SECTION_CLEARANCE, c, &clearance));
    TRY(dossier_append(b->arena, receipt, clearance, &out));
    TRY(read_case(b, store, c->case_id, &before));
    if (before) TRY(add_to_case(b, before, c, &is_known, &out));
    if (is_known) return OK;
    TRY(keep_case(b, store, c->case_id, out));
    return publish_case(b, r, out);
}

enum err cases_open(struct batch *b, const struct turn *t, const struct verdict *v)
{
    for (unsigned i = 0; i < v->case_count; i++) {
        struct clearance c = *v->cases[i];
        c.judgement.input_hash = hash_bytes(t->dossier->bytes);
        c.judgement.decided_at_unix_ms = t->decided_at_unix_ms;
        TRY(open_case(b, t->partition, t->dossier->receipt, &c));
    }
    return OK;
}

/* --- closing ---------------------------------------------------------------------------------------------------- */

/* Appends the clearance of outcome PASS that ends a case to *bytes, the case as it stands. */
static enum err append_end(struct batch *b, const struct dossier *d, struct slice *bytes, instant_ms at,
                           uint32_t review_sequence)
{
    struct clearance closed = *d->clearance;
    struct slice packed;
    closed.judgement = (struct judgement){
        .outcome = OUTCOME_PASS, .input_hash = hash_bytes(*bytes), .decided_at_unix_ms = at,
        .review_sequence = review_sequence, .profile_revision = d->clearance->judgement.profile_revision,
    };
    TRY(section_encode(b->arena, SECTION_CLEARANCE, &closed, &packed));
    return dossier_append(b->arena, *bytes, packed, bytes);
}

/* Without anybody's act, since the reason of the case is gone: a list has dropped the entry. */
static enum err close_case(struct batch *b, int32_t partition, struct slice case_id)
{
    struct store *store = batch_store(b, partition);
    struct dossier *d;
    TRY(read_case(b, store, case_id, &d));
    if (!d) return OK;
    struct slice bytes = d->bytes;
    TRY(append_end(b, d, &bytes, b->env.now_unix_ms, 0));
    return write_case(b, store, d, bytes, true);
}

enum err cases_take_found(struct batch *b, int32_t partition, const struct stage_case *found)
{
    if (found->closes) return close_case(b, partition, found->clearance->case_id);
    struct clearance c = *found->clearance;
    struct receipt receipt = { .line_id = found->line_id, .partner_root_id = found->root_id,
                               .document_id = found->document_id, .received_at_unix_ms = b->env.now_unix_ms };
    c.judgement.input_hash = hash_bytes(c.case_id);         /* no dossier came in */
    c.judgement.decided_at_unix_ms = b->env.now_unix_ms;
    return open_case(b, partition, &receipt, &c);
}

/* --- reviews ---------------------------------------------------------------------------------------------------- */

enum err cases_review(struct batch *b, int32_t partition, const struct review *r)
{
    struct store *store = batch_store(b, partition);
    struct dossier *d;
    struct slice bytes;
    TRY(read_case(b, store, r->case_id, &d));
    if (!d) {
        batch_report_void(b, r, REVIEW_VOID_NOT_WAITING);
        return OK;
    }
    struct review_object object = review_object_of(b->env.catalogue, d, b->stage->id, b->stage->writes);
    struct review_answer answer = review_weigh(b->arena, &object, r);
    if (answer.standing == REVIEW_VOID) {
        batch_report_void(b, r, answer.why);
        return OK;
    }
    TRY(review_append(b->arena, d, r, &answer, &bytes));
    if (answer.closes) TRY(append_end(b, d, &bytes, r->at_unix_ms, d->review_count + 1));
    return write_case(b, store, d, bytes, answer.closes);
}
