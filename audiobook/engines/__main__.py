"""The new interpreter of `isolation`, where the system cannot fork."""

from audiobook.engines.isolation import serve

serve()
