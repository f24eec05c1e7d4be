#include "intake/document.h"
#include "intake/x12_sender.h"

#include "support/test.h"

#define ISA "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000000001*0*P*:~"
#define GS(sender, receiver) "GS*PT*" sender "*" receiver "*20260408*0900*1*X*004010~GE*0*1~"
#define IEA "IEA*1*000000001~"
#define SENDER(group, receiver) { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT(group), SLICE_INIT(receiver) }

static const struct x12_sender any = SENDER("", ""), east = SENDER("EAST", ""), west = SENDER("WEST", ""),
                               east_at = SENDER("EAST", "CLAIMS");

static struct mapping_profile profiles[4];
static const struct mapping_profile *listed[4] = { &profiles[0], &profiles[1], &profiles[2], &profiles[3] };
static struct mapping_profiles on_file = { .items = listed };

static void file_profile(const char *name, const struct x12_sender *sender, const char *submitter)
{
    struct mapping_profile *p = &profiles[on_file.count++];
    *p = *mapping_profile_default();
    p->name = slice_from(name);
    p->submitter = slice_from(submitter);
    p->x12.senders = sender;
    p->x12.sender_count = sender ? 1 : 0;
}

/* Without versions, which are all 1. */
static struct slice names_of(const struct readings *r)
{
    struct text t = text_in(test_arena(), READINGS_NAME_BYTES);
    for (unsigned k = 0; k < r->count; k++) {
        if (k > 0) PUT(&t, " ");
        text_put(&t, r->items[k].read_by->name);
    }
    return text_slice(&t);
}

static struct slice choose(const struct mapping_profile *own, const char *submitter, const char *document)
{
    struct x12_senders senders = { .profiles = &on_file,
                                   .submitter = slice_from(submitter),
                                   .own = own ? own : mapping_profile_default(),
                                   .day = 20260401 };
    struct spool spool = spool_over(slice_from(document));
    struct x12_choice c = x12_sender_choose(&senders, &spool);
    CHECK(c.readings.count > 0 && (!c.is_undecided || c.readings.items[0].read_by == senders.own));
    return c.is_undecided ? SLICE("undecided") : names_of(&c.readings);
}

TEST(the_most_exact_entry_chooses_and_whoever_is_not_named_is_read_with_the_own_profile)
{
    on_file.count = 0;
    file_profile("any", &any, "hub");
    file_profile("east", &east, "hub");
    file_profile("west", &west, "hub");
    file_profile("exact", &east_at, "hub");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("EAST", "C") IEA), "east");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("EAST", "CLAIMS") IEA), "exact");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("WEST", "C") IEA), "west");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("SOUTH", "C") IEA), "any");
    CHECK_TEXT(choose(NULL, "hub", ISA IEA), "any");
    CHECK_TEXT(choose(NULL, "hub", "\xef\xbb\xbf" ISA "\n" GS("WEST", "C") "\n" IEA), "west");
    CHECK_TEXT(choose(NULL, "hub", "invoice,qty\nISA*00,1\n"), "default");
    CHECK_TEXT(choose(NULL, "hub", ""), "default");
    CHECK_TEXT(choose(NULL, "other", ISA GS("EAST", "C") IEA), "default");    /* nobody has another submitter's */
    CHECK_TEXT(choose(NULL, "local", ISA GS("EAST", "C") IEA), "east");
    CHECK_TEXT(choose(&profiles[2], "other", ISA GS("WEST", "C") IEA), "west");
    CHECK_TEXT(choose(&profiles[2], "other", ISA GS("EAST", "C") IEA), "west"); /* its own, as an unregistered sender */
}

TEST(a_wrapped_interchange_is_read_through_its_line_breaks)
{
    static const char flat[] = ISA GS("WEST", "C") IEA;
    char wrapped[2 * sizeof flat];
    size_t size = 0;
    on_file.count = 0;
    file_profile("east", &east, "hub");
    file_profile("west", &west, "hub");
    for (size_t k = 0; flat[k]; k++) {
        if (k > 0 && k % 61 == 0) wrapped[size++] = '\n';
        wrapped[size++] = flat[k];
    }
    wrapped[size] = 0;
    CHECK_TEXT(choose(NULL, "hub", wrapped), "west");
}

TEST(what_several_profiles_read_alike_is_nobodys_but_the_grants_own)
{
    on_file.count = 0;
    file_profile("one", &any, "hub");
    file_profile("two", &any, "hub");
    file_profile("west", &west, "hub");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("EAST", "C") IEA), "undecided");
    CHECK_TEXT(choose(&profiles[0], "hub", ISA GS("EAST", "C") IEA), "one");
    CHECK_TEXT(choose(&profiles[1], "hub", ISA GS("EAST", "C") IEA), "two");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("WEST", "C") IEA), "west");
    CHECK_TEXT(choose(&profiles[1], "hub", ISA GS("WEST", "C") GS("EAST", "C") IEA), "two west");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("WEST", "C") GS("EAST", "C") IEA), "undecided");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("WEST", "C") GS("WEST", "C") IEA), "west");
}

TEST(groups_of_one_interchange_have_the_profiles_that_name_them)
{
    on_file.count = 0;
    file_profile("east", &east, "hub");
    file_profile("west", &west, "hub");
    file_profile("exact", &east_at, "hub");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("WEST", "C") GS("EAST", "C") GS("WEST", "C") IEA), "west east");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("EAST", "CLAIMS") GS("EAST", "C") IEA), "exact east");
    CHECK_TEXT(choose(&profiles[1], "hub", ISA GS("EAST", "C") GS("WEST", "C") IEA), "west east");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("EAST", "C") GS("SOUTH", "C") IEA), "default east"); /* a stranger's group */
    struct readings r = { .items = { { &profiles[1], &profiles[1] }, { &profiles[0], &profiles[0] },
                                     { &profiles[2], &profiles[2] } }, .count = 3 };
    struct x12_sender_name name = { SLICE("01"), SLICE("123456789"), SLICE("EAST"), SLICE("CLAIMS") };
    CHECK_INT(x12_sender_reading(&r, &name), 2);
    name.receiver = SLICE("C");
    CHECK_INT(x12_sender_reading(&r, &name), 1);
    name.group = SLICE("SOUTH");
    CHECK_INT(x12_sender_reading(&r, &name), 0);
}

TEST(an_interchange_of_more_profiles_than_readings_is_undecided)
{
    static char names[READINGS_MAX + 1][4];
    static struct x12_sender senders[READINGS_MAX + 1];
    static struct mapping_profile many[READINGS_MAX + 1];
    static const struct mapping_profile *items[READINGS_MAX + 1];
    struct mapping_profiles all = { .items = items };
    struct text t = text_in(test_arena(), 4096);
    PUT(&t, ISA);
    for (unsigned k = 0; k <= READINGS_MAX; k++) {
        (void)snprintf(names[k], sizeof names[k], "G%02u", k);
        senders[k] = (struct x12_sender){ SLICE("01"), SLICE("123456789"), slice_from(names[k]), { 0 } };
        many[k] = *mapping_profile_default();
        many[k].name = slice_from(names[k]);
        many[k].submitter = SLICE("hub");
        many[k].x12.senders = &senders[k];
        many[k].x12.sender_count = 1;
        items[all.count++] = &many[k];
        PUT(&t, "GS*PT*");
        text_put(&t, slice_from(names[k]));
        PUT(&t, "*C*20260408*0900*1*X*004010~GE*0*1~");
        if (k + 1 < READINGS_MAX) continue;
        struct x12_senders asked = { &all, SLICE("hub"), mapping_profile_default(), 20260401 };
        struct spool spool = spool_over(text_slice(&t));
        struct x12_choice c = x12_sender_choose(&asked, &spool);
        CHECK(c.is_undecided == (k == READINGS_MAX));
        CHECK_INT(c.readings.count, k == READINGS_MAX ? 1 : READINGS_MAX);
    }
}

TEST(a_version_that_is_not_in_force_yet_chooses_nothing)
{
    on_file.count = 0;
    file_profile("west", &west, "hub");
    file_profile("west", &east, "hub");
    profiles[1].version = 2;
    profiles[1].effective_from = 20260601;
    CHECK_TEXT(choose(NULL, "hub", ISA GS("WEST", "C") IEA), "west");
    CHECK_TEXT(choose(NULL, "hub", ISA GS("EAST", "C") IEA), "default");
}

TEST(a_group_for_another_receiver_is_told_from_one_of_a_stranger)
{
    static const struct { const char *group, *receiver; enum issue_code code;
    } rows[] = {
        { "EAST", "CLAIMS", ISSUE_NONE },
        { "EAST", "OTHERS", ISSUE_RECEIVER_UNKNOWN },
        { "WEST", "CLAIMS", ISSUE_SENDER_UNKNOWN },
    };
    for (unsigned k = 0; k < 3; k++) {
        struct text t = text_in(test_arena(), 512);
        struct mapping_profile profile = *mapping_profile_default();
        struct intake_submitter local = submitter_local();
        profile.x12.senders = &east_at;
        profile.x12.sender_count = 1;
        PUT(&t, ISA "GS*PT*");
        text_put(&t, slice_from(rows[k].group));
        PUT(&t, "*");
        text_put(&t, slice_from(rows[k].receiver));
        PUT(&t, "*20260408*0900*1*X*004010~GE*0*1~" IEA);
        struct spool spool = spool_over(text_slice(&t));
        struct intake *intake;
        struct intake_job job = { .spool = &spool,
                                  .door = DOOR_CLAIMCTL,
                                  .received_at_unix_ms = 1775638800000,
                                  .submitter = &local,
                                  .profile = &profile,
                                  .refuses_unknown_sender = true };
        CHECK_INT(intake_open(&intake, &job, NULL), OK);
        const struct issues *errors = &intake_result(intake)->errors;
        CHECK_INT(errors->count, rows[k].code == ISSUE_NONE ? 0 : 1);
        if (errors->count) CHECK_INT(errors->items[0].code, rows[k].code);
        if (rows[k].code == ISSUE_RECEIVER_UNKNOWN) CHECK_SLICE(errors->items[0].value, SLICE("OTHERS"));
        intake_close(intake);
    }
}
