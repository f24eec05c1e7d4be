/* domain/name/list.h: listed names as read from a source (screening.md 6.4), whatever its format. */
#ifndef DOMAIN_NAME_LIST_H
#define DOMAIN_NAME_LIST_H

#include "base/hash.h"
#include "base/instant.h"
#include "domain/line.h"

enum { LIST_REVISION_HEX = 16 };

enum list_purpose { LIST_PURPOSE_DENIED, LIST_PURPOSE_FORWARDER, LIST_PURPOSE_PUBLIC_BODY, LIST_PURPOSE_COUNT };
enum list_strength { LIST_STRENGTH_NAME, LIST_STRENGTH_ALIAS, LIST_STRENGTH_WEAK };

struct list_name {
    struct slice       text;
    enum list_strength strength;
    bool               family_first;                /* what stands before the comma is the family name */
};

struct year_span { int32_t from, to; };             /* inclusive */

/* type: TAX REGISTRATION PASSPORT LEI DUNS ACCOUNT or another word of the source, in capitals; country may be empty. */
struct list_identifier { struct slice type, value, country; };

struct list_entry {
    struct slice                  entry_id;
    enum party_kind               kind;
    const struct list_name       *names;            /* at least one; the first is the name itself */
    unsigned                      name_count;
    struct texts                  countries;        /* ISO 3166-1 alpha-2 */
    const struct year_span       *births;
    unsigned                      birth_count;
    const struct list_identifier *identifiers;
    unsigned                      identifier_count;
    struct slice                  program, remarks;
    uint64_t                      revision;         /* of the normalised entry: list_seal */
};

/* One source in force. */
struct name_list {
    struct slice             id;
    enum list_purpose        purpose;
    bool                     required, is_loaded;   /* not loaded: no entries, a required one stops lines */
    uint32_t                 max_age_hours;         /* 0: never stale */
    instant_ms               file_time_unix_ms;     /* of its oldest file; age counts from there */
    const struct list_entry *entries;               /* ascending by entry_id */
    unsigned                 entry_count;
    uint8_t                  sha256[SHA256_BYTES];  /* snapshot id: of the normalised entries */
};

/* Puts entries into the order of entry_id and fills their revisions and the snapshot id. Entries lie in `entries`,
 * which stays the caller's; readers have refused two of one entry_id. */
void list_seal(struct arena *a, struct name_list *list, struct list_entry *entries, unsigned count);

/* The revision of an entry as 16 hex digits, in the arena. */
struct slice list_revision(struct arena *a, const struct list_entry *e);

/* The entry of that id, NULL when none. */
const struct list_entry *list_find(const struct name_list *list, struct slice entry_id);

/* Over its age at that moment, or required and not loaded (SCR-02 LIST_STALE). */
bool list_is_unfit(const struct name_list *list, instant_ms now_unix_ms);

/* True when `next` has over `percent` percent fewer entries than the list in force
 * (screening.shrink_refuse_percent). */
bool list_shrinks(const struct name_list *in_force, const struct name_list *next, int64_t percent);

#endif
