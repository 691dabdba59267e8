#include "daybook/town/names.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const surnames[] = {
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱",
    "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于",
    "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "欧阳", "司马",
};

static const char *const given[] = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟",
    "涛", "明", "超", "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "红", "建", "国",
    "文", "辉", "力", "健", "世", "广", "志", "义", "兴", "良", "海", "山", "仁", "波",
};

/* Parents do choose them; terminals and old bank systems often lack them. */
static const char *const rare[] = {"𠮷", "䶮", "㛃", "𬭎", "𫖯", "堃", "喆", "㼆"};

static const char *const firsts[] = {
    "Anna",   "Boris", "Carla",  "David", "Elena",  "Farid", "Grace",  "Hugo",
    "Ingrid", "Jonas", "Katya",  "Liam",  "Maria",  "Nikos", "Olga",   "Pablo",
    "Quentin", "Rosa", "Stefan", "Tomas", "Ulrike", "Viktor", "Wendy", "Yusuf",
};

static const char *const lasts[] = {
    "Andersen", "Baker",  "Costa",   "Dimov",  "Eriksson", "Fischer", "Garcia", "Horvat",
    "Ivanova",  "Jansen", "Kowalski", "Lopez", "Moreau",   "Novak",   "O'Neill", "Petrov",
    "Quinn",    "Rossi",  "Silva",   "Tanaka", "Ueda",     "Vargas",  "Weber",  "Zhang",
};

/* Written with combining marks, as some systems export them. */
static const char *const marked[] = {
    "Jose\xcc\x81 Nun\xcc\x83""ez",          "Zoe\xcc\x88 Mu\xcc\x88ller",
    "Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Hoa", "A\xcc\x8ase Bjo\xcc\x88rk",
    "Franc\xcc\xa7ois Lefe\xcc\x80vre",      "Dvor\xcc\x8c""a\xcc\x81k Jir\xcc\x8c""i\xcc\x81",
};

static const char *const places[] = {"江北", "新城", "东湖", "南山", "高新", "滨江", "西关"};
static const char *const trades[] = {"餐饮管理", "商贸", "汽车租赁", "便利店", "物流", "票务"};

static const char *pick(struct town_random *random, const char *const *list, size_t count)
{
    return list[town_random_below(random, count)];
}

static void chinese_person(struct town_random *random, char out[TOWN_NAME])
{
    const char *surname = pick(random, surnames, COUNT(surnames));
    const char *first = pick(random, given, COUNT(given));
    const char *second = "";

    if (town_random_chance(random, 15))
        second = pick(random, rare, COUNT(rare));
    else if (town_random_chance(random, 700))
        second = pick(random, given, COUNT(given));
    snprintf(out, TOWN_NAME, "%s%s%s", surname, first, second);
}

static void firm(struct town_random *random, char out[TOWN_NAME])
{
    const char *place = pick(random, places, COUNT(places));
    const char *first = pick(random, given, COUNT(given));
    const char *second = pick(random, given, COUNT(given));
    const char *trade = pick(random, trades, COUNT(trades));

    snprintf(out, TOWN_NAME, "%s%s%s%s有限公司", place, first, second, trade);
}

static void latin_person(struct town_random *random, char out[TOWN_NAME])
{
    const char *first = pick(random, firsts, COUNT(firsts));
    const char *last = pick(random, lasts, COUNT(lasts));

    snprintf(out, TOWN_NAME, "%s %s", first, last);
}

void town_name(struct town_random *random, char out[TOWN_NAME])
{
    uint64_t kind = town_random_below(random, 100);

    if (kind < 60)
        chinese_person(random, out);
    else if (kind < 75)
        firm(random, out);
    else if (kind < 98)
        latin_person(random, out);
    else
        snprintf(out, TOWN_NAME, "%s", pick(random, marked, COUNT(marked)));
}

void town_account(struct town_random *random, char out[TOWN_ACCOUNT])
{
    snprintf(out, TOWN_ACCOUNT, "62%02u%015llu", 10 + (unsigned)town_random_below(random, 90),
             (unsigned long long)town_random_below(random, UINT64_C(1000000000000000)));
}
