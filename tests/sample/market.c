/* Two markets with floor plans. A zone has one row of ki-ốt along its front and five rows of smaller stalls
 * behind; both are numbered from 1, so a number alone is not enough to name a stall: the trap of real market
 * lists. */
#include "text.h"
#include "ward.h"

#include <stdio.h>

enum { KIND_COUNTER, KIND_STAND, KIND_KIOSK, KIND_LOT };

struct zone {
    const char *name, *goods;
    int kind, kiosks, rows, columns;
};

static const struct zone ZONES[MARKETS][4] = {
    {{"A", "Thực phẩm tươi sống", KIND_COUNTER, 10, 5, 10},
     {"B", "Hàng khô - tạp hóa", KIND_STAND, 10, 5, 10},
     {"C", "Ăn uống", KIND_LOT, 10, 5, 10},
     {"D", "Quần áo - giày dép", KIND_STAND, 10, 5, 10}},
    {{"Thực phẩm", "Rau, thịt, cá", KIND_STAND, 8, 5, 10},
     {"Vải", "Vải - may mặc", KIND_COUNTER, 8, 5, 9},
     {"Ăn uống", "Ăn uống", KIND_STAND, 8, 4, 10}},
};

const char *market_code(int market)
{
    return market == 0 ? "CHO01" : "CHO02";
}

const char *market_name(int market)
{
    return market == 0 ? "Chợ Mẫu" : "Chợ Hòa Mẫu";
}

const char *zone_name(int market, int zone)
{
    return ZONES[market][zone].name;
}

const char *zone_goods(int market, int zone)
{
    return ZONES[market][zone].goods;
}

int zone_count(int market)
{
    return market == 0 ? 4 : 3;
}

const char *stall_kind_name(int kind)
{
    static const char *const names[] = {"Quầy", "Sạp", "Ki-ốt", "Lô"};
    return names[kind];
}

static void add_stall(struct ward *w, struct stall s)
{
    s.place = -1;
    put(s.ref, sizeof s.ref, "%s-%04d", s.market == 0 ? "M1" : "M2", w->stalls + 1);
    w->stall[w->stalls++] = s;
}

static void build_zone(struct ward *w, int market, int zone)
{
    const struct zone *z = &ZONES[market][zone];
    struct box m = plan_market(market);
    double u = m.u0 + 3 + 44 * (zone % 2), v = m.v0 + 3 + 44 * (zone / 2);
    for (int k = 0; k < z->kiosks; k++)
        add_stall(w, (struct stall){.market = market,
                                    .zone = zone,
                                    .kind = KIND_KIOSK,
                                    .number = k + 1,
                                    .box = {u + 3.8 * k, v, u + 3.8 * k + 3.4, v + 4}});
    for (int k = 0; k < z->rows * z->columns; k++) {
        double a = u + 3.8 * (k % z->columns), b = v + 7 + 6 * (k / z->columns);
        add_stall(w, (struct stall){.market = market,
                                    .zone = zone,
                                    .kind = z->kind,
                                    .number = k + 1,
                                    .box = {a, b, a + 2.4, b + 2}});
    }
}

void ward_build_markets(struct ward *w)
{
    for (int m = 0; m < MARKETS; m++)
        for (int z = 0; z < zone_count(m); z++)
            build_zone(w, m, z);
}
