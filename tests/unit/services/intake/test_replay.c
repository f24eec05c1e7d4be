/* test_replay.c: a document read under another mapping profile, by file (feeds.md 11). */
#include "intake/replay.h"

#include "support/test.h"

static void put(void *context, struct slice bytes)
{
    text_put(context, bytes);
}

static struct slice partner_of(void *context, struct slice type, struct slice id)
{
    (void)context;
    (void)type;
    return slice_equal(id, SLICE("315760012")) ? SLICE("N-1") : (struct slice){ 0 };
}

static const struct intake_partners partners = { .identified = partner_of };
static struct replay_counts counts;
static struct slice changes;

/* What makes the document stand as the second profile reads it. */
static struct slice replayed(const char *bytes, const struct mapping_profile *was, const struct mapping_profile *will)
{
    struct intake_submitter local = submitter_local();
    struct spool spools[] = { spool_over(slice_from(bytes)), spool_over(slice_from(bytes)) };
    struct intake_job before = { .spool = &spools[0],
                                 .door = DOOR_CLAIMCTL,
                                 .received_at_unix_ms = 1775638800000,
                                 .submitter = &local,
                                 .partners = &partners,
                                 .profile = was,
                                 .partner_id = SLICE("P") },
                      after = before;
    struct text t = text_in(test_arena(), 64 << 10);
    struct answer_sink sink = { &t, put };
    struct json_out shown;
    after.spool = &spools[1];
    after.profile = will;
    json_out_open(&shown);
    json_out_begin(&shown, '[');
    CHECK_INT(replay_compare(&before, &after, NULL, &sink, &shown, &counts), OK);
    json_out_end(&shown);
    changes = slice_copy(test_arena(), json_out_bytes(&shown));
    json_out_close(&shown);
    return text_slice(&t);
}

static bool says(struct slice all, const char *part)
{
    return memmem(all.bytes, all.size, part, strlen(part)) != NULL;
}

#define LINE(invoice, more) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice "\",\"ship_date\":\"2026-03-02\",\"qty\":1,\"uom\":\"EA\"," \
    more "}\n"

static struct mapping_profile mapped(struct profile_pointer *pointer)
{
    struct mapping_profile p = *mapping_profile_default();
    *pointer = (struct profile_pointer){ SLICE("vendor_part"), SLICE("/code") };
    p.json.pointers = pointer;
    p.json.pointer_count = 1;
    return p;
}

TEST(what_was_refused_comes_as_the_submission_behind_its_own)
{
    struct profile_pointer pointer;
    struct mapping_profile second = mapped(&pointer);
    struct slice lines = replayed(LINE("A", "\"code\":\"K\"") LINE("B", "\"code\":\"K\",\"submission_no\":3")
                                      LINE("C", "\"code\":\"K\",\"submission_no\":99"),
                                  mapping_profile_default(), &second);
    CHECK_INT(counts.added, 3);
    CHECK_INT(counts.replaced + counts.cancelled + counts.same, 0);
    CHECK(says(lines, "\"submission_no\":2") && says(lines, "\"submission_no\":4")
          && says(lines, "\"submission_no\":99"));
    CHECK(says(changes, "\"act\":\"POST\""));
}

TEST(what_stood_and_cannot_be_replaced_keeps_its_number)
{
    struct profile_pointer pointer;
    struct mapping_profile second = mapped(&pointer);
    struct slice lines = replayed("{\"kind\":\"TRANSFER_OUT\",\"ship_date\":\"2026-03-02\",\"order_no\":\"O\",\"vendor_"
                                  "part\":\"P\",\"code\":\"K\",\"qty\":1,\"uom\":\"EA\",\"submission_no\":2}\n" LINE(
                                      "A", "\"vendor_part\":\"P\",\"code\":\"K\",\"submission_no\":2"),
                                  mapping_profile_default(), &second);
    CHECK_INT(counts.replaced, 1);
    CHECK_INT(counts.cancelled, 1);
    CHECK(says(lines, "\"kind\":\"CANCEL\"") && says(lines, "\"kind\":\"REPLACE\""));
    struct slice transfer = slice_skip(lines, slice_find(lines, '\n') + 1);
    transfer = slice_head(transfer, slice_find(transfer, '\n'));
    CHECK(says(transfer, "\"kind\":\"TRANSFER_OUT\"") && says(transfer, "\"vendor_part\":\"K\"")
          && says(transfer, "\"submission_no\":2"));
}

/* What corrects a report is found by the number and the partner of it. */
TEST(corrections_of_a_set_name_the_partner_of_its_report)
{
    struct mapping_profile second = *mapping_profile_default();
    second.x12.lin01 = LIN01_INVOICE_LINE;
    struct slice lines = replayed(
        "ISA*00*          *00*          *01*315760012      *01*079999999      *260408*1400*U*00401*000000041*0*P*>~"
        "GS*PT*315760012*079999999*20260408*1400*41*X*004010~ST*867*0001~BPT*00*R-1*20260408*02~CUR*DS*USD~"
        "N1*DS*NORD*1*315760012~PTD*SD***DI*7~DTM*003*20260328~DTM*011*20260328~QTY*39*4*EA~LIN*3*VP*P~CTT*1~"
        "SE*11*0001~GE*1*41~IEA*1*000000041~",
        mapping_profile_default(), &second);
    CHECK_INT(counts.replaced, 1);
    CHECK(slice_starts_with(lines, SLICE("{\"document\":{\"partner_id\":\"N-1\",\"report_id\":\"R-1\"}}\n")));
}

TEST(the_same_profile_changes_nothing)
{
    CHECK_INT(replayed(LINE("A", "\"vendor_part\":\"P\"") LINE("B", "\"x\":1"), mapping_profile_default(),
                       mapping_profile_default())
                  .size,
              0);
    CHECK_INT(counts.same, 1);
    CHECK_INT(counts.refused, 1);
    CHECK_SLICE(changes, SLICE("[]"));
}
