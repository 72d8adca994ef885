"""The one way a file is turned away: with a sentence that a person can act on."""


class Refused(Exception):  # noqa: N818 - it is an answer to a person, not a fault of the program
    """The whole file is refused; str() is a Japanese sentence naming the place and what to do."""
