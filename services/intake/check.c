/* intake/check.c: the offline check as NDJSON and as a page for people. */
#include "intake/check.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "intake/ack.h"
#include "intake/line_json.h"
#include "intake/x12_sender.h"

#include <errno.h>
#include <stdlib.h>

enum { HUMAN_ERRORS_MAX = 20, FILE_NAME_BYTES = 256, HUMAN_BYTES = 2048, KNOWN_FIRST = 64 };

/* What documents of the same file were posted as before: their ids, and the control numbers of interchanges. */
struct known { struct hash128 key; uint8_t content[SHA256_BYTES]; bool is_used; };
struct known_table { struct known *rows; size_t capacity, count; };

struct check {
    const struct check_options *options;
    struct check_outcome       *outcome;
    struct json_out             json;
    struct rejects             *rejects;            /* of the document at work */
    uint32_t                    last_control_number;
    struct known_table          known;
};

/* Documents of one file */

static struct known *known_at(const struct known_table *t, const struct hash128 *key)
{
    uint64_t at;
    memcpy(&at, key->bytes, sizeof at);
    while (t->rows[at &= t->capacity - 1].is_used && memcmp(&t->rows[at].key, key, sizeof *key) != 0) at++;
    return &t->rows[at];
}

static const struct known *known_find(const struct known_table *t, struct slice key)
{
    struct hash128 hash = hash_bytes(key);
    const struct known *row = t->capacity ? known_at(t, &hash) : NULL;
    return row && row->is_used ? row : NULL;
}

static void known_grow(struct known_table *t)
{
    struct known_table wider = { .capacity = t->capacity ? 2 * t->capacity : KNOWN_FIRST, .count = t->count };
    wider.rows = calloc(wider.capacity, sizeof *wider.rows);
    ASSERT(wider.rows);
    for (size_t k = 0; k < t->capacity; k++)
        if (t->rows[k].is_used) *known_at(&wider, &t->rows[k].key) = t->rows[k];
    free(t->rows);
    *t = wider;
}

static void known_add(struct known_table *t, struct slice key, const uint8_t *content)
{
    if (2 * (t->count + 1) > t->capacity) known_grow(t);
    struct hash128 hash = hash_bytes(key);
    struct known *row = known_at(t, &hash);
    t->count += !row->is_used;
    *row = (struct known){ .key = hash, .is_used = true };
    if (content) memcpy(row->content, content, sizeof row->content);
}

static bool was_posted(void *context, struct slice document_id)
{
    const struct check *c = context;
    return known_find(&c->known, document_id) != NULL;
}

static enum interchange_standing interchange(void *context, struct slice key, const uint8_t sha256[SHA256_BYTES])
{
    const struct check *c = context;
    const struct known *row = known_find(&c->known, key);
    if (!row) return INTERCHANGE_NEW;
    return memcmp(row->content, sha256, SHA256_BYTES) == 0 ? INTERCHANGE_SAME : INTERCHANGE_OTHER;
}

static void keep_known(struct check *c, const struct intake_result *r)
{
    if (r->state != DOCUMENT_POSTED || r->passed == 0) return;
    known_add(&c->known, r->document_id, NULL);
    if (r->interchange.size > 0) known_add(&c->known, r->interchange, r->interchange_sha256);
}

/* A closed pipe ends the printing, not the check; any other failed write is told at the end. */
static void note_failed_write(struct check *c)
{
    if (errno == EPIPE) c->outcome->is_pipe_closed = true;
    else if (!c->outcome->write_errno) c->outcome->write_errno = errno ? errno : EIO;
}

static void put_out(struct check *c, FILE *to, struct slice bytes)
{
    if (!to || c->outcome->is_pipe_closed || c->outcome->write_errno) return;
    if (bytes.size && fwrite(bytes.bytes, 1, bytes.size, to) != bytes.size) note_failed_write(c);
}

static void flush(struct check *c, FILE *to)
{
    if (!to || c->outcome->is_pipe_closed || c->outcome->write_errno) return;
    if (fflush(to) != 0) note_failed_write(c);
}

/* NDJSON */

/* What is worth knowing and wrong in nothing stands apart, and only when there is any. */
static void put_notes(struct json_out *out, const struct issues *list)
{
    bool has_notes = false;
    for (unsigned k = 0; k < list->count; k++) has_notes |= list->items[k].severity == SEVERITY_NOTE;
    if (has_notes) issues_put_json(out, SLICE("notes"), list, SEVERITY_NOTE);
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct check *c = context;
    struct json_out *out = &c->json;
    if (line->outcome != OUTCOME_PASS) c->outcome->is_refused = true;
    if (c->rejects) rejects_take(c->rejects, line);
    if (!c->options->lines) return OK;
    json_out_reset(out);
    json_out_begin(out, '{');
    if (line->line) line_json_members(out, line->line);
    json_out_member_int(out, SLICE("position"), line->receipt->position);
    if (line->receipt->row > 0) json_out_member_int(out, SLICE("row"), line->receipt->row);
    json_out_member(out, SLICE("outcome"), word_text(VOCABULARY_OUTCOME, (int)line->outcome));
    issues_put_json(out, SLICE("warnings"), line->issues, SEVERITY_WARNING);
    issues_put_json(out, SLICE("errors"), line->issues, SEVERITY_ERROR);
    put_notes(out, line->issues);
    json_out_end(out);
    json_out_line(out);
    put_out(c, c->options->lines, json_out_bytes(out));
    return OK;
}

static struct slice money_text(char *buffer, size_t size, __int128 minor, struct slice currency)
{
    struct text t = text_over(buffer, size);
    if (minor > INT64_MAX || minor < INT64_MIN) PUT(&t, "beyond");
    else money_put(&t, (int64_t)minor, currency);
    return text_slice(&t);
}

static void put_totals(struct json_out *out, const struct intake_result *r)
{
    char digits[64];
    json_out_name(out, SLICE("claimed"));
    json_out_begin(out, '{');
    for (unsigned k = 0; k < r->tally.total_count; k++) {
        const struct intake_total *total = &r->tally.totals[k];
        json_out_name(out, total->currency);
        json_out_text(out, money_text(digits, sizeof digits, total->claimed_minor, total->currency));
    }
    json_out_end(out);
}

static void put_counts(struct json_out *out, const struct intake_result *r)
{
    json_out_name(out, SLICE("lines"));
    json_out_begin(out, '{');
    json_out_member_int(out, SLICE("passed"), (int64_t)r->passed);
    json_out_member_int(out, SLICE("rejected"), (int64_t)r->rejected);
    json_out_member_int(out, SLICE("dead"), (int64_t)r->dead);
    json_out_end(out);
}

static void put_skipped(struct json_out *out, const struct intake_result *r)
{
    json_out_name(out, SLICE("skipped"));
    json_out_begin(out, '{');
    for (enum skipped s = 0; s < SKIPPED_COUNT; s++)
        if (r->skipped[s] > 0) json_out_member_int(out, skipped_name(s), (int64_t)r->skipped[s]);
    json_out_end(out);
}

/* What was not kept, by code; finer sentences of one reason count together. */
static void put_dropped(struct json_out *out, const struct issues *list)
{
    uint64_t counts[ISSUE_COUNT] = { 0 };
    if (!list->truncated) return;
    for (enum issue_code code = ISSUE_NONE + 1; code < ISSUE_COUNT; code++) {
        enum issue_code first = ISSUE_NONE + 1;
        while (issue_number(first) != issue_number(code)) first++;
        counts[first] += list->dropped[code];
    }
    json_out_member_bool(out, SLICE("errors_truncated"), true);
    json_out_name(out, SLICE("error_counts"));
    json_out_begin(out, '{');
    for (enum issue_code code = ISSUE_NONE + 1; code < ISSUE_COUNT; code++)
        if (counts[code] > 0) json_out_member_int(out, issue_name(code), (int64_t)counts[code]);
    json_out_end(out);
}

static void put_receipt(struct check *c, const struct intake_result *r)
{
    struct json_out *out = &c->json;
    json_out_reset(out);
    json_out_begin(out, '{');
    json_out_member(out, SLICE("document_id"), r->document_id);
    json_out_member(out, SLICE("format"), r->format);
    json_out_member(out, SLICE("dialect"), r->dialect);
    json_out_member(out, SLICE("state"), document_state_name(r->state));
    put_counts(out, r);
    put_totals(out, r);
    put_skipped(out, r);
    if (r->question) {
        json_out_name(out, SLICE("question"));
        issue_put_json(out, r->question);
    }
    issues_put_json(out, SLICE("errors"), &r->errors, SEVERITY_ERROR);
    put_dropped(out, &r->errors);
    issues_put_json(out, SLICE("warnings"), &r->warnings, SEVERITY_WARNING);
    put_notes(out, &r->warnings);
    json_out_end(out);
    json_out_line(out);
    put_out(c, c->options->lines, json_out_bytes(out));
}

/* For people */

static bool is_alike(const struct issue *a, const struct issue *b)
{
    return a->code == b->code && slice_equal(a->field, b->field) && a->severity == b->severity;
}

/* What is wrong stands row by row; what is only worth knowing stands once, with how often it came. */
static bool is_told(const struct issues *list, unsigned k)
{
    if (list->items[k].severity == SEVERITY_ERROR) return false;
    for (unsigned n = 0; n < k; n++)
        if (is_alike(&list->items[n], &list->items[k])) return true;
    return false;
}

/* How often it came beyond this once. What was not kept is counted by code: with the first of its code. */
static uint64_t repeats_of(const struct issues *list, unsigned k)
{
    const struct issue *i = &list->items[k];
    uint64_t count = 0;
    bool is_first = true;
    if (i->severity == SEVERITY_ERROR) return 0;
    for (unsigned n = 0; n < k; n++) is_first &= list->items[n].code != i->code;
    for (unsigned n = k + 1; n < list->count; n++) count += is_alike(&list->items[n], i);
    return count + (is_first ? list->dropped[i->code] : 0);
}

static void put_repeats(struct text *t, uint64_t count)
{
    if (count == 0) return;
    PUT(t, "  the same in ");
    text_put_int(t, (int64_t)count);
    text_put(t, count == 1 ? SLICE(" more place\n") : SLICE(" more places\n"));
}

static void put_human_issues(struct check *c, const struct issues *list, struct slice file)
{
    char page[HUMAN_BYTES];
    unsigned shown = 0;
    uint64_t told = 0, all = (uint64_t)list->errors + list->warnings;
    for (unsigned k = 0; k < list->count && shown < HUMAN_ERRORS_MAX; k++) {
        if (is_told(list, k)) continue;
        struct text t = text_over(page, sizeof page);
        issue_put_human(&t, file, &list->items[k]);
        uint64_t repeats = repeats_of(list, k);
        put_repeats(&t, repeats);
        told += repeats;
        put_out(c, c->options->receipt, text_slice(&t));
        shown++;
    }
    if (all <= shown + told) return;
    struct text t = text_over(page, sizeof page);
    PUT(&t, "… and ");
    text_put_int(&t, (int64_t)(all - shown - told));
    PUT(&t, " more of them\n");
    put_out(c, c->options->receipt, text_slice(&t));
}

static void put_lines_count(struct text *t, const struct intake_result *r)
{
    uint64_t lines = r->passed + r->rejected + r->dead;
    text_put_int(t, (int64_t)lines);
    text_put(t, lines == 1 ? SLICE(" line = ") : SLICE(" lines = "));
    text_put_int(t, (int64_t)r->passed);
    PUT(t, " passed + ");
    text_put_int(t, (int64_t)r->rejected);
    PUT(t, " rejected + ");
    text_put_int(t, (int64_t)r->dead);
    PUT(t, " dead");
    for (enum skipped s = 0, n = 0; s < SKIPPED_COUNT; s++) {
        if (r->skipped[s] == 0) continue;
        text_put(t, n++ == 0 ? SLICE("; no lines: ") : SLICE(", "));
        text_put_int(t, (int64_t)r->skipped[s]);
        PUT(t, " ");
        text_put(t, skipped_name(s));
    }
    PUT(t, "\n");
}

/* A name of a file as people see it: none of its bytes commands their terminal. */
static struct slice for_people(struct slice name, char *buffer, size_t room)
{
    struct text t = text_over(buffer, room);
    for (size_t i = 0; i < name.size; i++) {
        unsigned char byte = (unsigned char)name.bytes[i];
        bool is_c1 = (byte == 0xc2 && i + 1 < name.size && (unsigned char)name.bytes[i + 1] < 0xa0)
                  || (i > 0 && (unsigned char)name.bytes[i - 1] == 0xc2 && byte < 0xa0);
        text_put_byte(&t, byte < ' ' || byte == 0x7f || is_c1 ? '?' : name.bytes[i]);
    }
    return text_slice(&t);
}

static void put_page(struct check *c, const struct intake_result *r, struct slice name)
{
    char page[HUMAN_BYTES], digits[64], shown[FILE_NAME_BYTES];
    struct text t = text_over(page, sizeof page);
    struct slice file = for_people(name, shown, sizeof shown);
    text_put(&t, file);
    PUT(&t, "   ");
    text_put(&t, slice_is_empty(r->format) ? SLICE("unknown format") : r->format);
    if (r->dialect.size > 0) PUT(&t, ", ");
    text_put(&t, r->dialect);
    PUT(&t, "\n");
    text_put(&t, document_state_name(r->state));
    PUT(&t, "   ");
    put_lines_count(&t, r);
    for (unsigned k = 0; k < r->tally.total_count; k++) {
        const struct intake_total *total = &r->tally.totals[k];
        text_put(&t, k == 0 ? SLICE("claimed   ") : SLICE(" · "));
        text_put(&t, money_text(digits, sizeof digits, total->claimed_minor, total->currency));
        PUT(&t, " ");
        text_put(&t, total->currency);
    }
    if (r->tally.total_count > 0) PUT(&t, "\n");
    put_out(c, c->options->receipt, text_slice(&t));
    put_human_issues(c, &r->errors, file);
    put_human_issues(c, &r->warnings, file);
}

/* The acknowledgement */

struct ack_out { struct check *check; FILE *to; };

static void put_ack_bytes(void *context, struct slice bytes)
{
    struct ack_out *out = context;
    put_out(out->check, out->to, bytes);
}

/* Documents of one file are answered in one go, each under the next number. */
static void put_ack(struct check *c, struct intake *intake)
{
    struct ack_out out = { c, c->options->ack };
    struct answer_sink sink = { &out, put_ack_bytes };
    struct answer_options options = {
        .control_number = ack_control_number(c->last_control_number, c->options->received_at_unix_ms),
        .now_unix_ms = c->options->received_at_unix_ms,
    };
    c->last_control_number = options.control_number;
    bool is_answered = intake_answer(intake, &options, &sink);     /* what came twice gets the answer that it had */
    if (!is_answered && intake_result(intake)->state != DOCUMENT_DUPLICATE) c->outcome->has_no_ack = true;
}

static struct slice base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slice_from(slash ? slash + 1 : path);
}

/* A profile that names its submitter says for whom it may speak and what it may send (feeds.md 13). */
static struct intake_submitter speaker_of(const struct mapping_profile *p)
{
    if (p->submitter.size == 0) return submitter_local();
    return (struct intake_submitter){ .id = p->submitter, .partner_id = p->partner_id, .reports_for = p->reports_for,
                                      .vendor = p->vendor, .kinds = p->kinds };
}

/* What came of a document whose lines are all typed. */
static void tell(struct check *c, struct intake *intake, struct slice name)
{
    const struct check_options *o = c->options;
    const struct intake_result *r = intake_result(intake);
    c->outcome->is_refused |=
        r->state == DOCUMENT_REJECTED || (r->state == DOCUMENT_POSTED && issues_leave_out(&r->errors));
    c->outcome->is_held |= r->state == DOCUMENT_HELD;
    keep_known(c, r);
    if (o->lines) put_receipt(c, r);
    if (o->receipt) put_page(c, r, name);
    if (o->ack) put_ack(c, intake);
}

static enum err run(struct check *c, struct spool *spool)
{
    const struct check_options *o = c->options;
    struct intake_submitter speaker = speaker_of(o->profile);
    struct intake_events events = {
        .context = c, .on_line = on_line, .was_posted = was_posted, .interchange = interchange
    };
    struct intake_job job = {
        .spool = spool,
        .file_name = base_name(o->path),
        .door = DOOR_CLAIMCTL,
        .received_at_unix_ms = o->received_at_unix_ms,
        .submitter = &speaker,
        .profile = o->profile,
        .partner_id = o->partner_id,
        .currency = o->currency,
        .is_validation = true,
    };
    if (o->profiles) {
        struct x12_senders senders = { .profiles = o->profiles,
                                       .submitter = speaker.id,
                                       .own = o->profile,
                                       .day = instant_date(o->received_at_unix_ms, 0) };
        struct x12_choice chosen = x12_sender_choose(&senders, spool);
        job.profile = chosen.readings.items[0].read_by;
        job.readings = chosen.readings;
        job.sender_is_refused = chosen.is_undecided;
    }
    struct intake *intake;
    TRY(intake_open(&intake, &job, &events));
    struct reader_layout layout = intake_layout(intake);
    if (o->rejects)
        c->rejects = rejects_open(o->rejects, o->rejects_form, intake_result(intake)->format, spool->bytes, &layout);
    enum err e = intake_post_all(intake);
    if (o->rejects && !rejects_close(c->rejects, intake)) note_failed_write(c);
    if (e == OK) tell(c, intake, job.file_name);
    intake_close(intake);
    return e;
}

enum err intake_check(const struct check_options *options, struct check_outcome *outcome)
{
    struct check c = { .options = options, .outcome = outcome };
    struct spool spool;
    *outcome = (struct check_outcome){ 0 };
    TRY(spool_open_document(&spool, options->path));
    json_out_open(&c.json);
    struct spool document;
    size_t at = 0;
    enum err e = OK;
    while (e == OK && intake_document_next(&spool, &at, &document)) e = run(&c, &document);
    flush(&c, options->lines);
    flush(&c, options->receipt);
    flush(&c, options->ack);
    flush(&c, options->rejects);
    json_out_close(&c.json);
    free(c.known.rows);
    spool_close(&spool);
    return e;
}
