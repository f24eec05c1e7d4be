/* runtime/redis_answer.h: an answer as Redis gave it. */
#ifndef RUNTIME_REDIS_ANSWER_H
#define RUNTIME_REDIS_ANSWER_H

#include "base/str.h"

struct redis_answer;
enum redis_answer_kind { REDIS_NIL, REDIS_TEXT, REDIS_INTEGER, REDIS_LIST, REDIS_REFUSAL };

/* What it is; the functions below answer for their own kind. */
enum redis_answer_kind redis_answer_kind(const struct redis_answer *a);
struct slice redis_answer_text(const struct redis_answer *a);           /* of TEXT and REFUSAL; else empty */
int64_t redis_answer_integer(const struct redis_answer *a);             /* of INTEGER; else 0 */
unsigned redis_answer_count(const struct redis_answer *a);              /* of LIST; else 0 */
const struct redis_answer *redis_answer_item(const struct redis_answer *a, unsigned index);

/* Of a whole answer, by whoever was given it (redis_stream_take). NULL is nothing. */
void redis_answer_free(struct redis_answer *a);

#endif
