/* runtime/changelog.c: packs, and the pass that keeps their number bounded. */
#include "runtime/changelog.h"

#include "base/assert.h"

#include <endian.h>
#include <stdlib.h>

enum {
    PACK_VERSION = 1,
    PACK_HEAD_BYTES = 1,
    PACK_KEY_BYTES = 1 + sizeof(uint64_t),
    PACK_OF_NONE = 0,
    KEY_SIZE_BYTES = 2,
    VALUE_SIZE_BYTES = 4,
    ROW_HEAD_BYTES = 1 + KEY_SIZE_BYTES + VALUE_SIZE_BYTES,
    LEDGER_VERSION = 1,
    LEDGER_NUMBERS = 6,
    LEDGER_BYTES_MAX = 2 + LEDGER_NUMBERS * (int)sizeof(uint64_t) + STORE_KEY_MAX,
    BUFFER_BYTES = CHANGELOG_PACK_BYTES + ROW_HEAD_BYTES + STORE_KEY_MAX + LEDGER_BYTES_MAX,
    PASS_SHARE = 4,                                 /* a pass adds a fourth to what is written meanwhile, */
    PASS_BYTES_MIN = 16 << 10,                      /* and so much to each transaction at least */
    GIVEN_UP_MAX = 64,                              /* packs in one transaction */
    STOP = ERR_USAGE                                /* an answer of our visitor that the walk hands back to us */
};

/* Where packs and pass stand. Packs are numbered from 1 on. */
struct ledger {
    uint64_t next, oldest;                          /* packs that are not given up: [oldest, next) */
    uint64_t dead;                                  /* packs below it have no row's last word */
    uint64_t pass_from;                             /* the pack at which the pass under way began; 0: none is */
    uint64_t written;                               /* bytes since the last pass ended */
    uint64_t live;                                  /* bytes that the pass under way, or the last one, has found */
    uint8_t  table;                                 /* the first row that the pass has not met yet */
    char     key[STORE_KEY_MAX];
    size_t   key_size;
};

struct writing { struct changelog *changelog; const struct changelog_place *to; struct ledger *ledger; };

static struct slice ledger_key(void)
{
    return SLICE("packs");
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

static char *put_number(char *at, uint64_t number, size_t bytes)
{
    uint64_t wire = htobe64(number);
    memcpy(at, (const char *)&wire + sizeof wire - bytes, bytes);
    return at + bytes;
}

static uint64_t take_number(const char *at, size_t bytes)
{
    uint64_t wire = 0;
    memcpy((char *)&wire + sizeof wire - bytes, at, bytes);
    return be64toh(wire);
}

/* --- the ledger ------------------------------------------------------------------------------------------------- */

static struct slice ledger_put(const struct ledger *l, char buffer[LEDGER_BYTES_MAX])
{
    const uint64_t numbers[LEDGER_NUMBERS] = { l->next, l->oldest, l->dead, l->pass_from, l->written, l->live };
    char *at = buffer;
    *at++ = LEDGER_VERSION;
    for (unsigned i = 0; i < LEDGER_NUMBERS; i++) at = put_number(at, numbers[i], sizeof numbers[i]);
    *at++ = (char)l->table;
    memcpy(at, l->key, l->key_size);
    return slice_of(buffer, (size_t)(at - buffer) + l->key_size);
}

static enum err ledger_take(struct slice value, struct ledger *l)
{
    uint64_t *const numbers[LEDGER_NUMBERS] = { &l->next, &l->oldest, &l->dead, &l->pass_from, &l->written, &l->live };
    size_t fixed = 2 + LEDGER_NUMBERS * sizeof(uint64_t);
    if (value.size < fixed || value.size > LEDGER_BYTES_MAX || value.bytes[0] != LEDGER_VERSION)
        return ERR_STATE_MALFORMED;
    for (unsigned i = 0; i < LEDGER_NUMBERS; i++)
        *numbers[i] = take_number(value.bytes + 1 + i * sizeof(uint64_t), sizeof(uint64_t));
    l->table = (uint8_t)value.bytes[fixed - 1];
    l->key_size = value.size - fixed;
    memcpy(l->key, value.bytes + fixed, l->key_size);
    return l->oldest <= l->next && l->dead <= l->next && l->pass_from <= l->next ? OK : ERR_STATE_MALFORMED;
}

static enum err ledger_get(struct store *store, struct ledger *l)
{
    struct slice value;
    *l = (struct ledger){ .next = 1, .oldest = 1, .dead = 1 };
    TRY(store_get(store, CHANGELOG_TABLE, ledger_key(), &value));
    return value.size ? ledger_take(value, l) : OK;
}

/* --- packs ------------------------------------------------------------------------------------------------------ */

static enum err send(const struct changelog_place *to, struct slice key, struct slice value)
{
    return sink_send(to->sink, to->topic, to->partition, key, value, NULL, 0);
}

/* A value of size 0 gives the pack up. */
static enum err send_pack(const struct changelog_place *to, uint64_t number, struct slice value)
{
    char key[PACK_KEY_BYTES] = { CHANGELOG_TABLE };
    put_number(key + 1, number, sizeof number);
    return send(to, slice_of(key, sizeof key), value);
}

enum err changelog_announce(const struct changelog_place *to)
{
    return send_pack(to, PACK_OF_NONE, (struct slice){ 0 });
}

static enum err end_pack(struct writing *w)
{
    struct changelog *c = w->changelog;
    if (c->size == PACK_HEAD_BYTES) return OK;
    TRY(send_pack(w->to, w->ledger->next, slice_of(c->pack, c->size)));
    w->ledger->next++;
    c->size = PACK_HEAD_BYTES;
    return OK;
}

static void add_to_pack(struct writing *w, uint8_t table, struct slice key, struct slice value)
{
    struct changelog *c = w->changelog;
    size_t bytes = ROW_HEAD_BYTES + key.size + value.size;
    ASSERT(key.size <= STORE_KEY_MAX && c->size + bytes <= BUFFER_BYTES);
    char *at = c->pack + c->size;
    *at++ = (char)table;
    at = put_number(at, key.size, KEY_SIZE_BYTES);
    at = put_number(at, value.size, VALUE_SIZE_BYTES);
    slice_write(value, slice_write(key, at));
    c->size += bytes;
    w->ledger->written += bytes;
}

static enum err add_row(struct writing *w, uint8_t table, struct slice key, struct slice value)
{
    if (w->changelog->size + ROW_HEAD_BYTES + key.size + value.size > CHANGELOG_PACK_BYTES) TRY(end_pack(w));
    add_to_pack(w, table, key, value);
    return OK;
}

static bool stands_alone(struct slice value)
{
    return value.size > CHANGELOG_ROW_MAX;
}

static enum err send_alone(struct writing *w, uint8_t table, struct slice key, struct slice value)
{
    char bytes[1 + STORE_KEY_MAX];
    ASSERT(table != CHANGELOG_TABLE && key.size <= STORE_KEY_MAX);
    bytes[0] = (char)table;
    slice_write(key, bytes + 1);
    return send(w->to, slice_of(bytes, 1 + key.size), value);
}

static enum err write_change(void *context, uint8_t table, struct slice key, struct slice value)
{
    struct writing *w = context;
    if (value.size == 0 || stands_alone(value)) TRY(send_alone(w, table, key, value));
    return stands_alone(value) ? OK : add_row(w, table, key, value);
}

/* --- the pass --------------------------------------------------------------------------------------------------- */

struct step { struct writing *writing; uint64_t bytes, bytes_max; };

static enum err pass_row(void *context, struct slice key, struct slice value)
{
    struct step *s = context;
    struct ledger *l = s->writing->ledger;
    if (stands_alone(value)) return OK;             /* no pack has it */
    if (s->bytes >= s->bytes_max) {
        memcpy(l->key, key.bytes, key.size);
        l->key_size = key.size;
        return (enum err)STOP;
    }
    s->bytes += ROW_HEAD_BYTES + key.size + value.size;
    return add_row(s->writing, l->table, key, value);
}

static void end_pass(struct ledger *l)
{
    l->dead = l->pass_from;
    l->pass_from = l->written = 0;
}

static enum err step_pass(struct writing *w, struct store *store, uint64_t changed_bytes)
{
    struct ledger *l = w->ledger;
    uint64_t share = changed_bytes / PASS_SHARE;
    struct step s = { .writing = w, .bytes_max = share < PASS_BYTES_MIN ? PASS_BYTES_MIN : share };
    enum err e = OK;
    while (e == OK && l->table != CHANGELOG_TABLE) {
        char from[STORE_KEY_MAX];                   /* the walk itself moves l->key when it stops */
        memcpy(from, l->key, l->key_size);
        e = store_scan(store, l->table, (struct slice){ 0 }, slice_of(from, l->key_size), pass_row, &s);
        if (e != OK) break;
        l->table++;                                 /* after the last one comes table 0 */
        l->key_size = 0;
    }
    l->live += s.bytes;
    if (e == (enum err)STOP) return OK;
    TRY(e);
    end_pass(l);
    return OK;
}

/* Before anything of this transaction is packed: what it changes stands after where the pass begins. */
static void begin_pass_when_due(const struct changelog *c, struct ledger *l)
{
    uint64_t slack = c->slack_bytes ? c->slack_bytes : CHANGELOG_SLACK_BYTES;
    if (l->pass_from || l->written < l->live || l->written - l->live < slack) return;
    l->pass_from = l->next;
    l->live = 0;
    l->table = CHANGELOG_TABLE + 1;
    l->key_size = 0;
}

static enum err give_up_dead(struct writing *w)
{
    struct ledger *l = w->ledger;
    for (unsigned i = 0; i < GIVEN_UP_MAX && l->oldest < l->dead; i++) {
        TRY(send_pack(w->to, l->oldest, (struct slice){ 0 }));
        l->oldest++;
    }
    return OK;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

static bool make_room(struct changelog *c)
{
    if (!c->pack) c->pack = malloc(BUFFER_BYTES);
    if (!c->pack) return false;
    c->pack[0] = PACK_VERSION;
    c->size = PACK_HEAD_BYTES;
    return true;
}

/* It says what is true when its pack is sent. */
static enum err write_ledger(struct writing *w, struct store *store)
{
    char buffer[LEDGER_BYTES_MAX];
    struct ledger after = *w->ledger;
    after.next++;
    struct slice value = ledger_put(&after, buffer);
    add_to_pack(w, CHANGELOG_TABLE, ledger_key(), value);
    TRY(end_pack(w));
    return store_put(store, CHANGELOG_TABLE, ledger_key(), value);
}

static enum err note_change(void *any, uint8_t table, struct slice key, struct slice value)
{
    (void)table, (void)key, (void)value;
    *(bool *)any = true;
    return (enum err)STOP;
}

static enum err has_changes(struct store *store, bool *any)
{
    *any = false;
    enum err e = store_changes(store, note_change, any);
    return e == (enum err)STOP ? OK : e;
}

enum err changelog_write(struct changelog *c, struct store *store, const struct changelog_place *to)
{
    struct ledger ledger;
    struct writing w = { c, to, &ledger };
    bool any;
    TRY(has_changes(store, &any));
    if (!any) return OK;
    if (!make_room(c)) return ERR_MEMORY_EXHAUSTED;
    TRY(ledger_get(store, &ledger));
    begin_pass_when_due(c, &ledger);
    uint64_t before = ledger.written;
    TRY(store_changes(store, write_change, &w));
    if (ledger.pass_from) TRY(step_pass(&w, store, ledger.written - before));
    TRY(give_up_dead(&w));
    return write_ledger(&w, store);
}

void changelog_close(struct changelog *c)
{
    free(c->pack);
    c->pack = NULL;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

/* A pack after its version: rows until nothing is left. */
static enum err each_packed(struct slice rows, store_visit_change *visit, void *context)
{
    while (rows.size > 0) {
        if (rows.size < ROW_HEAD_BYTES) return ERR_STATE_MALFORMED;
        uint8_t table = (uint8_t)rows.bytes[0];
        size_t key_size = take_number(rows.bytes + 1, KEY_SIZE_BYTES);
        size_t value_size = take_number(rows.bytes + 1 + KEY_SIZE_BYTES, VALUE_SIZE_BYTES);
        rows = slice_skip(rows, ROW_HEAD_BYTES);
        if (key_size > STORE_KEY_MAX || key_size > rows.size || value_size > rows.size - key_size)
            return ERR_STATE_MALFORMED;
        struct slice key = slice_head(rows, key_size), value = slice_head(slice_skip(rows, key_size), value_size);
        TRY(visit(context, table, key, value));
        rows = slice_skip(rows, key_size + value_size);
    }
    return OK;
}

enum err changelog_each(struct slice key, struct slice value, store_visit_change *visit, void *context)
{
    if (key.size < 1 || key.size > 1 + STORE_KEY_MAX) return ERR_STATE_MALFORMED;
    if ((uint8_t)key.bytes[0] != CHANGELOG_TABLE)
        return visit(context, (uint8_t)key.bytes[0], slice_skip(key, 1), value);
    if (value.size == 0) return OK;                 /* given up */
    if (key.size != PACK_KEY_BYTES || value.bytes[0] != PACK_VERSION) return ERR_STATE_MALFORMED;
    return each_packed(slice_skip(value, PACK_HEAD_BYTES), visit, context);
}
