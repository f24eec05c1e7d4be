/* test_spool.c: documents as files, pipes and gzip (feeds.md 4): the same bytes, or a reason. */
#include "intake/spool.h"

#include "base/assert.h"
#include "intake/document.h"
#include "support/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define PLAIN "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n"

static struct slice packed(struct slice plain)
{
    z_stream z = { 0 };
    size_t capacity = plain.size / 256 + 1024;
    char *room = arena_alloc(test_arena(), capacity);
    ASSERT(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)plain.bytes;
    z.avail_in = (uInt)plain.size;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)capacity;
    ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return slice_of(room, z.total_out);
}

static struct slice joined(struct slice a, struct slice b)
{
    struct text t = text_in(test_arena(), a.size + b.size);
    text_put(&t, a);
    text_put(&t, b);
    return text_slice(&t);
}

static void open_file_of(struct spool *s, struct slice bytes)
{
    char path[] = "/tmp/intake-spool-XXXXXX";
    int fd = mkstemp(path);
    ASSERT(fd >= 0 && write(fd, bytes.bytes, bytes.size) == (ssize_t)bytes.size);
    close(fd);
    CHECK_INT(spool_open_document(s, path), OK);
    unlink(path);
}

static void *write_pipe(void *context)
{
    const struct { int fd; struct slice bytes; } *to = context;
    ASSERT(write(to->fd, to->bytes.bytes, to->bytes.size) == (ssize_t)to->bytes.size);
    close(to->fd);
    return NULL;
}

static void open_pipe_of(struct spool *s, struct slice bytes)
{
    int ends[2];
    char path[32];
    pthread_t writer;
    ASSERT(pipe(ends) == 0);
    struct { int fd; struct slice bytes; } to = { ends[1], bytes };
    ASSERT(pthread_create(&writer, NULL, write_pipe, &to) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    CHECK_INT(spool_open_document(s, path), OK);
    pthread_join(writer, NULL);
    close(ends[0]);
}

/* What becomes of such a document, and why. */
static enum document_state state_of(struct spool *s, struct slice *code)
{
    struct intake *intake;
    struct intake_submitter local = submitter_local();
    struct intake_job job = { .spool = s,
                              .file_name = SLICE("a.csv.gz"),
                              .door = DOOR_CLAIMCTL,
                              .received_at_unix_ms = 1775638800000,
                              .submitter = &local,
                              .profile = mapping_profile_default(),
                              .partner_id = SLICE("P-17") };
    ASSERT(intake_open(&intake, &job, NULL) == OK);
    const struct intake_result *r = intake_result(intake);
    enum document_state state = r->state;
    *code = r->errors.count > 0 ? issue_name(r->errors.items[0].code) : (struct slice){ 0 };
    intake_close(intake);
    return state;
}

TEST(gzip_opens_inflated_as_file_and_as_pipe)
{
    struct slice plain = SLICE(PLAIN), gzip = packed(plain), rest = slice_skip(plain, 20);
    struct slice forms[] = { plain, gzip, joined(packed(slice_head(plain, 20)), packed(rest)),
                             joined(gzip, SLICE("\0\0\0")) };
    for (unsigned k = 0; k < sizeof forms / sizeof *forms; k++) {
        struct spool file, piped;
        open_file_of(&file, forms[k]);
        open_pipe_of(&piped, forms[k]);
        CHECK_SLICE(file.bytes, plain);
        CHECK_SLICE(piped.bytes, plain);
        CHECK(!file.is_passing && piped.is_passing);
        spool_close(&file);
        spool_close(&piped);
    }
}

TEST(an_empty_member_is_an_empty_document)
{
    struct spool s;
    open_file_of(&s, packed(SLICE("")));
    CHECK_INT(s.bytes.size, 0);
    CHECK_INT(s.fault, INFLATE_FINE);
    spool_close(&s);
}

TEST(gzip_that_is_broken_cut_or_a_bomb_is_refused_as_a_document)
{
    static const struct { enum inflate_fault fault; const char *code;
    } expected[] = {
        { INFLATE_BROKEN, "ENCODING_BROKEN" },
        { INFLATE_BROKEN, "ENCODING_BROKEN" },
        { INFLATE_BROKEN, "ENCODING_BROKEN" },
        { INFLATE_BOMB, "ENCODING_BOMB" },
    };
    struct slice gzip = packed(SLICE(PLAIN));
    size_t zeroes = (size_t)INFLATE_RATIO_FROM_BYTES * 2;
    char *many = calloc(zeroes, 1);
    struct slice forms[] = { slice_head(gzip, gzip.size - 3), joined(gzip, SLICE("more")), SLICE("\x1f\x8b"),
                             packed(slice_of(many, zeroes)) };
    for (unsigned k = 0; k < sizeof forms / sizeof *forms; k++) {
        struct spool s;
        struct slice code;
        open_file_of(&s, forms[k]);
        CHECK_INT(s.fault, expected[k].fault);
        CHECK_INT(s.bytes.size, 0);
        CHECK_INT(state_of(&s, &code), DOCUMENT_REJECTED);
        CHECK_SLICE(code, slice_from(expected[k].code));
        spool_close(&s);
    }
    free(many);
}

TEST(other_files_are_opened_as_they_are)
{
    struct spool s;
    CHECK_INT(spool_open_document(&s, "/nowhere/at/all"), ERR_FILE_UNREADABLE);
    open_file_of(&s, SLICE("\x1f"));
    CHECK_SLICE(s.bytes, SLICE("\x1f"));
    spool_close(&s);
}
