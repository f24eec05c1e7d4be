/* intake/x12_tokens.h: bytes become interchange headers, segments and elements (feeds.md 5). Pure; nothing is copied
 * but segments of a wrapped file.
 *
 * The caller shows a window that begins at the same byte each time and says whether more may come: the segments found
 * do not depend on how the bytes were split. */
#ifndef INTAKE_X12_TOKENS_H
#define INTAKE_X12_TOKENS_H

#include "base/str.h"

enum {
    ISA_BYTES = 106, ISA_ELEMENTS = 16, X12_LEADING_BYTES_MAX = 4096, X12_SEGMENT_BYTES_MAX = 64 << 10,
    X12_ELEMENT_BYTES_MAX = 32 << 10, X12_ELEMENTS_MAX = 64, X12_COMPONENTS_MAX = 16, X12_REPETITIONS_MAX = 1000,
    X12_WRAP_WIDTH_MIN = 20,
};

/* Delimiters of an interchange; 0: it has none of that sort. */
struct x12_delimiters { char element, component, repetition, terminator, release; };

/* Classes of a byte: what a segment holds besides plain characters. */
enum {
    X12_HAS_BREAK = 1,
    X12_HAS_CONTROL = 2,
    X12_HAS_HIGH = 4,
    X12_HAS_TRAILING = 8,
    X12_IS_LONG = 16,
    X12_IS_WIDE = 32,
    X12_IS_UNENDED = 64,
    X12_IS_PADDED = 128
};

struct x12_segment {
    uint64_t     offset;                            /* of its first byte as sent */
    uint64_t     end;                               /* after its terminator */
    struct slice text;                              /* without terminator; unwrapped when wrapped */
    struct slice id;
    uint32_t     key;                               /* the id as a number: x12_key */
    unsigned     count;                             /* elements after the id; at most 64 are kept */
    unsigned     flags;
    struct slice elements[X12_ELEMENTS_MAX + 1];    /* [1] is the first; [0] the id */
};

struct x12_tokens {
    struct slice          window;
    uint64_t              at;
    struct x12_delimiters delimiters;
    bool                  is_last;                  /* nothing comes after the window */
    bool                  unwraps;                  /* line breaks inside segments are dropped */
    bool                  is_begin;                 /* the next bytes are the first: no terminator stands before them */
    char *flat; /* X12_SEGMENT_BYTES_MAX for unwrapped segments; NULL: unwraps is false */
    uint8_t               classes[256];
};

enum x12_token { X12_SEGMENT, X12_NEXT_ISA, X12_MORE, X12_END };

/* Up to three letters or digits as a number; 0 for anything else. */
uint32_t x12_key(struct slice id);
#define X12_KEY(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))

/* Starts at `at` with the delimiters of an interchange. */
void x12_tokens_begin(struct x12_tokens *t, struct slice window, uint64_t at, struct x12_delimiters delimiters);

/* The next segment. X12_NEXT_ISA: another interchange begins at t->at (feeds.md 5.1). X12_MORE: the window ends inside
 * a segment and more may come. */
enum x12_token x12_tokens_next(struct x12_tokens *t, struct x12_segment *s);

/* ISA and its sixteen separators at their places, from `at`; a wrapped one when `width` (may be NULL) is told the bytes
 * between its line breaks, else 0. */
bool x12_is_isa(struct slice bytes, uint64_t at, uint32_t *width);

/* The next place of an ISA at or after `from`: at the begin, or after a line break or `terminator`. bytes.size:
 * none. */
uint64_t x12_find_isa(struct slice bytes, uint64_t from, char terminator);

/* The first ISA of a file: anywhere within 4 KiB of its begin, a BOM not counted, whatever stands before it; else the
 * next place of one. bytes.size: none. */
uint64_t x12_first_isa(struct slice bytes);

/* Splits a composite or a repetition. Returns how many parts there are; at most `max` are kept. */
unsigned x12_split(struct slice element, char separator, struct slice *parts, unsigned max);

/* Where an element begins as sent; wrapped segments are walked. */
uint64_t x12_element_offset(const struct x12_tokens *t, uint64_t segment_offset, unsigned element);

#endif
