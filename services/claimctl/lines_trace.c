/* claimctl/lines_trace.c: every record that names a line, topic by topic, with its place. */
#include "claimctl/lines_trace.h"

#include "claimctl/command.h"
#include "claimctl/dead_line.h"
#include "claimctl/line_name.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/record_text.h"
#include "claimctl/topic_reader.h"
#include "stage/dead_letter.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum { ARENA_BYTES = 64 << 20, TEXT_BYTES = 1 << 20, STEPS_MAX = 4096 };

/* In the order of a line's way. */
static const enum topic ways[] = {
    TOPIC_CLAIMS_RECEIVED, TOPIC_CLAIMS_CLASSIFIED, TOPIC_CLAIMS_CLEARED, TOPIC_CLAIMS_HELD,
    TOPIC_REVIEWS,         TOPIC_CLAIMS_DECIDED,    TOPIC_PAYOUTS,        TOPIC_DEADLETTERS,
};
enum { WAYS = sizeof ways / sizeof ways[0] };

static const struct listing_field fields[] = {
    { "at", LISTING_TEXT, "when the broker took the record", false },
    { "topic", LISTING_TEXT, "where it lies", false },
    { "partition", LISTING_WHOLE, "", false },
    { "offset", LISTING_WHOLE, "", false },
    { "says", LISTING_TEXT, "in short", false },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

struct hop { instant_ms at_unix_ms; enum topic topic; int32_t partition; int64_t offset; unsigned order; char *says; };

struct trace {
    struct arena arena;                             /* of the record at hand */
    struct slice word, line_id;
    struct nearest near;
    struct hop   hops[STEPS_MAX];
    unsigned     count;
    char         id[64];
};

/* The line of a record; empty when it has none. */
static struct slice line_of(struct trace *t, const struct record *r, struct dossier *d)
{
    struct payout p;
    struct review v;
    d->line = NULL;
    if (r->topic == TOPIC_DEADLETTERS) return dead_letter_header(r, SLICE("claimstream-line-id"));
    if (r->topic == TOPIC_PAYOUTS)
        return payout_decode(&t->arena, r->value, &p) == OK ? p.line_id : (struct slice){ 0 };
    if (r->topic == TOPIC_REVIEWS)
        return review_decode(&t->arena, r->value, &v) == OK ? v.line_id : (struct slice){ 0 };
    if (dossier_decode(&t->arena, r->value, d) != OK || !d->receipt) return (struct slice){ 0 };
    return d->receipt->line_id;
}

static bool is_named(struct trace *t, const struct dossier *d, struct slice line_id)
{
    if (slice_equal(line_id, t->word)) return true;
    if (!d->line) return false;
    nearest_offer(&t->near, d->line->invoice_no);
    nearest_offer(&t->near, d->line->claim_id);
    if (d->receipt) nearest_offer(&t->near, line_name_in(&t->arena, d->receipt));
    return slice_equal(d->line->invoice_no, t->word) || slice_equal(d->line->claim_id, t->word)
           || line_name_is(d->receipt, t->word);
}

/* The first record that bears the name says which line it is. */
static bool belongs(struct trace *t, const struct dossier *d, struct slice line_id)
{
    if (line_id.size == 0 || line_id.size >= sizeof t->id) return false;
    if (!t->line_id.size && is_named(t, d, line_id)) {
        memcpy(t->id, line_id.bytes, line_id.size);
        t->line_id = slice_of(t->id, line_id.size);
    }
    return slice_equal(line_id, t->line_id);
}

static bool take(void *trace, const struct record *record, instant_ms at_unix_ms)
{
    struct trace *t = trace;
    struct dossier d;
    arena_reset(&t->arena);
    if (!belongs(t, &d, line_of(t, record, &d)) || t->count == STEPS_MAX) return true;
    struct text text = text_in(&t->arena, TEXT_BYTES);
    record_text_put_line(&text, &t->arena, record, at_unix_ms);
    struct slice says = text_slice(&text);
    for (unsigned i = 0; i < 3; i++) slice_cut(&says, '\t');        /* place, time and key have columns of their own */
    t->hops[t->count] = (struct hop){ at_unix_ms,     record->topic, record->partition,
                                      record->offset, t->count,      strndup(says.bytes, says.size) };
    t->count++;
    return true;
}

static int by_time(const void *a_, const void *b_)
{
    const struct hop *a = a_, *b = b_;
    if (a->at_unix_ms != b->at_unix_ms) return a->at_unix_ms < b->at_unix_ms ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void print(struct trace *t, struct listing *l)
{
    qsort(t->hops, t->count, sizeof *t->hops, by_time);
    for (unsigned i = 0; i < t->count; i++) {
        const struct hop *s = &t->hops[i];
        arena_reset(&t->arena);
        struct text at = text_in(&t->arena, 32);
        instant_put(&at, s->at_unix_ms > 0 ? s->at_unix_ms : 0);
        const struct slice cells[FIELD_COUNT] = {
            text_slice(&at),
            topic_row(s->topic)->name,
            slice_of_int(&t->arena, s->partition),
            slice_of_int(&t->arena, s->offset),
            slice_from(s->says),
        };
        listing_row(l, cells);
        free(s->says);
    }
}

static int run(struct broker *b, struct trace *t, struct output *out, enum listing_form form)
{
    struct listing l = { 0 };
    if (!listing_begin(&l, out, fields, FIELD_COUNT, form)) return EXIT_DONE;
    int code = broker_connect(b);
    if (code != EXIT_DONE) return code;
    enum err e = topic_read_all(b, ways, WAYS, take, t);
    if (e != OK) return broker_fail(b, e, "topics");
    print(t, &l);
    listing_end(&l);
    if (t->count) return EXIT_DONE;
    return nearest_refuse(&t->near, "claimctl lines list names them", "no record names the line %.*s",
                          SLICE_ARGS(t->word));
}

int lines_trace(int argc, char **argv)
{
    static struct trace t;
    static struct broker b;
    struct output out = output_stdout();
    enum listing_form form;
    int code = broker_open(&b, &argc, argv);
    if (code == EXIT_DONE && !listing_take_form(&argc, argv, &form, NULL)) code = EXIT_USAGE;
    option_take(&argc, argv, NULL, 0);
    if (code == EXIT_DONE && argc != 3) code = command_usage("lines");
    if (code == EXIT_DONE && arena_open(&t.arena, ARENA_BYTES, ARENA_BYTES) != OK) code = EXIT_FAILED;
    if (code == EXIT_DONE) {
        t.word = slice_from(argv[2]);
        t.near = nearest_to(t.word);
        code = run(&b, &t, &out, form);
    }
    arena_close(&t.arena);
    broker_close(&b);
    return output_close(&out) ? code : EXIT_FAILED;
}
