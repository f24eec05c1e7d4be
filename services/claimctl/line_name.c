/* claimctl/line_name.c: the name of a line. */
#include "claimctl/line_name.h"

enum { NUMBER_BYTES = 16, DOCUMENT_ID_SHOWN = 20 };

static uint32_t number_of(const struct receipt *r)
{
    return r->row ? r->row : r->position;
}

/* A document that came without a name is called by the beginning of its id. */
static struct slice name_of(const struct receipt *r)
{
    if (r->file_name.size || r->document_id.size <= DOCUMENT_ID_SHOWN) return r->file_name;
    return slice_head(r->document_id, DOCUMENT_ID_SHOWN);
}

void line_name_put(struct text *t, const struct receipt *r)
{
    text_put(t, name_of(r));
    text_put_byte(t, ':');
    text_put_int(t, number_of(r));
}

struct slice line_name_in(struct arena *a, const struct receipt *r)
{
    struct text t = text_in(a, name_of(r).size + NUMBER_BYTES);
    line_name_put(&t, r);
    return text_slice(&t);
}

bool line_name_is(const struct receipt *r, struct slice word)
{
    uint64_t number;
    struct slice name = name_of(r);
    if (word.size <= name.size || !slice_starts_with(word, name)) return false;
    word = slice_skip(word, name.size);
    return word.bytes[0] == ':' && slice_to_uint(slice_skip(word, 1), UINT32_MAX, &number) && number == number_of(r);
}

bool line_name_is_of(const struct receipt *r, struct slice word)
{
    if (r->file_name.size && slice_equal(r->file_name, word)) return true;
    if (slice_starts_with(word, SLICE("d-"))) {
        word = slice_skip(word, 2);
        (void)slice_cut(&word, '-');
    }
    return word.size >= DOCUMENT_ID_SHOWN && slice_starts_with(r->document_id, word);
}
