/* compliance/tables.h: the state tables of compliance, in the order of the descriptor (stage.c). */
#ifndef COMPLIANCE_TABLES_H
#define COMPLIANCE_TABLES_H

#include "domain/footprint.h"

enum compliance_table {
#define TABLE_ROW(id, number, name, record) COMPLIANCE_##id,
#include "compliance/tables.def"
#undef TABLE_ROW
    COMPLIANCE_TABLE_COUNT
};

#endif
