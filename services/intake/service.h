/* intake/service.h: documents from the doors to the posting worker and their answers back (feeds.md 2), over three
 * kinds of threads: doors (the main thread), surveys (a pool), posting (the worker that owns the partitions). Each
 * document belongs to one of them at a time and is handed over; nothing else is shared.
 *
 *   door ─submit▶ posting: key, order ─▶ survey ─▶ posting: chunk after chunk ─ended▶ door: the
 * answer */
#ifndef INTAKE_SERVICE_H
#define INTAKE_SERVICE_H

#include "intake/grants.h"
#include "intake/post.h"
#include "intake/reply.h"
#include "intake/spool_dir.h"
#include "intake/standing.h"

struct intake_service;

/* What a reload may change; 0: what post.h says, of days, hours and patience no end.
 * patience_ms: a transaction that takes longer says that Kafka does not answer. */
struct service_bounds {
    unsigned chunk_lines, lines_max, retries_max, expire_keys_max, patience_ms;
    size_t   bytes_max;
    uint32_t schema_wait_hours, held_days_max, raw_days;
};

struct service_options {
    const char                   *spool_dir, *raw_dir;
    const struct grants          *grants;           /* in force; others by service_set_grants */
    const struct intake_partners *partners;         /* asked from any thread; NULL: nobody is on file */
    unsigned                      survey_threads;
    struct service_bounds         bounds;
    bool                          has_follower;     /* somebody answers statuses: service_answer_statuses */
    /* Something is to be delivered: called from any thread. */
    void                        (*poke)(void *context);
    void                         *context;
};

/* ERR_FILE_UNWRITABLE: a folder cannot be used; ERR_MEMORY_EXHAUSTED. */
enum err service_open(const struct service_options *options, struct intake_service **service) MUST_CHECK;
/* Nobody asks any more, and the engine was closed. */
void service_close(struct intake_service *s);

/* The next documents are judged by these; the former ones must live on. */
void service_set_grants(struct intake_service *s, const struct grants *grants);
const struct grants *service_grants(const struct intake_service *s);
/* In force from the next transaction on. From the main thread. */
void service_retune(struct intake_service *s, const struct service_bounds *bounds);
/* x12.unknown_sender: reject; for documents surveyed from here on. */
void service_refuse_unknown_senders(struct intake_service *s, bool refuses);
/* No broker is connected: doors refuse documents before their bodies, folders wait. From any thread. */
void service_lose_kafka(struct intake_service *s, bool is_lost);
struct spool_dir *service_spool(struct intake_service *s);

/* What a door is told. Texts are borrowed for the call. */
struct service_answer {
    unsigned           status;
    enum reply_problem problem;                     /* REPLY_NO_PROBLEM: the body is no problem */
    struct slice       type, body, location;
    bool               is_replay;
    int file; /* -1: `body`; else a file to be sent, which is the door's from here */
    enum intake_state  state;                       /* of the first document */
    struct slice       format;                      /* of the documents, empty: none was read */
    struct slice       acknowledgement;             /* of all documents, empty none */
};
typedef void service_done(void *context, const struct service_answer *answer);

/* A document that lies in the spool under `name` (spool_upload_keep). Its end is told once, on the main thread, by
 * service_deliver; a submission whose sender went away is told to nobody. The handle is good until then. */
struct delivery;
struct delivery *service_submit(struct intake_service *s, const struct spool_meta *meta, const char *name,
                                service_done *done, void *context);
void service_forget(struct delivery *d);
/* Where its sender finds out what becomes of it: the status of its (first) document, or the list from its receipt on
 * while nobody has looked at it. By who holds the handle. */
void service_put_whereabouts(const struct delivery *d, struct text *t);

/* Checked as it would be taken, and thrown away: the receipt, or all lines with the receipt after them. */
struct delivery *service_validate(struct intake_service *s, const struct spool_meta *meta, const char *name,
                                  bool with_lines, service_done *done, void *context);

/* Questions about documents */
enum question_kind {
    QUESTION_STATUS,
    QUESTION_LIST,
    QUESTION_ERRORS,
    QUESTION_LINES,
    QUESTION_REJECTS,
    QUESTION_ACK,
    QUESTION_RESPONSE,
    QUESTION_RAW,
    QUESTION_ANSWER,
    QUESTION_REPLAY,
};

struct question {
    enum question_kind    kind;
    struct slice          submitter_id;             /* who asks */
    bool                  operates;                 /* may ask for others' documents */
    struct slice          id;                       /* d-… */
    struct slice          outcome, state, name, cursor;     /* filters */
    instant_ms            since_unix_ms;
    unsigned              limit;
    struct reader_answers answers;                  /* of QUESTION_ANSWER */
    bool                  discards;
    bool                  wants_x12;                /* of QUESTION_REJECTS: an X12 document in its own form */
    struct slice          profile;                  /* of QUESTION_REPLAY: name@version */
    bool                  executes;                 /* of QUESTION_REPLAY: not its plan alone */
    bool wants_final; /* of QUESTION_RESPONSE: only when every line is decided, or the SLA of its profile is over */
};
/* The question and its texts are copied. Its answer is told once, on the main thread, by service_deliver. */
struct delivery *service_ask(struct intake_service *s, const struct question *question, service_done *done,
                             void *context);

/* By the main thread after a poke. */
void service_deliver(struct intake_service *s);

/* By the follower: completes the statuses and 849s that were asked for with what the stages after say. */
struct service_reader {
    void *context;
    void (*fill)(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct reply_standing *out);
    /* What is known of each line, for the 849; false: that cannot be read now. */
    bool (*lines)(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct standing_lines *out);
};
void service_answer_statuses(struct intake_service *s, const struct service_reader *reader);

/* By the main thread now and then: what is too old goes. */
void service_tend(struct intake_service *s, instant_ms now_unix_ms);

/* Takes what lay in the spool when the process ended. Before anything is submitted. */
enum err service_recover(struct intake_service *s) MUST_CHECK;

/* The posting worker's side: one thread. */
enum err service_engine_open(struct intake_service *s, struct source *source, struct sink *sink, struct store **stores,
                             int32_t partitions, bool writes_changelog) MUST_CHECK;
enum err service_engine_step(struct intake_service *s, instant_ms now_unix_ms, bool *worked) MUST_CHECK;
/* The partitions are gone: documents wait until it is opened again. */
void service_engine_close(struct intake_service *s);

/* From any thread. */
bool service_is_open(const struct intake_service *s);      /* there is an engine */
bool service_answers(const struct intake_service *s);      /* and Kafka does not keep it: questions are answered */
bool service_takes_documents(const struct intake_service *s);      /* and Kafka is there to post them */
/* A transaction has been tried for longer than patience lasts: what waits for the engine waits for Kafka. */
bool service_is_stalled(const struct intake_service *s);
unsigned service_patience_ms(const struct intake_service *s);
int service_feeds_silent(const struct intake_service *s);   /* submitters (feed_watch.h); -1: nobody has looked yet */
unsigned service_waiting(const struct intake_service *s);  /* documents between door and answer */
struct post_counts service_counts(const struct intake_service *s);

#endif
