"""The program cannot start as a plugin."""


class StartFailure(Exception):
    """Its message is for whoever started the program."""
