/* What a process tells its supervisor. */
#include "stage/process.h"

#include "support/test.h"

TEST(a_topic_that_is_missing_ends_a_start_for_good_and_a_running_process_for_now)
{
    CHECK_INT(process_exit_code(ERR_KAFKA_TOPIC), PROCESS_BAD_SETTING);
    CHECK_INT(process_exit_code_later(ERR_KAFKA_TOPIC), PROCESS_RESTART);
    CHECK_INT(process_exit_code_later(ERR_PARTITIONS_TORN), PROCESS_BAD_SETTING);
    CHECK_INT(process_exit_code_later(ERR_KAFKA_FENCED), process_exit_code(ERR_KAFKA_FENCED));
    CHECK_INT(process_exit_code_later(OK), PROCESS_DRAINED);
}
