/* test_response_849.c: dispositions as an 849, read back by our own reader without a finding (feeds.md 12). */
#include "intake/response_849.h"
#include "x12_rig.h"

static const enum reason_code short_reasons[] = { REASON_FIELD_INVALID, REASON_FIELD_MISSING, REASON_DUPLICATE,
                                                  REASON_NUMBER_TOO_LARGE };

static void put(void *context, struct slice bytes)
{
    text_put(context, bytes);
}

struct answer {
    struct response             header;
    const struct response_line *lines;
    unsigned                    line_count;
    const enum reason_code     *refused_for;        /* the set was refused whole */
    unsigned                    refused_count;
};

static struct answer answer_of(const struct response_line *lines, unsigned count)
{
    struct response header = {
        .envelope = { .from_qualifier = SLICE("ZZ"),
                      .from_id = SLICE("CLAIMSTREAM"),
                      .to_qualifier = SLICE("01"),
                      .to_id = SLICE("123456789"),
                      .version = SLICE("00401"),
                      .now_unix_ms = 1775638800000,
                      .control_number = 77 },
        .from_group = SLICE("CLAIMSTREAM"),
        .to_group = SLICE("NWPOS"),
        .version = SLICE("004010"),
        .group_number = 9,
        .claim_type = SLICE("CK"),
        .report_id = SLICE("R-1"),
        .currency = SLICE("EUR"),
        .date = 20260410,
    };
    return (struct answer){ .header = header, .lines = lines, .line_count = count };
}

/* The segments between BRC and SE; the whole is read back. */
static struct slice written(const struct answer *a, enum answer_849 wanted)
{
    struct text t = text_in(test_arena(), 32 << 10);
    struct answer_sink sink = { &t, put };
    struct response_writer w;
    response_writer_open(&w, wanted, &sink);
    response_writer_set(&w, &a->header);
    for (unsigned k = 0; k < a->line_count; k++) response_writer_line(&w, &a->lines[k]);
    if (a->refused_for) response_writer_refuse(&w, a->refused_for, a->refused_count);
    (void)response_writer_close(&w);
    struct slice all = text_slice(&t);
    if (all.size == 0) return all;
    static struct rig back;
    rig_open(&back);
    CHECK_INT(rig_run(&back, all), DOCUMENT_POSTED);
    CHECK_TEXT(rig_issues(&back), "NO_LINES_MADE");
    rig_close(&back);
    const char *from = memmem(all.bytes, all.size, "BRC*", 4), *to = memmem(all.bytes, all.size, "~SE*", 4);
    return slice_of(from, (size_t)(to - from));
}

#define LINE(no, decided, claims, gets, ...) \
    { .contract_qualifier = SLICE_INIT("CT"), .contract_no = SLICE_INIT("Q-1"), .claim_line = SLICE_INIT(no), \
    .movement = SLICE_INIT("SD"), \
      .part = SLICE_INIT("KX-100"), .qty_milli = 10000, .uom = SLICE_INIT("EA"), .has_amount = true, .claimed_minor = \
      claims, .approved_minor = gets, \
      .outcome = OUTCOME_##decided, ##__VA_ARGS__ }

TEST(each_outcome_has_its_answer)
{
    const enum reason_code held[] = { REASON_DUPLICATE };
    const struct response_line lines[] = {
        LINE("1", PASS, 1000, 1000),
        LINE("2", SHORT, 1000, 400, .reasons = short_reasons, .reason_count = 4),
        LINE("3", REJECT, 1000, 1000, .reasons = short_reasons, .reason_count = 1),
        LINE("4", HOLD, 1000, 0, .reasons = held, .reason_count = 1),
        LINE("5", PARK, 500, 0),
    };
    struct answer a = answer_of(lines, 5);
    CHECK_TEXT(written(&a, ANSWER_849_ALL), "BRC*11*CK*20260410*R-1~CUR*VN*EUR~CON*CT*Q-1~"
        "PAD*1*SD~LIN**VP*KX-100~AAA*Y~QTY*39*10*EA~AMT*S*10.00~AMT*A*10.00~"
        "PAD*2*SD~LIN**VP*KX-100~AAA*N**15*C~AAA*N**33*C~AAA*N**28*N~QTY*39*10*EA~AMT*S*10.00~AMT*A*4.00~"
        "PAD*3*SD~LIN**VP*KX-100~AAA*N**33*C~QTY*39*10*EA~AMT*S*10.00~AMT*A*0.00~"
        "PAD*4*SD~LIN**VP*KX-100~AAA*N**25*Y~QTY*39*10*EA~AMT*S*10.00~"
        "PAD*5*SD~LIN**VP*KX-100~AAA*N**25*Y~QTY*39*10*EA~AMT*S*5.00~CTT*5~AMT*A*14.00");
}

/* AAA04 of each reason's code: what the sender can correct is C, what is still looked at Y, everything else N. */
TEST(every_reason_says_whether_its_line_can_be_corrected)
{
    static const char corrected[] = " 01 03 06 07 08 11 14 15 18 26 27 33 ";
    unsigned seen = 0;
    for (unsigned number = 1; number < 1000; number++) {
        enum reason_code reason = (enum reason_code)number;
        struct slice code = reason_is_known(number) ? reason_x12_901(reason) : (struct slice){ 0 };
        if (code.size == 0) continue;
        const struct response_line line = LINE("1", REJECT, 1000, 0, .reasons = &reason, .reason_count = 1);
        struct answer a = answer_of(&line, 1);
        bool is_corrected = memmem(corrected, sizeof corrected, code.bytes, code.size);
        char letter = slice_equal(code, SLICE("25")) ? 'Y' : is_corrected ? 'C' : 'N';
        char want[32];
        snprintf(want, sizeof want, "~AAA*N**%.*s*%c~", SLICE_ARGS(code), letter);
        struct slice said = written(&a, ANSWER_849_ALL);
        CHECK(memmem(said.bytes, said.size, want, strlen(want)) != NULL);
        seen++;
    }
    CHECK(seen > 50);
}

TEST(returns_keep_their_sign_and_yen_have_no_cents)
{
    const struct response_line lines[] = { LINE("1", PASS, -1000, -1000, .control_no = SLICE_INIT("D-7")) };
    struct response_line back = lines[0];
    back.qty_milli = -2500;
    struct answer a = answer_of(&back, 1);
    a.header.currency = SLICE("JPY");
    CHECK_TEXT(written(&a, ANSWER_849_ALL),
               "BRC*11*CK*20260410*R-1~CUR*VN*JPY~CON*CT*Q-1~PAD*1*SD~LIN**VP*KX-100~AAA*Y~QTY*76*-2.5*EA~"
               "AMT*S*-1000~AMT*A*-1000~REF*D9*D-7~CTT*1~AMT*A*-1000");
}

TEST(exceptions_leave_lines_out_that_passed)
{
    const struct response_line lines[] = { LINE("1", PASS, 1000, 1000),
                                           LINE("2", REJECT, 500, 0, .reasons = short_reasons, .reason_count = 1) };
    struct answer a = answer_of(lines, 2);
    CHECK_TEXT(written(&a, ANSWER_849_EXCEPTIONS),
               "BRC*11*CK*20260410*R-1~CUR*VN*EUR~CON*CT*Q-1~PAD*2*SD~LIN**VP*KX-100~AAA*N**33*C~QTY*39*10*EA~"
               "AMT*S*5.00~AMT*A*0.00~CTT*1~AMT*A*10.00");
    a.line_count = 1;
    CHECK_INT(written(&a, ANSWER_849_EXCEPTIONS).size, 0);
    CHECK_INT(written(&a, ANSWER_849_NONE).size, 0);
}

TEST(contracts_part_the_lines)
{
    struct response_line lines[] = { LINE("1", PASS, 1000, 1000), LINE("2", PASS, 500, 500) };
    lines[1].contract_no = SLICE("Q-2");
    struct answer a = answer_of(lines, 2);
    struct slice all = written(&a, ANSWER_849_ALL);
    CHECK(memmem(all.bytes, all.size, "CON*CT*Q-2~PAD*2", 16) != NULL);
}

TEST(a_set_refused_whole_is_answered_in_its_header)
{
    struct answer a = answer_of(NULL, 0);
    a.refused_for = short_reasons;
    a.refused_count = 2;
    CHECK_TEXT(written(&a, ANSWER_849_ALL), "BRC*11*CK*20260410*R-1~CUR*VN*EUR~AAA*N**15*C~AAA*N**33*C~CTT*0");
    CHECK_TEXT(written(&a, ANSWER_849_EXCEPTIONS), "BRC*11*CK*20260410*R-1~CUR*VN*EUR~AAA*N**15*C~AAA*N**33*C~CTT*0");
    CHECK_INT(written(&a, ANSWER_849_NONE).size, 0);
}

TEST(at_most_ten_codes_are_named_each_once)
{
    enum reason_code many[64];
    unsigned count = 0;
#define REASON(number, name, outcome, stages, x12_901, sentence) if (count < 64) many[count++] = REASON_##name;
#include "domain/reason.def"
#undef REASON
    const struct response_line lines[] = { LINE("1", REJECT, 1000, 0, .reasons = many, .reason_count = 64) };
    struct answer a = answer_of(lines, 1);
    struct slice all = written(&a, ANSWER_849_ALL);
    unsigned codes = 0;
    for (size_t at = 0; at + 4 < all.size; at++) codes += memcmp(all.bytes + at, "AAA*", 4) == 0;
    CHECK(codes > 5 && codes <= 10);
}

TEST(what_an_answer_may_not_hold_becomes_a_blank)
{
    struct response_line line = LINE("1*~:", PASS, 1000, 1000);
    line.part = SLICE("K*X\x01\xff");
    struct answer a = answer_of(&line, 1);
    struct slice all = written(&a, ANSWER_849_ALL);
    CHECK(memmem(all.bytes, all.size, "PAD*1   *SD~LIN**VP*K X  ~", 26) != NULL);
}
