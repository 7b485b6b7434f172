from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "navette.lifecycle"
    verbose_name = "lifecycle"

    def ready(self) -> None:
        """Make the kinds of mail known in every process: the console names them, whoever sends them."""
        from navette.lifecycle import mails  # noqa: F401, PLC0415 - they need the models
