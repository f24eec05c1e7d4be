/* stage/redis_settings.c: settings and files to the options of a link. */
#include "stage/redis_settings.h"

#include "runtime/redis_tls.h"

#include <stdio.h>

enum { TRY_MS = 1000 };

static enum err refuse(struct problems *problems, enum setting_id id, struct slice file, enum err code,
                       struct slice message, const char *fix)
{
    struct problem p = { .code = code,
                         .file = file,
                         .member = setting_row(id)->name,
                         .message = message,
                         .fix = slice_from(fix) };
    problems_add(problems, &p);
    return code;
}

/* One line of a file. */
static enum err read_password(struct redis_settings *r, const struct settings *s, struct problems *problems)
{
    const char *path = settings_path(s, SETTING_REDIS_PASSWORD_FILE);
    if (!path) return OK;
    FILE *f = fopen(path, "re");
    size_t size = f ? fread(r->password, 1, sizeof r->password - 1, f) : 0;
    bool fits = f && feof(f) && !ferror(f);
    if (f) fclose(f);
    r->password[size] = 0;
    r->password[strcspn(r->password, "\r\n")] = 0;
    if (fits && r->password[0]) return OK;
    return refuse(problems, SETTING_REDIS_PASSWORD_FILE, slice_from(path), f ? ERR_CONFIG_INVALID : ERR_FILE_UNREADABLE,
                  f ? SLICE("there is no password of Redis in it") : SLICE("the password of Redis cannot be read"),
                  "write it into the first line, and let the service read the file");
}

/* What is said beside TLS that is off would look like safety, and be none. */
static enum err refuse_idle(const struct settings *s, struct problems *problems)
{
    static const enum setting_id of_tls[] = { SETTING_REDIS_TLS_CA, SETTING_REDIS_TLS_SERVER_NAME,
                                              SETTING_REDIS_TLS_CERTIFICATE, SETTING_REDIS_TLS_KEY };
    for (unsigned i = 0; i < sizeof of_tls / sizeof of_tls[0]; i++)
        if (settings_text(s, of_tls[i]).size)
            return refuse(problems, of_tls[i], (struct slice){ 0 }, ERR_CONFIG_INVALID,
                          SLICE("it is set, but redis.tls is false: Redis would be spoken to in the clear"),
                          "set redis.tls to true, or take it away");
    return OK;
}

static bool is_socket(struct slice address)
{
    struct slice host;
    int port;
    return redis_address_read(address, &host, &port) && port == 0;
}

static enum err read_tls(struct redis_settings *r, const struct settings *s, struct problems *problems)
{
    char room[REDIS_TLS_WHY_BYTES];
    struct text why = text_over(room, sizeof room);
    struct redis_tls_options o = { .ca = settings_path(s, SETTING_REDIS_TLS_CA),
                                   .certificate = settings_path(s, SETTING_REDIS_TLS_CERTIFICATE),
                                   .key = settings_path(s, SETTING_REDIS_TLS_KEY),
                                   .server_name = settings_path(s, SETTING_REDIS_TLS_SERVER_NAME) };
    if (!settings_flag(s, SETTING_REDIS_TLS)) return refuse_idle(s, problems);
    if (is_socket(settings_text(s, SETTING_REDIS_ADDRESS)))
        return refuse(problems, SETTING_REDIS_TLS, (struct slice){ 0 }, ERR_CONFIG_INVALID,
                      SLICE("a socket of this machine speaks no TLS"),
                      "set redis.tls to false, or redis.address to host:port");
    enum err e = redis_tls_open(&o, &r->tls, &why);
    return e == OK ? OK
                   : refuse(problems, SETTING_REDIS_TLS, (struct slice){ 0 }, e, text_slice(&why),
                            "name files in PEM that the service may read: redis.tls_ca, redis.tls_certificate, "
                            "redis.tls_key");
}

enum err redis_settings_read(struct redis_settings *r, const struct settings *s, struct problems *problems)
{
    *r = (struct redis_settings){ 0 };
    TRY(read_password(r, s, problems));
    if (settings_text(s, SETTING_REDIS_USER).size && !r->password[0])
        return refuse(problems, SETTING_REDIS_USER, (struct slice){ 0 }, ERR_CONFIG_INVALID,
                      SLICE("a user signs in with a password"), "name the file that has it: redis.password_file");
    TRY(read_tls(r, s, problems));
    r->options = (struct redis_options){ .address = settings_path(s, SETTING_REDIS_ADDRESS),
                                         .user = settings_path(s, SETTING_REDIS_USER),
                                         .password = r->password[0] ? r->password : NULL,
                                         .tls = r->tls,
                                         .timeout_ms = (unsigned)settings_number(s, SETTING_REDIS_TIMEOUT_MS) };
    return OK;
}

void redis_settings_close(struct redis_settings *r)
{
    redis_tls_close(r->tls);
    explicit_bzero(r->password, sizeof r->password);
    r->tls = NULL;
}

enum err redis_settings_try(const struct redis_settings *r, struct text *why)
{
    struct redis_options patient = r->options;
    struct redis_link *link;
    const struct redis_answer *answer;
    patient.timeout_ms = TRY_MS;
    TRY(redis_link_open(&patient, &link));
    enum err e = redis_link_ask(link, &REDIS_COMMAND(SLICE("PING")), 1, &answer);
    text_put(why, slice_from(redis_link_why(link)));
    if (e != OK && redis_link_is_refused(link)) e = ERR_CONFIG_INVALID;
    redis_link_close(link);
    return e;
}
