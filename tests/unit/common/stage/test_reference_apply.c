/* What a record of programs.v1 or partners.v1 does to the catalogue of a worker, and what it cannot do. */
#include "stage/reference_apply.h"

#include "stage/memory_profiles.h"
#include "support/test.h"
#include "wire/reference_codec.h"

enum { SCRATCH = 16 << 20 };

static struct catalogue *catalogue;
static struct arena scratch;
static char woken[512], why_refused[4096];
static unsigned refusals, put_partners;

static void note_wake(void *context, struct slice datum)
{
    (void)context;
    snprintf(woken + strlen(woken), sizeof woken - strlen(woken), "%.*s ", SLICE_ARGS(datum));
}

static void note_refusal(void *context, const struct record *record, enum err e, struct slice why)
{
    (void)context, (void)record, (void)e;
    refusals++;
    snprintf(why_refused, sizeof why_refused, "%.*s", SLICE_ARGS(why));
}

static void note_partner(void *context, const struct partner *p, struct slice bytes)
{
    (void)context;
    CHECK(p->partner_id.size > 0 && bytes.size > 0);
    put_partners++;
}

static struct reference_target target(void)
{
    return (struct reference_target){
        .catalogue = catalogue, .put_partner = note_partner, .refused = note_refusal, .wake = note_wake
    };
}

static void begin(void)
{
    catalogue = catalogue_open();
    CHECK(arena_open(&scratch, SCRATCH, SCRATCH) == OK);
    woken[0] = why_refused[0] = 0;
    refusals = put_partners = 0;
}

static void end(void)
{
    arena_close(&scratch);
    catalogue_close(catalogue);
}

static enum reference_effect apply_bytes(enum topic topic, struct slice key, struct slice value)
{
    struct record record = { .topic = topic, .key = key, .value = value };
    struct reference_target t = target();
    return reference_apply(&t, &scratch, &record);
}

static enum reference_effect apply(const struct reference *r)
{
    struct slice bytes;
    CHECK(reference_encode(test_arena(), r, &bytes) == OK);
    return apply_bytes(TOPIC_PROGRAMS, reference_key(test_arena(), r), bytes);
}

static struct terms_version version_of(uint32_t version, const char *yaml, const char *approver)
{
    struct terms_version v = { .version = version, .valid_from = 20260101, .yaml = slice_from(yaml),
                               .publication = { SLICE("ann"), slice_from(approver), 7 } };
    terms_version_seal(&v);
    return v;
}

#define PROGRAM_TEXT(version) "program: {id: VR, version: " version \
    ", incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01}\n" \
                              "volume: {tiers: [{from: 0, percent: 1}]}\n"

static enum reference_effect apply_versions(const struct terms_version *versions, unsigned count)
{
    struct terms terms = { versions, count };
    struct reference r = { .type = REFERENCE_PROGRAM, .id = SLICE("VR"), .terms = &terms };
    return apply(&r);
}

TEST(an_approved_version_is_in_force_and_a_proposal_is_not)
{
    begin();
    struct terms_version versions[] = { version_of(1, PROGRAM_TEXT("1"), "bob"), version_of(2, PROGRAM_TEXT("2"), "") };
    CHECK_INT(apply_versions(versions, 2), REFERENCE_APPLIED);
    CHECK_INT(catalogue_program(catalogue, SLICE("VR"))->version_count, 1);
    CHECK_INT(apply_versions(versions + 1, 1), REFERENCE_PROPOSED);
    versions[1] = version_of(2, PROGRAM_TEXT("2"), "eve");
    CHECK_INT(apply_versions(versions, 2), REFERENCE_APPLIED);
    CHECK_INT(catalogue_program(catalogue, SLICE("VR"))->version_count, 2);
    CHECK_INT(refusals, 0);
    CHECK(catalogue_is_author(catalogue, SLICE("VR"), 2, SLICE("ann"))
          && !catalogue_is_author(catalogue, SLICE("VR"), 2, SLICE("eve")));
    CHECK(!catalogue_is_author(catalogue, SLICE("VR"), 3, SLICE("ann"))
          && catalogue_is_author(catalogue, SLICE("VR"), 0, SLICE("ann")));
    end();
}

TEST(a_version_that_cannot_be_read_is_refused_and_the_others_stay_in_force)
{
    begin();
    struct terms_version versions[] = {
        version_of(1, PROGRAM_TEXT("1"), "bob"),
        version_of(2,
                   "program: {id: VR, version: 2, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01, "
                   "tyre: 4}\nvolume: {tiers: [{from: 0, percent: 1}]}\n",
                   "bob")
    };
    CHECK_INT(apply_versions(versions, 2), REFERENCE_REFUSED);
    CHECK_INT(catalogue_program(catalogue, SLICE("VR"))->version_count, 1);
    CHECK_INT(refusals, 1);
    CHECK(strstr(why_refused, "PROGRAM/VR") && strstr(why_refused, "tyre"));
    end();
}

TEST(a_version_on_file_is_not_changed_by_a_record_with_other_content)
{
    begin();
    struct terms_version version = version_of(1, PROGRAM_TEXT("1"), "bob");
    CHECK_INT(apply_versions(&version, 1), REFERENCE_APPLIED);
    CHECK_INT(apply_versions(&version, 1), REFERENCE_APPLIED);
    version = version_of(1,
                         "program: {id: VR, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: "
                         "2026-01-01}\nvolume: {tiers: [{from: 0, percent: 9}]}\n",
                         "bob");
    CHECK_INT(apply_versions(&version, 1), REFERENCE_REFUSED);
    CHECK(strstr(why_refused, "other content"));
    end();
}

TEST(a_text_that_is_about_another_record_than_its_key_is_refused)
{
    begin();
    struct terms_version version = version_of(2, PROGRAM_TEXT("1"), "bob");
    CHECK_INT(apply_versions(&version, 1), REFERENCE_REFUSED);
    struct terms_version limits = version_of(1, "limits: {id: VR, version: 1, valid_from: 2026-01-01}\n", "bob");
    CHECK_INT(apply_versions(&limits, 1), REFERENCE_REFUSED);
    CHECK(catalogue_program(catalogue, SLICE("VR")) == NULL
          && catalogue_limits(catalogue, SLICE("VR"), 20260301) == NULL);
    CHECK_INT(refusals, 2);
    end();
}

TEST(products_and_rates_wake_the_lines_that_wait_for_them)
{
    begin();
    struct product product = { .sku = SLICE("CAB-5"), .base_uom = SLICE("EA") };
    struct fx_rate rate = { 1084200, 20260301, 0 };
    struct fx_pair fx = { .table_id = SLICE("default"),
                          .from = SLICE("EUR"),
                          .to = SLICE("USD"),
                          .units = 1,
                          .rates = &rate,
                          .rate_count = 1 };
    struct reference r = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5"), .product = &product };
    CHECK_INT(apply(&r), REFERENCE_APPLIED);
    CHECK(catalogue_product(catalogue, SLICE("CAB-5")) != NULL);
    r = (struct reference){ .type = REFERENCE_FX_TABLE, .id = SLICE("default/EUR/USD"), .fx = &fx };
    CHECK_INT(apply(&r), REFERENCE_APPLIED);
    CHECK_SLICE(slice_from(woken), SLICE("part: fx: "));
    end();
}

TEST(figures_that_nobody_could_calculate_with_are_refused)
{
    begin();
    struct uom box = { SLICE("BX"), 10, 0 };
    struct product product = { .sku = SLICE("CAB-5"), .uoms = &box, .uom_count = 1 };
    struct fx_rate rate = { -1, 20260301, 0 };
    struct fx_pair fx = {
        .table_id = SLICE("T"), .from = SLICE("EUR"), .to = SLICE("USD"), .units = 1, .rates = &rate, .rate_count = 1
    };
    struct reference r = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5"), .product = &product };
    CHECK_INT(apply(&r), REFERENCE_REFUSED);
    r = (struct reference){ .type = REFERENCE_FX_TABLE, .id = SLICE("T/EUR/USD"), .fx = &fx };
    CHECK_INT(apply(&r), REFERENCE_REFUSED);
    rate.rate_micros = 1;
    fx.units = -1;
    CHECK_INT(apply(&r), REFERENCE_REFUSED);
    CHECK_SLICE(slice_from(woken), SLICE(""));
    end();
}

TEST(a_verdict_on_a_party_needs_an_approver_too)
{
    begin();
    struct party_record party = { { SLICE("K"), SLICE("2"), SLICE("E"), SLICE("4"), true },
                                  { SLICE("ann"), SLICE(""), 9 } };
    struct reference r = { .type = REFERENCE_PARTY, .id = SLICE("K/E"), .party = &party };
    CHECK_INT(apply(&r), REFERENCE_PROPOSED);
    CHECK(!catalogue_party_is_blocked(catalogue, SLICE("K")));
    static const struct slice nobody_else[] = { SLICE_INIT("ann"), SLICE_INIT(" ANN"), SLICE_INIT("\xD0\xB0nn") };
    for (unsigned i = 0; i < 3; i++) {
        party.publication.approver_id = nobody_else[i];
        CHECK_INT(apply(&r), REFERENCE_PROPOSED);
        CHECK_INT(refusals, (int64_t)i + 1);                    /* and somebody is told */
    }
    party.publication.approver_id = SLICE("bob");
    CHECK_INT(apply(&r), REFERENCE_APPLIED);
    CHECK(catalogue_party_is_blocked(catalogue, SLICE("K")));
    end();
}

static enum reference_effect apply_partner(const char *key, const char *approver)
{
    struct partner p = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .revision = 3 };
    struct slice bytes;
    CHECK(partner_encode(test_arena(), &p, SLICE("ann"), slice_from(approver), 5, &bytes) == OK);
    return apply_bytes(TOPIC_PARTNERS, slice_from(key), bytes);
}

TEST(a_profile_comes_into_force_with_its_approver_and_under_its_own_key)
{
    begin();
    CHECK_INT(apply_partner("N-100", ""), REFERENCE_PROPOSED);
    CHECK_INT(apply_partner("N-100", "Ann"), REFERENCE_PROPOSED);
    CHECK_INT(apply_partner("V-310", "bob"), REFERENCE_REFUSED);
    CHECK_INT(put_partners, 0);
    CHECK_INT(apply_partner("N-100", "bob"), REFERENCE_APPLIED);
    CHECK_INT(put_partners, 1);
    CHECK_SLICE(slice_from(woken), SLICE("partner:N-100 "));
    end();
}

TEST(tombstones_and_foreign_bytes_change_nothing)
{
    begin();
    uint64_t before = catalogue_revision(catalogue), state = test_seed();
    CHECK_INT(apply_bytes(TOPIC_PARTNERS, SLICE("N-100"), (struct slice){ NULL, 0 }), REFERENCE_PASSED_OVER);
    CHECK_INT(apply_bytes(TOPIC_PROGRAMS, SLICE("PROGRAM/VR"), (struct slice){ NULL, 0 }), REFERENCE_PASSED_OVER);
    for (int i = 0; i < 2000; i++) {
        char bytes[64];
        size_t size = 1 + test_random(&state) % sizeof bytes;
        for (size_t k = 0; k < size; k++) bytes[k] = (char)test_random(&state);
        arena_reset(&scratch);
        apply_bytes(i % 2 ? TOPIC_PARTNERS : TOPIC_PROGRAMS, SLICE("X"), slice_of(bytes, size));
    }
    CHECK(catalogue_revision(catalogue) == before && put_partners == 0);
    end();
}

TEST(a_keeper_holds_profiles_longer_than_the_record)
{
    begin();
    struct arena kept;
    CHECK(arena_open(&kept, SCRATCH, SCRATCH) == OK);
    struct memory_profiles *profiles = memory_profiles_open();
    struct reference_keeper keeper = { profiles, &kept };
    struct pair identifiers[2] = { { SLICE("1"), SLICE("081446207") } };
    static char long_text[3000];
    memset(long_text, 'x', sizeof long_text);
    identifiers[1] = (struct pair){ SLICE("92"), slice_of(long_text, sizeof long_text) };
    struct partner p = { .partner_id = SLICE("N-100"), .identifiers = identifiers, .identifier_count = 2 };
    struct slice bytes;
    CHECK(partner_encode(test_arena(), &p, SLICE("ann"), SLICE("bob"), 5, &bytes) == OK);
    char *copy = (char *)slice_copy(&scratch, bytes).bytes;
    reference_keep_partner(&keeper, &p, slice_of(copy, bytes.size));
    memset(copy, 0, bytes.size);
    struct profiles *base = memory_profiles_base(profiles);
    CHECK(base->ops->find(base, SLICE("N-100"), NULL) != NULL);
    CHECK(base->ops->find_by_identifier(base, SLICE("1"), SLICE("081446207")) != NULL);
    memory_profiles_close(profiles);
    arena_close(&kept);
    end();
}
