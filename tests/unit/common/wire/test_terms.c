/* tests/unit/common/wire/test_terms.c */
#include "support/test.h"
#include "wire/terms.h"
#include "wire/yaml.h"

#include <stdio.h>

static struct problems problems;
static struct text_source source;

static const struct node *tree_of(const char *text)
{
    problems = problems_in(test_arena());
    source = (struct text_source){
        .arena = test_arena(), .file = SLICE("t.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    return yaml_read(&source, slice_from(text));
}

static void check_refused(bool read, const char *text, uint32_t line, uint32_t column, const char *message)
{
    if (read) printf("  accepted: %s\n", text);
    CHECK_INT(problems.count, 1);
    if (problems.count == 0) return;
    CHECK_SLICE(problems.first->message, slice_from(message));
    CHECK_INT(problems.first->at.line, line);
    CHECK_INT(problems.first->at.column, column);
    CHECK(problems.first->fix.size > 0);
}

struct refusal { const char *text; uint32_t line, column; const char *message; };
#define EACH(refusals) (unsigned i = 0; i < sizeof(refusals) / sizeof(refusals)[0]; i++)
#define REFUSED(refusals, read) \
    for EACH(refusals) check_refused((read)(refusals[i].text), refusals[i].text, refusals[i].line, \
    refusals[i].column, refusals[i].message)

/* --- matrix --- */

static struct matrix matrix;

static bool read_matrix(const char *text)
{
    const struct node *n = tree_of(text);
    return n && terms_read_matrix(&source, n, &matrix);
}

TEST(a_matrix_has_n_where_nothing_is_said)
{
    CHECK(read_matrix("matrix: {version: 1, valid_from: 2024-01-01}\n"
                      "rows:\n  DISTRIBUTOR: {SHIP_DEBIT: Y, MDF: C}\n  VAR: {MDF: N}\n"
                      "overrides:\n  - {role: VAR, incentive: MDF, region: IN, code: C}\n"));
    CHECK_INT(matrix.version, 1);
    CHECK_INT(matrix.valid_from, 20240101);
    CHECK_INT(matrix.cells[ROLE_DISTRIBUTOR][INCENTIVE_SHIP_DEBIT], CELL_YES);
    CHECK_INT(matrix.cells[ROLE_DISTRIBUTOR][INCENTIVE_MDF], CELL_CONDITIONAL);
    CHECK_INT(matrix.cells[ROLE_DISTRIBUTOR][INCENTIVE_SPIFF], CELL_NO);
    CHECK_INT(matrix.cells[ROLE_VAR][INCENTIVE_MDF], CELL_NO);
    CHECK_INT(matrix.cells[ROLE_MSP][INCENTIVE_MDF], CELL_NO);
    CHECK_INT(matrix.override_count, 1);
    CHECK_INT(matrix.overrides[0].cell, CELL_CONDITIONAL);
    CHECK_TEXT(matrix.overrides[0].region, "IN");
}

TEST(overrides_that_say_the_same_twice_are_taken)
{
    CHECK(read_matrix("matrix: {version: 1, valid_from: 2024-01-01}\nrows: {VAR: {MDF: Y}}\n"
                      "overrides: [{role: VAR, incentive: MDF, region: IN, code: C}, {role: VAR, incentive: MDF, "
                      "region: IN, code: C}]\n"));
}

TEST(a_matrix_that_cannot_be_used_is_refused_where_it_is_wrong)
{
    static const struct refusal refusals[] = {
        { "matrix: {version: 1, valid_from: 2024-01-01}\n", 1, 1, "rows is missing" },
        { "matrix: {version: 1}\nrows: {}\n", 1, 9, "valid_from is missing" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: [VAR]\n", 2, 7, "rows must be a map" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: {VARR: {MDF: Y}}\n", 2, 8, "\"VARR\" is no role" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: {VAR: Y}\n", 2, 13, "a row must be a map" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: {VAR: {MFD: Y}}\n", 2, 14, "\"MFD\" is no incentive" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: {VAR: {MDF: X}}\n", 2, 19, "\"X\" is not known here" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: {}\noverrides: [{role: VAR, incentive: MDF, code: C}]\n",
          3, 13, "an override of everything" },
        { "matrix: {version: 1, valid_from: 2024-01-01}\nrows: {}\noverrides: [{role: VAR, incentive: MDF, region: IN, "
          "code: C},\n  {role: VAR, incentive: MDF, region: IN, code: N}]\n",
          4, 3, "override 2 says N where override 1 says C" },
    };
    REFUSED(refusals, read_matrix);
}

/* --- limits --- */

static struct limits limits;

static bool read_limits(const char *text)
{
    const struct node *n = tree_of(text);
    return n && terms_read_limits(&source, n, &limits);
}

TEST(limits_keep_their_settings_as_text)
{
    CHECK(read_limits("limits: {id: default, version: 1, valid_from: 2020-01-01}\n"
                      "settings: {approval.auto_max: \"1000\", approval.one_max: \"25000\", approval.two_max: "
                      "\"250000\", payee.cooling_off_days: 10,\n"
                      "  retention.decisions_years: 10, retention.proofs_months: 24, privacy.erase_after_months: 120, "
                      "sod.enforced: true,\n"
                      "  screening.list_max_age_hours: 24, stack_max_percent: 100}\n"));
    CHECK_INT(limits.setting_count, 10);
    CHECK_TEXT(limits_setting(&limits, SLICE("approval.one_max")), "25000");
    CHECK_TEXT(limits_setting(&limits, SLICE("sod.enforced")), "true");
    CHECK(read_limits(
        "limits: {id: KWD, version: 1, valid_from: 2020-01-01}\nsettings: {approval.auto_max: \"1000.125\"}\n"));
}

TEST(limits_that_cannot_be_used_are_refused_where_they_are_wrong)
{
    static const struct refusal refusals[] = {
        { "limits: {id: EURO, version: 1, valid_from: 2020-01-01}\n", 1, 14, "\"EURO\" is no currency" },
        { "limits: {id: USD, version: 1, valid_from: 2020-01-01}\n", 1, 14,
          "the limits of USD are those of the record default" },
        { "limits: {id: default, version: 1, valid_from: 2020-01-01}\nsettings: {aproval.auto_max: 1}\n", 2, 12,
          "\"aproval.auto_max\" is no setting of limits" },
        { "limits: {id: default, version: 1, valid_from: 2020-01-01}\nsettings: {approval.auto_max: -1}\n", 2, 31,
          "\"-1\" is negative" },
        { "limits: {id: JPY, version: 1, valid_from: 2020-01-01}\nsettings: {approval.auto_max: 1.5}\n", 2, 31,
          "\"1.5\" has more than 0 digits after the point" },
        { "limits: {id: default, version: 1, valid_from: 2020-01-01}\nsettings: {approval.auto_max: 5, "
          "approval.one_max: 4}\n",
          2, 52, "approval.one_max is below the limit before it" },
        { "limits: {id: default, version: 1, valid_from: 2020-01-01}\nsettings: {sod.enforced: maybe}\n", 2, 26,
          "\"maybe\" is neither true nor false" },
        { "limits: {id: default, version: 1, valid_from: 2020-01-01}\nsettings: {sod.enforced: [true]}\n", 2, 26,
          "this must be a single value and is a list" },
        { "limits: {id: default, version: 1, valid_from: 2020-01-01}\nsetings: {}\n", 2, 1,
          "\"setings\" is no member of a limits record" },
    };
    REFUSED(refusals, read_limits);
}

/* --- rulesets --- */

static struct ruleset ruleset;

static bool read_ruleset(const char *text)
{
    const struct node *n = tree_of(text);
    return n && terms_read_ruleset(&source, n, &ruleset);
}

TEST(a_ruleset_has_modes_settings_and_overrides)
{
    CHECK(read_ruleset(
        "ruleset: {id: default, version: 7, valid_from: 2025-04-01}\n"
        "rules: {DUP-03: {mode: OFF}, DUP-01: {mode: ENFORCE}, PRC-04: {mode: SHADOW}}\n"
        "settings: {park_max_hours: 72, screening.high_risk_countries: [IR, KP], approval.kinds: [MDF_CLAIM]}\n"
        "overrides:\n  - {program: SD-25, settings: {inventory.shortage: SHORT}}\n"
        "  - {root: N-100, incentive: MDF, rules: {VEL-01: {mode: OFF}}}\n"));
    CHECK_INT(ruleset.version, 7);
    CHECK_INT(ruleset.rule_count, 3);
    CHECK(ruleset.rules[0].rule == RULE_DUP_03 && ruleset.rules[0].mode == RULE_MODE_OFF);
    CHECK_TEXT(ruleset.settings[1].value, "IR KP");
    CHECK_INT(ruleset.override_count, 2);
    CHECK_TEXT(ruleset.overrides[0].program_id, "SD-25");
    CHECK_TEXT(ruleset.overrides[0].settings[0].name, "inventory.shortage");
    CHECK_TEXT(ruleset.overrides[1].root_id, "N-100");
    CHECK_INT(ruleset.overrides[1].incentive, INCENTIVE_MDF);
    CHECK_INT(ruleset.overrides[1].rules[0].rule, RULE_VEL_01);
}

TEST(a_ruleset_that_cannot_be_used_is_refused_where_it_is_wrong)
{
    static const struct refusal refusals[] = {
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: {DUP-1: {mode: OFF}}\n", 2, 9,
          "\"DUP-1\" is no rule" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: {DUP-03: {mode: ON}}\n", 2, 24,
          "\"ON\" is not known here" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: {DUP-03: OFF}\n", 2, 17,
          "this must be a map and is a single value" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: {SCR-01: {mode: SHADOW}}\n", 2, 24,
          "rule SCR-01 is always enforced and cannot be SHADOW" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: {AGR-05: {mode: OFF}}\n", 2, 24,
          "rule AGR-05 is always enforced and cannot be OFF" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: [DUP-03]\n", 2, 8, "rules must be a map" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nsettings: {park_hours_max: 1}\n", 2, 12,
          "\"park_hours_max\" is no policy setting" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nsettings: {park_max_hours: soon}\n", 2, 28,
          "\"soon\" is no value of park_max_hours" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nsettings: {park_max_hours: {a: 1}}\n", 2, 28,
          "\"\" is no value of park_max_hours" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\noverrides: [{settings: {park_max_hours: 1}}]\n", 2, 13,
          "an override of everything" },
        { "ruleset: {id: d, version: 1, valid_from: 2025-04-01}\noverrides: [{program: P, rules: {FIN-01: {mode: "
          "OFF}}}]\n",
          2, 49, "rule FIN-01 is always enforced and cannot be OFF" },
    };
    REFUSED(refusals, read_ruleset);
    CHECK(!read_ruleset("ruleset: {id: d, version: 1, valid_from: 2025-04-01}\nrules: {DUP-1: {mode: OFF}}\n"));
    CHECK(slice_starts_with(problems.first->fix, SLICE("did you mean DUP-")));
}

/* --- tax tables --- */

static struct tax_table tax;

static bool read_tax(const char *text)
{
    const struct node *n = tree_of(text);
    return n && terms_read_tax_table(&source, n, &tax);
}

TEST(thresholds_of_a_tax_table_are_in_their_currency_and_in_order)
{
    CHECK(read_tax("tax_table: {country: US, form: 1099-NEC, entries: [{valid_from: 2026-01-01, threshold: \"2000\", "
                   "currency: USD},\n"
                   "  {valid_from: 2020-01-01, threshold: \"600\", currency: USD}, {valid_from: 2020-01-01, threshold: "
                   "\"600\", currency: JPY}]}\n"));
    CHECK_INT(tax.entry_count, 3);
    CHECK_INT(tax.entries[0].valid_from, 20200101);
    CHECK_INT(tax.entries[2].threshold_minor, 200000);
    static const struct refusal refusals[] = {
        { "tax_table: {country: us, form: F, entries: []}\n", 1, 22, "\"us\" is no country" },
        { "tax_table: {country: US, form: F}\n", 1, 12, "entries is missing" },
        { "tax_table: {country: US, form: F, entries: [{valid_from: 2020-01-01, threshold: \"1.5\", currency: JPY}]}\n",
          1, 81, "\"1.5\" has more than 0 digits after the point" },
        { "tax_table: {country: US, form: F, entries: [{valid_from: 2020-01-01, threshold: 1, currency: USD}, "
          "{valid_from: 2020-01-01, threshold: 2, currency: USD}]}\n",
          1, 44, "two entries begin on one day" },
    };
    REFUSED(refusals, read_tax);
}
