/* intake/post_unit.h: what post.c shares with the parts that fill a transaction: units, each the smallest thing that is
 * posted or not. A transaction takes the next so many; what a unit does to the registers it does when it is applied, so
 * that an aborted transaction is simply applied again. */
#ifndef INTAKE_POST_UNIT_H
#define INTAKE_POST_UNIT_H

#include "intake/json_out.h"
#include "intake/post.h"
#include "intake/record.h"
#include "stage/batch.h"
#include "stage/dead_letter.h"

enum unit_type { UNIT_LINE, UNIT_UNDO, UNIT_END, UNIT_RECORD, UNIT_PARK, UNIT_UNPARK, UNIT_CONSUME };

/* A record at work: where it stands, and under which key it may have come before. */
struct record_work {
    struct record  record;
    struct slice   event_key;                       /* empty: it has no id */
    struct hash128 content;
    instant_ms     since_unix_ms;                   /* of a parked one; 0: it came just now */
};

struct post_unit {
    enum unit_type           type;
    struct post_document    *document;              /* NULL: of a record */
    const struct record_work *work;
    enum outcome             outcome;
    struct slice             currency, report_id;
    struct hash128           partner, of_lines;     /* of the report, as reports.h tells them */
    const struct post_undo  *undo;
    int64_t                  claimed_minor;
    enum topic               topic;                 /* TOPIC_NONE: nothing is sent */
    struct slice             key, value;
    struct dead_letter      *dead;                  /* goes to deadletters.v1 instead */
};

/* awaited: the document that its maker has to survey again; those after it wait. */
struct lane {
    struct slice                submitter_id;
    struct post_document       *first, *last;
    const struct post_document *awaited;
    struct lane                *next;
};

struct post {
    struct post_options   options;
    struct batch          batch;
    struct arena          arena, scratch;           /* of the units; of one application */
    struct lane          *lanes;                    /* a ring: the one whose turn is next */
    unsigned              lane_count;
    struct post_unit     *units;
    unsigned              unit_count, unit_capacity, from, limit;
    size_t                bytes;                    /* of what the units send */
    struct post_document **working;                 /* documents of the open transaction */
    unsigned              working_count, working_capacity;
    bool                  skips_record;             /* applying: it came before */
    unsigned              consumed;                 /* records after the applied units */
    struct intake        *intake;                   /* of records */
    const struct record_work *work;                 /* the record at work */
    struct json_out       json;
    uint64_t              mark;
    instant_ms            now_unix_ms, pulled_at_unix_ms, parked_at_unix_ms, expired_at_unix_ms;
    struct slice          expire_from;
    char                  expire_room[REGISTER_PLACE_BYTES];
    int32_t               expire_partition;
    bool                  has_parked, expires;
    struct post_counts    counts, applied;          /* applied: of the open transaction */
};

/* One more at the end of the transaction; valid until the next is added. */
struct post_unit *post_unit_add(struct post *p, enum unit_type type, struct post_document *d);

/* Applies a unit in the open transaction. */
enum err post_unit_apply(struct post *p, const struct post_unit *u) MUST_CHECK;

/* A line of a document, or of the record at work. */
void post_unit_add_line(struct post *p, struct post_document *d, const struct intake_line *line);

/* Records that were pulled, and parked ones that are due. */
enum err post_unit_take_records(struct post *p, const struct record *records, unsigned count) MUST_CHECK;
enum err post_unit_take_parked(struct post *p) MUST_CHECK;

#endif
