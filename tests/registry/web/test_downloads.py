"""Files that go out: an attachment with its Japanese name, never guessed at, and no name that Windows refuses."""

import io
from typing import Any
from urllib.parse import quote

import pytest

from registry.web.downloads import XLSX, file_answer, safe_name

NAMES = {
    "情報資産台帳_伊奈町_機密性3B情報を含む_R8.4.1.xlsx": "情報資産台帳_伊奈町_機密性3B情報を含む_R8.4.1.xlsx",
    'a/b\\c:d*e?f"g<h>i|j.xlsx': "a_b_c_d_e_f_g_h_i_j.xlsx",
    "../../etc/passwd": "_.._etc_passwd",
    "改行\r\nSet-Cookie: x=1.xlsx": "改行__Set-Cookie_ x=1.xlsx",
    "NUL\x00.xlsx": "NUL_.xlsx",
    " . ": "download",
    "": "download",
    "末尾の点. ": "末尾の点",
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_a_file_name_holds_nothing_that_windows_refuses(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_an_attachment_with_its_japanese_name(name: str) -> None:
    answer: Any = file_answer(io.BytesIO(b"content"), name, XLSX)
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "\n" not in disposition
    assert quote(safe_name(name)) in disposition or safe_name(name) in disposition
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", XLSX)
    assert b"".join(answer.streaming_content) == b"content"
