/* intake/http_request.c: headers are looked at where they stand in the library's buffer. */
#include "intake/http_request.h"

#include <microhttpd.h>
#include <string.h>

/* next: where the next header begins, as far as all of them stood as they must. */
struct fields {
    struct arena *arena;
    struct http_field *items;
    unsigned count, max;
    const char *next;
    bool is_malformed;
};

/* The library takes a bare LF, a folded line and a NUL for what they are not. But it leaves the head where it was read,
 * with a NUL for each byte of CR LF and for each colon: a head that is written as it must be stands without gap or
 * overlap. */
static void look_at_place(struct fields *f, const char *name, size_t name_size, const char *value, size_t value_size)
{
    bool is_in_place = name == f->next && value > name + name_size
                       && http_field_is_sound(slice_of(name, name_size), slice_of(value, value_size));
    for (const char *at = name + name_size + 1; is_in_place && at < value; at++)
        is_in_place = *at == ' ' || *at == '\t';
    f->is_malformed |= !is_in_place;
    f->next = value + value_size + 2;
}

static enum MHD_Result take_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    struct fields *f = context;
    if (kind == MHD_HEADER_KIND) look_at_place(f, name, name_size, value, value_size);
    if (f->count < f->max)
        f->items[f->count] = (struct http_field){ slice_copy(f->arena, slice_of(name, name_size)),
                                                  slice_copy(f->arena, slice_of(value, value_size)) };
    f->count++;
    return MHD_YES;
}

static struct fields fields_of(struct MHD_Connection *connection, struct arena *a, enum MHD_ValueKind kind,
                               const char *first)
{
    struct fields f = { .arena = a, .max = HTTP_HEADERS_MAX + 1, .next = first };
    f.items = ARENA_ARRAY(a, f.max, struct http_field);
    (void)MHD_get_connection_values_n(connection, kind, take_field, &f);
    if (f.count > f.max) f.count = f.max;
    return f;
}

/* The request line: method, target and version with one blank between; the last header and the blank line end with CR
 * LF. */
static bool is_malformed(struct MHD_Connection *connection, const struct http_request_line *l,
                         const struct fields *headers)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    bool is_in_place = l->target == l->method + strlen(l->method) + 1 && l->version == l->target + l->target_bytes + 1;
    bool is_known = strcmp(l->version, "HTTP/1.1") == 0 || strcmp(l->version, "HTTP/1.0") == 0;
    return headers->is_malformed || !info || !is_in_place || !is_known
           || headers->next + 2 != l->method + info->header_size;
}

/* Of all headers, also of those that are too many to be looked at. */
static bool announces_body(struct MHD_Connection *connection, const struct http_head *head)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    bool is_chunked = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
    return is_chunked || (length && strcmp(length, "0") != 0) || http_head_has_body(head);
}

struct http_head http_request_head(struct MHD_Connection *connection, struct arena *a,
                                   const struct http_request_line *line, bool *has_body)
{
    const char *first = line->version + strlen(line->version) + 2;
    struct fields headers = fields_of(connection, a, MHD_HEADER_KIND, first),
                  query = fields_of(connection, a, MHD_GET_ARGUMENT_KIND, NULL);
    struct http_head head = {
        .method = slice_copy(a, slice_from(line->method)),
        .path = slice_copy(a, slice_from(line->url)),
        .target_bytes = line->target_bytes,
        .is_malformed = is_malformed(connection, line, &headers),
        .headers = headers.items,
        .header_count = headers.count,
        .query = query.items,
        .query_count = query.count,
    };
    *has_body = announces_body(connection, &head);
    head.is_chunked = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
    head.is_malformed |= head.is_chunked && strcmp(line->version, "HTTP/1.1") != 0;    /* RFC 9112 6.1 */
    return head;
}
