/* claimctl/terms_cases.c: the cases that terms carry, through the real engine (README.md, Tests of terms). */
#include "claimctl/terms_cases.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/output.h"
#include "claimctl/rule_values.h"
#include "claimctl/terms_file.h"
#include "claimctl/what_if.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "wire/json_text.h"
#include "wire/terms_schema.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CASES_MAX = 256, LINES_MAX = 1000, LINE_BYTES = 64 << 10, MESSAGE_BYTES = 512 };

/* What is said of one line; what is not said is not compared. */
struct expected { enum outcome outcome; bool has_reasons, has_paid; struct texts reasons, rules; struct slice paid; };

struct test_case {
    struct slice name, world; /* world: folder relative to the file, empty: a world of nothing but records */
    instant_ms             clock_unix_ms;
    const struct expected *expected;
    unsigned               expected_count;
    const struct node     *records, *lines;
};

static const struct member expected_members[] = {
    { "outcome", WORD_OF(struct expected, outcome, OUTCOME), .required = true },
    { "reasons", TEXTS_OF(struct expected, reasons, 40), ASIDE(struct expected, has_reasons) },
    { "paid", .type = MEMBER_DECIMAL_TEXT, PLACE(struct expected, paid), .scale = 4, .min = -AMOUNT_MINOR_MAX,
      .max = AMOUNT_MINOR_MAX, ASIDE(struct expected, has_paid) },
    { "rules", TEXTS_OF(struct expected, rules, 24) },
};
static const struct schema expected_schema = SCHEMA_OF(struct expected, expected_members, "an expectation", NULL);

static void check_case(struct reading *r, const struct node *n, void *record)
{
    struct test_case *c = record;
    c->records = node_find(n, SLICE("records"));
    c->lines = node_find(n, SLICE("lines"));
    if (c->records && c->records->type != NODE_LIST)
        schema_refuse(r, c->records->at, "records", "write a list", "records must be a list");
    if (c->lines->type != NODE_LIST || c->lines->count == 0 || c->lines->count > LINES_MAX)
        schema_refuse(r, c->lines->at, "lines", "write a list of lines", "lines must be a list of 1 to %d", LINES_MAX);
    else if (c->expected_count != c->lines->count)
        schema_refuse(r, schema_place(n, "expect"), "expect", "write one expectation a line, in order",
                      "%u lines and %u expectations", c->lines->count, c->expected_count);
    if (!c->world.size && !c->clock_unix_ms)
        schema_refuse(r, n->at, "clock",
                      "add world: DIR, or clock: and records:", "the case has neither a world nor a clock");
}

static const struct member case_members[] = {
    { "name", TEXT_OF(struct test_case, name, 200), .required = true },
    { "world", TEXT_OF(struct test_case, world, 1024) },
    { "clock", .type = MEMBER_INSTANT, PLACE(struct test_case, clock_unix_ms) },
    { "records", BY_HAND },
    { "lines", BY_HAND, .required = true },
    { "expect", RECORDS_OF(struct test_case, expected, expected_count, expected_schema), .bound = LINES_MAX,
      .required = true },
};
static const struct schema case_schema = SCHEMA_OF(struct test_case, case_members, "a test", check_case);

struct test_cases { const struct test_case *items; unsigned count; };

static const struct member cases_member = { "tests", RECORDS_OF(struct test_cases, items, count, case_schema),
                                            .bound = CASES_MAX };

/* --- a folder for one case --- */

static const char *const scratch_files[] = { "world.yaml", "partners.yaml", "lines.ndjson" };

static const char *path_in(const char *folder, const char *file)
{
    static char path[PATH_MAX];
    ASSERT(snprintf(path, sizeof path, "%s/%s", folder, file) < (int)sizeof path);
    return path;
}

static bool write_file(const char *folder, const char *file, struct slice text)
{
    FILE *out = fopen(path_in(folder, file), "wb");
    bool good = out && fwrite(text.bytes, 1, text.size, out) == text.size;
    if (out) good &= fclose(out) == 0;
    return good;
}

static void remove_scratch(const char *folder)
{
    for (unsigned i = 0; i < sizeof scratch_files / sizeof scratch_files[0]; i++)
        unlink(path_in(folder, scratch_files[i]));
    rmdir(path_in(folder, "programs"));
    rmdir(folder);
}

static void put_json(struct json *j, const struct node *n)
{
    if (n->type == NODE_SCALAR) {
        bool flag = slice_equal(n->text, SLICE("true")) || slice_equal(n->text, SLICE("false"));
        if (flag) json_put_raw(j, n->text);
        else json_put_text(j, n->text);
        return;
    }
    if (n->type == NODE_MAP) json_open_object(j);
    else json_open_array(j);
    for (const struct node_entry *e = n->first; e; e = e->next) {
        if (n->type == NODE_MAP) json_name(j, e->key);
        put_json(j, e->value);
    }
    if (n->type == NODE_MAP) json_close_object(j);
    else json_close_array(j);
}

static bool write_lines(struct arena *a, const char *folder, const struct node *lines)
{
    struct text t = text_in(a, (size_t)lines->count * LINE_BYTES);
    for (const struct node_entry *e = lines->first; e; e = e->next) {
        struct json j = json_over(&t);
        put_json(&j, e->value);
        text_put_byte(&t, '\n');
    }
    return !t.full && write_file(folder, "lines.ndjson", text_slice(&t));
}

static bool write_world(struct arena *a, const char *folder, const struct test_case *c)
{
    struct text t = text_in(a, 64);
    PUT(&t, "clock: ");
    instant_put(&t, c->clock_unix_ms);
    text_put_byte(&t, '\n');
    return write_file(folder, "world.yaml", text_slice(&t)) && write_file(folder, "partners.yaml", SLICE("[]\n"))
        && mkdir(path_in(folder, "programs"), 0700) == 0;
}

/* --- comparing --- */

struct comparison {
    const struct test_case *test;
    struct slice            program_id, currency;   /* empty: of all programs, in the currency of the payout */
    struct output          *out;
    unsigned                line, failures;
};

static void fail(struct comparison *x, const char *what, struct slice is, struct slice want)
{
    if (x->failures++ == 0) output_print(x->out, "FAILED\t%.*s\n", SLICE_ARGS(x->test->name));
    output_print(x->out, "  line %u\t%s is %.*s, want %.*s\n", x->line, what, SLICE_ARGS(is), SLICE_ARGS(want));
}

static void put_name(struct text *t, struct slice name)
{
    if (t->size) text_put_byte(t, ' ');
    text_put(t, name);
}

static void compare_reasons(struct comparison *x, const struct expected *want, const struct text *is)
{
    char buffer[MESSAGE_BYTES];
    struct text names = text_over(buffer, sizeof buffer);
    for (unsigned i = 0; i < want->reasons.count; i++) put_name(&names, want->reasons.items[i]);
    if (!slice_equal(text_slice(&names), text_slice(is)))
        fail(x, "reasons", is->size ? text_slice(is) : SLICE("none"), names.size ? text_slice(&names) : SLICE("none"));
}

static int64_t paid_by(const struct comparison *x, const struct payout *p)
{
    if (!slice_equal(p->ledger, SLICE("EARNED"))) return 0;
    if (!x->program_id.size) return p->amount_minor;
    return slice_equal(p->program_id, x->program_id) ? p->program_amount_minor : 0;
}

static void compare_paid(struct comparison *x, const struct expected *want, const struct standing *s)
{
    char buffer[64];
    struct text t = text_over(buffer, sizeof buffer);
    const struct payout_section *p = s ? s->dossier->payout : NULL;
    struct slice currency = x->currency.size      ? x->currency
                            : p && p->entry_count ? p->entries[0].currency
                                                  : SLICE("USD");
    int64_t paid_minor = 0, want_minor;
    for (unsigned i = 0; p && i < p->entry_count; i++) paid_minor += paid_by(x, &p->entries[i]);
    money_put(&t, paid_minor, currency);
    bool known = decimal_parse(want->paid, currency_exponent(currency), DECIMAL_EXCESS_REFUSE, &want_minor, NULL) == OK;
    if (!known || want_minor != paid_minor) fail(x, "paid", text_slice(&t), want->paid);
}

/* "DUP-03=TRUE"; a rule that was asked and says nothing is FALSE, one that was not asked is silent. */
static void compare_rule(struct comparison *x, const struct standing *s, struct slice wanted)
{
    struct slice value = wanted, word = slice_cut(&value, '=');
    const struct rule_row *row = rule_by_word(word);
    struct slice is = row && s ? rule_values_of(s->dossier, row) : SLICE("unknown");
    char buffer[64];
    struct text what = text_over(buffer, sizeof buffer);
    text_put(&what, word);
    text_put_byte(&what, '\0');
    if (!slice_equal(is, value)) fail(x, buffer, is, value);
}

static void visit(struct what_if *w, const struct transcript_entry *e, const struct standing *s,
                  const struct node *refused, void *context)
{
    struct comparison *x = context;
    char buffer[MESSAGE_BYTES];
    struct text reasons = text_over(buffer, sizeof buffer);
    if (e->document < what_if_first_input(w) || x->line == x->test->expected_count) return;
    const struct expected *want = &x->test->expected[x->line++];
    const struct node *outcome = node_find(refused, SLICE("outcome")), *names = node_find(refused, SLICE("reasons"));
    struct slice is = s ? word_text(VOCABULARY_OUTCOME, s->outcome) : outcome ? outcome->text : SLICE("REJECT");
    for (unsigned i = 0; s && i < s->reason_count; i++) put_name(&reasons, reason_name(s->reasons[i].code));
    for (const struct node_entry *name = names ? names->first : NULL; name; name = name->next)
        put_name(&reasons, name->value->text);
    if (!slice_equal(is, word_text(VOCABULARY_OUTCOME, want->outcome))) {
        fail(x, "outcome", is, word_text(VOCABULARY_OUTCOME, want->outcome));
        if (reasons.size && !want->has_reasons)
            output_print(x->out, "  line %u\tits reasons are %.*s\n", x->line, SLICE_ARGS(text_slice(&reasons)));
    }
    if (want->has_reasons) compare_reasons(x, want, &reasons);
    if (want->has_paid) compare_paid(x, want, s);
    for (unsigned i = 0; i < want->rules.count; i++) compare_rule(x, s, want->rules.items[i]);
}

/* --- running --- */

static struct slice folder_of(struct arena *a, struct slice file, struct slice folder)
{
    size_t size = file.size;
    if (slice_starts_with(folder, SLICE("/"))) return slice_copy(a, folder);
    while (size > 0 && file.bytes[size - 1] != '/') size--;
    return SLICE_JOIN(a, slice_head(file, size), folder);
}

static int run_case(struct arena *a, const struct terms_cases *f, const struct test_case *c, struct output *out,
                    bool *failed)
{
    static struct what_if w;
    char scratch[] = "/tmp/claimctl-test-XXXXXX";
    struct comparison x = { .test = c, .program_id = f->program_id, .currency = f->currency, .out = out };
    if (!mkdtemp(scratch) || !write_lines(a, scratch, c->lines) || (!c->world.size && !write_world(a, scratch, c))) {
        fprintf(stderr, "error[FILE_UNWRITABLE %d]: %s\n", ERR_FILE_UNWRITABLE, scratch);
        return EXIT_FAILED;
    }
    w = (struct what_if){
        .options = run_options_default(c->world.size ? folder_of(a, f->path, c->world).bytes : scratch),
        .record = f->tree,
        .record_file = f->path,
        .records = c->records,
        .records_file = f->path,
    };
    w.options.received_from_input = true;
    w.options.inputs[w.options.input_count++] = slice_copy(a, slice_from(path_in(scratch, "lines.ndjson"))).bytes;
    int code = what_if_run(&w);
    if (code == EXIT_DONE && !what_if_walk(&w, visit, &x)) code = EXIT_FAILED;
    for (; code == EXIT_DONE && x.line < c->expected_count;) {
        x.line++;
        fail(&x, "it", SLICE("not there"), SLICE("a line"));
    }
    what_if_close(&w);
    remove_scratch(scratch);
    if (code == EXIT_DONE && x.failures == 0) output_print(out, "ok\t%.*s\n", SLICE_ARGS(c->name));
    *failed = x.failures > 0;
    return code;
}

static int run_all(struct arena *a, const struct terms_cases *f, const struct test_cases *cases)
{
    struct output out = output_stdout();
    unsigned failures = 0;
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < cases->count; i++) {
        bool failed = false;
        code = run_case(a, f, &cases->items[i], &out, &failed);
        failures += failed;
        if (code != EXIT_DONE)
            output_print(&out, "FAILED\t%.*s\n  it cannot be run, see the error\n", SLICE_ARGS(cases->items[i].name));
        failures += code != EXIT_DONE;
    }
    if (!output_close(&out)) return EXIT_FAILED;
    fprintf(stderr, "%u test%s, %u failed\n", cases->count, plural(cases->count), failures);
    return code == EXIT_DONE && failures ? EXIT_DIFFERS : code;
}

int terms_cases_run(struct arena *a, const struct terms_cases *f, struct problems *problems)
{
    struct test_cases cases = { 0 };
    struct text_source s = { .arena = a, .file = f->path, .problems = problems, .code = ERR_TERMS_INVALID };
    struct reading r = reading_of(&s);
    const struct node *tests = node_find(f->tree, SLICE("tests"));
    if (!tests || schema_read_member(&r, &cases_member, tests, tests->at, &cases)) return run_all(a, f, &cases);
    terms_file_complain(a, problems);
    return EXIT_FAILED;
}
