/* claimctl/rulesets_simulate.c: `rules simulate`: a world under another ruleset, rule by rule and line by line. */
#include "claimctl/rulesets.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/money_moved.h"
#include "claimctl/reading_options.h"
#include "claimctl/rule_values.h"
#include "claimctl/what_if.h"
#include "wire/json_text.h"

#include <stdlib.h>

enum { SIDES = 2, JSON_BYTES = 64 << 10, CLAWBACKS_MAX = 4096 };

/* What became of a line in the run as it was. */
enum fate { FATE_UNTOUCHED, FATE_DENIED, FATE_REVERSED, FATE_RELEASED, FATE_COUNT };

struct fired { uint8_t mode, value; };                      /* 0: FALSE or not asked */
struct line_side { uint8_t outcome; int64_t earned_minor; struct fired rules[RULE_COUNT]; uint8_t asked[RULES_FALSE_BYTES]; };
struct line_entry { struct line_side sides[SIDES]; struct slice line_id, ref, document; uint32_t row; uint8_t fate; bool counts; };

struct rule_sum { uint32_t fired[SIDES], unknown[SIDES], flipped, overlap, fates[FATE_COUNT]; __int128 moved_minor; };

struct simulation {
    struct arena      *arena;
    unsigned           side;
    uint64_t           days;                                /* 0: lines of any age */
    instant_ms         since_unix_ms;
    struct line_entry *entries;
    uint32_t           entry_count;
    struct slice       clawed_back[CLAWBACKS_MAX];          /* lines that a REVERSE for FRAUD or AUDIT names */
    unsigned           clawed_back_count;
    struct money_moved money;
    struct policy      policies[SIDES];                     /* of the last day, for lines of no program */
    instant_ms         first_unix_ms, last_unix_ms;         /* receipt of the lines that count */
};

/* --- running --- */

static void note_clawbacks(struct simulation *x, const struct line *l)
{
    bool is_clawback = l->kind == KIND_REVERSE && (l->cause == CAUSE_FRAUD || l->cause == CAUSE_AUDIT);
    for (unsigned i = 0; is_clawback && i < l->line_refs.count && x->clawed_back_count < CLAWBACKS_MAX; i++)
        x->clawed_back[x->clawed_back_count++] = slice_copy(x->arena, l->line_refs.items[i]);
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
    e->line_id = slice_copy(x->arena, r->line_id);
    e->document = slice_copy(x->arena, r->file_name);
    e->row = r->row;
    e->fate = fate_of(s);
    e->counts = r->received_at_unix_ms >= x->since_unix_ms;
    note_clawbacks(x, s->dossier->line);
    if (!e->counts) return;
    if (!x->first_unix_ms || r->received_at_unix_ms < x->first_unix_ms) x->first_unix_ms = r->received_at_unix_ms;
    if (r->received_at_unix_ms > x->last_unix_ms) x->last_unix_ms = r->received_at_unix_ms;
}

static void visit(struct what_if *w, const struct transcript_entry *at, const struct standing *s, const struct node *refused, void *context)
{
    struct simulation *x = context;
    struct line_entry *e = &x->entries[at - w->engine.transcript.entries];
    (void)refused;
    if (!s) return;
    if (x->side == 0) describe(x, e, s);
    if (x->side == 0 && at->name) e->ref = slice_copy(x->arena, w->engine.names[at->name - 1]);
    struct line_side *side = &e->sides[x->side];
    side->outcome = (uint8_t)s->outcome;
    rule_values_asked(s->dossier, side->asked);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        const struct rule_result *r = rule_values_find(s->dossier, rule_row((enum rule_id)i));
        if (r && r->value != TRUTH_FALSE) side->rules[i] = (struct fired){ (uint8_t)r->mode, (uint8_t)r->value };
    }
    const struct payout_section *p = s->dossier->payout;
    for (unsigned i = 0; p && e->counts && i < p->entry_count; i++) {
        money_moved_add(&x->money, x->side, &p->entries[i]);
        if (slice_equal(p->entries[i].ledger, SLICE("EARNED"))) side->earned_minor += p->entries[i].program_amount_minor;
    }
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
    if (x->side == 0) {
        x->entry_count = count;
        x->entries = calloc(count + 1, sizeof *x->entries);
    }
    ASSERT(x->entry_count == count);                        /* rules do not change what intake accepts */
    return x->entries != NULL;
}

static int run_side(struct simulation *x, const struct run_options *options, const struct ruleset_file *ruleset)
{
    static struct what_if w;
    w = (struct what_if){ .options = *options };
    if (ruleset) {
        w.record = ruleset->tree;
        w.record_file = ruleset->path;
    }
    int code = what_if_run(&w);
    if (code == EXIT_DONE)
        x->policies[x->side] = *catalogue_policy(w.engine.catalogue, instant_date(end_of(&w.engine.world), 0), (struct slice){ 0 }, (struct slice){ 0 },
                                                 INCENTIVE_UNSPECIFIED);
    if (x->days) x->since_unix_ms = end_of(&w.engine.world) - (instant_ms)x->days * 24 * INSTANT_HOUR_MS;
    if (code == EXIT_DONE && (!make_room(x, w.engine.transcript.count) || !what_if_walk(&w, visit, x))) code = EXIT_FAILED;
    what_if_close(&w);
    x->side++;
    return code;
}

/* --- summing --- */

static void mark_clawed_back(struct simulation *x)
{
    for (uint32_t i = 0; x->clawed_back_count && i < x->entry_count; i++)
        for (unsigned k = 0; k < x->clawed_back_count; k++)
            if (slice_equal(x->entries[i].line_id, x->clawed_back[k])) x->entries[i].fate = FATE_REVERSED;
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

static void sum_line(struct rule_sum *sum, const struct line_entry *e, unsigned rule)
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
    sum->moved_minor += then->earned_minor - now->earned_minor;
}

static void print_rules(const struct simulation *x, struct output *out)
{
    output_print(out, "RULE\tFIRED NOW\tFIRED THEN\tUNKNOWN NOW\tUNKNOWN THEN\tFLIPPED\tMONEY\tOVERLAP\tDENIED\tREVERSED\tRELEASED\tUNTOUCHED\n");
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        struct rule_sum sum = { 0 };
        for (uint32_t i = 0; i < x->entry_count; i++)
            if (x->entries[i].counts) sum_line(&sum, &x->entries[i], rule);
        if (!sum.fired[0] && !sum.fired[1] && !sum.unknown[0] && !sum.unknown[1]) continue;
        char buffer[32];
        struct text money = text_over(buffer, sizeof buffer);
        if (sum.moved_minor > 0) text_put_byte(&money, '+');
        text_put_int(&money, (int64_t)sum.moved_minor);
        char word[16];
        struct text name = text_over(word, sizeof word);
        rule_put_name(&name, rule_row((enum rule_id)rule));
        output_print(out, "%.*s\t%u\t%u\t%u\t%u\t%u\t%.*s\t%u\t%u\t%u\t%u\t%u\n", SLICE_ARGS(text_slice(&name)), sum.fired[0], sum.fired[1], sum.unknown[0], sum.unknown[1], sum.flipped, SLICE_ARGS(text_slice(&money)),
                     sum.overlap, sum.fates[FATE_DENIED], sum.fates[FATE_REVERSED], sum.fates[FATE_RELEASED], sum.fates[FATE_UNTOUCHED]);
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
        fprintf(stderr, "%.*s would leave SHADOW after %lld days and %lld lines; shadow.days_min is %lld, shadow.lines_min %lld\n",
                SLICE_ARGS(text_slice(&name)), (long long)days, (long long)lines, (long long)x->policies[1].shadow_days_min,
                (long long)x->policies[1].shadow_lines_min);
    }
}

/* --- line by line --- */

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
    json_int(j, "earned_minor", s->earned_minor);
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
        json_int(&j, "row", e->row);
        put_side(&j, "now", &e->sides[0]);
        put_side(&j, "then", &e->sides[1]);
        json_close_object(&j);
        output_line(&out, text_slice(&t));
        arena_rewind(x->arena, mark);
    }
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

/* --- the verb --- */

/* "90d": lines received in the last ninety days of the world; nothing: all. */
static bool read_days(struct slice text, uint64_t *days)
{
    *days = 0;
    if (!text.size) return true;
    return text.bytes[text.size - 1] == 'd' && slice_to_uint(slice_head(text, text.size - 1), 36525, days) && *days > 0;
}

static int print_all(struct simulation *x, struct slice lines)
{
    struct output out = output_stdout();
    mark_clawed_back(x);
    if (lines.size) return print_lines(x, lines);
    print_rules(x, &out);
    unsigned sums = money_moved_print(&x->money, &out);
    warn_of_haste(x);
    fprintf(stderr, "%u entries of the run, %u sums of money differ\n", x->entry_count, sums);
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

int rulesets_simulate(struct arena *a, int argc, char **argv)
{
    struct slice world = { 0 }, path = { 0 }, input = { 0 }, since = { 0 }, lines = { 0 };
    static const char form[] = "rules simulate --world DIR --ruleset FILE [--input FILE] [--since 90d] [--lines FILE|-]";
    const struct reading_option options[] = { { "--world", &world, NULL }, { "--ruleset", &path, NULL }, { "--input", &input, NULL },
                                              { "--since", &since, NULL },
                                              { "--lines", &lines, NULL } };
    struct simulation *x = ARENA_NEW(a, struct simulation);
    struct ruleset_file ruleset;
    *x = (struct simulation){ .arena = a, .since_unix_ms = INT64_MIN, .money = { .arena = a } };
    if (reading_options_take(&argc, argv, options, 5) != OK) return EXIT_USAGE;
    if (argc != 2 || !world.size || !path.size) return reading_options_usage(form);
    if (!read_days(since, &x->days)) return reading_options_usage(form);
    if (!ruleset_file_read(a, path, &ruleset)) return EXIT_FAILED;
    struct run_options o = run_options_default(world.bytes);
    o.received_from_input = true;
    if (input.size) o.inputs[o.input_count++] = input.bytes;
    int code = run_side(x, &o, NULL);
    if (code == EXIT_DONE) code = run_side(x, &o, &ruleset);
    if (code == EXIT_DONE) code = print_all(x, lines);
    free(x->entries);
    return code;
}
