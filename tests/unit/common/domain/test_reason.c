/* Sentences of reasons. */
#include "domain/reason.h"

#include "support/test.h"

static struct slice sentence_of(const struct reason *r)
{
    struct text t = text_in(test_arena(), 512);
    reason_put_sentence(&t, r);
    return text_slice(&t);
}

TEST(a_date_that_is_known_is_said)
{
    struct reason r = { .code = REASON_APPROVAL_REQUIRED };
    reason_argument(&r, SLICE("due"), SLICE("2026-04-13"));
    CHECK_TEXT(sentence_of(&r), "Waiting for approval. We answer by 2026-04-13.");
}

TEST(without_a_date_no_date_is_promised)
{
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_APPROVAL_REQUIRED }), "Waiting for approval.");
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_SANCTIONS_HIT }), "The line is under review.");
}

TEST(an_empty_date_is_no_date)
{
    struct reason r = { .code = REASON_REG_DECISION_DUE };
    reason_argument(&r, SLICE("due"), SLICE(""));
    CHECK_TEXT(sentence_of(&r), "Your registration is being decided.");
}

TEST(other_braces_without_argument_are_left_out_alone)
{
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_PART_UNKNOWN }), "We are adding part  to our catalogue.");
}

TEST(what_stood_in_the_text_before_stays)
{
    struct text t = text_in(test_arena(), 512);
    PUT(&t, "is held. ");
    reason_put_sentence(&t, &(struct reason){ .code = REASON_REG_DECISION_DUE });
    CHECK_TEXT(text_slice(&t), "is held. Your registration is being decided.");
}
