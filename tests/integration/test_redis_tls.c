/* runtime/redis_tls.h against redis-servers of its own: who is believed, who comes in, and what is said where not. What
 * a link and a watch do with a server that is: test_redis.c, which check_redis.sh also runs by TLS. */
#include "support/redis_tls.h"
#include "support/table.h"
#include "support/test.h"

#include "runtime/redis_link.h"
#include "runtime/redis_watch.h"

#include <stdlib.h>
#include <unistd.h>

enum { PATIENT_MS = 30000, HASTY_MS = 100 };

static struct redis_certificates made;
static struct redis_server server;

static void close_all(void)
{
    redis_server_close(&server);
    redis_certificates_remove(&made);
}

static void need_certificates(void)
{
    if (made.folder[0]) return;
    CHECK(redis_certificates_make(&made));
    atexit(close_all);
}

static const char *path(struct slice name, const char *end)
{
    struct text t = text_in(test_arena(), 64);
    if (!name.size) return NULL;
    text_put(&t, name);
    text_put(&t, slice_from(end));
    text_put_byte(&t, 0);
    return redis_certificates_path(&made, t.bytes);
}

/* One PING over a connection of its own; why it failed, copied: empty where it did not. */
static struct slice ping(const struct redis_options *options, bool *is_refused)
{
    struct redis_link *link = NULL;
    const struct redis_answer *answer;
    CHECK_INT(redis_link_open(options, &link), OK);
    enum err e = redis_link_ask(link, &REDIS_COMMAND(SLICE("PING")), 1, &answer);
    CHECK((e == OK) == !redis_link_why(link)[0]);
    struct slice why = slice_copy(test_arena(), slice_from(redis_link_why(link)));
    *is_refused = redis_link_is_refused(link);
    redis_link_close(link);
    return why;
}

static struct redis_tls *open_tls(const struct redis_tls_options *options)
{
    char room[REDIS_TLS_WHY_BYTES];
    struct text why = text_over(room, sizeof room);
    struct redis_tls *tls = NULL;
    CHECK_INT(redis_tls_open(options, &tls, &why), OK);
    return tls;
}

/* What a server with that certificate is to a client that trusts `ca` and shows `mine`. */
static void meet(struct table *t)
{
    bool is_refused, asks = cell_yes(t, "asks");
    struct slice name = cell(t, "name"), says = cell(t, "says");
    bool is_in = !says.size;
    struct redis_tls_options o = { .ca = path(cell(t, "ca"), ".pem"),
                                   .certificate = path(cell(t, "mine"), ".pem"),
                                   .key = path(cell(t, "mine"), ".key"),
                                   .server_name = name.size ? slice_copy(test_arena(), name).bytes : NULL };
    struct redis_tls *tls = open_tls(&o);
    CHECK(redis_server_open_tls(&server, &made, slice_copy(test_arena(), cell(t, "server")).bytes, asks));
    struct slice why =
        ping(&(struct redis_options){ .address = server.address, .tls = tls, .timeout_ms = PATIENT_MS }, &is_refused);
    CHECK(is_refused == !is_in);
    for (struct slice word; !is_in && says.bytes;) {
        word = slice_cut(&says, '_');
        bool is_said = memmem(why.bytes, why.size, word.bytes, word.size) != NULL;
        check_slice_at(__FILE__, __LINE__, is_said ? word : why, word, "why");
    }
    if (is_in) CHECK_TEXT(why, "");
    redis_server_close(&server);
    redis_tls_close(tls);
}

TEST(only_a_server_whose_certificate_holds_in_every_respect_is_believed_and_why_not_is_said)
{
    struct table t = TABLE(
        "server    asks  ca     mine     name        | says",
        "good      no    ca     -        -           | -",
        "good      no    other  -        -           | no_authority_of_redis.tls_ca",
        "stranger  no    ca     -        -           | no_authority_of_redis.tls_ca",
        "late      no    ca     -        -           | expired",
        "early     no    ca     -        -           | not_yet_in_force",
        "named     no    ca     -        -           | does_not_bear_the_name_127.0.0.1_redis.tls_server_name",
        "named     no    ca     -        redis.test  | -",
        "good      no    ca     -        redis.test  | does_not_bear_the_name_redis.test",
        "client    no    ca     -        -           | not_made_for_a_server",
        "good      yes   ca     me       -           | -",
        "good      yes   ca     -        -           | asks_for_a_certificate_redis.tls_certificate_and_redis.tls_key",
        "good      yes   ca     foreign  -           | believe_redis.tls_certificate");
    need_certificates();
    while (table_next(&t)) meet(&t);
}

TEST(a_plain_server_and_one_by_tls_tell_each_other_apart)
{
    bool is_refused;
    need_certificates();
    struct redis_tls *tls = redis_certificates_trust(&made);
    CHECK(redis_server_open_tls(&server, &made, "good", false));
    struct slice why =
        ping(&(struct redis_options){ .address = server.address, .timeout_ms = PATIENT_MS }, &is_refused);
    CHECK_TEXT(why, "it ends at our first word: where it speaks TLS, set redis.tls to true");
    CHECK(is_refused);
    redis_server_close(&server);
    CHECK(redis_server_open(&server, NULL));
    why = ping(&(struct redis_options){ .address = server.address, .tls = tls, .timeout_ms = HASTY_MS }, &is_refused);
    CHECK(memmem(why.bytes, why.size, "set redis.tls to false", 22) != NULL);
    CHECK(is_refused);
    redis_server_kill(&server);
    why = ping(&(struct redis_options){ .address = server.address, .tls = tls, .timeout_ms = HASTY_MS }, &is_refused);
    CHECK_TEXT(why, "Connection refused");
    CHECK(!is_refused);
    redis_server_close(&server);
    redis_tls_close(tls);
}

TEST(a_user_with_a_password_comes_in_by_tls_and_a_wrong_one_is_refused)
{
    bool is_refused;
    need_certificates();
    struct redis_tls *tls = redis_certificates_trust(&made);
    struct redis_options o = { .tls = tls, .user = "claims", .password = "secret", .timeout_ms = PATIENT_MS };
    CHECK(redis_server_open_tls(&server, &made, "good", false));
    CHECK(redis_server_tell(&server, "ACL SETUSER claims on >secret ~* &* +@all"));
    o.address = server.address;
    CHECK_TEXT(ping(&o, &is_refused), "");
    o.password = "another";
    struct slice why = ping(&o, &is_refused);
    CHECK(slice_starts_with(why, SLICE("WRONGPASS")) && is_refused);
    redis_server_close(&server);
    redis_tls_close(tls);
}

struct told { unsigned away; char why[REDIS_TLS_WHY_BYTES]; };

static void note(void *context, bool is_away, const char *why)
{
    struct told *told = context;
    if (!is_away || told->away) return;
    strncpy(told->why, why, sizeof told->why - 1);
    told->away++;
}

TEST(a_watch_says_why_it_is_not_let_in_and_is_live_once_it_is)
{
    struct told told = { 0 };
    need_certificates();
    struct redis_tls *tls = redis_certificates_trust(&made);
    struct redis_watch *watch = NULL;
    struct redis_watch_options o = { .prefix = "partner:", .listeners = 1,
                                     .redis = { .tls = tls, .on_change = note, .context = &told } };
    CHECK(redis_server_open_tls(&server, &made, "good", false));
    o.redis.address = server.address;
    CHECK_INT(redis_watch_open_alone(&o, &watch), OK);
    WAIT_FOR(redis_watch_epoch(watch) & 1);
    redis_server_kill(&server);
    WAIT_FOR(!(redis_watch_epoch(watch) & 1));
    server.arguments[1] = redis_certificates_path(&made, "late.pem");
    server.arguments[3] = redis_certificates_path(&made, "late.key");
    CHECK(redis_server_start(&server));
    usleep(50000);                                          /* some refusals, as a rule */
    CHECK(!(redis_watch_epoch(watch) & 1));
    redis_server_kill(&server);
    server.arguments[1] = redis_certificates_path(&made, "good.pem");
    server.arguments[3] = redis_certificates_path(&made, "good.key");
    CHECK(redis_server_start(&server));
    WAIT_FOR(redis_watch_epoch(watch) & 1);
    redis_watch_close_alone(watch);
    CHECK(told.away == 1 && told.why[0]);
    redis_server_close(&server);
    redis_tls_close(tls);
}

/* --- files --- */

static enum err reload(struct redis_tls *tls, const char *says)
{
    char room[REDIS_TLS_WHY_BYTES];
    struct text why = text_over(room, sizeof room);
    enum err e = redis_tls_reload(tls, &why);
    CHECK((e == OK) == !why.size);
    CHECK(e == OK || memmem(room, why.size, says, strlen(says)) != NULL);
    return e;
}

TEST(files_that_cannot_be_used_are_refused_with_their_name)
{
    struct table t = TABLE(
        "ca      certificate  key         | error              says",
        "ca.pem  -            -           | OK                 -",
        "ca.pem  me.pem       me.key      | OK                 -",
        "me.key  -            -           | CONFIG_INVALID     no_certificate_in_PEM",
        "ca.pem  me.pem       foreign.key | CONFIG_INVALID     not_the_key_of_that_certificate",
        "ca.pem  me.key       me.key      | CONFIG_INVALID     no_chain_and_key",
        "ca.pem  me.pem       -           | CONFIG_INVALID     go_together",
        "ca.pem  -            me.key      | CONFIG_INVALID     go_together");
    need_certificates();
    while (table_next(&t)) {
        char room[REDIS_TLS_WHY_BYTES];
        struct text why = text_over(room, sizeof room);
        struct redis_tls *tls = NULL;
        struct redis_tls_options o = { .ca = path(cell(&t, "ca"), ""),
                                       .certificate = path(cell(&t, "certificate"), ""),
                                       .key = path(cell(&t, "key"), "") };
        enum err e = redis_tls_open(&o, &tls, &why);
        CHECK_SLICE(cell(&t, "error"), slice_from(e == OK ? "OK" : err_name(e)));
        struct slice says = cell(&t, "says");
        while (e != OK && says.bytes) {
            struct slice word = slice_cut(&says, '_');
            CHECK(memmem(room, why.size, word.bytes, word.size) != NULL);
        }
        redis_tls_close(tls);
    }
}

TEST(a_file_that_is_gone_is_named_and_a_reload_that_fails_leaves_the_former_in_force)
{
    bool is_refused;
    char room[REDIS_TLS_WHY_BYTES], gone[REDIS_CERTIFICATE_PATH];
    struct text why = text_over(room, sizeof room);
    need_certificates();
    struct redis_tls *tls = NULL;
    const char *ca = redis_certificates_path(&made, "ca.pem");
    snprintf(gone, sizeof gone, "%.80s.gone", ca);
    CHECK_INT(redis_tls_open(&(struct redis_tls_options){ .ca = gone }, &tls, &why), ERR_FILE_UNREADABLE);
    CHECK(memmem(room, why.size, gone, strlen(gone)) != NULL);
    CHECK(!tls);
    tls = redis_certificates_trust(&made);
    CHECK(redis_server_open_tls(&server, &made, "good", false));
    struct redis_options o = { .address = server.address, .tls = tls, .timeout_ms = PATIENT_MS };
    CHECK_INT(rename(ca, gone), 0);
    CHECK_INT(reload(tls, "cannot be read"), ERR_FILE_UNREADABLE);
    CHECK_TEXT(ping(&o, &is_refused), "");
    CHECK_INT(link(redis_certificates_path(&made, "other.pem"), ca), 0);
    CHECK_INT(reload(tls, ""), OK);
    CHECK(ping(&o, &is_refused).size > 0 && is_refused);    /* the next connection believes the other authority */
    CHECK_INT(rename(gone, ca), 0);
    CHECK_INT(reload(tls, ""), OK);
    CHECK_TEXT(ping(&o, &is_refused), "");
    redis_server_close(&server);
    redis_tls_close(tls);
}
