/* intake/ack.c: TA1 for interchanges, 997 or 999 for groups. */
#include "intake/ack.h"

#include "base/assert.h"
#include "intake/x12.h"
#include "intake/x12_out.h"

#include <stdlib.h>

enum { BAD_DATA_MAX = 99, CONTROL_NUMBERS = 1000000000 };
static const instant_ms control_epoch_unix_ms = 1767225600000;      /* 2026-01-01 */

struct ack {
    struct x12                  *x12;
    const struct answer_options *options;
    const struct issue         **found;             /* on segments of sets, by offset */
    unsigned                     found_count, at;
    bool                         is_999;
    struct x12_out               out;
};

uint32_t ack_control_number(uint32_t last, instant_ms now_unix_ms)
{
    int64_t seconds = (now_unix_ms - control_epoch_unix_ms) / INSTANT_SECOND_MS;
    uint32_t by_clock = seconds > 0 ? (uint32_t)(seconds % CONTROL_NUMBERS) : 1, next = (last + 1) % CONTROL_NUMBERS;
    return next > by_clock ? next : by_clock;
}

/* Findings in the order of the document */

static bool is_answered(const struct issue *i)
{
    return i->severity != SEVERITY_NOTE && x12_is_answered(i);
}

static int by_place(const void *a, const void *b)
{
    const struct where *x = &(*(const struct issue *const *)a)->where, *y = &(*(const struct issue *const *)b)->where;
    if (x->position != y->position && x->offset == y->offset) return x->position < y->position ? -1 : 1;
    if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
    return x->element < y->element ? -1 : x->element > y->element;
}

static void gather(struct ack *a)
{
    const struct issues *lists[] = { a->x12->base.errors, a->x12->base.warnings };
    a->found = ARENA_ARRAY(a->x12->base.arena, lists[0]->count + lists[1]->count + 1, const struct issue *);
    for (unsigned l = 0; l < 2; l++)
        for (unsigned k = 0; k < lists[l]->count; k++)
            if (is_answered(&lists[l]->items[k])) a->found[a->found_count++] = &lists[l]->items[k];
    if (a->found_count > 0) qsort(a->found, a->found_count, sizeof *a->found, by_place);
}

/* Codes */

static struct slice set_code(enum issue_code code)
{
    return slice_from(issue_x12(code).ak5);
}

/* Up to five codes, each once. */
struct codes { struct slice items[X12_FAULTS_MAX]; unsigned count; };

static void add_code(struct codes *c, struct slice code)
{
    if (slice_is_empty(code) || c->count == X12_FAULTS_MAX) return;
    for (unsigned k = 0; k < c->count; k++)
        if (slice_equal(c->items[k], code)) return;
    c->items[c->count++] = code;
}

static void put_codes(struct x12_out *o, const struct codes *c)
{
    for (unsigned k = 0; k < c->count; k++) x12_out_text(o, c->items[k]);
}

/* Segments and elements */

/* Two or three capitals or digits, whatever was sent. */
static struct slice segment_id(char id[3], struct slice sent)
{
    size_t size = 0;
    for (size_t i = 0; i < sent.size && size < 3; i++) {
        char c = sent.bytes[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) id[size++] = c;
    }
    while (size < 2) id[size++] = 'Z';
    return slice_of(id, size);
}

/* The element as sent, when an answer may echo it. */
static struct slice bad_data(const struct ack *a, const struct issue *i)
{
    struct slice rest = slice_head(slice_skip(a->x12->base.spool->bytes, i->where.offset), BAD_DATA_MAX + 1);
    const struct x12_delimiters *d = &a->x12->interchange->delimiters;
    size_t size = 0;
    while (size < rest.size && rest.bytes[size] != d->element && rest.bytes[size] != d->terminator) size++;
    struct slice data = slice_head(rest, size < BAD_DATA_MAX ? size : BAD_DATA_MAX);
    return x12_out_holds(&a->out, data) ? data : (struct slice){ 0 };
}

static void put_element(struct ack *a, const struct issue *i)
{
    uint32_t key = x12_key(i->where.segment);
    unsigned reference = x12_limits_reference(a->x12->view->limits, key, i->where.element);
    x12_out_begin(&a->out, a->is_999 ? SLICE("IK4") : SLICE("AK4"));
    x12_out_number(&a->out, i->where.element);
    if (i->where.component > 0) x12_out_component(&a->out, i->where.component);
    if (reference > 0) x12_out_number(&a->out, reference);
    else x12_out_text(&a->out, (struct slice){ 0 });
    x12_out_text(&a->out, slice_from(issue_x12(i->code).ak4));
    x12_out_text(&a->out, bad_data(a, i));
    x12_out_end(&a->out);
}

static void put_segment(struct ack *a, const struct issue *i, const char *code)
{
    char id[3];
    uint64_t widest = a->is_999 ? 9999999999 : 999999;
    x12_out_begin(&a->out, a->is_999 ? SLICE("IK3") : SLICE("AK3"));
    x12_out_text(&a->out, segment_id(id, i->where.segment));
    x12_out_number(&a->out, i->where.position < widest ? i->where.position : widest);
    x12_out_text(&a->out, i->where.loop);
    x12_out_text(&a->out, slice_from(code));
    x12_out_end(&a->out);
}

static bool was_put(const struct ack *a, unsigned from, unsigned at)
{
    struct x12_codes said = issue_x12(a->found[at]->code);
    for (unsigned k = from; k < at; k++) {
        struct x12_codes other = issue_x12(a->found[k]->code);
        bool is_same = strcmp(said.ak3, other.ak3) == 0 && slice_equal(slice_from(said.ak4), slice_from(other.ak4));
        if (is_same && a->found[k]->where.element == a->found[at]->where.element) return true;
    }
    return false;
}

/* All findings on one segment: an AK3 for each of its codes, AK4s below the one for elements. */
static void put_findings(struct ack *a, unsigned from, unsigned end)
{
    static const char *const codes[] = { "1", "2", "3", "4", "5", "6", "7", "8" };
    for (unsigned c = 0; c < sizeof codes / sizeof *codes; c++) {
        bool is_begun = false;
        for (unsigned k = from; k < end; k++) {
            struct x12_codes x = issue_x12(a->found[k]->code);
            if (strcmp(x.ak3, codes[c]) != 0 || was_put(a, from, k)) continue;
            if (!is_begun) put_segment(a, a->found[k], codes[c]);
            is_begun = true;
            if (x.ak4) put_element(a, a->found[k]);
        }
    }
}

static void put_set_findings(struct ack *a, const struct x12_set *s)
{
    while (a->at < a->found_count && a->found[a->at]->where.offset < s->begin) a->at++;
    while (a->at < a->found_count && a->found[a->at]->where.offset < s->end) {
        unsigned from = a->at;
        while (a->at < a->found_count && a->found[a->at]->where.offset < s->end
               && a->found[a->at]->where.position == a->found[from]->where.position) a->at++;
        put_findings(a, from, a->at);
    }
}

/* Sets and groups */

static void put_set(struct ack *a, const struct x12_group *g, const struct x12_set *s)
{
    struct x12_out *o = &a->out;
    struct codes codes = { .count = 0 };
    bool is_accepted = x12_set_is_accepted(s);
    x12_out_begin(o, SLICE("AK2"));
    x12_out_text(o, s->id[0] ? slice_from(s->id) : SLICE("000"));
    x12_out_text(o, s->number[0] ? slice_from(s->number) : SLICE("0000"));
    if (g->generation == X12_005010) x12_out_text(o, slice_from(s->guide));
    x12_out_end(o);
    put_set_findings(a, s);
    for (unsigned k = 0; k < s->faults.count; k++) add_code(&codes, set_code((enum issue_code)s->faults.codes[k]));
    if (s->has_segment_errors || s->has_remarks) add_code(&codes, set_code(ISSUE_SET_IN_ERROR));
    x12_out_begin(o, a->is_999 ? SLICE("IK5") : SLICE("AK5"));
    x12_out_text(o, !is_accepted ? SLICE("R") : s->has_remarks ? SLICE("E") : SLICE("A"));
    put_codes(o, &codes);
    x12_out_end(o);
}

static void put_group_verdict(struct ack *a, const struct x12_group *g)
{
    struct x12_out *o = &a->out;
    struct codes codes = { .count = 0 };
    uint32_t accepted = 0;
    bool has_remarks = false, is_lost = g->faults.count > 0;
    for (uint32_t s = g->set_first; s < g->set_first + g->set_count; s++) {
        accepted += x12_set_is_accepted(&a->x12->all.sets[s]);
        has_remarks |= a->x12->all.sets[s].has_remarks;
    }
    for (unsigned k = 0; k < g->faults.count; k++)
        add_code(&codes, slice_from(issue_x12((enum issue_code)g->faults.codes[k]).ak9));
    struct slice verdict = accepted == g->set_count ? (has_remarks ? SLICE("E") : SLICE("A"))
                           : accepted > 0           ? SLICE("P")
                                                    : SLICE("R");
    x12_out_begin(o, SLICE("AK9"));
    x12_out_text(o, is_lost ? SLICE("R") : verdict);
    x12_out_number(o, g->claimed);
    x12_out_number(o, g->set_count);
    x12_out_number(o, is_lost ? 0 : accepted);
    put_codes(o, &codes);
    x12_out_end(o);
}

/* The sender's own version; one that was not agreed is answered in one that is. */
static struct slice answer_version(const struct ack *a, const struct x12_group *g)
{
    const struct texts *agreed = &a->x12->base.profile->x12.versions;
    for (unsigned k = 0; k < g->faults.count; k++)
        if (g->faults.codes[k] == ISSUE_GROUP_VERSION && agreed->count > 0) return agreed->items[0];
    static const struct slice versions[] = { SLICE_INIT("002040"), SLICE_INIT("003040"), SLICE_INIT("004010"),
                                             SLICE_INIT("005010") };
    uint64_t number;
    struct slice version = slice_head(slice_from(g->version), 6);
    return version.size == 6 && slice_to_uint(version, 999999, &number) ? version : versions[g->generation];
}

static void put_group(struct ack *a, const struct x12_group *g)
{
    struct x12_out *o = &a->out;
    x12_read_with(a->x12, g->reading);
    struct slice version = answer_version(a, g);
    a->is_999 = a->x12->base.profile->answers.functional == ANSWER_FUNCTIONAL_999;
    x12_out_gs(o, SLICE("FA"), slice_from(g->receiver), slice_from(g->sender), version, a->options->now_unix_ms);
    x12_out_st(o, a->is_999 ? SLICE("999") : SLICE("997"));
    x12_out_begin(o, SLICE("AK1"));
    x12_out_text(o, slice_from(g->type));
    x12_out_text(o, slice_from(g->number));
    if (x12_version_of(version) == X12_005010)
        x12_out_text(o, slice_from(g->version)); /* AK103 is of the answer's version */
    x12_out_end(o);
    for (uint32_t s = g->set_first; g->faults.count == 0 && s < g->set_first + g->set_count; s++)
        put_set(a, g, &a->x12->all.sets[s]);
    put_group_verdict(a, g);
    x12_out_se(o);
    x12_out_ge(o);
    x12_read_with(a->x12, 0);
}

/* Interchanges */

static void put_ta1(struct ack *a, const struct x12_interchange *i)
{
    struct x12_out *o = &a->out;
    enum issue_code code = (enum issue_code)(i->fault ? i->fault : i->remark);
    const char *note = code ? issue_x12(code).ta1 : NULL;
    x12_out_begin(o, SLICE("TA1"));
    x12_out_text(o, slice_of(i->isa + 90, 9));
    x12_out_text(o, slice_of(i->isa + 70, 6));
    x12_out_text(o, slice_of(i->isa + 77, 4));
    x12_out_text(o, i->fault ? SLICE("R") : note ? SLICE("E") : SLICE("A"));
    x12_out_text(o, note ? slice_from(note) : SLICE("000"));
    x12_out_end(o);
}

static bool needs_ta1(const struct ack *a, const struct x12_interchange *i)
{
    switch (a->x12->base.profile->answers.ta1) {
    case ANSWER_TA1_ALWAYS:     return true;
    case ANSWER_TA1_NEVER:      return false;
    case ANSWER_TA1_ON_REQUEST: return i->wants_ta1 || i->fault;
    }
    NEVER();
}

/* Answers are never answered, and what cannot be named cannot be answered. */
static bool needs_answer(const struct ack *a, const struct x12_group *g)
{
    const struct mapping_profile *profile = a->x12->base.readings->items[g->reading].read_by;
    if (profile->answers.functional == ANSWER_FUNCTIONAL_NONE || !g->is_numbered) return false;
    return strcmp(g->type, "FA") != 0 && !(strcmp(g->type, "RC") == 0)
           && !(g->set_count > 0 && strcmp(a->x12->all.sets[g->set_first].id, "849") == 0);
}

static struct x12_delimiters delimiters_of(const struct x12_interchange *i)
{
    bool is_sound = i->fault != ISSUE_TERMINATOR_INVALID && i->fault != ISSUE_ELEMENT_SEPARATOR_INVALID
        && i->fault != ISSUE_COMPONENT_SEPARATOR_INVALID && i->delimiters.element;
    return is_sound ? i->delimiters : (struct x12_delimiters){ .element = '*', .component = ':', .terminator = '~' };
}

static void put_interchange(struct ack *a, struct x12_interchange *i)
{
    bool has_ta1 = needs_ta1(a, i), has_groups = false;
    for (uint32_t g = i->group_first; !i->fault && g < i->group_first + i->group_count; g++)
        has_groups |= needs_answer(a, &a->x12->all.groups[g]);
    if ((!has_ta1 && !has_groups) || i->fault == ISSUE_DOCUMENT_DUPLICATE) return;
    struct slice version = x12_isa_element(i, 12);
    uint64_t number;
    bool is_version = version.size == 5 && slice_to_uint(version, 501, &number) && number >= 200;
    struct x12_out_envelope e = {
        .from_qualifier = x12_isa_element(i, 7),
        .from_id = x12_isa_element(i, 8),
        .to_qualifier = x12_isa_element(i, 5),
        .to_id = x12_isa_element(i, 6),
        .version = is_version ? version : SLICE("00401"),
        .is_test = i->is_test,
        .now_unix_ms = a->options->now_unix_ms,
        .control_number = (a->out.interchange_number + 1) % CONTROL_NUMBERS,
    };
    a->x12->interchange = i;
    a->out.delimiters = delimiters_of(i);
    x12_out_isa(&a->out, &e);
    if (has_ta1) put_ta1(a, i);
    for (uint32_t g = i->group_first; has_groups && g < i->group_first + i->group_count; g++)
        if (needs_answer(a, &a->x12->all.groups[g])) put_group(a, &a->x12->all.groups[g]);
    x12_out_iea(&a->out);
}

void ack_write(struct reader *r, const struct answer_options *options, const struct answer_sink *sink)
{
    struct ack a = { .x12 = x12_of(r), .options = options };
    x12_read_with(a.x12, 0);
    a.out.sink = sink;
    a.out.interchange_number = options->control_number - 1;
    a.out.group_number = options->control_number % 1000000;
    gather(&a);
    for (uint32_t k = 0; k < a.x12->all.interchange_count; k++) put_interchange(&a, &a.x12->all.interchanges[k]);
    a.x12->interchange = NULL;
}
