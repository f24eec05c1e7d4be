/* Certificates of the HTTP door: what is taken, what is refused and leaves the former one in force. */
#include "runtime/http_tls.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static char folder[64];

static void make(const char *name, unsigned days)
{
    char command[512];
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -days %u "
             "-keyout %s/%s.key -out %s/%s.pem 2> /dev/null",
             days, folder, name, folder, name);
    CHECK_INT(system(command), 0);
}

static enum err load(const char *certificate, const char *key, const char *says)
{
    char paths[2][128], room[512];
    struct text why = text_over(room, sizeof room);
    snprintf(paths[0], sizeof paths[0], "%s/%s", folder, certificate);
    snprintf(paths[1], sizeof paths[1], "%s/%s", folder, key);
    enum err e = http_tls_load(paths[0], paths[1], &why);
    if (says) CHECK(memmem(room, why.size, says, strlen(says)) != NULL);
    return e;
}

TEST(a_chain_and_its_key_are_taken_and_what_does_not_fit_leaves_them_in_force)
{
    char command[128];
    snprintf(folder, sizeof folder, "/tmp/claimstream-tls-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    make("one", 5);
    make("two", 30);
    CHECK_INT(http_tls_ends_unix_s(), 0);
    CHECK_INT(load("one.pem", "one.key", NULL), OK);
    int64_t days = (http_tls_ends_unix_s() - time(NULL) + 3600) / 86400;
    CHECK_INT(days, 5);
    CHECK_INT(load("two.pem", "one.key", "it is not the key of that certificate"), ERR_CONFIG_INVALID);
    CHECK_INT(load("two.key", "two.key", "no chain of certificates"), ERR_CONFIG_INVALID);
    CHECK_INT(load("two.pem", "two.pem", "no key in PEM"), ERR_CONFIG_INVALID);
    CHECK_INT(load("none.pem", "two.key", "cannot be read"), ERR_FILE_UNREADABLE);
    CHECK_INT((http_tls_ends_unix_s() - time(NULL) + 3600) / 86400, 5);
    CHECK_INT(load("two.pem", "two.key", NULL), OK);
    CHECK_INT((http_tls_ends_unix_s() - time(NULL) + 3600) / 86400, 30);
    http_tls_close();
    CHECK_INT(http_tls_ends_unix_s(), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_INT(system(command), 0);
}
