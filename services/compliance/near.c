/* compliance/near.c: a claim that was recycled, altered or entered twice. Pure. */
#include "compliance/near.h"

#include "base/assert.h"
#include "base/prefetch.h"
#include "compliance/approval.h"
#include "compliance/duplicates.h"
#include "compliance/entitled.h"
#include "compliance/parties.h"
#include "compliance/serials.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/rounding.h"

enum { SLIP_CHARACTERS_MIN = 6, BUCKETS_MAX = 5 + NEAR_DOCUMENTS_MAX, POINTS_OF_CUSTOMER = 3, OTHER_NUMBER = -4 };

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

/* In digits of another script, of which the key keeps none: it cannot be compared. */
static bool lost_its_digits(struct slice written, struct slice invoice_key)
{
    bool has_other_script = false;
    for (size_t i = 0; i < written.size; i++) has_other_script |= (uint8_t)written.bytes[i] >= 0x80;
    return has_other_script && !near_has_digit(invoice_key);
}

static void keep_number(struct judging *j, struct slice written, struct slice invoice_key, struct near_features *f)
{
    struct slice number = near_strip(j->arena, invoice_key);
    if (lost_its_digits(written, invoice_key)) return;          /* as a line without a number */
    if (!number.size && invoice_key.size) {
        struct slice bare = near_without_words(invoice_key);
        struct slice head = slice_head(bare.size ? bare : invoice_key, NEAR_NUMBER_MAX);
        memcpy(f->number, head.bytes, head.size);
        f->number_size = (uint8_t)(NEAR_NUMBER_IS_SHORT + head.size);
        return;
    }
    bool fits = number.size <= NEAR_NUMBER_MAX;
    f->number_size = fits ? (uint8_t)number.size : NEAR_NUMBER_IS_HASH;
    if (fits && number.size) memcpy(f->number, number.bytes, number.size);
    if (fits) return;
    struct hash128 hash = hash_key(j->facts->seed, near_confusable(j->arena, number));
    memcpy(f->number, hash.bytes, sizeof hash.bytes);
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

static struct near_features features_of(struct judging *j)
{
    const struct line *l = j->line;
    bool is_mdf = j->kind == KIND_MDF_CLAIM;
    struct near_features f = {
        .qty_milli = is_mdf ? l->spend_amount_minor : j->qty_milli, .value_minor = value_of(j),
        .currency = pack_currency(l->currency), .part = hash32(j, is_mdf ? l->activity_type : j->class->sku),
        .order = hash32(j, l->order_no), .invoice_line = hash32(j, line_invoice_line_key(l->invoice_line)),
    };
    for (unsigned i = 0; i < l->document_count && f.document_count < NEAR_DOCUMENTS_MAX; i++)
        if (l->documents[i].has_sha256)
            f.documents[f.document_count++] =
                hash32(j, slice_of((const char *)l->documents[i].sha256, sizeof l->documents[i].sha256));
    if (is_mdf) keep_number(j, l->vendor_invoice_no, line_invoice_key(j->arena, l->vendor_invoice_no), &f);
    else keep_number(j, l->invoice_no, j->invoiced.key, &f);
    return f;
}

static bool is_short(uint8_t number_size)
{
    return number_size != NEAR_NUMBER_IS_HASH && number_size >= NEAR_NUMBER_IS_SHORT;
}

/* Not a hash, not short; nothing of it where there is no number. */
static bool is_plain(uint8_t number_size)
{
    return number_size < NEAR_NUMBER_IS_SHORT;
}

static struct slice number_of(const struct near_features *f)
{
    if (f->number_size == NEAR_NUMBER_IS_HASH) return slice_of(f->number, HASH128_BYTES);
    return slice_of(f->number, is_short(f->number_size) ? f->number_size - NEAR_NUMBER_IS_SHORT : f->number_size);
}

/* As numbers are compared. */
static struct slice confusable_of(struct judging *j, const struct near_features *f)
{
    return is_plain(f->number_size) ? near_confusable(j->arena, number_of(f)) : number_of(f);
}

/* Words in place of a number (CASH, NONE) are equal without being one. */
static bool is_number(const struct near_features *f)
{
    return f->number_size && (!is_short(f->number_size) || near_has_digit(number_of(f)));
}

/* The number that stands for the counterpart of a line, by its footprint. */
static uint64_t customer_of(const struct footprint *f)
{
    if (f->kind == KIND_MDF_CLAIM) return f->vendor;
    return f->end_customer ? f->end_customer : f->sold_to;
}

/* --- what a bucket keeps of it --- */

static uint16_t day_of(int32_t date)
{
    int64_t day = date ? date_days_between(DATE_MIN, date) + 1 : 0;
    return (uint16_t)(!date || day > UINT16_MAX ? 0 : day < 1 ? 1 : day);
}

static uint16_t tag_of(uint64_t hash)
{
    uint16_t tag = (uint16_t)hash;
    return hash && !tag ? 1 : tag;
}

static uint16_t tag_of_value(int64_t minor)
{
    if (minor <= 0) return 0;
    unsigned magnitude = 63 - (unsigned)__builtin_clzll((uint64_t)minor);
    uint64_t digits = magnitude >= 10 ? (uint64_t)minor >> (magnitude - 10) : (uint64_t)minor << (10 - magnitude);
    return (uint16_t)((magnitude << 10 | (digits & 1023)) + 1);
}

/* Sums do not see in which order the characters stand: what one slip makes of a number can be told from them. The order
 * does: its low half, of multiples by an odd number, differs whichever neighbours were exchanged. */
static void tag_number(struct judging *j, const struct near_features *f, struct near_ref *r)
{
    struct slice number = confusable_of(j, f);
    uint32_t sum = 0, squares = 0, order = 0;
    for (size_t i = 0; i < number.size; i++) {
        uint32_t c = (uint8_t)number.bytes[i];
        sum += c;
        squares += c * c;
        order = order * 31 + c;
    }
    r->number_sums = sum << 16 | (squares & UINT16_MAX);
    r->number_order = (uint16_t)order;
    r->number_size = is_plain(f->number_size) ? (uint8_t)number.size : f->number_size;
}

/* In weeks, what lies between the date of the line and its receipt, from which its days of comparison run. */
static uint8_t lag_of(int32_t days)
{
    return (uint8_t)(days <= 0 ? 0 : days / 7 >= UINT8_MAX ? UINT8_MAX : (days + 6) / 7);
}

static struct near_ref ref_of(struct judging *j, const struct near_features *f, uint16_t received_day)
{
    uint16_t day = day_of(j->date);
    struct near_ref r = {
        .document = hash32(j, j->receipt->document_id),
        .day = day,
        .value = tag_of_value(f->value_minor),
        .qty = tag_of((uint64_t)f->qty_milli * 0x9e3779b97f4a7c15u >> 48),
        .part = tag_of(f->part),
        .line = tag_of(f->invoice_line),
        .order = tag_of(f->order),
        .customer = tag_of(customer_of(&j->after)),
        .lag_weeks = lag_of(j->date ? received_day - day : 0),
    };
    struct slice id = hash_id_pack(j->arena, j->line_id);
    memcpy(r.line_id, id.bytes, id.size < sizeof r.line_id ? id.size : sizeof r.line_id);
    for (unsigned i = 0; i < f->document_count; i++) r.proofs |= (uint16_t)(1u << (f->documents[i] & 15));
    tag_number(j, f, &r);
    return r;
}

/* --- buckets --- */

/* What a bucket offers: older entries, then the young ones of its own row. */
struct offer { const struct near_bucket *parts[2]; unsigned first, count; };

/* Features and buckets of the line, made once; after it, by policy, those of claims on what a sale earns by itself. */
struct near_line {
    struct near_line    *also;
    enum kind            kind;                      /* under which its buckets stand */
    struct near_features own;
    struct near_ref      ref;                       /* as it will stand in its buckets */
    uint16_t             value_least, value_most;   /* between them lies every value that counts as the same */
    uint16_t             oldest_day;                /* an entry that was received before it has had its time */
    struct slice         keys[BUCKETS_MAX];
    struct offer         offers[BUCKETS_MAX];       /* by key: as they were before the line joined */
    unsigned             key_count;
    struct slice         core;                      /* of its number; empty: none */
    unsigned             core_at;                   /* where numbers with this core stand; BUCKETS_MAX: nowhere */
    unsigned             summary_at;                /* and summaries of the same days */
};

static void add_bucket(struct judging *j, struct near_line *line, char type, const void *bytes, size_t size)
{
    char *name = arena_take(j->arena, size + 2);
    name[0] = (char)line->kind;
    name[1] = type;
    memcpy(name + 2, bytes, size);
    uint64_t number = hash64(j, slice_of(name, size + 2));
    struct slice bucket = slice_of((const char *)&number, sizeof number);
    line->keys[line->key_count] = BOOKS_KEY(j->arena, j->root, bucket);
    line->key_count++;
}

/* Numbers that are kept whole have their core's bucket too, which is their own where they are nothing else. */
static void find_core_bucket(struct judging *j, struct near_line *line, struct slice number)
{
    const struct line *l = j->line;
    if (is_plain(line->own.number_size))
        line->core = near_core(j->kind == KIND_MDF_CLAIM ? l->vendor_invoice_no : l->invoice_no);
    if (!line->core.size) return;
    line->core_at = slice_equal(line->core, number) ? line->key_count - 1 : line->key_count;
    if (line->core_at == line->key_count) add_bucket(j, line, 'N', line->core.bytes, line->core.size);
}

/* A sale without invoice detail that says of which days it is: a second one of these says it again. */
static bool is_summary(const struct judging *j)
{
    const struct line *l = j->line;
    if (!j->policy->duplicate_of_summaries || j->kind != KIND_POS_SALE) return false;
    return l->summary && l->report_from && l->report_to;
}

static void add_summary(struct judging *j, struct near_line *line)
{
    const struct line *l = j->line;
    struct slice parts[] = { j->class->sku, judging_customer(j)->key, l->location_id,
                             slice_of_int(j->arena, l->report_from), slice_of_int(j->arena, l->report_to) };
    struct slice key = books_key(j->arena, parts, sizeof parts / sizeof parts[0]);
    line->summary_at = line->key_count;
    add_bucket(j, line, 'Z', key.bytes, key.size);
}

/* By confusable number (equal stripped ones are equal here too), by its core, by counterpart with part and quantity, by
 * order, by proof. */
static void find_buckets(struct judging *j, struct near_line *line)
{
    const struct near_features *f = &line->own;
    uint64_t customer = customer_of(&j->after);
    line->core_at = line->summary_at = BUCKETS_MAX;
    if (is_number(f)) {
        struct slice number = confusable_of(j, f);
        add_bucket(j, line, 'N', number.bytes, number.size);
        find_core_bucket(j, line, number);
    }
    if (customer && f->part) {
        uint64_t bought[3] = { customer, f->part, (uint64_t)f->qty_milli };
        add_bucket(j, line, 'Q', bought, sizeof bought);
    }
    if (f->order) add_bucket(j, line, 'O', &f->order, sizeof f->order);
    for (unsigned i = 0; i < f->document_count; i++) add_bucket(j, line, 'D', &f->documents[i], sizeof f->documents[i]);
    if (is_summary(j)) add_summary(j, line);
    ASSERT(line->key_count <= BUCKETS_MAX);
}

/* By same_value: within 1 % of the greater, or one minor unit for each unit of goods. */
static void bound_value(struct near_line *line)
{
    int64_t value = line->own.value_minor, units = line->own.qty_milli / 1000;
    if (value <= 0 || value > INT64_MAX / 4) {
        line->value_most = value > 0 ? UINT16_MAX : 0;
        return;
    }
    int64_t below = value / 100 > units ? value / 100 : units, above = value / 99 + 1 > units ? value / 99 + 1 : units;
    line->value_least = tag_of_value(value > below ? value - below : 1);
    line->value_most = above > INT64_MAX / 4 ? UINT16_MAX : tag_of_value(value + above);
}

static unsigned offered_max(const struct judging *j)
{
    int64_t max = j->policy->duplicate_bucket_lines_max;
    return max < NEAR_ENTRIES_MAX ? (unsigned)max : NEAR_ENTRIES_MAX;
}

/* Where the store left them long ago: they come while the rows of other rules are opened. */
static void call_refs(const struct near_bucket *b)
{
    prefetch(b->refs, b->ref_count * sizeof(struct near_ref));
}

static struct offer offer_of(struct judging *j, const struct near_line *line, unsigned at)
{
    static const struct near_bucket nothing;
    struct offer o = { .parts[1] = judging_read(j, COMPLIANCE_NEAR, line->keys[at]) };
    o.parts[0] = o.parts[1]->has_older
                     ? judging_read(j, COMPLIANCE_NEAR, tables_older_key(j->arena, line->keys[at]))
                     : &nothing;
    o.count = o.parts[0]->ref_count + o.parts[1]->ref_count;
    o.first = o.count > offered_max(j) ? o.count - offered_max(j) : 0;
    call_refs(o.parts[0]);
    call_refs(o.parts[1]);
    return o;
}

static struct near_ref ref_in(const struct near_bucket *b, unsigned at)
{
    struct near_ref r;
    memcpy(&r, b->refs + at * sizeof r, sizeof r);
    return r;
}

static struct near_ref ref_at(const struct offer *o, unsigned at)
{
    unsigned older = o->parts[0]->ref_count;
    return at < older ? ref_in(o->parts[0], at) : ref_in(o->parts[1], at - older);
}

static struct near_line *line_under(struct judging *j, enum kind kind, const struct near_line *like)
{
    struct near_line *line = ARENA_NEW(j->arena, struct near_line);
    uint16_t received_day = day_of(j->class->received_date);
    int64_t oldest = received_day - j->policy->duplicate_near_days;
    line->kind = kind;
    line->own = like ? like->own : features_of(j);
    line->ref = like ? like->ref : ref_of(j, &line->own, received_day);
    line->oldest_day = (uint16_t)(oldest > 0 ? oldest : 0);
    bound_value(line);
    find_buckets(j, line);
    for (unsigned i = 0; i < line->key_count; i++) line->offers[i] = offer_of(j, line, i);
    return line;
}

/* As which claims a sale that stands earns by itself; of all its programs, or of those that no rule has struck. */
static unsigned earned_kinds(const struct judging *j, bool is_judged)
{
    unsigned kinds = 0;
    if (!j->policy->duplicate_across_kinds || j->kind != KIND_POS_SALE || j->line->summary) return 0;
    for (unsigned i = 0; i < j->program_count; i++)
        if (j->programs[i].program && !(is_judged && j->programs[i].strike_count))
            kinds |= entitled_earns_as(j, j->programs[i].program);
    return kinds;
}

void near_prepare(struct judging *j)
{
    static const enum kind claims[] = { KIND_SHIP_DEBIT_CLAIM, KIND_SPIFF_CLAIM, KIND_DEAL_CLAIM };
    bool is_left_out = j->is_refused && !j->withdrawn_by.size;
    if (is_left_out || !is_compared(j) || policy_mode(j->policy, RULE_DUP_03) == RULE_MODE_OFF) return;
    struct near_line *line = line_under(j, j->kind, NULL);
    j->near = line;
    unsigned kinds = earned_kinds(j, false);
    for (unsigned i = 0; kinds && i < sizeof claims / sizeof claims[0]; i++) {
        if (!(kinds & KIND_BIT(claims[i]))) continue;
        line->also = line_under(j, claims[i], line);
        line = line->also;
    }
}

/* --- points at most, by what the bucket keeps --- */

static bool has_same_number(const struct near_ref *a, const struct near_ref *b)
{
    return a->number_size && a->number_size == b->number_size && a->number_sums == b->number_sums
           && a->number_order == b->number_order;
}

/* One character more is the root of the difference of squares; two neighbours exchanged leave both sums as they are. */
static bool may_be_one_slip(const struct near_ref *a, const struct near_ref *b)
{
    if (a->number_size > b->number_size) return may_be_one_slip(b, a);
    if (a->number_size < SLIP_CHARACTERS_MIN) return false;
    if (a->number_size == b->number_size) return a->number_sums == b->number_sums;
    uint16_t more = (uint16_t)((b->number_sums >> 16) - (a->number_sums >> 16));
    uint16_t squares = (uint16_t)(b->number_sums - a->number_sums);
    return b->number_size == a->number_size + 1 && more <= UINT8_MAX && squares == (uint16_t)(more * more);
}

/* A number with something before or after it, on the same day. */
static bool may_be_affixed(const struct near_line *line, const struct near_ref *r, unsigned bucket)
{
    return bucket == line->core_at && line->ref.day && line->ref.day == r->day
           && is_plain(r->number_size) && r->number_size != line->ref.number_size;
}

static int32_t most_of_number(const struct near_line *line, const struct near_ref *r, unsigned bucket)
{
    const struct near_ref *own = &line->ref;
    if (!own->number_size || !r->number_size) return 0;
    if (has_same_number(own, r)) return 6;
    if (is_plain(own->number_size) && is_plain(r->number_size) && may_be_one_slip(own, r)) return 4;
    return may_be_affixed(line, r, bucket) ? 0 : OTHER_NUMBER;
}

static int32_t most_points(const struct near_line *line, const struct near_ref *r, unsigned bucket)
{
    const struct near_ref *own = &line->ref;
    int32_t number = most_of_number(line, r, bucket), most = number;
    if (own->part && own->part == r->part) most += 2;
    if (own->qty == r->qty) most += 2;
    if (r->value >= line->value_least && r->value <= line->value_most) most += 3;
    if (own->order && own->order == r->order) most += number == OTHER_NUMBER ? 1 : 3;
    if (own->proofs & r->proofs) most += 4;
    if (own->customer && r->customer) most += POINTS_OF_CUSTOMER;
    if (own->day && r->day) most += own->day == r->day ? 2 : 1;
    if (number == 6 && own->line && r->line && own->line != r->line) most -= 3;
    return most;
}

/* What is_not_compared would say of it anyway. */
static bool is_told_apart(const struct near_ref *own, const struct near_ref *r)
{
    bool other_line = own->line != r->line, other_part = own->part && r->part && own->part != r->part;
    if (memcmp(own->line_id, r->line_id, sizeof own->line_id) == 0) return true;
    if (own->document == r->document && (other_line || other_part) && has_same_number(own, r)) return true;
    return own->line && r->line && other_line && other_part;
}

/* Surely; near the day the footprint says it. */
static bool is_over(const struct near_line *line, const struct near_ref *r)
{
    return r->day && r->day + 7u * r->lag_weeks < line->oldest_day;
}

static bool had_its_time(const struct judging *j, const struct near_line *line, const struct footprint *f)
{
    return day_of(instant_date(f->received_at_unix_ms, j->class->utc_offset_minutes)) < line->oldest_day;
}

/* --- points --- */

struct features { int32_t number, part, qty, value, order, proof, customer, date, line, supply; bool is_affixed; };

static bool same_number(struct judging *j, const struct near_features *a, const struct near_features *b)
{
    bool are_alike = a->number_size == b->number_size || (is_plain(a->number_size) && is_plain(b->number_size));
    return a->number_size && b->number_size && are_alike && slice_equal(confusable_of(j, a), confusable_of(j, b));
}

static int32_t points_of_number(struct judging *j, const struct near_features *a, const struct near_features *b)
{
    if (!a->number_size || !b->number_size) return 0;
    if (same_number(j, a, b)) return is_number(a) ? 6 : 0;
    if (!is_plain(a->number_size) || !is_plain(b->number_size)) return OTHER_NUMBER;
    struct slice own = confusable_of(j, a), other = confusable_of(j, b);
    bool long_enough = own.size >= SLIP_CHARACTERS_MIN && other.size >= SLIP_CHARACTERS_MIN;
    return long_enough && near_is_one_slip(own, other) ? 4 : OTHER_NUMBER;
}

static bool same_value(const struct near_features *a, const struct near_features *b)
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

static bool shares_proof(const struct near_features *a, const struct near_features *b)
{
    for (unsigned i = 0; i < a->document_count; i++)
        for (unsigned k = 0; k < b->document_count; k++)
            if (a->documents[i] == b->documents[k]) return true;
    return false;
}

/* The bucket of the core holds only numbers that have it, or are it without their signs. Another line of an invoice is
 * another sale. */
static bool is_affixed(const struct near_line *line, const struct near_features *other, unsigned bucket)
{
    const struct near_features *own = &line->own;
    bool other_line = own->invoice_line && other->invoice_line && own->invoice_line != other->invoice_line;
    return bucket == line->core_at && !other_line && is_plain(other->number_size)
           && near_is_affixed(number_of(own), number_of(other), line->core);
}

/* Everything but customer and supply, which need rows. Numbers of which one is the other and something more say nothing
 * on one day; on two they differ. */
static struct features compare(struct judging *j, const struct near_line *line, const struct footprint *f,
                               unsigned bucket)
{
    const struct near_features *own = &line->own, *other = &f->near;
    struct features p = { .number = points_of_number(j, own, other), .date = points_of_date(j->date, f->date) };
    bool differs = p.number == OTHER_NUMBER;
    p.is_affixed = differs && j->date && j->date == f->date && is_affixed(line, other, bucket);
    if (p.is_affixed) p.number = 0;
    if (own->part && own->part == other->part) p.part = 2;
    if (own->qty_milli && own->qty_milli == other->qty_milli) p.qty = 2;
    if (same_value(own, other)) p.value = 3;
    if (own->order && own->order == other->order) p.order = differs ? 1 : 3;
    if (shares_proof(own, other)) p.proof = 4;
    if (p.number == 6 && own->invoice_line && other->invoice_line && own->invoice_line != other->invoice_line)
        p.line = -3;
    return p;
}

static int32_t sum(const struct features *p)
{
    return p->number + p->part + p->qty + p->value + p->order + p->proof + p->customer + p->date + p->line + p->supply;
}

static bool same_hash(const struct hash128 *a, const struct hash128 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Lines that need not be told apart by points. */
static bool is_not_compared(struct judging *j, const struct near_features *own, const struct footprint *f)
{
    const struct near_features *other = &f->near;
    if (j->key.exists && f->has_key && same_hash(&j->key.hash, &f->key)) return true;
    bool other_line = own->invoice_line != other->invoice_line;
    bool other_part = own->part && other->part && own->part != other->part;     /* of one that nobody knew nothing is */
    bool is_one_document = slice_equal(j->receipt->document_id, f->document_id);
    if (is_one_document && (other_line || other_part) && same_number(j, own, other)) return true;
    if (own->invoice_line && other->invoice_line && other_line && other_part) return true;
    bool is_one_sale = j->invoiced.exists && f->has_transaction && same_hash(&j->invoiced.transaction, &f->transaction);
    if (is_one_sale && f->kind != j->kind) return true;         /* payout knows what of it is left */
    bool is_claim = j->kind == KIND_SHIP_DEBIT_CLAIM || j->kind == KIND_SPIFF_CLAIM || j->kind == KIND_DEAL_CLAIM;
    return is_claim && is_one_sale && own->qty_milli != other->qty_milli;
}

static int32_t points_of_customer(struct judging *j, uint64_t own, uint64_t other)
{
    bool postal_differs;
    if (own == other) return own ? POINTS_OF_CUSTOMER : 0;
    if (!own || !other || !counterpart(j)->name.size) return 0;
    const struct party_names *on_file = parties_by_hash(j, other);
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

/* Replaced while it waited in classification, where it had no K: it stands for what stands in its place. */
static bool was_replaced_there(struct judging *j, const struct footprint *f)
{
    return !f->has_key && judging_is_replaced(j, f);
}

static bool is_candidate(struct judging *j, struct slice line_id, const struct footprint *f)
{
    if (judging_gives_way(j, line_id)) return false;
    bool is_told = j->key.is_resubmission || j->key.repeat.kind == REPEAT_DUPLICATE;
    if (is_told && slice_equal(line_id, j->key.repeat.other)) return false;
    if (!f->has_near || judging_came_since(j, line_id, f)) return false;
    if (!footprint_counts(f) && !was_replaced_there(j, f)) return false;
    if (!j->line->serials.count) return true;
    struct texts sorted = serials_units(j);
    return !is_disjoint(j, f, &sorted);
}

static const struct footprint *footprint_of(struct judging *j, const struct near_ref *r)
{
    return judging_read(j, COMPLIANCE_LINES,
                        BOOKS_KEY(j->arena, j->root, slice_of((const char *)r->line_id, sizeof r->line_id)));
}

static struct slice line_id_of(struct judging *j, const struct near_ref *r)
{
    return hash_id_unpack(j->arena, slice_of((const char *)r->line_id, sizeof r->line_id));
}

static bool is_rhythm(int32_t a, int32_t b)
{
    int32_t apart = a % 100 > b % 100 ? a % 100 - b % 100 : b % 100 - a % 100;
    return date_weekday(a) == date_weekday(b) || apart <= 2 || apart >= 29;
}

/* An earlier live line of this counterpart and part in the same rhythm. */
static bool is_supply(struct judging *j, const struct near_line *line, const struct near_ref *r)
{
    const struct near_ref *own = &line->ref;
    if (!own->customer || r->customer != own->customer || r->part != own->part || !r->day || r->day >= own->day)
        return false;
    const struct footprint *f = footprint_of(j, r);
    if (customer_of(f) != customer_of(&j->after) || f->near.part != line->own.part || f->date >= j->date) return false;
    return is_rhythm(f->date, j->date) && f->state == FOOTPRINT_ACCEPTED && !judging_came_since(j, line_id_of(j, r), f);
}

/* Two such lines: a supply, not a repetition. */
static bool is_regular_supply(struct judging *j, const struct near_line *line)
{
    struct near_ref first;                                  /* one line may stand in several buckets */
    unsigned found = 0;
    for (unsigned i = 0; i < line->key_count; i++) {
        const struct offer *o = &line->offers[i];
        for (unsigned k = o->count; k-- > o->first && found < 2;) {
            struct near_ref r = ref_at(o, k);
            if (found && memcmp(r.line_id, first.line_id, sizeof r.line_id) == 0) continue;
            if (i > 0 && has_same_number(&line->ref, &r)) continue;         /* seen in the bucket of its number */
            if (is_supply(j, line, &r) && !found++) first = r;
        }
    }
    return found >= 2;
}

/* An affix says nothing where the counterpart is the same, or one line does not name it; else it makes two numbers, as
 * in two series, or where both name nobody. */
static void weigh_customer(struct judging *j, struct features *p, const struct footprint *f)
{
    uint64_t own = customer_of(&j->after), other = customer_of(f);
    p->customer = points_of_customer(j, own, other);
    bool may_be_one = p->customer > 0 || !own != !other;
    if (!p->is_affixed || may_be_one) return;
    p->is_affixed = false;
    p->number = OTHER_NUMBER;
}

struct best { int32_t points; struct features features; struct slice line_id; };

/* Of most entries what the bucket keeps tells that they cannot be meant; the others' footprints are looked at. */
static void weigh_ref(struct judging *j, const struct near_line *line, const struct near_ref *r, unsigned bucket,
                      struct best *best)
{
    int64_t enough = j->policy->duplicate_near_hold_points;
    int32_t most = most_points(line, r, bucket);
    if (most < enough || most <= best->points || is_over(line, r) || is_told_apart(&line->ref, r)) return;
    const struct footprint *f = footprint_of(j, r);
    if (!f->has_near || had_its_time(j, line, f) || is_not_compared(j, &line->own, f)) return;
    struct features p = compare(j, line, f, bucket);
    if (sum(&p) + POINTS_OF_CUSTOMER < enough || sum(&p) + POINTS_OF_CUSTOMER <= best->points) return;
    weigh_customer(j, &p, f);
    if (sum(&p) < enough || sum(&p) <= best->points) return;
    struct slice line_id = line_id_of(j, r);
    if (is_candidate(j, line_id, f)) *best = (struct best){ sum(&p), p, line_id };
}

/* "number +6, part +2 …": what the reviewer reads first. */
static struct slice features_text(struct judging *j, const struct features *p)
{
    bool is_mdf = j->kind == KIND_MDF_CLAIM;        /* of which other members are compared (screening.md 7.3) */
    const struct { struct slice name; int32_t points; } rows[] = {
        { SLICE("number"), p->number }, { is_mdf ? SLICE("activity") : SLICE("part"), p->part },
        { is_mdf ? SLICE("spend") : SLICE("quantity"), p->qty }, { SLICE("value"), p->value },
        { SLICE("order"), p->order }, { SLICE("proof"), p->proof },
        { is_mdf ? SLICE("vendor") : SLICE("customer"), p->customer },
        { SLICE("date"), p->date },
        { SLICE("line"), p->line }, { SLICE("supply"), p->supply },
    };
    struct text t = text_in(j->arena, 192);
    if (p->is_affixed) PUT(&t, "number with an affix 0");
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

static void weigh_line(struct judging *j, const struct near_line *line, struct best *best)
{
    for (unsigned i = 0; i < line->key_count; i++) {
        const struct offer *o = &line->offers[i];
        for (unsigned k = o->first; k < o->count; k++) {
            struct near_ref r = ref_at(o, k);
            weigh_ref(j, line, &r, i, best);
        }
    }
}

/* The newest live summary of the same days in another document; one that says the very same DUP-01 tells. */
static struct slice other_summary(struct judging *j, const struct near_line *line)
{
    if (line->summary_at == BUCKETS_MAX) return (struct slice){ 0 };
    const struct offer *o = &line->offers[line->summary_at];
    for (unsigned k = o->count; k-- > o->first;) {
        struct near_ref r = ref_at(o, k);
        if (memcmp(line->ref.line_id, r.line_id, sizeof r.line_id) == 0 || line->ref.document == r.document) continue;
        const struct footprint *f = footprint_of(j, &r);
        bool is_same_key = j->key.exists && f->has_key && same_hash(&j->key.hash, &f->key);
        struct slice line_id = line_id_of(j, &r);
        if (!is_same_key && !had_its_time(j, line, f) && is_candidate(j, line_id, f)) return line_id;
    }
    return (struct slice){ 0 };
}

bool near_says_another_amount(const struct judging *j, const struct footprint *on_file)
{
    if (!j->near || !on_file->has_near) return false;
    const struct near_features *own = &j->near->own, *other = &on_file->near;
    return own->value_minor != other->value_minor || own->currency != other->currency;
}

enum truth near_is_duplicate(struct judging *j, struct finding *f)
{
    struct best best = { .points = 0 };
    if (!j->near) return TRUTH_UNSPECIFIED;
    for (const struct near_line *line = j->near; line; line = line->also) weigh_line(j, line, &best);
    if (best.points && is_regular_supply(j, j->near)) best.features.supply = -4;
    int32_t points = sum(&best.features);
    struct slice summary = other_summary(j, j->near);
    if (points < j->policy->duplicate_near_hold_points && summary.size) {
        finding_observe(f, SLICE("a summary of these days"), summary);
        finding_show(f, EVIDENCE_LINE, summary);
        return TRUTH_TRUE;
    }
    if (points < j->policy->duplicate_near_hold_points) return TRUTH_FALSE;
    finding_figures(f, SLICE("points"), points, j->policy->duplicate_near_hold_points, SLICE("count"));
    f->observed.text = features_text(j, &best.features);
    finding_show(f, EVIDENCE_LINE, best.line_id);
    return TRUTH_TRUE;
}

/* --- recording --- */

static bool stands_in(const struct near_bucket *b, const struct near_ref *own)
{
    for (unsigned i = 0; i < b->ref_count; i++)
        if (memcmp(b->refs + i * sizeof *own, own->line_id, sizeof own->line_id) == 0) return true;
    return false;
}

/* Those whose days are not over, after what is there. */
static unsigned keep_refs(const struct near_line *line, const struct near_bucket *b, char *to, unsigned count)
{
    for (unsigned i = 0; i < b->ref_count; i++) {
        struct near_ref r = ref_in(b, i);
        if (!is_over(line, &r)) memcpy(to + count++ * sizeof r, &r, sizeof r);
    }
    return count;
}

/* The young ones join the older, of whom the newest stay. */
static void settle(struct judging *j, const struct near_line *line, unsigned at, struct near_bucket *young)
{
    struct slice key = tables_older_key(j->arena, line->keys[at]);
    struct near_bucket *older =
        young->has_older ? judging_change(j, COMPLIANCE_NEAR, key) : books_overwrite(j->v->books, COMPLIANCE_NEAR, key);
    char *kept = arena_take(j->arena, (older->ref_count + young->ref_count) * sizeof(struct near_ref));
    unsigned count = keep_refs(line, young, kept, keep_refs(line, older, kept, 0));
    unsigned surplus = count > NEAR_ENTRIES_MAX ? count - NEAR_ENTRIES_MAX : 0;
    *older = (struct near_bucket){ .refs = kept + surplus * sizeof(struct near_ref), .ref_count = count - surplus };
    young->has_older = true;
    young->ref_count = 0;
}

/* A line that is judged again stands there already. */
static void put_ref(struct judging *j, const struct near_line *line, unsigned at)
{
    const struct offer *o = &line->offers[at];
    if (stands_in(o->parts[1], &line->ref) || stands_in(o->parts[0], &line->ref)) return;
    struct near_bucket *young = judging_change(j, COMPLIANCE_NEAR, line->keys[at]);
    young->is_cut |= o->count >= offered_max(j);
    if (young->ref_count >= NEAR_YOUNG_MAX) settle(j, line, at, young);
    char *kept = arena_take(j->arena, (young->ref_count + 1) * sizeof line->ref);
    unsigned count = keep_refs(line, young, kept, 0);
    memcpy(kept + count * sizeof line->ref, &line->ref, sizeof line->ref);
    young->refs = kept;
    young->ref_count = count + 1;
}

void near_record(struct judging *j, enum outcome outcome)
{
    if (outcome == OUTCOME_REJECT || !j->near) return;
    unsigned kinds = KIND_BIT(j->kind) | earned_kinds(j, true);
    for (const struct near_line *line = j->near; line; line = line->also)
        for (unsigned i = 0; kinds & KIND_BIT(line->kind) && i < line->key_count; i++) put_ref(j, line, i);
    j->after.near = j->near->own;
    j->after.has_near = true;
}
