/* compliance/serials.h: serial numbers, the slots they take in programs, and what happened to them (screening.md 8.2,
 * domain.md 5.4 P4). */
#ifndef COMPLIANCE_SERIALS_H
#define COMPLIANCE_SERIALS_H

#include "compliance/judging.h"
#include "compliance/serial_form.h"
#include "stage/registry.h"

/* SER-01, SER-02, SER-05, SER-06. */
enum truth serials_taken(struct judging *j, struct finding *f);
enum truth serials_taken_elsewhere(struct judging *j, struct finding *f);
enum truth serials_returned(struct judging *j, struct finding *f);
enum truth serials_unfit(struct judging *j, struct finding *f);

/* The unit that a serial of the line names: by the serial alone, or as SERIAL/SKU where parts number for themselves
 * (serial.scope PART). Rows, slots here and in the registry, footprints and payout know units by this name. */
struct slice serials_unit(struct judging *j, struct slice serial);

/* Those of the line, in bytewise order; repeats stay. */
struct texts serials_units(struct judging *j);

/* The key of the row of a unit. */
struct slice serials_row(struct judging *j, struct slice unit);

/* Takes slots for what goes on or waits, gives them back when refused, and notes sale, return and sell-in. */
void serials_record(struct judging *j, enum outcome outcome);

/* A line that was taken back comes again: what was taken for it before it was judged goes back. */
void serials_forget(struct judging *j);

/* Gives back what a line holds: its slots, and its mark as the last sale or return of its serials. What a REPLACE does
 * not name again stays in its slot until payout is asked whether that line lives. */
void serials_give_back(struct judging *j, struct slice line_id, const struct footprint *of);

/* The return `of` is cancelled or replaced: the sale and the claims that it had brought back stand in their slots
 * again, here and in the registry, which is asked for them (v->wants). Where another line stands since, of this root or
 * of another, it stays, and the line says so (serials_are_contested). */
void serials_restore(struct judging *j, const struct footprint *of);

/* Of a line that was replaced, and may live: it was fraud, so whatever payout says its units are nobody's. */
void serials_keep(struct judging *j, struct slice line_id, const struct footprint *of);

/* A person released that: who stands in those slots gives way here and in the registry, and a PARTNER case names both,
 * so that what one of them earned is reversed. */
void serials_take_over(struct judging *j, const struct footprint *of);

/* WAIT: the registry did not answer for them, or is to be told first what others gave back. */
enum truth serials_wait_for_registry(struct judging *j, struct finding *f);

/* The cancel would pay a unit twice that was sold again since: a person looks at both. */
bool serials_are_contested(const struct judging *j, struct finding *f);

/* A program in which this line takes slots for its serials. */
bool serials_bind(const struct judging *j, const struct judged_program *p);

#endif
