#include "intake/readings.h"
#include "intake/replay.h"
#include "x12_rig.h"

/* One interchange of two partners behind one sender: EAST writes its movement codes and its movements in its own way,
 * WEST in the page's. */

#define ISA "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000000001*0*P*:~"
#define IEA(count) "IEA*" count "*000000001~"
#define SALE(invoice) "PTD*SD***DI*" invoice "~DTM*003*20260301~DTM*011*20260301~REF*Q1*D-7~QTY*39*5*EA~LIN*3*VP*P~"
#define SET(report, body, count) "ST*867*0001~BPT*00*" report "*20260331*02~CUR*DS*USD~" body "SE*" count "*0001~"
#define GROUP(sender, number, version, set) "GS*PT*" sender "*C*20260408*0900*" number "*X*" version "~" set \
    "GE*1*" number "~"

static const struct x12_sender senders[] = {
    { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT("EAST"), { 0 } },
    { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT("WEST"), { 0 } },
};
static const struct slice q1 = SLICE_INIT("Q1"), versions[] = { SLICE_INIT("004010"), SLICE_INIT("005010") };
static const struct x12_map deals = { SLICE_INIT("867"), SLICE_INIT("deal_reg_no"), SLICE_INIT("REF"), { &q1, 1 } };

struct hub {
    struct rig             rig;
    struct mapping_profile east, west, newer;
    struct intake_job      job;
    struct spool           spool;
};

static struct mapping_profile partner_profile(const char *name, const char *partner_id, unsigned sender)
{
    struct mapping_profile p = *mapping_profile_default();
    p.name = slice_from(name);
    p.partner_id = slice_from(partner_id);
    p.x12.senders = &senders[sender];
    p.x12.sender_count = 1;
    p.sha256[0] = (uint8_t)name[0];
    return p;
}

static void hub_open(struct hub *h)
{
    rig_open(&h->rig);
    h->east = partner_profile("east", "P-EAST", 0);
    h->west = partner_profile("west", "P-WEST", 1);
    h->east.x12.maps = &deals;
    h->east.x12.map_count = 1;
    h->east.x12.lin01 = LIN01_INVOICE_LINE;
    h->east.x12.versions = (struct texts){ versions, 2 };
    h->west.x12.versions = (struct texts){ versions, 1 };
}

/* What a line was read with and as. */
static enum err on_line(void *context, const struct intake_line *line)
{
    struct hub *h = context;
    struct rig *r = &h->rig;
    TRY(rig_on_line(r, line));
    struct text t = text_in(test_arena(), 256);
    text_put(&t, line->receipt->profile);
    PUT(&t, " ");
    text_put_byte(&t, (char)line->receipt->profile_sha256[0]);
    rig_put(&t, "partner", line->line->partner_id);
    rig_put(&t, "deal", line->line->deal_reg_no);
    rig_put(&t, "line", line->line->invoice_line);
    r->lines[r->line_count - 1] = text_slice(&t);
    return OK;
}

static enum document_state hub_run(struct hub *h, struct slice bytes)
{
    struct rig *r = &h->rig;
    struct intake_events events = { .context = h, .on_line = on_line };
    bool is_done = false;
    r->ids = text_in(test_arena(), 4096);
    r->line_count = 0;
    h->spool = spool_over(bytes);
    h->job = (struct intake_job){
        .spool = &h->spool, .file_name = SLICE("hub"), .door = DOOR_CLAIMCTL, .received_at_unix_ms = 1775638800000,
        .submitter = &r->submitter, .profile = &h->west,
        .readings = { .items = { { &h->west, &h->west }, { &h->east, &h->east } }, .count = 2 },
    };
    if (r->intake) intake_close(r->intake);
    CHECK_INT(intake_open(&r->intake, &h->job, &events), OK);
    while (!is_done) CHECK_INT(intake_post(r->intake, 1, &is_done), OK);
    r->result = intake_result(r->intake);
    return r->result->state;
}

static void put(void *context, struct slice bytes)
{
    text_put(context, bytes);
}

static struct slice hub_answer(struct hub *h)
{
    struct text t = text_in(test_arena(), 8192);
    struct answer_sink sink = { &t, put };
    struct answer_options options = { .control_number = 4711, .now_unix_ms = 1775638800000 };
    CHECK(intake_answer(h->rig.intake, &options, &sink));
    return text_slice(&t);
}

static bool holds(struct slice s, const char *part)
{
    return memmem(s.bytes, s.size, part, strlen(part)) != NULL;
}

static const char both[] = ISA GROUP("EAST", "1", "004010", SET("E1", SALE("E1"), "10"))
    GROUP("WEST", "2", "004010", SET("W1", SALE("W1"), "10")) GROUP("EAST", "3", "005010", SET("E2", SALE("E2"), "10"))
    GROUP("SOUTH", "4", "004010", SET("S1", SALE("S1"), "10")) IEA("4");

TEST(each_group_is_read_by_the_profile_that_names_it)
{
    struct hub h;
    hub_open(&h);
    h.west.x12.control_window_days = 30;
    CHECK_INT(hub_run(&h, slice_from(both)), DOCUMENT_POSTED);
    CHECK_INT(h.rig.result->interchange_days, 30);  /* of the envelope's profile */
    CHECK_INT(h.rig.line_count, 4);
    CHECK_TEXT(h.rig.lines[0], "east@1 e partner=P-EAST deal=D-7 line=3");
    CHECK_TEXT(h.rig.lines[1], "west@1 w partner=P-WEST");
    CHECK_TEXT(h.rig.lines[2], "east@1 e partner=P-EAST deal=D-7 line=3");
    CHECK_TEXT(h.rig.lines[3], "west@1 w partner=P-WEST");  /* whom nobody names has the first */
    rig_close(&h.rig);
}

/* Blanks after GS02 name nobody else, and how the document is wrapped is the envelope's. */
TEST(a_group_is_named_without_blanks_and_unwrapped_as_its_envelope)
{
    struct hub h;
    hub_open(&h);
    h.west.x12.unwrap = true;
    static const char sale[] = "PTD*SD***DI*E1~DTM*003*20260301~DTM*011*20260301~REF*Q1*D-\n7~QTY*39*5*EA~LIN*3*VP*P~";
    struct text t = text_in(test_arena(), 1024);
    text_put(&t, SLICE(ISA "GS*PT*EAST   *C  *20260408*0900*1*X*004010~ST*867*0001~BPT*00*E1*20260331*02~CUR*DS*USD~"));
    text_put(&t, slice_from(sale));
    text_put(&t, SLICE("SE*10*0001~GE*1*1~" IEA("1")));
    CHECK_INT(hub_run(&h, text_slice(&t)), DOCUMENT_POSTED);
    CHECK_INT(h.rig.line_count, 1);
    CHECK_TEXT(h.rig.lines[0], "east@1 e partner=P-EAST deal=D-7 line=3");
    rig_close(&h.rig);
}

TEST(a_group_that_its_own_profile_refuses_takes_no_other_one_with_it)
{
    struct hub h;
    hub_open(&h);
    h.west.tolerance = TOLERANCE_STRICT;
    h.east.answers.functional = ANSWER_FUNCTIONAL_999;
    struct slice file = SLICE(ISA GROUP("WEST", "1", "005010", SET("W1", SALE("W1"), "10")) GROUP(
        "EAST", "2", "005010", SET("E1", SALE("E1") "CTT*7~", "11")) GROUP("WEST", "3", "004010",
                                                                             SET("W2", SALE("W2") "CTT*7~", "11"))
                                  IEA("3"));
    CHECK_INT(hub_run(&h, file), DOCUMENT_POSTED);
    CHECK_INT(h.rig.line_count, 1);
    CHECK_TEXT(h.rig.lines[0], "east@1 e partner=P-EAST deal=D-7 line=3");
    CHECK_TEXT(rig_issues(&h.rig), "GROUP_VERSION LINE_COUNT@CTT10.1 LINE_COUNT@CTT10.1");
    struct slice answer = hub_answer(&h);
    CHECK(holds(answer, "AK1*PT*1~AK9*R*1*1*0*2~"));     /* 005010 is agreed with EAST alone */
    CHECK(holds(answer, "ST*999*") && holds(answer, "AK1*PT*2*005010~") && holds(answer, "IK5*E*5~AK9*E*1*1*1~"));
    CHECK(holds(answer, "AK2*867*0001~AK5*R*5~AK9*R*1*1*0~"));     /* and a strict WEST counts */
    h.east.answers.functional = ANSWER_FUNCTIONAL_NONE;
    (void)hub_run(&h, file);
    CHECK(!holds(hub_answer(&h), "AK1*PT*2*005010~") && holds(hub_answer(&h), "AK1*PT*3~"));
    rig_close(&h.rig);
}

TEST(a_refused_sender_is_told_by_the_profiles_of_its_groups)
{
    struct hub h;
    hub_open(&h);
    struct intake *intake;
    struct slice known = SLICE(ISA GROUP("EAST", "1", "004010", SET("E1", SALE("E1"), "10"))
                                   GROUP("WEST", "2", "004010", SET("W1", SALE("W1"), "10")) IEA("2"));
    const struct slice files[] = { known, slice_from(both) };
    for (unsigned k = 0; k < 2; k++) {
        (void)hub_run(&h, files[k]);
        h.job.refuses_unknown_sender = true;
        CHECK_INT(intake_open(&intake, &h.job, NULL), OK);
        CHECK_INT(intake_result(intake)->errors.count, k);
        if (k > 0) CHECK_INT(intake_result(intake)->errors.items[0].code, ISSUE_SENDER_UNKNOWN);
        intake_close(intake);
    }
    rig_close(&h.rig);
}

TEST(a_newer_version_of_one_profile_corrects_its_own_groups)
{
    struct hub h;
    hub_open(&h);
    (void)hub_run(&h, slice_from(both));
    h.newer = h.east;
    h.newer.version = 2;
    h.newer.x12.lin01 = LIN01_NONE;
    h.newer.x12.sender_count = 0;           /* its groups are those that the version of receipt named */
    struct intake_job was = h.job, will = h.job;
    struct spool views[] = { spool_over(h.spool.bytes), spool_over(h.spool.bytes) };
    was.spool = &views[0];
    will.spool = &views[1];
    will.readings = readings_anew(&h.job.readings, &h.newer);
    struct text t = text_in(test_arena(), 32 << 10);
    struct answer_sink sink = { &t, put };
    struct json_out changes;
    struct replay_counts counts;
    json_out_open(&changes);
    json_out_begin(&changes, '[');
    CHECK_INT(replay_compare(&was, &will, NULL, &sink, &changes, &counts), OK);
    json_out_close(&changes);
    CHECK_INT(counts.replaced + counts.cancelled, 2);
    CHECK_INT(counts.same, 2);
    CHECK_TEXT(readings_name(test_arena(), &will.readings), "west@1 east@2");
    h.newer.name = SLICE("other");
    struct readings whole = readings_anew(&h.job.readings, &h.newer);
    CHECK_TEXT(readings_name(test_arena(), &whole), "other@2");
    rig_close(&h.rig);
}

TEST(the_earliest_sla_and_any_849_of_its_groups_count_for_a_document)
{
    struct hub h;
    hub_open(&h);
    struct readings r = { .items = { { &h.west, &h.west }, { &h.east, &h.east } }, .count = 2 };
    h.east.answers.sla_hours = 12;
    CHECK_INT(readings_sla_hours(&r), 12);
    h.west.answers.sla_hours = 2;
    CHECK_INT(readings_sla_hours(&r), 2);
    h.west.answers.response_849 = ANSWER_849_NONE;
    CHECK(!readings_want_no_849(&r));
    h.east.answers.response_849 = ANSWER_849_NONE;
    CHECK(readings_want_no_849(&r));
}
