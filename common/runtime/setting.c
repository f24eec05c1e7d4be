/* runtime/setting.c: one table of settings: values of every type, their origin, and the tables that people read. */
#include "runtime/setting.h"

#include "base/assert.h"
#include "runtime/json_line.h"
#include "runtime/kafka_client.h"

#define READ_BY(service) (1u << SERVICE_##service)
#define READERS_ALL            (READERS_STAGES | READERS_CLIENTS)
#define READERS_STAGES         (READ_BY(INTAKE) | READERS_WORKERS)
#define READERS_WORKERS        (READ_BY(CLASSIFICATION) | READ_BY(COMPLIANCE) | READ_BY(PAYOUT))
#define READERS_CLIENTS        (READ_BY(CONSOLE) | READ_BY(CLAIMCTL))
#define READERS_INTAKE         READ_BY(INTAKE)
#define READERS_COMPLIANCE     READ_BY(COMPLIANCE)
#define READERS_CONSOLE        READ_BY(CONSOLE)

static const struct setting_row rows[SETTING_COUNT] = {
#define SETTING(id, name, type, fallback, least, most, readers, reload, help) \
    [SETTING_##id] = { SLICE_INIT(name), SLICE_INIT(fallback), SLICE_INIT(help), SETTING_TYPE_##type, least, most, \
                       READERS_##readers, SETTING_##reload == SETTING_LIVE },
#include "runtime/setting.def"
#undef SETTING
};

static const struct slice kafka = SLICE_INIT("kafka.");
enum { INSTANCE_PORT_STEP = 10 };

const struct setting_row *setting_row(enum setting_id id)
{
    ASSERT(id < SETTING_COUNT);
    return &rows[id];
}

enum setting_id setting_find(struct slice name)
{
    enum setting_id id = 0;
    while (id < SETTING_COUNT && !slice_equal(rows[id].name, name)) id++;
    return id;
}

bool setting_is_read_by(enum setting_id id, enum service service)
{
    return setting_row(id)->readers >> service & 1u;
}

/* ms, bytes … or nothing. */
static struct slice setting_unit(enum setting_type type)
{
    switch (type) {
    case SETTING_TYPE_MILLIS:  return SLICE("ms");
    case SETTING_TYPE_SECONDS: return SLICE("s");
    case SETTING_TYPE_HOURS:   return SLICE("hours");
    case SETTING_TYPE_DAYS:    return SLICE("days");
    case SETTING_TYPE_BYTES:   return SLICE("bytes");
    default:                   return (struct slice){ 0 };
    }
}

static bool is_number(enum setting_type type)
{
    return type >= SETTING_TYPE_COUNT;
}

bool setting_is_secret(struct slice name)
{
    return slice_ends_with(name, SLICE(".password")) || slice_ends_with(name, SLICE(".secret")) ||
           slice_ends_with(name, SLICE(".key.pem")) || slice_ends_with(name, SLICE("oauthbearer.config"));
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static void put_words(struct text *t, struct slice words)
{
    for (bool first = true; words.bytes; first = false) {
        if (!first) PUT(t, ", ");
        text_put(t, slice_cut(&words, '|'));
    }
}

void setting_put_range(struct text *t, const struct setting_row *row)
{
    struct slice unit = setting_unit(row->type);
    switch (row->type) {
    case SETTING_TYPE_FLAG:    PUT(t, "true or false"); return;
    case SETTING_TYPE_WORD:    PUT(t, "one of "); put_words(t, row->fallback); return;
    case SETTING_TYPE_ADDRESS: PUT(t, "host:port, without a scheme"); return;
    case SETTING_TYPE_PATH:    PUT(t, "a path"); return;
    case SETTING_TYPE_LIST:    PUT(t, "texts parted by commas"); return;
    case SETTING_TYPE_TEXT:    PUT(t, "text of at most "); text_put_int(t, row->most); PUT(t, " bytes"); return;
    default:                   break;
    }
    PUT(t, "a whole number from ");
    text_put_int(t, row->least);
    PUT(t, " to ");
    text_put_int(t, row->most);
    if (unit.size) text_put_byte(t, ' ');
    text_put(t, unit);
}

void setting_put_variable(struct text *t, struct slice name)
{
    PUT(t, "CLAIMSTREAM_");
    for (size_t i = 0; i < name.size; i++) {
        char byte = name.bytes[i];
        text_put_byte(t, byte == '.' ? '_' : byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte);
    }
}

void setting_put_place(struct text *t, const struct setting_place *place)
{
    static const char *const origins[] = { "default", "file ", "environment ", "option " };
    text_put(t, slice_from(origins[place->origin]));
    if (place->origin == SETTING_DEFAULT) return;
    text_put(t, place->where);
    if (!place->line) return;
    text_put_byte(t, ':');
    text_put_int(t, place->line);
}

/* --- values ----------------------------------------------------------------------------------------------------- */

static bool find_word(struct slice words, struct slice value, int64_t *number)
{
    for (*number = 0; words.bytes; ++*number)
        if (slice_equal(slice_cut(&words, '|'), value)) return true;
    return false;
}

static bool read_bytes(struct slice value, uint64_t *number)
{
    static const struct { struct slice suffix; unsigned shift; } units[] = {
        { SLICE_INIT("KiB"), 10 }, { SLICE_INIT("MiB"), 20 }, { SLICE_INIT("GiB"), 30 },
    };
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!slice_ends_with(value, units[i].suffix)) continue;
        struct slice digits = slice_trim(slice_head(value, value.size - units[i].suffix.size));
        if (!slice_to_uint(digits, (uint64_t)INT64_MAX >> units[i].shift, number)) return false;
        *number <<= units[i].shift;
        return true;
    }
    return slice_to_uint(value, INT64_MAX, number);
}

static bool read_number(const struct setting_row *row, struct slice value, int64_t *number)
{
    uint64_t read;
    bool ok = row->type == SETTING_TYPE_BYTES ? read_bytes(value, &read) : slice_to_uint(value, INT64_MAX, &read);
    if (!ok || (int64_t)read < row->least || (int64_t)read > row->most) return false;
    *number = (int64_t)read;
    return true;
}

/* host:port, [v6]:port, or a path from the root. */
static bool part_address(struct slice value, struct slice *host, uint64_t *port)
{
    size_t colon = value.size;
    *host = value;
    *port = 0;
    if (value.size && value.bytes[0] == '/') return true;
    while (colon > 0 && value.bytes[colon - 1] != ':') colon--;
    if (colon < 2) return false;
    *host = slice_head(value, colon - 1);
    if (host->bytes[0] == '[' && host->bytes[host->size - 1] == ']')
        *host = slice_skip(slice_head(*host, host->size - 1), 1);
    bool is_name = host->size && !memchr(host->bytes, '/', host->size);         /* and no address of the web */
    return is_name && slice_to_uint(slice_skip(value, colon), 65535, port);
}

static bool read_value(const struct setting_row *row, struct slice value, int64_t *number)
{
    struct slice host;
    uint64_t port;
    if (memchr(value.bytes ? value.bytes : "", 0, value.size)) return false;
    switch (row->type) {
    case SETTING_TYPE_WORD: return find_word(row->fallback, value, number);
    case SETTING_TYPE_FLAG:
        *number = slice_equal(value, SLICE("true"));
        return *number || slice_equal(value, SLICE("false"));
    case SETTING_TYPE_ADDRESS: return !value.size || part_address(value, &host, &port);
    default: break;
    }
    if (is_number(row->type)) return read_number(row, value, number);
    return (int64_t)value.size >= row->least && (int64_t)value.size <= (row->most ? row->most : SETTING_TEXT_MAX);
}

static void set_default(struct settings *s, enum setting_id id)
{
    struct slice text = rows[id].fallback, words = text;
    int64_t number = 0;
    if (rows[id].type == SETTING_TYPE_WORD) text = slice_cut(&words, '|');
    bool fits = read_value(&rows[id], text, &number);
    ASSERT(fits);
    s->values[id] = (struct setting_value){ .text = slice_copy(s->arena, text), .number = number };
}

void settings_init(struct settings *s, struct arena *arena, enum service service)
{
    *s = (struct settings){ .arena = arena, .service = service };
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) set_default(s, id);
}

static bool is_property(struct slice name)
{
    if (!name.size || name.bytes[0] < 'a' || name.bytes[0] > 'z') return false;
    for (size_t i = 0; i < name.size; i++) {
        char byte = name.bytes[i];
        if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') && byte != '.' && byte != '_') return false;
    }
    return name.bytes[name.size - 1] != '.';
}

static struct setting_property *find_property(struct settings *s, struct slice name)
{
    for (unsigned i = 0; i < s->property_count; i++)
        if (slice_equal(s->properties[i].name, name)) return &s->properties[i];
    return NULL;
}

static struct setting_place keep_place(struct arena *a, struct setting_place place)
{
    place.where = slice_copy(a, place.where);
    return place;
}

static enum setting_answer set_property(struct settings *s, struct slice name, struct slice value,
                                        struct setting_place place)
{
    struct setting_property *p = find_property(s, name);
    if (!is_property(name) || !kafka_client_has(name)) return SETTING_UNKNOWN;
    if (value.size > SETTING_TEXT_MAX) return SETTING_REFUSED;
    if (setting_is_secret(name) && place.origin == SETTING_FLAG) return SETTING_SECRET;
    if (p && p->place.origin > place.origin) return SETTING_TAKEN;
    if (!p && s->property_count == SETTING_PROPERTIES_MAX) return SETTING_TOO_MANY;
    if (!p) p = &s->properties[s->property_count++];
    *p = (struct setting_property){ slice_copy(s->arena, name), slice_copy(s->arena, value),
                                    keep_place(s->arena, place) };
    return SETTING_TAKEN;
}

enum setting_answer settings_set(struct settings *s, struct slice name, struct slice value, struct setting_place place)
{
    enum setting_id id = setting_find(name);
    int64_t number = 0;
    ASSERT(place.origin != SETTING_DEFAULT);
    if (id == SETTING_COUNT && slice_starts_with(name, kafka))
        return set_property(s, slice_skip(name, kafka.size), value, place);
    if (id == SETTING_COUNT) return SETTING_UNKNOWN;
    if (!read_value(&rows[id], value, &number)) return SETTING_REFUSED;
    if (s->values[id].place.origin > place.origin) return SETTING_TAKEN;
    s->values[id] = (struct setting_value){ slice_copy(s->arena, value), number, keep_place(s->arena, place) };
    return SETTING_TAKEN;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

struct slice settings_text(const struct settings *s, enum setting_id id)
{
    ASSERT(id < SETTING_COUNT);
    return s->values[id].text;
}

const char *settings_path(const struct settings *s, enum setting_id id)
{
    struct slice text = settings_text(s, id);
    return text.size ? text.bytes : NULL;           /* slice_copy terminates */
}

int64_t settings_number(const struct settings *s, enum setting_id id)
{
    ASSERT(id < SETTING_COUNT && is_number(rows[id].type));
    return s->values[id].number;
}

bool settings_flag(const struct settings *s, enum setting_id id)
{
    ASSERT(id < SETTING_COUNT && rows[id].type == SETTING_TYPE_FLAG);
    return s->values[id].number != 0;
}

unsigned settings_word(const struct settings *s, enum setting_id id)
{
    ASSERT(id < SETTING_COUNT && rows[id].type == SETTING_TYPE_WORD);
    return (unsigned)s->values[id].number;
}

enum setting_origin settings_origin(const struct settings *s, enum setting_id id)
{
    ASSERT(id < SETTING_COUNT);
    return s->values[id].place.origin;
}

void settings_address(const struct settings *s, enum setting_id id, struct text *host, unsigned *port)
{
    struct slice text = settings_text(s, id), name;
    uint64_t number = 0;
    ASSERT(rows[id].type == SETTING_TYPE_ADDRESS);
    if (text.size) {
        bool fits = part_address(text, &name, &number);
        ASSERT(fits);
        text_put(host, name);
    } else if (id == SETTING_ADMIN_LISTEN) {
        PUT(host, "127.0.0.1");
        number =
            service_row(s->service)->admin_port + (uint64_t)settings_number(s, SETTING_INSTANCE) * INSTANCE_PORT_STEP;
    }
    *port = (unsigned)number;
}

/* --- for people ------------------------------------------------------------------------------------------------- */

static const char *const type_names[] = {
    [SETTING_TYPE_TEXT] = "text",   [SETTING_TYPE_PATH] = "path", [SETTING_TYPE_ADDRESS] = "address",
    [SETTING_TYPE_LIST] = "list",   [SETTING_TYPE_WORD] = "word", [SETTING_TYPE_FLAG] = "flag",
    [SETTING_TYPE_COUNT] = "count", [SETTING_TYPE_MILLIS] = "ms", [SETTING_TYPE_SECONDS] = "seconds",
    [SETTING_TYPE_HOURS] = "hours", [SETTING_TYPE_DAYS] = "days", [SETTING_TYPE_BYTES] = "bytes",
};

static void put_padded(struct text *t, struct slice s, size_t width)
{
    text_put(t, s);
    for (size_t i = s.size; i < width; i++) text_put_byte(t, ' ');
    PUT(t, "  ");
}

static struct slice shown_default(const struct setting_row *row)
{
    struct slice words = row->fallback;
    return row->type == SETTING_TYPE_WORD ? slice_cut(&words, '|') : words;
}

static struct slice masked(struct slice name, struct slice value)
{
    return setting_is_secret(name) ? SLICE("****") : value;
}

static void put_row(struct text *t, struct slice name, const char *type, struct slice fallback, struct slice value,
                    const struct setting_place *place)
{
    put_padded(t, name, 32);
    put_padded(t, slice_from(type), 8);
    put_padded(t, fallback.size ? fallback : SLICE("-"), 28);
    put_padded(t, value.size ? value : SLICE("-"), 28);
    setting_put_place(t, place);
    text_put_byte(t, '\n');
}

static void put_markdown_row(struct text *t, const struct setting_row *row)
{
    PUT(t, "| `");
    text_put(t, row->name);
    PUT(t, "` | ");
    if (row->type == SETTING_TYPE_WORD) put_words(t, row->fallback);
    else text_put(t, slice_from(type_names[row->type]));
    PUT(t, " | ");
    text_put(t, shown_default(row));
    text_put(t, row->reloads ? SLICE(" | yes | ") : SLICE(" | no | "));
    text_put(t, row->help);
    PUT(t, " |\n");
}

void settings_put_table(struct text *t, const struct settings *s, bool markdown)
{
    static const struct setting_place none = { 0 };
    if (markdown) PUT(t, "| setting | type | default | reloaded | what it does |\n|---|---|---|---|---|\n");
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        if (!setting_is_read_by(id, s->service)) continue;
        const struct setting_value *v = &s->values[id];
        if (markdown) put_markdown_row(t, &rows[id]);
        else put_row(t, rows[id].name, type_names[rows[id].type], shown_default(&rows[id]), v->text, &v->place);
    }
    if (markdown) {
        PUT(t, "| `kafka.<property>` | text | | no | a property of librdkafka; the value of a secret one comes from "
               "`kafka.<property>_file` |\n");
        return;
    }
    for (unsigned i = 0; i < s->property_count; i++) {
        const struct setting_property *p = &s->properties[i];
        put_row(t, SLICE_JOIN(s->arena, kafka, p->name), "text", none.where, masked(p->name, p->value), &p->place);
    }
}

static void put_yaml_value(struct text *t, struct slice value)
{
    bool quoted = !value.size || slice_find(value, ':') < value.size || slice_find(value, ' ') < value.size;
    if (quoted) text_put_byte(t, '"');
    text_put(t, value);
    if (quoted) text_put_byte(t, '"');
}

static void put_yaml_row(struct text *t, const struct setting_row *row)
{
    PUT(t, "\n# ");
    text_put(t, row->help);
    PUT(t, "\n# ");
    setting_put_range(t, row);
    text_put(t, row->reloads ? SLICE("; read again at SIGHUP\n#") : SLICE("\n#"));
    text_put(t, row->name);
    PUT(t, ": ");
    put_yaml_value(t, shown_default(row));
    text_put_byte(t, '\n');
}

void settings_put_yaml(struct text *t, const struct settings *s)
{
    PUT(t, "# Settings of ");
    text_put(t, slice_from(service_row(s->service)->binary));
    PUT(t, ", each at its default. Take the # in front of a name away to change it. The environment\n"
           "# (CLAIMSTREAM_ and the name in capitals, dots as _) and --set name=value stand above this file.\n");
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (setting_is_read_by(id, s->service)) put_yaml_row(t, &rows[id]);
    PUT(t, "\n# Any property of librdkafka by its own name; a secret one is named by kafka.<property>_file instead.\n"
           "#kafka.security.protocol: PLAINTEXT\n");
}

static void put_json_value(struct text *t, struct slice value, const struct setting_place *place)
{
    char buffer[SETTING_TEXT_MAX + 64];
    struct text where = text_over(buffer, sizeof buffer);
    setting_put_place(&where, place);
    text_put_byte(t, '{');
    json_line_member(t, "value", value);
    json_line_member(t, "origin", text_slice(&where));
    text_put_byte(t, '}');
}

void settings_put_json(struct text *t, const struct settings *s)
{
    text_put_byte(t, '{');
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        if (!setting_is_read_by(id, s->service)) continue;
        json_line_name(t, rows[id].name.bytes);
        put_json_value(t, s->values[id].text, &s->values[id].place);
    }
    for (unsigned i = 0; i < s->property_count; i++) {
        char buffer[SETTING_TEXT_MAX];
        struct text name = text_over(buffer, sizeof buffer - 1);
        text_put(&name, kafka);
        text_put(&name, s->properties[i].name);
        buffer[name.size] = 0;
        json_line_name(t, buffer);
        put_json_value(t, masked(s->properties[i].name, s->properties[i].value), &s->properties[i].place);
    }
    text_put_byte(t, '}');
}
