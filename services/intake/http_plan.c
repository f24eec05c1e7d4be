/* intake/http_plan.c: routes, and what their heads must say. */
#include "intake/http_plan.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "intake/base64.h"
#include "intake/record.h"
#include "intake/register.h"
#include "intake/text.h"

#include <jansson.h>

enum { TRACEPARENT_MAX = 64, PARAMETER_SHOWN = 64 };

/* The value of a field, empty when absent; *count (may be NULL): how often it stands there. */
static struct slice http_field_of(const struct http_field *fields, unsigned field_count, struct slice name,
                                  unsigned *count)
{
    struct slice found = { 0 };
    unsigned times = 0;
    for (unsigned k = 0; k < field_count; k++) {
        if (!slice_equal_nocase(fields[k].name, name)) continue;
        if (times++ == 0) found = fields[k].value;
    }
    if (count) *count = times;
    return found;
}

static struct slice header(const struct http_head *h, const char *name, unsigned *count)
{
    return slice_trim(http_field_of(h->headers, h->header_count, slice_from(name), count));
}

/* What is asked for is what there is: any other name is a parameter that nobody would look at. */
static struct slice query(const struct http_head *h, struct http_plan *p, const char *name)
{
    ASSERT(p->parameter_count < HTTP_PARAMETERS_MAX);
    p->parameters[p->parameter_count++] = slice_from(name);
    return http_field_of(h->query, h->query_count, slice_from(name), NULL);
}

static bool refuse(struct http_plan *p, enum reply_problem problem, const char *detail)
{
    p->act = HTTP_REFUSE;
    p->problem = problem;
    p->detail = slice_from(detail);
    return false;
}

/* Who asks */

static bool authenticate(const struct http_head *h, const struct http_state *s, unsigned scope, struct http_plan *p)
{
    unsigned count;
    struct slice said = header(h, "authorization", &count), token = said, kind = slice_cut(&token, ' ');
    if (count > 1) return refuse(p, REPLY_UNAUTHENTICATED, "Authorization stands more than once.");
    if (count == 1 && (!slice_equal_nocase(kind, SLICE("bearer")) || slice_trim(token).size == 0))
        return refuse(p, REPLY_UNAUTHENTICATED, "Authorization is not of the form Bearer and a token.");
    p->grant = grants_of_token(s->grants, count ? slice_trim(token) : (struct slice){ 0 }, &p->scopes);
    if (!p->grant) return refuse(p, REPLY_UNAUTHENTICATED, "");
    if (!(p->scopes & scope)) return refuse(p, REPLY_FORBIDDEN, "");
    p->question.submitter_id = p->meta.submitter_id = p->grant->submitter.id;
    p->question.operates = (p->scopes & SCOPE_OPERATE) != 0;
    return true;
}

/* What comes */

static bool check_length(const struct http_head *h, const struct http_state *s, struct http_plan *p)
{
    unsigned lengths, codings;
    struct slice length = header(h, "content-length", &lengths), coding = header(h, "transfer-encoding", &codings);
    if (codings && !slice_equal_nocase(coding, SLICE("chunked")))
        return refuse(p, REPLY_BAD_REQUEST, "The transfer coding is not known.");
    if (!lengths && !codings) return refuse(p, REPLY_LENGTH_REQUIRED, "");
    p->has_length = lengths == 1;
    if (lengths && !slice_to_uint(length, UINT64_MAX / 4, &p->length))
        return refuse(p, REPLY_BAD_REQUEST, "Content-Length is no number.");
    if (lengths && p->length > s->body_bytes_max) return refuse(p, REPLY_TOO_LARGE, "");
    return true;
}

/* Events, binary mode: their names are headers, the body their data. A body that is an event says so by its type. */

static bool is_whole_event(const struct http_head *h)
{
    return slice_equal_nocase(slice_head(header(h, "content-type", NULL), 23), SLICE("application/cloudevents"));
}

static bool is_event(const struct http_head *h)
{
    unsigned versions, ids;
    (void)header(h, "ce-specversion", &versions);
    (void)header(h, "ce-id", &ids);
    return (versions || ids) && !is_whole_event(h);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void put_event_text(struct text *t, struct slice value)
{
    bool is_quoted = value.size >= 2 && value.bytes[0] == '"' && value.bytes[value.size - 1] == '"';
    if (is_quoted) value = slice_of(value.bytes + 1, value.size - 2);
    for (size_t k = 0; k < value.size; k++) {
        bool has_digits = value.bytes[k] == '%' && k + 2 < value.size;
        int high = has_digits ? hex_digit(value.bytes[k + 1]) : -1;
        int low = has_digits ? hex_digit(value.bytes[k + 2]) : -1;
        if (is_quoted && value.bytes[k] == '\\' && k + 1 < value.size) text_put_byte(t, value.bytes[++k]);
        else if (high < 0 || low < 0) text_put_byte(t, value.bytes[k]);
        else { text_put_byte(t, (char)(high << 4 | low)); k += 2; }
    }
}

struct slice http_plan_event_text(struct arena *a, struct slice value)
{
    struct text t = text_in(a, value.size + 1);
    put_event_text(&t, value);
    return text_slice(&t);
}

static bool is_event_name(const struct http_head *h, const char *name)
{
    unsigned count;
    char room[HTTP_TARGET_MAX];
    struct text t = text_over(room, sizeof room);
    put_event_text(&t, header(h, name, &count));
    return count == 1 && !t.full && record_is_event_text(text_slice(&t));
}

static bool take_event(const struct http_head *h, struct http_plan *p)
{
    if (!is_event(h)) return true;
    bool is_sound = is_event_name(h, "ce-id") && is_event_name(h, "ce-source") && is_event_name(h, "ce-type")
                    && is_event_name(h, "ce-specversion")
                    && slice_equal(header(h, "ce-specversion", NULL), SLICE("1.0"));
    if (!is_sound)
        return refuse(
            p, REPLY_BAD_REQUEST,
            "An event has ce-specversion 1.0, ce-id, ce-source and ce-type, each once and of 1 to 1024 bytes.");
    p->meta.event_source = header(h, "ce-source", NULL);
    p->meta.event_id = header(h, "ce-id", NULL);
    struct slice trace = header(h, "ce-traceparent", NULL);
    if (trace.size > 0 && trace.size <= TRACEPARENT_MAX) p->meta.traceparent = trace;
    return true;
}

static bool check_type(const struct http_head *h, struct http_plan *p)
{
    static const char *const types[] = {
        "application/json",          "application/x-ndjson",
        "application/ndjson",        "text/csv",
        "text/tab-separated-values", "text/plain",
        "application/edi-x12",       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/octet-stream",  "application/x-www-form-urlencoded",
        "application/cloudevents+json",
    };
    unsigned count;
    struct slice said = header(h, "content-type", &count), type = slice_trim(slice_cut(&said, ';'));
    if (count > 1) return refuse(p, REPLY_BAD_REQUEST, "Content-Type stands more than once.");
    if (type.size == 0) return true;
    for (unsigned k = 0; k < sizeof types / sizeof *types; k++)
        if (slice_equal_nocase(type, slice_from(types[k]))) return true;
    if (is_event(h) && slice_equal_nocase(slice_skip(type, type.size > 5 ? type.size - 5 : 0), SLICE("+json")))
        return true;
    if (slice_equal_nocase(type, SLICE("application/edifact")))
        return refuse(p, REPLY_FORMAT_UNSUPPORTED, "EDIFACT is not read here; send X12 or CSV.");
    if (slice_equal_nocase(slice_head(type, 23), SLICE("application/cloudevents")))
        return refuse(p, REPLY_FORMAT_UNSUPPORTED,
                      "Of events one a request is read, in JSON; send a batch as NDJSON of its data.");
    return refuse(p, REPLY_FORMAT_UNKNOWN, "");
}

static bool check_encoding(const struct http_head *h, struct http_plan *p)
{
    unsigned count;
    struct slice said = header(h, "content-encoding", &count);
    if (count > 1) return refuse(p, REPLY_BAD_REQUEST, "Content-Encoding stands more than once.");
    p->is_compressed = slice_equal_nocase(said, SLICE("gzip")) || slice_equal_nocase(said, SLICE("x-gzip"));
    if (p->is_compressed || said.size == 0 || slice_equal_nocase(said, SLICE("identity"))) return true;
    return refuse(p, REPLY_FORMAT_UNKNOWN, "Content-Encoding is neither gzip nor none.");
}

/* 1 to 255 printable bytes, bare or quoted. */
static bool check_key(const struct http_head *h, const struct http_state *s, struct http_plan *p)
{
    unsigned count;
    struct slice key = header(h, "idempotency-key", &count);
    if (count > 1) return refuse(p, REPLY_KEY_REPEATED, "");
    bool is_quoted = key.size >= 2 && key.bytes[0] == '"' && key.bytes[key.size - 1] == '"';
    if (is_quoted) key = slice_of(key.bytes + 1, key.size - 2);
    if (count == 0) return s->needs_key ? refuse(p, REPLY_KEY_MISSING, "") : true;
    if (key.size == 0 || key.size > HTTP_KEY_MAX)
        return refuse(p, REPLY_BAD_REQUEST, "The Idempotency-Key has not 1 to 255 bytes.");
    for (size_t k = 0; k < key.size; k++)
        if (key.bytes[k] < 0x20 || key.bytes[k] > 0x7e)
            return refuse(p, REPLY_BAD_REQUEST, "The Idempotency-Key has bytes that cannot be printed.");
    p->meta.request_key = key;
    return true;
}

/* 44 digits of base64 are 32 bytes. */
static bool take_digest(struct slice text, uint8_t digest[SHA256_BYTES])
{
    char bytes[SHA256_BYTES + 1];
    size_t size;
    if (text.size != 44 || !base64_decode(text, bytes, &size) || size != SHA256_BYTES) return false;
    memcpy(digest, bytes, SHA256_BYTES);
    return true;
}

/* RFC 9530: each member is an algorithm with base64 between colons. The sender wants it checked: without ours it is
 * refused. */
static bool check_digest(const struct http_head *h, struct http_plan *p)
{
    unsigned count;
    struct slice said = header(h, "content-digest", &count);
    if (count > 1) return refuse(p, REPLY_BAD_REQUEST, "Content-Digest stands more than once.");
    while (said.bytes && count) {
        struct slice value = slice_trim(slice_cut(&said, ',')), name = slice_cut(&value, '=');
        bool is_ours = slice_equal_nocase(name, SLICE("sha-256")),
             is_framed = value.size >= 2 && value.bytes[0] == ':' && value.bytes[value.size - 1] == ':';
        if (!is_framed || name.size == 0)
            return refuse(p, REPLY_BAD_REQUEST, "Content-Digest is not of the form sha-256=:…:.");
        if (!is_ours) continue;
        if (p->has_digest || !take_digest(slice_of(value.bytes + 1, value.size - 2), p->digest))
            return refuse(p, REPLY_BAD_REQUEST, "The sha-256 of Content-Digest is not 32 bytes in base64, said once.");
        p->has_digest = true;
    }
    return count == 0 || p->has_digest
               ? true
               : refuse(p, REPLY_BAD_REQUEST, "Content-Digest names no algorithm that is checked here; send sha-256.");
}

/* What may be answered: one of the types, or anything. */
static bool accepts(const struct http_head *h, const char *type)
{
    struct slice said = header(h, "accept", NULL);
    if (said.size == 0) return true;
    while (said.bytes) {
        struct slice one = slice_cut(&said, ','), range = slice_trim(slice_cut(&one, ';')), wanted = slice_from(type);
        struct slice rest = wanted, family = slice_cut(&rest, '/');
        if (slice_equal_nocase(range, wanted) || slice_equal(range, SLICE("*/*"))) return true;
        if (range.size == family.size + 2 && slice_equal_nocase(slice_head(range, family.size), family)
            && slice_ends_with(range, SLICE("/*")))
            return true;
    }
    return false;
}

static bool says_type(const struct http_head *h, const char *type)
{
    struct slice said = header(h, "accept", NULL);
    while (said.bytes) {
        struct slice one = slice_cut(&said, ',');
        if (slice_equal_nocase(slice_trim(slice_cut(&one, ';')), slice_from(type))) return true;
    }
    return false;
}

static bool check_accept(const struct http_head *h, struct http_plan *p)
{
    p->wants_ack = says_type(h, "application/edi-x12") && !says_type(h, "application/json");
    p->wants_lines = says_type(h, "application/x-ndjson");
    if (p->wants_ack || p->wants_lines || accepts(h, "application/json") || accepts(h, "application/problem+json"))
        return true;
    return refuse(p, REPLY_NOT_ACCEPTABLE, "");
}

static bool check_text(struct http_plan *p, struct slice text, size_t max, const char *detail)
{
    bool is_fine = text.size <= max && utf8_is_valid(text);
    for (size_t k = 0; k < text.size && is_fine; k++)
        is_fine = (unsigned char)text.bytes[k] >= 0x20 && text.bytes[k] != 0x7f;
    return is_fine ? true : refuse(p, REPLY_BAD_REQUEST, detail);
}

static bool is_currency(struct slice code)
{
    char upper[3];
    if (code.size != sizeof upper) return false;
    for (unsigned k = 0; k < sizeof upper; k++)
        upper[k] = code.bytes[k] >= 'a' && code.bytes[k] <= 'z' ? (char)(code.bytes[k] - 0x20) : code.bytes[k];
    return currency_find(slice_of(upper, sizeof upper)) != NULL;
}

static bool take_parameters(const struct http_head *h, const struct http_state *s, struct http_plan *p)
{
    struct spool_meta *m = &p->meta;
    struct slice received = query(h, p, "received_at");
    m->file_name = query(h, p, "name");
    m->profile = query(h, p, "profile");
    m->partner_id = query(h, p, "partner");
    m->currency = query(h, p, "currency");
    m->traceparent = header(h, "traceparent", NULL);
    m->door = DOOR_HTTP;
    if (m->traceparent.size > TRACEPARENT_MAX) m->traceparent = (struct slice){ 0 };
    if (!check_text(p, m->file_name, 255, "The name has more than 255 bytes or cannot be printed.")) return false;
    if (!check_text(p, m->partner_id, 64, "The partner has more than 64 bytes or cannot be printed.")) return false;
    if (m->currency.size && !is_currency(m->currency))
        return refuse(p, REPLY_BAD_REQUEST, "The currency is no code of ISO 4217.");
    if (m->profile.size && !grants_profile(s->grants, p->grant, m->profile, DATE_MAX))
        return refuse(p, REPLY_BAD_REQUEST, "There is no such mapping profile.");
    if (received.size == 0) return true;
    if (!s->accepts_received_at || !(p->scopes & SCOPE_OPERATE))
        return refuse(
            p, REPLY_FORBIDDEN,
            "Only an operator may say when a document was received, and only where intake.accept_received_at is set.");
    return instant_parse(received, &m->received_at_unix_ms) == OK
               ? true
               : refuse(p, REPLY_BAD_REQUEST, "received_at is no instant of RFC 3339.");
}

static bool check_service(const struct http_state *s, bool needs_engine, struct http_plan *p)
{
    if (s->is_draining) return refuse(p, REPLY_UNAVAILABLE, "The service is about to end.");
    if (needs_engine && !s->takes_documents)
        return refuse(p, REPLY_UNAVAILABLE, "Kafka does not answer, or the partitions are being restored.");
    if (s->spool_permille >= HTTP_FILL_MAX_PERMILLE)
        return refuse(p, REPLY_UNAVAILABLE, "The disk of the spool is nearly full.");
    return true;
}

void http_plan_put_full(struct text *t, unsigned spool_permille)
{
    if (spool_permille < HTTP_FILL_MAX_PERMILLE) return;
    PUT(t, "the disk of intake.spool_dir is ");
    text_put_int(t, spool_permille / 10);
    PUT(t, " % full: documents are refused from ");
    text_put_int(t, HTTP_FILL_MAX_PERMILLE / 10);
    PUT(t, " % on\n");
}

static bool plan_upload(const struct http_head *h, const struct http_state *s, bool is_validation, struct http_plan *p)
{
    p->act = is_validation ? HTTP_VALIDATE : HTTP_UPLOAD;
    return authenticate(h, s, SCOPE_SUBMIT, p) && check_length(h, s, p) && check_type(h, p) && check_encoding(h, p)
           && (is_validation || check_key(h, s, p)) && check_digest(h, p) && check_accept(h, p)
           && take_parameters(h, s, p) && take_event(h, p) && check_service(s, !is_validation, p);
}

/* Questions */

static bool take_wait(const struct http_head *h, struct http_plan *p)
{
    struct slice wait = query(h, p, "wait");
    uint64_t seconds;
    if (wait.size == 0) return true;
    if (!slice_to_uint(wait, HTTP_WAIT_MAX_S, &seconds))
        return refuse(p, REPLY_BAD_REQUEST, "wait is no number of seconds from 0 to 60.");
    p->wait_s = (unsigned)seconds;
    return true;
}

/* As a page before named it: the rest of a key of the list, in hex. */
static bool is_cursor(struct slice s)
{
    enum { DIGITS = 2 * (REGISTER_TIME_KEY_BYTES - REGISTER_KEY_BYTES) };
    for (size_t k = 0; k < s.size; k++)
        if (!memchr("0123456789abcdef", s.bytes[k], 16)) return false;
    return s.size == DIGITS;
}

static bool take_list(const struct http_head *h, struct http_plan *p)
{
    struct question *q = &p->question;
    struct slice since = query(h, p, "since"), limit = query(h, p, "limit");
    uint64_t number = 0;
    q->state = query(h, p, "state");
    q->name = query(h, p, "name");
    q->cursor = query(h, p, "cursor");
    bool is_state = q->state.size == 0;
    for (enum intake_state state = 0; state < INTAKE_STATE_COUNT; state++)
        is_state |= slice_equal(q->state, intake_state_name(state));
    if (!is_state) return refuse(p, REPLY_BAD_REQUEST, "There is no such state.");
    if (since.size && instant_parse(since, &q->since_unix_ms) != OK)
        return refuse(p, REPLY_BAD_REQUEST, "since is no instant of RFC 3339.");
    if (limit.size && (!slice_to_uint(limit, 500, &number) || number == 0))
        return refuse(p, REPLY_BAD_REQUEST, "limit is no number from 1 to 500.");
    if (q->cursor.size && !is_cursor(q->cursor))
        return refuse(p, REPLY_BAD_REQUEST, "cursor is none that a page of this list named.");
    q->limit = (unsigned)number;
    return true;
}

static bool take_outcome(const struct http_head *h, struct http_plan *p)
{
    struct slice said = query(h, p, "outcome");
    p->question.outcome = said;
    bool is_known = said.size == 0 || word_find(VOCABULARY_OUTCOME, said) > 0;
    return is_known ? true
                    : refuse(p, REPLY_BAD_REQUEST, "outcome is none of PASS, SHORT, HOLD, PARK, REJECT and DEAD.");
}

static bool plan_question(const struct http_head *h, const struct http_state *s, enum question_kind kind,
                          struct http_plan *p)
{
    p->act = HTTP_ASK;
    p->question.kind = kind;
    p->if_none_match = header(h, "if-none-match", NULL);
    p->question.wants_x12 = says_type(h, "application/edi-x12");
    if (!authenticate(h, s, SCOPE_READ, p)) return false;
    if (kind == QUESTION_STATUS && !take_wait(h, p)) return false;
    if (kind == QUESTION_LIST && !take_list(h, p)) return false;
    if (kind == QUESTION_LINES && !take_outcome(h, p)) return false;
    return s->answers ? true
                      : refuse(p, REPLY_UNAVAILABLE, "Kafka does not answer, or the partitions are being restored.");
}

static bool plan_answer(const struct http_head *h, const struct http_state *s, enum question_kind kind,
                        struct http_plan *p)
{
    p->act = HTTP_ANSWER;
    p->question.kind = kind;
    struct http_state small = *s;
    small.body_bytes_max = HTTP_ANSWER_BYTES_MAX;
    return authenticate(h, s, kind == QUESTION_REPLAY ? SCOPE_OPERATE : SCOPE_SUBMIT | SCOPE_OPERATE, p)
           && check_length(h, &small, p) && check_service(s, true, p);
}

/* Routes */

static bool is_read(struct slice method)
{
    return slice_equal(method, SLICE("GET")) || slice_equal(method, SLICE("HEAD"));
}

static bool wrong_method(struct http_plan *p, const char *allow)
{
    p->allow = slice_from(allow);
    return refuse(p, REPLY_METHOD_NOT_ALLOWED, "");
}

static bool route_part(const struct http_head *h, const struct http_state *s, struct slice part, struct http_plan *p)
{
    static const struct { struct slice name; enum question_kind kind;
    } parts[] = {
        { SLICE_INIT("errors"), QUESTION_ERRORS },     { SLICE_INIT("lines"), QUESTION_LINES },
        { SLICE_INIT("rejects"), QUESTION_REJECTS },   { SLICE_INIT("ack"), QUESTION_ACK },
        { SLICE_INIT("response"), QUESTION_RESPONSE }, { SLICE_INIT("raw"), QUESTION_RAW },
    };
    for (unsigned k = 0; k < sizeof parts / sizeof *parts; k++)
        if (slice_equal(part, parts[k].name))
            return is_read(h->method) ? plan_question(h, s, parts[k].kind, p) : wrong_method(p, "GET, HEAD");
    bool is_replay = slice_equal(part, SLICE("replays"));
    if (!is_replay && !slice_equal(part, SLICE("answers"))) return refuse(p, REPLY_NOT_FOUND, "");
    return slice_equal(h->method, SLICE("POST")) ? plan_answer(h, s, is_replay ? QUESTION_REPLAY : QUESTION_ANSWER, p)
                                                 : wrong_method(p, "POST");
}

static bool route_document(const struct http_head *h, const struct http_state *s, struct slice rest,
                           struct http_plan *p)
{
    p->question.id = slice_cut(&rest, '/');
    if (rest.bytes) return route_part(h, s, rest, p);
    return is_read(h->method) ? plan_question(h, s, QUESTION_STATUS, p) : wrong_method(p, "GET, HEAD");
}

static bool route_problem(struct slice name, struct http_plan *p)
{
    p->act = HTTP_PAGE;
    p->page = reply_find(name);
    return p->page ? true : refuse(p, REPLY_NOT_FOUND, "");
}

static bool route(const struct http_head *h, const struct http_state *s, struct http_plan *p)
{
    bool is_post = slice_equal(h->method, SLICE("POST"));
    if (slice_equal(h->path, SLICE("/v1/documents"))) {
        if (is_post) return plan_upload(h, s, false, p);
        return is_read(h->method) ? plan_question(h, s, QUESTION_LIST, p) : wrong_method(p, "GET, HEAD, POST");
    }
    if (slice_equal(h->path, SLICE("/v1/validations")))
        return is_post ? plan_upload(h, s, true, p) : wrong_method(p, "POST");
    if (slice_starts_with(h->path, SLICE("/v1/documents/"))) return route_document(h, s, slice_skip(h->path, 14), p);
    bool is_open_page =
        slice_equal(h->path, SLICE("/v1/openapi.json")) || slice_starts_with(h->path, SLICE("/problems/"));
    if (is_open_page && !is_read(h->method)) return wrong_method(p, "GET, HEAD");
    if (slice_starts_with(h->path, SLICE("/problems/"))) return route_problem(slice_skip(h->path, 10), p);
    p->act = HTTP_OPENAPI;
    return is_open_page ? true : refuse(p, REPLY_NOT_FOUND, "");
}

bool http_field_is_sound(struct slice name, struct slice value)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    if (name.size == 0) return false;
    for (size_t k = 0; k < name.size; k++) {
        char c = name.bytes[k];
        bool is_token =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
        if (!is_token) return false;
    }
    for (size_t k = 0; k < value.size; k++)
        if (((unsigned char)value.bytes[k] < 0x20 && value.bytes[k] != '\t') || value.bytes[k] == 0x7f) return false;
    return true;
}

/* Of any method: where two readers of a head disagree, the next request is one's body and the other's head. */
static bool says_length_twice(const struct http_head *h)
{
    unsigned lengths, codings;
    (void)header(h, "content-length", &lengths);
    (void)header(h, "transfer-encoding", &codings);
    return lengths + codings > 1;
}

bool http_head_has_body(const struct http_head *head)
{
    unsigned lengths, codings;
    struct slice length = header(head, "content-length", &lengths);
    (void)header(head, "transfer-encoding", &codings);
    return codings > 0 || (lengths > 0 && !slice_equal(length, SLICE("0")));
}

/* `?partner=A&partner=B`: which of them was meant nobody can tell. */
static bool asks_twice(const struct http_head *h)
{
    for (unsigned i = 0; i < h->query_count; i++)
        for (unsigned k = 0; k < i; k++)
            if (slice_equal(h->query[i].name, h->query[k].name)) return true;
    return false;
}

/* `?outcom=REJECT`: whoever wrote it would take every line for a refused one. */
static void check_parameters(const struct http_head *h, struct http_plan *p)
{
    for (unsigned i = 0; i < h->query_count; i++) {
        bool is_known = false;
        for (unsigned k = 0; k < p->parameter_count; k++)
            is_known |= slice_equal_nocase(h->query[i].name, p->parameters[k]);
        if (is_known) continue;
        p->unknown = h->query[i].name;
        (void)refuse(p, REPLY_BAD_REQUEST, "");
        return;
    }
}

/* A proxy may ask for `http://host/v1/documents`: the path of that is the same (RFC 9112, 3.2.2). */
static struct slice path_of(struct slice target)
{
    static const struct slice schemes[] = { SLICE_INIT("http://"), SLICE_INIT("https://") };
    for (unsigned i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (target.size < schemes[i].size
            || !slice_equal_nocase(slice_head(target, schemes[i].size), schemes[i]))
            continue;
        struct slice rest = slice_skip(target, schemes[i].size);
        size_t slash = slice_find(rest, '/');
        return slash < rest.size ? slice_skip(rest, slash) : SLICE("/");
    }
    return target;
}

/* Who stands in front may have looked at the other one (RFC 9112 3.2). */
static bool names_hosts(const struct http_head *head)
{
    unsigned count;
    (void)header(head, "host", &count);
    return count > 1;
}

struct http_plan http_plan_of(const struct http_head *said, const struct http_state *state)
{
    struct http_plan p = { 0 };
    struct http_head own = *said;
    const struct http_head *head = &own;
    own.path = path_of(said->path);
    if (head->is_malformed)
        (void)refuse(
            &p, REPLY_BAD_REQUEST,
            "The head is not of lines that end with CR LF, each a name, a colon and a value without control bytes.");
    else if (head->target_bytes > HTTP_TARGET_MAX)
        (void)refuse(&p, REPLY_BAD_REQUEST, "The target has more than 2048 bytes.");
    else if (head->header_count > HTTP_HEADERS_MAX)
        (void)refuse(&p, REPLY_BAD_REQUEST, "The request has more than 64 headers.");
    else if (names_hosts(head))
        (void)refuse(&p, REPLY_BAD_REQUEST, "Host stands more than once.");
    else if (says_length_twice(head))
        (void)refuse(&p, REPLY_BAD_REQUEST, "The length of the body is said more than once.");
    else if (asks_twice(head))
        (void)refuse(&p, REPLY_BAD_REQUEST, "A parameter of the query stands more than once.");
    else if (route(head, state, &p)) check_parameters(head, &p);
    return p;
}

void http_plan_put_detail(struct text *t, const struct http_plan *p)
{
    text_put(t, p->detail);
    if (p->unknown.size == 0) return;
    PUT(t, "There is no parameter ");
    utf8_put_readable(t, slice_head(p->unknown, PARAMETER_SHOWN));
    if (p->parameter_count == 0) PUT(t, ": this address takes none.");
    for (unsigned k = 0; k < p->parameter_count; k++) {
        text_put(t, k == 0 ? SLICE("; there is ") : k + 1 < p->parameter_count ? SLICE(", ") : SLICE(" and "));
        text_put(t, p->parameters[k]);
    }
    if (p->parameter_count > 0) PUT(t, ".");
}

/* Answers */

static bool take_word(const json_t *o, const char *name, const char *const *words, unsigned count, unsigned *index)
{
    const json_t *value = json_object_get(o, name);
    if (!value) return true;
    for (unsigned k = 0; k < count; k++)
        if (json_is_string(value) && strcmp(json_string_value(value), words[k]) == 0) { *index = k + 1; return true; }
    return false;
}

/* Empty when it is absent; *is_fine false: it is no text, or none of that length. */
static struct slice take_text(struct arena *a, const json_t *o, const char *name, bool *is_fine)
{
    enum { ANSWER_TEXT_MAX = 255 };
    const json_t *value = json_object_get(o, name);
    size_t size = json_string_length(value);
    *is_fine = !value || (size > 0 && size <= ANSWER_TEXT_MAX);
    return value && *is_fine ? slice_copy(a, slice_of(json_string_value(value), size)) : (struct slice){ 0 };
}

/* What is no answer might have been meant as one. */
static bool only_answers(const json_t *o)
{
    static const char *const known[] = { "decimal", "dates", "header_row", "sheet", "encoding", "discard" };
    size_t count = 0;
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++) count += json_object_get(o, known[k]) != NULL;
    return json_is_object(o) && count == json_object_size(o);
}

bool http_plan_read_answer(struct arena *a, struct slice body, struct question *q)
{
    static const char *const decimals[] = { "point", "comma" }, *const dates[] = { "ymd", "dmy", "mdy" };
    json_error_t error;
    json_t *o = json_loadb(body.bytes, body.size, JSON_REJECT_DUPLICATES, &error);
    unsigned decimal = 0, date = 0;
    const json_t *row = json_object_get(o, "header_row");
    bool is_sheet, is_encoding;
    struct slice sheet = take_text(a, o, "sheet", &is_sheet), encoding = take_text(a, o, "encoding", &is_encoding);
    q->discards = json_is_true(json_object_get(o, "discard"));
    bool is_fine =
        only_answers(o) && take_word(o, "decimal", decimals, 2, &decimal) && take_word(o, "dates", dates, 3, &date)
        && is_sheet && is_encoding && (encoding.size == 0 || text_encoding_is_known(encoding));
    if (row)
        is_fine = is_fine && json_is_integer(row) && json_integer_value(row) > 0
                  && json_integer_value(row) <= HEADER_ROW_MAX;
    q->answers = (struct reader_answers){ .decimal = (enum decimal_style)decimal,
                                          .dates = (enum date_style)date,
                                          .header_row = is_fine && row ? (uint32_t)json_integer_value(row) : 0,
                                          .sheet = sheet,
                                          .encoding = encoding };
    bool says = decimal || date || row || sheet.size || encoding.size || q->discards;
    json_decref(o);
    return is_fine && says;
}

bool http_plan_read_replay(struct arena *a, struct slice body, struct question *q)
{
    json_error_t error;
    json_t *o = json_loadb(body.bytes, body.size, JSON_REJECT_DUPLICATES, &error);
    const json_t *profile = json_object_get(o, "profile"), *execute = json_object_get(o, "execute");
    bool is_fine = json_is_string(profile) && json_string_length(profile) > 0 && json_string_length(profile) <= 128
                   && (!execute || json_is_boolean(execute));
    if (is_fine) q->profile = slice_copy(a, slice_of(json_string_value(profile), json_string_length(profile)));
    q->executes = json_is_true(execute);
    json_decref(o);
    return is_fine;
}
