/* intake/standing.c: one row a line, for decided lines one row a document, one for each line that was taken back. */
#include "intake/standing.h"

#include "base/assert.h"
#include "intake/register.h"
#include "wire/bytes.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum {
    VERSION = 1,
    LINE_VERSION = 3,
    DOCUMENT_BYTES = 16,
    LINE_BYTES = 16,
    KEY_BYTES = DOCUMENT_BYTES + LINE_BYTES,
    LINES_MIN = 256,
    PAYOUTS_MAX = 32,
    ROWS_MAX = 2000000
}; /* what has doubled up to so many still fits into the arena of an answer */

/* Rows of lines: version, outcome, what was approved, reasons, the payouts that it earned. Of lines and payouts taken
 * back: the document that did it first. */
struct standing_line_row {
    uint8_t            key[LINE_BYTES];
    struct disposition disposition;
    bool               is_decided, is_ended;
    uint8_t            ended_by[DOCUMENT_BYTES];
};

/* Keys: the first halves of both ids, as bytes. */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool put_hex(struct text *t, struct slice hex, size_t bytes)
{
    if (hex.size < 2 * bytes) return false;
    for (size_t k = 0; k < bytes; k++) {
        int high = digit(hex.bytes[2 * k]), low = digit(hex.bytes[2 * k + 1]);
        if (high < 0 || low < 0) return false;
        text_put_byte(t, (char)(high << 4 | low));
    }
    return true;
}

/* Taking */

static void add_approved(struct reply_standing *s, struct slice currency, int64_t minor)
{
    unsigned k = 0;
    while (k < s->approved_count && !slice_equal(s->approved[k].currency, currency)) k++;
    if (k == INTAKE_TOTALS_MAX) return;
    if (k == s->approved_count) s->approved[s->approved_count++] = (struct intake_total){ .currency = currency };
    s->approved[k].passed_minor += minor;
}

/* What is owed: one ledger only (surfaces.md 7.1). */
static void count_decided(struct reply_standing *s, const struct dossier *d)
{
    const struct judgement *j = dossier_standing(d);
    s->decided++;
    s->shorted += j && j->outcome == OUTCOME_SHORT;
    s->refused += j && j->outcome == OUTCOME_REJECT;
    for (unsigned k = 0; d->payout && k < d->payout->entry_count; k++)
        if (slice_equal(d->payout->entries[k].ledger, SLICE("EARNED")))
            add_approved(s, d->payout->entries[k].currency, d->payout->entries[k].amount_minor);
}

static struct slice put_document(struct arena *a, const struct reply_standing *s)
{
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_uint(&w, VERSION);
    bytes_put_uint(&w, s->decided);
    bytes_put_uint(&w, s->shorted);
    bytes_put_uint(&w, s->refused);
    bytes_put_uint(&w, s->approved_count);
    for (unsigned k = 0; k < s->approved_count; k++) {
        bytes_put_text(&w, s->approved[k].currency);
        bytes_put_int128(&w, s->approved[k].passed_minor);
    }
    return bytes_written(&w);
}

static enum err take_document(struct slice value, struct reply_standing *s)
{
    struct bytes_reader r = bytes_reader_of(value);
    memset(s, 0, sizeof *s);
    if (bytes_take_uint(&r) != VERSION) return ERR_STATE_MALFORMED;
    s->decided = bytes_take_uint(&r);
    s->shorted = bytes_take_uint(&r);
    s->refused = bytes_take_uint(&r);
    s->approved_count = bytes_take_count(&r, INTAKE_TOTALS_MAX);
    for (unsigned k = 0; k < s->approved_count; k++) {
        s->approved[k].currency = bytes_take_text(&r);
        s->approved[k].passed_minor = bytes_take_int128(&r);
    }
    return bytes_finish(&r);
}

static enum err add_document(struct arena *a, struct store *s, struct slice key, const struct dossier *d)
{
    struct slice value;
    struct reply_standing standing = { 0 };
    TRY(store_get(s, STANDING_DOCUMENTS, key, &value));
    if (value.size) TRY(take_document(value, &standing));
    count_decided(&standing, d);
    return store_put(s, STANDING_DOCUMENTS, key, put_document(a, &standing));
}

/* What a REVERSE may name instead of the line. */
static void put_payouts(struct bytes_writer *w, const struct payout_section *p)
{
    char room[PAYOUTS_MAX * LINE_BYTES];
    struct text t = text_over(room, sizeof room);
    for (unsigned k = 0; p && k < p->entry_count && t.size < sizeof room; k++) {
        size_t before = t.size;
        if (p->entries[k].reverses_payout_id.size > 0) continue;
        if (!put_hex(&t, p->entries[k].payout_id, LINE_BYTES)) t.size = before;
    }
    bytes_put_text(w, text_slice(&t));
}

static struct slice put_line(struct arena *a, const struct dossier *d, const struct judgement *j)
{
    struct bytes_writer w = bytes_writer_in(a);
    unsigned reasons = !j ? 0 : j->reason_count < RESPONSE_CODES_MAX ? j->reason_count : RESPONSE_CODES_MAX;
    bytes_put_uint(&w, LINE_VERSION);
    bytes_put_uint(&w, j ? (uint64_t)j->outcome : OUTCOME_UNSPECIFIED);
    bytes_put_int(&w, d->line ? response_approved_minor(d, d->line->currency) : 0);
    bytes_put_uint(&w, reasons);
    for (unsigned k = 0; k < reasons; k++) bytes_put_uint(&w, (uint64_t)j->reasons[k].code);
    put_payouts(&w, d->payout);
    return bytes_written(&w);
}

/* `payouts`: where their ids stand in the value. */
static enum err take_line(struct slice value, struct disposition *d, struct slice *payouts)
{
    struct bytes_reader r = bytes_reader_of(value);
    *d = (struct disposition){ 0 };
    if (bytes_take_uint(&r) != LINE_VERSION) return ERR_STATE_MALFORMED;
    d->outcome = (enum outcome)bytes_take_uint(&r);
    d->approved_minor = bytes_take_int(&r);
    d->reason_count = bytes_take_count(&r, RESPONSE_CODES_MAX);
    for (unsigned k = 0; k < d->reason_count; k++) d->reasons[k] = (enum reason_code)bytes_take_uint(&r);
    *payouts = bytes_take_text(&r);
    return bytes_finish(&r);
}

/* What took a line back before stays the one that did. */
static enum err end_line(struct arena *a, struct store *s, struct slice line_id, struct slice document_id)
{
    struct text key = text_in(a, LINE_BYTES), by = text_in(a, DOCUMENT_BYTES);
    struct slice before;
    if (!put_hex(&key, line_id, LINE_BYTES) || !put_hex(&by, document_id, DOCUMENT_BYTES)) return OK;
    TRY(store_get(s, STANDING_ENDED, text_slice(&key), &before));
    return before.size ? OK : store_put(s, STANDING_ENDED, text_slice(&key), text_slice(&by));
}

/* The lines that a correction names, as it says itself or as the stages found them. */
static enum err end_lines(struct arena *a, struct store *s, struct slice bytes)
{
    struct dossier d;
    if (dossier_decode(a, bytes, &d) != OK || !d.receipt || !d.line) return OK;
    const struct judgement *j = dossier_standing(&d);
    if (!j || j->outcome == OUTCOME_REJECT) return OK;
    struct slice by = d.receipt->document_id, ended[] = {
        d.line->original_line_ref,
        d.clearance ? d.clearance->original_line_id : (struct slice){ 0 },
        d.clearance ? d.clearance->reaches_line_id : (struct slice){ 0 },
        j->withdrew_line_id,
    };
    for (unsigned k = 0; k < sizeof ended / sizeof *ended; k++) TRY(end_line(a, s, ended[k], by));
    for (unsigned k = 0; k < d.line->line_refs.count; k++) TRY(end_line(a, s, d.line->line_refs.items[k], by));
    for (unsigned k = 0; k < d.line->payout_ids.count; k++) TRY(end_line(a, s, d.line->payout_ids.items[k], by));
    return OK;
}

static bool ends_lines(const struct dossier *d)
{
    enum kind kind = d->line ? d->line->kind : KIND_UNSPECIFIED;
    return kind == KIND_CANCEL || kind == KIND_REPLACE || kind == KIND_REVERSE;
}

enum err standing_take(struct arena *a, struct store *s, const struct record *record)
{
    struct dossier d;
    struct slice value;
    struct text key = text_in(a, KEY_BYTES);
    if (dossier_decode_outline(a, record->value, &d) != OK || dossier_is_case(&d) || !d.receipt) return OK;
    if (!put_hex(&key, d.receipt->document_id, DOCUMENT_BYTES) || !put_hex(&key, d.receipt->line_id, LINE_BYTES))
        return OK;
    const struct judgement *j = dossier_standing(&d);
    bool is_decided = record->topic == TOPIC_CLAIMS_DECIDED;
    TRY(store_get(s, STANDING_LINES, text_slice(&key), &value));
    if (is_decided && value.size) return OK;        /* counted before */
    TRY(store_put(s, STANDING_LINES, text_slice(&key), put_line(a, &d, j)));
    if (is_decided && ends_lines(&d)) TRY(end_lines(a, s, record->value));
    return is_decided ? add_document(a, s, slice_head(text_slice(&key), DOCUMENT_BYTES), &d) : OK;
}

/* Asking */

static void add_up(struct arena *a, struct reply_standing *to, const struct reply_standing *from)
{
    to->decided += from->decided;
    to->shorted += from->shorted;
    to->refused += from->refused;
    for (unsigned k = 0; k < from->approved_count; k++) {
        unsigned before = to->approved_count;
        int64_t minor = (int64_t)from->approved[k].passed_minor;
        add_approved(to, from->approved[k].currency, minor);
        if (to->approved_count > before) to->approved[before].currency = slice_copy(a, from->approved[k].currency);
    }
}

struct held_walk { struct store *const *decided; int32_t partitions; struct reply_standing *out; };

static enum err is_decided(const struct held_walk *w, struct slice key, bool *is)
{
    struct slice value;
    *is = false;
    for (int32_t k = 0; k < w->partitions && !*is; k++) {
        TRY(store_get(w->decided[k], STANDING_LINES, key, &value));
        *is = value.size > 0;
    }
    return OK;
}

static enum err count_held(void *context, struct slice key, struct slice value)
{
    struct held_walk *w = context;
    bool is;
    if (value.size < 2) return ERR_STATE_MALFORMED;
    TRY(is_decided(w, key, &is));
    if (is) return OK;
    switch ((enum outcome)value.bytes[1]) {
    case OUTCOME_PARK: w->out->parked++; break;
    case OUTCOME_REJECT:                            /* withdrawn, by a correction that waits itself */
        w->out->decided++;
        w->out->refused++;
        break;
    default: w->out->held++;
    }
    return OK;
}

enum err standing_of(struct arena *a, struct store *const *decided, struct store *const *held, int32_t partitions,
                     const uint8_t document_id[SHA256_BYTES], struct reply_standing *out)
{
    struct slice prefix = slice_of((const char *)document_id, DOCUMENT_BYTES), value;
    struct held_walk walk = { decided, partitions, out };
    struct reply_standing part;
    memset(out, 0, sizeof *out);
    for (int32_t k = 0; k < partitions; k++) {
        TRY(store_get(decided[k], STANDING_DOCUMENTS, prefix, &value));
        if (value.size == 0) continue;
        TRY(take_document(value, &part));
        add_up(a, out, &part);
    }
    for (int32_t k = 0; k < partitions; k++)
        TRY(store_scan(held[k], STANDING_LINES, prefix, (struct slice){ 0 }, count_held, &walk));
    return OK;
}

/* Lines by key. A row of what was decided stands before one of what was held. */

struct gathering {
    struct arena          *arena;
    struct store          *ended;
    struct standing_lines *out;
    uint32_t               capacity;
    bool                   is_decided;              /* the table that is walked is of claims.decided.v1 */
};

static enum err look_for_end(const struct gathering *g, struct standing_line_row *row, struct slice key)
{
    struct slice by;
    TRY(store_get(g->ended, STANDING_ENDED, key, &by));
    row->is_ended = by.size == DOCUMENT_BYTES;
    if (row->is_ended) memcpy(row->ended_by, by.bytes, DOCUMENT_BYTES);
    return OK;
}

static enum err gather(void *context, struct slice key, struct slice value)
{
    struct gathering *g = context;
    if (key.size != KEY_BYTES) return ERR_STATE_MALFORMED;
    if (g->out->count == g->capacity) {
        if (g->capacity >= ROWS_MAX) return ERR_MEMORY_EXHAUSTED;
        struct standing_line_row *more = ARENA_ARRAY(g->arena, 2 * g->capacity + LINES_MIN, struct standing_line_row);
        if (g->out->count) memcpy(more, g->out->rows, g->out->count * sizeof *more);
        g->capacity = 2 * g->capacity + LINES_MIN;
        g->out->rows = more;
    }
    struct standing_line_row *row = &g->out->rows[g->out->count++];
    struct slice payouts;
    *row = (struct standing_line_row){ .is_decided = g->is_decided };
    memcpy(row->key, key.bytes + DOCUMENT_BYTES, LINE_BYTES);
    TRY(take_line(value, &row->disposition, &payouts));
    payouts = slice_copy(g->arena, payouts);
    TRY(look_for_end(g, row, slice_of((const char *)row->key, LINE_BYTES)));
    for (; payouts.size >= LINE_BYTES && !row->is_ended; payouts = slice_skip(payouts, LINE_BYTES))
        TRY(look_for_end(g, row, slice_head(payouts, LINE_BYTES)));
    return OK;
}

static int by_key(const void *a, const void *b)
{
    const struct standing_line_row *x = a, *y = b;
    int order = memcmp(x->key, y->key, LINE_BYTES);
    return order ? order : y->is_decided - x->is_decided;
}

enum err standing_lines_of(struct arena *a, struct store *const *decided, struct store *const *held, int32_t partitions,
                           const uint8_t document_id[SHA256_BYTES], struct standing_lines *out)
{
    struct slice prefix = slice_of((const char *)document_id, DOCUMENT_BYTES);
    struct gathering g = { .arena = a, .out = out };
    *out = (struct standing_lines){ 0 };
    for (int32_t k = 0; k < partitions; k++) {
        g.ended = decided[k];                       /* a line and what takes it back are of one root */
        g.is_decided = true;
        TRY(store_scan(decided[k], STANDING_LINES, prefix, (struct slice){ 0 }, gather, &g));
        g.is_decided = false;
        TRY(store_scan(held[k], STANDING_LINES, prefix, (struct slice){ 0 }, gather, &g));
    }
    if (out->count) qsort(out->rows, out->count, sizeof *out->rows, by_key);
    return OK;
}

/* The first of its key, NULL none. */
static const struct standing_line_row *find_row(const struct standing_lines *lines, struct slice line_id)
{
    char room[LINE_BYTES];
    struct text key = text_over(room, sizeof room);
    uint32_t from = 0, to = lines->count;
    if (!put_hex(&key, line_id, LINE_BYTES)) return NULL;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (memcmp(lines->rows[middle].key, room, LINE_BYTES) < 0) from = middle + 1;
        else to = middle;
    }
    if (from == lines->count || memcmp(lines->rows[from].key, room, LINE_BYTES) != 0) return NULL;
    return &lines->rows[from];
}

bool standing_find(const struct standing_lines *lines, struct slice line_id, struct disposition *out)
{
    const struct standing_line_row *row = find_row(lines, line_id);
    if (row) *out = row->disposition;
    return row != NULL;
}

bool standing_is_ended(const struct standing_lines *lines, struct slice line_id, const uint8_t but[SHA256_BYTES])
{
    const struct standing_line_row *row = find_row(lines, line_id);
    if (!row) return false;
    if (row->is_ended && !(but && memcmp(row->ended_by, but, DOCUMENT_BYTES) == 0)) return true;
    const struct disposition *d = &row->disposition;
    bool is_withdrawn = false;
    for (unsigned k = 0; k < d->reason_count; k++) is_withdrawn |= d->reasons[k] == REASON_WITHDRAWN;
    return is_withdrawn && !row->is_ended;
}

/* What was refused */

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, LINE_BYTES);
}

/* Of a line that was held first and refused then, the refusal stands before the hold. */
enum err standing_refusals_add(struct standing_refusals *r, const struct standing_lines *lines)
{
    for (uint32_t k = 0; k < lines->count; k++) {
        const struct standing_line_row *row = &lines->rows[k];
        bool is_first = k == 0 || memcmp(row[-1].key, row->key, LINE_BYTES) != 0;
        if (!is_first || row->disposition.outcome != OUTCOME_REJECT) continue;
        if (r->count == r->capacity) {
            uint32_t capacity = r->capacity ? 2 * r->capacity : LINES_MIN;
            void *more = reallocarray(r->keys, capacity, sizeof *r->keys);
            if (!more) return ERR_MEMORY_EXHAUSTED;
            r->keys = more;
            r->capacity = capacity;
        }
        memcpy(r->keys[r->count++], row->key, LINE_BYTES);
    }
    if (r->count) qsort(r->keys, r->count, sizeof *r->keys, by_bytes);
    return OK;
}

bool standing_refusals_hold(const struct standing_refusals *r, struct slice line_id)
{
    char room[LINE_BYTES];
    struct text key = text_over(room, sizeof room);
    return r->count > 0 && put_hex(&key, line_id, LINE_BYTES)
           && bsearch(room, r->keys, r->count, sizeof *r->keys, by_bytes) != NULL;
}

void standing_refusals_free(struct standing_refusals *r)
{
    free(r->keys);
    *r = (struct standing_refusals){ 0 };
}
