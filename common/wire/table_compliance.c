/* wire/table_compliance.c: what compliance remembers, member after member. Each record is one list of members, read as
 * the writer and as the reader, so that the two cannot disagree. */
#include "wire/table_compliance.h"

#include "base/assert.h"
#include "wire/bytes.h"

/* What a member is: TEXT · UINT (32 bits) · DATE · INT (64 bits) · BOOL · HASH · ENUM with its greatest value · TEXTS
 * with their greatest count · ID of a line or document · FLAGS5 what a footprint has, counts_for_deal beside it ·
 * PARTIES its parties · NEAR what has_near says is there. Lists of records stand in their own writer and reader. */
#define FOOTPRINT(M) \
    M(ENUM, kind, KIND_COUNT - 1) M(ENUM, state, FOOTPRINT_STATE_COUNT - 1) M(TEXT, site, 0) M(ID, document_id, 0) \
    M(ID, ended_by, 0) M(UINT, submission_no, 0) M(UINT, position, 0) M(INT, received_at_unix_ms, 0) M(DATE, date, 0) \
    M(FLAGS5, has_key, 0) M(HASH, key, 0) M(HASH, transaction, 0) M(HASH, match, 0) M(INT, qty_milli, 0) \
    M(TEXT, location, 0) M(TEXT, sku, 0) M(INT, moved_milli, 0) M(INT, returned_milli, 0) M(ID, returns_line_id, 0) \
    M(ID, replaces_line_id, 0) M(UINT, rep_ordinal, 0) M(UINT, site_ordinal, 0) \
    M(BOOL, is_claimed, 0) M(INT, claimed_minor, 0) M(INT, claimed_before_minor, 0) \
    M(TEXTS, serials, FOOTPRINT_SERIALS_MAX) M(TEXTS, slot_programs, FOOTPRINT_PROGRAMS_MAX) \
    M(ID, resubmits_line_id, 0) M(PARTIES, sold_to, 0) M(NEAR, near, 0)
#define KEY_USE(M) \
    M(ID, line_id, 0) M(TEXT, site, 0) M(UINT, submission_no, 0) M(ENUM, state, FOOTPRINT_STATE_COUNT - 1) \
    M(DATE, received_date, 0)
#define CLAIM_USE(M) \
    M(ID, line_id, 0) M(ID, document_id, 0) M(TEXT, fields, 0) M(UINT, submission_no, 0) M(DATE, received_date, 0)
#define LIVE_LINE(M) M(ID, line_id, 0) M(ENUM, kind, KIND_COUNT - 1)
#define MATCH_SALE(M) M(ID, line_id, 0) M(DATE, ship_date, 0) M(INT, qty_milli, 0)
#define DOCUMENT_USE(M) M(ID, line_id, 0) M(TEXT, claim_id, 0)
#define SERIAL_EVENT(M) M(ID, line_id, 0) M(DATE, date, 0)
#define SERIAL_SLOT(M) \
    M(TEXT, program_id, 0) M(ID, line_id, 0) M(ID, prior_line_id, 0) M(UINT, generation, 0) M(BOOL, is_registered, 0) \
    M(BOOL, is_asked, 0)
#define ROSTER_SITE(M) \
    M(TEXT, site, 0) M(TEXT, name, 0) M(DATE, valid_from, 0) M(DATE, valid_to, 0) M(BOOL, inactive, 0)
#define POOL_REPORT(M) M(TEXT, location, 0) M(DATE, date, 0) M(INT, reported_milli, 0)
#define WATERMARKS(M) M(DATE, inventory_date, 0) M(DATE, sell_in_to, 0) M(DATE, sell_in_date, 0)
#define WINDOW_DAY(M) M(DATE, date, 0) M(UINT, line_count, 0)
#define PARTY_NAME(M) M(TEXT, name, 0) M(TEXT, country, 0) M(TEXT, postal_code, 0)
#define AGREEMENT_CUSTOMER(M) \
    M(TEXT, key, 0) M(TEXT, name, 0) M(TEXT, id_type, 0) M(TEXT, id, 0) M(TEXT, country, 0) M(TEXT, postal_code, 0)
#define PAYEE_DAY(M) M(INT, claimed_minor, 0)
#define OUTBOX_SLOT(M) \
    M(ID, line_id, 0) M(ID, next_line_id, 0) M(INT, next_received_at_unix_ms, 0) M(BOOL, next_is_released, 0) \
    M(DATE, closed_on, 0)
#define REGISTRY_SEEN(M) \
    M(TEXT, epoch, 0) M(TEXT, run_id, 0) M(TEXT, replication_id, 0) M(INT, replication_offset, 0) \
    M(INT, evicted_keys, 0) M(BOOL, is_restoring, 0) M(BOOL, restores_all, 0) M(TEXT, restored_to, 0) \
    M(TEXT, restored_after, 0) M(BOOL, restores_deals, 0)
#define EXPIRY_SWEEP(M) M(DATE, done_month, 0) M(DATE, month, 0) M(UINT, table, 0) M(TEXT, after, 0)
#define DEAL_HOLDING(M) \
    M(ID, line_id, 0) M(TEXT, conflict_key, 0) M(INT, revision, 0) M(BOOL, is_held, 0) M(DATE, last_day, 0) \
    M(UINT, extension_count, 0) M(BOOL, is_registered, 0) M(DATE, registered_on, 0) M(UINT, claim_count, 0) \
    M(TEXT, family, 0)

#define LISTS_SCREENED(M) M(TEXT, done, 0) M(TEXT, doing, 0) M(TEXT, after, 0) M(BOOL, in_cases, 0)

#define PUT_TEXT(member, max)  bytes_put_text(w, from->member);
#define PUT_ID(member, max)    bytes_put_id(w, from->member);
#define PUT_UINT(member, max)  bytes_put_uint(w, from->member);
#define PUT_DATE(member, max)  bytes_put_uint(w, (uint32_t)from->member);
#define PUT_INT(member, max)   bytes_put_int(w, from->member);
#define PUT_BOOL(member, max)  bytes_put_bool(w, from->member);
#define PUT_ENUM(member, max)  bytes_put_uint(w, from->member);
#define PUT_HASH(member, max)  if (from->has_##member) bytes_put_fixed(w, from->member.bytes, HASH128_BYTES);
#define PUT_TEXTS(member, max) put_texts(w, &from->member);
#define PUT_FLAGS5(member, max) put_flags(w, from);
#define PUT_PARTIES(member, max) put_parties(w, from);
#define PUT_NEAR(member, max)  if (from->has_near) put_near(w, &from->near);

#define TAKE_TEXT(member, max) into->member = bytes_take_text(r);
#define TAKE_ID(member, max)   into->member = bytes_take_id(a, r);
#define TAKE_UINT(member, max) into->member = (uint32_t)bytes_take_uint_to(r, UINT32_MAX);
#define TAKE_DATE(member, max) into->member = (int32_t)bytes_take_uint_to(r, INT32_MAX);
#define TAKE_INT(member, max)  into->member = bytes_take_int(r);
#define TAKE_BOOL(member, max) into->member = bytes_take_bool(r);
#define TAKE_ENUM(member, max) into->member = bytes_take_uint_to(r, max);
#define TAKE_HASH(member, max) if (into->has_##member) bytes_take_fixed(r, into->member.bytes, HASH128_BYTES);
#define TAKE_TEXTS(member, max) take_texts(a, r, max, &into->member);
#define TAKE_FLAGS5(member, max) take_flags(r, into);
#define TAKE_PARTIES(member, max) take_parties(r, into);
#define TAKE_NEAR(member, max) if (into->has_near) take_near(r, &into->near);

#define WRITE(type, member, max) PUT_##type(member, max)
#define READ(type, member, max)  TAKE_##type(member, max)

static void put_ids(struct bytes_writer *w, const struct texts *t)
{
    bytes_put_uint(w, t->count);
    for (unsigned i = 0; i < t->count; i++) bytes_put_id(w, t->items[i]);
}

static void take_ids(struct arena *a, struct bytes_reader *r, unsigned max, struct texts *t)
{
    unsigned count = bytes_take_count(r, max);
    if (!count) return;
    struct slice *items = ARENA_ARRAY(a, count, struct slice);
    for (unsigned i = 0; i < count; i++) items[i] = bytes_take_id(a, r);
    *t = (struct texts){ items, count };
}

static void put_texts(struct bytes_writer *w, const struct texts *t)
{
    bytes_put_uint(w, t->count);
    for (unsigned i = 0; i < t->count; i++) bytes_put_text(w, t->items[i]);
}

static void take_texts(struct arena *a, struct bytes_reader *r, unsigned max, struct texts *t)
{
    unsigned count = bytes_take_count(r, max);
    if (!count) return;
    struct slice *items = ARENA_ARRAY(a, count, struct slice);
    for (unsigned i = 0; i < count; i++) items[i] = bytes_take_text(r);
    *t = (struct texts){ items, count };
}

static void put_flags(struct bytes_writer *w, const struct footprint *from)
{
    bytes_put_uint(w, from->has_key | from->has_transaction << 1 | from->has_match << 2 | from->has_near << 3
                      | from->counts_for_deal << 4);
}

static void take_flags(struct bytes_reader *r, struct footprint *into)
{
    uint64_t flags = bytes_take_uint_to(r, 31);
    into->has_key = flags & 1;
    into->has_transaction = flags & 2;
    into->has_match = flags & 4;
    into->has_near = flags & 8;
    into->counts_for_deal = flags & 16;
}

/* Numbers of parties are hashes: eight bytes each of those that are there. A sale to its end customer has one number
 * twice. */
enum party_bits {
    HAS_SOLD_TO = 1,
    HAS_END_CUSTOMER = 2,
    HAS_SHIP_TO = 4,
    HAS_VENDOR = 8,
    IS_END_CUSTOMER = 16,
    HAS_PAYEE = 32,
    HAS_REP = 64,
    PARTY_BITS = 127
};

static void put_number(struct bytes_writer *w, uint64_t number)
{
    if (number) bytes_put_fixed(w, &number, sizeof number);
}

static void put_parties(struct bytes_writer *w, const struct footprint *from)
{
    bool is_one = from->sold_to && from->sold_to == from->end_customer;
    bytes_put_uint(w, (from->sold_to ? HAS_SOLD_TO : 0u)
                          | (is_one               ? IS_END_CUSTOMER
                             : from->end_customer ? HAS_END_CUSTOMER
                                                  : 0u)
                          | (from->ship_to ? HAS_SHIP_TO : 0u) | (from->vendor ? HAS_VENDOR : 0u)
                          | (from->payee ? HAS_PAYEE : 0u) | (from->rep ? HAS_REP : 0u));
    put_number(w, from->sold_to);
    if (!is_one) put_number(w, from->end_customer);
    put_number(w, from->ship_to);
    put_number(w, from->vendor);
    put_number(w, from->payee);
    put_number(w, from->rep);
}

static uint64_t take_number(struct bytes_reader *r, bool is_there)
{
    uint64_t number = 0;
    if (is_there) bytes_take_fixed(r, &number, sizeof number);
    return number;
}

static void take_parties(struct bytes_reader *r, struct footprint *into)
{
    uint64_t bits = bytes_take_uint_to(r, PARTY_BITS);
    into->sold_to = take_number(r, bits & HAS_SOLD_TO);
    into->end_customer = bits & IS_END_CUSTOMER ? into->sold_to : take_number(r, bits & HAS_END_CUSTOMER);
    into->ship_to = take_number(r, bits & HAS_SHIP_TO);
    into->vendor = take_number(r, bits & HAS_VENDOR);
    into->payee = take_number(r, bits & HAS_PAYEE);
    into->rep = take_number(r, bits & HAS_REP);
}

/* Like it: hashes of four bytes, of those that are there, their count of proofs above the bits. */
enum near_bits { HAS_PART = 1, HAS_ORDER = 2, HAS_LINE = 4, NEAR_BIT_COUNT = 3 };

static void put_hash32(struct bytes_writer *w, uint32_t hash)
{
    if (hash) bytes_put_fixed(w, &hash, sizeof hash);
}

static size_t number_bytes(uint8_t size)
{
    return size == NEAR_NUMBER_IS_HASH    ? HASH128_BYTES
           : size >= NEAR_NUMBER_IS_SHORT ? size - NEAR_NUMBER_IS_SHORT
                                          : size;
}

static void put_near(struct bytes_writer *w, const struct near_features *from)
{
    bytes_put_uint(w, (from->part ? HAS_PART : 0u) | (from->order ? HAS_ORDER : 0u)
                          | (from->invoice_line ? HAS_LINE : 0u) | from->document_count << NEAR_BIT_COUNT);
    put_hash32(w, from->part);
    put_hash32(w, from->order);
    put_hash32(w, from->invoice_line);
    bytes_put_fixed(w, from->documents, from->document_count * sizeof from->documents[0]);
    bytes_put_int(w, from->qty_milli);
    bytes_put_int(w, from->value_minor);
    bytes_put_uint(w, from->currency);
    bytes_put_fixed(w, &from->number_size, 1);
    bytes_put_fixed(w, from->number, number_bytes(from->number_size));
}

static uint32_t take_hash32(struct bytes_reader *r, bool is_there)
{
    uint32_t hash = 0;
    if (is_there) bytes_take_fixed(r, &hash, sizeof hash);
    return hash;
}

static void take_near(struct bytes_reader *r, struct near_features *into)
{
    uint64_t bits = bytes_take_uint_to(r, NEAR_DOCUMENTS_MAX << NEAR_BIT_COUNT | (HAS_PART | HAS_ORDER | HAS_LINE));
    into->part = take_hash32(r, bits & HAS_PART);
    into->order = take_hash32(r, bits & HAS_ORDER);
    into->invoice_line = take_hash32(r, bits & HAS_LINE);
    into->document_count = (unsigned)(bits >> NEAR_BIT_COUNT);
    bytes_take_fixed(r, into->documents, into->document_count * sizeof into->documents[0]);
    into->qty_milli = bytes_take_int(r);
    into->value_minor = bytes_take_int(r);
    into->currency = (uint32_t)bytes_take_uint_to(r, UINT32_MAX);
    bytes_take_fixed(r, &into->number_size, 1);
    if (number_bytes(into->number_size) <= NEAR_NUMBER_MAX)
        bytes_take_fixed(r, into->number, number_bytes(into->number_size));
    else bytes_break(r);
}

/* put_<record> and take_<record> from one list of members. */
#define RECORD(record, MEMBERS) \
    static void put_##record(struct bytes_writer *w, const struct record *from) { MEMBERS(WRITE) } \
    static void take_##record(struct arena *a, struct bytes_reader *r, struct record *into) { (void)a; MEMBERS(READ) }
RECORD(footprint, FOOTPRINT)
RECORD(key_use, KEY_USE)
RECORD(claim_use, CLAIM_USE)
RECORD(live_line, LIVE_LINE)
RECORD(match_sale, MATCH_SALE)
RECORD(document_use, DOCUMENT_USE)
RECORD(serial_event, SERIAL_EVENT)
RECORD(serial_slot, SERIAL_SLOT)
RECORD(roster_site, ROSTER_SITE)
RECORD(pool_report, POOL_REPORT)
RECORD(watermarks, WATERMARKS)
RECORD(window_day, WINDOW_DAY)
RECORD(party_name, PARTY_NAME)
RECORD(agreement_customer, AGREEMENT_CUSTOMER)
RECORD(payee_day, PAYEE_DAY)
RECORD(outbox_slot, OUTBOX_SLOT)
RECORD(deal_holding, DEAL_HOLDING)
RECORD(registry_seen, REGISTRY_SEEN)
RECORD(lists_screened, LISTS_SCREENED)
RECORD(expiry_sweep, EXPIRY_SWEEP)

#define PUT_LIST(record, items, count) \
    do { \
        bytes_put_uint(w, (count)); \
        for (unsigned i = 0; i < (count); i++) put_##record(w, &(items)[i]); \
    } while (0)
#define TAKE_LIST(record, items, count, max) \
    do { \
        (count) = bytes_take_count(r, (max)); \
        for (unsigned i = 0; i < (count); i++) take_##record(a, r, &(items)[i]); \
    } while (0)

static void put_claim_uses(struct bytes_writer *w, const struct claim_uses *from)
{
    PUT_LIST(claim_use, from->uses, from->use_count);
}

static void take_claim_uses(struct arena *a, struct bytes_reader *r, struct claim_uses *into)
{
    TAKE_LIST(claim_use, into->uses, into->use_count, CLAIM_USES_MAX);
}

static void put_transaction_uses(struct bytes_writer *w, const struct transaction_uses *from)
{
    bytes_put_int(w, from->moved_milli);
    bytes_put_uint(w, from->is_cancelled_early);
    bytes_put_id(w, from->replaced_early_by);
    PUT_LIST(live_line, from->lines, from->line_count);
}

static void take_transaction_uses(struct arena *a, struct bytes_reader *r, struct transaction_uses *into)
{
    into->moved_milli = bytes_take_int(r);
    into->is_cancelled_early = bytes_take_uint(r) != 0;
    into->replaced_early_by = bytes_take_id(a, r);
    TAKE_LIST(live_line, into->lines, into->line_count, TRANSACTION_LINES_MAX);
}

static void put_match_sales(struct bytes_writer *w, const struct match_sales *from)
{
    PUT_LIST(match_sale, from->waiting, from->waiting_count);
    bytes_put_uint(w, from->left_out);
}

static void take_match_sales(struct arena *a, struct bytes_reader *r, struct match_sales *into)
{
    TAKE_LIST(match_sale, into->waiting, into->waiting_count, MATCH_LINES_MAX);
    into->left_out = (uint32_t)bytes_take_uint(r);
}

static void put_near_bucket(struct bytes_writer *w, const struct near_bucket *from)
{
    bytes_put_uint(w, from->is_cut | from->has_older << 1);
    bytes_put_uint(w, from->ref_count);
    bytes_put_fixed(w, from->refs, from->ref_count * sizeof(struct near_ref));
}

/* The entries stay where they are: whoever looks copies one at a time. */
static void take_near_bucket(struct arena *a, struct bytes_reader *r, struct near_bucket *into)
{
    (void)a;
    uint64_t flags = bytes_take_uint_to(r, 3);
    into->is_cut = flags & 1;
    into->has_older = flags & 2;
    into->ref_count = (unsigned)bytes_take_uint_to(r, NEAR_ENTRIES_MAX);
    size_t size = into->ref_count * sizeof(struct near_ref);
    if (r->broken || (size_t)(r->end - r->at) < size) {
        bytes_break(r);
        into->ref_count = 0;
        return;
    }
    into->refs = r->at;
    r->at += size;
}

static void put_document_uses(struct bytes_writer *w, const struct document_uses *from)
{
    PUT_LIST(document_use, from->uses, from->use_count);
}

static void take_document_uses(struct arena *a, struct bytes_reader *r, struct document_uses *into)
{
    TAKE_LIST(document_use, into->uses, into->use_count, DOCUMENT_USES_MAX);
}

static void put_serial_history(struct bytes_writer *w, const struct serial_history *from)
{
    put_serial_event(w, &from->sold_in);
    put_serial_event(w, &from->sold);
    put_serial_event(w, &from->returned);
    PUT_LIST(serial_slot, from->slots, from->slot_count);
}

static void take_serial_history(struct arena *a, struct bytes_reader *r, struct serial_history *into)
{
    take_serial_event(a, r, &into->sold_in);
    take_serial_event(a, r, &into->sold);
    take_serial_event(a, r, &into->returned);
    TAKE_LIST(serial_slot, into->slots, into->slot_count, SERIAL_SLOTS_MAX);
}

static void put_roster_sites(struct bytes_writer *w, const struct roster_sites *from)
{
    PUT_LIST(roster_site, from->sites, from->site_count);
}

static void take_roster_sites(struct arena *a, struct bytes_reader *r, struct roster_sites *into)
{
    TAKE_LIST(roster_site, into->sites, into->site_count, ROSTER_SITES_MAX);
}

static void put_pool_ledger(struct bytes_writer *w, const struct pool_ledger *from)
{
    bytes_put_bool(w, from->is_open);
    bytes_put_uint(w, (uint32_t)from->snapshot_date);
    bytes_put_int(w, from->available_milli);
    bytes_put_int(w, from->gap_milli);
    PUT_LIST(pool_report, from->reports, from->report_count);
}

static void take_pool_ledger(struct arena *a, struct bytes_reader *r, struct pool_ledger *into)
{
    into->is_open = bytes_take_bool(r);
    into->snapshot_date = (int32_t)bytes_take_uint_to(r, INT32_MAX);
    into->available_milli = bytes_take_int(r);
    into->gap_milli = bytes_take_int(r);
    TAKE_LIST(pool_report, into->reports, into->report_count, POOL_LOCATIONS_MAX);
}

/* Days without movement leave no byte: a set of the days, then their nets, all as wide as the widest needs: this row is
 * read and written with every sale of its pool. */
static unsigned width_of(const struct pool_month *m)
{
    for (unsigned i = 0; i < MONTH_DAYS_MAX; i++)
        if (m->net_milli[i] != (int32_t)m->net_milli[i]) return sizeof(int64_t);
    return sizeof(int32_t);
}

static void put_pool_month(struct bytes_writer *w, const struct pool_month *from)
{
    char nets[MONTH_DAYS_MAX * sizeof(int64_t)];
    unsigned width = width_of(from), count = 0;
    uint32_t days = 0;
    for (unsigned i = 0; i < MONTH_DAYS_MAX; i++) {
        if (!from->net_milli[i]) continue;
        days |= 1u << i;
        memcpy(nets + width * count++, &from->net_milli[i], width);
    }
    bytes_put_uint(w, width);
    bytes_put_fixed(w, &days, sizeof days);
    bytes_put_fixed(w, nets, width * count);
}

static void take_pool_month(struct arena *a, struct bytes_reader *r, struct pool_month *into)
{
    (void)a;
    uint32_t days = 0;
    unsigned width = (unsigned)bytes_take_uint_to(r, sizeof(int64_t));
    bytes_take_fixed(r, &days, sizeof days);
    if ((width != sizeof(int32_t) && width != sizeof(int64_t)) || days >> MONTH_DAYS_MAX) {
        bytes_break(r);
        return;
    }
    size_t size = width * (size_t)__builtin_popcount(days);
    if ((size_t)(r->end - r->at) < size) {
        bytes_break(r);
        return;
    }
    for (; days; days &= days - 1, r->at += width) {
        unsigned day = (unsigned)__builtin_ctz(days);
        int32_t narrow;
        memcpy(&narrow, r->at, sizeof narrow);
        if (width == sizeof narrow) into->net_milli[day] = narrow;
        else memcpy(&into->net_milli[day], r->at, width);
    }
}

static void put_window_days(struct bytes_writer *w, const struct window_days *from)
{
    PUT_LIST(window_day, from->days, from->day_count);
}

static void take_window_days(struct arena *a, struct bytes_reader *r, struct window_days *into)
{
    TAKE_LIST(window_day, into->days, into->day_count, WINDOW_DAYS_MAX);
}

static void put_party_names(struct bytes_writer *w, const struct party_names *from)
{
    bytes_put_text(w, from->key);
    bytes_put_uint(w, (uint32_t)from->last_seen);
    PUT_LIST(party_name, from->names, from->name_count);
}

static void take_party_names(struct arena *a, struct bytes_reader *r, struct party_names *into)
{
    into->key = bytes_take_text(r);
    into->last_seen = (int32_t)bytes_take_uint_to(r, INT32_MAX);
    TAKE_LIST(party_name, into->names, into->name_count, PARTY_NAMES_MAX);
}

static void put_agreement_parties(struct bytes_writer *w, const struct agreement_parties *from)
{
    bytes_put_text(w, from->site);
    bytes_put_int(w, from->revision);
    bytes_put_uint(w, (uint32_t)from->issue_date);
    bytes_put_uint(w, (uint32_t)from->arrived_on);
    bytes_put_bool(w, from->is_blanket);
    PUT_LIST(agreement_customer, from->customers, from->customer_count);
}

static void take_agreement_parties(struct arena *a, struct bytes_reader *r, struct agreement_parties *into)
{
    into->site = bytes_take_text(r);
    into->revision = bytes_take_int(r);
    into->issue_date = (int32_t)bytes_take_uint_to(r, INT32_MAX);
    into->arrived_on = (int32_t)bytes_take_uint_to(r, INT32_MAX);
    into->is_blanket = bytes_take_bool(r);
    unsigned count = bytes_take_count(r, FOOTPRINT_CUSTOMERS_MAX);
    into->customers = count ? ARENA_ARRAY(a, count, struct agreement_customer) : NULL;
    into->customer_count = count;
    for (unsigned i = 0; i < count; i++) take_agreement_customer(a, r, &into->customers[i]);
}

static void put_case_lines(struct bytes_writer *w, const struct case_lines *from)
{
    bytes_put_uint(w, from->kind);
    bytes_put_text(w, from->subject);
    bytes_put_text(w, from->entry_id);
    put_ids(w, &from->line_ids);
    bytes_put_int(w, from->entry_revision);
}

static void take_case_lines(struct arena *a, struct bytes_reader *r, struct case_lines *into)
{
    into->kind = (enum case_kind)bytes_take_uint_to(r, CASE_KIND_COUNT - 1);
    into->subject = bytes_take_text(r);
    into->entry_id = bytes_take_text(r);
    take_ids(a, r, FOOTPRINT_CASE_LINES_MAX, &into->line_ids);
    into->entry_revision = bytes_take_int(r);
}

/* A record that says nothing removes its row: a freed key, an emptied slot of the outbox. */
static bool says_nothing_footprint(const struct footprint *f)
{
    return f->state == FOOTPRINT_NONE && !f->ended_by.size;
}
static bool says_nothing_key_use(const struct key_use *k) { return k->state == FOOTPRINT_NONE; }
static bool says_nothing_claim_uses(const struct claim_uses *c) { return !c->use_count; }
static bool says_nothing_transaction_uses(const struct transaction_uses *t)
{
    return !t->line_count && !t->moved_milli && !t->is_cancelled_early && !t->replaced_early_by.size;
}
static bool says_nothing_match_sales(const struct match_sales *m)
{
    return !m->waiting_count && !m->left_out;
}
static bool says_nothing_near_bucket(const struct near_bucket *b) { return !b->ref_count; }
static bool says_nothing_document_uses(const struct document_uses *d) { return !d->use_count; }
static bool says_nothing_serial_history(const struct serial_history *s)
{
    return !s->slot_count && !s->sold_in.date && !s->sold.date && !s->returned.date;
}
static bool says_nothing_roster_sites(const struct roster_sites *r) { return !r->site_count; }
static bool says_nothing_pool_ledger(const struct pool_ledger *p)
{
    return !p->is_open && !p->report_count && !p->available_milli;
}
static bool says_nothing_pool_month(const struct pool_month *m)
{
    static const struct pool_month still;
    return memcmp(m, &still, sizeof still) == 0;
}
static bool says_nothing_watermarks(const struct watermarks *w)
{
    return !w->inventory_date && !w->sell_in_to && !w->sell_in_date;
}
static bool says_nothing_window_days(const struct window_days *w) { return !w->day_count; }
static bool says_nothing_party_names(const struct party_names *p) { return !p->name_count; }
static bool says_nothing_agreement_parties(const struct agreement_parties *p) { return !p->arrived_on; }
static bool says_nothing_payee_day(const struct payee_day *p) { return !p->claimed_minor; }
static bool says_nothing_case_lines(const struct case_lines *c) { return !c->kind; }
static bool says_nothing_outbox_slot(const struct outbox_slot *o) { return !o->line_id.size; }
static bool says_nothing_deal_holding(const struct deal_holding *d) { return !d->line_id.size; }
static bool says_nothing_lists_screened(const struct lists_screened *s) { return !s->done.size && !s->doing.size; }
static bool says_nothing_registry_seen(const struct registry_seen *r) { return !r->epoch.size && !r->is_restoring; }
static bool says_nothing_expiry_sweep(const struct expiry_sweep *e) { return !e->done_month && !e->month; }

#define CODEC(record) \
    enum err table_compliance_decode_##record(struct arena *a, struct slice value, void *into) \
    { \
        struct bytes_reader r = bytes_reader_of(value); \
        take_##record(a, &r, into); \
        return bytes_finish(&r); \
    } \
    struct slice table_compliance_encode_##record(struct arena *a, const void *from) \
    { \
        if (says_nothing_##record(from)) return (struct slice){ 0 }; \
        struct bytes_writer w = bytes_writer_in(a); \
        put_##record(&w, from); \
        return bytes_written(&w); \
    }
TABLE_COMPLIANCE_RECORDS(CODEC)

/* --- rows kept decoded (books.h) --- */

static void own_match_sales(struct arena *a, const struct arena *home, struct match_sales *m)
{
    for (unsigned i = 0; i < m->waiting_count; i++)
        m->waiting[i].line_id = books_own_text(a, home, m->waiting[i].line_id);
}

static size_t said_match_sales(const struct match_sales *m)
{
    return offsetof(struct match_sales, waiting) + m->waiting_count * sizeof m->waiting[0];
}

static void own_pool_ledger(struct arena *a, const struct arena *home, struct pool_ledger *p)
{
    for (unsigned i = 0; i < p->report_count; i++)
        p->reports[i].location = books_own_text(a, home, p->reports[i].location);
}

static size_t said_pool_ledger(const struct pool_ledger *p)
{
    return offsetof(struct pool_ledger, reports) + p->report_count * sizeof p->reports[0];
}

static void own_pool_month(struct arena *a, const struct arena *home, struct pool_month *m)
{
    books_own_nothing(a, home, m);
}

static size_t said_pool_month(const struct pool_month *m)
{
    return sizeof *m;
}

#define KEEPER(record) \
    void table_compliance_own_##record(struct arena *a, const struct arena *home, void *owned) \
    { own_##record(a, home, owned); } \
    bool table_compliance_is_empty_##record(const void *from) { return says_nothing_##record(from); } \
    size_t table_compliance_said_##record(const void *from) { return said_##record(from); }
TABLE_COMPLIANCE_KEPT(KEEPER)
