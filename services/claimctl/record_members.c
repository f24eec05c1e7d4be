/* claimctl/record_members.c: members of records, by the descriptors of messages and the list of those of a line. */
#include "claimctl/record_members.h"

bool record_members_message(enum topic topic, enum message_json_kind *kind)
{
    switch (topic) {
    case TOPIC_CLAIMS_SUBMITTED: *kind = MESSAGE_JSON_SUBMISSION; return true;
    case TOPIC_CLAIMS_RECEIVED:
    case TOPIC_CLAIMS_CLASSIFIED:
    case TOPIC_CLAIMS_CLEARED:
    case TOPIC_CLAIMS_HELD:
    case TOPIC_CLAIMS_DECIDED:   *kind = MESSAGE_JSON_DOSSIER; return true;
    case TOPIC_PAYOUTS:          *kind = MESSAGE_JSON_PAYOUT; return true;
    case TOPIC_REVIEWS:          *kind = MESSAGE_JSON_REVIEW; return true;
    case TOPIC_PARTNERS:         *kind = MESSAGE_JSON_PARTNER; return true;
    case TOPIC_PROGRAMS:         *kind = MESSAGE_JSON_REFERENCE; return true;
    default:                     return false;
    }
}

/* --- the lists --- */

struct row { struct slice path, type; };
#define MEMBER(path_text, type_text) { SLICE_INIT(path_text), SLICE_INIT(type_text) }

static const struct row around[] = {
    MEMBER("topic", "text"),
    MEMBER("partition", "whole number"),
    MEMBER("offset", "whole number"),
    MEMBER("at", "when the broker took it, RFC 3339"),
    MEMBER("key", "text"),
    MEMBER("key_bytes", "hexadecimal digits"),
    MEMBER("headers", "object: name and value as text"),
};

/* As results.c puts them. */
static const struct row of_a_line[] = {
    MEMBER("line", "object: where the line stands, members as of run --results"),
    MEMBER("line.document", "text"),
    MEMBER("line.position", "whole number"),
    MEMBER("line.row", "whole number"),
    MEMBER("line.kind", "word"),
    MEMBER("line.partner_id", "text"),
    MEMBER("line.partner_root_id", "text"),
    MEMBER("line.line_id", "text"),
    MEMBER("line.claim_id", "text"),
    MEMBER("line.invoice_no", "text"),
    MEMBER("line.role", "word"),
    MEMBER("line.stage", "word"),
    MEMBER("line.outcome", "word"),
    MEMBER("line.reasons[]", "name of a reason"),
    MEMBER("line.programs", "object: by program, names of reasons"),
    MEMBER("line.accepted_qty", "decimal as text"),
    MEMBER("line.currency", "text"),
    MEMBER("line.claimed", "money as text"),
    MEMBER("line.paid", "money as text"),
    MEMBER("line.refused", "money as text"),
    MEMBER("line.outstanding", "money as text"),
    MEMBER("line.standing", "word"),
    MEMBER("line.payouts[]", "object"),
    MEMBER("line.payouts[].payout_id", "text"),
    MEMBER("line.payouts[].seq", "whole number"),
    MEMBER("line.payouts[].program_id", "text"),
    MEMBER("line.payouts[].program_version", "whole number"),
    MEMBER("line.payouts[].adjustment_no", "whole number"),
    MEMBER("line.payouts[].incentive", "word"),
    MEMBER("line.payouts[].ledger", "word"),
    MEMBER("line.payouts[].role", "word"),
    MEMBER("line.payouts[].payee", "text"),
    MEMBER("line.payouts[].qty", "decimal as text"),
    MEMBER("line.payouts[].amount", "money as text"),
    MEMBER("line.payouts[].currency", "text"),
    MEMBER("line.payouts[].program_amount", "money as text"),
    MEMBER("line.payouts[].program_currency", "text"),
    MEMBER("line.payouts[].earned_period", "text"),
    MEMBER("line.payouts[].posted_period", "text"),
    MEMBER("line.payouts[].payable_on", "date, ISO"),
    MEMBER("line.payouts[].reverses_payout_id", "text"),
    MEMBER("line.payouts[].cause", "word"),
    MEMBER("line.payouts[].tax_reportable", "true or false"),
    MEMBER("line.payouts[].reasons[]", "name of a reason"),
};
#undef MEMBER

enum { PATH_BYTES = 600 };

struct values { message_json_visit *visit; void *context; };

static void put_value(void *values, struct slice path, struct slice type)
{
    const struct values *v = values;
    char buffer[PATH_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    PUT(&t, "value.");
    text_put(&t, path);
    if (!t.full) v->visit(v->context, text_slice(&t), type);
}

void record_members_each(enum topic topic, message_json_visit *visit, void *context)
{
    enum message_json_kind kind;
    struct values values = { visit, context };
    bool is_known = record_members_message(topic, &kind);
    for (unsigned i = 0; i < sizeof around / sizeof around[0]; i++) visit(context, around[i].path, around[i].type);
    for (unsigned i = 0; is_known && kind == MESSAGE_JSON_DOSSIER && i < sizeof of_a_line / sizeof of_a_line[0]; i++)
        visit(context, of_a_line[i].path, of_a_line[i].type);
    if (is_known) visit(context, SLICE("value"), SLICE("object"));
    if (is_known) message_json_members(kind, put_value, &values);
    else
        visit(context, SLICE("value"),
              SLICE("the record as it came: of dead letters and changelogs what their topic had, else JSON"));
}

/* --- a name among them --- */

/* The order in which a name is looked for: as it stands, in `line`, in `value`. */
enum { RANK_WHOLE = 1, RANK_LINE, RANK_VALUE };

struct record_member record_member_named(struct slice name)
{
    struct slice word = name;
    if (slice_starts_with(word, SLICE("value."))) word = slice_skip(word, 6);
    if (slice_starts_with(word, SLICE("line."))) word = slice_skip(word, 5);
    return (struct record_member){ .name = name, .near = nearest_to(word) };
}

static struct slice without_lists(struct text *t, struct slice path)
{
    for (size_t i = 0; i < path.size; i++)
        if (path.bytes[i] != '[' && path.bytes[i] != ']') text_put_byte(t, path.bytes[i]);
    return text_slice(t);
}

static enum record_values values_of(struct slice type)
{
    static const struct { struct slice type; enum record_values values;
    } kinds[] = {
        { SLICE_INIT("whole number"), RECORD_NUMBER }, { SLICE_INIT("decimal"), RECORD_NUMBER },
        { SLICE_INIT("money"), RECORD_NUMBER },        { SLICE_INIT("minor units"), RECORD_NUMBER },
        { SLICE_INIT("date"), RECORD_DAY },            { SLICE_INIT("instant"), RECORD_INSTANT },
        { SLICE_INIT("when"), RECORD_INSTANT },
    };
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_starts_with(type, kinds[i].type)) return kinds[i].values;
    return RECORD_ANY;
}

static unsigned dots_in(struct slice path)
{
    unsigned dots = 0;
    for (size_t i = 0; i < path.size; i++) dots += path.bytes[i] == '.';
    return dots;
}

/* What lies in an object whose members have names of their own, or lie deeper than those that are listed. */
static bool is_inside(struct slice name, struct slice path, struct slice type)
{
    enum { DEEP = 4 };
    bool is_wide = slice_starts_with(type, SLICE("object: ")) && !slice_equal(path, SLICE("line"));
    return (is_wide || (slice_equal(type, SLICE("object")) && dots_in(path) >= DEEP)) && name.size > path.size
           && slice_starts_with(name, path) && name.bytes[path.size] == '.';
}

static void note(struct record_member *m, unsigned rank, struct slice path, struct slice type)
{
    bool inside = is_inside(m->name, path, type);
    if (!inside && !slice_equal(m->name, path)) return;
    m->is_known = true;
    if (m->rank && m->rank <= rank) return;
    m->rank = rank;
    m->values = inside ? RECORD_ANY : values_of(type);
}

static void compare(void *member, struct slice path, struct slice type)
{
    char buffer[PATH_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    struct slice whole = without_lists(&t, path), inner = whole;
    unsigned rank = slice_starts_with(whole, SLICE("line."))    ? RANK_LINE
                    : slice_starts_with(whole, SLICE("value.")) ? RANK_VALUE
                                                                : RANK_WHOLE;
    note(member, RANK_WHOLE, whole, type);
    if (rank != RANK_WHOLE) inner = slice_skip(whole, rank == RANK_LINE ? 5 : 6);
    if (rank != RANK_WHOLE) note(member, rank, inner, type);
    nearest_offer(&((struct record_member *)member)->near, inner);
}

/* Values of these topics are JSON of anybody, or what died elsewhere. */
void record_member_look(struct record_member *m, enum topic topic)
{
    enum message_json_kind kind;
    m->is_open |= topic == TOPIC_CLAIMS_SUBMITTED || !record_members_message(topic, &kind);
    record_members_each(topic, compare, m);
}

static bool is_of(struct slice text, const char *bytes)
{
    for (size_t i = 0; i < text.size; i++)
        if (!strchr(bytes, text.bytes[i]) || !text.bytes[i]) return false;
    return text.size > 0;
}

/* A year, a month, a day: bytes compare as time does; 20260401 does not. */
static bool is_time(struct slice text, const char *bytes)
{
    return is_of(text, bytes) && text.size >= 4 && is_of(slice_head(text, 4), "0123456789")
           && (text.size == 4 || text.bytes[4] == '-');
}

bool record_member_fits(const struct record_member *m, const struct filter_term *term, const char **why)
{
    int order;
    bool fits = true;
    *why = NULL;
    if (term->operator == FILTER_CONTAINS) return true;
    switch (m->values) {
    case RECORD_NUMBER:
        fits = filter_compare_decimals(term->value, SLICE("0"), &order);
        *why = "it is a number, as 12 or -3.50";
        break;
    case RECORD_DAY:
        fits = is_time(term->value, "0123456789-");
        *why = "it is a date, as 2026-04-01, 2026-04 or 2026";
        break;
    case RECORD_INSTANT:
        fits = is_time(term->value, "0123456789-:.TZ");
        *why = "it is an instant in UTC, as 2026-04-01T09:00:00Z or the beginning of one";
        break;
    default: break;
    }
    return fits;
}
