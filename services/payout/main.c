/* services/payout/main.c: payout-calculator. */
#include "payout/stage.h"
#include "stage/stage_main.h"

int main(int argc, char **argv)
{
    static const struct stage_service service = { &payout_stage, "says of each line what it is worth, and pays it once",
                                                  NULL };
    return stage_main(&service, argc, argv);
}
