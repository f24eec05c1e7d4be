/* claimctl/trigger.c: `trigger CASE`: a prepared document for each interesting outcome, to see what an installation
 * with the sample's records makes of it, or whoever listens to it. */
#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/submit.h"
#include "runtime/clock.h"

#include <stdlib.h>
#include <time.h>

enum { DOCUMENT_BYTES = 8192, NAME_BYTES = 64 };

/* The sample's records are in force in 2026, and this is behind its last document. */
static const char received_at[] = "2026-04-11T09:00:00Z";

static const struct trigger { struct slice name, outcome, reasons, meaning, lines; } triggers[] = {
#define TRIGGER(name, outcome, reasons, meaning, ...) \
    { SLICE_INIT(name), SLICE_INIT(outcome), SLICE_INIT(reasons), SLICE_INIT(meaning), SLICE_INIT(__VA_ARGS__) },
#include "claimctl/trigger.def"
};
enum { TRIGGERS = sizeof triggers / sizeof triggers[0] };

static const struct listing_field fields[] = {
    { "case", LISTING_TEXT, "its name", false },
    { "outcome", LISTING_TEXT, "of its last line", false },
    { "reasons", LISTING_LIST, "those that it has", false },
    { "meaning", LISTING_TEXT, "what is sent", false },
};

struct trigger_words {
    struct slice      number, patience;
    uint64_t          patience_seconds;
    bool              lists, prints, waits;
    enum listing_form form;
};

static int print_list(const struct trigger_words *w)
{
    struct output out = output_stdout();
    struct listing l = { .names_in_tsv = true };
    if (listing_begin(&l, &out, fields, sizeof fields / sizeof fields[0], w->form)) {
        for (unsigned i = 0; i < TRIGGERS; i++) {
            const struct slice cells[] = { triggers[i].name, triggers[i].outcome, triggers[i].reasons,
                                           triggers[i].meaning };
            listing_row(&l, cells);
        }
        listing_end(&l);
    }
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

static const struct trigger *find(const char *word)
{
    struct slice names[TRIGGERS];
    for (unsigned i = 0; i < TRIGGERS; i++) {
        if (slice_equal(triggers[i].name, slice_from(word))) return &triggers[i];
        names[i] = triggers[i].name;
    }
    struct nearest near = nearest_of(slice_from(word), names, TRIGGERS);
    (void)nearest_refuse(&near, "claimctl trigger --list names them", "there is no case %s", word);
    return NULL;
}

/* With another number each time: what is sent again is no repeat. */
static void put_document(struct text *t, const struct trigger *g, struct slice said)
{
    uint64_t number = (uint64_t)clock_now_unix_ms() % 1000000000;
    for (size_t i = 0; i < g->lines.size; i++) {
        if (g->lines.bytes[i] != '@') text_put_byte(t, g->lines.bytes[i]);
        else if (said.size) text_put(t, said);
        else text_put_int(t, (int64_t)number);
    }
    ASSERT(!t->full);
}

static int print_document(struct slice document)
{
    struct output out = output_stdout();
    output_put(&out, document);
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

static int send_document(const struct door_client *door, const struct trigger *g, const struct trigger_words *w,
                         struct text *t)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "trigger-%.*s.ndjson", SLICE_ARGS(g->name));
    struct submission s = { .file = name,
                            .received_at = received_at,
                            .waits = w->waits,
                            .is_json = w->form == LISTING_JSON || w->form == LISTING_JSONL,
                            .patience_seconds = w->patience_seconds };
    FILE *stream = fmemopen(t->bytes, t->size, "r");
    if (!stream) return EXIT_FAILED;
    fprintf(stderr, "its last line is to end %.*s%s%.*s\n", SLICE_ARGS(g->outcome), g->reasons.size ? ", " : "",
            SLICE_ARGS(g->reasons));
    int code = submit_stream(door, &s, stream);
    fclose(stream);
    return code;
}

static int trigger(const struct broker *b, const struct door_client *door, int argc, char **argv)
{
    struct trigger_words w = { .lists = false };
    char room[DOCUMENT_BYTES];
    struct text document = text_over(room, sizeof room);
    const struct option_slot options[] = {
        { "--list", NULL, &w.lists },
        { "--print", NULL, &w.prints },
        { "--wait", NULL, &w.waits },
        { "--number", &w.number, NULL },
        { "--patience", &w.patience, NULL },
    };
    if (!listing_take_form(&argc, argv, &w.form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (w.lists && argc == 1) return print_list(&w);
    if (w.lists || argc != 2) return command_usage("trigger");
    if (w.patience.size && !submit_read_patience(w.patience.bytes, &w.patience_seconds)) return EXIT_USAGE;
    const struct trigger *g = find(argv[1]);
    if (!g) return EXIT_NOT_FOUND;
    put_document(&document, g, slice_head(w.number, w.number.size < NAME_BYTES ? w.number.size : NAME_BYTES));
    if (w.prints) return print_document(text_slice(&document));
    int code = broker_may_write(b, DUTY_SEND);
    return code == EXIT_DONE ? send_document(door, g, &w, &document) : code;
}

int claimctl_trigger(int argc, char **argv)
{
    static struct broker b;
    struct door_client door;
    int code = broker_open(&b, &argc, argv);
    if (code == EXIT_DONE) code = door_client_open(&door, &b.settings, &argc, argv);
    if (code == EXIT_DONE) code = trigger(&b, &door, argc, argv);
    broker_close(&b);
    return code;
}
