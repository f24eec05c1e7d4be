/* Submissions of producers that speak protobuf (claims.submitted.v1). */
#include "fuzz/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_message(&line_message, data, size);
}
