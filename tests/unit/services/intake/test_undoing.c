/* What a line does to the report that its document undoes (feeds.md 6). */
#include "intake/undoing.h"

#include "support/table.h"

static bool refused_by_a_stage(void *context, struct slice line_id)
{
    (void)context;
    return slice_equal(line_id, SLICE("0003"));
}

static const struct intake_targets targets = { .refused = refused_by_a_stage };

static struct line line_of(enum kind kind, struct slice invoice_no, int64_t qty)
{
    return (
        struct line){ .kind = kind, .partner_id = SLICE("N-100"), .invoice_no = invoice_no, .qty_milli = qty * 1000 };
}

static struct correction *report;

static void leave(struct undoing *u)
{
    undoing_end(u);
    correction_close(report);
    report = NULL;
}

/* A report of three lines: a sale of 5, a return of 2, a sale of 7 that a stage refused. */
static struct undoing begun(enum purpose purpose)
{
    struct undoing u = { .purpose = purpose };
    struct line lines[] = { line_of(KIND_POS_SALE, SLICE("A"), 5), line_of(KIND_POS_RETURN, SLICE("B"), -2),
                            line_of(KIND_POS_SALE, SLICE("C"), 7) };
    static const struct slice ids[] = { SLICE_INIT("0001"), SLICE_INIT("0002"), SLICE_INIT("0003") };
    CHECK_INT(correction_open(&targets, &report), OK);
    u.correction = report;
    for (unsigned k = 0; k < 3; k++) CHECK_INT(correction_add(u.correction, &lines[k], ids[k], false), OK);
    CHECK_INT(correction_apply(u.correction), OK);
    return u;
}

/* A row that goes over to another partner: the one's line is taken back, the other's is new. */
TEST(a_line_of_another_partner_comes_behind_a_cancel)
{
    struct undoing u = begun(PURPOSE_REPLACE);
    struct line l = line_of(KIND_POS_SALE, SLICE("A"), 5);
    const struct standing_line *goes;
    l.partner_id = SLICE("M-200");
    CHECK(undoing_meet(&u, &l, false, false, &goes));
    CHECK_INT(l.kind, KIND_POS_SALE);
    CHECK(goes != NULL);
    if (goes) CHECK_TEXT(goes->partner_id, "N-100");
    leave(&u);
}

TEST(a_line_is_held_against_what_stands_in_its_place)
{
    struct table t = TABLE(
        "kind         invoice  qty  refused  deletes | handed  becomes      of    goes",
        "POS_SALE     A        5    no       no      | no      POS_SALE     -     -", /* equal */
        "POS_SALE     A        6    no       no      | yes     REPLACE      0001  -",
        "POS_RETURN   B        -3   no       no      | yes     POS_RETURN   -     0002", /* no REPLACE of a return */
        "POS_RETURN   A        -5   no       no      | yes     POS_RETURN   -     0001", /* another kind */
        "POS_SALE     D        5    no       no      | yes     POS_SALE     -     -",
        "POS_SALE     A        6    yes      no      | yes     POS_SALE     -     -",
        "POS_SALE     A        5    no       yes     | no      POS_SALE     -     0001",
        "POS_SALE     D        5    no       yes     | no      POS_SALE     -     -",
        "AGREEMENT    A        5    no       no      | yes     AGREEMENT    -     -");
    while (table_next(&t)) {
        struct undoing u = begun(PURPOSE_CHANGE);
        struct line l = line_of(kind_find(cell(&t, "kind")), cell(&t, "invoice"), cell_int(&t, "qty"));
        const struct standing_line *goes;
        CHECK_CELL_INT(&t, "qty", l.qty_milli / 1000);
        CHECK_INT(undoing_meet(&u, &l, cell_yes(&t, "refused"), cell_yes(&t, "deletes"), &goes),
                  cell_yes(&t, "handed"));
        CHECK_CELL(&t, "becomes", kind_name(l.kind));
        CHECK_CELL(&t, "of", l.original_line_ref);
        CHECK_CELL(&t, "goes", goes ? goes->line_id : (struct slice){ 0 });
        if (l.kind == KIND_REPLACE) CHECK_INT(l.replaces_kind, KIND_POS_SALE);
        leave(&u);
    }
}

TEST(what_a_replacement_does_not_name_goes_and_then_it_has_ended)
{
    struct undoing u = begun(PURPOSE_REPLACE);
    struct line l = line_of(KIND_POS_SALE, SLICE("A"), 5);
    const struct standing_line *goes;
    CHECK(!undoing_meet(&u, &l, false, false, &goes));
    CHECK(!u.takes_rest);
    undoing_finish(&u);
    CHECK(u.takes_rest);
    CHECK_TEXT(undoing_rest(&u)->line_id, "0002");
    CHECK_TEXT(undoing_rest(&u)->line_id, "0003");
    CHECK(undoing_rest(&u) == NULL);
    CHECK(!u.correction && !u.takes_rest && u.purpose == PURPOSE_ORIGINAL);
    leave(&u);
}

TEST(a_change_keeps_what_it_does_not_name)
{
    struct undoing u = begun(PURPOSE_CHANGE);
    undoing_finish(&u);
    CHECK(!u.correction && !u.takes_rest && u.purpose == PURPOSE_ORIGINAL);
    leave(&u);
}

TEST(only_what_a_stage_refused_gets_a_number_when_a_report_is_sent_again)
{
    struct table t = TABLE("invoice  number | becomes",
                           "C        0      | 2",
                           "C        1      | 2",
                           "C        4      | 4",          /* the sender counts by itself */
                           "A        0      | 0",
                           "D        0      | 0");
    while (table_next(&t)) {
        struct undoing u = begun(PURPOSE_RESUBMISSION);
        struct line l = line_of(KIND_POS_SALE, cell(&t, "invoice"), 9);
        l.submission_no = (uint32_t)cell_int(&t, "number");
        undoing_number(&u, &l);
        CHECK_CELL_INT(&t, "becomes", l.submission_no);
        leave(&u);
    }
}

TEST(a_number_ends_at_the_last_one_that_a_line_may_have)
{
    struct undoing u = { .purpose = PURPOSE_RESUBMISSION };
    struct line l = line_of(KIND_POS_SALE, SLICE("C"), 7);
    CHECK_INT(correction_open(&targets, &report), OK);
    u.correction = report;
    l.submission_no = SUBMISSION_NO_MAX;
    CHECK_INT(correction_add(u.correction, &l, SLICE("0003"), false), OK);
    CHECK_INT(correction_apply(u.correction), OK);
    l.submission_no = 0;
    undoing_number(&u, &l);
    CHECK_INT(l.submission_no, 0);
    leave(&u);
}

TEST(three_purposes_take_back)
{
    CHECK(undoing_takes_back(PURPOSE_CANCEL) && undoing_takes_back(PURPOSE_REPLACE)
          && undoing_takes_back(PURPOSE_CHANGE));
    CHECK(!undoing_takes_back(PURPOSE_ORIGINAL) && !undoing_takes_back(PURPOSE_RESUBMISSION)
          && !undoing_takes_back(PURPOSE_NONE));
}
