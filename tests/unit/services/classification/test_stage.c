/* tests/unit/services/classification/test_stage.c: the stage in the engine, over the tiny world: waiting, waking,
 * people. */
#include "stage/embedded.h"
#include "stage/memory_profiles.h"
#include "wire/dossier_codec.h"
#include "wire/world.h"

#include "rig.h"

enum { SEEN_MAX = 64 };

struct seen { enum topic topic; struct dossier *dossier; struct slice key; };

static struct seen seen[SEEN_MAX];
static unsigned seen_count;
static struct embedded *engine;
static struct catalogue *catalogue;
static struct memory_profiles *profiles;

static void see(void *context, const struct record *r)
{
    (void)context;
    struct seen *s = &seen[seen_count++];
    ASSERT(seen_count <= SEEN_MAX);
    *s = (struct seen){ r->topic, ARENA_NEW(test_arena(), struct dossier), slice_copy(test_arena(), r->key) };
    CHECK_INT(dossier_decode(test_arena(), slice_copy(test_arena(), r->value), s->dossier), OK);
}

static void open_engine(void)
{
    static const struct stage *const stages[] = { &classification_stage };
    struct problems problems = problems_in(test_arena());
    struct world world = { 0 };
    catalogue = catalogue_open();
    profiles = memory_profiles_open();
    CHECK_INT(world_load(test_arena(), SLICE("deploy/sample/tiny"), catalogue, &world, &problems), OK);
    for (unsigned i = 0; i < world.partner_count; i++) memory_profiles_put(profiles, &world.partners[i]);
    struct embedded_options options = { .stages = stages,
                                        .stage_count = 1,
                                        .seed = 1,
                                        .checks = true,
                                        .catalogue = catalogue,
                                        .profiles = memory_profiles_base(profiles) };
    CHECK_INT(embedded_open(&options, &engine), OK);
    embedded_follow(engine, TOPIC_CLAIMS_CLASSIFIED, see, NULL);
    embedded_follow(engine, TOPIC_CLAIMS_HELD, see, NULL);
    CHECK_INT(embedded_advance(engine, 1775638800000), OK);      /* 2026-04-08T09:00:00Z */
    seen_count = 0;
}

static void close_engine(void)
{
    CHECK(conservation_holds(embedded_totals(engine, 0)));
    embedded_close(engine);
    memory_profiles_close(profiles);
    catalogue_close(catalogue);
}

static void run(void)
{
    CHECK_INT(embedded_run_until_idle(engine), OK);
}

/* A line as intake publishes it, under the root it knows. */
static void send(const char *root, const struct line *l, const char *line_id)
{
    struct slice value;
    struct receipt r = { .line_id = slice_from(line_id),
                         .partner_root_id = slice_from(root),
                         .submitter_id = SLICE("northgate"),
                         .document_id = SLICE("0000000000000000000000000000000000000000000000000000000000000001"),
                         .received_at_unix_ms = 1775638800000,
                         .door = DOOR_CLAIMCTL };
    CHECK_INT(dossier_begin(test_arena(), l, &r, &value), OK);
    embedded_send(engine, TOPIC_CLAIMS_RECEIVED, slice_from(root), value);
}

/* "A PASS; B PARK PART_UNKNOWN @part:X": what became of the lines since the last call; @ what it waits for. */
static struct slice told(void)
{
    struct text t = text_in(test_arena(), 2048);
    for (unsigned i = 0; i < seen_count; i++) {
        const struct judgement *j = &seen[i].dossier->classification->judgement;
        if (i) PUT(&t, "; ");
        text_put(&t, seen[i].dossier->receipt->line_id);
        PUT(&t, " ");
        text_put(&t, word_text(VOCABULARY_OUTCOME, j->outcome));
        if (j->reason_count) PUT(&t, " ");
        text_put(&t, reason_names(test_arena(), j->reasons, j->reason_count));
        if (j->withdrew_line_id.size) PUT(&t, " withdrew ");
        text_put(&t, j->withdrew_line_id);
        CHECK_INT(seen[i].topic, j->outcome == OUTCOME_PASS || j->outcome == OUTCOME_REJECT ? TOPIC_CLAIMS_CLASSIFIED
                                                                                            : TOPIC_CLAIMS_HELD);
    }
    seen_count = 0;
    return text_slice(&t);
}

static void put_product(const char *sku)
{
    struct slice part[] = { slice_from(sku) };
    struct product p = {
        .sku = slice_from(sku), .family = SLICE("CABLE"), .base_uom = SLICE("EA"), .vendor_parts = { part, 1 }
    };
    CHECK_INT(catalogue_put_product(catalogue, &p), OK);
}

static struct line a_sale(const char *part)
{
    struct line l = a_line_of(KIND_POS_SALE, "N-100");
    l.vendor_part = slice_from(part);
    return l;
}

TEST(the_lines_of_the_tiny_world_end_as_its_page_says)
{
    open_engine();
    struct line sale = a_sale("SW-24"), claim = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N-100"), unknown = a_sale("CAB-55"),
                other = a_line_of(KIND_SHIP_DEBIT_CLAIM, "V-310");
    claim.authorisation_no = other.authorisation_no = SLICE("Q-7731");
    other.program_id = SLICE("SD-26");
    other.sold_to.role = ROLE_UNSPECIFIED;
    send("N-100", &sale, "SALE");
    send("N-100", &claim, "CLAIM");
    send("N-100", &unknown, "CAB");
    run();
    CHECK_TEXT(told(), "SALE PASS; CLAIM PASS; CAB PARK PART_UNKNOWN");
    send("V-310", &other, "AL-1");
    run();
    /* A number that nobody knows has no program. */
    CHECK_INT(seen[0].dossier->classification->candidate_count, 0);
    CHECK_TEXT(told(), "AL-1 REJECT NOT_ENROLLED");
    close_engine();
}

TEST(a_parked_part_is_woken_by_its_product)
{
    open_engine();
    struct line l = a_sale("CAB-55");
    send("N-100", &l, "A");
    run();
    CHECK_TEXT(told(), "A PARK PART_UNKNOWN");
    put_product("CAB-55");
    embedded_wake(engine, SLICE("part:"));
    run();
    CHECK_INT(seen[0].dossier->section_counts[SECTION_CLASSIFICATION], 2);
    CHECK_TEXT(seen[0].dossier->classification->sku, "CAB-55");
    CHECK_TEXT(told(), "A PASS");
    close_engine();
}

TEST(a_partner_that_is_set_up_later_is_classified_under_its_true_root)
{
    open_engine();
    struct line l = a_line_of(KIND_POS_SALE, "X-9");
    l.vendor_part = SLICE("SW-24");
    send("unknown:X-9", &l, "A");
    run();
    CHECK_TEXT(seen[0].key, "unknown:X-9");
    CHECK_TEXT(told(), "A PARK PARTNER_UNKNOWN");
    struct partner p = { .partner_id = SLICE("X-9"), .root_id = SLICE("N-100"), .revision = 1, .country = SLICE("US") };
    memory_profiles_put(profiles, &p);
    embedded_wake(engine, SLICE("partner:X-9"));
    run();
    CHECK_TEXT(told(), "A PARK ROLE_UNKNOWN");
    rig_roles(&p, "RETAILER");
    p.revision = 2;
    memory_profiles_put(profiles, &p);
    embedded_wake(engine, SLICE("partner:X-9"));
    run();
    CHECK_TEXT(seen[0].key, "N-100");
    CHECK_TEXT(seen[0].dossier->classification->partner_root_id, "N-100");
    CHECK_TEXT(told(), "A PASS");
    close_engine();
}

TEST(a_wait_for_data_becomes_a_hold_and_never_a_refusal)
{
    open_engine();
    struct line l = a_sale("CAB-55"), nobody = a_line_of(KIND_SHIP_DEBIT_CLAIM, "X-9");
    send("N-100", &l, "A");
    send("unknown:X-9", &nobody, "B");
    run();
    seen_count = 0;
    CHECK_INT(embedded_advance(engine, 1775638800000 + (instant_ms)72 * INSTANT_HOUR_MS), OK);
    for (unsigned i = 0; i < seen_count; i++)
        CHECK_INT(seen[i].dossier->classification->judgement.outcome, OUTCOME_HOLD);
    CHECK_INT(seen_count, 2);
    CHECK_INT(seen[0].dossier->classification->judgement.reasons[0].code, REASON_PARK_EXPIRED);
    close_engine();
}

TEST(a_return_follows_its_sale_and_a_cancel_ends_it)
{
    open_engine();
    struct line sale = a_sale("CAB-55"), back = a_sale("SW-24"),
                cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("N-100"), .original_line_ref = SLICE("A") };
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -1000;
    back.original_line_ref = SLICE("A");
    send("N-100", &sale, "A");
    send("N-100", &back, "R");
    run();
    CHECK_TEXT(told(), "A PARK PART_UNKNOWN; R PARK WAITING_FOR_TARGET");
    put_product("CAB-55");
    embedded_wake(engine, SLICE("part:CAB-55"));
    run();
    CHECK_TEXT(told(), "A PASS; R PASS");
    sale.vendor_part = SLICE("CAB-56");
    cancel.original_line_ref = SLICE("B");
    send("N-100", &sale, "B");
    send("N-100", &cancel, "C");
    run();
    struct slice text = told();
    CHECK(slice_starts_with(text, SLICE("B PARK PART_UNKNOWN; ")));
    CHECK(slice_ends_with(text, SLICE("C PASS withdrew B")) || slice_ends_with(text, SLICE("B REJECT WITHDRAWN")));
    close_engine();
}

TEST(a_reviewer_says_in_which_role_a_line_is_meant)
{
    open_engine();
    struct partner p = { .partner_id = SLICE("H-1"), .root_id = SLICE("H-1"), .revision = 1, .country = SLICE("US") };
    rig_roles(&p, "VAR MSP");
    memory_profiles_put(profiles, &p);
    struct line l = a_sale("SW-24");
    l.partner_id = SLICE("H-1");
    send("H-1", &l, "A");
    run();
    CHECK_TEXT(told(), "A HOLD ROLE_AMBIGUOUS");
    struct slice roles[] = { SLICE("reviewer") };
    struct review r = { .act = ACT_PROPOSE,
                        .verb = VERB_ASSIGN_ROLE,
                        .role = ROLE_MSP,
                        .line_id = SLICE("A"),
                        .actor_id = SLICE("ann"),
                        .actor_roles = { roles, 1 } };
    bool found;
    CHECK_INT(embedded_review(engine, r, &found), OK);
    CHECK(found);
    run();
    CHECK_INT(seen[seen_count - 1].dossier->classification->role, ROLE_MSP);
    CHECK_INT(seen[seen_count - 1].dossier->review_count, 1);
    CHECK(slice_ends_with(told(), SLICE("A PASS")));
    close_engine();
}
