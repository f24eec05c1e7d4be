/* services/classification/main.c: partner-classifier. */
#include "classification/stage.h"
#include "stage/stage_main.h"

int main(int argc, char **argv)
{
    static const struct stage_service service = {
        &classification_stage, "says of each line who claims, in which role, and which programs may pay it", NULL,
    };
    return stage_main(&service, argc, argv);
}
