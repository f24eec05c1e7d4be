/* tests/unit/common/wire/test_world.c: the samples, and small worlds written to a scratch folder. */
#include "support/test.h"
#include "wire/world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct problems problems;
static struct world world;
static struct catalogue *catalogue;

static enum err load(const char *folder)
{
    problems = problems_in(test_arena());
    catalogue_close(catalogue);
    catalogue = catalogue_open();
    return world_load(test_arena(), slice_from(folder), catalogue, &world, &problems);
}

static void end(void)
{
    catalogue_close(catalogue);
    catalogue = NULL;
}

TEST(the_tiny_world_loads)
{
    CHECK_INT(load("deploy/sample/tiny"), OK);
    CHECK_INT(problems.count, 0);
    CHECK_INT(world.clock_unix_ms, INT64_C(1767603600000));
    CHECK_INT(world.submitter_count, 3);
    CHECK(world.submitters[0].vendor && !world.submitters[1].vendor && !world.submitters[0].operates);
    CHECK_INT(world.submitters[0].kinds, KIND_BIT(KIND_AGREEMENT) | KIND_BIT(KIND_REP_ROSTER) | KIND_BIT(KIND_SELL_IN));
    CHECK_TEXT(world.submitters[1].profile, "northgate");
    CHECK_TEXT(world.submitters[2].profile, "default");
    CHECK_TEXT(world_submitter(&world, SLICE("alder"))->partner_id, "V-310");
    CHECK(world_submitter(&world, SLICE("nobody")) == NULL);
    CHECK_INT(world.document_count, 3);
    CHECK_TEXT(world.documents[1].path, "deploy/sample/tiny/inbox/northgate/02-pos.csv");
    CHECK_INT(world.partner_count, 2);
    CHECK_TEXT(world.partners[1].root_id, "V-310");
    CHECK_TEXT(world.lists.sources[0].files.items[0], "deploy/sample/tiny/denied.csv");
    CHECK(world.lists.sources[0].required && world.lists.sources[0].has_max_age_hours && !world.lists.denied_none);
    CHECK_INT(mapping_profile_find(&world.profiles, SLICE("northgate"), 20260408)->text.dates, DATE_STYLE_MDY);
    end();
}

TEST(the_records_of_the_tiny_world_are_in_force)
{
    int64_t price;
    CHECK_INT(load("deploy/sample/tiny"), OK);
    CHECK_INT(catalogue_program_count(catalogue), 2);
    CHECK_TEXT(catalogue_program_at(catalogue, 0)->id, "SD-26");
    const struct program *vr = program_version_on(catalogue_program(catalogue, SLICE("VR-26")), 20260408);
    CHECK_INT(vr->volume.tiers[1].from_micros, INT64_C(5000000000));
    CHECK_INT(vr->lag_days, 30);
    CHECK(price_list_on(catalogue_price_list(catalogue, SLICE("PL-US"), SLICE("CAB-5")), 20260201, &price)
          && price == 9150000);
    CHECK_TEXT(catalogue_product_by_part(catalogue, SLICE("N-100"), SLICE(""), SLICE(""), SLICE("NG-8805"))->sku,
               "CAB-5");
    CHECK_INT(catalogue_product(catalogue, SLICE("CAB-5"))->uoms[1].num, 240);
    CHECK_TEXT(limits_setting(catalogue_limits(catalogue, SLICE("USD"), 20260408), SLICE("approval.one_max")), "25000");
    CHECK_INT(catalogue_fx(catalogue, SLICE("default"), SLICE("EUR"), SLICE("USD"), 20260331, 31, NULL)->rate_micros,
              1084200);
    const struct policy *sd =
        catalogue_policy(catalogue, 20260408, SLICE("N-100"), SLICE("SD-26"), INCENTIVE_SHIP_DEBIT);
    CHECK_INT(sd->inventory_shortage, SHORTAGE_SHORT);
    CHECK_INT(policy_mode(sd, RULE_DUP_03), RULE_MODE_OFF);
    CHECK_INT(catalogue_policy(catalogue, 20260408, SLICE("N-100"), SLICE("VR-26"), INCENTIVE_VOLUME_REBATE)
                  ->inventory_shortage,
              SHORTAGE_HOLD);
    end();
}

TEST(the_first_hour_loads)
{
    CHECK_INT(load("deploy/sample/first-hour"), OK);
    CHECK_INT(problems.count, 0);
    CHECK_TEXT(world.submitters[0].reports_for.items[0], "*");
    end();
}

static int load_found(const char *path, const struct stat *st, int type, struct FTW *where)
{
    char folder[512];
    (void)st, (void)type;
    if (strcmp(path + where->base, "world.yaml") != 0) return 0;
    snprintf(folder, sizeof folder, "%.*s", where->base - 1, path);
    CHECK_INT(load(folder), OK);
    for (const struct problem *p = problems.first; p; p = p->next) printf("  %s: %.*s\n", path, SLICE_ARGS(p->message));
    return 0;
}

TEST(every_worked_case_loads)
{
    CHECK_INT(nftw("tests/golden/cases", load_found, 8, FTW_PHYS), 0);
    CHECK(catalogue_program_count(catalogue) > 0);
    end();
}

/* --- scratch worlds --- */

static char scratch[256];

static void write_file(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    if (!f) return;
    fputs(text, f);
    fclose(f);
}

static void make_folder(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    CHECK_INT(mkdir(path, 0700), 0);
}

/* The least a world needs. */
static void make_world(void)
{
    const char *root = getenv("TMPDIR");
    snprintf(scratch, sizeof scratch, "%s/claimstream-world-XXXXXX", root ? root : "/tmp");
    CHECK(mkdtemp(scratch) != NULL);
    make_folder("programs");
    make_folder("profiles");
    write_file("world.yaml", "clock: 2026-01-05T09:00:00Z\n");
    write_file("partners.yaml", "- partner_id: N-100\n");
}

static void remove_world(void)
{
    char command[512];
    snprintf(command, sizeof command, "rm -r '%s'", scratch);
    CHECK_INT(system(command), 0);
    end();
}

static void check_problem(const char *file, uint32_t line, uint32_t column, const char *message)
{
    char path[512];
    CHECK_INT(load(scratch), ERR_WORLD_INVALID);
    CHECK_INT(problems.count, 1);
    if (problems.count == 0) return;
    snprintf(path, sizeof path, "%s/%s", scratch, file);
    CHECK_SLICE(problems.first->file, slice_from(path));
    CHECK_SLICE(problems.first->message, slice_from(message));
    CHECK_INT(problems.first->at.line, line);
    CHECK_INT(problems.first->at.column, column);
}

TEST(a_world_needs_its_clock_partners_and_programs_only)
{
    make_world();
    CHECK_INT(load(scratch), OK);
    CHECK(world.lists.denied_none && world.lists.are_absent);
    CHECK(world.document_count == 0 && world.submitter_count == 0);
    remove_world();
}

TEST(a_missing_file_is_named)
{
    make_world();
    char path[512];
    snprintf(path, sizeof path, "%s/partners.yaml", scratch);
    CHECK_INT(unlink(path), 0);
    CHECK_INT(load(scratch), ERR_FILE_UNREADABLE);
    CHECK_SLICE(problems.first->file, slice_from(path));
    CHECK_TEXT(problems.first->message, "the file cannot be read: No such file or directory");
    CHECK_INT(load("no/such/world"), ERR_FILE_UNREADABLE);
    CHECK_INT(problems.count, 1);                   /* the folder once, not each of its files */
    remove_world();
}

TEST(documents_and_submitters_must_agree)
{
    static const struct { const char *text; uint32_t line, column; const char *message;
    } refusals[] = {
        { "clock: noon\n", 1, 8, "\"noon\" is no instant" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a}, {id: a}]\n", 2, 28, "\"a\" stands twice" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a, profile: p}]\n", 2, 31,
          "there is no mapping profile \"p\"" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a, kind: [POS_SALE]}]\n", 2, 22,
          "\"kind\" is no member of a submitter" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a}]\ndocuments: [{submitter: b, file: d.csv, received_at: "
          "2026-01-05T09:00:00Z}]\n",
          3, 25, "\"b\" is no submitter of this world" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a}]\ndocuments: [{submitter: a, file: e.csv, received_at: "
          "2026-01-05T09:00:00Z}]\n",
          3, 34, "there is no file \"e.csv\"" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a}]\ndocuments: [{submitter: a, file: ../d.csv, received_at: "
          "2026-01-05T09:00:00Z}]\n",
          3, 34, "\"../d.csv\" lies outside the world" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a}]\ndocuments: [{submitter: a, file: d.csv, received_at: "
          "2026-01-05T08:59:59Z}]\n",
          3, 54, "the document is received before the clock of the world" },
        { "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a}]\ndocuments: [{submitter: a, file: d.csv, received_at: "
          "2026-01-06T09:00:00Z},\n  {submitter: a, file: d.csv, received_at: 2026-01-05T09:00:00Z}]\n",
          4, 44, "the document before was received later" },
    };
    make_world();
    write_file("d.csv", "x");
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        write_file("world.yaml", refusals[i].text);
        check_problem("world.yaml", refusals[i].line, refusals[i].column, refusals[i].message);
    }
    write_file("world.yaml", "clock: 2026-01-05T09:00:00Z\nsubmitters: [{id: a, operator: true}]\ndocuments: "
                             "[{submitter: a, file: d.csv, received_at: 2026-01-05T09:00:00Z}]\n");
    CHECK_INT(load(scratch), OK);
    CHECK(world.submitters[0].operates && (world.submitters[0].kinds & KIND_BIT(KIND_PERIOD_CLOSE))
          && (world.submitters[0].kinds & KIND_BIT(KIND_POS_SALE)));
    remove_world();
}

TEST(what_stands_twice_in_reference_files_is_refused)
{
    make_world();
    write_file("partners.yaml", "- partner_id: N-100\n- partner_id: N-100\n");
    check_problem("partners.yaml", 2, 15, "partner N-100 stands twice");
    write_file("partners.yaml", "partner_id: N-100\n");
    check_problem("partners.yaml", 1, 1, "partners.yaml must be a list");
    write_file("partners.yaml", "- partner_id: N-100\n");
    write_file("products.csv", "sku\nA\nB\nA\n");
    check_problem("products.csv", 4, 1, "this sku stands in a row before");
    write_file("products.csv", "sku\nA\n");
    write_file("rates.csv",
               "table_id,from,to,units,rate,valid_from\nd,EUR,USD,1,1,2026-01-01\nd,EUR,USD,10,1,2026-01-02\n");
    check_problem("rates.csv", 3, 1, "the rates of this pair in rows before are per other units");
    remove_world();
}

TEST(programs_hold_terms_only_and_each_version_once)
{
    make_world();
    write_file("programs/a.yaml", "limits: {id: default, version: 1, valid_from: 2020-01-01}\n");
    write_file("programs/b.yaml", "limits: {id: default, version: 1, valid_from: 2021-01-01}\n");
    check_problem("programs/b.yaml", 1, 1, "this version is on file with other content");
    write_file("programs/b.yaml", "product: {sku: A}\n");
    check_problem("programs/b.yaml", 1, 1, "a file of programs/ holds a program, matrix, limits, ruleset or tax_table");
    remove_world();
}

TEST(a_share_of_a_rebate_goes_to_a_fund_of_the_world_in_the_same_currency)
{
    static const char rebate[] =
        "program: {id: A, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01}\n"
        "volume: {tiers: [{from: 0, percent: 1}], coop_split: {percent: 40, program: CO}}\n";
    make_world();
    write_file("programs/a.yaml", rebate);
    check_problem("programs/a.yaml", 2, 77, "there is no MDF program \"CO\"");
    write_file("programs/co.yaml",
               "program: {id: CO, version: 1, incentive: MDF, currency: EUR, valid_from: 2026-01-01}\n");
    check_problem("programs/a.yaml", 2, 77, "program CO is in EUR, this one in USD");
    write_file("programs/co.yaml",
               "program: {id: CO, version: 1, incentive: MDF, currency: USD, valid_from: 2026-01-01}\n");
    CHECK_INT(load(scratch), OK);
    remove_world();
}

TEST(lists_say_who_is_denied_or_that_nobody_is)
{
    make_world();
    write_file("lists.yaml", "denied: none\n");
    CHECK_INT(load(scratch), OK);
    CHECK(world.lists.denied_none && !world.lists.are_absent);
    write_file("lists.yaml", "sources: [{id: F, purpose: FORWARDER, format: CSV, files: [f.csv]}]\n");
    check_problem("lists.yaml", 1, 1, "no list of denied parties is named");
    write_file("lists.yaml", "denied: none\nsources: [{id: D, purpose: DENIED, format: CSV, files: [d.csv]}]\n");
    check_problem("lists.yaml", 1, 9, "denied: none stands beside a list of denied parties");
    write_file("lists.yaml", "sources: [{id: D, purpose: DENIED, format: XLS, files: [d.csv]}]\n");
    check_problem("lists.yaml", 1, 44, "\"XLS\" is not known here");
    remove_world();
}

TEST(profiles_are_read_in_the_order_in_which_they_extend_each_other)
{
    make_world();
    write_file("profiles/a@1.yaml", "profile: a\nversion: 1\nextends: z\n");
    write_file("profiles/z@1.yaml", "profile: z\nversion: 1\ncountry_default: FR\n");
    CHECK_INT(load(scratch), OK);
    CHECK_TEXT(mapping_profile_find(&world.profiles, SLICE("a"), 20260101)->country_default, "FR");
    write_file("profiles/z@1.yaml", "profile: z\nversion: 2\n");
    CHECK_INT(load(scratch), ERR_WORLD_INVALID);
    CHECK_TEXT(problems.first->message, "the file holds z@2");
    write_file("profiles/z@1.yaml", "profile: z\nversion: 1\nextends: a\n");
    CHECK_INT(load(scratch), ERR_WORLD_INVALID);
    CHECK_INT(problems.count, 2);
    remove_world();
}

TEST(errors_of_all_files_are_reported_together)
{
    make_world();
    write_file("world.yaml", "clock: x\n");
    write_file("partners.yaml", "- name: x\n- partner_id: N\n  rols: []\n");
    write_file("programs/a.yaml", "program: {}\n");
    write_file("prices.csv", "list_id,sku,currency,price,valid_from\nPL,A,USD,x,2026-01-01\n");
    CHECK_INT(load(scratch), ERR_WORLD_INVALID);
    CHECK_INT(problems.count, 1 + 2 + 5 + 1);
    remove_world();
}
