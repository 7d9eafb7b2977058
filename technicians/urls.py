"""The map of what one can do with a work order: one line per page, one per move."""

app_name = "technicians"

urlpatterns = []
