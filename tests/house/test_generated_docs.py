"""The pages of docs/ that are made from the code say what the code says now."""

import pytest

from tests.house import generated


@pytest.mark.parametrize("name", sorted(generated.PAGES))
def test_a_generated_page_is_up_to_date(name):
    kept = (generated.DOCS / name).read_text(encoding="utf-8")
    assert kept == generated.PAGES[name](), ".venv/bin/python -m tests.house.generated"
