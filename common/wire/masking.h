/* wire/masking.h: what of a record is shown to whom who may not see all of it: the one place that decides
 * (surfaces.md 1 rule 10, 4.5). masking.def has the class of every text.
 *
 * Natural persons are hidden by field, by value and by finding: what a line says of a person is hidden wherever the
 * record says it again, and so is what a rule found about that person. */
#ifndef WIRE_MASKING_H
#define WIRE_MASKING_H

#include "domain/dossier.h"

enum masking_class {
    MASKING_OPEN,
    MASKING_BUSINESS,
    MASKING_OF_PARTY,                               /* PERSON where the party is one, else BUSINESS */
    MASKING_PERSON,
    MASKING_BANK,
    MASKING_SECRET,
};

/* Of a field by its names in the .proto, the message without its package. OPEN: masking.def does not hide it. */
enum masking_class masking_class_of(struct slice message, struct slice field);

/* Stars for all but the last four characters; of four and fewer nothing is shown. */
void masking_put(struct text *t, struct slice value);
struct slice masking_text(struct arena *a, struct slice value);

/* A party that says it is one: by its kind, or by a year of birth where it names none. */
static inline bool masking_is_person(enum party_kind kind, int32_t birth_year)
{
    return kind == PARTY_KIND_PERSON || (kind == PARTY_KIND_UNSPECIFIED && birth_year);
}

/* What a line says of natural persons; texts are borrowed. Beyond MASKING_TEXTS_MAX, which a line with one person in
 * each place never reaches, everything that could be a person's is hidden. */
enum { MASKING_TEXTS_MAX = 64 };
struct masking_persons {
    struct slice texts[MASKING_TEXTS_MAX];
    struct slice rep_id;                            /* whose findings are about a person */
    unsigned     count;
    bool         is_full;
};

void masking_add(struct masking_persons *p, struct slice text);        /* empty: nothing */

/* True when the text is one of a person's. */
bool masking_has(const struct masking_persons *p, struct slice text);

/* True when evidence of a party is about a person: by its id. */
bool masking_is_about(const struct masking_persons *p, struct slice party_key);

/* A line with its persons hidden, a copy in the arena. */
const struct line *masking_line(struct arena *a, const struct line *l);

/* The same of a decoded dossier: it points to copies afterwards, in the arena, and what is shown of it shows no
 * person. */
void masking_hide(struct arena *a, struct dossier *d);

/* Of a case, which has no line, when its subject is known to be a person. */
void masking_hide_case(struct arena *a, struct dossier *d);

/* JSON as a submitter wrote it, with the same hidden: parties that are persons, the names of rosters. What is no JSON
 * is put as it is. */
void masking_put_json(struct text *t, struct slice json);

/* True when a role may have one object in clear, with a reason and an entry in the audit. */
bool masking_role_may_unmask(struct slice role);

#endif
