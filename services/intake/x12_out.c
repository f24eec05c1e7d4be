/* intake/x12_out.c: segments with their separators. */
#include "intake/x12_out.h"

#include "base/assert.h"

enum { ELEMENT_MAX = 512, CONTROL_DIGITS = 9 };

static void put(struct x12_out *o, const char *bytes, size_t size)
{
    ASSERT(o->size + size + 1 < sizeof o->bytes);
    memcpy(o->bytes + o->size, bytes, size);
    o->size += size;
}

static bool is_plain(const struct x12_out *o, char c)
{
    const struct x12_delimiters *d = &o->delimiters;
    if ((uint8_t)c < 0x20 || (uint8_t)c > 0x7e) return false;
    return c != d->element && c != d->component && c != d->terminator && (d->repetition == 0 || c != d->repetition);
}

bool x12_out_holds(const struct x12_out *o, struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_plain(o, text.bytes[i])) return false;
    return true;
}

void x12_out_begin(struct x12_out *o, struct slice id)
{
    o->size = o->kept = 0;
    put(o, id.bytes, id.size);
    o->kept = o->size;
    o->segments++;
}

void x12_out_text(struct x12_out *o, struct slice text)
{
    text = slice_head(text, ELEMENT_MAX);
    put(o, &o->delimiters.element, 1);
    for (size_t i = 0; i < text.size; i++) put(o, is_plain(o, text.bytes[i]) ? &text.bytes[i] : " ", 1);
    if (text.size > 0) o->kept = o->size;
}

void x12_out_number(struct x12_out *o, uint64_t value)
{
    char digits[24];
    struct text t = text_over(digits, sizeof digits);
    text_put_int(&t, (int64_t)value);
    x12_out_text(o, text_slice(&t));
}

void x12_out_component(struct x12_out *o, uint64_t value)
{
    char digits[24];
    struct text t = text_over(digits, sizeof digits);
    text_put_int(&t, (int64_t)value);
    put(o, &o->delimiters.component, 1);
    put(o, digits, t.size);
    o->kept = o->size;
}

void x12_out_end(struct x12_out *o)
{
    o->size = o->kept;
    put(o, &o->delimiters.terminator, 1);
    o->sink->put(o->sink->context, slice_of(o->bytes, o->size));
}

/* Envelope */

static void padded(struct x12_out *o, struct slice text, size_t width)
{
    char bytes[16];
    ASSERT(width <= sizeof bytes);
    memset(bytes, ' ', sizeof bytes);
    for (size_t i = 0; i < text.size && i < width; i++)
        if (is_plain(o, text.bytes[i])) bytes[i] = text.bytes[i];
    put(o, &o->delimiters.element, 1);
    put(o, bytes, width);
    o->kept = o->size;
}

static void put_digits(char *to, uint64_t value, unsigned digits)
{
    for (unsigned k = digits; k-- > 0; value /= 10) to[k] = (char)('0' + value % 10);
}

static void date_time(char date[8], char time[4], instant_ms now)
{
    int64_t minutes = (now / INSTANT_MINUTE_MS) % (24 * 60);
    put_digits(date, (uint64_t)instant_date(now, 0), 8);
    put_digits(time, (uint64_t)(minutes / 60 * 100 + minutes % 60), 4);
}

/* A byte for repetitions that is no other delimiter. */
static char free_repetition(const struct x12_delimiters *d)
{
    static const char wanted[] = "^!|";
    for (const char *c = wanted; *c; c++)
        if (*c != d->element && *c != d->component && *c != d->terminator) return *c;
    NEVER();
}

void x12_out_isa(struct x12_out *o, const struct x12_out_envelope *e)
{
    char date[8], time[4], number[CONTROL_DIGITS];
    bool repeats = slice_compare(e->version, SLICE("00402")) >= 0;
    if (repeats && o->delimiters.repetition == 0) o->delimiters.repetition = free_repetition(&o->delimiters);
    if (!repeats) o->delimiters.repetition = 0;
    o->interchange_number = e->control_number;
    o->groups = 0;
    date_time(date, time, e->now_unix_ms);
    put_digits(number, e->control_number, CONTROL_DIGITS);
    x12_out_begin(o, SLICE("ISA"));
    padded(o, SLICE("00"), 2);
    padded(o, SLICE(""), 10);
    padded(o, SLICE("00"), 2);
    padded(o, SLICE(""), 10);
    padded(o, e->from_qualifier, 2);
    padded(o, e->from_id, 15);
    padded(o, e->to_qualifier, 2);
    padded(o, e->to_id, 15);
    padded(o, slice_of(date + 2, 6), 6);
    padded(o, slice_of(time, 4), 4);
    put(o, &o->delimiters.element, 1);
    put(o, repeats ? &o->delimiters.repetition : "U", 1);
    padded(o, e->version, 5);
    padded(o, slice_of(number, CONTROL_DIGITS), CONTROL_DIGITS);
    padded(o, SLICE("0"), 1);
    padded(o, e->is_test ? SLICE("T") : SLICE("P"), 1);
    put(o, &o->delimiters.element, 1);
    put(o, &o->delimiters.component, 1);
    o->kept = o->size;
    x12_out_end(o);
}

void x12_out_gs(struct x12_out *o, struct slice type, struct slice from, struct slice to, struct slice version,
                instant_ms now_unix_ms)
{
    char date[8], time[4];
    date_time(date, time, now_unix_ms);
    o->groups++;
    o->sets = 0;
    o->group_number++;
    x12_out_begin(o, SLICE("GS"));
    x12_out_text(o, type);
    x12_out_text(o, from);
    x12_out_text(o, to);
    x12_out_text(o, slice_compare(version, SLICE("004")) >= 0 ? slice_of(date, 8) : slice_of(date + 2, 6));
    x12_out_text(o, slice_of(time, 4));
    x12_out_number(o, o->group_number);
    x12_out_text(o, SLICE("X"));
    x12_out_text(o, version);
    x12_out_end(o);
}

static void control(struct x12_out *o, uint32_t number)
{
    char digits[4];
    if (number > 9999) { x12_out_number(o, number); return; }
    put_digits(digits, number, 4);
    x12_out_text(o, slice_of(digits, 4));
}

void x12_out_st(struct x12_out *o, struct slice set)
{
    o->segments = 0;
    o->set_number = ++o->sets;
    x12_out_begin(o, SLICE("ST"));
    x12_out_text(o, set);
    control(o, o->set_number);
    x12_out_end(o);
}

void x12_out_se(struct x12_out *o)
{
    x12_out_begin(o, SLICE("SE"));
    x12_out_number(o, o->segments);
    control(o, o->set_number);
    x12_out_end(o);
}

void x12_out_ge(struct x12_out *o)
{
    x12_out_begin(o, SLICE("GE"));
    x12_out_number(o, o->sets);
    x12_out_number(o, o->group_number);
    x12_out_end(o);
}

void x12_out_iea(struct x12_out *o)
{
    char number[CONTROL_DIGITS];
    put_digits(number, o->interchange_number, CONTROL_DIGITS);
    x12_out_begin(o, SLICE("IEA"));
    x12_out_number(o, o->groups);
    x12_out_text(o, slice_of(number, CONTROL_DIGITS));
    x12_out_end(o);
}
