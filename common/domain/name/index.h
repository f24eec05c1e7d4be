/* domain/name/index.h: which listed names may be meant by a query (screening.md 6.4).
 *
 * There is no first-letter gate: a candidate shares a token, a spelling form, a skeleton, a short form, a nickname, a
 * number, a joined pair, a token at one edit, at two edits (6 to 14 letters), or half the trigrams of a token of ten
 * letters and more, and what it shares could reach the score asked for. */
#ifndef DOMAIN_NAME_INDEX_H
#define DOMAIN_NAME_INDEX_H

#include "domain/name/compare.h"
#include "domain/name/list.h"

/* One name of an entry, ready to be compared. */
struct indexed_name {
    const struct name_list  *list;
    const struct list_entry *entry;
    const struct list_name  *name;
    bool is_thing; /* by its kind; of an unknown one by a legal form or a trade in its name */
    struct name_form         form;
};

struct name_index;

/* Indexes all names of the lists that fold to something. Entries must live as long; the rest lies in the arena. */
const struct name_index *index_build(struct arena *a, const struct name_list *lists, unsigned count);

/* By its number among those indexed; asserts that there is one. */
const struct indexed_name *index_name(const struct name_index *x, unsigned id);

/* Weights of tokens by how many indexed names contain them. */
struct name_weights index_weights(const struct name_index *x);

/* Which names are sought: of lists of that purpose, that the form may mean with a score of at least score_min. */
struct index_query {
    const struct name_form  *form;                  /* its tokens weigh what they may at most */
    uint32_t                 light;                 /* what they may weigh less together */
    const struct name_token *letters;               /* taken off as a legal form, and may be initials; NULL: none */
    enum list_purpose        purpose;
    int32_t                  score_min;
};

/* Ids of such names; of more than `max` those of greatest summed weight, and *is_cut is set. In no order; in the
 * arena. */
unsigned index_candidates(struct arena *a, const struct name_index *x, const struct index_query *q, unsigned max,
                          const uint32_t **ids, bool *is_cut);

/* Entries of lists of that purpose that bear the identifier: one type, equal without separators, same country if both
 * are known. In the arena; list and entry of each. */
struct index_bearer { const struct name_list *list; const struct list_entry *entry; };
unsigned index_bearers(struct arena *a, const struct name_index *x, const struct list_identifier *id,
                       enum list_purpose purpose, const struct index_bearer **bearers);

#endif
