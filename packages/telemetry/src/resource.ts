import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';

const DEFAULT_SERVICE_NAME = 'mlx-serving';

/** Who measures: the name of the configuration, unless the environment gives another. */
export function serviceResource(serviceName = DEFAULT_SERVICE_NAME): Resource {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
}
