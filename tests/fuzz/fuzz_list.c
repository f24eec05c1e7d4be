/* Lists of names from outside, in all three formats: whatever the bytes are, they are read whole or refused with a
 * problem; what was read can be sealed, indexed and searched. The first byte chooses the format. */
#include "base/assert.h"
#include "domain/name/screen.h"
#include "wire/list_csv.h"
#include "wire/list_ofac.h"
#include "wire/list_un.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_BYTES_MAX = 64 << 10 };

static struct arena arena;

static bool read_ofac(const struct text_source *s, struct slice text, struct list_entry **entries, unsigned *count)
{
    struct slice texts[LIST_OFAC_COUNT],
        paths[LIST_OFAC_COUNT] = { SLICE("sdn.csv"), SLICE("alt.csv"), SLICE("add.csv"), SLICE("sdn_comments.csv") };
    for (unsigned i = 0; i < LIST_OFAC_COUNT; i++) texts[i] = slice_cut(&text, '\x1a');
    return list_ofac_read(s, texts, paths, entries, count);
}

static bool read_list(const struct text_source *s, uint8_t format, struct slice text, struct list_entry **entries,
                      unsigned *count)
{
    switch (format % 3) {
    case 0: return list_csv_read(s, text, entries, count);
    case 1: return read_ofac(s, text, entries, count);
    default: return list_un_read(s, text, entries, count);
    }
}

static void search(struct list_entry *entries, unsigned count)
{
    struct name_list list = { .id = SLICE("FUZZ"), .purpose = LIST_PURPOSE_DENIED };
    struct name_lists lists;
    list_seal(&arena, &list, entries, count);
    screen_prepare(&arena, &list, 1, &lists);
    for (unsigned i = 0; i < count && i < 8; i++) {
        struct name_query q = { .name = list.entries[i].names[0].text, .kind = list.entries[i].kind };
        struct name_answer answer;
        screen_name(&arena, &lists, LIST_PURPOSE_DENIED, &q, (struct screen_limits){ 7000, 64 }, &answer);
        ASSERT(answer.is_unreadable || answer.hit_count <= 64 + 64);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > FILE_BYTES_MAX) return 0;
    if (!arena.base && arena_open(&arena, (size_t)256 << 20, 256 << 20) != OK) return 0;
    struct problems problems = problems_in(&arena);
    struct text_source s = { .arena = &arena, .file = SLICE("list"), .problems = &problems, .code = ERR_LIST_INVALID };
    struct list_entry *entries;
    unsigned count;
    bool fine = read_list(&s, data[0], slice_of((const char *)data + 1, size - 1), &entries, &count);
    ASSERT(fine == (problems.count == 0));
    if (fine) search(entries, count);
    arena_reset(&arena);
    return 0;
}
