/* MT940 and MT942, with a structured :86:. Names are UTF-8, as this bank sends them. */
#include <inttypes.h>
#include <string.h>

#include "daybook/domain/money.h"
#include "daybook/town/town.h"

/* 1200,00: a decimal comma, no sign. */
static const char *comma_text(int64_t minor, char out[MONEY_TEXT])
{
    char *point;

    money_text(minor < 0 ? -minor : minor, 2, false, out);
    point = strchr(out, '.');
    if (point)
        *point = ',';
    return out;
}

static int short_date(date_day day)
{
    int year, month, of_month;

    date_to_civil(day, &year, &month, &of_month);
    return year % 100 * 10000 + month * 100 + of_month;
}

static bool put_balance(struct buffer *out, const char *tag, int64_t minor, date_day day)
{
    char amount[MONEY_TEXT];

    return buffer_printf(out, ":%s:%c%06dCNY%s\r\n", tag, minor < 0 ? 'D' : 'C', short_date(day),
                         comma_text(minor, amount));
}

static bool put_entry(struct buffer *out, const struct town_line *line, date_day day)
{
    char amount[MONEY_TEXT];
    int date = short_date(day);

    if (!buffer_printf(out, ":61:%06d%04d%c%sNTRF%s//%s\r\n", date, date % 10000,
                       line->amount < 0 ? 'D' : 'C', comma_text(line->amount, amount),
                       line->ref[0] ? line->ref : "NONREF", line->bank_ref)
        || !buffer_printf(out, ":86:166?00%s?20%s", line->amount < 0 ? "PAYOUT" : "CREDIT",
                          line->text))
        return false;
    if (line->name[0] && !buffer_printf(out, "?31%s?32%s", line->account, line->name))
        return false;
    return buffer_append_string(out, "\r\n");
}

static bool put_totals(struct buffer *out, const struct town_statement *statement)
{
    int64_t sums[2] = {0, 0};
    int counts[2] = {0, 0};
    char debits[MONEY_TEXT], credits[MONEY_TEXT];

    for (size_t i = 0; i < statement->count; i++) {
        int side = statement->lines[i]->amount < 0 ? 0 : 1;

        counts[side]++;
        sums[side] += statement->lines[i]->amount;
    }
    return buffer_printf(out, ":90D:%dCNY%s\r\n:90C:%dCNY%s\r\n", counts[0],
                         comma_text(sums[0], debits), counts[1], comma_text(sums[1], credits));
}

bool town_mt940_write(const struct town_statement *statement, struct buffer *out)
{
    bool interim = statement->interim;
    bool fine = buffer_printf(out, ":20:ST%06d%s\r\n:25:%s\r\n:28C:%d/1\r\n",
                              short_date(statement->to), interim ? "I" : "",
                              statement->channel->account, statement->number);

    if (interim)
        fine = fine
            && buffer_printf(out, ":34F:CNY0,\r\n:13D:%06d1200+0800\r\n",
                             short_date(statement->to));
    else
        fine = fine && put_balance(out, "60F", statement->opening, statement->before);
    for (size_t i = 0; fine && i < statement->count; i++)
        fine = put_entry(out, statement->lines[i], statement->days[i]);
    if (interim)
        fine = fine && put_totals(out, statement);
    else
        fine = fine && put_balance(out, "62F", statement->closing, statement->to);
    return fine && buffer_append_string(out, "-\r\n");
}
