/* claimctl/programs_publish.c: what is on file in programs.v1, and what comes to it. */
#include "claimctl/programs_publish.h"

#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/publish.h"
#include "claimctl/terms_file.h"
#include "domain/calendar.h"
#include "runtime/clock.h"
#include "wire/terms.h"
#include "wire/yaml.h"
#include "wire/yaml_text.h"

enum { TEXT_BYTES = 1 << 20, NUMBER_BYTES = 24 };

struct programs_command {
    struct arena     *arena;
    struct broker     broker;
    struct publish    publish;
    struct output     out;
    struct listing    listing;
    struct slice      word, version, on;
    bool              execute;
    uint32_t          found;                        /* show: the version, 0 none */
    struct nearest    near;                         /* to its id */
    struct slice      text;                         /* and its text */
};

static int end(struct programs_command *c, int code)
{
    if (c->publish.broker) publish_close(&c->publish);
    broker_close(&c->broker);
    return output_close(&c->out) ? code : EXIT_FAILED;
}

/* Takes the options; after the verb stand `words`, or more where they end with one that may be several. */
static int begin(struct programs_command *c, struct arena *a, int *argc, char **argv, int words, bool several)
{
    *c = (struct programs_command){ .arena = a, .out = output_stdout() };
    const struct option_slot options[] = {
        { "--execute", NULL, &c->execute }, { "--version", &c->version, NULL }, { "--on", &c->on, NULL },
    };
    int code = broker_open(&c->broker, argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(argc, argv, options, sizeof options / sizeof options[0]);
    if (*argc < 2 + words || (*argc > 2 + words && !several)) return command_usage("programs");
    if (words) c->word = slice_from(argv[2]);
    c->near = nearest_to(c->word);
    return EXIT_DONE;
}

static int connect(struct programs_command *c)
{
    int code = c->execute ? broker_may_write(&c->broker, DUTY_PUBLISH) : EXIT_DONE;
    if (code == EXIT_DONE) code = broker_connect(&c->broker);
    return code == EXIT_DONE ? publish_open(&c->publish, &c->broker, &c->out, c->execute) : code;
}

/* --- publish --- */

static const struct node *text_of(struct programs_command *c, const struct reference_draft *d,
                                  struct text_source *quiet)
{
    struct problems *ignored = ARENA_NEW(c->arena, struct problems);
    *ignored = problems_in(c->arena);
    *quiet = (struct text_source){ c->arena, d->file, ignored, ERR_TERMS_INVALID };
    return d->reference.type == REFERENCE_PROGRAM ? yaml_read(quiet, d->reference.terms->versions[0].yaml) : NULL;
}

static bool is_fund(const struct catalogue *c, struct slice id)
{
    const struct program_history *h = catalogue_program(c, id);
    const struct program *p = h ? program_version_highest(h) : NULL;
    return p && p->incentive == INCENTIVE_MDF;
}

/* A share of a rebate must find its fund, in force or published with it (domain.md 5.2 V9). */
static bool finds_funds(struct programs_command *c, const struct reference_drafts *drafts, struct problems *problems)
{
    struct catalogue *on_file = publish_catalogue(&c->publish);
    struct text_source quiet;
    struct applied_record applied;
    unsigned before = problems->count;
    for (unsigned i = 0; on_file && i < drafts->count; i++) {
        const struct node *text = text_of(c, &drafts->items[i], &quiet);
        if (text && !record_apply(&quiet, text, on_file, &applied))
            continue; /* a conflict with what is in force: the shelf tells it */
    }
    for (unsigned i = 0; on_file && i < drafts->count; i++) {
        const struct node *fund =
            node_find(node_find(node_find(text_of(c, &drafts->items[i], &quiet), SLICE("volume")), SLICE("coop_split")),
                      SLICE("program"));
        if (!fund || is_fund(on_file, fund->text)) continue;
        struct problem p = { .code = ERR_TERMS_INVALID,
                             .file = drafts->items[i].file,
                             .at = fund->at,
                             .member = SLICE("volume.coop_split.program"),
                             .message = SLICE("there is no MDF program of this name"),
                             .fix = SLICE("publish the fund first, or with it") };
        problems_add(problems, &p);
    }
    catalogue_close(on_file);
    return problems->count == before;
}

static int refuse_nothing(const char *path)
{
    fprintf(stderr, "error[FILE_UNREADABLE %d]: %s: no terms, prices, products or rates are here\n",
            ERR_FILE_UNREADABLE, path);
    return EXIT_NOT_FOUND;
}

int programs_publish(struct arena *a, int argc, char **argv)
{
    static struct programs_command c;
    struct reference_drafts drafts = reference_drafts_in(a);
    struct problems problems = problems_in(a);
    int code = begin(&c, a, &argc, argv, 1, true);
    for (int i = 2; code != EXIT_USAGE && i < argc; i++)
        if (!reference_draft_read_path(&drafts, slice_from(argv[i]), &problems)) code = EXIT_FAILED;
    if (code == EXIT_DONE && drafts.count == 0) code = refuse_nothing(argv[2]);
    if (code == EXIT_DONE) code = connect(&c);
    if (code == EXIT_DONE && !finds_funds(&c, &drafts, &problems)) code = EXIT_FAILED;
    if (problems.count) code = terms_file_complain(a, &problems);
    if (code == EXIT_DONE) code = publish_all(&c.publish, &drafts);
    return end(&c, code);
}

/* --- what is on file --- */

/* A visit of every version of terms; `program` NULL: matrix, limits, ruleset. */
struct version_seen {
    const struct reference *reference;
    const struct terms_version *version;
    const struct program *program;
};
typedef bool visit_version(struct programs_command *c, const struct version_seen *seen);
struct walking { struct programs_command *command; visit_version *visit; };

static const struct program *read_program(struct arena *a, struct slice text)
{
    struct problems ignored = problems_in(a);
    struct text_source s = { a, SLICE("programs.v1"), &ignored, ERR_TERMS_INVALID };
    struct program *p = ARENA_NEW(a, struct program);
    const struct node *n = yaml_read(&s, text);
    return n && terms_read_program(&s, n, p) ? p : NULL;
}

static bool walk_record(void *walking, bool is_partner, struct slice key, struct slice value)
{
    struct walking *w = walking;
    struct arena *scratch = &w->command->publish.scratch;
    struct reference r;
    (void)key;
    arena_reset(scratch);
    if (is_partner || reference_decode(scratch, value, &r) != OK || !r.terms) return true;
    for (unsigned i = 0; i < r.terms->version_count; i++) {
        struct version_seen seen = { .reference = &r, .version = &r.terms->versions[i] };
        if (r.type == REFERENCE_PROGRAM) seen.program = read_program(scratch, seen.version->yaml);
        if (!w->visit(w->command, &seen)) return false;
    }
    return true;
}

static void walk(struct programs_command *c, visit_version *visit)
{
    struct walking w = { c, visit };
    shelf_walk(c->publish.shelf, walk_record, &w);
}

/* --- list --- */

static const struct listing_field fields[] = {
    { "type", LISTING_TEXT, "PROGRAM MATRIX LIMITS RULESET", false },
    { "id", LISTING_TEXT, "", false },
    { "version", LISTING_WHOLE, "", false },
    { "incentive", LISTING_TEXT, "of a program", false },
    { "status", LISTING_TEXT, "DRAFT ACTIVE SUSPENDED ENDED", false },
    { "valid_from", LISTING_TEXT, "ISO date", false },
    { "valid_to", LISTING_TEXT, "ISO date, inclusive", false },
    { "currency", LISTING_TEXT, "ISO 4217", false },
    { "standing", LISTING_TEXT, "in force, or proposed by one person", false },
    { "author_id", LISTING_TEXT, "who wrote it", true },
    { "approver_id", LISTING_TEXT, "who approved it", true },
    { "published_at", LISTING_TEXT, "RFC 3339", true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static bool list_version(struct programs_command *c, const struct version_seen *seen)
{
    struct arena *a = &c->publish.scratch;
    const struct terms_version *v = seen->version;
    const struct program *p = seen->program;
    struct text number = text_in(a, NUMBER_BYTES), at = text_in(a, 32);
    text_put_int(&number, v->version);
    instant_put(&at, v->publication.published_at_unix_ms);
    const struct slice cells[FIELD_COUNT] = {
        reference_word(seen->reference->type),
        seen->reference->id,
        text_slice(&number),
        p ? word_text(VOCABULARY_INCENTIVE, p->incentive) : (struct slice){ 0 },
        p ? word_text(VOCABULARY_PROGRAM_STATUS, p->status) : (struct slice){ 0 },
        date_text(a, v->valid_from),
        date_text(a, p ? p->valid_to : 0),
        p ? p->currency : (struct slice){ 0 },
        publication_is_approved(&v->publication) ? SLICE("in force") : SLICE("proposed"),
        v->publication.author_id,
        v->publication.approver_id,
        text_slice(&at),
    };
    listing_row(&c->listing, cells);
    return true;
}

int programs_list(struct arena *a, int argc, char **argv)
{
    static struct programs_command c;
    enum listing_form form;
    if (!listing_take_form(&argc, argv, &form, NULL)) return EXIT_USAGE;
    int code = begin(&c, a, &argc, argv, 0, false);
    if (code != EXIT_DONE) return end(&c, code);
    if (!listing_begin(&c.listing, &c.out, fields, FIELD_COUNT, form)) return end(&c, EXIT_DONE);
    code = connect(&c);
    if (code == EXIT_DONE) walk(&c, list_version);
    listing_end_of(&c.listing, code == EXIT_DONE);
    return end(&c, code);
}

/* --- show --- */

static bool keep_version(struct programs_command *c, const struct version_seen *seen)
{
    uint64_t wanted = 0;
    bool named = slice_equal(seen->reference->id, c->word) && seen->program;
    bool by_version = c->version.size > 0;
    if (seen->program) nearest_offer(&c->near, seen->reference->id);
    if (by_version && !slice_to_uint(c->version, UINT32_MAX, &wanted)) return false;
    if (!named
        || (by_version ? seen->version->version != wanted
                       : !publication_is_approved(&seen->version->publication) && c->found))
        return true;
    arena_reset(c->arena);
    c->found = seen->version->version;
    struct text t = text_in(c->arena, TEXT_BYTES);
    PUT(&t, "# version ");
    text_put_int(&t, seen->version->version);
    text_put(&t,
             publication_is_approved(&seen->version->publication) ? SLICE(", in force; by ") : SLICE(", proposed by "));
    text_put(&t, seen->version->publication.author_id);
    if (publication_is_approved(&seen->version->publication)) PUT(&t, ", approved by ");
    text_put(&t, seen->version->publication.approver_id);
    PUT(&t, ", ");
    instant_put(&t, seen->version->publication.published_at_unix_ms);
    text_put_byte(&t, '\n');
    text_put(&t, seen->version->yaml);
    c->text = text_slice(&t);
    return true;
}

int programs_show(struct arena *a, int argc, char **argv)
{
    static struct programs_command c;
    int code = begin(&c, a, &argc, argv, 1, false);
    if (code == EXIT_DONE) code = connect(&c);
    if (code != EXIT_DONE) return end(&c, code);
    walk(&c, keep_version);
    output_put(&c.out, c.text);
    if (!c.found)
        code = nearest_refuse(&c.near, "claimctl programs list names them", "no program %.*s is on file%s",
                              SLICE_ARGS(c.word), c.version.size ? " in this version" : "");
    return end(&c, code);
}

/* --- retire --- */

/* The highest version in force, as the terms that end it. */
static bool draft_end(struct programs_command *c, const struct catalogue *on_file, int32_t from,
                      struct reference_drafts *drafts, struct problems *problems)
{
    const struct program_history *h = catalogue_program(on_file, c->word);
    const struct program *last = h ? h->versions[h->version_count - 1] : NULL;
    if (!last) return false;
    struct program ended = *last;
    ended.version++;
    ended.status = PROGRAM_STATUS_ENDED;
    ended.valid_from = from;
    if (ended.valid_to < from) ended.valid_to = from;
    struct text t = text_in(c->arena, TEXT_BYTES);
    yaml_put(&t, terms_write_program(c->arena, &ended));
    struct text_source s = { c->arena, c->word, problems, ERR_TERMS_INVALID };
    return !t.full && reference_draft_read_record(drafts, &s, text_slice(&t));
}

int programs_retire(struct arena *a, int argc, char **argv)
{
    static struct programs_command c;
    struct reference_drafts drafts = reference_drafts_in(a);
    struct problems problems = problems_in(a);
    int32_t from = instant_date(clock_now_unix_ms(), 0);
    int code = begin(&c, a, &argc, argv, 1, false);
    if (code == EXIT_DONE && c.on.size && date_parse(c.on, &from) != OK) {
        fprintf(stderr, "error[USAGE %d]: --on takes a date, as 2026-12-31\n", ERR_USAGE);
        code = EXIT_USAGE;
    }
    if (code == EXIT_DONE) code = connect(&c);
    struct catalogue *on_file = code == EXIT_DONE ? publish_catalogue(&c.publish) : NULL;
    if (code == EXIT_DONE && !draft_end(&c, on_file, from, &drafts, &problems)) {
        if (problems.count) terms_file_complain(a, &problems);
        code = problems.count ? EXIT_NOT_FOUND : publish_refuse_program(on_file, c.word);
    }
    if (code == EXIT_DONE) code = publish_all(&c.publish, &drafts);
    catalogue_close(on_file);
    return end(&c, code);
}

/* --- create --- */

/* The least that each incentive cannot do without; the rest are defaults. */
static const char *least_of(enum incentive incentive)
{
    switch (incentive) {
    case INCENTIVE_VOLUME_REBATE:  return "volume: {tiers: [{from: \"0\", percent: \"1\"}]}";
    case INCENTIVE_LOGISTICS:
        return "volume: {qualifier: QTY, tiers: [{from: \"0\", per_block: {qty: \"24\", amount: \"1.00\"}}]}";
    case INCENTIVE_MDF:            return "mdf: {kind: MDF, period: QUARTER}";
    case INCENTIVE_SPIFF:          return "spiff: {rates: [{per_unit: \"1.00\"}]}";
    case INCENTIVE_DEAL_REGISTRATION: return "deal: {bonus: {percent: \"1\"}}";
    default:                       return "";
    }
}

static const struct program *least_program(struct arena *a, enum incentive incentive, struct slice id,
                                           struct problems *problems)
{
    int32_t today = instant_date(clock_now_unix_ms(), 0);
    struct text t = text_in(a, 4096);
    struct program *p = ARENA_NEW(a, struct program);
    PUT(&t, "program: {id: \"");
    text_put(&t, id);
    PUT(&t, "\", version: 1, currency: USD, incentive: ");
    text_put(&t, word_text(VOCABULARY_INCENTIVE, (int)incentive));
    PUT(&t, ", valid_from: ");
    date_put(&t, today);
    PUT(&t, "}\n");
    text_put(&t, slice_from(least_of(incentive)));
    struct text_source s = { a, id, problems, ERR_TERMS_INVALID };
    const struct node *n = yaml_read(&s, text_slice(&t));
    return n && terms_read_program(&s, n, p) ? p : NULL;
}

int programs_create(struct arena *a, int argc, char **argv)
{
    struct problems problems = problems_in(a);
    struct output out = output_stdout();
    option_take(&argc, argv, NULL, 0);
    if (argc != 4) return command_usage("programs");
    int incentive = word_find(VOCABULARY_INCENTIVE, slice_upper(a, slice_from(argv[2])));
    if (incentive <= 0) {
        fprintf(stderr,
                "error[USAGE %d]: there is no incentive %s\n  SHIP_DEBIT VOLUME_REBATE LOGISTICS MDF SPIFF "
                "DEAL_REGISTRATION PRICE_PROTECTION STOCK_ROTATION\n",
                ERR_USAGE, argv[2]);
        return EXIT_USAGE;
    }
    const struct program *p = least_program(a, (enum incentive)incentive, slice_from(argv[3]), &problems);
    if (!p) return terms_file_complain(a, &problems);
    struct text t = text_in(a, TEXT_BYTES);
    PUT(&t, "# Every member with its default. Change what is yours, remove what is not, then: claimctl programs lint "
            "FILE\n");
    yaml_put(&t, terms_write_program(a, p));
    output_put(&out, text_slice(&t));
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}
