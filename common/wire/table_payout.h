/* wire/table_payout.h: the state records of payout (domain/rating/rows.h) as bytes. */
#ifndef WIRE_TABLE_PAYOUT_H
#define WIRE_TABLE_PAYOUT_H

#include "domain/rating/rows.h"

/* table_payout_decode_<ID>, table_payout_encode_<ID> of each table of rows.def. Decoding takes ERR_STATE_MALFORMED for
 * bytes that no version wrote; texts are borrowed from them. A record that is all zero encodes as the empty slice: the
 * row goes. */
#define PAYOUT_ROW(id, number, name, record, key_parts) \
    enum err table_payout_decode_##id(struct arena *a, struct slice value, void *record_out) MUST_CHECK; \
    struct slice table_payout_encode_##id(struct arena *a, const void *record_in);
#include "domain/rating/rows.def"
#undef PAYOUT_ROW

/* A row that an earlier version packed, as this one does (stage.h, renew_row): the earliest that is read. */
enum { TABLE_PAYOUT_VERSION_READ = 7 };
enum err table_payout_renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                            struct slice *now) MUST_CHECK;

/* struct book_keeper of each. */
#define PAYOUT_ROW(id, number, name, record, key_parts) \
    void table_payout_own_##id(struct arena *a, const struct arena *home, void *record_owned); \
    bool table_payout_is_empty_##id(const void *record_in);
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
#define TABLE_PAYOUT_KEEPER(id) { table_payout_own_##id, table_payout_is_empty_##id, NULL }

/* All of them as a list: for tests, which take the stage apart. */
extern const struct book_codec table_payout_codecs[PAYOUT_TABLE_COUNT];

#endif
