from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "navette.accounts"
    verbose_name = "accounts"

    def ready(self) -> None:
        """Make the kinds of mail known in every process: the console names them, whoever sends them."""
        from navette.accounts import mails  # noqa: F401, PLC0415 - they need the models
