/* claimctl/colour.h: colour for eyes (surfaces.md 2.2): only on a terminal unless asked for, and never alone; a word
 * says the same. Data has none: TSV, CSV and objects are the same bytes with and without. */
#ifndef CLAIMCTL_COLOUR_H
#define CLAIMCTL_COLOUR_H

#include "claimctl/output.h"

/* From here no byte on stderr commands the terminal, whatever a file is called: `?` stands for it. */
void colour_begin_errors(void);

/* auto, always or never; what auto means is asked of the terminal, NO_COLOR and TERM. From here errors and warnings on
 * stderr have a colour where it is one. False: another word, said on stderr. */
bool colour_choose(struct slice when);

/* Whether what is printed there for people has colours. */
bool colour_is_on(const struct output *o);

/* How a word is begun, empty when it has no colour: outcomes, states, verdicts of checks. */
struct slice colour_of_word(struct slice word);

/* Begins a heading; and ends it, or a word. */
#define COLOUR_HEADING "\033[1m"
#define COLOUR_END     "\033[0m"

/* Prints the sentence of a line, "NAME  OUTCOME  …" and what stands below it, its outcome in colour. */
void colour_put_sentence(struct output *o, struct slice sentence);

#endif
