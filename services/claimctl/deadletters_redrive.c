/* claimctl/deadletters_redrive.c: letters back to where they came from, or out of the way: planned, limited,
 * audited. */
#include "claimctl/command.h"
#include "claimctl/confirm.h"
#include "claimctl/deadletters.h"
#include "claimctl/file_refusal.h"
#include "claimctl/json_node.h"
#include "claimctl/progress.h"
#include "claimctl/topic_reader.h"
#include "runtime/clock.h"
#include "runtime/kafka_writer.h"
#include "stage/dead_letter.h"
#include "wire/dossier_codec.h"
#include "wire/json_text.h"
#include "wire/limits.h"
#include "wire/problems.h"
#include "wire/world.h"

#include <time.h>

enum {
    AUDIT_BYTES = 16 << 10,
    REASON_MAX = 4096,
    HEADERS_MAX = 64,
    RATE_MAX = 1000000,
    PROBLEM_BYTES = 4096
};

struct sending {
    struct deadletters  *d;
    struct kafka_writer *writer;                    /* NULL: a plan */
    struct slice         fixed;                     /* the copy that was edited; empty: as it came */
    uint64_t             rate;                      /* a second; 0: no limit */
    unsigned             done, skipped;
    int64_t              started_ms;
};

static int refuse(const char *what)
{
    fprintf(stderr, "error[USAGE %d]: %s\n  more: claimctl help deadletters\n", ERR_USAGE, what);
    return EXIT_USAGE;
}

/* --- the copy that was edited --- */

/* It must be what its topic takes, or it would only die again. */
static const char *is_wrong_for(struct arena *a, enum topic topic, struct slice value)
{
    struct dossier d;
    struct line line;
    bool is_object = value.size && slice_trim(value).bytes[0] == '{';
    if (value.size == 0) return "the file is empty";
    if (topic == TOPIC_CLAIMS_SUBMITTED && is_object) {
        const struct node *n = value.size <= JSON_RECORD_BYTES_MAX ? json_node_read(a, slice_trim(value), 1) : NULL;
        return n && n->type == NODE_MAP ? NULL : "it is no JSON object of at most 256 KiB";
    }
    if (topic == TOPIC_CLAIMS_SUBMITTED)
        return line_decode(a, value, &line) == OK ? NULL : "it is neither a JSON line object nor a Submission";
    if (topic == TOPIC_REVIEWS) return NULL;
    return dossier_decode(a, value, &d) == OK ? NULL : "it is no dossier";
}

static int read_fixed(struct sending *s, const struct letter *l)
{
    struct problems problems = problems_in(&s->d->arena);
    if (!s->d->with.size) return EXIT_DONE;
    if (world_read_file(&s->d->arena, s->d->with, DOSSIER_BYTES_MAX, &s->fixed, &problems) != OK) {
        char buffer[PROBLEM_BYTES];
        struct text t = text_over(buffer, sizeof buffer);
        problems_put(&t, &problems);
        fwrite(t.bytes, 1, t.size, stderr);
        return EXIT_FAILED;
    }
    bool is_text = s->fixed.size && s->fixed.bytes[0] == '{';
    while (is_text && s->fixed.size && strchr(" \t\r\n", s->fixed.bytes[s->fixed.size - 1])) s->fixed.size--;
    const char *why = is_wrong_for(&s->d->arena, topic_find(l->topic), s->fixed);
    if (!why) return EXIT_DONE;
    fprintf(stderr, "error[FILE_UNREADABLE %d]: %.*s: %s\n  correct the copy; %.*s takes nothing else\n",
            ERR_FILE_UNREADABLE, SLICE_ARGS(s->d->with), why, SLICE_ARGS(l->topic));
    return EXIT_FAILED;
}

/* --- sending --- */

/* What travels on: who it is, since when, how often; what failed it before does not. */
static unsigned headers_of(struct arena *a, const struct letter *l, struct header *headers)
{
    static const struct slice kept[] = { SLICE_INIT("claimstream-first-failed-at"), SLICE_INIT("claimstream-line-id"),
                                         SLICE_INIT("claimstream-document-id"), SLICE_INIT("claimstream-trace-id") };
    unsigned count = 0;
    for (unsigned i = 0; i < l->record.header_count && count < HEADERS_MAX - 1; i++) {
        const struct header *h = &l->record.headers[i];
        bool ours = slice_starts_with(h->name, SLICE("claimstream-"))
                    || slice_starts_with(h->name, SLICE("__streams.errors."))
                    || slice_equal(h->name, SLICE("x-original-topic"))
                    || slice_equal(h->name, SLICE("kafka_dlt-original-topic"));
        for (unsigned k = 0; k < sizeof kept / sizeof kept[0]; k++) ours &= !slice_equal(h->name, kept[k]);
        if (!ours) headers[count++] = *h;
    }
    headers[count++] = (struct header){ SLICE("claimstream-attempt"), slice_of_int(a, (int64_t)l->attempt + 1) };
    return count;
}

static enum err audit(struct sending *s, const char *verb, const struct letter *l)
{
    struct deadletters *d = s->d;
    struct text t = text_in(&d->arena, AUDIT_BYTES);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_instant(&j, "at", clock_now_unix_ms());
    json_text(&j, "actor", d->broker.actor);
    json_text(&j, "verb", slice_from(verb));
    json_text(&j, "object", SLICE_JOIN(&d->arena, SLICE("deadletters.v1/"), l->id));
    json_text(&j, "line_id", l->line_id);
    json_text(&j, "reason", d->reason);
    if (s->fixed.size) json_flag(&j, "edited", true);
    json_close_object(&j);
    return kafka_writer_send(s->writer, TOPIC_AUDIT, -1, d->broker.actor, text_slice(&t), NULL, 0);
}

/* One letter is acknowledged before it is audited: what the audit says was sent, was sent. Sent twice it pays once (its
 * line_id). */
static enum err send(struct sending *s, const struct letter *l, enum topic topic)
{
    struct header headers[HEADERS_MAX];
    int32_t partitions;
    unsigned count = headers_of(&s->d->arena, l, headers);
    TRY(kafka_writer_partitions(s->writer, topic, &partitions));
    int32_t partition = l->partition >= 0 && l->partition < partitions ? l->partition : -1;
    TRY(kafka_writer_send(s->writer, topic, partition, l->record.key, s->fixed.size ? s->fixed : l->record.value,
                          headers, count));
    TRY(kafka_writer_flush(s->writer, BROKER_PATIENCE_MS));
    return audit(s, "deadletter.redrive", l);
}

/* Not more than `rate` a second over the whole of it. */
static void keep_rate(const struct sending *s)
{
    int64_t due_ms = s->rate ? s->started_ms + (int64_t)(s->done * UINT64_C(1000) / s->rate) : 0,
            wait_ms = due_ms - clock_mono_ms();
    if (wait_ms <= 0) return;
    struct timespec wait = { wait_ms / 1000, wait_ms % 1000 * 1000000 };
    nanosleep(&wait, NULL);
}

/* Its bytes are not those that came in. */
static bool is_cut(const struct letter *l)
{
    return dead_letter_header(&l->record, SLICE("claimstream-original-value-bytes")).size > 0 ||
           dead_letter_header(&l->record, SLICE("claimstream-original-key-bytes")).size > 0;
}

static int redrive_one(struct sending *s, const struct letter *l)
{
    enum topic topic = topic_find(l->topic);
    struct output *o = &s->d->out;
    if (!topic || topic == TOPIC_DEADLETTERS) {
        output_print(o, "%.*s\tskipped\tit does not say which topic it came from\n", SLICE_ARGS(l->id));
        s->skipped++;
        return EXIT_DONE;
    }
    if (l->handled != LETTER_OPEN && !s->d->again) {
        output_print(o, "%.*s\tskipped\t%.*s by %.*s before; --again does it nevertheless\n", SLICE_ARGS(l->id),
                     SLICE_ARGS(deadletters_word(l->handled)), SLICE_ARGS(l->handled_by));
        s->skipped++;
        return EXIT_DONE;
    }
    if (is_cut(l) && !s->fixed.size) {
        output_print(o, "%.*s\tskipped\tit was too large for a letter and was cut; --with FILE sends a whole one\n",
                     SLICE_ARGS(l->id));
        s->skipped++;
        return EXIT_DONE;
    }
    if (s->writer) keep_rate(s);
    enum err e = s->writer ? send(s, l, topic) : OK;
    if (e != OK) return broker_fail(&s->d->broker, e, topic_row(topic)->name.bytes);
    output_print(o, "%.*s\t%s\t%.*s\t%.*s\tattempt %u\n", SLICE_ARGS(l->id), s->writer ? "sent" : "to be sent",
                 SLICE_ARGS(l->topic), SLICE_ARGS(l->code), l->attempt + 1);
    s->done++;
    return EXIT_DONE;
}

static int drop_one(struct sending *s, const struct letter *l)
{
    if (l->handled != LETTER_OPEN && !s->d->again) {
        s->skipped++;
        output_print(&s->d->out, "%.*s\tskipped\t%.*s by %.*s before\n", SLICE_ARGS(l->id),
                     SLICE_ARGS(deadletters_word(l->handled)), SLICE_ARGS(l->handled_by));
        return EXIT_DONE;
    }
    enum err e = s->writer ? audit(s, "deadletter.drop", l) : OK;
    if (e != OK) return broker_fail(&s->d->broker, e, "audit.v1");
    output_print(&s->d->out, "%.*s\t%s\t%.*s\n", SLICE_ARGS(l->id), s->writer ? "dropped" : "to be dropped",
                 SLICE_ARGS(l->code));
    s->done++;
    return EXIT_DONE;
}

/* --- both verbs --- */

static int check_words(struct sending *s)
{
    struct deadletters *d = s->d;
    if (!d->reason.size || d->reason.size > REASON_MAX) return refuse("--reason TEXT is needed: why, for the audit");
    if (d->word_count == 0 && !d->all && !d->code.size) return refuse("which letters? their ids, --code CODE or --all");
    if (d->word_count && (d->all || d->code.size)) return refuse("ids, or --code and --all, not both");
    if (d->with.size && d->word_count != 1) return refuse("--with FILE is the copy of one letter");
    if (d->rate.size && (!slice_to_uint(d->rate, RATE_MAX, &s->rate) || s->rate == 0))
        return refuse("--rate takes a number a second");
    return d->with.size ? file_check(d->with.bytes) : EXIT_DONE;
}

typedef int handle_one(struct sending *s, const struct letter *l);

/* Ctrl-C ends it after a letter; what was done until then is summed up all the same. */
static bool goes_on(const struct sending *s)
{
    const struct progress p = { .noun = "letters", .items = s->done };
    progress_step(&p);
    return !topic_reader_interrupted();
}

static int handle_all(struct sending *s, handle_one *handle)
{
    struct deadletters *d = s->d;
    topic_reader_catch_interrupt();
    progress_begin();
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && goes_on(s) && i < d->word_count; i++) {
        struct letter *l = deadletters_named(d, d->words[i], &code);
        if (l && d->with.size) code = read_fixed(s, l);
        if (l && code == EXIT_DONE) code = handle(s, l);
    }
    for (unsigned i = 0; code == EXIT_DONE && goes_on(s) && d->word_count == 0 && i < d->count; i++)
        if (deadletters_is_wanted(d, &d->letters[i])) code = handle(s, &d->letters[i]);
    return code;
}

/* What a letter claims nobody can say: they are counted. */
static int confirm(const struct sending *s)
{
    const struct deadletters *d = s->d;
    struct confirmation c;
    int code = confirm_open(&c, &d->broker.settings, "letters", d->yes);
    if (code != EXIT_DONE || !d->execute) return code;
    c.items = d->word_count;
    for (unsigned i = 0; d->word_count == 0 && i < d->count; i++) c.items += deadletters_is_wanted(d, &d->letters[i]);
    return confirm_ask(&c, stdin);
}

static int run(struct sending *s, handle_one *handle)
{
    struct deadletters *d = s->d;
    int code = check_words(s);
    if (code == EXIT_DONE && d->execute) code = broker_may_write(&d->broker, DUTY_REDRIVE);
    if (code == EXIT_DONE) code = deadletters_read(d);
    if (code == EXIT_DONE) code = confirm(s);
    if (code != EXIT_DONE) return code;
    enum err e = d->execute ? kafka_writer_open(&d->broker.kafka, &s->writer) : OK;
    if (e != OK) return broker_fail(&d->broker, e, "kafka");
    s->started_ms = clock_mono_ms();
    code = handle_all(s, handle);
    if (s->writer) e = kafka_writer_flush(s->writer, BROKER_PATIENCE_MS);
    if (e != OK && code == EXIT_DONE) code = broker_fail(&d->broker, e, "audit.v1");
    if (s->writer) kafka_writer_close(s->writer);
    progress_end();
    fprintf(stderr, "%s%u done, %u skipped\n", topic_reader_interrupted() ? "interrupted: " : "", s->done, s->skipped);
    if (!d->execute) fprintf(stderr, "a plan: nothing was sent; --execute does it\n");
    if (code == EXIT_DONE && topic_reader_interrupted()) return EXIT_INTERRUPTED;
    return code == EXIT_DONE && s->skipped && !s->done ? EXIT_CONFLICT : code;
}

static int start(int argc, char **argv, handle_one *handle)
{
    static struct deadletters d;
    struct sending s = { .d = &d };
    int code = deadletters_open(&d, argc, argv, -1);
    return deadletters_close(&d, code == EXIT_DONE ? run(&s, handle) : code);
}

int deadletters_redrive(int argc, char **argv)
{
    return start(argc, argv, redrive_one);
}

int deadletters_drop(int argc, char **argv)
{
    return start(argc, argv, drop_one);
}
