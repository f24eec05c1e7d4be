/* Written numbers: what is read in a style is decimal text, and the evidence of a cell never contradicts its
 * reading. */
#include "base/assert.h"
#include "domain/decimal.h"
#include "intake/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct slice text = slice_of((const char *)bytes, size);
    enum number_evidence says = number_evidence(text);
    for (enum decimal_style style = DECIMAL_STYLE_POINT; style <= DECIMAL_STYLE_COMMA; style++) {
        char buffer[NUMBER_TEXT_MAX];
        struct number n;
        int64_t value;
        if (number_read(text, style, buffer, &n) != NUMBER_FINE) continue;
        ASSERT(n.decimal.size > 0
               && decimal_parse(n.decimal, 6, DECIMAL_EXCESS_ROUND, &value, NULL) != ERR_DECIMAL_MALFORMED);
        if (style == DECIMAL_STYLE_POINT)
            ASSERT(says != NUMBER_SAYS_COMMA || memchr(bytes, ',', size) || memchr(bytes, '.', size));
    }
    (void)number_is_exponent_form(text);
    return 0;
}
