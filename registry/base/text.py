"""Text as people type it: one form for storing, a folded form for searching, and what must not be in it."""

import re
import unicodedata
from typing import Final

# Each family of kanji begins with the form that the others are folded to. Common 旧字体, 異体字 and name variants.
_FAMILIES: Final = """
亜亞 悪惡 圧壓 囲圍 為爲 壱壹 隠隱 栄榮 営營 衛衞 円圓 縁緣 艶艷 応應 欧歐 殴毆 奥奧 横橫 温溫 穏穩 仮假 価價 壊壞 懐懷
絵繪 会會 概槪 拡擴 殻殼 覚覺 学學斈 岳嶽 巻卷 陥陷 寛寬 顔顏 気氣 帰歸 偽僞 戯戲戱 犠犧 旧舊 拠據 挙擧 峡峽 挟挾 狭狹
郷鄕鄉 暁曉 区區 駆驅 勲勳 薫薰 径徑 茎莖 渓溪 経經 蛍螢 軽輕 継繼 鶏鷄雞 芸藝 撃擊 欠缺 研硏 県縣 剣劍剱劔劒 険險 圏圈
検檢 献獻 権權 顕顯 験驗 厳嚴 呉吳 娯娛 広廣 効效 恒恆 黄黃 鉱鑛砿礦 号號 国國囯圀 砕碎 済濟 剤劑 斉齊斎齋亝斊 雑雜襍
参參 惨慘 桟棧 蚕蠶 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 写寫冩 舎舍 釈釋 寿壽 収收 従從 渋澁澀 縦縱 獣獸 粛肅 処處
叙敍敘 将將 称稱 焼燒 証證 奨奬獎 条條 状狀 乗乘 浄淨 剰剩 畳疊疉 嬢孃 譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹
酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 静靜 窃竊 摂攝 専專 浅淺 潜潛濳 践踐 銭錢 繊纖 禅禪 双雙 壮壯 争爭 荘莊 捜搜
挿插揷 巣巢 装裝 総總 騒騷 増增 蔵藏 臓臟 属屬 続續 即卽 堕墮 対對 体體軆躰 帯帶 滞滯 台臺 滝瀧 択擇 沢澤 担擔 胆膽 単單
団團 断斷 弾彈 痴癡 遅遲 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞 鉄鐵銕鐡 転轉 点點 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬪
徳德 独獨 読讀 届屆 縄繩 弐貳 悩惱 脳腦 覇霸 拝拜 廃廢 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 秘祕 浜濱濵 瓶甁 仏佛 払拂 並竝
変變 辺邊邉 弁辨瓣辯辦 宝寶寳 豊豐 褒襃 翻飜 毎每 万萬 満滿 黙默 弥彌 訳譯 薬藥 与與 予豫 余餘 誉譽 揺搖 様樣 謡謠 来來
頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘 礼禮 励勵 戻戾 霊靈 隷隸 齢齡 歴歷 暦曆 恋戀 炉爐 労勞 楼樓 録錄 湾灣 医醫
塩鹽 缶罐 関關 観觀 歓歡 勧勸 駅驛 青靑 清淸 教敎 産產 彦彥 強强 絶絕 姉姊 黒黑 内內 姫姬 戸戶 歩步 渉涉 説說 税稅 脱脫
悦悅 閲閱 鋭銳 掲揭 渇渴 既旣 尚尙 顛顚 填塡 晩晚 兎兔莵菟 郎郞 隣鄰 恵惠 冊册 巌巖 遥遙 尭堯 亘亙 晃晄
桧檜 祢禰 禄祿 穣穰 萌萠 鴬鶯 鴎鷗 鯵鰺 麹麴 竈竃 薮藪 諌諫 賎賤 頚頸 鹸鹼 蝿蠅 莱萊 靭靱 剥剝 頬頰 叱𠮟 餅餠 蝋蠟 掴摑
箪簞 醤醬 繍繡 祷禱 涛濤 蛎蠣 砺礪 壷壺 潅灌 噛嚙 嘘噓 焔焰 麺麵 屏屛 并幷 曽曾 槙槇 籠篭 桜櫻 島嶋嶌 崎﨑嵜 高髙 吉𠮷
富冨 峰峯 館舘 桑桒 橋槗 柳栁 淵渕渊 野埜 秋穐龝 園薗 亀龜 鶴靏靍 芦蘆 松枩 船舩 角⻆ 土圡 蒋蔣 聡聰 晋晉 昂昻 熙煕凞
桝枡 毘毗 爾尓 碍礙 穎頴 讃讚 裏裡 迩邇 醗醱 韮韭 猪豬 舗舖 函凾 煙烟 雁鴈 杯盃 皐皋 回囘 協恊 映暎 瑶瑤 梼檮 溌潑
厩廐廏 糾糺 鑑鑒 鈎鉤 凛凜 蕊蘂 弯彎 攅攢 騨驒 侠俠 繋繫 撹攪 躯軀 倶俱 痩瘦 挽輓 葱蔥 掻搔 屡屢 嚢囊 畴疇
長⻑ 西⻄ 食⻝ 民⺠ 骨⻣ 鬼⻤
"""
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u2796"
_WAVES: Final = "\u301c\u223c\u223f\u3030\uff5e"
_INVISIBLE: Final = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_GAIJI: Final = re.compile(r"[\ue000-\uf8ff]")
_HEADER_MARK_AT_END: Final = re.compile(
    r"(?:※.*|\*+|\((?:必須|任意|注\d*)\)|\[(?:必須|任意)\]|【(?:必須|任意)】|注\d+)$"
)
_HEADER_MARK_AT_START: Final = re.compile(r"^(?:※+|\*+|\(必須\)|\[必須\]|【必須】)+")


def _folding_table() -> dict[int, str]:
    """Return what each single character is folded to after NFKC and casefold."""
    table = {code: chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
    table |= {ord("ヶ"): "け", ord("ゖ"): "け", ord("ヵ"): "か", ord("ゕ"): "か", ord("·"): "・"}
    table |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _WAVES), "~")
    table |= {ord(quote): "'" for quote in "‘’′"} | {ord(quote): '"' for quote in "“”″〝〟"}
    for family in _FAMILIES.split():
        table |= {ord(variant): family[0] for variant in family[1:] if variant != family[0]}
    return table


_FOLDING: Final = _folding_table()


def fold(text: str) -> str:
    """Return text as it is compared and searched, never as it is stored.

    Width, case, kana, 旧字体, dashes and wave dashes no longer differ; white space and invisible characters are
    gone. The long vowel ー stays apart from the dashes.
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", visible).translate(_FOLDING)


def grams(folded: str) -> list[str]:
    """Return the unigrams and bigrams of folded text, each once, in the order they first appear."""
    found: dict[str, None] = {}
    for position, character in enumerate(folded):
        found[character] = None
        if position + 1 < len(folded):
            found[folded[position : position + 2]] = None
    return list(found)


def terms(query: str) -> list[str]:
    """Return the folded words of what was typed into a search box, each once; white space of any width parts them."""
    return list(dict.fromkeys(filter(None, map(fold, query.split()))))


def tidy(text: str) -> str:
    """Return text as it is stored: NFC, line ends as LF, no outer white space. Width and glyph stay as written.

    Text of which nothing can be seen is stored as ''.
    """
    if is_blank(text):
        return ""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_blank(text: str) -> bool:
    """Say whether nothing of text can be seen (white space, zero-width characters and fillers only)."""
    return not _INVISIBLE.sub("", text)


def find_control_characters(text: str) -> list[tuple[int, str]]:
    """Return (position from 0, label such as "U+202E") of each character no ledger text may hold.

    These are C0 and C1 controls but line feed and tab, direction overrides and isolates, and lone surrogates.
    """
    return [(match.start(), f"U+{ord(match[0]):04X}") for match in _CONTROL.finditer(text)]


def find_gaiji(text: str) -> list[str]:
    """Return the private-use characters (外字, U+E000 to U+F8FF) in text, as often as they stand there."""
    return _GAIJI.findall(text)


def header_key(text: str) -> str:
    """Return a spreadsheet header as it is matched: NFKC, no white space, no ※, * or (必須) marks, casefolded."""
    key = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    key = _HEADER_MARK_AT_START.sub("", key)
    while (shorter := _HEADER_MARK_AT_END.sub("", key)) != key:
        key = shorter
    return key.casefold()
