/* intake/x12_envelope.c: the survey: every interchange, group and set gets its verdict, every finding its place. */
#include "intake/x12_envelope.h"

#include "base/assert.h"
#include "intake/x12_sender.h"

static bool add_interchange(struct x12 *x, uint64_t begin)
{
    struct x12_all *all = &x->all;
    if (!x12_grow((void **)&all->interchanges, &all->interchange_capacity, all->interchange_count,
                  X12_INTERCHANGES_MAX, sizeof *all->interchanges))
        return false;
    all->interchanges[all->interchange_count++] =
        (struct x12_interchange){ .begin = begin, .end = begin, .group_first = all->group_count };
    x->interchange = &all->interchanges[all->interchange_count - 1];
    memset(x->interchange->isa, ' ', ISA_BYTES);
    x->group = NULL;
    x->set = NULL;
    x12_forget_numbers(&x->group_numbers);
    return true;
}

/* Groups */

static bool is_group_number(struct slice number)
{
    uint64_t value;
    return number.size >= 1 && number.size <= 9 && slice_to_uint(number, 999999999, &value);
}

static bool version_is_agreed(const struct x12 *x, struct slice version)
{
    const struct texts *versions = &x->base.profile->x12.versions;
    for (unsigned k = 0; k < versions->count; k++)
        if (slice_starts_with(version, versions->items[k])) return true;
    return false;
}

static struct slice without_blanks_behind(struct slice s)
{
    while (s.size > 0 && s.bytes[s.size - 1] == ' ') s.size--;
    return s;
}

static struct x12_sender_name sender_of(const struct x12_interchange *i, const struct x12_group *g)
{
    return (struct x12_sender_name){ .qualifier = x12_isa_element(i, 5),
                                     .id = x12_isa_element(i, 6),
                                     .group = without_blanks_behind(slice_from(g->sender)),
                                     .receiver = without_blanks_behind(slice_from(g->receiver)) };
}

static void view_with(struct x12 *x, const struct readings *r)
{
    x->views = ARENA_ARRAY(x->base.arena, r->count, struct x12_view);
    for (unsigned k = 0; k < r->count; k++) {
        x->views[k].limits = x12_limits_new(x->base.arena, r->items[k].read_by);
        x12_mappings_read(x->base.arena, &r->items[k].read_by->x12, &x->views[k].mappings);
    }
    x12_read_with(x, 0);
}

static void open_group(struct x12 *x, const struct x12_segment *s)
{
    struct x12_all *all = &x->all;
    if (!x12_grow((void **)&all->groups, &all->group_capacity, all->group_count, X12_GROUPS_MAX, sizeof *all->groups)) {
        x12_tell_number(x, x12_fault_interchange(x, ISSUE_SETS_TOO_MANY), SLICE("max"), X12_GROUPS_MAX);
        return;
    }
    struct slice type = x12_element(s, 1), number = x12_element(s, 6), version = x12_element(s, 8);
    all->groups[all->group_count++] = (struct x12_group){
        .begin = s->offset, .end = s->end, .interchange = all->interchange_count - 1, .set_first = all->set_count,
        .generation = x12_version_of(version), .is_numbered = is_group_number(number),
    };
    x->group = &all->groups[all->group_count - 1];
    x->interchange->group_count++;
    x12_keep_field(x->group->type, sizeof x->group->type, type);
    x12_keep_field(x->group->number, sizeof x->group->number, number);
    x12_keep_field(x->group->version, sizeof x->group->version, version);
    x12_keep_field(x->group->sender, sizeof x->group->sender, x12_element(s, 2));
    x12_keep_field(x->group->receiver, sizeof x->group->receiver, x12_element(s, 3));
    struct x12_sender_name name = sender_of(x->interchange, x->group);
    x->group->reading = (uint8_t)x12_sender_reading(x->base.readings, &name);
    x12_read_with(x, x->group->reading);
    x12_forget_numbers(&x->set_numbers);
    if (!x->group->is_numbered) x12_tell_value(x, x12_fault_group(x, ISSUE_GROUP_NUMBER_INVALID, s), number);
    else if (x12_number_is_taken(&x->group_numbers, x->group->number))
        x12_tell_value(x, x12_fault_group(x, ISSUE_GROUP_REPEATED, s), number);
    if (!x12_group_is_known(type)) x12_tell_value(x, x12_fault_group(x, ISSUE_GROUP_TYPE, s), type);
    if (version_is_agreed(x, version)) return;
    const struct texts *agreed = &x->base.profile->x12.versions;
    struct issue *i = x12_fault_group(x, ISSUE_GROUP_VERSION, s);
    x12_tell_value(x, i, version);
    if (i) issue_argument(i, SLICE("versions"), slice_list(x->base.arena, agreed->items, agreed->count, SLICE(", ")));
}

static void check_group_end(struct x12 *x, const struct x12_segment *ge)
{
    uint64_t count = 0;
    struct slice said = x12_element(ge, 1), number = x12_element(ge, 2);
    if (!slice_equal(number, slice_from(x->group->number))) {
        struct issue *i = x12_fault_group(x, ISSUE_GROUP_NUMBER_DIFFERS, ge);
        x12_tell_value(x, i, number);
        x12_tell_text(x, i, SLICE("expected"), slice_from(x->group->number));
    }
    bool is_count = slice_to_uint(said, 999999, &count);
    if (is_count) x->group->claimed = (uint32_t)count;
    if (!is_count || count != x->group->set_count) {
        struct issue *i = x12_fault_group(x, ISSUE_SET_COUNT, ge);
        x12_tell_value(x, i, said);
        x12_tell_number(x, i, SLICE("counted"), x->group->set_count);
    }
}

static void close_group(struct x12 *x, const struct x12_segment *ge)
{
    if (x->set) x12_close_set(x, NULL);
    x->group->end = ge ? ge->end : x->segment.offset;
    x->group->claimed = x->group->set_count;
    if (ge) check_group_end(x, ge);
    else if (x->base.profile->x12.truncated != TRUNCATED_COMPLETE_SETS)
        x12_fault_group(x, ISSUE_GROUP_UNFINISHED, NULL);
    x->group = NULL;
    x12_read_with(x, 0);
}

/* Interchanges */

static bool is_delimiter(char c)
{
    bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return !is_word && c != ' ' && c != 0 && (uint8_t)c < 0x80;
}

/* Elements have their places, and no separator stands inside one: who counts separators reads another header. */
static bool has_elements(const char *isa)
{
    unsigned count = 0;
    for (unsigned k = 3; k < 104; k++) count += isa[k] == isa[3];
    return count == ISA_ELEMENTS;
}

static void read_delimiters(struct x12 *x)
{
    struct x12_interchange *i = x->interchange;
    struct x12_delimiters *d = &i->delimiters;
    *d = (struct x12_delimiters){ .element = i->isa[3], .component = i->isa[104], .terminator = i->isa[105] };
    if (!is_delimiter(d->element)) x12_fault_interchange(x, ISSUE_ELEMENT_SEPARATOR_INVALID);
    else if (!has_elements(i->isa)) x12_fault_interchange(x, ISSUE_INTERCHANGE_STRUCTURE);
    if (!is_delimiter(d->component) || d->component == d->element)
        x12_fault_interchange(x, ISSUE_COMPONENT_SEPARATOR_INVALID);
    if (!is_delimiter(d->terminator) || d->terminator == d->element || d->terminator == d->component)
        x12_fault_interchange(x, ISSUE_TERMINATOR_INVALID);
    uint64_t version;
    if (!slice_to_uint(x12_isa_element(i, 12), 99999, &version) || version < 402) return;
    char repetition = i->isa[82];
    if (repetition == 'U') { x12_tell(x, ISSUE_NO_REPETITION_SEPARATOR, NULL, false); return; }
    if (!is_delimiter(repetition) || repetition == d->element || repetition == d->component
        || repetition == d->terminator)
        x12_fault_interchange(x, ISSUE_COMPONENT_SEPARATOR_INVALID);
    else
        d->repetition = repetition;
}

static bool is_date_yymmdd(struct slice s) { return s.size == 6 && x12_date(s) != 0; }

static bool is_time_hhmm(struct slice s)
{
    uint64_t value;
    return s.size == 4 && slice_to_uint(s, 2359, &value) && value % 100 < 60;
}

/* Who sends and receives is answered as it was sent: it may hold nothing that an answer cannot. */
static void check_isa_bytes(struct x12 *x)
{
    for (unsigned e = 1; e <= ISA_ELEMENTS; e++) {
        struct slice text = x12_isa_element(x->interchange, e);
        bool is_delimiter = e == 11 || e == ISA_ELEMENTS, is_odd = false;
        for (size_t k = 0; k < text.size && !is_delimiter; k++)
            is_odd |= (uint8_t)text.bytes[k] < 0x20 || text.bytes[k] == 0x7f;
        if (is_odd) x12_tell_number(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_CHARACTER), SLICE("element"), e);
    }
}

static void check_isa(struct x12 *x)
{
    struct x12_interchange *i = x->interchange;
    uint64_t value;
    struct slice version = x12_isa_element(i, 12), number = x12_isa_element(i, 13), date = x12_isa_element(i, 9),
                 time = x12_isa_element(i, 10);
    read_delimiters(x);                             /* first: nothing else can be read without them */
    check_isa_bytes(x);
    i->is_test = i->isa[102] != 'P';
    i->wants_ta1 = i->isa[100] == '1';
    struct slice usage = x12_isa_element(i, 15);
    if (!memchr("PTI", i->isa[102], 3))
        x12_tell_value(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_USAGE), usage.size ? usage : SLICE("blank"));
    if (version.size != 5 || !slice_to_uint(version, 501, &value) || value < 200)
        x12_tell_value(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_VERSION), version);
    if (number.size != 9 || !slice_to_uint(number, 999999999, &value))
        x12_tell_value(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_NUMBER_INVALID), number);
    if (!is_date_yymmdd(date)) x12_tell_value(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_DATE), date);
    if (!is_time_hhmm(time)) x12_tell_value(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_TIME), time);
}

static void copy_isa(struct x12 *x, struct slice bytes, uint64_t at)
{
    size_t size = 0;
    memset(x->interchange->isa, ' ', ISA_BYTES);
    for (uint64_t k = at; k < bytes.size && size < ISA_BYTES; k++) {
        bool is_wrap = x->interchange->wrap_width > 0 && (bytes.bytes[k] == '\n' || bytes.bytes[k] == '\r');
        if (!is_wrap) x->interchange->isa[size++] = bytes.bytes[k];
    }
}

static bool close_interchange(struct x12 *x, const struct x12_segment *iea)
{
    struct x12_interchange *i = x->interchange;
    uint64_t count;
    if (x->group) close_group(x, NULL);
    struct slice said = x12_element(iea, 1), number = x12_element(iea, 2);
    if (!slice_equal(number, x12_isa_element(i, 13))) {
        struct issue *issue = x12_fault_interchange(x, ISSUE_INTERCHANGE_NUMBER_DIFFERS);
        x12_tell_value(x, issue, number);
        x12_tell_text(x, issue, SLICE("expected"), x12_isa_element(i, 13));
        if (issue) issue->where.offset = iea->offset;
    }
    if (!slice_to_uint(said, 99999, &count) || count != i->group_count) {
        struct issue *issue = x12_fault_interchange(x, ISSUE_GROUP_COUNT);
        x12_tell_value(x, issue, said);
        x12_tell_number(x, issue, SLICE("counted"), i->group_count);
        if (issue) issue->where.offset = iea->offset;
    }
    if (iea->flags & X12_IS_UNENDED) {
        x12_tell(x, ISSUE_TERMINATOR_MISSING, iea, true);
        x12_remark_interchange(x, ISSUE_TERMINATOR_MISSING);
    }
    i->end = iea->end;
    return true;
}

static void outside(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    if (x->group) {
        bool is_told = false;
        for (unsigned k = 0; k < x->group->faults.count; k++)
            is_told |= x->group->faults.codes[k] == ISSUE_SEGMENT_OUTSIDE_SET;
        if (!is_told) x12_tell_value(x, x12_fault_group(x, ISSUE_SEGMENT_OUTSIDE_SET, s), s->id);
        return;
    }
    if (x->interchange->fault == ISSUE_INTERCHANGE_SEGMENT) return;
    struct issue *issue = x12_fault_interchange(x, ISSUE_INTERCHANGE_SEGMENT);
    x12_tell_value(x, issue, s->id);
    if (issue) issue->where.offset = s->offset;
}

/* Blanks around segments, told once an interchange. */
static void tell_padding(struct x12 *x, const struct x12_segment *s, uint64_t offset)
{
    if (x->told.padding) return;
    x->told.padding = true;
    struct issue *i = x12_tell(x, ISSUE_PADDING, s, true);
    if (i && !s) i->where.offset = offset;
    x12_remark_interchange(x, ISSUE_PADDING);
}

/* Takes one segment of the envelope or of a set; true after IEA. */
static bool take_token(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    if (s->flags & X12_IS_PADDED) tell_padding(x, s, s->offset);
    switch (s->key) {
    case X12_KEY('G', 'S', 0):
        if (x->group) close_group(x, NULL);
        open_group(x, s);
        return false;
    case X12_KEY('G', 'E', 0):
        if (x->group) close_group(x, s);
        else outside(x);
        return false;
    case X12_KEY('S', 'T', 0):
        if (x->set) x12_close_set(x, NULL);
        if (x->group) x12_open_set(x, s);
        else outside(x);
        return false;
    case X12_KEY('S', 'E', 0):
        if (x->set) x12_close_set(x, s);
        else outside(x);
        return false;
    case X12_KEY('I', 'E', 'A'): return close_interchange(x, s);
    case X12_KEY('T', 'A', '1'): if (!x->group) return false; break;
    default: break;
    }
    if (x->set) x12_take_segment(x);
    else outside(x);
    return false;
}

/* The interchange ends without IEA, at the end of the document or before the next ISA. */
static void leave_unfinished(struct x12 *x, uint64_t at)
{
    x->segment.offset = at;
    if (x->group) close_group(x, NULL);
    x->interchange->end = at;
    if (x->base.profile->x12.truncated == TRUNCATED_COMPLETE_SETS && !x->interchange->fault) {
        x12_tell(x, ISSUE_COMPLETE_SETS_POSTED, NULL, false);
        if (!x->interchange->remark) x->interchange->remark = ISSUE_COMPLETE_SETS_POSTED;
        return;
    }
    x12_fault_interchange(x, ISSUE_INTERCHANGE_UNFINISHED);
}

/* Sets of a refused group or interchange are lost with it. */
static void lose_sets(struct x12 *x, uint32_t interchange)
{
    const struct x12_interchange *i = &x->all.interchanges[interchange];
    for (uint32_t g = i->group_first; g < i->group_first + i->group_count; g++) {
        const struct x12_group *group = &x->all.groups[g];
        for (uint32_t s = group->set_first; s < group->set_first + group->set_count; s++)
            x->all.sets[s].is_lost = i->fault || group->faults.count > 0;
    }
}

static void check_reuse(struct x12 *x)
{
    struct slice bytes = x->base.spool->bytes;
    const struct x12_interchange *i = x->interchange;
    for (uint32_t k = 0; k + 1 < x->all.interchange_count; k++) {
        const struct x12_interchange *before = &x->all.interchanges[k];
        bool is_same_key =
            memcmp(before->isa + 32, i->isa + 32, 37) == 0 && memcmp(before->isa + 90, i->isa + 90, 9) == 0;
        if (!is_same_key || before->fault || x->base.profile->x12.control_numbers != CONTROL_NUMBERS_STRICT) continue;
        struct slice a = slice_of(bytes.bytes + before->begin, before->end - before->begin);
        bool is_same = slice_equal(a, slice_of(bytes.bytes + i->begin, i->end - i->begin));
        x12_tell_value(x,
                       is_same ? x12_tell(x, ISSUE_DOCUMENT_DUPLICATE, NULL, false)
                               : x12_fault_interchange(x, ISSUE_INTERCHANGE_REUSED),
                       x12_isa_element(i, 13));
        if (is_same) x12_refuse_interchange(x, ISSUE_DOCUMENT_DUPLICATE);
        return;
    }
}

/* First: whatever is said of the interchange names it. */
static void take_isa(struct x12 *x, uint64_t at)
{
    struct slice bytes = x->base.spool->bytes;
    uint32_t width;
    (void)x12_is_isa(bytes, at, &width);
    x->interchange->wrap_width = width;
    copy_isa(x, bytes, at);
}

/* Reads one interchange from after its ISA on; returns where it ends. */
static uint64_t survey_interchange(struct x12 *x, uint64_t at)
{
    struct slice bytes = x->base.spool->bytes;
    uint32_t width = x->interchange->wrap_width;
    check_isa(x);
    if (width > 0) {
        x12_tell_number(x, x12_tell(x, ISSUE_UNWRAPPED, NULL, true), SLICE("width"), width);
        x12_remark_interchange(x, ISSUE_UNWRAPPED);
    }
    enum issue_code fault = (enum issue_code)x->interchange->fault;
    bool is_readable = fault != ISSUE_TERMINATOR_INVALID && fault != ISSUE_ELEMENT_SEPARATOR_INVALID
                       && fault != ISSUE_COMPONENT_SEPARATOR_INVALID;
    if (!is_readable) {
        x->interchange->end = x12_find_isa(bytes, at + 3, 0);
        return x->interchange->end;
    }
    x12_tokens_of(x, x->interchange, at);
    bool is_closed = false, is_header = true;
    enum x12_token token = X12_SEGMENT;
    while (!is_closed) {
        uint64_t before = x->tokens.at;
        token = x12_tokens_next(&x->tokens, &x->segment);
        if (token != X12_SEGMENT) { leave_unfinished(x, token == X12_NEXT_ISA ? x->tokens.at : before); break; }
        spool_pass(x->base.spool, x->segment.offset);
        if (!is_header) is_closed = take_token(x);
        is_header = false;
    }
    x->group = NULL;
    x->set = NULL;
    if (!x->interchange->fault) check_reuse(x);
    lose_sets(x, x->all.interchange_count - 1);
    return x->interchange->end;
}

/* An envelope that begins as one and is none: too few elements, or of wrong widths. */
static void broken_isa(struct x12 *x, uint64_t at)
{
    struct slice rest = slice_head(slice_skip(x->base.spool->bytes, at), 2 * ISA_BYTES);
    char separator = rest.size > 3 ? rest.bytes[3] : '*';
    size_t from = 0;
    unsigned count = 0, odd = 0;
    struct slice parts[ISA_ELEMENTS + 1] = { 0 };
    struct x12_interchange *i = x->interchange;
    memset(i->isa, ' ', ISA_BYTES);
    memcpy(i->isa, "ISA", 3);
    for (size_t k = 0; k < rest.size && count <= ISA_ELEMENTS; k++) {
        bool is_end = rest.bytes[k] == separator || (count == ISA_ELEMENTS && k == from + 1);
        if (!is_end) continue;
        size_t width = k - from, want = x12_isa_places[count].width;
        if (width != want && odd == 0) odd = count;
        if (width <= want) parts[count] = slice_of(rest.bytes + from, width);
        count++;
        from = k + 1;
    }
    bool has_all = count > ISA_ELEMENTS;
    for (unsigned e = 1; e <= ISA_ELEMENTS; e++)        /* of a cut header only what is surely its element */
        if (parts[e].size > 0 && (has_all || parts[e].size == x12_isa_places[e].width))
            memcpy(i->isa + x12_isa_places[e].at, parts[e].bytes, parts[e].size);
    struct issue *issue = x12_fault_interchange(x, has_all ? ISSUE_INTERCHANGE_CONTENT : ISSUE_INTERCHANGE_STRUCTURE);
    if (has_all) x12_tell_number(x, issue, SLICE("element"), odd);
    i->delimiters = (struct x12_delimiters){ .element = '*', .component = ':', .terminator = '~' };
    i->end = x12_find_isa(x->base.spool->bytes, at + 3, '~');
}

/* Blanks, line breaks and empty segments. */
static bool is_blank(struct slice s, char terminator)
{
    for (size_t k = 0; k < s.size; k++)
        if (!memchr(" \t\r\n", s.bytes[k], 4) && s.bytes[k] != terminator) return false;
    return true;
}

/* After a terminator one line break is nothing to speak of. */
static uint64_t behind_break(struct slice bytes, uint64_t from, uint64_t to)
{
    if (from < to && bytes.bytes[from] == '\r') from++;
    if (from < to && bytes.bytes[from] == '\n') from++;
    return from;
}

/* Bytes before the first ISA or after an IEA. */
static void odd_bytes(struct x12 *x, enum issue_code code, uint64_t from, uint64_t to)
{
    struct slice bytes = x->base.spool->bytes;
    if (code == ISSUE_TRAILING_DATA) from = behind_break(bytes, from, to);
    if (to <= from) return;
    char terminator = x->interchange && code == ISSUE_TRAILING_DATA ? x->interchange->delimiters.terminator : ' ';
    if (is_blank(slice_of(bytes.bytes + from, to - from), terminator)) { tell_padding(x, NULL, from); return; }
    struct issue *i = x12_tell(x, code, NULL, true);
    x12_tell_number(x, i, SLICE("bytes"), (int64_t)(to - from));
    if (i) i->where.offset = from;
    if (x->interchange) x12_remark_interchange(x, code);
}

static enum survey verdict(struct x12 *x)
{
    bool any_accepted = false, all_test = x->all.interchange_count > 0;
    for (uint32_t k = 0; k < x->all.interchange_count; k++) {
        const struct x12_interchange *i = &x->all.interchanges[k];
        if (!i->fault) any_accepted |= i->group_count == 0;
        for (uint32_t g = i->group_first; !i->fault && g < i->group_first + i->group_count; g++)
            any_accepted |= x->all.groups[g].set_count == 0 && x->all.groups[g].faults.count == 0;
        all_test &= i->is_test;
    }
    for (uint32_t k = 0; k < x->all.set_count; k++) any_accepted |= x12_set_is_accepted(&x->all.sets[k]);
    x->base.header.is_test = all_test;
    if (!any_accepted) return SURVEY_REJECTED;
    return x->base.question ? SURVEY_HELD : SURVEY_READ;
}

static void describe(struct x12 *x)
{
    struct text t = text_in(x->base.arena, 160);
    for (uint32_t k = 0; k < x->all.group_count && k < 4; k++) {
        if (k > 0) PUT(&t, ", ");
        text_put(&t, slice_from(x->all.groups[k].type));
        PUT(&t, " ");
        text_put(&t, slice_from(x->all.groups[k].version));
    }
    x->base.dialect = issue_value(x->base.arena, text_slice(&t));
}

/* Defaults of a document whose sender no profile names: its lines travel under the sender's own id (feeds.md 2). */
static void name_sender(struct x12 *x)
{
    const struct x12_interchange *i = &x->all.interchanges[0];
    x->base.header.sender = SLICE_JOIN(x->base.arena, x12_isa_element(i, 5), SLICE(":"), x12_isa_element(i, 6));
}

static void tell_mark(struct x12 *x)
{
    struct issue *i = x12_tell(x, ISSUE_BYTE_ORDER_MARK, NULL, true);
    if (i) i->where.offset = 0;
    x12_remark_interchange(x, ISSUE_BYTE_ORDER_MARK);
}

/* Where the first interchange begins. One whose ISA cannot be read begins where it looks like one. */
static uint64_t first_begin(struct slice bytes, uint64_t from, bool *is_broken)
{
    uint64_t at = x12_first_isa(bytes);
    *is_broken = at - from > X12_LEADING_BYTES_MAX || at == bytes.size;
    if (!*is_broken) return at;
    for (at = from; at < bytes.size && bytes.bytes[at] != 'I'; at++) {}
    return at;
}

static void survey_interchanges(struct x12 *x)
{
    static const struct slice mark = SLICE_INIT("\xef\xbb\xbf");
    struct slice bytes = x->base.spool->bytes;
    bool has_mark = slice_starts_with(bytes, mark), is_broken;
    uint64_t begin = has_mark ? mark.size : 0, end = begin, at = first_begin(bytes, begin, &is_broken);
    for (bool is_first = true; at < bytes.size; is_first = is_broken = false) {
        if (!add_interchange(x, at)) {
            x12_tell_number(x, x12_tell(x, ISSUE_SETS_TOO_MANY, NULL, false), SLICE("max"), X12_INTERCHANGES_MAX);
            break;
        }
        x->told.padding = x->told.trailing = false;
        if (!is_broken) take_isa(x, at);
        if (is_first && has_mark) tell_mark(x);
        if (is_first) odd_bytes(x, ISSUE_LEADING_DATA, begin, at);
        if (is_broken) broken_isa(x, at);
        else (void)survey_interchange(x, at);
        end = x->interchange->end;
        at = x12_find_isa(bytes, end, x->interchange->delimiters.terminator);
        odd_bytes(x, ISSUE_TRAILING_DATA, end, at);
        if (x->interchange->fault) lose_sets(x, x->all.interchange_count - 1);
    }
    x->interchange = NULL;
}

enum survey x12_survey(struct reader *r)
{
    struct x12 *x = x12_of(r);
    r->typing->dates.is_plain = r->typing->names_are_exact = true;
    r->typing->decimals = DECIMAL_STYLE_AUTO;
    view_with(x, r->readings);
    x->kinds = x12_sets_new(r->arena);
    survey_interchanges(x);
    x12_share_reports(x);
    if (x->all.interchange_count == 0) { reader_add(r, ISSUE_FORMAT_UNKNOWN, 0); return SURVEY_REJECTED; }
    describe(x);
    name_sender(x);
    spool_rewind(r->spool);
    x12_rewind(r);
    return verdict(x);
}

/* The control number of what was surveyed */

bool x12_interchange_key(struct reader *r, struct slice *key, uint8_t sha256[SHA256_BYTES])
{
    struct x12 *x = x12_of(r);
    if (!slice_equal(r->ops->format, SLICE("x12")) || x->all.interchange_count != 1 || x->all.interchanges[0].fault)
        return false;
    const struct x12_interchange *i = &x->all.interchanges[0];
    static const unsigned elements[] = { 5, 6, 7, 8, 13 };
    struct text t = text_in(r->arena, 64);
    for (unsigned k = 0; k < sizeof elements / sizeof *elements; k++) {
        text_put(&t, x12_isa_element(i, elements[k]));
        PUT(&t, "*");
    }
    *key = text_slice(&t);
    if (i->begin == 0 && i->end == r->spool->core_size) {
        memcpy(sha256, r->spool->core_sha256, SHA256_BYTES);
        return true;
    }
    hash_sha256(slice_of(r->spool->bytes.bytes + i->begin, i->end - i->begin), sha256);
    spool_rewind(r->spool);
    return true;
}

void x12_refuse_reused(struct reader *r)
{
    struct x12 *x = x12_of(r);
    ASSERT(x->all.interchange_count == 1);
    x->interchange = &x->all.interchanges[0];
    x->group = NULL;
    x->set = NULL;
    x12_tell_value(x, x12_fault_interchange(x, ISSUE_INTERCHANGE_REUSED), x12_isa_element(x->interchange, 13));
    lose_sets(x, 0);
    x->interchange = NULL;
}

/* Why the senders of the profiles that read it do not name the interchange, ISSUE_NONE when they do; *value: who is not
 * known. */
static enum issue_code stranger_of(const struct x12 *x, const struct x12_interchange *i, struct slice *value)
{
    const struct profile_reading *readings = x->base.readings->items;
    struct x12_sender_name name = sender_of(i, &(struct x12_group){ 0 });
    *value = name.id;
    if (i->group_count == 0)
        return x12_sender_fit(&readings->named_by->x12, &name) > 0 ? ISSUE_NONE : ISSUE_SENDER_UNKNOWN;
    for (uint32_t k = 0; k < i->group_count; k++) {
        const struct x12_group *group = &x->all.groups[i->group_first + k];
        const struct profile_x12 *profile = &readings[group->reading].named_by->x12;
        name = sender_of(i, group);
        if (x12_sender_fit(profile, &name) > 0) continue;
        if (!x12_sender_is_known(profile, &name)) return ISSUE_SENDER_UNKNOWN;
        *value = name.receiver;
        return ISSUE_RECEIVER_UNKNOWN;
    }
    return ISSUE_NONE;
}

bool x12_refuse_unknown_sender(struct reader *r, bool is_anybody)
{
    struct x12 *x = x12_of(r);
    bool any = false;
    if (!slice_equal(r->ops->format, SLICE("x12"))) return false;
    for (uint32_t k = 0; k < x->all.interchange_count; k++) {
        struct x12_interchange *i = &x->all.interchanges[k];
        struct slice value;
        enum issue_code code = stranger_of(x, i, &value);
        if (is_anybody) { code = ISSUE_SENDER_UNDECIDED; value = x12_isa_element(i, 6); }
        if (i->fault || code == ISSUE_NONE) continue;
        x->interchange = i;
        x->group = NULL;
        x->set = NULL;
        x12_tell_value(x, x12_fault_interchange(x, code), value);
        lose_sets(x, k);
        any = true;
    }
    x->interchange = NULL;
    return any && verdict(x) == SURVEY_REJECTED;
}

/* Documents of a file */

bool x12_document_next(struct slice file, uint64_t *at, struct slice *document)
{
    if (*at >= file.size) return false;
    uint64_t isa = *at == 0 ? x12_first_isa(file) : x12_find_isa(file, *at, 0);
    uint64_t from = *at, next = file.size;
    if (isa < file.size) {
        char terminator = file.bytes[isa + ISA_BYTES - 1];
        next = x12_find_isa(file, isa + 3, terminator);
        if (next + ISA_BYTES > file.size) next = file.size;
    }
    *document = slice_of(file.bytes + from, next - from);
    *at = next;
    return true;
}
