"""Django's entry for the package."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Projects and labels."""

    name = "taskengine.organisation"
