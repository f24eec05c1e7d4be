/* Sentences of reasons. */
#include "domain/reason.h"

#include "support/sentence.h"
#include "support/test.h"

#include <stdio.h>

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

TEST(words_stand_in_for_other_arguments_that_are_absent)
{
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_PART_UNKNOWN }),
               "We are adding part (not known) to our catalogue.");
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_SIGN_FIXED }), "The sign of a field was corrected.");
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_FIELD_MISSING }), "A field is missing.");
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_ROTATION_LIMIT }),
               "The rotation allowance has (not known) left.");
    CHECK_TEXT(sentence_of(&(struct reason){ .code = REASON_DENIED_ON_REVIEW }), "Declined on review: without a note.");
    struct reason paid = { .code = REASON_DUPLICATE_TRANSACTION };
    reason_argument(&paid, SLICE("invoice"), SLICE("I-1"));
    reason_argument(&paid, SLICE("program"), SLICE("SD"));
    CHECK_TEXT(sentence_of(&paid), "Invoice I-1 line without a number is already paid under SD.");
}

/* Every argument that the sentence names, but for one. */
static struct reason all_but(enum reason_code code, unsigned absent)
{
    struct reason r = { .code = code };
    struct text t = text_in(test_arena(), 512);
    reason_put_template(&t, code);
    struct slice rest = text_slice(&t);
    for (unsigned i = 0; slice_find(rest, '{') < rest.size; i++) {
        slice_cut(&rest, '{');
        struct slice name = slice_cut(&rest, '}');
        if (i != absent) reason_argument(&r, name, SLICE("X"));
    }
    return r;
}

TEST(no_sentence_has_a_hole_whatever_is_absent)
{
    for (unsigned number = 1; number < 1000; number++) {
        if (!reason_is_known(number)) continue;
        struct reason nothing = { .code = (enum reason_code)number };
        bool whole = sentence_is_whole(sentence_of(&nothing));
        for (unsigned absent = 0; absent <= REASON_ARGUMENTS_MAX; absent++) {
            struct reason r = all_but(nothing.code, absent);
            whole &= sentence_is_whole(sentence_of(&r));
        }
        if (!whole) printf("  %.*s\n", SLICE_ARGS(reason_name(nothing.code)));
        CHECK(whole);
    }
}

TEST(what_stood_in_the_text_before_stays)
{
    struct text t = text_in(test_arena(), 512);
    PUT(&t, "is held. ");
    reason_put_sentence(&t, &(struct reason){ .code = REASON_REG_DECISION_DUE });
    CHECK_TEXT(text_slice(&t), "is held. Your registration is being decided.");
}
