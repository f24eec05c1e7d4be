/* domain/catalogue.h: the global records in force (programs.v1, domain.md 4.1), read-only while a batch is decided.
 *
 * Records are added by the holder between batches (catalogue_put_*); everything found is borrowed and lives as long as
 * the catalogue. Nothing here reads a clock: the caller brings the date. */
#ifndef DOMAIN_CATALOGUE_H
#define DOMAIN_CATALOGUE_H

#include "domain/policy.h"
#include "domain/program.h"

struct uom { struct slice code; int64_t num, den; };

struct product {
    struct slice       sku, family, product_line, base_uom, serial_mask, serial_check;
    bool               withdrawn, not_returnable;
    struct texts       vendor_parts, gtins;
    const struct pair *partner_parts;               /* root id, part */
    unsigned           partner_part_count;
    const struct uom  *uoms;
    unsigned           uom_count;
};

struct price { int64_t price_micros; int32_t valid_from; };
struct price_list {
    struct slice list_id, sku, currency;
    const struct price *prices;
    unsigned price_count;
}; /* ascending */

struct fx_rate { int64_t rate_micros; int32_t valid_from, valid_to; };
struct fx_pair {
    struct slice table_id, from, to, source;
    int64_t units;
    const struct fx_rate *rates;
    unsigned rate_count;
};

struct tax_entry { int32_t valid_from; int64_t threshold_minor; struct slice currency; };
struct tax_table { struct slice country, form; const struct tax_entry *entries; unsigned entry_count; };

/* code[role][incentive]; override rows in order of the file. */
struct matrix_override {
    enum role role;
    enum incentive incentive;
    struct slice region, product_line;
    enum matrix_cell cell;
};
struct matrix {
    uint32_t                      version;
    int32_t                       valid_from;
    enum matrix_cell              cells[ROLE_COUNT][INCENTIVE_COUNT];
    const struct matrix_override *overrides;
    unsigned                      override_count;
};

/* LIMITS record of one currency (id "default": USD, and what has no currency). Settings are kept as text by name. */
struct limits {
    struct slice id;
    uint32_t version;
    int32_t valid_from;
    const struct pair *settings;
    unsigned setting_count;
};

struct party_verdict { struct slice party_key, party_revision, entry_id, entry_revision; bool blocked; };

/* One program with its versions in ascending order, and who wrote which: the record says so, the text does not. */
struct program_author { uint32_t version; struct slice author_id; };
struct program_history {
    struct slice                 id;
    const struct program *const *versions;
    unsigned                     version_count;
    const struct program_author *authors;
    unsigned                     author_count;
};

struct catalogue;

/* An empty one with arenas of its own; NULL: no memory. */
struct catalogue *catalogue_open(void);
void catalogue_close(struct catalogue *c);

/* Puts a copy of a record in force. A version that is on file already is refused with ERR_TERMS_INVALID unless it is
 * the same; FX rates of one pair add up; a product, price list, party verdict replaces its predecessor. */
enum err catalogue_put_program(struct catalogue *c, const struct program *p) MUST_CHECK;
/* Who wrote a version that is on file; nothing happens where it is not, or nobody is named. */
enum err catalogue_put_author(struct catalogue *c, struct slice program_id, uint32_t version,
                              struct slice author_id) MUST_CHECK;
enum err catalogue_put_matrix(struct catalogue *c, const struct matrix *m) MUST_CHECK;
enum err catalogue_put_product(struct catalogue *c, const struct product *p) MUST_CHECK;
enum err catalogue_put_price_list(struct catalogue *c, const struct price_list *p) MUST_CHECK;
enum err catalogue_put_fx(struct catalogue *c, const struct fx_pair *p) MUST_CHECK;
enum err catalogue_put_tax(struct catalogue *c, const struct tax_table *t) MUST_CHECK;
enum err catalogue_put_limits(struct catalogue *c, const struct limits *l) MUST_CHECK;
enum err catalogue_put_ruleset(struct catalogue *c, const struct ruleset *r) MUST_CHECK;
enum err catalogue_put_party(struct catalogue *c, const struct party_verdict *v) MUST_CHECK;

/* Counts the puts: what was decided with which state of the catalogue. */
uint64_t catalogue_revision(const struct catalogue *c);

/* All programs, in bytewise order of id. */
unsigned catalogue_program_count(const struct catalogue *c);
const struct program_history *catalogue_program_at(const struct catalogue *c, unsigned index);
const struct program_history *catalogue_program(const struct catalogue *c, struct slice program_id);

/* Whether that person wrote that version (FIN-02); version 0: any of them. */
bool catalogue_is_author(const struct catalogue *c, struct slice program_id, uint32_t version, struct slice actor_id);

/* First and last day of the program: those of all its non-DRAFT versions together; from > to when it has none. */
void program_span(const struct program_history *h, int32_t *from, int32_t *to);

/* The highest non-DRAFT version with `date` in its validity, NULL when none (domain.md 4.2 Version, first sentence). */
const struct program *program_version_on(const struct program_history *h, int32_t date);
/* That exact version, NULL when none. */
const struct program *program_version(const struct program_history *h, uint32_t version);
/* The highest version that is no DRAFT, NULL when none. */
const struct program *program_version_highest(const struct program_history *h);

/* By its number as it is on file; NULL when it is not. */
const struct product *catalogue_product(const struct catalogue *c, struct slice sku);
/* Whether any product is on file, and one that a list of sku: family: line: terms matches. */
bool catalogue_has_products(const struct catalogue *c);
bool catalogue_sells(const struct catalogue *c, const struct texts *products);
/* A price list of a sku that is no product; NULL: all of them are. `nth` counts from 0. */
const struct price_list *catalogue_stray_prices(const struct catalogue *c, unsigned nth);
/* The first of vendor_part, gtin, partner_part (of that root) that is on file, upper-cased bytes; NULL when none. */
const struct product *catalogue_product_by_part(const struct catalogue *c, struct slice root_id,
                                                struct slice vendor_part, struct slice gtin, struct slice partner_part);

/* The prices of one product; NULL when the list has none of it. */
const struct price_list *catalogue_price_list(const struct catalogue *c, struct slice list_id, struct slice sku);
/* The ids of its price lists, each once and at most `max`; answers how many. */
unsigned catalogue_price_list_ids(const struct catalogue *c, struct slice *ids, unsigned max);
/* The price on a date: greatest valid_from <= date; false when none. */
bool price_list_on(const struct price_list *p, int32_t date, int64_t *price_micros);

/* The usable rate on a date (domain.md 2.6): NULL when the pair is not listed or the rate is too old. */
const struct fx_rate *catalogue_fx(const struct catalogue *c, struct slice table_id, struct slice from, struct slice to,
                                   int32_t date, int64_t max_age_days, const struct fx_pair **pair);
/* The same, however old it is and though it may have ended. */
const struct fx_rate *catalogue_last_fx(const struct catalogue *c, struct slice table_id, struct slice from,
                                        struct slice to, int32_t date, const struct fx_pair **pair);

/* NULL when the country has none; that of US by default (domain.md 5.4). */
const struct tax_table *catalogue_tax(const struct catalogue *c, struct slice country);

/* Highest version with valid_from <= date; the default table as version 0 when none (domain.md 1.3, 11). Never NULL. */
const struct matrix *catalogue_matrix(const struct catalogue *c, int32_t date);
/* The cell after overrides: region + product line, region, product line, none. */
enum matrix_cell matrix_cell(const struct matrix *m, enum role role, enum incentive incentive,
                             const struct texts *regions, struct slice country, struct slice product_line);

/* The LIMITS record of a currency on a date (highest version in force), NULL when none; "default" for USD and "". */
const struct limits *catalogue_limits(const struct catalogue *c, struct slice currency, int32_t date);
/* A setting of it as text; empty when absent. */
struct slice limits_setting(const struct limits *l, struct slice name);
/* Whether one person may hold two duties on one object (domain.md 10): LIMITS say `sod.enforced: false`. */
bool catalogue_duties_mix(const struct catalogue *c, int32_t date);

/* What people said of that party and that entry; NULL: nothing. */
const struct party_verdict *catalogue_party(const struct catalogue *c, struct slice party_key, struct slice entry_id);
/* True when any verdict blocks the party. */
bool catalogue_party_is_blocked(const struct catalogue *c, struct slice party_key);

/* The policy of a line: defaults, then the highest ruleset version in force on the date, its overrides from the least
 * to the most specific (incentive, root, program, program + root), then what the run sets itself
 * (catalogue_set_policy). Resolved once per combination and kept; never NULL. */
const struct policy *catalogue_policy(const struct catalogue *c, int32_t received_date, struct slice root_id,
                                      struct slice program_id, enum incentive incentive);

/* A policy setting of this run above all RULESET records (claimctl run --set). ERR_CONFIG_INVALID: unknown or bad
 * value. */
enum err catalogue_set_policy(struct catalogue *c, struct slice name, struct slice value) MUST_CHECK;

#endif
