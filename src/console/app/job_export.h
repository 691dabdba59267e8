/* An export of the list on the screen: all its rows, with its filter, as CSV. */
#ifndef DAYBOOK_APP_JOB_EXPORT_H
#define DAYBOOK_APP_JOB_EXPORT_H

#include "inside.h"

struct job_export;

/* path NULL: daybook-SCREEN-TIME.csv in the home directory. A file that is there is never
 * replaced. */
struct job_export *job_export_new(struct console *console, const char *path, struct error *error);
void job_export_free(struct job_export *export); /* NULL is allowed */
/* True when it is over: done gets the sentence. */
bool job_export_turn(struct job_export *export, char *done, size_t size, bool *failed);
void job_export_cancel(struct job_export *export);
void job_export_shown(const struct job_export *export, struct frame_progress *shown);

#endif
