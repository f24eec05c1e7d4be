/* claimctl/redis.h: a link to the Redis that the settings name. */
#ifndef CLAIMCTL_REDIS_H
#define CLAIMCTL_REDIS_H

#include "claimctl/broker.h"
#include "runtime/redis_link.h"

/* By redis.address and redis.password_file; people wait longer than batches. Connects nothing. An exit code, said. */
int redis_open_link(struct broker *b, struct redis_link **link);

/* The name of the keys of this installation; the broker is connected. */
void redis_name(const struct broker *b, char name[REDIS_NAMESPACE_MAX]);

#endif
