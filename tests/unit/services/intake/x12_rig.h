/* x12_rig.h: sets in envelopes, through the whole way of a document, and what comes out as one text a line. */
#ifndef TESTS_INTAKE_X12_RIG_H
#define TESTS_INTAKE_X12_RIG_H

#include "base/assert.h"
#include "domain/decimal.h"
#include "domain/currency.h"
#include "intake/document.h"
#include "intake/x12.h"
#include "support/intake_case.h"
#include "support/test.h"

#include <stdio.h>

enum { RIG_LINES_MAX = 64 };

struct rig {
    struct reader_answers answers;                  /* of who sent it */
    struct mapping_profile  profile;
    struct intake_submitter submitter;
    struct intake_partners  partners;
    struct spool            spool;
    struct intake          *intake;
    const struct intake_result *result;
    struct slice            lines[RIG_LINES_MAX];   /* "PASS POS_SALE 2026-03-02 …" */
    unsigned                line_count;
    struct text             ids;                    /* positions of the lines */
};

static inline struct slice rig_file(const char *gs01, const char *version, const char *sets, unsigned set_count)
{
    struct text t = text_in(test_arena(), strlen(sets) + 512);
    text_put(&t, SLICE("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
                       "*260408*0900*U*00401*000004711*0*P*:~"));
    text_put(&t, SLICE("GS*"));
    text_put(&t, slice_from(gs01));
    text_put(&t, SLICE("*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*"));
    text_put(&t, slice_from(version));
    text_put(&t, SLICE("~"));
    text_put(&t, slice_from(sets));
    text_put(&t, SLICE("GE*"));
    text_put_int(&t, set_count);
    text_put(&t, SLICE("*4804~IEA*1*000004711~"));
    return text_slice(&t);
}

/* ST … SE around a body, with the right count. */
static inline struct slice rig_set(const char *id, const char *number, const char *body)
{
    struct text t = text_in(test_arena(), strlen(body) + 128);
    unsigned segments = 2;
    for (const char *c = body; *c; c++) segments += *c == '~';
    text_put(&t, SLICE("ST*"));
    text_put(&t, slice_from(id));
    text_put(&t, SLICE("*"));
    text_put(&t, slice_from(number));
    text_put(&t, SLICE("~"));
    text_put(&t, slice_from(body));
    text_put(&t, SLICE("SE*"));
    text_put_int(&t, segments);
    text_put(&t, SLICE("*"));
    text_put(&t, slice_from(number));
    text_put(&t, SLICE("~"));
    return text_slice(&t);
}

static inline const char *rig_text(struct slice s)
{
    return slice_copy(test_arena(), s).bytes;
}

static inline const char *rig_group_of(const char *set)
{
    return strcmp(set, "844") == 0 ? "CF" : strcmp(set, "845") == 0 ? "PA" : strcmp(set, "852") == 0 ? "PD" : "PT";
}

static inline void rig_put(struct text *t, const char *name, struct slice value)
{
    if (slice_is_empty(value)) return;
    PUT(t, " ");
    text_put(t, slice_from(name));
    PUT(t, "=");
    text_put(t, value);
}

static inline void rig_put_number(struct text *t, const char *name, bool has, int64_t value, unsigned scale)
{
    char digits[40];
    struct text n = text_over(digits, sizeof digits);
    if (!has) return;
    decimal_put(&n, value, scale);
    rig_put(t, name, text_slice(&n));
}

static inline void rig_put_date(struct text *t, const char *name, int32_t date)
{
    char digits[16];
    struct text n = text_over(digits, sizeof digits);
    if (date) { text_put_int(&n, date); rig_put(t, name, text_slice(&n)); }
}

static inline void rig_put_line(struct text *t, const struct line *l)
{
    PUT(t, " ");
    text_put(t, kind_name(l->kind));
    rig_put(t, "partner", l->partner_id);
    rig_put(t, "inv", l->invoice_no);
    rig_put(t, "il", l->invoice_line);
    rig_put(t, "oinv", l->original_invoice_no);
    rig_put(t, "oline", l->original_invoice_line);
    rig_put(t, "memo", l->debit_memo_ref);
    rig_put(t, "claim", l->claim_id);
    rig_put(t, "cl", l->claim_line);
    rig_put(t, "order", l->order_no);
    rig_put(t, "auth", l->authorisation_no);
    rig_put(t, "al", l->auth_line);
    rig_put_date(t, "invd", l->invoice_date);
    rig_put_date(t, "ship", l->ship_date);
    rig_put_date(t, "pcd", l->price_change_date);
    rig_put_date(t, "snap", l->snapshot_date);
    rig_put_date(t, "to", l->report_to);
    rig_put(t, "loc", l->location_id);
    rig_put(t, "part", l->vendor_part);
    rig_put(t, "own", l->partner_part);
    rig_put(t, "gtin", l->gtin);
    rig_put_number(t, "qty", l->qty_milli != 0, l->qty_milli, 3);
    rig_put(t, "uom", l->uom);
    rig_put_number(t, "resale", l->has_resale_unit_micros, l->resale_unit_micros, 6);
    rig_put_number(t, "book", l->has_book_unit_micros, l->book_unit_micros, 6);
    rig_put_number(t, "cost", l->has_claimed_cost_unit_micros, l->claimed_cost_unit_micros, 6);
    rig_put_number(t, "amount", l->has_claimed_amount_minor, l->claimed_amount_minor, 2);
    rig_put_number(t, "ext", l->has_extended_amount_minor, l->extended_amount_minor, 2);
    rig_put(t, "cur", l->currency);
    rig_put(t, "sold", l->sold_to.name);
    rig_put(t, "sold.id", l->sold_to.id);
    rig_put(t, "sold.city", l->sold_to.city);
    rig_put(t, "sold.country", l->sold_to.country);
    rig_put(t, "end", l->end_customer.name);
    if (l->submission_no > 1) { PUT(t, " sub="); text_put_int(t, l->submission_no); }
    if (l->summary) PUT(t, " summary");
    if (l->direct_ship) PUT(t, " direct");
    for (unsigned k = 0; k < l->serials.count; k++) rig_put(t, "sn", l->serials.items[k]);
    for (unsigned k = 0; k < l->extra_count; k++) rig_put(t, rig_text(l->extras[k].name), l->extras[k].value);
}

static inline enum err rig_on_line(void *context, const struct intake_line *line)
{
    struct rig *r = context;
    struct text t = text_in(test_arena(), 4096);
    text_put(&t, word_text(VOCABULARY_OUTCOME, (int)line->outcome));
    if (line->line) rig_put_line(&t, line->line);
    for (unsigned k = 0; k < line->issues->count; k++) {
        const struct issue *i = &line->issues->items[k];
        if (i->severity == SEVERITY_NOTE || i->code == ISSUE_UOM_ASSUMED) continue;
        text_put(&t, i->severity == SEVERITY_ERROR ? SLICE(" !") : SLICE(" ~"));
        text_put(&t, issue_name(i->code));
        if (i->field.size > 0) { PUT(&t, ":"); text_put(&t, i->field); }
    }
    if (r->line_count < RIG_LINES_MAX) r->lines[r->line_count] = text_slice(&t);
    r->line_count++;
    text_put_int(&r->ids, line->receipt->position);
    PUT(&r->ids, " ");
    return OK;
}

static inline void rig_open(struct rig *r)
{
    memset(r, 0, sizeof *r);
    r->profile = *mapping_profile_default();
    r->submitter = submitter_local();
}

/* The rig's document, as claimctl would take it. */
static inline struct intake_job rig_job(const struct rig *r, struct spool *spool)
{
    return (struct intake_job){
        .spool = spool,
        .file_name = SLICE("test"),
        .door = DOOR_CLAIMCTL,
        .received_at_unix_ms = 1775638800000,
        .submitter = &r->submitter,
        .partners = &r->partners,
        .profile = &r->profile,
        .partner_id = SLICE("P-17"),
        .answers = r->answers,
    };
}

static inline enum document_state rig_run(struct rig *r, struct slice bytes)
{
    struct intake_events events = { .context = r, .on_line = rig_on_line };
    r->ids = text_in(test_arena(), 4096);
    r->line_count = 0;
    r->spool = spool_over(bytes);
    struct intake_job job = rig_job(r, &r->spool);
    bool is_done = false;
    if (r->intake) intake_close(r->intake);
    ASSERT(intake_open(&r->intake, &job, &events) == OK);
    while (!is_done) ASSERT(intake_post(r->intake, 7, &is_done) == OK);
    r->result = intake_result(r->intake);
    return r->result->state;
}

static inline void rig_close(struct rig *r)
{
    if (r->intake) intake_close(r->intake);
    r->intake = NULL;
}

/* One set of that number in 004010. */
static inline enum document_state rig_run_set(struct rig *r, const char *set, const char *body)
{
    return rig_run(r, rig_file(rig_group_of(set), "004010", rig_text(rig_set(set, "0001", body)), 1));
}

/* "SEGMENT_COUNT PADDING": errors and warnings of the document in order, with place: CODE@SEG06.2 */
static inline struct slice rig_issues(const struct rig *r)
{
    struct text t = text_in(test_arena(), 8192);
    const struct issues *lists[] = { &r->result->errors, &r->result->warnings };
    for (unsigned l = 0; l < 2; l++) {
        check_sentences(lists[l]);
        for (unsigned k = 0; k < lists[l]->count; k++) {
            const struct issue *i = &lists[l]->items[k];
            if (i->code == ISSUE_UOM_ASSUMED) continue;
            if (t.size > 0) PUT(&t, " ");
            text_put(&t, issue_name(i->code));
            if (i->where.position > 0) {
                PUT(&t, "@");
                text_put(&t, i->where.segment);
                text_put_int(&t, i->where.position);
                if (i->where.element > 0) { PUT(&t, "."); text_put_int(&t, i->where.element); }
            }
        }
    }
    return text_slice(&t);
}

#endif
