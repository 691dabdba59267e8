/* camt.053 and camt.052, version 8. */
#include <inttypes.h>

#include "daybook/domain/money.h"
#include "daybook/town/town.h"

static bool put_text(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        const char *entity = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : NULL;

        if (!(entity ? buffer_append_string(out, entity) : buffer_append_char(out, *c)))
            return false;
    }
    return true;
}

static const char *amount_text(int64_t minor, char out[MONEY_TEXT])
{
    return money_text(minor < 0 ? -minor : minor, 2, false, out);
}

static const char *sign_word(int64_t minor)
{
    return minor < 0 ? "DBIT" : "CRDT";
}

static bool put_balance(struct buffer *out, const char *type, int64_t minor, date_day day)
{
    char amount[MONEY_TEXT], date[DATE_TEXT];

    return buffer_printf(out,
                         "    <Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>"
                         "<Amt Ccy=\"CNY\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>"
                         "<Dt><Dt>%s</Dt></Dt></Bal>\n",
                         type, amount_text(minor, amount), sign_word(minor), date_text(day, date));
}

static bool put_party(struct buffer *out, const struct town_line *line)
{
    const char *role = line->amount < 0 ? "Cdtr" : "Dbtr";

    if (line->name[0] == '\0')
        return true;
    return buffer_printf(out, "<RltdPties><%s><Pty><Nm>", role) && put_text(out, line->name)
        && buffer_printf(out,
                         "</Nm></Pty></%s><%sAcct><Id><Othr><Id>%s</Id></Othr></Id></%sAcct>"
                         "</RltdPties>",
                         role, role, line->account, role);
}

static bool put_fee(struct buffer *out, int64_t fee)
{
    char amount[MONEY_TEXT];

    if (fee < 0)
        return true;
    return buffer_printf(out, "<Chrgs><Rcrd><Amt Ccy=\"CNY\">%s</Amt></Rcrd></Chrgs>",
                         amount_text(fee, amount));
}

static bool put_entry(struct buffer *out, const struct town_line *line, date_day day)
{
    char amount[MONEY_TEXT], date[DATE_TEXT];

    amount_text(line->amount, amount);
    date_text(day, date);
    return buffer_printf(out,
                         "    <Ntry><Amt Ccy=\"CNY\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>"
                         "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
                         "<ValDt><Dt>%s</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef>"
                         "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%s</Cd>"
                         "<SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>",
                         amount, sign_word(line->amount), date, date, line->bank_ref,
                         line->amount < 0 ? "ICDT" : "RCDT")
        && put_fee(out, line->fee)
        && buffer_printf(out,
                         "<NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>"
                         "<Amt Ccy=\"CNY\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>",
                         line->ref[0] ? line->ref : "NOTPROVIDED", amount, sign_word(line->amount))
        && put_party(out, line) && buffer_append_string(out, "<RmtInf><Ustrd>")
        && put_text(out, line->text)
        && buffer_append_string(out, "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n");
}

static bool put_head(struct buffer *out, const struct town_statement *statement)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    const char *kind = statement->interim ? "camt.052.001.08" : "camt.053.001.08";

    date_text(statement->from, from);
    date_text(statement->to, to);
    return buffer_printf(out,
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:%s\">\n"
                         " <%s>\n  <GrpHdr><MsgId>M%s%s%d</MsgId>"
                         "<CreDtTm>%sT23:59:59+08:00</CreDtTm></GrpHdr>\n",
                         kind, statement->interim ? "BkToCstmrAcctRpt" : "BkToCstmrStmt", from, to,
                         statement->number, to)
        && buffer_printf(out,
                         "  <%s><Id>S%s%d</Id><ElctrncSeqNb>%d</ElctrncSeqNb>"
                         "<CreDtTm>%sT23:59:59+08:00</CreDtTm>"
                         "<FrToDt><FrDtTm>%sT00:00:00</FrDtTm><ToDtTm>%sT23:59:59</ToDtTm></FrToDt>"
                         "<Acct><Id><Othr><Id>%s</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\n",
                         statement->interim ? "Rpt" : "Stmt", to, statement->number,
                         statement->number, to, from, to, statement->channel->account);
}

bool town_camt_write(const struct town_statement *statement, struct buffer *out)
{
    bool fine = put_head(out, statement)
        && put_balance(out, "OPBD", statement->opening, statement->from)
        && put_balance(out, statement->interim ? "ITBD" : "CLBD", statement->closing,
                       statement->to);

    for (size_t i = 0; fine && i < statement->count; i++)
        fine = put_entry(out, statement->lines[i], statement->days[i]);
    return fine
        && buffer_printf(out, "  </%s>\n </%s>\n</Document>\n", statement->interim ? "Rpt" : "Stmt",
                         statement->interim ? "BkToCstmrAcctRpt" : "BkToCstmrStmt");
}
