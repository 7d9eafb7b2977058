"""A whole contact pasted in one piece, taken apart: who, which number, which district, and what is left for the address.

What is not understood stays in the address, where a person sees it; nothing that was pasted disappears.
"""

import re
from typing import NamedTuple

from core.text import clean, half_width
from customers import addresses, phones

MOST_PIECES = 40  # no contact has more words before its district; what follows is address
ENOUGH = 80  # characters in which a district is named

# Each label with the word that may follow it without a colon; marks below 0x04 cannot come from outside: clean() drops them.
PHONE, NAME, CALL, PLACE = "\x00", "\x01", "\x02", "\x03"
WORDS = {
    NAME: "(?:收货人|收件人|联系人|客户)(?:姓名)?|姓名|名字|业主|称呼|(?:contact |full )?name|recipient|contact",
    CALL: "(?:收货人|收件人|联系|手机)?(?:电话|手机)(?:号码|号)?|联系方式|座机|固话|telephone|phone|mobile|cell|tel",
    PLACE: "(?:收货|收件|详细|家庭|安装|联系|客户|公司)?(?:地址|住址)|(?:所在)?(?:地区|区域)|省市区|"
    "(?:shipping |delivery )?address|addr|area|region",
}
BARE = {
    NAME: "(?:收货人|收件人|联系人)(?:姓名)?|姓名",
    CALL: WORDS[CALL],
    PLACE: "(?:收货|收件|详细|家庭|安装|联系)?地址|所在地区",
}
LABELS = [
    (mark, re.compile(rf"(?<![a-z])[【\[]?(?:{words})(?:[】\]] ?:?| ?[:=]) ?", re.IGNORECASE))
    for mark, words in WORDS.items()
]
BARE_LABELS = [
    (mark, re.compile(rf"(?:^|(?<=[\s,;|{PHONE}{NAME}{CALL}{PLACE}]))(?:{words})(?![a-z]) ?", re.IGNORECASE | re.M))
    for mark, words in BARE.items()
]

EXTENSION = r"(?: ?(?:-|转接?|转分机|分机号?|ext\.?|x|#) ?:?\d{1,6}(?!\d))?"
NUMBER = re.compile(
    r"(?<![\d.])(?:"
    r"(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)" + EXTENSION + "|"
    r"(?:(?:\+|00)86[- ]?)?\(?0?\d{2,3}\)?[- ]?[2-9]\d{2,3}[- ]?\d{4}(?!\d)" + EXTENSION + "|"
    r"[48]00[- ]?\d{3,4}[- ]?\d{3,4}(?!\d)|"
    r"\+\d[\d -]{6,16}\d(?!\d))",
    re.IGNORECASE,
)
LOCAL = re.compile(r"[2-9]\d{6,7}")
PIECE = re.compile(rf"[{PHONE}-{PLACE}]|[\n,;。|]|[^\s,;。|{PHONE}-{PLACE}]+")
SEPARATORS = "\n,;。|"
LOOSE = "、/-:_=*·"  # what is left at the ends of a word when its neighbour was taken
EMOJI = re.compile("([\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]+)")
TWICE = re.compile(r"(北京|上海|天津|重庆)市?[\s,]*(?=\1市)")
COUNTRY = re.compile(r"(?:中国|中华人民共和国)[\s,]*")

DOUBLE = "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯|轩辕|端木|南宫|独孤|闻人|申屠"
SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊"
    "葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
    "路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全"
    "佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢"
)
SURNAME = f"(?:{DOUBLE}|[{SINGLE}])"
TITLE = "(?:先生|女士|小姐|太太|师傅|老师|经理|老板|阿姨|大姐|大哥|医生|主任|总|工)"
PERSON = re.compile(
    f"{SURNAME}[一-龥]{{1,2}}{TITLE}?|{SURNAME}{TITLE}|[小老]{SURNAME}|[一-龥]{{1,8}}(?:·[一-龥]{{1,10}}){{1,3}}"
)
SHORT = re.compile("[一-龥]{2,3}")
LATIN = re.compile(r"[A-Za-z][A-Za-z.'’-]*")
NO_NAME = re.compile(
    "(?:room|road|street|avenue|building|block|floor|unit|no|rd|st|apt|china|flat|district|city)\\.?", re.I
)
OF_PLACES = tuple("省市区县镇乡村路街道巷弄号栋幢座楼层室苑园里府城厦场店院司校局所站厂州盟旗庄寨湾")
RECEIVES = re.compile(r"(?<=[一-龥]{2})\(?收\)?$")
NAME_BEHIND = re.compile(rf"(.*(?:\d|室))((?:{DOUBLE})[一-龥]{{1,2}}|[{SINGLE}][一-龥]{{1,2}}{TITLE}?)")


class Pasted(NamedTuple):
    """What a pasted text holds; ``area`` is the full name of a city or district, ``address`` all that is left."""

    name: str = ""
    phone: str = ""
    area: str = ""
    address: str = ""


class Piece(NamedTuple):
    """A word of the text, what its label says it is, and whether it stands beside the number."""

    text: str
    label: str = ""
    by_phone: bool = False


def read_contact(text):
    """Take a pasted contact apart, in whatever order it was written and whatever labels it bears."""
    text = _marked(_evened(text))
    text, phone = _take_phone(text)
    pieces = _pieces(text)
    if not phone:
        phone, pieces = _take_local(pieces)
    names = addresses.known_names()
    pieces = _unglued(pieces, names)
    name, pieces = _take_name(pieces, names)
    area, address = _take_area([piece.text for piece in pieces], names)
    return Pasted(name, phone, area, address)


def _evened(text):
    """The same text with half-width signs and single blanks, so that no rule meets a long run of anything empty."""
    text = EMOJI.sub(r" \1 ", half_width(clean(str(text))))
    return re.sub(r" *\n\s*", "\n", re.sub(r"[^\S\n]+", " ", text)).strip()


def _marked(text):
    """Labels become one mark each."""
    for mark, label in (*LABELS, *BARE_LABELS):
        text = label.sub(mark, text)
    return text


def _take_phone(text):
    """The first number of the text in its written form, a mark where it stood."""
    for found in NUMBER.finditer(text):
        try:
            number = phones.normalise(_as_dialled(found[0]))
        except ValueError:
            continue
        return text[: found.start()] + PHONE + text[found.end() :], number
    return text, ""


def _as_dialled(number):
    """A mobile number with 86 before it has a plus; one with a dash behind it an extension."""
    number = re.sub(r"^(?=86[- ]?1[3-9])", "+", number)
    return re.sub(r"^((?:(?:\+|00)86[- ]?)?1(?:[- ]?\d){10})-(?=\d{1,6}$)", r"\1x", number)


def _pieces(text):
    """The words with what their labels and neighbours say about them."""
    pieces, label, beside = [], "", False
    for token in PIECE.findall(text):
        if token == PHONE:
            if pieces:
                pieces[-1] = pieces[-1]._replace(by_phone=True)
            label, beside = "", True
        elif token in (NAME, CALL, PLACE):
            label = token
        elif token in SEPARATORS:
            label = label if not pieces or label != pieces[-1].label else ""
        elif word := token.strip(LOOSE):
            pieces.append(Piece(word, label, beside))
            beside = False
            if label == NAME and not LATIN.fullmatch(word):
                label = ""
    return pieces


def _take_local(pieces):
    """A number without its area code, where a label says that it is one."""
    for index, piece in enumerate(pieces):
        if piece.label == CALL and LOCAL.fullmatch(piece.text):
            return piece.text, pieces[:index] + pieces[index + 1 :]
    return "", pieces


# --- the name -------------------------------------------------------------------------------------------------------
def _unglued(pieces, names):
    """Names written without a blank before or after the address stand for themselves."""
    apart = []
    for index, piece in enumerate(pieces[:MOST_PIECES]):
        word = piece.text
        if piece.label != NAME:
            if cut := _name_in_front(word, names):
                apart += [piece._replace(text=word[:cut], by_phone=True), piece._replace(text=word[cut:])]
                continue
            behind = NAME_BEHIND.fullmatch(word) if piece.by_phone or index == len(pieces) - 1 else None
            if behind:
                apart += [piece._replace(text=behind[1], by_phone=False), piece._replace(text=behind[2])]
                continue
        apart.append(piece)
    return apart + pieces[MOST_PIECES:]


def _name_in_front(word, names):
    """How many characters of the word are a name with a place right behind it, none if it begins with the place."""
    if _place(word, names).code:
        return 0
    for cut in range(2, 6):
        if PERSON.fullmatch(word[:cut]) and _place(word[cut:], names).taken >= 3:
            return cut
    return 0


def _take_name(pieces, names):
    """The name and the words that are left."""
    for index, piece in enumerate(pieces):
        if piece.label == NAME:
            end = index + 1
            while LATIN.fullmatch(piece.text) and end < len(pieces) and pieces[end].label == NAME:
                end += 1
            return _plain_name(" ".join(one.text for one in pieces[index:end])), pieces[:index] + pieces[end:]
    best, where = 1, None
    starts = range(min(len(pieces), MOST_PIECES))
    places = sum(_place(pieces[index].text, names).taken > 0 for index in starts)
    for index in starts:
        end = index + 1
        while end < len(pieces) and end - index < 4 and _is_latin(pieces[index]) and _is_latin(pieces[end]):
            end += 1
        likely = _likelihood(pieces[index:end], names, places) + (index == 0) + (end == len(pieces))
        if likely > best:
            best, where = likely, (index, end)
    if where is None:
        return "", pieces
    index, end = where
    return _plain_name(" ".join(one.text for one in pieces[index:end])), pieces[:index] + pieces[end:]


def _is_latin(piece):
    return LATIN.fullmatch(piece.text) and not NO_NAME.fullmatch(piece.text)


def _likelihood(pieces, names, places):
    """How much speaks for these words being a name: more than one point is enough."""
    word, by_phone = pieces[0].text, any(piece.by_phone for piece in pieces)
    if pieces[0].label in (CALL, PLACE):
        return -9
    if _is_latin(pieces[0]):
        return 2 * by_phone - (len(word) < 2)
    word = RECEIVES.sub("", word)
    is_person = bool(PERSON.fullmatch(word))
    if not is_person and not (by_phone and SHORT.fullmatch(word)):
        return -9
    likely = 3 * is_person + 2 * by_phone - 3 * word.endswith(OF_PLACES)
    place = _place(word, names)
    if place.taken == len(word):  # a name may be a place's: it is one where the place is named beside it
        likely -= 1 if is_person and places > 1 else 9
    return likely


def _plain_name(name):
    return RECEIVES.sub("", name)


# --- the place ------------------------------------------------------------------------------------------------------
class Found(NamedTuple):
    """One place that a text begins with, and how many of its characters say so."""

    code: str = ""
    full_name: str = ""
    taken: int = 0


def _place(text, names):
    """The one city or district that the text begins with."""
    text = text[:ENOUGH]
    before = COUNTRY.match(text)
    start = before.end() if before else 0
    places = addresses.read_place(text[start:], names)
    if len(places) != 1 or len(places[0].code) <= addresses.PROVINCE:
        return Found()
    return Found(places[0].code, places[0].full_name, len(text) - len(places[0].rest))


def _take_area(words, names):
    """The district that is named most fully, and the words without it."""
    whole = TWICE.sub("", " ".join(words))
    best, at, start = Found(), 0, 0
    for index, word in enumerate(whole.split(" ")[:MOST_PIECES]):
        found = _place(whole[start:], names)
        said = whole[start : start + found.taken].strip()
        # Later words are often names of estates and streets: a bare short name is no district there.
        if found.taken > best.taken and (
            index == 0 or len(said) >= len(word) or said.endswith(tuple("省市区县州盟旗"))
        ):
            best, at = found, start
        start += len(word) + 1
    address = f"{whole[:at].strip()} {whole[at + best.taken :].strip(' ,、')}".strip() if best.code else whole
    return best.full_name, address


# --- into a form ----------------------------------------------------------------------------------------------------
def spread(data, pasted="pasted"):
    """A copy of a submitted form with the pasted words in the fields they belong to.

    What somebody typed stays: a field that holds something else already sends its piece to the end of the address.
    """
    data = data.copy()
    text = data.get(pasted, "")
    if not text.strip():
        return data
    found, left = read_contact(text), []
    if "area" not in data:
        found = found._replace(area="", address=f"{found.area}{found.address}")
    for name, value in (("name", found.name), ("phone", found.phone), ("area", found.area)):
        if not data.get(name, "").strip():
            data[name] = value
        elif value and not _is_same(name, data[name], value):
            left.append(value)
    # A district that did not find its field belongs before its street.
    typed, rest = data.get("address", "").strip(), " ".join(word for word in (found.address, *left) if word)
    data["address"] = typed if rest in typed else f"{typed} {rest}".strip()
    data[pasted] = ""
    return data


def _is_same(name, typed, value):
    if name != "phone":
        return typed.strip() == value
    try:
        return phones.normalise(typed) == value
    except ValueError:
        return False
