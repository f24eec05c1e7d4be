/* The engine in one process, driven with a toy pipeline: what becomes of lines, in order of what they can meet. */
#include "runtime/memory_store.h"
#include "stage/embedded.h"

#include "support/test.h"
#include "support/toy.h"
#include "wire/dossier_codec.h"

#include <stdio.h>

enum { SEEN_MAX = 256, RECEIVED = 1700000000 };

struct seen {
    enum topic topic;
    struct slice line_id, key, value, code;
    struct dossier *dossier;
    const struct judgement *standing;
};

static struct seen seen[SEEN_MAX];
static unsigned seen_count;
static unsigned void_why;
static struct embedded *engine;
static struct catalogue *catalogue;
static struct toy toy;

static struct slice header(const struct record *r, const char *name)
{
    for (unsigned i = 0; i < r->header_count; i++)
        if (slice_equal(r->headers[i].name, slice_from(name))) return slice_copy(test_arena(), r->headers[i].value);
    return (struct slice){ 0 };
}

static void see(void *context, const struct record *r)
{
    (void)context;
    struct seen *s = &seen[seen_count++];
    *s = (struct seen){ .topic = r->topic,
                        .key = slice_copy(test_arena(), r->key),
                        .value = slice_copy(test_arena(), r->value) };
    if (r->topic == TOPIC_PAYOUTS) return;
    if (r->topic == TOPIC_DEADLETTERS) {
        s->code = header(r, "claimstream-code");
        s->line_id = header(r, "claimstream-line-id");
        return;
    }
    s->dossier = arena_alloc(test_arena(), sizeof *s->dossier);
    CHECK(dossier_decode(test_arena(), s->value, s->dossier) == OK);
    s->line_id = s->dossier->receipt->line_id;
    s->standing = dossier_is_case(s->dossier) ? &s->dossier->clearance->judgement
        : s->dossier->payout ? &s->dossier->payout->judgement : &s->dossier->classification->judgement;
}

static void note_void(void *context, const struct stage *stage, const struct review *review, unsigned why)
{
    (void)context;
    (void)stage;
    (void)review;
    void_why = why;
}

static void open_engine(unsigned lines_max, uint64_t seed, bool keeps)
{
    static const struct stage *const stages[] = { &toy_first, &toy_second };
    static void *const owns[] = { &toy, &toy };
    toy = (struct toy){ 0 };
    seen_count = 0;
    void_why = 0;
    catalogue = catalogue_open();
    struct embedded_options options = { .stages = stages,
                                        .stage_count = 2,
                                        .owns = owns,
                                        .seed = seed,
                                        .lines_max = lines_max,
                                        .keeps_log = keeps,
                                        .checks = true,
                                        .catalogue = catalogue,
                                        .on_void = note_void };
    CHECK(embedded_open(&options, &engine) == OK);
    embedded_follow(engine, TOPIC_CLAIMS_HELD, see, NULL);
    embedded_follow(engine, TOPIC_CLAIMS_DECIDED, see, NULL);
    embedded_follow(engine, TOPIC_PAYOUTS, see, NULL);
    embedded_follow(engine, TOPIC_DEADLETTERS, see, NULL);
    CHECK(embedded_advance(engine, (instant_ms)RECEIVED * 1000) == OK);
}

static void close_engine(void)
{
    for (unsigned i = 0; i < 2; i++) CHECK(conservation_holds(embedded_totals(engine, i)));
    embedded_close(engine);
    catalogue_close(catalogue);
}

static void send(const struct toy_line *line)
{
    embedded_send(engine, TOPIC_CLAIMS_RECEIVED, slice_from(line->root), toy_dossier(test_arena(), line));
}
#define SEND(...) send(&TOY(__VA_ARGS__))

static void run(void)
{
    CHECK(embedded_run_until_idle(engine) == OK);
}

/* What was seen since the last call: "held b HOLD NEAR_DUPLICATE; payout pay-a; …" */
static const char *told(void)
{
    static char text[4096];
    struct text t = text_over(text, sizeof text - 1);
    for (unsigned i = 0; i < seen_count; i++) {
        const struct seen *s = &seen[i];
        if (i) PUT(&t, "; ");
        if (s->topic == TOPIC_PAYOUTS) {
            struct payout p;
            CHECK(payout_decode(test_arena(), s->value, &p) == OK);
            PUT(&t, "pays ");
            text_put(&t, p.line_id);
            PUT(&t, " ");
            text_put_int(&t, p.amount_minor);
            continue;
        }
        text_put(&t, s->line_id);
        PUT(&t, " ");
        if (s->topic == TOPIC_DEADLETTERS) {
            PUT(&t, "DEAD ");
            text_put(&t, s->code);
            continue;
        }
        if (dossier_is_case(s->dossier)) PUT(&t, "case ");
        text_put(&t, word_text(VOCABULARY_OUTCOME, (int)s->standing->outcome));
        for (unsigned r = 0; r < s->standing->reason_count; r++) {
            PUT(&t, " ");
            text_put(&t, reason_name(s->standing->reasons[r].code));
        }
    }
    text[t.size] = 0;
    seen_count = 0;
    return text;
}
#define CHECK_TOLD(literal) CHECK_TEXT(slice_from(told()), literal)

static void act(enum act how, enum verb verb, const char *line, const char *actor, const char *role)
{
    struct slice roles[] = { slice_from(role) };
    bool found;
    void_why = 0;
    struct review r = { .act = how, .verb = verb, .line_id = slice_from(line), .actor_id = slice_from(actor),
                        .actor_roles = { roles, 1 }, .note = SLICE("seen") };
    CHECK(embedded_review(engine, r, &found) == OK);
    CHECK(found);
    run();
}

TEST(a_line_passes_both_stages_and_is_paid_once)
{
    open_engine(0, 1, false);
    SEND("a", "R1", "", 500);
    SEND("b", "R1", "b:reject=DUPLICATE_TRANSACTION", 300);
    SEND("c", "R1", "a:reject=NOT_ENROLLED", 200);
    SEND("a", "R1", "", 500);                       /* delivered twice */
    run();
    CHECK_TOLD("a PASS; pays a 500; b REJECT DUPLICATE_TRANSACTION; c REJECT DENIED_ON_REVIEW; a PASS");
    CHECK_INT(memory_log_size(embedded_log(engine)), 0);        /* nothing stays in memory */
    close_engine();
}

TEST(a_parked_line_is_judged_right_behind_the_line_that_brings_its_datum_oldest_first)
{
    open_engine(0, 1, false);
    SEND("late", "R1", "b:park=pos:1", 10, .received_at_unix_ms = (RECEIVED + 5) * 1000ll);
    SEND("early", "R1", "b:park=pos:1 b:say=pos:2", 20);
    SEND("other", "R1", "b:park=pos:11", 1);
    SEND("second", "R1", "b:park=pos:2", 30);
    run();
    CHECK_TOLD("late PARK FX_RATE_MISSING; early PARK FX_RATE_MISSING; other PARK FX_RATE_MISSING; second PARK "
               "FX_RATE_MISSING");
    SEND("bringer", "R1", "b:say=pos:1", 5);
    SEND("after", "R1", "", 7);
    run();
    CHECK_TOLD("bringer PASS; pays bringer 5; early PASS; pays early 20; second PASS; pays second 30; late PASS; pays "
               "late 10; "
               "after PASS; pays after 7");
    close_engine();
}

TEST(a_datum_from_outside_wakes_by_name_and_by_prefix_and_a_wait_unchanged_is_not_said_again)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "a:park=part:X", 10);
    SEND("y", "R1", "a:park=part:Y", 20);
    run();
    CHECK_TOLD("x PARK PART_UNKNOWN; y PARK PART_UNKNOWN");
    embedded_wake(engine, SLICE("part:"));
    run();
    CHECK_TOLD("");
    toy.known[toy.known_count++] = SLICE("part:X");
    embedded_wake(engine, SLICE("part:Y"));
    run();
    CHECK_TOLD("");
    embedded_wake(engine, SLICE("part:"));
    run();
    CHECK_TOLD("x PASS; pays x 10");
    toy.known[toy.known_count++] = SLICE("part:Y");
    embedded_wake(engine, SLICE(""));
    run();
    CHECK_TOLD("y PASS; pays y 20");
    CHECK_INT(embedded_totals(engine, 0)->out[OUTCOME_PARK], 2 + 2 + 1 + 1);
    close_engine();
}

TEST(a_park_expires_keeps_its_code_and_is_still_woken)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:park=fx:1", 10);
    run();
    CHECK_TOLD("x PARK FX_RATE_MISSING");
    CHECK(embedded_advance(engine, RECEIVED * 1000ll + 72 * INSTANT_HOUR_MS - 1) == OK);
    CHECK_TOLD("");
    CHECK(embedded_advance(engine, RECEIVED * 1000ll + 72 * INSTANT_HOUR_MS) == OK);
    CHECK_INT(seen[0].standing->waiting.due_unix_ms, RECEIVED * 1000ll + 24 * INSTANT_HOUR_MS);
    CHECK_TEXT(seen[0].standing->waiting.on, "fx:1");
    CHECK_TOLD("x HOLD PARK_EXPIRED FX_RATE_MISSING");
    embedded_wake(engine, SLICE("fx:1"));
    run();
    CHECK_TOLD("");
    toy.known[toy.known_count++] = SLICE("fx:1");
    embedded_wake(engine, SLICE("fx:1"));
    run();
    CHECK_TOLD("x PASS; pays x 10");
    close_engine();
}

TEST(a_stage_that_names_its_own_time_is_asked_again_then)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:wait=100", 10);
    run();
    CHECK_TOLD("x PARK WAITING_FOR_POS");
    CHECK(embedded_advance(engine, RECEIVED * 1000ll + 99 * INSTANT_HOUR_MS) == OK);
    CHECK_TOLD("");
    CHECK(embedded_advance(engine, RECEIVED * 1000ll + 200 * INSTANT_HOUR_MS) == OK);
    CHECK_TOLD("x PASS; pays x 10");
    close_engine();
}

TEST(a_line_waits_behind_another_and_a_cancel_withdraws_it)
{
    open_engine(0, 1, false);
    SEND("sale", "R1", "b:hold=AUTH_ON_HOLD", 10);
    SEND("return", "R1", "b:behind=sale", 3);
    run();
    CHECK_TOLD("sale HOLD AUTH_ON_HOLD; return PARK WAITING_FOR_TARGET");
    CHECK(embedded_advance(engine, RECEIVED * 1000ll + 1000ll * INSTANT_HOUR_MS) == OK);
    CHECK_TOLD("");                                 /* it ends with its target only */
    SEND("cancel", "R1", "b:cancel=sale", 0);
    run();
    CHECK_TEXT(seen[0].standing->withdrew_line_id, "sale");
    CHECK_TOLD("cancel PASS; sale REJECT WITHDRAWN; return PASS; pays return 3");
    SEND("again", "R1", "b:cancel=sale", 0);
    run();
    CHECK_TEXT(seen[0].standing->withdrew_line_id, "");
    CHECK_TOLD("again PASS");
    close_engine();
}

TEST(a_withdrawal_waits_for_the_withdrawing_line_and_gives_back_what_was_held)
{
    open_engine(0, 1, false);
    SEND("sale", "R1", "a:hold=ROLE_AMBIGUOUS", 10);
    SEND("cancel", "R1", "a:cancel=sale a:park=part:P", 0);
    run();
    CHECK_TOLD("sale HOLD ROLE_AMBIGUOUS; cancel PARK PART_UNKNOWN");
    toy.known[toy.known_count++] = SLICE("part:P");
    embedded_wake(engine, SLICE("part:P"));
    run();
    CHECK_TOLD("cancel PASS; sale REJECT DENIED_ON_REVIEW");
    unsigned stage;
    int32_t partition;
    CHECK(!embedded_find_waiting(engine, SLICE("sale"), SLICE(""), &stage, &partition));
    struct slice value;
    partition = topic_partition(SLICE("R1"), EMBEDDED_PARTITIONS);
    CHECK(store_get(embedded_store(engine, 0, partition), 1, BOOKS_KEY(test_arena(), SLICE("R1"), SLICE("withdrawn")),
                    &value)
          == OK);
    CHECK(value.size > 0);
    close_engine();
}

TEST(a_reviewer_releases_denies_and_asks_and_keeps_both_verdicts)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:hold=AUTH_ON_HOLD", 10);
    SEND("y", "R1", "b:hold=AUTH_ON_HOLD", 20);
    run();
    CHECK_TOLD("x HOLD AUTH_ON_HOLD; y HOLD AUTH_ON_HOLD");
    act(ACT_PROPOSE, VERB_ASK, "x", "anna", "reviewer");
    CHECK_TOLD("x HOLD AUTH_ON_HOLD");
    act(ACT_PROPOSE, VERB_RELEASE, "x", "anna", "reviewer");
    CHECK_INT(seen[0].dossier->section_counts[SECTION_PAYOUT], 2);
    CHECK_INT(seen[0].dossier->review_count, 2);
    CHECK_INT(seen[0].standing->review_sequence, 2);
    CHECK_TOLD("x PASS; pays x 10");
    act(ACT_PROPOSE, VERB_DENY, "y", "anna", "reviewer");
    CHECK_TOLD("y REJECT DENIED_ON_REVIEW");
    close_engine();
}

TEST(who_takes_a_line_has_it_until_it_is_given_back_and_everybody_sees_it)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:hold=AUTH_ON_HOLD", 10);
    run();
    CHECK_TOLD("x HOLD AUTH_ON_HOLD");
    act(ACT_TAKE, VERB_UNSPECIFIED, "x", "anna", "reviewer");
    CHECK_TOLD("x HOLD AUTH_ON_HOLD");
    const struct review *taken = &seen[0].dossier->reviews[0];
    CHECK_INT(taken->act, ACT_TAKE);
    CHECK_INT(taken->until_unix_ms, taken->at_unix_ms + INSTANT_HOUR_MS);
    act(ACT_PROPOSE, VERB_RELEASE, "x", "bob", "reviewer");
    CHECK_INT(void_why, 12);
    act(ACT_WITHDRAW, VERB_UNSPECIFIED, "x", "anna", "reviewer");
    CHECK_INT(void_why, 0);
    act(ACT_PROPOSE, VERB_RELEASE, "x", "bob", "reviewer");
    CHECK_TOLD("x HOLD AUTH_ON_HOLD; x PASS; pays x 10");
    close_engine();
}

TEST(new_evidence_asks_for_new_signatures_and_leaves_a_case_with_who_took_it)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:case=KESTREL", 10);
    run();
    struct slice roles[] = { SLICE("approver") };
    struct review r = {
        .act = ACT_TAKE, .case_id = SLICE("case-KESTREL"), .actor_id = SLICE("anna"), .actor_roles = { roles, 1 }
    };
    bool found;
    CHECK(embedded_review(engine, r, &found) == OK && found);
    run();
    CHECK_TOLD("x PASS; pays x 10; x case HOLD SANCTIONS_HIT; x case HOLD SANCTIONS_HIT");
    r.act = ACT_PROPOSE;
    r.verb = VERB_CLEAR_PARTY;
    CHECK(embedded_review(engine, r, &found) == OK && found);
    SEND("y", "R1", "b:case=KESTREL", 10);
    run();
    r.act = ACT_CONFIRM;
    r.actor_id = SLICE("bob");
    struct embedded_weighed weighed;
    CHECK(embedded_weigh(engine, test_arena(), r, &weighed) == OK && weighed.found);
    CHECK_INT(weighed.answer.why, REVIEW_VOID_NO_PROPOSAL);
    CHECK_TEXT(review_taker(&weighed.dossier, STAGE_PAYOUT, embedded_now(engine))->actor_id, "anna");
    close_engine();
}

TEST(a_release_over_the_second_limit_takes_two_people_and_void_acts_are_reported)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:hold=AUTH_ON_HOLD", 2500001, .submitter = "sam");
    run();
    CHECK_TOLD("x HOLD AUTH_ON_HOLD");
    act(ACT_PROPOSE, VERB_RELEASE, "x", "sam", "approver");
    CHECK_INT(void_why, 4);
    act(ACT_PROPOSE, VERB_RELEASE, "x", "anna", "approver");
    CHECK_TOLD("x HOLD AUTH_ON_HOLD");
    act(ACT_CONFIRM, VERB_RELEASE, "x", "anna", "approver");
    CHECK_INT(void_why, 5);
    act(ACT_CONFIRM, VERB_RELEASE, "x", "bob", "reviewer");
    CHECK_INT(void_why, 3);
    CHECK_TOLD("");
    act(ACT_CONFIRM, VERB_RELEASE, "x", "bob", "approver");
    CHECK_INT(void_why, 0);
    CHECK_TOLD("x PASS; pays x 2500001");
    close_engine();
}

TEST(a_release_stays_in_force_while_the_line_waits_again)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:hold=AUTH_ON_HOLD b:park=pos:1", 10);
    run();
    CHECK_TOLD("x HOLD AUTH_ON_HOLD FX_RATE_MISSING");
    act(ACT_PROPOSE, VERB_RELEASE, "x", "anna", "reviewer");
    CHECK_TOLD("x PARK FX_RATE_MISSING");
    SEND("y", "R1", "b:say=pos:1", 0);
    run();
    CHECK_INT(seen[1].standing->review_sequence, 1);
    CHECK_TOLD("y PASS; x PASS; pays x 10");
    close_engine();
}

TEST(a_case_travels_beside_the_line_and_two_people_close_it)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:case=KESTREL", 10);
    run();
    CHECK_TOLD("x PASS; pays x 10; x case HOLD SANCTIONS_HIT");
    struct slice roles[] = { SLICE("approver") };
    struct review r = { .act = ACT_PROPOSE,
                        .verb = VERB_CLEAR_PARTY,
                        .case_id = SLICE("case-KESTREL"),
                        .actor_id = SLICE("anna"),
                        .actor_roles = { roles, 1 } };
    bool found;
    CHECK(embedded_review(engine, r, &found) == OK && found);
    run();
    CHECK_TOLD("x case HOLD SANCTIONS_HIT");
    r.act = ACT_CONFIRM;
    r.actor_id = SLICE("bob");
    CHECK(embedded_review(engine, r, &found) == OK && found);
    run();
    CHECK_TOLD("x case PASS");
    CHECK(embedded_review(engine, r, &found) == OK && !found);
    close_engine();
}

TEST(what_cannot_be_read_or_grows_too_large_is_a_dead_letter_with_its_own_bytes)
{
    open_engine(0, 1, false);
    embedded_send(engine, TOPIC_CLAIMS_RECEIVED, SLICE("R1"), SLICE("\x0a\xff"));
    SEND("h", "R1", "a:huge", 10);
    SEND("ok", "R1", "", 10);
    run();
    CHECK_TEXT(seen[0].value, "\x0a\xff");
    CHECK_SLICE(seen[1].value, TOY_LINE(test_arena(), "h", "R1", "a:huge", 10));
    CHECK_TOLD(" DEAD UNREADABLE; h DEAD UNREADABLE; ok PASS; pays ok 10");
    embedded_send(engine, TOPIC_CLAIMS_CLASSIFIED, SLICE("R1"), TOY_LINE(test_arena(), "early", "R1", "", 10));
    run();
    CHECK_TOLD("early DEAD SECTION_MISSING");
    close_engine();
}

TEST(a_waiting_line_that_dies_lets_those_behind_it_go)
{
    open_engine(0, 1, false);
    SEND("x", "R1", "b:park=pos:1 b:huge", 10);
    SEND("y", "R1", "b:behind=x", 20);
    run();
    CHECK_TOLD("x PARK FX_RATE_MISSING; y PARK WAITING_FOR_TARGET");
    SEND("z", "R1", "b:say=pos:1", 0);
    run();
    CHECK_TOLD("z PASS; x DEAD UNREADABLE; y PASS; pays y 20");
    close_engine();
}

TEST(a_line_whose_rows_never_end_is_held_for_a_person)
{
    open_engine(0, 1, false);
    SEND("deep", "R1", "b:deep=10", 10);
    SEND("bottomless", "R1", "b:deep=17", 10);
    SEND("wide", "R1", "b:wide=8000", 10);
    SEND("endless", "R1", "b:wide=9000", 10);
    run();
    CHECK_TOLD("deep PASS; pays deep 10; bottomless HOLD RULE_ERROR; wide PASS; pays wide 10; endless HOLD RULE_ERROR");
    close_engine();
}

TEST(an_unknown_partner_goes_on_under_its_true_root)
{
    open_engine(0, 1, false);
    SEND("x", "unknown:R9", "a:park=partner:R9", 10);
    run();
    CHECK_TEXT(seen[0].key, "unknown:R9");
    CHECK_TOLD("x PARK PART_UNKNOWN");
    toy.known[toy.known_count++] = SLICE("partner:R9");
    embedded_wake(engine, SLICE("partner:R9"));
    run();
    CHECK_TEXT(seen[0].key, "R9");
    CHECK_TOLD("x PASS; pays x 10");
    close_engine();
}

/* The changelog tells the same as the tables. */
static enum err compare_row(void *context, struct slice key, struct slice value)
{
    struct slice other;
    CHECK(store_get(context, 2, key, &other) == OK);
    CHECK_SLICE(other, value);
    return OK;
}

TEST(neither_batches_nor_seed_change_what_each_root_sees_and_the_changelog_is_the_state)
{
    static const unsigned lines_max[] = { 1, 3, 4000 };
    struct slice first = { 0 };
    for (unsigned i = 0; i < 9; i++) {
        open_engine(lines_max[i % 3], i + 1, true);
        for (unsigned n = 0; n < 30; n++) {
            char name[16], words[64] = "";
            snprintf(name, sizeof name, "n%u", n);
            if (n % 5 == 1) snprintf(words, sizeof words, "b:park=pos:%u", n + 2);
            if (n % 5 == 3) snprintf(words, sizeof words, "b:say=pos:%u", n);
            SEND(name, n % 2 ? "R1" : "R3", words, 100 + n);
        }
        run();
        struct text t = text_in(test_arena(), 4096);
        for (unsigned s = 0; s < seen_count; s++)
            if (slice_equal(seen[s].key, SLICE("R1")) && seen[s].topic == TOPIC_CLAIMS_DECIDED)
                text_put(&t, seen[s].line_id);
        if (i == 0) first = text_slice(&t);
        CHECK_SLICE(text_slice(&t), first);
        int32_t p = topic_partition(SLICE("R1"), EMBEDDED_PARTITIONS);
        struct memory_store *again = memory_store_open(NULL);
        memory_store_restore(again, embedded_log(engine), TOPIC_PAYOUT_CHANGELOG, p);
        CHECK(store_scan(embedded_store(engine, 1, p), 2, SLICE(""), SLICE(""), compare_row, memory_store_base(again))
              == OK);
        memory_store_close(again);
        close_engine();
    }
}
