/** The server that one file of tests has for itself, so that files may run beside each other. */
export interface FileServer {
  /** Its address without a path, such as `http://127.0.0.1:40123`. */
  readonly serverURL: string;
  /** Answers with the number of requests that it works on. */
  readonly activeURL: string;
}
