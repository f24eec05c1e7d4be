/* intake/openapi.c: the routes as a table, written as OpenAPI 3.1. tests/unit/services/intake/test_http_plan.c asks the routing for
 * each row. */
#include "intake/openapi.h"

#include "intake/reply.h"

#include <pthread.h>

/* Statuses and types are parted by blanks; parameters as name:where:type. */
struct operation { const char *path, *method, *summary, *parameters, *takes, *gives, *statuses; };

#define TYPES "application/json application/x-ndjson text/csv text/tab-separated-values application/edi-x12 " \
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/octet-stream"
#define UPLOAD_PARAMETERS "name:query:string profile:query:string partner:query:string currency:query:string Content-Digest:header:string " \
    "Content-Encoding:header:string traceparent:header:string"

static const struct operation operations[] = {
    { "/v1/documents", "post", "Submit a document: answered when Kafka has acknowledged every line of it", "Idempotency-Key:header:string received_at:query:string " UPLOAD_PARAMETERS,
      TYPES, "application/json application/edi-x12", "200 202 400 401 403 406 408 409 411 413 415 422 429 503" },
    { "/v1/documents", "get", "The submitter's documents, newest first", "state:query:string since:query:string name:query:string limit:query:integer cursor:query:string",
      "", "application/json", "200 400 401 403 429 503" },
    { "/v1/validations", "post", "The same as submitting, without posting or keeping anything", UPLOAD_PARAMETERS, TYPES, "application/json application/x-ndjson",
      "200 400 401 403 406 408 411 413 415 429 503" },
    { "/v1/documents/{id}", "get", "Status of a document, the same as its receipt", "id:path:string wait:query:integer If-None-Match:header:string", "", "application/json",
      "200 304 400 401 403 404 429 503" },
    { "/v1/documents/{id}/errors", "get", "All errors, one a line", "id:path:string", "", "application/x-ndjson", "200 401 403 404 429 503" },
    { "/v1/documents/{id}/lines", "get", "All lines with outcome and issues, one a line", "id:path:string outcome:query:string", "", "application/x-ndjson", "200 400 401 403 404 429 503" },
    { "/v1/documents/{id}/rejects", "get", "What was refused, in the sender's own layout, to be corrected and sent back", "id:path:string", "", "text/csv application/x-ndjson application/edi-x12 application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "200 401 403 404 429 503" },
    { "/v1/documents/{id}/response", "get", "The 849: what was decided of each line of an X12 document; open ones as under review", "id:path:string", "", "application/edi-x12", "200 401 403 404 429 503" },
    { "/v1/documents/{id}/ack", "get", "The syntax answer: TA1, 997 or 999", "id:path:string", "", "application/edi-x12", "200 401 403 404 429 503" },
    { "/v1/documents/{id}/raw", "get", "The bytes of the document", "id:path:string", "", "application/octet-stream", "200 401 403 404 429 503" },
    { "/v1/documents/{id}/answers", "post", "Settles a document in state HELD", "id:path:string", "application/json", "application/json", "200 400 401 403 404 409 411 413 422 429 503" },
    { "/v1/documents/{id}/replays", "post", "What the document would be under another mapping profile; with \"execute\": true, CANCEL and REPLACE lines make it so", "id:path:string", "application/json", "application/json",
      "200 400 401 403 404 411 413 429 503" },
    { "/v1/openapi.json", "get", "This description", "", "", "application/json", "200" },
    { "/problems/{name}", "get", "What a problem means and what to do", "name:path:string", "", "text/plain", "200 404" },
};

static const struct { const char *status, *text; } statuses[] = {
    { "200", "Done" }, { "202", "Kafka acknowledged every posted line, or the document is HELD" }, { "304", "Not changed" }, { "400", "Nothing was stored" },
    { "401", "Who asks is not known" }, { "403", "The token does not allow this" }, { "404", "There is no such thing" }, { "406", "The answer has no such form" },
    { "408", "The body came too slowly" }, { "409", "Still at work, or nothing to answer" }, { "411", "The length is not said" }, { "413", "Too large" },
    { "415", "Format or encoding not known" }, { "422", "Stored, nothing posted" }, { "429", "Too many requests; see Retry-After" }, { "503", "Not now; see Retry-After" },
};

static struct slice word(struct slice *rest)
{
    *rest = slice_trim(*rest);
    return slice_cut(rest, ' ');
}

static void put_content(struct json_out *j, struct slice types, const char *schema)
{
    json_out_name(j, SLICE("content"));
    json_out_begin(j, '{');
    while (types.bytes && types.size) {
        json_out_name(j, word(&types));
        json_out_begin(j, '{');
        json_out_name(j, SLICE("schema"));
        json_out_begin(j, '{');
        if (schema) json_out_member(j, SLICE("$ref"), slice_from(schema));
        json_out_end(j);
        json_out_end(j);
    }
    json_out_end(j);
}

static void put_parameter(struct json_out *j, struct slice parameter)
{
    struct slice name = slice_cut(&parameter, ':'), where = slice_cut(&parameter, ':');
    json_out_begin(j, '{');
    json_out_member(j, SLICE("name"), name);
    json_out_member(j, SLICE("in"), where);
    if (slice_equal(where, SLICE("path"))) json_out_member_bool(j, SLICE("required"), true);
    json_out_name(j, SLICE("schema"));
    json_out_begin(j, '{');
    json_out_member(j, SLICE("type"), parameter);
    json_out_end(j);
    json_out_end(j);
}

static void put_response(struct json_out *j, struct slice status, const struct operation *o)
{
    bool is_problem = status.bytes[0] >= '4';
    const char *text = "";
    for (unsigned k = 0; k < sizeof statuses / sizeof *statuses; k++)
        if (slice_equal(status, slice_from(statuses[k].status))) text = statuses[k].text;
    json_out_name(j, status);
    json_out_begin(j, '{');
    json_out_member(j, SLICE("description"), slice_from(text));
    bool is_receipt = slice_equal(slice_from(o->gives), SLICE("application/json")) || slice_starts_with(slice_from(o->gives), SLICE("application/json "));
    if (is_problem) put_content(j, SLICE("application/problem+json"), "#/components/schemas/Problem");
    else if (status.bytes[0] == '2') put_content(j, slice_from(o->gives), is_receipt ? "#/components/schemas/Receipt" : NULL);
    json_out_end(j);
}

static void put_operation(struct json_out *j, const struct operation *o)
{
    struct slice parameters = slice_from(o->parameters), codes = slice_from(o->statuses);
    json_out_name(j, slice_from(o->method));
    json_out_begin(j, '{');
    json_out_member(j, SLICE("summary"), slice_from(o->summary));
    json_out_name(j, SLICE("parameters"));
    json_out_begin(j, '[');
    while (parameters.bytes && parameters.size) put_parameter(j, word(&parameters));
    json_out_end(j);
    if (*o->takes) {
        json_out_name(j, SLICE("requestBody"));
        json_out_begin(j, '{');
        json_out_member_bool(j, SLICE("required"), true);
        put_content(j, slice_from(o->takes), NULL);
        json_out_end(j);
    }
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

static const char components[] =
    "{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},\"schemas\":{"
    "\"Receipt\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"document_id\":{\"type\":\"string\"},\"attempt\":{\"type\":\"integer\"},"
    "\"state\":{\"type\":\"string\",\"enum\":[\"RECEIVED\",\"SURVEYED\",\"POSTING\",\"POSTED\",\"ANSWERED\",\"HELD\",\"REJECTED\",\"DUPLICATE\",\"VALIDATED\"]},"
    "\"received_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"name\":{\"type\":\"string\"},\"sha256\":{\"type\":\"string\"},\"bytes\":{\"type\":\"integer\"},"
    "\"format\":{\"type\":\"string\"},\"dialect\":{\"type\":\"string\"},\"profile\":{\"type\":\"string\"},"
    "\"counts\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}},"
    "\"totals\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"currency\":{\"type\":\"string\"},\"claimed\":{\"type\":\"string\"},\"approved\":{\"type\":\"string\"}}}},"
    "\"question\":{\"$ref\":\"#/components/schemas/Error\"},\"errors\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Error\"}},"
    "\"errors_truncated\":{\"type\":\"boolean\"},\"duplicate_of\":{\"type\":\"string\"},\"links\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},"
    "\"documents\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Receipt\"}}}},"
    "\"Error\":{\"type\":\"object\",\"required\":[\"code\",\"number\",\"severity\",\"level\",\"message\"],\"properties\":{\"code\":{\"type\":\"string\"},\"number\":{\"type\":\"integer\"},"
    "\"severity\":{\"type\":\"string\"},\"level\":{\"type\":\"string\"},\"reason\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},\"where\":{\"type\":\"object\"},"
    "\"value\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},\"fix\":{\"type\":\"string\"}}},"
    "\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
    "\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},\"instance\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Error\"}},"
    "\"errors_truncated\":{\"type\":\"boolean\"},\"fix\":{\"type\":\"string\"}}}}}";

static struct json_out text;

static void write_text(void)
{
    json_out_open(&text);
    json_out_begin(&text, '{');
    json_out_member(&text, SLICE("openapi"), SLICE("3.1.0"));
    json_out_name(&text, SLICE("info"));
    json_out_begin(&text, '{');
    json_out_member(&text, SLICE("title"), SLICE("Claimstream intake"));
    json_out_member(&text, SLICE("version"), SLICE("1"));
    json_out_end(&text);
    put_paths(&text);
    json_out_name(&text, SLICE("components"));
    json_out_raw(&text, slice_from(components));
    json_out_name(&text, SLICE("security"));
    json_out_raw(&text, SLICE("[{\"token\":[]}]"));
    json_out_end(&text);
}

struct slice openapi_text(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_text);
    return json_out_bytes(&text);
}
