/* claimctl/redis.c: settings to a link. */
#include "claimctl/redis.h"

#include "claimctl/command.h"
#include "wire/problems.h"
#include "wire/world.h"

#include <stdio.h>

enum { PASSWORD_BYTES_MAX = 4096, TIMEOUT_MS = 2000 };

int redis_open_link(struct broker *b, struct redis_link **link)
{
    struct slice file = settings_text(&b->settings, SETTING_REDIS_PASSWORD_FILE), password = { 0 };
    struct problems problems = problems_in(&b->arena);
    *link = NULL;
    if (file.size && world_read_file(&b->arena, file, PASSWORD_BYTES_MAX, &password, &problems) != OK)
        return broker_fail(b, ERR_FILE_UNREADABLE, "redis.password_file");
    while (password.size && (password.bytes[password.size - 1] == '\n' || password.bytes[password.size - 1] == '\r'))
        password.size--;
    struct redis_options options = {
        .address = settings_path(&b->settings, SETTING_REDIS_ADDRESS),
        .password = password.size ? slice_copy(&b->arena, password).bytes : NULL,
        .timeout_ms = TIMEOUT_MS,
    };
    enum err e = redis_link_open(&options, link);
    return e == OK ? EXIT_DONE : broker_fail(b, e, "redis.address");
}

void redis_name(const struct broker *b, char name[REDIS_NAMESPACE_MAX])
{
    redis_name_of(name, settings_path(&b->settings, SETTING_NAMESPACE), b->cluster_id);
}
