#include "body.h"

#include <string.h>

#include "daybook/base/date.h"

enum {
    PATH_MAX_BYTES = 128,
    WORDS_MAX = 24,           /* of an item of a request */
    WORD_CHARACTERS_MAX = 1024
};

/* --- forms of texts */

/* What a text is made of: kinds of its first character, kinds of the others, more of the others. */
struct made_of {
    const char *form;
    const char *first, *others; /* A capitals, a small letters, 0 digits, h hex digits */
    const char *more;
    size_t least, most;
};

/* Nothing that a path, a log line or an ISO 20022 identifier would take amiss. */
static const struct made_of made_of[] = {
    {"id", "Aa0-_./+", "Aa0", "-_./+", 1, 64},
    {"batch", "Aa0_.-", "Aa0", "-_.", 1, 64},
    {"channel", "A", "A0", "-_", 2, 16},
    {"customer", "A0", "A0", "-_", 1, 32},
    {"account", "A0", "A0", "-_.", 1, 64},
    {"currency", "A", "A", "", 3, 3},
    {"sha256", "h", "h", "", 64, 64},
    {"hex", "h", "h", "", 2, 1024},
    {"base64", "Aa0+/", "Aa0", "+/=", 4, 2 << 20},
    {"object", "Aa0", "Aa0", "-_.:", 1, 64},
    {"word", "A", "A0", "_", 1, 32},
    {"channel-or-none", "A-", "A0", "-_", 1, 16},
    {"request", "R", "0", "", 14, 18},
};

static const struct made_of word_name = {"name", "a", "a0", "_", 1, 32};

static bool is_of(char c, const char *kinds, const char *more)
{
    for (; *kinds; kinds++) {
        bool fits = (*kinds == 'A' && c >= 'A' && c <= 'Z')
            || (*kinds == 'a' && c >= 'a' && c <= 'z')
            || ((*kinds == '0' || *kinds == 'h') && c >= '0' && c <= '9')
            || (*kinds == 'h' && c >= 'a' && c <= 'f');

        if (fits || (*kinds == c && !strchr("Aa0h", c)))
            return true;
    }
    return c != '\0' && strchr(more, c);
}

static bool is_made_of(const struct made_of *form, struct span text)
{
    if (text.length < form->least || text.length > form->most
        || !is_of(text.data[0], form->first, ""))
        return false;
    for (size_t i = 1; i < text.length; i++)
        if (!is_of(text.data[i], form->others, form->more))
            return false;
    return true;
}

static bool is_one_of(const char *words, struct span text)
{
    for (const char *at = words;;) {
        size_t length = strcspn(at, "|");

        if (span_equal((struct span){at, length}, text))
            return true;
        if (at[length] == '\0')
            return false;
        at += length + 1;
    }
}

/* No control characters, and no blank at either end. */
static bool is_plain(struct span text)
{
    size_t used;

    for (size_t at = 0; at < text.length; at += used) {
        int32_t character = text_decode(text.data + at, text.length - at, &used);

        if (character < 0x20 || (character >= 0x7f && character < 0xa0))
            return false;
    }
    return span_trim(text).length == text.length;
}

/* "18:30"; "24:00" is the end of the day. */
static bool is_clock(struct span text)
{
    int64_t hours, minutes;

    return text.length == 5 && text.data[2] == ':' && text.data[0] != '-' && text.data[3] != '-'
        && text_to_int64((struct span){text.data, 2}, &hours)
        && text_to_int64((struct span){text.data + 3, 2}, &minutes)
        && ((hours <= 23 && minutes <= 59) || (hours == 24 && minutes == 0));
}

bool core_form_fits(const char *form, struct span text)
{
    int64_t number;
    date_day day;

    if (!form)
        return is_plain(text);
    for (size_t i = 0; i < sizeof made_of / sizeof made_of[0]; i++)
        if (strcmp(form, made_of[i].form) == 0)
            return is_made_of(&made_of[i], text);
    if (strcmp(form, "payout") == 0)
        return core_payout_number(text, &number);
    if (strcmp(form, "date") == 0)
        return date_parse(text, &day);
    if (strcmp(form, "clock") == 0)
        return is_clock(text);
    return is_one_of(form, text);
}

/* --- members */

struct check {
    struct buffer *words;
    const char *code; /* of the first fault */
};

static bool check_object(struct check *check, json_t *object, const struct core_member *members,
                         const char *path);

/* path.name, or either where the other is empty: an item of an array has no name. */
static void join(char out[PATH_MAX_BYTES], const char *path, const char *name)
{
    snprintf(out, PATH_MAX_BYTES, "%s%s%s", path, *path && *name ? "." : "", name);
}

static bool fail(struct check *check, const char *code, const char *path, const char *name)
{
    char whole[PATH_MAX_BYTES], shown[PATH_MAX_BYTES];

    check->code = code;
    join(whole, path, name);
    text_printable(shown, sizeof shown, span_of(whole));
    buffer_printf(check->words, "member=%s", shown);
    return false;
}

static bool unfit(struct check *check, const struct core_member *member, const char *path)
{
    fail(check, "member-unfit", path, member->name);
    switch (member->kind) {
    case MEMBER_TEXT:
        buffer_printf(check->words, " wanted=%s of %lld to %lld characters",
                      member->form ? member->form : "text", (long long)member->least,
                      (long long)member->most);
        break;
    case MEMBER_INTEGER:
        buffer_printf(check->words, " wanted=integer from %lld to %lld", (long long)member->least,
                      (long long)member->most);
        break;
    case MEMBER_BOOL:
        buffer_append_string(check->words, " wanted=true or false");
        break;
    case MEMBER_OBJECT:
        buffer_append_string(check->words, " wanted=object");
        break;
    case MEMBER_ARRAY:
        buffer_printf(check->words, " wanted=array of %lld to %lld items",
                      (long long)member->least, (long long)member->most);
        break;
    case MEMBER_WORDS:
        buffer_append_string(check->words, " wanted=object of texts");
        break;
    }
    return false;
}

static int64_t characters(struct span text)
{
    int64_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

static bool check_text(const struct core_member *member, const json_t *value)
{
    struct span text = {json_string_value(value), json_string_length(value)};

    return json_is_string(value) && characters(text) >= member->least
        && characters(text) <= member->most && core_form_fits(member->form, text);
}

static bool check_member(struct check *check, const struct core_member *member, json_t *value,
                         const char *path);

static bool check_array(struct check *check, const struct core_member *member, json_t *array,
                        const char *path)
{
    int64_t count = (int64_t)json_array_size(array);
    char whole[PATH_MAX_BYTES], inner[PATH_MAX_BYTES + 24];
    json_t *item;
    size_t i;

    if (!json_is_array(array) || count < member->least || count > member->most)
        return unfit(check, member, path);
    join(whole, path, member->name);
    json_array_foreach(array, i, item) {
        snprintf(inner, sizeof inner, "%s.%zu", whole, i);
        if (!check_member(check, member->inside, item, inner))
            return false;
    }
    return true;
}

/* What the member names must be there; any further ones are texts under small names. */
static bool check_words(struct check *check, const struct core_member *member, json_t *object,
                        const char *path)
{
    const struct core_member further = {.name = "", .kind = MEMBER_TEXT, .least = 1,
                                        .most = WORD_CHARACTERS_MAX};
    const char *name;
    json_t *value;

    if (!json_is_object(object) || json_object_size(object) > WORDS_MAX)
        return unfit(check, member, path);
    json_object_foreach(object, name, value) {
        if (!is_made_of(&word_name, span_of(name)))
            return fail(check, "member-unknown", path, name);
        if (!check_text(&further, value))
            return unfit(check, &(struct core_member){.name = name, .kind = MEMBER_TEXT,
                                                      .least = 1, .most = further.most}, path);
    }
    for (const struct core_member *each = member->inside; each->name; each++)
        if (!check_member(check, each, json_object_get(object, each->name), path))
            return false;
    return true;
}

static bool check_member(struct check *check, const struct core_member *member, json_t *value,
                         const char *path)
{
    char inner[PATH_MAX_BYTES];

    if (!value || json_is_null(value))
        return member->optional || fail(check, "member-missing", path, member->name);
    switch (member->kind) {
    case MEMBER_TEXT:
        return check_text(member, value) || unfit(check, member, path);
    case MEMBER_INTEGER:
        return (json_is_integer(value) && json_integer_value(value) >= member->least
                && json_integer_value(value) <= member->most)
            || unfit(check, member, path);
    case MEMBER_BOOL:
        return json_is_boolean(value) || unfit(check, member, path);
    case MEMBER_OBJECT:
        join(inner, path, member->name);
        return json_is_object(value) ? check_object(check, value, member->inside, inner)
                                     : unfit(check, member, path);
    case MEMBER_ARRAY:
        return check_array(check, member, value, path);
    case MEMBER_WORDS:
        join(inner, path, member->name);
        return check_words(check, member, value, inner);
    }
    return false;
}

static bool is_known(const struct core_member *members, const char *name)
{
    for (; members->name; members++)
        if (strcmp(members->name, name) == 0)
            return true;
    return false;
}

static bool check_object(struct check *check, json_t *object, const struct core_member *members,
                         const char *path)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value) {
        if (!is_known(members, name))
            return fail(check, "member-unknown", path, name);
    }
    for (; members->name; members++)
        if (!check_member(check, members, json_object_get(object, members->name), path))
            return false;
    return true;
}

const char *core_body_check(json_t *body, const struct core_member *members, struct buffer *words)
{
    struct check check = {.words = words};

    if (!json_is_object(body)) {
        buffer_append_string(words, "wanted=object");
        return "member-unfit";
    }
    check_object(&check, body, members, "");
    return check.code;
}

json_t *core_body_at(json_t *body, struct span path)
{
    char name[PATH_MAX_BYTES];

    while (body && path.length > 0) {
        size_t length = 0;

        while (length < path.length && path.data[length] != '.')
            length++;
        snprintf(name, sizeof name, "%.*s", (int)length, path.data);
        body = json_object_get(body, name);
        length += length < path.length;
        path.data += length;
        path.length -= length;
    }
    return json_is_null(body) ? NULL : body;
}
