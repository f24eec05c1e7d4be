/* wire/list_load.c: files by format, lists by source, one index over all. */
#include "wire/list_load.h"

#include "base/assert.h"
#include "wire/list_csv.h"
#include "wire/list_ofac.h"
#include "wire/list_un.h"
#include "wire/text_encoding.h"

#include <sys/stat.h>

static instant_ms file_time(struct arena *a, struct slice path)
{
    struct stat st;
    if (stat(slice_copy(a, path).bytes, &st) != 0) return 0;
    return (instant_ms)st.st_mtim.tv_sec * INSTANT_SECOND_MS + st.st_mtim.tv_nsec / 1000000;
}

static instant_ms oldest_file(struct arena *a, const struct texts *files)
{
    instant_ms oldest = 0;
    for (unsigned i = 0; i < files->count; i++) {
        instant_ms time = file_time(a, files->items[i]);
        if (i == 0 || time < oldest) oldest = time;
    }
    return oldest;
}

/* Entries of one source, whatever their file. */
struct gathered { struct list_entry *entries; unsigned count; };

static void append(struct arena *a, struct gathered *g, const struct list_entry *entries, unsigned count)
{
    struct list_entry *all = ARENA_ARRAY(a, g->count + count + 1u, struct list_entry);
    if (g->count) memcpy(all, g->entries, g->count * sizeof *all);
    if (count) memcpy(all + g->count, entries, count * sizeof *all);
    g->entries = all;
    g->count += count;
}

static enum err read_each(const struct text_source *s, const struct list_source *source,
                          bool (*read)(const struct text_source *, struct slice, struct list_entry **, unsigned *),
                          struct gathered *g)
{
    enum err worst = OK;
    for (unsigned i = 0; i < source->files.count; i++) {
        struct text_source of_file = *s;
        struct list_entry *entries;
        struct slice text;
        unsigned count;
        of_file.file = source->files.items[i];
        enum err e = world_read_file(s->arena, of_file.file, LIST_FILE_BYTES_MAX, &text, s->problems);
        if (e == OK && !read(&of_file, text, &entries, &count)) e = ERR_LIST_INVALID;
        if (e == OK) append(s->arena, g, entries, count);
        else if (worst == OK) worst = e;
    }
    return worst;
}

static enum err refuse_file(const struct text_source *s, struct slice path, const char *message, const char *fix)
{
    struct text_source of_file = *s;
    of_file.file = path;
    list_draft_refuse(&of_file, 0, SLICE("files"), slice_from(message), slice_from(fix));
    return ERR_LIST_INVALID;
}

/* OFAC's files are ASCII or UTF-8; an old one in Windows' letters is read as that, so that no letter is lost. */
static struct slice in_utf8(struct arena *a, struct slice text)
{
    return text_utf8_end(text) == text.size ? text : text_of_windows(a, text);
}

static enum err read_ofac(const struct text_source *s, const struct list_source *source, struct gathered *g)
{
    struct slice texts[LIST_OFAC_COUNT] = { { .size = 0 } }, paths[LIST_OFAC_COUNT] = { { .size = 0 } };
    for (unsigned i = 0; i < source->files.count; i++) {
        enum list_ofac_file which;
        struct slice path = source->files.items[i];
        if (!list_ofac_which(path, &which))
            return refuse_file(s, path, "this is no file of OFAC_SDN", "sdn.csv, alt.csv, add.csv, sdn_comments.csv");
        if (paths[which].size) return refuse_file(s, path, "a second file of that name", "name each file once");
        paths[which] = path;
        TRY(world_read_file(s->arena, path, LIST_FILE_BYTES_MAX, &texts[which], s->problems));
        texts[which] = in_utf8(s->arena, texts[which]);
    }
    if (!texts[LIST_OFAC_SDN].size)
        return refuse_file(s, source->id, "the source has no sdn.csv, or an empty one", "add sdn.csv to its files");
    return list_ofac_read(s, texts, paths, &g->entries, &g->count) ? OK : ERR_LIST_INVALID;
}

static int compare_ids(const struct list_entry *entries, unsigned i, unsigned j)
{
    return slice_compare(entries[i].entry_id, entries[j].entry_id);
}

/* Files are checked for themselves; two files of a source may still share an id. */
static bool have_own_ids(const struct text_source *s, const struct gathered *g)
{
    struct list_draft *drafts = ARENA_ARRAY(s->arena, g->count + 1u, struct list_draft);
    uint32_t *rows = ARENA_ARRAY(s->arena, g->count + 1u, uint32_t);
    struct list_entry *unused;
    bool is_sorted = true;
    for (unsigned i = 0; i < g->count; i++) {
        drafts[i].entry_id = g->entries[i].entry_id;
        list_draft_name(s->arena, &drafts[i], g->entries[i].names[0].text, LIST_STRENGTH_NAME, false);
        is_sorted &= i == 0 || compare_ids(g->entries, i - 1, i) < 0;
    }
    return is_sorted || list_draft_finish(s, drafts, rows, g->count, &unused);
}

static enum err read_source(const struct text_source *s, const struct list_source *source, struct gathered *g)
{
    switch (source->format) {
    case LIST_FORMAT_CSV:      return read_each(s, source, list_csv_read, g);
    case LIST_FORMAT_UN_XML:   return read_each(s, source, list_un_read, g);
    case LIST_FORMAT_OFAC_SDN: return read_ofac(s, source, g);
    }
    NEVER();
}

enum err list_load_source(struct arena *a, const struct list_source *source, struct name_list *list,
                          struct problems *problems)
{
    struct text_source s = { .arena = a, .file = source->id, .problems = problems, .code = ERR_LIST_INVALID };
    struct gathered g = { .count = 0 };
    *list = (struct name_list){ .id = source->id,
                                .purpose = source->purpose,
                                .required = source->required,
                                .max_age_hours =
                                    source->has_max_age_hours ? source->max_age_hours : LIST_MAX_AGE_HOURS_DEFAULT,
                                .file_time_unix_ms = oldest_file(a, &source->files) };
    TRY(read_source(&s, source, &g));
    if (!have_own_ids(&s, &g)) return ERR_LIST_INVALID;
    list_seal(a, list, g.entries, g.count);
    return OK;
}

enum err list_load(struct arena *a, const struct world_lists *sources, struct name_lists *out,
                   struct problems *problems)
{
    enum err first = OK;
    unsigned count = sources->source_count < SCREEN_LISTS_MAX ? sources->source_count : SCREEN_LISTS_MAX;
    struct name_list *lists = ARENA_ARRAY(a, count + 1u, struct name_list);
    for (unsigned i = 0; i < count; i++) {
        enum err e = list_load_source(a, &sources->sources[i], &lists[i], problems);
        if (first == OK) first = e;
    }
    screen_prepare(a, lists, count, out);
    out->denied_none = sources->denied_none;
    return first;
}

enum list_format list_load_format(struct slice path, struct slice head)
{
    enum list_ofac_file which;
    while (head.size && ((unsigned char)head.bytes[0] <= ' ' || (unsigned char)head.bytes[0] >= 0x80))
        head = slice_skip(head, 1);
    if (head.size && head.bytes[0] == '<') return LIST_FORMAT_UN_XML;
    bool is_ours = slice_starts_with(head, SLICE("entry_id"));
    return list_ofac_which(path, &which) && !is_ours ? LIST_FORMAT_OFAC_SDN : LIST_FORMAT_CSV;
}
