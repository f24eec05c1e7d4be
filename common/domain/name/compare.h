/* domain/name/compare.h: two names against each other, 0 … 10 000 (screening.md 6.3 steps 1 and 4 to 6). */
#ifndef DOMAIN_NAME_COMPARE_H
#define DOMAIN_NAME_COMPARE_H

#include "domain/name/alignment.h"
#include "domain/name/similarity.h"

enum {
    COMPARE_WEIGHT_MAX = 1000,
    COMPARE_WEIGHT_MIN = 200,
    COMPARE_WEIGHT_COMMON_MAX = 400,
    COMPARE_WEIGHT_CONNECTIVE = 200,
    COMPARE_WEIGHT_HONORIFIC = 100,
    COMPARE_SCORE_MAX = 10000,
    COMPARE_WEIGHT_FORM = 200,      /* a legal form in the middle of a name */
    COMPARE_INITIAL_TOKENS_MIN = 3, /* of both names, for an initial to meet its word */
    COMPARE_FATHER_PERCENT = 20,    /* of a father, BIN SALIM, left out so */
    COMPARE_LEFT_OUT_PERCENT = 25,  /* of a name left out of a person's, when the other stands whole in it */
    COMPARE_JOINS_MAX = 2,          /* ABDUL RAHMAN AL SHARIF, ABDELRAHMAN ELSHARIF */
    COMPARE_RUNS_OF_A_TOKEN = 4,    /* at most, the whole name apart */
    COMPARE_WHOLE_PERCENT_MIN = 70, /* of the weight of such a whole name, by similarity and rounding, at least */
};

/* What a token weighs before word lists speak, thousandths: by how many listed names contain it. */
struct name_weights { int32_t (*of)(const void *context, struct slice token); const void *context; };

/* Neighbouring tokens as one, which may stand against one token of the other name. is_outer: without the article among
 * them, whose L took the next sound (ABD AL RAHMAN as ABDURRAHMAN), or without the AND between two letters. is_acronym:
 * the initials of a firm's words, four or more. */
struct name_run { struct name_token token; unsigned first, count; bool is_outer, is_acronym, is_of_stems; };

/* A folded name without legal form, ready to be compared. */
struct name_form {
    struct name_token *tokens;
    unsigned           count;
    struct name_run
        *runs; /* two neighbours each, in order; then particles and articles with what follows, and all of it */
    unsigned           run_count;
    int                patronymic;                  /* its index, -1 none */
    struct name_token  stem;                        /* of the patronymic */
    enum word_gender   gender;
    bool is_thing; /* an organisation, vessel or aircraft: no patronymic, nicknames, titles */
    unsigned own_words;                             /* no words of a language, of which a list knows, nor numbers */
    bool is_brand;                                  /* one word that is its own and no other firm's, and nothing else */
    bool is_chinese;                                /* a person's, of a known family and of Pinyin alone */
};

/* Whose neighbours stand against one token of the other, which they are, and against which. */
enum compare_side { COMPARE_OF_QUERY, COMPARE_OF_ENTRY };
struct compare_join { enum compare_side side; unsigned run_at, single_at; int32_t similarity; };

struct comparison {
    int32_t  score;
    int8_t   matches[ALIGNMENT_MAX];                /* entry token of each query token, or ALIGNMENT_NONE */
    int32_t  similarities[ALIGNMENT_MAX];           /* of each query token with its match */
    struct compare_join joins[COMPARE_JOINS_MAX];
    unsigned join_count;
};

/* The weight of a token that `df` of `names` names contain: 1000 - 800 ln(df) / ln(max(names, 1000)), 200 … 1000. */
int32_t compare_weight(uint64_t df, uint64_t names);

/* What the tokens of a run weigh together. */
int32_t compare_run_weight(const struct name_form *f, unsigned run);

/* A run against a token of the other name. `is_person`: both are names of persons, whose two given names may stand as
 * their initials. */
int32_t compare_run_similarity(const struct name_run *run, const struct name_token *one, bool is_person);

/* Makes the form of a folded name; its legal form must be gone. Everything lies in the arena. */
void compare_prepare(struct arena *a, const struct fold *f, bool is_thing, const struct name_weights *w,
                     struct name_form *out);

/* The same tokens, weighed as a name of the other sort. */
void compare_prepare_as(struct arena *a, const struct name_form *f, bool is_thing, const struct name_weights *w,
                        struct name_form *out);

/* Compares a query with a listed name. A score below `score_min` may come out as 0. Limits of weak aliases and
 * qualifiers are the caller's. */
void compare_names(const struct name_form *query, const struct name_form *entry, bool entry_is_organisation,
                   int32_t score_min, struct comparison *out);

/* "KESTRAL~KESTREL 8999, MARITIME=MARITIME, -NORTH, +TRADING": - unaligned of the query, + of the entry. In the
 * arena. */
struct slice compare_alignment(struct arena *a, const struct name_form *query, const struct name_form *entry,
                               const struct comparison *c);

#endif
