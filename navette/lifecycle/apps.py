from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "navette.lifecycle"
    verbose_name = "lifecycle"
