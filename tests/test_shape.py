"""The shape of the code: small modules that say what they are about, views of a declared kind, templates in use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
OURS = ("registry", "assets", "audits")
LINES = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "services", "service", "misc"}
KINDS = {"page", "form_page", "upload_page", "command", "download"}
MADE_OF_KINDS = KINDS | {"step_of_first_run"}  # decorators that are such a kind and something more
GUARDED = {"Asset", "Attachment", "Comment", "Mention", "Proposal", "Batch", "BatchRow", "Revision"}
DOORS = {"visible_to", "where", "waiting_for", "none"}
SILENT = {"views", "forms", "models"}
RENDERED_BY_DJANGO = re.compile(r"^(400|403|403_csrf|404|500)\.html$|^admin/|^registration/(log|password_change)")
INLINE = re.compile(r"""<style\b|\sstyle=|\son[a-z]+\s*=\s*["']|javascript:|<script\b(?![^>]*\bsrc=)""", re.IGNORECASE)


def written() -> list[str]:
    """Every Python file of ours but migrations, as a path from the root."""
    roots = [ROOT / name for name in (*OURS, "tests")]
    found = [path for root in roots for path in root.rglob("*.py") if "migrations" not in path.parts]
    return sorted(str(path.relative_to(ROOT)) for path in (*found, ROOT / "run.py", ROOT / "manage.py"))


MODULES = written()
VIEWS = [name for name in MODULES if "views" in Path(name).parts]
TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html"))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found)
        else:
            yield found


def first_steps(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """(model, first method, line) wherever `Model.objects.method` of a guarded model stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=model), attr="objects"), attr=method):
                if model in GUARDED:
                    yield model, method, node.lineno


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_small_and_opens_by_saying_what_it_is_about(name):
    text = text_of(name)
    assert len(text.splitlines()) <= LINES
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_no_module_is_named_for_nothing_in_particular():
    assert [name for name in MODULES if VAGUE & {*Path(name).with_suffix("").parts}] == []


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_declares_its_kind(name):
    functions = [node for node in ast.parse(text_of(name)).body if isinstance(node, ast.FunctionDef)]
    views = [node for node in functions if node.args.args and node.args.args[0].arg == "request"]
    bare = [
        node.name
        for node in views
        if not node.name.startswith("_")
        and not MADE_OF_KINDS & {decorator.id for decorator in node.decorator_list if isinstance(decorator, ast.Name)}
    ]
    assert bare == []


def test_every_address_of_ours_leads_to_a_view_of_a_declared_kind():
    ours = [found for found in patterns(get_resolver()) if ".views" in found.callback.__module__]
    ours = [found for found in ours if found.callback.__module__.startswith(OURS)]
    assert len(ours) > 10
    assert [str(found) for found in ours if getattr(found.callback, "kind", "") not in KINDS] == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_reaches_the_ledger_only_through_its_door(name):
    text = text_of(name)
    assert ".objects.all()" not in text
    assert [step for step in first_steps(ast.parse(text)) if step[1] not in DOORS] == []


@pytest.mark.parametrize("name", [name for name in MODULES if SILENT & {*Path(name).with_suffix("").parts}])
def test_views_forms_and_models_write_no_history(name):
    calls = [node.func for node in ast.walk(ast.parse(text_of(name))) if isinstance(node, ast.Call)]
    assert {"record", "record_many"} & {found.id for found in calls if isinstance(found, ast.Name)} == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_used_and_holds_nothing_inline(name):
    assert INLINE.search(text_of(f"templates/{name}")) is None
    sources = [f"templates/{other}" for other in TEMPLATES if other != name]
    sources += [module for module in MODULES if not module.startswith("tests")]
    quoted = re.compile(rf"""["']{re.escape(name)}["']""")
    used = RENDERED_BY_DJANGO.match(name) or any(quoted.search(text_of(source)) for source in sources)
    assert used
