/* intake/x12_sender.c: reads the names of an interchange and of its groups, and nothing else, before a profile reads
 * the rest. */
#include "intake/x12_sender.h"

#include "base/assert.h"
#include "intake/format.h"
#include "intake/x12_tokens.h"

enum {
    FIT_INTERCHANGE = 4,
    FIT_GROUP = 2,
    FIT_RECEIVER = 1,
    NAME_BYTES = 16,
    HEAD_BYTES = X12_LEADING_BYTES_MAX + 4 * ISA_BYTES
};

static unsigned fit_of(const struct x12_sender *s, const struct x12_sender_name *name)
{
    if (!slice_equal(s->qualifier, name->qualifier) || !slice_equal(s->id, name->id)) return 0;
    if (s->group.size > 0 && !slice_equal(s->group, name->group)) return 0;
    if (s->receiver.size > 0 && !slice_equal(s->receiver, name->receiver)) return 0;
    return FIT_INTERCHANGE + (s->group.size > 0 ? FIT_GROUP : 0) + (s->receiver.size > 0 ? FIT_RECEIVER : 0);
}

unsigned x12_sender_fit(const struct profile_x12 *profile, const struct x12_sender_name *name)
{
    unsigned best = 0;
    for (unsigned k = 0; k < profile->sender_count; k++) {
        unsigned fit = fit_of(&profile->senders[k], name);
        if (fit > best) best = fit;
    }
    return best;
}

bool x12_sender_is_known(const struct profile_x12 *profile, const struct x12_sender_name *name)
{
    bool is_known = false;
    for (unsigned k = 0; k < profile->sender_count && !is_known; k++) {
        struct x12_sender anybody = profile->senders[k];
        anybody.receiver = (struct slice){ 0 };
        is_known = fit_of(&anybody, name) > 0;
    }
    return is_known;
}

static bool is_candidate(const struct x12_senders *s, const struct mapping_profile *p)
{
    bool is_theirs =
        p == s->own || slice_equal(s->submitter, SLICE("local")) || slice_equal(p->submitter, s->submitter);
    return is_theirs && p->x12.sender_count > 0 && mapping_profile_find(s->profiles, p->name, s->day) == p;
}

/* The best for one name; profile NULL: none names it. */
struct choice { const struct mapping_profile *profile; bool is_undecided; };

static struct choice choose_for(const struct x12_senders *s, const struct x12_sender_name *name)
{
    struct choice best = { 0 };
    unsigned best_fit = 0;
    for (unsigned k = 0; k < s->profiles->count; k++) {
        const struct mapping_profile *p = s->profiles->items[k];
        unsigned fit = is_candidate(s, p) ? x12_sender_fit(&p->x12, name) : 0;
        if (fit == 0 || fit < best_fit) continue;
        bool is_tied = fit == best_fit && best.profile != p;
        if (is_tied && best.profile == s->own) continue;
        best = (struct choice){ p, is_tied && p != s->own };
        best_fit = fit;
    }
    return best;
}

/* The first interchange of a document, from its ISA on; `flat` takes what was wrapped. False: it has none. */
static bool begin(struct x12_tokens *t, struct slice bytes, char *flat)
{
    uint32_t width;
    char isa[ISA_BYTES];
    size_t size = 0;
    struct slice head = slice_head(bytes, HEAD_BYTES);
    if (format_of(head).format != FORMAT_X12) return false;
    uint64_t at = x12_first_isa(head);
    if (at == head.size || !x12_is_isa(head, at, &width)) return false;
    for (uint64_t k = at; k < head.size && size < ISA_BYTES; k++)
        if (width == 0 || (head.bytes[k] != '\n' && head.bytes[k] != '\r')) isa[size++] = head.bytes[k];
    if (size < ISA_BYTES) return false;
    *t = (struct x12_tokens){ 0 };
    x12_tokens_begin(t, bytes, at,
                     (struct x12_delimiters){ .element = isa[3], .component = isa[104], .terminator = isa[105] });
    t->unwraps = width > 0;
    t->flat = flat;
    return true;
}

static struct slice element(const struct x12_segment *s, unsigned number)
{
    struct slice e = number <= s->count ? s->elements[number] : (struct slice){ 0 };
    while (e.size > 0 && e.bytes[e.size - 1] == ' ') e.size--;
    return e;
}

/* Texts of a segment that was unwrapped are overwritten by the next. */
static struct slice keep(struct slice text, char room[static NAME_BYTES])
{
    size_t size = text.size < NAME_BYTES ? text.size : NAME_BYTES;
    memcpy(room, text.bytes ? text.bytes : "", size);
    return slice_of(room, size);
}

/* Whether any of the submitter's profiles names the interchange at all, whatever the group: else its groups need no
 * reading. */
static bool is_named_at_all(const struct x12_senders *s, const struct x12_sender_name *name)
{
    for (unsigned k = 0; k < s->profiles->count; k++) {
        const struct mapping_profile *p = s->profiles->items[k];
        for (unsigned n = 0; is_candidate(s, p) && n < p->x12.sender_count; n++)
            if (slice_equal(p->x12.senders[n].qualifier, name->qualifier)
                && slice_equal(p->x12.senders[n].id, name->id))
                return true;
    }
    return false;
}

/* The grant's own reads the envelope where it reads a group. False: there are too many. */
static bool add(struct readings *r, const struct mapping_profile *p, const struct mapping_profile *own)
{
    for (unsigned k = 0; k < r->count; k++)
        if (r->items[k].read_by == p) return true;
    if (r->count == READINGS_MAX) return false;
    unsigned at = p == own ? 0 : r->count;
    r->items[r->count++] = r->items[at];
    r->items[at] = (struct profile_reading){ p, p };
    return true;
}

static bool add_choice(const struct x12_senders *s, const struct x12_sender_name *name, struct readings *r)
{
    struct choice one = choose_for(s, name);
    return !one.is_undecided && add(r, one.profile ? one.profile : s->own, s->own);
}

/* Every group has its choice; an interchange without one that of its own names. False: it is undecided. */
static bool choose_by_groups(const struct x12_senders *s, struct x12_sender_name *name, struct x12_tokens *t,
                             struct spool *document, struct readings *r)
{
    struct x12_segment segment;
    bool is_decided = true;
    while (x12_tokens_next(t, &segment) == X12_SEGMENT) {
        spool_pass(document, segment.offset);
        if (segment.key != X12_KEY('G', 'S', 0)) continue;
        name->group = element(&segment, 2);
        name->receiver = element(&segment, 3);
        is_decided &= add_choice(s, name, r);
    }
    return r->count > 0 || !is_decided ? is_decided : add_choice(s, name, r);
}

struct x12_choice x12_sender_choose(const struct x12_senders *s, struct spool *document)
{
    struct x12_choice own = { readings_of(s->own), false }, chosen = { 0 };
    struct x12_tokens t;
    struct x12_segment isa;
    char flat[X12_SEGMENT_BYTES_MAX], rooms[2][NAME_BYTES];
    bool any = false;
    ASSERT(s->own);
    for (unsigned k = 0; k < s->profiles->count && !any; k++) any = is_candidate(s, s->profiles->items[k]);
    if (!any || !begin(&t, document->bytes, flat) || x12_tokens_next(&t, &isa) != X12_SEGMENT) return own;
    struct x12_sender_name name = { .qualifier = keep(element(&isa, 5), rooms[0]),
                                    .id = keep(element(&isa, 6), rooms[1]) };
    if (!is_named_at_all(s, &name)) return own;
    own.is_undecided = !choose_by_groups(s, &name, &t, document, &chosen.readings);
    spool_rewind(document);
    return own.is_undecided ? own : chosen;
}

unsigned x12_sender_reading(const struct readings *r, const struct x12_sender_name *name)
{
    unsigned best = 0, best_fit = 0;
    for (unsigned k = 0; k < r->count; k++) {
        unsigned fit = x12_sender_fit(&r->items[k].named_by->x12, name);
        if (fit <= best_fit) continue;
        best = k;
        best_fit = fit;
    }
    return best;
}
