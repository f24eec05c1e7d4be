/* How Redis is reached, by settings and files: what is taken, and what is refused with the setting and what to do. */
#include "stage/redis_settings.h"

#include "support/certificate.h"
#include "support/table.h"

#include <stdio.h>
#include <stdlib.h>

static char folder[32];

static void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) perror("rm");
}

static void write_file(const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void need_files(void)
{
    if (folder[0]) return;
    memcpy(folder, "/tmp/redis-settings.XXXXXX", 27);
    CHECK(mkdtemp(folder) != NULL);
    atexit(remove_folder);
    CHECK(certificate_make(folder, &(struct certificate_wish){ .name = "ca", .ends_days = 2 }));
    write_file("password", "se cret\r\nsecond line\n");
    write_file("empty", "\n");
}

/* name=value of a cell, `@` standing for the folder of files. */
static void set(struct settings *s, struct slice pair)
{
    struct setting_place place = { .origin = SETTING_FLAG };
    struct slice name = slice_cut(&pair, '=');
    struct text value = text_in(test_arena(), 128);
    if (pair.size && pair.bytes[0] == '@') {
        text_put(&value, slice_from(folder));
        pair = slice_skip(pair, 1);
    }
    text_put(&value, pair);
    CHECK_INT(settings_set(s, name, text_slice(&value), place), SETTING_TAKEN);
}

TEST(settings_and_files_make_a_way_to_redis_or_are_refused_by_name)
{
    struct table t = TABLE(
        "settings                                                            | error            member",
        "-                                                                   | OK               -",
        "redis.tls=true;redis.tls_ca=@/ca.pem                                | OK               -",
        "redis.tls=true;redis.tls_ca=@/none.pem                              | FILE_UNREADABLE  redis.tls",
        "redis.tls=true;redis.tls_ca=@/ca.key                                | CONFIG_INVALID   redis.tls",
        "redis.tls=true;redis.tls_ca=@/ca.pem;redis.tls_key=@/ca.key         | CONFIG_INVALID   redis.tls",
        "redis.tls=true;redis.tls_ca=@/ca.pem;redis.address=/run/redis.sock  | CONFIG_INVALID   redis.tls",
        "redis.tls_ca=@/ca.pem                                               | CONFIG_INVALID   redis.tls_ca",
        "redis.tls_certificate=@/ca.pem                                      | CONFIG_INVALID   redis.tls_certificate",
        "redis.tls_server_name=cache                                         | CONFIG_INVALID   redis.tls_server_name",
        "redis.password_file=@/none                                          | FILE_UNREADABLE  redis.password_file",
        "redis.password_file=@/empty                                         | CONFIG_INVALID   redis.password_file",
        "redis.user=claims                                                   | CONFIG_INVALID   redis.user");
    need_files();
    while (table_next(&t)) {
        static struct settings s;
        struct problems problems = problems_in(test_arena());
        struct slice pairs = cell(&t, "settings");
        struct redis_settings r;
        settings_init(&s, test_arena(), SERVICE_PAYOUT);
        while (pairs.size) set(&s, slice_cut(&pairs, ';'));
        enum err e = redis_settings_read(&r, &s, &problems);
        CHECK_CELL(&t, "error", slice_from(e == OK ? "OK" : err_name(e)));
        CHECK_INT(problems.count, e != OK);
        CHECK_CELL(&t, "member", problems.first ? problems.first->member : (struct slice){ 0 });
        if (problems.first) CHECK(problems.first->message.size && problems.first->fix.size);
        redis_settings_close(&r);
    }
}

TEST(the_password_is_the_first_line_of_its_file_and_goes_with_the_user)
{
    static struct settings s;
    struct problems problems = problems_in(test_arena());
    struct redis_settings r;
    need_files();
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    set(&s, SLICE("redis.password_file=@/password"));
    set(&s, SLICE("redis.user=claims"));
    set(&s, SLICE("redis.timeout_ms=7"));
    CHECK_INT(redis_settings_read(&r, &s, &problems), OK);
    CHECK_SLICE(slice_from(r.options.password), SLICE("se cret"));
    CHECK_SLICE(slice_from(r.options.user), SLICE("claims"));
    CHECK_SLICE(slice_from(r.options.address), SLICE("127.0.0.1:6379"));
    CHECK_INT(r.options.timeout_ms, 7);
    CHECK(!r.options.tls);
    redis_settings_close(&r);
    CHECK(!r.password[0]);
}

TEST(an_empty_address_is_no_redis)
{
    static struct settings s;
    struct problems problems = problems_in(test_arena());
    struct redis_settings r;
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    set(&s, SLICE("redis.address="));
    CHECK_INT(redis_settings_read(&r, &s, &problems), OK);
    CHECK(!r.options.address);
    redis_settings_close(&r);
}
