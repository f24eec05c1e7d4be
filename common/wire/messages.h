/* wire/messages.h: the bound messages that several codecs share, and the top ones for tests. */
#ifndef WIRE_MESSAGES_H
#define WIRE_MESSAGES_H

#include "wire/message.h"

extern struct message pair_message;                 /* Extra as struct pair */
extern struct message party_message;
extern struct message evidence_message;

extern struct message line_message;                 /* Submission */
extern struct message receipt_message;
extern struct message classification_message;
extern struct message clearance_message;
extern struct message review_message;
extern struct message payout_message;
extern struct message payout_section_message;
extern struct message partner_message;              /* Partner as struct partner_record */
extern struct message reference_message;

#endif
