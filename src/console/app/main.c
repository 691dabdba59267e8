/* daybook: the operator's console, and each of its actions as a command. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "commands.h"
#include "console.h"
#include "daybook/base/environment.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/base/share.h"

static const char version[] = "daybook 0.1";

/* Secrets are in this memory: no core file, no debugger of the same user. */
static void forbid_dumps(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

/* The language stands on the command line, in the profile or in the environment. */
static void start_language(const struct options *options)
{
    char share[4096];
    struct error unused;
    struct config *config = NULL;
    char *path = options->language != NULL ? NULL : config_find(options->config);
    if (path != NULL)
        config = config_read(path, NULL, NULL, NULL); /* its faults are told later */
    const char *language = config == NULL ? options->language : config->language;
    (void)language_start(language, share_directory(share, sizeof share), &unused);
    config_free(config);
    free(path);
}

int main(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    struct error error;
    if (options == NULL)
        return 1;
    forbid_dumps();
    environment_scrub();
    signal(SIGPIPE, SIG_IGN);
    (void)options_parse(options, argc, argv, &error);
    start_language(options);
    /* Once more, so that a sentence is in the operator's language. */
    int status = 0;
    if (!options_parse(options, argc, argv, &error)) {
        status = command_fails(&error);
        fprintf(stderr, "%s\n", _("`daybook --help` says what there is."));
    } else if (options->version) {
        printf("%s\n", version);
    } else if (options->help) {
        options_help(options->action);
    } else if (options->action != NULL) {
        log_set_level(LOG_ERROR);
        status = command_run(options);
    } else {
        status = console_run(options);
    }
    free(options);
    return status;
}
