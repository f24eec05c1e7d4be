#!/usr/bin/env python3
"""name_pairs.py OUT.tsv [--seed S] [--half 0|1|2] [--each N]: labelled pairs of names, for bench_pairs.

One pair a line: label (1 one party, 0 two), kind, sort (PERSON, ORGANISATION; of each fourth pair UNKNOWN), query, entry. Pairs are put together from the
lists below and from made-up words. Every list is parted in halves by place: what is built with half 0 in view is measured on
half 1, whose words were not looked at (2: both)."""
import argparse
import random

GIVEN = {   # family of names: given names with the spellings under which they occur
    "arabic": "MOHAMMED/MUHAMMAD/MOHAMED AHMED/AHMAD HASSAN/HASAN HUSSEIN/HUSAYN YUSUF/YOUSEF IBRAHIM/EBRAHIM OMAR/UMAR KHALID/KHALED SAID/SAEED "
              "QASIM/KASSEM RASHID/RASHEED NASSER/NASIR JAMAL/GAMAL FAISAL/FAYSAL ABDULLAH/ABDALLAH ABDULRAHMAN/ABD AL-RAHMAN ABDELKARIM/ABDUL KARIM "
              "MAHMOUD/MAHMUD MUSTAFA/MOUSTAFA SULEIMAN/SULAYMAN ZAYNAB/ZAINAB AISHA/AYSHA KHADIJA/KHADEEJA USAMA/OSAMA ISMAIL/ISMAEL TARIQ/TAREK",
    "russian": "SERGEY/SERGEI DMITRIY/DMITRY/DMITRI YEVGENIY/EVGENY/EVGENII ALEKSEY/ALEXEI YURIY/YURI/IURII ANDREY/ANDREI VASILIY/VASILI NIKOLAY/NIKOLAI "
               "ALEKSANDR/ALEXANDER MAKSIM/MAXIM ARTYOM/ARTEM FYODOR/FEDOR GENNADIY/GENNADI VALERIY/VALERY TATYANA/TATIANA YELENA/ELENA NATALYA/NATALIA "
               "LYUDMILA/LIUDMILA YEKATERINA/EKATERINA YULIYA/JULIA ILYA/ILIA SEMYON/SEMEN MIKHAIL/MIHAIL KSENIYA/XENIA ANATOLIY/ANATOLY GEORGIY/GEORGI",
    "spanish": "JOSE JUAN LUIS CARLOS JORGE MANUEL MIGUEL ALEJANDRO RAFAEL FERNANDO RICARDO EDUARDO ROBERTO MARIA ROSA TERESA JULIO RAMON ALBERTO SERGIO",
    "english": "JAMES JOHN ROBERT MICHAEL WILLIAM DAVID RICHARD THOMAS CHARLES DANIEL MATTHEW GEORGE EDWARD PETER PATRICIA LINDA BARBARA SUSAN HELEN SIMON",
}
CHINESE_FAMILY = "WANG ZHANG/CHANG CHEN LIU YANG ZHAO/CHAO HUANG ZHOU/CHOU WU XU/HSU SUN MA ZHU/CHU HU GUO/KUO HE LIN GAO LUO ZHENG/CHENG LIANG XIE/HSIEH SONG TANG DENG".split()
CHINESE_GIVEN = "XIAO MING JIAN GUO WEI DONG HUA PING LI HAI YAN CHUN MEI ZHEN QING SHAN BAO DA RONG XIN JUN HONG LEI BIN".split()
NICKNAMES = ("WILLIAM/BILL ROBERT/BOB RICHARD/DICK MICHAEL/MIKE EDWARD/TED MARGARET/PEGGY ELIZABETH/LIZ THOMAS/TOM CHARLES/CHUCK KATHERINE/KATE JAMES/JIM "
             "ALEKSANDR/SASHA VLADIMIR/VOLODYA MIKHAIL/MISHA DMITRIY/DIMA NIKOLAY/KOLYA YEVGENIY/ZHENYA FRANCISCO/PACO JOSE/PEPE IGNACIO/NACHO DOLORES/LOLA "
             "BENJAMIN/BEN SAMUEL/SAM ANTHONY/TONY TIMOTHY/TIM JOSEPH/JOE DANIEL/DAN DAVID/DAVE SUSAN/SUE PATRICIA/PATTY GUADALUPE/LUPE ANASTASIYA/NASTYA "
             "TATYANA/TANYA MARIYA/MASHA PAVEL/PASHA GIUSEPPE/BEPPE JOHANNES/HANS HEINRICH/HEINZ").split()
LANGUAGES = ("ALEXANDER/OLEKSANDR SERGEY/SERHIY NIKOLAY/MYKOLA MIKHAIL/MYKHAILO VLADIMIR/VOLODYMYR DMITRIY/DMYTRO YEVGENIY/YEVHEN PETER/PYOTR ANDREW/ANDREI PAUL/PAVEL "
             "MICHAEL/MIGUEL JOHN/JUAN PETER/PEDRO JOSEPH/JOSE GEORGE/JORGE CHARLES/CARLOS LOUIS/LUIS FRANCIS/FRANCISCO WILLIAM/GUILLERMO JAMES/JAIME HELEN/YELENA "
             "CATHERINE/YEKATERINA ALEXANDER/ALEJANDRO EUGENE/YEVGENIY GREGORY/GRIGORIY BASIL/VASILIY THEODORE/FYODOR STEPHEN/STEPAN JOHN/IVAN GEORGE/GEORGIY MATTHEW/MATEO").split()
PATRONYMICS = "ALEKSANDROVICH SERGEYEVICH NIKOLAYEVICH IVANOVICH VLADIMIROVICH VIKTOROVICH YURYEVICH PETROVICH PAVLOVICH BORISOVICH OLEGOVICH ANDREYEVICH".split()
TITLES = "DR MR PROFESSOR GENERAL SHEIKH PRESIDENT MINISTER COLONEL HAJI SIR MRS CAPTAIN SENATOR AMBASSADOR MULLAH JUDGE ENGINEER LORD DIRECTOR SAYYID".split()
GENDER = ("ALEXANDER/ALEXANDRA DANIEL/DANIELA MARTIN/MARTINA MARIO/MARIA ANDREA/ANDREI JULIO/JULIA CARLO/CARLA ROBERTO/ROBERTA PAUL/PAULA SERGIO/SERGEI HASSAN/HUSSEIN "
          "AHMED/HAMID KARIM/KARAM SALEM/SALIM ANTON/ANTONIA OLEG/OLGA JOHN/JOAN ERIC/ERICA HAMID/HAMAD SAMIR/SAMI CLAUDIO/CLAUDIA VICTOR/VICTORIA JAMAL/KAMAL RASHID/RASHAD "
          "NADIR/NADIA ALBERT/ROBERT MIGUEL/MANUEL FRANCISCO/FRANCISCA JOSE/JOSEFA TARIQ/TARAK GABRIEL/GABRIELA MICHAEL/MICHELLE NASIR/NASRIN").split()
LEGAL = "LTD/LIMITED INC/INCORPORATED CORP/CORPORATION LLC/LTD GMBH/AG SA/SARL OOO/LLC JSC/OAO BV/NV SPA/SRL PLC/LIMITED OY/AB SDN-BHD/SDN-BHD PTE-LTD/PTE-LIMITED CO-LTD/COMPANY-LIMITED ZAO/CJSC AS/ASA KK/CO-LTD SP-Z-O-O/LTD FZE/FZCO PVT-LTD/PRIVATE-LIMITED PJSC/PAO".split()
SHORT = ("INTERNATIONAL/INTL MANUFACTURING/MFG BROTHERS/BROS TECHNOLOGY/TECH INDUSTRIES/IND ENGINEERING/ENGRG PHARMACEUTICALS/PHARM DEVELOPMENT/DEV LABORATORIES/LABS "
         "INSURANCE/INS EQUIPMENT/EQUIP PETROLEUM/PETRO ASSOCIATES/ASSOC CONSTRUCTION/CONST LOGISTICS/LOG FINANCIAL/FIN INVESTMENT/INVEST TELECOMMUNICATIONS/TELECOM "
         "FOUNDATION/FDN NATIONAL/NATL CENTER/CTR SYSTEMS/SYS DISTRIBUTION/DISTR GOVERNMENT/GOVT AGRICULTURAL/AGRI PRODUCTS/PROD SUPPLIES/SUPP MACHINERY/MACH "
         "MEDICAL/MED UNITED/UTD PUBLISHING/PUBL RESEARCH/RES ELECTRONICS/ELEC COMMERCIAL/COML FEDERAL/FED SOCIETY/SOC").split()
SYNONYMS = ("TRADING/TRADE GROUP/GRUPO INTERNATIONAL/INTERNACIONAL BANK/BANCO INDUSTRIES/INDUSTRIAS TRANSPORT/TRANSPORTES FACTORY/PLANT COMMERCIAL/COMERCIAL "
            "AVIATION/AIRLINES CONSTRUCTION/CONSTRUCTORA SERVICES/SERVICIOS SHIPPING/MARITIME UNIVERSITY/UNIVERSIDAD MINISTRY/MINISTERIO EXPORT/EXPORTACION "
            "AUTOMOBILE/AUTOMOTIVE PETROLEUM/OIL LAWYERS/ATTORNEYS PHARMACY/FARMACIA INVESTMENTS/INVERSIONES INSTITUTE/INSTITUTO FOODS/ALIMENTOS GROUP/GRUPPE "
            "TECHNOLOGIES/TECNOLOGIAS INSURANCE/ASSURANCE TRADING/HANDEL BANK/BANQUE FOUNDATION/FUNDACION COMPANY/KOMPANIYA HOLDING/HOLDINGS CENTER/CENTRO").split()
TRADES = ("TRADING SHIPPING STEEL TEXTILES LOGISTICS SOFTWARE MINING PETROLEUM CONSTRUCTION AVIATION FOODS PHARMACEUTICALS ELECTRONICS INSURANCE CHEMICALS FURNITURE "
          "PRINTING MACHINERY FISHERIES CONSULTING TRAVEL PACKAGING CERAMICS JEWELLERY").split()
FILLERS = "GROUP HOLDINGS INTERNATIONAL GLOBAL ENTERPRISES WORLDWIDE COMPANY HOLDING ENTERPRISE CORPORATE".split()
PLACES = "SHANGHAI DUBAI MOSCOW LONDON SINGAPORE BERLIN BEIRUT CYPRUS IRAN TURKEY GERMANY ISTANBUL HAMBURG PARIS MALAYSIA INDIA TEHRAN ROTTERDAM VIENNA KENYA MEXICO PANAMA TOKYO TAIPEI".split()
OPPOSED = "NORTH/SOUTH EAST/WEST RED/GREEN FIRST/SECOND OLD/NEW BLACK/WHITE UPPER/LOWER EASTERN/WESTERN NORTHERN/SOUTHERN GOLD/SILVER SUN/MOON ALPHA/BETA".split()
NUMBERS = "TWO/2 THREE/3 FIVE/5 SEVEN/7 TWELVE/12 II/2 III/3 IV/4 VII/7 TWENTY/20 FOUR/4 EIGHT/8 SIX/6 VIII/8".split()
# One name in two scripts: what a list writes in Latin letters and a file in its own.
SCRIPTS = {
    "cyrillic": "СЕРГЕЙ/SERGEY ДМИТРИЙ/DMITRY АЛЕКСЕЙ/ALEXEI ЮРИЙ/YURI ЕВГЕНИЙ/EVGENY ФЁДОР/FEDOR ИЛЬЯ/ILYA НАТАЛЬЯ/NATALIA МИХАИЛ/MIKHAIL ГЕОРГИЙ/GEORGY КСЕНИЯ/KSENIA ЧИНГИЗ/CHINGIZ ЖАННА/ZHANNA ЯКОВ/YAKOV ХАСАН/KHASAN ЩЕРБА/SHCHERBA",
    "arabic": "محمد/MOHAMMED أحمد/AHMED حسن/HASSAN حسين/HUSSEIN يوسف/YOUSEF خالد/KHALED ناصر/NASSER سليمان/SULEIMAN مصطفى/MUSTAFA رشيد/RASHID كريم/KARIM محمود/MAHMOUD",
    "greek": "ΓΕΩΡΓΙΟΣ/GEORGIOS ΔΗΜΗΤΡΙΟΣ/DIMITRIOS ΝΙΚΟΛΑΟΣ/NIKOLAOS ΙΩΑΝΝΗΣ/IOANNIS ΚΩΝΣΤΑΝΤΙΝΟΣ/KONSTANTINOS ΑΝΑΣΤΑΣΙΑ/ANASTASIA ΧΡΗΣΤΟΣ/CHRISTOS ΣΠΥΡΙΔΩΝ/SPYRIDON",
}
CYRILLIC = dict(zip("ABVGDEZIKLMNOPRSTUF", "АБВГДЕЗИКЛМНОПРСТУФ")) | {"SH": "Ш", "CH": "Ч", "KH": "Х", "ZH": "Ж", "TS": "Ц", "YA": "Я", "H": "Х", "J": "ДЖ", "Y": "Й"}
HAN = "王伟/WANG-WEI 李强/LI-QIANG 张明/ZHANG-MING 刘洋/LIU-YANG 陈建国/CHEN-JIANGUO 赵小平/ZHAO-XIAOPING 黄海/HUANG-HAI 周志华/ZHOU-ZHIHUA 吴建民/WU-JIANMIN 孙丽/SUN-LI 马超/MA-CHAO 朱文/ZHU-WEN".split()
KOREAN_FAMILY = "KIM/GIM LEE/YI/RI PARK/PAK/BAK CHOI/CHOE JUNG/JEONG/CHONG KANG/GANG CHO/JO YOON/YUN LIM/IM SHIN/SIN OH/O YOO/YU".split()
KOREAN_GIVEN = "YOUNG/YONG/YEONG HYUN/HYON SUNG/SONG/SEONG JIN/CHIN CHUL/CHOL/CHEOL HO SU/SOO WOO/U MIN KYUNG/KYONG/GYEONG IL NAM SANG HWAN".split()
MARKED = "MÜLLER/MUELLER/MULLER SCHRÖDER/SCHROEDER/SCHRODER GROß/GROSS JØRGENSEN/JORGENSEN/JOERGENSEN HÅKANSSON/HAKANSSON/HAAKANSSON ÇELIK/CELIK YILDIRIM/YILDIRIM ŁUKASZEWSKI/LUKASZEWSKI NÚÑEZ/NUNEZ DVOŘÁK/DVORAK ŞAHIN/SAHIN GÖRAN/GORAN/GOERAN KÖSE/KOSE/KOESE BJÖRK/BJORK/BJOERK ĐORĐEVIĆ/DJORDJEVIC/DORDEVIC ŽIVKOVIĆ/ZIVKOVIC".split()
DOUBLE_GIVEN = "JEAN-PIERRE ANNA-MARIA ABDEL-FATTAH MARIE-CLAUDE HANS-PETER JUAN-CARLOS MUHAMMAD-ALI LI-NA JEAN-MARC KARL-HEINZ ANA-LUCIA ABDUL-HADI".split()
GENERATIONS = "JR SR III II".split()
CELTIC = "MC/MAC MC/MC O'/O MAC/MAC FITZ/FITZ ST/SAINT".split()
ROMANCE = "DA DOS DE-LA DEL DI VAN-DEN VON VAN-DER EL AL DE LE".split()
VESSEL = "M/V MV M/T MT SS MS MOTOR-VESSEL MOTOR-TANKER F/V TB".split()
INFLECTED = "INDUSTRY/INDUSTRIES ENTERPRISE/ENTERPRISES SERVICE/SERVICES SYSTEM/SYSTEMS TEXTILE/TEXTILES CHEMICAL/CHEMICALS PRODUCT/PRODUCTS RESOURCE/RESOURCES MINERAL/MINERALS SOLUTION/SOLUTIONS LABORATORY/LABORATORIES FOUNDRY/FOUNDRIES".split()
FULL_FORMS = ("LIMITED-LIABILITY-COMPANY/LLC JOINT-STOCK-COMPANY/JSC PUBLIC-JOINT-STOCK-COMPANY/PJSC AKTIENGESELLSCHAFT/AG SOCIEDAD-ANONIMA/SA PRIVATE-LIMITED/PVT-LTD "
              "SOCIETE-ANONYME/SA GESELLSCHAFT-MIT-BESCHRAENKTER-HAFTUNG/GMBH OPEN-JOINT-STOCK-COMPANY/OAO CLOSED-JOINT-STOCK-COMPANY/ZAO LIMITED-PARTNERSHIP/LP FREE-ZONE-ESTABLISHMENT/FZE "
              "ANONIM-SIRKETI/AS LIMITED-SIRKETI/LTD-STI SPOLKA-AKCYJNA/SA NAAMLOZE-VENNOOTSCHAP/NV").split()
MORE_SHORT = ("CORPORATION/CORP'N GENERAL/GEN DEVELOPMENT/DEVT ASSOCIATION/ASSN COMPANY/COY BUILDING/BLDG MANAGEMENT/MGT DEPARTMENT/DEP'T INTERNATIONAL/INT'L GENERAL/GENL ADMINISTRATION/ADMIN ENGINEERING/ENG "
              "ORGANIZATION/ORG COOPERATIVE/COOP AUTHORITY/AUTH INFORMATION/INFO COMMUNICATIONS/COMMS METALLURGICAL/METAL SECURITY/SEC EXPLORATION/EXPL ENVIRONMENTAL/ENVIRO HARDWARE/HDWE MARKETING/MKTG CONSULTANTS/CONS").split()
UNLISTED = "BAKERY DENTAL VINEYARD BREWERY OPTICS DAIRY KENNELS TANNERY NURSERY ARCHERY SAUNAS ORCHIDS POTTERY CINEMA CHOCOLATE BICYCLES LIGHTHOUSE GLASSWORKS PIANOS UMBRELLAS".split()
OFFICES = "BRANCH OFFICE SUBSIDIARY HEADQUARTERS FILIAL SUCURSAL BRANCH-OFFICE NIEDERLASSUNG".split()
UNITS = "DIVISION UNIT DEPARTMENT BUREAU DIRECTORATE SECTION BRIGADE BASE".split()
THEOPHORIC = "ABD/RAHMAN/ABDURRAHMAN NUR/DIN/NUREDDIN ABD/KARIM/ABDULKARIM SALAH/DIN/SALAHEDDINE ABD/SALAM/ABDESSALAM ABD/MALIK/ABDELMALEK ABD/RASHID/ABDURRASHEED SAYF/ISLAM/SAIFALISLAM ABD/RAZZAQ/ABDURRAZAK ABD/AZIZ/ABDELAZIZ ABD/NASSER/ABDENNACER SHAMS/DIN/SHAMSUDDIN".split()
WADE_GILES = "XIAOPING/HSIAO-PING ZEDONG/TSE-TUNG JINTAO/CHIN-TAO GUOQIANG/KUO-CHIANG ZHIYUAN/CHIH-YUAN XIUYING/HSIU-YING JIANHUA/CHIEN-HUA ZHENGXI/CHENG-HSI DAWEI/TA-WEI TIANYI/TIEN-I QINGSHAN/CHING-SHAN BOWEN/PO-WEN".split()
# A Cyrillic letter as maps, passports, ISO 9 without its marks, German, French and Polish write it.
SYSTEMS = "map passport iso german french polish".split()
RUSSIAN = {letter: dict(zip(SYSTEMS, written.split())) for letter, written in {
    "ж": "ZH ZH Z SCH J Z", "х": "KH KH H CH KH CH", "ц": "TS TS C Z TS C", "ч": "CH CH C TSCH TCH CZ",
    "ш": "SH SH S SCH CH SZ", "щ": "SHCH SHCH S SCHTSCH CHTCH SZCZ", "ю": "YU IU U JU IOU JU",
    "я": "YA IA A JA IA JA", "ё": "YO E E JO IO IO", "й": "Y I J J I J", "ы": "Y Y Y Y Y Y",
    "в": "V V V W V W", "з": "Z Z Z S Z Z", "у": "U U U U OU U"}.items()}
RUSSIAN.update({c: dict.fromkeys(SYSTEMS, x) for c, x in zip("абгдеиклмнопрстфэ", "ABGDEIKLMNOPRSTFE")})
RUSSIAN_CORES, RUSSIAN_CODAS = "бвгджзклмнпрсхцчшщт", "бвгдзклмнпрсхчшжц"
RUSSIAN_ENDS = "ов ев ин ский чук енко цев ович щин ёв кий юк".split()
RUSSIAN_GIVEN = (
    "сергей дмитрий алексей юрий евгений илья андрей яков жанна хасан тимофей чингиз любовь ярослав вячеслав "
    "захар михаил матвей зоя фёдор юлия евдокия игорь валерий").split()
GREEK_GIVEN = (
    "GEORGIOS/YEORYIOS DIMITRIOS/DEMETRIOS NIKOLAOS/NICOLAOS CHRISTOS/HRISTOS/KHRISTOS SPYRIDON/SPIRIDON "
    "CHARALAMPOS/HARALAMBOS/KHARALAMPOS EVANGELOS/EVAGGELOS STAVROS/STAUROS KYRIAKOS/KIRIAKOS "
    "ANGELIKI/AGGELIKI EFTYCHIOS/EFTIHIOS FOTIOS/PHOTIOS").split()
# A Greek sound, and an Arabic one, as three and four countries write it.
GREEK_SOUNDS = "CH/H/KH OU/U/OU Y/I/Y I/I/E F/F/PH K/K/C L/L/L R/R/R N/N/N M/M/M T/T/T D/D/D S/S/S P/P/P".split()
ARABIC_SOUNDS = dict(sound.split(":") for sound in (
    "sh:SH/CH/S/SH j:J/DJ/C/J kh:KH/KH/H/KH gh:GH/GH/G/GH q:Q/K/K/GH w:W/OU/V/V dh:DH/DH/Z/Z u:U/OU/U/O "
    "th:TH/TH/S/S").split())
ARABIC_CONSONANTS = "b d f h k l m n r s t sh j kh gh q w dh z th".split()
PINYIN_WADE = dict(pair.split("/") for pair in (
    "BA/PA BAI/PAI BAO/PAO BIN/PIN BING/PING BO/PO CAI/TSAI CHANG/CHANG CHENG/CHENG CHUN/CHUN DA/TA DE/TE "
    "DONG/TUNG FANG/FANG FENG/FENG FU/FU GANG/KANG GUANG/KUANG GUO/KUO HAI/HAI HAO/HAO HE/HO HONG/HUNG "
    "HUA/HUA HUI/HUI JIA/CHIA JIAN/CHIEN JIANG/CHIANG JIE/CHIEH JIN/CHIN JING/CHING JUN/CHUN JUAN/CHUAN "
    "KAI/KAI LAN/LAN LI/LI LIANG/LIANG LIN/LIN LONG/LUNG MEI/MEI MING/MING NAN/NAN PENG/PENG PING/PING QI/CHI "
    "QIANG/CHIANG QIN/CHIN QING/CHING QUAN/CHUAN REN/JEN RONG/JUNG RU/JU RUI/JUI SHENG/SHENG SHI/SHIH SHU/SHU "
    "SI/SZU TAO/TAO TIAN/TIEN TONG/TUNG WEI/WEI WEN/WEN XI/HSI XIA/HSIA XIAN/HSIEN XIANG/HSIANG XIAO/HSIAO "
    "XIN/HSIN XING/HSING XIONG/HSIUNG XIU/HSIU XUE/HSUEH YAN/YEN YI/I YING/YING YONG/YUNG YU/YU YUAN/YUAN "
    "YUE/YUEH YUN/YUN ZE/TSE ZENG/TSENG ZHAN/CHAN ZHEN/CHEN ZHENG/CHENG ZHI/CHIH ZHONG/CHUNG ZHU/CHU "
    "ZHUANG/CHUANG ZI/TZU ZONG/TSUNG").split())
ANDS = "& AND UND ET Y OG OCH".split()
ORDINALS = "FIRST/1ST SECOND/2ND THIRD/3RD FOURTH/4TH FIFTH/5TH SIXTH/6TH SEVENTH/7TH EIGHTH/8TH NINTH/9TH".split()
ASPIRATES = "PING/BING TAO/DAO QIANG/JIANG KUN/GUN QING/JING CHENG/ZHENG TONG/DONG QIAN/JIAN PEI/BEI CAI/ZAI".split()
COUPLES = ("ALEKSANDR/ALEKSANDRA VALENTIN/VALENTINA YEVGENIY/YEVGENIYA VIKTOR/VIKTORIYA MARIAN/MARIANA "
           "DANIL/DANILA IVAN/IVANA").split()
ONSETS = "B D G K L M N P R S T V Z CH SH KR TR DR ST GR BR F H PL SK".split()
CORES, CODAS = "A E I O U AI IO".split(), ["", "", "N", "R", "L", "S", "M", "K", "T"]
ENDS = {"russian": "OV EV IN ENKO SKIY CHUK OVA IDZE".split(), "arabic": ["I", "", "I", "ANI"], "spanish": "EZ AS ADO ERO INO ALES".split(), "english": "TON SON LEY FIELD FORD MAN WORTH ER".split()}


class Maker:
    def __init__(self, seed, half):
        self.r, self.half = random.Random(seed * 3 + half), half

    def part(self, words):
        words = words.split() if isinstance(words, str) else list(words)
        return words if self.half == 2 else words[self.half::2]

    def pick(self, words):
        return self.r.choice(self.part(words))

    def two(self, words):
        """Two spellings of one word of a list, in either order."""
        forms = self.pick([w for w in (words.split() if isinstance(words, str) else words) if "/" in w]).split("/")
        return self.r.sample(forms, 2)

    def word(self, syllables, end=""):
        return "".join(self.r.choice(ONSETS) + self.r.choice(CORES) for _ in range(syllables)) + (end or self.r.choice(CODAS))

    def family(self, people):
        return self.word(2 if people != "arabic" else 2, self.r.choice(ENDS[people]))

    def people(self):
        return self.r.choice(list(GIVEN))

    def given(self, people, but=()):
        while True:
            name = self.pick(GIVEN[people].replace("ABD AL-RAHMAN", "ABD-AL-RAHMAN").replace("ABDUL KARIM", "ABDUL-KARIM")).split("/")[0]
            if name not in but:
                return name

    def firm(self, words=1):
        return " ".join(self.word(self.r.choice((2, 3))) for _ in range(words))

    def full(self, given, family, people, middle=()):
        """As a list or a person would write it."""
        parts = [given, *middle]
        return f"{family}, {' '.join(parts)}" if self.r.random() < 0.5 else " ".join(parts + [family])

    # one person
    def same_person_transliteration(self):
        people = self.r.choice(("arabic", "russian"))
        a, b = self.two(GIVEN[people].replace("ABD AL-", "ABD-AL-").replace("ABDUL ", "ABDUL-"))
        f = self.family(people)
        return self.full(a.replace("-", " "), f, people), self.full(b.replace("-", " "), f, people)

    def same_person_family_respelt(self):
        people = self.r.choice(("arabic", "russian"))
        f = g = self.family(people)
        for x, y in self.r.sample([("OV", "OFF"), ("EV", "EFF"), ("IY", "Y"), ("KH", "H"), ("SH", "CH"), ("U", "OU"), ("I", "EE"), ("V", "W"), ("K", "Q"), ("CH", "TCH"), ("O", "U"), ("Z", "S")], 12):
            if x in f[1:]:
                g = f[0] + f[1:].replace(x, y, 1)
                break
        n = self.given(people)
        return self.full(n, f, people), self.full(n, g, people)

    def same_person_chinese(self):
        f = self.pick(CHINESE_FAMILY).split("/")
        x, y = self.r.sample(self.part(CHINESE_GIVEN), 2)
        style = lambda family, apart: self.r.choice((f"{family} {x}{apart}{y}", f"{x}{apart}{y} {family}"))
        return style(f[0], ""), style(f[-1], self.r.choice((" ", "-", "")))

    def same_person_middle_initial(self):
        people = self.r.choice(("english", "spanish"))
        n, f = self.given(people), self.family(people)
        m = self.given(people, (n,))
        pair = [self.full(n, f, people, (m[0] + ".",)), self.full(n, f, people, (m,))]
        self.r.shuffle(pair)
        return pair

    def same_person_initial_left_out(self):
        people = self.r.choice(("english", "spanish"))
        n, f = self.given(people), self.family(people)
        pair = [self.full(n, f, people, (self.given(people)[0] + ".",)), self.full(n, f, people)]
        self.r.shuffle(pair)
        return pair

    def same_person_middle_name_left_out(self):
        people = self.r.choice(("english", "spanish", "arabic"))
        n, f = self.given(people), self.family(people)
        pair = [self.full(n, f, people, (self.given(people, (n,)),)), self.full(n, f, people)]
        self.r.shuffle(pair)
        return pair

    def same_person_two_names_left_out(self):
        n, f = self.given("arabic"), self.family("arabic")
        pair = [f"{n} {self.given('arabic', (n,))} {self.given('arabic', (n,))} {f}", f"{n} {f}"]
        self.r.shuffle(pair)
        return pair

    def same_person_patronymic_left_out(self):
        n, f = self.given("russian"), self.family("russian")
        pair = [self.full(n, f, "russian", (self.pick(PATRONYMICS),)), self.full(n, f, "russian")]
        self.r.shuffle(pair)
        return pair

    def same_person_nickname(self):
        a, b = self.two(NICKNAMES)
        f = self.family(self.people())
        return self.full(a, f, ""), self.full(b, f, "")

    def same_person_other_language(self):
        a, b = self.two(LANGUAGES)
        f = self.family(self.people())
        return self.full(a, f, ""), self.full(b, f, "")

    def same_person_title(self):
        people = self.people()
        n, f = self.given(people), self.family(people)
        pair = [f"{self.pick(TITLES)} {n} {f}", self.full(n, f, people)]
        self.r.shuffle(pair)
        return pair

    def same_person_double_family_name(self):
        n, f, g = self.given("spanish"), self.family("spanish"), self.family("spanish")
        m = self.given("spanish", (n,))
        pair = self.r.choice([[f"{n} {m} {f} {g}", f"{n} {f}"], [f"{n} {f} {g}", f"{n} {f}"], [f"{n} {f}-{g}", f"{n} {f} {g}"], [f"{n} {m} {f} {g}", f"{n} {f} {g}"]])
        self.r.shuffle(pair)
        return pair

    def same_person_particle(self):
        n = self.given("arabic")
        f = self.word(2, "I")
        joined = self.r.choice([(f"AL-{f}", f"AL{f}"), (f"AL-{f}", f), (f"EL {f}", f"AL-{f}"), (f"BIN {f}", f"BIN{f}"), (f"BIN {f}", f"BEN {f}"), (f"VAN DER {f}", f"VANDER{f}"), (f"DE LA {f}", f"DELA {f}"), (f"IBN {f}", f"BIN {f}"), (f"VAN {f}", f"VAN{f}")])
        m = self.given("arabic", (n,))
        pair = self.r.choice([[f"{n} {joined[0]}", f"{n} {joined[1]}"], [f"{n} BIN {m} {joined[0]}", f"{n} {m} {joined[1]}"]])
        self.r.shuffle(pair)
        return pair

    # two persons
    def other_person_given_name(self):
        people = self.people()
        n, f = self.given(people), self.family(people)
        return self.full(n, f, people), self.full(self.given(people, (n,)), f, people)

    def other_person_alike_given_name(self):
        a, b = self.two(GENDER)
        f = self.family(self.people())
        return self.full(a, f, ""), self.full(b, f, "")

    def other_person_family_name(self):
        people = self.people()
        n = self.given(people)
        return self.full(n, self.family(people), people), self.full(n, self.family(people), people)

    def other_person_two_given_names_shared(self):
        people = self.r.choice(("spanish", "arabic"))
        n = self.given(people)
        m = self.given(people, (n,))
        return f"{n} {m} {self.family(people)}", f"{n} {m} {self.family(people)}"

    def other_person_middle_names_differ(self):
        people = self.r.choice(("english", "arabic"))
        n, f = self.given(people), self.family(people)
        m = self.given(people, (n,))
        return f"{n} {m} {f}", f"{n} {self.given(people, (n, m))} {f}"

    def other_person_initials_differ(self):
        people = "english"
        n, f = self.given(people), self.family(people)
        m = self.given(people, (n,))
        return f"{n} {m} {f}", f"{n} {self.r.choice([c for c in 'ABCDEFGHJKLMPRST' if c != m[0]])}. {f}"

    def other_person_patronymic(self):
        n, f = self.given("russian"), self.family("russian")
        a, b = self.r.sample(self.part(PATRONYMICS), 2)
        return f"{n} {a} {f}", f"{f} {n} {b}"

    def other_person_brother_of_double_name(self):
        f, g = self.family("spanish"), self.family("spanish")
        n = self.given("spanish")
        return f"{n} {f} {g}", f"{self.given('spanish', (n,))} {f} {g}"

    # one firm
    def same_firm_legal_form(self):
        a, b = self.two(LEGAL)
        w = f"{self.firm(self.r.choice((1, 2)))} {self.pick(TRADES)}"
        return f"{w} {self.r.choice((a, '')).replace('-', ' ')}".strip(), f"{w} {b.replace('-', ' ')}"

    def same_firm_short_form(self):
        a, b = self.two(SHORT)
        w, t = self.firm(), self.r.choice(("", self.pick(TRADES)))
        return f"{w} {a} {t} Ltd".replace("  ", " "), f"{w} {b} {t} Limited".replace("  ", " ")

    def same_firm_synonym(self):
        a, b = self.two(SYNONYMS)
        w, t = self.firm(self.r.choice((1, 2))), self.r.choice(("", self.pick(TRADES)))
        return f"{w} {t} {a}".replace("  ", " "), f"{w} {t} {b}".replace("  ", " ")

    def same_firm_joined(self):
        x, y, t = self.word(2), self.word(2), self.pick(TRADES)
        pair = self.r.choice([[f"{x}{y} {t}", f"{x} {y} {t}"], [f"{x}-{y} {t}", f"{x}{y} {t}"], [f"{x} AIR {t}", f"{x}AIR {t}"], [f"{x}{y}{t}", f"{x} {y} {t}"]])
        self.r.shuffle(pair)
        return pair

    def same_firm_ampersand(self):
        x, y, t = self.word(2), self.word(2), self.pick(TRADES)
        pair = self.r.choice([[f"{x} & {y} {t}", f"{x} and {y} {t}"], [f"{x} & {y} {t}", f"{x} {y} {t}"], [f"{x} & SONS", f"{x} and Sons Ltd"], [f"THE {x} {y} OF {t}", f"{x} {y} {t}"]])
        self.r.shuffle(pair)
        return pair

    def same_firm_number(self):
        a, b = self.two(NUMBERS)
        w, t = self.firm(), self.pick(TRADES)
        return f"{w} {t} {a}", f"{w} {t} {b}"

    def same_firm_place_added(self):
        w = f"{self.firm(self.r.choice((1, 2)))} {self.pick(TRADES)}"
        pair = [f"{w} ({self.pick(PLACES)}) {self.r.choice(('Ltd', 'LLC', 'Co Ltd'))}", w]
        self.r.shuffle(pair)
        return pair

    def same_firm_filler_added(self):
        w = f"{self.firm(self.r.choice((1, 2)))} {self.pick(TRADES)}"
        pair = [f"{w} {self.pick(FILLERS)} {self.r.choice(('Ltd', 'Inc', ''))}".strip(), w]
        self.r.shuffle(pair)
        return pair

    def same_firm_trade_added(self):
        w = f"{self.firm(2)}"
        pair = [f"{w} {self.pick(TRADES)} {self.r.choice(('Ltd', 'Inc', ''))}".strip(), w]
        self.r.shuffle(pair)
        return pair

    def same_firm_form_in_front_or_amid(self):
        w, t = self.firm(self.r.choice((1, 2))), self.pick(TRADES)
        pair = self.r.choice([[f"OOO {w} {t}", f"{w} {t} LLC"], [f"PT {w} {t} Tbk", f"{w} {t}"], [f"{w} {t} GmbH {self.pick(PLACES)}", f"{w} {t} GmbH"], [f"{w} {t} Co Ltd ({self.pick(PLACES)})", f"{w} {t}"]])
        self.r.shuffle(pair)
        return pair

    def same_firm_acronym(self):
        words = [self.word(2), self.word(2), self.pick(TRADES), self.pick(FILLERS)]
        pair = ["".join(w[0] for w in words), " ".join(words)]
        self.r.shuffle(pair)
        return pair

    # two firms
    def other_firm_trade(self):
        w = self.firm()
        a, b = self.r.sample(self.part(TRADES), 2)
        return f"{w} {a} Ltd", f"{w} {b} Ltd"

    def other_firm_trade_of_two_words(self):
        w = self.firm(2)
        a, b = self.r.sample(self.part(TRADES), 2)
        return f"{w} {a}", f"{w} {b}"

    def other_firm_proper_word(self):
        t, u = self.pick(TRADES), self.pick(FILLERS)
        return f"{self.firm()} {t} {u}", f"{self.firm()} {t} {u}"

    def other_firm_opposed(self):
        a, b = self.two(OPPOSED)
        w, t = self.firm(), self.pick(TRADES)
        return self.r.choice([(f"{a} {w} {t}", f"{b} {w} {t}"), (f"{w} {t} {a}", f"{w} {t} {b}")])

    def other_firm_number(self):
        w, t = self.firm(self.r.choice((1, 2))), self.pick(TRADES)
        a, b = self.r.sample(range(1, 30), 2)
        return f"{w} {t} {a}", f"{w} {t} {b}"

    def other_firm_place(self):
        w, t = self.firm(self.r.choice((1, 2))), self.pick(TRADES)
        a, b = self.r.sample(self.part(PLACES), 2)
        return f"{w} {t} {a}", f"{w} {t} {b}"

    def other_firm_proper_word_added(self):
        w, t = self.firm(), self.pick(TRADES)
        pair = [f"{w} {t}", f"{w} {self.word(3)} {t}"]
        self.r.shuffle(pair)
        return pair

    def other_firm_two_letters(self):
        w, t = self.word(2), self.pick(TRADES)
        at = self.r.sample(range(len(w)), 2)
        other = lambda c: self.r.choice([d for d in ("AEIOU" if c in "AEIOU" else "BDFGKLMNPRSTVZ") if d != c])
        x = "".join(other(c) if i in at else c for i, c in enumerate(w))
        return f"{w} {t}", f"{x} {t}"

    # more of one person
    def slip(self, word):
        """One letter exchanged, dropped, doubled or replaced, never the first."""
        at = self.r.randrange(1, len(word) - 1)
        way = self.r.randrange(4)
        if way == 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2:]
        if way == 1:
            return word[:at] + word[at + 1:]
        if way == 2:
            return word[:at] + word[at] + word[at:]
        letters = "AEIOU" if word[at] in "AEIOU" else "BDFGKLMNPRSTVZ"
        return word[:at] + self.r.choice([c for c in letters if c != word[at]]) + word[at + 1:]

    def long(self, make, size=6):
        word = make()
        while len(word) < size:
            word = make()
        return word

    def same_person_slip_in_family_name(self):
        people = self.people()
        n, f = self.given(people), self.long(lambda: self.family(people))
        return self.full(n, self.slip(f), people), self.full(n, f, people)

    def same_person_slip_in_each_name(self):
        people = self.people()
        n, f = self.long(lambda: self.given(people)), self.long(lambda: self.family(people))
        return self.full(self.slip(n), self.slip(f), people), self.full(n, f, people)

    def same_person_double_given_name(self):
        n, f = self.pick(DOUBLE_GIVEN), self.family(self.people())
        a, b = self.r.sample([n, n.replace("-", " "), n.replace("-", "")], 2)
        return f"{a} {f}", f"{f}, {b}"

    def same_person_written_as_one_word(self):
        people = self.people()
        n, f = self.given(people), self.family(people)
        pair = [self.r.choice((n + f, f + n)), f"{n} {f}"]
        self.r.shuffle(pair)
        return pair

    def same_person_nasab(self):
        n, f = self.given("arabic"), self.word(2, "I")
        m = self.given("arabic", (n,))
        p = self.given("arabic", (n, m))
        long = f"{n} {self.r.choice(('BIN', 'IBN', 'BEN'))} {m} {self.r.choice(('BIN', 'IBN'))} {p} {self.r.choice(('AL-', 'AL ', 'EL '))}{f}"
        pair = [long, self.r.choice((f"{n} {m} {p} AL-{f}", f"{n} {m} {f}", f"{n} {m} AL {f}", f"{n} BIN {m} AL{f}"))]
        self.r.shuffle(pair)
        return pair

    def same_person_kunya(self):
        n, f = self.given("arabic"), self.word(2, "I")
        m = self.given("arabic", (n,))
        a, b = self.r.choice([("ABU", "ABOU"), ("ABU", "ABO"), ("ABDUL", "ABDEL"), ("ABDUL", "ABDOL"), ("UMM", "OM")])
        return f"{n} {a} {m} {f}", f"{n} {self.r.choice((a, b))}{self.r.choice((' ', '', '-'))}{m} {f}"

    def same_person_other_script(self):
        people = self.r.choice(("cyrillic", "arabic", "greek"))
        a, b = [self.pick(SCRIPTS[people]).split("/") for _ in range(2)]
        if a == b:
            b = ("ИВАНОВ", "IVANOV") if people == "cyrillic" else ("سعيد", "SAEED") if people == "arabic" else ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "PAPADOPOULOS")
        return f"{a[0]} {b[0]}", self.r.choice((f"{a[1]} {b[1]}", f"{b[1]}, {a[1]}"))

    def same_person_cyrillic_family_name(self):
        n = self.pick(SCRIPTS["cyrillic"]).split("/")
        f = self.family("russian")
        g, at = "", 0
        while at < len(f):
            size = 2 if f[at:at + 2] in CYRILLIC else 1
            g, at = g + CYRILLIC[f[at:at + size]], at + size
        return f"{g} {n[0]}", self.full(n[1], f, "russian")

    def same_person_han(self):
        a, b = self.pick(HAN).split("/")
        return a, self.r.choice((b.replace("-", " "), " ".join(reversed(b.split("-")))))

    def same_person_korean(self):
        f, x, y = self.pick(KOREAN_FAMILY).split("/"), self.pick(KOREAN_GIVEN).split("/"), self.pick(KOREAN_GIVEN).split("/")
        write = lambda i: f"{f[i % len(f)]} {x[i % len(x)]}{self.r.choice((' ', '-', ''))}{y[i % len(y)]}"
        other = self.r.choice((0, 1))
        return write(0), write(other)

    def same_person_marked_letters(self):
        a, b = self.r.sample(self.pick(MARKED).split("/"), 2)
        n = self.given(self.people())
        return f"{n} {a}", f"{b}, {n}"

    def same_person_generation(self):
        people = "english"
        n, f = self.given(people), self.family(people)
        pair = [f"{n} {f} {self.r.choice(self.part(GENERATIONS))}{self.r.choice(('', '.'))}", self.full(n, f, people)]
        self.r.shuffle(pair)
        return pair

    def same_person_celtic(self):
        a, b = self.pick(CELTIC).split("/")
        n, f = self.given("english"), self.word(2, "LEY")
        return f"{n} {a}{self.r.choice(('', ' '))}{f}", f"{n} {b}{self.r.choice(('', ' '))}{f}"

    def same_person_romance_particle(self):
        p = self.pick(ROMANCE).replace("-", " ")
        n, f = self.given("spanish"), self.family("spanish")
        pair = [f"{n} {p} {f}", self.r.choice((f"{n} {f}", f"{p} {f}, {n}", f"{n} {p.replace(' ', '')}{f}"))]
        self.r.shuffle(pair)
        return pair

    def same_person_initials_of_both(self):
        n, f = self.given("english"), self.family("english")
        m = self.given("english", (n,))
        pair = [f"{n} {m} {f}", self.r.choice((f"{n[0]}. {m} {f}", f"{n[0]}. {m[0]}. {f}", f"{f} {n} {m[0]}"))]
        self.r.shuffle(pair)
        return pair

    def same_person_patronymic_in_spellings(self):
        n, f = self.given("russian"), self.family("russian")
        x = self.pick(PATRONYMICS)
        y = x.replace("EVICH", "IEVICH") if x.endswith("YEVICH") else x.replace("OVICH", self.r.choice(("OVYCH", "OVITCH", "OWICZ")))
        return f"{n} {x} {f}", f"{f} {n} {y}"

    # more of two persons
    def other_person_family_name_alike(self):
        n = self.given(self.people())
        f = self.word(2)
        g = f[:-2] + "".join(self.r.sample("BDGKLMNPRST", 2)) + self.r.choice("AIO")
        return f"{n} {f}", f"{n} {g}"

    def other_person_korean_brother(self):
        f = self.pick(KOREAN_FAMILY).split("/")[0]
        x, y, z = self.r.sample([g.split("/")[0] for g in self.part(KOREAN_GIVEN)], 3)
        return f"{f} {x} {y}", f"{f} {x} {z}"

    def other_person_chinese_given_name(self):
        f = self.pick(CHINESE_FAMILY).split("/")[0]
        x, y, z = self.r.sample(self.part(CHINESE_GIVEN), 3)
        return self.r.choice(((f"{f} {x}{y}", f"{f} {x}{z}"), (f"{f} {x}", f"{f} {y}"), (f"{f} {x} {y}", f"{f} {z} {y}")))

    def other_person_father_and_son(self):
        n, f = self.given("arabic"), self.word(2, "I")
        m = self.given("arabic", (n,))
        return f"{n} BIN {m} AL-{f}", f"{m} BIN {self.given('arabic', (n, m))} AL-{f}"

    def other_person_same_family_of_two_words(self):
        f, g = self.family("spanish"), self.family("spanish")
        n, m = self.given("spanish"), self.given("english")
        return f"{n} DE LA {f} {g}", f"{m} DE LA {f} {g}"

    def other_person_same_title(self):
        t = self.pick(TITLES)
        a, b = self.people(), self.people()
        return f"{t} {self.given(a)} {self.family(a)}", f"{t} {self.given(b)} {self.family(b)}"

    # more of one firm
    def same_firm_slip_in_proper_word(self):
        w = self.long(self.word_of_three)
        t = f"{self.pick(TRADES)} {self.r.choice(('', 'LTD', 'LLC'))}".strip()
        return f"{self.slip(w)} {t}", f"{w} {t}"

    def word_of_three(self):
        return self.word(3)

    def same_firm_slip_in_trade(self):
        w, t = self.firm(), self.pick(TRADES)
        return f"{w} {self.slip(t)} LTD", f"{w} {t} LTD"

    def same_firm_trade_left_out(self):
        w, x, t, u = self.firm(), self.firm(), self.pick(TRADES), self.pick(FILLERS)
        return f"{w} {x} {u} LTD", f"{w} {x} {t} {u} LTD"

    def same_firm_vessel_prefix(self):
        w = self.firm(self.r.choice((1, 2)))
        pair = [f"{self.pick(VESSEL).replace('-', ' ')} {w}", w]
        self.r.shuffle(pair)
        return pair

    def same_firm_inflected(self):
        a, b = self.two(INFLECTED)
        w = self.firm()
        return f"{w} {a} CO", f"{w} {b} COMPANY"

    def same_firm_full_form(self):
        a, b = self.two(FULL_FORMS)
        w = f"{self.firm(self.r.choice((1, 2)))} {self.pick(TRADES)}"
        write = lambda form: self.r.choice((f"{w} {form}", f"{w}, {form}", f"{form} {w}")).replace("-", " ")
        return write(a), write(b)

    def same_firm_more_short_forms(self):
        a, b = self.two(MORE_SHORT)
        w = self.firm(self.r.choice((1, 2)))
        return f"{w} {a}", f"{w} {b}"

    def same_firm_words_in_another_order(self):
        w, t, u = self.firm(), self.pick(TRADES), self.pick(FILLERS)
        return f"{w} {t} {u}", self.r.choice((f"{t} {u} {w}", f"{u} {w} {t}", f"{t} OF {w} {u}"))

    def same_firm_written_as_one_word(self):
        w, t, u = self.firm(), self.pick(TRADES), self.r.choice(("", self.pick(FILLERS)))
        pair = [f"{w}{t}{u}", f"{w} {t} {u}".strip()]
        self.r.shuffle(pair)
        return pair

    def same_firm_cyrillic(self):
        w = self.word(3)
        g, at = "", 0
        while at < len(w):
            size = 2 if w[at:at + 2] in CYRILLIC else 1
            g, at = g + CYRILLIC[w[at:at + size]], at + size
        return self.r.choice((f"ООО «{g}»", f"ОАО {g}", f"АО «{g}»", f"ЗАО {g}")), self.r.choice((f"{w} LLC", f"OOO {w}", f"{w} JSC", w))

    def same_firm_office(self):
        w = f"{self.firm(self.r.choice((1, 2)))} {self.pick(TRADES)}"
        pair = [f"{w} {self.pick(PLACES)} {self.pick(OFFICES)}".replace("-", " "), w]
        self.r.shuffle(pair)
        return pair

    def same_firm_persons_name(self):
        people = self.people()
        n, f = self.given(people), self.family(people)
        t = self.pick(TRADES)
        return f"{n} {f} {t} LTD", f"{f} {n} {t}"

    # more of two firms
    def other_firm_unlisted_trade(self):
        w = self.firm()
        a, b = self.r.sample(self.part(UNLISTED), 2)
        return f"{w} {a}", f"{w} {b} LTD"

    def other_firm_place_and_trade_shared(self):
        t, p = self.pick(TRADES), self.pick(PLACES)
        return f"{self.firm()} {t} {p} LTD", f"{self.firm()} {t} {p} LTD"

    def other_firm_branch_of_public_body(self):
        w, p = self.pick(SYNONYMS).split("/")[0], self.pick(PLACES)
        a, b = self.r.sample(self.part(UNLISTED), 2)
        return f"{p} {a} {w}", f"{p} {b} {w}"

    def other_firm_ordinal(self):
        w, t = self.firm(), self.pick(TRADES)
        a, b = [self.r.choice(n.split("/")) for n in self.r.sample(ORDINALS, 2)]
        return f"{a} {w} {t}", f"{b} {w} {t}"

    def other_firm_brother(self):
        people = self.people()
        f, t = self.family(people), self.pick(TRADES)
        n = self.given(people)
        return f"{n} {f} {t}", f"{self.given(people, (n,))} {f} {t}"

    def other_firm_vessel(self):
        w = self.firm()
        a, b = self.r.sample("STAR QUEEN SPIRIT PRIDE GLORY DAWN HOPE WIND WAVE PEARL LADY KING".split(), 2)
        return f"MV {w} {a}", f"MV {w} {b}"

    def other_firm_vessel_number(self):
        w = self.firm()
        a, b = self.r.sample(range(1, 20), 2)
        return f"{w} {a}", f"MV {w} {b}"

    # and more of all
    def same_person_theophoric(self):
        x, y, joined = self.pick(THEOPHORIC).split("/")
        f = self.word(2, "I")
        apart = self.r.choice((f"{x} AL-{y}", f"{x} EL {y}", f"{x}UL {y}" if x == "ABD" else f"{x} UL {y}"))
        pair = [f"{apart} {f}", f"{joined} {f}"]
        self.r.shuffle(pair)
        return pair

    def same_person_wade_giles(self):
        f, (a, b) = self.pick(CHINESE_FAMILY).split("/"), self.pick(WADE_GILES).split("/")
        pair = [f"{f[0]} {a}", f"{f[-1]} {b}"]
        self.r.shuffle(pair)
        return pair

    def same_person_name_left_out_and_slip(self):
        people = self.r.choice(("english", "spanish"))
        n, f = self.given(people), self.long(lambda: self.family(people), 8)
        pair = [self.full(n, self.slip(f), people), self.full(n, f, people, (self.given(people, (n,)),))]
        self.r.shuffle(pair)
        return pair

    def same_person_given_cut(self):
        people = self.r.choice(("english", "spanish", "russian"))
        n, m, f = self.given(people), self.given(people), self.family(people)
        pair = [f"{f}, {n} {m[:4]}.", f"{n} {m} {f}"]
        self.r.shuffle(pair)
        return pair

    def same_firm_cut_off(self):
        """As forms with a fixed width leave it."""
        w, t, u = self.firm(self.r.choice((1, 2))), self.pick(TRADES), self.pick(FILLERS)
        whole = f"{w} {t} {u}"
        pair = [whole[:len(whole) - self.r.randrange(1, max(2, len(u) - 3))], whole]
        self.r.shuffle(pair)
        return pair

    def same_firm_trade_cut(self):
        w, t = self.firm(), self.pick([x for x in TRADES if len(x) > 7])
        pair = [f"{w} {t[:self.r.randrange(5, len(t) - 1)]}. LTD", f"{w} {t} LIMITED"]
        self.r.shuffle(pair)
        return pair

    def same_firm_letters_with_and(self):
        a, b = self.r.sample("BCDFGHJKLMNPRSTVWZ", 2)
        t = f"{self.pick(TRADES)} {self.pick(FILLERS)}"
        return self.r.choice((f"{a} & {b} {t}", f"{a} AND {b} {t}", f"{a}&{b} {t}")), f"{a}{b} {t}"

    def same_firm_hyphen(self):
        x, y, t = self.word(2), self.word(2), self.pick(TRADES)
        a, b = self.r.sample([f"{x}-{y} {t}", f"{x} {y} {t}", f"{x}{y} {t}", f"{x}/{y} {t}", f"{x}.{y} {t}"], 2)
        return a, b

    def same_firm_two_slips_in_long_word(self):
        w = self.long(lambda: self.word(4), 9)
        t = self.pick(TRADES)
        return f"{self.slip(self.slip(w))} {t}", f"{w} {t}"

    def other_firm_public_bodies(self):
        p = self.pick(PLACES)
        a, b = self.r.sample(self.part(TRADES), 2)
        return self.r.choice([(f"BANK OF {p}", f"{p} {a} BANK"), (f"{p} NATIONAL {a} COMPANY", f"{p} NATIONAL {b} COMPANY"), (f"CENTRAL BANK OF {p}", f"{p} CENTRAL {a} BANK"),
                              (f"{p} {a} CORPORATION", f"{p} {a} AND {b} CORPORATION")])

    def other_firm_unit(self):
        w, p = self.firm(), self.pick(UNITS)
        a, b = self.r.sample(range(1, 60), 2)
        return f"{w} {p} {a}", f"{w} {p} {b}"

    def other_firm_place_alone(self):
        t, u = self.pick(TRADES), self.pick(FILLERS)
        a, b = self.r.sample(self.part(PLACES), 2)
        return f"{a} {t} {u}", f"{b} {t} {u}"

    def other_firm_two_generic_words_shared(self):
        t, u = self.r.sample(self.part(TRADES), 2)
        return f"{self.firm()} {t} AND {u} LTD", f"{self.firm()} {t} & {u} LTD"

    def other_person_family_name_shared_with_initial(self):
        people = self.people()
        n, f = self.given(people), self.family(people)
        return f"{n[0]}. {f}", self.full(self.given(people, (n,)), f, people)

    def other_person_one_syllable(self):
        f = self.pick(CHINESE_FAMILY).split("/")[0]
        x, y = self.r.sample(self.part(CHINESE_GIVEN), 2)
        return f"{f} {x}", f"{self.r.choice((f, self.pick(CHINESE_FAMILY).split('/')[0]))} {y}"

    def other_person_family_name_two_letters(self):
        people = self.people()
        n, f = self.given(people), self.long(lambda: self.family(people), 6)
        at = self.r.sample(range(1, len(f)), 2)
        other = lambda c: self.r.choice([d for d in ("AEIOU" if c in "AEIOU" else "BDFGKLMNPRSTVZ") if d != c])
        return self.full(n, f, people), self.full(n, "".join(other(c) if i in at else c for i, c in enumerate(f)), people)

    # one name as the countries of the world write it
    def russian(self, *systems):
        """A name made up in Cyrillic letters, as each system writes it; "letters" leaves it as it is."""
        given, syllables = self.pick(RUSSIAN_GIVEN), range(self.r.choice((1, 2)))
        family = "".join(self.r.choice(RUSSIAN_CORES) + self.r.choice("аеиоуюяы") for _ in syllables)
        family += self.r.choice(RUSSIAN_CODAS) + self.pick(RUSSIAN_ENDS)
        write = lambda text, system: "".join(RUSSIAN.get(c, {}).get(system, "") for c in text)
        return [f"{family} {given}".upper() if s == "letters" else self.full(write(given, s), write(family, s), "")
                for s in systems]

    def same_person_russian_passport(self):
        return self.russian("map", "passport")

    def same_person_russian_iso(self):
        return self.russian("map", "iso")

    def same_person_russian_german(self):
        return self.russian("map", "german")

    def same_person_russian_french(self):
        return self.russian(self.r.choice(("map", "passport")), "french")

    def same_person_russian_polish(self):
        return self.russian("map", "polish")

    def same_person_russian_letters(self):
        return self.russian("letters", self.r.choice(SYSTEMS[1:]))

    def same_person_greek(self):
        given, (i, j) = self.pick(GREEK_GIVEN).split("/"), self.r.sample(range(3), 2)
        sounds, stem = [self.r.choice(GREEK_SOUNDS).split("/") for _ in range(2)], self.word(1)[:2]
        end = self.r.choice(("OPOULOS", "IDIS", "AKIS"))
        family = lambda k: f"{stem}{sounds[0][k]}A{sounds[1][k]}{end}"
        return f"{self.r.choice(given)} {family(i)}", f"{family(j)}, {self.r.choice(given)}"

    def same_person_arabic_system(self):
        sounds = [x for _ in range(2) for x in (self.r.choice(ARABIC_CONSONANTS), self.r.choice("aiu"))] + ["n", "i"]
        write = lambda k: "".join(ARABIC_SOUNDS[s].split("/")[k] if s in ARABIC_SOUNDS else s.upper() for s in sounds)
        n = self.given("arabic").replace("-", " ")
        return f"{n} AL-{write(0)}", f"{n} {self.r.choice(('AL-', 'EL ', 'AL '))}{write(self.r.choice((1, 2, 3)))}"

    def same_person_sun_letter(self):
        n = self.given("arabic")
        f = self.r.choice(("SH", "S", "Z", "N", "R", "T", "D")) + self.word(2, "I")[1:]
        sun = self.r.choice((f"A{f[0] if f[:2] != 'SH' else 'SH'}", f"E{f[0] if f[:2] != 'SH' else 'S'}"))
        return f"{n} AL-{f}", f"{n} {sun}-{f}"

    def same_person_wade_giles_syllables(self):
        f = self.pick(CHINESE_FAMILY).split("/")
        x, y = self.r.sample(self.part(sorted(PINYIN_WADE)), 2)
        pinyin, wade = f"{x}{y}", f"{PINYIN_WADE[x]}{self.r.choice(('-', ' '))}{PINYIN_WADE[y]}"
        return self.r.choice((f"{f[0]} {pinyin}", f"{pinyin} {f[0]}")), f"{f[-1]} {wade}"

    def other_person_pinyin_aspirate(self):
        f = self.pick(CHINESE_FAMILY).split("/")[0]
        a, b = self.pick(ASPIRATES).split("/")
        x = self.pick(CHINESE_GIVEN)
        return f"{f} {x}{a}", f"{f} {x}{b}"

    def same_person_cut_off(self):
        people = self.people()
        n, f = self.given(people), self.long(lambda: self.family(people), 8)
        return f"{n} {f[:-self.r.choice((1, 2, 3))]}", self.full(n, f, people)

    def same_person_slip_in_first_letter(self):
        people = self.people()
        n, f = self.given(people), self.long(lambda: self.family(people), 7)
        other = self.r.choice([c for c in "BDFGKLMNPRSTV" if c != f[0]])
        return self.full(n, other + f[1:], people), self.full(n, f, people)

    def same_person_blank_inserted(self):
        people = self.people()
        n, f = self.given(people), self.long(lambda: self.family(people), 7)
        at = self.r.randrange(2, len(f) - 2)
        return f"{n} {f[:at]} {f[at:]}", self.full(n, f, people)

    def same_person_blank_left_out_of_three(self):
        people = self.r.choice(("english", "spanish", "russian"))
        n, f = self.given(people), self.family(people)
        m = self.given(people, (n,))
        return self.r.choice((f"{n}{m} {f}", f"{n} {m}{f}")), f"{n} {m} {f}"

    def other_person_man_and_woman(self):
        a, b = self.pick(COUPLES).split("/")
        f = self.family("russian").removesuffix("A")
        return f"{a} {f}", f"{b} {f}A"

    def other_person_names_crossed(self):
        a, b = self.r.sample("IVAN PETR PAVEL ANTON MAKSIM FEDOR MATVEY ROMAN DANIL BORIS".split(), 2)
        return f"{a} {b}OV", f"{b} {a}OV"

    def other_person_cousins_of_three(self):
        people = self.r.choice(("arabic", "spanish"))
        n, f = self.given(people), self.family(people)
        m = self.given(people, (n,))
        return f"{n} {m} {f}", f"{self.given(people, (n, m))} {m} {f}"

    # firms once more
    def same_firm_and_in_other_languages(self):
        x, y = self.word(2), self.word(2)
        a, b = self.r.sample(self.part(ANDS), 2)
        t = self.r.choice(("", self.pick(TRADES)))
        return f"{x} {a} {y} {t}".strip(), f"{x} {b} {y} {t}".strip()

    def same_firm_acronym_beside_name(self):
        words = [self.word(2), self.word(2), self.pick(TRADES), self.pick(FILLERS)][:self.r.choice((3, 4))]
        name = " ".join(words)
        letters = "".join(w[0] for w in words)
        pair = [self.r.choice((f"{name} ({letters})", f"{letters} - {name}")), f"{name} LTD"]
        self.r.shuffle(pair)
        return pair

    def same_firm_ordinal(self):
        a, b = self.two(ORDINALS)
        w, t = self.firm(), self.pick(TRADES)
        return self.r.choice(((f"{a} {w} {t}", f"{b} {w} {t}"), (f"{w} {a} {t}", f"{w} {b} {t} LTD")))

    def same_firm_generic_words_added(self):
        w, (t, u) = self.firm(2), self.r.sample(self.part(TRADES), 2)
        pair = [f"{w} {t} AND {u} {self.pick(FILLERS)} LTD", self.r.choice((w, f"{w} {t}"))]
        self.r.shuffle(pair)
        return pair

    def same_firm_city_in_front(self):
        w = f"{self.firm()} {self.pick(TRADES)} {self.r.choice(('', self.pick(FILLERS)))}".strip()
        return f"{self.pick(PLACES)} {w} CO LTD", w

    def same_firm_blank_inserted(self):
        w, t = self.long(lambda: self.word(3), 7), self.pick(TRADES)
        at = self.r.randrange(2, len(w) - 2)
        return f"{w[:at]} {w[at:]} {t}", f"{w} {t} LTD"

    def same_firm_possessive(self):
        w, t = self.long(lambda: self.word(2), 5), self.pick(TRADES)
        return f"{w}'S {t}", self.r.choice((f"{w} {t}", f"{w}S {t}"))

    def other_firm_acronyms_alike(self):
        a = "".join(self.r.sample("BCDFGHJKLMNPRSTVWXZ", self.r.choice((3, 4, 5))))
        at = self.r.randrange(len(a))
        b = a[:at] + self.r.choice([c for c in "BCDFGHJKLMNPRSTVWXZ" if c not in a]) + a[at + 1:]
        t = self.r.choice((self.pick(TRADES), f"{self.pick(TRADES)} {self.pick(FILLERS)}"))
        return f"{a} {t}", f"{b} {t}"

    def other_firm_acronym_of_another(self):
        words = [self.word(2), self.word(2), self.pick(TRADES), self.pick(FILLERS)]
        letters = [w[0] for w in words]
        at = self.r.randrange(4)
        letters[at] = self.r.choice([c for c in "BCDFGHJKLMNPRSTVWXZ" if c != letters[at]])
        return "".join(letters), " ".join(words)

    def other_firm_generic_words_alone(self):
        a, b = self.r.sample(self.part(TRADES), 2)
        u = self.pick(FILLERS)
        return f"{u} {a} COMPANY", f"{u} {b} COMPANY LTD"

    def other_firm_unlisted_word_added(self):
        w, t = self.firm(), self.pick(TRADES)
        pair = [f"{w} {t} LTD", f"{w} {self.pick(UNLISTED)} {t}"]
        self.r.shuffle(pair)
        return pair

    def other_firm_shared_second_word(self):
        w, t = self.firm(), self.pick(TRADES)
        return f"{self.firm()} {w} {t}", f"{self.firm()} {w} {t}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("out")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--half", type=int, choices=(0, 1, 2), default=1)
    p.add_argument("--each", type=int, default=200, help="pairs of each kind")
    a = p.parse_args()
    maker = Maker(a.seed, a.half)
    with open(a.out, "w", encoding="utf-8") as out:
        for name in [n for n in vars(Maker) if n.startswith(("same_", "other_"))]:
            label, sort = int(name.startswith("same_")), "PERSON" if "_person_" in name else "ORGANISATION"
            for i in range(a.each):
                query, entry = getattr(maker, name)()
                out.write(f"{label}\t{name}\t{'UNKNOWN' if i % 4 == 3 else sort}\t{query}\t{entry}\n")


if __name__ == "__main__":
    main()
