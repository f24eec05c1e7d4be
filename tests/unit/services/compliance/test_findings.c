/* tests/unit/services/compliance/test_findings.c: what each rule puts on record beside its answer: reasons with their
 * arguments and cuts, the figure seen and the one it was held against, evidence (screening.md 3, 9). The lines are
 * those of tests/support/rule_proofs.c. */
#include "support/rule_proofs.h"
#include "support/test.h"

#include <stdio.h>

/* Hashes and ids made of names differ by nothing but their names: 32 digits and more are shown as '#'. */
static void put_short(struct text *t, struct slice id)
{
    for (size_t at = 0; at < id.size;) {
        size_t hex = 0;
        while (at + hex < id.size && memchr("0123456789abcdef", id.bytes[at + hex], 16)) hex++;
        if (hex >= 32) text_put_byte(t, '#');
        else text_put(t, slice_of(id.bytes + at, hex ? hex : 1));
        at += hex ? hex : 1;
    }
}

static void put_figure(struct text *t, const char *word, const struct figure *f)
{
    if (!f->name.size && !f->text.size && !f->unit.size) return;
    PUT(t, " ");
    text_put(t, slice_from(word));
    PUT(t, " ");
    text_put(t, f->name);
    if (f->divisor) {
        PUT(t, "=");
        text_put_int(t, f->value);
    }
    if (f->unit.size) PUT(t, " ");
    text_put(t, f->unit);
    if (f->text.size) PUT(t, " ");
    put_short(t, f->text);
}

static void put_evidence(struct text *t, const struct evidence *e)
{
    PUT(t, " [");
    text_put(t, word_text(VOCABULARY_EVIDENCE, e->kind));
    PUT(t, " ");
    put_short(t, e->id);
    if (e->revision) PUT(t, " revised");
    if (e->score) PUT(t, " ");
    if (e->score) text_put_int(t, e->score);
    if (e->text.size) PUT(t, " ");
    put_short(t, e->text);
    PUT(t, "]");
}

static void put_result(struct text *t, const struct rule_result *r)
{
    text_put(t, word_text(VOCABULARY_TRUTH, r->value));
    PUT(t, " ");
    text_put(t, reason_name(r->reason));
    if (r->points) PUT(t, " points ");
    if (r->points) text_put_int(t, r->points);
    put_figure(t, "saw", &r->observed);
    put_figure(t, "against", &r->limit);
    for (unsigned i = 0; i < r->evidence_count; i++) put_evidence(t, &r->evidence[i]);
}

static void put_reason(struct text *t, const struct reason *r)
{
    PUT(t, " ");
    text_put(t, reason_name(r->code));
    PUT(t, "(");
    for (unsigned i = 0; i < r->argument_count; i++) {
        if (i) PUT(t, " ");
        text_put(t, r->arguments[i].name);
        PUT(t, "=");
        put_short(t, r->arguments[i].value);
    }
    if (r->cut_qty_milli) PUT(t, " cut ");
    if (r->cut_qty_milli) text_put_int(t, r->cut_qty_milli);
    PUT(t, ")");
}

/* "TRUE DUPLICATE saw submission_no=1 count [LINE #] : REJECT DUPLICATE(other=#)" */
static struct slice record_of(const struct verdict *v, enum rule_id rule)
{
    struct text t = text_in(test_arena(), 4000);
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(rule)->number)
            put_result(&t, &v->judgement->rule_results[i]);
    PUT(&t, " : ");
    text_put(&t, word_text(VOCABULARY_OUTCOME, v->judgement->outcome));
    for (unsigned i = 0; i < v->judgement->reason_count; i++) put_reason(&t, &v->judgement->reasons[i]);
    if (v->judgement->waiting.on.size) PUT(&t, " on ");
    put_short(&t, v->judgement->waiting.on);
    return text_slice(&t);
}

struct record { enum rule_id rule; const char *of; int64_t at; const char *says; };

static const struct record records[] = {
    { RULE_DUP_01, "K is on file", 1,
      "TRUE DUPLICATE saw submission_no=1 count against submission_no=2 count [LINE #] : REJECT DUPLICATE(other=#)" },
    { RULE_DUP_01, "submission number", 1,
      "TRUE DUPLICATE saw submission_no=1 count against submission_no=3 count [LINE #] : REJECT DUPLICATE(other=#)" },
    { RULE_DUP_01, "submission number", 2,
      "TRUE DUPLICATE saw submission_no=2 count against submission_no=3 count [LINE #] : REJECT DUPLICATE(other=#)" },
    { RULE_DUP_01, "gap of submissions", 4,
      "TRUE RESUBMISSION_INVALID saw submission_no=4 count against submission_no=3 count [LINE #] : REJECT "
      "RESUBMISSION_INVALID(other=#)" },
    { RULE_DUP_01, "duplicate.horizon_months", 1096,
      "TRUE DUPLICATE saw submission_no=1 count against submission_no=2 count [LINE #] : REJECT DUPLICATE(other=#)" },
    { RULE_DUP_02, "content", 1,
      "TRUE CLAIM_ID_REUSED saw fields qty [LINE #] : HOLD CLAIM_ID_REUSED(claim=C-1 other=#)" },
    { RULE_DUP_02, "duplicate.horizon_months", 1096,
      "TRUE CLAIM_ID_REUSED saw fields qty [LINE #] : HOLD CLAIM_ID_REUSED(claim=C-1 other=#)" },
    { RULE_DUP_03, "duplicate.near_hold_points", 17,
      "TRUE NEAR_DUPLICATE saw points=17 count number +6, part +2, quantity +2, value +3, customer +3, date +1 "
      "against points=17 count [LINE #] : HOLD NEAR_DUPLICATE()" },
    { RULE_DUP_03, "duplicate.near_days", 64,
      "TRUE NEAR_DUPLICATE saw points=18 count number +6, part +2, quantity +2, value +3, customer +3, date +2 "
      "against points=9 count [LINE #] : HOLD NEAR_DUPLICATE()" },
    { RULE_DUP_03, "value within 1 percent", 252525000,
      "TRUE NEAR_DUPLICATE saw points=9 count number -4, part +2, quantity +2, value +3, order +1, customer +3, "
      "date +2 against points=9 count [LINE #] : HOLD NEAR_DUPLICATE()" },
    { RULE_DUP_03, "120 days", 120,
      "TRUE NEAR_DUPLICATE saw points=9 count number +6, part +2, date +1 against points=9 count [LINE #] : HOLD "
      "NEAR_DUPLICATE()" },
    { RULE_DUP_03, "keys of 6 characters", 6,
      "TRUE NEAR_DUPLICATE saw points=16 count number +4, part +2, quantity +2, value +3, customer +3, date +2 "
      "against points=9 count [LINE #] : HOLD NEAR_DUPLICATE()" },
    { RULE_DUP_05, "site of the first line", 1,
      "TRUE DUPLICATE saw submission_no=1 count against submission_no=2 count [LINE #] : REJECT DUPLICATE(other=#)" },
    { RULE_DUP_06, "claim of the proof", 1,
      "TRUE DOCUMENT_REUSED [DOCUMENT #] [LINE #] : HOLD NEAR_DUPLICATE() DOCUMENT_REUSED()" },
    { RULE_SER_01, "slots taken", 1,
      "TRUE SERIAL_DUPLICATE saw serials=1 count against serials=0 count [SERIAL K100] [LINE #] : SHORT "
      "SERIAL_DUPLICATE(serial=K100 cut 1000)" },
    { RULE_SER_01, "serial.scope", 1,
      "TRUE SERIAL_DUPLICATE saw serials=1 count against serials=0 count [SERIAL K100] [LINE #] : REJECT "
      "SERIAL_DUPLICATE(serial=K100 cut 1000)" },
    { RULE_SER_02, "holder", 1,
      "TRUE SERIAL_OTHER_PARTNER saw serials=1 count against serials=0 count [SLOT K100] [LINE other] : REJECT "
      "REP_NOT_ENROLLED(rep=R-1 date=2026-03-31) SERIAL_OTHER_PARTNER(serial=K100)" },
    { RULE_SER_02, "holder", 2,
      "WAIT REGISTRY_UNAVAILABLE : REJECT REP_NOT_ENROLLED(rep=R-1 date=2026-03-31) REGISTRY_UNAVAILABLE()" },
    { RULE_SER_05, "day of the return", 20260325,
      "TRUE SERIAL_RETURNED saw ship_date=20260325 date against ship_date=20260325 date [SERIAL K100] [LINE #] : "
      "REJECT SERIAL_RETURNED(serial=K100) REP_NOT_ENROLLED(rep=R-1 date=2026-03-25)" },
    { RULE_SER_06, "whole units", 1001,
      "TRUE SERIAL_COUNT_MISMATCH saw serials=1000 milli against serials=1001 milli : REJECT "
      "SERIAL_COUNT_MISMATCH(count=1 qty=1.001) REP_NOT_ENROLLED(rep=R-1 date=2026-03-31)" },
    { RULE_SER_06, "whole units", 999,
      "TRUE SERIAL_COUNT_MISMATCH saw serials=1000 milli against serials=999 milli : REJECT "
      "SERIAL_COUNT_MISMATCH(count=1 qty=0.999) REP_NOT_ENROLLED(rep=R-1 date=2026-03-31)" },
    { RULE_SER_06, "4 to 40 characters", 3,
      "TRUE SERIAL_INVALID [SERIAL ABC] : REJECT SERIAL_INVALID(serial=ABC) REP_NOT_ENROLLED(rep=R-1 "
      "date=2026-03-31)" },
    { RULE_SER_06, "4 to 40 characters", 41,
      "TRUE SERIAL_INVALID [SERIAL ABCDEFGABCDEFGABCDEFGABCDEFGABCDEFGABCDEF] : REJECT "
      "SERIAL_INVALID(serial=ABCDEFGABCDEFGABCDEFGABCDEFGABCDEFGABCDEF) REP_NOT_ENROLLED(rep=R-1 date=2026-03-31)" },
    { RULE_SER_06, "serial.placeholders", 12345678,
      "TRUE SERIAL_INVALID [SERIAL 12345678] : REJECT SERIAL_INVALID(serial=12345678) REP_NOT_ENROLLED(rep=R-1 "
      "date=2026-03-31)" },
    { RULE_INV_01, "available", 80001,
      "TRUE INVENTORY_SHORT saw qty=80001 milli against qty=80000 milli [LEDGER SW-24] : HOLD INVENTORY_SHORT()" },
    { RULE_INV_01, "inventory.tolerance_milli", 0,
      "TRUE INVENTORY_SHORT saw qty=80001 milli against qty=80000 milli [LEDGER SW-24] : HOLD INVENTORY_SHORT()" },
    { RULE_INV_01, "watermark", 20260330,
      "WAIT FEED_INCOMPLETE saw qty=100000 milli against qty=80000 milli [LEDGER SW-24] : PARK FEED_INCOMPLETE() "
      "on feed:N-100:sell_in" },
    { RULE_INV_01, "watermark", 20260331,
      "TRUE INVENTORY_SHORT saw qty=100000 milli against qty=80000 milli [LEDGER SW-24] : HOLD INVENTORY_SHORT()" },
    { RULE_INV_01, "inventory.sell_in_lag_days", 20260402,
      "WAIT FEED_INCOMPLETE saw qty=100000 milli against qty=80000 milli [LEDGER SW-24] : PARK FEED_INCOMPLETE() "
      "on feed:N-100:sell_in" },
    { RULE_INV_01, "inventory.sell_in_lag_days", 20260403,
      "TRUE INVENTORY_SHORT saw qty=100000 milli against qty=80000 milli [LEDGER SW-24] : HOLD INVENTORY_SHORT()" },
    { RULE_AGR_06, "customer.accept_score", 9589,
      "TRUE CUSTOMER_MISMATCH saw score=9588 count against score=9589 count [PARTY C-ALDER] : HOLD "
      "CUSTOMER_MISMATCH(customer=Alder Sistems Inc) BACKDATED()" },
    { RULE_AGR_06, "customer.hold_score", 8532,
      "TRUE CUSTOMER_MISMATCH saw score=8532 count against score=9200 count [PARTY C-ALDER] : HOLD "
      "CUSTOMER_MISMATCH(customer=Aldor Bystems) BACKDATED()" },
    { RULE_AGR_07, "two words of forwarders", 2,
      "TRUE SHIP_TO_NOT_ALLOWED saw ship_to forwarder [PARTY SHIP-1] : HOLD SHIP_TO_NOT_ALLOWED()" },
    { RULE_AGR_07, "own site", 1,
      "TRUE SHIP_TO_NOT_ALLOWED saw ship_to the partner's own site [PARTY SHIP-1] : HOLD SHIP_TO_NOT_ALLOWED()" },
    { RULE_AGR_07, "agreement.excluded_countries", 1,
      "TRUE SHIP_TO_NOT_ALLOWED saw ship_to country excluded [PARTY SHIP-1] : HOLD SHIP_TO_NOT_ALLOWED()" },
    { RULE_AGR_08, "future_days", 20260410,
      "TRUE SHIP_FUTURE saw date=20260410 date against date=20260409 date : REJECT SHIP_FUTURE(date=2026-04-10)" },
    { RULE_AGR_08, "order_date", 20260410,
      "TRUE SHIP_FUTURE saw date=20260410 date against date=20260409 date : REJECT SHIP_FUTURE(date=2026-04-10)" },
    { RULE_AGR_09, "agreement.backdate_days", 20260404,
      "TRUE BACKDATED saw arrived_on=20260408 date against arrived_on=20260407 date [AGREEMENT Q-7731] : HOLD "
      "BACKDATED()" },
    { RULE_AGR_09, "issued on or before", 20260404,
      "TRUE BACKDATED saw arrived_on=20260408 date against arrived_on=20260407 date [AGREEMENT Q-7731] : HOLD "
      "BACKDATED()" },
    { RULE_AGR_09, "agreement.backdate_since_date", 20260408,
      "TRUE BACKDATED saw arrived_on=20260408 date against arrived_on=20260407 date [AGREEMENT Q-7731] : HOLD "
      "BACKDATED()" },
    { RULE_DOC_02, "a field is missing", 1,
      "TRUE FIELD_MISSING saw missing vendor_part : REJECT FIELD_MISSING(field=vendor_part)" },
    { RULE_SPF_01, "first day on the roster", 20260401,
      "TRUE REP_NOT_ENROLLED saw ship_date 2026-03-31 : REJECT REP_NOT_ENROLLED(rep=R-1 date=2026-03-31)" },
    { RULE_SPF_01, "last day on the roster", 20260330,
      "TRUE REP_NOT_ENROLLED saw ship_date 2026-03-31 : REJECT REP_NOT_ENROLLED(rep=R-1 date=2026-03-31)" },
    { RULE_SPF_01, "site of the roster", 1,
      "TRUE REP_NOT_AT_PARTNER saw ship_date 2026-03-31 : REJECT REP_NOT_AT_PARTNER(rep=R-1 date=2026-03-31)" },
    { RULE_SPF_01, "government", 1,
      "TRUE GOVERNMENT_END_USER saw sold_to role GOVERNMENT : HOLD GOVERNMENT_END_USER()" },
    { RULE_DRG_01, "day on which the other closed", 20260409,
      "TRUE COMPETING_REGISTRATION saw place=2 count against place=1 count : REJECT COMPETING_REGISTRATION()" },
    { RULE_DRG_01, "deal.min_qty", 9999,
      "TRUE DEAL_TOO_SMALL saw qty=9999 milli against qty=10000 milli : REJECT DEAL_TOO_SMALL(min=10)" },
    { RULE_DRG_01, "deal.min_value", 499999,
      "TRUE DEAL_TOO_SMALL saw value=499999 minor:USD against value=500000 minor:USD : REJECT "
      "DEAL_TOO_SMALL(min=5000.00)" },
    { RULE_DRG_01, "decided by people", 1,
      "TRUE REG_DECISION_DUE saw place=1 count against place=1 count : HOLD REG_DECISION_DUE()" },
    { RULE_DRG_01, "registry away", 1,
      "WAIT REGISTRY_UNAVAILABLE : PARK REGISTRY_UNAVAILABLE() on registry" },
    { RULE_DRG_01, "no rate", 1,
      "WAIT REFERENCE_BEHIND : PARK REFERENCE_BEHIND() on fx:default/EUR/USD" },
    { RULE_DRG_01, "fx_max_age_days", 20260307,
      "WAIT REFERENCE_BEHIND : PARK REFERENCE_BEHIND() on fx:default/EUR/USD" },
    { RULE_VEL_01, "velocity.rep_day_lines", 2,
      "TRUE PATTERN_REVIEW saw rep_day_lines=3 count against rep_day_lines=2 count [WINDOW rep_day_lines] : HOLD "
      "PATTERN_REVIEW()" },
    { RULE_VEL_01, "velocity.site_day_lines", 2,
      "TRUE PATTERN_REVIEW saw site_day_lines=3 count against site_day_lines=2 count [WINDOW site_day_lines] : "
      "HOLD PATTERN_REVIEW()" },
    { RULE_VEL_01, "velocity.day_ratio_percent", 449,
      "TRUE PATTERN_REVIEW saw rep_day_lines=9 count against rep_day_lines=8 count [WINDOW rep_day_lines] : HOLD "
      "PATTERN_REVIEW()" },
    { RULE_VEL_01, "35 days", 34,
      "TRUE PATTERN_REVIEW saw rep_day_lines=1 count against rep_day_lines=0 count [WINDOW rep_day_lines] : HOLD "
      "PATTERN_REVIEW()" },
    { RULE_SCR_01, "screening.likely_score", 8878,
      "TRUE SANCTIONS_HIT saw score=8878 count against score=8878 count [PARTY C-1 Kestral Maritime] [LIST_ENTRY "
      "TINY/T-1 revised 8878 KESTRAL~KESTREL 8999, MARITIME=MARITIME, +TRADING] : HOLD SANCTIONS_HIT()" },
    { RULE_SCR_01, "screening.weak_score", 7194,
      "TRUE SANCTIONS_HIT saw score=7194 count against score=8000 count [PARTY C-1 Kestrel Maritime North Lines] "
      "[LIST_ENTRY TINY/T-1 revised 7194 KESTREL=KESTREL, MARITIME=MARITIME, -NORTH, -LINES, +TRADING] : HOLD "
      "SANCTIONS_HIT()" },
    { RULE_SCR_01, "screening.high_risk_countries", 1,
      "TRUE SANCTIONS_HIT saw score=7194 count against score=8000 count [PARTY C-1 Kestrel Maritime North Lines] "
      "[LIST_ENTRY TINY/T-1 revised 7194 KESTREL=KESTREL, MARITIME=MARITIME, -NORTH, -LINES, +TRADING] : HOLD "
      "SANCTIONS_HIT()" },
    { RULE_SCR_01, "first limit", 100001,
      "TRUE SANCTIONS_HIT saw score=7194 count against score=8000 count [PARTY C-1 Kestrel Maritime North Lines] "
      "[LIST_ENTRY TINY/T-1 revised 7194 KESTREL=KESTREL, MARITIME=MARITIME, -NORTH, -LINES, +TRADING] : HOLD "
      "SANCTIONS_HIT()" },
    { RULE_SCR_01, "owner is blocked", 1,
      "TRUE SANCTIONS_HIT [PARTY TAX:77 blocked by verdict] [PARTY N-100 P. D. 50% of Northgate] : HOLD "
      "SANCTIONS_HIT()" },
    { RULE_SCR_02, "max_age_hours", 86400001,
      "WAIT LIST_STALE [LIST_ENTRY TINY] : PARK LIST_STALE() on list" },
    { RULE_SCR_02, "list missing", 1,
      "WAIT LIST_STALE [LIST_ENTRY TINY] : PARK LIST_STALE() on list" },
    { RULE_SCR_02, "name of nothing", 1,
      "FAULT RULE_ERROR [PARTY C-1] : HOLD RULE_ERROR()" },
    { RULE_FIN_01, "first limit", 100001,
      "TRUE APPROVAL_REQUIRED saw claimed=100001 minor:USD against claimed=100000 minor:USD : HOLD "
      "APPROVAL_REQUIRED(approvers=1)" },
    { RULE_FIN_01, "claimed that day", 60001,
      "TRUE APPROVAL_REQUIRED saw claimed=100001 minor:USD all of the payee, program and day; this line 400.00 "
      "against claimed=100000 minor:USD : HOLD APPROVAL_REQUIRED(approvers=1)" },
    { RULE_FIN_01, "approval.kinds", 7,
      "TRUE APPROVAL_REQUIRED saw claimed=100001 minor:USD against claimed=100000 minor:USD : REJECT "
      "FIELD_MISSING(field=rep_id) APPROVAL_REQUIRED(approvers=1)" },
    { RULE_FIN_01, "manual money", 22,
      "TRUE APPROVAL_REQUIRED : REJECT FIELD_MISSING(field=reason_text, payee_id) APPROVAL_REQUIRED(approvers=2)" },
    { RULE_FIN_01, "manual money", 23,
      "TRUE APPROVAL_REQUIRED : REJECT FIELD_MISSING(field=reason_text, cause, payout_ids) "
      "APPROVAL_REQUIRED(approvers=2)" },
    { RULE_FIN_01, "manual money", 24,
      "TRUE APPROVAL_REQUIRED : REJECT FIELD_MISSING(field=reason_text, cause, line_refs, program_version) "
      "APPROVAL_REQUIRED(approvers=2)" },
    { RULE_FIN_01, "a partner's request", 1,
      "TRUE APPROVAL_REQUIRED saw approved_amount=1 minor:USD against approved_amount=100000 minor:USD : HOLD "
      "APPROVAL_REQUIRED(approvers=1)" },
    { RULE_FIN_01, "a sum that does not fit", 1000000000000,
      "FAULT NUMBER_OVERFLOW : HOLD NUMBER_OVERFLOW()" },
    { RULE_FIN_02, "the submitter approves", 1,
      "TRUE APPROVAL_REQUIRED saw sent by an approver northgate : HOLD APPROVAL_REQUIRED(approvers=1)" },
    { RULE_SYS_01, "its original waits here", 1,
      "WAIT WAITING_FOR_TARGET [LINE #] : HOLD SANCTIONS_HIT() WAITING_FOR_TARGET(original=#) on target:#" },
};

static const struct record *find_record(const struct rule_proof *p)
{
    for (unsigned i = 0; i < sizeof records / sizeof records[0]; i++)
        if (records[i].rule == p->rule && records[i].at == p->at
            && slice_equal(slice_from(records[i].of), slice_from(p->of)))
            return &records[i];
    return NULL;
}

TEST(each_finding_says_what_it_saw_and_what_it_was_held_against)
{
    for (unsigned i = 0; i < rule_proof_count; i++) {
        const struct rule_proof *p = &rule_proofs[i];
        const struct record *r = find_record(p);
        struct desk d;
        if (slice_equal(slice_from(p->value), SLICE("FALSE")) || !p->value[0]) continue;
        desk_open(&d);
        struct slice said = record_of(p->make(&d, p->at), p->rule);
        if (!r || !slice_equal(said, slice_from(r->says)))
            printf("    { RULE_%.*s, \"%s\", %lld, \"%.*s\" },\n", SLICE_ARGS(rule_row(p->rule)->word), p->of,
                   (long long)p->at, SLICE_ARGS(said));
        CHECK(r && slice_equal(said, slice_from(r->says)));
        desk_close(&d);
    }
}
