/* The head of any request at the HTTP door: planned, and said what it was refused for, never a broken promise. Lines:
 * the method and path; then `name: value` of headers, `name=value` of the query, and after an empty line a body. */
#include "base/assert.h"
#include "intake/http_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct grant       items[2];
static struct grant_token token;
static struct grants      grants;
static struct http_field  headers[HTTP_HEADERS_MAX], query[HTTP_HEADERS_MAX];

static void prepare(void)
{
    items[0] = (struct grant){ .submitter = { .id = SLICE("north") }, .profile = SLICE("default") };
    items[1] = (struct grant){ .submitter = { .id = SLICE("local"), .operates = true }, .profile = SLICE("default") };
    token = (struct grant_token){ .submitter = SLICE("north"), .scopes = SCOPE_ALL };
    hash_sha256(SLICE("secret"), token.sha256);
    grants = (struct grants){ .items = items, .count = 2, .tokens = &token, .token_count = 1, .local = items[1] };
}

static struct slice read_head(struct slice rest, struct http_head *head)
{
    struct slice first = slice_cut(&rest, '\n');
    head->target_bytes = first.size;
    head->method = slice_cut(&first, ' ');
    head->path = first;
    while (rest.size && head->header_count < HTTP_HEADERS_MAX && head->query_count < HTTP_HEADERS_MAX) {
        struct slice line = slice_cut(&rest, '\n');
        size_t colon = slice_find(line, ':'), equal = slice_find(line, '=');
        if (!line.size) break;
        struct http_field field = { slice_head(line, colon < equal ? colon : equal),
                                    slice_skip(line, (colon < equal ? colon : equal) + 1) };
        if (colon < equal) headers[head->header_count++] = field;
        else query[head->query_count++] = field;
    }
    return rest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    if (!arena.base) ASSERT(arena_open(&arena, (size_t)1 << 24, (size_t)1 << 24) == OK);
    if (!grants.items) prepare();
    arena_reset(&arena);
    if (size < 1) return 0;
    struct http_state state = { .grants = &grants, .answers = data[0] & 1, .takes_documents = data[0] & 2,
                                .needs_key = data[0] & 4, .accepts_received_at = data[0] & 8,
                                .spool_permille = data[0] & 16 ? HTTP_FILL_MAX_PERMILLE : 0,
                                .body_bytes_max = 1 << 20 };
    grants.allows_all = data[0] & 32;
    struct http_head head = { .headers = headers, .query = query, .is_chunked = data[0] & 64 };
    struct slice body = read_head(slice_of((const char *)data + 1, size - 1), &head);
    struct http_plan p = http_plan_of(&head, &state);
    struct text detail = text_in(&arena, 1 << 20);
    struct question q = p.question;
    http_plan_put_detail(&detail, &p);
    for (unsigned i = 0; i < head.header_count; i++) (void)http_plan_event_text(&arena, headers[i].value);
    (void)!http_plan_read_answer(&arena, body, &q);
    return 0;
}
