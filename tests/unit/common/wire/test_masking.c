/* What is shown of persons to whom who may not see them. */
#include "wire/masking.h"

#include "claimstream/v1/dossier.pb-c.h"
#include "claimstream/v1/partner.pb-c.h"
#include "claimstream/v1/payout.pb-c.h"
#include "claimstream/v1/reference.pb-c.h"
#include "claimstream/v1/review.pb-c.h"
#include "support/test.h"
#include "wire/dossier_codec.h"
#include "wire/message_json.h"

enum class { OPEN, BUSINESS, OF_PARTY, PERSON, BANK, SECRET };

static const struct { struct slice message, fields; enum class class; } rows[] = {
#define MASKING(message, class, fields) { SLICE_INIT(message), SLICE_INIT(fields), class },
#include "wire/masking.def"
};
enum { ROWS = sizeof rows / sizeof rows[0], MESSAGES_MAX = 64 };

static const ProtobufCMessageDescriptor *messages[MESSAGES_MAX];
static unsigned message_count;

static void find(const ProtobufCMessageDescriptor *d)
{
    for (unsigned i = 0; i < message_count; i++)
        if (messages[i] == d) return;
    ASSERT(message_count < MESSAGES_MAX);
    messages[message_count++] = d;
    for (unsigned i = 0; i < d->n_fields; i++)
        if (d->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) find(d->fields[i].descriptor);
}

/* Descriptors as the library has them: one that a program names itself may be a copy. */
#define FIND(Message, message) \
    do { \
        Claimstream__V1__##Message m; \
        claimstream__v1__##message##__init(&m); \
        find(m.base.descriptor); \
    } while (0)

static void find_all(void)
{
    message_count = 0;
    FIND(Dossier, dossier);
    FIND(Payout, payout);
    FIND(Partner, partner);
    FIND(Reference, reference);
    FIND(Review, review);
}

static unsigned rows_of(const char *message, const char *field)
{
    unsigned count = 0;
    for (unsigned i = 0; i < ROWS; i++)
        for (struct slice rest = rows[i].fields; rest.size && slice_equal(rows[i].message, slice_from(message));)
            count += slice_equal(slice_cut(&rest, ' '), slice_from(field));
    return count;
}

TEST(every_text_of_every_message_has_one_class)
{
    find_all();
    for (unsigned i = 0; i < message_count; i++)
        for (unsigned k = 0; k < messages[i]->n_fields; k++) {
            const ProtobufCFieldDescriptor *f = &messages[i]->fields[k];
            bool has_one = rows_of(messages[i]->short_name, f->name) == 1;
            if (f->type != PROTOBUF_C_TYPE_STRING) continue;
            if (!has_one) printf("%s.%s has not one class\n", messages[i]->short_name, f->name);
            CHECK(has_one);
        }
}

TEST(no_class_is_of_a_field_that_is_none)
{
    find_all();
    for (unsigned i = 0; i < ROWS; i++) {
        unsigned at = 0;
        while (at < message_count && !slice_equal(slice_from(messages[at]->short_name), rows[i].message)) at++;
        CHECK(at < message_count);
        for (struct slice rest = rows[i].fields; at < message_count && rest.size;) {
            char name[64];
            struct slice field = slice_cut(&rest, ' ');
            snprintf(name, sizeof name, "%.*s", SLICE_ARGS(field));
            CHECK(protobuf_c_message_descriptor_get_field_by_name(messages[at], name) != NULL);
        }
    }
}

TEST(the_last_four_characters_are_shown_and_nothing_of_four)
{
    static const struct { struct slice value, shown; } cases[] = {
        { SLICE_INIT("Petr Dorvanik"), SLICE_INIT("*********anik") }, { SLICE_INIT("Tanja"), SLICE_INIT("*anja") },
        { SLICE_INIT("R. T"), SLICE_INIT("****") },                   { SLICE_INIT("B"), SLICE_INIT("****") },
        { SLICE_INIT("Ann M\xC3\xBCller"), SLICE_INIT("******ller") }, { SLICE_INIT(""), SLICE_INIT("") },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_SLICE(masking_text(test_arena(), cases[i].value), cases[i].shown);
}

/* --- a dossier about a person --- */

static struct evidence found[] = {
    { .kind = EVIDENCE_PARTY, .id = SLICE_INIT("NAME:DORVANIK PETR//RU"), .text = SLICE_INIT("Petr Dorvanik") },
    { .kind = EVIDENCE_LIST_ENTRY, .id = SLICE_INIT("FH/FH-7"), .text = SLICE_INIT("DORVANIK=DORVANIK") },
};

static void fill(struct line *l, struct receipt *r, struct clearance *c, enum party_kind kind)
{
    static struct reason reason;
    static struct rule_result result;
    reason = (struct reason){ .code = REASON_CUSTOMER_MISMATCH, .outcome = OUTCOME_HOLD };
    reason_argument(&reason, SLICE("customer"), SLICE("Petr Dorvanik"));
    result = (struct rule_result){ .number = 1, .mode = RULE_MODE_ENFORCE, .value = TRUTH_TRUE, .evidence = found,
                                   .evidence_count = 2 };
    *l = (struct line){ .kind = KIND_POS_SALE, .partner_id = SLICE("N-100"),
                        .end_customer = { .name = SLICE("Petr Dorvanik"), .key = found[0].id,
                                          .address = SLICE("Harbour Street 12"), .country = SLICE("RU"),
                                          .kind = kind } };
    *r = (struct receipt){ .line_id = SLICE("l1"), .partner_root_id = SLICE("N-100"), .document_id = SLICE("d") };
    *c = (struct clearance){ .judgement = { .outcome = OUTCOME_HOLD, .reasons = &reason, .reason_count = 1,
                                            .rule_results = &result, .rule_result_count = 1 },
                             .resolved_customer_key = found[0].id };
}

static struct slice packed(enum party_kind kind)
{
    struct line l;
    struct receipt r;
    struct clearance c;
    struct slice parts[3];
    fill(&l, &r, &c, kind);
    struct text t = text_in(test_arena(), 4096);
    CHECK(section_encode(test_arena(), SECTION_SUBMISSION, &l, &parts[0]) == OK);
    CHECK(section_encode(test_arena(), SECTION_RECEIPT, &r, &parts[1]) == OK);
    CHECK(section_encode(test_arena(), SECTION_CLEARANCE, &c, &parts[2]) == OK);
    for (unsigned i = 0; i < 3; i++) text_put(&t, parts[i]);
    return text_slice(&t);
}

static bool says(struct slice text, const char *word)
{
    return memmem(text.bytes, text.size, word, strlen(word)) != NULL;
}

static struct slice json(struct slice bytes, bool is_masked)
{
    struct text t = text_in(test_arena(), 1 << 16);
    CHECK(message_json_put(&t, MESSAGE_JSON_DOSSIER, bytes, is_masked));
    return text_slice(&t);
}

TEST(a_person_is_hidden_wherever_its_dossier_says_it)
{
    struct slice hidden = json(packed(PARTY_KIND_PERSON), true), clear = json(packed(PARTY_KIND_PERSON), false);
    CHECK(says(clear, "Petr Dorvanik") && says(clear, "DORVANIK=DORVANIK") && says(clear, "Harbour Street 12"));
    CHECK(!says(hidden, "Dorvanik") && !says(hidden, "DORVANIK") && !says(hidden, "Harbour"));
    CHECK(says(hidden, "*********anik") && says(hidden, "\"FH/FH-7\"") && says(hidden, "\"country\":\"RU\""));
}

TEST(a_company_of_the_same_name_is_shown)
{
    struct slice hidden = json(packed(PARTY_KIND_ORGANISATION), true);
    CHECK_SLICE(hidden, json(packed(PARTY_KIND_ORGANISATION), false));
    CHECK(says(hidden, "Petr Dorvanik"));
}

TEST(a_decoded_dossier_is_hidden_in_its_place)
{
    struct dossier d;
    CHECK(dossier_decode(test_arena(), packed(PARTY_KIND_PERSON), &d) == OK);
    masking_hide(test_arena(), &d);
    CHECK_TEXT(d.line->end_customer.name, "*********anik");
    CHECK_TEXT(d.clearance->judgement.reasons[0].arguments[0].value, "*********anik");
    CHECK_TEXT(d.clearance->judgement.rule_results[0].evidence[0].text, "*********anik");
    CHECK_TEXT(d.clearance->judgement.rule_results[0].evidence[1].text, "*************ANIK");
}

/* --- JSON as it came --- */

static struct slice masked_json(struct slice from)
{
    struct text t = text_in(test_arena(), 4096);
    masking_put_json(&t, from);
    return text_slice(&t);
}

TEST(json_of_a_submitter_keeps_all_but_its_persons)
{
    static const struct { const char *from, *to; } cases[] = {
        { "{\"kind\":\"POS_SALE\",\"qty\":12.10,\"sold_to\":{\"name\":\"Petr Dorvanik\",\"kind\":\"PERSON\"}}",
          "{\"kind\":\"POS_SALE\",\"qty\":12.10,\"sold_to\":{\"name\":\"*********anik\",\"kind\":\"PERSON\"}}" },
        { "{\"sold_to\":{\"birth_year\":1961,\"name\":\"Petr Dorvanik\",\"country\":\"RU\"}}",
          "{\"sold_to\":{\"birth_year\":\"****\",\"name\":\"*********anik\",\"country\":\"RU\"}}" },
        { "{\"sold_to\":{\"name\":\"Sycamore Logistics\",\"kind\":\"ORGANISATION\"}}",
          "{\"sold_to\":{\"name\":\"Sycamore Logistics\",\"kind\":\"ORGANISATION\"}}" },
        { "{\"kind\":\"REP_ROSTER\",\"rep_id\":\"R-17\",\"name\":\"Regina Tan\"}",
          "{\"kind\":\"REP_ROSTER\",\"rep_id\":\"R-17\",\"name\":\"****** Tan\"}" },
        { "[ {\"data\":{\"lines\":[{\"kind\":\"person\",\"name\":\"A \\\"B\\\" C\"}, null]}} ]",
          "[ {\"data\":{\"lines\":[{\"kind\":\"person\",\"name\":\"****\"}, null]}} ]" },
        { "{\"n\\u0061me\":\"Petr Dorvanik\",\"kind\":\"PERSON\",\"name\":\"Petra\"}",
          "{\"n\\u0061me\":\"*********anik\",\"kind\":\"PERSON\",\"name\":\"*etra\"}" },
        { "\"Petr\"", "\"Petr\"" }, { "{}", "{}" }, { "[]", "[]" }, { "", "" }, { "{\"a\":", "{\"a\":" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_SLICE(masked_json(slice_from(cases[i].from)), slice_from(cases[i].to));
}

TEST(an_auditor_a_reviewer_and_an_approver_may_ask_for_one_in_clear)
{
    CHECK(masking_role_may_unmask(SLICE("auditor")) && masking_role_may_unmask(SLICE("Reviewer")));
    CHECK(masking_role_may_unmask(SLICE("approver")));
    CHECK(!masking_role_may_unmask(SLICE("viewer")) && !masking_role_may_unmask(SLICE("operator")));
    CHECK(!masking_role_may_unmask(SLICE("")));
}
