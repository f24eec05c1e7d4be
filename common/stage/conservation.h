/* stage/conservation.h: in = passed + short + held + parked + rejected + dead, in lines and in money (architecture.md
 * 4).
 *
 * `in` counts judgements: a record of an input topic, or a waiting line judged again. Money is C as claimed, by
 * currency; a line that claims no amount counts as a line only. */
#ifndef STAGE_CONSERVATION_H
#define STAGE_CONSERVATION_H

#include "domain/line.h"

/* The second: those of them that metrics show, the first that come. */
enum { CONSERVATION_CURRENCIES_MAX = 200, CONSERVATION_SHOWN_MAX = 32 };

struct conserved_money { char currency[4]; __int128 in_minor, out_minor[OUTCOME_COUNT]; };

struct conservation {
    uint64_t               in, out[OUTCOME_COUNT];
    struct conserved_money money[CONSERVATION_CURRENCIES_MAX];
    unsigned               money_count;
};

/* Nothing came in and nothing went out. */
void conservation_init(struct conservation *c);

/* A line, or bytes that are none (NULL), comes in; it goes out with an outcome. */
void conservation_take(struct conservation *c, const struct line *line);
void conservation_end(struct conservation *c, const struct line *line, enum outcome outcome);

/* True when both sides are equal, in lines and in each currency. */
bool conservation_holds(const struct conservation *c);

/* Adds up lines and money of both. */
void conservation_add(struct conservation *total, const struct conservation *part);

/* A sum of money as a metric can show it. */
static inline int64_t conservation_shown(__int128 minor)
{
    return minor > INT64_MAX ? INT64_MAX : minor < INT64_MIN ? INT64_MIN : (int64_t)minor;
}

#endif
