"""`manage.py project_grants`: rights follow the appointments of today."""

from typing import Any

from django.core.management.base import BaseCommand

from registry.organization.grants import project


class Command(BaseCommand):
    """Run daily (the worker does); harmless at any time."""

    help = "任命に合わせて権限を更新します。"

    def handle(self, *args: Any, **options: Any) -> None:
        added, removed = project()
        self.stdout.write(f"権限を更新しました: 追加 {added:,}件、削除 {removed:,}件。")
