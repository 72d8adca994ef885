"""The words of the body in templates; loaded into every template by the settings."""

from django import template

from registry.organization import vocabulary

register = template.Library()
register.simple_tag(vocabulary.word)
register.filter(vocabulary.said)
register.simple_tag(vocabulary.title, name="role_title")
