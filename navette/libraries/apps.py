from django.apps import AppConfig


class LibrariesConfig(AppConfig):
    name = "navette.libraries"
    verbose_name = "libraries"
