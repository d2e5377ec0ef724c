/* quarterly: the report of a period in the form offices use (S3:1231, 1233; domain.md B.8): results, what is
 * left undone, causes, solutions, reconciliation of sources, rules, annex of evidence, signatures. Results
 * and gaps are filled in; causes and solutions are typed by staff. */
#include "mapd/quarterly.h"

#include "import/import.h"
#include "mapd/say.h"

#include <string.h>

static const char *percent(struct arena *a, int64_t numerator, int64_t denominator)
{
    if (!denominator)
        return "–";
    int64_t h = indicator_percent_hundredths(numerator, denominator);
    return arena_format(a, "%lld,%02lld %%", (long long)(h / 100), (long long)(h % 100));
}

static const char *points(struct arena *a, int64_t value)
{
    int64_t magnitude = value < 0 ? -value : value;
    return arena_format(a, "%s%lld,%04lld", value < 0 ? "-" : "", (long long)(magnitude / 10000),
                        (long long)(magnitude % 10000));
}

static const char *whole(struct arena *a, int64_t n)
{
    return arena_format(a, "%lld", (long long)n);
}

static const char *verdict(const struct indicator *i)
{
    return i->state == INDICATOR_NA ? "chưa có số liệu" : !i->has_target ? "" : i->met ? "đạt" : "chưa đạt";
}

static const char *day(struct arena *a, struct date d)
{
    return arena_format(a, "%02d/%02d/%04d", d.day, d.month, d.year);
}

/* --- I. what was reached --- */

static void results(struct document *d, const struct indicator_report *r)
{
    static const struct table FORM = {.heads = {"Mã", "Chỉ tiêu", "Đạt", "Tổng", "Tỷ lệ", "Mốc", "Kết quả"},
                                      .widths = {10, 37, 8, 9, 12, 12, 12},
                                      .is_number = {[2] = true, [3] = true, [4] = true, [5] = true},
                                      .columns = 7};
    struct table *t = document_table(d, "Bảng 1. Các chỉ tiêu", &FORM);
    for (int k = 0; k < INDICATOR_COUNT; k++) {
        const struct indicator *i = &r->indicators[k];
        bool counted = i->state != INDICATOR_NA;
        const char *cells[] = {
            i->code,
            i->title,
            counted ? whole(d->arena, i->numerator) : "–",
            counted ? whole(d->arena, i->denominator) : "–",
            counted ? percent(d->arena, i->numerator, i->denominator) : "–",
            i->has_target ? arena_format(d->arena, "%s %d %%", i->op[0] == 'g' ? "≥" : "≤", i->target) : "",
            verdict(i)};
        table_add(d, t, cells);
    }
}

static void shares(struct document *d, const struct indicator_report *r)
{
    static const struct table FORM = {.heads = {"Chỉ tiêu", "Mô hình, cách tính", "Đạt", "Tổng", "Tỷ lệ"},
                                      .widths = {14, 50, 11, 11, 14},
                                      .is_number = {[2] = true, [3] = true, [4] = true},
                                      .columns = 5};
    static const char *const WORDS[][2] = {{"STRICT", "nếu đòi cả biên bản và ảnh (STRICT)"},
                                           {"STANDARD", "nếu đòi biên bản (STANDARD)"},
                                           {"LENIENT", "nếu nhận biên bản hoặc ảnh (LENIENT)"},
                                           {"with_disputed", "nếu tính cả đang khiếu nại"},
                                           {"with_removed", "nếu vẫn tính các điểm mới rời mô hình"}};
    struct table *t = document_table(d, "Bảng 2. Từng mô hình và độ nhạy theo cách tính minh chứng", &FORM);
    for (int k = 0; k < INDICATOR_COUNT; k++) {
        const struct indicator *i = &r->indicators[k];
        for (int n = 0; n < i->model_count + i->variant_count; n++) {
            const struct indicator_share *s =
                n < i->model_count ? &i->models[n] : &i->variants[n - i->model_count];
            const char *name = s->name ? s->name : "";
            for (size_t w = 0; w < COUNT_OF(WORDS); w++)
                name = strcmp(name, WORDS[w][0]) == 0 ? WORDS[w][1] : name;
            const char *cells[] = {i->code, name, whole(d->arena, s->numerator),
                                   whole(d->arena, s->denominator),
                                   percent(d->arena, s->numerator, s->denominator)};
            table_add(d, t, cells);
        }
    }
}

static void scores(struct document *d, const struct indicator_report *r)
{
    static const struct table FORM = {
        .heads = {"Bộ", "Mục", "Nội dung", "Tối đa", "Từ", "Tự đánh giá", "Thẩm định", "Đạt"},
        .widths = {10, 9, 34, 8, 10, 13, 9, 7},
        .is_number = {[3] = true, [4] = true, [5] = true},
        .columns = 8};
    struct table *t = document_table(
        d, "Bảng 3. Điểm tự đánh giá; trong ngoặc: cách hiểu tương đối của “Dưới X%: Tỷ lệ nhân điểm tối đa”",
        &FORM);
    for (int k = 0; k < r->score_count; k++) {
        const struct indicator_score *s = &r->scores[k];
        const char *score = !s->has_value ? "chưa xác định"
                            : s->score == s->score_relative
                                ? points(d->arena, s->score)
                                : arena_format(d->arena, "%s (%s)", points(d->arena, s->score),
                                               points(d->arena, s->score_relative));
        const char *cells[] = {s->sheet,
                               s->row,
                               s->title,
                               arena_format(d->arena, "%d,%02d", s->max / 100, s->max % 100),
                               s->is_measured ? arena_format(d->arena, "%lld/%lld", (long long)s->numerator,
                                                             (long long)s->denominator)
                                              : "",
                               score,
                               s->appraised,
                               s->granted};
        table_add(d, t, cells);
    }
}

static void sheet_sums(struct document *d, const struct indicator_report *r)
{
    static const char *const SHEETS[] = {"S0", "S1-huyen", "S1-xa", "S2"};
    for (size_t i = 0; i < COUNT_OF(SHEETS); i++) {
        struct indicator_sheet s = score_sheet(r, SHEETS[i]);
        const char *more =
            s.excluded ? arena_format(d->arena, "; loại %d,%02d điểm, quy đổi về thang 100: %s",
                                      s.excluded / 100, s.excluded % 100, points(d->arena, s.rescaled))
                       : "";
        document_add(d, BLOCK_BULLET,
                     arena_format(d->arena,
                                  "Bộ %s: các mục tính được cộng lại %s (%s) trên tối đa %d,%02d điểm%s.",
                                  s.sheet, points(d->arena, s.score), points(d->arena, s.score_relative),
                                  s.max / 100, s.max % 100, more));
    }
}

static void stages(struct document *d, const struct indicator_report *r)
{
    for (int k = 0; k < INDICATOR_STAGES; k++) {
        const struct indicator_stage *s = &r->stages[k];
        struct buf text = {0};
        buf_format(&text, "Giai đoạn %d: %s", s->number, s->complete ? "hoàn thành" : "chưa hoàn thành");
        for (int i = 0; i < s->blocking_count; i++)
            buf_format(&text, "%s%s", i ? ", " : "; còn vướng ", s->blocking[i]);
        buf_text(&text, s->accepted ? "." : "; chưa ghi biên bản nghiệm thu.");
        document_add(d, BLOCK_BULLET, arena_text(d->arena, buf_to_slice(&text)));
        buf_release(&text);
    }
}

/* --- II. what is left --- */

static void gaps(struct document *d, const struct indicator_report *r)
{
    for (int k = 0; k < INDICATOR_COUNT; k++) {
        const struct indicator *i = &r->indicators[k];
        if (i->state == INDICATOR_NA)
            document_add(d, BLOCK_BULLET,
                         arena_format(d->arena, "%s: chưa có số liệu. %s", i->code, i->why ? i->why : ""));
        else if (i->has_target && !i->met && i->op[0] == 'g') {
            int64_t want = (i->target * i->denominator + 99) / 100;
            document_add(d, BLOCK_BULLET,
                         arena_format(d->arena, "%s: %lld/%lld, cần thêm ít nhất %lld để đạt mốc %d %%.",
                                      i->code, (long long)i->numerator, (long long)i->denominator,
                                      (long long)(want - i->numerator), i->target));
        } else if (i->has_target && !i->met)
            document_add(d, BLOCK_BULLET,
                         arena_format(d->arena, "%s: %lld/%lld, vượt giới hạn %d %%.", i->code,
                                      (long long)i->numerator, (long long)i->denominator, i->target));
    }
}

static void typed(struct document *d, const char *heading, const char *text)
{
    document_add(d, BLOCK_HEADING, heading);
    if (text && text[0])
        document_add(d, BLOCK_TEXT, text);
    else
        document_add(d, BLOCK_LINES, "")->lines = 5;
}

/* --- sources, rules, evidence --- */

/* A day of the register ("2026-10-31") as an office writes it; what is no day stays. */
static const char *office_day(struct arena *a, const char *iso)
{
    struct date read;
    return date_parse_iso(slice_of(iso), &read) ? day(a, read) : iso;
}

static const char *kind_title(const char *name)
{
    enum import_kind kind;
    return import_kind_find(slice_of(name), &kind) ? import_kind_title(kind) : name;
}

static void sources(struct document *d, const struct period_list *list)
{
    static const struct table FORM = {.heads = {"Danh sách", "Tệp", "Ngày của nguồn", "Ngày nhập", "Số dòng",
                                                "Vào sổ", "Chờ xử lý", "Bị loại"},
                                      .widths = {19, 21, 12, 12, 9, 9, 9, 9},
                                      .is_number = {[4] = true, [5] = true, [6] = true, [7] = true},
                                      .columns = 8};
    struct table *t = document_table(d, "Bảng 4. Các danh sách nguồn và kết quả đối chiếu", &FORM);
    for (int row = 0; row < list->rows; row++) {
        const char *const *from = list->cells + row * list->columns;
        const char *cells[] = {kind_title(from[0]),
                               from[1],
                               office_day(d->arena, from[2]),
                               office_day(d->arena, from[3]),
                               from[4],
                               from[5],
                               from[6],
                               from[7]};
        table_add(d, t, cells);
    }
}

static void policies(struct document *d, const struct period_list *list)
{
    static const struct table FORM = {
        .heads = {"Khoá", "Giá trị", "Từ ngày", "Quyết định"}, .widths = {30, 25, 15, 30}, .columns = 4};
    struct table *t = document_table(d, "Bảng 5. Ngưỡng, thời hạn có hiệu lực tại ngày tính", &FORM);
    for (int row = 0; row < list->rows; row++) {
        const char *const *from = list->cells + row * list->columns;
        const char *cells[] = {from[0], from[1], office_day(d->arena, from[2]), from[3]};
        table_add(d, t, cells);
    }
}

static void annexes(struct document *d, const struct period_document *p)
{
    document_add(d, BLOCK_HEADING, "V. ĐỐI CHIẾU NGUỒN");
    sources(d, &p->sources);
    document_add(d, BLOCK_HEADING, "VI. QUY TẮC ĐÃ DÙNG");
    policies(d, &p->policies);
}

static void evidence_annex(struct document *d, const struct period_document *p)
{
    static const struct table FORM = {
        .heads = {"Mã điểm", "Loại", "Phương thức", "Ngày", "Số biên bản", "Kết quả", "Trạng thái"},
        .widths = {18, 8, 14, 15, 19, 12, 14},
        .columns = 7};
    document_add(d, BLOCK_HEADING, "PHỤ LỤC: DANH MỤC MINH CHỨNG");
    document_add(
        d, BLOCK_TEXT,
        arena_format(d->arena, "%d mục; SHA-256 của danh mục: %s", p->evidence.rows, p->evidence_hash));
    struct table *t = document_table(d, "Minh chứng có đến ngày tính", &FORM);
    for (int row = 0; row < p->evidence.rows; row++) {
        struct slice rest = slice_of(p->evidence.cells[row]), part;
        const char *cells[7] = {0};
        for (int i = 0; i < 7; i++) {
            ptrdiff_t bar = i < 6 ? slice_find(rest, SLICE("|")) : (ptrdiff_t)rest.n;
            part = (struct slice){rest.p, (size_t)bar};
            rest = (struct slice){rest.p + part.n + (i < 6), rest.n - part.n - (i < 6)};
            cells[i] = arena_text(d->arena, part);
        }
        cells[3] = office_day(d->arena, cells[3]);
        cells[5] = strcmp(cells[5], "1") == 0 ? "đạt" : "không đạt";
        cells[6] = arena_text(d->arena, say_word("evidence", slice_of(cells[6]), false));
        table_add(d, t, cells);
    }
}

static const char *period_words(struct arena *a, const struct period *p)
{
    char kind = p->name[4] ? p->name[5] : 0;
    return kind == 'Q' ? arena_format(a, "QUÝ %c NĂM %.4s", p->name[6], p->name)
           : kind == 'H' ? arena_format(a, "6 THÁNG %s NĂM %.4s", p->name[6] == '1' ? "ĐẦU" : "CUỐI", p->name)
           : kind        ? arena_format(a, "THÁNG %.2s NĂM %.4s", p->name + 5, p->name)
                         : arena_format(a, "NĂM %.4s", p->name);
}

/* "2026-11-22T20:33:30Z" as a clerk writes it. */
static const char *moment(struct arena *a, const char *utc)
{
    return strlen(utc) < strlen("2026-11-22T20:33")
               ? utc
               : arena_format(a, "%.5s ngày %.2s/%.2s/%.4s (giờ UTC)", utc + 11, utc + 8, utc + 5, utc);
}

static void head(struct document *d, const struct period_document *p)
{
    document_add(d, BLOCK_TITLE, arena_format(d->arena, "BÁO CÁO %s", period_words(d->arena, &p->period)));
    document_add(d, BLOCK_TEXT, "Bản đồ số kinh doanh, an toàn thực phẩm và thanh toán không dùng tiền mặt");
    document_add(d, BLOCK_TEXT,
                 arena_format(d->arena, "Số liệu đúng tại ngày %s, biết đến %s; chính sách minh chứng %s. %s",
                              day(d->arena, p->report.as_of), moment(d->arena, p->known_at), p->report.policy,
                              p->version
                                  ? arena_format(d->arena, "Bản chốt số %d, người chốt: %s.%s%s", p->version,
                                                 p->closed_by, p->reason[0] ? " Lý do: " : "", p->reason)
                                  : "Kỳ chưa chốt: số liệu tạm tính."));
}

void quarterly_write(struct document *d, const struct period_document *p, const struct quarterly_words *words)
{
    head(d, p);
    document_add(d, BLOCK_HEADING, "I. KẾT QUẢ");
    results(d, &p->report);
    stages(d, &p->report);
    shares(d, &p->report);
    scores(d, &p->report);
    sheet_sums(d, &p->report);
    document_add(d, BLOCK_HEADING, "II. TỒN TẠI");
    gaps(d, &p->report);
    typed(d, "III. NGUYÊN NHÂN", words->causes);
    typed(d, "IV. GIẢI PHÁP", words->solutions);
    annexes(d, p);
    document_add(d, BLOCK_SIGNATURES, "NGƯỜI LẬP BÁO CÁO")->other = "LÃNH ĐẠO UBND PHƯỜNG";
    evidence_annex(d, p);
}
