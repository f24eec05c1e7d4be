/* claimctl/door_client.h: the HTTP door of intake as a command asks it (feeds.md 14). */
#ifndef CLAIMCTL_DOOR_CLIENT_H
#define CLAIMCTL_DOOR_CLIENT_H

#include "claimctl/broker.h"
#include "claimctl/output.h"

#include <jansson.h>
#include <stdio.h>

/* Where it is and who asks. */
struct door_client { const char *server, *token, *ca_file; char listen[256]; };

struct door_request {
    const char *method;                             /* GET, POST */
    const char *target;                             /* path and query */
    const char *headers[8];                         /* name: value; ends with NULL */
    FILE       *upload;                             /* streamed; its size when it is known, -1 else */
    long long   upload_size;
    struct slice body;                              /* instead of a file */
    struct output *to;                              /* NULL: into the answer */
    bool        is_quiet;                           /* says nothing of a server that cannot be reached */
};

/* `began`: the server took the head of the request, if nothing else; `why`: it did not answer. */
/* began: the body of the request went; has_printed: something of the answer went where it was to go. */
struct door_answer { long status; char *body; size_t size; char location[256], why[256]; bool began, has_printed; };

/* --server, --token-file and --ca-file out of argv, else CLAIMSTREAM_SERVER, CLAIMSTREAM_TOKEN and CLAIMSTREAM_CA_FILE,
 * else http.listen of the settings, https when http.certificate_file is set, no token and the authorities of the
 * system. An exit code; errors are said on stderr. Texts are borrowed from argv and the client, which stays where it
 * is. */
int door_client_open(struct door_client *c, const struct settings *settings, int *argc, char **argv);

/* EXIT_DONE, whatever the status, or EXIT_UNREACHABLE, said on stderr. */
int door_client_ask(const struct door_client *c, const struct door_request *r, struct door_answer *a);
/* Says it where it was asked quietly; EXIT_UNREACHABLE. */
int door_client_say_away(const struct door_client *c, const struct door_answer *a);
void door_answer_close(struct door_answer *a);

/* A member of what the door says as a text, empty where it is none; a number of its `counts`. */
const char *door_text(const json_t *object, const char *name);
long long door_count(const json_t *object, const char *name);

/* A text as part of a query: percent-encoded, into the buffer. */
void door_client_encode(struct text *t, struct slice text);
/* A parameter of a query after the target; NULL: none. */
void door_client_put_parameter(struct text *t, const char *name, const char *value);

/* Says a problem on stderr as errors are said; the exit code of its status. */
int door_client_refuse(const struct door_answer *a, const char *what);

#endif
