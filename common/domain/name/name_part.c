/* domain/name/name_part.c: several names in one text. */
#include "domain/name/name_part.h"

static const struct slice markers[] = {
#define NAME_MARKER(words) SLICE_INIT(words),
#include "domain/name/name_marker.def"
#undef NAME_MARKER
};

enum { MARKER_COUNT = sizeof markers / sizeof markers[0] };

static bool begins_word(struct slice name, size_t at)
{
    char before = at ? name.bytes[at - 1] : ' ';
    return before == ' ' || before == '(' || before == ',';
}

/* Bytes of the longest marker at the beginning of `rest`; 0: none. */
static size_t marker_at(struct slice rest)
{
    size_t longest = 0;
    for (unsigned i = 0; i < MARKER_COUNT; i++) {
        size_t size = markers[i].size;
        if (size <= longest || size > rest.size || (size < rest.size && rest.bytes[size] != ' ')) continue;
        if (slice_equal_nocase(slice_head(rest, size), markers[i])) longest = size;
    }
    return longest;
}

static bool is_around_names(char c)
{
    return c == ' ' || c == ',' || c == ';' || c == '(' || c == ')';
}

static struct slice bare(struct slice s)
{
    while (s.size && is_around_names(s.bytes[0])) s = slice_skip(s, 1);
    while (s.size && is_around_names(s.bytes[s.size - 1])) s = slice_head(s, s.size - 1);
    return s;
}

unsigned name_parts(struct slice name, struct slice parts[NAME_PARTS_MAX])
{
    unsigned count = 0;
    size_t from = 0;
    bool has_marker = false;
    for (size_t at = 0; at <= name.size; at++) {
        size_t marker = at < name.size && begins_word(name, at) ? marker_at(slice_skip(name, at)) : 0;
        has_marker |= marker > 0;
        if (marker == 0 && at < name.size) continue;
        struct slice part = bare(slice_of(name.bytes + from, at - from));
        if (part.size && count < NAME_PARTS_MAX) parts[count++] = part;
        if (marker == 0) break;
        from = at + marker;
        at = from - 1;
    }
    return has_marker ? count : 0;
}
