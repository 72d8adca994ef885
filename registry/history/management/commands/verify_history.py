"""`manage.py verify_history`: is the history whole, and if not, which entry is the first that is broken?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.history.anchor import read_anchors
from registry.history.chain import verify


class Command(BaseCommand):
    """Reads the whole chain; exits with 1 and names the first broken entry."""

    help = "履歴の連鎖を先頭から末尾まで検証します。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchors = read_anchors()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        report = verify(anchors)
        if report.problem:
            raise CommandError(report.problem)
        self.stdout.write(f"履歴は完全です: {report.count:,}件、外部の記録 {len(anchors):,}件と一致しました。")
