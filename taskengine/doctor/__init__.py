"""Says in words what is wrong with an installation. `manage.py doctor`."""
