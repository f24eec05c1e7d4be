/* runtime/redis_tls.c: credentials from files, sessions with them, and the words for what a handshake met. */
#include "runtime/redis_tls.h"

#include "base/assert.h"
#include "runtime/redis_name.h"
#include "runtime/tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAME_BYTES = 300, RECORD_BYTES = 16384 };

/* Sessions borrow it: the former ones stay until the end, as reloads are few. */
struct credentials { gnutls_certificate_credentials_t held; struct credentials *former; };

struct redis_tls {
    char                          ca[PATH_MAX], certificate[PATH_MAX], key[PATH_MAX], server_name[NAME_BYTES];
    _Atomic(struct credentials *) in_force;
};

struct redis_tls_session {
    gnutls_session_t session;
    char             name[NAME_BYTES];              /* that the server has to bear */
    bool             shows_itself;                  /* has a certificate of the client */
    bool             is_refused;
    unsigned         flaws;                         /* of the server's certificate: GNUTLS_CERT_… */
    char             why[REDIS_TLS_WHY_BYTES];
};

static int look_into(gnutls_session_t session);

/* --- files --- */

static enum err refuse(struct text *why, enum err e, const char *what, const char *file)
{
    if (*file) {
        text_put(why, slice_from(file));
        PUT(why, ": ");
    }
    text_put(why, slice_from(what));
    return e;
}

static enum err believe(struct credentials *c, const char *ca, struct text *why)
{
    if (*ca && access(ca, R_OK) != 0) return refuse(why, ERR_FILE_UNREADABLE, "it cannot be read", ca);
    int count = *ca ? gnutls_certificate_set_x509_trust_file(c->held, ca, GNUTLS_X509_FMT_PEM)
                    : gnutls_certificate_set_x509_system_trust(c->held);
    if (count > 0) return OK;
    return *ca ? refuse(why, ERR_CONFIG_INVALID, "there is no certificate in PEM in it", ca)
               : refuse(why, ERR_CONFIG_INVALID,
                        "this system believes no authority: install the package ca-certificates, or name a file", "");
}

static enum err show(struct credentials *c, const char *certificate, const char *key, struct text *why)
{
    if (!*certificate && !*key) return OK;
    if (!*certificate || !*key)
        return refuse(why, ERR_CONFIG_INVALID, "a certificate of the client and its key go together", "");
    if (access(certificate, R_OK) != 0) return refuse(why, ERR_FILE_UNREADABLE, "it cannot be read", certificate);
    if (access(key, R_OK) != 0) return refuse(why, ERR_FILE_UNREADABLE, "it cannot be read", key);
    int code = gnutls_certificate_set_x509_key_file(c->held, certificate, key, GNUTLS_X509_FMT_PEM);
    if (code >= 0) return OK;
    if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return refuse(why, ERR_CONFIG_INVALID, "it is not the key of that certificate", key);
    return refuse(why, ERR_CONFIG_INVALID, "this and its key are no chain and key in PEM without a password",
                  certificate);
}

static void give_back(struct credentials *c)
{
    if (c->held) gnutls_certificate_free_credentials(c->held);
    free(c);
}

enum err redis_tls_reload(struct redis_tls *t, struct text *why)
{
    struct credentials *c = calloc(1, sizeof *c);
    if (!c) return ERR_MEMORY_EXHAUSTED;
    enum err e = gnutls_certificate_allocate_credentials(&c->held) == 0 ? OK : ERR_MEMORY_EXHAUSTED;
    if (e == OK) e = believe(c, t->ca, why);
    if (e == OK) e = show(c, t->certificate, t->key, why);
    if (e == OK) gnutls_certificate_set_verify_function(c->held, look_into);
    if (e != OK) {
        give_back(c);
        return e;
    }
    c->former = atomic_load(&t->in_force);
    atomic_store(&t->in_force, c);
    return OK;
}

static bool copy(char *to, size_t room, const char *text)
{
    size_t size = text ? strlen(text) : 0;
    if (size >= room) return false;
    if (size) memcpy(to, text, size);
    to[size] = 0;
    return true;
}

enum err redis_tls_open(const struct redis_tls_options *o, struct redis_tls **tls, struct text *why)
{
    struct redis_tls *t = calloc(1, sizeof *t);
    if (!t) return ERR_MEMORY_EXHAUSTED;
    bool fits = copy(t->ca, sizeof t->ca, o->ca) && copy(t->certificate, sizeof t->certificate, o->certificate)
        && copy(t->key, sizeof t->key, o->key) && copy(t->server_name, sizeof t->server_name, o->server_name);
    enum err e = fits ? redis_tls_reload(t, why) : refuse(why, ERR_CONFIG_INVALID, "a name or path is too long", "");
    if (e == OK) *tls = t;
    else redis_tls_close(t);
    return e;
}

void redis_tls_close(struct redis_tls *t)
{
    if (!t) return;
    for (struct credentials *c = atomic_load(&t->in_force), *former; c; c = former) {
        former = c->former;
        give_back(c);
    }
    free(t);
}

/* --- sessions --- */

/* In the handshake: another answer than 0 ends it. */
static int look_into(gnutls_session_t session)
{
    struct redis_tls_session *s = gnutls_session_get_ptr(session);
    gnutls_typed_vdata_st asked[] = {
        { .type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)s->name },
        { .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER },
    };
    int code = gnutls_certificate_verify_peers(session, asked, 2, &s->flaws);
    if (code != 0 && !s->flaws) s->flaws = GNUTLS_CERT_INVALID;
    return s->flaws ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

static bool prepare(struct redis_tls_session *s, struct redis_tls *t, int fd)
{
    struct credentials *c = atomic_load(&t->in_force);
    if (gnutls_init(&s->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS) != 0)
        return false;
    gnutls_session_set_ptr(s->session, s);
    gnutls_transport_set_int(s->session, fd);
    return gnutls_priority_set_direct(s->session, TLS_PRIORITIES, NULL) == 0 &&
           gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, c->held) == 0 &&
           (redis_name_is_numeric(s->name)
            || gnutls_server_name_set(s->session, GNUTLS_NAME_DNS, s->name, strlen(s->name)) == 0);
}

struct redis_tls_session *redis_tls_begin(struct redis_tls *t, const char *host, int fd)
{
    struct redis_tls_session *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    bool fits = copy(s->name, sizeof s->name, t->server_name[0] ? t->server_name : host);
    s->shows_itself = t->certificate[0];
    if (fits && prepare(s, t, fd)) return s;
    redis_tls_end(s);
    return NULL;
}

void redis_tls_end(struct redis_tls_session *s)
{
    if (!s) return;
    if (s->session && !s->why[0]) (void)gnutls_bye(s->session, GNUTLS_SHUT_WR);
    if (s->session) gnutls_deinit(s->session);
    free(s);
}

const char *redis_tls_why(const struct redis_tls_session *s)
{
    return s->why;
}

bool redis_tls_is_refused(const struct redis_tls_session *s)
{
    return s->is_refused;
}

/* --- why it broke --- */

/* The worst first: a certificate that nobody signed for us tells nothing by its name or date. */
static void put_flaw(struct text *why, const struct redis_tls_session *s)
{
    static const struct { unsigned flaw; struct slice says; } rows[] = {
        { GNUTLS_CERT_SIGNER_NOT_FOUND, SLICE_INIT("no authority of redis.tls_ca has signed it") },
        { GNUTLS_CERT_SIGNER_NOT_CA, SLICE_INIT("who signed it is no authority") },
        { GNUTLS_CERT_SIGNATURE_FAILURE, SLICE_INIT("its signature is not that of the authority it names") },
        { GNUTLS_CERT_INSECURE_ALGORITHM, SLICE_INIT("its signature is of a kind that can be forged") },
        { GNUTLS_CERT_REVOKED, SLICE_INIT("it was called back by its authority") },
        { GNUTLS_CERT_EXPIRED, SLICE_INIT("it has expired: give the server a new one") },
        { GNUTLS_CERT_NOT_ACTIVATED, SLICE_INIT("it is not yet in force: look at the clocks") },
        { GNUTLS_CERT_PURPOSE_MISMATCH, SLICE_INIT("it is not made for a server") },
    };
    PUT(why, "the certificate of the server is not believed: ");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!(s->flaws & rows[i].flaw)) continue;
        text_put(why, rows[i].says);
        return;
    }
    if (s->flaws & GNUTLS_CERT_UNEXPECTED_OWNER) {
        PUT(why, "it does not bear the name ");
        text_put(why, slice_from(s->name));
        PUT(why, "; redis.tls_server_name says another");
    } else PUT(why, "it cannot be verified");
}

/* A server of TLS 1.2 that misses one ends the handshake without naming it. */
static bool is_about_a_certificate(gnutls_alert_description_t alert)
{
    switch (alert) {
    case GNUTLS_A_CERTIFICATE_REQUIRED:
    case GNUTLS_A_BAD_CERTIFICATE:
    case GNUTLS_A_UNSUPPORTED_CERTIFICATE:
    case GNUTLS_A_CERTIFICATE_EXPIRED:
    case GNUTLS_A_CERTIFICATE_REVOKED:
    case GNUTLS_A_CERTIFICATE_UNKNOWN:
    case GNUTLS_A_UNKNOWN_CA:
    case GNUTLS_A_ACCESS_DENIED:
    case GNUTLS_A_HANDSHAKE_FAILURE: return true;
    default:                         return false;
    }
}

static void put_alert(struct text *why, const struct redis_tls_session *s)
{
    gnutls_alert_description_t alert = gnutls_alert_get(s->session);
    const char *name = gnutls_alert_get_name(alert);
    bool is_ours = is_about_a_certificate(alert);
    if (is_ours && s->shows_itself) PUT(why, "the server does not believe the certificate of redis.tls_certificate: ");
    else if (is_ours)
        PUT(why, "the server asks for a certificate, as redis.tls_certificate and redis.tls_key name one: ");
    else PUT(why, "the server ends TLS: ");
    text_put(why, slice_from(name ? name : "an unknown alert"));
}

static void put_why(struct text *why, struct redis_tls_session *s, int code)
{
    s->is_refused = true;
    switch (code) {
    case GNUTLS_E_CERTIFICATE_ERROR:
    case GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR: put_flaw(why, s); return;
    case GNUTLS_E_FATAL_ALERT_RECEIVED:           put_alert(why, s); return;
    case GNUTLS_E_UNEXPECTED_PACKET:
    case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
        PUT(why, "what answers there speaks no TLS: name the server's port for TLS, or set redis.tls to false");
        return;
    case GNUTLS_E_PREMATURE_TERMINATION:
    case GNUTLS_E_PULL_ERROR:
    case GNUTLS_E_PUSH_ERROR:
        s->is_refused = false;
        PUT(why, "the connection was closed");
        return;
    default:                  PUT(why, "TLS: "); text_put(why, slice_from(gnutls_strerror(code))); return;
    }
}

static enum redis_step break_off(struct redis_tls_session *s, int code)
{
    char byte, said[REDIS_TLS_WHY_BYTES];
    struct text why = text_over(said, sizeof said);
    /* What could not be sent may be so because the server has said why it left: that stands unread. */
    if (code == GNUTLS_E_PUSH_ERROR && gnutls_record_recv(s->session, &byte, 1) == GNUTLS_E_FATAL_ALERT_RECEIVED)
        code = GNUTLS_E_FATAL_ALERT_RECEIVED;
    if (s->why[0]) return REDIS_BROKEN;
    put_why(&why, s, code);
    snprintf(s->why, sizeof s->why, "%.*s", SLICE_ARGS(text_slice(&why)));
    return REDIS_BROKEN;
}

/* --- steps --- */

static bool is_passing(int code)
{
    return code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

static enum redis_step wait_or_break(struct redis_tls_session *s, int code)
{
    if (code != GNUTLS_E_AGAIN) return break_off(s, code);
    return gnutls_record_get_direction(s->session) ? REDIS_WAITS_TO_WRITE : REDIS_WAITS_TO_READ;
}

enum redis_step redis_tls_shake_hands(struct redis_tls_session *s)
{
    int code;
    do code = gnutls_handshake(s->session);
    while (is_passing(code));
    return code == 0 ? REDIS_DONE : wait_or_break(s, code);
}

enum redis_step redis_tls_send(struct redis_tls_session *s, struct slice bytes, size_t *taken)
{
    ssize_t sent;
    *taken = 0;
    do sent = gnutls_record_send(s->session, bytes.bytes, bytes.size < RECORD_BYTES ? bytes.size : RECORD_BYTES);
    while (sent < 0 && is_passing((int)sent));
    if (sent < 0) return wait_or_break(s, (int)sent);
    *taken = (size_t)sent;
    return REDIS_DONE;
}

enum redis_step redis_tls_receive(struct redis_tls_session *s, char *buffer, size_t room, size_t *size)
{
    ssize_t got;
    *size = 0;
    do got = gnutls_record_recv(s->session, buffer, room);
    while (got < 0 && is_passing((int)got));
    if (got < 0) return wait_or_break(s, (int)got);
    *size = (size_t)got;
    return REDIS_DONE;
}
