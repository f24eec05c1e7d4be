/* Any bytes as a record of any of our topics: printed as JSON, as a line, through a filter and a format, never a broken
 * promise. */
#include "claimctl/filter.h"
#include "claimctl/json_node.h"
#include "claimctl/record_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    if (size < 2) return 0;
    if (!a.base && arena_open(&a, 256 << 20, 256 << 20) != OK) abort();
    arena_reset(&a);
    struct header headers[] = { { SLICE("x-original-topic"), SLICE("claims.received.v1") } };
    struct record r = { .topic = (enum topic)(1 + data[0] % (TOPIC_COUNT - 1)),
                        .key = SLICE("N-100"),
                        .value = slice_of((const char *)data + 2, size - 2),
                        .headers = headers,
                        .header_count = data[1] & 1 };
    struct text json = text_in(&a, 8 << 20), line = text_in(&a, 8 << 20), shown = text_in(&a, 8 << 20);
    struct filter f;
    const char *why;
    record_text_put_json(&json, &a, &r, 1775638800000);
    record_text_put_line(&line, &a, &r, 0);
    if (record_text_format_is_good(r.value)) record_text_put_format(&shown, &a, r.value, &r, 1775638800000);
    const struct node *object = json_node_read(&a, text_slice(&json), 1);
    if (object && filter_read(r.value, &f, &why)) filter_matches(&f, object);
    return 0;
}
