"""`manage.py load_profile KEY`: this installation serves the body of a profile."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.portal.setup import load_profile


class Command(BaseCommand):
    """Body, organs, scheme and words from the profile; running it again changes nothing."""

    help = "団体の設定(プロファイル)を読み込みます。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="ina, setagaya など")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            profile, new = load_profile(options["key"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{profile.name}の設定を{'読み込みました' if new else '確かめました(変更なし)'}。")
