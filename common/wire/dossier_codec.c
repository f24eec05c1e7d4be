/* wire/dossier_codec.c: a dossier as a row of packed sections: begun, appended to, read. */
#include "wire/dossier_codec.h"

#include "base/assert.h"
#include "wire/messages.h"
#include "wire/varint.h"

/* Fields of Dossier, by section; the number is the position in the enum + 1. */
static const struct message *const section_messages[SECTION_COUNT] = {
    [SECTION_SUBMISSION] = &line_message,
    [SECTION_RECEIPT] = &receipt_message,
    [SECTION_CLASSIFICATION] = &classification_message,
    [SECTION_CLEARANCE] = &clearance_message,
    [SECTION_REVIEW] = &review_message,
    [SECTION_PAYOUT] = &payout_section_message,
};

static unsigned number_of(enum section s)
{
    return (unsigned)s + 1;
}

enum { CONTRACT_NUMBER = 15, CONTRACT_BYTES = 8 };

/* Where the sections stand; sections of stages that this build does not know are passed over. */
struct layout {
    unsigned     counts[SECTION_COUNT];
    struct slice last[SECTION_COUNT];
    struct slice reviews[SECTIONS_OF_A_KIND_MAX];
    uint64_t     contract;                          /* the greatest that is said */
    size_t       floor;                             /* of the arena: all sections share one bound of memory */
    bool         is_outline;
};

static enum err note_section(struct layout *layout, const struct message_cursor *c)
{
    if (c->number == CONTRACT_NUMBER && c->wire_type == WIRE_VARINT && c->whole > layout->contract)
        layout->contract = c->whole;
    if (c->number > SECTION_COUNT) return OK;
    if (c->wire_type != WIRE_SIZED) return ERR_WIRE_MALFORMED;
    enum section s = (enum section)(c->number - 1);
    if (layout->counts[s] == SECTIONS_OF_A_KIND_MAX) return ERR_WIRE_BOUND;
    if (s == SECTION_REVIEW) layout->reviews[layout->counts[s]] = c->value;
    layout->counts[s]++;
    layout->last[s] = c->value;
    return OK;
}

static enum err lay_out(struct slice bytes, struct layout *layout)
{
    if (bytes.size > DOSSIER_BYTES_MAX) return ERR_WIRE_TOO_LARGE;
    struct message_cursor c = message_cursor_over(bytes);
    enum err e;
    memset(layout->counts, 0, sizeof layout->counts);
    layout->contract = 0;
    while (message_next(&c, &e)) TRY(note_section(layout, &c));
    return e;
}

static enum err decode_last(struct arena *a, const struct layout *layout, enum section s, const void **section)
{
    *section = NULL;
    if (layout->counts[s] == 0) return OK;
    void *record = arena_alloc(a, section_messages[s]->bytes);
    *section = record;
    if (layout->is_outline)
        return message_decode_outline(section_messages[s], a, layout->floor, layout->last[s], record);
    return message_decode_above(section_messages[s], a, layout->floor, layout->last[s], record);
}

static enum err decode_reviews(struct arena *a, const struct layout *layout, struct dossier *d)
{
    unsigned count = layout->counts[SECTION_REVIEW];
    if (count == 0) return OK;
    struct review *reviews = ARENA_ARRAY(a, count, struct review);
    d->reviews = reviews;
    d->review_count = count;
    for (unsigned i = 0; i < count; i++)
        TRY(message_decode_above(&review_message, a, layout->floor, layout->reviews[i], &reviews[i]));
    return OK;
}

/* A line has what intake gives it; a case has neither, but names itself. */
static enum err check_sections(const struct dossier *d)
{
    if (dossier_is_case(d)) return OK;              /* of receipt and clearance: screening.md 4.5 */
    return d->line && d->receipt ? OK : ERR_WIRE_FIELD;
}

static enum err decode(struct arena *a, struct slice bytes, bool is_outline, struct dossier *d)
{
    struct layout layout;
    *d = (struct dossier){ .bytes = bytes };
    TRY(lay_out(bytes, &layout));
    if (layout.contract > DOSSIER_CONTRACT) return ERR_WIRE_AHEAD;      /* before a word that is not known kills it */
    d->contract = (unsigned)layout.contract;
    layout.floor = arena_mark(a);
    layout.is_outline = is_outline;
    memcpy(d->section_counts, layout.counts, sizeof layout.counts);
    TRY(decode_last(a, &layout, SECTION_SUBMISSION, (const void **)&d->line));
    TRY(decode_last(a, &layout, SECTION_RECEIPT, (const void **)&d->receipt));
    TRY(decode_last(a, &layout, SECTION_CLASSIFICATION, (const void **)&d->classification));
    TRY(decode_last(a, &layout, SECTION_CLEARANCE, (const void **)&d->clearance));
    TRY(decode_last(a, &layout, SECTION_PAYOUT, (const void **)&d->payout));
    TRY(decode_reviews(a, &layout, d));
    return check_sections(d);
}

enum err dossier_decode(struct arena *a, struct slice bytes, struct dossier *d)
{
    return decode(a, bytes, false, d);
}

enum err dossier_decode_outline(struct arena *a, struct slice bytes, struct dossier *d)
{
    return decode(a, bytes, true, d);
}

enum {
    RECEIPT_LINE_ID = 1,
    RECEIPT_PARTNER_ROOT_ID = 2,
    CLEARANCE_CASE_ID = 26,
    PAYOUT_SECTION_ENTRIES = 17,
    PAYOUT_LINE_ID = 2
};

/* The last values of two text fields, without unpacking the message. */
static enum err peek_texts(struct slice message, unsigned number, struct slice *text, unsigned other_number,
                           struct slice *other)
{
    struct message_cursor c = message_cursor_over(message);
    enum err e;
    while (message_next(&c, &e)) {
        if (c.wire_type != WIRE_SIZED) continue;
        if (c.number == number) *text = c.value;
        else if (c.number == other_number) *other = c.value;
    }
    if (e == OK && !(utf8_is_valid(*text) && utf8_is_valid(*other))) return ERR_WIRE_TEXT;
    return e;
}

static enum err peek_text(struct slice message, unsigned number, struct slice *text)
{
    return peek_texts(message, number, text, number, text);
}

enum err dossier_peek(struct slice bytes, struct dossier_peek *p)
{
    struct layout layout;
    *p = (struct dossier_peek){ 0 };
    TRY(lay_out(bytes, &layout));
    memcpy(p->section_counts, layout.counts, sizeof layout.counts);
    if (layout.counts[SECTION_SUBMISSION] == 0
        && layout.counts[SECTION_CLEARANCE]) { /* a case: receipt and clearance alone */
        TRY(peek_text(layout.last[SECTION_CLEARANCE], CLEARANCE_CASE_ID, &p->case_id));
        if (p->case_id.size == 0) return ERR_WIRE_FIELD;
        return layout.counts[SECTION_RECEIPT]
                   ? peek_text(layout.last[SECTION_RECEIPT], RECEIPT_PARTNER_ROOT_ID, &p->partner_root_id)
                   : OK;
    }
    if (layout.counts[SECTION_RECEIPT] == 0) return ERR_WIRE_FIELD;
    TRY(peek_texts(layout.last[SECTION_RECEIPT], RECEIPT_LINE_ID, &p->line_id, RECEIPT_PARTNER_ROOT_ID,
                   &p->partner_root_id));
    return p->line_id.size && p->partner_root_id.size ? OK : ERR_WIRE_FIELD;
}

enum err payout_peek(struct slice bytes, struct slice *line_id)
{
    *line_id = (struct slice){ 0 };
    TRY(peek_text(bytes, PAYOUT_LINE_ID, line_id));
    return line_id->size ? OK : ERR_WIRE_FIELD;
}

enum err section_encode(struct arena *a, enum section s, const void *section, struct slice *packed)
{
    ASSERT(s < SECTION_COUNT && section != NULL);
    struct message_packer p = message_packer_in(a, DOSSIER_BYTES_MAX);
    TRY(message_pack_field(&p, number_of(s), section_messages[s], section));
    *packed = message_packed(&p);
    return OK;
}

void section_entries(struct slice packed, struct slice *entries, unsigned count)
{
    struct message_cursor c = message_cursor_over(packed);
    enum err e;
    unsigned found = 0;
    ASSERT(message_next(&c, &e) && c.number == number_of(SECTION_PAYOUT));
    for (c = message_cursor_over(c.value); message_next(&c, &e);) {
        if (c.number != PAYOUT_SECTION_ENTRIES) continue;
        ASSERT(found < count);
        entries[found++] = c.value;
    }
    ASSERT(e == OK && found == count);
}

enum err dossier_append(struct arena *a, struct slice incoming, struct slice packed, struct slice *out)
{
    ASSERT(incoming.size <= DOSSIER_BYTES_MAX && packed.size > 0);
    if (packed.size > DOSSIER_BYTES_MAX - incoming.size) return ERR_WIRE_TOO_LARGE;
    char *bytes = arena_take(a, incoming.size + packed.size);
    if (incoming.size) memcpy(bytes, incoming.bytes, incoming.size);
    memcpy(bytes + incoming.size, packed.bytes, packed.size);
    *out = slice_of(bytes, incoming.size + packed.size);
    return OK;
}

enum err dossier_append_contract(struct arena *a, struct slice incoming, unsigned contract, struct slice *out)
{
    uint8_t bytes[CONTRACT_BYTES] = { CONTRACT_NUMBER << 3 | WIRE_VARINT };
    ASSERT(contract > 0);
    size_t size = 1 + varint_put(bytes + 1, contract);
    return dossier_append(a, incoming, slice_of((const char *)bytes, size), out);
}

enum err dossier_begin(struct arena *a, const struct line *l, const struct receipt *r, struct slice *out)
{
    struct message_packer p = message_packer_in(a, DOSSIER_BYTES_MAX);
    TRY(message_pack_field(&p, number_of(SECTION_RECEIPT), &receipt_message, r));
    TRY(message_pack_field(&p, number_of(SECTION_SUBMISSION), &line_message, l));
    *out = message_packed(&p);
    return OK;
}

struct hash128 dossier_section_hash(struct slice dossier_bytes, enum section s)
{
    struct layout layout;
    if (s >= SECTION_COUNT || lay_out(dossier_bytes, &layout) != OK || layout.counts[s] == 0)
        return (struct hash128){ { 0 } };
    return hash_bytes(layout.last[s]);
}

struct slice dossier_before_section(struct slice dossier_bytes, enum section s)
{
    struct message_cursor c = message_cursor_over(dossier_bytes);
    struct slice before = { 0 };
    size_t end = 0;
    enum err e;
    while (message_next(&c, &e)) {
        if (c.number == number_of(s)) before = slice_head(dossier_bytes, end);
        end = (size_t)(c.at - (const uint8_t *)dossier_bytes.bytes);
    }
    return e == OK ? before : (struct slice){ 0 };
}

struct slice dossier_until_review(struct slice dossier_bytes, uint32_t sequence)
{
    struct layout layout;
    if (lay_out(dossier_bytes, &layout) != OK || sequence == 0 || sequence > layout.counts[SECTION_REVIEW])
        return (struct slice){ 0 };
    struct slice last = layout.reviews[sequence - 1];
    return slice_head(dossier_bytes, (size_t)(last.bytes + last.size - dossier_bytes.bytes));
}
