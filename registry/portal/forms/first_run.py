"""What is typed in the first settings: the code, the body, its organs, its words, and the first administrator."""

import tomllib
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from assets.schemes import available_presets, read_preset
from registry.base.numbers import is_body_code
from registry.base.text import find_control_characters, tidy
from registry.organization.admin.forms import required_words
from registry.organization.forms import TITLE, WORD, said_twice, word_fields
from registry.organization.models import User
from registry.organization.people import problem_with_username
from registry.organization.profiles.parts import KINDS_WITH_CODE, KINDS_WITHOUT_CODE, Profile
from registry.organization.profiles.reading import available, check, read
from registry.web.fields import QuickSelect

OWN, FILE = "own", "file"
LARGEST_FILE = 200_000  # bytes
SPARE_ROWS = 4
NONE_NEEDED = "一部事務組合と広域連合には、全国地方公共団体コードを入れません。空欄にしてください。"


class PlainText(forms.CharField):
    """One line of text, tidied, in which nothing unseen stands."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(tidy(str(value or ""))))
        if find_control_characters(text) or "\n" in text or "\t" in text:
            raise ValidationError("改行や制御文字は使えません。消して入れ直してください。")
        return text


class PlainForm(forms.Form):
    """A form that says in plain words what is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = required_words(field)


class CodeForm(PlainForm):
    """The code that stands on the terminal."""

    code = forms.CharField(
        label="設定コード",
        max_length=60,
        help_text="サーバーを起動した画面に出ています。大文字・小文字、全角・半角、「-」の有無は問いません。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class BodyForm(PlainForm):
    """Which body: one that ships, one near to it, or a file of its own."""

    choice = forms.ChoiceField(label="団体の設定", widget=forms.RadioSelect)
    base = forms.ChoiceField(
        label="近い団体",
        required=False,
        help_text="「近い団体の設定から始める」を選んだときに使います。",
        widget=QuickSelect,
    )
    file = forms.FileField(
        label="設定ファイル(.toml)", required=False, help_text="「設定ファイルを読み込む」を選んだときに使います。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = available()
        fields: dict[str, Any] = self.fields
        fields["choice"].choices = [
            *((key, described(read(key))) for key, _ in known),
            (OWN, "近い団体の設定から始める（団体名や機関を次の画面で入れます）"),
            (FILE, "設定ファイルを読み込む"),
        ]
        fields["base"].choices = [("", "選んでください"), *known]
        self.data_of_file: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("choice") == OWN and not given.get("base"):
            self.add_error("base", "近い団体を選んでください。")
        if given.get("choice") == FILE and "file" not in self.errors:
            self._read(given.get("file"))
        return given

    def _read(self, file: Any) -> None:
        if not file:
            self.add_error("file", "設定ファイルを選んでください。")
        elif file.size > LARGEST_FILE:
            self.add_error(
                "file", f"{file.name} は大きすぎます({LARGEST_FILE // 1000}KBまで)。設定ファイルを確かめてください。"
            )
        elif problems := self._problems(file):
            self.add_error("file", [ValidationError(problem) for problem in problems])

    def _problems(self, file: Any) -> list[str]:
        try:
            self.data_of_file = tomllib.loads(file.read().decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            return [f"{file.name} は読めません（{error}）。TOML の書き方を確かめてください。"]
        return check(self.data_of_file, file.name, schemes={code for code, _ in available_presets()})


def described(profile: Profile) -> str:
    """A shipped body in one line: what it is, its organs, how it classifies."""
    return f"{profile.name}（{profile.kind}、機関{len(profile.organs)}） — {read_preset(profile.scheme).name}"


class OwnBodyForm(PlainForm):
    """The name, kind and code of a body that does not ship."""

    name = PlainText(label="団体名", max_length=100)
    kind = forms.ChoiceField(
        label="団体の種類",
        choices=[("", "選んでください"), *((kind, kind) for kind in KINDS_WITH_CODE + KINDS_WITHOUT_CODE)],
        widget=QuickSelect,
    )
    code = PlainText(
        label="全国地方公共団体コード",
        required=False,
        max_length=20,
        help_text="検査数字を含む6桁です。一部事務組合と広域連合は空欄にします。",
    )

    def clean_code(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        kind, code = given.get("kind"), given.get("code")
        if kind in KINDS_WITHOUT_CODE and code:
            self.add_error("code", NONE_NEEDED)
        elif kind in KINDS_WITH_CODE and not code and "code" not in self.errors:
            self.add_error("code", f"{kind}には団体コードが要ります。検査数字を含む6桁を入れてください。")
        elif code and not is_body_code(code):
            self.add_error("code", "団体コードの検査数字が合いません。6桁の数字を確かめてください。")
        return given


class OrganForm(forms.Form):
    """One organ of the body; a row without a name is left out."""

    name = PlainText(label="機関の名称", required=False, max_length=100)
    head_title = PlainText(label="長の職名", required=False, max_length=100)
    autonomous = forms.BooleanField(label="自律機関", required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("name") and "name" not in self.errors and (given.get("head_title") or given.get("autonomous")):
            self.add_error("name", "機関の名称を入れるか、この行を空にしてください。")
        return given


class Organs(forms.BaseFormSet):
    """The organs in their order: at least one, none twice."""

    def clean(self) -> None:
        names = [name for form in self.forms if (name := getattr(form, "cleaned_data", {}).get("name"))]
        if not names and not any(self.errors):
            raise ValidationError("機関が一つもありません。一つ以上入れてください。")
        for name in sorted({name for name in names if names.count(name) > 1}):
            raise ValidationError(f"機関「{name}」が2つあります。一つにしてください。")

    def organs(self) -> list[dict[str, Any]]:
        """The organs as a profile writes them."""
        given = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [{"code": f"organ{number}", **one} for number, one in enumerate(given, 1)]


OrganFormSet = forms.formset_factory(OrganForm, formset=Organs, extra=SPARE_ROWS, max_num=60, absolute_max=60)


class WordsForm(PlainForm):
    """How the body classifies, and what it calls things."""

    scheme = forms.ChoiceField(label="分類体系", widget=forms.RadioSelect)

    def __init__(self, *args: Any, unsure: Mapping[str, str], **kwargs: Any) -> None:
        """unsure: word → why it is to be confirmed."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["scheme"].choices = [(code, _scheme_described(code, name)) for code, name in available_presets()]
        fields |= word_fields()
        for code, why in unsure.items():
            fields[f"{WORD}{code}"].help_text += f"。要確認: {why}"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name, text in given.items():
            if name != "scheme" and find_control_characters(text):
                self.add_error(name, "制御文字は使えません。消して入れ直してください。")
        for name, problem in said_twice(given).items():
            self.add_error(name, problem)
        return given

    def words(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(WORD)]

    def titles(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(TITLE)]

    def own(self, prefix: str) -> dict[str, str]:
        """Code → the body's own word (or title), without those that stay standard."""
        own = {
            name.removeprefix(prefix): tidy(text) for name, text in self.cleaned_data.items() if name.startswith(prefix)
        }
        return {code: text for code, text in own.items() if text}


def words_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What the words form shows first for a profile."""
    titles = {f"{TITLE}{role['code']}": role["title"] for role in data.get("roles", ())}
    return {
        "scheme": data["scheme"],
        **{f"{WORD}{code}": text for code, text in data.get("words", {}).items()},
        **titles,
    }


def _scheme_described(code: str, name: str) -> str:
    axes = [f"{axis.short}{len(axis.levels)}区分" for axis in read_preset(code).axes]
    return f"{name} — {'・'.join(axes)}"


class AdministratorForm(PlainForm):
    """The first administrator with a password of their own; there is no default."""

    username = forms.CharField(
        label="利用者ID",
        max_length=60,
        help_text="半角の英数字と . _ - @ + が使えます。あとから変えられません。",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    name = PlainText(label="氏名", max_length=100)
    password = forms.CharField(
        label="パスワード",
        strip=False,
        help_text="12文字以上。利用者IDや氏名に似たもの、よく使われるもの、数字だけのものは使えません。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="パスワード(確認)", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        for validator in User._meta.get_field("username").validators:
            validator(username)
        if problem := problem_with_username(username):
            raise ValidationError(problem)
        return username

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        password = given.get("password")
        if password and given.get("again") and password != given["again"]:
            self.add_error("again", "上と同じパスワードを入れてください。")
        if password:
            try:
                validate_password(password, User(username=given.get("username", ""), name=given.get("name", "")))
            except ValidationError as weak:
                self.add_error("password", weak)
        return given
