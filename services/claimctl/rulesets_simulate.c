/* claimctl/rulesets_simulate.c: `rules simulate`: a world, a run or an installation under another ruleset, rule by rule
 * and line by line. */
#include "claimctl/rulesets.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/moment.h"
#include "claimctl/money_moved.h"
#include "claimctl/option.h"
#include "claimctl/replay.h"
#include "claimctl/rule_values.h"
#include "claimctl/ruleset_file.h"
#include "claimctl/run_keep.h"
#include "claimctl/terms_file.h"
#include "claimctl/what_if.h"
#include "domain/currency.h"
#include "runtime/clock.h"
#include "wire/json_text.h"

#include <stdlib.h>

enum { SIDES = 2, JSON_BYTES = 64 << 10, MOVED_BYTES = 4096 };

/* What became of a line in the run as it was. */
enum fate { FATE_UNTOUCHED, FATE_DENIED, FATE_REVERSED, FATE_RELEASED, FATE_COUNT };

/* Money of one currency; no sum adds two. */
struct amount { struct slice currency; __int128 minor; struct amount *next; };

struct fired { uint8_t mode, value; };                      /* 0: FALSE or not asked */
struct line_side {
    uint8_t outcome;
    struct amount *earned;
    struct fired rules[RULE_COUNT];
    uint8_t asked[RULES_FALSE_BYTES];
};
struct line_entry {
    struct line_side sides[SIDES];
    struct slice line_id, ref, document;
    uint32_t row;
    uint8_t fate;
    bool counts;
};

struct rule_sum { uint32_t fired[SIDES], unknown[SIDES], flipped, overlap, fates[FATE_COUNT]; struct amount *moved; };

struct simulation {
    struct arena      *arena;
    unsigned           side;
    uint64_t           days;                                /* 0: lines of any age */
    instant_ms         since_unix_ms;
    struct line_entry *entries;
    uint32_t           entry_count;
    struct directory lines; /* line_id → entry + 1: an act of a person may be void on one side and is then told */
    struct directory   clawed_back;                         /* lines that a REVERSE for FRAUD or AUDIT names */
    struct money_moved money;
    struct policy      policies[SIDES];                     /* of the last day, for lines of no program */
    instant_ms         first_unix_ms, last_unix_ms;         /* receipt of the lines that count */
};

/* --- running --- */

static void note_clawbacks(struct simulation *x, const struct line *l)
{
    bool is_clawback = l->kind == KIND_REVERSE && (l->cause == CAUSE_FRAUD || l->cause == CAUSE_AUDIT);
    for (unsigned i = 0; is_clawback && i < l->line_refs.count; i++)
        *directory_at(&x->clawed_back, l->line_refs.items[i], NULL) = true;
}

static uint8_t fate_of(const struct standing *s)
{
    for (unsigned i = 0; i < s->reason_count; i++)
        if (s->reasons[i].code == REASON_DENIED_ON_REVIEW) return FATE_DENIED;
    return s->dossier->review_count && s->outcome != OUTCOME_HOLD ? FATE_RELEASED : FATE_UNTOUCHED;
}

static void describe(struct simulation *x, struct line_entry *e, const struct standing *s)
{
    const struct receipt *r = s->dossier->receipt;
    e->fate = fate_of(s);
    if (e->line_id.size) return;                            /* published again */
    e->line_id = slice_copy(x->arena, r->line_id);
    e->document = slice_copy(x->arena, r->file_name);
    e->row = r->row;
    e->counts = r->received_at_unix_ms >= x->since_unix_ms;
    note_clawbacks(x, s->dossier->line);
    if (!e->counts) return;
    if (!x->first_unix_ms || r->received_at_unix_ms < x->first_unix_ms) x->first_unix_ms = r->received_at_unix_ms;
    if (r->received_at_unix_ms > x->last_unix_ms) x->last_unix_ms = r->received_at_unix_ms;
}

/* The last publication of a line counts; its entries are added as they are posted. */
static void note_line(struct simulation *x, struct line_entry *e, const struct standing *s)
{
    struct line_side *side = &e->sides[x->side];
    if (x->side == 0) describe(x, e, s);
    side->outcome = (uint8_t)s->outcome;
    memset(side->rules, 0, sizeof side->rules);
    rule_values_asked(s->dossier, side->asked);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        const struct rule_result *r = rule_values_find(s->dossier, rule_row((enum rule_id)i));
        if (r && r->value != TRUTH_FALSE) side->rules[i] = (struct fired){ (uint8_t)r->mode, (uint8_t)r->value };
    }
}

/* In order of currency. */
static void add_amount(struct arena *a, struct amount **list, struct slice currency, __int128 minor)
{
    while (*list && slice_compare((*list)->currency, currency) < 0) list = &(*list)->next;
    if (!*list || !slice_equal((*list)->currency, currency)) {
        struct amount *m = ARENA_NEW(a, struct amount);
        *m = (struct amount){ .currency = slice_copy(a, currency), .next = *list };
        *list = m;
    }
    (*list)->minor += minor;
}

static void note_entry(struct simulation *x, struct line_entry *e, const struct payout *p)
{
    if (!e->counts) return;
    money_moved_add(&x->money, x->side, p);
    if (slice_equal(p->ledger, SLICE("EARNED")))
        add_amount(x->arena, &e->sides[x->side].earned, p->program_currency, p->program_amount_minor);
}

static void visit(struct what_if *w, const struct transcript_entry *at, const struct standing *s,
                  const struct node *refused, void *context)
{
    struct simulation *x = context;
    (void)refused;
    if (!s) return;
    uint32_t *known = directory_at(&x->lines, s->dossier->receipt->line_id, NULL);
    if (x->side == 0) *known = (uint32_t)(at - w->engine.transcript.entries) + 1;
    ASSERT(*known && *known <= x->entry_count);             /* rules do not change what intake accepts */
    struct line_entry *e = &x->entries[*known - 1];
    note_line(x, e, s);
    if (x->side == 0 && at->name) e->ref = slice_copy(x->arena, w->engine.names[at->name - 1]);
    const struct payout_section *p = s->dossier->payout;
    for (unsigned i = 0; p && i < p->entry_count; i++) note_entry(x, e, &p->entries[i]);
}

/* The last receipt of the world, or its clock. */
static instant_ms end_of(const struct world *w)
{
    instant_ms end = w->clock_unix_ms;
    for (unsigned i = 0; i < w->document_count; i++)
        if (w->documents[i].received_at_unix_ms > end) end = w->documents[i].received_at_unix_ms;
    return end;
}

static bool make_room(struct simulation *x, uint32_t count)
{
    if (x->side > 0) return true;
    x->entry_count = count;
    x->entries = calloc(count + 1, sizeof *x->entries);
    return x->entries != NULL;
}

static int run_side(struct simulation *x, const struct run_options *options, const struct ruleset_file *ruleset)
{
    static struct what_if w;
    w = (struct what_if){ .options = *options, .is_again = x->side > 0 };
    if (ruleset) {
        w.record = ruleset->tree;
        w.record_file = ruleset->path;
    }
    int code = what_if_run(&w);
    if (code == EXIT_DONE)
        x->policies[x->side] = *catalogue_policy(w.engine.catalogue, instant_date(end_of(&w.engine.world), 0),
                                                 (struct slice){ 0 }, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    if (x->days) x->since_unix_ms = end_of(&w.engine.world) - (instant_ms)x->days * 24 * INSTANT_HOUR_MS;
    if (code == EXIT_DONE && (!make_room(x, w.engine.transcript.count) || !what_if_walk(&w, visit, x)))
        code = EXIT_FAILED;
    what_if_close(&w);
    x->side++;
    return code;
}

/* --- what an installation received --- */

static void judged(void *context, uint32_t line, const struct standing *s)
{
    struct simulation *x = context;
    note_line(x, &x->entries[line], s);
}

/* Payout publishes its dossier before its entries, so that a line that counts is known as one. */
static void posted(void *context, uint32_t line, const struct payout *p)
{
    struct simulation *x = context;
    note_entry(x, &x->entries[line], p);
}

static void ended(void *context, const struct catalogue *c)
{
    struct simulation *x = context;
    x->policies[x->side] = *catalogue_policy(c, instant_date(clock_now_unix_ms(), 0), (struct slice){ 0 },
                                             (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
}

static int run_history(struct simulation *x, struct publish *on_file, const struct history *h,
                       const struct ruleset_file *ruleset, const char *lists)
{
    struct terms_file on_top = { .path = ruleset->path, .tree = ruleset->tree };
    struct replay r = { .history = h,
                        .on_file = on_file,
                        .lists = lists,
                        .programs = &on_top,
                        .posted = posted,
                        .judged = judged,
                        .ended = ended,
                        .context = x };
    int code = make_room(x, h->line_count) ? EXIT_DONE : EXIT_FAILED;
    for (; x->side < SIDES && code == EXIT_DONE; x->side++) {
        r.ends = calloc(h->line_count + 1, sizeof *r.ends);
        r.program_count = x->side;
        code = r.ends ? replay_run(&r) : EXIT_FAILED;
        free(r.ends);
    }
    return code;
}

static int simulate_history(struct simulation *x, struct broker *b, const struct ruleset_file *ruleset,
                            struct slice lists)
{
    struct publish on_file = { 0 };
    struct history history = { 0 };
    int code = broker_connect(b);
    if (code != EXIT_DONE) return code;
    code = publish_open(&on_file, b, NULL, false);
    if (code == EXIT_DONE) code = history_open(&history, b);
    if (code == EXIT_DONE && !lists.size)
        fprintf(stderr, "nobody is screened in this run; --lists FILE names the lists of claim-screener\n");
    if (code == EXIT_DONE) code = run_history(x, &on_file, &history, ruleset, lists.size ? lists.bytes : NULL);
    history_close(&history);
    publish_close(&on_file);
    return code;
}

/* --- summing --- */

static void mark_clawed_back(struct simulation *x)
{
    for (uint32_t i = 0; x->clawed_back.count && i < x->entry_count; i++)
        if (directory_get(&x->clawed_back, x->entries[i].line_id, false)) x->entries[i].fate = FATE_REVERSED;
}

static bool fires(const struct line_side *s, unsigned rule)
{
    return s->rules[rule].value == TRUTH_TRUE;
}

static bool another_fires(const struct line_side *s, unsigned rule)
{
    for (unsigned i = 0; i < RULE_COUNT; i++)
        if (i != rule && fires(s, i)) return true;
    return false;
}

static void sum_line(struct arena *a, struct rule_sum *sum, const struct line_entry *e, unsigned rule)
{
    const struct line_side *now = &e->sides[0], *then = &e->sides[1];
    for (unsigned side = 0; side < SIDES; side++) {
        uint8_t value = e->sides[side].rules[rule].value;
        sum->fired[side] += value == TRUTH_TRUE;
        sum->unknown[side] += value == TRUTH_WAIT || value == TRUTH_FAULT;
    }
    if (fires(then, rule)) sum->fates[e->fate]++;
    if (fires(then, rule) && another_fires(then, rule)) sum->overlap++;
    bool changed = memcmp(&now->rules[rule], &then->rules[rule], sizeof now->rules[rule]) != 0;
    if (!changed) return;
    sum->flipped += now->outcome != then->outcome;
    for (const struct amount *m = then->earned; m; m = m->next) add_amount(a, &sum->moved, m->currency, m->minor);
    for (const struct amount *m = now->earned; m; m = m->next) add_amount(a, &sum->moved, m->currency, -m->minor);
}

/* "+24.90 USD · -3 JPY"; 0 when nothing moves. */
static void put_moved(struct text *t, const struct amount *moved)
{
    size_t before = t->size;
    for (const struct amount *m = moved; m; m = m->next) {
        if (!m->minor) continue;
        if (t->size > before) PUT(t, " · ");
        if (m->minor > 0) text_put_byte(t, '+');
        money_put(t, (int64_t)m->minor, m->currency);
        text_put_byte(t, ' ');
        text_put(t, m->currency);
    }
    if (t->size == before) text_put_byte(t, '0');
}

static void print_rules(const struct simulation *x, struct output *out)
{
    output_print(out, "RULE\tFIRED NOW\tFIRED THEN\tUNKNOWN NOW\tUNKNOWN "
                      "THEN\tFLIPPED\tMONEY\tOVERLAP\tDENIED\tREVERSED\tRELEASED\tUNTOUCHED\tNAME\n");
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        struct rule_sum sum = { 0 };
        for (uint32_t i = 0; i < x->entry_count; i++)
            if (x->entries[i].counts) sum_line(x->arena, &sum, &x->entries[i], rule);
        if (!sum.fired[0] && !sum.fired[1] && !sum.unknown[0] && !sum.unknown[1]) continue;
        char buffer[MOVED_BYTES];
        struct text money = text_over(buffer, sizeof buffer);
        put_moved(&money, sum.moved);
        char word[16];
        struct text name = text_over(word, sizeof word);
        rule_put_name(&name, rule_row((enum rule_id)rule));
        output_print(out, "%.*s\t%u\t%u\t%u\t%u\t%u\t%.*s\t%u\t%u\t%u\t%u\t%u\t%.*s\n", SLICE_ARGS(text_slice(&name)),
                     sum.fired[0], sum.fired[1], sum.unknown[0], sum.unknown[1], sum.flipped,
                     SLICE_ARGS(text_slice(&money)), sum.overlap, sum.fates[FATE_DENIED], sum.fates[FATE_REVERSED],
                     sum.fates[FATE_RELEASED], sum.fates[FATE_UNTOUCHED],
                     SLICE_ARGS(rule_row((enum rule_id)rule)->name));
    }
    output_print(out, "\n");
}

/* A rule leaves SHADOW once it was seen long enough, or on enough lines (screening.md 5.2). */
static void warn_of_haste(const struct simulation *x)
{
    int64_t days = (x->last_unix_ms - x->first_unix_ms) / (24 * INSTANT_HOUR_MS);
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        bool leaves = policy_mode(&x->policies[0], (enum rule_id)rule) == RULE_MODE_SHADOW
            && policy_mode(&x->policies[1], (enum rule_id)rule) == RULE_MODE_ENFORCE;
        int64_t lines = 0;
        for (uint32_t i = 0; leaves && i < x->entry_count; i++)
            lines += x->entries[i].counts && (x->entries[i].sides[0].asked[rule / 8] >> rule % 8 & 1);
        if (!leaves || days >= x->policies[1].shadow_days_min || lines >= x->policies[1].shadow_lines_min) continue;
        char word[16];
        struct text name = text_over(word, sizeof word);
        rule_put_name(&name, rule_row((enum rule_id)rule));
        fprintf(
            stderr,
            "%.*s would leave SHADOW after %lld days and %lld lines; shadow.days_min is %lld, shadow.lines_min %lld\n",
            SLICE_ARGS(text_slice(&name)), (long long)days, (long long)lines, (long long)x->policies[1].shadow_days_min,
            (long long)x->policies[1].shadow_lines_min);
    }
}

/* --- line by line --- */

static void put_earned(struct json *j, const struct amount *earned)
{
    json_name(j, SLICE("earned"));
    json_open_object(j);
    for (const struct amount *m = earned; m; m = m->next) {
        char buffer[32];
        struct text t = text_over(buffer, sizeof buffer);
        money_put(&t, (int64_t)m->minor, m->currency);
        json_name(j, m->currency);
        json_put_text(j, text_slice(&t));
    }
    json_close_object(j);
}

static void put_side(struct json *j, const char *name, const struct line_side *s)
{
    json_name(j, slice_from(name));
    json_open_object(j);
    json_word(j, "outcome", VOCABULARY_OUTCOME, s->outcome);
    json_name(j, SLICE("rules"));
    json_open_object(j);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        if (!s->rules[i].value) continue;
        char buffer[32], word[16];
        struct text t = text_over(buffer, sizeof buffer), rule = text_over(word, sizeof word);
        text_put(&t, word_text(VOCABULARY_TRUTH, s->rules[i].value));
        if (s->rules[i].mode == RULE_MODE_SHADOW) PUT(&t, " SHADOW");
        rule_put_name(&rule, rule_row((enum rule_id)i));
        json_name(j, text_slice(&rule));
        json_put_text(j, text_slice(&t));
    }
    json_close_object(j);
    put_earned(j, s->earned);
    json_close_object(j);
}

static bool says_something(const struct line_entry *e)
{
    bool fired = e->sides[0].outcome != e->sides[1].outcome;
    for (unsigned i = 0; i < RULE_COUNT; i++) fired |= e->sides[0].rules[i].value || e->sides[1].rules[i].value;
    return fired && e->counts;
}

static int print_lines(const struct simulation *x, struct slice path)
{
    struct output out;
    if (output_open(&out, path.bytes) != OK) return EXIT_FAILED;
    for (uint32_t i = 0; i < x->entry_count; i++) {
        const struct line_entry *e = &x->entries[i];
        if (!says_something(e)) continue;
        size_t mark = arena_mark(x->arena);
        struct text t = text_in(x->arena, JSON_BYTES);
        struct json j = json_over(&t);
        json_open_object(&j);
        json_text(&j, "line_id", e->line_id);
        json_text(&j, "ref", e->ref);
        json_text(&j, "document", e->document);
        if (e->row) json_int(&j, "row", e->row);
        put_side(&j, "now", &e->sides[0]);
        put_side(&j, "then", &e->sides[1]);
        json_close_object(&j);
        output_line(&out, text_slice(&t));
        arena_rewind(x->arena, mark);
    }
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

/* --- the verb --- */

/* "90d": lines received in the last ninety days, of the world or of the clock; nothing: all. */
static bool read_days(struct slice text, uint64_t *days)
{
    *days = 0;
    if (!text.size) return true;
    return text.bytes[text.size - 1] == 'd' && slice_to_uint(slice_head(text, text.size - 1), 36525, days) && *days > 0;
}

/* An installation has a clock: any time that people say. */
static bool read_since(struct slice text, instant_ms *since_unix_ms)
{
    struct moment m;
    if (!text.size) return true;
    if (!moment_read(text, clock_now_unix_ms(), &m) || (m.kind != MOMENT_BEGINNING && m.kind != MOMENT_INSTANT))
        return false;
    if (m.kind == MOMENT_INSTANT) *since_unix_ms = m.unix_ms;
    return true;
}

static int print_all(struct simulation *x, struct slice lines)
{
    struct output out = output_stdout();
    mark_clawed_back(x);
    if (lines.size) return print_lines(x, lines);
    print_rules(x, &out);
    unsigned sums = money_moved_print(&x->money, &out);
    warn_of_haste(x);
    fprintf(stderr, "%u line%s of the run, %u sum%s of money differ%s\n", x->entry_count, plural(x->entry_count), sums,
            plural(sums), sums == 1 ? "s" : "");
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

struct words { struct slice path, input, since, lists, lines; const char *state, *world; };

static int simulate_world(struct simulation *x, const struct words *w, const struct ruleset_file *ruleset)
{
    struct run_options o = run_options_default(w->world);
    o.received_from_input = true;
    if (w->input.size) o.inputs[o.input_count++] = w->input.bytes;
    int code = run_side(x, &o, NULL);
    return code == EXIT_DONE ? run_side(x, &o, ruleset) : code;
}

/* The run that left the folder, with the acts of people since. */
static int simulate_state(struct simulation *x, const struct words *w, const struct ruleset_file *ruleset)
{
    struct state_dir kept;
    struct transcript t;
    struct run_options o;
    const char *acts;
    int code = state_dir_code(state_dir_open(&kept, w->state, &t));
    if (t.spool) transcript_close(&t);
    if (code == EXIT_DONE) code = run_keep_read(x->arena, &kept, &o, &acts);
    if (code == EXIT_DONE) code = run_side(x, &o, NULL);
    return code == EXIT_DONE ? run_side(x, &o, ruleset) : code;
}

static int read_words(struct words *w, int argc, char **argv)
{
    static const char form[] = "rules simulate --ruleset FILE [--world DIR [--input FILE]|--state DIR] [--since 90d] "
                               "[--lists FILE] [--lines FILE|-]";
    const struct option_slot options[] = {
        { "--ruleset", &w->path, NULL }, { "--input", &w->input, NULL }, { "--since", &w->since, NULL },
        { "--lists", &w->lists, NULL },  { "--lines", &w->lines, NULL },
    };
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    bool is_offline = w->world || w->state;
    bool fits = !(w->world && w->state) && !(w->input.size && !w->world) && !(w->lists.size && is_offline);
    return argc == 2 && w->path.size && fits ? EXIT_DONE : option_usage(form);
}

int rulesets_simulate(struct arena *a, int argc, char **argv)
{
    struct words w = { .state = option_pick_text(&argc, argv, "--state"),
                       .world = option_pick_text(&argc, argv, "--world") };
    struct simulation *x = ARENA_NEW(a, struct simulation);
    struct ruleset_file ruleset;
    struct broker broker = { 0 };
    bool asks_broker = !w.state && !w.world;
    *x = (struct simulation){ .arena = a, .since_unix_ms = INT64_MIN, .money = { .arena = a } };
    directory_open(&x->lines);
    directory_open(&x->clawed_back);
    int code = asks_broker ? broker_open(&broker, &argc, argv) : EXIT_DONE;
    if (code == EXIT_DONE) code = read_words(&w, argc, argv);
    if (code == EXIT_DONE && !(asks_broker ? read_since(w.since, &x->since_unix_ms) : read_days(w.since, &x->days)))
        code = option_usage(
            "--since takes days, as 90d; of an installation any time: 10m, an RFC 3339 instant, beginning");
    if (code == EXIT_DONE) code = ruleset_file_read(a, w.path, &ruleset);
    if (code == EXIT_DONE)
        code = asks_broker ? simulate_history(x, &broker, &ruleset, w.lists)
               : w.state   ? simulate_state(x, &w, &ruleset)
                           : simulate_world(x, &w, &ruleset);
    if (code == EXIT_DONE) code = print_all(x, w.lines);
    free(x->entries);
    directory_close(&x->lines);
    directory_close(&x->clawed_back);
    if (asks_broker) broker_close(&broker);
    return code;
}
