/* wire/table_earlier.c: rows of state as earlier versions of a stage packed them, packed as they are now. What a row
 * did not say then is what it says of nothing. A version that is read here stays. */
#include "wire/bytes.h"
#include "wire/table_classification.h"
#include "wire/table_compliance.h"

static struct slice rest_of(const struct bytes_reader *r)
{
    return slice_of(r->at, (size_t)(r->end - r->at));
}

/* --- classification --- */

/* 3: who sent an agreement, registration or pre-approval was not kept. */
enum err table_classification_renew(struct arena *a, unsigned version, const struct book_codec *codec,
                                    struct slice old, struct slice *now)
{
    (void)version;
    *now = old;
    if (codec->decode != table_classification_decode_targets) return OK;
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_fixed(&w, old.bytes, old.size);
    bytes_put_text(&w, (struct slice){ 0 });
    *now = bytes_written(&w);
    return OK;
}

/* --- compliance --- */

/* 11: a REPLACE by invoice that found nothing left no mark. What came later added words alone. */
enum err table_compliance_renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                                struct slice *now)
{
    *now = old;
    if (version > 11 || codec->decode != table_compliance_decode_transaction_uses) return OK;
    struct bytes_reader r = bytes_reader_of(old);
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_int(&w, bytes_take_int(&r));
    bytes_put_uint(&w, bytes_take_uint(&r));
    bytes_put_id(&w, (struct slice){ 0 });
    struct slice lines = rest_of(&r);
    bytes_put_fixed(&w, lines.bytes, lines.size);
    *now = bytes_written(&w);
    return r.broken ? ERR_STATE_MALFORMED : OK;
}
