/* tests/unit/services/compliance/test_prefetch.c: slots across partner roots, through the engine's loop and the
 * registry of an embedded run (screening.md 8.1). */
#include "compliance/prefetch.h"

#include "base/assert.h"
#include "engine_rig.h"

static void see(void *context, const struct record *r)
{
    struct dossier d;
    (void)context;
    CHECK_INT(dossier_decode(test_arena(), slice_copy(test_arena(), r->value), &d), OK);
    const struct judgement *j = &d.clearance->judgement;
    if (told.size) PUT(&told, "; ");
    if (dossier_is_case(&d)) PUT(&told, "case of");
    else text_put(&told, d.receipt->line_id);
    for (unsigned i = 0; dossier_is_case(&d) && i < d.clearance->case_line_ids.count; i++) {
        PUT(&told, " ");
        text_put(&told, d.clearance->case_line_ids.items[i]);
    }
    PUT(&told, " ");
    text_put(&told, word_text(VOCABULARY_OUTCOME, (int)j->outcome));
    for (unsigned i = 0; i < j->reason_count; i++) {
        PUT(&told, " ");
        text_put(&told, reason_name(j->reasons[i].code));
    }
}

static void put_programs(void)
{
    struct program spiff = {
        .id = SLICE("SPF"), .version = 1, .incentive = INCENTIVE_SPIFF, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101,
        .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"),
        .spiff = { .serials = SERIAL_RULE_REQUIRED },
    };
    struct program deals = {
        .id = SLICE("DR"), .version = 1, .incentive = INCENTIVE_DEAL_REGISTRATION, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101,
        .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"),
        .deal = { .conflict = DEAL_CONFLICT_EXCLUSIVE, .approval = DEAL_APPROVAL_AUTO, .protection_days = 90 },
    };
    CHECK(catalogue_put_program(catalogue, &spiff) == OK && catalogue_put_program(catalogue, &deals) == OK);
}

static void open_engine_of(int32_t partitions)
{
    rig_begin();
    put_programs();
    rig_open(NULL, partitions);
    embedded_follow(engine, TOPIC_CLAIMS_CLEARED, see, NULL);
    embedded_follow(engine, TOPIC_CLAIMS_HELD, see, NULL);
    embedded_follow(engine, TOPIC_CLAIMS_DECIDED, see, NULL);
}

static void open_engine(void)
{
    open_engine_of(EMBEDDED_PARTITIONS);
}

static void put(const char *root, const char *line_id, const struct line *l, const char *program)
{
    struct candidate candidate = { .program_id = slice_from(program), .program_version = 1, .cell = CELL_YES };
    struct classification c = { .partner_root_id = slice_from(root), .role = ROLE_VAR, .sku = l->vendor_part,
                                .base_qty_milli = l->qty_milli, .line_date = 20260331, .received_date = 20260408,
                                .payee_id = slice_from(root), .candidates = &candidate, .candidate_count = 1 };
    rig_put(l, slice_from(line_id), embedded_now(engine), &c);
}

static void send(const char *root, const char *line_id, const struct line *l, const char *program)
{
    put(root, line_id, l, program);
    CHECK_INT(embedded_run_until_idle(engine), OK);
}

static void send_roster(const char *root)
{
    struct rep_roster roster = { .valid_from = 20200101 };
    struct line l = { .kind = KIND_REP_ROSTER, .partner_id = slice_from(root), .rep_id = SLICE("R-1"),
                      .roster = &roster };
    send(root, slice_from(root).bytes, &l, "SPF");
    told.size = 0;
}

static struct line spiff(const char *root, const char *invoice, struct slice *serial)
{
    return (struct line){
        .kind = KIND_SPIFF_CLAIM, .partner_id = slice_from(root), .claim_id = slice_from(invoice),
        .invoice_no = slice_from(invoice),
        .invoice_line = SLICE("1"), .ship_date = 20260331, .vendor_part = SLICE("AP-9"), .qty_milli = 1000,
        .uom = SLICE("EA"),
        .rep_id = SLICE("R-1"), .serials = { serial, 1 },
        .sold_to = { .name = SLICE("Birch Clinic"), .key = SLICE("C-BIRCH"), .id = SLICE("C-BIRCH"),
                     .country = SLICE("US") },
    };
}

static struct slice said(void)
{
    struct slice s = slice_copy(test_arena(), text_slice(&told));
    told.size = 0;
    return s;
}

TEST(the_first_root_holds_a_serial_and_the_second_is_asked_about)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    struct line first = spiff("V-1", "S-1", &serial), second = spiff("V-2", "S-2", &serial);
    send("V-1", "FIRST", &first, "SPF");
    send("V-2", "SECOND", &second, "SPF");
    CHECK_SLICE(said(), SLICE("FIRST PASS; SECOND HOLD SERIAL_OTHER_PARTNER"));
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("FIRST") };
    send("V-1", "CANCEL", &cancel, "SPF");
    struct line third = spiff("V-2", "S-3", &serial);
    said();
    third.claim_id = SLICE("S-3");
    send("V-2", "THIRD", &third, "SPF");
    CHECK_SLICE(said(), SLICE("THIRD REJECT SERIAL_DUPLICATE")); /* its own root's held claim has the slot in state */
    close_engine();
}

TEST(a_refused_line_gives_its_slot_back_at_once)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    struct line refused = spiff("V-1", "S-1", &serial), second = spiff("V-2", "S-2", &serial);
    refused.ship_date = 20260501;
    send("V-1", "REFUSED", &refused, "SPF");
    send("V-2", "SECOND", &second, "SPF");
    CHECK_SLICE(said(), SLICE("REFUSED REJECT SHIP_FUTURE; SECOND PASS"));
    close_engine();
}

static void release(const char *line_id)
{
    struct slice role = SLICE("reviewer");
    struct review r = { .act = ACT_PROPOSE,
                        .verb = VERB_RELEASE,
                        .line_id = slice_from(line_id),
                        .actor_id = SLICE("anna"),
                        .note = SLICE("it is the rightful one"),
                        .actor_roles = { &role, 1 } };
    bool found = false;
    CHECK_INT(embedded_review(engine, r, &found), OK);
    CHECK(found);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 1000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
}

static struct slice holder_of(const char *key)
{
    struct registry_request q = { .family = REGISTRY_SERIAL, .key = slice_from(key), .only_looks = true };
    CHECK_INT(registry_ask(memory_registry_base(registry), &q, 1), OK);
    return q.holder_count ? slice_copy(test_arena(), q.holders[0].line_id) : SLICE("");
}

TEST(a_release_moves_the_slot_and_opens_a_case_for_both_lines)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    send_roster("V-3");
    struct line first = spiff("V-1", "S-1", &serial), second = spiff("V-2", "S-2", &serial),
                third = spiff("V-3", "S-3", &serial);
    send("V-1", "FIRST", &first, "SPF");
    send("V-2", "SECOND", &second, "SPF");
    CHECK_SLICE(holder_of("SPF:K100"), SLICE("FIRST"));
    said();
    release("SECOND");
    CHECK_SLICE(said(), SLICE("SECOND PASS; case of SECOND FIRST HOLD SERIAL_OTHER_PARTNER"));
    CHECK_SLICE(holder_of("SPF:K100"), SLICE("SECOND"));
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("FIRST") };
    send("V-1", "CANCEL", &cancel, "SPF");                  /* it gives nothing back that is not its own any more */
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 1000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    said();
    send("V-3", "THIRD", &third, "SPF");
    CHECK_SLICE(said(), SLICE("THIRD HOLD SERIAL_OTHER_PARTNER"));
    close_engine();
}

TEST(a_release_after_the_slot_came_free_opens_no_case_and_another_holder_is_a_new_finding)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    send_roster("V-3");
    struct line first = spiff("V-1", "S-1", &serial), second = spiff("V-2", "S-2", &serial),
                third = spiff("V-3", "S-3", &serial);
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("FIRST") };
    send("V-1", "FIRST", &first, "SPF");
    send("V-2", "SECOND", &second, "SPF");
    send("V-1", "CANCEL", &cancel, "SPF");
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 1000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    send("V-3", "THIRD", &third, "SPF");
    said();
    release("SECOND");
    CHECK_SLICE(said(), SLICE("SECOND HOLD SERIAL_OTHER_PARTNER"));
    cancel.partner_id = SLICE("V-3");
    cancel.original_line_ref = SLICE("THIRD");
    send("V-3", "CANCEL-3", &cancel, "SPF");
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 1000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    said();
    release("SECOND");
    CHECK_SLICE(said(), SLICE("SECOND PASS"));
    CHECK_SLICE(holder_of("SPF:K100"), SLICE("SECOND"));
    close_engine();
}

TEST(a_line_that_took_a_slot_over_stands_in_the_registry)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    struct line first = spiff("V-1", "S-1", &serial), replace = first, other = spiff("V-2", "S-9", &serial);
    replace.kind = KIND_REPLACE;
    replace.replaces_kind = KIND_SPIFF_CLAIM;
    replace.original_line_ref = SLICE("FIRST");
    replace.ship_date = 20260330;
    send("V-1", "FIRST", &first, "SPF");
    send("V-1", "REPLACE", &replace, "SPF");
    send("V-2", "OTHER", &other, "SPF");
    CHECK_SLICE(said(), SLICE("FIRST PASS; REPLACE PASS; OTHER HOLD SERIAL_OTHER_PARTNER"));
    close_engine();
}

TEST(a_line_asked_for_before_the_cancel_of_the_holder_takes_its_slot_behind_it)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    struct line first = spiff("V-1", "S-1", &serial), second = spiff("V-1", "S-2", &serial),
        other = spiff("V-2", "S-9", &serial),
        cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("FIRST") };
    send("V-1", "FIRST", &first, "SPF");
    put("V-1", "CANCEL", &cancel, "SPF");                   /* one window: both are asked about before one is judged */
    send("V-1", "SECOND", &second, "SPF");
    said();
    send("V-2", "OTHER", &other, "SPF");
    CHECK_SLICE(said(), SLICE("OTHER HOLD SERIAL_OTHER_PARTNER"));
    close_engine();
}

TEST(what_a_line_of_this_window_gives_back_is_asked_for_again)
{
    struct slice serial = SLICE("K100");
    open_engine_of(1);                                      /* where nothing but the batch tells who is first */
    send_roster("V-1");
    send_roster("V-2");
    struct line first = spiff("V-1", "S-1", &serial), other = spiff("V-2", "S-9", &serial),
        cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("FIRST") };
    send("V-1", "FIRST", &first, "SPF");
    put("V-1", "CANCEL", &cancel, "SPF");
    send("V-2", "OTHER", &other, "SPF");
    CHECK_SLICE(said(), SLICE("FIRST PASS; CANCEL PASS; OTHER PARK REGISTRY_UNAVAILABLE; OTHER PASS"));
    CHECK_SLICE(holder_of("SPF:K100"), SLICE("OTHER"));
    close_engine();
}

TEST(a_registry_that_is_away_parks_and_its_return_wakes)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    memory_registry_set_away(registry, true);
    struct line l = spiff("V-1", "S-1", &serial);
    send("V-1", "LINE", &l, "SPF");
    CHECK_SLICE(said(), SLICE("LINE PARK REGISTRY_UNAVAILABLE"));
    memory_registry_set_away(registry, false);
    embedded_wake(engine, SLICE(WAIT_REGISTRY));
    CHECK_INT(embedded_run_until_idle(engine), OK);
    CHECK_SLICE(said(), SLICE("LINE PASS"));
    close_engine();
}

TEST(the_cancel_of_a_return_waits_for_a_registry_that_is_away)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    struct line claim = spiff("V-1", "S-1", &serial), sale = spiff("V-1", "S-1", &serial),
        back = spiff("V-1", "S-2", &serial),
        cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("BACK") };
    sale.kind = KIND_POS_SALE;
    sale.rep_id = sale.claim_id = back.rep_id = back.claim_id = (struct slice){ 0 };
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -1000;
    back.original_line_ref = SLICE("SALE");
    send("V-1", "SALE", &sale, "SPF");
    send("V-1", "CLAIM", &claim, "SPF");
    send("V-1", "BACK", &back, "SPF");
    CHECK_SLICE(said(), SLICE("SALE PASS; CLAIM PASS; BACK PASS"));
    memory_registry_set_away(registry, true);
    send("V-1", "CANCEL", &cancel, "SPF");
    CHECK_SLICE(said(), SLICE("CANCEL PARK REGISTRY_UNAVAILABLE"));
    memory_registry_set_away(registry, false);
    embedded_wake(engine, SLICE(WAIT_REGISTRY));
    CHECK_INT(embedded_run_until_idle(engine), OK);
    CHECK_SLICE(said(), SLICE("CANCEL PASS"));
    CHECK_SLICE(holder_of("SPF:K100"), SLICE("CLAIM"));
    close_engine();
}

TEST(a_registry_that_is_back_is_found_by_the_next_tick)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    memory_registry_set_away(registry, true);
    struct line l = spiff("V-1", "S-1", &serial);
    send("V-1", "LINE", &l, "SPF");
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 5000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    CHECK_SLICE(said(), SLICE("LINE PARK REGISTRY_UNAVAILABLE"));
    memory_registry_set_away(registry, false);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    CHECK_SLICE(said(), SLICE(""));                         /* it is asked once a second */
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 1000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    CHECK_SLICE(said(), SLICE("LINE PASS"));
    close_engine();
}

TEST(what_is_owed_a_registry_that_is_away_is_paid_when_it_is_back)
{
    struct slice serial = SLICE("K100");
    open_engine();
    send_roster("V-1");
    send_roster("V-2");
    struct line first = spiff("V-1", "S-1", &serial), other = spiff("V-2", "S-9", &serial),
        cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("V-1"), .original_line_ref = SLICE("FIRST") };
    send("V-1", "FIRST", &first, "SPF");
    memory_registry_set_away(registry, true);
    send("V-1", "CANCEL", &cancel, "SPF");
    memory_registry_set_away(registry, false);
    said();
    send("V-2", "OTHER", &other, "SPF");                    /* taken too long, never free too soon */
    CHECK_SLICE(said(), SLICE("OTHER HOLD SERIAL_OTHER_PARTNER"));
    CHECK_INT(embedded_advance(engine, embedded_now(engine) + 1000), OK);
    CHECK_INT(embedded_run_until_idle(engine), OK);
    struct registry_request q = { .family = REGISTRY_SERIAL, .key = SLICE("SPF:K100"), .only_looks = true };
    CHECK_INT(registry_ask(memory_registry_base(registry), &q, 1), OK);
    CHECK_INT(q.holder_count, 0);
    close_engine();
}

TEST(one_opportunity_has_one_holder_and_a_revision_meets_its_own_place)
{
    struct deal_registration deal = { .revision = 1, .family = SLICE("SWITCH"), .qty_milli = 5000 };
    struct line l = { .kind = KIND_DEAL_REGISTRATION, .partner_id = SLICE("V-1"), .deal_reg_no = SLICE("A"),
                      .currency = SLICE("USD"),
                      .deal = &deal, .end_customer = { .name = SLICE("Hazel"), .key = SLICE("C-HAZEL"),
                                                       .id = SLICE("C-HAZEL"), .country = SLICE("US") } };
    open_engine();
    send("V-1", "ONE", &l, "DR");
    l.partner_id = SLICE("V-2");
    send("V-2", "TWO", &l, "DR");
    l.partner_id = SLICE("V-1");
    deal.revision = 2;
    send("V-1", "ONE-2", &l, "DR");
    l.deal_reg_no = SLICE("B");
    send("V-1", "AGAIN", &l, "DR");
    CHECK_SLICE(said(),
                SLICE("ONE PASS; TWO REJECT COMPETING_REGISTRATION; ONE-2 PASS; AGAIN REJECT DUPLICATE_REGISTRATION"));
    l.deal_reg_no = SLICE("A");
    deal.revision = 3;
    deal.withdrawn = true;
    send("V-1", "OUT", &l, "DR");
    deal.withdrawn = false;
    l.partner_id = SLICE("V-2");
    send("V-2", "TWO-2", &l, "DR");
    CHECK_SLICE(said(), SLICE("OUT PASS; TWO-2 PASS"));
    close_engine();
}
