from django.apps import AppConfig


class EditorialConfig(AppConfig):
    name = "navette.editorial"
    verbose_name = "editorial"

    def ready(self) -> None:
        """Make the kinds of mail known in every process: the console names them, whoever sends them."""
        from navette.editorial import mails  # noqa: F401, PLC0415 - they need the models
