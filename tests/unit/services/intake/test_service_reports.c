/* Reports and their corrections on the way through the service (feeds.md 6): in one interchange, and at once. */
#include "service_rig.h"

#include "wire/dossier_codec.h"

#include <string.h>

/* A set of an 867 in 004010: `purpose`, its own number, the number that it corrects; a sale of each invoice in the
 * order of the letters, with the quantity that stands behind it: "a5 b7". No sales: a bare PTD. */
struct set { const char *purpose, *number, *original, *sales; };

static void put_sale(struct text *t, const char *sale, unsigned *segments)
{
    char line[256];
    snprintf(line, sizeof line,
             "PTD*SD***DI*%.1s~DTM*003*20260302~DTM*011*20260302~REF*LI*1~QTY*39*%u*EA~LIN**VP*P~UIT*EA*2.50*RS~", sale,
             (unsigned)strtoul(sale + 1, NULL, 10));
    text_put(t, slice_from(line));
    *segments += 7;
}

static void put_set(struct text *t, const struct set *set, unsigned number)
{
    char line[256];
    unsigned segments = 4;
    snprintf(line, sizeof line, "ST*867*%04u~BPT*%s*%s*20260331*02*****%s~CUR*DS*USD~", number, set->purpose,
             set->number, set->original);
    if (set->original[0] == 0) snprintf(line, sizeof line, "ST*867*%04u~BPT*%s*%s*20260331*02~CUR*DS*USD~", number,
                                        set->purpose, set->number);
    text_put(t, slice_from(line));
    if (set->sales[0] == 0) { PUT(t, "PTD*SU~"); segments++; }
    for (const char *s = set->sales; *s; s += strcspn(s, " ") + (strchr(s, ' ') != NULL)) put_sale(t, s, &segments);
    snprintf(line, sizeof line, "SE*%u*%04u~", segments, number);
    text_put(t, slice_from(line));
}

/* Each call has a control number of its own. */
static struct slice interchange(const struct set *sets, unsigned count)
{
    static unsigned number = 100;
    char head[256];
    struct text t = text_in(test_arena(), 1 << 20);
    snprintf(head, sizeof head, ISA("%09u") "GS*PT*N*C*20260408*0900*1*X*004010~", ++number);
    text_put(&t, slice_from(head));
    for (unsigned k = 0; k < count; k++) put_set(&t, &sets[k], k + 1);
    snprintf(head, sizeof head, "GE*%u*1~IEA*1*%09u~", count, number);
    text_put(&t, slice_from(head));
    return text_slice(&t);
}
#define SETS(...) \
    interchange((const struct set[]){ __VA_ARGS__ }, sizeof((const struct set[]){ __VA_ARGS__ }) / sizeof(struct set))

static struct desk_answer *post(struct desk *k, struct slice bytes)
{
    struct desk_answer *a = SEND(k, bytes, .name = "r.edi");
    desk_wait(k, a);
    return a;
}

/* Lines of its status. */
static unsigned passed(struct desk *k, const struct desk_answer *a)
{
    struct slice body = ASK(k, .kind = QUESTION_STATUS, .id = member(a->body, "id"))->body;
    for (unsigned n = 0; n < 100; n++) {
        char text[32];
        snprintf(text, sizeof text, "\"passed\":%u,", n);
        if (holds(body, text)) return n;
    }
    return 999;
}

/* What went out so far. */
struct posted { unsigned sales, replaces, cancels; struct arena room; };

static void note(void *context, const struct record *record)
{
    struct posted *all = context;
    struct dossier dossier;
    arena_reset(&all->room);
    CHECK_INT(dossier_decode(&all->room, record->value, &dossier), OK);
    all->cancels += dossier.line->kind == KIND_CANCEL;
    all->replaces += dossier.line->kind == KIND_REPLACE;
    all->sales += dossier.line->kind == KIND_POS_SALE;
}

static struct posted posted_so_far(struct desk *k)
{
    struct posted all = { 0 };
    CHECK_INT(arena_open(&all.room, 1 << 16, 1 << 20), OK);
    for (int32_t p = 0; p < DESK_PARTITIONS; p++)
        (void)memory_log_read(k->log, TOPIC_CLAIMS_RECEIVED, p, 0, note, &all);
    arena_close(&all.room);
    return all;
}

static const char *posted(struct desk *k)
{
    struct posted all = posted_so_far(k);
    char *text = arena_alloc(test_arena(), 64);
    snprintf(text, 64, "%u %u %u", all.sales, all.replaces, all.cancels);
    return text;
}
#define CHECK_POSTED(k, sales_replaces_cancels) CHECK_SLICE(slice_from(posted(k)), SLICE(sales_replaces_cancels))

TEST(a_report_and_its_correction_may_come_in_one_interchange)
{
    struct desk *k = desk_open();
    struct desk_answer *a =
        post(k, SETS({ "00", "R", "", "a5 b6 c7" }, { "05", "R", "", "a5 b9" }, { "04", "R", "", "a4" }));
    CHECK_INT(a->state, INTAKE_POSTED);
    CHECK_POSTED(k, "3 2 1");                       /* b replaced, c cancelled, a replaced */
    CHECK_INT(passed(k, a), 6);
    (void)post(k, SETS({ "01", "R", "", "" }));
    CHECK_POSTED(k, "3 2 5");                       /* two REPLACEs, and what each was to replace */
    desk_close(k);
}

TEST(a_report_that_is_cancelled_where_it_comes_is_gone_and_may_begin_anew)
{
    struct desk *k = desk_open();
    (void)post(k, SETS({ "00", "R", "", "a5 b6" }, { "01", "R", "", "" }));
    CHECK_POSTED(k, "2 0 2");
    CHECK_INT(post(k, SETS({ "01", "R", "", "" }))->state, INTAKE_DUPLICATE);
    (void)post(k, SETS({ "00", "R", "", "a7" }, { "01", "R", "", "" }, { "00", "R", "", "a8 b8" }));
    CHECK_POSTED(k, "5 0 3");
    (void)post(k, SETS({ "00", "R", "", "c1" }, { "05", "R", "", "a8" }));
    CHECK_POSTED(k, "6 0 5");                       /* b and c are gone */
    (void)post(k, SETS({ "01", "R", "", "" }));
    CHECK_POSTED(k, "6 0 6");
    desk_close(k);
}

/* Under a second number that a set of the interchange gave it; its name is another's when it is on file. */
TEST(a_set_corrects_what_another_one_renamed)
{
    struct desk *k = desk_open();
    struct desk_answer *a = post(k, SETS({ "00", "R", "", "a5" }, { "05", "S", "R", "a6" }, { "01", "S", "", "" }));
    CHECK_INT(a->state, INTAKE_POSTED);
    CHECK_POSTED(k, "1 1 2");
    CHECK_INT(post(k, SETS({ "01", "R", "", "" }))->state, INTAKE_DUPLICATE);
    desk_close(k);
}

/* A number under which a report began is that report's, whatever a set says of it later. */
TEST(a_number_that_is_taken_is_no_second_name)
{
    struct desk *k = desk_open();
    (void)post(k, SETS({ "00", "R", "", "a5" }, { "00", "S", "", "b3" }, { "05", "S", "R", "a6" },
                       { "01", "S", "", "" }));
    CHECK_POSTED(k, "2 1 1");                       /* b goes, the REPLACE of a stays */
    (void)post(k, SETS({ "00", "T", "", "c3" }));
    (void)post(k, SETS({ "00", "U", "", "d5" }, { "05", "T", "U", "d6" }, { "05", "T", "", "c4" }));
    CHECK_POSTED(k, "4 3 1");
    desk_close(k);
}

/* What does not stand before it in the interchange is waited for. */
TEST(a_correction_without_its_report_still_holds_the_interchange)
{
    struct desk *k = desk_open();
    CHECK_INT(post(k, SETS({ "00", "Q", "", "a5" }, { "05", "R", "", "a6" }))->state, INTAKE_HELD);
    CHECK_INT(post(k, SETS({ "05", "R", "", "a6" }, { "00", "R", "", "a5" }))->state, INTAKE_HELD);
    desk_close(k);
}

/* A set that is refused has posted nothing that could be corrected. */
TEST(a_correction_of_a_refused_set_waits)
{
    struct desk *k = desk_open();
    struct slice good = SETS({ "00", "R", "", "a5" }, { "05", "R", "", "a6" });
    struct slice bad = slice_copy(test_arena(), good);
    char *se = memmem(bad.bytes, bad.size, "SE*11*0001", 10);
    CHECK(se != NULL);
    if (se) memcpy(se, "SE*12*0001", 10);
    CHECK_INT(post(k, bad)->state, INTAKE_HELD);
    desk_close(k);
}

/* feeds.md 6: what a set does to a report hangs on what came before it, and not on the envelope. */
TEST(sets_of_one_interchange_do_what_they_do_one_by_one)
{
    static const char *purposes[] = { "00", "01", "05", "04" };
    enum { LENGTH = 3, COUNT = 27 };
    struct desk *k = desk_open();
    unsigned count = test_share(COUNT);
    for (unsigned n = 0; n < count; n++) {
        char together[16], apart[16];
        struct set joint[LENGTH];
        struct posted before, behind_joint, behind_apart;
        snprintf(together, sizeof together, "J%u", n);
        snprintf(apart, sizeof apart, "A%u", n);
        (void)post(k, SETS({ "00", together, "", "a5 b6" }));
        (void)post(k, SETS({ "00", apart, "", "a5 b6" }));
        before = posted_so_far(k);
        for (unsigned m = 0, code = n * (COUNT / count); m < LENGTH; m++, code /= 3)
            joint[m] = (struct set){ purposes[code % 3 + (code % 3 == 2 && n % 2)], together, "",
                                     m % 2 ? "a7 c1" : "a5 b8" };
        for (unsigned m = 0; m < LENGTH; m++)
            if (joint[m].purpose[1] == '1') joint[m].sales = "";
        (void)post(k, interchange(joint, LENGTH));
        behind_joint = posted_so_far(k);
        for (unsigned m = 0; m < LENGTH; m++) {
            joint[m].number = apart;
            (void)post(k, interchange(&joint[m], 1));
        }
        behind_apart = posted_so_far(k);
        CHECK_INT(behind_apart.sales - behind_joint.sales, behind_joint.sales - before.sales);
        CHECK_INT(behind_apart.replaces - behind_joint.replaces, behind_joint.replaces - before.replaces);
        CHECK_INT(behind_apart.cancels - behind_joint.cancels, behind_joint.cancels - before.cancels);
    }
    desk_close(k);
}

/* Nothing of the original could be posted: what corrects it is on file all the same, and can be taken back. */
TEST(a_correction_of_a_report_whose_lines_were_refused_begins_it)
{
    struct desk *k = desk_open();
    (void)post(k, SETS({ "00", "R", "", "a0" }, { "05", "R", "", "a6" }));
    CHECK_POSTED(k, "1 0 0");
    CHECK_INT(post(k, SETS({ "01", "R", "", "" }))->state, INTAKE_POSTED);
    CHECK_POSTED(k, "1 0 1");
    desk_close(k);
}

/* Apart they end as in one interchange: what corrects a report of which nothing was posted does not wait for it. */
TEST(a_report_of_which_nothing_was_posted_is_found_by_what_corrects_it)
{
    struct desk *k = desk_open();
    CHECK_INT(post(k, SETS({ "00", "R", "", "a0" }))->state, INTAKE_REJECTED);
    CHECK_INT(post(k, SETS({ "05", "R", "", "a6" }))->state, INTAKE_POSTED);
    CHECK_INT(post(k, SETS({ "01", "R", "", "" }))->state, INTAKE_POSTED);
    CHECK_POSTED(k, "1 0 1");
    (void)post(k, SETS({ "00", "N", "", "" }));     /* a nil report */
    CHECK_INT(post(k, SETS({ "04", "N", "", "b3" }))->state, INTAKE_POSTED);
    CHECK_POSTED(k, "2 0 1");
    (void)post(k, SETS({ "00", "S", "", "a0" }, { "00", "T", "", "c1 d0" }, { "00", "U", "", "" }));
    CHECK_INT(post(k, SETS({ "05", "S", "", "a2" }))->state, INTAKE_POSTED);
    CHECK_INT(post(k, SETS({ "01", "U", "", "" }))->state, INTAKE_POSTED);
    CHECK_INT(post(k, SETS({ "01", "U", "", "" }))->state, INTAKE_DUPLICATE);
    CHECK_POSTED(k, "4 0 1");
    (void)post(k, SETS({ "00", "V", "", "a0" }, { "01", "V", "", "" }));
    CHECK_INT(post(k, SETS({ "01", "V", "", "" }))->state, INTAKE_DUPLICATE);
    CHECK_INT(post(k, SETS({ "05", "W", "", "a1" }))->state, INTAKE_HELD);
    (void)post(k, SETS({ "00", "W", "", "a0" }));   /* it comes, and the one that waits goes on */
    desk_rest(k);
    CHECK_POSTED(k, "5 0 1");
    desk_close(k);
}

#define OF_REPORT(number, purpose, more, lines) \
    SLICE("{\"document\":{\"report_id\":\"" number "\",\"purpose\":\"" purpose "\"" more "},\"lines\":[" lines "]}")
#define EUR ",\"currency\":\"EUR\""
#define SALE_OF_P77 \
    "{\"partner_id\":\"P-77\",\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-01\"," \
    "\"vendor_part\":\"P\",\"qty\":\"1\",\"uom\":\"EA\"}"

/* Of lines that were refused none stands, though the grants of today would take them. */
TEST(a_refused_document_of_a_report_is_not_read_by_later_grants)
{
    struct desk *k = desk_open();
    uint32_t kinds = k->items[0].submitter.kinds;
    k->items[0].submitter.kinds = kinds & ~KIND_BIT(KIND_POS_SALE);
    CHECK_INT(post(k, OF_REPORT("R", "original", "", SALE("A", "1")))->state, INTAKE_REJECTED);
    k->items[0].submitter.kinds = kinds;
    CHECK_INT(post(k, OF_REPORT("R", "original", EUR, SALE("A", "1")))->state, INTAKE_POSTED);
    CHECK_INT(post(k, OF_REPORT("R", "cancel", "", ""))->state, INTAKE_POSTED);
    CHECK_POSTED(k, "1 0 1");
    desk_close(k);
}

/* Lines for a partner for whom its sender may not speak begin no report that a cancel could take for the sender's. */
TEST(lines_of_a_strange_partner_begin_no_report)
{
    struct desk *k = desk_open();
    CHECK_INT(post(k, OF_REPORT("R", "original", "", SALE_OF_P77))->state, INTAKE_REJECTED);
    k->items[0].submitter.any_partner = true;
    CHECK_INT(post(k, OF_REPORT("R", "original", EUR, SALE_OF_P77))->state, INTAKE_POSTED);
    CHECK_INT(post(k, OF_REPORT("R", "cancel", "", ""))->state, INTAKE_POSTED);
    CHECK_POSTED(k, "1 0 1");
    desk_close(k);
}

/* Every report once, then every one corrected: none of them is found in what another left. */
TEST(twenty_reports_and_their_corrections_come_in_one_interchange)
{
    enum { COUNT = 20 };
    struct desk *k = desk_open();
    struct set sets[3 * COUNT];
    static char numbers[COUNT][8], sales[COUNT][2][16];
    for (unsigned n = 0; n < COUNT; n++) {
        snprintf(numbers[n], sizeof numbers[n], "R%u", n);
        snprintf(sales[n][0], sizeof sales[n][0], "%c5 z%u", 'a' + (int)n, n + 1);
        snprintf(sales[n][1], sizeof sales[n][1], "%c6 z%u", 'a' + (int)n, n + 1);
        sets[n] = (struct set){ "00", numbers[n], "", sales[n][0] };
        sets[COUNT + n] = (struct set){ "05", numbers[n], "", sales[n][1] };
        sets[2 * COUNT + n] = (struct set){ "01", numbers[n], "", "" };
    }
    (void)post(k, interchange(sets, 2 * COUNT));
    CHECK_POSTED(k, "40 20 0");
    (void)post(k, interchange(sets + COUNT, 2 * COUNT));
    CHECK_POSTED(k, "40 20 60");                    /* the REPLACE, the line under it, and the other one */
    desk_close(k);
}

/* feeds.md 2: a crash goes on at the next line, and finds the same lines before it. */
TEST(a_crash_between_a_report_and_its_correction_changes_nothing)
{
    enum { LINES = 150 };
    struct desk_broker broker = { .gun = { .fire = desk_fire } };
    struct desk *k = desk_open_behind(&broker);
    struct text sales = text_in(test_arena(), 16 * LINES);
    for (unsigned n = 0; n < LINES; n++) {
        char sale[16];
        snprintf(sale, sizeof sale, "%s%c%u", n ? " " : "", 'a' + (int)(n % 26), n + 1);
        text_put(&sales, slice_from(sale));
    }
    const char *all = slice_copy(test_arena(), text_slice(&sales)).bytes;
    struct set sets[] = { { "01", "Q", "", "" }, { "00", "Q", "", "a9" }, { "00", "R", "", all },
                          { "05", "R", "", "a1" } };
    (void)post(k, SETS({ "00", "Q", "", "a5" }));
    struct desk_answer *a = SEND(k, interchange(sets, 4), .name = "r.edi");
    WAIT_FOR(service_counts(k->service).passed > 50, desk_turn(k));     /* the first hundred lines of it */
    CHECK(!a->is_there);
    desk_restart(k);
    desk_rest(k);
    struct slice page = ASK(k, .kind = QUESTION_LIST)->body;
    CHECK(holds(page, "\"passed\":301"));           /* CANCEL, sale, 150 sales, 149 cancelled */
    CHECK_POSTED(k, "152 0 150");
    (void)post(k, SETS({ "01", "Q", "", "" }));
    (void)post(k, SETS({ "01", "R", "", "" }));
    CHECK_POSTED(k, "152 0 152");
    desk_close(k);
}

static bool are_surveyed(const struct desk *k, unsigned count)
{
    const struct order *o = k->service->orders;
    const struct delivery *d = o ? o->first : NULL;
    for (; d && count > 0 && d->turn.is_surveyed; d = d->turn.order_next) count--;
    return count == 0;
}

/* Each of several corrections that are surveyed while none is posted is judged by what those before it left. */
TEST(corrections_that_are_surveyed_at_once_know_of_each_other)
{
    struct desk_broker broker = { .gun = { .fire = desk_fire } };
    struct desk *k = desk_open_behind(&broker);
    (void)post(k, SETS({ "00", "R", "", "a5 b6" }));
    broker.is_away = true;
    struct desk_answer *all[] = {
        SEND(k, SETS({ "01", "R", "", "" }), .name = "1.edi"), SEND(k, SETS({ "01", "R", "", "" }), .name = "2.edi"),
        SEND(k, SETS({ "05", "R", "", "a7" }), .name = "3.edi"),
        SEND(k, SETS({ "00", "R", "", "a8" }), .name = "4.edi"),
        SEND(k, SETS({ "05", "R", "", "a9" }), .name = "5.edi"),
    };
    WAIT_FOR(are_surveyed(k, 5), desk_turn(k));
    broker.is_away = false;
    for (unsigned n = 0; n < 5; n++) desk_wait(k, all[n]);
    CHECK_POSTED(k, "3 1 2");
    CHECK_INT(all[1]->state, INTAKE_DUPLICATE);
    CHECK_INT(all[2]->state, INTAKE_DUPLICATE);
    CHECK_INT(all[3]->state, INTAKE_POSTED);
    CHECK_INT(all[4]->state, INTAKE_POSTED);
    desk_close(k);
}

/* The original comes and is posted while its correction has been surveyed already: nobody waits for it for ever. */
TEST(a_correction_that_is_surveyed_before_its_report_is_posted_finds_it)
{
    struct desk_broker broker = { .gun = { .fire = desk_fire } };
    struct desk *k = desk_open_behind(&broker);
    broker.is_away = true;
    struct desk_answer *first = SEND(k, SETS({ "00", "R", "", "a5" }), .name = "1.edi"),
                       *second = SEND(k, SETS({ "05", "R", "", "a6" }), .name = "2.edi");
    WAIT_FOR(are_surveyed(k, 2), desk_turn(k));
    broker.is_away = false;
    desk_wait(k, first);
    desk_wait(k, second);
    CHECK_INT(second->state, INTAKE_POSTED);
    CHECK_POSTED(k, "1 1 0");
    desk_close(k);
}

/* Each correction keeps what it found: an interchange of more of them than memory should hold is refused. */
TEST(an_interchange_of_too_many_corrections_is_refused_and_the_largest_is_taken)
{
    enum { MOST = 1000 };
    struct desk *k = desk_open();
    static struct set sets[MOST + 1];
    static char numbers[MOST + 1][8];
    for (unsigned n = 0; n <= MOST; n++) {
        snprintf(numbers[n], sizeof numbers[n], "N%u", n);
        sets[n] = (struct set){ "15", numbers[n], "", "a5" };
    }
    struct desk_answer *refused = post(k, interchange(sets, MOST + 1));
    CHECK_INT(refused->state, INTAKE_REJECTED);
    CHECK(holds(refused->body, "\"SETS_TOO_MANY\"") && holds(refused->body, "More than 1000"));
    CHECK_INT(post(k, interchange(sets, MOST))->state, INTAKE_POSTED);
    CHECK_INT(service_counts(k->service).passed, MOST);
    desk_close(k);
}
