"""The map of what one can do with a follow-up call: one line per page, one per move."""

app_name = "callbacks"

urlpatterns = []
