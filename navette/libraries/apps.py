from django.apps import AppConfig


class LibrariesConfig(AppConfig):
    name = "navette.libraries"
    verbose_name = "libraries"

    def ready(self) -> None:
        """Make the kinds of mail known in every process: the console names them, whoever sends them."""
        from navette.libraries import contact_mails, mails  # noqa: F401, PLC0415 - they need the models
