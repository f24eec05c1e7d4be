#include "intake/http_plan.h"

#include "base/assert.h"
#include "intake/openapi.h"
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>

/* sha256 of "secret", "reader", "boss" stand after the tokens */
static struct grants grants;
static struct grant items[2];
static struct grant_token tokens[3];

static void fill(void)
{
    items[0] = (struct grant){ .submitter = { .id = SLICE("north") }, .profile = SLICE("default") };
    items[1] = (struct grant){ .submitter = { .id = SLICE("boss"), .operates = true }, .profile = SLICE("default") };
    tokens[0] = (struct grant_token){ .submitter = SLICE("north"), .scopes = SCOPE_SUBMIT | SCOPE_READ };
    tokens[1] = (struct grant_token){ .submitter = SLICE("north"), .scopes = SCOPE_READ };
    tokens[2] = (struct grant_token){ .submitter = SLICE("boss"), .scopes = SCOPE_ALL };
    hash_sha256(SLICE("secret"), tokens[0].sha256);
    hash_sha256(SLICE("reader"), tokens[1].sha256);
    hash_sha256(SLICE("bosskey"), tokens[2].sha256);
    grants = (struct grants){ .items = items, .count = 2, .tokens = tokens, .token_count = 3 };
}

static struct http_state state = {
    .grants = &grants, .answers = true, .takes_documents = true, .body_bytes_max = 1000
};

static struct http_plan plan_with(const char *method, const char *path, const struct http_field *headers,
                                  unsigned header_count, const struct http_field *query, unsigned query_count)
{
    struct http_head head = { .method = slice_from(method),
                              .path = slice_from(path),
                              .target_bytes = strlen(path),
                              .headers = headers,
                              .header_count = header_count,
                              .query = query,
                              .query_count = query_count };
    fill();
    return http_plan_of(&head, &state);
}
#define F(name, value) { SLICE_INIT(name), SLICE_INIT(value) }
#define COUNT(...) (sizeof((struct http_field[]){ __VA_ARGS__ }) / sizeof(struct http_field))
#define PLAN(method, path, ...) \
    plan_with((method), (path), (struct http_field[]){ __VA_ARGS__ }, COUNT(__VA_ARGS__), NULL, 0)
#define TOKEN F("Authorization", "Bearer secret")
#define LENGTH F("Content-Length", "10")

TEST(a_token_says_who_asks_and_what_it_may)
{
    CHECK_INT(PLAN("POST", "/v1/documents", LENGTH).problem, REPLY_UNAUTHENTICATED);
    CHECK_INT(PLAN("POST", "/v1/documents", LENGTH, F("authorization", "Bearer wrong")).problem, REPLY_UNAUTHENTICATED);
    CHECK_INT(PLAN("POST", "/v1/documents", LENGTH, F("authorization", "Basic c2VjcmV0")).problem,
              REPLY_UNAUTHENTICATED);
    CHECK_INT(PLAN("POST", "/v1/documents", LENGTH, TOKEN, TOKEN).problem, REPLY_UNAUTHENTICATED);
    CHECK_INT(PLAN("POST", "/v1/documents", LENGTH, F("authorization", "Bearer reader")).problem, REPLY_FORBIDDEN);
    struct http_plan p = PLAN("POST", "/v1/documents", LENGTH, TOKEN);
    CHECK_INT(p.act, HTTP_UPLOAD);
    CHECK_TEXT(p.meta.submitter_id, "north");
    CHECK(!p.question.operates);
    CHECK(PLAN("GET", "/v1/documents", F("authorization", "bearer bosskey")).question.operates);
}

TEST(without_tokens_whoever_asks_is_local_and_a_wrong_token_is_still_wrong)
{
    fill();
    struct http_field none[1] = { LENGTH }, wrong[2] = { LENGTH, F("authorization", "Bearer wrong") };
    struct http_head head = {
        .method = SLICE("POST"), .path = SLICE("/v1/documents"), .headers = none, .header_count = 1
    };
    grants.allows_all = true;
    grants.local = (struct grant){ .submitter = { .id = SLICE("local") }, .profile = SLICE("default") };
    CHECK_TEXT(http_plan_of(&head, &state).meta.submitter_id, "local");
    head.headers = wrong;
    head.header_count = 2;
    CHECK_INT(http_plan_of(&head, &state).problem, REPLY_UNAUTHENTICATED);
}

TEST(the_length_of_a_body_is_said_once_and_is_not_too_large)
{
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN).problem, REPLY_LENGTH_REQUIRED);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, LENGTH).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Transfer-Encoding", "chunked")).problem,
              REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, F("Transfer-Encoding", "gzip")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, F("Transfer-Encoding", "chunked")).act, HTTP_UPLOAD);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, F("Content-Length", "1000")).act, HTTP_UPLOAD);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, F("Content-Length", "1001")).problem, REPLY_TOO_LARGE);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, F("Content-Length", "-1")).problem, REPLY_BAD_REQUEST);
}

TEST(types_encodings_and_answers_that_nobody_knows_are_refused_before_the_body)
{
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "text/html")).problem,
              REPLY_FORMAT_UNKNOWN);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "application/EDIFACT")).problem,
              REPLY_FORMAT_UNSUPPORTED);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "application/CloudEvents+JSON")).act,
              HTTP_UPLOAD);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "application/cloudevents-batch+json"))
                  .problem,
              REPLY_FORMAT_UNSUPPORTED);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "application/cloudevents+avro")).problem,
              REPLY_FORMAT_UNSUPPORTED);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "text/csv; charset=utf-8")).act,
              HTTP_UPLOAD);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Encoding", "br")).problem, REPLY_FORMAT_UNKNOWN);
    CHECK(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Encoding", "gzip")).is_compressed);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Accept", "image/png")).problem, REPLY_NOT_ACCEPTABLE);
    CHECK(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Accept", "application/edi-x12")).wants_ack);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Accept", "text/html, */*;q=0.1")).act, HTTP_UPLOAD);
}

TEST(a_key_is_bare_or_quoted_and_stands_once)
{
    CHECK_TEXT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Idempotency-Key", "\"k 1\"")).meta.request_key, "k 1");
    CHECK_TEXT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Idempotency-Key", "k-1")).meta.request_key, "k-1");
    CHECK_INT(
        PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Idempotency-Key", "a"), F("idempotency-key", "a")).problem,
        REPLY_KEY_REPEATED);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Idempotency-Key", "")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Idempotency-Key", "a\x7f")).problem, REPLY_BAD_REQUEST);
    state.needs_key = true;
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH).problem, REPLY_KEY_MISSING);
    state.needs_key = false;
}

#define EVENT F("ce-specversion", "1.0"), F("ce-source", "/erp"), F("CE-Type", "t")

/* feeds.md 9.2, 11: an event in binary mode has its names in headers, percent signs decoded; all of them, each once. */
TEST(an_event_in_binary_mode_is_named_by_its_headers)
{
    struct http_plan p = PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "e%201"));
    CHECK_INT(p.act, HTTP_UPLOAD);
    CHECK_TEXT(p.meta.event_source, "/erp");
    CHECK_TEXT(http_plan_event_text(test_arena(), p.meta.event_id), "e 1");
    CHECK_TEXT(http_plan_event_text(test_arena(), SLICE("\"a\\\"%c3%A9%zz%4\"")), "a\"\xc3\xa9%zz%4");
    CHECK_TEXT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "1"), F("traceparent", "00-a"),
                    F("ce-traceparent", "00-b")).meta.traceparent, "00-b");
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "1"),
                   F("Content-Type", "application/vnd.erp.sale+json")).act, HTTP_UPLOAD);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Type", "application/vnd.erp.sale+json")).problem,
              REPLY_FORMAT_UNKNOWN);
    p = PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "1"),
             F("Content-Type", "application/cloudevents+json"));
    CHECK(p.act == HTTP_UPLOAD && p.meta.event_id.size == 0);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("ce-time", "2026-01-01T00:00:00Z")).act, HTTP_UPLOAD);
}

TEST(an_event_that_is_named_by_halves_is_refused_before_its_body)
{
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("ce-id", "1")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "%ff")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "1"), F("ce-id", "2")).problem,
              REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, EVENT, F("ce-id", "1"), F("ce-specversion", "1.0")).problem,
              REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("ce-specversion", "0.3"), F("ce-id", "1"),
                   F("ce-source", "/erp"), F("ce-type", "t")).problem, REPLY_BAD_REQUEST);
}

TEST(a_digest_is_that_of_the_bytes_as_sent)
{
    struct http_plan p =
        PLAN("POST", "/v1/documents", TOKEN, LENGTH,
             F("Content-Digest", "sha-512=:YQ==:, sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"));
    uint8_t empty[SHA256_BYTES];
    hash_sha256((struct slice){ 0 }, empty);
    CHECK(p.has_digest && memcmp(p.digest, empty, sizeof empty) == 0);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Digest", "sha-256=abc")).problem,
              REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Digest", "md5=:YQ==:")).problem,
              REPLY_BAD_REQUEST);
    CHECK(PLAN("POST", "/v1/documents", TOKEN, LENGTH,
               F("Content-Digest", "md5=:YQ==:, sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"))
              .has_digest);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Digest", "junk")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Digest", "")).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH,
                   F("Content-Digest", "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="))
                  .problem,
              REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH,
                   F("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, x"))
                  .problem,
              REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH, F("Content-Digest", "sha-256=:YQ==:"),
                   F("Content-Digest", "sha-256=:YQ==:"))
                  .problem,
              REPLY_BAD_REQUEST);
}

TEST(nothing_is_taken_while_kafka_the_disk_or_the_process_is_away)
{
    struct http_state before = state;
    state.takes_documents = false;
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH).problem, REPLY_UNAVAILABLE);
    CHECK_INT(PLAN("POST", "/v1/validations", TOKEN, LENGTH).act, HTTP_VALIDATE);
    CHECK_INT(PLAN("POST", "/v1/documents/d-1/answers", TOKEN, LENGTH).problem, REPLY_UNAVAILABLE);
    CHECK_INT(PLAN("GET", "/v1/documents", TOKEN).act, HTTP_ASK);       /* what is on file can be read */
    state.answers = false;
    CHECK_INT(PLAN("GET", "/v1/documents", TOKEN).problem, REPLY_UNAVAILABLE);
    state.answers = state.takes_documents = true;
    state.spool_permille = 800;
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH).problem, REPLY_UNAVAILABLE);
    state.spool_permille = 799;
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH).act, HTTP_UPLOAD);
    state.is_draining = true;
    CHECK_INT(PLAN("POST", "/v1/documents", TOKEN, LENGTH).problem, REPLY_UNAVAILABLE);
    CHECK_INT(PLAN("GET", "/v1/documents", TOKEN).act, HTTP_ASK);
    state = before;
}

TEST(a_disk_too_full_for_documents_is_told_where_readiness_is_asked)
{
    char buffer[128];
    struct text t = text_over(buffer, sizeof buffer);
    http_plan_put_full(&t, 799);
    CHECK_INT((int)t.size, 0);
    http_plan_put_full(&t, 937);
    CHECK_SLICE(text_slice(&t),
                SLICE("the disk of intake.spool_dir is 93 % full: documents are refused from 80 % on\n"));
}

TEST(parameters_are_bounded_and_only_an_operator_says_when_a_document_came)
{
    struct http_field headers[] = { TOKEN, LENGTH }, boss[] = { F("Authorization", "Bearer bosskey"), LENGTH };
    struct http_field received[] = { F("received_at", "2026-04-08T09:00:00Z") }, bad[] = { F("currency", "EURO") },
                      profile[] = { F("profile", "nobody") };
    CHECK_INT(plan_with("POST", "/v1/documents", headers, 2, received, 1).problem, REPLY_FORBIDDEN);
    CHECK_INT(plan_with("POST", "/v1/documents", boss, 2, received, 1).problem, REPLY_FORBIDDEN);
    state.accepts_received_at = true;
    CHECK_INT(plan_with("POST", "/v1/documents", boss, 2, received, 1).meta.received_at_unix_ms, 1775638800000);
    CHECK_INT(plan_with("POST", "/v1/documents", headers, 2, received, 1).problem, REPLY_FORBIDDEN);
    state.accepts_received_at = false;
    CHECK_INT(plan_with("POST", "/v1/documents", headers, 2, bad, 1).problem, REPLY_BAD_REQUEST);
    CHECK_INT(plan_with("POST", "/v1/documents", headers, 2, profile, 1).problem, REPLY_BAD_REQUEST);
    struct http_head head = { .method = SLICE("GET"),
                              .path = SLICE("/v1/documents"),
                              .target_bytes = HTTP_TARGET_MAX + 1 };
    CHECK_INT(http_plan_of(&head, &state).problem, REPLY_BAD_REQUEST);
    head.target_bytes = 10;
    head.header_count = HTTP_HEADERS_MAX + 1;
    CHECK_INT(http_plan_of(&head, &state).problem, REPLY_BAD_REQUEST);
}

TEST(a_currency_that_is_none_is_refused_before_the_body)
{
    struct http_field headers[] = { TOKEN, LENGTH };
    static const struct { const char *code; bool is_one; } rows[] = {
        { "EUR", true }, { "usd", true },   { "", true },     { "XYZ", false },
        { "EU", false }, { "EURO", false }, { "E R", false }, { "\xc3\xa9R", false },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_field said = { SLICE("currency"), slice_from(rows[i].code) };
        for (unsigned k = 0; k < 2; k++) {
            const char *path = k ? "/v1/validations" : "/v1/documents";
            struct http_plan p = plan_with("POST", path, headers, 2, &said, 1);
            if (rows[i].is_one == (p.act == HTTP_REFUSE)) printf("  %s\n", rows[i].code);
            CHECK_INT(p.problem, rows[i].is_one ? 0 : REPLY_BAD_REQUEST);
            CHECK(rows[i].is_one || slice_equal(p.detail, SLICE("The currency is no code of ISO 4217.")));
        }
    }
}

TEST(a_parameter_stands_once_and_a_whole_address_is_its_path)
{
    struct http_field headers[2] = { LENGTH, TOKEN },
                      twice[3] = { F("partner", "A"), F("name", "x"), F("partner", "B") };
    CHECK_INT(plan_with("POST", "/v1/documents", headers, 2, twice, 2).act, HTTP_UPLOAD);
    CHECK_INT(plan_with("POST", "/v1/documents", headers, 2, twice, 3).problem, REPLY_BAD_REQUEST);
    CHECK_INT(PLAN("POST", "http://claims.example:8081/v1/documents", LENGTH, TOKEN).act, HTTP_UPLOAD);
    CHECK_INT(PLAN("POST", "HTTPS://x/v1/documents", LENGTH, TOKEN).act, HTTP_UPLOAD);
    CHECK_INT(PLAN("GET", "http://claims.example", TOKEN).problem, REPLY_NOT_FOUND);
    CHECK_INT(PLAN("GET", "http:///v1/documents", TOKEN).act, PLAN("GET", "/v1/documents", TOKEN).act);
    CHECK_INT(PLAN("GET", "ftp://x/v1/documents", TOKEN).problem, REPLY_NOT_FOUND);
}

TEST(answers_to_held_documents_say_one_of_a_few_things)
{
    struct question q = { 0 };
    CHECK(http_plan_read_answer(
        test_arena(), SLICE("{\"decimal\":\"comma\",\"dates\":\"dmy\",\"header_row\":3,\"sheet\":\"POS\"}"), &q));
    CHECK_INT(q.answers.decimal, DECIMAL_STYLE_COMMA);
    CHECK_INT(q.answers.dates, DATE_STYLE_DMY);
    CHECK_INT(q.answers.header_row, 3);
    CHECK_TEXT(q.answers.sheet, "POS");
    CHECK(http_plan_read_answer(test_arena(), SLICE("{\"discard\":true}"), &q) && q.discards);
    CHECK(http_plan_read_answer(test_arena(), SLICE("{\"encoding\":\"shift_jis\",\"header_row\":1000}"), &q));
    CHECK_TEXT(q.answers.encoding, "shift_jis");
    CHECK_INT(q.answers.header_row, 1000);
    static const char *const bad[] = { "",
                                       "{}",
                                       "[]",
                                       "{\"decimal\":\"both\"}",
                                       "{\"header_row\":0}",
                                       "{\"header_row\":\"3\"}",
                                       "{\"discard\":false}",
                                       "{\"header_row\":1001}",
                                       "{\"sheet\":\"\"}",
                                       "{\"sheet\":7}",
                                       "{\"encoding\":\"klingon\"}",
                                       "{\"encoding\":\"utf-16\"}",
                                       "{\"encoding\":\"EBCDIC-US\"}",
                                       "{\"encoding\":\"latin1//TRANSLIT\"}",
                                       "{\"encoding\":[]}",
                                       "{\"decimal\":\"comma\",\"date\":\"dmy\"}",
                                       "{\"decimal\":\"comma\"" };
    for (unsigned k = 0; k < sizeof bad / sizeof *bad; k++)
        CHECK(!http_plan_read_answer(test_arena(), slice_from(bad[k]), &q));
}

static struct slice detail_of(const struct http_plan *p)
{
    struct text t = text_in(test_arena(), 512);
    http_plan_put_detail(&t, p);
    return text_slice(&t);
}

TEST(a_parameter_that_nobody_looks_at_is_refused_by_its_name)
{
    static const struct { const char *method, *path; struct http_field said; const char *detail;
    } rows[] = {
        { "GET", "/v1/documents/d-1/lines", F("outcom", "REJECT"),
          "There is no parameter outcom; there is outcome." },
        { "GET", "/v1/documents/d-1", F("wiat", ""), "There is no parameter wiat; there is wait." },
        { "GET", "/v1/documents/d-1/raw", F("x\n", "1"), "There is no parameter x_: this address takes none." },
        { "GET", "/v1/openapi.json", F("v", "1"), "There is no parameter v: this address takes none." },
        { "GET", "/v1/documents", F("submitter", "north"),
          "There is no parameter submitter; there is since, limit, state, name and cursor." },
        { "POST", "/v1/validations", F("dry_run", "true"),
          "There is no parameter dry_run; there is received_at, name, profile, partner and currency." },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_field heads[] = { TOKEN, LENGTH };
        struct http_plan p = plan_with(rows[i].method, rows[i].path, heads, 2, &rows[i].said, 1);
        CHECK_INT(p.problem, REPLY_BAD_REQUEST);
        CHECK_SLICE(detail_of(&p), slice_from(rows[i].detail));
    }
    struct http_field wrong[] = { F("Authorization", "Bearer wrong") }, said[] = { F("outcom", "REJECT") };
    CHECK_INT(plan_with("GET", "/v1/documents/d-1/lines", wrong, 1, said, 1).problem, REPLY_UNAUTHENTICATED);
}

static unsigned queries_of(const json_t *root, const json_t *operation, const struct http_plan *p)
{
    unsigned count = 0;
    for (size_t k = 0; k < json_array_size(json_object_get(operation, "parameters")); k++) {
        const json_t *reference = json_array_get(json_object_get(operation, "parameters"), k);
        const char *name = strrchr(json_string_value(json_object_get(reference, "$ref")), '/') + 1;
        const json_t *parameter =
            json_object_get(json_object_get(json_object_get(root, "components"), "parameters"), name);
        if (strcmp(json_string_value(json_object_get(parameter, "in")), "query") != 0) continue;
        bool is_known = false;
        for (unsigned n = 0; n < p->parameter_count; n++) is_known |= slice_equal(p->parameters[n], slice_from(name));
        CHECK(is_known);
        count++;
    }
    return count;
}

/* The description and the routing agree: each operation is routed, every other method is 405, and what it may answer is
 * said. */
TEST(the_openapi_text_describes_the_routes_as_they_are)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", "PATCH" };
    json_error_t error;
    json_t *root = json_loadb(openapi_text().bytes, openapi_text().size, JSON_REJECT_DUPLICATES, &error);
    CHECK(json_is_object(root));
    CHECK(strcmp(json_string_value(json_object_get(root, "openapi")), "3.1.0") == 0);
    const char *path;
    json_t *item;
    unsigned operations = 0;
    json_object_foreach(json_object_get(root, "paths"), path, item) {
        char filled[128];
        const char *brace = strchr(path, '{');
        const char *end = brace ? strchr(brace, '}') : NULL;
        int size = brace ? snprintf(filled, sizeof filled, "%.*s%s%s", (int)(brace - path), path,
                                    strstr(path, "{name}") ? "not-found" : "d-000-3fa91c0be2d7740a51e6", end + 1)
                         : snprintf(filled, sizeof filled, "%s", path);
        ASSERT(size > 0);
        for (unsigned m = 0; m < 5; m++) {
            struct http_plan p = PLAN(methods[m], filled, F("Authorization", "Bearer bosskey"), LENGTH);
            char lower[8] = { 0 };
            for (unsigned k = 0; methods[m][k]; k++) lower[k] = (char)(methods[m][k] | 0x20);
            json_t *operation = json_object_get(item, lower);
            CHECK_INT(p.act == HTTP_REFUSE, operation == NULL);
            if (!operation) { CHECK_INT(p.problem, REPLY_METHOD_NOT_ALLOWED); CHECK(p.allow.size > 0); continue; }
            operations++;
            CHECK_INT(queries_of(root, operation, &p), p.parameter_count);
            CHECK(json_object_size(json_object_get(operation, "responses")) > 0);
            const char *status;
            json_t *response;
            json_object_foreach(json_object_get(operation, "responses"), status, response)
                CHECK(*json_string_value(json_object_get(response, "description")) != 0);
        }
    }
    CHECK_INT(operations, 14);
    json_decref(root);
    CHECK_INT(PLAN("GET", "/v2/documents", TOKEN).problem, REPLY_NOT_FOUND);
    CHECK_INT(PLAN("GET", "/v1/documents/d-1/nothing", TOKEN).problem, REPLY_NOT_FOUND);
    CHECK_INT(PLAN("GET", "/problems/nothing", TOKEN).problem, REPLY_NOT_FOUND);
}

TEST(every_problem_has_a_page_and_its_name_finds_it)
{
#define PROBLEM(id, status, name, title, fix) [REPLY_##id] = SLICE_INIT(name),
    static const struct slice names[REPLY_PROBLEM_COUNT] = { REPLY_PROBLEMS(PROBLEM) };
#undef PROBLEM
    for (enum reply_problem p = REPLY_NO_PROBLEM + 1; p < REPLY_PROBLEM_COUNT; p++) {
        struct text t = text_in(test_arena(), 512);
        CHECK_INT(reply_find(names[p]), p);
        CHECK(reply_status(p) >= 400 && reply_status(p) < 600);
        reply_put_page(&t, p);
        CHECK(t.size > 20 && !t.full);
    }
}
