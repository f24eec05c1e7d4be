/* Golden bytes of the released contract (tests/golden/wire/v1): written once with protoc from the text beside them,
 * every field of every message filled. What was ever written must be read and packed again to the bit. */
#include "base/assert.h"
#include "support/wire.h"
#include "wire/dossier_codec.h"
#include "wire/messages.h"
#include "wire/reference_codec.h"

#include <stdio.h>

enum { GOLDEN_BYTES_MAX = 64 << 10 };

static struct slice golden(const char *name)
{
    char path[128];
    char *bytes = arena_alloc(test_arena(), GOLDEN_BYTES_MAX);
    snprintf(path, sizeof path, "tests/golden/wire/v1/%s.bin", name);
    FILE *file = fopen(path, "rb");
    if (!file) fprintf(stderr, "%s cannot be opened; run from the root of the project\n", path);
    ASSERT(file != NULL);
    size_t size = fread(bytes, 1, GOLDEN_BYTES_MAX, file);
    ASSERT(fclose(file) == 0 && size > 0 && size < GOLDEN_BYTES_MAX);
    return slice_of(bytes, size);
}

static void read_and_write(const struct message *m, struct slice bytes, void *record)
{
    struct slice again = { 0 };
    CHECK(message_decode(m, test_arena(), bytes, record) == OK);
    CHECK(wire_agrees_with_protobuf(m, record, bytes));
    CHECK(message_encode(m, test_arena(), record, DOSSIER_BYTES_MAX, &again) == OK);
    CHECK_SLICE(again, bytes);
}

/* Every member of the record was given: a golden message leaves nothing out. */
static bool has_every_field(const struct message *m, struct slice bytes)
{
    bool seen[MESSAGE_NUMBERS_MAX] = { false };
    struct message_cursor c = message_cursor_over(bytes);
    enum err e;
    while (message_next(&c, &e)) seen[c.number < MESSAGE_NUMBERS_MAX ? c.number : 0] = true;
    for (unsigned i = 0; i < m->field_count; i++)
        if (!seen[m->fields[i].number]) return false;
    return e == OK;
}

TEST(the_golden_line_is_read_and_written)
{
    struct line l = { 0 };
    struct slice bytes = golden("submission");
    CHECK(has_every_field(&line_message, bytes));
    read_and_write(&line_message, bytes, &l);
    CHECK(l.kind == KIND_POS_RETURN);
    CHECK_TEXT(l.partner_id, "PARTN-3");
    CHECK_TEXT(l.invoice_no, "invoice no 4");
    CHECK_TEXT(l.invoice_line, "6");
    CHECK_INT(l.invoice_date, 20260108);
    CHECK_INT(l.ship_date, 20260109);
    CHECK_INT(l.qty_milli, 110000209);
    CHECK(l.has_resale_unit_micros && l.resale_unit_micros == -13000039);
    CHECK_TEXT(l.sold_to.city, "M\303\274nchen");
    CHECK(l.sold_to.role == ROLE_RETAILER && l.end_customer.role == ROLE_END_USER);
    CHECK(l.has_claimed_amount_minor && l.claimed_amount_minor == 420000798);
    CHECK_TEXT(l.claim_line, "46");
    CHECK_INT(l.serials.count, 2);
    CHECK_TEXT(l.serials.items[1], "serials 61");
    CHECK(l.direct_ship && l.summary && l.opening && l.test && l.submission_no == 99);
    CHECK(l.agreement && l.agreement->line_count == 2 && l.agreement->customer_count == 2
          && l.agreement->lines[0].products.count == 2);
    CHECK(l.deal && l.preapproval && l.roster && l.document_count == 2 && l.documents[0].has_sha256
          && l.extra_count == 2);
}

TEST(the_golden_payout_is_read_and_written)
{
    struct payout p = { 0 };
    struct slice bytes = golden("payout");
    CHECK(has_every_field(&payout_message, bytes));
    read_and_write(&payout_message, bytes, &p);
    CHECK_TEXT(p.currency, "EUR");
    CHECK(p.payout_id.size == ID_HEX && p.line_id.size == ID_HEX && p.document_id.size == SHA256_HEX
          && p.tax_reportable);
}

TEST(the_golden_review_is_read_and_written)
{
    struct review r = { 0 };
    struct slice bytes = golden("review");
    CHECK(has_every_field(&review_message, bytes));
    read_and_write(&review_message, bytes, &r);
    CHECK(r.has_clearance_hash && r.actor_roles.count == 2);
}

TEST(the_golden_partner_is_read_and_written)
{
    struct partner p;
    struct publication publication;
    struct partner_record record = { 0 };
    struct slice bytes = golden("partner");
    CHECK(has_every_field(&partner_message, bytes));
    read_and_write(&partner_message, bytes, &record);
    CHECK(partner_decode(test_arena(), bytes, &p, &publication) == OK);
    CHECK(p.status_count == 2 && p.statuses[0].status == PARTNER_STATUS_ACTIVE
          && p.statuses[1].status == PARTNER_STATUS_SUSPENDED);
    CHECK_TEXT(p.tiers[1].tier, "SILVER");
    CHECK_INT(p.utc_offset_minutes, -300);
    CHECK(p.owner_count == 2 && p.owners[0].owner_count == 2 && p.owners[0].owners[1].has_share);
    CHECK(publication.author_id.size && publication.approver_id.size && publication.published_at_unix_ms > 0);
}

TEST(the_golden_references_are_read_and_written)
{
    static const struct { const char *name; enum reference_type type; } rows[] = {
        { "reference-terms", REFERENCE_PROGRAM }, { "reference-product", REFERENCE_PRODUCT },
        { "reference-price-list", REFERENCE_PRICE_LIST }, { "reference-fx", REFERENCE_FX_TABLE },
        { "reference-tax", REFERENCE_TAX_TABLE }, { "reference-party", REFERENCE_PARTY },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reference r;
        struct slice bytes = golden(rows[i].name), again;
        CHECK(reference_decode(test_arena(), bytes, &r) == OK);
        CHECK(r.type == rows[i].type);
        CHECK(reference_encode(test_arena(), &r, &again) == OK);
        CHECK_SLICE(again, bytes);
        read_and_write(&reference_message, bytes, arena_alloc(test_arena(), reference_message.bytes));
    }
}

static void read_and_write_section(enum section s, struct slice value, struct slice *rebuilt)
{
    static const struct message *const messages[SECTION_COUNT] = { &line_message,           &receipt_message,
                                                                   &classification_message, &clearance_message,
                                                                   &review_message,         &payout_section_message };
    void *section = arena_alloc(test_arena(), messages[s]->bytes);
    struct slice packed;
    CHECK(has_every_field(messages[s], value));
    read_and_write(messages[s], value, section);
    CHECK(section_encode(test_arena(), s, section, &packed) == OK);
    CHECK(dossier_append(test_arena(), *rebuilt, packed, rebuilt) == OK);
}

TEST(the_golden_dossier_is_read_and_built_again_section_by_section)
{
    struct dossier d;
    struct slice bytes = golden("dossier"), rebuilt = { 0 };
    struct message_cursor c = message_cursor_over(bytes);
    enum err e;
    while (message_next(&c, &e)) read_and_write_section((enum section)(c.number - 1), c.value, &rebuilt);
    CHECK(e == OK);
    CHECK_SLICE(rebuilt, bytes);
    CHECK(dossier_decode(test_arena(), bytes, &d) == OK);
    for (enum section s = 0; s < SECTION_COUNT; s++) CHECK_INT(d.section_counts[s], 2);
    CHECK(d.review_count == 2 && d.classification->candidate_count == 2 && d.clearance->struck_count == 2);
    CHECK(d.payout->program_count == 2 && d.payout->programs[1].working_count == 2 && d.payout->entry_count == 2);
    CHECK(d.payout->programs[0].workings[0].inputs[1].divisor == 3 && d.clearance->has_deal
          && d.clearance->has_accepted_qty);
    CHECK(d.receipt->warning_count == 2 && d.receipt->has_profile_sha256 && d.clearance->lists[1].sha256[0] != 0);
}
