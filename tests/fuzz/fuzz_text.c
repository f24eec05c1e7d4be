/* Delimited text through intake, whatever the bytes: every line ends once, and a second reading gives the same. */
#include "intake_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_document(text_reader_open, bytes, size);
}
