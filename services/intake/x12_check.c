/* intake/x12_check.c: the checks of a set, segment by segment, while the document is surveyed (feeds.md 5.1 to 5.3). */
#include "intake/x12_envelope.h"

#include "domain/decimal.h"

enum { HASH_SCALE = 6, VERSION_BYTES = 6 };

#define KINDS_OF_867 \
    (KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_TRANSFER_OUT) | KIND_BIT(KIND_TRANSFER_IN) | \
    KIND_BIT(KIND_STOCK_ADJUST))
#define KINDS_OF_844 (KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_PRICE_PROTECTION_CLAIM))

static unsigned kinds_of(struct slice set)
{
    if (slice_equal(set, SLICE("867"))) return KINDS_OF_867;
    if (slice_equal(set, SLICE("844"))) return KINDS_OF_844;
    return KIND_BIT(slice_equal(set, SLICE("845")) ? KIND_AGREEMENT : KIND_INVENTORY);
}

static bool is_granted(const struct x12 *x, const struct x12_set_kind *kind)
{
    unsigned kinds = kinds_of(kind->id);
    if (!kind->posts) return true;
    for (unsigned k = 1; k < KIND_COUNT; k++)
        if ((kinds & KIND_BIT(k)) && submitter_may_send(x->base.typing->submitter, (enum kind)k)) return true;
    return false;
}

/* ST03 names the guide that GS08 names, or one of its addenda; where one of them names none there is nothing to
 * follow. */
static bool follows_guide(const struct x12 *x)
{
    struct slice guide = slice_from(x->set->guide), version = slice_from(x->group->version);
    bool names_both = x->group->generation == X12_005010 && version.size > VERSION_BYTES && guide.size > 0;
    return !names_both || slice_starts_with(guide, version) || slice_starts_with(version, guide);
}

/* AK502 has a code of its own for it since 005010. */
static enum issue_code repeated_set(enum x12_version generation)
{
    return generation < X12_005010 ? ISSUE_SET_REPEATED : ISSUE_SET_REPEATED_005010;
}

void x12_open_set(struct x12 *x, const struct x12_segment *s)
{
    struct x12_all *all = &x->all;
    if (!x12_grow((void **)&all->sets, &all->set_capacity, all->set_count, X12_SETS_MAX, sizeof *all->sets)) {
        x12_tell_number(x, x12_fault_interchange(x, ISSUE_SETS_TOO_MANY), SLICE("max"), X12_SETS_MAX);
        return;
    }
    x->reports.asked.waits = false;
    all->sets[all->set_count++] = (struct x12_set){ .begin = s->offset, .end = s->end, .group = all->group_count - 1 };
    x->set = &all->sets[all->set_count - 1];
    x->group->set_count++;
    struct slice id = x12_element(s, 1), number = x12_element(s, 2);
    x12_keep_field(x->set->id, sizeof x->set->id, id);
    x12_keep_field(x->set->number, sizeof x->set->number, number);
    x12_keep_field(x->set->guide, sizeof x->set->guide, x12_element(s, 3));
    x->set->kind = x12_sets_find(x->kinds, id);
    x->position = 1;
    x->counted = (struct x12_counted){ 0 };
    x->early.waits = x->early.was_taken = x->told.early_lin = false;
    if (x->set->kind) x12_cursor_begin(&x->cursor, x->set->kind, x->group->generation);
    bool is_number = number.size >= 4 && number.size <= 9 && x12_is_basic(number);
    if (!is_number) x12_tell_value(x, x12_fault_set(x, ISSUE_SET_NUMBER_INVALID, s), number);
    else if (x12_number_is_taken(&x->set_numbers, x->set->number)
             && x->base.profile->x12.set_numbers == SET_NUMBERS_UNIQUE)
        x12_tell_value(x, x12_fault_set(x, repeated_set(x->group->generation), s), number);
    struct slice type = slice_from(x->group->type);
    if (!x->set->kind) {
        x12_tell_value(x, x12_fault_set(x, ISSUE_SET_UNSUPPORTED, s), id);
    } else if (!x12_set_fits_group(id, type, x->group->generation)) {
        struct issue *i = x12_fault_set(x, ISSUE_SET_NOT_IN_GROUP, s);
        x12_tell_value(x, i, id);
        x12_tell_text(x, i, SLICE("group"), type);
    } else if (!is_granted(x, x->set->kind)) {
        x12_tell_value(x, x12_fault_set(x, ISSUE_SET_NOT_ALLOWED, s), id);
    }
    if (!follows_guide(x)) x12_tell_value(x, x12_fault_set(x, ISSUE_SET_GUIDE, s), slice_from(x->group->version));
}

/* A fault of x12_limits_check as an issue. */
static void take_fault(void *context, const struct x12_fault *f)
{
    struct x12 *x = context;
    const struct x12_segment *s = &x->segment;
    bool is_strict = f->code == ISSUE_ELEMENT_NOT_BASIC;
    if (f->element == 0) {
        struct issue *i = x12_find_in_set(x, f->code, s, false);
        x12_tell_number(x, i, SLICE("bytes"), (int64_t)f->length);
        x12_tell_number(x, i, SLICE("max"), (int64_t)f->max);
        return;
    }
    struct issue *i = x12_find_in_element(x, f->code, s, f->element, is_strict);
    if (!i) return;
    if (f->other > 0) issue_argument(i, SLICE("other"), x12_element_name(x->base.arena, s->id, f->other));
    if (f->min > 0) x12_tell_number(x, i, SLICE("min"), (int64_t)f->min);
    if (f->min + f->max > 0 && f->length > 0) x12_tell_number(x, i, SLICE("length"), (int64_t)f->length);
    if (f->code == ISSUE_ELEMENT_TOO_LONG) x12_tell_text(x, i, SLICE("version"), slice_from(x->group->version));
    if (f->max > 0) x12_tell_number(x, i, SLICE("max"), (int64_t)f->max);
}

static void check_code(struct x12 *x, unsigned element, enum x12_class class, bool allows_agreed)
{
    const struct x12_segment *s = &x->segment;
    if (class != X12_CLASS_UNKNOWN && (class != X12_CLASS_AGREED || allows_agreed)) return;
    struct slice name = x12_element_name(x->base.line_arena, s->id, element);
    if (x12_profile_kind(x->base.profile, name, x12_element(s, element)) != KIND_UNSPECIFIED) return;
    x12_find_in_element(x, ISSUE_TXN_CODE_UNKNOWN, s, element, false);
}

static void check_multiplier(struct x12 *x, unsigned element)
{
    struct slice code = x12_element(&x->segment, element);
    if (code.size == 0 || slice_equal(code, SLICE("DIS")) || slice_equal(code, SLICE("SEL"))) return;
    x12_find_in_element(x, ISSUE_MULTIPLIER_UNKNOWN, &x->segment, element, false);
}

/* BPT01, BAA01, BPA01: what the set is for (feeds.md 6). */
static void take_purpose(struct x12 *x)
{
    static const struct { struct slice code; enum x12_effect effect;
    } purposes[] = {
        { SLICE_INIT("00"), X12_POSTS },        { SLICE_INIT("02"), X12_POSTS },
        { SLICE_INIT("15"), X12_RESUBMITS },    { SLICE_INIT("18"), X12_RESUBMITS },
        { SLICE_INIT("6R"), X12_RESUBMITS },    { SLICE_INIT("01"), X12_CANCELS },
        { SLICE_INIT("05"), X12_REPLACES },     { SLICE_INIT("04"), X12_CHANGES },
        { SLICE_INIT("CO"), X12_CHANGES },      { SLICE_INIT("07"), X12_ACKNOWLEDGES },
        { SLICE_INIT("08"), X12_ACKNOWLEDGES }, { SLICE_INIT("11"), X12_ACKNOWLEDGES },
    };
    const struct x12_segment *s = &x->segment;
    struct slice code = x12_element(s, 1);
    for (unsigned k = 0; k < sizeof purposes / sizeof *purposes; k++) {
        if (!slice_equal(code, purposes[k].code)) continue;
        x->set->effect = (uint8_t)purposes[k].effect;
        bool is_sent_again = x->set->effect == X12_POSTS && s->key == X12_KEY('B', 'A', 'A')
                             && slice_equal(x12_element(s, 2), SLICE("6R"));
        if (is_sent_again) x->set->effect = X12_RESUBMITS;
        return;
    }
    if (code.size > 0 && x->set->kind->posts) x12_find_in_element(x, ISSUE_PURPOSE_CODE, s, 1, false);
}

static void add_hash(struct x12 *x, struct slice qty)
{
    int64_t value;
    if (decimal_parse(qty, HASH_SCALE, DECIMAL_EXCESS_ROUND, &value, NULL) == OK)
        x->counted.hash += value < 0 ? -(__int128)value : value;
}

static void count_line(struct x12 *x)
{
    if (++x->counted.lines <= X12_SET_LINES_MAX) return;
    if (x->counted.lines == X12_SET_LINES_MAX + 1u)
        x12_tell_number(x, x12_fault_set(x, ISSUE_SET_TOO_LARGE, &x->segment), SLICE("max"), X12_SET_LINES_MAX);
}

static void check_total(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    const struct slice said = x12_element(s, 1), hash = x12_element(s, 2);
    uint64_t count, lines = x->counted.details;
    enum ctt01_counts rule = x->base.profile->x12.ctt01;
    if (rule == CTT01_LINES) lines = x->counted.lines;
    if (rule == CTT01_LOOPS) lines = x->counted.loops;
    bool is_right = rule == CTT01_ANY || !slice_to_uint(said, UINT32_MAX, &count) || count == lines;
    if (!is_right) {
        struct issue *i = x12_find_in_element(x, ISSUE_LINE_COUNT, s, 1, true);
        if (x->base.is_strict) x12_add_fault(&x->set->faults, ISSUE_LINE_COUNT);
        x12_tell_number(x, i, SLICE("counted"), (int64_t)lines);
    }
    int64_t total;
    if (hash.size == 0 || decimal_parse(hash, HASH_SCALE, DECIMAL_EXCESS_ROUND, &total, NULL) != OK
        || total == x->counted.hash)
        return;
    struct issue *i = x12_find_in_element(x, ISSUE_HASH_TOTAL, s, 2, true);
    if (x->base.is_strict) x12_add_fault(&x->set->faults, ISSUE_HASH_TOTAL);
    if (!i) return;
    struct text t = text_in(x->base.arena, 48);
    if (x->counted.hash > INT64_MAX) PUT(&t, "more than can be shown");
    else decimal_put(&t, (int64_t)x->counted.hash, HASH_SCALE);
    issue_argument(i, SLICE("counted"), text_slice(&t));
}

/* What is left behind without being wrong is noted once a document. */
static void note_contact(struct x12 *x)
{
    if (x->told.contact) return;
    x->told.contact = true;
    struct issue *i = x12_tell(x, ISSUE_CONTACT_DROPPED, &x->segment, false);
    if (i) i->field = SLICE("PER");
}

/* ZA: what is on hand or available makes lines, the rest is counted. */
static void note_activity(struct x12 *x)
{
    struct slice code = x12_element(&x->segment, 1);
    if (slice_equal(code, SLICE("OH")) || slice_equal(code, SLICE("QA")) || code.size == 0) return;
    for (unsigned k = 0; k < X12_ACTIVITIES_SAID; k++) {
        if (slice_equal(slice_from(x->told.activities[k]), slice_head(code, 2))) return;
        if (x->told.activities[k][0]) continue;
        x12_keep_field(x->told.activities[k], sizeof x->told.activities[k], code);
        x12_tell_value(x, x12_tell(x, ISSUE_ADDENDUM_UNUSED, &x->segment, false), code);
        return;
    }
}

/* What a segment says beyond its form. */
static void read_detail(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    bool is_867 = slice_equal(x->set->kind->id, SLICE("867")), is_852 = slice_equal(x->set->kind->id, SLICE("852"));
    if (!x->set->kind->posts) return;
    switch (s->key) {
    case X12_KEY('B', 'P', 'T'): check_multiplier(x, 5); take_purpose(x); x12_note_report(x); return;
    case X12_KEY('B', 'A', 'A'):
    case X12_KEY('B', 'P', 'A'): take_purpose(x); x12_note_report(x); return;
    case X12_KEY('P', 'T', 'D'):
        x->counted.loops++;
        check_multiplier(x, 2);
        check_code(x, 1, x12_movement_class(x12_element(s, 1)), false);
        check_code(x, 6, x12_transfer_class(x12_element(s, 6)), false);
        return;
    case X12_KEY('C', 'O', 'N'): x->counted.loops++; return;
    case X12_KEY('P', 'A', 'D'):
        x->counted.details++;
        count_line(x);
        check_multiplier(x, 4);
        check_code(x, 2, x12_movement_class(x12_element(s, 2)), false);
        return;
    case X12_KEY('Q', 'T', 'Y'):
        if (is_852) return;
        if (is_867) { x->counted.details++; count_line(x); }
        check_code(x, 1, x12_quantity_class(x12_element(s, 1)), !is_867);
        add_hash(x, x12_element(s, 2));
        return;
    case X12_KEY('L', 'I', 'N'): if (is_852) { x->counted.loops++; x->counted.details++; } return;
    case X12_KEY('P', 'E', 'R'): note_contact(x); return;
    case X12_KEY('Z', 'A', 0): note_activity(x); count_line(x); add_hash(x, x12_element(s, 2)); return;
    case X12_KEY('S', 'I', 'I'): count_line(x); return;
    case X12_KEY('C', 'T', 'T'): check_total(x); return;
    default: return;
    }
}

static void missing_segments(struct x12 *x, const struct x12_segment *s)
{
    for (unsigned k = 0; k < x->cursor.missing_count; k++) {
        struct issue *i = x12_find_in_set(x, ISSUE_SEGMENT_MISSING, s, false);
        uint32_t key = x->cursor.missing[k];
        char name[3] = { (char)(key >> 16), (char)(key >> 8), (char)key };
        if (!i) continue;
        i->where.segment = slice_copy(x->base.arena, slice_of(name, name[2] ? 3 : 2));
        i->value = i->where.segment;
    }
}

bool x12_is_early_lin(const struct x12 *x)
{
    if (x->segment.key != X12_KEY('L', 'I', 'N') || !x->set->kind || !slice_equal(x->set->kind->id, SLICE("867")))
        return false;
    const struct x12_row *row = x12_cursor_row(&x->cursor);
    bool is_in_detail = row && row->scope != X12_HEAD && row->scope != X12_HEAD_PARTY && row->scope != X12_TAIL;
    return is_in_detail && (row->key != X12_KEY('Q', 'T', 'Y') || x->early.was_taken);
}

/* No QTY took it: what it names is told where it stands, and belongs to no later movement. */
static void refuse_early_lin(struct x12 *x)
{
    uint32_t position = x->position;
    if (!x->early.waits) return;
    x->early.waits = false;
    x->position = x->early.position;
    x12_tell_value(x, x12_find_in_set(x, ISSUE_SEGMENT_UNEXPECTED, &x->early.lin, false), x->early.lin.id);
    x->position = position;
}

static void take_early_lin(struct x12 *x)
{
    if (x->early.waits)
        x12_tell_value(x, x12_find_in_set(x, ISSUE_SEGMENT_UNEXPECTED, &x->segment, false), x->segment.id);
    x->early.waits = true;
    x->early.lin = x->segment;
    x->early.position = x->position;
    if (!x->told.early_lin || x->base.is_strict) (void)x12_find_in_set(x, ISSUE_LIN_BEFORE_QTY, &x->segment, true);
    x->told.early_lin = true;
    x12_limits_check(x->view->limits, x->group->generation, &x->interchange->delimiters, &x->segment, take_fault, x);
}

static void fit(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    static const enum issue_code codes[] = {
        [X12_OVER_USE] = ISSUE_SEGMENT_LIMIT,           [X12_OVER_LOOP] = ISSUE_LOOP_LIMIT,
        [X12_OUT_OF_SEQUENCE] = ISSUE_SEGMENT_SEQUENCE, [X12_UNEXPECTED] = ISSUE_SEGMENT_UNEXPECTED,
        [X12_NOT_IN_SET] = ISSUE_SEGMENT_NOT_IN_SET,
    };
    const struct x12_row *before = x12_cursor_row(&x->cursor);
    if (s->key == X12_KEY('P', 'T', 'D')) refuse_early_lin(x);
    enum x12_fit found = x12_cursor_step(&x->cursor, s->key);
    missing_segments(x, s);
    if (s->key == X12_KEY('Q', 'T', 'Y')) {
        x->early.was_taken = x->early.waits;
        x->early.waits = false;
    }
    if (found == X12_FITS) return;
    bool is_unknown = found == X12_NOT_IN_SET && !x12_limits_know(x->view->limits, s->key);
    struct issue *i = x12_find_in_set(x, is_unknown ? ISSUE_SEGMENT_UNKNOWN : codes[found], s, false);
    x12_tell_value(x, i, s->id);
    if (found == X12_OUT_OF_SEQUENCE && before) x12_tell_text(x, i, SLICE("other"), before->id);
    if (found == X12_OVER_USE || found == X12_OVER_LOOP)
        x12_tell_number(x, i, SLICE("max"), x12_cursor_row(&x->cursor)->max);
}

void x12_take_segment(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    x->position++;
    if (!x->set->kind) return;
    if ((s->flags & X12_HAS_TRAILING) && (!x->told.trailing || x->base.is_strict)) {
        (void)x12_find_in_set(x, ISSUE_TRAILING_SEPARATORS, s, true);
        x->told.trailing = true;
    }
    if (x12_is_early_lin(x)) { take_early_lin(x); return; }
    if (s->key == 0) {
        x12_tell_value(x, x12_find_in_set(x, ISSUE_SEGMENT_UNKNOWN, s, false), s->id);
        return;
    }
    fit(x);
    x12_limits_check(x->view->limits, x->group->generation, &x->interchange->delimiters, s, take_fault, x);
    read_detail(x);
    x12_follow_header(x);
    if (x->base.line_arena->used > 0) arena_reset(x->base.line_arena);
}

/* Closes the set; `se` NULL: it never came. */
void x12_close_set(struct x12 *x, const struct x12_segment *se)
{
    uint64_t count;
    x->set->end = se ? se->end : x->segment.offset;
    x->position++;
    if (x->set->kind) {
        x12_cursor_finish(&x->cursor);
        if (se) x12_ask_report(x);
        if (se) missing_segments(x, se);
        if (se) refuse_early_lin(x);
    }
    if (!se) {
        x12_fault_set(x, ISSUE_SET_UNFINISHED, NULL);
        x->set = NULL;
        return;
    }
    struct slice said = x12_element(se, 1), number = x12_element(se, 2);
    if (!slice_equal(slice_head(number, sizeof x->set->number - 1), slice_from(x->set->number))) {
        struct issue *i = x12_fault_set(x, ISSUE_SET_NUMBER_DIFFERS, se);
        x12_tell_value(x, i, number);
        x12_tell_text(x, i, SLICE("expected"), slice_from(x->set->number));
    }
    if (!slice_to_uint(said, 9999999999, &count) || count != x->position) {
        bool is_tolerated = x->base.profile->x12.tolerate_counts;
        struct issue *i = is_tolerated ? x12_tell(x, ISSUE_SET_COUNTS_TOLERATED, se, false)
                                       : x12_fault_set(x, ISSUE_SEGMENT_COUNT, se);
        if (is_tolerated) x->set->has_remarks = true;
        x12_tell_value(x, i, said);
        x12_tell_number(x, i, SLICE("counted"), x->position);
    }
    x->set = NULL;
}
