/* Messages in both directions, with protobuf-c as the second opinion; and the edge of every bound of every message. */
#include "base/assert.h"
#include "domain/line.h"
#include "support/wire.h"
#include "wire/messages.h"
#include "wire/reference_codec.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMBER(record, offset_, type) (*(type *)((char *)(record) + (offset_)))

static const struct message *const top[] = {
    &line_message, &receipt_message, &classification_message, &clearance_message, &review_message,
    &payout_message, &payout_section_message, &partner_message, &reference_message,
};
enum { TOP_COUNT = sizeof top / sizeof top[0], ROUNDS = 60, MESSAGES_MAX = 64, ROOM = 16 << 20 };

static void encode_and_read_back(const struct message *m, uint64_t *seed)
{
    struct arena *a = test_arena();
    void *record = arena_alloc(a, m->bytes), *back = arena_alloc(a, m->bytes);
    struct slice bytes, again;
    wire_make_record(m, record, seed);
    CHECK(message_encode(m, a, record, REFERENCE_BYTES_MAX, &bytes) == OK);
    CHECK(wire_agrees_with_protobuf(m, record, bytes));
    CHECK(message_decode(m, a, bytes, back) == OK);
    CHECK(wire_agrees_with_protobuf(m, back, bytes));
    CHECK(message_encode(m, a, back, REFERENCE_BYTES_MAX, &again) == OK);
    CHECK_SLICE(again, bytes);
}

TEST(random_records_of_every_message_agree_with_protobuf_in_both_directions)
{
    uint64_t seed = test_seed();
    for (unsigned i = 0; i < TOP_COUNT; i++)
        for (unsigned round = 0; round < ROUNDS; round++) {
            size_t mark = arena_mark(test_arena());
            encode_and_read_back(top[i], &seed);
            arena_rewind(test_arena(), mark);
        }
}

/* Every message that some top message contains, once. */
struct catalogue_of_messages { struct message *items[MESSAGES_MAX]; unsigned count; };

static void collect(struct catalogue_of_messages *all, struct message *m)
{
    for (unsigned i = 0; i < all->count; i++)
        if (all->items[i] == m) return;
    ASSERT(all->count < MESSAGES_MAX);
    all->items[all->count++] = m;
    for (unsigned i = 0; i < m->field_count; i++)
        if (m->fields[i].message) collect(all, m->fields[i].message);
}

static struct catalogue_of_messages all_messages(void)
{
    struct catalogue_of_messages all = { .count = 0 };
    for (unsigned i = 0; i < TOP_COUNT; i++) collect(&all, (struct message *)top[i]);
    return all;
}

/* The smallest record that passes its check. */
static void *make_item(const struct message *m)
{
    uint64_t seed = 7;
    void *item = arena_alloc(test_arena(), m->bytes);
    if (m->check && m->check(item) != OK) wire_make_record(m, item, &seed);
    return item;
}

static void *make_items(const struct message *m, unsigned count)
{
    char *items = arena_alloc_array(test_arena(), count, m->bytes);
    void *item = make_item(m);
    for (unsigned i = 0; i < count; i++) memcpy(items + i * m->bytes, item, m->bytes);
    return items;
}

static struct slice text_of_size(size_t size)
{
    char *bytes = arena_alloc(test_arena(), size + 1);
    memset(bytes, 'a', size);
    return slice_of(bytes, size);
}

static void set_count(const struct message_field *f, void *record, unsigned count)
{
    if (f->shape == SHAPE_TEXTS) {
        struct slice *items = ARENA_ARRAY(test_arena(), count, struct slice);
        for (unsigned i = 0; i < count; i++) items[i] = SLICE("x");
        MEMBER(record, f->offset, struct texts) = (struct texts){ items, count };
        return;
    }
    bool is_numbers = f->shape == SHAPE_NUMBERS;
    MEMBER(record, f->offset, void *) =
        is_numbers ? ARENA_ARRAY(test_arena(), count, uint32_t) : make_items(f->message, count);
    MEMBER(record, f->aside, unsigned) = count;
}

/* The bytes of a record beyond a bound, as a writer without our bounds would make them. */
static struct slice encode_without(const struct message *m, struct message_field *f, const void *record)
{
    struct message_field bound = *f;
    struct message unchecked = *m;
    struct slice bytes;
    unchecked.check = NULL;
    f->max++;
    f->count_max++;
    ASSERT(message_encode(&unchecked, test_arena(), record, ROOM, &bytes) == OK);
    *f = bound;
    return bytes;
}

static void check_edge(const struct message *m, struct message_field *f, const void *at, const void *beyond)
{
    struct arena *a = test_arena();
    struct slice bytes;
    bool holds =
        message_encode(m, a, at, ROOM, &bytes) == OK && message_decode(m, a, bytes, arena_alloc(a, m->bytes)) == OK;
    holds = holds && message_encode(m, a, beyond, ROOM, &bytes) == ERR_WIRE_BOUND;
    holds = holds && message_decode(m, a, encode_without(m, f, beyond), arena_alloc(a, m->bytes)) == ERR_WIRE_BOUND;
    if (!holds) printf("\n  %s.%s: the bound does not hold\n", m->name, f->name);
    CHECK(holds);
}

static void check_text_bound(const struct message *m, struct message_field *f)
{
    void *at = make_item(m), *beyond = make_item(m);
    MEMBER(at, f->offset, struct slice) = text_of_size(f->max);
    MEMBER(beyond, f->offset, struct slice) = text_of_size(f->max + 1);
    if (strcmp(m->name, "terms_version") == 0 && strcmp(f->name, "yaml") == 0) {
        terms_version_seal(at);
        terms_version_seal(beyond);
    }
    check_edge(m, f, at, beyond);
}

static void check_count_bound(const struct message *m, struct message_field *f)
{
    void *at = make_item(m), *beyond = make_item(m);
    set_count(f, at, f->count_max);
    set_count(f, beyond, f->count_max + 1);
    check_edge(m, f, at, beyond);
}

static void check_number_bound(const struct message *m, struct message_field *f)
{
    void *at = make_item(m), *beyond = make_item(m);
    MEMBER(at, f->offset, uint32_t) = f->max;
    MEMBER(beyond, f->offset, uint32_t) = f->max + 1;
    check_edge(m, f, at, beyond);
}

static void check_bound(const struct message *m, struct message_field *f)
{
    bool is_type = strcmp(m->name, "reference") == 0 && strcmp(f->name, "type") == 0;
    if (f->shape == SHAPE_TEXT && !is_type) check_text_bound(m, f);
    if (f->shape == SHAPE_TEXTS || f->shape == SHAPE_LIST || f->shape == SHAPE_NUMBERS) check_count_bound(m, f);
    if (f->shape == SHAPE_NUMBER && f->type == PROTOBUF_C_TYPE_UINT32 && f->max < UINT32_MAX) check_number_bound(m, f);
}

TEST(every_bound_of_every_message_accepts_its_last_value_and_refuses_the_next)
{
    struct catalogue_of_messages all = all_messages();
    CHECK(all.count > 40);
    for (unsigned i = 0; i < all.count; i++)
        for (unsigned k = 0; k < all.items[i]->field_count; k++) {
            size_t mark = arena_mark(test_arena());
            check_bound(all.items[i], &all.items[i]->fields[k]);
            arena_rewind(test_arena(), mark);
        }
}

TEST(every_text_of_every_message_must_be_utf8)
{
    struct catalogue_of_messages all = all_messages();
    for (unsigned i = 0; i < all.count; i++)
        for (unsigned k = 0; k < all.items[i]->field_count; k++) {
            const struct message *m = all.items[i];
            const struct message_field *f = &m->fields[k];
            struct slice bytes;
            if (f->shape != SHAPE_TEXT || strcmp(m->name, "reference") == 0 || strcmp(f->name, "yaml") == 0) continue;
            void *record = make_item(m);
            MEMBER(record, f->offset, struct slice) = SLICE("aZ");
            CHECK(message_encode(m, test_arena(), record, ROOM, &bytes) == OK);
            char *bad = memmem(bytes.bytes, bytes.size, "aZ", 2);
            CHECK(bad != NULL);
            bad[1] = (char)0xff;
            CHECK(message_decode(m, test_arena(), bytes, arena_alloc(test_arena(), m->bytes)) == ERR_WIRE_TEXT);
            MEMBER(record, f->offset, struct slice) = SLICE("a\xff");
            CHECK(message_encode(m, test_arena(), record, ROOM, &bytes) == ERR_WIRE_TEXT);
        }
}

TEST(words_and_numbers_of_the_vocabulary_are_those_of_the_wire)
{
    static const struct { const char *message, *field; enum vocabulary list;
    } rows[] = {
        { "line", "cause", VOCABULARY_CAUSE },
        { "line", "close", VOCABULARY_CLOSE },
        { "party", "role", VOCABULARY_ROLE },
        { "party", "kind", VOCABULARY_PARTY_KIND },
        { "agreement_line", "method", VOCABULARY_DEBIT_METHOD },
        { "agreement_line", "resale_policy", VOCABULARY_RESALE_POLICY },
        { "agreement", "status", VOCABULARY_AGREEMENT_STATUS },
        { "mdf_preapproval", "status", VOCABULARY_PREAPPROVAL_STATUS },
        { "evidence", "kind", VOCABULARY_EVIDENCE },
        { "receipt", "door", VOCABULARY_DOOR },
        { "rule_result", "mode", VOCABULARY_RULE_MODE },
        { "rule_result", "value", VOCABULARY_TRUTH },
        { "candidate", "cell", VOCABULARY_CELL },
        { "classification", "drift", VOCABULARY_DRIFT },
        { "classification", "outcome", VOCABULARY_OUTCOME },
        { "classification", "profile_source", VOCABULARY_PROFILE_SOURCE },
        { "clearance", "case_kind", VOCABULARY_CASE_KIND },
        { "review", "act", VOCABULARY_ACT },
        { "review", "stage", VOCABULARY_STAGE },
        { "review", "verb", VOCABULARY_VERB },
        { "enrolment", "incentive", VOCABULARY_INCENTIVE },
    };
    struct catalogue_of_messages all = all_messages();
    for (unsigned r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const struct message *m = NULL;
        for (unsigned i = 0; i < all.count; i++)
            if (strcmp(all.items[i]->name, rows[r].message) == 0) m = all.items[i];
        ASSERT(m);
        const ProtobufCFieldDescriptor *wire =
            protobuf_c_message_descriptor_get_field_by_name(m->descriptor, rows[r].field);
        const ProtobufCEnumDescriptor *words = wire->descriptor;
        CHECK_INT(words->n_values, word_count(rows[r].list));
        for (unsigned i = 1; i < words->n_values; i++) {
            CHECK_INT(words->values[i].value, i);
            CHECK(slice_ends_with(slice_from(words->values[i].name), word_text(rows[r].list, (int)i)));
        }
    }
}

TEST(kinds_have_the_names_and_numbers_of_the_wire)
{
    const ProtobufCFieldDescriptor *wire =
        protobuf_c_message_descriptor_get_field_by_name(line_message.descriptor, "kind");
    const ProtobufCEnumDescriptor *kinds = wire->descriptor;
    CHECK_INT(kinds->n_values, KIND_COUNT);
    for (unsigned i = 1; i < kinds->n_values; i++)
        CHECK_SLICE(slice_skip(slice_from(kinds->values[i].name), 5), kind_name((enum kind)kinds->values[i].value));
}

TEST(lists_that_come_in_pieces_are_joined)
{
    struct receipt r = { 0 };
    struct slice bytes = SLICE("\x0a\x01L\x12\x01R\x2a\x01" "D"
                               "\x7a\x01\x05" "\x82\x01\x03\x0a\x01" "a" "\x7a\x02\x06\x07" "\x82\x01\x03\x0a\x01" "b");
    CHECK(message_decode(&receipt_message, test_arena(), bytes, &r) == OK);
    CHECK_INT(r.warning_count, 3);
    CHECK(r.warnings[0] == 5 && r.warnings[1] == 6 && r.warnings[2] == 7);
    CHECK_INT(r.text_count, 2);
    CHECK_TEXT(r.texts[0].name, "a");
    CHECK_TEXT(r.texts[1].name, "b");
}

TEST(numbers_come_packed_or_one_by_one)
{
    struct receipt r = { 0 };
    struct slice bytes = SLICE("\x0a\x01L\x12\x01R\x2a\x01" "D" "\x78\x05\x78\x80\x02\x7a\x01\x07");
    CHECK(message_decode(&receipt_message, test_arena(), bytes, &r) == OK);
    CHECK(r.warning_count == 3 && r.warnings[0] == 5 && r.warnings[1] == 256 && r.warnings[2] == 7);
    CHECK(message_decode(&receipt_message, test_arena(), SLICE("\x08\x05"), &r) == ERR_WIRE_MALFORMED);
}

/* line_id, partner_root_id and document_id, with tags of one, two and three bytes; then fields 99 and 100, which nobody
 * knows. */
TEST(tags_may_be_longer_than_they_need_be_and_of_fields_that_nobody_knows)
{
    struct receipt r = { 0 };
    struct slice bytes = SLICE("\x8a\x00\x01"
                               "L"
                               "\x92\x80\x00\x01"
                               "R"
                               "\x2a\x01"
                               "D"
                               "\x9a\x06\x01x"
                               "\xa0\x06\x07"
                               "\x8a\x01\x01"
                               "z");
    CHECK(message_decode(&receipt_message, test_arena(), slice_head(bytes, bytes.size - 4), &r) == OK);
    CHECK_TEXT(r.line_id, "L");
    CHECK_TEXT(r.partner_root_id, "R");
    CHECK_TEXT(r.document_id, "D");
    CHECK(message_decode(&receipt_message, test_arena(), bytes, &r) == ERR_WIRE_MALFORMED); /* row is a number */
    CHECK(message_decode(&receipt_message, test_arena(), slice_head(bytes, bytes.size - 3), &r)
          == ERR_WIRE_MALFORMED); /* half a tag */
    CHECK(message_decode(&receipt_message, test_arena(), slice_head(bytes, bytes.size - 2), &r)
          == ERR_WIRE_MALFORMED); /* a tag alone */
}

TEST(bytes_that_announce_more_memory_than_a_dossier_may_take_are_refused)
{
    enum { ITEMS = 20000 };
    struct partner_record record = { 0 };
    char *bytes = arena_alloc(test_arena(), 16 + 4 * ITEMS);
    size_t size = 0;
    memcpy(bytes, "\x0a\x01P", 3);
    for (size = 3; size < 4 * ITEMS; size += 4) memcpy(bytes + size, size % 8 == 3 ? "\x4a\x02zz" : "\x52\x02zz", 4);
    CHECK(message_decode(&partner_message, test_arena(), slice_of(bytes, size), &record) == ERR_WIRE_BOUND);
}

TEST(nesting_beyond_its_bound_is_refused)
{
    struct partner_record record = { 0 };
    struct message_packer p = message_packer_in(test_arena(), ROOM);
    struct owner *owner = ARENA_NEW(test_arena(), struct owner);
    for (unsigned depth = 0; depth < 200; depth++) {
        struct owner *above = ARENA_NEW(test_arena(), struct owner);
        *above = (struct owner){ .owners = owner, .owner_count = 1 };
        owner = above;
    }
    const struct message_field *owners = &partner_message.fields[partner_message.by_number[18] - 1];
    CHECK(message_pack_field(&p, 18, owners->message, owner) == OK);
    CHECK(message_decode(&partner_message, test_arena(), message_packed(&p), &record) == ERR_WIRE_BOUND);
}
