/* daybook parse: the canonical rows of a statement file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/formats/parse.h"
#include "daybook/formats/source.h"

struct parsing {
    const char *file;
    bool written; /* false: standard output is gone */
};

static bool put_rows(void *context, const char *data, size_t length, struct error *error)
{
    struct parsing *parsing = context;
    parsing->written = write_all(STDOUT_FILENO, data, length);
    if (!parsing->written)
        return error_set(error, ERROR_SYSTEM, _("the output could not be written: %s"),
                         strerror(errno));
    return true;
}

static void put_fault(void *context, const struct statement_fault *fault)
{
    const struct parsing *parsing = context;
    narrate("%s:%lld:%lld: %s%s", parsing->file, (long long)fault->line, (long long)fault->column,
            fault->note ? _("note: ") : "", fault->reason);
}

static const char *format_of(int fd, const char *file, struct error *error)
{
    char head[4096];
    ssize_t length = pread(fd, head, sizeof head, 0);
    const char *format = length <= 0 ? NULL
                                     : statement_detect((struct span){head, (size_t)length});
    if (format == NULL)
        error_set(error, ERROR_USAGE, _("%s: its format does not show; say --format"), file);
    return format;
}

int command_parse(struct command *command)
{
    struct parsing parsing = {.file = options_value(command->options, "file")};
    const char *format = options_value(command->options, "format");
    struct error error;
    int fd = open(parsing.file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        error_set(&error, ERROR_INPUT, "%s: %s", parsing.file, strerror(errno));
        return command_fails(&error);
    }
    if (format == NULL && (format = format_of(fd, parsing.file, &error)) == NULL) {
        close(fd);
        return command_fails(&error);
    }
    struct source_file source = {.fd = fd};
    struct canonical_output output = {.write = put_rows, .fault = put_fault,
                                      .context = &parsing};
    error_clear(&error);
    int status = canonical_parse(format, source_of_file(&source), &output, &error);
    close(fd);
    if (error.code == ERROR_NONE)
        return status;
    error_prefix(&error, "%s", parsing.file);
    command_fails(&error);
    return error.code == ERROR_USAGE ? 2 : 1;
}
