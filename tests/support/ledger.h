/* tests/support/ledger.h: rate_line with a map behind books, as the loop runs it: passes until no row is missed, rows
 * encoded and decoded between lines. A builder makes a valid line with one thing changed. */
#ifndef TESTS_SUPPORT_LEDGER_H
#define TESTS_SUPPORT_LEDGER_H

#include "domain/rating/rating.h"
#include "domain/currency.h"
#include "support/table.h"

enum { LEDGER_PROGRAMS_MAX = 8, LEDGER_ENTRIES_MAX = 4096 };

struct ledger_fixture;

/* An empty ledger of root and partner "N" with price list "PL"; lives as long as the test's arena. */
struct ledger_fixture *ledger_open(void);
struct arena *ledger_arena(struct ledger_fixture *l);
struct catalogue *ledger_catalogue(struct ledger_fixture *l);
struct policy *ledger_policy(struct ledger_fixture *l);

/* Puts a program in force; what is absent gets the page's defaults. Automatic lines have it as a candidate. */
void ledger_program(struct ledger_fixture *l, struct program p);
/* A catalogue without any: what was rated under one lacks its terms. */
void ledger_forget_programs(struct ledger_fixture *l);
void ledger_product(struct ledger_fixture *l, struct product p);
void ledger_price(struct ledger_fixture *l, const char *sku, int64_t price_micros, int32_t valid_from);
void ledger_rate(struct ledger_fixture *l, const char *from, const char *to, int64_t units, int64_t rate_micros,
                 int32_t valid_from);

/* Defaults of the page for one incentive, valid 2025-01-01 to 2099. */
struct program ledger_ship_debit(const char *id);
struct program ledger_volume(const char *id, const struct tier *tiers, unsigned tier_count);

/* What is not in the line: received date (default the ship date), A, review, candidates. */
struct judged {
    struct line                 line;
    const char                 *id;                 /* line_id; absent: numbered */
    int32_t                     received;
    int64_t                     received_hour;
    bool                        has_accepted;
    int64_t                     accepted_milli;
    int64_t                     base_milli;         /* absent: qty_milli */
    const struct review_effect *review;
    int32_t                     today;              /* stage clock; absent: received */
    const char                 *expected_volume, *baseline;
    struct agreement_overrides  overrides;
    bool                        lot_pool_location;
    int64_t                     deal_share_percent_micros;  /* place in the clearance; absent: none */
};

struct decision {
    enum outcome                 outcome;
    const struct payout_section *section;
    const struct verdict        *verdict;
    struct slice                 line_id;
    unsigned                     passes;
};

/* Rates the line and keeps what it writes. */
struct decision ledger_decide(struct ledger_fixture *l, struct judged j);

/* Σ program amounts of all entries so far under a program and ledger word; all of the line's own. */
int64_t ledger_paid(const struct ledger_fixture *l, const char *program_id, const char *word);
int64_t decision_paid(struct decision d, const char *word);
/* "CODE CODE" of the line, and of one program. */
struct slice decision_reasons(struct decision d);
struct slice decision_program_reasons(struct decision d, const char *program_id);
/* Every program result verifies against its entries. */
bool decision_verifies(struct decision d);

/* A state record as it stands, decoded in the arena; a zero one when absent. */
const void *ledger_row(struct ledger_fixture *l, enum payout_table table, struct slice key);
#define LEDGER_KEY(l, ...) BOOKS_KEY(ledger_arena(l), SLICE("N"), __VA_ARGS__)

/* All rows as bytes, in order of table and key: two ledgers with the same are in the same state. */
struct slice ledger_dump(struct ledger_fixture *l, unsigned tables);

/* Rows of a table, one after the other. */
unsigned ledger_rows(struct ledger_fixture *l, enum payout_table table, struct slice *keys, const void **records,
                     unsigned max);

/* Lines by kind. Quantities in units, prices in micros. */
struct line a_sale(const char *invoice, int64_t qty, int64_t resale_micros, int32_t ship_date);
struct line a_sell_in(const char *invoice, int64_t qty, int64_t price_micros, int32_t date);
struct line a_claim(const char *invoice, int64_t qty, const char *authorisation_no, int32_t ship_date);
struct line a_return(const char *original_line_ref, int64_t qty, int32_t ship_date);
struct line a_cancel(const char *original_line_ref);
struct line an_agreement(struct ledger_fixture *l, const char *authorisation_no, struct agreement a,
                         struct agreement_line line);

#define UNITS(n)  ((int64_t)(n) * 1000)
#define MICROS(n) ((int64_t)((n) * 1000000LL))

#endif
