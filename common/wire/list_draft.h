/* wire/list_draft.h: a listed entry while its members arrive, in whatever order a source tells them. */
#ifndef WIRE_LIST_DRAFT_H
#define WIRE_LIST_DRAFT_H

#include "domain/name/list.h"
#include "wire/problems.h"

enum { LIST_MEMBERS_MAX = 500, LIST_TEXT_BYTES_MAX = 1000, LIST_ENTRIES_MAX = 2000000 };

struct draft_item;                                  /* one name, country, span or identifier */

struct list_draft {
    struct slice       entry_id, program, remarks;
    enum party_kind    kind;
    struct draft_item *names, *countries, *births, *identifiers;    /* the latest first */
    unsigned           name_count, country_count, birth_count, identifier_count;
};

/* Members with nothing in them, and a country that is there already, are not added. Beyond LIST_MEMBERS_MAX of a sort
 * the rest is left out: a reader says so itself where it matters. Texts are borrowed. */
void list_draft_name(struct arena *a, struct list_draft *d, struct slice text, enum list_strength strength,
                     bool family_first);
void list_draft_country(struct arena *a, struct list_draft *d, struct slice iso_code);
void list_draft_birth(struct arena *a, struct list_draft *d, int32_t from, int32_t to);
void list_draft_identifier(struct arena *a, struct list_draft *d, struct slice type, struct slice value,
                           struct slice country);

/* Puts the names of `first`, which has one at least or none, before those of *d. */
void list_draft_names_behind(const struct list_draft *first, struct list_draft *d);

/* An ISO code or an English name of a country as its code; empty when it is neither. In the arena or static. */
struct slice list_draft_country_code(struct arena *a, struct slice text);

/* The type of an identifier as lists of all formats share it: TAX REGISTRATION PASSPORT LEI DUNS ACCOUNT, else the word
 * itself in upper case. In the arena or static. */
struct slice list_draft_identifier_type(struct arena *a, struct slice word);

/* The first and last year 1800 … 2099 that a text names; false when it names none. */
bool list_draft_years(struct slice text, int32_t *from, int32_t *to);

/* The drafts as entries in the arena. Refuses an entry without id or name and two of one id with a problem at rows[i];
 * false when it refused any. */
bool list_draft_finish(const struct text_source *s, const struct list_draft *drafts, const uint32_t *rows,
                       unsigned count, struct list_entry **entries) MUST_CHECK;

/* A problem of a list file. */
void list_draft_refuse(const struct text_source *s, uint32_t row, struct slice member, struct slice message,
                       struct slice fix);

#endif
