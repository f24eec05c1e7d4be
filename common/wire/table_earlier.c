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

/* 11: a REPLACE by invoice that found nothing left no mark. */
static void renew_transaction(struct bytes_reader *r, struct bytes_writer *w)
{
    bytes_put_int(w, bytes_take_int(r));
    bytes_put_uint(w, bytes_take_uint(r));
    bytes_put_id(w, (struct slice){ 0 });
}

/* 13: units stood here by month; they are counted by day now (match_days). */
enum { MATCH_MONTHS_OF_13 = 26 };
static void renew_matches(struct arena *a, struct bytes_reader *r, struct bytes_writer *w)
{
    const char *waiting = r->at;
    for (unsigned left = bytes_take_count(r, MATCH_LINES_MAX); left > 0; left--) {
        (void)bytes_take_id(a, r);
        (void)bytes_take_uint(r);
        (void)bytes_take_int(r);
    }
    bytes_put_fixed(w, waiting, (size_t)(r->at - waiting));
    for (unsigned left = bytes_take_count(r, MATCH_MONTHS_OF_13); left > 0; left--) {
        (void)bytes_take_uint(r);
        (void)bytes_take_int(r);
    }
}

/* What else came later added words alone, or counts where a flag stood. */
enum err table_compliance_renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                                struct slice *now)
{
    bool is_transaction = version <= 11 && codec->decode == table_compliance_decode_transaction_uses;
    bool is_matches = version <= 13 && codec->decode == table_compliance_decode_match_sales;
    *now = old;
    if (!is_transaction && !is_matches) return OK;
    struct bytes_reader r = bytes_reader_of(old);
    struct bytes_writer w = bytes_writer_in(a);
    if (is_transaction) renew_transaction(&r, &w);
    else renew_matches(a, &r, &w);
    struct slice rest = rest_of(&r);
    bytes_put_fixed(&w, rest.bytes, rest.size);
    *now = bytes_written(&w);
    return r.broken ? ERR_STATE_MALFORMED : OK;
}
