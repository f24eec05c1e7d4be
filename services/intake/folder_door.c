/* intake/folder_door.c: inbox/<submitter>/<file> → .taken/ → spool; answers by write and rename. */
#include "intake/folder_door.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "intake/rejects.h"
#include "runtime/clock.h"
#include "runtime/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PIECE_BYTES = 1 << 20,
    LOOK_MS = 1000,
    PAUSE_MS = 100,                 /* an end is noticed so soon */
    RESPONSES_MS = 30000,
    NAME_BYTES = 256,
    ID_BYTES = 64,
    FILL_MAX_PERMILLE = 900,
    NAMES_TRIED_MAX = 1000,
    ENDING_BYTES = 32,
    TAKEN_MAX = 500,                                /* of one submitter that are on their way */
    STRAYS_MAX = 1000,                              /* of one folder that are counted */
    STRAY_FOLDERS_MAX = 64                          /* that are told of one by one */
};

/* A folder whose files nobody takes: how many the last look found, and which look that was. */
struct stray { char folder[NAME_BYTES]; unsigned files, look; };

struct folder_door {
    struct folder_door_options options;
    struct stray               strays[STRAY_FOLDERS_MAX];
    unsigned                   looks;
    atomic_uint                stray_files;
    pthread_t                  thread;
    bool                       has_thread;
    atomic_bool                stops;
    atomic_uint                settle_ms;
    atomic_uint                asked;               /* 849s that were asked for and did not come yet */
    pthread_mutex_t            mutex;               /* of what follows: answers come by another thread than files */
    struct awaited            *awaited;
};

/* An answer that is awaited, the head of what it is for: it ends when it comes, or with the door. */
struct awaited { struct awaited *previous, *next; struct delivery *delivery; };

/* A file whose answers are awaited, and how it was when it was read. */
struct taken {
    struct awaited awaited;
    struct folder_door *door;
    off_t size;
    struct timespec written;
    unsigned ordinal;                               /* of the document whose rejects are awaited, in its file */
    char submitter[NAME_BYTES], name[NAME_BYTES];   /* it lies as .taken/<name> in the submitter's folder */
};

/* Under the mutex, and so is what asks: the answer may come before its delivery is known here. */
static void await_answer(struct folder_door *d, struct awaited *a, struct delivery *delivery)
{
    *a = (struct awaited){ .next = d->awaited, .delivery = delivery };
    if (d->awaited) d->awaited->previous = a;
    d->awaited = a;
}

static void answer_came(struct folder_door *d, struct awaited *a)
{
    pthread_mutex_lock(&d->mutex);
    if (a->previous) a->previous->next = a->next;
    else d->awaited = a->next;
    if (a->next) a->next->previous = a->previous;
    pthread_mutex_unlock(&d->mutex);
}

/* Nobody is told any more; files lie in .taken, and the next process gives them back. */
static void forget_answers(struct folder_door *d)
{
    for (struct awaited *a = d->awaited, *next; a; a = next) {
        next = a->next;
        service_forget(a->delivery);
        free(a);
    }
}

static bool join(char path[PATH_MAX], const char *first, const char *second, const char *third)
{
    int size = snprintf(path, PATH_MAX, "%s/%s%s%s", first, second, third ? "/" : "", third ? third : "");
    return size > 0 && size < PATH_MAX;
}

static bool ends_with(const char *name, const char *ending)
{
    return slice_ends_with(slice_from(name), slice_from(ending));
}

static bool is_watched(const char *name)
{
    return name[0] != '.' && !ends_with(name, ".tmp") && !ends_with(name, ".part") && strlen(name) < NAME_BYTES - 32;
}

/* Folders: a submitter may write to its own, so ours inside it are entered only if they are folders, and what is done
 * there is done through them, wherever a link may lead meanwhile. -1: it is none. */

static int open_folder(const char *box, const char *submitter)
{
    char path[PATH_MAX];
    return join(path, box, submitter, NULL) ? open(path, O_DIRECTORY | O_CLOEXEC) : -1;
}

static int open_inner(int folder, const char *name)
{
    if (folder < 0 || (mkdirat(folder, name, 0750) != 0 && errno != EEXIST)) return -1;
    return openat(folder, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void close_folder(int folder)
{
    if (folder >= 0) close(folder);
}

static int open_taken(const struct taken *t)
{
    int folder = open_folder(t->door->options.inbox, t->submitter), inner = open_inner(folder, ".taken");
    close_folder(folder);
    return inner;
}

/* Names: a file never takes the place of another one. */

static bool rename_only(int from, const char *name, int to, const char *new_name)
{
    if (renameat2(from, name, to, new_name, RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    return linkat(from, name, to, new_name, 0) == 0
           && unlinkat(from, name, 0) == 0;         /* where the file system has no such rename */
}

/* Into a folder under its name, or after a number when another file came under that name meanwhile. */
static bool move_into(int from, int to, const char *name)
{
    char numbered[NAME_BYTES + 16];
    bool is_moved = rename_only(from, name, to, name);
    for (unsigned k = 2; !is_moved && errno == EEXIST && k < NAMES_TRIED_MAX; k++) {
        snprintf(numbered, sizeof numbered, "%u-%s", k, name);
        is_moved = rename_only(from, name, to, numbered);
    }
    return is_moved;
}

static bool put_back(const struct taken *t)
{
    int folder = open_folder(t->door->options.inbox, t->submitter), taken = open_inner(folder, ".taken");
    bool is_back = taken >= 0 && move_into(taken, folder, t->name);
    close_folder(taken);
    close_folder(folder);
    return is_back;
}

/* It comes again when it has settled. Ends *t. */
static void leave(struct taken *t, const char *why)
{
    bool is_back = put_back(t);
    LOG(is_back ? LOG_WARNING : LOG_ERROR, "file_left", LOG_WORD("file", t->name), LOG_WORD("submitter", t->submitter),
        LOG_WORD("why", why),
        LOG_WORD("where", is_back ? "in its folder: it is taken again" : "in .taken: a restart gives it back"));
    free(t);
}

/* Bytes that are kept nowhere else stay with their sender. */
static void set_aside(const struct taken *t)
{
    int folder = open_folder(t->door->options.inbox, t->submitter), taken = open_inner(folder, ".taken"),
        refused = open_inner(folder, ".refused");
    bool is_aside = taken >= 0 && refused >= 0 && move_into(taken, refused, t->name);
    close_folder(refused);
    close_folder(taken);
    close_folder(folder);
    if (!is_aside)
        LOG(LOG_ERROR, "file_left", LOG_WORD("file", t->name), LOG_WORD("submitter", t->submitter),
            LOG_WORD("why", "it was refused, and could not be moved to .refused"));
}

/* Answers */

/* A new file of that name; what stood there, be it a link, is not written to. */
static FILE *new_file(int folder, const char *name)
{
    (void)unlinkat(folder, name, 0);
    int fd = openat(folder, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (fd >= 0 && !file) close(fd);
    return file;
}

static int open_outbox(const struct folder_door *d, const char *submitter)
{
    char path[PATH_MAX];
    if (!join(path, d->options.outbox, submitter, NULL) || (mkdir(path, 0750) != 0 && errno != EEXIST)) return -1;
    return open(path, O_DIRECTORY | O_CLOEXEC);
}

static bool write_answer(const struct taken *t, const char *ending, struct slice bytes)
{
    char name[NAME_BYTES + 32], hidden[NAME_BYTES + 40];
    snprintf(name, sizeof name, "%s%s", t->name, ending);
    snprintf(hidden, sizeof hidden, ".%s.tmp", name);
    int folder = open_outbox(t->door, t->submitter);
    FILE *file = folder >= 0 ? new_file(folder, hidden) : NULL;
    bool is_written = file && (bytes.size == 0 || fwrite(bytes.bytes, 1, bytes.size, file) == bytes.size);
    if (file) is_written = fclose(file) == 0 && is_written;
    is_written = is_written && renameat(folder, hidden, folder, name) == 0;
    close_folder(folder);
    return is_written;
}

/* Does an ST segment open such a set? The separators are those of whoever is answered. */
static bool has_set(struct slice x12, const char *set)
{
    for (size_t at = 0; at + 7 <= x12.size; at++) {
        const char *from = x12.bytes + at;
        bool is_it = memcmp(from, "ST", 2) == 0 && memcmp(from + 3, set, 3) == 0 && from[2] == from[6];
        if (is_it && from[2] != ' ') return true;
    }
    return false;
}

/* An acknowledgement of TA1 segments alone is no functional one. */
static const char *ending_of(struct slice acknowledgement)
{
    return has_set(acknowledgement, "999") ? ".999" : has_set(acknowledgement, "997") ? ".997" : ".ta1";
}

/* Of the first document of a file `<name>.rejects.csv`, of the next one that has any `<name>.2.rejects.csv`. */
static void write_rejects(const struct taken *t, struct slice bytes)
{
    char ending[ENDING_BYTES];
    struct text e = text_over(ending, sizeof ending - 1);
    if (t->ordinal > 1) {
        PUT(&e, ".");
        text_put_int(&e, t->ordinal);
    }
    text_put(&e, rejects_type_of(bytes).ending);
    ending[e.size] = 0;
    (void)write_answer(t, ending, bytes);
}

static void take_rejects(void *context, const struct service_answer *a)
{
    struct taken *t = context;
    answer_came(t->door, &t->awaited);
    if (a->file >= 0) {
        struct spool spool;
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", a->file);
        if (spool_open(&spool, path) == OK) {
            if (spool.bytes.size) write_rejects(t, spool.bytes);
            spool_close(&spool);
        }
        close(a->file);
    }
    free(t);
}

/* 849s come when every line is decided, days later maybe: what is expected lies as a file `.849/<id of the document>`
 * beside the answers, and says what the 849 is to be called. */

struct expected { struct taken taken; char id[ID_BYTES]; };

static int open_expected(const struct folder_door *d, const char *submitter)
{
    int folder = open_outbox(d, submitter), inner = open_inner(folder, ".849");
    close_folder(folder);
    return inner;
}

static void expect_response(const struct taken *t, struct slice id, unsigned ordinal)
{
    char name[ID_BYTES];
    snprintf(name, sizeof name, "%.*s", SLICE_ARGS(slice_head(id, sizeof name - 1)));
    int expected = open_expected(t->door, t->submitter);
    FILE *file = expected >= 0 ? new_file(expected, name) : NULL;
    close_folder(expected);
    if (!file) return;
    if (ordinal > 1) fprintf(file, "%s.%u", t->name, ordinal);
    else fputs(t->name, file);
    (void)fclose(file);
}

/* The next id of a document that a receipt names; empty: there is none. */
static struct slice next_id(struct slice *receipt)
{
    static const char member[] = "\"id\":\"d-";
    const char *at = memmem(receipt->bytes, receipt->size, member, sizeof member - 1);
    if (!at) return (struct slice){ 0 };
    *receipt = slice_skip(*receipt, (size_t)(at - receipt->bytes) + sizeof "\"id\":\"" - 1);
    return slice_head(*receipt, slice_find(*receipt, '"'));
}

/* Every document that the receipt names; a refusal names the one that it is of by its place alone. */
static void for_each_document(const struct taken *t, const struct service_answer *a,
                              void (*does)(const struct taken *t, struct slice id, unsigned ordinal))
{
    size_t prefix = sizeof "/v1/documents/" - 1;
    struct slice receipt = a->body;
    unsigned ordinal = 0;
    for (struct slice id; (id = next_id(&receipt)).size > 0;) does(t, id, ++ordinal);
    if (ordinal == 0 && a->location.size > prefix) does(t, slice_skip(a->location, prefix), 1);
}

static void take_response(void *context, const struct service_answer *a)
{
    struct expected *e = context;
    struct spool spool;
    char path[64];
    bool is_done = a->status == 404;                /* it has none */
    answer_came(e->taken.door, &e->taken.awaited);
    atomic_fetch_sub(&e->taken.door->asked, 1);
    if (a->file >= 0) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", a->file);
        if (spool_open(&spool, path) == OK) {
            is_done = spool.bytes.size == 0 || write_answer(&e->taken, ".849", spool.bytes);
            spool_close(&spool);
        }
        close(a->file);
    }
    int expected = is_done ? open_expected(e->taken.door, e->taken.submitter) : -1;
    if (expected >= 0) (void)unlinkat(expected, e->id, 0);
    close_folder(expected);
    free(e);
}

/* A name as taken files have them: what lies beside the answers may have been written by whoever fetches them. */
static bool read_expected(int expected, const char *id, char name[NAME_BYTES])
{
    int fd = openat(expected, id, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, name, NAME_BYTES - 1) : 0;
    if (fd >= 0) close(fd);
    name[size > 0 ? size : 0] = 0;
    return is_watched(name) && name[0] && !strchr(name, '/');
}

static void ask_for_response(struct folder_door *d, const char *submitter, int expected, const char *id)
{
    struct expected *e = calloc(1, sizeof *e);
    if (!e) return;
    if (!read_expected(expected, id, e->taken.name)) { free(e); return; }
    snprintf(e->id, sizeof e->id, "%.*s", ID_BYTES - 1, id);
    e->taken.door = d;
    snprintf(e->taken.submitter, sizeof e->taken.submitter, "%s", submitter);
    struct question q = {
        .kind = QUESTION_RESPONSE, .submitter_id = slice_from(submitter), .id = slice_from(id), .wants_final = true
    };
    atomic_fetch_add(&d->asked, 1);
    pthread_mutex_lock(&d->mutex);
    await_answer(d, &e->taken.awaited, service_ask(d->options.service, &q, take_response, e));
    pthread_mutex_unlock(&d->mutex);
}

static void ask_for_responses(struct folder_door *d, const char *submitter)
{
    int expected = open_expected(d, submitter);
    DIR *dir = expected >= 0 ? fdopendir(expected) : NULL;
    if (!dir) { close_folder(expected); return; }
    for (const struct dirent *e; !atomic_load(&d->stops) && (e = readdir(dir));)
        if (e->d_name[0] != '.' && strlen(e->d_name) < ID_BYTES)
            ask_for_response(d, submitter, expected, e->d_name);
    closedir(dir);
}

void folder_door_respond(struct folder_door *d)
{
    if (!d->options.outbox || atomic_load(&d->asked) > 0 || !service_is_open(d->options.service)) return;
    DIR *dir = opendir(d->options.outbox);
    if (!dir) return;
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.' && strlen(e->d_name) < NAME_BYTES) ask_for_responses(d, e->d_name);
    closedir(dir);
}

static bool has_refused(struct slice receipt)
{
    return !memmem(receipt.bytes, receipt.size, "\"rejected\":0,\"dead\":0", 21)
           || memmem(receipt.bytes, receipt.size, "\"errors\":[{", 11);
}

static void ask_for_rejects(const struct taken *t, struct slice id, unsigned ordinal)
{
    struct taken *own = malloc(sizeof *own);
    if (!own) return;
    *own = *t;
    own->ordinal = ordinal;
    struct question q = { .kind = QUESTION_REJECTS, .submitter_id = slice_from(own->submitter), .id = id };
    struct folder_door *d = own->door;              /* *own may have ended by the time that the mutex is free */
    pthread_mutex_lock(&d->mutex);
    await_answer(d, &own->awaited, service_ask(d->options.service, &q, take_rejects, own));
    pthread_mutex_unlock(&d->mutex);
}

/* A writer that paused for longer than files take to settle still writes to what was taken. */
static bool has_grown(const struct taken *t)
{
    struct stat st;
    int taken = open_taken(t);
    bool is_known = taken >= 0 && fstatat(taken, t->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    close_folder(taken);
    return is_known
           && (st.st_size != t->size || st.st_mtim.tv_sec != t->written.tv_sec
               || st.st_mtim.tv_nsec != t->written.tv_nsec);
}

static void remove_taken(const struct taken *t)
{
    int taken = open_taken(t);
    if (taken >= 0) (void)unlinkat(taken, t->name, 0);
    close_folder(taken);
}

static void answered(void *context, const struct service_answer *a)
{
    struct taken *t = context;
    answer_came(t->door, &t->awaited);
    if (a->file >= 0) close(a->file);
    if (a->problem == REPLY_UNAVAILABLE) { leave(t, "it could not be taken now"); return; }
    if (has_grown(t)) { leave(t, "it was still being written; it comes again whole"); return; }
    if (a->problem == REPLY_FORBIDDEN) set_aside(t);
    else remove_taken(t);
    if (!t->door->options.outbox) { free(t); return; }
    bool is_written = write_answer(t, ".receipt.json", a->body);
    if (a->acknowledgement.size)
        is_written = write_answer(t, ending_of(a->acknowledgement), a->acknowledgement) && is_written;
    bool is_judged = a->state == INTAKE_POSTED || a->state == INTAKE_REJECTED;
    if (is_judged && slice_equal(a->format, SLICE("x12"))) for_each_document(t, a, expect_response);
    if (!is_written) LOG(LOG_ERROR, "answer_unwritten", LOG_WORD("file", t->name), LOG_WORD("submitter", t->submitter));
    if (has_refused(a->body) && a->state != INTAKE_HELD) for_each_document(t, a, ask_for_rejects);
    free(t);
}

/* Taking */

/* Unchanged for long enough. Whatever changes a file sets its ctime, by our clock; mtime is what the sender says, who
 * may live in the future. */
static bool is_settled(const struct folder_door *d, const struct stat *st)
{
    instant_ms changed = (instant_ms)st->st_ctim.tv_sec * 1000 + st->st_ctim.tv_nsec / 1000000;
    return clock_now_unix_ms() - changed >= (instant_ms)atomic_load(&d->settle_ms);
}

static enum spool_fault copy(struct spool_upload *u, int fd)
{
    char *piece = malloc(PIECE_BYTES);
    enum spool_fault fault = piece ? SPOOL_FINE : SPOOL_DISK;
    ssize_t n = 0;
    while (fault == SPOOL_FINE && (n = read(fd, piece, PIECE_BYTES)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        fault = n < 0 ? SPOOL_DISK : spool_upload_put(u, slice_of(piece, (size_t)n));
    }
    free(piece);
    return fault;
}

static bool is_gzip(int fd)
{
    unsigned char head[2] = { 0 };
    return pread(fd, head, 2, 0) == 2 && head[0] == 0x1f && head[1] == 0x8b;
}

static void refuse(struct taken *t, enum spool_fault fault)
{
    struct json_out j;
    enum reply_problem problem = fault == SPOOL_BROKEN ? REPLY_ENCODING_BROKEN : REPLY_TOO_LARGE;
    json_out_open(&j);
    reply_put_problem(&j, problem, &(struct reply_detail){ 0 });
    set_aside(t);
    if (t->door->options.outbox) (void)write_answer(t, ".receipt.json", json_out_bytes(&j));
    json_out_close(&j);
    free(t);
}

/* A folder has names of any bytes, records have texts. */
static struct slice readable(const char *name, char room[NAME_BYTES])
{
    struct text t = text_over(room, NAME_BYTES);
    utf8_put_readable(&t, slice_from(name));
    return text_slice(&t);
}

static void submit(struct taken *t, struct spool_upload *u, bool is_compressed)
{
    char name[SPOOL_NAME_BYTES], shown[NAME_BYTES];
    struct spool_meta meta = { .submitter_id = slice_from(t->submitter),
                               .file_name = readable(t->name, shown),
                               .door = DOOR_FOLDER,
                               .received_at_unix_ms = clock_now_unix_ms(),
                               .bytes = spool_upload_bytes(u),
                               .is_compressed = is_compressed };
    spool_upload_sha256(u, meta.sha256);
    if (spool_upload_keep(u, name) != OK) { leave(t, "the spool cannot be written"); return; }
    struct folder_door *d = t->door;                /* *t may have ended by the time that the mutex is free */
    pthread_mutex_lock(&d->mutex);
    await_answer(d, &t->awaited, service_submit(d->options.service, &meta, name, answered, t));
    pthread_mutex_unlock(&d->mutex);
}

static bool hand_in(struct taken *t, int taken)
{
    struct spool_upload *u;
    struct stat st;
    int fd = openat(taken, t->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK
                                        | O_CLOEXEC); /* what was a file a moment ago may be something else */
    if (fd < 0) return false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) { close(fd); return false; }
    t->size = st.st_size;
    t->written = st.st_mtim;
    bool is_compressed = is_gzip(fd);
    if (spool_upload_open(service_spool(t->door->options.service), is_compressed, t->door->options.bytes_max, &u)
        != OK) {
        close(fd);
        return false;
    }
    enum spool_fault fault = copy(u, fd), end = spool_upload_end(u);
    close(fd);
    if (fault == SPOOL_FINE) fault = end;
    if (fault == SPOOL_FINE) { submit(t, u, is_compressed); return true; }
    spool_upload_drop(u);
    if (fault == SPOOL_DISK) return false;
    refuse(t, fault);
    return true;
}

/* The rename is the lock: of several who look only one gets the file, and one of the same name waits until that is
 * answered. */
static bool take(struct folder_door *d, int folder, const char *submitter, const char *file)
{
    struct taken *t = calloc(1, sizeof *t);
    if (!t) return false;
    t->door = d;
    snprintf(t->submitter, sizeof t->submitter, "%s", submitter);
    snprintf(t->name, sizeof t->name, "%s", file);
    int taken = open_inner(folder, ".taken");
    bool is_taken = taken >= 0 && rename_only(folder, file, taken, file),
         is_handed_in = is_taken && hand_in(t, taken);
    close_folder(taken);
    if (is_handed_in) return true;
    if (is_taken) leave(t, "it cannot be read, or the spool cannot be written");
    else free(t);
    return false;
}

/* Files of the submitter that wait for their answers. */
static unsigned count_taken(int folder)
{
    unsigned count = 0;
    int taken = open_inner(folder, ".taken");
    DIR *dir = taken >= 0 ? fdopendir(taken) : NULL;
    if (!dir) { close_folder(taken); return 0; }
    for (const struct dirent *e; count < TAKEN_MAX && (e = readdir(dir));) count += e->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* Of however many files so many are on their way at once: the others wait where they lie, and nobody's memory holds
 * them. */
static unsigned look_at(struct folder_door *d, const char *submitter)
{
    unsigned taken = 0, room;
    int folder = open_folder(d->options.inbox, submitter);
    DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
    if (!dir) { close_folder(folder); return 0; }
    room = TAKEN_MAX - count_taken(folder);
    for (const struct dirent *e; taken < room && !atomic_load(&d->stops) && (e = readdir(dir));) {
        struct stat st;
        if (!is_watched(e->d_name) || fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0
            || !S_ISREG(st.st_mode))
            continue;
        if (is_settled(d, &st)) taken += take(d, folder, submitter, e->d_name);
    }
    closedir(dir);
    return taken;
}

/* Files of nobody: a submitter's folder that was mistyped would swallow its reports without a word. */

/* Where that folder is noted, or room for it; NULL: there is none. */
static struct stray *stray_of(struct folder_door *d, const char *folder)
{
    struct stray *room = NULL;
    for (unsigned i = 0; i < STRAY_FOLDERS_MAX; i++) {
        struct stray *s = &d->strays[i];
        if (s->files > 0 && strcmp(s->folder, folder) == 0) return s;
        if (s->files == 0 && !room) room = s;
    }
    return room;
}

static void note_stray(struct folder_door *d, const char *folder, unsigned files)
{
    struct stray *s = files > 0 ? stray_of(d, folder) : NULL;
    if (!s) return;
    if (files > s->files)
        LOG(LOG_WARNING, "files_of_nobody", LOG_WORD("folder", folder), LOG_NUMBER("files", files),
            LOG_WORD("why", "no submitter has this name"),
            LOG_WORD("fix", "move them to the folder of a submitter, or name this one in intake.submitters"));
    snprintf(s->folder, sizeof s->folder, "%s", folder);
    s->files = files;
    s->look = d->looks;
}

static void forget_strays(struct folder_door *d)
{
    for (unsigned i = 0; i < STRAY_FOLDERS_MAX; i++)
        if (d->strays[i].look != d->looks) d->strays[i].files = 0;
}

static bool would_be_taken(const struct folder_door *d, int folder, const char *name)
{
    struct stat st;
    return is_watched(name) && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)
           && is_settled(d, &st);
}

static unsigned count_strays(const struct folder_door *d, const char *name)
{
    unsigned count = 0;
    int folder = open_folder(d->options.inbox, name);
    DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
    if (!dir) { close_folder(folder); return 0; }
    for (const struct dirent *e; count < STRAYS_MAX && (e = readdir(dir));)
        count += would_be_taken(d, folder, e->d_name);
    closedir(dir);
    return count;
}

/* What stands in the inbox under a name that is no submitter's. The number of its files. */
static unsigned look_at_stray(struct folder_door *d, const char *name)
{
    unsigned files = count_strays(d, name);
    note_stray(d, name, files);
    return files;
}

unsigned folder_door_strays(const struct folder_door *d)
{
    return atomic_load(&d->stray_files);
}

/* One look at all folders, by the thread or a test. The number of files taken. */
static unsigned folder_door_look(struct folder_door *d)
{
    const struct grants *g = service_grants(d->options.service);
    unsigned taken = 0, strays;
    if (!service_takes_documents(d->options.service)
        || spool_dir_fill(service_spool(d->options.service)) >= FILL_MAX_PERMILLE)
        return 0;
    DIR *dir = opendir(d->options.inbox);
    if (!dir) return 0;
    d->looks++;
    strays = look_at_stray(d, ".");
    for (const struct dirent *e; !atomic_load(&d->stops) && (e = readdir(dir));) {
        if (e->d_name[0] == '.' || strlen(e->d_name) >= NAME_BYTES) continue;
        if (grants_find(g, slice_from(e->d_name))) taken += look_at(d, e->d_name);
        else strays += look_at_stray(d, e->d_name);
    }
    closedir(dir);
    forget_strays(d);
    atomic_store(&d->stray_files, strays);
    return taken;
}

/* What a former process took: the register knows what was posted of it, so that it may simply come again. */
static void give_back(struct folder_door *d, const char *submitter)
{
    int folder = open_folder(d->options.inbox, submitter), taken = -1;
    if (folder >= 0) taken = openat(folder, ".taken", O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = taken >= 0 ? fdopendir(taken) : NULL;
    for (const struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.' && !move_into(taken, folder, e->d_name))
            LOG(LOG_ERROR, "file_left", LOG_WORD("file", e->d_name), LOG_WORD("submitter", submitter),
                LOG_WORD("why", "it could not be given back"));
    if (dir) closedir(dir);
    else close_folder(taken);
    close_folder(folder);
}

static void *watch(void *context)
{
    struct folder_door *d = context;
    unsigned look_ms = d->options.look_ms ? d->options.look_ms : LOOK_MS;
    unsigned step_ms = look_ms < PAUSE_MS ? look_ms : PAUSE_MS, since_responses = RESPONSES_MS;
    struct timespec pause = { 0, step_ms * 1000000L };
    log_name_thread("folder");
    for (unsigned waited = look_ms; !atomic_load(&d->stops); waited += step_ms, since_responses += step_ms) {
        if (waited >= look_ms) {
            (void)folder_door_look(d);
            waited = 0;
        }
        if (since_responses >= RESPONSES_MS) {
            folder_door_respond(d);
            since_responses = 0;
        }
        nanosleep(&pause, NULL);
    }
    return NULL;
}

enum err folder_door_open(const struct folder_door_options *options, struct folder_door **door)
{
    struct folder_door *d = calloc(1, sizeof *d);
    if (!d) return ERR_MEMORY_EXHAUSTED;
    d->options = *options;
    folder_door_retune(d, options->settle_ms);
    pthread_mutex_init(&d->mutex, NULL);
    DIR *dir = opendir(options->inbox);
    bool has_outbox = !options->outbox || mkdir(options->outbox, 0750) == 0 || errno == EEXIST;
    if (!dir || !has_outbox) {
        if (dir) closedir(dir);
        free(d);
        return ERR_FILE_UNWRITABLE;
    }
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.') give_back(d, e->d_name);
    closedir(dir);
    d->has_thread = pthread_create(&d->thread, NULL, watch, d) == 0;
    if (!d->has_thread) { free(d); return ERR_MEMORY_EXHAUSTED; }
    *door = d;
    return OK;
}

void folder_door_retune(struct folder_door *d, unsigned settle_ms)
{
    atomic_store(&d->settle_ms, settle_ms);
}

void folder_door_stop(struct folder_door *d)
{
    atomic_store(&d->stops, true);
}

void folder_door_close(struct folder_door *d)
{
    if (!d) return;
    folder_door_stop(d);
    pthread_join(d->thread, NULL);
    forget_answers(d);
    pthread_mutex_destroy(&d->mutex);
    free(d);
}
