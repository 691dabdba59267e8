/* Where the shared files (locales, message catalogues) are. */
#ifndef DAYBOOK_BASE_SHARE_H
#define DAYBOOK_BASE_SHARE_H

#include <stddef.h>

/* $DAYBOOK_SHARE; else share/ beside the directory of the running program (the build tree, or an
 * installation moved as a whole); else where `make install` puts it. Returns out; a path too long
 * for out gives the next choice, and "" where none fits. */
const char *share_directory(char *out, size_t size);

#endif
