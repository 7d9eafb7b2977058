"""The map of what one can do with a return or exchange: one line per page, one per move."""

app_name = "returns"

urlpatterns = []
