/* claimctl/findings.c: rule results as rows and as objects. */
#include "claimctl/findings.h"

#include "claimctl/line_names.h"
#include "claimctl/rule_values.h"
#include "claimctl/workings_text.h"

enum { NAME_BYTES = 1024 };

/* What is FALSE holds nobody up. */
static bool speaks(const struct rule_result *r)
{
    return r->mode == RULE_MODE_ENFORCE && (r->value == TRUTH_TRUE || r->value == TRUTH_WAIT || r->value == TRUTH_FAULT)
           && rule_by_number(r->number);
}

static void put_words(struct text *t, struct slice words)
{
    if (!words.size) return;
    PUT(t, " (");
    text_put(t, words);
    text_put_byte(t, ')');
}

static bool is_said(const struct figure *f)
{
    return f->name.size || f->text.size || f->unit.size;
}

/* "points 12 against 9 (customer +4, number +8)"; what was compared with nothing says it in words alone. */
static void put_figures(struct text *t, const struct rule_result *r)
{
    struct figure observed = r->observed;
    bool is_compared = is_said(&r->limit);
    if (!is_said(&observed) && !is_compared) return;
    struct slice words = is_compared && observed.divisor ? observed.text : (struct slice){ 0 };
    if (words.size) observed.text = (struct slice){ 0 };
    PUT(t, "  ");
    if (observed.name.size) {
        text_put(t, observed.name);
        text_put_byte(t, ' ');
    }
    figure_put(t, &observed);
    if (is_compared) {
        PUT(t, " against ");
        figure_put(t, &r->limit);
    }
    put_words(t, words);
}

/* "line 03-northgate-pos.csv:196", "list entry FH-1 score 9345 (KESTREL=KESTREL)". */
static void put_evidence(struct text *t, const struct evidence *e)
{
    struct slice kind = word_text(VOCABULARY_EVIDENCE, e->kind);
    PUT(t, "  ");
    for (size_t i = 0; i < kind.size; i++) text_put_byte(t, kind.bytes[i] == '_' ? ' ' : (char)(kind.bytes[i] | 0x20));
    text_put_byte(t, ' ');
    if (e->kind != EVIDENCE_LINE || !line_names_put(t, e->id)) text_put(t, e->id);
    if (e->score) {
        PUT(t, " score ");
        text_put_int(t, e->score);
    }
    put_words(t, e->text);
}

/* The name says what the rule asks, not what it found: "near duplicate" of NEAR_DUPLICATE says all, "identity known" of
 * PART_UNKNOWN the opposite. */
static bool says_its_reason(const struct rule_row *row, struct slice reason)
{
    if (row->name.size != reason.size) return false;
    for (size_t i = 0; i < reason.size; i++) {
        char c = reason.bytes[i] == '_' ? ' ' : reason.bytes[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != row->name.bytes[i]) return false;
    }
    return true;
}

/* ": PART_UNKNOWN", ": not known yet, REGISTRY_UNAVAILABLE" */
static void put_found(struct text *t, const struct rule_row *row, const struct rule_result *r)
{
    struct slice reason = r->reason ? reason_name(r->reason) : (struct slice){ 0 };
    if (r->value == TRUTH_TRUE && (!reason.size || says_its_reason(row, reason))) return;
    PUT(t, ": ");
    if (r->value == TRUTH_WAIT) PUT(t, "not known yet");
    if (r->value == TRUTH_FAULT) PUT(t, "cannot be told");
    if (r->value != TRUTH_TRUE && reason.size) PUT(t, ", ");
    text_put(t, reason);
}

static void put_left_out(struct text *t, const struct rule_result *r)
{
    if (r->evidence_left_out == 0) return;
    PUT(t, ", and ");
    text_put_int(t, r->evidence_left_out);
    PUT(t, " more");
}

void findings_put_text(struct text *t, const struct judgement *j)
{
    for (unsigned i = 0; j && i < j->rule_result_count; i++) {
        const struct rule_result *r = &j->rule_results[i];
        if (!speaks(r)) continue;
        const struct rule_row *row = rule_by_number(r->number);
        PUT(t, "  ");
        rule_put_name(t, row);
        text_put_byte(t, ' ');
        text_put(t, row->name);
        put_found(t, row, r);
        put_figures(t, r);
        for (unsigned k = 0; k < r->evidence_count; k++) put_evidence(t, &r->evidence[k]);
        put_left_out(t, r);
        text_put_byte(t, '\n');
    }
}

static void put_evidence_object(struct json *to, const struct evidence *e)
{
    char name[NAME_BYTES];
    struct text line = text_over(name, sizeof name);
    json_open_object(to);
    json_word(to, "kind", VOCABULARY_EVIDENCE, e->kind);
    json_text(to, "id", e->id);
    if (e->kind == EVIDENCE_LINE && line_names_put(&line, e->id)) json_text(to, "line", text_slice(&line));
    if (e->score) json_int(to, "score", e->score);
    json_text(to, "text", e->text);
    json_close_object(to);
}

static void put_finding(struct json *to, const struct rule_result *r)
{
    const struct rule_row *row = rule_by_number(r->number);
    char buffer[NAME_BYTES];
    struct text word = text_over(buffer, sizeof buffer);
    json_open_object(to);
    rule_put_name(&word, row);
    json_text(to, "rule", text_slice(&word));
    json_text(to, "name", row->name);
    json_word(to, "value", VOCABULARY_TRUTH, r->value);
    if (r->reason) json_text(to, "reason", reason_name(r->reason));
    word.size = 0;
    put_figures(&word, r);
    json_text(to, "found", slice_skip(text_slice(&word), word.size ? 2 : 0));
    json_name(to, SLICE("evidence"));
    json_open_array(to);
    for (unsigned i = 0; i < r->evidence_count; i++) put_evidence_object(to, &r->evidence[i]);
    json_close_array(to);
    if (r->evidence_left_out) json_int(to, "evidence_left_out", r->evidence_left_out);
    json_close_object(to);
}

void findings_put_member(struct json *to, const struct judgement *j)
{
    unsigned spoke = 0;
    for (unsigned i = 0; j && i < j->rule_result_count; i++) {
        if (!speaks(&j->rule_results[i])) continue;
        if (!spoke++) {
            json_name(to, SLICE("findings"));
            json_open_array(to);
        }
        put_finding(to, &j->rule_results[i]);
    }
    if (spoke) json_close_array(to);
}
