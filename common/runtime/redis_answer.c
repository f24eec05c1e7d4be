/* runtime/redis_answer.c: hiredis' own, seen through a keyhole. */
#include "runtime/redis_answer.h"

#include "base/assert.h"

#include <hiredis/hiredis.h>

static const redisReply *reply_of(const struct redis_answer *a)
{
    return (const redisReply *)(const void *)a;
}

enum redis_answer_kind redis_answer_kind(const struct redis_answer *a)
{
    switch (reply_of(a)->type) {
    case REDIS_REPLY_STRING: case REDIS_REPLY_STATUS: return REDIS_TEXT;
    case REDIS_REPLY_INTEGER:                         return REDIS_INTEGER;
    case REDIS_REPLY_ARRAY:                           return REDIS_LIST;
    case REDIS_REPLY_ERROR:                           return REDIS_REFUSAL;
    default:                                          return REDIS_NIL;
    }
}

struct slice redis_answer_text(const struct redis_answer *a)
{
    enum redis_answer_kind kind = redis_answer_kind(a);
    return kind == REDIS_TEXT || kind == REDIS_REFUSAL ? slice_of(reply_of(a)->str, reply_of(a)->len)
                                                       : (struct slice){ 0 };
}

int64_t redis_answer_integer(const struct redis_answer *a)
{
    return redis_answer_kind(a) == REDIS_INTEGER ? reply_of(a)->integer : 0;
}

unsigned redis_answer_count(const struct redis_answer *a)
{
    return redis_answer_kind(a) == REDIS_LIST ? (unsigned)reply_of(a)->elements : 0;
}

const struct redis_answer *redis_answer_item(const struct redis_answer *a, unsigned index)
{
    ASSERT(index < redis_answer_count(a));
    return (const struct redis_answer *)(const void *)reply_of(a)->element[index];
}

void redis_answer_free(struct redis_answer *a)
{
    if (a) freeReplyObject(a);
}
