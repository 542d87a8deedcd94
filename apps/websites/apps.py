from django.apps import AppConfig


class WebsitesConfig(AppConfig):
    name = "apps.websites"
    label = "websites"
    verbose_name = "Websites"
