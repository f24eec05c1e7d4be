/* intake/response_849.c: dispositions as segments. */
#include "intake/response_849.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/decimal.h"

enum { TEXT_BYTES = 40 };

/* Element 889 that goes with an element 901. */
static char response_849_follow_up(struct slice code_901)
{
    static const char *const corrected[] = { "01", "03", "06", "07", "08", "11", "14", "15", "18", "26", "27", "33" };
    if (slice_equal(code_901, SLICE("25"))) return 'Y';
    for (unsigned k = 0; k < sizeof corrected / sizeof *corrected; k++)
        if (slice_equal(code_901, slice_from(corrected[k]))) return 'C';
    return 'N';
}

static void put_aaa(struct x12_out *o, struct slice valid, struct slice code)
{
    char follow_up = response_849_follow_up(code);
    x12_out_begin(o, SLICE("AAA"));
    x12_out_text(o, valid);
    x12_out_text(o, (struct slice){ 0 });
    x12_out_text(o, code);
    if (code.size > 0) x12_out_text(o, slice_of(&follow_up, 1));
    x12_out_end(o);
}

/* The place of a reason in the list of domain.md 7: outcome first, then number. */
static bool stands_before(enum reason_code a, enum reason_code b)
{
    struct reason x = { .code = a, .outcome = reason_outcome(a) }, y = { .code = b, .outcome = reason_outcome(b) };
    return reason_order(&x, &y) < 0;
}

/* Codes of the reasons in their order, each once, ten at most. */
static unsigned codes_of(const enum reason_code *reasons, unsigned count, struct slice codes[RESPONSE_CODES_MAX])
{
    unsigned found = 0;
    enum reason_code last = REASON_NONE;
    for (unsigned rank = 0; rank < count && found < RESPONSE_CODES_MAX; rank++) {
        enum reason_code next = REASON_NONE;
        for (unsigned k = 0; k < count; k++) {
            bool is_behind = last == REASON_NONE || stands_before(last, reasons[k]);
            if (is_behind && (next == REASON_NONE || stands_before(reasons[k], next))) next = reasons[k];
        }
        if (next == REASON_NONE) break;
        last = next;
        struct slice code = reason_x12_901(next);
        bool is_new = code.size > 0;
        for (unsigned k = 0; k < found; k++) is_new &= !slice_equal(codes[k], code);
        if (is_new) codes[found++] = code;
    }
    return found;
}

static void put_refusal(struct x12_out *o, const enum reason_code *reasons, unsigned count)
{
    struct slice codes[RESPONSE_CODES_MAX];
    unsigned found = codes_of(reasons, count, codes);
    for (unsigned k = 0; k < found; k++) put_aaa(o, SLICE("N"), codes[k]);
    if (found == 0) put_aaa(o, SLICE("N"), (struct slice){ 0 });
}

static void put_disposition(struct x12_out *o, const struct response_line *l)
{
    switch (l->outcome) {
    case OUTCOME_PASS: put_aaa(o, SLICE("Y"), (struct slice){ 0 }); return;
    case OUTCOME_HOLD: case OUTCOME_PARK: put_aaa(o, SLICE("N"), SLICE("25")); return;
    default: put_refusal(o, l->reasons, l->reason_count); return;
    }
}

static void put_amount_text(struct x12_out *o, struct slice code, struct slice amount, struct slice flag)
{
    x12_out_begin(o, SLICE("AMT"));
    x12_out_text(o, code);
    x12_out_text(o, amount);
    x12_out_text(o, flag);
    x12_out_end(o);
}

static void put_amount(struct x12_out *o, struct slice code, int64_t minor, struct slice currency, struct slice flag)
{
    char digits[TEXT_BYTES];
    struct text t = text_over(digits, sizeof digits);
    money_put(&t, minor, currency);
    put_amount_text(o, code, text_slice(&t), flag);
}

static void put_part(struct x12_out *o, const struct response_line *l)
{
    if (slice_is_empty(l->part)) return;
    x12_out_begin(o, SLICE("LIN"));
    x12_out_text(o, l->lin01);
    x12_out_text(o, l->part_qualifier.size > 0 ? l->part_qualifier : SLICE("VP"));
    x12_out_text(o, l->part);
    x12_out_end(o);
}

static void put_quantity(struct x12_out *o, const struct response_line *l)
{
    char digits[TEXT_BYTES];
    struct text t = text_over(digits, sizeof digits);
    decimal_put(&t, l->qty_milli, MILLI_DIGITS);
    bool is_sent = l->qty.size > 0;
    x12_out_begin(o, SLICE("QTY"));
    bool has_code = is_sent || l->qty_code.size > 0;
    x12_out_text(o, has_code ? l->qty_code : l->qty_milli < 0 ? SLICE("76") : SLICE("39"));
    x12_out_text(o, is_sent ? l->qty : text_slice(&t));
    x12_out_text(o, is_sent ? l->qty_unit : l->uom);
    x12_out_end(o);
}

static bool is_final(const struct response_line *l)
{
    return l->outcome != OUTCOME_HOLD && l->outcome != OUTCOME_PARK;
}

/* In the sender's sign: who writes what he gives back without a minus reads it so, too. */
static int64_t approved(const struct response_line *l)
{
    bool is_turned = l->amount.size > 0 && (l->amount.bytes[0] == '-') != (l->claimed_minor < 0);
    if (l->outcome != OUTCOME_PASS && l->outcome != OUTCOME_SHORT) return 0;
    return is_turned && l->approved_minor > INT64_MIN ? -l->approved_minor : l->approved_minor;
}

static void put_line(struct x12_out *o, const struct response *r, const struct response_line *l)
{
    x12_out_begin(o, SLICE("PAD"));
    x12_out_text(o, l->claim_line);
    x12_out_text(o, l->movement);
    x12_out_end(o);
    put_part(o, l);
    put_disposition(o, l);
    put_quantity(o, l);
    struct slice currency = l->currency.size ? l->currency : r->currency;
    if (l->amount.size > 0) put_amount_text(o, SLICE("S"), l->amount, l->amount_flag);
    else if (l->has_amount) put_amount(o, SLICE("S"), l->claimed_minor, currency, l->amount_flag);
    if (l->has_amount && is_final(l)) put_amount(o, SLICE("A"), approved(l), currency, l->amount_flag);
    if (slice_is_empty(l->control_no)) return;
    x12_out_begin(o, SLICE("REF"));
    x12_out_text(o, SLICE("D9"));
    x12_out_text(o, l->control_no);
    x12_out_end(o);
}

static void put_contract(struct x12_out *o, const struct response_line *l)
{
    x12_out_begin(o, SLICE("CON"));
    x12_out_text(o, l->contract_qualifier.size > 0 ? l->contract_qualifier : SLICE("CT"));
    x12_out_text(o, l->contract_no.size > 0 ? l->contract_no : SLICE("NONE"));
    x12_out_end(o);
}

static void put_header(struct x12_out *o, const struct response *r)
{
    x12_out_begin(o, SLICE("BRC"));
    x12_out_text(o, SLICE("11"));
    x12_out_text(o, r->claim_type);
    x12_out_number(o, (uint64_t)r->date);
    x12_out_text(o, r->report_id);
    x12_out_end(o);
    if (slice_is_empty(r->currency)) return;
    x12_out_begin(o, SLICE("CUR"));
    x12_out_text(o, SLICE("VN"));
    x12_out_text(o, r->currency);
    x12_out_end(o);
}

static bool is_listed(const struct response_line *l, enum answer_849 wanted)
{
    return wanted == ANSWER_849_ALL || l->outcome != OUTCOME_PASS;
}

/* Sets */

void response_writer_open(struct response_writer *w, enum answer_849 wanted, const struct answer_sink *sink)
{
    *w = (struct response_writer){
        .out = { .sink = sink, .delimiters = { .element = '*', .component = ':', .terminator = '~' } }, .wanted = wanted
    };
}

static void begin_set(struct response_writer *w)
{
    const struct response *r = &w->header;
    bool is_old = slice_starts_with(r->version, SLICE("002040"));
    if (!w->has_isa) {
        w->out.group_number = r->group_number - 1;
        x12_out_isa(&w->out, &r->envelope);
        w->has_isa = true;
    }
    x12_out_gs(&w->out, is_old ? SLICE("RC") : SLICE("CF"), r->from_group, r->to_group, r->version,
               r->envelope.now_unix_ms);
    x12_out_st(&w->out, SLICE("849"));
    put_header(&w->out, r);
    w->has_set = true;
    w->has_contract = false;
    w->listed = 0;
}

void response_writer_end_set(struct response_writer *w)
{
    if (!w->has_set) return;
    x12_out_begin(&w->out, SLICE("CTT"));
    x12_out_number(&w->out, w->listed);
    x12_out_end(&w->out);
    if (w->has_amounts)
        put_amount(&w->out, SLICE("A"), w->total_minor, w->header.currency, (struct slice){ 0 });
    x12_out_se(&w->out);
    x12_out_ge(&w->out);
    w->has_set = false;
}

void response_writer_set(struct response_writer *w, const struct response *header)
{
    ASSERT(!w->has_set);
    w->header = *header;
    w->total_minor = 0;
    w->has_amounts = false;
}

static void add_total(struct response_writer *w, const struct response_line *l)
{
    bool is_of_total = l->currency.size == 0 || slice_equal(l->currency, w->header.currency);
    if (l->has_amount && is_of_total && is_final(l) && money_add(w->total_minor, approved(l), &w->total_minor) == OK)
        w->has_amounts = true;
}

/* Lines of one contract stand together below its CON. */
static void put_contract_once(struct response_writer *w, const struct response_line *l)
{
    struct text name = text_over(w->contract, sizeof w->contract);
    if (w->has_contract && slice_equal(slice_from(w->contract), slice_head(l->contract_no, sizeof w->contract - 1)))
        return;
    put_contract(&w->out, l);
    text_put(&name, slice_head(l->contract_no, sizeof w->contract - 1));
    w->contract[name.size] = 0;
    w->has_contract = true;
}

void response_writer_line(struct response_writer *w, const struct response_line *l)
{
    ASSERT(l->outcome != OUTCOME_SHORT || !l->has_amount || l->approved_minor != l->claimed_minor);
    add_total(w, l);
    if (w->wanted == ANSWER_849_NONE || !is_listed(l, w->wanted)) return;
    if (!w->has_set) begin_set(w);
    put_contract_once(w, l);
    put_line(&w->out, &w->header, l);
    w->listed++;
}

void response_writer_refuse(struct response_writer *w, const enum reason_code *reasons, unsigned reason_count)
{
    if (w->wanted == ANSWER_849_NONE) return;
    begin_set(w);
    put_refusal(&w->out, reasons, reason_count);
}

bool response_writer_close(struct response_writer *w)
{
    response_writer_end_set(w);
    if (w->has_isa) x12_out_iea(&w->out);
    return w->has_isa;
}
