/* intake/typing_reference.h: members of reference lines (domain.md 4.3). Private to typing. */
#ifndef INTAKE_TYPING_REFERENCE_H
#define INTAKE_TYPING_REFERENCE_H

#include "intake/typing_cells.h"

/* Fills the nested part of an AGREEMENT, DEAL_REGISTRATION, MDF_PREAPPROVAL or REP_ROSTER. */
void typing_reference(struct cells *c);

/* 64 hex digits to 32 bytes. */
bool typing_reference_hex(struct slice text, uint8_t bytes[32]);

#endif
