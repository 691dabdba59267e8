/* The GBK layout of formats/profiles/daybook-gbk.profile, made in UTF-8, converted at the end. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "daybook/domain/money.h"
#include "daybook/town/town.h"

/* A field; quoted where it holds a comma or a quote. */
static bool put_field(struct buffer *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n"))
        return buffer_append_string(out, text);
    if (!buffer_append_char(out, '"'))
        return false;
    for (const char *c = text; *c; c++) {
        if ((*c == '"' && !buffer_append_char(out, '"')) || !buffer_append_char(out, *c))
            return false;
    }
    return buffer_append_char(out, '"');
}

static bool put_amount(struct buffer *out, int64_t minor)
{
    char text[MONEY_TEXT];

    return put_field(out, money_text(minor, 2, true, text));
}

static bool put_head(struct buffer *out, const struct town_statement *statement)
{
    char from[DATE_TEXT], to[DATE_TEXT], opening[MONEY_TEXT];

    return buffer_printf(out,
                         "客户对账单\r\n账号：%s,户名：示例公交卡有限公司\r\n币种：人民币\r\n"
                         "起始日期：%s,终止日期：%s\r\n期初余额：%s\r\n\r\n"
                         "交易日期,交易时间,流水号,商户订单号,借贷标志,金额,余额,对方户名,"
                         "对方账号,摘要,状态,手续费\r\n",
                         statement->channel->account, date_text(statement->from, from),
                         date_text(statement->to, to),
                         money_text(statement->opening, 2, false, opening));
}

static bool put_row(struct buffer *out, const struct town_line *line, date_day day, int64_t balance)
{
    char date[DATE_TEXT], fee[MONEY_TEXT] = "";
    int s = line->second;

    if (line->fee >= 0)
        money_text(line->fee, 2, false, fee);
    return buffer_printf(out, "%s,%02d:%02d:%02d,%s,%s,%s,", date_text(day, date), s / 3600,
                         s / 60 % 60, s % 60, line->bank_ref, line->ref,
                         line->amount < 0 ? "借" : "贷")
        && put_amount(out, line->amount < 0 ? -line->amount : line->amount)
        && buffer_append_char(out, ',') && put_amount(out, balance) && buffer_append_char(out, ',')
        && put_field(out, line->name) && buffer_printf(out, ",%s,", line->account)
        && put_field(out, line->text)
        && buffer_printf(out, ",%s,%s\r\n", line->status == TOWN_BOOKED ? "成功" : "失败", fee);
}

/* Replaces the UTF-8 in out by GB18030, of which GBK is a part. */
static bool convert(struct buffer *out)
{
    struct buffer from = *out;
    iconv_t converter = iconv_open("GB18030", "UTF-8");
    char *in = from.data;
    size_t left = from.length;
    bool fine = converter != (iconv_t)-1;

    if (!fine)
        return false;
    buffer_init(out, from.limit);
    while (fine && left > 0) {
        char chunk[4096];
        char *to = chunk;
        size_t room = sizeof chunk;

        if (iconv(converter, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG)
            fine = false;
        else
            fine = buffer_append(out, chunk, sizeof chunk - room);
    }
    iconv_close(converter);
    buffer_free(&from);
    return fine;
}

bool town_gbk_write(const struct town_statement *statement, struct buffer *out)
{
    int64_t balance = statement->opening, net = 0;
    char sum[MONEY_TEXT], closing[MONEY_TEXT];
    bool fine = put_head(out, statement);

    for (size_t i = 0; fine && i < statement->count; i++) {
        const struct town_line *line = statement->lines[i];

        if (line->status == TOWN_BOOKED) {
            balance += line->amount;
            net += line->amount;
        }
        fine = put_row(out, line, statement->days[i], balance);
    }
    return fine
        && buffer_printf(out, "合计：%zu笔,净额：%s\r\n期末余额：%s\r\n", statement->count,
                         money_text(net, 2, false, sum),
                         money_text(statement->closing, 2, false, closing))
        && convert(out);
}
