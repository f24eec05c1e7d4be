/* tests/support/earlier_rows.c: the layouts that were, written down once more: wire/table_earlier.c reads them. */
#include "support/earlier_rows.h"

#include "support/test.h"
#include "wire/bytes.h"
#include "wire/table_classification.h"
#include "wire/table_compliance.h"

/* classification 3: revision, program. */
static struct slice earlier_target(struct arena *a, struct slice now)
{
    struct target_record t = { 0 };
    struct bytes_writer w = bytes_writer_in(a);
    CHECK(table_classification_decode_targets(a, now, &t) == OK);
    bytes_put_int(&w, t.revision);
    bytes_put_text(&w, t.program_id);
    return bytes_written(&w);
}

/* compliance 11: units, early cancel, lines. */
static struct slice earlier_transaction(struct arena *a, struct slice now)
{
    struct bytes_reader r = bytes_reader_of(now);
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_int(&w, bytes_take_int(&r));
    bytes_put_uint(&w, bytes_take_uint(&r));
    (void)bytes_take_id(a, &r);
    CHECK(!r.broken);
    bytes_put_fixed(&w, r.at, (size_t)(r.end - r.at));
    return bytes_written(&w);
}

struct slice earlier_row(struct arena *a, const struct book_codec *codec, unsigned version, struct slice now)
{
    (void)version;
    if (codec->decode == table_classification_decode_targets) return earlier_target(a, now);
    if (codec->decode == table_compliance_decode_transaction_uses) return earlier_transaction(a, now);
    return now;
}
