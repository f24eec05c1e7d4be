/* tests/support/certificate.c: by GnuTLS, with keys on a curve, which take no time. */
#include "support/certificate.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PATH_BYTES = 512, PEM_BYTES = 8192, A_DAY = 86400 };

static bool write_pem(const char *folder, const char *name, const char *kind, const char *pem, size_t size)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, kind);
    FILE *f = fopen(path, "w");
    bool ok = f && fwrite(pem, 1, size, f) == size;
    return f && fclose(f) == 0 && ok;
}

static bool load(const char *folder, const char *name, const char *kind, gnutls_datum_t *pem)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, kind);
    return gnutls_load_file(path, pem) == 0;
}

/* The authority's own two, or those of the issuer. */
static bool find_issuer(const char *folder, const char *name, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    gnutls_datum_t pem = { 0 }, secret = { 0 };
    bool ok = load(folder, name, "pem", &pem) && load(folder, name, "key", &secret)
           && gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) == 0
           && gnutls_x509_privkey_import(key, &secret, GNUTLS_X509_FMT_PEM) == 0;
    gnutls_free(pem.data);
    gnutls_free(secret.data);
    return ok;
}

static bool bear(gnutls_x509_crt_t crt, const char *host)
{
    struct in_addr address;
    if (!host) return true;
    if (inet_pton(AF_INET, host, &address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, &address, sizeof address, 0) == 0;
    return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host, (unsigned)strlen(host), 0) == 0;
}

static bool fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const struct certificate_wish *w)
{
    static unsigned char serial[4];
    time_t now = time(NULL);
    serial[3]++;
    bool ok = gnutls_x509_crt_set_version(crt, 3) == 0 && gnutls_x509_crt_set_serial(crt, serial, sizeof serial) == 0
        && gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, w->name, (unsigned)strlen(w->name)) == 0
        && gnutls_x509_crt_set_activation_time(crt, now + (time_t)w->begins_days * A_DAY - 60) == 0
        && gnutls_x509_crt_set_expiration_time(crt, now + (time_t)w->ends_days * A_DAY - 30) == 0
        && gnutls_x509_crt_set_key(crt, key) == 0 && bear(crt, w->host);
    if (!w->issuer)
        return ok && gnutls_x509_crt_set_basic_constraints(crt, 1, -1) == 0
            && gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_CERT_SIGN) == 0;
    const char *purpose = w->is_of_client ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER;
    return ok && gnutls_x509_crt_set_basic_constraints(crt, 0, -1) == 0
        && gnutls_x509_crt_set_key_purpose_oid(crt, purpose, 0) == 0;
}

static bool sign(const char *folder, const struct certificate_wish *w, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    gnutls_x509_crt_t by = NULL;
    gnutls_x509_privkey_t with = NULL;
    bool ok = gnutls_x509_crt_init(&by) == 0 && gnutls_x509_privkey_init(&with) == 0;
    if (w->issuer) ok = ok && find_issuer(folder, w->issuer, by, with);
    ok = ok && gnutls_x509_crt_sign2(crt, w->issuer ? by : crt, w->issuer ? with : key, GNUTLS_DIG_SHA256, 0) == 0;
    gnutls_x509_crt_deinit(by);
    gnutls_x509_privkey_deinit(with);
    return ok;
}

static bool save(const char *folder, const char *name, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    char pem[PEM_BYTES];
    size_t size = sizeof pem;
    if (gnutls_x509_privkey_export(key, GNUTLS_X509_FMT_PEM, pem, &size) != 0) return false;
    if (!write_pem(folder, name, "key", pem, size)) return false;
    size = sizeof pem;
    return gnutls_x509_crt_export(crt, GNUTLS_X509_FMT_PEM, pem, &size) == 0
        && write_pem(folder, name, "pem", pem, size);
}

bool certificate_make(const char *folder, const struct certificate_wish *w)
{
    gnutls_x509_crt_t crt = NULL;
    gnutls_x509_privkey_t key = NULL;
    unsigned bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    bool ok = gnutls_x509_crt_init(&crt) == 0 && gnutls_x509_privkey_init(&key) == 0
           && gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, bits, 0) == 0 && fill(crt, key, w)
           && sign(folder, w, crt, key) && save(folder, w->name, crt, key);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return ok;
}
