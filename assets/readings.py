"""Looking leaves a trace: readings of what the scheme says must be recorded, and exports."""

from dataclasses import dataclass

from assets.models import Asset, Attachment
from registry.history.record import record
from registry.organization.models import Body, User

READ = "asset.read"
OPENED = "asset.attachment-read"
READINGS = (READ, OPENED)


@dataclass
class Export:
    """The ledger of a body as it went out: a kind of its own, because what was taken is the ledger's business."""

    pk: int
    body: str
    history_kind: str = "export"

    def __str__(self) -> str:
        return self.body


def note_reading(asset: Asset, *, by: User) -> None:
    """Somebody looked at an asset whose level demands a record (機密性3 and the like)."""
    record(READ, asset, by=by, department_id=asset.department_id)


def note_opening(attachment: Attachment, *, by: User) -> None:
    """Somebody opened a file of evidence; that is always recorded."""
    asset = attachment.asset
    record(OPENED, asset, by=by, department_id=asset.department_id, changes=[("ファイル", "", str(attachment))])


def note_export(body: Body, facts: list[tuple[str, str]], filename: str, *, by: User) -> None:
    """Somebody took the ledger out: (label, value) pairs of filter, columns, rows, label and hash."""
    record(
        "ledger.exported",
        Export(body.pk, body.name),
        by=by,
        department_id=by.home_department_id(),
        changes=[(label, "", value) for label, value in facts],
        note=filename,
    )
