#include "intake/submission.h"

#include "base/assert.h"
#include "intake/document.h"
#include "intake/json_out.h"
#include "intake/line_json.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

#include <stdio.h>

enum { LINES = 3000, TOLD_MAX = 1 << 16 };

static uint64_t state;

static uint64_t upto(uint64_t n)
{
    return test_random(&state) % n;
}

/* Values on both sides of each rule: clean, too long, padded, foreign, empty, broken. */

static struct slice any_text(void)
{
    static const char *const texts[] = { "A-1",
                                         "4711",
                                         "  padded ",
                                         "",
                                         "N-100",
                                         "EA",
                                         "USD",
                                         "EUR",
                                         "QQQ",
                                         "FR",
                                         "M\xc3\xa4rz",
                                         "a\xe2\x80\x8b"
                                         "b",
                                         "line\nbreak",
                                         "12O",
                                         "92",
                                         "N/A",
                                         "=SUM(A1)",
                                         "0012345678905",
                                         "spam \"and\" eggs",
                                         "tilde~/slash",
                                         "2026-03-01",
                                         "1.5E3" };
    static char wide[256];
    memset(wide, '7', sizeof wide);
    unsigned which = (unsigned)upto(26);
    if (which < sizeof texts / sizeof *texts) return slice_from(texts[which]);
    return slice_of(wide, which == 24 ? 51 : 201);
}

static int64_t any_number(void)
{
    static const int64_t numbers[] = { 0, 1, -1, 5000, -12000, 1500, 999999999999, INT64_MAX, INT64_MIN + 1, 2500000 };
    return numbers[upto(sizeof numbers / sizeof *numbers)];
}

static int32_t any_date(void)
{
    static const int32_t dates[] = { 0, 20260301, 20260228, 20261399, 20991231, 19000101, 20240229, 20230229 };
    return dates[upto(sizeof dates / sizeof *dates)];
}

static struct texts any_texts(void)
{
    struct slice *items = ARENA_ARRAY(test_arena(), 4, struct slice);
    unsigned count = (unsigned)upto(4);
    for (unsigned k = 0; k < count; k++) items[k] = any_text();
    return (struct texts){ items, count };
}

static struct party any_party(void)
{
    struct party p = { 0 };
    if (upto(2)) p.name = any_text();
    if (upto(3) == 0) { p.id = any_text(); p.id_type = any_text(); }
    if (upto(3) == 0) {
        p.address = any_text();
        p.city = any_text();
        p.region = any_text();
        p.postal_code = any_text();
    }
    if (upto(2)) p.country = upto(3) ? SLICE("FR") : any_text();
    p.role = (enum role)upto(3);
    p.kind = (enum party_kind)upto(3);
    if (upto(8) == 0) p.birth_year = (uint32_t)(1900 + upto(300));
    return p;
}

static void fill_field(struct line *l, const struct line_field *f)
{
    void *member = (char *)l + f->offset;
    bool *has = f->has_offset ? (bool *)((char *)l + f->has_offset) : NULL;
    switch (f->type) {
    case FIELD_TYPE_KIND: *(enum kind *)member = (enum kind)upto(KIND_COUNT); return;
    case FIELD_TYPE_REPLACES: if (upto(9) == 0) *(enum kind *)member = (enum kind)upto(KIND_COUNT); return;
    case FIELD_TYPE_TEXT: case FIELD_TYPE_ID: case FIELD_TYPE_CODE: *(struct slice *)member = any_text(); return;
    case FIELD_TYPE_DATE: *(int32_t *)member = any_date(); return;
    case FIELD_TYPE_QTY: case FIELD_TYPE_AMOUNT: *(int64_t *)member = any_number(); return;
    case FIELD_TYPE_PRICE: case FIELD_TYPE_MONEY: *has = true; *(int64_t *)member = any_number(); return;
    case FIELD_TYPE_UINT: *(uint32_t *)member = (uint32_t)upto(120); return;
    case FIELD_TYPE_FLAG: *(bool *)member = upto(4) == 0; return;
    case FIELD_TYPE_PARTY: *(struct party *)member = any_party(); return;
    case FIELD_TYPE_TEXTS: *(struct texts *)member = any_texts(); return;
    case FIELD_TYPE_CAUSE: *(enum cause *)member = (enum cause)upto(2); return;
    case FIELD_TYPE_CLOSE: *(enum period_close *)member = (enum period_close)upto(2); return;
    }
}

/* A sale that passes, with some fields changed, or a line of anything. */
static struct line any_line(void)
{
    struct line l = { .kind = KIND_POS_SALE,
                      .partner_id = SLICE("N-100"),
                      .invoice_no = SLICE("I-1"),
                      .ship_date = 20260301,
                      .vendor_part = SLICE("SW-24"),
                      .qty_milli = 5000,
                      .uom = SLICE("EA"),
                      .currency = SLICE("USD"),
                      .resale_unit_micros = 2500000,
                      .has_resale_unit_micros = true };
    unsigned rarity = upto(3) ? 30 : 3;
    for (unsigned k = 0; k < line_field_count; k++)
        if (upto(rarity) == 0) fill_field(&l, &line_fields[k]);
    unsigned extras = upto(4) ? 0 : (unsigned)upto(4);
    struct pair *items = ARENA_ARRAY(test_arena(), 4, struct pair);
    for (unsigned k = 0; k < extras; k++) items[k] = (struct pair){ .name = any_text(), .value = any_text() };
    l.extras = items;
    l.extra_count = extras;
    return l;
}

/* What became of it: outcome, the dossier that would be sent, every issue. */

struct told { struct text text; };

/* Bytes of the line object mean nothing to who sent none. */
static void put_without_offsets(struct text *t, struct slice json)
{
    static const char name[] = "\"offset\":";
    for (size_t k = 0; k < json.size; k++) {
        text_put_byte(t, json.bytes[k]);
        if (k + 1 < sizeof name - 1 || memcmp(json.bytes + k + 2 - sizeof name, name, sizeof name - 1) != 0) continue;
        while (k + 1 < json.size && json.bytes[k + 1] >= '0' && json.bytes[k + 1] <= '9') k++;
    }
}

static enum err tell(void *context, const struct intake_line *line)
{
    struct told *told = context;
    struct json_out j;
    struct slice bytes = { 0 };
    json_out_open(&j);
    text_put_int(&told->text, (int64_t)line->outcome);
    if (line->line) line_json(&j, line->line);
    for (unsigned k = 0; k < line->issues->count; k++) issue_put_json(&j, &line->issues->items[k]);
    put_without_offsets(&told->text, json_out_bytes(&j));
    json_out_close(&j);
    if (line->outcome == OUTCOME_PASS) CHECK_INT(dossier_begin(test_arena(), line->line, line->receipt, &bytes), OK);
    text_put(&told->text, bytes);
    return OK;
}

static struct slice take(struct slice json, const struct line *submission, bool is_strict)
{
    static struct mapping_profile profile;
    struct told told = { .text = text_in(test_arena(), TOLD_MAX) };
    struct intake_submitter submitter = {
        .id = SLICE("north"), .partner_id = SLICE("N-100"), .kinds = PROFILE_KINDS_DEFAULT, .any_partner = true
    };
    struct spool spool = spool_over(json);
    struct intake_events events = { .context = &told, .on_line = tell };
    struct intake *intake;
    profile = *mapping_profile_default();
    if (is_strict) profile.tolerance = TOLERANCE_STRICT;
    struct intake_job job = { .spool = &spool,
                              .door = DOOR_KAFKA,
                              .received_at_unix_ms = 1775638800000,
                              .submitter = &submitter,
                              .profile = &profile,
                              .document_id = SLICE("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
                              .submission = submission };
    bool done = false;
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    while (!done) CHECK_INT(intake_post(intake, 10, &done), OK);
    const struct intake_result *r = intake_result(intake);
    text_put_int(&told.text, (int64_t)r->state);
    text_put_int(&told.text, (int64_t)(r->passed * 100 + r->rejected * 10 + r->dead));
    intake_close(intake);
    CHECK(!told.text.full);
    return text_slice(&told.text);
}

TEST(a_submission_is_typed_directly_as_its_line_object_would_be)
{
    unsigned plain = 0, passed = 0, lines = test_share(LINES);
    state = test_seed();
    for (unsigned n = 0; n < lines; n++) {
        struct line l = any_line();
        struct json_out j;
        if (!submission_is_plain(&l, mapping_profile_default())) continue;
        plain++;
        json_out_open(&j);
        line_json(&j, &l);
        for (unsigned strict = 0; strict < 2; strict++) {
            struct slice direct = take(SLICE("bytes"), &l, strict), by_json = take(json_out_bytes(&j), NULL, strict);
            passed += direct.size && direct.bytes[0] == '0' + OUTCOME_PASS;
            if (!slice_equal(direct, by_json))
                printf("  seed %llu, line %u: %.*s\n", (unsigned long long)test_seed(), n,
                       SLICE_ARGS(json_out_bytes(&j)));
            CHECK_SLICE(direct, by_json);
        }
        json_out_close(&j);
        if (n % 50 == 0) arena_reset(test_arena());
    }
    CHECK(plain > lines / 2 && passed > lines / 20 && passed < 2 * plain);
}

TEST(what_says_more_than_its_fields_goes_by_its_line_object)
{
    const struct mapping_profile *profile = mapping_profile_default();
    struct line l = { .kind = KIND_POS_SALE, .invoice_no = SLICE("1") };
    struct agreement agreement = { 0 };
    struct pair twice[2] = { { SLICE_INIT("a"), SLICE_INIT("1") }, { SLICE_INIT("a"), SLICE_INIT("2") } };
    CHECK(submission_is_plain(&l, profile));
    l.invoice_no = SLICE("a\xff");
    CHECK(!submission_is_plain(&l, profile));
    l.invoice_no = SLICE("a\0b");
    CHECK(!submission_is_plain(&l, profile));
    l.invoice_no = SLICE("1");
    l.extras = twice;
    l.extra_count = 2;
    CHECK(!submission_is_plain(&l, profile));
    l.extra_count = 1;
    CHECK(submission_is_plain(&l, profile));
    l.agreement = &agreement;
    CHECK(!submission_is_plain(&l, profile));
}
