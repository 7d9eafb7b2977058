"""The map of what one can do with a compensation: one line per page, one per move."""

app_name = "compensation"

urlpatterns = []
