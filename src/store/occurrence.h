/* Counting equal lines of a statement: two equal lines are two lines (rule B5). */
#ifndef DAYBOOK_STORE_OCCURRENCE_H
#define DAYBOOK_STORE_OCCURRENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OCCURRENCE_KEYS_MAX = 16 << 20 };

struct occurrence;

struct occurrence *occurrence_new(void);
void occurrence_free(struct occurrence *occurrence);
/* Forgets all keys: a new statement begins. */
void occurrence_clear(struct occurrence *occurrence);
/* How often this key was given since the last clear, this time included; 0 where there are more
 * than OCCURRENCE_KEYS_MAX keys. Keys are digests: equal ones mean equal lines. */
int occurrence_next(struct occurrence *occurrence, uint64_t key);

#endif
