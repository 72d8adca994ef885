"""Realistic ledger lines from a seed: some words stand in every tenth name, some in one of a thousand, some nowhere."""

import datetime as dt
import itertools
import random
from typing import Any

from assets.choices import AssetType, Backup, Disposal, Medium, Retention, Takeout, Usage
from assets.segments import Segment

SEED = 20_260_401
FREQUENT = [
    "住民記録",
    "戸籍",
    "個人住民税",
    "固定資産税",
    "軽自動車税",
    "国民健康保険",
    "介護保険",
    "後期高齢者医療",
    "児童手当",
    "生活保護",
    "障害者福祉",
]
USUAL = [
    "法人市民税",
    "収納管理",
    "滞納整理",
    "国民年金",
    "児童扶養手当",
    "健康管理",
    "予防接種",
    "就学援助",
    "学齢簿",
    "学校給食",
    "図書館利用者",
    "選挙人名簿",
    "上下水道料金",
    "下水道台帳",
    "道路台帳",
    "公営住宅",
    "建築確認",
    "都市計画",
    "農地台帳",
    "ふるさと納税",
    "廃棄物処理",
    "防災行政無線",
    "避難行動要支援者",
    "財務会計",
    "人事給与",
    "庶務事務",
    "文書管理",
    "例規",
    "契約管理",
    "議会会議録",
    "監査",
    "共通基盤",
    "メール",
    "ホームページ",
]
RARE = ["浄化槽", "鳥獣捕獲許可", "行旅死亡人", "戦没者遺族", "墓地", "隣保館", "土地改良区", "自衛官募集"]
QUERIES = (
    "台帳",
    "住民",
    "介護",
    "税務",
    "システム",
    "固定資産",
    "国民健康",
    "浄化槽",
    "鳥獣",
    "行旅死亡",
    "戦没者",
    "防災無線",
    "火星",
    "珊瑚礁",
    "宇宙開発",
)
FORMS = (
    ("システム", AssetType.SYSTEM, Medium.SERVER),
    ("データベース", AssetType.INFORMATION, Medium.SERVER),
    ("台帳", AssetType.INFORMATION, Medium.PAPER),
    ("申請書綴り", AssetType.INFORMATION, Medium.PAPER),
    ("決裁文書", AssetType.INFORMATION, Medium.FILE_SERVER),
    ("集計表", AssetType.INFORMATION, Medium.FILE_SERVER),
    ("連携ファイル", AssetType.INFORMATION, Medium.FILE_SERVER),
    ("バックアップ媒体", AssetType.MEDIUM, Medium.TAPE),
    ("端末", AssetType.FACILITY, Medium.TERMINAL),
    ("操作マニュアル", AssetType.DOCUMENT, Medium.FILE_SERVER),
    ("通知書データ", AssetType.INFORMATION, Medium.REMOVABLE),
)
YEARS = [
    "平成29年度",
    "平成30年度",
    "令和元年度",
    "令和2年度",
    "令和3年度",
    "令和4年度",
    "令和5年度",
    "令和6年度",
    "令和7年度",
]
PLACES = [
    "本庁舎1階",
    "本庁舎2階",
    "本庁舎3階",
    "本庁舎サーバ室",
    "東支所",
    "西支所",
    "保健センター",
    "データセンター",
    "書庫",
]
SURNAMES = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "斎藤",
    "清水",
]
SUPPLIERS = (
    "",
    "",
    "株式会社みどり電算",
    "あおば情報システム株式会社",
    "北斗ソリューションズ株式会社",
    "さくらデータ株式会社",
)
NOTES = (
    "{task}事務に係る{form}。所管課が管理し、{place}に保管する。",
    "{task}の{form}。年1回の棚卸で所在と利用者を確認する。税務・福祉の各課と共用。",
    "標準化対象事務({task})。移行後は{place}で運用し、旧{form}は保存期間の経過後に廃棄する。",
    "{task}に関する個人情報を含むため、持ち出しは所属長の許可を要する。",
)
TAKEOUTS, BACKUPS, RETENTIONS, DISPOSALS = (kind.values for kind in (Takeout, Backup, Retention, Disposal))
_TASKS = (*FREQUENT, *USUAL, *RARE)
_ODDS = list(itertools.accumulate([*[8] * len(FREQUENT), *[3] * len(USUAL), *[0.08] * len(RARE)]))


def line(number: int) -> dict[str, Any]:
    """Field values of the number-th asset (related rows apart); the same number always gives the same values."""
    chance = random.Random(SEED + number)
    task = chance.choices(_TASKS, cum_weights=_ODDS)[0]
    form, kind, medium = chance.choice(FORMS)
    place = chance.choice(PLACES)
    personal = chance.random() < 0.55
    year = chance.choice(YEARS) if medium in {Medium.PAPER, Medium.TAPE} else ""
    return {
        "name": f"{year}{task}{form}({number + 1:06d})",
        "description": chance.choice(NOTES).format(task=task, form=form, place=place),
        "asset_type": kind,
        "business": f"{task}事務",
        "medium": medium,
        "location": place,
        "segment": Segment.PAPER if medium == Medium.PAPER else chance.choice((Segment.MYNUMBER, Segment.LGWAN)),
        "pi": personal,
        "pi_mynumber": personal and chance.random() < 0.3,
        "pi_count": chance.randrange(100, 80_000) if personal else None,
        **_keeping(chance),
    }


def _keeping(chance: random.Random) -> dict[str, Any]:
    supplier = chance.choice(SUPPLIERS)
    return {
        "status": Usage.ACTIVE,
        "unit": chance.choice(("管理係", "庶務係", "")),
        "staff": chance.choice(SURNAMES),
        "contact": f"内線{chance.randrange(1000, 9999)}",
        "class_reason": "個人に関する情報を含み、漏えいすると住民の権利を害するため。",
        "handling": "許可のない持ち出しの禁止\n施錠できる場所での保管",
        "takeout": chance.choice(TAKEOUTS),
        "access_scope": chance.choice(("課内", "部内", "全庁", "委託先を含む")),
        "storage_method": "施錠できる書庫",
        "encrypted": chance.random() < 0.5,
        "backup": chance.choice(BACKUPS),
        "retention": chance.choice(RETENTIONS),
        "disposal_due": dt.date(2027, 4, 1) + dt.timedelta(days=chance.randrange(4000)),
        "disposal_method": chance.choice(DISPOSALS),
        "inventoried_on": dt.date(2025, 4, 1) + dt.timedelta(days=chance.randrange(300)),
        "outsourced": bool(supplier),
        "vendor": supplier,
        "likelihood": chance.choice((1, 2, 3)),
        "loss": chance.choice((1, 2, 3)),
    }
