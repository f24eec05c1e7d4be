/* claimctl/programs_offered.c: the days of each partner, asked as classification asks them of a claim (5.0 R3). */
#include "claimctl/programs_offered.h"

#include "classification/eligibility.h"
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/option.h"
#include "claimctl/publish.h"
#include "claimctl/terms_file.h"
#include "domain/calendar.h"
#include "wire/partner_codec.h"

#include <stdlib.h>

/* Days on which something begins or is over: between two of them nothing changes. */
struct days { int32_t *items; unsigned count; };

struct offer {
    struct arena                 *arena;
    struct broker                 broker;
    struct publish                publish;
    struct output                 out;
    struct listing                listing;
    struct slice                  program_id, world;
    const struct catalogue       *on_file;
    const struct program_history *history;
    struct days                   of_terms;         /* versions and matrices */
};

static const struct listing_field fields[] = {
    { "version", LISTING_WHOLE, "of the terms", false },
    { "partner_root_id", LISTING_TEXT, "top of its hierarchy", false },
    { "partner_id", LISTING_TEXT, "to whom it was open", false },
    { "name", LISTING_TEXT, "of the partner", true },
    { "role", LISTING_TEXT, "in which it could claim", false },
    { "from", LISTING_TEXT, "ISO date", false },
    { "to", LISTING_TEXT, "ISO date, inclusive; empty: it is open still", false },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0], NUMBER_BYTES = 16 };

/* --- days --- */

static void add_day(struct days *d, int32_t day)
{
    if (day) d->items[d->count++] = day;
}

static void add_span(struct days *d, int32_t valid_from, int32_t valid_to)
{
    add_day(d, valid_from);
    if (valid_to) add_day(d, date_add_days(valid_to, 1));
}

static int by_date(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The matrix before that one; NULL: it is the first. */
static const struct matrix *matrix_before(const struct catalogue *c, const struct matrix *m)
{
    return m->valid_from > DATE_MIN ? catalogue_matrix(c, date_add_days(m->valid_from, -1)) : NULL;
}

static struct days days_of_terms(const struct offer *o)
{
    const struct program_history *h = o->history;
    const struct matrix *newest = catalogue_matrix(o->on_file, DATE_MAX);
    unsigned matrices = 0;
    for (const struct matrix *m = newest; m; m = matrix_before(o->on_file, m)) matrices++;
    struct days d = { ARENA_ARRAY(o->arena, 2 * h->version_count + matrices, int32_t), 0 };
    for (unsigned i = 0; i < h->version_count; i++) add_span(&d, h->versions[i]->valid_from, h->versions[i]->valid_to);
    for (const struct matrix *m = newest; m; m = matrix_before(o->on_file, m)) add_day(&d, m->valid_from);
    return d;
}

static struct days days_of(struct offer *o, struct arena *a, const struct partner *p)
{
    unsigned spans = p->status_count + p->role_count + p->tier_count + p->enrolment_count;
    struct days d = { ARENA_ARRAY(a, o->of_terms.count + 2 * spans, int32_t), 0 };
    for (unsigned i = 0; i < o->of_terms.count; i++) add_day(&d, o->of_terms.items[i]);
    for (unsigned i = 0; i < p->status_count; i++) add_span(&d, p->statuses[i].valid_from, p->statuses[i].valid_to);
    for (unsigned i = 0; i < p->role_count; i++) add_span(&d, p->roles[i].valid_from, p->roles[i].valid_to);
    for (unsigned i = 0; i < p->tier_count; i++) add_span(&d, p->tiers[i].valid_from, p->tiers[i].valid_to);
    for (unsigned i = 0; i < p->enrolment_count; i++)
        add_span(&d, p->enrolments[i].valid_from, p->enrolments[i].valid_to);
    if (d.count) qsort(d.items, d.count, sizeof *d.items, by_date);
    return d;
}

/* --- who --- */

/* Whether a version was open on that day to the partner in that role. A program that is suspended holds claims, and
 * stays offered. */
static bool is_open(const struct offer *o, const struct partner *p, enum role role, const struct program *version,
                    int32_t day)
{
    bool holds = false;
    for (unsigned i = 0; i < p->role_count && !holds; i++)
        holds = p->roles[i].role == role && span_holds(p->roles[i].valid_from, p->roles[i].valid_to, day);
    if (!version || !holds) return false;
    struct applicant who = {
        .partner = p, .root_id = p->root_id.size ? p->root_id : p->partner_id, .role = role, .catalogue = o->on_file
    };
    return !(eligibility_ask(&who, version, day).faults & ~FAULT_BIT(SUSPENDED));
}

static void put_row(struct offer *o, struct arena *a, const struct partner *p, enum role role,
                    const struct program *version, int32_t from, int32_t to)
{
    struct text number = text_in(a, NUMBER_BYTES);
    text_put_int(&number, version->version);
    const struct slice cells[FIELD_COUNT] = {
        text_slice(&number),
        p->root_id.size ? p->root_id : p->partner_id,
        p->partner_id,
        p->name,
        word_text(VOCABULARY_ROLE, role),
        date_text(a, from),
        date_text(a, to),
    };
    listing_row(&o->listing, cells);
}

static void put_role(struct offer *o, struct arena *a, const struct partner *p, enum role role, const struct days *d)
{
    const struct program *open = NULL;
    int32_t since = 0;
    for (unsigned i = 0; i < d->count; i++) {
        const struct program *version = program_version_on(o->history, d->items[i]);
        const struct program *now = is_open(o, p, role, version, d->items[i]) ? version : NULL;
        if (now == open) continue;
        if (open) put_row(o, a, p, role, open, since, date_add_days(d->items[i], -1));
        open = now;
        since = d->items[i];
    }
    if (open) put_row(o, a, p, role, open, since, 0);
}

static void put_partner(struct offer *o, struct arena *a, const struct partner *p)
{
    struct days d = days_of(o, a, p);
    for (enum role role = ROLE_UNSPECIFIED + 1; role < ROLE_COUNT; role++) put_role(o, a, p, role, &d);
}

/* --- from where --- */

static bool take_partner(void *offer, bool is_partner, struct slice key, struct slice value)
{
    struct offer *o = offer;
    struct arena *a = &o->publish.scratch;
    struct partner p;
    struct publication by;
    (void)key;
    if (!is_partner) return false;
    arena_reset(a);
    if (partner_decode(a, value, &p, &by) == OK && publication_is_approved(&by)) put_partner(o, a, &p);
    return true;
}

static int find_program(struct offer *o, const struct catalogue *on_file)
{
    o->on_file = on_file;
    o->history = catalogue_program(on_file, o->program_id);
    if (!o->history || !program_version_highest(o->history)) return publish_refuse_program(on_file, o->program_id);
    o->of_terms = days_of_terms(o);
    return EXIT_DONE;
}

static int read_world(struct offer *o)
{
    struct problems problems = problems_in(o->arena);
    struct world w;
    struct catalogue *catalogue = catalogue_open();
    if (!catalogue) return EXIT_FAILED;
    bool is_read = world_load(o->arena, o->world, catalogue, &w, &problems) == OK;
    int code = is_read ? find_program(o, catalogue) : terms_file_complain(o->arena, &problems);
    for (unsigned i = 0; code == EXIT_DONE && i < w.partner_count; i++) {
        size_t mark = arena_mark(o->arena);
        put_partner(o, o->arena, &w.partners[i]);
        arena_rewind(o->arena, mark);
    }
    listing_end_of(&o->listing, code == EXIT_DONE);
    catalogue_close(catalogue);
    return code;
}

static int read_broker(struct offer *o)
{
    int code = broker_connect(&o->broker);
    if (code == EXIT_DONE) code = publish_open(&o->publish, &o->broker, &o->out, false);
    struct catalogue *on_file = code == EXIT_DONE ? publish_catalogue(&o->publish) : NULL;
    if (code == EXIT_DONE) code = on_file ? find_program(o, on_file) : EXIT_FAILED;
    if (code == EXIT_DONE) shelf_walk(o->publish.shelf, take_partner, o);
    listing_end_of(&o->listing, code == EXIT_DONE);
    catalogue_close(on_file);
    return code;
}

static int read_words(struct offer *o, int argc, char **argv, enum listing_form *form)
{
    const struct option_slot options[] = { { "--world", &o->world, NULL } };
    int code = broker_open(&o->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (!listing_take_form(&argc, argv, form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc != 3) return command_usage("programs");
    o->program_id = slice_from(argv[2]);
    return EXIT_DONE;
}

int programs_offered(struct arena *a, int argc, char **argv)
{
    static struct offer o;
    enum listing_form form;
    o = (struct offer){ .arena = a, .out = output_stdout() };
    int code = read_words(&o, argc, argv, &form);
    bool wants_rows = code == EXIT_DONE && listing_begin(&o.listing, &o.out, fields, FIELD_COUNT, form);
    if (wants_rows) code = o.world.size ? read_world(&o) : read_broker(&o);
    if (o.publish.broker) publish_close(&o.publish);
    broker_close(&o.broker);
    return output_close(&o.out) ? code : EXIT_FAILED;
}
