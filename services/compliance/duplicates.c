/* compliance/duplicates.c: was this line, this claim number or this proof sent before? Pure.
 *
 * K, the business key of domain.md 3.3, hashes what makes two reports one: the row of a K names the line that used it
 * last. A row is free where nobody has it, or where its line was cancelled after it went on to payout: then payout,
 * which may have held or denied that CANCEL, is asked whether the line lives (`resubmits_line_id` of the clearance). */
#include "compliance/duplicates.h"

#include "base/assert.h"
#include "compliance/away.h"
#include "compliance/near.h"
#include "compliance/serials.h"
#include "domain/calendar.h"

enum { FIELD_HASH_BYTES = 4 };

static bool is_within_horizon(const struct judging *j, int32_t received_date)
{
    return date_add_months(received_date, (int32_t)j->policy->duplicate_horizon_months) >= j->class->received_date;
}

/* --- K --- */

/* What a line says that K is made of, be it this one or another. */
struct content {
    const struct line *line;
    enum kind          kind;
    struct slice       invoice_key, part;
    int64_t            qty_milli;
};

static void add_serials(struct judging *j, const struct line *l, struct key_parts *k)
{
    struct texts sorted = serials_sorted(j->arena, &l->serials);
    struct text joined = text_in(j->arena, sorted.count * (SERIAL_BYTES_MAX + 1) + 1);
    for (unsigned i = 0; i < sorted.count; i++) {
        text_put(&joined, sorted.items[i]);
        text_put_byte(&joined, ' ');
    }
    key_parts_text(k, text_slice(&joined));
}

static void add_terms_number(const struct line *l, struct key_parts *k)
{
    struct slice number = l->deal_reg_no.size ? l->deal_reg_no : l->preapproval_no;
    key_parts_text(k, l->authorisation_no.size ? l->authorisation_no : number);
}

static void add_invoiced(struct judging *j, const struct content *c, struct key_parts *k)
{
    const struct line *l = c->line;
    bool is_deal = c->kind == KIND_DEAL_CLAIM;
    int32_t date = is_deal ? l->order_date : l->ship_date;
    if (!date && c->kind == KIND_SELL_IN) date = l->invoice_date;
    key_parts_text(k, c->invoice_key);
    key_parts_text(k, l->invoice_line);
    key_parts_text(k, c->part);
    key_parts_int(k, date);
    key_parts_text(k, is_deal ? l->order_no : (struct slice){ 0 });
    key_parts_int(k, c->qty_milli);
    add_terms_number(l, k);
    key_parts_text(k, l->rep_id);
    add_serials(j, l, k);
    if (!l->summary) return;
    key_parts_text(k, l->sold_to.key);
    key_parts_text(k, l->location_id);
}

static void add_marketing(struct judging *j, const struct line *l, struct key_parts *k)
{
    key_parts_text(k, l->vendor.key);
    key_parts_text(k, line_invoice_key(j->arena, l->vendor_invoice_no));
    key_parts_int(k, l->spend_amount_minor);
}

static void add_stock_act(const struct content *c, struct key_parts *k)
{
    const struct line *l = c->line;
    key_parts_text(k, c->part);
    key_parts_text(k, l->location_id);
    key_parts_int(k, l->price_change_date);
    key_parts_text(k, l->rma_no.size ? l->rma_no : l->order_no);
    key_parts_int(k, l->ship_date);
    key_parts_int(k, c->qty_milli);
}

/* False: the kind has no K. Returns, cancels and reference lines may come again; an operator line is its own. */
static bool make_key(struct judging *j, const struct content *c, struct hash128 *key)
{
    struct key_parts k = { .arena = j->arena };
    key_parts_int(&k, c->kind);
    switch (c->kind) {
    case KIND_POS_SALE: case KIND_SHIP_DEBIT_CLAIM: case KIND_SPIFF_CLAIM: case KIND_DEAL_CLAIM: case KIND_SELL_IN:
        add_invoiced(j, c, &k);
        break;
    case KIND_MDF_CLAIM:
        add_marketing(j, c->line, &k);
        break;
    case KIND_PRICE_PROTECTION_CLAIM:
    case KIND_ROTATION_CLAIM:
    case KIND_TRANSFER_OUT:
    case KIND_TRANSFER_IN:
    case KIND_STOCK_ADJUST:
        add_stock_act(c, &k);
        break;
    default:
        return false;
    }
    *key = key_parts_hash(&k, j->facts->seed);
    return true;
}

/* The K of this line with that part. */
static bool make_own_key(struct judging *j, struct slice part, struct hash128 *key)
{
    return make_key(j, &(struct content){ j->line, j->kind, j->invoiced.key, part, j->qty_milli }, key);
}

/* --- what was sent before --- */

/* From a line back over its earlier submissions: the first that went on to payout, which knows whether it lives. The
 * line itself if none did. */
static struct slice last_that_went_on(struct judging *j, struct slice line_id)
{
    struct slice at = line_id;
    for (unsigned n = 1; n < SUBMISSION_NO_MAX && at.size; n++) {
        const struct footprint *f = judging_footprint(j, at);
        if (f->state == FOOTPRINT_ACCEPTED || f->state == FOOTPRINT_CANCELLED) return at;
        at = f->state == FOOTPRINT_AWAY ? (struct slice){ 0 } : f->resubmits_line_id;
    }
    return line_id;
}

static void compare_with_earlier(struct judging *j, struct slice line_id, uint32_t submission_no, bool is_open,
                                 struct slice site)
{
    j->key.repeat = (struct repeat){
        .other = line_id, .is_other_site = !slice_equal(site, j->line->partner_id),
        .other_submission_no = submission_no,
    };
    if (j->submission_no <= submission_no) j->key.repeat.kind = REPEAT_DUPLICATE;
    else if (is_open || j->submission_no > submission_no + 1) j->key.repeat.kind = REPEAT_INVALID_RESUBMISSION;
    else j->key.is_resubmission = true;
    bool is_told_first = judging_came_behind(j->receipt, judging_footprint(j, line_id));
    if (j->key.is_resubmission) j->after.resubmits_line_id = last_that_went_on(j, line_id);
    else if (j->key.repeat.kind == REPEAT_DUPLICATE && is_told_first) j->after.resubmits_line_id = line_id;
}

static bool takes_back(enum kind kind, int64_t qty_milli) { return kind == KIND_POS_RETURN || qty_milli < 0; }

/* A resubmission may say something else and so have another K: then the line or the claim number that it names leads to
 * the earlier one. A return names the line that it returns, and is no resubmission of it. */
static void compare_with_predecessor(struct judging *j, struct slice line_id)
{
    const struct footprint *f = judging_footprint(j, line_id);
    if (f->state == FOOTPRINT_NONE || slice_equal(line_id, j->line_id) || f->submission_no >= j->submission_no) return;
    if (takes_back(j->kind, j->qty_milli) && !takes_back(f->kind, f->qty_milli)) return;
    compare_with_earlier(j, line_id, f->submission_no, f->state == FOOTPRINT_OPEN, f->site);
}

static const struct claim_uses *claim_uses_of(struct judging *j, struct slice *key)
{
    if (!j->line->claim_id.size) return NULL;
    *key = BOOKS_KEY(j->arena, j->root, j->line->claim_id, j->line->claim_line);
    return judging_read(j, COMPLIANCE_CLAIM_IDS, *key);
}

/* The last line that was sent under the claim number. Lines of the same submission in this document stand beside this
 * one, and are not earlier. */
static const struct claim_use *last_under_number(struct judging *j)
{
    struct slice key;
    const struct claim_uses *uses = claim_uses_of(j, &key);
    const struct claim_use *last = NULL;
    for (unsigned i = 0; uses && i < uses->use_count; i++) {
        const struct claim_use *use = &uses->uses[i];
        if (slice_equal(use->line_id, j->line_id) || !is_within_horizon(j, use->received_date)) continue;
        bool is_beside = use->submission_no == j->submission_no
            && slice_equal(use->document_id, j->receipt->document_id);
        if (!is_beside && (!last || use->submission_no >= last->submission_no)) last = use;
    }
    return last;
}

static void look_for_predecessor(struct judging *j)
{
    if (j->line->original_line_ref.size) {
        compare_with_predecessor(j, j->line->original_line_ref);
        if (j->key.repeat.other.size) return;
    }
    const struct claim_use *last = last_under_number(j);
    if (last) compare_with_predecessor(j, last->line_id);
}

static struct slice own_key_row(struct judging *j)
{
    if (!j->key.row.size) j->key.row = BOOKS_KEY(j->arena, j->root, hash_slice(&j->key.hash));
    return j->key.row;
}

static const struct key_use *key_use_of(struct judging *j)
{
    return judging_read(j, COMPLIANCE_KEYS, own_key_row(j));
}

/* Nobody has K; or its line was cancelled, and `line_id` is the line that payout is asked about: that one, or the
 * submission before it. */
static bool is_free(const struct key_use *use)
{
    return use->state == FOOTPRINT_NONE || use->state == FOOTPRINT_CANCELLED;
}

static const struct key_use *on_file(struct judging *j, struct slice row)
{
    const struct key_use *use = judging_read(j, COMPLIANCE_KEYS, row);
    return use->line_id.size && is_within_horizon(j, use->received_date) ? use : NULL;
}

/* A line that was ended before anybody knew its part left its K under the part as it was written: the row of that. */
static struct slice row_as_written(struct judging *j)
{
    struct hash128 key;
    if (!j->key.row_as_written.size && make_own_key(j, away_part_as_written(j, line_part(j->line)), &key))
        j->key.row_as_written = BOOKS_KEY(j->arena, j->root, hash_slice(&key));
    return j->key.row_as_written;
}

static const struct key_use *in_force(struct judging *j, struct slice row)
{
    const struct key_use *use = on_file(j, row);
    return use && !is_free(use) ? use : NULL;
}

static const struct key_use *use_in_force(struct judging *j)
{
    const struct key_use *own = in_force(j, own_key_row(j)), *as_written = in_force(j, row_as_written(j));
    if (own || as_written) return own ? own : as_written;
    const struct key_use *use = on_file(j, own_key_row(j));
    if (!use || use->state != FOOTPRINT_CANCELLED) use = on_file(j, row_as_written(j));
    if (use && use->state == FOOTPRINT_CANCELLED) j->after.resubmits_line_id = use->line_id;
    return NULL;
}

void duplicates_prepare(struct judging *j)
{
    enum kind sent = j->line->kind;
    struct slice row;
    if (j->is_refused || sent == KIND_POS_RETURN || sent == KIND_CANCEL) return;
    claim_uses_of(j, &row);                                 /* for DUP-02 and the record, so that no pass misses it */
    j->key.exists = make_own_key(j, j->class->sku, &j->key.hash);
    if (!j->key.exists) return;
    if (sent == KIND_REPLACE) {
        key_use_of(j);                                      /* for is_said_by_another */
        return;
    }
    if (j->before->has_key && hash128_equal(j->before->key, j->key.hash)) {
        j->key.is_resubmission = j->submission_no > 1;          /* a replay, a retry, a release: the mark is its own */
        return;
    }
    const struct key_use *use = use_in_force(j);
    if (use && !slice_equal(use->line_id, j->line_id))
        compare_with_earlier(j, use->line_id, use->submission_no, use->state == FOOTPRINT_OPEN, use->site);
    else if (j->submission_no > 1)
        look_for_predecessor(j);
}

/* --- DUP-01, DUP-05 --- */

static enum truth say_repeat(struct judging *j, struct finding *f)
{
    bool invalid = j->key.repeat.kind == REPEAT_INVALID_RESUBMISSION;
    struct reason *r = finding_give(f, invalid ? REASON_RESUBMISSION_INVALID : REASON_DUPLICATE, OUTCOME_REJECT);
    reason_argument(r, SLICE("other"), j->key.repeat.other);
    finding_figures(f, SLICE("submission_no"), j->submission_no, j->key.repeat.other_submission_no + 1, SLICE("count"));
    const struct footprint *other = judging_footprint(j, j->key.repeat.other);
    bool was_refused = other->state == FOOTPRINT_ENDED && !other->ended_by.size;        /* and not reversed */
    if (was_refused) f->observed.text = SLICE("of a refused line");
    else if (near_says_another_amount(j, other)) f->observed.text = SLICE("of another amount");
    finding_show(f, EVIDENCE_LINE, j->key.repeat.other);
    return TRUTH_TRUE;
}

/* Another line says what this REPLACE says. If it is a resubmission of the original, or another REPLACE of it, payout
 * knows whether it lives, and decides. Any other is decided here: were it left to payout, a REPLACE that payout refuses
 * would have moved stock and serials of its original all the same. */
static bool is_asked_of_payout(struct judging *j, struct slice other)
{
    const struct footprint *original = j->original.footprint, *f = judging_footprint(j, other);
    if (!footprint_counts(f)) return true;
    if (!j->original.line_id.size) return false;
    if (slice_equal(other, original->ended_by) || slice_equal(f->replaces_line_id, j->original.line_id)) return true;
    bool says_the_same = original->has_key && hash128_equal(original->key, j->key.hash);
    return says_the_same && f->state == FOOTPRINT_ACCEPTED;
}

/* A REPLACE may say again what its original said, or what no line stands for any more. What another line says that
 * lives or waits would be paid twice: a REPLACE is a cancel and a new line (domain.md 9, 10 and 11), and that new line
 * would be a duplicate. */
static enum truth replaces_by_a_duplicate(struct judging *j, struct finding *f)
{
    const struct key_use *use = key_use_of(j);
    if (!use->line_id.size || !is_within_horizon(j, use->received_date)) return TRUTH_FALSE;
    if (slice_equal(use->line_id, j->line_id)) return TRUTH_FALSE;
    bool is_original = judging_gives_way(j, use->line_id);
    struct slice other = is_original ? judging_footprint(j, use->line_id)->resubmits_line_id : use->line_id;
    if (other.size) j->after.resubmits_line_id = last_that_went_on(j, other);
    if (is_original || is_free(use) || is_asked_of_payout(j, other)) return TRUTH_FALSE;
    j->key.repeat = (struct repeat){ REPEAT_DUPLICATE, other, !slice_equal(use->site, j->line->partner_id),
                                 use->submission_no };
    return say_repeat(j, f);
}

enum truth duplicates_of_line(struct judging *j, struct finding *f)
{
    if (!j->key.exists) return TRUTH_UNSPECIFIED;
    if (j->line->kind == KIND_REPLACE) return replaces_by_a_duplicate(j, f);
    bool speaks = j->key.repeat.kind == REPEAT_INVALID_RESUBMISSION
        || (j->key.repeat.kind == REPEAT_DUPLICATE && !j->key.repeat.is_other_site);
    return speaks ? say_repeat(j, f) : TRUTH_FALSE;
}

enum truth duplicates_across_sites(struct judging *j, struct finding *f)
{
    if (!j->key.exists || j->line->kind == KIND_REPLACE) return TRUTH_UNSPECIFIED;
    return j->key.repeat.kind == REPEAT_DUPLICATE && j->key.repeat.is_other_site ? say_repeat(j, f) : TRUTH_FALSE;
}

/* --- DUP-02 --- */

static uint32_t hash_on(uint32_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 16777619u;
    return hash;
}

static uint32_t hash_text(uint32_t hash, struct slice s)
{
    return s.size ? hash_on(hash_on(hash, s.bytes, s.size), "", 1) : hash;
}

static uint32_t hash_party(uint32_t hash, const struct party *p)
{
    hash = hash_text(hash, p->key.size ? p->key : p->name);
    return hash_text(hash_text(hash, p->country), p->postal_code);
}

static uint32_t hash_texts(uint32_t hash, const struct texts *t)
{
    for (unsigned i = 0; i < t->count; i++) hash = hash_text(hash, t->items[i]);
    return hash;
}

/* What a field says; the same start for a field that says nothing. */
static uint32_t hash_field(const struct line *l, const struct line_field *field)
{
    const uint32_t start = 2166136261u;
    const char *member = (const char *)l + field->offset;
    switch (field->type) {
    case FIELD_TYPE_TEXT: case FIELD_TYPE_ID: case FIELD_TYPE_CODE:
        return hash_text(start, *(const struct slice *)member);
    case FIELD_TYPE_PRICE: case FIELD_TYPE_MONEY:
        return *(const bool *)((const char *)l + field->has_offset)
            ? hash_on(hash_on(start, "+", 1), member, sizeof(int64_t)) : start;
    case FIELD_TYPE_PARTY: return hash_party(start, (const struct party *)member);
    case FIELD_TYPE_TEXTS: return hash_texts(start, (const struct texts *)member);
    case FIELD_TYPE_QTY: case FIELD_TYPE_AMOUNT: return hash_on(start, member, sizeof(int64_t));
    case FIELD_TYPE_FLAG: return hash_on(start, member, sizeof(bool));
    case FIELD_TYPE_KIND: case FIELD_TYPE_REPLACES: case FIELD_TYPE_DATE: case FIELD_TYPE_UINT: case FIELD_TYPE_CAUSE:
    case FIELD_TYPE_CLOSE:
        return hash_on(start, member, sizeof(int32_t));
    }
    NEVER();
}

/* Fields that say how a line was sent and not what it claims. */
static bool is_about_sending(const struct line_field *field)
{
    static const struct slice names[] = { SLICE_INIT("submission_no"), SLICE_INIT("message_id"),
                                          SLICE_INIT("original_line_ref") };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal(field->name, names[i])) return true;
    return false;
}

static struct slice hash_fields(struct judging *j)
{
    char *bytes = arena_alloc(j->arena, FIELD_HASH_BYTES * line_field_count);
    for (unsigned i = 0; i < line_field_count; i++) {
        if (is_about_sending(&line_fields[i])) continue;
        uint32_t hash = hash_field(j->line, &line_fields[i]);
        memcpy(bytes + FIELD_HASH_BYTES * i, &hash, sizeof hash);
    }
    return slice_of(bytes, FIELD_HASH_BYTES * line_field_count);
}

/* The names of the fields that differ, for the record. */
static struct slice differing_fields(struct judging *j, struct slice fields, struct slice other)
{
    struct text t = text_in(j->arena, 200);
    for (unsigned i = 0; i < line_field_count && FIELD_HASH_BYTES * (i + 1) <= other.size; i++) {
        if (memcmp(fields.bytes + FIELD_HASH_BYTES * i, other.bytes + FIELD_HASH_BYTES * i, FIELD_HASH_BYTES) == 0)
            continue;
        if (t.size) PUT(&t, " ");
        text_put(&t, line_fields[i].name);
    }
    return text_slice(&t);
}

/* A claim that was taken back, or that this line replaces, does not count as a use of the number. Nor does one that
 * came later: the rule finds it there, and who released this line had not seen it. */
static bool use_counts(struct judging *j, const struct claim_use *use)
{
    const struct footprint *f = judging_footprint(j, use->line_id);
    if (judging_gives_way(j, use->line_id) || judging_came_since(j, use->line_id, f)) return false;
    return f->state != FOOTPRINT_CANCELLED && f->state != FOOTPRINT_WITHDRAWN;
}

enum truth duplicates_of_claim_id(struct judging *j, struct finding *f)
{
    struct slice key;
    if (!kind_is_claim(j->kind) || j->qty_milli < 0) return TRUTH_UNSPECIFIED;
    const struct claim_uses *uses = claim_uses_of(j, &key);
    if (!uses) return TRUTH_UNSPECIFIED;
    if (!uses->use_count || j->key.is_resubmission) return TRUTH_FALSE;
    struct slice fields = hash_fields(j);
    const struct claim_use *other = NULL;
    for (unsigned i = 0; i < uses->use_count; i++) {
        const struct claim_use *use = &uses->uses[i];
        if (slice_equal(use->line_id, j->line_id) || !is_within_horizon(j, use->received_date)) continue;
        if (slice_equal(use->fields, fields)) return TRUTH_FALSE;
        if (!slice_equal(use->document_id, j->receipt->document_id) && use_counts(j, use)) other = use;
    }
    if (!other) return TRUTH_FALSE;
    struct reason *r = finding_give(f, REASON_CLAIM_ID_REUSED, OUTCOME_HOLD);
    reason_argument(r, SLICE("claim"), j->line->claim_id);
    reason_argument(r, SLICE("other"), other->line_id);
    finding_observe(f, SLICE("fields"), differing_fields(j, fields, other->fields));
    finding_show(f, EVIDENCE_LINE, other->line_id);
    return TRUTH_TRUE;
}

/* --- DUP-06 --- */

static bool is_shared_by_nature(const struct document_proof *p)
{
    return slice_equal(p->type, SLICE("INVENTORY")) || slice_equal(p->type, SLICE("PRICE_LIST"));
}

static struct slice document_key(struct judging *j, const struct document_proof *p)
{
    return BOOKS_KEY(j->arena, j->root, slice_of((const char *)p->sha256, sizeof p->sha256));
}

static const struct document_use *find_other_claim(struct judging *j, const struct document_uses *uses)
{
    for (unsigned i = 0; i < uses->use_count; i++) {
        const struct document_use *use = &uses->uses[i];
        if (slice_equal(use->line_id, j->line_id) || judging_gives_way(j, use->line_id)) continue;
        if (slice_equal(use->claim_id, j->line->claim_id)) continue;
        if (footprint_counts(judging_footprint(j, use->line_id))) return use;
    }
    return NULL;
}

enum truth duplicates_of_document(struct judging *j, struct finding *f)
{
    bool found = false;
    if (!j->line->document_count) return TRUTH_UNSPECIFIED;
    for (unsigned i = 0; i < j->line->document_count; i++) {
        const struct document_proof *p = &j->line->documents[i];
        if (!p->has_sha256 || is_shared_by_nature(p)) continue;
        const struct document_uses *uses = judging_read(j, COMPLIANCE_DOCUMENTS, document_key(j, p));
        const struct document_use *other = find_other_claim(j, uses);
        if (!other) continue;
        found = true;
        struct text hex = text_in(j->arena, 2 * sizeof p->sha256);
        text_put_hex(&hex, p->sha256, sizeof p->sha256);
        finding_show(f, EVIDENCE_DOCUMENT, text_slice(&hex));
        finding_show(f, EVIDENCE_LINE, other->line_id);
    }
    return found ? TRUTH_TRUE : TRUTH_FALSE;
}

/* --- what is put on file --- */

static enum footprint_state state_of(enum outcome outcome)
{
    if (outcome_goes_on(outcome)) return FOOTPRINT_ACCEPTED;
    return outcome == OUTCOME_REJECT ? FOOTPRINT_ENDED : FOOTPRINT_OPEN;
}

/* A CANCEL by invoice came before this line: payout is asked whether the line lives. */
static bool may_be_cancelled(struct judging *j)
{
    if (!j->invoiced.exists) return false;
    struct slice row = judging_transaction_row(j, &j->invoiced.transaction);
    return ((const struct transaction_uses *)judging_read(j, COMPLIANCE_TRANSACTIONS, row))->is_cancelled_early;
}

/* A line was cancelled before anybody knew its part. Who says the same again takes over its row under the part as it
 * was written, too, and blocks nobody by that. */
static void record_as_written(struct judging *j)
{
    struct slice row = row_as_written(j);
    const struct key_use *use = row.size ? judging_read(j, COMPLIANCE_KEYS, row) : NULL;
    if (!use || use->state != FOOTPRINT_CANCELLED) return;
    ((struct key_use *)judging_change(j, COMPLIANCE_KEYS, row))->line_id = j->line_id;
}

/* A duplicate does not touch the row of the first line. A REPLACE takes its K once it goes on; while it waits, only if
 * nobody else has it. */
static void record_key(struct judging *j, enum outcome outcome)
{
    if (!j->key.exists || j->key.repeat.kind != REPEAT_NONE) return;
    struct slice key = own_key_row(j);
    const struct key_use *before = judging_read(j, COMPLIANCE_KEYS, key);
    if (j->line->kind == KIND_REPLACE && !outcome_goes_on(outcome)
        && (outcome == OUTCOME_REJECT || (!is_free(before)
                                          && !slice_equal(before->line_id, j->line_id))))
        return;
    struct key_use *use = judging_change(j, COMPLIANCE_KEYS, key);
    bool is_later = use->submission_no > j->submission_no && !slice_equal(use->line_id, j->line_id);
    if (is_later && j->line->kind != KIND_REPLACE) return;  /* a later one has it */
    *use = (struct key_use){
        .line_id = j->line_id, .site = j->line->partner_id,
        .submission_no = is_later ? use->submission_no : j->submission_no,
        .state = state_of(outcome),
        .received_date = j->class->received_date,
    };
    if (outcome_goes_on(outcome) && may_be_cancelled(j)) use->state = FOOTPRINT_CANCELLED;
    j->after.has_key = true;
    j->after.key = j->key.hash;
    if (j->line->kind != KIND_REPLACE && outcome_goes_on(outcome)) record_as_written(j);
}

static void record_claim_id(struct judging *j)
{
    struct slice key;
    if (!kind_is_claim(j->kind) || !claim_uses_of(j, &key)) return;
    struct claim_uses *uses = judging_change(j, COMPLIANCE_CLAIM_IDS, key);
    unsigned at = 0;
    while (at < uses->use_count && !slice_equal(uses->uses[at].line_id, j->line_id)) at++;
    if (at == CLAIM_USES_MAX) {                             /* the oldest makes room */
        memmove(&uses->uses[0], &uses->uses[1], (CLAIM_USES_MAX - 1) * sizeof uses->uses[0]);
        at = CLAIM_USES_MAX - 1;
    }
    if (at >= uses->use_count) uses->use_count = at + 1;
    uses->uses[at] = (struct claim_use){
        .line_id = j->line_id, .document_id = j->receipt->document_id, .fields = hash_fields(j),
        .submission_no = j->submission_no,
        .received_date = j->class->received_date,
    };
}

static void record_document(struct judging *j, const struct document_proof *p)
{
    struct document_uses *uses = judging_change(j, COMPLIANCE_DOCUMENTS, document_key(j, p));
    for (unsigned i = 0; i < uses->use_count; i++)
        if (slice_equal(uses->uses[i].line_id, j->line_id)) return;
    if (uses->use_count == DOCUMENT_USES_MAX) {
        memmove(&uses->uses[0], &uses->uses[1], (DOCUMENT_USES_MAX - 1) * sizeof uses->uses[0]);
        uses->use_count--;
    }
    uses->uses[uses->use_count++] = (struct document_use){ j->line_id, j->line->claim_id };
}

void duplicates_record(struct judging *j, enum outcome outcome)
{
    record_key(j, outcome);
    if (j->key.repeat.kind == REPEAT_NONE) record_claim_id(j);
    if (outcome == OUTCOME_REJECT) return;
    for (unsigned i = 0; i < j->line->document_count; i++)
        if (j->line->documents[i].has_sha256 && !is_shared_by_nature(&j->line->documents[i]))
            record_document(j, &j->line->documents[i]);
}

static bool key_of_refused(struct judging *j, struct hash128 *key)
{
    bool is_known = j->class->sku.size > 0;
    struct slice part = is_known ? j->class->sku : away_part_as_written(j, line_part(j->line));
    return make_own_key(j, part, key);
}

void duplicates_keep_cancelled(struct judging *j, struct footprint *own)
{
    if (!key_of_refused(j, &own->key)) return;
    own->has_key = true;
    own->state = FOOTPRINT_WITHDRAWN;
    own->ended_by = j->withdrawn_by;
    if (j->class->sku.size) return;
    struct key_use *use = judging_change(j, COMPLIANCE_KEYS, BOOKS_KEY(j->arena, j->root, hash_slice(&own->key)));
    if (use->state == FOOTPRINT_NONE)
        *use = (struct key_use){ .line_id = j->line_id, .site = j->line->partner_id, .state = FOOTPRINT_CANCELLED,
                                 .received_date = j->class->received_date };
}

static struct slice key_row_of(struct judging *j, const struct footprint *f)
{
    return BOOKS_KEY(j->arena, j->root, hash_slice(&f->key));
}

void duplicates_note_refused(struct judging *j)
{
    j->after.has_key = key_of_refused(j, &j->after.key);
}

void duplicates_keep_replaced(struct judging *j, struct slice line_id, const struct footprint *of)
{
    if (!of->has_key || !is_free(judging_read(j, COMPLIANCE_KEYS, key_row_of(j, of)))) return;
    *(struct key_use *)judging_change(j, COMPLIANCE_KEYS, key_row_of(j, of)) = (struct key_use){
        .line_id = line_id, .site = of->site, .submission_no = of->submission_no, .state = FOOTPRINT_WITHDRAWN,
        .received_date = j->class->received_date,
    };
}

struct slice duplicates_sent_again(struct judging *j, const struct footprint *of)
{
    bool was_ended = of->state == FOOTPRINT_CANCELLED || of->state == FOOTPRINT_WITHDRAWN;
    if (!of->has_key || !was_ended) return (struct slice){ 0 };
    bool is_cancelled = judging_footprint(j, of->ended_by)->kind == KIND_CANCEL;
    const struct key_use *use = is_cancelled ? on_file(j, key_row_of(j, of)) : NULL;
    if (!use) return (struct slice){ 0 };
    const struct footprint *again = judging_footprint(j, use->line_id);
    bool stands = !is_free(use) || footprint_counts(again);
    return stands && judging_came_behind(j->receipt, again) ? use->line_id : (struct slice){ 0 };
}

struct original duplicates_waiting_for_it(struct judging *j)
{
    const struct key_use *use = j->key.exists ? in_force(j, own_key_row(j)) : NULL;
    if (!use || use->state != FOOTPRINT_OPEN || judging_gives_way(j, use->line_id)) return (struct original){ 0 };
    const struct footprint *f = judging_footprint(j, use->line_id);
    bool is_report = f->state == FOOTPRINT_OPEN && !f->replaces_line_id.size && !slice_equal(use->line_id, j->line_id);
    return is_report ? (struct original){ use->line_id, f } : (struct original){ 0 };
}

/* Who is on file for the K of the line that classification ended, if that line is of this part. */
static const struct key_use *use_of_ended(struct judging *j, struct slice part)
{
    const struct line *l = j->class->withdrew;
    const struct content ended = { l, line_content_kind(l), line_invoice_key(j->arena, l->invoice_no), part,
                                   j->class->withdrew_base_qty_milli };
    struct hash128 key;
    return make_key(j, &ended, &key) ? in_force(j, BOOKS_KEY(j->arena, j->root, hash_slice(&key))) : NULL;
}

/* A CANCEL ends what was there when it came. By an id it means that line and its repetitions, but not an earlier line
 * that this one repeats. */
static bool is_cancelled_with(struct judging *j, const struct footprint *f)
{
    bool is_by_id = line_original_ref(j->line).line_ref.size > 0;
    return !judging_came_behind(j->receipt, f) && (!is_by_id || judging_came_behind(j->class->withdrew_receipt, f));
}

struct slice duplicates_says_it_too(struct judging *j)
{
    const struct classification *c = j->class;
    if (!c->withdrew || !c->withdrew_receipt) return (struct slice){ 0 };
    const struct key_use *use = c->withdrew_sku.size ? use_of_ended(j, c->withdrew_sku) : NULL;
    if (!use) use = use_of_ended(j, away_part_as_written(j, line_part(c->withdrew)));
    if (!use) return (struct slice){ 0 };
    const struct footprint *f = judging_footprint(j, use->line_id);
    struct slice stands = judging_stands_for(j, use->line_id);
    bool is_own = slice_equal(stands, c->judgement.withdrew_line_id);
    bool is_other = j->line->kind == KIND_CANCEL && !is_cancelled_with(j, f);
    return is_own || is_other ? (struct slice){ 0 } : stands;
}

/* Another report stands under the K of the original, and is not what this REPLACE replaces. */
static bool stands_for_another(struct judging *j, const struct key_use *use, const struct footprint *of)
{
    bool is_its_own = slice_equal(use->line_id, j->original.line_id)
        || slice_equal(use->line_id, of->resubmits_line_id);
    return use->line_id.size && !is_its_own && footprint_counts(judging_footprint(j, use->line_id));
}

void duplicates_take_key(struct judging *j, const struct footprint *of)
{
    if (!of->has_key) return;
    const struct key_use *use = judging_read(j, COMPLIANCE_KEYS, key_row_of(j, of));
    if (!is_free(use) || stands_for_another(j, use, of)) return;
    *(struct key_use *)judging_change(j, COMPLIANCE_KEYS, key_row_of(j, of)) = (struct key_use){
        .line_id = j->line_id, .site = j->line->partner_id, .state = FOOTPRINT_CANCELLED,
        .received_date = j->class->received_date,
    };
}

/* The report `again` was let through because a CANCEL of the line had freed its K: payout, which may have denied that
 * one, knows which of the two lived. */
static bool came_in_its_place(struct judging *j, struct slice again, struct slice line_id)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX; n++) {
        const struct footprint *f = judging_footprint(j, again);
        struct slice first = f->resubmits_line_id;
        bool is_next = first.size && f->submission_no > judging_footprint(j, first)->submission_no;
        if (!first.size || is_next || f->state == FOOTPRINT_AWAY) return false;
        if (slice_equal(first, line_id)) return true;
        again = first;
    }
    return false;
}

void duplicates_ask_again(struct judging *j, struct slice line_id, const struct footprint *of)
{
    const struct key_use *use = of->has_key ? judging_read(j, COMPLIANCE_KEYS, key_row_of(j, of)) : NULL;
    if (!use || use->state != FOOTPRINT_ACCEPTED) return;
    bool is_its_own = slice_equal(use->line_id, line_id);       /* a REPLACE, which left K to it, ended it */
    if (!is_its_own && !came_in_its_place(j, use->line_id, line_id)) return;
    ((struct key_use *)judging_change(j, COMPLIANCE_KEYS, key_row_of(j, of)))->state = FOOTPRINT_CANCELLED;
}

/* K is free again, but payout may hold or deny the CANCEL: if the line went on, who says it again asks payout. */
void duplicates_free_key(struct judging *j, struct slice line_id, const struct footprint *of)
{
    if (!of->has_key) return;
    struct slice key = BOOKS_KEY(j->arena, j->root, hash_slice(&of->key));
    const struct key_use *use = judging_read(j, COMPLIANCE_KEYS, key);
    if (!slice_equal(use->line_id, line_id)) return;
    struct slice asked = of->state == FOOTPRINT_ACCEPTED ? line_id : of->resubmits_line_id;
    struct key_use free = { 0 };
    if (asked.size)
        free = (struct key_use){ .line_id = asked, .site = use->site, .state = FOOTPRINT_CANCELLED,
                                 .received_date = use->received_date };
    *(struct key_use *)judging_change(j, COMPLIANCE_KEYS, key) = free;
}

void duplicates_end_key(struct judging *j, struct slice line_id, const struct footprint *of)
{
    if (!of->has_key) return;
    struct slice key = BOOKS_KEY(j->arena, j->root, hash_slice(&of->key));
    const struct key_use *use = judging_read(j, COMPLIANCE_KEYS, key);
    if (!slice_equal(use->line_id, line_id)) return;
    ((struct key_use *)judging_change(j, COMPLIANCE_KEYS, key))->state = FOOTPRINT_ENDED;
}
