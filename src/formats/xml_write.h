/* Elements appended to a buffer, as the writers of pain.001 and pain.002 need them. A fault stays
 * in the writer until the end, so that a message is written in one go and asked about once. */
#ifndef DAYBOOK_SRC_FORMATS_XML_WRITE_H
#define DAYBOOK_SRC_FORMATS_XML_WRITE_H

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "daybook/base/error.h"
#include "daybook/domain/money.h"

struct xml_write {
    struct buffer *out;
    struct error error; /* the first fault */
};

void xml_write_open(struct xml_write *write, const char *name);  /* <name> */
void xml_write_close(struct xml_write *write, const char *name); /* </name> */
/* <name>text</name>, of 1 to max_characters characters; control characters become blanks. A fault
 * where it is empty, longer or not UTF-8. */
void xml_write_text(struct xml_write *write, const char *name, struct span text,
                    size_t max_characters);
/* The same, nothing at all where it is empty. */
void xml_write_optional(struct xml_write *write, const char *name, struct span text,
                        size_t max_characters);
void xml_write_number(struct xml_write *write, const char *name, int64_t number);
void xml_write_time(struct xml_write *write, const char *name, time_us time);
/* A decimal with the currency's own digits; with_currency adds the attribute Ccy. */
void xml_write_amount(struct xml_write *write, const char *name, int64_t minor,
                      struct currency currency, bool with_currency);
/* False with the error set where anything went wrong so far. */
bool xml_write_ends(struct xml_write *write, struct error *error);

#endif
