/* intake/openapi.c: the routes as a table, written as OpenAPI 3.1 over the parts of openapi.def. test_http_plan.c asks
 * the routing for each row, tests/integration/check_openapi.sh a running claim-intake for each status and type. */
#include "intake/openapi.h"

#include "base/assert.h"
#include "intake/json_out.h"

#include <pthread.h>

enum { PART_BYTES_MAX = 4096 };

/* Words are parted by blanks. takes: content types of the body, with `body` as their schema, empty: bytes. gives:
 * content types of a 2xx, each TYPE:SCHEMA, no schema: bytes. */
struct operation { const char *path, *method, *id, *summary, *parameters, *takes, *body, *gives, *statuses; };

#define DOCUMENT_FORMATS \
    "application/json application/x-ndjson text/csv text/tab-separated-values application/edi-x12 application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define DOCUMENT_TYPES DOCUMENT_FORMATS " application/cloudevents+json application/octet-stream"
#define UPLOAD_PARAMETERS "name profile partner currency content_digest content_encoding traceparent " \
    "ce_specversion ce_id ce_source ce_type received_at"
#define ASKING "400 401 403 404 429 500 503"

static const struct operation operations[] = {
    { "/v1/documents", "post", "submitDocument",
      "Submit a document: answered when Kafka has acknowledged every line of it",
      "idempotency_key " UPLOAD_PARAMETERS, DOCUMENT_TYPES, "",
      "application/json:Receipts application/edi-x12", "200 202 400 401 403 406 408 409 411 413 415 422 429 500 503" },
    { "/v1/documents", "get", "listDocuments", "The submitter's documents, an operator's view of all, newest first",
      "state since name limit cursor", "", "", "application/json:DocumentList", "200 400 401 403 429 500 503" },
    { "/v1/validations", "post", "validateDocument",
      "The same as submitting, without posting or keeping anything; as NDJSON its typed lines, the receipt last",
      UPLOAD_PARAMETERS, DOCUMENT_TYPES, "", "application/json:Receipt application/x-ndjson:Checked",
      "200 400 401 403 406 408 411 413 415 429 500 503" },
    { "/v1/documents/{id}", "get", "getDocument",
      "Status of a document, the same as its receipt; of a file of several the receipts of its documents",
      "id wait if_none_match", "", "", "application/json:Receipts", "200 304 " ASKING },
    { "/v1/documents/{id}/errors", "get", "getErrors", "All errors, one a line", "id", "", "",
      "application/x-ndjson:Error", "200 " ASKING },
    { "/v1/documents/{id}/lines", "get", "getLines",
      "All lines with outcome, reasons and amount, one a line; natural persons only to whoever sent them",
      "id outcome", "", "", "application/x-ndjson:Line", "200 " ASKING },
    { "/v1/documents/{id}/rejects", "get", "getRejects",
      "What was refused, in the sender's own layout, to be corrected and sent back; of X12 CSV, or by Accept an "
      "interchange",
      "id", "", "",
      "text/csv application/x-ndjson application/edi-x12 "
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "200 " ASKING },
    { "/v1/documents/{id}/response", "get", "getResponse",
      "The 849: what was decided of each line of an X12 document, open ones as under review; why a set was refused",
      "id", "", "",
      "application/edi-x12", "200 " ASKING },
    { "/v1/documents/{id}/ack", "get", "getAcknowledgement", "The syntax answer: TA1, 997 or 999", "id", "", "",
      "application/edi-x12", "200 " ASKING },
    { "/v1/documents/{id}/raw", "get", "getBytes", "The bytes of the document, inflated", "id", "", "",
      DOCUMENT_FORMATS, "200 " ASKING },
    { "/v1/documents/{id}/answers", "post", "answerQuestion", "Settles a document in state HELD", "id",
      "application/json", "Answer", "application/json:Receipts", "200 400 401 403 404 409 411 413 422 429 500 503" },
    { "/v1/documents/{id}/replays", "post", "replayDocument",
      "What the document would be under another mapping profile; with execute, CANCEL and REPLACE lines make it so",
      "id", "application/json", "Replay", "application/json:ReplayPlan", "200 400 401 403 404 411 413 429 500 503" },
    { "/v1/openapi.json", "get", "getDescription", "This description", "", "", "", "application/json:Description",
      "200 400" },
    { "/problems/{name}", "get", "getProblem", "What a problem means and what to do", "problem", "", "",
      "text/plain:Text", "200 400 404" },
};

struct part { struct slice name, text, headers; };

static const struct part schemas[] = {
#define SCHEMA(name, json) { SLICE_INIT(#name), SLICE_INIT(json), { 0 } },
#include "intake/openapi.def"
};
static const struct part parameters[] = {
#define PARAMETER(name, json) { SLICE_INIT(#name), SLICE_INIT(json), { 0 } },
#include "intake/openapi.def"
};
static const struct part headers[] = {
#define HEADER(name, sentence) { SLICE_INIT(#name), SLICE_INIT(sentence), { 0 } },
#include "intake/openapi.def"
};
static const struct part statuses[] = {
#define STATUS(code, headers, sentence) { SLICE_INIT(#code), SLICE_INIT(sentence), SLICE_INIT(headers) },
#include "intake/openapi.def"
};

static struct slice word(struct slice *rest)
{
    *rest = slice_trim(*rest);
    return slice_cut(rest, ' ');
}

static const struct part *find(const struct part *parts, unsigned count, struct slice name)
{
    for (unsigned k = 0; k < count; k++)
        if (slice_equal(parts[k].name, name)) return &parts[k];
    NEVER();
}

/* JSON with ' for ". */
static void put_quoted(struct json_out *j, struct slice json)
{
    char room[PART_BYTES_MAX];
    ASSERT(json.size < sizeof room);
    for (size_t k = 0; k < json.size; k++) room[k] = json.bytes[k] == '\'' ? '"' : json.bytes[k];
    json_out_raw(j, slice_of(room, json.size));
}

static void put_reference(struct json_out *j, const char *kind, struct slice name)
{
    char room[128];
    struct text t = text_over(room, sizeof room);
    PUT(&t, "#/components/");
    text_put(&t, slice_from(kind));
    PUT(&t, "/");
    text_put(&t, name);
    json_out_begin(j, '{');
    json_out_member(j, SLICE("$ref"), text_slice(&t));
    json_out_end(j);
}

/* TYPE or TYPE:SCHEMA; `schema` of those that name none, empty: bytes. */
static void put_content(struct json_out *j, struct slice types, struct slice schema)
{
    json_out_name(j, SLICE("content"));
    json_out_begin(j, '{');
    while (types.bytes && types.size) {
        struct slice own = word(&types), type = slice_cut(&own, ':');
        json_out_name(j, type);
        json_out_begin(j, '{');
        if (own.size || schema.size) {
            json_out_name(j, SLICE("schema"));
            put_reference(j, "schemas", own.size ? own : schema);
        }
        json_out_end(j);
    }
    json_out_end(j);
}

static void put_headers(struct json_out *j, struct slice names)
{
    if (names.size == 0) return;
    json_out_name(j, SLICE("headers"));
    json_out_begin(j, '{');
    while (names.bytes && names.size) {
        struct slice name = word(&names);
        json_out_name(j, name);
        put_reference(j, "headers", name);
    }
    json_out_end(j);
}

/* Of a 200: what was posted says where it stands, a status what it is told apart by. */
static struct slice headers_of_success(const struct operation *o)
{
    if (strcmp(o->id, "submitDocument") == 0) return SLICE("Location Idempotent-Replay traceparent");
    if (strcmp(o->id, "answerQuestion") == 0) return SLICE("Location");
    return strcmp(o->id, "getDocument") == 0 ? SLICE("ETag") : (struct slice){ 0 };
}

static void put_response(struct json_out *j, struct slice status, const struct operation *o)
{
    const struct part *s = find(statuses, sizeof statuses / sizeof *statuses, status);
    json_out_name(j, status);
    json_out_begin(j, '{');
    json_out_member(j, SLICE("description"), s->text);
    put_headers(j, slice_equal(status, SLICE("200")) ? headers_of_success(o) : s->headers);
    if (status.bytes[0] >= '4') put_content(j, SLICE("application/problem+json:Problem"), (struct slice){ 0 });
    else if (status.bytes[0] == '2') put_content(j, slice_from(o->gives), (struct slice){ 0 });
    json_out_end(j);
}

static void put_parameters(struct json_out *j, struct slice names)
{
    if (names.size == 0) return;
    json_out_name(j, SLICE("parameters"));
    json_out_begin(j, '[');
    while (names.bytes && names.size) put_reference(j, "parameters", word(&names));
    json_out_end(j);
}

static void put_body(struct json_out *j, const struct operation *o)
{
    if (!*o->takes) return;
    json_out_name(j, SLICE("requestBody"));
    json_out_begin(j, '{');
    json_out_member_bool(j, SLICE("required"), true);
    put_content(j, slice_from(o->takes), slice_from(o->body));
    json_out_end(j);
}

/* Descriptions need no token. */
static bool is_open(const struct operation *o)
{
    return strcmp(o->id, "getDescription") == 0 || strcmp(o->id, "getProblem") == 0;
}

static void put_operation(struct json_out *j, const struct operation *o)
{
    struct slice codes = slice_from(o->statuses);
    json_out_name(j, slice_from(o->method));
    json_out_begin(j, '{');
    json_out_member(j, SLICE("operationId"), slice_from(o->id));
    json_out_member(j, SLICE("summary"), slice_from(o->summary));
    if (is_open(o)) { json_out_name(j, SLICE("security")); json_out_raw(j, SLICE("[]")); }
    put_parameters(j, slice_from(o->parameters));
    put_body(j, o);
    json_out_name(j, SLICE("responses"));
    json_out_begin(j, '{');
    while (codes.bytes && codes.size) put_response(j, word(&codes), o);
    json_out_end(j);
    json_out_end(j);
}

static void put_paths(struct json_out *j)
{
    enum { COUNT = sizeof operations / sizeof *operations };
    json_out_name(j, SLICE("paths"));
    json_out_begin(j, '{');
    for (unsigned k = 0; k < COUNT; k++) {
        bool is_first = true;
        for (unsigned n = 0; n < k; n++) is_first &= strcmp(operations[n].path, operations[k].path) != 0;
        if (!is_first) continue;
        json_out_name(j, slice_from(operations[k].path));
        json_out_begin(j, '{');
        for (unsigned n = k; n < COUNT; n++)
            if (strcmp(operations[n].path, operations[k].path) == 0) put_operation(j, &operations[n]);
        json_out_end(j);
    }
    json_out_end(j);
}

/* A parameter whose name is not that of its part says so itself. */
static void put_parameter(struct json_out *j, const struct part *p)
{
    static const struct slice named = SLICE_INIT("{'name'");
    json_out_name(j, p->name);
    if (slice_starts_with(p->text, named)) { put_quoted(j, p->text); return; }
    char room[PART_BYTES_MAX];
    struct text t = text_over(room, sizeof room);
    PUT(&t, "{'name':'");
    text_put(&t, p->name);
    PUT(&t, "',");
    text_put(&t, slice_skip(p->text, 1));
    ASSERT(!t.full);
    put_quoted(j, text_slice(&t));
}

static void put_header(struct json_out *j, const struct part *h)
{
    json_out_name(j, h->name);
    json_out_begin(j, '{');
    json_out_member(j, SLICE("description"), h->text);
    json_out_name(j, SLICE("schema"));
    json_out_raw(j, SLICE("{\"type\":\"string\"}"));
    json_out_end(j);
}

static void put_components(struct json_out *j)
{
    json_out_name(j, SLICE("components"));
    json_out_begin(j, '{');
    json_out_name(j, SLICE("securitySchemes"));
    json_out_raw(j, SLICE("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
    json_out_name(j, SLICE("schemas"));
    json_out_begin(j, '{');
    for (unsigned k = 0; k < sizeof schemas / sizeof *schemas; k++) {
        json_out_name(j, schemas[k].name);
        put_quoted(j, schemas[k].text);
    }
    json_out_end(j);
    json_out_name(j, SLICE("parameters"));
    json_out_begin(j, '{');
    for (unsigned k = 0; k < sizeof parameters / sizeof *parameters; k++) put_parameter(j, &parameters[k]);
    json_out_end(j);
    json_out_name(j, SLICE("headers"));
    json_out_begin(j, '{');
    for (unsigned k = 0; k < sizeof headers / sizeof *headers; k++) put_header(j, &headers[k]);
    json_out_end(j);
    json_out_end(j);
}

static struct json_out text;

static void write_text(void)
{
    json_out_open(&text);
    json_out_begin(&text, '{');
    json_out_member(&text, SLICE("openapi"), SLICE("3.1.0"));
    json_out_name(&text, SLICE("info"));
    json_out_raw(
        &text,
        SLICE(
            "{\"title\":\"Claimstream intake\",\"version\":\"1\",\"summary\":\"The door for documents of submitters\","
            "\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}}"));
    json_out_name(&text, SLICE("servers"));
    json_out_raw(&text, SLICE("[{\"url\":\"/\"}]"));
    put_paths(&text);
    put_components(&text);
    json_out_name(&text, SLICE("security"));
    json_out_raw(&text, SLICE("[{\"token\":[]},{}]"));
    json_out_end(&text);
}

struct slice openapi_text(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_text);
    return json_out_bytes(&text);
}
