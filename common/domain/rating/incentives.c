/* domain/rating/incentives.c: the eight incentives, a row each. */
#include "domain/rating/incentives.h"

#include "base/assert.h"
#include "domain/rating/deal.h"
#include "domain/rating/mdf.h"
#include "domain/rating/price_protection.h"
#include "domain/rating/ship_debit.h"
#include "domain/rating/spiff.h"
#include "domain/rating/stock_rotation.h"
#include "domain/rating/volume_rebate.h"

static const struct incentive_steps incentives[INCENTIVE_COUNT] = {
    [INCENTIVE_SHIP_DEBIT] = { ship_debit_begin, ship_debit_rate, ship_debit_write, ship_debit_is_triggered, true,
                               ship_debit_restore, ship_debit_passed, NULL },
    [INCENTIVE_VOLUME_REBATE] = { NULL, volume_rebate_rate, volume_rebate_write, volume_rebate_is_triggered, false,
                                  NULL, NULL, volume_rebate_open },
    [INCENTIVE_SPIFF] = { NULL, spiff_rate, spiff_write, spiff_is_triggered, true, NULL, NULL, NULL },
    [INCENTIVE_DEAL_REGISTRATION] = { deal_begin, deal_rate, deal_write, deal_is_triggered, true, deal_restore,
                                      deal_passed, NULL },
    [INCENTIVE_STOCK_ROTATION] = { NULL, stock_rotation_rate, stock_rotation_write, NULL, false, stock_rotation_restore,
                                   NULL, NULL },
    [INCENTIVE_MDF] = { mdf_begin, mdf_rate, mdf_write, mdf_is_triggered, false, mdf_restore, NULL, NULL },
    [INCENTIVE_PRICE_PROTECTION] = { NULL, price_protection_rate, price_protection_write, NULL, false,
                                     price_protection_restore, NULL, NULL },
    [INCENTIVE_LOGISTICS] = { NULL, volume_rebate_rate, volume_rebate_write, volume_rebate_is_triggered, false, NULL,
                              NULL, volume_rebate_open },
};

const struct incentive_steps *incentives_find(enum incentive incentive)
{
    ASSERT(incentive < INCENTIVE_COUNT);
    return incentives[incentive].rate ? &incentives[incentive] : NULL;
}
