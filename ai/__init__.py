"""The port to the planners. Imports no Django, so that it can be run and tested alone."""
