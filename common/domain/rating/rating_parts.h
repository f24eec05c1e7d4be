/* domain/rating/rating_parts.h: a line while it is rated: what the steps of rate_line (rating.c) share. */
#ifndef DOMAIN_RATING_RATING_PARTS_H
#define DOMAIN_RATING_RATING_PARTS_H

#include "domain/rating/rating.h"

enum { RATING_AWARDS_MAX = 64, RATING_ENTRIES_MAX = 128, RATING_CLAIMS_LEFT_MAX = 16 };

struct award;                                       /* award.h: one program on the line */
struct posting;                                     /* award.h: an entry that will be made */

/* A line on its way through rate_line, in the order in which its parts are filled: */
struct rating {
    /* what is handed in; the sections of the dossier also stand here, since every step asks for them */
    const struct rating_input   *in;
    struct verdict              *v;
    struct arena                *arena;
    struct books                *books;
    const struct dossier        *dossier;
    const struct line           *line;
    const struct receipt        *receipt;
    const struct classification *class;

    /* what the line is */
    struct slice                 root;
    enum kind                    kind;              /* of the content: replaces_kind for a REPLACE */
    int32_t                      claim_received;    /* for claim windows: of an X that of its original (R4) */
    const struct product        *product;           /* NULL when unknown or no goods */
    int64_t                      uom_num, uom_den;  /* base units = line units · num / den */
    int64_t                      base_milli, accepted_milli;

    /* where its rows are: keys that several steps need are made once */
    struct slice                 line_key;          /* of the line's own row */
    struct slice                 invoice_key, transaction;  /* key of T, empty without invoice */
    struct slice                 pool_location;
    struct slice                 pool_key, day_key; /* of rows of its own pool (lots.c) */
    int32_t                      day_key_date;
    struct transaction_row      *txn;               /* row of T, or a blank one of this line alone */

    /* what programs make of it */
    const struct program       **programs;          /* those that an automatic line triggers, in stacking order */
    unsigned                     program_count;
    bool                         is_opened;         /* by rating_open: transaction and programs stand */
    struct award                *awards[RATING_AWARDS_MAX];
    unsigned                     award_count;
    struct posting              *postings;          /* a pointer into it is good until the next award_post */
    unsigned                     posting_count;

    /* what a correction finds about other lines */
    struct slice                 ends;              /* the line that a CANCEL or REPLACE names */
    struct slice                 sale_taken_back;   /* key of the T of a sale that this line ended; empty: none */
    struct slice                 expected_by;       /* the released correction that a late line comes after */
    bool                         follows_original;  /* a negative SELL_IN of a known one: no program judges it */

    /* how it ends */
    struct line_row              row;               /* what `lines` will hold of this line */
    bool                         awaits_sale;       /* an unlinked return waits for a sale to its customer */
    bool                         awaits_report;     /* parked for the POS_SALE of its transaction */
    bool                         overflow;          /* a number did not fit: HOLD, nothing is written */
    struct step                  unseen;            /* workings of a pass that misses rows: nobody reads them */
    struct figure                unseen_input;
};

/* The key of a row of this line's root: what stands after the root, part by part. */
#define RATING_KEY(r, ...) BOOKS_KEY((r)->arena, (r)->root, __VA_ARGS__)

#endif
