/* claimctl/colour.c: which words have a colour, and where. */
#include "claimctl/colour.h"

#include "claimctl/nearest.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { PLAIN_BYTES = 4096 };

static bool errors_have_colour;
static enum { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER } chosen;

static const struct slice whens[] = { SLICE_INIT("auto"), SLICE_INIT("always"), SLICE_INIT("never") };

#define GOOD "\033[32m"
#define WAIT "\033[33m"
#define BAD  "\033[1;31m"

static const struct { struct slice word, begin; } words[] = {
#define WORD(word, begin) { SLICE_INIT(word), SLICE_INIT(begin) },
    WORD("PASS", GOOD) WORD("POSTED", GOOD) WORD("ANSWERED", GOOD) WORD("ok", GOOD) WORD("TRUE", WAIT)
    WORD("SHORT", WAIT) WORD("HOLD", WAIT) WORD("PARK", WAIT) WORD("HELD", WAIT) WORD("AT_RISK", WAIT)
    WORD("warning", WAIT) WORD("REJECT", BAD) WORD("DEAD", BAD) WORD("REJECTED", BAD) WORD("failure", BAD)
    WORD("FAILED", BAD)
#undef WORD
};

/* --- errors on stderr --- */

static void write_all(const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(STDERR_FILENO, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        size -= (size_t)written;
    }
}

/* Names of files and words of others are repeated in errors: none of their bytes commands the terminal. */
static bool is_control(const unsigned char *bytes, size_t size, size_t at)
{
    if (bytes[at] < 0x20) return bytes[at] != '\n' && bytes[at] != '\t';
    bool begins_c1 = bytes[at] == 0xc2 && at + 1 < size && bytes[at + 1] < 0xa0;
    return bytes[at] == 0x7f || begins_c1 || (at > 0 && bytes[at - 1] == 0xc2 && bytes[at] < 0xa0);
}

static void write_plainly(const char *bytes, size_t size)
{
    char plain[PLAIN_BYTES];
    while (size) {
        size_t piece = size < sizeof plain ? size : sizeof plain;
        for (size_t i = 0; i < piece; i++)
            plain[i] = is_control((const unsigned char *)bytes, size, i) ? '?' : bytes[i];
        write_all(plain, piece);
        bytes += piece;
        size -= piece;
    }
}

/* "error[USAGE 6002]:" and "warning[…]:" begin a line; stderr hands over what one call prints at once. */
static ssize_t write_errors(void *unused, const char *bytes, size_t size)
{
    struct slice all = slice_of(bytes, size);
    bool is_error = slice_starts_with(all, SLICE("error[")), is_warning = slice_starts_with(all, SLICE("warning["));
    size_t head = slice_find(all, ':');
    (void)unused;
    if (errors_have_colour && (is_error || is_warning) && head < size) {
        struct slice begin = colour_of_word(is_error ? SLICE("failure") : SLICE("warning"));
        write_all(begin.bytes, begin.size);
        write_plainly(bytes, head);
        write_all(COLOUR_END, sizeof COLOUR_END - 1);
        write_plainly(bytes + head, size - head);
    } else write_plainly(bytes, size);
    return (ssize_t)size;
}

void colour_begin_errors(void)
{
    FILE *errors = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = write_errors });
    if (!errors) return;
    setvbuf(errors, NULL, _IONBF, 0);
    stderr = errors;
}

/* --- where there is colour --- */

static bool is_on(int fd)
{
    const char *none = getenv("NO_COLOR"), *kind = getenv("TERM");
    if (chosen != WHEN_AUTO) return chosen == WHEN_ALWAYS;
    return isatty(fd) && !(none && none[0]) && kind && kind[0] && strcmp(kind, "dumb") != 0;
}

bool colour_choose(struct slice when)
{
    enum { WHEN_COUNT = sizeof whens / sizeof whens[0] };
    for (unsigned i = 0; i < WHEN_COUNT; i++) {
        if (!slice_equal(when, whens[i])) continue;
        chosen = i;
        errors_have_colour = is_on(STDERR_FILENO);
        return true;
    }
    struct nearest near = nearest_of(when, whens, WHEN_COUNT);
    (void)nearest_refuse_word(&near, NULL, "--color takes auto, always or never");
    return false;
}

bool colour_is_on(const struct output *o)
{
    return o->file == stdout && is_on(STDOUT_FILENO);
}

struct slice colour_of_word(struct slice word)
{
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_equal(words[i].word, word)) return words[i].begin;
    return (struct slice){ 0 };
}

void colour_put_sentence(struct output *o, struct slice sentence)
{
    static const char gap[] = "  ";
    const char *from = colour_is_on(o) ? memmem(sentence.bytes, sentence.size, gap, 2) : NULL;
    if (from) {
        struct slice rest = slice_skip(sentence, (size_t)(from - sentence.bytes) + 2), word = slice_cut(&rest, ' ');
        struct slice begin = colour_of_word(word);
        if (begin.size) {
            output_put(o, slice_of(sentence.bytes, (size_t)(word.bytes - sentence.bytes)));
            output_put(o, begin);
            output_put(o, word);
            output_put(o, SLICE(COLOUR_END));
            sentence = slice_skip(sentence, (size_t)(word.bytes + word.size - sentence.bytes));
        }
    }
    output_put(o, sentence);
}
