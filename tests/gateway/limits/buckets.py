"""Buckets for tests, each of the same organisation."""

import time

from chimera.gateway.limits.buckets import Bucket, Rule, Unit


def rate(amount: int, *, key: str = "rate", unit: Unit = "requests") -> Bucket:
    return Bucket(
        key=f"{{o}}:{key}:{unit}", rule=Rule.RATE, whose="organisation", unit=unit, period="minute", amount=amount
    )


def slow(amount: int, *, key: str = "slow", unit: Unit = "requests") -> Bucket:
    return Bucket(key=f"{{o}}:{key}", rule=Rule.SLOW, whose="organisation", unit=unit, period="minute", amount=amount)


def quota(amount: int, *, key: str = "quota", unit: Unit = "requests", rule: Rule = Rule.QUOTA) -> Bucket:
    ends_s = int(time.time()) + 86_400
    return Bucket(
        key=f"{{o}}:{key}", rule=rule, whose="organisation", unit=unit, period="day", amount=amount, ends_s=ends_s
    )


def soft(amount: int, *, key: str = "soft", unit: Unit = "requests") -> Bucket:
    return quota(amount, key=key, unit=unit, rule=Rule.SOFT)
