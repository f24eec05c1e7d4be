/* The folder door on real folders: looked at by the test, the engine on the memory transport. */
#include "service_rig.h"

#include "intake/folder_door.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#define USD_SALE(invoice, qty) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice \
    "\",\"ship_date\":\"2026-03-01\",\"vendor_part\":\"P\",\"qty\":\"" qty \
    "\",\"uom\":\"EA\",\"resale_unit\":\"2.50\",\"currency\":\"USD\"}"

struct folders { struct desk *desk; struct folder_door *door; char inbox[96], outbox[96]; };

static void path_in(const struct folders *f, const char *box, const char *name, char path[256])
{
    snprintf(path, 256, "%s/north/%s", box, name);
    (void)f;
}

static void put_file(const struct folders *f, const char *name, const char *bytes)
{
    char path[256];
    path_in(f, f->inbox, name, path);
    FILE *file = fopen(path, "w");
    ASSERT(file && fputs(bytes, file) >= 0 && fclose(file) == 0);
}

static bool is_there(const struct folders *f, const char *box, const char *name)
{
    char path[256];
    path_in(f, box, name, path);
    return access(path, F_OK) == 0;
}

static struct slice bytes_of(const struct folders *f, const char *box, const char *name)
{
    char path[256];
    struct spool spool;
    path_in(f, box, name, path);
    if (spool_open(&spool, path) != OK) return (struct slice){ 0 };
    struct slice bytes = slice_copy(test_arena(), spool.bytes);
    spool_close(&spool);
    return bytes;
}

static void open_door(struct folders *f)
{
    struct folder_door_options options = {
        .service = f->desk->service, .inbox = f->inbox, .outbox = f->outbox, .settle_ms = 50, .look_ms = 20,
        .bytes_max = 1 << 20
    };
    CHECK_INT(folder_door_open(&options, &f->door), OK);
}

/* Until the file is there (or, not `wanted`, gone); with or without the engine. */
static void wait_for(struct folders *f, const char *box, const char *name, bool wanted, bool turns)
{
    WAIT_FOR(is_there(f, box, name) == wanted, if (turns) desk_turns(f->desk));
    if (is_there(f, box, name) != wanted) printf("  %s\n", name);
}

static struct folders open_folders(void)
{
    struct folders f = { .desk = desk_open() };
    char path[256];
    snprintf(f.inbox, sizeof f.inbox, "%s/inbox", f.desk->folder);
    snprintf(f.outbox, sizeof f.outbox, "%s/outbox", f.desk->folder);
    ASSERT(mkdir(f.inbox, 0750) == 0);
    path_in(&f, f.inbox, "", path);
    ASSERT(mkdir(path, 0750) == 0);
    return f;
}

static void close_folders(struct folders *f)
{
    folder_door_close(f->door);
    desk_close(f->desk);
}

TEST(a_file_is_taken_posted_and_answered)
{
    struct folders f = open_folders();
    put_file(&f, "a.json", USD_SALE("1", "1"));
    put_file(&f, "b.json", USD_SALE("2", "x"));
    put_file(&f, ".hidden", USD_SALE("3", "1"));
    put_file(&f, "c.part", USD_SALE("4", "1"));
    open_door(&f);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    wait_for(&f, f.outbox, "b.json.rejects.ndjson", true, true);
    CHECK(holds(bytes_of(&f, f.outbox, "a.json.receipt.json"), "\"state\":\"POSTED\""));
    CHECK(!is_there(&f, f.inbox, "a.json") && !is_there(&f, f.inbox, ".taken/a.json"));
    CHECK(is_there(&f, f.inbox, ".hidden") && is_there(&f, f.inbox, "c.part"));
    CHECK_INT(service_counts(f.desk->service).passed, 1);
    close_folders(&f);
}

static void no_standing(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct reply_standing *out)
{
    (void)a;
    (void)id;
    *out = (struct reply_standing){ .decided = *(const unsigned *)context };
}

static bool no_lines(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct standing_lines *out)
{
    (void)context;
    (void)a;
    (void)id;
    *out = (struct standing_lines){ 0 };
    return true;
}

/* An 867 is posted, and its 849 awaited, while the reader says how many of its lines are decided. */
static void send_sales(struct folders *f, const struct service_reader *reader)
{
    struct desk *k = f->desk;
    desk_engine_close(k);
    service_close(k->service);
    k->reader = reader;
    desk_service_open(k);
    desk_engine_open(k);
    put_file(f, "sales.x12",
             "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
             "*260408*0900*U*00401*000004711*0*P*:~GS*PT*NW*CS*20260408*0900*1*X*004010~"
             "ST*867*0001~BPT*00*R1*20260401*02~CUR*DS*EUR~PTD*SD***DI*7~DTM*011*20260302~QTY*39*2*EA~LIN**VP*A~SE*8*"
             "0001~GE*1*1~IEA*1*000004711~");
    open_door(f);
    wait_for(f, f->outbox, "sales.x12.997", true, true);
}

TEST(an_849_lies_beside_the_answers_when_every_line_is_decided)
{
    unsigned decided = 0;
    struct service_reader reader = { &decided, no_standing, no_lines };
    struct folders f = open_folders();
    struct desk *k = f.desk;
    send_sales(&f, &reader);
    folder_door_respond(f.door);
    for (unsigned n = 0; n < 200; n++) desk_turn(k);
    CHECK(!is_there(&f, f.outbox, "sales.x12.849"));
    decided = 1;
    folder_door_respond(f.door);
    wait_for(&f, f.outbox, "sales.x12.849", true, true);
    CHECK(holds(bytes_of(&f, f.outbox, "sales.x12.849"), "LIN**VP*A~AAA*N**25*Y~QTY*39*2*EA~"));
    close_folders(&f);
}

/* Nothing of it was read, or every line refused: its sender's system learns it by the 849, too. */
TEST(a_refused_document_has_its_849_beside_its_answers)
{
    static const char *const sets[] = {
        "ST*867*0001~BPT*99*R1*20260401*02~PTD*SD~QTY*39*2*EA~LIN**VP*A~SE*6*0001~",
        "ST*867*0001~BPT*00*R1*20260401*02~CUR*DS*EUR~PTD*SD***DI*7~DTM*011*20260302~QTY*39*0*EA~LIN**VP*A~SE*8*0001~",
    };
    static const char *const wanted[] = { "~BRC*11*C1*", "LIN**VP*A~AAA*N**" };
    for (unsigned k = 0; k < 2; k++) {
        struct folders f = open_folders();
        char file[1024];
        snprintf(file, sizeof file,
                 "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
                 "*260408*0900*U*00401*000004711*0*P*:~GS*PT*NW*CS*20260408*0900*1*X*004010~%sGE*1*1~IEA*1*000004711~",
                 sets[k]);
        put_file(&f, "sales.x12", file);
        open_door(&f);
        wait_for(&f, f.outbox, "sales.x12.997", true, true);
        folder_door_respond(f.door);
        wait_for(&f, f.outbox, "sales.x12.849", true, true);
        CHECK(holds(bytes_of(&f, f.outbox, "sales.x12.849"), wanted[k]));
        close_folders(&f);
    }
}

#define ODD_ISA \
    "ISA|00|          |00|          |01|123456789      |ZZ|CLAIMSTREAM    |260408|0900|U|00401|000004711|0|P|:!"
#define ODD_GROUP \
    "GS|PT|NW|CS|20260408|0900|1|X|004010!ST|867|0001!BPT|00|R1|20260401|02!CUR|DS|EUR!PTD|SD|||DI|7!" \
    "DTM|011|20260302!QTY|39|2|EA!LIN||VP|A!SE|8|0001!GE|1|1!"

#define SALES(icn, qty) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    " \
    "*260408*0900*U*00401*" icn "*0*P*:~GS*PT*NW*CS*20260408*0900*1*X*004010~" \
    "ST*867*0001~BPT*00*R1*20260401*02~CUR*DS*EUR~PTD*SD***DI*" icn "~DTM*011*20260302~" \
    "QTY*39*2*EA~LIN**VP*A~QTY*39*" qty "*EA~LIN**VP*B~SE*10*0001~GE*1*1~IEA*1*" icn "~"

TEST(rejects_of_each_document_of_a_file_lie_beside_its_answers)
{
    struct folders f = open_folders();
    put_file(&f, "two.x12", SALES("000000001", "1") SALES("000000002", "0"));
    open_door(&f);
    wait_for(&f, f.outbox, "two.x12.2.rejects.csv", true, true);
    struct slice back = bytes_of(&f, f.outbox, "two.x12.2.rejects.csv");
    CHECK(memmem(back.bytes, back.size, "000000002", 9) != NULL);
    desk_turns(f.desk);
    CHECK(!is_there(&f, f.outbox, "two.x12.rejects.csv"));
    close_folders(&f);
}

/* The rest waits where it lies until some of them are answered. */
TEST(of_a_full_folder_so_many_files_are_on_their_way_at_once)
{
    enum { FILES = 520 };
    struct folders f = open_folders();
    char name[16], line[256];
    for (unsigned n = 0; n < FILES; n++) {
        snprintf(name, sizeof name, "f%03u.json", n);
        snprintf(line, sizeof line, "{\"kind\":\"POS_SALE\",\"invoice_no\":\"%u\",\"ship_date\":\"2026-03-01\","
                 "\"vendor_part\":\"P\",\"qty\":\"1\",\"uom\":\"EA\"}", n);
        put_file(&f, name, line);
    }
    open_door(&f);
    WAIT_FOR(service_waiting(f.desk->service) == 500, (void)0);
    CHECK_INT(service_waiting(f.desk->service), 500);
    WAIT_FOR(service_counts(f.desk->service).passed == FILES, desk_turns(f.desk));
    CHECK_INT(service_counts(f.desk->service).passed, FILES);
    close_folders(&f);
}

TEST(an_acknowledgement_is_named_by_its_set_whatever_its_separators)
{
    struct folders f = open_folders();
    struct mapping_profile profile = *mapping_profile_default();
    const struct mapping_profile *listed[] = { &profile };
    profile.name = SLICE("folders");
    profile.answers.functional = ANSWER_FUNCTIONAL_999;
    f.desk->grants.profiles = (struct mapping_profiles){ .items = listed, .count = 1 };
    f.desk->items[0].profile = SLICE("folders");
    put_file(&f, "odd.x12", ODD_ISA ODD_GROUP "IEA|1|000004711!");
    put_file(&f, "cut.x12", ODD_ISA ODD_GROUP);
    open_door(&f);
    wait_for(&f, f.outbox, "odd.x12.999", true, true);
    wait_for(&f, f.outbox, "cut.x12.ta1", true, true);
    wait_for(&f, f.outbox, "cut.x12.rejects.x12", true, true);
    close_folders(&f);
}

TEST(a_file_of_a_name_that_is_still_at_work_waits_for_it)
{
    struct folders f = open_folders();
    put_file(&f, "a.json", USD_SALE("1", "1"));
    open_door(&f);
    wait_for(&f, f.inbox, ".taken/a.json", true, false);
    put_file(&f, "a.json", USD_SALE("2", "1"));
    nanosleep(&(struct timespec){ 0, 200000000 }, NULL);        /* the door looked at it */
    CHECK_TEXT(bytes_of(&f, f.inbox, ".taken/a.json"), USD_SALE("1", "1"));
    CHECK_TEXT(bytes_of(&f, f.inbox, "a.json"), USD_SALE("2", "1"));
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    wait_for(&f, f.inbox, "a.json", false, true);
    wait_for(&f, f.inbox, ".taken/a.json", false, true);
    CHECK_INT(service_counts(f.desk->service).passed, 2);
    close_folders(&f);
}

TEST(what_a_former_process_took_takes_no_newer_file_away)
{
    struct folders f = open_folders();
    char folder[256];
    path_in(&f, f.inbox, ".taken", folder);
    ASSERT(mkdir(folder, 0750) == 0);
    put_file(&f, ".taken/a.json", USD_SALE("1", "1"));
    put_file(&f, "a.json", USD_SALE("2", "1"));
    put_file(&f, "2-a.json", USD_SALE("3", "1"));
    open_door(&f);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    wait_for(&f, f.outbox, "2-a.json.receipt.json", true, true);
    wait_for(&f, f.outbox, "3-a.json.receipt.json", true, true);
    CHECK_INT(service_counts(f.desk->service).passed, 3);
    close_folders(&f);
}

/* What is awaited ends with the door, as the address sanitizer sees; the next one takes the file again. */
TEST(a_door_that_closes_before_its_answers_come_leaves_nothing_but_the_file)
{
    struct folders f = open_folders();
    put_file(&f, "a.json", USD_SALE("1", "1"));
    open_door(&f);
    wait_for(&f, f.inbox, ".taken/a.json", true, false);
    WAIT_FOR(service_waiting(f.desk->service) > 0);
    folder_door_close(f.door);
    desk_rest(f.desk);                              /* its answer comes to nobody */
    CHECK(is_there(&f, f.inbox, ".taken/a.json") && !is_there(&f, f.outbox, "a.json.receipt.json"));
    open_door(&f);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    CHECK(holds(bytes_of(&f, f.outbox, "a.json.receipt.json"), "\"state\":\"DUPLICATE\""));
    CHECK_INT(service_counts(f.desk->service).passed, 1);
    close_folders(&f);
}

TEST(a_file_that_grew_while_it_was_taken_comes_again_whole)
{
    struct folders f = open_folders();
    put_file(&f, "a.json", USD_SALE("1", "1") "\n");
    open_door(&f);
    wait_for(&f, f.inbox, ".taken/a.json", true, false);
    WAIT_FOR(service_waiting(f.desk->service) > 0); /* it was read */
    put_file(&f, ".taken/a.json", USD_SALE("1", "1") "\n" USD_SALE("2", "1") "\n");
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);      /* none of the half */
    CHECK(holds(bytes_of(&f, f.outbox, "a.json.receipt.json"), "\"lines\":2"));
    close_folders(&f);
}

TEST(a_file_from_the_future_is_taken_and_a_link_is_not_followed)
{
    struct folders f = open_folders();
    char path[256];
    struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = clock_now_unix_ms() / 1000 + 86400 } };
    put_file(&f, "a.json", USD_SALE("1", "1"));
    path_in(&f, f.inbox, "a.json", path);
    ASSERT(utimensat(AT_FDCWD, path, times, 0) == 0);
    path_in(&f, f.inbox, "link.json", path);
    ASSERT(symlink("/etc/passwd", path) == 0);
    path_in(&f, f.inbox, "pipe.json", path);
    ASSERT(mkfifo(path, 0600) == 0);
    open_door(&f);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    CHECK_INT(service_counts(f.desk->service).documents, 1);
    CHECK(!is_there(&f, f.inbox, ".taken/link.json") && !is_there(&f, f.inbox, ".taken/pipe.json"));
    close_folders(&f);
}

TEST(a_name_that_is_no_text_costs_no_line)
{
    struct folders f = open_folders();
    put_file(&f, "b\xff\n\xc3\xbc.json", USD_SALE("1", "1"));
    open_door(&f);
    wait_for(&f, f.outbox, "b\xff\n\xc3\xbc.json.receipt.json", true, true);
    struct slice receipt = bytes_of(&f, f.outbox, "b\xff\n\xc3\xbc.json.receipt.json");
    CHECK(holds(receipt, "\"state\":\"POSTED\"") && holds(receipt, "\"name\":\"b__\xc3\xbc.json\""));
    CHECK_INT(service_counts(f.desk->service).passed, 1);
    close_folders(&f);
}

TEST(a_file_that_is_kept_nowhere_is_not_deleted)
{
    struct folders f = open_folders();
    put_file(&f, "a.gz", "\x1f\x8b\x08 no gzip at all");
    open_door(&f);
    wait_for(&f, f.outbox, "a.gz.receipt.json", true, true);
    CHECK(holds(bytes_of(&f, f.outbox, "a.gz.receipt.json"), "encoding-broken"));
    CHECK(is_there(&f, f.inbox, ".refused/a.gz") && !is_there(&f, f.inbox, "a.gz"));
    close_folders(&f);
}

static bool find_only_file(const char *folder, char *path, size_t size)
{
    DIR *dir = opendir(folder);
    bool is_found = false;
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        snprintf(path, size, "%s/%s", folder, e->d_name);
        is_found = true;
    }
    if (dir) closedir(dir);
    return is_found;
}

static void link_to(const struct folders *f, const char *box, const char *name, const char *where)
{
    char path[256];
    path_in(f, box, name, path);
    ASSERT(symlink(where, path) == 0);
}

/* A submitter may put links into its folder: nothing of another one is moved or read through them. */
TEST(a_link_in_place_of_a_folder_of_ours_leads_nowhere)
{
    struct folders f = open_folders();
    char other[256], file[300];
    snprintf(other, sizeof other, "%s/elsewhere", f.desk->folder);
    snprintf(file, sizeof file, "%s/theirs.json", other);
    ASSERT(mkdir(other, 0750) == 0);
    FILE *theirs = fopen(file, "w");
    ASSERT(theirs && fputs(USD_SALE("9", "9"), theirs) >= 0 && fclose(theirs) == 0);
    link_to(&f, f.inbox, ".taken", other);
    put_file(&f, "a.json", USD_SALE("1", "1"));
    open_door(&f);
    nanosleep(&(struct timespec){ 0, 200000000 }, NULL);        /* the door looked at it */
    CHECK(access(file, F_OK) == 0 && !is_there(&f, f.inbox, "theirs.json"));
    CHECK(is_there(&f, f.inbox, "a.json"));
    char path[256];
    path_in(&f, f.inbox, ".taken", path);
    ASSERT(unlink(path) == 0);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    CHECK_INT(service_counts(f.desk->service).documents, 1);
    close_folders(&f);
}

TEST(an_answer_is_written_through_no_link)
{
    struct folders f = open_folders();
    char victim[256], folder[256];
    snprintf(victim, sizeof victim, "%s/victim", f.desk->folder);
    FILE *file = fopen(victim, "w");
    ASSERT(file && fputs("ours", file) >= 0 && fclose(file) == 0);
    ASSERT(mkdir(f.outbox, 0750) == 0);
    path_in(&f, f.outbox, "", folder);
    ASSERT(mkdir(folder, 0750) == 0);
    link_to(&f, f.outbox, ".a.json.receipt.json.tmp", victim);
    put_file(&f, "a.json", USD_SALE("1", "1"));
    open_door(&f);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    CHECK(holds(bytes_of(&f, f.outbox, "a.json.receipt.json"), "\"state\":\"POSTED\""));
    char bytes[8] = { 0 };
    file = fopen(victim, "r");
    ASSERT(file && fread(bytes, 1, sizeof bytes - 1, file) == 4 && fclose(file) == 0);
    CHECK(strcmp(bytes, "ours") == 0);
    close_folders(&f);
}

/* Where answers are fetched a submitter may write, too: what is to be called so lies beside them and no higher. */
TEST(an_849_is_called_by_no_path)
{
    unsigned decided = 1;
    struct service_reader reader = { &decided, no_standing, no_lines };
    struct folders f = open_folders();
    char folder[256], expected[512] = "";
    send_sales(&f, &reader);
    path_in(&f, f.outbox, "...", folder);
    ASSERT(mkdir(folder, 0750) == 0);
    path_in(&f, f.outbox, ".849", folder);
    WAIT_FOR(find_only_file(folder, expected, sizeof expected), desk_turns(f.desk));
    FILE *file = fopen(expected, "w");
    ASSERT(file && fputs("../stolen", file) >= 0 && fclose(file) == 0);
    folder_door_respond(f.door);
    for (unsigned n = 0; n < 200; n++) desk_turn(f.desk);
    CHECK(!is_there(&f, f.outbox, "../stolen.849"));
    close_folders(&f);
}

static void put_at(const struct folders *f, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->inbox, name);
    FILE *file = fopen(path, "w");
    ASSERT(file && fputs(USD_SALE("1", "1"), file) >= 0 && fclose(file) == 0);
}

static void make_at(const struct folders *f, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->inbox, name);
    ASSERT(mkdir(path, 0750) == 0);
}

TEST(files_that_nobody_may_take_are_counted_and_told)
{
    struct folders f = open_folders();
    const char *names[] = { "nord/a.json", "nord/b.json", "nord/.hidden", "nord/c.part", "beside.json", "est/a.json" };
    make_at(&f, "nord");
    make_at(&f, "nord/inner");
    make_at(&f, "est");
    make_at(&f, ".ours");
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) put_at(&f, names[i]);
    put_at(&f, ".ours/a.json");
    put_file(&f, "a.json", USD_SALE("1", "1"));
    open_door(&f);
    wait_for(&f, f.outbox, "a.json.receipt.json", true, true);
    WAIT_FOR(folder_door_strays(f.door) == 4, desk_turns(f.desk));
    CHECK_INT(folder_door_strays(f.door), 4);
    char path[256];
    snprintf(path, sizeof path, "%s/nord/a.json", f.inbox);
    CHECK_INT(unlink(path), 0);
    WAIT_FOR(folder_door_strays(f.door) == 3, desk_turns(f.desk));
    CHECK_INT(folder_door_strays(f.door), 3);
    struct grant items[] = { f.desk->items[0], f.desk->items[1] };
    struct grants named = { .items = items, .count = 2 };
    items[1].submitter.id = SLICE("est");
    service_set_grants(f.desk->service, &named);    /* whose files they are is said: they are taken */
    WAIT_FOR(folder_door_strays(f.door) == 2, desk_turns(f.desk));
    CHECK_INT(folder_door_strays(f.door), 2);
    close_folders(&f);
}
