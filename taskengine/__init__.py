"""The Django project and the domain: tasks with deadlines, decided by the clock."""

__version__ = "0.1.0"
