/** A step that cannot go on; its message says what to do. */
export class StepFailed extends Error {}
