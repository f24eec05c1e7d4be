/* Reviews of reviews.v1. */
#include "fuzz/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_message(&review_message, data, size);
}
