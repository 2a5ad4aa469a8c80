"""From a model directory to weights on the device."""
