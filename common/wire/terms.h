/* wire/terms.h: programs, matrix, limits, rulesets and tax tables from text (domain.md 1.3, 4.1, 4.2, 10;
 * screening.md 5.1).
 *
 * A record is read whole or refused whole: on false every error stands in `problems` with file, line and column, and
 * *out is not to be used. What was read lives in the arena. */
#ifndef WIRE_TERMS_H
#define WIRE_TERMS_H

#include "domain/catalogue.h"
#include "wire/problems.h"

/* {program: {…}, eligibility: {…}, volume: {…} …} with every default of the page filled in. */
bool terms_read_program(const struct text_source *s, const struct node *record, struct program *out) MUST_CHECK;

/* A program as it was understood, every default filled in, without the blocks its incentive does not have; it reads
 * back to the same terms. Texts are borrowed from it. */
struct node *terms_write_program(struct arena *a, const struct program *p);

/* {matrix: {…}, rows: {…}, overrides: […]} */
bool terms_read_matrix(const struct text_source *s, const struct node *record, struct matrix *out) MUST_CHECK;

/* {limits: {…}, settings: {…}} */
bool terms_read_limits(const struct text_source *s, const struct node *record, struct limits *out) MUST_CHECK;

/* {ruleset: {…}, rules: {…}, settings: {…}, overrides: […]} */
bool terms_read_ruleset(const struct text_source *s, const struct node *record, struct ruleset *out) MUST_CHECK;

/* {tax_table: {…}} */
bool terms_read_tax_table(const struct text_source *s, const struct node *record, struct tax_table *out) MUST_CHECK;

/* The `ship_debit:` and `claim:` blocks of an AGREEMENT (nodes; either may be NULL), checked against the currency of
 * its program and put as canonical YAML of at most 4 KiB; the empty slice when there is none. An unknown currency
 * (empty) is checked with the most digits that money has. */
bool terms_render_overrides(const struct text_source *s, const struct node *ship_debit, const struct node *claim,
                            struct slice currency, struct slice *out) MUST_CHECK;

struct agreement_overrides;                         /* domain/rating/rows.h */

/* Which terms that text names, and what it says of them. ERR_TERMS_INVALID: it cannot be used with a program in that
 * currency (money finer than that); *out then names none. */
enum err terms_read_overrides(struct arena *a, struct slice text, struct slice currency,
                              struct agreement_overrides *out) MUST_CHECK;

/* The tables, for whoever tells what records may hold (schema_keys.h); limit_settings: what stands in `settings`. */
struct schema;
const struct schema *terms_program_schema(void);
const struct schema *terms_ruleset_schema(void);
const struct schema *terms_limits_schema(void);
const struct schema *terms_limit_settings_schema(void);
const struct schema *terms_matrix_schema(void);
const struct schema *terms_tax_table_schema(void);

#endif
