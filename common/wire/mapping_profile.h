/* wire/mapping_profile.h: how the documents of one submitter are read (feeds.md 13), one version, `extends` resolved.
 *
 * Scalars are the nearest of the chain that says them, lists with a `field` begin with the nearest. A version is
 * immutable: a changed file under a known version is refused. */
#ifndef WIRE_MAPPING_PROFILE_H
#define WIRE_MAPPING_PROFILE_H

#include "base/hash.h"
#include "domain/line.h"
#include "wire/problems.h"

enum tolerance        { TOLERANCE_DEFAULT, TOLERANCE_STRICT };
enum excess_digits    { EXCESS_DIGITS_ROUND, EXCESS_DIGITS_REJECT };
enum sd_lines         { SD_LINES_POS, SD_LINES_CLAIM, SD_LINES_BOTH };
enum mirror_rows      { MIRROR_ROWS_DROP, MIRROR_ROWS_STOCK_ADJUST };
enum answer_ta1       { ANSWER_TA1_ON_REQUEST, ANSWER_TA1_ALWAYS, ANSWER_TA1_NEVER };
enum answer_functional { ANSWER_FUNCTIONAL_997, ANSWER_FUNCTIONAL_999, ANSWER_FUNCTIONAL_NONE };
enum answer_849       { ANSWER_849_ALL, ANSWER_849_EXCEPTIONS, ANSWER_849_NONE };
enum control_numbers  { CONTROL_NUMBERS_STRICT, CONTROL_NUMBERS_HASH_ONLY };
enum set_numbers      { SET_NUMBERS_UNIQUE, SET_NUMBERS_ANY };
enum truncated_policy { TRUNCATED_NOTHING, TRUNCATED_COMPLETE_SETS };
enum ctt01_counts { CTT01_STANDARD, CTT01_LINES, CTT01_LOOPS, CTT01_ANY }; /* STANDARD: of the set, feeds.md 5.2 */
enum lin01_meaning    { LIN01_NONE, LIN01_INVOICE_LINE, LIN01_AUTH_LINE };
enum decimal_style    { DECIMAL_STYLE_AUTO, DECIMAL_STYLE_POINT, DECIMAL_STYLE_COMMA };
enum date_style       { DATE_STYLE_AUTO, DATE_STYLE_YMD, DATE_STYLE_DMY, DATE_STYLE_MDY };
enum json_unknown     { JSON_UNKNOWN_KEEP, JSON_UNKNOWN_REJECT };

struct profile_answers {
    enum answer_ta1 ta1;
    enum answer_functional functional;
    enum answer_849 response_849;
    uint32_t sla_hours;
};

struct x12_sender { struct slice qualifier, id, group, receiver; };    /* ISA05, ISA06; GS02, GS03: empty, any */
struct x12_length_limit { struct slice segment; uint32_t element, max; };
struct x12_map { struct slice set, field, segment; struct texts qualifiers; };

struct profile_x12 {
    const struct x12_sender       *senders;
    unsigned                       sender_count;
    struct texts                   versions;        /* 004010, 005010; a guide suffix in GS08 is allowed */
    enum control_numbers           control_numbers;
    enum set_numbers               set_numbers;
    uint32_t                       control_window_days;
    enum truncated_policy          truncated;
    bool                           tolerate_counts, unwrap;
    enum ctt01_counts              ctt01;
    enum lin01_meaning             lin01;
    struct slice                   sii05, sii06;    /* fields: resale_unit, book_unit */
    bool                           sii_assumed;     /* neither was said: warning SII_ASSUMED */
    bool                           ref_cm_is_return, amt03_c_is_return, second_st_is_end_customer;
    const struct x12_length_limit *length_limits;
    unsigned                       length_limit_count;
    const struct x12_map          *maps;
    unsigned                       map_count;
};

struct profile_column { struct slice field; struct texts names; };              /* our field, headers of the partner */
struct profile_constant { struct slice field, value; };
struct profile_value { struct slice field, value; struct texts names; };        /* our word, words of the partner */
struct profile_pointer { struct slice field, pointer; };                        /* RFC 6901 */

enum { HEADER_ROW_MAX = 1000 };

struct profile_text {
    char                           delimiter;       /* 0 auto */
    struct slice                   encoding;        /* empty: auto */
    enum decimal_style             decimal;
    enum date_style                dates;
    struct slice                   sheet;           /* empty: best */
    uint32_t                       header_row;      /* 0 auto */
    const struct profile_column   *columns;
    unsigned                       column_count;
    const struct profile_constant *constants;
    unsigned                       constant_count;
    struct texts                   empty_markers;
};

struct profile_json { enum json_unknown unknown; const struct profile_pointer *pointers; unsigned pointer_count; };

struct mapping_profile {
    struct slice                name;
    uint32_t                    version;
    int32_t                     effective_from;     /* 0 from the beginning */
    struct slice                extends;            /* empty only for the built-in default@1 */
    uint8_t                     sha256[SHA256_BYTES];   /* of the file; default@1: of its text in the program */
    struct slice                submitter, partner_id;
    struct texts                reports_for;        /* "*": all */
    bool                        vendor;
    unsigned                    kinds;              /* KIND_BIT(…) */
    struct slice                country_default, currency_default, uom_default, time_zone;
    enum tolerance              tolerance;
    enum excess_digits          excess_digits;
    enum sd_lines               sd_lines;
    enum mirror_rows            mirror_rows;
    bool                        ship_date_from_invoice_date, invoice_date_from_ship_date;
    struct profile_answers      answers;
    struct profile_x12          x12;
    struct profile_text         text;
    struct profile_json         json;
    const struct profile_value *values;
    unsigned                    value_count;
};

/* The kinds a submitter may send where nothing was said: POS, claim, registration, pre-approval, transfer, stock and
 * inventory kinds. */
#define PROFILE_KINDS_DEFAULT \
    (KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_CANCEL) | KIND_BIT(KIND_REPLACE) | \
     KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_MDF_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM) | \
     KIND_BIT(KIND_DEAL_CLAIM) | \
     KIND_BIT(KIND_PRICE_PROTECTION_CLAIM) | KIND_BIT(KIND_ROTATION_CLAIM) | KIND_BIT(KIND_DEAL_REGISTRATION) | \
     KIND_BIT(KIND_MDF_PREAPPROVAL) | KIND_BIT(KIND_TRANSFER_OUT) | KIND_BIT(KIND_TRANSFER_IN) | \
     KIND_BIT(KIND_STOCK_ADJUST) | KIND_BIT(KIND_INVENTORY))

/* The built-in default@1; lives as long as the program. */
const struct mapping_profile *mapping_profile_default(void);

/* Profiles on file, in the order they were added. */
struct mapping_profiles { const struct mapping_profile **items; unsigned count, capacity; };

/* Reads one file of `text` into the arena and resolves its `extends` against what is on file (the highest version of
 * that name that is no later). NULL when it cannot be used: every error stands in `problems`. */
const struct mapping_profile *mapping_profile_read(struct arena *a, struct slice file, struct slice text,
                                                   const struct mapping_profiles *on_file, struct problems *problems);

/* Adds one; the same version with the same bytes is kept once. ERR_CONFIG_INVALID: a known version with other bytes. */
enum err mapping_profiles_add(struct arena *a, struct mapping_profiles *profiles,
                              const struct mapping_profile *p) MUST_CHECK;

/* The highest version of `name` with effective_from <= date; "default" is always on file; NULL when none. */
const struct mapping_profile *mapping_profile_find(const struct mapping_profiles *profiles, struct slice name,
                                                   int32_t date);

/* The table, for schema_keys.h. */
struct schema;
const struct schema *mapping_profile_schema(void);

#endif
