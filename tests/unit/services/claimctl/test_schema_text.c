/* What is told of records: every key of every table has its words, and no words are of a key that is no more. */
#include "claimctl/schema_text.h"
#include "domain/policy.h"
#include "support/test.h"
#include "wire/terms.h"
#include "wire/yaml.h"

#include <stdio.h>

static const struct { struct slice what, name; } told[] = {
#define KEY(what, name, initial, meaning, example) { SLICE_INIT(what), SLICE_INIT(name) },
#include "claimctl/key_about.def"
#undef KEY
};
enum { TOLD = sizeof told / sizeof told[0] };

static bool is_used[TOLD];

static void use(struct slice what, struct slice name)
{
    bool found = false;
    for (unsigned i = 0; i < TOLD; i++) {
        bool is_it = slice_equal(told[i].what, what) && slice_equal(told[i].name, name);
        is_used[i] |= is_it;
        found |= is_it;
    }
    if (!found) printf("nothing is told of \"%.*s\", \"%.*s\"\n", SLICE_ARGS(what), SLICE_ARGS(name));
    CHECK(found);
}

static void use_key(void *context, const struct schema_key *key)
{
    const struct key_about *about = key_about_find(slice_from(key->schema->what), slice_from(key->member->name));
    (void)context;
    use(slice_from(key->schema->what), slice_from(key->member->name));
    if (!about) return;
    CHECK(about->meaning.size > 0);
    CHECK(!(key->member->fallback && about->initial.size));     /* a default is said once */
    CHECK(!(key->member->required && about->initial.size));
    if (!key->member->schema) CHECK(about->example.size > 0);
}

TEST(every_key_of_a_record_is_told_and_nothing_else)
{
    unsigned count;
    const struct schema_root *roots = schema_roots(&count);
    for (unsigned i = 0; i < count; i++) schema_keys_visit(roots[i].schema, use_key, NULL);
    schema_keys_visit(terms_limit_settings_schema(), use_key, NULL);
    for (unsigned i = 0; i < policy_count(); i++) use(SLICE("policy"), policy_name(i));
    for (unsigned i = 0; i < TOLD; i++) {
        if (!is_used[i])
            printf("there is no \"%.*s\", \"%.*s\"\n", SLICE_ARGS(told[i].what), SLICE_ARGS(told[i].name));
        CHECK(is_used[i]);
    }
}

/* As terms are read: the example stands after the name of its key. */
static bool is_readable(struct arena *a, const struct member *m, struct slice example)
{
    static char record[4096];
    struct problems problems = problems_in(a);
    struct text_source s = { a, SLICE("example.yaml"), &problems, ERR_TERMS_INVALID };
    struct text t = text_in(a, 1024);
    PUT(&t, "key: ");
    text_put(&t, example);
    const struct node *n = node_find(yaml_read(&s, text_slice(&t)), SLICE("key"));
    struct reading r = reading_of(&s);
    struct member alone = *m;
    alone.offset = 0;                               /* wherever it lies: nothing else is in the record */
    alone.aside = 0;
    memset(record, 0, sizeof record);
    return n && m->bytes <= sizeof record && schema_read_member(&r, &alone, n, n->at, record);
}

static void read_example(void *arena, const struct schema_key *key)
{
    const struct member *m = key->member;
    const struct key_about *about = key_about_find(slice_from(key->schema->what), slice_from(m->name));
    if (!about || m->schema || m->type == MEMBER_BY_HAND || m->type == MEMBER_PAIRS) return;
    arena_reset(arena);
    bool is_good = is_readable(arena, m, about->example);
    if (!is_good) printf("%.*s cannot be %.*s\n", SLICE_ARGS(key->path), SLICE_ARGS(about->example));
    CHECK(is_good);
}

TEST(every_example_can_be_read)
{
    struct arena a;
    unsigned count;
    const struct schema_root *roots = schema_roots(&count);
    CHECK(arena_open(&a, 1 << 20, 1 << 20) == OK);
    for (unsigned i = 0; i < count; i++) schema_keys_visit(roots[i].schema, read_example, &a);
    schema_keys_visit(terms_limit_settings_schema(), read_example, &a);
    arena_close(&a);
}

TEST(words_are_told_once)
{
    for (unsigned i = 0; i < TOLD; i++)
        for (unsigned k = 0; k < i; k++)
            CHECK(!slice_equal(told[i].what, told[k].what) || !slice_equal(told[i].name, told[k].name));
}

TEST(a_policy_setting_has_its_default)
{
    char buffer[256];
    CHECK_INT(policy_about_count(), policy_count());
    for (unsigned i = 0; i < policy_about_count(); i++) {
        struct text t = text_over(buffer, sizeof buffer);
        struct policy_about p = policy_about_at(i, &t);
        struct policy read;
        policy_default(&read);
        CHECK(slice_equal(p.name, policy_name(i)));
        CHECK(p.type.size > 0 && policy_set(&read, p.name, p.initial) == OK);
    }
}

TEST(types_say_words_and_bounds)
{
    static const char *const words[] = { "", "Y", "N", NULL };
    static const struct {
        struct member member;
        const char *type;
    } rows[] = {
        { { .name = "a", .type = MEMBER_ID, .bound = 40 }, "id of at most 40 bytes" },
        { { .name = "b", .type = MEMBER_WHOLE, .min = 1, .max = 12 }, "whole number from 1 to 12" },
        { { .name = "c", .type = MEMBER_WHOLE, .min = 1, .max = UINT32_MAX }, "whole number from 1 on" },
        { { .name = "d", .type = MEMBER_DECIMAL, .scale = 6, .max = 100000000 }, "decimal from 0 to 100" },
        { { .name = "e", .type = MEMBER_CHOICE, .choices = words }, "one of Y, N" },
        { { .name = "f", .type = MEMBER_WORD, .list = VOCABULARY_PERIOD, .allowed = 1u << PERIOD_YEAR },
          "one of YEAR" },
        { { .name = "g", .type = MEMBER_RECORDS, .bound = 3 }, "list of blocks, at most 3" },
    };
    char buffer[256];
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text t = text_over(buffer, sizeof buffer);
        schema_key_put_type(&t, &rows[i].member);
        CHECK(slice_equal(text_slice(&t), slice_from(rows[i].type)));
    }
}
