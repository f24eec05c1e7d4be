/* wire/limits.h: the bound of every length on the wire (first-hour.md 2), in one place and tied together. */
#ifndef WIRE_LIMITS_H
#define WIRE_LIMITS_H

enum {
    SUBMISSION_BYTES_MAX = 256 << 10,
    JSON_RECORD_BYTES_MAX = 256 << 10,
    DOSSIER_BYTES_MAX = 900 << 10,
    DOSSIER_CONTRACT = 1, /* raised when a stage comes to say what a stage after it has to read to decide rightly */
    MESSAGE_BYTES_MAX = 1000000,
    DEAD_LETTER_BYTES_MAX = 940000,
    DEAD_LETTER_HEADERS_BYTES_MAX = 48 << 10,
    BATCH_BYTES_MAX = 900000,
    UNPACK_FACTOR = 7,
    BATCH_FACTOR = 20,
    AGREEMENT_LINES_MAX = 200,
    AGREEMENT_CUSTOMERS_MAX = 200,
    AGREEMENT_LOCATIONS_MAX = 64,
    PRODUCTS_MAX = 64,
    SERIALS_MAX = 1000,
    LINE_REFS_MAX = 1000,
    PAYOUT_IDS_MAX = 1000,
    CASE_LINE_IDS_MAX = 1000,
    HELD_PREAPPROVALS_MAX = 64,
    UNITS_HELD_MAX = 64,
    DOCUMENTS_MAX = 16,
    EXTRAS_MAX = 64,
    EXTRAS_BYTES_MAX = 8 << 10,
    OVERRIDES_BYTES_MAX = 4 << 10,
    SECTIONS_OF_A_KIND_MAX = 32,
    CANDIDATES_MAX = 64,
    PROGRAMS_OF_A_SECTION_MAX = 64,
    REASONS_MAX = 32,
    ARGUMENTS_MAX = 8,
    RULE_RESULTS_MAX = 80,
    EVIDENCE_MAX = 8,
    STEPS_MAX = 1100, /* one a lot, and what comes after */
    STEP_INPUTS_MAX = 16,
    BALANCES_MAX = 32,
    LOT_USES_MAX = 500,
    ENTRIES_MAX = 128,
    CLAIMS_LEFT_MAX = 16,
    WARNINGS_MAX = 64,
    RECEIPT_TEXTS_MAX = 16,
    LISTS_MAX = 64,
    PARTNER_TEXTS_MAX = 1000,
    PARTNER_SPANS_MAX = 64,
    PARTNER_ENROLMENTS_MAX = 256,
    PARTNER_OWNERS_MAX = 64,
    PARTNER_EVIDENCE_MAX = 16,
    TERMS_TEXT_BYTES_MAX = 256 << 10,
    REFERENCE_BYTES_MAX = 900 << 10,
    REFERENCE_ROWS_MAX = 16 << 10,
    REVIEW_ROLES_MAX = 16,
    ID_BYTES_MAX = 64,
    TEXT_BYTES_MAX = 4 << 10, /* of texts that domain.md 3.1 gives no length */
};

#define ARENA_BYTES(bytes_max) ((size_t)BATCH_FACTOR * (bytes_max) + (size_t)UNPACK_FACTOR * DOSSIER_BYTES_MAX)

_Static_assert(SUBMISSION_BYTES_MAX < DOSSIER_BYTES_MAX && DOSSIER_BYTES_MAX + 4096 <= MESSAGE_BYTES_MAX,
               "a dossier fits one message");
_Static_assert(BATCH_BYTES_MAX <= MESSAGE_BYTES_MAX, "a partition's share fits one request");
_Static_assert(BATCH_FACTOR >= 2 * (UNPACK_FACTOR + 2), "2 x bytes_max: unpacked, outgoing, facts and verdicts");

#endif
