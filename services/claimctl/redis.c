/* claimctl/redis.c: settings to a link. */
#include "claimctl/redis.h"

#include "claimctl/command.h"

#include <stdio.h>

enum { TIMEOUT_MS = 10000, SAID_BYTES = 4096 };

static int refuse(struct broker *b, const struct problems *problems)
{
    struct text t = text_in(&b->arena, SAID_BYTES);
    problems_put(&t, problems);
    fwrite(t.bytes, 1, t.size, stderr);
    return EXIT_BAD_SETTING;
}

int redis_open_link(struct broker *b, struct redis_settings *settings, struct redis_link **link)
{
    struct problems problems = problems_in(&b->arena);
    *link = NULL;
    if (redis_settings_read(settings, &b->settings, &problems) != OK) return refuse(b, &problems);
    settings->options.timeout_ms = TIMEOUT_MS;
    enum err e = redis_link_open(&settings->options, link);
    return e == OK ? EXIT_DONE : broker_fail(b, e, "redis.address");
}

void redis_name(const struct broker *b, char name[REDIS_NAMESPACE_MAX])
{
    redis_name_of(name, settings_path(&b->settings, SETTING_NAMESPACE), b->cluster_id);
}
