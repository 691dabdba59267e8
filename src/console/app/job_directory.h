/* The import of a directory's files, one after the other, in the background of the console. */
#ifndef DAYBOOK_APP_JOB_DIRECTORY_H
#define DAYBOOK_APP_JOB_DIRECTORY_H

#include "daybook/store/import.h"
#include "inside.h"

struct job_directory;

/* options->path is the directory. The connection is used by nothing else. NULL with the error. */
struct job_directory *job_directory_new(struct console *console, struct store *store,
                                        const struct import_options *options,
                                        struct error *error);
void job_directory_free(struct job_directory *directory); /* NULL is allowed */
/* Goes on for at most slice_us; when to come again (INT64_MAX: when the connection has news). */
int64_t job_directory_turn(struct job_directory *directory, int64_t now_us, int64_t slice_us);
/* True at its end, with the sentence that says what came of it. */
bool job_directory_over(const struct job_directory *directory, char *done, size_t size,
                        bool *failed);
void job_directory_cancel(struct job_directory *directory);
/* The file under way (NULL: it waits for one that is still written) and what it is called. */
const struct import *job_directory_import(const struct job_directory *directory);
const char *job_directory_label(const struct job_directory *directory);

#endif
