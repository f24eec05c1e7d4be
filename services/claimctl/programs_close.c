/* claimctl/programs_close.c: lines that close a period, for every root on file. */
#include "claimctl/programs_close.h"

#include "claimctl/command.h"
#include "claimctl/option.h"
#include "claimctl/publish.h"
#include "claimctl/submit.h"
#include "claimctl/terms_file.h"
#include "domain/program.h"
#include "domain/rating/program_periods.h"
#include "domain/rating/volume_period.h"
#include "wire/json_text.h"
#include "wire/partner_codec.h"

#include <stdlib.h>

enum { LINE_BYTES = 8192, NAME_BYTES = 256, REASON_BYTES_MAX = 1024 };

struct closing {
    struct arena  *arena;
    struct broker  broker;
    struct publish publish;
    struct output  out;
    struct door_client door;
    struct slice   program_id, period, phase, world, reason;
    bool           execute, waits;
    struct slice  *roots;                           /* sorted, each once */
    unsigned       root_count, root_capacity;
};

static void add_root(struct closing *c, const struct partner *p)
{
    struct slice root = p->root_id.size ? p->root_id : p->partner_id;
    unsigned at = c->root_count;
    while (at > 0 && slice_compare(c->roots[at - 1], root) > 0) at--;
    if (at > 0 && slice_equal(c->roots[at - 1], root)) return;
    if (c->root_count == c->root_capacity) {
        c->root_capacity = 2 * c->root_capacity + 64;
        c->roots = realloc(c->roots, c->root_capacity * sizeof *c->roots);
        if (!c->roots) abort();
    }
    memmove(c->roots + at + 1, c->roots + at, (c->root_count - at) * sizeof *c->roots);
    c->roots[at] = slice_copy(c->arena, root);
    c->root_count++;
}

static bool take_partner(void *closing, bool is_partner, struct slice key, struct slice value)
{
    struct closing *c = closing;
    struct partner p;
    struct publication by;
    (void)key;
    if (!is_partner) return false;
    arena_reset(&c->publish.scratch);
    if (partner_decode(&c->publish.scratch, value, &p, &by) == OK && publication_is_approved(&by)) add_root(c, &p);
    return true;
}

/* Its periods have names: the one that holds its first day shows how they are made. */
static int check_period(const struct closing *c, const struct catalogue *on_file, const struct program *p)
{
    struct period_rule rule = program_periods(on_file, p);
    struct period period;
    const struct program *version;
    if (volume_period_find(on_file, c->program_id, c->period, &period, &version)) return EXIT_DONE;
    fprintf(stderr, "error[USAGE %d]: program %.*s has no period %.*s", ERR_USAGE, SLICE_ARGS(c->program_id),
            SLICE_ARGS(c->period));
    if (period_of(&rule, p->valid_from, &period))
        fprintf(stderr, "\n  its first one is called %.*s", SLICE_ARGS(period_label(&period)));
    fprintf(stderr, "\n");
    return EXIT_USAGE;
}

/* Its usage is closed where it has a fund, its earning where it has a fund or a volume (6). */
static bool has_phase(const struct closing *c, const struct program *p)
{
    return p->incentive == INCENTIVE_MDF || (slice_equal(c->phase, SLICE("EARNING")) && p->has_volume);
}

static int check_program(struct closing *c, const struct catalogue *on_file)
{
    const struct program_history *h = catalogue_program(on_file, c->program_id);
    const struct program *p = h ? program_version_highest(h) : NULL;
    if (!p) return publish_refuse_program(on_file, c->program_id);
    if (has_phase(c, p)) return check_period(c, on_file, p);
    fprintf(stderr, "error[USAGE %d]: program %.*s has no %.*s to close\n", ERR_USAGE, SLICE_ARGS(c->program_id),
            SLICE_ARGS(c->phase));
    return EXIT_USAGE;
}

static int read_world(struct closing *c)
{
    struct problems problems = problems_in(c->arena);
    struct world w;
    struct catalogue *catalogue = catalogue_open();
    if (!catalogue) return EXIT_FAILED;
    bool is_read = world_load(c->arena, c->world, catalogue, &w, &problems) == OK;
    int code = is_read ? check_program(c, catalogue) : terms_file_complain(c->arena, &problems);
    for (unsigned i = 0; code == EXIT_DONE && i < w.partner_count; i++) add_root(c, &w.partners[i]);
    catalogue_close(catalogue);
    return code;
}

static int read_broker(struct closing *c)
{
    int code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = publish_open(&c->publish, &c->broker, &c->out, false);
    if (code != EXIT_DONE) return code;
    struct catalogue *on_file = publish_catalogue(&c->publish);
    code = on_file ? check_program(c, on_file) : EXIT_FAILED;
    if (code == EXIT_DONE) shelf_walk(c->publish.shelf, take_partner, c);
    catalogue_close(on_file);
    return code;
}

static void put_line(const struct closing *c, struct slice root, struct text *t)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_text(&j, "kind", SLICE("PERIOD_CLOSE"));
    json_text(&j, "partner_id", root);
    json_text(&j, "program_id", c->program_id);
    json_text(&j, "period_label", c->period);
    json_text(&j, "close", c->phase);
    if (c->reason.size) json_text(&j, "reason_text", c->reason);
    json_close_object(&j);
}

static int print_lines(struct closing *c)
{
    for (unsigned i = 0; i < c->root_count; i++) {
        char buffer[LINE_BYTES];
        struct text t = text_over(buffer, sizeof buffer);
        put_line(c, c->roots[i], &t);
        output_line(&c->out, text_slice(&t));
    }
    fprintf(stderr,
            "%u partner roots; a plan: nothing was sent; --execute --reason TEXT sends these lines as an operator\n",
            c->root_count);
    return EXIT_DONE;
}

/* One document through the door that everybody uses: intake asks whether he who sends it is an operator. */
static int send_lines(struct closing *c)
{
    char name[NAME_BYTES];
    struct text all = text_in(c->arena, ((size_t)c->root_count + 1) * LINE_BYTES);
    for (unsigned i = 0; i < c->root_count; i++) {
        put_line(c, c->roots[i], &all);
        text_put_byte(&all, '\n');
    }
    if (c->root_count == 0) {
        fprintf(stderr, "no partner is on file: nothing is to be closed\n");
        return EXIT_DONE;
    }
    snprintf(name, sizeof name, "close-%.*s-%.*s-%.*s.ndjson", SLICE_ARGS(c->program_id), SLICE_ARGS(c->period),
             SLICE_ARGS(c->phase));
    struct submission s = { .file = name, .waits = c->waits };
    FILE *stream = all.full ? NULL : fmemopen(all.bytes, all.size, "r");
    if (!stream) {
        fprintf(stderr, "error[MEMORY_EXHAUSTED %d]: %s\n", ERR_MEMORY_EXHAUSTED, name);
        return EXIT_FAILED;
    }
    int code = submit_stream(&c->door, &s, stream);
    fclose(stream);
    return code;
}

static int check_words(struct closing *c)
{
    bool known = slice_equal(c->phase, SLICE("EARNING")) || slice_equal(c->phase, SLICE("USAGE"));
    if (!c->period.size || !known) return command_usage("programs");
    if (c->execute && (!c->reason.size || c->reason.size > REASON_BYTES_MAX))
        return option_usage(
            "programs close --execute needs --reason TEXT, up to 1024 bytes: why, for the record");
    if (c->execute && c->world.size)
        return option_usage("programs close --execute closes what an installation has, not --world");
    return c->execute ? broker_may_write(&c->broker, DUTY_SEND) : EXIT_DONE;
}

static int read_words(struct closing *c, int argc, char **argv)
{
    const struct option_slot options[] = {
        { "--period", &c->period, NULL }, { "--phase", &c->phase, NULL },     { "--world", &c->world, NULL },
        { "--reason", &c->reason, NULL }, { "--execute", NULL, &c->execute }, { "--wait", NULL, &c->waits },
    };
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    code = door_client_open(&c->door, &c->broker.settings, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc != 3) return command_usage("programs");
    c->program_id = slice_from(argv[2]);
    return check_words(c);
}

int programs_close(struct arena *a, int argc, char **argv)
{
    static struct closing c;
    c = (struct closing){ .arena = a, .out = output_stdout() };
    int code = read_words(&c, argc, argv);
    if (code == EXIT_DONE) code = c.world.size ? read_world(&c) : read_broker(&c);
    if (code == EXIT_DONE) code = c.execute ? send_lines(&c) : print_lines(&c);
    if (c.publish.broker) publish_close(&c.publish);
    broker_close(&c.broker);
    free(c.roots);
    return output_close(&c.out) ? code : EXIT_FAILED;
}
