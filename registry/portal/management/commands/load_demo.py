"""`manage.py load_demo`: the demonstration's organisation, people and assets, with their logins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.organization import vocabulary
from registry.organization.models import User
from registry.organization.profiles.parts import Profile
from registry.organization.profiles.reading import read
from registry.organization.vocabulary import the_body
from registry.portal.demo import load_demo_assets
from registry.portal.demo_organization import PASSWORD, load_demo_organization


class Command(BaseCommand):
    """Only where DEMO=1: the password of these people is known to everybody. Running it again changes nothing."""

    help = "デモの組織・利用者・資産を入れ、ログイン情報を表示します(DEMO=1 のときだけ)。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("デモの利用者はパスワードが公開されています。DEMO=1 の環境でだけ作れます。")
        vocabulary.begin()
        try:
            profile = read(the_body().profile)
            load_demo_organization(profile)
            load_demo_assets(profile)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        self._show_logins(profile)

    def _show_logins(self, profile: Profile) -> None:
        self.stdout.write(f"{profile.name} のデモ利用者(パスワードはすべて {PASSWORD} )")
        widest = max((len(person.username) for person in profile.demo.people), default=0)
        for person in profile.demo.people:
            user = User.objects.filter(username=person.username).first()
            if user is not None:
                posts = "システム管理者" if user.is_superuser else user.post_label() or person.note or "任命なし"
                self.stdout.write(
                    f"  {user.username:<{widest}}  {user.name}  {posts}{'' if user.is_active else '(停止中)'}"
                )
