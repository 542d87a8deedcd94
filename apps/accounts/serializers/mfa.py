from typing import Any

from rest_framework import serializers


class MfaOut(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    methods = serializers.ListField(child=serializers.ChoiceField(choices=["totp", "recovery_code"]))
    recovery_codes_left = serializers.IntegerField()
    required = serializers.BooleanField(help_text="Whether the person may not be without: true of platform admins.")


class TotpBeginIn(serializers.Serializer[Any]):
    current_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default="", help_text="Where a factor is on already."
    )


class EnrolmentOut(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Base32, for an app that takes it typed.")
    uri = serializers.CharField(help_text="`otpauth://totp/…`, for a QR code.")


class CodeIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20, help_text="Of the app; where a factor is on, a recovery code too.")


class MfaOffIn(CodeIn):
    current_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class RecoveryCodesOut(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(child=serializers.CharField(), help_text="Each is good once.")
