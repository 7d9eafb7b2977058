"""Stylesheets and scripts under names that change with their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedAssets(CompressedManifestStaticFilesStorage):
    """The imports of our modules follow the names too: without that an old module would call into a new one.

    Only ours: Django's own switch for this reads every script there is, and stumbles over comments in foreign ones.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (r"""(?P<matched>from "(?P<url>\.{1,2}/[\w/-]+\.js)")""", 'from "%(url)s"'),
                (r"""(?P<matched>import "(?P<url>\.{1,2}/[\w/-]+\.js)")""", 'import "%(url)s"'),
            ),
        ),
    )
