import { z } from 'zod';

// The page's policy forbids building code from text, which zod tries for speed
// when a schema is made. So this runs before the modules that make some.
z.config({ jitless: true });
