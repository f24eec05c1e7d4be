/* Events as lines, and the limit of a place. */
#include "runtime/log.h"

#include "runtime/clock.h"
#include "support/test.h"

#include <unistd.h>

static struct slice render(enum log_format format, enum log_level level, const struct log_field *fields, unsigned count)
{
    struct text t = text_in(test_arena(), LOG_LINE_BYTES);
    log_render(&t, format, 1775638800123, level, "batch_aborted", fields, count);
    return text_slice(&t);
}

TEST(an_event_is_one_object_with_its_fields_behind)
{
    const struct log_field fields[] = { LOG_NUMBER("partition", 7), LOG_WORD("why", "a \"quoted\"\nword"),
                                        LOG_ERR(ERR_KAFKA_FENCED) };
    log_open(SERVICE_PAYOUT, 2, "");
    CHECK_TEXT(
        render(LOG_JSON, LOG_WARNING, fields, 5),
        "{\"time\":\"2026-04-08T09:00:00.123Z\",\"level\":\"warning\",\"service\":\"payout\",\"instance\":2,\"event\":"
        "\"batch_aborted\","
        "\"partition\":7,\"why\":\"a "
        "\\\"quoted\\\"\\nword\",\"code\":\"KAFKA_FENCED\",\"number\":4003,\"message\":\"another process took over\"}");
}

TEST(people_and_journald_read_text)
{
    const struct log_field fields[] = { LOG_NUMBER("partition", 7), LOG_WORD("why", "two words") };
    CHECK_TEXT(render(LOG_PLAIN, LOG_INFO, fields, 2),
               "2026-04-08T09:00:00.123Z info batch_aborted partition=7 why=\"two words\"");
    CHECK_TEXT(render(LOG_JOURNAL, LOG_ERROR, fields, 1),
               "<3>2026-04-08T09:00:00.123Z error batch_aborted partition=7");
}

TEST(bytes_that_are_no_utf_8_and_control_characters_cannot_break_a_line)
{
    const struct log_field fields[] = { LOG_TEXT("value", SLICE("a\xff\x01\x7f")) };
    struct slice line = render(LOG_JSON, LOG_INFO, fields, 1);
    CHECK(memmem(line.bytes, line.size, "a\xEF\xBF\xBD\\u0001\x7f", 11) != NULL);
}

static size_t lines_of(int fd)
{
    char bytes[65536];
    size_t lines = 0;
    for (ssize_t size; (size = read(fd, bytes, sizeof bytes)) > 0;)
        for (ssize_t i = 0; i < size; i++) lines += bytes[i] == '\n';
    return lines;
}

TEST(a_place_that_talks_too_much_is_cut_and_others_are_not)
{
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    log_to(ends[1]);
    log_set(LOG_INFO, LOG_JSON, 3);
    int64_t begun_ms = clock_mono_ms();
    for (unsigned i = 0; i < 40; i++) LOG(LOG_INFO, "line_repeated", LOG_NUMBER("i", i));
    LOG(LOG_INFO, "line_alone");
    LOG(LOG_DEBUG, "line_unheard");
    size_t seconds = (size_t)(clock_mono_ms() - begun_ms) / 1000 + 1;           /* that may have begun in between */
    log_set(LOG_INFO, LOG_JSON, 20);
    log_to(-1);
    LOG(LOG_INFO, "line_nowhere");
    close(ends[1]);
    size_t lines = lines_of(ends[0]);
    close(ends[0]);
    log_to(STDOUT_FILENO);
    CHECK(lines >= 4 && lines <= 4 + 3 * seconds);  /* 3 + 1, and 3 more for each second that began */
}

TEST(a_line_that_is_too_long_loses_fields_and_stays_an_object)
{
    static char much[3000];
    int ends[2];
    char bytes[8192];
    memset(much, 'x', sizeof much);
    CHECK_INT(pipe(ends), 0);
    log_to(ends[1]);
    LOG(LOG_INFO, "line_lengthened", LOG_TEXT("a", slice_of(much, sizeof much)),
        LOG_TEXT("b", slice_of(much, sizeof much)));
    ssize_t size = read(ends[0], bytes, sizeof bytes);
    log_to(STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    CHECK(size > 3000 && size < LOG_LINE_BYTES && bytes[size - 1] == '\n' && bytes[size - 2] == '}');
}

TEST(levels_are_ordered_by_weight)
{
    log_set(LOG_WARNING, LOG_JSON, 20);
    CHECK(!log_is_on(LOG_DEBUG) && !log_is_on(LOG_INFO) && log_is_on(LOG_WARNING) && log_is_on(LOG_ERROR));
    log_set(LOG_DEBUG, LOG_JSON, 20);
    CHECK(log_is_on(LOG_DEBUG) && log_is_on(LOG_INFO));
    log_set(LOG_INFO, LOG_JSON, 20);
    CHECK(!log_is_on(LOG_DEBUG) && log_is_on(LOG_INFO));
}
