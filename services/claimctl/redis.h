/* claimctl/redis.h: a link to the Redis that the settings name. */
#ifndef CLAIMCTL_REDIS_H
#define CLAIMCTL_REDIS_H

#include "claimctl/broker.h"
#include "stage/redis_settings.h"

/* By the settings redis.*; people wait longer than batches. Connects nothing. An exit code, said; `settings` outlive
 * the link and are closed whatever it was. */
int redis_open_link(struct broker *b, struct redis_settings *settings, struct redis_link **link);

/* The name of the keys of this installation; the broker is connected. */
void redis_name(const struct broker *b, char name[REDIS_NAMESPACE_MAX]);

#endif
