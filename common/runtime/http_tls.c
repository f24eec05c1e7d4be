/* runtime/http_tls.c: chain and key by GnuTLS, which libmicrohttpd speaks. */
#include "runtime/http_tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CHAIN_MAX = 8, KEY_ID_BYTES = 32 };

/* Handshakes borrow it: the former ones stay until the process ends, as reloads are few. */
struct certificate {
    gnutls_pcert_st     chain[CHAIN_MAX];
    unsigned            count;
    gnutls_privkey_t    key;
    int64_t             ends_unix_s;
    struct certificate *former;
};

static struct certificate *in_force;

static enum err refuse(struct text *why, enum err e, const char *file, const char *what)
{
    text_put(why, slice_from(file));
    PUT(why, ": ");
    text_put(why, slice_from(what));
    return e;
}

static enum err read_file(const char *file, gnutls_datum_t *bytes, struct text *why)
{
    int code = gnutls_load_file(file, bytes);
    return code == 0 ? OK : refuse(why, ERR_FILE_UNREADABLE, file, "it cannot be read");
}

static void forget(gnutls_datum_t *bytes)
{
    if (bytes->data) explicit_bzero(bytes->data, bytes->size);
    gnutls_free(bytes->data);
}

static enum err read_chain(struct certificate *c, const char *file, struct text *why)
{
    gnutls_datum_t bytes = { 0 };
    TRY(read_file(file, &bytes, why));
    c->count = CHAIN_MAX;
    int code = gnutls_pcert_list_import_x509_raw(c->chain, &c->count, &bytes, GNUTLS_X509_FMT_PEM, 0);
    if (code != 0) c->count = 0;
    forget(&bytes);
    return code == 0 && c->count > 0
               ? OK
               : refuse(why, ERR_CONFIG_INVALID, file, "it is no chain of certificates in PEM, eight at most");
}

static enum err read_key(struct certificate *c, const char *file, struct text *why)
{
    gnutls_datum_t bytes = { 0 };
    TRY(read_file(file, &bytes, why));
    int code = gnutls_privkey_init(&c->key);
    if (code == 0) code = gnutls_privkey_import_x509_raw(c->key, &bytes, GNUTLS_X509_FMT_PEM, NULL, 0);
    forget(&bytes);
    return code == 0 ? OK : refuse(why, ERR_CONFIG_INVALID, file, "it is no key in PEM without a password");
}

static bool have_one_key(const struct certificate *c)
{
    unsigned char ids[2][KEY_ID_BYTES];
    size_t sizes[2] = { KEY_ID_BYTES, KEY_ID_BYTES };
    gnutls_pubkey_t of_key;
    if (gnutls_pubkey_init(&of_key) != 0) return false;
    bool is_read = gnutls_pubkey_import_privkey(of_key, c->key, 0, 0) == 0 &&
                   gnutls_pubkey_get_key_id(of_key, GNUTLS_KEYID_USE_SHA256, ids[0], &sizes[0]) == 0 &&
                   gnutls_pubkey_get_key_id(c->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, ids[1], &sizes[1]) == 0;
    gnutls_pubkey_deinit(of_key);
    return is_read && sizes[0] == sizes[1] && memcmp(ids[0], ids[1], sizes[0]) == 0;
}

static enum err read_end(struct certificate *c, const char *file, struct text *why)
{
    gnutls_x509_crt_t own;
    if (gnutls_pcert_export_x509(&c->chain[0], &own) != 0)
        return refuse(why, ERR_CONFIG_INVALID, file, "its first certificate cannot be read");
    c->ends_unix_s = gnutls_x509_crt_get_expiration_time(own);
    gnutls_x509_crt_deinit(own);
    return OK;
}

static void give_back(struct certificate *c)
{
    for (unsigned k = 0; k < c->count; k++) gnutls_pcert_deinit(&c->chain[k]);
    if (c->key) gnutls_privkey_deinit(c->key);
    free(c);
}

enum err http_tls_load(const char *certificate_file, const char *key_file, struct text *why)
{
    struct certificate *c = calloc(1, sizeof *c);
    if (!c) return ERR_MEMORY_EXHAUSTED;
    enum err e = read_chain(c, certificate_file, why);
    if (e == OK) e = read_key(c, key_file, why);
    if (e == OK && !have_one_key(c))
        e = refuse(why, ERR_CONFIG_INVALID, key_file, "it is not the key of that certificate");
    if (e == OK) e = read_end(c, certificate_file, why);
    if (e != OK) {
        give_back(c);
        return e;
    }
    c->former = in_force;
    in_force = c;
    return OK;
}

int64_t http_tls_ends_unix_s(void)
{
    return in_force ? in_force->ends_unix_s : 0;
}

static int choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                  const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain,
                  unsigned *count, gnutls_privkey_t *key)
{
    (void)session, (void)authorities, (void)authority_count, (void)algorithms, (void)algorithm_count;
    if (!in_force) return -1;
    *chain = in_force->chain;
    *count = in_force->count;
    *key = in_force->key;
    return 0;
}

void *http_tls_callback(void)
{
    gnutls_certificate_retrieve_function2 *function = choose;
    void *pointer;
    memcpy(&pointer, &function, sizeof pointer);
    return pointer;
}

void http_tls_close(void)
{
    while (in_force) {
        struct certificate *former = in_force->former;
        give_back(in_force);
        in_force = former;
    }
}

void http_tls_say(struct MHD_Connection *connection, struct slice bytes)
{
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const union MHD_ConnectionInfo *plain = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (tls && tls->tls_session) (void)!gnutls_record_send(tls->tls_session, bytes.bytes, bytes.size);
    else if (plain) (void)!send(plain->connect_fd, bytes.bytes, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
}
