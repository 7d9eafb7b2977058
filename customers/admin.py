"""The catalogue in the back office: what is sold, and what is promised for how long."""

from django.contrib import admin

from customers.models import Dealer, Product, ProductGroup, WarrantyCoverage, WarrantyPlan


class CoverageInline(admin.TabularInline):
    model = WarrantyCoverage
    extra = 0


@admin.register(WarrantyPlan)
class WarrantyPlanAdmin(admin.ModelAdmin):
    """A new promise is a new row with its day; what is corrected in a row counts for every card that has it (S3-107)."""

    list_display = ["name", "group", "months", "start_event", "since"]
    list_filter = ["group"]
    inlines = [CoverageInline]


@admin.register(ProductGroup)
class ProductGroupAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "parent", "position"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["model_no", "name", "group", "custom_made", "active"]
    list_filter = ["group", "active"]
    search_fields = ["model_no", "name"]


@admin.register(Dealer)
class DealerAdmin(admin.ModelAdmin):
    search_fields = ["name"]
