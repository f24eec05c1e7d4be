#include "intake/raw_store.h"
#include "intake/spool_dir.h"

#include "base/assert.h"
#include "support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

static char folder[64], path[128];

static struct spool_dir *open_dir(void)
{
    struct spool_dir *d = NULL;
    CHECK_INT(spool_dir_open(path, &d), OK);
    return d;
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/claimstream-spool-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/a/spool", folder);
}

static void drop_folder(void)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_INT(system(command), 0);
}

static void take(struct spool_dir *d, struct slice bytes, bool is_compressed, char name[SPOOL_NAME_BYTES])
{
    struct spool_upload *u;
    CHECK_INT(spool_upload_open(d, is_compressed, 1 << 20, &u), OK);
    for (size_t k = 0; k < bytes.size; k++)
        CHECK_INT(spool_upload_put(u, slice_head(slice_skip(bytes, k), 1)), SPOOL_FINE);
    CHECK_INT(spool_upload_end(u), SPOOL_FINE);
    CHECK_INT(spool_upload_sent(u), bytes.size);
    CHECK_INT(spool_upload_keep(u, name), OK);
}

TEST(an_entry_is_whole_with_its_meta_and_entries_keep_their_order)
{
    char first[SPOOL_NAME_BYTES], second[SPOOL_NAME_BYTES], bare[SPOOL_NAME_BYTES];
    const char **names;
    unsigned count;
    make_folder();
    struct spool_dir *d = open_dir();
    struct spool_meta meta = { .submitter_id = SLICE("north\"gate"),
                               .file_name = SLICE("märz.csv"),
                               .request_key = SLICE("k"),
                               .door = DOOR_HTTP,
                               .received_at_unix_ms = 1775638800000,
                               .sha256 = { 1, 0xff },
                               .request_content = { { 7 } },
                               .bytes = 5,
                               .decimal = 2,
                               .sheet = SLICE("POS") };
    take(d, SLICE("first"), false, first);
    take(d, SLICE("second"), false, second);
    take(d, SLICE("bare"), false, bare);
    CHECK_INT(spool_dir_write_meta(d, second, &meta), OK);
    CHECK_INT(spool_dir_write_meta(d, first, &meta), OK);
    CHECK_INT(spool_dir_list(d, test_arena(), &names, &count), OK);
    CHECK_INT(count, 2);
    CHECK(strcmp(names[0], first) == 0 && strcmp(names[1], second) == 0);
    struct spool_meta back;
    CHECK_INT(spool_dir_read_meta(d, test_arena(), first, &back), OK);
    CHECK_SLICE(back.submitter_id, meta.submitter_id);
    CHECK_SLICE(back.file_name, meta.file_name);
    CHECK_TEXT(back.sheet, "POS");
    CHECK(memcmp(back.sha256, meta.sha256, sizeof back.sha256) == 0);
    CHECK_INT(back.request_content.bytes[0], 7);
    CHECK_INT(back.received_at_unix_ms, meta.received_at_unix_ms);
    spool_dir_close(d);
    d = open_dir();                                 /* what has no meta is dropped */
    struct spool body;
    CHECK_INT(spool_dir_open_body(d, bare, &body), ERR_FILE_UNREADABLE);
    CHECK_INT(spool_dir_open_body(d, first, &body), OK);
    CHECK_TEXT(body.bytes, "first");
    spool_close(&body);
    char later[SPOOL_NAME_BYTES];
    take(d, SLICE("later"), false, later);
    CHECK(strcmp(later, second) > 0);
    spool_dir_remove(d, first);
    CHECK_INT(spool_dir_list(d, test_arena(), &names, &count), OK);
    CHECK_INT(count, 1);
    spool_dir_close(d);
    drop_folder();
}

TEST(what_is_too_large_or_broken_is_given_up_and_leaves_nothing)
{
    struct spool_upload *u;
    make_folder();
    struct spool_dir *d = open_dir();
    CHECK_INT(spool_upload_open(d, false, 3, &u), OK);
    CHECK_INT(spool_upload_put(u, SLICE("1234")), SPOOL_TOO_LARGE);
    CHECK_INT(spool_upload_end(u), SPOOL_TOO_LARGE);
    spool_upload_drop(u);
    CHECK_INT(spool_upload_open(d, true, 3, &u), OK);
    CHECK_INT(spool_upload_put(u, SLICE("no gzip at all")), SPOOL_BROKEN);
    spool_upload_drop(u);
    CHECK(spool_dir_fill(d) <= 1000);
    spool_dir_close(d);
    char command[200];
    snprintf(command, sizeof command, "test -z \"$(ls -A %s)\"", path);
    CHECK_INT(system(command), 0);
    drop_folder();
}

/* A document that is too large for the journal, of `size` bytes 'x'. */
static void take_large(struct spool_dir *d, size_t size, char name[SPOOL_NAME_BYTES])
{
    struct spool_upload *u;
    char *bytes = arena_alloc(test_arena(), size);
    memset(bytes, 'x', size);
    CHECK_INT(spool_upload_open(d, false, 1 << 20, &u), OK);
    CHECK_INT(spool_upload_put(u, slice_of(bytes, 10)), SPOOL_FINE);
    CHECK_INT(spool_upload_put(u, slice_of(bytes, size - 10)), SPOOL_FINE);
    CHECK_INT(spool_upload_end(u), SPOOL_FINE);
    CHECK_INT(spool_upload_keep(u, name), OK);
}

static unsigned files_in(const char *ending)
{
    char command[200];
    snprintf(command, sizeof command, "find %s -name '*%s' | wc -l", path, ending);
    FILE *out = popen(command, "r");
    unsigned count = 0;
    CHECK_INT(fscanf(out, "%u", &count), 1);
    pclose(out);
    return count;
}

TEST(small_documents_lie_in_one_segment_and_large_ones_in_files_and_all_come_back_in_order)
{
    char names[5][SPOOL_NAME_BYTES];
    const char **found;
    unsigned count;
    make_folder();
    struct spool_dir *d = open_dir();
    struct spool_meta meta = { .submitter_id = SLICE("north"), .bytes = 3 };
    for (unsigned k = 0; k < 5; k++) {
        if (k == 2) take_large(d, SPOOL_SMALL_BYTES_MAX + 1, names[k]);
        else if (k == 3) take_large(d, SPOOL_SMALL_BYTES_MAX, names[k]);
        else take(d, SLICE("abc"), false, names[k]);
    }
    struct spool_entry entries[5];
    for (unsigned k = 0; k < 5; k++) entries[k] = (struct spool_entry){ .name = names[k], .meta = &meta };
    spool_dir_commit(d, test_arena(), entries, 5);
    for (unsigned k = 0; k < 5; k++) CHECK(entries[k].is_small == (k != 2) && entries[k].is_whole == (k != 2));
    CHECK_INT(spool_dir_write_meta(d, names[2], &meta), OK);
    CHECK_INT(spool_dir_write_meta(d, names[1], &meta), OK);    /* it is whole */
    CHECK_INT(files_in(".log"), 1);
    CHECK_INT(files_in(".body"), 1);
    spool_dir_remove(d, names[0]);
    spool_dir_close(d); /* names[0] ended; its segment stays for the others, and it comes again */
    d = open_dir();
    CHECK_INT(spool_dir_list(d, test_arena(), &found, &count), OK);
    CHECK_INT(count, 5);
    for (unsigned k = 0; k < count; k++) {
        struct spool body;
        struct spool_meta back;
        CHECK_INT(strcmp(found[k], names[k]), 0);
        CHECK_INT(spool_dir_read_meta(d, test_arena(), found[k], &back), OK);
        CHECK_TEXT(back.submitter_id, "north");
        CHECK_INT(spool_dir_open_body(d, found[k], &body), OK);
        CHECK_INT(body.bytes.size, k == 2 ? SPOOL_SMALL_BYTES_MAX + 1 : k == 3 ? SPOOL_SMALL_BYTES_MAX : 3);
        spool_close(&body);
        spool_dir_remove(d, found[k]);
    }
    spool_dir_retire(d, true, NULL, NULL);
    CHECK_INT(files_in(""), 1);                     /* the folder itself */
    spool_dir_close(d);
    drop_folder();
}

static bool say_no(void *context)
{
    ++*(unsigned *)context;
    return false;
}

TEST(a_segment_goes_only_when_nothing_of_it_is_on_its_way_and_what_became_of_it_lasts)
{
    char first[SPOOL_NAME_BYTES], second[SPOOL_NAME_BYTES];
    unsigned asked = 0;
    make_folder();
    struct spool_dir *d = open_dir();
    struct spool_meta meta = { .submitter_id = SLICE("north") };
    take(d, SLICE("1"), false, first);
    take(d, SLICE("2"), false, second);
    CHECK_INT(spool_dir_write_meta(d, first, &meta), OK);
    CHECK_INT(spool_dir_write_meta(d, second, &meta), OK);
    CHECK_INT(files_in(".log"), 1);
    spool_dir_remove(d, first);
    spool_dir_retire(d, true, say_no, &asked);
    CHECK_INT(asked, 0);
    spool_dir_remove(d, second);
    spool_dir_retire(d, false, say_no, &asked);     /* the one being written to */
    CHECK_INT(asked, 0);
    spool_dir_retire(d, true, say_no, &asked);
    CHECK_INT(asked, 1);
    CHECK_INT(files_in(".log"), 1);
    spool_dir_retire(d, true, NULL, NULL);
    CHECK_INT(files_in(".log"), 0);
    spool_dir_close(d);
    drop_folder();
}

static void change_segment(off_t cut, off_t at)
{
    char command[200], file[160];
    snprintf(command, sizeof command, "ls %s/*.log", path);
    FILE *out = popen(command, "r");
    CHECK_INT(fscanf(out, "%159s", file), 1);
    pclose(out);
    FILE *segment = fopen(file, "r+");
    ASSERT(segment);
    if (cut) {
        CHECK_INT(fseek(segment, 0, SEEK_END), 0);
        CHECK_INT(ftruncate(fileno(segment), ftell(segment) - cut), 0);
    } else {
        CHECK_INT(fseek(segment, at, at < 0 ? SEEK_END : SEEK_SET), 0);
        int byte = fgetc(segment);
        CHECK_INT(fseek(segment, at, at < 0 ? SEEK_END : SEEK_SET), 0);
        CHECK_INT(fputc(byte ^ 1, segment), byte ^ 1);
    }
    fclose(segment);
}

/* Three documents, of which the last is torn: `cut` bytes are missing at the end, or the byte at a place, from the
 * start or from the end, is another one. */
static unsigned left_after(off_t cut, off_t at)
{
    char name[SPOOL_NAME_BYTES];
    const char **names;
    unsigned count;
    make_folder();
    struct spool_dir *d = open_dir();
    struct spool_meta meta = { .submitter_id = SLICE("north") };
    for (unsigned k = 0; k < 3; k++) {
        take(d, SLICE("some bytes"), false, name);
        CHECK_INT(spool_dir_write_meta(d, name, &meta), OK);
    }
    spool_dir_close(d);
    change_segment(cut, at);
    d = open_dir();
    CHECK_INT(spool_dir_list(d, test_arena(), &names, &count), OK);
    char later[SPOOL_NAME_BYTES];
    take(d, SLICE("later"), false, later);
    CHECK(count == 0 || strcmp(later, names[count - 1]) > 0);
    CHECK_INT(spool_dir_write_meta(d, later, &meta), OK);       /* into another segment */
    spool_dir_close(d);
    drop_folder();
    return count;
}

TEST(a_torn_tail_is_told_by_its_length_and_its_checksum)
{
    for (off_t cut = 1; cut < 200; cut += 7) CHECK_INT(left_after(cut, 0), 2);
    CHECK_INT(left_after(0, -1), 2);                /* of the checksum */
    CHECK_INT(left_after(0, -20), 2);               /* of the body */
    CHECK_INT(left_after(0, -100), 2);              /* of the meta */
}

/* The documents after the damage were answered, too. */
TEST(damage_within_a_segment_costs_only_the_document_it_hits)
{
    static const off_t places[] = { 0 /* magic */, 5, 9 /* lengths */, 20 /* name */, 58 /* meta */, 100 };
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) CHECK_INT(left_after(0, places[k]), 2);
}

TEST(a_segment_that_cannot_be_read_is_no_empty_one)
{
    struct spool_dir *d;
    char command[160], place[] = "/tmp/claimstream-unreadable-XXXXXX";
    CHECK(mkdtemp(place) != NULL);
    snprintf(command, sizeof command, "mkdir %s/00000000000000000001-1.log", place);     /* opens, but gives no bytes */
    CHECK_INT(system(command), 0);
    CHECK_INT(spool_dir_open(place, &d), ERR_FILE_UNREADABLE);
    snprintf(command, sizeof command, "rm -r %s", place);
    CHECK_INT(system(command), 0);
}

TEST(a_folder_that_cannot_be_made_is_an_error)
{
    struct spool_dir *d;
    CHECK_INT(spool_dir_open("/proc/nowhere/spool", &d), ERR_FILE_UNWRITABLE);
}

TEST(raw_bytes_come_back_as_they_went)
{
    struct raw_store *s;
    struct spool spool;
    uint8_t id[SHA256_BYTES] = { 0xab, 1 }, other[SHA256_BYTES] = { 0xab, 2 };
    make_folder();
    CHECK_INT(raw_store_open(folder, &s), OK);
    CHECK(!raw_store_has(s, id));
    CHECK_INT(raw_store_put(s, id, &(struct spool){ .bytes = SLICE("the bytes") }), OK);
    CHECK_INT(raw_store_put(s, id, &(struct spool){ .bytes = SLICE("others") }), OK);
    CHECK(raw_store_has(s, id));
    CHECK_INT(raw_store_get(s, id, &spool), OK);
    CHECK_TEXT(spool.bytes, "the bytes");
    spool_close(&spool);
    CHECK_INT(raw_store_put(s, other, &(struct spool){ 0 }), OK);
    CHECK_INT(raw_store_get(s, other, &spool), OK);
    CHECK_INT(spool.bytes.size, 0);
    spool_close(&spool);
    uint8_t missing[SHA256_BYTES] = { 9 };
    CHECK_INT(raw_store_get(s, missing, &spool), ERR_FILE_UNREADABLE);
    struct slice answer;
    CHECK_INT(raw_store_put_answer(s, id, SLICE("ISA*")), OK);
    CHECK_INT(raw_store_get_answer(s, test_arena(), id, &answer), OK);
    CHECK_TEXT(answer, "ISA*");
    unsigned removed = 0;
    for (unsigned k = 0; k < 256; k++) removed += raw_store_expire(s, 4000000000000, 10);
    CHECK_INT(removed, 3);
    raw_store_close(s);
    drop_folder();
}

struct bringer { struct raw_store *store; pthread_t thread; struct slice bytes; unsigned failed; };

static void *bring(void *context)
{
    struct bringer *b = context;
    for (unsigned n = 0; n < 40; n++) {
        uint8_t id[SHA256_BYTES] = { 1, (uint8_t)n };
        b->failed += raw_store_put(b->store, id, &(struct spool){ .bytes = b->bytes }) != OK;
    }
    return NULL;
}

TEST(the_same_bytes_brought_by_two_at_once_are_kept_for_both)
{
    struct raw_store *s;
    struct bringer who[4];
    char *bytes = arena_alloc(test_arena(), 300000);
    for (unsigned k = 0; k < 300000; k++) bytes[k] = (char)(k * 2654435761u >> 13);
    make_folder();
    CHECK_INT(raw_store_open(folder, &s), OK);
    for (unsigned k = 0; k < 4; k++) {
        who[k] = (struct bringer){ .store = s, .bytes = slice_of(bytes, 300000) };
        ASSERT(pthread_create(&who[k].thread, NULL, bring, &who[k]) == 0);
    }
    for (unsigned k = 0; k < 4; k++) {
        pthread_join(who[k].thread, NULL);
        CHECK_INT(who[k].failed, 0);
    }
    for (unsigned n = 0; n < 40; n++) {
        uint8_t id[SHA256_BYTES] = { 1, (uint8_t)n };
        struct spool spool;
        CHECK_INT(raw_store_get(s, id, &spool), OK);
        CHECK_SLICE(spool.bytes, slice_of(bytes, 300000));
        spool_close(&spool);
    }
    raw_store_close(s);
    drop_folder();
}

/* No file may grow beyond that: to a writer the same as a disk that is full. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    ASSERT(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
}

TEST(a_disk_that_is_full_is_told_and_leaves_nothing_half_written)
{
    struct spool_upload *u;
    struct raw_store *raw;
    struct spool spool;
    uint8_t id[SHA256_BYTES] = { 7 };
    char *noise = arena_alloc(test_arena(), 200000), command[160], name[SPOOL_NAME_BYTES];
    uint32_t state = 1;
    for (unsigned k = 0; k < 200000; k++) { state = state * 1664525 + 1013904223; noise[k] = (char)(state >> 24); }
    make_folder();
    struct spool_dir *d = open_dir();
    CHECK_INT(raw_store_open(folder, &raw), OK);
    limit_files(50000);
    CHECK_INT(spool_upload_open(d, false, 1 << 20, &u), OK);
    CHECK_INT(spool_upload_put(u, slice_of(noise, 200000)), SPOOL_DISK);
    CHECK_INT(spool_upload_end(u), SPOOL_DISK);
    spool_upload_drop(u);
    CHECK_INT(raw_store_put(raw, id, &(struct spool){ .bytes = slice_of(noise, 200000) }), ERR_FILE_UNWRITABLE);
    CHECK(!raw_store_has(raw, id));
    CHECK_INT(raw_store_put_answer(raw, id, slice_of(noise, 200000)), ERR_FILE_UNWRITABLE);
    snprintf(command, sizeof command, "test -z \"$(find %s -type f)\"", folder);
    CHECK_INT(system(command), 0);
    struct spool_meta meta = { .submitter_id = SLICE("north") };
    char names[100][SPOOL_NAME_BYTES];
    struct spool_entry entries[100];
    for (unsigned k = 0; k < 100; k++) {
        take(d, slice_of(noise, 1000), false, names[k]);
        entries[k] = (struct spool_entry){ .name = names[k], .meta = &meta };
    }
    spool_dir_commit(d, test_arena(), entries, 30);
    spool_dir_commit(d, test_arena(), entries, 100);            /* the others do not fit: none of them is whole */
    for (unsigned k = 0; k < 100; k++) CHECK(entries[k].is_whole == (k < 30));
    limit_files(RLIM_INFINITY);
    spool_dir_commit(d, test_arena(), entries, 100); /* there is room again: after the torn batch nothing is lost */
    for (unsigned k = 0; k < 100; k++) CHECK(entries[k].is_whole);
    spool_dir_close(d);
    d = open_dir();
    const char **found;
    unsigned count;
    CHECK_INT(spool_dir_list(d, test_arena(), &found, &count), OK);
    CHECK_INT(count, 100);
    for (unsigned k = 0; k < count; k++) spool_dir_remove(d, found[k]);
    take(d, SLICE("it goes on"), false, name);
    CHECK_INT(raw_store_put(raw, id, &(struct spool){ .bytes = slice_of(noise, 200000) }), OK);
    CHECK_INT(raw_store_get(raw, id, &spool), OK);
    CHECK_SLICE(spool.bytes, slice_of(noise, 200000));
    spool_close(&spool);
    raw_store_close(raw);
    spool_dir_close(d);
    drop_folder();
}
