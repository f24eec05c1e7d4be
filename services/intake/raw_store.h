/* intake/raw_store.h: the bytes of documents as they came, gzipped, and our syntax answers to them, for as long as they
 * are kept (feeds.md 2). Files are named by document id, below two digits of it. */
#ifndef INTAKE_RAW_STORE_H
#define INTAKE_RAW_STORE_H

#include "base/instant.h"
#include "intake/register.h"
#include "intake/spool.h"

struct raw_store;

/* Makes the folder when it is not there. ERR_FILE_UNWRITABLE. */
enum err raw_store_open(const char *path, struct raw_store **store) MUST_CHECK;
void raw_store_close(struct raw_store *s);

/* Keeps a document, synced; one that is there already is left alone. */
enum err raw_store_put(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct spool *document) MUST_CHECK;
/* The same for at most 64 KiB, without waiting for the disk: for callers that have the bytes elsewhere until
 * raw_store_sync, and repair what a crash left half written. */
enum err raw_store_put_soon(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct slice bytes) MUST_CHECK;
/* What was kept until now lasts. False: nobody knows. */
bool raw_store_sync(struct raw_store *s);
/* Keeps a document that may have been kept when the machine stopped: what is torn is written again. */
enum err raw_store_mend(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct spool *document) MUST_CHECK;

/* Its bytes, inflated, in memory that lies in a nameless file; to be closed with spool_close. ERR_FILE_UNREADABLE. */
enum err raw_store_get(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct spool *spool) MUST_CHECK;
bool raw_store_has(struct raw_store *s, const uint8_t id[SHA256_BYTES]);

/* The syntax answer that was written to it. */
enum err raw_store_put_answer(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct slice bytes) MUST_CHECK;
enum err raw_store_get_answer(struct raw_store *s, struct arena *a, const uint8_t id[SHA256_BYTES],
                              struct slice *bytes) MUST_CHECK;

/* Removes what is older than that; a folder a call, so that nobody waits. The number removed. */
unsigned raw_store_expire(struct raw_store *s, instant_ms now_unix_ms, uint32_t days);

#endif
