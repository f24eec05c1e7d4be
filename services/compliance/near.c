/* compliance/near.c: a claim that was recycled, altered or entered twice. Pure. */
#include "compliance/near.h"

#include "base/assert.h"
#include "compliance/approval.h"
#include "compliance/duplicates.h"
#include "compliance/parties.h"
#include "compliance/serials.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/rounding.h"

enum { SLIP_CHARACTERS_MIN = 6, BUCKETS_MAX = 3 + NEAR_DOCUMENTS_MAX, POINTS_OF_CUSTOMER = 3, FEATURES_MAX = 12 };

/* --- numbers --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_digit(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (is_digit(s.bytes[i])) return true;
    return false;
}

static struct slice without_word(struct slice key)
{
    static const struct slice words[] = { SLICE_INIT("INVOICE"), SLICE_INIT("INV"), SLICE_INIT("NO"), SLICE_INIT("NR"),
                                          SLICE_INIT("RE") };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_starts_with(key, words[i])) return slice_skip(key, words[i].size);
    return key;
}

struct slice near_strip(struct arena *a, struct slice invoice_key)
{
    for (struct slice rest = without_word(invoice_key); rest.size < invoice_key.size; rest = without_word(invoice_key))
        invoice_key = rest;
    struct text t = text_in(a, invoice_key.size);
    for (size_t i = 0; i < invoice_key.size; i++) {
        char c = invoice_key.bytes[i];
        bool leads = i == 0 || !is_digit(invoice_key.bytes[i - 1]) || (t.size == 0 && c == '0');
        bool more = i + 1 < invoice_key.size && is_digit(invoice_key.bytes[i + 1]);
        while (leads && c == '0' && more) {                 /* the zeros in front of a run, never its last digit */
            c = invoice_key.bytes[++i];
            more = i + 1 < invoice_key.size && is_digit(invoice_key.bytes[i + 1]);
        }
        text_put_byte(&t, c);
    }
    struct slice stripped = text_slice(&t);
    return has_digit(stripped) && stripped.size >= 3 ? stripped : (struct slice){ 0 };
}

struct slice near_confusable(struct arena *a, struct slice stripped)
{
    struct text t = text_in(a, stripped.size);
    for (size_t i = 0; i < stripped.size; i++) {
        char c = stripped.bytes[i];
        text_put_byte(&t, c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c == 'S' ? '5' : c == 'B' ? '8' : c);
    }
    return text_slice(&t);
}

bool near_is_one_slip(struct slice a, struct slice b)
{
    if (a.size > b.size) return near_is_one_slip(b, a);
    size_t head = 0;
    while (head < a.size && a.bytes[head] == b.bytes[head]) head++;
    if (b.size == a.size + 1) return memcmp(a.bytes + head, b.bytes + head + 1, a.size - head) == 0;
    if (b.size != a.size || head + 1 >= a.size) return false;
    return a.bytes[head] == b.bytes[head + 1] && a.bytes[head + 1] == b.bytes[head]
        && memcmp(a.bytes + head + 2, b.bytes + head + 2, a.size - head - 2) == 0;
}

/* --- the features of a line --- */

static bool is_compared(const struct judging *j)
{
    static const unsigned kinds = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_MDF_CLAIM)
        | KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_DEAL_CLAIM);
    return j->line->kind != KIND_REPLACE && kinds & KIND_BIT(j->kind) && j->qty_milli >= 0;
}

static uint64_t hash64(struct judging *j, struct slice s)
{
    uint64_t number;
    if (!s.size) return 0;
    struct hash128 hash = hash_key(j->facts->seed, s);
    memcpy(&number, hash.bytes, sizeof number);
    return number ? number : 1;
}

static uint32_t hash32(struct judging *j, struct slice s)
{
    uint32_t number = (uint32_t)hash64(j, s);
    return s.size && !number ? 1 : number;
}

static uint8_t digit_of(char c)
{
    return (uint8_t)(is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0);
}

static void pack_line_id(struct slice line_id, uint8_t packed[16])
{
    for (unsigned i = 0; i < 16 && 2 * i + 1 < line_id.size; i++)
        packed[i] = (uint8_t)(digit_of(line_id.bytes[2 * i]) << 4 | digit_of(line_id.bytes[2 * i + 1]));
}

static struct slice unpack_line_id(struct judging *j, const uint8_t packed[16])
{
    struct text t = text_in(j->arena, 32);
    text_put_hex(&t, packed, 16);
    return text_slice(&t);
}

static void pack_number(struct judging *j, struct slice invoice_key, struct near_entry *e)
{
    struct slice number = near_strip(j->arena, invoice_key);
    if (!number.size && invoice_key.size) {
        struct slice head = slice_head(invoice_key, NEAR_NUMBER_MAX);
        memcpy(e->number, head.bytes, head.size);
        e->number_size = (uint8_t)(NEAR_NUMBER_IS_SHORT + head.size);
        return;
    }
    bool fits = number.size <= NEAR_NUMBER_MAX;
    e->number_size = fits ? (uint8_t)number.size : NEAR_NUMBER_IS_HASH;
    if (fits && number.size) memcpy(e->number, number.bytes, number.size);
    if (fits) return;
    struct hash128 hash = hash_key(j->facts->seed, near_confusable(j->arena, number));
    memcpy(e->number, hash.bytes, sizeof hash.bytes);
}

/* C, else quantity × resale, in minor units; 0 unknown. */
static int64_t value_of(const struct judging *j)
{
    int64_t minor;
    bool overflow;
    const struct line *l = j->line;
    if (approval_claimed(j, &minor, &overflow)) return overflow ? 0 : minor;
    const struct currency *c = currency_find(l->currency);
    if (!l->has_resale_unit_micros || !c) return 0;
    struct rational value = rational_mul(rational_of_micros(l->resale_unit_micros), rational_of_milli(l->qty_milli));
    return round_money(value, c->exponent, ROUNDING_HALF_UP, 1, &minor) == OK ? minor : 0;
}

static uint32_t pack_currency(struct slice code)
{
    uint32_t packed = 0;
    if (code.size == 3) memcpy(&packed, code.bytes, 3);
    return packed;
}

static const struct party *counterpart(const struct judging *j)
{
    return j->kind == KIND_MDF_CLAIM ? &j->line->vendor : judging_customer(j);
}

static struct near_entry features_of(struct judging *j)
{
    const struct line *l = j->line;
    bool is_mdf = j->kind == KIND_MDF_CLAIM;
    struct slice number = is_mdf ? line_invoice_key(j->arena, l->vendor_invoice_no) : j->invoice_key;
    struct near_entry e = {
        .document = hash64(j, j->receipt->document_id), .customer = parties_hash(j, counterpart(j)->key),
        .part = hash64(j, is_mdf ? l->activity_type : j->class->sku),
        .qty_milli = is_mdf ? l->spend_amount_minor : j->qty_milli,
        .value_minor = value_of(j), .order = hash32(j, l->order_no), .invoice_line = hash32(j, l->invoice_line),
        .currency = pack_currency(l->currency), .date = j->date,
    };
    pack_line_id(j->line_id, e.line_id);
    if (j->has_key) memcpy(&e.key, j->key.bytes, sizeof e.key);
    if (j->has_transaction) memcpy(&e.transaction, j->transaction.bytes, sizeof e.transaction);
    for (unsigned i = 0, kept = 0; i < l->document_count && kept < NEAR_DOCUMENTS_MAX; i++)
        if (l->documents[i].has_sha256) memcpy(&e.documents[kept++], l->documents[i].sha256, sizeof e.documents[0]);
    pack_number(j, number, &e);
    return e;
}

static bool is_short(const struct near_entry *e)
{
    return e->number_size != NEAR_NUMBER_IS_HASH && e->number_size >= NEAR_NUMBER_IS_SHORT;
}

static struct slice number_of(const struct near_entry *e)
{
    if (e->number_size == NEAR_NUMBER_IS_HASH) return slice_of(e->number, HASH128_BYTES);
    return slice_of(e->number, is_short(e) ? e->number_size - NEAR_NUMBER_IS_SHORT : e->number_size);
}

/* --- buckets --- */

static struct slice bucket_key(struct judging *j, char type, struct slice a, struct slice b)
{
    char head[2] = { (char)j->kind, type };
    return BOOKS_KEY(j->arena, j->root, slice_copy(j->arena, slice_of(head, 2)), a, b);
}

static struct slice bytes_of(struct judging *j, const void *bytes, size_t size)
{
    return slice_copy(j->arena, slice_of(bytes, size));
}

/* By confusable number (equal stripped ones are equal here too), by counterpart with part and quantity, by order, by proof. */
static unsigned find_buckets(struct judging *j, const struct near_entry *e, struct slice keys[BUCKETS_MAX])
{
    unsigned count = 0;
    struct slice none = { 0 };
    if (e->number_size == NEAR_NUMBER_IS_HASH) keys[count++] = bucket_key(j, 'N', number_of(e), none);
    else if (e->number_size && !is_short(e))
        keys[count++] = bucket_key(j, 'N', near_confusable(j->arena, number_of(e)), none);
    if (e->customer && e->part) {
        uint64_t pair[2] = { e->customer, e->part };
        keys[count++] = bucket_key(j, 'Q', bytes_of(j, pair, sizeof pair),
                                   bytes_of(j, &e->qty_milli, sizeof e->qty_milli));
    }
    if (e->order) keys[count++] = bucket_key(j, 'O', bytes_of(j, &e->order, sizeof e->order), none);
    for (unsigned i = 0; i < NEAR_DOCUMENTS_MAX && e->documents[i]; i++)
        keys[count++] = bucket_key(j, 'D', bytes_of(j, &e->documents[i], sizeof e->documents[i]), none);
    ASSERT(count <= BUCKETS_MAX);
    return count;
}

/* Features and buckets of the line, made once. */
struct near_line { struct near_entry own; struct slice keys[BUCKETS_MAX]; unsigned key_count; };

void near_prepare(struct judging *j)
{
    if (j->is_refused || !is_compared(j) || policy_mode(j->policy, RULE_DUP_03) == RULE_MODE_OFF) return;
    struct near_line *line = ARENA_NEW(j->arena, struct near_line);
    line->own = features_of(j);
    line->key_count = find_buckets(j, &line->own, line->keys);
    j->near = line;
    for (unsigned i = 0; i < line->key_count; i++) judging_read(j, COMPLIANCE_NEAR, line->keys[i], NULL);
}

static struct near_entry entry_at(const struct near_bucket *b, unsigned at)
{
    struct near_entry e;
    memcpy(&e, b->entries + at * sizeof e, sizeof e);
    return e;
}

/* --- points --- */

struct features { int32_t number, part, qty, value, order, proof, customer, date, line, supply; };

static bool same_number(struct judging *j, const struct near_entry *a, const struct near_entry *b)
{
    if (!a->number_size || a->number_size != b->number_size) return false;
    if (slice_equal(number_of(a), number_of(b))) return true;
    return a->number_size != NEAR_NUMBER_IS_HASH
        && slice_equal(near_confusable(j->arena, number_of(a)), near_confusable(j->arena, number_of(b)));
}

static int32_t points_of_number(struct judging *j, const struct near_entry *a, const struct near_entry *b)
{
    if (!a->number_size || !b->number_size) return 0;
    if (same_number(j, a, b)) return is_short(a) ? 0 : 6;
    if (is_short(a) || is_short(b)) return -4;
    bool long_enough = a->number_size >= SLIP_CHARACTERS_MIN && b->number_size >= SLIP_CHARACTERS_MIN
        && a->number_size != NEAR_NUMBER_IS_HASH && b->number_size != NEAR_NUMBER_IS_HASH;
    return long_enough && near_is_one_slip(number_of(a), number_of(b)) ? 4 : -4;
}

static bool same_value(const struct near_entry *a, const struct near_entry *b)
{
    if (!a->value_minor || !b->value_minor || a->currency != b->currency) return false;
    int64_t apart = a->value_minor > b->value_minor ? a->value_minor - b->value_minor : b->value_minor - a->value_minor;
    int64_t more = a->value_minor > b->value_minor ? a->value_minor : b->value_minor;
    int64_t units = (a->qty_milli < b->qty_milli ? a->qty_milli : b->qty_milli) / 1000;
    return apart <= more / 100 || apart <= units;
}

static int32_t points_of_date(int32_t a, int32_t b)
{
    if (!a || !b) return 0;
    if (a == b) return 2;
    bool exchanged = a / 10000 == b / 10000 && a / 100 % 100 == b % 100 && a % 100 == b / 100 % 100;
    int64_t apart = date_days_between(a, b);
    if (apart < 0) apart = -apart;
    return exchanged || apart <= 120 || a % 10000 == b % 10000 ? 1 : 0;
}

static bool shares_proof(const struct near_entry *a, const struct near_entry *b)
{
    for (unsigned i = 0; i < NEAR_DOCUMENTS_MAX && a->documents[i]; i++)
        for (unsigned k = 0; k < NEAR_DOCUMENTS_MAX && b->documents[k]; k++)
            if (a->documents[i] == b->documents[k]) return true;
    return false;
}

/* Everything but customer and supply, which need rows. */
static struct features compare(struct judging *j, const struct near_entry *own, const struct near_entry *e)
{
    struct features p = { .number = points_of_number(j, own, e), .date = points_of_date(own->date, e->date) };
    if (own->part && own->part == e->part) p.part = 2;
    if (own->qty_milli && own->qty_milli == e->qty_milli) p.qty = 2;
    if (same_value(own, e)) p.value = 3;
    if (own->order && own->order == e->order) p.order = p.number == -4 ? 1 : 3;
    if (shares_proof(own, e)) p.proof = 4;
    if (own->customer && own->customer == e->customer) p.customer = POINTS_OF_CUSTOMER;
    if (p.number == 6 && own->invoice_line && e->invoice_line && own->invoice_line != e->invoice_line) p.line = -3;
    return p;
}

static int32_t sum(const struct features *p)
{
    return p->number + p->part + p->qty + p->value + p->order + p->proof + p->customer + p->date + p->line + p->supply;
}

/* Lines that need not be told apart by points. */
static bool is_not_compared(struct judging *j, const struct near_entry *own, const struct near_entry *e)
{
    if (memcmp(own->line_id, e->line_id, sizeof own->line_id) == 0) return true;
    if (own->key && own->key == e->key) return true;
    bool other_line = own->invoice_line != e->invoice_line, other_part = own->part != e->part;
    if (own->document == e->document && (other_line || other_part) && same_number(j, own, e)) return true;
    if (own->invoice_line && e->invoice_line && other_line && own->part && e->part && other_part) return true;
    bool is_claim = j->kind == KIND_SHIP_DEBIT_CLAIM || j->kind == KIND_SPIFF_CLAIM || j->kind == KIND_DEAL_CLAIM;
    return is_claim && own->transaction && own->transaction == e->transaction && own->qty_milli != e->qty_milli;
}

static int32_t points_of_customer(struct judging *j, const struct near_entry *own, const struct near_entry *e)
{
    bool postal_differs;
    if (own->customer == e->customer) return own->customer ? POINTS_OF_CUSTOMER : 0;
    if (!own->customer || !e->customer || !counterpart(j)->name.size) return 0;
    const struct party_names *on_file = parties_by_hash(j, e->customer);
    if (!on_file->name_count) return -4;
    int32_t score = parties_score(j, counterpart(j), on_file, &postal_differs);
    if (score >= j->policy->customer_accept_score) return POINTS_OF_CUSTOMER;
    return score < j->policy->customer_hold_score ? -4 : 0;
}

/* --- rows of a candidate --- */

static bool is_disjoint(const struct judging *j, const struct footprint *f, const struct texts *own)
{
    bool complete = own->count && f->serials.count && 1000 * (int64_t)own->count == j->qty_milli
        && 1000 * (int64_t)f->serials.count == f->qty_milli;
    for (unsigned i = 0, k = 0; complete && i < own->count && k < f->serials.count;) {
        int order = slice_compare(own->items[i], f->serials.items[k]);
        if (order == 0) return false;
        if (order < 0) i++;
        else k++;
    }
    return complete;
}

/* A line judged again meets only what was there before it, in the order of waiting lines (screening.md 4.1), which inside a
 * document is that of its lines. */
static bool came_later(const struct judging *j, struct slice line_id, const struct footprint *f)
{
    const struct footprint *own = j->before;
    if (own->state == FOOTPRINT_NONE) return false;
    if (f->received_at_unix_ms != own->received_at_unix_ms) return f->received_at_unix_ms > own->received_at_unix_ms;
    if (slice_equal(f->document_id, own->document_id)) return f->position > own->position;
    return slice_compare(line_id, j->line_id) > 0;
}

static bool is_candidate(struct judging *j, struct slice line_id)
{
    if (slice_equal(line_id, j->original.line_id)) return false;
    if (j->is_resubmission && slice_equal(line_id, j->repeat.other)) return false;
    const struct footprint *f = judging_footprint(j, line_id);
    if (!footprint_counts(f) || came_later(j, line_id, f)) return false;
    if (!j->line->serials.count) return true;
    struct texts sorted = serials_sorted(j->arena, &j->line->serials);
    return !is_disjoint(j, f, &sorted);
}

static bool is_rhythm(int32_t a, int32_t b)
{
    int32_t apart = a % 100 > b % 100 ? a % 100 - b % 100 : b % 100 - a % 100;
    return date_weekday(a) == date_weekday(b) || apart <= 2 || apart >= 29;
}

/* Two earlier live lines of this counterpart and part in the same rhythm: a supply, not a repetition. */
static bool is_regular_supply(struct judging *j, const struct near_line *line)
{
    const struct near_entry *own = &line->own;
    struct near_entry first;                                /* one line may stand in several buckets */
    unsigned found = 0;
    for (unsigned i = 0; i < line->key_count; i++) {
        const struct near_bucket *b = judging_read(j, COMPLIANCE_NEAR, line->keys[i], NULL);
        for (unsigned k = b->entry_count; k-- > 0 && found < 2;) {
            struct near_entry e = entry_at(b, k);
            if (found && memcmp(e.line_id, first.line_id, sizeof e.line_id) == 0) continue;
            if (!own->customer || e.customer != own->customer || e.part != own->part || !e.date || e.date >= own->date)
                continue;
            if (same_number(j, own, &e) && i > 0) continue;  /* seen in the bucket of its number */
            if (!is_rhythm(e.date, own->date)
                || !footprint_counts(judging_footprint(j, unpack_line_id(j, e.line_id)))) continue;
            if (!found++) first = e;
        }
    }
    return found >= 2;
}

struct best { int32_t points; struct features features; struct slice line_id; };

/* Days before it an entry has had its time, whether or not it was put out of its bucket. */
static int32_t oldest_date(const struct judging *j)
{
    return date_add_days(j->class->received_date, -j->policy->duplicate_near_days);
}

static void weigh_entry(struct judging *j, const struct near_entry *own, const struct near_entry *e, struct best *best)
{
    if (e->date && e->date < oldest_date(j)) return;
    if (is_not_compared(j, own, e)) return;
    struct features p = compare(j, own, e);
    int32_t most = sum(&p) + (p.customer ? 0 : POINTS_OF_CUSTOMER);
    if (most < j->policy->duplicate_near_hold_points || most <= best->points) return;
    p.customer = points_of_customer(j, own, e);
    if (sum(&p) < j->policy->duplicate_near_hold_points || sum(&p) <= best->points) return;
    struct slice line_id = unpack_line_id(j, e->line_id);
    if (is_candidate(j, line_id)) *best = (struct best){ sum(&p), p, line_id };
}

/* "number +6, part +2 …": what the reviewer reads first. */
static struct slice features_text(struct judging *j, const struct features *p)
{
    const struct { struct slice name; int32_t points; } rows[] = {
        { SLICE("number"), p->number }, { SLICE("part"), p->part }, { SLICE("quantity"), p->qty },
        { SLICE("value"), p->value },
        { SLICE("order"), p->order }, { SLICE("proof"), p->proof }, { SLICE("customer"), p->customer },
        { SLICE("date"), p->date },
        { SLICE("line"), p->line }, { SLICE("supply"), p->supply },
    };
    struct text t = text_in(j->arena, 160);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rows[i].points) continue;
        if (t.size) PUT(&t, ", ");
        text_put(&t, rows[i].name);
        if (rows[i].points > 0) PUT(&t, " +");
        else PUT(&t, " ");
        text_put_int(&t, rows[i].points);
    }
    return text_slice(&t);
}

enum truth near_is_duplicate(struct judging *j, struct finding *f)
{
    struct best best = { .points = 0 };
    const struct near_line *line = j->near;
    if (!line) return TRUTH_UNSPECIFIED;
    for (unsigned i = 0; i < line->key_count; i++) {
        const struct near_bucket *b = judging_read(j, COMPLIANCE_NEAR, line->keys[i], NULL);
        for (unsigned k = 0; k < b->entry_count; k++) {
            struct near_entry e = entry_at(b, k);
            weigh_entry(j, &line->own, &e, &best);
        }
    }
    if (best.points && is_regular_supply(j, line)) best.features.supply = -4;
    int32_t points = sum(&best.features);
    if (points < j->policy->duplicate_near_hold_points) return TRUTH_FALSE;
    finding_figures(f, SLICE("points"), points, j->policy->duplicate_near_hold_points, SLICE("count"));
    f->observed.text = features_text(j, &best.features);
    finding_show(f, EVIDENCE_LINE, best.line_id);
    return TRUTH_TRUE;
}

/* --- recording --- */

/* The newest entries stay, within their days; the line's own is put afresh. */
static void put_entry(struct judging *j, struct slice key, const struct near_entry *own)
{
    struct near_bucket *b = judging_change(j, COMPLIANCE_NEAR, key);
    int32_t oldest = oldest_date(j);
    unsigned max = j->policy->duplicate_bucket_lines_max < NEAR_ENTRIES_MAX
        ? (unsigned)j->policy->duplicate_bucket_lines_max : NEAR_ENTRIES_MAX;
    char *kept = arena_alloc(j->arena, (b->entry_count + 1) * sizeof *own);
    unsigned count = 0;
    for (unsigned i = 0; i < b->entry_count; i++) {
        struct near_entry e = entry_at(b, i);
        if ((e.date && e.date < oldest) || memcmp(e.line_id, own->line_id, sizeof e.line_id) == 0) continue;
        memcpy(kept + count++ * sizeof e, &e, sizeof e);
    }
    memcpy(kept + count++ * sizeof *own, own, sizeof *own);
    unsigned surplus = count > max ? count - max : 0;
    b->is_cut |= surplus > 0;
    b->entries = kept + surplus * sizeof *own;
    b->entry_count = count - surplus;
}

void near_record(struct judging *j, enum outcome outcome)
{
    if (outcome == OUTCOME_REJECT || !j->near) return;
    for (unsigned i = 0; i < j->near->key_count; i++) put_entry(j, j->near->keys[i], &j->near->own);
    j->after.has_near = true;
}
