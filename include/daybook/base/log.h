/* Structured log lines on stderr: `2026-11-20T09:31:00Z info import.done file=7f3a rows=18204`. */
#ifndef DAYBOOK_BASE_LOG_H
#define DAYBOOK_BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_set_level(enum log_level level); /* LOG_INFO at start */
void log_set_file(int fd);                /* 2 at start; -1 is silent */
/* event is a dotted word; the rest is text of key=value pairs and passes text_printable(). */
void log_write(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
