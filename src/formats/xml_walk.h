/* A walk through one XML message by a table: the readers of pain.001 and pain.002 say which
 * elements they read, the walk collects their texts and tells where containers begin and end.
 * It keeps no tree; elements that are not in the table are passed over with all they contain. */
#ifndef DAYBOOK_SRC_FORMATS_XML_WALK_H
#define DAYBOOK_SRC_FORMATS_XML_WALK_H

#include <libxml/xmlreader.h>

#include "daybook/base/buffer.h"
#include "daybook/formats/statement.h"
#include "xml_guard.h"

enum {
    XML_DEPTH_MAX = 32,        /* elements inside each other */
    XML_FIELDS_MAX = 32,
    XML_TEXT_MAX = 4096,       /* bytes of a text of which there is one */
    XML_TEXTS_MAX = 64 * 1024, /* of texts that join */
    XML_OUTSIDE = 0,           /* the state around the message: the root, and what wraps it */
    XML_LEAF = 254,            /* states: an element that holds text alone */
    XML_SKIP = 255
};


/* Inside `from` the element `name` leads to `to`; its text goes to `field` and its Ccy attribute
 * to `currency`. Field 0 is nothing. */
struct xml_rule {
    uint8_t from;
    const char *name;
    uint8_t to;
    uint8_t field;
    uint8_t currency;
};

/* A text of which there is one is unreadable where there are two: two amounts are none. */
struct xml_field {
    const char *name;      /* for faults */
    const char *separator; /* texts join; NULL: there is one */
    bool first;            /* the first one counts */
};

enum xml_step { XML_BEGIN, XML_END, XML_DONE, XML_FAILED };

struct xml_walk {
    xmlTextReaderPtr reader;
    struct xml_guard guard;
    struct error error; /* the first thing that ended the file */
    const struct xml_rule *rules; /* ended by a NULL name */
    const struct xml_field *names; /* one a field */
    struct buffer fields[XML_FIELDS_MAX];
    int fields_count;
    uint8_t states[XML_DEPTH_MAX + 1];
    uint8_t texts[XML_DEPTH_MAX + 1]; /* the field of each element, 0 none */
    int depth;
    bool text_started, empty; /* empty: the element that began has no end of its own */
};

/* The walk is zeroed; nothing is read before the first xml_walk_next(). */
void xml_walk_start(struct xml_walk *walk, struct statement_source source,
                    const struct xml_rule *rules, const struct xml_field *names, int fields_count);
void xml_walk_stop(struct xml_walk *walk);
/* The next container that begins or ends; FAILED with walk->error set. */
enum xml_step xml_walk_next(struct xml_walk *walk, uint8_t *state);
/* The collected text, without blanks at its ends; lives until it is cleared or the next step. */
struct span xml_walk_text(const struct xml_walk *walk, int field);
void xml_walk_clear(struct xml_walk *walk, int first, int end);
/* Sets the error with the line and column where the parser is; returns XML_FAILED. */
enum xml_step xml_walk_fail(struct xml_walk *walk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
