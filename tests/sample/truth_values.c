/* What the file must hold of each cell once a row is in: values.tsv, one line for each value. It is told
 * while the row is made, before and beside the damage, so a defect that destroys a value says so and one that
 * only disfigures it does not. */
#include "book.h"

static const char *const NAMES[FIELDS] = {
    [F_REF] = "ref",
    [F_NAME] = "name",
    [F_OWNER] = "owner",
    [F_KIND] = "kind",
    [F_ID] = "id",
    [F_ADDRESS] = "address",
    [F_STREET] = "address",
    [F_CODE] = "industry_code",
    [F_STATUS] = "status",
    [F_PHONE] = "phone",
    [F_ISSUED] = "issued_on",
    [F_QR] = "qr",
    [F_POS] = "pos",
    [F_TRANSFER] = "transfer",
    [F_PLATFORM] = "platform",
    [F_ACCOUNT] = "account",
    [F_HOME] = "at_home",
    [F_MARKET] = "market",
    [F_ZONE] = "zone",
    [F_STALL_KIND] = "stall_kind",
    [F_STALL_NO] = "stall_number",
    [F_AREA] = "area",
    [F_CERTIFICATE] = "certificate",
    [F_EXPIRES] = "expires_on",
    [F_COMMITTED] = "committed_on",
    [F_HEALTH] = "health_checked_on",
    [F_TRAINED] = "trained_on",
    [F_INSPECTED] = "inspections",
    [F_PILOT] = "pilot",
    [F_JOINED] = "joined_on",
    [F_LEFT] = "left_on",
    [F_CLASS] = "class",
    [F_METHOD] = "method",
    [F_DATE] = "happened_on",
    [F_MINUTES] = "minutes",
    [F_RESULT] = "passed",
    [F_STATE] = "state",
};

void clean_text(struct row *r, enum field f, const char *text)
{
    r->clean[f].told = true;
    put(r->clean[f].text, TEXT, "%s", text);
}

void clean_day(struct row *r, enum field f, int day)
{
    char text[16] = "";
    if (day)
        date_text(day, "y-m-d", text);
    clean_text(r, f, text);
}

void clean_forget(struct row *r)
{
    for (int f = 0; f < FIELDS; f++)
        r->clean[f].told = false;
}

static void put_value(FILE *values, const char *text)
{
    for (; *text; text++)
        fputc(*text == '\n' || *text == '\t' ? ' ' : *text, values);
    fputc('\n', values);
}

void values_row(FILE *values, const struct row_place *at, const struct row *r)
{
    for (int f = 0; f < FIELDS; f++) {
        if (!r->clean[f].told || !NAMES[f])
            continue;
        fprintf(values, "%s\t%d\t%s\t", at->file, at->row, NAMES[f]);
        put_value(values, r->clean[f].text);
    }
}
