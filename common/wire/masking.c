/* wire/masking.c: classes of texts, and how one is hidden. */
#include "wire/masking.h"

#include "base/utf8.h"

enum { SHOWN_MAX = 4, DEPTH_MAX = 64 };

static const struct { struct slice message, fields; enum masking_class class; } rows[] = {
#define MASKING(message, class, fields) { SLICE_INIT(message), SLICE_INIT(fields), MASKING_##class },
#include "wire/masking.def"
};

static const struct slice roles[] = {
#define UNMASKING(role, why) SLICE_INIT(role),
#include "wire/masking.def"
};

static bool names(struct slice list, struct slice name)
{
    while (list.size)
        if (slice_equal(slice_cut(&list, ' '), name)) return true;
    return false;
}

enum masking_class masking_class_of(struct slice message, struct slice field)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].class > MASKING_BUSINESS && slice_equal(rows[i].message, message) && names(rows[i].fields, field))
            return rows[i].class;
    return MASKING_OPEN;
}

bool masking_role_may_unmask(struct slice role)
{
    for (unsigned i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (slice_equal_nocase(roles[i], role)) return true;
    return false;
}

/* --- texts --- */

void masking_put(struct text *t, struct slice value)
{
    unsigned characters = 0;
    for (struct slice rest = value; rest.size; characters++) (void)utf8_next(&rest);
    unsigned hidden = characters > SHOWN_MAX ? characters - SHOWN_MAX : SHOWN_MAX;
    for (unsigned i = 0; i < hidden && value.size; i++) text_put_byte(t, '*');
    if (characters <= SHOWN_MAX) return;
    for (unsigned i = 0; i < hidden; i++) (void)utf8_next(&value);
    text_put(t, value);
}

struct slice masking_text(struct arena *a, struct slice value)
{
    struct text t = text_in(a, value.size + SHOWN_MAX);
    masking_put(&t, value);
    return text_slice(&t);
}

/* --- persons of a record --- */

void masking_add(struct masking_persons *p, struct slice text)
{
    if (slice_is_empty(text) || masking_has(p, text)) return;
    if (p->count == MASKING_TEXTS_MAX) p->is_full = true;
    else p->texts[p->count++] = text;
}

static void add_party(struct masking_persons *p, const struct party *party)
{
    if (!masking_is_person(party->kind, party->birth_year)) return;
    const struct slice texts[] = { party->name, party->id, party->key, party->address, party->city,
                                   party->postal_code };
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) masking_add(p, texts[i]);
}

static void add_line(struct masking_persons *p, const struct line *l)
{
    add_party(p, &l->sold_to);
    add_party(p, &l->end_customer);
    add_party(p, &l->ship_to);
    add_party(p, &l->vendor);
    for (unsigned i = 0; l->agreement && i < l->agreement->customer_count; i++)
        add_party(p, &l->agreement->customers[i]);
    if (l->roster) masking_add(p, l->roster->name);
    p->rep_id = l->rep_id;
}

bool masking_has(const struct masking_persons *p, struct slice text)
{
    for (unsigned i = 0; i < p->count; i++)
        if (slice_equal(p->texts[i], text)) return true;
    return false;
}

bool masking_is_about(const struct masking_persons *p, struct slice party_key)
{
    if (p->is_full) return true;
    if (p->rep_id.size && slice_equal(p->rep_id, party_key)) return true;
    return masking_has(p, party_key);
}

/* --- a decoded dossier --- */

static void hide(struct arena *a, const struct masking_persons *p, struct slice *text)
{
    if (text->size && masking_has(p, *text)) *text = masking_text(a, *text);
}

static void hide_party(struct arena *a, struct party *party)
{
    if (!masking_is_person(party->kind, party->birth_year)) return;
    struct slice *const texts[] = { &party->name,    &party->id,   &party->key,
                                    &party->address, &party->city, &party->postal_code };
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i]->size) *texts[i] = masking_text(a, *texts[i]);
    party->birth_year = 0;
}

const struct line *masking_line(struct arena *a, const struct line *from)
{
    struct line *l = ARENA_NEW(a, struct line);
    *l = *from;
    hide_party(a, &l->sold_to);
    hide_party(a, &l->end_customer);
    hide_party(a, &l->ship_to);
    hide_party(a, &l->vendor);
    if (!from->roster) return l;
    struct rep_roster *roster = ARENA_NEW(a, struct rep_roster);
    *roster = *from->roster;
    roster->name = masking_text(a, roster->name);
    l->roster = roster;
    return l;
}

static struct reason *hide_reasons(struct arena *a, const struct masking_persons *p, const struct reason *from,
                                   unsigned count)
{
    struct reason *reasons = ARENA_ARRAY(a, count + 1, struct reason);
    for (unsigned i = 0; i < count; i++) {
        reasons[i] = from[i];
        for (unsigned k = 0; k < reasons[i].argument_count; k++) hide(a, p, &reasons[i].arguments[k].value);
    }
    return reasons;
}

static bool is_about_person(const struct masking_persons *p, const struct rule_result *r)
{
    for (unsigned i = 0; i < r->evidence_count; i++)
        if (r->evidence[i].kind == EVIDENCE_PARTY && masking_is_about(p, r->evidence[i].id)) return true;
    return false;
}

static void hide_finding(struct arena *a, const struct masking_persons *p, struct rule_result *r)
{
    if (!is_about_person(p, r)) return;
    struct evidence *evidence = ARENA_ARRAY(a, r->evidence_count, struct evidence);
    for (unsigned i = 0; i < r->evidence_count; i++) {
        struct evidence *e = &evidence[i];
        *e = r->evidence[i];
        if (e->kind == EVIDENCE_PARTY) e->id = masking_text(a, e->id);
        if (e->kind == EVIDENCE_PARTY || e->kind == EVIDENCE_LIST_ENTRY) e->text = masking_text(a, e->text);
    }
    r->evidence = evidence;
}

/* Of a copy: what it points to is copied before it changes. */
static void hide_judgement(struct arena *a, const struct masking_persons *p, struct judgement *j)
{
    struct rule_result *results = ARENA_ARRAY(a, j->rule_result_count + 1, struct rule_result);
    j->reasons = hide_reasons(a, p, j->reasons, j->reason_count);
    for (unsigned i = 0; i < j->rule_result_count; i++) {
        results[i] = j->rule_results[i];
        hide_finding(a, p, &results[i]);
    }
    j->rule_results = results;
}

static const struct classification *hide_classification(struct arena *a, const struct masking_persons *p,
                                                        const struct classification *from)
{
    struct classification *c = ARENA_NEW(a, struct classification);
    *c = *from;
    hide_judgement(a, p, &c->judgement);
    return c;
}

static const struct clearance *hide_clearance(struct arena *a, const struct masking_persons *p,
                                              const struct clearance *from)
{
    struct clearance *c = ARENA_NEW(a, struct clearance);
    *c = *from;
    hide_judgement(a, p, &c->judgement);
    hide(a, p, &c->resolved_customer_key);
    hide(a, p, &c->case_subject);
    return c;
}

static const struct payout_section *hide_payout(struct arena *a, const struct masking_persons *p,
                                                const struct payout_section *from)
{
    struct payout_section *s = ARENA_NEW(a, struct payout_section);
    struct program_result *programs = ARENA_ARRAY(a, from->program_count + 1, struct program_result);
    *s = *from;
    hide_judgement(a, p, &s->judgement);
    for (unsigned i = 0; i < from->program_count; i++) {
        programs[i] = from->programs[i];
        programs[i].reasons = hide_reasons(a, p, programs[i].reasons, programs[i].reason_count);
    }
    s->programs = programs;
    return s;
}

void masking_hide(struct arena *a, struct dossier *d)
{
    struct masking_persons p = { .count = 0 };
    if (!d->line) return;
    add_line(&p, d->line);
    if (!p.count && !p.rep_id.size) return;
    d->line = masking_line(a, d->line);
    if (d->classification) d->classification = hide_classification(a, &p, d->classification);
    if (d->clearance) d->clearance = hide_clearance(a, &p, d->clearance);
    if (d->payout) d->payout = hide_payout(a, &p, d->payout);
}

void masking_hide_case(struct arena *a, struct dossier *d)
{
    struct masking_persons p = { .count = 0 };
    masking_add(&p, d->clearance->case_subject);
    d->clearance = hide_clearance(a, &p, d->clearance);
}

/* --- JSON as it came --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice skip_space(struct slice s)
{
    while (s.size && is_space(s.bytes[0])) s = slice_skip(s, 1);
    return s;
}

/* Takes a text with its quotes; empty: there is none. */
static struct slice take_quoted(struct slice *rest)
{
    size_t i = 1;
    if (!rest->size || rest->bytes[0] != '"') return (struct slice){ 0 };
    for (; i < rest->size && rest->bytes[i] != '"'; i++) i += rest->bytes[i] == '\\';
    if (i >= rest->size) return (struct slice){ 0 };
    struct slice quoted = slice_head(*rest, i + 1);
    *rest = slice_skip(*rest, i + 1);
    return quoted;
}

static struct slice take_value(struct slice *rest);

/* Brackets are only counted: what is inside is read by whoever copies it. */
static struct slice take_nested(struct slice *rest)
{
    struct slice left = *rest;
    unsigned depth = 0;
    while (left.size) {
        char c = left.bytes[0];
        if (c == '"') {
            if (!take_quoted(&left).size) break;
            continue;
        }
        left = slice_skip(left, 1);
        depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && --depth == 0) {
            struct slice whole = slice_head(*rest, rest->size - left.size);
            *rest = left;
            return whole;
        }
    }
    return (struct slice){ 0 };
}

static struct slice take_value(struct slice *rest)
{
    size_t i = 0;
    if (rest->size && (rest->bytes[0] == '{' || rest->bytes[0] == '[')) return take_nested(rest);
    if (rest->size && rest->bytes[0] == '"') return take_quoted(rest);
    while (i < rest->size && !strchr(",]}", rest->bytes[i]) && !is_space(rest->bytes[i])) i++;
    struct slice bare = slice_head(*rest, i);
    *rest = slice_skip(*rest, i);
    return bare;
}

/* Takes `"name": value` and the comma after it. False: the object has ended, or is none. */
static bool take_member(struct slice *rest, struct slice *name, struct slice *value)
{
    *rest = skip_space(*rest);
    *name = take_quoted(rest);
    if (!name->size) return false;
    *name = slice_head(slice_skip(*name, 1), name->size - 2);
    *rest = skip_space(*rest);
    if (!rest->size || rest->bytes[0] != ':') return false;
    *rest = skip_space(slice_skip(*rest, 1));
    *value = take_value(rest);
    *rest = skip_space(*rest);
    if (rest->size && rest->bytes[0] == ',') *rest = slice_skip(*rest, 1);
    return value->size > 0;
}

/* Nobody writes the names of members in escapes but to hide what they are. */
static bool is_escaped(struct slice name)
{
    return memchr(name.bytes, '\\', name.size) != NULL;
}

/* Whether its own members make it a person's, or a roster. */
static enum masking_class kind_of_object(struct slice object)
{
    struct slice rest = slice_skip(object, 1), name, value, kind = { 0 };
    bool is_born = false;
    while (take_member(&rest, &name, &value)) {
        if (is_escaped(name)) return MASKING_OF_PARTY;
        if (slice_equal(name, SLICE("birth_year"))) is_born = true;
        if (slice_equal(name, SLICE("kind"))) kind = value;
    }
    if (slice_equal_nocase(kind, SLICE("\"REP_ROSTER\""))) return MASKING_PERSON;
    bool is_person = slice_equal_nocase(kind, SLICE("\"PERSON\"")) || (!kind.size && is_born);
    return is_person ? MASKING_OF_PARTY : MASKING_OPEN;
}

static bool hides(enum masking_class object, struct slice name)
{
    if (object == MASKING_OF_PARTY)
        return is_escaped(name) || masking_class_of(SLICE("Party"), name) == MASKING_OF_PARTY;
    return object == MASKING_PERSON && masking_class_of(SLICE("RepRoster"), name) == MASKING_PERSON;
}

/* Escapes are left out of what is shown: a cut through one would be no JSON. */
static void put_hidden(struct text *t, struct slice value)
{
    bool is_quoted = value.bytes[0] == '"';
    struct slice bare = is_quoted ? slice_head(slice_skip(value, 1), value.size - 2) : value;
    text_put_byte(t, '"');
    if (memchr(bare.bytes, '\\', bare.size)) PUT(t, "****");
    else masking_put(t, bare);
    text_put_byte(t, '"');
}

static void put_value(struct text *t, struct slice value, unsigned depth);

static void put_object(struct text *t, struct slice object, unsigned depth)
{
    enum masking_class kind = kind_of_object(object);
    struct slice rest = slice_skip(object, 1), name, value;
    const char *put = object.bytes;
    while (take_member(&rest, &name, &value)) {
        text_put(t, slice_of(put, (size_t)(value.bytes - put)));
        if (hides(kind, name)) put_hidden(t, value);
        else put_value(t, value, depth + 1);
        put = value.bytes + value.size;
    }
    text_put(t, slice_of(put, (size_t)(object.bytes + object.size - put)));
}

static void put_array(struct text *t, struct slice array, unsigned depth)
{
    struct slice rest = skip_space(slice_skip(array, 1));
    const char *put = array.bytes;
    while (rest.size && rest.bytes[0] != ']') {
        struct slice value = take_value(&rest);
        if (!value.size) break;
        text_put(t, slice_of(put, (size_t)(value.bytes - put)));
        put_value(t, value, depth + 1);
        put = value.bytes + value.size;
        rest = skip_space(rest);
        if (rest.size && rest.bytes[0] == ',') rest = skip_space(slice_skip(rest, 1));
    }
    text_put(t, slice_of(put, (size_t)(array.bytes + array.size - put)));
}

/* Nothing of ours lies so deep: there it is no line, and is not shown. */
static void put_value(struct text *t, struct slice value, unsigned depth)
{
    if (value.bytes[0] != '{' && value.bytes[0] != '[') text_put(t, value);
    else if (depth == DEPTH_MAX) PUT(t, "null");
    else if (value.bytes[0] == '{') put_object(t, value, depth);
    else put_array(t, value, depth);
}

void masking_put_json(struct text *t, struct slice json)
{
    struct slice rest = skip_space(json), before = slice_head(json, json.size - rest.size), value = take_value(&rest);
    text_put(t, before);
    if (value.size) put_value(t, value, 0);
    text_put(t, rest);
}
