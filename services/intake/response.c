/* intake/response.c: lines of a document beside what was decided of them. */
#include "intake/response.h"

#include "base/assert.h"
#include "domain/currency.h"

enum {
    RESPONSES_FROM = 500000000,
    RESPONSES = 400000000,
    GROUP_NUMBERS = 1000000,
    TEXTS_BYTES = 4096,
    TEXTS_RESERVE = 1 << 20
};

/* To be answered a correction is read against a report without lines: each of its own is then posted as it stands, at
 * its own place. */
static enum target_standing nothing_stands(void *context, const struct report_ref *report)
{
    (void)context;
    (void)report;
    return TARGET_POSTED;
}

static enum err open_nothing(void *context, const struct report_ref *report, struct intake_job *jobs, unsigned *count)
{
    (void)context;
    (void)report;
    (void)jobs;
    *count = 0;
    return OK;
}

static void close_nothing(void *context, struct intake_job *jobs, unsigned count)
{
    (void)context;
    (void)jobs;
    (void)count;
}

static const struct intake_targets nothing = { .standing = nothing_stands,
                                               .open = open_nothing,
                                               .close = close_nothing };

struct answering {
    const struct response_order *order;
    struct intake               *intake;
    struct response_writer       writer;
    struct arena                 texts;             /* of the set at work */
    uint32_t                     set, ordinal;      /* of the line in its set */
    bool                         has_set;
};

/* Numbers of their own beside those of the 997s, the same for the same document however often it is asked for. */
static uint32_t control_number(uint32_t acknowledgement)
{
    return RESPONSES_FROM + acknowledgement % RESPONSES;
}

static void begin_set(struct answering *a, const struct reader_echo *e, struct slice currency)
{
    response_writer_end_set(&a->writer);            /* its total is in the currency of its header */
    arena_reset(&a->texts);
    struct slice version = slice_copy(&a->texts, e->isa_version);
    uint32_t number = control_number(a->order->acknowledgement);
    struct response header = {
        .envelope = { .from_qualifier = slice_copy(&a->texts, e->to_qualifier),
                      .from_id = slice_copy(&a->texts, e->to_id),
                      .to_qualifier = slice_copy(&a->texts, e->from_qualifier),
                      .to_id = slice_copy(&a->texts, e->from_id),
                      .version = version,
                      .is_test = e->is_test,
                      .now_unix_ms = a->order->now_unix_ms,
                      .control_number = number },
        .from_group = slice_copy(&a->texts, e->group_to),
        .to_group = slice_copy(&a->texts, e->group_from),
        .version = slice_copy(&a->texts, e->version),
        .group_number = number % GROUP_NUMBERS + 1,
        .claim_type = e->claim_type.size ? slice_copy(&a->texts, e->claim_type) : SLICE("C1"),
        .report_id = slice_copy(&a->texts, e->report_id),
        .currency = slice_copy(&a->texts, currency),
        .date = instant_date(a->order->now_unix_ms, 0),
    };
    a->writer.wanted = e->answer;
    response_writer_set(&a->writer, &header);
    a->set = e->set;
    a->ordinal = 0;
    a->has_set = true;
}

/* Refused by intake itself: for the reasons that its errors lead to. */
static void refuse(const struct issues *issues, struct disposition *d)
{
    d->outcome = OUTCOME_REJECT;
    for (unsigned k = 0; k < issues->count && d->reason_count < RESPONSE_CODES_MAX; k++) {
        enum reason_code code = issue_reason(issues->items[k].code);
        bool is_new = issues->items[k].severity == SEVERITY_ERROR && code != REASON_NONE;
        for (unsigned n = 0; n < d->reason_count; n++) is_new &= d->reasons[n] != code;
        if (is_new) d->reasons[d->reason_count++] = code;
    }
}

static int sign_of(int64_t value)
{
    return value < 0 ? -1 : value > 0;
}

/* An amount is answered as SHORT only when it lies between nothing and what was claimed. */
static void judge(struct response_line *to, const struct disposition *d)
{
    to->outcome = d->outcome;
    to->approved_minor = d->approved_minor;
    to->reasons = d->reasons;
    to->reason_count = d->reason_count;
    if (d->outcome != OUTCOME_SHORT || !to->has_amount) return;
    bool is_whole = to->approved_minor == to->claimed_minor,
         is_turned = sign_of(to->approved_minor) == -sign_of(to->claimed_minor);
    if (is_whole) to->outcome = OUTCOME_PASS;
    else if (to->approved_minor == 0 || is_turned) to->outcome = OUTCOME_REJECT;
}

/* What a line said of itself, as it is said again. */
static struct response_line line_of(const struct intake_line *line, const struct reader_echo *e, struct slice ordinal)
{
    const struct line *l = line->line;
    int64_t claimed = 0;
    bool has_amount = tally_claimed(l, line->outcome == OUTCOME_REJECT, &claimed);
    return (struct response_line){
        .contract_qualifier = e->contract_qualifier,
        .contract_no = l->authorisation_no,
        .claim_line = e->claim_line.size ? e->claim_line : ordinal,
        .movement = e->movement,
        .lin01 = e->lin01,
        .part_qualifier = e->part_qualifier,
        .part = e->part.size ? e->part : l->vendor_part,
        .control_no = e->control_no,
        .qty_code = e->qty_code,
        .qty = e->qty,
        .qty_unit = e->qty_unit,
        .amount = e->amount,
        .amount_flag = e->amount_flag,
        .qty_milli = l->qty_milli,
        .uom = l->uom,
        .currency = l->currency,
        .has_amount = has_amount,
        .claimed_minor = claimed,
    };
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct answering *a = context;
    const struct dispositions *decided = a->order->decided;
    struct reader_echo e;
    struct disposition d = { .outcome = OUTCOME_PARK };
    const struct line *l = line->line;
    if (!l || l->kind == KIND_CANCEL || !intake_echo(a->intake, line, &e)) return OK;
    if (line->outcome == OUTCOME_PASS && !decided->find(decided->context, line->receipt->line_id, &d)) {
        if (line->target_id.size > 0) return OK;    /* it changed nothing: what stood is answered already */
        d.outcome = OUTCOME_PARK;
    }
    if (line->outcome == OUTCOME_REJECT) refuse(line->issues, &d);
    if (!a->has_set || a->set != e.set) begin_set(a, &e, l->currency);
    char room[16];
    struct text ordinal = text_over(room, sizeof room);
    text_put_int(&ordinal, ++a->ordinal);
    struct response_line to = line_of(line, &e, text_slice(&ordinal));
    judge(&to, &d);
    response_writer_line(&a->writer, &to);
    return OK;
}

/* Sets that were refused whole stand after those whose lines were judged. */
static void refuse_sets(struct answering *a)
{
    struct reader_echo e;
    struct issues why;
    for (uint32_t at = 0; intake_refused(a->intake, &at, &e, &why);) {
        struct disposition d = { 0 };
        refuse(&why, &d);
        begin_set(a, &e, (struct slice){ 0 });
        response_writer_refuse(&a->writer, d.reasons, d.reason_count);
    }
}

enum err response_write(const struct response_order *order, const struct answer_sink *sink, bool *is_written)
{
    struct answering a = { .order = order };
    struct intake_events events = { .context = &a, .on_line = on_line };
    *is_written = false;
    TRY(arena_open(&a.texts, TEXTS_BYTES, TEXTS_RESERVE));
    response_writer_open(&a.writer, ANSWER_849_ALL, sink);
    struct intake_job job = *order->job;
    job.targets = &nothing;
    enum err e = intake_open(&a.intake, &job, &events);
    if (e != OK) { arena_close(&a.texts); return e; }
    e = intake_post_all(a.intake);
    if (e == OK) refuse_sets(&a);
    if (e == OK) *is_written = response_writer_close(&a.writer);
    intake_close(a.intake);
    arena_close(&a.texts);
    return e;
}

int64_t response_approved_minor(const struct dossier *d, struct slice currency)
{
    int64_t sum = 0;
    for (unsigned k = 0; d->payout && k < d->payout->entry_count; k++) {
        const struct payout *p = &d->payout->entries[k];
        bool is_volume =
            slice_equal(p->incentive, SLICE("VOLUME_REBATE")) || slice_equal(p->incentive, SLICE("LOGISTICS"));
        bool is_of_before = d->line && d->line->kind == KIND_REPLACE
                            && p->reverses_payout_id.size > 0; /* of the line that it replaced */
        bool counts = slice_equal(p->ledger, SLICE("EARNED")) && !is_volume && !is_of_before
                      && slice_equal(p->currency, currency);
        if (counts && money_add(sum, p->amount_minor, &sum) != OK) return sum;
    }
    return sum;
}
