"""What has to be equal for one sequence to go on from what another one computed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Keys and values depend on more than token ids; sequences with different keys share none."""

    tenant: str = ""
    adapter: str = ""
    """The adapter that computed them."""
    images: tuple[str, ...] = ()
    """Digests of what stands in the place of image tokens, in order."""

    def digest(self) -> str:
        """The same in every process; names the key without telling the tenant."""
        parts = [self.tenant]
        if self.adapter or self.images:
            parts += [self.adapter, *self.images]
        # NUL is in none of the parts, so that no two keys have one text.
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
