/* domain/classification_record.h: what classification keeps of a site and its papers (screening.md 11). The codecs are
 * in wire/table_classification.h; zeroes are a record that was never written. */
#ifndef DOMAIN_CLASSIFICATION_RECORD_H
#define DOMAIN_CLASSIFICATION_RECORD_H

#include "base/str.h"
#include "domain/vocabulary.h"

enum { FEATURES_GROUPS_MAX = 8 };

/* What sales say of a site, or of those among them that quote one agreement. */
struct sales_record {
    uint64_t customer_lines, reseller_lines;        /* whose customer's role is known; of them to partner roles */
    uint64_t buyer_lines, consumer_lines;           /* whose customer's kind is known; of them to persons */
    uint64_t ship_lines, ship_places;               /* own shipments with a place; 64 places by hash, one bit each */
    uint64_t sold_milli;
    uint64_t resale_cents;                          /* of those with a price, hundredths of their currency */
};

struct sales_group { struct slice agreement; struct sales_record sales; };

/* Behaviour of one site in one quarter of received dates: sums over the lines that were let through. */
struct features_record {
    struct sales_record sales;                      /* all of them */
    uint64_t sell_in_lines, sell_in_milli;
    uint64_t inventory_lines, inventory_milli;      /* reported on inventory_date, the latest */
    int32_t  inventory_date;
    uint64_t deal_lines, rep_lines, campaign_lines;
    uint32_t group_count;
    struct sales_group groups[FEATURES_GROUPS_MAX]; /* the first agreements that sales quoted */
};

enum { ROLE_REASONS_MAX = 3 };

/* One of the strongest contributions: a row of classification/features.def. */
struct role_reason { uint32_t feature; int32_t score_tenths; uint32_t value; uint64_t evidence_count; };

/* The judgement of a site's role, or of a part of it that behaves otherwise, made with its first line of a month. */
struct drift_record {
    int32_t            month;                       /* yyyymm of received dates; 0 never judged */
    enum drift         state;
    uint32_t           suspect_months;              /* in a row */
    enum role          observed;
    uint32_t           observed_ppm, declared_ppm;  /* confidence of the best role, of the roles declared */
    struct role_reason reasons[ROLE_REASONS_MAX];
    uint32_t           reason_count;
    struct slice       line_id;                     /* with which it was made */
    uint32_t           stability_milli;             /* of the reseller share against the year before (10.3) */
    uint32_t           group_count;                 /* of a hybrid: agreements that are judged apart */
    struct slice       groups[FEATURES_GROUPS_MAX];
};

/* The program of an agreement, registration or pre-approval, as its newest revision names it, and who sent that. */
struct target_record { int64_t revision; struct slice program_id, author_id; };

enum { ORIGINALS_MAX = 32 };

/* Lines of one invoice line, or of one part and customer, that wait here and that a return or cancel may mean; the
 * oldest first. What left meanwhile is no longer in the table of waiting lines. */
struct originals_record {
    struct slice line_ids[ORIGINALS_MAX];
    uint32_t     count, left_out;                   /* left_out: lines that wait and found no place */
};

#endif
