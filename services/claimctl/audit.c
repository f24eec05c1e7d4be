/* claimctl/audit.c: `audit export`: who did what, when and why, from the records that the acts themselves are
 * (surfaces.md 4.4): acts on what waits, published terms, profiles and verdicts, and what audit.v1 keeps of redrives,
 * replays, rebuilds. */
#include "claimctl/command.h"
#include "claimctl/directory.h"
#include "claimctl/json_node.h"
#include "claimctl/listing.h"
#include "claimctl/moment.h"
#include "claimctl/option.h"
#include "claimctl/topic_reader.h"
#include "runtime/clock.h"
#include "wire/dossier_codec.h"
#include "wire/partner_codec.h"
#include "wire/reference_codec.h"

#include <stdlib.h>

enum { ARENA_BYTES = 64 << 20, KEPT_BYTES = 1 << 30, CELL_BYTES = 4096 };

static const struct listing_field fields[] = {
    { "at", LISTING_TEXT, "when, RFC 3339", false },
    { "actor", LISTING_TEXT, "who", false },
    { "act", LISTING_TEXT, "what: propose release, confirm, publish, deadletter.redrive …", false },
    { "object", LISTING_TEXT, "of what: line_id, case_id, key of a record", false },
    { "reason", LISTING_TEXT, "why", false },
    { "roles", LISTING_LIST, "in which the person acted", true },
    { "approved_by", LISTING_TEXT, "of what takes effect with a second person's signature in one record", false },
    { "topic", LISTING_TEXT, "where the record lies", true },
    { "partition", LISTING_WHOLE, "", true },
    { "offset", LISTING_WHOLE, "", true },
};
enum { AT, ACTOR, ACT, OBJECT, REASON, ROLES, APPROVED_BY, TOPIC, PARTITION, OFFSET, FIELD_COUNT };
_Static_assert(FIELD_COUNT == sizeof fields / sizeof fields[0], "a cell a field");

struct deed { instant_ms at_unix_ms; unsigned order; struct slice cells[FIELD_COUNT]; };

struct audit {
    struct broker broker;
    struct arena  scratch, kept;                    /* of the record at hand; of all acts */
    instant_ms    since_unix_ms, until_unix_ms;     /* 0: open */
    struct deed  *deeds;
    unsigned      count, capacity;
    struct directory told;                          /* publications, which later records repeat */
};

/* --- gathering --- */

static void add(struct audit *a, const struct record *record, instant_ms at_unix_ms, const struct slice *cells)
{
    if (a->since_unix_ms && at_unix_ms < a->since_unix_ms) return;
    if (a->until_unix_ms && at_unix_ms >= a->until_unix_ms) return;
    if (a->count == a->capacity) {
        a->capacity = a->capacity ? 2 * a->capacity : 256;
        a->deeds = realloc(a->deeds, a->capacity * sizeof *a->deeds);
        if (!a->deeds) abort();
    }
    struct deed *deed = &a->deeds[a->count];
    *deed = (struct deed){ .at_unix_ms = at_unix_ms, .order = a->count };
    for (unsigned i = 0; i < FIELD_COUNT; i++) deed->cells[i] = slice_copy(&a->kept, cells[i]);
    struct text at = text_in(&a->kept, 32);
    if (at_unix_ms > 0) instant_put(&at, at_unix_ms);
    deed->cells[AT] = text_slice(&at);
    deed->cells[TOPIC] = topic_row(record->topic)->name;
    deed->cells[PARTITION] = slice_of_int(&a->kept, record->partition);
    deed->cells[OFFSET] = slice_of_int(&a->kept, record->offset);
    a->count++;
}

static struct slice lower_words(struct arena *a, struct slice first, struct slice second)
{
    struct text t = text_in(a, CELL_BYTES);
    for (size_t i = 0; i < first.size + second.size; i++) {
        char c = i < first.size ? first.bytes[i] : second.bytes[i - first.size];
        if (i == first.size && second.size && t.size) text_put_byte(&t, ' ');
        text_put_byte(&t, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    return text_slice(&t);
}

static void take_review(struct audit *a, const struct record *record)
{
    struct review r;
    if (review_decode(&a->scratch, record->value, &r) != OK) return;
    bool decides = r.act == ACT_PROPOSE;
    const struct slice cells[FIELD_COUNT] = {
        [ACTOR] = r.actor_id,
        [ACT] = lower_words(&a->scratch, word_text(VOCABULARY_ACT, (int)r.act),
                            decides ? word_text(VOCABULARY_VERB, (int)r.verb) : (struct slice){ 0 }),
        [OBJECT] = r.line_id.size ? r.line_id : r.case_id,
        [REASON] = r.note,
        [ROLES] = slice_list(&a->scratch, r.actor_roles.items, r.actor_roles.count, SLICE(" ")),
    };
    add(a, record, r.at_unix_ms, cells);
}

static bool is_told(struct audit *a, struct slice object, const struct publication *by)
{
    struct text key = text_in(&a->scratch, CELL_BYTES);
    bool found;
    text_put_int(&key, by->published_at_unix_ms);
    const struct slice parts[] = { by->author_id, by->approver_id, object };
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text_put_byte(&key, '\n');
        text_put(&key, parts[i]);
    }
    (void)directory_at(&a->told, text_slice(&key), &found);
    return found;
}

static void take_publication(struct audit *a, const struct record *record, struct slice object,
                             const struct publication *by)
{
    const struct slice cells[FIELD_COUNT] = {
        [ACTOR] = by->author_id,
        [ACT] = publication_is_approved(by) ? SLICE("publish") : SLICE("propose"),
        [OBJECT] = object,
        [APPROVED_BY] = by->approver_id,
    };
    if (by->author_id.size && !is_told(a, object, by)) add(a, record, by->published_at_unix_ms, cells);
}

/* Each record of terms holds every version, and is the only one that the broker keeps in the end. */
static void take_terms(struct audit *a, const struct record *record, const struct terms *terms)
{
    for (unsigned i = 0; i < terms->version_count; i++) {
        struct slice object = SLICE_JOIN(&a->scratch, record->key, SLICE(" version "),
                                         slice_of_int(&a->scratch, terms->versions[i].version));
        take_publication(a, record, object, &terms->versions[i].publication);
    }
}

static void take_reference(struct audit *a, const struct record *record)
{
    struct reference r;
    if (record->value.size == 0 || reference_decode(&a->scratch, record->value, &r) != OK) return;
    if (r.terms) take_terms(a, record, r.terms);
    if (r.party) take_publication(a, record, record->key, &r.party->publication);
}

static void take_partner(struct audit *a, const struct record *record)
{
    struct partner p;
    struct publication by;
    if (record->value.size == 0 || partner_decode(&a->scratch, record->value, &p, &by) != OK) return;
    take_publication(a, record, record->key, &by);
}

static void take_object(struct audit *a, const struct record *record, instant_ms at_unix_ms)
{
    const struct node *o = json_node_read(&a->scratch, record->value, 1);
    if (!o) return;
    const char *const names[] = { [ACTOR] = "actor", [ACT] = "verb", [OBJECT] = "object", [REASON] = "reason" };
    struct slice cells[FIELD_COUNT] = { { 0 } };
    for (unsigned i = ACTOR; i <= REASON; i++) {
        const struct node *member = node_find(o, slice_from(names[i]));
        if (member && member->type == NODE_SCALAR) cells[i] = member->text;
    }
    add(a, record, at_unix_ms, cells);
}

static bool take(void *audit, const struct record *record, instant_ms at_unix_ms)
{
    struct audit *a = audit;
    arena_reset(&a->scratch);
    switch (record->topic) {
    case TOPIC_REVIEWS:  take_review(a, record); break;
    case TOPIC_PROGRAMS: take_reference(a, record); break;
    case TOPIC_PARTNERS: take_partner(a, record); break;
    default:             take_object(a, record, at_unix_ms); break;
    }
    return true;
}

/* --- the command --- */

static int by_time(const void *a_, const void *b_)
{
    const struct deed *a = a_, *b = b_;
    if (a->at_unix_ms != b->at_unix_ms) return a->at_unix_ms < b->at_unix_ms ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static int read_all(struct audit *a)
{
    static const enum topic topics[] = { TOPIC_REVIEWS, TOPIC_PROGRAMS, TOPIC_PARTNERS, TOPIC_AUDIT };
    int code = broker_connect(&a->broker);
    if (code != EXIT_DONE) return code;
    enum err e = topic_read_all(&a->broker, topics, sizeof topics / sizeof topics[0], take, a);
    if (e != OK) return broker_fail(&a->broker, e, "reviews.v1, programs.v1, partners.v1, audit.v1");
    if (a->count) qsort(a->deeds, a->count, sizeof *a->deeds, by_time);
    return EXIT_DONE;
}

static bool read_edge(struct slice word, instant_ms *edge)
{
    struct moment m = { 0 };
    if (!word.size) return true;
    if (!moment_read(word, clock_now_unix_ms(), &m) || m.kind == MOMENT_OFFSET) return false;
    *edge = m.kind == MOMENT_INSTANT ? m.unix_ms : 0;
    return true;
}

static int export(int argc, char **argv)
{
    static struct audit a;
    struct output out = output_stdout();
    struct listing l = { 0 };
    struct slice since = { 0 }, until = { 0 };
    enum listing_form form;
    const struct option_slot options[] = { { "--since", &since, NULL }, { "--until", &until, NULL } };
    a = (struct audit){ .count = 0 };
    int code = listing_take_form(&argc, argv, &form, NULL) ? broker_open(&a.broker, &argc, argv) : EXIT_USAGE;
    option_take(&argc, argv, options, 2);
    if (code == EXIT_DONE && argc != 2) code = command_usage("audit");
    if (code == EXIT_DONE && !(read_edge(since, &a.since_unix_ms) && read_edge(until, &a.until_unix_ms)))
        code =
            command_refuse("audit", "export", "--since and --until take 30d, 2026-04-01, an instant, beginning, now");
    if (code == EXIT_DONE && (arena_open(&a.scratch, ARENA_BYTES, ARENA_BYTES) != OK
                              || arena_open(&a.kept, ARENA_BYTES, KEPT_BYTES) != OK))
        code = EXIT_FAILED;
    directory_open(&a.told);
    if (code == EXIT_DONE && listing_begin(&l, &out, fields, FIELD_COUNT, form)) {
        code = read_all(&a);
        for (unsigned i = 0; code == EXIT_DONE && i < a.count; i++) listing_row(&l, a.deeds[i].cells);
        listing_end_of(&l, code == EXIT_DONE);
    }
    free(a.deeds);
    directory_close(&a.told);
    arena_close(&a.kept);
    arena_close(&a.scratch);
    broker_close(&a.broker);
    return output_close(&out) ? code : EXIT_FAILED;
}

int claimctl_audit(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("export"), export } };
    return command_run_verb("audit", verbs, 1, argc, argv);
}
