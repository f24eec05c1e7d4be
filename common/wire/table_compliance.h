/* wire/table_compliance.h: the records of compliance's state tables as bytes (domain/footprint.h). One codec a record:
 * table_compliance_<record>. */
#ifndef WIRE_TABLE_COMPLIANCE_H
#define WIRE_TABLE_COMPLIANCE_H

#include "domain/books.h"
#include "domain/footprint.h"

#define TABLE_COMPLIANCE_RECORDS(R) \
    R(footprint) R(key_use) R(claim_uses) R(transaction_uses) R(match_sales) R(near_bucket) R(document_uses) \
    R(serial_history) R(roster_sites) R(pool_ledger) R(pool_month) R(watermarks) R(window_days) R(party_names) \
    R(agreement_parties) R(payee_day) R(case_lines) R(outbox_slot) R(deal_holding) R(registry_seen) R(expiry_sweep) \
    R(lists_screened)

/* decode: ERR_STATE_MALFORMED for other bytes. encode: empty for a record that says nothing, which removes its row. */
#define TABLE_COMPLIANCE_DECLARE(record) \
    enum err table_compliance_decode_##record(struct arena *a, struct slice value, void *into) MUST_CHECK; \
    struct slice table_compliance_encode_##record(struct arena *a, const void *from);
TABLE_COMPLIANCE_RECORDS(TABLE_COMPLIANCE_DECLARE)
#undef TABLE_COMPLIANCE_DECLARE

/* A row that an earlier version packed, as this one does (stage.h, renew_row): the earliest that is read. */
enum { TABLE_COMPLIANCE_VERSION_READ = 11 };
enum err table_compliance_renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                                struct slice *now) MUST_CHECK;

/* struct book_keeper of the records that nearly every line changes. */
#define TABLE_COMPLIANCE_KEPT(R) R(match_sales) R(pool_ledger) R(pool_month)
#define TABLE_COMPLIANCE_DECLARE(record) \
    void table_compliance_own_##record(struct arena *a, const struct arena *home, void *record_owned); \
    bool table_compliance_is_empty_##record(const void *record_in); \
    size_t table_compliance_said_##record(const void *record_in);
TABLE_COMPLIANCE_KEPT(TABLE_COMPLIANCE_DECLARE)
#undef TABLE_COMPLIANCE_DECLARE
#define TABLE_COMPLIANCE_KEEPER(record) \
    { table_compliance_own_##record, table_compliance_is_empty_##record, table_compliance_said_##record }

#endif
