"""Pages of docs/ that are made from the code: the workflow and the roles. `python -m tests.house.generated` writes them."""

from collections.abc import Callable, Iterable
from pathlib import Path

from assets.states import PARTS, STEPS, Kind, Standing, State, Step
from registry.organization.profiles.parts import Profile
from registry.organization.profiles.reading import available, read
from registry.organization.roles import GRANTS, Permission, Role

DOCS = Path(__file__).resolve().parents[2] / "docs"
MADE = (
    "<!-- {source} から作ったページです。手で直さず、`.venv/bin/python -m tests.house.generated` で作り直します。 -->\n"
)

WORKFLOW = """\
# 申請の流れ

{made}
登録も変更も、すべて「申請」として進みます。申請の種類は{kinds}です。登録済の情報資産は、承認されるまで、もとの内容のまま有効です。

```mermaid
{diagram}
```

## どの状態で何ができるか

欄の中は、進んだ先の状態です。「—」の欄の段階は、だれにもできません。

{moves}

## だれができるか

{takers}

- 「できない人」は、その役割を持っていても、その申請のその段階を進められません(兼務の禁止)。
- 別の課へ移す変更の承認には、移す元と移す先の両方の課の権限が要ります。自律機関との間では移せません。
- 役割がどの課まで及ぶかは [roles.md](roles.md) にあります。
- 「{register}」の権限を持つ人は、「{editable}」の申請を、理由を書いて直接「{approved}」にできます。
- 「{approved}」になると、新しい履歴番号の内容が有効になり、それまでの内容は改訂として残ります。

## 台帳での扱い

情報資産そのものは、申請の状態とは別に次の扱いを持ちます。{standings}。

- 「{disposed}」: 「{disposal}」の申請が承認されたものです。所属の長の確認が許可になります。直接登録はできません。廃棄の日時より前には承認できません。
- 「{merged}」: 「{merge}」の申請で、ほかの情報資産にまとめられたものです。両方の課の権限が要ります。
- どちらも、ふだんの一覧には出ず、変更できません。番号は二度と使いません。
- 廃棄と統合は、そのあと何も変わっていなければ、「{register}」の権限を持つ人が理由を書いて取り消せます。
"""

ROLES = """\
# 役割と権限

{made}
役割は職に付き、人は任命によって職に就きます。権限は、人ではなく職に、課ごとに与えられます(任命の期間だけ)。

{grants}

- 「及ぶ範囲」の起点は、その職の置かれた課です。「団体全体」は、自律機関(議会など)を除きます。自律機関の中の職なら、その機関の中だけです。
- システム管理者(superuser)は組織と利用者を管理できますが、任命がなければ台帳は見られません。
- 権限のない課の情報資産は、一覧、検索、件数、出力のどこにも現れません。

## 団体ごとの呼び名

付属の設定(profile)が標準と違う呼び名を定めている役割です。「?」は、その団体に確かめていない呼び名です。

{titles}
"""


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(header)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def workflow() -> str:
    """docs/workflow.md, from assets/states.py."""
    standings = "、".join(f"「{standing.label}」" for standing in Standing)
    return WORKFLOW.format(
        made=MADE.format(source="assets/states.py"),
        diagram=_diagram(),
        moves=table(["状態", *map(_named, STEPS.values())], [_moves(state) for state in State]),
        takers=table(["段階", "要る権限", "権限を持つ役割", "できない人", "コメント"], map(_taken, STEPS.values())),
        register=Permission.REGISTER_ASSETS.label,
        editable="」「".join(state.label for state in State if state in STEPS["submit"].sources),
        approved=State.APPROVED.label,
        standings=standings,
        disposed=Standing.DISPOSED.label,
        merged=Standing.MERGED.label,
        disposal=Kind.DISPOSAL.label,
        merge=Kind.MERGE.label,
        kinds="、".join(f"「{kind.label}」" for kind in Kind),
    )


def _diagram() -> str:
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.value}' for state in State]
    lines.append(f"    [*] --> {State.DRAFT.value}")
    for step in STEPS.values():
        sources = [state for state in State if state in step.sources]
        lines += [f"    {source.value} --> {step.target.value}: {step.label}" for source in sources]
    left = {source for step in STEPS.values() for source in step.sources}
    lines += [f"    {state.value} --> [*]" for state in State if state not in left]
    return "\n".join(lines)


def _named(step: Step) -> str:
    return f"{step.label} `{step.code}`"


def _moves(state: State) -> list[str]:
    return [state.label, *(step.target.label if state in step.sources else "—" for step in STEPS.values())]


def _taken(step: Step) -> list[str]:
    holders = "、".join(str(role.label) for role in Role if step.permission in GRANTS[role].permissions)
    barred = "、".join(f"{PARTS[part]}した人" for part in step.not_by) or "—"
    return [_named(step), step.permission.label, holders, barred, "必ず" if step.needs_note else "任意"]


def roles() -> str:
    """docs/roles.md, from registry/organization/roles.py and the profiles."""
    profiles = [read(key) for key, _ in available()]
    renamed = [role for role in Role if any(_title(profile, role) for profile in profiles)]
    return ROLES.format(
        made=MADE.format(source="registry/organization/roles.py と registry/organization/profiles/"),
        grants=table(["役割", "コード", "及ぶ範囲", *(one.label for one in Permission)], map(_granted, Role)),
        titles=table(
            ["役割", *(profile.name for profile in profiles)],
            [[str(role.label), *(_title(profile, role) for profile in profiles)] for role in renamed],
        ),
    )


def _granted(role: Role) -> list[str]:
    grant = GRANTS[role]
    marks = ["●" if permission in grant.permissions else "" for permission in Permission]
    return [str(role.label), f"`{role.value}`", str(grant.reach.label), *marks]


def _title(profile: Profile, role: Role) -> str:
    """What the body calls the role where it differs from the standard title, else ''."""
    found = next((one for one in profile.roles if one.code == role.value and one.title != role.label), None)
    return f"{found.title}{'' if found.confirmed else '?'}" if found else ""


PAGES: dict[str, Callable[[], str]] = {"workflow.md": workflow, "roles.md": roles}


def write() -> None:
    """Write every page of PAGES into docs/."""
    for name, made in PAGES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    write()
