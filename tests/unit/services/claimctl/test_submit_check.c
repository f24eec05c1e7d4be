/* `claimctl submit --check` as its users call it: output, exit codes, and files that are out to hurt. */
#include "claimctl/submit_check.h"

#include "support/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16, OUTPUT_BYTES_MAX = 1 << 16 };

#define HEADER "Invoice,Ship Date,Part,Qty,UOM\n"

static char *file_of(struct slice bytes)
{
    char *path = (char *)slice_copy(test_arena(), SLICE("/tmp/intake-check-XXXXXX")).bytes;
    int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, bytes.bytes, bytes.size) == (ssize_t)bytes.size);
    close(fd);
    return path;
}

/* Runs the command in a child: exit code; what it printed on `to` (NULL: on its standard output) in *out. */
static int run(struct slice *out, const char *to, char **arguments)
{
    int ends[2];
    char *argv[ARGUMENTS_MAX] = { (char *)"submit" };
    int argc = 1;
    while (arguments[argc - 1]) argv[argc] = arguments[argc - 1], argc++;
    CHECK_INT(pipe(ends), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int fd = to ? open(to, O_WRONLY) : ends[1];
        dup2(fd, 1);
        dup2(fd, 2);
        close(ends[0]);
        close(ends[1]);
        struct settings settings;
        settings_init(&settings, test_arena(), SERVICE_CLAIMCTL);
        int code = claimctl_submit_check(&settings, argc, argv);
        fflush(stdout);
        _exit(code);
    }
    close(ends[1]);
    char *bytes = arena_alloc(test_arena(), OUTPUT_BYTES_MAX);
    size_t size = 0;
    for (ssize_t n; (n = read(ends[0], bytes + size, OUTPUT_BYTES_MAX - size)) > 0;) size += (size_t)n;
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    if (out) *out = slice_of(bytes, size);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(out, to, ...) run((out), (to), (char *[]){ __VA_ARGS__, NULL })

static bool contains(struct slice s, const char *text)
{
    return s.size > 0 && memmem(s.bytes, s.size, text, strlen(text));
}

TEST(prints_lines_and_the_receipt_last)
{
    char *file = file_of(SLICE(HEADER "A,2026-03-02,P,1,EA\nB,,P,1,EA\n"));
    struct slice out;
    CHECK_INT(
        RUN(&out, NULL, (char *)"--partner", (char *)"N-100", (char *)"--lines", (char *)"-", file),
        3);
    struct slice rest = out, first = slice_cut(&rest, '\n'), second = slice_cut(&rest, '\n'),
                 receipt = slice_cut(&rest, '\n');
    CHECK(slice_starts_with(
        first,
        SLICE("{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\"")));
    CHECK(contains(first, "\"position\":31,\"row\":2,\"outcome\":\"PASS\",\"warnings\":[],\"errors\":[]}"));
    CHECK(contains(second, "\"outcome\":\"REJECT\"") && contains(second, "FIELD_MISSING"));
    CHECK(slice_starts_with(receipt, SLICE("{\"document_id\":\"")));
    CHECK(contains(receipt, "\"format\":\"csv\"")
          && contains(receipt, "\"state\":\"POSTED\",\"lines\":{\"passed\":1,\"rejected\":1,\"dead\":0}"));
    CHECK_INT(rest.size, 0);
    unlink(file);
}

TEST(prints_a_page_for_people_by_default)
{
    char *file = file_of(SLICE(HEADER "A,2026-03-02,P,12O,EA\n"));
    struct slice out;
    CHECK_INT(RUN(&out, NULL, (char *)"--partner=N-100", file), 3);
    CHECK(contains(out, "error[FIELD_INVALID 102]: qty is not a number: 12O contains the letter O."));
    CHECK(contains(out, ":2:4  column \"Qty\"  byte 46"));
    unlink(file);
}

TEST(a_warning_of_many_rows_stands_once_for_people)
{
    struct text t = text_in(test_arena(), 1 << 16);
    PUT(&t, "Invoice,Ship Date,Part,Qty\n");
    for (unsigned i = 0; i < 1000; i++) {
        text_put_int(&t, i);
        PUT(&t, ",2026-03-02,P,1\n");
    }
    char *many = file_of(text_slice(&t)), *one = file_of(SLICE("Invoice,Ship Date,Part,Qty\nA,2026-03-02,P,1\n"));
    struct slice out;
    CHECK_INT(RUN(&out, NULL, (char *)"--partner=N-100", many), 0);
    CHECK(contains(out, "1000 lines = ") && contains(out, "warning[UOM_ASSUMED 1601]")
          && contains(out, "  the same in 999 more places\n"));
    CHECK(out.size < 500);
    CHECK_INT(RUN(&out, NULL, (char *)"--partner=N-100", one), 0);
    CHECK(contains(out, "1 line = ") && !contains(out, "more place"));
    unlink(many);
    unlink(one);
}

TEST(exit_codes_say_what_happened)
{
    char *good = file_of(SLICE(HEADER "A,2026-03-02,P,1,EA\n")), *held = file_of(SLICE("a,b\n1,2\n"));
    char *empty = file_of(SLICE("")), *nil = file_of(SLICE(HEADER)), nowhere[128];
    snprintf(nowhere, sizeof nowhere, "%s/x", good);        /* a file is no folder, whoever runs the test */
    CHECK_INT(RUN(NULL, NULL, (char *)"--partner", (char *)"N", good), 0);
    struct slice page;
    CHECK_INT(RUN(&page, NULL, held), 0);       /* a question is no refusal, as submit says */
    CHECK(contains(page, "HELD ") && contains(page, "No row names the columns: a,b."));
    CHECK_INT(RUN(&page, NULL, empty), 3);      /* no answer would give it lines */
    CHECK(contains(page, "REJECTED ") && contains(page, "The file is empty: no cell is filled."));
    CHECK_INT(RUN(NULL, NULL, nil), 0);
    CHECK_INT(RUN(NULL, NULL, nowhere), 4);
    CHECK_INT(RUN(NULL, NULL, (char *)"/"), 1);
    CHECK_INT(RUN(NULL, NULL, NULL), 2);
    CHECK_INT(RUN(NULL, NULL, (char *)"--lime", good), 2);
    CHECK_INT(RUN(NULL, NULL, (char *)"--profile", (char *)"nobody", good), 4);
    CHECK_INT(RUN(NULL, NULL, (char *)"--lines", nowhere, good), 1);
    unlink(good);
    unlink(held);
    unlink(empty);
    unlink(nil);
}

TEST(a_full_disk_is_an_error)
{
    char *file = file_of(SLICE(HEADER "A,2026-03-02,P,1,EA\n"));
    CHECK_INT(RUN(NULL, "/dev/full", (char *)"--partner", (char *)"N", file), 1);
    CHECK_INT(RUN(NULL, NULL, (char *)"--partner", (char *)"N", (char *)"--lines",
                  (char *)"/dev/full", file),
              1);
    unlink(file);
}

/* What a check ends with whose reader is gone. */
static int check_into_a_closed_pipe(char *option, char *file)
{
    int ends[2], status;
    CHECK_INT(pipe(ends), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        char *argv[] = { (char *)"submit", option, (char *)"-", file, NULL };
        struct settings settings;
        settings_init(&settings, test_arena(), SERVICE_CLAIMCTL);
        _exit(claimctl_submit_check(&settings, 4, argv));
    }
    close(ends[1]);
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(a_closed_pipe_hides_no_verdict)
{
    struct text t = text_in(test_arena(), 1 << 20);
    PUT(&t, HEADER);
    for (unsigned i = 0; i < 5000; i++) PUT(&t, "A,2026-03-02,,1,EA\n");
    char *file = file_of(text_slice(&t));
    CHECK_INT(check_into_a_closed_pipe((char *)"--lines", file), 3);
    CHECK_INT(check_into_a_closed_pipe((char *)"--rejects", file), 3);
    unlink(file);
}

TEST(two_gibibytes_in_one_row_are_one_dead_row_in_little_memory)
{
    char *file = file_of(SLICE(HEADER "A,2026-03-02,P,1,EA\nB,"));
    struct slice out;
    CHECK_INT(truncate(file, (2ll << 30) - 100), 0);
    int fd = open(file, O_WRONLY | O_APPEND);
    CHECK(write(fd, "\nC,2026-03-02,P,1,EA\n", 21) == 21);
    close(fd);
    CHECK_INT(
        RUN(&out, NULL, (char *)"--partner", (char *)"N", (char *)"--lines", (char *)"-", file), 3);
    CHECK(contains(out, "ROW_TOO_LONG") && contains(out, "\"lines\":{\"passed\":2,\"rejected\":0,\"dead\":1}"));
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    CHECK(usage.ru_maxrss < 256 << 10);
    CHECK_INT(truncate(file, (2ll << 30) + 1), 0);
    CHECK_INT(RUN(&out, NULL, file), 3);      /* refused as a document */
    CHECK(contains(out, "2147483649 bytes; 2147483648 are read"));
    unlink(file);
}

TEST(notes_stand_beside_warnings_and_errors)
{
    struct slice out;
    char *file = file_of(SLICE("Invoice,Ship Date,Part,Qty,UOM,Colour\nA,2026-03-02,P,1,EA,red\n"));
    CHECK_INT(
        RUN(&out, NULL, file, (char *)"--partner", (char *)"P", (char *)"--lines", (char *)"-"), 0);
    CHECK(contains(out, "\"warnings\":[],\"notes\":[{\"code\":\"COLUMN_EXTRA\",\"number\":1318,\"severity\":\"note\""));
    CHECK(contains(out, "\"row\":1,\"column\":6,\"column_name\":\"Colour\""));
    CHECK_INT(RUN(&out, NULL, file, (char *)"--partner", (char *)"P"), 0);
    CHECK(contains(out, "note[COLUMN_EXTRA 1318]: Column Colour is kept as an extra."));
    unlink(file);
}

TEST(questions_and_encodings_name_the_row_and_column_of_what_they_are_about)
{
    static const struct { const char *file, *place;
    } rows[] = {
        { HEADER "A,2026-03-02,P,1,EA\nB,2026-03-02,P,\"1,234\",EA\n", ":3:4  column \"Qty\"  byte 51\n" },
        { HEADER "A,02/03/2026,P,1,EA\n", ":2:2  column \"Ship Date\"  byte 31\n" },
        { HEADER "A,2026-03-02,P,1,EA\nB,2026-03-02,P\xe9,1,EA\n", ":3  byte 65\n" },
    };
    struct slice out;
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        char *file = file_of(slice_from(rows[k].file));
        CHECK_INT(RUN(&out, NULL, file, (char *)"--partner", (char *)"P"), 0);
        CHECK(contains(out, rows[k].place));
        unlink(file);
    }
}

#define INTERCHANGE(invoice) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~" \
    "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*20260302~" \
    "REF*IV*" invoice "~QTY*39*5*EA~LIN**VP*KX-100~SE*9*0001~GE*1*4804~IEA*1*000004711~\n"

/* What intake would answer to the file as a whole. */
TEST(a_control_number_that_comes_twice_in_one_file_names_one_content)
{
    struct slice out;
    char *same = file_of(SLICE(INTERCHANGE("A") INTERCHANGE("A"))),
         *other = file_of(SLICE(INTERCHANGE("A") INTERCHANGE("B")));
    CHECK_INT(
        RUN(&out, NULL, same, (char *)"--partner", (char *)"P", (char *)"--lines", (char *)"-"), 0);
    CHECK(contains(out, "\"state\":\"POSTED\"") && contains(out, "\"state\":\"DUPLICATE\""));
    CHECK_INT(RUN(&out, NULL, other, (char *)"--partner", (char *)"P", (char *)"--ack", (char *)"-"),
              3);
    CHECK(contains(out, "AK9*A*1*1*1") && contains(out, "TA1*000004711*260408*0900*R*025"));
    unlink(same);
    unlink(other);
}

/* What `documents replay` would do, known before anything is sent. */
TEST(another_profile_beside_shows_what_it_would_change)
{
    struct slice out;
    char folder[] = "/tmp/intake-beside-XXXXXX", path[64];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/north@1.yaml", folder);
    FILE *profile = fopen(path, "w");
    CHECK(profile != NULL);
    fputs("profile: north\nversion: 1\neffective_from: 2020-01-01\nextends: default\ntext:\n  columns:\n    - {field: "
          "vendor_part, names: [Code]}\n",
          profile);
    fclose(profile);
    char *file = file_of(SLICE("Invoice,Ship "
                               "Date,Part,Qty,UOM,Code\nA,2026-03-02,P,1,EA,P\nB,2026-03-02,P,1,EA,Q\n,2026-03-02,,1,"
                               "EA,R\nC,2026-03-02,,1,EA,R\n"));
    CHECK_INT(RUN(&out, NULL, (char *)"--partner", (char *)"N", (char *)"--beside", path, file), 0);
    CHECK(contains(out, "{\"profile\":\"north@1\",\"changes\":[{\"act\":\"REPLACE\""));
    CHECK(contains(out, "\"vendor_part\":\"P\"") && contains(out, "\"vendor_part\":\"Q\""));
    CHECK(contains(out, "\"lines\":{\"same\":1,\"replaced\":1,\"cancelled\":0,\"posted\":1,\"kept\":0,"));
    CHECK_INT(RUN(&out, NULL, (char *)"--beside", (char *)"nobody", file), 4);
    unlink(file);
    unlink(path);
    rmdir(folder);
}

/* feeds.md 13: a profile that names its submitter says for whom it speaks and what it sends. */
TEST(a_profile_that_names_its_submitter_is_checked_as_that_one)
{
    struct slice out;
    char folder[] = "/tmp/intake-speaker-XXXXXX", path[64];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/north@1.yaml", folder);
    FILE *profile = fopen(path, "w");
    CHECK(profile != NULL);
    fputs("profile: north\nversion: 1\nextends: default\nsubmitter: north\npartner_id: P-1\nreports_for: [P-2]\n"
          "kinds: [POS_SALE]\n", profile);
    fclose(profile);
    char *file = file_of(SLICE("Partner ID,Invoice,Ship Date,Part,Qty,UOM\n,A,2026-03-02,P,1,EA\n"
                               "P-2,B,2026-03-02,P,1,EA\nP-3,C,2026-03-02,P,1,EA\nP-1,D,2026-03-02,P,-1,EA\n"));
    CHECK_INT(RUN(&out, NULL, (char *)"--lines", (char *)"-", (char *)"--profile", path, file), 3);
    CHECK(contains(out, "\"passed\":2,\"rejected\":2") && contains(out, "PARTNER_NOT_ALLOWED"));
    CHECK(contains(out, "P-3") && contains(out, "POS_RETURN"));
    CHECK_INT(RUN(&out, NULL, (char *)"--partner", (char *)"P-9", file), 0);
    unlink(file);
    unlink(path);
    rmdir(folder);
}

/* As the doors take it: the same lines, ids and positions as of the plain bytes. */
TEST(a_compressed_file_is_read_as_what_it_holds)
{
    static const char plain[] = HEADER "A,2026-03-02,P,1,EA\n";
    static const unsigned char gzip[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xf3, 0xcc,
                                          0x2b, 0xcb, 0xcf, 0x4c, 0x4e, 0xd5, 0x09, 0xce, 0xc8, 0x2c, 0x50, 0x70,
                                          0x49, 0x2c, 0x49, 0xd5, 0x09, 0x48, 0x2c, 0x2a, 0xd1, 0x09, 0x2c, 0xa9,
                                          0xd4, 0x09, 0xf5, 0xf7, 0xe5, 0x72, 0xd4, 0x31, 0x32, 0x30, 0x32, 0xd3,
                                          0x35, 0x30, 0xd6, 0x35, 0x30, 0xd2, 0x09, 0xd0, 0x31, 0xd4, 0x71, 0x75,
                                          0xe4, 0x02, 0x00, 0xf9, 0xe7, 0x47, 0x99, 0x33, 0x00, 0x00, 0x00 };
    struct slice of_plain, of_gzip, out;
    char *file = file_of(slice_of(plain, sizeof plain - 1)),
         *packed = file_of(slice_of((const char *)gzip, sizeof gzip));
    char *cut = file_of(slice_of((const char *)gzip, sizeof gzip - 1));
    CHECK_INT(
        RUN(&of_plain, NULL, (char *)"--partner", (char *)"N", (char *)"--lines", (char *)"-", file),
        0);
    CHECK_INT(RUN(&of_gzip, NULL, (char *)"--partner", (char *)"N", (char *)"--lines", (char *)"-",
                  packed),
              0);
    CHECK(contains(of_plain, "\"outcome\":\"PASS\""));
    CHECK_SLICE(of_gzip, of_plain);
    CHECK_INT(RUN(&out, NULL, (char *)"--lines", (char *)"-", cut), 3);
    CHECK(contains(out, "\"state\":\"REJECTED\"") && contains(out, "\"code\":\"ENCODING_BROKEN\",\"number\":1006"));
    unlink(file);
    unlink(packed);
    unlink(cut);
}
