/* runtime/certificate.c: OpenSSL's reader, one certificate after the other. */
#include "runtime/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <time.h>

static bool read_end(X509 *certificate, instant_ms *end)
{
    struct tm t;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &t) != 1) return false;
    *end = (instant_ms)timegm(&t) * 1000;
    return true;
}

enum err certificate_expiry(const char *path, instant_ms *expires_unix_ms)
{
    FILE *file = fopen(path, "re");
    X509 *certificate;
    bool found = false;
    if (!file) return ERR_FILE_UNREADABLE;
    while ((certificate = PEM_read_X509(file, NULL, NULL, NULL))) {
        instant_ms end;
        if (read_end(certificate, &end) && (!found || end < *expires_unix_ms)) {
            *expires_unix_ms = end;
            found = true;
        }
        X509_free(certificate);
    }
    fclose(file);
    return found ? OK : ERR_FILE_UNREADABLE;
}
