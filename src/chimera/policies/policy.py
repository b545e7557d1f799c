"""All sections of one organisation's policy. Pure: what reads it may stand anywhere above."""

from pydantic import BaseModel, ConfigDict

from chimera.policies.sections.branding import BrandingPolicy
from chimera.policies.sections.cache import CachePolicy
from chimera.policies.sections.experiments import ExperimentsPolicy
from chimera.policies.sections.layout import LayoutPolicy
from chimera.policies.sections.limits import LimitsPolicy
from chimera.policies.sections.memory import MemoryPolicy
from chimera.policies.sections.models import ModelsPolicy
from chimera.policies.sections.resilience import ResiliencePolicy
from chimera.policies.sections.retention import LifecyclePolicy, RetentionPolicy
from chimera.policies.sections.routing import RoutingPolicy
from chimera.policies.sections.sharing import SharingPolicy
from chimera.policies.sections.sign_in import SignInPolicy
from chimera.policies.sections.spend import SpendPolicy
from chimera.policies.sections.steps import StepsPolicy


class Policy(BaseModel):
    """Immutable: a change makes a new one, which holds from the next call on."""

    model_config = ConfigDict(frozen=True)

    cache: CachePolicy = CachePolicy()
    routing: RoutingPolicy = RoutingPolicy()
    experiments: ExperimentsPolicy = ExperimentsPolicy()
    layout: LayoutPolicy = LayoutPolicy()
    lifecycle: LifecyclePolicy = LifecyclePolicy()
    limits: LimitsPolicy = LimitsPolicy()
    models: ModelsPolicy = ModelsPolicy()
    memory: MemoryPolicy = MemoryPolicy()
    branding: BrandingPolicy = BrandingPolicy()
    resilience: ResiliencePolicy = ResiliencePolicy()
    retention: RetentionPolicy = RetentionPolicy()
    sharing: SharingPolicy = SharingPolicy()
    sign_in: SignInPolicy = SignInPolicy()
    spend: SpendPolicy = SpendPolicy()
    steps: StepsPolicy = StepsPolicy()


SECTIONS = tuple(Policy.model_fields)
DEFAULT = Policy()
