"""Invents names of companies and people, Latin and Chinese, as varied as those of a real tenant."""

from __future__ import annotations

from random import Random


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


# Invented or widespread words only; none of them names a particular company.
_SURNAMES = _listed(
    "Abbott|Adler|Almeida|Andersson|Baker|Barbieri|Bauer|Becker|Bennett|Bergmann|Bianchi|Björk|Blanc|Bouchard|Braun"
    "|Calderón|Carter|Castillo|Chevalier|Clarke|Collins|Costa|Dahl|Dawson|Delgado|Dubois|Eriksson|Esposito|Ferrari"
    "|Fischer|Fitzgerald|Fontaine|Foster|Fuchs|García|Gauthier|Graham|Greco|Grönlund|Haas|Hansen|Hartmann|Hoffmann"
    "|Hughes|Ivanova|Jansen|Jiménez|Johansson|Kaiser|Keller|Kovács|Krüger|Lambert|Larsen|Lehmann|Lindqvist|Lombardi"
    "|Marchetti|Martín|Meier|Mercier|Moreau|Morgan|Müller|Murphy|Navarro|Nielsen|Novák|Núñez|O'Brien|O'Connor|Olsen"
    "|Ortega|Palmer|Pereira|Petersen|Quinn|Ramírez|Reinhardt|Richter|Rossi|Roux|Sánchez|Schäfer|Schmidt|Schröder"
    "|Silva|Sørensen|Stewart|Szabó|Thompson|Torres|Turner|Vasquez|Vidal|Vogel|Wagner|Walker|Weber|Whitfield|Wójcik"
    "|Young|Zeller|Zimmermann"
)
_FIRST = _listed(
    "Ada|Alan|Amélie|Andrés|Anna|Ben|Carla|Chloé|Clara|Daniel|David|Elena|Emil|Emma|Erik|Eva|Felix|Fiona|Frank|Greta"
    "|Hannah|Henrik|Ines|Isabel|Jack|Jan|Joana|Johan|Julia|Karl|Laura|Lena|Leo|Lucas|Luis|Maja|Marco|Maria|Martin|Mia"
    "|Nora|Olga|Oscar|Paul|Petra|Ralf|Rosa|Ruth|Sara|Simon|Sofia|Stefan|Tina|Tom|Ursula|Vera|Victor|Wilma|Yann|Zoë"
)
_SYLLABLES = _listed(
    "al|an|ar|bel|bor|bri|ca|cor|da|del|dor|el|en|er|fal|fer|fin|ga|gra|hel|in|jo|ka|kel|kor|la|len|lin|lo|lum|ma|mar"
    "|mel|mi|mon|na|nel|nor|o|or|pa|pel|per|pra|qui|ra|ren|ri|ro|sa|sel|sol|ta|tel|ter|tor|tri|u|va|vel|ver|vi|vo|wen"
    "|xa|yl|za|zen|zo"
)
_TRADES = _listed(
    "Foods|Tools|Trading|Logistics|Textiles|Coffee|Tea|Bakery|Wines|Seafood|Optics|Electronics|Components|Packaging"
    "|Furniture|Ceramics|Paper|Print|Books|Toys|Sports|Outdoor|Bikes|Garden|Flowers|Pharma|Dental|Medical|Chemicals"
    "|Plastics|Steel|Metalworks|Machines|Automation|Software|Systems|Analytics|Energy|Solar|Lighting|Interiors"
    "|Catering|Hotels|Travel|Events|Media|Design|Cosmetics|Fashion|Shoes|Leather|Import Export|Wholesale|Farm Supply"
)
_FORMS = _listed("GmbH|GmbH & Co. KG|AG|Ltd|Ltd.|Inc.|LLC|S.A.|S.L.|S.r.l.|B.V.|AB|Oy|SAS|PLC|Corp.|")
_PLACES = {
    "DE": "Berlin|Hamburg|München|Köln|Leipzig|Bremen|Nürnberg",
    "GB": "London|Leeds|Bristol|Glasgow|Cardiff",
    "US": "Seattle|Austin|Boston|Denver|Portland|Chicago",
    "FR": "Paris|Lyon|Nantes|Lille",
    "ES": "Madrid|Sevilla|Valencia",
    "IT": "Milano|Torino|Bologna",
    "SE": "Malmö|Göteborg",
    "NL": "Utrecht|Rotterdam",
}
LATIN_CITIES = tuple((city, country) for country, cities in _PLACES.items() for city in _listed(cities))

CHINESE_CITIES = _listed(
    "上海|北京|广州|深圳|杭州|苏州|南京|成都|重庆|武汉|西安|天津|宁波|青岛|厦门|长沙|郑州|合肥|福州|济南|无锡|佛山|东莞|昆明|沈阳|大连"
)
_BRAND = (
    "安百邦宝彩昌辰晨成诚驰创达德鼎东恒丰富高光广国海瀚翰航豪浩和合弘宏鸿华辉汇惠嘉佳建健江杰捷金锦晶景久凯康科坤朗乐力立利联亮龙隆美"
    "明铭茂宁鹏普其奇祺启千庆清仁荣瑞润森山尚盛世顺思泰腾天通同万旺威维伟文祥新欣信兴星旭雅亚阳耀易益盈永优友宇裕元源远悦云泽展兆振正"
    "志智中众卓"
)
_CHINESE_TRADES = _listed(
    "文具|茶业|食品|贸易|科技|电子|机械|建材|服饰|家具|物流|包装|化工|医药|器械|农业|酒业|咖啡|印刷|玩具|体育用品|汽车配件|五金|塑料|照明"
    "|仪器|软件|信息技术|网络|餐饮管理|酒店用品|日用品|化妆品|纺织|皮具|环保|新能源|自动化|进出口|商贸"
)
_CHINESE_FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "厂", "商行")
_CHINESE_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "仇解单"
)
_CHINESE_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红建国文婷浩宇轩子涵欣怡思雨佳琪梓晨俊博雅倩雪"
    "慧颖琳晓峰鹏飞志远海波"
)


def latin_person(rng: Random) -> str:
    """Such as Clara Lindqvist."""
    surname = rng.choice(_SURNAMES)
    return f"{rng.choice(_FIRST)} {surname}" if rng.random() < 0.9 else f"{rng.choice(_FIRST)} {_word(rng)} {surname}"


def chinese_person(rng: Random) -> str:
    """Such as 曾晓峰."""
    return rng.choice(_CHINESE_SURNAMES) + "".join(rng.choices(_CHINESE_GIVEN, k=rng.choice((1, 2, 2, 2))))


def latin_company(rng: Random) -> str:
    """Such as Müller & Rossi Coffee GmbH, or Verdanta Systems."""
    way = rng.random()
    if way < 0.25:
        first = rng.choice(_SURNAMES)
    elif way < 0.4:
        first = f"{rng.choice(_SURNAMES)} & {rng.choice(_SURNAMES)}"
    else:
        first = _word(rng)
    trade = f" {rng.choice(_TRADES)}" if rng.random() < 0.8 else ""
    return f"{first}{trade} {rng.choice(_FORMS)}".strip()


def chinese_company(rng: Random) -> tuple[str, str]:
    """A name and its city, such as 上海晨曦文具有限公司 of 上海."""
    city = rng.choice(CHINESE_CITIES)
    brand = "".join(rng.choices(_BRAND, k=rng.choice((2, 2, 2, 3))))
    place = city if rng.random() < 0.85 else ""
    return f"{place}{brand}{rng.choice(_CHINESE_TRADES)}{rng.choice(_CHINESE_FORMS)}", city


def mistyped(rng: Random, name: str) -> str:
    """The name with one slip: a sign left out, doubled, swapped with its neighbour, or another one in its place.

    Blanks and the ends of words are where people slip least; the slip is anywhere but at a blank.
    """
    at = rng.choice([place for place, sign in enumerate(name) if sign.isalnum()])
    other = rng.choice(_BRAND) if ord(name[at]) > 0x2E80 else rng.choice("abcdefghijklmnopqrstuvwxyz")
    ways = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        name[:at] + other + name[at + 1 :],
    )
    slipped = [way for way in ways if way.strip() and way != name]
    return rng.choice(slipped) if slipped else name + other


def _word(rng: Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 3, 4)))).capitalize()
