"""How Chinese names are spoken, as pinyin without tones: pypinyin's readings, mended for surnames and places.

A surname often has a reading of its own, and pypinyin gives the everyday one: 曾 as céng, 单 as dān. Where people differ
about a surname or a character of a given name, both readings count.
"""

import os
import re
from functools import lru_cache
from itertools import islice, product

# Its dictionary of phrases takes 30 MB and says nothing about names; read before the first import of it.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import lazy_pinyin  # after what it is told by

MOST_READINGS = 4  # of one name
LONGEST_NAME = 12  # characters that are read

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def _table(text):
    """ "曾 zeng; 翟 zhai di" as a character → its readings."""
    rows = (row.split() for row in text.split(";"))
    return {character: tuple(found) for character, *found in rows}


SURNAMES = _table(
    """
    曾 zeng; 单 shan; 解 xie; 仇 qiu; 区 ou; 查 zha; 盖 ge gai; 任 ren; 翟 zhai di; 覃 qin tan; 朴 piao pu;
    尉 wei yu; 缪 miao mou; 乐 yue le; 车 che; 华 hua; 葛 ge; 召 shao; 员 yun; 秘 bi mi; 种 chong; 繁 po;
    折 she; 洗 xian; 冼 xian; 谌 chen shen; 宓 mi fu; 郇 xun huan; 隗 wei kui; 晁 chao; 佴 nai; 乜 nie;
    黑 he hei; 那 na; 祭 zhai ji; 盛 sheng; 牟 mou mu; 卜 bu; 万 wan; 句 gou; 都 du; 宿 su; 曲 qu; 石 shi;
    柏 bai bo; 薄 bo; 藏 zang; 长 chang; 重 chong; 撒 sa; 夏 xia; 贾 jia; 瞿 qu; 幺 yao; 适 kuo shi; 强 qiang;
    哈 ha; 逄 pang; 訾 zi; 眭 sui; 钭 tou; 俞 yu; 殷 yin; 洪 hong; 纪 ji; 能 nai neng; 舍 she; 朝 chao;
    莘 shen xin; 吕 lv lu; 闾 lv lu; 逯 lu; 率 shuai; 铝 lv lu; 阚 kan; 亓 qi; 郗 xi chi; 麻 ma; 尹 yin; 於 yu;
    应 ying; 占 zhan; 过 guo; 令 ling
    """
)
LONG_SURNAMES = _table(
    """
    万俟 mo.qi; 尉迟 yu.chi; 澹台 tan.tai; 单于 chan.yu; 长孙 zhang.sun; 鲜于 xian.yu; 令狐 ling.hu;
    宰父 zai.fu; 子车 zi.ju; 夏侯 xia.hou; 皇甫 huang.fu; 呼延 hu.yan; 东方 dong.fang; 欧阳 ou.yang;
    诸葛 zhu.ge; 司马 si.ma; 慕容 mu.rong; 钟离 zhong.li
    """
)
# What a company is called after.
PLACES = _table(
    """
    重庆 chong.qing; 长沙 chang.sha; 长春 chang.chun; 长江 chang.jiang; 长城 chang.cheng; 厦门 xia.men;
    西藏 xi.zang; 番禺 pan.yu; 六安 lu.an; 蚌埠 beng.bu; 成都 cheng.du; 首都 shou.du; 银行 yin.hang;
    会所 hui.suo; 酒店 jiu.dian; 音乐 yin.yue; 大厦 da.sha
    """
)
GIVEN = _table(
    """
    长 chang zhang; 重 chong zhong; 行 xing hang; 乐 le yue; 朝 chao zhao; 茜 qian xi; 晟 sheng cheng;
    盛 sheng cheng; 藏 cang zang; 厦 xia sha; 都 du; 还 huan; 调 tiao diao; 莘 xin shen; 卜 bu; 柏 bai bo;
    薄 bo bao; 佛 fo; 参 shen can; 率 shuai; 单 shan dan; 曾 zeng ceng; 解 jie xie; 查 cha zha; 区 ou qu;
    尉 wei yu; 蔚 wei yu; 娜 na nuo; 女 nv nu; 吕 lv lu; 绿 lv lu; 旅 lv lu; 仇 qiu; 律 lv lu; 覃 qin tan;
    翟 zhai di; 折 zhe; 宿 su xiu; 券 quan; 曝 pu; 予 yu; 瑞 rui; 说 yue; 俊 jun; 珺 jun; 鸟 niao; 什 shi
    """
)


@lru_cache(maxsize=10_000)
def readings(name):
    """The ways to say a name, most usual first, each a tuple of syllables; empty where nothing of it is Chinese."""
    characters = "".join(_CHINESE.findall(name))[:LONGEST_NAME]
    if not characters:
        return ()
    found = product(*_syllables(characters))
    return tuple(tuple(filter(None, "".join(ways).split("."))) for ways in islice(found, MOST_READINGS))


def _syllables(characters):
    """For each character, or characters read together, the possible readings; all but the first begin with a dot."""
    place, parts = 0, []
    while place < len(characters):
        pair, one = characters[place : place + 2], characters[place]
        if place == 0 and pair in LONG_SURNAMES:
            ways, taken = LONG_SURNAMES[pair], 2
        elif pair in PLACES:
            ways, taken = PLACES[pair], 2
        elif place == 0 and one in SURNAMES:
            ways, taken = SURNAMES[one], 1
        else:
            ways, taken = GIVEN.get(one) or _usual(one), 1
        parts.append([f".{way}" if place else way for way in ways])
        place += taken
    return parts


def _usual(character):
    """Its first reading, in letters; a character nobody can read stands for nothing."""
    return tuple(way for way in lazy_pinyin(character, v_to_u=False, errors="ignore") if way.isascii())[:1] or ("",)
