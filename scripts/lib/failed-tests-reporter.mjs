import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { failedTestsFile, root } from './paths.mjs';

/** For vitest: notes each failure with the first line of its reason, for the last lines of `npm test`. */
export default class FailedTestsReporter {
  onTestCaseResult(test) {
    const { state, errors } = test.result();
    if (state === 'failed') note(`${fileOf(test.module)} > ${test.fullName}`, errors);
  }

  onTestRunEnd(modules, unhandledErrors) {
    for (const module of modules) {
      if (module.errors().length > 0) note(fileOf(module), module.errors());
    }
    if (unhandledErrors.length > 0) note('outside of every test', unhandledErrors);
  }
}

function fileOf(module) {
  return relative(root, module.moduleId);
}

function note(where, errors = []) {
  const reasons = errors.map(({ message }) => `\n    ${message.split('\n', 1)[0]}`);
  appendFileSync(failedTestsFile, `${where}${reasons.join('')}\n`);
}
