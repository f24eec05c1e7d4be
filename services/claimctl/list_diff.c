/* claimctl/list_diff.c: both lists are in order of entry_id: one walk over the two. */
#include "claimctl/list_diff.h"

static void put_change(struct output *out, char sign, const struct list_entry *e)
{
    char bytes[2048];
    struct text t = text_over(bytes, sizeof bytes);
    text_put_byte(&t, sign);
    text_put_byte(&t, '\t');
    text_put(&t, slice_head(e->entry_id, 256));
    text_put_byte(&t, '\t');
    text_put(&t, e->names[0].text);
    output_line(out, text_slice(&t));
}

struct list_changes list_diff_print(struct output *out, const struct name_list *old, const struct name_list *new)
{
    struct list_changes changes = { 0 };
    unsigned i = 0, j = 0;
    while (i < old->entry_count || j < new->entry_count) {
        int order = i == old->entry_count ? 1 : j == new->entry_count ? -1
                  : slice_compare(old->entries[i].entry_id, new->entries[j].entry_id);
        bool is_changed = order == 0 && old->entries[i].revision != new->entries[j].revision;
        if (order < 0) put_change(out, '-', &old->entries[i]);
        if (order > 0) put_change(out, '+', &new->entries[j]);
        if (is_changed) put_change(out, '~', &new->entries[j]);
        changes.removed += order < 0;
        changes.added += order > 0;
        changes.changed += is_changed;
        i += order <= 0;
        j += order >= 0;
    }
    return changes;
}
