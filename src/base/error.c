/* Errors are values: a code and a sentence that is safe to show. */
#include "daybook/base/error.h"

#include <stdio.h>
#include <string.h>

#include "daybook/base/text.h"

/* Bytes from outside may shrink or grow when made printable, so formatting gets more room than the
 * message has. */
enum { ERROR_RAW_MAX = 4 * ERROR_MESSAGE_MAX };

bool error_set_va(struct error *error, enum error_code code, const char *format, va_list args)
{
    if (error == NULL)
        return false;
    /* The arguments may point into error->message, so the text is complete before it is stored. */
    char raw[ERROR_RAW_MAX];
    int length = vsnprintf(raw, sizeof raw, format, args);
    if (length < 0)
        raw[0] = '\0';
    error->code = code;
    text_printable(error->message, sizeof error->message, span_of(raw));
    return false;
}

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_set_va(error, code, format, args);
    va_end(args);
    return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
    if (error == NULL)
        return false;
    char context[ERROR_RAW_MAX];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(context, sizeof context, format, args);
    va_end(args);
    if (length < 0)
        context[0] = '\0';
    return error_set(error, error->code, "%s: %s", context, error->message);
}

void error_clear(struct error *error)
{
    if (error == NULL)
        return;
    error->code = ERROR_NONE;
    error->message[0] = '\0';
}

const char *error_code_name(enum error_code code)
{
    static const char *const names[] = {
        [ERROR_NONE] = "none",
        [ERROR_INPUT] = "input",
        [ERROR_USAGE] = "usage",
        [ERROR_NOT_FOUND] = "not-found",
        [ERROR_CONNECTION] = "connection",
        [ERROR_TIMEOUT] = "timeout",
        [ERROR_REFUSED] = "refused",
        [ERROR_CONFLICT] = "conflict",
        [ERROR_LIMIT] = "limit",
        [ERROR_CANCELLED] = "cancelled",
        [ERROR_SYSTEM] = "system",
    };
    if ((size_t)code >= sizeof names / sizeof names[0])
        return "unknown";
    return names[code];
}
