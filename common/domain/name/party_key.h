/* domain/name/party_key.h: the key under which a party is known (screening.md 6.2). */
#ifndef DOMAIN_NAME_PARTY_KEY_H
#define DOMAIN_NAME_PARTY_KEY_H

#include "domain/line.h"

/* The key, in the arena: the partner's own id in upper case (no id_type, 91, 92); `<id_type>:<id>` of a public id; else
 * `NAME:<tokens without legal form, sorted>/<postal code>/<country>`. Empty for a party without id and name. */
struct slice party_key(struct arena *a, const struct party *p);

/* The code of an id_type (feeds.md 5.5), in upper case in the arena: DUNS is 1, GLN is UL, and so on; a code stays
 * itself. */
struct slice party_id_type(struct arena *a, struct slice id_type);

struct party_id { struct slice type, id; };

/* Which of several ids of one party makes its key: 92, 91, plain, else the first. count must not be 0. */
unsigned party_id_choose(struct arena *a, const struct party_id *ids, unsigned count);

/* The key of a customer as an agreement lists it: 92:K1 and DUNS:081446207, written out, are K1 and 1:081446207. In the
 * arena, or its own. */
struct slice party_listed_key(struct arena *a, const struct party *p);

/* True when an entry of an agreement's customers names the party of a line: by key, by the key of its id, or, when it
 * has neither, by folded name without legal form and country, whatever the party's ids and postal code. A customer with
 * several ids is several entries. */
bool party_is_customer(struct arena *a, const struct party *customer, const struct party *of_line);

/* The other way round: the public id that a key is made of, empty where it is another's or a name's. Borrowed from the
 * key. */
void party_key_identifier(struct slice key, struct slice *id_type, struct slice *id);

#endif
