/** Stands where the MCP client would make a validator of its own; this page always gives it one. */
export class AjvJsonSchemaValidator {
  readonly absent = true;
}
