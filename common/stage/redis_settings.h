/* stage/redis_settings.h: how Redis is reached, from the settings: address, sign-in, TLS. */
#ifndef STAGE_REDIS_SETTINGS_H
#define STAGE_REDIS_SETTINGS_H

#include "runtime/redis_link.h"
#include "runtime/setting.h"
#include "wire/problems.h"

struct redis_settings {
    struct redis_options options;                   /* borrow from the settings and from here; no address: no Redis */
    struct redis_tls    *tls;                       /* NULL: plain */
    char                 password[REDIS_PASSWORD_BYTES];
};

/* Reads the files that the settings name. ERR_CONFIG_INVALID, ERR_FILE_UNREADABLE: see problems. Close it whatever it
 * was. */
enum err redis_settings_read(struct redis_settings *r, const struct settings *settings,
                             struct problems *problems) MUST_CHECK;
/* Behind every connection. */
void redis_settings_close(struct redis_settings *r);

/* Asks the server once, for some seconds at most. OK; ERR_REDIS_AWAY: nobody is there, ERR_CONFIG_INVALID: who is there
 * and the settings do not fit, and why. */
enum err redis_settings_try(const struct redis_settings *r, struct text *why) MUST_CHECK;

#endif
