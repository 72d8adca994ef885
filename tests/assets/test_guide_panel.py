"""The guide inside the form: answers become levels, reasons and 取扱制限; going another way takes a reason of one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.models import Asset, Proposal
from assets.states import Standing
from assets.workflow import register_directly
from tests import world
from tests.assets.pages import NEW, as_typed, edit_page, errors_of, shown_form, typed

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
ANSWERS = {
    "guide-personal": "residents",
    "guide-mynumber": "yes",
    "guide-sensitive": "no",
    "guide-secret": "no",
    "guide-leak": "some",
    "guide-publish": "never",
    "guide-damage": "serious",
    "guide-stop": "week",
}
LEVELS = {"confidentiality": "3B", "integrity": "2", "availability": "1"}
UNCLASSIFIED = {"confidentiality": "", "integrity": "", "availability": "", "handling": "", "class_reason": ""}


def asked(client: Client, page: str = NEW, **changes: str) -> Any:
    """Press 「この答えで分類を提案する」."""
    return client.post(
        page, {**shown_form(client, page), **typed(**world.values()), **UNCLASSIFIED, **changes, "act": "guide"}
    )


def read_back(answer: Any) -> dict[str, Any]:
    """Everything the form holds now, as the browser would send it on."""
    form = answer.context["form"]
    sent = {field.html_name: as_typed(field.value()) for field in form}
    return {**sent, "version": str(answer.context["version"]), "token": str(answer.context["token"]), "proposal": ""}


def test_answers_become_levels_reasons_restrictions_and_facts(signed_in: SignIn) -> None:
    answer = asked(signed_in("clerk"), **ANSWERS)
    form = answer.context["form"]
    for axis, code in LEVELS.items():
        assert form[axis].value() == str(world.level(axis, code).pk), axis
    assert form["handling"].value().splitlines()[:2] == [
        "支給された端末以外での作業の禁止",
        "必要以上の複製及び配付の禁止",
    ]
    assert "個人番号を含み" in form["class_reason"].value()
    assert (form["pi"].value(), form["pi_mynumber"].value(), form["pi_sensitive"].value()) == ("yes", "yes", "no")
    assert form["name"].value() == "固定資産税課税台帳"
    assert "自治体機密性3B" in answer.content.decode()
    assert not Asset.objects.exists()


def test_the_guide_asks_only_what_still_matters_and_says_what_is_open(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    codes = {question["code"] for question in asked(client, **{"guide-personal": "none"}).context["guide"].questions}
    assert not codes & {"mynumber", "sensitive"}
    panel = asked(client, **{"guide-personal": "residents"}).context["guide"]
    assert {"mynumber", "sensitive"} <= {question["code"] for question in panel.questions}
    assert "個人番号（マイナンバー）が入っていますか。" in panel.unanswered
    assert panel.proposed == []


def test_the_strictest_level_is_proposed_before_everything_is_answered(signed_in: SignIn) -> None:
    panel = asked(signed_in("clerk"), **{"guide-secret": "yes"}).context["guide"]
    assert [(axis["key"], axis["level"]) for axis in panel.proposed] == [("confidentiality", "自治体機密性3A")]


def test_what_was_proposed_is_kept_with_the_asset_and_shown_again(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    form = read_back(asked(client, **ANSWERS))
    assert client.post(NEW, {**form, **ANSWERS, "act": "save"}).status_code == 302
    asset = Asset.objects.get()
    answers = {key.removeprefix("guide-"): value for key, value in ANSWERS.items()}
    assert asset.guide_answers == answers
    assert Proposal.objects.get().values["guide"] == answers
    assert {level.axis.code: level.code for level in asset.levels} == LEVELS
    assert (asset.pi, asset.pi_mynumber, asset.pi_sensitive) == (True, True, False)
    assert client.get(edit_page(asset)).context["guide"].answers == answers


def test_answers_stay_with_the_asset_once_it_is_registered(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    client.post(NEW, {**read_back(asked(client, **ANSWERS)), **ANSWERS, "act": "save"})
    register_directly(Proposal.objects.get(), by=world.person("secretariat"), reason="年度当初")
    asset = Asset.objects.get()
    assert asset.standing == Standing.REGISTERED
    assert asset.guide_answers["stop"] == "week"
    assert asset.revisions.get().values["guide"] == asset.guide_answers


@pytest.mark.parametrize("reason", ["", "   ", None], ids=["none", "blank", "the guide's own"])
def test_another_level_without_a_reason_of_ones_own_is_refused(reason: str | None, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    form = {**read_back(asked(client, **ANSWERS)), **ANSWERS}
    other = str(world.level("confidentiality", "2").pk)
    given = form["class_reason"].replace("\n", "\r\n") if reason is None else reason
    for act in ("save", "submit"):
        answer = client.post(NEW, {**form, "confidentiality": other, "class_reason": given, "act": act})
        (sentence,) = errors_of(answer)["class_reason"]
        assert sentence == "自治体機密性を提案の「自治体機密性3B」から変えています。変える理由を書いてください。"
    assert not Asset.objects.exists()


def test_another_level_with_a_reason_is_kept(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    form = {**read_back(asked(client, **ANSWERS)), **ANSWERS}
    changes = {
        "confidentiality": str(world.level("confidentiality", "3A").pk),
        "class_reason": "秘密文書を綴じ込むため。",
    }
    assert client.post(NEW, {**form, **changes, "act": "submit"}).status_code == 302
    asset = Asset.objects.get()
    assert asset.class_reason == "秘密文書を綴じ込むため。"
    assert asset.level_1 == world.level("confidentiality", "3A")


def test_the_kept_answers_still_ask_for_a_reason_when_a_level_is_changed_later(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    client.post(NEW, {**read_back(asked(client, **ANSWERS)), **ANSWERS, "act": "save"})
    page = edit_page(Asset.objects.get())
    later = {**shown_form(client, page), "integrity": str(world.level("integrity", "1").pk)}
    assert errors_of(client.post(page, later))["class_reason"]


@pytest.mark.parametrize(
    "strange", [{"guide-personal": "everybody"}, {"guide-nothing": "yes"}, {"guide-": ""}], ids=str
)
def test_answers_that_were_not_on_offer_count_for_nothing(strange: dict[str, str], signed_in: SignIn) -> None:
    client = signed_in("clerk")
    panel = asked(client, **strange).context["guide"]
    assert (panel.answers, panel.proposed) == ({}, [])
    form = {**shown_form(client, NEW), **typed(**world.values()), **strange}
    assert client.post(NEW, form).status_code == 302
    assert Asset.objects.get().guide_answers == {}


def test_asking_the_guide_never_saves_and_keeps_what_is_wrong_so_far(signed_in: SignIn) -> None:
    answer = asked(signed_in("clerk"), **ANSWERS, disposal_due="来年")
    assert answer.status_code == 200
    assert answer.context["form"]["disposal_due"].value() == "来年"
    assert not Asset.objects.exists()


def test_a_new_answer_replaces_what_the_guide_wrote_but_never_what_somebody_typed(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    first = asked(client, **ANSWERS)
    shown = {**read_back(first), **dict(first.context["guide"].last()), **ANSWERS, "guide-personal": "none"}
    again = client.post(NEW, {**shown, "act": "guide"}).context
    assert "個人番号を含み" not in again["form"]["class_reason"].value()
    assert again["guide"].kept == []
    typed_over = client.post(NEW, {**shown, "class_reason": "昨年の審査で決めたとおり。", "act": "guide"})
    assert typed_over.context["form"]["class_reason"].value() == "昨年の審査で決めたとおり。"
    assert "分類理由は、入力されていたものを残しました。" in typed_over.content.decode()
