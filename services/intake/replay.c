/* intake/replay.c: two readings of one document, merged by the positions of their lines. */
#include "intake/replay.h"

#include "base/assert.h"
#include "base/hash.h"
#include "domain/kind.h"
#include "intake/line_json.h"
#include "wire/dossier_codec.h"

enum { PENDING_MAX = 4, ARENA_BYTES = 1 << 20, ARENA_RESERVE = 64 << 20 };

/* A line as one of the profiles reads it; encoded: empty when it was refused; content: of its typed fields, without
 * extras. */
struct reading_line {
    uint64_t position;
    uint32_t row, submission_no;
    enum outcome outcome;
    enum kind kind;
    struct slice line_id, partner_id, report_id, report_partner, encoded;
    struct hash128 content;
};

struct side {
    struct intake      *intake;
    struct arena        arena;                      /* of the lines that wait */
    struct reading_line lines[PENDING_MAX];
    unsigned            count, at;
    bool                is_done;
};

struct replay {
    struct side                   before, after;
    const struct replay_standing *stands;
    const struct answer_sink     *sink;
    struct json_out               json, *changes;
    struct replay_counts         *counts;
    uint64_t                      shown;
    struct hash128                report[2];        /* number, partner: of the first line that was sent (has_sent) */
    bool                          has_sent;
};

static enum err on_line(void *context, const struct intake_line *line)
{
    struct side *s = context;
    ASSERT(s->count < PENDING_MAX);
    struct reading_line *to = &s->lines[s->count++];
    *to = (struct reading_line){ .position = line->receipt->position,
                                 .row = line->receipt->row,
                                 .outcome = line->outcome,
                                 .line_id = slice_copy(&s->arena, line->receipt->line_id),
                                 .report_id = slice_copy(&s->arena, line->report_id),
                                 .report_partner = slice_copy(&s->arena, line->report_partner) };
    if (!line->line) return OK;
    struct line content = *line->line;
    content.submission_no = 0;
    to->kind = content.kind;
    to->submission_no = line->line->submission_no;
    to->partner_id = slice_copy(&s->arena, content.partner_id);
    if (line->outcome != OUTCOME_PASS) return OK;
    TRY(line_encode(&s->arena, &content, &to->encoded));
    struct slice typed;
    content.extra_count = 0;
    TRY(line_encode(&s->arena, &content, &typed));
    to->content = hash_bytes(typed);
    return OK;
}

/* The next line, NULL at the end. */
static enum err peek(struct side *s, const struct reading_line **line)
{
    if (s->at == s->count) {
        arena_reset(&s->arena);
        s->at = s->count = 0;
    }
    while (s->count == 0 && !s->is_done) TRY(intake_post(s->intake, 1, &s->is_done));
    *line = s->at < s->count ? &s->lines[s->at] : NULL;
    return OK;
}

/* Telling */

static void put_content(struct json_out *out, struct arena *a, struct slice name, const struct reading_line *line)
{
    struct line l;
    if (!line || line->encoded.size == 0 || line_decode(a, line->encoded, &l) != OK) return;
    json_out_name(out, name);
    json_out_begin(out, '{');
    line_json_members(out, &l);
    json_out_end(out);
}

static void explain(struct replay *r, struct slice act, const struct reading_line *before,
                    const struct reading_line *after)
{
    const struct reading_line *line = after ? after : before;
    struct json_out *out = r->changes;
    if (!out || r->shown++ >= REPLAY_CHANGES_SHOWN) return;
    json_out_begin(out, '{');
    json_out_member(out, SLICE("act"), act);
    json_out_member(out, SLICE("line_id"), line->line_id);
    json_out_member_int(out, SLICE("position"), (int64_t)line->position);
    if (line->row) json_out_member_int(out, SLICE("row"), line->row);
    put_content(out, &r->before.arena, SLICE("before"), before);
    put_content(out, &r->after.arena, SLICE("after"), after);
    json_out_end(out);
}

static void send_object(struct replay *r)
{
    json_out_line(&r->json);
    r->sink->put(r->sink->context, json_out_bytes(&r->json));
}

static void send_report(struct replay *r, struct slice report_id, struct slice partner_id)
{
    json_out_reset(&r->json);
    json_out_begin(&r->json, '{');
    json_out_name(&r->json, SLICE("document"));
    json_out_begin(&r->json, '{');
    if (partner_id.size) json_out_member(&r->json, SLICE("partner_id"), partner_id);
    json_out_member(&r->json, SLICE("report_id"), report_id);
    json_out_end(&r->json);
    json_out_end(&r->json);
    send_object(r);
}

/* A document has one report: that of the first line. */
static void send(struct replay *r, const struct line *l, const struct reading_line *of)
{
    struct hash128 report[] = { hash_bytes(of->report_id), hash_bytes(of->report_partner) };
    if (!r->has_sent && of->report_id.size) send_report(r, of->report_id, of->report_partner);
    if (!r->has_sent) memcpy(r->report, report, sizeof report);
    r->has_sent = true;
    r->counts->has_several_reports |= memcmp(r->report, report, sizeof report) != 0;
    json_out_reset(&r->json);
    line_json(&r->json, l);
    send_object(r);
}

static void send_cancel(struct replay *r, const struct reading_line *before)
{
    struct line l = { .kind = KIND_CANCEL, .partner_id = before->partner_id, .original_line_ref = before->line_id };
    send(r, &l, before);
}

static enum err send_line(struct replay *r, const struct reading_line *after, const struct reading_line *replaced,
                          uint32_t submission_no)
{
    struct line l;
    TRY(line_decode(&r->after.arena, after->encoded, &l));
    l.submission_no = submission_no;
    if (replaced) {
        l.replaces_kind = l.kind;
        l.kind = KIND_REPLACE;
        l.original_line_ref = replaced->line_id;
    }
    send(r, &l, after);
    return OK;
}

/* Judging */

static bool is_posted(const struct reading_line *line)
{
    return line && line->outcome == OUTCOME_PASS && line->encoded.size > 0;
}

static bool is_replaceable(const struct reading_line *before, const struct reading_line *after)
{
    return before->kind == after->kind && kind_is_replaceable(before->kind)
           && slice_equal(before->partner_id, after->partner_id);
}

static bool is_ended(const struct replay *r, const struct reading_line *before)
{
    return is_posted(before) && r->stands && r->stands->is_ended(r->stands->context, before->line_id);
}

/* What was refused comes as the one after the submission that it was; what stands keeps its own number. */
static uint32_t submission_behind(const struct reading_line *refused)
{
    uint32_t own = refused->submission_no > 1 ? refused->submission_no : 1;
    return own < SUBMISSION_NO_MAX ? own + 1 : own;
}

static enum err post_new(struct replay *r, const struct reading_line *before, const struct reading_line *after)
{
    r->counts->added++;
    explain(r, SLICE("POST"), before, after);
    return send_line(r, after, NULL, before ? submission_behind(after) : after->submission_no);
}

static enum err change(struct replay *r, const struct reading_line *before, const struct reading_line *after)
{
    if (is_replaceable(before, after)) {
        r->counts->replaced++;
        explain(r, SLICE("REPLACE"), before, after);
        return send_line(r, after, before, 0);
    }
    r->counts->cancelled++;
    r->counts->added++;
    explain(r, SLICE("CANCEL"), before, after);
    send_cancel(r, before);
    return send_line(r, after, NULL, after->submission_no);
}

static enum err keep(struct replay *r, const struct reading_line *before, const struct reading_line *after)
{
    r->counts->kept++;
    explain(r, SLICE("KEEP"), before, after);
    return OK;
}

/* Either may be NULL: the profile makes no line of it. Reference lines supersede each other and need no cancel. Who
 * took a line back does not want another reading of it. */
static enum err meet(struct replay *r, const struct reading_line *before, const struct reading_line *after)
{
    if (is_ended(r, before)) return keep(r, before, after);
    if (is_posted(before) && is_posted(after)) {
        if (memcmp(&before->content, &after->content, sizeof before->content) != 0)
            return kind_is_reference(after->kind) ? post_new(r, NULL, after) : change(r, before, after);
        r->counts->same++;
        return OK;
    }
    if (is_posted(after)) return post_new(r, before, after);
    if (is_posted(before) && after) return keep(r, before, after);
    if (is_posted(before) && !kind_is_reference(before->kind)) {
        r->counts->cancelled++;
        explain(r, SLICE("CANCEL"), before, NULL);
        send_cancel(r, before);
        return OK;
    }
    r->counts->refused++;
    return OK;
}

static enum err merge(struct replay *r)
{
    for (;;) {
        const struct reading_line *before, *after;
        TRY(peek(&r->before, &before));
        TRY(peek(&r->after, &after));
        if (!before && !after) return OK;
        bool takes_before = before && (!after || before->position <= after->position),
             takes_after = after && (!before || after->position <= before->position);
        TRY(meet(r, takes_before ? before : NULL, takes_after ? after : NULL));
        r->before.at += takes_before;
        r->after.at += takes_after;
    }
}

static enum err open_side(struct side *s, const struct intake_job *job)
{
    struct intake_events events = { .context = s, .on_line = on_line };
    TRY(arena_open(&s->arena, ARENA_BYTES, ARENA_RESERVE));
    return intake_open(&s->intake, job, &events);
}

static void close_side(struct side *s)
{
    if (s->intake) intake_close(s->intake);
    if (s->arena.base) arena_close(&s->arena);
}

enum err replay_compare(const struct intake_job *before, const struct intake_job *after,
                        const struct replay_standing *stands, const struct answer_sink *sink,
                        struct json_out *changes, struct replay_counts *counts)
{
    struct replay r = { .stands = stands, .sink = sink, .changes = changes, .counts = counts };
    *counts = (struct replay_counts){ 0 };
    json_out_open(&r.json);
    enum err e = open_side(&r.before, before);
    if (e == OK) e = open_side(&r.after, after);
    if (e == OK) e = merge(&r);
    close_side(&r.before);
    close_side(&r.after);
    json_out_close(&r.json);
    return e;
}

void replay_put_counts(struct json_out *out, const struct replay_counts *c)
{
    json_out_name(out, SLICE("lines"));
    json_out_begin(out, '{');
    json_out_member_int(out, SLICE("same"), (int64_t)c->same);
    json_out_member_int(out, SLICE("replaced"), (int64_t)c->replaced);
    json_out_member_int(out, SLICE("cancelled"), (int64_t)c->cancelled);
    json_out_member_int(out, SLICE("posted"), (int64_t)c->added);
    json_out_member_int(out, SLICE("kept"), (int64_t)c->kept);
    json_out_member_int(out, SLICE("refused"), (int64_t)c->refused);
    json_out_end(out);
}
