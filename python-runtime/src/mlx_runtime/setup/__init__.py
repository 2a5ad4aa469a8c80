"""What happens once, before the sidecar runs: models fetched and converted, BLAS prepared."""
