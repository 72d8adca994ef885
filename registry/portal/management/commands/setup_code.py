"""`manage.py setup_code`: the code that opens the first settings in the browser."""

from typing import Any

from django.core.management.base import BaseCommand

from registry.portal.first_run import issue_code


class Command(BaseCommand):
    """Prints a new code; an older one stops working. Where the body is set up, it says so and does nothing."""

    help = "最初の設定を始めるための設定コードを出します(出し直すと、前のコードは使えなくなります)。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = issue_code()
        except ValueError as set_up:
            self.stdout.write(str(set_up))
            return
        self.stdout.write(f"設定コード: {code}")
        self.stdout.write(
            "画面を開いてこのコードを入れると、最初の設定が始まります。設定が終わると、コードは使えなくなります。"
        )
