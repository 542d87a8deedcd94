from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = "Operations"

    def ready(self) -> None:
        from apps.core import checks, logs  # noqa: F401

        logs.configure()
