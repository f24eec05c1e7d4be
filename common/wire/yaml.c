/* wire/yaml.c: libyaml's events into nodes; the one file that knows the library. */
#include "wire/yaml.h"

#include "base/assert.h"

#include <stdio.h>
#include <yaml.h>

enum { ROOM_BYTES = 256 << 10 };                    /* kept for messages and for what is built from the tree */

struct reader {
    const struct text_source *source;
    yaml_parser_t        parser;
    yaml_event_t         event;
    bool                 has_event, broken;
    unsigned             nodes, depth;
};

static struct position position_of(yaml_mark_t mark)
{
    return (struct position){ (uint32_t)mark.line + 1, (uint32_t)mark.column + 1 };
}

static void report(const struct text_source *s, struct position at, const char *message, const char *fix)
{
    struct problem p = { .code = s->code ? s->code : ERR_TERMS_INVALID, .file = s->file, .at = at,
                         .message = slice_from(message), .fix = slice_from(fix) };
    problems_add(s->problems, &p);
}

/* Ends the reading: what follows a broken place has no meaning. */
static void stop(struct reader *r, struct position at, const char *message, const char *fix)
{
    if (!r->broken) report(r->source, at, message, fix);
    r->broken = true;
}

static struct position position_in(struct slice text, size_t offset)
{
    struct position at = { 1, 1 };
    for (size_t i = 0; i < offset && i < text.size; i++) {
        at.column++;
        if (text.bytes[i] == '\n') at = (struct position){ at.line + 1, 1 };
    }
    return at;
}

static void stop_at_syntax(struct reader *r, struct slice text)
{
    char message[256];
    bool is_byte = r->parser.error == YAML_READER_ERROR;
    struct position at = is_byte ? position_in(text, r->parser.problem_offset) : position_of(r->parser.problem_mark);
    snprintf(message, sizeof message, "this is no YAML: %s%s%s",
             r->parser.problem ? r->parser.problem : "the text ends early",
             r->parser.context ? " " : "", r->parser.context ? r->parser.context : "");
    stop(r, at, message,
         is_byte ? "save the file as UTF-8 without control characters" : "check indentation, brackets and quotes here");
}

static void drop_event(struct reader *r)
{
    if (r->has_event) yaml_event_delete(&r->event);
    r->has_event = false;
}

/* The next event is in r->event; false when reading has ended. */
static bool take_event(struct reader *r, struct slice text)
{
    drop_event(r);
    if (r->broken) return false;
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        stop_at_syntax(r, text);
        return false;
    }
    r->has_event = true;
    return true;
}

static bool has_anchor_or_tag(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_ALIAS_EVENT:          return true;
    case YAML_SCALAR_EVENT:         return e->data.scalar.anchor || e->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return e->data.sequence_start.anchor || e->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:  return e->data.mapping_start.anchor || e->data.mapping_start.tag;
    default:                        return false;
    }
}

/* A file may ask for more than the arena has: that is an error of the file, not a broken promise. */
static bool has_room(struct reader *r, struct position at)
{
    const struct arena *a = r->source->arena;
    size_t need = ROOM_BYTES + (r->event.type == YAML_SCALAR_EVENT ? r->event.data.scalar.length : 0);
    if (a->limit - a->used > need) return true;
    stop(r, at, "the file is too large for the memory it was given", "split it");
    return false;
}

static struct slice scalar_text(struct reader *r)
{
    return slice_copy(r->source->arena, slice_of((const char *)r->event.data.scalar.value,
                                                 r->event.data.scalar.length));
}

static struct node *read_node(struct reader *r, struct slice text);

static struct node *read_list(struct reader *r, struct slice text, struct position at)
{
    struct node *list = node_list(r->source->arena, at);
    while (take_event(r, text) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        struct node *item = read_node(r, text);
        if (item) node_append(r->source->arena, list, item);
    }
    return list;
}

static void refuse_repeated(struct reader *r, const struct node *map, struct slice key, struct position at)
{
    char message[160];
    snprintf(message, sizeof message, "\"%.*s\" stands here twice; it was said in line %u already",
             (int)(key.size < 64 ? key.size : 64),
             key.bytes, node_entry(map, key)->at.line);
    report(r->source, at, message, "keep one of the two");
}

static struct node *read_map(struct reader *r, struct slice text, struct position at)
{
    struct arena *a = r->source->arena;
    struct node *map = node_map(a, at);
    while (take_event(r, text) && r->event.type != YAML_MAPPING_END_EVENT) {
        struct position key_at = position_of(r->event.start_mark);
        if (r->event.type != YAML_SCALAR_EVENT || has_anchor_or_tag(&r->event)) {
            stop(r, key_at, "a key must be plain text", "write name: value");
            break;
        }
        if (map->count == NODE_MEMBERS_MAX) stop(r, key_at, "this record has too many members", "split it");
        if (r->broken || !has_room(r, key_at)) break;
        struct slice key = scalar_text(r);
        if (!take_event(r, text)) break;
        struct node *value = read_node(r, text);
        if (value && !node_put(a, map, key, key_at, value)) refuse_repeated(r, map, key, key_at);
    }
    return map;
}

/* The node that begins with the event at hand. */
static struct node *read_node(struct reader *r, struct slice text)
{
    struct position at = position_of(r->event.start_mark);
    struct node *n = NULL;
    if (has_anchor_or_tag(&r->event)) {
        stop(r, at, "anchors, aliases and tags are not read", "write the value out");
        return NULL;
    }
    if (!has_room(r, at)) return NULL;
    if (++r->nodes > NODES_MAX) {
        stop(r, at, "the file holds too many values", "split it");
        return NULL;
    }
    if (++r->depth > NODE_DEPTH_MAX) stop(r, at, "the file is nested too deeply", "no record has more than 32 levels");
    else if (r->event.type == YAML_SCALAR_EVENT) n = node_scalar(r->source->arena, at, scalar_text(r));
    else if (r->event.type == YAML_SEQUENCE_START_EVENT) n = read_list(r, text, at);
    else if (r->event.type == YAML_MAPPING_START_EVENT) n = read_map(r, text, at);
    r->depth--;
    return n;
}

static const struct node *read_stream(struct reader *r, struct slice text)
{
    const struct node *root = NULL;
    while (take_event(r, text) && r->event.type != YAML_STREAM_END_EVENT) {
        if (r->event.type != YAML_DOCUMENT_START_EVENT) continue;
        struct position at = position_of(r->event.start_mark);
        if (root) {
            stop(r, at, "a second document begins here", "one file holds one document; remove the line ---");
            break;
        }
        if (!take_event(r, text)) break;
        root = read_node(r, text);
    }
    return root;
}

const struct node *yaml_read(const struct text_source *s, struct slice text)
{
    struct reader r = { .source = s };
    unsigned before = s->problems->count;
    if (text.size > YAML_BYTES_MAX) {
        report(s, (struct position){ 0, 0 }, "the file is larger than 16 MiB", "split it");
        return NULL;
    }
    if (!yaml_parser_initialize(&r.parser)) {
        report(s, (struct position){ 0, 0 }, "no memory is left to read the file", "");
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.bytes ? text.bytes : ""), text.size);
    const struct node *root = read_stream(&r, text);
    drop_event(&r);
    yaml_parser_delete(&r.parser);
    if (!root && !r.broken)
        report(s, (struct position){ 1, 1 }, "the file is empty", "write the record or remove the file");
    return s->problems->count == before ? root : NULL;
}
