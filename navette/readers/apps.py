from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "navette.readers"
    verbose_name = "readers"
