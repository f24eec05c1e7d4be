/* claimctl/deadletters_read.c: letters and their fate from two topics. */
#include "claimctl/command.h"
#include "claimctl/deadletters.h"
#include "claimctl/json_node.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/topic_reader.h"
#include "stage/dead_letter.h"

#include <stdlib.h>

#define LETTERS_ARENA_BYTES ((size_t)4 << 30)       /* of address space */

static const struct slice prefix = SLICE_INIT("deadletters.v1/");

int deadletters_open(struct deadletters *d, int argc, char **argv, int words)
{
    *d = (struct deadletters){ .out = output_stdout() };
    const struct option_slot options[] = {
        { "--code", &d->code, NULL },       { "--reason", &d->reason, NULL }, { "--with", &d->with, NULL },
        { "--rate", &d->rate, NULL },       { "--all", NULL, &d->all },       { "--again", NULL, &d->again },
        { "--execute", NULL, &d->execute }, { "--yes", NULL, &d->yes },
    };
    int code = broker_open(&d->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (!listing_take_form(&argc, argv, &d->form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if ((words >= 0 && argc - 2 != words) || argc - 2 > DEADLETTERS_WORDS_MAX) return command_usage("deadletters");
    for (int i = 2; i < argc; i++) d->words[d->word_count++] = slice_from(argv[i]);
    return arena_open(&d->arena, LETTERS_ARENA_BYTES, LETTERS_ARENA_BYTES) == OK
               ? EXIT_DONE
               : broker_fail(&d->broker, ERR_MEMORY_EXHAUSTED, "dead letters");
}

int deadletters_close(struct deadletters *d, int code)
{
    free(d->letters);
    arena_close(&d->arena);
    broker_close(&d->broker);
    return output_close(&d->out) ? code : EXIT_FAILED;
}

/* --- letters --- */

static struct letter *append(struct deadletters *d)
{
    if (d->count == d->capacity) {
        d->capacity = 2 * d->capacity + 256;
        d->letters = realloc(d->letters, d->capacity * sizeof *d->letters);
        if (!d->letters) abort();
    }
    return &d->letters[d->count++];
}

static struct record keep(struct arena *a, const struct record *r)
{
    struct record kept = *r;
    struct header *headers = ARENA_ARRAY(a, r->header_count + 1, struct header);
    for (unsigned i = 0; i < r->header_count; i++)
        headers[i] = (struct header){ slice_copy(a, r->headers[i].name), slice_copy(a, r->headers[i].value) };
    kept.key = slice_copy(a, r->key);
    kept.value = slice_copy(a, r->value);
    kept.headers = headers;
    return kept;
}

static struct slice place_of(struct arena *a, const struct record *r)
{
    return SLICE_JOIN(a, slice_of_int(a, r->partition), SLICE(":"), slice_of_int(a, r->offset));
}

static uint32_t number_of(const struct record *r, const char *name, uint32_t max, uint32_t absent)
{
    uint64_t value;
    return slice_to_uint(dead_letter_header(r, slice_from(name)), max, &value) ? (uint32_t)value : absent;
}

static void take_letter(struct deadletters *d, const struct record *record, instant_ms at_unix_ms)
{
    struct letter *l = append(d);
    *l = (struct letter){ .record = keep(&d->arena, record), .at_unix_ms = at_unix_ms };
    const struct record *r = &l->record;
    l->id = place_of(&d->arena, r);
    l->code = dead_letter_header(r, SLICE("claimstream-code"));
    l->stage = dead_letter_header(r, SLICE("claimstream-stage"));
    l->topic = dead_letter_header(r, SLICE("x-original-topic"));
    l->line_id = dead_letter_header(r, SLICE("claimstream-line-id"));
    l->document_id = dead_letter_header(r, SLICE("claimstream-document-id"));
    l->trace_id = dead_letter_header(r, SLICE("claimstream-trace-id"));
    l->errors = dead_letter_header(r, SLICE("claimstream-errors"));
    l->exception = dead_letter_header(r, SLICE("__streams.errors.exception"));
    l->first_failed_at = dead_letter_header(r, SLICE("claimstream-first-failed-at"));
    l->attempt = number_of(r, "claimstream-attempt", DEAD_LETTER_ATTEMPTS_MAX, 1);
    l->partition = (int32_t)number_of(r, "__streams.errors.partition", INT32_MAX, UINT32_MAX);
    if (!l->code.size) l->code = SLICE("UNREADABLE");
}

/* --- their fate --- */

static void take_audit(struct deadletters *d, const struct record *record)
{
    size_t mark = arena_mark(&d->arena);
    const struct node *entry = json_node_read(&d->arena, slice_copy(&d->arena, record->value), 1);
    struct slice object = node_text(entry, "object"), verb = node_text(entry, "verb");
    bool redriven = slice_equal(verb, SLICE("deadletter.redrive")),
         dropped = slice_equal(verb, SLICE("deadletter.drop"));
    struct slice actor = node_text(entry, "actor");
    bool used = false;
    for (unsigned i = 0; (redriven || dropped) && slice_starts_with(object, prefix) && i < d->count; i++) {
        if (!slice_equal(d->letters[i].id, slice_skip(object, prefix.size))) continue;
        d->letters[i].handled = redriven ? LETTER_REDRIVEN : LETTER_DROPPED;
        d->letters[i].handled_by = actor;
        used = true;
    }
    if (!used) arena_rewind(&d->arena, mark);
}

static bool take(void *deadletters, const struct record *record, instant_ms at_unix_ms)
{
    struct deadletters *d = deadletters;
    if (record->topic == TOPIC_DEADLETTERS) take_letter(d, record, at_unix_ms);
    else take_audit(d, record);
    return true;
}

static int by_place(const void *a_, const void *b_)
{
    const struct record *a = &((const struct letter *)a_)->record, *b = &((const struct letter *)b_)->record;
    if (a->partition != b->partition) return a->partition < b->partition ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

int deadletters_read(struct deadletters *d)
{
    static const enum topic topics[] = { TOPIC_DEADLETTERS, TOPIC_AUDIT }; /* letters first: the audit names them */
    int code = broker_connect(&d->broker);
    if (code != EXIT_DONE) return code;
    enum err e = topic_read_all(&d->broker, topics, 2, take, d);
    if (e != OK) return broker_fail(&d->broker, e, "deadletters.v1, audit.v1");
    if (d->count) qsort(d->letters, d->count, sizeof *d->letters, by_place);
    return EXIT_DONE;
}

/* --- choosing --- */

struct letter *deadletters_named(struct deadletters *d, struct slice word, int *exit_code)
{
    struct letter *found = NULL;
    struct nearest near = nearest_to(word);
    for (unsigned i = 0; i < d->count; i++) {
        nearest_offer(&near, d->letters[i].id);
        nearest_offer(&near, d->letters[i].line_id);
        if (slice_equal(d->letters[i].id, word)) return &d->letters[i];
        if (d->letters[i].line_id.size && slice_equal(d->letters[i].line_id, word)) found = &d->letters[i];
    }
    if (found) return found;
    *exit_code = nearest_refuse(&near, "claimctl deadletters list --all names them", "there is no dead letter %.*s",
                                SLICE_ARGS(word));
    return NULL;
}

bool deadletters_is_wanted(const struct deadletters *d, const struct letter *l)
{
    if (d->code.size && !slice_equal(d->code, l->code)) return false;
    return d->again || l->handled == LETTER_OPEN;
}

bool deadletters_is_refusal(const struct record *record)
{
    struct slice code = dead_letter_header(record, SLICE("claimstream-code"));
    return slice_equal(dead_letter_header(record, SLICE("claimstream-stage")), SLICE("intake")) && code.size
        && !slice_equal(code, SLICE("UNREADABLE"));
}

struct slice deadletters_word(enum letter_handled handled)
{
    return handled == LETTER_OPEN ? SLICE("open") : handled == LETTER_REDRIVEN ? SLICE("redriven") : SLICE("dropped");
}
