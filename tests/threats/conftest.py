from tests.threats.site import site

__all__ = ["site"]
