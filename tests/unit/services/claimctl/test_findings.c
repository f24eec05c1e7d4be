/* What the rules found, for a person who decides. */
#include "claimctl/findings.h"

#include "domain/rule.h"
#include "support/test.h"

static char buffer[4096];

static const struct evidence near_line = { .kind = EVIDENCE_LINE, .id = SLICE("00000000000000000000000000000001") };
static const struct evidence listed[] = {
    { .kind = EVIDENCE_PARTY, .id = SLICE("NAME:KESTRAL//US"), .text = SLICE("Kestral") },
    { .kind = EVIDENCE_LIST_ENTRY,
      .id = SLICE("FIRST-HOUR/FH-1"),
      .score = 8878,
      .text = SLICE("KESTRAL~KESTREL 8999") },
};

static struct rule_result near_duplicate(enum truth value, enum rule_mode mode)
{
    return (struct rule_result){
        .number = rule_row(RULE_DUP_03)->number,
        .mode = mode,
        .value = value,
        .reason = REASON_NEAR_DUPLICATE,
        .observed = { .name = SLICE("points"),
                      .value = 17,
                      .divisor = 1,
                      .unit = SLICE("count"),
                      .text = SLICE("number +6, part +2") },
        .limit = { .name = SLICE("points"), .value = 9, .divisor = 1, .unit = SLICE("count") },
        .evidence = &near_line,
        .evidence_count = 1,
    };
}

static struct slice text_of(struct rule_result *results, unsigned count)
{
    struct text t = text_over(buffer, sizeof buffer);
    findings_put_text(&t, &(struct judgement){ .rule_results = results, .rule_result_count = count });
    return text_slice(&t);
}

TEST(a_finding_says_what_was_compared_with_what_and_where_it_lies)
{
    struct rule_result r = near_duplicate(TRUTH_TRUE, RULE_MODE_ENFORCE);
    CHECK_TEXT(
        text_of(&r, 1),
        "  DUP-03 near duplicate  points 17 against 9 (number +6, part +2)  line 00000000000000000000000000000001\n");
}

TEST(a_listed_party_stands_beside_its_entry)
{
    struct rule_result r = { .number = rule_row(RULE_SCR_01)->number,
                             .mode = RULE_MODE_ENFORCE,
                             .value = TRUTH_TRUE,
                             .evidence = listed,
                             .evidence_count = 2 };
    CHECK_TEXT(text_of(&r, 1), "  SCR-01 denied party  party NAME:KESTRAL//US (Kestral)  list entry FIRST-HOUR/FH-1 "
                               "score 8878 (KESTRAL~KESTREL 8999)\n");
}

TEST(what_was_compared_with_nothing_says_it_in_words)
{
    struct rule_result r = { .number = rule_row(RULE_ELG_04)->number, .mode = RULE_MODE_ENFORCE, .value = TRUTH_WAIT,
                             .observed = { .name = SLICE("part"), .divisor = 1, .text = SLICE("CAB-55") } };
    CHECK_TEXT(text_of(&r, 1), "  ELG-04 identity known: not known yet  part CAB-55\n");
}

TEST(rules_that_were_false_or_only_watch_hold_nobody_up)
{
    struct rule_result r[] = { near_duplicate(TRUTH_FALSE, RULE_MODE_ENFORCE),
                               near_duplicate(TRUTH_TRUE, RULE_MODE_SHADOW),
                               { .number = 99999, .mode = RULE_MODE_ENFORCE, .value = TRUTH_TRUE } };
    CHECK_TEXT(text_of(r, 3), "");
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    findings_put_member(&j, &(struct judgement){ .rule_results = r, .rule_result_count = 3 });
    findings_put_member(&j, NULL);
    CHECK(t.size == 0);
}

TEST(findings_are_a_member_of_the_object_that_is_shown)
{
    struct rule_result r[] = { near_duplicate(TRUTH_FALSE, RULE_MODE_ENFORCE),
                               near_duplicate(TRUTH_TRUE, RULE_MODE_ENFORCE) };
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_open_object(&j);
    findings_put_member(&j, &(struct judgement){ .rule_results = r, .rule_result_count = 2 });
    json_close_object(&j);
    CHECK_TEXT(
        text_slice(&t),
        "{\"findings\":[{\"rule\":\"DUP-03\",\"name\":\"near "
        "duplicate\",\"value\":\"TRUE\",\"reason\":\"NEAR_DUPLICATE\",\"found\":\"points 17 against 9 (number +6, part "
        "+2)\",\"evidence\":[{\"kind\":\"LINE\",\"id\":\"00000000000000000000000000000001\"}]}]}");
}
