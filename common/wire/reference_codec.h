/* wire/reference_codec.h: Reference, value of programs.v1 (domain.md 4.1): one global record with its type and id.
 * Terms travel as the text that people approved; products, prices, rates and the like as records. Texts of what is
 * decoded are borrowed from the bytes, lists from the arena. Errors as in dossier_codec.h. */
#ifndef WIRE_REFERENCE_CODEC_H
#define WIRE_REFERENCE_CODEC_H

#include "domain/catalogue.h"
#include "wire/partner_codec.h"

/* REFERENCE_TYPE(word, body): the types of record, and the member of struct reference that has their content. */
#define REFERENCE_TYPES(R) \
    R(PROGRAM, terms) R(MATRIX, terms) R(PRODUCT, product) R(PRICE_LIST, price_list) R(FX_TABLE, fx) R(TAX_TABLE, tax) \
    R(LIMITS, terms) R(RULESET, terms) R(PARTY, party)

enum reference_type {
    REFERENCE_UNSPECIFIED = 0,
#define REFERENCE_ENUM(word, body) REFERENCE_##word,
    REFERENCE_TYPES(REFERENCE_ENUM)
#undef REFERENCE_ENUM
    REFERENCE_COUNT
};

/* The text of one version; without approver_id a proposal. */
struct terms_version {
    uint32_t           version;
    int32_t            valid_from;
    struct slice       yaml;
    uint8_t            sha256[SHA256_BYTES];        /* of yaml; terms_version_seal sets it */
    struct publication publication;
};

struct terms {
    const struct terms_version *versions;
    unsigned                    version_count;
};

struct party_record {
    struct party_verdict verdict;
    struct publication   publication;
};

/* Exactly the body of its type is set. */
struct reference {
    enum reference_type        type;
    struct slice               id;                  /* as in the key, after the type and its slash */
    const struct terms        *terms;
    const struct product      *product;
    const struct price_list   *price_list;
    const struct fx_pair      *fx;
    const struct tax_table    *tax;
    const struct party_record *party;
};

/* Sets the digest of the text. Both directions refuse a version whose digest is another with ERR_WIRE_MALFORMED. */
void terms_version_seal(struct terms_version *v);

enum err reference_encode(struct arena *a, const struct reference *r, struct slice *out) MUST_CHECK;
enum err reference_decode(struct arena *a, struct slice bytes, struct reference *r) MUST_CHECK;

/* The word of a type ("PRICE_LIST"), and back: REFERENCE_UNSPECIFIED when unknown. */
struct slice reference_word(enum reference_type type);
enum reference_type reference_find(struct slice word);

/* The key of a record: <TYPE>/<id> (first-hour.md 3), in the arena. */
struct slice reference_key(struct arena *a, const struct reference *r);

#endif
