from typing import Any

from rest_framework.request import Request

from apps.accounts import errors, services
from apps.accounts.providers.mfa import Enrolment
from apps.accounts.serializers.mfa import CodeIn, EnrolmentOut, MfaOffIn, MfaOut, RecoveryCodesOut, TotpBeginIn
from apps.accounts.services.second_factor import State
from apps.core import clients
from apps.core.errors import Forbidden
from apps.core.operation import USER, operation
from apps.core.viewsets import OperationViewSet


class MfaViewSet(OperationViewSet):
    """One's own second factor: codes of an app, and recovery codes for when it is lost."""

    category = "auth"

    @operation("mfa_get", allow=USER, rate="read", gives=MfaOut, refuses=[Forbidden])
    def retrieve(self, request: Request) -> State:
        """Whether one's sign-in takes a code, and whether it must: a platform admin without has no platform rights."""
        return services.second_factor.state(actor=request.actor)

    @operation(
        "mfa_totp_begin",
        allow=USER,
        rate="login",
        takes=TotpBeginIn,
        gives=EnrolmentOut,
        idempotent=False,
        refuses=[errors.WrongPassword, errors.WrongCode, errors.FactorUnreadable, Forbidden],
    )
    def begin(self, request: Request) -> Enrolment:
        """Makes a secret for an app, shown this once; needs the password, and a code where a factor is on.

        Nothing changes until `/auth/mfa/totp/confirm` brings a code of it, within a quarter of an hour.
        """
        valid, network = request.valid, clients.network(request)
        return services.second_factor.begin(
            actor=request.actor, password=valid["current_password"], code=valid["code"], network=network
        )

    @operation(
        "mfa_totp_confirm",
        allow=USER,
        rate="login",
        takes=CodeIn,
        gives=RecoveryCodesOut,
        idempotent=False,
        refuses=[errors.WrongCode, errors.FactorNotBegun, Forbidden],
    )
    def confirm(self, request: Request) -> dict[str, Any]:
        """Turns the factor on and gives recovery codes, shown this once. One's other sessions end."""
        return {"recovery_codes": services.second_factor.confirm(actor=request.actor, code=request.valid["code"])}

    @operation(
        "mfa_recovery_codes",
        allow=USER,
        rate="login",
        takes=CodeIn,
        gives=RecoveryCodesOut,
        idempotent=False,
        refuses=[errors.WrongCode, errors.FactorOff, errors.FactorUnreadable, Forbidden],
    )
    def recovery_codes(self, request: Request) -> dict[str, Any]:
        """Makes a new set of recovery codes, shown this once, for a fresh code; the old set is void."""
        code, network = request.valid["code"], clients.network(request)
        made = services.second_factor.remake_codes(actor=request.actor, code=code, network=network)
        return {"recovery_codes": made}

    @operation(
        "mfa_disable",
        allow=USER,
        rate="login",
        takes=MfaOffIn,
        refuses=[
            errors.WrongPassword,
            errors.WrongCode,
            errors.FactorOff,
            errors.FactorUnreadable,
            errors.FactorNeeded,
            Forbidden,
        ],
    )
    def disable(self, request: Request) -> None:
        """Gives the second factor up, for the password and a code. Platform admins keep theirs."""
        password, code = request.valid["current_password"], request.valid["code"]
        network = clients.network(request)
        services.second_factor.disable(actor=request.actor, password=password, code=code, network=network)
