#include "intake/grants.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

static char folder[64];

static const char *file(const char *name, const char *text)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
    return path;
}

static void begin(void)
{
    snprintf(folder, sizeof folder, "/tmp/claimstream-grants-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
}

static void end(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_INT(system(command), 0);
}

static const char submitters[] =
    "submitters:\n  - {id: north, partner_id: N-100, profile: north}\n  - {id: ops, operator: true}\n"
    "tokens:\n  - {submitter: north, sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b, scopes: "
    "[submit, read]}\n";

static bool says(const struct problems *problems, const char *part)
{
    struct text t = text_in(test_arena(), 1 << 16);
    problems_put(&t, problems);
    return memmem(t.bytes, t.size, part, strlen(part)) != NULL;
}

TEST(submitters_tokens_sources_schemas_and_profiles_make_one_whole)
{
    begin();
    struct grants g;
    struct problems problems = problems_in(test_arena());
    file("north@2.yaml", "profile: north\nversion: 2\neffective_from: 2026-06-01\nextends: base\n");
    file("north@1.yaml",
         "profile: north\nversion: 1\neffective_from: 2026-01-01\nextends: base\ncurrency_default: EUR\n");
    file("zbase@1.yaml",
         "profile: base\nversion: 1\neffective_from: 2020-01-01\nextends: default\n"); /* extended before it is read */
    struct grant_files files = {
        .submitters = file("s.yaml", submitters),
        .sources = file("sources.yaml", "sources:\n  - {source: /erp, submitter: north}\n"),
        .schemas = file("schemas.yaml",
                        "schemas:\n  - {id: 17}\n  - {guid: 01020304-0506-0708-090a-0b0c0d0e0f10, type: json}\n"),
        .profiles_dir = folder,
        .bare_submitter = SLICE("ops"),
    };
    CHECK_INT(grants_read(test_arena(), &files, &g, &problems), OK);
    unsigned scopes;
    const struct grant *north = grants_of_token(&g, SLICE("secret"), &scopes);
    CHECK(north && slice_equal(north->submitter.id, SLICE("north")));
    CHECK_INT(scopes, SCOPE_SUBMIT | SCOPE_READ);
    CHECK(!grants_of_token(&g, SLICE("other"), &scopes) && !grants_of_token(&g, (struct slice){ 0 }, &scopes));
    CHECK(grants_of_source(&g, SLICE("/erp")) == north && !grants_of_source(&g, SLICE("/other")));
    CHECK_TEXT(grants_of_source(&g, (struct slice){ 0 })->submitter.id, "ops");
    CHECK_INT(grants_profile(&g, north, (struct slice){ 0 }, 20260301)->version, 1);
    CHECK_INT(grants_profile(&g, north, (struct slice){ 0 }, 20260701)->version, 2);
    CHECK_INT(grants_profile(&g, north, SLICE("north@1"), 20260701)->version, 1);
    CHECK_TEXT(grants_profile(&g, north, SLICE("default"), 20260701)->name, "default");
    CHECK(!grants_profile(&g, north, SLICE("north@9"), 20260701)
          && !grants_profile(&g, north, SLICE("none"), 20260701));
    CHECK_INT(g.schemas.count, 2);
    CHECK_INT(g.schemas.items[0].id, 17);
    CHECK(g.schemas.items[1].has_guid && g.schemas.items[1].guid[15] == 16 && g.schemas.items[1].type == FRAMING_JSON);
    end();
}

TEST(every_error_of_every_file_is_told)
{
    begin();
    struct grants g;
    struct problems problems = problems_in(test_arena());
    struct grant_files files = {
        .submitters = file("s.yaml", "submitters:\n  - {id: a}\n  - {id: a}\n  - {id: b, profile: nowhere}\n"
                                     "tokens:\n  - {submitter: c, sha256: abc, scopes: [submit]}\n  - {submitter: a, "
                                     "sha256: abc, scopes: [fly]}\nwhat: 1\n"),
        .sources = file("sources.yaml", "sources:\n  - {source: /erp, submitter: nobody}\n"),
        .schemas = file("schemas.yaml", "schemas:\n  - {guid: 12}\n"),
        .profiles_dir = "/nowhere/at/all",
    };
    CHECK_INT(grants_read(test_arena(), &files, &g, &problems) != OK, 1);
    static const char *const parts[] = { "what", "/nowhere/at/all", "nobody", "is no GUID" };
    for (unsigned k = 0; k < 4; k++) CHECK(says(&problems, parts[k]));
    struct problems again = problems_in(test_arena());
    files.submitters = file(
        "s.yaml",
        "submitters:\n  - {id: a}\n  - {id: a}\n  - {id: b, profile: nowhere}\n"
        "tokens:\n  - {submitter: c, sha256: abc, scopes: [submit]}\n  - {submitter: a, sha256: abc, scopes: [fly]}\n");
    CHECK_INT(grants_read(test_arena(), &files, &g, &again) != OK, 1);
    static const char *const others[] = { "stands twice", "there is no submitter \"c\"", "64 digits",
                                          "there is no scope \"fly\"", "not in intake.profiles_dir" };
    for (unsigned k = 0; k < 5; k++) CHECK(says(&again, others[k]));
    end();
}
