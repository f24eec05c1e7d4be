/* wire/terms.c: matrix, limits, rulesets and tax tables from text. */
#include "wire/terms.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "wire/terms_schema.h"

#include <stdio.h>

enum { OVERRIDES_MAX = 1024, TAX_ENTRIES_MAX = 256, VALUE_MAX = 1024 };

/* --- matrix --- */

static const char *const cell_codes[] = { "", "Y", "C", "N", NULL };

static const struct member override_members[] = {
    { "role", WORD_OF(struct matrix_override, role, ROLE), .required = true },
    { "incentive", WORD_OF(struct matrix_override, incentive, INCENTIVE), .required = true },
    { "region", TEXT_OF(struct matrix_override, region, 40) },
    { "product_line", ID_OF(struct matrix_override, product_line, 48) },
    { "code", CHOICE_OF(struct matrix_override, cell, cell_codes), .required = true },
};

static void check_override(struct reading *r, const struct node *n, void *record)
{
    const struct matrix_override *o = record;
    if (o->cell == CELL_UNSPECIFIED)
        schema_refuse(r, schema_place(n, "code"), "code", "write Y, C or N", "\"\" is no code");
    if (slice_is_empty(o->region) && slice_is_empty(o->product_line))
        schema_refuse(r, n->at, NULL, "add region or product_line, or change the row itself",
                      "an override of everything");
}

static const struct schema override_schema = SCHEMA_OF(struct matrix_override, override_members, "an override",
                                                       check_override);

static const struct member matrix_header_members[] = {
    { "version", WHOLE_OF(struct matrix, version, 1, UINT32_MAX), .required = true },
    { "valid_from", DATE_OF(struct matrix, valid_from), .required = true },
};
static const struct schema matrix_header = SCHEMA_OF(struct matrix, matrix_header_members, "matrix", NULL);

struct matrix_cell_place { enum matrix_cell cell; };

static void read_row(struct reading *r, const struct node *row, enum role role, struct matrix *m)
{
    static const struct member code = { "code", CHOICE_OF(struct matrix_cell_place, cell, cell_codes) };
    struct slice names[INCENTIVE_COUNT];
    for (int i = 1; i < INCENTIVE_COUNT; i++) names[i - 1] = word_text(VOCABULARY_INCENTIVE, i);
    for (const struct node_entry *e = row->first; e; e = e->next) {
        struct matrix_cell_place place = { CELL_UNSPECIFIED };
        int incentive = word_find(VOCABULARY_INCENTIVE, e->key);
        if (!incentive) schema_refuse_unknown(r, e->at, e->key, names, INCENTIVE_COUNT - 1, "incentive");
        else if (schema_read_member(r, &code, e->value, e->value->at, &place)) m->cells[role][incentive] = place.cell;
    }
}

static void read_rows(struct reading *r, const struct node *rows, struct matrix *m)
{
    struct slice names[ROLE_COUNT];
    for (int i = 1; i < ROLE_COUNT; i++) names[i - 1] = word_text(VOCABULARY_ROLE, i);
    for (const struct node_entry *e = rows->type == NODE_MAP ? rows->first : NULL; e; e = e->next) {
        int role = word_find(VOCABULARY_ROLE, e->key);
        if (!role) schema_refuse_unknown(r, e->at, e->key, names, ROLE_COUNT - 1, "role");
        else if (e->value->type != NODE_MAP)
            schema_refuse(r, e->value->at, "rows", "write {SHIP_DEBIT: Y, …}", "a row must be a map");
        else read_row(r, e->value, (enum role)role, m);
    }
    if (rows->type != NODE_MAP)
        schema_refuse(r, rows->at, "rows", "write DISTRIBUTOR: {SHIP_DEBIT: Y, …}", "rows must be a map");
}

static bool is_equally_specific(const struct matrix_override *a, const struct matrix_override *b)
{
    return a->role == b->role && a->incentive == b->incentive && slice_equal(a->region, b->region) &&
           slice_equal_nocase(a->product_line, b->product_line);
}

static void check_overrides(struct reading *r, const struct node *list, const struct matrix *m)
{
    const struct node_entry *e = list ? list->first : NULL;
    for (unsigned i = 0; i < m->override_count; i++, e = e->next)
        for (unsigned k = 0; k < i; k++) {
            if (!is_equally_specific(&m->overrides[i], &m->overrides[k]) ||
                m->overrides[i].cell == m->overrides[k].cell) continue;
            schema_refuse(r, e->value->at, "overrides", "keep one of the two",
                          "override %u says %s where override %u says %s", i + 1,
                          cell_codes[m->overrides[i].cell], k + 1, cell_codes[m->overrides[k].cell]);
        }
}

static void check_matrix(struct reading *r, const struct node *n, void *record)
{
    struct matrix *m = record;
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int i = 1; i < INCENTIVE_COUNT; i++) m->cells[role][i] = CELL_NO;
    read_rows(r, node_find(n, SLICE("rows")), m);
    check_overrides(r, node_find(n, SLICE("overrides")), m);
}

static const struct member matrix_members[] = {
    { "matrix", BLOCK_OF(matrix_header), .required = true },
    { "rows", BY_HAND, .required = true },
    { "overrides", RECORDS_OF(struct matrix, overrides, override_count, override_schema), .bound = OVERRIDES_MAX },
};
static const struct schema matrix = SCHEMA_OF(struct matrix, matrix_members, "a matrix", check_matrix);

bool terms_read_matrix(const struct text_source *s, const struct node *record, struct matrix *out)
{
    struct reading r = reading_of(s);
    *out = (struct matrix){ 0 };
    return schema_read(&r, &matrix, record, out);
}

/* --- limits --- */

/* One setting's text must be what its member is; the text itself is kept. */
struct limit_values { int64_t amount_minor, percent_micros; uint32_t count; bool flag; };

static const struct member limit_settings[] = {
    { "approval.auto_max", MONEY_OF(struct limit_values, amount_minor) },
    { "approval.one_max", MONEY_OF(struct limit_values, amount_minor) },
    { "approval.two_max", MONEY_OF(struct limit_values, amount_minor) },
    { "payee.cooling_off_days", DAYS_OF(struct limit_values, count) },
    { "retention.decisions_years", WHOLE_OF(struct limit_values, count, 0, 100) },
    { "retention.proofs_months", WHOLE_OF(struct limit_values, count, 0, 1200) },
    { "privacy.erase_after_months", WHOLE_OF(struct limit_values, count, 0, 1200) },
    { "sod.enforced", FLAG_OF(struct limit_values, flag) },
    { "screening.list_max_age_hours", WHOLE_OF(struct limit_values, count, 0, 100000) },
    { "stack_max_percent", PERCENT_OF(struct limit_values, percent_micros) },
};
enum { LIMIT_SETTINGS = sizeof limit_settings / sizeof limit_settings[0] };

static const struct member *find_limit(struct slice name)
{
    for (unsigned i = 0; i < LIMIT_SETTINGS; i++)
        if (slice_equal(slice_from(limit_settings[i].name), name)) return &limit_settings[i];
    return NULL;
}

static void check_limit_settings(struct reading *r, const struct node *settings)
{
    struct slice names[LIMIT_SETTINGS];
    for (unsigned i = 0; i < LIMIT_SETTINGS; i++) names[i] = slice_from(limit_settings[i].name);
    for (const struct node_entry *e = settings ? settings->first : NULL; e; e = e->next) {
        struct limit_values ignored = { 0 };
        const struct member *m = find_limit(e->key);
        if (m) schema_read_member(r, m, e->value, e->value->at, &ignored);
        else schema_refuse_unknown(r, e->at, e->key, names, LIMIT_SETTINGS, "setting of limits");
    }
}

/* Each approval limit is at least the one before it, as far as they were said. */
static void check_approval_order(struct reading *r, const struct node *settings, const struct limits *l)
{
    int64_t before = 0;
    for (unsigned i = 0; i < 3; i++) {
        int64_t minor;
        struct slice name = slice_from(limit_settings[i].name), value = limits_setting(l, name);
        if (slice_is_empty(value)) continue;
        if (decimal_parse(value, r->money_exponent, DECIMAL_EXCESS_REFUSE, &minor, NULL) != OK || minor < 0) continue;
        if (minor < before)
            schema_refuse(r, node_find(settings, name)->at, limit_settings[i].name,
                          "let the limits rise: auto_max, one_max, two_max",
                          "%s is below the limit before it", limit_settings[i].name);
        before = minor;
    }
}

static void check_limits(struct reading *r, const struct node *n, void *record)
{
    struct limits *l = record;
    const struct node *header = node_find(n, SLICE("limits")), *settings = node_find(n, SLICE("settings"));
    const struct currency *currency = currency_find(l->id);
    if (!slice_equal(l->id, SLICE("default")) && !currency)
        schema_refuse(r, schema_place(header, "id"), "limits.id", "write default or a currency code",
                      "\"%.*s\" is no currency", SLICE_ARGS(l->id));
    if (slice_equal(l->id, SLICE("USD")))
        schema_refuse(r, schema_place(header, "id"), "limits.id", "write id: default",
                      "the limits of USD are those of the record default");
    r->money_exponent = currency ? currency->exponent : 2;
    check_limit_settings(r, settings);
    check_approval_order(r, settings, l);
}

static const struct member limits_header_members[] = {
    { "id", ID_OF(struct limits, id, 40), .required = true },
    { "version", WHOLE_OF(struct limits, version, 1, UINT32_MAX), .required = true },
    { "valid_from", DATE_OF(struct limits, valid_from), .required = true },
};
static const struct schema limits_header = SCHEMA_OF(struct limits, limits_header_members, "limits", NULL);

static const struct member limits_members[] = {
    { "limits", BLOCK_OF(limits_header), .required = true },
    { "settings", .type = MEMBER_PAIRS, PLACE(struct limits, settings), ASIDE(struct limits, setting_count) },
};
static const struct schema limits = SCHEMA_OF(struct limits, limits_members, "a limits record", check_limits);

bool terms_read_limits(const struct text_source *s, const struct node *record, struct limits *out)
{
    struct reading r = reading_of(s);
    *out = (struct limits){ 0 };
    return schema_read(&r, &limits, record, out);
}

/* --- rulesets --- */

static const struct member mode_members[] = {
    { "mode", WORD_OF(struct rule_setting, mode, RULE_MODE), .required = true },
};
static const struct schema mode_schema = SCHEMA_OF(struct rule_setting, mode_members, "a rule", NULL);

static void refuse_unknown_rule(struct reading *r, const struct node_entry *e)
{
    struct slice words[RULE_COUNT];
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        char *word = arena_alloc(r->source->arena, 16);
        struct slice id = rule_row((enum rule_id)i)->word;
        for (size_t k = 0; k < id.size; k++) word[k] = id.bytes[k] == '_' ? '-' : id.bytes[k];
        words[i] = slice_of(word, id.size);
    }
    schema_refuse_unknown(r, e->at, e->key, words, RULE_COUNT, "rule");
}

static bool read_rule(struct reading *r, const struct node_entry *e, struct rule_setting *out)
{
    const struct rule_row *row = rule_by_word(e->key);
    if (!row) {
        refuse_unknown_rule(r, e);
        return false;
    }
    if (!schema_read(r, &mode_schema, e->value, out)) return false;
    out->rule = row->id;
    if (!rule_is_always_enforced(row->id) || out->mode == RULE_MODE_ENFORCE) return true;
    schema_refuse(r, schema_place(e->value, "mode"), "rules", "remove it: the rule protects every payment",
                  "rule %.*s is always enforced and cannot be %.*s", SLICE_ARGS(e->key),
                  SLICE_ARGS(word_text(VOCABULARY_RULE_MODE, out->mode)));
    return false;
}

static const struct rule_setting *read_rules(struct reading *r, const struct node *rules, unsigned *count)
{
    if (!rules) return NULL;
    if (rules->type != NODE_MAP) {
        schema_refuse(r, rules->at, "rules", "write DUP-03: {mode: OFF}", "rules must be a map");
        return NULL;
    }
    struct rule_setting *items = ARENA_ARRAY(r->source->arena, rules->count + 1, struct rule_setting);
    for (const struct node_entry *e = rules->first; e; e = e->next)
        if (read_rule(r, e, &items[*count])) (*count)++;
    return items;
}

/* The text of a setting; a list of words is one text parted by blanks. */
static struct slice setting_text(struct reading *r, const struct node *value)
{
    struct text t = text_in(r->source->arena, VALUE_MAX);
    if (value->type == NODE_SCALAR) return value->text;
    for (const struct node_entry *e = value->type == NODE_LIST ? value->first : NULL; e; e = e->next) {
        if (e->value->type != NODE_SCALAR) return (struct slice){ NULL, 0 };
        if (t.size) text_put_byte(&t, ' ');
        text_put(&t, e->value->text);
    }
    return text_slice(&t);
}

static bool read_setting(struct reading *r, const struct node_entry *e, struct pair *out)
{
    struct policy scratch;
    policy_default(&scratch);
    if (!policy_is_known(e->key)) {
        struct slice *names = ARENA_ARRAY(r->source->arena, policy_count(), struct slice);
        for (unsigned i = 0; i < policy_count(); i++) names[i] = policy_name(i);
        schema_refuse_unknown(r, e->at, e->key, names, policy_count(), "policy setting");
        return false;
    }
    *out = (struct pair){ e->key, setting_text(r, e->value) };
    if (e->value->type != NODE_MAP && policy_set(&scratch, out->name, out->value) == OK) return true;
    schema_refuse(r, e->value->at, "settings", "see the unit and the words of this setting",
                  "\"%.*s\" is no value of %.*s",
                  SLICE_ARGS(out->value), SLICE_ARGS(e->key));
    return false;
}

static const struct pair *read_settings(struct reading *r, const struct node *settings, unsigned *count)
{
    if (!settings) return NULL;
    if (settings->type != NODE_MAP) {
        schema_refuse(r, settings->at, "settings", "write park_max_hours: 72", "settings must be a map");
        return NULL;
    }
    struct pair *items = ARENA_ARRAY(r->source->arena, settings->count + 1, struct pair);
    for (const struct node_entry *e = settings->first; e; e = e->next)
        if (read_setting(r, e, &items[*count])) (*count)++;
    return items;
}

static void check_ruleset_override(struct reading *r, const struct node *n, void *record)
{
    struct ruleset_override *o = record;
    if (!o->program_id.size && !o->root_id.size && !o->incentive)
        schema_refuse(r, n->at, NULL, "add program, root or incentive", "an override of everything");
    o->rules = read_rules(r, node_find(n, SLICE("rules")), &o->rule_count);
    o->settings = read_settings(r, node_find(n, SLICE("settings")), &o->setting_count);
}

static const struct member ruleset_override_members[] = {
    { "program", ID_OF(struct ruleset_override, program_id, 40) },
    { "root", ID_OF(struct ruleset_override, root_id, 64) },
    { "incentive", WORD_OF(struct ruleset_override, incentive, INCENTIVE) },
    { "rules", BY_HAND },
    { "settings", BY_HAND },
};
static const struct schema ruleset_override_schema =
    SCHEMA_OF(struct ruleset_override, ruleset_override_members, "an override", check_ruleset_override);

static const struct member ruleset_header_members[] = {
    { "id", ID_OF(struct ruleset, id, 40), .required = true },
    { "version", WHOLE_OF(struct ruleset, version, 1, UINT32_MAX), .required = true },
    { "valid_from", DATE_OF(struct ruleset, valid_from), .required = true },
};
static const struct schema ruleset_header = SCHEMA_OF(struct ruleset, ruleset_header_members, "ruleset", NULL);

static void check_ruleset(struct reading *r, const struct node *n, void *record)
{
    struct ruleset *set = record;
    set->rules = read_rules(r, node_find(n, SLICE("rules")), &set->rule_count);
    set->settings = read_settings(r, node_find(n, SLICE("settings")), &set->setting_count);
}

static const struct member ruleset_members[] = {
    { "ruleset", BLOCK_OF(ruleset_header), .required = true },
    { "rules", BY_HAND },
    { "settings", BY_HAND },
    { "tests", BY_HAND },                           /* its own cases: `rules test` reads them */
    { "overrides", RECORDS_OF(struct ruleset, overrides, override_count, ruleset_override_schema),
      .bound = OVERRIDES_MAX },
};
static const struct schema ruleset = SCHEMA_OF(struct ruleset, ruleset_members, "a ruleset", check_ruleset);

bool terms_read_ruleset(const struct text_source *s, const struct node *record, struct ruleset *out)
{
    struct reading r = reading_of(s);
    *out = (struct ruleset){ 0 };
    return schema_read(&r, &ruleset, record, out);
}

/* --- tax tables --- */

static const struct member tax_entry_members[] = {
    { "currency", .type = MEMBER_CURRENCY, PLACE(struct tax_entry, currency), .required = true },
    { "threshold", MONEY_OF(struct tax_entry, threshold_minor), .required = true },
    { "valid_from", DATE_OF(struct tax_entry, valid_from), .required = true },
};
static const struct schema tax_entry = SCHEMA_OF(struct tax_entry, tax_entry_members, "an entry", NULL);

static const struct member tax_table_members[] = {
    { "country", .type = MEMBER_COUNTRY, PLACE(struct tax_table, country), .required = true },
    { "form", TEXT_OF(struct tax_table, form, 24), .required = true },
    { "entries", RECORDS_OF(struct tax_table, entries, entry_count, tax_entry), .bound = TAX_ENTRIES_MAX,
      .required = true },
};

static void check_tax_table(struct reading *r, const struct node *n, void *record)
{
    struct tax_table *t = record;
    struct tax_entry *entries = (struct tax_entry *)t->entries;
    for (unsigned i = 1; i < t->entry_count; i++)
        for (unsigned k = i; k > 0 && entries[k - 1].valid_from >= entries[k].valid_from; k--) {
            struct tax_entry swap = entries[k];
            if (entries[k - 1].valid_from == swap.valid_from && slice_equal(entries[k - 1].currency, swap.currency))
                schema_refuse(r, schema_place(n, "entries"), "entries", "keep one entry a day and currency",
                              "two entries begin on one day");
            entries[k] = entries[k - 1];
            entries[k - 1] = swap;
        }
}

static const struct schema tax_table_body = SCHEMA_OF(struct tax_table, tax_table_members, "tax_table",
                                                      check_tax_table);

static const struct member tax_members[] = {
    { "tax_table", BLOCK_OF(tax_table_body), .required = true },
};
static const struct schema tax = SCHEMA_OF(struct tax_table, tax_members, "a tax table", NULL);

bool terms_read_tax_table(const struct text_source *s, const struct node *record, struct tax_table *out)
{
    struct reading r = reading_of(s);
    *out = (struct tax_table){ 0 };
    return schema_read(&r, &tax, record, out);
}

/* --- the tables themselves --- */

const struct schema *terms_matrix_schema(void) { return &matrix; }
const struct schema *terms_limits_schema(void) { return &limits; }
const struct schema *terms_ruleset_schema(void) { return &ruleset; }
const struct schema *terms_tax_table_schema(void) { return &tax; }

const struct schema *terms_limit_settings_schema(void)
{
    static const struct schema settings = SCHEMA_OF(struct limit_values, limit_settings, "limits", NULL);
    return &settings;
}
