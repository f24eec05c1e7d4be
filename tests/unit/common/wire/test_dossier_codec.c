/* Dossiers: begun, appended to, read; never altered, never half read. */
#include "wire/dossier_codec.h"

#include "support/wire.h"
#include "wire/messages.h"

static const struct message *message_of(enum section s)
{
    static const struct message *const messages[SECTION_COUNT] = { &line_message,           &receipt_message,
                                                                   &classification_message, &clearance_message,
                                                                   &review_message,         &payout_section_message };
    return messages[s];
}

static void *made(enum section s, uint64_t *seed)
{
    void *record = arena_alloc(test_arena(), message_of(s)->bytes);
    wire_make_record(message_of(s), record, seed);
    return record;
}

static struct line a_line(void)
{
    return (struct line){ .kind = KIND_POS_SALE, .partner_id = SLICE("N-100"), .invoice_no = SLICE("70031") };
}

static struct receipt a_receipt(void)
{
    return (struct receipt){ .line_id = SLICE("0123456789abcdef0123456789abcdef"), .partner_root_id = SLICE("N-100"),
                             .document_id = SLICE("d"), .received_at_unix_ms = 1775638800000 };
}

static struct slice begun(void)
{
    struct line l = a_line();
    struct receipt r = a_receipt();
    struct slice bytes = { 0 };
    CHECK(dossier_begin(test_arena(), &l, &r, &bytes) == OK);
    return bytes;
}

static struct slice appended(struct slice incoming, enum section s, const void *section)
{
    struct slice packed = { 0 }, out = { 0 };
    CHECK(section_encode(test_arena(), s, section, &packed) == OK);
    CHECK(dossier_append(test_arena(), incoming, packed, &out) == OK);
    return out;
}

/* Submission, receipt, and `count` further sections at random. */
static struct slice made_dossier(uint64_t *seed, unsigned count)
{
    struct slice bytes = { 0 };
    CHECK(dossier_begin(test_arena(), made(SECTION_SUBMISSION, seed), made(SECTION_RECEIPT, seed), &bytes) == OK);
    for (unsigned i = 0; i < count; i++) {
        enum section s =
            (enum section)(SECTION_CLASSIFICATION + test_random(seed) % (SECTION_COUNT - SECTION_CLASSIFICATION));
        bytes = appended(bytes, s, made(s, seed));
    }
    return bytes;
}

TEST(a_dossier_begins_with_what_was_sent_and_the_receipt)
{
    struct dossier d;
    struct slice bytes = begun();
    CHECK(dossier_decode(test_arena(), bytes, &d) == OK);
    CHECK_SLICE(d.bytes, bytes);
    CHECK(d.line->kind == KIND_POS_SALE && !d.classification && !d.clearance && !d.payout && d.review_count == 0);
    CHECK_TEXT(d.line->invoice_no, "70031");
    CHECK_TEXT(d.receipt->partner_root_id, "N-100");
    CHECK(dossier_has(&d, SECTION_SUBMISSION) && dossier_has(&d, SECTION_RECEIPT) && !dossier_has(&d, SECTION_PAYOUT));
}

TEST(zero_money_is_told_from_money_not_given)
{
    struct line l = a_line(), back;
    struct slice bytes;
    l.has_claimed_amount_minor = true;
    CHECK(line_encode(test_arena(), &l, &bytes) == OK);
    CHECK(line_decode(test_arena(), bytes, &back) == OK);
    CHECK(back.has_claimed_amount_minor && back.claimed_amount_minor == 0 && !back.has_extended_amount_minor);
}

TEST(appending_a_section_leaves_every_earlier_byte_as_it_was)
{
    uint64_t seed = test_seed();
    for (unsigned round = 0; round < 100; round++) {
        size_t mark = arena_mark(test_arena());
        struct slice before = made_dossier(&seed, round % 6);
        enum section s = (enum section)(SECTION_CLASSIFICATION + round % 4);
        struct slice after = appended(before, s, made(s, &seed));
        CHECK(after.size > before.size && slice_starts_with(after, before));
        arena_rewind(test_arena(), mark);
    }
}

TEST(the_last_of_each_section_is_in_force_and_all_reviews_are_kept)
{
    struct dossier d;
    struct classification first = { .judgement.outcome = OUTCOME_PARK, .tier = SLICE("GOLD") };
    struct classification second = { .judgement.outcome = OUTCOME_PASS, .tier = SLICE("SILVER") };
    struct review proposed = { .act = ACT_PROPOSE, .line_id = SLICE("x"), .note = SLICE("first") };
    struct review confirmed = { .act = ACT_CONFIRM, .line_id = SLICE("x"), .note = SLICE("second") };
    struct slice bytes = appended(begun(), SECTION_CLASSIFICATION, &first);
    bytes = appended(bytes, SECTION_REVIEW, &proposed);
    bytes = appended(bytes, SECTION_CLASSIFICATION, &second);
    bytes = appended(bytes, SECTION_REVIEW, &confirmed);
    CHECK(dossier_decode(test_arena(), bytes, &d) == OK);
    CHECK_INT(d.section_counts[SECTION_CLASSIFICATION], 2);
    CHECK_TEXT(d.classification->tier, "SILVER");
    CHECK(d.classification->judgement.outcome == OUTCOME_PASS);
    CHECK_INT(d.review_count, 2);
    CHECK(d.reviews[0].act == ACT_PROPOSE && d.reviews[1].act == ACT_CONFIRM);
    CHECK_TEXT(d.reviews[1].note, "second");
}

TEST(what_a_stage_had_of_a_line_stands_before_its_last_word)
{
    struct classification waits = { .judgement.outcome = OUTCOME_PARK }, ends = { .judgement.outcome = OUTCOME_REJECT };
    struct clearance held = { .judgement.outcome = OUTCOME_PARK };
    struct slice before = appended(begun(), SECTION_CLASSIFICATION, &waits);
    struct slice bytes = appended(appended(before, SECTION_CLASSIFICATION, &ends), SECTION_CLEARANCE, &held);
    CHECK_SLICE(dossier_before_section(bytes, SECTION_CLASSIFICATION), before);
    CHECK_SLICE(dossier_before_section(before, SECTION_CLASSIFICATION), begun());
    CHECK(dossier_before_section(bytes, SECTION_PAYOUT).size == 0);
    CHECK(dossier_before_section(slice_head(bytes, bytes.size - 1), SECTION_CLASSIFICATION).size == 0);
    struct slice agreed;
    CHECK(dossier_append_contract(test_arena(), before, 1, &agreed) == OK);
    bytes = appended(agreed, SECTION_CLASSIFICATION, &ends);
    CHECK_SLICE(dossier_before_section(bytes, SECTION_CLASSIFICATION), agreed);
    CHECK(dossier_append_contract(test_arena(), bytes, 1, &bytes) == OK);
    CHECK_SLICE(dossier_before_section(bytes, SECTION_CLASSIFICATION), agreed);
}

TEST(the_hash_of_a_section_is_that_of_its_last_entry)
{
    struct clearance c = { .judgement.outcome = OUTCOME_HOLD, .score_points = 40 };
    struct slice packed, bytes = begun();
    struct hash128 none = { { 0 } }, hash;
    CHECK(section_encode(test_arena(), SECTION_CLEARANCE, &c, &packed) == OK);
    CHECK(dossier_append(test_arena(), bytes, packed, &bytes) == OK);
    hash = hash_bytes(slice_skip(packed, 2));
    struct hash128 again = dossier_section_hash(bytes, SECTION_CLEARANCE),
                   absent = dossier_section_hash(bytes, SECTION_PAYOUT);
    CHECK(memcmp(&again, &hash, sizeof hash) == 0 && memcmp(&absent, &none, sizeof none) == 0);
}

TEST(a_peek_tells_line_root_and_sections_without_unpacking)
{
    struct dossier_peek p;
    struct clearance c = { .judgement.outcome = OUTCOME_PASS };
    CHECK(dossier_peek(appended(begun(), SECTION_CLEARANCE, &c), &p) == OK);
    CHECK_TEXT(p.line_id, "0123456789abcdef0123456789abcdef");
    CHECK_TEXT(p.partner_root_id, "N-100");
    CHECK(p.section_counts[SECTION_CLEARANCE] == 1 && p.section_counts[SECTION_PAYOUT] == 0);
}

TEST(a_case_has_no_line_but_names_itself)
{
    struct dossier d;
    struct dossier_peek p;
    struct clearance c = { .judgement.outcome = OUTCOME_HOLD, .case_id = SLICE("c1"), .case_kind = CASE_KIND_PARTY };
    struct slice packed;
    CHECK(section_encode(test_arena(), SECTION_CLEARANCE, &c, &packed) == OK);
    CHECK(dossier_decode(test_arena(), packed, &d) == OK && dossier_is_case(&d));
    CHECK(dossier_peek(packed, &p) == OK);
    CHECK_TEXT(p.case_id, "c1");
    c.case_id = (struct slice){ 0 };
    CHECK(section_encode(test_arena(), SECTION_CLEARANCE, &c, &packed) == OK);
    CHECK(dossier_decode(test_arena(), packed, &d) == ERR_WIRE_FIELD && dossier_peek(packed, &p) == ERR_WIRE_FIELD);
}

TEST(what_is_required_must_be_there_in_both_directions)
{
    struct arena *a = test_arena();
    struct slice out;
    struct line no_kind = { .partner_id = SLICE("N-100") };
    struct receipt no_root = a_receipt(), no_document = a_receipt(), no_line = a_receipt();
    struct classification no_outcome = { .role = ROLE_VAR };
    struct payout no_currency = { .payout_id = SLICE("p"), .line_id = SLICE("l"), .partner_root_id = SLICE("r") };
    struct review no_subject = { .act = ACT_PROPOSE }, no_act = { .line_id = SLICE("l") };
    no_root.partner_root_id = no_document.document_id = no_line.line_id = (struct slice){ 0 };
    CHECK(section_encode(a, SECTION_SUBMISSION, &no_kind, &out) == ERR_WIRE_FIELD);
    CHECK(section_encode(a, SECTION_RECEIPT, &no_root, &out) == ERR_WIRE_FIELD);
    CHECK(section_encode(a, SECTION_RECEIPT, &no_document, &out) == ERR_WIRE_FIELD);
    CHECK(section_encode(a, SECTION_RECEIPT, &no_line, &out) == ERR_WIRE_FIELD);
    CHECK(section_encode(a, SECTION_CLASSIFICATION, &no_outcome, &out) == ERR_WIRE_FIELD);
    CHECK(payout_encode(a, &no_currency, &out) == ERR_WIRE_FIELD);
    CHECK(review_encode(a, &no_subject, &out) == ERR_WIRE_FIELD && review_encode(a, &no_act, &out) == ERR_WIRE_FIELD);

    struct dossier d;
    struct line l;
    struct payout p;
    struct review r;
    CHECK(dossier_decode(a, SLICE(""), &d) == ERR_WIRE_FIELD
          && dossier_decode(a, (struct slice){ 0 }, &d) == ERR_WIRE_FIELD);
    CHECK(line_decode(a, SLICE(""), &l) == ERR_WIRE_FIELD);
    CHECK(payout_decode(a, SLICE(""), &p) == ERR_WIRE_FIELD && review_decode(a, SLICE(""), &r) == ERR_WIRE_FIELD);
    CHECK(dossier_decode(a, SLICE("\x0a\x02\x08\x01"), &d) == ERR_WIRE_FIELD);           /* no receipt */
    CHECK(dossier_decode(a,
                         SLICE("\x0a\x00\x12\x09\x0a\x01L\x12\x01R\x2a\x01"
                               "D"),
                         &d)
          == ERR_WIRE_FIELD); /* no kind */
}

static enum err decode_with(struct slice section)
{
    struct dossier d;
    struct slice bytes;
    CHECK(dossier_append(test_arena(), begun(), section, &bytes) == OK);
    return dossier_decode(test_arena(), bytes, &d);
}

TEST(unknown_numbers_of_enums_and_reasons_are_refused)
{
    CHECK(decode_with(SLICE("\x1a\x02\x08\x06")) == OK);                    /* outcome DEAD */
    CHECK(decode_with(SLICE("\x1a\x02\x08\x07")) == ERR_WIRE_MALFORMED);    /* one beyond */
    CHECK(decode_with(SLICE("\x1a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")) == ERR_WIRE_MALFORMED);   /* -1 */
    CHECK(decode_with(SLICE("\x1a\x07\x08\x05\x12\x03\x08\xc9\x01")) == OK);            /* DUPLICATE 201 */
    CHECK(decode_with(SLICE("\x1a\x07\x08\x05\x12\x03\x08\xca\x01")) == ERR_WIRE_MALFORMED);   /* 202 is none */
    CHECK(decode_with(SLICE("\x1a\x04\x08\x05\x12\x00")) == ERR_WIRE_FIELD);            /* a reason without number */
}

TEST(a_reason_comes_back_with_its_outcome_and_at_most_eight_arguments)
{
    struct dossier d;
    struct reason reason = { .code = REASON_DUPLICATE, .outcome = OUTCOME_REJECT, .cut_minor = -5 };
    for (unsigned i = 0; i < REASON_ARGUMENTS_MAX; i++) reason_argument(&reason, SLICE("other"), SLICE("line"));
    struct clearance c = { .judgement = { .outcome = OUTCOME_REJECT, .reasons = &reason, .reason_count = 1 } };
    CHECK(dossier_decode(test_arena(), appended(begun(), SECTION_CLEARANCE, &c), &d) == OK);
    const struct reason *back = &d.clearance->judgement.reasons[0];
    CHECK(back->code == REASON_DUPLICATE && back->outcome == OUTCOME_REJECT && back->argument_count == 8
          && back->cut_minor == -5);
    struct slice nine = SLICE(
        "\x22\x19\x08\x05\x12\x15\x08\xc9\x01\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00\x12\x00");
    CHECK(decode_with(nine) == ERR_WIRE_BOUND);
}

TEST(a_figure_without_divisor_is_a_whole_number)
{
    struct dossier d;
    struct rule_result rule = { .number = 101,
                                .value = TRUTH_TRUE,
                                .observed = { .name = SLICE("n"), .value = 3, .divisor = 1 } };
    struct clearance c = { .judgement = { .outcome = OUTCOME_PASS, .rule_results = &rule, .rule_result_count = 1 } };
    CHECK(dossier_decode(test_arena(), appended(begun(), SECTION_CLEARANCE, &c), &d) == OK);
    CHECK_INT(d.clearance->judgement.rule_results[0].observed.divisor, 1);
    CHECK_INT(d.clearance->judgement.rule_results[0].limit.divisor, 0);
}

TEST(what_a_newer_writer_adds_is_passed_over_and_stays)
{
    struct dossier d;
    struct slice unknown_section = SLICE("\x7a\x03new"), unknown_field = SLICE("\x22\x08\x08\x01\xa2\x06\x03new");
    struct slice bytes, out;
    struct payout_section p = { .judgement.outcome = OUTCOME_PASS };
    CHECK(dossier_append(test_arena(), begun(), unknown_section, &bytes) == OK);
    CHECK(dossier_append(test_arena(), bytes, unknown_field, &bytes) == OK);
    out = appended(bytes, SECTION_PAYOUT, &p);
    CHECK(dossier_decode(test_arena(), out, &d) == OK && d.clearance && d.payout);
    CHECK(slice_starts_with(out, bytes));
}

/* A payout section that announces much with two bytes for each figure, lot and balance. */
static struct slice hollow_payout(unsigned programs)
{
    static struct figure inputs[STEP_INPUTS_MAX];
    enum { STEPS = 64 };
    static struct step steps[STEPS];
    static struct lot_use lots[LOT_USES_MAX];
    static struct balance balances[BALANCES_MAX];
    static struct program_result results[PROGRAMS_OF_A_SECTION_MAX];
    for (unsigned i = 0; i < STEPS; i++)
        steps[i] = (struct step){ .inputs = inputs, .input_count = STEP_INPUTS_MAX };
    for (unsigned i = 0; i < programs; i++)
        results[i] = (struct program_result){ .program_id = SLICE("P"), .outcome = OUTCOME_PASS, .workings = steps,
                                              .working_count = STEPS, .lots = lots, .lot_count = LOT_USES_MAX,
                                              .balances = balances, .balance_count = BALANCES_MAX };
    struct payout_section p = { .judgement.outcome = OUTCOME_PASS, .programs = results, .program_count = programs };
    return appended(begun(), SECTION_PAYOUT, &p);
}

/* The greatest counts, whoever said it, and before any word that is not known. */
TEST(a_dossier_of_a_greater_contract_is_neither_read_nor_poison)
{
    struct slice bytes = begun(), out, unread;
    struct dossier d;
    CHECK(dossier_decode(test_arena(), bytes, &d) == OK && d.contract == 0);
    CHECK(dossier_append_contract(test_arena(), bytes, DOSSIER_CONTRACT, &out) == OK);
    CHECK(slice_starts_with(out, bytes));
    CHECK(dossier_decode(test_arena(), out, &d) == OK && d.contract == DOSSIER_CONTRACT);
    CHECK(dossier_append_contract(test_arena(), bytes, 300, &out) == OK);
    CHECK(dossier_append_contract(test_arena(), out, 1, &out) == OK);
    CHECK_INT(dossier_decode(test_arena(), out, &d), ERR_WIRE_AHEAD);
    CHECK_INT(dossier_decode_outline(test_arena(), out, &d), ERR_WIRE_AHEAD);
    CHECK(dossier_append(test_arena(), out, SLICE("\x1a\x02\x08\x07"), &unread) == OK);       /* an outcome beyond */
    CHECK_INT(dossier_decode(test_arena(), unread, &d), ERR_WIRE_AHEAD);
    CHECK(dossier_append(test_arena(), bytes, SLICE("\x1a\x02\x08\x07"), &unread) == OK);
    CHECK_INT(dossier_decode(test_arena(), unread, &d), ERR_WIRE_MALFORMED);
}

TEST(a_dossier_that_unpacks_to_more_than_seven_times_its_greatest_size_is_refused)
{
    struct dossier d;
    struct slice full = hollow_payout(PROGRAMS_OF_A_SECTION_MAX), part = hollow_payout(PROGRAMS_OF_A_SECTION_MAX / 2);
    size_t mark = arena_mark(test_arena());
    CHECK(full.size < DOSSIER_BYTES_MAX / 4);
    CHECK(dossier_decode(test_arena(), full, &d) == ERR_WIRE_BOUND);
    CHECK(test_arena()->used - mark <= UNPACK_FACTOR * DOSSIER_BYTES_MAX + 8192);
    CHECK(dossier_decode(test_arena(), part, &d) == OK);
}

TEST(a_section_may_stand_32_times_and_no_more)
{
    struct dossier d;
    struct slice bytes = begun();
    struct clearance c = { .judgement.outcome = OUTCOME_HOLD };
    for (unsigned i = 0; i < SECTIONS_OF_A_KIND_MAX; i++) bytes = appended(bytes, SECTION_CLEARANCE, &c);
    CHECK(dossier_decode(test_arena(), bytes, &d) == OK);
    CHECK(dossier_decode(test_arena(), appended(bytes, SECTION_CLEARANCE, &c), &d) == ERR_WIRE_BOUND);
}

/* A section of exactly `size` bytes on the wire that this build does not know. */
static struct slice filler(size_t size)
{
    char *bytes = arena_alloc(test_arena(), size);
    size_t value = size - 4;
    memcpy(bytes, (char[]){ 0x7a, (char)(value | 0x80), (char)(value >> 7 | 0x80), (char)(value >> 14) }, 4);
    return slice_of(bytes, size);
}

TEST(a_dossier_of_900_kib_is_accepted_and_one_byte_more_is_too_large)
{
    struct dossier d;
    struct slice bytes, out, first = begun(), section;
    struct clearance c = { .judgement.outcome = OUTCOME_PASS };
    CHECK(section_encode(test_arena(), SECTION_CLEARANCE, &c, &section) == OK);
    CHECK(dossier_append(test_arena(), first, filler(DOSSIER_BYTES_MAX - first.size - section.size), &bytes) == OK);
    CHECK(dossier_append(test_arena(), bytes, section, &out) == OK && out.size == DOSSIER_BYTES_MAX);
    CHECK(dossier_decode(test_arena(), out, &d) == OK);
    CHECK(dossier_append(test_arena(), first, filler(DOSSIER_BYTES_MAX - first.size - section.size + 1), &bytes) == OK);
    CHECK(dossier_append(test_arena(), bytes, section, &out) == ERR_WIRE_TOO_LARGE);
    CHECK(dossier_decode(test_arena(), filler(DOSSIER_BYTES_MAX + 1), &d) == ERR_WIRE_TOO_LARGE);
}

static struct slice text_of_size(size_t size)
{
    return slice_of(memset(arena_alloc(test_arena(), size), 'x', size), size);
}

TEST(extras_of_8_kib_together_are_accepted_and_one_byte_more_is_not)
{
    struct slice out;
    struct line l = a_line();
    struct pair extras[2] = { { SLICE("a"), text_of_size(EXTRAS_BYTES_MAX - 2) }, { SLICE("b"), SLICE("") } };
    l.extras = extras;
    l.extra_count = 2;
    CHECK(line_encode(test_arena(), &l, &out) == OK);
    extras[1].value = SLICE("c");
    CHECK(line_encode(test_arena(), &l, &out) == ERR_WIRE_BOUND);
}

TEST(a_submission_beyond_256_kib_is_too_large)
{
    struct line l = a_line();
    struct agreement agreement = { .revision = 1 };
    struct slice out, product = text_of_size(TEXT_BYTES_MAX);
    struct slice products[PRODUCTS_MAX];
    struct agreement_line lines[2];
    for (unsigned i = 0; i < PRODUCTS_MAX; i++) products[i] = product;
    for (unsigned i = 0; i < 2; i++)
        lines[i] = (struct agreement_line){ .line_no = i + 1, .products = { products, 60 } };
    agreement.lines = lines;
    agreement.line_count = 1;
    l.kind = KIND_AGREEMENT;
    l.agreement = &agreement;
    CHECK(line_encode(test_arena(), &l, &out) == OK);
    agreement.line_count = 2;
    CHECK(line_encode(test_arena(), &l, &out) == ERR_WIRE_TOO_LARGE);
    CHECK(line_decode(test_arena(), filler(SUBMISSION_BYTES_MAX + 1), &l) == ERR_WIRE_TOO_LARGE);
}

TEST(a_dossier_cut_at_any_byte_is_refused_or_ends_between_sections)
{
    uint64_t seed = test_seed();
    struct slice bytes = made_dossier(&seed, 4);
    unsigned whole = 0;
    for (size_t size = 0; size < bytes.size; size++) {
        struct dossier d;
        size_t mark = arena_mark(test_arena());
        struct slice cut = slice_copy(test_arena(), slice_head(bytes, size));
        cut.bytes = cut.size ? cut.bytes : NULL;
        if (dossier_decode(test_arena(), cut, &d) == OK) whole++;
        arena_rewind(test_arena(), mark);
    }
    CHECK(whole == 4);
}

TEST(damaged_dossiers_are_read_or_refused_and_what_is_read_can_be_written)
{
    uint64_t seed = test_seed();
    for (unsigned round = 0; round < 3000; round++) {
        size_t mark = arena_mark(test_arena());
        struct slice bytes = made_dossier(&seed, round % 4), packed;
        struct dossier d;
        for (unsigned hits = 1 + test_random(&seed) % 4; hits > 0; hits--)
            ((char *)bytes.bytes)[test_random(&seed) % bytes.size] ^= (char)(1 << test_random(&seed) % 8);
        if (dossier_decode(test_arena(), bytes, &d) == OK) {
            CHECK(section_encode(test_arena(), SECTION_SUBMISSION, d.line, &packed) == OK);
            CHECK(section_encode(test_arena(), SECTION_RECEIPT, d.receipt, &packed) == OK);
            if (d.payout) CHECK(section_encode(test_arena(), SECTION_PAYOUT, d.payout, &packed) == OK);
        }
        struct dossier_peek p;
        (void)!dossier_peek(bytes, &p);
        arena_rewind(test_arena(), mark);
    }
}

TEST(an_outline_says_the_same_without_details)
{
    struct line l = a_line();
    struct receipt r = a_receipt();
    struct reason reasons[] = { { .code = REASON_SANCTIONS_HIT, .cut_minor = 7 } };
    struct rule_result results[] = { { .number = 1, .points = 3 } };
    struct list_version lists[] = { { .id = SLICE("OFAC") } };
    struct clearance c = {
        .judgement = { .outcome = OUTCOME_HOLD,
                       .reasons = reasons,
                       .reason_count = 1,
                       .rule_results = results,
                       .rule_result_count = 1,
                       .waiting = { .reason = REASON_SANCTIONS_HIT } },
        .has_accepted_qty = true,
        .accepted_qty_milli = 5,
        .lists = lists,
        .list_count = 1,
    };
    struct slice bytes = { 0 };
    struct dossier whole, outline;
    l.end_customer.name = SLICE("Alder Systems");
    CHECK(dossier_begin(test_arena(), &l, &r, &bytes) == OK);
    bytes = appended(bytes, SECTION_CLEARANCE, &c);
    CHECK(dossier_decode(test_arena(), bytes, &whole) == OK
          && dossier_decode_outline(test_arena(), bytes, &outline) == OK);
    CHECK_TEXT(whole.line->end_customer.name, "Alder Systems");
    CHECK_TEXT(outline.line->end_customer.name, "");
    CHECK_TEXT(outline.receipt->submitter_id, "");
    CHECK_INT(outline.clearance->judgement.decided_at_unix_ms, 0);
    CHECK_TEXT(outline.line->invoice_no, "70031");
    CHECK_SLICE(outline.receipt->line_id, r.line_id);
    CHECK_INT(whole.clearance->judgement.rule_result_count, 1);
    CHECK_INT(outline.clearance->judgement.rule_result_count, 0);
    CHECK_INT(outline.clearance->judgement.waiting.reason, 0);
    CHECK_INT(outline.clearance->list_count, 0);
    CHECK_INT(outline.clearance->judgement.outcome, OUTCOME_HOLD);
    CHECK_INT(outline.clearance->judgement.reason_count, 1);
    CHECK_INT(outline.clearance->judgement.reasons[0].cut_minor, 7);
    CHECK_INT(outline.clearance->accepted_qty_milli, 5);
    CHECK_INT(outline.section_counts[SECTION_CLEARANCE], 1);
}

TEST(an_entry_tells_its_line_without_being_unpacked)
{
    struct payout p = { .payout_id = SLICE("p-1"),
                        .line_id = SLICE("l-1"),
                        .partner_root_id = SLICE("N"),
                        .currency = SLICE("USD"),
                        .amount_minor = 7 };
    struct slice bytes, line_id;
    CHECK(payout_encode(test_arena(), &p, &bytes) == OK);
    CHECK(payout_peek(bytes, &line_id) == OK);
    CHECK_TEXT(line_id, "l-1");
    CHECK(payout_peek(slice_head(bytes, bytes.size - 1), &line_id) != OK);
    CHECK(payout_peek(SLICE(""), &line_id) == ERR_WIRE_FIELD);
}

TEST(the_entries_of_a_packed_section_are_those_that_are_packed_alone)
{
    struct payout entries[2] = {
        { .payout_id = SLICE("p-1"),
          .line_id = SLICE("l-1"),
          .partner_root_id = SLICE("N"),
          .currency = SLICE("USD"),
          .amount_minor = 7 },
        { .payout_id = SLICE("p-2"),
          .line_id = SLICE("l-1"),
          .partner_root_id = SLICE("N"),
          .currency = SLICE("EUR"),
          .amount_minor = -7 },
    };
    struct program_result program = { .program_id = SLICE("VR-1"), .outcome = OUTCOME_PASS };
    struct payout_section p = { .judgement.outcome = OUTCOME_PASS,
                                .programs = &program,
                                .program_count = 1,
                                .entries = entries,
                                .entry_count = 2 };
    struct slice packed, found[2], alone;
    CHECK(section_encode(test_arena(), SECTION_PAYOUT, &p, &packed) == OK);
    section_entries(packed, found, 2);
    for (unsigned i = 0; i < 2; i++) {
        CHECK(payout_encode(test_arena(), &entries[i], &alone) == OK);
        CHECK_SLICE(found[i], alone);
    }
    p.entry_count = 0;
    CHECK(section_encode(test_arena(), SECTION_PAYOUT, &p, &packed) == OK);
    section_entries(packed, NULL, 0);
}
