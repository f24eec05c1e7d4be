/* intake/base64.c: four digits are three bytes. */
#include "intake/base64.h"

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct slice digits, char *to, size_t *size)
{
    unsigned padding = 0;
    uint32_t word = 0;
    *size = 0;
    if (digits.size % 4 != 0) return false;
    while (padding < 2 && padding < digits.size && digits.bytes[digits.size - 1 - padding] == '=') padding++;
    for (size_t k = 0; k < digits.size - padding; k++) {
        int value = sextet(digits.bytes[k]);
        if (value < 0) return false;
        word = word << 6 | (uint32_t)value;
        if (k % 4 > 0) to[(*size)++] = (char)(word >> (6 - 2 * (k % 4)) & 0xff);
    }
    return true;
}
