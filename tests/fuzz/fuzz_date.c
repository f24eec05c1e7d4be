/* Written dates: what is read exists, in every order. */
#include "base/assert.h"
#include "domain/calendar.h"
#include "intake/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct slice text = slice_of((const char *)bytes, size);
    for (enum date_style order = DATE_STYLE_AUTO; order <= DATE_STYLE_MDY; order++) {
        struct date_dialect dialect = { .order = order, .received = 20260408, .is_1904 = size % 2 };
        int32_t date = 0;
        if (date_read(text, &dialect, &date)) ASSERT(date_is_valid(date));
        dialect.is_plain = true;
        if (date_read(text, &dialect, &date)) ASSERT(date_is_valid(date));
    }
    (void)date_evidence(text);
    (void)date_is_look_alike(text);
    return 0;
}
