/* claimctl/document_names.c: one table of one changelog. */
#include "claimctl/document_names.h"

#include "claimctl/topic_reader.h"
#include "runtime/changelog.h"
#include "wire/table_intake.h"

enum { NAMES_BYTES = 256 << 20, NAMES_BYTES_MAX = NAMES_BYTES - (1 << 20), ROWS_MIN = 256 };

void document_names_open(struct document_names *d)
{
    *d = (struct document_names){ 0 };
    directory_open(&d->ids);
}

void document_names_close(struct document_names *d)
{
    directory_close(&d->ids);
    spill_close(&d->room);
    arena_close(&d->arena);
    *d = (struct document_names){ 0 };
}

static void put(struct document_names *d, struct slice digest, struct slice name)
{
    char id[2 * SHA256_BYTES];
    struct text t = text_over(id, sizeof id);
    bool found;
    text_put_hex(&t, (const uint8_t *)digest.bytes, digest.size);
    uint32_t *place = directory_at(&d->ids, text_slice(&t), &found);
    if (found) return;                              /* a document keeps its name */
    if ((d->count + 1) * sizeof *d->names > d->room.size)
        d->names = spill_grow(&d->room, (2 * (size_t)d->count + ROWS_MIN) * sizeof *d->names);
    d->names[d->count++] = slice_copy(&d->arena, name);
    *place = d->count;
}

static enum err take_row(void *names, uint8_t table, struct slice key, struct slice value)
{
    struct intake_document document;
    if (table != INTAKE_DOCUMENTS || key.size != SHA256_BYTES || value.size == 0) return OK;
    if (table_intake_take_document(value, &document) == OK && document.file_name.size)
        put(names, key, document.file_name);
    return OK;
}

static bool take(void *names, const struct record *record, instant_ms at_unix_ms)
{
    struct document_names *d = names;
    (void)at_unix_ms;
    return changelog_each(record->key, record->value, take_row, d) == OK && d->arena.used < NAMES_BYTES_MAX;
}

struct slice document_names_find(struct document_names *d, struct broker *b, struct slice document_id)
{
    static const enum topic topic = TOPIC_INTAKE_CHANGELOG;
    if (!document_id.size) return (struct slice){ 0 };
    if (!d->was_read && arena_open(&d->arena, NAMES_BYTES, NAMES_BYTES) == OK) {
        enum err e = topic_read_all(b, &topic, 1, take, d);
        if (e != OK)
            fprintf(stderr, "warning: %s; documents are shown by their id: %s\n", topic_row(topic)->name.bytes,
                    err_text(e));
    }
    d->was_read = true;
    uint32_t place = directory_get(&d->ids, document_id, 0);
    return place ? d->names[place - 1] : (struct slice){ 0 };
}
