from django.urls import path

from cases.rulebook import views

urlpatterns = [
    path("rules/", views.Rules.as_view(), name="rules"),
    path("rules/clocks/", views.Clocks.as_view(), name="rules-clocks"),
    path("rules/clocks/new/", views.ClockNew.as_view(), name="rules-clock-new"),
    path("rules/clocks/<id:pk>/", views.ClockEdit.as_view(), name="rules-clock-edit"),
    path("rules/plans/", views.Plans.as_view(), name="rules-plans"),
    path("rules/plans/new/", views.PlanNew.as_view(), name="rules-plan-new"),
    path("rules/plans/<id:pk>/", views.PlanEdit.as_view(), name="rules-plan-edit"),
    path("rules/plans/<id:pk>/approve/", views.PlanApprove.as_view(), name="rules-plan-approve"),
    path("rules/limits/", views.Limits.as_view(), name="rules-limits"),
    path("rules/limits/new/", views.LimitNew.as_view(), name="rules-limit-new"),
    path("rules/classes/", views.Classes.as_view(), name="rules-classes"),
    path("rules/classes/new/", views.ClassNew.as_view(), name="rules-class-new"),
    path("rules/classes/<id:pk>/", views.ClassEdit.as_view(), name="rules-class-edit"),
    path("rules/guards/", views.Guards.as_view(), name="rules-guards"),
    path("rules/guards/<slug:code>/", views.GuardEdit.as_view(), name="rules-guard-edit"),
    path("rules/company/", views.Company.as_view(), name="rules-company"),
]
