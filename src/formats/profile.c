/* The language of CSV profiles. One fact a line, words between blanks, "..." around a word with
 * blanks, # starts a comment. Everything wrong is reported, not only the first thing. */
#include "profile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/domain/money.h"
#include "daybook/formats/statement.h"

enum {
    WORDS_MAX = 16,
    ARENA_MAX = 4 * PROFILE_TEXT_MAX,
    FAULTS_MAX = 100 /* reported of one profile */
};

struct word {
    const char *text;
    int column;
};

struct parser {
    const char *file;
    struct profile *profile;
    struct buffer *faults;
    int line;
    int count; /* of faults */
    bool too_large;
    unsigned seen; /* bit i: fact i of the table was given */
};

/* A word that a fact accepts and what it means. */
struct choice {
    const char *word;
    int value;
};

struct fact {
    const char *name;
    size_t least, most; /* words after the name */
    bool once;
    void (*read)(struct parser *parser, const struct word *words, size_t count);
};

static void parser_fault(struct parser *parser, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void parser_fault(struct parser *parser, int column, const char *format, ...)
{
    struct error error;
    va_list args;
    if (++parser->count > FAULTS_MAX)
        return;
    va_start(args, format);
    error_set_va(&error, ERROR_INPUT, format, args);
    va_end(args);
    buffer_printf(parser->faults, "%s:%d:%d: %s\n", parser->file, parser->line, column,
                  error.message);
}

/* The choice's value, or -1 after a fault with a suggestion. */
static int parser_choose(struct parser *parser, const struct word *word, const char *what,
                         const struct choice *choices, size_t count)
{
    const char *words[32];
    assert(count <= sizeof words / sizeof words[0]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(choices[i].word, word->text) == 0)
            return choices[i].value;
        words[i] = choices[i].word;
    }
    const char *near = text_nearest(word->text, words, count);
    if (near != NULL)
        parser_fault(parser, word->column, "There is no %s '%s'; did you mean '%s'?", what,
                     word->text, near);
    else
        parser_fault(parser, word->column, "There is no %s '%s'.", what, word->text);
    return -1;
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CHOOSE(word, what, choices) parser_choose(parser, word, what, choices, COUNT(choices))

static const struct choice field_choices[] = {
    {"date", FIELD_DATE},           {"booking-date", FIELD_BOOKING_DATE},
    {"time", FIELD_TIME},           {"amount", FIELD_AMOUNT},
    {"in", FIELD_IN},               {"out", FIELD_OUT},
    {"sign", FIELD_SIGN},           {"currency", FIELD_CURRENCY},
    {"balance", FIELD_BALANCE},     {"order", FIELD_ORDER},
    {"bank-ref", FIELD_BANK_REF},   {"end-to-end", FIELD_END_TO_END},
    {"party", FIELD_PARTY},         {"party-account", FIELD_PARTY_ACCOUNT},
    {"text", FIELD_TEXT},           {"status", FIELD_STATUS},
    {"fee", FIELD_FEE},             {"type", FIELD_TYPE},
    {"extra", FIELD_EXTRA},
};

static const struct choice value_choices[] = {
    {"note", VALUE_NOTE},           {"account", VALUE_ACCOUNT}, {"currency", VALUE_CURRENCY},
    {"reference", VALUE_REFERENCE}, {"from", VALUE_FROM},       {"to", VALUE_TO},
    {"opening", VALUE_OPENING},     {"closing", VALUE_CLOSING}, {"count", VALUE_COUNT},
    {"sum", VALUE_SUM},             {"totals", VALUE_TOTALS},
};

static const struct choice direction_choices[] = {
    {"credit", DIRECTION_CREDIT}, {"debit", DIRECTION_DEBIT}, {"neutral", DIRECTION_NONE}};

static struct profile_word *parser_add(struct parser *parser, struct profile_list *list,
                                       const struct word *word)
{
    if (list->count == PROFILE_LIST_MAX) {
        parser_fault(parser, word->column, "There are more than %d of these.", PROFILE_LIST_MAX);
        return NULL;
    }
    struct profile_word *added = &list->words[list->count++];
    *added = (struct profile_word){.word = word->text};
    return added;
}

static void fact_title(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    parser->profile->title = words[0].text;
}

static void fact_encoding(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice encodings[] = {{"utf-8", ENCODING_UTF8},
                                              {"gbk", ENCODING_GB18030},
                                              {"gb18030", ENCODING_GB18030},
                                              {"iso-8859-1", ENCODING_LATIN1}};
    (void)count;
    int value = CHOOSE(&words[0], "encoding", encodings);
    if (value >= 0)
        parser->profile->encoding = (enum profile_encoding)value;
}

static void fact_delimiter(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice delimiters[] = {
        {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"bar", '|'}};
    (void)count;
    int value = CHOOSE(&words[0], "delimiter", delimiters);
    if (value >= 0)
        parser->profile->delimiter = (char)value;
}

static void fact_quote(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice quotes[] = {{"double", '"'}, {"single", '\''}, {"none", '\0'}};
    (void)count;
    int value = CHOOSE(&words[0], "quote", quotes);
    if (value >= 0)
        parser->profile->quote = (char)value;
}

static void fact_decimal(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice decimals[] = {{"point", '.'}, {"comma", ','}};
    (void)count;
    int value = CHOOSE(&words[0], "decimal mark", decimals);
    if (value >= 0)
        parser->profile->decimal = (char)value;
}

static void fact_thousands(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice marks[] = {
        {"none", '\0'}, {"comma", ','}, {"point", '.'}, {"blank", ' '}, {"apostrophe", '\''}};
    (void)count;
    int value = CHOOSE(&words[0], "thousands mark", marks);
    if (value >= 0)
        parser->profile->thousands = (char)value;
}

static bool parser_currency(struct parser *parser, const struct word *word, char out[4])
{
    struct currency currency;
    if (!currency_parse(span_of(word->text), &currency)) {
        parser_fault(parser, word->column, "'%s' is no currency of three letters.", word->text);
        return false;
    }
    memcpy(out, currency.code, sizeof currency.code);
    return true;
}

static void fact_currency(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    parser_currency(parser, &words[0], parser->profile->currency);
}

static void fact_currency_word(struct parser *parser, const struct word *words, size_t count)
{
    char code[4];
    (void)count;
    if (!parser_currency(parser, &words[1], code))
        return;
    struct profile_word *added = parser_add(parser, &parser->profile->currency_words, &words[0]);
    if (added != NULL)
        memcpy(added->currency, code, sizeof code);
}

static void fact_mark(struct parser *parser, const struct word *words, size_t count)
{
    char code[4] = "";
    if (count > 1 && !parser_currency(parser, &words[1], code))
        return;
    struct profile_word *added = parser_add(parser, &parser->profile->marks, &words[0]);
    if (added != NULL)
        memcpy(added->currency, code, sizeof code);
}

static void fact_amounts(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice amounts[] = {{"signed", 0}, {"inverted", 1}};
    (void)count;
    int value = CHOOSE(&words[0], "kind of amounts", amounts);
    if (value >= 0)
        parser->profile->inverted = value == 1;
}

static void fact_rows(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice orders[] = {{"oldest-first", ROWS_OLDEST_FIRST},
                                           {"newest-first", ROWS_NEWEST_FIRST}};
    (void)count;
    int value = CHOOSE(&words[0], "order of rows", orders);
    if (value >= 0)
        parser->profile->rows = (enum profile_rows)value;
}

/* A date pattern needs a month; without a day it can only name a statement's month. */
static bool parser_pattern(struct parser *parser, const struct word *word, bool with_day)
{
    bool year = strstr(word->text, "YYYY") != NULL;
    bool month = strstr(word->text, "MM") != NULL;
    bool day = strstr(word->text, "DD") != NULL;
    if (month && (with_day ? day : year))
        return true;
    parser_fault(parser, word->column, "The pattern '%s' needs %s.", word->text,
                 with_day ? "MM and DD" : "YYYY and MM");
    return false;
}

static void fact_date(struct parser *parser, const struct word *words, size_t count)
{
    struct profile *profile = parser->profile;
    for (size_t i = 0; i < count; i++) {
        if (!parser_pattern(parser, &words[i], true))
            continue;
        if (profile->dates_count == PROFILE_DATES_MAX) {
            parser_fault(parser, words[i].column, "There are more than %d date patterns.",
                         PROFILE_DATES_MAX);
            return;
        }
        profile->dates[profile->dates_count++] = words[i].text;
    }
}

static void fact_year(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    if (parser_pattern(parser, &words[0], false))
        parser->profile->year = words[0].text;
}

static void parser_column(struct parser *parser, const struct word *words, size_t count,
                          bool optional)
{
    struct profile *profile = parser->profile;
    int field = CHOOSE(&words[0], "column", field_choices);
    if (field < 0)
        return;
    if (profile->columns_count == PROFILE_COLUMNS_MAX) {
        parser_fault(parser, words[0].column, "There are more than %d columns.",
                     PROFILE_COLUMNS_MAX);
        return;
    }
    struct profile_column *column = &profile->columns[profile->columns_count++];
    *column = (struct profile_column){.field = (enum profile_field)field, .optional = optional};
    for (size_t i = 1; i < count; i++)
        column->names[column->names_count++] = words[i].text;
}

static void fact_column(struct parser *parser, const struct word *words, size_t count)
{
    parser_column(parser, words, count, false);
}

static void fact_optional(struct parser *parser, const struct word *words, size_t count)
{
    parser_column(parser, words, count, true);
}

static void parser_value(struct parser *parser, const struct word *words,
                         struct profile_list *list)
{
    int value = CHOOSE(&words[0], "value", value_choices);
    if (value < 0)
        return;
    struct profile_word *added = parser_add(parser, list, &words[1]);
    if (added != NULL)
        added->value = value;
}

static void fact_preamble(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    parser_value(parser, words, &parser->profile->preamble);
}

static void fact_footer(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    parser_value(parser, words, &parser->profile->footer);
}

static void fact_sign(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    int value = CHOOSE(&words[1], "direction", direction_choices);
    struct profile_word *added =
        value < 0 ? NULL : parser_add(parser, &parser->profile->signs, &words[0]);
    if (added != NULL)
        added->value = value;
}

static void fact_status(struct parser *parser, const struct word *words, size_t count)
{
    static const struct choice statuses[] = {{"booked", STATUS_BOOKED},
                                             {"pending", STATUS_PENDING},
                                             {"information", STATUS_INFORMATION},
                                             {"failed", STATUS_FAILED}};
    int value = CHOOSE(&words[1], "status", statuses);
    int direction = count > 2 ? CHOOSE(&words[2], "direction", direction_choices) : DIRECTION_NONE;
    if (value < 0 || direction < 0)
        return;
    struct profile_word *added = parser_add(parser, &parser->profile->statuses, &words[0]);
    if (added == NULL)
        return;
    added->value = value;
    added->direction = direction;
}

static void fact_empty(struct parser *parser, const struct word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        parser_add(parser, &parser->profile->empties, &words[i]);
}

static void fact_skip(struct parser *parser, const struct word *words, size_t count)
{
    (void)count;
    int field = CHOOSE(&words[0], "column", field_choices);
    struct profile_word *added =
        field < 0 ? NULL : parser_add(parser, &parser->profile->skips, &words[1]);
    if (added != NULL)
        added->value = field;
}

static const struct fact facts[] = {
    {"title", 1, 1, true, fact_title},
    {"encoding", 1, 1, true, fact_encoding},
    {"delimiter", 1, 1, true, fact_delimiter},
    {"quote", 1, 1, true, fact_quote},
    {"decimal", 1, 1, true, fact_decimal},
    {"thousands", 1, 1, true, fact_thousands},
    {"date", 1, PROFILE_DATES_MAX, false, fact_date},
    {"year", 1, 1, true, fact_year},
    {"currency", 1, 1, true, fact_currency},
    {"currency-word", 2, 2, false, fact_currency_word},
    {"mark", 1, 2, false, fact_mark},
    {"amounts", 1, 1, true, fact_amounts},
    {"rows", 1, 1, true, fact_rows},
    {"preamble", 2, 2, false, fact_preamble},
    {"column", 2, 1 + PROFILE_NAMES_MAX, false, fact_column},
    {"optional", 2, 1 + PROFILE_NAMES_MAX, false, fact_optional},
    {"sign", 2, 2, false, fact_sign},
    {"status", 2, 3, false, fact_status},
    {"empty", 1, WORDS_MAX - 1, false, fact_empty},
    {"skip", 2, 2, false, fact_skip},
    {"footer", 2, 2, false, fact_footer},
};

static void parser_count(struct parser *parser, const struct word *word, const struct fact *fact,
                         size_t given)
{
    if (fact->least == fact->most)
        parser_fault(parser, word->column, "After '%s' goes %zu word%s, not %zu.", fact->name,
                     fact->least, fact->least == 1 ? "" : "s", given);
    else
        parser_fault(parser, word->column, "After '%s' go %zu to %zu words, not %zu.",
                     fact->name, fact->least, fact->most, given);
}

static void parser_fact(struct parser *parser, const struct word *words, size_t count)
{
    struct choice names[COUNT(facts)];
    for (size_t i = 0; i < COUNT(facts); i++)
        names[i] = (struct choice){facts[i].name, (int)i};
    int index = CHOOSE(&words[0], "fact", names);
    if (index < 0)
        return;
    const struct fact *fact = &facts[index];
    size_t given = count - 1;
    if (given < fact->least || given > fact->most) {
        parser_count(parser, &words[0], fact, given);
        return;
    }
    if (fact->once && (parser->seen >> index & 1) != 0) {
        parser_fault(parser, words[0].column, "'%s' was already given.", fact->name);
        return;
    }
    parser->seen |= 1U << index;
    fact->read(parser, words + 1, given);
}

static bool blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* One word at *at; false at the end of the line or after a fault. */
static bool parser_word(struct parser *parser, struct span line, size_t *at, struct word *word)
{
    while (*at < line.length && blank(line.data[*at]))
        (*at)++;
    if (*at == line.length || line.data[*at] == '#')
        return false;
    bool quoted = line.data[*at] == '"';
    size_t start = *at + quoted;
    size_t end = start;
    word->column = (int)*at + 1;
    while (end < line.length && (quoted ? line.data[end] != '"' : !blank(line.data[end])))
        end++;
    if (quoted && end == line.length) {
        parser_fault(parser, word->column, "The quote is not closed on this line.");
        return false;
    }
    if (quoted && end == start) {
        parser_fault(parser, word->column, "A word cannot be empty.");
        return false;
    }
    word->text = arena_string(parser->profile->arena, line.data + start, end - start);
    *at = end + quoted;
    if (word->text == NULL)
        parser->too_large = true;
    return word->text != NULL;
}

static void parser_line(struct parser *parser, struct span line)
{
    struct word words[WORDS_MAX];
    size_t count = 0;
    size_t at = 0;
    int faults = parser->count;
    if (!text_is_utf8(line) || memchr(line.data, '\0', line.length) != NULL) {
        parser_fault(parser, 1, "The line is not UTF-8 text.");
        return;
    }
    while (count < WORDS_MAX && parser_word(parser, line, &at, &words[count]))
        count++;
    if (count > 0 && parser->count == faults && !parser->too_large)
        parser_fact(parser, words, count);
}

bool profile_has(const struct profile *profile, enum profile_field field)
{
    for (size_t i = 0; i < profile->columns_count; i++)
        if (profile->columns[i].field == field)
            return true;
    return false;
}

const struct profile_word *profile_find(const struct profile_list *list, struct span text)
{
    for (size_t i = 0; i < list->count; i++)
        if (span_is(text, list->words[i].word))
            return &list->words[i];
    return NULL;
}

/* What only the whole profile shows. Reported at its last line. */
static void parser_whole(struct parser *parser)
{
    const struct profile *profile = parser->profile;
    bool amount = profile_has(profile, FIELD_AMOUNT);
    bool in_out = profile_has(profile, FIELD_IN) && profile_has(profile, FIELD_OUT);
    if (!profile_has(profile, FIELD_DATE))
        parser_fault(parser, 1, "No column is the date.");
    if (profile->dates_count == 0)
        parser_fault(parser, 1, "No date pattern is given.");
    if (amount == in_out)
        parser_fault(parser, 1, "Give either a column amount or the columns in and out.");
    if (profile_has(profile, FIELD_SIGN) && (profile->signs.count == 0 || !amount))
        parser_fault(parser, 1, "A sign column needs sign words and an amount column.");
    if (profile_has(profile, FIELD_STATUS) && profile->statuses.count == 0)
        parser_fault(parser, 1, "A status column needs status words.");
    if (profile->thousands == profile->decimal)
        parser_fault(parser, 1, "The decimal mark and the thousands mark are the same.");
    for (size_t i = 0; i < profile->dates_count; i++)
        if (strstr(profile->dates[i], "YYYY") == NULL && profile->year == NULL)
            parser_fault(parser, 1, "The date pattern '%s' has no year; say with 'year' where "
                                    "the statement's month stands.", profile->dates[i]);
    if (profile->currency[0] == '\0' && !profile_has(profile, FIELD_CURRENCY))
        parser_fault(parser, 1, "Give a currency or a currency column.");
}

static struct profile *profile_new(void)
{
    struct profile *profile = memory_new(sizeof *profile);
    profile->arena = arena_new(ARENA_MAX);
    profile->title = "";
    profile->delimiter = ',';
    profile->quote = '"';
    profile->decimal = '.';
    return profile;
}

struct profile *profile_parse(const char *file, struct span text, struct buffer *faults)
{
    struct parser parser = {.file = file, .profile = profile_new(), .faults = faults};
    struct span rest = text;
    if (text.length > PROFILE_TEXT_MAX) {
        parser.line = 1;
        parser_fault(&parser, 1, "The profile is larger than %d bytes.", PROFILE_TEXT_MAX);
        rest.length = 0;
    }
    while (rest.length > 0 && !parser.too_large) {
        const char *end = memchr(rest.data, '\n', rest.length);
        size_t length = end == NULL ? rest.length : (size_t)(end - rest.data);
        parser.line++;
        parser_line(&parser, (struct span){rest.data, length});
        length += end != NULL;
        rest = (struct span){rest.data + length, rest.length - length};
    }
    if (parser.too_large)
        parser_fault(&parser, 1, "The profile takes too much memory.");
    if (parser.line == 0)
        parser.line = 1;
    if (parser.count == 0)
        parser_whole(&parser);
    if (parser.count == 0)
        return parser.profile;
    profile_free(parser.profile);
    return NULL;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    arena_free(profile->arena);
    free(profile);
}

const char *profile_title(const struct profile *profile)
{
    return profile->title;
}
