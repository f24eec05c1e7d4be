/* compliance/registry_rebuild.h: who holds what, from published dossiers in any order. */
#include "domain/rule.h"
#include "support/test.h"

#include "compliance/registry_rebuild.h"
#include "domain/reason.h"
#include "wire/dossier_codec.h"

static struct catalogue *catalogue;
static struct registry_rebuild *rebuild;
static struct text told;

static void note(void *context, const struct registry_request *wanted, struct slice holder)
{
    (void)context;
    text_put(&told, wanted->claim.line_id);
    PUT(&told, " behind ");
    text_put(&told, holder);
    PUT(&told, "; ");
}

static void open_rebuild(void)
{
    struct program spiff = {
        .id = SLICE("SPF"),
        .version = 1,
        .incentive = INCENTIVE_SPIFF,
        .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101,
        .valid_to = 20991231,
        .currency = SLICE("USD"),
        .payout_currency = SLICE("USD"),
        .spiff = { .serials = SERIAL_RULE_REQUIRED },
    };
    catalogue = catalogue_open();
    told = text_in(test_arena(), 1024);
    CHECK_INT(catalogue_put_program(catalogue, &spiff), OK);
    struct registry_rebuild_options options = { .catalogue = catalogue, .conflict = note };
    CHECK_INT(registry_rebuild_open(&options, &rebuild), OK);
}

static struct registry_rebuild_counts finish(void)
{
    struct registry_rebuild_counts counts;
    CHECK_INT(registry_rebuild_finish(rebuild, 1, &counts), OK);
    registry_rebuild_close(rebuild);
    catalogue_close(catalogue);
    return counts;
}

static struct slice dossier_of(const char *root, const char *line_id, instant_ms received, const struct line *l,
                               struct slice *before)
{
    struct slice begun, packed, out;
    struct candidate candidate = { .program_id = SLICE("SPF"), .program_version = 1, .cell = CELL_YES };
    struct receipt r = { .line_id = slice_from(line_id),
                         .partner_root_id = slice_from(root),
                         .submitter_id = SLICE("sender"),
                         .document_id = SLICE("0000000000000000000000000000000000000000000000000000000000000001"),
                         .door = DOOR_CLAIMCTL,
                         .received_at_unix_ms = received };
    struct classification c = { .judgement = { .outcome = OUTCOME_PASS, .decided_at_unix_ms = received },
                                .partner_root_id = slice_from(root),
                                .role = ROLE_VAR,
                                .sku = SLICE("AP-9"),
                                .base_qty_milli = 1000,
                                .line_date = 20260331,
                                .received_date = 20260408,
                                .payee_id = slice_from(root),
                                .candidates = &candidate,
                                .candidate_count = 1 };
    if (before) return *before;
    CHECK_INT(dossier_begin(test_arena(), l, &r, &begun), OK);
    CHECK_INT(section_encode(test_arena(), SECTION_CLASSIFICATION, &c, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), begun, packed, &out), OK);
    return out;
}

/* A line with a verdict of compliance behind what was published of it before. */
static struct slice take(const char *root, const char *line_id, instant_ms received, const struct line *l,
                         enum outcome outcome, enum reason_code code, struct slice *before)
{
    struct slice packed, out;
    struct reason reason = { .code = code, .outcome = outcome };
    struct clearance c = { .judgement = { .outcome = outcome,
                                          .decided_at_unix_ms = received,
                                          .reasons = &reason,
                                          .reason_count = code ? 1 : 0 } };
    CHECK_INT(section_encode(test_arena(), SECTION_CLEARANCE, &c, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), dossier_of(root, line_id, received, l, before), packed, &out), OK);
    registry_rebuild_take(rebuild, out);
    return out;
}

static struct line spiff(const char *root, const char *claim, struct slice *serial)
{
    return (struct line){ .kind = KIND_SPIFF_CLAIM,
                          .partner_id = slice_from(root),
                          .claim_id = slice_from(claim),
                          .invoice_no = slice_from(claim),
                          .invoice_line = SLICE("1"),
                          .ship_date = 20260331,
                          .vendor_part = SLICE("AP-9"),
                          .qty_milli = 1000,
                          .uom = SLICE("EA"),
                          .rep_id = SLICE("R-1"),
                          .serials = { serial, 1 },
                          .sold_to = { .name = SLICE("Birch Clinic"),
                                       .key = SLICE("C-BIRCH"),
                                       .id = SLICE("C-BIRCH"),
                                       .country = SLICE("US") } };
}

TEST(the_older_of_two_lines_has_the_slot_whatever_came_first_and_the_other_is_reported)
{
    struct slice serial = SLICE("K100");
    struct line one = spiff("V-1", "S-1", &serial), two = spiff("V-2", "S-2", &serial);
    open_rebuild();
    take("V-2", "TWO", 2000, &two, OUTCOME_PASS, 0, NULL);
    take("V-1", "ONE", 1000, &one, OUTCOME_PASS, 0, NULL);
    struct registry_rebuild_counts counts = finish();
    CHECK_INT(counts.serials, 2);
    CHECK_INT(counts.conflicts, 1);
    CHECK_SLICE(text_slice(&told), SLICE("TWO behind ONE; "));
}

TEST(a_line_that_people_gave_the_slot_of_another_root_has_it)
{
    struct slice serial = SLICE("K100"), packed, out;
    struct line one = spiff("V-1", "S-1", &serial), two = spiff("V-2", "S-2", &serial);
    struct evidence evidence = { .kind = EVIDENCE_REVIEW, .id = SLICE("1") };
    struct rule_result released = {
        .number = rule_row(RULE_SER_02)->number, .value = TRUTH_FALSE, .evidence = &evidence, .evidence_count = 1
    };
    struct clearance c = { .judgement = { .outcome = OUTCOME_PASS,
                                          .decided_at_unix_ms = 2000,
                                          .rule_results = &released,
                                          .rule_result_count = 1 } };
    open_rebuild();
    take("V-1", "ONE", 1000, &one, OUTCOME_PASS, 0, NULL);
    CHECK_INT(section_encode(test_arena(), SECTION_CLEARANCE, &c, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), dossier_of("V-2", "TWO", 2000, &two, NULL), packed, &out), OK);
    registry_rebuild_take(rebuild, out);
    struct registry_rebuild_counts counts = finish();
    CHECK_INT(counts.conflicts, 1);
    CHECK_SLICE(text_slice(&told), SLICE("ONE behind TWO; "));
}

TEST(refused_lines_and_lines_that_were_never_given_a_slot_hold_none)
{
    struct slice serial = SLICE("K100");
    struct line one = spiff("V-1", "S-1", &serial), two = spiff("V-2", "S-2", &serial),
                three = spiff("V-3", "S-3", &serial), four = spiff("V-4", "S-4", &serial);
    open_rebuild();
    take("V-1", "ONE", 1000, &one, OUTCOME_REJECT, REASON_DUPLICATE, NULL);
    take("V-2", "TWO", 2000, &two, OUTCOME_PARK, REASON_REGISTRY_UNAVAILABLE, NULL);
    take("V-3", "THREE", 3000, &three, OUTCOME_HOLD, REASON_NEAR_DUPLICATE, NULL);
    take("V-4", "FOUR", 4000, &four, OUTCOME_HOLD, REASON_SERIAL_OTHER_PARTNER, NULL);
    struct registry_rebuild_counts counts = finish();
    CHECK_INT(counts.dossiers, 4);
    CHECK_INT(counts.lines, 1);
    CHECK_INT(counts.serials, 1);
    CHECK_INT(counts.conflicts, 0);
}

TEST(the_last_word_on_a_line_counts_in_any_order)
{
    struct slice serial = SLICE("K100");
    struct line one = spiff("V-1", "S-1", &serial), two = spiff("V-2", "S-2", &serial);
    open_rebuild();
    struct slice held = take("V-1", "ONE", 1000, &one, OUTCOME_HOLD, REASON_NEAR_DUPLICATE, NULL);
    take("V-1", "ONE", 1000, &one, OUTCOME_REJECT, REASON_DENIED_ON_REVIEW, &held);
    registry_rebuild_take(rebuild, held);
    take("V-2", "TWO", 2000, &two, OUTCOME_PASS, 0, NULL);
    struct registry_rebuild_counts counts = finish();
    CHECK_INT(counts.serials, 1);
    CHECK_INT(counts.conflicts, 0);
}

TEST(a_cancel_and_a_return_give_back)
{
    struct slice serial = SLICE("K100"), sold = SLICE("K200");
    struct line one = spiff("V-1", "S-1", &serial), two = spiff("V-2", "S-2", &serial),
                three = spiff("V-3", "S-3", &sold), four = spiff("V-4", "S-4", &sold),
                cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("ONE") },
                back = { .kind = KIND_POS_RETURN,
                         .partner_id = SLICE("V-3"),
                         .invoice_no = SLICE("R-1"),
                         .ship_date = 20260401,
                         .vendor_part = SLICE("AP-9"),
                         .qty_milli = -1000,
                         .serials = { &sold, 1 } };
    open_rebuild();
    take("V-1", "ONE", 1000, &one, OUTCOME_PASS, 0, NULL);
    take("V-1", "CANCEL", 1500, &cancel, OUTCOME_PASS, 0, NULL);
    take("V-2", "TWO", 2000, &two, OUTCOME_PASS, 0, NULL);
    take("V-3", "THREE", 3000, &three, OUTCOME_PASS, 0, NULL);
    take("V-3", "BACK", 3500, &back, OUTCOME_PASS, 0, NULL);
    take("V-4", "FOUR", 4000, &four, OUTCOME_PASS, 0, NULL);
    struct registry_rebuild_counts counts = finish();
    CHECK_INT(counts.serials, 2);
    CHECK_INT(counts.conflicts, 0);
    CHECK_INT(told.size, 0);
}

TEST(bytes_that_are_no_dossier_are_counted_and_passed_over)
{
    open_rebuild();
    registry_rebuild_take(rebuild, SLICE("\xff\xff no dossier"));
    struct registry_rebuild_counts counts = finish();
    CHECK_INT(counts.unreadable, 1);
    CHECK_INT(counts.lines, 0);
}
