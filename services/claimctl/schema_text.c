/* claimctl/schema_text.c: JSON from the tables of records and from topic.def. */
#include "claimctl/schema_text.h"

#include "base/assert.h"
#include "base/instant.h"
#include "domain/decimal.h"
#include "domain/policy.h"
#include "runtime/topic.h"
#include "wire/json_text.h"

#include <stdio.h>

/* --- what keys mean --- */

const struct key_about *key_about_find(struct slice what, struct slice name)
{
    static const struct { struct slice what, name; struct key_about about; } rows[] = {
#define KEY(what, name, initial, meaning, example) \
    { SLICE_INIT(what), SLICE_INIT(name), { SLICE_INIT(initial), SLICE_INIT(meaning), SLICE_INIT(example) } },
#include "claimctl/key_about.def"
#undef KEY
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_equal(rows[i].what, what) && slice_equal(rows[i].name, name)) return &rows[i].about;
    return NULL;
}

#define TYPE_COUNT        "whole number from 0 on"
#define TYPE_PERCENT      "whole percent from 0 on"
#define TYPE_SCORE        "whole number from 0 to 10000"
#define TYPE_DAYS         "days, whole number from 0 on"
#define TYPE_HOURS        "hours, whole number from 0 on"
#define TYPE_MONTHS       "months, whole number from 0 on"
#define TYPE_PPM          "millionths, whole number from 0 to 1000000"
#define TYPE_MILLI        "quantity, decimal"
#define TYPE_DATE         "date, YYYY-MM-DD"
#define TYPE_FLAG         "true or false"
#define WORD_SAID(list, word, number) " " #word
#define TYPE_SHORTAGE     "one of" SHORTAGE_WORDS(WORD_SAID)
#define TYPE_RETURN_ORDER "one of" RETURN_ORDER_WORDS(WORD_SAID)
#define TYPE_SERIAL_SCOPE "one of" SERIAL_SCOPE_WORDS(WORD_SAID)
#define TYPE_KINDS        "list of kinds of lines"
#define TYPE_TEXTS        "list of words"

static const struct { struct slice name, type; } policies[] = {
#define POLICY(type, member, name, initial) { SLICE_INIT(name), SLICE_INIT(TYPE_##type) },
#include "domain/policy.def"
#undef POLICY
};

unsigned policy_about_count(void) { return sizeof policies / sizeof policies[0]; }

struct policy_about policy_about_at(unsigned index, struct text *initial)
{
    struct policy defaults;
    const struct key_about *about = key_about_find(SLICE("policy"), policies[index].name);
    policy_default(&defaults);
    policy_put(initial, &defaults, policies[index].name);
    return (struct policy_about){ policies[index].name, policies[index].type, text_slice(initial),
                                  about ? about->meaning : (struct slice){ 0 } };
}

/* --- messages --- */

struct slice schema_text_descriptor_set(void)
{
    static const unsigned char bytes[] = {
#include "claimctl/descriptor_set.h"
    };
    return slice_of((const char *)bytes, sizeof bytes);
}

/* --- records --- */

enum { FIGURE_BYTES = 48, DEPTH_MAX = 8 };

struct walk { struct json json; const struct schema *open[DEPTH_MAX]; unsigned depth; };

static void put_block(struct walk *w, const struct schema *s);

static void put_words(struct json *j, const struct member *m)
{
    struct slice word;
    json_name(j, SLICE("enum"));
    json_open_array(j);
    for (unsigned i = 0; schema_key_word(m, i, &word); i++) json_put_text(j, word);
    json_close_array(j);
}

/* Every scalar is text until its member types it: 5, "5" and 5.0 are written alike. */
static void put_scalar(struct json *j, const char *type)
{
    static const char *const types[] = { "string", "number", "boolean" };
    json_name(j, SLICE("type"));
    if (type) {
        json_put_text(j, slice_from(type));
        return;
    }
    json_open_array(j);
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++) json_put_text(j, slice_from(types[i]));
    json_close_array(j);
}

static void put_list(struct json *j, const struct member *m)
{
    json_text(j, "type", SLICE("array"));
    json_name(j, SLICE("items"));
    json_open_object(j);
    if (m->type == MEMBER_WORDS || m->type == MEMBER_KINDS) put_words(j, m);
    else put_scalar(j, NULL);
    json_close_object(j);
}

static void put_nested(struct walk *w, const struct member *m)
{
    struct json *j = &w->json;
    bool is_list = m->type == MEMBER_RECORDS, is_open = false;
    for (unsigned i = 0; i < w->depth; i++) is_open |= w->open[i] == m->schema;
    if (m->lone) {                                  /* a word stands for a list of one */
        put_scalar(j, NULL);
        return;
    }
    if (m->type != MEMBER_RECORD) {
        json_text(j, "type", is_list ? SLICE("array") : SLICE("object"));
        json_int(j, is_list ? "maxItems" : "maxProperties", m->bound);
        json_name(j, is_list ? SLICE("items") : SLICE("additionalProperties"));
        json_open_object(j);
    }
    if (is_open) json_text(j, "type", SLICE("object"));
    else put_block(w, m->schema);
    if (m->type != MEMBER_RECORD) json_close_object(j);
}

static void put_type(struct walk *w, const struct member *m)
{
    struct json *j = &w->json;
    switch (m->type) {
    case MEMBER_RECORD:
    case MEMBER_RECORDS:
    case MEMBER_MAP:      put_nested(w, m); break;
    case MEMBER_TEXTS:
    case MEMBER_IDS:
    case MEMBER_PRODUCTS:
    case MEMBER_WORDS:
    case MEMBER_KINDS:    put_list(j, m); break;
    case MEMBER_WORD:
    case MEMBER_CHOICE:   put_words(j, m); break;
    case MEMBER_PAIRS:    put_scalar(j, "object"); break;
    case MEMBER_BY_HAND:  break;
    default:              put_scalar(j, NULL); break;
    }
}

static void put_member(struct walk *w, const struct schema *s, const struct member *m)
{
    char buffer[1024];
    struct text type = text_over(buffer, sizeof buffer);
    struct json *j = &w->json;
    const struct key_about *about = key_about_find(slice_from(s->what), slice_from(m->name));
    json_name(j, slice_from(m->name));
    json_open_object(j);
    if (about) json_text(j, "description", about->meaning);
    put_type(w, m);
    schema_key_put_type(&type, m);
    json_text(j, "x-type", text_slice(&type));
    if (m->fallback) json_text(j, "default", slice_from(m->fallback));
    else if (about) json_text(j, "default", about->initial);
    json_close_object(j);
}

static void put_required(struct json *j, const struct schema *s)
{
    unsigned count = 0;
    for (unsigned i = 0; i < s->member_count; i++) {
        if (!s->members[i].required) continue;
        if (count++ == 0) {
            json_name(j, SLICE("required"));
            json_open_array(j);
        }
        json_put_text(j, slice_from(s->members[i].name));
    }
    if (count) json_close_array(j);
}

static void put_block(struct walk *w, const struct schema *s)
{
    struct json *j = &w->json;
    ASSERT(w->depth < DEPTH_MAX);
    w->open[w->depth++] = s;
    json_text(j, "type", SLICE("object"));
    json_name(j, SLICE("properties"));
    json_open_object(j);
    for (unsigned i = 0; i < s->member_count; i++) put_member(w, s, &s->members[i]);
    json_close_object(j);
    put_required(j, s);
    json_name(j, SLICE("additionalProperties"));
    json_put_bool(j, false);
    w->depth--;
}

void schema_text_put_record(struct text *t, const struct schema_root *root)
{
    struct walk w = { .json = json_over(t) };
    json_open_object(&w.json);
    json_text(&w.json, "$schema", SLICE("https://json-schema.org/draft/2020-12/schema"));
    json_text(&w.json, "title", root->word);
    put_block(&w, root->schema);
    json_close_object(&w.json);
    text_put_byte(t, '\n');
}

/* --- topics --- */

/* What a record of a topic is, and by what it is keyed. */
static const struct { struct slice message, key; } contents[TOPIC_COUNT] = {
    [TOPIC_CLAIMS_SUBMITTED]  = { SLICE_INIT("Submission"), SLICE_INIT("partner root, or partner") },
    [TOPIC_CLAIMS_RECEIVED]   = { SLICE_INIT("Dossier"), SLICE_INIT("partner root") },
    [TOPIC_CLAIMS_CLASSIFIED] = { SLICE_INIT("Dossier"), SLICE_INIT("partner root") },
    [TOPIC_CLAIMS_CLEARED]    = { SLICE_INIT("Dossier"), SLICE_INIT("partner root") },
    [TOPIC_CLAIMS_HELD]       = { SLICE_INIT("Dossier"), SLICE_INIT("partner root") },
    [TOPIC_CLAIMS_DECIDED]    = { SLICE_INIT("Dossier"), SLICE_INIT("partner root") },
    [TOPIC_PAYOUTS]           = { SLICE_INIT("Payout"), SLICE_INIT("partner root") },
    [TOPIC_REVIEWS]           = { SLICE_INIT("Review"), SLICE_INIT("partner root") },
    [TOPIC_DEADLETTERS]       = { SLICE_INIT("bytes as they came"), SLICE_INIT("key as it came") },
    [TOPIC_PARTNERS]          = { SLICE_INIT("Partner"), SLICE_INIT("partner id") },
    [TOPIC_PROGRAMS]          = { SLICE_INIT("Reference"), SLICE_INIT("TYPE/id") },
    [TOPIC_AUDIT]             = { SLICE_INIT("JSON object: at, actor, verb, object, reason"), SLICE_INIT("actor") },
    [TOPIC_INTAKE_CHANGELOG]  = { SLICE_INIT("row of a table of the stage"), SLICE_INIT("table and key") },
    [TOPIC_CLASSIFICATION_CHANGELOG] = { SLICE_INIT("row of a table of the stage"), SLICE_INIT("table and key") },
    [TOPIC_COMPLIANCE_CHANGELOG]     = { SLICE_INIT("row of a table of the stage"), SLICE_INIT("table and key") },
    [TOPIC_PAYOUT_CHANGELOG]         = { SLICE_INIT("row of a table of the stage"), SLICE_INIT("table and key") },
};

static bool is_message(struct slice word)
{
    return slice_find(word, ' ') == word.size;
}

static void open_member(struct json *j, const char *name)
{
    json_name(j, slice_from(name));
    json_open_object(j);
}

static void put_message(struct json *j, enum topic topic)
{
    struct slice message = contents[topic].message;
    char buffer[128];
    struct text name = text_over(buffer, sizeof buffer);
    open_member(j, "messages");
    open_member(j, "record");
    json_text(j, "summary", message);
    if (is_message(message)) {
        PUT(&name, "claimstream.v1.");
        text_put(&name, message);
        json_text(j, "contentType", SLICE("application/protobuf"));
        json_text(j, "x-message", text_slice(&name));
        json_text(j, "x-descriptor-set", SLICE("claimstream.binpb"));
    }
    open_member(j, "bindings");
    open_member(j, "kafka");
    open_member(j, "key");
    json_text(j, "type", SLICE("string"));
    json_text(j, "description", contents[topic].key);
    for (unsigned i = 0; i < 5; i++) json_close_object(j);
}

static void put_topic(struct json *j, enum topic topic)
{
    const struct topic_row *row = topic_row(topic);
    json_name(j, row->name);
    json_open_object(j);
    json_text(j, "address", row->name);
    put_message(j, topic);
    open_member(j, "bindings");
    open_member(j, "kafka");
    if (row->partitions) json_int(j, "partitions", row->partitions);
    open_member(j, "topicConfiguration");
    json_name(j, SLICE("cleanup.policy"));
    json_open_array(j);
    json_put_text(j, row->compacted ? SLICE("compact") : SLICE("delete"));
    json_close_array(j);
    json_name(j, SLICE("retention.ms"));
    json_put_int(j, row->kept_days ? (int64_t)row->kept_days * INSTANT_DAY_MS : -1);
    json_close_object(j);
    json_close_object(j);
    json_close_object(j);
    json_text(j, "x-isolation-level", SLICE("read_committed"));
    if (!row->partitions) json_text(j, "x-partitions", SLICE("one count for all topics without one of their own"));
    json_close_object(j);
}

void schema_text_put_topics(struct text *t)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_text(&j, "asyncapi", SLICE("3.0.0"));
    json_name(&j, SLICE("info"));
    json_open_object(&j);
    json_text(&j, "title", SLICE("Claimstream"));
    json_text(&j, "version", SLICE("1"));
    json_text(&j, "description",
              SLICE("Every reader sets isolation.level=read_committed, Java's default is another; a sum of payouts takes "
                    "one ledger: EARNED is what is owed."));
    json_close_object(&j);
    json_text(&j, "defaultContentType", SLICE("application/protobuf"));
    json_name(&j, SLICE("channels"));
    json_open_object(&j);
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++) put_topic(&j, topic);
    json_close_object(&j);
    json_close_object(&j);
    text_put_byte(t, '\n');
}
