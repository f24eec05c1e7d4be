/* intake/service_replay.c: a document read again under another profile (feeds.md 11): the corrections are a document of
 * their own, of the same submitter; sent twice it is the same one. */
#include "intake/service_parts.h"

#include "intake/replay.h"
#include "runtime/clock.h"

enum { PROFILE_SHOWN_BYTES = 128 };

struct collecting { struct spool_upload *upload; enum spool_fault fault; };

static void collect(void *context, struct slice bytes)
{
    struct collecting *c = context;
    if (c->fault == SPOOL_FINE) c->fault = spool_upload_put(c->upload, bytes);
}

/* What is promised lasts before anybody is told. */
static bool submit_corrections(struct intake_service *s, const struct spool_meta *meta, struct spool_upload *u)
{
    char name[SPOOL_NAME_BYTES];
    if (spool_upload_keep(u, name) != OK) return false;
    if (spool_dir_write_meta(s->spool, name, meta) != OK) {
        spool_dir_remove(s->spool, name);
        return false;
    }
    (void)service_submit(s, meta, name, NULL, NULL);
    return true;
}

/* Hands the corrections in; their document's id in the reply. */
static bool hand_in(struct intake_service *s, struct delivery *d, const struct mapping_profile *profile,
                    struct spool_upload *u, struct json_out *out)
{
    const struct delivery_question *q = &d->question;
    char room[REPLY_ID_BYTES];
    uint8_t id[SHA256_BYTES];
    struct slice name = reading_name(&d->arena, profile);
    struct text file = text_in(&d->arena, q->row.file_name.size + name.size + 16),
                shown = text_over(room, sizeof room), parent = text_in(&d->arena, SHA256_HEX);
    register_put_id(&parent, q->id);
    text_put(&file, q->row.file_name);
    PUT(&file, ".replay-");
    text_put(&file, name);
    struct spool_meta meta = {
        .submitter_id = q->row.submitter_id,
        .file_name = text_slice(&file),
        .profile = SLICE("default"),
        .door = (enum door)q->row.door,
        .received_at_unix_ms = clock_now_unix_ms(),
        .bytes = spool_upload_bytes(u),
        .traceparent = q->row.traceparent,
        .parent = text_slice(&parent),
    };
    spool_upload_sha256(u, meta.sha256);
    struct id_part parts[] = { ID_TEXT(meta.submitter_id), ID_TEXT(slice_of((char *)meta.sha256, SHA256_BYTES)) };
    hash_parts(parts, 2, id);
    if (q->has_replay && memcmp(q->replay_id, id, SHA256_BYTES) != 0) {
        spool_upload_drop(u);
        delivery_fail(d, REPLY_BAD_REQUEST,
                      SLICE("The document was corrected under another profile before: what that posted would stand "
                            "beside these corrections."));
        return false;
    }
    if (!submit_corrections(s, &meta, u)) return false;
    reply_put_id(&shown, q->partition, id);
    json_out_member(out, SLICE("document"), text_slice(&shown));
    return true;
}

static bool was_taken_back(void *context, struct slice line_id)
{
    const struct delivery *d = context;
    return standing_is_ended(&d->question.lines, line_id, d->question.has_replay ? d->question.replay_id : NULL);
}

static bool compare(struct intake_service *s, struct delivery *d, const struct intake_job *before,
                    const struct mapping_profile *profile, struct json_out *out)
{
    struct collecting c = { .fault = SPOOL_FINE };
    struct answer_sink sink = { &c, collect };
    struct spool views[2] = { spool_over(before->spool->bytes), spool_over(before->spool->bytes) };
    struct intake_job was = *before, will = *before;
    struct replay_standing stands = { d, was_taken_back };
    struct replay_counts counts;
    was.spool = &views[0];
    will.spool = &views[1];
    will.readings = readings_anew(&before->readings, profile);
    will.profile = will.readings.items[0].read_by;
    if (spool_upload_open(service_spool(s), false, DOCUMENT_BYTES_MAX, &c.upload) != OK) return false;
    json_out_begin(out, '{');
    json_out_member(out, SLICE("profile"), d->question.asked.profile);
    json_out_name(out, SLICE("changes"));
    json_out_begin(out, '[');
    enum err e = replay_compare(&was, &will, d->question.knows_lines ? &stands : NULL, &sink, out, &counts);
    json_out_end(out);
    replay_put_counts(out, &counts);
    bool is_changed = counts.replaced + counts.cancelled + counts.added > 0,
         executes = d->question.asked.executes && is_changed;
    json_out_member_bool(out, SLICE("executed"), executes);
    bool is_whole = e == OK && spool_upload_end(c.upload) == SPOOL_FINE && c.fault == SPOOL_FINE;
    if (executes && counts.has_several_reports) {
        delivery_fail(d, REPLY_BAD_REQUEST,
                      SLICE("What differs belongs to several reports: correct each by a document of its own (purpose "
                            "replace), so that each can be cancelled."));
        is_whole = false;
    }
    if (is_whole && executes) is_whole = hand_in(s, d, profile, c.upload, out);
    else spool_upload_drop(c.upload);
    json_out_end(out);
    return is_whole;
}

/* Whoever asks for one that is not there reads which are. */
static struct slice no_profile(struct intake_service *s, struct delivery *d)
{
    const struct mapping_profiles *on_file = &service_grants(s)->profiles;
    struct text t = text_in(&d->arena, d->question.asked.profile.size + 128 + on_file->count * PROFILE_SHOWN_BYTES);
    PUT(&t, "There is no mapping profile ");
    text_put(&t, d->question.asked.profile);
    PUT(&t, " for this document; on file are default@1");
    for (unsigned k = 0; k < on_file->count; k++) {
        PUT(&t, ", ");
        text_put(&t, slice_head(on_file->items[k]->name, PROFILE_SHOWN_BYTES / 2));
        PUT(&t, "@");
        text_put_int(&t, on_file->items[k]->version);
    }
    PUT(&t, ".");
    return text_slice(&t);
}

void question_replay(struct intake_service *s, struct delivery *d)
{
    const struct delivery_question *q = &d->question;
    struct spool spool = { 0 };
    struct grant grant;
    struct intake_job job;
    struct json_out out;
    const struct mapping_profile *profile = NULL;
    bool is_ended = q->row.state == INTAKE_POSTED || q->row.state == INTAKE_ANSWERED || q->row.state == INTAKE_REJECTED;
    bool is_kept = reopen_document(s, &d->arena, q->id, &q->row, &spool, &grant, &job);
    if (is_kept)
        profile =
            grants_profile(service_grants(s), &grant, q->asked.profile, instant_date(q->row.received_at_unix_ms, 0));
    json_out_open(&out);
    if (!is_kept) delivery_fail(d, REPLY_NOT_FOUND, SLICE("The bytes of the document are not kept any more."));
    else if (!profile) delivery_fail(d, REPLY_BAD_REQUEST, no_profile(s, d));
    else if (!is_ended || q->row.purpose != PURPOSE_ORIGINAL)
        delivery_fail(
            d, REPLY_BAD_REQUEST,
            SLICE("Only a document that was posted or refused, and corrects no other one, can be read anew."));
    else if (q->asked.executes && s->options.has_follower && !q->knows_lines)
        delivery_fail(d, REPLY_UNAVAILABLE,
                      SLICE("Which of its lines were taken back since is not known yet; ask again in a minute."));
    else if (compare(s, d, &job, profile, &out))
        delivery_answer(d, 200, SLICE("application/json"), json_out_bytes(&out));
    else if (!d->outcome.problem) delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The document could not be read anew."));
    json_out_close(&out);
    spool_close(&spool);
    delivery_finish(d);
}
