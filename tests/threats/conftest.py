from tests.threats.site import site, small_site

__all__ = ["site", "small_site"]
