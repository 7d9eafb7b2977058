from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProductGroup(models.Model):
    """A branch of the product tree: office, home, outdoor, doors … and their kinds (S3-54)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=pgettext_lazy("product group", "part of"),
        related_name="children",
        null=True,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

    def lineage(self):
        """This group and what it is part of, nearest first; a loop made by mistake ends the walk."""
        group, seen = self, []
        while group is not None and group not in seen:
            seen.append(group)
            group = group.parent
        return seen

    @classmethod
    def tree(cls):
        """All groups with their depth, parents before children, in one query: [(group, depth), …]."""
        children = {}
        for group in cls.objects.all():
            children.setdefault(group.parent_id, []).append(group)

        def walk(parent, depth):
            for group in children.get(parent, ()):
                yield group, depth
                yield from walk(group.pk, depth + 1)

        return list(walk(None, 0))

    @classmethod
    def family_of(cls, pk):
        """Keys of a group and of everything under it, in one query."""
        parents = dict(cls.objects.values_list("pk", "parent_id"))
        family, grown = {pk}, True
        while grown:
            more = {child for child, parent in parents.items() if parent in family} - family
            family |= more
            grown = bool(more)
        return family


class Product(models.Model):
    """A model that is sold. Goods of an unknown model point to the unnamed model of their group."""

    model_no = models.CharField(pgettext_lazy("product", "model"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        verbose_name=_("product group"),
        related_name="products",
    )
    custom_made = models.BooleanField(_("made to measure"), default=False)
    has_glass = models.BooleanField(
        _("has glass"),
        default=False,
        help_text=_("Glass may break inside sound packing, so the cause of its damage is never proposed from photos."),
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["model_no"]

    def __str__(self):
        return self.model_no if self.name in self.model_no else f"{self.model_no} {self.name}"
