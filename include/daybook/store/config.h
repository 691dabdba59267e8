/* The profile: which settlement database, whose certificate, which language. A text file, one
 * `word value` a line, `#` starts a comment line; a word that is not known is a fault, not ignored.
 *
 *     environment      TRAINING
 *     host             localhost
 *     hostaddr         127.0.0.1
 *     port             5432
 *     database         daybook
 *     root-certificate /etc/daybook/root.crt
 *     certificate      /home/clerk1/.config/daybook/clerk1.crt
 *     key              /home/clerk1/.config/daybook/clerk1.key
 *     operator         clerk1
 *
 * Relative paths are relative to the profile's directory. */
#ifndef DAYBOOK_STORE_CONFIG_H
#define DAYBOOK_STORE_CONFIG_H

#include <stddef.h>

#include "daybook/base/error.h"

enum {
    CONFIG_FILE_MAX = 65536, /* bytes */
    CONFIG_VALUE_MAX = 1024  /* bytes, with the final NUL */
};

enum config_environment { CONFIG_TRAINING, CONFIG_TEST, CONFIG_PROD };

struct config {
    char *path; /* where it was read from */
    char *environment_word;
    char *host;
    char *hostaddr; /* NULL: the name is looked up */
    char *port;
    char *database;
    char *root_certificate;
    char *certificate;
    char *key;
    char *operator_name; /* the login: the certificate's CN */
    char *language;      /* NULL: from the environment */
    char *theme;         /* NULL: auto */
    char *clock_zone;    /* "+08:00"; NULL: UTC */
    char *inbox;         /* where statement files arrive; NULL: none */
    char *log;           /* the console's log file; NULL: none */
    char *core_url;      /* "https://core.example:8443"; NULL: no core to call */
    char *core_root;     /* PEM of the authority that signed the core's certificate */
    char *sign_certificate, *sign_key; /* PEM files; NULL: this operator signs nothing here */
    char *journal;       /* directory of what was signed and sent: store/journal.h */
    char *seal_certificate; /* of the audit's sealer; NULL: signed heads are not checked */
    char *seal_key;      /* the sealer's own; NULL: this is none */
    char *sslmode;       /* NULL or verify-full; anything else is a fault */
    enum config_environment environment;
    int zone_offset_s;   /* of clock_zone */
};

/* What is wrong in a profile, one at a time, all of them: "file:line:col: sentence". */
typedef void config_fault_fn(void *context, const char *fault);

/* Reads the text of a profile; NULL where there was a fault, each of which was told to `fault` and
 * the first put in error. */
struct config *config_parse(const char *path, const char *text, size_t length,
                              config_fault_fn *fault, void *context, struct error *error);
struct config *config_read(const char *path, config_fault_fn *fault, void *context,
                             struct error *error);
void config_free(struct config *config); /* NULL is allowed */

/* Where the profile is: option, else $DAYBOOK_CONFIG, else ~/.config/daybook/config. From malloc;
 * NULL where there is none of them. */
char *config_find(const char *option);

/* The words, for help and the manual page; NULL at the end. */
struct config_word {
    const char *word;
    const char *help; /* N_() */
    bool required;
};
const struct config_word *config_words(size_t *count);

#endif
