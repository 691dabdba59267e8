/* Profiles of bank CSV files: one text file per layout, one fact a line. The language stands in
 * src/formats/profiles/README, an example in every *.profile beside it. */
#ifndef DAYBOOK_FORMATS_PROFILE_H
#define DAYBOOK_FORMATS_PROFILE_H

#include "daybook/base/buffer.h"
#include "daybook/base/error.h"
#include "daybook/base/text.h"

enum { PROFILE_TEXT_MAX = 65536 }; /* bytes of one profile */

struct profile;

/* Reads a whole profile. NULL where it has faults: all of them are in `faults` then, one a line, as
 * `file:line:column: sentence`. */
struct profile *profile_parse(const char *file, struct span text, struct buffer *faults);
void profile_free(struct profile *profile); /* NULL is allowed */

/* The profile of that name: NAME.profile in the directory $DAYBOOK_PROFILES where there is one,
 * else the one compiled in. NULL with the error set (the first fault and how many follow). */
struct profile *profile_load(const char *name, struct error *error);

const char *profile_title(const struct profile *profile);

/* The name of the index-th profile compiled in ("alipay"); false past the last. */
bool profile_shipped(size_t index, char *out, size_t size);

#endif
