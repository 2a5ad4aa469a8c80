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

    def digest(self) -> str:
        """The same in every process; names the key without telling the tenant."""
        # NUL is in neither, so that no two keys have one text.
        text = f"{self.tenant}\0{self.adapter}" if self.adapter else self.tenant
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
