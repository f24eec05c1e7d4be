/* domain/kind.h: kinds of line (domain.md 3.2). */
#ifndef DOMAIN_KIND_H
#define DOMAIN_KIND_H

#include "domain/vocabulary.h"

enum kind {
    KIND_UNSPECIFIED = 0,
#define KIND(name, number, letter, sign, stock, incentive) KIND_##name = number,
#include "domain/kind.def"
#undef KIND
    KIND_COUNT
};

enum kind_sign { KIND_SIGN_PLUS, KIND_SIGN_MINUS, KIND_SIGN_ANY, KIND_SIGN_ZERO_UP, KIND_SIGN_NONE };
enum kind_stock { KIND_STOCK_NONE, KIND_STOCK_OUT, KIND_STOCK_IN, KIND_STOCK_UNDO };

/* The set of kinds as bits, for "required when" columns and grants: KIND_BIT(KIND_POS_SALE) | … */
#define KIND_BIT(kind) (1u << (kind))

/* Its word, the letter of domain.md 3.2, how its quantity is signed. */
struct slice kind_name(enum kind kind);
enum kind kind_find(struct slice name);                 /* KIND_UNSPECIFIED when unknown */
char kind_letter(enum kind kind);
enum kind_sign kind_sign(enum kind kind);

/* The incentive an explicit claim of this kind names; INCENTIVE_UNSPECIFIED for all other kinds. */
enum incentive kind_incentive(enum kind kind);

/* D M P G W O: claims whose money is claim value = paid + refused. */
bool kind_is_claim(enum kind kind);

/* S R I: lines that earn by themselves. */
bool kind_is_automatic(enum kind kind);

/* AGREEMENT, DEAL_REGISTRATION, MDF_PREAPPROVAL, REP_ROSTER. */
bool kind_is_reference(enum kind kind);

/* S D P G M I: a REPLACE may stand for it (domain.md 3.2). */
bool kind_is_replaceable(enum kind kind);

/* F K A Z Y E: only from an operator or ERP identity. */
bool kind_is_operator(enum kind kind);

/* Has a part and a quantity: S R D P G W O I T J V. */
bool kind_has_goods(enum kind kind);

#endif
