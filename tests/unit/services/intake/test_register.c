#include "intake/register.h"

#include "runtime/memory_store.h"
#include "support/test.h"

TEST(a_control_number_is_remembered_as_long_as_its_profile_says)
{
    static const instant_ms now = 1775638800000;
    static const uint32_t days[] = { 1, 30, 400, 800 };
    struct memory_store *memory = memory_store_open(NULL);
    struct store *s = memory_store_base(memory);
    for (unsigned k = 0; k < sizeof days / sizeof *days; k++) {
        struct intake_key key = { .day = register_key_day(now, days[k]) }, read;
        struct slice name = register_key(test_arena(), SLICE("north"), SLICE("01*1*ZZ*C*000000001*"));
        bool found;
        CHECK_INT(register_put_key(test_arena(), s, name, &key), OK);
        CHECK_INT(register_get_interchange(s, name, now, &read, &found), OK);
        CHECK(found);
        CHECK_INT(register_get_interchange(s, name, now + (int64_t)days[k] * INSTANT_DAY_MS, &read, &found), OK);
        CHECK(found);
        CHECK_INT(register_get_interchange(s, name, now + ((int64_t)days[k] + 1) * INSTANT_DAY_MS, &read, &found), OK);
        CHECK(!found);
        CHECK_INT(register_get_key(s, name, &read, &found), OK);
        CHECK(found);                               /* until the sweep comes by */
    }
    memory_store_close(memory);
}
