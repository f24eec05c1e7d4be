/* claimctl/partners_import.c: files of profiles to Kafka, and what is on file there. */
#include "claimctl/partners_import.h"

#include "claimctl/command.h"
#include "claimctl/json_node.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/publish.h"
#include "claimctl/unmask.h"
#include "claimctl/terms_file.h"
#include "runtime/clock.h"
#include "wire/message_json.h"
#include "wire/partner_codec.h"
#include "wire/yaml.h"

enum { ARENA_BYTES = 512 << 20, ROW_TEXT_BYTES = 4096, RECORD_TEXT_BYTES = 4 << 20 };

struct partners_command {
    struct broker  broker;
    struct publish publish;
    struct output  out;
    struct arena   arena;
    struct listing listing;
    struct slice   word;
    unsigned       found;
    struct nearest near;                            /* to the id that is shown */
};

static int begin(struct partners_command *c)
{
    *c = (struct partners_command){ .out = output_stdout() };
    return arena_open(&c->arena, ARENA_BYTES, ARENA_BYTES) == OK ? EXIT_DONE : EXIT_FAILED;
}

static int end(struct partners_command *c, int code)
{
    if (c->publish.broker) publish_close(&c->publish);
    broker_close(&c->broker);
    arena_close(&c->arena);
    return output_close(&c->out) ? code : EXIT_FAILED;
}

/* --- import --- */

/* NDJSON: one profile a line, bare or after `partner`. */
static bool read_ndjson(struct reference_drafts *d, const struct text_source *s, struct slice text)
{
    struct node *list = node_list(d->arena, (struct position){ 1, 1 });
    bool good = true;
    for (uint32_t row = 1; text.size; row++) {
        struct slice line = slice_trim(slice_cut(&text, '\n'));
        if (line.size && line.bytes[line.size - 1] == '\r') line.size--;
        if (!line.size) continue;
        const struct node *object = json_node_read(d->arena, line, row), *inner = node_find(object, SLICE("partner"));
        struct problem p = { .code = s->code,
                             .file = s->file,
                             .at = { row, 1 },
                             .message = SLICE("this line is no JSON object"),
                             .fix = SLICE("write one profile a line") };
        if (!object) problems_add(s->problems, &p);
        good &= object != NULL;
        if (object) node_append(d->arena, list, (struct node *)(uintptr_t)(inner ? inner : object));
    }
    return reference_draft_read_partners(d, s, list) && good;
}

static bool read_file(struct reference_drafts *d, struct slice path, struct problems *problems)
{
    struct text_source s = { d->arena, path, problems, ERR_TERMS_INVALID };
    struct slice text;
    if (world_read_file(d->arena, path, WORLD_FILE_BYTES_MAX, &text, problems) != OK) return false;
    if (text.size && text.bytes[0] == '{') return read_ndjson(d, &s, text);
    const struct node *list = yaml_read(&s, text);
    return list && reference_draft_read_partners(d, &s, list);
}

static int import(struct partners_command *c, int argc, char **argv)
{
    bool execute = false;
    const struct option_slot options[] = { { "--execute", NULL, &execute } };
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, 1);
    if (argc != 3) return command_usage("partners");
    struct reference_drafts drafts = reference_drafts_in(&c->arena);
    struct problems problems = problems_in(&c->arena);
    if (!read_file(&drafts, slice_from(argv[2]), &problems)) return terms_file_complain(&c->arena, &problems);
    code = execute ? broker_may_write(&c->broker, DUTY_IMPORT) : EXIT_DONE;
    if (code == EXIT_DONE) code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = publish_open(&c->publish, &c->broker, &c->out, execute);
    return code == EXIT_DONE ? publish_all(&c->publish, &drafts) : code;
}

int partners_import(int argc, char **argv)
{
    static struct partners_command c;
    int code = begin(&c);
    return end(&c, code == EXIT_DONE ? import(&c, argc, argv) : code);
}

/* --- list --- */

static const struct listing_field fields[] = {
    { "partner_id", LISTING_TEXT, "", false },
    { "name", LISTING_TEXT, "", false },
    { "roles", LISTING_LIST, "held today", false },
    { "tier", LISTING_TEXT, "today", false },
    { "country", LISTING_TEXT, "ISO 3166-1", false },
    { "currency", LISTING_TEXT, "ISO 4217", false },
    { "revision", LISTING_WHOLE, "one more than the last", false },
    { "standing", LISTING_TEXT, "in force, or proposed by one person", false },
    { "root_id", LISTING_TEXT, "head of the hierarchy", true },
    { "author_id", LISTING_TEXT, "who wrote it", true },
    { "approver_id", LISTING_TEXT, "who approved it", true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static struct slice roles_on(struct arena *a, const struct partner *p, int32_t date)
{
    struct text t = text_in(a, ROW_TEXT_BYTES);
    for (unsigned i = 0; i < p->role_count; i++) {
        if (!span_holds(p->roles[i].valid_from, p->roles[i].valid_to, date)) continue;
        if (t.size) text_put_byte(&t, ' ');
        text_put(&t, word_text(VOCABULARY_ROLE, p->roles[i].role));
    }
    return text_slice(&t);
}

static bool list_record(void *context, bool is_partner, struct slice key, struct slice value)
{
    struct partners_command *c = context;
    struct partner p;
    struct publication by;
    (void)key;
    if (!is_partner) return false;                      /* partners come first */
    arena_reset(&c->publish.scratch);
    if (partner_decode(&c->publish.scratch, value, &p, &by) != OK) return true;
    int32_t today = instant_date(clock_now_unix_ms(), 0);
    struct text revision = text_in(&c->publish.scratch, 24);
    text_put_int(&revision, (int64_t)p.revision);
    const struct slice cells[FIELD_COUNT] = {
        p.partner_id,
        p.name,
        roles_on(&c->publish.scratch, &p, today),
        partner_tier(&p, today),
        p.country,
        p.currency,
        text_slice(&revision),
        publication_is_approved(&by) ? SLICE("in force") : SLICE("proposed"),
        p.root_id,
        by.author_id,
        by.approver_id,
    };
    listing_row(&c->listing, cells);
    return true;
}

static int list(struct partners_command *c, int argc, char **argv)
{
    enum listing_form form;
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (!listing_take_form(&argc, argv, &form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, NULL, 0);
    if (argc != 2) return command_usage("partners");
    if (!listing_begin(&c->listing, &c->out, fields, FIELD_COUNT, form)) return EXIT_DONE;
    code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = publish_open(&c->publish, &c->broker, &c->out, false);
    if (code == EXIT_DONE) shelf_walk(c->publish.shelf, list_record, c);
    listing_end_of(&c->listing, code == EXIT_DONE);
    return code;
}

int partners_list(int argc, char **argv)
{
    static struct partners_command c;
    int code = begin(&c);
    return end(&c, code == EXIT_DONE ? list(&c, argc, argv) : code);
}

/* --- show --- */

static bool show_record(void *context, bool is_partner, struct slice key, struct slice value)
{
    struct partners_command *c = context;
    struct slice rest = key;
    if (!is_partner) return false;
    struct slice id = slice_cut(&rest, '?');
    nearest_offer(&c->near, id);
    if (!slice_equal(id, c->word)) return true;
    arena_reset(&c->arena);
    struct text t = text_in(&c->arena, RECORD_TEXT_BYTES);
    if (!message_json_put(&t, MESSAGE_JSON_PARTNER, value, unmask_is_masked())) return true;
    output_line(&c->out, text_slice(&t));
    c->found++;
    return true;
}

static int show(struct partners_command *c, int argc, char **argv)
{
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    code = unmask_take(&argc, argv, &c->broker);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, NULL, 0);
    if (argc != 3) return command_usage("partners");
    c->word = slice_from(argv[2]);
    c->near = nearest_to(c->word);
    code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = unmask_begin(NULL, "partner.unmask", argv[2]);
    if (code == EXIT_DONE) code = publish_open(&c->publish, &c->broker, &c->out, false);
    if (code != EXIT_DONE) return code;
    shelf_walk(c->publish.shelf, show_record, c);
    if (c->found) return EXIT_DONE;
    return nearest_refuse(&c->near, "claimctl partners list names them", "no partner %s is on file", argv[2]);
}

int partners_show_record(int argc, char **argv)
{
    static struct partners_command c;
    int code = begin(&c);
    return end(&c, code == EXIT_DONE ? show(&c, argc, argv) : code);
}
