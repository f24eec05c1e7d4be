/* Documents that wait: for another, for the answer to a question, for nobody any more. */
#include "service_rig.h"

#include "wire/dossier_codec.h"

#define REPORT(number, purpose, original, lines) \
    "{\"document\":{\"report_id\":\"" number "\",\"purpose\":\"" purpose "\",\"original_report_id\":\"" original \
    "\"},\"lines\":[" lines "]}"

TEST(a_document_that_waits_for_another_goes_on_when_that_one_came)
{
    struct desk *k = desk_open();
    struct desk_answer *replace = SEND(k, SLICE(REPORT("R-2", "replace", "R-1", SALE("1", "7"))), 0);
    desk_wait(k, replace);
    CHECK_INT(replace->status, 202);
    CHECK(holds(replace->body, "\"state\":\"HELD\"") && holds(replace->body, "TARGET_UNKNOWN"));
    struct slice id = member(replace->body, "id");
    desk_restart(k);                                /* it is found again */
    struct desk_answer *original = SEND(k, SLICE(REPORT("R-1", "original", "", SALE("1", "5"))), 0);
    desk_wait(k, original);
    CHECK_INT(original->status, 202);
    struct desk_answer *status = NULL;
    WAIT_FOR(status && holds(status->body, "\"state\":\"POSTED\""), status = ASK(k, .kind = QUESTION_STATUS, .id = id));
    CHECK(holds(status->body, "\"passed\":1"));
    struct desk_answer *cancel = SEND(k, SLICE(REPORT("R-3", "cancel", "R-1", "")), 0);
    desk_wait(k, cancel);
    CHECK_INT(cancel->status, 202);
    CHECK(holds(cancel->body, "\"passed\":2"));     /* the REPLACE, and what it was to replace */
    desk_close(k);
}

TEST(a_question_about_a_document_is_answered_and_settled)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, undecided(), .name = "m.csv");
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    CHECK(holds(a->body, "\"state\":\"HELD\"") && holds(a->body, "NUMBER_STYLE_UNDECIDED"));
    struct slice id = member(a->body, "id");
    struct desk_answer *other = ASK(k, .kind = QUESTION_ANSWER, .id = id, .submitter_id = SLICE("south"),
                                    .answers = { .decimal = DECIMAL_STYLE_COMMA });
    CHECK_INT(other->status, 404);
    struct desk_answer *b = ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = { .decimal = DECIMAL_STYLE_COMMA });
    CHECK_INT(b->status, 200);
    CHECK(holds(b->body, "\"state\":\"POSTED\"") && holds(b->body, "\"passed\":2"));
    struct desk_answer *c = ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = { .decimal = DECIMAL_STYLE_COMMA });
    CHECK_INT(c->status, 409);
    CHECK_INT(c->problem, REPLY_NOT_HELD);
    desk_close(k);
}

/* feeds.md 2 and 7.1: what one answer settles is asked; the answer outlives a restart, and a further question. */
TEST(a_text_of_another_alphabet_is_asked_for_its_encoding_and_read_by_the_answer)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE("invoice;qty;part;resale price;ship date;customer\n"
                                          "1;1;P;1,234;2026-03-01;\x8a\x94\x8e\xae\x89\xef\x8e\xd0\n"));
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    CHECK(holds(a->body, "\"state\":\"HELD\"") && holds(a->body, "ENCODING_FOREIGN"));
    struct slice id = member(a->body, "id");
    struct desk_answer *b = ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = { .encoding = SLICE("shift_jis") });
    CHECK(holds(b->body, "\"state\":\"HELD\"") && holds(b->body, "NUMBER_STYLE_UNDECIDED"));
    desk_restart(k);
    struct desk_answer *c = ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = { .decimal = DECIMAL_STYLE_POINT });
    CHECK(holds(c->body, "\"state\":\"POSTED\"") && holds(c->body, "shift_jis"));
    struct slice lines = ASK(k, .kind = QUESTION_LINES, .id = id)->file;
    CHECK(holds(lines, "\"name\":\"株式会社\"") && holds(lines, "\"resale_unit\":\"1234\""));
    desk_close(k);
}

TEST(an_event_that_is_asked_about_keeps_its_id)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, undecided(), .event = "e-1");
    desk_wait(k, a);
    CHECK(holds(a->body, "\"state\":\"HELD\""));
    desk_restart(k);
    struct desk_answer *b = ASK(k, .kind = QUESTION_ANSWER, .id = member(a->body, "id"),
                                .answers = { .decimal = DECIMAL_STYLE_COMMA });
    CHECK(holds(b->body, "\"state\":\"POSTED\""));
    struct desk_answer *other = SEND(k, SLICE(SALE("1", "1")), .event = "e-1");
    desk_wait(k, other);
    CHECK_INT(other->problem, REPLY_EVENT_ID_REUSED);
    desk_close(k);
}

TEST(a_held_document_can_be_discarded_and_ends_by_itself_when_nobody_answers)
{
    struct desk *k = desk_open();
    k->held_days = 30;
    desk_restart(k);
    struct desk_answer *a = SEND(k, undecided(), .name = "m.csv"), *b = SEND(k, undecided(), .submitter = "south");
    desk_wait(k, a);
    desk_wait(k, b);
    struct desk_answer *gone = ASK(k, .kind = QUESTION_ANSWER, .id = member(a->body, "id"), .discards = true);
    CHECK_INT(gone->status, 200);                   /* as it was asked for */
    CHECK(holds(gone->body, "\"state\":\"REJECTED\"") && holds(gone->body, "\"DOCUMENT_DISCARDED\""));
    CHECK(holds(ASK(k, .kind = QUESTION_STATUS, .id = member(a->body, "id"))->body, "\"DOCUMENT_DISCARDED\""));
    struct slice errors = ASK(k, .kind = QUESTION_ERRORS, .id = member(a->body, "id"))->file;
    CHECK(holds(errors, "{\"code\":\"DOCUMENT_DISCARDED\"") && errors.bytes[errors.size - 1] == '\n');
    CHECK_TEXT(ASK(k, .kind = QUESTION_LINES, .id = member(a->body, "id"))->file, "");
    k->now += 30 * (instant_ms)INSTANT_DAY_MS;
    struct desk_answer *status = ASK(k, .kind = QUESTION_STATUS, .id = member(b->body, "id"),
                                     .submitter_id = SLICE("south"));
    CHECK(holds(status->body, "\"state\":\"HELD\""));
    k->now += INSTANT_DAY_MS;
    WAIT_FOR(status && holds(status->body, "REJECTED"),
             status = ASK(k, .kind = QUESTION_STATUS, .id = member(b->body, "id"), .submitter_id = SLICE("south")));
    CHECK(holds(status->body, "\"state\":\"REJECTED\"") && holds(status->body, "\"HELD_EXPIRED\"")
          && holds(status->body, "not answered in 30 days."));
    CHECK_INT(issue_reason(ISSUE_DOCUMENT_EXPIRED), REASON_HELD_EXPIRED);
    desk_restart(k);
    desk_rest(k);
    desk_close(k);
}

/* Of however many that wait nothing but who they are stays in memory; each is found, and read again. */
TEST(hundreds_of_questions_are_each_answered)
{
    enum { COUNT = 300 };
    struct desk *k = desk_open();
    static char ids[COUNT][40];
    unsigned count = test_share(COUNT);
    for (unsigned n = 0; n < count; n++) {
        struct text t = text_in(test_arena(), 128);
        PUT(&t, "invoice;qty;part;resale price;ship date\n");
        text_put_int(&t, n);
        PUT(&t, ";1;P;1,234;2026-03-01\n");
        struct desk_answer *held = SEND(k, text_slice(&t), .name = "held.csv");
        desk_wait(k, held);
        CHECK_INT(held->state, INTAKE_HELD);
        struct slice id = member(held->body, "id");
        memcpy(ids[n], id.bytes, id.size < 39 ? id.size : 39);
    }
    for (unsigned n = 0; n < count; n++) {
        struct reader_answers answers = { .decimal = DECIMAL_STYLE_COMMA };
        struct slice id = slice_from(ids[(n * 7) % count]);
        CHECK_INT(ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = answers)->status, 200);
        CHECK_INT(ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = answers)->status, 409);
    }
    CHECK_INT(service_counts(k->service).passed, count);
    desk_close(k);
}

TEST(an_operator_answers_the_held_document_of_another_and_nobody_else_does)
{
    struct desk *k = desk_open();
    struct slice held = SLICE("Invoice,Ship Date,Part,Qty,UOM,Currency,Resale\n1,03/04/2026,P,1,EA,USD,2.50\n");
    struct desk_answer *sent = SEND(k, held, .name = "h.csv", .submitter = "south");
    desk_wait(k, sent);
    struct slice page = ASK(k, .kind = QUESTION_LIST, .operates = true, .state = SLICE("HELD"))->body,
                 id = member(page, "id");
    struct reader_answers dates = { .dates = DATE_STYLE_DMY };
    CHECK(holds(page, "\"submitter\":\"south\"") && id.size > 0);
    CHECK_INT(ASK(k, .kind = QUESTION_STATUS, .id = id)->status, 404);
    CHECK_INT(ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = dates)->status, 404);
    CHECK(holds(ASK(k, .kind = QUESTION_STATUS, .id = id, .operates = true)->body, "\"submitter\":\"south\""));
    struct slice done = ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = dates, .operates = true)->body;
    CHECK(holds(done, "\"passed\":1"));
    desk_close(k);
}

TEST(a_document_that_was_held_twice_and_settled_once_stays_settled)
{
    struct desk *k = desk_open();
    k->held_days = 30;
    desk_restart(k);
    struct desk_answer *a = SEND(k, undecided(), .name = "m.csv"), *b;
    desk_wait(k, a);
    b = SEND(k, undecided(), .name = "m.csv");
    desk_wait(k, b);
    CHECK(holds(b->body, "\"state\":\"HELD\""));
    struct slice id = member(a->body, "id");
    CHECK_INT(ASK(k, .kind = QUESTION_ANSWER, .id = id, .answers = { .decimal = DECIMAL_STYLE_COMMA })->status, 200);
    k->now += 31 * (instant_ms)INSTANT_DAY_MS;
    for (unsigned n = 0; n < 300; n++) desk_turn(k);
    struct desk_answer *status = ASK(k, .kind = QUESTION_STATUS, .id = id);
    CHECK(holds(status->body, "\"state\":\"POSTED\"") && holds(status->body, "\"passed\":2"));
    struct desk_answer *again = SEND(k, undecided(), .name = "m.csv");
    desk_wait(k, again);
    CHECK_INT(again->status, 200);
    CHECK_INT(service_counts(k->service).passed, 2);
    desk_close(k);
}

TEST(a_report_whose_bytes_are_gone_holds_who_undoes_it_and_stops_nobody)
{
    struct desk *k = desk_open();
    char command[160];
    desk_wait(k, SEND(k, SLICE(REPORT("R-1", "original", "", SALE("1", "5"))), 0));
    snprintf(command, sizeof command, "rm -f %s/*/*.gz", k->raw);
    CHECK_INT(system(command), 0);
    struct desk_answer *replace = SEND(k, SLICE(REPORT("R-2", "replace", "R-1", SALE("1", "7"))), 0);
    desk_wait(k, replace);
    CHECK_INT(replace->status, 202);
    CHECK(holds(replace->body, "\"state\":\"HELD\"") && holds(replace->body, "REPORT_LOST"));
    desk_wait(k, SEND(k, SLICE(SALE("2", "1")), 0));
    desk_close(k);
}

TEST(a_report_of_more_documents_than_are_noted_is_not_half_undone)
{
    struct desk *k = desk_open();
    char one[512];
    for (unsigned n = 0; n < INTAKE_CHAIN_MAX; n++) {
        int size = snprintf(one, sizeof one, REPORT("R-1", "original", "", SALE("%u", "5")), n);
        struct desk_answer *a = SEND(k, slice_of(one, (size_t)size), 0);
        desk_wait(k, a);
        CHECK_INT(a->status, 202);
    }
    struct desk_answer *cancel = SEND(k, SLICE(REPORT("R-2", "cancel", "R-1", "")), 0);
    desk_wait(k, cancel);
    CHECK(holds(cancel->body, "\"state\":\"HELD\"") && holds(cancel->body, "REPORT_OF_TOO_MANY"));
    CHECK_INT(service_counts(k->service).passed, INTAKE_CHAIN_MAX);
    desk_close(k);
}

static struct mapping_profile style_profile(uint32_t version, enum decimal_style decimal)
{
    struct mapping_profile p = *mapping_profile_default();
    p.name = SLICE("north");
    p.version = version;
    p.extends = SLICE("default");
    p.text.decimal = decimal;
    p.sha256[0] = (uint8_t)version;
    return p;
}

static struct slice status_of(struct desk *k, struct slice id)
{
    return ASK(k, .kind = QUESTION_STATUS, .id = id)->body;
}

/* feeds.md 2: a changed profile answers what was asked; what it leaves open waits on, and other changes ask nobody. */
TEST(a_profile_that_says_what_was_asked_settles_what_is_held)
{
    struct mapping_profile first = style_profile(1, DECIMAL_STYLE_AUTO), second = style_profile(2, DECIMAL_STYLE_AUTO),
                           third = style_profile(3, DECIMAL_STYLE_COMMA);
    const struct mapping_profile *all[] = { &first, &second, &third };
    struct desk *k = desk_open();
    struct grants grants[4];
    for (unsigned n = 0; n < 4; n++) {
        grants[n] = k->grants;
        grants[n].profiles = (struct mapping_profiles){ all, n < 2 ? 1 : n, 3 };
    }
    k->items[0].profile = SLICE("north");
    service_set_grants(k->service, &grants[0]);
    struct desk_answer *a = SEND(k, undecided());
    desk_wait(k, a);
    struct slice id = member(a->body, "id"), status = { 0 };
    service_set_grants(k->service, &grants[1]);
    desk_turns(k);
    CHECK(holds(status_of(k, id), "\"attempt\":1") && holds(status_of(k, id), "\"profile\":\"north@1\""));
    k->grants = grants[1];
    desk_restart(k);
    service_set_grants(k->service, &grants[2]);     /* a version that says nothing of numbers */
    WAIT_FOR(holds(status, "north@2"), status = status_of(k, id));
    CHECK(holds(status, "\"state\":\"HELD\""));
    service_set_grants(k->service, &grants[3]);
    WAIT_FOR(holds(status, "north@3"), status = status_of(k, id));
    CHECK(holds(status, "\"state\":\"POSTED\"") && holds(status, "\"passed\":2"));
    desk_close(k);
}

/* The invoice numbers of all lines that went out, as they lie. */
struct invoices { struct text text; struct arena room; };

static void note_invoice(void *context, const struct record *record)
{
    struct invoices *all = context;
    struct dossier dossier;
    arena_reset(&all->room);
    CHECK_INT(dossier_decode(&all->room, record->value, &dossier), OK);
    text_put(&all->text, dossier.line->invoice_no);
    PUT(&all->text, " ");
}

/* feeds.md 2: documents of one submitter post in the order in which they were accepted, those that waited, too. */
TEST(what_a_profile_settles_is_posted_in_the_order_in_which_it_came)
{
    enum { COUNT = 40 };
    struct mapping_profile first = style_profile(1, DECIMAL_STYLE_AUTO), second = style_profile(2, DECIMAL_STYLE_COMMA);
    const struct mapping_profile *all[] = { &first, &second };
    struct desk *k = desk_open();
    struct grants before = k->grants, behind = k->grants;
    before.profiles = (struct mapping_profiles){ all, 1, 2 };
    behind.profiles = (struct mapping_profiles){ all, 2, 2 };
    k->items[0].profile = SLICE("north");
    service_set_grants(k->service, &before);
    struct text want = text_in(test_arena(), 16 * COUNT);
    for (unsigned n = 0; n < COUNT; n++) {
        struct text t = text_in(test_arena(), 128);
        PUT(&t, "invoice;qty;part;resale price;ship date\nI");
        text_put_int(&t, n);
        PUT(&t, ";1;P;1,234;2026-03-01\n");
        struct desk_answer *held = SEND(k, text_slice(&t), .name = "held.csv");
        desk_wait(k, held);
        CHECK_INT(held->state, INTAKE_HELD);
        PUT(&want, "I");
        text_put_int(&want, n);
        PUT(&want, " ");
    }
    service_set_grants(k->service, &behind);
    WAIT_FOR(service_counts(k->service).passed == COUNT, desk_turn(k));
    struct invoices posted = { .text = text_in(test_arena(), 16 * COUNT) };
    CHECK_INT(arena_open(&posted.room, 1 << 16, 1 << 20), OK);
    for (int32_t p = 0; p < DESK_PARTITIONS; p++)
        (void)memory_log_read(k->log, TOPIC_CLAIMS_RECEIVED, p, 0, note_invoice, &posted);
    arena_close(&posted.room);
    CHECK_SLICE(text_slice(&posted.text), text_slice(&want));
    desk_close(k);
}
