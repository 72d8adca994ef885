"""The guide on a slow line: no answer and no word that was typed gets lost."""

from playwright.sync_api import expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import ANSWERS, CLERK, answer

ALWAYS_ASKED = [question for question in ANSWERS if "番号" not in question and "要配慮" not in question]
SLOW = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}


def test_answers_given_faster_than_the_line_are_all_kept(at_desk: AtDesk) -> None:
    clerk = at_desk(CLERK)
    clerk.goto("/assets/new/")
    clerk.locator("details.guide > summary").click()
    line = clerk.context.new_cdp_session(clerk)
    line.send("Network.emulateNetworkConditions", SLOW)
    for question in ALWAYS_ASKED:
        answer(clerk, question, ANSWERS[question]).check()
    expect(clerk.locator(".guide .result")).to_contain_text("その日のうちに事務")
    for question in ALWAYS_ASKED:
        expect(answer(clerk, question, ANSWERS[question])).to_be_checked()
