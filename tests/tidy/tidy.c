/* The house rules as a program: reads the tree under the directory it is given, prints each fault
 * as `file:line: reason` and ends with their count. It stands alone, because it checks what
 * everything else is built from. The rules are the tables below; tests/tidy/run breaks each. */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    COLUMNS_MAX = 100,
    FUNCTION_LINES_MAX = 70,
    FILE_LINES_MAX = 800,
    PATH_ROOM = 512,
    WORD_ROOM = 64,
    SOURCES_MAX = 4096,
    FILE_BYTES_MAX = 8 << 20
};

/* --- the rules */

/* Which rooms a room may include, itself left out. A room comes after all it may include. */
static const struct room {
    const char *name, *directory, *may_include;
} rooms[] = {
    {"base", "src/base", ""},
    {"domain", "src/domain", "base"},
    {"formats", "src/formats", "base domain"},
    {"trust", "src/trust", "base domain"},
    {"store", "src/store", "base domain formats trust"},
    {"wire", "src/wire", "base domain formats trust"},
    {"term", "src/console/term", "base"},
    {"screen", "src/console/screen", "base domain"},
    {"view", "src/console/view", "base domain term screen"},
    {"action", "src/console/action", "base domain formats trust store wire"},
    {"app", "src/console/app",
     "base domain formats trust store wire term screen view action"},
    {"service", "src/service", "base domain formats trust store wire"},
    {"core", "src/core", "base domain formats trust"},
    {"town", "src/town", "base domain formats trust"},
};

/* Headers of libraries, by how their names begin, and the rooms that may see them. */
static const struct foreign {
    const char *header, *rooms;
} foreign_headers[] = {
    {"curses.h", "term"},         {"ncurses", "term"},        {"panel.h", "term"},
    {"term.h", "term"},           {"libpq", "store core"},    {"postgres", ""},
    {"curl/", "wire core town"},  {"openssl/", "trust"},      {"libxml/", "formats"},
    {"utf8proc.h", "base"},       {"libintl.h", "base"},      {"jansson.h", "wire core town"},
    {"microhttpd.h", "core"},     {"gnutls/", "core"},        {"cmocka.h", ""},
    {"vterm.h", ""},              {"math.h", ""},             {"float.h", ""},
    {"tgmath.h", ""},             {"complex.h", ""},
};

/* Directories of headers that belong to the system. */
static const char system_directories[] = "sys/ linux/ arpa/ net/ netinet/";

/* Calls nobody makes, or only in the places named by how their paths begin. */
static const struct banned {
    const char *calls, *allowed, *reason;
} banned_calls[] = {
    {"strcpy strcat sprintf vsprintf gets strncpy stpcpy", "", "writes without knowing the room"},
    {"strtok", "", "keeps hidden state; cut spans"},
    {"atoi atol atoll atof strtod strtof strtold", "", "guesses; use text_to_int64, decimal_parse"},
    {"alloca", "", "has no limit"},
    {"system popen", "", "runs a shell"},
    {"rand srand random srandom drand48", "", "is not repeatable; the seed is an argument"},
    {"localtime gmtime ctime asctime", "", "keeps hidden state; use base/date"},
    {"printf fprintf vprintf vfprintf dprintf puts fputs putchar putc fputc perror",
     "src/console/app/ src/service/ src/core/main.c src/town/ tests/", "prints below app"},
    {"exit _exit quick_exit abort",
     "src/base/ src/console/app/main.c src/service/main.c src/core/main.c src/town/main.c tests/",
     "ends the program below its main()"},
};

static const char sleeping_calls[] = "sleep usleep nanosleep clock_nanosleep";

/* Where floating point is right, and why. Money never is. */
static const struct floating {
    const char *path, *reason;
} floating_allowed[] = {
    {"tests/bench/", "a measured ratio is no money"},
};

/* Words that promise later work, cut in two so that this file does not hold them itself. */
static const struct promise {
    const char *word;
    bool any_case;
} promises[] = {
    {"TO" "DO", false},        {"FIX" "ME", false},     {"HA" "CK", false},
    {"TB" "D", false},         {"st" "ub", true},       {"place" "holder", true},
    {"for " "now", true},      {"not " "implemented", true},
    {"un" "implemented", true}, {"coming " "soon", true},
};

static const char top_entries[] =
    "Makefile README.md ARCHITECTURE.md LICENSE src include screens sql tests packaging .ci "
    ".gitignore .clang-format .editorconfig .gitattributes .git build";

static const char sql_keywords[] =
    "add all alter and any array as asc attach before begin between bigint boolean by bytea call "
    "cascade case cast check coalesce collate column comment conflict constraint create cross "
    "current date declare default deferrable deferred definer delete desc detach distinct do drop "
    "each else elsif end exception execute exists false filter following for foreign from full "
    "function generated grant group grouping having identity if immutable in index inner insert "
    "int integer interval into invoker is join key language lateral left like limit lock loop "
    "materialized merge move no not nothing notice null numeric of offset on only or order over "
    "owner parallel partition perform plpgsql preceding primary procedure raise range references "
    "replace restrict return returning returns revoke right role row rows savepoint schema "
    "security select sequence set setof stable strict table temp temporary text then timestamptz "
    "to transaction trigger true truncate type union unique unlogged update usage using values "
    "view volatile when where while window with without";

/* --- the tree */

enum kind { KIND_C, KIND_SQL, KIND_SCRIPT, KIND_TEXT, KIND_OTHER };

struct source {
    char path[PATH_ROOM]; /* from the root */
    enum kind kind;
    const struct room *room; /* NULL outside src and include */
    char *text;
    char *code; /* the text with comments and literals as blanks, line ends kept */
    int colour; /* of the walk that looks for cycles */
    int parent; /* the source whose include led here */
};

/* The program reads one tree and ends. */
static struct source *sources;
static int source_count;
static int fault_count;

__attribute__((format(printf, 3, 4))) static void fault(const char *path, int line,
                                                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s:%d: ", path, line);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    fault_count++;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t length = strlen(text), tail = strlen(with);
    return length >= tail && strcmp(text + length - tail, with) == 0;
}

/* Takes the next blank-separated word of a list; false at its end. */
static bool next_word(const char **list, char word[WORD_ROOM])
{
    *list += strspn(*list, " ");
    size_t length = strcspn(*list, " ");
    if (length == 0 || length >= WORD_ROOM)
        return false;
    memcpy(word, *list, length);
    word[length] = '\0';
    *list += length;
    return true;
}

static bool list_has(const char *list, const char *wanted)
{
    char word[WORD_ROOM];
    while (next_word(&list, word))
        if (strcmp(word, wanted) == 0)
            return true;
    return false;
}

/* True where the path begins with one of the list. */
static bool list_covers(const char *list, const char *path)
{
    char word[WORD_ROOM];
    while (next_word(&list, word))
        if (begins(path, word))
            return true;
    return false;
}

static bool is_word(char character)
{
    return isalnum((unsigned char)character) || character == '_';
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fault(path, 1, "cannot be read");
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = size >= 0 && size <= FILE_BYTES_MAX ? calloc(1, (size_t)size + 1) : NULL;
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
        fault(path, 1, "cannot be read, or is larger than %d bytes", FILE_BYTES_MAX);
    fclose(file);
    return text;
}

static enum kind kind_of(const char *path, const char *text)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    if (ends(name, ".c") || ends(name, ".h"))
        return KIND_C;
    if (ends(name, ".sql"))
        return KIND_SQL;
    if (ends(name, ".sh") || begins(text, "#!"))
        return KIND_SCRIPT;
    if (ends(name, ".md") || ends(name, ".screen") || strcmp(path, "screens/fields") == 0
        || strcmp(name, "Makefile") == 0)
        return KIND_TEXT;
    return KIND_OTHER;
}

static const struct room *room_of(const char *path)
{
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        char header_directory[PATH_ROOM], directory[PATH_ROOM];
        snprintf(header_directory, sizeof header_directory, "include/daybook/%s/", rooms[i].name);
        snprintf(directory, sizeof directory, "%s/", rooms[i].directory);
        if (begins(path, header_directory) || begins(path, directory))
            return &rooms[i];
    }
    return NULL;
}

/* --- the lexer: comments and literals become blanks */

/* Blanks what lies from `at` to `end`, line ends kept; returns end. */
static char *blank(char *at, char *end)
{
    for (; at < end; at++)
        if (*at != '\n')
            *at = ' ';
    return end;
}

/* The end of a literal that begins at `at` with its quote. */
static char *literal_end(char *at, bool backslashes)
{
    char quote = *at++;
    while (*at != '\0' && *at != quote && (!backslashes || *at != '\n')) {
        if (backslashes && *at == '\\' && at[1] != '\0')
            at++;
        at++;
    }
    return *at == '\0' ? at : at + 1;
}

static char *until(char *at, const char *mark)
{
    char *found = strstr(at, mark);
    return found != NULL ? found + strlen(mark) : at + strlen(at);
}

static void strip(char *code, enum kind kind)
{
    bool word_start = true; /* a shell comment begins where a word could */
    for (char *at = code; *at != '\0';) {
        bool start = word_start;
        word_start = *at == ' ' || *at == '\n' || *at == '\t' || *at == ';';
        if (kind == KIND_SCRIPT) {
            at = *at == '#' && start ? blank(at, at + strcspn(at, "\n")) : at + 1;
        } else if (begins(at, "/*")) {
            at = blank(at, until(at + 2, "*/"));
        } else if (begins(at, kind == KIND_C ? "//" : "--")) {
            at = blank(at, at + strcspn(at, "\n"));
        } else if (*at == '\'' || *at == '"') {
            at = blank(at, literal_end(at, kind == KIND_C));
        } else {
            at++;
        }
    }
}

/* --- rules for every text */

static int columns_of(const char *line, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)line[i] & 0xC0) != 0x80;
    return columns;
}

static void check_lines(const struct source *source)
{
    int line = 1;
    const char *at = source->text;
    for (; *at != '\0'; line++) {
        size_t length = strcspn(at, "\n");
        int columns = columns_of(at, length);
        if (columns > COLUMNS_MAX && source->kind != KIND_TEXT)
            fault(source->path, line, "line of %d columns, over %d", columns, COLUMNS_MAX);
        if (length > 0 && strchr(" \t\r", at[length - 1]) != NULL)
            fault(source->path, line, "blank at the end of the line");
        if (source->kind == KIND_C && memchr(at, '\t', length) != NULL)
            fault(source->path, line, "tab in C");
        if (at[length] == '\0')
            fault(source->path, line, "no line end at the end of the file");
        at += length + (at[length] == '\n');
    }
    if (line - 1 > FILE_LINES_MAX && source->kind != KIND_TEXT)
        fault(source->path, line - 1, "file of %d lines, over %d", line - 1, FILE_LINES_MAX);
}

static void check_promises(const struct source *source)
{
    for (size_t i = 0; i < sizeof promises / sizeof promises[0]; i++) {
        const char *word = promises[i].word;
        size_t length = strlen(word);
        for (const char *at = source->text; *at != '\0'; at++) {
            bool same = promises[i].any_case ? strncasecmp(at, word, length) == 0
                                             : strncmp(at, word, length) == 0;
            if (same && (at == source->text || !is_word(at[-1])) && !is_word(at[length]))
                fault(source->path, line_of(source->text, at), "promises later work: %.*s",
                      (int)length, at);
        }
    }
}

/* --- rules for C */

static void check_floating(const struct source *source, const char *word, int line)
{
    if (strcmp(word, "float") != 0 && strcmp(word, "double") != 0)
        return;
    for (size_t i = 0; i < sizeof floating_allowed / sizeof floating_allowed[0]; i++)
        if (begins(source->path, floating_allowed[i].path))
            return;
    fault(source->path, line, "floating point: %s", word);
}

static void check_call(const struct source *source, const char *word, int line)
{
    for (size_t i = 0; i < sizeof banned_calls / sizeof banned_calls[0]; i++)
        if (list_has(banned_calls[i].calls, word)
            && !list_covers(banned_calls[i].allowed, source->path))
            fault(source->path, line, "banned call: %s %s", word, banned_calls[i].reason);
    if (begins(source->path, "tests/") && list_has(sleeping_calls, word))
        fault(source->path, line, "test sleeps: %s; wait for a condition", word);
}

/* True where the word at `at` is followed by a parenthesis and is no member of something. */
static bool is_call(const char *code, const char *at, const char *end)
{
    end += strspn(end, " \n");
    if (*end != '(')
        return false;
    while (at > code && (at[-1] == ' ' || at[-1] == '\n'))
        at--;
    bool member = at > code && (at[-1] == '.' || (at > code + 1 && begins(at - 2, "->")));
    return !member;
}

static void check_words(const struct source *source)
{
    int line = 1;
    for (const char *at = source->code; *at != '\0';) {
        if (!is_word(*at)) {
            line += *at == '\n';
            at++;
            continue;
        }
        const char *end = at;
        while (is_word(*end))
            end++;
        char word[WORD_ROOM];
        if ((size_t)(end - at) < sizeof word) {
            memcpy(word, at, (size_t)(end - at));
            word[end - at] = '\0';
            check_floating(source, word, line);
            if (is_call(source->code, at, end))
                check_call(source, word, line);
        }
        at = end;
    }
}

/* What the walk over declarations knows. */
struct declaration {
    int depth;      /* of braces */
    int line;       /* where it begins; 0 between declarations */
    char last;      /* the last character that is no blank */
    bool is_function;
    char name[WORD_ROOM]; /* the word before its first parenthesis */
};

static void declaration_name(struct declaration *declaration, const char *code, const char *at)
{
    const char *end = at;
    while (end > code && end[-1] == ' ')
        end--;
    const char *start = end;
    while (start > code && is_word(start[-1]))
        start--;
    size_t length = (size_t)(end - start);
    if (length == 0 || length >= sizeof declaration->name || begins(start, "__attribute__"))
        return;
    memcpy(declaration->name, start, length);
    declaration->name[length] = '\0';
}

static void declaration_close(struct declaration *declaration, const struct source *source,
                              int line)
{
    int lines = line - declaration->line + 1;
    if (declaration->is_function && lines > FUNCTION_LINES_MAX)
        fault(source->path, declaration->line, "function %s of %d lines, over %d",
              declaration->name, lines, FUNCTION_LINES_MAX);
    if (declaration->is_function)
        *declaration = (struct declaration){0};
}

/* The end of a preprocessor line, its continuations with it. */
static const char *directive_end(const char *at, int *line)
{
    for (; *at != '\0' && *at != '\n'; at++)
        if (at[0] == '\\' && at[1] == '\n') {
            (*line)++;
            at++;
        }
    return at;
}

static void check_functions(const struct source *source)
{
    struct declaration declaration = {0};
    int line = 1;
    for (const char *at = source->code; *at != '\0'; at++) {
        if (*at == '\n')
            line++;
        if (*at == ' ' || *at == '\n')
            continue;
        if (*at == '#') {
            at = directive_end(at, &line) - 1;
            continue;
        }
        if (declaration.line == 0)
            declaration.line = line;
        if (*at == '(' && declaration.depth == 0 && declaration.name[0] == '\0')
            declaration_name(&declaration, source->code, at);
        if (*at == '{' && declaration.depth++ == 0)
            declaration.is_function = declaration.last == ')';
        if (*at == '}' && declaration.depth > 0 && --declaration.depth == 0)
            declaration_close(&declaration, source, line);
        else if (*at == ';' && declaration.depth == 0)
            declaration = (struct declaration){0};
        else
            declaration.last = *at;
    }
}

/* --- includes: arrows, foreign headers, cycles */

static int source_find(const char *path)
{
    for (int i = 0; i < source_count; i++)
        if (strcmp(sources[i].path, path) == 0)
            return i;
    return -1;
}

/* The source that `#include "name"` in `from` means; -1: none of ours. */
static int include_resolve(const struct source *from, const char *name)
{
    char path[PATH_ROOM * 2];
    if (begins(name, "daybook/")) {
        snprintf(path, sizeof path, "include/%s", name);
        return source_find(path);
    }
    snprintf(path, sizeof path, "%s", from->path);
    char *slash = strrchr(path, '/');
    size_t at = slash != NULL ? (size_t)(slash + 1 - path) : 0;
    snprintf(path + at, sizeof path - at, "%s", name);
    int found = source_find(path);
    if (found < 0 && begins(from->path, "tests/")) {
        snprintf(path, sizeof path, "tests/%s", name);
        found = source_find(path);
    }
    /* A test may look into a room's own headers, named from the root. */
    if (found < 0 && begins(from->path, "tests/") && begins(name, "src/"))
        found = source_find(name);
    return found;
}

/* What is done with an include of a source: its name, whether it stands in quotes, its line. */
typedef void (*include_visit)(int index, const char *name, bool quoted, int line);

static void each_include(int index, include_visit visit)
{
    int line = 1;
    for (const char *at = sources[index].text; *at != '\0'; line++) {
        char name[PATH_ROOM], open;
        if (sscanf(at, "#include %c%511[^\">\n]", &open, name) == 2)
            visit(index, name, open == '"', line);
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
}

static void check_foreign(const struct source *source, const char *name, int line)
{
    for (size_t i = 0; i < sizeof foreign_headers / sizeof foreign_headers[0]; i++) {
        const struct foreign *foreign = &foreign_headers[i];
        if (!begins(name, foreign->header))
            continue;
        if (!list_has(foreign->rooms, source->room->name))
            fault(source->path, line, "foreign header %s outside its room (%s)", name,
                  foreign->rooms[0] != '\0' ? foreign->rooms : "tests");
        return;
    }
    if (strchr(name, '/') != NULL && !list_covers(system_directories, name))
        fault(source->path, line, "foreign header %s has no room", name);
}

static void check_include(int index, const char *name, bool quoted, int line)
{
    const struct source *source = &sources[index];
    if (!quoted) {
        if (source->room != NULL)
            check_foreign(source, name, line);
        return;
    }
    int target = include_resolve(source, name);
    if (target < 0) {
        fault(source->path, line, "includes %s, which is not there", name);
        return;
    }
    const struct room *from = source->room, *to = sources[target].room;
    if (from == NULL || from == to)
        return;
    if (to == NULL || !list_has(from->may_include, to->name))
        fault(source->path, line, "broken arrow: room %s must not include %s (only: %s)",
              from->name, name, from->may_include);
}

static void follow_include(int index, const char *name, bool quoted, int line);

enum { WHITE, GREY, BLACK };

static void walk_includes(int index)
{
    sources[index].colour = GREY;
    each_include(index, follow_include);
    sources[index].colour = BLACK;
}

static void follow_include(int index, const char *name, bool quoted, int line)
{
    int target = quoted ? include_resolve(&sources[index], name) : -1;
    if (target < 0 || sources[target].colour == BLACK)
        return;
    if (sources[target].colour == WHITE) {
        sources[target].parent = index;
        walk_includes(target);
        return;
    }
    char path[4096] = "";
    for (int at = index; at != target; at = sources[at].parent) {
        size_t length = strlen(path);
        snprintf(path + length, sizeof path - length, " <- %s", sources[at].path);
    }
    fault(sources[index].path, line, "include cycle: %s%s <- %s", sources[target].path, path,
          sources[target].path);
}

static void check_place(const struct source *source)
{
    bool ours = begins(source->path, "src/") || begins(source->path, "include/");
    if (ours && source->room == NULL)
        fault(source->path, 1, "in no room");
    if (begins(source->path, "include/") && !ends(source->path, ".h"))
        fault(source->path, 1, "only headers live in include/");
}

/* --- rules for SQL and scripts */

static void check_keyword_case(const struct source *source)
{
    for (const char *at = source->code; *at != '\0';) {
        size_t length = 0;
        char lower[WORD_ROOM];
        bool upper = false;
        for (; is_word(at[length]); length++) {
            upper |= isupper((unsigned char)at[length]) != 0;
            if (length < sizeof lower - 1)
                lower[length] = (char)tolower((unsigned char)at[length]);
        }
        if (upper && length < sizeof lower) {
            lower[length] = '\0';
            if (list_has(sql_keywords, lower))
                fault(source->path, line_of(source->code, at), "SQL keyword in capitals: %.*s",
                      (int)length, at);
        }
        at += length > 0 ? length : 1;
    }
}

static void check_script_sleep(const struct source *source)
{
    for (const char *at = source->code; (at = strstr(at, "sleep")) != NULL; at += 5) {
        bool starts = at == source->code || strchr(" \n\t;&|(`", at[-1]) != NULL;
        if (starts && at[5] == ' ' && (isdigit((unsigned char)at[6]) || strchr(".$\"", at[6])))
            fault(source->path, line_of(source->code, at), "test sleeps; wait for a condition");
    }
}

/* --- main */

static void check_source(int index)
{
    const struct source *source = &sources[index];
    check_lines(source);
    check_promises(source);
    if (source->kind == KIND_C) {
        check_place(source);
        check_words(source);
        check_functions(source);
        each_include(index, check_include);
        if (source->colour == WHITE)
            walk_includes(index);
    }
    if (source->kind == KIND_SQL && begins(source->path, "sql/"))
        check_keyword_case(source);
    if (source->kind == KIND_SCRIPT && begins(source->path, "tests/"))
        check_script_sleep(source);
}

static void add_source(const char *path)
{
    struct source source = {.parent = -1};
    source.text = read_text(path);
    if (source.text == NULL)
        return;
    source.kind = kind_of(path, source.text);
    if (source.kind == KIND_OTHER || source_count == SOURCES_MAX) {
        free(source.text);
        return;
    }
    snprintf(source.path, sizeof source.path, "%s", path);
    source.room = room_of(path);
    source.code = strdup(source.text);
    if (source.code == NULL)
        return;
    if (source.kind != KIND_TEXT)
        strip(source.code, source.kind);
    sources[source_count++] = source;
}

static void walk_tree(const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        bool top = strcmp(directory, ".") == 0;
        char path[PATH_ROOM];
        struct stat status;
        int length = snprintf(path, sizeof path, "%s%s%s", top ? "" : directory, top ? "" : "/",
                              name);
        bool skipped = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        if (top && !skipped && !list_has(top_entries, name))
            fault(name, 1, "not among the agreed entries of the top directory");
        skipped |= top && (strcmp(name, ".git") == 0 || strcmp(name, "build") == 0);
        if (!skipped && length < PATH_ROOM && lstat(path, &status) == 0) {
            if (S_ISDIR(status.st_mode))
                walk_tree(path);
            else if (S_ISREG(status.st_mode))
                add_source(path);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    if (argc != 2 || chdir(argv[1]) != 0) {
        fprintf(stderr, "usage: tidy DIRECTORY\n");
        return 2;
    }
    sources = calloc(SOURCES_MAX, sizeof *sources);
    if (sources == NULL)
        return 2;
    walk_tree(".");
    for (int i = 0; i < source_count; i++)
        check_source(i);
    for (int i = 0; i < source_count; i++) {
        free(sources[i].text);
        free(sources[i].code);
    }
    free(sources);
    printf("tidy: %d files, %d faults\n", source_count, fault_count);
    return fault_count > 0 ? 1 : 0;
}
