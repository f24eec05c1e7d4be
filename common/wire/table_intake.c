/* wire/table_intake.c: one writer and one reader for each record of intake's state. */
#include "wire/table_intake.h"

#include "base/assert.h"
#include "wire/bytes.h"

enum { VERSION = 4, VERSION_OLDEST = 1 };

/* The members in the order of their bytes. New ones go to the end, under a new version; SINCE(v) parts them from those
 * that rows of an older one have. */
#define DOCUMENT_MEMBERS(M) \
    M(ENUM, state, INTAKE_STATE_COUNT - 1) M(TEXT, submitter_id, 0) M(TEXT, file_name, 0) M(TEXT, partner_id, 0) \
    M(TEXT, currency, 0) M(TEXT, profile, 0) M(TEXT, format, 0) M(TEXT, dialect, 0) M(TEXT, parent, 0) \
    M(TEXT, traceparent, 0) M(TEXT, report_id, 0) M(TEXT, original_report_id, 0) M(TEXT, question, 0) \
    M(TEXT, errors, 0) M(FIXED, sha256, 0) M(FIXED, profile_sha256, 0) M(FIXED, duplicate_of, 0) \
    M(INT, received_at_unix_ms, 0) M(INT, changed_at_unix_ms, 0) M(UINT64, bytes, 0) M(UINT64, cursor, 0) \
    M(UINT64, passed, 0) M(UINT64, rejected, 0) M(UINT64, dead, 0) M(UINT64, warned, 0) M(UINT64, not_lines, 0) \
    M(UINT32, attempt, 0) M(UINT32, door, 0) M(UINT32, purpose, 0) M(UINT32, code, 0) M(UINT32, control_number, 0) \
    M(UINT32, decimal, 0) M(UINT32, dates, 0) M(UINT32, header_row, 0) M(TEXT, sheet, 0) M(FLAG, errors_truncated, 0) \
    M(FLAG, is_compressed, 0) M(TOTALS, totals, 0) M(SINCE, 2, 0) M(TEXT, encoding, 0) M(TEXT, warnings, 0) \
    M(TEXT, notes, 0) M(SINCE, 3, 0) M(TEXT, event_source, 0) M(TEXT, event_id, 0)
#define KEY_MEMBERS(M) M(FIXED, content, 0) M(FIXED, document_id, 0) M(UINT32, day, 0)
#define REQUEST_MEMBERS(M) \
    M(FIXED, content, 0) M(FIXED, document_id, 0) M(UINT32, status, 0) M(UINT32, day, 0) M(TEXT, type, 0) \
    M(TEXT, body, 0)
#define REPORT_MEMBERS(M) \
    M(IDS, documents, INTAKE_CHAIN_MAX) M(NAMES, names, 0) M(FLAG, is_cancelled, 0) M(UINT32, day, 0) M(TEXT, same, 0) \
    M(SINCE, 4, 0) M(HASHES, partners, 0)
#define PARKED_MEMBERS(M) M(TEXT, key, 0) M(TEXT, value, 0) M(TEXT, headers, 0) M(INT, since_unix_ms, 0)
#define NUMBERS_MEMBERS(M) M(UINT32, control_number, 0) M(UINT64, documents, 0)

#define PUT_MEMBER(type, name, detail) PUT_##type(name, detail)
#define PUT_ENUM(name, detail)   bytes_put_uint(&w, (uint64_t)row->name);
#define PUT_TEXT(name, detail)   bytes_put_text(&w, row->name);
#define PUT_FIXED(name, detail)  bytes_put_fixed(&w, &row->name, sizeof row->name);
#define PUT_INT(name, detail)    bytes_put_int(&w, row->name);
#define PUT_UINT64(name, detail) bytes_put_uint(&w, row->name);
#define PUT_UINT32(name, detail) bytes_put_uint(&w, row->name);
#define PUT_FLAG(name, detail)   bytes_put_bool(&w, row->name);
#define PUT_TOTALS(name, detail) put_totals(&w, row);
#define PUT_SINCE(version, detail)
#define PUT_NAMES(name, detail) \
    for (unsigned i = 0; i < row->document_count; i++) bytes_put_text(&w, row->name[i]);
#define PUT_HASHES(name, detail) \
    for (unsigned i = 0; i < row->document_count; i++) bytes_put_fixed(&w, &row->name[i], sizeof row->name[i]);
#define PUT_IDS(name, detail) \
    ASSERT(row->document_count <= detail); \
    bytes_put_uint(&w, row->document_count); \
    for (unsigned i = 0; i < row->document_count; i++) bytes_put_fixed(&w, row->name[i], sizeof row->name[i]);

#define TAKE_MEMBER(type, name, detail) TAKE_##type(name, detail)
#define TAKE_ENUM(name, detail)   row->name = (enum intake_state)bytes_take_uint_to(&r, detail);
#define TAKE_TEXT(name, detail)   row->name = bytes_take_text(&r);
#define TAKE_FIXED(name, detail)  bytes_take_fixed(&r, &row->name, sizeof row->name);
#define TAKE_INT(name, detail)    row->name = bytes_take_int(&r);
#define TAKE_UINT64(name, detail) row->name = bytes_take_uint(&r);
#define TAKE_UINT32(name, detail) row->name = (uint32_t)bytes_take_uint_to(&r, UINT32_MAX);
#define TAKE_FLAG(name, detail)   row->name = bytes_take_bool(&r);
#define TAKE_TOTALS(name, detail) take_totals(&r, row);
#define TAKE_SINCE(number, detail) \
    if (version < number) return bytes_finish(&r);
#define TAKE_NAMES(name, detail) \
    for (unsigned i = 0; i < row->document_count; i++) row->name[i] = bytes_take_text(&r);
#define TAKE_HASHES(name, detail) \
    for (unsigned i = 0; i < row->document_count; i++) bytes_take_fixed(&r, &row->name[i], sizeof row->name[i]);
#define TAKE_IDS(name, detail) \
    row->document_count = bytes_take_count(&r, detail); \
    for (unsigned i = 0; i < row->document_count; i++) bytes_take_fixed(&r, row->name[i], sizeof row->name[i]);

static void put_totals(struct bytes_writer *w, const struct intake_document *d)
{
    ASSERT(d->total_count <= INTAKE_TOTALS_MAX);
    bytes_put_uint(w, d->total_count);
    for (unsigned i = 0; i < d->total_count; i++) {
        bytes_put_text(w, d->totals[i].currency);
        bytes_put_int128(w, d->totals[i].claimed_minor);
        bytes_put_int128(w, d->totals[i].passed_minor);
        bytes_put_int128(w, d->totals[i].rejected_minor);
    }
}

static void take_totals(struct bytes_reader *r, struct intake_document *d)
{
    d->total_count = bytes_take_count(r, INTAKE_TOTALS_MAX);
    for (unsigned i = 0; i < d->total_count; i++) {
        d->totals[i].currency = bytes_take_text(r);
        d->totals[i].claimed_minor = bytes_take_int128(r);
        d->totals[i].passed_minor = bytes_take_int128(r);
        d->totals[i].rejected_minor = bytes_take_int128(r);
    }
}

#define ROW_CODEC(noun, record, MEMBERS) \
    struct slice table_intake_put_##noun(struct arena *a, const struct record *row) \
    { \
        struct bytes_writer w = bytes_writer_in(a); \
        bytes_put_uint(&w, VERSION); \
        MEMBERS(PUT_MEMBER) \
        return bytes_written(&w); \
    } \
    enum err table_intake_take_##noun(struct slice value, struct record *row) \
    { \
        struct bytes_reader r = bytes_reader_of(value); \
        memset(row, 0, sizeof *row); \
        uint64_t version = bytes_take_uint(&r); \
        if (r.broken) return ERR_STATE_MALFORMED; \
        if (version < VERSION_OLDEST || version > VERSION) return ERR_STATE_OUTDATED; \
        MEMBERS(TAKE_MEMBER) \
        return bytes_finish(&r); \
    }
ROW_CODEC(document, intake_document, DOCUMENT_MEMBERS)
ROW_CODEC(key, intake_key, KEY_MEMBERS)
ROW_CODEC(request, intake_request, REQUEST_MEMBERS)
ROW_CODEC(report, intake_report, REPORT_MEMBERS)
ROW_CODEC(parked, intake_parked, PARKED_MEMBERS)
ROW_CODEC(numbers, intake_numbers, NUMBERS_MEMBERS)
#undef ROW_CODEC

struct slice intake_state_name(enum intake_state state)
{
    static const struct slice names[] = {
#define STATE(word) SLICE_INIT(#word),
        INTAKE_STATES(STATE)
#undef STATE
    };
    ASSERT(state < INTAKE_STATE_COUNT);
    return names[state];
}

#define TO(state) (1u << INTAKE_##state)

bool intake_document_may(enum intake_state from, enum intake_state to)
{
    static const unsigned allowed[INTAKE_STATE_COUNT] = {
        [INTAKE_RECEIVED]  = TO(SURVEYED) | TO(HELD) | TO(REJECTED) | TO(DUPLICATE) | TO(VALIDATED) | TO(POSTED),
        [INTAKE_SURVEYED]  = TO(POSTING) | TO(POSTED) | TO(HELD) | TO(REJECTED) | TO(DUPLICATE) | TO(VALIDATED),
        [INTAKE_POSTING]   = TO(POSTING) | TO(POSTED) | TO(REJECTED) | TO(VALIDATED),
        [INTAKE_POSTED]    = TO(ANSWERED),
        [INTAKE_HELD]      = TO(SURVEYED) | TO(REJECTED) | TO(RECEIVED),
        [INTAKE_REJECTED]  = TO(RECEIVED),              /* sent again: the next attempt */
        [INTAKE_VALIDATED] = TO(RECEIVED),
        [INTAKE_DUPLICATE] = TO(RECEIVED),
    };
    ASSERT(from < INTAKE_STATE_COUNT && to < INTAKE_STATE_COUNT);
    return allowed[from] >> to & 1u;
}

void intake_document_advance(struct intake_document *d, enum intake_state to)
{
    ASSERT(intake_document_may(d->state, to));
    d->state = to;
}

bool intake_document_add(struct intake_document *d, struct slice currency, int64_t claimed_minor, bool is_refused)
{
    unsigned k = 0;
    while (k < d->total_count && !slice_equal(d->totals[k].currency, currency)) k++;
    if (k == INTAKE_TOTALS_MAX) return false;
    if (k == d->total_count) d->totals[d->total_count++] = (struct intake_total){ .currency = currency };
    d->totals[k].claimed_minor += claimed_minor;
    *(is_refused ? &d->totals[k].rejected_minor : &d->totals[k].passed_minor) += claimed_minor;
    return true;
}

#define KEEP_MEMBER(type, name, detail) KEEP_##type(name)
#define KEEP_TEXT(name)  d->name = slice_copy(a, d->name);
#define KEEP_TOTALS(name) \
    for (unsigned i = 0; i < d->total_count; i++) d->name[i].currency = slice_copy(a, d->name[i].currency);
#define KEEP_ENUM(name)
#define KEEP_FIXED(name)
#define KEEP_INT(name)
#define KEEP_UINT64(name)
#define KEEP_UINT32(name)
#define KEEP_FLAG(name)
#define KEEP_SINCE(version)

void intake_document_keep(struct arena *a, struct intake_document *d)
{
    DOCUMENT_MEMBERS(KEEP_MEMBER)
}
