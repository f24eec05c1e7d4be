/* services/claimctl/submit_check.c: `claimctl submit --check FILE`: what intake would make of a file, offline. */
#include "claimctl/submit_check.h"
#include "claimctl/argument.h"
#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/submit_beside.h"
#include "intake/check.h"
#include "intake/grants.h"
#include "runtime/clock.h"
#include "wire/mapping_profile.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROFILE_BYTES_MAX = 1 << 20, PROFILES_MAX = 1024 };

struct arguments {
    const char *file, *partner, *currency, *profile, *beside, *lines, *ack, *rejects, *format;
};

/* One file after the options. */
static bool read_arguments(int argc, char **argv, struct arguments *a)
{
    *a = (struct arguments){
        .partner = option_pick_text(&argc, argv, "--partner"),
        .currency = option_pick_text(&argc, argv, "--currency"),
        .profile = option_pick_text(&argc, argv, "--profile"),
        .beside = option_pick_text(&argc, argv, "--beside"),
        .lines = option_pick_text(&argc, argv, "--lines"),
        .ack = option_pick_text(&argc, argv, "--ack"),
        .rejects = option_pick_text(&argc, argv, "--rejects"),
        .format = option_pick_text(&argc, argv, "--format"),
    };
    option_take(&argc, argv, NULL, 0);
    a->file = argv[1];
    return argc == 2;
}

/* The mapping profile */

static bool read_whole(struct arena *a, const char *path, struct slice *text)
{
    struct spool spool;
    if (spool_open(&spool, path) != OK) return false;
    bool fits = spool.bytes.size <= PROFILE_BYTES_MAX;
    if (fits) *text = slice_copy(a, spool.bytes);
    spool_close(&spool);
    return fits;
}

static bool read_profile(struct arena *a, const char *path, struct mapping_profiles *profiles,
                         struct problems *problems)
{
    struct slice text;
    if (!read_whole(a, path, &text)) return false;
    const struct mapping_profile *p =
        mapping_profile_read(a, slice_copy(a, slice_from(path)), text, profiles, problems);
    return p && mapping_profiles_add(a, profiles, p) == OK;
}

static int is_profile_file(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 5 && strcmp(entry->d_name + size - 5, ".yaml") == 0 && strchr(entry->d_name, '@');
}

/* All of a folder, so that `extends` finds what it names. */
static void read_folder(struct arena *a, const char *folder, struct mapping_profiles *profiles,
                        struct problems *problems)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_profile_file, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (i < PROFILES_MAX) (void)read_profile(a, path, profiles, problems);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
}

static void print_problems(const struct problems *problems, struct arena *a)
{
    struct text t = text_in(a, 1 << 16);
    problems_put(&t, problems);
    fwrite(t.bytes, 1, t.size, stderr);
}

/* NULL: said, and *code is the exit code. */
static const struct mapping_profile *find_profile(struct arena *a, struct slice folder, const char *name, int32_t today,
                                                  int *code)
{
    struct mapping_profiles profiles = { 0 };
    struct problems problems = problems_in(a);
    const struct mapping_profile *found = NULL;
    const char *slash = strrchr(name, '/');
    size_t size = strlen(name);
    bool is_file = size > 5 && strcmp(name + size - 5, ".yaml") == 0;
    if (is_file) {
        char beside[PATH_MAX];
        snprintf(beside, sizeof beside, "%.*s", slash ? (int)(slash - name) : 1, slash ? name : ".");
        read_folder(a, beside, &profiles, &problems);
        struct slice text;
        problems = problems_in(a);
        if (read_whole(a, name, &text)) found = mapping_profile_read(a, slice_from(name), text, &profiles, &problems);
    } else {
        read_folder(a, folder.size ? slice_copy(a, folder).bytes : "profiles", &profiles, &problems);
        found = mapping_profile_find(&profiles, slice_from(name), today);
    }
    if (!found && problems.count > 0) {
        print_problems(&problems, a);
        *code = is_file ? EXIT_FAILED : EXIT_BAD_SETTING;
    } else if (!found) {
        *code = is_file ? file_refuse(name, errno) : nearest_refuse_profile(&profiles, slice_from(name));
    }
    return found;
}

/* Those on file, where no one was named; false: their folder has errors. */
static bool read_profiles(struct arena *a, const char *folder, struct mapping_profiles *profiles)
{
    struct grants g;
    struct grant_files files = { .profiles_dir = folder };
    struct problems problems = problems_in(a);
    if (grants_read(a, &files, &g, &problems) != OK) { print_problems(&problems, a); return false; }
    *profiles = g.profiles;
    return true;
}

/* Output */

static void say_unwritable(const char *path, int why)
{
    fprintf(stderr, "error[%s %d]: %s: %s\n", err_name(ERR_FILE_UNWRITABLE), ERR_FILE_UNWRITABLE, path, strerror(why));
}

static FILE *open_output(const char *path)
{
    if (!path) return NULL;
    if (strcmp(path, "-") == 0) return stdout;
    FILE *file = fopen(path, "w");
    if (!file) say_unwritable(path, errno);
    return file;
}

static void close_output(FILE *file, struct check_outcome *outcome)
{
    if (file && file != stdout && fclose(file) != 0 && !outcome->write_errno) outcome->write_errno = errno;
}

static int exit_code(const struct check_outcome *outcome, const char *name)
{
    if (outcome->write_errno) {
        say_unwritable(name, outcome->write_errno);
        return EXIT_FAILED;
    }
    return outcome->is_refused ? EXIT_REFUSED : EXIT_DONE;
}

static bool is_dash(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static int check(const struct arguments *a, const struct mapping_profile *profile,
                 const struct mapping_profiles *profiles, instant_ms now)
{
    struct check_options options = {
        .path = a->file, .partner_id = slice_from(a->partner), .currency = slice_from(a->currency), .profile = profile,
        .profiles = profiles, .received_at_unix_ms = now, .lines = open_output(a->lines), .ack = open_output(a->ack),
        .rejects = open_output(a->rejects), .rejects_form = a->format ? REJECTS_X12 : REJECTS_OWN,
        .receipt = a->lines || is_dash(a->ack) || is_dash(a->rejects) ? NULL : stdout,
    };
    struct check_outcome outcome;
    if ((a->lines && !options.lines) || (a->ack && !options.ack) || (a->rejects && !options.rejects))
        return EXIT_FAILED;
    enum err e = intake_check(&options, &outcome);
    close_output(options.lines, &outcome);
    close_output(options.ack, &outcome);
    close_output(options.rejects, &outcome);
    if (e != OK) return command_fail(e, a->file);
    if (outcome.has_no_ack) fprintf(stderr, "note: %s is not answered with an X12 acknowledgement\n", a->file);
    return exit_code(&outcome, a->lines ? a->lines : "standard output");
}

/* What another profile makes of the same file. */
static int compare(const struct arguments *a, const struct mapping_profile *profile,
                   const struct mapping_profile *beside, instant_ms now)
{
    struct beside_options options = {
        .path = a->file,
        .partner_id = slice_from(a->partner),
        .currency = slice_from(a->currency),
        .profile = profile,
        .beside = beside,
        .received_at_unix_ms = now,
    };
    struct output out = output_stdout();
    enum err e = submit_beside(&options, &out);
    if (e != OK) fprintf(stderr, "error[%s %d]: %s: %s\n", err_name(e), e, a->file, err_text(e));
    return output_close(&out) && e == OK ? EXIT_DONE : EXIT_FAILED;
}

static bool can_be_checked(const struct arguments *a)
{
    const char *const written[] = { a->lines, a->ack, a->rejects };
    if (a->format && strcmp(a->format, "x12") != 0)
        fprintf(stderr, "error[USAGE 6002]: %s is no format of rejects; use x12\n", a->format);
    else return argument_is_currency("submit", a->currency)
        && argument_are_apart("submit", (struct argument_files){ written, 3 }, (struct argument_files){ &a->file, 1 });
    return false;
}

/* By the profile of the command line, else by the one on file that names the sender, else by the default. */
static int check_by_profile(struct arena *arena, const struct arguments *a, struct slice folder)
{
    instant_ms now = clock_now_unix_ms();
    int32_t today = instant_date(now, 0);
    struct mapping_profiles on_file = { 0 };
    const struct mapping_profile *profile = mapping_profile_default(), *beside = NULL;
    int code = strcmp(a->file, "-") == 0 ? EXIT_DONE : file_check(a->file);
    if (code != EXIT_DONE) return code;
    if (a->profile) profile = find_profile(arena, folder, a->profile, today, &code);
    else if (folder.size && !read_profiles(arena, folder.bytes, &on_file)) code = EXIT_BAD_SETTING;
    if (code == EXIT_DONE && a->beside) beside = find_profile(arena, folder, a->beside, today, &code);
    if (code != EXIT_DONE) return code;
    return beside ? compare(a, profile, beside, now) : check(a, profile, a->profile ? NULL : &on_file, now);
}

int claimctl_submit_check(const struct settings *settings, int argc, char **argv)
{
    struct arguments a;
    struct arena arena;
    if (!read_arguments(argc, argv, &a)) return command_usage("submit");
    if (!can_be_checked(&a)) return EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN);
    if (arena_open(&arena, 16 << 20, 64 << 20) != OK) return EXIT_FAILED;
    int code = check_by_profile(&arena, &a, slice_copy(&arena, settings_text(settings, SETTING_INTAKE_PROFILES_DIR)));
    arena_close(&arena);
    return code;
}
