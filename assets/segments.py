"""Network segments of the 三層の対策, and where things live that are on no network."""

from django.db import models


class Segment(models.TextChoices):
    """ネットワーク区分 (DOMAIN §4; 総務省ガイドライン 三層の対策)."""

    MYNUMBER = "mynumber", "マイナンバー利用事務系"
    LGWAN = "lgwan", "LGWAN接続系"
    INTERNET = "internet", "インターネット接続系"
    EXTERNAL = "external", "外部サービス"
    GOVCLOUD = "govcloud", "ガバメントクラウド"
    STANDALONE = "standalone", "独立(スタンドアロン)"
    PAPER = "paper", "紙"


SYNONYMS: dict[Segment, tuple[str, ...]] = {
    Segment.MYNUMBER: ("マイナンバー系", "番号系", "個人番号利用事務系", "基幹系", "住基系", "マイナンバー"),
    Segment.LGWAN: ("LGWAN系", "内部系", "庁内系", "内部事務系", "LGWAN"),
    Segment.INTERNET: ("インターネット系", "情報系", "外部系", "インターネット"),
    Segment.EXTERNAL: ("クラウド", "クラウドサービス", "外部クラウド"),
    Segment.GOVCLOUD: ("ガバクラ", "ガバメントクラウド領域"),
    Segment.STANDALONE: ("独立", "スタンドアロン", "スタンドアローン", "単独", "オフライン"),
    Segment.PAPER: ("紙媒体", "書類", "なし", "接続なし"),
}
