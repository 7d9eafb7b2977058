"""A cache that may be away: pages get slower, never wrong and never an error (threats 56)."""

import logging
import time

from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

TIMEOUT = 1.0  # seconds for connecting and for an answer
REST = 10.0  # after a failure nobody asks for a while: a page may look into the cache many times


def _forgiving(name, answer):
    """The method of this name, with ``answer(args)`` for what a cache that holds nothing would say."""
    method = getattr(RedisCache, name)

    def attempt(self, *args, **kwargs):
        if time.monotonic() >= self.silent_until:
            try:
                return method(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                self.away(error)
        return answer(*args, **kwargs)

    attempt.__name__ = name
    return attempt


def _missing(key, *args, **kwargs):
    raise ValueError(f"Key {key!r} not found")


class ForgivingRedisCache(RedisCache):
    """Redis while it answers, an empty cache while it does not."""

    silent_until = 0.0

    def __init__(self, server, params):
        params["OPTIONS"] = {
            "socket_connect_timeout": TIMEOUT,
            "socket_timeout": TIMEOUT,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, params)

    def away(self, error):
        # On the class: Django makes one cache object per thread.
        ForgivingRedisCache.silent_until = time.monotonic() + REST
        log.warning("The cache is away (%s); going on without it.", type(error).__name__)

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda keys, version=None: {})
    has_key = _forgiving("has_key", lambda key, version=None: False)
    add = _forgiving("add", lambda *args, **kwargs: True)
    set = _forgiving("set", lambda *args, **kwargs: None)
    set_many = _forgiving("set_many", lambda data, *args, **kwargs: list(data))
    touch = _forgiving("touch", lambda *args, **kwargs: False)
    delete = _forgiving("delete", lambda *args, **kwargs: False)
    delete_many = _forgiving("delete_many", lambda *args, **kwargs: None)
    incr = _forgiving("incr", _missing)
    clear = _forgiving("clear", lambda: False)


class SharedFileCache(FileBasedCache):
    """Without Redis: one cache for all processes of this machine. On a full disk it remembers nothing, and pages go on."""

    def set(self, *args, **kwargs):
        try:
            super().set(*args, **kwargs)
        except OSError as error:
            log.warning("The cache cannot be written (%s); going on without it.", type(error).__name__)
