/* The service after the stages: what they decided of its lines, reports sent again, documents read again. */
#include "service_rig.h"

#include "wire/dossier_codec.h"

/* 849s: who follows the stages after knows what became of the lines. */

struct known {
    uint64_t decided;
    bool is_unreadable;
    const struct intake_service *service;
    unsigned asked, most_at_once;
};

static void known_standing(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct reply_standing *out)
{
    (void)a;
    (void)id;
    *out = (struct reply_standing){ .decided = ((const struct known *)context)->decided };
}

static struct memory_store *known_rows;

static bool known_lines(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct standing_lines *out)
{
    struct store *decided[] = { memory_store_base(known_rows) }, *held[] = { memory_store_base(known_rows) };
    struct known *known = context;
    if (known->is_unreadable) return false;
    unsigned at_once = known->service ? atomic_load(&known->service->lines_open) : 0;
    if (at_once > known->most_at_once) known->most_at_once = at_once;
    known->asked++;
    CHECK_INT(standing_lines_of(a, decided, held, 1, id, out), OK);
    return true;
}

/* A desk whose service asks a reader what became of its lines. */
static struct desk *desk_beside(struct service_reader *reader)
{
    struct desk *k = desk_open();
    desk_engine_close(k);
    service_close(k->service);
    k->reader = reader;
    desk_service_open(k);
    desk_engine_open(k);
    known_rows = memory_store_open(NULL);
    return k;
}

static void desk_beside_close(struct desk *k)
{
    memory_store_close(known_rows);
    desk_close(k);
}

TEST(an_x12_document_is_answered_with_an_849_when_its_lines_are_decided)
{
    struct known known = { 0 };
    struct service_reader reader = { &known, known_standing, known_lines };
    struct desk *k = desk_beside(&reader);
    k->now = clock_now_unix_ms();                   /* its SLA runs by the clock */
    struct desk_answer *a = SEND(
        k,
        SLICE(
            "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"
            "GS*CF*NW*CS*20260408*0900*1*X*004010~ST*844*0001~BAA*00*CK*20260401*AM*D-1~CON*CT*Q-1~PAD*1*SD~LIN**VP*A~"
            "QTY*39*2*EA~AMT*S*9~REF*DI*7~REF*D9*X1~DTM*011*20260301~"
            "CTT*1~SE*12*0001~GE*1*1~IEA*1*000004711~"),
        .name = "claim.edi");
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    struct slice id = member(a->body, "id");
    CHECK_INT(ASK(k, .kind = QUESTION_RESPONSE, .id = id, .wants_final = true)->status, 503);   /* not yet */
    CHECK(holds(ASK(k, .kind = QUESTION_RESPONSE, .id = id)->file, "AAA*N**25*Y~")); /* open lines are under review */
    known = (struct known){ .decided = 1, .is_unreadable = true };
    CHECK_INT(ASK(k, .kind = QUESTION_RESPONSE, .id = id, .wants_final = true)->status,
              503); /* not: all of it is under review */
    CHECK_INT(ASK(k, .kind = QUESTION_RESPONSE, .id = id)->status, 503);
    known.is_unreadable = false;
    struct desk_answer *final = ASK(k, .kind = QUESTION_RESPONSE, .id = id, .wants_final = true);
    CHECK_INT(final->status, 200);
    CHECK_SLICE(final->type, SLICE("application/edi-x12"));
    CHECK(holds(final->file, "ISA*00*          *00*          *ZZ*CLAIMSTREAM    *01*123456789      *")
          && holds(final->file, "~BRC*11*CK*20"));
    CHECK(holds(final->file, "CON*CT*Q-1~PAD*1*SD~LIN**VP*A~AAA*") && holds(final->file, "QTY*39*2*EA~AMT*S*9~")
          && holds(final->file, "REF*D9*X1~"));
    a = SEND(k, SLICE("{\"kind\":\"POS_SALE\"}"));
    desk_wait(k, a);
    a = SEND(
        k,
        SLICE(
            "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004712*0*P*:~"
            "GS*CF*NW*CS*20260408*0900*1*X*004010~ST*844*0001~BAA*00*CK*20260401*AM*D-2~CON*CT*Q-1~PAD*1*SD~LIN**VP*A~"
            "QTY*39*0*EA~AMT*S*9~REF*DI*7~REF*D9*X2~DTM*011*20260301~"
            "CTT*1~SE*12*0001~GE*1*1~IEA*1*000004712~"),
        .name = "refused.edi");
    desk_wait(k, a);
    CHECK_INT(a->status, 422);                      /* each line was refused, and each is told so */
    CHECK(holds(ASK(k, .kind = QUESTION_RESPONSE,
                    .id = slice_skip(member(a->body, "instance"), sizeof "/v1/documents/" - 1), .wants_final = true)
                    ->file,
                "PAD*1*SD~LIN**VP*A~AAA*N**"));
    desk_beside_close(k);
}

static struct slice instance_of(const struct desk_answer *a)
{
    return slice_skip(member(a->body, "instance"), sizeof "/v1/documents/" - 1);
}

#define PURPOSE_99(gs_count) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*00000471" gs_count \
    "*0*P*:~GS*CF*NW*CS*20260408*0900*1*X*004010~ST*844*0001~BAA*99*CK*20260401*AM*D-7~CON*CT*Q-1~CTT*0~SE*5*0001~" \
    "GE*" gs_count "*1~IEA*1*00000471" gs_count "~"

TEST(a_document_refused_whole_is_answered_with_an_849_or_says_why_not)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(PURPOSE_99("1")));
    desk_wait(k, a);
    CHECK_INT(a->status, 422);
    struct desk_answer *b = ASK(k, .kind = QUESTION_RESPONSE, .id = instance_of(a), .wants_final = true);
    CHECK_INT(b->status, 200);
    CHECK(holds(b->file, "*D-7~AAA*N**33*C~CTT*0~SE*"));
    a = SEND(k, SLICE(PURPOSE_99("2")));            /* GE01: the 997 says it, of the group */
    desk_wait(k, a);
    b = ASK(k, .kind = QUESTION_RESPONSE, .id = instance_of(a));
    CHECK_INT(b->status, 404);
    CHECK(holds(b->body, "No set of the document is answered with an 849"));
    a = SEND(k, SLICE("invoice no,ship date,part,qty\n1,2026-03-01,P,1\n"));
    desk_wait(k, a);
    b = ASK(k, .kind = QUESTION_RESPONSE, .id = member(a->body, "id"));
    CHECK_INT(b->status, 404);
    CHECK(holds(b->body, "An 849 answers X12; of another format /lines says"));
    desk_close(k);
}

/* What the stages after said of a line, as the follower reads it; of a CANCEL when it names an original. */
static void decide_of(struct slice original, struct slice document_id, struct slice line_id, enum topic topic,
                      enum outcome outcome, enum reason_code code, int64_t paid_minor)
{
    struct line line = { .kind = original.size ? KIND_CANCEL : KIND_POS_SALE,
                         .partner_id = SLICE("N-100"),
                         .currency = SLICE("USD"),
                         .original_line_ref = original };
    struct receipt receipt = { .line_id = line_id,
                               .document_id = document_id,
                               .partner_root_id = SLICE("N-100"),
                               .submitter_id = SLICE("north"),
                               .received_at_unix_ms = 1775638800000,
                               .door = DOOR_HTTP };
    struct payout entry = { .payout_id = line_id,
                            .line_id = line_id,
                            .partner_root_id = SLICE("N-100"),
                            .program_id = SLICE("P"),
                            .amount_minor = paid_minor,
                            .currency = SLICE("USD"),
                            .decided_at_unix_ms = 1775638800000,
                            .partner_id = SLICE("N-100"),
                            .ledger = SLICE("EARNED"),
                            .incentive = SLICE("SPIFF") };
    struct reason reason = { .code = code, .outcome = outcome };
    struct payout_section section = { .judgement = { .outcome = outcome,
                                                     .decided_at_unix_ms = 1775638800000,
                                                     .reasons = &reason,
                                                     .reason_count = code != REASON_NONE },
                                      .entries = &entry,
                                      .entry_count = paid_minor ? 1 : 0 };
    struct slice bytes, packed;
    CHECK_INT(dossier_begin(test_arena(), &line, &receipt, &bytes), OK);
    CHECK_INT(section_encode(test_arena(), SECTION_PAYOUT, &section, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), bytes, packed, &bytes), OK);
    struct record r = { .topic = topic, .value = bytes };
    CHECK_INT(standing_take(test_arena(), memory_store_base(known_rows), &r), OK);
    store_merge(memory_store_base(known_rows), 0);
}

static void decide(struct slice document_id, struct slice line_id, enum topic topic, enum outcome outcome,
                   enum reason_code code, int64_t paid_minor)
{
    decide_of((struct slice){ 0 }, document_id, line_id, topic, outcome, code, paid_minor);
}

#define SENT(icn, purpose) \
    ISA(icn) "GS*PT*N*C*20260408*0900*1*X*004010~ST*867*0001~BPT*" purpose "*R-1*20260331*02~CUR*DS*USD~" \
    "PTD*SD***DI*1~DTM*003*20260301~DTM*011*20260301~QTY*39*5*EA~LIN**VP*P~" \
    "PTD*SD***DI*2~DTM*003*20260301~DTM*011*20260301~QTY*39*7*EA~LIN**VP*P~" \
    "SE*14*0001~GE*1*1~IEA*1*" icn "~"

/* Invoice and submission_no of each line on claims.received.v1, in order. */
static void note_submission(void *context, const struct record *record)
{
    struct text *t = context;
    struct dossier d;
    CHECK_INT(dossier_decode(test_arena(), record->value, &d), OK);
    if (t->size > 0) PUT(t, " ");
    text_put(t, d.line->invoice_no);
    PUT(t, ":");
    text_put_int(t, line_submission_no(d.line));
}

static struct slice submissions(struct desk *k)
{
    struct text *t = ARENA_NEW(test_arena(), struct text);
    *t = text_in(test_arena(), 256);
    for (int32_t p = 0; p < DESK_PARTITIONS; p++)
        (void)memory_log_read(k->log, TOPIC_CLAIMS_RECEIVED, p, 0, note_submission, t);
    return text_slice(t);
}

TEST(a_report_that_is_sent_again_numbers_the_lines_that_a_stage_refused)
{
    struct known known = { 0 };
    struct service_reader reader = { &known, known_standing, known_lines };
    struct desk *k = desk_beside(&reader);
    struct desk_answer *first = SEND(k, SLICE(SENT("000000001", "00")), .name = "first.edi");
    desk_wait(k, first);
    CHECK_INT(first->status, 202);
    struct slice id = member(first->body, "id"), document_id = member(first->body, "document_id");
    struct slice rest = ASK(k, .kind = QUESTION_LINES, .id = id)->file;
    struct slice line_1 = member(slice_cut(&rest, '\n'), "line_id"), line_2 = member(slice_cut(&rest, '\n'), "line_id");
    decide(document_id, line_1, TOPIC_CLAIMS_DECIDED, OUTCOME_PASS, REASON_NONE, 0);
    decide(document_id, line_2, TOPIC_CLAIMS_DECIDED, OUTCOME_REJECT, REASON_SANCTIONS_HIT, 0);
    known.is_unreadable = true;                     /* it waits until it can be known */
    struct desk_answer *again = SEND(k, SLICE(SENT("000000002", "15")), .name = "again.edi");
    for (unsigned n = 0; n < 5; n++) desk_turns(k);
    CHECK(!again->is_there);
    known.is_unreadable = false;
    desk_wait(k, again);
    CHECK_INT(again->status, 202);
    CHECK_SLICE(submissions(k), SLICE("1:1 2:1 1:1 2:2"));
    struct desk_answer *checked = SEND(k, SLICE(SENT("000000003", "18")), .is_validation = true);
    desk_wait(k, checked);
    CHECK_INT(checked->status, 200);
    struct desk_answer *cancel = SEND(k, SLICE(SENT("000000004", "01")), .is_validation = true);
    desk_wait(k, cancel);                           /* a check of what undoes a report undoes nothing */
    CHECK_INT(cancel->status, 200);
    desk_beside_close(k);
}

TEST(lines_are_shown_as_the_stages_behind_decided_them)
{
    struct known known = { 0 };
    struct service_reader reader = { &known, known_standing, known_lines };
    struct desk *k = desk_beside(&reader);
    struct desk_answer *a = SEND(
        k, SLICE("[" SALE("1", "5") "," SALE("2", "5") "," SALE("3", "5") "," SALE("4", "zwei") "]"), .name = "a.json");
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    struct slice id = member(a->body, "id"), document_id = member(a->body, "document_id");
    struct slice all = ASK(k, .kind = QUESTION_LINES, .id = id)->file, rest = all;
    CHECK(holds(all, "\"outcome\":\"PASS\",\"decided\":false,\"reasons\":[],\"warnings\""));
    CHECK(holds(all, "\"outcome\":\"REJECT\",\"decided\":true,\"reasons\":[\"FIELD_INVALID\"],\"warnings\""));
    struct slice first = member(slice_cut(&rest, '\n'), "line_id"), second = member(slice_cut(&rest, '\n'), "line_id");
    decide(document_id, first, TOPIC_CLAIMS_DECIDED, OUTCOME_SHORT, REASON_COST_MISMATCH, 1050);
    decide(document_id, second, TOPIC_CLAIMS_HELD, OUTCOME_HOLD, REASON_SANCTIONS_HIT, 0);
    all = ASK(k, .kind = QUESTION_LINES, .id = id)->file;
    CHECK(holds(all, "\"outcome\":\"SHORT\",\"decided\":true,\"reasons\":[\"COST_MISMATCH\"],\"amount\":\"10.50\""));
    CHECK(holds(all, "\"outcome\":\"HOLD\",\"decided\":false,\"reasons\":[\"SANCTIONS_HIT\"],\"warnings\""));
    CHECK(holds(all, "\"outcome\":\"PASS\",\"decided\":false"));
    all = ASK(k, .kind = QUESTION_LINES, .id = id, .outcome = SLICE("HOLD"))->file;
    CHECK(holds(all, "\"outcome\":\"HOLD\"") && !holds(all, "\"outcome\":\"PASS\"")
          && !holds(all, "\"outcome\":\"SHORT\""));
    known.is_unreadable = true; /* as long as the follower has not caught up: nobody is told that a line is open */
    CHECK_INT(ASK(k, .kind = QUESTION_LINES, .id = id)->status, 503);
    known = (struct known){ .service = k->service };
    struct desk_answer *many[12];
    for (unsigned n = 0; n < 12; n++) {
        many[n] = &k->answers[k->asked++ % DESK_ANSWERS_MAX];
        *many[n] = (struct desk_answer){ 0 };
        (void)service_ask(k->service,
                          &(struct question){ .kind = QUESTION_LINES, .submitter_id = SLICE("north"), .id = id },
                          desk_done, many[n]);
    }
    for (unsigned n = 0; n < 12; n++) {
        desk_wait(k, many[n]);
        CHECK_INT(many[n]->status, 200);
        CHECK(holds(many[n]->file, "\"outcome\":\"SHORT\""));
    }
    CHECK_INT(known.asked, 12);
    CHECK(known.most_at_once >= 1 && known.most_at_once <= LINES_AT_ONCE_MAX);
    CHECK_INT(atomic_load(&k->service->lines_open), 0);
    desk_beside_close(k);
}

/* Two partners behind one interchange sender */

#define GROUP(sender, number, invoice) "GS*PT*" sender "*C*20260408*0900*" number "*X*004010~ST*867*0001~BPT*00*R-" \
    invoice "*20260331*02~CUR*DS*USD~PTD*SD***DI*" invoice \
    "~DTM*003*20260301~DTM*011*20260301~QTY*39*5*EA~LIN**VP*P~SE*9*0001~GE*1*" number "~"

static struct mapping_profile partner_profile(const char *name, const char *partner_id, const struct x12_sender *sender)
{
    struct mapping_profile p = *mapping_profile_default();
    p.name = slice_from(name);
    p.partner_id = slice_from(partner_id);
    p.submitter = SLICE("north");
    p.x12.senders = sender;
    p.x12.sender_count = 1;
    return p;
}

TEST(the_group_of_an_interchange_chooses_the_profile_where_two_partners_share_a_sender)
{
    static const struct x12_sender east = { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT("EAST"), { 0 } };
    static const struct x12_sender west = { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT("WEST"), { 0 } };
    struct mapping_profile profiles[] = { partner_profile("east", "P-EAST", &east),
                                          partner_profile("west", "P-WEST", &west) };
    const struct mapping_profile *listed[] = { &profiles[0], &profiles[1] };
    static const struct slice both[] = { SLICE_INIT("P-EAST"), SLICE_INIT("P-WEST"), SLICE_INIT("N-100") };
    struct desk *k = desk_open();
    k->grants.profiles = (struct mapping_profiles){ .items = listed, .count = 2 };
    k->items[0].submitter.partner_id = (struct slice){ 0 };
    k->items[0].submitter.reports_for = (struct texts){ both, 3 };
    struct desk_answer *a = SEND(k, SLICE(ISA("000000011") GROUP("WEST", "1", "W1") "IEA*1*000000011~"), 0);
    struct desk_answer *b = SEND(k, SLICE(ISA("000000012") GROUP("EAST", "1", "E1") "IEA*1*000000012~"), 0);
    struct desk_answer *other =
        SEND(k, SLICE(ISA("000000013") GROUP("EAST", "1", "E2") GROUP("WEST", "2", "W2") "IEA*2*000000013~"), 0);
    desk_wait(k, a);
    desk_wait(k, b);
    desk_wait(k, other);
    CHECK_INT(a->status, 202);
    CHECK_INT(b->status, 202);
    CHECK(holds(a->body, "\"profile\":\"west@1\"") && holds(b->body, "\"profile\":\"east@1\""));
    CHECK(holds(ASK(k, .kind = QUESTION_LINES, .id = member(a->body, "id"))->file, "\"partner_id\":\"P-WEST\""));
    CHECK(holds(ASK(k, .kind = QUESTION_LINES, .id = member(b->body, "id"))->file, "\"partner_id\":\"P-EAST\""));
    CHECK_INT(other->status, 202);                  /* each group is read by its own, whichever stands first */
    CHECK(holds(other->body, "\"profile\":\"east@1 west@1\""));
    struct slice lines = ASK(k, .kind = QUESTION_LINES, .id = member(other->body, "id"))->file;
    CHECK(holds(lines, "\"partner_id\":\"P-EAST\"") && holds(lines, "\"partner_id\":\"P-WEST\""));
    CHECK_INT(service_counts(k->service).passed, 4);
    desk_close(k);
}

/* Replays */

static struct mapping_profile profile_of(uint32_t version, const struct profile_column *columns, unsigned count)
{
    struct mapping_profile p = *mapping_profile_default();
    p.name = SLICE("north");
    p.version = version;
    p.sha256[0] = (uint8_t)version;
    p.text.columns = columns;
    p.text.column_count = count;
    return p;
}

TEST(a_document_read_anew_under_another_profile_is_corrected_once)
{
    static const struct slice first[] = { SLICE_INIT("Code") }, second[] = { SLICE_INIT("Own Code") },
                              words[] = { SLICE_INIT("What") };
    static const struct profile_column before[] = { { SLICE_INIT("vendor_part"), { first, 1 } } };
    static const struct profile_column after[] = { { SLICE_INIT("vendor_part"), { second, 1 } },
                                                   { SLICE_INIT("kind"), { words, 1 } } };
    struct mapping_profile versions[] = { profile_of(1, before, 1), profile_of(2, after, 2), profile_of(3, after, 1) };
    const struct mapping_profile *listed[] = { &versions[0], &versions[1], &versions[2] };
    struct desk *k = desk_open();
    k->grants.profiles = (struct mapping_profiles){ .items = listed, .count = 1 };
    k->items[0].profile = SLICE("north");
    struct desk_answer *a = SEND(k,
                                 SLICE("Invoice,Ship Date,Qty,UOM,Code,Own "
                                       "Code,What\nA,2026-03-02,1,EA,P1,P1,\nB,2026-03-02,2,EA,P2,Q2,\nC,2026-03-02,3,"
                                       "EA,,Q3,\nD,2026-03-02,4,EA,P4,P4,TRANSFER_OUT\n"),
                                 .name = "a.csv");
    desk_wait(k, a);
    CHECK_INT(service_counts(k->service).passed, 3);            /* C has no part */
    struct slice id = member(a->body, "id");
    k->grants.profiles.count = 2;                   /* a newer version comes into force */
    struct desk_answer *plan = ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@2"), .operates = true);
    CHECK_INT(plan->status, 200);
    CHECK(holds(plan->body,
                "\"lines\":{\"same\":1,\"replaced\":1,\"cancelled\":1,\"posted\":2,\"kept\":0,\"refused\":0}"));
    CHECK(holds(plan->body, "{\"act\":\"REPLACE\",") && holds(plan->body, "\"vendor_part\":\"P2\"")
          && holds(plan->body, "\"vendor_part\":\"Q2\"") && holds(plan->body, "\"executed\":false"));
    desk_rest(k);
    CHECK_INT(service_counts(k->service).passed, 3);            /* a plan posts nothing */
    uint64_t passed = 0;
    for (unsigned round = 0; round < 2; round++) {              /* sent twice it is the same document */
        struct desk_answer *done =
            ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@2"), .operates = true, .executes = true);
        CHECK(holds(done->body, "\"executed\":true,\"document\":\"d-"));
        desk_rest(k);
        if (round == 0) passed = service_counts(k->service).passed;
        CHECK_INT(service_counts(k->service).passed, passed);
        CHECK_INT(service_counts(k->service).rejected, 1);
        struct desk_answer *lines = ASK(k, .kind = QUESTION_LINES, .id = member(done->body, "document"));
        CHECK(holds(lines->file, "\"kind\":\"REPLACE\"") && holds(lines->file, "\"replaces_kind\":\"POS_SALE\"")
              && holds(lines->file, "\"vendor_part\":\"Q2\""));
        CHECK(holds(lines->file, "\"submission_no\":2"));
    }
    CHECK(passed > 5);
    k->grants.profiles.count = 3; /* corrections under a third profile would stand beside those under the second */
    CHECK_INT(ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@3"), .operates = true)->status, 200);
    CHECK_INT(ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@3"), .operates = true, .executes = true)
                  ->status,
              400);
    desk_rest(k);
    CHECK_INT(service_counts(k->service).passed, passed);
    CHECK_INT(ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@1"), .operates = true, .executes = true)
                  ->status,
              200);
    CHECK(
        holds(ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@1"), .operates = true, .executes = true)
                  ->body,
              "\"executed\":false"));
    CHECK_INT(ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("none@1"), .operates = true)->status, 400);
    desk_close(k);
}

struct seen { struct slice line_ids[16], originals[16]; enum kind kinds[16]; unsigned count; };

static void note_line(void *context, const struct record *record)
{
    struct seen *s = context;
    struct dossier d;
    CHECK_INT(dossier_decode(test_arena(), slice_copy(test_arena(), record->value), &d), OK);
    ASSERT(s->count < 16);
    s->line_ids[s->count] = d.receipt->line_id;
    s->originals[s->count] = d.line->original_line_ref;
    s->kinds[s->count++] = d.line->kind;
}

static struct seen posted(struct desk *k)
{
    struct seen s = { .count = 0 };
    for (int32_t p = 0; p < DESK_PARTITIONS; p++)
        (void)memory_log_read(k->log, TOPIC_CLAIMS_RECEIVED, p, 0, note_line, &s);
    return s;
}

static bool is_cancelled(const struct seen *s, struct slice line_id)
{
    for (unsigned k = 0; k < s->count; k++)
        if (s->kinds[k] == KIND_CANCEL && slice_equal(s->originals[k], line_id)) return true;
    return false;
}

/* A sale of two parts, one of which the second profile takes. */
#define PARTS(invoice) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice "\",\"ship_date\":\"2026-03-02\",\"qty\":1,\"uom\":\"EA\"," \
    "\"vendor_part\":\"P\",\"code\":\"Q\"}"

/* feeds.md 6 and 11: who took a line back does not want another reading of it, and who takes the report back means all
 * that a replay made of it. */
TEST(what_a_replay_posts_is_of_its_report_and_what_was_taken_back_stays_so)
{
    static const struct profile_pointer code[] = { { SLICE_INIT("vendor_part"), SLICE_INIT("/code") } };
    struct mapping_profile versions[] = { profile_of(1, NULL, 0), profile_of(2, NULL, 0) };
    const struct mapping_profile *listed[] = { &versions[0], &versions[1] };
    struct known known = { .decided = 1, .is_unreadable = true };
    struct service_reader reader = { &known, known_standing, known_lines };
    struct desk *k = desk_beside(&reader);
    versions[1].json.pointers = code;
    versions[1].json.pointer_count = 1;
    k->grants.profiles = (struct mapping_profiles){ .items = listed, .count = 1 };
    k->items[0].profile = SLICE("north");
    struct desk_answer *a = SEND(k, SLICE("{\"document\":{\"report_id\":\"RR-1\"},\"lines\":[" PARTS("A") ","
                                          PARTS("B") "," PARTS("C") "]}"));
    desk_wait(k, a);
    struct slice id = member(a->body, "id"), document = member(a->body, "document_id");
    struct seen first = posted(k);
    k->grants.profiles.count = 2;
    CHECK_INT(first.count, 3);
    decide(document, first.line_ids[0], TOPIC_CLAIMS_DECIDED, OUTCOME_PASS, REASON_NONE, 5);
    decide_of(first.line_ids[0], document, first.line_ids[1], TOPIC_CLAIMS_DECIDED, OUTCOME_PASS, REASON_NONE, 0);
    CHECK_INT(ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@2"), .operates = true, .executes = true)
                  ->status,
              503);                                 /* what was taken back cannot be read */
    known.is_unreadable = false;
    struct desk_answer *done =
        ASK(k, .kind = QUESTION_REPLAY, .id = id, .profile = SLICE("north@2"), .operates = true, .executes = true);
    CHECK(holds(done->body, "\"replaced\":2,\"cancelled\":0,\"posted\":0,\"kept\":1,"));
    desk_rest(k);
    struct seen second = posted(k);
    CHECK_INT(second.count, 5);
    a = SEND(k, SLICE("{\"document\":{\"report_id\":\"RR-1\",\"purpose\":\"cancel\"},\"lines\":[]}"));
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    struct seen last = posted(k);
    for (unsigned n = 0; n < second.count; n++)
        if (second.kinds[n] == KIND_REPLACE) CHECK(is_cancelled(&last, second.line_ids[n]));
    desk_beside_close(k);
}

TEST(corrections_of_one_document_under_two_profiles_are_posted_under_one)
{
    struct desk *k = desk_open();
    static const char sale[] = "{\"kind\":\"POS_SALE\",\"invoice_no\":\"%c\",\"ship_date\":\"2026-03-02\",\"vendor_"
                               "part\":\"P\",\"qty\":\"1\",\"uom\":\"EA\"}";
#define ID(digit) digit digit digit digit digit digit digit digit
#define EIGHT(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit) ID(digit)
    const char *parents[] = { EIGHT("1"), EIGHT("1"), EIGHT("2"), EIGHT("1"), EIGHT("1") };
    unsigned statuses[5];
    for (unsigned n = 0; n < 5; n++) {
        char body[256];
        int size = snprintf(body, sizeof body, sale, "ABCDA"[n]);
        struct desk_answer *a = SEND(k, slice_copy(test_arena(), slice_of(body, (size_t)size)), .parent = parents[n]);
        if (n == 0) continue;                       /* the first two meet on their way */
        desk_wait(k, a);
        desk_rest(k);
        statuses[n] = a->status;
        if (n == 1) statuses[0] = k->answers[0].status;
    }
    CHECK_INT(statuses[0], 202);
    CHECK_INT(statuses[1], 422);
    CHECK_INT(statuses[2], 202);
    CHECK_INT(statuses[3], 422);
    CHECK_INT(statuses[4], 200);                    /* the same corrections again */
    CHECK_INT(service_counts(k->service).passed, 2);
    desk_close(k);
}
