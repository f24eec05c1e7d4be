/* claimctl/topic_reader.h: topics read without a group, read_committed, from a place to a place: what every command
 * that looks into Kafka uses. */
#ifndef CLAIMCTL_TOPIC_READER_H
#define CLAIMCTL_TOPIC_READER_H

#include "claimctl/broker.h"
#include "claimctl/moment.h"
#include "runtime/source.h"

/* A record with the time at which the broker took it; borrowed for the call. While following, NULL when nothing came
 * for a moment: what is printed can be flushed. False ends the reading. */
typedef bool topic_visit(void *context, const struct record *record, instant_ms at_unix_ms);

struct topic_range {
    enum topic    topic;
    int32_t       partition;                        /* -1: all */
    struct moment from, until;
};

/* Reads the ranges; those whose `until` is MOMENT_END stop at what stood there when the reading began, or with `follow`
 * never. OK also when the visitor ended it or the process was interrupted (topic_reader_interrupted). */
enum err topic_read(struct broker *b, const struct topic_range *ranges, unsigned count, bool follow, topic_visit *visit,
                    void *context) MUST_CHECK;

/* Whole topics, beginning to end, one after the other. */
enum err topic_read_all(struct broker *b, const enum topic *topics, unsigned count, topic_visit *visit,
                        void *context) MUST_CHECK;

/* Where the dossier of a line stands that became of it last, and how long it is. */
struct topic_place { enum topic topic; int32_t partition; size_t size; };

/* Whether the dossier of a record, read after the other one, is what became of the line since. What was decided is
 * final. In one partition the later record is it, longer or not: a line that goes back to wait where it waited before
 * loses a section. Once its root is known a line goes on in another partition, with a section more. */
bool topic_supersedes(const struct record *record, const struct topic_place *before);

/* Ctrl-C ends a reading instead of the process from here on; true once it came. */
void topic_reader_catch_interrupt(void);
bool topic_reader_interrupted(void);

#endif
