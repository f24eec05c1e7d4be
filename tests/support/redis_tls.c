/* tests/support/redis_tls.c: see redis_tls.h. */
#include "support/redis_tls.h"

#include "base/assert.h"
#include "support/certificate.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 32, SOON = 30 };

bool redis_certificates_make(struct redis_certificates *c)
{
    static const struct certificate_wish wishes[] = {
        { .name = "ca", .ends_days = SOON },
        { .name = "other", .ends_days = SOON },
        { .name = "good", .issuer = "ca", .host = "127.0.0.1", .ends_days = SOON },
        { .name = "late", .issuer = "ca", .host = "127.0.0.1", .begins_days = -2 },
        { .name = "early", .issuer = "ca", .host = "127.0.0.1", .begins_days = 2, .ends_days = SOON },
        { .name = "named", .issuer = "ca", .host = "redis.test", .ends_days = SOON },
        { .name = "client", .issuer = "ca", .host = "127.0.0.1", .ends_days = SOON, .is_of_client = true },
        { .name = "stranger", .issuer = "other", .host = "127.0.0.1", .ends_days = SOON },
        { .name = "me", .issuer = "ca", .ends_days = SOON, .is_of_client = true },
        { .name = "foreign", .issuer = "other", .ends_days = SOON, .is_of_client = true },
    };
    char folder[] = "/tmp/redis-tls.XXXXXX";
    bool ok = mkdtemp(folder) != NULL;
    *c = (struct redis_certificates){ 0 };
    memcpy(c->folder, folder, sizeof folder);
    for (unsigned i = 0; ok && i < sizeof wishes / sizeof wishes[0]; i++) {
        ok = certificate_make(folder, &wishes[i]);
        snprintf(c->paths[2 * i], REDIS_CERTIFICATE_PATH, "%s/%s.pem", folder, wishes[i].name);
        snprintf(c->paths[2 * i + 1], REDIS_CERTIFICATE_PATH, "%s/%s.key", folder, wishes[i].name);
    }
    return ok;
}

void redis_certificates_remove(struct redis_certificates *c)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", c->folder);
    if (system(command) != 0) perror("rm");
}

const char *redis_certificates_path(const struct redis_certificates *c, const char *name)
{
    for (unsigned i = 0; i < REDIS_CERTIFICATE_FILES; i++) {
        struct slice path = slice_from(c->paths[i]);
        if (slice_equal(slice_skip(path, strlen(c->folder) + 1), slice_from(name))) return c->paths[i];
    }
    ASSERT(!"a file that was made");
    return NULL;
}

bool redis_server_open_tls(struct redis_server *s, const struct redis_certificates *c, const char *certificate,
                           bool asks)
{
    char names[2][NAME_BYTES];
    snprintf(names[0], NAME_BYTES, "%s.pem", certificate);
    snprintf(names[1], NAME_BYTES, "%s.key", certificate);
    const char *const arguments[] = { "--tls-cert-file",      redis_certificates_path(c, names[0]),
                                      "--tls-key-file",       redis_certificates_path(c, names[1]),
                                      "--tls-ca-cert-file",   redis_certificates_path(c, "ca.pem"),
                                      "--tls-auth-clients",   asks ? "yes" : "no",
                                      NULL };
    return redis_server_open(s, arguments);
}

struct redis_tls *redis_certificates_trust(const struct redis_certificates *c)
{
    char room[REDIS_TLS_WHY_BYTES];
    struct text why = text_over(room, sizeof room);
    struct redis_tls *tls = NULL;
    enum err e = redis_tls_open(&(struct redis_tls_options){ .ca = redis_certificates_path(c, "ca.pem") }, &tls, &why);
    ASSERT(e == OK);
    return tls;
}
