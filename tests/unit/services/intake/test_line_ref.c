/* How a line names another (first-hour.md 8, feeds.md 12). */
#include "intake/line_ref.h"

#include "base/hash.h"
#include "support/table.h"

#define AN_ID "0123456789abcdef0123456789abcdef"

struct run { struct slice given; };

static struct slice id_of(void *context, struct slice name)
{
    (void)context;
    return slice_equal(name, SLICE("L1")) ? SLICE("11111111111111111111111111111111") : (struct slice){ 0 };
}

static bool give(void *context, struct slice name, struct slice line_id)
{
    struct run *run = context;
    (void)line_id;
    if (slice_equal(name, SLICE("L1"))) return false;
    run->given = name;
    return true;
}

struct setting { struct typing typing; struct draft draft; struct typed typed; };

static struct setting *a_line(void)
{
    struct setting *s = ARENA_NEW(test_arena(), struct setting);
    typing_init(&s->typing, mapping_profile_default());
    s->typing.arena = test_arena();
    typing_begin(&s->typing, &s->typed);
    draft_reset(&s->draft);
    return s;
}

static struct slice first_issue(const struct setting *s)
{
    return s->typed.issues.count ? issue_name(s->typed.issues.items[0].code) : (struct slice){ 0 };
}

static struct slice payout_id(const char *line_id)
{
    struct id_part parts[] = { ID_TEXT(slice_from(line_id)), ID_TEXT(SLICE("SD-26")), ID_INT(2), ID_INT(1) };
    return hash_id(test_arena(), parts, 4);
}

TEST(a_name_becomes_the_id_of_its_line_and_an_id_stays)
{
    struct table t = TABLE(
        "sent                              | becomes                           issue",
        "L1                                | 11111111111111111111111111111111  -",
        "0123456789abcdef0123456789abcdef  | 0123456789abcdef0123456789abcdef  -",
        "0123456789ABCDEF0123456789ABCDEF  | 0123456789ABCDEF0123456789ABCDEF  LINE_NAME_UNKNOWN",
        "0123456789abcdef0123456789abcde   | 0123456789abcdef0123456789abcde   LINE_NAME_UNKNOWN",
        "L2                                | L2                                LINE_NAME_UNKNOWN");
    const struct line_names names = { .id_of = id_of };
    while (table_next(&t)) {
        struct setting *s = a_line();
        draft_default(&s->draft, SLOT_original_line_ref, cell(&t, "sent"));
        line_ref_resolve(&names, &s->typing, &s->draft, &s->typed.issues);
        CHECK_CELL(&t, "becomes", draft_text(&s->draft, SLOT_original_line_ref));
        CHECK_CELL(&t, "issue", first_issue(s));
    }
}

TEST(a_payout_is_named_by_its_line_program_version_and_number)
{
    const char *line = "11111111111111111111111111111111";
    struct { const char *sent; struct slice becomes; bool is_known; } rows[] = {
        { "L1/SD-26/2/1", payout_id(line), true },
        { " L1/SD-26/2/1 ", payout_id(line), true },
        { AN_ID "/SD-26/2/1", payout_id(AN_ID), true },
        { AN_ID, SLICE(AN_ID), true },
        { "L2/SD-26/2/1", SLICE("L2/SD-26/2/1"), false },
        { "L1/SD-26/2", SLICE("L1/SD-26/2"), false },
        { "L1/SD-26/2/1/0", SLICE("L1/SD-26/2/1/0"), false },
        { "L1/SD-26/2/x", SLICE("L1/SD-26/2/x"), false },
        { "L1/SD-26/4294967296/1", SLICE("L1/SD-26/4294967296/1"), false },
        { "L1", SLICE("L1"), false },
    };
    const struct line_names names = { .id_of = id_of };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct setting *s = a_line();
        struct draft_cell sent = { .text = slice_from(rows[k].sent) };
        s->draft.lists[DRAFT_LIST_payout_ids] = (struct draft_list){ .items = &sent, .count = 1, .capacity = 1 };
        line_ref_resolve(&names, &s->typing, &s->draft, &s->typed.issues);
        CHECK_SLICE(sent.text, rows[k].becomes);
        CHECK_SLICE(first_issue(s), rows[k].is_known ? (struct slice){ 0 } : SLICE("LINE_NAME_UNKNOWN"));
    }
}

TEST(without_names_of_a_run_nothing_is_resolved)
{
    const struct line_names none = { 0 };
    struct setting *s = a_line();
    draft_default(&s->draft, SLOT_original_line_ref, SLICE("L1"));
    line_ref_resolve(&none, &s->typing, &s->draft, &s->typed.issues);
    CHECK_TEXT(draft_text(&s->draft, SLOT_original_line_ref), "L1");
    CHECK_INT(s->typed.issues.count, 0);
}

TEST(a_line_takes_a_name_that_is_free_and_well_formed)
{
    char longest[66];
    memset(longest, 'x', 65);
    longest[65] = '\0';
    struct { struct slice name, line_id; const char *issue; bool is_given; } rows[] = {
        { SLICE("L2"), SLICE(AN_ID), "", true },
        { slice_of(longest, 64), SLICE(AN_ID), "", true },
        { slice_of(longest, 65), SLICE(AN_ID), "LINE_NAME_INVALID", false },
        { SLICE("a/b"), SLICE(AN_ID), "LINE_NAME_INVALID", false },
        { SLICE("L1"), SLICE(AN_ID), "LINE_NAME_TAKEN", false },
        { SLICE(""), SLICE(AN_ID), "", false },
        { SLICE("L2"), SLICE(""), "", false },              /* a line without partner has no id */
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct run run = { 0 };
        const struct line_names names = { .context = &run, .give = give };
        struct setting *s = a_line();
        line_ref_give(&names, &s->typing, &s->draft, &s->typed.issues, rows[k].name, rows[k].line_id);
        CHECK_SLICE(first_issue(s), slice_from(rows[k].issue));
        CHECK_INT(run.given.size > 0, rows[k].is_given);
    }
}

static void extra(struct draft *d, struct slice name, struct slice value)
{
    d->extras[d->extra_count++] = (struct draft_extra){ .name = name, .cell = { .text = value } };
}

TEST(a_line_of_a_rejects_file_is_the_next_submission)
{
    struct table t = TABLE("id                                number | becomes",
                           "0123456789abcdef0123456789abcdef  -      | 2",
                           "0123456789abcdef0123456789abcdef  1      | 2",
                           "0123456789abcdef0123456789abcdef  98     | 99",
                           "0123456789abcdef0123456789abcdef  99     | 99",     /* no further one; typing judges it */
                           "0123456789abcdef0123456789abcdef  x      | x",
                           "none                              3      | 3",
                           "none                              -      | -");
    while (table_next(&t)) {
        struct setting *s = a_line();
        extra(&s->draft, SLICE("claimstream_reasons"), SLICE("DUPLICATE"));
        extra(&s->draft, SLICE("Branch"), SLICE("W"));
        extra(&s->draft, SLICE("claimstream_line_id"), cell(&t, "id"));
        draft_default(&s->draft, SLOT_submission_no, cell(&t, "number"));
        line_ref_number(test_arena(), &s->draft);
        CHECK_CELL(&t, "becomes", draft_text(&s->draft, SLOT_submission_no));
        CHECK_INT(s->draft.extra_count, 1);
        CHECK_TEXT(s->draft.extras[0].name, "Branch");
    }
}
