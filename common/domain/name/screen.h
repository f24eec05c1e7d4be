/* domain/name/screen.h: a name against all lists in force (screening.md 6.3 to 6.5). Pure: a snapshot is built once in
 * its own arena and never changes; the same query over the same snapshot gives the same answer in every process. */
#ifndef DOMAIN_NAME_SCREEN_H
#define DOMAIN_NAME_SCREEN_H

#include "domain/name/list.h"

struct name_index;                                  /* domain/name/index.h */

enum { SCREEN_SCORE_MAX = 10000, SCREEN_CANDIDATES_DEFAULT = 512, SCREEN_LISTS_MAX = 32 };

/* All sources in force and their common index. Token weights count names of all of them. */
struct name_lists {
    const struct name_list  *lists;
    unsigned                 list_count;
    bool                     denied_none;           /* the file says so: compliance starts without a DENIED list */
    const struct name_index *index;
};

/* What is known of a party; absent members lower nothing. */
struct name_query {
    struct slice                  name;
    enum party_kind               kind;
    struct slice                  country;
    int32_t                       birth_year;       /* 0 unknown */
    const struct list_identifier *identifiers;
    unsigned                      identifier_count;
};

struct name_hit {
    const struct name_list  *list;
    const struct list_entry *entry;
    struct slice             name;                  /* the name or alias that scored best */
    int32_t                  score;                 /* 0 … 10 000, limits and qualifiers included */
    bool                     weak;                  /* that name is a weak alias */
    bool                     by_identifier;         /* an identifier agreed: score 10 000 whatever the name */
    struct slice             alignment;             /* "KESTRAL~KESTREL 8999, MARITIME=MARITIME, +TRADING" */
};

/* Hits of at least `score_min`, best first, then by list and entry id; one per entry. */
struct name_answer {
    const struct name_hit *hits;
    unsigned               hit_count;
    bool                   is_unreadable;           /* the name folds to nothing: SCR-02 FAULT */
    bool                   is_cut;                  /* more candidates than candidates_max: counted by the caller */
};

struct screen_limits {
    int32_t score_min;
    unsigned candidates_max;
}; /* screening.weak_score, screening.candidates_max */

/* Indexes the sources. `lists` must live as long as *out; the index lives in the arena. */
void screen_prepare(struct arena *a, const struct name_list *lists, unsigned count, struct name_lists *out);

/* The entries of lists of that purpose that the party may be. */
void screen_name(struct arena *a, const struct name_lists *lists, enum list_purpose purpose, const struct name_query *q,
                 struct screen_limits limits, struct name_answer *answer);

/* A party of a line as query: name, kind, country, birth year, and its public id as identifier. In the arena. */
struct name_query screen_query_of(struct arena *a, const struct party *p);

/* Adds what a profile bears (type, value) to the identifiers of a query, under the types that lists have; others
 * compare with nothing. In the arena. */
void screen_identify(struct arena *a, struct name_query *q, const struct pair *identifiers, unsigned count);

/* Best score of a name against names on file, 0 when there is none (AGR-06, DUP-03); weights of the lists, which may be
 * NULL. Neither limits of lists nor qualifiers apply. */
int32_t screen_best(struct arena *a, const struct name_lists *lists, struct slice name, const struct slice *on_file,
                    unsigned count);

/* STRONG, LIKELY, WEAK or empty, by the three thresholds of policy (screening.md 6.5). */
struct slice screen_band(int32_t score, int64_t strong_score, int64_t likely_score, int64_t weak_score);

/* Answers kept per snapshot, by query. Made once in an arena of its own; when full it forgets everything and starts
 * again. Not shared between threads. */
struct screen_cache;
enum { SCREEN_CACHE_ENTRIES = 65536 };              /* of one command; a service has a setting */
struct screen_cache *screen_cache_open(struct arena *own, unsigned entries_max);

/* Whoever has a clock is told how long each comparison with the lists took that the cache did not spare. It changes no
 * answer. */
struct screen_meter { int64_t (*now_ns)(void); void (*took)(void *context, int64_t ns); void *context; };
void screen_cache_meter(struct screen_cache *cache, struct screen_meter meter);

/* As screen_name, from the cache where it can; hits lie in the arena. Another snapshot empties the cache. */
void screen_cached(struct screen_cache *cache, struct arena *a, const struct name_lists *lists,
                   enum list_purpose purpose, const struct name_query *q, struct screen_limits limits,
                   struct name_answer *answer);

#endif
