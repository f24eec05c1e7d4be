/* claimctl/submit.h: a document through intake's door and what became of it, as `submit` and `programs close` send
 * one. */
#ifndef CLAIMCTL_SUBMIT_H
#define CLAIMCTL_SUBMIT_H

#include "claimctl/door_client.h"

struct submission {
    const char *file;                               /* its name; - is standard input */
    const char *partner, *currency, *profile, *key; /* NULL: none */
    const char *received_at;                        /* NULL: now; else where intake.accept_received_at lets it */
    bool        waits, is_json;                     /* until every line is decided; prints the receipt as it came */
    struct output *out;                             /* of submit_stream */
    uint64_t    patience_seconds;                   /* waiting ends when no line moved for so long; 0: 300 */
};

/* Sends what the stream holds and tells of it on standard output. The exit code of surfaces.md 2.3. */
int submit_stream(const struct door_client *c, const struct submission *s, FILE *stream);

/* The value of --patience; false: it is none, said on stderr. */
bool submit_read_patience(const char *text, uint64_t *seconds);

#endif
