#include "intake/standing.h"

#include "runtime/memory_store.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

enum { PARTITIONS = 2 };

static struct memory_store *memory[2 * PARTITIONS];
static struct store *decided[PARTITIONS], *held[PARTITIONS];

static void open_tables(void)
{
    for (unsigned k = 0; k < 2 * PARTITIONS; k++) memory[k] = memory_store_open(NULL);
    for (unsigned k = 0; k < PARTITIONS; k++) {
        decided[k] = memory_store_base(memory[k]);
        held[k] = memory_store_base(memory[PARTITIONS + k]);
    }
}

static void close_tables(void)
{
    for (unsigned k = 0; k < 2 * PARTITIONS; k++) memory_store_close(memory[k]);
}

static struct slice hex(char digit, size_t size)
{
    char text[SHA256_HEX];
    memset(text, digit, size);
    return slice_copy(test_arena(), slice_of(text, size));
}

static char payout_digit = 'e';

/* A dossier of a line of document `document`, judged by payout. */
static struct slice dossier(char document, char line_digit, enum outcome outcome, int64_t paid_minor)
{
    struct line line = { .kind = KIND_POS_SALE, .partner_id = SLICE("N-100"), .currency = SLICE("USD") };
    struct receipt receipt = { .line_id = hex(line_digit, ID_HEX),
                               .document_id = hex(document, SHA256_HEX),
                               .partner_root_id = SLICE("N-100"),
                               .submitter_id = SLICE("s"),
                               .received_at_unix_ms = 1775638800000,
                               .door = DOOR_HTTP };
    struct payout entry = { .payout_id = hex(payout_digit, ID_HEX),
                            .line_id = receipt.line_id,
                            .partner_root_id = SLICE("N-100"),
                            .program_id = SLICE("P"),
                            .amount_minor = paid_minor,
                            .currency = SLICE("USD"),
                            .decided_at_unix_ms = 1775638800000,
                            .partner_id = SLICE("N-100"),
                            .ledger = SLICE("EARNED") };
    struct payout_section section = { .judgement = { .outcome = outcome, .decided_at_unix_ms = 1775638800000 },
                                      .entries = &entry,
                                      .entry_count = paid_minor ? 1 : 0 };
    struct reason reason = { .code = outcome == OUTCOME_PARK   ? REASON_PART_UNKNOWN
                                     : outcome == OUTCOME_HOLD ? REASON_SANCTIONS_HIT
                                                               : REASON_DUPLICATE,
                             .outcome = outcome };
    if (outcome != OUTCOME_PASS) {
        section.judgement.reasons = &reason;
        section.judgement.reason_count = 1;
    }
    struct slice bytes, packed;
    CHECK_INT(dossier_begin(test_arena(), &line, &receipt, &bytes), OK);
    CHECK_INT(section_encode(test_arena(), SECTION_PAYOUT, &section, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), bytes, packed, &bytes), OK);
    return bytes;
}

static void take(struct store *s, enum topic topic, struct slice bytes)
{
    struct record r = { .topic = topic, .value = bytes };
    CHECK_INT(standing_take(test_arena(), s, &r), OK);
    store_merge(s, 0);
}

static struct reply_standing of(char document)
{
    uint8_t id[SHA256_BYTES];
    struct reply_standing out;
    memset(id, document >= 'a' ? (document - 'a' + 10) * 17 : (document - '0') * 17, sizeof id);
    CHECK_INT(standing_of(test_arena(), decided, held, PARTITIONS, id, &out), OK);
    return out;
}

TEST(decided_lines_are_counted_once_and_what_is_earned_is_added_up)
{
    open_tables();
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '1', OUTCOME_PASS, 1050));
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '1', OUTCOME_PASS, 1050));       /* read again */
    take(decided[1], TOPIC_CLAIMS_DECIDED, dossier('a', '2', OUTCOME_SHORT, 50));
    take(decided[1], TOPIC_CLAIMS_DECIDED, dossier('a', '3', OUTCOME_REJECT, 0));
    take(decided[1], TOPIC_CLAIMS_DECIDED, dossier('b', '4', OUTCOME_PASS, 7));
    struct reply_standing s = of('a');
    CHECK_INT(s.decided, 3);
    CHECK_INT(s.shorted, 1);
    CHECK_INT(s.refused, 1);
    CHECK_INT(s.approved_count, 1);
    CHECK_INT(s.approved[0].passed_minor, 1100);
    CHECK_INT(of('b').decided, 1);
    CHECK_INT(of('c').decided, 0);
    close_tables();
}

/* A CANCEL or REVERSE of document b that names line `original`, in capitals its payout. */
static struct slice taking_back(enum kind kind, char original, char line_digit, enum outcome outcome)
{
    bool names_payout = original >= 'A' && original <= 'F';
    struct slice named = hex(names_payout ? (char)(original | 0x20) : original, ID_HEX);
    struct line line = { .kind = kind, .partner_id = SLICE("N-100"), .cause = CAUSE_FRAUD };
    if (kind == KIND_CANCEL) line.original_line_ref = named;
    else if (names_payout) line.payout_ids = (struct texts){ &named, 1 };
    else line.line_refs = (struct texts){ &named, 1 };
    struct receipt receipt = { .line_id = hex(line_digit, ID_HEX),
                               .document_id = hex('b', SHA256_HEX),
                               .partner_root_id = SLICE("N-100"),
                               .submitter_id = SLICE("s"),
                               .received_at_unix_ms = 1775638800000,
                               .door = DOOR_HTTP };
    struct reason reason = { .code = REASON_TARGET_UNKNOWN, .outcome = outcome };
    struct payout_section section = { .judgement = { .outcome = outcome,
                                                     .decided_at_unix_ms = 1775638800000,
                                                     .reasons = &reason,
                                                     .reason_count = outcome != OUTCOME_PASS } };
    struct slice bytes, packed;
    CHECK_INT(dossier_begin(test_arena(), &line, &receipt, &bytes), OK);
    CHECK_INT(section_encode(test_arena(), SECTION_PAYOUT, &section, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), bytes, packed, &bytes), OK);
    return bytes;
}

TEST(a_line_is_ended_by_the_first_correction_that_took_effect)
{
    uint8_t a[SHA256_BYTES], b[SHA256_BYTES];
    struct standing_lines lines;
    memset(a, 0xaa, sizeof a);
    memset(b, 0xbb, sizeof b);
    open_tables();
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '1', OUTCOME_PASS, 1050));
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '2', OUTCOME_PASS, 1050));
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '3', OUTCOME_PASS, 1050));
    take(decided[0], TOPIC_CLAIMS_DECIDED, taking_back(KIND_CANCEL, '1', '5', OUTCOME_PASS));
    take(decided[0], TOPIC_CLAIMS_DECIDED, taking_back(KIND_CANCEL, '2', '6', OUTCOME_REJECT));
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '7', OUTCOME_PASS, 1050));
    take(decided[0], TOPIC_CLAIMS_DECIDED, taking_back(KIND_REVERSE, '7', '8', OUTCOME_PASS));
    payout_digit = 'f';
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '9', OUTCOME_PASS, 1050));
    payout_digit = 'e';
    take(decided[0], TOPIC_CLAIMS_DECIDED, taking_back(KIND_REVERSE, 'F', 'c', OUTCOME_PASS));
    CHECK_INT(standing_lines_of(test_arena(), decided, held, PARTITIONS, a, &lines), OK);
    CHECK(standing_is_ended(&lines, hex('7', ID_HEX), NULL));
    CHECK(standing_is_ended(&lines, hex('9', ID_HEX), NULL));             /* its payout was named */
    CHECK(standing_is_ended(&lines, hex('1', ID_HEX), NULL));
    CHECK(standing_is_ended(&lines, hex('1', ID_HEX), a));
    CHECK(!standing_is_ended(&lines, hex('1', ID_HEX), b));               /* by that document itself */
    CHECK(!standing_is_ended(&lines, hex('2', ID_HEX), NULL));
    CHECK(!standing_is_ended(&lines, hex('3', ID_HEX), NULL));
    CHECK(!standing_is_ended(&lines, hex('4', ID_HEX), NULL));
    close_tables();
}

TEST(a_line_waits_until_it_is_decided_in_whichever_partition)
{
    open_tables();
    take(held[0], TOPIC_CLAIMS_HELD, dossier('a', '1', OUTCOME_HOLD, 0));
    take(held[0], TOPIC_CLAIMS_HELD, dossier('a', '2', OUTCOME_PARK, 0));
    take(held[0], TOPIC_CLAIMS_HELD, dossier('a', '3', OUTCOME_PARK, 0));
    CHECK_INT(of('a').held, 1);
    CHECK_INT(of('a').parked, 2);
    take(held[0], TOPIC_CLAIMS_HELD, dossier('a', '3', OUTCOME_HOLD, 0));     /* parked first, then held */
    take(decided[1], TOPIC_CLAIMS_DECIDED, dossier('a', '1', OUTCOME_PASS, 5));
    struct reply_standing s = of('a');
    CHECK_INT(s.held, 1);
    CHECK_INT(s.parked, 1);
    CHECK_INT(s.decided, 1);
    close_tables();
}

/* Withdrawn by a correction that is held: refused, as long as nobody denies the correction. */
TEST(a_withdrawn_line_is_refused_until_it_is_decided_after_all)
{
    uint8_t id[SHA256_BYTES];
    struct standing_lines lines;
    struct disposition d;
    memset(id, 0xaa, sizeof id);
    for (unsigned where = 0; where < PARTITIONS; where++) {
        open_tables();
        take(held[1], TOPIC_CLAIMS_HELD, dossier('a', '1', OUTCOME_REJECT, 0));
        CHECK_INT(of('a').held, 0);
        CHECK_INT(of('a').decided, 1);
        CHECK_INT(of('a').refused, 1);
        take(decided[where], TOPIC_CLAIMS_DECIDED, dossier('a', '1', OUTCOME_PASS, 5));
        CHECK_INT(of('a').decided, 1);
        CHECK_INT(of('a').refused, 0);
        CHECK_INT(standing_lines_of(test_arena(), decided, held, PARTITIONS, id, &lines), OK);
        CHECK(standing_find(&lines, hex('1', ID_HEX), &d));
        CHECK_INT(d.outcome, OUTCOME_PASS);
        close_tables();
    }
}

TEST(what_is_known_of_each_line_is_found_by_its_id)
{
    open_tables();
    take(held[1], TOPIC_CLAIMS_HELD, dossier('a', '1', OUTCOME_HOLD, 0));
    take(decided[0], TOPIC_CLAIMS_DECIDED, dossier('a', '1', OUTCOME_SHORT, 50));       /* decided since */
    take(held[0], TOPIC_CLAIMS_HELD, dossier('a', '2', OUTCOME_PARK, 0));
    take(decided[1], TOPIC_CLAIMS_DECIDED, dossier('b', '3', OUTCOME_PASS, 7));
    uint8_t id[SHA256_BYTES];
    struct standing_lines lines;
    struct disposition d;
    memset(id, 0xaa, sizeof id);
    CHECK_INT(standing_lines_of(test_arena(), decided, held, PARTITIONS, id, &lines), OK);
    CHECK(standing_find(&lines, hex('1', ID_HEX), &d));
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_INT(d.approved_minor, 50);
    CHECK_INT(d.reason_count, 1);
    CHECK_INT(d.reasons[0], REASON_DUPLICATE);
    CHECK(standing_find(&lines, hex('2', ID_HEX), &d));
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK(!standing_find(&lines, hex('3', ID_HEX), &d));        /* of another document */
    CHECK(!standing_find(&lines, SLICE("x"), &d));
    close_tables();
}

TEST(bytes_that_are_no_line_are_passed_over)
{
    open_tables();
    take(decided[0], TOPIC_CLAIMS_DECIDED, SLICE("\xff\xff"));
    take(decided[0], TOPIC_CLAIMS_DECIDED, (struct slice){ 0 });
    CHECK_INT(of('f').decided, 0);
    close_tables();
}
