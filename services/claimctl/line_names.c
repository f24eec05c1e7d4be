/* claimctl/line_names.c: an index over a transcript, made when it is asked for. */
#include "claimctl/line_names.h"

#include "base/assert.h"
#include "claimctl/line_name.h"
#include "wire/dossier_codec.h"

enum { SCRATCH_BYTES = 16 << 20, NO_ENTRY = UINT32_MAX };

static struct transcript *used;
static struct arena scratch;

void line_names_use(struct transcript *t)
{
    used = t;
    arena_close(&scratch);
}

static bool read(uint32_t entry, struct slice *bytes)
{
    const struct transcript_entry *e = &used->entries[entry];
    arena_reset(&scratch);
    return e->type == ENTRY_LINE && e->size && transcript_read(used, e, &scratch, bytes) == OK;
}

static void index_all(void)
{
    for (uint32_t i = 0; i < used->count; i++) {
        struct dossier_peek p;
        struct slice bytes;
        if (read(i, &bytes) && dossier_peek(bytes, &p) == OK && p.line_id.size)
            *directory_at(&used->lines, p.line_id, NULL) = i;
    }
}

bool line_names_put(struct text *t, struct slice line_id)
{
    struct dossier d;
    struct slice bytes;
    if (!used || line_id.size != ID_HEX) return false;
    if (!scratch.base && arena_open(&scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK) return false;
    if (used->lines.count == 0) index_all();
    uint32_t entry = directory_get(&used->lines, line_id, NO_ENTRY);
    if (entry >= used->count || !read(entry, &bytes) || dossier_decode(&scratch, bytes, &d) != OK || !d.receipt)
        return false;
    line_name_put(t, d.receipt);
    return true;
}
