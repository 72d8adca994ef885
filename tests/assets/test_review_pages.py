"""The review pages: nothing typed is lost, nothing waiting is hidden, every button can be meant, every end is explained."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assets.editing import draft, propose_change
from assets.models import Proposal
from assets.states import State
from assets.views.review import QUEUE
from assets.workflow import approve, confirm, submit, withdraw
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
REVIEWS = "/assets/reviews/"
DECIDE = "/assets/reviews/decide/"
MY_NUMBER = "番号は123456789018です。"
REFUSED = {"My Number": MY_NUMBER, "too long": "長" * 2001, "nothing": ""}


def waiting(name: str = "軽自動車税台帳", state: State = State.SUBMITTED, place: str = "tax") -> Proposal:
    return world.proposal_in(state, place, name=name)


def step_of(proposal: Proposal, code: str) -> str:
    return reverse("assets:step", args=[proposal.pk, code])


def review_of(proposal: Proposal) -> str:
    return reverse("assets:review", args=[proposal.pk])


def typed(proposal: Proposal, note: str, **more: str) -> dict[str, str]:
    return {"note": note, "version": str(proposal.version), **more}


def pair(proposal: Proposal) -> str:
    return f"{proposal.pk}:{proposal.version}"


def text_of(answer: Any) -> str:
    """The page as it is read, without the escapes of HTML."""
    return html.unescape(answer.content.decode())


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


def test_more_waiting_than_shown_is_said_and_the_number_is_that_of_the_menu(signed_in: SignIn) -> None:
    clerk = world.person("clerk")
    for n in range(QUEUE):
        submit(draft(world.values(name=f"帳票{n}"), by=clerk), by=clerk)
    client, more = signed_in("manager"), "古いものから100件を表示しています。決めると、続きが出ます。"
    whole = client.get(REVIEWS)
    assert "待っている申請（100件）" in text_of(whole)
    assert more not in text_of(whole)
    last = waiting("最後の帳票")
    page = client.get(REVIEWS)
    menu = {entry["label"]: entry["count"] for entry in page.context["navigation"]}
    assert menu["審査"] == 101
    assert "待っている申請（101件）" in text_of(page)
    assert more in text_of(page)
    assert len(page.context["entries"]) == 100
    assert review_of(last) not in text_of(page)


@pytest.mark.parametrize(
    ("person", "state", "questions"),
    [
        (
            "manager",
            State.SUBMITTED,
            [
                "「軽自動車税台帳」を確認し、事務局の審査に送ります。よろしいですか。",
                "「軽自動車税台帳」を申請した人に差し戻します。よろしいですか。",
            ],
        ),
        (
            "secretariat",
            State.CONFIRMED,
            [
                "「軽自動車税台帳」1件を承認し、台帳に登録します。よろしいですか。",
                "「軽自動車税台帳」を申請した人に差し戻します。よろしいですか。",
            ],
        ),
    ],
)
def test_every_deciding_button_asks_first_and_names_what_it_decides(
    person: str, state: State, questions: list[str], signed_in: SignIn
) -> None:
    page = text_of(signed_in(person).get(review_of(waiting(state=state))))
    assert [question for question in questions if f'data-confirm="{question}"' not in page] == []
    assert page.count("data-confirm=") == page.count("formaction=") == 2


def test_after_a_decision_the_next_one_is_opened_and_after_the_last_the_first(signed_in: SignIn) -> None:
    first, second, third = (waiting(f"帳票{n}") for n in range(3))
    client = signed_in("manager")
    for decided, code, opened in ((second, "confirm", third), (third, "return", first)):
        answer = client.post(step_of(decided, code), typed(decided, "見ました。", **{"from": "reviews"}), follow=True)
        assert answer.redirect_chain == [(review_of(opened), 302)]
        assert f"「{decided.asset}」を" in next(str(message) for message in answer.context["messages"])
    answer = client.post(step_of(first, "confirm"), typed(first, "", **{"from": "reviews"}))
    assert answer.headers["Location"] == REVIEWS


@pytest.mark.parametrize(
    ("person", "states", "shown"),
    [
        ("manager", [State.SUBMITTED], ["まとめて確認する"]),
        ("secretariat", [State.CONFIRMED], ["まとめて承認する"]),
        ("reviewer", [State.SUBMITTED, State.CONFIRMED], ["まとめて確認する", "まとめて承認する"]),
        ("clerk", [State.SUBMITTED], []),
    ],
)
def test_only_buttons_that_can_do_something_are_shown(
    person: str, states: list[State], shown: list[str], signed_in: SignIn
) -> None:
    for state in states:
        waiting(state=state)
    page = text_of(signed_in(person).get(REVIEWS))
    assert [label for label in ("まとめて確認する", "まとめて承認する") if label in page] == shown


def test_what_moves_to_where_one_does_not_review_offers_no_approval(signed_in: SignIn) -> None:
    proposal = waiting(state=State.CONFIRMED)
    moved = {**proposal.values, "section": world.department("council").pk}
    Proposal.objects.filter(pk=proposal.pk).update(values=moved)
    page = signed_in("secretariat").get(REVIEWS)
    assert [entry["pk"] for entry in page.context["entries"]] == [proposal.pk]
    assert "まとめて承認する" not in text_of(page)


@pytest.mark.parametrize("sure", ["", "1"])
def test_a_mixed_choice_is_answered_with_the_names_that_do_not_fit(sure: str, signed_in: SignIn) -> None:
    fits, other = waiting("確認済の台帳", State.CONFIRMED), waiting("申請中の台帳")
    data = {"chosen": [pair(fits), pair(other)], "step": "approve", "note": "年度末のため。", "sure": sure}
    answer = signed_in("reviewer").post(DECIDE, data)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "選んだ2件のうち、次の1件は「まとめて承認する」ができません。" in page
    assert "「申請中の台帳」: いまの状態は「申請中」なので、「承認して登録する」はできません。" in page
    assert "「確認済の台帳」:" not in page
    assert {entry["pk"] for entry in answer.context["entries"] if entry["checked"]} == {fits.pk, other.pk}
    assert "年度末のため。</textarea>" in page
    assert (state_of(fits), state_of(other)) == (State.CONFIRMED, State.SUBMITTED)


@pytest.mark.parametrize(
    ("chosen", "note", "told"),
    [
        (False, "年度末のため。", "申請が選ばれていません。"),
        (True, "", "まとめて決める理由を入力してください。"),
        (True, MY_NUMBER, "個人番号(マイナンバー)と思われる"),
        (False, "", "まとめて決める理由を入力してください。"),
    ],
)
def test_a_decision_about_many_that_is_refused_keeps_reason_and_choice(
    chosen: bool, note: str, told: str, signed_in: SignIn
) -> None:
    first, second = waiting("帳票1"), waiting("帳票2")
    data = {"chosen": [pair(second)] if chosen else [], "step": "confirm", "note": note}
    answer = signed_in("manager").post(DECIDE, data)
    page = text_of(answer)
    assert answer.status_code == 200
    assert told in page
    assert f"{note}</textarea>" in page
    assert [entry["checked"] for entry in answer.context["entries"]] == [False, chosen]
    assert page.split('<ol class="queue">')[1].split("</ol>")[0].count(" checked") == chosen
    assert state_of(first) == state_of(second) == State.SUBMITTED


def test_a_choice_that_changed_meanwhile_is_not_kept(signed_in: SignIn) -> None:
    proposal = waiting()
    data = {"chosen": [f"{proposal.pk}:{proposal.version - 1}"], "step": "confirm", "note": ""}
    answer = signed_in("manager").post(DECIDE, data)
    assert [entry["checked"] for entry in answer.context["entries"]] == [False]


@pytest.mark.parametrize("note", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("code", ["return", "send-back"])
@pytest.mark.parametrize("place", ["reviews", ""])
def test_a_refused_comment_stays_in_its_box_with_the_error_beside_it(
    note: str, code: str, place: str, signed_in: SignIn
) -> None:
    proposal = waiting(state=State.SUBMITTED if code == "return" else State.CONFIRMED)
    client = signed_in("manager" if code == "return" else "secretariat")
    answer = client.post(step_of(proposal, code), typed(proposal, note, **{"from": place} if place else {}))
    page = text_of(answer)
    assert answer.status_code == 200
    assert answer.templates[0].name == ("assets/review.html" if place else "assets/detail.html")
    assert f"{note}</textarea>" in page
    assert 'id="id_note_error"' in page
    assert " required" not in page.split('name="note"')[-1].split(">")[0]
    assert "＊" + str(answer.context["note"].errors["note"][0]) in page
    assert f'name="version" value="{proposal.version}"' in page
    assert proposal.asset.name in page
    assert state_of(proposal) == proposal.state
    again = typed(proposal, "直してください。", **{"from": place})
    assert client.post(step_of(proposal, code), again).status_code == 302
    assert state_of(proposal) == State.RETURNED


def test_the_page_of_an_asset_says_the_same_when_a_comment_is_refused(signed_in: SignIn) -> None:
    proposal, client = waiting(), signed_in("clerk")
    before: Any = client.get(proposal.asset.get_absolute_url())
    after: Any = client.post(step_of(proposal, "withdraw"), typed(proposal, MY_NUMBER))
    assert before.context[0].flatten().keys() <= after.context[0].flatten().keys()
    for key in ("state", "tone", "sections", "restrictions", "missing", "editing", "recent", "class_label"):
        assert before.context[key] == after.context[key], key


def test_a_comment_is_kept_when_the_step_is_refused_for_another_reason(signed_in: SignIn) -> None:
    proposal = draft(world.values(location=""), by=world.person("clerk"))
    answer = signed_in("clerk").post(step_of(proposal, "submit"), typed(proposal, "急ぎです。"))
    assert answer.status_code == 200
    assert "保管場所" in str([str(message) for message in answer.context["messages"]])
    assert "急ぎです。</textarea>" in text_of(answer)


@pytest.mark.parametrize("note", ["ていねいに書いた長いコメント", MY_NUMBER])
def test_who_comes_too_late_is_shown_what_was_typed(note: str, signed_in: SignIn) -> None:
    proposal = waiting()
    confirm(proposal, by=world.person("manager"))
    answer = signed_in("manager").post(step_of(proposal, "return"), typed(proposal, note))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "入力した内容" in page
    assert f"{note}</textarea>" in page


def test_too_late_without_a_word_shows_no_empty_box(signed_in: SignIn) -> None:
    proposal = waiting()
    confirm(proposal, by=world.person("manager"))
    answer = signed_in("manager").post(step_of(proposal, "confirm"), typed(proposal, ""))
    assert answer.status_code == 409
    assert "入力した内容" not in text_of(answer)


def test_a_refused_comment_opens_no_page_to_who_may_not_take_the_step(signed_in: SignIn) -> None:
    proposal = waiting()
    for person, status in (("clerk", 403), ("auditor", 403), ("stranger", 404)):
        answer = signed_in(person).post(step_of(proposal, "return"), typed(proposal, MY_NUMBER))
        assert answer.status_code == status, person


@pytest.mark.parametrize("place", [{}, {"from": "reviews"}])
@pytest.mark.parametrize("version", ["x", "0", "９９９９９９９９９９９９９９９９９９９９９"])
def test_a_strange_version_decides_nothing(version: str, place: dict[str, str], signed_in: SignIn) -> None:
    proposal = waiting()
    answer = signed_in("manager").post(step_of(proposal, "confirm"), {"note": "よい", "version": version, **place})
    assert answer.status_code == 409
    assert state_of(proposal) == State.SUBMITTED


@pytest.mark.parametrize(
    ("state", "said"),
    [(State.WITHDRAWN, "この申請は取り下げられています。"), (State.APPROVED, "この申請は登録済です。")],
)
@pytest.mark.parametrize("kind", ["new", "change"])
def test_a_closed_proposal_says_what_became_of_it(kind: str, state: State, said: str, signed_in: SignIn) -> None:
    proposal = waiting(state=state)
    if kind == "change":
        asset = waiting(state=State.APPROVED).asset
        clerk = world.person("clerk")
        change = propose_change(asset, world.values(location="西支所"), base_version=asset.version, by=clerk)
        proposal = _ended(submit(change, by=clerk), state)
    page = text_of(signed_in("manager").get(review_of(proposal)))
    assert said in page
    assert f'href="{proposal.asset.get_absolute_url()}"' in page
    for wrong in ("いまの登録と申請の内容", "申請の内容（新規）", "別の人の番", "formaction"):
        assert wrong not in page, wrong


def _ended(change: Proposal, state: State) -> Proposal:
    if state == State.WITHDRAWN:
        return withdraw(change, by=world.person("clerk"))
    return approve(confirm(change, by=world.person("manager")), by=world.person("secretariat"))


def test_withdrawing_a_new_entry_says_that_it_is_final_and_a_change_does_not(signed_in: SignIn) -> None:
    final = "「軽自動車税台帳」の登録を取り下げます。内容は台帳に残らず、元に戻せません。よろしいですか。"
    ordinary = "「軽自動車税台帳」の申請を取り下げます。よろしいですか。"
    client, new, asset = signed_in("clerk"), waiting(state=State.DRAFT), waiting(state=State.APPROVED).asset
    propose_change(asset, world.values(name="改"), base_version=asset.version, by=world.person("clerk"))
    for address, said, unsaid in (
        (new.asset.get_absolute_url(), final, ordinary),
        (asset.get_absolute_url(), ordinary, final),
    ):
        page = text_of(client.get(address))
        assert f'data-confirm="{said}"' in page
        assert unsaid not in page
