/* tests/support/intake_case.c: one document through intake into plain texts. */
#include "support/intake_case.h"

#include "domain/currency.h"
#include "intake/json_pass.h"
#include "intake/line_json.h"

#include <stdio.h>

static struct json_out json;

static struct slice keep(struct slice s)
{
    return slice_copy(test_arena(), s);
}

static bool is_whole(struct slice sentence)
{
    for (size_t i = 0; i + 1 < sentence.size; i++)
        if (sentence.bytes[i] == ' ' && (i == 0 || strchr(" ,", sentence.bytes[i + 1]))) return false;
    return !slice_ends_with(sentence, SLICE(" ."));
}

void check_sentences(const struct issues *list)
{
    for (unsigned k = 0; k < list->count; k++) {
        size_t mark = arena_mark(test_arena());
        struct issue blank = list->items[k];
        if (blank.value.size) blank.value = SLICE("V");     /* what was sent may have blanks of its own */
        struct text said = text_in(test_arena(), 2048), fix = text_in(test_arena(), 2048);
        issue_put_sentence(&said, &blank);
        issue_put_fix(&fix, &blank);
        bool whole = is_whole(text_slice(&said)) && is_whole(text_slice(&fix));
        CHECK(whole);
        if (!whole)
            printf("  %.*s: %.*s | %.*s\n", SLICE_ARGS(issue_name(blank.code)), SLICE_ARGS(text_slice(&said)),
                   SLICE_ARGS(text_slice(&fix)));
        arena_rewind(test_arena(), mark);
    }
}

static struct slice codes_between(const struct issues *list, enum severity most, enum severity least, bool with_field,
                                  bool once)
{
    struct text t = text_in(test_arena(), 4096);
    check_sentences(list);
    for (int severity = (int)most; severity >= (int)least; severity--) {
        for (unsigned k = 0; k < list->count; k++) {
            bool seen = (int)list->items[k].severity != severity;
            for (unsigned n = 0; n < k && once && !seen; n++)
                seen = issue_number(list->items[n].code) == issue_number(list->items[k].code);
            if (seen) continue;
            if (t.size > 0) PUT(&t, ", ");
            text_put(&t, issue_name(list->items[k].code));
            if (with_field && list->items[k].field.size > 0) { PUT(&t, " "); text_put(&t, list->items[k].field); }
        }
    }
    return text_slice(&t);
}

static struct slice codes_of(const struct issues *list, bool with_field, bool once)
{
    return codes_between(list, SEVERITY_ERROR, SEVERITY_WARNING, with_field, once);
}

static struct slice texts_of(const struct receipt *r)
{
    struct text t = text_in(test_arena(), 2048);
    for (unsigned k = 0; k < r->text_count; k++) {
        if (k > 0) PUT(&t, ", ");
        text_put(&t, r->texts[k].name);
        PUT(&t, "=");
        text_put(&t, r->texts[k].value);
    }
    return text_slice(&t);
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct intake_case *c = context;
    if (c->line_count == CASE_LINES_MAX) return OK;
    struct case_line *to = &c->lines[c->line_count++];
    json_out_reset(&json);
    if (line->line) line_json(&json, line->line);
    *to = (struct case_line){
        .outcome = line->outcome,
        .json = keep(json_out_bytes(&json)),
        .codes = codes_of(line->issues, true, false),
        .line_id = keep(line->receipt->line_id),
        .raw = keep(slice_head(line->raw, 4096)),
        .root = keep(line->receipt->partner_root_id),
        .position = line->receipt->position,
        .row = line->receipt->row,
        .texts = texts_of(line->receipt),
    };
    return OK;
}

static enum err on_object(void *context, struct slice name, struct slice text, uint32_t row, uint64_t offset)
{
    struct intake_case *c = context;
    struct text t = text_in(test_arena(), c->objects.size + name.size + text.size + 8);
    (void)row;
    (void)offset;
    text_put(&t, c->objects);
    text_put(&t, name);
    PUT(&t, " ");
    text_put(&t, text);
    PUT(&t, ";");
    c->objects = text_slice(&t);
    return OK;
}

static bool always(void *context, struct slice document_id)
{
    (void)context;
    (void)document_id;
    return true;
}

static const struct mapping_profile *profile_of(const char *members)
{
    if (!members) return mapping_profile_default();
    struct text t = text_in(test_arena(), strlen(members) + 100);
    PUT(&t, "profile: test\nversion: 1\neffective_from: 2020-01-01\nextends: default\n");
    text_put(&t, slice_from(members));
    struct problems problems = problems_in(test_arena());
    struct mapping_profiles none = { 0 };
    const struct mapping_profile *p =
        mapping_profile_read(test_arena(), SLICE("test@1.yaml"), text_slice(&t), &none, &problems);
    struct text said = text_in(test_arena(), 4096);
    problems_put(&said, &problems);
    if (!p) printf("%.*s", SLICE_ARGS(text_slice(&said)));
    CHECK(p != NULL);
    return p;
}

static void take_result(struct intake_case *c, const struct intake_result *r)
{
    struct text totals = text_in(test_arena(), 400);
    c->state = r->state;
    c->is_refused_whole = r->is_refused_whole;
    c->names_partner = r->header.names_partner;
    c->format = keep(r->format);
    c->document_id = keep(r->document_id);
    if (r->question) {
        struct issue question = *r->question;
        check_sentences(&(struct issues){ .items = &question, .count = 1 });
    }
    c->question = r->question ? keep(issue_name(r->question->code)) : (struct slice){ 0 };
    c->samples = r->question ? keep(r->question->value) : (struct slice){ 0 };
    c->errors = codes_of(&r->errors, false, true);
    c->error_row = r->errors.count > 0 ? r->errors.items[0].where.row : 0;
    c->warnings = codes_of(&r->warnings, false, true);
    c->notes = codes_between(&r->warnings, SEVERITY_NOTE, SEVERITY_NOTE, false, true);
    c->passed = r->passed;
    c->rejected = r->rejected;
    c->dead = r->dead;
    memcpy(c->skipped, r->skipped, sizeof c->skipped);
    for (unsigned k = 0; k < r->tally.total_count; k++) {
        if (k > 0) PUT(&totals, ", ");
        money_put(&totals, (int64_t)r->tally.totals[k].claimed_minor, r->tally.totals[k].currency);
        PUT(&totals, " ");
        text_put(&totals, r->tally.totals[k].currency);
    }
    c->totals = text_slice(&totals);
}

struct intake_case *intake_case(struct slice bytes, struct case_setup setup)
{
    struct intake_case *c = ARENA_NEW(test_arena(), struct intake_case);
    struct intake_submitter local = submitter_local();
    struct spool spool = spool_over(bytes);
    struct intake_events events = {
        .context = c, .on_line = on_line, .on_object = on_object, .was_posted = setup.was_posted ? always : NULL
    };
    struct intake_job job = {
        .spool = &spool,
        .file_name = slice_from(setup.file_name ? setup.file_name : "case"),
        .assumed = setup.assumed,
        .door = DOOR_CLAIMCTL,
        .submitter = setup.submitter ? setup.submitter : &local,
        .profile = profile_of(setup.profile),
        .partner_id = slice_from(setup.partner ? setup.partner : "N-100"),
        .currency = slice_from(setup.currency),
        .answers = setup.answers,
        .accepts_received_at = setup.accepts_received_at,
    };
    struct intake *intake;
    bool is_done = false;
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &job.received_at_unix_ms), OK);
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    while (!is_done) CHECK_INT(intake_post(intake, setup.chunk ? setup.chunk : 1000, &is_done), OK);
    take_result(c, intake_result(intake));
    intake_close(intake);
    return c;
}

static struct slice unquoted(struct slice value)
{
    if (value.size >= 2 && value.bytes[0] == '"') return slice_of(value.bytes + 1, value.size - 2);
    return value;
}

struct slice case_member(const struct intake_case *c, unsigned line, const char *path)
{
    struct slice object = line < c->line_count ? c->lines[line].json : (struct slice){ 0 }, rest = slice_from(path);
    while (rest.bytes && object.size > 0) {
        struct slice name = slice_cut(&rest, '.'), key, value, found = { 0 };
        for (size_t at = 1; json_pass_step(object, &at, &key, &value);)
            if (slice_equal(key, name)) found = value;
        object = found;
    }
    return unquoted(object);
}
