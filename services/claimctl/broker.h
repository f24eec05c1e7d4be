/* claimctl/broker.h: the installation that a command talks to: brokers, sign-in, who acts (surfaces.md 2.5).
 *
 * Flag > environment > context > file > default. A context is a named section of the file, contexts.<name>, with
 * settings and `actor`, `roles`, `readonly`; --context, CLAIMSTREAM_CONTEXT or, with one's own file, `context use`
 * chooses it. */
#ifndef CLAIMCTL_BROKER_H
#define CLAIMCTL_BROKER_H

#include "runtime/kafka_admin.h"
#include "runtime/kafka_client.h"
#include "runtime/setting.h"

/* A broker that is there may be slow: it has a minute for each question, as long as other tools of Kafka wait. */
enum { BROKER_TEXT_BYTES = 512, BROKER_ROLES_MAX = 16, BROKER_PATIENCE_MS = 60000 };

struct broker {
    struct arena          arena;                    /* settings, names */
    struct settings       settings;
    struct kafka_options  kafka;
    struct kafka_property properties[SETTING_PROPERTIES_MAX];
    struct slice          context;                  /* its name; empty: none */
    struct slice          actor;                    /* --as, the context's, else the name of the login */
    struct slice          roles[BROKER_ROLES_MAX];  /* --roles, the context's; none: reviewer */
    unsigned              role_count;
    bool                  readonly;
    char                  cluster_id[KAFKA_NAME_MAX];       /* empty before broker_connect */
    const char           *config;                   /* of --config; NULL: not said */
    char                  last[BROKER_TEXT_BYTES];  /* what the library said last: the cause of an error */
};

/* Takes --brokers, --config, --context, --set, --as, --roles out of argv and reads the settings; connects nothing. An
 * exit code; errors are said on stderr. Close it whatever it was. */
int broker_open(struct broker *b, int *argc, char **argv);
void broker_close(struct broker *b);

/* Asks a broker for the cluster: EXIT_DONE, or EXIT_UNREACHABLE and said, after some seconds where nobody listens or
 * it is refused, after a minute where somebody does and is silent. */
int broker_connect(struct broker *b);

/* True when the one broker named is on this machine, which is for development. */
bool broker_is_local(const struct broker *b);
/* True when a finding keeps stages from starting; that one broker has one replica is a warning on this machine. */
bool broker_finding_stops(const struct broker *b, const struct kafka_findings *found, unsigned i);

/* What a command changes for others (duty.def). */
enum duty {
#define DUTY(name, roles, what) DUTY_##name,
#include "claimctl/duty.def"
#undef DUTY
};

/* EXIT_DONE, or EXIT_NOT_PERMITTED and said: the context is read-only, or the person has none of the roles that may. */
int broker_may_write(const struct broker *b, enum duty duty);

/* The file that has the contexts: that of --config or CLAIMSTREAM_CONFIG, of the person, of the machine; NULL: none. */
const char *broker_config_file(char *path, size_t size);
/* Where that of the person is or would be. */
void broker_own_config_file(char *path, size_t size);
/* Where the choice of `context use` is or would be: beside it. */
void broker_context_file(char *path, size_t size);
/* Makes a folder and those above it, as far as it can. */
void broker_make_folder(const char *folder);

/* Tells every context of the file. An exit code. */
typedef void broker_visit_context(void *context, struct slice name, struct slice brokers, bool readonly);
int broker_contexts(struct broker *b, broker_visit_context *visit, void *context);

/* Says an error with its cause; the exit code of its kind (surfaces.md 2.3). */
int broker_fail(const struct broker *b, enum err e, const char *what);

#endif
