/* Certificates made here, with a key of their own. */
#include "runtime/certificate.h"

#include "support/test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char path[] = "/tmp/certificate.XXXXXX";

static void write_certificate(FILE *to, EVP_PKEY *key, long seconds)
{
    X509 *c = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(c), -1000);
    X509_gmtime_adj(X509_getm_notAfter(c), seconds);
    X509_set_pubkey(c, key);
    CHECK(X509_sign(c, key, EVP_sha256()) > 0);
    CHECK_INT(PEM_write_X509(to, c), 1);
    X509_free(c);
}

TEST(the_first_certificate_to_expire_counts_and_a_key_is_none)
{
    instant_ms end, now = (instant_ms)time(NULL) * 1000;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    CHECK(key && file);
    CHECK_INT(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fflush(file);
    CHECK_INT(certificate_expiry(path, &end), ERR_FILE_UNREADABLE);
    write_certificate(file, key, 30 * 86400);
    write_certificate(file, key, 5 * 86400);
    fclose(file);
    CHECK_INT(certificate_expiry(path, &end), OK);
    CHECK(end > now + (instant_ms)5 * 86400000 - 60000 && end < now + (instant_ms)5 * 86400000 + 60000);
    CHECK_INT(certificate_expiry("/nowhere/at/all", &end), ERR_FILE_UNREADABLE);
    EVP_PKEY_free(key);
    unlink(path);
}
