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
    CHECK_INT(spool_upload_open(d, is_compressed, 1000, &u), OK);
    for (size_t k = 0; k < bytes.size; k++) CHECK_INT(spool_upload_put(u, slice_head(slice_skip(bytes, k), 1)), SPOOL_FINE);
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
    struct spool_meta meta = { .submitter_id = SLICE("north\"gate"), .file_name = SLICE("märz.csv"), .request_key = SLICE("k"), .door = DOOR_HTTP,
                               .received_at_unix_ms = 1775638800000, .sha256 = { 1, 0xff }, .request_content = { { 7 } }, .bytes = 5, .decimal = 2, .sheet = SLICE("POS") };
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
    char body[SPOOL_PATH_BYTES];
    spool_dir_path(d, bare, ".body", body);
    CHECK(access(body, F_OK) != 0);
    spool_dir_path(d, first, ".body", body);
    CHECK(access(body, F_OK) == 0);
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
    CHECK_INT(raw_store_put(s, id, SLICE("the bytes")), OK);
    CHECK_INT(raw_store_put(s, id, SLICE("others")), OK);
    CHECK(raw_store_has(s, id));
    CHECK_INT(raw_store_get(s, id, &spool), OK);
    CHECK_TEXT(spool.bytes, "the bytes");
    spool_close(&spool);
    CHECK_INT(raw_store_put(s, other, (struct slice){ 0 }), OK);
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
        b->failed += raw_store_put(b->store, id, b->bytes) != OK;
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
    CHECK_INT(raw_store_put(raw, id, slice_of(noise, 200000)), ERR_FILE_UNWRITABLE);
    CHECK(!raw_store_has(raw, id));
    CHECK_INT(raw_store_put_answer(raw, id, slice_of(noise, 200000)), ERR_FILE_UNWRITABLE);
    snprintf(command, sizeof command, "test -z \"$(find %s -type f)\"", folder);
    CHECK_INT(system(command), 0);
    limit_files(RLIM_INFINITY);
    take(d, SLICE("it goes on"), false, name);
    CHECK_INT(raw_store_put(raw, id, slice_of(noise, 200000)), OK);
    CHECK_INT(raw_store_get(raw, id, &spool), OK);
    CHECK_SLICE(spool.bytes, slice_of(noise, 200000));
    spool_close(&spool);
    raw_store_close(raw);
    spool_dir_close(d);
    drop_folder();
}
