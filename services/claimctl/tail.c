/* claimctl/tail.c: `tail TOPIC`: records as they come or as they stand, decoded, filtered, in the form that is asked
 * for. */
#include "claimctl/command.h"
#include "claimctl/filter.h"
#include "claimctl/json_node.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/output.h"
#include "claimctl/record_members.h"
#include "claimctl/record_text.h"
#include "claimctl/terms_file.h"
#include "claimctl/topic_reader.h"
#include "runtime/clock.h"
#include "wire/problems.h"
#include "wire/world.h"

enum {
    ARENA_BYTES = 192 << 20,
    TEXT_BYTES = 24 << 20,
    RANGES_MAX = 16,
    DESCRIPTOR_BYTES_MAX = 4 << 20,
    DESCRIPTOR_ARENA_BYTES = 128 << 20,
    TYPES_NAMED_MAX = 1000
};

enum tail_form { TAIL_LINE, TAIL_JSON, TAIL_FORMAT, TAIL_HELP };

struct tail {
    struct broker      broker;
    struct output      out;
    struct arena       arena;                       /* of the record at hand */
    struct arena       descriptor_arena;
    char               foreign[KAFKA_NAME_MAX];     /* a topic of others; empty: none */
    struct filter      filter;
    bool               is_known[FILTER_TERMS_MAX];  /* a record had the member of the comparison */
    enum tail_form     form;
    struct slice       format;
    struct topic_range ranges[RANGES_MAX];
    unsigned           range_count;
    bool               exits;
    uint64_t           limit, shown, read;
};

/* --- command line --- */

struct words { struct slice from, until, where, format, form, partition, limit, desc, type; bool exits, json; };

static int refuse(const char *what, struct slice value)
{
    fprintf(stderr, "error[USAGE %d]: %s: %.*s\n  more: claimctl help tail\n", ERR_USAGE, what, SLICE_ARGS(value));
    return EXIT_USAGE;
}

/* `payouts.v1`, or `payouts` for short. */
static enum topic topic_named(struct slice word)
{
    enum topic topic = topic_find(word);
    for (enum topic t = TOPIC_NONE + 1; !topic && t < TOPIC_COUNT; t++) {
        struct slice name = topic_row(t)->name;
        if (slice_equal(word, slice_head(name, name.size - 3))) topic = t;
    }
    return topic;
}

/* --- topics of others --- */

static int refuse_type(const struct descriptor *d, struct slice type)
{
    struct slice names[TYPES_NAMED_MAX];
    unsigned count = 0;
    for (const struct descriptor_message *m = d->messages; m && count < TYPES_NAMED_MAX; m = m->next)
        names[count++] = m->name;
    struct nearest near = nearest_of(type, names, count);
    return nearest_refuse(&near, NULL, "the descriptor set has no message %.*s, or several of that last name",
                          SLICE_ARGS(type));
}

static int read_descriptor(struct tail *t, const struct words *w, struct record_text_foreign *foreign)
{
    struct slice bytes;
    struct descriptor d;
    struct problems problems = problems_in(&t->descriptor_arena);
    if (world_read_file(&t->descriptor_arena, w->desc, DESCRIPTOR_BYTES_MAX, &bytes, &problems) != OK) {
        return terms_file_complain(&t->descriptor_arena, &problems);
    }
    if (descriptor_read(&t->descriptor_arena, bytes, &d) != OK) {
        fprintf(stderr,
                "error[%s %d]: %.*s: it is no descriptor set with all that it imports\n  protoc --include_imports -o "
                "FILE makes one\n",
                err_name(ERR_WIRE_MALFORMED), ERR_WIRE_MALFORMED, SLICE_ARGS(w->desc));
        return EXIT_FAILED;
    }
    foreign->message = descriptor_find(&d, w->type);
    return foreign->message ? EXIT_DONE : refuse_type(&d, w->type);
}

/* --desc reads one topic, whoever's it is, under the name that it has on the broker. */
static int read_foreign(struct tail *t, const struct words *w, struct slice topic)
{
    struct record_text_foreign foreign = { .topic = topic };
    if (!w->type.size || !w->desc.size)
        return refuse("--desc FILE and --type NAME go together", w->type.size ? w->type : w->desc);
    if (topic.size == 0 || topic.size >= sizeof t->foreign) return refuse("no topic has such a name", topic);
    if (arena_open(&t->descriptor_arena, DESCRIPTOR_ARENA_BYTES, DESCRIPTOR_ARENA_BYTES) != OK) return EXIT_FAILED;
    int code = read_descriptor(t, w, &foreign);
    memcpy(t->foreign, topic.bytes, topic.size);
    t->broker.kafka.foreign = t->foreign;
    record_text_take_foreign(&foreign);
    return code;
}

static int refuse_topic(struct slice word)
{
    struct slice names[2 * TOPIC_COUNT];
    unsigned count = 0;
    for (enum topic t = TOPIC_NONE + 1; t < TOPIC_COUNT; t++) {
        names[count++] = topic_row(t)->name;
        names[count++] = slice_head(topic_row(t)->name, topic_row(t)->name.size - 3);
    }
    struct nearest near = nearest_of(word, names, count);
    return nearest_refuse(&near, "claimctl topics list names them; those of others take --desc FILE --type NAME",
                          "there is no topic %.*s", SLICE_ARGS(word));
}

static int read_form(struct tail *t, const struct words *w)
{
    const char *why;
    t->format = w->format;
    t->form = w->format.size ? TAIL_FORMAT : w->json ? TAIL_JSON : TAIL_LINE;
    if (slice_equal(w->form, SLICE("json")) || slice_equal(w->form, SLICE("jsonl"))) t->form = TAIL_JSON;
    else if (slice_equal(w->form, SLICE("help"))) t->form = TAIL_HELP;
    else if (w->form.size && !slice_equal(w->form, SLICE("tsv")))
        return refuse("tail prints --format tsv or jsonl, or what -f says; help prints the members", w->form);
    if (!record_text_format_is_good(w->format))
        return refuse("-f has %t %p %o %k %s %S %T %a %h %{member} \\n \\t \\r \\0 \\\\ %%", w->format);
    if (!filter_read(w->where, &t->filter, &why)) return refuse(why, w->where);
    if (w->limit.size && !slice_to_uint(w->limit, UINT64_MAX, &t->limit))
        return refuse("--limit takes a number", w->limit);
    return EXIT_DONE;
}

/* From now on, following; with --exit what stands there, unless --from says less. */
static int read_range(struct tail *t, const struct words *w, struct topic_range *range)
{
    instant_ms now = clock_now_unix_ms();
    uint64_t partition;
    struct slice from = w->from.size ? w->from : w->exits ? SLICE("beginning") : SLICE("now");
    *range = (struct topic_range){ .partition = -1, .until = { .kind = MOMENT_END } };
    if (!moment_read(from, now, &range->from))
        return refuse("--from takes 10m, 2h, 3d, an instant, beginning, now or @offset", from);
    if (w->until.size && !moment_read(w->until, now, &range->until))
        return refuse("--until takes the same as --from", w->until);
    if (w->partition.size && !slice_to_uint(w->partition, 9999, &partition))
        return refuse("--partition takes a number", w->partition);
    if (w->partition.size) range->partition = (int32_t)partition;
    t->exits = w->exits || w->until.size;
    return EXIT_DONE;
}

/* --- names of members --- */

static struct record_member look_for(const struct tail *t, struct slice name)
{
    struct record_member m = record_member_named(name);
    for (unsigned i = 0; i < t->range_count; i++) record_member_look(&m, t->ranges[i].topic);
    return m;
}

static int refuse_member(const struct record_member *m)
{
    return nearest_refuse_word(&m->near, "--format help prints those there are", "no record there has a member %.*s",
                               SLICE_ARGS(m->name));
}

/* A search for what cannot be there would look like one that finds nothing. */
static int check_where(const struct tail *t)
{
    for (unsigned i = 0; i < t->filter.count; i++) {
        const struct filter_term *term = &t->filter.terms[i];
        struct record_member m = look_for(t, term->name);
        const char *why;
        if (m.is_open) continue;
        if (!m.is_known) return refuse_member(&m);
        if (record_member_fits(&m, term, &why)) continue;
        fprintf(stderr, "error[USAGE %d]: --where compares %.*s with \"%.*s\": %s\n", ERR_USAGE, SLICE_ARGS(m.name),
                SLICE_ARGS(term->value), why);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

static int check_format(const struct tail *t)
{
    struct slice left = t->format;
    while (left.size) {
        bool is_pair = (left.bytes[0] == '%' || left.bytes[0] == '\\') && left.size > 1;
        if (is_pair && left.bytes[0] == '%' && left.bytes[1] == '{') {
            size_t end = slice_find(left, '}');
            struct record_member m = look_for(t, slice_head(slice_skip(left, 2), end - 2));
            if (!m.is_known && !m.is_open) return refuse_member(&m);
            left = slice_skip(left, end);
        } else {
            left = slice_skip(left, is_pair ? 2 : 1);
        }
    }
    return EXIT_DONE;
}

/* --- words --- */

static int read_words(struct tail *t, int argc, char **argv)
{
    struct words w = { 0 };
    const struct option_slot options[] = {
        { "--from", &w.from, NULL },   { "--until", &w.until, NULL }, { "--where", &w.where, NULL },
        { "--format", &w.form, NULL }, { "--limit", &w.limit, NULL }, { "--partition", &w.partition, NULL },
        { "--exit", NULL, &w.exits },  { "--json", NULL, &w.json },   { "--desc", &w.desc, NULL },
        { "--type", &w.type, NULL },   { "-f", &w.format, NULL },
    };
    struct topic_range range;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc < 2 || argc - 1 > RANGES_MAX) return command_usage("tail");
    int code = read_form(t, &w);
    if (code == EXIT_DONE) code = read_range(t, &w, &range);
    if (code == EXIT_DONE && (w.desc.size || w.type.size)) {
        if (argc > 2) return refuse("--desc reads one topic", slice_from(argv[2]));
        t->ranges[t->range_count++] = range;
        return read_foreign(t, &w, slice_from(argv[1]));
    }
    for (int i = 1; code == EXIT_DONE && i < argc; i++) {
        range.topic = topic_named(slice_from(argv[i]));
        if (!range.topic) return refuse_topic(slice_from(argv[i]));
        t->ranges[t->range_count++] = range;
    }
    if (code == EXIT_DONE) code = check_where(t);
    return code == EXIT_DONE ? check_format(t) : code;
}

/* --- records --- */

static bool fits(struct tail *t, const struct record *record, instant_ms at_unix_ms)
{
    if (t->filter.count == 0) return true;
    struct text whole = text_in(&t->arena, TEXT_BYTES);
    record_text_put_json(&whole, &t->arena, record, at_unix_ms);
    const struct node *object = json_node_read(&t->arena, text_slice(&whole), 1);
    for (unsigned i = 0; object && i < t->filter.count; i++)
        t->is_known[i] |= filter_find(object, t->filter.terms[i].name) != NULL;
    return object && filter_matches(&t->filter, object);
}

static bool show(void *tail, const struct record *record, instant_ms at_unix_ms)
{
    struct tail *t = tail;
    if (!record) {
        fflush(t->out.file);
        return !t->out.closed;
    }
    arena_reset(&t->arena);
    t->read++;
    if (!fits(t, record, at_unix_ms)) return true;
    struct text text = text_in(&t->arena, TEXT_BYTES);
    if (t->form == TAIL_FORMAT) record_text_put_format(&text, &t->arena, t->format, record, at_unix_ms);
    else if (t->form == TAIL_JSON) record_text_put_json(&text, &t->arena, record, at_unix_ms);
    else record_text_put_line(&text, &t->arena, record, at_unix_ms);
    if (t->form != TAIL_FORMAT) text_put_byte(&text, '\n');
    output_put(&t->out, text_slice(&text));
    t->shown++;
    return !t->out.closed && !t->out.failed && (!t->limit || t->shown < t->limit);
}

/* A name that no record has is a mistyped one: it would be taken for a search that finds nothing. */
static void say_unknown(const struct tail *t)
{
    for (unsigned i = 0; t->read && i < t->filter.count; i++)
        if (!t->is_known[i])
            fprintf(stderr, "none of %llu records has a member %.*s; --format jsonl prints those there are\n",
                    (unsigned long long)t->read, SLICE_ARGS(t->filter.terms[i].name));
}

/* What a record of the topics is made of, for --where, %{…} and whoever reads the objects; no broker is asked. */
static int print_members(struct tail *t)
{
    for (unsigned i = 0; i < t->range_count; i++) {
        if (t->range_count > 1)
            output_print(&t->out, "%s%.*s\n", i ? "\n" : "", SLICE_ARGS(topic_row(t->ranges[i].topic)->name));
        record_text_put_members(&t->out, t->ranges[i].topic);
    }
    return EXIT_DONE;
}

static int read_topics(struct tail *t)
{
    int code = broker_connect(&t->broker);
    if (code != EXIT_DONE) return code;
    topic_reader_catch_interrupt();
    enum err e = topic_read(&t->broker, t->ranges, t->range_count, !t->exits, show, t);
    if (e == ERR_KAFKA_TOPIC && *t->foreign) {
        fprintf(stderr, "error[%s %d]: the broker has no topic %s, or not that partition of it\n", err_name(e), e,
                t->foreign);
        return EXIT_NOT_FOUND;
    }
    if (e != OK)
        return broker_fail(&t->broker, e, *t->foreign ? t->foreign : topic_row(t->ranges[0].topic)->name.bytes);
    say_unknown(t);
    if (topic_reader_interrupted())
        fprintf(stderr, "%llu of %llu records shown\n", (unsigned long long)t->shown, (unsigned long long)t->read);
    return topic_reader_interrupted() && t->exits ? EXIT_INTERRUPTED : EXIT_DONE;
}

int claimctl_tail(int argc, char **argv)
{
    static struct tail t;
    t = (struct tail){ .out = output_stdout() };
    if (arena_open(&t.arena, ARENA_BYTES, ARENA_BYTES) != OK) return EXIT_FAILED;
    int code = broker_open(&t.broker, &argc, argv);
    if (code == EXIT_DONE) code = read_words(&t, argc, argv);
    if (code == EXIT_DONE) code = t.form == TAIL_HELP ? print_members(&t) : read_topics(&t);
    broker_close(&t.broker);
    arena_close(&t.descriptor_arena);
    arena_close(&t.arena);
    return output_close(&t.out) ? code : EXIT_FAILED;
}
