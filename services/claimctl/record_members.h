/* claimctl/record_members.h: what the object of a record can have, by topic: what `tail --format help` prints, and what
 * --where and %{…} are held against before a broker is asked (surfaces.md 2.4: unknown fields name the nearest known
 * one). */
#ifndef CLAIMCTL_RECORD_MEMBERS_H
#define CLAIMCTL_RECORD_MEMBERS_H

#include "claimctl/filter.h"
#include "claimctl/nearest.h"
#include "runtime/topic.h"
#include "wire/message_json.h"

/* The message that is the value of a topic's records. False: bytes of other forms, as of dead letters. */
bool record_members_message(enum topic topic, enum message_json_kind *kind);

/* Each member with its whole path, `[]` after the name of a list, and what its values are in words. */
void record_members_each(enum topic topic, message_json_visit *visit, void *context);

enum record_values { RECORD_ANY, RECORD_NUMBER, RECORD_DAY, RECORD_INSTANT };

/* What a name of --where or %{…} is in records of one or more topics. */
struct record_member {
    struct slice       name;
    bool               is_known;                    /* a record of one of them can have it */
    bool               is_open;                     /* of one of them nobody knows what it has */
    enum record_values values;                      /* of the first one that is found, as filter_find looks */
    unsigned           rank;
    struct nearest     near;
};

/* A name that nothing is known of yet, and what the records of one more topic say of it. */
struct record_member record_member_named(struct slice name);
void record_member_look(struct record_member *m, enum topic topic);

/* Whether a value can stand beside the member; false: *why says what it has to be. `~` compares texts. */
bool record_member_fits(const struct record_member *m, const struct filter_term *term, const char **why) MUST_CHECK;

#endif
