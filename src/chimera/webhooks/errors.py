"""Why a webhook cannot be kept or found."""

from chimera.kit.errors import AppError, InvalidRequestError, Kind


class WebhookError(AppError):
    """Base of this package's errors."""


class WebhookNotFoundError(WebhookError):
    code = "webhook_not_found"
    kind = Kind.NOT_FOUND


class DeliveryNotFoundError(WebhookError):
    code = "webhook_delivery_not_found"
    kind = Kind.NOT_FOUND


class TooManyWebhooksError(WebhookError):
    code = "too_many_webhooks"
    kind = Kind.CONFLICT


class WebhookDisabledError(WebhookError):
    code = "webhook_disabled"
    kind = Kind.CONFLICT


class WebhookAddressError(InvalidRequestError):
    """An address to which nothing may be sent."""

    code = "invalid_webhook_address"
