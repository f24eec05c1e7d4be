/* stage/list_watch.c: sources counted by the snapshots that hold them; a snapshot goes when no listener has it. */
#include "stage/list_watch.h"

#include "base/assert.h"
#include "wire/yaml.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 1 << 20, CONFIG_BYTES = 16 << 20, RETIRED_MAX = 64 };

/* How a set of files looked: another look means another content. */
struct look { int64_t newest_ns, sum_ns; uint64_t bytes; unsigned missing; };

struct source {
    struct arena     arena;
    struct name_list list;
    struct look      look;
    unsigned         holders;                       /* snapshots; the poller alone counts */
};

struct snapshot {
    struct arena       arena;                       /* of the index and of the configuration */
    struct world_lists config;
    struct look        look;                        /* of the configuration */
    struct source     *sources[SCREEN_LISTS_MAX];   /* NULL: could never be read */
    struct look        tried[SCREEN_LISTS_MAX];     /* what was last tried, taken or not */
    struct name_lists  lists;
};

struct list_watch {
    struct list_watch_options  options;
    _Atomic(struct snapshot *) newest;
    _Atomic(struct snapshot *) taken[LIST_WATCH_LISTENERS_MAX];
    struct snapshot           *retired[RETIRED_MAX];
    unsigned                   retired_count;
};

/* --- looking at files ------------------------------------------------------------------------------------------- */

static void look_at(struct look *look, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        look->missing++;
        return;
    }
    int64_t ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    if (ns > look->newest_ns) look->newest_ns = ns;
    look->sum_ns += ns ^ (int64_t)st.st_ino;
    look->bytes += (uint64_t)st.st_size;
}

static bool looks_alike(const struct look *a, const struct look *b)
{
    return a->newest_ns == b->newest_ns && a->sum_ns == b->sum_ns && a->bytes == b->bytes && a->missing == b->missing;
}

static struct look look_of(struct arena *a, const struct list_source *source)
{
    struct look look = { 0 };
    for (unsigned i = 0; i < source->files.count; i++) look_at(&look, slice_copy(a, source->files.items[i]).bytes);
    return look;
}

/* --- sources ---------------------------------------------------------------------------------------------------- */

static void let_go(struct source *s)
{
    if (!s || --s->holders > 0) return;
    arena_close(&s->arena);
    free(s);
}

static enum err read_source(const struct list_source *from, struct look look, struct problems *problems,
                            struct source **out)
{
    struct source *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    enum err e = arena_open(&s->arena, LIST_ARENA_BYTES / 2, LIST_ARENA_BYTES / 2);
    if (e == OK) {
        struct list_source own = *from;             /* names must outlive the configuration they stand in */
        own.id = slice_copy(&s->arena, from->id);
        e = list_load_source(&s->arena, &own, &s->list, problems);
        if (e != OK) arena_close(&s->arena);
    }
    if (e != OK) {
        free(s);
        return e;
    }
    s->look = look;
    s->holders = 1;
    *out = s;
    return OK;
}

static struct slice first_message(const struct problems *problems)
{
    return problems->first ? problems->first->message : SLICE("it cannot be read");
}

static void tell(const struct list_watch *w, struct slice id, const struct name_list *list, struct slice refusal)
{
    if (w->options.told) w->options.told(w->options.context, id, list, refusal);
}

static bool is_same_source(const struct list_source *a, const struct list_source *b)
{
    return slice_equal(a->id, b->id) && a->purpose == b->purpose && a->format == b->format &&
           a->required == b->required && a->max_age_hours == b->max_age_hours &&
           a->has_max_age_hours == b->has_max_age_hours;
}

/* What the snapshot before has of a source, and what it tried of it last. */
static struct source *before(const struct snapshot *last, const struct list_source *source, struct look *tried)
{
    for (unsigned i = 0; last && i < last->config.source_count && i < SCREEN_LISTS_MAX; i++) {
        if (!is_same_source(&last->config.sources[i], source)) continue;
        *tried = last->tried[i];
        return last->sources[i];
    }
    return NULL;
}

/* Fills one place of a snapshot: what is new of the source, else what was in force. */
static void take_source(struct list_watch *w, struct snapshot *s, const struct snapshot *last, unsigned i,
                        struct problems *problems)
{
    const struct list_source *from = &s->config.sources[i];
    struct look tried = { .missing = UINT32_MAX }, look = look_of(&s->arena, from);
    struct source *old = before(last, from, &tried), *fresh = NULL;
    s->tried[i] = look;
    if (!looks_alike(&look, &tried)) {
        struct problems found = problems_in(&s->arena);
        enum err e = read_source(from, look, &found, &fresh);
        if (e == OK && old && list_shrinks(&old->list, &fresh->list, w->options.shrink_percent)) {
            tell(w, from->id, &fresh->list, SLICE("it has far fewer entries than the list in force"));
            let_go(fresh);
            fresh = NULL;
        } else if (e == OK) tell(w, from->id, &fresh->list, (struct slice){ 0 });
        else tell(w, from->id, NULL, first_message(&found));
        for (const struct problem *p = found.first; problems && p; p = p->next) problems_add(problems, p);
    }
    if (!fresh && old) old->holders++;
    s->sources[i] = fresh ? fresh : old;
}

/* --- snapshots -------------------------------------------------------------------------------------------------- */

static struct slice folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slice_of(file, slash == file ? 1 : (size_t)(slash - file)) : SLICE(".");
}

static enum err read_config(const struct list_watch *w, struct snapshot *s, struct problems *problems)
{
    struct slice text;
    struct text_source source = {
        .arena = &s->arena, .file = slice_from(w->options.file), .problems = problems, .code = ERR_LIST_INVALID
    };
    look_at(&s->look, w->options.file);
    TRY(world_read_file(&s->arena, source.file, FILE_BYTES_MAX, &text, problems));
    const struct node *root = yaml_read(&source, text);
    if (!root || !world_read_lists(&source, root, slice_copy(&s->arena, folder_of(w->options.file)), &s->config))
        return ERR_LIST_INVALID;
    return OK;
}

static void free_snapshot(struct snapshot *s)
{
    if (!s) return;
    for (unsigned i = 0; i < SCREEN_LISTS_MAX; i++) let_go(s->sources[i]);
    arena_close(&s->arena);
    free(s);
}

/* A source that was never read still stands in the list of lists: a required one then stops the lines. */
static void index_sources(struct snapshot *s, unsigned count)
{
    struct name_list *lists = ARENA_ARRAY(&s->arena, count + 1u, struct name_list);
    for (unsigned i = 0; i < count; i++) {
        const struct list_source *from = &s->config.sources[i];
        if (s->sources[i]) lists[i] = s->sources[i]->list;
        else
            lists[i] = (struct name_list){ .id = from->id,
                                           .purpose = from->purpose,
                                           .required = from->required,
                                           .max_age_hours = from->has_max_age_hours ? from->max_age_hours
                                                                                    : LIST_MAX_AGE_HOURS_DEFAULT };
    }
    screen_prepare(&s->arena, lists, count, &s->lists);
    s->lists.denied_none = s->config.denied_none;
}

static enum err make_snapshot(struct list_watch *w, const struct snapshot *last, struct problems *problems,
                              struct snapshot **out)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    enum err e = arena_open(&s->arena, LIST_ARENA_BYTES / 2, LIST_ARENA_BYTES / 2);
    if (e == OK) e = read_config(w, s, problems);
    if (e != OK) {
        free_snapshot(s);
        return e;
    }
    unsigned count = s->config.source_count < SCREEN_LISTS_MAX ? s->config.source_count : SCREEN_LISTS_MAX;
    for (unsigned i = 0; i < count; i++) take_source(w, s, last, i, problems);
    index_sources(s, count);
    *out = s;
    return OK;
}

static bool has_denied(const struct snapshot *s)
{
    for (unsigned i = 0; i < s->lists.list_count; i++)
        if (s->lists.lists[i].purpose == LIST_PURPOSE_DENIED && s->lists.lists[i].is_loaded) return true;
    return s->lists.denied_none;
}

enum err list_watch_open(const struct list_watch_options *options, struct arena *a, struct problems *problems,
                         struct list_watch **watch)
{
    struct snapshot *first = NULL;
    struct problems found = problems_in(a);
    ASSERT(options->file && options->listeners <= LIST_WATCH_LISTENERS_MAX);
    struct list_watch *w = calloc(1, sizeof *w);
    if (!w) return ERR_MEMORY_EXHAUSTED;
    w->options = *options;
    enum err e = make_snapshot(w, NULL, &found, &first);
    for (const struct problem *p = found.first; p; p = p->next) problems_add(problems, p);
    if (e == OK && !has_denied(first)) {
        e = ERR_LIST_INVALID;
        problems_add(problems, &(struct problem){
                                   .code = e,
                                   .file = slice_from(options->file),
                                   .message = SLICE("no list of purpose DENIED could be read"),
                                   .fix = SLICE("mend or add one; without any the file has to say `denied: none`") });
    }
    atomic_store(&w->newest, first);
    if (e == OK) *watch = w;
    else list_watch_close(w);
    return e;
}

/* --- polling ---------------------------------------------------------------------------------------------------- */

static bool is_taken(struct list_watch *w, const struct snapshot *s)
{
    for (unsigned i = 0; i < w->options.listeners; i++)
        if (atomic_load(&w->taken[i]) == s) return true;
    return false;
}

static void free_retired(struct list_watch *w)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < w->retired_count; i++) {
        if (is_taken(w, w->retired[i])) w->retired[kept++] = w->retired[i];
        else free_snapshot(w->retired[i]);
    }
    w->retired_count = kept;
}

static bool has_changed(struct snapshot *s, const char *file)
{
    struct look config = { 0 };
    look_at(&config, file);
    bool changed = !looks_alike(&config, &s->look);
    size_t mark = arena_mark(&s->arena);
    for (unsigned i = 0; !changed && i < s->config.source_count && i < SCREEN_LISTS_MAX; i++) {
        struct look look = look_of(&s->arena, &s->config.sources[i]);
        changed = !looks_alike(&look, &s->tried[i]);
    }
    arena_rewind(&s->arena, mark);
    return changed;
}

bool list_watch_poll(struct list_watch *w)
{
    struct snapshot *last = atomic_load(&w->newest), *fresh = NULL;
    free_retired(w);
    if (w->retired_count == RETIRED_MAX || !has_changed(last, w->options.file)) return false;
    struct arena scratch;
    if (arena_open(&scratch, CONFIG_BYTES, CONFIG_BYTES) != OK) return false;
    struct problems found = problems_in(&scratch);
    enum err e = make_snapshot(w, last, &found, &fresh);
    if (e != OK) tell(w, slice_from(w->options.file), NULL, first_message(&found));
    arena_close(&scratch);
    if (e != OK) return false;
    atomic_store(&w->newest, fresh);
    w->retired[w->retired_count++] = last;
    free_retired(w);
    return true;
}

/* Announces first what it is about to use and looks again whether it is still the newest: the poller, which looks at
 * the announcements after its swap, then cannot have freed it. */
const struct name_lists *list_watch_take(struct list_watch *w, unsigned listener, bool *news)
{
    ASSERT(listener < w->options.listeners);
    struct snapshot *held = atomic_load(&w->taken[listener]), *newest = atomic_load(&w->newest);
    *news = newest != held;
    while (newest != held) {
        atomic_store(&w->taken[listener], newest);
        held = newest;
        newest = atomic_load(&w->newest);
    }
    return &held->lists;
}

void list_watch_close(struct list_watch *w)
{
    if (!w) return;
    for (unsigned i = 0; i < w->retired_count; i++) free_snapshot(w->retired[i]);
    free_snapshot(atomic_load(&w->newest));
    free(w);
}
