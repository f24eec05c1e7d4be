/* Names become tokens: screening.md 6.1. */
#include "domain/name/fold.h"
#include "domain/name/word.h"

#include "support/table.h"

static struct slice folded(struct slice text)
{
    struct fold f;
    fold_text(test_arena(), text, &f);
    return fold_join(test_arena(), &f);
}

static struct slice bare(struct slice text)
{
    struct fold f;
    fold_text(test_arena(), text, &f);
    fold_strip_legal_form(&f);
    return fold_join(test_arena(), &f);
}

TEST(folds_a_name_to_upper_case_ascii_tokens)
{
    struct table t = TABLE(
        "text                      | tokens",
        "Alder Works               | ALDER WORKS",
        "alder, works (north)      | ALDER WORKS NORTH",
        "O'Hara                    | OHARA",
        "O’Hara                    | OHARA",
        "St. Ives                  | ST IVES",
        "Søren Ångström            | SOREN ANGSTROM",
        "Groß                      | GROSS",
        "ﬁne ｗｏｒｋｓ                | FINE WORKS",
        "𝐊𝐞𝐬𝐭𝐫𝐞𝐥 Ⓜⓐⓡⓘⓝⓔ ℍ𝟚          | KESTREL MARINE H2",
        "Łódź                      | LODZ",
        "Mu\u0308ller              | MULLER",
        "al-Qa\u02bfim             | AL QAIM",
        "soft\u00adhyphen          | SOFTHYPHEN",
        "Alder\u200bton            | ALDERTON",
        "Алиса Жукова              | ALISA ZHUKOVA",
        "Хрущёв Юрий               | KHRUSHCHEV YURIY",
        "Цапля Чайка Шишка Щука    | TSAPLYA CHAYKA SHISHKA SHCHUKA",
        "ЖХЦЧШЩЮЯ                  | ZHKHTSCHSHSHCHYUYA",
        "Олександр Їжак            | OLEKSANDR YIZHAK",
        "Νίκος                     | NIKOS",
        "محمد                      | MHMD",
        "北京                        | BEIJING",
        "한국                        | HANGUG",
        "№ 5                       | NO 5",
        "Plant ١٧                  | PLANT 17",
        "!?                        | -",
        "-                         | -");
    while (table_next(&t)) CHECK_CELL(&t, "tokens", folded(cell(&t, "text")));
}

TEST(repairs_one_digit_that_a_scanner_read_amid_letters)
{
    struct table t = TABLE("text             | tokens",
                           "Techn0logy       | TECHNOLOGY",
                           "Sebast1an        | SEBASTIAN",
                           "Kestr5l          | KESTRSL",
                           "Kestr3l          | KESTR3L",     /* 3 imitates no letter */
                           "Be1la            | BE1LA",       /* five */
                           "0rionis Kestrel7 | ORIONIS KESTREL7",
                           "Kest0rl1n        | KEST0RL1N");  /* two digits */
    while (table_next(&t)) CHECK_CELL(&t, "tokens", folded(cell(&t, "text")));
}

TEST(repairs_letters_that_imitate_latin_ones_only_where_scripts_mix)
{
    CHECK_TEXT(folded(SLICE("KЕSTRЕL")), "KESTREL");            /* Cyrillic IE twice */
    CHECK_TEXT(folded(SLICE("Kеstrеl Маritime")), "KESTREL MARITIME");
    CHECK_TEXT(folded(SLICE("РОСА Kestrel")), "ROSA KESTREL");  /* a whole Cyrillic word stays Cyrillic */
    CHECK_TEXT(folded(SLICE("ΚESTREL")), "KESTREL");            /* Greek KAPPA */
    CHECK_TEXT(folded(SLICE("Kestrel-Роса")), "KESTREL ROSA");  /* two words */
}

TEST(joins_neighbouring_single_letters)
{
    struct table t = TABLE(
        "text               | tokens",
        "K-T-R              | KTR",
        "K.T.R.             | KTR",
        "K T R              | KTR",
        "K T R Maritime     | KTR MARITIME",
        "A & B              | A AND B",
        "AT&T               | AT AND T",
        "R+D Works          | R AND D WORKS",
        "P. Dorvanik        | P DORVANIK",
        "S.A. de C.V.       | SA DE CV",
        "3 M                | 3 M",
        "3M                 | 3M");
    while (table_next(&t)) CHECK_CELL(&t, "tokens", folded(cell(&t, "text")));
}

TEST(writes_short_forms_out_and_numbers_as_digits)
{
    struct table t = TABLE(
        "text                      | tokens",
        "Belmora Intl Grp          | BELMORA INTERNATIONAL GROUP",
        "Belmora Comm Mfg          | BELMORA COMM MANUFACTURING",
        "Dorvan Bros. Svcs.        | DORVAN BROTHERS SERVICES",
        "Cement Plant Two          | CEMENT PLANT 2",
        "Twenty Oaks               | 20 OAKS",
        "Ten Oaks                  | TEN OAKS",
        "Two                       | TWO",
        "Twelfth Design Bureau     | 12 DESIGN BUREAU",
        "12th Design Bureau        | 12 DESIGN BUREAU",
        "2nd Academy of the Sea    | 2 ACADEMY OF THE SEA",
        "1st Harbour Bank          | FIRST HARBOUR BANK",
        "First Harbour Bank        | FIRST HARBOUR BANK",
        "7OTH Oaks                 | 7OTH OAKS",
        "12th                      | 12TH",
        "Twentyone Oaks            | TWENTYONE OAKS",
        "Twenty One Oaks           | 21 OAKS",
        "Forty-Second Street Works | 42 STREET WORKS",
        "Thirty First Bureau       | 31 BUREAU",
        "Ninety Oaks               | 90 OAKS",
        "Twenty Eleven Oaks        | 20 11 OAKS",
        "Two Three Oaks            | 2 3 OAKS",
        "Seventy-2 North           | 72 NORTH",
        "Twenty One                | 21");
    while (table_next(&t)) CHECK_CELL(&t, "tokens", folded(cell(&t, "text")));
}

TEST(strips_legal_forms_from_the_end_and_some_from_the_front_but_never_the_last_token)
{
    struct table t = TABLE(
        "text                                  | tokens",
        "Belmora Communication Group Co., Ltd. | BELMORA COMMUNICATION GROUP",
        "KTR Maritime LLC                      | KTR MARITIME",
        "K-T-R Maritime Comp                   | KTR MARITIME",
        "Alder Works GmbH & Co. KG             | ALDER WORKS",
        "Alder S.A. de C.V.                    | ALDER",
        "OOO Alder                             | ALDER",
        "Alder S.à r.l.                        | ALDER",
        "Alder Comercio Ltda - ME              | ALDER COMERCIO",
        "Alder Insaat San. ve Tic. A.S.        | ALDER INSAAT",
        "Alder Works (P) Ltd.                  | ALDER WORKS",
        "ООО «Алдер»                           | ALDER",
        "Alder Works Sdn. Bhd.                 | ALDER WORKS",
        "Alder Limited Liability Company       | ALDER",
        "Alder Limited Liability Co            | ALDER",
        "Alder Limited Liability               | ALDER LIMITED LIABILITY",
        "PT Alder Tbk                          | ALDER",
        "Alder sp. z o.o.                      | ALDER",
        "Smith & Company, Inc.                 | SMITH",
        "GmbH Alder                            | GMBH ALDER",
        "Company Ltd                           | COMPANY",
        "Ltd                                   | LTD",
        "Incorporated Works                    | INCORPORATED WORKS");
    while (table_next(&t)) CHECK_CELL(&t, "tokens", bare(cell(&t, "text")));
}

TEST(takes_each_legal_form_off_its_side_and_off_no_other)
{
    enum { END = 1, FRONT = 2, BOTH = END | FRONT };
    static const struct { struct slice words; unsigned sides; } forms[] = {
#define LEGAL_FORM(words, sides) { SLICE_INIT(words), sides },
#include "domain/name/legal_form.def"
#undef LEGAL_FORM
    };
    for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct slice tokens[FOLD_TOKENS_MAX] = { SLICE("KESTREL"), SLICE("KESTREL") }, rest = forms[i].words;
        unsigned words = 0;
        while (rest.bytes) tokens[2 + words++] = slice_cut(&rest, ' ');
        for (unsigned k = 0; k < 2; k++) tokens[2 + words + k] = SLICE("KESTREL");
        if (forms[i].sides & END) CHECK_INT(word_form_at_end(tokens, 2 + words), words);
        if (forms[i].sides & FRONT) CHECK_INT(word_form_at_front(tokens + 2, words + 2), words);
        if (!(forms[i].sides & END)) CHECK(word_form_at_end(tokens, 2 + words) != words);
        if (!(forms[i].sides & FRONT)) CHECK(word_form_at_front(tokens + 2, words + 2) != words);
        CHECK(word_form_at_end(tokens + 2, words) < words);
        CHECK(word_form_at_front(tokens + 2, words) < words);
    }
}

TEST(counts_the_tokens_before_the_comma_of_a_name_written_family_first)
{
    struct fold f;
    fold_family_first(test_arena(), SLICE("DE LA CRUZ, Juan P. M."), &f);
    CHECK_TEXT(fold_join(test_arena(), &f), "DE LA CRUZ JUAN PM");
    CHECK_INT(f.family_count, 3);
    fold_family_first(test_arena(), SLICE("X, Y"), &f);
    CHECK_TEXT(fold_join(test_arena(), &f), "X Y");             /* nothing joins across the comma */
    CHECK_INT(f.family_count, 1);
    fold_family_first(test_arena(), SLICE("Petr Dorvanik"), &f);
    CHECK_INT(f.family_count, 0);
}

TEST(keeps_sixteen_tokens_of_forty_letters)
{
    struct fold f;
    fold_text(test_arena(), SLICE("aa bb cc dd ee ff gg hh ii jj kk ll mm nn oo pp"), &f);
    CHECK_INT(f.count, 16);
    CHECK(!f.is_cut);
    fold_text(test_arena(), SLICE("aa bb cc dd ee ff gg hh ii jj kk ll mm nn oo pp qq"), &f);
    CHECK_INT(f.count, 16);
    CHECK(f.is_cut);
    fold_text(test_arena(), SLICE("abcdefghijabcdefghijabcdefghijabcdefghij"), &f);
    CHECK_INT(f.tokens[0].size, 40);
    CHECK(!f.is_cut);
    fold_text(test_arena(), SLICE("abcdefghijabcdefghijabcdefghijabcdefghijk"), &f);
    CHECK_INT(f.tokens[0].size, 40);
    CHECK(f.is_cut);
}

TEST(survives_malformed_utf8)
{
    CHECK_TEXT(folded(SLICE("Al\xff" "der")), "AL DER");
    CHECK_TEXT(folded(SLICE("Al\xc3")), "AL");
    CHECK_TEXT(folded(SLICE("\xed\xa0\x80X")), "X");
    CHECK_TEXT(folded(SLICE("\xf4\x90\x80\x80Y")), "Y");
}

TEST(folding_what_was_folded_changes_nothing)
{
    uint64_t seed = test_seed();
    for (unsigned run = 0; run < 2000; run++) {
        char text[64];
        struct text t = text_over(text, sizeof text);
        size_t mark = arena_mark(test_arena());
        for (unsigned i = 0; i < 20; i++) {
            static const char *const parts[] = { "a", "B", " ", "é", "Ж", "щ",  "-",  "&",
                                                 "9", "'", "Ω", "ф", "ß", "王", "한", "." };
            text_put(&t, slice_from(parts[test_random(&seed) % 16]));
        }
        struct slice once = folded(text_slice(&t));
        CHECK_SLICE(folded(once), once);
        arena_rewind(test_arena(), mark);
    }
}

TEST(some_letters_sound_by_their_place)
{
    struct table t = TABLE("text                          | tokens",
                           "عبد الملك                     | ABD AL MLK",
                           "سعيد                          | SYD",
                           "الزهراني                      | AL ZAHRANY",
                           "مهدي سهيل                     | MAHDY SAHYL",
                           "ازهر شاه عهد                  | AZHR SHAH AHD",
                           "الياس                         | ALYAS",
                           "אברהם יצחק                    | AVRHM YTSHQ",
                           "Ιωάννης Παπαδοπούλου          | IOANNIS PAPADOPOULOU",
                           "F.lli Belmora                 | FRATELLI BELMORA");
    while (table_next(&t)) CHECK_CELL(&t, "tokens", folded(cell(&t, "text")));
}
