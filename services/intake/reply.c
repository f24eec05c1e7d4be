/* intake/reply.c: receipts and problems. */
#include "intake/reply.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/vocabulary.h"
#include "intake/issue.h"

enum { MONEY_BYTES = 64, PARTITION_DIGITS = 3 };

struct problem_row { unsigned status; struct slice name, title, fix, code; };

static const struct problem_row rows[] = {
    [REPLY_NO_PROBLEM] = { 200, SLICE_INIT(""), SLICE_INIT(""), SLICE_INIT(""), SLICE_INIT("") },
#define PROBLEM(id, http_status, problem_name, problem_title, problem_fix) \
    [REPLY_##id] = { http_status, SLICE_INIT(problem_name), SLICE_INIT(problem_title), SLICE_INIT(problem_fix), \
    SLICE_INIT(#id) },
    REPLY_PROBLEMS(PROBLEM)
#undef PROBLEM
};

/* Ids */

void reply_put_id(struct text *t, int32_t partition, const uint8_t id[SHA256_BYTES])
{
    PUT(t, "d-");
    if (partition < 100) PUT(t, "0");
    if (partition < 10) PUT(t, "0");
    text_put_int(t, partition);
    PUT(t, "-");
    text_put_hex(t, id, REPLY_ID_HEX / 2);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool reply_read_id(struct slice text, int32_t *partition, uint8_t prefix[REPLY_ID_HEX / 2])
{
    uint64_t number;
    if (!slice_starts_with(text, SLICE("d-"))) return false;
    struct slice rest = slice_skip(text, 2), digits = slice_cut(&rest, '-');
    if (digits.size < PARTITION_DIGITS || digits.size > 6 || !slice_to_uint(digits, INT32_MAX, &number)
        || rest.size != REPLY_ID_HEX)
        return false;
    *partition = (int32_t)number;
    for (unsigned k = 0; k < REPLY_ID_HEX / 2; k++) {
        int high = digit(rest.bytes[2 * k]), low = digit(rest.bytes[2 * k + 1]);
        if (high < 0 || low < 0) return false;
        prefix[k] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Receipts */

static struct slice money(char *buffer, __int128 minor, struct slice currency)
{
    struct text t = text_over(buffer, MONEY_BYTES);
    if (minor > INT64_MAX || minor < INT64_MIN) PUT(&t, "beyond");
    else money_put(&t, (int64_t)minor, currency);
    return text_slice(&t);
}

static void member_count(struct json_out *out, struct slice name, uint64_t value)
{
    json_out_member_int(out, name, (int64_t)value);
}

/* Counts of the stages after take the place of what intake passed on. */
static void put_counts(struct json_out *out, const struct reply_document *d)
{
    const struct intake_document *r = d->row;
    const struct reply_standing *s = d->standing;
    json_out_name(out, SLICE("counts"));
    json_out_begin(out, '{');
    member_count(out, SLICE("lines"), r->passed + r->rejected + r->dead);
    member_count(out, SLICE("passed"), r->passed);
    if (s) {
        member_count(out, SLICE("decided"), s->decided);
        member_count(out, SLICE("short"), s->shorted);
        member_count(out, SLICE("held"), s->held);
        member_count(out, SLICE("parked"), s->parked);
        member_count(out, SLICE("refused"), s->refused);
    }
    member_count(out, SLICE("rejected"), r->rejected);
    member_count(out, SLICE("dead"), r->dead);
    member_count(out, SLICE("warned"), r->warned);
    member_count(out, SLICE("not_lines"), r->not_lines);
    json_out_end(out);
}

static __int128 approved_in(const struct reply_standing *s, struct slice currency)
{
    for (unsigned k = 0; s && k < s->approved_count; k++)
        if (slice_equal(s->approved[k].currency, currency)) return s->approved[k].passed_minor;
    return 0;
}

static void put_total(struct json_out *out, const struct reply_standing *s, struct slice currency, __int128 claimed)
{
    char buffer[MONEY_BYTES];
    json_out_begin(out, '{');
    json_out_member(out, SLICE("currency"), currency);
    json_out_member(out, SLICE("claimed"), money(buffer, claimed, currency));
    if (s) json_out_member(out, SLICE("approved"), money(buffer, approved_in(s, currency), currency));
    json_out_end(out);
}

/* What was approved in a currency that nobody claimed in stands at the end. */
static void put_totals(struct json_out *out, const struct reply_document *d)
{
    const struct intake_document *r = d->row;
    const struct reply_standing *s = d->standing;
    json_out_name(out, SLICE("totals"));
    json_out_begin(out, '[');
    for (unsigned k = 0; k < r->total_count; k++) put_total(out, s, r->totals[k].currency, r->totals[k].claimed_minor);
    for (unsigned k = 0; s && k < s->approved_count; k++) {
        bool is_there = false;
        for (unsigned n = 0; n < r->total_count; n++)
            is_there |= slice_equal(r->totals[n].currency, s->approved[k].currency);
        if (!is_there) put_total(out, s, s->approved[k].currency, 0);
    }
    json_out_end(out);
}

static bool is_zero(const uint8_t id[SHA256_BYTES])
{
    uint8_t any = 0;
    for (unsigned k = 0; k < SHA256_BYTES; k++) any |= id[k];
    return any == 0;
}

static void put_link(struct json_out *out, struct slice name, struct slice id)
{
    char buffer[128];
    struct text t = text_over(buffer, sizeof buffer);
    PUT(&t, "/v1/documents/");
    text_put(&t, id);
    if (!slice_equal(name, SLICE("self"))) {
        PUT(&t, "/");
        text_put(&t, name);
    }
    json_out_member(out, name, text_slice(&t));
}

static void put_links(struct json_out *out, const struct intake_document *r, struct slice id)
{
    json_out_name(out, SLICE("links"));
    json_out_begin(out, '{');
    put_link(out, SLICE("self"), id);
    put_link(out, SLICE("errors"), id);
    put_link(out, SLICE("lines"), id);
    put_link(out, SLICE("raw"), id);
    bool is_x12 = slice_equal(r->format, SLICE("x12"));
    if (r->rejected + r->dead > 0 || (is_x12 && r->errors.size > 2)) put_link(out, SLICE("rejects"), id);
    if (is_x12) put_link(out, SLICE("ack"), id);
    if (is_x12) put_link(out, SLICE("response"), id);
    if (r->state == INTAKE_HELD) put_link(out, SLICE("answers"), id);
    json_out_end(out);
}

static void put_ids(struct json_out *out, const struct reply_document *d, struct slice id)
{
    const struct intake_document *r = d->row;
    char buffer[SHA256_HEX];
    struct text t = text_over(buffer, sizeof buffer);
    json_out_member(out, SLICE("id"), id);
    text_put_hex(&t, d->id, SHA256_BYTES);
    json_out_member(out, SLICE("document_id"), text_slice(&t));
    json_out_member_int(out, SLICE("attempt"), r->attempt);
    json_out_member(out, SLICE("parent"), r->parent);
    json_out_member(out, SLICE("state"), intake_state_name(r->state));
    t.size = 0;
    instant_put(&t, r->received_at_unix_ms);
    json_out_member(out, SLICE("received_at"), text_slice(&t));
    json_out_member(out, SLICE("name"), r->file_name);
    t.size = 0;
    if (!is_zero(r->sha256)) text_put_hex(&t, r->sha256, SHA256_BYTES);
    json_out_member(out, SLICE("sha256"), text_slice(&t));
    member_count(out, SLICE("bytes"), r->bytes);
}

/* What is worth knowing, when there is any. */
static void put_list(struct json_out *out, struct slice name, struct slice json)
{
    if (json.size <= 2) return;
    json_out_name(out, name);
    json_out_raw(out, json);
}

void reply_put_receipt(struct json_out *out, const struct reply_document *d)
{
    const struct intake_document *r = d->row;
    char buffer[REPLY_ID_BYTES];
    struct text id = text_over(buffer, sizeof buffer);
    reply_put_id(&id, d->partition, d->id);
    json_out_begin(out, '{');
    put_ids(out, d, text_slice(&id));
    if (d->shows_submitter) json_out_member(out, SLICE("submitter"), r->submitter_id);
    json_out_member(out, SLICE("partner_id"), r->partner_id);
    json_out_member(out, SLICE("format"), r->format);
    json_out_member(out, SLICE("dialect"), r->dialect);
    json_out_member(out, SLICE("profile"), r->profile);
    json_out_member(out, SLICE("report_id"), r->report_id);
    put_counts(out, d);
    put_totals(out, d);
    if (r->question.size) {
        json_out_name(out, SLICE("question"));
        json_out_raw(out, r->question);
    }
    json_out_name(out, SLICE("errors"));
    json_out_raw(out, r->errors.size ? r->errors : SLICE("[]"));
    json_out_member_bool(out, SLICE("errors_truncated"), r->errors_truncated);
    put_list(out, SLICE("warnings"), r->warnings);
    put_list(out, SLICE("notes"), r->notes);
    if (!is_zero(r->duplicate_of)) {
        id.size = 0;
        reply_put_id(&id, d->partition, r->duplicate_of);
        json_out_member(out, SLICE("duplicate_of"), text_slice(&id));
        id.size = 0;
        reply_put_id(&id, d->partition, d->id);
    }
    put_links(out, r, text_slice(&id));
    json_out_end(out);
}

/* Problems */

unsigned reply_status(enum reply_problem p)
{
    ASSERT(p < REPLY_PROBLEM_COUNT);
    return rows[p].status;
}

enum reply_problem reply_find(struct slice name)
{
    for (enum reply_problem p = REPLY_NO_PROBLEM + 1; p < REPLY_PROBLEM_COUNT; p++)
        if (slice_equal(rows[p].name, name)) return p;
    return REPLY_NO_PROBLEM;
}

void reply_put_page(struct text *t, enum reply_problem p)
{
    text_put(t, rows[p].title);
    PUT(t, ".\n");
    text_put(t, rows[p].fix);
    PUT(t, "\n");
}

static void put_type(struct json_out *out, enum reply_problem p)
{
    char buffer[64];
    struct text t = text_over(buffer, sizeof buffer);
    PUT(&t, "/problems/");
    text_put(&t, rows[p].name);
    json_out_member(out, SLICE("type"), text_slice(&t));
}

/* What is wrong with a body that was not kept, as the one error object (feeds.md 12); ISSUE_NONE: the problem says
 * all. */
static enum issue_code issue_of(enum reply_problem p)
{
    if (p == REPLY_BODY_INCOMPLETE) return ISSUE_READ_FAILED;
    return p == REPLY_ENCODING_BROKEN ? ISSUE_ENCODING_BROKEN : ISSUE_NONE;
}

static void put_errors(struct json_out *out, enum reply_problem p, const struct reply_detail *d)
{
    if (d->errors.size) {
        json_out_name(out, SLICE("errors"));
        json_out_raw(out, d->errors);
        json_out_member_bool(out, SLICE("errors_truncated"), d->errors_truncated);
    } else if (issue_of(p) != ISSUE_NONE) {
        json_out_name(out, SLICE("errors"));
        json_out_begin(out, '[');
        issue_put_json(out, &(struct issue){ .code = issue_of(p), .severity = SEVERITY_ERROR });
        json_out_end(out);
    }
}

/* The issue that has the problem's name; ISSUE_NONE: it is none of a document. */
static enum issue_code issue_named(enum reply_problem p)
{
    switch (p) {
    case REPLY_DOCUMENT_REJECTED:  return ISSUE_DOCUMENT_REJECTED;
    case REPLY_ENCODING_BROKEN:    return ISSUE_ENCODING_BROKEN;
    case REPLY_FORMAT_UNKNOWN:     return ISSUE_FORMAT_UNKNOWN;
    case REPLY_FORMAT_UNSUPPORTED: return ISSUE_FORMAT_UNSUPPORTED;
    case REPLY_EVENT_ID_REUSED:    return ISSUE_EVENT_ID_REUSED;
    default:                       return ISSUE_NONE;
    }
}

static void put_code(struct json_out *out, enum reply_problem p)
{
    json_out_member(out, SLICE("code"), rows[p].code);
    if (issue_named(p) != ISSUE_NONE) json_out_member_int(out, SLICE("number"), issue_number(issue_named(p)));
}

static void put_words(struct json_out *out, struct slice name, struct slice json, struct slice text)
{
    if (!json.size) { json_out_member(out, name, text); return; }
    json_out_name(out, name);
    json_out_raw(out, json);
}

void reply_put_problem(struct json_out *out, enum reply_problem p, const struct reply_detail *d)
{
    ASSERT(p > REPLY_NO_PROBLEM && p < REPLY_PROBLEM_COUNT);
    json_out_begin(out, '{');
    put_type(out, p);
    json_out_member(out, SLICE("title"), rows[p].title);
    json_out_member_int(out, SLICE("status"), rows[p].status);
    put_code(out, p);
    put_words(out, SLICE("detail"), d->detail_json, d->detail);
    json_out_member(out, SLICE("instance"), d->instance);
    put_errors(out, p, d);
    put_words(out, SLICE("fix"), d->fix_json, rows[p].fix);
    json_out_end(out);
}

/* The text of a member of the first object of a list, its quotes with it; the quotes of texts inside are escaped. */
static struct slice first_text(struct slice errors, struct slice member)
{
    const char *at = memmem(errors.bytes, errors.size, member.bytes, member.size), *end = errors.bytes + errors.size;
    if (!at) return (struct slice){ 0 };
    at += member.size;
    const char *from = at++;
    while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
    return at < end ? slice_of(from, (size_t)(at + 1 - from)) : (struct slice){ 0 };
}

enum reply_problem reply_rejection(const struct intake_document *row)
{
    static const struct { enum issue_code code; enum reply_problem problem;
    } rows_of_codes[] = {
        { ISSUE_FORMAT_UNKNOWN, REPLY_FORMAT_UNKNOWN },
        { ISSUE_FORMAT_UNSUPPORTED, REPLY_FORMAT_UNSUPPORTED },
        { ISSUE_XLS_UNSUPPORTED, REPLY_FORMAT_UNSUPPORTED },
        { ISSUE_WORKBOOK_ENCRYPTED, REPLY_FORMAT_UNSUPPORTED },
        { ISSUE_HTML_NOT_A_WORKBOOK, REPLY_FORMAT_UNSUPPORTED },
        { ISSUE_DOCUMENT_TOO_LARGE, REPLY_TOO_LARGE },
        { ISSUE_ENCODING_BOMB, REPLY_TOO_LARGE },
        { ISSUE_JSON_NEEDS_NDJSON, REPLY_TOO_LARGE },
        { ISSUE_EVENT_ID_REUSED, REPLY_EVENT_ID_REUSED },
    };
    for (unsigned k = 0; k < sizeof rows_of_codes / sizeof *rows_of_codes; k++)
        if (row->code == issue_number(rows_of_codes[k].code)) return rows_of_codes[k].problem;
    return REPLY_DOCUMENT_REJECTED;
}

void reply_put_rejection(struct json_out *out, const struct intake_document *row, struct slice instance)
{
    struct reply_detail d = { .instance = instance, .errors = row->errors, .errors_truncated = row->errors_truncated };
    char sentence[REPLY_SENTENCE_BYTES];
    struct text t = text_over(sentence, sizeof sentence);
    if (row->rejected + row->dead > 0) {
        issue_put_sentence(&t, &(struct issue){ .code = ISSUE_NOTHING_POSTED });
        d.detail = text_slice(&t);
    } else if (row->errors.size > 2) {
        d.detail_json = first_text(row->errors, SLICE("\"message\":"));
        d.fix_json = first_text(row->errors, SLICE("\"fix\":"));
    }
    reply_put_problem(out, reply_rejection(row), &d);
}
