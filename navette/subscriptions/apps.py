from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "navette.subscriptions"
    verbose_name = "subscriptions"

    def ready(self) -> None:
        """Make the kinds of mail known in every process: the console names them, whoever sends them."""
        from navette.subscriptions import (  # noqa: F401, PLC0415 - they need the models
            decision_mails,
            mails,
            notice_mails,
            reader_mails,
        )
