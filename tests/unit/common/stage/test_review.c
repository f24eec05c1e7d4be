/* Four eyes under attack: who may decide what, how many it takes, and what has no effect. */
#include "stage/review.h"

#include "support/table.h"

enum { REVIEWS_MAX = 24, REVIEWS_KEPT_MAX = 32, TAKE_MS = 3600000 };

/* What is decided on, made of words; kept here so that its parts live as long as the test. */
static struct reason reasons[4];
static struct judgement judgement;
static struct line line;
static struct receipt receipt;
static struct classification class;
static struct clearance clearance;
static struct review reviews[REVIEWS_KEPT_MAX];
static struct dossier dossier;
static struct slice role_texts[REVIEWS_KEPT_MAX + 1][3];

static struct hash128 hash_of(unsigned char mark)
{
    return (struct hash128){ .bytes = { mark, 1, 2, 3 } };
}

static struct review_object an_object(enum stage_id stage, struct slice codes, int64_t claimed_minor)
{
    judgement = (struct judgement){ .outcome = OUTCOME_HOLD, .reasons = reasons };
    for (struct slice rest = codes; rest.size; judgement.reason_count++) {
        enum reason_code code = reason_find(slice_cut(&rest, ','));
        CHECK(code != REASON_NONE);
        reasons[judgement.reason_count] = (struct reason){ .code = code, .outcome = reason_outcome(code) };
    }
    if (judgement.reason_count && reasons[0].outcome == OUTCOME_PARK) judgement.outcome = OUTCOME_PARK;
    line = (struct line){ .kind = KIND_MDF_CLAIM, .currency = SLICE("USD"), .claimed_amount_minor = claimed_minor,
                          .has_claimed_amount_minor = claimed_minor != 0, .rep_id = SLICE("rita") };
    receipt = (struct receipt){ .submitter_id = SLICE("sam"), .line_id = SLICE("l"), .partner_root_id = SLICE("r") };
    class = (struct classification){ .payee_id = SLICE("paul"), .base_qty_milli = 100000 };
    dossier = (struct dossier){ .line = &line, .receipt = &receipt, .classification = &class, .reviews = reviews };
    return (struct review_object){ .dossier = &dossier, .stage = stage, .judgement = &judgement, .hash = hash_of(1),
                                   .limits = { 100000, 2500000, 25000000 }, .take_ms = TAKE_MS };
}

/* "anna:approver proposes release" and the like: actor:role[+role] verb */
static instant_ms act_at_unix_ms;                       /* of the acts that are played next */

static struct review an_act(struct slice text, struct slice *roles)
{
    struct review r = {
        .stage = STAGE_COMPLIANCE, .clearance_hash = hash_of(1), .has_clearance_hash = true, .note = SLICE("seen")
    };
    struct slice who = slice_cut(&text, ' '), how = slice_cut(&text, ' '), what = text;
    r.actor_id = slice_cut(&who, ':');
    for (r.actor_roles.count = 0; who.size; r.actor_roles.count++) roles[r.actor_roles.count] = slice_cut(&who, '+');
    r.actor_roles.items = roles;
    r.act = slice_equal(how, SLICE("proposes"))   ? ACT_PROPOSE
            : slice_equal(how, SLICE("confirms")) ? ACT_CONFIRM
            : slice_equal(how, SLICE("declines")) ? ACT_DECLINE
            : slice_equal(how, SLICE("takes"))    ? ACT_TAKE
                                                  : ACT_WITHDRAW;
    r.at_unix_ms = act_at_unix_ms;
    struct slice verb = slice_upper(test_arena(), what);
    r.verb = (enum verb)word_find(VOCABULARY_VERB, verb);
    if (r.verb == VERB_ADJUST) r.accepted_qty_milli = 50000;
    if (r.verb == VERB_ASSIGN_ROLE) r.role = ROLE_VAR;
    return r;
}

static const char *standing_word(const struct review_answer *a)
{
    static const char *const words[] = {
        [REVIEW_PENDING] = "pending", [REVIEW_NOTED] = "noted", [REVIEW_EFFECTIVE] = "effective"
    };
    return a->standing == REVIEW_VOID ? review_void_row(a->why)->word.bytes : words[a->standing];
}

static struct review_answer play_on(struct review_object *o, struct slice acts);

/* Plays acts parted by ';' in order, as the stage would append them; the answer to the last. */
static struct review_answer play(struct review_object *o, struct slice acts)
{
    dossier.review_count = 0;
    return play_on(o, acts);
}

static struct review_answer play_on(struct review_object *o, struct slice acts)
{
    struct review_answer answer = { 0 };
    while (acts.size) {
        struct slice one = slice_trim(slice_cut(&acts, ';'));
        struct review r = an_act(one, role_texts[dossier.review_count]);
        r.stage = o->stage;
        answer = review_weigh(test_arena(), o, &r);
        if (answer.standing == REVIEW_VOID) continue;
        r.until_unix_ms = answer.until_unix_ms;
        reviews[dossier.review_count++] = r;
    }
    return answer;
}

TEST(as_many_people_sign_as_finding_amount_and_verb_ask_for)
{
    struct table t = TABLE("reasons                       claimed    acts                                              "
                           "                     | answer",
                           "NEAR_DUPLICATE                100        anna:reviewer proposes release                    "
                           "                     | effective",
                           "NEAR_DUPLICATE                2500000    anna:reviewer proposes release                    "
                           "                     | effective",
                           "NEAR_DUPLICATE                2500001    anna:reviewer proposes release                    "
                           "                     | pending",
                           "NEAR_DUPLICATE                2500001    anna:reviewer proposes release; bob:approver "
                           "confirms release          | effective",
                           "NEAR_DUPLICATE                2500001    anna:reviewer proposes release; bob:reviewer "
                           "confirms release          | ROLE_MISSING",
                           "NEAR_DUPLICATE                2500001    anna:reviewer proposes deny                       "
                           "                     | pending",
                           "NEAR_DUPLICATE                5000000    anna:reviewer proposes adjust                     "
                           "                     | effective",
                           "NEAR_DUPLICATE                5000002    anna:reviewer proposes adjust                     "
                           "                     | pending",
                           "SANCTIONS_HIT                 1          anna:approver proposes release                    "
                           "                     | pending",
                           "SANCTIONS_HIT                 1          anna:approver proposes release; bob:approver "
                           "confirms release          | effective",
                           "SANCTIONS_HIT                 1          anna:reviewer proposes deny                       "
                           "                     | pending",
                           "APPROVAL_REQUIRED             100001     anna:reviewer proposes release                    "
                           "                     | pending",
                           "APPROVAL_REQUIRED             100001     anna:approver proposes release                    "
                           "                     | effective",
                           "APPROVAL_REQUIRED             100001     anna:reviewer proposes release; bob:approver "
                           "confirms release          | effective",
                           "APPROVAL_REQUIRED             2500000    anna:approver proposes release                    "
                           "                     | effective",
                           "APPROVAL_REQUIRED             2500001    anna:approver proposes release                    "
                           "                     | pending",
                           "APPROVAL_REQUIRED             25000000   anna:approver proposes release; bob:approver "
                           "confirms release          | effective",
                           "APPROVAL_REQUIRED             2500001    anna:reviewer proposes release; bob:approver "
                           "confirms release          | pending",
                           "APPROVAL_REQUIRED             2500001    anna:reviewer proposes release; bob:approver "
                           "confirms; cy:approver confirms  | effective",
                           "APPROVAL_REQUIRED             2500001    anna:approver proposes release; bob:approver "
                           "confirms release          | effective",
                           "APPROVAL_REQUIRED             25000001   anna:approver proposes release; bob:approver "
                           "confirms release          | pending",
                           "APPROVAL_REQUIRED             25000001   anna:approver proposes release; bob:approver "
                           "confirms; cy:approver+finance confirms  | effective",
                           "APPROVAL_REQUIRED             100001     anna:reviewer proposes deny                       "
                           "                     | effective",
                           "PARK_EXPIRED,FEED_INCOMPLETE  1          anna:reviewer proposes release                    "
                           "                     | pending",
                           "PARK_EXPIRED,FEED_INCOMPLETE  1          anna:reviewer proposes deny                       "
                           "                     | effective",
                           "PARK_EXPIRED,FEED_INCOMPLETE  1          anna:reviewer proposes release; bob:approver "
                           "confirms release          | effective",
                           "PARK_EXPIRED,LIST_STALE       1          anna:approver proposes release                    "
                           "                     | VERB_NOT_POSSIBLE",
                           "FEED_INCOMPLETE               1          anna:approver proposes release                    "
                           "                     | VERB_NOT_POSSIBLE",
                           "FEED_INCOMPLETE               1          anna:approver proposes deny                       "
                           "                     | effective");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, cell(&t, "reasons"), cell_int(&t, "claimed"));
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
}

TEST(nobody_signs_twice_nor_on_what_names_him_and_words_alone_confirm_nothing)
{
    struct table t = TABLE(
        "acts                                                                                                 | answer",
        "sam:approver proposes release                                                                        | "
        "DUTY_CONFLICT",
        "rita:approver proposes release                                                                       | "
        "DUTY_CONFLICT",
        "paul:approver proposes release                                                                       | "
        "DUTY_CONFLICT",
        ":approver proposes release                                                                           | "
        "DUTY_CONFLICT",
        "anna:viewer proposes release                                                                         | "
        "ROLE_MISSING",
        "anna:admin+operator proposes release                                                                 | "
        "ROLE_MISSING",
        "anna:approver proposes release; anna:approver confirms release                                       | "
        "SIGNED_BEFORE",
        "anna:approver proposes release; sam:approver confirms release                                        | "
        "DUTY_CONFLICT",
        "bob:approver confirms release                                                                        | "
        "NO_PROPOSAL",
        "anna:reviewer proposes release; bob:approver confirms deny                                           | "
        "NO_PROPOSAL",
        "anna:reviewer proposes release; bob:reviewer proposes release                                        | "
        "PROPOSAL_STANDS",
        "anna:reviewer proposes release; bob:approver declines                                                | noted",
        "anna:reviewer proposes release; bob:approver declines; cy:approver confirms release                  | "
        "NO_PROPOSAL",
        "anna:reviewer proposes release; bob:approver declines; anna:reviewer proposes release                | "
        "SIGNED_BEFORE",
        "anna:reviewer proposes release; bob:approver withdraws                                               | "
        "OF_ANOTHER",
        "anna:reviewer proposes release; anna:reviewer withdraws                                              | noted",
        "anna:reviewer proposes release; anna:reviewer withdraws; anna:reviewer proposes deny                 | "
        "pending",
        "anna:reviewer proposes ask                                                                           | noted",
        "anna:reviewer proposes ask; anna:reviewer proposes release; bob:approver confirms release            | "
        "effective",
        "anna:reviewer proposes clear_party                                                                   | "
        "VERB_NOT_POSSIBLE",
        "anna:reviewer proposes assign_role                                                                   | "
        "VERB_NOT_POSSIBLE",
        "anna:reviewer proposes snooze                                                                        | "
        "VERB_NOT_POSSIBLE");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
}

TEST(who_confirms_another_quantity_or_role_than_was_proposed_confirms_nothing)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
    play(&o, SLICE("anna:reviewer proposes adjust"));                            /* 50 of 100 */
    struct review confirms = an_act(SLICE("bob:approver confirms adjust"), role_texts[1]);
    CHECK_INT(review_weigh(test_arena(), &o, &confirms).standing, REVIEW_EFFECTIVE);
    confirms.accepted_qty_milli = 40000;
    CHECK_INT(review_weigh(test_arena(), &o, &confirms).why, REVIEW_VOID_NO_PROPOSAL);
    confirms.accepted_qty_milli = 0;                                             /* as proposed */
    CHECK_INT(review_weigh(test_arena(), &o, &confirms).effect.accepted_qty_milli, 50000);

    o = an_object(STAGE_CLASSIFICATION, SLICE("ROLE_AMBIGUOUS"), 200000);        /* over the first limit */
    play(&o, SLICE("anna:reviewer proposes assign_role"));
    confirms = an_act(SLICE("bob:approver confirms assign_role"), role_texts[1]);
    confirms.stage = STAGE_CLASSIFICATION;
    CHECK_INT(review_weigh(test_arena(), &o, &confirms).standing, REVIEW_EFFECTIVE);
    confirms.role = ROLE_MSP;
    CHECK_INT(review_weigh(test_arena(), &o, &confirms).why, REVIEW_VOID_NO_PROPOSAL);
}

TEST(another_way_to_type_an_id_makes_no_second_person)
{
    struct table t = TABLE(
        "acts                                                           | answer",
        "anna:approver proposes release; ANNA:approver confirms release | SIGNED_BEFORE",
        "anna:approver proposes release; Sam:approver confirms release  | DUTY_CONFLICT",
        "anna:reviewer proposes release; Anna:reviewer withdraws        | noted",
        "anna:reviewer takes; ANNA:reviewer proposes release            | pending",
        "RITA:approver proposes release                                 | DUTY_CONFLICT");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
}

/* LIMITS sod.enforced: false (domain.md 10); seller, payee and who signed before are no matter of duties. */
TEST(where_duties_may_mix_the_sender_decides_and_the_seller_does_not)
{
    struct table t = TABLE(
        "mix  acts                                                          | answer",
        "no   sam:approver proposes release                                 | DUTY_CONFLICT",
        "yes  sam:approver proposes release                                 | pending",
        "yes  sam:approver proposes release; sam:approver confirms release  | SIGNED_BEFORE",
        "yes  sam:approver proposes release; anna:approver confirms release | effective",
        "yes  rita:approver proposes release                                | DUTY_CONFLICT",
        "yes  paul:approver proposes release                                | DUTY_CONFLICT");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        o.limits.duties_mix = cell_yes(&t, "mix");
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
}

TEST(duties_mix_where_the_limits_in_force_say_so)
{
    struct pair off = { SLICE("sod.enforced"), SLICE("false") }, on = { SLICE("sod.enforced"), SLICE("true") };
    struct limits l = { .id = SLICE("default"), .version = 1, .valid_from = 20260101, .settings = &off,
                        .setting_count = 1 };
    struct catalogue *c = catalogue_open();
    CHECK(!review_limits_on(c, SLICE("EUR"), 20260601).duties_mix);
    CHECK(catalogue_put_limits(c, &l) == OK);
    l = (struct limits){ .id = SLICE("default"), .version = 2, .valid_from = 20260701, .settings = &on,
                         .setting_count = 1 };
    CHECK(catalogue_put_limits(c, &l) == OK);
    CHECK(!review_limits_on(c, SLICE("USD"), 20251231).duties_mix);
    CHECK(review_limits_on(c, SLICE("USD"), 20260101).duties_mix);
    CHECK(review_limits_on(c, SLICE("EUR"), 20260101).duties_mix);
    CHECK(!review_limits_on(c, SLICE("USD"), 20260701).duties_mix);
    catalogue_close(c);
}

TEST(who_wrote_the_terms_decides_no_line_that_is_asked_under_them)
{
    struct table t = TABLE(
        "program  version  acts                                                                 | answer",
        "VR       2        tess:approver proposes release                                       | DUTY_CONFLICT",
        "VR       2        tess:reviewer takes                                                  | DUTY_CONFLICT",
        "VR       2        anna:approver proposes release; tess:approver confirms release       | DUTY_CONFLICT",
        "VR       2        anna:approver proposes release; bob:approver confirms release        | effective",
        "VR       1        tess:approver proposes release                                       | pending", /* another
                                                                                                               wrote
                                                                                                               that
                                                                                                               version
                                                                                                             */
        "OTHER    2        tess:approver proposes release                                       | pending");
    struct catalogue *c = catalogue_open();
    struct program p = { .id = SLICE("VR"), .version = 1 };
    CHECK(catalogue_put_program(c, &p) == OK && catalogue_put_author(c, p.id, 1, SLICE("theo")) == OK);
    p.version = 2;
    CHECK(catalogue_put_program(c, &p) == OK && catalogue_put_author(c, p.id, 2, SLICE("tess")) == OK);
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        struct candidate asked = { .program_id = cell(&t, "program"),
                                   .program_version = (uint32_t)cell_int(&t, "version") };
        class.candidates = &asked;
        class.candidate_count = 1;
        o.catalogue = c;
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
        class = (struct classification){ 0 }; /* an operator's line has no candidates */
        line.program_id = cell(&t, "program");
        line.program_version = (uint32_t)cell_int(&t, "version");
        answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
    catalogue_close(c);
    struct review_object o = an_object(STAGE_PAYOUT, SLICE("LOT_SHORTAGE"), 500);
    class.terms_author_id = SLICE("tess");                  /* sent the agreement that the claim quotes */
    CHECK_INT(play(&o, SLICE("Tess:approver proposes release")).why, REVIEW_VOID_DUTY_CONFLICT);
    CHECK_INT(play(&o, SLICE("anna:approver proposes release")).standing, REVIEW_EFFECTIVE);
}

TEST(what_one_person_took_nobody_else_proposes_on)
{
    struct table t = TABLE("acts                                                                                       "
                           "                   | answer",
                           "anna:reviewer takes                                                                        "
                           "                   | noted",
                           "anna:viewer takes                                                                          "
                           "                   | ROLE_MISSING",
                           "sam:approver takes                                                                         "
                           "                   | DUTY_CONFLICT",
                           "anna:reviewer takes; bob:approver takes                                                    "
                           "                   | TAKEN",
                           "anna:reviewer takes; anna:reviewer takes                                                   "
                           "                   | noted",
                           "anna:reviewer takes; bob:approver proposes release                                         "
                           "                   | TAKEN",
                           "anna:reviewer takes; bob:approver proposes ask                                             "
                           "                   | TAKEN",
                           "anna:reviewer takes; anna:reviewer proposes release                                        "
                           "                   | pending",
                           "anna:reviewer takes; anna:reviewer proposes release; bob:approver confirms                 "
                           "                   | effective",
                           "anna:reviewer takes; anna:reviewer proposes release; bob:approver takes                    "
                           "                   | PROPOSAL_STANDS",
                           "anna:reviewer takes; bob:approver confirms                                                 "
                           "                   | NO_PROPOSAL",
                           "anna:reviewer takes; bob:approver withdraws                                                "
                           "                   | TAKEN",
                           "anna:reviewer takes; anna:reviewer withdraws                                               "
                           "                   | noted",
                           "anna:reviewer takes; anna:reviewer withdraws; anna:reviewer withdraws                      "
                           "                   | NO_PROPOSAL",
                           "anna:reviewer takes; anna:reviewer withdraws; bob:approver takes                           "
                           "                   | noted",
                           "anna:reviewer takes; anna:reviewer withdraws; bob:approver proposes release; anna:approver "
                           "confirms           | effective",
                           "anna:reviewer takes; anna:reviewer proposes release; bob:approver declines; bob:approver "
                           "takes                | noted",
                           "anna:reviewer proposes release; bob:approver declines; anna:reviewer takes; anna:reviewer "
                           "withdraws; anna:reviewer proposes release | SIGNED_BEFORE");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
}

TEST(a_question_and_its_answer_decide_nothing_and_stand_until_the_next_question)
{
    struct table t = TABLE(
        "acts                                                                                     "
        "| answer         asked  answered",
        "anna:reviewer proposes ask                                                               "
        "| noted          anna   -",
        "anna:reviewer proposes answer                                                            "
        "| NO_QUESTION    -      -",
        "anna:reviewer proposes ask; bob:reviewer proposes answer                                 "
        "| noted          anna   bob",
        "anna:reviewer proposes ask; bob:reviewer proposes answer; cy:reviewer proposes ask       "
        "| noted          cy     -",
        "anna:reviewer proposes ask; bob:viewer proposes answer                                   "
        "| ROLE_MISSING   anna   -",
        "anna:reviewer proposes ask; sam:reviewer proposes answer                                 "
        "| DUTY_CONFLICT  anna   -",
        "anna:reviewer proposes ask; anna:reviewer takes; bob:reviewer proposes answer            "
        "| TAKEN          anna   -",
        "anna:reviewer proposes ask; anna:reviewer proposes release; bob:reviewer proposes answer "
        "| noted          anna   bob",
        "anna:reviewer proposes ask; bob:approver proposes answer; bob:approver proposes release  "
        "| pending        anna   bob",
        "anna:reviewer proposes ask; bob:approver proposes answer; bob:approver confirms answer   "
        "| NO_PROPOSAL    anna   bob");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        struct review_answer answer = play(&o, cell(&t, "acts"));
        struct review_question q = review_question(&dossier, STAGE_COMPLIANCE);
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
        CHECK_CELL(&t, "asked", q.asked ? q.asked->actor_id : SLICE(""));
        CHECK_CELL(&t, "answered", q.answered ? q.answered->actor_id : SLICE(""));
        CHECK(!review_question(&dossier, STAGE_PAYOUT).asked);
    }
}

TEST(a_take_ends_with_its_hour_and_no_sooner)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
    act_at_unix_ms = 1000;
    CHECK_INT(play(&o, SLICE("anna:reviewer takes")).until_unix_ms, 1000 + TAKE_MS);
    CHECK_TEXT(review_taker(&dossier, STAGE_COMPLIANCE, 1000 + TAKE_MS - 1)->actor_id, "anna");
    CHECK(!review_taker(&dossier, STAGE_COMPLIANCE, 1000 + TAKE_MS));
    CHECK(!review_taker(&dossier, STAGE_PAYOUT, 1000));
    act_at_unix_ms = 1000 + TAKE_MS - 1;
    CHECK_INT(play_on(&o, SLICE("bob:approver takes")).why, REVIEW_VOID_TAKEN);
    act_at_unix_ms = 1000 + TAKE_MS;
    CHECK_INT(play_on(&o, SLICE("bob:approver takes")).standing, REVIEW_NOTED);
    act_at_unix_ms = 0;
}

TEST(takes_leave_room_for_those_who_decide)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
    struct review_answer answer = { .standing = REVIEW_NOTED };
    dossier.review_count = 0;
    for (unsigned i = 0; i < REVIEWS_MAX - 4 && answer.standing != REVIEW_VOID; i++)
        answer = play_on(&o, SLICE("anna:reviewer takes"));
    CHECK_INT(answer.why, REVIEW_VOID_TOO_MANY);
    CHECK_INT(play_on(&o, SLICE("anna:reviewer proposes ask")).why, REVIEW_VOID_TOO_MANY);
    CHECK_INT(play_on(&o, SLICE("anna:reviewer proposes release")).standing, REVIEW_PENDING);
}

TEST(one_person_can_not_use_a_line_up)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
    dossier.review_count = 0;
    for (unsigned i = 0; i < REVIEWS_MAX; i++)
        play_on(&o, i % 2 ? SLICE("anna:reviewer withdraws") : SLICE("anna:reviewer proposes release"));
    CHECK_INT(play_on(&o, SLICE("anna:reviewer proposes release")).standing, REVIEW_PENDING);
    CHECK_INT(play_on(&o, SLICE("anna:reviewer withdraws")).why, REVIEW_VOID_TOO_MANY);
    CHECK_INT(play_on(&o, SLICE("bob:approver declines")).standing, REVIEW_NOTED);
    CHECK_INT(play_on(&o, SLICE("bob:approver proposes deny; anna:approver confirms")).standing, REVIEW_EFFECTIVE);
}

TEST(a_review_of_a_section_that_is_no_longer_in_force_is_void)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("NEAR_DUPLICATE"), 500);
    struct review r = an_act(SLICE("anna:reviewer proposes release"), role_texts[0]);
    r.clearance_hash = hash_of(2);
    CHECK_INT(review_weigh(test_arena(), &o, &r).why, REVIEW_VOID_SECTION_SUPERSEDED);
    r.has_clearance_hash = false;
    CHECK_INT(review_weigh(test_arena(), &o, &r).why, REVIEW_VOID_SECTION_SUPERSEDED);
    o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
    play(&o, SLICE("anna:reviewer proposes release"));
    o.hash = hash_of(3); /* judged again in between: the signature was for the other section */
    struct review confirm = an_act(SLICE("bob:approver confirms release"), role_texts[1]);
    confirm.clearance_hash = hash_of(3);
    CHECK_INT(review_weigh(test_arena(), &o, &confirm).why, REVIEW_VOID_NO_PROPOSAL);
}

TEST(an_approval_asks_for_as_many_as_its_reason_says)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("APPROVAL_REQUIRED"), 500);
    reason_argument(&reasons[0], SLICE("approvers"), SLICE("2"));           /* the day's other claims count */
    CHECK_INT(play(&o, SLICE("anna:approver proposes release")).standing, REVIEW_PENDING);
    CHECK_INT(play(&o, SLICE("anna:approver proposes release; bob:approver confirms")).standing, REVIEW_EFFECTIVE);
    CHECK_INT(play(&o, SLICE("anna:reviewer proposes release")).approvers_missing, 2);
    CHECK_INT(play(&o, SLICE("anna:approver proposes release")).approvers_missing, 1);
    o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);   /* two, the second an approver */
    CHECK_INT(play(&o, SLICE("anna:reviewer proposes release")).approvers_missing, 0);
}

TEST(adjustments_reversals_and_rerates_always_take_two_approvers)
{
    static const enum kind kinds[] = { KIND_ADJUSTMENT, KIND_REVERSE, KIND_RERATE };
    for (unsigned i = 0; i < 3; i++) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("APPROVAL_REQUIRED"), 0);
        line.kind = kinds[i];
        CHECK_INT(play(&o, SLICE("anna:approver proposes release")).standing, REVIEW_PENDING);
        CHECK_INT(play(&o, SLICE("anna:reviewer proposes release; bob:approver confirms")).standing, REVIEW_PENDING);
        CHECK_INT(play(&o, SLICE("anna:approver proposes release; bob:approver confirms")).standing, REVIEW_EFFECTIVE);
    }
}

TEST(a_role_is_assigned_where_it_is_in_doubt_by_two_over_the_first_limit)
{
    struct table t =
        TABLE("reasons            claimed   acts                                                          | answer",
              "ROLE_AMBIGUOUS     100000    anna:reviewer proposes assign_role                            | effective",
              "ROLE_AMBIGUOUS     100001    anna:reviewer proposes assign_role                            | pending",
              "ROLE_DRIFT         100001    anna:reviewer proposes assign_role; bob:approver confirms     | effective",
              "PROGRAM_SUSPENDED  1         anna:reviewer proposes assign_role                            | "
              "VERB_NOT_POSSIBLE");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_CLASSIFICATION, cell(&t, "reasons"), cell_int(&t, "claimed"));
        struct review_answer answer = play(&o, cell(&t, "acts"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
        if (answer.standing == REVIEW_EFFECTIVE) CHECK_INT(answer.effect.role, ROLE_VAR);
    }
    struct review_object o = an_object(STAGE_CLASSIFICATION, SLICE("ROLE_AMBIGUOUS"), 1);
    struct review r = an_act(SLICE("anna:reviewer proposes assign_role"), role_texts[0]);
    r.stage = STAGE_CLASSIFICATION;
    r.role = ROLE_UNSPECIFIED;
    CHECK_INT(review_weigh(test_arena(), &o, &r).why, REVIEW_VOID_ROLE_NOT_NAMED);
    o = an_object(STAGE_CLASSIFICATION, SLICE("PARK_EXPIRED,PARTNER_UNKNOWN"), 1);
    CHECK_INT(play(&o, SLICE("anna:approver proposes release")).why, REVIEW_VOID_VERB_NOT_POSSIBLE);
}

TEST(an_adjustment_lowers_the_quantity)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("NEAR_DUPLICATE"), 500);
    struct review r = an_act(SLICE("anna:reviewer proposes adjust"), role_texts[0]);
    int64_t wrong[] = { 0, -1, 100000, 100001 };
    for (unsigned i = 0; i < 4; i++) {
        r.accepted_qty_milli = wrong[i];
        CHECK_INT(review_weigh(test_arena(), &o, &r).why, REVIEW_VOID_QTY_INVALID);
    }
    r.accepted_qty_milli = 99999;
    CHECK_INT(review_weigh(test_arena(), &o, &r).effect.accepted_qty_milli, 99999);
    dossier.clearance = &clearance;                 /* compliance accepted less already */
    clearance = (struct clearance){ .has_accepted_qty = true, .accepted_qty_milli = 60000 };
    CHECK_INT(review_weigh(test_arena(), &o, &r).why, REVIEW_VOID_QTY_INVALID);
}

TEST(a_case_is_cleared_or_confirmed_by_two_and_then_closes)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 0);
    clearance = (struct clearance){ .case_id = SLICE("case") };
    dossier.line = NULL;
    dossier.classification = NULL;
    dossier.clearance = &clearance;
    CHECK_INT(play(&o, SLICE("anna:reviewer proposes clear_party")).standing, REVIEW_PENDING);
    struct review_answer answer = play(&o, SLICE("anna:reviewer proposes confirm_party; bob:approver confirms"));
    CHECK(answer.standing == REVIEW_EFFECTIVE && answer.closes);
    CHECK_INT(answer.effect.signature_count, 2);
    CHECK_TEXT(answer.effect.actors.items[1], "bob");
}

/* A seller, a payee or a partner that may be listed, and the person of that id. */
TEST(nobody_clears_the_party_that_is_named_as_he_is)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 0);
    clearance = (struct clearance){ .case_id = SLICE("case"), .case_subject = SLICE("R-7") };
    dossier.line = NULL;
    dossier.classification = NULL;
    dossier.clearance = &clearance;
    CHECK_INT(play(&o, SLICE("r-7:approver proposes clear_party")).why, REVIEW_VOID_DUTY_CONFLICT);
    CHECK_INT(play(&o, SLICE("anna:reviewer proposes clear_party; R-7:approver confirms")).why,
              REVIEW_VOID_DUTY_CONFLICT);
    CHECK_INT(play(&o, SLICE("anna:reviewer proposes clear_party; bob:approver confirms")).standing,
              REVIEW_EFFECTIVE);
}

/* The record of an act may come again long after it, and what was taken back stays so; a new word is younger. */
TEST(a_signature_that_is_older_than_its_withdrawal_is_not_given_again)
{
    struct table t = TABLE("withdrawn  again | answer",
                           "2000       1000  | SIGNED_BEFORE",
                           "2000       1999  | SIGNED_BEFORE",
                           "2000       2000  | pending",
                           "2000       2001  | pending");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
        act_at_unix_ms = 1000;
        play(&o, SLICE("anna:approver proposes release"));
        act_at_unix_ms = cell_int(&t, "withdrawn");
        play_on(&o, SLICE("anna:approver withdraws"));
        act_at_unix_ms = cell_int(&t, "again");
        struct review_answer answer = play_on(&o, SLICE("Anna:approver proposes release"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
    act_at_unix_ms = 0;
}

TEST(a_review_in_force_is_found_again)
{
    struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 500);
    play(&o, SLICE("anna:reviewer proposes release; bob:approver confirms release"));
    struct review_effect again = review_effect_again(test_arena(), &o);
    CHECK_INT(again.verb, VERB_RELEASE);
    CHECK_INT(again.sequence, 2);
    CHECK_INT(again.signature_count, 2);
    CHECK_INT(again.approvers.count, 1);
    CHECK_TEXT(again.approvers.items[0], "bob");
    CHECK(again.reviewed == &judgement && !again.before);
}

TEST(limits_come_from_the_record_of_the_currency_else_from_the_page)
{
    struct catalogue *c = catalogue_open();
    struct review_limits l = review_limits_on(c, SLICE("USD"), 20260401);
    CHECK(l.auto_max_minor == 100000 && l.one_max_minor == 2500000 && l.two_max_minor == 25000000);
    struct pair settings[] = { { SLICE("approval.auto_max"), SLICE("90000") } };
    CHECK(catalogue_put_limits(
              c,
              &(struct limits){
                  .id = SLICE("JPY"), .version = 1, .valid_from = 20260101, .settings = settings, .setting_count = 1 })
          == OK);
    l = review_limits_on(c, SLICE("JPY"), 20260401);
    CHECK(l.auto_max_minor == 90000);               /* a currency without fraction */
    catalogue_close(c);
}

TEST(two_who_disagreed_close_it_by_another_verb_and_never_by_the_declined_one)
{
    struct table t = TABLE(
        "then                                                              | answer",
        "bob:approver proposes deny                                        | pending",
        "bob:approver proposes deny; anna:approver confirms deny           | effective",
        "anna:approver proposes deny; bob:approver confirms deny           | effective",
        "anna:approver proposes adjust; bob:approver confirms adjust       | effective",
        "anna:approver proposes deny; anna:approver confirms deny          | SIGNED_BEFORE",
        "anna:approver proposes deny; Anna:approver confirms deny          | SIGNED_BEFORE",
        "anna:approver proposes deny; anna:approver declines deny          | SIGNED_BEFORE",
        "anna:approver proposes release                                    | SIGNED_BEFORE",
        "bob:approver proposes release                                     | SIGNED_BEFORE",
        "cyd:approver proposes release; bob:approver declines release      | SIGNED_BEFORE",
        "cyd:approver proposes release; anna:approver confirms release     | SIGNED_BEFORE",
        "cyd:approver proposes release; dan:approver confirms release      | effective",
        "bob:approver proposes deny; anna:approver declines deny; cyd:approver proposes deny; bob:approver confirms deny"
        "                                                                 | SIGNED_BEFORE");
    while (table_next(&t)) {
        struct review_object o = an_object(STAGE_COMPLIANCE, SLICE("SANCTIONS_HIT"), 1);
        play(&o, SLICE("anna:approver proposes release; bob:approver declines release"));
        struct review_answer answer = play_on(&o, cell(&t, "then"));
        CHECK_CELL(&t, "answer", slice_from(standing_word(&answer)));
    }
}
