/* stage/process.h: what every service binary does alike (surfaces.md 3): command line, settings, log, start-up checks,
 * main loop, admin port, supervisor, reload, drain, exit codes. What differs is a struct process_body. */
#ifndef STAGE_PROCESS_H
#define STAGE_PROCESS_H

#include "runtime/admin_http.h"
#include "runtime/kafka_admin.h"
#include "runtime/kafka_client.h"
#include "stage/process_options.h"

enum { PROCESS_CLUSTER_MAX = 128, PROCESS_TICK_MS = 1000, PROCESS_KAFKA_WAIT_MS = 20000 };

struct process;

/* A service. All on the main thread; each but start, drain and put_missing may be NULL. */
struct process_body {
    enum service service;
    const char  *what;                              /* one line for --help */
    void        *context;
    /* The topics it needs: bits 1 << enum topic. */
    uint64_t   (*topics)(void *context);
    /* What the start checks beside Kafka and its topics: files that settings name. Errors go to the problems, too. */
    enum err   (*check)(void *context, struct process *p, struct problems *problems);
    /* Opens what it needs and starts its threads. Its threads tell process_poke of news. Nothing below is called before
     * it is through, though the operator is answered while it waits (process_wait_for_room). */
    enum err   (*start)(void *context, struct process *p);
    /* Finish and leave; call process_end(p, 0) when all have. */
    void       (*drain)(void *context);
    /* Settings in force have changed: p->settings. */
    void       (*reload)(void *context);
    void       (*poked)(void *context);
    /* Every PROCESS_TICK_MS. */
    void       (*tick)(void *context);
    /* The worker that stands still for longest, on the monotonic clock; INT64_MAX: none could. */
    int64_t    (*slowest_ms)(void *context);
    void       (*put_missing)(void *context, struct text *t);
    /* What keeps its doors shut though it works, as for a standby: /readyz says it, for who sends requests here; the
     * supervisor is not told, for whom it has started. */
    void       (*put_shut)(void *context, struct text *t);
    void       (*put_partitions)(void *context, struct text *t);
    void       (*put_status)(void *context, struct text *t);
    void       (*before_metrics)(void *context);
    /* Everything has ended: gives back what start took. */
    void       (*close)(void *context);
};

struct process {
    const struct process_body  *body;
    struct process_options      options;
    struct arena                arena;              /* of the process */
    struct settings            *settings;           /* in force; those before a reload stay for who still looks */
    struct kafka_property       properties[SETTING_PROPERTIES_MAX];
    char                        cluster_id[PROCESS_CLUSTER_MAX];
    int32_t                     partitions;         /* of the topics that share one count */
    struct life                *life;
    struct admin_http          *admin;
    bool                        is_ready, was_told, has_started, waits_for_room;
    unsigned                    reloads;
};

/* The whole life of a service. The exit code. */
int process_main(const struct process_body *body, int argc, char **argv);

/* Options for handles on Kafka of one worker, from the settings in force; borrows from the process. */
struct kafka_options process_kafka_options(const struct process *p, unsigned worker);

/* How long a transaction may take: kafka.transaction.timeout.ms. */
unsigned process_transaction_ms(const struct process *p);

/* From any thread: `poked` soon on the main thread. */
void process_poke(struct process *p);
/* Ends the main loop. An exit code other than 0 ends the process at once, since something may hang. */
void process_end(struct process *p, int exit_code);
/* In start, when there is no room on the disk of a folder: waits a second, alive, not ready; to be asked again after
 * it, since a full disk at the start is no other than one later (kafka.md 6.4). SIGTERM ends the process here. */
void process_wait_for_room(struct process *p, const char *folder);

/* 75 or 78: what an error means for the supervisor. */
int process_exit_code(enum err e);
/* The same once the start is through, which found every topic: one that is missing now may be a broker that is coming
 * back; whether it is gone for good the next start finds out. */
int process_exit_code_later(enum err e);

#endif
