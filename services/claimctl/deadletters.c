/* claimctl/deadletters.c: `deadletters list|show|fix|redrive|drop` (surfaces.md 7.2): what no stage could use, grouped
 * by code, and its way back. */
#include "claimctl/command.h"
#include "claimctl/deadletters.h"
#include "claimctl/document_names.h"
#include "claimctl/json_node.h"
#include "claimctl/listing.h"
#include "claimctl/record_text.h"
#include "claimctl/unmask.h"

/* --- list --- */

static const struct listing_field group_fields[] = {
    { "code", LISTING_TEXT, "the first reason", false },
    { "stage", LISTING_TEXT, "that gave up", false },
    { "topic", LISTING_TEXT, "where the record came from", false },
    { "count", LISTING_WHOLE, "letters", false },
    { "open", LISTING_WHOLE, "of them neither sent again nor dropped", false },
    { "first_at", LISTING_TEXT, "when the first failed", false },
    { "last_at", LISTING_TEXT, "when the last was written", false },
    { "example", LISTING_TEXT, "one of them, for show", false },
};
enum { GROUP_FIELDS = sizeof group_fields / sizeof group_fields[0], GROUPS_MAX = 1024 };

static const struct listing_field letter_fields[] = {
    { "id", LISTING_TEXT, "partition:offset in deadletters.v1", false },
    { "code", LISTING_TEXT, "the first reason", false },
    { "stage", LISTING_TEXT, "that gave up", false },
    { "topic", LISTING_TEXT, "where the record came from", false },
    { "attempt", LISTING_WHOLE, "how often it was tried", false },
    { "standing", LISTING_TEXT, "open, redriven or dropped", false },
    { "line_id", LISTING_TEXT, "where known", false },
    { "message", LISTING_TEXT, "of the first error", false },
    { "failed_at", LISTING_TEXT, "first, RFC 3339", true },
    { "document_id", LISTING_TEXT, "where known", true },
    { "trace_id", LISTING_TEXT, "where known", true },
    { "by", LISTING_TEXT, "who sent it again or dropped it", true },
    { "document", LISTING_TEXT, "its name, where intake knows it", true },
};
enum { LETTER_FIELDS = sizeof letter_fields / sizeof letter_fields[0] };

struct group { struct slice code, stage, topic, first_at, example; uint64_t count, open; instant_ms last_unix_ms; };

static struct slice instant(struct arena *a, instant_ms at)
{
    struct text t = text_in(a, 32);
    if (at > 0) instant_put(&t, at);
    return text_slice(&t);
}

static struct slice first_message(struct arena *a, const struct letter *l)
{
    const struct node *errors = l->errors.size ? json_node_read(a, l->errors, 1) : NULL;
    const struct node *first = errors && errors->type == NODE_LIST && errors->first ? errors->first->value : NULL,
                      *message = node_find(first, SLICE("message"));
    return message && message->type == NODE_SCALAR ? message->text : l->exception;
}

static struct group *group_of(struct group *groups, unsigned *count, const struct letter *l)
{
    for (unsigned i = 0; i < *count; i++)
        if (slice_equal(groups[i].code, l->code) && slice_equal(groups[i].stage, l->stage)
            && slice_equal(groups[i].topic, l->topic))
            return &groups[i];
    if (*count == GROUPS_MAX) return &groups[GROUPS_MAX - 1];
    groups[*count] = (struct group){
        .code = l->code, .stage = l->stage, .topic = l->topic, .first_at = l->first_failed_at, .example = l->id
    };
    return &groups[(*count)++];
}

static void list_groups(struct deadletters *d, struct listing *l)
{
    static struct group groups[GROUPS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < d->count; i++) {
        struct group *g = group_of(groups, &count, &d->letters[i]);
        g->count++;
        g->open += d->letters[i].handled == LETTER_OPEN;
        if (slice_compare(d->letters[i].first_failed_at, g->first_at) < 0) g->first_at = d->letters[i].first_failed_at;
        if (d->letters[i].at_unix_ms > g->last_unix_ms) g->last_unix_ms = d->letters[i].at_unix_ms;
    }
    for (unsigned i = 0; i < count; i++) {
        const struct group *g = &groups[i];
        const struct slice cells[GROUP_FIELDS] = {
            g->code,
            g->stage,
            g->topic,
            slice_of_int(&d->arena, (int64_t)g->count),
            slice_of_int(&d->arena, (int64_t)g->open),
            g->first_at,
            instant(&d->arena, g->last_unix_ms),
            g->example,
        };
        listing_row(l, cells);
    }
}

static void list_letters(struct deadletters *d, struct listing *l)
{
    struct document_names names;
    document_names_open(&names);
    for (unsigned i = 0; i < d->count; i++) {
        const struct letter *x = &d->letters[i];
        size_t mark = arena_mark(&d->arena);
        const struct slice cells[LETTER_FIELDS] = {
            x->id,
            x->code,
            x->stage,
            x->topic,
            slice_of_int(&d->arena, x->attempt),
            deadletters_word(x->handled),
            x->line_id,
            first_message(&d->arena, x),
            x->first_failed_at,
            x->document_id,
            x->trace_id,
            x->handled_by,
            document_names_find(&names, &d->broker, x->document_id),
        };
        if (deadletters_is_wanted(d, x)) listing_row(l, cells);
        arena_rewind(&d->arena, mark);
    }
    document_names_close(&names);
}

/* What is to be done, apart from what was answered at the door. */
static void say_counts(const struct deadletters *d)
{
    unsigned open = 0, refused = 0;
    for (unsigned i = 0; i < d->count; i++) {
        bool is_refusal = deadletters_is_refusal(&d->letters[i].record);
        refused += is_refusal;
        open += !is_refusal && d->letters[i].handled == LETTER_OPEN;
    }
    if (d->count == 0) fprintf(stderr, "no dead letters\n");
    else
        fprintf(
            stderr,
            "%u letter%s: %u wait for somebody, %u are of lines that intake refused, as their submitters were told\n",
            d->count, plural(d->count), open, refused);
}

static int list(int argc, char **argv)
{
    static struct deadletters d;
    struct listing l = { 0 };
    int code = deadletters_open(&d, argc, argv, 0);
    if (code != EXIT_DONE) return deadletters_close(&d, code);
    bool one_by_one = d.all || d.code.size > 0;
    if (!listing_begin(&l, &d.out, one_by_one ? letter_fields : group_fields,
                       one_by_one ? (unsigned)LETTER_FIELDS : (unsigned)GROUP_FIELDS, d.form))
        return deadletters_close(&d, EXIT_DONE);
    code = deadletters_read(&d);
    if (code == EXIT_DONE && one_by_one) list_letters(&d, &l);
    else if (code == EXIT_DONE) list_groups(&d, &l);
    listing_end_of(&l, code == EXIT_DONE);
    if (code == EXIT_DONE) say_counts(&d);
    return deadletters_close(&d, code);
}

/* --- show, fix --- */

static int show(int argc, char **argv)
{
    static struct deadletters d;
    int code = unmask_take(&argc, argv, &d.broker);
    if (code != EXIT_DONE) return code;
    code = deadletters_open(&d, argc, argv, 1);
    if (code == EXIT_DONE) code = deadletters_read(&d);
    struct letter *l = code == EXIT_DONE ? deadletters_named(&d, d.words[0], &code) : NULL;
    if (l) code = unmask_begin(NULL, "deadletter.unmask", argv[2]);
    if (!l || code != EXIT_DONE) return deadletters_close(&d, code);
    struct text t = text_in(&d.arena, DEADLETTERS_TEXT_BYTES);
    record_text_put_json(&t, &d.arena, &l->record, l->at_unix_ms);
    output_line(&d.out, text_slice(&t));
    return deadletters_close(&d, code);
}

/* The bytes as they came: to be edited and given to redrive --with. */
static int fix(int argc, char **argv)
{
    static struct deadletters d;
    int code = deadletters_open(&d, argc, argv, 1);
    if (code == EXIT_DONE) code = deadletters_read(&d);
    struct letter *l = code == EXIT_DONE ? deadletters_named(&d, d.words[0], &code) : NULL;
    if (!l) return deadletters_close(&d, code);
    output_put(&d.out, l->record.value);
    if (l->record.value.size && l->record.value.bytes[0] == '{') output_put(&d.out, SLICE("\n"));
    fprintf(stderr, "edit the copy, then: claimctl deadletters redrive %.*s --with FILE --reason TEXT\n",
            SLICE_ARGS(l->id));
    return deadletters_close(&d, code);
}

int claimctl_deadletters(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },
        { SLICE_INIT("show"), show },
        { SLICE_INIT("fix"), fix },
        { SLICE_INIT("redrive"), deadletters_redrive },
        { SLICE_INIT("drop"), deadletters_drop },
    };
    return command_run_verb("deadletters", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
