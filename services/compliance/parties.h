/* compliance/parties.h: the names that lines gave a party, by its key (screening.md 6.5, 11). */
#ifndef COMPLIANCE_PARTIES_H
#define COMPLIANCE_PARTIES_H

#include "compliance/judging.h"

/* The names on file under a key, or under the number that stands for it. */
const struct party_names *parties_on_file(struct judging *j, struct slice party_key);
const struct party_names *parties_by_hash(struct judging *j, uint64_t hash);

/* Best score of a name against names on file; names of another country do not count where both are known. 0: none. */
int32_t parties_score(struct judging *j, const struct party *p, const struct party_names *on_file,
                      bool *postal_differs);

/* The numbers of the line's own parties, in what it leaves. Before whoever asks for one. */
void parties_prepare(struct judging *j);

/* Opens the rows of a line's parties. */
void parties_open(struct judging *j);

/* Puts the names of a line's parties on file, where nobody is screened. */
void parties_record(struct judging *j);

/* Puts a name on file under a key; on_file is what stands there. */
void parties_keep(struct judging *j, const struct party *p, struct slice key, const struct party_names *on_file);

#endif
