/* domain/line.h: the typed line, what the submitter said (domain.md 3.1, 4.3); nothing derived but party.key. */
#ifndef DOMAIN_LINE_H
#define DOMAIN_LINE_H

#include "domain/kind.h"
#include "domain/reason.h"

enum { SUBMISSION_NO_MAX = 99 };                    /* how often one line may come */

/* A named party. `key` is derived by intake (screening.md 6.2). Country is ISO 3166-1 alpha-2. */
struct party {
    struct slice    name, id_type, id, key, address, city, region, postal_code, country;
    enum role       role;                           /* as sent; ROLE_UNSPECIFIED when not said */
    enum party_kind kind;
    int32_t         birth_year;                     /* 0 not said */
};

/* A party that was not given at all: no name, no id, no key. */
bool party_is_absent(const struct party *p);

/* A list of texts; borrowed. */
struct texts { const struct slice *items; unsigned count; };

/* Is the text one of the list? The empty text never is. */
bool texts_have(const struct texts *texts, struct slice text);

/* A proof sent with a claim. */
struct document_proof { struct slice type, name; uint8_t sha256[32]; bool has_sha256; };

/* One line of an agreement. Money in the currency of the program; `uom` empty: the base unit; all of it is per
 * `uom`. */
struct agreement_line {
    uint32_t           line_no;
    struct texts       products;                    /* sku: family: line: + text, a final * is a prefix; empty: all */
    enum debit_method  method;
    int64_t            term_micros;                 /* price or amount 1e-6 of the unit, percent 1e-6 of a percent */
    struct slice       uom;
    int64_t            authorised_qty_milli;        /* of uom; 0 none (blanket only) */
    int64_t            book_price_micros;
    bool               has_book_price_micros;
    enum resale_policy resale_policy;
    int64_t            resale_min_micros, resale_max_micros;
};

/* AGREEMENT, one revision; the number, program and currency stand in the line. */
struct agreement {
    int64_t                     revision;
    int32_t                     effective_from;     /* 0 = valid_from */
    enum agreement_status       status;
    int32_t                     issue_date, valid_from, valid_to, closed_on;
    struct texts                locations;
    bool                        blanket;
    const struct party         *customers;
    unsigned                    customer_count;
    int64_t                     amount_limit_minor; /* 0 none */
    const struct agreement_line *lines;
    unsigned                    line_count;
    struct slice                overrides_yaml;     /* ship_debit: and claim: blocks as text */
};

struct deal_registration {
    int64_t      revision;
    struct slice project, family;
    struct texts products;
    int64_t      qty_milli, value_minor;
    int32_t      expected_close;
    bool         extension, withdrawn;
};

struct mdf_preapproval {
    int64_t                 revision;
    int64_t                 planned_spend_minor, approved_amount_minor;
    enum preapproval_status status;
};

struct rep_roster {
    struct slice name, tax_country;
    int32_t      valid_from, valid_to;
    bool         inactive, tax_form_on_file;
};

#define FIELD_KIND(member, detail)     enum kind member;
#define FIELD_REPLACES(member, detail) enum kind member;
#define FIELD_TEXT(member, detail)     struct slice member;
#define FIELD_ID(member, detail)       struct slice member;
#define FIELD_CODE(member, detail)     struct slice member;
#define FIELD_DATE(member, detail)     int32_t member;
#define FIELD_QTY(member, detail)      int64_t member;
#define FIELD_UINT(member, detail)     uint32_t member;
#define FIELD_FLAG(member, detail)     bool member;
#define FIELD_PRICE(member, detail)    int64_t member; bool has_##member;
#define FIELD_MONEY(member, detail)    int64_t member; bool has_##member;
#define FIELD_AMOUNT(member, detail)   int64_t member;
#define FIELD_PARTY(member, detail)    struct party member;
#define FIELD_TEXTS(member, detail)    struct texts member;
#define FIELD_CAUSE(member, detail)    enum cause member;
#define FIELD_CLOSE(member, detail)    enum period_close member;

/* The line. Members of line_field.def, then the nested ones; a pointer is NULL for all other kinds. */
struct line {
#define FIELD(type, member, name, detail) FIELD_##type(member, detail)
#include "domain/line_field.def"
#undef FIELD
    const struct document_proof   *documents;
    unsigned                       document_count;
    const struct pair             *extras;
    unsigned                       extra_count;
    const struct agreement        *agreement;
    const struct deal_registration *deal;
    const struct mdf_preapproval  *preapproval;
    const struct rep_roster       *roster;
};

#undef FIELD_KIND
#undef FIELD_REPLACES
#undef FIELD_TEXT
#undef FIELD_ID
#undef FIELD_CODE
#undef FIELD_DATE
#undef FIELD_QTY
#undef FIELD_UINT
#undef FIELD_FLAG
#undef FIELD_PRICE
#undef FIELD_MONEY
#undef FIELD_AMOUNT
#undef FIELD_PARTY
#undef FIELD_TEXTS
#undef FIELD_CAUSE
#undef FIELD_CLOSE

/* The same list as a table, for readers and writers of text. */
enum field_type {
    FIELD_TYPE_KIND,
    FIELD_TYPE_REPLACES,
    FIELD_TYPE_TEXT,
    FIELD_TYPE_ID,
    FIELD_TYPE_CODE,
    FIELD_TYPE_DATE,
    FIELD_TYPE_QTY,
    FIELD_TYPE_UINT,
    FIELD_TYPE_FLAG,
    FIELD_TYPE_PRICE,
    FIELD_TYPE_MONEY,
    FIELD_TYPE_AMOUNT,
    FIELD_TYPE_PARTY,
    FIELD_TYPE_TEXTS,
    FIELD_TYPE_CAUSE,
    FIELD_TYPE_CLOSE,
};

struct line_field {
    struct slice    name;                           /* in text: without unit suffix */
    enum field_type type;
    size_t          offset;                         /* of the member in struct line */
    size_t          has_offset;                     /* of has_<member> (PRICE, MONEY), else 0 */
    uint64_t        detail;                         /* bytes or greatest value; 0 where the type has none */
};

extern const struct line_field line_fields[];
extern const unsigned line_field_count;

/* The field of that name in text, NULL when there is none. */
const struct line_field *line_field_find(struct slice name);

/* 1 to SUBMISSION_NO_MAX: the number sent, 1 when none was. */
uint32_t line_submission_no(const struct line *l);

/* What the line reports: of a REPLACE the kind that stands in place of the old one. */
static inline enum kind line_content_kind(const struct line *l)
{
    return l->kind == KIND_REPLACE && l->replaces_kind ? l->replaces_kind : l->kind;
}

/* The line that a correction names: by its id, or by the invoice that it stands on. */
struct original_ref { struct slice line_ref, invoice_no, invoice_line; };
struct original_ref line_original_ref(const struct line *l);

/* The part by which the line calls its product: vendor part, GTIN, the partner's own; empty when it names none. */
struct slice line_part(const struct line *l);

/* The invoice key (domain.md 1.1): `invoice_no` in NFKC, upper case, only A–Z and 0–9 kept. In the arena. */
struct slice line_invoice_key(struct arena *a, struct slice invoice_no);

/* What tells lines of one invoice apart: `invoice_line`, where it is a whole number without leading zeros and without a
 * fraction of zeros, since 1, 01 and a spreadsheet's 1.0 are one line of one invoice. Borrowed. */
struct slice line_invoice_line_key(struct slice invoice_line);

#endif
