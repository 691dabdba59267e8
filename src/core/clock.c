#include "clock.h"

#include <fcntl.h>
#include <unistd.h>

enum { OFFSET_TEXT = 32 };

time_us core_clock_now(const char *clock_file)
{
    char text[OFFSET_TEXT];
    int64_t offset_ms = 0;

    if (!clock_file)
        return clock_now();
    int fd = open(clock_file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : 0;

    if (fd >= 0)
        close(fd);
    if (length > 0)
        text_to_int64(span_trim((struct span){text, (size_t)length}), &offset_ms);
    return clock_now() + offset_ms * 1000;
}
