/* What `daybook audit export` writes and `daybook audit verify --file` reads: a record a line,
 * fields between tabs. `row` has the columns of desk.audit_rows(), `head` a line of the witness,
 * `gap` what is no link's; the last line is `end` and the number of records before it. */
#ifndef DAYBOOK_APP_AUDIT_FILE_H
#define DAYBOOK_APP_AUDIT_FILE_H

#include "daybook/base/error.h"
#include "daybook/trust/audit.h"

struct audit_writer;
struct audit_writer *audit_writer_open(const char *path, struct error *error); /* a new file */
void audit_writer_row(struct audit_writer *writer, const char *const cells[AUDIT_COLUMNS]);
void audit_writer_head(struct audit_writer *writer, const struct seal_head *head);
void audit_writer_gap(struct audit_writer *writer, const char *what, const char *object);
/* Ends the file where it is `whole`. False with the error set where not all could be written. */
bool audit_writer_close(struct audit_writer *writer, bool whole, struct error *error);

enum audit_record_kind { AUDIT_RECORD_ROW, AUDIT_RECORD_HEAD, AUDIT_RECORD_GAP };
struct audit_record {
    enum audit_record_kind kind;
    const char *cells[AUDIT_COLUMNS]; /* GAP: what and object; until the next record */
    struct seal_head head;
};
struct audit_reader;
struct audit_reader *audit_reader_open(const char *path, struct error *error);
/* False at the end, or with the error set. */
bool audit_reader_next(struct audit_reader *reader, struct audit_record *record,
                       struct error *error);
/* Whether the file came to its end and was whole. */
bool audit_reader_ended(struct audit_reader *reader, struct error *error);
void audit_reader_close(struct audit_reader *reader); /* NULL is allowed */

/* The witness' file as it is now: what is appended later was perhaps not sealed yet when the
 * database was read. A line that its writer did not finish, and wrote again, is passed over. */
struct audit_lines;
struct audit_lines *audit_lines_open(const char *path, struct error *error);
const char *audit_lines_next(struct audit_lines *lines); /* NULL: there is none */
void audit_lines_close(struct audit_lines *lines);       /* NULL is allowed */

#endif
