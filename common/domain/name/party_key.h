/* domain/name/party_key.h: the key under which a party is known (screening.md 6.2). */
#ifndef DOMAIN_NAME_PARTY_KEY_H
#define DOMAIN_NAME_PARTY_KEY_H

#include "domain/line.h"

/* The key, in the arena; empty for a party without id and name. */
struct slice party_key(struct arena *a, const struct party *p);

/* Every key that a customer entry of an agreement matches besides its name: one per id. */
/* True when `customer` of an agreement names the party of `key`: by key, by one of its ids, or by {name, country}. */
bool party_is_customer(struct arena *a, const struct party *customer, const struct party *of_line);

#endif
