/* runtime/partner_copy.h on LMDB in a scratch folder. */
#include "support/test.h"

#include "runtime/partner_copy.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static struct partner_copy *open_copy(const char *cluster, bool *afresh)
{
    struct partner_copy *copy = NULL;
    struct partner_copy_options o = {
        .folder = folder, .cluster_id = cluster, .map_bytes = 8 << 20, .now_unix_ms = 1000, .max_age_ms = 500
    };
    CHECK_INT(partner_copy_open(&o, &copy, afresh), OK);
    return copy;
}

static struct partner_copy *open_new(void)
{
    bool afresh = false;
    snprintf(folder, sizeof folder, "/tmp/partner_copy.XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    struct partner_copy *copy = open_copy("cluster-a", &afresh);
    CHECK(afresh);
    return copy;
}

static void remove_folder(void)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "owner" };
    char path[128];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void put(struct partner_copy *copy, const char *id, uint64_t revision, const char *bytes, const char *duns)
{
    struct partner_copy_identifier identifier = { SLICE("1"), slice_from(duns) };
    struct partner_copy_entry entry = { .partner_id = slice_from(id), .bytes = slice_from(bytes), .revision = revision,
                                        .identifiers = &identifier, .identifier_count = duns ? 1 : 0 };
    CHECK_INT(partner_copy_put(copy, &entry), OK);
}

static struct slice find(struct partner_reader *r, const char *id, uint64_t *revision)
{
    struct slice bytes = { 0 };
    CHECK_INT(partner_reader_find(r, slice_from(id), revision, &bytes), OK);
    return bytes;
}

TEST(a_profile_is_seen_after_commit_and_renewal_with_its_revision_and_identifier)
{
    struct partner_copy *copy = open_new();
    struct partner_reader *reader = NULL;
    uint64_t revision;
    struct slice id;
    CHECK_INT(partner_copy_offset(copy), -1);
    CHECK_INT(partner_reader_open(copy, &reader), OK);
    put(copy, "V-310", 0x0102030405060708, "alder", "081446207");
    CHECK_INT(partner_copy_commit(copy, 7, 1000), OK);
    CHECK_INT(find(reader, "V-310", &revision).size, 0);                /* as of its last renewal */
    CHECK_INT(partner_reader_renew(reader), OK);
    CHECK_TEXT(find(reader, "V-310", &revision), "alder");
    CHECK_INT(revision, 0x0102030405060708);
    CHECK_INT(partner_reader_identify(reader, SLICE("1"), SLICE("081446207"), 0, &id), OK);
    CHECK_TEXT(id, "V-310");
    CHECK_INT(partner_reader_identify(reader, SLICE("92"), SLICE("081446207"), 0, &id), OK);
    CHECK_INT(id.size, 0);
    CHECK_INT(partner_copy_offset(copy), 7);
    CHECK_INT(partner_reader_count(reader), 1);
    partner_reader_close(reader);
    partner_copy_close(copy);
    remove_folder();
}

TEST(a_later_record_takes_the_place_of_an_earlier_one_whatever_its_revision)
{
    struct partner_copy *copy = open_new();
    struct partner_reader *reader = NULL;
    uint64_t revision;
    put(copy, "V-310", 5, "old", NULL);
    put(copy, "V-310", 4, "new", NULL);
    CHECK_INT(partner_copy_commit(copy, 3, 1000), OK);
    CHECK_INT(partner_reader_open(copy, &reader), OK);
    CHECK_TEXT(find(reader, "V-310", &revision), "new");
    CHECK_INT(revision, 4);
    partner_reader_close(reader);
    partner_copy_close(copy);
    remove_folder();
}

TEST(it_is_kept_over_a_restart_and_begun_afresh_for_another_cluster)
{
    struct partner_copy *copy = open_new();
    struct partner_reader *reader = NULL;
    uint64_t revision;
    bool afresh = true;
    put(copy, "V-310", 1, "alder", NULL);
    CHECK_INT(partner_copy_commit(copy, 9, 1000), OK);
    partner_copy_close(copy);
    copy = open_copy("cluster-a", &afresh);
    CHECK(!afresh);
    CHECK_INT(partner_copy_offset(copy), 9);
    CHECK_INT(partner_reader_open(copy, &reader), OK);
    CHECK_TEXT(find(reader, "V-310", &revision), "alder");
    partner_reader_close(reader);
    partner_copy_close(copy);
    copy = open_copy("cluster-b", &afresh);
    CHECK(afresh);
    CHECK_INT(partner_copy_offset(copy), -1);
    CHECK_INT(partner_reader_open(copy, &reader), OK);
    CHECK_INT(partner_reader_count(reader), 0);
    partner_reader_close(reader);
    partner_copy_close(copy);
    remove_folder();
}

TEST(one_that_was_saved_too_long_ago_is_begun_afresh)
{
    struct partner_copy *copy = open_new();
    bool afresh = false;
    put(copy, "V-310", 1, "alder", NULL);
    CHECK_INT(partner_copy_commit(copy, 9, 499), OK);
    partner_copy_close(copy);
    copy = open_copy("cluster-a", &afresh);
    CHECK(afresh);
    partner_copy_close(copy);
    remove_folder();
}

TEST(a_second_process_does_not_get_the_folder)
{
    struct partner_copy *copy = open_new(), *second = NULL;
    struct partner_copy_options o = { .folder = folder, .cluster_id = "cluster-a", .map_bytes = 8 << 20 };
    CHECK_INT(partner_copy_open(&o, &second, NULL), ERR_STATE_IN_USE);
    partner_copy_close(copy);
    remove_folder();
}

TEST(a_damaged_file_is_no_loss)
{
    struct partner_copy *copy = open_new();
    char path[128];
    bool afresh = false;
    partner_copy_close(copy);
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    int fd = open(path, O_WRONLY);
    CHECK(fd >= 0 && ftruncate(fd, 0) == 0 && write(fd, "this is no environment", 22) == 22);
    close(fd);
    copy = open_copy("cluster-a", &afresh);
    CHECK(afresh);
    partner_copy_close(copy);
    remove_folder();
}

/* LMDB would map pages that are not there. */
TEST(a_file_that_was_cut_is_no_loss)
{
    struct partner_copy *copy = open_new();
    char path[128], id[16];
    static char bytes[2000];
    bool afresh = false;
    memset(bytes, 'x', sizeof bytes - 1);
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof id, "P-%d", i);
        put(copy, id, 1, bytes, NULL);
    }
    CHECK_INT(partner_copy_commit(copy, 20, 1000), OK);
    partner_copy_close(copy);
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    CHECK(truncate(path, 8192) == 0);
    copy = open_copy("cluster-a", &afresh);
    CHECK(afresh);
    partner_copy_close(copy);
    remove_folder();
}

/* A process that ends before it has read or written: by its own pages, for all we know. */
static bool opens_afresh_after(unsigned crashes)
{
    struct partner_copy *copy = open_new();
    bool afresh = false;
    CHECK_INT(partner_copy_commit(copy, 7, 1000), OK);
    partner_copy_close(copy);
    for (unsigned i = 0; i < crashes; i++) {
        pid_t child = fork();
        if (child == 0) {
            open_copy("cluster-a", NULL);
            _exit(0);
        }
        CHECK(waitpid(child, NULL, 0) == child);
    }
    copy = open_copy("cluster-a", &afresh);
    CHECK(afresh || partner_copy_offset(copy) == 7);
    partner_copy_close(copy);
    remove_folder();
    return afresh;
}

TEST(a_copy_that_two_processes_in_a_row_did_not_survive_is_begun_afresh)
{
    CHECK(!opens_afresh_after(1));
    CHECK(opens_afresh_after(2));
}

TEST(a_copy_whose_bytes_made_no_sense_is_begun_afresh_whatever_was_committed_since)
{
    struct partner_copy *copy = open_new();
    bool afresh = false;
    partner_copy_distrust(copy);
    CHECK_INT(partner_copy_commit(copy, 7, 1000), OK);
    partner_copy_close(copy);
    copy = open_copy("cluster-a", &afresh);
    CHECK(afresh);
    CHECK_INT(partner_copy_offset(copy), -1);
    partner_copy_close(copy);
    copy = open_copy("cluster-a", &afresh);
    CHECK(!afresh);
    partner_copy_close(copy);
    remove_folder();
}

/* No byte may be written to any file: what a full disk says at the start is no reason to end. */
TEST(a_copy_that_finds_no_room_at_its_opening_says_so)
{
    partner_copy_close(open_new());
    pid_t child = fork();
    if (child == 0) {
        struct partner_copy *copy = NULL;
        struct partner_copy_options o = {
            .folder = folder, .cluster_id = "cluster-b", .map_bytes = 8 << 20, .now_unix_ms = 1000
        };
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, 0 });
        _exit(partner_copy_open(&o, &copy, NULL) == ERR_STATE_FULL ? 0 : 1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    remove_folder();
}
