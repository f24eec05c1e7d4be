/* intake/service_parts.h: what the parts of the service share: a delivery and the queues it goes through. Each part
 * calls only those above it here: queue, delivery, reopen, orders and held, state and door, question, answer and
 * replay; then the threads (spool, survey, engine), and service.c, which starts them. */
#ifndef INTAKE_SERVICE_PARTS_H
#define INTAKE_SERVICE_PARTS_H

#include "intake/feed_watch.h"
#include "intake/raw_store.h"
#include "intake/service.h"
#include "intake/sink_watch.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    DELIVERY_ARENA_BYTES = 256 << 10,
    DELIVERY_ARENA_RESERVE = 8 << 20,
    SMALL_DOCUMENT_BYTES = 1 << 20,
    SURVEY_THREADS_MAX = 64,
    BUNDLE_BYTES_MAX = 256 << 10,
    BRIEFS_BYTES_MAX = 128 << 10,
    LINES_ARENA_BYTES = 1 << 20,
    LINES_ARENA_RESERVE = 512 << 20,
    LINES_AT_ONCE_MAX = 2,
    SPARE_DELIVERIES_MAX = 256
};

enum delivery_task { TASK_TAKE, TASK_SURVEYED, TASK_ASK, TASK_ANSWERED };

struct met_report { struct report_ref report; struct met_report *next; };

/* What was handed in: a document, or a file of several. */
struct delivery_file {
    struct spool_meta     meta;
    char                  name[SPOOL_NAME_BYTES];   /* in the spool */
    struct slice          request_row;              /* key of its row in the register */
    bool is_small, is_retaken, is_from_raw; /* in the spool's journal; taken up after a restart; held before */
    struct grant          grant;
    const struct mapping_profile *profile;          /* that was named, else the grant's own */
    struct spool          spool;
    bool                  is_open;
    char                  id[32];                   /* its own, when it holds several documents */
    size_t                began_at;                 /* the document there began to be posted as `began_with` reads it */
    char                  began_with[READINGS_NAME_BYTES];     /* readings_name; empty: none */
    uint8_t first_ids[2][SHA256_BYTES];             /* of the first document, to answer with meanwhile: written once */
    _Atomic unsigned      first_count;              /* the last one counts: its partner may have given it another id */
};

/* The document at work. */
struct delivery_document {
    struct spool          spool;
    size_t                from, at;                 /* in the file: where it begins, after it */
    bool                  is_last;
    struct readings       readings;
    bool                  sender_is_refused;        /* nobody can say who reads it */
    struct intake_targets targets;
};

/* Reports that the document at work takes back or sends again. */
struct delivery_reports {
    struct met_report    *met;
    uint8_t             (*documents)[SHA256_BYTES]; /* of the reports, whose refused lines the follower names */
    unsigned              document_count;
    struct standing_refusals refusals;
    bool                  knows_refusals;
};

/* Where it stands among the others: the engine's alone, while a survey holds them. */
struct delivery_turn {
    struct delivery      *order_next;               /* of the same submitter */
    struct delivery      *key_next;                 /* of the same place of the keys on their way */
    struct delivery      *asker;                    /* the question whose answer it brings, NULL none */
    bool                  has_order, is_surveyed, is_posting;
    uint64_t              changes;                  /* of its order, when its survey was asked for */
};

/* What became of it. */
struct delivery_outcome {
    struct json_out       receipts, briefs;         /* of its documents, with commas; briefs: id and state alone */
    char                 *acknowledgement;          /* bytes of our syntax answers */
    size_t                acknowledgement_size;
    unsigned              document_count;
    enum intake_state     state;                    /* of the first */
    unsigned              status;
    enum reply_problem    problem;
    struct slice          body, type, location;     /* body: on the heap, for it may be large */
    char                 *body_room;
    char                  location_room[64];
    bool                  is_replay;
    int                   output;                   /* -1 none: a file for the door */
};

/* What is asked of a document that is in the register. */
struct delivery_question {
    struct question       asked;
    struct intake_document row;
    uint8_t               id[SHA256_BYTES];
    int32_t               partition;
    uint8_t               replay_id[SHA256_BYTES];  /* of the document that corrected it already, when has_replay */
    bool                  has_replay;
    struct arena          lines_arena;              /* of an 849: what is known of its lines */
    struct standing_lines lines;
    uint64_t              decided;
    bool                  has_lines, knows_lines;   /* its arena is open; it says what there is to be known */
};

/* Something on its way through the service: what was handed in, or a question. */
struct delivery {
    struct delivery      *next;                     /* in the queue that holds it */
    struct intake_service *service;
    enum delivery_task    task;
    bool                  is_question, is_validation, with_lines;
    bool                  counts;                   /* among those that the service says are waiting */
    uint64_t              size;                     /* smaller ones are surveyed first */
    struct arena          arena;                    /* texts of its own; after `mark` those of the document at work */
    size_t                mark, report_mark;
    service_done         *done;                     /* main thread only; NULL: nobody listens */
    void                 *context;
    struct delivery_file     file;
    struct delivery_document document;
    struct delivery_reports  reports;
    struct delivery_turn     turn;
    struct post_document     post;                  /* of the document at work */
    struct delivery_outcome  outcome;
    struct delivery_question question;
};

/* Documents to be surveyed, the smallest first: by the power of two of their size, within one in order. */
struct survey_queue {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    struct delivery *first[64], *last[64];
    bool is_closed;
};

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    struct delivery *first, *last;
    unsigned count;
    bool is_closed;
};

/* A question of a survey to the registers. */
struct lookup {
    struct lookup *next;
    enum { LOOKUP_REPORT, LOOKUP_INTERCHANGE } kind;
    struct slice   submitter_id, text;
    const struct report_ref *report;
    uint8_t        id[SHA256_BYTES], sha256[SHA256_BYTES];
    int            answer;
    bool           is_answered;
};

/* Those that wait for an answer, by their ids; `waiting`: of them those whose report may come. */
struct held;
struct held_documents { struct held **places, *waiting; size_t place_count, count; };

/* The documents of a submitter between acceptance and end, in order; `pending`: the first that is not being posted. */
struct order {
    struct slice     submitter_id;
    struct delivery *first, *last, *pending;
    struct order    *next;
    uint64_t         changes;                       /* of its reports, as far as they were committed */
};

/* Those between acceptance and end that came with a key, by request_row: a hash already. */
struct keys_on_their_way { struct delivery **places; size_t place_count, count; };

struct intake_service {
    struct service_options        options;
    _Atomic(const struct grants *) grants;
    struct spool_dir             *spool;
    struct raw_store             *raw;
    struct queue                  to_spool, to_engine, to_door, to_follower;
    struct survey_queue           to_survey;
    pthread_t                     threads[SURVEY_THREADS_MAX], spool_thread;
    unsigned                      thread_count;
    bool                          has_spool_thread;
    atomic_bool                   is_open, has_no_kafka, stops, refuses_unknown_senders;
    atomic_uint waiting, lines_open;                /* documents; answers that hold what is known of their lines */
    _Atomic int32_t               partition_count;  /* once an engine was there */
    atomic_uint_fast64_t passed, rejected, dead, documents, records, repeated, parked, transactions, aborted,
        ended[INTAKE_STATE_COUNT];

    pthread_mutex_t               spare_mutex;
    struct delivery              *spare;            /* room to be used again */
    unsigned                      spare_count;

    pthread_mutex_t               lookups_mutex;
    pthread_cond_t                lookups_answered, lookups_asked;
    struct lookup                *lookups;

    struct sink_watch             watch;

    pthread_mutex_t               bounds_mutex;
    struct service_bounds         bounds;           /* as the main thread has set them */
    atomic_bool                   is_retuned;       /* since the engine looked last */
    atomic_uint                   patience_ms;

    /* The engine's */
    struct post                  *post;
    int64_t                       held_days_max;
    struct order                 *orders;
    struct keys_on_their_way      keys;
    struct held_documents         held;
    struct arena                  scratch;
    pthread_t                     engine_thread;
    int32_t                       partitions;
    instant_ms                    now_unix_ms, held_looked_at_unix_ms;
    const struct grants          *grants_seen;
    struct feed_watch             feeds;
    atomic_int                    feeds_silent;     /* -1: nobody has looked yet */
};

/* service_queue.c */
void queue_init(struct queue *q);
/* Nobody waits for it any more. */
void queue_close(struct queue *q);
void queue_put(struct queue *q, struct delivery *d);
/* All of it, oldest first; NULL when empty. */
struct delivery *queue_take_all(struct queue *q);
/* In front again what was taken. */
void queue_return(struct queue *q, struct delivery *all);
/* queue_take_all, waiting for the first at most that long. */
struct delivery *queue_await(struct queue *q, unsigned ms);

/* Of deliveries by the size of their documents, for several threads. */
void survey_queue_init(struct survey_queue *q);
void survey_queue_close(struct survey_queue *q);
void survey_queue_put(struct survey_queue *q, struct delivery *d);
/* The smallest; NULL when empty. */
struct delivery *survey_queue_take(struct survey_queue *q);
/* The smallest, of at most that size; waits for it. NULL: it was closed. */
struct delivery *survey_queue_await(struct survey_queue *q, uint64_t size_max);

/* service_delivery.c */
struct delivery *delivery_new(struct intake_service *s, service_done *done, void *context);
void delivery_free(struct delivery *d);
/* Gives back the room of former ones. */
void delivery_drop_spare(struct intake_service *s);
/* Gives back file and reader. */
void delivery_leave_document(struct delivery *d);
/* Gives back what is known of its lines. */
void delivery_leave_lines(struct delivery *d);
/* The id of its first document as its survey found it; of what nobody surveyed yet NULL. */
void delivery_show_id(struct delivery *d);
const uint8_t *delivery_first_id(const struct delivery *d);
/* It is over: to the door. */
void delivery_finish(struct delivery *d);
/* What is known of a document before it is in the register: by the door, then by its survey. */
struct intake_document delivery_row_on_its_way(const struct delivery *d);
/* An answer that is a problem, or bytes. */
void delivery_fail(struct delivery *d, enum reply_problem problem, struct slice detail);
void delivery_answer(struct delivery *d, unsigned status, struct slice type, struct slice body);

/* service_reopen.c. The document of a row, opened again: its bytes, who sent it, how it was read. False: it is not
 * kept any more. */
bool reopen_document(struct intake_service *s, struct arena *a, const uint8_t id[SHA256_BYTES],
                     const struct intake_document *row, struct spool *spool, struct grant *grant,
                     struct intake_job *job);
/* How a report stands that a document wants to undo; by the engine alone, as the two below. */
enum target_standing reopen_standing(struct intake_service *s, struct slice submitter_id,
                                     const struct report_ref *report);
/* The same with the row; its texts live in the scratch. */
enum err reopen_find(struct intake_service *s, struct slice submitter_id, const struct report_ref *report,
                     struct report_found *found) MUST_CHECK;
/* The documents of a report, while one that undoes it (context: its delivery) is posted. */
enum err reopen_report(void *context, const struct report_ref *report, struct intake_job *jobs, unsigned *count);
void reopen_close_report(void *context, struct intake_job *jobs, unsigned count);

/* service_orders.c: by the engine alone. */
struct order *orders_of(struct intake_service *s, struct slice submitter_id);
void orders_add(struct intake_service *s, struct delivery *d);
void orders_remove(struct intake_service *s, struct delivery *d);
/* No document is on its way. */
void orders_drop(struct intake_service *s);
/* Has it surveyed, or its next document. */
void orders_survey(struct intake_service *s, struct delivery *d);
/* Another document with the key of its request is on its way. */
bool orders_has_key(struct intake_service *s, const struct delivery *d);
/* The documents of a submitter between acceptance and end, oldest first, by order_next. */
const struct delivery *orders_first(const struct intake_service *s, struct slice submitter_id);
/* Accepted and not in the register yet; NULL: it is not there. */
const struct delivery *orders_find(struct intake_service *s, struct slice submitter_id, bool operates,
                                   const uint8_t *prefix, size_t prefix_bytes);
/* Brings one that was held on its way again. */
void orders_resume(struct intake_service *s, struct delivery *d);

/* service_held.c: by the engine alone. */
void held_add(struct intake_service *s, const uint8_t id[SHA256_BYTES], const struct intake_document *row);
/* Off the list, and read from its row; NULL: it is not there. */
struct delivery *held_take(struct intake_service *s, const uint8_t id[SHA256_BYTES]);
void held_drop(struct intake_service *s, const uint8_t id[SHA256_BYTES]);
/* A report of that submitter came on file: who waits for one looks again. */
void held_resume_waiting(struct intake_service *s, struct slice submitter_id);
/* Those whose profile has another version in force by now: it may answer what was asked (feeds.md 2). */
void held_resume_reprofiled(struct intake_service *s);
/* Whoever was received more than so many days ago ends unanswered. */
void held_expire(struct intake_service *s, int64_t days);
void held_drop_all(struct intake_service *s);

/* service_question.c: questions are looked up by the engine. */
void question_look_up(struct intake_service *s, struct delivery *d);
void question_answer_status(struct delivery *d, const struct reply_standing *standing);
/* service_list.c: a page of documents, newest first: of whoever asks, to an operator of every submitter. */
void list_answer(struct delivery *d);
/* service_answer.c, service_replay.c: what takes the bytes of the document is written by a survey thread. */
void question_write(struct intake_service *s, struct delivery *d);
void question_replay(struct intake_service *s, struct delivery *d);

/* service_spool.c: between door and engine what is small is made to last, many with one sync. */
void *spool_thread(void *context);
/* service_survey.c */
void *survey_thread(void *context);

#endif
