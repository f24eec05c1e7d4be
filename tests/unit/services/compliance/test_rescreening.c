/* tests/unit/services/compliance/test_rescreening.c: screening.md 6.6: lists that change under parties on file. */
#include "compliance/rescreening.h"

#include "base/assert.h"
#include "compliance/list_hits.h"
#include "domain/name/party_key.h"
#include "engine_rig.h"
#include "support/table.h"

#include <stdio.h>

static struct compliance_own own;
static struct slice chain;                          /* of the last case: who owns whom */

/* "case C-1 HOLD: L1 L2", "line L1 PASS". */
static void see(void *context, const struct record *r)
{
    struct dossier d;
    (void)context;
    CHECK_INT(dossier_decode(test_arena(), slice_copy(test_arena(), r->value), &d), OK);
    if (told.size) PUT(&told, "; ");
    bool is_case = dossier_is_case(&d);
    if (is_case && d.clearance->judgement.rule_result_count) {
        const struct rule_result *result = &d.clearance->judgement.rule_results[0];
        chain = result->evidence_count > 2 ? result->evidence[2].text : SLICE("");
    }
    text_put(&told, is_case ? SLICE("case ") : SLICE("line "));
    text_put(&told, is_case ? d.clearance->case_subject : d.receipt->line_id);
    PUT(&told, " ");
    text_put(&told, word_text(VOCABULARY_OUTCOME, (int)d.clearance->judgement.outcome));
    for (unsigned i = 0; is_case && i < d.clearance->case_line_ids.count; i++) {
        PUT(&told, " ");
        text_put(&told, d.clearance->case_line_ids.items[i]);
    }
}

static struct name_lists *lists_of(const char *const *names, unsigned count)
{
    struct list_entry *entries = ARENA_ARRAY(test_arena(), count + 1u, struct list_entry);
    struct name_list *list = ARENA_NEW(test_arena(), struct name_list);
    struct name_lists *lists = ARENA_NEW(test_arena(), struct name_lists);
    for (unsigned i = 0; i < count; i++) {
        struct list_name *name = ARENA_NEW(test_arena(), struct list_name);
        char *id = arena_alloc(test_arena(), 3);
        id[0] = 'E';
        id[1] = (char)('0' + i);
        name->text = slice_from(names[i]);
        entries[i] = (struct list_entry){
            .entry_id = slice_of(id, 2), .kind = PARTY_KIND_ORGANISATION, .names = name, .name_count = 1
        };
    }
    *list = (struct name_list){ .id = SLICE("L"), .purpose = LIST_PURPOSE_DENIED, .required = true };
    list_seal(test_arena(), list, entries, count);
    screen_prepare(test_arena(), list, 1, lists);
    return lists;
}

static const char *const old_names[] = { "KESTREL MARITIME TRADING" };
static const char *const new_names[] = { "KESTREL MARITIME TRADING", "VARNHOLT AERO LEASING" };

static void open_engine(void)
{
    static void *const owns[] = { &own };
    rig_begin();
    own = (struct compliance_own){ .lists = lists_of(old_names, 1), .seed = 7 };
    rig_open(owns, 0);
    embedded_follow(engine, TOPIC_CLAIMS_CLEARED, see, NULL);
    embedded_follow(engine, TOPIC_CLAIMS_HELD, see, NULL);
}

static struct slice seller, site;                   /* of the sales that follow; no site: the root itself */

static const char *arena_text(struct slice s)
{
    char *text = arena_alloc(test_arena(), s.size + 1);
    memcpy(text, s.bytes, s.size);
    text[s.size] = 0;
    return text;
}

static void send(const struct line *l, const char *line_id, int64_t days_ago);

static void enrol(const char *rep_id, const char *name)
{
    struct rep_roster roster = { .valid_from = 20200101, .name = slice_from(name) };
    struct line l = {
        .kind = KIND_REP_ROSTER, .partner_id = SLICE("N-100"), .rep_id = slice_from(rep_id), .roster = &roster
    };
    send(&l, "ROSTER", 100);
}

static void sell(const char *line_id, const char *name, const char *key, int64_t days_ago)
{
    struct line l = { .kind = KIND_POS_SALE,
                      .rep_id = seller,
                      .partner_id = site.size ? site : SLICE("N-100"),
                      .vendor_part = SLICE("SW"),
                      .invoice_no = slice_from(line_id),
                      .uom = SLICE("EA"),
                      .ship_date = 20260101,
                      .qty_milli = 1000,
                      .sold_to = { .name = slice_from(name), .key = slice_from(key), .country = SLICE("US") } };
    send(&l, line_id, days_ago);
}

static void send(const struct line *l, const char *line_id, int64_t days_ago)
{
    struct classification c = { .partner_root_id = SLICE("N-100"), .role = ROLE_DISTRIBUTOR, .sku = SLICE("SW"),
                                .base_qty_milli = 1000, .line_date = 20260101, .received_date = 20260408 };
    rig_put(l, slice_from(line_id), embedded_now(engine) - days_ago * 24 * INSTANT_HOUR_MS, &c);
    CHECK_INT(embedded_run_until_idle(engine), OK);
}

static void swap(const struct name_lists *lists)
{
    told.size = 0;
    own.lists = lists;
    embedded_tick(engine);
    CHECK_INT(embedded_run_until_idle(engine), OK);
}

TEST(a_new_entry_meets_the_parties_on_file_with_their_lines_of_the_last_days)
{
    open_engine();
    sell("L-OLD", "Varnholt Aero Leasing Ltd", "C-1", 91);
    sell("L-EDGE", "Varnholt Aero Leasing Ltd", "C-1", 90);
    sell("L-NEW", "Varnholt Aero Leasing Ltd", "C-1", 0);
    sell("L-ELSE", "Plain Garden Tools", "C-2", 0);
    CHECK_TEXT(text_slice(&told), "line L-OLD PASS; line L-EDGE PASS; line L-NEW PASS; line L-ELSE PASS");
    swap(lists_of(new_names, 2));
    CHECK_TEXT(text_slice(&told), "case C-1 HOLD L-NEW L-EDGE");
    swap(own.lists);                                        /* the same lists again: nothing to do */
    CHECK_TEXT(text_slice(&told), "");
    swap(lists_of(old_names, 1));
    CHECK_TEXT(text_slice(&told), "case C-1 PASS L-NEW L-EDGE");    /* the entry is gone */
    swap(lists_of(new_names, 2));
    CHECK_TEXT(text_slice(&told), "case C-1 HOLD L-NEW L-EDGE");
    close_engine();
}

TEST(a_changed_entry_asks_again_and_an_unchanged_one_does_not)
{
    static const char *const changed[] = { "KESTREL MARITIME TRADING CO", "VARNHOLT AERO LEASING" };
    open_engine();
    sell("L1", "Kestrel Maritime Trading", "C-1", 0);
    CHECK_TEXT(text_slice(&told), "line L1 HOLD; case C-1 HOLD L1");
    swap(lists_of(new_names, 2));
    CHECK_TEXT(text_slice(&told), "");
    swap(lists_of(changed, 2));
    CHECK_TEXT(text_slice(&told), "case C-1 HOLD L1");
    close_engine();
}

/* Every party that a line names: the partner, its payee, its seller. */
TEST(a_new_entry_meets_partner_payee_and_seller_with_their_lines)
{
    struct table t = TABLE(
        "listed                    | told",
        "Quarrywood Outfitters     | case N-100 HOLD L1 L2",
        "Wexmoor Paying House      | case PAY-7 HOLD L1 L2",
        "Dorvanik Petr             | case R-9 HOLD L2");
    struct partner partner = {
        .partner_id = SLICE("N-100"),
        .root_id = SLICE("N-100"),
        .name = SLICE("Quarrywood Outfitters"),
        .country = SLICE("US"),
        .payee = { .payee_id = SLICE("PAY-7"), .name = SLICE("Wexmoor Paying House"), .country = SLICE("US") }
    };
    while (table_next(&t)) {
        const char *listed[2] = { old_names[0], arena_text(cell(&t, "listed")) };
        open_engine();
        memory_profiles_put(profiles, &partner);
        enrol("R-9", "Petr Dorvanik");
        sell("L1", "Plain Garden Tools", "C-2", 0);
        seller = SLICE("R-9");
        sell("L2", "Plain Garden Tools", "C-2", 0);
        seller = SLICE("");
        swap(lists_of(listed, 2));
        CHECK_CELL(&t, "told", text_slice(&told));
        close_engine();
    }
}

/* A site is named by its own lines, a root by those of all its sites. */
TEST(a_new_entry_meets_a_site_with_its_own_lines_and_a_root_with_all)
{
    struct table t = TABLE(
        "listed                    | told",
        "Quarrywood Outfitters     | case N-100 HOLD L1 L2",
        "Wexmoor Western Depot     | case N-100-W HOLD L2");
    struct partner root = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"),
                            .name = SLICE("Quarrywood Outfitters"), .country = SLICE("US") };
    struct partner west = { .partner_id = SLICE("N-100-W"), .root_id = SLICE("N-100"),
                            .name = SLICE("Wexmoor Western Depot"), .country = SLICE("US") };
    while (table_next(&t)) {
        const char *listed[2] = { old_names[0], arena_text(cell(&t, "listed")) };
        open_engine();
        memory_profiles_put(profiles, &root);
        memory_profiles_put(profiles, &west);
        sell("L1", "Plain Garden Tools", "C-2", 0);
        site = SLICE("N-100-W");
        sell("L2", "Plain Garden Tools", "C-2", 0);
        site = SLICE("");
        swap(lists_of(listed, 2));
        CHECK_CELL(&t, "told", text_slice(&told));
        close_engine();
    }
}

/* The identifier of a party stands in its key: a list that names it by another name is met all the same. */
TEST(a_new_entry_meets_a_party_by_its_identifier)
{
    open_engine();
    sell("L1", "Harmless Garden Tools", "1:123456789", 0);
    sell("L2", "Harmless Garden Tools", "1:987654321", 0);
    struct name_lists *next = lists_of(new_names, 2);
    struct list_identifier id = { .type = SLICE("DUNS"), .value = SLICE("12-345-6789") };
    struct list_entry *entry = (struct list_entry *)(uintptr_t)&next->lists[0].entries[1];
    entry->identifiers = &id;
    entry->identifier_count = 1;
    struct name_list list = { .id = SLICE("L"), .purpose = LIST_PURPOSE_DENIED, .required = true };
    struct name_lists lists;
    list_seal(test_arena(), &list, (struct list_entry *)(uintptr_t)next->lists[0].entries, 2);
    screen_prepare(test_arena(), &list, 1, &lists);
    swap(&lists);
    CHECK_TEXT(text_slice(&told), "case 1:123456789 HOLD L1");
    close_engine();
}

/* Owners name no line themselves: those of the partner that they own are what must not be paid. */
TEST(a_new_entry_meets_owners_through_their_chains_with_the_lines_of_the_partner)
{
    struct table t = TABLE(
        "name                   id         share     | told                      chain",
        "Varnholt Aero Leasing  -          10000000 | case OWN-2 HOLD L1 L2     -",       /* a name alone */
        "Harmless Holding       123456789  49999999 | case 1:123456789 HOLD L1 L2  -",
        "Harmless Holding       123456789  50000000 | case 1:123456789 HOLD L1 L2  Harmless Holding 50% "
        "of Birch; Birch 60% of Quarrywood",
        "Harmless Holding       987654321  90000000 | -                         -");
    while (table_next(&t)) {
        bool has_id = !slice_equal(cell(&t, "id"), SLICE("-")) && cell(&t, "id").size;
        struct owner above = { .party = { .name = cell(&t, "name"), .country = SLICE("US"), .key = SLICE("OWN-2") },
                               .share_percent_micros = cell_int(&t, "share"), .has_share = true };
        if (has_id)
            above.party = (struct party){
                .name = cell(&t, "name"), .country = SLICE("US"), .id_type = SLICE("1"), .id = cell(&t, "id")
            };
        struct owner birch = { .party = { .name = SLICE("Birch"), .country = SLICE("US"), .key = SLICE("OWN-1") },
                               .share_percent_micros = 60000000,
                               .has_share = true,
                               .owners = &above,
                               .owner_count = 1 };
        struct partner partner = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .country = SLICE("US"),
                                   .name = SLICE("Quarrywood"), .owners = &birch, .owner_count = 1 };
        struct list_identifier id = { .type = SLICE("DUNS"), .value = SLICE("123456789") };
        open_engine();
        memory_profiles_put(profiles, &partner);
        sell("L1", "Plain Garden Tools", "C-2", 0);
        sell("L2", "Plain Garden Tools", "C-2", 0);
        struct name_lists *next = lists_of(new_names, 2);
        struct list_entry *entry = (struct list_entry *)(uintptr_t)&next->lists[0].entries[1];
        entry->identifiers = &id;
        entry->identifier_count = 1;
        struct name_list list = { .id = SLICE("L"), .purpose = LIST_PURPOSE_DENIED, .required = true };
        struct name_lists lists;
        list_seal(test_arena(), &list, (struct list_entry *)(uintptr_t)next->lists[0].entries, 2);
        screen_prepare(test_arena(), &list, 1, &lists);
        chain = SLICE("");
        swap(&lists);
        CHECK_CELL(&t, "told", text_slice(&told));
        CHECK_CELL(&t, "chain", chain);
        close_engine();
    }
}

/* Those of a profile stand in the profile alone; a partner of another root that happens to have the customer's key is
 * not asked. */
TEST(a_new_entry_meets_a_partner_by_the_identifiers_of_its_profile)
{
    struct table t = TABLE(
        "root   value    | told",
        "N-100  12-345   | case N-100 HOLD L1",
        "N-100  12-346   | -",
        "N-200  12-345   | -");
    while (table_next(&t)) {
        struct pair tax = { SLICE("TAX"), cell(&t, "value") };
        struct partner partner = { .partner_id = SLICE("N-100"),
                                   .root_id = cell(&t, "root"),
                                   .name = SLICE("Quarrywood Outfitters"),
                                   .country = SLICE("US"),
                                   .identifiers = &tax,
                                   .identifier_count = 1 };
        struct list_identifier id = { .type = SLICE("TAX"), .value = SLICE("12345") };
        open_engine();
        memory_profiles_put(profiles, &partner);
        sell("L1", "Plain Garden Tools", "C-2", 0);
        struct name_lists *next = lists_of(new_names, 2);
        struct list_entry *entry = (struct list_entry *)(uintptr_t)&next->lists[0].entries[1];
        entry->identifiers = &id;
        entry->identifier_count = 1;
        struct name_list list = { .id = SLICE("L"), .purpose = LIST_PURPOSE_DENIED, .required = true };
        struct name_lists lists;
        list_seal(test_arena(), &list, (struct list_entry *)(uintptr_t)next->lists[0].entries, 2);
        screen_prepare(test_arena(), &list, 1, &lists);
        swap(&lists);
        CHECK_CELL(&t, "told", text_slice(&told));
        close_engine();
    }
}

/* What was cleared when the line was judged, with its id, is the same party when the list is new. */
TEST(a_party_with_an_id_has_one_revision_in_its_line_and_on_file)
{
    struct table t = TABLE(
        "id_type  id         key",
        "DUNS    123456789  1:123456789",
        "-       c-1        C-1",
        "92      c-1        C-1",
        "LEI     abc1       LEI:ABC1");
    while (table_next(&t)) {
        struct party line = { .name = SLICE("Kestrel"),
                              .country = SLICE("US"),
                              .id_type = cell(&t, "id_type"),
                              .id = cell(&t, "id") },
                     kept = line;
        party_key_identifier(cell(&t, "key"), &kept.id_type, &kept.id);
        CHECK_SLICE(list_hits_party_revision(test_arena(), &kept, NULL),
                    list_hits_party_revision(test_arena(), &line, NULL));
    }
}

/* CLEAR PARTY binds this party and this entry as they are (6.6); a verdict without revisions binds what comes. */
TEST(a_cleared_pair_is_asked_again_when_either_side_changes)
{
    struct table t = TABLE(
        "party   entry   | told",
        "same    same    | -",
        "-       -       | -",
        "same    other   | case C-1 HOLD L1",
        "other   same    | case C-1 HOLD L1");
    while (table_next(&t)) {
        open_engine();
        sell("L1", "Varnholt Aero Leasing Ltd", "C-1", 0);
        struct name_lists *next = lists_of(new_names, 2);
        struct party p = { .name = SLICE("Varnholt Aero Leasing Ltd"), .country = SLICE("US") };
        struct slice party = list_hits_party_revision(test_arena(), &p, NULL),
                     entry = list_revision(test_arena(), &next->lists[0].entries[1]);
        struct party_verdict v = { .party_key = SLICE("C-1"), .entry_id = SLICE("E1") };
        if (cell(&t, "party").size)
            v.party_revision = slice_equal(cell(&t, "party"), SLICE("same")) ? party : SLICE("0000000000000000");
        if (cell(&t, "entry").size)
            v.entry_revision = slice_equal(cell(&t, "entry"), SLICE("same")) ? entry : SLICE("0000000000000000");
        CHECK(catalogue_put_party(catalogue, &v) == OK);
        swap(next);
        CHECK_CELL(&t, "told", text_slice(&told));
        close_engine();
    }
}

/* More pairs than a tick opens, and more parties than it reads: it goes on until all are done. */
TEST(a_long_file_of_parties_is_done_over_several_ticks)
{
    open_engine();
    for (unsigned i = 0; i < 300; i++) {
        char *id = arena_alloc(test_arena(), 16);
        snprintf(id, 16, "L%03u", i);
        sell(id, i % 25 ? "Plain Garden Tools" : "Varnholt Aero Leasing", id, 0);
    }
    swap(lists_of(new_names, 2));
    unsigned cases = 0;
    for (size_t i = 0; i + 5 <= told.size; i++) cases += memcmp(told.bytes + i, "case ", 5) == 0;
    CHECK_INT(cases, 12);
    close_engine();
}
