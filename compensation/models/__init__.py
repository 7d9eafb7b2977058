from compensation.models.choices import DAMAGE, IN_KIND, MONEY, Basis, CostCategory, Disposal, Material, Route, Status
from compensation.models.compensation import PAYEE, SUBSTANCE, Compensation
from compensation.models.parts import Agreement, CollectedMaterial, Reading, WriteOff

__all__ = [
    "Agreement", "Basis", "CollectedMaterial", "Compensation", "CostCategory", "DAMAGE", "Disposal", "IN_KIND", "MONEY",
    "Material", "PAYEE", "Reading", "Route", "SUBSTANCE", "Status", "WriteOff",
]  # fmt: skip
