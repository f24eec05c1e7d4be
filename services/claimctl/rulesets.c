/* claimctl/rulesets.c: `rules list|show|test|simulate`: the rule catalogue with what is in force, and rulesets before
 * they are. */
#include "claimctl/rulesets.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/output.h"
#include "claimctl/rule_values.h"
#include "claimctl/ruleset_file.h"
#include "claimctl/run_engine.h"
#include "claimctl/terms_cases.h"
#include "claimctl/terms_file.h"
#include "wire/terms.h"
#include "wire/yaml.h"

enum { RULES_ARENA_BYTES = 64 << 20, VALUE_BYTES = 256 };

static const char form[] =
    "rules list [--world DIR|--ruleset FILE]\n  rules show RULE [--world DIR|--ruleset FILE]\n  rules test FILE\n"
    "  rules simulate --ruleset FILE [--world DIR [--input FILE]|--state DIR] [--since 90d] [--lists FILE] [--lines "
    "FILE|-]";

/* --- what is asked of a rule beside rule.def --- */

struct about { enum rule_id rule; struct slice reasons, settings, evidence; };
static const struct about abouts[] = {
#define ABOUT(rule, reasons, settings, evidence) \
    { RULE_##rule, SLICE_INIT(reasons), SLICE_INIT(settings), SLICE_INIT(evidence) },
#include "claimctl/rule_about.def"
#undef ABOUT
};
_Static_assert(sizeof abouts / sizeof abouts[0] == RULE_COUNT, "rule_about.def has a row for each rule");

static const struct about *about_of(enum rule_id rule)
{
    for (unsigned i = 0; i < RULE_COUNT; i++)
        if (abouts[i].rule == rule) return &abouts[i];
    NEVER();
}

static struct slice class_text(enum rule_class class)
{
    static const struct slice texts[] = {
        [RULE_CLASS_HARD] = SLICE_INIT("HARD"),
        [RULE_CLASS_HARD_ADJUST] = SLICE_INIT("HARD/ADJUST"),
        [RULE_CLASS_HARD_HOLD] = SLICE_INIT("HARD/HOLD"),
        [RULE_CLASS_ADJUST] = SLICE_INIT("ADJUST"),
        [RULE_CLASS_HOLD] = SLICE_INIT("HOLD"),
        [RULE_CLASS_HOLD_ADJUST] = SLICE_INIT("HOLD/ADJUST"),
        [RULE_CLASS_HOLD_SCORE] = SLICE_INIT("HOLD/SCORE"),
        [RULE_CLASS_SCORE] = SLICE_INIT("SCORE"),
        [RULE_CLASS_NOTE] = SLICE_INIT("NOTE"),
    };
    return texts[class];
}

static struct slice stage_text(const struct rule_row *row)
{
    return row->stage == STAGE_UNSPECIFIED ? SLICE("ALL") : word_text(VOCABULARY_STAGE, row->stage);
}

static struct slice rule_name(struct arena *a, const struct rule_row *row)
{
    struct text t = text_in(a, row->word.size);
    rule_put_name(&t, row);
    return text_slice(&t);
}

/* --- what is in force --- */

/* The policy of a date for lines of no program, with its texts out of the catalogue, which closes. */
static void copy_policy(struct arena *a, const struct catalogue *c, int32_t date, struct policy *out)
{
    *out = *catalogue_policy(c, date, (struct slice){ 0 }, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    out->serial_placeholders = slice_copy(a, out->serial_placeholders);
    out->screening_high_risk_countries = slice_copy(a, out->screening_high_risk_countries);
    out->agreement_excluded_countries = slice_copy(a, out->agreement_excluded_countries);
}

static int policy_of_file(struct arena *a, struct slice path, struct policy *out)
{
    struct ruleset_file f;
    int code = ruleset_file_read(a, path, &f);
    if (code != EXIT_DONE) return code;
    struct catalogue *c = catalogue_open();
    bool put = c && catalogue_put_ruleset(c, &f.ruleset) == OK;
    if (put) copy_policy(a, c, f.ruleset.valid_from, out);
    catalogue_close(c);
    return put ? EXIT_DONE : EXIT_FAILED;
}

static int policy_of_world(struct arena *a, struct slice world, struct policy *out)
{
    static struct run_engine engine;
    struct run_options o = run_options_default(slice_copy(a, world).bytes);
    int code = run_engine_open(&engine, &o);
    if (code == EXIT_DONE) copy_policy(a, engine.catalogue, instant_date(engine.world.clock_unix_ms, 0), out);
    run_engine_close(&engine);
    return code;
}

/* Takes --world or --ruleset out of argv; without either the defaults of the page are in force. */
static int read_policy(struct arena *a, int *argc, char **argv, struct policy *out)
{
    struct slice world = { 0 }, ruleset = { 0 };
    const struct option_slot options[] = { { "--world", &world, NULL }, { "--ruleset", &ruleset, NULL } };
    option_take(argc, argv, options, 2);
    if (world.size && ruleset.size) return option_usage(form);
    if (world.size) return policy_of_world(a, world, out);
    if (ruleset.size) return policy_of_file(a, ruleset, out);
    policy_default(out);
    return EXIT_DONE;
}

static void put_setting(struct text *t, const struct policy *p, struct slice name)
{
    if (t->size) text_put_byte(t, ' ');
    text_put(t, name);
    text_put_byte(t, '=');
    policy_put(t, p, name);
}

static struct slice policy_settings_text(struct arena *a, const struct policy *p, struct slice names)
{
    struct text t = text_in(a, names.size + VALUE_BYTES * 8);
    while (names.size) {
        struct slice name = slice_cut(&names, ' ');
        if (name.size) put_setting(&t, p, name);
    }
    return t.size ? text_slice(&t) : SLICE("-");
}

/* --- list, show --- */

static const struct listing_field fields[] = {
    { "rule", LISTING_TEXT, "its name in rulesets", false },
    { "name", LISTING_TEXT, "in words", false },
    { "stage", LISTING_TEXT, "that asks it", false },
    { "class", LISTING_TEXT, "what it does when it is true", false },
    { "wave", LISTING_WHOLE, "1: built; 2: its mode is OFF until it is", false },
    { "mode", LISTING_TEXT, "ENFORCE, SHADOW or OFF, in force", false },
    { "settings", LISTING_LIST, "its thresholds in force", false },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static void list_rule(struct arena *a, struct listing *l, const struct rule_row *row, const struct policy *p)
{
    struct text wave = text_in(a, 4);
    text_put_int(&wave, row->wave);
    const struct slice cells[FIELD_COUNT] = {
        rule_name(a, row),
        row->name,
        stage_text(row),
        class_text(row->class),
        text_slice(&wave),
        word_text(VOCABULARY_RULE_MODE, policy_mode(p, row->id)),
        policy_settings_text(a, p, about_of(row->id)->settings),
    };
    listing_row(l, cells);
}

static int list(struct arena *a, int argc, char **argv)
{
    struct policy p;
    struct listing l = { .names_in_tsv = true };
    enum listing_form list_form;
    int code = listing_take_form(&argc, argv, &list_form, NULL) ? EXIT_DONE : EXIT_USAGE;
    if (code == EXIT_DONE) code = read_policy(a, &argc, argv, &p);
    if (code != EXIT_DONE) return code;
    if (argc != 2) return option_usage(form);
    struct output out = output_stdout();
    if (listing_begin(&l, &out, fields, FIELD_COUNT, list_form)) {
        for (enum rule_id id = 0; id < RULE_COUNT; id++) list_rule(a, &l, rule_row(id), &p);
        listing_end(&l);
        fprintf(stderr, "ruleset version %u\n", p.ruleset_version);
    }
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

static void print_words(struct output *out, const char *name, struct slice words)
{
    output_print(out, "%s\t%.*s\n", name, SLICE_ARGS(words.size ? words : SLICE("-")));
}

static void print_reasons(struct output *out, struct slice names)
{
    while (names.size) {
        struct slice name = slice_cut(&names, ' ');
        enum reason_code code = reason_find(name);
        if (code == REASON_NONE) continue;
        output_print(out, "reason\t%.*s %d\t%.*s\n", SLICE_ARGS(name), (int)code,
                     SLICE_ARGS(word_text(VOCABULARY_OUTCOME, reason_outcome(code))));
    }
}

static void print_rule(struct arena *a, struct output *out, const struct rule_row *row, const struct policy *p)
{
    const struct about *about = about_of(row->id);
    struct slice settings = about->settings;
    output_print(out, "rule\t%.*s %u\t%.*s\n", SLICE_ARGS(rule_name(a, row)), row->number, SLICE_ARGS(row->name));
    print_words(out, "stage", stage_text(row));
    print_words(out, "class", class_text(row->class));
    output_print(out, "wave\t%u\n", row->wave);
    output_print(out, "mode\t%.*s\t%s\n", SLICE_ARGS(word_text(VOCABULARY_RULE_MODE, policy_mode(p, row->id))),
                 rule_is_always_enforced(row->id) ? "no ruleset changes it"
                 : row->wave == 1                 ? "a ruleset may set ENFORCE, SHADOW or OFF"
                                                  : "it is not built: no ruleset turns it on");
    print_reasons(out, about->reasons);
    while (settings.size) {
        struct slice name = slice_cut(&settings, ' ');
        if (name.size) print_words(out, "setting", policy_settings_text(a, p, name));
    }
    print_words(out, "evidence", about->evidence);
}

static int show(struct arena *a, int argc, char **argv)
{
    struct policy p;
    int code = read_policy(a, &argc, argv, &p);
    if (code != EXIT_DONE) return code;
    if (argc != 3) return option_usage(form);
    const struct rule_row *row = rule_by_word(slice_from(argv[2]));
    if (!row) {
        struct nearest near = nearest_to(slice_from(argv[2]));
        for (enum rule_id id = 0; id < RULE_COUNT; id++) nearest_offer(&near, rule_name(a, rule_row(id)));
        return nearest_refuse(&near, "claimctl rules list names them", "no rule is called %s", argv[2]);
    }
    struct output out = output_stdout();
    print_rule(a, &out, row, &p);
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

/* --- test --- */

static int test(struct arena *a, int argc, char **argv)
{
    struct ruleset_file f;
    struct problems problems = problems_in(a);
    if (argc != 3) return option_usage(form);
    int code = ruleset_file_read(a, slice_from(argv[2]), &f);
    if (code != EXIT_DONE) return code;
    const struct terms_cases cases = { .path = f.path, .tree = f.tree };
    return terms_cases_run(a, &cases, &problems);
}

int claimctl_rules(int argc, char **argv)
{
    static const struct { struct slice word; int (*run)(struct arena *, int, char **);
    } verbs[] = {
        { SLICE_INIT("list"), list },
        { SLICE_INIT("show"), show },
        { SLICE_INIT("test"), test },
        { SLICE_INIT("simulate"), rulesets_simulate },
    };
    struct arena a = { 0 };
    for (unsigned i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (!slice_equal(verbs[i].word, slice_from(argv[1]))) continue;
        if (arena_open(&a, RULES_ARENA_BYTES, 15 * (size_t)RULES_ARENA_BYTES) != OK) return EXIT_FAILED;
        int code = verbs[i].run(&a, argc, argv);
        arena_close(&a);
        return code;
    }
    return command_refuse_verb("rules", argc > 1 ? argv[1] : NULL);
}
