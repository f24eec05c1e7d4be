/* Who has published what, and what that makes of it. */
#include "wire/reference_shelf.h"

#include "support/table.h"

static struct shelf *shelf;
static struct problems problems;

static struct text_source source(void)
{
    problems = problems_in(test_arena());
    return (struct text_source){
        .arena = test_arena(), .file = SLICE("f"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
}

static struct shelf_outcome publish(const struct reference_draft *d, const char *actor, const char *approver)
{
    struct publisher who = { slice_from(actor), slice_from(approver), 7 };
    struct shelf_outcome o = shelf_publish(shelf, test_arena(), d, &who);
    for (unsigned i = 0; i < o.send_count; i++)
        shelf_put(shelf, o.sends[i].is_partner, o.sends[i].key, o.sends[i].value);
    return o;
}

static const struct reference_draft *draft_of(const char *text)
{
    struct text_source s = source();
    static struct reference_drafts d;
    d = reference_drafts_in(test_arena());
    bool read = reference_draft_read_record(&d, &s, slice_copy(test_arena(), slice_from(text)));
    CHECK(read && d.count == 1);
    return read ? d.items : NULL;
}

static enum shelf_answer publish_text(const char *actor, const char *text)
{
    return publish(draft_of(text), actor, "").answer;
}

static const struct reference *on_file(const char *key)
{
    static struct reference r;
    struct slice bytes = shelf_find(shelf, false, slice_from(key));
    return bytes.size && reference_decode(test_arena(), bytes, &r) == OK ? &r : NULL;
}

static const char *program(unsigned version, unsigned percent)
{
    char *text = arena_alloc(test_arena(), 256);
    snprintf(text, 256,
             "program: {id: VR, version: %u, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01}\nvolume: "
             "{tiers: [{from: 0, percent: %u}]}\n",
             version, percent);
    return text;
}

TEST(terms_of_one_person_are_a_proposal_and_a_second_person_puts_them_in_force)
{
    shelf = shelf_open();
    struct table t = TABLE(
        "actor  version  percent  | answer",
        "ann    1        1        | PROPOSED",
        "ann    1        1        | WAITS",
        "bob    1        1        | IN_FORCE",
        "eve    1        1        | UNCHANGED",
        "eve    1        9        | CONFLICT",
        "eve    3        3        | PROPOSED",
        "bob    3        4        | PROPOSED",
        "eve    3        3        | PROPOSED",
        "bob    3        3        | IN_FORCE",
        "ann    2        2        | PROPOSED");
    while (table_next(&t)) {
        char actor[16];
        snprintf(actor, sizeof actor, "%.*s", SLICE_ARGS(cell(&t, "actor")));
        enum shelf_answer a =
            publish_text(actor, program((unsigned)cell_int(&t, "version"), (unsigned)cell_int(&t, "percent")));
        static const struct slice words[] = { SLICE_INIT("IN_FORCE"), SLICE_INIT("PROPOSED"), SLICE_INIT("UNCHANGED"),
                                              SLICE_INIT("WAITS"),    SLICE_INIT("CONFLICT"), SLICE_INIT("REFUSED") };
        CHECK_CELL(&t, "answer", words[a]);
    }
    const struct terms *terms = on_file("PROGRAM/VR")->terms;
    CHECK_INT(terms->version_count, 3);
    for (unsigned i = 0; i < 3; i++) CHECK_INT(terms->versions[i].version, i + 1);
    CHECK_TEXT(terms->versions[0].publication.author_id, "ann");
    CHECK_TEXT(terms->versions[0].publication.approver_id, "bob");
    CHECK_INT(terms->versions[1].publication.approver_id.size, 0);
    CHECK_TEXT(terms->versions[2].publication.author_id, "eve");
    shelf_close(shelf);
}

TEST(what_counts_as_approved_is_in_force_at_once)
{
    shelf = shelf_open();
    struct shelf_outcome o = publish(draft_of(program(1, 1)), "ann", "world:tiny");
    CHECK_INT(o.answer, SHELF_IN_FORCE);
    CHECK_TEXT(on_file("PROGRAM/VR")->terms->versions[0].publication.approver_id, "world:tiny");
    CHECK_INT(publish(draft_of(program(1, 1)), "ann", "world:tiny").answer, SHELF_UNCHANGED);
    CHECK_INT(publish(draft_of(program(1, 2)), "ann", "world:tiny").answer, SHELF_CONFLICT);
    shelf_close(shelf);
}

TEST(prices_join_the_history_and_a_day_has_one_price)
{
    shelf = shelf_open();
    CHECK_INT(publish_text("ann", "price_list: {list_id: PL, sku: A, currency: USD, entries: [{price: 1, valid_from: "
                                  "2026-01-01}, {price: 3, valid_from: 2026-03-01}]}"),
              SHELF_IN_FORCE);
    CHECK_INT(publish_text("ann", "price_list: {list_id: PL, sku: A, currency: USD, entries: [{price: 2, valid_from: "
                                  "2026-02-01}, {price: 4, valid_from: 2026-03-01}]}"),
              SHELF_IN_FORCE);
    const struct price_list *p = on_file("PRICE_LIST/PL/A")->price_list;
    CHECK_INT(p->price_count, 3);
    CHECK_INT(p->prices[0].price_micros, 1000000);
    CHECK_INT(p->prices[1].price_micros, 2000000);
    CHECK_INT(p->prices[2].price_micros, 4000000);
    CHECK_INT(
        publish_text("ann",
                     "price_list: {list_id: PL, sku: A, currency: USD, entries: [{price: 2, valid_from: 2026-02-01}]}"),
        SHELF_UNCHANGED);
    CHECK_INT(
        publish_text("ann",
                     "price_list: {list_id: PL, sku: A, currency: EUR, entries: [{price: 2, valid_from: 2026-02-01}]}"),
        SHELF_CONFLICT);
    shelf_close(shelf);
}

TEST(rates_join_the_history_of_their_pair)
{
    shelf = shelf_open();
    CHECK_INT(
        publish_text("ann", "fx_table: {table_id: default, from: EUR, to: USD, rate: 1.1, valid_from: 2026-01-01}"),
        SHELF_IN_FORCE);
    CHECK_INT(
        publish_text("ann", "fx_table: {table_id: default, from: EUR, to: USD, rate: 1.2, valid_from: 2026-02-01}"),
        SHELF_IN_FORCE);
    CHECK_INT(on_file("FX_TABLE/default/EUR/USD")->fx->rate_count, 2);
    CHECK_INT(
        publish_text(
            "ann", "fx_table: {table_id: default, from: EUR, to: USD, units: 100, rate: 120, valid_from: 2026-03-01}"),
        SHELF_CONFLICT);
    shelf_close(shelf);
}

static const struct reference_draft *partner_draft(const char *tier)
{
    char text[128];
    snprintf(text, sizeof text, "partner: {partner_id: N-100, name: Northgate, tiers: [{tier: %s}]}", tier);
    return draft_of(text);
}

static uint64_t partner_on_file(const char *key, struct publication *by)
{
    struct partner p;
    struct slice bytes = shelf_find(shelf, true, slice_from(key));
    return bytes.size && partner_decode(test_arena(), bytes, &p, by) == OK ? p.revision : 0;
}

TEST(a_proposed_profile_leaves_the_one_in_force_where_it_is)
{
    struct publication by;
    shelf = shelf_open();
    CHECK_INT(publish(partner_draft("GOLD"), "ann", "").answer, SHELF_PROPOSED);
    CHECK_INT(partner_on_file("N-100", &by), 0);
    CHECK_INT(partner_on_file("N-100?proposal", &by), 1);
    CHECK_INT(publish(partner_draft("GOLD"), "ann", "").answer, SHELF_WAITS);
    CHECK_INT(publish(partner_draft("GOLD"), " ANN", "").answer, SHELF_WAITS);
    CHECK_INT(publish(partner_draft("GOLD"), "bob", "").answer, SHELF_IN_FORCE);
    CHECK_INT(partner_on_file("N-100", &by), 1);
    CHECK_TEXT(by.author_id, "ann");
    CHECK_TEXT(by.approver_id, "bob");
    CHECK_INT(partner_on_file("N-100?proposal", &by), 0);
    CHECK_INT(publish(partner_draft("SILVER"), "ann", "").answer, SHELF_PROPOSED);
    CHECK_INT(partner_on_file("N-100", &by), 1);
    CHECK_INT(publish(partner_draft("GOLD"), "bob", "").answer, SHELF_UNCHANGED);
    CHECK_INT(publish(partner_draft("SILVER"), "bob", "").answer, SHELF_IN_FORCE);
    CHECK_INT(partner_on_file("N-100", &by), 2);
    shelf_close(shelf);
}

TEST(a_verdict_on_a_party_takes_two_people)
{
    const char *blocked = "party: {party_key: K, entry_id: E, blocked: true}",
               *cleared = "party: {party_key: K, entry_id: E, blocked: false}";
    shelf = shelf_open();
    CHECK_INT(publish_text("ann", blocked), SHELF_PROPOSED);
    CHECK(!on_file("PARTY/K/E") && on_file("PARTY/K/E?proposal"));
    CHECK_INT(publish_text("bob", blocked), SHELF_IN_FORCE);
    CHECK(on_file("PARTY/K/E")->party->verdict.blocked && !on_file("PARTY/K/E?proposal"));
    CHECK_INT(publish_text("bob", blocked), SHELF_UNCHANGED);
    CHECK_INT(publish_text("bob", cleared), SHELF_PROPOSED);
    CHECK(on_file("PARTY/K/E")->party->verdict.blocked);
    shelf_close(shelf);
}

static bool note_key(void *context, bool is_partner, struct slice key, struct slice value)
{
    char *keys = context;
    CHECK(value.size > 0);
    snprintf(keys + strlen(keys), 64, "%c%.*s ", is_partner ? 'p' : 'r', SLICE_ARGS(key));
    return true;
}

TEST(a_shelf_keeps_one_value_a_key_and_a_tombstone_takes_away_proposals_alone)
{
    char keys[256] = "";
    shelf = shelf_open();
    shelf_put(shelf, false, SLICE("b"), SLICE("1"));
    shelf_put(shelf, true, SLICE("b"), SLICE("2"));
    shelf_put(shelf, false, SLICE("a"), SLICE("3"));
    shelf_put(shelf, false, SLICE("b"), SLICE("4"));
    shelf_put(shelf, false, SLICE("c?anna"), SLICE("5"));
    shelf_put(shelf, false, SLICE("c?anna"), SLICE(""));
    shelf_put(shelf, false, SLICE("b"), SLICE(""));
    shelf_put(shelf, true, SLICE("b"), SLICE(""));
    shelf_put(shelf, false, SLICE("d"), SLICE(""));
    shelf_walk(shelf, note_key, keys);
    CHECK_SLICE(slice_from(keys), SLICE("pb ra rb "));
    CHECK_SLICE(shelf_find(shelf, false, SLICE("b")), SLICE("4"));
    shelf_close(shelf);
}
