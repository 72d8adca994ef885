"""The value lists of the ledger's coded columns: short stable codes, the words staff use."""

from django.db import models


class AssetType(models.TextChoices):
    """情報資産の種類: the six official kinds (DOMAIN §0-4; 総務省ガイドライン 情報資産の範囲)."""

    NETWORK = "network", "ネットワーク"
    SYSTEM = "system", "情報システム"
    FACILITY = "facility", "施設・設備"
    MEDIUM = "medium", "電磁的記録媒体"
    INFORMATION = "information", "取り扱う情報"
    DOCUMENT = "document", "関連文書"


class Takeout(models.TextChoices):
    FORBIDDEN = "forbidden", "禁止"
    PERMIT = "permit", "許可が必要"
    ALLOWED = "allowed", "可"


class FileKind(models.TextChoices):
    """個人情報ファイルの種別 (個人情報保護法施行令)."""

    ELECTRONIC = "electronic", "電算処理ファイル"
    MANUAL = "manual", "マニュアル処理ファイル"


class Sanitize(models.TextChoices):
    """無害化の方式 (DOMAIN §4)."""

    NONE = "none", "なし"
    MAIL_TEXT = "mail-text", "メール無害化"
    SCREEN = "screen", "画面転送"
    FILE = "file", "ファイル無害化"


class Authentication(models.TextChoices):
    NONE = "none", "なし"
    PASSWORD = "password", "ID・パスワード"
    CARD = "card", "ICカード"
    BIOMETRIC = "biometric", "生体認証"
    MULTI_FACTOR = "multi-factor", "多要素認証"


class Medium(models.TextChoices):
    PAPER = "paper", "紙"
    SERVER = "server", "サーバ"
    FILE_SERVER = "file-server", "ファイルサーバ"
    TERMINAL = "terminal", "端末内蔵"
    REMOVABLE = "removable", "USBメモリ等の外部記録媒体"
    OPTICAL = "optical", "光ディスク"
    TAPE = "tape", "磁気テープ"
    CLOUD = "cloud", "クラウド"
    OTHER = "other", "その他"


class Backup(models.TextChoices):
    NONE = "none", "なし"
    REALTIME = "realtime", "随時(二重化)"
    DAILY = "daily", "日次"
    WEEKLY = "weekly", "週次"
    MONTHLY = "monthly", "月次"
    YEARLY = "yearly", "年次"
    OTHER = "other", "あり(その他)"


class Retention(models.TextChoices):
    """保存期間 (DOMAIN §3)."""

    YEARS_1 = "1", "1年"
    YEARS_3 = "3", "3年"
    YEARS_5 = "5", "5年"
    YEARS_10 = "10", "10年"
    YEARS_30 = "30", "30年"
    PERMANENT = "permanent", "永年"
    STANDING = "standing", "常用"


class Disposal(models.TextChoices):
    SHRED = "shred", "裁断"
    DISSOLVE = "dissolve", "溶解"
    BURN = "burn", "焼却"
    DESTROY = "destroy", "物理的破壊"
    DEGAUSS = "degauss", "磁気消去"
    ERASE = "erase", "データ消去ソフト"
    CRYPTO = "crypto", "暗号化消去"
    RETURN = "return", "返却"
    OTHER = "other", "その他"


class ExternalService(models.TextChoices):
    NONE = "none", "利用なし"
    CONTRACT = "contract", "個別契約のクラウド"
    TERMS = "terms", "約款による外部サービス"
    MEETING = "meeting", "Web会議"
    SNS = "sns", "ソーシャルメディア"
    HOSTING = "hosting", "ホスティング"
    OTHER = "other", "その他"


class Deviation(models.TextChoices):
    """Why the value in force is not simply the stricter of 指定値 and 算定値 (DOMAIN §1)."""

    ACCUMULATED = "accumulated", "累積(集まることで高くなる)"
    SPREAD = "spread", "分散(分かれていることで低くなる)"
    SPECIAL = "special", "個別事情"


class Usage(models.TextChoices):
    """状態: is the thing itself in use? (Not the state of its registration.)"""

    PLANNED = "planned", "利用予定"
    ACTIVE = "active", "利用中"
    SUSPENDED = "suspended", "休止中"
    ENDING = "ending", "廃止予定"


class YesNo(models.TextChoices):
    """有・無 as the form and the workbook show it; the database holds true, false or nothing."""

    YES = "yes", "有"
    NO = "no", "無"


class Scale(models.IntegerChoices):
    """発生可能性 and 発生時の損失, low to high."""

    LOW = 1, "1 小"
    MIDDLE = 2, "2 中"
    HIGH = 3, "3 大"


class Evidence(models.TextChoices):
    """What an attached file is there to show."""

    MANUAL = "manual", "取扱手順"
    CONTRACT = "contract", "契約書"
    DISPOSAL = "disposal", "廃棄証明"
    PHOTO = "photo", "写真"
    OTHER = "other", "その他"
