/* claimctl/partners_import.h: profiles on partners.v1: `partners import` under four eyes, `partners list`, one record
 * of it. */
#ifndef CLAIMCTL_PARTNERS_IMPORT_H
#define CLAIMCTL_PARTNERS_IMPORT_H

/* argv[0] is `partners`, argv[1] the verb. */
int partners_import(int argc, char **argv);
int partners_list(int argc, char **argv);

/* `partners show ID` without --world: the record in force, and what is proposed beside it. */
int partners_show_record(int argc, char **argv);

#endif
