/* Structured log lines. */
#include "daybook/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/text.h"

enum { LOG_TEXT_MAX = 3072, LOG_LINE_MAX = 4096 };

/* Where a process logs is a fact about the process: set once by its main(). */
static enum log_level log_least = LOG_INFO;
static int log_fd = STDERR_FILENO;

void log_set_level(enum log_level level)
{
    log_least = level;
}

void log_set_file(int fd)
{
    log_fd = fd;
}

static void write_whole(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* a log that cannot be written has nobody to tell */
        data += written;
        length -= (size_t)written;
    }
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = {
        [LOG_DEBUG] = "debug",
        [LOG_INFO] = "info",
        [LOG_WARNING] = "warning",
        [LOG_ERROR] = "error",
    };
    if (level < log_least || log_fd < 0)
        return;
    int saved_errno = errno;
    char raw[LOG_TEXT_MAX], text[LOG_TEXT_MAX], when[TIME_TEXT], line[LOG_LINE_MAX];
    va_list args;
    va_start(args, format);
    if (vsnprintf(raw, sizeof raw, format, args) < 0)
        raw[0] = '\0';
    va_end(args);
    text_printable(text, sizeof text, span_of(raw));
    int length = snprintf(line, sizeof line, "%s %s %s %s\n", time_text(clock_now(), when),
                          names[level], event, text);
    /* One write a line, so that lines of several processes do not mix. */
    if (length > 0 && (size_t)length < sizeof line)
        write_whole(log_fd, line, (size_t)length);
    errno = saved_errno;
}
