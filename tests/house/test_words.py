"""No word that a body may rename stands as a literal in what people read: the source takes it from the vocabulary."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.organization.vocabulary import DEFAULT_TITLES, DEFAULT_WORDS, STANDARD, WORDS

ROOT = Path(__file__).resolve().parents[2]
# 監査人 and CSIRT are plain words too; a title is renamed where a role is shown, never inside a sentence of ours.
PLAIN = {"監査人", "外部監査人", "CSIRT", "部局"}
RENAMEABLE = sorted({*DEFAULT_WORDS.values(), *DEFAULT_TITLES.values()} - PLAIN - {"課"}, key=len, reverse=True)
# 課 as a unit, and not as a part of 課税, 課長, 課題, 賦課 …
SECTION = re.compile(r"(?<!賦)課(?![税題長])")
LITERAL = re.compile("|".join(map(re.escape, RENAMEABLE)) + "|" + SECTION.pattern)
TEMPLATE_CODE = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)
# Where a literal may stand, and why.
EXCEPTIONS = {
    "registry/organization/vocabulary.py": "the standard words themselves",
    "registry/organization/list_plan.py": "the columns and kinds of an organisation list as files write them",
    "registry/organization/list_reading.py": "the columns of an organisation list as files write them",
    "registry/organization/forms.py": "the headings of an organisation list as files write them",
    "registry/organization/roles.py": "names that Django keeps with its permissions; no screen shows them",
    "registry/organization/profiles/parts.py": "how a profile lists what is out of scope unless it says otherwise",
    "registry/organization/reorganization/matching.py": "how the names of units end, as people write them",
    "registry/portal/demo.py": "what the demonstration's fictitious people wrote",
    "registry/portal/forms/getting_ready.py": "an example of a department's name",
    "assets/choices.py": "values of the guideline (情報資産の種類, 約款による外部サービス), the same in every ledger",
    "assets/segments.py": "network segments of the guideline, the same in every ledger",
    "assets/likeness.py": "what follows a number in a name, as people write it",
    "assets/spelling.py": "how the names of units end, as people write them",
    "assets/ledger/workbook_package.py": "the name of the program in a file's properties",
}
CODE = {"registry": ROOT / "registry", "assets": ROOT / "assets", "audits": ROOT / "audits"}


def texts_of_code(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in a module that is not a docstring, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_no_module_says_a_renameable_word_by_itself() -> None:
    found, used = [], set()
    for folder in CODE.values():
        for path in sorted(folder.rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if "/migrations/" in name:
                continue
            lines = [f"{name}:{line} {text[:60]}" for line, text in texts_of_code(path) if LITERAL.search(text)]
            used |= {name} if lines else set()
            found += [] if name in EXCEPTIONS else lines
    assert not found, "write {asset} in said(…), or word('asset'):\n" + "\n".join(found)
    assert set(EXCEPTIONS) <= used, "an exception that nothing needs any more"


def test_no_template_says_a_renameable_word_by_itself() -> None:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = TEMPLATE_CODE.sub(lambda cut: "\n" * cut[0].count("\n"), path.read_text(encoding="utf-8"))
        lines = enumerate(text.splitlines(), 1)
        found += [
            f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}" for number, line in lines if LITERAL.search(line)
        ]
    assert not found, "write {% word 'asset' %}, or \"{asset}…\"|said:\n" + "\n".join(found)


PLACE = re.compile(r"\{([a-z_]+)\}")
SPOKEN = {"said", "said_later"}


def test_every_word_that_is_asked_for_exists() -> None:
    """A slip of the pen in `said(\"{sectoin}\")` would stand on the screen as it is."""
    wrong = []
    for folder in CODE.values():
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
                    said = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                    places = [place for text in said if isinstance(text, str) for place in PLACE.findall(text)]
                    wrong += [f"{path.name}: {place}" for place in places if place not in STANDARD]
    for path in (ROOT / "templates").rglob("*.html"):
        for literal in re.findall(r'"([^"]*)"\|said', path.read_text(encoding="utf-8")):
            wrong += [f"{path.name}: {place}" for place in PLACE.findall(literal) if place not in STANDARD]
    assert not wrong


@pytest.mark.parametrize("text", ["所管課が", "この課の", "情報資産を", "事務局に"])
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert LITERAL.search(text)
    assert not LITERAL.search("課税の台帳と課長、賦課")


def test_every_word_says_where_it_is_used() -> None:
    assert all(standard and used for standard, used in WORDS.values())
