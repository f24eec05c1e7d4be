/* classification/features.h: how a site behaves, and which role that looks like (screening.md 10.2). Integers only: two
 * builds judge alike. Pure.
 *
 * Facts of the profile are its `evidence`, else its `attributes`, under the word of features.def: the value `yes` or a
 * figure above 0 (`agreement_role`: the role); an evidence's score is the number of documents behind it, at least 1. */
#ifndef CLASSIFICATION_FEATURES_H
#define CLASSIFICATION_FEATURES_H

#include "domain/classification_record.h"
#include "domain/partner.h"
#include "domain/policy.h"

enum feature {
#define FEATURE(id, word, sentence, shrink, d, v, m, a, c, r, s) FEATURE_##id,
#include "classification/features.def"
#undef FEATURE
    FEATURE_COUNT
};

/* Adds a line that was let through to the site's quarter. */
void features_count(struct features_record *f, const struct line *l, enum kind kind, int64_t base_qty_milli,
                    enum role sold_to_role);

/* True for the kinds that features_count looks at. */
bool features_counts_kind(enum kind kind);

/* The sum of two quarters; the inventory is that of the later one. */
void features_add(struct features_record *sum, const struct features_record *f);

struct role_judgement {
    enum role          best;                        /* ROLE_UNSPECIFIED without any evidence */
    enum role          observed;                    /* the best where confidence and evidence suffice, else none */
    uint32_t           confidence_ppm[ROLE_COUNT];
    int32_t            evidence_tenths;             /* Σ |contribution| of the best role */
    struct role_reason reasons[ROLE_REASONS_MAX];   /* its largest contributions, the largest first */
    unsigned           reason_count;
};

/* What the features of a window of `window_days` say together with the facts of the profile. */
struct role_judgement features_judge(const struct features_record *window, int64_t window_days, const struct partner *p,
                                     const struct policy *policy);

/* The window with the sales that quote an agreement alone; empty: those that quote none of its groups. */
struct features_record features_of_group(const struct features_record *window, struct slice agreement);

/* Of a hybrid, the agreements of 15 % of the value sold or more, each judged apart; how many. Two such parts, one of
 * which may be the sales that quote none of them, look like different roles; else 0. */
unsigned features_hybrid(const struct features_record *window, int64_t window_days, const struct partner *p,
                         const struct policy *policy, struct slice groups[FEATURES_GROUPS_MAX]);

enum { FEATURES_STABILITY_MILLI_MAX = 250 };        /* above it the reseller share has moved */

/* Population stability index of the reseller share between two windows, thousandths; 0 where one has no such lines. */
uint32_t features_stability_milli(const struct features_record *now, const struct features_record *before);

/* exp(-tenths / 100) in parts per 10^9, for tenths of a point below the best; 0 where it is less than one part. */
int64_t features_exp(int64_t tenths);

/* The word of a feature, what it says for people, and whether lines (true) or documents speak. Else empty. */
struct slice feature_word(uint32_t feature);
struct slice feature_sentence(uint32_t feature);
bool feature_is_of_lines(uint32_t feature);

/* What was measured, with its unit: "97 %", "23 places", "41 days". */
void feature_put_value(struct text *t, uint32_t feature, uint32_t value);

#endif
