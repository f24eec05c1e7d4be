/* compliance/list_hits.h: a party that an entry of a list may mean: what clears it, and the case it makes
 * (screening.md 4.5, 6.6). For the line at work and for parties on file alike. Pure. */
#ifndef COMPLIANCE_LIST_HITS_H
#define COMPLIANCE_LIST_HITS_H

#include "compliance/judging.h"

/* What a verdict on a party binds beside its key: its name, country and identifier as it was compared. Hex, in the
 * arena. `by`: the profile whose identifiers agreed, which are then part of it; NULL: a name did, or the party's own
 * id. */
struct slice list_hits_party_revision(struct arena *a, const struct party *p, const struct partner *by);

/* A person cleared the pair: this party, as it is now, is not that entry, as it is now. A verdict that names no
 * revision binds whatever the revision. */
bool list_hits_is_cleared(struct arena *a, const struct catalogue *c, struct slice party_key, const struct party *p,
                          const struct partner *by, const struct list_entry *entry);

/* LIST/entry_id. */
struct slice list_hits_entry(struct arena *a, const struct name_hit *hit);

/* The pair as it is remembered: the party under the name that was compared. Texts in the arena. */
struct listed_party list_hits_of(struct arena *a, struct slice party_key, const struct party *named,
                                 const struct partner *by, const struct name_hit *hit);

/* The id of the case of a pair of party and entry, in the arena. */
struct slice list_hits_case_id(struct arena *a, struct slice root_id, const struct listed_party *p);

/* The case of the pair, with its lines. The caller names the lists. */
struct clearance *list_hits_case(struct arena *a, struct slice root_id, const struct listed_party *p,
                                 struct texts line_ids);

/* What two persons say by closing a case: the verdict on its pair of party and entry, both as the case shows them.
 * Texts in the arena or borrowed from the case. False: it is the case of no party, or does not say in which revision
 * the pair was compared. */
bool list_hits_verdict(struct arena *a, const struct clearance *c, bool blocked, struct party_verdict *out) MUST_CHECK;

/* The lists in force, for the record. */
void list_hits_name_lists(struct arena *a, const struct name_lists *lists, struct clearance *c);

#endif
