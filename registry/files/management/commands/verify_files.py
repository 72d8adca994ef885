"""`manage.py verify_files`: are all kept files still what they were, and if not, which are missing, changed or unknown?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.files.verifying import verify


class Command(BaseCommand):
    """Reads every kept file; exits with 1 and names each that is not as the database says."""

    help = "保管しているファイルを読み直し、データベースと比べます。"

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify()
        if report.problems:
            count = len(report.problems)
            raise CommandError(f"保管ファイルに異常があります({count:,}件):\n" + "\n".join(report.problems))
        self.stdout.write(f"保管ファイルは完全です: {report.whole:,}個がデータベースと一致しました。")
