/* intake/spool.h: the bytes of a document, mapped; pages behind the reader are given back, so that memory is a window
 * whatever the size (feeds.md 4). */
#ifndef INTAKE_SPOOL_H
#define INTAKE_SPOOL_H

#include "intake/inflate.h"

#define DOCUMENT_BYTES_MAX (2ull << 30)
enum { SPOOL_WINDOW_BYTES = 8 << 20 };

struct spool {
    struct slice bytes;
    uint64_t     passed;                            /* pages before it were given back */
    uint64_t oversize_bytes;  /* of a document beyond DOCUMENT_BYTES_MAX: what was seen of it; it has no bytes then */
    enum inflate_fault fault; /* why its compressed bytes could not be had; it has no bytes then */
    bool         is_mapped, is_owned;               /* to be unmapped, to be freed */
    bool         is_passing;                        /* of a pipe: no path brings it again */
    uint64_t core_size; /* of its bytes without the line breaks after the last, once spool_sha256 was asked, 0: not, */
    uint8_t core_sha256[32];                        /* and their digest */
    bool gives_back; /* of a file: pages behind the reader come again when they are read again */
};

/* Maps a regular file; anything else (a pipe) is read into memory first. One beyond DOCUMENT_BYTES_MAX opens without
 * its bytes and is refused as a document. ERR_FILE_UNREADABLE. */
enum err spool_open(struct spool *s, const char *path) MUST_CHECK;

/* As spool_open; what is gzip opens inflated, in a file without a name under TMPDIR. One that is broken, a bomb or
 * beyond the bound opens without its bytes and is refused as a document (feeds.md 4). Also ERR_FILE_UNWRITABLE: no room
 * for it. */
enum err spool_open_document(struct spool *s, const char *path) MUST_CHECK;

/* Bytes that stay with the caller. */
struct spool spool_over(struct slice bytes);

/* A part of another one, which stays open as long. */
struct spool spool_part(const struct spool *whole, struct slice bytes);

/* Unmaps and closes. */
void spool_close(struct spool *s);

/* The reader is done with what lies before `offset`. Cheap: pages go back a window at a time. */
void spool_pass(struct spool *s, uint64_t offset);

/* The reader begins again. */
void spool_rewind(struct spool *s);

/* SHA-256 of all bytes, and of those without the line breaks at their end: what an interchange is known by is most
 * often these, and not hashed again. */
void spool_sha256(struct spool *s, uint8_t digest[32]);

#endif
