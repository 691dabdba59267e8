/* Errors are values: a code for the program and a sentence for the person who reads it. */
#ifndef DAYBOOK_BASE_ERROR_H
#define DAYBOOK_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

enum {
    ERROR_MESSAGE_MAX = 512 /* bytes, with the final NUL; longer sentences are cut at a character */
};

/* What went wrong, by what the caller can do about it. app maps these to exit codes (UI.md 12). */
enum error_code {
    ERROR_NONE,
    ERROR_INPUT,      /* what was given is wrong: a file, a line, a field */
    ERROR_USAGE,      /* the command itself is wrong */
    ERROR_NOT_FOUND,  /* nothing has this id */
    ERROR_CONNECTION, /* the other side cannot be reached */
    ERROR_TIMEOUT,    /* the other side did not answer in time: the outcome is unknown */
    ERROR_REFUSED,    /* the other side decided against it, or it needs an approval */
    ERROR_CONFLICT,   /* what was seen has changed since */
    ERROR_LIMIT,      /* a limit of ours was reached */
    ERROR_CANCELLED,  /* the operator said stop */
    ERROR_SYSTEM      /* the operating system refused */
};

struct error {
    enum error_code code;
    char message[ERROR_MESSAGE_MAX]; /* printable UTF-8, one line; says what to do if that helps */
};

/* Sets the error and returns false, so that `return error_set(...)` reads well. The message passes
 * text_printable(): bytes from outside may be given as they are. `error` may be NULL. */
bool error_set(struct error *error, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool error_set_va(struct error *error, enum error_code code, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Puts "context: " before the message; keeps the code. Returns false. */
bool error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void error_clear(struct error *error);

/* The stable word for a code ("input", "refused"...), for --json and logs. */
const char *error_code_name(enum error_code code);

#endif
