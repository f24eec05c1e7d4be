/* domain/footprint.h: what compliance remembers of the lines it has judged: the records of its state tables
 * (screening.md 7, 8, 11). All rows stand under a partner root; texts are borrowed from the batch arena. A table that
 * grows with traffic keeps its newest entries up to the bound named here. */
#ifndef DOMAIN_FOOTPRINT_H
#define DOMAIN_FOOTPRINT_H

#include "domain/dossier.h"

enum {
    CLAIM_USES_MAX = 8, TRANSACTION_LINES_MAX = 32, MATCH_LINES_MAX = 64, NEAR_ENTRIES_MAX = 64,
    DOCUMENT_USES_MAX = 16, SERIAL_SLOTS_MAX = 32, ROSTER_SITES_MAX = 16, POOL_LOCATIONS_MAX = 64, WINDOW_DAYS_MAX = 40,
    PARTY_NAMES_MAX = 8, FOOTPRINT_SERIALS_MAX = 1000, FOOTPRINT_PROGRAMS_MAX = 16, FOOTPRINT_CUSTOMERS_MAX = 200,
    FOOTPRINT_CASE_LINES_MAX = 1000, MONTH_DAYS_MAX = 31,
};

/* What DUP-03 compares of a line beside the rest of its footprint (screening.md 7.2). A number longer than the field is
 * kept as its hash; one that has no stripped key is kept with its zeros, its size plus NEAR_NUMBER_IS_SHORT: it is
 * compared whole, and one without a digit tells nothing when it is equal. */
enum { NEAR_NUMBER_MAX = 23, NEAR_NUMBER_IS_SHORT = 64, NEAR_NUMBER_IS_HASH = 255, NEAR_DOCUMENTS_MAX = 4 };
struct near_features {
    int64_t  qty_milli, value_minor;                                            /* M: spend stands for the quantity */
    uint32_t currency, part, order, invoice_line;                               /* hashes; 0 none */
    uint32_t documents[NEAR_DOCUMENTS_MAX];
    unsigned document_count;
    char     number[NEAR_NUMBER_MAX];                                           /* stripped key */
    uint8_t  number_size;
};

enum footprint_state {
    FOOTPRINT_NONE,
    FOOTPRINT_OPEN,                                 /* held or parked here */
    FOOTPRINT_ACCEPTED,                             /* PASS or SHORT: on its way to, or decided by, payout */
    FOOTPRINT_ENDED,                                /* rejected or reversed */
    FOOTPRINT_CANCELLED,                            /* by a CANCEL or REPLACE after it was accepted */
    FOOTPRINT_WITHDRAWN,                            /* by a CANCEL or REPLACE while it waited */
    FOOTPRINT_AWAY, /* back with classification: what withdrew it there was refused, or it came after such a line */
    FOOTPRINT_STATE_COUNT
};

/* lines, by line_id: what one line holds, so that its cancel, return or withdrawal can give it back, and so that a
 * replay meets its own marks and no other's. */
struct footprint {
    enum kind            kind;                      /* of its content: replaces_kind of a REPLACE */
    enum footprint_state state;
    struct slice         site, document_id;
    struct slice ended_by; /* without a state: a correction of it came before it did; AWAY: the one that was refused, or
                            * that ended it since */
    struct slice resubmits_line_id; /* its earlier submission; of a repetition what it repeats, if that came after it;
                                     * AWAY after another line: what had ended that one */
    uint32_t             submission_no, position;
    instant_ms           received_at_unix_ms;
    int32_t              date;                      /* transaction date */
    bool                 has_key, has_transaction, has_match, has_near;
    bool                 counts_for_deal;           /* among the claim_count of its deal */
    struct hash128       key, transaction, match;
    int64_t              qty_milli;                 /* base quantity accepted, signed; as sent while it waits */
    struct slice         location, sku;             /* the stock pool it moved */
    int64_t              moved_milli;               /* in +, out − */
    int64_t              returned_milli;            /* of it, what returns have brought back since */
    struct slice         returns_line_id;           /* the line whose goods it brings back */
    struct slice replaces_line_id; /* of a REPLACE: what it replaces, once it goes on; of a CANCEL by invoice: what of
                                    * it waited here */
    uint32_t             rep_ordinal, site_ordinal; /* its number in the windows of VEL-01; 0 not counted */
    bool                 is_claimed;                /* its C stands in payee_days */
    int64_t              claimed_minor, claimed_before_minor;
    struct texts         serials;                   /* normalised */
    struct texts         slot_programs;             /* programs in which it holds their slots */
    uint64_t sold_to, end_customer, ship_to, vendor, payee,
        rep;                                        /* numbers that stand for the keys of its parties; 0 none */
    struct near_features near;                      /* has_near */
};

/* keys, by K (domain.md 3.3): who used it last. FOOTPRINT_NONE: free. */
struct key_use {
    struct slice         line_id, site;
    uint32_t             submission_no;
    enum footprint_state state;
    int32_t              received_date;
};

/* claim_ids, by claim_id and claim_line. `fields` holds four bytes of hash for each field of line_field.def. */
struct claim_use { struct slice line_id, document_id, fields; uint32_t submission_no; int32_t received_date; };
struct claim_uses { struct claim_use uses[CLAIM_USES_MAX]; unsigned use_count; };

/* transactions, by T: its lines, and the units that left stock by it; by invoice line alone: the lines of all parts. */
struct live_line { struct slice line_id; enum kind kind; };
struct transaction_uses {
    struct live_line lines[TRANSACTION_LINES_MAX];
    unsigned                line_count;
    int64_t                 moved_milli;
    bool                    is_cancelled_early;     /* a CANCEL by invoice found no line there: payout may yet */
    struct slice            replaced_early_by;      /* nor did a REPLACE of a sale or sell-in by invoice */
};

/* matches, by sku and customer: sales that wait here and that an unlinked return may mean (domain.md 6.2);
 * preapproved_claims, by program: claims on pre-approved money that wait here. What is long and mostly empty stands
 * last: copies end where it does. */
struct match_sale { struct slice line_id; int32_t ship_date; int64_t qty_milli; };
struct match_sales {
    unsigned          waiting_count;
    uint32_t          left_out;                     /* claims that wait and found no place */
    struct match_sale waiting[MATCH_LINES_MAX];
};

/* near, by bucket (screening.md 7.2): who stands there, and as much of each as tells most that they are not meant. Kept
 * as they lie in memory, so that a bucket of many lines costs no decoding. The newest stand in the bucket's own row;
 * when that is full they join the older ones, in a row that is written that seldom. Tags are halves of hashes, 0 for
 * nothing: equal things have equal ones. */
enum { NEAR_YOUNG_MAX = 16 };
struct near_ref {
    uint8_t  line_id[16];
    uint32_t document;
    uint32_t number_sums; /* of the confusable number: of its characters, and of their squares */
    uint16_t number_order;                          /* and one that the order of its characters changes */
    uint16_t day;                                   /* days from 1990-01-01 on, plus one */
    uint16_t value; /* six bits of magnitude, ten of digits: greater for what is greater */
    uint16_t qty, part, line, order, customer;
    uint16_t proofs;                                /* a bit for each */
    uint8_t  number_size;
    uint8_t  lag_weeks;                             /* from that day to the receipt, rounded up */
};
_Static_assert(sizeof(struct near_ref) == 44, "entries are stored as they lie in memory");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "entries are stored little-endian");
struct near_bucket { const char *refs; unsigned ref_count; bool has_older, is_cut; };   /* oldest first */

/* documents, by hash of a proof. */
struct document_use { struct slice line_id, claim_id; };
struct document_uses { struct document_use uses[DOCUMENT_USES_MAX]; unsigned use_count; };

/* serials, by normalised serial (screening.md 8.2). A slot without line is free; its generation counts how often it was
 * given back. */
struct serial_event { struct slice line_id; int32_t date; };
struct serial_slot {
    struct slice program_id, line_id;
    struct slice prior_line_id;                     /* line_id took it on payout's word that this one lives no more */
    uint32_t     generation;
    bool         is_registered;                     /* in the registry, too */
    bool         is_asked;                          /* whether line_id lives payout alone knows, and is asked */
};
struct serial_history {
    struct serial_event sold_in, sold, returned;
    struct serial_slot  slots[SERIAL_SLOTS_MAX];
    unsigned            slot_count;
};

/* roster, by rep: one entry a site. */
struct roster_site { struct slice site, name; int32_t valid_from, valid_to; bool inactive; };
struct roster_sites { struct roster_site sites[ROSTER_SITES_MAX]; unsigned site_count; };

/* inventory, by pool (location, sku), and inventory_days, by pool and month (screening.md 8.3). match_days, by sku,
 * customer and month of ship_date: units of live sales that have not come back. */
struct pool_report { struct slice location; int32_t date; int64_t reported_milli; };
struct pool_ledger {
    bool               is_open;
    int32_t            snapshot_date;
    int64_t            available_milli, gap_milli;
    unsigned           report_count;
    struct pool_report reports[POOL_LOCATIONS_MAX];
};
struct pool_month { int64_t net_milli[MONTH_DAYS_MAX]; };

/* watermarks, one a root. */
struct watermarks { int32_t inventory_date, sell_in_to, sell_in_date; };

/* windows, by subject: lines of a transaction date. Ascending. */
struct window_day { int32_t date; uint32_t line_count; };
struct window_days { struct window_day days[WINDOW_DAYS_MAX]; unsigned day_count; };

/* parties, by hash of the party key: the names that lines gave it. */
struct party_name { struct slice name, country, postal_code; };
struct party_names {
    struct slice      key;
    struct party_name names[PARTY_NAMES_MAX];
    unsigned          name_count;
    int32_t           last_seen;
};

/* agreement_parties, by kind and number of an agreement or registration: who its customer may be, and when it came. */
struct agreement_customer { struct slice key, name, id_type, id, country, postal_code; };
struct agreement_parties {
    struct slice               site;
    int64_t                    revision;
    int32_t                    issue_date, arrived_on;          /* arrival of the first revision */
    bool                       is_blanket;
    struct agreement_customer *customers;
    unsigned                   customer_count;
};

/* payee_days, by payee, program, currency and received date (domain.md 10). */
struct payee_day { int64_t claimed_minor; };

/* cases, by case_id (screening.md 4.5). */
struct case_lines {
    enum case_kind kind;
    struct slice subject, entry_id;
    struct texts line_ids;
    int64_t entry_revision;
};

/* screened: the lists that the parties on file were compared with, and how far the comparison with newer ones has come
 * (screening.md 6.6): `after` is the last key of parties, then of cases. */
struct lists_screened { struct slice done, doing, after; bool in_cases; };

/* registry_outbox, by slot: what is owed the shared registry. The slot goes back if it is still line_id's; next_line_id
 * is a line of the root that stands there after it: one that has the slot in the books since (the same: it could not be
 * asked for yet), or, released too, one that was given up before the first was. closed_on: a deal keeps its place but
 * blocks nobody from that day. */
struct outbox_slot {
    struct slice line_id, next_line_id;
    instant_ms   next_received_at_unix_ms;
    bool         next_is_released;
    int32_t      closed_on;
};

/* deals, by number of the registration. */
struct deal_holding {
    struct slice line_id, conflict_key, family;
    int64_t      revision;
    bool         is_held;
    int32_t      last_day;                          /* protected; 0 while it waits */
    uint32_t     extension_count;
    bool         is_registered;                     /* the registry knows its place */
    int32_t      registered_on;                     /* received; 0 while it waits */
    uint32_t     claim_count;                       /* of one on it counts as won: it does not end with its last day */
};

/* registry, one a partition: the shared registry as it was seen last, and how far the slots of the partition are set
 * again on a server that lost some (screening.md 8.1). */
struct registry_seen {
    struct slice epoch, run_id, replication_id;
    int64_t      replication_offset, evicted_keys;
    bool         is_restoring, restores_all;
    struct slice restored_to, restored_after;       /* which server; the key of the row done last */
    bool         restores_deals;                    /* serials are done */
};

/* expiry, one a partition: the month whose sweep is done, or the table and the key at which it stands. */
struct expiry_sweep { int32_t done_month, month; uint32_t table; struct slice after; };

#endif
