from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "navette.subscriptions"
    verbose_name = "subscriptions"
