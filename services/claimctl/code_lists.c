/* claimctl/code_lists.c: the lists that give the numbers, written out. */
#include "claimctl/code_lists.h"

#include "claimctl/rule_values.h"
#include "domain/reason.h"
#include "intake/issue.h"
#include "wire/json_text.h"

enum { SENTENCE_BYTES = 1024, RULE_WORD_BYTES = 16 };

static const enum reason_code reasons[] = {
#define REASON(number, name, outcome, stages, x12_901, sentence) REASON_##name,
#include "domain/reason.def"
#undef REASON
};

void code_lists_put_reasons(struct text *t)
{
    struct json j = json_over(t);
    json_open_array(&j);
    for (unsigned i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        char buffer[SENTENCE_BYTES];
        struct text sentence = text_over(buffer, sizeof buffer);
        reason_put_template(&sentence, reasons[i]);
        json_open_object(&j);
        json_int(&j, "number", reasons[i]);
        json_text(&j, "name", reason_name(reasons[i]));
        json_word(&j, "outcome", VOCABULARY_OUTCOME, (int)reason_outcome(reasons[i]));
        json_text(&j, "sentence", text_slice(&sentence));
        json_text(&j, "x12_901", reason_x12_901(reasons[i]));
        json_close_object(&j);
    }
    json_close_array(&j);
}

static const struct slice given_by[RULE_COUNT] = {
#define ABOUT(rule, reasons, settings, evidence) [RULE_##rule] = SLICE_INIT(reasons),
#include "claimctl/rule_about.def"
#undef ABOUT
};

static void put_reasons_of(struct json *j, struct slice names)
{
    json_name(j, SLICE("reasons"));
    json_open_array(j);
    while (names.size) json_put_text(j, slice_cut(&names, ' '));
    json_close_array(j);
}

void code_lists_put_rules(struct text *t)
{
    struct json j = json_over(t);
    json_open_array(&j);
    for (enum rule_id id = 0; id < RULE_COUNT; id++) {
        char buffer[RULE_WORD_BYTES];
        struct text word = text_over(buffer, sizeof buffer);
        const struct rule_row *row = rule_row(id);
        rule_put_name(&word, row);
        json_open_object(&j);
        json_int(&j, "number", row->number);
        json_text(&j, "rule", text_slice(&word));
        json_text(&j, "name", row->name);
        json_word(&j, "stage", VOCABULARY_STAGE, (int)row->stage);      /* left out: every stage asks it */
        put_reasons_of(&j, given_by[id]);
        json_close_object(&j);
    }
    json_close_array(&j);
}

/* In the order of enum issue_code: sentences with their braces, which issue_put_sentence would fill. */
static const struct { struct slice severity, sentence, fix; } issues[ISSUE_COUNT] = {
#define ISSUE(name, number, severity, level, ak, reason, sentence, fix) \
    [ISSUE_##name] = { SLICE_INIT(#severity), SLICE_INIT(sentence), SLICE_INIT(fix) },
#define FAULT(name, reason, severity, level, ak, sentence, fix) \
    [ISSUE_##name] = { SLICE_INIT(#severity), SLICE_INIT(sentence), SLICE_INIT(fix) },
#include "intake/issues.def"
#undef ISSUE
#undef FAULT
};

static void put_code(struct json *j, const char *name, const char *code)
{
    if (code) json_text(j, name, slice_from(code));
}

static void put_x12(struct json *j, struct x12_codes x)
{
    json_name(j, SLICE("x12"));
    json_open_object(j);
    put_code(j, "ta1", x.ta1);
    put_code(j, "ak9", x.ak9);
    put_code(j, "ak5", x.ak5);
    put_code(j, "ak3", x.ak3);
    put_code(j, "ak4", x.ak4);
    json_close_object(j);
}

void code_lists_put_issues(struct text *t)
{
    struct json j = json_over(t);
    json_open_array(&j);
    for (enum issue_code code = ISSUE_NONE + 1; code < ISSUE_COUNT; code++) {
        json_open_object(&j);
        json_int(&j, "number", issue_number(code));
        json_text(&j, "name", issue_name(code));
        json_text(&j, "severity", issues[code].severity);
        if (issue_reason(code) != REASON_NONE) json_text(&j, "reason", reason_name(issue_reason(code)));
        json_text(&j, "sentence", issues[code].sentence);
        json_text(&j, "fix", issues[code].fix);
        put_x12(&j, issue_x12(code));
        json_close_object(&j);
    }
    json_close_array(&j);
}
