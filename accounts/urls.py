from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import profile, roster, sign_in, staff, units

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.LoginView.as_view(), name="login"),
    path("login/code/", sign_in.LoginCodeView.as_view(), name="login-code"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", sign_in.set_language, name="language"),
    path("profile/", profile.ProfileView.as_view(), name="profile"),
    path("profile/password/", profile.PasswordView.as_view(), name="password"),
    path("profile/two-step/", profile.TwoStepView.as_view(), name="two-step"),
    path("profile/two-step/codes/", profile.BackupCodesView.as_view(), name="two-step-codes"),
    path("profile/two-step/off/", profile.TwoStepOffView.as_view(), name="two-step-off"),
    path("profile/sessions/end/", profile.EndSessionView.as_view(), name="end-other-sessions"),
    path("profile/sessions/<id:pk>/end/", profile.EndSessionView.as_view(), name="end-session"),
    path("roster/", roster.RosterView.as_view(), name="roster"),
    path("roster/print/", roster.RosterPrintView.as_view(), name="roster-print"),
    path("roster/copy/", roster.RosterCopyView.as_view(), name="roster-copy"),
    path("staff/", staff.StaffListView.as_view(), name="staff"),
    path("staff/new/", staff.NewStaffView.as_view(), name="staff-new"),
    path("staff/roles/", staff.RolesView.as_view(), name="roles"),
    path("staff/units/", units.UnitsView.as_view(), name="units"),
    path("staff/units/regions/new/", units.NewRegionView.as_view(), name="region-new"),
    path("staff/units/regions/<id:pk>/", units.EditRegionView.as_view(), name="region-edit"),
    path("staff/units/departments/new/", units.NewDepartmentView.as_view(), name="department-new"),
    path("staff/units/departments/<id:pk>/", units.EditDepartmentView.as_view(), name="department-edit"),
    path("staff/<id:pk>/", staff.StaffView.as_view(), name="staff-member"),
    path("staff/<id:pk>/edit/", staff.EditStaffView.as_view(), name="staff-edit"),
    path("staff/<id:pk>/deactivate/", staff.DeactivateView.as_view(), name="staff-deactivate"),
    path("staff/<id:pk>/reactivate/", staff.ReactivateView.as_view(), name="staff-reactivate"),
    path("staff/<id:pk>/password/", staff.ResetPasswordView.as_view(), name="staff-password"),
    path("staff/<id:pk>/two-step/off/", staff.TwoStepResetView.as_view(), name="staff-two-step-off"),
]
