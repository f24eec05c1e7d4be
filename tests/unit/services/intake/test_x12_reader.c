/* test_x12_reader.c: 867, 844, 845 and 852 become lines (feeds.md 5.5, 5.6, 6). */
#include "x12_rig.h"

#define HEAD  "BPT*00*R-1*20260331*02~CUR*DS*EUR~N1*DS*NORTHWIND*92*NW~"
#define SALE  "DTM*003*20260302~DTM*011*20260302~REF*IV*881200~"

TEST(the_example_of_the_page_becomes_one_sale)
{
    struct rig r;
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", HEAD
        "PTD*SD***DI*881200*DC~DTM*003*20260302~DTM*011*20260302~REF*LI*3~REF*AU*Q-7731~PRF*PO9~N1*ST*ALDER WORKS*92*C44~N4*LYON**69002*FR~"
        "N1*EN*ALDER RAIL*92*E9~QTY*39*250*EA~LIN*1*VP*ABC-1*BP*77-ABC~UIT*EA*4.10*RS~UIT*EA*3.60*CA~UIT*EA*3.05*CT~AMT*S*137.5~"), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_TEXT(r.lines[0], "PASS POS_SALE partner=P-17 inv=881200 il=3 order=PO9 auth=Q-7731 invd=20260302 ship=20260302 part=ABC-1 own=77-ABC "
        "qty=250 uom=EA resale=4.1 book=3.6 cost=3.05 amount=137.5 cur=EUR sold=ALDER WORKS sold.id=C44 sold.city=LYON sold.country=FR "
        "end=ALDER RAIL ~CLAIM_IN_POS:authorisation_no");
    rig_close(&r);
}
